//! A written date as words and marks: months and days of the week in eight languages, am and pm, zones, ordinals.

use crate::spec::vocabulary::{is_weekday, month_of, unaccented};

/// The longest text that can be a date.
const LONGEST: usize = 56;

/// A piece of a written date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Number {
        value: u32,
        width: u8,
    },
    Month(u16),
    /// am (`false`) or pm.
    Half(bool),
    /// st, nd, rd, th, er, º
    Ordinal,
    Weekday,
    /// `T` between date and time.
    Tee,
    /// `Z`, `UTC`, `GMT`, `BST`, `CET` …: read over.
    Zone,
    /// `h` in `14h30`; `hrs`, `Uhr` behind a time.
    Hours,
    /// "of", "de", "the": says nothing.
    Joint,
    /// "to" between two times.
    To,
    Space,
    Mark(char),
}

/// Names of time zones as platforms write them. What they say is read over: a time is kept as it is written.
const ZONES: [&str; 34] = [
    "z", "utc", "gmt", "bst", "ist", "wet", "west", "cet", "cest", "mez", "mesz", "eet", "eest", "msk", "est", "edt",
    "cst", "cdt", "mst", "mdt", "pst", "pdt", "akst", "akdt", "hst", "aest", "aedt", "acst", "acdt", "awst", "nzst",
    "nzdt", "sast", "jst",
];

fn word(letters: &str) -> Option<Token> {
    let w = unaccented(letters);
    match w.as_str() {
        "t" => return Some(Token::Tee),
        "am" | "a" => return Some(Token::Half(false)),
        "pm" | "p" => return Some(Token::Half(true)),
        "st" | "nd" | "rd" | "th" | "er" | "o" => return Some(Token::Ordinal),
        "h" | "hrs" | "hours" | "uhr" => return Some(Token::Hours),
        "of" | "de" | "del" | "the" | "le" | "den" | "el" | "il" => return Some(Token::Joint),
        "to" | "until" | "till" => return Some(Token::To),
        _ if ZONES.contains(&w.as_str()) => return Some(Token::Zone),
        _ => {}
    }
    if let Some(month) = month_of(&w) {
        return u16::try_from(month).ok().map(Token::Month);
    }
    is_weekday(&w).then_some(Token::Weekday)
}

/// The text without what stands in brackets behind it (`… GMT+0100 (British Summer Time)`, `… (Wednesday)`).
fn without_bracket(text: &str) -> &str {
    match text.split_once(" (") {
        Some((before, inside)) if inside.ends_with(')') && !inside.bytes().any(|b| b.is_ascii_digit()) => before,
        _ => text,
    }
}

/// Takes a text apart; `None` for what cannot be a date.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    let text = without_bracket(text);
    if text.is_empty() || text.len() > LONGEST || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut out: Vec<Token> = Vec::with_capacity(12);
    let plain = text.to_lowercase().replace("a.m", "am").replace("p.m", "pm").replace("o'clock", "hrs");
    let mut rest = plain.as_str();
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, tail) = rest.split_at(end);
            // A fraction of a second or of a day may be written to any length; nine places are more than enough.
            let digits = if out.last() == Some(&Token::Mark('.')) { digits.get(..9).unwrap_or(digits) } else { digits };
            if digits.len() > 9 {
                return None;
            }
            out.push(Token::Number { value: digits.parse().ok()?, width: u8::try_from(digits.len()).ok()? });
            rest = tail;
        } else if first.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let (letters, tail) = rest.split_at(end);
            out.push(word(letters)?);
            rest = tail;
        } else {
            match first {
                c if c.is_whitespace() || c == '\u{a0}' || c == '\u{202f}' => {
                    if out.last() != Some(&Token::Space) {
                        out.push(Token::Space);
                    }
                }
                '–' | '—' | '−' | '‑' => out.push(Token::Mark('-')),
                '’' => out.push(Token::Mark('\'')),
                '/' | '-' | '.' | ',' | ':' | '+' | '\'' => out.push(Token::Mark(first)),
                _ => return None,
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    Some(without_weekday(spaced_slashes(out)))
}

/// `12 / 05 / 2024` without its spaces.
fn spaced_slashes(tokens: Vec<Token>) -> Vec<Token> {
    if !tokens.contains(&Token::Mark('/')) {
        return tokens;
    }
    let slash = Some(&Token::Mark('/'));
    let keep = |at: usize| {
        tokens.get(at) != Some(&Token::Space)
            || (tokens.get(at + 1) != slash && at.checked_sub(1).and_then(|before| tokens.get(before)) != slash)
    };
    (0..tokens.len()).filter(|at| keep(*at)).filter_map(|at| tokens.get(at).copied()).collect()
}

/// Without a day of the week, an article or "on" before the date, and without a day of the week behind it.
fn without_weekday(mut tokens: Vec<Token>) -> Vec<Token> {
    let joint = |t: &Token| matches!(t, Token::Space | Token::Mark(',' | '.'));
    while let [Token::Weekday | Token::Joint, tail @ ..] = tokens.as_slice() {
        let skip = tail.iter().take_while(|t| joint(t)).count();
        tokens = tail.get(skip..).unwrap_or_default().to_vec();
    }
    if tokens.last() == Some(&Token::Weekday) {
        tokens.pop();
        while tokens.last().is_some_and(joint) {
            tokens.pop();
        }
    }
    tokens
}
