//! Calendar periods as values of dimensions: years (as the programme's year runs), quarters of the calendar, months.

use jiff::civil::Date;

use super::{State, Value};
pub use crate::spec::vocabulary::long_date;
use crate::spec::vocabulary::month_name;

/// Months beyond this many (two hundred years) are a misread date, not a period to draw.
const MOST_MONTHS: i32 = 2_400;

/// A month as one number: 12 × year + month − 1.
pub fn month_number(date: Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

/// The contiguous periods from one month to another, as dimension values.
#[derive(Debug, Clone)]
pub struct Periods {
    first: i32,
    last: i32,
    year_starts: i32,
    quarters: Vec<i32>,
    years: Vec<i32>,
}

impl Periods {
    /// All periods that touch the months from the first to the last of `dates`; `None` when there is none, or the span is absurd.
    pub fn covering(dates: impl Iterator<Item = Date>, year_starts: i8) -> Option<Self> {
        let mut span: Option<(i32, i32)> = None;
        for month in dates.map(month_number) {
            span = Some(span.map_or((month, month), |(a, b)| (a.min(month), b.max(month))));
        }
        let (first, last) = span?;
        if last - first >= MOST_MONTHS {
            return None;
        }
        let year_starts = i32::from(year_starts.clamp(1, 12));
        let mut out = Periods { first, last, year_starts, quarters: Vec::new(), years: Vec::new() };
        for month in first..=last {
            let (quarter, year) = (month.div_euclid(3), out.year_number(month));
            if out.quarters.last() != Some(&quarter) {
                out.quarters.push(quarter);
            }
            if out.years.last() != Some(&year) {
                out.years.push(year);
            }
        }
        Some(out)
    }

    /// The calendar year in which the programme's year of this month starts.
    fn year_number(&self, month: i32) -> i32 {
        (month - (self.year_starts - 1)).div_euclid(12)
    }
    /// The position of a date's month, if inside.
    pub fn month(&self, date: Date) -> Option<u16> {
        let month = month_number(date);
        (self.first..=self.last).contains(&month).then(|| u16::try_from(month - self.first).ok()).flatten()
    }
    /// The position of a date's calendar quarter, if inside.
    pub fn quarter(&self, date: Date) -> Option<u16> {
        self.month(date)?;
        let at = self.quarters.binary_search(&month_number(date).div_euclid(3)).ok()?;
        u16::try_from(at).ok()
    }
    /// The position of a date's year, if inside.
    pub fn year(&self, date: Date) -> Option<u16> {
        self.month(date)?;
        let at = self.years.binary_search(&self.year_number(month_number(date))).ok()?;
        u16::try_from(at).ok()
    }
    /// The first day of each month.
    pub fn months(&self) -> impl Iterator<Item = Date> {
        (self.first..=self.last).filter_map(first_day)
    }
    /// How many months, from the first to the last.
    pub fn len(&self) -> usize {
        usize::try_from(self.last - self.first + 1).unwrap_or(0)
    }
    /// Never: a span has at least one month.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The months as values: `2025-01`, "January 2025".
    pub fn month_values(&self) -> Vec<Value> {
        let value = |m: i32| {
            let (year, month) = (m.div_euclid(12), m.rem_euclid(12) + 1);
            answered(format!("{year:04}-{month:02}"), format!("{} {year}", month_name(month)))
        };
        (self.first..=self.last).map(value).collect()
    }
    /// The calendar quarters as values: `2025-Q1`, "January to March 2025".
    pub fn quarter_values(&self) -> Vec<Value> {
        let value = |&q: &i32| {
            let (year, quarter) = (q.div_euclid(4), q.rem_euclid(4) + 1);
            let (from, to) = (month_name(quarter * 3 - 2), month_name(quarter * 3));
            answered(format!("{year:04}-Q{quarter}"), format!("{from} to {to} {year}"))
        };
        self.quarters.iter().map(value).collect()
    }
    /// The years as values: `2025`, or `2025-26` where the programme's year starts in another month than January.
    pub fn year_values(&self) -> Vec<Value> {
        let value = |&y: &i32| {
            let code = if self.year_starts == 1 {
                format!("{y:04}")
            } else {
                format!("{y:04}-{:02}", (y + 1).rem_euclid(100))
            };
            answered(code.clone(), code)
        };
        self.years.iter().map(value).collect()
    }
}

fn answered(code: String, label: String) -> Value {
    Value { code, label, state: State::Answered }
}

/// The first and last day of a period by its code, in a dimension of that kind (`…year`, `…quarter`, `…month`).
pub fn span(dimension: &str, code: &str, year_starts: i8) -> Option<(Date, Date)> {
    let year: i16 = code.get(..4)?.parse().ok()?;
    let (first, months) = if dimension.ends_with("month") {
        (month_number(Date::new(year, code.get(5..7)?.parse().ok()?, 1).ok()?), 1)
    } else if dimension.ends_with("quarter") {
        let quarter: i8 = code.get(6..7)?.parse().ok().filter(|q| (1..=4).contains(q))?;
        (month_number(Date::new(year, quarter * 3 - 2, 1).ok()?), 3)
    } else if dimension.ends_with("year") {
        (month_number(Date::new(year, year_starts.clamp(1, 12), 1).ok()?), 12)
    } else {
        return None;
    };
    Some((first_day(first)?, first_day(first + months)?.yesterday().ok()?))
}

fn first_day(month: i32) -> Option<Date> {
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    let month = i8::try_from(month.rem_euclid(12) + 1).ok()?;
    Date::new(year, month, 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_april_year_has_its_own_years_and_calendar_quarters() {
        let p = Periods::covering([date(2025, 3, 31), date(2026, 4, 1)].into_iter(), 4).unwrap();
        let codes = |v: Vec<Value>| v.into_iter().map(|v| v.code).collect::<Vec<_>>();
        assert_eq!(codes(p.year_values()), ["2024-25", "2025-26", "2026-27"]);
        assert_eq!(codes(p.quarter_values()), ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]);
        assert_eq!(p.len(), 14);
        assert_eq!(
            (p.month(date(2025, 4, 9)), p.quarter(date(2025, 4, 9)), p.year(date(2025, 4, 9))),
            (Some(1), Some(1), Some(1))
        );
        assert_eq!(p.month(date(2026, 5, 1)), None);
        assert_eq!(span("year", "2025-26", 4), Some((date(2025, 4, 1), date(2026, 3, 31))));
        assert_eq!(span("quarter", "2025-Q4", 4), Some((date(2025, 10, 1), date(2025, 12, 31))));
        assert_eq!(span("joined-month", "2024-02", 1), Some((date(2024, 2, 1), date(2024, 2, 29))));
        assert_eq!(span("site", "2024-02", 1), None);
    }

    #[test]
    fn a_span_of_centuries_is_no_period() {
        assert!(Periods::covering([date(1, 1, 1), date(2025, 1, 1)].into_iter(), 1).is_none());
        assert!(Periods::covering(std::iter::empty(), 1).is_none());
    }
}
