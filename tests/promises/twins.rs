//! One survey or workbook that was exported twice comes out the same; and no text that stands once is shown of any sample.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use reach::draft::{self, Options, inspect::see};
use reach::ingest::{ReadOptions, Sheets, read_one};
use serde_json::Value;

use crate::{inspect::inspected, support};

/// What must be equal of a column in whatever file it stands.
const SAME: [&str; 12] = [
    "stem",
    "sub_question",
    "option",
    "part",
    "type",
    "role",
    "personal",
    "distinct",
    "options",
    "other_answers",
    "missing_tokens",
    "values",
];

fn same_columns(a: &Value, b: &Value, but: &[&str], what: &str) {
    let (a, b) = (a["columns"].as_array().unwrap(), b["columns"].as_array().unwrap());
    assert_eq!(a.len(), b.len(), "{what}: columns");
    for (a, b) in a.iter().zip(b) {
        for field in SAME.iter().filter(|f| !but.contains(f)) {
            assert_eq!(a[*field], b[*field], "{what}: {field} of column {} ({})", a["column"], a["stem"]);
        }
    }
}

#[test]
fn a_google_form_is_the_same_as_text_and_as_workbook() {
    let Some(samples) = support::samples() else { return };
    let read = |name: &str| inspected(&samples.join("google-forms").join(name), name)["tables"][0].clone();
    let (text, book) = (read("spack-2022-responses-bom.csv"), read("spack-2022-responses.xlsx"));
    for field in ["platform", "header_rows", "rows", "row_kinds", "questions"] {
        assert_eq!(text[field], book[field], "{field}");
    }
    // The workbook keeps milliseconds, so that no two moments are equal there.
    same_columns(&text, &book, &["distinct"], "spack");
}

#[test]
fn a_qualtrics_survey_is_the_same_from_both_exporters() {
    let Some(samples) = support::samples() else { return };
    let read = |name: &str| inspected(&samples.join("qualtrics").join(name), name)["tables"][0].clone();
    let insights = read("qualtrics-many-types-insights.csv");
    let legacy = read("qualtrics-many-types-legacy-bom.csv");
    for field in ["platform", "rows", "row_kinds"] {
        assert_eq!(insights[field], legacy[field], "{field}");
    }
    let questions = |table: &Value| -> Vec<Value> {
        let keep = |q: &Value| -> Value {
            let fields = ["stem", "sub_question", "type", "grid", "sub_questions", "options", "answered"];
            fields.iter().map(|f| ((*f).to_owned(), q[*f].clone())).collect::<serde_json::Map<_, _>>().into()
        };
        table["questions"].as_array().unwrap().iter().map(keep).collect()
    };
    let (a, b) = (questions(&insights), questions(&legacy));
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(a, b);
    }
}

#[test]
fn a_workbook_is_the_same_in_every_format() {
    let Some(samples) = support::samples() else { return };
    let read = |name: &str| inspected(&samples.join("excel").join(name), name);
    let told = |file: &Value| (file["tables"].clone(), file["skipped"].as_array().unwrap().len());
    let deaths = read("deaths-title-and-footer.xlsx");
    assert_eq!(told(&deaths), told(&read("deaths-title-and-footer.xls")));
    assert_eq!(deaths["tables"].as_array().unwrap().len(), 2);
    let first = read("hidden-and-chart-sheets.xlsx");
    for format in ["xls", "xlsb", "ods"] {
        let other = read(&format!("hidden-and-chart-sheets.{format}"));
        assert_eq!(told(&first), told(&other), "{format}");
        let names = |file: &Value| -> Vec<Value> {
            file["skipped"].as_array().unwrap().iter().map(|s| s["sheet"].clone()).collect()
        };
        assert_eq!(names(&first), names(&other), "{format}");
    }
}

#[test]
fn of_a_survey_that_was_exported_twice_one_is_taken_and_it_is_said() {
    let Some(samples) = support::samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    for name in ["spack-2022-responses-bom.csv", "spack-2022-responses.xlsx"] {
        std::fs::copy(samples.join("google-forms").join(name), folder.path().join(name)).unwrap();
    }
    let draft = draft::draft(folder.path(), Options { csv: true, ..Options::default() }).unwrap();
    assert_eq!(draft.found.len(), 1, "{}", draft::account(&draft));
    assert!(draft::account(&draft).contains("the same 182 responses"), "{}", draft::account(&draft));
}

fn strings(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(into.insert(text.to_lowercase())),
        Value::Array(list) => list.iter().for_each(|v| strings(v, into)),
        Value::Object(fields) => fields.values().for_each(|v| strings(v, into)),
        _ => {}
    }
}

/// Every text of a file that stands in one cell only and is no part of a header or of another text; and every address.
fn once(path: &Path) -> BTreeSet<String> {
    let intake = read_one(path, "sample", &ReadOptions { sheets: Sheets::All, ..ReadOptions::default() });
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    let mut shown = String::new();
    for column in intake.tables.iter().flat_map(|table| &table.columns) {
        shown.push_str(&column.header.join("\n").to_lowercase());
        for (_, text, n) in column.texts.iter() {
            *rows.entry(text.trim().to_lowercase()).or_default() += u64::from(n);
        }
    }
    // A text that is part of another one may be an answer that others gave too, joined with more in one cell.
    rows.keys().for_each(|text| shown.push_str(&format!("\n{text}")));
    let address = |text: &str| {
        text.parse::<std::net::IpAddr>().is_ok()
            || (text.contains('@') && text.contains('.') && !text.contains(' ') && text.len() > 5)
    };
    let own = |text: &str, n: u64| {
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        address(text) || (n == 1 && letters >= 12 && shown.matches(text).take(2).count() == 1)
    };
    rows.iter().filter(|(text, n)| own(text, **n)).map(|(text, _)| text.clone()).collect()
}

#[test]
fn nothing_that_one_person_wrote_is_shown_of_any_platform() {
    let Some(samples) = support::samples() else { return };
    let mut canaries = 0;
    for part in
        ["alchemer", "google-forms", "limesurvey", "odk", "qualtrics", "surveymonkey", "typeform", "newcastle/feedback"]
    {
        let folder = tempfile::tempdir().unwrap();
        support::copy_tree(&samples.join(part), folder.path());
        let draft = draft::draft(folder.path(), Options { csv: true, ..Options::default() }).unwrap();
        let mut drafted: String =
            draft.files.iter().map(|f| String::from_utf8_lossy(&f.bytes).to_lowercase()).collect();
        drafted.push_str(&draft::account(&draft).to_lowercase());
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let own = once(&path);
            canaries += own.len();
            let intake = read_one(&path, "sample", &ReadOptions { sheets: Sheets::All, ..ReadOptions::default() });
            let mut told = BTreeSet::new();
            for file in see(&intake) {
                strings(&serde_json::to_value(&file).unwrap(), &mut told);
                told.extend(draft::in_words(&file).lines().map(str::to_lowercase));
            }
            let all = told.into_iter().collect::<Vec<_>>().join("\n");
            let finder = aho_corasick::AhoCorasick::new(&own).unwrap();
            for (text, where_) in [(&all, "inspect"), (&drafted, "init")] {
                let hit = finder.find(text.as_bytes()).map(|hit| &text[hit.range()]);
                assert_eq!(hit, None, "{where_} shows of {path:?} what stands once");
            }
        }
    }
    assert!(canaries > 3000, "{canaries}");
    println!("none of {canaries} texts that stand once is shown");
}
