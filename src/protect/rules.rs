//! First causes: which cells a profile keeps back by themselves, whatever else is shown.

use std::collections::BTreeSet;

use super::book::{Book, On, Set};
use super::profile::Profile;
use crate::measure::Exposure;
use crate::spec::Class;

/// The rule by which a cell may not be shown. A reader is never told which it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Too few people, or a group of a breakdown with too few.
    Group,
    /// Too few people of one kind, or too few of the others.
    Cell,
    /// Everybody said the same to something sensitive.
    Unanimous,
    /// Who stands behind a cell of visits or rows cannot be counted.
    Contributors,
}

/// The rules of a profile over the counts of a run.
pub(super) struct Rules<'a, 'm> {
    pub book: &'a Book<'m>,
    pub profile: &'a Profile,
}

impl Rules<'_, '_> {
    /// Why this cell, of which n units are counted, may not be shown; `None` if it may.
    pub fn bars(&self, universe: usize, on: &On, n: u64) -> Option<Rule> {
        match self.book.measured.universes.get(universe).map(|u| u.exposure)? {
            Exposure::Open => None,
            Exposure::Persons => self.bars_people(universe, on, n),
            Exposure::Of(people) => {
                let behind = match self.contributors(universe, people, on) {
                    Behind::Nobody => return None,
                    Behind::Cell(behind) => behind,
                    Behind::NotCounted => return Some(Rule::Contributors),
                };
                match self.book.count(people, &behind) {
                    None => Some(Rule::Contributors),
                    Some(c) if c.high == 0 => None,
                    Some(c) => self.bars_people(people, &behind, c.low),
                }
            }
        }
    }

    /// The cell of the people to whom the units of a cell belong.
    pub fn contributors(&self, universe: usize, people: usize, on: &On) -> Behind {
        let mut behind = On::new();
        for (at, set) in on {
            let (Some(axis), Set::Values(values)) = (self.book.axes(universe).get(*at), set) else {
                return Behind::NotCounted;
            };
            let Some(theirs) = self.book.axis(people, &axis.code) else { return Behind::NotCounted };
            let codes = self.book.axes(people).get(theirs).map_or(&[][..], |a| a.codes.as_slice());
            let of = |v: &u16| axis.codes.get(usize::from(*v)).and_then(|c| codes.iter().position(|o| o == c));
            let set: BTreeSet<u16> = values.iter().filter_map(of).filter_map(super::book::small).collect();
            if set.is_empty() {
                return Behind::Nobody;
            }
            behind.insert(theirs, Set::Values(set));
        }
        Behind::Cell(behind)
    }

    fn low(&self, universe: usize, on: &On) -> u64 {
        self.book.count(universe, on).map_or(0, |c| c.low)
    }

    fn bars_people(&self, universe: usize, on: &On, n: u64) -> Option<Rule> {
        let axes = self.book.axes(universe);
        let class = |at: &usize| axes.get(*at).map_or(Class::Sensitive, |a| a.class);
        let total = self.low(universe, &On::new());
        if total < self.profile.group_least {
            return Some(Rule::Group);
        }
        // Who is in a whole and not in a part of it that is told is a group as well: four who answered the second time only.
        let wholes = self.book.measured.subsets.iter().filter(|(part, _)| *part == universe);
        let mut rests = wholes.map(|(_, whole)| self.low(*whole, &On::new()).saturating_sub(total));
        if rests.any(|rest| (1..self.profile.group_least).contains(&rest)) {
            return Some(Rule::Group);
        }
        let plain: On = on.iter().filter(|(a, _)| class(a) == Class::Plain).map(|(a, s)| (*a, s.clone())).collect();
        let group = if plain.is_empty() { total } else { self.low(universe, &plain) };
        if group == 0 && self.book.count(universe, &plain).is_some_and(|c| c.high == 0) {
            return None;
        }
        if group < self.profile.group_least {
            return Some(Rule::Group);
        }
        // Who is not in a group that people may share with others is a group as well: nine who never came to this place.
        if let Some((at, Set::Values(_))) = plain.first_key_value()
            && plain.len() == 1
            && axes.get(*at).is_some_and(|a| a.cover)
            && (1..self.profile.group_least).contains(&total.saturating_sub(group))
        {
            return Some(Rule::Group);
        }
        for (at, set) in on.iter().filter(|(a, _)| class(a) != Class::Plain) {
            if let Some(rule) = self.bars_answer(universe, &plain, on, (*at, set), n, group) {
                return Some(rule);
            }
        }
        None
    }

    /// The rules for one condition on an answer, beside the others of its cell.
    fn bars_answer(&self, universe: usize, plain: &On, on: &On, of: (usize, &Set), n: u64, group: u64) -> Option<Rule> {
        let (at, set) = of;
        let axis = self.book.axes(universe).get(at)?;
        let with = |on: &On, set: Set| {
            let mut on = on.clone();
            on.insert(at, set);
            on
        };
        // Result on those who answered.
        let answered = axis.answered();
        let base_set = match (axis.cover, set) {
            (true, Set::Base(option)) => Set::Base(*option),
            (true, _) => Set::Base(None),
            (false, _) => Set::Values(answered.clone()),
        };
        let base = self.low(universe, &with(plain, base_set.clone()));
        let asks_missing = matches!(set, Set::Values(v) if !axis.cover && v.is_disjoint(&answered));
        if (1..self.profile.group_least).contains(&base) || (base == 0 && !asks_missing) {
            return Some(Rule::Group);
        }
        let least = self.profile.cell_least;
        if self.profile.guards(axis.class) {
            if n < least {
                return Some(Rule::Cell);
            }
            // Whoever knows the whole knows the rest.
            let rest = match set {
                Set::Values(_) if axis.cover => Some(self.low(universe, &with(on, base_set.clone())).saturating_sub(n)),
                Set::Values(values) => {
                    let rest: BTreeSet<u16> = axis.all().difference(values).copied().collect();
                    (!rest.is_empty()).then(|| self.low(universe, &with(on, Set::Values(rest))))
                }
                Set::Base(None) => Some(group.saturating_sub(n)),
                Set::Any | Set::Base(Some(_)) => return Some(Rule::Cell),
            };
            if rest.is_some_and(|r| r < least) {
                return Some(Rule::Cell);
            }
        } else if self.guarded_beside(universe, on, at) && n < least {
            return Some(Rule::Cell);
        }
        if self.profile.unanimous.contains(&axis.class) && !asks_missing {
            let whole = self.low(universe, &with(on, base_set));
            let is_base = match set {
                Set::Values(values) => !axis.cover && answered.is_subset(values) && answered.len() > 1,
                Set::Base(_) | Set::Any => true,
            };
            if n >= whole && !is_base {
                return Some(Rule::Unanimous);
            }
        }
        None
    }

    /// Whether another condition of the cell is held to the cell rule.
    fn guarded_beside(&self, universe: usize, on: &On, but: usize) -> bool {
        on.keys()
            .any(|a| *a != but && self.book.axes(universe).get(*a).is_some_and(|axis| self.profile.guards(axis.class)))
    }
}

/// Who stands behind a cell whose units belong to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Behind {
    /// Its conditions are of units that no person was counted for (rows set aside).
    Nobody,
    Cell(On),
    /// No family counts them.
    NotCounted,
}
