//! Which survey platform or layout wrote a table, by what its header says, never by the file's name.
//!
//! A platform is data ([`Platform`]): the words of its system columns with the roles they have, and how its header is recognised. It
//! has a file of its own, named for it, and a line in [`PLATFORMS`]. What several platforms share (a row of header cells, options
//! in brackets or after a colon, parts decided by the cells) stands here or in `stems`.

mod alchemer;
mod decide;
mod evidence;
mod google_forms;
mod jisc;
mod kobo;
mod label;
mod limesurvey;
mod microsoft_forms;
mod months;
mod odk;
mod paths;
mod qualtrics;
mod qualtrics_asked;
mod qualtrics_code;
mod smartsurvey;
mod snap;
mod stems;
mod surveymonkey;
mod typeform;

use super::layout::{Head, Rec, tidy};
use super::{Column, Part};
use crate::spec::fold;
use decide::Ticks;

pub use months::{month_of, month_of_headers};
pub(super) use stems::{options_under_stems, two_rows};

/// What a layout was recognised as.
pub(super) struct Found {
    pub platform: &'static str,
    /// Why, as a sentence.
    pub reason: String,
    pub header_rows: usize,
    pub heads: Vec<Head>,
    /// Whether a column's part is still to be decided by its cells (options, grid rows and comments under one stem).
    pub undecided: bool,
}

/// A platform, declared.
pub(super) struct Platform {
    /// The word that `platform = "…"` has.
    pub name: &'static str,
    /// As its maker writes it.
    pub title: &'static str,
    /// System columns (folded headers) and the roles they have, where they have one.
    pub system: &'static [(&'static str, Option<&'static str>)],
    /// Recognises a table whose header starts at the first of the records; the records below it are evidence, up to
    /// `layout::PREVIEW` of them.
    pub recognise: fn(&Platform, &[Rec]) -> Option<Found>,
}

/// In the order in which they are tried: the most particular first.
const PLATFORMS: &[&Platform] = &[
    &qualtrics::PLATFORM,
    &limesurvey::PLATFORM,
    &alchemer::PLATFORM,
    &smartsurvey::PLATFORM,
    &jisc::PLATFORM,
    &snap::PLATFORM,
    &typeform::PLATFORM,
    &surveymonkey::PLATFORM,
    &kobo::PLATFORM,
    &odk::PLATFORM,
    &microsoft_forms::PLATFORM,
    &google_forms::PLATFORM,
    &months::PLATFORM,
];

/// A table without a platform: one row of headers, or as many as the spec says.
const PLAIN: &str = "plain";

/// `(ignore)` is what the codebook says of a column that is not read; these are columns that nobody wants to read.
const IGNORE: Option<&str> = Some("(ignore)");

/// Names that `platform = "…"` may have.
pub(crate) fn names() -> Vec<&'static str> {
    PLATFORMS.iter().map(|p| p.name).chain([PLAIN]).collect()
}

/// The name as it is declared here, if it is one.
pub(super) fn known(name: &str) -> Option<&'static str> {
    let folded = fold(name).replace([' ', '_'], "-");
    names().into_iter().find(|n| *n == folded)
}

/// Recognises the platform of a table whose header starts at the first of `records`, on a sheet of this name.
pub(super) fn recognise(records: &[Rec], sheet: Option<&str>) -> Option<Found> {
    let found = PLATFORMS.iter().find_map(|p| (p.recognise)(p, records));
    let found = found.or_else(|| google_forms::on_its_sheet(sheet?, records));
    found.map(|found| without_index(found, records))
}

/// Recognises one platform.
pub(super) fn recognise_as(name: &str, records: &[Rec]) -> Option<Found> {
    let found = PLATFORMS.iter().filter(|p| p.name == name).find_map(|p| (p.recognise)(p, records));
    found.map(|found| without_index(found, records))
}

/// Nobody reads a first column without a name that a program filled with the numbers of the rows.
fn without_index(mut found: Found, records: &[Rec]) -> Found {
    let numbers = || records.iter().skip(found.header_rows).map(|rec| rec.cell(0).parse::<u64>().ok());
    let rising = || numbers().is_sorted_by(|a, b| a.zip(*b).is_some_and(|(a, b)| a < b)) && numbers().count() >= 3;
    let nameless = |head: &Head| head.header.iter().all(|h| h.is_empty() || stems::is_placeholder(h));
    if found.heads.first().is_some_and(|head| head.system.is_none() && nameless(head))
        && rising()
        && let Some(first) = found.heads.first_mut()
    {
        first.system = IGNORE;
    }
    found
}

/// Decides by the cells what the header of an undecided table left open. `stems` gives the stem of each column.
pub(super) fn decide_parts(platform: &str, columns: &mut [Column], stems: &[usize]) {
    match platform {
        "surveymonkey" => surveymonkey::decide(columns, stems),
        "typeform" => typeform::decide(columns, stems),
        "limesurvey" | "smartsurvey" | "jisc" | "snap" => decide::by_cells(columns, stems, Ticks::YesNo),
        _ => decide::by_cells(columns, stems, Ticks::Marks),
    }
}

/// A table that the spec gives a platform which its header does not prove, as with columns deleted: where that platform has one
/// header row, its columns are taken for what they are called.
pub(super) fn forced(name: &str, records: &[Rec]) -> Option<Found> {
    match name {
        "surveymonkey" => surveymonkey::forced(records),
        "qualtrics" => qualtrics::forced(records),
        "limesurvey" => limesurvey::forced(records),
        "alchemer" => alchemer::forced(records),
        "typeform" => typeform::forced(records),
        "smartsurvey" => smartsurvey::forced(records),
        "jisc" => jisc::forced(records),
        "snap" => snap::forced(records),
        "google-forms" => google_forms::forced(records),
        "microsoft-forms" => microsoft_forms::forced(records),
        "kobotoolbox" => kobo::forced(records),
        "odk" => odk::forced(records),
        _ => None,
    }
}

impl Platform {
    /// Gives system columns their roles. A word counts once, so that a question "Name" at the end is a question.
    fn with_system(&self, mut found: Found) -> Found {
        let mut seen: Vec<String> = Vec::new();
        for head in &mut found.heads {
            let [only] = head.header.as_slice() else { continue };
            let word = fold(only);
            if let Some((_, role)) = self.system.iter().find(|(w, _)| *w == word)
                && !seen.contains(&word)
            {
                head.system = *role;
                seen.push(word);
            }
        }
        found
    }

    /// Whether a folded header is one of the system columns.
    fn is_system(&self, word: &str) -> bool {
        self.system.iter().any(|(w, _)| *w == word)
    }
}

/// Gives columns the labels that a platform's codes have by its own rule: Typeform writes yes and no as 1 and 0. Offered to
/// `inspect` and `init`, as a legend's are; nothing is recoded by itself.
pub(super) fn label(platform: &str, columns: &mut [Column]) {
    if platform != "typeform" {
        return;
    }
    for column in columns.iter_mut().filter(|c| c.system.is_none() && c.part == Part::Whole) {
        let said: Vec<&str> = column.texts.iter().map(|(_, text, _)| text.trim()).filter(|t| !t.is_empty()).collect();
        if !said.is_empty() && said.iter().all(|t| matches!(*t, "0" | "1")) {
            column.labels = [("1", "Yes"), ("0", "No")].map(|(code, label)| (code.to_owned(), label.to_owned())).into();
        }
    }
}

/// Heads of a table with one header row.
fn one_row_heads(header: &Rec) -> Vec<Head> {
    (0..header.cells.len()).map(|i| Head::plain(tidy(header.cell(i)), i)).collect()
}

/// These folded words as they are written in a header.
fn as_written<'c>(cells: &'c [String], words: &[&str]) -> Vec<&'c str> {
    words.iter().filter_map(|word| cells.iter().find(|cell| fold(cell) == *word)).map(String::as_str).collect()
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
