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
pub fn read(content: impl AsRef<[u8]>) -> Table {
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

pub fn cells(column: &Column) -> Vec<&str> {
    column.codes.iter().map(|&code| column.texts.text(code)).collect()
}

/// Header, part and role of every column, as short lines.
pub fn lines(table: &Table) -> Vec<String> {
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
pub fn shape(table: &Table) -> (&str, u32, usize, u64) {
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

/// A SurveyMonkey export of our own: stems, labels, and what eight people answered.
fn monkey() -> (Vec<&'static str>, Vec<&'static str>, Vec<Vec<String>>) {
    let stems = vec![
        "Respondent ID",
        "Collector ID",
        "Start Date",
        "End Date",
        "IP Address",
        "Email Address",
        "First Name",
        "Last Name",
        "Custom Data 1",
        "How did you hear of us?",
        "",
        "",
        "",
        "Was it worth the trip?",
        "",
        "How were they?",
        "",
        "What shall we change?",
    ];
    let labels = vec![
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "Poster, leaflet",
        "Friends &amp; family",
        "Radio",
        "Other (please specify)",
        "Response",
        "Tell us more",
        "The tour",
        "The café",
        "Open-Ended Response",
    ];
    let mut rows = Vec::new();
    for n in 0..8 {
        let pick = |yes: bool, text: &str| if yes { text.to_owned() } else { String::new() };
        rows.push(vec![
            format!("1140{:07}", 17 * n),
            "41880000".to_owned(),
            format!("0{}/13/2025 10:0{n}", 1 + n),
            format!("0{}/13/2025 10:1{n}", 1 + n),
            "10.0.0.1".to_owned(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            pick(n % 2 == 0, "Poster, leaflet"),
            pick(n % 3 == 0, "Friends & family"),
            String::new(),
            pick(n == 5, "my aunt"),
            ["Yes", "No"][n % 2].to_owned(),
            pick(n == 3, "long story"),
            ["Good", "Poor", "Fair"][n % 3].to_owned(),
            ["Good", "Fair", "Good", ""][n % 4].to_owned(),
            pick(n % 4 == 1, "warmer rooms please"),
        ]);
    }
    (stems, labels, rows)
}

fn csv_of<S: AsRef<str>>(rows: &[Vec<S>]) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        out.write_record(row.iter().map(AsRef::as_ref)).unwrap();
    }
    out.into_inner().unwrap()
}

fn owned(row: &[&str]) -> Vec<String> {
    row.iter().map(|c| (*c).to_owned()).collect()
}

const MONKEY: [&str; 18] = [
    "Respondent ID [whole] = response",
    "Collector ID [whole] = (ignore)",
    "Start Date [whole] = (ignore)",
    "End Date [whole] = date",
    "IP Address [whole] = (ignore)",
    "Email Address [whole] = email",
    "First Name [whole] = name",
    "Last Name [whole] = name",
    "Custom Data 1 [whole] = (ignore)",
    "How did you hear of us? / Poster, leaflet [option]",
    "How did you hear of us? / Friends & family [option]",
    "How did you hear of us? / Radio [option]",
    "How did you hear of us? / Other (please specify) [othertext]",
    "Was it worth the trip? [whole]",
    "Was it worth the trip? / Tell us more [comment]",
    "How were they? / The tour [row]",
    "How were they? / The café [row]",
    "What shall we change? [open]",
];

#[test]
fn surveymonkey_and_what_became_of_it_are_one_model() {
    let (stems, labels, rows) = monkey();
    let file = |header: Vec<Vec<String>>| csv_of(&[header, rows.clone()].concat());
    let plain = read(file(vec![owned(&stems), owned(&labels)]));
    assert_eq!(shape(&plain), ("surveymonkey", 2, 8, 3));
    assert_eq!(lines(&plain), MONKEY);
    // The same in a workbook, where blank cells are none.
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (r, row) in [owned(&stems), owned(&labels)].iter().chain(&rows).enumerate() {
        for (c, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(r as u32, c as u16, cell).unwrap();
        }
    }
    let book = book.save_to_buffer().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.xlsx"), book).unwrap();
    let workbook = only(read_one(&folder.path().join("a.xlsx"), "a.xlsx", &all_sheets()));
    assert_eq!((shape(&workbook), lines(&workbook)), (("surveymonkey", 2, 8, 3), lines(&plain)));
    // Read and written by pandas: blank headers have names, the labels are a row.
    let unnamed = |row: &[&str], level: &str| -> Vec<String> {
        let name = |(i, c): (usize, &&str)| if c.is_empty() { format!("Unnamed: {i}{level}") } else { (*c).to_owned() };
        row.iter().enumerate().map(name).collect()
    };
    let pandas = read(file(vec![unnamed(&stems, ""), owned(&labels)]));
    assert_eq!((shape(&pandas), lines(&pandas)), (("surveymonkey", 2, 8, 3), lines(&plain)));
    assert!(pandas.reason.contains("\"Unnamed: 10\""), "{}", pandas.reason);
    // … with the numbers of its rows in front, the label row counted as the first.
    let mut numbered = vec![[vec![String::new()], unnamed(&stems, "")].concat()];
    for (n, row) in std::iter::once(owned(&labels)).chain(rows.clone()).enumerate() {
        numbered.push([vec![n.to_string()], row].concat());
    }
    let table = read(csv_of(&numbered));
    assert_eq!(shape(&table), ("surveymonkey", 2, 8, 3));
    assert_eq!(table.columns[0].system, Some("(ignore)"));
    assert_eq!(lines(&table)[1..], MONKEY);
    // … with both rows as a header of two levels, the stem again over each option.
    let mut filled = owned(&stems);
    for i in 1..filled.len() {
        if filled[i].is_empty() {
            filled[i] = filled[i - 1].clone();
        }
    }
    let table = read(file(vec![filled, unnamed(&labels, "_level_1")]));
    assert_eq!((shape(&table), lines(&table)), (("surveymonkey", 2, 8, 3), lines(&plain)));
    // Metadata deleted; a column of the officer's own in front.
    let cut = |row: &[String]| [vec!["Baltic".to_owned()], row[9..].to_vec()].concat();
    let mut short = vec![cut(&owned(&stems)), cut(&owned(&labels))];
    short[0][0] = "Branch".to_owned();
    short[1][0].clear();
    short.extend(rows.iter().map(|r| cut(r)));
    let table = read(csv_of(&short));
    assert_eq!(shape(&table), ("surveymonkey", 2, 8, 3));
    assert_eq!(lines(&table)[1..], MONKEY[9..]);
}

#[test]
fn a_surveymonkey_header_joined_to_one_row() {
    let (stems, labels, mut rows) = monkey();
    for (n, row) in rows.iter_mut().enumerate() {
        row[10] = if n % 3 == 0 { "Friends &amp; family".to_owned() } else { String::new() };
    }
    let mut stem = "";
    let mut header = Vec::new();
    for (own, label) in stems.iter().zip(&labels) {
        stem = if own.is_empty() { stem } else { own };
        let bare = label.is_empty() || label.contains("Response");
        header.push(if bare { stem.to_owned() } else { format!("{stem} - {label}") });
    }
    let table = read(csv_of(&[vec![header], rows].concat()));
    assert_eq!(shape(&table), ("surveymonkey", 1, 8, 2));
    let expected: Vec<String> = MONKEY.iter().map(|l| l.replace("[open]", "[whole]")).collect();
    assert_eq!(lines(&table), expected);
}

#[test]
fn surveymonkey_without_a_word_of_its_own_in_the_second_row() {
    // Only questions with options, answered in numbers: the second row begins below the respondent's number.
    let text = "RespondentID,CollectorID,StartDate,EndDate,Which?,,,How?,\n,,,,Art,Music,Dance,Tour,Café\n\
                90000000001,1,1/2/2025,1/2/2025,1,,3,4,5\n90000000002,1,1/2/2025,1/2/2025,,2,3,5,5\n\
                90000000003,1,1/2/2025,1/2/2025,1,2,,4,1\n";
    let table = read(text);
    assert_eq!(shape(&table), ("surveymonkey", 2, 3, 3));
    assert_eq!(
        lines(&table)[4..],
        [
            "Which? / Art [option]",
            "Which? / Music [option]",
            "Which? / Dance [option]",
            "How? / Tour [row]",
            "How? / Café [row]"
        ]
    );
    // The rows of labels deleted: nothing of the first answer is lost.
    let table = read(text.replace(",,,,Art,Music,Dance,Tour,Café\n", ""));
    assert_eq!(shape(&table), ("surveymonkey", 1, 3, 2));
}

#[test]
fn a_grid_of_ticks_is_told_row_by_row() {
    let text = "Respondent ID,When do you come?,,,,Why?\n,Mon - Morning,Mon - Evening,Tue - Morning,Tue - Evening,Response\n\
                1,Morning,,,Evening,a\n2,,Evening,Morning,,b\n3,Morning,,Morning,,a\n";
    let table = read(text);
    assert_eq!(shape(&table), ("surveymonkey", 2, 3, 3));
    assert_eq!(
        lines(&table)[1..5],
        [
            "When do you come? / Mon / Morning [option]",
            "When do you come? / Mon / Evening [option]",
            "When do you come? / Tue / Morning [option]",
            "When do you come? / Tue / Evening [option]",
        ]
    );
}

#[test]
fn no_row_of_data_is_eaten_for_a_header() {
    // Behind the header's last name every row says the same.
    let mut text = String::from("Library,Enjoyed,,\n");
    for n in 0..12 {
        text.push_str(&format!("City {n},Yes,via web,checked\n"));
    }
    let table = read(&text);
    assert_eq!((table.platform, table.header_rows, table.rows), ("plain", 1, 12));
    let mut text = String::from("Library,Enjoyed,,\n");
    for n in 0..12 {
        text.push_str(&format!("City,Yes,via web,{}\n", if n == 4 { "" } else { "checked" }));
    }
    assert_eq!(read(&text).platform, "plain");
    // Options that repeat in the cells are told without any platform's word.
    let mut text = String::from("Library,Which?,,,How?\n,Art,Music,Dance,\n");
    for n in 0..12 {
        let pick = |yes: bool, t: &str| if yes { t.to_owned() } else { String::new() };
        text.push_str(&format!(
            "City,{},{},{},Good\n",
            pick(n % 2 == 0, "Art"),
            pick(n % 3 == 0, "Music"),
            pick(n % 4 == 0, "Dance")
        ));
    }
    let table = read(&text);
    assert_eq!(shape(&table), ("stems-over-options", 2, 12, 3));
    assert_eq!(lines(&table)[1..4], ["Which? / Art [option]", "Which? / Music [option]", "Which? / Dance [option]"]);
}

#[test]
fn labels_that_a_header_lost_are_recovered_from_the_cells() {
    let Some(folder) = samples() else { return };
    let path = folder.join("surveymonkey/carpentries-longterm-2017.csv");
    let table = only(read_one(&path, "carpentries", &all_sheets()));
    assert_eq!(shape(&table), ("surveymonkey", 1, 476, 2));
    // What the cells say, by csv alone: columns of one text under a name or a placeholder are options, called by that text.
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut texts = vec![std::collections::BTreeMap::<String, usize>::new(); header.len()];
    for record in reader.records() {
        for (column, cell) in texts.iter_mut().zip(record.unwrap().iter()).filter(|(_, cell)| !cell.trim().is_empty()) {
            *column.entry(cell.trim().to_owned()).or_default() += 1;
        }
    }
    let placeholder = |i: usize| header[i].strip_prefix("Column").is_some_and(|n| n.parse::<u16>().is_ok());
    let (mut options, mut others, mut stem) = (0, 0, String::new());
    for i in 0..header.len() {
        stem = if placeholder(i) { stem } else { header[i].clone() };
        let run = placeholder(i) || (i + 1 < header.len() && placeholder(i + 1));
        let column = &table.columns[i];
        let line = lines(&table)[i].clone();
        if !run {
            assert_eq!(line, format!("{} [whole]", header[i]));
        } else if texts[i].len() == 1 {
            options += 1;
            let (text, ticks) = texts[i].first_key_value().unwrap();
            assert_eq!(line, format!("{stem} / {text} [option]"));
            assert_eq!(cells(column).iter().filter(|c| **c == text).count(), *ticks);
        } else {
            others += 1;
            assert_eq!(line, format!("{stem} / {} [othertext]", header[i]));
        }
    }
    assert_eq!((options, others), (51, 6));
}

#[test]
fn one_row_with_the_respondent_s_number_alone() {
    let text = "RespondentID,What did you see?,What did you see? - Other (please specify),Which rooms? Please select all that apply.   - Hall,\
                Which rooms? Please select all that apply.   - Attic,Which rooms? Please select all that apply.   - Other (please specify),\
                Which rooms? Please select all that apply.   - Other (please specify),Did you watch any of these? - The film,Age\n\
                4337954960,Coins,,Hall,,,,,18 - 29\n4337951949,Other (please specify),a cat,,Attic,Other (please specify),the loo,The film,30 - 44\n\
                4337935621,Coins,,Hall,Attic,Other (please specify),the roof,,30 - 44\n4337933040,Paintings,,Hall,,,,The film,60+\n";
    let table = read(text);
    assert_eq!(shape(&table), ("surveymonkey", 1, 4, 2));
    assert_eq!(
        lines(&table),
        [
            "RespondentID [whole] = response",
            "What did you see? [whole]",
            "What did you see? / Other (please specify) [othertext]",
            "Which rooms? Please select all that apply. / Hall [option]",
            "Which rooms? Please select all that apply. / Attic [option]",
            "Which rooms? Please select all that apply. / Other (please specify) [option]",
            "Which rooms? Please select all that apply. / Other (please specify) [othertext]",
            "Did you watch any of these? / The film [option]",
            "Age [whole]",
        ]
    );
    // Numbers for stems.
    let table = read(
        "Respondent ID,1. How often?,3. Python.,3. R.,4. Tutor.,4. Student.\n\
                      12390574951,Daily.,Python.,R.,,Student.\n12390517687,Weekly.,Python.,,Tutor.,\n12390416984,Daily.,,R.,,Student.\n",
    );
    assert_eq!(
        lines(&table)[2..],
        ["3 / Python. [option]", "3 / R. [option]", "4 / Tutor. [option]", "4 / Student. [option]"]
    );
}

#[test]
fn the_spec_can_force_each_platform() {
    let forced = |platform: &str, text: &str| {
        let options = ReadOptions { platform: Some(platform.to_owned()), ..ReadOptions::default() };
        let table = read_with(text, &options);
        assert_eq!(table.platform, platform);
        lines(&table)
    };
    assert_eq!(forced("surveymonkey", "End Date,How?\n1/2/2025,Good\n")[0], "End Date [whole] = date");
    assert_eq!(
        forced("qualtrics", "Finished,Q1_1,Q1_2\n1,A,\n1,,B\n1,A,\n")[1..],
        ["Q1_1: Q1 / A [option]", "Q1_2: Q1 / B [option]"]
    );
    assert_eq!(
        forced("limesurvey", "id,Q1[a],Q1[b]\n1,Y,\n2,,Y\n")[1..],
        ["Q1[a]: Q1 / a [option]", "Q1[b]: Q1 / b [option]"]
    );
    assert_eq!(
        forced("alchemer", "Status,A:Q?,B:Q?\nComplete,A,\nPartial,,B\n")[1..],
        ["Q? / A [option]", "Q? / B [option]"]
    );
    assert_eq!(forced("typeform", "Token,How?,Other\nt1,Good,\nt2,,Fine\n")[2], "How? / Other [othertext]");
    assert_eq!(forced("smartsurvey", "Ended,How?\n1/2/2025,Good\n")[0], "Ended [whole] = date (sent)");
    assert_eq!(forced("jisc", "1. How?,1.a. Other\nGood,\nBad,x\n")[1], "1.a: How? / Other [othertext]");
    assert_eq!(forced("snap", "Q1.1,Q1.2\n1,\n,1\n")[0], "Q1.1: Q1 / 1 [option]");
}
