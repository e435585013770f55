//! Spellings that may be one: by what is left without case, accents, punctuation and the order of words, then by a slip of the
//! keyboard that changes neither a digit nor an answer into its opposite. Suggestions for `recodes`, never applied.

use std::collections::BTreeMap;

use super::choices::is_slip;
use super::labels::one_line;
use crate::spec::{fold, vocabulary::unaccented};

/// The most different texts among which slips are looked for; the time grows with their square.
const MOST: usize = 600;
/// The longest text that is a spelling rather than somebody's own words.
const LONGEST: usize = 80;

/// Spellings that may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The spelling that most rows have; of equals the first in the alphabet.
    pub keep: String,
    pub rows: u64,
    /// The others, the most frequent first.
    pub others: Vec<Other>,
}

/// Another spelling, and why it may be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    pub written: String,
    pub rows: u64,
    pub why: &'static str,
}

/// What is left of a text without case, accents, punctuation, doubled words and their order: `Library, City` is `city library`.
pub fn fingerprint(text: &str) -> String {
    let plain = unaccented(&fold(text)).replace('&', " and ");
    let mut words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// Groups of spellings among these texts (with their rows) that may be one, the greatest first. Texts that are equal by `fold` are
/// one already and no suggestion.
pub fn clusters<'a>(texts: impl IntoIterator<Item = (&'a str, u64)>) -> Vec<Cluster> {
    // Folded → spellings with their rows.
    let mut folded: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for (text, rows) in texts {
        let key = fold(text);
        if !key.is_empty() && key.chars().count() <= LONGEST {
            *folded.entry(key).or_default().entry(one_line(text)).or_default() += rows;
        }
    }
    let mut list: Vec<(String, String, u64)> = folded
        .into_iter()
        .filter_map(|(key, spellings)| {
            let rows = spellings.values().sum();
            let most = spellings.values().copied().max()?;
            let (text, _) = spellings.into_iter().find(|(_, n)| *n == most)?;
            Some((key, text, rows))
        })
        .collect();
    // The most frequent first: each text joins the most frequent spelling that it may be.
    list.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.1.cmp(&b.1)));
    let slips = list.len() <= MOST;
    let mut out: Vec<(String, String, Cluster)> = Vec::new();
    let mut by_print: BTreeMap<String, usize> = BTreeMap::new();
    for (key, text, rows) in list {
        let print = fingerprint(&text);
        let same = if print.is_empty() { None } else { by_print.get(&print).copied() };
        let found = match same {
            Some(at) => Some((at, "the same but for case, punctuation or the order of words")),
            None if slips => {
                out.iter().position(|(other, _, _)| is_near(&key, other)).map(|at| (at, "a slip of the keyboard apart"))
            }
            None => None,
        };
        match found {
            Some((at, why)) => {
                if let Some((_, _, cluster)) = out.get_mut(at) {
                    cluster.others.push(Other { written: text, rows, why });
                }
            }
            None => {
                by_print.entry(print.clone()).or_insert(out.len());
                out.push((key, print, Cluster { keep: text, rows, others: Vec::new() }));
            }
        }
    }
    out.into_iter().map(|(_, _, cluster)| cluster).filter(|c| !c.others.is_empty()).collect()
}

fn is_near(a: &str, b: &str) -> bool {
    let (x, y) = (a.chars().count(), b.chars().count());
    x.abs_diff(y) <= 2 && x.min(y) >= 4 && is_slip(a, b, strsim::osa_distance(a, b))
}

/// Lines for `recodes`, ready to be pasted: `site,Crudas Park,Cruddas Park,`.
pub fn lines(list: &str, clusters: &[Cluster]) -> Vec<String> {
    let cell = super::words::cell;
    clusters
        .iter()
        .flat_map(|c| c.others.iter().map(move |o| format!("{list},{},{},", cell(&o.written), cell(&c.keep))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_may_be_one() {
        let found = clusters([
            ("City Library", 40),
            ("city library", 3),
            ("Library, City", 2),
            ("City Libary", 1),
            ("Café Club", 5),
            ("Cafe club!", 1),
            ("Room 1", 9),
            ("Room 2", 9),
            ("Likely", 5),
            ("Unlikely", 4),
            ("Walker", 3),
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].keep.as_str(), found[0].rows), ("City Library", 43));
        assert_eq!(
            lines("site", &found),
            ["site,\"Library, City\",City Library,", "site,City Libary,City Library,", "site,Cafe club!,Café Club,"]
        );
    }

    #[test]
    fn opposites_and_numbers_never_meet() {
        for (a, b) in [
            ("Satisfied", "Unsatisfied"),
            ("Session 1", "Session 2"),
            ("16-24", "16-25"),
            ("Yes", "Yet"),
            ("Agree", "Disagree"),
            ("Able", "Unable"),
            ("Typical", "Atypical"),
        ] {
            assert_eq!(clusters([(a, 2), (b, 1)]), [], "{a} {b}");
        }
    }
}
