//! Delimited text: decoded, cut into records, its layout decided on the first of them, then read to the end in one pass.

use super::delimiter::{self, Dialect};
use super::dictionary::Desk;
use super::layout::{self, COLUMNS, PREVIEW, Rec};
use super::open::Opened;
use super::ragged::{Ragged, Shape};
use super::read::{ReadFile, ReadOptions};
use super::scan::{self, Fault, Scanner, Span};
use super::table::{Rows, counted};
use super::{Column, Format, InputFile, Table, dictionary, text, text_rows};
use crate::exit::Exit;
use crate::problem::Place as At;
use crate::problem::{Problem, Problems};

/// The most bytes a cell of a text file may have.
const CELL: usize = 1 << 20;

/// The most bytes a row of one may have.
const ROW: usize = 64 << 20;

/// How many bytes of cells are copied before rows are taken in, and how many are held to decide on the layout.
const HELD: usize = 16 << 20;

/// How many bytes a table may take beside the file's content while it is read.
const ROOM: u64 = 480 << 20;

/// Reads an opened text file.
pub(super) fn read(opened: Opened, shown: &str, options: &ReadOptions) -> ReadFile {
    let mut problems = Problems::default();
    let decoded = match text::decode(&opened.bytes, options.encoding.as_deref(), shown) {
        Ok(decoded) => decoded,
        Err(problem) => return ReadFile::refused(problem),
    };
    let text = decoded.text;
    let (dialect, known) = delimiter::find(&text);
    for note in decoded.notes {
        let row = note.at.map(|at| scan::record_at(&text, dialect, at));
        let place = row.map_or(note.problem.place.clone(), |row| note.problem.place.clone().row(row));
        problems.push(Problem { place, ..note.problem });
    }
    let file = InputFile {
        name: shown.to_owned(),
        source: 0,
        bytes: opened.bytes.len() as u64,
        digest: opened.digest,
        format: Format::Delimited,
        encoding: Some((decoded.encoding, decoded.how)),
        delimiter: Some(char::from(dialect.delimiter)),
        skipped: Vec::new(),
    };
    let found = if !known && delimiter::is_lined_up(&text) {
        Err(lined_up(shown))
    } else {
        tables(&text, dialect, shown, options, &mut problems)
    };
    // The file's content is given back before the codes of its rows take their full width.
    drop(text);
    drop(opened);
    let tables = match found {
        Ok(Tables::Several(tables)) => tables,
        Ok(Tables::One(rows)) => vec![rows.finish(None, &At::file(shown), options, &mut problems)],
        Err(problem) => {
            problems.push(problem);
            Vec::new()
        }
    };
    ReadFile { file: Some(file), tables, problems }
}

/// What a text holds.
enum Tables {
    /// The rows of the one table.
    One(Box<Rows>),
    Several(Vec<Table>),
}

/// Reads the tables of a text.
fn tables(
    text: &str,
    dialect: Dialect,
    shown: &str,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Tables, Problem> {
    let place = At::file(shown);
    if options.range.is_some() {
        return Ok(Tables::Several(vec![text_rows::within(text, dialect, &place, options, problems)?]));
    }
    let mut preview: Vec<Rec> = Vec::new();
    let mut lengths: Vec<usize> = Vec::new();
    let mut scanner = Scanner::new(text, dialect, 0);
    while preview.len() < PREVIEW && (preview.len() < 2 || scanner.position() < HELD) {
        let start = scanner.position();
        if !scanner.next() {
            break;
        }
        if scanner.is_blank() || (dialect.marked && scanner.record() == 1) {
            continue;
        }
        if scanner.fault() == Some(Fault::Unclosed) {
            return Err(unclosed(&place, scanner.record()));
        }
        long_cell(&scanner, start, &place)?;
        let cells = (0..scanner.len()).map(|i| scanner.cell_text(i).to_owned()).collect();
        preview.push(Rec { number: scanner.record(), cells });
        lengths.push(scanner.len());
        scanner.forget();
    }
    if preview.is_empty() {
        return Err(Problem::stops("file-blank", Exit::Data, place, "the file has nothing but blank lines")
            .hint("export it again"));
    }
    let mut layout = layout::decide(&preview, &[], options, &place)?;
    layout.titles += u64::from(dialect.marked);
    let several = text_rows::several(text, dialect, &layout, &place, options, problems)?;
    if !several.is_empty() {
        return Ok(Tables::Several(several));
    }
    let read = scanner.position().max(1);
    let expected = if preview.len() < PREVIEW { preview.len() } else { text.len() / (read / preview.len()).max(1) + 1 };
    drop(preview);
    let usual = most_frequent(lengths.get(layout.first..).unwrap_or_default());
    let mut rows = Rows::new(layout.clone(), expected);
    if let Some(rules) = &options.rules {
        rows.ignore(rules);
    }
    let below = layout.header.1;
    let mut found = pass(text, dialect, &mut rows, usual, below, &place)?;
    if rows.is_unsure() {
        rows = Rows::new(layout, expected);
        found = pass(text, dialect, &mut rows, usual, below, &place)?;
    }
    if found.long > 0 && found.long * 2 > rows.rows() {
        return Err(header_short(&place, found.long, rows.rows(), below));
    }
    found.said(text, dialect, &place, problems);
    if !options.form {
        let ended = text.ends_with(['\n', '\r']);
        if !ended && found.records > 1 {
            problems.push(
                Problem::noted(
                    "line-end-missing",
                    place.clone().row(found.records),
                    "the last line has no line end; the export may be cut off",
                )
                .hint("compare the number of rows with the export's own"),
            );
        }
        rows.mark_all(found.ragged.shapes(ended));
    }
    Ok(Tables::One(Box::new(rows)))
}

/// The number that stands there most often; of several, the greatest.
fn most_frequent(lengths: &[usize]) -> usize {
    let mut sorted = lengths.to_vec();
    sorted.sort_unstable();
    let runs = sorted.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| run.len()).and_then(|run| run.first()).copied().unwrap_or(0)
}

/// What a pass over the rows found beside them.
struct Found {
    ragged: Ragged,
    /// Records with text behind a closing quote, and the first of them.
    stray: u64,
    first_stray: u64,
    /// Quotes that opened or closed a cell, or stood doubled in one.
    quotes: usize,
    /// Rows that say something right of the header.
    long: usize,
    /// Records in all.
    records: u64,
}

impl Found {
    /// Says what is odd about the quotes.
    fn said(&self, text: &str, dialect: Dialect, place: &At, problems: &mut Problems) {
        if self.stray > 0 {
            problems.push(
                Problem::assumed(
                    "stray-quote",
                    place.clone().row(self.first_stray),
                    format!("{} with text after a closing quote; the text is kept", counted(self.stray, "row")),
                )
                .hint("a double quote inside a cell must be written twice; export the file again")
                .count(self.stray),
            );
        }
        if dialect.quote != b'"' {
            let message = "cells stand in single quotes, which are taken off";
            problems.push(Problem::assumed("single-quotes", place.clone(), message));
            return;
        }
        let bare = memchr::memchr_iter(b'"', text.as_bytes()).count().saturating_sub(self.quotes);
        if bare > 0 {
            let row = scan::bare_quote(text, dialect).unwrap_or(1);
            problems.push(
                Problem::assumed(
                    "bare-quote",
                    place.clone().row(row),
                    format!(
                        "{} inside cells that do not begin with one; kept as text",
                        if bare == 1 {
                            "1 double quote stands".to_owned()
                        } else {
                            format!("{bare} double quotes stand")
                        }
                    ),
                )
                .hint("if a quote is missing or one too many, export the file again")
                .count(bare as u64),
            );
        }
    }
}

/// How many blocks at the end of a table are read again for the columns that went unread: more rows than are looked at for totals
/// and footnotes.
const END: usize = 3;

/// Reads all rows below the header, which ends at record `below`; a row usually has `usual` cells.
fn pass(text: &str, dialect: Dialect, rows: &mut Rows, usual: usize, below: u64, place: &At) -> Result<Found, Problem> {
    let (width, named) = (rows.columns(), rows.named());
    let positions = rows.positions(true);
    let mut scanner = Scanner::new(text, dialect, width);
    let ragged = Ragged::new(named, usual);
    let mut found = Found { ragged, stray: 0, first_stray: 0, quotes: 0, long: 0, records: 0 };
    // A short row is filled up with blanks: no file may ask for many more of them than it has bytes.
    let room = (4u64 << 20) + 16 * text.len() as u64;
    let mut padded = 0u64;
    let mut block = Block::new(positions);
    // Where the last blocks begin, and with which row: of a short table, where the text does.
    let mut starts = [(scanner.start(), 0); END];
    loop {
        let start = scanner.start();
        let from = scanner.position();
        if !scanner.next() {
            break;
        }
        if let Some(fault) = scanner.fault() {
            if fault == Fault::Unclosed {
                return Err(unclosed(place, scanner.record()));
            }
            found.stray += 1;
            if found.stray == 1 {
                found.first_stray = scanner.record();
            }
        }
        if scanner.record() <= below {
            if scanner.is_blank() {
                rows.blank(1);
            }
            continue;
        }
        let cells = scanner.len();
        if dictionary::is_blank(scanner.cell(0)) && scanner.is_blank() {
            rows.blank(1);
            continue;
        }
        long_cell(&scanner, from, place)?;
        if cells < width {
            padded += (width - cells) as u64;
        }
        if !rows.begin(scanner.record()) || padded > room {
            return Err(too_big(place, scanner.record()));
        }
        if cells > width && (cells > COLUMNS || (width..cells).any(|i| !dictionary::is_blank(scanner.cell(i)))) {
            rows.mark(Shape::TooLong);
            found.long += 1;
        } else if cells != usual && scanner.fault().is_some() {
            rows.mark(Shape::Quote);
        } else {
            let row = u32::try_from(rows.rows()).unwrap_or(u32::MAX);
            let blank_end = cells >= named && dictionary::is_blank(scanner.cell(named.saturating_sub(1)));
            found.ragged.add(row, scanner.record(), cells, blank_end);
        }
        if block.is_empty() {
            starts.rotate_left(1);
            starts[END - 1] = (start, rows.rows());
        }
        rows.end();
        if block.add(scanner.spans()) || scanner.held() > HELD {
            block.push(rows, &mut scanner);
            if rows.bytes() > ROOM || rows.finished_bytes() > ROOM + text.len() as u64 {
                return Err(too_big(place, scanner.record()));
            }
        }
    }
    block.push(rows, &mut scanner);
    (found.quotes, found.records) = (scanner.quotes(), scanner.record());

    let unread = rows.positions(false);
    if !unread.is_empty() && rows.rows() > 0 {
        let [(start, first), ..] = starts;
        end(Scanner::from(text, dialect, width, start), unread, first, rows, below);
    }
    Ok(found)
}

fn too_big(place: &At, record: u64) -> Problem {
    let message = "the table has more cells than reach can hold";
    Problem::stops("table-too-big", Exit::Data, place.clone().row(record), message)
        .hint("split the file, or export it without its empty columns")
}

/// Refuses a record, which begins at `start`, if a cell of it is greater than any cell may be.
#[inline]
fn long_cell(scanner: &Scanner<'_>, start: usize, place: &At) -> Result<(), Problem> {
    if scanner.position() - start <= CELL {
        return Ok(());
    }
    if scanner.position() - start > ROW {
        let message = "the row has more than 64 MiB of text";
        return Err(Problem::stops("row-too-long", Exit::Data, place.clone().row(scanner.record()), message)
            .hint("look whether the lines of the file have their ends; export it again"));
    }
    let Some(position) = (0..scanner.len()).find(|&i| scanner.cell(i).len() > CELL) else { return Ok(()) };
    let letters = Column { position: u32::try_from(position).unwrap_or(u32::MAX), ..Column::default() }.letters();
    Err(Problem::stops(
        "cell-too-long",
        Exit::Data,
        place.clone().row(scanner.record()).column(letters),
        "the cell has more than 1 MiB of text",
    )
    .hint("look whether a double quote is missing there; else shorten the text"))
}

fn lined_up(shown: &str) -> Problem {
    Problem::stops(
        "columns-by-spaces",
        Exit::Data,
        At::file(shown),
        "the columns are lined up by spaces, without a separator between the cells",
    )
    .hint("open the file in a spreadsheet program as text of fixed width, and save it as .xlsx")
}

fn header_short(place: &At, long: usize, rows: usize, header: u64) -> Problem {
    Problem::stops(
        "header-short",
        Exit::Data,
        place.clone().row(header),
        format!("{} of {rows} have more cells than the header, so that no cell's column is sure", counted(long as u64, "row")),
    )
    .hint("give every column a name (R leaves out that of its row names, the first), or put cells with the separator in them in double quotes")
}

/// Reads the rows from `first` on again, for the columns that went unread.
fn end(mut scanner: Scanner<'_>, unread: Vec<usize>, first: usize, rows: &mut Rows, below: u64) {
    rows.read_from(first);
    let mut block = Block::new(unread);
    while scanner.next() {
        if scanner.record() > below && !scanner.is_blank() && (block.add(scanner.spans()) || scanner.held() > HELD) {
            block.push(rows, &mut scanner);
        }
    }
    block.push(rows, &mut scanner);
}

/// A cell that its row lacks.
const NOTHING: Span = Span { start: 0, end: 0, scratch: false };

/// Rows that wait to be pushed, column by column.
struct Block {
    /// The columns whose cells are kept.
    positions: Vec<usize>,
    /// Their cells: a stretch of [`dictionary::BLOCK`] for each column.
    cells: Vec<Span>,
    rows: usize,
    desk: Desk,
}

impl Block {
    fn new(positions: Vec<usize>) -> Self {
        let cells = vec![NOTHING; positions.len() * dictionary::BLOCK];
        Block { positions, cells, rows: 0, desk: Desk::new() }
    }

    fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Adds the cells of a row; whether it is full.
    #[inline]
    fn add(&mut self, spans: &[Span]) -> bool {
        for (&i, column) in self.positions.iter().zip(self.cells.chunks_exact_mut(dictionary::BLOCK)) {
            if let Some(cell) = column.get_mut(self.rows) {
                *cell = spans.get(i).copied().unwrap_or(NOTHING);
            }
        }
        self.rows += 1;
        self.rows == dictionary::BLOCK
    }

    /// Pushes what waits.
    fn push(&mut self, rows: &mut Rows, scanner: &mut Scanner<'_>) {
        let (bytes, scratch) = scanner.buffers();
        for (&position, cells) in self.positions.iter().zip(self.cells.chunks_exact(dictionary::BLOCK)) {
            if let (Some(column), Some(cells)) = (rows.column(position), cells.get(..self.rows)) {
                column.push_block(bytes, scratch, cells, &mut self.desk);
            }
        }
        scanner.forget();
        self.rows = 0;
    }
}

pub(super) fn unclosed(place: &At, row: u64) -> Problem {
    Problem::stops(
        "quote-unclosed",
        Exit::Data,
        place.clone().row(row),
        "a double quote opens a cell in this row and is not closed",
    )
    .hint("close or remove the quote in that row, or export the file again; rows below it cannot be told apart")
}
