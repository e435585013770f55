//! The columns with roles of one table, typed, and what must be said of each.

use std::collections::BTreeMap;

use super::bind::Binding;
use super::dates::Proved;
use super::labels::{self, Recodes};
use super::numbers::{self, Numbers, Reading, Wanted};
use super::tell;
use super::tokens::{Expect, Missing};
use super::words::{column_name, have};
use super::{Answer, CleanColumn, ColumnValues, choices, cluster, personal, questions};
use crate::ingest::{Column, Table};
use crate::ledger::Values;
use crate::problem::{Place, Problem, Problems};
use crate::spec::{CountUnit, Role, RoleType, Source, Spec, fold};

/// What the values of a role are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    Date,
    Number,
    Label,
    YesNo,
    Personal,
}

/// The type of a role's column.
pub fn typed(role: Role) -> Typed {
    match role {
        Role::Date | Role::BirthDate | Role::Joined | Role::LastSeen => Typed::Date,
        Role::Hours | Role::Minutes | Role::Headcount | Role::Value | Role::Duration | Role::Progress => Typed::Number,
        Role::Site | Role::Event | Role::Strand | Role::Level | Role::Status | Role::Language => Typed::Label,
        Role::Present | Role::ConsentToQuote | Role::Finished => Typed::YesNo,
        Role::Response
        | Role::Person
        | Role::Session
        | Role::Email
        | Role::Phone
        | Role::Name
        | Role::Postcode
        | Role::Code(_) => Typed::Personal,
    }
}

/// How the numbers of a role are read.
pub fn wanted(role: Role, reading: RoleType, source: &Source) -> Wanted {
    match role {
        Role::Value if reading == RoleType::Percent || source.unit == CountUnit::Percent => Wanted::Percent,
        Role::Value | Role::Headcount => Wanted::Count,
        _ => Wanted::Number,
    }
}

/// What words may stand for "missing" among such numbers.
pub fn expect(wanted: Wanted) -> Expect {
    if wanted == Wanted::Count { Expect::Counts } else { Expect::Numbers }
}

/// What was decided for whole columns before any table is read: number styles per role, dates per column.
pub struct Decided<'a> {
    pub numbers: &'a BTreeMap<Role, Reading>,
    pub dates: &'a mut BTreeMap<usize, Proved>,
}

/// Types the columns of one table. The codes move out of the table where no other column needs them.
#[expect(clippy::too_many_arguments, reason = "one table's surroundings, each borrowed apart")]
pub fn build(
    table: &mut Table,
    binding: &Binding,
    source: &Source,
    spec: &Spec,
    place: &Place,
    decided: Decided<'_>,
    values: &mut Vec<Values>,
    problems: &mut Problems,
) -> Vec<CleanColumn> {
    let mut out = Vec::new();
    let event_column = binding.roles.iter().find(|b| b.role == Role::Event).map(|b| b.column);
    // The months of a wide log are told of together.
    let mut months = Numbers::default();
    for (at, bound) in binding.roles.iter().enumerate() {
        let Some(column) = table.columns.get(bound.column) else { continue };
        let name = column_name(column);
        let here = place.clone().column(name.clone());
        let declared = bound.rule.and_then(|r| source.columns.get(r)).and_then(|r| r.missing.as_ref());
        let missing = |expect| Missing::in_column(column, table, expect, declared);
        let typed = match typed(bound.role) {
            Typed::Date => {
                let proved = decided.dates.remove(&bound.column).unwrap_or_default();
                tell::dates(&proved, bound.role, table, &here, problems);
                ColumnValues::Dates(proved.values)
            }
            Typed::Number => {
                let wanted = wanted(bound.role, bound.reading, source);
                let Some(reading) = decided.numbers.get(&bound.role) else { continue };
                let mut read = numbers::read(&column.texts, wanted, reading, &missing(expect(wanted)));
                let values = std::mem::take(&mut read.values);
                if bound.month.is_some() {
                    months.absorb(read);
                } else {
                    tell::numbers(&read, table, &here, problems);
                }
                ColumnValues::Numbers(values)
            }
            Typed::Label => {
                let recodes = Recodes::of_source(&spec.recodes, &bound.role.word(), &source.name);
                let by_recodes = bound.role == Role::Site && event_column == Some(bound.column);
                let read = labels::read(&column.texts, &recodes, by_recodes, &missing(Expect::Labels));
                tell::labels(&read, bound, table, &here, problems);
                // Places are held against their register, where there is one.
                let register = spec.sources.iter().any(|s| s.kind == crate::spec::Kind::Sites);
                if bound.role == Role::Strand || (bound.role == Role::Site && !by_recodes && !register) {
                    let labelled =
                        column.texts.iter().zip(&read.values).filter(|(_, value)| value.answered().is_some());
                    let written = labelled
                        .map(|((_, text, rows), _)| (text, u64::from(rows)))
                        .filter(|(text, _)| recodes.means(&fold(text)).is_none());
                    tell::spellings(&bound.role.word(), &cluster::clusters(written), &here, problems);
                }
                ColumnValues::Labels(read.values, read.labels)
            }
            Typed::YesNo => {
                let recodes = Recodes::of_source(&spec.recodes, &bound.role.word(), &source.name);
                yes_no(column, bound.role, &recodes, table, &missing(Expect::Labels), &here, problems)
            }
            Typed::Personal => {
                let read = personal::read(&column.texts, bound.role, &missing(Expect::Labels));
                tell::personal(&read, bound.role, table, &here, problems);
                ColumnValues::Personal(read.values, read.texts)
            }
        };
        let first_of_column = binding.roles.iter().position(|b| b.column == bound.column) == Some(at);
        if first_of_column {
            values.push(count(column, &typed));
        }
        out.push((bound, name, typed));
    }
    tell::numbers(&months, table, place, problems);
    // Only now may codes leave the table: a column can have two roles.
    let mut left: BTreeMap<usize, usize> = BTreeMap::new();
    for bound in &binding.roles {
        *left.entry(bound.column).or_default() += 1;
    }
    out.into_iter()
        .filter_map(|(bound, name, values)| {
            let uses = left.get_mut(&bound.column)?;
            *uses -= 1;
            let column = table.columns.get_mut(bound.column)?;
            let codes = if *uses == 0 { std::mem::take(&mut column.codes) } else { column.codes.clone() };
            Some(CleanColumn { role: bound.role, name, codes, values, month: bound.month })
        })
        .collect()
}

fn count(column: &Column, values: &ColumnValues) -> Values {
    fn of<T: Copy>(column: &Column, list: &[Answer<T>]) -> Values {
        questions::count(column, |code| list.get(code as usize).copied().unwrap_or(Answer::Blank))
    }
    match values {
        ColumnValues::Dates(list) => of(column, list),
        ColumnValues::Numbers(list) => {
            let zero =
                |code: &u32| list.get(*code as usize).is_some_and(|a| a.answered().is_some_and(|d| d.digits == 0));
            let zeros = column.texts.iter().filter(|(code, _, _)| zero(code)).map(|(_, _, rows)| u64::from(rows)).sum();
            Values { zeros: Some(zeros), ..of(column, list) }
        }
        ColumnValues::Personal(list, _) | ColumnValues::Labels(list, _) => of(column, list),
        ColumnValues::YesNo(list) => of(column, list),
    }
}

fn yes_no(
    column: &Column,
    role: Role,
    recodes: &Recodes<'_>,
    table: &Table,
    missing: &Missing,
    here: &Place,
    problems: &mut Problems,
) -> ColumnValues {
    let closed = choices::Closed::default();
    let mut strange = (0u64, None::<u32>);
    let list = column
        .texts
        .iter()
        .map(|(code, text, rows)| {
            let folded = fold(text);
            let folded = match recodes.means(&folded) {
                Some(crate::spec::Means::Value(value)) => fold(value),
                _ => folded,
            };
            let present = |t: &str| match (role, t) {
                (Role::Present, "p" | "/" | "\\") => Some(true),
                (Role::Present, "a" | "o") => Some(false),
                (Role::Finished, t) => super::status::finished(t),
                _ => choices::yes_no(t),
            };
            if let Some(answer) = present(&folded) {
                return Answer::Answered(answer);
            }
            match closed.matched_folded(&folded, recodes, missing) {
                choices::Matched::Refused => Answer::Refused,
                choices::Matched::Blank | choices::Matched::Token => Answer::Blank,
                choices::Matched::NotAsked => Answer::NotAsked,
                _ => {
                    let first = column.texts.first_row(code);
                    strange = (strange.0 + u64::from(rows), Some(strange.1.map_or(first, |f| f.min(first))));
                    Answer::Unreadable
                }
            }
        })
        .collect();
    if let (n @ 1.., Some(first)) = strange {
        problems.push(
            Problem::noted(
                "yes-no-unreadable",
                here.clone().row(table.origin.record(first)),
                format!("{} neither yes nor no; counted as unreadable", have(n)),
            )
            .hint(format!("say in recodes what it means: {}, the text as written, Yes or No", role.word()))
            .count(n),
        );
    }
    ColumnValues::YesNo(list)
}
