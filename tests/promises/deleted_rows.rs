//! No row is lost: a row less in a file is one row less in its ledger, and one less among exactly one of "accepted" and the reasons
//! for which rows are set aside.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use reach::ledger::{Account, Reason};
use reach::link::{Key, link};
use reach::problem::Weight;
use reach::spec::{Kind, Spec};
use reach::{clean, ingest};

use crate::support;

/// How many rows are deleted from each source, one at a time.
const DRAWS: u64 = 100;

/// What a source's files come to: per (file, sheet) the rows, those accepted, and those set aside by reason.
type Tally = BTreeMap<(String, Option<String>), (u64, u64, BTreeMap<Reason, u64>)>;

/// A programme in a folder, and what its files are when nothing is deleted.
struct Programme {
    folder: PathBuf,
    spec: Spec,
}

/// A row of an input: its file, its sheet, its number as a spreadsheet shows it.
#[derive(Clone)]
struct Row {
    file: String,
    sheet: Option<String>,
    record: u64,
}

impl Programme {
    fn open(folder: &Path) -> Self {
        let spec = reach::spec::load(&folder.join("reach.toml")).unwrap_or_else(|found| panic!("{found:#?}"));
        Programme { folder: folder.to_path_buf(), spec }
    }

    /// The spec with this source alone, and with what its rows need to count: a register of attendance needs the session log.
    fn narrowed(&self, source: usize) -> Spec {
        let mut spec = self.spec.clone();
        let needs = |kind: Kind| match self.spec.sources[source].kind {
            Kind::Attendance => matches!(kind, Kind::Sessions | Kind::People),
            _ => false,
        };
        let kept: Vec<bool> = (0..spec.sources.len()).map(|i| i == source || needs(spec.sources[i].kind)).collect();
        let mut kept = kept.iter();
        spec.sources.retain(|_| *kept.next().unwrap());
        spec
    }
}

/// Reads, cleans and links; gives the account of this source's files, and its rows.
fn account(spec: &Spec, source: &str) -> (Tally, Vec<Row>) {
    let intake = ingest::read(spec);
    let index = spec.sources.iter().position(|s| s.name == source).unwrap();
    let rows = intake
        .tables
        .iter()
        .filter(|table| table.source == index)
        .flat_map(|table| {
            let file = intake.files[table.file].name.clone();
            (0..table.rows as u32).map(move |row| Row {
                file: file.clone(),
                sheet: table.sheet.clone(),
                record: table.origin.record(row),
            })
        })
        .collect();
    let cleaned = clean::clean(intake, spec, None);
    let stops = |list: &[reach::problem::Problem]| {
        let found: Vec<_> = list.iter().filter(|p| p.weight == Weight::Stops).collect();
        assert!(found.is_empty(), "{source}: {found:#?}");
    };
    stops(&cleaned.problems.list);
    let linked = link(cleaned, spec, &Key::from_bytes([1; 32]));
    stops(&linked.problems.list);
    assert_eq!(linked.ledger.check(), Vec::<String>::new());
    let of = |a: &Account| ((a.file.clone(), a.sheet.clone()), (a.rows, a.accepted, a.by_reason()));
    (linked.ledger.accounts.iter().filter(|a| a.source == source).map(of).collect(), rows)
}

/// Whatever a seed draws, the same on every machine (SplitMix64).
fn draw(seed: u64, below: usize) -> usize {
    let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF0);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) % below as u64) as usize
}

/// Deletes a seeded row of a source, `DRAWS` times, each time from the whole.
fn delete_rows(programme: &Programme, source: usize) {
    let spec = programme.narrowed(source);
    let name = programme.spec.sources[source].name.as_str();
    let (before, rows) = account(&spec, name);
    assert!(!rows.is_empty(), "{name} has no rows");
    (0..DRAWS).into_par_iter().for_each(|seed| {
        let row = &rows[draw(seed, rows.len())];
        let temp = tempfile::tempdir().unwrap();
        support::copy_tree(&programme.folder, temp.path());
        delete(&temp.path().join(&row.file), row);
        let mut spec = spec.clone();
        spec.folder = temp.path().to_path_buf();
        spec.file = temp.path().join("reach.toml");
        let (after, _) = account(&spec, name);
        let place = format!("{name}, seed {seed}: {} row {}", row.file, row.record);
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{place}");
        for (file, (rows, ..)) in &before {
            let less = u64::from(*file == (row.file.clone(), row.sheet.clone()));
            assert_eq!(rows - less, after[file].0, "{place}: rows");
        }
        // Over all files of the source: the second of two equal rows, in another file, may take the place of the first.
        let sum = |tally: &Tally| {
            let mut all: BTreeMap<Option<Reason>, i64> = BTreeMap::new();
            for (_, accepted, reasons) in tally.values() {
                *all.entry(None).or_default() += *accepted as i64;
                for (reason, n) in reasons {
                    *all.entry(Some(*reason)).or_default() += *n as i64;
                }
            }
            all
        };
        let mut change = sum(&before);
        for (what, n) in sum(&after) {
            *change.entry(what).or_default() -= n;
        }
        change.retain(|_, n| *n != 0);
        assert!(change.len() == 1 && change.values().all(|n| *n == 1), "{place}: {change:?}");
    });
}

/// Deletes one record from a file.
fn delete(path: &Path, row: &Row) {
    let bytes = fs::read(path).unwrap();
    let rest = match &row.sheet {
        Some(sheet) => without_sheet_row(&bytes, sheet, row.record),
        None => without_record(&bytes, row.record),
    };
    fs::write(path, rest).unwrap();
}

/// Delimited text without its `record`-th record (from 1), byte for byte.
fn without_record(bytes: &[u8], record: u64) -> Vec<u8> {
    let (mut out, mut at, mut quoted) = (Vec::with_capacity(bytes.len()), 1, false);
    let mut i = 0;
    while i < bytes.len() {
        let byte = bytes[i];
        if at != record {
            out.push(byte);
        }
        quoted ^= byte == b'"';
        let ends = match byte {
            b'\n' => true,
            b'\r' => bytes.get(i + 1) != Some(&b'\n'),
            _ => false,
        };
        at += u64::from(ends && !quoted);
        i += 1;
    }
    assert!(at >= record, "the file has no record {record}");
    out
}

/// A workbook without a row of a sheet, as when a person deletes the row: those below move up.
fn without_sheet_row(bytes: &[u8], sheet: &str, record: u64) -> Vec<u8> {
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = |name: &str| {
        let mut text = String::new();
        book.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    // Sheets in the order of the workbook are sheet1.xml, sheet2.xml … in the files that the tests delete from.
    let names = text("xl/workbook.xml");
    let at = names.split("<sheet ").skip(1).position(|s| s.contains(&format!("name=\"{sheet}\""))).unwrap();
    let part = format!("xl/worksheets/sheet{}.xml", at + 1);
    let xml = text(&part);
    let number = |chunk: &str| chunk.split('"').nth(1).unwrap().parse::<u64>().unwrap();
    let mut chunks = xml.split("<row r=");
    let mut moved = chunks.next().unwrap().to_owned();
    let mut found = false;
    for chunk in chunks {
        let (row, tail) = chunk.split_at(chunk.find("</row>").map_or(chunk.len(), |end| end + "</row>".len()));
        let n = number(row);
        match n.cmp(&record) {
            std::cmp::Ordering::Less => moved.push_str(&format!("<row r={row}")),
            std::cmp::Ordering::Equal => found = true,
            std::cmp::Ordering::Greater => {
                let mut row = row.replacen(&format!("\"{n}\""), &format!("\"{}\"", n - 1), 1);
                for column in 'A'..='Z' {
                    row = row.replace(&format!("r=\"{column}{n}\""), &format!("r=\"{column}{}\"", n - 1));
                }
                moved.push_str(&format!("<row r={row}"));
            }
        }
        moved.push_str(tail);
    }
    assert!(found, "{sheet} has no row {record}");
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for index in 0..book.len() {
        let mut file = book.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        out.start_file(name.as_str(), options).unwrap();
        if name == part {
            out.write_all(moved.as_bytes()).unwrap();
        } else {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            out.write_all(&bytes).unwrap();
        }
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn every_row_of_the_demo_is_accounted_for() {
    let programme = Programme::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo"));
    for source in 0..programme.spec.sources.len() {
        delete_rows(&programme, source);
    }
}

#[test]
fn every_row_of_newcastle_is_accounted_for() {
    let Some(folder) = support::newcastle() else { return };
    // The 80,752 members take long to read a hundred times: every fortieth of them stands for all.
    let members = folder.path().join("activity/newcastle-active-members-postcode.csv");
    let text = fs::read_to_string(&members).unwrap();
    let some: String = text.split_inclusive('\n').enumerate().filter(|(i, _)| i % 40 == 0).map(|(_, l)| l).collect();
    fs::write(&members, some).unwrap();
    let programme = Programme::open(folder.path());
    for source in 0..programme.spec.sources.len() {
        delete_rows(&programme, source);
    }
}

#[test]
fn a_record_is_deleted_with_its_line_breaks() {
    let text = b"a,b\r\n1,\"x\ny\"\r\n2,z\r\n";
    assert_eq!(without_record(text, 2), b"a,b\r\n2,z\r\n");
    assert_eq!(without_record(text, 3), b"a,b\r\n1,\"x\ny\"\r\n");
}
