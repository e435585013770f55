//! What a column looks like before any spec speaks of it: for `inspect` and `init`. Read from all of its distinct texts, with the
//! same proofs that a run makes; what only the spec can tell is left open and said.

mod header;
mod known;
mod order;
mod question;
mod shape;
mod values;

use jiff::civil::Date;

use super::labels::one_line;
use super::numbers::{self, Style};
use super::states::{self, Kind};
use super::tokens::{self, Context, Expect, Missing, TokenFound};
use super::written::{month_headers, take_apart};
use super::{Answer, Decimal, PatternProof};
use crate::ingest::asked::{Separator, asked};
use crate::ingest::{Column, Part, Table, Texts};
use crate::spec::fold;
pub use header::Header;
pub use question::{OptionOrder, Question, QuestionType};

/// What most values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// Nothing stands in it.
    Empty,
    /// Counts under the header of a month.
    Month,
    Date,
    /// Times of day.
    Time,
    Number,
    Percent,
    YesNo,
    /// Few answers that come again and again.
    Choice,
    /// Several answers of a few in one cell.
    Choices,
    /// One option of a question of which several may be ticked.
    Option,
    Email,
    Postcode,
    /// Numbers or codes of the rows, or of what the rows are about.
    Id,
    /// People's own words, names, titles.
    Text,
}

impl Look {
    /// As a person reads it.
    pub fn words(self) -> &'static str {
        match self {
            Look::Empty => "nothing stands in it",
            Look::Month => "a month's counts",
            Look::Date => "dates",
            Look::Time => "times of day",
            Look::Number => "numbers",
            Look::Percent => "percentages",
            Look::YesNo => "yes or no",
            Look::Choice => "one of a few answers",
            Look::Choices => "several of a few answers",
            Look::Option => "an option that may be ticked",
            Look::Email => "e-mail addresses",
            Look::Postcode => "postcodes",
            Look::Id => "ids",
            Look::Text => "texts",
        }
    }
    /// Whether its values are few answers that come again.
    pub fn is_closed(self) -> bool {
        matches!(self, Look::YesNo | Look::Choice | Look::Choices)
    }
    /// Whether its values are texts of which each may be somebody's own.
    pub fn is_open(self) -> bool {
        matches!(self, Look::Text | Look::Id)
    }
}

/// The cells of a column by what they say; they add up to its rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct States {
    pub values: u64,
    pub answered: u64,
    pub refused: u64,
    pub blank: u64,
    pub not_asked: u64,
    pub unreadable: u64,
}

impl States {
    /// Counts `rows` cells that say this.
    pub fn add<T>(&mut self, answer: &Answer<T>, rows: u64) {
        self.values += rows;
        *match answer {
            Answer::Answered(_) => &mut self.answered,
            Answer::Refused => &mut self.refused,
            Answer::Blank => &mut self.blank,
            Answer::NotAsked => &mut self.not_asked,
            Answer::Unreadable => &mut self.unreadable,
        } += rows;
    }
    /// Adds those of another column.
    pub fn absorb(&mut self, other: &States) {
        self.values += other.values;
        self.answered += other.answered;
        self.refused += other.refused;
        self.blank += other.blank;
        self.not_asked += other.not_asked;
        self.unreadable += other.unreadable;
    }
}

/// What was read of a column of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumbersSeen {
    pub zero: u64,
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
    /// Whether all are whole.
    pub whole: bool,
    /// Whether most carry a percent sign.
    pub percent: bool,
    /// How many different numbers there are.
    pub distinct: u64,
    /// What was assumed of their commas and points.
    pub assumed: Option<String>,
}

/// A column, looked at. Holds no text of a cell but closed answers that come again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub header: Header,
    pub part: Part,
    /// The first day of the month that the header names.
    pub month: Option<Date>,
    /// Whether a legend tells what its codes stand for.
    pub labelled: bool,
    pub look: Look,
    pub values: States,
    /// Words for "missing", errors of a spreadsheet program, and what each was read as.
    pub tokens: Vec<TokenFound>,
    /// Distinct answers, by `spec::fold`.
    pub distinct: u64,
    /// For dates: each pattern with its order and what proves it; an order of `None` must be asked.
    pub dates: Vec<PatternProof>,
    /// For numbers.
    pub numbers: Option<NumbersSeen>,
    /// Closed answers with their rows, the most frequent first; none where the header says that they are one person's own.
    pub answers: Vec<(String, u64)>,
    /// What joins several answers in one cell.
    pub joined: Option<Separator>,
    /// Rows (of joined answers: answers) that stand once only and are not among `answers`.
    pub once: u64,
    /// Whether the header says that the values are about one person.
    pub personal: bool,
}

impl Profile {
    /// Whether every value stands once.
    pub fn is_unique(&self) -> bool {
        self.values.answered > 1 && self.distinct == self.values.answered
    }
}

/// A table, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableProfile {
    /// One per column, in their order.
    pub columns: Vec<Profile>,
    /// The questions, in the order of their first columns. What the platform writes of its own is none.
    pub questions: Vec<Question>,
}

/// Looks at a table: at each of its columns, and at the questions that they are.
pub fn look_at(table: &Table) -> TableProfile {
    let mut asked = asked(table);
    for question in &mut asked {
        known::take_in(table, question);
    }
    let told = question::told(table, &asked);
    // One after another: what is made of a column of millions of texts is given back before the next is looked at.
    let columns: Vec<Profile> =
        table.columns.iter().zip(told).map(|(column, told)| profile(column, table.platform, told)).collect();
    let questions = asked.into_iter().map(|asked| question::question(table, asked, &columns)).collect();
    TableProfile { columns, questions }
}

/// The answers that a column may hold, as its question shows them.
struct Told {
    answers: Vec<(String, u64)>,
    once: u64,
    separator: Option<Separator>,
    /// Whether numbers are the codes of answers.
    coded: bool,
}

/// Folded values of a column with their rows.
type Tally = std::collections::BTreeMap<String, u64>;

/// Two-digit years before anybody named a period: up to this one.
const PIVOT: i16 = 2050;

/// How many cells look like what.
#[derive(Default)]
struct Looks {
    dated: u64,
    serials: u64,
    numbers: u64,
    zeros_before: u64,
    times: u64,
    emails: u64,
    postcodes: u64,
    networks: u64,
}

impl Looks {
    fn add(&mut self, text: &str, rows: u64, header: &Header) {
        if shape::is_network_address(text) {
            self.networks += rows;
            return;
        }
        if shape::is_time(text) {
            self.times += rows;
            return;
        }
        if numbers::parse(text, Style::Point).or_else(|| numbers::parse(text, Style::Comma)).is_some() {
            self.numbers += rows;
            self.zeros_before += if shape::has_leading_zero(text) { rows } else { 0 };
        }
        if let Some(written) = take_apart(text) {
            let digits = written.shape.separator == '#';
            if written.serial().is_some() {
                self.serials += rows;
            } else if !digits || (header.is_dated() && !header.is_id()) {
                self.dated += rows;
            }
        }
        self.emails += if shape::is_email(text) { rows } else { 0 };
        self.postcodes += if shape::is_postcode(text) { rows } else { 0 };
    }
}

/// Looks at one column of a table.
fn profile(column: &Column, platform: &str, told: Option<Told>) -> Profile {
    let header = Header::of(column.header.first().map_or("", String::as_str));
    let mut out = Profile {
        personal: header.is_personal() || is_personal_role(column.system),
        header,
        part: column.part,
        month: month_headers(&column.header, PIVOT),
        labelled: !column.labels.is_empty(),
        look: Look::Text,
        values: States::default(),
        tokens: Vec::new(),
        distinct: 0,
        dates: Vec::new(),
        numbers: None,
        answers: Vec::new(),
        joined: None,
        once: 0,
    };
    let mut values = Texts::new();
    let mut tally = Tally::new();
    let mut looks = Looks::default();
    for (code, text, rows) in column.texts.iter().filter(|(_, text, _)| states::state(text) == Kind::Value) {
        let n = u64::from(rows);
        let at = values.push(text, column.texts.first_row(code));
        (1..rows).for_each(|_| values.count_one(at));
        let plain = one_line(text);
        looks.add(&plain, n, &out.header);
        *tally.entry(fold(&plain)).or_default() += n;
        out.values.answered += n;
    }
    out.distinct = tally.len() as u64;
    out.look = decide(&mut out, column, &values, &tally, &looks, told);
    let context =
        Context { expect: expected(out.look), header: &out.header.stem, platform, options: &[], declared: None };
    out.tokens = tokens::of(&column.texts, &context);
    let missing = Missing::of(&column.texts, &context);
    out.values = States::default();
    for (_, text, rows) in column.texts.iter() {
        let answer = match missing.kind(text) {
            Kind::Blank | Kind::Token => Answer::Blank,
            Kind::Refused => Answer::Refused,
            Kind::NotAsked => Answer::NotAsked,
            Kind::Error => Answer::Unreadable,
            Kind::Value => Answer::Answered(()),
        };
        let own = context.expect == Expect::Words && states::state(text) != Kind::Blank;
        out.values.add(&if own { Answer::Answered(()) } else { answer }, u64::from(rows));
    }
    match out.look {
        Look::Date => values::read_dates(&mut out, column),
        Look::Number | Look::Percent | Look::Month => values::read_numbers(&mut out, column, &missing, &tally),
        _ => {}
    }
    out
}

/// What the texts of a column are expected to be that looks like this.
fn expected(look: Look) -> Expect {
    match look {
        Look::Month => Expect::Counts,
        Look::Number | Look::Percent => Expect::Numbers,
        Look::Date | Look::Time => Expect::Dates,
        Look::Empty | Look::YesNo | Look::Choice | Look::Choices | Look::Option => Expect::Answers,
        Look::Email | Look::Postcode | Look::Id => Expect::Labels,
        Look::Text => Expect::Words,
    }
}

/// Whether a platform says that a column holds what is one person's own, or what nobody needs.
fn is_personal_role(role: Option<&str>) -> bool {
    role.is_some_and(|role| {
        role == "(ignore)"
            || crate::spec::role::parse(role).and_then(|role| role.line()).is_some_and(|line| line.personal)
    })
}

/// Decides what the column is.
fn decide(
    out: &mut Profile,
    column: &Column,
    values: &Texts,
    tally: &Tally,
    looks: &Looks,
    told: Option<Told>,
) -> Look {
    let answered = out.values.answered;
    let most = |n: u64| answered > 0 && n.saturating_mul(10) >= answered.saturating_mul(9);
    let month = out.month;
    let unique = answered > 9 && out.distinct == answered;
    // People's own words, however often they come again.
    let own = matches!(column.part, Part::OtherText | Part::Comment);
    let dates = !own
        && (most(looks.dated)
            || (most(looks.dated + looks.serials + looks.times) && looks.dated > 0)
            || (most(looks.serials) && out.header.is_dated() && !out.header.is_id()));
    let code = out.header.is_id() || (looks.zeros_before > 0 && month.is_none()) || (unique && wide(tally));
    if column.part == Part::Option {
        Look::Option
    } else if answered == 0 {
        Look::Empty
    } else if told.is_some() && (out.labelled || told.as_ref().is_some_and(|told| told.coded)) {
        choice(out, tally, told, unique)
    } else if own {
        Look::Text
    } else if most(looks.networks) {
        out.personal = true;
        Look::Id
    } else if told.as_ref().is_some_and(|told| told.separator.is_some() && !told.answers.is_empty()) {
        choice(out, tally, told, unique)
    } else if column.system == Some("response") {
        Look::Id
    } else if most(looks.times) {
        Look::Time
    } else if dates {
        Look::Date
    } else if out.header.is_postal() && most(looks.numbers + looks.postcodes) {
        Look::Postcode
    } else if most(looks.numbers) && !code {
        match (month, values.iter().any(|(_, text, _)| text.contains('%'))) {
            (Some(_), _) => Look::Month,
            (None, true) => Look::Percent,
            (None, false) => Look::Number,
        }
    } else if looks.emails * 2 > answered {
        out.personal = true;
        Look::Email
    } else if most(looks.postcodes) && looks.postcodes > looks.numbers {
        out.personal = true;
        Look::Postcode
    } else if code && tally.keys().all(|t| t.len() <= 48 && !t.contains(' ')) {
        Look::Id
    } else if looks.emails > 0 && looks.emails * 20 >= answered {
        out.personal = true;
        Look::Text
    } else if column.part == Part::Open {
        Look::Text
    } else {
        choice(out, tally, told, unique)
    }
}

/// Answers that come again, or each person's own.
fn choice(out: &mut Profile, tally: &Tally, told: Option<Told>, unique: bool) -> Look {
    if let Some(told) = told.filter(|told| !told.answers.is_empty()) {
        let yes_no = told.answers.iter().all(|(t, _)| super::choices::yes_no(&fold(t)).is_some());
        let shown = |(text, _): &(String, u64)| !shape::is_network_address(text) && !shape::is_email(text);
        if (yes_no || !(out.personal || out.header.is_id())) && told.answers.iter().all(shown) {
            out.answers = told.answers;
            out.joined = told.separator;
            out.once = told.once;
            out.answers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            return match (told.separator, yes_no) {
                (Some(_), _) => Look::Choices,
                (None, true) => Look::YesNo,
                (None, false) => Look::Choice,
            };
        }
    }
    let short = tally.keys().all(|t| t.len() <= 48 && !t.contains(' '));
    let coded = tally.keys().filter(|t| t.bytes().any(|b| b.is_ascii_digit())).count() * 2 > tally.len();
    if short && (out.header.is_id() || (unique && coded)) { Look::Id } else { Look::Text }
}

/// Numbers of one and the same length of five digits or more: codes, not quantities.
fn wide(tally: &Tally) -> bool {
    let mut lengths = tally.keys().map(String::len);
    let first = lengths.next().unwrap_or(0);
    first >= 5 && lengths.all(|l| l == first) && tally.keys().all(|t| t.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(header: &str, cells: &[&str]) -> Profile {
        let mut texts = Texts::new();
        let mut codes = Vec::new();
        for (row, cell) in (0u32..).zip(cells) {
            let known = texts.iter().find(|(_, t, _)| t == cell).map(|(c, _, _)| c);
            codes.push(match known {
                Some(code) => {
                    texts.count_one(code);
                    code
                }
                None => texts.push(cell, row),
            });
        }
        let part = if header == "Other (please specify)" { Part::OtherText } else { Part::Whole };
        let rows = codes.len();
        let column = Column { header: vec![header.into()], part, codes, texts, ..Column::default() };
        look_at(&Table { columns: vec![column], rows, ..Table::default() }).columns.remove(0)
    }

    #[test]
    fn a_column_is_what_most_of_it_is() {
        assert_eq!(look("When", &["13/04/2024", "01/05/2024", ""]).look, Look::Date);
        assert_eq!(look("When", &["03/04/2024", "01/05/2024"]).dates[0].order, None);
        assert_eq!(look("2024-04", &["1,204", "0", ""]).look, Look::Month);
        assert_eq!(look("2024-04", &["1,204", "0", ""]).numbers.map(|n| n.zero), Some(1));
        assert_eq!(look("Use", &["39%", "12%"]).look, Look::Percent);
        assert_eq!(look("Enjoyed?", &["Yes", "Yes", "No", "Yes", "No", "No"]).look, Look::YesNo);
        assert_eq!(look("Mail", &["a@b.org", "c@d.org"]).look, Look::Email);
        assert_eq!(look("Home", &["NE1", "NE15 8AB", "ne3"]).look, Look::Postcode);
        assert_eq!(look("Participant ID", &["0012", "0013"]).look, Look::Id);
        assert_eq!(look("", &["", "n/a"]).look, Look::Empty);
        assert_eq!(look("Time", &["8:45:00", "11:17"]).look, Look::Time);
        assert_eq!(look("Best", &["the puppets", "the magic", "all of it", "none"]).look, Look::Text);
        assert_eq!(look("PCs", &["8", "1,024"]).look, Look::Number);
        assert_eq!(look("ZIP", &["02134", "90210"]).look, Look::Postcode);
        assert_eq!(look("Seen from", &["192.168.100.200", "10.1.1.1", "10.1.1.1"]).look, Look::Id);
    }

    #[test]
    fn answers_joined_by_commas_are_told_from_answers_with_a_comma() {
        let many = ["A, B", "A", "B, C (x, y)", "C (x, y)", "A, C (x, y)", "A, B, C (x, y)", "B"];
        let p = look("Which?", &many);
        assert_eq!((p.joined, p.look), (Some(Separator::CommaSpace), Look::Choices));
        assert_eq!(p.answers.iter().map(|(v, _)| v.as_str()).collect::<Vec<_>>(), ["A", "B", "C (x, y)"]);
        let one = ["Yes, definitely", "Yes, definitely", "Probably", "Probably", "No, not at all", "No, not at all"];
        let p = look("Again?", &one);
        assert_eq!((p.joined, p.look), (None, Look::Choice));
    }

    #[test]
    fn every_cell_has_one_state() {
        let p = look("2008-04", &["0", "12", "", "n/a", "#REF!", "Prefer not to say", "not applicable", "many"]);
        assert_eq!(p.values.values, 8);
        let p = look(
            "Visits",
            &[
                "0",
                "12",
                "7",
                "8",
                "9",
                "1",
                "2",
                "3",
                "4",
                "5",
                "6",
                "",
                "n/a",
                "#REF!",
                "Prefer not to say",
                "not applicable",
            ],
        );
        let states = States { values: 16, answered: 11, refused: 1, blank: 2, not_asked: 1, unreadable: 1 };
        assert_eq!((p.values, p.numbers.map(|n| n.zero)), (states, Some(1)));
        assert_eq!(
            p.tokens.iter().map(|t| (t.token.as_str(), t.read_as.word())).collect::<Vec<_>>(),
            [
                ("#ref!", "unreadable"),
                ("n/a", "blank"),
                ("not applicable", "not-asked"),
                ("prefer not to say", "refused")
            ]
        );
        let p = look(
            "Date",
            &[
                "13/04/2024",
                "01/05/2024",
                "1/1/2024",
                "2/2/2024",
                "3/3/2024",
                "4/4/2024",
                "5/5/2024",
                "6/6/2024",
                "7/7/2024",
                "soon",
            ],
        );
        assert_eq!((p.look, p.values.unreadable), (Look::Date, 1));
        let p = look("Date", &["03/04/2024", "01/05/2024"]);
        assert_eq!((p.values.answered, p.values.unreadable), (2, 0));
    }

    #[test]
    fn only_answers_that_come_again_are_kept() {
        let p = look("Group", &["Red", "Red", "Red", "Blue", "Blue", "Blue", "my own words"]);
        assert_eq!((p.answers, p.once), (vec![("Blue".to_owned(), 3), ("Red".to_owned(), 3)], 1));
        let p = look("First name", &["Ann", "Ann", "Ann", "Bob", "Bob", "Bob"]);
        assert!(p.answers.is_empty() && p.look == Look::Text);
        let p = look("Other (please specify)", &["my aunt"; 13]);
        assert!(p.answers.is_empty() && p.look == Look::Text);
    }
}
