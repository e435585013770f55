//! The rows of one sheet of an `.xlsb` workbook, read once from top to bottom.

use super::super::layout::Merge;
use super::super::sheet::SheetRow;
use super::fault::{COLUMNS, Fault, ROWS};
use super::number_format::Shown;
use super::parts::Parts;
use super::stream::{Said, Source};
use super::strings::unescape;
use super::value;
use super::xlsb::{Fields, Records, compressed};
use super::xlsx::Shared;
use super::xlsx_rows::fits;

const ROW: u16 = 0;
const RK: u16 = 2;
const ERROR: u16 = 3;
const TRUTH: u16 = 4;
const REAL: u16 = 5;
const TEXT: u16 = 6;
const SHARED: u16 = 7;
const FORMULA_TEXT: u16 = 8;
const FORMULA_NUMBER: u16 = 9;
const FORMULA_TRUTH: u16 = 10;
const FORMULA_ERROR: u16 = 11;
/// From here to [`SHORT_SHARED`] the cells that stand right of the one before and do not say so.
const SHORT_BLANK: u16 = 12;
const SHORT_SHARED: u16 = 18;
const COLUMN: u16 = 60;
const RICH_TEXT: u16 = 62;
const BEGIN_ROWS: u16 = 145;
const END_ROWS: u16 = 146;
const FILTERED: u16 = 163;
const MERGE: u16 = 176;

/// The rows of a sheet as they come.
pub(super) struct Rows<'a, 'b> {
    records: Records<'b>,
    parts: &'a Parts<'b>,
    path: &'a str,
    shared: &'a Shared,
    /// A row's header that was read already: its number, and whether it is hidden.
    ahead: Option<(u32, bool)>,
    text: String,
    said: Said,
    fill: (u32, u32),
    done: bool,
}

impl<'a, 'b> Rows<'a, 'b> {
    /// The rows of the sheet in the part at `path`.
    ///
    /// # Errors
    /// Where the part is missing or damaged before its first row.
    pub fn new(parts: &'a Parts<'b>, path: &'a str, shared: &'a Shared) -> Result<Self, Fault> {
        let records = Records::new(parts.part(path)?);
        let mut rows = Rows {
            records,
            parts,
            path,
            shared,
            ahead: None,
            text: String::new(),
            said: Said::default(),
            fill: (0, 0),
            done: false,
        };
        loop {
            match rows.records.next()? {
                Some(BEGIN_ROWS) => break,
                Some(COLUMN) => {
                    let mut body = Fields(rows.records.body());
                    let (first, last) = (body.u32()?, body.u32()?);
                    body.take(8)?;
                    if body.u16()? & 1 == 1 {
                        rows.said.hidden_column(first, last);
                    }
                }
                None => {
                    rows.done = true;
                    break;
                }
                _ => {}
            }
        }
        Ok(rows)
    }

    /// Reads a cell of a row; `column` is that of the cell before, or beyond any.
    fn cell(&mut self, kind: u16, row: u32, column: &mut u32, into: &mut SheetRow) -> Result<(), Fault> {
        let mut body = Fields(self.records.body());
        let short = (SHORT_BLANK..=SHORT_SHARED).contains(&kind);
        *column = if short { column.wrapping_add(1) } else { body.u32()? };
        if *column >= COLUMNS {
            return Err(Fault::OffSheet);
        }
        let style = (body.u32()? & 0x00ff_ffff) as usize;
        let shown = self.shared.shown.get(style).copied().unwrap_or(Shown::Number);
        let since_1904 = self.shared.since_1904;
        self.text.clear();
        let text = &mut self.text;
        match if short { kind - SHORT_BLANK + 1 } else { kind } {
            RK => value::write(text, compressed(body.u32()?), shown, since_1904),
            REAL | FORMULA_NUMBER => value::write(text, body.f64()?, shown, since_1904),
            ERROR | FORMULA_ERROR => text.push_str(value::error(body.u8()?)),
            TRUTH | FORMULA_TRUTH => text.push_str(value::truth(body.u8()? != 0)),
            SHARED => {
                let index = usize::try_from(body.u32()?).map_err(|_| Fault::Damaged)?;
                text.push_str(self.shared.strings.get(index).ok_or(Fault::Damaged)?);
            }
            TEXT | FORMULA_TEXT | RICH_TEXT => {
                if kind == RICH_TEXT {
                    body.u8()?;
                }
                body.text_into(text)?;
                unescape(text, 0);
            }
            _ => {}
        }
        fits(text, row, *column)?;
        into.open().push_str(text);
        into.end(*column);
        Ok(())
    }
}

/// Takes a record that stands below the rows.
fn below(kind: u16, mut body: Fields<'_>, said: &mut Said) -> Result<(), Fault> {
    match kind {
        MERGE => {
            let (top, bottom, left, right) = (body.u32()?, body.u32()?, body.u32()?, body.u32()?);
            said.merge((top, bottom), (left, right));
        }
        FILTERED => said.filtered = true,
        _ => {}
    }
    Ok(())
}

impl Source for Rows<'_, '_> {
    fn row(&mut self, into: &mut SheetRow) -> Result<Option<u32>, Fault> {
        let mut current = self.ahead.take();
        let mut column = u32::MAX;
        while !self.done {
            match self.records.next()? {
                Some(ROW) => {
                    let mut body = Fields(self.records.body());
                    let number = body.u32()?;
                    body.take(7)?;
                    let header = (number, body.u8()? & 0x10 != 0);
                    if number >= ROWS {
                        return Err(Fault::OffSheet);
                    }
                    if current.is_some() {
                        self.ahead = Some(header);
                        break;
                    }
                    current = Some(header);
                }
                Some(kind @ (1..=SHORT_SHARED | RICH_TEXT)) => {
                    let (row, _) = current.ok_or(Fault::Damaged)?;
                    self.cell(kind, row, &mut column, into)?;
                }
                Some(END_ROWS) => {
                    while let Some(kind) = self.records.next()? {
                        below(kind, Fields(self.records.body()), &mut self.said)?;
                    }
                    self.done = true;
                }
                None => return Err(Fault::Damaged),
                _ => {}
            }
        }
        let Some((row, hidden)) = current else { return Ok(None) };
        let cells = u32::try_from(into.len()).unwrap_or(u32::MAX);
        if cells > 0 {
            if hidden {
                self.said.hidden_row(row);
            }
            if self.fill.1 == 0 {
                self.fill.0 = cells;
            }
            self.fill.1 = self.fill.1.max(into.last().map_or(0, |c| c + 1));
        }
        Ok(Some(row))
    }

    fn said(&mut self) -> &mut Said {
        &mut self.said
    }

    /// Merges stand below all rows: see the like of `.xlsx`.
    fn merges(&mut self) -> Result<Vec<Merge>, Fault> {
        if self.done || (self.fill.0 > 1 && self.fill.0 == self.fill.1) {
            return Ok(self.said.merges.clone());
        }
        let mut said = Said::default();
        let mut records = Records::new(self.parts.part(self.path)?);
        while let Some(kind) = records.next()? {
            // What is damaged there is told when it is read in its turn.
            if below(kind, Fields(records.body()), &mut said).is_err() {
                break;
            }
        }
        Ok(said.merges)
    }
}
