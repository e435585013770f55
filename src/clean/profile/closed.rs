//! Few answers that come again and again: one in each cell, or several joined in one.
//!
//! Only answers of two rows or more are kept. An answer that stands once may be somebody's own words.

use std::collections::BTreeMap;

use super::shape;
use crate::spec::fold;

/// Folded value → its most frequent spelling, that spelling's rows, all its rows.
pub(super) type Tally = BTreeMap<String, (String, u64, u64)>;

/// The answers of a closed question.
#[derive(Debug, Default)]
pub(super) struct Closed {
    /// The answers that come again, the most frequent first.
    pub answers: Vec<(String, u64)>,
    /// What joins several answers in one cell.
    pub joined: Option<char>,
    /// Rows (joined: answers) that are none of those.
    pub once: u64,
}

/// The longest text that may be an option.
const LONGEST: usize = 160;

/// Counts a value.
pub(super) fn add(tally: &mut Tally, text: &str, rows: u64) {
    let entry = tally.entry(fold(text)).or_insert_with(|| (text.to_owned(), rows, 0));
    if rows > entry.1 {
        (entry.0, entry.1) = (text.to_owned(), rows);
    }
    entry.2 += rows;
}

/// The answers of a column whose values these are, if they are few and make up most of it.
pub(super) fn closed(values: &Tally, filled: u64) -> Option<Closed> {
    let semicolons: u64 = values.values().filter(|(text, _, _)| text.contains(';')).map(|(_, _, rows)| rows).sum();
    let trailing: u64 = values.values().filter(|(text, _, _)| text.ends_with(';')).map(|(_, _, rows)| rows).sum();
    if trailing * 2 > filled || (semicolons * 5 >= filled && semicolons >= 3) {
        if let Some(found) = parts(values, ';') {
            return Some(found);
        }
    } else if commas(values)
        && let Some(found) = parts(values, ',')
    {
        // Several answers joined by commas are told from one answer with a comma by parts that come in other company.
        return Some(found);
    }
    whole(values, filled)
}

/// The values that come again, if they are few and make up most of the column.
fn whole(values: &Tally, filled: u64) -> Option<Closed> {
    let answers = repeated(values);
    let covered: u64 = answers.iter().map(|(_, rows)| rows).sum();
    let letters: u64 = values.iter().map(|(folded, (_, _, rows))| folded.chars().count() as u64 * rows).sum();
    let most = if filled >= 300 { 40 } else { 15 };
    // One answer that everybody gives is a choice, one "no" among own words is none.
    let share = if answers.len() == 1 { 9 } else { 7 };
    let short = letters / filled.max(1) <= 40 || answers.len() <= 10;
    let fits = !answers.is_empty()
        && answers.len() <= most
        && covered * 10 >= filled * share
        && short
        && answers.iter().all(may_be_option);
    fits.then(|| Closed { once: filled.saturating_sub(covered), answers, joined: None })
}

/// The answers joined in one cell that come again, if they are few and make up most of what is joined.
fn parts(values: &Tally, by: char) -> Option<Closed> {
    let mut parts = Tally::new();
    let mut all = 0;
    for (text, _, rows) in values.values() {
        for part in split(text, by) {
            all += rows;
            add(&mut parts, &part, *rows);
        }
    }
    let answers = repeated(&parts);
    let covered: u64 = answers.iter().map(|(_, rows)| rows).sum();
    let enough = if by == ',' { 9 } else { 8 };
    let fits =
        !answers.is_empty() && answers.len() <= 40 && covered * 10 >= all * enough && answers.iter().all(may_be_option);
    fits.then(|| Closed { once: all.saturating_sub(covered), answers, joined: Some(by) })
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
    parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Whether commas join answers: many values have one, and nearly every part stands in more than one of the values.
fn commas(values: &Tally) -> bool {
    let (mut with, mut rows) = (0u64, 0u64);
    let mut company: BTreeMap<String, u32> = BTreeMap::new();
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

/// Values of at least two rows, the most frequent first.
fn repeated(values: &Tally) -> Vec<(String, u64)> {
    let mut list: Vec<(String, u64)> =
        values.values().filter(|(_, _, rows)| *rows >= 2).map(|(text, _, rows)| (text.clone(), *rows)).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list
}

fn may_be_option((text, _): &(String, u64)) -> bool {
    text.chars().count() <= LONGEST
        && !text.contains(['\n', '\r', '@'])
        && !shape::is_time(text)
        && !shape::is_network_address(text)
}
