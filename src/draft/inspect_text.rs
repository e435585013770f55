//! What [`super::inspect`] saw, as a person reads it in a terminal of 100 columns.

use super::inspect::{ColumnSeen, FileSeen, TableSeen};
use crate::clean::{Look, States};
use crate::ingest::{Format, Part};
use crate::ledger::Furniture;
use crate::spec::DateOrder;

/// The greatest width of a line, in characters.
const WIDTH: usize = 100;

/// The width of the column that holds headers.
const HEADER: usize = 46;

/// The account of one file.
pub fn in_words(file: &FileSeen) -> String {
    let mut out = vec![plain(&file.file)];
    let mut about = vec![format!("{} bytes", number(file.bytes))];
    match file.format {
        Format::Delimited => {
            if let (Some(name), Some(how)) = (&file.encoding, &file.encoding_known_by) {
                about.push(format!("{name} ({how})"));
            }
            match file.delimiter {
                Some('\t') => about.push("separated by tabs".to_owned()),
                Some(c) => about.push(format!("separated by {c}")),
                None => {}
            }
        }
        workbook => about.push(workbook.words().to_owned()),
    }
    out.push(format!("  {}", about.join(", ")));
    for table in &file.tables {
        table_in_words(table, &mut out);
    }
    out.push(String::new());
    out.join("\n") + "\n"
}

fn table_in_words(table: &TableSeen, out: &mut Vec<String>) {
    out.push(String::new());
    let sheet = table.sheet.as_ref().map(|s| format!("sheet {}: ", plain(s))).unwrap_or_default();
    wrap(&format!("{sheet}{}, because {}", table.platform, plain(&table.reason)), 2, 4, out);
    let mut about = vec![
        some(u64::from(table.header_rows), "header row", "header rows"),
        format!("{} from row {} on", some(table.rows, "row of data", "rows of data"), number(table.first_row)),
    ];
    for (what, n) in table.furniture.iter().filter(|(what, _)| **what != Furniture::Header) {
        let (one, many) = what.words();
        about.push(some(*n, one, many));
    }
    if table.faulty_rows > 0 {
        about.push(format!("{} longer than the header", some(table.faulty_rows, "row", "rows")));
    }
    wrap(&about.join(", "), 2, 4, out);
    out.push(String::new());
    out.push(format!(
        "  {:<5} {:<HEADER$} {:<8} {:>10} {:>10} {:>10}",
        "", "column", "type", "answered", "blank", "different"
    ));
    let mut stem = "";
    let mut at = 0;
    while let Some(column) = table.columns.get(at) {
        let rest = table.columns.get(at..).unwrap_or_default();
        let months = rest.iter().take_while(|c| c.month.is_some()).count();
        if months > 2 {
            months_in_words(rest.get(..months).unwrap_or_default(), out);
            at += months;
            stem = "";
            continue;
        }
        match &column.option {
            Some(option) => {
                if stem != column.stem {
                    wrap(&plain(&column.stem), 8, 8, out);
                    stem = &column.stem;
                }
                row(column, &format!("  {}", plain(option)), out);
            }
            None => {
                row(column, &plain(&column.stem), out);
                stem = "";
            }
        }
        at += 1;
    }
}

fn row(column: &ColumnSeen, header: &str, out: &mut Vec<String>) {
    let header = if header.trim().is_empty() { "(no header)" } else { header };
    let kind = match column.part {
        Part::OtherText => "other",
        Part::Comment => "comment",
        _ => word(column.kind),
    };
    out.push(figures(&column.column, header, kind, column.values, Some(column.distinct)));
    if let Some(role) = column.role {
        note(if role == "(ignore)" { "written by the platform; nobody needs it" } else { role_words(role) }, out);
    }
    for pattern in &column.dates {
        let order = match pattern.order {
            Some(DateOrder::DayMonthYear) => "day, month, year",
            Some(DateOrder::MonthDayYear) => "month, day, year",
            Some(DateOrder::YearMonthDay) => "year, month, day",
            None => "order not known: it will be asked",
        };
        let assumed = if pattern.assumed { " (assumed)" } else { "" };
        let proof = if pattern.proof.is_empty() { String::new() } else { format!("; {}", pattern.proof) };
        note(&format!("{}: {}, {order}{assumed}{proof}", pattern.pattern, some(pattern.rows, "row", "rows")), out);
    }
    if let Some(assumed) = &column.assumed {
        note(assumed, out);
    }
    if !column.options.is_empty() {
        let options: Vec<String> =
            column.options.iter().map(|o| format!("{} {}", plain(&o.option), number(o.rows))).collect();
        note(&options.join(" | "), out);
    }
    let mut odd = Vec::new();
    let states = column.values;
    for (n, what) in [(states.refused, "refused"), (states.not_asked, "not asked"), (states.unreadable, "unreadable")] {
        if n > 0 {
            odd.push(format!("{} {what}", number(n)));
        }
    }
    if column.zero > 0 {
        odd.push(format!("{} zero", number(column.zero)));
    }
    if !odd.is_empty() {
        note(&odd.join(", "), out);
    }
}

/// What a column holds, in one word.
fn word(look: Look) -> &'static str {
    match look {
        Look::Empty => "empty",
        Look::Month => "counts",
        Look::Date => "date",
        Look::Time => "time",
        Look::Number => "number",
        Look::Percent => "percent",
        Look::YesNo => "yes/no",
        Look::Choice => "choice",
        Look::Choices => "choices",
        Look::Option => "option",
        Look::Email => "e-mail",
        Look::Postcode => "postcode",
        Look::Id => "id",
        Look::Text => "text",
    }
}

fn role_words(role: &str) -> &str {
    match role {
        "response" => "the platform's id of the response",
        "date" => "when the response was given",
        "email" => "e-mail address: joined by, never shown",
        "name" => "name: never shown",
        other => other,
    }
}

/// A run of month columns, as one line.
fn months_in_words(columns: &[ColumnSeen], out: &mut Vec<String>) {
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return };
    let mut all = States::default();
    let mut zero = 0;
    for column in columns {
        all.answered += column.values.answered;
        all.blank += column.values.blank;
        all.unreadable += column.values.unreadable;
        zero += column.zero;
    }
    let header = format!("{} months, {} to {}", columns.len(), plain(&first.stem), plain(&last.stem));
    let mut kinds: Vec<Look> = Vec::new();
    for kind in columns.iter().map(|c| c.kind).filter(|k| *k != Look::Empty) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let kind = match kinds.as_slice() {
        [] => word(Look::Empty),
        [one] => word(*one),
        _ => "mixed",
    };
    out.push(figures(&first.column, &header, kind, all, None));
    let mut odd = vec![format!("columns {} to {}", first.column, last.column)];
    if zero > 0 {
        odd.push(format!("{} zero", number(zero)));
    }
    if all.unreadable > 0 {
        odd.push(format!("{} unreadable", number(all.unreadable)));
    }
    let months: Vec<&str> = columns.iter().filter_map(|c| c.month.as_deref()).collect();
    let missing = missing_months(&months);
    if missing > 0 {
        odd.push(format!("{} between them without a column", some(missing, "month", "months")));
    }
    note(&odd.join(", "), out);
}

/// How many months between the first and the last have no column.
fn missing_months(months: &[&str]) -> u64 {
    let mut numbers: Vec<i64> = months
        .iter()
        .filter_map(|m| {
            let (year, rest) = m.split_once('-')?;
            let (month, _) = rest.split_once('-')?;
            Some(year.parse::<i64>().ok()? * 12 + month.parse::<i64>().ok()?)
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    match (numbers.first(), numbers.last()) {
        (Some(first), Some(last)) => (last - first + 1 - numbers.len() as i64).unsigned_abs(),
        _ => 0,
    }
}

fn figures(letters: &str, header: &str, kind: &str, states: States, distinct: Option<u64>) -> String {
    let distinct = distinct.map_or(String::new(), number);
    format!(
        "  {letters:<5} {:<HEADER$} {kind:<8} {:>10} {:>10} {distinct:>10}",
        cut(header, HEADER),
        number(states.answered),
        number(states.blank),
    )
    .trim_end()
    .to_owned()
}

fn note(text: &str, out: &mut Vec<String>) {
    wrap(text, 10, 12, out);
}

/// A text of at most `width` characters, its end replaced by `…` where it is longer.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(width.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// Breaks a text into lines no wider than the page.
fn wrap(text: &str, first: usize, next: usize, out: &mut Vec<String>) {
    let mut line = " ".repeat(first);
    let mut empty = true;
    for word in text.split(' ') {
        let word = cut(word, WIDTH - next);
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push(std::mem::replace(&mut line, " ".repeat(next)));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(&word);
        empty = false;
    }
    out.push(line);
}

/// A text that cannot steer a terminal, on one line.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' | '\r' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

fn some(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A whole number with commas between thousands.
fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_to_the_page() {
        let mut out = Vec::new();
        wrap(&"word ".repeat(60), 10, 12, &mut out);
        wrap(&"x".repeat(300), 2, 4, &mut out);
        assert!(out.iter().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(missing_months(&["2020-03-01", "2021-04-01"]), 12);
    }
}
