//! The codebook's column `missing`: which texts of a column mean that there is no answer.

use super::{fold, options};

/// What a missing word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingAs {
    Blank,
    NotAsked,
    Refused,
}

/// The words of one column that mean "no answer": these, and no others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    /// Folded.
    words: Vec<(String, MissingAs)>,
}

impl Missing {
    /// Reads `-99 | (not asked) N/A | (refused) 98`; `(none)` says that every text is an answer.
    pub fn read(cell: &str) -> Self {
        let mut words = Vec::new();
        for part in options::split(cell) {
            let folded = fold(&part);
            let (word, read_as) = if let Some(rest) = folded.strip_prefix("(not asked)") {
                (rest, MissingAs::NotAsked)
            } else if let Some(rest) = folded.strip_prefix("(refused)") {
                (rest, MissingAs::Refused)
            } else if let Some(rest) = folded.strip_prefix("(blank)") {
                (rest, MissingAs::Blank)
            } else {
                (folded.as_str(), MissingAs::Blank)
            };
            let word = word.trim();
            if !word.is_empty() && word != "(none)" {
                words.push((word.to_owned(), read_as));
            }
        }
        Missing { words }
    }

    /// What a folded text means, if it is one of the words.
    pub fn reads(&self, folded: &str) -> Option<MissingAs> {
        self.words.iter().find(|(word, _)| word == folded).map(|(_, read_as)| *read_as)
    }
}
