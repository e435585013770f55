//! What the header of a table says of its columns, and the platform that wrote it; where it stands is found by `band`.

use super::band::{self, Band};
use super::dictionary::blank_text;
use super::export::{self, Found};
use super::read::ReadOptions;
use super::{Part, furniture, letters, markup};
use crate::exit::Exit;
use crate::problem::{Place, Problem};

/// A record at the top of a table, before its layout is known. Blank records are left out, but counted in the numbers.
pub(super) struct Rec {
    /// The row as a spreadsheet program numbers it, from 1.
    pub number: u64,
    pub cells: Vec<String>,
}

impl Rec {
    /// How many cells say something.
    pub fn fill(&self) -> usize {
        self.cells.iter().filter(|c| !blank_text(c)).count()
    }
    /// A cell's text, trimmed; of a cell that it lacks, none.
    pub fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", |c| trimmed(c))
    }
    /// How many cells it has up to the last that says something.
    pub fn width(&self) -> usize {
        self.cells.iter().rposition(|c| !blank_text(c)).map_or(0, |i| i + 1)
    }
}

/// Merged cells of a sheet: rows from 1 as [`Rec::number`], columns from 0, both ends inside. The text stands in the upper left cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merge {
    pub rows: (u64, u64),
    pub columns: (u32, u32),
}

/// How many records that are not blank are looked at before the layout is decided.
pub(super) const PREVIEW: usize = 60;

/// The most columns a table may have: as many as a sheet of Excel.
pub(super) const COLUMNS: usize = 16_384;

/// What the header says of one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub header: Vec<String>,
    pub code: Option<String>,
    pub system: Option<&'static str>,
    pub sent: bool,
    pub part: Part,
    /// Whether every text of it stands in another column, from where merged cells reach over it.
    pub borrowed: bool,
    /// Which stem it stands under: the position of the stem's first column.
    pub stem: usize,
}

impl Head {
    /// A column under one header, at `stem`.
    pub fn plain(header: String, stem: usize) -> Self {
        Head { header: vec![header], stem, ..Head::default() }
    }
}

/// The layout of one table.
#[derive(Clone)]
pub(super) struct Layout {
    pub platform: &'static str,
    pub reason: String,
    /// Records above the header that are not blank.
    pub titles: u64,
    /// Their texts, and the texts of the header's own records, by which they are known again further down.
    pub title_texts: Vec<String>,
    pub band: Vec<Vec<String>>,
    pub header_rows: u32,
    /// The first and the last row of the header; without a header the last is the one above the first row.
    pub header: (u64, u64),
    /// Index into the preview of the first record below the header.
    pub first: usize,
    pub heads: Vec<Head>,
    /// Whether a column's part is still to be decided by its cells (options, grid rows and comments under one stem).
    pub undecided: bool,
    /// Merged cells below the header that reach over most of the table.
    pub wide: Vec<Merge>,
    /// Whether the spec gives the number of header rows.
    pub declared: bool,
}

/// A header or label as people read it: without HTML tags and entities, without the white space around it, runs of white space
/// inside it as one space.
pub(super) fn tidy(text: &str) -> String {
    trimmed(&markup::plain(trimmed(text))).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\0'))
}

/// Decides the layout from the records at the top of a table.
///
/// # Errors
/// [`Exit::Spec`] where the spec's platform or number of header rows does not fit; [`Exit::Data`] for too many columns.
pub(super) fn decide(
    preview: &[Rec],
    merges: &[Merge],
    options: &ReadOptions,
    place: &Place,
) -> Result<Layout, Problem> {
    if preview.iter().any(|r| r.width() > COLUMNS) {
        return Err(Problem::stops(
            "too-many-columns",
            Exit::Data,
            place.clone(),
            format!("the table has more than {COLUMNS} columns"),
        )
        .hint("check the file's separators, and export it again with fewer columns"));
    }
    if options.form {
        let band = Band { start: 0, rows: 1, reason: "the first row names the columns".to_owned() };
        return Ok(resolve(preview, &[], &band, plain(preview, &[], &band)));
    }
    let forced = match &options.platform {
        None => None,
        Some(name) => Some(export::known(name).ok_or_else(|| unknown_platform(name, place))?),
    };
    if let Some(rows) = options.header_rows {
        return declared(preview, merges, rows as usize, forced, place);
    }
    for start in 0..preview.len().min(PREVIEW / 2) {
        let Some(rest) = preview.get(start..) else { break };
        if !band::titles_above(preview, start) {
            break;
        }
        let found = match forced {
            Some(name) => export::recognise_as(name, rest),
            None => export::recognise(rest, place.sheet.as_deref()),
        };
        if let Some(found) = found {
            return Ok(recognised(preview, merges, start, found));
        }
    }
    if let Some(name) = forced
        && name != "plain"
    {
        let start = band::find(preview, merges).start;
        if let Some(found) = export::forced(name, preview.get(start..).unwrap_or_default()) {
            return Ok(recognised(preview, merges, start, found));
        }
        return Err(Problem::stops(
            "platform-mismatch",
            Exit::Spec,
            place.clone(),
            format!("reach.toml calls this file an export of {name}, but its header does not look like one"),
        )
        .hint("leave the platform line out of reach.toml to see what reach takes it for"));
    }
    let bottom = band::bottom(preview, merges);
    if let Some(found) = export::options_under_stems(preview.get(bottom..).unwrap_or_default()) {
        return Ok(recognised(preview, merges, bottom, found));
    }
    let band = band::find(preview, merges);
    Ok(resolve(preview, merges, &band, plain(preview, merges, &band)))
}

fn unknown_platform(name: &str, place: &Place) -> Problem {
    Problem::stops(
        "platform-unknown",
        Exit::Spec,
        place.clone(),
        format!("reach does not know the platform \"{name}\""),
    )
    .hint(format!("use one of {}, or leave the line out", export::names().join(", ")))
}

/// The layout of a platform that was recognised at `start`.
fn recognised(preview: &[Rec], merges: &[Merge], start: usize, found: Found) -> Layout {
    let mut band = Band { start, rows: found.header_rows, reason: found.reason.clone() };
    if found.platform == "months" && found.header_rows == 1 {
        // Years above the months, quarters below them.
        let around = band::around(preview, merges, start);
        if around.rows > 1 {
            band = Band { reason: format!("{}; {}", found.reason, around.reason), ..around };
            let heads = plain(preview, merges, &band).heads;
            return resolve(preview, merges, &band, Found { heads, header_rows: band.rows, ..found });
        }
    }
    resolve(preview, merges, &band, found)
}

/// The layout with the number of header rows that the spec gives.
fn declared(
    preview: &[Rec],
    merges: &[Merge],
    rows: usize,
    forced: Option<&'static str>,
    place: &Place,
) -> Result<Layout, Problem> {
    let found = band::find(preview, merges);
    // Where more are found than there are to be, the last of them count; where fewer, what stands right above joins them.
    let bottom = found.start + found.rows.max(1);
    let start = if rows == 0 { found.start } else { bottom.saturating_sub(rows).max(found.start.saturating_sub(rows)) };
    let start = if found.rows == 1 && rows > 1 && !joins(preview, found.start) { found.start } else { start };
    if start + rows > preview.len() {
        return Err(Problem::stops(
            "header-rows",
            Exit::Spec,
            place.clone(),
            format!("reach.toml gives {rows} header rows, which this table does not have"),
        )
        .hint("give the number of rows that name the columns, or leave the line out"));
    }
    let rest = preview.get(start..).unwrap_or_default();
    let reason = match rows {
        1 => "reach.toml gives 1 header row".to_owned(),
        _ => format!("reach.toml gives {rows} header rows"),
    };
    let band = Band { start, rows, reason: reason.clone() };
    let mut found = match forced.and_then(|name| export::recognise_as(name, rest)) {
        Some(found) if found.header_rows == rows => found,
        _ if rows == 2 => export::two_rows(rest, "plain", reason.clone()),
        _ => plain(preview, merges, &band),
    };
    found.reason = reason;
    Ok(Layout { declared: true, ..resolve(preview, merges, &band, found) })
}

/// Whether the record above `at` may belong to the same header: it has more than one text.
fn joins(preview: &[Rec], at: usize) -> bool {
    at.checked_sub(1).and_then(|above| preview.get(above)).is_some_and(|r| r.fill() > 1)
}

fn resolve(preview: &[Rec], merges: &[Merge], band: &Band, found: Found) -> Layout {
    let number = |i: usize| preview.get(i).map_or(1, |r| r.number);
    let first = band.start + found.header_rows;
    let own = preview.get(band.start..first).unwrap_or_default();
    let last = match own.last() {
        None => number(band.start).saturating_sub(1),
        // What merged cells of the header reach over is header as well, up to the first row below.
        Some(rec) => {
            let reach = merges.iter().filter(|m| (number(band.start)..=rec.number).contains(&m.rows.0));
            let below = preview.get(first).map_or(u64::MAX, |r| r.number);
            reach.map(|m| m.rows.1).filter(|&r| r < below && r <= rec.number + 8).fold(rec.number, u64::max)
        }
    };
    // Rows without a text of their own, which merged cells make part of the header.
    let bridged = (number(band.start)..=last)
        .filter(|&row| !own.is_empty() && own.iter().all(|r| r.number != row))
        .filter(|&row| merges.iter().any(|m| (number(band.start)..=row).contains(&m.rows.0) && m.rows.1 >= row))
        .count() as u64;
    let width = found.heads.len();
    let texts = |r: &Rec| (0..r.cells.len()).map(|i| tidy(r.cell(i))).collect::<Vec<_>>();
    Layout {
        platform: found.platform,
        reason: found.reason,
        titles: band.start as u64,
        title_texts: preview.iter().take(band.start).flat_map(texts).filter(|t| !t.is_empty()).collect(),
        band: own.iter().map(texts).collect(),
        header_rows: u32::try_from(own.len() as u64 + bridged).unwrap_or(1),
        header: (number(band.start), last),
        first,
        heads: found.heads,
        undecided: found.undecided,
        wide: furniture::wide(merges, last, width),
        declared: false,
    }
}

/// The columns under a header without a platform.
fn plain(preview: &[Rec], merges: &[Merge], band: &Band) -> Found {
    let rows = preview.get(band.start..(band.start + band.rows).min(preview.len())).unwrap_or_default();
    let heads =
        if rows.is_empty() { unnamed(preview.get(band.start..).unwrap_or_default()) } else { filled(rows, merges) };
    let months = heads.iter().filter(|head| export::month_of_headers(&head.header).is_some()).count();
    let named = heads.iter().filter(|head| head.header.iter().any(|h| !h.is_empty())).count();
    let platform = if months >= 3 && months * 2 >= named { "months" } else { "plain" };
    Found { platform, reason: band.reason.clone(), header_rows: rows.len(), heads, undecided: false }
}

/// Columns that nothing names, called by their letters.
fn unnamed(rows: &[Rec]) -> Vec<Head> {
    let width = rows.iter().map(Rec::width).max().unwrap_or(0);
    (0..width).map(|i| Head::plain(format!("Column {}", letters(i as u32)), i)).collect()
}

/// Headers of one or more rows: each column has its own cells, and what merged cells, or a text left of a blank cell that has
/// another below it, say of it.
fn filled(rows: &[Rec], merges: &[Merge]) -> Vec<Head> {
    let reach = |rec: &Rec| {
        let merged =
            merges.iter().filter(|m| (m.rows.0..=m.rows.1).contains(&rec.number)).map(|m| m.columns.1 as usize + 1);
        merged.fold(rec.cells.len(), usize::max).min(COLUMNS)
    };
    let width = rows.iter().map(reach).max().unwrap_or(0);
    let mut heads: Vec<Head> = (0..width).map(|stem| Head { stem, borrowed: true, ..Head::default() }).collect();
    for (depth, rec) in rows.iter().enumerate() {
        let below = |i: usize| rows.get(depth + 1..).unwrap_or_default().iter().any(|r| !r.cell(i).is_empty());
        let mut left = String::new();
        for (i, head) in heads.iter_mut().enumerate() {
            let own = tidy(rec.cell(i));
            let merge = band::merge_at(merges, rec.number, i).filter(|m| m.columns.1 > m.columns.0);
            if !own.is_empty() {
                // A text with nothing below it is a column's own, not its neighbours'.
                left = if merge.is_none() && below(i) { own.clone() } else { String::new() };
                head.header.push(own);
                head.borrowed = false;
            } else if let Some(merge) = merge {
                left.clear();
                let text = tidy(rec.cell(merge.columns.0 as usize));
                if merge.rows.0 == rec.number && !text.is_empty() {
                    head.header.push(text);
                }
            } else if below(i) && !left.is_empty() {
                head.header.push(left.clone());
            }
        }
    }
    for head in &mut heads {
        if head.header.is_empty() {
            head.header.push(String::new());
            head.borrowed = false;
        }
        // The same label over and under is one.
        head.header.dedup();
    }
    heads
}
