//! Promise: every real export is read whole, with its rows where a spreadsheet program shows them, and no file brings the
//! process down.

use std::path::{Path, PathBuf};

use reach::exit::Exit;
use reach::ingest::{Intake, Part, ReadOptions, Sheets, Table, read_one};
use reach::ledger::Furniture;
use reach::problem::{Problem, Weight};

use crate::support::samples;

fn all_sheets() -> ReadOptions {
    ReadOptions { sheets: Sheets::All, ..ReadOptions::default() }
}

fn sample(folder: &Path, name: &str) -> Intake {
    read_one(&folder.join(name), name, &all_sheets())
}

fn text_file(content: impl AsRef<[u8]>) -> Intake {
    with_options(content, &ReadOptions::default())
}

fn with_options(content: impl AsRef<[u8]>, options: &ReadOptions) -> Intake {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.csv");
    std::fs::write(&path, content).unwrap();
    read_one(&path, "file.csv", options)
}

fn furniture(table: &Table, kind: Furniture) -> u64 {
    table.furniture.iter().filter(|(f, _)| *f == kind).map(|(_, n)| n).sum()
}

fn cell(table: &Table, column: usize, row: usize) -> &str {
    let column = &table.columns[column];
    column.texts.text(column.codes[row])
}

fn stop(intake: &Intake) -> Option<&Problem> {
    intake.problems.list.iter().find(|p| p.weight == Weight::Stops)
}

/// Rows whose text in the columns after the first is blank, and is zero.
fn blank_and_zero(table: &Table) -> (u64, u64) {
    let (mut blank, mut zero) = (0, 0);
    for column in table.columns.iter().skip(1) {
        for (_, text, rows) in column.texts.iter() {
            blank += u64::from(text.trim().is_empty()) * u64::from(rows);
            zero += u64::from(text.trim() == "0") * u64::from(rows);
        }
    }
    (blank, zero)
}

#[test]
fn the_ten_newcastle_files() {
    let Some(folder) = samples() else { return };
    let folder = folder.join("newcastle");
    // file, platform, header rows, rows, columns, blank records
    for (name, platform, headers, rows, columns, blanks) in [
        ("activity/newcastle-monthly-visits.csv", "months", 1, 19, 195, 0),
        ("activity/newcastle-monthly-enquiries.csv", "months", 1, 20, 195, 0),
        ("activity/newcastle-monthly-computer-use-percent.csv", "months", 1, 19, 195, 0),
        ("activity/newcastle-current-libraries.csv", "plain", 1, 13, 7, 0),
        ("activity/newcastle-active-members-postcode.csv", "plain", 1, 80_752, 6, 0),
        ("feedback/toon-childrens-event-long.csv", "surveymonkey", 2, 30, 15, 0),
        ("feedback/toon-group-session.csv", "surveymonkey", 2, 10, 26, 0),
        ("feedback/toon-reading-groups-city.csv", "surveymonkey", 2, 37, 21, 0),
        ("feedback/toon-work-club-branches.csv", "surveymonkey", 2, 28, 20, 0),
        ("feedback/toon-datamorphosis-cp1252.csv", "plain", 1, 12, 13, 32),
    ] {
        let intake = sample(&folder, name);
        assert!(stop(&intake).is_none(), "{name}: {:?}", intake.problems.list);
        let table = &intake.tables[0];
        let found =
            (table.platform, table.header_rows, table.rows, table.columns.len(), furniture(table, Furniture::Blank));
        assert_eq!(found, (platform, headers, rows, columns, blanks), "{name}");
        assert_eq!(furniture(table, Furniture::Total) + furniture(table, Furniture::Footnote), 0, "{name}");
        assert!(table.faulty.is_empty(), "{name}");
    }
    let visits = sample(&folder, "activity/newcastle-monthly-visits.csv");
    assert_eq!(blank_and_zero(&visits.tables[0]), (918, 22));
    let enquiries = sample(&folder, "activity/newcastle-monthly-enquiries.csv");
    assert_eq!(blank_and_zero(&enquiries.tables[0]), (987, 33));
    let members = sample(&folder, "activity/newcastle-active-members-postcode.csv");
    let joined = &members.tables[0].columns[2];
    let blank: u32 = joined.texts.iter().filter(|(_, t, _)| t.trim().is_empty()).map(|(_, _, n)| n).sum();
    assert_eq!((joined.header[0].as_str(), blank), ("Date Added", 256));
    let data_day = sample(&folder, "feedback/toon-datamorphosis-cp1252.csv");
    assert_eq!(data_day.files[0].encoding.as_ref().unwrap().0, "windows-1252");
    assert!(data_day.tables[0].columns[2].header[0].contains('\u{2019}'));
}

#[test]
fn stems_options_and_comments_of_surveymonkey() {
    let Some(folder) = samples() else { return };
    let intake = sample(&folder, "newcastle/feedback/toon-group-session.csv");
    let parts = |title: &str| -> Vec<Part> {
        let columns = &intake.tables[0].columns;
        columns.iter().filter(|c| c.header[0].starts_with(title)).map(|c| c.part).collect()
    };
    assert_eq!(parts("Do you find"), [Part::Option; 8]);
    assert_eq!(parts("Since coming").iter().filter(|p| **p == Part::Option).count(), 5);
    assert_eq!(parts("Since coming").last(), Some(&Part::OtherText));
    assert_eq!(parts("Has coming"), [Part::Whole, Part::Comment]);
    assert_eq!(parts("Library Name"), [Part::Whole]);
    let star_wars = sample(&folder, "surveymonkey/538-star-wars.csv");
    let table = &star_wars.tables[0];
    assert_eq!((table.platform, table.header_rows, table.rows), ("surveymonkey", 2, 1186));
    assert_eq!(table.columns[0].system, Some("response"));
    let part_of = |stem: &str| table.columns.iter().find(|c| c.header[0].starts_with(stem)).unwrap().part;
    assert_eq!(part_of("Which of the following Star Wars"), Part::Option);
    assert_eq!(part_of("Please rank"), Part::Row, "a thing that is ranked");
    assert_eq!(part_of("Please state whether"), Part::Row, "a row of a grid");
    let midwest = sample(&folder, "surveymonkey/538-region-midwest.csv");
    assert_eq!((midwest.tables[0].platform, midwest.tables[0].rows), ("surveymonkey", 2778));
}

/// Every sample of a format that is read; the test prints what it found.
fn every(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            every(&path, out);
        } else if path.extension().is_some_and(|e| e != "md") {
            out.push(path);
        }
    }
}

#[test]
fn every_sample_is_read_or_refused_with_a_hint() {
    let Some(folder) = samples() else { return };
    let mut files = Vec::new();
    every(&folder, &mut files);
    assert!(files.len() > 40);
    for path in files {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        let intake = read_one(&path, name, &all_sheets());
        for table in &intake.tables {
            println!(
                "{name} {:?}: {} ({}), header {}, {} rows × {}, {:?}, first row {}",
                table.sheet,
                table.platform,
                table.reason,
                table.header_rows,
                table.rows,
                table.columns.len(),
                table.furniture,
                table.origin.record(0),
            );
            for column in &table.columns {
                assert_eq!(column.codes.len(), table.rows, "{name}");
                let counted: u64 = column.texts.iter().map(|(_, _, n)| u64::from(n)).sum();
                assert_eq!(counted, table.rows as u64, "{name}");
            }
        }
        for problem in &intake.problems.list {
            println!("    {:?} {}: {} ({})", problem.weight, problem.code, problem.message, problem.place);
            assert!(problem.weight != Weight::Stops || problem.hint.is_some());
        }
        assert!(!intake.tables.is_empty() || stop(&intake).is_some(), "{name}");
    }
}

#[test]
fn password_and_foreign_files_say_what_to_do() {
    let Some(folder) = samples() else { return };
    let code = |name: &str| stop(&sample(&folder, name)).map(|p| (p.code, p.exit));
    assert_eq!(code("excel/password-protected.xlsx"), Some(("workbook-password", Exit::Data)));
    for (content, expected) in [
        (&b""[..], "file-empty"),
        (b"\n\n  \n", "file-blank"),
        (b"a,b\n", "header-only"),
        (b"$FL2@(#) SPSS", "file-foreign"),
        (b"%PDF-1.7", "file-foreign"),
        (b"<!DOCTYPE html><html>", "file-foreign"),
        (b"PK\x03\x04garbage", "workbook-damaged"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07\x08", "file-foreign"),
        (b"a,b\n1,\"2\n3,4\n", "quote-unclosed"),
    ] {
        let intake = text_file(content);
        let problem = stop(&intake).unwrap_or_else(|| panic!("{expected}"));
        assert_eq!((problem.code, problem.exit), (expected, Exit::Data));
        assert!(problem.hint.is_some());
    }
    assert_eq!(stop(&text_file("a,b\n1,\"2\n3,4\n")).unwrap().place.row, Some(2));
}

#[test]
fn what_is_no_file_is_refused_by_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("folder.csv")).unwrap();
    std::os::unix::fs::symlink(at("nowhere"), at("dangling.csv")).unwrap();
    std::fs::write(at("real.csv"), "a\n1\n").unwrap();
    std::os::unix::fs::symlink(at("real.csv"), at("link.csv")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("pipe.csv")).status().unwrap().success());
    let read = |name: &str| {
        let intake = read_one(&at(name), name, &ReadOptions::default());
        let problem = stop(&intake).unwrap().clone();
        (problem.code, problem.exit)
    };
    assert_eq!(read("folder.csv"), ("file-irregular", Exit::Data));
    assert_eq!(read("pipe.csv"), ("file-irregular", Exit::Data));
    assert_eq!(read("dangling.csv"), ("file-link", Exit::Data));
    assert_eq!(read("link.csv"), ("file-link", Exit::Data));
    assert_eq!(read("absent.csv"), ("file-missing", Exit::Missing));
    let web = read_one(Path::new("https://example.org/a.csv"), "https://example.org/a.csv", &ReadOptions::default());
    assert_eq!(stop(&web).unwrap().code, "file-web-address");
    let small = ReadOptions { file_bytes: 3, ..ReadOptions::default() };
    assert_eq!(stop(&read_one(&at("real.csv"), "real.csv", &small)).unwrap().code, "file-too-big");
    let near = read_one(&at("rael.csv"), "rael.csv", &ReadOptions::default());
    assert!(stop(&near).unwrap().hint.as_ref().unwrap().contains("real.csv"));
}

#[test]
fn rows_stand_where_a_spreadsheet_shows_them() {
    let intake = text_file(
        "Monthly figures,,\r\n\r\nLibrary,Visits,Hours\r\nCity,3,1\r\n\r\nWest,\"4\n\",2\r\nEast,5,6\r\nTotal,12,9\r\n\r\nSource: door counter\r\n",
    );
    let table = &intake.tables[0];
    assert_eq!(table.rows, 3);
    assert_eq!([0, 1, 2].map(|r| table.origin.record(r)), [4, 6, 7]);
    let counts = [Furniture::Title, Furniture::Header, Furniture::Blank, Furniture::Total, Furniture::Footnote]
        .map(|f| furniture(table, f));
    assert_eq!(counts, [1, 1, 3, 1, 1]);
    assert_eq!(cell(table, 1, 1), "4\n");
    // What is assumed can be checked.
    let assumed: Vec<&str> =
        intake.problems.list.iter().filter(|p| p.weight == Weight::Assumed).map(|p| p.code).collect();
    assert_eq!(assumed, ["title-rows", "total-row", "footnotes"]);
}

#[test]
fn a_row_too_long_is_set_aside_and_shifts_no_other() {
    let intake = text_file("a,b\n1,2\n3,4,5\n6\n7,8,\n");
    let table = &intake.tables[0];
    assert_eq!((table.rows, table.columns.len()), (4, 2));
    assert_eq!(table.faulty.iter().map(|f| f.0).collect::<Vec<_>>(), [1]);
    assert_eq!((cell(table, 1, 2), cell(table, 0, 3)), ("", "7"));
    // Saved again by Excel, every row has the width of the longest.
    let mut padded = "a,b,\n".to_owned();
    for i in 0..30 {
        padded.push_str(&format!("{i},x,{}\n", if i == 7 { "surplus" } else { "" }));
    }
    let intake = text_file(padded);
    let table = &intake.tables[0];
    assert_eq!((table.columns.len(), table.faulty.len(), table.faulty[0].0), (2, 1, 7));
}

#[test]
fn a_form_of_our_own_is_read_without_guessing() {
    let options = ReadOptions { form: true, ..ReadOptions::default() };
    let intake = with_options("list,written,means\nsite,Total,9\nTotal,3,3\nNote,,\n", &options);
    assert_eq!(intake.tables[0].rows, 3);
    let empty = with_options("list,written,means\n", &options);
    assert!(stop(&empty).is_none() && empty.tables[0].rows == 0);
}

#[test]
fn a_workbook_and_its_csv_twin_come_out_equal() {
    let Some(folder) = samples() else { return };
    let csv = sample(&folder, "google-forms/spack-2022-responses-bom.csv");
    let xlsx = sample(&folder, "google-forms/spack-2022-responses.xlsx");
    let (csv, xlsx) = (&csv.tables[0], &xlsx.tables[0]);
    assert_eq!((csv.rows, csv.columns.len()), (xlsx.rows, xlsx.columns.len()));
    let same = |a: &str, b: &str| a.replace("\r\n", "\n").trim() == b.replace("\r\n", "\n").trim();
    for (i, (a, b)) in csv.columns.iter().zip(&xlsx.columns).enumerate().skip(1) {
        assert_eq!(a.header, b.header);
        for row in 0..csv.rows {
            assert!(same(cell(csv, i, row), cell(xlsx, i, row)), "column {}, row {row}", a.letters());
        }
    }
    for row in 0..csv.rows {
        assert!(same_second(cell(csv, 0, row), cell(xlsx, 0, row)), "row {row}");
    }
}

#[test]
fn titles_notes_dates_and_numbers_of_workbooks() {
    let Some(folder) = samples() else { return };
    let deaths = sample(&folder, "excel/deaths-title-and-footer.xlsx");
    let table = &deaths.tables[0];
    assert_eq!((table.rows, furniture(table, Furniture::Title), furniture(table, Furniture::Footnote)), (10, 4, 4));
    assert_eq!((cell(table, 4, 0), cell(table, 2, 0), cell(table, 3, 0)), ("1947-01-08", "69", "TRUE"));
    let percent = sample(&folder, "excel/percent-format.xlsx");
    let texts: Vec<&str> = percent.tables[0].columns.iter().flat_map(|c| c.texts.iter().map(|t| t.1)).collect();
    assert!(texts.contains(&"52.00%") || texts.contains(&"52%"), "{texts:?}");
    let sheets = read_one(
        &folder.join("excel/deaths-title-and-footer.xlsx"),
        "deaths.xlsx",
        &ReadOptions { sheets: Sheets::Named("actors".to_owned()), ..ReadOptions::default() },
    );
    let problem = stop(&sheets).unwrap();
    assert_eq!((problem.code, problem.exit), ("sheet-missing", Exit::Spec));
    assert!(problem.hint.as_ref().unwrap().contains("\"arts\", \"other\""));
    let asked = read_one(&folder.join("excel/deaths-title-and-footer.xlsx"), "deaths.xlsx", &ReadOptions::default());
    assert_eq!(stop(&asked).unwrap().code, "sheet-undecided");
}

/// `m/d/yyyy h:mm:ss` against ISO text, within a second: the workbook keeps milliseconds, the text was rounded.
fn same_second(american: &str, iso: &str) -> bool {
    let numbers = |text: &str| -> Vec<i16> {
        text.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).map(|p| p.parse().unwrap()).collect()
    };
    let moment = |y: i16, m: i16, d: i16, t: &[i16]| {
        jiff::civil::datetime(y, m as i8, d as i8, t[0] as i8, t[1] as i8, t[2] as i8, 0)
    };
    let (a, b) = (numbers(american), numbers(iso));
    let (a, b) = (moment(a[2], a[0], a[1], &a[3..]), moment(b[0], b[1], b[2], &b[3..]));
    (a - b).total(jiff::Unit::Second).unwrap().abs() <= 1.0
}

#[test]
fn inspect_tells_every_column_on_lines_of_a_terminal() {
    let Some(folder) = samples() else { return };
    let visits = sample(&folder.join("newcastle"), "activity/newcastle-monthly-visits.csv");
    let seen = reach::draft::inspect::see(&visits);
    let text = reach::draft::in_words(&seen[0]);
    assert!(text.contains("194 months, 2008-04 to 2025-3"), "{text}");
    assert!(text.contains("918") && text.contains("22 zero") && text.contains("10 months between them"), "{text}");
    let members = sample(&folder.join("newcastle"), "activity/newcastle-active-members-postcode.csv");
    let seen = reach::draft::inspect::see(&members);
    let json = serde_json::to_value(&seen).unwrap();
    let joined = &json[0]["tables"][0]["columns"][2];
    assert_eq!((joined["stem"].as_str(), joined["type"].as_str()), (Some("Date Added"), Some("date")));
    assert_eq!((&joined["values"]["answered"], &joined["values"]["blank"]), (&80_496.into(), &256.into()));
    let orders: Vec<&str> = joined["dates"].as_array().unwrap().iter().map(|d| d["order"].as_str().unwrap()).collect();
    assert_eq!(orders, ["day-month-year", "day-month-year"]);
    let mut files = Vec::new();
    every(&folder, &mut files);
    for path in files {
        let intake = read_one(&path, "sample", &all_sheets());
        for file in reach::draft::inspect::see(&intake) {
            for column in file.tables.iter().flat_map(|t| &t.columns) {
                let s = column.values;
                assert_eq!(s.values, s.answered + s.refused + s.blank + s.not_asked + s.unreadable, "{path:?}");
            }
            let text = reach::draft::in_words(&file);
            assert!(text.lines().all(|line| line.chars().count() <= 100), "{path:?}: {text}");
            let address = |word: &str| word.split_once('@').is_some_and(|(_, host)| host.contains('.'));
            assert!(!text.split_whitespace().any(address), "{path:?}: no address is shown");
        }
    }
}
