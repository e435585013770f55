//! A table while it is read: columns by position, where its rows stand, and what around them is no row.

use std::collections::BTreeMap;

use super::dictionary::{Builder, blank_text};
use super::export;
use super::furniture::{self, Piece};
use super::layout::{COLUMNS, Head, Layout};
use super::ragged::Shape;
use super::read::ReadOptions;
use super::{Column, Origin, Part, Range, Table, Texts, said};
use crate::exit::Exit;
use crate::ledger::Furniture;
use crate::problem::{Place, Problem, Problems};
use crate::spec::{self, ColumnRule};

/// A table that takes rows.
pub(super) struct Rows {
    layout: Layout,
    columns: Vec<Builder>,
    /// Which columns are not to be read, but at the end of the table; empty: none.
    unread: Vec<bool>,
    rows: u32,
    origin: Origin,
    blanks: u64,
    /// Rows of another shape than the others.
    faulty: Vec<(u32, Shape)>,
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

    /// How many bytes it takes.
    pub fn bytes(&self) -> u64 {
        self.columns.iter().map(Builder::bytes).sum()
    }

    /// How many bytes it will take when it is finished.
    pub fn finished_bytes(&self) -> u64 {
        self.columns.iter().map(Builder::finished_bytes).sum()
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
        let heads = self.layout.heads.iter().zip(0u32..);
        let names = spec::names(heads.map(|(head, position)| spec::Headed {
            header: &head.header,
            code: head.code.as_deref(),
            question: u32::try_from(head.stem).unwrap_or(0),
            position,
        }));
        let heads = self.layout.heads.iter().zip(&names);
        self.unread = heads.map(|(head, names)| plain(head) && spec::unread(rules, names)).collect();
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
        self.unread.contains(&true) && furniture::is_unsure(&self.columns, self.rows as usize, |row| self.gap(row))
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

    /// Marks the row that is being read as one of another shape.
    pub fn mark(&mut self, shape: Shape) {
        self.faulty.push((self.rows, shape));
    }

    /// Marks rows as ones of another shape.
    pub fn mark_all(&mut self, rows: Vec<(u32, Shape)>) {
        self.faulty.extend(rows);
    }

    /// How many cells the header has up to the last that is named.
    pub fn named(&self) -> usize {
        let named = |head: &Head| head.header.iter().any(|h| !h.is_empty());
        self.layout.heads.iter().rposition(named).map_or(0, |at| at + 1)
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
    pub fn finish(
        mut self,
        sheet: Option<String>,
        place: &Place,
        options: &ReadOptions,
        problems: &mut Problems,
    ) -> Table {
        let (form, keep) = (options.form, options.keep.as_slice());
        let all = self.rows as usize;
        for column in &mut self.columns {
            column.pad(all);
        }
        let mut furniture = BTreeMap::<Furniture, u64>::new();
        furniture.insert(Furniture::Header, u64::from(self.layout.header_rows));
        furniture.insert(Furniture::Title, self.layout.titles);
        self.say_header(place, form, problems);
        if !form {
            self.take_out(place, keep, &mut furniture, problems);
        }
        let kept = self.rows as usize;
        let surplus = if sheet.is_none() && !form { self.surplus(kept) } else { Vec::new() };
        self.faulty.retain(|&(row, _)| (row as usize) < kept);
        self.faulty.extend(surplus);
        self.faulty.sort_unstable();
        self.faulty.dedup_by_key(|&mut (row, _)| row);
        *furniture.entry(Furniture::Blank).or_default() += self.blanks;
        furniture.retain(|_, n| *n > 0);

        let mut columns = Vec::with_capacity(self.columns.len());
        let mut stems = Vec::with_capacity(self.columns.len());
        for (position, (builder, head)) in (0u32..).zip(self.columns.into_iter().zip(self.layout.heads)) {
            let nameless = head.header.iter().all(String::is_empty);
            if (nameless || head.borrowed) && builder.is_blank() {
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
                labels: Vec::new(),
                wording: None,
            });
        }
        if self.layout.undecided {
            export::decide_parts(self.layout.platform, &mut columns, &stems);
        }
        export::label(self.layout.platform, &mut columns);
        if !form && matches!(self.layout.platform, "plain" | "months") {
            problems.list.extend(said::headers(&columns, place));
        }
        if kept == 0 && !form {
            problems.push(
                Problem::stops("header-only", Exit::Data, place.clone(), "the table has a header but no row below it")
                    .hint("export it again with its rows"),
            );
        }
        let mut shapes: BTreeMap<Shape, (u32, u64)> = BTreeMap::new();
        for &(row, shape) in &self.faulty {
            shapes.entry(shape).or_insert((row, 0)).1 += 1;
        }
        for (shape, (row, n)) in shapes {
            problems.push(shape.said(n, place.clone().row(self.origin.record(row))));
        }
        let faulty = self.faulty.into_iter().filter_map(|(row, shape)| Some((row, shape.fault()?))).collect();
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
            furniture: furniture.into_iter().collect(),
            faulty,
            parent: None,
        }
    }

    /// Says where the names of the columns stand, where that was a choice.
    fn say_header(&self, place: &Place, form: bool, problems: &mut Problems) {
        let (from, last) = self.layout.header;
        if self.layout.header_rows == 0 && !self.layout.declared {
            problems.push(
                Problem::assumed(
                    "header-missing",
                    place.clone().row(from),
                    "the first row is like the rows below it, so that no row is taken to name the columns; they are called \
                     Column A, Column B and so on",
                )
                .hint("put a row of names above it; or, if that row names the columns, write header_rows = 1 in reach.toml"),
            );
        }
        if self.layout.titles > 0 {
            let named = match self.layout.header_rows {
                0 => format!("the rows are taken to begin in row {from}; what stands above is a title"),
                1 => format!("the columns are taken to be named in row {from}; what stands above is a title"),
                _ => {
                    format!("the columns are taken to be named in rows {from} to {last}; what stands above is a title")
                }
            };
            problems.push(Problem::assumed("title-rows", place.clone().row(from), named).count(self.layout.titles));
        } else if self.layout.header_rows > 1 && self.layout.platform == "plain" && !self.layout.declared && !form {
            problems.push(
                Problem::assumed(
                    "header-band",
                    place.clone().row(from),
                    format!("the columns are taken to be named in rows {from} to {last} together"),
                )
                .hint("if only the first of them names the columns, write header_rows = 1 in reach.toml"),
            );
        }
    }

    /// Takes out what is no row: the header again, print, totals, notes.
    fn take_out(
        &mut self,
        place: &Place,
        keep: &[Furniture],
        furniture: &mut BTreeMap<Furniture, u64>,
        problems: &mut Problems,
    ) {
        let rows = self.rows as usize;
        let origin = &self.origin;
        let record = |row: usize| origin.record(u32::try_from(row).unwrap_or(u32::MAX));
        let mut lines = furniture::lines(&self.columns, rows, &self.layout, record);
        lines.retain(|(_, kind, _)| !keep.contains(kind));
        self.remove(&lines, place, furniture, problems);
        let rows = self.rows as usize;
        let (pieces, doubtful) = furniture::sums_and_notes(&self.columns, rows, |row| self.gap(row), keep);
        if let Some(&first) = doubtful.first() {
            let n = doubtful.len() as u64;
            problems.push(
                Problem::noted(
                    "total-doubtful",
                    place.clone().row(self.origin.record(u32::try_from(first).unwrap_or(u32::MAX))),
                    format!(
                        "{} labelled as totals but {} not the sums of the rows above; {} counted as {} like any other",
                        if n == 1 { "1 row is".to_owned() } else { format!("{n} rows are") },
                        if n == 1 { "its numbers are" } else { "their numbers are" },
                        if n == 1 { "it is" } else { "they are" },
                        if n == 1 { "a row" } else { "rows" },
                    ),
                )
                .hint("if it is a total, delete the row, or set it aside with a line of recodes")
                .count(n),
            );
        }
        self.remove(&pieces, place, furniture, problems);
        let gaps = self.origin.skips.iter().map(|&(row, _)| row as usize);
        if let Some(row) = furniture::another_table(&self.columns, self.rows as usize, gaps) {
            let record = self.origin.record(u32::try_from(row).unwrap_or(u32::MAX));
            let message = "another table seems to begin here; its rows are read as rows of this one";
            problems.push(
                Problem::assumed("table-below", place.clone().row(record), message)
                    .hint("if it is another table, name the cells of each in reach.toml, such as range = \"A1:F20\""),
            );
        }
    }

    /// Takes rows out that are none, and says of each kind where they stood.
    fn remove(
        &mut self,
        pieces: &[Piece],
        place: &Place,
        furniture: &mut BTreeMap<Furniture, u64>,
        problems: &mut Problems,
    ) {
        if pieces.is_empty() {
            return;
        }
        let record = |row: usize| self.origin.record(u32::try_from(row).unwrap_or(u32::MAX));
        let mut kinds: BTreeMap<(Furniture, &'static str), Vec<u64>> = BTreeMap::new();
        for &(row, kind, how) in pieces {
            kinds.entry((kind, how)).or_default().push(record(row));
            *furniture.entry(kind).or_default() += 1;
        }
        for ((kind, how), records) in kinds {
            problems.push(said::rows(kind, how, &records, place));
        }
        let gone: Vec<usize> = pieces.iter().map(|&(row, ..)| row).collect();
        let rows = self.rows as usize;
        let mut left = Origin { first: self.origin.first, skips: Vec::new() };
        let (mut next, mut kept, mut skipped) = (gone.iter().peekable(), 0u32, 0u64);
        let mut moved: Vec<Option<u32>> = Vec::new();
        let faulty = !self.faulty.is_empty();
        for row in 0..rows {
            let out = next.next_if(|&&g| g == row).is_some();
            if faulty {
                moved.push((!out).then_some(kept));
            }
            if out {
                continue;
            }
            let here = record(row).saturating_sub(left.first).saturating_sub(u64::from(kept));
            if here != skipped {
                skipped = here;
                left.skips.push((kept, skipped));
            }
            kept += 1;
        }
        for column in &mut self.columns {
            column.remove(&gone);
        }
        for (row, _) in &mut self.faulty {
            *row = moved.get(*row as usize).copied().flatten().unwrap_or(u32::MAX);
        }
        self.faulty.retain(|&(row, _)| row != u32::MAX);
        self.origin = left;
        self.rows = kept;
    }

    /// Rows of a text file that say something right of the last named column, where hardly any row does: cells that a separator
    /// inside another cell has pushed aside. The nameless columns go.
    fn surplus(&mut self, rows: usize) -> Vec<(u32, Shape)> {
        let named = self.named();
        let mut faulty = Vec::new();
        if named == 0 || named >= self.columns.len() {
            return faulty;
        }
        let mut counts = vec![0usize; self.columns.len()];
        for (column, count) in self.columns.iter().zip(&mut counts).skip(named) {
            let (codes, texts) = column.parts();
            let says: Vec<bool> = texts.iter().map(|(_, text, _)| !blank_text(text)).collect();
            *count = codes.iter().filter(|&c| says.get(c as usize).copied().unwrap_or(false)).count();
        }
        if counts.iter().skip(named).any(|&count| count * 10 > rows) {
            return faulty;
        }
        for row in 0..rows {
            if self.columns.iter().skip(named).any(|c| !blank_text(c.text(row))) {
                faulty.push((u32::try_from(row).unwrap_or(u32::MAX), Shape::TooLong));
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
