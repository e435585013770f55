//! One written date, taken apart before anybody says whether the day or the month comes first.
//!
//! Understood: three numbers (`13/02/2012`, `13.2.12`, `2012-02-13`), months in words (`3 Apr 2024`, `April 3rd, 2024`,
//! `03-Apr-24`, `3 de abril de 2024`), `20240403`, months alone (`2008-04`, `Apr 2024`), Excel's day numbers (`42403`,
//! `42403.5`), each but the last two with an optional time or span of time (`T`, space or comma before it; 12-hour with am or
//! pm; a zone is read over: the time is kept as written, of a span its begin). What names a time but no day (`2024`, `Spring
//! 2024`, `12-14 May 2024`, `3 April`) is told apart by [`super::partial`].

use jiff::civil::{Date, DateTime, Time};

use super::date_words::{Token, tokens};
use crate::spec::DateOrder;

/// A date as written: its numbers, its time, and what its pattern is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    pub day: Day,
    pub time: Time,
    pub shape: Shape,
}

/// The date part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Day, month and year are told apart by the writing itself; a two-digit year is still to be placed in its century.
    Known { day: u16, month: u16, year: u16, short_year: bool, order: DateOrder },
    /// Three numbers, the last of them (or, with two digits, perhaps the first) a year.
    Open { a: u16, b: u16, c: u16 },
    /// A month without a day.
    Month { month: u16, year: u16, short_year: bool },
    /// A day number of Excel's 1900 calendar.
    Serial(u32),
}

/// What two written dates must share to be of one pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    /// Between the first two parts; `w` for a month in words, `#` for digits alone.
    pub separator: char,
    /// Digits of the year, 2 or 4 (0 for a day number).
    pub year: u8,
    /// Where the year and a month in words stand, for writings that tell: 0 open, 1 day first, 2 month first, 3 year first, 4 month alone.
    pub form: u8,
    pub padding: Padding,
    /// 0 none, 1 hours and minutes, 2 with seconds, 3 from one time to another.
    pub time: u8,
    /// Whether the time has am or pm.
    pub halves: bool,
}

/// Whether one-digit days and months have a leading zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Padding {
    /// At least one leading zero.
    Zeros,
    /// Two digits each, none of them a leading zero: both kinds of writer write that.
    Either,
    /// At least one part of a single digit.
    Bare,
}

impl Shape {
    /// The pattern as an evaluator sees it: `dd/dd/dddd dd:dd`.
    pub fn text(&self) -> String {
        let part = if self.padding == Padding::Bare { "d" } else { "dd" };
        let year = "d".repeat(usize::from(self.year));
        let s = self.separator;
        let mut out = match (self.form, s) {
            (_, '#') if self.year == 0 => "ddddd (Excel's day number)".to_owned(),
            (_, '#') => "dddddddd".to_owned(),
            (4, 'w') => format!("month {year}"),
            (4, _) => format!("{year}{s}dd"),
            (1, 'w') => format!("{part} month {year}"),
            (2, 'w') => format!("month {part} {year}"),
            (3, 'w') => format!("{year} month {part}"),
            (3, _) => format!("{year}{s}{part}{s}{part}"),
            _ => format!("{part}{s}{part}{s}{year}"),
        };
        out.push_str(match self.time {
            0 => "",
            _ if s == '#' && self.year == 0 => "",
            1 => " dd:dd",
            2 => " dd:dd:dd",
            _ => " dd:dd-dd:dd",
        });
        if self.halves {
            out.push_str(" am/pm");
        }
        out
    }
}

fn padding(widths: &[(u32, u8)]) -> Padding {
    if widths.iter().any(|&(_, w)| w == 1) {
        Padding::Bare
    } else if widths.iter().any(|&(v, w)| w == 2 && v < 10) {
        Padding::Zeros
    } else {
        Padding::Either
    }
}

fn small(value: u32) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

/// Takes a written date apart; `None` for what is no date.
pub fn take_apart(text: &str) -> Option<Written> {
    let tokens = tokens(text)?;
    let (day, mut shape, rest) = date_part(&tokens)?;
    if let (Day::Serial(_), [Token::Mark('.'), Token::Number { value, width }]) = (day, rest) {
        // The fraction of a day, to the second.
        let parts = 10u64.pow(u32::from(*width));
        let seconds = ((u64::from(*value) * 86_400 + parts / 2) / parts).min(86_399);
        let part = |n: u64| i8::try_from(n).ok();
        let time = Time::new(part(seconds / 3600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, 0).ok()?;
        shape.time = 2;
        return Some(Written { day, time, shape });
    }
    let (time, kind, halves) = time_part(rest)?;
    if kind > 0 && matches!(day, Day::Serial(_)) {
        return None;
    }
    shape.time = kind;
    shape.halves = halves;
    Some(Written { day, time, shape })
}

fn shape(separator: char, year: u8, form: u8, padding: Padding) -> Shape {
    Shape { separator, year, form, padding, time: 0, halves: false }
}

fn date_part(tokens: &[Token]) -> Option<(Day, Shape, &[Token])> {
    use Token::{Mark, Month, Number, Ordinal, Space};
    let two_or_four = |w: u8| w == 2 || w == 4;
    match tokens {
        // 2012-02-13, 13/02/2012, 13.2.12
        [
            Number { value: a, width: wa },
            Mark(s @ ('/' | '-' | '.')),
            Number { value: b, width: wb @ 1..=2 },
            Mark(t),
            Number { value: c, width: wc },
            rest @ ..,
        ] if s == t => {
            if *wa == 4 && *wc <= 2 {
                let padding = padding(&[(*b, *wb), (*c, *wc)]);
                let day = Day::Known {
                    day: small(*c),
                    month: small(*b),
                    year: small(*a),
                    short_year: false,
                    order: DateOrder::YearMonthDay,
                };
                Some((day, shape(*s, 4, 3, padding), rest))
            } else if *wa <= 2 && two_or_four(*wc) {
                let padding = padding(&[(*a, *wa), (*b, *wb)]);
                Some((Day::Open { a: small(*a), b: small(*b), c: small(*c) }, shape(*s, *wc, 0, padding), rest))
            } else {
                None
            }
        }
        // 3 Apr 2024, 3rd April 2024, 03-Apr-24
        [Number { value: d, width: wd @ 1..=2 }, rest @ ..] if month_after(rest).is_some() => {
            let (month, rest) = month_after(rest)?;
            let (year, wy, rest) = year_after(rest)?;
            let day = Day::Known {
                day: small(*d),
                month,
                year: small(year),
                short_year: wy == 2,
                order: DateOrder::DayMonthYear,
            };
            Some((day, shape('w', wy, 1, padding(&[(*d, *wd)])), rest))
        }
        // 2024-Apr-03
        [Number { value: y, width: 4 }, rest @ ..] if month_after(rest).is_some() => {
            let (month, rest) = month_after(rest)?;
            let rest = skip_joint(rest);
            let [Number { value: d, width: wd @ 1..=2 }, rest @ ..] = rest else { return None };
            let day = Day::Known {
                day: small(*d),
                month,
                year: small(*y),
                short_year: false,
                order: DateOrder::YearMonthDay,
            };
            Some((day, shape('w', 4, 3, padding(&[(*d, *wd)])), rest))
        }
        // April 3rd, 2024; Apr 2024; Apr-24
        [Month(month), rest @ ..] => {
            let rest = skip_joint(rest);
            let [Number { value, width }, tail @ ..] = rest else { return None };
            let after = if let [Ordinal, more @ ..] = tail { more } else { tail };
            if let (1..=2, Some((year, wy, end))) = (*width, year_after(after)) {
                let day = Day::Known {
                    day: small(*value),
                    month: *month,
                    year: small(year),
                    short_year: wy == 2,
                    order: DateOrder::MonthDayYear,
                };
                return Some((day, shape('w', wy, 2, padding(&[(*value, *width)])), end));
            }
            if !two_or_four(*width) || tail.first() == Some(&Ordinal) {
                return None;
            }
            let day = Day::Month { month: *month, year: small(*value), short_year: *width == 2 };
            Some((day, shape('w', *width, 4, Padding::Either), tail))
        }
        // 2008-04, 2023-1
        [Number { value: y, width: 4 }, Mark(s @ ('-' | '/')), Number { value: m, width: 1..=2 }, rest @ ..] => {
            let day = Day::Month { month: small(*m), year: small(*y), short_year: false };
            Some((day, shape(*s, 4, 4, Padding::Either), rest))
        }
        // 20240403
        [Number { value, width: 8 }, rest @ ..] => {
            let day = Day::Known {
                day: small(value % 100),
                month: small(value / 100 % 100),
                year: small(value / 10_000),
                short_year: false,
                order: DateOrder::YearMonthDay,
            };
            Some((day, shape('#', 4, 3, Padding::Zeros), rest))
        }
        // 42403, 42403.5
        [Number { value, width: 5 }, rest @ ..] => {
            if !matches!(rest, [] | [Mark('.'), Number { .. }]) {
                return None;
            }
            Some((Day::Serial(*value), shape('#', 0, 0, Padding::Either), rest))
        }
        [Number { .. }, Space, ..] => None,
        _ => None,
    }
}

fn skip_joint(tokens: &[Token]) -> &[Token] {
    let skip = tokens
        .iter()
        .take_while(|t| matches!(t, Token::Space | Token::Joint | Token::Mark('-' | ',' | '.' | '/' | '\'')))
        .count();
    tokens.get(skip..).unwrap_or(&[])
}

fn month_after(tokens: &[Token]) -> Option<(u16, &[Token])> {
    let tokens = if let [Token::Ordinal, rest @ ..] = tokens { rest } else { tokens };
    match skip_joint(tokens) {
        [Token::Month(month), rest @ ..] => Some((*month, rest)),
        _ => None,
    }
}

fn year_after(tokens: &[Token]) -> Option<(u32, u8, &[Token])> {
    match skip_joint(tokens) {
        // A clock time must not be taken for a year: "Apr 3, 12:30".
        [Token::Number { .. }, Token::Mark(':'), ..] => None,
        [Token::Number { value, width: width @ (2 | 4) }, rest @ ..] => Some((*value, *width, rest)),
        _ => None,
    }
}

/// The time after a date: its value, 0 none / 1 minutes / 2 seconds / 3 a span, and whether am or pm was written.
fn time_part(tokens: &[Token]) -> Option<(Time, u8, bool)> {
    use Token::{Mark, Number, Space, Tee, To, Zone};
    let skip = tokens.iter().take_while(|t| matches!(t, Space | Tee | Mark(',' | '-'))).count();
    let tokens = tokens.get(skip..)?;
    if tokens.is_empty() {
        return (skip == 0).then_some((Time::midnight(), 0, false));
    }
    if skip == 0 {
        return None;
    }
    let (time, kind, halves, rest) = clock(tokens)?;
    let gap = rest.iter().take_while(|t| matches!(t, Space | Mark('-') | To)).count();
    if gap > 0
        && rest.iter().take(gap).any(|t| *t != Space)
        && let Some((end, _, end_halves, tail)) = rest.get(gap..).and_then(clock)
        && tail.is_empty()
    {
        // "2:00-3:30pm": the begin is of the same half of the day, if that puts it before the end.
        let time = match (halves, end_halves) {
            (false, true) if time.hour() < 12 => {
                let later = time.checked_add(jiff::Span::new().hours(12)).ok().filter(|t| *t < end);
                later.unwrap_or(time)
            }
            _ => time,
        };
        return Some((time, 3, halves || end_halves));
    }
    // "+0000 UTC": an offset with its name.
    let rest = match rest {
        [more @ .., Space, Zone] if !more.is_empty() => more,
        rest => rest,
    };
    let zone = match rest {
        [] | [Zone] | [Space, Zone] => true,
        [Mark('+' | '-'), tail @ ..]
        | [Space, Mark('+'), tail @ ..]
        | [Zone, Mark('+' | '-'), tail @ ..]
        | [Space, Zone, Mark('+' | '-'), tail @ ..] => {
            matches!(tail, [Number { .. }] | [Number { .. }, Mark(':'), Number { .. }])
        }
        _ => false,
    };
    zone.then_some((time, kind, halves))
}

/// One time of day: `14:05`, `2:05:00 pm`, `2pm`, `2.30 pm`, `14h30`, `14.30`; and what stands behind it.
fn clock(tokens: &[Token]) -> Option<(Time, u8, bool, &[Token])> {
    use Token::{Half, Hours, Mark, Number, Space};
    let (hour, minute, mut rest, mut kind) = match tokens {
        [Number { value: h, width: 1..=2 }, Mark(':') | Hours, Number { value: m, width: 2 }, rest @ ..] => {
            (*h, *m, rest, 1)
        }
        [Number { value: h, width: 1..=2 }, Mark('.'), Number { value: m, width: 2 }, rest @ ..] => (*h, *m, rest, 1),
        [Number { value: h, width: 1..=2 }, rest @ ..]
            if matches!(rest, [Half(_) | Hours, ..] | [Space, Half(_) | Hours, ..]) =>
        {
            (*h, 0, rest, 1)
        }
        _ => return None,
    };
    let mut second = 0;
    if let [Mark(':'), Number { value, width: 2 }, more @ ..] = rest {
        second = *value;
        kind = 2;
        rest = more;
        if let [Mark('.' | ','), Number { .. }, more @ ..] = rest {
            rest = more;
        }
    }
    let mut halves = false;
    let mut hour = hour;
    let after = if let [Space, more @ ..] = rest { more } else { rest };
    if let [Half(after_noon), more @ ..] = after {
        if hour > 12 || (hour == 0 && *after_noon) {
            return None;
        }
        hour = hour % 12 + if *after_noon { 12 } else { 0 };
        halves = true;
        rest = more;
        while let [Mark('.'), more @ ..] = rest {
            rest = more;
        }
    } else if let [Hours, more @ ..] = after {
        rest = more;
    }
    let part = |n: u32| i8::try_from(n).ok();
    // A leap second is the second before it.
    let time = Time::new(part(hour)?, part(minute)?, part(second.min(59))?, 0).ok()?;
    (second <= 60).then_some((time, kind, halves, rest))
}

/// The four digits of a two-digit year: the newest year that is not after `pivot`.
pub fn century(two_digits: u16, pivot: i16) -> i16 {
    let short = i16::try_from(two_digits % 100).unwrap_or(0);
    let base = pivot - pivot.rem_euclid(100) + short;
    if base > pivot { base - 100 } else { base }
}

impl Written {
    /// The date and time if an open date is read in `order`; `None` if there is no such day, or if it is a month or a day number.
    pub fn read(&self, order: DateOrder, pivot: i16) -> Option<DateTime> {
        let (day, month, year, short) = match self.day {
            Day::Known { day, month, year, short_year, .. } => (day, month, year, short_year),
            Day::Open { a, b, c } => {
                let short = self.shape.year == 2;
                match order {
                    DateOrder::DayMonthYear => (a, b, c, short),
                    DateOrder::MonthDayYear => (b, a, c, short),
                    DateOrder::YearMonthDay if short => (c, b, a, short),
                    DateOrder::YearMonthDay => return None,
                }
            }
            Day::Month { .. } | Day::Serial(_) => return None,
        };
        let year = if short { century(year, pivot) } else { i16::try_from(year).ok()? };
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(date.to_datetime(self.time))
    }

    /// The first day of a month without a day.
    pub fn month(&self, pivot: i16) -> Option<Date> {
        let Day::Month { month, year, short_year } = self.day else { return None };
        let year = if short_year { century(year, pivot) } else { i16::try_from(year).ok()? };
        if !(1800..=2200).contains(&year) {
            return None;
        }
        Date::new(year, i8::try_from(month).ok()?, 1).ok()
    }

    /// The day of an Excel day number (1900 calendar, false leap day and all).
    pub fn serial(&self) -> Option<DateTime> {
        let Day::Serial(days) = self.day else { return None };
        let start = jiff::civil::date(1899, 12, 30);
        let date = start.checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?).ok()?;
        Some(date.to_datetime(self.time))
    }
}

/// The month that a column header names: `2008-04`, `2023-1`, `Apr 2024`, `April 2024`, `Apr-24`, `2024-04-01`; and whatever the
/// reader took for one (`04/2008`), so that a log it knows by its months is never without them.
pub fn month_header(header: &str, pivot: i16) -> Option<Date> {
    written_month(header, pivot).or_else(|| crate::ingest::export::month_of(header))
}

/// [`month_header`] of a column whose header has one row or more: a month above its quarter, a month's name below its year.
pub fn month_headers(header: &[String], pivot: i16) -> Option<Date> {
    let mut said = header.iter().filter(|text| !text.is_empty());
    match (said.next(), said.next()) {
        (Some(only), None) => month_header(only, pivot),
        _ => crate::ingest::export::month_of_headers(header),
    }
}

fn written_month(header: &str, pivot: i16) -> Option<Date> {
    let written = take_apart(header)?;
    match written.day {
        Day::Month { .. } => written.month(pivot),
        Day::Known { day: 1, order: DateOrder::YearMonthDay, .. } if written.time == Time::midnight() => {
            written.read(DateOrder::YearMonthDay, pivot).map(|at| at.date())
        }
        Day::Known { day: 1, short_year: false, .. } => {
            written.read(DateOrder::DayMonthYear, pivot).map(|at| at.date())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(text: &str) -> Option<DateTime> {
        take_apart(text).and_then(|w| w.read(DateOrder::DayMonthYear, 2026))
    }

    #[test]
    fn many_writings_of_one_day() {
        for text in [
            "13/02/2012",
            "13.02.12",
            "13-2-2012",
            "2012-02-13",
            "2012/2/13",
            "13 Feb 2012",
            "13th February 2012",
            "Feb 13, 2012",
            "February 13th 2012",
            "13-Feb-12",
            "2012-Feb-13",
            "20120213",
            "Mon 13 Feb 2012",
            "Monday, 13 February 2012",
            " 13/02/2012\u{a0}",
            "13 / 02 / 2012",
            "13th of February 2012",
            "13 de febrero de 2012",
            "le 13 février 2012",
            "13. Februar 2012",
            "13 Chwefror 2012",
            "13 févr. 2012",
            "lundi 13 février 2012",
            "2012-02-13, Monday",
            "13 Feb 2012 (Monday)",
        ] {
            assert_eq!(read(text), Some(date(2012, 2, 13).at(0, 0, 0, 0)), "{text}");
        }
        for text in [
            "13/02/2012 14:05",
            "2012-02-13T14:05:00Z",
            "2012-02-13 14:05:00.123",
            "13/02/2012 2:05 PM",
            "13 Feb 2012, 14:05",
            "2012-02-13T14:05:00+01:00",
            "2/13/2012 2:05:00 p.m.",
            "2012-02-13T14:05:00.000Z",
            "2012-02-13T14:05:00.123456789Z",
            "2012-02-13 14:05:00 UTC",
            "2012-02-13 14:05:00 +0000 UTC",
            "2012/02/13 2:05:00 PM GMT+1",
            "2012/02/13 2:05:00 pm BST",
            "2012-02-13 14:05:00+01",
            "Mon Feb 13 2012 14:05:00 GMT+0100 (British Summer Time)",
            "13/02/2012 14.05",
            "13 février 2012 14h05",
            "13/02/2012 14:05 - 16:00",
            "13/02/2012 2:05-4pm",
            "13/02/2012 14:05 Uhr",
        ] {
            let got = take_apart(text)
                .and_then(|w| w.read(DateOrder::DayMonthYear, 2026).or(w.read(DateOrder::MonthDayYear, 2026)));
            assert_eq!(got, Some(date(2012, 2, 13).at(14, 5, 0, 0)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "soon",
            "13",
            "2012",
            "1.5",
            "32/01/2012 x",
            "1/2",
            "12:30",
            "1/2/3",
            "99/99/9999 25:00",
            "13//02/2012",
            "+1/2/2012",
        ] {
            assert_eq!(take_apart(text).and_then(|w| w.read(DateOrder::DayMonthYear, 2026)), None, "{text}");
        }
        assert_eq!(read("30/02/2012"), None);
    }

    #[test]
    fn months_and_serials() {
        for (text, m) in [
            ("2008-04", 4),
            ("2008-4", 4),
            ("Apr 2008", 4),
            ("April 2008", 4),
            ("Apr-08", 4),
            ("2008-04-01", 4),
            ("2008-04-01 00:00:00", 4),
        ] {
            assert_eq!(month_header(text, 2026), Some(date(2008, m, 1)), "{text}");
        }
        for text in ["Library", "2008", "2008-13", "Total", "01/04/2008", "2008-04-02", "May"] {
            assert_eq!(month_header(text, 2026), None, "{text}");
        }
        assert_eq!(take_apart("42403").and_then(|w| w.serial()), Some(date(2016, 2, 3).at(0, 0, 0, 0)));
        assert_eq!(take_apart("42403.5").and_then(|w| w.serial()), Some(date(2016, 2, 3).at(12, 0, 0, 0)));
        assert_eq!(take_apart("42403.5416666667").and_then(|w| w.serial()), Some(date(2016, 2, 3).at(13, 0, 0, 0)));
        // The day that Excel invented is no day.
        assert_eq!(read("29/02/1900"), None);
    }

    /// A log is known by its headers before its columns are read: both must take a header for the same month.
    #[test]
    fn what_the_reader_takes_for_a_month_is_read_as_that_month() {
        let names = ["January", "February", "March", "April", "May", "June", "July", "August", "September"];
        for (year, short) in [(1998, "98"), (2008, "08"), (2024, "24")] {
            for (m, name) in (1i8..).zip(names) {
                let abbreviated: String = name.chars().take(3).collect();
                for text in [
                    format!("{year}-{m:02}"),
                    format!("{year}-{m}"),
                    format!("{year}/{m:02}"),
                    format!("{m:02}/{year}"),
                    format!("{abbreviated} {year}"),
                    format!("{abbreviated}-{short}"),
                    format!("{name} {year}"),
                    format!("{year} {abbreviated}"),
                    format!("{year}-{m:02}-01"),
                    format!("{year}-{m:02}-01 00:00:00"),
                    format!("{year}-{m:02}-01T00:00:00"),
                ] {
                    assert_eq!(crate::ingest::export::month_of(&text), Some(date(year, m, 1)), "{text}");
                    assert_eq!(month_header(&text, 2026), Some(date(year, m, 1)), "{text}");
                }
            }
        }
    }

    #[test]
    fn short_years_stand_before_the_pivot() {
        assert_eq!(century(26, 2026), 2026);
        assert_eq!(century(27, 2026), 1927);
        assert_eq!(century(0, 1999), 1900);
        assert_eq!(century(99, 2100), 2099);
    }

    #[test]
    fn patterns_are_named() {
        for (text, pattern) in [
            ("01/02/2012", "dd/dd/dddd"),
            ("1/2/12", "d/d/dd"),
            ("2012-02-13T14:05:00", "dddd-dd-dd dd:dd:dd"),
            ("13 Feb 2012", "dd month dddd"),
        ] {
            assert_eq!(take_apart(text).map(|w| w.shape.text()), Some(pattern.to_owned()));
        }
    }
}
