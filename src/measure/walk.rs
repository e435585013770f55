//! The one walk over attendances: facts in 64 shards by person, each sorted by (person, session) and walked once.
//!
//! Which shard a fact is in is fixed by its person, never by the threads. [`Partial::merge`] is associative and commutative, so
//! that any split of people into shards, merged in any order, gives the same counts.

use rayon::prelude::*;

use crate::link::Attendance;

/// How many shards the facts are split into.
pub const SHARDS: usize = 64;

/// Facts of some people: (person × 2³² + session, minutes).
#[derive(Debug, Default, Clone)]
pub struct Shard {
    facts: Vec<(u64, u16)>,
}

impl Shard {
    /// Adds one attendance.
    pub fn push(&mut self, person: u32, session: u32, minutes: u16) {
        self.facts.push(((u64::from(person) << 32) | u64::from(session), minutes));
    }
}

/// The shard of a person: the top bits of a multiplicative hash.
pub fn shard_of(person: u32) -> usize {
    usize::try_from(person.wrapping_mul(0x9E37_79B1) >> 26).unwrap_or(0)
}

/// The facts in their shards.
pub fn shards(attendance: &Attendance) -> Vec<Shard> {
    let mut sizes = vec![0usize; SHARDS];
    for &person in &attendance.person {
        if let Some(size) = sizes.get_mut(shard_of(person)) {
            *size += 1;
        }
    }
    let mut shards: Vec<Shard> = sizes.into_iter().map(|n| Shard { facts: Vec::with_capacity(n) }).collect();
    for (i, (&person, &session)) in attendance.person.iter().zip(&attendance.session).enumerate() {
        if let Some(shard) = shards.get_mut(shard_of(person)) {
            shard.push(person, session, attendance.minutes.get(i).copied().unwrap_or(0));
        }
    }
    shards
}

/// The cuts by which facts are counted: for each session, the cell it falls in, for every cut.
#[derive(Debug, Default, Clone)]
pub struct Plan {
    /// How many cells each cut has.
    pub sizes: Vec<usize>,
    /// `sizes.len()` cells for each session, session by session.
    pub cells: Vec<u32>,
    /// Which cut is the year, and how many of its first cells are years (a last one may be "not known").
    pub years: Option<(usize, usize)>,
}

/// What one cut counts, per cell.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counted {
    pub attendances: Vec<u64>,
    /// Minutes of the attendances whose length is known.
    pub minutes: Vec<u64>,
    /// Attendances whose length is known.
    pub timed: Vec<u64>,
    /// Different people.
    pub people: Vec<u64>,
}

impl Counted {
    fn new(size: usize) -> Self {
        Counted { attendances: vec![0; size], minutes: vec![0; size], timed: vec![0; size], people: vec![0; size] }
    }
}

/// The counts of some people's facts.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Partial {
    pub attendances: u64,
    pub minutes: u64,
    pub timed: u64,
    pub people: u64,
    pub cuts: Vec<Counted>,
    /// People whose first year is this one.
    pub new: Vec<u64>,
    /// People seen in this year whose first year is an earlier one.
    pub returning: Vec<u64>,
    /// People with any dated attendance.
    pub dated: u64,
    /// People who returned in any year.
    pub returned: u64,
}

impl Partial {
    /// Nothing counted yet.
    pub fn new(plan: &Plan) -> Self {
        let years = plan.years.map_or(0, |(_, n)| n);
        Partial {
            cuts: plan.sizes.iter().map(|&n| Counted::new(n)).collect(),
            new: vec![0; years],
            returning: vec![0; years],
            ..Partial::default()
        }
    }

    /// The counts of both: the people of `self` and `other` must be different people.
    pub fn merge(mut self, other: &Partial) -> Self {
        self.attendances += other.attendances;
        self.minutes += other.minutes;
        self.timed += other.timed;
        self.people += other.people;
        self.dated += other.dated;
        self.returned += other.returned;
        for (mine, theirs) in self.cuts.iter_mut().zip(&other.cuts) {
            add(&mut mine.attendances, &theirs.attendances);
            add(&mut mine.minutes, &theirs.minutes);
            add(&mut mine.timed, &theirs.timed);
            add(&mut mine.people, &theirs.people);
        }
        add(&mut self.new, &other.new);
        add(&mut self.returning, &other.returning);
        self
    }

    fn end_of_person(&mut self, years: &mut Vec<usize>) {
        if let Some(&first) = years.iter().min() {
            self.dated += 1;
            self.returned += u64::from(years.len() > 1);
            for &year in years.iter() {
                let to = if year == first { &mut self.new } else { &mut self.returning };
                bump(to, year, 1);
            }
        }
        years.clear();
    }
}

fn add(to: &mut [u64], from: &[u64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

fn bump(to: &mut [u64], at: usize, by: u64) {
    if let Some(n) = to.get_mut(at) {
        *n += by;
    }
}

/// Counts the facts of a shard in one pass after sorting it.
pub fn walk(mut shard: Shard, plan: &Plan) -> Partial {
    shard.facts.sort_unstable();
    let mut out = Partial::new(plan);
    let width = plan.sizes.len();
    // The last person seen in each cell, as their place in the shard, from 1.
    let mut seen: Vec<Vec<u32>> = plan.sizes.iter().map(|&n| vec![0; n]).collect();
    let mut years: Vec<usize> = Vec::new();
    let mut current: Option<u64> = None;
    let mut nth = 0u32;
    for &(key, minutes) in &shard.facts {
        let person = key >> 32;
        if current != Some(person) {
            out.end_of_person(&mut years);
            current = Some(person);
            nth = nth.saturating_add(1);
            out.people += 1;
        }
        let timed = u64::from(minutes > 0);
        out.attendances += 1;
        out.minutes += u64::from(minutes);
        out.timed += timed;
        let session = usize::try_from(key & 0xFFFF_FFFF).unwrap_or(usize::MAX);
        let start = session.saturating_mul(width);
        let Some(cells) = plan.cells.get(start..start.saturating_add(width)) else { continue };
        for (cut, ((&cell, counted), seen)) in cells.iter().zip(&mut out.cuts).zip(&mut seen).enumerate() {
            let Ok(cell) = usize::try_from(cell) else { continue };
            bump(&mut counted.attendances, cell, 1);
            bump(&mut counted.minutes, cell, u64::from(minutes));
            bump(&mut counted.timed, cell, timed);
            if let Some(last) = seen.get_mut(cell).filter(|last| **last != nth) {
                *last = nth;
                bump(&mut counted.people, cell, 1);
                if plan.years.is_some_and(|(at, n)| at == cut && cell < n) {
                    years.push(cell);
                }
            }
        }
    }
    out.end_of_person(&mut years);
    out
}

/// All shards, walked side by side and merged in their order.
pub fn count(shards: Vec<Shard>, plan: &Plan) -> Partial {
    let parts: Vec<Partial> = shards.into_par_iter().map(|s| walk(s, plan)).collect();
    parts.iter().fold(Partial::new(plan), Partial::merge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    const SESSIONS: u32 = 7;

    fn plan() -> Plan {
        // Two cuts: a place (3 cells) and a year (3 years and "not known").
        let cells = (0..SESSIONS).flat_map(|s| [s % 3, s % 4]).collect();
        Plan { sizes: vec![3, 4], cells, years: Some((1, 3)) }
    }

    proptest! {
        /// Any split of the people into shards, merged in any order, and plain loops over sets, all agree.
        #[test]
        fn any_split_agrees_with_plain_loops(
            facts in proptest::collection::btree_map((0u32..12, 0u32..SESSIONS), 0u16..200, 0..60),
            homes in proptest::collection::vec(0usize..5, 12),
            order in Just([0usize, 1, 2, 3, 4]).prop_shuffle(),
        ) {
            let plan = plan();
            let mut attendance = Attendance::default();
            let mut split = vec![Shard::default(); 5];
            for (&(person, session), &minutes) in &facts {
                attendance.person.push(person);
                attendance.session.push(session);
                attendance.minutes.push(minutes);
                split[homes[person as usize]].push(person, session, minutes);
            }
            let whole = count(shards(&attendance), &plan);
            let parts: Vec<Partial> = split.into_iter().map(|s| walk(s, &plan)).collect();
            let merged = order.iter().fold(Partial::new(&plan), |sum, &i| sum.merge(&parts[i]));
            prop_assert_eq!(&whole, &merged);

            prop_assert_eq!(whole.attendances, facts.len() as u64);
            prop_assert_eq!(whole.minutes, facts.values().map(|&m| u64::from(m)).sum::<u64>());
            let people: BTreeSet<u32> = facts.keys().map(|k| k.0).collect();
            prop_assert_eq!(whole.people, people.len() as u64);
            let mut years: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
            for place in 0..3u32 {
                let here = facts.keys().filter(|k| k.1 % 3 == place);
                prop_assert_eq!(whole.cuts[0].attendances[place as usize], here.clone().count() as u64);
                prop_assert_eq!(whole.cuts[0].people[place as usize], here.map(|k| k.0).collect::<BTreeSet<_>>().len() as u64);
            }
            for &(person, session) in facts.keys() {
                if session % 4 < 3 {
                    years.entry(person).or_default().insert(session % 4);
                }
            }
            for year in 0..3u32 {
                let new = years.values().filter(|y| y.first() == Some(&year)).count() as u64;
                let active = years.values().filter(|y| y.contains(&year)).count() as u64;
                prop_assert_eq!(whole.new[year as usize], new);
                prop_assert_eq!(whole.returning[year as usize], active - new);
                prop_assert_eq!(whole.cuts[1].people[year as usize], active);
            }
            prop_assert_eq!(whole.dated, years.len() as u64);
            prop_assert_eq!(whole.returned, years.values().filter(|y| y.len() > 1).count() as u64);
        }
    }
}
