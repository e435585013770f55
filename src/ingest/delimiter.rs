//! How a text file marks its cells, by evidence: the separator that cuts most records into equally many cells, and the quotes.

use super::scan::{Fault, Scanner};

/// Separators that are tried, in the order in which they win a draw.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A separator that is taken only where none of the others cuts the records, and this one cuts each into as many cells: it stands
/// in every time of day.
const COLON: u8 = b':';

/// How many records are looked at.
const RECORDS: usize = 200;

/// How many bytes are looked at for how cells are quoted.
const HEAD: usize = 1 << 16;

/// How a text marks its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: u8,
    pub quote: u8,
    /// Whether spaces stand between a separator and the quote that opens a cell.
    pub spaces: bool,
    /// Whether the first record is Excel's line `sep=;`, which is no part of the table.
    pub marked: bool,
}

impl Dialect {
    /// Cells between these separators, in double quotes where they need it.
    pub const fn of(delimiter: u8) -> Self {
        Dialect { delimiter, quote: b'"', spaces: false, marked: false }
    }
}

/// How a text marks its cells, and whether there is any evidence for it: a text of one column has none.
pub(super) fn find(text: &str) -> (Dialect, bool) {
    if let Some(delimiter) = named(text) {
        let quotes = quotes(text, delimiter);
        return (Dialect { marked: true, ..quotes }, true);
    }
    let mut best = (0u64, Dialect::of(b','));
    for delimiter in CANDIDATES {
        let dialect = quotes(text, delimiter);
        let (score, _) = score(text, dialect);
        if score > best.0 {
            best = (score, dialect);
        }
    }
    if best.0 < HALF {
        let (score, even) = score(text, Dialect::of(COLON));
        if score > best.0 && even >= 3 {
            best = (score, Dialect::of(COLON));
        }
    }
    (best.1, best.0 > 0)
}

/// The separator that Excel's line `sep=;` names.
fn named(text: &str) -> Option<u8> {
    let line = text.get(..12).unwrap_or(text).split(['\r', '\n']).next().unwrap_or_default();
    let line = line.strip_prefix('"').map_or(line, |l| l.trim_end_matches('"'));
    let rest = line.get(..4).filter(|s| s.eq_ignore_ascii_case("sep=")).and(line.get(4..))?;
    match rest.as_bytes() {
        [delimiter] if delimiter.is_ascii() && !delimiter.is_ascii_alphanumeric() => Some(*delimiter),
        _ => None,
    }
}

/// How cells are quoted, where this is the separator.
fn quotes(text: &str, delimiter: u8) -> Dialect {
    let head = text.as_bytes().get(..HEAD).unwrap_or(text.as_bytes());
    let mark = |b: Option<&u8>| b.is_none_or(|&b| b == delimiter || b == b'\n' || b == b'\r');
    let (mut near, mut apart, mut opens, mut closes) = (0usize, 0usize, 0usize, 0usize);
    let mut doubles = false;
    for (at, &byte) in head.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|i| head.get(i));
        let after = head.get(at + 1);
        match byte {
            b'"' if mark(before) => {
                doubles = true;
                near += 1;
            }
            b'"' if before == Some(&b' ') && after != Some(&b'"') => {
                let spaces = head.get(..at).unwrap_or_default().iter().rev().take_while(|&&b| b == b' ').count();
                apart += usize::from(at > spaces && head.get(at - spaces - 1) == Some(&delimiter));
            }
            b'\'' => {
                opens += usize::from(mark(before) && !mark(after));
                closes += usize::from(mark(after) && !mark(before));
            }
            _ => {}
        }
    }
    let lines = memchr::memchr2_iter(b'\n', b'\r', head).count().max(1);
    let single =
        !doubles && apart == 0 && opens >= lines.min(3) && opens * 2 >= lines && opens.abs_diff(closes) * 20 <= opens;
    Dialect { quote: if single { b'\'' } else { b'"' }, spaces: apart > near, ..Dialect::of(delimiter) }
}

/// A score that says: half of the records are cut alike.
const HALF: u64 = 500_000;

/// How well a dialect fits, in thousandths, with the number of cells as a small bonus; and how many cells every record has, if all
/// have as many.
fn score(text: &str, dialect: Dialect) -> (u64, usize) {
    let mut scanner = Scanner::new(text, dialect, 0);
    let mut widths: Vec<usize> = Vec::new();
    let mut faults = 0u64;
    while widths.len() < RECORDS && scanner.position() < 1 << 20 && scanner.next() {
        scanner.forget();
        if scanner.is_blank() {
            continue;
        }
        faults += u64::from(matches!(scanner.fault(), Some(Fault::Stray | Fault::Unclosed)));
        widths.push(scanner.len());
    }
    let Some(&first) = widths.first() else { return (0, 0) };
    let mut sorted = widths.clone();
    sorted.sort_unstable();
    let (mut mode, mut times) = (0usize, 0usize);
    for run in sorted.chunk_by(|a, b| a == b) {
        if run.len() >= times && run.first().is_some_and(|&w| w >= 2) {
            (mode, times) = (run.first().copied().unwrap_or(0), run.len());
        }
    }
    if mode < 2 {
        return (0, 0);
    }
    let share = (times * 1000 / widths.len()) as u64;
    let header = if first == mode { 2 } else { 1 };
    let sound = 1000 - 1000 * faults.min(widths.len() as u64) / widths.len() as u64;
    let even = if times == widths.len() { mode } else { 0 };
    (share * header * (sound + 10) + mode.min(500) as u64, even)
}

/// Whether cells are lined up in columns by spaces alone: every line has a gap at the same places, two at least.
pub(super) fn is_lined_up(text: &str) -> bool {
    let lines: Vec<&[u8]> =
        text.lines().map(str::as_bytes).filter(|l| !l.iter().all(u8::is_ascii_whitespace)).take(100).collect();
    let longest = lines.iter().map(|l| l.len()).max().unwrap_or(0);
    if lines.len() < 4 || longest > 10_000 {
        return false;
    }
    let blank = |at: usize| lines.iter().all(|l| l.get(at).is_none_or(|&b| b == b' '));
    let (mut gaps, mut run, mut filled) = (0, 0, false);
    for at in 0..longest {
        if blank(at) {
            run += 1;
            continue;
        }
        gaps += usize::from(filled && run >= 2);
        (run, filled) = (0, true);
    }
    gaps >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_evidence() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", b','),
            ("a;b;c\n1,5;2,5;x\n2,5;3,5;y\n", b';'),
            ("a;b\n1,5;2\n2,5;3\n3,5;4\n", b';'),
            ("Name;Value\nx;1,5\ny;2,5\n", b';'),
            ("a\tb\n1,2\t3\n", b'\t'),
            ("a|b|c\nx;y|2|3\n", b'|'),
            ("name,ticked\nAnn,a;b;c\nBob,a;b\n", b','),
            ("\"a;b\",\"c;d\"\n\"1;2\",\"3;4\"\n", b','),
            ("only\none\ncolumn\n", b','),
            ("sep=;\na,b\n", b';'),
            ("\"SEP=|\"\r\na,b\n", b'|'),
            ("id:name:role\n1:Ann:guide\n2:Bob:guard\n", b':'),
            ("when\n10:00:00\n11:30:00\n", b','),
            ("Time,Note\n10:00,a\n11:30,b\n", b','),
        ] {
            assert_eq!(find(text).0.delimiter, delimiter, "{text}");
        }
    }

    #[test]
    fn quotes_of_other_kinds() {
        let single = find("'id','said'\n'1','yes, it''s'\n'2','no'\n").0;
        assert_eq!((single.quote, single.delimiter), (b'\'', b','));
        let texts = find("id,said\n1,'90s music\n2,don't know\n3,it's fine\n").0;
        assert_eq!(texts.quote, b'"');
        let spaced = find("\"id\", \"said\", \"when\"\n\"1\", \"yes, no\", \"2025\"\n").0;
        assert!(spaced.spaces);
        assert!(!find("id,said\n1,\"yes, \"\"no\"\"\"\n2,\"a\"\n").0.spaces);
    }

    #[test]
    fn columns_lined_up_by_spaces() {
        assert!(is_lined_up(
            "Name      Visits  Date\nCity      12      03/04\nWest End  3       04/04\nEast      8       05/04\n"
        ));
        assert!(!is_lined_up("comment\nI liked it\nnothing\nit was very good indeed\n"));
    }
}
