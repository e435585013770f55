//! `reach inspect` tells what is so, in fields that are documented and stay.

use std::collections::BTreeSet;
use std::path::Path;

use reach::draft::inspect::{Inspection, see};
use reach::ingest::{ReadOptions, Sheets, read_one};
use serde_json::Value;

use crate::support;

/// What `inspect --format json` says of one file.
pub fn inspected(path: &Path, name: &str) -> Value {
    let options = ReadOptions { sheets: Sheets::All, ..ReadOptions::default() };
    let mut told = serde_json::to_value(Inspection::of(see(&read_one(path, name, &options)))).unwrap();
    told["files"][0].take()
}

/// What it says of a text.
fn of_text(name: &str, text: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    inspected(&path, name)
}

/// Every path of fields in a value.
fn paths(value: &Value, at: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            // What there is of furniture and kinds of rows differs from file to file.
            let open = at.ends_with(".furniture") || at.ends_with(".row_kinds");
            for (name, value) in fields {
                let path = match (at.is_empty(), open) {
                    (true, _) => name.clone(),
                    (false, true) => format!("{at}.*"),
                    (false, false) => format!("{at}.{name}"),
                };
                into.insert(path.clone());
                paths(value, &path, into);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| paths(value, &format!("{at}[]"), into)),
        _ => {}
    }
}

const FORM: &str = "Timestamp,Which days?,How was it?,Date of visit,Visits,Soup,Where?
13/04/2024 10:00:00,Mon;Tue;,Very good,03/04/2024,3,N/A,Walker
14/04/2024 10:00:00,Mon;,Good,04/05/2024,0,Good,Walker
15/04/2024 10:00:00,Tue;Mon;,Fair,05/06/2024,4,Good,Walker
16/04/2024 10:00:00,Tue;,Poor,06/07/2024,5,Bad,Byker
17/04/2024 10:00:00,Mon;Tue;,Very poor,07/08/2024,6,Bad,Byker
18/04/2024 10:00:00,Mon;,Very good,07/08/2024,7,Bad,Byker
19/04/2024 10:00:00,Mon;,Good,07/08/2024,8,Prefer not to say,my canary words
20/04/2024 10:00:00,Mon;,Fair,07/08/2024,9,Good,Byker
21/04/2024 10:00:00,Mon;,Poor,07/08/2024,1,Good,Byker
22/04/2024 10:00:00,Mon;,Very poor,07/08/2024,#REF!,Good,Byker
";

#[test]
fn every_field_is_documented_and_every_documented_field_is_there() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/inspect.md")).unwrap();
    let documented: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .map(|path| path.replace('…', "files[].tables[]"))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["Id", "Start time", "Completion time", "Good?"]).unwrap();
    for row in 1..4 {
        sheet.write_row(row, 0, ["1", "2024-04-13", "2024-04-13", "Yes"]).unwrap();
    }
    book.add_worksheet().set_hidden(true).write(0, 0, "x").unwrap();
    book.save(folder.path().join("book.xlsx")).unwrap();
    std::fs::write(folder.path().join("form.csv"), FORM).unwrap();
    let partial =
        "Response ID,Time Started,Date Submitted,Status\n1,2024-04-13 10:00:00,2024-04-13 10:00:00,Complete\n";
    std::fs::write(folder.path().join("status.csv"), partial).unwrap();
    std::fs::write(folder.path().join("not.sav"), b"$FL2@(#) SPSS DATA FILE").unwrap();
    std::fs::write(folder.path().join("repeat.csv"), "Who?,PARENT_KEY,KEY\nx,uuid:1,uuid:1/who[1]\n").unwrap();
    let mut coded = rust_xlsxwriter::Workbook::new();
    coded.add_worksheet().write_column(0, 0, ["q1", "1", "2"]).unwrap();
    let legend = coded.add_worksheet();
    for (row, cells) in [["variable", "code", "label"], ["q1", "1", "Yes"], ["q1", "2", "No"]].iter().enumerate() {
        legend.write_row(row as u32, 0, *cells).unwrap();
    }
    coded.save(folder.path().join("coded.xlsx")).unwrap();
    let options = ReadOptions { sheets: Sheets::All, ..ReadOptions::default() };
    let mut files = Vec::new();
    for name in ["book.xlsx", "form.csv", "status.csv", "not.sav", "repeat.csv", "coded.xlsx"] {
        files.extend(see(&read_one(&folder.path().join(name), name, &options)));
    }
    let told = serde_json::to_value(Inspection::of(files)).unwrap();
    assert_eq!(told["schema"], "reach-inspect/1");
    let mut written = BTreeSet::new();
    paths(&told, "", &mut written);
    let missing: Vec<_> = written.difference(&documented).collect();
    assert!(missing.is_empty(), "docs/inspect.md does not tell of {missing:?}");
    // What a file has none of is not named among furniture and kinds of rows.
    let gone: Vec<_> = documented.difference(&written).filter(|path| !path.ends_with(".*")).collect();
    assert!(gone.is_empty(), "docs/inspect.md tells of {gone:?}, which is not there: {told:#}");
}

#[test]
fn states_dates_and_numbers_are_told() {
    let file = of_text("form.csv", FORM);
    let table = &file["tables"][0];
    let column = |header: &str| {
        table["columns"].as_array().unwrap().iter().find(|c| c["stem"] == header).unwrap_or_else(|| panic!("{header}"))
    };
    let visits = column("Visits");
    assert_eq!(
        (&visits["type"], &visits["numbers"]["zero"], &visits["values"]["unreadable"]),
        (&"number".into(), &1.into(), &1.into())
    );
    assert_eq!((visits["numbers"]["min"].as_f64(), visits["numbers"]["max"].as_f64()), (Some(0.0), Some(9.0)));
    let date = column("Date of visit");
    assert_eq!(
        (&date["type"], &date["dates"][0]["order"], &date["values"]["answered"]),
        (&"date".into(), &Value::Null, &10.into())
    );
    assert!(date["dates"][0]["write"].as_str().unwrap().contains("day month year"));
    let soup = column("Soup");
    assert_eq!(
        (&soup["values"]["answered"], &soup["values"]["refused"], &soup["values"]["not_asked"]),
        (&8.into(), &1.into(), &1.into())
    );
    let question = |header: &str| table["questions"].as_array().unwrap().iter().find(|q| q["stem"] == header).unwrap();
    let days = question("Which days?");
    assert_eq!((&days["type"], &days["separator"]), (&"choices".into(), &"semicolon".into()));
    let named = |q: &Value| -> Vec<(String, u64)> {
        q["options"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| (o["option"].as_str().unwrap().into(), o["rows"].as_u64().unwrap()))
            .collect()
    };
    assert_eq!(named(days), [("Mon".into(), 9), ("Tue".into(), 4)]);
    let how = question("How was it?");
    assert_eq!(
        (&how["type"], &how["option_order"], how["scale"]["steps"].as_u64()),
        (&"scale".into(), &"scale".into(), Some(5))
    );
    assert_eq!(
        named(how).iter().map(|(o, _)| o.as_str()).collect::<Vec<_>>(),
        ["Very poor", "Poor", "Fair", "Good", "Very good"]
    );
    assert_eq!(
        (named(question("Where?")), &question("Where?")["other_answers"]),
        (vec![("Byker".into(), 6), ("Walker".into(), 3)], &1.into())
    );
    assert!(!file.to_string().contains("canary"));
}

#[test]
fn a_file_that_is_refused_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("survey.sav");
    std::fs::write(&path, b"$FL2@(#) SPSS DATA FILE").unwrap();
    let file = inspected(&path, "survey.sav");
    assert_eq!((&file["read"], &file["problems"][0]["weight"]), (&false.into(), &"stops".into()));
    assert!(file["problems"][0]["hint"].as_str().unwrap().contains("export"));
    let ran = support::reach(&["inspect", path.to_str().unwrap(), "--format", "json"]);
    assert!(ran.stdout.contains("\"schema\": \"reach-inspect/1\"") && ran.stderr.contains("SPSS"), "{}", ran.stderr);
}
