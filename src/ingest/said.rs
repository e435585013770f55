//! What is said of a table's records that are no rows, and of its headers.

use std::collections::BTreeMap;

use super::Column;
use crate::ledger::Furniture;
use crate::problem::{Place, Problem};
use crate::spec::fold;

/// What is said of columns that have one header, or values and none.
pub(super) fn headers(columns: &[Column], place: &Place) -> Vec<Problem> {
    let mut out = Vec::new();
    let mut titles: BTreeMap<String, Vec<&Column>> = BTreeMap::new();
    for column in columns {
        titles.entry(fold(&column.title())).or_default().push(column);
    }
    let listed = |columns: &[&Column]| columns.iter().map(|c| c.letters()).collect::<Vec<_>>().join(", ");
    for (title, columns) in titles {
        if title.is_empty() {
            let n = columns.len() as u64;
            // The first column of a grid often has no header; elsewhere a stray cell stands there.
            let what = if n == 1 { "1 column has no header" } else { "columns have no header" };
            let many = if n == 1 { String::new() } else { format!("{n} ") };
            out.push(
                Problem::noted("header-blank", place.clone(), format!("{many}{what}: {}", listed(&columns)))
                    .hint("write a name above it, or call it (column C), by its letters, in the codebook")
                    .count(n),
            );
        } else if let [first, _, ..] = columns.as_slice() {
            let shown = first.title();
            out.push(
                Problem::noted("header-twice", place.clone(), format!("columns {} have one header", listed(&columns)))
                    .hint(format!(
                        "the codebook calls the second “{shown} (2)” and so on; better, give each its own name"
                    ))
                    .count(columns.len() as u64),
            );
        }
    }
    out
}

/// What is said of rows of one kind that are not counted.
pub(super) fn rows(kind: Furniture, how: &str, records: &[u64], place: &Place) -> Problem {
    let n = records.len() as u64;
    let (one, many) = kind.words();
    let first = records.first().copied().unwrap_or(0);
    let code = match kind {
        Furniture::Total => "total-row",
        Furniture::Subtotal => "subtotal-rows",
        Furniture::Footnote => "footnotes",
        Furniture::RepeatedHeader => "repeated-header",
        Furniture::PageBreak => "page-breaks",
        Furniture::Separator => "separator-rows",
        Furniture::Section => "section-headings",
        Furniture::Header | Furniture::Title | Furniture::Blank => "furniture",
    };
    let kept = Furniture::TAKEN_FOR.iter().find(|(_, k)| *k == kind).map_or("", |(word, _)| word);
    let message = match (kind, n) {
        (Furniture::Total, 1) => format!("the row is taken for totals and not counted: {how}"),
        (Furniture::Footnote, 1) => "1 row below the table is taken for notes and not counted".to_owned(),
        (Furniture::Footnote, _) => format!("{n} rows below the table are taken for notes and not counted"),
        (_, 1) => format!("the row is taken for a {one} and not counted: {how}"),
        _ => format!("{n} rows ({}) are taken for {many} and not counted: {}", rows_listed(records), plural(how)),
    };
    Problem::assumed(code, place.clone().row(first), message)
        .hint(format!(
            "if {} of data, write keep = \"{kept}\" in the source's section of reach.toml",
            if n == 1 { "it is a row" } else { "they are rows" }
        ))
        .count(n)
}

/// The same of several rows.
fn plural(how: &str) -> String {
    how.replace("it is ", "each is ").replace("it has ", "each has ").replace("its numbers", "the numbers of each")
}

/// "3, 7 and 12"; of many the first.
fn rows_listed(records: &[u64]) -> String {
    const MOST: usize = 8;
    let shown: Vec<String> = records.iter().take(MOST).map(u64::to_string).collect();
    match shown.split_last() {
        Some(_) if records.len() > MOST => format!("{} and {} more", shown.join(", "), records.len() - MOST),
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => shown.join(""),
    }
}
