//! Snap: one header row of variables: its own are `ID.date`, `ID.completed` …, a question's `Q3`, its options' `Q3.1`, `Q3_2`, `Q3:3`.

use super::{Found, IGNORE, Platform};
use crate::ingest::Part;
use crate::ingest::layout::{Head, Rec, tidy};
use crate::spec::fold;

/// Snap.
pub(super) const PLATFORM: Platform = Platform {
    name: "snap",
    title: "Snap",
    system: &[
        ("id.name", Some("response")),
        ("id.id", Some("response")),
        ("id.respondent", Some("response")),
        ("id.case", Some("response")),
        ("id.uniqueid", Some("response")),
        ("id.date", Some("date")),
        ("id.enddate", Some("date")),
        ("id.startdate", IGNORE),
        ("id.completed", Some("finished")),
        ("id.complete", Some("finished")),
        ("id.status", Some("status")),
        ("id.partial", IGNORE),
        ("id.language", Some("language")),
        ("id.email", Some("email")),
        ("id.duration", Some("duration")),
        ("id.timetaken", Some("duration")),
    ],
    recognise: |platform, records| recognise(platform, records),
};

fn recognise(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let cells = cells(records);
    let found: Vec<&str> = cells.iter().map(String::as_str).filter(|c| own(c)).collect();
    if found.len() < 2 {
        return None;
    }
    let first: Vec<&str> = found.iter().take(2).copied().collect();
    let reason = format!("the header has {}, as Snap names its own variables", super::quoted(&first));
    Some(layout(platform, &cells, reason))
}

/// A table that the spec calls an export of Snap, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    records.first()?;
    Some(layout(&PLATFORM, &cells(records), "reach.toml says so".to_owned()))
}

fn cells(records: &[Rec]) -> Vec<String> {
    records.first().map_or_else(Vec::new, |header| (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect())
}

/// Whether a header is a variable of Snap's own.
fn own(cell: &str) -> bool {
    cell.strip_prefix("ID.").or_else(|| cell.strip_prefix("Id.")).is_some_and(|rest| {
        rest.bytes().all(|b| b.is_ascii_alphanumeric()) && rest.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

fn layout(platform: &Platform, cells: &[String], reason: String) -> Found {
    let dated = cells.iter().any(|c| fold(c) == "id.date");
    let mut seen: Vec<&str> = Vec::new();
    let mut heads: Vec<Head> = Vec::with_capacity(cells.len());
    let mut from = 0;
    while let Some(cell) = cells.get(from) {
        if own(cell) {
            let word = fold(cell);
            let role = platform.system.iter().find(|(w, _)| *w == word).and_then(|(_, role)| *role).or(IGNORE);
            let role = match (word.as_str(), role) {
                ("id.enddate", _) if dated => IGNORE,
                (_, Some(role)) if role != "(ignore)" && seen.contains(&role) => IGNORE,
                (_, role) => role,
            };
            seen.extend(role);
            heads.push(Head { system: role, code: Some(cell.clone()), ..Head::plain(cell.clone(), from) });
            from += 1;
            continue;
        }
        let Some((base, _)) = part(cell) else {
            heads.push(Head { code: Some(cell.clone()), ..Head::plain(cell.clone(), from) });
            from += 1;
            continue;
        };
        let mut to = from + 1;
        while cells.get(to).and_then(|c| part(c)).is_some_and(|(b, _)| b == base) {
            to += 1;
        }
        for cell in cells.get(from..to).unwrap_or_default() {
            let number = part(cell).map_or("", |(_, n)| n);
            let header = if to - from > 1 { vec![base.to_owned(), number.to_owned()] } else { vec![cell.clone()] };
            let part = if to - from > 1 { Part::Option } else { Part::Whole };
            heads.push(Head { header, part, code: Some(cell.clone()), stem: from, ..Head::default() });
        }
        from = to;
    }
    Found { platform: platform.name, reason, header_rows: 1, heads, undecided: true }
}

/// The variable and the number of `Q3.1`, `Q3_1`, `Q3:1`, `Q3(1)`.
fn part(name: &str) -> Option<(&str, &str)> {
    let name = name.trim_end_matches(')');
    let at = name.rfind(['.', '_', ':', '('])?;
    let (base, number) = (name.get(..at)?, name.get(at + 1..)?);
    let digits = !number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit());
    let variable =
        base.starts_with(|c: char| c.is_ascii_alphabetic()) && base.bytes().all(|b| b.is_ascii_alphanumeric());
    (digits && variable).then_some((base, number))
}
