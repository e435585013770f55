//! Typed columns: takes [`Intake`] and the spec, gives [`Cleaned`].
//!
//! Promises: every proof and every choice is made on the distinct texts of a whole column, never row by row; a row that does not
//! count is set aside with its reason and stays in the ledger; blank is not zero; no cell text leaves but as the label of a
//! place, strand, level or closed choice.

pub mod age;
#[cfg(test)]
mod any_text;
mod bind;
mod choices;
pub mod cluster;
mod columns;
mod date_order;
mod date_words;
mod dates;
mod duplicates;
mod flags;
mod labels;
mod multi;
mod number_words;
mod numbers;
mod pairs;
mod partial;
mod patterns;
mod personal;
mod plan;
pub mod postcode;
mod profile;
mod questions;
mod rows;
pub mod scale;
mod scale_words;
mod settle;
mod spelt;
mod stage;
pub(crate) mod states;
mod status;
mod strange;
mod tell;
mod ticks;
pub mod tokens;
mod versions;
mod words;
pub(crate) mod written;

use std::fmt;

use jiff::civil::{Date, DateTime};

use crate::ingest::Origin;
use crate::ledger::Ledger;
use crate::problem::Problems;
use crate::spec::{Class, Role, Spec};

pub use dates::last_day;
pub use profile::{
    Header, Look, NumbersSeen, OptionOrder, Profile, Question as QuestionSeen, QuestionType, States, TableProfile,
    look_at,
};
pub use settle::shared_dates;
pub use stage::clean;
pub use status::{RowKind, row_kinds};
pub use versions::{Difference, Version, Versions};
pub use written::month_header;

/// The newest year that a two-digit year can mean: the year after the day the account stands at, else after the programme's end.
fn pivot(spec: &Spec, as_of: Option<Date>) -> i16 {
    as_of.unwrap_or(spec.programme.to).year().saturating_add(1)
}

/// All inputs as typed columns.
#[derive(Debug, Default)]
pub struct Cleaned {
    pub tables: Vec<CleanTable>,
    pub problems: Problems,
    pub ledger: Ledger,
    /// What each date column's order rests on, for `check` and the quality page.
    pub dates: Vec<DateProof>,
    /// What the files and waves of each questionnaire ask differently, where there are several versions of it.
    pub versions: Vec<Versions>,
    /// The day the account stands at: `--as-of`, else the newest accepted date in the programme's period.
    pub as_of: Option<Date>,
}

/// One table, typed.
#[derive(Debug)]
pub struct CleanTable {
    /// Index into `Spec::sources`.
    pub source: usize,
    /// Index into `Intake::files`.
    pub file: usize,
    /// Index into `Ledger::accounts`.
    pub account: usize,
    pub rows: usize,
    /// Which rows count. `link` may clear more of them (unmatched key), never set one.
    pub accepted: Vec<bool>,
    pub origin: Origin,
    pub columns: Vec<CleanColumn>,
    pub questions: Vec<CleanQuestion>,
}

/// A column with a role: a code per row, and a typed value per code.
#[derive(Debug)]
pub struct CleanColumn {
    pub role: Role,
    /// The spreadsheet letters and header, for messages.
    pub name: String,
    /// One per row.
    pub codes: Vec<u32>,
    /// One per code.
    pub values: ColumnValues,
    /// For a month column of a wide log: the first day of its month.
    pub month: Option<Date>,
}

/// The typed values behind the codes of a column.
#[derive(Debug)]
pub enum ColumnValues {
    /// Date and time; a bare date is midnight.
    Dates(Vec<Answer<DateTime>>),
    /// Exact decimals.
    Numbers(Vec<Answer<Decimal>>),
    /// Identifiers, e-mails, names, postcodes: normalised for matching, never printed.
    Personal(Vec<Answer<u32>>, PersonalText),
    /// Places, strands, levels, event titles after recodes: an index into the labels.
    Labels(Vec<Answer<u32>>, Vec<Label>),
    /// Yes (`true`) or no.
    YesNo(Vec<Answer<bool>>),
}

/// A printable label of a place, strand, level or event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// As printed: the recoded value, else the most frequent spelling.
    pub text: String,
    /// By `spec::fold`, by which labels of several tables are the same.
    pub folded: String,
}

/// The state of one answer. Denominators say which states they use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer<T> {
    Answered(T),
    /// Prefer not to say.
    Refused,
    /// Asked and left blank.
    Blank,
    /// Routed past, or not in that version of the questionnaire.
    NotAsked,
    Unreadable,
}

impl<T> Answer<T> {
    /// The answer, if there is one.
    pub fn answered(self) -> Option<T> {
        match self {
            Answer::Answered(value) => Some(value),
            _ => None,
        }
    }
    /// The same state with the answer changed by `f`.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Answer::Answered(value) => Answer::Answered(f(value)),
            Answer::Refused => Answer::Refused,
            Answer::Blank => Answer::Blank,
            Answer::NotAsked => Answer::NotAsked,
            Answer::Unreadable => Answer::Unreadable,
        }
    }
}

/// `digits × 10^-scale`, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    pub digits: i64,
    pub scale: u8,
}

/// A question with one answer per row of its table.
#[derive(Debug)]
pub struct CleanQuestion {
    /// The question's key in the spec; questions of several tables of one source (or instrument and wave) with one key are one.
    pub key: String,
    /// What a reader sees.
    pub text: String,
    pub class: Class,
    pub outcome: Vec<String>,
    pub answers: QuestionAnswers,
}

/// The answers to a question, one per row.
#[derive(Debug)]
pub enum QuestionAnswers {
    /// An index into `options`; `options` is the codebook's list, all levels kept, in its order.
    Choice {
        options: Vec<String>,
        rows: Vec<Answer<u16>>,
        ordered: bool,
    },
    /// Ticks per option: `ticks[option][row]`. An option this version never offered is `NotAsked` in every row.
    Choices {
        options: Vec<String>,
        exclusive: Vec<usize>,
        ticks: Vec<Vec<Answer<bool>>>,
    },
    Numbers {
        rows: Vec<Answer<Decimal>>,
    },
}

/// What the order of a date column rests on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DateProof {
    pub source: String,
    pub file: String,
    /// Letters and header.
    pub column: String,
    pub patterns: Vec<PatternProof>,
}

/// One pattern (digits, separators, width) of a date column.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PatternProof {
    /// Such as `dd/dd/dddd`.
    pub pattern: String,
    pub rows: u64,
    /// `None` while undecided.
    pub order: Option<crate::spec::DateOrder>,
    /// How it is known, as a sentence: "13,402 rows have a first part over 12".
    pub proof: String,
    pub assumed: bool,
}

/// Normalised personal texts (identifiers, e-mails, postcodes). Lives from `clean` to `link` and no further;
/// has no `Debug` that prints, no `Display`, no `Serialize`.
#[derive(Default, Clone)]
pub struct PersonalText {
    texts: crate::ingest::Texts,
}

impl PersonalText {
    /// An empty list.
    pub fn new() -> Self {
        PersonalText::default()
    }
    /// Appends a normalised text; gives its index.
    pub fn push(&mut self, text: &str) -> u32 {
        self.texts.push(text, 0)
    }
    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
    /// The text itself: for hashing and comparing, never for printing.
    pub fn expose(&self, index: u32) -> &str {
        self.texts.text(index)
    }
}

impl fmt::Debug for PersonalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalText({} texts)", self.len())
    }
}
