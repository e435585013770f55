//! The rows of one sheet of an `.xls` workbook. Its cells may stand in any order: where each begins is noted first.

use super::super::sheet::SheetRow;
use super::biff::{Record, Records};
use super::fault::Fault;
use super::number_format::Shown;
use super::stream::{Said, Source};
use super::value;
use super::xls::Globals;
use super::xlsb::{Fields, compressed};
use super::xlsx_rows::fits;

const FORMULA: u16 = 0x0006;
const EOF: u16 = 0x000a;
const COLUMN: u16 = 0x007d;
const FILTERED: u16 = 0x009b;
const MANY_RK: u16 = 0x00bd;
const RICH_TEXT: u16 = 0x00d6;
const MERGES: u16 = 0x00e5;
const SHARED: u16 = 0x00fd;
const NUMBER: u16 = 0x0203;
const TEXT: u16 = 0x0204;
const TRUTH_OR_ERROR: u16 = 0x0205;
const FORMULA_TEXT: u16 = 0x0207;
const ROW: u16 = 0x0208;
const RK: u16 = 0x027e;
const BOF: u16 = 0x0809;

/// The rows of a sheet as they come.
pub(super) struct Rows<'a> {
    stream: &'a [u8],
    globals: &'a Globals,
    /// Row, first column and place of every record with cells, in the order of rows and columns.
    cells: Vec<(u16, u16, u32)>,
    at: usize,
    /// The hidden rows.
    hidden: Vec<u16>,
    text: String,
    said: Said,
}

impl<'a> Rows<'a> {
    /// The rows of the sheet whose records begin at `place`.
    ///
    /// # Errors
    /// Where its records are damaged, or the stream ends before them.
    pub fn new(stream: &'a [u8], place: usize, globals: &'a Globals) -> Result<Self, Fault> {
        let mut rows = Rows {
            stream,
            globals,
            cells: Vec::new(),
            at: 0,
            hidden: Vec::new(),
            text: String::new(),
            said: Said::default(),
        };
        let mut records = Records::new(stream, place);
        records.next().filter(|r| r.kind == BOF).ok_or(Fault::Damaged)?;
        let mut depth = 1u32;
        loop {
            let place = u32::try_from(records.place()).map_err(|_| Fault::TooBig)?;
            // A sheet that was cut off is not read as if it were whole.
            let record = records.next().ok_or(Fault::Damaged)?;
            match record.kind {
                // Charts on the sheet have records of their own.
                BOF => depth = depth.saturating_add(1),
                EOF => depth -= 1,
                _ if depth == 1 => rows.take(record, place)?,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        if !rows.cells.is_sorted_by_key(|&(row, column, _)| (row, column)) {
            rows.cells.sort_by_key(|&(row, column, _)| (row, column));
        }
        rows.hidden.sort_unstable();
        Ok(rows)
    }

    /// Notes what a record of the sheet says.
    fn take(&mut self, record: Record<'_>, place: u32) -> Result<(), Fault> {
        let mut body = Fields(record.body);
        match record.kind {
            FORMULA | MANY_RK | RICH_TEXT | SHARED | NUMBER | TEXT | TRUTH_OR_ERROR | RK => {
                let (row, column) = (body.u16()?, body.u16()?);
                self.cells.push((row, column, place));
            }
            ROW => {
                let row = body.u16()?;
                body.take(10)?;
                if body.u8()? & 0x20 != 0 {
                    self.hidden.push(row);
                }
            }
            COLUMN => {
                let (first, last) = (body.u16()?, body.u16()?);
                body.take(4)?;
                if body.u16()? & 1 == 1 {
                    self.said.hidden_column(u32::from(first), u32::from(last));
                }
            }
            MERGES => {
                for _ in 0..body.u16()? {
                    let (top, bottom, left, right) = (body.u16()?, body.u16()?, body.u16()?, body.u16()?);
                    self.said.merge((top.into(), bottom.into()), (left.into(), right.into()));
                }
            }
            FILTERED => self.said.filtered = true,
            _ => {}
        }
        Ok(())
    }

    /// Reads the cells of one record into the row.
    fn cell(&mut self, row: u16, column: u16, place: u32, into: &mut SheetRow) -> Result<(), Fault> {
        let mut records = Records::new(self.stream, place as usize);
        let record = records.next().ok_or(Fault::Damaged)?;
        let mut body = Fields(record.body);
        body.take(4)?;
        let globals = self.globals;
        let shown = |style: u16| globals.shown.get(usize::from(style)).copied().unwrap_or(Shown::Number);
        if record.kind == MANY_RK {
            // The last two bytes name the last column.
            let mut column = column;
            while body.0.len() > 2 {
                let (style, bits) = (body.u16()?, body.u32()?);
                value::write(into.open(), compressed(bits), shown(style), globals.since_1904);
                into.end(u32::from(column));
                column = column.checked_add(1).ok_or(Fault::Damaged)?;
            }
            return Ok(());
        }
        let shown = shown(body.u16()?);
        self.text.clear();
        let text = &mut self.text;
        match record.kind {
            RK => value::write(text, compressed(body.u32()?), shown, globals.since_1904),
            NUMBER => value::write(text, body.f64()?, shown, globals.since_1904),
            SHARED => {
                let index = usize::try_from(body.u32()?).map_err(|_| Fault::Damaged)?;
                text.push_str(globals.strings.get(index).ok_or(Fault::Damaged)?);
            }
            TRUTH_OR_ERROR => {
                let (code, error) = (body.u8()?, body.u8()? != 0);
                text.push_str(if error { value::error(code) } else { value::truth(code != 0) });
            }
            FORMULA => {
                let result = body.take(8)?;
                match *result {
                    [0, .., 0xff, 0xff] => formula_text(&mut records, globals, text)?,
                    [1, _, code, .., 0xff, 0xff] => text.push_str(value::truth(code != 0)),
                    [2, _, code, .., 0xff, 0xff] => text.push_str(value::error(code)),
                    [_, .., 0xff, 0xff] => {}
                    _ => value::write(text, Fields(result).f64()?, shown, globals.since_1904),
                }
            }
            _ if globals.texts.unicode => {
                let units = usize::from(body.u16()?);
                records.segments(Record { kind: record.kind, body: body.0 }).text(units, text)?;
            }
            _ => text.push_str(&globals.texts.long(body)?),
        }
        let ends = text.contains('\r');
        if ends {
            *text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        fits(text, u32::from(row), u32::from(column))?;
        into.open().push_str(text);
        into.end(u32::from(column));
        Ok(())
    }
}

/// The text that a formula came to: it stands in a record soon after the formula's.
fn formula_text(records: &mut Records<'_>, globals: &Globals, out: &mut String) -> Result<(), Fault> {
    // Between the two an array, a shared formula or a table may stand.
    for _ in 0..4 {
        let Some(record) = records.next() else { return Err(Fault::Damaged) };
        if record.kind != FORMULA_TEXT {
            continue;
        }
        let mut body = Fields(record.body);
        if globals.texts.unicode {
            let units = usize::from(body.u16()?);
            return records.segments(Record { kind: record.kind, body: body.0 }).text(units, out);
        }
        out.push_str(&globals.texts.long(body)?);
        return Ok(());
    }
    Ok(())
}

impl Source for Rows<'_> {
    fn row(&mut self, into: &mut SheetRow) -> Result<Option<u32>, Fault> {
        let Some(&(row, ..)) = self.cells.get(self.at) else { return Ok(None) };
        while let Some(&(own, column, place)) = self.cells.get(self.at).filter(|(own, ..)| *own == row) {
            self.cell(own, column, place, into)?;
            self.at += 1;
        }
        if into.len() > 0 && self.hidden.binary_search(&row).is_ok() {
            self.said.hidden_row(u32::from(row));
        }
        Ok(Some(u32::from(row)))
    }

    fn said(&mut self) -> &mut Said {
        &mut self.said
    }
}
