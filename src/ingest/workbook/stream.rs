//! What the four formats give alike: a workbook's sheets, and the rows of one.

use super::super::dictionary::blank_text;
use super::super::layout::Merge;
use super::super::sheet::{SheetRow, SheetRows};
use super::fault::{COLUMNS, Fault, ROWS};
use crate::problem::{Place, Problem};

/// One sheet, as the workbook lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub name: String,
    pub kind: Kind,
    pub visible: Visible,
    /// Whether it holds a pivot table.
    pub pivot: bool,
    /// Whether some cell says something, where that is known already.
    pub data: Option<bool>,
}

/// Whether a spreadsheet program shows a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visible {
    Yes,
    Hidden,
    /// So that the program does not list it.
    VeryHidden,
}

/// What a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Cells,
    Chart,
    Dialog,
    Macros,
}

/// What is to be said of a sheet that was read to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Hidden rows that say something, and the first of them (from 1).
    pub hidden_rows: (u64, u64),
    /// Whether they are hidden by a filter.
    pub filtered: bool,
    /// Hidden columns: first and last, from 0.
    pub hidden_columns: Vec<(u32, u32)>,
    /// Formulas without a stored result, and the first of them: row and column from 0.
    pub uncached: (u64, Vec<(u32, u32)>),
    pub merges: Vec<Merge>,
}

/// The most merges that are kept of a sheet.
const MERGES: usize = 200_000;

/// The most places that are named in one message.
const NAMED: usize = 5;

impl Said {
    /// A row that says something, hidden.
    pub fn hidden_row(&mut self, row: u32) {
        if self.hidden_rows.0 == 0 {
            self.hidden_rows.1 = u64::from(row) + 1;
        }
        self.hidden_rows.0 += 1;
    }

    /// Hidden columns, both ends inside.
    pub fn hidden_column(&mut self, first: u32, last: u32) {
        if first <= last && self.hidden_columns.len() < COLUMNS as usize {
            self.hidden_columns.push((first, last.min(COLUMNS - 1)));
        }
    }

    /// A formula without a stored result.
    pub fn no_result(&mut self, row: u32, column: u32) {
        self.uncached.0 += 1;
        if self.uncached.1.len() < NAMED {
            self.uncached.1.push((row, column));
        }
    }

    /// A merge: rows and columns from 0, both ends inside. One cell is none; what lies outside of any sheet neither.
    pub fn merge(&mut self, rows: (u32, u32), columns: (u32, u32)) {
        let one = rows.0 == rows.1 && columns.0 == columns.1;
        let inside = rows.0 <= rows.1 && columns.0 <= columns.1 && rows.1 < ROWS && columns.1 < COLUMNS;
        if !one && inside && self.merges.len() < MERGES {
            self.merges.push(Merge { rows: (u64::from(rows.0) + 1, u64::from(rows.1) + 1), columns });
        }
    }
}

/// The rows of one sheet of one format, as they stand in it.
pub(super) trait Source {
    /// The next row, whether it says something or not: its cells in any order. `None` at the sheet's end.
    fn row(&mut self, into: &mut SheetRow) -> Result<Option<u32>, Fault>;
    /// What was seen so far.
    fn said(&mut self) -> &mut Said;
    /// The merges of the sheet: all of them, or those of the rows given so far.
    fn merges(&mut self) -> Result<Vec<Merge>, Fault> {
        Ok(self.said().merges.clone())
    }
}

/// Rows that say something, in their order, for the reader of tables.
pub(super) struct Rows<S> {
    source: S,
    place: Place,
    /// The last row that was given.
    last: Option<u32>,
    room: u64,
    done: bool,
}

impl<S: Source> Rows<S> {
    /// The rows of a sheet at `place`, whose tables may take `room` bytes.
    pub fn new(source: S, place: &Place, room: u64) -> Self {
        Rows { source, place: place.clone(), last: None, room, done: false }
    }

    /// Whether some cell says something. To be asked of a sheet that is not read.
    pub fn say_something(&mut self) -> Result<bool, Problem> {
        self.next(&mut SheetRow::default())
    }

    /// What is to be said of the sheet.
    pub fn said(&mut self) -> Said {
        std::mem::take(self.source.said())
    }

    fn fault(&self, fault: Fault) -> Problem {
        fault.problem(&self.place)
    }
}

impl<S: Source> SheetRows for Rows<S> {
    fn next(&mut self, row: &mut SheetRow) -> Result<bool, Problem> {
        while !self.done {
            row.clear();
            let Some(number) = self.source.row(row).map_err(|f| self.fault(f))? else {
                self.done = true;
                break;
            };
            if !row.cells().any(|(_, text)| !blank_text(text)) {
                continue;
            }
            if self.last.is_some_and(|last| number <= last) {
                return Err(self.fault(Fault::Damaged));
            }
            if number >= ROWS || row.last().is_some_and(|c| c >= COLUMNS) {
                return Err(self.fault(Fault::OffSheet));
            }
            self.last = Some(number);
            row.settle();
            row.number = u64::from(number) + 1;
            return Ok(true);
        }
        Ok(false)
    }

    fn room(&self) -> u64 {
        self.room
    }

    fn merges(&mut self) -> Result<Vec<Merge>, Problem> {
        self.source.merges().map_err(|f| self.fault(f))
    }
}
