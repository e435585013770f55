//! Which character separates the cells of a text file, by evidence: the one that cuts most records into equally many cells.

use super::scan::{Fault, Scanner};

/// Separators that are tried, in the order in which they win a draw.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records are looked at.
const RECORDS: usize = 200;

/// The separator of a text, and how many bytes at its start are not part of the table (Excel's line `sep=;`).
pub(super) fn find(text: &str) -> (u8, usize) {
    if let Some(rest) = text.strip_prefix("sep=").or_else(|| text.strip_prefix("SEP="))
        && let Some(&delimiter) = rest.as_bytes().first()
        && delimiter.is_ascii()
        && matches!(rest.as_bytes().get(1), Some(b'\r' | b'\n') | None)
    {
        return (delimiter, 5);
    }
    let mut best = (0u64, b',');
    for delimiter in CANDIDATES {
        let score = score(text, delimiter);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    (best.1, 0)
}

/// How well a separator fits, in thousandths, with the number of cells as a small bonus.
fn score(text: &str, delimiter: u8) -> u64 {
    let mut scanner = Scanner::new(text, delimiter, 0);
    let mut widths: Vec<usize> = Vec::new();
    let mut faults = 0u64;
    while widths.len() < RECORDS && scanner.position() < 1 << 20 && scanner.next() {
        if scanner.is_blank() {
            continue;
        }
        faults += u64::from(matches!(scanner.fault(), Some(Fault::Stray | Fault::Unclosed)));
        widths.push(scanner.len());
    }
    let Some(&first) = widths.first() else { return 0 };
    let mut sorted = widths.clone();
    sorted.sort_unstable();
    let (mut mode, mut times) = (0usize, 0usize);
    for run in sorted.chunk_by(|a, b| a == b) {
        if run.len() >= times && run.first().is_some_and(|&w| w >= 2) {
            (mode, times) = (run.first().copied().unwrap_or(0), run.len());
        }
    }
    if mode < 2 {
        return 0;
    }
    let share = (times * 1000 / widths.len()) as u64;
    let header = if first == mode { 2 } else { 1 };
    let sound = 1000 - 1000 * faults.min(widths.len() as u64) / widths.len() as u64;
    share * header * (sound + 10) + mode.min(500) as u64
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn by_evidence() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", b','),
            ("a;b;c\n1,5;2,5;x\n2,5;3,5;y\n", b';'),
            ("a\tb\n1,2\t3\n", b'\t'),
            ("a|b|c\nx;y|2|3\n", b'|'),
            ("name,ticked\nAnn,a;b;c\nBob,a;b\n", b','),
            ("\"a;b\",\"c;d\"\n\"1;2\",\"3;4\"\n", b','),
            ("only\none\ncolumn\n", b','),
            ("sep=;\na,b\n", b';'),
        ] {
            assert_eq!(find(text).0, delimiter, "{text}");
        }
    }
}
