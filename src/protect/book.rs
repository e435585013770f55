//! What the counts say: cells by universe and conditions, looked up in the atoms of whichever family holds them.
//!
//! A universe's *axes* are the dimensions of its families by code: two families may cut one universe by `site` with other values
//! occurring; to an outsider they are one axis.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::measure::key::{ANY, BASE, Key};
use crate::measure::{Dimension, Exposure, Family, Measured, State};
use crate::spec::Class;

/// All dimensions of a universe that share a code.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub code: String,
    pub codes: Vec<String>,
    pub states: Vec<State>,
    pub ordered: bool,
    pub class: Class,
    pub cover: bool,
}

impl Axis {
    /// All values.
    pub fn all(&self) -> BTreeSet<u16> {
        (0..self.codes.len()).filter_map(small).collect()
    }
    /// The values that are answers.
    pub fn answered(&self) -> BTreeSet<u16> {
        self.states.iter().enumerate().filter(|(_, s)| **s == State::Answered).filter_map(|(i, _)| small(i)).collect()
    }
}

/// Which values of an axis a cell has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Set {
    Values(BTreeSet<u16>),
    /// Units with at least one value of a cover.
    Any,
    /// Units that could have a value of a cover (this one, where options were offered to some only).
    Base(Option<u16>),
}

/// Conditions by axis. An axis that is not named is not asked about.
pub(super) type On = BTreeMap<usize, Set>;

/// A count that is known exactly or, for several values of a cover, between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub low: u64,
    pub high: u64,
}

type Margin = Rc<BTreeMap<Vec<u16>, u64>>;
type Margins = BTreeMap<(usize, Vec<usize>), Option<Margin>>;

/// The look-up.
pub(super) struct Book<'m> {
    pub measured: &'m Measured,
    axes: Vec<Vec<Axis>>,
    keys: BTreeMap<&'m str, usize>,
    margins: RefCell<Margins>,
}

impl<'m> Book<'m> {
    pub fn new(measured: &'m Measured) -> Self {
        let mut axes: Vec<Vec<Axis>> = measured.universes.iter().map(|_| Vec::new()).collect();
        for family in &measured.families {
            let Some(list) = axes.get_mut(family.universe) else { continue };
            for dimension in family.dimensions.iter().filter_map(|d| measured.dimensions.get(*d)) {
                let at = list.iter().position(|a| a.code == dimension.code).unwrap_or_else(|| {
                    list.push(Axis {
                        code: dimension.code.clone(),
                        codes: Vec::new(),
                        states: Vec::new(),
                        ordered: dimension.ordered,
                        class: dimension.class,
                        cover: dimension.cover,
                    });
                    list.len() - 1
                });
                let Some(axis) = list.get_mut(at) else { continue };
                axis.cover |= dimension.cover;
                axis.class = axis.class.max(dimension.class);
                for value in &dimension.values {
                    if !axis.codes.contains(&value.code) {
                        axis.codes.push(value.code.clone());
                        axis.states.push(value.state);
                    }
                }
            }
        }
        let keys = measured.universes.iter().enumerate().map(|(i, u)| (u.key.as_str(), i)).collect();
        Book { measured, axes, keys, margins: RefCell::default() }
    }

    /// The axes of a universe.
    pub fn axes(&self, universe: usize) -> &[Axis] {
        self.axes.get(universe).map_or(&[], Vec::as_slice)
    }

    /// The axis of this code.
    pub fn axis(&self, universe: usize, code: &str) -> Option<usize> {
        self.axes(universe).iter().position(|a| a.code == code)
    }

    /// A key taken apart against the axes; `None` for what no family could have counted. A condition that names every value of
    /// a partition is no condition.
    pub fn parse(&self, key: &str) -> Option<(usize, On)> {
        let key = Key::parse(key)?;
        let universe = *self.keys.get(key.universe.as_str())?;
        let mut on = On::new();
        for (dimension, codes) in &key.conditions {
            let at = self.axis(universe, dimension)?;
            let axis = self.axes(universe).get(at)?;
            let value = |code: &str| axis.codes.iter().position(|c| c == code).and_then(small);
            let set = match codes.first().map(String::as_str) {
                Some(ANY) if codes.len() == 1 => Set::Any,
                Some(BASE) if codes.len() == 1 => Set::Base(None),
                Some(code) if codes.len() == 1 && code.starts_with(BASE) => {
                    Set::Base(Some(value(code.strip_prefix(BASE)?.strip_prefix(':')?)?))
                }
                _ => Set::Values(codes.iter().map(|c| value(c)).collect::<Option<_>>()?),
            };
            let whole = !axis.cover && matches!(&set, Set::Values(values) if values.len() == axis.codes.len());
            if !whole {
                on.insert(at, set);
            }
        }
        Some((universe, on))
    }

    /// The key of a cell.
    pub fn key(&self, universe: usize, on: &On) -> String {
        let mut key = Key::whole(self.measured.universes.get(universe).map_or("", |u| u.key.as_str()));
        for (at, set) in on {
            let Some(axis) = self.axes(universe).get(*at) else { continue };
            let code = |v: &u16| axis.codes.get(usize::from(*v)).cloned().unwrap_or_default();
            let codes = match set {
                Set::Any => ANY.to_string(),
                Set::Base(None) => BASE.to_string(),
                Set::Base(Some(v)) => format!("{BASE}:{}", code(v)),
                Set::Values(values) => values.iter().map(code).collect::<Vec<_>>().join("+"),
            };
            key = key.with(&axis.code, &codes);
        }
        key.to_string()
    }

    /// How many units a cell has; `None` where no family counts it.
    pub fn count(&self, universe: usize, on: &On) -> Option<Count> {
        let whole = on.iter().find(|(_, set)| !matches!(set, Set::Values(_)));
        if let Some((&cover, set)) = whole {
            return self.count_whole(universe, on, cover, set);
        }
        let margin = self.margin(universe, on.keys().copied().collect())?;
        let sets: Vec<&BTreeSet<u16>> = on
            .values()
            .filter_map(|set| match set {
                Set::Values(values) => Some(values),
                _ => None,
            })
            .collect();
        let covers: Vec<bool> = on.keys().map(|a| self.axes(universe).get(*a).is_some_and(|x| x.cover)).collect();
        // One value of each: the usual case, without a walk over the margin.
        if sets.iter().all(|s| s.len() == 1) {
            let at: Vec<u16> = sets.iter().filter_map(|s| s.first().copied()).collect();
            let n = margin.get(&at).copied().unwrap_or(0);
            return Some(Count { low: n, high: n });
        }
        let mut by_cover: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
        for (values, n) in margin.iter() {
            if values.iter().zip(&sets).all(|(v, set)| set.contains(v)) {
                let part = values.iter().zip(&covers).filter(|(_, c)| **c).map(|(v, _)| *v).collect();
                let sum: &mut u64 = by_cover.entry(part).or_default();
                *sum = sum.saturating_add(*n);
            }
        }
        let low = by_cover.values().copied().max().unwrap_or(0);
        Some(Count { low, high: by_cover.values().fold(0, |a, n| a.saturating_add(*n)) })
    }

    /// The whole behind a cover: those with any of its values, or those who could have one.
    fn count_whole(&self, universe: usize, on: &On, cover: usize, set: &Set) -> Option<Count> {
        for family in self.families(universe) {
            let codes = self.family_axes(universe, family);
            if codes.last() != Some(&Some(cover)) || self.all_covers(family) {
                continue;
            }
            let others: Option<Vec<usize>> =
                on.keys().filter(|a| **a != cover).map(|a| codes.iter().position(|c| c == &Some(*a))).collect();
            let Some(others) = others else { continue };
            let fits = |values: &[u16]| {
                on.iter().filter(|(a, _)| **a != cover).zip(&others).all(|((a, set), at)| {
                    let value = values.get(*at).and_then(|v| self.translate(universe, family, *at, *v, *a));
                    matches!((set, value), (Set::Values(s), Some(v)) if s.contains(&v))
                })
            };
            let mut n = 0u64;
            match set {
                Set::Base(Some(value)) => {
                    let base = family.amounts.iter().position(|a| a.code == "base");
                    let Some(base) = base else { continue };
                    for atom in family.atoms.iter().filter(|a| fits(&a.values)) {
                        let own = atom
                            .values
                            .last()
                            .and_then(|v| self.translate(universe, family, codes.len() - 1, *v, cover));
                        if own == Some(*value) {
                            let more = atom.amounts.get(base).copied().and_then(|m| u64::try_from(m).ok()).unwrap_or(0);
                            n = n.saturating_add(more);
                        }
                    }
                }
                _ => {
                    for total in family.covers.iter().filter(|c| fits(&c.values)) {
                        n = n.saturating_add(if *set == Set::Any { total.any } else { total.base });
                    }
                }
            }
            return Some(Count { low: n, high: n });
        }
        None
    }

    /// The families of a universe.
    pub fn families(&self, universe: usize) -> impl Iterator<Item = &'m Family> {
        self.measured.families.iter().filter(move |f| f.universe == universe)
    }

    /// Whether all of a family's several dimensions are covers: then its atoms do not add up.
    pub fn all_covers(&self, family: &Family) -> bool {
        family.dimensions.len() > 1
            && family.dimensions.iter().all(|d| self.measured.dimensions.get(*d).is_some_and(|d| d.cover))
    }

    /// The atoms of every family with people behind it, shown or not, by the family's key (its universe and its dimensions) and
    /// their own (a cell's). What stands behind a cover is kept as the cells `*any` and `*base`. Counts with nobody behind them
    /// are left out: nothing is ever held against them.
    pub fn atoms(&self) -> Vec<(String, Vec<(String, u64)>)> {
        let mut out: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for family in &self.measured.families {
            let universe = match self.measured.universes.get(family.universe) {
                Some(universe) if universe.exposure != Exposure::Open => universe,
                _ => continue,
            };
            let dimensions: Vec<&Dimension> =
                family.dimensions.iter().filter_map(|d| self.measured.dimensions.get(*d)).collect();
            let codes: Vec<&str> = dimensions.iter().map(|d| d.code.as_str()).collect();
            let atoms = out.entry(format!("{}|{}", universe.key, codes.join(","))).or_default();
            let key = |values: &[u16], last: Option<&str>| {
                let mut key = Key::whole(&universe.key);
                for (dimension, value) in dimensions.iter().zip(values) {
                    let code = dimension.values.get(usize::from(*value)).map_or("", |v| v.code.as_str());
                    key = key.with(&dimension.code, code);
                }
                match (last, dimensions.last()) {
                    (Some(last), Some(cover)) => key.with(&cover.code, last).to_string(),
                    _ => key.to_string(),
                }
            };
            atoms.extend(family.atoms.iter().map(|a| (key(&a.values, None), a.n)));
            // Where all dimensions are covers, the wholes are of the other dimensions' own cells.
            if !self.all_covers(family) {
                for total in &family.covers {
                    atoms.insert(key(&total.values, Some(ANY)), total.any);
                    atoms.insert(key(&total.values, Some(BASE)), total.base);
                }
            }
        }
        out.into_iter().map(|(family, atoms)| (family, atoms.into_iter().collect())).collect()
    }

    /// A family's dimensions as axes of its universe.
    pub fn family_axes(&self, universe: usize, family: &Family) -> Vec<Option<usize>> {
        family
            .dimensions
            .iter()
            .map(|d| self.measured.dimensions.get(*d).and_then(|d| self.axis(universe, &d.code)))
            .collect()
    }

    /// A value of a family's dimension as a value of the axis.
    fn translate(&self, universe: usize, family: &Family, at: usize, value: u16, axis: usize) -> Option<u16> {
        let dimension = self.measured.dimensions.get(*family.dimensions.get(at)?)?;
        let code = &dimension.values.get(usize::from(value))?.code;
        self.axes(universe).get(axis)?.codes.iter().position(|c| c == code).and_then(small)
    }

    /// n by the values of these axes, from the first family that holds them.
    pub fn margin(&self, universe: usize, axes: Vec<usize>) -> Option<Margin> {
        let at = (universe, axes);
        if let Some(found) = self.margins.borrow().get(&at) {
            return found.clone();
        }
        let made = self.make_margin(universe, &at.1).map(Rc::new);
        self.margins.borrow_mut().insert(at, made.clone());
        made
    }

    fn make_margin(&self, universe: usize, axes: &[usize]) -> Option<BTreeMap<Vec<u16>, u64>> {
        for family in self.families(universe) {
            let own = self.family_axes(universe, family);
            let Some(places) = axes.iter().map(|a| own.iter().position(|o| o == &Some(*a))).collect::<Option<Vec<_>>>()
            else {
                continue;
            };
            let last = family.dimensions.len().saturating_sub(1);
            let cover =
                family.dimensions.last().and_then(|d| self.measured.dimensions.get(*d)).is_some_and(|d| d.cover);
            if self.all_covers(family) && places.len() != family.dimensions.len() {
                continue;
            }
            // The values of this family's dimensions as values of the axes, once.
            let maps: Vec<Vec<Option<u16>>> = places
                .iter()
                .zip(axes)
                .map(|(at, axis)| {
                    let values = family.dimensions.get(*at).and_then(|d| self.measured.dimensions.get(*d));
                    let len = values.map_or(0, |d| d.values.len());
                    (0..len).map(|v| small(v).and_then(|v| self.translate(universe, family, *at, v, *axis))).collect()
                })
                .collect();
            let mut out: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
            let mut add = |values: &[u16], n: u64| {
                let at: Option<Vec<u16>> = places
                    .iter()
                    .zip(&maps)
                    .map(|(p, map)| values.get(*p).and_then(|v| map.get(usize::from(*v)).copied().flatten()))
                    .collect();
                if let Some(at) = at {
                    let sum: &mut u64 = out.entry(at).or_default();
                    *sum = sum.saturating_add(n);
                }
            };
            if cover && !places.contains(&last) {
                if family.covers.is_empty() {
                    continue;
                }
                // `base` of a question's options is those who answered: not the universe.
                let question = family
                    .dimensions
                    .last()
                    .and_then(|d| self.measured.dimensions.get(*d))
                    .is_some_and(|d| d.class != Class::Plain || d.code.starts_with("q:"));
                if question {
                    continue;
                }
                family.covers.iter().for_each(|c| add(&c.values, c.base));
            } else {
                family.atoms.iter().for_each(|a| add(&a.values, a.n));
            }
            return Some(out);
        }
        None
    }
}

/// A position as a value index; `None` beyond 65,535.
pub(super) fn small(i: usize) -> Option<u16> {
    u16::try_from(i).ok()
}
