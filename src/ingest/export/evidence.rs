//! What the cells below a header say for or against a platform, from the records at the top of a table.

use crate::ingest::layout::Rec;

/// How many records below the header are filled in one column, and how many of those hold of `is`.
pub(super) fn below(records: &[Rec], header_rows: usize, column: usize, is: impl Fn(&str) -> bool) -> (usize, usize) {
    let cells = records.iter().skip(header_rows).map(|rec| rec.cell(column)).filter(|text| !text.is_empty());
    cells.fold((0, 0), |(filled, held), text| (filled + 1, held + usize::from(is(text))))
}

/// Whether most filled cells of a column hold of `is`; a column without any does not contradict.
pub(super) fn mostly(records: &[Rec], column: usize, is: impl Fn(&str) -> bool) -> bool {
    let (filled, held) = below(records, 1, column, is);
    held * 10 >= filled * 8
}

/// How the names of months begin.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A day and a time of day, however written: `11/8/2022 14:03:11`, `2022-11-08T14:03:11Z`, `8.11.2022 14.03`.
pub(super) fn is_moment(text: &str) -> bool {
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).any(|w| {
        let begins = w.get(..3).is_some_and(|b| MONTHS.contains(&b.to_ascii_lowercase().as_str()));
        begins && w.len() <= 9
    });
    let day = if word { 2 } else { 3 };
    let date = runs.iter().take(day).filter(|run| run.len() <= 4);
    text.len() <= 48 && date.clone().count() == day && runs.len() >= day + 2 && date.clone().any(|run| run.len() != 3)
}

/// A moment to the second.
pub(super) fn has_seconds(text: &str) -> bool {
    let clock = text.split(|c: char| c.is_whitespace() || c == 'T').find(|word| {
        let parts: Vec<&str> = word.split([':', '.', 'Z', '+', '-']).filter(|p| !p.is_empty()).collect();
        parts.len() >= 3 && parts.iter().take(3).all(|p| p.len() <= 2 && p.bytes().all(|b| b.is_ascii_digit()))
    });
    is_moment(text) && clock.is_some()
}

/// The stem and what stands in square brackets at the end of a header: `How was [the tour]`. A stem may be blank.
pub(super) fn bracketed(header: &str) -> Option<(&str, &str)> {
    let inner = header.strip_suffix(']')?;
    let mut depth = 1u32;
    let open = inner.char_indices().rev().find_map(|(at, c)| {
        match c {
            ']' => depth += 1,
            '[' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    let (stem, row) = (inner.get(..open)?, inner.get(open + 1..)?);
    // `[Row]` of a question without text, or a space before the bracket.
    let apart = stem.is_empty() || stem.ends_with(char::is_whitespace);
    (apart && !row.trim().is_empty()).then(|| (stem.trim(), row.trim()))
}

/// Whether a header is worded as a question or a statement rather than as the name of a column.
pub(super) fn asks(header: &str) -> bool {
    header.contains(['?', '？', '¿']) || header.split_whitespace().count() >= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_as_platforms_write_them() {
        for text in [
            "11/8/2022 14:03:11",
            "2022-11-08 14:03:11.123",
            "2022/11/08 2:03:11 PM GMT+1",
            "12/02/2026 19.07.17",
            "2018-02-01T11:35:19.000Z",
            "8.11.2022 14:03:11",
            "Feb 1, 2018 11:35:19 AM",
        ] {
            assert!(is_moment(text) && has_seconds(text), "{text}");
        }
        assert!(is_moment("10/9/2024 11:02") && !has_seconds("10/9/2024 11:02"));
        for text in ["11/8/2022", "14:03", "12", "1.2.3", "07700 900 123 456 789"] {
            assert!(!is_moment(text), "{text}");
        }
    }

    #[test]
    fn rows_of_a_grid_in_brackets() {
        assert_eq!(bracketed("How was [the tour]"), Some(("How was", "the tour")));
        assert_eq!(bracketed("[Tea [green]]"), Some(("", "Tea [green]")));
        assert_eq!(bracketed("Q1[SQ001]"), None);
        assert_eq!(bracketed("How old [in years] are you?"), None);
    }
}
