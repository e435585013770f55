//! Written numbers as exact decimals: which sign groups the thousands and which is the decimal point is decided for a whole
//! column (for all months of a wide log together), never cell by cell. A blank is never zero.

use std::collections::BTreeMap;

use super::number_words::{self, Odd, Written};
use super::states::{Kind, Tokens};
use super::tokens::Missing;
use super::{Answer, Decimal};
use crate::ingest::Texts;
use crate::spec::fold;

/// How a column's numbers are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// How many: never negative, and three digits after a point group thousands rather than count thousandths.
    Count,
    Number,
    /// `39%` and `39` are 39; a column of fractions only (0.39) is multiplied by 100.
    Percent,
}

/// What the commas and points of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

/// What a column's numbers were taken for, and why.
#[derive(Debug, Clone)]
pub struct Reading {
    /// `None`: the column contradicts itself.
    pub style: Option<Style>,
    /// Said when something was assumed.
    pub assumed: Option<String>,
    /// Fractions are percentages.
    pub fractions: bool,
    /// Units that may stand behind the number.
    pub units: &'static [&'static str],
}

/// The numbers of one column.
#[derive(Debug, Default)]
pub struct Numbers {
    pub values: Vec<Answer<Decimal>>,
    pub tokens: Tokens,
    /// All rows that cannot be read, those of `odd` and `shortened` among them.
    pub unreadable: u64,
    pub first_unreadable: Option<u32>,
    /// Rows that hold more than a number, with the first of them.
    pub odd: BTreeMap<Odd, (u64, u32)>,
    /// Rows whose number was written in an unusual way and read.
    pub unusual: BTreeMap<Written, u64>,
    /// Rows that a spreadsheet program shortened (`1.0E+11`).
    pub shortened: u64,
    pub zero: u64,
}

impl Numbers {
    /// Adds what must be said of another column.
    pub fn absorb(&mut self, other: Numbers) {
        self.tokens.absorb(other.tokens);
        self.unreadable += other.unreadable;
        self.shortened += other.shortened;
        self.zero += other.zero;
        for (odd, (rows, first)) in other.odd {
            let at = self.odd.entry(odd).or_insert((0, first));
            *at = (at.0 + rows, at.1.min(first));
        }
        for (written, rows) in other.unusual {
            *self.unusual.entry(written).or_default() += rows;
        }
        self.first_unreadable = match (self.first_unreadable, other.first_unreadable) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

/// A number's text without currency signs, spaces and a percent sign.
fn bare(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut percent = false;
    for c in text.chars() {
        match c {
            '%' => percent = true,
            '£' | '$' | '€' | '¥' | '₹' | '\u{feff}' | '\u{200b}' => {}
            '\u{2212}' | '–' => out.push('-'),
            '’' => out.push('\''),
            c if c.is_whitespace() || c == '\u{a0}' || c == '\u{202f}' => out.push(' '),
            c => out.push(c),
        }
    }
    let trimmed = out.trim();
    // Codes of currencies: GBP 12.50, 12,50 EUR.
    const CURRENCIES: [&str; 4] = ["GBP", "EUR", "USD", "CHF"];
    let without = CURRENCIES
        .iter()
        .find_map(|code| trimmed.strip_prefix(code).or_else(|| trimmed.strip_suffix(code)))
        .filter(|rest| rest.contains(|c: char| c.is_ascii_digit()));
    (without.unwrap_or(trimmed).trim().to_owned(), percent)
}

/// The digits around the signs of a number: sign, groups of digits, and the signs between them.
struct Shape<'a> {
    negative: bool,
    groups: Vec<&'a str>,
    marks: Vec<char>,
}

fn shape(bare: &str) -> Option<Shape<'_>> {
    if bare.len() > 40 {
        return None;
    }
    let (negative, rest) = match bare.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, bare.strip_prefix('+').unwrap_or(bare)),
    };
    let mut groups = Vec::new();
    let mut marks = Vec::new();
    let mut start = 0;
    for (at, c) in rest.char_indices() {
        if c.is_ascii_digit() {
            continue;
        }
        if !matches!(c, ',' | '.' | ' ' | '\'') {
            return None;
        }
        groups.push(rest.get(start..at)?);
        marks.push(c);
        start = at + c.len_utf8();
    }
    groups.push(rest.get(start..)?);
    let digits = groups.iter().any(|g| !g.is_empty());
    digits.then_some(Shape { negative, groups, marks })
}

/// What one text says of its column's signs.
#[derive(Debug, Default, Clone, Copy)]
struct Evidence {
    point: u64,
    comma: u64,
    /// `1,234`: thousands, or one and 234 thousandths.
    open_comma: u64,
    /// `1.234`
    open_point: u64,
    percent: u64,
    fraction: u64,
    over_one: u64,
    /// Numbers of up to three digits, and of more, that have no sign at all.
    plain_short: u64,
    plain_long: u64,
    /// Different texts like `1.234`, and whether one of them ends in a zero, which a decimal would drop.
    open_points: u64,
    zero_end: bool,
}

fn weigh(text: &str, rows: u64, e: &mut Evidence) {
    let (bare, percent) = bare(text);
    e.percent += if percent { rows } else { 0 };
    let Some(s) = shape(&bare) else { return };
    let marks: Vec<char> = s.marks.iter().copied().filter(|m| matches!(m, ',' | '.')).collect();
    let last = s.groups.last().map_or(0, |g| g.len());
    let first = s.groups.first().copied().unwrap_or("");
    match marks.as_slice() {
        [] if s.marks.is_empty() => match first.len() {
            0..=3 => e.plain_short += rows,
            _ => e.plain_long += rows,
        },
        [] => {}
        [one] => {
            let open = last == 3
                && (1..=3).contains(&first.len())
                && first != "0"
                && !first.starts_with('0')
                && s.marks.len() == 1;
            match (one, open) {
                (',', true) => e.open_comma += rows,
                ('.', true) => {
                    e.open_point += rows;
                    e.open_points += 1;
                    e.zero_end |= s.groups.last().is_some_and(|g| g.ends_with('0'));
                }
                (',', false) => e.comma += rows,
                _ => e.point += rows,
            }
        }
        many => {
            let (Some(&before), Some(&end)) = (many.first(), many.last()) else { return };
            match (before == end, end) {
                // Several equal signs group thousands: 1,234,567.
                (true, ',') => e.point += rows,
                (true, _) => e.comma += rows,
                (false, '.') => e.point += rows,
                (false, _) => e.comma += rows,
            }
        }
    }
    let whole: f64 = if marks.len() <= 1 { s.groups.join(".").parse().unwrap_or(2.0) } else { 2.0 };
    if !percent && whole > 0.0 && whole < 1.0 {
        e.fraction += rows;
    } else if whole > 1.0 {
        e.over_one += rows;
    }
}

/// Decides how the numbers of these columns (one, or all months of a wide log) are written.
pub fn decide<'a>(columns: impl IntoIterator<Item = &'a Texts>, wanted: Wanted) -> Reading {
    let mut e = Evidence::default();
    for texts in columns {
        for (_, text, rows) in texts.iter() {
            weigh(text, u64::from(rows), &mut e);
        }
    }
    let mut assumed = None;
    let style = match (e.point > 0, e.comma > 0) {
        (true, true) => None,
        (true, false) => Some(Style::Point),
        (false, true) => Some(Style::Comma),
        (false, false) if e.open_comma > 0 && e.open_point > 0 => None,
        (false, false) if e.open_comma > 0 => {
            assumed = Some(format!("{} written like 1,234, read as thousands", super::words::rows_words(e.open_comma)));
            Some(Style::Point)
        }
        (false, false) if e.open_point > 0 => {
            if wanted == Wanted::Count {
                assumed = Some(format!(
                    "{} written like 1.234, read as thousands because they are counts",
                    super::words::rows_words(e.open_point)
                ));
                Some(Style::Comma)
            } else if e.plain_short > 0 && e.plain_long == 0 && e.open_points > 1 && (e.zero_end || e.open_points > 3) {
                assumed = Some(format!(
                    "{} written like 1.234, read as thousands because no number of four digits stands without its point",
                    super::words::rows_words(e.open_point)
                ));
                Some(Style::Comma)
            } else {
                assumed =
                    Some(format!("{} written like 1.234, read as decimals", super::words::rows_words(e.open_point)));
                Some(Style::Point)
            }
        }
        (false, false) => Some(Style::Point),
    };
    let fractions = wanted == Wanted::Percent && e.percent == 0 && e.fraction > 0 && e.over_one == 0;
    if fractions {
        assumed = Some("all values lie between 0 and 1: read as shares of one, so 0.39 is 39%".to_owned());
    }
    let units = match wanted {
        Wanted::Count => number_words::PEOPLE,
        Wanted::Number => number_words::YEARS,
        Wanted::Percent => &[],
    };
    Reading { style, assumed, fractions, units }
}

/// Reads one number.
pub fn parse(text: &str, style: Style) -> Option<(Decimal, bool)> {
    let (bare, percent) = bare(text);
    let s = shape(&bare)?;
    let (group, point) = match style {
        Style::Point => (',', '.'),
        Style::Comma => ('.', ','),
    };
    let mut digits = String::with_capacity(bare.len());
    let mut scale = 0u8;
    let last = s.groups.len().checked_sub(1)?;
    let mut grouped: Option<char> = None;
    for (at, g) in s.groups.iter().enumerate() {
        let before = if at == 0 { None } else { s.marks.get(at - 1).copied() };
        match before {
            None => {}
            Some(m) if m == point => {
                if at != last {
                    return None;
                }
                scale = u8::try_from(g.len()).ok()?;
            }
            Some(m) if m == group || m == ' ' || m == '\'' => {
                let first = s.groups.first().map_or(0, |f| f.len());
                if g.len() != 3 || !(1..=3).contains(&first) || grouped.is_some_and(|other| other != m) {
                    return None;
                }
                grouped = Some(m);
            }
            Some(_) => return None,
        }
        digits.push_str(g);
    }
    // Trailing zeros after the point say nothing: 12.0 is 12.
    while scale > 0 && digits.ends_with('0') {
        digits.pop();
        scale -= 1;
    }
    if digits.is_empty() || digits.len() > 18 {
        return if digits.is_empty() && !bare.is_empty() && scale == 0 && bare.contains('0') {
            Some((Decimal { digits: 0, scale: 0 }, percent))
        } else {
            None
        };
    }
    let value: i64 = digits.parse().ok()?;
    Some((Decimal { digits: if s.negative { -value } else { value }, scale }, percent))
}

/// Whether a spreadsheet program has shortened a long number: `1.0E+11`.
pub fn is_shortened(text: &str) -> bool {
    let t = text.trim();
    let Some((mantissa, exponent)) = t.split_once(['e', 'E']) else { return false };
    let Some(exponent) = exponent.strip_prefix(['+', '-']) else { return false };
    (1..=8).contains(&mantissa.len())
        && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',' || b == b'-')
        && mantissa.bytes().any(|b| b.is_ascii_digit())
        && (1..=3).contains(&exponent.len())
        && exponent.bytes().all(|b| b.is_ascii_digit())
}

/// Reads every distinct text of a column.
pub fn read(texts: &Texts, wanted: Wanted, reading: &Reading, missing: &Missing) -> Numbers {
    let mut out = Numbers::default();
    for (code, text, rows) in texts.iter() {
        let rows = u64::from(rows);
        let first = texts.first_row(code);
        let answer = match missing.kind(text) {
            Kind::Blank => Answer::Blank,
            Kind::Refused => Answer::Refused,
            Kind::NotAsked => Answer::NotAsked,
            Kind::Token => {
                out.tokens.add(text, rows);
                Answer::Blank
            }
            Kind::Error => Answer::Unreadable,
            Kind::Value => value(text, rows, first, wanted, reading, &mut out),
        };
        if answer == Answer::Unreadable {
            out.unreadable += rows;
            out.first_unreadable = Some(out.first_unreadable.map_or(first, |f| f.min(first)));
        }
        if matches!(answer, Answer::Answered(d) if d.digits == 0) {
            out.zero += rows;
        }
        out.values.push(answer);
    }
    out
}

/// Reads one text that is no word for "missing".
fn value(text: &str, rows: u64, first: u32, wanted: Wanted, reading: &Reading, out: &mut Numbers) -> Answer<Decimal> {
    let style = reading.style.unwrap_or(Style::Point);
    let undecided = reading.style.is_none() && text.contains([',', '.']);
    if let Some((d, percent)) = parse(text, style).filter(|_| !undecided) {
        let is_fraction = d.scale > 0 && d.digits.unsigned_abs() < 10u64.saturating_pow(u32::from(d.scale));
        return match wanted {
            Wanted::Percent if reading.fractions => Answer::Answered(times_hundred(d)),
            Wanted::Percent if !percent && is_fraction => Answer::Unreadable,
            Wanted::Percent => Answer::Answered(d),
            _ if percent => Answer::Unreadable,
            Wanted::Count if d.digits < 0 => Answer::Unreadable,
            _ => Answer::Answered(d),
        };
    }
    if wanted != Wanted::Percent
        && !undecided
        && let Some((d, written)) = number_words::unusual(text, style, reading.units)
        && !(wanted == Wanted::Count && (d.digits < 0 || d.scale > 0))
    {
        *out.unusual.entry(written).or_default() += rows;
        return Answer::Answered(d);
    }
    if fold(text) == "(blank)" {
        return Answer::Blank;
    }
    if is_shortened(text) {
        out.shortened += rows;
    } else if let Some(odd) = number_words::odd(text) {
        let at = out.odd.entry(odd).or_insert((0, first));
        *at = (at.0 + rows, at.1.min(first));
    }
    Answer::Unreadable
}

fn times_hundred(d: Decimal) -> Decimal {
    if d.scale >= 2 {
        Decimal { digits: d.digits, scale: d.scale - 2 }
    } else {
        let by = if d.scale == 1 { 10 } else { 100 };
        Decimal { digits: d.digits.saturating_mul(by), scale: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::tokens::{Context, Expect};

    fn texts(list: &[&str]) -> Texts {
        let mut t = Texts::new();
        for (row, text) in (0..).zip(list) {
            t.push(text, row);
        }
        t
    }
    fn column(list: &[&str], wanted: Wanted) -> Vec<Option<(i64, u8)>> {
        let t = texts(list);
        let reading = decide([&t], wanted);
        let expect = if wanted == Wanted::Count { Expect::Counts } else { Expect::Numbers };
        let context = Context { expect, header: "", platform: "", options: &[], declared: None };
        read(&t, wanted, &reading, &Missing::of(&t, &context))
            .values
            .iter()
            .map(|v| v.answered().map(|d| (d.digits, d.scale)))
            .collect()
    }

    #[test]
    fn signs_are_decided_on_the_whole_column() {
        assert_eq!(column(&["1,234", "12.5"], Wanted::Number), [Some((1234, 0)), Some((125, 1))]);
        assert_eq!(column(&["1.234", "12,5"], Wanted::Number), [Some((1234, 0)), Some((125, 1))]);
        assert_eq!(column(&["1.234", "2.500.000"], Wanted::Number), [Some((1234, 0)), Some((2_500_000, 0))]);
        assert_eq!(column(&["23.824", "in restauro"], Wanted::Count), [Some((23824, 0)), None]);
        assert_eq!(column(&["1.125", "2"], Wanted::Number), [Some((1125, 3)), Some((2, 0))]);
        assert_eq!(column(&["1,5", "1.5"], Wanted::Number), [None, None]);
        // Thousands by their grouping: no number of four digits stands without its point.
        assert_eq!(
            column(&["1.250", "870", "12.600"], Wanted::Number),
            [Some((1250, 0)), Some((870, 0)), Some((12600, 0))]
        );
        assert_eq!(
            column(&["1.250", "1870", "12.600"], Wanted::Number),
            [Some((125, 2)), Some((1870, 0)), Some((126, 1))]
        );
        assert_eq!(
            column(&["1 234", "1\u{a0}234", "1\u{202f}234", "1'234", "1’234"], Wanted::Count),
            [Some((1234, 0)); 5]
        );
        assert_eq!(
            column(&["GBP 12.50", "12.50 EUR", "(3)", "½"], Wanted::Number),
            [Some((125, 1)), Some((125, 1)), Some((-3, 0)), Some((5, 1))]
        );
        assert_eq!(
            column(&["(3)", "½", "twelve", "12 people"], Wanted::Count),
            [None, None, Some((12, 0)), Some((12, 0))]
        );
        assert_eq!(
            column(&["£1,200.00", "€ 3 000", "-4", "0.0", "0"], Wanted::Number),
            [Some((1200, 0)), Some((3000, 0)), Some((-4, 0)), Some((0, 0)), Some((0, 0))]
        );
    }

    #[test]
    fn percentages_counts_and_codes() {
        assert_eq!(
            column(&["39%", "0%", "100 %", "7"], Wanted::Percent),
            [Some((39, 0)), Some((0, 0)), Some((100, 0)), Some((7, 0))]
        );
        assert_eq!(column(&["0.39", "1", "0"], Wanted::Percent), [Some((39, 0)), Some((100, 0)), Some((0, 0))]);
        assert_eq!(column(&["39%", "12"], Wanted::Count), [None, Some((12, 0))]);
        assert_eq!(column(&["-99", "12"], Wanted::Count), [None, Some((12, 0))]);
        assert_eq!(column(&["", "n/a", "1.0E+11", "12345678901234567890"], Wanted::Count), [None; 4]);
        assert_eq!(column(&["1,23", "12,34,567"], Wanted::Number)[1], None);
    }
}
