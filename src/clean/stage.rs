//! The stage itself: binds, decides for whole sources, reads each table, and settles which rows count.

use crate::spec::vocabulary::long_date;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::bind::{self, Binding};
use super::columns::{self, Decided};
use super::questions;
use super::rows::{self, Marks, Side};
use super::words::{self, grouped, have, rows_words};
use super::{Answer, CleanColumn, CleanTable, Cleaned, ColumnValues, DateProof, last_day, plan};
use crate::exit::Exit;
use crate::ingest::{Intake, Table};
use crate::ledger::{Account, Flag, Reason, SetAside};
use crate::problem::{Place, Problem, Problems, Weight};
use crate::spec::{Kind, Limits, Role, Source, Spec};

/// A table on its way.
struct Work {
    place: Place,
    clean: CleanTable,
    account: Account,
    marks: Marks,
    /// Extra copies of equal rows, ascending.
    equal: Vec<u32>,
    contradictions: Vec<u32>,
}

/// Types every table, proves its dates and settles which of its rows count. The problems of the intake are carried on.
pub fn clean(mut intake: Intake, spec: &Spec, as_of: Option<Date>) -> Cleaned {
    let mut out = Cleaned { problems: std::mem::take(&mut intake.problems), ..Cleaned::default() };
    let (bindings, problems) = bind::bind(&intake, spec);
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
        let mut previews = 0;
        for role in &binding.roles {
            previews += rows::status(table, role.column, role.role, &mut marks);
        }
        if previews > 0 {
            account.flags.insert(Flag::Preview, previews);
        }
        let identified = source.kind == Kind::Attendance;
        let equal = if identified { Vec::new() } else { rows::equal_rows(table) };
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
        if source.kind == Kind::Survey && !touched.is_empty() {
            for (row, _) in touched.iter().enumerate().filter(|(_, touched)| !**touched) {
                marks.add(row, Reason::Partial);
            }
        }
        contradictions.sort_unstable();
        contradictions.dedup();
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
        works.push(Work { place, clean, account, marks, equal, contradictions });
    }
    works
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

/// Which rows count, over all tables of a source.
fn settle(works: &mut [Work], spec: &Spec, source: &Source, as_of: Option<Date>, problems: &mut Problems) {
    let (from, to) = (spec.programme.from, spec.programme.to);
    for work in works.iter_mut() {
        for (role, n) in rows::keys(&work.clean, source.kind, &mut work.marks) {
            problems.push(
                Problem::noted(
                    "row-without-key",
                    work.place.clone(),
                    format!("{} no {} that can be read: set aside as unreadable", have(n), role.word()),
                )
                .count(n),
            );
        }
        let dated = matches!(source.kind, Kind::Survey | Kind::Sessions | Kind::Attendance | Kind::Counts);
        if dated {
            rows::period(&work.clean, from, to, as_of, &mut work.marks);
            let has_date = work.clean.columns.iter().any(|c| c.role == Role::Date);
            if let (false, Some(date)) = (has_date, source.date) {
                let reason = if date < from || date > to {
                    Some(Reason::OutOfPeriod)
                } else {
                    as_of.filter(|as_of| date > *as_of).map(|_| Reason::AfterAsOf)
                };
                for row in (0..work.clean.rows).filter(|_| reason.is_some()) {
                    work.marks.add(row, reason.unwrap_or(Reason::OutOfPeriod));
                }
            }
        }
        if source.kind == Kind::Counts {
            months(work, from, to, as_of, problems);
        }
    }
    let mut sides: Vec<Side<'_>> = works.iter_mut().map(|w| Side { table: &w.clean, marks: &mut w.marks }).collect();
    let identified = rows::duplicates(&mut sides, source.kind);
    for (work, identified) in works.iter_mut().zip(identified) {
        let wide = source.kind == Kind::Counts && work.clean.columns.iter().any(|c| c.month.is_some());
        if wide {
            // A place's line that stands twice in a list of counts is one line.
            for &row in &work.equal {
                work.marks.add(row as usize, Reason::Duplicate);
            }
            work.equal.clear();
        }
        work.equal.retain(|&row| !identified.get(row as usize).copied().unwrap_or(false));
    }
}

/// Months of a wide log outside the programme's period, or not over on the day the account stands at, are no part of it.
fn months(work: &mut Work, from: Date, to: Date, as_of: Option<Date>, problems: &mut Problems) {
    let outside = |c: &CleanColumn| c.month.is_some_and(|first| first > to || last_day(first) < from);
    let later = |c: &CleanColumn| as_of.is_some_and(|as_of| c.month.is_some_and(|first| last_day(first) > as_of));
    let months = |n: u64| if n == 1 { "1 month is".to_owned() } else { format!("{n} months are") };
    let n = work.clean.columns.iter().filter(|c| outside(c)).count() as u64;
    if n > 0 {
        work.clean.columns.retain(|c| !outside(c));
        problems.push(
            Problem::noted(
                "months-outside",
                work.place.clone(),
                format!("{} outside the programme's period, and left out", months(n)),
            )
            .hint("change from and to in [programme] if they should count")
            .count(n),
        );
    }
    let n = work.clean.columns.iter().filter(|c| later(c)).count() as u64;
    if let (Some(as_of), 1..) = (as_of, n) {
        work.clean.columns.retain(|c| !later(c));
        problems.push(
            Problem::noted(
                "months-later",
                work.place.clone(),
                format!("{} not over on {as_of}, the day this account stands at, and left out", months(n)),
            )
            .hint("to count them, leave --as-of out or give a later day")
            .count(n),
        );
    }
}

/// Fills the account from the marks, and says what is to be said of the rows that count.
fn finish(work: &mut Work, source: &Source, limits: &Limits, problems: &mut Problems) {
    for (row, reason, also) in work.marks.set_aside() {
        if let Some(accepted) = work.clean.accepted.get_mut(row) {
            *accepted = false;
        }
        let record = work.clean.origin.record(u32::try_from(row).unwrap_or(u32::MAX));
        work.account.set_aside.push(SetAside { record, reason, also });
    }
    work.account.accepted = work.account.rows.saturating_sub(work.account.set_aside.len() as u64);
    let counts = |rows: &[u32], accepted: &[bool]| {
        rows.iter().filter(|&&r| accepted.get(r as usize).copied().unwrap_or(false)).count() as u64
    };
    let equal = counts(&work.equal, &work.clean.accepted);
    if equal > 0 {
        work.account.flags.insert(Flag::EqualRow, equal);
        problems.push(
            Problem::noted(
                "equal-rows",
                work.place.clone(),
                format!(
                    "{} equal to an earlier one in every cell; without an id they are different people and count",
                    if equal == 1 { "1 row is".to_owned() } else { format!("{} rows are", grouped(equal)) }
                ),
            )
            .count(equal),
        );
    }
    let contradictions = counts(&work.contradictions, &work.clean.accepted);
    if contradictions > 0 {
        work.account.flags.insert(Flag::Contradiction, contradictions);
    }
    if matches!(source.kind, Kind::Survey | Kind::Attendance) {
        let none = without_date(&work.clean);
        if none > 0 {
            work.account.flags.insert(Flag::NoDate, none);
        }
    }
    if source.kind == Kind::People {
        people_dates(work, limits, problems);
    }
}

/// Rows that count although the column of dates says nothing.
fn without_date(table: &CleanTable) -> u64 {
    let Some(column) = table.columns.iter().find(|c| c.role == Role::Date) else { return 0 };
    let ColumnValues::Dates(values) = &column.values else { return 0 };
    let none: Vec<bool> = values.iter().map(|a| !matches!(a, Answer::Answered(_) | Answer::Unreadable)).collect();
    if !none.contains(&true) {
        return 0;
    }
    let rows = column.codes.iter().zip(&table.accepted);
    rows.filter(|(code, accepted)| **accepted && none.get(**code as usize) == Some(&true)).count() as u64
}

/// Join dates that are missing, and dates that so many people share that a system must have filled them in.
fn people_dates(work: &mut Work, limits: &Limits, problems: &mut Problems) {
    let mut flagged: Vec<bool> = Vec::new();
    for column in &work.clean.columns {
        let ColumnValues::Dates(values) = &column.values else { continue };
        let accepted = |row: usize| work.clean.accepted.get(row).copied().unwrap_or(false);
        let mut by_date: BTreeMap<Date, u64> = BTreeMap::new();
        let mut none = 0u64;
        for (_, &code) in column.codes.iter().enumerate().filter(|(row, _)| accepted(*row)) {
            match values.get(code as usize) {
                Some(Answer::Answered(at)) => {
                    *by_date.entry(at.date()).or_default() += 1;
                }
                Some(Answer::Unreadable) | None => {}
                Some(_) => none += 1,
            }
        }
        if column.role == Role::Joined && none > 0 {
            *work.account.flags.entry(Flag::NoDate).or_default() += none;
        }
        for date in &shared_dates(&by_date, limits) {
            let n = by_date.get(date).copied().unwrap_or(0);
            let what =
                if column.role == Role::BirthDate { "one and the same date".to_owned() } else { long_date(*date) };
            let flags = matches!(column.role, Role::Joined | Role::BirthDate);
            problems.push(
                Problem::noted(
                    if flags { "default-date" } else { "shared-date" },
                    work.place.clone().column(column.name.clone()),
                    format!("{} {what}: so many that a system seems to have filled it in", have(n)),
                )
                .count(n),
            );
            if flags {
                flagged.resize(work.clean.rows, false);
                for (row, flag) in flagged.iter_mut().enumerate() {
                    let code = column.codes.get(row).copied().unwrap_or(0);
                    *flag |= accepted(row)
                        && values.get(code as usize).and_then(|a| a.answered()).is_some_and(|at| at.date() == *date);
                }
            }
        }
    }
    let n = flagged.iter().filter(|f| **f).count() as u64;
    if n > 0 {
        work.account.flags.insert(Flag::DefaultDate, n);
    }
}

/// The dates that so many rows share that a system seems to have filled them in, ascending.
pub fn shared_dates(by_date: &BTreeMap<Date, u64>, limits: &Limits) -> Vec<Date> {
    let all: u64 = by_date.values().sum();
    let shared = |n: u64| n >= limits.default_date_rows && n as f64 >= limits.default_date_share * all as f64;
    by_date.iter().filter(|(_, n)| shared(**n)).map(|(date, _)| *date).collect()
}

/// Whether enough of a source's rows could be used.
fn outcome(works: &[Work], source: &Source, limits: &Limits, problems: &mut Problems) {
    let mine: Vec<&Account> = works.iter().map(|w| &w.account).collect();
    let rows: u64 = mine.iter().map(|a| a.rows).sum();
    let accepted: u64 = mine.iter().map(|a| a.accepted).sum();
    let unreadable: u64 =
        mine.iter().flat_map(|a| &a.set_aside).filter(|s| s.reason == Reason::Unreadable).count() as u64;
    let place = match mine.as_slice() {
        [one] => Place::file(one.file.clone()),
        _ => Place::default().column(format!("source.{}", source.name)),
    };
    let stop = |code, message: String, hint: &str| Problem::stops(code, Exit::Data, place.clone(), message).hint(hint);
    if accepted == 0 {
        let mut reasons: BTreeMap<Reason, u64> = BTreeMap::new();
        for a in &mine {
            for (reason, n) in a.by_reason() {
                *reasons.entry(reason).or_default() += n;
            }
        }
        let most = reasons.iter().max_by_key(|(reason, n)| (**n, std::cmp::Reverse(**reason))).map(|(r, _)| *r);
        let hint = match most {
            Some(Reason::OutOfPeriod) => "compare from and to in [programme] with the dates in the file",
            Some(Reason::Unreadable) => "look at the problems of this file's columns first",
            Some(_) => "the quality page lists each row with its reason",
            None => "the file has headers only: export it again",
        };
        problems.push(stop(
            "no-rows",
            format!(
                "no row of source `{}` counts: {} read, {} set aside",
                source.name,
                grouped(rows),
                grouped(rows - accepted)
            ),
            hint,
        ));
    } else if unreadable as f64 > limits.set_aside_share * rows as f64 {
        problems.push(stop(
            "too-many-unreadable",
            format!(
                "{} of {} of source `{}` cannot be read: more than the {}% that may be set aside",
                grouped(unreadable),
                rows_words(rows),
                source.name,
                (limits.set_aside_share * 1000.0).round() / 10.0
            ),
            "look at the problems of this file's columns, or raise set_aside_share in [advanced]",
        ));
    }
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
