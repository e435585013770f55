//! Questions as dimensions: each option a value, and each way to have no answer too.

use std::collections::BTreeMap;

use super::build::{Builder, Column, DimensionKind};
use super::key::Codes;
use super::{AmountKind, Atom, CoverTotal, Family, State, Value};
use crate::clean::{Answer, QuestionAnswers};
use crate::link::Question;

/// What of a question's units an atom of a multi-select carries beside the ticks.
const STATES: [&str; 5] = ["base", "refused", "blank", "not-asked", "unreadable"];

/// A question ready to be cut by.
pub(super) enum Asked<'a> {
    /// One answer each: a partition. Whether its options are ordered.
    One { column: Column, ordered: bool },
    /// Several ticks each: a cover.
    Several { dimension: usize, ticks: &'a [Vec<Answer<bool>>] },
}

/// The question as a dimension `q:CODE`; `None` for numbers, which have no options.
pub(super) fn dimension<'a>(b: &mut Builder<'_>, question: &'a Question, code: &str) -> Option<Asked<'a>> {
    let kind = DimensionKind { ordered: false, class: question.class, cover: false };
    let code = format!("q:{code}");
    match &question.answers {
        QuestionAnswers::Choice { options, rows, ordered } => {
            let mut values = options_as_values(options);
            let n = u16::try_from(values.len()).unwrap_or(u16::MAX);
            for (code, label, state) in [
                ("refused", "preferred not to say", State::Refused),
                ("blank", "left blank", State::Blank),
                ("not-asked", "not asked", State::NotAsked),
                ("unreadable", "could not be read", State::Unreadable),
            ] {
                values.push(Value { code: code.to_string(), label: label.to_string(), state });
            }
            let value = |row: &Answer<u16>| match row {
                Answer::Answered(option) if *option < n => *option,
                Answer::Refused => n,
                Answer::Blank => n.saturating_add(1),
                Answer::NotAsked => n.saturating_add(2),
                Answer::Answered(_) | Answer::Unreadable => n.saturating_add(3),
            };
            // Bands of age have an order, if no scores: neighbours are put together, and not the youngest with the oldest.
            let kind = DimensionKind { ordered: *ordered || crate::spec::lists::ordered(options), ..kind };
            let dimension = b.dimension(&code, &question.text, values, kind);
            let values = rows.iter().map(value).collect();
            Some(Asked::One { column: Column { dimension, values }, ordered: *ordered })
        }
        QuestionAnswers::Choices { options, ticks, .. } => {
            let dimension = b.dimension(&code, &question.text, options_as_values(options), kind.cover());
            Some(Asked::Several { dimension, ticks })
        }
        QuestionAnswers::Numbers { .. } => None,
    }
}

fn options_as_values(options: &[String]) -> Vec<Value> {
    let mut codes = Codes::with_states();
    let value = |label: &String| Value { code: codes.code(label), label: label.clone(), state: State::Answered };
    options.iter().map(value).collect()
}

/// A family of units by `columns`, then by the ticks of a multi-select. Each atom carries, beside the ticks, how many were offered
/// the option and answered, and how many did not answer, by state. `clusters`: the session of each unit.
pub(super) fn ticked(
    universe: usize,
    units: usize,
    columns: &[&Column],
    dimension: usize,
    ticks: &[Vec<Answer<bool>>],
    clusters: Option<&[u32]>,
) -> Family {
    #[derive(Default)]
    struct Making {
        n: u64,
        states: [i128; 5],
        clusters: BTreeMap<u32, u64>,
        base_clusters: BTreeMap<u32, u64>,
    }
    let mut making: BTreeMap<Vec<u16>, Making> = BTreeMap::new();
    let mut totals: BTreeMap<Vec<u16>, (u64, u64)> = BTreeMap::new();
    for unit in 0..units {
        let at: Vec<u16> = columns.iter().map(|c| c.values.get(unit).copied().unwrap_or(u16::MAX)).collect();
        let (mut any, mut base) = (false, false);
        for (option, rows) in (0u16..).zip(ticks) {
            let mut values = at.clone();
            values.push(option);
            let m = making.entry(values).or_default();
            let state = match rows.get(unit).copied().unwrap_or(Answer::NotAsked) {
                Answer::Answered(ticked) => {
                    base = true;
                    any |= ticked;
                    m.n += u64::from(ticked);
                    if let Some(&c) = clusters.and_then(|c| c.get(unit)) {
                        *m.base_clusters.entry(c).or_default() += 1;
                        if ticked {
                            *m.clusters.entry(c).or_default() += 1;
                        }
                    }
                    0
                }
                Answer::Refused => 1,
                Answer::Blank => 2,
                Answer::NotAsked => 3,
                Answer::Unreadable => 4,
            };
            if let Some(s) = m.states.get_mut(state) {
                *s += 1;
            }
        }
        let total = totals.entry(at).or_default();
        total.0 += u64::from(any);
        total.1 += u64::from(base);
    }
    let atom = |(values, m): (Vec<u16>, Making)| Atom {
        values,
        n: m.n,
        amounts: m.states.to_vec(),
        clusters: m.clusters.into_iter().collect(),
        base_clusters: m.base_clusters.into_iter().collect(),
    };
    Family {
        universe,
        dimensions: columns.iter().map(|c| c.dimension).chain([dimension]).collect(),
        atoms: making.into_iter().map(atom).collect(),
        amounts: STATES.map(|code| AmountKind { code: code.to_string(), scale: 0 }).to_vec(),
        covers: totals.into_iter().map(|(values, (any, base))| CoverTotal { values, any, base }).collect(),
    }
}
