//! Which survey platform or layout wrote a table, by what its header says, never by the file's name.
//!
//! A platform is data: the words of its system columns and the roles they have. Where a layout needs more than a list of words
//! (SurveyMonkey's second header row, months as columns), it has a file of its own.

mod months;
mod stems;

use super::Part;
use super::layout::{Head, Rec, tidy};
use crate::spec::fold;

pub use months::month_of;
pub(super) use stems::{decide_parts, options_under_stems, two_rows};

/// What a layout was recognised as.
pub(super) struct Found {
    pub platform: &'static str,
    /// Why, as a sentence.
    pub reason: String,
    pub header_rows: usize,
    pub heads: Vec<Head>,
    /// Whether options stand under stems.
    pub options: bool,
}

/// A platform, declared.
struct Platform {
    name: &'static str,
    title: &'static str,
    /// System columns (folded headers) and the roles they have, where they have one.
    system: &'static [(&'static str, Option<&'static str>)],
    /// Folded headers that must all be there for the platform to be recognised by its system columns alone.
    signature: &'static [&'static str],
}

/// `(ignore)` is what the codebook says of a column that is not read; these are columns that nobody wants to read.
const IGNORE: Option<&str> = Some("(ignore)");

const SURVEYMONKEY: Platform = Platform {
    name: "surveymonkey",
    title: "SurveyMonkey",
    system: &[
        ("respondent id", Some("response")),
        ("respondentid", Some("response")),
        ("collector id", IGNORE),
        ("collectorid", IGNORE),
        ("start date", IGNORE),
        ("startdate", IGNORE),
        ("date created", IGNORE),
        ("date modified", Some("date")),
        ("end date", Some("date")),
        ("enddate", Some("date")),
        ("ip address", IGNORE),
        ("email address", Some("email")),
        ("first name", Some("name")),
        ("last name", Some("name")),
        ("custom data 1", IGNORE),
        ("collector title", IGNORE),
    ],
    signature: &["respondent id", "collector id"],
};

const MICROSOFT_FORMS: Platform = Platform {
    name: "microsoft-forms",
    title: "Microsoft Forms",
    system: &[
        ("id", Some("response")),
        ("start time", IGNORE),
        ("completion time", Some("date")),
        ("email", Some("email")),
        ("name", Some("name")),
        ("last modified time", IGNORE),
        ("language", Some("language")),
        ("total points", IGNORE),
        ("quiz feedback", IGNORE),
        ("grade posted time", IGNORE),
    ],
    signature: &["id", "start time", "completion time"],
};

/// Names that `platform = "…"` may have.
pub(crate) fn names() -> [&'static str; 4] {
    [SURVEYMONKEY.name, MICROSOFT_FORMS.name, months::NAME, "plain"]
}

/// The name as it is declared here, if it is one.
pub(super) fn known(name: &str) -> Option<&'static str> {
    let folded = fold(name).replace([' ', '_'], "-");
    names().into_iter().find(|n| *n == folded)
}

/// Recognises the platform of a table whose header starts at the first of `records`.
pub(super) fn recognise(records: &[Rec]) -> Option<Found> {
    [SURVEYMONKEY.name, MICROSOFT_FORMS.name, months::NAME].into_iter().find_map(|name| recognise_as(name, records))
}

/// Recognises one platform.
pub(super) fn recognise_as(name: &str, records: &[Rec]) -> Option<Found> {
    match name {
        "surveymonkey" => stems::marked(records)
            .map(|found| with_system(found, &SURVEYMONKEY))
            .or_else(|| one_row(records, &SURVEYMONKEY)),
        "microsoft-forms" => one_row(records, &MICROSOFT_FORMS),
        months::NAME => months::recognise(records),
        _ => None,
    }
}

/// A platform with one header row, by its signature.
fn one_row(records: &[Rec], platform: &Platform) -> Option<Found> {
    let header = records.first()?;
    let cells: Vec<String> = (0..header.cells.len()).map(|i| fold(header.cell(i))).collect();
    if !platform.signature.iter().all(|word| cells.iter().any(|cell| cell == word)) {
        return None;
    }
    let found = Found {
        platform: platform.name,
        reason: format!("the header has {}, as {} writes it", quoted(platform.signature), platform.title),
        header_rows: 1,
        heads: one_row_heads(header),
        options: false,
    };
    Some(with_system(found, platform))
}

/// Gives system columns their roles. A word counts once, so that a question "Name" at the end is a question.
fn with_system(mut found: Found, platform: &Platform) -> Found {
    let mut seen: Vec<String> = Vec::new();
    for head in &mut found.heads {
        let [only] = head.header.as_slice() else { continue };
        let word = fold(only);
        if let Some((_, role)) = platform.system.iter().find(|(w, _)| *w == word)
            && !seen.contains(&word)
        {
            head.system = *role;
            seen.push(word);
        }
    }
    found
}

/// Heads of a table with one header row.
fn one_row_heads(header: &Rec) -> Vec<Head> {
    (0..header.cells.len())
        .map(|i| Head { header: vec![tidy(header.cell(i))], system: None, part: Part::Whole, stem: i })
        .collect()
}

/// Words in double quotes, with commas and a last "and".
fn quoted(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
