//! The questions of a survey's table: which columns are one question, and how it is answered, decided from all cells.
//!
//! Nothing is read twice and nothing is changed: what stands here is what the table shows, for a draft of the codebook and for
//! `inspect`. Every choice carries its evidence as words.

mod joined;
mod ticks;

use std::collections::{BTreeMap, HashMap};

use super::dictionary::blank_text;
use super::{Column, Part, Table};
use crate::clean::written::{Day, take_apart};
use crate::spec::fold;

pub use joined::{Separator, Split, split};

/// A question as the table shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The question's text; empty where the header has none.
    pub stem: String,
    /// The row of a grid whose rows have a column for each option: such a row is a question by itself.
    pub row: Option<String>,
    /// The platform's own short name.
    pub code: Option<String>,
    /// The columns that carry its answers, as indexes into `Table::columns`.
    pub columns: Vec<usize>,
    /// The column that joins all ticks of the others, which say the same.
    pub joined: Option<usize>,
    /// Columns of open text beside its options.
    pub others: Vec<usize>,
    /// Columns of comments under its stem.
    pub comments: Vec<usize>,
    pub how: How,
    /// What `how` rests on, as a sentence.
    pub why: String,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// Nothing stands in its columns.
    Blank,
    /// One column, one answer of a few.
    One(Closed),
    /// One column, several answers in a cell.
    Joined(Separator, Closed),
    /// A column for each option, of which several may be ticked; an option's rows are its ticks.
    Ticked(Closed),
    /// A column for each option, of which never more than one is ticked: one answer, spread over columns.
    Spread(Closed),
    /// Rows that share one set of answers, a column each. With a separator, a cell holds several.
    Grid(Option<Separator>, Closed),
    /// Things put in order, a column each: a row of the table holds each place at most once.
    Ranked {
        /// How many places there are.
        places: usize,
    },
    /// Things put in order, all of them in one cell.
    Ordered(Separator, Closed),
    /// Numbers in each column.
    Number,
    /// Dates or moments in each column.
    Date,
    /// People's own words, names, ids.
    Text,
}

/// A list of answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closed {
    /// The answers that stand in the header, or that come again in the cells, in the order of their first appearance.
    pub options: Vec<Answer>,
    /// How many answers are none of these: each of one row only, or people's own words.
    pub other: u64,
}

/// An answer and the rows that give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub text: String,
    pub rows: u64,
}

/// The questions of a table, in the order of their first columns. Columns that the platform writes of its own are none.
pub fn asked(table: &Table) -> Vec<Asked> {
    let spaced = matches!(table.platform, "kobotoolbox" | "odk");
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: BTreeMap<(u32, Option<&str>), usize> = BTreeMap::new();
    for (at, column) in table.columns.iter().enumerate().filter(|(_, c)| c.system.is_none()) {
        // In a grid of ticks each row is a question.
        let row = column.header.get(1).filter(|_| column.part == Part::Option && column.header.len() > 2);
        let next = groups.len();
        let group = *known.entry((column.question, row.map(String::as_str))).or_insert(next);
        match groups.get_mut(group) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    let mut out: Vec<Asked> = Vec::new();
    for group in groups {
        for question in of_group(table, &group, spaced) {
            match out.last_mut() {
                Some(before) if belongs_to(table, before, &question) => before.others.extend(&question.columns),
                _ => out.push(question),
            }
        }
    }
    out
}

/// The questions of columns that the layout holds together: one, or one for each column that is a question by itself.
fn of_group(table: &Table, group: &[usize], spaced: bool) -> Vec<Asked> {
    let column = |at: usize| table.columns.get(at);
    let with = |part: Part| -> Vec<usize> {
        group.iter().copied().filter(|&at| column(at).is_some_and(|c| c.part == part)).collect()
    };
    let (options, rows) = (with(Part::Option), with(Part::Row));
    let (others, comments) = (with(Part::OtherText), with(Part::Comment));
    let joined = with(Part::Joined).first().copied();
    let mut out = Vec::new();
    if !options.is_empty() {
        let (how, why) = ticks::of_options(table, &options);
        let first = options.first().and_then(|&at| column(at));
        let row = first.and_then(|c| c.header.get(1).filter(|_| c.header.len() > 2)).cloned();
        out.push(Asked { row, joined, ..question(table, options, how, why) });
    }
    if !rows.is_empty() {
        let (how, why) = ticks::of_rows(table, &rows, spaced);
        out.push(question(table, rows, how, why));
    }
    let mut alone: Vec<usize> = with(Part::Whole).into_iter().chain(with(Part::Open)).collect();
    if out.is_empty() {
        alone.extend(joined);
        if alone.is_empty() {
            // Open texts without a question beside them are questions by themselves.
            alone.extend(others.iter().chain(&comments));
            alone.sort_unstable();
            return alone.into_iter().filter_map(|at| one(table, at, spaced)).collect();
        }
    }
    alone.sort_unstable();
    out.extend(alone.into_iter().filter_map(|at| one(table, at, spaced)));
    out.sort_by_key(|q| q.columns.first().copied());
    if let Some(first) = out.first_mut() {
        first.others = others;
        first.comments = comments;
    }
    out
}

fn question(table: &Table, columns: Vec<usize>, how: How, why: String) -> Asked {
    let first = columns.first().and_then(|&at| table.columns.get(at));
    Asked {
        stem: first.and_then(|c| c.header.first()).cloned().unwrap_or_default(),
        row: None,
        code: code_of(table, &columns),
        columns,
        joined: None,
        others: Vec::new(),
        comments: Vec::new(),
        how,
        why,
    }
}

/// The platform's short name of the question: what the names of its columns begin with (`Q3` of `Q3_1` and `Q3_2`, `hear` of
/// `hear[SQ001]` and `hear[other]`).
fn code_of(table: &Table, columns: &[usize]) -> Option<String> {
    let mut codes =
        columns.iter().filter_map(|&at| table.columns.get(at)).map(|c| c.code.as_deref().unwrap_or_default());
    let first = codes.next()?;
    let mut shared = first.len();
    let mut alone = true;
    for code in codes {
        alone = false;
        let same = first.bytes().zip(code.bytes()).take_while(|(a, b)| a == b).count();
        shared = shared.min(same);
    }
    let begins = (0..=shared).rev().find_map(|end| first.get(..end)).unwrap_or_default();
    let cut = ['[', '/', '_', '.', '(', '-'].into_iter().find_map(|mark| begins.rfind(mark));
    let name = match cut {
        Some(at) if !alone && at > 0 => begins.get(..at).unwrap_or_default(),
        _ => begins,
    };
    let name = if name.is_empty() { first } else { name };
    (!name.is_empty()).then(|| name.to_owned())
}

/// A question in one column.
fn one(table: &Table, at: usize, spaced: bool) -> Option<Asked> {
    let column = table.columns.get(at)?;
    let (how, why) = if matches!(column.part, Part::Open | Part::OtherText | Part::Comment) {
        (How::Text, "the header says that it is answered in people's own words".to_owned())
    } else if !column.labels.is_empty() {
        (How::One(labelled(column)), "a legend tells what its codes stand for".to_owned())
    } else if let Some(coded) = coded(table, &cells(&[column])) {
        coded
    } else {
        of_cells(&cells(&[column]), spaced)
    };
    Some(question(table, vec![at], how, why))
}

/// Numbers that are the codes of answers, as the platform writes them: Qualtrics gives numbers for a choice, and texts (another
/// kind of column) for a number that was typed.
fn coded(table: &Table, cells: &[(&str, u64)]) -> Option<(How, String)> {
    let small = |text: &str| text.len() <= 3 && text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
    let why = match table.platform {
        "qualtrics" if cells.iter().all(|(text, _)| small(text)) => {
            "whole numbers that come again, in a column of Qualtrics that no number is typed into: codes of answers"
        }
        _ => return None,
    };
    again(cells).map(|closed| (How::One(closed), why.to_owned()))
}

/// The labels that a legend gives a column's codes, with the rows that have the code.
fn labelled(column: &Column) -> Closed {
    let plain = |text: &str| fold(trim(text).strip_suffix(".0").unwrap_or(trim(text)));
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    for (text, n) in cells(&[column]) {
        *rows.entry(plain(text)).or_default() += n;
    }
    let options: Vec<Answer> = column
        .labels
        .iter()
        .map(|(code, text)| Answer { text: text.clone(), rows: rows.remove(&plain(code)).unwrap_or(0) })
        .collect();
    Closed { options, other: rows.values().sum() }
}

/// The distinct texts of columns that are not blank, without the white space around them, and their rows.
fn cells<'t>(columns: &[&'t Column]) -> Vec<(&'t str, u64)> {
    let mut known: HashMap<&str, usize, foldhash::fast::FixedState> = HashMap::default();
    let mut out: Vec<(&str, u64)> = Vec::new();
    for (_, text, rows) in columns.iter().flat_map(|column| column.texts.iter()) {
        let text = trim(text);
        if rows == 0 || blank_text(text) {
            continue;
        }
        let at = *known.entry(text).or_insert(out.len());
        match out.get_mut(at) {
            Some((_, n)) => *n += u64::from(rows),
            None => out.push((text, u64::from(rows))),
        }
    }
    out
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\0'))
}

/// How cells that may hold anything are answered.
fn of_cells(cells: &[(&str, u64)], spaced: bool) -> (How, String) {
    let rows: u64 = cells.iter().map(|(_, n)| n).sum();
    if rows == 0 {
        return (How::Blank, "nothing stands in it".to_owned());
    }
    let most = |is: &dyn Fn(&str) -> bool| {
        let n: u64 = cells.iter().filter(|(text, _)| is(text)).map(|(_, n)| n).sum();
        n * 10 >= rows * 9
    };
    if most(&is_date) {
        return (How::Date, "nearly every cell is a date".to_owned());
    }
    if !spaced && most(&is_number) {
        return (How::Number, "nearly every cell is a number".to_owned());
    }
    if let Some(split) = split(cells, spaced) {
        if split.ordered {
            let why =
                format!("every cell holds all the answers, in different orders, joined by {}", split.separator.words());
            return (How::Ordered(split.separator, split.closed), why);
        }
        let why = format!("several answers stand in one cell, joined by {}: {}", split.separator.words(), split.why);
        return (How::Joined(split.separator, split.closed), why);
    }
    if most(&is_number) {
        return (How::Number, "nearly every cell is a number".to_owned());
    }
    match again(cells) {
        Some(closed) => (How::One(closed), "a few answers come again and again".to_owned()),
        None => (How::Text, "hardly an answer comes again".to_owned()),
    }
}

/// The most different answers of a closed list in a short and in a long table; the longest answer in letters.
const FEW: usize = 15;
const MANY: usize = 40;
const LONG_TABLE: u64 = 300;
const LONGEST: usize = 120;

/// The answers that come again, if they are few and make up most of the cells. One that stands once may be somebody's own words.
fn again(cells: &[(&str, u64)]) -> Option<Closed> {
    let mut list: BTreeMap<String, (usize, &str, u64)> = BTreeMap::new();
    let (mut rows, mut letters) = (0u64, 0u64);
    for (at, (text, n)) in cells.iter().enumerate() {
        rows += n;
        letters += n * text.chars().count() as u64;
        list.entry(fold(text)).or_insert((at, text, 0)).2 += n;
    }
    let mut found: Vec<(usize, &str, u64)> = list.into_values().filter(|(_, _, n)| *n >= 2).collect();
    found.sort_unstable();
    let covered: u64 = found.iter().map(|(_, _, n)| n).sum();
    let most = if rows >= LONG_TABLE { MANY } else { FEW };
    let short = letters / rows.max(1) <= 40 || found.len() <= 6;
    let option = |text: &str| text.chars().count() <= LONGEST && !text.contains(['\n', '\r', '@']);
    let fits = (1..=most).contains(&found.len())
        && covered * 10 >= rows * 7
        && short
        && found.iter().all(|(_, text, _)| option(text));
    let options = found
        .iter()
        .map(|(_, text, n)| Answer { text: text.split_whitespace().collect::<Vec<_>>().join(" "), rows: *n });
    fits.then(|| Closed { options: options.collect(), other: rows - covered })
}

/// A day or a moment; a number alone is none.
fn is_date(text: &str) -> bool {
    take_apart(text).is_some_and(|w| matches!(w.day, Day::Known { .. } | Day::Open { .. } | Day::Month { .. }))
}

/// A number as people write it; `0123` is an id, `1,2,5` a list.
fn is_number(text: &str) -> bool {
    let text = text.strip_suffix('%').map_or(text, str::trim_end);
    let digits = text.trim_start_matches(['-', '+', '£', '$', '€']);
    let zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.") && !digits.starts_with("0,");
    let commas = digits.split(',').skip(1);
    let grouped = digits.matches(',').count() < 2 || commas.clone().all(|part| part.len() >= 3);
    text.len() <= 24
        && !zero
        && grouped
        && digits.bytes().any(|b| b.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
}

/// Whether a column by itself is the open text beside the options of the question before it, by its header.
fn belongs_to(table: &Table, before: &Asked, after: &Asked) -> bool {
    const STARTS: [&str; 9] = [
        "other (please",
        "other, please",
        "other - please",
        "other please",
        "other (specify",
        "other (if",
        "if other",
        "if you selected other",
        "please specify",
    ];
    let options = matches!(before.how, How::One(_) | How::Joined(..) | How::Ticked(_) | How::Spread(_) | How::Grid(..));
    let [only] = after.columns.as_slice() else { return false };
    if !options || !matches!(after.how, How::Text | How::One(_) | How::Blank) || before.row.is_some() {
        return false;
    }
    let Some(header) = table.columns.get(*only).and_then(|c| c.header.last()) else { return false };
    let (header, stem) = (fold(header), fold(&before.stem));
    let named = |name: &str, base: &str| {
        let rest = name.strip_prefix(base).unwrap_or_default();
        !base.is_empty()
            && matches!(
                rest,
                "_other"
                    | "_other_text"
                    | "_text"
                    | "_specify"
                    | "_other_specify"
                    | "[other]"
                    | " [other]"
                    | " - other"
                    | ": other"
            )
    };
    let code = |asked: &Asked| asked.code.as_deref().map(fold).unwrap_or_default();
    STARTS.iter().any(|start| header.starts_with(start))
        || matches!(header.as_str(), "other" | "other:")
        || named(&header, &stem)
        || named(&code(after), &code(before))
}

#[cfg(test)]
mod tests;
