//! `reach.toml` as text becomes sections of values, each with its line; nothing is judged here but the form.
//!
//! All faults of the form are collected: a line that is no TOML does not hide what is wrong below it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::words;
use crate::exit::Exit;
use crate::problem::{Place, Problem, Problems};

/// A value and the line it stands in.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub value: T,
    pub line: u64,
}

/// A value of the file.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Number(f64),
    Yes(bool),
    Date(Date),
    List(Vec<At<Value>>),
    Section(Section),
    /// Anything else TOML knows, such as a time of day.
    Other,
}

impl Value {
    fn what(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text in quotation marks",
            Value::Whole(_) => "a whole number",
            Value::Number(_) => "a number",
            Value::Yes(_) => "true or false",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Section(_) => "a section",
            Value::Other => "a date with a time, or a time",
        }
    }
}

/// One entry of a section, in the order of the file.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: String,
    pub line: u64,
    pub value: At<Value>,
}

/// `[a section]`: reads its keys one by one, remembers which were asked for, and says which nobody knows.
#[derive(Debug)]
pub(super) struct Section {
    /// Such as `source.visits`; empty for the file itself.
    pub path: String,
    pub line: u64,
    pub entries: Vec<Entry>,
    asked: RefCell<BTreeSet<&'static str>>,
}

/// Where problems of one file are collected.
pub(super) struct Sink<'a> {
    pub file: &'a str,
    pub problems: RefCell<Problems>,
}

impl<'a> Sink<'a> {
    pub fn new(file: &'a str) -> Self {
        Sink { file, problems: RefCell::default() }
    }
    /// Notes a fault of the declaration.
    pub fn wrong(&self, code: &'static str, line: u64, key: &str, message: impl Into<String>, hint: impl Into<String>) {
        let problem = Problem::stops(code, Exit::Spec, self.place(line, key), message).hint(hint);
        self.problems.borrow_mut().push(problem);
    }
    /// A line and key of the file.
    pub fn place(&self, line: u64, key: &str) -> Place {
        let place = Place::file(self.file);
        let place = if line == 0 { place } else { place.row(line) };
        if key.is_empty() { place } else { place.column(key) }
    }
    pub fn push(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }
}

/// Reads the text. The second value is whether the form was faultless: else some sections may be missing.
pub(super) fn parse(text: &str, sink: &Sink<'_>) -> (Section, bool) {
    let lines = Lines::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map_or(0, |span| lines.of(span.start));
        let message = error.message().lines().next().unwrap_or_default().trim_end_matches(['.', ':']);
        // What is commonest, in an evaluator's words; the reader's own words for the rest.
        let said = if message.contains("duplicate key") {
            "this setting or section stands twice".to_owned()
        } else if message.contains("must be quoted") {
            "the text after = is not in quotation marks".to_owned()
        } else {
            format!("this line cannot be read ({message})")
        };
        let hint = if message.contains("duplicate key") {
            "remove or rename one of the two"
        } else {
            "a text stands in quotation marks, a list in [square brackets], and each setting on its own line: name = \"value\""
        };
        sink.wrong("spec-toml", line, "", said, hint);
    }
    let span = table.span();
    (section(table.into_inner(), String::new(), lines.of(span.start), &lines), errors.is_empty())
}

fn section(table: DeTable<'_>, path: String, line: u64, lines: &Lines) -> Section {
    let mut entries: Vec<(usize, Entry)> = table
        .into_iter()
        .map(|(key, value)| {
            let at = key.span().start;
            let key = key.into_inner().into_owned();
            let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let entry_line = lines.of(at);
            (at, Entry { key, line: entry_line, value: convert(value, below, entry_line, lines) })
        })
        .collect();
    entries.sort_by_key(|(at, _)| *at);
    let entries = entries.into_iter().map(|(_, entry)| entry).collect();
    Section { path, line, entries, asked: RefCell::default() }
}

/// The parser bounds how deep values nest, and with it this recursion.
fn convert(value: Spanned<DeValue<'_>>, path: String, key_line: u64, lines: &Lines) -> At<Value> {
    let span = value.span();
    // A section's own span may begin at its first value; its header's line is the key's.
    let line = if matches!(value.get_ref(), DeValue::Table(_)) { key_line } else { lines.of(span.start) };
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            i64::from_str_radix(&digits, number.radix()).map_or(Value::Other, Value::Whole)
        }
        DeValue::Float(number) => number.as_str().replace('_', "").parse().map_or(Value::Other, Value::Number),
        DeValue::Boolean(yes) => Value::Yes(yes),
        DeValue::Datetime(moment) => match (moment.date, moment.time) {
            (Some(date), None) => {
                let (year, month, day) = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day));
                match (year, month, day) {
                    (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_or(Value::Other, Value::Date),
                    _ => Value::Other,
                }
            }
            _ => Value::Other,
        },
        DeValue::Array(items) => {
            Value::List(items.into_iter().map(|item| convert(item, path.clone(), line, lines)).collect())
        }
        DeValue::Table(table) => Value::Section(section(table, path, line, lines)),
    };
    At { value, line }
}

impl Section {
    /// The full name of one of its keys.
    pub fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_string() } else { format!("{}.{key}", self.path) }
    }

    fn find(&self, key: &'static str) -> Option<&Entry> {
        self.asked.borrow_mut().insert(key);
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn ask<T>(
        &self,
        key: &'static str,
        sink: &Sink<'_>,
        expected: &str,
        take: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<At<T>> {
        let entry = self.find(key)?;
        match take(&entry.value.value) {
            Some(value) => Some(At { value, line: entry.line }),
            None => {
                let what = entry.value.value.what();
                sink.wrong("spec-value", entry.line, &self.key(key), format!("this is {what}"), expected.to_string());
                None
            }
        }
    }

    /// A text that is not empty, trimmed.
    pub fn text(&self, key: &'static str, sink: &Sink<'_>) -> Option<At<String>> {
        let text =
            self.ask(key, sink, &format!("write a text in quotation marks: {key} = \"…\""), |value| match value {
                Value::Text(text) => Some(text.trim().to_string()),
                _ => None,
            })?;
        if text.value.is_empty() {
            sink.wrong("spec-value", text.line, &self.key(key), "this text is empty", "fill it in, or remove the line");
            return None;
        }
        Some(text)
    }

    /// A day: a TOML date, or the same as a text.
    pub fn date(&self, key: &'static str, sink: &Sink<'_>) -> Option<At<Date>> {
        self.ask(key, sink, &format!("write a day as year-month-day: {key} = 2025-04-01"), |value| match value {
            Value::Date(date) => Some(*date),
            Value::Text(text) => iso(text.trim()),
            _ => None,
        })
    }

    /// A whole number of at least `least`.
    pub fn whole(&self, key: &'static str, least: u64, sink: &Sink<'_>) -> Option<At<u64>> {
        self.ask(
            key,
            sink,
            &format!("write a whole number of at least {least}: {key} = {least}"),
            |value| match value {
                Value::Whole(n) => u64::try_from(*n).ok().filter(|n| *n >= least),
                _ => None,
            },
        )
    }

    /// A share between 0 and 1.
    pub fn share(&self, key: &'static str, sink: &Sink<'_>) -> Option<At<f64>> {
        self.ask(key, sink, &format!("write a share between 0 and 1: {key} = 0.05"), |value| match value {
            Value::Number(n) => Some(*n).filter(|n| (0.0..=1.0).contains(n)),
            Value::Whole(0) => Some(0.0),
            Value::Whole(1) => Some(1.0),
            _ => None,
        })
    }

    /// `true` or `false`.
    pub fn yes(&self, key: &'static str, sink: &Sink<'_>) -> Option<At<bool>> {
        self.ask(key, sink, &format!("write {key} = true or {key} = false"), |value| match value {
            Value::Yes(yes) => Some(*yes),
            _ => None,
        })
    }

    /// One text or a list of texts.
    pub fn texts(&self, key: &'static str, sink: &Sink<'_>) -> Option<At<Vec<At<String>>>> {
        let expected = format!("write one text, or several in square brackets: {key} = [\"a.csv\", \"b.csv\"]");
        let entry = self.find(key)?;
        let one = |at: &At<Value>| match &at.value {
            Value::Text(text) => Some(At { value: text.trim().to_string(), line: at.line }),
            _ => None,
        };
        let list = match &entry.value.value {
            Value::List(items) => items.iter().map(one).collect::<Option<Vec<_>>>(),
            _ => one(&entry.value).map(|one| vec![one]),
        };
        match list {
            Some(value) if !value.is_empty() && value.iter().all(|text| !text.value.is_empty()) => {
                Some(At { value, line: entry.line })
            }
            Some(_) => {
                sink.wrong("spec-value", entry.line, &self.key(key), "a name is empty", expected);
                None
            }
            None => {
                let what = entry.value.value.what();
                sink.wrong("spec-value", entry.line, &self.key(key), format!("this is {what}"), expected);
                None
            }
        }
    }

    /// A section below this one; its own keys are asked for apart.
    pub fn section(&self, key: &'static str, sink: &Sink<'_>) -> Option<&Section> {
        let entry = self.find(key)?;
        match &entry.value.value {
            Value::Section(section) => Some(section),
            other => {
                sink.wrong(
                    "spec-value",
                    entry.line,
                    &self.key(key),
                    format!("this is {}, not a section", other.what()),
                    format!("write [{}] on a line of its own and its settings below", self.key(key)),
                );
                None
            }
        }
    }

    /// A list of sections: `key = [{ … }, { … }]`, or `[[…]]` several times.
    pub fn sections(&self, key: &'static str, expected: &str, sink: &Sink<'_>) -> Vec<&Section> {
        let Some(entry) = self.find(key) else { return Vec::new() };
        let one = |at: &'_ At<Value>| matches!(at.value, Value::Section(_));
        match &entry.value.value {
            Value::List(items) if items.iter().all(one) => items
                .iter()
                .filter_map(|item| match &item.value {
                    Value::Section(section) => Some(section),
                    _ => None,
                })
                .collect(),
            Value::Section(section) => vec![section],
            other => {
                sink.wrong("spec-value", entry.line, &self.key(key), format!("this is {}", other.what()), expected);
                Vec::new()
            }
        }
    }

    /// Whether the key stands in the file at all, right or wrong.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// The line of a key, or of the section.
    pub fn line_of(&self, key: &str) -> u64 {
        self.entries.iter().find(|entry| entry.key == key).map_or(self.line, |entry| entry.line)
    }

    /// Says which keys nobody asked for. `later` holds keys that the plan knows and this version does not read.
    pub fn finish(&self, sink: &Sink<'_>, later: &[(&str, &str)]) {
        let asked = self.asked.borrow();
        for entry in self.entries.iter().filter(|entry| !asked.contains(entry.key.as_str())) {
            let key = self.key(&entry.key);
            if let Some((_, instead)) = later.iter().find(|(word, _)| *word == entry.key) {
                let message = format!("this version of reach does not read {}", words::quote(&entry.key));
                sink.wrong("spec-later", entry.line, &key, message, *instead);
            } else {
                let message = format!("{} is not a setting of {}", words::quote(&entry.key), self.called());
                sink.wrong("spec-key", entry.line, &key, message, words::hint(&entry.key, asked.iter().copied()));
            }
        }
    }

    fn called(&self) -> String {
        if self.path.is_empty() { "reach.toml".into() } else { format!("[{}]", self.path) }
    }
}

/// `2025-04-01` as a day, exactly so.
fn iso(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// From a byte of a text to its line, from 1.
struct Lines {
    ends: Vec<usize>,
}

impl Lines {
    fn new(text: &str) -> Self {
        Lines { ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect() }
    }
    fn of(&self, byte: usize) -> u64 {
        self.ends.partition_point(|&end| end < byte) as u64 + 1
    }
}
