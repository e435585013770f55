//! In which order a column writes day, month and year, and how that is known.
//!
//! Each pattern of a column is proved on its own, over the distinct texts of the whole column and of the same column in sibling
//! files of its source: by a part over 12; else by dates that the other order would put well outside the proved ones; else by
//! agreement with the column's other patterns, which is an assumption and printed; else the spec says it, else it is asked.
//! Never row by row.

use crate::spec::vocabulary::long_date;
use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};

use super::written::{Day, Padding, Shape, Written, take_apart};
use super::{Answer, PatternProof, states};
use crate::ingest::Texts;
use crate::spec::DateOrder;

/// How far outside the proved dates a date must lie to speak against an order: the days after the last proved date of a month
/// may all be low numbers, which prove nothing.
const MARGIN_DAYS: i64 = 31;

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
}

/// One file's column of a group that is proved together.
pub struct Member<'a> {
    pub texts: &'a Texts,
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
    pub unreadable: u64,
    pub first_unreadable: Option<u32>,
}

#[derive(Debug, Default, Clone)]
struct Evidence {
    rows: u64,
    first_over: u64,
    second_over: u64,
    year_first: u64,
    year_last: u64,
}

impl Evidence {
    fn add(&mut self, other: &Evidence) {
        self.rows += other.rows;
        self.first_over += other.first_over;
        self.second_over += other.second_over;
        self.year_first += other.year_first;
        self.year_last += other.year_last;
    }
    /// The order that a part over 12 proves, unless the parts contradict each other.
    fn order(&self) -> Option<DateOrder> {
        match (self.year_first > 0, self.first_over > 0, self.second_over > 0) {
            (true, _, false) if self.year_last == 0 => Some(DateOrder::YearMonthDay),
            (false, true, false) => Some(DateOrder::DayMonthYear),
            (false, false, true) => Some(DateOrder::MonthDayYear),
            _ => None,
        }
    }
    fn contradicts(&self) -> bool {
        (self.first_over > 0 && self.second_over > 0)
            || (self.year_first > 0 && (self.year_last > 0 || self.second_over > 0))
    }
    fn sentence(&self, order: DateOrder) -> String {
        match order {
            DateOrder::DayMonthYear => format!("{} a first part over 12", super::words::have(self.first_over)),
            DateOrder::MonthDayYear => format!("{} a second part over 12", super::words::have(self.second_over)),
            DateOrder::YearMonthDay => format!("{} a first part over 31", super::words::have(self.year_first)),
        }
    }
}

/// A decision for one pattern.
#[derive(Debug, Clone)]
struct Decision {
    order: DateOrder,
    proof: String,
    assumed: bool,
}

/// The texts of one member, taken apart: (code, rows, written).
type Parsed = Vec<(u32, u64, Written)>;

/// Proves the patterns of one column as it stands in all files of a source, and reads every distinct text.
pub fn prove(members: &[Member<'_>], around: Around) -> Vec<Proved> {
    let parsed: Vec<Parsed> = members.iter().map(|m| parse(m.texts)).collect();
    let evidence: Vec<BTreeMap<Shape, Evidence>> = parsed.iter().map(gather).collect();
    let mut decided: Vec<BTreeMap<Shape, Decision>> = vec![BTreeMap::new(); members.len()];

    by_parts(members, &evidence, &mut decided);
    by_range(&parsed, &evidence, around, &mut decided);
    by_declaration(around.declared_here, &evidence, &mut decided);
    by_agreement(&evidence, &mut decided);
    by_declaration(around.declared, &evidence, &mut decided);
    let mut out = Vec::new();
    for (((member, parsed), evidence), decided) in members.iter().zip(&parsed).zip(&evidence).zip(&decided) {
        out.push(read(member.texts, parsed, evidence, decided, around));
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

fn parse(texts: &Texts) -> Parsed {
    let mut parsed: Parsed = texts
        .iter()
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

fn by_parts(members: &[Member<'_>], evidence: &[BTreeMap<Shape, Evidence>], decided: &mut [BTreeMap<Shape, Decision>]) {
    for (own, decided) in evidence.iter().zip(decided.iter_mut()) {
        for (shape, e) in own {
            if let Some(order) = e.order() {
                decided.insert(*shape, Decision { order, proof: e.sentence(order), assumed: false });
            }
        }
    }
    if members.len() < 2 {
        return;
    }
    let mut pooled: BTreeMap<Shape, Evidence> = BTreeMap::new();
    for (shape, e) in evidence.iter().flatten() {
        pooled.entry(*shape).or_default().add(e);
    }
    for (own, decided) in evidence.iter().zip(decided.iter_mut()) {
        for (shape, e) in own {
            let Some(all) = pooled.get(shape) else { continue };
            if let (false, Some(order)) = (e.contradicts(), all.order()) {
                decided.entry(*shape).or_insert_with(|| Decision {
                    order,
                    proof: format!("in the files of this source together {}", all.sentence(order)),
                    assumed: false,
                });
            }
        }
    }
}

fn with_days(date: Date, days: i64) -> Date {
    Span::new().try_days(days).ok().and_then(|span| date.checked_add(span).ok()).unwrap_or(date)
}

fn by_range(
    parsed: &[Parsed],
    evidence: &[BTreeMap<Shape, Evidence>],
    around: Around,
    decided: &mut [BTreeMap<Shape, Decision>],
) {
    // The proved dates of the whole group.
    let mut proved: Vec<Date> = Vec::new();
    for (parsed, decided) in parsed.iter().zip(decided.iter()) {
        for (_, _, w) in parsed {
            let order = match w.day {
                Day::Known { order, .. } => Some(order),
                Day::Open { .. } => decided.get(&w.shape).map(|d| d.order),
                _ => None,
            };
            proved.extend(order.and_then(|o| w.read(o, around.pivot)).map(|at| at.date()));
        }
    }
    let oldest = proved.iter().min().map(|&d| with_days(d, -MARGIN_DAYS));
    let newest = match (proved.iter().max(), around.bound) {
        (_, Some(bound)) => Some(bound),
        (Some(&newest), None) => Some(with_days(newest, MARGIN_DAYS)),
        (None, None) => None,
    };
    let outside = |at: Option<DateTime>| {
        at.is_none_or(|at| newest.is_some_and(|n| at.date() > n) || oldest.is_some_and(|o| at.date() < o))
    };
    // Rows that only one of the two orders puts inside, and rows that neither does, per pattern.
    let mut votes: BTreeMap<Shape, (u64, u64, u64)> = BTreeMap::new();
    for (parsed, decided) in parsed.iter().zip(decided.iter()) {
        for (_, rows, w) in parsed {
            if matches!(w.day, Day::Open { .. }) && !decided.contains_key(&w.shape) {
                let day_first = outside(w.read(DateOrder::DayMonthYear, around.pivot));
                let month_first = outside(w.read(DateOrder::MonthDayYear, around.pivot));
                let at = votes.entry(w.shape).or_default();
                at.0 += if month_first && !day_first { *rows } else { 0 };
                at.1 += if day_first && !month_first { *rows } else { 0 };
                at.2 += if day_first && month_first { *rows } else { 0 };
            }
        }
    }
    let limits = match (oldest, newest) {
        (Some(o), Some(n)) => format!("before {} or after {}", long_date(o), long_date(n)),
        (None, Some(n)) => format!("after {}", long_date(n)),
        _ => String::new(),
    };
    for (own, decided) in evidence.iter().zip(decided.iter_mut()) {
        for (shape, e) in own.iter().filter(|(_, e)| !e.contradicts()) {
            let (day, month, neither) = votes.get(shape).copied().unwrap_or_default();
            // The right order puts all dates but a few typing errors inside. Where it does not, the proved dates are no measure for
            // these: an older system's, say.
            if neither.saturating_mul(100) > e.rows {
                continue;
            }
            let (order, rows, other) = match (day, month) {
                (1.., 0) => (DateOrder::DayMonthYear, day, "month"),
                (0, 1..) => (DateOrder::MonthDayYear, month, "day"),
                _ => continue,
            };
            debug_assert!(e.order().is_none() || decided.contains_key(shape));
            decided.entry(*shape).or_insert_with(|| Decision {
                order,
                proof: format!("{} would lie {limits} if the {other} came first", super::words::rows_words(rows)),
                assumed: false,
            });
        }
    }
}

fn by_declaration(
    declared: Option<DateOrder>,
    evidence: &[BTreeMap<Shape, Evidence>],
    decided: &mut [BTreeMap<Shape, Decision>],
) {
    let Some(order) = declared else { return };
    for (evidence, decided) in evidence.iter().zip(decided) {
        for shape in evidence.keys().filter(|shape| order != DateOrder::YearMonthDay || shape.year == 2) {
            decided.entry(*shape).or_insert_with(|| Decision {
                order,
                proof: "reach.toml says so; the column itself does not tell".to_owned(),
                assumed: false,
            });
        }
    }
}

fn by_agreement(evidence: &[BTreeMap<Shape, Evidence>], decided: &mut [BTreeMap<Shape, Decision>]) {
    let all: Vec<BTreeMap<Shape, Decision>> = decided.to_vec();
    for (index, (own, decided)) in evidence.iter().zip(decided.iter_mut()).enumerate() {
        for (shape, e) in own.iter().filter(|(_, e)| !e.contradicts()) {
            if decided.contains_key(shape) {
                continue;
            }
            // The file's own patterns speak first, then those of its siblings; any disagreement ends it.
            let found =
                [all.get(index).into_iter().collect::<Vec<_>>(), all.iter().collect()].into_iter().find_map(|maps| {
                    let mut others =
                        maps.iter().flat_map(|m| m.iter()).filter(|(_, d)| d.order != DateOrder::YearMonthDay);
                    let (pattern, first) = others.next()?;
                    let order = first.order;
                    others.all(|(_, d)| d.order == order).then(|| (order, pattern.text()))
                });
            if let Some((order, pattern)) = found {
                debug_assert!(e.rows > 0);
                decided.insert(
                    *shape,
                    Decision {
                        order,
                        proof: format!("assumed to be written like the column's other dates ({pattern})"),
                        assumed: true,
                    },
                );
            }
        }
    }
}

/// Day numbers of Excel that are taken for dates: 1 January 1950 to the pivot year's end.
fn serials_fit(parsed: &Parsed, pivot: i16) -> bool {
    parsed
        .iter()
        .filter(|(_, _, w)| matches!(w.day, Day::Serial(_)))
        .all(|(_, _, w)| w.serial().is_some_and(|at| at.year() >= 1950 && at.year() <= pivot))
}

fn read(
    texts: &Texts,
    parsed: &Parsed,
    evidence: &BTreeMap<Shape, Evidence>,
    decided: &BTreeMap<Shape, Decision>,
    around: Around,
) -> Proved {
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
                out.unreadable += rows;
                out.first_unreadable = least(out.first_unreadable, texts.first_row(*code));
            }
        }
    }
    for (code, text, rows) in texts.iter() {
        if is_written.get(code as usize).copied().unwrap_or(true) {
            continue;
        }
        let rows = u64::from(rows);
        let state = match states::state(text) {
            states::Kind::Blank => Answer::Blank,
            states::Kind::Refused => Answer::Refused,
            states::Kind::Token => {
                out.tokens += rows;
                Answer::Blank
            }
            states::Kind::NotAsked => Answer::NotAsked,
            states::Kind::Error | states::Kind::Value => {
                out.unreadable += rows;
                out.first_unreadable = least(out.first_unreadable, texts.first_row(code));
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

fn least(a: Option<u32>, b: u32) -> Option<u32> {
    Some(a.map_or(b, |a| a.min(b)))
}

/// The last day of the month that starts on `first`.
pub fn last_day(first: Date) -> Date {
    first.checked_add(1.month()).and_then(|next| next.checked_sub(1.day())).unwrap_or(first)
}
