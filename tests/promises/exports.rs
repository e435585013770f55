//! The real exports of `../shared/samples`, one by one: what `inspect` says of each stands in `docs/exports.md`, and every count of
//! it is counted again here, from the bytes by `csv` and `calamine` alone.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader};
use serde_json::Value;

use crate::{inspect::inspected, support};

/// A text as it is compared, by this test's own rule: spaces of all kinds as one, small letters, plain quotes and dashes.
fn norm(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '\u{a0}' | '\u{feff}' | '\u{200b}' | '\0' => ' ',
            '‘' | '’' => '\'',
            '“' | '”' => '"',
            '–' | '—' | '‑' | '−' => '-',
            c => c,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The records of a text, each with the cells it has.
fn records(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).unwrap(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
        },
    };
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// The rows of a sheet from its first row and column on, as texts; errors as `#…`.
fn sheet_rows(path: &Path, name: &str) -> Vec<Vec<String>> {
    let mut book = calamine::open_workbook_auto(path).unwrap();
    let range = book.worksheet_range(name).unwrap();
    let Some(end) = range.end() else { return Vec::new() };
    let text = |cell: Option<&Data>| match cell {
        None | Some(Data::Empty) => String::new(),
        Some(Data::Error(error)) => format!("{error}"),
        Some(cell) => cell.to_string(),
    };
    (0..=end.0).map(|row| (0..=end.1).map(|column| text(range.get_value((row, column)))).collect()).collect()
}

fn place(letters: &str) -> usize {
    letters.bytes().fold(0, |n, b| n * 26 + usize::from(b - b'A') + 1) - 1
}

/// First column, first row, last column and last row of `A3:F20`, from 1.
fn corners(range: &str) -> (usize, usize, usize, usize) {
    let corner = |text: &str| {
        let digits = text.find(|c: char| c.is_ascii_digit()).unwrap();
        (place(&text[..digits]), text[digits..].parse::<usize>().unwrap())
    };
    let (from, to) = range.split_once(':').unwrap();
    let ((left, top), (right, bottom)) = (corner(from), corner(to));
    (left, top, right, bottom)
}

fn n(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// How often a column's cells say something, counted from cells alone against what `inspect` says of it.
fn recount(column: &Value, cells: &[&str], what: &str) {
    let values = &column["values"];
    assert_eq!(n(&values["values"]), cells.len() as u64, "{what}: cells");
    let sum: u64 = ["answered", "refused", "blank", "not_asked", "unreadable"].iter().map(|s| n(&values[*s])).sum();
    assert_eq!(n(&values["values"]), sum, "{what}: states add up");
    let blank = cells.iter().filter(|cell| norm(cell).is_empty()).count() as u64;
    let tokens = |read_as: &str| -> u64 {
        list(&column["missing_tokens"]).iter().filter(|t| t["as"] == read_as).map(|t| n(&t["rows"])).sum()
    };
    assert_eq!(n(&values["blank"]), blank + tokens("blank"), "{what}: blank");
    assert_eq!((n(&values["refused"]), n(&values["not_asked"])), (tokens("refused"), tokens("not-asked")), "{what}");
    for token in list(&column["missing_tokens"]) {
        let same = cells.iter().filter(|cell| norm(cell) == norm(token["token"].as_str().unwrap())).count();
        assert_eq!(n(&token["rows"]), same as u64, "{what}: {token}");
    }
    for option in list(&column["options"]) {
        let text = norm(option["option"].as_str().unwrap());
        let alone = cells.iter().filter(|cell| norm(cell) == text).count() as u64;
        if column["type"] == "choices" {
            assert!(n(&option["rows"]) >= alone, "{what}: {option}");
        } else {
            assert_eq!(n(&option["rows"]), alone, "{what}: {option}");
        }
    }
    if column["type"] == "date" {
        dates(column, cells, what);
    }
}

/// The rows of each pattern, and the rows that prove an order, from the numbers in the cells.
fn dates(column: &Value, cells: &[&str], what: &str) {
    let filled = cells.iter().filter(|cell| cell.chars().any(|c| c.is_ascii_digit())).count() as u64;
    let told: u64 = list(&column["dates"]).iter().map(|d| n(&d["rows"])).sum();
    assert!(told <= filled && told + n(&column["values"]["unreadable"]) >= filled, "{what}: {told} of {filled}");
    let numbers = |cell: &str| -> Vec<u32> {
        cell.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).filter_map(|p| p.parse().ok()).collect()
    };
    let over = |which: usize, pattern: &str| {
        let year = pattern.split(' ').next().unwrap().rsplit(['/', '.', '-']).next().unwrap().len();
        let of = |cell: &&&str| {
            let day = cell.split(' ').next().unwrap_or("");
            let parts = numbers(day);
            let last = day.rsplit(['/', '.', '-']).next().unwrap_or("").len();
            parts.len() == 3 && last == year && parts[which] > 12 && parts[which] <= 31
        };
        cells.iter().filter(of).count()
    };
    for dates in list(&column["dates"]) {
        let (proof, pattern) = (dates["proof"].as_str().unwrap(), dates["pattern"].as_str().unwrap());
        let said: Option<usize> = proof.split(' ').next().and_then(|w| w.replace(',', "").parse().ok());
        if proof.contains("a first part over 12") && !proof.contains("together") {
            assert_eq!(said, Some(over(0, pattern)), "{what}: {proof}");
        } else if proof.contains("a second part over 12") && !proof.contains("together") {
            assert_eq!(said, Some(over(1, pattern)), "{what}: {proof}");
        }
    }
}

/// Counts a table again: its rows, its columns, every option that has a column, and every answer of a question.
fn recount_table(table: &Value, all: &[Vec<String>], what: &str) {
    let (left, top, right, bottom) = corners(table["range"].as_str().unwrap());
    let below = top - 1 + table["header_rows"].as_u64().unwrap() as usize;
    let cell = |row: &Vec<String>, at: usize| row.get(at).cloned().unwrap_or_default();
    let body: Vec<&Vec<String>> = all.iter().take(bottom).skip(below).collect();
    let filled = |row: &&Vec<String>| (left..=right).any(|at| !norm(&cell(row, at)).is_empty());
    let rows: Vec<&Vec<String>> = body.into_iter().filter(filled).collect();
    let inside: u64 = ["subtotal", "section", "repeated-header", "page-break", "separator", "total"]
        .iter()
        .filter_map(|kind| table["furniture"][*kind].as_u64())
        .sum();
    if inside > 0 {
        assert!(rows.len() as u64 >= n(&table["rows"]), "{what}: rows");
        return;
    }
    assert_eq!(n(&table["rows"]), rows.len() as u64, "{what}: rows of {}", table["range"]);
    let texts: Vec<Vec<String>> = (0..=right).map(|at| rows.iter().map(|row| cell(row, at)).collect()).collect();
    for column in list(&table["columns"]) {
        let at = place(column["column"].as_str().unwrap());
        let empty = vec![String::new(); rows.len()];
        let cells: Vec<&str> = texts.get(at).unwrap_or(&empty).iter().map(String::as_str).collect();
        recount(column, &cells, &format!("{what}, column {}", column["column"]));
    }
    for question in list(&table["questions"]) {
        let columns: Vec<usize> = list(&question["columns"]).iter().map(|c| place(c.as_str().unwrap())).collect();
        let spread = columns.len() > 1
            && columns.len() == list(&question["options"]).len()
            && question["option_order"] == "header";
        if spread {
            for (option, &at) in list(&question["options"]).iter().zip(&columns) {
                let no = ["0", "no", "false", "n", "not selected", "unchecked", "n/a"];
                let ticked = |t: &&String| !norm(t).is_empty() && !no.contains(&norm(t).as_str());
                let ticks = texts.get(at).map_or(0, |column| column.iter().filter(ticked).count());
                assert_eq!(n(&option["rows"]), ticks as u64, "{what}: {option}");
            }
        }
    }
}

/// Every file below a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { out.push(path) }
        }
    }
    out.retain(|path| path.extension().is_some_and(|e| e != "md"));
    out.sort();
    out
}

fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The questions by type: `3 choice, 2 choices, a grid of 14 × scale`.
fn questions(table: &Value) -> String {
    let mut types: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    let mut grids = Vec::new();
    for question in list(&table["questions"]) {
        let kind = question["type"].as_str().unwrap();
        if question["grid"] == true {
            grids.push(format!("{} × {kind}", list(&question["columns"]).len()));
        } else {
            *types.entry(kind.to_owned()).or_default() += 1;
        }
    }
    let mut out: Vec<String> = types.into_iter().map(|(kind, n)| format!("{n} {kind}")).collect();
    if !grids.is_empty() {
        let mut runs: Vec<(String, u64)> = Vec::new();
        for grid in grids {
            match runs.iter_mut().find(|(known, _)| *known == grid) {
                Some((_, n)) => *n += 1,
                None => runs.push((grid, 1)),
            }
        }
        let told: Vec<String> =
            runs.into_iter().map(|(grid, n)| if n == 1 { grid } else { format!("{n} of {grid}") }).collect();
        out.push(format!("grids: {}", told.join(", ")));
    }
    out.join(", ")
}

/// The multi-selects: how many, with how many options.
fn several(table: &Value) -> String {
    let all: Vec<String> = list(&table["questions"])
        .iter()
        .filter(|q| q["type"] == "choices")
        .map(|q| list(&q["options"]).len().to_string())
        .collect();
    if all.is_empty() { String::new() } else { format!("{}: {} options", all.len(), all.join(", ")) }
}

/// The dates: column, pattern, order and proof.
fn orders(table: &Value) -> String {
    let mut out = Vec::new();
    for column in list(&table["columns"]) {
        for dates in list(&column["dates"]) {
            let order = dates["order"].as_str().map_or("**asked**".to_owned(), |o| o.replace('-', " "));
            let assumed = if dates["assumed"] == true { ", assumed" } else { "" };
            let proof = dates["proof"].as_str().unwrap_or("");
            out.push(format!(
                "{} `{}`: {order}{assumed} ({proof})",
                column["column"].as_str().unwrap(),
                dates["pattern"].as_str().unwrap()
            ));
        }
    }
    let more = out.len().saturating_sub(4);
    out.truncate(4);
    if more > 0 {
        out.push(format!("and {more} more"));
    }
    out.join("; ")
}

/// The cells by state, and the rows by what the platform says of them.
fn states(table: &Value) -> String {
    let mut out = Vec::new();
    for state in ["answered", "refused", "blank", "not_asked", "unreadable"] {
        let all: u64 = list(&table["columns"]).iter().map(|c| n(&c["values"][state])).sum();
        if all > 0 {
            out.push(format!("{all} {}", state.replace('_', " ")));
        }
    }
    out.join(", ")
}

fn kinds(value: &Value) -> String {
    let kinds = value.as_object().into_iter().flatten();
    kinds.map(|(kind, n)| format!("{n} {}", kind.replace('-', " "))).collect::<Vec<_>>().join(", ")
}

fn furniture(table: &Value) -> String {
    let all = table["furniture"].as_object().into_iter().flatten().filter(|(kind, _)| *kind != "header");
    all.map(|(kind, n)| format!("{n} {}", kind.replace('-', " "))).collect::<Vec<_>>().join(", ")
}

/// A text inside a table of Markdown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[test]
fn the_page_of_exports_is_what_inspect_says_and_what_the_files_hold() {
    let Some(samples) = support::samples() else { return };
    let (mut texts, mut books, mut refused) = (String::new(), String::new(), String::new());
    for path in files(&samples) {
        let name = path.strip_prefix(&samples).unwrap().to_str().unwrap().to_owned();
        let file = inspected(&path, &name);
        if file["read"] == false {
            let problem = &list(&file["problems"])[0];
            let hint = problem["hint"].as_str().unwrap_or("");
            writeln!(refused, "| {name} | {} | {hint} |", problem["message"].as_str().unwrap()).unwrap();
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let text = file["format"] == "delimited";
        let skipped: Vec<String> = list(&file["skipped"])
            .iter()
            .map(|s| format!("{} ({})", s["sheet"].as_str().unwrap(), s["why"].as_str().unwrap()))
            .collect();
        for (at, table) in list(&file["tables"]).iter().enumerate() {
            let all = match table["sheet"].as_str() {
                Some(sheet) => sheet_rows(&path, sheet),
                None => records(&bytes, file["delimiter"].as_str().unwrap().as_bytes()[0]),
            };
            let what = format!("{name} {}", table["range"]);
            // A line break in a cell moves the rows of a text: its records are counted, not its lines.
            recount_table(&of_records(table, text, all.len()), &all, &what);
            let (header, rows) = (n(&table["header_rows"]), n(&table["rows"]));
            if text {
                writeln!(
                    texts,
                    "| {name} | {} | {header} | {rows} | {} | {} | {} | {} | {} |",
                    table["platform"].as_str().unwrap(),
                    [furniture(table), kinds(&table["row_kinds"])]
                        .iter()
                        .filter(|t| !t.is_empty())
                        .cloned()
                        .collect::<Vec<_>>()
                        .join("; "),
                    cell(&questions(table)),
                    cell(&several(table)),
                    cell(&orders(table)),
                    states(table),
                )
                .unwrap();
            } else {
                let title = if at == 0 { name.as_str() } else { "" };
                let left_out = if at == 0 { skipped.join(", ") } else { String::new() };
                writeln!(
                    books,
                    "| {title} | {} | {} | {} | {header} | {rows} | {} | {} | {} | {} |",
                    table["sheet"].as_str().unwrap_or(""),
                    table["range"].as_str().unwrap(),
                    table["platform"].as_str().unwrap(),
                    list(&table["columns"]).len(),
                    furniture(table),
                    states(table),
                    left_out,
                )
                .unwrap();
            }
        }
    }
    let page = format!(
        "# Real exports and what `reach` reads of them\n\n\
         Made by a test from the sample exports (`UPDATE_DOCS=1 cargo test` writes it anew): what `reach inspect FILE --format json` says of each, with\n\
         no spec and no edit. The same test counts rows, blank cells, options, ticks, words for \"missing\" and the rows that prove an order again, from the\n\
         bytes by the crates `csv` and `calamine` alone.\n\n\
         ## Texts\n\n\
         | file | platform | header rows | rows | other records; rows by status | questions by type | several answers | dates | cells |\n\
         |---|---|---|---|---|---|---|---|---|\n{texts}\n\
         ## Workbooks\n\n\
         | file | sheet | range | platform | header rows | rows | columns | other records | cells | sheets not read |\n\
         |---|---|---|---|---|---|---|---|---|---|\n{books}\n\
         ## Refused\n\n\
         | file | why | what to do |\n|---|---|---|\n{refused}"
    );
    support::page_is_true("docs/exports.md", &page);
}

/// A table's facts with its range in records instead of lines, for a text.
fn of_records(table: &Value, text: bool, records: usize) -> Value {
    let mut out = table.clone();
    if text {
        let range = table["range"].as_str().unwrap();
        let (_, top, _, _) = corners(range);
        let end = range.split(':').nth(1).unwrap();
        let right: String = end.chars().take_while(char::is_ascii_uppercase).collect();
        let below: u64 = ["footnote"].iter().filter_map(|kind| table["furniture"][*kind].as_u64()).sum();
        out["range"] = format!("A{top}:{right}{}", records as u64 - below).into();
    }
    out
}
