//! How responses were answered: in no time, the same all the way down, or almost as another one was.
//!
//! Each is a flag with a published rule, and none of them proves anything: somebody may be quick, may agree with everything, and may
//! think as somebody else does.

use std::collections::BTreeMap;

use super::bind::Binding;
use super::states::{self, Kind};
use super::{Answer, CleanTable, ColumnValues, QuestionAnswers};
use crate::ingest::{Part, Table};
use crate::spec::{Answers, Class, Is, Limits, Role, Source, fold};

/// The fewest responses with a duration of which a median says anything.
const FOR_A_MEDIAN: usize = 20;

/// More responses than this within a minute are a whole event, or a system's clock, and no sign of one person.
const CROWD: usize = 20;

/// One row's cell has no answer.
const NONE: u32 = u32::MAX;

/// Columns that are items of one grid, or of one scale of the codebook.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Grid {
    Table(u32),
    Scale(Vec<String>),
}

/// Rows that give one and the same answer to all items of a grid that they answer, and answer many.
///
/// Where the spec names items that are worded the other way round, the middle of the scale is no contradiction and is not flagged.
pub fn straight_lined(table: &Table, binding: &Binding, source: &Source, limits: &Limits) -> Vec<u32> {
    let least = usize::try_from(limits.straight_lined_items).unwrap_or(usize::MAX);
    let mut grids: BTreeMap<Grid, Vec<(usize, &str, &Answers)>> = BTreeMap::new();
    for bound in &binding.questions {
        let Some(Is::Question(question)) = source.columns.get(bound.rule).map(|rule| &rule.is) else { continue };
        for &at in &bound.columns {
            let Some(column) = table.columns.get(at) else { continue };
            let grid = match &question.answers {
                _ if column.part == Part::Row => Grid::Table(column.question),
                Answers::Scale(options) if bound.columns.len() == 1 => {
                    Grid::Scale(options.list.iter().map(|option| fold(option)).collect())
                }
                _ => continue,
            };
            grids.entry(grid).or_default().push((at, &question.key, &question.answers));
        }
    }
    let mut out = Vec::new();
    for items in grids.into_values().filter(|items| items.len() >= least) {
        let reversed = |key: &str| source.rows.reverse.iter().any(|name| name == key);
        let both = items.iter().any(|(_, key, _)| reversed(key)) && !items.iter().all(|(_, key, _)| reversed(key));
        let middle = match items.first() {
            Some((_, _, Answers::Scale(options))) if both && options.list.len() % 2 == 1 => {
                options.list.get(options.list.len() / 2).map(|option| fold(option))
            }
            _ => None,
        };
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        let columns: Vec<(&[u32], Vec<u32>)> = items
            .iter()
            .filter_map(|(at, _, _)| table.columns.get(*at))
            .map(|column| {
                let by_code = column.texts.iter().map(|(_, text, _)| {
                    if states::state(text) != Kind::Value {
                        return NONE;
                    }
                    let next = u32::try_from(numbers.len()).unwrap_or(NONE);
                    *numbers.entry(fold(text)).or_insert(next)
                });
                let by_code = by_code.collect();
                (column.codes.as_slice(), by_code)
            })
            .collect();
        let middle = middle.and_then(|text| numbers.get(&text).copied());
        for row in 0..table.rows {
            let mut answered = columns.iter().filter_map(|(codes, by_code)| {
                codes.get(row).and_then(|&code| by_code.get(code as usize)).copied().filter(|n| *n != NONE)
            });
            let Some(first) = answered.next() else { continue };
            if Some(first) == middle {
                continue;
            }
            let mut same = 1;
            if answered.all(|n| {
                same += 1;
                n == first
            }) && same >= least
            {
                out.push(u32::try_from(row).unwrap_or(u32::MAX));
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Rows that agree with an earlier one of the same minute in every answer to an opinion question but one, at most, where both answer
/// many. Of a date without a time of day nothing is known.
pub fn near_duplicates(table: &CleanTable, limits: &Limits) -> Vec<u32> {
    let least = usize::try_from(limits.near_duplicate_answers).unwrap_or(usize::MAX);
    let Some(seconds) = super::duplicates::seconds(table) else { return Vec::new() };
    let opinions: Vec<&QuestionAnswers> =
        table.questions.iter().filter(|q| q.class == Class::Opinion).map(|q| &q.answers).collect();
    if opinions.len() < least {
        return Vec::new();
    }
    let mut order: Vec<(i64, usize)> = seconds
        .iter()
        .enumerate()
        .filter_map(|(row, at)| at.filter(|at| at.rem_euclid(86_400) != 0).map(|at| (at, row)))
        .collect();
    order.sort_unstable();
    let marks = marks(&opinions, table.rows);
    let marks: Vec<[u8; MARKS]> = order.iter().map(|&(_, row)| marks.get(row).copied().unwrap_or_default()).collect();
    let mut out = Vec::new();
    let mut from = 0;
    for (at, &(second, row)) in order.iter().enumerate() {
        while order.get(from).is_some_and(|&(earlier, _)| second - earlier > 60) {
            from += 1;
        }
        if at - from > CROWD {
            continue;
        }
        let near = |other: usize| {
            let (mut both, mut differ) = (0usize, 0usize);
            for answers in &opinions {
                match alike(answers, row, other) {
                    None => {}
                    Some(true) => both += 1,
                    Some(false) => differ += 1,
                }
                // Most pairs differ early: the rest of their answers is not looked at.
                if differ > 1 {
                    return false;
                }
            }
            both + differ >= least
        };
        let mark = marks.get(at).copied().unwrap_or_default();
        let others = order.get(from..at).unwrap_or_default().iter().zip(marks.get(from..at).unwrap_or_default());
        if others.filter(|(_, other)| apart(&mark, other) <= 1).any(|(&(_, other), _)| near(other)) {
            out.push(u32::try_from(row).unwrap_or(u32::MAX));
        }
    }
    out.sort_unstable();
    out
}

/// How many questions are marked.
const MARKS: usize = 8;

/// A byte for each of the first questions of each row, which differ only where the answers do: most pairs of rows are told apart by
/// these alone, without a look at answers that lie far from each other.
fn marks(opinions: &[&QuestionAnswers], rows: usize) -> Vec<[u8; MARKS]> {
    let mut marks = vec![[0u8; MARKS]; rows];
    let byte = |answer: u64| (1 + answer % 255) as u8;
    for (n, answers) in opinions.iter().take(MARKS).enumerate() {
        match answers {
            QuestionAnswers::Choice { rows, .. } => {
                for (mark, answer) in marks.iter_mut().zip(rows) {
                    mark[n % MARKS] = answer.answered().map_or(0, |option| byte(u64::from(option)));
                }
            }
            QuestionAnswers::Choices { ticks, .. } => {
                let mut folded = vec![0u64; rows];
                for ticks in ticks {
                    for (folded, tick) in folded.iter_mut().zip(ticks) {
                        *folded =
                            folded.wrapping_mul(3).wrapping_add(tick.answered().map_or(0, |yes| 1 + u64::from(yes)));
                    }
                }
                for (mark, folded) in marks.iter_mut().zip(folded) {
                    mark[n % MARKS] = byte(folded);
                }
            }
            QuestionAnswers::Numbers { .. } => {}
        }
    }
    marks
}

/// How many marks of two rows differ.
fn apart(a: &[u8; MARKS], b: &[u8; MARKS]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a != b).count()
}

/// Whether two rows answer alike; `None` where neither does.
fn alike(answers: &QuestionAnswers, a: usize, b: usize) -> Option<bool> {
    fn of<T: Copy + PartialEq>(rows: &[Answer<T>], a: usize, b: usize) -> Option<bool> {
        match (rows.get(a)?.answered(), rows.get(b)?.answered()) {
            (None, None) => None,
            (a, b) => Some(a == b),
        }
    }
    match answers {
        QuestionAnswers::Choice { rows, .. } => of(rows, a, b),
        QuestionAnswers::Numbers { rows } => of(rows, a, b),
        QuestionAnswers::Choices { ticks, .. } => {
            let each = ticks.iter().filter_map(|ticks| of(ticks, a, b));
            each.fold(None, |alike, same| Some(alike.unwrap_or(true) && same))
        }
    }
}

/// Seconds per row, where the table has a column of durations.
pub fn durations(table: &CleanTable) -> Option<Vec<Option<f64>>> {
    let column = super::duplicates::codes(table, Role::Duration)?;
    let ColumnValues::Numbers(values) = &column.values else { return None };
    let by_code: Vec<Option<f64>> = values
        .iter()
        .map(|a| a.answered().map(|d| (0..d.scale).fold(d.digits as f64, |n, _| n / 10.0)).filter(|n| *n >= 0.0))
        .collect();
    Some(column.codes.iter().map(|&code| by_code.get(code as usize).copied().flatten()).collect())
}

/// The time under which a response is too fast: a share of the median of these. `None` where they are too few.
pub fn fastest(mut all: Vec<f64>, limits: &Limits) -> Option<f64> {
    if all.len() < FOR_A_MEDIAN {
        return None;
    }
    all.sort_unstable_by(f64::total_cmp);
    let middle = all.len() / 2;
    let (low, high) = (all.get((all.len() - 1) / 2)?, all.get(middle)?);
    Some((low + high) / 2.0 * limits.too_fast_share)
}
