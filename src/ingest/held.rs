//! Tables out of records that are held: one of several on a sheet or in a text file, or the cells of a range.

use super::Table;
use super::blocks::{self, Block, HELD, HELD_CELLS};
use super::layout::{self, Layout, Merge, PREVIEW, Rec};
use super::range::Range;
use super::read::{ReadOptions, Sheets};
use super::sheet::{SheetRow, SheetRows};
use super::table::Rows;
use crate::problem::{Place, Problem, Problems};

/// The records of a sheet or a text, as far as they are held.
pub(super) struct Held<'a> {
    pub records: &'a [Rec],
    pub merges: &'a [Merge],
    /// How many records there are in all, blank ones counted; 0 where that is not known.
    pub all: u64,
}

/// The tables among held records, where there are several or the spec asks for one of them; else nothing, and the records are one
/// table.
///
/// # Errors
/// Where the spec must say which table is meant, or names one that is not there.
pub(super) fn several(
    held: &Held<'_>,
    layout: &Layout,
    sheet: Option<&str>,
    place: &Place,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Vec<Table>, Problem> {
    let plain = matches!(layout.platform, "plain" | "months") && options.range.is_none() && !options.form;
    let blocks = if plain { blocks::find(held.records) } else { Vec::new() };
    let chosen = blocks::choose(&blocks, options, place)?;
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    for index in chosen {
        let Some(block) = blocks.get(index) else { continue };
        // What stands above it in its columns belongs to the table above.
        let above = blocks.iter().filter(|b| b.columns == block.columns && b.records.1 < block.records.0);
        let above = above.filter_map(|b| held.records.get(b.records.1)).map(|r| r.number).max().unwrap_or(0);
        let lowest = blocks.iter().all(|b| b.columns != block.columns || b.records.1 <= block.records.1);
        let end = if lowest { held.all } else { 0 };
        match one(held, block, (above, end), sheet, place, options, problems) {
            Ok(mut table) => {
                table.nth = u32::try_from(index + 1).ok();
                out.push(table);
            }
            Err(problem) if options.sheets == Sheets::All => problems.push(problem),
            Err(problem) => return Err(problem),
        }
    }
    Ok(out)
}

/// Reads one block: below the record `above`, and down to the record `end` where that is known.
fn one(
    held: &Held<'_>,
    block: &Block,
    (above, end): (u64, u64),
    sheet: Option<&str>,
    place: &Place,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Table, Problem> {
    let (records, merges) = blocks::cut(held.records, held.merges, block);
    let preview = records.get(..PREVIEW.min(records.len())).unwrap_or_default();
    let layout = layout::decide(preview, &merges, options, place)?;
    let (first, mut last) = (layout.first, layout.header.1);
    let band = u64::from(layout.header_rows) + layout.titles;
    let mut rows = Rows::new(layout, records.len());
    rows.blank(last.saturating_sub(above).saturating_sub(band));
    for rec in records.iter().skip(first) {
        rows.blank(rec.number.saturating_sub(last + 1));
        last = rec.number;
        let cells = (0u32..).zip(&rec.cells).map(|(c, t)| (c, t.as_str())).filter(|(_, t)| !t.is_empty());
        rows.sparse(rec.number, cells);
    }
    rows.blank(end.saturating_sub(last));
    let mut table = rows.finish(sheet.map(str::to_owned), place, options, problems);
    shift(&mut table, block.columns.0);
    Ok(table)
}

/// Moves a table that was read by itself to where its columns stand.
pub(super) fn shift(table: &mut Table, by: usize) {
    let by = u32::try_from(by).unwrap_or(0);
    for column in &mut table.columns {
        column.position += by;
        column.question += by;
        if table.header_rows == 0 {
            column.header = vec![format!("Column {}", column.letters())];
        }
    }
    table.range.columns.0 += by;
    table.range.columns.1 += by;
}

/// Takes up records as long as they may be held; whether there is room for another.
pub(super) fn has_room(records: &[Rec], cells: usize) -> bool {
    records.len() < HELD && cells < HELD_CELLS
}

/// The rows of a sheet within a range: its first column becomes the first.
pub(super) struct Ranged<'s, S> {
    pub stream: &'s mut S,
    pub range: Range,
    pub whole: SheetRow,
}

impl<S: SheetRows> SheetRows for Ranged<'_, S> {
    fn next(&mut self, row: &mut SheetRow) -> Result<bool, Problem> {
        while self.stream.next(&mut self.whole)? {
            row.clear();
            row.number = self.whole.number;
            for (column, text) in self.whole.cells().filter(|&(c, _)| self.range.has(self.whole.number, c)) {
                row.push(column - self.range.columns.0, text);
            }
            if row.len() > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn room(&self) -> u64 {
        self.stream.room()
    }

    fn merges(&mut self) -> Result<Vec<Merge>, Problem> {
        let range = self.range;
        let mut merges = self.stream.merges()?;
        merges.retain(|m| range.has(m.rows.0, m.columns.0));
        for merge in &mut merges {
            merge.columns.0 -= range.columns.0;
            merge.columns.1 = merge.columns.1.min(range.columns.1) - range.columns.0;
        }
        Ok(merges)
    }
}
