//! Rows of a text file that do not have the shape of the others: what each of them is, told from all of them together.
//!
//! A row may be short because its writer leaves out blank cells at the end, because a line end inside a cell broke it in two, or
//! because the file was cut off; one with a separator too many may have an unquoted one inside a text, and all its cells after that
//! stand one column too far right. Only the other rows tell these apart.

use super::table::counted;
use crate::problem::{Place, Problem};

/// What a row is that has another shape than its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// Cells stand right of the last that is named.
    TooLong,
    /// Cells are missing, where other rows write out even blank ones.
    TooShort,
    /// A part of a row that a line end broke.
    Broken,
    /// The last row of a file that ends before the row does.
    Cut,
    /// Its quotes do not fit its cells.
    Quote,
    /// Cells are missing at the end, where no row writes out blank ones: they are blank.
    Filled,
    /// Blank cells stand right of the last that is named.
    Trailing,
}

impl Shape {
    /// What is said of a row that cannot be read because of it; nothing of one that can.
    pub fn fault(self) -> Option<&'static str> {
        match self {
            Shape::TooLong => Some("the row has more cells than the header"),
            Shape::TooShort => Some("the row has fewer cells than the header"),
            Shape::Broken => Some("a line end inside a cell breaks the row in two"),
            Shape::Cut => Some("the file ends before the row does"),
            Shape::Quote => Some("a double quote stands where no cell begins or ends"),
            Shape::Filled | Shape::Trailing => None,
        }
    }

    /// What is said of `n` such rows, the first of them at `place`.
    pub fn said(self, n: u64, place: Place) -> Problem {
        let (row, lack, end) =
            (counted(n, "row"), if n == 1 { "it lacks" } else { "they lack" }, if n == 1 { "ends" } else { "end" });
        let problem = match (self, self.fault()) {
            (Shape::Filled, _) => Problem::assumed(
                "rows-short",
                place,
                format!(
                    "{row} {end} before the last column, as no row of the file has blank cells at its end; the cells {lack} are taken as blank"
                ),
            ),
            (_, None) => Problem::noted(
                "rows-trailing",
                place,
                format!("{row} {end} with more separators than the header; nothing stands behind them"),
            ),
            (_, Some(what)) => {
                Problem::noted("row-faulty", place, format!("{row} cannot be read: {what}")).hint(match self {
                    Shape::Broken => "a cell with a line end in it must stand in double quotes; export the file again",
                    Shape::Cut => "export the file again, and compare its rows with the export's own count",
                    Shape::TooShort => "compare the row with the export, or export the file again",
                    Shape::Quote => "a double quote inside a cell must be written twice; export the file again",
                    _ => "a cell with the separator in it must stand in double quotes; export the file again",
                })
            }
        };
        problem.count(n)
    }
}

/// A row of an odd number of cells.
#[derive(Debug, Clone, Copy)]
struct Odd {
    row: u32,
    record: u64,
    cells: u32,
}

/// How many such rows are looked at one by one; of more, they are no exception.
const MOST: usize = 1 << 20;

/// So many rows in a run with equally many cells are how Excel writes: it leaves out blank cells at the end by blocks of 16 rows.
const BLOCK: usize = 8;

/// The rows of a table while it is read, by how many cells they have.
pub(super) struct Ragged {
    /// How many cells the header names, and how many a row usually has.
    named: usize,
    usual: usize,
    short: Vec<Odd>,
    long: Vec<Odd>,
    /// Whole rows with a blank last cell.
    blank_ends: u64,
    rows: u32,
    last: Option<Odd>,
}

impl Ragged {
    /// Of a table whose last named column is the `named`th, and whose rows usually have `usual` cells.
    pub fn new(named: usize, usual: usize) -> Self {
        Ragged { named, usual, short: Vec::new(), long: Vec::new(), blank_ends: 0, rows: 0, last: None }
    }

    /// Takes in a row: its number and record, its cells, and whether the cell of the last named column is blank.
    #[inline]
    pub fn add(&mut self, row: u32, record: u64, cells: usize, blank_end: bool) {
        self.rows += 1;
        if cells == self.usual && cells >= self.named {
            self.blank_ends += u64::from(blank_end);
        } else {
            self.odd(row, record, cells, blank_end);
        }
    }

    #[cold]
    fn odd(&mut self, row: u32, record: u64, cells: usize, blank_end: bool) {
        let odd = Odd { row, record, cells: u32::try_from(cells).unwrap_or(u32::MAX) };
        if cells < self.named {
            self.last = Some(odd);
            if self.short.len() < MOST {
                self.short.push(odd);
            }
        } else {
            self.blank_ends += u64::from(blank_end);
            if cells > self.usual && self.long.len() < MOST {
                self.long.push(odd);
            }
        }
    }

    /// What the rows of another shape are; `ended` says whether the file's last line has its end.
    pub fn shapes(mut self, ended: bool) -> Vec<(u32, Shape)> {
        let mut found = Vec::new();
        let rare = |odd: &[Odd], rows: u32| odd.len() as u64 * 5 < u64::from(rows);
        // Cut off: the last row is short, and it is an exception or has no line end.
        let last_row = self.rows.checked_sub(1);
        if let Some(last) = self.last.filter(|last| Some(last.row) == last_row)
            && (!ended || (rare(&self.short, self.rows) && self.blank_ends > 0))
        {
            found.push((last.row, Shape::Cut));
            self.short.retain(|odd| odd.row != last.row);
        }
        let few = rare(&self.short, self.rows);
        if few {
            self.broken(&mut found);
        }
        for block in self.short.chunk_by(|a, b| a.row + 1 == b.row && a.cells == b.cells) {
            let writers = !few || self.blank_ends == 0 || block.len() >= BLOCK;
            found.extend(block.iter().map(|odd| (odd.row, if writers { Shape::Filled } else { Shape::TooShort })));
        }
        let few = rare(&self.long, self.rows);
        for block in self.long.chunk_by(|a, b| a.row + 1 == b.row && a.cells == b.cells) {
            let writers = !few || block.len() >= BLOCK;
            found.extend(block.iter().map(|odd| (odd.row, if writers { Shape::Trailing } else { Shape::TooLong })));
        }
        found
    }

    /// Takes out the short rows that are parts of broken ones: those of neighbouring lines that make up one row together, and
    /// lines of a single cell, which hold the end of the row above or the start of the one below.
    fn broken(&mut self, found: &mut Vec<(u32, Shape)>) {
        let mut rest = std::mem::take(&mut self.short).into_iter().peekable();
        let mut parts: Vec<Odd> = Vec::new();
        let mut kept = Vec::new();
        let mut settle = |parts: &mut Vec<Odd>| {
            let cells: u64 = parts.iter().map(|odd| u64::from(odd.cells)).sum();
            let whole = cells.checked_sub(parts.len() as u64 - 1) == Some(self.usual as u64) && parts.len() > 1;
            let scraps = self.named >= 3 && parts.iter().all(|odd| odd.cells == 1);
            if whole || scraps {
                found.extend(parts.iter().map(|odd| (odd.row, Shape::Broken)));
            } else {
                kept.append(parts);
            }
            parts.clear();
        };
        while let Some(odd) = rest.next() {
            parts.push(odd);
            let cells: u64 = parts.iter().map(|odd| u64::from(odd.cells)).sum::<u64>() + 1 - parts.len() as u64;
            let next = rest.peek().is_some_and(|next| next.record == odd.record + 1);
            if !next || cells >= self.usual as u64 {
                settle(&mut parts);
            }
        }
        self.short = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shapes of rows with these numbers of cells, under a header of four; a negative number is a row whose last cell is blank.
    fn shapes(cells: &[i32], ended: bool) -> Vec<(u32, Shape)> {
        let mut ragged = Ragged::new(4, 4);
        for (row, n) in (0u32..).zip(cells) {
            ragged.add(row, u64::from(row) + 2, n.unsigned_abs() as usize, *n < 0);
        }
        let mut found = ragged.shapes(ended);
        found.sort_unstable();
        found
    }

    #[test]
    fn short_rows_by_what_the_others_do() {
        let rows = |odd: &[i32]| [odd, &[4; 20]].concat();
        // Nobody writes blank cells at the end: the writer leaves them out.
        assert_eq!(shapes(&rows(&[3]), true), [(0, Shape::Filled)]);
        // Others do.
        assert_eq!(shapes(&rows(&[3, -4]), true), [(0, Shape::TooShort)]);
        // Excel's blocks.
        assert!(shapes(&[&[-4; 60][..], &[3; 9], &[-4; 3]].concat(), true).iter().all(|(_, s)| *s == Shape::Filled));
    }

    #[test]
    fn rows_that_a_line_end_broke() {
        let rows = |odd: &[i32]| [&[-4; 8], odd, &[-4; 8]].concat();
        assert_eq!(shapes(&rows(&[3, 2]), true), [(8, Shape::Broken), (9, Shape::Broken)]);
        assert_eq!(shapes(&rows(&[2, 1, 3]), true).len(), 3);
        assert_eq!(shapes(&rows(&[1]), true), [(8, Shape::Broken)]);
        assert_eq!(shapes(&rows(&[2]), true), [(8, Shape::TooShort)]);
    }

    #[test]
    fn the_last_row_of_a_file_that_was_cut() {
        assert_eq!(shapes(&[-4, 4, 4, 4, 4, 4, 2], true), [(6, Shape::Cut)]);
        assert_eq!(shapes(&[4, 4, 4, 4, 4, 4, 2], false), [(6, Shape::Cut)]);
        // Every third row is short: so is the last.
        assert_eq!(shapes(&[4, 4, 3, 4, 4, 3], true).len(), 2);
        assert!(shapes(&[4, 4, 3, 4, 4, 3], true).iter().all(|(_, s)| *s == Shape::Filled));
    }

    #[test]
    fn separators_too_many() {
        let rows = |odd: &[i32]| [odd, &[4; 20]].concat();
        assert_eq!(shapes(&rows(&[5]), true), [(0, Shape::TooLong)]);
        assert!(shapes(&[5; 9], true).iter().all(|(_, s)| *s == Shape::Trailing));
    }
}
