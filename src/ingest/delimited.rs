//! Delimited text: decoded, cut into records, its layout decided on the first of them, then read to the end in one pass.

use super::dictionary::{Desk, Place};
use super::layout::{self, PREVIEW, Rec};
use super::open::Opened;
use super::read::{ReadFile, ReadOptions};
use super::scan::{Fault, Scanner, Span};
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
    if let Some(problem) = decoded.problem {
        problems.push(problem);
    }
    let (delimiter, skip) = delimiter::find(&decoded.text);
    let file = InputFile {
        name: shown.to_owned(),
        source: 0,
        bytes: opened.bytes.len() as u64,
        digest: opened.digest,
        format: Format::Delimited,
        encoding: Some((decoded.encoding, decoded.how)),
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
    let mut layout = layout::decide(&preview, options, &place)?;
    layout.titles += u64::from(marked);
    let below = layout.header.1;
    let width = layout.heads.len();
    let read = scanner.position().max(1);
    let expected = if preview.len() < PREVIEW { preview.len() } else { text.len() / (read / preview.len()).max(1) + 1 };
    let mut rows = Rows::new(layout, expected);
    drop(preview);

    let mut scanner = Scanner::new(text, delimiter, width);
    let (mut stray, mut first_stray) = (0u64, 0u64);
    // A short row is filled up with blanks: no file may ask for many more of them than it has bytes.
    let room = (4u64 << 20) + 16 * text.len() as u64;
    let mut padded = 0u64;
    let mut block: Vec<Span> = Vec::with_capacity(width * dictionary::BLOCK);
    let mut waiting = 0;
    let mut desk = Desk::new();
    while scanner.next() {
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
                return Err(unclosed(&place, scanner.record()));
            }
            stray += 1;
            if first_stray == 0 {
                first_stray = scanner.record();
            }
        }
        if cells < width {
            padded += (width - cells) as u64;
        }
        if !rows.begin(scanner.record()) || padded > room {
            return Err(Problem::stops(
                "table-too-big",
                Exit::Data,
                place.row(scanner.record()),
                "the table has more cells than reach can hold",
            )
            .hint("split the file, or export it without its empty columns"));
        }
        if cells > width && (width..cells).any(|i| !dictionary::is_blank(scanner.cell(i))) {
            rows.fault(TOO_LONG);
        }
        block.extend_from_slice(scanner.spans().get(..width).unwrap_or(scanner.spans()));
        block.resize(block.len() + width.saturating_sub(cells), NOTHING);
        rows.end();
        waiting += 1;
        if waiting == dictionary::BLOCK {
            push(&mut rows, &block, &mut scanner, &mut desk);
            block.clear();
            waiting = 0;
        }
    }
    push(&mut rows, &block, &mut scanner, &mut desk);
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
    Ok(rows.finish(None, &place, options.form, problems))
}

/// A cell that its row lacks.
const NOTHING: Span = Span { start: 0, end: 0, scratch: false };

/// Pushes a block of rows, column by column; `block` has the cells row by row.
fn push(rows: &mut Rows, block: &[Span], scanner: &mut Scanner<'_>, desk: &mut Desk) {
    let (bytes, scratch) = scanner.buffers();
    let columns = rows.columns();
    let width = columns.len().max(1);
    for (i, column) in columns.iter_mut().enumerate() {
        let cells = block.iter().skip(i).step_by(width).map(|span| match span.scratch {
            false => Place::Here(span.start, span.end - span.start),
            true => Place::Copied(scratch.get(span.start..span.end).unwrap_or_default()),
        });
        column.push_block(bytes, cells, desk);
    }
    scanner.forget();
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
