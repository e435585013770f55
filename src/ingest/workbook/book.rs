//! A workbook of any of the four formats, opened.

use super::super::Format;
use super::super::layout::Merge;
use super::super::sheet::SheetRow;
use super::super::sniff::{Looks, refuse};
use super::fault::Fault;
use super::parts::{Container, Parts};
use super::stream::{Said, Sheet, Source};
use super::xlsx;
use crate::problem::{Place, Problem};

/// An opened workbook.
pub(super) enum Book<'b> {
    Xlsx(Box<xlsx::Book<'b>>),
}

impl<'b> Book<'b> {
    /// Opens a workbook that lies in memory; what all its sheets refer to may take `room` bytes.
    ///
    /// # Errors
    /// Where it is no workbook, is damaged, too big, or protected.
    pub fn open(bytes: &'b [u8], looks: Looks, shown: &str, limit: u64, room: usize) -> Result<Self, Problem> {
        let place = Place::file(shown);
        let fault = |fault: Fault| fault.problem(&place);
        let parts = Parts::open(bytes, shown, limit)?;
        match parts.kind(shown)? {
            Container::Xlsx => Ok(Book::Xlsx(Box::new(xlsx::Book::open(parts, room).map_err(fault)?))),
            Container::Xlsb => Err(refuse(shown, "a binary Excel workbook (.xlsb)", "open it and save it as .xlsx")),
            Container::Ods => Err(refuse(shown, "an OpenDocument file (.ods)", "open it and save it as .xlsx")),
        }
    }

    /// Its format.
    pub fn format(&self) -> Format {
        match self {
            Book::Xlsx(_) => Format::Xlsx,
        }
    }

    /// Its sheets, in their order.
    pub fn sheets(&self) -> &[Sheet] {
        match self {
            Book::Xlsx(book) => &book.sheets,
        }
    }

    /// How many bytes are taken by what all sheets refer to.
    pub fn taken(&self) -> usize {
        match self {
            Book::Xlsx(book) => book.shared.strings.taken(),
        }
    }

    /// The rows of a sheet.
    ///
    /// # Errors
    /// Where the sheet is damaged at its very beginning.
    pub fn rows(&self, sheet: usize) -> Result<Box<dyn Source + '_>, Fault> {
        Ok(match self {
            Book::Xlsx(book) => Box::new(book.rows(sheet)?),
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
