//! Promise: every value that evaluators' files hold is read as it was meant, or said to be unreadable with its reason; nothing is
//! guessed in silence. Counts are made a second time here, by `csv` alone.

use std::collections::BTreeMap;

use reach::clean::{Answer, Cleaned, ColumnValues, Look, look_at};
use reach::ingest::{ReadOptions, read_one};
use reach::spec::{DateOrder, Role};

use crate::clean::{account, choice, problem, programme, table, ticks};
use crate::support::samples;

const SURVEY: &str = "[source.s]\nfiles = \"s*.csv\"\nkind = \"survey\"\n[advanced]\nset_aside_share = 0.9\n";
const WHEN: &str = "s,When,date,date,,,,\ns,OK,ok,choice,Yes | No,,,\n";

/// A survey of these dates, all answered Yes.
fn dated(dates: &[&str]) -> Cleaned {
    let rows: String = dates.iter().map(|d| format!("\"{d}\",Yes\n")).collect();
    programme(SURVEY, WHEN, "", &[("s.csv", &format!("When,OK\n{rows}"))])
}

/// The days that a survey's column of dates was read as.
fn days(c: &Cleaned, file: &str) -> Vec<Option<jiff::civil::DateTime>> {
    let t = table(c, file);
    let column = t.columns.iter().find(|c| c.role == Role::Date).unwrap();
    let ColumnValues::Dates(values) = &column.values else { panic!() };
    column.codes.iter().map(|&code| values[code as usize].answered()).collect()
}

/// A column of a real file by its header, as any `csv` reader sees it.
fn cells(path: &std::path::Path, header: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap();
    let at = reader.headers().unwrap().iter().position(|h| h == header).unwrap();
    reader.records().map(|r| r.unwrap().get(at).unwrap_or("").to_owned()).collect()
}

#[test]
fn one_day_in_many_writings() {
    let c = dated(&[
        "2024-05-13T10:00:00.000Z",
        "13 May 2024",
        "Monday 13th May 2024",
        "13/05/2024 10:00",
        "13 mai 2024",
        "13. Mai 2024 10:00 Uhr",
        "13 de mayo de 2024",
        "2024/05/13 10:00:00 AM GMT+1",
        "13.05.24",
        "45425.4166666667",
    ]);
    assert_eq!(c.problems.stop(), None, "{:?}", c.problems.list);
    let days = days(&c, "s.csv");
    assert!(days.iter().all(|d| d.is_some_and(|d| d.date() == jiff::civil::date(2024, 5, 13))), "{days:?}");
    assert_eq!(days[9].map(|d| d.hour()), Some(10));
    assert!(problem(&c, "date-serial").is_some());
}

#[test]
fn a_year_that_nobody_typed_is_no_year() {
    let c = dated(&["13/05/2024", "14/05/2024", "01/01/1900", "03/04/1900", "05/06/1970", "15/01/2024"]);
    let told: Vec<_> = c.problems.list.iter().filter(|p| p.code == "date-without-year").collect();
    assert_eq!(told.iter().map(|p| (p.count, p.place.row)).collect::<Vec<_>>(), [(2, Some(4)), (1, Some(6))]);
    assert!(told[0].message.contains("in the year 1900"), "{}", told[0].message);
    assert_eq!(days(&c, "s.csv").iter().filter(|d| d.is_none()).count(), 3);
    // A list of births has people of 1900 and 1970 among others.
    let book = "p,Born,birth date,date,,,,\n";
    let toml = "[source.p]\nfiles = \"p.csv\"\nkind = \"people\"\n";
    let born = "Born\n13/05/1969\n14/05/1970\n15/06/1981\n";
    let c = programme(toml, book, "", &[("p.csv", born)]);
    assert!(problem(&c, "date-without-year").is_none() && problem(&c, "date-unreadable").is_none());
}

#[test]
fn limesurvey_without_dates_gives_none() {
    let c = dated(&["1980-01-01 00:00:00", "1980-01-01 00:00:00"]);
    assert_eq!(problem(&c, "date-switched-off").map(|p| p.count), Some(2));
    assert_eq!(days(&c, "s.csv"), [None, None]);
}

#[test]
fn what_names_no_day_is_told_apart() {
    let c = dated(&[
        "13/05/2024",
        "May 2024",
        "2024",
        "Spring 2024",
        "12-14 May 2024",
        "3 April",
        "#REF!",
        "soon",
        "########",
    ]);
    let told: Vec<_> =
        c.problems.list.iter().filter(|p| p.code == "date-partial").map(|p| (p.message.clone(), p.place.row)).collect();
    assert_eq!(
        told,
        [
            ("1 row names a year and no day where a day is needed; counted as unreadable".to_owned(), Some(4)),
            ("1 row names a month and no day where a day is needed; counted as unreadable".to_owned(), Some(3)),
            (
                "1 row names a season or quarter and no day where a day is needed; counted as unreadable".to_owned(),
                Some(5)
            ),
            ("1 row names several days where a day is needed; counted as unreadable".to_owned(), Some(6)),
            ("1 row names a day without its year where a day is needed; counted as unreadable".to_owned(), Some(7)),
        ]
    );
    assert_eq!(problem(&c, "date-unreadable").map(|p| p.count), Some(3));
}

#[test]
fn sibling_files_prove_each_other_or_are_told_to_contradict() {
    let two = |a: &str, b: &str| programme(SURVEY, WHEN, "", &[("s1.csv", a), ("s2.csv", b)]);
    let c = two("When,OK\n13/05/2024,Yes\n", "When,OK\n03/05/2024,Yes\n");
    let second = c.dates.iter().find(|d| d.file == "s2.csv").unwrap();
    assert_eq!(second.patterns[0].proof, "proved by sibling file s1.csv: 1 row has a first part over 12");
    assert_eq!(days(&c, "s2.csv")[0].map(|d| (d.day(), d.month())), Some((3, 5)));
    // One file re-saved by a program of another country: each keeps its own proof, and it is said.
    let c = two("When,OK\n13/05/2024,Yes\n01/02/2024,Yes\n", "When,OK\n05/13/2024,Yes\n01/02/2024,Yes\n");
    assert_eq!(c.problems.stop(), None);
    let said = problem(&c, "date-siblings").unwrap();
    assert_eq!(
        said.message,
        "dates written dd/dd/dddd are day month year here, and month day year in s2.csv; each file is read by its own proof"
    );
    assert_eq!(days(&c, "s1.csv")[1].map(|d| d.month()), Some(2));
    assert_eq!(days(&c, "s2.csv")[1].map(|d| d.month()), Some(1));
    // Siblings that contradict each other prove nothing for a third.
    let files = [
        ("s1.csv", "When,OK\n13/05/2024,Yes\n"),
        ("s2.csv", "When,OK\n05/13/2024,Yes\n"),
        ("s3.csv", "When,OK\n05/06/2024,Yes\n"),
    ];
    assert!(problem(&programme(SURVEY, WHEN, "", &files), "date-undecided").is_some());
}

#[test]
fn rows_in_the_order_of_time_are_evidence_that_is_said() {
    // The first to the twelfth of January to April: no part over 12 tells.
    let mut dates = Vec::new();
    for month in 1..=4 {
        for day in [2, 5, 8, 11] {
            dates.push(format!("{day:02}/{month:02}/2024"));
        }
    }
    let list: Vec<&str> = dates.iter().map(String::as_str).collect();
    let c = dated(&list);
    let proof = &c.dates[0].patterns[0];
    assert_eq!((proof.order, proof.assumed), (Some(DateOrder::DayMonthYear), true));
    assert_eq!(
        proof.proof,
        "assumed because the 16 rows then stand in the order of time, and would jump 3 times otherwise"
    );
    assert!(problem(&c, "date-order-assumed").is_some());
    // Out of order they prove nothing, and are asked about.
    let mut mixed = list.clone();
    mixed.swap(2, 9);
    assert!(problem(&dated(&mixed), "date-undecided").is_some());
}

#[test]
fn dates_of_the_samples_by_csv_alone() {
    let Some(samples) = samples() else { return };
    for (file, header, order) in [
        ("google-forms/jupyter-2016-education-multiline.csv", "Timestamp", DateOrder::MonthDayYear),
        ("google-forms/spack-2022-responses-bom.csv", "Timestamp", DateOrder::MonthDayYear),
        ("alchemer/jupyter-2015-surveyexport-partials.csv", "Time Started", DateOrder::YearMonthDay),
        ("encodings/adur-mixed-date-formats.csv", "ExtractDate", DateOrder::DayMonthYear),
        ("newcastle/activity/newcastle-active-members-postcode.csv", "Date Added", DateOrder::DayMonthYear),
    ] {
        let path = samples.join(file);
        let own = cells(&path, header);
        // Digits, by which the patterns are told apart: the year's width, and whether it comes first.
        let mut counts: BTreeMap<(bool, usize), u64> = BTreeMap::new();
        for cell in own.iter().map(|c| c.trim()).filter(|c| !c.is_empty()) {
            let parts: Vec<&str> = cell.split([' ', 'T']).next().unwrap().split(['/', '-', '.']).collect();
            *counts.entry((parts[0].len() == 4, parts[0].len().max(parts[2].len()))).or_default() += 1;
        }
        let intake = read_one(&path, file, &ReadOptions::default());
        let at = intake.tables[0].columns.iter().position(|c| c.title() == header).unwrap();
        let seen = look_at(&intake.tables[0]).columns.swap_remove(at);
        assert_eq!(seen.look, Look::Date, "{file}");
        let mut got: BTreeMap<(bool, usize), u64> = BTreeMap::new();
        for p in &seen.dates {
            let first = p.pattern.split(' ').next().unwrap();
            let parts: Vec<usize> = first.split(['/', '-', '.']).map(str::len).collect();
            *got.entry((parts[0] == 4, parts[0].max(parts[2]))).or_default() += p.rows;
            let year_first = first.starts_with("dddd");
            assert_eq!(p.order, Some(if year_first { DateOrder::YearMonthDay } else { order }), "{file} {p:?}");
        }
        assert_eq!(got, counts, "{file}");
        assert_eq!(seen.values.answered, counts.values().sum::<u64>(), "{file}");
    }
}

const COUNTS: &str = "[source.c]\nfiles = \"c.csv\"\nkind = \"sessions\"\n[advanced]\nset_aside_share = 0.9\n";
const HEADS: &str = "c,Day,date,date,,,,\nc,People,headcount,number,,,,\nc,Hours,hours,number,,,,\n";

fn numbers(c: &Cleaned, role: Role) -> Vec<Option<f64>> {
    let t = &c.tables[0];
    let column = t.columns.iter().find(|c| c.role == role).unwrap();
    let ColumnValues::Numbers(values) = &column.values else { panic!() };
    let number = |d: reach::clean::Decimal| d.digits as f64 / [1.0, 10.0, 100.0, 1000.0][usize::from(d.scale)];
    column.codes.iter().map(|&code| values[code as usize].answered().map(number)).collect()
}

#[test]
fn headcounts_kept_by_hand() {
    let people = [
        "12",
        "1,204",
        "twelve",
        "12 people",
        "about 30",
        "12+",
        "10-15",
        "<5",
        "12 + 3",
        "(3)",
        "n/a",
        "-99",
        "lots",
        "",
    ];
    let rows: String = people.iter().map(|p| format!("2024-05-13,\"{p}\",2½\n")).collect();
    let c = programme(COUNTS, HEADS, "", &[("c.csv", &format!("Day,People,Hours\n{rows}"))]);
    let read = numbers(&c, Role::Headcount);
    assert_eq!(read[..4], [Some(12.0), Some(1204.0), Some(12.0), Some(12.0)]);
    assert!(read[4..].iter().all(Option::is_none), "{read:?}");
    let odd: Vec<_> =
        c.problems.list.iter().filter(|p| p.code == "number-odd").map(|p| (p.message.as_str(), p.place.row)).collect();
    assert_eq!(
        odd,
        [
            ("1 row has a number and more (12+); counted as unreadable", Some(7)),
            ("1 row has a number that is only about right (about 30); counted as unreadable", Some(6)),
            ("1 row has a span of numbers (10-15); counted as unreadable", Some(8)),
            ("1 row has a number that was withheld (<5, *); counted as unreadable", Some(9)),
            ("1 row has several numbers (12 + 3); counted as unreadable", Some(10)),
        ]
    );
    assert_eq!(problem(&c, "number-unreadable").map(|p| p.count), Some(2));
    let unusual: u64 = c.problems.list.iter().filter(|p| p.code == "number-unusual").map(|p| p.count).sum();
    assert_eq!(unusual, 2 + people.len() as u64);
    assert!(numbers(&c, Role::Hours).iter().all(|h| *h == Some(2.5)));
    // The numbers that were withheld or written about are repeated nowhere as values.
    let a = account(&c, "c.csv");
    let heads = a.values.iter().find(|v| v.column.contains("People")).unwrap();
    assert_eq!((heads.answered, heads.blank, heads.unreadable), (4, 3, 7));
}

#[test]
fn the_codebook_says_what_is_missing() {
    let book =
        |missing: &str| format!("source,column,is,type,options,missing\ns,Country,country,choice,,\"{missing}\"\n");
    let run = |missing: &str, csv: &str| {
        let folder = tempfile::tempdir().unwrap();
        let toml = "[programme]\nname = \"P\"\nfrom = 2024-01-01\nto = 2024-12-31\n[source.s]\nfiles = \"s.csv\"\nkind = \"sites\"\n";
        std::fs::write(folder.path().join("reach.toml"), toml).unwrap();
        std::fs::write(folder.path().join("codebook.csv"), format!("{}s,Place,site,,,\n", book(missing))).unwrap();
        std::fs::write(folder.path().join("recodes.csv"), "list,written,means,why\n").unwrap();
        std::fs::write(folder.path().join("s.csv"), csv).unwrap();
        let spec = reach::spec::load(&folder.path().join("reach.toml")).unwrap();
        reach::clean::clean(reach::ingest::read(&spec), &spec, None)
    };
    // Namibia stands in a column of countries without anybody's word; a code of the file needs one.
    let csv = "Place,Country\nA,NA\nB,Ghana\nC,none given\n";
    let c = run("", csv);
    assert_eq!(choice(&c.tables[0], "country").0, ["Ghana", "NA", "none given"]);
    let c = run("none given", csv);
    let (options, rows) = choice(&c.tables[0], "country");
    assert_eq!(options, ["Ghana", "NA"]);
    assert_eq!(rows, [Answer::Answered(1), Answer::Answered(0), Answer::Blank]);
}

#[test]
fn not_applicable_is_a_state_of_its_own_and_none_can_be_ticked() {
    let book = "s,Heard,heard,choices,Flyer | Friend | None,,,\ns,Stay,stay,choice,Yes | No,,,\n";
    let csv = "Heard,Stay\n\"Flyer, None\",N/A\nNone,Yes\nN/A,No\n,No\n";
    let c = programme(SURVEY, book, "", &[("s.csv", csv)]);
    let t = table(&c, "s.csv");
    assert_eq!(ticks(t, "heard", "None")[..2], [Answer::Answered(true), Answer::Answered(true)]);
    assert_eq!(ticks(t, "heard", "None")[2..], [Answer::NotAsked, Answer::Blank]);
    assert_eq!(choice(t, "stay").1[0], Answer::NotAsked);
    assert!(problem(&c, "missing-token").unwrap().message.contains("“n/a” (1)"));
}

#[test]
fn limesurvey_writes_not_shown_in_every_column_of_a_question() {
    let book = "s,Which?,which,choices,Art | Music,,,\n";
    let csv = "id. Response ID,submitdate. Date submitted,lastpage. Last page,startlanguage. Start language,seed. Seed,\"Q1[SQ1]. Which? [Art]\",\"Q1[SQ2]. Which? [Music]\"\n\
               1,2024-05-13 10:00:00,1,en,1,Yes,No\n2,2024-05-13 10:00:00,1,en,1,N/A,N/A\n3,2024-05-14 10:00:00,1,en,1,No,No\n";
    let c = programme(SURVEY, book, "", &[("s.csv", csv)]);
    let Some(t) = c.tables.first().filter(|t| !t.questions.is_empty()) else {
        panic!("{:?}", c.problems.list);
    };
    assert_eq!(ticks(t, "which", "Art"), [Answer::Answered(true), Answer::NotAsked, Answer::Answered(false)]);
}

#[test]
fn joined_answers_that_divide_in_two_ways_are_told() {
    let book = "s,Heard,heard,choices,\"Music | Art | Music, Art | Other places\",,,\n";
    let csv = "Heard\n\"Music, Art\"\n\"Other places, Music\"\n";
    let c = programme(SURVEY, book, "", &[("s.csv", csv)]);
    let told = problem(&c, "answers-ambiguous").unwrap();
    assert_eq!(told.count, 1);
    assert_eq!(told.weight, reach::problem::Weight::Assumed);
    assert_eq!(ticks(table(&c, "s.csv"), "heard", "Music, Art")[0], Answer::Answered(true));
}

#[test]
fn spellings_and_bands_are_suggested_and_never_applied() {
    let toml = "[source.c]\nfiles = \"c.csv\"\nkind = \"sessions\"\n";
    let book = "c,Day,date,date,,,,\nc,Strand,strand,,,,,\nc,Site,site,,,,,\n";
    let csv = "Day,Strand,Site\n2024-05-13,Arts & crafts,City\n2024-05-14,Arts & crafts,City\n2024-05-15,Arts and Crafts,Ctiy\n2024-05-16,Music,Room 1\n2024-05-17,Music,Room 2\n";
    let c = programme(toml, book, "", &[("c.csv", csv)]);
    let hints: Vec<_> =
        c.problems.list.iter().filter(|p| p.code == "spelling-variant").filter_map(|p| p.hint.clone()).collect();
    assert_eq!(
        hints,
        [
            "if they are one, add this line to recodes:  strand,Arts and Crafts,Arts & crafts,",
            "if they are one, add this line to recodes:  site,Ctiy,City,"
        ]
    );
    let book = "s,Age,age,choice,Under 16 | 16-24 | 25+,,,\ns,How,how,scale,Strongly agree | Agree | Disagree,,,\n";
    let c = programme(SURVEY, book, "", &[("s.csv", "Age,How\n16 to 24,Agree\n16-24,Strongly agreee\n")]);
    let hints: Vec<_> =
        c.problems.list.iter().filter(|p| p.code == "answer-near-miss").filter_map(|p| p.hint.clone()).collect();
    assert!(hints.iter().any(|h| h.ends_with("age,16 to 24,16-24,")), "{hints:?}");
    assert!(hints.iter().any(|h| h.ends_with("how,Strongly agreee,Strongly agree,")), "{hints:?}");
    assert_eq!(choice(table(&c, "s.csv"), "age").1, [Answer::Unreadable, Answer::Answered(1)]);
    // A scale that runs downwards is scored as it stands, and that is said.
    assert!(problem(&c, "scale-falls").unwrap().message.contains("“Strongly agree” is scored 1"));
}

#[test]
fn postcodes_and_addresses_are_compared_as_they_are_meant() {
    let toml = "[source.p]\nfiles = \"p.csv\"\nkind = \"people\"\n";
    let book = "p,Mail,email,text,,,,\np,Code,postcode,text,,,,\n";
    let csv = "Mail,Code\nAnn <ANN@example.org>,ne1 4xj\nmailto:ann@example.org,NE14XJ\nann@example.org.,NEI 4XJ\n";
    let c = programme(toml, book, "", &[("p.csv", csv)]);
    let t = table(&c, "p.csv");
    let distinct = |role: Role| {
        let column = t.columns.iter().find(|c| c.role == role).unwrap();
        let ColumnValues::Personal(values, texts) = &column.values else { panic!() };
        assert!(values.iter().all(|v| v.answered().is_some()));
        texts.len()
    };
    assert_eq!((distinct(Role::Email), distinct(Role::Postcode)), (1, 2));
    assert_eq!(problem(&c, "postcode-look-alike").map(|p| p.count), Some(1));
    let said: String = c.problems.list.iter().map(|p| format!("{} {:?}", p.message, p.hint)).collect();
    assert!(!said.to_lowercase().contains("ann@") && !said.contains("4XJ"), "{said}");
}
