//! Wide logs with a column per month: `2008-04` and `2023-1`, `Apr 2008`, `04/2008` in one header.

use jiff::civil::Date;

use super::{Found, Platform, one_row_heads};
use crate::ingest::evidence::{is_period, is_year};
use crate::ingest::layout::{Rec, tidy};

/// The layout.
pub(super) const PLATFORM: Platform = Platform {
    name: "months",
    title: "a log by month",
    system: &[],
    recognise: |platform, records| recognise(platform, records),
};

/// Recognises a header with a month in at least three of its cells and in at least half of them.
fn recognise(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let header = records.first()?;
    let months = header.cells.iter().filter(|c| month_of(c).is_some()).count();
    let fill = header.fill();
    if months < 3 || months * 2 < fill {
        return None;
    }
    Some(Found {
        platform: platform.name,
        reason: format!("{months} of {fill} headers are months"),
        header_rows: 1,
        heads: one_row_heads(header),
        undecided: false,
    })
}

/// The first day of the month that a header names, if it names one: `2008-04`, `2023-1`, `2008/04`, `04/2008`, `Apr 2008`,
/// `April-08`, `2008 Apr`, or an ISO date on a first of the month. Two-digit years are 1970–2069.
pub fn month_of(header: &str) -> Option<Date> {
    let text = tidy(header).to_lowercase();
    if text.len() > 24 {
        return None;
    }
    let text = text.strip_suffix("t00:00:00").or_else(|| text.strip_suffix(" 00:00:00")).unwrap_or(&text);
    let parts: Vec<&str> = text.split(['-', '/', ' ', '.', '\'']).filter(|p| !p.is_empty()).collect();
    let number = |p: &str| if p.bytes().all(|b| b.is_ascii_digit()) { p.parse::<i16>().ok() } else { None };
    let (year, month) = match parts.as_slice() {
        [a, b] => match (number(a), number(b)) {
            (Some(y), Some(m)) if a.len() == 4 && b.len() <= 2 => (y, m),
            (Some(m), Some(y)) if b.len() == 4 && a.len() <= 2 => (y, m),
            (None, Some(y)) if b.len() == 4 || b.len() == 2 => (full_year(y, b.len()), named(a)?),
            (Some(y), None) if a.len() == 4 || a.len() == 2 => (full_year(y, a.len()), named(b)?),
            _ => return None,
        },
        [y, m, "01"] if y.len() == 4 && m.len() == 2 => (number(y)?, number(m)?),
        _ => return None,
    };
    if !(1900..=2199).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, 1).ok()
}

/// The first day of the month that the header of a column names in one of its rows, or in two: `2024` above `Apr`. The month's own
/// row counts before a row of quarters below it.
pub fn month_of_headers(header: &[String]) -> Option<Date> {
    let said: Vec<&String> = header.iter().filter(|text| !text.is_empty()).collect();
    if let [only] = said.as_slice() {
        return month_of(only);
    }
    // "Apr 2024" above "Adults" is a month of something else.
    if !said.iter().all(|text| is_period(text)) {
        return None;
    }
    said.iter().rev().find_map(|text| month_of(text)).or_else(|| {
        let year = said.iter().map(|text| tidy(text)).find(|text| is_year(text))?;
        said.iter().rev().filter(|text| !is_year(text)).find_map(|text| month_of(&format!("{} {year}", tidy(text))))
    })
}

fn full_year(year: i16, digits: usize) -> i16 {
    match digits {
        2 if year < 70 => 2000 + year,
        2 => 1900 + year,
        _ => year,
    }
}

/// A month's number by its name, whole or shortened ("apr", "sept").
fn named(word: &str) -> Option<i16> {
    crate::spec::vocabulary::month_of(word).map(i16::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn months_under_years_and_over_quarters() {
        let of = |parts: &[&str]| month_of_headers(&parts.iter().map(|&p| p.to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["2024", "Apr"]), Some(date(2024, 4, 1)));
        assert_eq!(of(&["2024-04", "Q1"]), Some(date(2024, 4, 1)));
        assert_eq!(of(&["2024/25", "Apr"]), None);
        assert_eq!(of(&["2024", "Visits"]), None);
        assert_eq!(of(&["Apr 2024", "Adults"]), None);
    }

    #[test]
    fn months_in_many_hands() {
        for text in ["2008-04", "2008-4", "2008/04", "04/2008", "4-2008", "Apr 2008", "April-08", "apr-08", "2008 Apr"]
        {
            assert_eq!(month_of(text), Some(date(2008, 4, 1)), "{text}");
        }
        assert_eq!(month_of("2008-04-01"), Some(date(2008, 4, 1)));
        assert_eq!(month_of("2008-04-01T00:00:00"), Some(date(2008, 4, 1)));
        assert_eq!(month_of("Sept 2021"), Some(date(2021, 9, 1)));
        for text in ["2008", "2008-13", "Library", "10-14", "04/05", "ma 2008", "2008-04-02", "Total 2008", ""] {
            assert_eq!(month_of(text), None, "{text}");
        }
    }
}
