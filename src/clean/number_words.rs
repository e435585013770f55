//! What stands in columns of numbers beside bare numbers: readable with a word about it (`(12)`, `2½`, `twelve`, `59 yrs`), or not
//! (`12+`, `about 30`, `10-15`, `<5`), each told apart so that the evaluator knows what to do.

use super::numbers::{Style, parse};
use super::{Decimal, spelt};
use crate::spec::fold;

/// What a text is that holds a number and says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Odd {
    /// `12+`, `over 30`
    AtLeast,
    /// `about 30`, `30ish`, `c. 30`
    About,
    /// `10-15`, `10 to 15`
    Range,
    /// `<5`, `*`, `[c]`: somebody withheld it.
    Withheld,
    /// `12 + 3`, `12 adults 3 children`
    Several,
}

impl Odd {
    /// What the rows hold, and what to do.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Odd::AtLeast => {
                ("a number and more (12+)", "write the number itself, or leave the cell empty where it is not known")
            }
            Odd::About => (
                "a number that is only about right (about 30)",
                "write the number without the word, if it may be counted as it stands",
            ),
            Odd::Range => {
                ("a span of numbers (10-15)", "write one number, or leave the cell empty where it is not known")
            }
            Odd::Withheld => {
                ("a number that was withheld (<5, *)", "nothing has to be done, unless the numbers can be had")
            }
            Odd::Several => ("several numbers (12 + 3)", "write their sum, or give each a column of its own"),
        }
    }
}

/// In which unusual way a number was written that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Written {
    /// `(12)`: negative, as in accounts.
    Brackets,
    /// `2½`
    Fraction,
    /// `twelve`
    Words,
    /// `59 yrs`
    Unit,
}

impl Written {
    /// How it was read, for "2 rows: …".
    pub fn words(self) -> &'static str {
        match self {
            Written::Brackets => "a number in brackets, read as negative",
            Written::Fraction => "a fraction (½), read as its decimal",
            Written::Words => "a number in words (twelve), read as the number",
            Written::Unit => "a unit behind the number (59 yrs), read without it",
        }
    }
}

/// Units that say nothing but what the column counts anyway.
pub const PEOPLE: &[&str] = &[
    "people",
    "persons",
    "person",
    "visitors",
    "visitor",
    "attendees",
    "attended",
    "participants",
    "pax",
    "ppl",
    "visits",
    "attendances",
];
pub const YEARS: &[&str] = &["years", "year", "yrs", "yr", "years old", "yrs old", "year old", "yo", "y/o"];
pub const HOURS: &[&str] = &["hours", "hour", "hrs", "hr", "h", "hs"];
pub const MINUTES: &[&str] = &["minutes", "minute", "mins", "min", "m"];
pub const SECONDS: &[&str] = &["seconds", "second", "secs", "sec", "s"];

/// A number written in an unusual way; `units` are those the column may have.
pub fn unusual(text: &str, style: Style, units: &[&str]) -> Option<(Decimal, Written)> {
    let trimmed = super::labels::one_line(text);
    if trimmed.is_empty() || trimmed.len() > 60 {
        return None;
    }
    let plain = trimmed.replace(['£', '$', '€'], "");
    if let Some(inside) = plain.trim().strip_prefix('(').and_then(|t| t.strip_suffix(')'))
        && let Some((d, false)) = parse(inside, style)
        && d.digits > 0
        && !inside.contains('-')
    {
        return Some((Decimal { digits: -d.digits, scale: d.scale }, Written::Brackets));
    }
    if let Some(d) = fraction(&trimmed) {
        return Some((d, Written::Fraction));
    }
    let folded = fold(&trimmed);
    for unit in units {
        let before = folded.strip_suffix(unit).or_else(|| folded.strip_suffix('.').and_then(|t| t.strip_suffix(unit)));
        let Some(before) = before.map(str::trim_end).filter(|b| !b.is_empty()) else { continue };
        if before.ends_with(|c: char| c.is_ascii_digit())
            && let Some((d, false)) = parse(before, style)
        {
            return Some((d, Written::Unit));
        }
        if let Some(n) = spelt::number(before) {
            return Some((Decimal { digits: i64::from(n), scale: 0 }, Written::Words));
        }
    }
    spelt::number(&folded).map(|n| (Decimal { digits: i64::from(n), scale: 0 }, Written::Words))
}

/// `½`, `2½`, `2 ½`, `1/2`, `2 1/2`: quarters only, which are exact.
fn fraction(text: &str) -> Option<Decimal> {
    const SIGNS: [(&str, i64); 6] = [("½", 50), ("¼", 25), ("¾", 75), ("1/2", 50), ("1/4", 25), ("3/4", 75)];
    let (whole, hundredths) = SIGNS.iter().find_map(|(sign, n)| {
        let whole = text.strip_suffix(sign)?;
        // "11/2" is no eleven and a half.
        let apart = !sign.contains('/') || whole.is_empty() || whole.ends_with(' ');
        apart.then_some((whole.trim(), *n))
    })?;
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok().filter(|w| (0..1_000_000).contains(w))? };
    let digits = whole * 100 + hundredths;
    Some(if digits % 10 == 0 { Decimal { digits: digits / 10, scale: 1 } } else { Decimal { digits, scale: 2 } })
}

/// What an unreadable text says of its number, if it holds one.
pub fn odd(text: &str) -> Option<Odd> {
    let folded = fold(text);
    let text = folded.trim_end_matches(['.', '!']);
    if text.is_empty() || text.len() > 60 {
        return None;
    }
    if matches!(text, "*" | "**" | "[c]" | "[x]" | "suppressed" | "withheld" | "(suppressed)" | "<" | "[low]") {
        return Some(Odd::Withheld);
    }
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |t: &str| {
        let t = t.trim().trim_start_matches(['£', '$', '€']);
        let t = PEOPLE.iter().find_map(|unit| t.strip_suffix(unit)).unwrap_or(t).trim();
        !t.is_empty()
            && t.starts_with(|c: char| c.is_ascii_digit())
            && t.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'.' | b' '))
    };
    let after = |words: &[&str]| words.iter().any(|w| text.strip_prefix(w).is_some_and(number));
    let before = |words: &[&str]| words.iter().any(|w| text.strip_suffix(w).is_some_and(number));
    if after(&["<=", "<", "≤", "fewer than ", "less than ", "under ", "below "]) {
        return Some(Odd::Withheld);
    }
    if after(&[">=", ">", "≥", "over ", "more than ", "at least ", "min ", "minimum "])
        || before(&["+", " plus", " or more", " and over", " and above", " and more", "++"])
    {
        return Some(Odd::AtLeast);
    }
    if after(&[
        "about ",
        "approx ",
        "approx. ",
        "approximately ",
        "c. ",
        "c.",
        "c ",
        "c",
        "circa ",
        "ca. ",
        "ca ",
        "~",
        "around ",
        "roughly ",
        "nearly ",
        "almost ",
        "est ",
        "est. ",
        "estimated ",
        "say ",
    ]) || before(&[
        "ish",
        " ish",
        "-ish",
        "?",
        "~",
        " approx",
        " (approx)",
        " (est)",
        " (estimate)",
        " est",
        " (estimated)",
        " or so",
        " approximately",
        "e",
        " (e)",
    ]) {
        return Some(Odd::About);
    }
    for joint in [" to ", " - ", "-", " or ", " and ", "/"] {
        if let Some((a, b)) = text.split_once(joint)
            && number(a)
            && number(b)
        {
            return Some(if matches!(joint, " and " | "/") { Odd::Several } else { Odd::Range });
        }
    }
    let groups = text.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).count();
    let plus = text.split('+').filter(|t| number(t)).count();
    let words =
        text.chars().any(char::is_alphabetic) && !text.contains(['/', ':']) && text.split_whitespace().count() <= 8;
    (plus >= 2 || (groups >= 2 && words && text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains("-")))
        .then_some(Odd::Several)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_unusual_writing() {
        let read = |text: &str, units: &[&str]| unusual(text, Style::Point, units).map(|(d, w)| (d.digits, d.scale, w));
        assert_eq!(read("(12)", &[]), Some((-12, 0, Written::Brackets)));
        assert_eq!(read("(£1,200.50)", &[]), Some((-120_050 / 10, 1, Written::Brackets)));
        assert_eq!(read("£(12)", &[]), Some((-12, 0, Written::Brackets)));
        assert_eq!(read("½", &[]), Some((5, 1, Written::Fraction)));
        assert_eq!(read("2¾", &[]), Some((275, 2, Written::Fraction)));
        assert_eq!(read("2 1/2", &[]), Some((25, 1, Written::Fraction)));
        assert_eq!(read("twelve", &[]), Some((12, 0, Written::Words)));
        assert_eq!(read("twelve people", PEOPLE), Some((12, 0, Written::Words)));
        assert_eq!(read("59 yrs", YEARS), Some((59, 0, Written::Unit)));
        assert_eq!(read("1.5hrs", HOURS), Some((15, 1, Written::Unit)));
        for (text, units) in [
            ("59 yrs", PEOPLE),
            ("45 mins", HOURS),
            ("(none)", &[][..]),
            ("11/2", &[]),
            ("12 dogs", PEOPLE),
            ("", PEOPLE),
            ("people", PEOPLE),
        ] {
            assert_eq!(read(text, units), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_cannot_be_counted() {
        for (text, is) in [
            ("12+", Some(Odd::AtLeast)),
            ("over 30 people", Some(Odd::AtLeast)),
            ("about 30", Some(Odd::About)),
            ("30ish", Some(Odd::About)),
            ("c.30", Some(Odd::About)),
            ("30?", Some(Odd::About)),
            ("~30", Some(Odd::About)),
            ("10-15", Some(Odd::Range)),
            ("10 – 15", Some(Odd::Range)),
            ("10 to 15", Some(Odd::Range)),
            ("<5", Some(Odd::Withheld)),
            ("fewer than 5", Some(Odd::Withheld)),
            ("*", Some(Odd::Withheld)),
            ("[c]", Some(Odd::Withheld)),
            ("12 + 3", Some(Odd::Several)),
            ("12 adults 3 children", Some(Odd::Several)),
            ("12 and 3", Some(Odd::Several)),
            ("lots", None),
            ("12 dogs", None),
            ("01/02/2024", None),
            ("", None),
        ] {
            assert_eq!(odd(text), is, "{text}");
        }
    }
}
