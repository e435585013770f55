//! Where a table's header stands and what it says: title rows above it, one header row or two, and the platform that wrote it.

use super::dictionary::blank_text;
use super::export::{self, Found};
use super::read::ReadOptions;
use super::{Part, markup, tail};
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
    pub header_rows: u32,
    /// The first and the last row of the header.
    pub header: (u64, u64),
    /// Index into the preview of the first record below the header.
    pub first: usize,
    pub heads: Vec<Head>,
    /// Whether a column's part is still to be decided by its cells (options, grid rows and comments under one stem).
    pub undecided: bool,
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
    _merges: &[Merge],
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
        let found = plain(preview, 0, 1, "the first row names the columns".to_owned());
        return Ok(resolve(preview, 0, found));
    }
    let forced = match &options.platform {
        None => None,
        Some(name) => Some(export::known(name).ok_or_else(|| unknown_platform(name, place))?),
    };
    if let Some(rows) = options.header_rows {
        return declared(preview, rows as usize, forced, place);
    }
    for start in 0..preview.len().min(PREVIEW / 2) {
        let Some(rest) = preview.get(start..) else { break };
        if !titles_above(preview, start) {
            break;
        }
        match forced {
            Some(name) => {
                if let Some(found) = export::recognise_as(name, rest) {
                    return Ok(resolve(preview, start, found));
                }
            }
            None => {
                if let Some(found) = export::recognise(rest) {
                    return Ok(resolve(preview, start, found));
                }
            }
        }
    }
    if let Some(name) = forced
        && name != "plain"
    {
        return Err(Problem::stops(
            "platform-mismatch",
            Exit::Spec,
            place.clone(),
            format!("reach.toml calls this file an export of {name}, but its header does not look like one"),
        )
        .hint("leave the platform line out of reach.toml to see what reach takes it for"));
    }
    let start = header_start(preview);
    let rest = preview.get(start..).unwrap_or_default();
    let found = match export::options_under_stems(rest) {
        Some(found) => found,
        None => plain(preview, start, 1, "one row names the columns".to_owned()),
    };
    Ok(resolve(preview, start, found))
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

/// The layout with the number of header rows that the spec gives.
fn declared(preview: &[Rec], rows: usize, forced: Option<&'static str>, place: &Place) -> Result<Layout, Problem> {
    let start = header_start(preview);
    if rows == 0 || start + rows > preview.len() {
        return Err(Problem::stops(
            "header-rows",
            Exit::Spec,
            place.clone(),
            format!("reach.toml gives {rows} header rows, which this table does not have"),
        )
        .hint("give the number of rows that name the columns, or leave the line out"));
    }
    let rest = preview.get(start..).unwrap_or_default();
    let reason = format!("reach.toml gives {rows} header rows");
    let mut found = match forced.and_then(|name| export::recognise_as(name, rest)) {
        Some(found) if found.header_rows == rows => found,
        _ if rows == 2 => export::two_rows(rest, "plain", reason.clone()),
        _ => plain(preview, start, rows, reason.clone()),
    };
    found.reason = reason;
    Ok(resolve(preview, start, found))
}

fn resolve(preview: &[Rec], start: usize, found: Found) -> Layout {
    let number = |i: usize| preview.get(i).map_or(1, |r| r.number);
    let first = start + found.header_rows;
    Layout {
        platform: found.platform,
        reason: found.reason,
        titles: start as u64,
        header_rows: u32::try_from(found.header_rows).unwrap_or(1),
        header: (number(start), number(first.saturating_sub(1))),
        first,
        heads: found.heads,
        undecided: found.undecided,
    }
}

/// Headers of `rows` rows: each column has its own cells, a blank one above another cell taking the text to its left.
fn plain(preview: &[Rec], start: usize, rows: usize, reason: String) -> Found {
    let band = preview.get(start..(start + rows).min(preview.len())).unwrap_or_default();
    let width = band.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    let mut heads: Vec<Head> = (0..width).map(|stem| Head { stem, ..Head::default() }).collect();
    for (depth, rec) in band.iter().enumerate() {
        let mut left = String::new();
        for (i, head) in heads.iter_mut().enumerate() {
            let own = tidy(rec.cell(i));
            let below = band.get(depth + 1..).unwrap_or_default().iter().any(|r| !r.cell(i).is_empty());
            if !own.is_empty() {
                left.clone_from(&own);
                head.header.push(own);
            } else if below && !left.is_empty() {
                head.header.push(left.clone());
            }
        }
    }
    for head in &mut heads {
        if head.header.is_empty() {
            head.header.push(String::new());
        }
    }
    Found { platform: "plain", reason, header_rows: rows, heads, undecided: false }
}

/// Whether every record above `start` may be a title: hardly filled against the record at `start`.
fn titles_above(preview: &[Rec], start: usize) -> bool {
    let here = preview.get(start).map_or(0, Rec::fill);
    preview.iter().take(start).all(|r| r.fill() * 2 <= here)
}

/// The index of the first header row in a table of no known platform.
fn header_start(preview: &[Rec]) -> usize {
    let mut fills: Vec<usize> = preview.iter().map(Rec::fill).collect();
    let Some(&top) = fills.first() else { return 0 };
    let by_row = fills.clone();
    fills.sort_unstable();
    let typical = fills.get(fills.len() / 2).copied().unwrap_or(0);
    if typical <= 1 {
        return 0;
    }
    let full = |i: usize| by_row.get(i).is_some_and(|&f| f * 10 >= typical * 9);
    if top >= 2 && top * 2 >= typical {
        // A half-filled first row is a header with gaps, unless a full row of names above typed columns follows at once.
        if top < typical
            && let Some(i) = (1..5).find(|&i| full(i) && names(preview, i) && contrast(preview, i))
            && by_row.iter().take(i).all(|&f| f < typical)
        {
            return i;
        }
        return 0;
    }
    let last = preview.len().min(PREVIEW / 2);
    (1..last)
        .find(|&i| full(i) && names(preview, i))
        .or_else(|| (1..last).find(|&i| full(i)))
        .or_else(|| (1..last).find(|&i| by_row.get(i).is_some_and(|&f| f * 2 >= typical)))
        .unwrap_or(0)
}

/// Whether the cells of a record could be names of columns: texts, or months, hardly a number among them.
fn names(preview: &[Rec], i: usize) -> bool {
    preview.get(i).is_some_and(|rec| {
        let typed = rec.cells.iter().filter(|c| tail::is_typed(c) && export::month_of(c).is_none()).count();
        typed * 5 <= rec.fill()
    })
}

/// Whether some column has a text at `i` and numbers or dates in most records below.
fn contrast(preview: &[Rec], i: usize) -> bool {
    let Some(rec) = preview.get(i) else { return false };
    let below = preview.get(i + 1..).unwrap_or_default();
    (0..rec.cells.len()).any(|c| {
        let cells: Vec<&str> = below.iter().map(|r| r.cell(c)).filter(|t| !t.is_empty()).collect();
        let typed = cells.iter().filter(|t| tail::is_typed(t)).count();
        !rec.cell(c).is_empty() && !tail::is_typed(rec.cell(c)) && !cells.is_empty() && typed * 2 > cells.len()
    })
}
