//! Notes below a table that are no rows of it: footnotes, sources, lines for a signature.

use super::dictionary::{Builder, blank_text};
use super::evidence::is_typed;
use super::layout::tidy;
use super::totals;

/// Words that begin a note.
const NOTE: [&str; 40] = [
    "note",
    "notes",
    "please note",
    "n.b",
    "nb:",
    "nb ",
    "source",
    "sources",
    "*",
    "†",
    "©",
    "¹",
    "prepared by",
    "compiled by",
    "completed by",
    "checked by",
    "approved by",
    "authorised by",
    "signed",
    "signature",
    "contact:",
    "disclaimer",
    "copyright",
    "exported",
    "extracted",
    "printed",
    "produced",
    "generated",
    "downloaded",
    "last updated",
    "updated:",
    "run date",
    "report date",
    "report run",
    "this report",
    "end of report",
    "figures",
    "data ",
    "key:",
    "(",
];

/// How many rows at the end may be notes.
const MOST: usize = 12;

/// Whether a text begins like a note.
pub(super) fn is_note(text: &str) -> bool {
    let text = tidy(text).to_lowercase();
    NOTE.iter().any(|word| text.starts_with(word))
}

/// How many rows at the end of a table are notes: hardly filled rows of text below a blank row, beginning like a note, or running
/// across columns that hold numbers or dates everywhere else. `gap(row)` says whether a blank record stands before a row.
pub(super) fn find(columns: &[Builder], rows: usize, gap: impl Fn(usize) -> bool) -> usize {
    if rows < 2 || columns.is_empty() {
        return 0;
    }
    let body = (rows.saturating_sub(200)..rows.saturating_sub(MOST.min(rows / 2))).collect::<Vec<_>>();
    let mut fills: Vec<usize> = body.iter().map(|&r| fill(columns, r)).collect();
    fills.sort_unstable();
    let typical = fills.get(fills.len() / 2).copied().unwrap_or(0);
    let least = fills.first().copied().unwrap_or(0);
    if typical < 2 {
        return 0;
    }
    let mut block = 0;
    let (mut sure, mut sound) = (0, false);
    while block < MOST && block + 2 < rows {
        let row = rows - 1 - block;
        let cells: Vec<(usize, &str)> =
            columns.iter().map(|c| c.text(row)).enumerate().filter(|(_, t)| !blank_text(t)).collect();
        let Some(&(_, first)) = cells.first() else { break };
        let note = is_note(first) && (cells.len() == 1 || is_signature(&cells));
        let typed = cells.iter().any(|(_, t)| is_typed(t)) && !is_signature(&cells);
        if cells.len() * 2 > typical && !(note && cells.len() < typical) || typed || totals::is_label(first) {
            break;
        }
        block += 1;
        let across = typical >= 4 && least * 2 > typical && cells.iter().any(|&(c, _)| typed_column(columns, c, row));
        sound |= across;
        // Of two columns the second must say that every row has a value.
        let narrow =
            typical == 2 && !(least == 2 && columns.iter().enumerate().any(|(c, _)| typed_column(columns, c, row)));
        if (gap(row) || note) && !narrow {
            sure = block;
        }
    }
    if sound { block } else { sure }
}

fn fill(columns: &[Builder], row: usize) -> usize {
    columns.iter().filter(|c| !blank_text(c.text(row))).count()
}

/// A label and what belongs to it: "Signed: J", "Date:" and a day.
fn is_signature(cells: &[(usize, &str)]) -> bool {
    let [(_, label), rest @ ..] = cells else { return false };
    let label = tidy(label);
    (label.ends_with(':') || is_note(&label)) && !is_typed(&label) && rest.len() <= 1
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

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(rows: &[Vec<&str>]) -> Vec<Builder> {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut out: Vec<Builder> = (0..width).map(|_| Builder::new(0)).collect();
        for row in rows {
            for (i, column) in out.iter_mut().enumerate() {
                column.push(row.get(i).copied().unwrap_or("").as_bytes());
            }
        }
        out
    }

    #[test]
    fn footnotes_below_a_gap() {
        let mut rows: Vec<Vec<&str>> = (0..6).map(|_| vec!["City", "x", "y", "3"]).collect();
        rows.push(vec!["counted by hand", "", "", ""]);
        assert_eq!(find(&columns(&rows), 7, |row| row == 6), 1);
        assert_eq!(find(&columns(&rows), 7, |_| false), 0);
    }

    #[test]
    fn signatures_and_notes_of_narrow_tables() {
        let mut rows: Vec<Vec<&str>> = (0..6).map(|_| vec!["City", "3"]).collect();
        rows.push(vec!["Source: gate counters", ""]);
        assert_eq!(find(&columns(&rows), 7, |_| false), 1);
        let mut rows: Vec<Vec<&str>> = (0..6).map(|_| vec!["City", "3", "4", "5"]).collect();
        rows.push(vec!["Signed:", "________", "", ""]);
        rows.push(vec!["Date:", "03/04/2025", "", ""]);
        assert_eq!(find(&columns(&rows), 8, |row| row == 6), 2);
        // A place without numbers is a place.
        let mut rows: Vec<Vec<&str>> = (0..6).map(|_| vec!["City", "3", "4", "5"]).collect();
        rows.push(vec!["Fenham", "", "", ""]);
        assert_eq!(find(&columns(&rows), 7, |_| false), 0);
    }
}
