//! SmartSurvey: a row of its own columns and the questions, blank over continuation cells, and up to two rows below it with rows,
//! options and "Answer".

use super::stems::{is_open, is_other, is_response};
use super::{Found, IGNORE, Platform, as_written, quoted};
use crate::ingest::Part;
use crate::ingest::layout::{Head, Rec, tidy};
use crate::spec::fold;

/// SmartSurvey.
pub(super) const PLATFORM: Platform = Platform {
    name: "smartsurvey",
    title: "SmartSurvey",
    system: &[
        ("userid", Some("response")),
        ("user id", Some("response")),
        ("userno", IGNORE),
        ("user no", IGNORE),
        ("user number", IGNORE),
        ("name", Some("name")),
        ("email", Some("email")),
        ("ip address", IGNORE),
        ("unique id", IGNORE),
        ("started", IGNORE),
        ("ended", Some("date")),
        ("completed", IGNORE),
        ("status", Some("status")),
        ("language", Some("language")),
        ("device", IGNORE),
        ("tracking", IGNORE),
        ("tracking link", IGNORE),
        ("collector", IGNORE),
    ],
    recognise: |platform, records| recognise(platform, records),
};

fn recognise(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let header = records.first()?;
    let cells: Vec<String> = (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect();
    let words: Vec<String> = cells.iter().map(|c| fold(c)).collect();
    let at = |names: &[&str]| words.iter().position(|w| names.contains(&w.as_str()));
    let id = at(&["userid", "user id"])?;
    let own: Vec<&str> = ["userno", "unique id", "started", "ended", "tracking", "tracking link", "ip address"]
        .into_iter()
        .filter(|word| at(&[word]).is_some())
        .collect();
    let spans = at(&["started"]).is_some() && at(&["ended"]).is_some();
    if own.len() < 3 || !(spans || at(&["userno", "unique id"]).is_some()) {
        return None;
    }
    // The rows below the header that have no id are header rows too, if the rows below them have one.
    let ids = |i: usize| records.get(i).is_some_and(|rec| !rec.cell(id).is_empty());
    let further =
        (1..=2).take_while(|&i| records.get(i).is_some_and(|rec| rec.cell(id).is_empty() && rec.fill() > 0)).count();
    let further = if ids(further + 1) { further } else { 0 };
    let mut shown = vec![words.get(id).map_or("", String::as_str)];
    shown.extend(own.iter().take(2));
    let rows = match further {
        0 => String::new(),
        1 => "; the row below it has no id and names rows and options".to_owned(),
        _ => "; the two rows below it have no id and name rows and options".to_owned(),
    };
    let reason = format!("the header has {}, as SmartSurvey writes it{rows}", quoted(&as_written(&cells, &shown)));
    let heads = heads(platform, records, 1 + further);
    Some(Found { platform: platform.name, reason, header_rows: 1 + further, heads, undecided: true })
}

/// A table that the spec calls an export of SmartSurvey, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    records.first()?;
    let heads = heads(&PLATFORM, records, 1);
    Some(Found {
        platform: PLATFORM.name,
        reason: "reach.toml says so".to_owned(),
        header_rows: 1,
        heads,
        undecided: true,
    })
}

fn heads(platform: &Platform, records: &[Rec], rows: usize) -> Vec<Head> {
    let band = records.get(..rows).unwrap_or_default();
    let width = band.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    let mut seen: Vec<String> = Vec::new();
    let mut heads: Vec<Head> = Vec::with_capacity(width);
    let (mut stem, mut first, mut row) = (String::new(), 0, String::new());
    for at in 0..width {
        let cell = |depth: usize| band.get(depth).map_or_else(String::new, |r| tidy(r.cell(at)));
        let (own, middle, below) = (cell(0), cell(1), cell(2));
        let word = fold(&own);
        if !own.is_empty() || (middle.is_empty() && below.is_empty()) {
            (stem, first) = (own.clone(), at);
            row.clear();
        }
        if let Some((_, role)) = platform.system.iter().find(|(w, _)| *w == word)
            && middle.is_empty()
            && below.is_empty()
            && !seen.contains(&word)
        {
            // Who did not reach the end has no moment of it.
            let sent = word == "ended";
            seen.push(word);
            heads.push(Head { system: *role, sent, ..Head::plain(own, at) });
            continue;
        }
        // Of three rows the middle one names the row, and lasts over the options to its right.
        let open = is_open(&fold(&below)) || is_open(&fold(&middle));
        let below = if is_response(&fold(&below)) || fold(&below) == "answer" { String::new() } else { below };
        let answer = is_response(&fold(&middle)) || matches!(fold(&middle).as_str(), "answer");
        if !middle.is_empty() && !answer {
            row.clone_from(&middle);
        }
        let mut header = vec![stem.clone()];
        if answer && below.is_empty() {
            let part = if open { Part::Open } else { Part::Whole };
            heads.push(Head { header, part, stem: first, ..Head::default() });
            continue;
        }
        header.extend([row.clone(), below].into_iter().filter(|l| !l.is_empty()));
        let last = header.last().filter(|_| header.len() > 1).map(|l| fold(l)).unwrap_or_default();
        let part = if header.len() == 1 {
            if open { Part::Open } else { Part::Whole }
        } else if is_other(&last) || last == "other" {
            Part::OtherText
        } else if last.starts_with("comment") {
            Part::Comment
        } else {
            Part::Option
        };
        heads.push(Head { header, part, stem: first, ..Head::default() });
    }
    heads
}
