//! The tables of one sheet of a workbook, whatever its format: rows come as a stream, and are kept as they come.

use super::Table;
use super::layout::{self, Merge, PREVIEW, Rec};
use super::read::ReadOptions;
use super::table::Rows;
use crate::exit::Exit;
use crate::problem::{Place, Problem, Problems};

/// A row's number from 1, and its cells that are not blank, at their columns from 0.
pub(super) type SheetRow = (u64, Vec<(u32, String)>);

/// The rows of a sheet from top to bottom.
pub(super) trait SheetRows {
    /// The next row that says something: its number from 1, and its cells that are not blank, by column.
    ///
    /// # Errors
    /// Where the sheet cannot be read on.
    fn next(&mut self) -> Result<Option<SheetRow>, Problem>;

    /// How many cells it gave so far.
    fn cells(&self) -> u64;
}

/// Reads the tables of a sheet; `merges` are its merged cells, where the format tells them.
///
/// # Errors
/// Where the sheet cannot be read, is empty, too big, or does not fit what the spec says of it.
pub(super) fn tables(
    stream: &mut impl SheetRows,
    merges: &[Merge],
    name: &str,
    place: &Place,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Vec<Table>, Problem> {
    let mut preview: Vec<Rec> = Vec::new();
    while preview.len() < PREVIEW {
        let Some((number, cells)) = stream.next()? else { break };
        preview.push(Rec { number, cells: dense(cells) });
    }
    if preview.is_empty() {
        return Err(Problem::stops("sheet-empty", Exit::Data, place.clone(), "the sheet is empty")
            .hint("name the sheet with the data in reach.toml"));
    }
    let layout = layout::decide(&preview, merges, options, place)?;
    let (first, mut last) = (layout.first, layout.header.1);
    let band = u64::from(layout.header_rows) + layout.titles;
    let mut rows = Rows::new(layout, preview.len());
    rows.blank(last.saturating_sub(band));
    let mut take = |rows: &mut Rows, number: u64, cells: &[(u32, String)], seen: u64| {
        rows.blank(number.saturating_sub(last + 1));
        last = number;
        // A sparse sheet is filled up with blanks: no file may ask for many more of them than it has cells.
        if !rows.sparse(number, cells) || rows.cells() > (4 << 20) + 64 * seen {
            return Err(Problem::stops(
                "table-too-big",
                Exit::Data,
                place.clone().row(number),
                "the table has more cells than reach can hold",
            )
            .hint("delete the stray cells far to the right of the table, and save it again"));
        }
        Ok(())
    };
    for rec in preview.iter().skip(first) {
        let cells: Vec<(u32, String)> =
            (0u32..).zip(&rec.cells).filter(|(_, t)| !t.is_empty()).map(|(i, t)| (i, t.clone())).collect();
        take(&mut rows, rec.number, &cells, stream.cells())?;
    }
    while let Some((number, cells)) = stream.next()? {
        take(&mut rows, number, &cells, stream.cells())?;
    }
    Ok(vec![rows.finish(Some(name.to_owned()), place, options.form, problems)])
}

/// Cells at their positions as a row with empty texts between; of two cells at one position the first.
fn dense(cells: Vec<(u32, String)>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (position, text) in cells {
        let position = position as usize;
        if position >= out.len() && position <= layout::COLUMNS {
            out.resize(position, String::new());
            out.push(text);
        }
    }
    out
}
