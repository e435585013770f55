//! Alchemer, once SurveyGizmo: one header row; what stands under a stem is headed "option:stem", "row:stem", "Item #1:stem".

use super::decide;
use super::{Found, IGNORE, Platform, as_written, quoted};
use crate::ingest::Part;
use crate::ingest::layout::{Head, Rec, tidy};
use crate::spec::fold;

/// Alchemer.
pub(super) const PLATFORM: Platform = Platform {
    name: "alchemer",
    title: "Alchemer",
    system: &[
        ("response id", Some("response")),
        ("responseid", Some("response")),
        ("time started", IGNORE),
        ("date submitted", Some("date")),
        ("status", Some("status")),
        ("contact id", IGNORE),
        ("legacy comments", IGNORE),
        ("comments", IGNORE),
        ("language", Some("language")),
        ("referer", IGNORE),
        ("extended referer", IGNORE),
        ("sessionid", IGNORE),
        ("session id", IGNORE),
        ("user agent", IGNORE),
        ("extended user agent", IGNORE),
        ("tags", IGNORE),
        ("ip address", IGNORE),
        ("longitude", IGNORE),
        ("latitude", IGNORE),
        ("country", IGNORE),
        ("country auto", IGNORE),
        ("city", IGNORE),
        ("state/region", IGNORE),
        ("postal", IGNORE),
        ("link name", IGNORE),
        ("invite status", IGNORE),
        ("survey duration", IGNORE),
        ("time taken", IGNORE),
    ],
    recognise: |platform, records| recognise(platform, records),
};

/// Where the respondent is by the network's address: only beside these a column "Country" is none of the questions.
const PLACE: [&str; 4] = ["country", "city", "postal", "comments"];
const BESIDE: [&str; 6] = ["longitude", "latitude", "state/region", "user agent", "sessionid", "referer"];

fn recognise(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let cells = cells(records);
    let words: Vec<String> = cells.iter().map(|c| fold(c)).collect();
    let has = |word: &&str| words.iter().any(|w| w == word);
    let dates: Vec<&str> = ["time started", "date submitted"].into_iter().filter(has).collect();
    let beside: Vec<&str> =
        ["response id", "status", "sessionid", "contact id", "referer", "user agent"].into_iter().filter(has).collect();
    let under = parted(&cells);
    let write_in = under.iter().flatten().filter(|(label, _)| fold(label).contains("other - write in")).count();
    let pairs = under.iter().flatten().count();
    let reason = if !dates.is_empty() && dates.len() + beside.len() >= 3 {
        let words: Vec<&str> = dates.iter().chain(&beside).take(3).copied().collect();
        format!("the header has {}, as Alchemer (SurveyGizmo) writes it", quoted(&as_written(&cells, &words)))
    } else if write_in > 0 && pairs >= 2 {
        format!(
            "{pairs} headers are \"option:question\", \"Other - Write In\" among them, as Alchemer (SurveyGizmo) writes them"
        )
    } else {
        return None;
    };
    Some(layout(platform, &cells, reason))
}

/// A table that the spec calls an export of Alchemer, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    records.first()?;
    Some(layout(&PLATFORM, &cells(records), "reach.toml says so".to_owned()))
}

fn cells(records: &[Rec]) -> Vec<String> {
    records.first().map_or_else(Vec::new, |header| (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect())
}

fn layout(platform: &Platform, cells: &[String], reason: String) -> Found {
    let words: Vec<String> = cells.iter().map(|c| fold(c)).collect();
    let under = parted(cells);
    let geo = words.iter().any(|w| BESIDE.contains(&w.as_str()));
    let mut heads: Vec<Head> = Vec::with_capacity(cells.len());
    let mut seen: Vec<&str> = Vec::new();
    // The question that the column to the left belongs to: its stem and first column.
    let mut open: Option<(String, usize)> = None;
    for (at, ((cell, word), parts)) in cells.iter().zip(&words).zip(&under).enumerate() {
        let own = platform.system.iter().find(|(w, _)| w == word).filter(|_| geo || !PLACE.contains(&word.as_str()));
        let variable =
            ["url variable:", "variable:", "hidden value:", "custom variable:"].iter().any(|v| word.starts_with(v));
        if let Some((_, role)) = own.filter(|_| !seen.contains(&word.as_str())) {
            seen.push(word);
            heads.push(Head { system: *role, ..Head::plain(cell.clone(), at) });
            open = None;
            continue;
        }
        if variable {
            heads.push(Head { system: IGNORE, ..Head::plain(cell.clone(), at) });
            open = None;
            continue;
        }
        let stem = parts.as_ref().map_or(cell, |(_, stem)| stem);
        let first = match &open {
            Some((same, first)) if same == stem && (parts.is_some() || same != cell) => *first,
            _ => at,
        };
        open = Some((stem.clone(), first));
        heads.push(match parts {
            Some((label, stem)) => {
                let header = vec![stem.clone(), label.trim_end_matches(':').trim().to_owned()];
                Head { header, part: part(label), stem: first, ..Head::default() }
            }
            None => Head::plain(cell.clone(), first),
        });
    }
    Found { platform: platform.name, reason, header_rows: 1, heads, undecided: true }
}

fn part(label: &str) -> Part {
    let folded = fold(label);
    let numbered = folded.rsplit_once('#').is_some_and(|(_, n)| n.parse::<u16>().is_ok());
    if numbered {
        Part::Row
    } else if decide::is_other_label(label) || folded.starts_with("other word") || folded.contains("write in") {
        Part::OtherText
    } else if folded.trim_end_matches(':') == "comments" {
        Part::Comment
    } else {
        Part::Option
    }
}

/// How far apart two columns of one question may stand.
const NEAR: usize = 20;

/// Headers of the form "label:stem", as (label, stem): the stem is the longest end behind a colon without a space that another
/// header ends with too, or is.
fn parted(cells: &[String]) -> Vec<Option<(String, String)>> {
    let ends = |cell: &str| -> Vec<usize> {
        let after =
            |at: usize| cell.get(at + 1..).is_some_and(|rest| !rest.is_empty() && !rest.starts_with([' ', ':', '/']));
        cell.match_indices(':').map(|(at, _)| at).filter(|&at| at > 0 && after(at)).collect()
    };
    cells
        .iter()
        .enumerate()
        .map(|(i, cell)| {
            ends(cell).into_iter().find_map(|at| {
                let (label, stem) = (cell.get(..at)?, cell.get(at + 1..)?);
                // Columns of one question stand side by side.
                let near = cells.iter().enumerate().skip(i.saturating_sub(NEAR)).take(2 * NEAR + 1);
                let shared = near.filter(|(j, _)| *j != i).any(|(_, other)| {
                    other == stem || other.strip_suffix(stem).is_some_and(|before| before.ends_with(':'))
                });
                shared.then(|| (label.trim().to_owned(), stem.to_owned()))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_before_their_stem() {
        let cells = [
            "Which?",
            "Other - Write In:Which?",
            "A:Note: why?",
            "B:Note: why?",
            "Ratio 1:2",
            "At 10:30?",
            "Word(s)::Which?",
        ];
        let cells: Vec<String> = cells.iter().map(|c| (*c).to_owned()).collect();
        let of = |label: &str, stem: &str| Some((label.to_owned(), stem.to_owned()));
        let expected = [
            None,
            of("Other - Write In", "Which?"),
            of("A", "Note: why?"),
            of("B", "Note: why?"),
            None,
            None,
            of("Word(s):", "Which?"),
        ];
        assert_eq!(parted(&cells), expected);
    }
}
