//! What a cell's characters say of it: for telling names from values and rows from what stands around them, never for reading values.

use super::export::month_of;
use super::layout::tidy;

/// What kind of value a cell seems to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seems {
    Text,
    Number,
    /// A date, a time, or both.
    Date,
    Email,
}

/// What kind of value a text seems to be.
pub(super) fn seems(text: &str) -> Seems {
    if text.len() > 254 {
        return Seems::Text;
    }
    let text = tidy(text);
    if number(&text).is_some() {
        return Seems::Number;
    }
    if is_email(&text) {
        return Seems::Email;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits >= 3
        && text.len() <= 32
        && text.bytes().all(|b| b.is_ascii_digit() || b"-/:. TZ+".contains(&b))
        && !is_band(&text)
    {
        return Seems::Date;
    }
    if digits >= 2 && text.len() <= 40 && is_worded_date(&text) { Seems::Date } else { Seems::Text }
}

/// Whether a text is a number, a date, a time or an e-mail address by its characters.
pub(super) fn is_typed(text: &str) -> bool {
    seems(text) != Seems::Text
}

/// A plain number: digits, a sign, thousands separated by commas, a decimal point, a percent or currency sign, or in brackets.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = tidy(text);
    let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    let (text, sign) = inner.map_or((text.as_str(), 1.0), |t| (t, -1.0));
    let text = text.trim_start_matches(['£', '$', '€']).trim_end_matches('%').trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || text.len() > 24 || !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b',')) {
        return None;
    }
    text.replace(',', "").parse::<f64>().ok().map(|n| n * sign)
}

fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    !name.is_empty()
        && !text.contains(' ')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains('@')
}

/// `10-14`: a band of ages or the like, not a date.
fn is_band(text: &str) -> bool {
    let Some((low, high)) = text.split_once('-') else { return false };
    let short = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    short(low) && short(high)
}

/// `3 April 2025`, `Mon 3 Apr 25, 10:30 am`: a day with its month in words.
fn is_worded_date(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut months = 0;
    let mut days = 0;
    for part in lower.split([' ', ',', '-', '/', '.']).filter(|p| !p.is_empty()) {
        let bare = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ending = part.get(bare.len()..).unwrap_or_default();
        if part.starts_with(|c: char| c.is_ascii_digit()) {
            let sound = matches!(ending, "" | "st" | "nd" | "rd" | "th" | "am" | "pm" | "t" | "z");
            if !sound || !bare.bytes().all(|b| b.is_ascii_digit() || b == b':') {
                return false;
            }
            days += 1;
        } else if is_month_name(part) {
            months += 1;
        } else if !matches!(part, "am" | "pm" | "at" | "of" | "gmt" | "bst" | "utc") && !is_weekday(part) {
            return false;
        }
    }
    months == 1 && days >= 2
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A month's name, whole or shortened to three letters or more, in small letters.
fn is_month_name(word: &str) -> bool {
    word.len() >= 3 && MONTHS.iter().any(|name| name.starts_with(word))
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    word.len() >= 3 && DAYS.iter().any(|name| name.starts_with(word))
}

/// `2024`, as a year of our time.
pub(super) fn is_year(text: &str) -> bool {
    let text = tidy(text);
    text.len() == 4 && text.parse::<u16>().is_ok_and(|y| (1900..=2100).contains(&y))
}

/// A stretch of time by its name: a year, `2024/25`, a quarter, a month with or without its year, a week.
pub(super) fn is_period(text: &str) -> bool {
    let text = tidy(text).to_lowercase();
    if text.len() > 24 || text.is_empty() {
        return false;
    }
    if is_year(&text) || is_month_name(&text) || month_of(&text).is_some() {
        return true;
    }
    let digits = |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    if let Some((from, to)) = text.split_once(['/', '-', '–'])
        && is_year(from)
        && digits(to.trim())
        && matches!(to.trim().len(), 2 | 4)
    {
        return true;
    }
    let words: Vec<&str> = text.split([' ', '-', '/']).filter(|w| !w.is_empty()).collect();
    let quarter = |word: &str| {
        word.strip_prefix("qtr").or_else(|| word.strip_prefix('q')).is_some_and(|n| matches!(n, "1" | "2" | "3" | "4"))
    };
    match words.as_slice() {
        [word] => quarter(word) || word.strip_prefix("fy").is_some_and(digits),
        [first, second] => {
            (matches!(*first, "quarter" | "qtr" | "week" | "wk" | "fy" | "year" | "month" | "term") && digits(second))
                || (quarter(first) && digits(second))
                || (digits(first) && quarter(second))
                || (matches!(*first, "spring" | "summer" | "autumn" | "winter") && digits(second))
        }
        _ => false,
    }
}

/// Whether a text says that there is no value: a word or a mark where a number would stand.
pub(super) fn is_no_value(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "n/a",
        "na",
        "n.a.",
        "-",
        "--",
        "–",
        "—",
        "..",
        "nil",
        "none",
        "closed",
        "unknown",
        "tbc",
        "not known",
        "x",
        "no data",
    ];
    let text = tidy(text).to_lowercase();
    WORDS.contains(&text.as_str()) || text.starts_with("closed") || text.starts_with("not ")
}

/// Whether a text is a unit of the numbers below it: `(%)`, `no.`, `hours`, `actual`.
pub(super) fn is_unit(text: &str) -> bool {
    const UNITS: [&str; 32] = [
        "#",
        "%",
        "£",
        "n",
        "no",
        "no.",
        "nos",
        "number",
        "numbers",
        "count",
        "counts",
        "percent",
        "percentage",
        "hours",
        "hrs",
        "minutes",
        "mins",
        "days",
        "actual",
        "actuals",
        "target",
        "targets",
        "estimate",
        "estimated",
        "people",
        "visits",
        "total",
        "m",
        "f",
        "male",
        "female",
        "000s",
    ];
    let text = tidy(text).to_lowercase();
    (text.starts_with('(') && text.ends_with(')') && text.len() <= 24) || UNITS.contains(&text.as_str())
}

/// Whether a cell is a line of dashes or the like.
pub(super) fn is_dashes(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 3
        && text.chars().all(|c| matches!(c, '-' | '=' | '_' | '~' | '–' | '—' | '─' | '═' | '+' | '|' | ' '))
        && text.chars().any(|c| matches!(c, '-' | '=' | '_' | '~' | '–' | '—' | '─' | '═'))
        && text.chars().count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_their_characters() {
        for text in ["12", "1,204", "£12.50", "39%", "-3", "(12)"] {
            assert_eq!(seems(text), Seems::Number, "{text}");
        }
        for text in
            ["03/04/2025", "2025-04-03T10:00:00", "10:30", "3 April 2025", "Mon 3rd Apr 25, 10:30 am", "3-Apr-2025"]
        {
            assert_eq!(seems(text), Seems::Date, "{text}");
        }
        assert_eq!(seems("someone@example.org"), Seems::Email);
        for text in ["Library", "10-14", "Apr 2025", "Q1", "@home", "3 libraries", "2 May Street 1", "Phase 1"] {
            assert_eq!(seems(text), Seems::Text, "{text}");
        }
    }

    #[test]
    fn periods_by_name() {
        for text in [
            "2024",
            "2024/25",
            "2024-25",
            "Q1",
            "Qtr 2",
            "Quarter 3",
            "Apr",
            "April 2024",
            "2024-04",
            "Week 12",
            "FY25",
            "Q1 2024",
        ] {
            assert!(is_period(text), "{text}");
        }
        for text in ["", "Library", "1", "Apricot", "12/25", "Total", "Marchmont"] {
            assert!(!is_period(text), "{text}");
        }
    }
}
