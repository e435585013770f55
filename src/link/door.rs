//! The types of this door: persons, sessions, attendances, responses and counts as codes and integers.

use jiff::civil::Date;

use crate::clean::{Answer, DateProof, Decimal, Label, QuestionAnswers};
use crate::ledger::Ledger;
use crate::problem::Problems;
use crate::spec::{Class, CountUnit, Sample, Wave};

/// Everything known of the programme, joined.
#[derive(Debug, Default)]
pub struct Linked {
    pub people: People,
    pub lists: Vec<PeopleList>,
    pub sessions: Sessions,
    pub attendance: Attendance,
    pub responses: Vec<Responses>,
    pub counts: Vec<Counts>,
    /// All places, in the order of the site register, then by label. Codes of `site` fields index this list.
    pub sites: Vec<Site>,
    pub strands: Vec<Label>,
    pub levels: Vec<Label>,
    pub events: Vec<Label>,
    pub pairs: Vec<Pairs>,
    pub joins: Vec<Join>,
    pub problems: Problems,
    pub ledger: Ledger,
    pub dates: Vec<DateProof>,
    pub as_of: Option<Date>,
}

/// A place, and whether the register of places knows it.
#[derive(Debug, Clone)]
pub struct Site {
    pub label: Label,
    /// `None`: the spec has no register of places.
    pub registered: Option<bool>,
}

/// Persons under their pseudonyms, dense: a person's number is the index.
#[derive(Debug, Default)]
pub struct People {
    /// HMAC-SHA-256 of the normalised identity, under the programme's key.
    pub pseudonyms: Vec<Pseudonym>,
}

/// A person's pseudonym. Orders nothing that a reader sees.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pseudonym(pub [u8; 32]);

impl std::fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonym(…)")
    }
}

/// A list of people: a register with identifiers, or a file in which each row is one person.
#[derive(Debug)]
pub struct PeopleList {
    /// The source's name in the spec.
    pub source: String,
    pub title: Option<String>,
    /// Whether rows were resolved to persons by an identifier; otherwise each accepted row is one person.
    pub identified: bool,
    /// The day on which the list was true.
    pub as_at: Option<Date>,
    /// How many entries (accepted rows, or distinct persons).
    pub len: usize,
    /// The person of each entry (identified lists only; empty otherwise).
    pub persons: Vec<u32>,
    pub joined: Option<Vec<Answer<Date>>>,
    pub site: Option<Vec<Answer<u32>>>,
    /// Outward codes (postcode districts), never full postcodes: an index into `districts`.
    pub district: Option<Vec<Answer<u32>>>,
    pub districts: Vec<Label>,
    pub questions: Vec<Question>,
}

/// A question with one answer per entry or response.
#[derive(Debug)]
pub struct Question {
    pub key: String,
    pub text: String,
    pub class: Class,
    pub outcome: Vec<String>,
    pub answers: QuestionAnswers,
}

/// Dated activities, dense: a session's number is the index.
#[derive(Debug, Default)]
pub struct Sessions {
    pub sessions: Vec<Session>,
    /// Whether a session log exists (otherwise sessions are known from registers only).
    pub logged: bool,
}

/// One dated activity at one place.
#[derive(Debug, Clone, Default)]
pub struct Session {
    pub date: Option<Date>,
    pub site: Option<u32>,
    pub strand: Option<u32>,
    pub level: Option<u32>,
    pub minutes: Option<u32>,
    pub headcount: Option<u32>,
}

/// Person × session facts as columns, 11 bytes a fact. Equal (person, session) pairs stand once.
#[derive(Debug, Default)]
pub struct Attendance {
    pub person: Vec<u32>,
    pub session: Vec<u32>,
    /// Minutes of attendance; the session's length (0 = not known).
    pub minutes: Vec<u16>,
    /// What is said of the fact: a sum of [`Attendance::UNREGISTERED`] and what later versions add.
    pub flags: Vec<u8>,
    /// Names of the sources they come from.
    pub sources: Vec<String>,
}

impl Attendance {
    /// Flag: people registers exist, and none of them has this person.
    pub const UNREGISTERED: u8 = 1;

    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.person.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.person.is_empty()
    }
}

/// The responses to one instrument in one wave.
#[derive(Debug)]
pub struct Responses {
    /// The sources it is made of, in the spec's order.
    pub sources: Vec<String>,
    /// The instrument's code (`visitor`, `participant`, …); for a source standing alone, the source's name.
    pub instrument: String,
    /// The instrument that the spec declares, whatever the responses are called by.
    pub declared: Option<String>,
    pub wave: Option<Wave>,
    pub title: String,
    pub sample: Sample,
    /// The finite population the sample was drawn from, when declared.
    pub population: Option<u64>,
    pub len: usize,
    /// Columns below have one entry per response, or are `None` where no source has the column.
    pub person: Option<Vec<Option<u32>>>,
    pub session: Option<Vec<Option<u32>>>,
    pub site: Option<Vec<Answer<u32>>>,
    pub event: Option<Vec<Answer<u32>>>,
    pub date: Option<Vec<Option<Date>>>,
    pub questions: Vec<Question>,
}

/// Headcounts by place or session and period (`counts`).
#[derive(Debug)]
pub struct Counts {
    pub source: String,
    /// What is counted: `visits`, `enquiries`.
    pub what: String,
    pub unit: CountUnit,
    /// One entry per place and month that the file has a cell for.
    pub cells: Vec<CountCell>,
    /// Every month from the first to the last that the file has a column (or row) for; months without one are gaps.
    pub months: Vec<Month>,
}

/// A month of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// Whether the file has this month at all.
    pub present: bool,
}

/// The count of one place in one month.
#[derive(Debug, Clone, Copy)]
pub struct CountCell {
    pub site: Option<u32>,
    /// First day of the month.
    pub month: Date,
    pub value: Answer<Decimal>,
}

/// Matched responses of two waves of one instrument.
#[derive(Debug)]
pub struct Pairs {
    pub instrument: String,
    /// The two waves as indices into `Linked::responses`.
    pub of: (usize, usize),
    pub first: Wave,
    pub second: Wave,
    /// (response in the first wave, response in the second wave).
    pub matched: Vec<(u32, u32)>,
}

/// What a join matched and what it did not, on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// Such as `attendance → sessions`.
    pub name: String,
    pub left: String,
    pub right: String,
    /// By which role: `session`, `person`, `site`, `e-mail`.
    pub by: String,
    /// Rows of the left that count (before the join sets any aside), whether or not they name a partner.
    pub left_rows: u64,
    pub left_matched: u64,
    /// Rows of the left that name no partner: a blank cell, or no such column in their file.
    pub left_blank: u64,
    pub right_rows: u64,
    pub right_matched: u64,
    /// Places, strands or levels of the left that the right lacks (never personal), with their rows.
    pub left_only: Vec<(String, u64)>,
    pub right_only: Vec<(String, u64)>,
    pub suggestions: Vec<Suggestion>,
}

/// A near miss, as a line for `recodes`. Never applied by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub list: String,
    pub written: String,
    pub means: String,
    pub why: String,
}
