//! The few words that every sentence of this room shares.

use crate::ingest::{Column, Intake, Table};
use crate::problem::Place;
use crate::spec::Spec;

/// 13402 as `13,402`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn many(n: u64, one: &str, more: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {more}", grouped(n)) }
}

/// `1 row`, `13,402 rows`.
pub fn rows_words(n: u64) -> String {
    many(n, "row", "rows")
}
/// `1 row has`, `13,402 rows have`.
pub fn have(n: u64) -> String {
    many(n, "row has", "rows have")
}
/// `1 row names`, `2 rows name`.
pub fn names(n: u64) -> String {
    many(n, "row names", "rows name")
}
/// `1 row says`, `2 rows say`.
pub fn say(n: u64) -> String {
    many(n, "row says", "rows say")
}
/// `1 row answers`, `2 rows answer`.
pub fn answer(n: u64) -> String {
    many(n, "row answers", "rows answer")
}
/// `1 answer`, `2 answers`.
pub fn answers_words(n: u64) -> String {
    many(n, "answer", "answers")
}

/// A column as an evaluator finds it: `C (Date Added)`.
pub fn column_name(column: &Column) -> String {
    let title = super::labels::one_line(&column.title());
    if title.is_empty() { column.letters() } else { format!("{} ({title})", column.letters()) }
}

/// A text as a cell of a CSV line.
pub fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// The codebook, under the name it has beside `reach.toml`.
pub fn codebook(spec: &Spec) -> Place {
    let name = spec.texts.iter().map(|(name, _)| name).find(|name| name.to_lowercase().contains("codebook"));
    Place::file(name.map_or("codebook", String::as_str))
}

/// Where a table stands.
pub fn place(intake: &Intake, table: &Table) -> Place {
    let place = Place::file(intake.files.get(table.file).map_or("", |f| f.name.as_str()));
    match &table.sheet {
        Some(sheet) => place.sheet(sheet.clone()),
        None => place,
    }
}
