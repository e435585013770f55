//! Delimited text cut into records and cells, one pass, without copying what needs no copying.
//!
//! Every line is a record, blank ones too, so that a record's number is the row that a spreadsheet program shows. Records end at
//! LF, CRLF or a lone CR, mixed as they come. A cell that begins with a quote ends at the next one that is not doubled.

use super::delimiter::Dialect;
use super::layout::COLUMNS;

/// Where a cell's text stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
    /// In the scratch buffer (a cell with doubled quotes), not in the text itself.
    pub scratch: bool,
}

impl Span {
    /// The bytes of the cell, in the text or in the scratch buffer.
    pub fn of<'b>(&self, bytes: &'b [u8], scratch: &'b [u8]) -> &'b [u8] {
        let from = if self.scratch { scratch } else { bytes };
        from.get(self.start..self.end).unwrap_or_default()
    }
}

/// A place where a record begins.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Start {
    /// The byte.
    at: usize,
    /// How many records stand above.
    record: u64,
}

/// What is wrong with the quotes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A quote is never closed, or only by a quote that seems to open another cell.
    Unclosed,
    /// Characters stand between a closing quote and the next separator, within one line.
    Stray,
}

/// One in each byte of a word, and each byte's highest bit.
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A reader of records.
pub(super) struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    delimiter: u8,
    quote: u8,
    /// Whether spaces may stand between a separator and the quote that opens a cell.
    spaces: bool,
    /// The expected number of cells (0: not known), by which swallowed rows inside a quoted cell are recognised.
    width: usize,
    spans: Vec<Span>,
    scratch: Vec<u8>,
    record: u64,
    fault: Option<Fault>,
    /// How many quotes opened or closed a cell or stood doubled in one, in all records so far.
    quotes: usize,
}

/// How many bytes of cells with doubled quotes are copied at most before [`Scanner::forget`].
const HELD: usize = 64 << 20;

/// What may stand before the first cell of a record and is no part of it: a byte order mark where files were put together, and the
/// form feed of a printed page.
const BEFORE: [&[u8]; 2] = [b"\xef\xbb\xbf", b"\x0c"];

impl<'t> Scanner<'t> {
    /// A reader at the start of `text`.
    pub fn new(text: &'t str, dialect: Dialect, width: usize) -> Self {
        Scanner::from(text, dialect, width, Start::default())
    }

    /// A reader at a place where a record begins.
    pub fn from(text: &'t str, dialect: Dialect, width: usize, start: Start) -> Self {
        Scanner {
            text,
            bytes: text.as_bytes(),
            at: start.at,
            delimiter: dialect.delimiter,
            quote: dialect.quote,
            spaces: dialect.spaces,
            width,
            spans: Vec::new(),
            scratch: Vec::new(),
            record: start.record,
            fault: None,
            quotes: 0,
        }
    }

    /// The record last read, from 1: the row of a spreadsheet program.
    pub fn record(&self) -> u64 {
        self.record
    }

    /// What is wrong with the record last read.
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// How many quotes did what quotes are there for, in all records so far.
    pub fn quotes(&self) -> usize {
        self.quotes
    }

    /// How many cells the record last read has; of more than [`COLUMNS`], one more than that.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Where the cells of the record last read stand.
    #[inline]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The text, and the buffer of cells that stand in no one place of it. The buffer grows until [`Scanner::forget`].
    pub fn buffers(&self) -> (&'t [u8], &[u8]) {
        (self.bytes, &self.scratch)
    }

    /// How many bytes are copied, of all records since they were last forgotten.
    #[inline]
    pub fn held(&self) -> usize {
        self.scratch.len()
    }

    /// Forgets the copied cells of all records so far.
    pub fn forget(&mut self) {
        self.scratch.clear();
    }

    /// Where the next record begins.
    pub fn start(&self) -> Start {
        Start { at: self.at, record: self.record }
    }

    /// How many bytes were read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The bytes of a cell of the record last read; of a cell that it lacks, none.
    #[inline]
    pub fn cell(&self, index: usize) -> &[u8] {
        match self.spans.get(index) {
            Some(span) if span.scratch => self.scratch.get(span.start..span.end).unwrap_or_default(),
            Some(span) => self.bytes.get(span.start..span.end).unwrap_or_default(),
            None => &[],
        }
    }

    /// A cell as text.
    pub fn cell_text(&self, index: usize) -> &str {
        match self.spans.get(index) {
            Some(span) if span.scratch => std::str::from_utf8(self.cell(index)).unwrap_or_default(),
            Some(span) => self.text.get(span.start..span.end).unwrap_or_default(),
            None => "",
        }
    }

    /// Whether every cell of the record last read is blank.
    #[inline]
    pub fn is_blank(&self) -> bool {
        (0..self.spans.len()).all(|i| super::dictionary::is_blank(self.cell(i)))
    }

    /// Reads the next record; `false` at the end of the text.
    #[inline]
    pub fn next(&mut self) -> bool {
        self.spans.clear();
        self.fault = None;
        if let Some(0xef | 0x0c) = self.bytes.get(self.at) {
            self.skip();
        }
        if self.at >= self.bytes.len() {
            return false;
        }
        self.record += 1;
        if self.bare() {
            return true;
        }
        loop {
            let start = self.at;
            let end = if let Some(open) = self.opening(start) {
                self.quoted(open)
            } else {
                let end = self.bare_end(start);
                self.push(Span { start, end, scratch: false });
                end
            };
            match self.bytes.get(end) {
                Some(&b) if b == self.delimiter => {
                    self.at = end + 1;
                    if self.at >= self.bytes.len() {
                        self.push(Span { start: self.at, end: self.at, scratch: false });
                        return true;
                    }
                }
                Some(b'\r') => {
                    self.at = if self.bytes.get(end + 1) == Some(&b'\n') { end + 2 } else { end + 1 };
                    return true;
                }
                Some(_) => {
                    self.at = end + 1;
                    return true;
                }
                None => {
                    self.at = self.bytes.len();
                    return true;
                }
            }
        }
    }

    /// Leaves out what stands before a record.
    #[cold]
    fn skip(&mut self) {
        while let Some(before) =
            BEFORE.iter().find(|b| self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(b)))
        {
            self.at += before.len();
        }
    }

    /// Keeps a cell. Of a record with more cells than a sheet may have, the rest is not kept, so that no record takes many times
    /// its size.
    #[inline]
    fn push(&mut self, span: Span) {
        if self.spans.len() <= COLUMNS {
            self.spans.push(span);
        }
    }

    /// Where the quote stands that opens the cell at `start`, if one does.
    #[inline]
    fn opening(&self, start: usize) -> Option<usize> {
        let mut at = start;
        if self.spaces {
            at += self.bytes.get(at..).unwrap_or_default().iter().take_while(|&&b| b == b' ').count();
        }
        (self.bytes.get(at) == Some(&self.quote)).then_some(at)
    }

    /// Whether a byte ends a cell; the text's end does.
    #[inline]
    fn is_mark(&self, byte: Option<&u8>) -> bool {
        byte.is_none_or(|&b| b == self.delimiter || b == b'\n' || b == b'\r')
    }

    /// Reads the cells of a record as long as none begins with a quote, eight bytes at a time; whether it came to the record's end.
    /// If not, the cell at `self.at` is still to be read.
    #[inline]
    fn bare(&mut self) -> bool {
        const SEVENS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        let bytes = self.bytes;
        let (delimiter, lf, cr) = (ONES * u64::from(self.delimiter), ONES * u64::from(b'\n'), ONES * u64::from(b'\r'));
        // The high bit of each byte that is not zero; nothing is carried from one byte to the next.
        let filled = |word: u64| ((word & SEVENS) + SEVENS) | word;
        let (mut start, mut at) = (self.at, self.at);
        if self.opening(start).is_some() {
            return false;
        }
        while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*chunk);
            let mut hits = !(filled(word ^ delimiter) & filled(word ^ lf) & filled(word ^ cr)) & HIGHS;
            while hits != 0 {
                let end = at + (hits.trailing_zeros() / 8) as usize;
                hits &= hits - 1;
                self.push(Span { start, end, scratch: false });
                let mark = bytes.get(end).copied().unwrap_or_default();
                start = end + 1;
                if mark != self.delimiter {
                    self.at = if mark == b'\r' && bytes.get(start) == Some(&b'\n') { start + 1 } else { start };
                    return true;
                }
                self.at = start;
                if self.opening(start).is_some() {
                    return false;
                }
            }
            at += 8;
        }
        false
    }

    /// The end of a cell without quotes that starts at `from`: eight bytes at a time.
    #[inline]
    fn bare_end(&self, from: usize) -> usize {
        let delimiter = ONES * u64::from(self.delimiter);
        let (lf, cr) = (ONES * u64::from(b'\n'), ONES * u64::from(b'\r'));
        let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
        let mut at = from;
        while let Some(chunk) = self.bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*chunk);
            // The lowest set bit is exact; bits above the first hit may be false, and are not looked at.
            let hits = zero_bytes(word ^ delimiter) | zero_bytes(word ^ lf) | zero_bytes(word ^ cr);
            if hits != 0 {
                return at + (hits.trailing_zeros() / 8) as usize;
            }
            at += 8;
        }
        while let Some(&b) = self.bytes.get(at) {
            if b == self.delimiter || b == b'\n' || b == b'\r' {
                break;
            }
            at += 1;
        }
        at
    }

    /// Reads a cell that begins with a quote at `open`; gives where it ends.
    fn quoted(&mut self, open: usize) -> usize {
        let body = open + 1;
        let scratch_start = self.scratch.len();
        let mut copied = false;
        let mut from = body;
        self.quotes += 1;
        loop {
            let rest = self.bytes.get(from..).unwrap_or_default();
            let Some(offset) = memchr::memchr(self.quote, rest) else {
                self.fault = Some(Fault::Unclosed);
                self.push(Span { start: body, end: self.bytes.len(), scratch: false });
                return self.bytes.len();
            };
            let close = from + offset;
            self.quotes += 1;
            if self.bytes.get(close + 1) == Some(&self.quote) && self.scratch.len() > HELD {
                // So much text is no cell: its quote was never closed.
                self.fault = Some(Fault::Unclosed);
                self.push(Span { start: body, end: self.bytes.len(), scratch: false });
                return self.bytes.len();
            }
            if self.bytes.get(close + 1) == Some(&self.quote) {
                // A doubled quote is one quote: keep the text up to and with the first of the two.
                self.scratch.extend_from_slice(self.bytes.get(from..=close).unwrap_or_default());
                copied = true;
                from = close + 2;
                self.quotes += 1;
                continue;
            }
            let inner = self.bytes.get(body..close).unwrap_or_default();
            let lines = memchr::memchr2(b'\n', b'\r', inner).is_some();
            let spaces = self.bytes.get(close + 1..).unwrap_or_default().iter().take_while(|&&b| b == b' ').count();
            let after = close + 1 + spaces;
            let ends = self.is_mark(self.bytes.get(after));
            if lines && (!ends || self.opens_another(close) || self.swallowed(inner)) {
                self.fault = Some(Fault::Unclosed);
            }
            if copied || !ends {
                self.scratch.extend_from_slice(self.bytes.get(from..close).unwrap_or_default());
                let mut end = after;
                if !ends {
                    end = self.bare_end(close + 1);
                    self.scratch.extend_from_slice(self.bytes.get(close + 1..end).unwrap_or_default());
                    self.fault = self.fault.or(Some(Fault::Stray));
                }
                self.push(Span { start: scratch_start, end: self.scratch.len(), scratch: true });
                return end;
            }
            self.push(Span { start: body, end: close, scratch: false });
            return after;
        }
    }

    /// Whether a quote that closes a cell of several lines is rather one that opens another: it stands where a cell begins, and the
    /// next quote stands where one ends.
    fn opens_another(&self, close: usize) -> bool {
        let before = |at: usize| at.checked_sub(1).and_then(|at| self.bytes.get(at));
        if !self.is_mark(before(close)) {
            return false;
        }
        let rest = self.bytes.get(close + 1..).unwrap_or_default();
        memchr::memchr(self.quote, rest).is_some_and(|offset| {
            let mut next = close + 1 + offset;
            if self.spaces {
                next -= rest.get(..offset).unwrap_or_default().iter().rev().take_while(|&&b| b == b' ').count();
            }
            !self.is_mark(before(next))
        })
    }

    /// Whether a quoted cell of several lines holds what look like whole rows of this table: its quote was never closed, and a
    /// later one closed it by chance.
    fn swallowed(&self, inner: &[u8]) -> bool {
        if self.width < 2 {
            return false;
        }
        let (mut lines, mut alike) = (0usize, 0usize);
        let mut parts = inner.split(|&b| b == b'\n' || b == b'\r').skip(1).peekable();
        while let Some(line) = parts.next() {
            if parts.peek().is_none() {
                break; // the last line is cut off by the quote
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            lines += 1;
            alike += usize::from(memchr::memchr_iter(self.delimiter, line).count() == self.width - 1);
        }
        let needed = if self.width <= 4 { 4 } else { 2 };
        alike >= needed && alike * 5 >= lines * 4
    }
}

/// The record in which a byte of the text stands.
pub(super) fn record_at(text: &str, dialect: Dialect, byte: usize) -> u64 {
    let mut scanner = Scanner::new(text, dialect, 0);
    while scanner.position() <= byte && scanner.next() {
        scanner.forget();
    }
    scanner.record()
}

/// The first record that has quotes where none opens or closes a cell: such a quote is a character like any other.
pub(super) fn bare_quote(text: &str, dialect: Dialect) -> Option<u64> {
    let mut scanner = Scanner::new(text, dialect, 0);
    loop {
        let (start, quotes) = (scanner.position(), scanner.quotes());
        if !scanner.next() {
            return None;
        }
        scanner.forget();
        let record = text.as_bytes().get(start..scanner.position()).unwrap_or_default();
        if memchr::memchr_iter(dialect.quote, record).count() > scanner.quotes() - quotes {
            return Some(scanner.record());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<Vec<String>> {
        let mut scanner = Scanner::new(text, Dialect::of(b','), 0);
        let mut out = Vec::new();
        while scanner.next() {
            out.push((0..scanner.len()).map(|i| scanner.cell_text(i).to_owned()).collect());
        }
        out
    }

    #[test]
    fn record_ends_and_quotes() {
        assert_eq!(records("a,b\r\n1,2\n3,4\r5,6"), [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]);
        assert_eq!(records("a\r\n\r\nb\n"), [["a"], [""], ["b"]]);
        assert_eq!(records("\"a,\"\"b\"\"\",\"c\nd\"\n"), [["a,\"b\"", "c\nd"]]);
        assert_eq!(records("a,"), [["a", ""]]);
        assert_eq!(records("\"said \"hello\" there\",x"), [["said hello\" there\"", "x"]]);
    }

    /// Cells cut byte by byte, where no cell has a quote.
    fn plainly(text: &str) -> Vec<Vec<String>> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let body = text.strip_suffix('\n').unwrap_or(&text);
        if text.is_empty() {
            return Vec::new();
        }
        body.split('\n').map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    proptest::proptest! {
        #[test]
        fn cells_without_quotes_are_cut_at_every_mark(text in "([a-c,\r\n]|[a-z]{9}|[\u{ac}\u{8a}\u{8d}\u{12c}]|[,\n]){0,60}") {
            proptest::prop_assert_eq!(records(&text), plainly(&text));
        }
        /// A quoted cell is read as well wherever it stands among others.
        #[test]
        fn quoted_cells_among_others(cells in proptest::collection::vec("[a-c]{0,12}", 1..9), quoted in 0usize..9) {
            let written: Vec<String> =
                cells.iter().enumerate().map(|(i, c)| if i % 9 == quoted { format!("\"{c},\"") } else { c.clone() }).collect();
            let told: Vec<String> =
                cells.iter().enumerate().map(|(i, c)| if i % 9 == quoted { format!("{c},") } else { c.clone() }).collect();
            let text = format!("{}\nnext,row\n", written.join(","));
            proptest::prop_assert_eq!(records(&text), vec![told, vec!["next".to_owned(), "row".to_owned()]]);
        }
    }

    #[test]
    fn quotes_that_are_not_closed_are_found() {
        let mut scanner = Scanner::new("a,b\n1,\"2\n3,4\n", Dialect::of(b','), 2);
        assert!(scanner.next() && scanner.next());
        assert_eq!((scanner.record(), scanner.fault()), (2, Some(Fault::Unclosed)));
        // Closed only by the quote that opens another cell.
        let mut scanner = Scanner::new("a,b\n1,\"2\n3,4\n5,\"six\"\n", Dialect::of(b','), 2);
        assert!(scanner.next() && scanner.next());
        assert_eq!((scanner.record(), scanner.fault()), (2, Some(Fault::Unclosed)));
        // Closed by chance far below.
        let rows = "1,2,3,4,5\n".repeat(5);
        let text = format!("a,b,c,d,e\n1,\"2,3,4,5\n{rows}1,2\",3,4,5\n");
        let mut scanner = Scanner::new(&text, Dialect::of(b','), 5);
        assert!(scanner.next() && scanner.next());
        assert_eq!(scanner.fault(), Some(Fault::Unclosed));
    }

    #[test]
    fn agrees_with_the_csv_crate_on_sound_text() {
        let text = "a,b,c\r\n\"x, y\",\"1\n2\",\"\"\"q\"\"\"\r\nlonger cell than eight,,z\r\n";
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let theirs: Vec<Vec<String>> =
            reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(records(text), theirs);
    }
}
