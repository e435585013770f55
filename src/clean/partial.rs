//! Texts in a column of dates that name a time but no day: a year, a season, a span of days, a day without its year.

use super::date_words::{Token, tokens};
use super::written::{Day, take_apart};

/// What a text names that is a time but no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Partial {
    /// `2024`, `2024/25`, `FY2024`.
    Year,
    /// `May 2024`, where a day is needed.
    Month,
    /// `Spring 2024`, `Q1 2024`, `Easter 2024`.
    Season,
    /// `12-14 May 2024`, `01/05/2024 - 03/05/2024`.
    Span,
    /// `3 April`, `12/05`: the year was not typed.
    NoYear,
}

impl Partial {
    /// What the rows name, for "12 rows name …".
    pub fn words(self) -> &'static str {
        match self {
            Partial::Year => "a year and no day",
            Partial::Month => "a month and no day",
            Partial::Season => "a season or quarter and no day",
            Partial::Span => "several days",
            Partial::NoYear => "a day without its year",
        }
    }
}

/// Tells what kind of time a text names that is no day; `None` for anything else, and for days.
pub fn partial(text: &str) -> Option<Partial> {
    let folded = crate::spec::fold(text);
    if folded.is_empty()
        || folded.len() > 60
        || !folded.bytes().any(|b| b.is_ascii_digit())
        || take_apart(text).is_some()
    {
        return None;
    }
    let year =
        |t: &str| t.len() == 4 && (t.starts_with("19") || t.starts_with("20")) && t.bytes().all(|b| b.is_ascii_digit());
    let digits =
        |t: &str, n: std::ops::RangeInclusive<usize>| n.contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    let years = folded.trim_start_matches("fy").trim();
    if year(years) || years.split_once(['/', '-']).is_some_and(|(a, b)| year(a) && (digits(b, 2..=2) || year(b))) {
        return Some(Partial::Year);
    }
    const SEASONS: [&str; 20] = [
        "spring",
        "summer",
        "autumn",
        "fall",
        "winter",
        "easter",
        "christmas",
        "q1",
        "q2",
        "q3",
        "q4",
        "term",
        "half",
        "early",
        "mid",
        "late",
        "quarter",
        "semester",
        "week",
        "w/c",
    ];
    let words: Vec<&str> = folded.split([' ', '-', ',']).filter(|w| !w.is_empty()).collect();
    if words.iter().any(|w| SEASONS.contains(w))
        && words.iter().any(|w| year(w) || w.trim_start_matches('\'').len() == 2)
    {
        return Some(Partial::Season);
    }
    // A day and a month, in words or in digits.
    let two = |t: &str| {
        t.split_once(['/', '.']).is_some_and(|(a, b)| digits(a, 1..=2) && digits(b.trim_end_matches('.'), 1..=2))
            || tokens(t).is_some_and(|tokens| {
                let plain: Vec<&Token> = tokens
                    .iter()
                    .filter(|t| {
                        !matches!(t, Token::Space | Token::Ordinal | Token::Joint | Token::Mark('-' | '.' | ','))
                    })
                    .collect();
                matches!(
                    plain.as_slice(),
                    [Token::Number { width: 1..=2, .. }, Token::Month(_)]
                        | [Token::Month(_), Token::Number { width: 1..=2, .. }]
                )
            })
    };
    let is_day = |t: &str| take_apart(t).is_some_and(|w| !matches!(w.day, Day::Serial(_)));
    for joint in [" - ", " to ", "-", " & ", " and ", " until "] {
        for (at, _) in folded.match_indices(joint) {
            let (Some(left), Some(right)) = (folded.get(..at), folded.get(at + joint.len()..)) else { continue };
            let (left, right) = (left.trim(), right.trim());
            let begins =
                is_day(left) || two(left) || digits(left.trim_end_matches(|c: char| c.is_ascii_alphabetic()), 1..=2);
            if begins && is_day(right) {
                return Some(Partial::Span);
            }
        }
    }
    two(&folded).then_some(Partial::NoYear)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_time_but_no_day() {
        for (text, is) in [
            ("2024", Some(Partial::Year)),
            ("FY2024", Some(Partial::Year)),
            ("2024-2025", Some(Partial::Year)),
            ("Spring 2024", Some(Partial::Season)),
            ("Q1 2024", Some(Partial::Season)),
            ("2024 Q1", Some(Partial::Season)),
            ("12-14 May 2024", Some(Partial::Span)),
            ("12th to 14th May 2024", Some(Partial::Span)),
            ("01/05/2024 - 03/05/2024", Some(Partial::Span)),
            ("30 April - 2 May 2024", Some(Partial::Span)),
            ("3 April", Some(Partial::NoYear)),
            ("3rd of May", Some(Partial::NoYear)),
            ("12/05", Some(Partial::NoYear)),
            ("13/02/2012", None),
            ("May 2024", None),
            ("42403", None),
            ("soon", None),
            ("Room 12", None),
            ("Crafts Fenham 30.8.11", None),
        ] {
            assert_eq!(partial(text), is, "{text}");
        }
    }
}
