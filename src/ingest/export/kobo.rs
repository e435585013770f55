//! KoboToolbox: one header row of names or labels with group paths, `select_multiple` joined and split, repeats on other sheets.

use super::{Found, IGNORE, Platform, paths, quoted};
use crate::ingest::layout::{Rec, tidy};
use crate::spec::fold;

/// KoboToolbox.
pub(super) const PLATFORM: Platform = Platform {
    name: "kobotoolbox",
    title: "KoboToolbox",
    system: &[
        ("_id", Some("response")),
        ("_uuid", Some("response")),
        ("_submission_time", Some("date")),
        ("_validation_status", Some("status")),
        ("_notes", IGNORE),
        ("_status", IGNORE),
        ("_submitted_by", IGNORE),
        ("__version__", IGNORE),
        ("_version_", IGNORE),
        ("_tags", IGNORE),
        ("_index", IGNORE),
        ("_xform_id_string", IGNORE),
        ("_xform_id", IGNORE),
        ("_attachments", IGNORE),
        ("_geolocation", IGNORE),
        ("_bamboo_dataset_id", IGNORE),
        ("_duration", IGNORE),
        ("_media_count", IGNORE),
        ("_total_media", IGNORE),
        ("_media_all_received", IGNORE),
        ("_date_modified", IGNORE),
        ("_edited", IGNORE),
        ("_review_status", Some("status")),
        ("_review_comment", IGNORE),
        ("_parent_table_name", IGNORE),
        ("_parent_index", IGNORE),
        ("_submission__id", IGNORE),
        ("_submission__uuid", IGNORE),
        ("_submission__submission_time", IGNORE),
        ("_submission__validation_status", IGNORE),
        ("_submission__notes", IGNORE),
        ("_submission__status", IGNORE),
        ("_submission__submitted_by", IGNORE),
        ("_submission___version__", IGNORE),
        ("_submission__tags", IGNORE),
        ("formhub/uuid", IGNORE),
        ("meta/instanceid", IGNORE),
        ("meta/instancename", IGNORE),
        ("meta/rootuuid", IGNORE),
        ("meta/deprecatedid", IGNORE),
        ("meta/audit", IGNORE),
        ("start", IGNORE),
        ("end", IGNORE),
        ("today", IGNORE),
        ("deviceid", IGNORE),
        ("username", IGNORE),
        ("simserial", IGNORE),
        ("subscriberid", IGNORE),
        ("phonenumber", IGNORE),
        ("audit", IGNORE),
    ],
    recognise: |platform, records| {
        let seen = own(platform, records)?;
        let strong = seen.iter().filter(|word| STRONG.contains(&word.as_str())).count();
        if strong == 0 || seen.len() < 2 {
            return None;
        }
        let words: Vec<&str> = seen.iter().map(String::as_str).take(5).collect();
        Some(layout(platform, records, format!("the header has {}, as {} writes it", quoted(&words), platform.title)))
    },
};

/// The columns that hardly another program writes.
const STRONG: [&str; 14] = [
    "_uuid",
    "_submission_time",
    "_validation_status",
    "_index",
    "__version__",
    "_submitted_by",
    "_xform_id_string",
    "formhub/uuid",
    "meta/instanceid",
    "_parent_table_name",
    "_parent_index",
    "_submission__id",
    "_submission__uuid",
    "_submission__submission_time",
];

/// A header as the platform wrote it: R puts an X before a name that begins with a line.
fn word(header: &str) -> String {
    let folded = fold(header);
    folded.strip_prefix('x').filter(|rest| rest.starts_with('_')).map_or(folded.clone(), str::to_owned)
}

/// The platform's own columns in a header.
fn own(platform: &Platform, records: &[Rec]) -> Option<Vec<String>> {
    let header = records.first()?;
    let words = (0..header.cells.len()).map(|i| word(header.cell(i)));
    Some(words.filter(|w| (w.starts_with('_') || w.contains('/')) && platform.is_system(w)).collect())
}

/// A table that the spec calls an export of KoboToolbox, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    records.first()?;
    Some(layout(&PLATFORM, records, "reach.toml says so".to_owned()))
}

fn layout(platform: &Platform, records: &[Rec], reason: String) -> Found {
    let empty = Rec { number: 0, cells: Vec::new() };
    let header = records.first().unwrap_or(&empty);
    let headers: Vec<String> = (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect();
    let words: Vec<String> = headers.iter().map(|h| word(h)).collect();
    let has = |w: &str| words.iter().any(|own| own == w);
    let mut heads = paths::heads(&headers, records);
    for (i, head) in heads.iter_mut().enumerate() {
        let Some(own) = words.get(i) else { continue };
        let declared = platform.system.iter().find(|(w, _)| w == own).map(|(_, role)| *role);
        head.system = match own.as_str() {
            // One id is enough: that of the response itself before its number on the server.
            "_id" if has("_uuid") => IGNORE,
            // A table without the moment of sending: the day of the interview.
            "end" | "today" if !has("_submission_time") && !has("_parent_index") && (own == "end" || !has("end")) => {
                Some("date")
            }
            _ if repeats_a_question(own, &words) => IGNORE,
            _ => declared.unwrap_or(None),
        };
    }
    paths::without_groups(&mut heads);
    let header_rows = if has_tags(records) { 2 } else { 1 };
    Found { platform: platform.name, reason, header_rows, heads, undecided: false }
}

/// Whether a row of HXL tags (`#respondents`) stands below the header.
fn has_tags(records: &[Rec]) -> bool {
    let tag = |c: &String| c.trim().strip_prefix('#').is_some_and(|t| t.starts_with(|c: char| c.is_ascii_alphabetic()));
    records.get(1).is_some_and(|row| row.fill() > 0 && row.cells.iter().filter(|c| !c.trim().is_empty()).all(tag))
}

/// Columns that the platform adds to a question: the parts of a place (`_where_latitude`), the address of a picture.
fn repeats_a_question(own: &str, words: &[String]) -> bool {
    const PLACES: [&str; 4] = ["_latitude", "_longitude", "_altitude", "_precision"];
    let (path, name) = own.rsplit_once('/').map_or(("", own), |(p, n)| (p, n));
    let question = match name.strip_suffix("_url") {
        Some(question) => Some(question),
        None => PLACES.iter().find_map(|end| name.strip_prefix('_').and_then(|n| n.strip_suffix(end))),
    };
    let Some(question) = question else { return false };
    let whole = if path.is_empty() { question.to_owned() } else { format!("{path}/{question}") };
    words.iter().any(|w| *w == whole || w == question)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Part;

    fn found(rows: &[&[&str]]) -> Option<Found> {
        let records: Vec<Rec> = (1..)
            .zip(rows)
            .map(|(number, r)| Rec { number, cells: r.iter().map(|c| (*c).to_owned()).collect() })
            .collect();
        (PLATFORM.recognise)(&PLATFORM, &records)
    }

    #[test]
    fn names_paths_and_system_columns() {
        let header: &[&str] = &[
            "start",
            "end",
            "who/age",
            "who/why",
            "who/why/fun",
            "who/why/art",
            "where",
            "_where_latitude",
            "_id",
            "_uuid",
            "_submission_time",
            "_validation_status",
            "_notes",
            "_index",
        ];
        let row: &[&str] =
            &["", "", "34", "fun", "1", "0", "1 2 0 0", "1", "12", "a-b", "2024-01-02T03:04:05", "", "", "1"];
        let form = found(&[header, row]).unwrap();
        let seen: Vec<_> = form.heads.iter().map(|h| (h.header.join(" > "), h.part, h.system)).collect();
        assert_eq!(seen[2], ("age".to_owned(), Part::Whole, None));
        assert_eq!(form.heads[2].code.as_deref(), Some("who/age"));
        assert_eq!(seen[3], ("why".to_owned(), Part::Joined, None));
        assert_eq!(seen[5], ("why > art".to_owned(), Part::Option, None));
        assert_eq!((seen[7].2, seen[8].2, seen[9].2), (IGNORE, IGNORE, Some("response")));
        assert_eq!((seen[10].2, seen[11].2), (Some("date"), Some("status")));
    }

    #[test]
    fn repeats_and_what_r_makes_of_names() {
        assert!(found(&[&["age", "_index", "_parent_table_name", "_parent_index", "_submission__id"]]).is_some());
        let r = found(&[&["Age", "X_uuid", "X_submission_time"]]).unwrap();
        assert_eq!(r.heads[1].system, Some("response"));
        assert!(found(&[&["id", "start", "end", "status"]]).is_none());
        assert!(found(&[&["_id", "_rev", "name"]]).is_none());
    }
}
