//! Ages and age bands as people write them: `59`, `59 yrs`, `fifty-nine`, `16-24`, `25 to 34`, `65+`, `Under 16`, `75 and over`,
//! `50s`; and bands that a spreadsheet program turned into dates (`Oct-14` for 10-14), as a suggestion only.

use super::spelt;
use crate::spec::fold;

/// The greatest age that is believed.
const OLDEST: u16 = 120;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    Years(u16),
    Band(Band),
}

/// Whole years, both ends included; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Band {
    pub from: Option<u16>,
    pub to: Option<u16>,
}

/// Age bands in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands {
    /// From the youngest to the oldest, as written.
    pub list: Vec<(String, Band)>,
    /// Ages that stand in two of them.
    pub overlap: Option<u16>,
    /// Ages between two of them that stand in none.
    pub gap: Option<u16>,
}

/// Reads an age or a band; `None` for what is neither, and for what a spreadsheet program made of a band (see [`eaten`]).
pub fn read(text: &str) -> Option<Age> {
    let folded = fold(text);
    if folded.is_empty() || folded.len() > 48 {
        return None;
    }
    let plain = plain(&folded);
    if let Some(years) = years(&plain) {
        return Some(Age::Years(years));
    }
    band_of(&plain).map(Age::Band)
}

/// The band that a text names.
pub fn band(text: &str) -> Option<Band> {
    match read(text)? {
        Age::Band(band) => Some(band),
        Age::Years(_) => None,
    }
}

/// These texts as age bands in order, with what is wrong between them; `None` unless all of them (at least two) are bands. Ways to
/// have no answer are the caller's to leave out.
pub fn bands(texts: &[&str]) -> Option<Bands> {
    let mut list: Vec<(String, Band)> = Vec::new();
    for text in texts {
        list.push((super::labels::one_line(text), band(text)?));
    }
    if list.len() < 2 {
        return None;
    }
    list.sort_by(|a, b| {
        (a.1.from.unwrap_or(0), a.1.to.unwrap_or(OLDEST)).cmp(&(b.1.from.unwrap_or(0), b.1.to.unwrap_or(OLDEST)))
    });
    let (mut overlap, mut gap) = (None, None);
    for pair in list.windows(2) {
        let [(_, left), (_, right)] = pair else { continue };
        let (end, start) = (left.to.unwrap_or(OLDEST), right.from.unwrap_or(0));
        if left == right || start <= end {
            overlap = overlap.or(Some(start));
        } else if start > end + 1 {
            gap = gap.or(Some(end + 1));
        }
    }
    Some(Bands { list, overlap, gap })
}

/// The band that a spreadsheet program turned into a date: `Oct-14` and `14-Oct` were 10-14 (or, rarely, years of a month: a
/// suggestion, never read).
pub fn eaten(text: &str) -> Option<Band> {
    let folded = fold(text);
    let (a, b) = folded.split_once('-').or_else(|| folded.split_once(' '))?;
    let number = |t: &str| if (1..=2).contains(&t.len()) { t.parse::<u16>().ok() } else { None };
    let month = |t: &str| crate::spec::vocabulary::month_of(t).and_then(|m| u16::try_from(m).ok());
    let (one, two) = match (number(a), month(a), number(b), month(b)) {
        (Some(day), _, _, Some(month)) => (month, day),
        (_, Some(month), Some(day), _) => (month, day),
        _ => return None,
    };
    (one < two).then_some(Band { from: Some(one), to: Some(two) })
}

/// The words that say nothing of the number.
fn plain(folded: &str) -> String {
    let words = folded
        .trim_start_matches("aged ")
        .trim_start_matches("age ")
        .trim_start_matches("ages ")
        .trim_end_matches('.')
        .replace("years of age", " ")
        .replace("years old", " ")
        .replace("year old", " ")
        .replace("year olds", " ")
        .replace("yrs old", " ");
    let mut out: Vec<&str> = words
        .split_whitespace()
        .filter(|w| {
            !matches!(*w, "years" | "year" | "yrs" | "yr" | "yrs." | "y" | "yo" | "y/o" | "old" | "the" | "of" | "age")
        })
        .collect();
    // "59yrs"
    if let [.., last] = out.as_mut_slice() {
        for unit in ["years", "yrs", "yr", "yo", "y/o"] {
            if let Some(number) =
                last.strip_suffix(unit).filter(|n| n.bytes().all(|b| b.is_ascii_digit()) && !n.is_empty())
            {
                *last = number;
            }
        }
    }
    out.join(" ")
}

fn number(text: &str) -> Option<u16> {
    let text = text.trim();
    if (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().filter(|n| *n <= OLDEST);
    }
    spelt::number(text).and_then(|n| u16::try_from(n).ok()).filter(|n| *n <= OLDEST)
}

fn years(plain: &str) -> Option<u16> {
    number(plain).or_else(|| {
        // 59.0, as a spreadsheet program stores it.
        let (whole, zeros) = plain.split_once('.')?;
        (!zeros.is_empty() && zeros.bytes().all(|b| b == b'0')).then(|| number(whole)).flatten()
    })
}

fn band_of(plain: &str) -> Option<Band> {
    let open = |from: Option<u16>, to: Option<u16>| Some(Band { from, to });
    let below = ["under ", "below ", "less than ", "younger than ", "<", "up to but not including ", "u"];
    for word in below {
        if let Some(rest) = plain.strip_prefix(word)
            && let Some(n) = digits(rest).filter(|n| *n > 0)
        {
            return open(None, Some(n - 1));
        }
    }
    for word in ["up to ", "<=", "≤", "to "] {
        if let Some(n) = plain.strip_prefix(word).and_then(digits) {
            return open(None, Some(n));
        }
    }
    for (word, add) in [
        ("over ", 1),
        ("older than ", 1),
        ("more than ", 1),
        (">=", 0),
        ("≥", 0),
        (">", 1),
        ("above ", 1),
        ("from ", 0),
    ] {
        if let Some(n) = plain.strip_prefix(word).and_then(digits) {
            return open(Some(n + add), None);
        }
    }
    for word in [
        "+",
        " and over",
        " and above",
        " or over",
        " or older",
        " and older",
        " or above",
        " or more",
        " and up",
        " plus",
        " & over",
        " upwards",
        " and upwards",
        " or more",
        "-plus",
        " over",
    ] {
        if let Some(n) = plain.strip_suffix(word).and_then(digits) {
            return open(Some(n), None);
        }
    }
    for word in [
        " and under",
        " or under",
        " or younger",
        " and younger",
        " and below",
        " or below",
        " or less",
        " and less",
        " & under",
        " under",
    ] {
        if let Some(n) = plain.strip_suffix(word).and_then(digits) {
            return open(None, Some(n));
        }
    }
    // "50s", "in my 50s", "fifties"
    if let Some(n) = plain
        .trim_start_matches("in my ")
        .strip_suffix('s')
        .map(|t| t.trim_end_matches('\''))
        .and_then(digits)
        .filter(|n| n % 10 == 0 && *n > 0)
    {
        return open(Some(n), Some(n + 9));
    }
    if let Some(n) = spelt::decade(plain.trim_start_matches("in my ")) {
        return open(Some(n), Some(n + 9));
    }
    for joint in [" to ", "-", " until ", " through ", "–"] {
        let text = plain.trim_start_matches("between ").trim_start_matches("from ");
        if let Some((a, b)) = text.split_once(joint)
            && let (Some(from), Some(to)) = (digits(a), digits(b))
            && from < to
        {
            return open(Some(from), Some(to));
        }
    }
    if let Some((a, b)) = plain.strip_prefix("between ").and_then(|t| t.split_once(" and ")) {
        return match (digits(a), digits(b)) {
            (Some(from), Some(to)) if from < to => open(Some(from), Some(to)),
            _ => None,
        };
    }
    None
}

fn digits(text: &str) -> Option<u16> {
    let text = text.trim();
    if (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok().filter(|n| *n <= OLDEST)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn b(from: Option<u16>, to: Option<u16>) -> Option<Age> {
        Some(Age::Band(Band { from, to }))
    }

    #[test]
    fn ages_as_people_write_them() {
        for text in ["59", "59 yrs", "fifty-nine", "Fifty nine", "59 years old", "aged 59", "59.0", "59yrs", " 59 "] {
            assert_eq!(read(text), Some(Age::Years(59)), "{text}");
        }
        for (text, want) in [
            ("16-24", b(Some(16), Some(24))),
            ("16 – 24", b(Some(16), Some(24))),
            ("25 to 34", b(Some(25), Some(34))),
            ("Aged 25 to 34 years", b(Some(25), Some(34))),
            ("between 18 and 29", b(Some(18), Some(29))),
            ("65+", b(Some(65), None)),
            ("75 and over", b(Some(75), None)),
            ("75 years and over", b(Some(75), None)),
            ("Over 65", b(Some(66), None)),
            ("Under 16", b(None, Some(15))),
            ("<18", b(None, Some(17))),
            ("15 or younger", b(None, Some(15))),
            ("50s", b(Some(50), Some(59))),
            ("in my fifties", b(Some(50), Some(59))),
            ("0-4", b(Some(0), Some(4))),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
        for text in ["", "old", "Oct-14", "24-16", "200", "16/24", "2024", "12 people", "16-24-30", "about 60"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn bands_in_order_with_their_faults() {
        let found = bands(&["65+", "Under 16", "25 to 34", "16-24", "35-64"]).unwrap();
        assert_eq!(
            found.list.iter().map(|(t, _)| t.as_str()).collect::<Vec<_>>(),
            ["Under 16", "16-24", "25 to 34", "35-64", "65+"]
        );
        assert_eq!((found.overlap, found.gap), (None, None));
        assert_eq!(bands(&["16-25", "25-34"]).map(|b| b.overlap), Some(Some(25)));
        assert_eq!(bands(&["16-24", "35-44"]).map(|b| b.gap), Some(Some(25)));
        assert_eq!(bands(&["16-24", "Oct-14"]), None);
        assert_eq!(bands(&["59", "60"]), None);
    }

    #[test]
    fn bands_that_became_dates() {
        assert_eq!(eaten("Oct-14"), Some(Band { from: Some(10), to: Some(14) }));
        assert_eq!(eaten("14-Oct"), Some(Band { from: Some(10), to: Some(14) }));
        assert_eq!(eaten("05-Sep"), None);
        assert_eq!(eaten("09-May"), Some(Band { from: Some(5), to: Some(9) }));
        assert_eq!(eaten("16-24"), None);
    }
}
