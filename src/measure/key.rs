//! The one grammar of cell keys, shared with the audit of `protect`.
//!
//! ```text
//! key        = universe *( "|" condition )          conditions ascending by dimension
//! condition  = dimension "=" code *( "+" code )     several codes: their values shown as one
//! universe, dimension, code = text without "|", "=", "+"
//! ```
//!
//! A code is a slug of its label, a period (`2025-26`, `2025-Q1`, `2025-01`), or one of the two wholes behind a cover:
//! `*any` (units with at least one of its values) and `*base` (units that could have one; `*base:CODE` where the option was
//! offered to some of them only). No slug has a `*`.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// The units with at least one value of a cover.
pub const ANY: &str = "*any";
/// The units that could have a value of a cover.
pub const BASE: &str = "*base";

/// A cell's key, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub universe: String,
    /// (dimension, member codes), ascending by dimension.
    pub conditions: Vec<(String, Vec<String>)>,
}

impl Key {
    /// The whole universe.
    pub fn whole(universe: &str) -> Self {
        Key { universe: universe.to_string(), conditions: Vec::new() }
    }
    /// The same cell under one more condition; `codes` may be codes joined by `+`.
    pub fn with(mut self, dimension: &str, codes: &str) -> Self {
        self.conditions.push((dimension.to_string(), codes.split('+').map(str::to_string).collect()));
        self.conditions.sort();
        self
    }
    /// Reads a key as [`Display`](std::fmt::Display) writes it; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('|');
        let universe = parts.next().filter(|u| well_formed(u))?.to_string();
        let mut conditions: Vec<(String, Vec<String>)> = Vec::new();
        for part in parts {
            let (dimension, codes) = part.split_once('=')?;
            let codes: Vec<String> = codes.split('+').map(str::to_string).collect();
            if !well_formed(dimension) || !codes.iter().all(|c| well_formed(c)) {
                return None;
            }
            if conditions.last().is_some_and(|(last, _)| last.as_str() >= dimension) {
                return None;
            }
            conditions.push((dimension.to_string(), codes));
        }
        Some(Key { universe, conditions })
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.universe)?;
        for (dimension, codes) in &self.conditions {
            write!(f, "|{dimension}={}", codes.join("+"))?;
        }
        Ok(())
    }
}

fn well_formed(text: &str) -> bool {
    !text.is_empty() && !text.contains(['|', '=', '+'])
}

/// A label as a code: lower-case ASCII letters, digits and single hyphens, at most 60 characters; accents are dropped. A label
/// of which nothing is left (another script) becomes `x` and the first digits of its hash, the same on every run.
pub fn slug(label: &str) -> String {
    let mut out = String::new();
    for c in label.nfkd().flat_map(char::to_lowercase) {
        let c = match c {
            'a'..='z' | '0'..='9' => c,
            'ß' => 's',
            'ø' => 'o',
            'æ' => 'a',
            'ł' => 'l',
            'đ' | 'ð' => 'd',
            '\'' | '’' | '\u{300}'..='\u{36f}' => continue,
            _ => '-',
        };
        if c != '-' || !(out.is_empty() || out.ends_with('-')) {
            out.push(c);
        }
        if out.len() >= 60 {
            break;
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() {
        let hash = blake3::hash(label.as_bytes()).to_hex();
        return format!("x{}", hash.get(..8).unwrap_or_default());
    }
    out.to_string()
}

/// Gives out codes that are unique within one list.
#[derive(Debug, Default)]
pub struct Codes {
    taken: BTreeSet<String>,
}

impl Codes {
    /// An empty list.
    pub fn new() -> Self {
        Codes::default()
    }
    /// A list in which the codes of the states of an answer are taken.
    pub fn with_states() -> Self {
        let taken = ["answered", "refused", "blank", "not-asked", "unreadable", "not-known"];
        Codes { taken: taken.iter().map(|s| s.to_string()).collect() }
    }
    /// The slug of `label`, with `-2`, `-3` … where it is taken.
    pub fn code(&mut self, label: &str) -> String {
        let stem = slug(label);
        let mut code = stem.clone();
        let mut n = 2u64;
        while !self.taken.insert(code.clone()) {
            code = format!("{stem}-{n}");
            n += 1;
        }
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Café  – Nörd & Co."), "cafe-nord-co");
        assert_eq!(slug("Children's Library"), "childrens-library");
        assert_eq!(slug("図書館").len(), 9);
        assert_ne!(slug("図書館"), slug("博物館"));
        let mut codes = Codes::with_states();
        assert_eq!(codes.code("Blank"), "blank-2");
        assert_eq!(codes.code("a b"), "a-b");
        assert_eq!(codes.code("A-B"), "a-b-2");
    }

    proptest! {
        #[test]
        fn a_key_reads_back(
            universe in "[a-z]{1,8}(:[a-z-]{1,8})?",
            conditions in proptest::collection::btree_map("[a-z:]{1,6}", proptest::collection::vec("[*a-z0-9.:-]{1,6}", 1..4), 0..4),
        ) {
            let mut key = Key::whole(&universe);
            for (dimension, codes) in &conditions {
                key = key.with(dimension, &codes.join("+"));
            }
            prop_assert_eq!(Key::parse(&key.to_string()), Some(key));
        }

        #[test]
        fn any_label_makes_a_well_formed_code(labels in proptest::collection::vec(".{0,80}", 0..20)) {
            let mut codes = Codes::with_states();
            let mut seen = std::collections::BTreeSet::new();
            for label in &labels {
                let code = codes.code(label);
                prop_assert!(well_formed(&code) && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
                prop_assert!(seen.insert(code));
            }
        }

        #[test]
        fn parsing_never_panics(text in ".{0,60}") {
            if let Some(key) = Key::parse(&text) {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
