//! Promise: every value that evaluators' files hold is read as it was meant, or said to be unreadable with its reason; nothing is
//! guessed in silence. Counts are made a second time here, by `csv` alone.

use std::collections::BTreeMap;

use reach::clean::{Cleaned, ColumnValues, Look, look_at};
use reach::ingest::{ReadOptions, read_one};
use reach::spec::{DateOrder, Role};

use crate::clean::{problem, programme, table};
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
