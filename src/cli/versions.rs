//! What `check` says of the versions of a questionnaire: which files are one version, and what the versions ask differently.

use std::collections::BTreeMap;

use super::account::{number, some};
use super::voice::plain;
use crate::clean::{Difference, Versions};

/// The most names that one line holds.
const MOST: usize = 12;

/// Adds the lines of one questionnaire.
pub fn tell(found: &Versions, out: &mut Vec<String>) {
    out.push(format!("\nVersions of the questionnaire {}", plain(&found.instrument)));
    for (version, at) in found.versions.iter().zip(1u64..) {
        let wave = version.wave.map_or_else(String::new, |wave| format!(", {}", wave.word()));
        let files: Vec<String> = version.files.iter().map(|file| plain(file)).collect();
        out.push(format!(
            "  {at}  {} ({}{wave}; {})",
            listed(&files, ", "),
            plain(&version.source),
            some(version.rows, "row", "rows")
        ));
    }
    // What is so in the same versions is told together.
    let mut asked: BTreeMap<&[usize], Vec<String>> = BTreeMap::new();
    let mut columns: BTreeMap<&[usize], Vec<String>> = BTreeMap::new();
    let mut offered: BTreeMap<(&str, &[usize]), Vec<String>> = BTreeMap::new();
    let mut chosen: BTreeMap<(&str, &[usize]), Vec<String>> = BTreeMap::new();
    let mut others: Vec<String> = Vec::new();
    for difference in &found.differences {
        match difference {
            Difference::Asked { question, versions } => asked.entry(versions).or_default().push(plain(question)),
            Difference::Column { header, versions } => {
                columns.entry(versions).or_default().push(format!("“{}”", plain(header)));
            }
            Difference::Offered { question, option, versions } => {
                offered.entry((question, versions)).or_default().push(plain(option));
            }
            Difference::Chosen { question, option, nobody } => {
                chosen.entry((question, nobody)).or_default().push(plain(option));
            }
            Difference::Words { question, texts } => {
                let texts: Vec<String> = texts
                    .iter()
                    .map(|(text, versions)| format!("in {} “{}”", counted(versions), plain(text)))
                    .collect();
                others.push(format!("  {} in other words: {}", plain(question), texts.join("; ")));
            }
            Difference::Code { code, questions } => {
                let uses: Vec<String> =
                    questions.iter().map(|(is, versions)| format!("{} in {}", plain(is), counted(versions))).collect();
                others.push(format!("  the code {} is {}, as the codebook says", plain(code), uses.join(" and ")));
            }
        }
    }
    for (versions, names) in asked {
        out.push(format!("  asked only in {}: {}", counted(versions), listed(&names, ", ")));
    }
    for ((question, versions), names) in offered {
        out.push(format!("  options of {} only in {}: {}", plain(question), counted(versions), listed(&names, " | ")));
    }
    for ((question, nobody), names) in chosen {
        out.push(format!(
            "  options of {} that nobody chose in {}: {}",
            plain(question),
            counted(nobody),
            listed(&names, " | ")
        ));
    }
    out.extend(others);
    for (versions, names) in columns {
        out.push(format!(
            "  columns that no row of the codebook names, only in {}: {}",
            counted(versions),
            listed(&names, ", ")
        ));
    }
    out.push(format!("  the same in all: {}", some(found.same, "question", "questions")));
}

/// Versions as they are numbered above.
fn counted(versions: &[usize]) -> String {
    versions.iter().map(|at| number(*at as u64 + 1)).collect::<Vec<_>>().join(", ")
}

fn listed(names: &[String], between: &str) -> String {
    let more = names.len().saturating_sub(MOST);
    let shown = names.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(between);
    if more > 0 { format!("{shown}{between}and {more} more") } else { shown }
}
