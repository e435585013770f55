//! A binary workbook of Excel since 2007 (`.xlsb`): its sheets, styles and shared strings, as records of MS-XLSB.

use std::collections::BTreeMap;
use std::io::Read;

use super::fault::{CELL_CHARACTERS, Fault, SHEETS};
use super::number_format::{self, Shown};
use super::parts::{Part, Parts};
use super::stream::{Kind, Sheet, Visible};
use super::strings::{Strings, unescape};
use super::xlsb_rows::Rows;
use super::xlsx::{Relation, Shared, relations};

/// The longest record whose content is looked at; longer ones are passed over.
const RECORD: usize = 1 << 20;

/// The most styles and formats that are kept.
const STYLES: usize = 1 << 17;

/// An opened workbook.
pub(super) struct Book<'b> {
    parts: Parts<'b>,
    pub sheets: Vec<Sheet>,
    /// The part of each sheet.
    paths: Vec<String>,
    pub shared: Shared,
}

impl<'b> Book<'b> {
    /// Reads what every sheet refers to; `room` bytes may be taken.
    ///
    /// # Errors
    /// Where a part is missing, damaged or too big.
    pub fn open(parts: Parts<'b>, room: usize) -> Result<Self, Fault> {
        const MAIN: &str = "xl/workbook.bin";
        let related = relations(&parts, MAIN)?;
        let mut book = Book { parts, sheets: Vec::new(), paths: Vec::new(), shared: Shared::default() };
        book.list(MAIN, &related)?;
        let part = |kind: &str| related.values().find(|r| r.kind == kind).map(|r| r.target.as_str());
        if let Some(path) = part("styles").filter(|path| book.parts.has(path)) {
            book.shared.shown = styles(book.parts.part(path)?)?;
        }
        if let Some(path) = part("sharedStrings").filter(|path| book.parts.has(path)) {
            book.shared.strings = strings(book.parts.part(path)?, room)?;
        }
        Ok(book)
    }

    /// Lists the sheets that `main` names.
    fn list(&mut self, main: &str, related: &BTreeMap<String, Relation>) -> Result<(), Fault> {
        let mut records = Records::new(self.parts.part(main)?);
        let mut listed = 0;
        while let Some(kind) = records.next()? {
            let mut body = Fields(records.body());
            match kind {
                WORKBOOK_PROPERTIES => self.shared.since_1904 = body.u32()? & 1 == 1,
                SHEET => {
                    listed += 1;
                    if listed > SHEETS {
                        continue;
                    }
                    let visible = match body.u32()? {
                        0 => Visible::Yes,
                        1 => Visible::Hidden,
                        _ => Visible::VeryHidden,
                    };
                    body.u32()?;
                    let (id, name) = (body.text()?, body.text()?);
                    let relation = related.get(&id).ok_or(Fault::Damaged)?;
                    let kind = match relation.kind.as_str() {
                        "worksheet" => Kind::Cells,
                        "chartsheet" => Kind::Chart,
                        "dialogsheet" => Kind::Dialog,
                        _ => Kind::Macros,
                    };
                    let path = relation.target.clone();
                    let pivot =
                        kind == Kind::Cells && relations(&self.parts, &path)?.values().any(|r| r.kind == "pivotTable");
                    self.sheets.push(Sheet { name, kind, visible, pivot, data: None });
                    self.paths.push(path);
                }
                _ => {}
            }
        }
        if listed > SHEETS { Err(Fault::TooManySheets(listed)) } else { Ok(()) }
    }

    /// The rows of a sheet.
    ///
    /// # Errors
    /// Where its part is missing or damaged.
    pub fn rows(&self, sheet: usize) -> Result<Rows<'_, 'b>, Fault> {
        let path = self.paths.get(sheet).ok_or(Fault::Damaged)?;
        Rows::new(&self.parts, path, &self.shared)
    }
}

const FORMAT: u16 = 44;
const STYLE: u16 = 47;
const WORKBOOK_PROPERTIES: u16 = 153;
const SHEET: u16 = 156;
const SHARED_STRING: u16 = 19;
const BEGIN_CELL_STYLES: u16 = 617;
const END_CELL_STYLES: u16 = 618;

/// How each cell style shows a number.
fn styles(part: Part<'_>) -> Result<Vec<Shown>, Fault> {
    let mut records = Records::new(part);
    let mut formats: BTreeMap<u16, Shown> = BTreeMap::new();
    let mut out = Vec::new();
    let mut inside = false;
    while let Some(kind) = records.next()? {
        let mut body = Fields(records.body());
        match kind {
            FORMAT if formats.len() < STYLES => {
                let id = body.u16()?;
                formats.insert(id, number_format::of_code(&body.text()?));
            }
            BEGIN_CELL_STYLES => inside = true,
            END_CELL_STYLES => inside = false,
            STYLE if inside && out.len() < STYLES => {
                body.u16()?;
                let id = body.u16()?;
                out.push(formats.get(&id).copied().unwrap_or_else(|| number_format::built_in(u32::from(id))));
            }
            _ => {}
        }
    }
    Ok(out)
}

/// The shared strings; `room` bytes may be taken.
fn strings(part: Part<'_>, room: usize) -> Result<Strings, Fault> {
    let mut records = Records::new(part);
    let mut out = Strings::new(room);
    while let Some(kind) = records.next()? {
        if kind == SHARED_STRING {
            let mut body = Fields(records.body());
            body.u8()?;
            let start = out.start();
            body.text_into(out.open())?;
            unescape(out.open(), start);
            out.close()?;
        }
    }
    Ok(out)
}

/// The records of a part, one after another.
pub(super) struct Records<'b> {
    part: std::io::BufReader<Part<'b>>,
    body: Vec<u8>,
}

impl<'b> Records<'b> {
    /// The records of a part from its start.
    pub fn new(part: Part<'b>) -> Self {
        Records { part: std::io::BufReader::with_capacity(1 << 16, part), body: Vec::new() }
    }

    /// The number of the next record's type; none at the end.
    ///
    /// # Errors
    /// Where the part ends inside a record.
    pub fn next(&mut self) -> Result<Option<u16>, Fault> {
        let Some(low) = self.byte()? else { return Ok(None) };
        let mut kind = u16::from(low);
        if low & 0x80 != 0 {
            kind = u16::from(low & 0x7f) | u16::from(self.byte()?.ok_or(Fault::Damaged)? & 0x7f) << 7;
        }
        let mut size = 0usize;
        for step in 0..4 {
            let byte = self.byte()?.ok_or(Fault::Damaged)?;
            size |= usize::from(byte & 0x7f) << (7 * step);
            if byte & 0x80 == 0 {
                break;
            }
        }
        self.body.clear();
        let kept = size.min(RECORD);
        let n = self.part.by_ref().take(kept as u64).read_to_end(&mut self.body)?;
        let mut over = (size - kept) as u64;
        let passed = std::io::copy(&mut self.part.by_ref().take(over), &mut std::io::sink())?;
        over -= passed;
        if n < kept || over > 0 { Err(Fault::Damaged) } else { Ok(Some(kind)) }
    }

    fn byte(&mut self) -> Result<Option<u8>, Fault> {
        let mut one = [0u8];
        Ok(if self.part.read(&mut one)? == 0 { None } else { Some(one[0]) })
    }

    /// The content of the record that was just given; of a very long one its beginning.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// The fields of a record, one after another.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    /// So many bytes.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], Fault> {
        let (head, tail) = self.0.split_at_checked(n).ok_or(Fault::Damaged)?;
        self.0 = tail;
        Ok(head)
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.take(N)?.try_into().map_err(|_| Fault::Damaged)
    }
    pub fn u8(&mut self) -> Result<u8, Fault> {
        Ok(u8::from_le_bytes(self.array()?))
    }
    pub fn u16(&mut self) -> Result<u16, Fault> {
        Ok(u16::from_le_bytes(self.array()?))
    }
    pub fn u32(&mut self) -> Result<u32, Fault> {
        Ok(u32::from_le_bytes(self.array()?))
    }
    pub fn f64(&mut self) -> Result<f64, Fault> {
        Ok(f64::from_le_bytes(self.array()?))
    }
    /// A text: the number of its UTF-16 units, and they. Where there is none, the number is the greatest.
    pub fn text(&mut self) -> Result<String, Fault> {
        let mut out = String::new();
        self.text_into(&mut out)?;
        Ok(out)
    }
    /// [`Fields::text`], written at the end of `out`; of one that is longer than a cell may be enough to tell.
    pub fn text_into(&mut self, out: &mut String) -> Result<(), Fault> {
        let units = self.u32()?;
        if units == u32::MAX {
            return Ok(());
        }
        let units = usize::try_from(units).map_err(|_| Fault::Damaged)?;
        let bytes = match self.take(units.checked_mul(2).ok_or(Fault::Damaged)?) {
            Ok(bytes) => bytes,
            // The record is longer than what is kept of it.
            Err(_) if units > CELL_CHARACTERS && self.0.len() > 2 * CELL_CHARACTERS => self.take(self.0.len())?,
            Err(fault) => return Err(fault),
        };
        utf16_into(bytes.get(..bytes.len().min(4 * CELL_CHARACTERS + 4)).unwrap_or(bytes), out);
        Ok(())
    }
}

/// Writes UTF-16 (little end first) at the end of `out`.
pub(super) fn utf16_into(bytes: &[u8], out: &mut String) {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// The number that 32 bits stand for: a whole one or the upper half of a float, perhaps in hundredths.
pub(super) fn compressed(bits: u32) -> f64 {
    let value = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from((bits as i32) >> 2),
    };
    if bits & 1 == 1 { value / 100.0 } else { value }
}
