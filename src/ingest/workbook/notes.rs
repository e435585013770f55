//! What is said of a sheet that was read: hidden rows, merged cells among its data, formulas that nobody calculated.

use super::super::{Table, letters};
use super::stream::{Said, Sheet};
use crate::problem::{Place, Problem, Problems};

/// Says of a sheet what a reader who sees only the tables would miss.
pub(super) fn say(sheet: &Sheet, said: &Said, tables: &[Table], place: &Place, problems: &mut Problems) {
    hidden(said, tables, place, problems);
    let (formulas, first) = &said.uncached;
    if *formulas > 0 {
        let named: Vec<String> = first.iter().map(|&(row, column)| format!("{}{}", letters(column), row + 1)).collect();
        let more = if *formulas > named.len() as u64 { ", …" } else { "" };
        problems.push(
            Problem::assumed(
                "formulas-uncalculated",
                place.clone(),
                format!(
                    "{} no stored result and {} not read as numbers can be relied on: {}{more}",
                    if *formulas == 1 { "1 formula has".to_owned() } else { format!("{formulas} formulas have") },
                    if *formulas == 1 { "is" } else { "are" },
                    named.join(", ")
                ),
            )
            .hint("open the workbook in a spreadsheet program, save it again, and use that")
            .count(*formulas),
        );
    }
    merged(said, tables, place, problems);
    if sheet.pivot && !tables.is_empty() {
        problems.push(
            Problem::assumed(
                "sheet-pivot",
                place.clone(),
                "the sheet holds a pivot table, which sums up other data; it is read as it stands",
            )
            .hint("name the sheet that has the data behind it in reach.toml, such as sheet = \"Data\""),
        );
    }
}

fn hidden(said: &Said, tables: &[Table], place: &Place, problems: &mut Problems) {
    let (rows, first) = said.hidden_rows;
    if rows > 0 {
        let how = if said.filtered { "hidden by a filter" } else { "hidden" };
        problems.push(
            Problem::noted(
                "rows-hidden",
                place.clone().row(first),
                format!(
                    "{} and read like any other",
                    if rows == 1 { format!("1 row is {how}") } else { format!("{rows} rows are {how}") }
                ),
            )
            .hint("to leave them out, delete them from a copy of the workbook")
            .count(rows),
        );
    }
    let is_hidden = |at: u32| said.hidden_columns.iter().any(|&(first, last)| first <= at && at <= last);
    let columns: Vec<String> =
        tables.iter().flat_map(|t| &t.columns).filter(|c| is_hidden(c.position)).map(|c| c.letters()).collect();
    if !columns.is_empty() {
        let shown: Vec<&str> = columns.iter().take(12).map(String::as_str).collect();
        let more = if columns.len() > shown.len() { ", …" } else { "" };
        problems.push(
            Problem::noted(
                "columns-hidden",
                place.clone(),
                format!(
                    "{} hidden and read like any other: {}{more}",
                    if columns.len() == 1 {
                        "1 column is".to_owned()
                    } else {
                        format!("{} columns are", columns.len())
                    },
                    shown.join(", ")
                ),
            )
            .count(columns.len() as u64),
        );
    }
}

/// Merged cells among the rows of a table: what their text holds for is not known.
fn merged(said: &Said, tables: &[Table], place: &Place, problems: &mut Problems) {
    for table in tables.iter().filter(|t| t.rows > 0) {
        let (top, bottom) = (table.origin.record(0), table.range.rows.1);
        let (left, right) = table.range.columns;
        let inside = said
            .merges
            .iter()
            .filter(|m| m.rows.0 >= top && m.rows.0 <= bottom && m.columns.0 <= right && m.columns.1 >= left);
        let mut named = Vec::new();
        let (mut count, mut first) = (0u64, None);
        for merge in inside {
            count += 1;
            first = first.or(Some(merge.rows.0));
            if named.len() < 5 {
                named.push(format!(
                    "{}{}:{}{}",
                    letters(merge.columns.0),
                    merge.rows.0,
                    letters(merge.columns.1),
                    merge.rows.1
                ));
            }
        }
        if let Some(first) = first {
            let more = if count > named.len() as u64 { ", …" } else { "" };
            problems.push(
                Problem::assumed(
                    "cells-merged",
                    place.clone().row(first),
                    format!(
                        "{} among the data {} taken for the upper left cell alone, the others for blank: {}{more}",
                        if count == 1 { "1 merged range".to_owned() } else { format!("{count} merged ranges") },
                        if count == 1 { "is" } else { "are" },
                        named.join(", ")
                    ),
                )
                .hint("where the text holds for every row, undo the merge and fill it down")
                .count(count),
            );
        }
    }
}
