//! What the reader understands of files, before any spec speaks of them: for `reach inspect`, as text or JSON.
//!
//! Types, date orders and states are found from *all* distinct texts of a column, by the same routines that read it in a run. No
//! cell is shown but the options of a closed choice that many rows share. The names of the JSON fields are stable.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clean::{self, Look, PatternProof, States};
use crate::ingest::{Column, Format, InputFile, Intake, Part, Table};
use crate::ledger::Furniture;

/// One file.
#[derive(Debug, Serialize)]
pub struct FileSeen {
    pub file: String,
    pub bytes: u64,
    pub blake3: String,
    pub format: Format,
    /// The WHATWG name of a text's encoding.
    pub encoding: Option<String>,
    pub encoding_known_by: Option<String>,
    pub delimiter: Option<char>,
    pub tables: Vec<TableSeen>,
}

/// One table: a text file, or a sheet of a workbook.
#[derive(Debug, Serialize)]
pub struct TableSeen {
    pub sheet: Option<String>,
    pub platform: &'static str,
    pub reason: String,
    pub header_rows: u32,
    pub rows: u64,
    /// The row of the first record below the header, as a spreadsheet program numbers it.
    pub first_row: u64,
    pub faulty_rows: u64,
    /// Records that are no rows, by what they are.
    pub furniture: BTreeMap<Furniture, u64>,
    pub columns: Vec<ColumnSeen>,
}

/// One column.
#[derive(Debug, Serialize)]
pub struct ColumnSeen {
    /// Its letters in a spreadsheet program.
    pub column: String,
    /// The header; of two header rows the first.
    pub stem: String,
    /// The second header row's label.
    pub option: Option<String>,
    pub part: Part,
    /// The role that the platform gives a system column.
    pub role: Option<&'static str>,
    /// The first day of the month that the header names.
    pub month: Option<String>,
    #[serde(rename = "type")]
    pub kind: Look,
    /// Different texts, blank ones not counted.
    pub distinct: u64,
    /// The options of a choice, the commonest first, with their rows; only such as many rows share.
    pub options: Vec<OptionSeen>,
    /// What the order of dates rests on, pattern by pattern.
    pub dates: Vec<PatternProof>,
    /// What was assumed of the commas and points of numbers.
    pub assumed: Option<String>,
    /// Rows with the number 0, which is not a blank.
    pub zero: u64,
    pub values: States,
}

/// An option of a closed choice.
#[derive(Debug, Serialize)]
pub struct OptionSeen {
    pub option: String,
    pub rows: u64,
}

/// What was understood of everything that was read.
pub fn see(intake: &Intake) -> Vec<FileSeen> {
    let tables_of = |index: usize| intake.tables.iter().filter(move |table| table.file == index);
    intake.files.iter().enumerate().map(|(index, file)| file_seen(file, tables_of(index))).collect()
}

fn file_seen<'a>(file: &InputFile, tables: impl Iterator<Item = &'a Table>) -> FileSeen {
    let (encoding, known_by) = file.encoding.clone().unzip();
    FileSeen {
        file: file.name.clone(),
        bytes: file.bytes,
        blake3: file.digest.to_hex().to_string(),
        format: file.format,
        encoding,
        encoding_known_by: known_by,
        delimiter: file.delimiter,
        tables: tables.map(table_seen).collect(),
    }
}

fn table_seen(table: &Table) -> TableSeen {
    TableSeen {
        sheet: table.sheet.clone(),
        platform: table.platform,
        reason: table.reason.clone(),
        header_rows: table.header_rows,
        rows: table.rows as u64,
        first_row: table.origin.record(0),
        faulty_rows: table.faulty.len() as u64,
        furniture: table.furniture.iter().copied().collect(),
        columns: table.columns.iter().map(column_seen).collect(),
    }
}

fn column_seen(column: &Column) -> ColumnSeen {
    let profile = clean::profile(column);
    let (zero, assumed) = profile.numbers.map_or((0, None), |n| (n.zero, n.assumed));
    ColumnSeen {
        column: column.letters(),
        stem: column.header.first().cloned().unwrap_or_default(),
        option: column.header.get(1).cloned(),
        part: column.part,
        role: column.system,
        month: profile.month.map(|month| month.to_string()),
        kind: profile.look,
        distinct: profile.distinct,
        options: profile.answers.into_iter().map(|(option, rows)| OptionSeen { option, rows }).collect(),
        dates: profile.dates,
        assumed,
        zero,
        values: profile.values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Texts;

    #[test]
    fn states_add_up_and_blank_is_not_zero() {
        let mut texts = Texts::new();
        let numbers = ["12", "13", "14", "15", "16", "17", "18", "19"];
        let other = ["0", "", "n/a", "#REF!", "Prefer not to say", "not applicable"];
        let cells = numbers.iter().chain(&other);
        let codes = (0u32..).zip(cells).map(|(row, cell)| texts.push(cell, row)).collect();
        let header = vec!["2008-04".to_owned()];
        let column = Column { header, codes, texts, ..Column::default() };
        let seen = column_seen(&column);
        let expected = States { values: 14, answered: 9, refused: 1, blank: 2, not_asked: 1, unreadable: 1 };
        assert_eq!((seen.values, seen.zero, seen.month.as_deref()), (expected, 1, Some("2008-04-01")));
    }
}
