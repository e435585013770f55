//! What [`super::inspect`] saw, as a person reads it in a terminal of 100 columns: question by question.

use super::inspect::{ColumnSeen, DatesSeen, FileSeen, OptionSeen, QuestionTold, TableSeen};
use super::lines::{cut, number, plain, some, wrap, wrap_to};
use crate::clean::{Look, QuestionType, States};
use crate::ingest::{Format, Part};
use crate::ledger::Furniture;
use crate::spec::DateOrder;

/// The width of the column that holds headers.
const HEADER: usize = 54;
/// The most lines that a question's text takes.
const LINES: usize = 3;
/// The most options that are listed.
const OPTIONS: usize = 30;

/// The account of one file.
pub fn in_words(file: &FileSeen) -> String {
    let mut out = vec![plain(&file.file)];
    let mut about = Vec::new();
    about.extend(file.bytes.map(|n| format!("{} bytes", number(n))));
    if let Some(format) = file.format.filter(|format| *format != Format::Delimited) {
        about.push(format.words().to_owned());
    }
    if let (Some(name), Some(how)) = (&file.encoding, &file.encoding_known_by) {
        about.push(format!("{name} ({how})"));
    }
    match file.delimiter {
        Some('\t') => about.push("separated by tabs".to_owned()),
        Some(c) => about.push(format!("separated by {c}")),
        None => {}
    }
    if !file.read {
        about.push("not read".to_owned());
    }
    wrap(&about.join(" · "), 2, 4, &mut out);
    if !file.skipped.is_empty() {
        let skipped: Vec<String> =
            file.skipped.iter().map(|s| format!("{} ({})", plain(&s.sheet), s.why.words())).collect();
        wrap(&format!("sheets not read: {}", skipped.join(", ")), 2, 4, &mut out);
    }
    for table in &file.tables {
        table_in_words(table, &mut out);
    }
    out.push(String::new());
    out.join("\n") + "\n"
}

fn table_in_words(table: &TableSeen, out: &mut Vec<String>) {
    out.push(String::new());
    let sheet = table.sheet.as_ref().map(|s| format!("sheet {}, ", plain(s))).unwrap_or_default();
    let nth = table.table.map(|n| format!("table {n}, ")).unwrap_or_default();
    wrap(&format!("{sheet}{nth}{}: {}, because {}", table.range, table.platform, plain(&table.reason)), 2, 4, out);
    let mut about = vec![
        some(u64::from(table.header_rows), "header row", "header rows"),
        format!("{} from row {} on", some(table.rows, "row of data", "rows of data"), number(table.first_row)),
    ];
    for (what, n) in table.furniture.iter().filter(|(what, _)| **what != Furniture::Header) {
        let (one, many) = what.words();
        about.push(some(*n, one, many));
    }
    if table.faulty_rows > 0 {
        about.push(format!("{} not in order, and counted as unreadable", some(table.faulty_rows, "row", "rows")));
    }
    wrap(&about.join(" · "), 2, 4, out);
    if !table.row_kinds.is_empty() {
        let kinds: Vec<String> =
            table.row_kinds.iter().map(|(kind, n)| format!("{} {}", number(*n), kind.words())).collect();
        wrap(&format!("the platform says: {}", kinds.join(" · ")), 2, 4, out);
    }
    out.push(String::new());
    out.push(format!("  {:<8} {:<HEADER$} {:<9} {:>10} {:>10}", "", "question or column", "type", "answered", "blank"));
    let mut at = 0;
    let mut told: Vec<usize> = Vec::new();
    while let Some(column) = table.columns.get(at) {
        let rest = table.columns.get(at..).unwrap_or_default();
        let months = rest.iter().take_while(|c| c.month.is_some()).count();
        let unused = rest.iter().take_while(|c| c.role == Some("(ignore)")).count();
        if months > 2 {
            months_in_words(rest.get(..months).unwrap_or_default(), out);
            at += months;
            continue;
        }
        if unused > 0 {
            unused_in_words(rest.get(..unused).unwrap_or_default(), out);
            at += unused;
            continue;
        }
        at += 1;
        match column.question.and_then(|q| table.questions.get(q).map(|question| (q, question))) {
            Some((q, question)) => {
                if !told.contains(&q) {
                    told.push(q);
                    question_in_words(question, table, out);
                }
            }
            None => column_in_words(column, &column.stem, 0, out),
        }
    }
}

/// A question: its text, how it is answered, its options; of a grid its rows.
fn question_in_words(question: &QuestionTold, table: &TableSeen, out: &mut Vec<String>) {
    let columns: Vec<&ColumnSeen> = table.columns.iter().filter(|c| question.columns.contains(&c.column)).collect();
    let stem = match &question.sub_question {
        Some(row) => format!("{} / {row}", question.stem),
        None => question.stem.clone(),
    };
    if let ([only], false) = (columns.as_slice(), question.options.len() > 1 && !question.grid) {
        let title = match (&only.sub_question, &only.option) {
            (Some(below), _) | (None, Some(below)) => format!("{stem} / {below}"),
            (None, None) => stem,
        };
        column_in_words(only, &title, 0, out);
    } else {
        let mut states = States { answered: question.answered, ..States::default() };
        states.blank = table.rows.saturating_sub(question.answered);
        let kind = match (question.kind, question.grid) {
            (QuestionType::Ranking, _) => "ranking".to_owned(),
            (kind, true) => format!("{} ×{}", kind.words(), columns.len()),
            (kind, false) => kind.words().to_owned(),
        };
        line(&letters(&question.columns), &stem, &kind, Some(states), 0, out);
        options(&question.options, question.other_answers, out);
        if let [only] = columns.as_slice() {
            notes(only, false, out);
        }
        if question.grid {
            for (column, row) in columns.iter().zip(&question.sub_questions) {
                let row = if row.is_empty() { &column.stem } else { row };
                line(&column.column, row, "", Some(column.values), 2, out);
                notes(column, false, out);
            }
        }
    }
    let beside = question.joined.iter().map(|c| (c, "all of it joined"));
    let beside = beside.chain(question.other.iter().map(|c| (c, "other, in own words")));
    for (letters, what) in beside.chain(question.comments.iter().map(|c| (c, "comment"))) {
        if let Some(column) = table.columns.iter().find(|c| c.column == *letters) {
            let header = column.sub_question.as_deref().or(column.option.as_deref()).unwrap_or(&column.stem);
            let header = if header == question.stem { what } else { header };
            line(letters, header, if what == "comment" { "comment" } else { "other" }, Some(column.values), 2, out);
        }
    }
}

/// A column by itself, with all that is to be said of it.
fn column_in_words(column: &ColumnSeen, title: &str, indent: usize, out: &mut Vec<String>) {
    let kind = match column.part {
        Part::OtherText => "other",
        Part::Comment => "comment",
        _ => word(column.kind),
    };
    line(&column.column, title, kind, Some(column.values), indent, out);
    notes(column, true, out);
}

/// What is to be said of a column below its line.
fn notes(column: &ColumnSeen, with_options: bool, out: &mut Vec<String>) {
    if let Some(role) = column.role {
        note(role_words(role), out);
    }
    column.dates.iter().for_each(|dates| dates_in_words(dates, out));
    let mut odd = Vec::new();
    if let Some(numbers) = &column.numbers {
        if let (Some(min), Some(max)) = (numbers.min, numbers.max) {
            odd.push(format!("from {min} to {max}"));
        }
        if numbers.zero > 0 {
            odd.push(format!("{} zero", number(numbers.zero)));
        }
    }
    let states = column.values;
    for (n, what) in [(states.refused, "refused"), (states.not_asked, "not asked"), (states.unreadable, "unreadable")] {
        if n > 0 {
            odd.push(format!("{} {what}", number(n)));
        }
    }
    if !odd.is_empty() {
        note(&odd.join(", "), out);
    }
    if let Some(assumed) = column.numbers.as_ref().and_then(|n| n.assumed.as_ref()) {
        note(assumed, out);
    }
    let tokens: Vec<String> = column
        .missing_tokens
        .iter()
        .filter(|t| t.read_as != "value")
        .map(|t| format!("“{}” in {} as {}", plain(&t.token), some(t.rows, "row", "rows"), t.read_as.replace('-', " ")))
        .collect();
    if !tokens.is_empty() {
        note(&format!("read {}", tokens.join(", ")), out);
    }
    if with_options {
        options(&column.options, column.other_answers, out);
    }
}

fn dates_in_words(dates: &DatesSeen, out: &mut Vec<String>) {
    let proof = &dates.proof;
    let order = match proof.order {
        Some(DateOrder::DayMonthYear) => "day, month, year",
        Some(DateOrder::MonthDayYear) => "month, day, year",
        Some(DateOrder::YearMonthDay) => "year, month, day",
        None => "day or month first is not known",
    };
    let assumed = if proof.assumed { " (assumed)" } else { "" };
    let why = if proof.proof.is_empty() { String::new() } else { format!("; {}", proof.proof) };
    note(&format!("{}: {}, {order}{assumed}{why}", proof.pattern, some(proof.rows, "row", "rows")), out);
    if let Some(write) = dates.write {
        note(&format!("→ write {write}"), out);
    }
}

/// The options with their rows.
fn options(list: &[OptionSeen], others: u64, out: &mut Vec<String>) {
    if list.is_empty() {
        return;
    }
    let mut told: Vec<String> =
        list.iter().take(OPTIONS).map(|o| format!("{} {}", cut(&plain(&o.option), 70), number(o.rows))).collect();
    if list.len() > OPTIONS {
        told.push(format!("{} more", list.len() - OPTIONS));
    }
    if others > 0 {
        told.push(format!("({} that came once)", number(others)));
    }
    note(&told.join(" | "), out);
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
        "status" => "what the platform says of the response",
        "duration" => "how long it took",
        "language" => "the language of the questionnaire",
        other => other,
    }
}

/// Letters of columns: `D–I`, `D, F–H`.
fn letters(columns: &[String]) -> String {
    let place = |letters: &str| letters.bytes().fold(0u64, |n, b| n * 26 + u64::from(b.saturating_sub(b'A')) + 1);
    let mut runs: Vec<(&String, &String)> = Vec::new();
    for column in columns {
        match runs.last_mut() {
            Some((_, last)) if place(last) + 1 == place(column) => *last = column,
            _ => runs.push((column, column)),
        }
    }
    let run = |(first, last): &(&String, &String)| {
        if first == last { (*first).clone() } else { format!("{first}–{last}") }
    };
    match runs.as_slice() {
        [first, _, .., last] => format!("{}…{}", first.0, last.1),
        [a, b] if run(a).len() + run(b).len() > 6 => format!("{}…{}", a.0, b.1),
        few => few.iter().map(run).collect::<Vec<_>>().join(","),
    }
}

/// Columns of the platform that nobody needs, as one line.
fn unused_in_words(columns: &[ColumnSeen], out: &mut Vec<String>) {
    let all: Vec<String> = columns.iter().map(|c| c.column.clone()).collect();
    let names: Vec<String> = columns.iter().map(|c| plain(&c.stem)).collect();
    let what = if columns.len() == 1 {
        "written by the platform; not needed"
    } else {
        "written by the platform; none is needed"
    };
    line(&letters(&all), &names.join(", "), "unused", None, 0, out);
    note(what, out);
}

/// A run of month columns, as one line.
fn months_in_words(columns: &[ColumnSeen], out: &mut Vec<String>) {
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return };
    let mut all = States::default();
    let mut zero = 0;
    for column in columns {
        all.absorb(&column.values);
        zero += column.numbers.as_ref().map_or(0, |n| n.zero);
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
    line(&letters(&columns.iter().map(|c| c.column.clone()).collect::<Vec<_>>()), &header, kind, Some(all), 0, out);
    let mut odd = Vec::new();
    for (n, what) in
        [(zero, "zero"), (all.refused, "refused"), (all.not_asked, "not asked"), (all.unreadable, "unreadable")]
    {
        if n > 0 {
            odd.push(format!("{} {what}", number(n)));
        }
    }
    let months: Vec<&str> = columns.iter().filter_map(|c| c.month.as_deref()).collect();
    let missing = missing_months(&months);
    if missing > 0 {
        odd.push(format!("{} between them without a column", some(missing, "month", "months")));
    }
    if !odd.is_empty() {
        note(&odd.join(", "), out);
    }
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

/// One line of figures; a long header goes on below.
fn line(letters: &str, header: &str, kind: &str, states: Option<States>, indent: usize, out: &mut Vec<String>) {
    let header = plain(header);
    let header = if header.trim().is_empty() { "(no header)" } else { header.trim() };
    let mut narrow: Vec<String> = Vec::new();
    wrap_to(header, HEADER - indent, &mut narrow);
    if narrow.len() > LINES {
        narrow.truncate(LINES);
        if let Some(last) = narrow.last_mut() {
            *last = format!("{}…", cut(last, HEADER - indent - 1).trim_end_matches('…'));
        }
    }
    let mut rest = narrow.into_iter();
    let first = rest.next().unwrap_or_default();
    let (answered, blank) = states.map_or((String::new(), String::new()), |s| (number(s.answered), number(s.blank)));
    let pad = " ".repeat(indent);
    let head = format!("{pad}{first}");
    out.push(format!("  {letters:<8} {head:<HEADER$} {kind:<9} {answered:>10} {blank:>10}").trim_end().to_owned());
    out.extend(rest.map(|more| format!("  {:<8} {pad}{more}", "")));
}

fn note(text: &str, out: &mut Vec<String>) {
    wrap(text, 13, 15, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_without_a_column_are_counted() {
        assert_eq!(missing_months(&["2020-03-01", "2021-04-01"]), 12);
    }

    #[test]
    fn columns_are_called_by_runs_of_letters() {
        let names = |list: &[&str]| letters(&list.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["D", "E", "F"]), "D–F");
        assert_eq!(names(&["Z", "AA"]), "Z–AA");
        assert_eq!(names(&["D", "F", "G"]), "D,F–G");
        assert_eq!(names(&["D", "F", "H", "J"]), "D…J");
        assert_eq!(names(&["C"]), "C");
    }
}
