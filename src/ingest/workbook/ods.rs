//! An OpenDocument spreadsheet (`.ods`): its sheets, listed in one pass over its content; and their rows, in a second.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::fault::{Fault, SHEETS};
use super::ods_rows::Rows;
use super::parts::{Part, Parts};
use super::stream::{Kind, Sheet, Source, Visible};
use super::xml::{Token, Xml};
use crate::ingest::dictionary::blank_text;
use crate::ingest::sheet::SheetRow;

/// The most styles that are kept.
const STYLES: usize = 1 << 16;

/// An opened spreadsheet.
pub(super) struct Book<'b> {
    parts: Parts<'b>,
    pub sheets: Vec<Sheet>,
    /// The content where the last sheet was left, and how many tables began before: the next sheet need not start from the top.
    left: RefCell<Option<(Content<'b>, usize)>>,
}

/// The content that is being read.
pub(super) type Content<'b> = Xml<Part<'b>>;

const CONTENT: &str = "content.xml";

impl<'b> Book<'b> {
    /// Lists the sheets.
    ///
    /// # Errors
    /// Where the content is missing, damaged, too big or encrypted.
    pub fn open(parts: Parts<'b>) -> Result<Self, Fault> {
        if encrypted(&parts)? {
            return Err(Fault::Password);
        }
        let mut content = Xml::new(parts.part(CONTENT)?)?;
        let mut hidden = BTreeSet::new();
        let mut sheets: Vec<Sheet> = Vec::new();
        let mut row = SheetRow::default();
        while let Some((name, style)) = next_table(&mut content, &mut hidden)? {
            if sheets.len() >= SHEETS {
                return Err(Fault::TooManySheets(SHEETS + 1));
            }
            let mut rows = Rows::new(content, None);
            let mut data = false;
            loop {
                row.clear();
                if rows.row(&mut row)?.is_none() {
                    break;
                }
                if row.cells().any(|(_, text)| !blank_text(text)) {
                    data = true;
                    rows.skim()?;
                    break;
                }
            }
            let chart = !data && rows.has_chart();
            let visible = if hidden.contains(&style) { Visible::Hidden } else { Visible::Yes };
            let kind = if chart { Kind::Chart } else { Kind::Cells };
            sheets.push(Sheet { name, kind, visible, pivot: false, data: Some(data) });
            content = rows.into_content().ok_or(Fault::Damaged)?;
        }
        Ok(Book { parts, sheets, left: RefCell::new(None) })
    }

    /// The rows of a sheet.
    ///
    /// # Errors
    /// Where the content is damaged before it.
    pub fn rows(&self, sheet: usize) -> Result<Rows<'_, 'b>, Fault> {
        let (mut content, mut at) = match self.left.take() {
            Some((content, at)) if at <= sheet => (content, at),
            _ => (Xml::new(self.parts.part(CONTENT)?)?, 0),
        };
        let mut hidden = BTreeSet::new();
        while let Some((name, _)) = next_table(&mut content, &mut hidden)? {
            if at == sheet {
                if self.sheets.get(sheet).is_none_or(|s| s.name != name) {
                    return Err(Fault::Damaged);
                }
                return Ok(Rows::new(content, Some((&self.left, sheet + 1))));
            }
            at += 1;
        }
        Err(Fault::Damaged)
    }
}

/// Whether the container says that its content is encrypted.
fn encrypted(parts: &Parts<'_>) -> Result<bool, Fault> {
    const MANIFEST: &str = "META-INF/manifest.xml";
    if !parts.has(MANIFEST) {
        return Ok(false);
    }
    let mut xml = Xml::new(parts.part(MANIFEST)?)?;
    loop {
        match xml.next()? {
            Token::Start(tag) if tag.name == b"encryption-data" => return Ok(true),
            Token::Done => return Ok(false),
            _ => {}
        }
    }
}

/// The name and style of the next sheet, having read its start tag; `hidden` takes the styles of hidden sheets that stand before it.
fn next_table(content: &mut Content<'_>, hidden: &mut BTreeSet<String>) -> Result<Option<(String, String)>, Fault> {
    let mut style = None;
    loop {
        match content.next()? {
            Token::Start(tag) => match tag.name {
                b"table" if !tag.empty => {
                    let get = |name| tag.get(name).unwrap_or_default().into_owned();
                    return Ok(Some((get("table:name"), get("table:style-name"))));
                }
                b"style" => style = tag.get("style:name").map(|name| name.into_owned()),
                b"table-properties" if tag.get("table:display").is_some_and(|shown| shown == "false") => {
                    if let Some(style) = style.take().filter(|_| hidden.len() < STYLES) {
                        hidden.insert(style);
                    }
                }
                // Tables in here are no sheets.
                b"tracked-changes" | b"dde-links" if !tag.empty => content.pass()?,
                _ => {}
            },
            Token::Done => return Ok(None),
            _ => {}
        }
    }
}
