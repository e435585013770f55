//! A rectangle of a sheet as a spreadsheet program writes it: `A3:F20`.

use std::fmt;

use super::letters;

/// A rectangle of cells. Rows are numbered from 1, columns from 0; both ends are inside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    pub rows: (u64, u64),
    pub columns: (u32, u32),
}

impl Range {
    /// `A3:F20`; also `A3:F` and `A:F`, which have no end or no start of their own. Without regard to capitals and `$`.
    pub fn parse(text: &str) -> Option<Range> {
        let text: String = text.chars().filter(|c| !matches!(c, '$' | ' ')).collect();
        let (from, to) = text.split_once(':')?;
        let (first, top) = corner(from)?;
        let (last, bottom) = corner(to)?;
        let range = Range { rows: (top.unwrap_or(1), bottom.unwrap_or(u64::MAX)), columns: (first, last) };
        (range.rows.0 <= range.rows.1 && first <= last).then_some(range)
    }

    /// Whether a cell stands in it.
    pub fn has(&self, row: u64, column: u32) -> bool {
        (self.rows.0..=self.rows.1).contains(&row) && (self.columns.0..=self.columns.1).contains(&column)
    }
}

/// A column from 0 and, where it is given, a row from 1.
fn corner(text: &str) -> Option<(u32, Option<u64>)> {
    let digits = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (name, row) = text.split_at(digits);
    if name.is_empty() || name.len() > 3 || !name.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let column = name.bytes().fold(0u32, |n, b| n * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1) - 1;
    let row = if row.is_empty() { None } else { Some(row.parse().ok().filter(|&n: &u64| n > 0)?) };
    ((column as usize) < super::layout::COLUMNS).then_some((column, row))
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |row: u64| if row == u64::MAX { String::new() } else { row.to_string() };
        write!(f, "{}{}:{}{}", letters(self.columns.0), self.rows.0, letters(self.columns.1), end(self.rows.1))
    }
}

impl serde::Serialize for Range {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_people_write_them() {
        for (text, shown) in [("A3:F20", "A3:F20"), ("$a$3:$f$20", "A3:F20"), ("AA1:AB", "AA1:AB"), ("B:D", "B1:D")] {
            assert_eq!(Range::parse(text).unwrap().to_string(), shown);
        }
        for text in ["", "A3", "F20:A3", "3:20", "A0:B2", "A1:B2:C3", "ABCD1:B2", "ä1:b2", "A1:ZZZ9"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
        let range = Range::parse("B2:C3").unwrap();
        assert!(range.has(2, 1) && range.has(3, 2) && !range.has(4, 2) && !range.has(2, 3));
    }
}
