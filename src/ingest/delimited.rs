//! Delimited text: decoded, cut into records, its layout decided on the first of them, then read to the end in one pass.

use super::dictionary::Desk;
use super::layout::{self, PREVIEW, Rec};
use super::open::Opened;
use super::read::{ReadFile, ReadOptions};
use super::scan::{self, Fault, Scanner, Span};
use super::table::{Rows, TOO_LONG, counted};
use super::{Format, InputFile, Table, delimiter, dictionary, text};
use crate::exit::Exit;
use crate::problem::Place as At;
use crate::problem::{Problem, Problems};

/// Reads an opened text file.
pub(super) fn read(opened: &Opened, shown: &str, options: &ReadOptions) -> ReadFile {
    let mut problems = Problems::default();
    let decoded = match text::decode(&opened.bytes, options.encoding.as_deref(), shown) {
        Ok(decoded) => decoded,
        Err(problem) => {
            problems.push(problem);
            return ReadFile { file: None, tables: Vec::new(), problems };
        }
    };
    let (delimiter, skip) = delimiter::find(&decoded.text);
    for note in decoded.notes {
        let row = note.at.map(|at| scan::record_at(&decoded.text, delimiter, at));
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
        skipped: Vec::new(),
        delimiter: Some(char::from(delimiter)),
    };
    let tables = match table(&decoded.text, delimiter, skip > 0, shown, options, &mut problems) {
        Ok(table) => vec![table],
        Err(problem) => {
            problems.push(problem);
            Vec::new()
        }
    };
    ReadFile { file: Some(file), tables, problems }
}

/// Reads the table of a text; `marked` says that its first record is Excel's line `sep=`.
fn table(
    text: &str,
    delimiter: u8,
    marked: bool,
    shown: &str,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Table, Problem> {
    let place = At::file(shown);
    let mut preview: Vec<Rec> = Vec::new();
    let mut scanner = Scanner::new(text, delimiter, 0);
    while preview.len() < PREVIEW && scanner.next() {
        if scanner.is_blank() || (marked && scanner.record() == 1) {
            continue;
        }
        let cells = (0..scanner.len()).map(|i| scanner.cell_text(i).to_owned()).collect();
        preview.push(Rec { number: scanner.record(), cells });
        if scanner.fault() == Some(Fault::Unclosed) {
            return Err(unclosed(&place, scanner.record()));
        }
    }
    if preview.is_empty() {
        return Err(Problem::stops("file-blank", Exit::Data, place, "the file has nothing but blank lines")
            .hint("export it again"));
    }
    let mut layout = layout::decide(&preview, &[], options, &place)?;
    layout.titles += u64::from(marked);
    let read = scanner.position().max(1);
    let expected = if preview.len() < PREVIEW { preview.len() } else { text.len() / (read / preview.len()).max(1) + 1 };
    drop(preview);
    let mut rows = Rows::new(layout.clone(), expected);
    if let Some(rules) = &options.rules {
        rows.ignore(rules);
    }
    let mut found = pass(text, delimiter, &mut rows, layout.header.1, &place)?;
    if rows.is_unsure() {
        rows = Rows::new(layout.clone(), expected);
        found = pass(text, delimiter, &mut rows, layout.header.1, &place)?;
    }
    let Stray { rows: stray, first: first_stray } = found;
    if stray > 0 {
        problems.push(
            Problem::assumed(
                "stray-quote",
                place.clone().row(first_stray),
                format!("{} with text after a closing quote; the text is kept", counted(stray, "row")),
            )
            .hint("a double quote inside a cell must be written twice; export the file again")
            .count(stray),
        );
    }
    Ok(rows.finish(None, &place, options, problems))
}

/// Rows with text behind a closing quote.
#[derive(Default)]
struct Stray {
    rows: u64,
    /// The record of the first.
    first: u64,
}

/// How many blocks at the end of a table are read again for the columns that went unread: more rows than are looked at for totals
/// and footnotes.
const END: usize = 3;

/// Reads all rows below the header, which ends at record `below`.
fn pass(text: &str, delimiter: u8, rows: &mut Rows, below: u64, place: &At) -> Result<Stray, Problem> {
    let width = rows.columns();
    let positions = rows.positions(true);
    let mut scanner = Scanner::new(text, delimiter, width);
    let mut stray = Stray::default();
    // A short row is filled up with blanks: no file may ask for many more of them than it has bytes.
    let room = (4u64 << 20) + 16 * text.len() as u64;
    let mut padded = 0u64;
    let mut block = Block::new(positions);
    // Where the last blocks begin, and with which row: of a short table, where the text does.
    let mut starts = [(scanner.start(), 0); END];
    loop {
        let start = scanner.start();
        if !scanner.next() {
            break;
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
        if let Some(fault) = scanner.fault() {
            if fault == Fault::Unclosed {
                return Err(unclosed(place, scanner.record()));
            }
            stray.rows += 1;
            if stray.first == 0 {
                stray.first = scanner.record();
            }
        }
        if cells < width {
            padded += (width - cells) as u64;
        }
        if !rows.begin(scanner.record()) || padded > room {
            return Err(Problem::stops(
                "table-too-big",
                Exit::Data,
                place.clone().row(scanner.record()),
                "the table has more cells than reach can hold",
            )
            .hint("split the file, or export it without its empty columns"));
        }
        if cells > width && (width..cells).any(|i| !dictionary::is_blank(scanner.cell(i))) {
            rows.fault(TOO_LONG);
        }
        if block.is_empty() {
            starts.rotate_left(1);
            starts[END - 1] = (start, rows.rows());
        }
        rows.end();
        if block.add(scanner.spans()) {
            block.push(rows, &mut scanner);
        }
    }
    block.push(rows, &mut scanner);

    let unread = rows.positions(false);
    if !unread.is_empty() && rows.rows() > 0 {
        let [(start, first), ..] = starts;
        end(Scanner::from(text, delimiter, width, start), unread, first, rows, below);
    }
    Ok(stray)
}

/// Reads the rows from `first` on again, for the columns that went unread.
fn end(mut scanner: Scanner<'_>, unread: Vec<usize>, first: usize, rows: &mut Rows, below: u64) {
    rows.read_from(first);
    let mut block = Block::new(unread);
    while scanner.next() {
        if scanner.record() > below && !scanner.is_blank() && block.add(scanner.spans()) {
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

fn unclosed(place: &At, row: u64) -> Problem {
    Problem::stops(
        "quote-unclosed",
        Exit::Data,
        place.clone().row(row),
        "a double quote opens a cell in this row and is not closed",
    )
    .hint("close or remove the quote in that row, or export the file again; rows below it cannot be told apart")
}
