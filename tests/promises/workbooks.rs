//! Promise: a workbook of any of the four formats is read whole, every cell as a spreadsheet program shows it and where it shows it.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Reader, SheetType, open_workbook_auto};
use reach::exit::Exit;
use reach::ingest::{Intake, ReadOptions, Sheets, SkippedWhy, Table, read_one};
use reach::problem::Weight;

use crate::support::samples;
use crate::workbook_files::{Cell, MAIN, Sheet, in_every_format, xlsx_parts, zip_owned};

/// Row (from 1) and column (from 0) of every cell that says something.
type Grid = BTreeMap<(u64, u32), String>;

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The cells of a sheet as the reader gives them, its first row for the header and nothing taken away.
pub fn grid(path: &Path, sheet: &str) -> Result<Grid, String> {
    let options = ReadOptions { sheets: Sheets::Named(sheet.to_owned()), form: true, ..ReadOptions::default() };
    let intake = read_one(path, "book", &options);
    if let Some(problem) = intake.problems.list.iter().find(|p| p.weight == Weight::Stops) {
        return Err(problem.code.to_owned());
    }
    Ok(intake.tables.iter().flat_map(cells).collect())
}

fn cells(table: &Table) -> Vec<((u64, u32), String)> {
    let mut out = Vec::new();
    for column in &table.columns {
        for (depth, header) in column.header.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            out.push(((table.range.rows.0 + depth as u64, column.position), header.clone()));
        }
        for (row, &code) in column.codes.iter().enumerate() {
            let text = column.texts.text(code);
            if !text.trim().is_empty() {
                out.push(((table.origin.record(row as u32), column.position), text.to_owned()));
            }
        }
    }
    out
}

/// Whether a text is what calamine, read alone, finds in the cell.
fn says(text: &str, data: &Data) -> bool {
    match data {
        Data::Empty => text.is_empty(),
        Data::String(s) => one_line(text) == one_line(s),
        Data::Int(i) => text.parse::<f64>().is_ok_and(|v| v == *i as f64),
        Data::Float(f) => match text.strip_suffix('%') {
            Some(percent) => percent.parse::<f64>().is_ok_and(|v| (v / 100.0 - f).abs() <= 1e-12 * f.abs()),
            None => text.parse::<f64>().is_ok_and(|v| (v - f).abs() <= 1e-14 * f.abs()),
        },
        Data::Bool(b) => text == if *b { "TRUE" } else { "FALSE" },
        Data::Error(e) => text == e.to_string(),
        Data::DateTimeIso(s) => text == s.trim_end_matches("T00:00:00"),
        Data::DurationIso(s) => s.starts_with("PT") && text.split(':').count() == 3,
        Data::DateTime(moment) if moment.is_duration() => {
            let seconds = (moment.as_f64() * 86_400.0).round() as i64;
            text == format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
        }
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            let time = format!("{hour:02}:{minute:02}:{second:02}");
            text == date || text == format!("{date}T{time}") || (moment.as_f64() < 1.0 && text == time)
        }
    }
}

/// Every workbook of the samples that is not protected.
const WORKBOOKS: [&str; 20] = [
    "excel/big-texty-numbers.xlsx",
    "excel/date-1904.xlsx",
    "excel/date-iso.ods",
    "excel/deaths-title-and-footer.xls",
    "excel/deaths-title-and-footer.xlsx",
    "excel/errors.xlsx",
    "excel/hidden-and-chart-sheets.ods",
    "excel/hidden-and-chart-sheets.xls",
    "excel/hidden-and-chart-sheets.xlsb",
    "excel/hidden-and-chart-sheets.xlsx",
    "excel/ipc-three-row-merged-header.xlsx",
    "excel/merged-cells.ods",
    "excel/merged-range.xls",
    "excel/merged-range.xlsx",
    "excel/multiline-headers.xlsx",
    "excel/percent-format.xlsx",
    "excel/texty-dates.xlsx",
    "excel/types-1904-errors.xlsx",
    "excel/whitespace-trim.xlsx",
    "google-forms/spack-2022-responses.xlsx",
];

/// Compares every cell of a workbook's sheets with what calamine, read alone, finds; gives how many there are.
fn compare(path: &Path, name: &str) -> usize {
    let mut compared = 0;
    let mut book = open_workbook_auto(path).unwrap();
    for sheet in book.sheets_metadata().to_vec() {
        // calamine gives the numbers behind a chart for cells (.xls), or an error (.xlsb).
        if sheet.typ != SheetType::WorkSheet {
            assert_eq!(grid(path, &sheet.name), Err("sheet-missing".to_owned()), "{name} {}", sheet.name);
            continue;
        }
        let Ok(range) = book.worksheet_range(&sheet.name) else { panic!("{name} {}", sheet.name) };
        let (top, left) = range.start().unwrap_or_default();
        let mut expected: BTreeMap<(u64, u32), &Data> = BTreeMap::new();
        for (row, column, data) in range.used_cells() {
            if !matches!(data, Data::String(s) if s.trim().is_empty()) {
                expected.insert((u64::from(top) + row as u64 + 1, left + column as u32), data);
            }
        }
        let found = match grid(path, &sheet.name) {
            Ok(found) => found,
            Err(code) => {
                assert!(code == "sheet-empty" && expected.is_empty(), "{name} {}: {code}", sheet.name);
                continue;
            }
        };
        let (here, there): (Vec<_>, Vec<_>) = (found.keys().collect(), expected.keys().collect());
        assert_eq!(here, there, "{name} {}: where cells stand", sheet.name);
        for (place, data) in &expected {
            assert!(says(&found[place], data), "{name} {} {place:?}: {:?} is not {data:?}", sheet.name, found[place]);
            compared += 1;
        }
    }
    compared
}

#[test]
fn every_cell_of_every_sample_is_what_calamine_alone_finds() {
    let Some(folder) = samples() else { return };
    let compared: usize = WORKBOOKS.iter().map(|name| compare(&folder.join(name), name)).sum();
    println!("{compared} cells compared");
    assert!(compared > 9_000);
}

#[test]
fn sheets_as_other_programmes_write_them_are_what_calamine_alone_finds() {
    crate::support::reader();
    let folder = tempfile::tempdir().unwrap();
    let sheet = |inside: &str| format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{inside}</sheetData></worksheet>");
    let plain = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>";
    let strings = "<si><t>Name</t></si><si><r><t>Rich </t></r><r><rPr><b/></rPr><t xml:space=\"preserve\"> text &amp; _x000D_more</t></r><rPh sb=\"0\" eb=\"1\"><t>spoken</t></rPh></si>";
    type Parts = Vec<(String, Vec<u8>)>;
    let variants: Vec<(&str, Parts)> = vec![
        (
            "without addresses",
            xlsx_parts(
                &[(
                    "a",
                    false,
                    sheet(
                        "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row><row><c><v>1.5</v></c><c s=\"2\"><v>45750</v></c></row>",
                    ),
                )],
                strings,
            ),
        ),
        (
            "inline",
            xlsx_parts(
                &[(
                    "a",
                    false,
                    sheet(&format!(
                        "{plain}<row r=\"5\"><c r=\"A5\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> in </t></is></c><c r=\"B5\" t=\"str\"><f>A1</f><v>a &lt; b</v></c><c r=\"C5\" t=\"e\"><v>#N/A</v></c><c r=\"D5\" t=\"b\"><v>1</v></c></row>"
                    )),
                )],
                strings,
            ),
        ),
        (
            "prefixed",
            xlsx_parts(
                &[(
                    "a",
                    false,
                    format!(
                        "<x:worksheet xmlns:x=\"{MAIN}\"><x:sheetData><x:row r=\"1\"><x:c r=\"A1\" t=\"s\"><x:v>0</x:v></x:c></x:row><x:row r=\"2\"><x:c r=\"A2\"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"
                    ),
                )],
                strings,
            ),
        ),
        (
            "moments",
            xlsx_parts(
                &[(
                    "a",
                    false,
                    sheet(&format!(
                        "{plain}<row r=\"2\"><c r=\"A2\" s=\"6\"><v>45750.75</v></c><c r=\"B2\" s=\"3\"><v>1.25</v></c><c r=\"C2\" s=\"5\"><v>0.5</v></c><c r=\"D2\" s=\"1\"><v>0.125</v></c><c r=\"E2\" s=\"4\"><v>1234.5</v></c></row>"
                    )),
                )],
                strings,
            ),
        ),
        ("absolute", {
            let mut parts = xlsx_parts(
                &[("a", false, sheet(&format!("{plain}<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>")))],
                strings,
            );
            for (name, bytes) in &mut parts {
                if name.ends_with("workbook.xml.rels") {
                    *bytes = String::from_utf8_lossy(bytes).replace("Target=\"", "Target=\"/xl/").into_bytes();
                }
            }
            parts
        }),
        ("strict", {
            let mut parts = xlsx_parts(
                &[("a", false, sheet(&format!("{plain}<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>")))],
                strings,
            );
            for (_, bytes) in &mut parts {
                *bytes = String::from_utf8_lossy(bytes)
                    .replace(
                        "http://schemas.openxmlformats.org/officeDocument/2006",
                        "http://purl.oclc.org/ooxml/officeDocument",
                    )
                    .replace(
                        "http://schemas.openxmlformats.org/spreadsheetml/2006",
                        "http://purl.oclc.org/ooxml/spreadsheetml",
                    )
                    .into_bytes();
            }
            parts
        }),
    ];
    for (name, parts) in variants {
        let path = folder.path().join(format!("{name}.xlsx"));
        std::fs::write(&path, zip_owned(&parts)).unwrap();
        assert!(compare(&path, name) >= 2, "{name}");
    }
}

#[test]
fn one_book_says_the_same_in_every_format() {
    crate::support::reader();
    let folder = tempfile::tempdir().unwrap();
    let mut cells = Vec::new();
    for (column, name) in (0u32..).zip(["Name", "Visits", "Share", "Day", "Hours", "Cost", "Open", "Note"]) {
        cells.push((0, column, Cell::Text(name)));
    }
    for row in 1..6 {
        cells.push((row, 0, Cell::Text("Café")));
        cells.push((row, 1, Cell::Number(f64::from(row), 0)));
        cells.push((row, 2, Cell::Number(0.52, 1)));
        cells.push((row, 3, Cell::Number(45_750.0, 2)));
        cells.push((row, 4, Cell::Number(26.5 / 24.0, 3)));
        cells.push((row, 5, Cell::Number(1234.5, 4)));
        cells.push((row, 6, Cell::Truth(row % 2 == 0)));
        cells.push((row, 7, Cell::Error(0x07, "#DIV/0!")));
    }
    cells.push((6, 0, Cell::Text("Park")));
    cells.push((6, 1, Cell::Formula(None)));
    let sheet = Sheet {
        name: "Visits",
        cells,
        hidden_rows: vec![3],
        hidden_columns: vec![5],
        merges: vec![(2, 3, 0, 0)],
        ..Sheet::default()
    };
    let away = Sheet { name: "Away", hidden: true, cells: vec![(0, 0, Cell::Text("x"))], ..Sheet::default() };
    for (format, bytes) in in_every_format(&[sheet.clone(), away.clone()]) {
        let path = folder.path().join(format!("book.{format}"));
        std::fs::write(&path, bytes).unwrap();
        let found = grid(&path, "Visits").unwrap();
        let row: Vec<&str> = (0..8).map(|c| found[&(3, c)].as_str()).collect();
        // calamine tells percentages of .xlsx alone, and there the reader is another one.
        let share = if format == "xlsx" { "52%" } else { "0.52" };
        assert_eq!(row, ["Café", "2", share, "2025-04-03", "26:30:00", "1234.5", "TRUE", "#DIV/0!"], "{format}");
        let intake = read_one(&path, "book", &ReadOptions::default());
        let codes: Vec<&str> = intake.problems.list.iter().map(|p| p.code).collect();
        let expected: &[&str] = match format {
            "xlsx" => &["sheets-hidden", "rows-hidden", "columns-hidden", "cells-merged", "formulas-uncalculated"],
            "xls" => &["sheets-hidden", "cells-merged", "fractions"],
            _ => &["sheets-hidden", "fractions"],
        };
        for code in expected {
            assert!(codes.contains(code), "{format}: {code} is not in {codes:?}");
        }
    }
}

#[test]
fn twins_of_two_formats_are_equal_cell_for_cell() {
    let Some(folder) = samples() else { return };
    for sheet in ["arts", "other"] {
        let [old, new] = ["xls", "xlsx"]
            .map(|ending| grid(&folder.join(format!("excel/deaths-title-and-footer.{ending}")), sheet).unwrap());
        assert!(old.len() > 50);
        assert_eq!(old, new);
    }
    for sheet in ["Sheet1", "Sheet2"] {
        let [old, new] =
            ["xls", "xlsx"].map(|ending| grid(&folder.join(format!("excel/merged-range.{ending}")), sheet).unwrap());
        assert_eq!(old, new);
    }
    let read = |ending: &str| {
        let name = format!("excel/hidden-and-chart-sheets.{ending}");
        let options = ReadOptions { sheets: Sheets::All, ..ReadOptions::default() };
        let intake = read_one(&folder.join(&name), &name, &options);
        let grids: Vec<Vec<_>> = intake.tables.iter().map(cells).collect();
        let shape: Vec<_> =
            intake.tables.iter().map(|t| (t.sheet.clone(), t.header_rows, t.rows, t.columns.len(), t.range)).collect();
        // OpenDocument knows one way of hiding only, and has charts on sheets of cells.
        let why = |why: SkippedWhy| match why {
            SkippedWhy::VeryHidden => SkippedWhy::Hidden,
            SkippedWhy::Empty if ending == "ods" => SkippedWhy::NoCells,
            why => why,
        };
        let skipped: Vec<_> = intake.files[0].skipped.iter().map(|s| (s.sheet.clone(), why(s.why))).collect();
        let problems: Vec<_> = intake.problems.list.iter().map(|p| (p.code, p.message.clone())).collect();
        (grids, shape, skipped, problems)
    };
    let first = read("xlsx");
    assert_eq!(
        first.2,
        [
            ("Hidden".to_owned(), SkippedWhy::Hidden),
            ("VeryHidden".to_owned(), SkippedWhy::Hidden),
            ("Chart".to_owned(), SkippedWhy::NoCells)
        ]
    );
    for ending in ["xlsb", "xls", "ods"] {
        assert_eq!(read(ending), first, "{ending}");
    }
}

fn stop(intake: &Intake) -> Option<(&'static str, Exit)> {
    intake.problems.list.iter().find(|p| p.weight == Weight::Stops).map(|p| (p.code, p.exit))
}

#[test]
fn a_password_is_told_in_every_format() {
    let Some(folder) = samples() else { return };
    for ending in ["xlsx", "xls", "ods"] {
        let name = format!("excel/password-protected.{ending}");
        let intake = read_one(&folder.join(&name), &name, &ReadOptions::default());
        assert_eq!(stop(&intake), Some(("workbook-password", Exit::Data)), "{ending}");
        assert!(intake.problems.list.iter().all(|p| p.hint.is_some()));
    }
}
