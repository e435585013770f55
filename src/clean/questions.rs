//! The answers to one question in one table, in five states, and the count of every cell they come from.

use super::bind::BoundQuestion;
use super::choices::{Closed, Matched};
use super::labels::Recodes;
use super::multi::{self, Mark};
use super::numbers::{self, Reading, Wanted};
use super::states::{self, Kind};
use super::strange::Strange;
use super::tokens::{Context, Expect, Missing};
use super::{Answer, CleanQuestion, Decimal, QuestionAnswers};
use crate::exit::Exit;
use crate::ingest::{Column, Part, Table};
use crate::ledger::Values;
use crate::problem::{Place, Problem, Problems};
use crate::spec::{Answers, Means, Question};

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
    /// Which texts are no answer, where the codebook says so.
    pub missing: Option<&'a crate::spec::Missing>,
    /// Whether the answers are a questionnaire's: "N/A" beside them says that the question does not apply.
    pub asked: bool,
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
        Answers::Choices(_) => Some(super::ticks::choices(plan, &columns, &open, table, place, &mut out)),
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

pub(super) fn touch<T: Copy>(column: &Column, states: &[Answer<T>], touched: &mut Vec<bool>) {
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

impl Plan<'_> {
    /// What stands for "no answer" in one of the question's columns.
    pub(super) fn missing(&self, column: &Column, table: &Table) -> Missing {
        let expect = match (&self.question.answers, self.asked) {
            (Answers::Number | Answers::Percent, _) => Expect::Numbers,
            (_, true) => Expect::Answers,
            _ => Expect::Labels,
        };
        let header = column.header.first().map_or("", String::as_str);
        let options = &self.closed.list;
        let context = Context { expect, header, platform: table.platform, options, declared: self.missing };
        Missing::of(&column.texts, &context)
    }
}

fn index(at: usize) -> Answer<u16> {
    u16::try_from(at).map_or(Answer::Unreadable, Answer::Answered)
}

fn choice_codes(plan: &Plan<'_>, column: &Column, table: &Table, strange: &mut Strange) -> Vec<Answer<u16>> {
    let missing = plan.missing(column, table);
    let option = if column.part == Part::Option { multi::option_of(column, &plan.closed, &plan.recodes) } else { None };
    if let Some(option) = option {
        let marks = multi::marks(&column.texts, option, &plan.closed, &plan.recodes, &missing);
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
        .map(|(code, text, rows)| match plan.closed.matched(text, &plan.recodes, &missing) {
            Matched::Option(at) => index(at),
            Matched::Refused => Answer::Refused,
            Matched::Blank => Answer::Blank,
            Matched::Token => {
                strange.tokens.add(text, u64::from(rows));
                Answer::Blank
            }
            Matched::NotAsked => {
                strange.not_asked(text, u64::from(rows));
                Answer::NotAsked
            }
            Matched::Unreadable => {
                if matches!(plan.recodes.means(&crate::spec::fold(text)), Some(Means::NotSplittable(_))) {
                    strange.several += u64::from(rows);
                }
                Answer::Unreadable
            }
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
        let codes = choice_codes(plan, column, table, &mut strange);
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
    let place = at_column(place, columns);
    let read = rows.iter().any(|row| matches!(row, Answer::Answered(_) | Answer::Refused));
    if let (false, n @ MOST_WRONG..) = (read, strange.unknown()) {
        out.problems.push(
            Problem::stops(
                "no-answer-fits",
                Exit::Spec,
                place.clone(),
                format!(
                    "not one of {} to `{}` is an option that the codebook gives",
                    super::words::answers_words(n),
                    plan.question.key
                ),
            )
            .hint(format!(
                "correct the options or the type in row {} of the codebook, or say in recodes what the answers mean",
                plan.row
            ))
            .count(n),
        );
    }
    strange.tell(plan, table, &place, &mut out.problems);
    QuestionAnswers::Choice { options: plan.closed.list.clone(), rows, ordered }
}

/// From how many answers on none of which is an option the codebook must be wrong.
const MOST_WRONG: u64 = 10;

pub(super) fn at_column(place: &Place, columns: &[&Column]) -> Place {
    match columns {
        [one] => place.clone().column(super::words::column_name(one)),
        _ => place.clone(),
    }
}

/// Per row, whether the column has any text.
pub(super) fn filled(column: &Column) -> impl Iterator<Item = bool> {
    let by_code: Vec<bool> = column.texts.iter().map(|(_, text, _)| states::state(text) == Kind::Value).collect();
    column.codes.iter().map(move |&code| by_code.get(code as usize).copied().unwrap_or(false))
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
            Some(reading) => numbers::read(&column.texts, wanted, reading, &plan.missing(column, table)),
            None => continue,
        };
        out.values.push(count(column, |code| read.values.get(code as usize).copied().unwrap_or(Answer::Blank)));
        touch(column, &read.values, &mut out.touched);
        super::tell::numbers(&read, table, &place.clone().column(super::words::column_name(column)), &mut out.problems);
        for (row, &code) in rows.iter_mut().zip(&column.codes) {
            let now = read.values.get(code as usize).copied().unwrap_or(Answer::Blank);
            if !is_filled(*row) {
                *row = now;
            }
        }
    }
    QuestionAnswers::Numbers { rows }
}
