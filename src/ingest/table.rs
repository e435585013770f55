//! A table while it is read: columns by position, where its rows stand, and what around them is no row.

use super::dictionary::{Builder, blank_text};
use super::export;
use super::layout::{COLUMNS, Head, Layout};
use super::{Column, Origin, Part, Range, Table, Texts, tail};
use crate::exit::Exit;
use crate::ledger::Furniture;
use crate::problem::{Place, Problem, Problems};
use crate::spec::{self, ColumnRule};

/// What is said of a row that has cells where the header has none.
pub(super) const TOO_LONG: &str = "the row has more cells than the header";

/// A table that takes rows.
pub(super) struct Rows {
    layout: Layout,
    columns: Vec<Builder>,
    /// Which columns are not to be read, but at the end of the table; empty: none.
    unread: Vec<bool>,
    rows: u32,
    origin: Origin,
    blanks: u64,
    faulty: Vec<(u32, &'static str)>,
    /// Rows that are expected, for room.
    expected: usize,
    /// How many bytes the distinct texts of a workbook's columns take at most.
    texts: u64,
}

impl Rows {
    /// An empty table below its header, with room for about `expected` rows.
    pub fn new(layout: Layout, expected: usize) -> Self {
        let columns = layout.heads.iter().map(|_| Builder::new(expected)).collect();
        let unread = Vec::new();
        let origin = Origin { first: layout.header.1 + 1, skips: Vec::new() };
        Rows { layout, columns, unread, rows: 0, origin, blanks: 0, faulty: Vec::new(), expected, texts: 0 }
    }

    /// How many bytes the cells take at most.
    pub fn taken(&self) -> u64 {
        // A code may take twice its size while its column grows.
        2 * size_of::<u32>() as u64 * u64::from(self.rows) * self.columns.len() as u64 + self.texts
    }

    /// Counts records that are blank.
    pub fn blank(&mut self, records: u64) {
        self.blanks += records;
    }

    /// Lets the columns that these rows of the codebook ignore go unread, but at the end of the table.
    pub fn ignore(&mut self, rules: &[ColumnRule]) {
        if self.layout.undecided {
            return;
        }
        let plain = |head: &Head| {
            head.system.is_none() && head.part == Part::Whole && head.header.iter().any(|h| !h.is_empty())
        };
        self.unread = self.layout.heads.iter().map(|head| plain(head) && spec::unread(rules, &head.header)).collect();
        for (column, _) in self.columns.iter_mut().zip(&self.unread).filter(|(_, unread)| **unread) {
            *column = Builder::new(0);
        }
    }

    /// How many columns the table has.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// The positions of the columns that are read from the top, or of those that are not.
    pub fn positions(&self, read: bool) -> Vec<usize> {
        (0..self.columns.len()).filter(|&i| self.unread.get(i).copied().unwrap_or(false) != read).collect()
    }

    /// Lets the columns that went unread begin at this row.
    pub fn read_from(&mut self, row: usize) {
        for (column, _) in self.columns.iter_mut().zip(&self.unread).filter(|(_, unread)| **unread) {
            *column = Builder::below(row);
        }
    }

    /// Whether the columns that went unread could tell what the last row is.
    pub fn is_unsure(&self) -> bool {
        self.unread.contains(&true) && tail::find(&self.columns, self.rows as usize, |row| self.gap(row)).unsure
    }

    /// How many rows were ended.
    pub fn rows(&self) -> usize {
        self.rows as usize
    }

    /// A column, to which the cells of rows are pushed that were begun and ended.
    pub fn column(&mut self, position: usize) -> Option<&mut Builder> {
        self.columns.get_mut(position)
    }

    /// Whether a blank record stands before a row.
    fn gap(&self, row: usize) -> bool {
        let record = |row: usize| self.origin.record(u32::try_from(row).unwrap_or(u32::MAX));
        row > 0 && record(row) > record(row - 1) + 1
    }

    /// Begins the row that stands at `record`; `false` when there is no room for another.
    #[inline]
    pub fn begin(&mut self, record: u64) -> bool {
        let expected = self.origin.record(self.rows);
        if record != expected {
            let skipped = record.saturating_sub(self.origin.first).saturating_sub(u64::from(self.rows));
            self.origin.skips.push((self.rows, skipped));
        }
        self.rows < u32::MAX - 1
    }

    /// Ends a row. Its cells may be pushed later, in the order of the rows.
    #[inline]
    pub fn end(&mut self) {
        self.rows += 1;
    }

    /// Marks the row that is being read as structurally faulty.
    pub fn fault(&mut self, what: &'static str) {
        self.faulty.push((self.rows, what));
    }

    /// A row of cells at their positions (workbooks). Cells right of the header get columns without a name.
    /// `false` when there is no room for another.
    pub fn sparse<'t>(&mut self, record: u64, cells: impl Iterator<Item = (u32, &'t str)>) -> bool {
        if !self.begin(record) {
            return false;
        }
        let done = self.rows as usize;
        for (position, text) in cells {
            let position = position as usize;
            while self.columns.len() <= position && self.columns.len() < COLUMNS {
                let stem = self.columns.len();
                self.columns.push(Builder::new(self.expected));
                self.layout.heads.push(Head::plain(String::new(), stem));
            }
            if let Some(column) = self.columns.get_mut(position) {
                column.pad(done);
                if column.rows() == done {
                    self.texts += column.push(text.as_bytes());
                }
            }
        }
        self.end();
        true
    }

    /// The table, without what stands below its rows, and what is to be said of it.
    pub fn finish(mut self, sheet: Option<String>, place: &Place, form: bool, problems: &mut Problems) -> Table {
        let rows = self.rows as usize;
        for column in &mut self.columns {
            column.pad(rows);
        }
        let mut furniture = vec![(Furniture::Header, u64::from(self.layout.header_rows))];
        if self.layout.titles > 0 {
            furniture.push((Furniture::Title, self.layout.titles));
            problems.push(
                Problem::assumed(
                    "title-rows",
                    place.clone().row(self.layout.header.0),
                    format!(
                        "the columns are taken to be named in row {}; what stands above is a title",
                        self.layout.header.0
                    ),
                )
                .count(self.layout.titles),
            );
        }
        let kept = if form { rows } else { self.cut_tail(rows, place, &mut furniture, problems) };
        let surplus = if sheet.is_none() && !form { self.surplus(kept) } else { Vec::new() };
        self.faulty.retain(|&(row, _)| (row as usize) < kept);
        self.faulty.extend(surplus);
        self.faulty.sort_unstable();
        self.faulty.dedup_by_key(|&mut (row, _)| row);
        if self.blanks > 0 {
            furniture.push((Furniture::Blank, self.blanks));
        }
        furniture.sort_unstable();
        self.origin.skips.retain(|&(row, _)| (row as usize) < kept);

        let mut columns = Vec::with_capacity(self.columns.len());
        let mut stems = Vec::with_capacity(self.columns.len());
        for (position, (builder, head)) in (0u32..).zip(self.columns.into_iter().zip(self.layout.heads)) {
            let nameless = head.header.iter().all(String::is_empty);
            if nameless && builder.is_blank() {
                continue;
            }
            let unread = self.unread.get(position as usize) == Some(&true);
            let (codes, texts) = if unread { (Vec::new(), Texts::new()) } else { builder.finish() };
            stems.push(head.stem);
            columns.push(Column {
                header: head.header,
                code: head.code,
                system: head.system,
                sent: head.sent,
                part: head.part,
                question: u32::try_from(head.stem).unwrap_or(position),
                position,
                codes,
                texts,
            });
        }
        if self.layout.undecided {
            export::decide_parts(&mut columns, &stems);
        }
        if kept == 0 && !form {
            problems.push(
                Problem::stops("header-only", Exit::Data, place.clone(), "the table has a header but no row below it")
                    .hint("export it again with its rows"),
            );
        }
        if let Some(&(row, what)) = self.faulty.first() {
            let n = self.faulty.len() as u64;
            problems.push(
                Problem::noted(
                    "row-faulty",
                    place.clone().row(self.origin.record(row)),
                    format!("{} cannot be read: {what}", counted(n, "row")),
                )
                .hint("a cell with the separator in it must stand in double quotes; export the file again")
                .count(n),
            );
        }
        let named = self.origin.first.min(self.layout.header.0.max(1));
        let last = kept
            .checked_sub(1)
            .map_or(self.layout.header.1, |row| self.origin.record(u32::try_from(row).unwrap_or(u32::MAX)));
        let across = |c: Option<&Column>| c.map_or(0, |c| c.position);
        let range = Range { rows: (named, last), columns: (across(columns.first()), across(columns.last())) };
        Table {
            source: 0,
            file: 0,
            sheet,
            range,
            nth: None,
            platform: self.layout.platform,
            reason: self.layout.reason,
            header_rows: self.layout.header_rows,
            columns,
            rows: kept,
            origin: self.origin,
            furniture,
            faulty: self.faulty,
        }
    }

    /// Takes totals and footnotes off the end; gives how many rows remain.
    fn cut_tail(
        &mut self,
        rows: usize,
        place: &Place,
        furniture: &mut Vec<(Furniture, u64)>,
        problems: &mut Problems,
    ) -> usize {
        let origin = &self.origin;
        let record = |row: usize| origin.record(u32::try_from(row).unwrap_or(u32::MAX));
        let found = tail::find(&self.columns, rows, |row| self.gap(row));
        if let Some((row, how)) = found.total {
            furniture.push((Furniture::Total, 1));
            problems.push(
                Problem::assumed(
                    "total-row",
                    place.clone().row(record(row)),
                    format!("the row is taken for totals and not counted: {how}"),
                )
                .hint("if it is a row like any other, give it another label"),
            );
        }
        if found.footnotes > 0 {
            let count = found.footnotes as u64;
            furniture.push((Furniture::Footnote, count));
            problems.push(
                Problem::assumed(
                    "footnotes",
                    place.clone().row(record(rows - found.footnotes)),
                    format!(
                        "{} below the table {} taken for notes and not counted",
                        counted(count, "row"),
                        if count == 1 { "is" } else { "are" }
                    ),
                )
                .count(count),
            );
        }
        if found.keep < rows {
            for column in &mut self.columns {
                column.truncate(found.keep);
            }
        }
        found.keep
    }

    /// Rows of a text file that say something right of the last named column, where hardly any row does: cells that a separator
    /// inside another cell has pushed aside. The nameless columns go.
    fn surplus(&mut self, rows: usize) -> Vec<(u32, &'static str)> {
        let named = self.layout.heads.iter().rposition(|h| h.header.iter().any(|t| !t.is_empty())).map_or(0, |i| i + 1);
        let mut faulty = Vec::new();
        if named == 0 || named >= self.columns.len() {
            return faulty;
        }
        let mut counts = vec![0usize; self.columns.len()];
        for (column, count) in self.columns.iter().zip(&mut counts).skip(named) {
            let (codes, texts) = column.parts();
            let says: Vec<bool> = texts.iter().map(|(_, text, _)| !blank_text(text)).collect();
            *count = codes.iter().filter(|&&c| says.get(c as usize).copied().unwrap_or(false)).count();
        }
        if counts.iter().skip(named).any(|&count| count * 10 > rows) {
            return faulty;
        }
        for row in 0..rows {
            if self.columns.iter().skip(named).any(|c| !blank_text(c.text(row))) {
                faulty.push((u32::try_from(row).unwrap_or(u32::MAX), TOO_LONG));
            }
        }
        self.columns.truncate(named);
        self.layout.heads.truncate(named);
        faulty
    }
}

/// "1 row", "2 rows".
pub(super) fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
