//! In which order a column writes day, month and year, and how that is known.
//!
//! Each pattern of a column is proved on its own, over the distinct texts of the whole column: by a part over 12, its own or a
//! sibling file's; else by dates that the other order would put well outside the proved ones; else by agreement with the column's
//! other patterns, which is an assumption and printed; else the spec says it; else by the order of the rows, where one order of
//! the parts puts them in the order of time and the other does not (an assumption too); else it is asked. Never row by row.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::date_order as order;
use super::partial::{Partial, partial};
use super::tokens::Missing;
use super::written::{Day, Padding, Shape, Written, take_apart};
use super::{Answer, PatternProof, states};
use crate::ingest::Texts;
use crate::spec::DateOrder;

/// What is known of a date column besides its texts.
#[derive(Debug, Clone, Copy)]
pub struct Around {
    /// The newest year a two-digit year can mean.
    pub pivot: i16,
    /// A day after which no date of the column can lie (`as_at`).
    pub bound: Option<Date>,
    /// What the spec says of this very source: it stands before any assumption.
    pub declared_here: Option<DateOrder>,
    /// What the spec says of the programme's columns that do not prove their order.
    pub declared: Option<DateOrder>,
    /// Whether a month alone is a date here (`2024-04` in a list of counts).
    pub months: bool,
    /// Whether the dates are of birth: a year long ago is no sign that none was typed.
    pub births: bool,
}

/// One file's column of a group that is proved together.
pub struct Member<'a> {
    /// The file's name, as it is said in a sibling's proof.
    pub file: &'a str,
    pub texts: &'a Texts,
    /// A code per row, in the order of the rows; empty where that is not known.
    pub codes: &'a [u32],
    /// What stands for "no answer".
    pub missing: &'a Missing,
}

/// What was found for one member of a group.
#[derive(Debug, Default)]
pub struct Proved {
    /// One per code of the member's texts.
    pub values: Vec<Answer<DateTime>>,
    pub patterns: Vec<PatternProof>,
    /// Rows whose order is undecided, with an example as (day, month) of the two readings.
    pub undecided: u64,
    pub example: Option<(u16, u16)>,
    /// Rows of patterns in which some first parts and some second parts are over 12.
    pub mixed: u64,
    /// Rows read as Excel's day numbers.
    pub serials: u64,
    /// Rows with a token for "missing".
    pub tokens: u64,
    /// All rows that cannot be read, those below among them.
    pub unreadable: u64,
    pub first_unreadable: Option<u32>,
    /// Rows whose year is one that programs fill in (1900, 1904, 1970), with that year and the first of them.
    pub yearless: Vec<(i16, u64, u32)>,
    /// Rows that name a time but no day, with the first of them.
    pub partial: BTreeMap<Partial, (u64, u32)>,
    /// Rows with the 1 January 1980 that LimeSurvey writes where dates are switched off.
    pub switched_off: u64,
    /// Which sibling files prove another order than this one, as a sentence.
    pub contradicted: Option<String>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Evidence {
    pub(super) rows: u64,
    first_over: u64,
    second_over: u64,
    year_first: u64,
    year_last: u64,
}

impl Evidence {
    /// The order that a part over 12 proves, unless the parts contradict each other.
    pub(super) fn order(&self) -> Option<DateOrder> {
        match (self.year_first > 0, self.first_over > 0, self.second_over > 0) {
            (true, _, false) if self.year_last == 0 => Some(DateOrder::YearMonthDay),
            (false, true, false) => Some(DateOrder::DayMonthYear),
            (false, false, true) => Some(DateOrder::MonthDayYear),
            _ => None,
        }
    }
    pub(super) fn contradicts(&self) -> bool {
        (self.first_over > 0 && self.second_over > 0)
            || (self.year_first > 0 && (self.year_last > 0 || self.second_over > 0))
    }
    pub(super) fn sentence(&self, order: DateOrder) -> String {
        match order {
            DateOrder::DayMonthYear => format!("{} a first part over 12", super::words::have(self.first_over)),
            DateOrder::MonthDayYear => format!("{} a second part over 12", super::words::have(self.second_over)),
            DateOrder::YearMonthDay => format!("{} a first part over 31", super::words::have(self.year_first)),
        }
    }
}

/// A decision for one pattern.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    pub(super) order: DateOrder,
    pub(super) proof: String,
    pub(super) assumed: bool,
}

/// The texts of one member, taken apart: (code, rows, written).
pub(super) type Parsed = Vec<(u32, u64, Written)>;

/// Proves the patterns of one column as it stands in all files of a source, and reads every distinct text.
pub fn prove(members: &[Member<'_>], around: Around) -> Vec<Proved> {
    let parsed: Vec<Parsed> = members.iter().map(parse).collect();
    let evidence: Vec<BTreeMap<Shape, Evidence>> = parsed.iter().map(gather).collect();
    let mut decided: Vec<BTreeMap<Shape, Decision>> = vec![BTreeMap::new(); members.len()];

    let files: Vec<&str> = members.iter().map(|m| m.file).collect();
    let contradicted = order::by_parts(&files, &evidence, &mut decided);
    order::by_range(&parsed, &evidence, around, &mut decided);
    order::by_declaration(around.declared_here, &evidence, &mut decided);
    order::by_agreement(&evidence, &mut decided);
    order::by_declaration(around.declared, &evidence, &mut decided);
    order::by_equal_parts(&parsed, &evidence, &mut decided);
    order::by_rows(members, &parsed, &evidence, around, &mut decided);
    let mut out = Vec::new();
    for ((((member, parsed), evidence), decided), contradicted) in
        members.iter().zip(&parsed).zip(&evidence).zip(&decided).zip(contradicted)
    {
        let mut proved = read(member, parsed, evidence, decided, around);
        proved.contradicted = contradicted;
        filled_in(&mut proved, member.texts, around);
        out.push(proved);
    }
    out
}

/// One writer either pads with zeros or does not: writings that both would give go with the ones that tell.
fn settle_padding(parsed: &mut Parsed) {
    let mut seen: BTreeMap<Shape, (bool, bool)> = BTreeMap::new();
    for (_, _, w) in parsed.iter() {
        let at = seen.entry(Shape { padding: Padding::Either, ..w.shape }).or_default();
        at.0 |= w.shape.padding == Padding::Zeros;
        at.1 |= w.shape.padding == Padding::Bare;
    }
    for (_, _, w) in parsed.iter_mut() {
        if w.shape.padding == Padding::Either {
            let (zeros, bare) = seen.get(&w.shape).copied().unwrap_or_default();
            w.shape.padding = if bare && !zeros { Padding::Bare } else { Padding::Zeros };
        }
    }
}

fn parse(member: &Member<'_>) -> Parsed {
    // A date that the codebook calls missing is none.
    let is_date = |text: &str| !member.missing.is_declared() || member.missing.kind(text) == states::Kind::Value;
    let mut parsed: Parsed = member
        .texts
        .iter()
        .filter(|(_, text, _)| is_date(text))
        .filter_map(|(code, text, rows)| take_apart(text).map(|written| (code, u64::from(rows), written)))
        .collect();
    settle_padding(&mut parsed);
    parsed
}

fn gather(parsed: &Parsed) -> BTreeMap<Shape, Evidence> {
    let mut out: BTreeMap<Shape, Evidence> = BTreeMap::new();
    for (_, rows, written) in parsed {
        if let Day::Open { a, b, c } = written.day {
            let at = out.entry(written.shape).or_default();
            at.rows += rows;
            if written.shape.year == 2 && a > 31 {
                at.year_first += rows;
                continue;
            }
            at.year_last += if written.shape.year == 2 && c > 31 { *rows } else { 0 };
            // A date that exists in neither order is no evidence for one.
            at.first_over += if a > 12 && a <= 31 && b <= 12 { *rows } else { 0 };
            at.second_over += if b > 12 && b <= 31 && a <= 12 { *rows } else { 0 };
        }
    }
    // Where some first parts are years, the others' first parts over 12 are years too.
    for at in out.values_mut().filter(|at| at.year_first > 0) {
        at.first_over = 0;
    }
    out
}

/// Day numbers of Excel that are taken for dates: 1 January 1950 to the pivot year's end.
fn serials_fit(parsed: &Parsed, pivot: i16) -> bool {
    parsed
        .iter()
        .filter(|(_, _, w)| matches!(w.day, Day::Serial(_)))
        .all(|(_, _, w)| w.serial().is_some_and(|at| at.year() >= 1950 && at.year() <= pivot))
}

fn read(
    member: &Member<'_>,
    parsed: &Parsed,
    evidence: &BTreeMap<Shape, Evidence>,
    decided: &BTreeMap<Shape, Decision>,
    around: Around,
) -> Proved {
    let texts = member.texts;
    let mut out = Proved { values: vec![Answer::Unreadable; texts.len()], ..Proved::default() };
    let mut patterns: BTreeMap<Shape, PatternProof> = BTreeMap::new();
    let serials_fit = serials_fit(parsed, around.pivot);
    let mut is_written = vec![false; texts.len()];
    for (code, rows, w) in parsed {
        let Some(slot) = out.values.get_mut(*code as usize) else { continue };
        if let Some(mark) = is_written.get_mut(*code as usize) {
            *mark = true;
        }
        let (order, proof, assumed) = match w.day {
            Day::Known { order, .. } => {
                let why = if w.shape.separator == 'w' { "the month is a word" } else { "the year comes first" };
                (Some(order), why.to_owned(), false)
            }
            Day::Month { .. } => (Some(DateOrder::YearMonthDay), "a month without a day".to_owned(), false),
            Day::Serial(_) if serials_fit => (
                Some(DateOrder::YearMonthDay),
                "assumed to be Excel's day numbers: all lie in a plausible range".to_owned(),
                true,
            ),
            Day::Serial(_) => (None, "not all of these numbers can be Excel's day numbers".to_owned(), false),
            Day::Open { .. } => match decided.get(&w.shape) {
                Some(d) => (Some(d.order), d.proof.clone(), d.assumed),
                None => {
                    let e = evidence.get(&w.shape).cloned().unwrap_or_default();
                    let why = if e.contradicts() {
                        format!(
                            "{} a first part over 12 and {} a second part over 12",
                            super::words::have(e.first_over),
                            super::words::have(e.second_over)
                        )
                    } else {
                        "no date of this pattern tells".to_owned()
                    };
                    (None, why, false)
                }
            },
        };
        let at = patterns.entry(w.shape).or_insert_with(|| PatternProof {
            pattern: w.shape.text(),
            rows: 0,
            order,
            proof,
            assumed,
        });
        at.rows += rows;
        let value = match (w.day, order) {
            (Day::Month { .. }, _) if around.months => w.month(around.pivot).map(|d| d.at(0, 0, 0, 0)),
            (Day::Month { .. }, _) | (Day::Serial(_), None) => None,
            (Day::Serial(_), Some(_)) => {
                out.serials += rows;
                w.serial()
            }
            (_, Some(order)) => w.read(order, around.pivot),
            (Day::Open { a, b, .. }, None) => {
                let contradicts = evidence.get(&w.shape).is_some_and(Evidence::contradicts);
                if contradicts {
                    out.mixed += rows;
                } else if a != b {
                    out.undecided += rows;
                    out.example = out.example.max(Some((a, b)));
                }
                // Only that the order is unknown is wrong with these: said once for the column, not per value.
                continue;
            }
            (Day::Known { .. }, None) => None,
        };
        match value {
            Some(at) => *slot = Answer::Answered(at),
            None => {
                let first = texts.first_row(*code);
                out.unreadable += rows;
                out.first_unreadable = least(out.first_unreadable, first);
                if matches!(w.day, Day::Month { .. }) && !around.months {
                    at_partial(&mut out.partial, Partial::Month, *rows, first);
                }
            }
        }
    }
    for (code, text, rows) in texts.iter() {
        if is_written.get(code as usize).copied().unwrap_or(true) {
            continue;
        }
        let rows = u64::from(rows);
        let state = match member.missing.kind(text) {
            states::Kind::Blank => Answer::Blank,
            states::Kind::Refused => Answer::Refused,
            states::Kind::Token => {
                out.tokens += rows;
                Answer::Blank
            }
            states::Kind::NotAsked => Answer::NotAsked,
            kind @ (states::Kind::Error | states::Kind::Value) => {
                let first = texts.first_row(code);
                out.unreadable += rows;
                out.first_unreadable = least(out.first_unreadable, first);
                if let Some(found) = partial(text).filter(|_| kind == states::Kind::Value) {
                    at_partial(&mut out.partial, found, rows, first);
                }
                Answer::Unreadable
            }
        };
        if let Some(slot) = out.values.get_mut(code as usize) {
            *slot = state;
        }
    }
    out.patterns = patterns.into_values().collect();
    out.patterns.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.pattern.cmp(&b.pattern)));
    out
}

fn at_partial(all: &mut BTreeMap<Partial, (u64, u32)>, what: Partial, rows: u64, first: u32) {
    let at = all.entry(what).or_insert((0, first));
    *at = (at.0 + rows, at.1.min(first));
}

/// Years that programs fill in where none was typed: Excel's first, the Macintosh's, and that of Unix clocks.
const FILLED_IN: [i16; 3] = [1900, 1904, 1970];
/// How many years around such a year must be without dates for it to be one.
const ALONE: i16 = 15;

/// Takes out dates that nobody gave: years filled in by a program, and the day that LimeSurvey writes where dates are switched off.
fn filled_in(proved: &mut Proved, texts: &Texts, around: Around) {
    let years: std::collections::BTreeSet<i16> =
        proved.values.iter().filter_map(|v| v.answered()).map(|at| at.year()).collect();
    let alone = |year: i16| years.contains(&year) && years.range(year - ALONE..=year + ALONE).all(|y| *y == year);
    for year in FILLED_IN.into_iter().filter(|y| alone(*y) && !(around.births && *y == 1970)) {
        let mut found = (0u64, None);
        for (slot, code) in proved.values.iter_mut().zip(0u32..) {
            if slot.answered().is_some_and(|at| at.year() == year) {
                *slot = Answer::Unreadable;
                found = (found.0 + u64::from(texts.rows(code)), least(found.1, texts.first_row(code)));
            }
        }
        if let (rows @ 1.., Some(first)) = found {
            proved.unreadable += rows;
            proved.first_unreadable = least(proved.first_unreadable, first);
            proved.yearless.push((year, rows, first));
        }
    }
    let off = jiff::civil::date(1980, 1, 1).at(0, 0, 0, 0);
    if !around.births
        && alone(1980)
        && proved.values.iter().filter_map(|v| v.answered()).all(|at| at.year() != 1980 || at == off)
    {
        for (slot, code) in proved.values.iter_mut().zip(0u32..) {
            if slot.answered() == Some(off) {
                *slot = Answer::NotAsked;
                proved.switched_off += u64::from(texts.rows(code));
            }
        }
    }
}

fn least(a: Option<u32>, b: u32) -> Option<u32> {
    Some(a.map_or(b, |a| a.min(b)))
}

/// The last day of the month that starts on `first`.
pub fn last_day(first: Date) -> Date {
    first.checked_add(1.month()).and_then(|next| next.checked_sub(1.day())).unwrap_or(first)
}
