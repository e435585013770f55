//! What reading a workbook costs: `cargo bench --bench workbooks -- [--rows N] [--runs N]`.
//!
//! Makes a survey of that many rows and 21 columns in all kinds of cells, and prints the processor time of a pass of calamine's
//! `worksheet_cells_reader` that drops its cells, that of reading the same file to an `Intake`, and their ratio. Medians of the runs,
//! from one process. Quote the ratio: absolute times belong to one machine.
#![allow(
    clippy::allow_attributes,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark writes its own inputs and stops at the first fault"
)]

use std::io::Cursor;
use std::path::Path;

use calamine::{Reader, Xlsx};
use reach::ingest::{ReadOptions, read_one};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use rustix::time::{ClockId, clock_gettime};

/// Processor seconds of this process, all threads.
fn cpu() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let before = cpu();
    let out = work();
    (cpu() - before, out)
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// The most memory this process ever held, in MiB (Linux).
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

/// A survey as a platform exports it: an id, two moments, twelve answers, four numbers, a share, a comment of one's own.
fn write_survey(path: &Path, rows: u32) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let share = Format::new().set_num_format("0%");
    let answers = ["Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree"];
    let names = ["Response ID", "Start time", "Completion time"];
    for (column, name) in names.into_iter().enumerate() {
        sheet.write(0, column as u16, name).unwrap();
    }
    for column in 3..21u16 {
        sheet.write(0, column, format!("Question {}", column - 2)).unwrap();
    }
    let mut dice = 1u64;
    for row in 1..=rows {
        let mut roll = |n: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % n
        };
        sheet.write(row, 0, f64::from(5_000_000 + row)).unwrap();
        let day = ExcelDateTime::from_ymd(2025, 1 + (row % 12) as u8, 1 + (row % 28) as u8).unwrap();
        let day = day.and_hms((row % 24) as u16, (row % 60) as u8, (row % 60) as f64).unwrap();
        sheet.write_with_format(row, 1, &day, &moment).unwrap();
        sheet.write_with_format(row, 2, &day, &moment).unwrap();
        for column in 3..15u16 {
            if roll(20) > 0 {
                sheet.write(row, column, answers[roll(5) as usize]).unwrap();
            }
        }
        for column in 15..19u16 {
            sheet.write(row, column, roll(1000) as f64 / if column == 18 { 8.0 } else { 1.0 }).unwrap();
        }
        sheet.write_with_format(row, 19, roll(101) as f64 / 100.0, &share).unwrap();
        if roll(3) == 0 {
            sheet.write(row, 20, format!("We came with {} friends on visit {row}", roll(40))).unwrap();
        }
    }
    book.save(path).unwrap();
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, usual: u32| {
        let at = arguments.iter().position(|a| a == name);
        at.and_then(|i| arguments.get(i + 1)).and_then(|n| n.parse().ok()).unwrap_or(usual)
    };
    let (rows, runs) = (number("--rows", 100_000), number("--runs", 5));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("survey.xlsx");
    write_survey(&path, rows);
    println!("{rows} rows x 21 columns, {:.1} MB; {runs} runs", std::fs::metadata(&path).unwrap().len() as f64 / 1e6);
    println!("peak memory before reading {:.0} MiB", peak());

    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let (seconds, cells) = timed(|| {
            let bytes = std::fs::read(&path).unwrap();
            let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
            let name = book.sheet_names()[0].clone();
            let mut reader = book.worksheet_cells_reader(&name).unwrap();
            let mut cells = 0u64;
            while let Some(cell) = reader.next_cell().unwrap() {
                std::hint::black_box(cell);
                cells += 1;
            }
            cells
        });
        bare.push(seconds);
        let (seconds, intake) = timed(|| read_one(&path, "survey.xlsx", &ReadOptions::default()));
        assert_eq!((intake.tables[0].rows, intake.tables[0].columns.len()), (rows as usize, 21));
        ours.push(seconds);
        std::hint::black_box((cells, intake));
    }
    let (bare, ours) = (median(bare), median(ours));
    println!("worksheet_cells_reader, cells dropped {bare:8.3} s cpu");
    println!("read to an Intake                     {ours:8.3} s cpu   {:.2} x", ours / bare);
    println!("peak memory {:.0} MiB", peak());
}
