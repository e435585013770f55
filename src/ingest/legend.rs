//! A legend beside coded data: a sheet that tells what the numbers of the other sheet's columns stand for.
//!
//! It is believed where its variables are columns there and its codes are what stands in them. It recodes nothing: each column
//! is given the labels of its codes, for `inspect` to show and `init` to write into the codebook and the recodes.

use std::collections::BTreeMap;

use super::dictionary::blank_text;
use super::{Column, InputFile, SkippedSheet, SkippedWhy, Table};
use crate::problem::{Place, Problem, Problems};
use crate::spec::fold;

/// The most rows of a legend.
const MOST: usize = 20_000;

const VARIABLES: [&str; 14] = [
    "variable",
    "variable name",
    "variable_name",
    "var",
    "column",
    "column name",
    "field",
    "field name",
    "question",
    "question code",
    "question id",
    "item",
    "name",
    "q",
];
const WORDINGS: [&str; 8] = [
    "question text",
    "question wording",
    "question",
    "wording",
    "variable label",
    "variable description",
    "item text",
    "description",
];
const CODES: [&str; 12] = [
    "code",
    "codes",
    "value",
    "values",
    "value code",
    "response code",
    "answer code",
    "option code",
    "numeric value",
    "number",
    "coding",
    "data value",
];
const LABELS: [&str; 13] = [
    "label",
    "labels",
    "value label",
    "value labels",
    "value_label",
    "meaning",
    "answer",
    "option",
    "response",
    "response label",
    "text",
    "value description",
    "description",
];

/// Takes the legends off the tables of a file and gives the columns they speak of their labels.
pub(super) fn apply(file: &mut InputFile, tables: &mut Vec<Table>, problems: &mut Problems) {
    let mut all: Vec<&mut Table> = tables.iter_mut().collect();
    let found = give(&mut all);
    for used in &found {
        let Some(table) = tables.get(used.data) else { continue };
        let name = tables.get(used.legend).and_then(|t| t.sheet.clone());
        let mut place = Place::file(file.name.clone());
        if let Some(sheet) = &table.sheet {
            place = place.sheet(sheet.clone());
        }
        let what = name.as_ref().map_or_else(|| "another table".to_owned(), |sheet| format!("the sheet {sheet}"));
        problems.push(
            Problem::noted(
                "legend",
                place,
                format!(
                    "{what} tells what the codes of {} columns stand for; the codes are left as they are",
                    used.columns
                ),
            )
            .hint("reach init writes the labels into the codebook and the recodes")
            .count(used.columns),
        );
        file.skipped.extend(name.map(|sheet| SkippedSheet { sheet, why: SkippedWhy::Legend }));
    }
    let mut at = 0;
    tables.retain(|_| {
        at += 1;
        !found.iter().any(|used| used.legend + 1 == at)
    });
}

/// A legend that was believed.
pub(crate) struct Used {
    /// Indexes into the tables.
    pub legend: usize,
    pub data: usize,
    /// How many columns it gave labels.
    pub columns: u64,
}

/// Gives columns the labels that legends among the tables tell of their codes; tells which tables were legends, and of which.
pub(crate) fn give(tables: &mut [&mut Table]) -> Vec<Used> {
    let mut out: Vec<Used> = Vec::new();
    if tables.len() < 2 {
        return out;
    }
    let read: Vec<Option<Vec<Entry>>> = tables.iter().map(|table| entries(table)).collect();
    for (legend, entries) in read.iter().enumerate().filter_map(|(at, read)| Some((at, read.as_ref()?))) {
        let others = tables.iter().enumerate().filter(|(i, _)| *i != legend);
        let best = others
            .map(|(i, table)| (i, fits(entries, table)))
            .filter(|(_, fit)| !fit.is_empty() && fit.len() * 2 >= entries.len())
            .max_by_key(|(i, fit)| (fit.len(), std::cmp::Reverse(*i)));
        let Some((data, fit)) = best else { continue };
        out.push(Used { legend, data, columns: fit.len() as u64 });
        let Some(table) = tables.get_mut(data) else { continue };
        for (column, entry) in fit {
            if let (Some(column), Some(entry)) = (table.columns.get_mut(column), entries.get(entry)) {
                column.labels.clone_from(&entry.labels);
                column.wording.clone_from(&entry.wording);
            }
        }
    }
    out
}

/// What a legend says of one variable.
struct Entry {
    variable: String,
    wording: Option<String>,
    /// Code and label, in the order of the legend.
    labels: Vec<(String, String)>,
}

/// The entries of a table that has the shape of a legend: variable, code and label in columns, or all codes of a variable in one cell.
fn entries(table: &Table) -> Option<Vec<Entry>> {
    if table.rows > MOST || table.columns.len() > 12 || table.platform != "plain" {
        return None;
    }
    let header = |column: &Column| column.header.last().map(|h| fold(h)).unwrap_or_default();
    let find = |words: &[&str]| table.columns.iter().position(|c| words.contains(&header(c).as_str()));
    let (code, label) = (find(&CODES), find(&LABELS));
    // SPSS writes "Value" over variable and code: the column before the codes has no header.
    let variable = find(&VARIABLES).or_else(|| code.filter(|&c| c > 0).map(|_| 0)).filter(|&v| Some(v) != code)?;
    let wording = find(&WORDINGS).filter(|&w| w != variable && Some(w) != code && Some(w) != label);
    let mut out: Vec<Entry> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut current = String::new();
    for row in 0..table.rows {
        let cell = |at: usize| {
            let column = table.columns.get(at);
            let text = column.and_then(|c| c.codes.get(row).map(|&code| c.texts.text(code))).unwrap_or_default();
            if blank_text(text) { "" } else { text.trim() }
        };
        if !cell(variable).is_empty() {
            // In blocks the variable stands in the first row alone.
            cell(variable).clone_into(&mut current);
        }
        if current.is_empty() {
            continue;
        }
        let pairs: Vec<(String, String)> = match (code, label) {
            (Some(code), Some(label)) if code != label => vec![(cell(code).to_owned(), cell(label).to_owned())],
            (Some(list), None) | (None, Some(list)) => listed(cell(list)),
            _ => return None,
        };
        let next = out.len();
        let at = *known.entry(fold(&current)).or_insert(next);
        if at == next {
            let wording = wording.map(&cell).filter(|text| !text.is_empty()).map(str::to_owned);
            out.push(Entry { variable: current.clone(), wording, labels: Vec::new() });
        }
        if let Some(entry) = out.get_mut(at) {
            entry.labels.extend(pairs.into_iter().filter(|(code, label)| !code.is_empty() && !label.is_empty()));
        }
    }
    out.retain(|entry| entry.labels.len() >= 2);
    (!out.is_empty()).then_some(out)
}

/// `1 = Yes; 2 = No`: the codes of a variable in one cell.
fn listed(text: &str) -> Vec<(String, String)> {
    let part = |part: &str| {
        let (code, label) = part.split_once('=').or_else(|| part.split_once(':'))?;
        let (code, label) = (code.trim().trim_matches('"'), label.trim().trim_matches('"'));
        let number = code.strip_prefix('-').unwrap_or(code);
        (is_code(number) && !label.is_empty()).then(|| (code.to_owned(), label.to_owned()))
    };
    let by = |separator: &[char]| -> Option<Vec<(String, String)>> {
        let parts = text.split(separator).map(str::trim).filter(|p| !p.is_empty());
        parts.map(part).collect::<Option<Vec<_>>>().filter(|list| list.len() >= 2)
    };
    by(&['\n', '\r'])
        .or_else(|| by(&[';', '\n']))
        .or_else(|| by(&['|', '\n']))
        .or_else(|| by(&[',', '\n']))
        .unwrap_or_default()
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.len() <= 6 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The columns of a table that entries speak of: (column, entry), where the entry's codes are what stands in the column.
fn fits(entries: &[Entry], table: &Table) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        let names: Vec<String> =
            column.header.iter().chain(&column.code).map(|h| fold(h)).filter(|h| !h.is_empty()).collect();
        let begins = |name: &str, variable: &str| {
            name.strip_prefix(variable).is_some_and(|rest| rest.starts_with(['.', ':', ' ', ')', '[']))
        };
        let exact = entries.iter().position(|e| names.contains(&fold(&e.variable)));
        let near = || entries.iter().position(|e| names.iter().any(|name| begins(name, &fold(&e.variable))));
        let Some(entry) = exact.or_else(near) else { continue };
        if entries.get(entry).is_some_and(|e| holds(column, e)) {
            out.push((at, entry));
        }
    }
    out
}

/// Whether nearly all that stands in a column is one of the entry's codes.
fn holds(column: &Column, entry: &Entry) -> bool {
    let plain = |text: &str| fold(text.trim().strip_suffix(".0").unwrap_or(text.trim()));
    let codes: Vec<String> = entry.labels.iter().map(|(code, _)| plain(code)).collect();
    let (mut all, mut coded) = (0u64, 0u64);
    for (_, text, rows) in column.texts.iter().filter(|(_, text, _)| !blank_text(text)) {
        all += u64::from(rows);
        coded += if codes.contains(&plain(text)) { u64::from(rows) } else { 0 };
    }
    all > 0 && coded * 10 >= all * 9
}

/// Answers that carry their number: `1 - Strongly agree`, `5 = Very good`, `(3) Neither`. Their numbers, where each answer has one
/// and no number comes twice.
pub fn numbered<'a>(options: impl Iterator<Item = &'a str>) -> Option<Vec<i64>> {
    let mut out: Vec<i64> = Vec::new();
    for option in options {
        let text = option.trim().trim_start_matches('(');
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = (text.get(..digits)?, text.get(digits..)?.trim_start());
        let label = rest.strip_prefix([')', '-', '–', '—', '=', ':', '.'])?.trim_start_matches([' ', '-', '–', ')']);
        if digits == 0 || digits > 3 || !label.contains(char::is_alphabetic) {
            return None;
        }
        let number = number.parse().ok()?;
        if out.contains(&number) {
            return None;
        }
        out.push(number);
    }
    (out.len() >= 2).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_a_variable_in_one_cell() {
        let pair = |code: &str, label: &str| (code.to_owned(), label.to_owned());
        assert_eq!(listed("1 = Yes; 2 = No"), [pair("1", "Yes"), pair("2", "No")]);
        assert_eq!(listed("1=Yes, very much\n2=No"), [pair("1", "Yes, very much"), pair("2", "No")]);
        assert_eq!(listed("1: Yes | 2: No | -9: Refused").len(), 3);
        assert!(listed("a free text: with a colon").is_empty());
    }

    #[test]
    fn answers_that_carry_their_number() {
        let numbers = |list: &[&str]| numbered(list.iter().copied());
        assert_eq!(numbers(&["1 - Strongly disagree", "5 - Strongly agree"]), Some(vec![1, 5]));
        assert_eq!(numbers(&["(1) Never", "2) Often", "3 = Always"]), Some(vec![1, 2, 3]));
        assert_eq!(numbers(&["16-24", "25-44"]), None);
        assert_eq!(numbers(&["1 - Never", "Often"]), None);
    }
}
