//! ODK (Central, Briefcase, Aggregate): one header row of names with groups, a key per row, repeats in files of their own.

use super::{Found, IGNORE, Platform, paths, quoted};
use crate::ingest::Part;
use crate::ingest::layout::{Head, Rec, tidy};
use crate::spec::fold;

/// ODK.
pub(super) const PLATFORM: Platform = Platform {
    name: "odk",
    title: "ODK",
    system: &[
        ("submissiondate", Some("date")),
        ("key", Some("response")),
        ("parent_key", IGNORE),
        ("meta-instanceid", IGNORE),
        ("meta:instanceid", IGNORE),
        ("meta-instancename", IGNORE),
        ("meta:instancename", IGNORE),
        ("meta-audit", IGNORE),
        ("instanceid", IGNORE),
        ("submitterid", IGNORE),
        ("submittername", IGNORE),
        ("attachmentspresent", IGNORE),
        ("attachmentsexpected", IGNORE),
        ("status", IGNORE),
        ("reviewstate", Some("status")),
        ("deviceid", IGNORE),
        ("edits", IGNORE),
        ("formversion", IGNORE),
        ("formdef_version", IGNORE),
        ("start", IGNORE),
        ("end", IGNORE),
        ("today", IGNORE),
        ("starttime", IGNORE),
        ("endtime", IGNORE),
        ("username", IGNORE),
        ("phonenumber", IGNORE),
        ("simserial", IGNORE),
        ("subscriberid", IGNORE),
        ("audit", IGNORE),
    ],
    recognise: |platform, records| {
        let header = records.first()?;
        let words: Vec<String> = (0..header.cells.len()).map(|i| fold(header.cell(i))).collect();
        let has = |list: &[&'static str]| -> Vec<&'static str> {
            list.iter().copied().filter(|w| words.iter().any(|own| own == w)).collect()
        };
        let keys = has(&["key"]);
        let near = has(&["submissiondate", "parent_key", "meta-instanceid", "meta:instanceid", "instanceid"]);
        let far =
            has(&["meta-instanceid", "meta:instanceid", "submitterid", "formversion", "reviewstate", "instanceid"]);
        let seen = match (keys.is_empty(), near.contains(&"submissiondate")) {
            (false, _) if !near.is_empty() => [keys, near].concat(),
            (true, true) if !far.is_empty() => [&["submissiondate"], far.as_slice()].concat(),
            _ => return None,
        };
        let titles: Vec<&str> =
            (0..header.cells.len()).map(|i| header.cell(i)).filter(|c| seen.contains(&fold(c).as_str())).collect();
        Some(layout(platform, records, format!("the header has {}, as {} writes it", quoted(&titles), platform.title)))
    },
};

/// A table that the spec calls an export of ODK, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    records.first()?;
    Some(layout(&PLATFORM, records, "reach.toml says so".to_owned()))
}

fn layout(platform: &Platform, records: &[Rec], reason: String) -> Found {
    let empty = Rec { number: 0, cells: Vec::new() };
    let header = records.first().unwrap_or(&empty);
    let headers: Vec<String> = (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect();
    let words: Vec<String> = headers.iter().map(|h| fold(h)).collect();
    let has = |w: &str| words.iter().any(|own| own == w);
    let mut heads = paths::heads(&headers, records);
    places(&headers, &mut heads);
    for (head, own) in heads.iter_mut().zip(&words) {
        let declared = platform.system.iter().find(|(w, _)| w == own).map(|(_, role)| *role);
        head.system = match own.as_str() {
            // The link to a repeat's own table.
            _ if own.starts_with("set-of-") => IGNORE,
            "meta-instanceid" | "meta:instanceid" | "instanceid" if !has("key") => Some("response"),
            "end" | "endtime" | "today" if !has("submissiondate") && !has("parent_key") => Some("date"),
            _ => declared.unwrap_or(None),
        };
    }
    // One date is enough.
    let mut dated = false;
    for head in heads.iter_mut().filter(|h| h.system == Some("date")) {
        if std::mem::replace(&mut dated, true) {
            head.system = IGNORE;
        }
    }
    Found { platform: platform.name, reason, header_rows: 1, heads, undecided: false }
}

/// The four columns of a place (`where-Latitude`, `where-Longitude`, …) are one question.
fn places(headers: &[String], heads: &mut [Head]) {
    const ENDS: [&str; 4] = ["Latitude", "Longitude", "Altitude", "Accuracy"];
    for at in 0..headers.len() {
        let stem = headers.get(at).and_then(|h| h.strip_suffix("Latitude")).and_then(|h| h.strip_suffix(['-', ':']));
        let Some(stem) = stem else { continue };
        let sign = headers.get(at).and_then(|h| h.get(stem.len()..=stem.len())).unwrap_or_default();
        for (i, end) in ENDS.iter().enumerate() {
            let own = headers.get(at + i).is_some_and(|h| *h == format!("{stem}{sign}{end}"));
            if let (true, Some(head)) = (own, heads.get_mut(at + i)) {
                let header = vec![stem.to_owned(), (*end).to_owned()];
                *head = Head { header, part: Part::Row, stem: at, ..Head::default() };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: &[&[&str]]) -> Option<Found> {
        let records: Vec<Rec> = (1..)
            .zip(rows)
            .map(|(number, r)| Rec { number, cells: r.iter().map(|c| (*c).to_owned()).collect() })
            .collect();
        (PLATFORM.recognise)(&PLATFORM, &records)
    }

    #[test]
    fn central_and_its_repeats() {
        let root: &[&str] = &[
            "SubmissionDate",
            "who-age",
            "where-Latitude",
            "where-Longitude",
            "why",
            "why/fun",
            "why/art",
            "SET-OF-visit",
            "meta-instanceID",
            "KEY",
            "SubmitterID",
            "ReviewState",
            "Edits",
            "FormVersion",
        ];
        let row: &[&str] = &[
            "2024-01-02T03:04:05.000Z",
            "34",
            "1",
            "2",
            "fun",
            "1",
            "0",
            "",
            "uuid:1",
            "uuid:1",
            "4",
            "rejected",
            "0",
            "1",
        ];
        let form = found(&[root, row]).unwrap();
        let seen: Vec<_> = form.heads.iter().map(|h| (h.part, h.stem, h.system)).collect();
        assert_eq!(seen[0], (Part::Whole, 0, Some("date")));
        assert_eq!((seen[2], seen[3]), ((Part::Row, 2, None), (Part::Row, 2, None)));
        assert_eq!((seen[4].0, seen[6]), (Part::Joined, (Part::Option, 4, None)));
        assert_eq!((seen[7].2, seen[8].2, seen[9].2, seen[11].2), (IGNORE, IGNORE, Some("response"), Some("status")));
        assert!(found(&[&["t1", "SET-OF-g2", "PARENT_KEY", "KEY"]]).is_some());
        assert!(found(&[&["Key", "Value"]]).is_none());
        assert!(found(&[&["SubmissionDate", "age", "meta-instanceID"]]).unwrap().heads[2].system == Some("response"));
    }
}
