//! A question as a whole: how it is answered, and its answers in the order in which they should stand.

use std::collections::{BTreeMap, BTreeSet};

use super::header::Header;
use super::{Look, Profile, Told, order};
use crate::clean::scale::{self, Scale};
use crate::clean::states::{self, Kind};
use crate::ingest::asked::{Asked, Closed, How, Separator};
use crate::ingest::{Column, Table};
use crate::spec::fold;

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionType {
    /// Nobody answered it.
    Empty,
    /// One of a few answers.
    Choice,
    /// Several of a few answers.
    Choices,
    /// One of the steps of a scale.
    Scale,
    /// Things put in order.
    Ranking,
    Number,
    Percent,
    Date,
    /// Times of day.
    Time,
    Email,
    Postcode,
    Id,
    /// People's own words.
    Text,
}

impl QuestionType {
    /// As a person reads it.
    pub fn words(self) -> &'static str {
        match self {
            QuestionType::Empty => "empty",
            QuestionType::Choice => "choice",
            QuestionType::Choices => "choices",
            QuestionType::Scale => "scale",
            QuestionType::Ranking => "ranking",
            QuestionType::Number => "number",
            QuestionType::Percent => "percent",
            QuestionType::Date => "date",
            QuestionType::Time => "time",
            QuestionType::Email => "e-mail",
            QuestionType::Postcode => "postcode",
            QuestionType::Id => "id",
            QuestionType::Text => "text",
        }
    }
}

/// In which order a question's answers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionOrder {
    /// There are none.
    None,
    /// As in the header.
    Header,
    /// From the lowest step of a scale to its highest.
    Scale,
    /// Bands and numbers from the lowest up.
    Ascending,
    /// The most frequent first.
    Frequency,
}

/// A question as the table shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question's text; empty where the header has none.
    pub stem: String,
    /// The row of a grid whose rows have a column for each option.
    pub row: Option<String>,
    /// The platform's own short name.
    pub code: Option<String>,
    /// The columns that carry its answers, as indexes into `Table::columns`.
    pub columns: Vec<usize>,
    /// The column that joins all ticks of the others, which say the same.
    pub joined: Option<usize>,
    /// Columns of open text beside its options.
    pub others: Vec<usize>,
    /// Columns of comments under its stem.
    pub comments: Vec<usize>,
    pub kind: QuestionType,
    /// Whether its columns are the rows of a grid, or the things put in order.
    pub grid: bool,
    /// Whether each of its columns is an option.
    pub spread: bool,
    /// Rows with any answer to it.
    pub answered: u64,
    /// Its answers with their rows. None where they are one person's own.
    pub options: Vec<(String, u64)>,
    pub order: OptionOrder,
    /// Answers that are none of these: each stands once, or is somebody's own words.
    pub once: u64,
    /// What joins several answers in one cell.
    pub separator: Option<Separator>,
    /// The scale whose steps its answers are.
    pub scale: Option<Scale>,
    /// What `kind` rests on, as a sentence.
    pub why: String,
}

impl Question {
    /// Options that stand in the header: nobody wrote them.
    fn in_header(&mut self, closed: Closed, kind: QuestionType) {
        self.options = closed.options.into_iter().map(|o| (o.text, o.rows)).collect();
        self.order = OptionOrder::Header;
        self.once = closed.other;
        self.kind = kind;
    }
    /// Sets its options in order: the steps of a scale from the lowest, bands and numbers from the lowest, else the most frequent first.
    fn settle(&mut self) {
        if self.options.is_empty() || matches!(self.kind, QuestionType::Empty) {
            return;
        }
        let given: Vec<(&str, u64)> = self.options.iter().map(|(text, rows)| (text.as_str(), *rows)).collect();
        if self.separator.is_none()
            && matches!(self.kind, QuestionType::Choice)
            && let Some(scale) = scale::recognise(&given)
        {
            self.kind = QuestionType::Scale;
            self.order = OptionOrder::Scale;
            let mut options: Vec<(String, u64)> = scale.levels.iter().map(|l| (l.text.clone(), l.rows)).collect();
            options.extend(scale.outside.iter().cloned());
            // Misspelt steps and what else was answered stand as they are: nothing that was counted goes away.
            let known: BTreeSet<String> = options.iter().map(|(text, _)| fold(text)).collect();
            options.extend(self.options.iter().filter(|(text, _)| !known.contains(&fold(text))).cloned());
            self.options = options;
            self.scale = Some(scale);
            return;
        }
        if self.order == OptionOrder::Header {
            return;
        }
        self.options.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        if let Some(sorted) = order::ascending(&self.options) {
            self.options = sorted;
            self.order = OptionOrder::Ascending;
        }
    }
}

/// What `asked` says of each column: the answers that it may hold.
pub(super) fn told(table: &Table, asked: &[Asked]) -> Vec<Option<Told>> {
    let mut out: Vec<Option<Told>> = table.columns.iter().map(|_| None).collect();
    let mut put = |at: usize, told: Told| {
        if let Some(slot) = out.get_mut(at) {
            *slot = Some(told);
        }
    };
    for question in asked {
        match &question.how {
            How::One(closed) => {
                for &at in &question.columns {
                    put(
                        at,
                        Told { answers: answers(closed), once: closed.other, separator: None, coded: is_coded(closed) },
                    );
                }
            }
            How::Joined(separator, closed) | How::Ordered(separator, closed) => {
                for &at in &question.columns {
                    put(
                        at,
                        Told {
                            answers: answers(closed),
                            once: closed.other,
                            separator: Some(*separator),
                            coded: false,
                        },
                    );
                }
            }
            How::Grid(separator, closed) => {
                for &at in &question.columns {
                    if let Some(column) = table.columns.get(at) {
                        put(at, of_row(table, column, closed, *separator));
                    }
                }
            }
            _ => {}
        }
    }
    // What a platform says of a response, in words of its own.
    for (at, column) in table.columns.iter().enumerate() {
        if matches!(column.system, Some("status" | "language")) {
            put(at, of_words(column));
        }
    }
    out
}

/// Whether a list's answers are whole numbers: `ingest::asked` makes a list of numbers only where they are codes.
fn is_coded(closed: &Closed) -> bool {
    !closed.options.is_empty()
        && closed.options.iter().all(|o| o.text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()))
}

/// The answers of a list that are answers: no words for "missing".
fn answers(closed: &Closed) -> Vec<(String, u64)> {
    let is = |text: &str| matches!(states::state(text), Kind::Value | Kind::Refused);
    closed.options.iter().filter(|o| is(&o.text)).map(|o| (o.text.clone(), o.rows)).collect()
}

/// The answers of a grid as one of its rows gives them.
fn of_row(table: &Table, column: &Column, closed: &Closed, separator: Option<Separator>) -> Told {
    let options = answers(closed);
    let place: BTreeMap<String, usize> = options.iter().enumerate().map(|(at, (text, _))| (fold(text), at)).collect();
    let mut rows = vec![0u64; options.len()];
    let mut once = 0;
    for (_, text, n) in column.texts.iter() {
        let parts = match separator {
            Some(separator) => separator.parts(text),
            None => vec![text],
        };
        for part in parts.into_iter().filter(|part| states::state(part) == Kind::Value) {
            match place.get(&fold(part)).and_then(|&at| rows.get_mut(at)) {
                Some(known) => *known += u64::from(n),
                None => once += u64::from(n),
            }
        }
    }
    let answers = options.into_iter().zip(rows).map(|((text, _), n)| (text, n)).filter(|(_, n)| *n > 0).collect();
    Told { answers, once, separator, coded: separator.is_none() && table.platform == "qualtrics" && is_coded(closed) }
}

/// The words of a system column that come again.
fn of_words(column: &Column) -> Told {
    let mut tally: BTreeMap<String, (String, u64)> = BTreeMap::new();
    for (_, text, n) in column.texts.iter().filter(|(_, text, _)| states::state(text) == Kind::Value) {
        tally.entry(fold(text)).or_insert_with(|| (text.trim().to_owned(), 0)).1 += u64::from(n);
    }
    let (again, once): (Vec<_>, Vec<_>) = tally.into_values().partition(|(_, n)| *n >= 2);
    Told { answers: again, once: once.iter().map(|(_, n)| n).sum(), separator: None, coded: false }
}

/// The question as a whole, from what its columns look like.
pub(super) fn question(table: &Table, asked: Asked, columns: &[Profile]) -> Question {
    let of = |at: &usize| columns.get(*at);
    let first = asked.columns.first().and_then(of);
    let personal = asked.columns.iter().filter_map(of).any(|p| p.personal) || Header::of(&asked.stem).is_personal();
    let grid = matches!(asked.how, How::Grid(..) | How::Ranked { .. })
        || (asked.columns.len() > 1 && !matches!(asked.how, How::Ticked(_) | How::Spread(_)));
    let mut out = Question {
        stem: asked.stem,
        row: asked.row,
        code: asked.code,
        joined: asked.joined,
        others: asked.others,
        comments: asked.comments,
        kind: QuestionType::Text,
        grid,
        spread: matches!(asked.how, How::Ticked(_) | How::Spread(_)),
        answered: 0,
        options: Vec::new(),
        order: OptionOrder::None,
        once: 0,
        separator: None,
        scale: None,
        why: asked.why,
        columns: asked.columns,
    };
    match asked.how {
        How::Ticked(closed) => out.in_header(closed, QuestionType::Choices),
        How::Spread(closed) => out.in_header(closed, QuestionType::Choice),
        How::Ranked { .. } => out.kind = QuestionType::Ranking,
        How::Ordered(separator, closed) => {
            out.in_header(closed, QuestionType::Ranking);
            out.separator = Some(separator);
        }
        // A legend's labels, in its order.
        How::One(closed) if first.is_some_and(|p| p.labelled && p.look.is_closed()) => {
            out.in_header(closed, QuestionType::Choice);
        }
        How::Grid(separator, closed) => {
            out.separator = separator;
            out.once = closed.other;
            if !personal {
                out.options = answers(&closed);
                out.order = OptionOrder::Frequency;
            }
            let numbers = out.columns.iter().filter_map(of).all(|p| matches!(p.look, Look::Number | Look::Empty));
            out.kind = match (separator, numbers) {
                (Some(_), _) => QuestionType::Choices,
                (None, true) => QuestionType::Number,
                (None, false) => QuestionType::Choice,
            };
        }
        _ => {
            out.kind = first.map_or(QuestionType::Text, |p| of_look(p.look));
            if let Some(p) = first.filter(|p| p.look.is_closed()) {
                out.options.clone_from(&p.answers);
                out.order = OptionOrder::Frequency;
                out.once = p.once;
                out.separator = p.joined;
            }
        }
    }
    if out.columns.iter().filter_map(of).all(|p| p.values.answered + p.values.unreadable == 0)
        && out.options.iter().all(|(_, n)| *n == 0)
        && !out.spread
    {
        out.kind = QuestionType::Empty;
    }
    out.answered = answered(table, &out);
    out.settle();
    out
}

/// Rows in which any of a question's columns says something, refusals among them.
fn answered(table: &Table, question: &Question) -> u64 {
    let mut rows = vec![false; table.rows];
    let columns = question.columns.iter().chain(&question.others).filter_map(|&at| table.columns.get(at));
    for column in columns {
        let says: Vec<bool> = column
            .texts
            .iter()
            .map(|(_, text, _)| matches!(states::state(text), Kind::Value | Kind::Refused | Kind::Error))
            .collect();
        for (row, &code) in rows.iter_mut().zip(&column.codes) {
            *row |= says.get(code as usize) == Some(&true);
        }
    }
    rows.iter().filter(|row| **row).count() as u64
}

/// What a question is whose only column looks like this.
fn of_look(look: Look) -> QuestionType {
    match look {
        Look::Empty => QuestionType::Empty,
        Look::Month | Look::Number => QuestionType::Number,
        Look::Date => QuestionType::Date,
        Look::Time => QuestionType::Time,
        Look::Percent => QuestionType::Percent,
        Look::YesNo | Look::Choice => QuestionType::Choice,
        Look::Choices | Look::Option => QuestionType::Choices,
        Look::Email => QuestionType::Email,
        Look::Postcode => QuestionType::Postcode,
        Look::Id => QuestionType::Id,
        Look::Text => QuestionType::Text,
    }
}
