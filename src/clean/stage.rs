//! The stage itself: binds, decides for whole sources, reads each table, and settles which rows count.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::bind::{self, Binding};
use super::columns::{self, Decided};
use super::flags::{self, Flagged};
use super::questions;
use super::rows::{self, Marks};
use super::settle::{finish, outcome, settle};
use super::words::{self, rows_words};
use super::{CleanTable, Cleaned, ColumnValues, DateProof, last_day, patterns, plan, versions};
use crate::exit::Exit;
use crate::ingest::{Intake, Table};
use crate::ledger::{Account, Flag, Reason};
use crate::problem::{Place, Problem, Problems, Weight};
use crate::spec::{Action, Held, Kind, Role, Source, Spec};

/// A table on its way.
pub(super) struct Work {
    pub place: Place,
    pub clean: CleanTable,
    pub account: Account,
    pub marks: Marks,
    /// Extra copies of equal rows, ascending.
    pub equal: Vec<u32>,
    /// Rows of which something is said, ascending, by what it is.
    pub flagged: Flagged,
}

/// Types every table, proves its dates and settles which of its rows count. The problems of the intake are carried on.
pub fn clean(mut intake: Intake, spec: &Spec, as_of: Option<Date>) -> Cleaned {
    let mut out = Cleaned { problems: std::mem::take(&mut intake.problems), ..Cleaned::default() };
    let (bindings, problems) = bind::bind(&intake, spec);
    out.problems.append(problems);
    let (found, problems) = versions::compare(&intake, spec, &bindings);
    out.versions = found;
    out.problems.append(problems);
    for (index, source) in spec.sources.iter().enumerate() {
        let tables: Vec<usize> =
            intake.tables.iter().enumerate().filter(|(_, t)| t.source == index).map(|(at, _)| at).collect();
        if tables.is_empty() {
            continue;
        }
        let mut problems = Problems::default();
        let proofs = out.dates.len();
        let mut works =
            read_source(&mut intake, spec, index, source, &tables, &bindings, as_of, &mut out.dates, &mut problems);
        settle(&mut works, spec, source, as_of, &mut problems);
        for work in &mut works {
            finish(work, source, &spec.limits, &mut problems);
        }
        outcome(&works, source, &spec.limits, &mut problems);
        if source.optional && left_out(source, &mut problems) {
            works.clear();
            out.dates.truncate(proofs);
        }
        out.problems.append(problems);
        for mut work in works {
            work.clean.account = out.ledger.accounts.len();
            out.ledger.accounts.push(work.account);
            out.tables.push(work.clean);
        }
    }
    let changed = versions::misfits(&out.tables, spec, &out.ledger);
    out.problems.append(changed);
    out.as_of = as_of.or_else(|| newest(&out.tables, spec));
    out
}

/// An optional source that cannot be used is left out, with what is wrong noted; a fault of the codebook still stops the run.
fn left_out(source: &Source, problems: &mut Problems) -> bool {
    let mut out = false;
    for problem in &mut problems.list {
        if problem.weight == Weight::Stops && problem.exit == Exit::Data {
            out = true;
            problem.weight = Weight::Noted;
            problem.message = format!("the optional source {} is left out: {}", source.name, problem.message);
            problem.code = "optional-source";
            problem.exit = Exit::DoneWithoutOptional;
        }
    }
    out
}

#[expect(clippy::too_many_arguments, reason = "the stage's own state, taken apart so that parts of it can be borrowed")]
fn read_source(
    intake: &mut Intake,
    spec: &Spec,
    index: usize,
    source: &Source,
    tables: &[usize],
    bindings: &[Binding],
    as_of: Option<Date>,
    proofs: &mut Vec<DateProof>,
    problems: &mut Problems,
) -> Vec<Work> {
    rules_without_column(intake, tables, spec, source, problems);
    let bound: Vec<(usize, &Binding)> = tables.iter().filter_map(|&t| bindings.get(t).map(|b| (t, b))).collect();
    let plans = plan::questions(spec, index, &bound, intake, problems);
    let numbers = plan::role_numbers(spec, index, &bound, intake, problems);
    let mut dates = plan::source_dates(spec, index, &bound, intake, as_of, proofs);
    let mut works = Vec::new();
    for (at, binding) in bound {
        let file =
            intake.tables.get(at).and_then(|t| intake.files.get(t.file)).map_or_else(String::new, |f| f.name.clone());
        let place = intake.tables.get(at).map(|t| words::place(intake, t)).unwrap_or_default();
        let Some(table) = intake.tables.get_mut(at) else { continue };
        let mut marks = Marks::new(table.rows);
        let mut account = account(table, source, file);
        let mut faults: BTreeMap<&str, (u64, u32)> = BTreeMap::new();
        for &(row, fault) in &table.faulty {
            marks.add(row as usize, Reason::Unreadable);
            let at = faults.entry(fault).or_insert((0, row));
            *at = (at.0 + 1, at.1.min(row));
        }
        for (fault, (n, first)) in faults {
            problems.push(
                Problem::noted(
                    "row-faulty",
                    place.clone().row(table.origin.record(first)),
                    format!("{} set aside as unreadable: {fault}", rows_words(n)),
                )
                .count(n),
            );
        }
        let aside = |held: Held| source.rows.action(held) == Action::SetAside;
        if aside(Held::Reason(Reason::Test)) {
            for role in &binding.roles {
                rows::tests(table, role.column, role.role, &mut marks);
            }
        }
        flags::by_rules(table, source, &place, &mut marks, problems);
        let mut flagged = Flagged::new();
        if source.kind == Kind::Survey {
            flags::by_platform(table, binding, spec, source, &place, &mut marks, &mut flagged, problems);
            flagged.insert(Flag::StraightLined, patterns::straight_lined(table, binding, source, &spec.limits));
        }
        let identified = source.kind == Kind::Attendance;
        let equal = if identified { Vec::new() } else { super::duplicates::equal_rows(table) };
        let mut asked = Vec::new();
        let mut touched: Vec<bool> = Vec::new();
        let mut contradictions = Vec::new();
        let mut absorb = |read: questions::Read, account: &mut Account, problems: &mut Problems| {
            account.values.extend(read.values);
            problems.append(read.problems);
            contradictions.extend(read.contradictions);
            if touched.len() < read.touched.len() {
                touched.resize(read.touched.len(), false);
            }
            for (row, now) in touched.iter_mut().zip(read.touched) {
                *row |= now;
            }
            asked.extend(read.question);
        };
        for (plan, question) in plans.iter().zip(&binding.questions) {
            absorb(questions::read(plan, question, table, &place), &mut account, problems);
        }
        for column in binding.free.iter().filter_map(|&c| table.columns.get(c)) {
            let mut read = questions::Read::default();
            questions::written(column, &mut read);
            absorb(read, &mut account, problems);
        }
        if source.kind == Kind::Survey && !touched.is_empty() && aside(Held::Unanswered) {
            for (row, _) in touched.iter().enumerate().filter(|(_, touched)| !**touched) {
                marks.add(row, Reason::Partial);
            }
        }
        contradictions.sort_unstable();
        contradictions.dedup();
        flagged.insert(Flag::Contradiction, contradictions);
        let mut columns_of = dates.remove(&at).unwrap_or_default();
        let mut values = Vec::new();
        let columns = columns::build(
            table,
            binding,
            source,
            spec,
            &place,
            Decided { numbers: &numbers, dates: &mut columns_of },
            &mut values,
            problems,
        );
        account.values.append(&mut values);
        // In the order of the sheet: A, B, … Z, AA.
        account.values.sort_by_cached_key(|v| {
            let letters = v.column.split(' ').next().unwrap_or_default();
            (letters.len(), letters.to_owned())
        });
        let clean = CleanTable {
            source: index,
            file: table.file,
            account: 0,
            rows: table.rows,
            accepted: vec![true; table.rows],
            origin: table.origin.clone(),
            columns,
            questions: asked,
        };
        if source.kind == Kind::Survey {
            flagged.insert(Flag::NearDuplicate, patterns::near_duplicates(&clean, &spec.limits));
        }
        works.push(Work { place, clean, account, marks, equal, flagged });
    }
    works
}

/// Rules of the source whose column stands in none of its files.
fn rules_without_column(intake: &Intake, tables: &[usize], spec: &Spec, source: &Source, problems: &mut Problems) {
    for rule in &source.rows.set_aside {
        if tables.iter().filter_map(|&at| intake.tables.get(at)).all(|table| flags::looked_at(table, rule).is_empty()) {
            let toml = spec.texts.first().map_or("reach.toml", |(name, _)| name.as_str());
            problems.push(
                Problem::stops(
                    "column-missing",
                    Exit::Spec,
                    Place::file(toml).row(rule.line).column(format!("source.{}.set_aside", source.name)),
                    format!("the column “{}” of this rule stands in none of the source's files", rule.column),
                )
                .hint("write the column's header as it stands in the file, or remove the rule"),
            );
        }
    }
}

fn account(table: &Table, source: &Source, file: String) -> Account {
    let mut account = Account {
        source: source.name.clone(),
        file,
        sheet: table.sheet.clone(),
        rows: table.rows as u64,
        ..Account::default()
    };
    for (furniture, n) in &table.furniture {
        *account.furniture.entry(*furniture).or_default() += n;
    }
    account.records = account.rows + account.furniture.values().sum::<u64>();
    account
}

/// The newest accepted date in the programme's period, over all dates of activity and responses.
fn newest(tables: &[CleanTable], spec: &Spec) -> Option<Date> {
    let (from, to) = (spec.programme.from, spec.programme.to);
    let mut best: Option<Date> = None;
    let mut as_at: Option<Date> = None;
    for table in tables {
        let Some(source) = spec.sources.get(table.source) else { continue };
        let any = table.accepted.contains(&true);
        if any {
            as_at = as_at.max(source.as_at.filter(|d| *d >= from && *d <= to));
        }
        if !matches!(source.kind, Kind::Survey | Kind::Sessions | Kind::Attendance | Kind::Counts) {
            continue;
        }
        if any && !table.columns.iter().any(|c| c.role == Role::Date) {
            best = best.max(source.date.filter(|d| *d >= from && *d <= to));
        }
        for column in &table.columns {
            let day: Vec<Option<Date>> = match (&column.values, column.role, column.month) {
                (ColumnValues::Dates(values), Role::Date, _) => {
                    let days: Vec<Option<Date>> = values.iter().map(|a| a.answered().map(|at| at.date())).collect();
                    // Counts that are all dated the first of a month are the months'.
                    let months = source.kind == Kind::Counts && days.iter().flatten().all(|d| d.day() == 1);
                    days.into_iter().map(|d| if months { d.map(|d| last_day(d).min(to)) } else { d }).collect()
                }
                (ColumnValues::Numbers(values), Role::Value, Some(first)) => {
                    let last = last_day(first).min(to);
                    values.iter().map(|a| a.answered().map(|_| last)).collect()
                }
                _ => continue,
            };
            let open: Vec<bool> =
                day.iter().map(|d| d.is_some_and(|d| d >= from && d <= to && best.is_none_or(|b| d > b))).collect();
            if !open.contains(&true) {
                continue;
            }
            for (&code, _) in column.codes.iter().zip(&table.accepted).filter(|(_, accepted)| **accepted) {
                let at = day.get(code as usize).copied().flatten();
                if open.get(code as usize) == Some(&true) {
                    best = best.max(at);
                }
            }
        }
    }
    best.or(as_at)
}
