//! Why a workbook, or a sheet of it, cannot be read; said in an evaluator's words where its place is known.

use crate::exit::Exit;
use crate::problem::{Place, Problem};

/// Why reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Bytes that no spreadsheet program writes, or that were cut off.
    Damaged,
    /// It unpacks to more than it may, or asks for more memory than it may have.
    TooBig,
    Password,
    /// A DOCTYPE: entities of its own, or files from elsewhere.
    Doctype,
    /// A cell with more text than a spreadsheet program can hold; row and column from 0.
    LongCell(u32, u32),
    /// A cell outside the greatest sheet of Excel.
    OffSheet,
    TooManySheets(usize),
    /// The process that reads it ended before its time, or said nothing for too long.
    Served,
    /// There is no programme to read it with.
    NoReader,
}

/// The greatest number of characters in a cell of a workbook, as in Excel.
pub(super) const CELL_CHARACTERS: usize = 32_767;

/// The greatest number of sheets that are looked at.
pub(super) const SHEETS: usize = 1_000;

/// The rows of the greatest sheet of Excel.
pub(super) const ROWS: u32 = 1_048_576;

/// Its columns.
pub(super) const COLUMNS: u32 = 16_384;

impl Fault {
    /// As it is told to the evaluator.
    pub fn problem(self, place: &Place) -> Problem {
        let stop = |code, place: Place, message: String| Problem::stops(code, Exit::Data, place, message);
        let place = place.clone();
        match self {
            Fault::Damaged => stop("workbook-damaged", place, "the workbook is damaged or was cut off".to_owned())
                .hint("copy or export it again; if it opens in a spreadsheet program, save it again as .xlsx"),
            Fault::TooBig => {
                stop("workbook-too-big", place, "the workbook unpacks to more than reach will hold".to_owned())
                    .hint("save the sheet with the data in it as a workbook of its own, or as .csv")
            }
            Fault::Password => stop("workbook-password", place, "the workbook is protected by a password".to_owned())
                .hint(
                    "remove the password (File, Info, Protect Workbook, Encrypt with Password: leave it empty) and save it again",
                ),
            Fault::Doctype => stop(
                "workbook-doctype",
                place,
                "the workbook brings definitions of its own (a DOCTYPE), which no spreadsheet program writes".to_owned(),
            )
            .hint("do not trust it; ask who sent it for an export from a spreadsheet program"),
            Fault::LongCell(row, column) => stop(
                "cell-too-long",
                place.row(u64::from(row) + 1).column(super::super::letters(column)),
                format!("the cell has more than {CELL_CHARACTERS} characters, the most that Excel can hold"),
            )
            .hint("shorten the text, or save the sheet as .csv"),
            Fault::OffSheet => stop(
                "sheet-too-big",
                place,
                format!("a cell stands beyond the greatest sheet of Excel ({ROWS} rows, {COLUMNS} columns)"),
            )
            .hint("export it again with fewer rows and columns"),
            Fault::TooManySheets(n) => {
                stop("sheets-too-many", place, format!("the workbook has {n} sheets, more than the {SHEETS} that are looked at"))
                    .hint("save the sheet with the data in it as a workbook of its own")
            }
            Fault::Served => {
                stop("workbook-damaged", place, "the workbook is damaged or too big to be read".to_owned())
                    .hint("open it in a spreadsheet program and save it again as .xlsx, or the sheet with the data as .csv")
            }
            Fault::NoReader => {
                stop("workbook-reader", place, "the programme that reads such workbooks cannot be started".to_owned())
                    .hint("save the workbook as .xlsx, or run the reach command itself")
            }
        }
    }
}

impl From<std::io::Error> for Fault {
    fn from(_: std::io::Error) -> Self {
        Fault::Damaged
    }
}
