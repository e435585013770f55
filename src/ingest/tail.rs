//! What stands below a table and is no row of it: a totals row, footnotes.

use super::dictionary::{Builder, blank_text};
use super::layout::tidy;

/// What the end of a table is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tail {
    /// How many of the rows at the end are footnotes.
    pub footnotes: usize,
    /// The row (0-based) that holds the totals, and how that is known.
    pub total: Option<(usize, &'static str)>,
    /// How many rows remain.
    pub keep: usize,
    /// Whether it hangs on the sum of a column of which only the end was kept.
    pub unsure: bool,
}

/// Labels of a totals row, as a whole cell, folded.
const TOTAL: [&str; 12] = [
    "total",
    "totals",
    "grand total",
    "overall total",
    "overall",
    "sum",
    "sums",
    "all",
    "total all",
    "grand totals",
    "sub total",
    "subtotal",
];

/// Words that begin a footnote.
const NOTE: [&str; 14] = [
    "note",
    "notes",
    "source",
    "sources",
    "*",
    "†",
    "©",
    "prepared by",
    "exported",
    "printed",
    "generated",
    "figures",
    "data ",
    "(",
];

/// How many rows at the end may be footnotes.
const MOST: usize = 12;

/// Finds the totals row and footnotes at the end of a table. `gap(row)` says whether a blank record stands before a row.
pub(super) fn find(columns: &[Builder], rows: usize, gap: impl Fn(usize) -> bool) -> Tail {
    let mut tail = Tail { keep: rows, ..Tail::default() };
    if rows < 2 || columns.is_empty() {
        return tail;
    }
    let body = (rows.saturating_sub(200)..rows.saturating_sub(MOST.min(rows / 2))).collect::<Vec<_>>();
    let mut fills: Vec<usize> = body.iter().map(|&r| fill(columns, r)).collect();
    fills.sort_unstable();
    let typical = fills.get(fills.len() / 2).copied().unwrap_or(0);
    let least = fills.first().copied().unwrap_or(0);
    tail.keep = rows - footnotes(columns, rows, typical, least, &gap);
    tail.footnotes = rows - tail.keep;
    if tail.keep >= 2
        && let Some(how) = is_total(columns, tail.keep - 1, &mut tail.unsure)
    {
        tail.keep -= 1;
        tail.total = Some((tail.keep, how));
    }
    tail
}

fn fill(columns: &[Builder], row: usize) -> usize {
    columns.iter().filter(|c| !blank_text(c.text(row))).count()
}

/// How many rows at the end are footnotes: hardly filled rows of text below a blank row, beginning like a note, or running across
/// columns that hold numbers or dates everywhere else.
fn footnotes(columns: &[Builder], rows: usize, typical: usize, least: usize, gap: &impl Fn(usize) -> bool) -> usize {
    if typical < 3 {
        return 0;
    }
    let mut block = 0;
    let (mut sure, mut sound) = (0, false);
    while block < MOST && block + 2 < rows {
        let row = rows - 1 - block;
        let cells: Vec<(usize, &str)> =
            columns.iter().map(|c| c.text(row)).enumerate().filter(|(_, t)| !blank_text(t)).collect();
        if cells.len() * 2 > typical || cells.iter().any(|(_, t)| is_typed(t)) || is_total_label(cells.first()) {
            break;
        }
        block += 1;
        let first = cells.first().map(|(_, t)| tidy(t).to_lowercase()).unwrap_or_default();
        let note = cells.len() == 1 && NOTE.iter().any(|n| first.starts_with(n));
        let across = typical >= 4 && least * 2 > typical && cells.iter().any(|&(c, _)| typed_column(columns, c, row));
        sound |= across;
        if gap(row) || note {
            sure = block;
        }
    }
    if sound { block } else { sure }
}

fn is_total_label(first: Option<&(usize, &str)>) -> bool {
    first.is_some_and(|(_, t)| {
        let label = tidy(t).to_lowercase();
        let label = label.trim_end_matches([':', '.']).trim();
        TOTAL.contains(&label) || label.starts_with("total ") || label.starts_with("grand total")
    })
}

/// Whether a column holds numbers or dates in most of the rows above `row`.
fn typed_column(columns: &[Builder], column: usize, row: usize) -> bool {
    let Some(column) = columns.get(column) else { return false };
    let (mut typed, mut texts) = (0, 0);
    for r in row.saturating_sub(100)..row {
        let text = column.text(r);
        if !blank_text(text) {
            texts += 1;
            typed += usize::from(is_typed(text));
        }
    }
    texts >= 3 && typed * 5 >= texts * 4
}

/// Whether a row holds the totals of the rows above it, and how that is known.
fn is_total(columns: &[Builder], row: usize, unsure: &mut bool) -> Option<&'static str> {
    let cells: Vec<(usize, &str)> =
        columns.iter().map(|c| c.text(row)).enumerate().filter(|(_, t)| !blank_text(t)).collect();
    let labelled = cells.len() >= 2 && cells.iter().take(2).any(|cell| is_total_label(Some(cell)));
    let numbers: Vec<(usize, f64)> = cells.iter().filter_map(|&(c, t)| number(t).map(|n| (c, n))).collect();
    if numbers.is_empty() {
        return None;
    }
    if labelled {
        // A label that is a word of its own meaning elsewhere ("All", "Overall") needs the sums as well.
        let plain = cells.iter().take(2).any(|&(_, t)| tidy(t).to_lowercase().contains("total"));
        let others = cells.len() - numbers.len() <= 1;
        let (sums, unknown) = sums(columns, row, &numbers);
        *unsure |= sums == 0 && unknown > 0;
        return if sums > 0 {
            Some("it is labelled so, and its numbers are the sums of those above")
        } else if plain && others {
            Some("it is labelled so")
        } else {
            None
        };
    }
    let texts = cells.len() - numbers.len();
    let needed = if texts == 0 { 2 } else { 3 };
    let enough = row >= 3 && (numbers.len() >= needed || (texts == 0 && row >= 5));
    if enough && row <= 1_000_000 {
        let (sums, unknown) = sums(columns, row, &numbers);
        *unsure |= unknown > 0 && sums + unknown == numbers.len();
        if sums == numbers.len() {
            return Some("its numbers are the sums of those above");
        }
    }
    None
}

/// How many of a row's numbers are the sums of the numbers above them, and of how many there is no telling.
fn sums(columns: &[Builder], row: usize, numbers: &[(usize, f64)]) -> (usize, usize) {
    let whole = |c: &usize| columns.get(*c).is_none_or(Builder::is_whole);
    let equal = |&(c, total): &(usize, f64)| {
        let Some(column) = columns.get(c) else { return false };
        let (codes, texts) = column.parts();
        let values: Vec<f64> = texts.iter().map(|(_, t, _)| number(t).unwrap_or(0.0)).collect();
        let above = codes.get(..row).unwrap_or_default();
        let sum: f64 = above.iter().filter_map(|&code| values.get(code as usize)).sum();
        sum != 0.0 && (sum - total).abs() <= 1e-6 * total.abs().max(1.0)
    };
    let unknown = numbers.iter().filter(|(c, _)| !whole(c)).count();
    (numbers.iter().filter(|n| whole(&n.0) && equal(n)).count(), unknown)
}

/// A plain number: digits, a sign, thousands separated by commas, a decimal point, a percent or currency sign.
fn number(text: &str) -> Option<f64> {
    let text = tidy(text);
    let text = text.trim_start_matches(['£', '$', '€']).trim_end_matches('%').trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || text.len() > 24 || !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b',')) {
        return None;
    }
    text.replace(',', "").parse().ok()
}

/// Whether a text is a number, a date or a time by its characters: for telling names from values, never for reading values.
pub(super) fn is_typed(text: &str) -> bool {
    if number(text).is_some() {
        return true;
    }
    let text = tidy(text);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 3 && text.len() <= 32 && text.bytes().all(|b| b.is_ascii_digit() || b"-/:. TZ+".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(rows: &[&[&str]]) -> Vec<Builder> {
        let width = rows.iter().map(|r| r.len()).max().unwrap_or(0);
        let mut out: Vec<Builder> = (0..width).map(|_| Builder::new(0)).collect();
        for row in rows {
            for (i, column) in out.iter_mut().enumerate() {
                column.push(row.get(i).copied().unwrap_or("").as_bytes());
            }
        }
        out
    }

    #[test]
    fn totals_by_label_and_by_sum() {
        let labelled = columns(&[&["City", "3", "4"], &["West", "1", "2"], &["Total", "4", "6"]]);
        assert_eq!(find(&labelled, 3, |_| false).keep, 2);
        let wrong = columns(&[&["City", "3", "4"], &["West", "1", "2"], &["All", "9", "9"]]);
        assert_eq!(find(&wrong, 3, |_| false).keep, 3);
        let bare = columns(&[&["a", "3", "4"], &["b", "1", "2"], &["c", "1", "1"], &["", "5", "7"]]);
        assert_eq!(find(&bare, 4, |_| false).keep, 3);
        let survey = columns(&[&["Yes", "all"], &["No", "all"], &["Yes", "all"]]);
        assert_eq!(find(&survey, 3, |_| false).keep, 3);
    }

    #[test]
    fn footnotes_below_a_gap() {
        let mut rows: Vec<Vec<&str>> = (0..6).map(|_| vec!["City", "x", "y", "3"]).collect();
        rows.push(vec!["counted by hand", "", "", ""]);
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        assert_eq!(find(&columns(&rows), 7, |row| row == 6).footnotes, 1);
        assert_eq!(find(&columns(&rows), 7, |_| false).footnotes, 0);
    }
}
