//! One list of labels over all tables: strands, levels, events; and the list of places builds on it.

use std::collections::BTreeMap;

use crate::clean::{Answer, CleanColumn, CleanTable, Label};
use crate::spec::Role;

use super::columns;

/// The labels of one role over all tables, each once, with the number that facts carry.
#[derive(Default)]
pub(super) struct Labels {
    pub list: Vec<Label>,
    numbers: BTreeMap<String, u32>,
}

impl Labels {
    /// Every label of this role that a row that counts has, sorted by folded text.
    pub fn gather<'a>(tables: impl Iterator<Item = &'a CleanTable>, role: Role) -> Self {
        let mut found: BTreeMap<String, Label> = BTreeMap::new();
        for table in tables {
            let Some(column) = columns::column(table, role) else { continue };
            for (label, rows) in used(table, column) {
                if rows > 0 {
                    found
                        .entry(label.folded.clone())
                        .and_modify(|known| prefer(known, label))
                        .or_insert_with(|| label.clone());
                }
            }
        }
        let mut labels = Labels::default();
        for label in found.into_values() {
            labels.add(label);
        }
        labels
    }

    /// Adds a label at the end of the list unless it stands there; gives its number.
    pub fn add(&mut self, label: Label) -> u32 {
        let next = self.list.len() as u32;
        let number = *self.numbers.entry(label.folded.clone()).or_insert(next);
        if number == next {
            self.list.push(label);
        }
        number
    }

    /// The number of a label, if it stands in the list.
    pub fn number(&self, label: &Label) -> Option<u32> {
        self.numbers.get(&label.folded).copied()
    }

    /// The number of the label per code of a column.
    pub fn of(&self, column: &CleanColumn) -> Vec<Answer<u32>> {
        let (values, labels) = columns::labels(column);
        let numbers: Vec<Option<u32>> = labels.iter().map(|label| self.number(label)).collect();
        values
            .iter()
            .map(|value| match value.map(|i| numbers.get(i as usize).copied().flatten()) {
                Answer::Answered(Some(number)) => Answer::Answered(number),
                // A label that no counting row has: no counting row asks for it either.
                Answer::Answered(None) => Answer::Blank,
                Answer::Refused => Answer::Refused,
                Answer::Blank => Answer::Blank,
                Answer::NotAsked => Answer::NotAsked,
                Answer::Unreadable => Answer::Unreadable,
            })
            .collect()
    }
}

/// Each label of a column with the rows that count and have it.
pub(super) fn used<'a>(table: &'a CleanTable, column: &'a CleanColumn) -> Vec<(&'a Label, u64)> {
    let (values, labels) = columns::labels(column);
    let mut by_code = vec![0u64; values.len()];
    for (&code, _) in column.codes.iter().zip(&table.accepted).filter(|&(_, &accepted)| accepted) {
        if let Some(rows) = by_code.get_mut(code as usize) {
            *rows += 1;
        }
    }
    let mut rows = vec![0u64; labels.len()];
    for (value, n) in values.iter().zip(by_code) {
        if let Answer::Answered(label) = value
            && let Some(rows) = rows.get_mut(*label as usize)
        {
            *rows += n;
        }
    }
    labels.iter().zip(rows).collect()
}

/// The spelling to print: the first in the spec's order, but for one in capitals or small letters only where another has both.
fn prefer(known: &mut Label, other: &Label) {
    let mixed = |text: &str| text.chars().any(char::is_lowercase) && text.chars().any(char::is_uppercase);
    if !mixed(&known.text) && mixed(&other.text) {
        known.text.clone_from(&other.text);
    }
}
