//! Texts that say why there is no answer: blank cells, "prefer not to say", tokens such as `N/A` and the errors of spreadsheet programs.
//!
//! The list is closed, and what was read as missing because of a token is always said. "None" and "No" are answers and never
//! stand here.

use std::collections::BTreeMap;

use crate::spec::fold;

/// What a text is before its column's type is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Blank,
    Refused,
    /// A token for "no value": blank, where the column's other values show that it is none of them.
    Token,
    /// The question did not apply.
    NotAsked,
    /// An error of a spreadsheet program.
    Error,
    Value,
}

const REFUSED: [&str; 18] = [
    "prefer not to say",
    "prefer not to answer",
    "prefer not to disclose",
    "i prefer not to say",
    "i'd prefer not to say",
    "i would prefer not to say",
    "would prefer not to say",
    "rather not say",
    "i'd rather not say",
    "would rather not say",
    "do not wish to say",
    "i do not wish to say",
    "don't want to say",
    "do not want to say",
    "decline to answer",
    "declined to answer",
    "refused",
    "(refused)",
];

const TOKENS: [&str; 39] = [
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "-",
    "--",
    "---",
    "–",
    "—",
    ".",
    "..",
    "...",
    "…",
    "?",
    "null",
    "nil",
    "not known",
    "unknown",
    "not stated",
    "not recorded",
    "no data",
    "nan",
    "<na>",
    "(null)",
    "#null",
    "missing",
    "(missing)",
    "not available",
    "not provided",
    "not supplied",
    "not given",
    "no answer",
    "no response",
    "not answered",
    "unanswered",
    "tbc",
    "tba",
    "not collected",
    "(no answer)",
];

const NOT_ASKED: [&str; 5] = ["not applicable", "does not apply", "not asked", "question not asked", "(not asked)"];

/// Errors as spreadsheet programs write them, in English and in the languages in which Excel translates them.
const ERRORS: [&str; 38] = [
    "#n/a",
    "#div/0!",
    "#name?",
    "#null!",
    "#num!",
    "#ref!",
    "#value!",
    "#getting_data",
    "#spill!",
    "#calc!",
    "#field!",
    "#blocked!",
    "#connect!",
    "#unknown!",
    "#error!",
    "#nv",
    "#n/d",
    "#n/b",
    "#bezug!",
    "#wert!",
    "#zahl!",
    "#valeur!",
    "#nom?",
    "#nombre!",
    "#nul!",
    "#¡ref!",
    "#¡valor!",
    "#¿nombre?",
    "#¡num!",
    "#¡div/0!",
    "#valor!",
    "#nome?",
    "#rif!",
    "#valore!",
    "#waarde!",
    "#verw!",
    "#naam?",
    "#getal!",
];

/// What `text` says of itself.
pub fn state(text: &str) -> Kind {
    // Long texts are values; only short ones are worth folding.
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    if trimmed.is_empty() {
        return Kind::Blank;
    }
    if trimmed.len() > 48 {
        return Kind::Value;
    }
    // No word of the lists has a digit but one error: ids and dates are values without being folded.
    if !trimmed.starts_with('#') && trimmed.bytes().any(|b| b.is_ascii_digit()) {
        return Kind::Value;
    }
    folded(&fold(trimmed))
}

/// The same for a text that is folded already.
pub fn folded(text: &str) -> Kind {
    let mut plain = text.replace('’', "'");
    // The names of answers in KoboToolbox and ODK: `prefer_not_to_say`.
    if plain.contains('_') && !plain.contains(' ') {
        plain = plain.replace('_', " ");
    }
    let plain = plain.as_str();
    if plain.is_empty() {
        Kind::Blank
    } else if REFUSED.contains(&plain) {
        Kind::Refused
    } else if TOKENS.contains(&plain) {
        Kind::Token
    } else if NOT_ASKED.contains(&plain) {
        Kind::NotAsked
    } else if ERRORS.contains(&plain) || is_too_narrow(plain) {
        Kind::Error
    } else {
        Kind::Value
    }
}

/// `########`: what a spreadsheet program shows, and saves, where a column is too narrow for its number or date.
fn is_too_narrow(plain: &str) -> bool {
    plain.len() >= 3 && plain.bytes().all(|b| b == b'#')
}

/// Tokens that were read as missing, with their rows, for the sentence that says so. The tokens are of this module's own list.
#[derive(Debug, Default)]
pub struct Tokens(BTreeMap<String, u64>);

impl Tokens {
    /// Counts `rows` rows of a token.
    pub fn add(&mut self, token: &str, rows: u64) {
        *self.0.entry(fold(token)).or_default() += rows;
    }
    /// Adds those of another column.
    pub fn absorb(&mut self, other: Tokens) {
        for (token, rows) in other.0 {
            *self.0.entry(token).or_default() += rows;
        }
    }
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.0.values().sum()
    }
    /// `“n/a” (12), “-” (3)`.
    pub fn sentence(&self) -> String {
        self.0.iter().map(|(token, rows)| format!("“{token}” ({rows})")).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_never_taken_for_missing() {
        for text in ["None", "No", "none of these", "0", "Nothing", "x", "Nan Smith", "Nat", "-5", "99"] {
            assert_eq!(state(text), Kind::Value, "{text}");
        }
        assert_eq!(state(" \u{a0}"), Kind::Blank);
        assert_eq!(state("I’d rather not say"), Kind::Refused);
        assert_eq!(state("N/A"), Kind::Token);
        for error in ["#REF!", "#N/A", "#WERT!", "#NOM?", "########"] {
            assert_eq!(state(error), Kind::Error, "{error}");
        }
        assert_eq!(state("Not applicable"), Kind::NotAsked);
    }
}
