//! What the columns under one stem are, by their cells: options that are ticked, rows of a grid, an open text or a comment beside
//! options. Labels that a header lost (`Column7`, `Q3_2`) are recovered from the cells where each column has only one.

use std::collections::BTreeSet;

use super::stems::{is_other, is_placeholder};
use crate::ingest::layout::tidy;
use crate::ingest::{Column, Part, Texts};
use crate::spec::fold;

/// Which cells tick an option, beside its own label.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ticks {
    /// `1`, `x`, `true`.
    Marks,
    /// `Yes` and `No`, `Y` and `N` too.
    YesNo,
}

/// Decides what each labelled column is; columns with equal numbers in `stems` stand under one stem.
pub(super) fn by_cells(columns: &mut [Column], stems: &[usize], ticks: Ticks) {
    let mut from = 0;
    while from < columns.len() {
        let to = group_end(stems, from, columns.len());
        if let Some(group) = columns.get_mut(from..to) {
            decide(group, ticks);
        }
        from = to;
    }
}

/// Where the group of columns under one stem ends that begins at `from`.
pub(super) fn group_end(stems: &[usize], from: usize, len: usize) -> usize {
    let stem = stems.get(from);
    (from + 1..len).find(|&i| stems.get(i) != stem).unwrap_or(len)
}

/// What the cells of a labelled column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cells {
    /// Nothing at all.
    None,
    /// The label itself.
    Label,
    /// Marks of ticking and not ticking.
    Mark,
    /// The option's number among its siblings.
    Place,
    /// One text only, which is none of these, in one row or in several.
    One { rows: u64, number: bool },
    /// Many texts, some of them numbers or none.
    Many { numbers: bool },
}

impl Cells {
    /// Whether it holds numbers that are no marks.
    fn is_numbers(self) -> bool {
        matches!(self, Cells::Many { numbers: true } | Cells::One { number: true, .. })
    }
}

/// The part of the header that is the column's label.
fn label(column: &Column) -> &str {
    if column.header.len() > 1 { column.header.last().map_or("", String::as_str) } else { "" }
}

/// Whether a label says nothing by itself: blank, a number, a name that a program gave.
fn is_bare(label: &str) -> bool {
    label.is_empty() || label.bytes().all(|b| b.is_ascii_digit() || b == b'_') || is_placeholder(label)
}

/// Decides one group.
pub(super) fn decide(group: &mut [Column], ticks: Ticks) {
    // "Other" may have a column that is ticked beside the one that is written in.
    for column in group.iter_mut().filter(|c| c.part == Part::OtherText && c.header.len() > 1) {
        if kind_of(&column.texts, label(column), 0, ticks) == Cells::Label {
            column.part = Part::Option;
        }
    }
    let open: Vec<usize> = (0..group.len()).filter(|&i| group.get(i).is_some_and(|c| c.part == Part::Option)).collect();
    if open.is_empty() || recovered(group, &open, ticks) {
        return;
    }
    crossed(group, &open);
    let kinds: Vec<Cells> = open
        .iter()
        .zip(1..)
        .filter_map(|(&i, place)| group.get(i).map(|c| kind_of(&c.texts, label(c), place, ticks)))
        .collect();
    let count = |is: &dyn Fn(Cells) -> bool| kinds.iter().filter(|k| is(**k)).count();
    let labels = count(&|k| k == Cells::Label);
    let numbers = count(&Cells::is_numbers) > 0;
    // Ones among other numbers are answers, not ticks; the number of its place is a tick only where every column holds its own.
    let places = count(&|k| k == Cells::Place) > 0
        && !numbers
        && kinds.iter().zip(0..).all(|(k, i)| matches!(k, Cells::Place | Cells::None) || (*k == Cells::Mark && i == 0));
    let marks = !numbers && count(&|k| matches!(k, Cells::Many { .. } | Cells::One { .. })) == 0;
    let many = count(&|k| !matches!(k, Cells::None | Cells::Label)) > 0;
    let last = kinds.len();
    for ((&i, kind), place) in open.iter().zip(&kinds).zip(1..) {
        let Some(column) = group.get_mut(i) else { continue };
        column.part = match kind {
            Cells::Label => Part::Option,
            Cells::Mark if labels > 0 || marks => Part::Option,
            Cells::Place if labels > 0 || places => Part::Option,
            Cells::None if labels > 0 || places || marks || !many => Part::Option,
            // Beside options that repeat their labels: people's own words, or an option that was worded anew.
            Cells::Many { .. } if labels > 0 => Part::Comment,
            Cells::One { rows: 1, .. } if labels > 0 && place == last => Part::Comment,
            Cells::One { .. } if labels > 0 => Part::Option,
            _ => Part::Row,
        };
    }
}

/// Labels of columns whose headers say nothing, where each column holds one text and no two the same. The last may hold
/// people's own words.
fn recovered(group: &mut [Column], open: &[usize], ticks: Ticks) -> bool {
    let bare = open.iter().all(|&i| group.get(i).is_some_and(|c| is_bare(label(c))));
    if !bare || open.len() < 2 {
        return false;
    }
    let kinds: Vec<Cells> = open
        .iter()
        .zip(1..)
        .filter_map(|(&i, place)| group.get(i).map(|c| kind_of(&c.texts, "\0", place, ticks)))
        .collect();
    let single = |k: &Cells| matches!(k, Cells::One { number: false, .. });
    let texts: Vec<Option<String>> = open
        .iter()
        .zip(&kinds)
        .map(|(&i, k)| group.get(i).filter(|_| single(k)).and_then(|c| only_text(&c.texts)))
        .collect();
    let mut known: Vec<String> = texts.iter().flatten().map(|t| fold(t)).collect();
    let singles = known.len();
    known.sort_unstable();
    known.dedup();
    let own_words = matches!(kinds.last(), Some(Cells::Many { .. })) && open.len() > 2;
    let fits =
        |(at, kind): (usize, &Cells)| single(kind) || *kind == Cells::None || (own_words && at + 1 == kinds.len());
    if singles < 2 || known.len() < singles || !kinds.iter().enumerate().all(fits) {
        return false;
    }
    for ((&i, text), kind) in open.iter().zip(texts).zip(&kinds) {
        let Some(column) = group.get_mut(i) else { continue };
        if matches!(kind, Cells::Many { .. }) {
            column.part = Part::OtherText;
        } else if let (Some(text), Some(last)) = (text, column.header.last_mut()) {
            *last = text;
        }
    }
    true
}

/// Labels of a grid of ticks, "row - option" over cells that hold the option: parted into row and option.
fn crossed(group: &mut [Column], open: &[usize]) {
    let (mut rows, mut options) = (BTreeSet::new(), BTreeSet::new());
    let mut known = 0;
    for &i in open {
        let Some(column) = group.get(i) else { continue };
        let Some((row, option)) = label(column).rsplit_once(" - ") else { continue };
        if only_text(&column.texts).is_some_and(|text| fold(&text) == fold(option)) && column.header.len() == 2 {
            rows.insert(fold(row));
            options.insert(fold(option));
            known += 1;
        }
    }
    if known < 2 || rows.len() < 2 {
        return;
    }
    for &i in open {
        let Some(column) = group.get_mut(i) else { continue };
        let parts = label(column).rsplit_once(" - ").map(|(row, option)| (row.to_owned(), option.to_owned()));
        let Some((row, option)) = parts.filter(|_| column.header.len() == 2) else { continue };
        if rows.contains(&fold(&row)) || options.contains(&fold(&option)) {
            column.header.pop();
            column.header.extend([row, option]);
        }
    }
}

/// The one text that stands in a column, as it is read.
pub(super) fn only_text(texts: &Texts) -> Option<String> {
    let mut found: Option<String> = None;
    for (_, text, rows) in texts.iter() {
        let text = tidy(text);
        if rows == 0 || text.is_empty() {
            continue;
        }
        match &found {
            Some(one) if fold(one) == fold(&text) => {}
            Some(_) => return None,
            None => found = Some(text),
        }
    }
    found
}

/// What the cells of a column under a label are; `place` is its number among its siblings, from 1.
pub(super) fn kind_of(texts: &Texts, label: &str, place: usize, ticks: Ticks) -> Cells {
    let label = fold(label);
    let place = place.to_string();
    let (mut rows, mut equal, mut marks, mut places, mut numbers) = (0u64, 0u64, 0u64, 0u64, 0u64);
    let mut distinct: Vec<String> = Vec::new();
    for (_, text, count) in texts.iter() {
        let text = fold(&tidy(text));
        let count = u64::from(count);
        if text.is_empty() || count == 0 {
            continue;
        }
        rows += count;
        equal += if text == label { count } else { 0 };
        let mark = is_mark(&text, ticks);
        marks += if mark { count } else { 0 };
        places += if text == place { count } else { 0 };
        numbers += if !mark && text.len() <= 12 && text.parse::<f64>().is_ok() { count } else { 0 };
        if distinct.len() < 2 && !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    if rows == 0 {
        Cells::None
    } else if equal * 10 >= rows * 9 || (equal >= 3 && equal * 2 >= rows) {
        Cells::Label
    } else if marks == rows {
        Cells::Mark
    } else if places == rows {
        Cells::Place
    } else if distinct.len() == 1 {
        Cells::One { rows, number: numbers > 0 }
    } else {
        Cells::Many { numbers: numbers * 2 > rows }
    }
}

/// Whether a folded cell ticks an option, or says that it is not ticked.
fn is_mark(text: &str, ticks: Ticks) -> bool {
    const MARKS: [&str; 17] = [
        "1",
        "0",
        "-99",
        "1.0",
        "0.0",
        "x",
        "✓",
        "✔",
        "true",
        "false",
        "selected",
        "not selected",
        "checked",
        "unchecked",
        "ticked",
        "quoted",
        "not quoted",
    ];
    const WORDS: [&str; 18] = [
        "y", "n", "yes", "no", "ja", "nein", "nee", "oui", "non", "sí", "si", "sì", "sim", "não", "n/a", "nej", "tak",
        "nie",
    ];
    MARKS.contains(&text) || (ticks == Ticks::YesNo && WORDS.contains(&text))
}

/// Whether two columns have answers in common: half of what the one with fewer holds stands in the other too.
pub(super) fn alike(a: &Texts, b: &Texts) -> bool {
    const MOST: usize = 60;
    let list = |texts: &Texts| -> Vec<String> {
        let mut out: Vec<String> =
            texts.iter().take(MOST).map(|(_, t, _)| fold(&tidy(t))).filter(|t| !t.is_empty()).collect();
        out.sort_unstable();
        out.dedup();
        out
    };
    let (a, b) = (list(a), list(b));
    let (few, other) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    !few.is_empty() && few.iter().filter(|t| other.binary_search(t).is_ok()).count() * 2 >= few.len()
}

/// Whether a label names an open text beside options; the bare word counts too.
pub(super) fn is_other_label(label: &str) -> bool {
    let folded = fold(label);
    is_other(&folded)
        || matches!(folded.trim_end_matches(':'), "other" | "otro" | "autre" | "andere" | "outro" | "altro")
}
