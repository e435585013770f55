//! A workbook of any of the four formats, opened.

use super::super::Format;
use super::super::layout::Merge;
use super::super::sheet::SheetRow;
use super::super::sniff::Looks;
use super::fault::Fault;
use super::parts::{Container, Parts};
use super::stream::{Said, Sheet, Source};
use super::{ods, xls, xlsb, xlsx};
use crate::problem::{Place, Problem};

/// An opened workbook.
pub(super) enum Book<'b> {
    Xlsx(Box<xlsx::Book<'b>>),
    Xlsb(Box<xlsb::Book<'b>>),
    Xls(Box<xls::Book>),
    Ods(Box<ods::Book<'b>>),
}

impl<'b> Book<'b> {
    /// Opens a workbook that lies in memory; what all its sheets refer to may take `room` bytes.
    ///
    /// # Errors
    /// Where it is no workbook, is damaged, too big, or protected.
    pub fn open(bytes: &'b [u8], looks: Looks, shown: &str, limit: u64, room: usize) -> Result<Self, Problem> {
        let place = Place::file(shown);
        let fault = |fault: Fault| fault.problem(&place);
        if looks == Looks::Ole {
            return Ok(Book::Xls(Box::new(xls::Book::open(bytes, shown, room)?)));
        }
        let parts = Parts::open(bytes, shown, limit)?;
        match parts.kind(shown)? {
            Container::Xlsx => Ok(Book::Xlsx(Box::new(xlsx::Book::open(parts, room).map_err(fault)?))),
            Container::Xlsb => Ok(Book::Xlsb(Box::new(xlsb::Book::open(parts, room).map_err(fault)?))),
            Container::Ods => Ok(Book::Ods(Box::new(ods::Book::open(parts).map_err(fault)?))),
        }
    }

    /// Its format.
    pub fn format(&self) -> Format {
        match self {
            Book::Xlsx(_) => Format::Xlsx,
            Book::Xlsb(_) => Format::Xlsb,
            Book::Xls(_) => Format::Xls,
            Book::Ods(_) => Format::Ods,
        }
    }

    /// Its sheets, in their order.
    pub fn sheets(&self) -> &[Sheet] {
        match self {
            Book::Xlsx(book) => &book.sheets,
            Book::Xlsb(book) => &book.sheets,
            Book::Xls(book) => &book.sheets,
            Book::Ods(book) => &book.sheets,
        }
    }

    /// How many bytes are taken by what all sheets refer to.
    pub fn taken(&self) -> usize {
        match self {
            Book::Xlsx(book) => book.shared.strings.taken(),
            Book::Xlsb(book) => book.shared.strings.taken(),
            Book::Xls(book) => book.globals.strings.taken() + book.stream_bytes(),
            Book::Ods(_) => 0,
        }
    }

    /// The rows of a sheet.
    ///
    /// # Errors
    /// Where the sheet is damaged at its very beginning.
    pub fn rows(&self, sheet: usize) -> Result<Box<dyn Source + '_>, Fault> {
        Ok(match self {
            Book::Xlsx(book) => Box::new(book.rows(sheet)?),
            Book::Xlsb(book) => Box::new(book.rows(sheet)?),
            Book::Xls(book) => Box::new(book.rows(sheet)?),
            Book::Ods(book) => Box::new(book.rows(sheet)?),
        })
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
