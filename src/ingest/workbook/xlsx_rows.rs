//! The rows of one sheet of an `.xlsx` workbook, read once from top to bottom.

use std::io::Read;

use super::super::layout::Merge;
use super::super::sheet::SheetRow;
use super::fault::{CELL_CHARACTERS, COLUMNS, Fault, ROWS};
use super::number_format::Shown;
use super::parts::{Part, Parts};
use super::stream::{Said, Source};
use super::strings::unescape;
use super::value;
use super::xlsx::{Shared, rich_text};
use super::xml::{Tag, Token, Xml, plain};

/// The rows of a sheet as they come.
pub(super) struct Rows<'a, 'b> {
    xml: Xml<Part<'b>>,
    parts: &'a Parts<'b>,
    path: &'a str,
    shared: &'a Shared,
    /// The number of the next row that does not say its own.
    next: u32,
    /// What stands in the cell that is being read.
    value: String,
    said: Said,
    /// Of the first row that has cells: how many, and of all rows so far: the greatest number.
    fill: (u32, u32),
    done: bool,
}

/// What a cell says it holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Number,
    Shared,
    Text,
    Inline,
    Truth,
    Error,
    Date,
}

/// A cell's start tag, read.
struct Cell {
    column: Option<u32>,
    /// The row that its address names, from 0.
    row: Option<u32>,
    style: usize,
    holds: Holds,
    empty: bool,
}

impl Cell {
    #[inline]
    fn of(tag: &Tag<'_>) -> Result<Self, Fault> {
        let mut cell = Cell { column: None, row: None, style: 0, holds: Holds::Number, empty: tag.empty };
        for (name, value) in tag.attributes() {
            match name {
                b"r" => {
                    let (row, column) = address(value).ok_or(Fault::OffSheet)?;
                    (cell.row, cell.column) = (Some(row), Some(column));
                }
                b"s" => cell.style = digits(value).unwrap_or(0) as usize,
                b"t" => {
                    cell.holds = match value {
                        b"s" => Holds::Shared,
                        b"str" => Holds::Text,
                        b"inlineStr" | b"is" => Holds::Inline,
                        b"b" => Holds::Truth,
                        b"e" => Holds::Error,
                        b"d" => Holds::Date,
                        _ => Holds::Number,
                    }
                }
                _ => {}
            }
        }
        Ok(cell)
    }
}

/// A number of digits alone.
#[inline]
fn digits(text: &[u8]) -> Option<u32> {
    let mut n = 0u32;
    for &b in text {
        n = n.checked_mul(10)?.checked_add(u32::from(b.wrapping_sub(b'0')))?;
        if !b.is_ascii_digit() {
            return None;
        }
    }
    (!text.is_empty()).then_some(n)
}

/// Row and column, from 0, of an address such as `B12`; none of one outside the greatest sheet.
#[inline]
fn address(text: &[u8]) -> Option<(u32, u32)> {
    let mut column = 0u32;
    let mut at = 0;
    while let Some(letter) = text.get(at).map(u8::to_ascii_uppercase).filter(u8::is_ascii_uppercase) {
        column = column.checked_mul(26)?.checked_add(u32::from(letter - b'A') + 1)?;
        at += 1;
    }
    let row = digits(text.get(at..)?)?;
    ((1..=COLUMNS).contains(&column) && (1..=ROWS).contains(&row)).then(|| (row - 1, column - 1))
}

/// Rows and columns of a range such as `A1:B2`.
pub(super) fn range(text: &str) -> Option<((u32, u32), (u32, u32))> {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let (top, left) = address(first.trim().as_bytes())?;
    let (bottom, right) = address(last.trim().as_bytes())?;
    Some(((top, bottom), (left, right)))
}

impl<'a, 'b> Rows<'a, 'b> {
    /// The rows of the sheet in the part at `path`.
    ///
    /// # Errors
    /// Where the part is missing or damaged before its first row.
    pub fn new(parts: &'a Parts<'b>, path: &'a str, shared: &'a Shared) -> Result<Self, Fault> {
        let mut rows = Rows {
            xml: Xml::new(parts.part(path)?)?,
            parts,
            path,
            shared,
            next: 0,
            value: String::new(),
            said: Said::default(),
            fill: (0, 0),
            done: false,
        };
        loop {
            match rows.xml.next()? {
                Token::Start(tag) if tag.name == b"sheetData" => {
                    rows.done = tag.empty;
                    break;
                }
                Token::Start(tag) if tag.name == b"col" && tag.is("hidden") => {
                    let number =
                        |name| tag.get(name).and_then(|n| n.parse::<u32>().ok()).and_then(|n| n.checked_sub(1));
                    if let (Some(first), Some(last)) = (number("min"), number("max")) {
                        rows.said.hidden_column(first, last);
                    }
                }
                Token::Done => {
                    rows.done = true;
                    break;
                }
                _ => {}
            }
        }
        Ok(rows)
    }

    /// Reads what stands below the rows.
    fn below(&mut self) -> Result<(), Fault> {
        let mut said = std::mem::take(&mut self.said);
        let read = below(&mut self.xml, &mut said);
        self.said = said;
        self.done = true;
        read
    }

    /// Reads a cell into the row; its start tag was just given.
    #[inline]
    fn cell(&mut self, cell: &Cell, row: u32, column: u32, into: &mut SheetRow) -> Result<(), Fault> {
        self.value.clear();
        let mut formula = false;
        loop {
            match self.xml.next()? {
                Token::Start(tag) => match tag.name {
                    b"v" if tag.empty => {}
                    b"v" if cell.holds == Holds::Inline => self.xml.pass()?,
                    b"v" => self.text(row, column)?,
                    b"f" => {
                        formula = true;
                        if !tag.empty {
                            self.xml.pass()?;
                        }
                    }
                    b"is" if !tag.empty => rich_text(&mut self.xml, b"is", &mut self.value)?,
                    _ if !tag.empty => self.xml.pass()?,
                    _ => {}
                },
                Token::End(b"c") => break,
                Token::Done => return Err(Fault::Damaged),
                _ => {}
            }
        }
        if formula {
            let zero = self.value == "0" && self.shared.uncalculated;
            if zero || (self.value.is_empty() && !matches!(cell.holds, Holds::Text | Holds::Inline)) {
                self.said.no_result(row, column);
            }
        }
        if self.value.is_empty() {
            return Ok(());
        }
        match cell.holds {
            Holds::Shared => {
                let index = digits(self.value.trim().as_bytes()).ok_or(Fault::Damaged)?;
                let text = self.shared.strings.get(index as usize).ok_or(Fault::Damaged)?;
                fits(text, row, column)?;
                into.open().push_str(text);
            }
            Holds::Number => {
                let shown = self.shared.shown.get(cell.style).copied().unwrap_or(Shown::Number);
                value::write_digits(into.open(), &self.value, shown, self.shared.since_1904);
            }
            Holds::Text | Holds::Inline => {
                unescape(&mut self.value, 0);
                fits(&self.value, row, column)?;
                into.open().push_str(&self.value);
            }
            Holds::Truth => into.open().push_str(match self.value.trim() {
                "1" | "true" | "TRUE" | "True" => value::truth(true),
                "0" | "false" | "FALSE" | "False" => value::truth(false),
                other => other,
            }),
            Holds::Error => into.open().push_str(self.value.trim()),
            Holds::Date => into.open().push_str(value::iso_moment(&self.value)),
        }
        into.end(column);
        if into.is_full() { Err(Fault::TooBig) } else { Ok(()) }
    }

    /// Reads the text of a `v` element to its end.
    #[inline]
    fn text(&mut self, row: u32, column: u32) -> Result<(), Fault> {
        loop {
            match self.xml.next()? {
                Token::Text(raw) => match std::str::from_utf8(raw) {
                    Ok(text) if !raw.contains(&b'&') => self.value.push_str(text),
                    _ => self.value.push_str(&plain(raw)),
                },
                Token::Verbatim(raw) => self.value.push_str(&String::from_utf8_lossy(raw)),
                Token::End(_) => return Ok(()),
                Token::Start(tag) if !tag.empty => self.xml.pass()?,
                Token::Start(_) => {}
                Token::Done => return Err(Fault::Damaged),
            }
            if self.value.len() > 8 * CELL_CHARACTERS {
                return Err(Fault::LongCell(row, column));
            }
        }
    }
}

/// Whether a text fits into a cell.
#[inline]
pub(super) fn fits(text: &str, row: u32, column: u32) -> Result<(), Fault> {
    if text.len() > CELL_CHARACTERS && text.chars().count() > CELL_CHARACTERS {
        return Err(Fault::LongCell(row, column));
    }
    Ok(())
}

/// Reads what stands below the rows of a sheet: merged cells and filters.
fn below<R: Read>(xml: &mut Xml<R>, said: &mut Said) -> Result<(), Fault> {
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name {
                b"mergeCell" => {
                    if let Some((rows, columns)) = tag.get("ref").and_then(|text| range(&text)) {
                        said.merge(rows, columns);
                    }
                }
                b"filterColumn" => said.filtered = true,
                _ => {}
            },
            Token::Done => return Ok(()),
            _ => {}
        }
    }
}

impl Source for Rows<'_, '_> {
    fn row(&mut self, into: &mut SheetRow) -> Result<Option<u32>, Fault> {
        let (row, hidden) = loop {
            if self.done {
                return Ok(None);
            }
            match self.xml.next()? {
                Token::Start(tag) if tag.name == b"row" => {
                    let (mut row, mut hidden) = (self.next, false);
                    for (name, value) in tag.attributes() {
                        match name {
                            b"r" => row = digits(value).and_then(|n| n.checked_sub(1)).ok_or(Fault::Damaged)?,
                            b"hidden" => hidden = matches!(value, b"1" | b"true"),
                            _ => {}
                        }
                    }
                    self.next = row.saturating_add(1);
                    if !tag.empty {
                        break (row, hidden);
                    }
                }
                Token::End(b"sheetData") => self.below()?,
                Token::Done => return Err(Fault::Damaged),
                _ => {}
            }
        };
        if row >= ROWS {
            return Err(Fault::OffSheet);
        }
        let mut column = 0u32;
        loop {
            match self.xml.next()? {
                Token::Start(tag) if tag.name == b"c" => {
                    let cell = Cell::of(&tag)?;
                    if cell.row.is_some_and(|own| own != row) {
                        return Err(Fault::Damaged);
                    }
                    column = cell.column.unwrap_or(column);
                    if column >= COLUMNS {
                        return Err(Fault::OffSheet);
                    }
                    if !cell.empty {
                        self.cell(&cell, row, column, into)?;
                    }
                    column += 1;
                }
                Token::Start(tag) if !tag.empty => self.xml.pass()?,
                Token::End(b"row") => break,
                Token::Done => return Err(Fault::Damaged),
                _ => {}
            }
        }
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

    /// Merges stand below all rows. Where the first row that says something fills every column, no header is merged, and they can
    /// wait; elsewhere the sheet's part is unpacked once more, to its end.
    fn merges(&mut self) -> Result<Vec<Merge>, Fault> {
        if self.done || (self.fill.0 > 1 && self.fill.0 == self.fill.1) {
            return Ok(self.said.merges.clone());
        }
        let mut said = Said::default();
        let tail = after_rows(self.parts.part(self.path)?)?;
        // What follows the last row is read again in its turn, where it matters if it is damaged.
        let _ = Xml::new(tail.as_slice()).and_then(|mut xml| below(&mut xml, &mut said));
        Ok(said.merges)
    }
}

/// What stands behind the end of the rows, without reading them.
fn after_rows(mut part: Part<'_>) -> Result<Vec<u8>, Fault> {
    const NEEDLE: &[u8] = b"sheetData>";
    const MOST: usize = 16 << 20;
    let mut tail: Vec<u8> = Vec::new();
    let mut chunk = vec![0u8; 1 << 16];
    let mut within = false;
    loop {
        let n = part.read(&mut chunk)?;
        if n == 0 {
            return Ok(if within { tail } else { Vec::new() });
        }
        let from = tail.len().saturating_sub(NEEDLE.len());
        tail.extend_from_slice(chunk.get(..n).unwrap_or_default());
        if let Some(at) = memchr::memmem::rfind(tail.get(from..).unwrap_or_default(), NEEDLE) {
            tail.drain(..from + at + NEEDLE.len());
            within = true;
        } else if !within || tail.len() > MOST {
            within = false;
            let keep = tail.len().min(NEEDLE.len());
            tail.drain(..tail.len() - keep);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("A1", Some((0, 0))),
            ("b12", Some((11, 1))),
            ("XFD1048576", Some((1_048_575, 16_383))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("A", None),
            ("12", None),
            ("ZZZZZZZZZZ1", None),
            ("A99999999999", None),
            ("A1x", None),
        ] {
            assert_eq!(address(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(range("A1:C3"), Some(((0, 2), (0, 2))));
    }
}
