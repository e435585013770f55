//! A workbook's cell as the text that its reader would see: whole numbers without a decimal point, dates as `2025-04-03` or
//! `2025-04-03T10:00:00`, percentages with their sign, errors and booleans as Excel writes them.

use std::borrow::Cow;
use std::io::{Read, Seek};

use calamine::{CellErrorType, DataRef, Style, Xlsx};
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// What the texts of a workbook depend on.
#[derive(Clone, Copy)]
pub(super) struct CellText {
    /// Whether days are counted from 1904 (old Macs) or from 1900.
    since_1904: bool,
}

impl CellText {
    /// For one workbook.
    pub fn new<RS: Read + Seek>(workbook: &Xlsx<RS>) -> Self {
        CellText { since_1904: workbook.has_1904_epoch() }
    }

    /// The text of a cell; `percent` says that its number format has a percent sign.
    pub fn of<'c>(&self, value: &'c DataRef<'_>, percent: bool) -> Cow<'c, str> {
        match value {
            DataRef::Empty => Cow::Borrowed(""),
            DataRef::String(s) => Cow::Borrowed(s),
            DataRef::SharedString(s) => Cow::Borrowed(s),
            DataRef::Int(i) if percent => Cow::Owned(format!("{}%", i128::from(*i) * 100)),
            DataRef::Int(i) => Cow::Owned(i.to_string()),
            DataRef::Float(f) if percent => Cow::Owned(format!("{}%", number(f * 100.0))),
            DataRef::Float(f) => Cow::Owned(number(*f)),
            DataRef::Bool(true) => Cow::Borrowed("TRUE"),
            DataRef::Bool(false) => Cow::Borrowed("FALSE"),
            DataRef::DateTime(d) if d.is_duration() => Cow::Owned(duration(d.as_f64())),
            DataRef::DateTime(d) => Cow::Owned(moment(d.as_f64(), self.since_1904)),
            DataRef::DateTimeIso(s) => Cow::Borrowed(s.strip_suffix("T00:00:00").unwrap_or(s)),
            DataRef::DurationIso(s) => Cow::Borrowed(s),
            DataRef::Error(e) => Cow::Borrowed(match e {
                CellErrorType::Div0 => "#DIV/0!",
                CellErrorType::NA => "#N/A",
                CellErrorType::Name => "#NAME?",
                CellErrorType::Null => "#NULL!",
                CellErrorType::Num => "#NUM!",
                CellErrorType::Ref => "#REF!",
                CellErrorType::Value => "#VALUE!",
                CellErrorType::GettingData => "#GETTING_DATA",
            }),
        }
    }
}

/// Which styles show a number as a percentage.
pub(super) fn percents(styles: &[Style]) -> Vec<bool> {
    styles.iter().map(|s| s.number_format.as_ref().is_some_and(|n| has_percent(&n.format_code))).collect()
}

/// Whether a number format has a percent sign outside quoted and escaped text.
fn has_percent(code: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            '%' if !quoted => return true,
            _ => {}
        }
    }
    false
}

/// A number with the 15 significant digits that Excel shows, without a needless decimal point.
fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let shown: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    format!("{shown}")
}

/// Hours, minutes and seconds of a duration in days, such as `26:30:00`.
fn duration(days: f64) -> String {
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
    let Some(date) = day_of(day as i64, since_1904) else { return number(serial) };
    if seconds == 0 { date } else { format!("{date}T{time}") }
}

/// The day of a serial number, by Excel's calendar: its 29 February 1900, which never was, included.
fn day_of(serial: i64, since_1904: bool) -> Option<String> {
    let (epoch, days): (Date, i64) = match (since_1904, serial) {
        (true, n) => (date(1904, 1, 1), n),
        (false, 60) => return Some("1900-02-29".to_owned()),
        (false, n @ ..60) => (date(1899, 12, 31), n),
        (false, n) => (date(1899, 12, 30), n),
    };
    epoch.checked_add(days.days()).ok().map(|d| d.to_string())
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
    fn percent_formats() {
        assert!(has_percent("0.00%") && !has_percent("0\"%\"") && !has_percent("0\\%"));
    }
}
