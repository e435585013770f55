//! A workbook of Excel since 2007 (`.xlsx`, `.xlsm`, `.xltx`; Strict Open XML too): its sheets, styles and shared strings.

use std::collections::BTreeMap;
use std::io::Read;

use super::fault::{CELL_CHARACTERS, Fault, SHEETS};
use super::number_format::{self, Shown};
use super::parts::{Part, Parts};
use super::stream::{Kind, Sheet, Visible};
use super::strings::{Strings, unescape};
use super::xlsx_rows::Rows;
use super::xml::{Token, Xml, plain};

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

/// What the cells of every sheet refer to.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub strings: Strings,
    /// How each cell style shows a number.
    pub shown: Vec<Shown>,
    pub since_1904: bool,
    /// Whether the program that wrote it left all calculation to the one that opens it.
    pub uncalculated: bool,
}

/// One line of a part's list of relations.
pub(super) struct Relation {
    /// The last word of its type, such as `worksheet`.
    pub kind: String,
    /// The part that it names.
    pub target: String,
}

impl<'b> Book<'b> {
    /// Reads what every sheet refers to; `room` bytes may be taken.
    ///
    /// # Errors
    /// Where a part is missing, damaged or too big.
    pub fn open(parts: Parts<'b>, room: usize) -> Result<Self, Fault> {
        let package = relations(&parts, "")?;
        let main = package.values().find(|r| r.kind == "officeDocument").map(|r| r.target.clone());
        let main = main.unwrap_or_else(|| "xl/workbook.xml".to_owned());
        let related = relations(&parts, &main)?;
        let mut book = Book { parts, sheets: Vec::new(), paths: Vec::new(), shared: Shared::default() };
        book.list(&main, &related)?;
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
        let mut xml = Xml::new(self.parts.part(main)?)?;
        let (mut listed, mut inside) = (0, false);
        loop {
            match xml.next()? {
                Token::Start(tag) => match tag.name {
                    // Extensions may say something under the same name.
                    b"workbookPr" => self.shared.since_1904 |= tag.is("date1904"),
                    b"calcPr" => self.shared.uncalculated |= tag.is("fullCalcOnLoad"),
                    b"sheets" => inside = !tag.empty,
                    b"sheet" if inside => {
                        listed += 1;
                        if listed > SHEETS {
                            continue;
                        }
                        let name = tag.get("name").unwrap_or_default().into_owned();
                        let visible = match tag.get("state").as_deref() {
                            Some("hidden") => Visible::Hidden,
                            Some("veryHidden") => Visible::VeryHidden,
                            _ => Visible::Yes,
                        };
                        let id = tag.get("id").unwrap_or_default();
                        let relation = related.get(id.as_ref()).ok_or(Fault::Damaged)?;
                        let kind = match relation.kind.as_str() {
                            "worksheet" => Kind::Cells,
                            "chartsheet" => Kind::Chart,
                            "dialogsheet" => Kind::Dialog,
                            _ => Kind::Macros,
                        };
                        let path = relation.target.clone();
                        let pivot = kind == Kind::Cells
                            && relations(&self.parts, &path)?.values().any(|r| r.kind == "pivotTable");
                        self.sheets.push(Sheet { name, kind, visible, pivot, data: None });
                        self.paths.push(path);
                    }
                    _ => {}
                },
                Token::End(b"sheets") => inside = false,
                Token::Done => break,
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

/// What a part is related to, by the names it uses for them; for no part what the package is. Nothing where there is no such list.
pub(super) fn relations(parts: &Parts<'_>, part: &str) -> Result<BTreeMap<String, Relation>, Fault> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let list = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    let mut out = BTreeMap::new();
    if !parts.has(&list) {
        return Ok(out);
    }
    let mut xml = Xml::new(parts.part(&list)?)?;
    loop {
        match xml.next()? {
            Token::Start(tag) if tag.name == b"Relationship" => {
                let get = |name| tag.get(name).unwrap_or_default();
                let kind = get("Type").rsplit('/').next().unwrap_or_default().to_owned();
                if get("TargetMode") != "External" && out.len() < STYLES {
                    out.insert(get("Id").into_owned(), Relation { kind, target: resolve(folder, &get("Target")) });
                }
            }
            Token::Done => return Ok(out),
            _ => {}
        }
    }
}

/// A target as a name in the container: absolute, or relative to a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

/// How each cell style shows a number.
fn styles(part: Part<'_>) -> Result<Vec<Shown>, Fault> {
    let mut xml = Xml::new(part)?;
    let mut formats: BTreeMap<u32, Shown> = BTreeMap::new();
    let mut out = Vec::new();
    let mut inside = false;
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name {
                b"numFmt" => {
                    let id = tag.get("numFmtId").and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, tag.get("formatCode"))
                        && formats.len() < STYLES
                    {
                        formats.insert(id, number_format::of_code(&code));
                    }
                }
                b"cellXfs" => inside = !tag.empty,
                b"xf" if inside && out.len() < STYLES => {
                    let id: u32 = tag.get("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    out.push(formats.get(&id).copied().unwrap_or_else(|| number_format::built_in(id)));
                }
                _ => {}
            },
            Token::End(b"cellXfs") => inside = false,
            Token::Done => return Ok(out),
            _ => {}
        }
    }
}

/// The shared strings; `room` bytes may be taken.
fn strings(part: Part<'_>, room: usize) -> Result<Strings, Fault> {
    let mut xml = Xml::new(part)?;
    let mut out = Strings::new(room);
    loop {
        match xml.next()? {
            Token::Start(tag) if tag.name == b"si" => {
                if !tag.empty {
                    rich_text(&mut xml, b"si", out.open())?;
                    let start = out.start();
                    unescape(out.open(), start);
                }
                out.close()?;
            }
            Token::Done => return Ok(out),
            _ => {}
        }
    }
}

/// Writes the text of an `si` or `is` element: plain, or in runs of different looks; how it is pronounced is left out. Of a text
/// that is longer than a cell may be, enough is written to tell.
pub(super) fn rich_text<R: Read>(xml: &mut Xml<R>, element: &[u8], out: &mut String) -> Result<(), Fault> {
    let begin = out.len();
    loop {
        match xml.next()? {
            Token::Start(tag) if tag.name == b"t" && !tag.empty => {
                let keep = tag.get("xml:space").is_some_and(|space| space == "preserve");
                let start = out.len();
                loop {
                    match xml.next()? {
                        Token::Text(raw) => {
                            if out.len() - begin <= 4 * CELL_CHARACTERS {
                                out.push_str(&plain(raw));
                            }
                        }
                        Token::Verbatim(raw) => {
                            if out.len() - begin <= 4 * CELL_CHARACTERS {
                                out.push_str(&String::from_utf8_lossy(raw));
                            }
                        }
                        Token::Start(tag) if !tag.empty => xml.pass()?,
                        Token::Start(_) => {}
                        Token::End(_) => break,
                        Token::Done => return Err(Fault::Damaged),
                    }
                }
                if !keep {
                    trim(out, start);
                }
            }
            Token::Start(tag) if tag.name == b"rPh" && !tag.empty => xml.pass()?,
            Token::End(name) if name == element => return Ok(()),
            Token::Done => return Err(Fault::Damaged),
            _ => {}
        }
    }
}

/// Takes white space off both ends of what stands from `start` on, as Excel does where it is not told to keep it.
fn trim(out: &mut String, start: usize) {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let Some(tail) = out.get(start..) else { return };
    let kept = tail.trim_end_matches(blank).len();
    out.truncate(start + kept);
    let leading = out.get(start..).map_or(0, |t| t.len() - t.trim_start_matches(blank).len());
    out.replace_range(start..start + leading, "");
}
