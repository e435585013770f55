//! The audit (P3): how narrow an outsider can make a withheld cell, from what is shown.
//!
//! It is told the shown cells as (key, n), the shape of the dimensions and which cells are to be protected; it knows nothing of
//! how the gate decided, and shares only the grammar of the keys with it. All arithmetic is on integers (`i64`). Where the
//! shown cells fit together in a way it has no exact answer for, it takes the worst: the cell is called known.
//!
//! What it solves exactly: values of one dimension, of which nested groups are shown; two dimensions, of which the margins, or
//! margins and some cells, are shown (Fréchet bounds; the ends are reached by whole tables, since such a transport problem has
//! integer corners); a yes/no of a cover beside a partition; two covers; periods as sets of months. For two dimensions that are
//! both shown crossed with a third, the bounds within each of its values are added up. People are no more than the units shown of
//! theirs (I3), new and returning people are all who came in a year, and pairs are among the responses (I4).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::measure::key::{ANY, BASE, Key};
use crate::measure::period;

/// A universe as an outsider knows it.
pub(super) struct Shape {
    pub key: String,
    pub axes: Vec<AxisShape>,
    pub year_starts: i8,
}

/// A dimension as an outsider knows it.
pub(super) struct AxisShape {
    pub code: String,
    pub codes: Vec<String>,
    pub cover: bool,
}

/// A cell to be protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    pub key: String,
    /// The truth.
    pub n: i64,
    /// What must stay possible, at least.
    pub protect: (i64, i64),
}

/// Higher than any count.
const ENDLESS: i64 = i64::MAX / 4;

/// Which values of an axis a known cell has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Values(BTreeSet<u16>),
    Base(Option<u16>),
}

type Place = BTreeMap<usize, Part>;
/// Sets of an axis under the same other conditions, with their counts.
type Lines<'k> = BTreeMap<(Place, usize), Vec<(&'k BTreeSet<u16>, i64)>>;
/// The dimensions of a table, and the value of a cover that is looked at.
type Table = Vec<(usize, Option<Part>)>;
/// Local positions of values, per axis looked at.
type Local = Vec<BTreeSet<u16>>;

/// The shown cells of one universe.
pub(super) struct Audit<'a> {
    shape: &'a Shape,
    known: BTreeMap<Place, i64>,
    /// What a cell is at most, since as many units of its people are shown (I3), or it is part of what is shown (I4).
    most: BTreeMap<Place, i64>,
    /// Tables once settled.
    settled: RefCell<BTreeMap<Table, Option<Rc<Settled>>>>,
}

/// What follows from the known cells of one table.
struct Settled {
    /// Per dimension, the values that nothing tells apart.
    lines: Vec<Line>,
    known: BTreeMap<Vec<usize>, i64>,
    sums: Vec<Sum>,
}

impl<'a> Audit<'a> {
    /// Reads the shown cells of this universe; cells of others are passed over.
    ///
    /// `most`: cells of this universe, and of how many units that belong to their people is told, or of how many their whole is a
    /// part: they are no more than that, and none only where that is none.
    pub fn new<'k>(
        shape: &'a Shape,
        shown: impl Iterator<Item = (&'k str, u64)>,
        most: impl Iterator<Item = (&'k str, u64)>,
    ) -> Self {
        let mut audit = Audit { shape, known: BTreeMap::new(), most: BTreeMap::new(), settled: RefCell::default() };
        for (key, n) in most {
            if let Some(place) = audit.place(key) {
                let n = i64::try_from(n).unwrap_or(ENDLESS);
                let least = audit.most.get(&place).map_or(n, |m| n.min(*m));
                audit.most.insert(place, least);
            }
        }
        for (key, n) in shown {
            if let Some(place) = audit.place(key) {
                audit.known.insert(place, i64::try_from(n).unwrap_or(ENDLESS));
            }
        }
        audit.add_up();
        audit
    }

    /// Whether a cell can still be at either end of what must stay possible; its interval.
    pub fn holds(&self, cause: &Cause) -> (bool, i64, i64) {
        let (low, high) = match self.place(&cause.key) {
            Some(place) => self.interval(&place, true).unwrap_or((cause.n, cause.n)),
            None => (cause.n, cause.n),
        };
        (low <= cause.protect.0 && high >= cause.protect.1, low, high)
    }

    /// A key as a place, periods as sets of months. `None`: another universe, or unknown values.
    fn place(&self, key: &str) -> Option<Place> {
        let key = Key::parse(key).filter(|k| k.universe == self.shape.key)?;
        let mut place = Place::new();
        for (dimension, codes) in &key.conditions {
            let at = self.shape.axes.iter().position(|a| a.code == *dimension)?;
            let axis = self.shape.axes.get(at)?;
            let value = |code: &str| axis.codes.iter().position(|c| c == code).and_then(|i| u16::try_from(i).ok());
            if axis.cover {
                let [code] = codes.as_slice() else { return None };
                let part = if code == ANY {
                    return None;
                } else if code == BASE {
                    Part::Base(None)
                } else if let Some(option) = code.strip_prefix(BASE) {
                    Part::Base(Some(value(option.strip_prefix(':')?)?))
                } else {
                    Part::Values(BTreeSet::from([value(code)?]))
                };
                place.insert(at, part);
                continue;
            }
            let values: BTreeSet<u16> = codes.iter().map(|c| value(c)).collect::<Option<_>>()?;
            let (at, values) = self.as_months(at, &values).unwrap_or((at, values));
            let all = self.shape.axes.get(at).map_or(0, |a| a.codes.len());
            if values.len() < all {
                place.insert(at, Part::Values(values));
            }
        }
        Some(place)
    }

    /// Years and quarters as sets of months, where the universe has months.
    fn as_months(&self, at: usize, values: &BTreeSet<u16>) -> Option<(usize, BTreeSet<u16>)> {
        let axis = self.shape.axes.get(at)?;
        let prefix = axis.code.strip_suffix("year").or_else(|| axis.code.strip_suffix("quarter"))?;
        let months = self.shape.axes.iter().position(|a| !a.cover && a.code == format!("{prefix}month"))?;
        let shape = self.shape.axes.get(months)?;
        let mut out = BTreeSet::new();
        for value in values {
            let code = axis.codes.get(usize::from(*value))?;
            let long = period::span(&axis.code, code, self.shape.year_starts);
            for (i, month) in shape.codes.iter().enumerate() {
                let inside = match (long, period::span(&shape.code, month, self.shape.year_starts)) {
                    (Some(long), Some(own)) => long.0 <= own.0 && own.1 <= long.1,
                    (None, None) => month == code,
                    _ => false,
                };
                if inside {
                    out.insert(u16::try_from(i).ok()?);
                }
            }
        }
        Some((months, out))
    }

    /// Adds the cells that follow by adding up a whole dimension.
    fn add_up(&mut self) {
        for _ in 0..4 {
            let mut found: BTreeMap<Place, i64> = BTreeMap::new();
            let mut lines: Lines<'_> = BTreeMap::new();
            for (place, n) in &self.known {
                for (at, part) in place {
                    let Part::Values(values) = part else { continue };
                    if self.shape.axes.get(*at).is_some_and(|a| !a.cover) {
                        let mut rest = place.clone();
                        rest.remove(at);
                        lines.entry((rest, *at)).or_default().push((values, *n));
                    }
                }
            }
            for ((rest, at), sets) in lines {
                let all = self.shape.axes.get(at).map_or(0, |a| a.codes.len());
                let finest: Vec<&(&BTreeSet<u16>, i64)> =
                    sets.iter().filter(|s| !sets.iter().any(|o| o.0 != s.0 && o.0.is_subset(s.0))).collect();
                let size: usize = finest.iter().map(|s| s.0.len()).sum();
                let union: BTreeSet<u16> = finest.iter().flat_map(|s| s.0.iter().copied()).collect();
                if size == all && union.len() == all && !self.known.contains_key(&rest) {
                    found.insert(rest, finest.iter().map(|s| s.1).sum());
                }
            }
            if found.is_empty() {
                return;
            }
            self.known.extend(found);
        }
    }

    fn whole(&self) -> i64 {
        self.known.get(&Place::new()).copied().unwrap_or(ENDLESS)
    }

    /// The least and the greatest that a cell can be; `None` where there is no exact answer.
    fn interval(&self, place: &Place, rings: bool) -> Option<(i64, i64)> {
        if let Some(n) = self.known.get(place) {
            return Some((*n, *n));
        }
        let covers: Vec<usize> =
            place.keys().copied().filter(|a| self.shape.axes.get(*a).is_some_and(|x| x.cover)).collect();
        let (low, high) = match (place.len(), covers.as_slice()) {
            (0, _) => return Some((0, self.whole())),
            (2, [one, other]) => self.two_covers(place, *one, *other)?,
            (_, [_, _, ..]) => return None,
            _ => self.table(place)?,
        };
        let (mut low, mut high) = (low.max(0), high.min(self.whole()));
        if let (1, [cover]) = (place.len(), covers.as_slice()) {
            low = low.max(self.left_over(*cover, place));
        }
        // A cell is part of every cell with fewer of its conditions.
        for (wider, most) in &self.most {
            if wider.iter().all(|(a, part)| place.get(a).is_some_and(|p| within(p, part))) {
                high = high.min(*most);
            }
        }
        if let Some(n) = self.years_of_people(place) {
            (low, high) = (low.max(n), high.min(n));
        }
        if rings && place.len() == 2 && covers.is_empty() {
            for third in 0..self.shape.axes.len() {
                if let Some((l, h)) = self.through(place, third)? {
                    (low, high) = (low.max(l), high.min(h));
                }
            }
        }
        Some((low, high))
    }

    /// Whoever came in a year was new or had come before (I4): two of the three counts give the third.
    fn years_of_people(&self, place: &Place) -> Option<i64> {
        let (1, Some((at, part))) = (place.len(), place.first_key_value()) else { return None };
        let (Part::Values(values), axis) = (part, self.shape.axes.get(*at)?) else { return None };
        let code = axis.codes.get(usize::from(*values.first().filter(|_| values.len() == 1)?))?;
        let known = |of: &str| {
            let at = self.shape.axes.iter().position(|a| a.cover && a.code == of)?;
            // A year without anybody new has no cell there.
            let Some(value) = self.shape.axes.get(at)?.codes.iter().position(|c| c == code) else { return Some(0) };
            let part = Part::Values(BTreeSet::from([u16::try_from(value).ok()?]));
            self.known.get(&Place::from([(at, part)])).copied()
        };
        match axis.code.as_str() {
            "year" if axis.cover => Some(known("first-year")?.saturating_add(known("returning-year")?)),
            "first-year" => Some(known("year")?.saturating_sub(known("returning-year")?)),
            "returning-year" => Some(known("year")?.saturating_sub(known("first-year")?)),
            _ => None,
        }
    }

    /// Everybody has at least one value of a cover of facts: what the others cannot hold is left for this one.
    fn left_over(&self, cover: usize, place: &Place) -> i64 {
        let plain = !self.known.keys().any(|p| matches!(p.get(&cover), Some(Part::Base(_))));
        let whole = self.whole();
        if !plain || whole >= ENDLESS {
            return 0;
        }
        let values = self.shape.axes.get(cover).map_or(0, |a| a.codes.len());
        let mut others = 0i64;
        for value in (0..values).filter_map(|v| u16::try_from(v).ok()) {
            let other = Place::from([(cover, Part::Values(BTreeSet::from([value])))]);
            if other != *place {
                let most = || self.most.get(&other).map_or(whole, |m| whole.min(*m));
                others = others.saturating_add(self.known.get(&other).copied().unwrap_or_else(most));
            }
        }
        whole.saturating_sub(others).max(0)
    }

    /// A cell of two covers counts who has one fact with both values: at most either, and at least what the others leave.
    fn two_covers(&self, place: &Place, one: usize, other: usize) -> Option<(i64, i64)> {
        let margin = |axis: usize, value: u16| {
            let place = Place::from([(axis, Part::Values(BTreeSet::from([value])))]);
            self.known.get(&place).copied()
        };
        let single = |axis: usize| match place.get(&axis) {
            Some(Part::Values(v)) if v.len() == 1 => v.first().copied(),
            _ => None,
        };
        let (a, b) = (single(one)?, single(other)?);
        let whole = self.whole();
        let (of_a, of_b) = (margin(one, a), margin(other, b));
        let high = of_a.unwrap_or(whole).min(of_b.unwrap_or(whole));
        let mut low = 0i64;
        for (mine, line, keep, along) in [(of_a, one, a, other), (of_b, other, b, one)] {
            let Some(mine) = mine else { continue };
            let fixed = single(along)?;
            let values = self.shape.axes.get(along).map_or(0, |x| x.codes.len());
            let mut others = 0i64;
            for value in (0..values).filter_map(|v| u16::try_from(v).ok()).filter(|v| *v != fixed) {
                let cell = Place::from([
                    (line, Part::Values(BTreeSet::from([keep]))),
                    (along, Part::Values(BTreeSet::from([value]))),
                ]);
                let most =
                    self.known.get(&cell).copied().unwrap_or_else(|| mine.min(margin(along, value).unwrap_or(whole)));
                others = others.saturating_add(most);
            }
            low = low.max(mine.saturating_sub(others));
        }
        Some((low, high))
    }

    /// The bounds that follow where both dimensions are shown crossed with a third. `Some(None)`: they are not.
    fn through(&self, place: &Place, third: usize) -> Option<Option<(i64, i64)>> {
        if place.contains_key(&third) || self.shape.axes.get(third).is_none_or(|a| a.cover) {
            return Some(None);
        }
        let with_third =
            |axis: usize| self.known.keys().any(|p| p.len() == 2 && p.contains_key(&axis) && p.contains_key(&third));
        if !place.keys().all(|a| with_third(*a)) {
            return Some(None);
        }
        let sets: Vec<BTreeSet<u16>> = self
            .known
            .keys()
            .filter(|p| p.len() == 2 && place.keys().any(|a| p.contains_key(a)))
            .filter_map(|p| match p.get(&third) {
                Some(Part::Values(v)) => Some(v.clone()),
                _ => None,
            })
            .collect();
        let size = self.shape.axes.get(third).map_or(0, |a| a.codes.len());
        let (mut low, mut high) = (0i64, 0i64);
        for class in classes(size, &sets) {
            let at = |axis: &usize| -> Option<(i64, i64)> {
                let mut p = Place::from([(third, Part::Values(class.clone()))]);
                p.insert(*axis, place.get(axis)?.clone());
                self.interval(&p, false)
            };
            let whole = self.interval(&Place::from([(third, Part::Values(class.clone()))]), false)?.1;
            let ends: Vec<(i64, i64)> = place.keys().map(at).collect::<Option<_>>()?;
            let [(low_a, high_a), (low_b, high_b)] = ends.as_slice() else { return None };
            high = high.saturating_add(*high_a.min(high_b));
            low = low.saturating_add(low_a.saturating_add(*low_b).saturating_sub(whole).max(0));
        }
        Some(Some((low, high)))
    }

    /// Bounds in the table of the cell's own dimensions, at most one of them a cover.
    fn table(&self, place: &Place) -> Option<(i64, i64)> {
        let cover = |a: &usize| self.shape.axes.get(*a).is_some_and(|x| x.cover);
        let at: Table = place.iter().map(|(a, part)| (*a, cover(a).then(|| part.clone()))).collect();
        let found = self.settled.borrow().get(&at).cloned();
        let settled = match found {
            Some(settled) => settled,
            None => {
                let made = self.settle(place).map(Rc::new);
                self.settled.borrow_mut().insert(at, made.clone());
                made
            }
        }?;
        let wanted: Local = place.iter().map(|(a, part)| self.local(*a, part, Some(part))).collect::<Option<_>>()?;
        settled.bounds(&wanted)
    }

    fn settle(&self, place: &Place) -> Option<Settled> {
        let sizes: Vec<usize> = place.keys().map(|a| self.size(*a)).collect::<Option<_>>()?;
        let mut cells: Vec<(Local, i64)> = vec![(sizes.iter().map(|s| everything(*s)).collect(), self.whole())];
        for (other, n) in &self.known {
            if other.is_empty() || !other.keys().all(|a| place.contains_key(a)) {
                continue;
            }
            let local: Option<Local> = place
                .iter()
                .zip(&sizes)
                .map(|((a, looked_at), size)| match other.get(a) {
                    None => Some(everything(*size)),
                    Some(part) => self.local(*a, part, Some(looked_at)),
                })
                .collect();
            if let Some(local) = local {
                cells.push((local, *n));
            }
        }
        Settled::new(&sizes, &cells)
    }

    /// How many values an axis has when a cell is looked at: a cover is yes, no, and not in its base.
    fn size(&self, axis: usize) -> Option<usize> {
        self.shape.axes.get(axis).map(|a| if a.cover { 3 } else { a.codes.len() })
    }

    fn local(&self, axis: usize, part: &Part, looked_at: Option<&Part>) -> Option<BTreeSet<u16>> {
        if !self.shape.axes.get(axis)?.cover {
            return match part {
                Part::Values(v) => Some(v.clone()),
                Part::Base(_) => None,
            };
        }
        let option = match (looked_at, part) {
            (Some(Part::Values(option)), _) => option,
            // Looked at is the base itself: who ticked what within it says no more than the base.
            (Some(Part::Base(a)), Part::Base(b)) if a == b => return Some(BTreeSet::from([0, 1])),
            _ => return None,
        };
        match part {
            Part::Values(v) => (v == option).then(|| BTreeSet::from([0])),
            Part::Base(Some(v)) => option.contains(v).then(|| BTreeSet::from([0, 1])),
            Part::Base(None) => Some(BTreeSet::from([0, 1])),
        }
    }
}

/// Whether every unit of the one part is in the other.
fn within(part: &Part, of: &Part) -> bool {
    match (part, of) {
        (Part::Values(a), Part::Values(b)) => a.is_subset(b),
        (Part::Values(a), Part::Base(Some(option))) => a.len() == 1 && a.contains(option),
        (_, Part::Base(None)) => true,
        (a, b) => a == b,
    }
}

fn everything(size: usize) -> BTreeSet<u16> {
    (0..size).filter_map(|v| u16::try_from(v).ok()).collect()
}

/// The values of a dimension that no set tells apart, ascending.
fn classes(size: usize, sets: &[BTreeSet<u16>]) -> Vec<BTreeSet<u16>> {
    let distinct: BTreeSet<&BTreeSet<u16>> = sets.iter().collect();
    // Which sets hold each value: most sets hold one value only, so this is far shorter than a table of all by all.
    let mut held = vec![Vec::new(); size];
    for (set, values) in distinct.iter().enumerate() {
        for value in *values {
            if let Some(by) = held.get_mut(usize::from(*value)) {
                by.push(set);
            }
        }
    }
    let mut out: BTreeMap<Vec<usize>, BTreeSet<u16>> = BTreeMap::new();
    for (value, by) in everything(size).into_iter().zip(held) {
        out.entry(by).or_default().insert(value);
    }
    out.into_values().collect()
}

/// The classes of one dimension, and the class of each of its values.
struct Line {
    sizes: Vec<usize>,
    class_of: Vec<usize>,
}

impl Line {
    fn new(size: usize, sets: &[BTreeSet<u16>]) -> Self {
        let classes = classes(size, sets);
        let mut class_of = vec![0; size];
        for (class, values) in classes.iter().enumerate() {
            for value in values {
                if let Some(of) = class_of.get_mut(usize::from(*value)) {
                    *of = class;
                }
            }
        }
        Line { sizes: classes.iter().map(BTreeSet::len).collect(), class_of }
    }

    /// The classes that a set touches (`touch`), or holds whole, ascending.
    fn inside(&self, set: &BTreeSet<u16>, touch: bool) -> Vec<usize> {
        let mut held: BTreeMap<usize, usize> = BTreeMap::new();
        for class in set.iter().filter_map(|v| self.class_of.get(usize::from(*v))) {
            *held.entry(*class).or_default() += 1;
        }
        held.into_iter().filter(|(c, n)| touch || self.sizes.get(*c) == Some(n)).map(|(c, _)| c).collect()
    }
}

/// A sum over class cells.
struct Sum {
    of: BTreeSet<Vec<usize>>,
    n: i64,
}

impl Settled {
    /// What follows from these cells of a table of these sizes; `None` where it would be too large.
    fn new(sizes: &[usize], cells: &[(Local, i64)]) -> Option<Settled> {
        let lines: Vec<Line> = (0..sizes.len())
            .map(|axis| {
                let sets: Vec<BTreeSet<u16>> = cells.iter().filter_map(|(c, _)| c.get(axis).cloned()).collect();
                Line::new(sizes.get(axis).copied().unwrap_or(0), &sets)
            })
            .collect();
        let count = lines.iter().fold(1usize, |a, l| a.saturating_mul(l.sizes.len()));
        if count > 20_000 {
            return None;
        }
        let mut settled = Settled { lines, known: BTreeMap::new(), sums: Vec::new() };
        let known = cells.iter().filter(|(_, n)| *n < ENDLESS);
        let mut sums: Vec<Sum> = known.map(|(c, n)| Sum { of: settled.grid(c, false), n: *n }).collect();
        settled.known = settle(&mut sums);
        settled.sums = sums;
        Some(settled)
    }

    /// The class cells inside these sets, or those that touch them.
    fn grid(&self, sets: &Local, touch: bool) -> BTreeSet<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = vec![Vec::new()];
        for (line, set) in self.lines.iter().zip(sets) {
            let inside = line.inside(set, touch);
            out = out
                .iter()
                .flat_map(|at| inside.iter().map(move |i| at.iter().copied().chain([*i]).collect()))
                .collect();
        }
        out.into_iter().collect()
    }

    /// The bounds of `wanted` among all tables that agree with the known cells; `None` where there is no exact answer.
    fn bounds(&self, wanted: &Local) -> Option<(i64, i64)> {
        let (touched, full) = (self.grid(wanted, true), self.grid(wanted, false));
        // What is settled counts; what is left of the wanted cell is bounded by what is left of the sums.
        let (mut low, mut high) = (0i64, 0i64);
        let mut open: BTreeSet<Vec<usize>> = BTreeSet::new();
        for cell in &touched {
            match self.known.get(cell) {
                Some(n) => {
                    high = high.saturating_add(*n);
                    if full.contains(cell) {
                        low = low.saturating_add(*n);
                    }
                }
                None => drop(open.insert(cell.clone())),
            }
        }
        if open.is_empty() {
            return Some((low, high));
        }
        let (l, h) = left(&self.sums, &open, &full, self.lines.len())?;
        Some((low.saturating_add(l), high.saturating_add(h)))
    }
}

/// Finds the class cells that follow: the only one left of a sum, all of a sum that is zero, and differences of nested sums.
fn settle(sums: &mut Vec<Sum>) -> BTreeMap<Vec<usize>, i64> {
    let mut known: BTreeMap<Vec<usize>, i64> = BTreeMap::new();
    loop {
        let mut found: BTreeMap<Vec<usize>, i64> = BTreeMap::new();
        for sum in sums.iter() {
            if sum.n <= 0 {
                found.extend(sum.of.iter().map(|c| (c.clone(), 0)));
            } else if let (1, Some(cell)) = (sum.of.len(), sum.of.first()) {
                found.insert(cell.clone(), sum.n);
            }
        }
        let nothing = found.is_empty();
        for sum in sums.iter_mut() {
            for (cell, n) in &found {
                if sum.of.remove(cell) {
                    sum.n -= n;
                }
            }
        }
        known.extend(found);
        sums.retain(|s| !s.of.is_empty());
        sums.sort_by(|a, b| (a.of.len(), &a.of).cmp(&(b.of.len(), &b.of)));
        sums.dedup_by(|a, b| a.of == b.of);
        // The largest sums inside a sum leave a smaller one.
        let mut changed = false;
        for big in (0..sums.len()).rev() {
            let small = (0..big).rev().find(|s| match (sums.get(*s), sums.get(big)) {
                (Some(s), Some(b)) => s.of.len() < b.of.len() && one_line(s, b) && s.of.is_subset(&b.of),
                _ => false,
            });
            let Some((of, n)) = small.and_then(|s| sums.get(s)).map(|s| (s.of.clone(), s.n)) else { continue };
            if let Some(sum) = sums.get_mut(big) {
                sum.of.retain(|c| !of.contains(c));
                sum.n -= n;
                changed = true;
            }
        }
        if nothing && !changed {
            return known;
        }
    }
}

/// Whether one sum taken from the other leaves a row, a column or a block of them: they differ along one dimension only.
fn one_line(small: &Sum, big: &Sum) -> bool {
    let extent = |s: &Sum| -> Vec<BTreeSet<usize>> {
        let axes = s.of.first().map_or(0, Vec::len);
        (0..axes).map(|a| s.of.iter().filter_map(|c| c.get(a).copied()).collect()).collect()
    };
    let (small, big) = (extent(small), extent(big));
    small.iter().zip(&big).filter(|(s, b)| s != b).count() == 1
}

/// The bounds of the cells of `open` (those also in `full` wholly) by sums that are either disjoint, or the rows and columns of
/// one rectangle.
fn left(sums: &[Sum], open: &BTreeSet<Vec<usize>>, full: &BTreeSet<Vec<usize>>, axes: usize) -> Option<(i64, i64)> {
    // The component of sums that reach the open cells.
    let mut reach: BTreeSet<Vec<usize>> = open.clone();
    let mut mine: BTreeSet<usize> = BTreeSet::new();
    loop {
        let before = mine.len();
        for (i, sum) in sums.iter().enumerate() {
            if !mine.contains(&i) && !sum.of.is_disjoint(&reach) {
                mine.insert(i);
                reach.extend(sum.of.iter().cloned());
            }
        }
        if mine.len() == before {
            break;
        }
    }
    let mine: Vec<&Sum> = mine.iter().filter_map(|i| sums.get(*i)).collect();
    if mine.is_empty() {
        return Some((0, ENDLESS));
    }
    let disjoint = mine.iter().map(|s| s.of.len()).sum::<usize>() == reach.len();
    if disjoint {
        let (mut low, mut high) = (0i64, 0i64);
        for sum in &mine {
            let asked = sum.of.iter().filter(|c| open.contains(*c)).count();
            let whole = sum.of.iter().all(|c| open.contains(c) && full.contains(c));
            high = high.saturating_add(if asked > 0 { sum.n } else { 0 });
            low = low.saturating_add(if whole { sum.n } else { 0 });
        }
        let covered = open.iter().all(|c| mine.iter().any(|s| s.of.contains(c)));
        return Some((low, if covered { high } else { ENDLESS }));
    }
    if axes != 2 {
        return None;
    }
    // A rectangle with the sums of its rows and columns (and of nothing else).
    let side = |axis: usize| -> BTreeSet<usize> { reach.iter().filter_map(|c| c.get(axis).copied()).collect() };
    let (rows, columns) = (side(0), side(1));
    if rows.len().checked_mul(columns.len()) != Some(reach.len()) {
        return None;
    }
    let blocks = |axis: usize| -> Option<Vec<(&Sum, BTreeSet<usize>)>> {
        let (along, across) = if axis == 0 { (&rows, &columns) } else { (&columns, &rows) };
        let mut out = Vec::new();
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        for sum in &mine {
            let own: BTreeSet<usize> = sum.of.iter().filter_map(|c| c.get(axis).copied()).collect();
            let other: BTreeSet<usize> = sum.of.iter().filter_map(|c| c.get(1 - axis).copied()).collect();
            if other == *across && own.len() * other.len() == sum.of.len() && own != *along {
                if !seen.is_disjoint(&own) {
                    return None;
                }
                seen.extend(&own);
                out.push((*sum, own));
            }
        }
        Some(out)
    };
    let (by_row, by_column) = (blocks(0)?, blocks(1)?);
    let total = mine.iter().find(|s| s.of == reach).map(|s| s.n);
    if by_row.len() + by_column.len() + usize::from(total.is_some()) != mine.len() {
        return None;
    }
    let complete = |blocks: &[(&Sum, BTreeSet<usize>)], all: &BTreeSet<usize>| {
        (blocks.iter().map(|b| b.1.len()).sum::<usize>() == all.len())
            .then(|| blocks.iter().fold(0i64, |a, b| a.saturating_add(b.0.n)))
    };
    let total = total.or_else(|| complete(&by_row, &rows)).or_else(|| complete(&by_column, &columns))?;
    let bounds = |blocks: &[(&Sum, BTreeSet<usize>)], axis: usize| -> (i64, i64) {
        let asked: BTreeSet<usize> = open.iter().filter_map(|c| c.get(axis).copied()).collect();
        let (mut low, mut high) = (0i64, 0i64);
        let mut rest = total;
        let mut free: BTreeSet<usize> = if axis == 0 { rows.clone() } else { columns.clone() };
        for (sum, own) in blocks {
            rest -= sum.n;
            free.retain(|f| !own.contains(f));
            let touched = own.iter().any(|o| asked.contains(o));
            high = high.saturating_add(if touched { sum.n } else { 0 });
            let whole = own.iter().all(|o| asked.contains(o) && all_full(*o, axis, open, full));
            low = low.saturating_add(if whole { sum.n } else { 0 });
        }
        if !free.is_empty() {
            let touched = free.iter().any(|o| asked.contains(o));
            high = high.saturating_add(if touched { rest } else { 0 });
            let whole = free.iter().all(|o| asked.contains(o) && all_full(*o, axis, open, full));
            low = low.saturating_add(if whole { rest } else { 0 });
        }
        (low, high)
    };
    let ((low_row, high_row), (low_column, high_column)) = (bounds(&by_row, 0), bounds(&by_column, 1));
    let low = low_row.saturating_add(low_column).saturating_sub(total).max(0);
    Some((low, high_row.min(high_column)))
}

/// Whether every open cell of this row or column is asked for wholly.
fn all_full(at: usize, axis: usize, open: &BTreeSet<Vec<usize>>, full: &BTreeSet<Vec<usize>>) -> bool {
    open.iter().filter(|c| c.get(axis) == Some(&at)).all(|c| full.contains(c))
}
