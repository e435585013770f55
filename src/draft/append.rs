//! Rows appended to a workbook that a person keeps: every byte of its other parts stays, and so do colours, widths and comments.
//!
//! Only the sheet's own text changes: new `<row>` elements before `</sheetData>`, each cell in the format of the last one above it.

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The greatest size of a sheet's text in bytes.
const LARGEST: u64 = 64 << 20;

/// The workbook with `rows` after the last row of its only sheet; each cell goes into the column of its letters.
/// `None` where the workbook has several sheets, or is written in a way that is not understood here.
pub fn rows(workbook: &[u8], letters: &[String], rows: &[Vec<String>]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).ok()?;
    let names: Vec<String> = archive.file_names().filter_map(Result::ok).map(|name| name.to_string()).collect();
    let sheets: Vec<&String> =
        names.iter().filter(|name| name.starts_with("xl/worksheets/") && name.ends_with(".xml")).collect();
    let [sheet] = sheets.as_slice() else { return None };
    let mut text = String::new();
    archive.by_name(sheet).ok()?.take(LARGEST).read_to_string(&mut text).ok()?;
    let text = with_rows(&text, letters, rows)?;
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).ok()?;
        if entry.name().ok()? == sheet.as_str() {
            drop(entry);
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .last_modified_time(DateTime::default());
            out.start_file(sheet.as_str(), options).ok()?;
            out.write_all(text.as_bytes()).ok()?;
        } else {
            out.raw_copy_file(entry).ok()?;
        }
    }
    out.finish().ok().map(Cursor::into_inner)
}

/// The sheet's text with rows before the end of its data.
fn with_rows(text: &str, letters: &[String], rows: &[Vec<String>]) -> Option<String> {
    let end = text.find("</sheetData>")?;
    let (data, rest) = text.split_at(end);
    // Below the last row that says something, programs keep empty rows for their format, even in the sheet's very last row.
    let starts: Vec<usize> = data.match_indices("<row ").map(|(at, _)| at).collect();
    let element = |i: usize| data.get(*starts.get(i)?..starts.get(i + 1).copied().unwrap_or(data.len()));
    let number_of = |i: usize| attribute(element(i)?.strip_prefix("<row ")?, "r")?.parse::<u64>().ok();
    let says =
        |i: usize| element(i).is_some_and(|row| row.contains("<v>") || row.contains("<is>") || row.contains("<v "));
    let last_at = (0..starts.len()).rev().find(|&i| says(i))?;
    let last = element(last_at)?;
    let mut number = number_of(last_at)?;
    let empty: Vec<usize> = (last_at + 1..starts.len()).collect();
    let final_number = number.checked_add(rows.len() as u64).filter(|n| *n <= 1_048_576)?;
    let kept: String =
        empty.iter().filter(|&&i| number_of(i).is_some_and(|n| n > final_number)).filter_map(|&i| element(i)).collect();
    let data = data.get(..starts.get(last_at + 1).copied().unwrap_or(data.len()))?;
    let mut added = String::new();
    for row in rows {
        number = number.checked_add(1)?;
        let _ = write!(added, "<row r=\"{number}\">");
        for (letters, cell) in letters.iter().zip(row) {
            if cell.is_empty() {
                continue;
            }
            let style = style_of(last, letters).map_or(String::new(), |style| format!(" s=\"{style}\""));
            let _ = write!(
                added,
                "<c r=\"{letters}{number}\"{style} t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                escaped(cell)
            );
        }
        added.push_str("</row>");
    }
    let mut data = data.to_string();
    if let Some(at) = data.find("<dimension ref=\"A1:") {
        let from = at + "<dimension ref=\"A1:".len();
        let column = data.get(from..)?.chars().take_while(char::is_ascii_uppercase).count();
        let digits = data.get(from + column..)?.chars().take_while(char::is_ascii_digit).count();
        data.replace_range(from + column..from + column + digits, &number.to_string());
    }
    Some(format!("{data}{added}{kept}{rest}"))
}

/// An attribute of the element whose text begins here: its value up to the closing quotation mark.
fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let head = element.split('>').next()?;
    let start = format!("{name}=\"");
    head.split(' ').find_map(|part| part.strip_prefix(&start)).and_then(|value| value.split('"').next())
}

/// The format of a row's cell in a column: a number, or nothing.
fn style_of<'a>(row: &'a str, letters: &str) -> Option<&'a str> {
    row.split("<c ").skip(1).find_map(|cell| {
        let at = attribute(cell, "r")?;
        let here = at.trim_end_matches(|c: char| c.is_ascii_digit()) == letters;
        here.then(|| attribute(cell, "s")).flatten().filter(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// A text inside XML; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_after_the_last_that_says_something() {
        let sheet = "<dimension ref=\"A1:B1048576\"/><sheetData><row r=\"1\"><c r=\"A1\" s=\"7\" t=\"s\"><v>0</v></c></row>\
            <row r=\"2\" ht=\"12\"></row><row r=\"1048576\" ht=\"12\"/></sheetData><pageMargins/>";
        let out = with_rows(sheet, &["A".into(), "B".into()], &[vec!["a & b".into(), String::new()]]).unwrap();
        assert_eq!(
            out,
            "<dimension ref=\"A1:B2\"/><sheetData><row r=\"1\"><c r=\"A1\" s=\"7\" t=\"s\"><v>0</v></c></row>\
             <row r=\"2\"><c r=\"A2\" s=\"7\" t=\"inlineStr\"><is><t xml:space=\"preserve\">a &amp; b</t></is></c></row>\
             <row r=\"1048576\" ht=\"12\"/></sheetData><pageMargins/>"
        );
        assert_eq!(with_rows("<sheetData/>", &[], &[]), None);
    }
}
