//! Promise: no byte of any file brings the reader down. Sound files are mutated; each is read or refused with an exit code of the
//! data, never the program's own.

use proptest::prelude::*;
use reach::exit::Exit;
use reach::ingest::{Intake, ReadOptions, Sheets, read_one};
use reach::problem::Weight;

/// One change to a file.
#[derive(Debug, Clone)]
enum Change {
    Flip(usize, u8),
    Delete(usize, usize),
    Repeat(usize, usize),
    Insert(usize, Vec<u8>),
    Cut(usize),
}

fn apply(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let len = bytes.len().max(1);
        match change {
            Change::Flip(at, with) => {
                if let Some(b) = bytes.get_mut(at % len) {
                    *b = *with;
                }
            }
            Change::Delete(at, n) => {
                let at = (at % len).min(bytes.len());
                let end = (at + n % 64).min(bytes.len());
                bytes.drain(at..end);
            }
            Change::Repeat(at, n) => {
                let at = (at % len).min(bytes.len());
                let end = (at + n % 256).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            Change::Insert(at, piece) => {
                let at = (at % len).min(bytes.len());
                bytes.splice(at..at, piece.iter().copied());
            }
            Change::Cut(at) => bytes.truncate(at % len),
        }
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let pieces: Vec<Vec<u8>> = [
        &b"\""[..],
        b"\"\"",
        b",",
        b";",
        b"\t",
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x93",
        b"\xc3",
        b"Total",
        b"Response",
        b"Other (please specify)",
        b"2008-04,2008-05,2008-06",
        b"ID,Start time,Completion time",
        b",,,,,,,,,,,,,,,,,,,,",
        b"sep=;\n",
        b"9999999999999999999",
        b"-",
        b"#REF!",
        b"<",
        b"</row>",
        b"r=\"XFD1048576\"",
        b"uniqueCount=\"99999999999\"",
        b"&#0;",
        b"\xf0\x9f\x98\x80",
    ]
    .iter()
    .map(|p| p.to_vec())
    .collect();
    let one = prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(a, b)| Change::Flip(a, b)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, n)| Change::Delete(a, n)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, n)| Change::Repeat(a, n)),
        (any::<usize>(), prop::sample::select(pieces)).prop_map(|(a, p)| Change::Insert(a, p)),
        any::<usize>().prop_map(Change::Cut),
    ];
    prop::collection::vec(one, 1..8)
}

/// Texts of every layout that is recognised.
fn texts() -> Vec<Vec<u8>> {
    let mut wide = "Library".to_owned();
    (1..=12).for_each(|m| wide.push_str(&format!(",2008-{m:02}")));
    wide.push_str(
        "\r\nCity,1,2,3,4,,6,7,8,9,10,11,12\r\nWest,0,,,,,,,,,,,\"1,024\"\r\nTotal,1,2,3,4,,6,7,8,9,10,11,1036\r\n",
    );
    let monkey = "Respondent ID,Which?,,,Why?\n,Red,Blue,Other (please specify),Open-Ended Response\n1,Red,,teal,\"long,\n\"\"odd\"\" text\"\n2,,Blue,,\n";
    let titled =
        "Figures 2024,,\n\nLibrary,Visits,Date\nCity,3,03/04/2024\n\nWest,4,13/04/2024\nTotal,7,\n\nSource: counters\n";
    let sixteen: Vec<u8> = [0xff, 0xfe].into_iter().chain(titled.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let plain = "a;b;c\n1,5;x;\n2,5;y;caf\u{e9}\n";
    vec![
        wide.into_bytes(),
        monkey.as_bytes().to_vec(),
        titled.as_bytes().to_vec(),
        sixteen,
        plain.as_bytes().to_vec(),
        titled.replace('\n', "\r").into_bytes(),
    ]
}

/// A workbook with dates, percentages, errors' neighbours, a hidden sheet and titles.
fn workbook() -> Vec<u8> {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let percent = Format::new().set_num_format("0%");
    let sheet = book.add_worksheet().set_name("Log").unwrap();
    sheet.write(0, 0, "Sessions 2024-25").unwrap();
    for (c, header) in ["Ref", "Date", "Use", "Came", "Open"].into_iter().enumerate() {
        sheet.write(2, c as u16, header).unwrap();
    }
    for r in 0..12u32 {
        sheet.write(3 + r, 0, format!("S-{r}")).unwrap();
        let date = ExcelDateTime::from_ymd(2024, 4, 1 + r as u8).unwrap();
        sheet.write_with_format(3 + r, 1, &date, &day).unwrap();
        sheet.write_with_format(3 + r, 2, f64::from(r) / 20.0, &percent).unwrap();
        sheet.write(3 + r, 3, f64::from(r * 3)).unwrap();
        sheet.write(3 + r, 4, r % 2 == 0).unwrap();
    }
    sheet.write(15, 0, "Total").unwrap();
    sheet.write(15, 3, 198).unwrap();
    book.add_worksheet().set_name("Hidden").unwrap().set_hidden(true).write(0, 0, "x").unwrap();
    book.save_to_buffer().unwrap()
}

/// The parts of a workbook, unpacked.
fn parts(book: &[u8]) -> Vec<(String, Vec<u8>)> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    (0..archive.len())
        .map(|i| {
            let mut entry = archive.by_index(i).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write;
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        out.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn read(bytes: &[u8]) -> Intake {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    let intake = read_one(&path, "file", &ReadOptions { sheets: Sheets::All, ..ReadOptions::default() });
    // What holds of every file that was read, sound or not.
    for problem in intake.problems.list.iter().filter(|p| p.weight == Weight::Stops) {
        assert!(matches!(problem.exit, Exit::Data | Exit::Spec), "{problem:?}");
    }
    assert!(!intake.tables.is_empty() || intake.problems.stop().is_some());
    for table in &intake.tables {
        let mut last = 0;
        for row in 0..table.rows as u32 {
            let record = table.origin.record(row);
            assert!(record > last, "rows stand below each other");
            last = record;
        }
        for column in &table.columns {
            assert_eq!(column.codes.len(), table.rows);
            let counted: u64 = column.texts.iter().map(|(_, _, rows)| u64::from(rows)).sum();
            assert_eq!(counted, table.rows as u64);
        }
        assert!(table.faulty.iter().all(|&(row, _)| (row as usize) < table.rows));
    }
    let text: String = reach::draft::inspect::see(&intake).iter().map(reach::draft::in_words).collect();
    assert!(text.lines().all(|line| line.chars().count() <= 100));
    intake
}

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("REACH_MUTATED").ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(400))]
    #[test]
    fn texts_are_read_or_refused(which in 0usize..6, changes in changes()) {
        read(&apply(texts()[which].clone(), &changes));
    }
}

proptest! {
    #![proptest_config(cases(60))]
    #[test]
    fn workbooks_are_read_or_refused(changes in changes()) {
        read(&apply(workbook(), &changes));
    }

    #[test]
    fn parts_of_workbooks_are_read_or_refused(which in any::<usize>(), changes in changes()) {
        let mut parts = parts(&workbook());
        let which = which % parts.len();
        parts[which].1 = apply(std::mem::take(&mut parts[which].1), &changes);
        read(&packed(&parts));
    }
}

#[test]
fn a_sound_workbook_is_read_as_it_is_seen() {
    let intake = read(&workbook());
    let table = &intake.tables[0];
    assert_eq!(table.rows, 12);
    let cell = |c: usize, r: usize| table.columns[c].texts.text(table.columns[c].codes[r]);
    assert_eq!((cell(1, 0), cell(2, 1), cell(3, 2), cell(4, 0)), ("2024-04-01", "5%", "6", "TRUE"));
    assert_eq!(table.origin.record(0), 4);
}

#[test]
fn a_declared_size_is_never_believed() {
    let mut parts = parts(&workbook());
    for (name, bytes) in &mut parts {
        if name.ends_with("sharedStrings.xml") {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let at = text.find("uniqueCount=\"").unwrap() + "uniqueCount=\"".len();
            *bytes = format!("{}999999999999{}", &text[..at], &text[at..]).into_bytes();
        }
    }
    let lying = read(&packed(&parts));
    assert!(lying.tables.first().is_some_and(|table| table.rows == 12), "the count is not looked at");
    // A cell at the far end of the sheet costs what it is, not what lies between.
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "a").unwrap();
    sheet.write(1, 0, 1).unwrap();
    sheet.write(1_048_575, 16_383, 2).unwrap();
    let far = read(&book.save_to_buffer().unwrap());
    assert_eq!(far.tables[0].origin.record(1), 1_048_576);
    // Short rows are filled up with blanks, but not without end.
    let narrow = format!("{}\n{}", "a,".repeat(16_000), "1\n".repeat(60_000));
    assert_eq!(read(narrow.as_bytes()).problems.stop(), Some(Exit::Data));
}
