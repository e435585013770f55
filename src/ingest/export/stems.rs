//! Two header rows: question stems, blank over their continuation cells, above option labels (SurveyMonkey and its re-saved kin).

use super::Found;
use crate::ingest::layout::{Head, Rec, tidy};
use crate::ingest::{Column, Part, Texts};
use crate::spec::fold;

/// Labels of the second row that stand for "the answer is in this column".
pub(super) const RESPONSE: [&str; 3] = ["response", "open-ended response", "open ended response"];

/// Two header rows without a word of any platform: options under stems, known by cells that repeat the label above them.
pub(in crate::ingest) fn options_under_stems(records: &[Rec]) -> Option<Found> {
    let (top, below) = (records.first()?, records.get(1)?);
    let continued: Vec<usize> =
        (1..below.cells.len()).filter(|&i| top.cell(i).is_empty() && !below.cell(i).is_empty()).collect();
    if continued.len() < 2 {
        return None;
    }
    let (mut filled, mut equal) = (0usize, 0usize);
    for rec in records.iter().skip(2) {
        for &i in &continued {
            if !rec.cell(i).is_empty() {
                filled += 1;
                equal += usize::from(fold(rec.cell(i)) == fold(below.cell(i)));
            }
        }
    }
    if equal < 5 || equal * 10 < filled * 6 {
        return None;
    }
    let reason = "the cells repeat the labels of a second header row under stems".to_owned();
    Some(two_rows(records, "stems-over-options", reason))
}

/// The columns of a table with a row of stems over a row of labels.
pub(in crate::ingest) fn two_rows(records: &[Rec], platform: &'static str, reason: String) -> Found {
    let empty = Rec { number: 0, cells: Vec::new() };
    let (top, below) = (records.first().unwrap_or(&empty), records.get(1).unwrap_or(&empty));
    let width = top.cells.len().max(below.cells.len());
    let mut heads: Vec<Head> = Vec::with_capacity(width);
    let mut stem = String::new();
    let mut stem_at = 0;
    let mut first_response = false;
    for i in 0..width {
        let (own, label) = (tidy(top.cell(i)), tidy(below.cell(i)));
        if !own.is_empty() || label.is_empty() {
            stem.clone_from(&own);
            stem_at = i;
        }
        let folded = fold(&label);
        let response = RESPONSE.contains(&folded.as_str());
        if stem_at == i {
            first_response = response;
        }
        let (header, part) = if stem.is_empty() {
            (vec![label], Part::Whole)
        } else if label.is_empty() || (response && stem_at == i) {
            (vec![stem.clone()], if folded.starts_with("open") { Part::Open } else { Part::Whole })
        } else if is_other(&folded) {
            (vec![stem.clone(), label], Part::OtherText)
        } else if first_response {
            (vec![stem.clone(), label], Part::Comment)
        } else {
            (vec![stem.clone(), label], Part::Option)
        };
        heads.push(Head { header, part, stem: stem_at, ..Head::default() });
    }
    Found { platform, reason, header_rows: 2, heads, undecided: true }
}

fn is_other(label: &str) -> bool {
    label.starts_with("other (please") || label.starts_with("other, please") || label == "other (specify)"
}

/// Decides by the cells what each labelled column under a stem is: an option that is ticked, an open text beside options, or a
/// question of its own (a row of a grid, a rank). `stems` gives the stem of each column.
pub(in crate::ingest) fn decide_parts(columns: &mut [Column], stems: &[usize]) {
    let mut from = 0;
    while from < columns.len() {
        let stem = stems.get(from);
        let to = (from..columns.len()).find(|&i| stems.get(i) != stem).unwrap_or(columns.len());
        if let Some(group) = columns.get_mut(from..to) {
            decide_group(group);
        }
        from = to.max(from + 1);
    }
}

/// What the cells of a labelled column are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cells {
    /// Nothing at all.
    None,
    /// The label itself, or a tick.
    Label,
    /// One value only, which is neither.
    One,
    /// Many values.
    Many,
}

fn decide_group(group: &mut [Column]) {
    let kinds: Vec<Cells> = group
        .iter()
        .enumerate()
        .map(|(i, column)| match (column.part, column.header.get(1)) {
            (Part::Option, Some(label)) => kind_of(&column.texts, label, i),
            _ => Cells::None,
        })
        .collect();
    let options = group.iter().filter(|c| c.part == Part::Option).count();
    let labels = kinds.iter().filter(|&&k| k == Cells::Label).count();
    let many = kinds.iter().filter(|&&k| k == Cells::Many).count();
    for (column, kind) in group.iter_mut().zip(&kinds) {
        if column.part != Part::Option {
            continue;
        }
        column.part = match kind {
            Cells::Label => Part::Option,
            // A grid: its rows have values that are no labels.
            _ if labels == 0 && many > 0 => Part::Row,
            Cells::Many if labels > 0 => Part::Comment,
            Cells::Many | Cells::One if options == 1 => Part::Row,
            Cells::One if labels == 0 => Part::Row,
            _ => Part::Option,
        };
    }
}

fn kind_of(texts: &Texts, label: &str, place: usize) -> Cells {
    let label = fold(label);
    let (mut rows, mut equal, mut distinct) = (0u64, 0u64, 0u32);
    for (_, text, count) in texts.iter() {
        let text = fold(text);
        if text.is_empty() {
            continue;
        }
        distinct += 1;
        rows += u64::from(count);
        if text == label || is_tick(&text) || text == (place + 1).to_string() {
            equal += u64::from(count);
        }
    }
    if rows == 0 {
        Cells::None
    } else if equal * 10 >= rows * 9 && distinct <= 3 {
        Cells::Label
    } else if distinct == 1 {
        Cells::One
    } else {
        Cells::Many
    }
}

fn is_tick(text: &str) -> bool {
    matches!(text, "1" | "x" | "✓" | "✔" | "true" | "selected" | "checked" | "ticked")
}
