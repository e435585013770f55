//! A short text as records that are held, for several tables in it, or as the rows of a sheet, for a range of its cells.

use super::Table;
use super::delimited::unclosed;
use super::delimiter::Dialect;
use super::dictionary::blank_text;
use super::held::{self, Held};
use super::layout::{Layout, Merge, Rec};
use super::read::ReadOptions;
use super::scan::{Fault, Scanner};
use super::sheet::{self, SheetRow, SheetRows};
use crate::exit::Exit;
use crate::problem::{Place, Problem, Problems};

/// The longest text, in bytes, that is held to look for several tables in it.
const SHORT: usize = 2 << 20;

/// The tables of a text that has several.
///
/// # Errors
/// Where the spec must say which is meant, or names one that is not there.
pub(super) fn several(
    text: &str,
    dialect: Dialect,
    layout: &Layout,
    place: &Place,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Vec<Table>, Problem> {
    let (records, all) = match text.len() {
        0..=SHORT if !options.form => records(text, dialect),
        _ => (Vec::new(), 0),
    };
    held::several(&Held { records: &records, merges: &[], all }, layout, None, place, options, problems)
}

/// The records of a text that are not blank, and how many there are with those; none where they are too many to be held.
fn records(text: &str, dialect: Dialect) -> (Vec<Rec>, u64) {
    let mut scanner = Scanner::new(text, dialect, 0);
    let (mut out, mut cells) = (Vec::new(), 0);
    while scanner.next() {
        let blank = scanner.is_blank() || (dialect.marked && scanner.record() == 1);
        if !blank && (!held::has_room(&out, cells) || scanner.fault() == Some(Fault::Unclosed)) {
            return (Vec::new(), 0);
        }
        if !blank {
            cells += scanner.len();
            let texts = (0..scanner.len()).map(|i| scanner.cell_text(i).to_owned()).collect();
            out.push(Rec { number: scanner.record(), cells: texts });
        }
        scanner.forget();
    }
    (out, scanner.record())
}

/// Reads the cells of a range alone.
///
/// # Errors
/// Where no cell of it says anything, and as a sheet's rows cannot be read.
pub(super) fn within(
    text: &str,
    dialect: Dialect,
    place: &Place,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Table, Problem> {
    let room = (64 << 20) + 16 * text.len() as u64;
    let mut stream = TextRows { scanner: Scanner::new(text, dialect, 0), marked: dialect.marked, place, room };
    let mut found = sheet::tables(&mut stream, "", place, options, problems)?;
    match found.pop() {
        Some(table) => Ok(Table { sheet: None, ..table }),
        None => Err(Problem::stops("file-blank", Exit::Data, place.clone(), "the range has nothing but blank cells")
            .hint("mend the range in reach.toml")),
    }
}

/// The records of a text as the rows of a sheet.
struct TextRows<'s, 't> {
    scanner: Scanner<'t>,
    marked: bool,
    place: &'s Place,
    room: u64,
}

impl SheetRows for TextRows<'_, '_> {
    fn next(&mut self, row: &mut SheetRow) -> Result<bool, Problem> {
        while self.scanner.next() {
            if self.scanner.fault() == Some(Fault::Unclosed) {
                return Err(unclosed(self.place, self.scanner.record()));
            }
            let number = self.scanner.record();
            let blank = self.scanner.is_blank() || (self.marked && number == 1);
            if !blank {
                row.clear();
                row.number = number;
                for (column, i) in (0u32..).zip(0..self.scanner.len()) {
                    let text = self.scanner.cell_text(i);
                    if !blank_text(text) {
                        row.push(column, text);
                    }
                }
            }
            self.scanner.forget();
            if !blank {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn room(&self) -> u64 {
        self.room
    }

    fn merges(&mut self) -> Result<Vec<Merge>, Problem> {
        Ok(Vec::new())
    }
}
