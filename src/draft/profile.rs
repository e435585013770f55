//! What a column looks like from all of its distinct values: the evidence on which a draft rests.

use crate::clean::written::{Day, take_apart};
use crate::ingest::export::month_of;
use crate::ingest::{Column, Part};
use crate::spec::fold;

/// What most values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing stands in it.
    Blank,
    /// The header is a month.
    Month,
    Date,
    Time,
    Number,
    Percent,
    Email,
    Postcode,
    /// Few values that come again and again.
    Closed,
    /// People's own words, names, ids.
    Texts,
}

/// A column, looked at.
#[derive(Debug)]
pub struct Profile {
    /// Index into `Table::columns`.
    pub index: usize,
    /// The first part of the header: the question, or the whole header.
    pub stem: String,
    /// The words of the header, folded.
    pub words: Vec<String>,
    pub part: Part,
    pub look: Look,
    /// Rows with a value.
    pub filled: u64,
    /// Distinct values, by `fold`.
    pub distinct: usize,
    /// Distinct values with their rows, most frequent first; kept only where they may be an option list.
    pub values: Vec<(String, u64)>,
    /// Whether values are several answers joined by `;` or `, `.
    pub joined: bool,
    /// Whether joined answers have parts that come once only: an open "other" in the same cell.
    pub others: bool,
    pub integers: bool,
    /// Whether most numbers carry a percent sign.
    pub percent: bool,
    /// The smallest and greatest number, for numbers.
    pub range: (f64, f64),
}

impl Profile {
    /// Whether every value stands once.
    pub fn unique(&self) -> bool {
        self.filled > 1 && self.distinct as u64 == self.filled
    }
    /// Whether the header is worded as a question or statement rather than as a name of a column.
    pub fn asks(&self) -> bool {
        let stem = self.stem.trim_end();
        stem.ends_with('?')
            || stem.ends_with("...")
            || stem.ends_with('…')
            || stem.contains("? ")
            || self.words.len() >= 6
    }
    /// Whether the header has one of these words.
    pub fn says(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }
    /// Whether the header is exactly one of these, folded.
    pub fn is(&self, headers: &[&str]) -> bool {
        let folded = self.words.join(" ");
        headers.contains(&folded.as_str())
    }
}

/// The words of a header: letters and digits, folded.
pub fn words(header: &str) -> Vec<String> {
    fold(header).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_string).collect()
}

/// The longest value that may be an option.
const LONGEST_OPTION: usize = 80;

/// Looks at one column.
pub fn look(index: usize, column: &Column) -> Profile {
    let stem = column.header.first().cloned().unwrap_or_default();
    let mut out = Profile {
        index,
        words: words(&stem),
        stem,
        part: column.part,
        look: Look::Blank,
        filled: 0,
        distinct: 0,
        values: Vec::new(),
        joined: false,
        others: false,
        integers: true,
        percent: false,
        range: (f64::INFINITY, f64::NEG_INFINITY),
    };
    let (mut numbers, mut percents, mut dates, mut times, mut emails, mut postcodes, mut joined, mut trailing) =
        (0u64, 0u64, 0u64, 0u64, 0u64, 0u64, 0u64, 0u64);
    let mut letters = 0u64;
    let mut values = Values::new();
    for (_, text, rows) in column.texts.iter() {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() {
            continue;
        }
        let rows = u64::from(rows);
        out.filled += rows;
        letters += rows * text.chars().count() as u64;
        match number(text) {
            Some((value, percent)) => {
                numbers += rows;
                percents += if percent { rows } else { 0 };
                out.integers &= value.fract() == 0.0;
                out.range = (out.range.0.min(value), out.range.1.max(value));
            }
            None => {
                if clock(text) {
                    times += rows;
                } else if dated(text) {
                    dates += rows;
                } else if text.contains('@') && text.contains('.') && !text.contains(' ') {
                    emails += rows;
                } else if postcode(text) {
                    postcodes += rows;
                }
            }
        }
        if text.contains(';') {
            joined += rows;
            trailing += if text.ends_with(';') { rows } else { 0 };
        }
        let entry = values.entry(fold(text)).or_insert_with(|| (text.to_string(), rows, 0));
        if rows > entry.1 {
            (entry.0, entry.1) = (text.to_string(), rows);
        }
        entry.2 += rows;
    }
    out.distinct = values.len();
    let most = |rows: u64| out.filled > 0 && rows * 10 >= out.filled * 9;
    let half = |rows: u64| out.filled > 0 && rows * 2 > out.filled;
    out.joined = half(trailing) || (joined * 5 >= out.filled && joined >= 3);
    out.percent = half(percents);
    let header = column.header.last().map_or("", String::as_str);
    out.look = if month_of(header).is_some() {
        Look::Month
    } else if out.filled == 0 {
        Look::Blank
    } else if half(percents) && most(numbers) {
        Look::Percent
    } else if most(times) {
        Look::Time
    } else if most(dates + times) && dates > 0 {
        Look::Date
    } else if most(numbers) {
        Look::Number
    } else if half(emails) {
        Look::Email
    } else if half(postcodes) && most(postcodes + numbers) {
        Look::Postcode
    } else {
        Look::Texts
    };
    if out.look == Look::Texts || out.look == Look::Number {
        let mut others = false;
        let closed = if out.joined {
            closed_parts(&values, ';', &mut others)
        } else {
            // Several answers joined by commas are told from one answer with a comma by parts that come in other company.
            let parts = if commas(&values) { closed_parts(&values, ',', &mut others) } else { None };
            out.joined = parts.is_some();
            parts.or_else(|| closed_values(values, out.filled, letters))
        };
        out.others = out.joined && others;
        if let Some(values) = closed {
            if out.look == Look::Texts {
                out.look = Look::Closed;
            }
            out.values = values;
        }
    }
    out
}

/// Folded value → its most frequent spelling, that spelling's rows, all its rows.
type Values = std::collections::BTreeMap<String, (String, u64, u64)>;

/// The values that come again, most frequent first, if they are few and make up most of the column.
fn closed_values(values: Values, filled: u64, letters: u64) -> Option<Vec<(String, u64)>> {
    let list = repeated(values);
    let covered: u64 = list.iter().map(|(_, rows)| rows).sum();
    let most = if filled >= 300 { 40 } else { 15 };
    let short = letters / filled.max(1) <= 40 || list.len() <= 6;
    (!list.is_empty() && list.len() <= most && covered * 10 >= filled * 7 && short && list.iter().all(may_be_option))
        .then_some(list)
}

/// The answers joined in one cell that come again, if they are few and make up most of what is joined.
fn closed_parts(values: &Values, by: char, others: &mut bool) -> Option<Vec<(String, u64)>> {
    let mut parts: Values = Values::new();
    let mut all = 0;
    for (text, _, rows) in values.values() {
        for part in split(text, by) {
            all += rows;
            let entry = parts.entry(fold(&part)).or_insert_with(|| (part.clone(), *rows, 0));
            entry.2 += rows;
        }
    }
    let list = repeated(parts);
    let covered: u64 = list.iter().map(|(_, rows)| rows).sum();
    *others = covered < all;
    let enough = if by == ',' { 9 } else { 8 };
    (!list.is_empty() && list.len() <= 40 && covered * 10 >= all * enough && list.iter().all(may_be_option))
        .then_some(list)
}

/// The parts of a text, not divided inside brackets.
fn split(text: &str, by: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0u32;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == by && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.iter().map(|part| part.trim().to_string()).filter(|part| !part.is_empty()).collect()
}

/// Whether commas join answers: many values have one, and nearly every part stands in more than one of the values.
fn commas(values: &Values) -> bool {
    let (mut with, mut rows) = (0u64, 0u64);
    let mut company: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    for (text, _, n) in values.values() {
        rows += n;
        with += if text.contains(", ") { *n } else { 0 };
        for part in split(text, ',') {
            *company.entry(fold(&part)).or_default() += 1;
        }
    }
    let all: u32 = company.values().sum();
    let shared: u32 = company.values().filter(|n| **n >= 2).sum();
    let parts = company.values().filter(|n| **n >= 2).count();
    with * 5 >= rows && (3..=40).contains(&parts) && u64::from(shared) * 20 >= u64::from(all) * 17 && values.len() >= 4
}

/// Values of at least two rows, most frequent first. A value that stands once may be somebody's own words.
fn repeated(values: Values) -> Vec<(String, u64)> {
    let mut list: Vec<(String, u64)> =
        values.into_values().filter(|(_, _, rows)| *rows >= 2).map(|(text, _, rows)| (text, rows)).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list
}

fn may_be_option((text, _): &(String, u64)) -> bool {
    text.chars().count() <= LONGEST_OPTION && !text.contains(['\n', '\r', '@']) && !clock(text)
}

/// A number as people write it, and whether it is a percentage. `0123` is an id, not a number.
pub fn number(text: &str) -> Option<(f64, bool)> {
    let (text, percent) = match text.strip_suffix('%') {
        Some(rest) => (rest.trim_end(), true),
        None => (text, false),
    };
    if text.len() > 24 || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = text.trim_start_matches(['-', '+', '£', '$', '€']);
    if digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.") {
        return None;
    }
    if !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') {
        return None;
    }
    let value: f64 = digits.replace(',', "").parse().ok()?;
    Some((if text.starts_with('-') { -value } else { value }, percent))
}

/// A day, in digits or with a month in words; a number alone is no date here.
fn dated(text: &str) -> bool {
    take_apart(text)
        .is_some_and(|written| matches!(written.day, Day::Known { .. } | Day::Open { .. } | Day::Month { .. }))
}

/// The year of a written date, where it has four digits.
pub fn year(text: &str) -> Option<i16> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|part| part.len() == 4)
        .find_map(|part| part.parse::<i16>().ok().filter(|year| (1900..=2100).contains(year)))
}

/// A time of day: `8:45`, `08:45:00`, `8.45 pm` is not.
fn clock(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ' || c == '.');
    let parts: Vec<&str> = text.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

/// A UK postcode or its district: `NE1 4XF`, `NE1`, `EC1A 1BB`.
fn postcode(text: &str) -> bool {
    let text: Vec<char> = text.to_uppercase().chars().filter(|c| !c.is_whitespace()).collect();
    if !(2..=7).contains(&text.len()) {
        return false;
    }
    let outward = |part: &[char]| {
        let letters = part.iter().take_while(|c| c.is_ascii_uppercase()).count();
        let rest = part.get(letters..).unwrap_or_default();
        let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
        let tail = rest.get(digits..).unwrap_or_default();
        (1..=2).contains(&letters)
            && (1..=2).contains(&digits)
            && (tail.is_empty() || (tail.len() == 1 && tail.iter().all(char::is_ascii_uppercase)))
    };
    let inward = |part: &[char]| matches!(part, [d, a, b] if d.is_ascii_digit() && a.is_ascii_uppercase() && b.is_ascii_uppercase());
    outward(&text)
        || (text.len() >= 5
            && outward(text.get(..text.len() - 3).unwrap_or_default())
            && inward(text.get(text.len() - 3..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Texts;

    fn column(header: &str, cells: &[&str]) -> Column {
        let mut texts = Texts::new();
        let mut codes = Vec::new();
        for (row, cell) in cells.iter().enumerate() {
            let known = texts.iter().find(|(_, text, _)| text == cell).map(|(code, _, _)| code);
            codes.push(match known {
                Some(code) => {
                    texts.count_one(code);
                    code
                }
                None => texts.push(cell, u32::try_from(row).unwrap()),
            });
        }
        Column { header: vec![header.into()], codes, texts, ..Column::default() }
    }

    #[test]
    fn a_column_is_what_its_values_are() {
        let look = |header: &str, cells: &[&str]| super::look(0, &column(header, cells)).look;
        assert_eq!(look("2023-1", &["4"]), Look::Month);
        assert_eq!(look("Date", &["13/04/2012", "", "04/05/12"]), Look::Date);
        assert_eq!(look("Time", &["8:45:00", "11:17"]), Look::Time);
        assert_eq!(look("PCs", &["8", "1,024"]), Look::Number);
        assert_eq!(look("Use", &["39%", "12%", ""]), Look::Percent);
        assert_eq!(look("Postcode", &["NE1", "AB10", "EC1A 1BB"]), Look::Postcode);
        assert_eq!(look("Mail", &["a@b.org", "c@d.org"]), Look::Email);
        assert_eq!(look("Enjoyed", &["Yes", "Yes", "No", "No", "Yes, lots"]), Look::Closed);
        assert_eq!(look("Best", &["the puppets", "the magic", "all of it", "none"]), Look::Texts);
        assert_eq!(look("Id", &["0012", "0013"]), Look::Texts);
        assert_eq!(look("Id", &["", ""]), Look::Blank);
    }

    #[test]
    fn answers_joined_by_commas_are_told_from_answers_with_a_comma() {
        let many = ["A, B", "A", "B, C (x, y)", "C (x, y)", "A, C (x, y)", "A, B, C (x, y)", "B"];
        let p = super::look(0, &column("Which?", &many));
        assert!(p.joined && p.look == Look::Closed);
        assert_eq!(p.values.iter().map(|(v, _)| v.as_str()).collect::<Vec<_>>(), ["A", "B", "C (x, y)"]);
        let one = [
            "Yes, definitely",
            "Yes, definitely",
            "Probably",
            "Probably",
            "No, never",
            "No, never",
            "Yes, a bit",
            "Yes, a bit",
        ];
        assert!(!super::look(0, &column("Again?", &one)).joined);
    }

    #[test]
    fn a_value_that_stands_once_is_never_kept() {
        let p = super::look(0, &column("Enjoyed", &["Yes", "Yes", "No", "No", "Yes", "my name is Ann"]));
        assert_eq!(p.values.iter().map(|(v, _)| v.as_str()).collect::<Vec<_>>(), ["Yes", "No"]);
        let p = super::look(0, &column("Best", &["No", "No", "a b", "c d", "e f", "g h"]));
        assert!(p.values.is_empty());
    }
}
