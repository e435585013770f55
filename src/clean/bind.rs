//! From the codebook's rows to the columns that are really there.
//!
//! A row names a column by its whole header, by `stem / option`, by the stem that several columns share, or by the platform's code; `(months)` takes every
//! column headed by a month, `(others)` what no row names. A column that a row names and no file of the source has is an error in
//! the codebook, said with the nearest header; a file without a column that its siblings have did not ask that question.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::written::month_headers;
use crate::exit::Exit;
use crate::ingest::{Intake, Part, Table};
use crate::problem::{Problem, Problems};
use crate::spec::{Fit, Headed, Is, Kind, Role, RoleType, Selector, Source, Spec, fold, names};

/// What the columns of one table are.
#[derive(Debug, Default)]
pub struct Binding {
    /// In the order of the codebook, then of the columns.
    pub roles: Vec<BoundRole>,
    /// One per question key of the source, in the codebook's order; without columns if this file does not ask it.
    pub questions: Vec<BoundQuestion>,
    /// Columns of people's own words that belong to no question's answers.
    pub free: Vec<usize>,
}

/// A column with a role.
#[derive(Debug, Clone, Copy)]
pub struct BoundRole {
    /// Index into `Table::columns`.
    pub column: usize,
    pub role: Role,
    pub reading: RoleType,
    /// For a column of months.
    pub month: Option<Date>,
    /// Index into `Source::columns`: the row that says so; none where the platform does.
    pub rule: Option<usize>,
}

/// A question's columns in one table.
#[derive(Debug, Clone)]
pub struct BoundQuestion {
    /// Index into `Source::columns`: the first row with this key.
    pub rule: usize,
    /// Columns with answers.
    pub columns: Vec<usize>,
    /// Columns with people's own words beside them.
    pub open: Vec<usize>,
}

/// Binds every table of the intake; problems name what the codebook has too much or too little.
pub fn bind(intake: &Intake, spec: &Spec) -> (Vec<Binding>, Problems) {
    let mut problems = Problems::default();
    // Which rows of which source found a column in some table.
    let mut found: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut out = Vec::new();
    for table in &intake.tables {
        let binding = match spec.sources.get(table.source) {
            Some(source) => one(table, source, intake, spec, &mut found, &mut problems),
            None => Binding::default(),
        };
        out.push(binding);
    }
    for (index, source) in spec.sources.iter().enumerate() {
        let tables: Vec<&Table> = intake.tables.iter().filter(|t| t.source == index).collect();
        if tables.is_empty() {
            continue;
        }
        for (at, rule) in source.columns.iter().enumerate() {
            if !found.contains(&(index, at)) {
                missing(spec, source, &rule.selector, rule.row, &tables, intake, &mut problems);
            }
        }
    }
    (out, problems)
}

fn one(
    table: &Table,
    source: &Source,
    intake: &Intake,
    spec: &Spec,
    found: &mut BTreeSet<(usize, usize)>,
    problems: &mut Problems,
) -> Binding {
    let pivot = super::pivot(spec, None);
    let months: Vec<Option<Date>> = table.columns.iter().map(|c| month_headers(&c.header, pivot)).collect();
    // The rows of the codebook that speak of each column.
    let mut rules: Vec<Vec<usize>> = vec![Vec::new(); table.columns.len()];
    let names = names(table.columns.iter().map(Headed::from));
    for (names, rules) in names.iter().zip(&mut rules) {
        let fits: Vec<(usize, Fit)> = source
            .columns
            .iter()
            .enumerate()
            .filter_map(|(at, rule)| rule.selector.fit(names).map(|fit| (at, fit)))
            .collect();
        let best = fits.iter().map(|&(_, fit)| fit).max();
        found.extend(fits.iter().map(|&(at, _)| (table.source, at)));
        rules.extend(fits.iter().filter(|&&(_, fit)| Some(fit) == best).map(|&(at, _)| at));
    }
    by_code(table, source, &mut rules, found);
    for (at, rule) in source.columns.iter().enumerate() {
        if rule.selector == Selector::Months {
            for (rules, _) in rules.iter_mut().zip(&months).filter(|(rules, month)| month.is_some() && rules.is_empty())
            {
                rules.push(at);
                found.insert((table.source, at));
            }
        }
    }
    let mut binding = Binding::default();
    let mut by_key: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, rule) in source.columns.iter().enumerate() {
        if let Is::Question(question) = &rule.is {
            by_key.entry(&question.key).or_insert_with(|| {
                binding.questions.push(BoundQuestion { rule: at, columns: Vec::new(), open: Vec::new() });
                binding.questions.len() - 1
            });
        }
    }
    // A comment or an "other" column belongs to the question of its stem, whatever the stem's role.
    let stems: BTreeMap<String, usize> = table
        .columns
        .iter()
        .zip(&rules)
        .filter_map(|(column, rules)| {
            let rule = source.columns.get(*rules.first()?)?;
            let Is::Question(question) = &rule.is else { return None };
            Some((fold(column.header.first()?), *by_key.get(question.key.as_str())?))
        })
        .collect();
    let named_roles: BTreeSet<Role> = source
        .columns
        .iter()
        .zip(0..)
        .filter_map(|(rule, at)| match rule.is {
            Is::Role(role, _) if rules.iter().any(|r| r.contains(&at)) => Some(role),
            _ => None,
        })
        .collect();
    let others = source.columns.iter().position(|rule| rule.selector == Selector::Others);
    let mut uncovered: Vec<String> = Vec::new();
    for (index, (column, mut speaking)) in table.columns.iter().zip(rules).enumerate() {
        let open = matches!(column.part, Part::Comment | Part::OtherText | Part::Joined);
        if let (true, Some(&question)) = (open, column.header.first().and_then(|stem| stems.get(&fold(stem)))) {
            if let Some(q) = binding.questions.get_mut(question) {
                q.open.push(index);
            }
            continue;
        }
        if speaking.is_empty() {
            if let Some(role) = column.system.and_then(crate::spec::role::parse) {
                if !named_roles.contains(&role) {
                    binding.roles.push(BoundRole {
                        column: index,
                        role,
                        reading: RoleType::Usual,
                        month: None,
                        rule: None,
                    });
                }
                continue;
            }
            match others {
                Some(at) => {
                    found.insert((table.source, at));
                    speaking.push(at);
                }
                None => {
                    // A column without header and without content is nobody's.
                    let empty = column.title().is_empty() && column.texts.iter().all(|(_, t, _)| t.trim().is_empty());
                    if !empty {
                        uncovered.push(super::words::column_name(column));
                    }
                    continue;
                }
            }
        }
        for at in speaking {
            let Some(rule) = source.columns.get(at) else { continue };
            match &rule.is {
                Is::Role(role, reading) => binding.roles.push(BoundRole {
                    column: index,
                    role: *role,
                    reading: *reading,
                    month: if rule.selector == Selector::Months { months.get(index).copied().flatten() } else { None },
                    rule: Some(at),
                }),
                Is::Question(question) => {
                    if let Some(q) = by_key.get(question.key.as_str()).and_then(|&q| binding.questions.get_mut(q)) {
                        if open {
                            q.open.push(index);
                        } else {
                            q.columns.push(index);
                        }
                    }
                }
                Is::FreeText => binding.free.push(index),
                Is::Ignore => {}
            }
        }
    }
    repeated(table, source, intake, &mut binding, problems);
    if !uncovered.is_empty() {
        let n = uncovered.len() as u64;
        problems.push(
            Problem::noted(
                "column-not-in-codebook",
                super::words::place(intake, table),
                format!(
                    "{} not in the codebook and {} left out: {}",
                    if n == 1 { "1 column is".to_owned() } else { format!("{n} columns are") },
                    if n == 1 { "was" } else { "were" },
                    uncovered.join(", ")
                ),
            )
            .hint("add a row for each to the codebook, or one row with (others) in the column `column`")
            .count(n),
        );
    }
    binding
}

/// A row whose text heads no column of this table may name one by the platform's code (`Q3`, `Q3_1`, `Q1[SQ001]`).
fn by_code(table: &Table, source: &Source, rules: &mut [Vec<usize>], found: &mut BTreeSet<(usize, usize)>) {
    for (at, rule) in source.columns.iter().enumerate() {
        let Selector::Named(name) = &rule.selector else { continue };
        if rules.iter().any(|rules| rules.contains(&at)) {
            continue;
        }
        let name = fold(name);
        let codes: Vec<Option<String>> = table.columns.iter().map(|c| c.code.as_deref().map(fold)).collect();
        let whole = |code: &Option<String>| code.as_deref() == Some(name.as_str());
        let any = codes.iter().any(whole);
        let part = |code: &Option<String>| {
            let rest = code.as_deref().and_then(|code| code.strip_prefix(name.as_str()));
            rest.is_some_and(|rest| rest.starts_with(['_', '[', '#']))
        };
        for (code, rules) in codes.iter().zip(rules.iter_mut()) {
            if rules.is_empty() && (whole(code) || (!any && part(code))) {
                rules.push(at);
                found.insert((table.source, at));
            }
        }
    }
}

/// Of several columns with one role only months and parts of names stand side by side; else the first counts, and it is said.
fn repeated(table: &Table, source: &Source, intake: &Intake, binding: &mut Binding, problems: &mut Problems) {
    let mut seen: BTreeMap<Role, usize> = BTreeMap::new();
    let mut extra: BTreeMap<Role, u64> = BTreeMap::new();
    binding.roles.retain(|bound| {
        if bound.month.is_some()
            || (bound.role == Role::Value && source.kind == Kind::Counts)
            || bound.role == Role::Name
        {
            return true;
        }
        if seen.contains_key(&bound.role) {
            *extra.entry(bound.role).or_default() += 1;
            return false;
        }
        seen.insert(bound.role, bound.column);
        true
    });
    for (role, n) in extra {
        let first =
            seen.get(&role).and_then(|&c| table.columns.get(c)).map(super::words::column_name).unwrap_or_default();
        problems.push(
            Problem::assumed(
                "role-twice",
                super::words::place(intake, table).column(first),
                format!("{} columns are the {} of this file; the first is used", n + 1, role.word()),
            )
            .hint("write (ignore) for the others in the codebook")
            .count(n),
        );
    }
}

fn missing(
    spec: &Spec,
    source: &Source,
    selector: &Selector,
    row: u64,
    tables: &[&Table],
    intake: &Intake,
    problems: &mut Problems,
) {
    let files: BTreeSet<&str> =
        tables.iter().filter_map(|t| intake.files.get(t.file)).map(|f| f.name.as_str()).collect();
    let files = files.into_iter().collect::<Vec<_>>().join(", ");
    let place = super::words::codebook(spec).row(row);
    let problem = match selector {
        Selector::Named(name) => {
            let near = near_header(&fold(name), tables);
            let problem = Problem::stops(
                "column-missing",
                Exit::Spec,
                place,
                format!("the column “{name}” of source `{}` stands in none of its files ({files})", source.name),
            );
            match near {
                Some(near) => problem.hint(format!("did you mean “{near}”?")),
                None => problem.hint("write the column's header as it stands in the file, or remove the row"),
            }
        }
        Selector::Months => Problem::stops(
            "months-missing",
            Exit::Spec,
            place,
            format!("no column of source `{}` is headed by a month ({files})", source.name),
        )
        .hint("months are written like 2024-04, 2024-4 or Apr 2024"),
        // Nothing left over is no mistake.
        Selector::Others => return,
    };
    problems.push(problem);
}

fn near_header(name: &str, tables: &[&Table]) -> Option<String> {
    let mut best: Option<(f64, String)> = None;
    for column in tables.iter().flat_map(|t| &t.columns) {
        for written in [Some(column.title()), column.header.first().cloned()].into_iter().flatten() {
            let folded = fold(&written);
            if folded.is_empty() || folded.len() > 400 {
                continue;
            }
            let near = strsim::normalized_damerau_levenshtein(name, &folded)
                .max(if folded.starts_with(name) || name.starts_with(&folded) { 0.7 } else { 0.0 });
            if near >= 0.6 && best.as_ref().is_none_or(|(than, _)| near > *than) {
                best = Some((near, written));
            }
        }
    }
    best.map(|(_, written)| written)
}
