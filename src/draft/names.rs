//! Names for what a draft finds: a source's code from its file, what is counted, a question's short name from its wording.

use std::collections::BTreeSet;

use crate::clean::Header;
use crate::spec::{role, words as spelling};

/// Words of file names that say nothing about what a file is.
const EMPTY: [&str; 28] = [
    "monthly",
    "weekly",
    "daily",
    "yearly",
    "annual",
    "quarterly",
    "by",
    "month",
    "the",
    "of",
    "and",
    "for",
    "from",
    "to",
    "data",
    "export",
    "final",
    "copy",
    "new",
    "csv",
    "xlsx",
    "onwards",
    "figures",
    "percent",
    "responses",
    "results",
    "sheet1",
    "v2",
];

/// The words of a file's name without folder and extension.
pub fn file_words(file: &str) -> Vec<String> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    Header::of(stem).words
}

/// The words that at least three files and at least half of those of one folder share: the place's own name, not the file's.
pub fn common_words(files: &[String]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let folder = |file: &String| file.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_string());
    let folders: BTreeSet<String> = files.iter().map(folder).collect();
    for one in &folders {
        let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        let here: Vec<&String> = files.iter().filter(|file| folder(file) == *one).collect();
        for file in &here {
            for word in file_words(file).into_iter().collect::<BTreeSet<_>>() {
                *counts.entry(word).or_default() += 1;
            }
        }
        out.extend(counts.into_iter().filter(|(_, n)| *n >= 3 && n * 2 > here.len()).map(|(word, _)| word));
    }
    out
}

/// The telling words of a file's name.
fn telling(file: &str, common: &BTreeSet<String>) -> Vec<String> {
    let all = file_words(file);
    let told: Vec<String> = all
        .iter()
        .filter(|w| !EMPTY.contains(&w.as_str()) && !common.contains(*w) && !w.chars().all(|c| c.is_ascii_digit()))
        .cloned()
        .collect();
    if told.is_empty() { all.last().cloned().into_iter().collect() } else { told }
}

/// A source's code for a file (and sheet), unlike those in `taken`.
pub fn source(file: &str, sheet: Option<&str>, common: &BTreeSet<String>, taken: &mut BTreeSet<String>) -> String {
    let mut parts = telling(file, common);
    if let Some(sheet) = sheet {
        parts.extend(Header::of(sheet).words.into_iter().filter(|w| !EMPTY.contains(&w.as_str())));
    }
    let slug = spelling::slug(&parts.join(" "));
    let short: String = slug.chars().take(32).collect();
    let base = short.trim_end_matches('-').to_string();
    let mut name = base.clone();
    let mut n = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}-{n}");
        n += 1;
    }
    name
}

/// What a log counts, by its file's name.
pub fn counted(file: &str, common: &BTreeSet<String>) -> String {
    telling(file, common).join(" ")
}

/// Words of a question that its short name does without.
const SMALL: [&str; 62] = [
    "a", "an", "the", "of", "to", "in", "on", "at", "for", "and", "or", "is", "are", "was", "were", "be", "been", "do",
    "does", "did", "have", "has", "had", "you", "your", "yours", "i", "me", "my", "we", "us", "our", "it", "its",
    "this", "that", "these", "those", "what", "which", "who", "how", "when", "where", "why", "will", "would", "could",
    "should", "can", "please", "tick", "any", "all", "apply", "select", "if", "so", "with", "there", "from", "about",
];

/// A question's short name: its first telling words, unlike any role and any name in `taken`.
pub fn question(header: &str, taken: &BTreeSet<String>) -> String {
    // What stands in brackets ("tick all that apply") is no part of the question.
    let bare = header.split('(').next().filter(|text| !text.trim().is_empty()).unwrap_or(header);
    let all = Header::of(bare).words;
    // "How old are you?" has no other telling word.
    let all = if all.starts_with(&["how".to_string(), "old".to_string()]) { vec!["age".to_string()] } else { all };
    let told: Vec<&String> = all.iter().filter(|w| !SMALL.contains(&w.as_str()) && w.len() > 1).collect();
    let mut out = String::new();
    let pick: Vec<&String> = if told.is_empty() { all.iter().take(3).collect() } else { told };
    for word in pick {
        if !out.is_empty() && (out.chars().count() + word.chars().count() >= 26 || out.split(' ').count() >= 3) {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().take(30));
    }
    if out.is_empty() {
        out.push_str("question");
    }
    let is_taken = |name: &str| {
        taken.contains(name)
            || role::parse(name).is_some()
            || role::words().any(|word| strsim::damerau_levenshtein(name, word) <= 1)
            || matches!(name, "month" | "quarter" | "year" | "source" | "wave" | "instrument" | "district" | "entry")
    };
    let mut name = if is_taken(&out) && !taken.contains(&out) { format!("{out} answer") } else { out.clone() };
    let mut n = 2;
    while is_taken(&name) {
        name = format!("{out} {n}");
        n += 1;
    }
    name
}

/// A file's day, where its name holds one: `2016-10-01 Datamorphosis.csv`.
pub fn day_in(file: &str) -> Option<jiff::civil::Date> {
    let name = file.rsplit('/').next().unwrap_or(file).as_bytes();
    (0..name.len()).find_map(|at| {
        let end = at.checked_add(10)?;
        let text = std::str::from_utf8(name.get(at..end)?).ok()?;
        let alone = |i: Option<&u8>| i.is_none_or(|b| !b.is_ascii_digit());
        let before = at.checked_sub(1).and_then(|i| name.get(i));
        if !alone(before) || !alone(name.get(end)) {
            return None;
        }
        let bytes = text.as_bytes();
        let dash = |i: usize| matches!(bytes.get(i), Some(b'-' | b'_' | b'.'));
        if !dash(4) || !dash(7) {
            return None;
        }
        let part = |range: std::ops::Range<usize>| text.get(range).filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
        let date =
            jiff::civil::Date::new(part(0..4)?.parse().ok()?, part(5..7)?.parse().ok()?, part(8..10)?.parse().ok()?);
        date.ok().filter(|date| (1990..=2100).contains(&date.year()))
    })
}

/// A title from a folder's name.
pub fn title(folder: &str) -> String {
    let parts: Vec<String> = folder
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty())
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
        })
        .collect();
    if parts.is_empty() { "Our programme".into() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_in_a_file() {
        let files: Vec<String> = [
            "activity/newcastle-monthly-visits.csv",
            "activity/newcastle-monthly-computer-use-percent.csv",
            "activity/newcastle-current-libraries.csv",
        ]
        .map(str::to_string)
        .to_vec();
        let common = common_words(&files);
        let mut taken = BTreeSet::new();
        assert_eq!(source(&files[0], None, &common, &mut taken), "visits");
        assert_eq!(source(&files[1], None, &common, &mut taken), "computer-use");
        assert_eq!(counted(&files[1], &common), "computer use");
        assert_eq!(source("visits.xlsx", None, &common, &mut taken), "visits-2");
        assert_eq!(day_in("2016-10-01 Datamorphosis.csv"), jiff::civil::Date::new(2016, 10, 1).ok());
        assert_eq!(day_in("survey 120165-10-01.csv"), None);
        assert_eq!(title("newcastle_libraries"), "Newcastle Libraries");
    }

    #[test]
    fn a_question_gets_a_short_name_that_is_no_role() {
        let none = BTreeSet::new();
        assert_eq!(question("Did you enjoy the event?", &none), "enjoy event");
        assert_eq!(question("Which site?", &none), "site answer");
        assert_eq!(question("Date", &none), "date answer");
        assert_eq!(question("???", &none), "question");
        assert_eq!(question("How old are you?", &none), "age");
        let taken: BTreeSet<String> = ["enjoy event".to_string()].into();
        assert_eq!(question("Did you enjoy the event?", &taken), "enjoy event 2");
    }
}
