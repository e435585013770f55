//! Places, strands, levels and event titles: the recodes first, then one label for all spellings that fold to the same text.

use std::collections::BTreeMap;

use super::states::{Kind, Tokens};
use super::tokens::Missing;
use super::{Answer, Label};
use crate::ingest::Texts;
use crate::spec::{Means, Recode, fold};

/// The recodes of one list, by the folded written text.
pub struct Recodes<'a> {
    map: BTreeMap<String, &'a Means>,
}

impl<'a> Recodes<'a> {
    /// Those of the list with this (folded) name that hold for every source.
    pub fn of(recodes: &'a [Recode], list: &str) -> Self {
        let mut out = Recodes { map: BTreeMap::new() };
        out.take(recodes.iter().filter(|r| r.list == list && r.source.is_none()));
        out
    }
    /// Those that hold for one source: its own lines before those for all.
    pub fn of_source(recodes: &'a [Recode], list: &str, source: &str) -> Self {
        let mut out = Recodes { map: BTreeMap::new() };
        out.take(recodes.iter().filter(|r| r.list == list && r.source.as_deref() == Some(source)));
        for (text, means) in Recodes::of(recodes, list).map {
            out.map.entry(text).or_insert(means);
        }
        out
    }
    fn take(&mut self, recodes: impl Iterator<Item = &'a Recode>) {
        for recode in recodes {
            // The first line for a text holds; `spec` has said what stands twice.
            self.map.entry(fold(&recode.written)).or_insert(&recode.means);
        }
    }
    /// Every folded text that means a value, with it.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.map.iter().filter_map(|(written, means)| match means {
            Means::Value(value) => Some((written.as_str(), value.as_str())),
            _ => None,
        })
    }
    /// What a folded text means, if a line says so.
    pub fn means(&self, folded: &str) -> Option<&'a Means> {
        self.map.get(folded).copied()
    }
}

/// A column of labels.
#[derive(Debug, Default)]
pub struct Labels {
    /// One per code.
    pub values: Vec<Answer<u32>>,
    pub labels: Vec<Label>,
    pub tokens: Tokens,
    pub unreadable: u64,
    pub first_unreadable: Option<u32>,
    /// Rows whose text no recode maps, in a column that tells the label through recodes alone.
    pub unmapped: u64,
    pub first_unmapped: Option<u32>,
}

/// Labels every distinct text. With `by_recodes_only` (a place told by an event's title) a text that no recode maps tells nothing:
/// the form did not ask for the place, so the state is "not asked".
pub fn read(texts: &Texts, recodes: &Recodes<'_>, by_recodes_only: bool, missing: &Missing) -> Labels {
    let mut out = Labels::default();
    // Folded label → (rows per spelling, whether a recode gave the spelling).
    let mut spellings: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    let mut folded: Vec<Answer<String>> = Vec::with_capacity(texts.len());
    for (code, text, rows) in texts.iter() {
        let rows = u64::from(rows);
        let key = fold(text);
        let answer = match recodes.means(&key) {
            Some(Means::Value(value)) => {
                let label = fold(value);
                given.entry(label.clone()).or_insert_with(|| one_line(value));
                spellings.entry(label.clone()).or_default();
                Answer::Answered(label)
            }
            Some(Means::NotAPlace) => Answer::NotAsked,
            Some(Means::Blank) => Answer::Blank,
            Some(Means::Refused) => Answer::Refused,
            Some(Means::Unreadable | Means::NotSplittable(_)) => Answer::Unreadable,
            None => match missing.folded(&key) {
                Kind::Blank => Answer::Blank,
                Kind::Refused => Answer::Refused,
                Kind::NotAsked => Answer::NotAsked,
                Kind::Token => {
                    out.tokens.add(text, rows);
                    Answer::Blank
                }
                Kind::Error => Answer::Unreadable,
                Kind::Value if by_recodes_only => {
                    out.unmapped += rows;
                    let first = texts.first_row(code);
                    out.first_unmapped = Some(out.first_unmapped.map_or(first, |f| f.min(first)));
                    Answer::NotAsked
                }
                Kind::Value => {
                    *spellings.entry(key.clone()).or_default().entry(one_line(text)).or_default() += rows;
                    Answer::Answered(key)
                }
            },
        };
        if answer == Answer::Unreadable {
            out.unreadable += rows;
            let first = texts.first_row(code);
            out.first_unreadable = Some(out.first_unreadable.map_or(first, |f| f.min(first)));
        }
        folded.push(answer);
    }
    let mut index: BTreeMap<&str, u32> = BTreeMap::new();
    for ((key, written), n) in spellings.iter().zip(0u32..) {
        let text = given.get(key).cloned().or_else(|| most_frequent(written)).unwrap_or_else(|| key.clone());
        index.insert(key, n);
        out.labels.push(Label { text, folded: key.clone() });
    }
    out.values = folded
        .into_iter()
        .map(|answer| match answer {
            Answer::Answered(key) => index.get(key.as_str()).map_or(Answer::Unreadable, |&n| Answer::Answered(n)),
            Answer::Refused => Answer::Refused,
            Answer::Blank => Answer::Blank,
            Answer::NotAsked => Answer::NotAsked,
            Answer::Unreadable => Answer::Unreadable,
        })
        .collect();
    out
}

/// The spelling that most rows have; of equals the first in the alphabet, whatever the order of the rows.
fn most_frequent(written: &BTreeMap<String, u64>) -> Option<String> {
    let most = written.values().max()?;
    written.iter().find(|(_, rows)| *rows == most).map(|(text, _)| text.clone())
}

/// The text without the white space around and doubled inside.
pub fn one_line(text: &str) -> String {
    let trimmed = text.trim_matches(' ');
    if trimmed.is_ascii() && !trimmed.bytes().any(|b| b.is_ascii_whitespace() || b == 0x0b) {
        return trimmed.to_owned();
    }
    text.split(|c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{feff}' || c == '\u{200b}')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[(&str, u32)]) -> Texts {
        let mut t = Texts::new();
        for (row, (text, rows)) in (0..).zip(list) {
            let code = t.push(text, row);
            for _ in 1..*rows {
                t.count_one(code);
            }
        }
        t
    }
    fn recode(written: &str, means: Means) -> Recode {
        Recode { list: "site".into(), source: None, written: written.into(), means, why: None, row: 2 }
    }

    #[test]
    fn spellings_become_one_label() {
        let recodes = [recode("city library", Means::Value("City".into())), recode("STOCK", Means::NotAPlace)];
        let t = texts(&[
            ("WALKER", 1),
            ("Walker ", 3),
            ("walker", 2),
            ("City  Library", 1),
            ("CITY", 9),
            ("Stock", 1),
            ("", 1),
            ("n/a", 1),
        ]);
        let read = read(&t, &Recodes::of(&recodes, "site"), false, &Missing::default());
        assert_eq!(read.labels.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["City", "Walker"]);
        let answers: Vec<Option<u32>> = read.values.iter().map(|v| v.answered()).collect();
        assert_eq!(answers, [Some(1), Some(1), Some(1), Some(0), Some(0), None, None, None]);
        assert_eq!(read.values.get(5), Some(&Answer::NotAsked));
        assert_eq!(read.tokens.rows(), 1);
    }

    #[test]
    fn a_title_tells_a_place_through_recodes_only() {
        let recodes = [recode("Crafts Fenham 30.8.11", Means::Value("Fenham".into()))];
        let t = texts(&[("Crafts Fenham 30.8.11", 2), ("Crafts elsewhere", 4)]);
        let read = read(&t, &Recodes::of(&recodes, "site"), true, &Missing::default());
        assert_eq!(read.values, [Answer::Answered(0), Answer::NotAsked]);
        assert_eq!((read.unmapped, read.first_unmapped), (4, Some(1)));
    }
}
