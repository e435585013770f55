//! A workbook of any of the four formats, opened.

use std::thread::Scope;

use super::super::Format;
use super::super::layout::Merge;
use super::super::sheet::SheetRow;
use super::super::sniff::{Looks, ole_foreign};
use super::fault::Fault;
use super::parts::{Container, Parts};
use super::stream::{Said, Sheet, Source};
use super::xml::{Token, Xml};
use super::{served, xlsx};
use crate::problem::{Place, Problem};

/// An opened workbook.
pub(super) enum Book<'b> {
    Xlsx(Box<xlsx::Book<'b>>),
    Served(served::Book),
}

impl<'b> Book<'b> {
    /// Opens a workbook that lies in memory; what all its sheets refer to may take `room` bytes.
    ///
    /// # Errors
    /// Where it is no workbook, is damaged, too big, or protected.
    pub fn open(
        bytes: &'b [u8],
        looks: Looks,
        shown: &str,
        limit: u64,
        room: usize,
        scope: &'b Scope<'b, '_>,
    ) -> Result<Self, Problem> {
        let place = Place::file(shown);
        let served = |format| served::Book::open(bytes, format, scope).map(Book::Served);
        let opened = if looks == Looks::Ole {
            if let Some(problem) = ole_foreign(bytes, shown) {
                return Err(problem);
            }
            served(Format::Xls)
        } else {
            let parts = Parts::open(bytes, shown, limit)?;
            match parts.kind(shown)? {
                Container::Xlsx => xlsx::Book::open(parts, room).map(|book| Book::Xlsx(Box::new(book))),
                Container::Xlsb => served(Format::Xlsb),
                Container::Ods => content_begins(&parts).and_then(|()| served(Format::Ods)),
            }
        };
        opened.map_err(|fault: Fault| fault.problem(&place))
    }

    /// Its format.
    pub fn format(&self) -> Format {
        match self {
            Book::Xlsx(_) => Format::Xlsx,
            Book::Served(book) => book.format,
        }
    }

    /// Its sheets, in their order.
    pub fn sheets(&self) -> &[Sheet] {
        match self {
            Book::Xlsx(book) => &book.sheets,
            Book::Served(book) => &book.sheets,
        }
    }

    /// How many bytes are taken by what all sheets refer to.
    pub fn taken(&self) -> usize {
        match self {
            Book::Xlsx(book) => book.shared.strings.taken(),
            Book::Served(_) => 0,
        }
    }

    /// The rows of a sheet.
    ///
    /// # Errors
    /// Where the sheet is damaged at its very beginning.
    pub fn rows(&self, sheet: usize) -> Result<Box<dyn Source + '_>, Fault> {
        Ok(match self {
            Book::Xlsx(book) => Box::new(book.rows(sheet)?),
            Book::Served(book) => Box::new(book.rows(sheet)?),
        })
    }
}

/// Whether an OpenDocument spreadsheet begins as one: neither encrypted nor with a DOCTYPE.
fn content_begins(parts: &Parts<'_>) -> Result<(), Fault> {
    const MANIFEST: &str = "META-INF/manifest.xml";
    if parts.has(MANIFEST) {
        let mut xml = Xml::new(parts.part(MANIFEST)?)?;
        loop {
            match xml.next()? {
                Token::Start(tag) if tag.name == b"encryption-data" => return Err(Fault::Password),
                Token::Done => break,
                _ => {}
            }
        }
    }
    let mut xml = Xml::new(parts.part("content.xml")?)?;
    loop {
        match xml.next()? {
            Token::Start(_) => return Ok(()),
            Token::Done => return Err(Fault::Damaged),
            _ => {}
        }
    }
}

impl Source for Box<dyn Source + '_> {
    fn row(&mut self, into: &mut SheetRow) -> Result<Option<u32>, Fault> {
        self.as_mut().row(into)
    }
    fn said(&mut self) -> &mut Said {
        self.as_mut().said()
    }
    fn merges(&mut self) -> Result<Vec<Merge>, Fault> {
        self.as_mut().merges()
    }
}
