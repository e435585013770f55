//! Dates and periods, written out; and period codes (`2025`, `2025-26`, `2025-Q1`, `2025-01`) read back.

use jiff::civil::Date;

use crate::spec::vocabulary::month_name;

pub use crate::spec::vocabulary::long_date as date;

/// `1 April 2008 to 31 March 2025`; one date alone where both are the same; nothing where neither is known.
pub fn between(from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (Some(a), Some(b)) if a == b => date(a),
        (Some(a), Some(b)) => format!("{} to {}", date(a), date(b)),
        (Some(a), None) => format!("from {}", date(a)),
        (None, Some(b)) => format!("as at {}", date(b)),
        (None, None) => String::new(),
    }
}

/// A calendar period, counted so that neighbours differ by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// `2025`, or `2025-26` where years start in another month.
    Year { year: i32, split: bool },
    /// Years × 4 + the quarter from zero.
    Quarter(i32),
    /// Years × 12 + the month from zero.
    Month(i32),
}

/// The period of a code, if it is one.
pub fn period(code: &str) -> Option<Period> {
    let year = |text: &str| (text.len() == 4).then(|| text.parse::<i32>().ok()).flatten().filter(|y| *y > 0);
    let Some((head, tail)) = code.split_once('-') else {
        return year(code).map(|year| Period::Year { year, split: false });
    };
    let head = year(head)?;
    if let Some(quarter) = tail.strip_prefix('Q') {
        let quarter: i32 = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
        return Some(Period::Quarter(head * 4 + quarter - 1));
    }
    let number: i32 = (tail.len() == 2).then(|| tail.parse().ok()).flatten()?;
    // `2008-09` is September 2008 or the year from 2008 to 2009: the dimension decides, see `in_years`.
    (1..=12).contains(&number).then_some(Period::Month(head * 12 + number - 1)).or_else(|| split_year(code))
}

/// The year of a code that is known to be a year: `2008-09` is the year from 2008 to 2009 here.
fn split_year(code: &str) -> Option<Period> {
    let (head, tail) = code.split_once('-')?;
    let (year, next): (i32, i32) = (head.parse().ok()?, tail.parse().ok()?);
    ((year + 1) % 100 == next && head.len() == 4 && tail.len() == 2).then_some(Period::Year { year, split: true })
}

impl Period {
    /// The period of a code in a dimension: `year` reads `2008-09` as a year, every other as September.
    pub fn of(dimension: &str, code: &str) -> Option<Period> {
        let years = dimension.ends_with("year");
        if years { split_year(code).or_else(|| period(code)) } else { period(code) }
    }

    /// How many periods lie between this one and an earlier one of the same kind.
    pub fn since(self, earlier: Period) -> Option<usize> {
        let steps = match (self, earlier) {
            (Period::Year { year: a, .. }, Period::Year { year: b, .. }) => a - b,
            (Period::Quarter(a), Period::Quarter(b)) | (Period::Month(a), Period::Month(b)) => a - b,
            _ => return None,
        };
        usize::try_from(steps).ok()
    }

    /// The period `steps` later.
    pub fn later(self, steps: usize) -> Period {
        let steps = i32::try_from(steps).unwrap_or(i32::MAX);
        match self {
            Period::Year { year, split } => Period::Year { year: year.saturating_add(steps), split },
            Period::Quarter(q) => Period::Quarter(q.saturating_add(steps)),
            Period::Month(m) => Period::Month(m.saturating_add(steps)),
        }
    }

    /// `July 2010`, `January to March 2010`, `2010`, `2010-11`.
    pub fn words(self) -> String {
        match self {
            Period::Year { year, split: false } => year.to_string(),
            Period::Year { year, split: true } => format!("{year}-{:02}", (year + 1).rem_euclid(100)),
            Period::Quarter(q) => {
                let first = q.rem_euclid(4) * 3;
                format!("{} to {} {}", month(first), month(first + 2), q.div_euclid(4))
            }
            Period::Month(m) => format!("{} {}", month(m.rem_euclid(12)), m.div_euclid(12)),
        }
    }

    /// What is written on a short axis: every third month, every quarter; with the year at the start and in January.
    pub fn fine_mark(self, first: bool) -> String {
        let short = |m: i32| month(m).chars().take(3).collect::<String>();
        let (month, year) = match self {
            Period::Month(m) => (m.rem_euclid(12), m.div_euclid(12)),
            Period::Quarter(q) => (q.rem_euclid(4) * 3, q.div_euclid(4)),
            Period::Year { .. } => return self.words(),
        };
        match month {
            0 => year.to_string(),
            m if first => format!("{} {year}", short(m)),
            3 | 6 | 9 => short(month),
            _ => String::new(),
        }
    }

    /// What is written on an axis where the period opens a year; empty elsewhere.
    pub fn mark(self) -> String {
        match self {
            Period::Year { .. } => self.words(),
            Period::Quarter(q) if q.rem_euclid(4) == 0 => q.div_euclid(4).to_string(),
            Period::Month(m) if m.rem_euclid(12) == 0 => m.div_euclid(12).to_string(),
            _ => String::new(),
        }
    }
}

fn month(index: i32) -> &'static str {
    month_name(index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_by_their_dimension() {
        assert_eq!(Period::of("year", "2008-09").map(Period::words).as_deref(), Some("2008-09"));
        assert_eq!(Period::of("month", "2008-09").map(Period::words).as_deref(), Some("September 2008"));
        assert_eq!(Period::of("year", "1999-00").map(Period::words).as_deref(), Some("1999-00"));
        assert_eq!(Period::of("quarter", "2025-Q4").map(Period::words).as_deref(), Some("October to December 2025"));
        assert_eq!(Period::of("month", "2025-13"), None);
        assert_eq!(Period::of("site", "city"), None);
    }

    #[test]
    fn neighbours_differ_by_one() {
        let first = Period::of("month", "2019-11").unwrap();
        assert_eq!(Period::of("month", "2020-02").unwrap().since(first), Some(3));
        assert_eq!(first.later(3).words(), "February 2020");
        assert_eq!(first.since(first.later(1)), None);
    }
}
