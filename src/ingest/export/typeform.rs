//! Typeform: one header row that begins with `#` and ends with the dates of start and submission and the network's id. Options have
//! a column each, headed by the option; the question's own text is in no column. Saved again by hand, a row of stems stands above.

use std::collections::BTreeSet;

use super::decide::{self, Cells, Ticks};
use super::stems::{self, Band};
use super::{Found, IGNORE, Platform, as_written, quoted};
use crate::ingest::layout::{Rec, tidy};
use crate::ingest::{Column, Part};
use crate::spec::fold;

/// Typeform.
pub(super) const PLATFORM: Platform = Platform {
    name: "typeform",
    title: "Typeform",
    system: &[
        ("#", Some("response")),
        ("response type", Some("status")),
        ("start date (utc)", IGNORE),
        ("stage date (utc)", IGNORE),
        ("submit date (utc)", Some("date")),
        ("network id", IGNORE),
        ("token", IGNORE),
        ("tags", IGNORE),
        ("ending", IGNORE),
    ],
    recognise: |platform, records| one(platform, records).or_else(|| two(platform, records)),
};

/// Words that no other platform writes.
const OWN: [&str; 4] = ["submit date (utc)", "start date (utc)", "stage date (utc)", "network id"];

/// The header as Typeform writes it.
fn one(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let header = records.first()?;
    let cells: Vec<String> = (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect();
    let words: Vec<String> = cells.iter().map(|c| fold(c)).collect();
    let found: Vec<&str> = OWN.iter().copied().filter(|own| words.iter().any(|w| w == own)).collect();
    let id = words.first().is_some_and(|w| w == "#") && records.len() > 1;
    if found.len() < 2 && !(id && (found.len() == 1 || ids(records, 0, 1))) {
        return None;
    }
    let reason = match found.as_slice() {
        [] => "the header begins with \"#\" over ids as Typeform gives them".to_owned(),
        some => format!("the header has {}, as Typeform writes it", quoted(&as_written(&cells, some))),
    };
    Some(layout(platform, header, reason))
}

fn layout(platform: &Platform, header: &Rec, reason: String) -> Found {
    let mut heads = super::one_row_heads(header);
    // Who only began has no moment of submission.
    for head in &mut heads {
        head.sent = head.header.first().is_some_and(|h| fold(h) == "submit date (utc)");
    }
    platform.with_system(Found { platform: platform.name, reason, header_rows: 1, heads, undecided: true })
}

/// A table that the spec calls an export of Typeform, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    Some(layout(&PLATFORM, records.first()?, "reach.toml says so".to_owned()))
}

/// A row of stems set above Typeform's own header.
fn two(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let below = records.get(1)?;
    let words: Vec<String> = (0..below.cells.len()).map(|i| fold(below.cell(i))).collect();
    let at = words.iter().position(|w| w == "#")?;
    let band = Band::of(records);
    let own = OWN.iter().filter(|own| words.iter().any(|w| w == *own)).count();
    let blank = band.stems.get(at).is_some_and(String::is_empty);
    if !blank || band.continued().len() < 2 || (own == 0 && !ids(records, at, 2)) {
        return None;
    }
    let reason =
        "stems stand over options, and \"#\" in the second header row over ids as Typeform gives them".to_owned();
    let mut heads = stems::heads(&band);
    // What the stems stand over is told by the cells; Typeform's own columns have none.
    for (head, word) in heads.iter_mut().zip(&words) {
        if platform.is_system(word) && head.part != Part::OtherText {
            let own = head.header.pop().unwrap_or_default();
            head.header = vec![own];
            head.part = Part::Whole;
        }
    }
    let found = Found { platform: platform.name, reason, header_rows: 2, heads, undecided: true };
    Some(platform.with_system(found))
}

/// Whether the cells of a column are Typeform's tokens: long, of letters and digits, each another.
fn ids(records: &[Rec], column: usize, from: usize) -> bool {
    let cells: Vec<&str> = records.iter().skip(from).map(|rec| rec.cell(column)).filter(|c| !c.is_empty()).collect();
    let token = |c: &&str| {
        c.len() >= 20
            && c.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && c.bytes().any(|b| b.is_ascii_digit())
            && c.bytes().any(|b| b.is_ascii_lowercase())
    };
    cells.len() >= 2 && cells.iter().all(token)
}

/// Which columns are options, by cells that repeat the header; what stands beside them; and which stand for themselves although
/// a stem further left still lasts.
pub(super) fn decide(columns: &mut [Column], stems: &[usize]) {
    let mut from = 0;
    while from < columns.len() {
        let to = decide::group_end(stems, from, columns.len());
        if let Some(group) = columns.get_mut(from..to)
            && group.len() > 1
        {
            under_stem(group);
        }
        from = to;
    }
    without_stem(columns);
}

/// Columns under a stem that a hand wrote, which may last over questions further right.
fn under_stem(group: &mut [Column]) {
    let kinds: Vec<Cells> = group.iter().map(kind).collect();
    let last = kinds.iter().rposition(|k| *k == Cells::Label);
    let end = match last {
        // Options, and what follows the last of them but an "Other", is another question.
        Some(_) => {
            let runs = (0..group.len()).take_while(|&i| {
                kinds.get(i).is_some_and(|k| matches!(k, Cells::Label | Cells::None)) || group.get(i).is_some_and(other)
            });
            runs.count()
        }
        // Rows of a grid share their answers with the one above.
        None => {
            let mut end = 1;
            let mut first = 0;
            while end < group.len() {
                let alike =
                    group.get(first).zip(group.get(end)).is_some_and(|(a, b)| decide::alike(&a.texts, &b.texts));
                let open = group.get(end).is_some_and(other);
                if !alike && !open {
                    break;
                }
                first = if open { first } else { end };
                end += 1;
            }
            if end > 1 { end } else { 0 }
        }
    };
    for (i, column) in group.iter_mut().enumerate() {
        if i < end {
            column.part = match kinds.get(i) {
                _ if other(column) => Part::OtherText,
                Some(Cells::Label | Cells::None) if last.is_some() => Part::Option,
                _ => Part::Row,
            };
        } else {
            let own = column.header.pop().unwrap_or_default();
            column.header = vec![own];
            column.part = Part::Whole;
            column.question = column.position;
        }
    }
}

fn kind(column: &Column) -> Cells {
    decide::kind_of(&column.texts, column.header.last().map_or("", String::as_str), 0, Ticks::Marks)
}

fn other(column: &Column) -> bool {
    column.header.last().is_some_and(|h| decide::is_other_label(h))
}

/// Options whose question no column names: neighbours whose cells repeat their header, up to an "Other". They are called after the
/// first of them. An "Other" behind a question in one column belongs to it.
fn without_stem(columns: &mut [Column]) {
    let free = |c: &Column| c.header.len() == 1 && c.part == Part::Whole && c.system.is_none();
    let mut from = 0;
    while from < columns.len() {
        let kinds: Vec<Cells> = columns
            .iter()
            .skip(from)
            .take_while(|c| free(c))
            .map(|c| if other(c) { Cells::Place } else { kind(c) })
            .collect();
        // Options nobody ticked stand between others.
        let labels = kinds.iter().take_while(|k| matches!(k, Cells::Label | Cells::None)).count();
        let run = one_question(columns, from, from + labels);
        let ticked = kinds.iter().take(run).rposition(|k| *k == Cells::Label);
        let first = kinds.iter().take(run).position(|k| *k == Cells::Label);
        let open = kinds.get(run) == Some(&Cells::Place);
        match (first, ticked) {
            (Some(first), Some(ticked)) => {
                // Blank columns in front may be questions that nobody answered.
                let (start, end) = (from + first, if open { from + run + 1 } else { from + ticked + 1 });
                if end - start >= 2 {
                    name(columns, start, end);
                }
                from = end;
            }
            _ => {
                let at = from + run;
                if open && run == 0 && at > 0 {
                    follow(columns, at);
                }
                from = at + 1;
            }
        }
    }
}

/// How many of the columns from `from` to `to` can be options of one question: up to the second time that an option comes, or to
/// one that none of the others goes with.
fn one_question(columns: &[Column], from: usize, to: usize) -> usize {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for column in columns.iter().take(to).skip(from) {
        let label = fold(column.header.first().map_or("", String::as_str));
        let none = label.starts_with("none of ") || label == "none";
        if !seen.insert(label) || none {
            break;
        }
    }
    seen.len()
}

/// Gives options from `start` to `end` a stem made of the first of them.
fn name(columns: &mut [Column], start: usize, end: usize) {
    let options: Vec<&str> = columns
        .iter()
        .take(end)
        .skip(start)
        .filter(|c| !other(c))
        .filter_map(|c| c.header.first().map(String::as_str))
        .collect();
    let more = if options.len() > 3 { " …" } else { "" };
    let stem = format!("{}{more}", options.iter().take(3).copied().collect::<Vec<_>>().join(" / "));
    let question = columns.get(start).map_or(0, |c| c.position);
    for column in columns.iter_mut().take(end).skip(start) {
        column.part = if other(column) { Part::OtherText } else { Part::Option };
        column.header.insert(0, stem.clone());
        column.question = question;
    }
}

/// Puts an "Other" under the question to its left, if that is one of a column by itself.
fn follow(columns: &mut [Column], at: usize) {
    let Some(before) = at.checked_sub(1).and_then(|b| columns.get(b)) else { return };
    let alone = before.header.len() == 1 && before.part == Part::Whole && before.system.is_none();
    let (stem, question) = (before.header.first().cloned().unwrap_or_default(), before.question);
    if let Some(column) = columns.get_mut(at).filter(|_| alone && !stem.is_empty()) {
        column.part = Part::OtherText;
        column.header.insert(0, stem);
        column.question = question;
    }
}
