//! Columns as codes: each distinct text once, in the order of its first appearance, found again by a fixed hash.
//!
//! Texts of up to 15 bytes (most identifiers, dates, answers) are compared as one 128-bit number without touching their text; the
//! seeds are constants, so that nothing depends on the process.

use std::hash::BuildHasher;

use hashbrown::HashTable;

use super::Texts;

/// A text of at most 15 bytes as a number: its bytes, zeros, and its length on top. Different texts have different keys.
#[inline]
pub(super) fn short_key(text: &[u8]) -> Option<u128> {
    if text.len() > 15 {
        return None;
    }
    let mut window = [0u8; 16];
    for (to, from) in window.iter_mut().zip(text) {
        *to = *from;
    }
    Some(u128::from_le_bytes(window) | ((text.len() as u128) << 120))
}

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

#[derive(Clone, Copy)]
struct Short {
    key: u128,
    code: u32,
}

/// One column while it is read.
pub(super) struct Builder {
    codes: Vec<u32>,
    texts: Texts,
    short: HashTable<Short>,
    long: HashTable<u32>,
    hasher: foldhash::fast::FixedState,
    last: Option<Short>,
}

/// A folded multiplication: every bit of the key reaches the bits that the table looks at.
#[inline]
fn mix(key: u128) -> u64 {
    let low = (key as u64) ^ 0x9e37_79b9_7f4a_7c15;
    let high = ((key >> 64) as u64) ^ 0xd1b5_4a32_d192_ed03;
    let product = u128::from(low).wrapping_mul(u128::from(high));
    let folded = (product as u64) ^ ((product >> 64) as u64);
    folded.wrapping_mul(0x9fb2_1c65_1e98_df25)
}

impl Builder {
    /// An empty column, with room for about `rows` rows.
    pub fn new(rows: usize) -> Self {
        let mut codes = Vec::new();
        // A hint, not a need: a guess that is too great for the memory is no reason to stop.
        let _ = codes.try_reserve(rows);
        Builder {
            codes,
            texts: Texts::new(),
            short: HashTable::new(),
            long: HashTable::new(),
            hasher: foldhash::fast::FixedState::with_seed(0x5eed),
            last: None,
        }
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.codes.len()
    }

    /// Appends a row. `key` is the text's [`short_key`] where the caller has it at hand.
    #[inline]
    pub fn push(&mut self, text: &[u8], key: Option<u128>) {
        let code = match key.or_else(|| short_key(text)) {
            Some(key) => match self.last {
                Some(last) if last.key == key => last.code,
                _ => self.short_code(key, text),
            },
            None => self.long_code(text),
        };
        self.codes.push(code);
    }

    #[inline]
    fn short_code(&mut self, key: u128, text: &[u8]) -> u32 {
        let hash = mix(key);
        let code = match self.short.find(hash, |entry| entry.key == key) {
            Some(entry) => entry.code,
            None => {
                let code = self.unseen(text);
                self.short.insert_unique(hash, Short { key, code }, |entry| mix(entry.key));
                code
            }
        };
        self.last = Some(Short { key, code });
        code
    }

    fn long_code(&mut self, text: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(text);
        let texts = &self.texts;
        if let Some(&code) = self.long.find(hash, |&code| texts.text(code).as_bytes() == text) {
            return code;
        }
        let code = self.unseen(text);
        let (texts, hasher) = (&self.texts, &self.hasher);
        self.long.insert_unique(hash, code, |&code| hasher.hash_one(texts.text(code).as_bytes()));
        code
    }

    fn unseen(&mut self, text: &[u8]) -> u32 {
        // Cells are cut at ASCII bytes of valid UTF-8, so that they are valid themselves.
        let text = std::str::from_utf8(text).unwrap_or_default();
        self.texts.push(text, self.codes.len().try_into().unwrap_or(u32::MAX))
    }

    /// Fills up with blank cells to `rows` rows.
    pub fn pad(&mut self, rows: usize) {
        while self.codes.len() < rows {
            self.push(b"", None);
        }
    }

    /// The text of a row.
    pub fn text(&self, row: usize) -> &str {
        self.codes.get(row).map_or("", |&code| self.texts.text(code))
    }

    /// Whether every cell is blank.
    pub fn is_blank(&self) -> bool {
        self.texts.iter().all(|(_, text, _)| blank_text(text))
    }

    /// The codes and texts so far. The counts of the texts are not yet known.
    pub fn parts(&self) -> (&[u32], &Texts) {
        (&self.codes, &self.texts)
    }

    /// Takes away the last rows, so that `rows` remain; texts that only those had go with them.
    pub fn truncate(&mut self, rows: usize) {
        self.codes.truncate(rows);
        self.texts.forget_from(rows.try_into().unwrap_or(u32::MAX));
        // The tables may name codes that are gone: nothing is pushed after this.
        self.short.clear();
        self.long.clear();
        self.last = None;
    }

    /// The codes and texts, with the counts of the texts.
    pub fn finish(mut self) -> (Vec<u32>, Texts) {
        self.texts.recount(&self.codes);
        self.codes.shrink_to_fit();
        (self.codes, self.texts)
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
            column.push(text.as_bytes(), None);
        }
        let (codes, texts) = column.finish();
        assert_eq!(codes, [0, 1, 2, 0, 3, 2, 4, 1]);
        assert_eq!((texts.rows(0), texts.rows(2), texts.first_row(3)), (2, 2, 4));
    }

    #[test]
    fn rows_taken_away_take_their_texts_along() {
        let mut column = Builder::new(0);
        for text in ["x", "y", "x", "z"] {
            column.push(text.as_bytes(), None);
        }
        column.truncate(3);
        let (codes, texts) = column.finish();
        assert_eq!(codes, [0, 1, 0]);
        assert_eq!((texts.len(), texts.rows(0)), (2, 2));
    }
}
