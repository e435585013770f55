//! Jisc Online Surveys, once BOS: one header row with the unique response number and questions by number: "1. Stem", "3.1. Row",
//! "2.a. If you selected Other", or the numbers alone: `Q1`, `Q3_1`, `Q2_a`.

use super::decide;
use super::label::{self, shared};
use super::{Found, IGNORE, Platform};
use crate::ingest::Part;
use crate::ingest::evidence::is_typed;
use crate::ingest::layout::{Head, Rec, tidy};
use crate::spec::fold;

/// Jisc Online Surveys.
pub(super) const PLATFORM: Platform = Platform {
    name: "jisc",
    title: "Jisc Online Surveys",
    system: &[
        ("unique response number", Some("response")),
        ("urn", Some("response")),
        ("response id", Some("response")),
        ("completion status", Some("status")),
        ("started", IGNORE),
        ("start date", IGNORE),
        ("start time", IGNORE),
        ("date started", IGNORE),
        ("completed", Some("date")),
        ("date completed", Some("date")),
        ("completion date", Some("date")),
        ("submission date", Some("date")),
        ("completion time", Some("date")),
        ("submitted", Some("date")),
        ("username", IGNORE),
        ("language", Some("language")),
    ],
    recognise: |platform, records| recognise(platform, records),
};

/// A header by number.
#[derive(Debug, PartialEq, Eq)]
struct Numbered<'t> {
    /// The question's number.
    base: &'t str,
    /// Rows, options (numbers) and parts (letters) below it.
    parts: Vec<&'t str>,
    text: &'t str,
}

/// Reads "3.1.a. Text", `3.1`, `Q3_1_a`.
fn numbered(header: &str) -> Option<Numbered<'_>> {
    let (code, text) = header.split_once(char::is_whitespace).map_or((header, ""), |(c, t)| (c, t.trim_start()));
    let bare = code.strip_prefix(['Q', 'q']).unwrap_or(code);
    let named = bare.len() < code.len();
    // A number alone, with a text behind it and no full stop, is the beginning of a sentence.
    if !named && !code.ends_with('.') && !text.is_empty() {
        return None;
    }
    let mut pieces = bare.trim_end_matches(['.', ':']).split(['.', '_']);
    let base = pieces.next()?;
    let digits = |t: &str| !t.is_empty() && t.len() <= 3 && t.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = pieces.collect();
    let letter = |t: &str| t.len() == 1 && t.bytes().all(|b| b.is_ascii_lowercase());
    let fits = digits(base) && parts.len() <= 4 && parts.iter().all(|p| digits(p) || letter(p));
    fits.then_some(Numbered { base, parts, text })
}

fn recognise(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let cells = cells(records);
    let words: Vec<String> = cells.iter().map(|c| fold(c)).collect();
    let id = words.iter().position(|w| w == "unique response number" || w == "urn")?;
    let questions = cells.iter().filter(|c| numbered(c).is_some()).count();
    // 356806-356797-33882794: the survey, the page, the response.
    let number = |text: &str| {
        let parts: Vec<&str> = text.split('-').collect();
        parts.len() == 3 && parts.iter().all(|p| p.len() >= 4 && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut ids = records.iter().skip(1).map(|r| r.cell(id)).filter(|c| !c.is_empty()).peekable();
    let threefold = ids.peek().is_some() && ids.all(number);
    let in_full = words.iter().any(|w| w == "unique response number");
    if !(threefold || (in_full && questions >= 1)) {
        return None;
    }
    let asked = match questions {
        0 => String::new(),
        1 => " and a question by its number".to_owned(),
        n => format!(" and {n} questions by their numbers"),
    };
    let reason = format!(
        "the header has \"{}\"{}{asked}, as Jisc Online Surveys writes it",
        cells.get(id).map_or("", String::as_str),
        if threefold { " over numbers of three parts" } else { "" }
    );
    Some(layout(platform, records, reason))
}

/// A table that the spec calls an export of Jisc Online Surveys, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    records.first()?;
    Some(layout(&PLATFORM, records, "reach.toml says so".to_owned()))
}

fn cells(records: &[Rec]) -> Vec<String> {
    records.first().map_or_else(Vec::new, |header| (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect())
}

fn layout(platform: &Platform, records: &[Rec], reason: String) -> Found {
    let cells = cells(records);
    let words: Vec<String> = cells.iter().map(|c| fold(c)).collect();
    let mut heads: Vec<Head> = Vec::with_capacity(cells.len());
    let mut seen: Vec<&str> = Vec::new();
    let mut from = 0;
    while let (Some(cell), Some(word)) = (cells.get(from), words.get(from)) {
        let first = numbered(cell);
        let Some(first) = first else {
            let own = platform.system.iter().find(|(w, _)| w == word).filter(|_| !seen.contains(&word.as_str()));
            seen.extend(own.map(|_| word.as_str()));
            let role = own.and_then(|(_, role)| *role);
            // "Completion time" is a moment in one export and how long it took in another.
            let numbers =
                || records.iter().skip(1).map(|r| r.cell(from)).all(|c| c.is_empty() || c.parse::<f64>().is_ok());
            let role = if role == Some("date") && records.len() > 1 && numbers() { Some("duration") } else { role };
            heads.push(Head { system: role, ..Head::plain(cell.clone(), from) });
            from += 1;
            continue;
        };
        let mut to = from + 1;
        while cells.get(to).and_then(|c| numbered(c)).is_some_and(|n| n.base == first.base) {
            to += 1;
        }
        question(&cells, from, to, &mut heads);
        from = to;
    }
    Found { platform: platform.name, reason, header_rows: 1, heads, undecided: true }
}

/// The columns of the question from `from` to `to`.
fn question(cells: &[String], from: usize, to: usize, heads: &mut Vec<Head>) {
    let group: Vec<Numbered<'_>> = cells.get(from..to).unwrap_or_default().iter().filter_map(|c| numbered(c)).collect();
    let letter = |n: &Numbered<'_>| n.parts.last().is_some_and(|p| p.bytes().all(|b| b.is_ascii_lowercase()));
    let rows: Vec<&str> = group.iter().filter(|n| !n.parts.is_empty() && !letter(n)).map(|n| n.text).collect();
    let own = group.iter().find(|n| n.parts.is_empty()).map(|n| n.text);
    let length =
        if rows.len() > 1 && rows.iter().all(|t| !t.is_empty()) { shared(&rows, &[" - ", ": "]) } else { None };
    let stem = match (own, length) {
        (Some(text), _) if !text.is_empty() => text.to_owned(),
        (_, Some(length)) => {
            rows.first().and_then(|t| t.get(..length)).map_or_else(String::new, |t| label::stem(t, &[" - ", ": "]))
        }
        _ => group.first().map_or_else(String::new, |n| format!("Q{}", n.base)),
    };
    let mut alone = None;
    for (at, (n, cell)) in (from..).zip(group.iter().zip(cells.get(from..to).unwrap_or_default())) {
        let code = cell.split_whitespace().next().map(|c| c.trim_end_matches(['.', ':']).to_owned());
        let last = n.parts.last().copied().unwrap_or_default();
        let (header, part) = if n.parts.is_empty() {
            (vec![stem.clone()], Part::Whole)
        } else if letter(n) {
            let text = if n.text.is_empty() { last } else { n.text };
            let other = fold(text).contains("other") || decide::is_other_label(text) || text == "a";
            (vec![stem.clone(), text.to_owned()], if other { Part::OtherText } else { Part::Comment })
        } else {
            let text = length.and_then(|l| n.text.get(l..)).unwrap_or(n.text);
            let text = if text.is_empty() { n.parts.join("_") } else { text.trim().to_owned() };
            (vec![stem.clone(), text], Part::Option)
        };
        // A part that asks something else than the question does is a question of its own.
        let asks = letter(n) && part == Part::Comment;
        if asks && !is_typed(n.text) && !n.text.is_empty() {
            alone = Some(at);
            heads.push(Head { header: vec![n.text.to_owned()], code, stem: at, ..Head::default() });
            continue;
        }
        // What follows it with the same letters belongs to it.
        let stem_at = if alone.is_some_and(|a| a < at) && !n.parts.is_empty() && letter(n) {
            alone.unwrap_or(from)
        } else {
            from
        };
        heads.push(Head { header, part, code, stem: stem_at, ..Head::default() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_by_number() {
        let of = |base, parts: &[&'static str], text| Some(Numbered { base, parts: parts.to_vec(), text });
        assert_eq!(numbered("1. How did you hear?"), of("1", &[], "How did you hear?"));
        assert_eq!(numbered("2.a. If you selected Other"), of("2", &["a"], "If you selected Other"));
        assert_eq!(numbered("3.1. Staff - Friendly"), of("3", &["1"], "Staff - Friendly"));
        assert_eq!(numbered("Q3_1"), of("3", &["1"], ""));
        assert_eq!(numbered("Q2_a"), of("2", &["a"], ""));
        for text in ["10 minutes or more", "Age", "2019 visits", "1st visit", "Quality"] {
            assert_eq!(numbered(text), None, "{text}");
        }
    }
}
