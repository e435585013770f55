//! SurveyMonkey: a row of stems, blank over their continuation cells, above a row of option labels and "Response". Flattened to one
//! row by hand or by a program, its options are told by cells that repeat the end of their header, or stand alone in a column.

use std::collections::BTreeMap;

use super::decide::{self, Cells, Ticks};
use super::stems::{self, Band, is_other, is_placeholder, is_response};
use super::{Found, IGNORE, Platform};
use crate::ingest::layout::{Head, Rec, tidy};
use crate::ingest::{Column, Part};
use crate::spec::fold;

/// SurveyMonkey.
pub(super) const PLATFORM: Platform = Platform {
    name: "surveymonkey",
    title: "SurveyMonkey",
    system: &[
        ("respondent id", Some("response")),
        ("respondentid", Some("response")),
        ("respondent_id", Some("response")),
        ("collector id", IGNORE),
        ("collectorid", IGNORE),
        ("collector_id", IGNORE),
        ("start date", IGNORE),
        ("startdate", IGNORE),
        ("date created", IGNORE),
        ("date_created", IGNORE),
        ("date modified", Some("date")),
        ("date_modified", Some("date")),
        ("end date", Some("date")),
        ("enddate", Some("date")),
        ("ip address", IGNORE),
        ("ip_address", IGNORE),
        ("email address", Some("email")),
        ("email_address", Some("email")),
        ("first name", Some("name")),
        ("first_name", Some("name")),
        ("last name", Some("name")),
        ("last_name", Some("name")),
        ("custom data", IGNORE),
        ("customdata", IGNORE),
        ("custom data 1", IGNORE),
        ("custom_1", IGNORE),
        ("collector title", IGNORE),
    ],
    recognise: |platform, records| {
        let found = two(platform, records).or_else(|| flat(platform, records)).or_else(|| lost(platform, records));
        found.map(|found| platform.with_system(found))
    },
};

/// How the column of the response's number is headed.
const IDS: [&str; 3] = ["respondent id", "respondentid", "respondent_id"];

/// The most columns that people set before the first question of an export.
const ADDED: usize = 12;

/// Two header rows, by the words that only SurveyMonkey writes in the second, or by an id that begins below it.
fn two(platform: &Platform, records: &[Rec]) -> Option<Found> {
    records.get(1)?;
    let band = Band::of(records);
    let labels: Vec<String> = band.labels.iter().map(|l| fold(l)).collect();
    let label = |i: usize| labels.get(i).map_or("", String::as_str);
    let first = labels.iter().position(|l| !l.is_empty())?;
    // A stem without a label below is a column of SurveyMonkey's own, or was added before the questions; any other says that the
    // second row is a row of data.
    let bare = |i: &usize| label(*i).is_empty() && !platform.is_system(&fold(band.stems.get(*i).map_or("", |s| s)));
    let stemless: Vec<usize> =
        (0..band.stems.len()).filter(|&i| band.stems.get(i).is_some_and(|s| !s.is_empty())).filter(bare).collect();
    let inside = stemless.iter().filter(|&&i| i > first).count();
    if inside > 1 || stemless.len() > ADDED || band.stems.iter().all(String::is_empty) {
        return None;
    }
    let responses = labels.iter().filter(|l| is_response(l)).count();
    let others = labels.iter().filter(|l| is_other(l)).count();
    let named = labels.iter().filter(|l| !l.is_empty()).count();
    let continued = band.continued().len();
    let id = (0..band.stems.len()).find(|&i| IDS.contains(&fold(band.stems.get(i).map_or("", |s| s)).as_str()));
    let below = |i: usize| records.iter().skip(2).all(|rec| !rec.cell(i).is_empty()) && records.len() > 2;
    let mut reason = match (responses, others, continued) {
        (1.., _, 1..) => {
            let stems = if responses == 1 { "a stem".to_owned() } else { format!("{responses} stems") };
            format!("the second header row says \"Response\" under {stems} and names options under others")
        }
        (1.., _, 0) if responses >= 2 || responses == named => {
            let stems = if responses == 1 { "its stem".to_owned() } else { format!("{responses} stems") };
            format!("the second header row says \"Response\" under {stems}")
        }
        (0, 1.., 1..) => "the second header row names options and \"Other (please specify)\"".to_owned(),
        _ if id.is_some_and(|i| label(i).is_empty() && below(i)) => {
            "the header has the number of the respondent, and the row below names options before the numbers begin"
                .to_owned()
        }
        _ => return None,
    };
    if let Some(name) = &band.mangled {
        reason.push_str(&format!("; another program wrote names such as \"{name}\" over blank headers"));
    }
    Some(Found { platform: platform.name, reason, header_rows: 2, heads: stems::heads(&band), undecided: true })
}

/// A table that the spec calls an export of SurveyMonkey, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    let reason = "reach.toml says so".to_owned();
    let found = match stems::options_under_stems(records) {
        Some(two) => Found { platform: PLATFORM.name, reason, ..two },
        None => {
            let heads = runs(records.first()?, records);
            Found { platform: PLATFORM.name, reason, header_rows: 1, heads, undecided: true }
        }
    };
    Some(PLATFORM.with_system(found))
}

/// One header row with SurveyMonkey's own columns: the second was dropped, or both were joined to "stem - option".
fn flat(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let header = records.first()?;
    let words: Vec<String> = (0..header.cells.len()).map(|i| fold(header.cell(i))).collect();
    let id = words.iter().position(|w| IDS.contains(&w.as_str()))?;
    let own = words.iter().filter(|w| platform.is_system(w)).count();
    let collector = words.iter().any(|w| matches!(w.as_str(), "collector id" | "collectorid" | "collector_id"));
    let long = |text: &str| {
        let digits = text.strip_suffix(".0").unwrap_or(text);
        digits.len() >= 9 && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let cells = || records.iter().skip(1).map(|rec| rec.cell(id)).filter(|cell| !cell.is_empty());
    if !(collector || (cells().count() > 0 && cells().all(long))) {
        return None;
    }
    let reason = if collector {
        "the header has the numbers of the respondent and the collector, as SurveyMonkey writes them".to_owned()
    } else {
        let more = if own > 1 { " beside more of its own columns" } else { "" };
        format!("the header has the number of the respondent, as long as SurveyMonkey gives it{more}")
    };
    let heads = runs(header, records);
    Some(Found { platform: platform.name, reason, header_rows: 1, heads, undecided: true })
}

/// One header row whose blank headers were given names (`Column2`), over columns that hold one text each: the labels of the second
/// row are lost, and the cells still have them.
fn lost(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let header = records.first()?;
    let heads = runs(header, records);
    let under: Vec<&Head> = heads.iter().filter(|h| h.header.len() > 1).collect();
    let stems = heads.iter().zip(0..).filter(|(h, i)| h.header.len() > 1 && h.stem == *i).count();
    if under.is_empty() {
        return None;
    }
    let blank = match under.iter().find_map(|h| h.header.last().filter(|l| !l.is_empty())) {
        Some(first) => format!("headers such as \"{first}\" stand for blank ones"),
        None => "headers are blank beside others".to_owned(),
    };
    let reason = format!(
        "{blank}, and the columns under {stems} {} hold one text each, no two the same, as SurveyMonkey spreads options",
        if stems == 1 { "stem" } else { "stems" }
    );
    Some(Found { platform: platform.name, reason, header_rows: 1, heads, undecided: true })
}

/// Heads of one row, with placeholders taken under the name to their left. With `records` only where their cells show options:
/// columns of one text each, no two the same, blank in some row; the last may hold people's own words.
fn runs(header: &Rec, records: &[Rec]) -> Vec<Head> {
    let names: Vec<String> = (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect();
    let mut heads: Vec<Head> = names.iter().zip(0..).map(|(name, i)| Head::plain(name.clone(), i)).collect();
    let mut from = 0;
    while from < names.len() {
        let blank = |i: &usize| names.get(*i).is_some_and(|n| n.is_empty() || is_placeholder(n));
        let mut to = (from + 1..names.len()).find(|i| !blank(i)).unwrap_or(names.len());
        // Columns without a name and without a cell are none.
        let said = |i: usize| records.iter().any(|rec| !rec.cell(i).is_empty());
        while to > from + 1 && !said(to - 1) {
            to -= 1;
        }
        let stem = names.get(from).cloned().unwrap_or_default();
        let fits = !stem.is_empty() && !is_placeholder(&stem) && to - from >= 3;
        if fits && spread(records, from, to) {
            for (i, head) in heads.iter_mut().enumerate().take(to).skip(from) {
                let own = if i == from { String::new() } else { head.header.pop().unwrap_or_default() };
                *head = Head { header: vec![stem.clone(), own], part: Part::Option, stem: from, ..Head::default() };
            }
        }
        from = to.max(from + 1);
    }
    heads
}

/// Whether the columns of a run hold one text each at most (but perhaps the last), no two the same, and no row all of them.
fn spread(records: &[Rec], from: usize, to: usize) -> bool {
    // A row that fills them all is a row of labels, or the columns hold what every row has.
    if records.iter().skip(1).any(|rec| (from..to).all(|i| !rec.cell(i).is_empty())) {
        return false;
    }
    let mut texts: Vec<String> = Vec::new();
    let mut cells = 0usize;
    let mut blank = 0usize;
    for i in from..to {
        let mut own: Vec<String> = Vec::new();
        for rec in records.iter().skip(1) {
            let text = fold(rec.cell(i));
            if text.is_empty() {
                blank += 1;
            } else {
                cells += 1;
                if !own.contains(&text) {
                    own.push(text);
                }
            }
        }
        match own.len() {
            0 => {}
            1 if own.first().is_some_and(|t| t.parse::<f64>().is_err() && !texts.contains(t)) => texts.append(&mut own),
            2.. if i + 1 == to => {}
            _ => return false,
        }
    }
    texts.len() >= 2 && cells >= 5 && blank * 4 > cells
}

/// What is left to the cells: parts of two-row headers; labels that are lost; headers of one row that were joined.
pub(super) fn decide(columns: &mut [Column], stems: &[usize]) {
    decide::by_cells(columns, stems, Ticks::Marks);
    // A run whose cells did not bear out that it holds options is columns by themselves.
    for column in columns.iter_mut() {
        let bare = column.header.last().is_some_and(|l| l.is_empty() || is_placeholder(l));
        if column.header.len() == 2 && bare && column.part != Part::Option && column.part != Part::OtherText {
            if column.question == column.position {
                column.header.truncate(1);
            } else {
                column.header.swap_remove(0);
                column.question = column.position;
            }
            column.part = Part::Whole;
        }
    }
    joined(columns);
}

/// The most questions with options that one row of joined headers is searched for.
const MOST: usize = 1_000;

/// What stands between stem and option where both rows were joined.
const BETWEEN: [&str; 9] = [" - ", " – ", " | ", ": ", ". ", "_", " / ", "|", "-"];

/// Headers of one row that end in the only text their cells have: "stem - option". The columns beside them with the same stem are
/// options too, an open text, or with answers in common rows of a grid.
fn joined(columns: &mut [Column]) {
    let parts = |column: &Column| -> Option<(String, String)> {
        let [header] = column.header.as_slice() else { return None };
        let text = decide::only_text(&column.texts)?;
        if text.chars().count() < 2 || column.system.is_some() || column.part != Part::Whole {
            return None;
        }
        BETWEEN.iter().find_map(|between| {
            let stem = header.strip_suffix(text.as_str())?.strip_suffix(between)?;
            (!stem.trim().is_empty()).then(|| (stem.to_owned(), (*between).to_owned()))
        })
    };
    let mut stems: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for (stem, between) in columns.iter().filter_map(parts) {
        stems.entry(format!("{stem}{between}")).or_insert((stem, 0)).1 += 1;
    }
    // A stem of one option alone may be chance, but not behind the dash that SurveyMonkey's kin set.
    stems.retain(|start, (_, options)| *options >= 2 || start.ends_with(" - "));
    grids(columns, &stems);
    beside(columns);
    for (start, (stem, _)) in stems.into_iter().take(MOST) {
        let mut first: Option<u32> = None;
        for column in columns.iter_mut() {
            let [header] = column.header.as_slice() else {
                if first.is_some() {
                    break;
                }
                continue;
            };
            let rest = header.strip_prefix(&start).map(str::to_owned);
            let Some(rest) = rest.filter(|_| column.part == Part::Whole && column.system.is_none()) else {
                if first.is_some() {
                    break;
                }
                continue;
            };
            let question = *first.get_or_insert(column.position);
            let kind = decide::kind_of(&column.texts, &rest, 0, Ticks::Marks);
            column.part = match kind {
                Cells::Label => Part::Option,
                _ if decide::is_other_label(&rest) => Part::OtherText,
                Cells::Many { .. } => Part::Comment,
                _ => Part::Option,
            };
            column.header = vec![tidy(&stem), rest];
            column.question = question;
        }
    }
}

/// What stands beside a question of one column: its header again, a dash, and "Other (please specify)" or a prompt to say more.
fn beside(columns: &mut [Column]) {
    let mut before: Option<(String, u32)> = None;
    for column in columns {
        let [header] = column.header.as_slice() else {
            before = None;
            continue;
        };
        if column.system.is_some() || column.part != Part::Whole {
            before = None;
            continue;
        }
        let rest = before.as_ref().and_then(|(stem, _)| header.strip_prefix(stem.as_str())?.strip_prefix(" - "));
        let Some((rest, (stem, question))) = rest.map(str::to_owned).zip(before.clone()) else {
            before = Some((header.clone(), column.question));
            continue;
        };
        let other = decide::is_other_label(&rest);
        column.part = if other { Part::OtherText } else { Part::Comment };
        column.header = vec![stem, rest];
        column.question = question;
    }
}

/// Rows of grids: neighbours whose headers share all up to a " - " and whose cells share their answers.
fn grids(columns: &mut [Column], taken: &BTreeMap<String, (String, usize)>) {
    let mut from = 0;
    while from < columns.len() {
        let stem = |column: &Column| -> Option<(String, String)> {
            let [header] = column.header.as_slice() else { return None };
            let free = column.system.is_none() && column.part == Part::Whole;
            let (stem, row) = header.split_once(" - ").filter(|_| free)?;
            let begins = |b: &str| {
                header
                    .match_indices(b)
                    .any(|(at, _)| taken.contains_key(header.get(..at + b.len()).unwrap_or_default()))
            };
            let known = BETWEEN.iter().any(|between| begins(between));
            (!known && !is_other(&fold(row))).then(|| (stem.to_owned(), row.to_owned()))
        };
        let Some((own, _)) = columns.get(from).and_then(stem) else {
            from += 1;
            continue;
        };
        let mut to = from + 1;
        while columns.get(to).and_then(stem).is_some_and(|(s, _)| s == own)
            && columns.get(from).zip(columns.get(to)).is_some_and(|(a, b)| decide::alike(&a.texts, &b.texts))
        {
            to += 1;
        }
        if to - from >= 2 {
            let question = columns.get(from).map_or(0, |c| c.position);
            for column in columns.iter_mut().take(to).skip(from) {
                if let Some((stem, row)) = stem(column) {
                    column.header = vec![stem, row];
                    column.part = Part::Row;
                    column.question = question;
                }
            }
        }
        from = to;
    }
}
