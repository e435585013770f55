//! What must be decided once for a whole source before any of its tables is read: option lists, number styles, the order of dates.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::bind::Binding;
use super::choices::Closed;
use super::columns::{Typed, typed, wanted};
use super::dates::{self, Around, Member, Proved};
use super::labels::{Recodes, one_line};
use super::number_words;
use super::numbers::{self, Reading, Wanted};
use super::questions::Plan;
use super::tokens::{Expect, Missing};
use super::{DateProof, pivot};
use super::{cluster, scale, tell, words};
use crate::exit::Exit;
use crate::ingest::{Column, Intake, Table, Texts};
use crate::problem::{Place, Problem, Problems};
use crate::spec::{Answers, Is, Kind, Options, Question, Role, Source, Spec, fold, lists};

/// The tables of a source with what their columns are.
type Bound<'a> = [(usize, &'a Binding)];

/// The questions of a source, in the order of `Binding::questions`.
pub fn questions<'a>(
    spec: &'a Spec,
    source: usize,
    bound: &Bound<'_>,
    intake: &Intake,
    problems: &mut Problems,
) -> Vec<Plan<'a>> {
    let Some(source) = spec.sources.get(source) else { return Vec::new() };
    let Some((_, any)) = bound.first() else { return Vec::new() };
    let mut out = Vec::new();
    for (at, asked) in any.questions.iter().enumerate() {
        let Some(rule) = source.columns.get(asked.rule) else { continue };
        let Is::Question(question) = &rule.is else { continue };
        let same: Vec<&Question> = source
            .columns
            .iter()
            .filter_map(|r| match &r.is {
                Is::Question(q) if q.key == question.key => Some(q),
                _ => None,
            })
            .collect();
        let placed: Vec<(&Table, &Column)> = bound
            .iter()
            .filter_map(|(table, binding)| Some((intake.tables.get(*table)?, binding)))
            .flat_map(|(table, binding)| {
                let columns = binding.questions.get(at).map(|q| q.columns.as_slice()).unwrap_or_default();
                columns.iter().filter_map(move |&c| Some((table, table.columns.get(c)?)))
            })
            .collect();
        let columns: Vec<&Column> = placed.iter().map(|(_, column)| *column).collect();
        let missing = source
            .columns
            .iter()
            .filter(|r| matches!(&r.is, Is::Question(q) if q.key == question.key))
            .find_map(|r| r.missing.as_ref());
        let recodes = Recodes::of_source(&spec.recodes, &question.key, &source.name);
        let place = || words::codebook(spec).row(rule.row);
        let wanted = match question.answers {
            Answers::Number => Some(Wanted::Number),
            Answers::Percent => Some(Wanted::Percent),
            _ => None,
        };
        let reading =
            wanted.map(|wanted| decide(columns.iter().map(|c| &c.texts), wanted, &place(), &question.key, problems));
        let closed = match options(&same) {
            Some(options) if options.list.is_empty() && !matches!(question.answers, Answers::Scale(_)) => {
                let texts = placed
                    .iter()
                    .map(|(table, column)| (&column.texts, Missing::in_column(column, table, Expect::Labels, missing)));
                match Closed::made(texts, &recodes) {
                    Some(closed) => {
                        let written = columns
                            .iter()
                            .flat_map(|c| c.texts.iter())
                            .map(|(_, text, rows)| (text, u64::from(rows)))
                            .filter(|(text, _)| recodes.means(&fold(text)).is_none() && closed.has(&fold(text)));
                        tell::spellings(&question.key, &cluster::clusters(written), &place(), problems);
                        closed
                    }
                    None => {
                        problems.push(
                            Problem::stops(
                                "options-needed",
                                Exit::Spec,
                                place(),
                                format!("`{}` has no options in the codebook, and its answers are too many or too long to be a list", question.key),
                            )
                            .hint("list the options in the column `options`, or write `free text` in the column `type`"),
                        );
                        Closed::default()
                    }
                }
            }
            Some(options) => {
                let closed = Closed::new(&options);
                if matches!(question.answers, Answers::Scale(_)) {
                    falling(&closed.list, &question.key, &place(), problems);
                }
                closed
            }
            None => Closed::default(),
        };
        let header = || columns.first().and_then(|c| c.header.iter().find(|h| !h.is_empty())).map(|h| one_line(h));
        let mut outcome: Vec<String> = Vec::new();
        for o in same.iter().flat_map(|q| &q.outcome) {
            if !outcome.contains(o) {
                outcome.push(o.clone());
            }
        }
        out.push(Plan {
            question,
            text: same.iter().find_map(|q| q.text.clone()).or_else(header).unwrap_or_else(|| question.key.clone()),
            outcome,
            closed,
            recodes,
            reading,
            missing,
            asked: source.kind == Kind::Survey,
            row: rule.row,
        });
    }
    out
}

/// Says so where a scale of the evaluator's own stands from its highest step to its lowest.
fn falling(options: &[String], key: &str, place: &Place, problems: &mut Problems) {
    let ready = lists::all().iter().any(|list| {
        let own: Vec<String> = list.options.iter().filter(|o| !o.starts_with('(')).map(|o| fold(o)).collect();
        own.iter().eq(options.iter().map(|o| fold(o)).collect::<Vec<_>>().iter())
    });
    let (Some(first), Some(last)) = (options.first(), options.last()) else { return };
    if !ready && scale::falls(options) == Some(true) {
        problems.push(
            Problem::assumed(
                "scale-falls",
                place.clone(),
                format!("the options of `{key}` run from “{first}” to “{last}”: “{first}” is scored 1"),
            )
            .hint("if more is to score more, write the options from the lowest to the highest"),
        );
    }
}

/// The option lists of all rows of one question as one list.
fn options(same: &[&Question]) -> Option<Options> {
    let mut out: Option<Options> = None;
    for question in same {
        let (Answers::Choice(options) | Answers::Choices(options) | Answers::Scale(options)) = &question.answers else {
            continue;
        };
        match &mut out {
            None => out = Some(options.clone()),
            Some(all) => {
                all.other |= options.other;
                for (at, option) in options.list.iter().enumerate() {
                    if all.list.iter().any(|o| fold(o) == fold(option)) {
                        continue;
                    }
                    let index = all.list.len();
                    all.list.push(option.clone());
                    all.exclusive.extend(options.exclusive.contains(&at).then_some(index));
                    all.refused.extend(options.refused.contains(&at).then_some(index));
                }
            }
        }
    }
    out
}

fn decide<'t>(
    texts: impl IntoIterator<Item = &'t Texts>,
    wanted: Wanted,
    place: &Place,
    what: &str,
    problems: &mut Problems,
) -> Reading {
    let reading = numbers::decide(texts, wanted);
    if let Some(assumed) = &reading.assumed {
        problems.push(Problem::assumed(
            "number-style-assumed",
            place.clone(),
            format!("the numbers of `{what}`: {assumed}"),
        ));
    }
    if reading.style.is_none() {
        problems.push(
            Problem::stops(
                "number-style-undecided",
                Exit::Data,
                place.clone(),
                format!("the numbers of `{what}` use both the comma and the point as decimal sign"),
            )
            .hint("write all numbers of the column in one way, such as 1,234.5"),
        );
    }
    reading
}

/// How the numbers of each role of a source are written, over all its tables.
pub fn role_numbers(
    spec: &Spec,
    source: usize,
    bound: &Bound<'_>,
    intake: &Intake,
    problems: &mut Problems,
) -> BTreeMap<Role, Reading> {
    let mut texts: BTreeMap<Role, (Wanted, Vec<&Texts>)> = BTreeMap::new();
    let Some(source) = spec.sources.get(source) else { return BTreeMap::new() };
    for (table, binding) in bound {
        let Some(columns) = intake.tables.get(*table).map(|t| &t.columns) else { continue };
        for role in binding.roles.iter().filter(|r| typed(r.role) == Typed::Number) {
            let Some(column) = columns.get(role.column) else { continue };
            texts
                .entry(role.role)
                .or_insert_with(|| (wanted(role.role, role.reading, source), Vec::new()))
                .1
                .push(&column.texts);
        }
    }
    let place =
        bound.first().and_then(|(t, _)| intake.tables.get(*t)).map(|t| words::place(intake, t)).unwrap_or_default();
    texts
        .into_iter()
        .map(|(role, (wanted, texts))| {
            let what = format!("{} of {}", role.word(), source.name);
            let mut reading = decide(texts, wanted, &place, &what, problems);
            reading.units = match role {
                Role::Hours => number_words::HOURS,
                Role::Minutes => number_words::MINUTES,
                Role::Duration => number_words::SECONDS,
                _ => reading.units,
            };
            (role, reading)
        })
        .collect()
}

/// Proves every date column of a source; per table, what was found for each of its columns.
pub fn source_dates(
    spec: &Spec,
    source: usize,
    bound: &Bound<'_>,
    intake: &Intake,
    as_of: Option<Date>,
    proofs: &mut Vec<DateProof>,
) -> BTreeMap<usize, BTreeMap<usize, Proved>> {
    let mut out: BTreeMap<usize, BTreeMap<usize, Proved>> = BTreeMap::new();
    let Some(declared) = spec.sources.get(source) else { return out };
    // The same column of sibling files: the same role under the same header.
    let mut groups: BTreeMap<(Role, String), Vec<(usize, usize)>> = BTreeMap::new();
    for (table, binding) in bound {
        let Some(columns) = intake.tables.get(*table).map(|t| &t.columns) else { continue };
        for role in binding.roles.iter().filter(|r| typed(r.role) == Typed::Date) {
            if let Some(column) = columns.get(role.column) {
                groups.entry((role.role, fold(&column.title()))).or_default().push((*table, role.column));
            }
        }
    }
    for ((role, _), places) in groups {
        let missing: Vec<Missing> = places.iter().map(|p| missing_dates(intake, declared, bound, *p)).collect();
        let members: Vec<Member<'_>> = places
            .iter()
            .zip(&missing)
            .filter_map(|(&(table, column), missing)| {
                let table = intake.tables.get(table)?;
                let column = table.columns.get(column)?;
                let file = intake.files.get(table.file).map_or("", |f| f.name.as_str());
                Some(Member { file, texts: &column.texts, codes: &column.codes, missing })
            })
            .collect();
        let around = Around {
            pivot: pivot(spec, as_of),
            bound: declared.as_at.filter(|_| declared.kind == Kind::People),
            declared_here: declared.dates,
            declared: spec.programme.dates,
            months: declared.kind == Kind::Counts && role == Role::Date,
            births: role == Role::BirthDate,
        };
        for (&(at, column), proved) in places.iter().zip(dates::prove(&members, around)) {
            let Some(table) = intake.tables.get(at) else { continue };
            proofs.push(DateProof {
                source: declared.name.clone(),
                file: intake.files.get(table.file).map_or_else(String::new, |f| f.name.clone()),
                column: table.columns.get(column).map(words::column_name).unwrap_or_default(),
                patterns: proved.patterns.clone(),
            });
            out.entry(at).or_default().insert(column, proved);
        }
    }
    out
}

/// What stands for "no answer" in a column of dates.
fn missing_dates(intake: &Intake, source: &Source, bound: &Bound<'_>, (at, column): (usize, usize)) -> Missing {
    let rule = bound
        .iter()
        .find(|(table, _)| *table == at)
        .and_then(|(_, binding)| binding.roles.iter().find(|r| r.column == column)?.rule)
        .and_then(|rule| source.columns.get(rule));
    let table = intake.tables.get(at);
    match (table, table.and_then(|t| t.columns.get(column))) {
        (Some(table), Some(column)) => {
            Missing::in_column(column, table, Expect::Dates, rule.and_then(|r| r.missing.as_ref()))
        }
        _ => Missing::default(),
    }
}
