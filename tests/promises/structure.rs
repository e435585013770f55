//! Promise: the tables that an officer keeps by hand are found as a person sees them: their header in one row or several, their rows and
//! nothing else, each table by itself; and every record is accounted for.

use std::path::Path;

use proptest::prelude::*;
use reach::exit::Exit;
use reach::ingest::{Intake, Range, ReadOptions, Sheets, Table, read_one};
use reach::ledger::Furniture;
use reach::problem::{Problem, Weight};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use crate::support::{self, Programme, samples};

fn all() -> ReadOptions {
    ReadOptions { sheets: Sheets::All, ..ReadOptions::default() }
}

fn text_with(content: &str, options: &ReadOptions) -> Intake {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    std::fs::write(&path, content).unwrap();
    read_one(&path, "log.csv", options)
}

fn text(content: &str) -> Intake {
    text_with(content, &all())
}

/// Lines whose cells stand between bars, as a CSV.
fn lines(content: &[&str]) -> String {
    let width = content.iter().map(|l| l.split('|').count()).max().unwrap_or(1);
    let line = |l: &&str| {
        let mut cells: Vec<&str> = l.split('|').map(str::trim).collect();
        cells.resize(width, "");
        cells.join(",") + "\n"
    };
    content.iter().map(line).collect()
}

fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Intake {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.xlsx");
    book.save(&path).unwrap();
    read_one(&path, "log.xlsx", &all())
}

fn write(sheet: &mut Worksheet, content: &[&str]) {
    for (r, line) in (0u32..).zip(content) {
        for (c, cell) in (0u16..).zip(line.split('|').map(str::trim)) {
            match cell.parse::<f64>() {
                Ok(n) => {
                    sheet.write_number(r, c, n).unwrap();
                }
                Err(_) if cell.is_empty() => {}
                Err(_) => {
                    sheet.write_string(r, c, cell).unwrap();
                }
            }
        }
    }
}

fn only(intake: &Intake) -> &Table {
    assert_eq!(intake.tables.len(), 1, "{:?}", intake.problems.list);
    &intake.tables[0]
}

fn count(table: &Table, kind: Furniture) -> u64 {
    table.furniture.iter().filter(|(f, _)| *f == kind).map(|(_, n)| n).sum()
}

fn records(table: &Table) -> u64 {
    table.furniture.iter().map(|(_, n)| n).sum::<u64>() + table.rows as u64
}

fn cells(table: &Table, row: usize) -> Vec<String> {
    table.columns.iter().map(|c| c.texts.text(c.codes[row]).trim().to_owned()).collect()
}

fn headers(table: &Table) -> Vec<String> {
    table.columns.iter().map(reach::ingest::Column::title).collect()
}

fn problem<'a>(intake: &'a Intake, code: &str) -> Option<&'a Problem> {
    intake.problems.list.iter().find(|p| p.code == code)
}

/// What a table must come to: header rows, rows, and its other records.
fn is(content: &[&str], header_rows: u32, rows: usize, furniture: &[(Furniture, u64)]) {
    let intake = text(&lines(content));
    let table = only(&intake);
    let others: Vec<(Furniture, u64)> =
        table.furniture.iter().copied().filter(|(kind, _)| *kind != Furniture::Header).collect();
    assert_eq!((table.header_rows, table.rows), (header_rows, rows), "{content:#?}\n{:#?}", intake.problems.list);
    assert_eq!(others, furniture, "{content:#?}\n{:#?}", intake.problems.list);
    assert_eq!(records(table), content.len() as u64, "{content:#?}");
}

#[test]
fn headers_of_one_row_to_three() {
    // Groups above columns, with titles and a vertical label.
    is(
        &["Quarterly visits", "", "Library|Visits||Loans|", "|Adult|Child|Books|DVDs", "City|3|4|5|6", "West|1|2|3|4"],
        2,
        2,
        &[(Furniture::Title, 1), (Furniture::Blank, 1)],
    );
    is(&["|Visits||Loans|", "Library|Adult|Child|Adult|Child", "City|3|4|5|6", "West|1|2|3|4"], 2, 2, &[]);
    is(
        &[
            "|2023||||2024|||",
            "|Visits||Loans||Visits||Loans|",
            "Library|Adult|Child|Adult|Child|Adult|Child|Adult|Child",
            "City|1|2|3|4|5|6|7|8",
            "West|9|8|7|6|5|4|3|2",
        ],
        3,
        2,
        &[],
    );
    // A title above a header whose first cell is blank.
    is(&["Visits 2024", "|Apr|May|Jun", "City|3|4|5", "West|1|2|3"], 1, 2, &[(Furniture::Title, 1)]);
    // Words scattered above a table are no labels of groups.
    is(
        &["Report for|Quarter 1||Prepared by|", "Library|Adult|Child|Books|DVDs", "City|3|4|5|6", "West|1|2|3|4"],
        1,
        2,
        &[(Furniture::Title, 1)],
    );
    // A line of units.
    is(&["Library|Date|Visits", "|(dd/mm/yyyy)|(number)", "City|03/04/2025|3", "West|14/04/2025|2"], 2, 2, &[]);
    // What stands where numbers stand may be a word for their absence.
    is(&["Museum|Visitors|Objects", "A|in restauro|in restauro", "B|12|34", "C|44|55"], 1, 3, &[]);
    is(&["Library|May|June", "City|closed|closed", "West|1|2", "East|4|5"], 1, 3, &[]);
    // A survey with names of columns missing: its first row is a person.
    is(&["Name||Town|", "Ann|Yes|Gateshead|Yes", "Bob|No|Newcastle|Yes", "Cal|Yes|Gateshead|No"], 1, 3, &[]);
}

#[test]
fn months_stand_below_years_and_above_quarters() {
    for (content, headers) in [
        (&["Library|2023|||2024||", "|Oct|Nov|Dec|Jan|Feb|Mar", "City|3|4|5|6|7|8", "West|1|2|3|4|5|6"][..], 2),
        (&["|2023|2023|2023|2024", "Library|Oct|Nov|Dec|Jan", "City|3|4|5|6", "West|1|2|3|4"], 2),
        (&["Library|2023-10|2023-11|2023-12|2024-01", "|Q3|Q3|Q3|Q4", "City|3|4|5|6", "West|1|2|3|4"], 2),
        (&["|Q3|||Q4", "Library|2023-10|2023-11|2023-12|2024-01", "City|3|4|5|6", "West|1|2|3|4"], 2),
        (&["Library|2023-10|2023-11|2023-12", "City|3|4|5", "West|1|2|3"], 1),
    ] {
        let intake = text(&lines(content));
        let table = only(&intake);
        assert_eq!((table.platform, table.header_rows, table.rows), ("months", headers, 2), "{content:?}");
        let months = reach::clean::look_at(table).columns.iter().filter(|p| p.month.is_some()).count();
        assert_eq!(months, table.columns.len() - 1, "{content:?}");
    }
}

#[test]
fn a_table_without_a_header_names_no_column_by_a_persons_data() {
    for content in [
        &["2024-01-03|City Library|45|ann@example.org", "2024-01-04|West Library|12|bob@example.org"][..],
        &[
            "Ann Smith|Gateshead|Yes",
            "Bob Jones|Newcastle|No",
            "Cal Roe|Gateshead|Yes",
            "Dee Poe|Newcastle|Yes",
            "Eve|Gateshead|No",
        ],
        &["Ann Smith|34|03/04/2025", "Bob Jones|45|14/04/2025", "Cal Roe|23|15/04/2025"],
        &["ann@example.org|Yes", "bob@example.org|No"],
    ] {
        let intake = text(&lines(content));
        let table = only(&intake);
        assert_eq!((table.header_rows, table.rows), (0, content.len()), "{content:?}");
        assert_eq!(headers(table)[0], "Column A");
        assert!(problem(&intake, "header-missing").is_some_and(|p| p.hint.is_some()));
        assert_eq!(records(table), content.len() as u64);
        let shown: String = intake.problems.list.iter().map(|p| p.message.clone() + &p.place.to_string()).collect();
        assert!(!shown.contains("Ann") && !shown.contains("example.org"), "{shown}");
    }
    // Years, dates, steps of a scale and bands of ages are names.
    for header in
        ["Library|2019|2020|2021", "Log|01/04/2024|08/04/2024|15/04/2024", "Question|1|2|3", "Library|0-4|5-9|10-14"]
    {
        is(&[header, "City|3|40|5", "West|1|20|3", "East|7|80|9"], 1, 3, &[]);
    }
    // The spec decides: none, or one.
    let options = ReadOptions { header_rows: Some(0), ..all() };
    let intake = text_with("Library,Visits\nCity,3\n", &options);
    assert_eq!((only(&intake).header_rows, only(&intake).rows), (0, 2));
    let options = ReadOptions { header_rows: Some(1), ..all() };
    let intake = text_with("Ann,34\nBob,45\nCal,23\n", &options);
    assert_eq!((only(&intake).header_rows, only(&intake).rows), (1, 2));
}

#[test]
fn totals_at_both_ends_and_between() {
    use Furniture::{Section, Subtotal, Total};
    is(&["Library|Visits|Loans", "City|30|4", "West|10|2", "Total|40|6"], 1, 2, &[(Total, 1)]);
    is(&["Library|Visits|Loans", "All libraries|45|9", "City|30|4", "West|10|2", "East|5|3"], 1, 3, &[(Total, 1)]);
    is(&["Library|Visits|Loans", "TOTAL|45|9", "City|30|4", "West|10|2", "East|5|3"], 1, 3, &[(Total, 1)]);
    is(
        &["Library|Visits|Loans", "City|30|4", "West|10|2", "Total|40|6", "% of total|100%|100%", "Average|20|3"],
        1,
        2,
        &[(Total, 3)],
    );
    is(
        &[
            "Library|Visits|Loans",
            "North||",
            "Gosforth|100|20",
            "Jesmond|50|10",
            "North total|150|30",
            "South||",
            "Byker|70|7",
            "Walker|30|3",
            "South total|100|10",
            "Grand total|250|40",
        ],
        1,
        4,
        &[(Total, 1), (Subtotal, 2), (Section, 2)],
    );
    // Without a label, by its sums alone.
    is(
        &["Library|A|B|C", "City|3|4|10", "West|1|2|20", "|4|6|30", "East|5|5|5", "North|1|1|1", "South|2|3|9"],
        1,
        5,
        &[(Subtotal, 1)],
    );
    // A place without numbers is a place; a total that does not add up is said.
    is(&["Library|Visits|Loans", "City|30|4", "Fenham||", "West|10|2", "East|5|1"], 1, 4, &[]);
    let intake = text(&lines(&["Library|Visits|Loans", "City|30|4", "Total North|99|99", "West|10|2", "East|5|1"]));
    assert_eq!(only(&intake).rows, 4);
    assert_eq!(problem(&intake, "total-doubtful").and_then(|p| p.place.row), Some(3));
}

#[test]
fn an_answer_is_never_furniture() {
    // Open text that says total, all, note or page; people who ticked everything; stars.
    is(
        &[
            "Id|Visits|What did you like?",
            "1|3|Total",
            "2|5|All",
            "3|1|Note the toilets",
            "4|2|Page 3 of the leaflet",
            "5|9|all of it",
        ],
        1,
        5,
        &[],
    );
    is(&["Poster|Friend|Web|Age", "Poster|Friend|Web|34", "Poster|||22", "|Friend|Web|19", "|Friend||55"], 1, 4, &[]);
    is(&["Poster|Friend|Web", "Poster|Friend|Web", "Poster||", "|Friend|Web"], 1, 3, &[]);
    is(&["Id|Rating|Why", "1|***|nice", "2|****|", "3|-|-", "4|*|bad"], 1, 4, &[]);
}

#[test]
fn printed_reports() {
    use Furniture::{Blank, Footnote, PageBreak, RepeatedHeader, Separator, Title, Total};
    is(
        &[
            "City Libraries",
            "Visits by library||Page 1 of 2",
            "",
            "Library|April|May",
            "-----|-----|-----",
            "City|100|110",
            "West|50|60",
            "",
            "||Page 2 of 2",
            "City Libraries",
            "Visits by library||Page 2 of 2",
            "Library|April|May",
            "-----|-----|-----",
            "North|5|6",
            "South|4|4",
            "Total|159|180",
            "",
            "Source: gate counters",
            "Signed: ____________",
        ],
        1,
        4,
        &[(Title, 2), (Blank, 3), (Total, 1), (Footnote, 2), (RepeatedHeader, 1), (PageBreak, 3), (Separator, 2)],
    );
    // A form feed stands before the header of every page.
    let intake =
        text("Name,Town,Visits\nAnn,Byker,3\nBob,Walker,4\n\u{c}Name,Town,Visits\nCal,Byker,2\nDee,Benwell,8\n");
    assert_eq!((only(&intake).rows, count(only(&intake), RepeatedHeader)), (4, 1));
    // Where it stands, each message says, and the line that keeps it.
    let intake = text("Name,Town,Visits\nAnn,Byker,3\nBob,Walker,4\nName,Town,Visits\nCal,Byker,2\nDee,Benwell,8\n");
    let said = problem(&intake, "repeated-header").unwrap();
    assert_eq!(said.place.row, Some(4));
    assert!(said.hint.as_ref().unwrap().contains("keep = \"repeated headers\""));
    assert_eq!(only(&intake).origin.record(2), 5, "addresses go on below furniture");
}

#[test]
fn reports_with_a_part_for_each_branch() {
    use Furniture::{Blank, PageBreak, RepeatedHeader, Section, Separator, Title};
    let mut report = vec!["Active members, run on 13/06/01|Number of".to_owned(), "|Members".to_owned()];
    for (n, branch) in ["NORTHGATE", "HARBOUR", "MILL LANE"].iter().enumerate() {
        if n > 0 {
            report.extend([format!("-  {n} -|"), "13/06/01   Report: reg_active|members".to_owned()]);
        }
        report.extend([
            format!("Branch:  {n}  {branch}|"),
            "|Number of".to_owned(),
            "Category|Members".to_owned(),
            "--- ----|-----".to_owned(),
        ]);
        report.extend([format!("ADULT|{}", 400 + n), format!("JUNIOR|{}", 90 * n + 7), "STAFF|3".to_owned()]);
        report.extend([
            "Number of Members   ______|".to_owned(),
            format!("Active at this Branch:  {}|", 500 + 91 * n),
            "------|".to_owned(),
        ]);
    }
    let report: Vec<&str> = report.iter().map(String::as_str).collect();
    is(&report, 1, 9, &[(Title, 4), (Section, 2), (RepeatedHeader, 2), (PageBreak, 12), (Separator, 6)]);
    // A label below each header told again.
    let mut hours: Vec<&str> = Vec::new();
    for branch in ["Northgate|||", "Harbour|||", "Mill Lane|||"] {
        let week = ["|open|close", branch, "Monday|09:00|17:00", "Tuesday|10:00|17:00", "Sunday||", "", ""];
        hours.extend(week);
    }
    is(&hours, 1, 9, &[(Blank, 6), (Section, 3), (RepeatedHeader, 2)]);
    // Words about a report in columns of their own, and a total with others listed below it.
    is(
        &[
            "|All payments of 250 and more|||",
            "|Reporting period :||10|",
            "|Start date:|9 December 2012||",
            "",
            "|Vendor|Name|Amount|Paid",
            "|155|BOROUGH A|4929203.00|20 Dec 2012",
            "|156|BOROUGH B|4098732.26|10 Dec 2012",
        ],
        1,
        2,
        &[(Title, 3), (Blank, 1)],
    );
    is(
        &[
            "Floor space|Gross|Net",
            "North|653|430",
            "South|205|180",
            "Total|858|610",
            "",
            "City (closed)|9375|2279",
            "Van|unknown|unknown",
        ],
        1,
        4,
        &[(Blank, 1), (Furniture::Total, 1)],
    );
}

#[test]
fn the_spec_keeps_what_would_be_furniture() {
    let content = lines(&["Library|Visits|Loans", "City|30|4", "West|10|2", "Total|40|6", "", "Note: by hand"]);
    let options = ReadOptions { keep: vec![Furniture::Total, Furniture::Footnote], ..all() };
    let intake = text_with(&content, &options);
    assert_eq!((only(&intake).rows, records(only(&intake))), (4, 6));
}

#[test]
fn tables_below_each_other_and_side_by_side() {
    let content = lines(&[
        "Visits 2024",
        "Library|April|May",
        "City|3|4",
        "West|1|2",
        "Total|4|6",
        "",
        "Volunteers",
        "Name|Role|Hours",
        "Ann|Desk|12",
        "Bob|Events|14",
    ]);
    let intake = text(&content);
    let shown: Vec<(String, Option<u32>, usize)> =
        intake.tables.iter().map(|t| (t.range.to_string(), t.nth, t.rows)).collect();
    assert_eq!(shown, [("A2:C4".to_owned(), Some(1), 2), ("A8:C10".to_owned(), Some(2), 2)]);
    assert_eq!(intake.tables.iter().map(records).sum::<u64>(), 10);
    assert_eq!(headers(&intake.tables[1]), ["Name", "Role", "Hours"]);

    let content =
        lines(&["Library|Visits|||", "City|3||Group|Members", "West|1||Chess|4", "East|2||Go|7", "North|5||Bridge|9"]);
    let intake = text(&content);
    assert_eq!(intake.tables.len(), 2);
    let right = &intake.tables[1];
    assert_eq!((right.range.to_string(), right.rows), ("D2:E5".to_owned(), 3));
    assert_eq!(right.columns[1].letters(), "E");
    assert_eq!((right.origin.record(0), cells(right, 0)), (3, vec!["Chess".to_owned(), "4".to_owned()]));

    // A run is asked which; `table` and `range` answer.
    let asked = text_with(&content, &ReadOptions::default());
    let said = asked.problems.list.iter().find(|p| p.weight == Weight::Stops).unwrap();
    assert_eq!((said.code, said.exit), ("table-undecided", Exit::Data));
    assert!(said.hint.as_ref().unwrap().contains("2 is D2:E5"));
    let second = text_with(&content, &ReadOptions { table: Some(2), ..ReadOptions::default() });
    assert_eq!(headers(only(&second)), ["Group", "Members"]);
    let missing = text_with(&content, &ReadOptions { table: Some(3), ..ReadOptions::default() });
    assert_eq!(missing.problems.stop(), Some(Exit::Spec));
    let ranged = text_with(&content, &ReadOptions { range: Range::parse("D2:E4"), ..ReadOptions::default() });
    assert_eq!((headers(only(&ranged)), only(&ranged).rows), (vec!["Group".to_owned(), "Members".to_owned()], 2));
    assert_eq!(only(&ranged).columns[0].letters(), "D");
}

#[test]
fn headers_that_are_alike_or_missing_are_said() {
    let intake = text("Library,Visits,,Visits\nCity,3,x,4\nWest,1,y,2\nEast,2,z,9\n");
    assert_eq!(headers(only(&intake)), ["Library", "Visits", "", "Visits"], "what is printed stays");
    let twice = problem(&intake, "header-twice").unwrap();
    assert!(twice.message.contains("B, D") && twice.hint.as_ref().unwrap().contains("Visits (2)"), "{twice:?}");
    assert!(problem(&intake, "header-blank").unwrap().message.contains('C'));
}

#[test]
fn another_table_in_a_long_file_is_said() {
    let mut content = String::from("Place,Visits,Loans\n");
    (0..6_000).for_each(|n| content.push_str(&format!("Place {n},{},{}\n", n + 3, n % 7 + 1)));
    content.push_str(",,\nName,Role,Hours\nAnn,Desk,12\nBob,Events,14\n");
    let intake = text(&content);
    assert_eq!(problem(&intake, "table-below").and_then(|p| p.place.row), Some(6_003));
    assert_eq!(records(only(&intake)), 6_005);
}

#[test]
fn tables_of_a_sheet() {
    let bold = Format::new().set_bold();
    let intake = workbook(|sheet| {
        write(sheet, &["", "|Library|Visits||Group|Members", "|City|3||Knitting|12", "|West|1||Chess|4", "|East|2||"]);
        sheet.write_string_with_format(6, 1, "Staff", &bold).unwrap();
        sheet.write_string(7, 1, "Name").unwrap();
        sheet.write_string(7, 2, "Hours").unwrap();
        for (r, name, hours) in [(8, "Ann", 12.0), (9, "Bob", 14.0)] {
            sheet.write_string(r, 1, name).unwrap();
            sheet.write_number(r, 2, hours).unwrap();
        }
    });
    let shown: Vec<(String, usize)> = intake.tables.iter().map(|t| (t.range.to_string(), t.rows)).collect();
    assert_eq!(shown, [("B2:C5".to_owned(), 3), ("B8:C10".to_owned(), 2), ("E2:F4".to_owned(), 2)]);
    assert_eq!(intake.tables[2].origin.record(1), 4);
}

#[test]
fn merged_cells_name_what_they_reach_over() {
    let plain = Format::new();
    let intake = workbook(|sheet| {
        sheet.merge_range(0, 0, 0, 4, "Visits and loans 2024", &plain).unwrap();
        sheet.merge_range(2, 0, 3, 0, "Library", &plain).unwrap();
        sheet.merge_range(2, 1, 2, 2, "Visits", &plain).unwrap();
        sheet.merge_range(2, 3, 2, 4, "Loans", &plain).unwrap();
        for (c, label) in [(1, "Adult"), (2, "Child"), (3, "Adult"), (4, "Child")] {
            sheet.write_string(3, c, label).unwrap();
        }
        sheet.merge_range(4, 0, 4, 4, "North", &plain).unwrap();
        for (r, name) in [(5u32, "City"), (6, "West")] {
            sheet.write_string(r, 0, name).unwrap();
            for c in 1..5u16 {
                sheet.write_number(r, c, f64::from(c) + f64::from(r)).unwrap();
            }
        }
    });
    let table = only(&intake);
    assert_eq!((table.header_rows, table.rows, count(table, Furniture::Section)), (2, 2, 1));
    assert_eq!(headers(table), ["Library", "Visits / Adult", "Visits / Child", "Loans / Adult", "Loans / Child"]);
    assert_eq!((records(table), table.origin.record(0)), (7, 6));
}

#[test]
fn samples_of_hand_kept_workbooks() {
    let Some(folder) = samples() else { return };
    // file, sheet, range, header rows, rows, titles, totals, footnotes, blank rows
    for (name, sheet, range, headers, rows, others) in [
        ("ipc-three-row-merged-header.xlsx", 0, "A10:BC58", 3, 45, [3, 1, 2, 10]),
        ("deaths-title-and-footer.xlsx", 0, "A5:F15", 1, 10, [4, 0, 4, 0]),
        ("deaths-title-and-footer.xlsx", 1, "A5:F15", 1, 10, [4, 0, 4, 0]),
        ("merged-range.xlsx", 0, "A1:H4", 2, 2, [0, 0, 0, 0]),
        ("multiline-headers.xlsx", 0, "A1:D6", 5, 1, [0, 0, 0, 0]),
    ] {
        let intake = read_one(&folder.join("excel").join(name), name, &all());
        let table = &intake.tables[sheet];
        use Furniture::{Blank, Footnote, Title, Total};
        let found = [Title, Total, Footnote, Blank].map(|kind| count(table, kind));
        assert_eq!(
            (table.range.to_string().as_str(), table.header_rows, table.rows, found),
            (range, headers, rows, others),
            "{name}"
        );
    }
    let ipc = read_one(&folder.join("excel/ipc-three-row-merged-header.xlsx"), "ipc.xlsx", &all());
    let named = headers(&ipc.tables[0]);
    assert_eq!((named[6].as_str(), named[11].as_str()), ("Current / Country Population", "Current / Phase 1 / #"));
    assert_eq!(named[54], "Second Projection / Phase P3+ / %");
    let mut different = named.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), named.len(), "joined, every name is one column's own");
}

/// Records of a text, counted without the reader: line ends outside double quotes.
fn records_of(bytes: &[u8]) -> u64 {
    let (mut n, mut quoted, mut open) = (0, false, false);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        quoted ^= byte == b'"';
        let end = !quoted && (byte == b'\n' || byte == b'\r');
        if end && byte == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
            at += 1;
        }
        n += u64::from(end);
        open = !end;
        at += 1;
    }
    n + u64::from(open)
}

fn every(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            every(&path, out);
        } else if path.extension().is_some_and(|e| e == "csv") && std::fs::metadata(&path).unwrap().len() < 1 << 20 {
            out.push(path);
        }
    }
}

#[test]
fn records_are_furniture_and_rows_in_every_sample() {
    let Some(folder) = samples() else { return };
    let mut files = Vec::new();
    every(&folder, &mut files);
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let intake = read_one(&path, name, &all());
        let bytes = std::fs::read(&path).unwrap();
        let bytes = if bytes.starts_with(b"\xff\xfe") { bytes.into_iter().skip(2).step_by(2).collect() } else { bytes };
        let table = only(&intake);
        assert_eq!(records(table), records_of(&bytes), "{name}");
    }
}

#[test]
fn a_source_says_which_table_and_what_it_keeps() {
    let programme = Programme::new();
    programme.edit("visits.csv", |t| format!("{t}\nGroup,Members,Since\nChess,4,03/04/2025\nGo,7,14/04/2025\n"));
    let run = support::reach(&["check", &programme.spec()]);
    assert_eq!(run.exit, Some(10), "{}", run.stderr);
    assert!(format!("{}{}", run.stdout, run.stderr).contains("table = 1"), "{}{}", run.stdout, run.stderr);
    programme.edit("reach.toml", |t| t.replace("counts = \"visits\"", "counts = \"visits\"\ntable = 1"));
    let run = support::reach(&["check", &programme.spec()]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    programme.edit("reach.toml", |t| t.replace("table = 1", "range = \"A1:D3\"\nkeep = [\"totals\", \"footnotes\"]"));
    let run = support::reach(&["check", &programme.spec()]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    programme.edit("reach.toml", |t| t.replace("\"A1:D3\"", "\"D3\"").replace("\"totals\"", "\"tottals\""));
    let run = support::reach(&["check", &programme.spec()]);
    assert_eq!(run.exit, Some(78));
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("range of cells") && said.contains("did you mean `totals`?"), "{said}");
}

#[test]
fn init_drafts_a_source_for_each_table() {
    let folder = tempfile::tempdir().unwrap();
    let content = lines(&[
        "Library|2025-04|2025-05|2025-06",
        "City|30|40|50",
        "West|10|20|30",
        "",
        "Site|Town",
        "City|Newcastle",
        "West|Newcastle",
    ]);
    std::fs::write(
        folder.path().join("visits.csv"),
        content.replace("Site,Town", "Group,Members").replace("Newcastle", "12"),
    )
    .unwrap();
    let run = support::reach(&["init", folder.path().to_str().unwrap()]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    let spec = std::fs::read_to_string(folder.path().join("reach.toml")).unwrap();
    assert!(spec.contains("table = 1") && spec.contains("table = 2"), "{spec}");
}

/// A random log: places, columns, numbers.
fn log() -> impl Strategy<Value = (Vec<String>, Vec<Vec<u32>>)> {
    (2usize..6, 3usize..9).prop_flat_map(|(columns, rows)| {
        (
            proptest::collection::vec("[B-Z][a-z]{3,8}", rows).prop_map(|names| {
                names.iter().enumerate().map(|(i, n)| format!("{n} {}", ["Library", "Hall", "Museum"][i % 3])).collect()
            }),
            proptest::collection::vec(proptest::collection::vec(1u32..900, columns), rows),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// A log among titles, notes, totals, blank rows and headers told again comes back with exactly its rows.
    #[test]
    fn a_log_comes_back_with_its_rows(
        (names, numbers) in log(),
        titles in 0usize..3,
        gap in any::<bool>(),
        total in 0u8..4,
        notes in 0usize..3,
        again in proptest::option::of(1usize..6),
        blank in proptest::option::of(1usize..6),
        dashes in any::<bool>(),
        trailing in 0usize..3,
    ) {
        let width = numbers[0].len() + 1;
        let pad = |cells: Vec<String>| { let mut cells = cells; cells.resize(width, String::new()); cells };
        let header: Vec<String> = std::iter::once("Place".to_owned()).chain((1..width).map(|i| format!("Measure {i}"))).collect();
        let sums: Vec<String> = (0..width - 1).map(|c| numbers.iter().map(|r| r[c]).sum::<u32>().to_string()).collect();
        let mut out: Vec<Vec<String>> = Vec::new();
        for t in ["Visits to our places", "Prepared for the board"].iter().take(titles) { out.push(pad(vec![(*t).to_owned()])); }
        if gap && titles > 0 { out.push(pad(vec![])); }
        out.push(header.clone());
        if dashes { out.push(vec!["-----".to_owned(); width]); }
        let label = |l: &str| std::iter::once(l.to_owned()).chain(sums.clone()).collect::<Vec<_>>();
        if total == 1 { out.push(label("All places")); }
        for (i, (name, row)) in names.iter().zip(&numbers).enumerate() {
            if again == Some(i) { out.push(header.clone()); }
            if blank == Some(i) { out.push(pad(vec![])); }
            out.push(std::iter::once(name.clone()).chain(row.iter().map(u32::to_string)).collect());
        }
        if total == 2 { out.push(label("Total")); }
        if total == 3 { out.push(label("Grand total")); }
        if notes > 0 { out.push(pad(vec![])); }
        for n in ["Source: gate counters", "* estimated in May"].iter().take(notes) { out.push(pad(vec![(*n).to_owned()])); }
        for _ in 0..trailing { out.push(pad(vec![])); }
        let content: String = out.iter().map(|r| r.join(",") + "\n").collect();
        let intake = text(&content);
        prop_assert_eq!(intake.tables.len(), 1, "{}\n{:#?}", content, intake.problems.list);
        let table = &intake.tables[0];
        prop_assert_eq!(records(table), out.len() as u64, "{}", content);
        let found: Vec<Vec<String>> = (0..table.rows).map(|r| cells(table, r)).collect();
        let expected: Vec<Vec<String>> = names.iter().zip(&numbers)
            .map(|(n, row)| std::iter::once(n.clone()).chain(row.iter().map(u32::to_string)).collect()).collect();
        prop_assert_eq!(found, expected, "{}\n{:#?}", content, intake.problems.list);
        // Every row stands where a spreadsheet program shows it.
        for row in 0..table.rows {
            let record = table.origin.record(row as u32) as usize;
            prop_assert_eq!(&out[record - 1], &cells(table, row));
        }
    }
}
