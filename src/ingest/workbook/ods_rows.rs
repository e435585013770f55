//! The rows of one sheet of an OpenDocument spreadsheet: repeated rows and cells are unrolled, values come from their attributes.

use std::cell::RefCell;

use super::fault::{CELL_CHARACTERS, COLUMNS, Fault, ROWS};
use super::number_format::Shown;
use super::ods::Content;
use super::stream::{Said, Source};
use super::value;
use super::xlsx_rows::fits;
use super::xml::{Tag, Token, plain};
use crate::ingest::sheet::SheetRow;

/// Where the content is put when a sheet was read, for the next.
type Left<'a, 'b> = (&'a RefCell<Option<(Content<'b>, usize)>>, usize);

/// The rows of a sheet as they come.
pub(super) struct Rows<'a, 'b> {
    /// There until the sheet is given back.
    content: Option<Content<'b>>,
    left: Option<Left<'a, 'b>>,
    /// The number of the next row.
    next: u32,
    /// How many columns were described.
    described: u32,
    /// A row that stands several times, and how many times more.
    again: (SheetRow, u32),
    /// The text of the cell that is being read.
    text: String,
    said: Said,
    chart: bool,
    done: bool,
}

/// What a cell's start tag says.
#[derive(Default)]
struct Cell {
    repeated: u32,
    spanned: (u32, u32),
    kind: Kind,
    /// The value that stands in an attribute.
    value: Option<String>,
    formula: bool,
    empty: bool,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Untyped,
    Number,
    Percent,
    Moment,
    Duration,
    Truth,
    Text,
    Error,
}

impl Cell {
    fn of(tag: &Tag<'_>) -> Self {
        let mut cell = Cell { repeated: 1, spanned: (1, 1), empty: tag.empty, ..Cell::default() };
        let count =
            |raw: &[u8]| plain(raw).trim().parse::<u64>().map_or(1, |n| u32::try_from(n.max(1)).unwrap_or(u32::MAX));
        for (name, raw) in tag.attributes() {
            match name {
                b"table:number-columns-repeated" => cell.repeated = count(raw),
                b"table:number-rows-spanned" => cell.spanned.0 = count(raw),
                b"table:number-columns-spanned" => cell.spanned.1 = count(raw),
                b"table:formula" => cell.formula = true,
                b"calcext:value-type" if raw == b"error" => cell.kind = Kind::Error,
                b"office:value-type" if cell.kind != Kind::Error => {
                    cell.kind = match raw {
                        b"float" | b"currency" => Kind::Number,
                        b"percentage" => Kind::Percent,
                        b"date" => Kind::Moment,
                        b"time" => Kind::Duration,
                        b"boolean" => Kind::Truth,
                        b"string" => Kind::Text,
                        _ => Kind::Untyped,
                    }
                }
                b"office:value"
                | b"office:date-value"
                | b"office:time-value"
                | b"office:boolean-value"
                | b"office:string-value" => cell.value = Some(plain(raw).into_owned()),
                _ => {}
            }
        }
        cell
    }

    /// Writes the cell's text, where its paragraphs say `text`.
    fn write(&self, text: &str, out: &mut String) {
        match (self.kind, self.value.as_deref()) {
            (Kind::Number, Some(value)) => value::write_digits(out, value, Shown::Number, false),
            (Kind::Percent, Some(value)) => value::write_digits(out, value, Shown::Percent, false),
            (Kind::Moment, Some(value)) => out.push_str(value::iso_moment(value)),
            (Kind::Duration, Some(value)) => match value::iso_duration(value) {
                Some(duration) => out.push_str(&duration),
                None => out.push_str(value),
            },
            (Kind::Truth, Some(value)) => out.push_str(value::truth(value.trim() == "true")),
            (Kind::Text, Some(value)) if text.is_empty() => out.push_str(value),
            // LibreOffice numbers the errors that Excel does not know.
            (Kind::Error, _) if !text.starts_with('#') => out.push_str("#VALUE!"),
            _ => out.push_str(text),
        }
    }
}

impl<'a, 'b> Rows<'a, 'b> {
    /// The rows of the sheet whose start tag was just read.
    pub fn new(content: Content<'b>, left: Option<Left<'a, 'b>>) -> Self {
        Rows {
            content: Some(content),
            left,
            next: 0,
            described: 0,
            again: (SheetRow::default(), 0),
            text: String::new(),
            said: Said::default(),
            chart: false,
            done: false,
        }
    }

    /// The content, from where it was read to.
    pub fn into_content(mut self) -> Option<Content<'b>> {
        self.content.take()
    }

    /// Whether a chart or another object stands on the sheet.
    pub fn has_chart(&self) -> bool {
        self.chart
    }

    fn content(&mut self) -> Result<&mut Content<'b>, Fault> {
        self.content.as_mut().ok_or(Fault::Damaged)
    }

    /// Passes over what is left of the sheet.
    ///
    /// # Errors
    /// Where the content ends before.
    pub fn skim(&mut self) -> Result<(), Fault> {
        while !self.done {
            match self.content()?.next()? {
                Token::Start(tag) if is_aside(&tag) => self.content()?.pass()?,
                Token::End(b"table") => self.done = true,
                Token::Done => return Err(Fault::Damaged),
                _ => {}
            }
        }
        Ok(())
    }

    /// Passes over what stands beside the cells, looking for a chart.
    fn aside(&mut self) -> Result<(), Fault> {
        let mut depth = 1u32;
        while depth > 0 {
            let mut chart = false;
            match self.content()?.next()? {
                Token::Start(tag) => {
                    chart = tag.name == b"object";
                    depth = depth.saturating_add(u32::from(!tag.empty));
                }
                Token::End(_) => depth -= 1,
                Token::Done => return Err(Fault::Damaged),
                _ => {}
            }
            self.chart |= chart;
        }
        Ok(())
    }

    /// Reads the cells of a row whose start tag was just given.
    fn cells(&mut self, row: u32, into: &mut SheetRow) -> Result<(), Fault> {
        let mut column = 0u32;
        loop {
            let cell = match self.content()?.next()? {
                Token::Start(tag) if matches!(tag.name, b"table-cell" | b"covered-table-cell") => Cell::of(&tag),
                Token::Start(tag) if !tag.empty => {
                    self.content()?.pass()?;
                    continue;
                }
                Token::End(b"table-row") => return Ok(()),
                Token::Done => return Err(Fault::Damaged),
                _ => continue,
            };
            self.text.clear();
            if !cell.empty {
                self.paragraphs(row, column)?;
            }
            let start = into.start();
            cell.write(&self.text, into.open());
            let written = into.open().get(start..).unwrap_or_default();
            fits(written, row, column)?;
            if written.is_empty() {
                if cell.formula && cell.kind != Kind::Text {
                    self.said.no_result(row, column);
                }
                column = column.saturating_add(cell.repeated);
                continue;
            }
            if cell.repeated > COLUMNS || column >= COLUMNS {
                return Err(Fault::OffSheet);
            }
            let copy = if cell.repeated > 1 { written.to_owned() } else { String::new() };
            into.end(column);
            for more in 1..cell.repeated {
                into.push(column.saturating_add(more), &copy);
            }
            let last = |from: u32, n: u32| from.saturating_add(n - 1);
            self.said.merge((row, last(row, cell.spanned.0)), (column, last(column, cell.spanned.1)));
            column = column.saturating_add(cell.repeated);
        }
    }

    /// Reads the paragraphs of a cell to its end: one line each, without notes and drawings.
    fn paragraphs(&mut self, row: u32, column: u32) -> Result<(), Fault> {
        let Rows { content, text, .. } = self;
        let content = content.as_mut().ok_or(Fault::Damaged)?;
        // How deep inside a paragraph; whether white space is to be left out.
        let (mut depth, mut any, mut space) = (0u32, false, true);
        loop {
            match content.next()? {
                Token::Start(tag) if depth == 0 => {
                    if tag.name == b"p" {
                        if any {
                            text.push('\n');
                        }
                        any = true;
                        space = true;
                        depth = u32::from(!tag.empty);
                    } else if !tag.empty {
                        content.pass()?;
                    }
                }
                Token::Start(tag) => match tag.name {
                    b"s" => {
                        let n = tag.get("text:c").and_then(|n| n.parse::<usize>().ok()).unwrap_or(1);
                        text.extend(std::iter::repeat_n(' ', n.min(CELL_CHARACTERS + 1)));
                        depth += u32::from(!tag.empty);
                    }
                    b"tab" | b"line-break" => {
                        text.push(if tag.name == b"tab" { '\t' } else { '\n' });
                        depth += u32::from(!tag.empty);
                    }
                    b"annotation" | b"note" | b"frame" if !tag.empty => content.pass()?,
                    _ => depth = depth.saturating_add(u32::from(!tag.empty)),
                },
                Token::End(_) if depth == 0 => return Ok(()),
                Token::End(_) => depth -= 1,
                Token::Text(raw) if depth > 0 => {
                    for c in plain(raw).chars() {
                        let white = matches!(c, ' ' | '\t' | '\n' | '\r');
                        if !white {
                            text.push(c);
                        } else if !space {
                            text.push(' ');
                        }
                        space = white;
                    }
                }
                Token::Verbatim(raw) if depth > 0 => text.push_str(&String::from_utf8_lossy(raw)),
                Token::Done => return Err(Fault::Damaged),
                _ => {}
            }
            if text.len() > 8 * CELL_CHARACTERS {
                return Err(Fault::LongCell(row, column));
            }
        }
    }

    /// Takes a description of columns.
    fn columns(&mut self, tag: &Described) {
        let first = self.described;
        self.described = self.described.saturating_add(tag.repeated);
        if tag.hidden && first < COLUMNS {
            self.said.hidden_column(first, self.described.saturating_sub(1));
        }
    }
}

/// What the start tag of a row or of columns says.
struct Described {
    repeated: u32,
    hidden: bool,
    filtered: bool,
    empty: bool,
}

impl Described {
    fn of(tag: &Tag<'_>) -> Self {
        let count = |name| tag.get(name).and_then(|n| n.trim().parse::<u64>().ok());
        let repeated =
            count("table:number-rows-repeated").or_else(|| count("table:number-columns-repeated")).unwrap_or(1);
        let visibility = tag.get("table:visibility").unwrap_or_default();
        Described {
            repeated: u32::try_from(repeated.max(1)).unwrap_or(u32::MAX),
            hidden: matches!(visibility.as_ref(), "collapse" | "filter"),
            filtered: visibility == "filter",
            empty: tag.empty,
        }
    }
}

/// Whether an element of a sheet stands beside its cells: drawings, forms, other people's tables.
fn is_aside(tag: &Tag<'_>) -> bool {
    !tag.empty && matches!(tag.name, b"shapes" | b"forms" | b"tracked-changes" | b"table-source" | b"cell-range-source")
}

impl Source for Rows<'_, '_> {
    fn row(&mut self, into: &mut SheetRow) -> Result<Option<u32>, Fault> {
        let (row, left) = &mut self.again;
        if *left > 0 {
            *left -= 1;
            for (column, text) in row.cells() {
                into.push(column, text);
            }
            self.next = self.next.saturating_add(1);
            return Ok(Some(self.next - 1));
        }
        loop {
            if self.done {
                return Ok(None);
            }
            let described = match self.content()?.next()? {
                Token::Start(tag) if tag.name == b"table-row" => Described::of(&tag),
                Token::Start(tag) if tag.name == b"table-column" => {
                    let described = Described::of(&tag);
                    self.columns(&described);
                    continue;
                }
                Token::Start(tag) if is_aside(&tag) => {
                    self.aside()?;
                    continue;
                }
                Token::End(b"table") => {
                    self.done = true;
                    continue;
                }
                Token::Done => return Err(Fault::Damaged),
                _ => continue,
            };
            let number = self.next;
            if !described.empty {
                self.cells(number, into)?;
            }
            if into.len() == 0 {
                self.next = self.next.saturating_add(described.repeated);
                continue;
            }
            if number.checked_add(described.repeated).is_none_or(|end| end > ROWS) {
                return Err(Fault::OffSheet);
            }
            if described.hidden {
                self.said.hidden_row(number);
                self.said.filtered |= described.filtered;
            }
            if described.repeated > 1 {
                self.again.0.clear();
                for (column, text) in into.cells() {
                    self.again.0.push(column, text);
                }
                self.again.1 = described.repeated - 1;
            }
            self.next += 1;
            return Ok(Some(number));
        }
    }

    fn said(&mut self) -> &mut Said {
        &mut self.said
    }
}

impl Drop for Rows<'_, '_> {
    fn drop(&mut self) {
        if let (Some(content), Some((left, at))) = (self.content.take(), self.left.take()) {
            left.replace(Some((content, at)));
        }
    }
}
