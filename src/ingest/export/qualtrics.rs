//! Qualtrics: names, question texts and import ids in three header rows; two with the legacy exporter (`V1` …); fewer where people
//! deleted rows. What the columns under a question are is told in `qualtrics_asked`.

use super::qualtrics_asked::{Named, heads};
use super::{Found, IGNORE, Platform};
use crate::ingest::evidence::is_typed;
use crate::ingest::layout::{Head, Rec, tidy};

/// Qualtrics.
pub(super) const PLATFORM: Platform = Platform {
    name: "qualtrics",
    title: "Qualtrics",
    // Without spaces and signs: names are written `StartDate`, texts "Start Date", R's and users' `start_date`.
    system: &[
        ("startdate", IGNORE),
        ("enddate", IGNORE),
        ("status", Some("status")),
        ("responsetype", Some("status")),
        ("ipaddress", IGNORE),
        ("progress", Some("progress")),
        ("durationinseconds", Some("duration")),
        ("finished", Some("finished")),
        ("recordeddate", Some("date")),
        ("responseid", Some("response")),
        ("responseset", IGNORE),
        ("recipientlastname", Some("name")),
        ("recipientfirstname", Some("name")),
        ("recipientemail", Some("email")),
        ("name", Some("name")),
        ("emailaddress", Some("email")),
        ("externaldatareference", IGNORE),
        ("externalreference", IGNORE),
        ("locationlatitude", IGNORE),
        ("locationlongitude", IGNORE),
        ("locationaccuracy", IGNORE),
        ("distributionchannel", IGNORE),
        ("userlanguage", Some("language")),
        ("qrecaptchascore", IGNORE),
        ("qrelevantidduplicate", IGNORE),
        ("qrelevantidduplicatescore", IGNORE),
        ("qrelevantidfraudscore", IGNORE),
        ("qrelevantidlaststartdate", IGNORE),
        ("qballotboxstuffing", IGNORE),
        ("qduplicaterespondent", IGNORE),
        ("qambiguoustextpresent", IGNORE),
        ("qambiguoustextquestions", IGNORE),
        ("qstraightliningcount", IGNORE),
        ("qstraightliningpercentage", IGNORE),
        ("qstraightliningquestions", IGNORE),
        ("qunansweredpercentage", IGNORE),
        ("qunansweredquestions", IGNORE),
        ("qdatapolicyviolations", IGNORE),
    ],
    recognise: |platform, records| {
        let found = ids(platform, records).or_else(|| legacy(platform, records)).or_else(|| names(platform, records));
        found.map(|read| layout(platform, read))
    },
};

fn layout(platform: &Platform, (reason, rows, named): Read) -> Found {
    let system = system(platform, &named);
    let heads = heads(&named, &system);
    Found { platform: platform.name, reason, header_rows: rows, heads, undecided: true }
}

/// A table that the spec calls an export of Qualtrics, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    let (rows, named) = names_and_texts(records)?;
    Some(layout(&PLATFORM, ("reach.toml says so".to_owned(), rows, named)))
}

/// Names that no other platform writes.
const OWN: [&str; 11] = [
    "recordeddate",
    "distributionchannel",
    "userlanguage",
    "durationinseconds",
    "recipientlastname",
    "recipientfirstname",
    "recipientemail",
    "externaldatareference",
    "externalreference",
    "locationlatitude",
    "qrecaptchascore",
];

/// A name without spaces and signs, in lower case.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Reason, header rows, and what the header says of each column.
type Read = (String, usize, Vec<Named>);

/// The import id in a cell of the third row: `{"ImportId":"QID1_1"}`, or as Python writes it.
fn import_id(cell: &str) -> Option<String> {
    let rest = cell.trim().strip_prefix('{')?;
    let at = rest.find("ImportId")?;
    let value = rest.get(at + "ImportId".len()..)?.trim_start_matches(['"', '\'', ' ', ':']);
    Some(value.split(['"', '\'']).next()?.to_owned())
}

/// Three header rows, or two where the texts were deleted: one of them is made of import ids.
fn ids(_: &Platform, records: &[Rec]) -> Option<Read> {
    let at = (1..records.len().min(4)).find(|&i| {
        records.get(i).is_some_and(|rec| {
            let found = rec.cells.iter().filter(|c| import_id(c).is_some()).count();
            found >= 1 && found * 2 >= rec.fill()
        })
    })?;
    let (names, row) = (records.first()?, records.get(at)?);
    let texts = (at >= 2).then(|| records.get(1)).flatten();
    let width = names.cells.len().max(row.cells.len());
    let named = (0..width)
        .map(|i| Named {
            name: tidy(names.cell(i)),
            text: texts.map_or_else(String::new, |t| tidy(t.cell(i))),
            id: import_id(row.cell(i)),
        })
        .collect();
    let which = if at == 1 { "second" } else { "third" };
    Some((format!("the {which} header row has the import ids of Qualtrics"), at + 1, named))
}

/// The legacy exporter's two rows: `V1` to `V10` over the names of its own columns.
fn legacy(platform: &Platform, records: &[Rec]) -> Option<Read> {
    let (names, texts) = (records.first()?, records.get(1)?);
    let numbered = |name: &str| name.strip_prefix('V').is_some_and(|n| n.parse::<u8>().is_ok());
    let width = names.cells.len().max(texts.cells.len());
    let own: Vec<usize> =
        (0..width).filter(|&i| numbered(names.cell(i)) && platform.is_system(&squeezed(texts.cell(i)))).collect();
    if own.len() < 3 {
        return None;
    }
    let named = (0..width)
        .map(|i| {
            let text = tidy(texts.cell(i));
            let name = if own.contains(&i) { text.clone() } else { tidy(names.cell(i)) };
            Named { name, text, id: None }
        })
        .collect();
    let reason = "the header has V1, V2 … over the names of Qualtrics' own columns, as its legacy exporter writes them";
    Some((reason.to_owned(), 2, named))
}

/// One row of names, or of names and texts: the rows below were deleted.
fn names(platform: &Platform, records: &[Rec]) -> Option<Read> {
    let header = records.first()?;
    let words: Vec<String> = (0..header.cells.len()).map(|i| squeezed(header.cell(i))).collect();
    let own: Vec<usize> =
        (0..words.len()).filter(|&i| words.get(i).is_some_and(|w| OWN.contains(&w.as_str()))).collect();
    let exact =
        (0..header.cells.len()).filter(|&i| matches!(header.cell(i), "ResponseId" | "ResponseID" | "RecordedDate"));
    let particular = own.len() + exact.count();
    let system = words.iter().filter(|w| platform.is_system(w)).count();
    if particular == 0 || system < 3 {
        return None;
    }
    let (rows, named) = names_and_texts(records)?;
    let first: Vec<&str> = own.iter().filter_map(|&i| header.cells.get(i)).map(|c| c.trim()).take(2).collect();
    let named_by = if first.is_empty() { "\"ResponseId\"".to_owned() } else { super::quoted(&first) };
    let below =
        if rows == 2 { "and a row of question texts below; the import ids are gone" } else { "in one header row" };
    Some((format!("the header has {system} of Qualtrics' own columns, {named_by} among them, {below}"), rows, named))
}

/// How many header rows there are, one of names or another of texts below, and what they say of each column.
fn names_and_texts(records: &[Rec]) -> Option<(usize, Vec<Named>)> {
    let header = records.first()?;
    let words: Vec<String> = (0..header.cells.len()).map(|i| squeezed(header.cell(i))).collect();
    // A second row of texts: words where the rows below have dates and numbers.
    let typed = ["startdate", "enddate", "recordeddate", "progress", "durationinseconds"];
    let below = |i: usize| {
        let cells: Vec<&str> = records.iter().skip(2).map(|r| r.cell(i)).filter(|c| !c.is_empty()).collect();
        !cells.is_empty() && cells.iter().all(|c| is_typed(c))
    };
    let text = |i: usize| records.get(1).is_some_and(|r| !r.cell(i).is_empty() && !is_typed(r.cell(i)));
    let two = (0..words.len())
        .filter(|&i| words.get(i).is_some_and(|w| typed.contains(&w.as_str())))
        .any(|i| text(i) && below(i));
    let texts = two.then(|| records.get(1)).flatten();
    // Names hold no spaces; where even Qualtrics' own columns do, the row of names was deleted and the texts are left.
    let only_texts =
        header.cells.iter().any(|c| matches!(c.trim(), "Recorded Date" | "Response Type" | "User Language"));
    let width = header.cells.len().max(texts.map_or(0, |t| t.cells.len()));
    let named = (0..width)
        .map(|i| {
            let own = tidy(header.cell(i));
            match texts {
                Some(t) => Named { name: own, text: tidy(t.cell(i)), id: None },
                None if only_texts => Named { name: String::new(), text: own, id: None },
                None => Named { name: own, text: String::new(), id: None },
            }
        })
        .collect();
    Some((1 + usize::from(two), named))
}

/// The roles of Qualtrics' own columns. A word counts once, and before the questions or behind them: what stands between two
/// questions is one.
fn system(platform: &Platform, named: &[Named]) -> Vec<Option<&'static str>> {
    let mut seen: Vec<String> = Vec::new();
    let recorded = named.iter().any(|n| squeezed(&n.name) == "recordeddate" || squeezed(&n.text) == "recordeddate");
    named
        .iter()
        .map(|n| {
            let word = squeezed(if n.name.is_empty() { &n.text } else { &n.name });
            let question = n.id.as_deref().is_some_and(|id| id.contains("QID"));
            if question || seen.contains(&word) {
                return None;
            }
            let (_, role) = platform.system.iter().find(|(w, _)| *w == word)?;
            seen.push(word.clone());
            // The day of a response is the day it was recorded, or else ended.
            if word == "enddate" && !recorded { Some("date") } else { *role }
        })
        .collect()
}

/// A head of a column that is no question's.
pub(super) fn own(named: &Named, at: usize, role: Option<&'static str>) -> Head {
    let text = if named.name.is_empty() { &named.text } else { &named.name };
    let code = (!named.name.is_empty()).then(|| named.name.clone());
    Head { code, system: role, ..Head::plain(text.clone(), at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_ids_in_both_spellings() {
        for (cell, id) in [
            (r#"{"ImportId":"QID1_1"}"#, Some("QID1_1")),
            (r#"{"ImportId":"startDate","timeZone":"Europe/London"}"#, Some("startDate")),
            (r#"{"timeZone":"Z","ImportId":"endDate"}"#, Some("endDate")),
            ("{'ImportId': 'QID11#1-1-1-TEXT'}", Some("QID11#1-1-1-TEXT")),
            ("ImportId", None),
            ("{}", None),
        ] {
            assert_eq!(import_id(cell).as_deref(), id, "{cell}");
        }
    }
}
