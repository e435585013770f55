//! A workbook's value as the text that its reader would see: whole numbers without a decimal point, dates as `2025-04-03` or
//! `2025-04-03T10:00:00`, percentages with their sign, errors and booleans as Excel writes them.

use super::number_format::Shown;

/// What Excel writes for a truth.
pub(super) fn truth(yes: bool) -> &'static str {
    if yes { "TRUE" } else { "FALSE" }
}

/// A number as Excel shows it; what is none as its error.
pub(super) fn finite(value: f64) -> String {
    if value.is_finite() { number(value) } else { "#NUM!".to_owned() }
}

/// Writes a number that stands as digits, as its format shows it. What is no number is written as it stands.
pub(super) fn write_digits(out: &mut String, digits: &str, shown: Shown, since_1904: bool) {
    let digits = digits.trim();
    if shown == Shown::Number && is_canonical(digits) {
        return out.push_str(digits);
    }
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => write(out, value, shown, since_1904),
        _ => out.push_str(digits),
    }
}

/// Whether digits are what [`number`] would make of them: at most 15, no needless zero, sign, point or exponent.
fn is_canonical(digits: &str) -> bool {
    let unsigned = digits.strip_prefix('-').unwrap_or(digits).as_bytes();
    let point = unsigned.iter().position(|&b| b == b'.');
    let (whole, fraction) = match point {
        Some(at) => unsigned.split_at(at),
        None => (unsigned, &[][..]),
    };
    let numeric = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let fraction = fraction.get(1..).unwrap_or_default();
    !whole.is_empty()
        && unsigned.len() <= 15
        && numeric(whole)
        && numeric(fraction)
        && (whole.first() != Some(&b'0') || (whole.len() == 1 && (point.is_some() || unsigned.len() == digits.len())))
        && (point.is_none() || fraction.last().is_some_and(|&b| b != b'0'))
}

/// Writes a number as its format shows it; days are counted from 1904 (old Macs) or from 1900.
pub(super) fn write(out: &mut String, value: f64, shown: Shown, since_1904: bool) {
    let value = if shown == Shown::Percent { value * 100.0 } else { value };
    if !value.is_finite() {
        return out.push_str("#NUM!");
    }
    match shown {
        Shown::Number => out.push_str(&number(value)),
        Shown::Percent => {
            out.push_str(&number(value));
            out.push('%');
        }
        Shown::Padded(width) if value >= 0.0 && value.fract() == 0.0 && value < 1e15 => {
            out.push_str(&format!("{value:0>width$}", width = usize::from(width)));
        }
        Shown::Padded(_) => out.push_str(&number(value)),
        Shown::Moment => out.push_str(&moment(value, since_1904)),
        Shown::Duration => out.push_str(&duration(value)),
    }
}

/// A number with the 15 significant digits that Excel shows, without a needless decimal point.
fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return (value as i64).to_string();
    }
    let shown: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    format!("{shown}")
}

/// Hours, minutes and seconds of a duration in days, such as `26:30:00`.
pub(super) fn duration(days: f64) -> String {
    let sign = if days < 0.0 { "-" } else { "" };
    let seconds = (days.abs() * 86_400.0).round().min(1e15) as u64;
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A serial number of days as a date, a date and time, or (below one day) a time.
fn moment(serial: f64, since_1904: bool) -> String {
    if !(0.0..2_958_466.0).contains(&serial) {
        return number(serial);
    }
    let mut day = serial.floor();
    let mut seconds = ((serial - day) * 86_400_000.0).round() as i64 / 1000;
    if seconds >= 86_400 {
        seconds = 0;
        day += 1.0;
    }
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if serial < 1.0 && seconds > 0 {
        return time;
    }
    let date = day_of(day as i64, since_1904);
    if seconds == 0 { date } else { format!("{date}T{time}") }
}

/// The day of a serial number, by Excel's calendar: its 29 February 1900, which never was, included.
fn day_of(serial: i64, since_1904: bool) -> String {
    // The day counted from 1970-01-01, which is serial number 25,569, or 24,107 of old Macs.
    let day = match (since_1904, serial) {
        (true, n) => n - 24_107,
        (false, 60) => return "1900-02-29".to_owned(),
        (false, n @ ..60) => n + 1 - 25_569,
        (false, n) => n - 25_569,
    };
    // Years that begin in March, in eras of 400 (Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil).
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{of_month:02}")
}

/// A duration as XML writes it, such as `PT26H30M00S`, as `26:30:00`.
pub(super) fn iso_duration(text: &str) -> Option<String> {
    let (sign, rest) = match text.trim().strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.trim()),
    };
    let (days, clock) = rest.strip_prefix('P')?.split_once('T').unwrap_or((rest.strip_prefix('P')?, ""));
    let mut seconds = 0.0;
    for (part, units) in [(days, [('D', 86_400.0)].as_slice()), (clock, &[('H', 3600.0), ('M', 60.0), ('S', 1.0)])] {
        let mut digits = String::new();
        for c in part.chars() {
            if c.is_ascii_digit() || c == '.' || c == ',' {
                digits.push(if c == ',' { '.' } else { c });
            } else {
                let &(_, unit) = units.iter().find(|(name, _)| *name == c)?;
                seconds += digits.parse::<f64>().ok()? * unit;
                digits.clear();
            }
        }
        if !digits.is_empty() {
            return None;
        }
    }
    Some(duration(sign * seconds / 86_400.0))
}

/// A date, or a date and time, as XML writes it: midnight and parts of a second are left out.
pub(super) fn iso_moment(text: &str) -> &str {
    let text = text.trim();
    let text = text.split_once('.').map_or(text, |(whole, _)| whole);
    text.strip_suffix("T00:00:00").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_excel_shows_them() {
        for (value, text) in [
            (5.0, "5"),
            (0.1 + 0.2, "0.3"),
            (5_379_192_392.0, "5379192392"),
            (-2.5, "-2.5"),
            (0.0, "0"),
            (1e11, "100000000000"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(0.52 * 100.0), "52");
    }

    #[test]
    fn every_day_is_the_day_that_the_calendar_says() {
        use jiff::ToSpan;
        for serial in (61..2_958_466i64).step_by(97).chain([2_958_465]) {
            let expected = jiff::civil::date(1899, 12, 30).checked_add(serial.days()).unwrap();
            assert_eq!(day_of(serial, false), expected.to_string());
        }
        for serial in (0..80_000i64).step_by(31) {
            let expected = jiff::civil::date(1904, 1, 1).checked_add(serial.days()).unwrap();
            assert_eq!(day_of(serial, true), expected.to_string());
        }
    }

    #[test]
    fn dates_of_both_epochs() {
        for (serial, since_1904, text) in [
            (45_943.5, false, "2025-10-13T12:00:00"),
            (45_943.0, false, "2025-10-13"),
            (44_481.0, true, "2025-10-13"),
            (60.0, false, "1900-02-29"),
            (61.0, false, "1900-03-01"),
            (1.0, false, "1900-01-01"),
            (0.5, false, "12:00:00"),
            (45_943.999_999_999_99, false, "2025-10-14"),
            (-3.0, false, "-3"),
        ] {
            assert_eq!(moment(serial, since_1904), text, "{serial}");
        }
        assert_eq!(duration(26.5 / 24.0), "26:30:00");
    }

    #[test]
    fn digits_that_need_no_reading_are_those_that_reading_keeps() {
        for digits in [
            "0",
            "-0",
            "00",
            "1",
            "-1",
            "1.0",
            "0.5",
            ".5",
            "5.",
            "01",
            "0.50",
            "123456789012345",
            "1234567890123456",
            "1e3",
            "+1",
            "-0.25",
            "0.1",
            "12.345",
            "",
            "-",
            "0.30000000000000004",
            "x",
        ] {
            let mut out = String::new();
            write_digits(&mut out, digits, Shown::Number, false);
            let expected = digits.parse::<f64>().map_or_else(|_| digits.to_owned(), number);
            assert_eq!(out, expected, "{digits}");
        }
    }

    #[test]
    fn as_formats_show_it() {
        for (value, shown, text) in [
            (0.52, Shown::Percent, "52%"),
            (0.333_333_333_333_333_3, Shown::Percent, "33.3333333333333%"),
            (1234.0, Shown::Padded(5), "01234"),
            (1234.5, Shown::Padded(5), "1234.5"),
            (123_456.0, Shown::Padded(5), "123456"),
            (1.5, Shown::Duration, "36:00:00"),
        ] {
            let mut out = String::new();
            write(&mut out, value, shown, false);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn durations_and_moments_of_xml() {
        for (text, expected) in [
            ("PT10H10M10S", Some("10:10:10")),
            ("PT26H30M00S", Some("26:30:00")),
            ("PT10H10M10.123456S", Some("10:10:10")),
            ("-PT1H", Some("-01:00:00")),
            ("P1DT2H", Some("26:00:00")),
            ("P1Y", None),
            ("10:10", None),
        ] {
            assert_eq!(iso_duration(text).as_deref(), expected, "{text}");
        }
        assert_eq!(iso_moment("2021-01-01T10:10:10.5"), "2021-01-01T10:10:10");
        assert_eq!(iso_moment("2021-01-01T00:00:00"), "2021-01-01");
    }
}
