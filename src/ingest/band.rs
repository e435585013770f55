//! The header of a table of no known platform: which of the records at its top name the columns, under titles and notes, in one row
//! or in a band of up to three; or that none does.
//!
//! A band is proved: labels of groups stand above blank cells or merged ones, and what stands below them are names above values, or
//! names that repeat from group to group and are each one's own only together. Else one row names the columns.

use std::collections::BTreeSet;

use super::evidence::{self, Seems, is_period, is_typed, is_year, seems};
use super::layout::{Merge, PREVIEW, Rec};
use crate::spec::fold;

/// The most rows with text that a header may have.
pub(super) const LEVELS: usize = 3;

/// Which records are the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Band {
    /// Index into the preview of the first.
    pub start: usize,
    /// How many; 0 where the first record is a row like those below it.
    pub rows: usize,
    /// Why, as a sentence.
    pub reason: String,
}

/// Finds the header.
pub(super) fn find(preview: &[Rec], merges: &[Merge]) -> Band {
    let bottom = bottom(preview, merges);
    let band = around(preview, merges, bottom);
    if band.rows == 1 && is_like_below(preview, bottom) {
        return Band { start: bottom, rows: 0, reason: "the first row is like the rows below it".to_owned() };
    }
    band
}

/// The band that has `bottom` among its rows.
pub(super) fn around(preview: &[Rec], merges: &[Merge], bottom: usize) -> Band {
    let (mut first, mut last) = (bottom, bottom);
    while last - first + 1 < LEVELS && first > 0 && groups(preview, merges, first - 1, last) {
        first -= 1;
    }
    while last - first + 1 < LEVELS
        && last + 2 < preview.len()
        && (groups(preview, merges, last, last + 1) || is_second_line(preview, merges, first, last + 1))
    {
        last += 1;
    }
    let rows = last - first + 1;
    let reason = if rows == 1 {
        "one row names the columns".to_owned()
    } else {
        let number = |i: usize| preview.get(i).map_or(0, |r| r.number);
        format!(
            "rows {} to {} name the columns: labels of groups stand above those of the columns",
            number(first),
            number(last)
        )
    };
    Band { start: first, rows, reason }
}

/// Whether record `top` has the labels of groups of columns, whose own labels stand in the record below it, or in those down to `last`.
fn groups(preview: &[Rec], merges: &[Merge], top: usize, last: usize) -> bool {
    let (Some(upper), Some(lower)) = (preview.get(top), preview.get(top + 1)) else { return false };
    if !touch(upper, lower, merges) || !is_names(preview, top) || !is_names(preview, top + 1) {
        return false;
    }
    let band = preview.get(top..=last).unwrap_or_default();
    let below = preview.get(last + 1..).unwrap_or_default();
    let width = upper.cells.len().max(lower.cells.len());
    let own: Vec<Group> = spans(upper, lower, merges);
    let wide: Vec<&Group> = own.iter().filter(|g| g.named >= 2).collect();
    let single = own.iter().filter(|g| g.named == 1 && g.over).count();
    let vertical = own.iter().filter(|g| !g.over && g.named == 0).count();
    if wide.is_empty() {
        return false;
    }
    let all = band.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    let named = (0..all).filter(|&c| band.iter().any(|r| !r.cell(c).is_empty())).count();
    let typical = typical(below);
    if named * 10 < typical * 8 {
        return false;
    }
    let first_named = (0..width).find(|&c| !lower.cell(c).is_empty()).unwrap_or(0);
    let whole_width = wide.iter().any(|g| g.from <= first_named && g.named * 10 >= lower.fill() * 9);
    if whole_width && vertical == 0 {
        return false;
    }
    let contrast = names_over(lower, below);
    let periods = upper.cells.iter().filter(|c| !super::dictionary::blank_text(c)).all(|c| is_period(c));
    if periods && contrast > 0 && wide.iter().all(|g| g.from > 0) {
        return true;
    }
    let repeated = are_only_together(upper, lower, &own, width);
    let fewer = single * 2 <= wide.len() || (repeated && single <= wide.len() * 2 + 1);
    if !fewer {
        return false;
    }
    let merged = wide.iter().any(|g| g.merged);
    // The column that names the rows belongs to no group, unless the cells or the labels prove it.
    if own.iter().any(|g| g.named == 1 && g.over && g.from == first_named) && !merged && !repeated {
        return false;
    }
    if wide.len() == 1 && vertical == 0 && !merged && !repeated {
        return false;
    }
    contrast > 0 || ((repeated || merged) && !recurs(lower, below))
}

/// A label of the upper row, and the columns that it stands over.
struct Group {
    from: usize,
    /// How many columns under it have a label of their own.
    named: usize,
    /// Whether its own column has one.
    over: bool,
    merged: bool,
}

/// How far each label of `upper` reaches over the labels of `lower`.
fn spans(upper: &Rec, lower: &Rec, merges: &[Merge]) -> Vec<Group> {
    let width = upper.cells.len().max(lower.cells.len());
    let mut out: Vec<Group> = Vec::new();
    let mut open: Option<String> = None;
    for c in 0..width {
        let (text, under) = (upper.cell(c), !lower.cell(c).is_empty());
        let merge = merge_at(merges, upper.number, c);
        let starts = merge.is_none_or(|m| m.columns.0 as usize == c);
        if !text.is_empty() && starts {
            let same = open.as_deref() == Some(text) && under;
            if let (true, Some(group)) = (same, out.last_mut()) {
                group.named += 1;
                continue;
            }
            out.push(Group { from: c, named: usize::from(under), over: under, merged: merge.is_some() });
            open = (under && merge.is_none_or(|m| m.columns.1 > m.columns.0)).then(|| text.to_owned());
        } else if !under {
            continue;
        } else if let Some(group) = out.last_mut() {
            let inside = match merge {
                Some(m) => m.columns.0 as usize == group.from && m.rows.0 == upper.number,
                None => open.is_some() && !group.merged,
            };
            if inside {
                group.named += 1;
            } else {
                open = None;
            }
        }
    }
    out
}

/// The merge that covers a cell, if one does.
pub(super) fn merge_at(merges: &[Merge], row: u64, column: usize) -> Option<&Merge> {
    merges.iter().find(|m| {
        (m.rows.0..=m.rows.1).contains(&row) && (m.columns.0 as usize..=m.columns.1 as usize).contains(&column)
    })
}

/// Whether nothing stands between two records but what merged cells cover.
fn touch(upper: &Rec, lower: &Rec, merges: &[Merge]) -> bool {
    lower.number == upper.number + 1
        || merges.iter().any(|m| m.rows.0 <= upper.number && m.rows.1 + 1 >= lower.number && m.rows.1 > m.rows.0)
}

/// Whether labels of `lower` repeat, and are different only together with the labels above.
fn are_only_together(upper: &Rec, lower: &Rec, groups: &[Group], width: usize) -> bool {
    let mut alone: BTreeSet<String> = BTreeSet::new();
    let mut together: BTreeSet<(usize, String)> = BTreeSet::new();
    let (mut labels, mut group) = (0, usize::MAX);
    for c in 0..width {
        if !upper.cell(c).is_empty() && groups.iter().any(|g| g.from == c) {
            group = c;
        }
        if !lower.cell(c).is_empty() {
            labels += 1;
            alone.insert(fold(lower.cell(c)));
            together.insert((group, fold(lower.cell(c))));
        }
    }
    alone.len() < labels && together.len() == labels
}

/// Whether the labels of a record stand again in their columns below: then they are answers.
fn recurs(rec: &Rec, below: &[Rec]) -> bool {
    let again = (0..rec.cells.len())
        .filter(|&c| !rec.cell(c).is_empty() && below.iter().any(|r| fold(r.cell(c)) == fold(rec.cell(c))))
        .count();
    again * 10 > rec.fill()
}

/// Whether record `at`, right below the header's first row, goes on with it: what merged cells reach over, a line of units, or years
/// and quarters under months.
fn is_second_line(preview: &[Rec], merges: &[Merge], first: usize, at: usize) -> bool {
    let (Some(above), Some(rec)) = (preview.get(at - 1), preview.get(at)) else { return false };
    let top = preview.get(first).map_or(above.number, |r| r.number);
    // What reaches to the table's end is no header.
    let end = preview.last().map_or(0, |r| r.number);
    let reaching = |m: &&Merge| {
        (top..=above.number).contains(&m.rows.0) && (rec.number..end).contains(&m.rows.1) && m.rows.0 < m.rows.1
    };
    let under = |m: &Merge| (m.columns.0..=m.columns.1).any(|c| !rec.cell(c as usize).is_empty());
    if merges.iter().filter(reaching).any(|m| !under(m)) && is_names(preview, at) {
        return true;
    }
    if rec.number != above.number + 1 {
        return false;
    }
    let typed = typed_columns(preview.get(at + 1..).unwrap_or_default());
    let numeric: Vec<usize> = typed.iter().enumerate().filter(|(_, kind)| kind.is_some()).map(|(c, _)| c).collect();
    let said: Vec<&str> = numeric.iter().map(|&c| rec.cell(c)).filter(|t| !t.is_empty()).collect();
    if numeric.len() < 2 || said.len() < 2 || said.len() * 2 < numeric.len() {
        return false;
    }
    let named = numeric.iter().filter(|&&c| !above.cell(c).is_empty()).count();
    if named * 2 < numeric.len() || said.iter().any(|t| evidence::is_no_value(t)) {
        return false;
    }
    let period = |t: &&str| is_period(t) && !is_year(t);
    let years = said.iter().all(|t| is_year(t)) && above.cells.iter().filter(|c| is_period(c)).count() >= said.len();
    if years || said.iter().all(|t| period(t) || evidence::is_unit(t)) {
        return true;
    }
    let first_blank =
        rec.cell(0).is_empty() && preview.get(at + 1..).unwrap_or_default().iter().any(|r| !r.cell(0).is_empty());
    first_blank && said.iter().all(|t| !is_typed(t))
}

/// Whether the record at `at` is a row like those below it, so that nothing names the columns.
pub(super) fn is_like_below(preview: &[Rec], at: usize) -> bool {
    let Some(rec) = preview.get(at) else { return false };
    let below = preview.get(at + 1..).unwrap_or_default();
    if rec.cells.iter().any(|c| seems(c) == Seems::Email) {
        return true;
    }
    let kinds = typed_columns(below);
    let (mut alike, mut other) = (0, 0);
    let mut numbers: Vec<&str> = Vec::new();
    for (c, kind) in kinds.iter().enumerate() {
        let (Some(kind), cell) = (kind, rec.cell(c)) else { continue };
        if cell.is_empty() {
            continue;
        }
        if seems(cell) == *kind {
            alike += 1;
            numbers.push(cell);
        } else if !evidence::is_no_value(cell) {
            other += 1;
        }
    }
    if below.is_empty() {
        // One row alone: of a table without rows, or without a header.
        let typed = rec.cells.iter().filter(|c| is_typed(c) && !is_period(c)).count();
        return typed * 2 >= rec.fill() && typed > 0;
    }
    if alike > 0 {
        return other == 0 && !is_sequence(&numbers) && !numbers.iter().all(|t| is_period(t));
    }
    other == 0 && is_answer_again(rec, below)
}

/// Numbers that name columns: years, or one more each time.
fn is_sequence(cells: &[&str]) -> bool {
    let numbers: Vec<f64> = cells.iter().filter_map(|c| evidence::number(c)).collect();
    numbers.len() >= 3
        && numbers.len() == cells.len()
        && numbers.windows(2).all(|w| matches!(w, [a, b] if (b - a - 1.0).abs() < 1e-9))
}

/// Whether most texts of a record are found again below, each among other texts of its column: a row of answers, not of names.
fn is_answer_again(rec: &Rec, below: &[Rec]) -> bool {
    let fill = rec.fill();
    let mut again = 0;
    for c in 0..rec.cells.len() {
        let own = fold(rec.cell(c));
        if own.is_empty() {
            continue;
        }
        let texts: Vec<String> = below.iter().map(|r| fold(r.cell(c))).filter(|t| !t.is_empty()).collect();
        let different: BTreeSet<&String> = texts.iter().collect();
        again += usize::from(texts.contains(&own) && different.len() >= 2 && different.len() * 2 <= texts.len());
    }
    fill >= 2 && again >= 2 && again * 2 > fill
}

/// The kind of value that most cells of each column hold, if it is no text.
pub(super) fn typed_columns(records: &[Rec]) -> Vec<Option<Seems>> {
    let width = records.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    (0..width)
        .map(|c| {
            let kinds: Vec<Seems> = records.iter().map(|r| r.cell(c)).filter(|t| !t.is_empty()).map(seems).collect();
            let most = |kind: Seems| kinds.iter().filter(|k| **k == kind).count() * 10 > kinds.len() * 6;
            [Seems::Number, Seems::Date, Seems::Email].into_iter().find(|&kind| most(kind))
        })
        .collect()
}

/// How many cells records have, in the middle of them.
fn typical(records: &[Rec]) -> usize {
    let mut fills: Vec<usize> = records.iter().map(Rec::fill).collect();
    fills.sort_unstable();
    fills.get(fills.len() / 2).copied().unwrap_or(0)
}

/// In how many columns a name stands at `at`, above numbers, dates or addresses.
pub(super) fn contrast(preview: &[Rec], at: usize) -> usize {
    preview.get(at).map_or(0, |rec| names_over(rec, preview.get(at + 1..).unwrap_or_default()))
}

/// In how many columns a record has a name above numbers, dates or addresses of the records below.
fn names_over(rec: &Rec, below: &[Rec]) -> usize {
    typed_columns(below)
        .iter()
        .enumerate()
        .filter(|&(c, kind)| kind.is_some_and(|kind| !rec.cell(c).is_empty() && is_name_over(rec.cell(c), kind)))
        .count()
}

/// Whether a text is a name above values of a kind.
fn is_name_over(text: &str, kind: Seems) -> bool {
    match seems(text) {
        Seems::Text => !evidence::is_no_value(text),
        Seems::Number => is_year(text) && kind != Seems::Number,
        Seems::Date => kind == Seems::Number,
        Seems::Email => false,
    }
}

/// Whether the cells of a record could be names of columns: texts or periods, hardly a value among them.
pub(super) fn is_names(preview: &[Rec], at: usize) -> bool {
    let Some(rec) = preview.get(at) else { return false };
    let typed = rec.cells.iter().filter(|c| is_typed(c) && !is_period(c)).count();
    if typed * 5 <= rec.fill() {
        return true;
    }
    // Days above counts: a log by week.
    let kinds = typed_columns(preview.get(at + 1..).unwrap_or_default());
    let days = (0..rec.cells.len())
        .filter(|&c| seems(rec.cell(c)) == Seems::Date && kinds.get(c) == Some(&Some(Seems::Number)))
        .count();
    days >= 3 && days == typed
}

/// Whether every record above `start` may be a title: hardly filled against the record at `start`.
pub(super) fn titles_above(preview: &[Rec], start: usize) -> bool {
    let here = preview.get(start).map_or(0, Rec::fill);
    preview.iter().take(start).all(|r| r.fill() * 2 <= here)
}

/// The index of the record that names the columns, or of the last of several.
pub(super) fn bottom(preview: &[Rec], merges: &[Merge]) -> usize {
    let fills: Vec<usize> = preview.iter().map(Rec::fill).collect();
    let Some(&top) = fills.first() else { return 0 };
    let mut sorted = fills.clone();
    sorted.sort_unstable();
    let typical = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    if typical <= 1 {
        return 0;
    }
    let filled = |i: usize| fills.get(i).is_some_and(|&f| f * 10 >= typical * 9);
    // Or so together with the labels of groups above it.
    let half = |i: usize| fills.get(i).is_some_and(|&f| f * 2 >= typical);
    let full = |i: usize| filled(i) || (i > 0 && half(i) && groups(preview, merges, i - 1, i));
    let heads = |i: usize| full(i) && is_names(preview, i) && contrast(preview, i) > 0;
    // A line of dashes is drawn below the names of the columns.
    let drawn = |i: usize| {
        preview.get(i).is_some_and(|r| {
            r.fill() >= 2 && r.cells.iter().all(|c| super::dictionary::blank_text(c) || evidence::is_dashes(c))
        })
    };
    if let Some(i) = (1..preview.len().min(16))
        .find(|&i| drawn(i) && fills.get(i - 1).is_some_and(|&f| f >= 2) && is_names(preview, i - 1))
    {
        return i - 1;
    }
    // What stands above a blank row and is no table of its own, and names above values right below it.
    let parted = |i: usize| preview.get(i).zip(preview.get(i - 1)).is_some_and(|(a, b)| a.number > b.number + 1);
    if let Some(i) = (1..preview.len().min(16)).find(|&i| parted(i) && heads(i) && is_preamble(preview, i)) {
        return i;
    }
    if top >= 2 && top * 2 >= typical {
        // A half-filled first row is a header with gaps, unless a full row of names above typed columns follows at once.
        if top < typical
            && let Some(i) = (1..5).find(|&i| heads(i))
            && fills.iter().take(i).all(|&f| f < typical)
        {
            return i;
        }
        // Values above names above values: a line about the report.
        if !is_names(preview, 0)
            && let Some(i) = (1..5).find(|&i| heads(i) && contrast(preview, i) * 2 > typical)
        {
            return i;
        }
        return 0;
    }
    let last = preview.len().min(PREVIEW / 2);
    (1..last)
        .find(|&i| full(i) && is_names(preview, i))
        .or_else(|| (1..last).find(|&i| half(i) && is_names(preview, i) && contrast(preview, i) > 0))
        .or_else(|| (1..last).find(|&i| full(i)))
        .or_else(|| (1..last).find(|&i| fills.get(i).is_some_and(|&f| f * 2 >= typical)))
        .unwrap_or(0)
}

/// Whether the records above `until` are words about a table: few, hardly filled or in pairs of a label and a value.
fn is_preamble(preview: &[Rec], until: usize) -> bool {
    let here = preview.get(until).map_or(0, Rec::fill);
    let above = preview.get(..until).unwrap_or_default();
    let pair = |r: &Rec| r.fill() <= 2 && r.cell(0).ends_with(':');
    above.iter().all(|r| pair(r) || r.fill() * 2 <= here || r.fill() == 1)
        || (above.iter().all(|r| r.fill() <= 2) && here >= 3)
        || above.iter().filter(|r| pair(r)).count() * 2 > above.len()
}
