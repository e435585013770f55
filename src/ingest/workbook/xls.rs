//! A workbook of Excel 5 to 2003 (`.xls`, `.xlt`): its sheets, styles and shared strings, as records of MS-XLS.

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use super::biff::{Records, Segments};
use super::cfb::Compound;
use super::fault::{Fault, SHEETS};
use super::number_format::{self, Shown};
use super::stream::{Kind, Sheet, Visible};
use super::strings::Strings;
use super::xls_rows::Rows;
use super::xlsb::Fields;
use crate::ingest::sniff::ole_foreign;
use crate::problem::{Place, Problem};

/// An opened workbook.
pub(super) struct Book {
    stream: Vec<u8>,
    pub sheets: Vec<Sheet>,
    /// Where the records of each sheet begin.
    places: Vec<usize>,
    pub globals: Globals,
}

/// What the cells of every sheet refer to.
pub(super) struct Globals {
    pub strings: Strings,
    /// How each cell style shows a number.
    pub shown: Vec<Shown>,
    pub since_1904: bool,
    /// How texts are written that are not in Unicode.
    pub texts: Texts,
}

/// How texts are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts {
    /// Whether in the way of Excel 97 and later.
    pub unicode: bool,
    pub encoding: &'static Encoding,
}

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const DATE_MODE: u16 = 0x0022;
const FILE_PASS: u16 = 0x002f;
const CODE_PAGE: u16 = 0x0042;
const SHEET: u16 = 0x0085;
const STYLE: u16 = 0x00e0;
const SHARED_STRINGS: u16 = 0x00fc;
const FORMAT: u16 = 0x041e;

impl Book {
    /// Opens the workbook in a compound file; `room` bytes may be taken.
    ///
    /// # Errors
    /// Where it is another document of Office, protected, damaged or too big.
    pub fn open(bytes: &[u8], shown: &str, room: usize) -> Result<Self, Problem> {
        let place = Place::file(shown);
        let fault = |fault: Fault| fault.problem(&place);
        let other = |fault: Fault| ole_foreign(bytes, shown).unwrap_or_else(|| fault.problem(&place));
        let file = Compound::open(bytes).map_err(other)?;
        if file.has("EncryptedPackage") {
            return Err(fault(Fault::Password));
        }
        let name = ["Workbook", "Book"].into_iter().find(|name| file.has(name)).ok_or_else(|| other(Fault::Damaged))?;
        let stream = file.stream(name).map_err(fault)?;
        Book::read(stream, room).map_err(fault)
    }

    /// Reads what stands before the sheets.
    fn read(stream: Vec<u8>, room: usize) -> Result<Self, Fault> {
        let mut globals = Globals {
            strings: Strings::new(room),
            shown: Vec::new(),
            since_1904: false,
            texts: Texts { unicode: true, encoding: encoding_rs::WINDOWS_1252 },
        };
        let (mut sheets, mut places) = (Vec::new(), Vec::new());
        let mut formats: BTreeMap<u16, Shown> = BTreeMap::new();
        let mut records = Records::new(&stream, 0);
        let first = records.next().ok_or(Fault::Damaged)?;
        match (first.kind, Fields(first.body).u16().unwrap_or(0)) {
            (BOF, 0x0600) => {}
            (BOF, 0x0500) => globals.texts.unicode = false,
            (0x0009 | 0x0209 | 0x0409, _) => return Err(Fault::Ancient),
            _ => return Err(Fault::Damaged),
        }
        loop {
            let record = records.next().ok_or(Fault::Damaged)?;
            let mut body = Fields(record.body);
            match record.kind {
                EOF => break,
                FILE_PASS => return Err(Fault::Password),
                DATE_MODE => globals.since_1904 = body.u16()? == 1,
                CODE_PAGE => globals.texts.encoding = code_page(body.u16()?),
                FORMAT => {
                    let id = body.u16()?;
                    let code = match globals.texts.unicode {
                        true => globals.texts.long(body)?,
                        false => globals.texts.short(body)?,
                    };
                    formats.insert(id, number_format::of_code(&code));
                }
                STYLE => {
                    body.u16()?;
                    let id = body.u16()?;
                    let shown = formats.get(&id).copied().unwrap_or_else(|| number_format::built_in(u32::from(id)));
                    globals.shown.push(shown);
                }
                SHEET => {
                    if sheets.len() >= SHEETS {
                        return Err(Fault::TooManySheets(SHEETS + 1));
                    }
                    let place = body.u32()?;
                    let visible = match body.u8()? & 3 {
                        0 => Visible::Yes,
                        1 => Visible::Hidden,
                        _ => Visible::VeryHidden,
                    };
                    let kind = match body.u8()? {
                        0 => Kind::Cells,
                        2 => Kind::Chart,
                        _ => Kind::Macros,
                    };
                    let name = globals.texts.short(body)?;
                    sheets.push(Sheet { name, kind, visible, pivot: false, data: None });
                    places.push(usize::try_from(place).map_err(|_| Fault::Damaged)?);
                }
                SHARED_STRINGS => shared_strings(&mut records.segments(record), &mut globals.strings)?,
                _ => {}
            }
        }
        for (sheet, &place) in sheets.iter_mut().zip(&places) {
            if sheet.kind == Kind::Cells {
                let (kind, pivot) = look(&stream, place)?;
                sheet.kind = kind;
                sheet.pivot = pivot;
            }
        }
        Ok(Book { stream, sheets, places, globals })
    }

    /// How many bytes its records take.
    pub fn stream_bytes(&self) -> usize {
        self.stream.len()
    }

    /// The rows of a sheet.
    ///
    /// # Errors
    /// Where its records are damaged.
    pub fn rows(&self, sheet: usize) -> Result<Rows<'_>, Fault> {
        let &place = self.places.get(sheet).ok_or(Fault::Damaged)?;
        Rows::new(&self.stream, place, &self.globals)
    }
}

/// What a sheet is by its own records, and whether it holds a pivot table.
fn look(stream: &[u8], place: usize) -> Result<(Kind, bool), Fault> {
    const SHEET_FLAGS: u16 = 0x0081;
    const PIVOT: u16 = 0x00b0;
    let mut records = Records::new(stream, place);
    let first = records.next().filter(|r| r.kind == BOF).ok_or(Fault::Damaged)?;
    let mut body = Fields(first.body);
    body.u16()?;
    let (mut kind, mut pivot) = match body.u16()? {
        0x0010 => (Kind::Cells, false),
        0x0020 => return Ok((Kind::Chart, false)),
        _ => return Ok((Kind::Macros, false)),
    };
    let mut depth = 1u32;
    while let Some(record) = records.next() {
        match record.kind {
            BOF => depth = depth.saturating_add(1),
            EOF => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            SHEET_FLAGS if depth == 1 && Fields(record.body).u16()? & 0x10 != 0 => kind = Kind::Dialog,
            PIVOT if depth == 1 => pivot = true,
            _ => {}
        }
    }
    Ok((kind, pivot))
}

impl Texts {
    /// A text behind the number of its characters in one byte.
    pub fn short(self, mut body: Fields<'_>) -> Result<String, Fault> {
        let units = usize::from(body.u8()?);
        self.characters(&mut body, units)
    }

    /// A text behind the number of its characters in two bytes.
    pub fn long(self, mut body: Fields<'_>) -> Result<String, Fault> {
        let units = usize::from(body.u16()?);
        self.characters(&mut body, units)
    }

    fn characters(self, body: &mut Fields<'_>, units: usize) -> Result<String, Fault> {
        if !self.unicode {
            return Ok(self.encoding.decode_without_bom_handling(body.take(units)?).0.into_owned());
        }
        let mut out = String::new();
        if body.u8()? & 1 == 1 {
            super::xlsb::utf16_into(body.take(2 * units)?, &mut out);
        } else {
            out.extend(body.take(units)?.iter().map(|&b| char::from(b)));
        }
        Ok(out)
    }
}

/// Reads the shared strings out of their record and those that continue it.
fn shared_strings(segments: &mut Segments<'_>, out: &mut Strings) -> Result<(), Fault> {
    segments.u32()?;
    let strings = segments.u32()?;
    for _ in 0..strings {
        // Fewer strings than were promised: what is missing is missed where a cell asks for it.
        let Ok(units) = segments.u16() else { break };
        segments.text(usize::from(units), out.open())?;
        out.close()?;
    }
    Ok(())
}

/// The encoding of a code page, as Windows numbers them.
fn code_page(page: u16) -> &'static Encoding {
    let label: &str = match page {
        1250 => "windows-1250",
        1251 => "windows-1251",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        874 => "windows-874",
        866 => "ibm866",
        932 => "shift_jis",
        936 => "gbk",
        949 => "euc-kr",
        950 => "big5",
        1200 => "utf-16le",
        10_000 | 32_768 => "macintosh",
        65_001 => "utf-8",
        _ => "windows-1252",
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252)
}
