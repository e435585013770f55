//! What holds of every file that is read or refused, whatever its bytes.

use std::io::{Cursor, Read, Write};
use std::sync::OnceLock;

use cap::Cap;
use reach::draft;
use reach::exit::Exit;
use reach::ingest::{Intake, ReadOptions, Sheets, read_bytes};
use reach::problem::Weight;

#[global_allocator]
static ALLOCATOR: Cap<std::alloc::System> = Cap::new(std::alloc::System, usize::MAX);

/// Reads a file's content with 512 MiB beyond it; an allocation over that ends the process, which is a finding.
pub fn read(bytes: &[u8]) -> Intake {
    let room = (512 << 20) + 2 * bytes.len();
    let _ = ALLOCATOR.set_limit(ALLOCATOR.allocated() + room);
    let intake = read_bytes(bytes.to_vec(), "file", &ReadOptions { sheets: Sheets::All, ..ReadOptions::default() });
    let _ = ALLOCATOR.set_limit(usize::MAX);
    intake
}

/// What must hold of an intake.
pub fn check(intake: &Intake) {
    for problem in intake.problems.list.iter().filter(|p| p.weight == Weight::Stops) {
        assert!(matches!(problem.exit, Exit::Data | Exit::Spec), "{problem:?}");
    }
    assert!(!intake.tables.is_empty() || intake.problems.stop().is_some(), "neither read nor refused");
    for table in &intake.tables {
        let mut last = 0;
        for row in 0..table.rows as u32 {
            let record = table.origin.record(row);
            assert!(record > last, "rows stand below each other");
            last = record;
        }
        for column in &table.columns {
            assert_eq!(column.codes.len(), table.rows, "a column lost a row");
            let counted: u64 = column.texts.iter().map(|(_, _, rows)| u64::from(rows)).sum();
            assert_eq!(counted, table.rows as u64, "texts are counted once a row");
        }
        assert!(table.faulty.iter().all(|&(row, _)| (row as usize) < table.rows), "a faulty row that is none");
    }
    let words: String = draft::inspect::see(intake).iter().map(draft::in_words).collect();
    assert!(words.lines().all(|line| line.chars().count() <= 100), "a line too long for a terminal");
}

/// The parts of a workbook with dates, percentages, merged titles and a hidden sheet.
pub fn parts() -> &'static [(String, Vec<u8>)] {
    static PARTS: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    PARTS.get_or_init(|| {
        let mut archive = zip::ZipArchive::new(Cursor::new(workbook())).expect("a workbook of our own");
        (0..archive.len())
            .map(|i| {
                let mut entry = archive.by_index(i).expect("a part of our own");
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).expect("a part of our own");
                (entry.name().expect("a name of our own").into_owned(), bytes)
            })
            .collect()
    })
}

/// A workbook of these parts.
pub fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        out.start_file(name.as_str(), stored).expect("memory takes it");
        out.write_all(bytes).expect("memory takes it");
    }
    out.finish().expect("memory takes it").into_inner()
}

fn workbook() -> Vec<u8> {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let make = || -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
        let mut book = Workbook::new();
        let (day, percent) =
            (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("0%"));
        let sheet = book.add_worksheet().set_name("Log")?;
        sheet.merge_range(0, 0, 0, 3, "Sessions 2024-25", &Format::new())?;
        for (column, header) in ["Ref", "Date", "Use", "Came", "Open"].into_iter().enumerate() {
            sheet.write(2, column as u16, header)?;
        }
        for row in 0..6u32 {
            sheet.write(3 + row, 0, format!("S-{row}"))?;
            sheet.write_with_format(3 + row, 1, &ExcelDateTime::from_ymd(2024, 4, 1 + row as u8)?, &day)?;
            sheet.write_with_format(3 + row, 2, f64::from(row) / 20.0, &percent)?;
            sheet.write_formula(3 + row, 3, rust_xlsxwriter::Formula::new("1+2").set_result("3"))?;
            sheet.write(3 + row, 4, row % 2 == 0)?;
        }
        sheet.write(9, 0, "Total")?;
        book.add_worksheet().set_name("Hidden")?.set_hidden(true).write(0, 0, "x")?;
        book.save_to_buffer()
    };
    make().expect("a workbook of our own")
}
