//! Comma-separated UTF-8 text with one header row.

use super::read::ReadFile;
use super::{Column, Format, InputFile, Origin, Part, Table, Texts, open::Opened};
use crate::exit::Exit;
use crate::ledger::Furniture;
use crate::problem::{Place, Problem, Problems};

/// Reads the table of one opened file.
pub(super) fn read(opened: Opened, shown: &str) -> ReadFile {
    let mut problems = Problems::default();
    let bytes = opened.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&opened.bytes);
    let file = InputFile {
        name: shown.to_owned(),
        source: 0,
        bytes: opened.bytes.len() as u64,
        digest: opened.digest,
        format: Format::Delimited,
        encoding: Some(("UTF-8".to_owned(), "valid UTF-8".to_owned())),
        delimiter: Some(','),
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut columns: Vec<Column> = Vec::new();
    let mut faulty = Vec::new();
    let mut rows = 0u32;
    for record in reader.records() {
        let Ok(record) = record else {
            problems.push(
                Problem::stops("text-not-utf8", Exit::Data, Place::file(shown), "this is not UTF-8 text")
                    .hint("save it again as UTF-8 text"),
            );
            return ReadFile { file: Some(file), tables: Vec::new(), problems };
        };
        if columns.is_empty() {
            columns = (0u32..)
                .zip(record.iter())
                .map(|(position, header)| Column {
                    header: vec![header.trim().to_owned()],
                    system: None,
                    part: Part::Whole,
                    position,
                    codes: Vec::new(),
                    texts: Texts::new(),
                })
                .collect();
            continue;
        }
        if record.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) {
            faulty.push((rows, "the row is longer than the header"));
        }
        for (column, cell) in columns.iter_mut().zip(record.iter().chain(std::iter::repeat(""))) {
            let known = column.texts.iter().find(|(_, text, _)| *text == cell).map(|(code, _, _)| code);
            let code = match known {
                Some(code) => {
                    column.texts.count_one(code);
                    code
                }
                None => column.texts.push(cell, rows),
            };
            column.codes.push(code);
        }
        rows = rows.saturating_add(1);
    }
    let table = Table {
        source: 0,
        file: 0,
        sheet: None,
        platform: "plain",
        reason: "the first row names the columns".to_owned(),
        header_rows: 1,
        columns,
        rows: rows as usize,
        origin: Origin { first: 2, skips: Vec::new() },
        furniture: vec![(Furniture::Header, 1)],
        faulty,
    };
    ReadFile { file: Some(file), tables: vec![table], problems }
}
