//! The codebook's column `missing`: which texts of a column mean that there is no answer.

use super::{fold, options, words};

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

    /// A mark that is none, with the one that was probably meant: `(not askd) N/A`.
    pub fn misspelt(cell: &str) -> Option<(String, &'static str)> {
        const MARKS: [&str; 4] = ["not asked", "refused", "blank", "none"];
        options::split(cell).into_iter().find_map(|part| {
            let (mark, _) = part.strip_prefix('(')?.split_once(')')?;
            let folded = fold(mark);
            if MARKS.contains(&folded.as_str()) {
                return None;
            }
            let meant = words::did_you_mean(&folded, MARKS)?;
            Some((format!("({mark})"), MARKS.into_iter().find(|m| *m == meant)?))
        })
    }

    /// What a folded text means, if it is one of the words.
    pub fn reads(&self, folded: &str) -> Option<MissingAs> {
        self.words.iter().find(|(word, _)| word == folded).map(|(_, read_as)| *read_as)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_marks() {
        let missing = Missing::read("-99 | (not asked) N/A | (refused) 98 | (withheld)");
        assert_eq!(missing.reads("-99"), Some(MissingAs::Blank));
        assert_eq!(missing.reads("n/a"), Some(MissingAs::NotAsked));
        assert_eq!(missing.reads("98"), Some(MissingAs::Refused));
        assert_eq!(missing.reads("(withheld)"), Some(MissingAs::Blank));
        assert_eq!(Missing::read("(none)"), Missing::default());
        assert_eq!(Missing::misspelt("-9 | (not askd) N/A"), Some(("(not askd)".to_owned(), "not asked")));
        assert_eq!(Missing::misspelt("-9 | (not asked) N/A | (withheld)"), None);
    }
}
