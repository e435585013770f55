//! One way to show the values of each dimension of a universe, made once and used by all its tables.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::book::{Axis, Book, On, Set};
use super::history::Past;
use super::merge::{self, Members};
use super::rules::Rules;
use crate::measure::{Exposure, Family, Group, Grouping, State, Table, identity, period};
use crate::spec::Class;

/// The groups of each (universe, axis).
type Made = BTreeMap<(usize, usize), Option<Vec<Members>>>;

/// The groupings of a run.
pub(super) struct Groupings<'a, 'm> {
    rules: &'a Rules<'a, 'm>,
    past: &'a Past<'a>,
    made: RefCell<Made>,
}

impl<'a, 'm> Groupings<'a, 'm> {
    pub fn new(rules: &'a Rules<'a, 'm>, past: &'a Past<'a>) -> Self {
        Groupings { rules, past, made: RefCell::default() }
    }

    fn book(&self) -> &Book<'m> {
        self.rules.book
    }

    /// How a table's values are shown, and whether any were put together. A dimension of which nothing but the whole may be
    /// shown keeps its values apart: the cells themselves then bar the table.
    pub fn of(&self, table: &Table) -> (Grouping, bool) {
        let mut grouping = identity(self.book().measured, table.family);
        let Some(family) = self.book().measured.families.get(table.family) else { return (grouping, false) };
        let mut merged = false;
        let question = super::question(self.book().measured, table);
        for at in table.cut.iter().copied().chain(question) {
            let Some(groups) = self.dimension(family, at) else { continue };
            if let Some(slot) = grouping.dimensions.get_mut(at)
                && slot.len() != groups.len()
            {
                merged = true;
                *slot = groups;
            }
        }
        (grouping, merged)
    }

    /// The groups of a family's dimension; `None` where its values stay apart.
    fn dimension(&self, family: &Family, at: usize) -> Option<Vec<Group>> {
        let measured = self.book().measured;
        let people = match measured.universes.get(family.universe)?.exposure {
            Exposure::Persons => family.universe,
            Exposure::Of(_) | Exposure::Open => return None,
        };
        let dimension = measured.dimensions.get(*family.dimensions.get(at)?)?;
        if dimension.cover {
            return None;
        }
        let axis_at = self.book().axis(people, &dimension.code)?;
        let axis = self.book().axes(people).get(axis_at)?;
        let groups = self.groups(people, axis_at)?;
        let mut out = Vec::new();
        for members in &groups {
            let codes: Vec<&str> =
                members.iter().filter_map(|v| axis.codes.get(usize::from(*v))).map(String::as_str).collect();
            let own: Vec<u16> = dimension
                .values
                .iter()
                .enumerate()
                .filter(|(_, v)| codes.contains(&v.code.as_str()))
                .filter_map(|(i, _)| super::book::small(i))
                .collect();
            if own.is_empty() {
                continue;
            }
            let labels: Vec<(&str, State)> = own
                .iter()
                .filter_map(|v| dimension.values.get(usize::from(*v)))
                .map(|v| (v.label.as_str(), v.state))
                .collect();
            let state = state(&labels);
            let label = super::words::merged(
                &dimension.code,
                &labels,
                dimension.ordered,
                super::words::occurring_only(&dimension.code, axis.class),
            );
            out.push(Group { code: codes.join("+"), label, members: own, state });
        }
        Some(out)
    }

    fn guarded(&self, axis: &Axis) -> bool {
        self.rules.profile.guards(axis.class)
    }

    /// The groups of an axis of people; `None` where its values stay apart.
    pub fn groups(&self, people: usize, at: usize) -> Option<Vec<Members>> {
        if let Some(found) = self.made.borrow().get(&(people, at)) {
            return found.clone();
        }
        let made = self.make(people, at);
        self.made.borrow_mut().insert((people, at), made.clone());
        made
    }

    fn make(&self, people: usize, at: usize) -> Option<Vec<Members>> {
        let axis = self.book().axes(people).get(at)?;
        if axis.cover || (axis.class == Class::Opinion && !self.guarded(axis)) {
            return None;
        }
        let margin = self.book().margin(people, vec![at])?;
        let n: Vec<u64> = (0..axis.codes.len())
            .map(|v| super::book::small(v).and_then(|v| margin.get(&vec![v]).copied()).unwrap_or(0))
            .collect();
        let fits = |members: &Members| {
            let sum = members.iter().filter_map(|v| n.get(usize::from(*v))).sum();
            let on = On::from([(at, Set::Values(members.clone()))]);
            self.rules.bars(people, &on, sum).is_none() && !self.past.bars_group(self.book(), people, at, members, sum)
        };
        let segments = self.segments(people, axis);
        merge::groups(axis, &n, segments.as_deref(), &fits)
    }

    /// Periods are put together inside the longer period they belong to: months inside a year's group, quarters too.
    fn segments(&self, people: usize, axis: &Axis) -> Option<Vec<Members>> {
        let year_starts = self.book().measured.year_starts;
        for (long, short) in [("quarter", "month"), ("year", "month"), ("year", "quarter")] {
            let Some(prefix) = axis.code.strip_suffix(short) else { continue };
            let longer = format!("{prefix}{long}");
            let Some(at) = self.book().axis(people, &longer) else { continue };
            let Some(groups) = self.groups(people, at) else { continue };
            let Some(codes) = self.book().axes(people).get(at).map(|a| &a.codes) else { continue };
            let mut out: Vec<Members> = groups.iter().map(|_| Members::new()).collect();
            let mut nested = true;
            for (v, code) in axis.codes.iter().enumerate() {
                let own = period::span(&axis.code, code, year_starts);
                let home = groups.iter().position(|g| {
                    g.iter().filter_map(|l| codes.get(usize::from(*l))).any(|l| {
                        match (own, period::span(&longer, l, year_starts)) {
                            (Some(own), Some(long)) => long.0 <= own.0 && own.1 <= long.1,
                            (None, None) => l == code,
                            _ => false,
                        }
                    })
                });
                match (home.and_then(|h| out.get_mut(h)), super::book::small(v)) {
                    (Some(segment), Some(v)) => drop(segment.insert(v)),
                    _ => nested = false,
                }
            }
            if nested {
                out.retain(|s| !s.is_empty());
                return Some(out);
            }
        }
        None
    }
}

/// What a group of values is: an answer as soon as one of them is.
fn state(labels: &[(&str, State)]) -> State {
    let first = labels.first().map_or(State::NotKnown, |l| l.1);
    if labels.iter().any(|l| l.1 == State::Answered) {
        State::Answered
    } else if labels.iter().all(|l| l.1 == first) {
        first
    } else {
        State::NotKnown
    }
}
