//! Questions of which several options may be ticked: what each row says to each option, in five states.

use super::choices::Matched;
use super::multi::{self, Joined, Mark};
use super::questions::{Plan, Read, at_column, count, filled, touch};
use super::states::{self, Kind};
use super::strange::Strange;
use super::{Answer, QuestionAnswers};
use crate::exit::Exit;
use crate::ingest::{Column, Part, Table};
use crate::ledger::Values;
use crate::problem::{Place, Problem};

/// What a row says to a question of which several options may be ticked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RowState {
    NotAsked,
    Blank,
    Unreadable,
    Refused,
    Answered,
}

/// Reads a question of which several options may be ticked: a column for each option, ticks joined in one cell, or both.
pub(super) fn choices(
    plan: &Plan<'_>,
    columns: &[&Column],
    open: &[&Column],
    table: &Table,
    place: &Place,
    out: &mut Read,
) -> QuestionAnswers {
    let options = plan.closed.list.len();
    let mut ticks: Vec<Vec<Answer<bool>>> = vec![vec![Answer::Answered(false); table.rows]; options];
    let mut offered = vec![false; options];
    let mut state = vec![if columns.is_empty() { RowState::NotAsked } else { RowState::Blank }; table.rows];
    let mut strange = Strange::default();
    let mut own: Vec<(usize, Vec<Mark>, &Column)> = Vec::new();
    for column in columns {
        let option = multi::option_of(column, &plan.closed, &plan.recodes);
        let missing = plan.missing(column, table);
        let is_mark = |text: &str| {
            super::choices::yes_no(&crate::spec::fold(text)).is_some()
                || states::state(text) != Kind::Value
                || plan.closed.matched(text, &plan.recodes, &missing)
                    == option.map_or(Matched::Unknown, Matched::Option)
        };
        let marks_only = column.texts.iter().all(|(_, text, _)| is_mark(text));
        match option {
            Some(option) if column.part == Part::Option || marks_only => {
                own.push((option, multi::marks(&column.texts, option, &plan.closed, &plan.recodes, &missing), column));
                if let Some(o) = offered.get_mut(option) {
                    *o = true;
                }
            }
            None if column.part == Part::Option => {
                let refused = column
                    .header
                    .last()
                    .is_some_and(|h| plan.closed.matched(h, &plan.recodes, &missing) == Matched::Refused);
                if refused {
                    let codes: Vec<Answer<()>> = column
                        .texts
                        .iter()
                        .map(|(_, t, _)| match states::state(t) {
                            Kind::Blank => Answer::Blank,
                            _ if super::choices::yes_no(&crate::spec::fold(t)) == Some(false) => Answer::Blank,
                            _ => Answer::Refused,
                        })
                        .collect();
                    out.values.push(count(column, |c| codes.get(c as usize).copied().unwrap_or(Answer::Blank)));
                    touch(column, &codes, &mut out.touched);
                    for (row, &code) in state.iter_mut().zip(&column.codes) {
                        if codes.get(code as usize) == Some(&Answer::Refused) {
                            *row = (*row).max(RowState::Refused);
                        }
                    }
                } else {
                    out.problems.push(option_missing(plan, column, table, place));
                }
            }
            _ => {
                offered.fill(true);
                let cells = multi::split_all(&column.texts, &plan.closed, &plan.recodes, &missing);
                ambiguous(plan, column, &cells, place, out);
                joined(plan, column, &cells, &mut ticks, &mut state, &mut strange, out);
            }
        }
    }
    // Routed past: every column of the question says so.
    let mut passed = vec![0usize; table.rows];
    for (_, marks, column) in &own {
        for (n, &code) in passed.iter_mut().zip(&column.codes) {
            *n += usize::from(marks.get(code as usize) == Some(&Mark::NotAsked));
        }
    }
    if !own.is_empty() && own.len() == columns.len() {
        for (row, _) in state.iter_mut().zip(&passed).filter(|(_, n)| **n == own.len()) {
            *row = RowState::NotAsked;
        }
    }
    for (option, marks, column) in &own {
        let states: Vec<Answer<bool>> = marks
            .iter()
            .map(|mark| match mark {
                Mark::Ticked => Answer::Answered(true),
                Mark::NotTicked => Answer::Answered(false),
                Mark::Blank => Answer::Blank,
                Mark::Refused => Answer::Refused,
                Mark::NotAsked => Answer::NotAsked,
                Mark::Unreadable => Answer::Unreadable,
            })
            .collect();
        touch(column, &states, &mut out.touched);
        let Some(ticks) = ticks.get_mut(*option) else { continue };
        for ((tick, row), &code) in ticks.iter_mut().zip(&mut state).zip(&column.codes) {
            match states.get(code as usize) {
                Some(Answer::Answered(true)) => {
                    *tick = Answer::Answered(true);
                    *row = RowState::Answered;
                }
                Some(Answer::Answered(false)) => *row = RowState::Answered,
                Some(Answer::Unreadable) => {
                    *tick = Answer::Unreadable;
                    *row = RowState::Answered;
                }
                Some(Answer::Refused) => *row = (*row).max(RowState::Refused),
                _ => {}
            }
        }
    }
    for column in open.iter().filter(|c| c.part == Part::OtherText) {
        if columns.is_empty() {
            continue;
        }
        let other = plan.closed.other.and_then(|at| {
            if let Some(o) = offered.get_mut(at) {
                *o = true;
            }
            ticks.get_mut(at)
        });
        let mut other = other;
        for ((at, row), filled) in state.iter_mut().enumerate().zip(filled(column)) {
            if filled {
                *row = RowState::Answered;
                if let Some(tick) = other.as_deref_mut().and_then(|ticks| ticks.get_mut(at)) {
                    *tick = Answer::Answered(true);
                }
            }
        }
    }
    contradictions(plan, &ticks, &mut out.contradictions);
    for (option, ticks) in ticks.iter_mut().enumerate() {
        if !columns.is_empty() && !offered.get(option).copied().unwrap_or(true) {
            ticks.fill(Answer::NotAsked);
            continue;
        }
        for (tick, row) in ticks.iter_mut().zip(&state) {
            match row {
                RowState::Answered => {}
                RowState::Refused => *tick = Answer::Refused,
                RowState::Unreadable => *tick = Answer::Unreadable,
                RowState::Blank => *tick = Answer::Blank,
                RowState::NotAsked => *tick = Answer::NotAsked,
            }
        }
    }
    // A blank cell of an answered question is an option not ticked.
    for (option, _, column) in &own {
        let mut v = Values {
            column: super::words::column_name(column),
            values: column.codes.len() as u64,
            ..Values::default()
        };
        for tick in ticks.get(*option).into_iter().flatten() {
            match tick {
                Answer::Answered(_) => v.answered += 1,
                Answer::Refused => v.refused += 1,
                Answer::Blank => v.blank += 1,
                Answer::NotAsked => v.not_asked += 1,
                Answer::Unreadable => v.unreadable += 1,
            }
        }
        out.values.push(v);
    }
    if !out.contradictions.is_empty() {
        let n = out.contradictions.len() as u64;
        out.problems.push(
            Problem::noted(
                "answers-contradict",
                place.clone().row(out.contradictions.first().map_or(0, |&row| table.origin.record(row))),
                format!(
                    "{} `{}` with an option that excludes all others and with another one; both are counted",
                    super::words::answer(n),
                    plan.question.key
                ),
            )
            .count(n),
        );
    }
    strange.tell(plan, table, &at_column(place, columns), &mut out.problems);
    QuestionAnswers::Choices { options: plan.closed.list.clone(), exclusive: plan.closed.exclusive.clone(), ticks }
}

fn option_missing(plan: &Plan<'_>, column: &Column, table: &Table, place: &Place) -> Problem {
    let option = column.header.last().cloned().unwrap_or_default();
    Problem::stops(
        "option-missing",
        Exit::Spec,
        place.clone().column(super::words::column_name(column)),
        format!(
            "the option “{option}” of `{}` is not in the codebook's list (row {} of the codebook)",
            plan.question.key, plan.row
        ),
    )
    .hint(format!("add it to the column `options`:  … | {}", option.replace('|', "||")))
    .count(table.rows as u64)
}

/// Says how many cells can be divided among the options in more than one way.
fn ambiguous(plan: &Plan<'_>, column: &Column, cells: &[Joined], place: &Place, out: &mut Read) {
    let ambiguous: u64 = column
        .texts
        .iter()
        .zip(cells)
        .filter(|(_, cell)| cell.ambiguous)
        .map(|((_, _, rows), _)| u64::from(rows))
        .sum();
    if ambiguous > 0 {
        out.problems.push(
            Problem::assumed(
                "answers-ambiguous",
                place.clone().column(super::words::column_name(column)),
                format!(
                    "{} to `{}` can be divided among its options in more than one way; the longest options were taken",
                    super::words::answers_words(ambiguous),
                    plan.question.key
                ),
            )
            .hint("export the question with a column for each option, or give the options names that are not made of one another")
            .count(ambiguous),
        );
    }
}

fn joined(
    plan: &Plan<'_>,
    column: &Column,
    cells: &[Joined],
    ticks: &mut [Vec<Answer<bool>>],
    state: &mut [RowState],
    strange: &mut Strange,
    out: &mut Read,
) {
    let states: Vec<Answer<()>> = cells
        .iter()
        .map(|cell| {
            if !cell.ticked.is_empty() {
                Answer::Answered(())
            } else if cell.refused {
                Answer::Refused
            } else if cell.unknown > 0 {
                Answer::Unreadable
            } else if cell.not_asked {
                Answer::NotAsked
            } else {
                Answer::Blank
            }
        })
        .collect();
    for ((code, text, rows), cell) in column.texts.iter().zip(cells) {
        if cell.unknown > 0 {
            strange.add(&plan.closed, text, u64::from(rows), column.texts.first_row(code));
        }
    }
    out.values.push(count(column, |code| states.get(code as usize).copied().unwrap_or(Answer::Blank)));
    touch(column, &states, &mut out.touched);
    for (at, (row, &code)) in state.iter_mut().zip(&column.codes).enumerate() {
        let (Some(cell), Some(said)) = (cells.get(code as usize), states.get(code as usize)) else { continue };
        let now = match said {
            Answer::Answered(()) => RowState::Answered,
            Answer::Refused => RowState::Refused,
            Answer::Unreadable => RowState::Unreadable,
            Answer::NotAsked => RowState::NotAsked,
            Answer::Blank => RowState::Blank,
        };
        *row = if *row == RowState::Blank && now == RowState::NotAsked { now } else { (*row).max(now) };
        for &option in &cell.ticked {
            if let Some(tick) = ticks.get_mut(option).and_then(|t| t.get_mut(at)) {
                *tick = Answer::Answered(true);
            }
        }
    }
}

fn contradictions(plan: &Plan<'_>, ticks: &[Vec<Answer<bool>>], out: &mut Vec<u32>) {
    for &exclusive in &plan.closed.exclusive {
        let Some(rows) = ticks.get(exclusive) else { continue };
        for (row, tick) in (0u32..).zip(rows) {
            let others = || {
                ticks
                    .iter()
                    .enumerate()
                    .any(|(o, t)| o != exclusive && t.get(row as usize) == Some(&Answer::Answered(true)))
            };
            if *tick == Answer::Answered(true) && others() {
                out.push(row);
            }
        }
    }
    out.sort_unstable();
    out.dedup();
}
