//! What a column looks like before any spec speaks of it: for `inspect`. Read from all of its distinct texts, with the same
//! proofs that a run makes; what only the spec can tell is left open and said.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::PatternProof;
use super::dates::{Around, Member, prove};
use super::labels::one_line;
use super::numbers::{self, Wanted};
use super::states::{self, Kind};
use super::written::{month_header, take_apart};
use crate::ingest::{Column, Part, Texts};
use crate::spec::fold;

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
}

/// What most values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
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
    /// Every value stands once and is short: a number or code of the row.
    Id,
    /// People's own words, names, titles.
    Text,
}

/// A column, looked at. Holds no text of a cell but closed answers that come again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Profile {
    pub look: Look,
    /// Cells by what they say.
    pub answered: u64,
    pub refused: u64,
    pub blank: u64,
    /// Words for "missing" and errors of a spreadsheet program.
    pub missing: u64,
    /// Distinct values, by `spec::fold`.
    pub distinct: u64,
    /// For dates: each pattern with its order and what proves it; an order of `None` must be asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<PatternProof>,
    /// For numbers: how many are zero, and what was assumed of their commas and points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zero: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed: Option<String>,
    /// Closed answers with their rows, the most frequent first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<(String, u64)>,
}

/// Two-digit years before anybody named a period: up to this one.
const PIVOT: i16 = 2050;
/// The most different answers, and the longest, that a closed question has.
const MOST: usize = 15;
const LONGEST: usize = 80;

/// Looks at one column of a table.
pub fn profile(column: &Column) -> Profile {
    let mut out = Profile {
        look: Look::Text,
        answered: 0,
        refused: 0,
        blank: 0,
        missing: 0,
        distinct: 0,
        dates: Vec::new(),
        zero: None,
        assumed: None,
        answers: Vec::new(),
    };
    let mut values = Texts::new();
    let mut tallies: BTreeMap<String, (String, u64)> = BTreeMap::new();
    let (mut dated, mut emails, mut postcodes, mut numbers, mut serials) = (0u64, 0u64, 0u64, 0u64, 0u64);
    for (code, text, rows) in column.texts.iter() {
        let n = u64::from(rows);
        match states::state(text) {
            Kind::Blank => out.blank += n,
            Kind::Refused => out.refused += n,
            Kind::Token | Kind::NotAsked | Kind::Error => out.missing += n,
            Kind::Value => {
                out.answered += n;
                let at = values.push(text, column.texts.first_row(code));
                (1..rows).for_each(|_| values.count_one(at));
                let entry = tallies.entry(fold(text)).or_insert_with(|| (one_line(text), 0));
                entry.1 += n;
                let number =
                    numbers::parse(text, numbers::Style::Point).or_else(|| numbers::parse(text, numbers::Style::Comma));
                let written = take_apart(text);
                let serial = written.is_some_and(|w| w.serial().is_some());
                numbers += if number.is_some() { n } else { 0 };
                serials += if serial { n } else { 0 };
                dated += if written.is_some() && !serial { n } else { 0 };
                emails += if text.contains('@') && !text.trim().contains(' ') { n } else { 0 };
                postcodes += if is_postcode(text) { n } else { 0 };
            }
        }
    }
    out.distinct = tallies.len() as u64;
    let most = |n: u64| out.answered > 0 && n.saturating_mul(10) >= out.answered.saturating_mul(9);
    let title = column.title();
    let month = column.header.iter().rev().find(|h| !h.is_empty()).and_then(|h| month_header(h, PIVOT));
    let unique = out.answered > 9 && out.distinct == out.answered;
    let header = Header::of(&title);
    let times = tallies.iter().filter(|(t, _)| is_time(t)).map(|(_, (_, n))| n).sum();
    if column.part == Part::Option {
        out.look = Look::Option;
    } else if out.answered == 0 {
        out.look = Look::Empty;
    } else if matches!(column.part, Part::OtherText | Part::Comment) {
        // People's own words, however often they come again.
        out.look = Look::Text;
    } else if most(times) {
        out.look = Look::Time;
    } else if most(dated) || (most(dated + serials) && dated > 0) || (most(serials) && header.date) {
        out.look = Look::Date;
        out.dates = proofs(&values);
    } else if most(numbers) && !header.id && !(unique && wide(&tallies)) {
        let percent = values.iter().any(|(_, text, _)| text.contains('%'));
        let wanted = if percent { Wanted::Percent } else { Wanted::Number };
        let reading = numbers::decide([&values], wanted);
        out.zero = Some(numbers::read(&values, wanted, &reading).zero);
        out.assumed = match reading.style {
            Some(_) => reading.assumed,
            None => Some("the comma and the point are both used as decimal sign".to_owned()),
        };
        out.look = match (month, percent) {
            (Some(_), _) => Look::Month,
            (None, true) => Look::Percent,
            (None, false) => Look::Number,
        };
    } else if most(emails) {
        out.look = Look::Email;
    } else if most(postcodes) {
        out.look = Look::Postcode;
    } else if let Some((look, answers)) = closed(&tallies, out.answered, &header) {
        out.look = look;
        out.answers = answers;
    } else if (unique || header.id) && tallies.keys().all(|t| t.len() <= 40 && !t.contains(' ')) {
        out.look = Look::Id;
    }
    out
}

/// What a header says of its column.
struct Header {
    /// An id, reference or number of somebody.
    id: bool,
    /// A name or another thing about one person, whose values are never shown.
    personal: bool,
    date: bool,
}

impl Header {
    fn of(title: &str) -> Self {
        let folded = fold(title);
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let has = |list: &[&str]| words.iter().any(|w| list.contains(w));
        let short = words.len() <= 4;
        Header {
            id: short && has(&["id", "ref", "reference", "barcode", "uuid", "urn"]),
            personal: short
                && has(&[
                    "name",
                    "names",
                    "forename",
                    "surname",
                    "firstname",
                    "lastname",
                    "who",
                    "by",
                    "staff",
                    "person",
                    "participant",
                    "email",
                    "mail",
                    "phone",
                    "mobile",
                    "telephone",
                    "address",
                    "postcode",
                    "contact",
                    "ip",
                    "birth",
                    "initials",
                ]),
            date: has(&["date", "day", "when", "started", "completed", "submitted", "time", "joined"]),
        }
    }
}

/// Numbers of one and the same length of five digits or more: codes, not quantities.
fn wide(tallies: &BTreeMap<String, (String, u64)>) -> bool {
    let mut lengths = tallies.keys().map(String::len);
    let first = lengths.next().unwrap_or(0);
    first >= 5 && lengths.all(|l| l == first)
}

fn is_time(text: &str) -> bool {
    let text = text.trim_end_matches(" am").trim_end_matches(" pm");
    let parts: Vec<&str> = text.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

fn is_postcode(text: &str) -> bool {
    let t: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).map(|b| b.to_ascii_uppercase()).collect();
    let letters = t.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let digits = t.iter().skip(letters).take_while(|b| b.is_ascii_digit()).count();
    let rest = t.len().saturating_sub(letters + digits);
    (1..=2).contains(&letters)
        && (1..=3).contains(&digits)
        && matches!(t.get(letters + digits..).unwrap_or(&[]), [] | [_] | [_, _] | [_, _, _] | [_, _, _, _])
        && t.iter().all(u8::is_ascii_alphanumeric)
        && (rest > 0 || digits <= 2)
        && t.len() <= 7
}

/// The orders of a column of dates as far as the column itself proves them.
fn proofs(values: &Texts) -> Vec<PatternProof> {
    let around = Around { pivot: PIVOT, bound: None::<Date>, declared_here: None, declared: None, months: true };
    prove(&[Member { texts: values }], around).pop().map(|p| p.patterns).unwrap_or_default()
}

/// The answers of a closed question: few, short, and each of several rows. An answer that stands once may be somebody's own words.
fn closed(
    tallies: &BTreeMap<String, (String, u64)>,
    answered: u64,
    header: &Header,
) -> Option<(Look, Vec<(String, u64)>)> {
    if header.personal || header.id {
        return None;
    }
    let joined = tallies.keys().any(|t| t.contains(';'));
    let mut parts: BTreeMap<String, (String, u64)> = BTreeMap::new();
    let mut all = 0u64;
    for (text, rows) in tallies.values() {
        for piece in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            all += rows;
            let entry = parts.entry(fold(piece)).or_insert_with(|| (piece.to_owned(), 0));
            entry.1 += rows;
        }
    }
    let again: Vec<(String, u64)> = parts.into_values().filter(|(_, rows)| *rows >= 2).collect();
    let covered: u64 = again.iter().map(|(_, rows)| rows).sum();
    let fits = (1..=MOST).contains(&again.len())
        && covered.saturating_mul(10) >= all.saturating_mul(7)
        && covered >= 3 * again.len() as u64
        && again.iter().all(|(t, _)| t.chars().count() <= LONGEST && !t.contains('@'));
    if !fits || answered < 4 {
        return None;
    }
    let yes_no = again.iter().all(|(t, _)| super::choices::yes_no(&fold(t)).is_some());
    let mut answers = again;
    answers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let look = if joined {
        Look::Choices
    } else if yes_no {
        Look::YesNo
    } else {
        Look::Choice
    };
    Some((look, answers))
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
        profile(&Column { header: vec![header.into()], part, codes, texts, ..Column::default() })
    }

    #[test]
    fn a_column_is_what_most_of_it_is() {
        assert_eq!(look("When", &["13/04/2024", "01/05/2024", ""]).look, Look::Date);
        assert_eq!(look("When", &["03/04/2024", "01/05/2024"]).dates[0].order, None);
        assert_eq!(look("2024-04", &["1,204", "0", ""]).look, Look::Month);
        assert_eq!(look("2024-04", &["1,204", "0", ""]).zero, Some(1));
        assert_eq!(look("Use", &["39%", "12%"]).look, Look::Percent);
        assert_eq!(look("Enjoyed?", &["Yes", "Yes", "No", "Yes", "No", "No"]).look, Look::YesNo);
        assert_eq!(look("Mail", &["a@b.org", "c@d.org"]).look, Look::Email);
        assert_eq!(look("Home", &["NE1", "NE15 8AB", "ne3"]).look, Look::Postcode);
        assert_eq!(look("Participant ID", &["0012", "0013"]).look, Look::Id);
        assert_eq!(look("", &["", "n/a"]).look, Look::Empty);
        assert_eq!(look("Time", &["8:45:00", "11:17"]).look, Look::Time);
    }

    #[test]
    fn only_answers_that_come_again_are_kept() {
        let p = look("Group", &["Red", "Red", "Red", "Blue", "Blue", "Blue", "my own words"]);
        assert_eq!(p.answers, [("Blue".to_owned(), 3), ("Red".to_owned(), 3)]);
        let p = look("First name", &["Ann", "Ann", "Ann", "Bob", "Bob", "Bob"]);
        assert!(p.answers.is_empty() && p.look == Look::Text);
        let p = look("Other (please specify)", &["my aunt"; 13]);
        assert!(p.answers.is_empty() && p.look == Look::Text);
    }
}
