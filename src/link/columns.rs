//! How the other files of this room read a table: its column of a role, and typed values by code.

use jiff::civil::Date;

use crate::clean::{Answer, CleanColumn, CleanTable, ColumnValues, Decimal, Label, PersonalText};
use crate::spec::{Role, fold};

/// The table's first column of this role (no month column of a wide log).
pub(super) fn column(table: &CleanTable, role: Role) -> Option<&CleanColumn> {
    table.columns.iter().find(|c| c.role == role && c.month.is_none())
}

/// The rows that count, in their order.
pub(super) fn accepted(table: &CleanTable) -> Vec<u32> {
    let rows = table.rows.min(table.accepted.len());
    (0..rows as u32).filter(|&row| table.accepted.get(row as usize) == Some(&true)).collect()
}

/// The code of a row, or a code that stands for nothing.
pub(super) fn code(column: &CleanColumn, row: u32) -> usize {
    column.codes.get(row as usize).map_or(usize::MAX, |&code| code as usize)
}

/// An answer per code, turned by `f`; what is not of this type is unreadable.
pub(super) fn dates(column: &CleanColumn) -> Vec<Answer<Date>> {
    match &column.values {
        ColumnValues::Dates(values) => values.iter().map(|v| v.map(|at| at.date())).collect(),
        _ => Vec::new(),
    }
}

/// Numbers per code.
pub(super) fn numbers(column: &CleanColumn) -> &[Answer<Decimal>] {
    match &column.values {
        ColumnValues::Numbers(values) => values,
        _ => &[],
    }
}

/// Label indices per code, and the labels.
pub(super) fn labels(column: &CleanColumn) -> (&[Answer<u32>], &[Label]) {
    match &column.values {
        ColumnValues::Labels(values, labels) => (values, labels),
        _ => (&[], &[]),
    }
}

/// Personal texts: their index per code, and the texts.
pub(super) fn personal(column: &CleanColumn) -> Option<(&[Answer<u32>], &PersonalText)> {
    match &column.values {
        ColumnValues::Personal(values, texts) => Some((values, texts)),
        _ => None,
    }
}

/// Yes or no per code.
pub(super) fn yes_no(column: &CleanColumn) -> &[Answer<bool>] {
    match &column.values {
        ColumnValues::YesNo(values) => values,
        _ => &[],
    }
}

/// The text of each code by which an identifier is compared, whatever type the column was read as: identifiers are usually
/// personal texts, but a session may also be named by a label.
pub(super) fn identifiers(column: &CleanColumn) -> Vec<Option<&str>> {
    match &column.values {
        ColumnValues::Personal(values, texts) => values
            .iter()
            .map(|v| v.answered().filter(|&i| (i as usize) < texts.len()).map(|i| texts.expose(i)))
            .collect(),
        ColumnValues::Labels(values, labels) => {
            values.iter().map(|v| v.answered().and_then(|i| labels.get(i as usize)).map(|l| l.text.as_str())).collect()
        }
        _ => Vec::new(),
    }
}

/// An identifier as it is compared where it does not match exactly: without regard to case, spaces and look-alike signs.
pub(super) fn identity(text: &str) -> String {
    if text.is_ascii() {
        // What the general way below comes to, without its tables: most identifiers are of this kind, and there may be a million.
        return text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    }
    let mut folded = fold(text);
    folded.retain(|c| c != ' ');
    folded
}

/// The entry of a table made per code for a row; `NotAsked` has no code.
pub(super) fn of_row<T: Copy>(values: &[Answer<T>], column: &CleanColumn, row: u32) -> Answer<T> {
    values.get(code(column, row)).copied().unwrap_or(Answer::Unreadable)
}

/// A decimal times `factor` as a whole number, halves away from zero; `None` beyond `i64`.
pub(super) fn times(value: Decimal, factor: i64) -> Option<i64> {
    let unit = 10i128.checked_pow(u32::from(value.scale))?;
    let scaled = i128::from(value.digits).checked_mul(i128::from(factor))?;
    let half = unit / 2;
    let rounded = if scaled < 0 { scaled.checked_sub(half)? } else { scaled.checked_add(half)? } / unit;
    i64::try_from(rounded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_compare_without_case_and_spaces() {
        for (text, same) in
            [(" HM 0012 ", "hm0012"), ("hm\t0012", "hm0012"), ("HM\u{a0}0012", "hm0012"), ("ＨＭ1", "hm1")]
        {
            assert_eq!(identity(text), same);
            assert_eq!(identity(text), fold(text).replace(' ', ""));
        }
    }

    #[test]
    fn hours_become_minutes() {
        assert_eq!(times(Decimal { digits: 15, scale: 1 }, 60), Some(90));
        assert_eq!(times(Decimal { digits: 333, scale: 3 }, 60), Some(20));
        assert_eq!(times(Decimal { digits: -15, scale: 1 }, 60), Some(-90));
        assert_eq!(times(Decimal { digits: i64::MAX, scale: 0 }, 60), None);
        assert_eq!(times(Decimal { digits: 1, scale: 200 }, 60), None);
        assert_eq!(times(Decimal { digits: 25, scale: 1 }, 1), Some(3));
    }
}
