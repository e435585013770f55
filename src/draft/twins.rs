//! One survey exported twice (as CSV and as a workbook, with two exporters): only one of the two is taken, and it is said.

use std::collections::BTreeMap;

use super::look::Seen;
use crate::clean::Look;
use crate::ingest::Column;
use crate::spec::{Kind, fold};

/// For each table that says what an earlier one says, the index of that one.
pub fn find(seen: &[Seen]) -> BTreeMap<usize, usize> {
    let mut out = BTreeMap::new();
    for (at, s) in seen.iter().enumerate() {
        let same = (0..at).find(|first| !out.contains_key(first) && seen.get(*first).is_some_and(|f| is_twin(f, s)));
        let Some(first) = same else { continue };
        if seen.get(first).zip(seen.get(at)).is_some_and(|(a, b)| tells(b) > tells(a)) {
            // The later one tells more of its questions: it is taken, and stands for all that the other stood for.
            out.values_mut().filter(|taken| **taken == first).for_each(|taken| *taken = at);
            out.insert(first, at);
        } else {
            out.insert(at, first);
        }
    }
    out
}

/// How much a table tells of its questions: rows of headers, then letters in them, then columns.
fn tells(s: &Seen) -> (u32, usize, usize) {
    let letters = s.table.columns.iter().map(|c| c.title().chars().count()).sum();
    (s.table.header_rows, letters, s.table.columns.len())
}

/// The ids of a table's responses, where the platform gives ids that no other survey has by chance.
fn ids(s: &Seen) -> Option<BTreeMap<String, u64>> {
    let column = s.table.columns.iter().find(|c| c.system == Some("response"))?;
    let ids = texts(column);
    (ids.len() == s.table.rows && ids.keys().all(|id| id.len() >= 6)).then_some(ids)
}

/// Whether two tables hold the same responses: as many rows, and the same ids of responses or, where there are none, in every column of answers the same texts as often. Dates are left
/// out, which two exporters write in two ways.
fn is_twin(a: &Seen, b: &Seen) -> bool {
    let survey = |s: &Seen| s.guess.kind == Some(Kind::Survey) && s.table.parent.is_none();
    if !survey(a) || !survey(b) || a.table.rows != b.table.rows || a.table.rows < 2 {
        return false;
    }
    if let (Some(left), Some(right)) = (ids(a), ids(b)) {
        return left == right;
    }
    let answers = |s: &Seen| -> Vec<usize> {
        let asked = s.table.columns.iter().zip(&s.profiles).enumerate();
        asked
            .filter(|(_, (c, p))| c.system.is_none() && !matches!(p.look, Look::Date | Look::Time | Look::Empty))
            .map(|(at, _)| at)
            .collect()
    };
    let (left, right) = (answers(a), answers(b));
    if left.len() != right.len() || left.len() < 2 {
        return false;
    }
    let columns = left.iter().zip(&right);
    columns.clone().all(|(&l, &r)| match (a.table.columns.get(l), b.table.columns.get(r)) {
        (Some(l), Some(r)) => named_alike(l, r) && texts(l) == texts(r),
        _ => false,
    })
}

fn named_alike(a: &Column, b: &Column) -> bool {
    (a.code.is_some() && a.code == b.code) || fold(&a.title()) == fold(&b.title())
}

/// The distinct texts with their rows.
fn texts(column: &Column) -> BTreeMap<String, u64> {
    let mut out = BTreeMap::new();
    for (_, text, rows) in column.texts.iter() {
        *out.entry(fold(text)).or_default() += u64::from(rows);
    }
    out
}
