//! Records among the rows of a table that are none: the header again, what a printer puts between pages, lines of dashes, headings
//! of sections, totals, notes.
//!
//! A person's row is never among them: each is proved by its place, its label, its sums, or by being told in full elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::dictionary::{Builder, blank_text};
use super::evidence::{is_dashes, is_no_value, is_typed};
use super::layout::{Layout, tidy};
use super::{notes, totals};
use crate::ledger::Furniture;
use crate::spec::fold;

/// A row that is none, what it is, and how that is known.
pub(super) type Piece = (usize, Furniture, &'static str);

/// Lines that stand between rows whatever those say: the header again, print, dashes, headings that merged cells draw across.
/// `record(row)` is the row's number in the sheet.
pub(super) fn lines(columns: &[Builder], rows: usize, layout: &Layout, record: impl Fn(usize) -> u64) -> Vec<Piece> {
    let titles: BTreeSet<String> = layout.title_texts.iter().map(|t| masked(t)).filter(|t| t.len() >= 4).collect();
    let mut found: BTreeSet<usize> = BTreeSet::new();
    for (c, column) in columns.iter().enumerate() {
        let (codes, texts) = column.parts();
        let own: Vec<&str> =
            layout.band.iter().filter_map(|r| r.get(c)).map(String::as_str).filter(|t| !t.is_empty()).collect();
        let speaks: Vec<bool> = texts
            .iter()
            .map(|(_, text, _)| {
                is_dashes(text)
                    || may_be_print(text)
                    || own.iter().any(|header| is_header(text, header))
                    || (!titles.is_empty() && c < 4 && text.len() <= 300 && titles.contains(&masked(text)))
            })
            .collect();
        if speaks.contains(&true) {
            let said = |code: u32| speaks.get(code as usize).copied().unwrap_or(false);
            found.extend(codes.iter().take(rows).enumerate().filter(|(_, code)| said(*code)).map(|(row, _)| row));
        }
        // So many rows are no furniture, and to look at each of them would take long.
        if found.len() > 10_000 + rows / 4 {
            return Vec::new();
        }
    }
    let mut out: Vec<Piece> = Vec::new();
    let typical = typical(columns, rows);
    for row in found {
        let cells: Vec<(usize, &str)> =
            columns.iter().map(|c| c.text(row)).enumerate().filter(|(_, t)| !blank_text(t)).collect();
        if cells.iter().all(|(_, t)| is_dashes(t)) {
            out.push((row, Furniture::Separator, "it is a line of dashes"));
        } else if is_header_row(&cells, layout) {
            out.push((row, Furniture::RepeatedHeader, "it has the names of the columns again"));
        } else if is_print(&cells, typical, &titles) {
            out.push((row, Furniture::PageBreak, PRINT));
        }
    }
    keep_answers(columns, layout, &mut out);
    if typical >= 2 {
        let found = above_headers(columns, rows, &out, &record);
        out.extend(found);
        let found = below_headers(columns, rows, &out);
        out.extend(found);
    }
    for merge in layout.wide.iter() {
        // A label that merged cells draw across the table, alone in its row.
        let Some(row) = (0..rows).find(|&r| record(r) == merge.rows.0) else { continue };
        let filled = columns.iter().filter(|c| !blank_text(c.text(row))).count();
        if filled == 1 && typical >= 2 && row + 1 < rows && out.iter().all(|(r, ..)| *r != row) {
            out.push((row, Furniture::Section, "it is a label drawn across the table"));
        }
    }
    out.sort_unstable_by_key(|&(row, ..)| row);
    out
}

/// Totals, averages and notes at the ends and between the rows; the second list has rows labelled as totals that are kept.
pub(super) fn sums_and_notes(
    columns: &[Builder],
    rows: usize,
    gap: impl Fn(usize) -> bool,
    keep: &[Furniture],
) -> (Vec<Piece>, Vec<usize>) {
    let mut out: Vec<Piece> = Vec::new();
    let mut end = rows;
    if !keep.contains(&Furniture::Footnote) {
        end -= notes::find(columns, rows, &gap);
        out.extend((end..rows).map(|row| (row, Furniture::Footnote, "")));
    }
    let found = totals::find(columns, end, &gap);
    let sections = sections(columns, &found.rows);
    out.extend(found.rows);
    out.extend(sections);
    let kept =
        |kind: &Furniture| keep.contains(kind) || (*kind == Furniture::Subtotal && keep.contains(&Furniture::Total));
    out.retain(|(_, kind, _)| !kept(kind));
    out.sort_unstable_by_key(|&(row, ..)| row);
    out.dedup_by_key(|&mut (row, ..)| row);
    let doubtful = if keep.contains(&Furniture::Total) { Vec::new() } else { found.doubtful };
    (out, doubtful)
}

/// Whether the columns that went unread could tell what the last row is.
pub(super) fn is_unsure(columns: &[Builder], rows: usize, gap: impl Fn(usize) -> bool) -> bool {
    let end = rows - notes::find(columns, rows, &gap);
    totals::find(columns, end, &gap).unsure
}

/// Labels alone in their rows that a subtotal below repeats: "North" above "North total".
fn sections(columns: &[Builder], totals: &[Piece]) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut from = 0;
    for &(row, kind, _) in
        totals.iter().filter(|(_, kind, _)| *kind == Furniture::Subtotal || *kind == Furniture::Total)
    {
        let label = columns.iter().map(|c| c.text(row)).find(|t| !blank_text(t)).map(fold).unwrap_or_default();
        for r in from..row {
            let mut cells = columns.iter().map(|c| c.text(r)).filter(|t| !blank_text(t));
            let (Some(only), None) = (cells.next(), cells.next()) else { continue };
            let only = fold(only);
            if kind == Furniture::Subtotal
                && only.len() >= 2
                && label != only
                && label.contains(&only)
                && columns.len() >= 2
            {
                out.push((r, Furniture::Section, "it is a label alone, and the subtotals below have it again"));
            }
        }
        from = row + 1;
    }
    out
}

/// The number of cells of most rows.
fn typical(columns: &[Builder], rows: usize) -> usize {
    let step = (rows / 200).max(1);
    let mut fills: Vec<usize> =
        (0..rows).step_by(step).map(|row| columns.iter().filter(|c| !blank_text(c.text(row))).count()).collect();
    fills.sort_unstable();
    fills.get(fills.len() / 2).copied().unwrap_or(0)
}

fn is_header(text: &str, header: &str) -> bool {
    let first = text.as_bytes().iter().find(|b| !b.is_ascii_whitespace() && **b != 0x0c);
    text.len() >= header.len() && first == header.as_bytes().first() && tidy(text) == header
}

/// Whether all that a row says is the header, in at least two columns and most of those that it names.
fn is_header_row(cells: &[(usize, &str)], layout: &Layout) -> bool {
    layout.band.iter().any(|header| {
        let named = header.iter().filter(|t| !t.is_empty()).count();
        cells.len() >= 2
            && cells.len() * 10 >= named * 6
            && cells.iter().all(|&(c, t)| header.get(c).is_some_and(|h| !h.is_empty() && tidy(t) == *h))
    })
}

/// The only text of a row that has no other.
fn lone(columns: &[Builder], row: usize) -> Option<&str> {
    let mut cells = columns.iter().map(|c| c.text(row)).filter(|t| !blank_text(t));
    match (cells.next(), cells.next()) {
        (Some(only), None) if !is_typed(only) => Some(only),
        _ => None,
    }
}

/// Lines of words right above each header told again: what stands there every time, its numbers apart, is print; a label alone in
/// its row that differs names the rows below.
fn above_headers(columns: &[Builder], rows: usize, found: &[Piece], record: &impl Fn(usize) -> u64) -> Vec<Piece> {
    const MOST: usize = 8;
    let taken: BTreeMap<usize, Furniture> = found.iter().map(|&(row, kind, _)| (row, kind)).collect();
    let again = taken.iter().filter(|(_, kind)| **kind == Furniture::RepeatedHeader).map(|(&row, _)| row);
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for header in again {
        let mut chain = Vec::new();
        let mut row = header;
        while row > 0 && record(row) == record(row - 1) + 1 && chain.len() < MOST {
            row -= 1;
            if taken.contains_key(&row) {
                continue;
            }
            if columns.iter().any(|c| is_typed(c.text(row))) {
                break;
            }
            chain.push(row);
        }
        chains.push(chain);
    }
    if chains.len() < 2 || chains.iter().any(|chain| chain.is_empty() || chain.len() == MOST) {
        return Vec::new();
    }
    let said = |row: usize| {
        let cells: Vec<String> = columns.iter().map(|c| c.text(row)).filter(|t| !blank_text(t)).map(masked).collect();
        cells.join("|")
    };
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for &row in chains.iter().flatten() {
        *times.entry(said(row)).or_default() += 1;
    }
    let often = |row: usize| times.get(&said(row)).is_some_and(|&n| n >= 2);
    let mut out: Vec<Piece> = Vec::new();
    for chain in &chains {
        // Above the first line that is neither stand rows like any other.
        let own = chain.iter().take_while(|&&row| often(row) || lone(columns, row).is_some());
        out.extend(own.map(|&row| match often(row) {
            true => (row, Furniture::PageBreak, PRINT),
            false => (row, Furniture::Section, HEADING),
        }));
    }
    // What is printed below the last rows has no header below it.
    let known: BTreeSet<usize> = out.iter().map(|&(row, ..)| row).collect();
    let last = known.last().copied().unwrap_or(0);
    let below = (last..rows).filter(|row| !taken.contains_key(row) && !known.contains(row));
    out.extend(
        below.filter(|&row| lone(columns, row).is_some() && often(row)).map(|row| (row, Furniture::PageBreak, PRINT)),
    );
    out
}

const PRINT: &str = "it is what a printer puts on every page";
const HEADING: &str =
    "it is a label alone above the names of the columns told again, and the rows below do not carry it";

/// A label alone right below the header and below each header told again, another one every time.
fn below_headers(columns: &[Builder], rows: usize, found: &[Piece]) -> Vec<Piece> {
    let taken: BTreeSet<usize> = found.iter().map(|&(row, ..)| row).collect();
    let again: Vec<usize> =
        found.iter().filter(|(_, kind, _)| *kind == Furniture::RepeatedHeader).map(|&(row, ..)| row).collect();
    let first = |from: usize| (from..rows).find(|row| !taken.contains(row));
    let heads: Vec<usize> = std::iter::once(0).chain(again.iter().map(|row| row + 1)).filter_map(first).collect();
    let labels: BTreeSet<String> = heads.iter().filter_map(|&row| lone(columns, row)).map(fold).collect();
    if again.len() < 2 || labels.len() < heads.len() {
        return Vec::new();
    }
    heads
        .into_iter()
        .map(|row| {
            (
                row,
                Furniture::Section,
                "it is a label alone below the names of the columns, and the rows below do not carry it",
            )
        })
        .collect()
}

/// Where options are answered by their own text, a person who ticks them all writes the header: a repeated header must say what its
/// columns do not say otherwise.
fn keep_answers(columns: &[Builder], layout: &Layout, pieces: &mut Vec<Piece>) {
    let again = pieces.iter().filter(|(_, kind, _)| *kind == Furniture::RepeatedHeader).count();
    if again == 0 {
        return;
    }
    let telling = columns.iter().enumerate().any(|(c, column)| {
        let (codes, texts) = column.parts();
        let own: Vec<bool> = texts
            .iter()
            .map(|(_, text, _)| {
                layout.band.iter().filter_map(|r| r.get(c)).any(|h| !h.is_empty() && is_header(text, h))
            })
            .collect();
        let others =
            texts.iter().filter(|(code, text, _)| !blank_text(text) && own.get(*code as usize) != Some(&true)).count();
        let said = codes.iter().filter(|&code| own.get(code as usize) == Some(&true)).count();
        said > 0 && said <= again && others >= 2.min(codes.len() - said) && others > 0
    });
    if !telling {
        pieces.retain(|(_, kind, _)| *kind != Furniture::RepeatedHeader);
    }
}

/// Whether a text may be print. Of most texts the first and the last letter tell that it is none.
fn may_be_print(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() > 120 {
        return false;
    }
    let words =
        bytes.first().is_some_and(|b| !b.is_ascii_digit()) && bytes.last().is_some_and(|b| !b.is_ascii_alphabetic());
    bytes.contains(&0x0c) || (words && is_page(text))
}

/// A row below a gap that seems to name the columns of another table: words in columns that hold values above it.
pub(super) fn another_table(columns: &[Builder], rows: usize, gaps: impl Iterator<Item = usize>) -> Option<usize> {
    gaps.take(1000).filter(|&row| row > 0 && row + 1 < rows).find(|&row| {
        let typed = |c: &Builder| {
            let above = (row.saturating_sub(50)..row).map(|r| c.text(r)).filter(|t| !blank_text(t));
            let (typed, all) = above.fold((0, 0), |(typed, all), t| (typed + usize::from(is_typed(t)), all + 1));
            all > 0 && typed * 10 >= all * 8
        };
        let said = columns.iter().filter(|c| !blank_text(c.text(row)));
        let words = said.clone().filter(|c| !is_typed(c.text(row)) && !is_no_value(c.text(row)));
        words.clone().count() >= 2
            && words.count() == said.count()
            && columns.iter().filter(|c| !blank_text(c.text(row)) && typed(c) && is_typed(c.text(row + 1))).count() >= 1
    })
}

/// `Page 2 of 7`, `Page: 3`, `- 4 -`, also with words around it.
fn is_page(text: &str) -> bool {
    if !text.starts_with('-') && !text.as_bytes().windows(4).any(|w| w.eq_ignore_ascii_case(b"page")) {
        return false;
    }
    let text = tidy(text).to_lowercase();
    if let Some(inner) = text.strip_prefix('-').and_then(|t| t.strip_suffix('-')) {
        return !inner.trim().is_empty() && inner.trim().bytes().all(|b| b.is_ascii_digit()) && inner.starts_with(' ');
    }
    let Some(at) = text.rfind("page") else { return false };
    let before = text.get(..at).unwrap_or_default();
    let rest = text.get(at + 4..).unwrap_or_default().trim_start_matches([':', ' ', '.']);
    let number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = rest.len() - number.len();
    let after = number.trim();
    let counted = after.strip_prefix("of").or_else(|| after.strip_prefix('/')).map(str::trim);
    let whole = counted.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    (1..=5).contains(&digits)
        && (after.is_empty() || whole)
        && (before.is_empty() || before.ends_with([' ', '|', '-', ',']))
}

/// Whether a row is a line of print: a page number, a form feed or a title again, and nothing that a row would say.
fn is_print(cells: &[(usize, &str)], typical: usize, titles: &BTreeSet<String>) -> bool {
    let title = |t: &str| titles.contains(&masked(t));
    let marked = |t: &str| is_page(t) || t.contains('\u{c}');
    if cells.iter().all(|(_, t)| title(t)) {
        return cells.len() < typical.max(2);
    }
    let marks = cells.iter().filter(|(_, t)| marked(t)).count();
    marks > 0
        && cells.len() <= 3
        && (cells.len() * 3 <= typical || cells.len() == 1 || cells.iter().all(|(_, t)| marked(t) || title(t)))
        && (typical >= 2 || cells.iter().all(|(_, t)| is_page(t)))
}

/// A title with its numbers as one mark, so that it is the same on every page.
fn masked(text: &str) -> String {
    let mut out = String::new();
    for c in tidy(text).to_lowercase().chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    // A number alone is no title.
    if out.chars().any(char::is_alphabetic) { out } else { String::new() }
}

/// Merged cells below a header that reach over most of a table's columns.
pub(super) fn wide(merges: &[super::layout::Merge], below: u64, columns: usize) -> Vec<super::layout::Merge> {
    let across = |m: &&super::layout::Merge| (m.columns.1 - m.columns.0 + 1) as usize * 2 > columns;
    merges.iter().filter(|m| m.rows.0 > below && m.rows.0 == m.rows.1).filter(across).take(10_000).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn print_by_its_words() {
        for text in ["Page 2 of 7", "page 3", "Visits by library - Page 2/7", "- 4 -", "PAGE: 12"] {
            assert!(is_page(text), "{text}");
        }
        for text in ["Page", "Homepage 3 visits", "-4-", "page 3 was torn", "-", "Page of 7"] {
            assert!(!is_page(text), "{text}");
        }
        assert_eq!(masked("Report  2024, page 3"), masked("report 2025, page 12"));
        assert!(is_dashes("-----") && is_dashes("== =") && !is_dashes("-") && !is_dashes("***") && !is_dashes("- a -"));
    }
}
