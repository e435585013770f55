//! What the evaluator declares: `reach.toml`, the codebook and the recodes, read, checked and resolved.
//!
//! Takes the path of `reach.toml`; gives a [`Spec`] or every problem found in the three files at once.
//! Promise: nothing after this stage asks whether a setting is valid. What can only be known with the data in hand
//! (whether a named column exists) is asked by `clean::bind`, with the same words and the same exit code.

mod check;
mod codebook;
mod file;
pub mod lists;
mod load;
mod missing;
pub mod options;
mod recodes;
pub mod role;
pub mod rows;
mod selector;
mod sheet;
pub mod vocabulary;
pub mod words;

use std::path::PathBuf;

use jiff::civil::Date;

use crate::ingest::Range;
use crate::ledger::Furniture;

pub use codebook::COLUMNS as CODEBOOK_COLUMNS;
pub use load::{Outline, OutlineRow, load, outline};
pub use missing::{Missing, MissingAs};
pub use recodes::COLUMNS as RECODES_COLUMNS;
pub use rows::{Action, CellRule, Held, RowRules};
pub use selector::{Fit, Headed, Names, names, unread};

/// The checked declaration of one programme.
#[derive(Debug, Clone)]
pub struct Spec {
    /// `reach.toml` itself, as given.
    pub file: PathBuf,
    /// The folder it stands in; every file name in the spec is relative to it.
    pub folder: PathBuf,
    pub programme: Programme,
    pub sources: Vec<Source>,
    pub recodes: Vec<Recode>,
    pub limits: Limits,
    /// Those who are to be erased, as their ids stand in `[rows] erased`: role and texts. Never printed.
    pub erased: Vec<(Role, crate::ingest::Texts)>,
    /// Copyright scales with their licence lines (`[scale.swemwbs] licence = "…"`), to be shown beside their results.
    pub scales: Vec<(String, String)>,
    /// The texts the release id depends on: (name relative to the folder, BLAKE3 of its bytes).
    pub texts: Vec<(String, blake3::Hash)>,
    /// What was assumed while reading the three files.
    pub notes: crate::problem::Problems,
}

/// `[programme]`.
#[derive(Debug, Clone)]
pub struct Programme {
    pub name: String,
    /// The name as a folder: lower-case ASCII letters, digits and hyphens; never empty.
    pub slug: String,
    pub organisation: Option<String>,
    pub from: Date,
    pub to: Date,
    /// The month (1–12) in which the spec's year starts.
    pub year_starts: i8,
    /// The order of dates where a column does not prove its own.
    pub dates: Option<DateOrder>,
    /// The name of the disclosure profile, known to exist.
    pub profile: String,
    /// The name of the depth ladder, known to exist (`spec::lists::ladder`).
    pub ladder: String,
    /// The name of the outcome framework, known to exist (`spec::lists::frameworks`).
    pub outcomes: String,
}

/// The order of day, month and year in a written date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
}

/// Kinds of source that this version reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Survey,
    People,
    Sessions,
    Attendance,
    Counts,
    Sites,
}

/// How the respondents of a survey were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sample {
    Random,
    EveryoneAsked,
    SelfSelected,
}

/// When a survey was filled in, relative to the activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wave {
    Before,
    During,
    After,
    FollowUp,
}

/// What the numbers of a `counts` source are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountUnit {
    /// Whole things counted, which may be added up.
    Count,
    /// A percentage, never added up.
    Percent,
}

/// `[source.NAME]` with its rows of the codebook.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    /// What a reader sees instead of the name, when given (`title = "…"`).
    pub title: Option<String>,
    pub kind: Kind,
    /// File names or patterns (`*`, `?`) relative to the spec's folder, with `/` between folders.
    pub files: Vec<String>,
    pub sheet: Option<String>,
    /// Which of the tables of its sheet or file, from 1, where it has several.
    pub table: Option<u32>,
    /// The cells that are read, where others stand around them.
    pub range: Option<Range>,
    /// What would be taken for no row (a total, a note) and is one here.
    pub keep: Vec<Furniture>,
    /// The instrument's name (survey).
    pub instrument: Option<String>,
    pub wave: Option<Wave>,
    pub sample: Sample,
    /// The number of people the sample was drawn from or everyone asked, when known (finite population).
    pub population: Option<u64>,
    /// The date of every row, where the file has none.
    pub date: Option<Date>,
    /// The day on which a list of people was true.
    pub as_at: Option<Date>,
    /// What is counted (`counts = "visits"`).
    pub counts: Option<String>,
    pub unit: CountUnit,
    pub optional: bool,
    /// The survey platform, where detection is overridden (`platform = "surveymonkey"`).
    pub platform: Option<String>,
    /// The number of header rows, where detection is overridden.
    pub header_rows: Option<u32>,
    /// The encoding, where detection is overridden (a WHATWG label).
    pub encoding: Option<String>,
    /// Date order of this source, where it differs from the programme's.
    pub dates: Option<DateOrder>,
    /// What becomes of its rows, where the spec says so.
    pub rows: RowRules,
    /// The source's codebook rows, in their order.
    pub columns: Vec<ColumnRule>,
}

/// Which columns a codebook row speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// The column, or all columns under the stem, with this header (compared by `spec::fold`).
    Named(String),
    /// `(months)`: every column whose header is a month.
    Months,
    /// `(others)`: every column that no other row names.
    Others,
}

/// One row of the codebook, resolved.
#[derive(Debug, Clone)]
pub struct ColumnRule {
    pub selector: Selector,
    pub is: Is,
    /// Which texts mean "no answer", where the codebook says so; else it is decided by evidence.
    pub missing: Option<Missing>,
    /// The row in the codebook file, for messages (1-based).
    pub row: u64,
}

/// What a column is.
#[derive(Debug, Clone)]
pub enum Is {
    Role(Role, RoleType),
    /// A question, or an attribute of a person, session or place. Rows of one source with the same `key` are one question.
    Question(Question),
    Ignore,
    FreeText,
}

/// Column roles: what a column does in the joins and counts. The table of words and meanings is `spec::role::ROLES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The id of a response.
    Response,
    Person,
    Session,
    Site,
    Date,
    /// The title of an event or group.
    Event,
    Strand,
    Level,
    Hours,
    Minutes,
    Headcount,
    /// Whether the person of this row came (attendance).
    Present,
    Email,
    Phone,
    Name,
    BirthDate,
    Postcode,
    /// Element n of a self-made code.
    Code(u8),
    Joined,
    LastSeen,
    /// A count (with `(months)`: one per month).
    Value,
    ConsentToQuote,
    /// The platform's status of a response (complete, partial, preview, test, spam).
    Status,
    /// Whether the response was sent off.
    Finished,
    /// How much of the survey was answered, in per cent.
    Progress,
    Language,
    Duration,
}

/// How the values of a role's column are read, where the codebook's `type` says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleType {
    /// As the role is always read.
    Usual,
    Text,
    Id,
    Number,
    Percent,
    Date,
    Choice,
}

/// How protected a question's answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Places, strands, periods, levels.
    Plain,
    Opinion,
    AboutYou,
    Sensitive,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    Choice(Options),
    Choices(Options),
    /// Ordered options, scored 1, 2, 3 … in their order.
    Scale(Options),
    Number,
    Percent,
    Date,
    /// Short text that is a label but no place, strand, level or partner: never printed.
    Text,
    FreeText,
}

/// A closed option list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The options in their order, as printed. Empty (only for a choice of a place, session or count): whatever the file has.
    pub list: Vec<String>,
    /// Options that exclude all others (`(none) …`), as indices into `list`.
    pub exclusive: Vec<usize>,
    /// Whether an open "Other" exists (`(other)`).
    pub other: bool,
    /// Options that mean "prefer not to say", as indices into `list`.
    pub refused: Vec<usize>,
}

/// A question of an instrument, or an attribute of a person, a session or a place.
#[derive(Debug, Clone)]
pub struct Question {
    /// The short name (`is`), folded to lower case; the code in figure ids.
    pub key: String,
    /// What a reader sees: the codebook's `text`, else the column's header.
    pub text: Option<String>,
    pub answers: Answers,
    pub class: Class,
    /// The outcomes it serves, as written.
    pub outcome: Vec<String>,
}

/// One line of `recodes`: what a written value means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recode {
    /// The role or question it holds for (`site`, `enjoyed`, …), folded.
    pub list: String,
    /// The source it holds for; every source, where it names none.
    pub source: Option<String>,
    pub written: String,
    pub means: Means,
    pub why: Option<String>,
    pub row: u64,
}

/// What a written value means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    Value(String),
    /// `(not a place)`: an item that is no site: its rows' cells do not count to any place.
    NotAPlace,
    /// `(not splittable) a | b`: covers several options and cannot be split.
    NotSplittable(Vec<String>),
    /// `(refused)`, `(blank)`, `(unreadable)`.
    Refused,
    Blank,
    Unreadable,
}

/// `[advanced]`: limits with their defaults; `check` prints them.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The greatest share of a source's rows that may be set aside as unreadable before the run is held.
    pub set_aside_share: f64,
    /// The greatest size of one input file in bytes.
    pub file_bytes: u64,
    /// The fewest rows that share a date, and their share of the column, before it is flagged as a default date.
    pub default_date_rows: u64,
    pub default_date_share: f64,
    /// Under which share of the median time a response is flagged as too fast.
    pub too_fast_share: f64,
    /// The fewest items of a grid that must all be answered alike to be flagged.
    pub straight_lined_items: u64,
    /// The fewest answers in which two responses of one minute must agree, but for one, to be flagged.
    pub near_duplicate_answers: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            set_aside_share: 0.05,
            file_bytes: 4 << 30,
            default_date_rows: 100,
            default_date_share: 0.02,
            too_fast_share: 1.0 / 3.0,
            straight_lined_items: 8,
            near_duplicate_answers: 8,
        }
    }
}

/// A header, option or value as it is compared: trimmed, inner white space (no-break spaces and U+FEFF too) collapsed to
/// one space, Unicode NFKC, lower case; curly quotes and the dashes that word processors put in count as `'`, `"` and `-`.
pub fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{feff}' || c == '\u{200b}') {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.extend(word.nfkc().flat_map(char::to_lowercase).map(|c| match c {
                '‘' | '’' | 'ʼ' => '\'',
                '“' | '”' => '"',
                '‐' | '‑' | '–' | '—' | '−' => '-',
                _ => c,
            }));
        }
    }
    out
}
