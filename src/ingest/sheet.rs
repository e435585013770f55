//! The tables of one sheet of a workbook, whatever its format: rows come as a stream, and are kept as they come.

use super::Table;
use super::held::{self, Held, Ranged};
use super::layout::{self, Merge, PREVIEW, Rec};
use super::read::ReadOptions;
use super::table::Rows;
use crate::exit::Exit;
use crate::problem::{Place, Problem, Problems};

/// The most bytes of text that a row may have.
const ROW: usize = 16 << 20;

/// One row of a sheet: its number from 1, and its cells that are not blank, by column from 0. Used again for every row.
#[derive(Debug, Default)]
pub(super) struct SheetRow {
    pub number: u64,
    /// A column, and where its text ends in `text`.
    cells: Vec<(u32, usize)>,
    text: String,
}

impl SheetRow {
    /// Takes all cells away.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.text.clear();
    }

    /// Appends a cell right of the others.
    pub fn push(&mut self, column: u32, text: &str) {
        self.text.push_str(text);
        self.cells.push((column, self.text.len()));
    }

    /// The place where the text of the next cell is written, to be ended by [`SheetRow::end`].
    pub fn open(&mut self) -> &mut String {
        &mut self.text
    }

    /// Where the text of the cell that is being written begins.
    pub fn start(&self) -> usize {
        self.cells.last().map_or(0, |&(_, end)| end)
    }

    /// Ends the cell whose text was written; a cell without a text is none.
    pub fn end(&mut self, column: u32) {
        if self.text.len() > self.start() {
            self.cells.push((column, self.text.len()));
        }
    }

    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether its texts together are longer than those of any row that somebody would read.
    pub fn is_full(&self) -> bool {
        self.text.len() > ROW
    }

    /// The rightmost cell's column.
    pub fn last(&self) -> Option<u32> {
        self.cells.iter().map(|&(column, _)| column).max()
    }

    /// Brings the cells into the order of their columns; of two cells at one column the first stays.
    pub fn settle(&mut self) {
        if self.cells.is_sorted_by(|a, b| a.0 < b.0) {
            return;
        }
        let mut cells: Vec<(u32, String)> = self.cells().map(|(column, text)| (column, text.to_owned())).collect();
        cells.sort_by_key(|&(column, _)| column);
        cells.dedup_by_key(|&mut (column, _)| column);
        self.clear();
        for (column, text) in &cells {
            self.push(*column, text);
        }
    }

    /// Its cells by column.
    pub fn cells(&self) -> impl Iterator<Item = (u32, &str)> {
        let mut start = 0;
        self.cells.iter().map(move |&(column, end)| {
            let text = self.text.get(start..end).unwrap_or_default();
            start = end;
            (column, text)
        })
    }
}

/// The rows of a sheet from top to bottom.
pub(super) trait SheetRows {
    /// The next row that says something, in `row`; `false` at the sheet's end.
    ///
    /// # Errors
    /// Where the sheet cannot be read on.
    fn next(&mut self, row: &mut SheetRow) -> Result<bool, Problem>;

    /// How many bytes the tables of this sheet may take.
    fn room(&self) -> u64;

    /// The merged cells that begin in the rows given so far, or in more; asked for once, after the first rows.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn merges(&mut self) -> Result<Vec<Merge>, Problem>;
}

/// Reads the tables of a sheet.
///
/// # Errors
/// Where the sheet cannot be read, is empty, too big, or does not fit what the spec says of it.
pub(super) fn tables(
    stream: &mut impl SheetRows,
    name: &str,
    place: &Place,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Vec<Table>, Problem> {
    let Some(range) = options.range else { return all(stream, name, place, options, problems) };
    let mut narrowed = Ranged { stream, range, whole: SheetRow::default() };
    let mut out = all(&mut narrowed, name, place, options, problems)?;
    out.iter_mut().for_each(|table| held::shift(table, range.columns.0 as usize));
    Ok(out)
}

/// Reads the tables among all rows of a stream.
fn all(
    stream: &mut impl SheetRows,
    name: &str,
    place: &Place,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Vec<Table>, Problem> {
    let mut records: Vec<Rec> = Vec::new();
    let mut row = SheetRow::default();
    let (mut cells, mut bytes, mut done) = (0, 0u64, false);
    while !done && (records.len() < PREVIEW || held::has_room(&records, cells)) {
        done = !stream.next(&mut row)?;
        if !done {
            let rec = Rec { number: row.number, cells: dense(row.cells()) };
            cells += rec.cells.len();
            // The first rows are kept twice until the layout is known.
            bytes += (row.text.len() + rec.cells.len() * size_of::<String>()) as u64;
            if bytes > stream.room() / 4 {
                return Err(too_big(place, row.number));
            }
            records.push(rec);
        }
    }
    if records.is_empty() {
        let hint = match options.range {
            Some(range) => format!("no cell of {range} says anything: mend the range in reach.toml"),
            None => "name the sheet with the data in reach.toml".to_owned(),
        };
        return Err(Problem::stops("sheet-empty", Exit::Data, place.clone(), "the sheet is empty").hint(hint));
    }
    let merges = stream.merges()?;
    let preview = records.get(..PREVIEW.min(records.len())).unwrap_or_default();
    let layout = layout::decide(preview, &merges, options, place)?;
    // Of a long sheet the first rows tell alone.
    let seen = if done { records.as_slice() } else { &[] };
    let held = Held { records: seen, merges: &merges, all: 0 };
    let several = held::several(&held, &layout, Some(name), place, options, problems)?;
    if !several.is_empty() {
        return Ok(several);
    }
    let (first, mut last) = (layout.first, layout.header.1);
    let band = u64::from(layout.header_rows) + layout.titles;
    let above = options.range.map_or(0, |range| range.rows.0 - 1);
    let mut rows = Rows::new(layout, records.len());
    rows.blank(last.saturating_sub(above).saturating_sub(band));
    for rec in records.iter().skip(first) {
        let cells =
            (0u32..).zip(&rec.cells).map(|(column, text)| (column, text.as_str())).filter(|(_, t)| !t.is_empty());
        take(&mut rows, (rec.number, &mut last), cells, stream.room(), place)?;
    }
    drop(records);
    while stream.next(&mut row)? {
        take(&mut rows, (row.number, &mut last), row.cells(), stream.room(), place)?;
    }
    Ok(vec![rows.finish(Some(name.to_owned()), place, options, problems)])
}

/// Takes a row of `number` below that of `last`; the table may take `room` bytes.
fn take<'t>(
    rows: &mut Rows,
    (number, last): (u64, &mut u64),
    cells: impl Iterator<Item = (u32, &'t str)>,
    room: u64,
    place: &Place,
) -> Result<(), Problem> {
    rows.blank(number.saturating_sub(*last + 1));
    *last = number;
    // A sparse sheet is filled up with blanks, and one text may stand in many columns: a small file could ask for much memory.
    if !rows.sparse(number, cells) || rows.taken() > room {
        return Err(too_big(place, number));
    }
    Ok(())
}

fn too_big(place: &Place, row: u64) -> Problem {
    let message = "the table has more cells than reach can hold";
    Problem::stops("table-too-big", Exit::Data, place.clone().row(row), message)
        .hint("delete the stray cells far to the right of the table, and save it again")
}

/// Cells at their positions as a row with empty texts between; of two cells at one position the first.
fn dense<'t>(cells: impl Iterator<Item = (u32, &'t str)>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (position, text) in cells {
        let position = position as usize;
        if position >= out.len() && position <= layout::COLUMNS {
            out.resize(position, String::new());
            out.push(text.to_owned());
        }
    }
    out
}
