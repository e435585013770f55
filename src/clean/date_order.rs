//! The ways in which the order of a pattern's parts is found, one after the other; each decides only what is still open.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::{Date, DateTime};

use super::dates::{Around, Decision, Evidence, Member, Parsed};
use super::words::{grouped, rows_words};
use super::written::{Day, Shape};
use crate::spec::DateOrder;
use crate::spec::vocabulary::long_date;

/// How far outside the proved dates a date must lie to speak against an order: the days after the last proved date of a month
/// may all be low numbers, which prove nothing.
const MARGIN_DAYS: i64 = 31;

/// The fewest different days that the order of the rows can prove, and the fewest times the other order must jump back and forth.
const DAYS: usize = 6;
const JUMPS: u64 = 3;

type Decided = [BTreeMap<Shape, Decision>];

/// By a part over 12: a file's own, else its siblings' where they agree. Gives per file what must be said of siblings that prove
/// another order than its own.
pub(super) fn by_parts(
    files: &[&str],
    evidence: &[BTreeMap<Shape, Evidence>],
    decided: &mut Decided,
) -> Vec<Option<String>> {
    // Which files prove what, per pattern.
    let mut proved: BTreeMap<Shape, Vec<(usize, DateOrder)>> = BTreeMap::new();
    for (at, (own, decided)) in evidence.iter().zip(decided.iter_mut()).enumerate() {
        for (shape, e) in own {
            if let Some(order) = e.order() {
                decided.insert(*shape, Decision { order, proof: e.sentence(order), assumed: false });
                proved.entry(*shape).or_default().push((at, order));
            }
        }
    }
    let name = |at: usize| files.get(at).copied().unwrap_or_default();
    let mut out: Vec<Option<String>> = vec![None; evidence.len()];
    for (at, (own, decided)) in evidence.iter().zip(decided.iter_mut()).enumerate() {
        for (shape, e) in own {
            let Some(list) = proved.get(shape) else { continue };
            let Some((first, order)) = list.iter().find(|(other, _)| *other != at).copied() else { continue };
            if let Some(mine) = decided.get(shape).map(|d| d.order) {
                if let Some((other, order)) = list.iter().find(|(_, order)| *order != mine)
                    && out.get(at).is_some_and(Option::is_none)
                    && let Some(slot) = out.get_mut(at)
                {
                    *slot = Some(format!(
                        "dates written {} are {} here, and {} in {}; each file is read by its own proof",
                        shape.text(),
                        mine.word(),
                        order.word(),
                        name(*other)
                    ));
                }
                continue;
            }
            // Siblings that contradict each other prove nothing.
            if e.contradicts() || list.iter().any(|(_, other)| *other != order) {
                continue;
            }
            let sentence =
                evidence.get(first).and_then(|all| all.get(shape)).map(|e| e.sentence(order)).unwrap_or_default();
            decided.insert(
                *shape,
                Decision {
                    order,
                    proof: format!("proved by sibling file {}: {sentence}", name(first)),
                    assumed: false,
                },
            );
        }
    }
    out
}

fn with_days(date: Date, days: i64) -> Date {
    Span::new().try_days(days).ok().and_then(|span| date.checked_add(span).ok()).unwrap_or(date)
}

/// By dates that the other order would put well outside the proved ones.
pub(super) fn by_range(
    parsed: &[Parsed],
    evidence: &[BTreeMap<Shape, Evidence>],
    around: Around,
    decided: &mut Decided,
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
                proof: format!("{} would lie {limits} if the {other} came first", rows_words(rows)),
                assumed: false,
            });
        }
    }
}

/// By what reach.toml says.
pub(super) fn by_declaration(
    declared: Option<DateOrder>,
    evidence: &[BTreeMap<Shape, Evidence>],
    decided: &mut Decided,
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

/// By agreement with the file's other patterns, else with its siblings': an assumption.
pub(super) fn by_agreement(evidence: &[BTreeMap<Shape, Evidence>], decided: &mut Decided) {
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

/// Dates whose day and month are one number are the same day in either order.
pub(super) fn by_equal_parts(parsed: &[Parsed], evidence: &[BTreeMap<Shape, Evidence>], decided: &mut Decided) {
    for ((parsed, own), decided) in parsed.iter().zip(evidence).zip(decided.iter_mut()) {
        for shape in own.keys().filter(|s| s.year == 4) {
            let equal = |w: &Day| matches!(w, Day::Open { a, b, .. } if a == b);
            let open = || parsed.iter().filter(|(_, _, w)| w.shape == *shape && matches!(w.day, Day::Open { .. }));
            if !decided.contains_key(shape) && open().all(|(_, _, w)| equal(&w.day)) {
                let proof = "day and month are equal in every date, so that either order gives the same days";
                let order = DateOrder::DayMonthYear;
                decided.insert(*shape, Decision { order, proof: proof.to_owned(), assumed: false });
            }
        }
    }
}

/// By the order of the rows: exports stand in the order of time, so the order of the parts that puts them so is assumed where the
/// other one would have them jump.
pub(super) fn by_rows(
    members: &[Member<'_>],
    parsed: &[Parsed],
    evidence: &[BTreeMap<Shape, Evidence>],
    around: Around,
    decided: &mut Decided,
) {
    for (((member, parsed), own), decided) in members.iter().zip(parsed).zip(evidence).zip(decided.iter_mut()) {
        let open: Vec<Shape> =
            own.iter().filter(|(s, e)| !decided.contains_key(s) && !e.contradicts()).map(|(s, _)| *s).collect();
        for shape in open {
            let mut days: BTreeMap<u32, (Option<DateTime>, Option<DateTime>)> = BTreeMap::new();
            for (code, _, w) in parsed.iter().filter(|(_, _, w)| w.shape == shape && matches!(w.day, Day::Open { .. }))
            {
                let read = |order| w.read(order, around.pivot);
                days.insert(*code, (read(DateOrder::DayMonthYear), read(DateOrder::MonthDayYear)));
            }
            let rows: Vec<(Option<DateTime>, Option<DateTime>)> =
                member.codes.iter().filter_map(|code| days.get(code).copied()).collect();
            let distinct: std::collections::BTreeSet<Date> =
                rows.iter().filter_map(|r| r.0).map(|at| at.date()).collect();
            if distinct.len() < DAYS {
                continue;
            }
            let (day, month) = (jumps(rows.iter().map(|r| r.0)), jumps(rows.iter().map(|r| r.1)));
            let (order, other) = match (day, month) {
                (Some(0), Some(n)) if n >= JUMPS => (DateOrder::DayMonthYear, n),
                (Some(n), Some(0)) if n >= JUMPS => (DateOrder::MonthDayYear, n),
                _ => continue,
            };
            let proof = format!(
                "assumed because the {} then stand in the order of time, and would jump {} times otherwise",
                rows_words(rows.len() as u64),
                grouped(other)
            );
            decided.insert(shape, Decision { order, proof, assumed: true });
        }
    }
}

/// How often dates turn back on the way on which most of them go, up or down; `None` if one is no date.
fn jumps(dates: impl Iterator<Item = Option<DateTime>>) -> Option<u64> {
    let (mut up, mut down) = (0u64, 0u64);
    let mut before: Option<DateTime> = None;
    for date in dates {
        let date = date?;
        if let Some(before) = before {
            up += u64::from(date > before);
            down += u64::from(date < before);
        }
        before = Some(date);
    }
    Some(up.min(down))
}
