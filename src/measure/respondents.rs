//! The people behind responses, where some of them answered more than once: ten responses of three people are three people.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{Builder, Column, cover_total};
use super::{Atom, CoverTotal, Exposure, Family};
use crate::clean::Answer;
use crate::link::Responses;

/// The universe of those who filled in a questionnaire, with a cell for every cell of its responses.
pub(super) struct Respondents {
    pub universe: usize,
    /// Who each response is from; one whose person is not known is from somebody of its own.
    of: Vec<u64>,
}

impl Respondents {
    /// Those of a set of responses; `None` where nobody is known to have answered twice, so that each response is a person.
    pub fn of(b: &mut Builder<'_>, responses: &Responses, name: &str, source: &str) -> Option<Self> {
        let persons = responses.person.as_ref()?;
        let known: Vec<u32> = persons.iter().flatten().copied().collect();
        let distinct: BTreeSet<u32> = known.iter().copied().collect();
        if distinct.len() == known.len() {
            return None;
        }
        let key = b.unique(format!("respondents:{name}"));
        let universe = b.universe(key, ("person", "people"), Exposure::Persons, source.to_string());
        let of = (0u64..)
            .take(responses.len)
            .zip(persons.iter().copied().chain(std::iter::repeat(None)))
            .map(|(i, person)| person.map_or((1 << 32) + i, u64::from))
            .collect();
        Some(Respondents { universe, of })
    }

    /// A family of the people by these columns: each counted wherever a response of theirs is.
    pub fn by(&self, b: &mut Builder<'_>, columns: &[&Column]) {
        let at = |unit: usize| vec![columns.iter().map(|c| c.values.get(unit).copied().unwrap_or(u16::MAX)).collect()];
        let dimensions: Vec<usize> = columns.iter().map(|c| c.dimension).collect();
        self.family(b, &dimensions, at);
    }

    /// The same, by the ticks of a multi-select behind the columns.
    pub fn ticked(&self, b: &mut Builder<'_>, columns: &[&Column], dimension: usize, ticks: &[Vec<Answer<bool>>]) {
        let at = |unit: usize| {
            let before: Vec<u16> = columns.iter().map(|c| c.values.get(unit).copied().unwrap_or(u16::MAX)).collect();
            let ticked = (0u16..).zip(ticks).filter(|(_, rows)| rows.get(unit) == Some(&Answer::Answered(true)));
            ticked.map(|(option, _)| before.iter().copied().chain([option]).collect()).collect()
        };
        let dimensions: Vec<usize> = columns.iter().map(|c| c.dimension).chain([dimension]).collect();
        self.family(b, &dimensions, at);
    }

    fn family(&self, b: &mut Builder<'_>, dimensions: &[usize], at: impl Fn(usize) -> Vec<Vec<u16>>) {
        let mut cells: BTreeMap<Vec<u16>, BTreeSet<u64>> = BTreeMap::new();
        let mut prefixes: BTreeMap<Vec<u16>, BTreeSet<u64>> = BTreeMap::new();
        let mut any: BTreeSet<u64> = BTreeSet::new();
        for (unit, &person) in self.of.iter().enumerate() {
            for values in at(unit) {
                if let Some((_, before)) = values.split_last() {
                    prefixes.entry(before.to_vec()).or_default().insert(person);
                }
                any.insert(person);
                cells.entry(values).or_default().insert(person);
            }
        }
        let covers = if dimensions.len() == 1 {
            let all: BTreeSet<u64> = self.of.iter().copied().collect();
            vec![cover_total(any.len() as u64, all.len() as u64)]
        } else {
            let total = |(values, people): (Vec<u16>, BTreeSet<u64>)| {
                let n = people.len() as u64;
                CoverTotal { values, any: n, base: n }
            };
            if dimensions.is_empty() { Vec::new() } else { prefixes.into_iter().map(total).collect() }
        };
        let atom =
            |(values, people): (Vec<u16>, BTreeSet<u64>)| Atom { values, n: people.len() as u64, ..Atom::default() };
        let atoms = cells.into_iter().map(atom).collect();
        let dimensions = dimensions.iter().map(|&d| b.cover_of(d, None)).collect();
        b.family(Family { universe: self.universe, dimensions, atoms, amounts: Vec::new(), covers });
    }
}
