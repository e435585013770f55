//! `reach inspect`: what the reader understands of a file, before any spec speaks of it. No cell is shown, only the shapes of cells.

use std::collections::BTreeMap;

use serde::Serialize;

use super::account::{number, part, some};
use super::args::{Format, Inspect};
use super::voice::{self, Voice, plain};
use crate::clean;
use crate::exit::Exit;
use crate::ingest::{self, Column, InputFile, Part, ReadOptions, Sheets, Table};
use crate::ledger::Furniture;
use crate::problem::Problems;
use crate::spec::DateOrder;

/// How many shapes of a column are shown, and how long one may be.
const SHAPES: usize = 3;
const LONGEST: usize = 24;

#[derive(Serialize)]
struct FileReport<'a> {
    file: &'a str,
    bytes: u64,
    blake3: String,
    format: ingest::Format,
    encoding: Option<&'a str>,
    encoding_known_by: Option<&'a str>,
    delimiter: Option<char>,
    tables: Vec<TableReport<'a>>,
}

#[derive(Serialize)]
struct TableReport<'a> {
    sheet: Option<&'a str>,
    platform: &'a str,
    reason: &'a str,
    header_rows: u32,
    rows: usize,
    first_row: u64,
    furniture: BTreeMap<Furniture, u64>,
    faulty_rows: usize,
    columns: Vec<ColumnReport<'a>>,
}

#[derive(Serialize)]
struct ColumnReport<'a> {
    column: String,
    header: &'a [String],
    part: Part,
    system: Option<&'a str>,
    filled: u64,
    blank: u64,
    distinct: usize,
    /// The commonest shapes: digits as `9`, each run of letters as `a`, other signs as they are.
    shapes: Vec<Shape>,
    /// What its values are, with the order of dates and its proof.
    looks_like: clean::Profile,
}

#[derive(Serialize)]
struct Shape {
    shape: String,
    rows: u64,
}

/// Reads each file and tells what it is.
pub fn inspect(asked: &Inspect) -> Exit {
    let mut voice = Voice::text();
    let options = ReadOptions { sheets: Sheets::All, ..ReadOptions::default() };
    let mut problems = Problems::default();
    let mut intakes = Vec::new();
    for path in &asked.files {
        let mut intake = ingest::read_one(path, &path.display().to_string(), &options);
        problems.append(std::mem::take(&mut intake.problems));
        intakes.push(intake);
    }
    let mut files = Vec::new();
    for intake in &intakes {
        for (index, file) in intake.files.iter().enumerate() {
            files.push(report(file, intake.tables.iter().filter(|table| table.file == index)));
        }
    }
    match asked.format {
        Format::Json => match serde_json::to_string_pretty(&files) {
            Ok(text) => voice::out(&format!("{text}\n")),
            Err(_) => return Exit::Internal,
        },
        Format::Text => files.iter().for_each(|file| voice::out(&in_words(file))),
    }
    voice.problems(&problems, "reach inspect");
    problems.stop().unwrap_or(Exit::Done)
}

fn report<'a>(file: &'a InputFile, tables: impl Iterator<Item = &'a Table>) -> FileReport<'a> {
    FileReport {
        file: &file.name,
        bytes: file.bytes,
        blake3: file.digest.to_hex().to_string(),
        format: file.format,
        encoding: file.encoding.as_ref().map(|(name, _)| name.as_str()),
        encoding_known_by: file.encoding.as_ref().map(|(_, how)| how.as_str()),
        delimiter: file.delimiter,
        tables: tables
            .map(|table| TableReport {
                sheet: table.sheet.as_deref(),
                platform: table.platform,
                reason: &table.reason,
                header_rows: table.header_rows,
                rows: table.rows,
                first_row: table.origin.record(0),
                furniture: table.furniture.iter().copied().collect(),
                faulty_rows: table.faulty.len(),
                columns: table.columns.iter().map(column).collect(),
            })
            .collect(),
    }
}

fn column(column: &Column) -> ColumnReport<'_> {
    let mut shapes: BTreeMap<String, u64> = BTreeMap::new();
    let (mut blank, mut filled, mut distinct) = (0u64, 0u64, 0);
    for (_, text, rows) in column.texts.iter() {
        if text.trim().is_empty() {
            blank += u64::from(rows);
        } else {
            filled += u64::from(rows);
            distinct += 1;
            *shapes.entry(shape(text.trim())).or_default() += u64::from(rows);
        }
    }
    let mut shapes: Vec<Shape> = shapes.into_iter().map(|(shape, rows)| Shape { shape, rows }).collect();
    shapes.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.shape.cmp(&b.shape)));
    shapes.truncate(SHAPES);
    ColumnReport {
        column: column.letters(),
        header: &column.header,
        part: column.part,
        system: column.system,
        filled,
        blank,
        distinct,
        shapes,
        looks_like: clean::profile(column),
    }
}

/// What a cell looks like without what it says. A long text is only called so: even its signs could tell something.
fn shape(text: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut letters = false;
    for c in text.chars() {
        if c.is_alphabetic() {
            if !letters {
                out.push('a');
                length += 1;
            }
            letters = true;
        } else {
            letters = false;
            out.push(if c.is_numeric() { '9' } else { c });
            length += 1;
        }
        if length > LONGEST {
            return "long text".to_owned();
        }
    }
    out
}

fn in_words(file: &FileReport<'_>) -> String {
    let mut out = vec![plain(file.file)];
    let mut about = vec![format!("{} bytes", number(file.bytes))];
    if let (Some(name), Some(how)) = (file.encoding, file.encoding_known_by) {
        about.push(format!("{}, {}", plain(name), plain(how)));
    }
    match file.delimiter {
        Some('\t') => about.push("separated by tabs".into()),
        Some(c) => about.push(format!("separated by {c}")),
        None => {}
    }
    out.push(format!("  {}", about.join(", ")));
    for table in &file.tables {
        let sheet = table.sheet.map(|s| format!("sheet {}: ", plain(s))).unwrap_or_default();
        out.push(format!(
            "  {sheet}{} ({}); {}; {} from row {} on",
            table.platform,
            plain(table.reason),
            some(table.header_rows.into(), "header row", "header rows"),
            some(table.rows as u64, "row", "rows"),
            table.first_row,
        ));
        let beside: Vec<String> = table
            .furniture
            .iter()
            .filter(|(what, _)| **what != Furniture::Header)
            .map(|(what, n)| part(*what, *n))
            .collect();
        if !beside.is_empty() {
            out.push(format!("  not counted as rows: {}", beside.join(", ")));
        }
        if table.faulty_rows > 0 {
            out.push(format!("  {} longer than the header", some(table.faulty_rows as u64, "row is", "rows are")));
        }
        for column in &table.columns {
            let header =
                column.header.iter().filter(|h| !h.is_empty()).map(|h| plain(h)).collect::<Vec<_>>().join(" / ");
            let header = if header.is_empty() { "(no header)".to_owned() } else { header.replace('\n', " ") };
            let shapes: Vec<String> = column
                .shapes
                .iter()
                .map(|s| format!("{} ({})", plain(&s.shape).replace('\n', " "), number(s.rows)))
                .collect();
            let system = column.system.map(|role| format!(" [{role}]")).unwrap_or_default();
            out.push(format!(
                "    {:<3} {header}{system}: {} filled, {} blank, {} different; {}",
                column.column,
                number(column.filled),
                number(column.blank),
                number(column.distinct as u64),
                shapes.join(", "),
            ));
            out.extend(looks_like(&column.looks_like));
        }
    }
    out.push(String::new());
    out.join("\n") + "\n"
}

/// What a column is taken for, one line each: its kind, its dates' orders with their proof, its closed answers.
fn looks_like(profile: &clean::Profile) -> Vec<String> {
    let mut about = profile.look.words().to_owned();
    if let Some(zero @ 1..) = profile.zero {
        about.push_str(&format!(", {} of them zero", number(zero)));
    }
    for (what, n) in [("refused", profile.refused), ("words for missing", profile.missing)] {
        if n > 0 {
            about.push_str(&format!(", {} {what}", number(n)));
        }
    }
    let mut out = vec![format!("        {about}")];
    out.extend(profile.assumed.iter().map(|a| format!("        {}", plain(a))));
    for p in &profile.dates {
        let order = match p.order {
            Some(DateOrder::DayMonthYear) => "day month year",
            Some(DateOrder::MonthDayYear) => "month day year",
            Some(DateOrder::YearMonthDay) => "year month day",
            None => "not known: the spec must say",
        };
        out.push(format!("        {} in {}: {order} ({})", p.pattern, some(p.rows, "row", "rows"), plain(&p.proof)));
    }
    if !profile.answers.is_empty() {
        let answers: Vec<String> =
            profile.answers.iter().map(|(a, n)| format!("{} ({})", plain(a), number(*n))).collect();
        out.push(format!("        {}", answers.join(", ")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn shapes_tell_dates_apart_and_keep_names_to_themselves() {
        assert_eq!(shape("03/04/2025"), "99/99/9999");
        assert_eq!(shape("Zoë van der Berg"), "a a a a");
        assert_eq!(shape("zoe@example.org"), "a@a.a");
        assert_eq!(shape(&"long, longer; ".repeat(9)), "long text");
    }
}
