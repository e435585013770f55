//! Promise: exports of Google Forms, Microsoft Forms, KoboToolbox and ODK, and coded data with a legend, are told from one another
//! and from everything else, and what belongs together in them is found.

use std::path::{Path, PathBuf};

use reach::ingest::asked::{Asked, Closed, How, Separator, asked};
use reach::ingest::{Intake, Part, ReadOptions, Sheets, SkippedWhy, Table, read_bytes, read_one};
use reach::problem::Weight;
use rust_xlsxwriter::{Workbook, Worksheet};

use crate::support::samples;

fn csv(text: &str) -> Intake {
    read_bytes(text.as_bytes().to_vec(), "file.csv", &ReadOptions::default())
}

fn forced(text: &str, platform: &str) -> Intake {
    let options = ReadOptions { platform: Some(platform.to_owned()), ..ReadOptions::default() };
    read_bytes(text.as_bytes().to_vec(), "file.csv", &options)
}

fn sheet(book: &mut Workbook, name: &str, rows: &[&[&str]]) {
    let sheet: &mut Worksheet = book.add_worksheet();
    sheet.set_name(name).unwrap();
    for (r, row) in (0u32..).zip(rows) {
        for (c, cell) in (0u16..).zip(*row) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(r, c, number).unwrap(),
                Err(_) => sheet.write_string(r, c, *cell).unwrap(),
            };
        }
    }
}

fn book(sheets: &[(&str, &[&[&str]])], which: Sheets) -> Intake {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        sheet(&mut book, name, rows);
    }
    let options = ReadOptions { sheets: which, ..ReadOptions::default() };
    read_bytes(book.save_to_buffer().unwrap(), "file.xlsx", &options)
}

fn only(intake: &Intake) -> &Table {
    assert_eq!(intake.problems.stop(), None, "{:?}", intake.problems.list);
    assert_eq!(intake.tables.len(), 1);
    &intake.tables[0]
}

fn question<'a>(all: &'a [Asked], stem: &str) -> &'a Asked {
    all.iter()
        .find(|q| q.stem == stem)
        .unwrap_or_else(|| panic!("{stem}: {:?}", all.iter().map(|q| &q.stem).collect::<Vec<_>>()))
}

fn options(closed: &Closed) -> Vec<(&str, u64)> {
    closed.options.iter().map(|o| (o.text.as_str(), o.rows)).collect()
}

#[test]
fn no_sample_is_taken_for_a_form_of_another() {
    let Some(folder) = samples() else { return };
    let mut seen = 0;
    for (path, name) in every(&folder) {
        let intake = read_one(&path, &name, &ReadOptions { sheets: Sheets::All, ..ReadOptions::default() });
        let own = match name.split('/').next().unwrap() {
            "google-forms" => Some("google-forms"),
            "odk" => Some("odk"),
            _ => None,
        };
        for table in &intake.tables {
            let mine = ["google-forms", "microsoft-forms", "kobotoolbox", "odk"].contains(&table.platform);
            assert_eq!(mine.then_some(table.platform), own, "{name}: {}", table.reason);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} tables");
}

fn every(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if std::fs::metadata(&path).unwrap().len() < 300_000 {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                out.push((path, name));
            }
        }
    }
    out.sort();
    out
}

/// The answers of a column joined by `, ` that contain no comma themselves, counted by `csv` alone.
fn ticks(path: &Path, header: &str, option: &str) -> u64 {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let is = |h: &str| h.trim_start_matches('\u{feff}').trim() == header;
    let at = reader.headers().unwrap().iter().position(is).unwrap();
    let rows = reader.records().map(|r| r.unwrap());
    rows.filter(|r| r[at].split(", ").any(|part| part.trim().eq_ignore_ascii_case(option))).count() as u64
}

#[test]
fn a_google_form_and_its_workbook_ask_the_same_and_are_answered_alike() {
    let Some(folder) = samples() else { return };
    let read = |name: &str| read_one(&folder.join(name), name, &ReadOptions::default());
    let path = folder.join("google-forms/spack-2022-responses-bom.csv");
    let (text, workbook) =
        (read("google-forms/spack-2022-responses-bom.csv"), read("google-forms/spack-2022-responses.xlsx"));
    let (text, workbook) = (only(&text), only(&workbook));
    assert_eq!((text.platform, workbook.platform), ("google-forms", "google-forms"));
    assert_eq!((text.reason.as_str(), text.rows), (workbook.reason.as_str(), workbook.rows));
    let (a, b) = (asked(text), asked(workbook));
    assert_eq!(a, b);
    let gpu = "What kind of GPUs do you (or your organization) use with Spack? (check all that apply)";
    let multi = a.iter().filter(|q| matches!(q.how, How::Joined(Separator::CommaSpace, _))).count();
    assert_eq!(multi, 11, "{gpu}");
    let grids: Vec<usize> = a.iter().filter(|q| matches!(q.how, How::Grid(None, _))).map(|q| q.columns.len()).collect();
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let bracketed = reader.headers().unwrap().iter().filter(|h| h.contains(" [") && h.trim().ends_with(']')).count();
    assert_eq!(grids.iter().sum::<usize>(), bracketed);
    for q in a.iter().filter(|q| matches!(q.how, How::Joined(..))) {
        let How::Joined(_, closed) = &q.how else { continue };
        for option in closed.options.iter().filter(|o| !o.text.contains(", ")) {
            assert_eq!(option.rows, ticks(&path, &q.stem, &option.text), "{}: {}", q.stem, option.text);
        }
    }
}

#[test]
fn google_forms_in_other_hands() {
    let quiz =
        csv("Timestamp,Username,Total score,Which?,Which? [Score],Which? [Feedback],How was [tea],How was [cake]\n\
         2022/11/08 2:03:11 PM GMT+1,a@b.org,1.00 / 2,Tea;Milk,1.00 / 1,,Good,Bad\n\
         2022/11/08 2:04:11 PM GMT+1,c@b.org,2.00 / 2,Tea,1.00 / 1,,Good,Good\n\
         2022/11/08 2:05:11 PM GMT+1,d@b.org,2.00 / 2,Milk,1.00 / 1,,Bad,Good\n");
    let table = only(&quiz);
    assert_eq!(table.platform, "google-forms");
    let found = asked(table);
    assert_eq!(found.iter().map(|q| q.columns.len()).collect::<Vec<_>>(), [1, 2]);
    assert!(matches!(&found[0].how, How::Joined(Separator::Semicolon, c) if options(c) == [("Tea", 2), ("Milk", 2)]));
    assert_eq!(table.columns[1].system, Some("email"));
    let french = csv("Horodateur,Âge,Avis\n08/11/2022 14:03:11,34,Bien\n09/11/2022 09:00:59,51,Bien\n");
    assert_eq!((only(&french).platform, only(&french).columns[0].system), ("google-forms", Some("date")));
    // A log with a moment is a log.
    let log = csv("Timestamp,Door,Count\n11/8/2022 14:03:11,West,4\n11/8/2022 15:03:11,West,6\n");
    assert_eq!(only(&log).platform, "plain");
    let said = forced("When,Door,Count\n11/8/2022 14:03:11,West,4\n", "google-forms");
    assert_eq!(only(&said).platform, "google-forms");
    assert!(only(&said).reason.contains("reach.toml"));
    // A title above does not hide the header from a platform that is named.
    let titled = forced("Our survey\n\nWhen,Rate [tea],Rate [cake]\nx,1,2\ny,2,2\n", "google-forms");
    assert_eq!(only(&titled).columns[2].part, Part::Row);
}

#[test]
fn microsoft_forms_with_several_answers_and_a_scale() {
    let header = [
        "ID",
        "Start time",
        "Completion time",
        "Email",
        "Name",
        "Which activities?\u{a0}",
        "The tour was useful",
        "The tour was fun",
        "Name2",
    ];
    let rows: [[&str; 9]; 4] = [
        ["2", "1/9/24 10:00:01", "1/9/24 10:01:11", "anonymous", "", "Art, craft;Music;", "Agree", "Agree", "Ann"],
        ["3", "1/9/24 10:00:02", "1/9/24 10:01:12", "anonymous", "", "Music;", "Disagree", "Agree", "Bo"],
        [
            "4",
            "1/9/24 10:00:03",
            "1/9/24 10:01:13",
            "anonymous",
            "",
            "Art, craft;my own words;",
            "Agree",
            "Neutral",
            "Cy",
        ],
        ["7", "1/9/24 10:00:04", "1/9/24 10:01:14", "anonymous", "", "", "Neutral", "Disagree", "Di"],
    ];
    let all: Vec<&[&str]> = std::iter::once(&header[..]).chain(rows.iter().map(|r| &r[..])).collect();
    let workbook = book(&[("Sheet1", &all)], Sheets::TheOne);
    let lines: Vec<String> =
        all.iter().map(|row| row.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(",")).collect();
    let text = csv(&lines.join("\r\n"));
    for intake in [&workbook, &text] {
        let table = only(intake);
        assert_eq!((table.platform, table.rows), ("microsoft-forms", 4));
        let roles: Vec<Option<&str>> = table.columns.iter().map(|c| c.system).collect();
        let expected = [Some("response"), Some("(ignore)"), Some("date"), Some("email"), Some("name")];
        assert_eq!((&roles[..5], &roles[5..]), (&expected[..], &[None; 4][..]));
        let found = asked(table);
        let q = question(&found, "Which activities?");
        let How::Joined(Separator::Semicolon, closed) = &q.how else { panic!("{:?}", q.how) };
        assert_eq!((options(closed), closed.other), (vec![("Art, craft", 2), ("Music", 2)], 1));
        assert!(matches!(question(&found, "Name2").how, How::Text));
    }
}

const KOBO: &str = "\"start\";\"who/age\";\"who/why\";\"who/why/fun\";\"who/why/art\";\"who/why_other\";\"_id\";\"_uuid\";\"_submission_time\";\"_validation_status\";\"_notes\";\"_status\";\"_submitted_by\";\"__version__\";\"_tags\";\"_index\"\r\n";

#[test]
fn kobo_joined_and_split_answers_are_one_question() {
    let rows = "\"2024-01-02T03:04:05.000+00:00\";\"34\";\"fun art\";\"1\";\"1\";\"\";\"61\";\"48583952-1892\";\"2024-01-02T03:09:19\";\"validation_status_approved\";\"\";\"submitted_via_web\";\"ann\";\"v1\";\"\";\"1\"\r\n\
        \"2024-01-03T03:04:05.000+00:00\";\"51\";\"art\";\"0\";\"1\";\"\";\"62\";\"317ba7b7-bea4\";\"2024-01-03T03:09:19\";\"validation_status_not_approved\";\"\";\"submitted_via_web\";\"ann\";\"v1\";\"\";\"2\"\r\n\
        \"2024-01-04T03:04:05.000+00:00\";\"28\";\"\";\"\";\"\";\"\";\"63\";\"3f15cdfe-3eab\";\"2024-01-04T03:09:19\";\"\";\"\";\"submitted_via_web\";\"bo\";\"v1\";\"\";\"3\"\r\n";
    let intake = csv(&format!("{KOBO}{rows}"));
    let table = only(&intake);
    assert_eq!((table.platform, table.rows, table.header_rows), ("kobotoolbox", 3, 1));
    let found = asked(table);
    let stems: Vec<&str> = found.iter().map(|q| q.stem.as_str()).collect();
    assert_eq!(stems, ["age", "why"]);
    let why = question(&found, "why");
    assert_eq!((why.columns.as_slice(), why.joined, why.others.as_slice()), (&[3usize, 4][..], Some(2), &[5usize][..]));
    assert_eq!(why.code.as_deref(), Some("who/why"));
    let (How::Ticked(closed) | How::Spread(closed)) = &why.how else { panic!("{:?}", why.how) };
    assert_eq!(options(closed), [("fun", 1), ("art", 2)]);
    // Of rows that the organisation refused, and a row of HXL tags below the header.
    let kinds = reach::clean::row_kinds(table);
    assert_eq!(kinds.values().sum::<u64>(), 3);
    let tags = "\"\";\"#age\";\"#why\";\"#why\";\"#why\";\"\";\"\";\"\";\"\";\"\";\"\";\"\";\"\";\"\";\"\";\"\"\r\n";
    let tagged = csv(&format!("{KOBO}{tags}{rows}"));
    assert_eq!((only(&tagged).rows, only(&tagged).header_rows), (3, 2));
    assert_eq!(asked(only(&tagged)), found);
}

#[test]
fn sheets_of_repeats_belong_to_the_main_sheet() {
    let main: &[&[&str]] = &[
        &["Where?", "_id", "_uuid", "_submission_time", "_index"],
        &["Baltic", "61", "a-1", "2024-01-02T03:09:19", "1"],
        &["Harbour", "62", "a-2", "2024-01-03T03:09:19", "2"],
        &["Harbour", "63", "a-3", "2024-01-04T03:09:19", "3"],
    ];
    let child: &[&[&str]] = &[
        &["Name of the member", "_index", "_parent_table_name", "_parent_index", "_submission__id"],
        &["x", "1", "A form with a name that is too long for a sheet", "1", "61"],
        &["y", "2", "A form with a name that is too long for a sheet", "1", "61"],
        &["z", "3", "A form with a name that is too long for a sheet", "2", "62"],
        &["w", "4", "A form with a name that is too long for a sheet", "9", "99"],
    ];
    let name = "A form with a name that is too ";
    let sheets: [(&str, &[&[&str]]); 2] = [(name.trim(), main), ("members", child)];
    let all = book(&sheets, Sheets::All);
    assert_eq!(all.tables.len(), 2);
    let parent = all.tables[1].parent.as_ref().unwrap();
    assert_eq!(parent.sheet.as_deref(), Some(name.trim()));
    assert_eq!((parent.without_parent, parent.without_child), (1, 1));
    assert!(all.problems.list.iter().any(|p| p.code == "repeated-group" && p.count == 1));
    let one = book(&sheets, Sheets::TheOne);
    assert_eq!((only(&one).rows, one.files[0].skipped[0].why), (3, SkippedWhy::Repeats));
    let said = one.problems.list.iter().find(|p| p.code == "sheet-main").unwrap();
    assert_eq!(said.weight, Weight::Assumed);
    // Two main sheets are asked about.
    let two = book(&[("a", main), ("b", main), ("members", child)], Sheets::TheOne);
    assert!(two.problems.list.iter().any(|p| p.code == "sheet-undecided"));
}

#[test]
fn files_of_repeats_name_their_parents() {
    let Some(folder) = samples() else { return };
    let names = ["odk/nested-repeats.csv", "odk/nested-repeats-g1.csv", "odk/nested-repeats-g2.csv"];
    let mut all: Vec<Table> = Vec::new();
    for name in names {
        let mut intake = read_one(&folder.join(name), name, &ReadOptions::default());
        let table = intake.tables.remove(0);
        assert_eq!(table.platform, "odk");
        // By itself a table of repeats knows that it is one.
        assert_eq!(table.parent.is_some(), name != names[0]);
        assert!(asked(&table).iter().all(|q| !q.stem.starts_with("SET-OF")));
        all.push(table);
    }
    assert_eq!(all[1].parent.as_ref().unwrap().column, "PARENT_KEY");
}

#[test]
fn a_place_is_one_question_and_a_rejected_row_is_told() {
    let Some(folder) = samples() else { return };
    let types = read_one(&folder.join("odk/all-data-types.csv"), "types.csv", &ReadOptions::default());
    let found = asked(only(&types));
    assert_eq!(question(&found, "some_geopoint").columns.len(), 4);
    let central = csv(
        "SubmissionDate,meta-instanceID,q1,q1/a,q1/b,KEY,SubmitterID,SubmitterName,AttachmentsPresent,AttachmentsExpected,Status,ReviewState,DeviceID,Edits,FormVersion\n\
         2018-01-01T00:00:00.000Z,one,a b,1,1,one,5,Alice,0,0,,rejected,,0,2\n\
         2018-01-01T00:00:00.000Z,two,b,0,1,two,5,Alice,0,0,,approved,,0,\n\
         2018-01-01T00:00:00.000Z,three,b,0,1,three,5,Alice,0,0,,,,0,\n",
    );
    let table = only(&central);
    let kinds = reach::clean::row_kinds(table);
    assert_eq!(kinds.get(&reach::clean::RowKind::Rejected), Some(&1), "{kinds:?}");
    let found = asked(table);
    assert_eq!((found.len(), found[0].joined, found[0].columns.len()), (1, Some(2), 2));
}

#[test]
fn a_legend_gives_labels_and_changes_nothing() {
    let data: &[&[&str]] = &[
        &["id", "q1", "q2", "age"],
        &["1", "1", "5", "34"],
        &["2", "2", "1", "51"],
        &["3", "1", "-9", "28"],
        &["4", "", "5", "60"],
    ];
    let long: &[&[&str]] = &[
        &["Variable", "Value", "Label"],
        &["q1", "1", "Yes"],
        &["q1", "2", "No"],
        &["q2", "1", "Strongly disagree"],
        &["q2", "5", "Strongly agree"],
        &["q2", "-9", "Refused"],
    ];
    let blocks: &[&[&str]] = &[
        &["Variable", "Value", "Label"],
        &["q1", "1", "Yes"],
        &["", "2", "No"],
        &["q2", "1", "Strongly disagree"],
        &["", "5", "Strongly agree"],
        &["", "-9", "Refused"],
    ];
    let lists: &[&[&str]] = &[
        &["Variable", "Codes"],
        &["q1", "1 = Yes; 2 = No"],
        &["q2", "1 = Strongly disagree; 5 = Strongly agree; -9 = Refused"],
    ];
    let expected = [("1", "Yes"), ("2", "No")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    for legend in [long, blocks, lists] {
        for which in [Sheets::TheOne, Sheets::All] {
            let intake = book(&[("Codes", legend), ("Data", data)], which);
            let table = only(&intake);
            assert_eq!((table.rows, table.sheet.as_deref()), (4, Some("Data")));
            assert_eq!(table.columns[1].labels, expected);
            assert_eq!(table.columns[2].labels.len(), 3);
            assert!(table.columns[3].labels.is_empty());
            assert_eq!(table.columns[1].texts.text(0), "1");
            assert_eq!(intake.files[0].skipped[0].why, SkippedWhy::Legend);
            assert!(intake.problems.list.iter().any(|p| p.code == "legend" && p.count == 2));
        }
    }
    // What is no legend of this table stays a table, and is asked about.
    let other: &[&[&str]] = &[&["Variable", "Value", "Label"], &["q7", "1", "Yes"], &["q7", "2", "No"]];
    let intake = book(&[("Codes", other), ("Data", data)], Sheets::TheOne);
    assert!(intake.problems.list.iter().any(|p| p.code == "sheet-undecided"));
}

#[test]
fn init_writes_a_legend_beside_the_data_into_codebook_and_recodes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let mut data = "respid,date,q1,q2\n".to_owned();
    for n in 1..=40 {
        data.push_str(&format!("{n},2024-05-{:02},{},{}\n", 1 + n % 28, 1 + n % 2, [1, 2, 5, -9][n % 4]));
    }
    write("answers.csv", &data);
    write(
        "codes.csv",
        "variable,question,code,label\nq1,Did you enjoy it?,1,Yes\nq1,,2,No\nq2,How often?,1,Never\nq2,,2,Sometimes\nq2,,5,Always\nq2,,-9,Refused\n",
    );
    let draft = reach::draft::draft(folder.path(), reach::draft::Options { csv: true, ..Default::default() }).unwrap();
    let text = |name: &str| {
        let file = draft.files.iter().find(|f| f.name == name).unwrap();
        String::from_utf8(file.bytes.clone()).unwrap()
    };
    let (spec, codebook, recodes) = (text("reach.toml"), text("codebook.csv"), text("recodes.csv"));
    assert!(spec.contains("files = \"answers.csv\"\nkind  = \"survey\""), "{spec}");
    assert!(!spec.contains("files = \"codes.csv\""), "{spec}");
    assert!(codebook.contains(",q1,q1,choice,Yes | No,"), "{codebook}");
    assert!(codebook.contains("(refused) -9") && codebook.contains("Did you enjoy it?"), "{codebook}");
    assert!(codebook.contains(",respid,response,"), "{codebook}");
    let lines: Vec<&str> = recodes.lines().skip(1).collect();
    assert_eq!(lines.len(), 5, "{recodes}");
    assert!(lines[0].starts_with("q1,1,Yes,") && lines[4].starts_with("q2,5,Always,"), "{recodes}");
}

#[test]
fn rows_of_repeats_are_no_responses() {
    let Some(folder) = samples() else { return };
    let home = tempfile::tempdir().unwrap();
    for name in ["nested-repeats.csv", "nested-repeats-g1.csv", "nested-repeats-g2.csv"] {
        std::fs::copy(folder.join("odk").join(name), home.path().join(name)).unwrap();
    }
    let draft = reach::draft::draft(home.path(), reach::draft::Options { csv: true, ..Default::default() }).unwrap();
    let spec = draft.files.iter().find(|f| f.name == "reach.toml").unwrap();
    let spec = String::from_utf8(spec.bytes.clone()).unwrap();
    assert_eq!(spec.lines().filter(|l| l.starts_with("kind ")).count(), 1, "{spec}");
    assert_eq!(spec.matches("is no response by itself").count(), 2, "{spec}");
}
