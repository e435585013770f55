//! Promise: a text file that was cut off, or that has a quote too many, is rejected or flagged, or gives exactly its first whole
//! rows; and no row that is read ever holds the cells of two people.
//!
//! Every cell of the fixtures bears the mark of its row (`r17`), so that a row of two people gives itself away.

use std::collections::BTreeSet;

use reach::ingest::{Intake, ReadOptions, Table, read_bytes};
use reach::problem::Weight;

/// A fixture: its bytes, how many rows it has, and its first row as a spreadsheet shows it.
struct Fixture {
    name: &'static str,
    bytes: Vec<u8>,
    rows: usize,
}

/// A survey with answers of several lines, quoted commas, doubled quotes and blank cells.
fn survey() -> Fixture {
    let mut text = String::from("Response,Which library?,How was it?,Anything else?,Would you come again?\r\n");
    for n in 11..=17 {
        let said = match n % 4 {
            0 => format!("\"r{n} loved it,\nr{n} truly\""),
            1 => format!("\"r{n} a \"\"gem\"\", r{n}\""),
            2 => format!("r{n} fine"),
            _ => format!("\"r{n}\r\n\r\nr{n}, and r{n}\r\nr{n}\""),
        };
        let more = match n % 3 {
            0 => String::new(),
            1 => format!("\"\nr{n} begins below\""),
            _ => format!("\", r{n} begins with a comma\""),
        };
        text.push_str(&format!("r{n},\"r{n}, City\",{said},{more},r{n} yes\r\n"));
    }
    Fixture { name: "survey", bytes: text.into_bytes(), rows: 7 }
}

/// A log without quotes, its last cell a number.
fn log() -> Fixture {
    let mut text = String::from("Ref,Session,Came,Notes\n");
    for n in 11..=19 {
        let notes = if n % 3 == 0 { String::new() } else { format!("r{n} with staff") };
        text.push_str(&format!("r{n}-a,r{n} story time,r{n}/{},{notes}\n", n * 7));
    }
    Fixture { name: "log", bytes: text.into_bytes(), rows: 9 }
}

/// The survey as Excel's "Unicode text": two bytes a character, tabs between the cells.
fn sixteen() -> Fixture {
    let mut text = String::from("\u{feff}Response\tLibrary\tSaid\r\n");
    for n in 11..=16 {
        let said = if n % 2 == 0 { format!("\"r{n} café,\nr{n} très bien\"") } else { format!("r{n} été") };
        text.push_str(&format!("r{n}\tr{n} Bibliothèque\t{said}\r\n"));
    }
    Fixture { name: "sixteen", bytes: text.encode_utf16().flat_map(u16::to_le_bytes).collect(), rows: 6 }
}

/// Semicolons, every cell in quotes, as Windows-1252.
fn western() -> Fixture {
    let mut text = String::from("\"id\";\"lieu\";\"avis\"\n");
    for n in 11..=16 {
        text.push_str(&format!(
            "\"r{n}\";\"r{n} Musée; r{n}\";\"{}\"\n",
            if n % 3 == 0 { String::new() } else { format!("r{n} très beau") }
        ));
    }
    let bytes = text.chars().map(|c| if c.is_ascii() { c as u8 } else { u32::from(c) as u8 }).collect();
    Fixture { name: "western", bytes, rows: 6 }
}

/// SurveyMonkey's two header rows, blank columns at the end of many rows, a text that begins with a line end.
fn monkey() -> Fixture {
    let mut text = String::from("Respondent ID,Which?,,,Why?\n,Red,Blue,Other (please specify),Open-Ended Response\n");
    for n in 11..=18 {
        let tick = |on: bool, what: &str| if on { format!("r{n} {what}") } else { String::new() };
        let other = if n % 4 == 0 { format!("\"\nr{n} teal\"") } else { String::new() };
        let why = if n % 3 == 0 { format!("\"r{n} so, it \"\"was\"\"\n\"") } else { String::new() };
        text.push_str(&format!("r{n},{},{},{other},{why}\n", tick(n % 2 == 0, "Red"), tick(n % 5 > 1, "Blue")));
    }
    Fixture { name: "monkey", bytes: text.into_bytes(), rows: 8 }
}

fn fixtures() -> [Fixture; 5] {
    [survey(), log(), sixteen(), western(), monkey()]
}

fn read(bytes: Vec<u8>) -> Intake {
    read_bytes(bytes, "file.csv", &ReadOptions::default())
}

/// The cells of a row.
fn row(table: &Table, row: usize) -> Vec<&str> {
    table.columns.iter().map(|c| c.texts.text(c.codes[row])).collect()
}

/// The marks of people in a text: `r17`.
fn marks(text: &str) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if c == 'r' && !before.is_alphanumeric() {
            let digits: String = text[at + 1..].chars().take_while(char::is_ascii_digit).collect();
            // A mark that was cut or split is none.
            found.extend(digits.parse::<u32>().ok().filter(|_| digits.len() == 2));
        }
        before = c;
    }
    found
}

/// No row of any table bears the marks of two people, be it set aside or not.
#[track_caller]
fn one_person_a_row(intake: &Intake, what: &str) {
    for table in &intake.tables {
        for n in 0..table.rows {
            let marks: BTreeSet<u32> = row(table, n).iter().flat_map(|cell| marks(cell)).collect();
            assert!(marks.len() <= 1, "{what}: row {n} holds the cells of {marks:?}");
        }
    }
}

fn rejected(intake: &Intake) -> bool {
    intake.problems.list.iter().any(|p| p.weight == Weight::Stops)
}

/// Whether something is said of the file beside its encoding, of which a file that is whole too is told.
fn flagged(intake: &Intake) -> bool {
    intake.problems.list.iter().any(|p| p.code != "encoding-guessed")
}

#[test]
fn whole_fixtures_are_read_whole_and_nothing_is_said() {
    for fixture in fixtures() {
        let intake = read(fixture.bytes.clone());
        assert!(!flagged(&intake), "{}: {:?}", fixture.name, intake.problems.list);
        assert_eq!(intake.tables[0].rows, fixture.rows, "{}", fixture.name);
        one_person_a_row(&intake, fixture.name);
        for n in 0..fixture.rows {
            let table = &intake.tables[0];
            let marks: BTreeSet<u32> = row(table, n).iter().flat_map(|cell| marks(cell)).collect();
            assert_eq!(marks, BTreeSet::from([n as u32 + 11]), "{}", fixture.name);
        }
    }
}

#[test]
fn every_cut_is_rejected_or_flagged_or_gives_the_first_whole_rows() {
    for fixture in fixtures() {
        let whole = read(fixture.bytes.clone());
        let (mut silent, mut said, mut stopped) = (0, 0, 0);
        for cut in 0..fixture.bytes.len() {
            let intake = read(fixture.bytes[..cut].to_vec());
            let what = format!("{} cut at byte {cut}", fixture.name);
            one_person_a_row(&intake, &what);
            if rejected(&intake) {
                stopped += 1;
                continue;
            }
            let table = &intake.tables[0];
            // What was read of whole rows is what the whole file says, in every row but perhaps the last, which is flagged.
            let sure = if flagged(&intake) { table.rows - 1 } else { table.rows };
            for n in 0..sure {
                let (here, there) = (row(table, n), row(&whole.tables[0], n));
                assert_eq!(here[..], there[..here.len()], "{what}, row {n}");
                assert!(there[here.len()..].iter().all(|cell| cell.is_empty()), "{what}, row {n}");
            }
            if flagged(&intake) {
                said += 1;
                // A last row that lacks cells is set aside: it is never filled up silently.
                let last = row(table, table.rows - 1);
                let complete = last.len() == whole.tables[0].columns.len()
                    && last
                        .iter()
                        .zip(row(&whole.tables[0], table.rows - 1))
                        .all(|(a, b)| a.is_empty() == b.is_empty());
                let aside = table.faulty.iter().any(|&(n, _)| n as usize == table.rows - 1);
                let cut_said = intake.problems.list.iter().any(|p| matches!(p.code, "line-end-missing" | "file-cut"));
                assert!(complete || aside || cut_said, "{what}: {:?}", intake.problems.list);
            } else {
                silent += 1;
                assert!(table.faulty.is_empty(), "{what}");
            }
        }
        println!("{}: {silent} cuts between rows, {said} flagged, {stopped} rejected", fixture.name);
        // Nothing is said only where a line ends: between rows (and between the two characters of a line end).
        assert!(silent <= 2 * fixture.rows, "{}: {silent} cuts went unsaid", fixture.name);
    }
}

#[test]
fn every_inserted_quote_is_rejected_or_flagged() {
    for fixture in fixtures() {
        for at in 0..=fixture.bytes.len() {
            let mut bytes = fixture.bytes.clone();
            bytes.insert(at, b'"');
            let intake = read(bytes);
            let what = format!("{} with a quote at byte {at}", fixture.name);
            assert!(rejected(&intake) || flagged(&intake), "{what}: nothing is said");
            one_person_a_row(&intake, &what);
        }
    }
}

#[test]
fn every_lost_quote_is_rejected_or_flagged() {
    for fixture in [survey(), western(), monkey()] {
        for at in (0..fixture.bytes.len()).filter(|&at| fixture.bytes[at] == b'"') {
            let mut bytes = fixture.bytes.clone();
            bytes.remove(at);
            let intake = read(bytes);
            let what = format!("{} without the quote at byte {at}", fixture.name);
            assert!(rejected(&intake) || flagged(&intake), "{what}: nothing is said");
            one_person_a_row(&intake, &what);
        }
    }
}

#[test]
fn every_inserted_line_end_and_separator_keeps_people_apart() {
    for fixture in [survey(), log(), western(), monkey()] {
        let separator = if fixture.name == "western" { b';' } else { b',' };
        for at in 0..=fixture.bytes.len() {
            for piece in [b'\n', separator] {
                let mut bytes = fixture.bytes.clone();
                bytes.insert(at, piece);
                let intake = read(bytes);
                let what = format!("{} with {piece:?} at byte {at}", fixture.name);
                one_person_a_row(&intake, &what);
                // Nothing is said where it changed the text of one cell, or made a blank line.
                if !rejected(&intake) && !flagged(&intake) {
                    assert_eq!(intake.tables[0].rows, fixture.rows, "{what}");
                    assert!(intake.tables[0].columns.iter().all(|c| !c.header[0].is_empty()), "{what}");
                }
            }
        }
    }
}

#[test]
fn two_lines_made_one_are_two_people_and_set_aside() {
    for fixture in [log(), western()] {
        let ends: Vec<usize> = (0..fixture.bytes.len()).filter(|&at| fixture.bytes[at] == b'\n').collect();
        for &at in &ends[1..ends.len() - 1] {
            let mut bytes = fixture.bytes.clone();
            bytes.remove(at);
            let intake = read(bytes);
            if rejected(&intake) {
                continue;
            }
            let table = &intake.tables[0];
            for n in 0..table.rows {
                let marks: BTreeSet<u32> = row(table, n).iter().flat_map(|cell| marks(cell)).collect();
                let aside = table.faulty.iter().any(|&(row, _)| row as usize == n);
                assert!(marks.len() <= 1 || aside, "{} without the line end at {at}: row {n}", fixture.name);
            }
        }
    }
}
