//! Promise: the exports of the survey platforms are told by their headers, and their columns by question, row, option and role,
//! however they were re-saved; nothing else is taken for one.

use std::path::{Path, PathBuf};

use reach::ingest::{Column, Intake, ReadOptions, Sheets, Table, read_one};
use reach::problem::Weight;

use crate::support::samples;

fn all_sheets() -> ReadOptions {
    ReadOptions { sheets: Sheets::All, ..ReadOptions::default() }
}

/// One table read from a file's content.
fn read(content: impl AsRef<[u8]>) -> Table {
    read_with(content, &ReadOptions::default())
}

fn read_with(content: impl AsRef<[u8]>, options: &ReadOptions) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.csv");
    std::fs::write(&path, content).unwrap();
    only(read_one(&path, "file.csv", options))
}

fn only(mut intake: Intake) -> Table {
    let stops: Vec<String> =
        intake.problems.list.iter().filter(|p| p.weight == Weight::Stops).map(|p| p.message.clone()).collect();
    assert!(stops.is_empty(), "{stops:?}");
    assert_eq!(intake.tables.len(), 1);
    intake.tables.remove(0)
}

fn cells(column: &Column) -> Vec<&str> {
    column.codes.iter().map(|&code| column.texts.text(code)).collect()
}

/// Header, part and role of every column, as short lines.
fn lines(table: &Table) -> Vec<String> {
    table
        .columns
        .iter()
        .map(|c| {
            let code = c.code.as_ref().map_or(String::new(), |code| format!("{code}: "));
            let role = c.system.map_or(String::new(), |role| format!(" = {role}"));
            let sent = if c.sent { " (sent)" } else { "" };
            let part = format!("{:?}", c.part).to_lowercase();
            format!("{code}{} [{part}]{role}{sent}", c.header.join(" / "))
        })
        .collect()
}

/// Platform, header rows, rows of data and their first row.
fn shape(table: &Table) -> (&str, u32, usize, u64) {
    (table.platform, table.header_rows, table.rows, table.origin.record(0))
}

fn every(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            every(&path, out);
        } else if path.extension().is_some_and(|e| e == "csv" || e == "xlsx") {
            out.push(path);
        }
    }
}

#[test]
fn every_sample_is_its_own_platform_and_no_other() {
    let Some(folder) = samples() else { return };
    let mut files = Vec::new();
    every(&folder, &mut files);
    let ours = ["surveymonkey", "qualtrics", "limesurvey", "alchemer", "typeform", "smartsurvey", "jisc", "snap"];
    let mut found = 0;
    for path in files {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        if name.ends_with("members-postcode.csv") {
            continue; // 80,000 plain rows, read elsewhere
        }
        let expected = match name.split('/').next().unwrap() {
            "newcastle" if name.contains("/toon-") && !name.contains("datamorphosis") => Some("surveymonkey"),
            top => ours.iter().find(|p| **p == top).copied(),
        };
        for table in &read_one(&path, name, &all_sheets()).tables {
            let platform = Some(table.platform).filter(|p| ours.contains(p));
            assert_eq!(platform, expected, "{name}: {}", table.reason);
            if platform.is_some() {
                found += 1;
                assert!(table.reason.len() > 30 && !table.reason.ends_with('.'), "{name}: {}", table.reason);
            }
        }
    }
    assert_eq!(found, 14);
}

#[test]
fn two_qualtrics_exporters_come_out_as_one_model() {
    let Some(folder) = samples() else { return };
    let table = |name: &str| only(read_one(&folder.join("qualtrics").join(name), name, &all_sheets()));
    let (new, old) = (table("qualtrics-many-types-insights.csv"), table("qualtrics-many-types-legacy-bom.csv"));
    assert_eq!((shape(&new), shape(&old)), (("qualtrics", 3, 5, 4), ("qualtrics", 2, 5, 3)));
    let asked = |table: &Table| -> usize { table.columns.iter().filter(|c| c.system.is_none()).count() };
    assert_eq!((asked(&new), asked(&old)), (176, 176));
    let own = |c: &&Column| c.system.is_none();
    for (a, b) in new.columns.iter().filter(own).zip(old.columns.iter().filter(own)) {
        assert_eq!((&a.code, &a.header, a.part, cells(a)), (&b.code, &b.header, b.part, cells(b)));
    }
    // Columns are the same questions in both, though they stand elsewhere.
    let questions = |table: &Table| -> Vec<usize> {
        let own: Vec<&Column> = table.columns.iter().filter(|c| c.system.is_none()).collect();
        own.iter().map(|c| own.iter().position(|o| o.question == c.question).unwrap()).collect()
    };
    assert_eq!(questions(&new), questions(&old));
    for word in ["response", "date", "finished", "status"] {
        let of = |table: &Table| cells(table.columns.iter().find(|c| c.system == Some(word)).unwrap()).join("|");
        assert_eq!(of(&new), of(&old), "{word}");
    }
    let line = |code: &str| lines(&new).into_iter().find(|l| l.starts_with(&format!("{code}: "))).unwrap();
    assert!(line("Q2_1").ends_with("choose one of the fruits below. / Oranges [option]"), "{}", line("Q2_1"));
    assert!(line("Q3_1").ends_with("how you feel about each fruit. / Oranges [row]"), "{}", line("Q3_1"));
    assert!(line("Q44_2_3").ends_with("about each fruit. / Blueberries / Dislike [option]"), "{}", line("Q44_2_3"));
    assert!(line("Q4#2_1").ends_with("part.: How would you like to consume this fruit? / Oranges [row]"));
    assert!(line("Q11#1_1_2_TEXT").ends_with("/ Oranges / Consumption Method [row]"));
    assert!(line("Q11#2_3_4").ends_with("/ Strawberries / Gummy bears [option]"));
}

#[test]
fn texts_of_another_language_and_legacy_rows() {
    let Some(folder) = samples() else { return };
    let table = |name: &str| only(read_one(&folder.join("qualtrics").join(name), name, &all_sheets()));
    let german = table("qualtrics-sample-3-header-rows.csv");
    assert_eq!(shape(&german), ("qualtrics", 3, 1, 4));
    assert_eq!(
        lines(&german)[2..9],
        [
            "Status: Status [whole] = status",
            "IPAddress: IPAddress [whole] = (ignore)",
            "Progress: Progress [whole] = progress",
            "Duration (in seconds): Duration (in seconds) [whole] = duration",
            "Finished: Finished [whole] = finished",
            "RecordedDate: RecordedDate [whole] = date",
            "ResponseId: ResponseId [whole] = response",
        ]
    );
    assert_eq!(
        lines(&german)[16..],
        [
            "UserLanguage: UserLanguage [whole] = language",
            "Q1: This is a multiple choice question. [whole]",
            "Q2: This is a free text question. [open]",
            "Q2 - Topics: Q2 - Topics [whole] = (ignore)",
        ]
    );
    let legacy = table("qualtrics-sample-legacy-2-header-rows.csv");
    assert_eq!((shape(&legacy), legacy.columns.len()), (("qualtrics", 2, 1, 3), 15));
    assert_eq!(lines(&legacy)[10], "Q1: This is a multiple choice question. [whole]");
}
