//! Columns as codes: each distinct text once, in the order of its first appearance, found again by a fixed hash.
//!
//! Texts of up to 23 bytes (most identifiers, dates, answers) are compared as three numbers without touching their text, a block of
//! cells of one column at a time. The seeds are constants, so that nothing depends on the process.

use std::hash::BuildHasher;

use hashbrown::HashTable;

use super::Texts;
use super::codes::Codes;
use super::scan::Span;

/// Whether a cell says nothing: empty, or white space of any kind (no-break spaces and U+FEFF too).
#[inline]
pub(super) fn is_blank(cell: &[u8]) -> bool {
    match cell.first() {
        None => true,
        Some(&b) if b > b' ' && b < 0x80 => false,
        Some(_) => std::str::from_utf8(cell).is_ok_and(blank_text),
    }
}

/// [`is_blank`] of a text.
pub(super) fn blank_text(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\0'))
}

/// How many cells of one column are looked up side by side, so that their cache misses overlap.
pub(super) const BLOCK: usize = 256;

/// How many texts of one column are compared as numbers: those after them are looked up by their text, slower and in half the room.
const WORDY: usize = 1 << 20;

/// The longest text that is compared as numbers.
const SHORT: usize = 23;

/// A short text as numbers: its bytes, zeros, and its length as the last byte. Different texts differ.
type Words = [u64; 3];

/// What stands for a text that is not short.
const LONG: Words = [0, 0, u64::MAX];

/// A free place of the table; any other holds the lower half of a hash over a code.
const FREE: u64 = u64::MAX;

/// No code.
const NONE: u32 = u32::MAX;

/// Where the cells of a block that differ from the one above lie while they are looked up: made once, used for every block of
/// every column.
pub(super) struct Desk {
    /// Which of the block's rows they are.
    rows: Box<[usize; BLOCK]>,
    words: Box<[Words; BLOCK]>,
    places: Box<[u64; BLOCK]>,
    codes: Box<[u32; BLOCK]>,
}

impl Desk {
    /// An empty desk.
    pub fn new() -> Self {
        Desk {
            rows: Box::new([0; BLOCK]),
            words: Box::new([LONG; BLOCK]),
            places: Box::new([FREE; BLOCK]),
            codes: Box::new([0; BLOCK]),
        }
    }
}

/// One column while it is read.
pub(super) struct Builder {
    /// The row that is being pushed.
    row: u32,
    /// How many rows above its first are not kept.
    above: usize,
    codes: Codes,
    texts: Texts,
    /// The words of the first [`WORDY`] texts, [`LONG`] for those that are not short.
    words: Vec<Words>,
    /// Short texts: open addressing with linear probing, a power of two of places, at most half of them taken.
    short: Vec<u64>,
    shorts: usize,
    long: HashTable<u32>,
    hasher: foldhash::fast::FixedState,
    /// The words of the row above ([`LONG`] if they tell nothing), and its code.
    last: (Words, u32),
}

/// A folded multiplication: every bit of the text reaches the upper bits, by which the table is entered, and the lower ones,
/// by which a place is told from its neighbours.
#[inline]
fn mix(words: &Words) -> u64 {
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        (product as u64) ^ ((product >> 64) as u64)
    };
    let [low, middle, high] = *words;
    let first = fold(low ^ 0x9e37_79b9_7f4a_7c15, middle ^ 0xd1b5_4a32_d192_ed03);
    fold(first ^ 0x9fb2_1c65_1e98_df25, high ^ 0xa076_1d64_78bd_642f)
}

/// How many bytes are kept beside a distinct text: its words, its places in the tables, its end, its counts.
const TEXT: u64 = 64;

/// Which bytes of each word belong to a text of a length.
const MASKS: [Words; SHORT + 1] = {
    let mut masks = [[0u64; 3]; SHORT + 1];
    let mut len = 0;
    while len <= SHORT {
        let mut byte = 0;
        while byte < len {
            masks[len][byte / 8] |= 0xff << (8 * (byte % 8));
            byte += 1;
        }
        len += 1;
    }
    masks
};

/// The words of a text that stands at `start` of `bytes`, read whole and cut to its length.
#[inline]
fn words_at(bytes: &[u8], start: usize, len: usize) -> Option<Words> {
    let mask = MASKS.get(len)?;
    let window: &[u8; 24] = bytes.get(start..)?.first_chunk()?;
    let word = |i: usize| {
        let mut eight = [0u8; 8];
        eight.copy_from_slice(&window[i * 8..i * 8 + 8]);
        u64::from_le_bytes(eight) & mask[i]
    };
    Some([word(0), word(1), word(2) | (len as u64) << 56])
}

/// [`words_at`] of a text with nothing behind it.
fn words_of(text: &[u8]) -> Option<Words> {
    if text.len() > SHORT {
        return None;
    }
    let mut window = [0u8; 24];
    for (to, from) in window.iter_mut().zip(text) {
        *to = *from;
    }
    words_at(&window, 0, text.len())
}

impl Builder {
    /// An empty column, with room for about `rows` rows.
    pub fn new(rows: usize) -> Self {
        Builder {
            row: 0,
            above: 0,
            codes: Codes::with_room(rows),
            texts: Texts::new(),
            words: Vec::new(),
            short: vec![FREE; 16],
            shorts: 0,
            long: HashTable::new(),
            hasher: foldhash::fast::FixedState::with_seed(0x5eed),
            last: (LONG, NONE),
        }
    }

    /// An empty column that keeps only what stands from row `above` on.
    pub fn below(above: usize) -> Self {
        Builder { row: u32::try_from(above).unwrap_or(u32::MAX), above, ..Builder::new(0) }
    }

    /// How many rows it has, with those that are not kept.
    pub fn rows(&self) -> usize {
        self.above + self.codes.len()
    }

    /// Whether every row is kept.
    pub fn is_whole(&self) -> bool {
        self.above == 0
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> u64 {
        let tables = size_of::<Words>() * self.words.len() + 8 * self.short.len() + 6 * self.long.capacity();
        self.codes.bytes() + self.texts.taken() + tables as u64
    }

    /// How many bytes it will take when it is finished.
    pub fn finished_bytes(&self) -> u64 {
        self.texts.taken() + size_of::<u32>() as u64 * self.codes.len() as u64
    }

    /// Appends one row; gives how many bytes a text that was not there yet takes at most.
    pub fn push(&mut self, text: &[u8]) -> u64 {
        let known = self.texts.len();
        let code = match words_of(text) {
            Some(words) => self.short_code(&words, text),
            None => self.long_code(text),
        };
        self.codes.repeat(code, 1);
        self.row += 1;
        self.last = (LONG, NONE);
        if self.texts.len() > known { 2 * (text.len() as u64 + TEXT) } else { 0 }
    }

    /// Appends up to [`BLOCK`] rows, whose texts stand in `bytes`, or in `scratch`.
    ///
    /// A text that stands in the row above too has its code; a register names one person many times in a row. The others are
    /// looked up together, each step for all of them before the next begins: what one fetches is there when the next needs it,
    /// and misses of the cache overlap instead of queueing.
    pub fn push_block(&mut self, bytes: &[u8], scratch: &[u8], cells: &[Span], desk: &mut Desk) {
        let (mut last, mut code) = self.last;
        let mut n = 0;
        for (row, cell) in cells.iter().take(BLOCK).enumerate() {
            let here = if cell.scratch { None } else { words_at(bytes, cell.start, cell.end - cell.start) };
            let words = here.or_else(|| words_of(cell.of(bytes, scratch))).unwrap_or(LONG);
            // There is room for each of them: the remainder is there to say so.
            desk.rows[n % BLOCK] = row;
            desk.words[n % BLOCK] = words;
            n += usize::from(words != last || words == LONG);
            last = words;
        }
        let shift = self.shift();
        for (place, words) in desk.places.iter_mut().zip(desk.words.iter()).take(n) {
            let hash = mix(words);
            let found = self.short.get((hash >> shift) as usize).copied().unwrap_or(FREE);
            // Another text's place is as good as none.
            let same = (found >> 32) as u32 == hash as u32;
            *place = found | if same { 0 } else { FREE };
        }
        for (place, words) in desk.places.iter_mut().zip(desk.words.iter()).take(n) {
            let known = self.words.get(*place as u32 as usize);
            *place = if known.is_some_and(|known| known == words) { u64::from(*place as u32) } else { FREE };
        }
        let (above, mut done) = (self.row, 0);
        for at in 0..n {
            let (row, words) = (desk.rows[at % BLOCK], desk.words[at % BLOCK]);
            if let Some(above) = desk.codes.get_mut(done..row) {
                above.fill(code);
            }
            done = row;
            code = desk.places[at % BLOCK] as u32;
            if code == NONE || words == LONG {
                self.row = above + row as u32;
                let text = cells.get(row).map_or(&[][..], |cell| cell.of(bytes, scratch));
                code = if words == LONG { self.long_code(text) } else { self.short_code(&words, text) };
            }
        }
        let rows = cells.len().min(BLOCK);
        if let Some(rest) = desk.codes.get_mut(done..rows) {
            rest.fill(code);
        }
        self.codes.append(desk.codes.get(..rows).unwrap_or_default());
        self.row = above + rows as u32;
        self.last = (last, code);
    }

    /// By how much a hash is shifted to enter the table.
    #[inline]
    fn shift(&self) -> u32 {
        64 - self.short.len().trailing_zeros()
    }

    fn short_code(&mut self, words: &Words, text: &[u8]) -> u32 {
        let hash = mix(words);
        let mask = self.short.len() - 1;
        let mut at = (hash >> self.shift()) as usize;
        // There is always a free place: the table is never more than half full.
        while let Some(&place) = self.short.get(at) {
            let code = place as u32;
            if place == FREE {
                break;
            }
            if (place >> 32) as u32 == hash as u32 && self.words.get(code as usize) == Some(words) {
                return code;
            }
            at = (at + 1) & mask;
        }
        if self.words.len() >= WORDY {
            return self.long_code(text);
        }
        let code = self.unseen(text, *words);
        if let Some(place) = self.short.get_mut(at) {
            *place = u64::from(hash as u32) << 32 | u64::from(code);
        }
        self.shorts += 1;
        if self.shorts * 2 > self.short.len() {
            self.grow();
        }
        code
    }

    /// Doubles the table of short texts.
    fn grow(&mut self) {
        let size = self.short.len() * 2;
        self.short = vec![FREE; size];
        let shift = self.shift();
        for (code, words) in (0u64..).zip(&self.words).filter(|(_, words)| **words != LONG) {
            let hash = mix(words);
            let mut at = (hash >> shift) as usize;
            while self.short.get(at).is_some_and(|&place| place != FREE) {
                at = (at + 1) & (size - 1);
            }
            if let Some(place) = self.short.get_mut(at) {
                *place = u64::from(hash as u32) << 32 | code;
            }
        }
    }

    fn long_code(&mut self, text: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(text);
        let texts = &self.texts;
        if let Some(&code) = self.long.find(hash, |&code| texts.text(code).as_bytes() == text) {
            return code;
        }
        let code = self.unseen(text, LONG);
        let (texts, hasher) = (&self.texts, &self.hasher);
        self.long.insert_unique(hash, code, |&code| hasher.hash_one(texts.text(code).as_bytes()));
        code
    }

    fn unseen(&mut self, text: &[u8], words: Words) -> u32 {
        // Cells are cut at ASCII bytes of valid UTF-8, so that they are valid themselves.
        let text = std::str::from_utf8(text).unwrap_or_default();
        if self.words.len() < WORDY {
            self.words.push(words);
        }
        self.texts.push(text, self.row)
    }

    /// Fills up with blank cells to `rows` rows.
    pub fn pad(&mut self, rows: usize) {
        if self.rows() < rows {
            self.push(b"");
            let more = rows - self.rows();
            if let Some(blank) = self.codes.len().checked_sub(1).and_then(|last| self.codes.get(last)) {
                self.codes.repeat(blank, more);
                self.row += more as u32;
            }
        }
    }

    /// The text of a row; none where it is not kept.
    pub fn text(&self, row: usize) -> &str {
        let at = row.checked_sub(self.above).and_then(|row| self.codes.get(row));
        at.map_or("", |code| self.texts.text(code))
    }

    /// Whether every cell is blank.
    pub fn is_blank(&self) -> bool {
        self.texts.iter().all(|(_, text, _)| blank_text(text))
    }

    /// The codes and texts so far. The counts of the texts are not yet known.
    pub fn parts(&self) -> (&Codes, &Texts) {
        (&self.codes, &self.texts)
    }

    /// Takes rows away (ascending); texts that only those had go with them.
    pub fn remove(&mut self, gone: &[usize]) {
        let rows = self.rows();
        let gone: Vec<usize> = gone.iter().copied().filter(|&row| row < rows).collect();
        let last = gone.last().copied();
        // Rows that are not kept have no codes: the first kept one moves up by as many as are gone above it.
        let above = gone.iter().filter(|&&row| row < self.above).count();
        let tail =
            last.is_none_or(|last| rows - 1 - last == 0) && gone.windows(2).all(|w| matches!(w, [a, b] if a + 1 == *b));
        if tail && above == 0 {
            self.codes.truncate(rows - gone.len() - self.above.min(rows - gone.len()));
            self.texts.forget_from(u32::try_from(rows - gone.len()).unwrap_or(u32::MAX));
        } else {
            let mut kept = Texts::new();
            let mut moved: Vec<u32> = vec![NONE; self.texts.len()];
            let mut next = gone.iter().filter(|&&row| row >= self.above).peekable();
            let mut codes = Codes::with_room(self.codes.len());
            let mut row = self.above - above;
            for (at, code) in self.codes.iter().enumerate() {
                if next.next_if(|&&g| g == at + self.above).is_some() {
                    continue;
                }
                if let Some(to) = moved.get_mut(code as usize) {
                    if *to == NONE {
                        *to = kept.push(self.texts.text(code), u32::try_from(row).unwrap_or(u32::MAX));
                    }
                    codes.repeat(*to, 1);
                }
                row += 1;
            }
            self.codes = codes;
            self.texts = kept;
            self.above -= above;
        }
        // The tables may name codes that are gone: nothing is pushed after this.
        self.short = Vec::new();
        self.words = Vec::new();
        self.long.clear();
    }

    /// The codes and texts, with the counts of the texts.
    pub fn finish(mut self) -> (Vec<u32>, Texts) {
        let codes = self.codes.whole();
        self.texts.recount(&codes);
        (codes, self.texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_first_appearance() {
        let mut column = Builder::new(0);
        let long = "a text of more than fifteen bytes";
        for text in ["b", "a", long, "b", "", long, "a\0", "a"] {
            column.push(text.as_bytes());
        }
        let (codes, texts) = column.finish();
        assert_eq!(codes, [0, 1, 2, 0, 3, 2, 4, 1]);
        assert_eq!((texts.rows(0), texts.rows(2), texts.first_row(3)), (2, 2, 4));
    }

    #[test]
    fn rows_taken_away_take_their_texts_along() {
        let mut column = Builder::new(0);
        for text in ["x", "y", "x", "z"] {
            column.push(text.as_bytes());
        }
        column.remove(&[3]);
        assert_eq!(column.rows(), 3);
        column.remove(&[1]);
        let (codes, texts) = column.finish();
        assert_eq!(codes, [0, 0]);
        assert_eq!((texts.len(), texts.rows(0), texts.first_row(0)), (1, 2, 0));
    }
}
