//! The answers to one question in one table, in five states, and the count of every cell they come from.

use std::collections::BTreeMap;

use super::bind::BoundQuestion;
use super::choices::{Closed, Matched, Near};
use super::labels::Recodes;
use super::multi::{self, Mark};
use super::numbers::{self, Reading, Wanted};
use super::states::{self, Kind, Tokens};
use super::{Answer, CleanQuestion, Decimal, QuestionAnswers};
use crate::exit::Exit;
use crate::ingest::{Column, Part, Table};
use crate::ledger::Values;
use crate::problem::{Place, Problem, Problems};
use crate::spec::{Answers, Question};

/// A question of a source with all that must be the same in each of its tables.
pub struct Plan<'a> {
    pub question: &'a Question,
    /// What a reader sees.
    pub text: String,
    pub outcome: Vec<String>,
    pub closed: Closed,
    pub recodes: Recodes<'a>,
    /// For numbers.
    pub reading: Option<Reading>,
    /// The codebook's row, for messages.
    pub row: u64,
}

/// What was read of a question in one table.
#[derive(Default)]
pub struct Read {
    pub question: Option<CleanQuestion>,
    pub values: Vec<Values>,
    /// Per row, whether anything was answered or refused; empty if the table has no such column.
    pub touched: Vec<bool>,
    /// Rows that ticked an exclusive option and another one.
    pub contradictions: Vec<u32>,
    pub problems: Problems,
}

/// Reads a question's columns of one table. `place` is the table's.
pub fn read(plan: &Plan<'_>, bound: &BoundQuestion, table: &Table, place: &Place) -> Read {
    let columns: Vec<&Column> = bound.columns.iter().filter_map(|&c| table.columns.get(c)).collect();
    let open: Vec<&Column> = bound.open.iter().filter_map(|&c| table.columns.get(c)).collect();
    let mut out = Read::default();
    let answers = match &plan.question.answers {
        Answers::Choice(_) => Some(choice(plan, &columns, &open, table, place, false, &mut out)),
        Answers::Scale(_) => Some(choice(plan, &columns, &open, table, place, true, &mut out)),
        Answers::Choices(_) => Some(choices(plan, &columns, &open, table, place, &mut out)),
        Answers::Number => Some(number(plan, &columns, Wanted::Number, table, place, &mut out)),
        Answers::Percent => Some(number(plan, &columns, Wanted::Percent, table, place, &mut out)),
        // Dates and people's own words are counted and go no further.
        Answers::Date | Answers::Text | Answers::FreeText => {
            for column in &columns {
                written(column, &mut out);
            }
            None
        }
    };
    for column in &open {
        written(column, &mut out);
    }
    out.question = answers.map(|answers| CleanQuestion {
        key: plan.question.key.clone(),
        text: plan.text.clone(),
        class: plan.question.class,
        outcome: plan.outcome.clone(),
        answers,
    });
    out
}

/// Counts a column of people's own words.
pub fn written(column: &Column, out: &mut Read) {
    let states: Vec<Answer<()>> = column
        .texts
        .iter()
        .map(|(_, text, _)| if states::state(text) == Kind::Blank { Answer::Blank } else { Answer::Answered(()) })
        .collect();
    out.values.push(count(column, |code| states.get(code as usize).copied().unwrap_or(Answer::Blank)));
    touch(column, &states, &mut out.touched);
}

fn touch<T: Copy>(column: &Column, states: &[Answer<T>], touched: &mut Vec<bool>) {
    touched.resize(column.codes.len(), false);
    for (row, &code) in touched.iter_mut().zip(&column.codes) {
        *row |= matches!(states.get(code as usize), Some(Answer::Answered(_) | Answer::Refused | Answer::Unreadable));
    }
}

/// Counts the cells of a column by the state of each distinct text.
pub fn count<T>(column: &Column, state: impl Fn(u32) -> Answer<T>) -> Values {
    let mut v = Values { column: super::words::column_name(column), ..Values::default() };
    for (code, _, rows) in column.texts.iter() {
        let rows = u64::from(rows);
        v.values += rows;
        match state(code) {
            Answer::Answered(_) => v.answered += rows,
            Answer::Refused => v.refused += rows,
            Answer::Blank => v.blank += rows,
            Answer::NotAsked => v.not_asked += rows,
            Answer::Unreadable => v.unreadable += rows,
        }
    }
    v
}

/// Texts of one question that are none of its options.
#[derive(Default)]
struct Strange {
    typing: BTreeMap<(String, String), u64>,
    begins: BTreeMap<String, (u64, u32)>,
    eaten: u64,
    other: u64,
    first: Option<u32>,
    tokens: Tokens,
}

impl Strange {
    fn add(&mut self, closed: &Closed, text: &str, rows: u64, first: u32) {
        match closed.near(text) {
            Near::Typing { written, option } => *self.typing.entry((written, option)).or_default() += rows,
            Near::Begins(option) => {
                let at = self.begins.entry(option).or_insert((0, first));
                *at = (at.0 + rows, at.1.min(first));
            }
            Near::EatenByExcel => self.eaten += rows,
            Near::Nothing => {
                self.other += rows;
                self.first = Some(self.first.map_or(first, |f| f.min(first)));
            }
        }
    }

    fn tell(self, plan: &Plan<'_>, table: &Table, place: &Place, problems: &mut Problems) {
        let key = &plan.question.key;
        for ((written, option), rows) in self.typing {
            problems.push(
                Problem::noted(
                    "answer-near-miss",
                    place.clone(),
                    format!(
                        "{} “{written}”, which is no option of `{key}`; counted as unreadable",
                        super::words::say(rows)
                    ),
                )
                .hint(format!(
                    "if it means “{option}”, add this line to recodes:  {key},{},{},",
                    super::words::cell(&written),
                    super::words::cell(&option)
                ))
                .count(rows),
            );
        }
        for (option, (rows, first)) in self.begins {
            problems.push(
                Problem::noted(
                    "answer-longer-than-option",
                    place.clone().row(table.origin.record(first)),
                    format!(
                        "{} to `{key}`: begins like the option “{option}” and goes on; counted as unreadable",
                        super::words::answers_words(rows)
                    ),
                )
                .hint(format!("if they mean “{option}”, add a line to recodes: {key}, the text as written, {option}"))
                .count(rows),
            );
        }
        if self.eaten > 0 {
            problems.push(
                Problem::noted(
                    "answer-eaten-by-excel",
                    place.clone(),
                    format!(
                        "{} to `{key}`: a range (10-14) that a spreadsheet program turned into a date (14-Oct)",
                        super::words::answers_words(self.eaten)
                    ),
                )
                .hint("export the file again without opening it in Excel, or say in recodes what each means")
                .count(self.eaten),
            );
        }
        if self.other > 0 {
            let place = match self.first {
                Some(first) => place.clone().row(table.origin.record(first)),
                None => place.clone(),
            };
            problems.push(
                Problem::noted(
                    "answer-unknown",
                    place,
                    format!(
                        "{} to `{key}`: none of its options; counted as unreadable",
                        super::words::answers_words(self.other)
                    ),
                )
                .hint("add the missing options, or (other), to the codebook; or say in recodes what they mean")
                .count(self.other),
            );
        }
        if self.tokens.rows() > 0 {
            problems.push(
                Problem::assumed(
                    "missing-token",
                    place.clone(),
                    format!(
                        "{} to `{key}`: read as blank: {}",
                        super::words::answers_words(self.tokens.rows()),
                        self.tokens.sentence()
                    ),
                )
                .hint("if one of these is an answer, add it to the options in the codebook")
                .count(self.tokens.rows()),
            );
        }
    }
}

fn index(at: usize) -> Answer<u16> {
    u16::try_from(at).map_or(Answer::Unreadable, Answer::Answered)
}

fn choice_codes(plan: &Plan<'_>, column: &Column, strange: &mut Strange) -> Vec<Answer<u16>> {
    let option = if column.part == Part::Option { multi::option_of(column, &plan.closed, &plan.recodes) } else { None };
    if let Some(option) = option {
        let marks = multi::marks(&column.texts, option, &plan.closed, &plan.recodes);
        return marks
            .into_iter()
            .map(|mark| match mark {
                Mark::Ticked => index(option),
                Mark::NotTicked | Mark::Blank => Answer::Blank,
                Mark::Refused => Answer::Refused,
                Mark::NotAsked => Answer::NotAsked,
                Mark::Unreadable => Answer::Unreadable,
            })
            .collect();
    }
    column
        .texts
        .iter()
        .map(|(code, text, rows)| match plan.closed.matched(text, &plan.recodes) {
            Matched::Option(at) => index(at),
            Matched::Refused => Answer::Refused,
            Matched::Blank => Answer::Blank,
            Matched::Token => {
                strange.tokens.add(text, u64::from(rows));
                Answer::Blank
            }
            Matched::NotAsked => Answer::NotAsked,
            Matched::Unreadable => Answer::Unreadable,
            Matched::Unknown => match plan.closed.other {
                Some(other) => index(other),
                None => {
                    strange.add(&plan.closed, text, u64::from(rows), column.texts.first_row(code));
                    Answer::Unreadable
                }
            },
        })
        .collect()
}

fn is_filled<T>(answer: Answer<T>) -> bool {
    matches!(answer, Answer::Answered(_) | Answer::Refused | Answer::Unreadable)
}

fn choice(
    plan: &Plan<'_>,
    columns: &[&Column],
    open: &[&Column],
    table: &Table,
    place: &Place,
    ordered: bool,
    out: &mut Read,
) -> QuestionAnswers {
    let blank = if columns.is_empty() { Answer::NotAsked } else { Answer::Blank };
    let mut rows: Vec<Answer<u16>> = vec![blank; table.rows];
    let mut strange = Strange::default();
    let mut conflicts = 0u64;
    for column in columns {
        let codes = choice_codes(plan, column, &mut strange);
        out.values.push(count(column, |code| codes.get(code as usize).copied().unwrap_or(Answer::Blank)));
        touch(column, &codes, &mut out.touched);
        for (row, &code) in rows.iter_mut().zip(&column.codes) {
            let now = codes.get(code as usize).copied().unwrap_or(Answer::Blank);
            match (is_filled(*row), is_filled(now)) {
                (false, true) => *row = now,
                (true, true) if *row != now => {
                    *row = Answer::Unreadable;
                    conflicts += 1;
                }
                (false, false) if columns.len() == 1 => *row = now,
                _ => {}
            }
        }
    }
    // An open answer beside the options is the open option.
    if let (false, Some(other)) = (columns.is_empty(), plan.closed.other) {
        for column in open.iter().filter(|c| c.part == Part::OtherText) {
            for (row, filled) in rows.iter_mut().zip(filled(column)) {
                if filled && !is_filled(*row) {
                    *row = index(other);
                }
            }
        }
    }
    if conflicts > 0 {
        out.problems.push(
            Problem::noted(
                "answers-conflict",
                place.clone(),
                format!(
                    "{} `{}` with more than one option; counted as unreadable",
                    super::words::answer(conflicts),
                    plan.question.key
                ),
            )
            .hint("if several options may be ticked, write `choices` in the column type of the codebook")
            .count(conflicts),
        );
    }
    strange.tell(plan, table, &at_column(place, columns), &mut out.problems);
    QuestionAnswers::Choice { options: plan.closed.list.clone(), rows, ordered }
}

fn at_column(place: &Place, columns: &[&Column]) -> Place {
    match columns {
        [one] => place.clone().column(super::words::column_name(one)),
        _ => place.clone(),
    }
}

/// Per row, whether the column has any text.
fn filled(column: &Column) -> impl Iterator<Item = bool> {
    let by_code: Vec<bool> = column.texts.iter().map(|(_, text, _)| states::state(text) == Kind::Value).collect();
    column.codes.iter().map(move |&code| by_code.get(code as usize).copied().unwrap_or(false))
}

/// What a row says to a question of which several options may be ticked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RowState {
    NotAsked,
    Blank,
    Unreadable,
    Refused,
    Answered,
}

fn choices(
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
        let is_mark = |text: &str| {
            super::choices::yes_no(&crate::spec::fold(text)).is_some()
                || states::state(text) != Kind::Value
                || plan.closed.matched(text, &plan.recodes) == option.map_or(Matched::Unknown, Matched::Option)
        };
        let marks_only = column.texts.iter().all(|(_, text, _)| is_mark(text));
        match option {
            Some(option) if column.part == Part::Option || marks_only => {
                own.push((option, multi::marks(&column.texts, option, &plan.closed, &plan.recodes), column));
                if let Some(o) = offered.get_mut(option) {
                    *o = true;
                }
            }
            None if column.part == Part::Option => {
                let refused =
                    column.header.last().is_some_and(|h| plan.closed.matched(h, &plan.recodes) == Matched::Refused);
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
                joined(plan, column, &mut ticks, &mut state, &mut strange, out);
            }
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

fn joined(
    plan: &Plan<'_>,
    column: &Column,
    ticks: &mut [Vec<Answer<bool>>],
    state: &mut [RowState],
    strange: &mut Strange,
    out: &mut Read,
) {
    let cells = multi::split_all(&column.texts, &plan.closed, &plan.recodes);
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
    for ((code, text, rows), cell) in column.texts.iter().zip(&cells) {
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

fn number(
    plan: &Plan<'_>,
    columns: &[&Column],
    wanted: Wanted,
    table: &Table,
    place: &Place,
    out: &mut Read,
) -> QuestionAnswers {
    let blank: Answer<Decimal> = if columns.is_empty() { Answer::NotAsked } else { Answer::Blank };
    let mut rows = vec![blank; table.rows];
    for column in columns {
        let read = match &plan.reading {
            Some(reading) => numbers::read(&column.texts, wanted, reading),
            None => continue,
        };
        out.values.push(count(column, |code| read.values.get(code as usize).copied().unwrap_or(Answer::Blank)));
        touch(column, &read.values, &mut out.touched);
        super::columns::tell_numbers(
            &read,
            table,
            &place.clone().column(super::words::column_name(column)),
            &mut out.problems,
        );
        for (row, &code) in rows.iter_mut().zip(&column.codes) {
            let now = read.values.get(code as usize).copied().unwrap_or(Answer::Blank);
            if !is_filled(*row) {
                *row = now;
            }
        }
    }
    QuestionAnswers::Numbers { rows }
}
