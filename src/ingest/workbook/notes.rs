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

/// Says which columns hold numbers between 0 and 1 alone: in formats whose number formats are not read, those may be percentages.
pub(super) fn fractions(tables: &[Table], place: &Place, problems: &mut Problems) {
    for column in tables.iter().flat_map(|t| &t.columns) {
        let (mut values, mut broken) = (0u64, 0u64);
        let all = column.texts.iter().filter(|(_, text, _)| !text.trim().is_empty()).all(|(_, text, rows)| {
            let number = text.parse::<f64>().ok().filter(|n| (0.0..=1.0).contains(n));
            values += u64::from(rows);
            broken += u64::from(number.is_some_and(|n| n > 0.0 && n < 1.0)) * u64::from(rows);
            number.is_some()
        });
        if all && values >= 3 && broken * 2 > values {
            problems.push(
                Problem::assumed(
                    "fractions",
                    place.clone().column(column.letters()),
                    "the numbers lie between 0 and 1 and are read as they are; whether the workbook shows them as percentages cannot be told in this format",
                )
                .hint("if they are percentages, save the workbook as .xlsx")
                .count(values),
            );
        }
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
