//! The decisions, table by table, and the only place where a [`SafeFigure`] is made.

use std::collections::{BTreeMap, BTreeSet};

use super::audit::{Audit, AxisShape, Cause, Shape};
use super::book::{Book, On, Set, small};
use super::grouping::Groupings;
use super::history::Past;
use super::profile::Profile;
use super::rules::{Behind, Rules};
use super::{History, Memory, Protected, SafeFigure, SafeTable, words};
use crate::measure::{Cell, Exposure, Figure, Formula, Grouping, Measured, Missing, State, Status, Table, figures};
use crate::spec::Class;

/// The cells of one universe by the same axes: what is shown or withheld as one.
type Breakdown = (usize, BTreeSet<usize>);

/// A table on its way through the gate.
struct Draft<'m> {
    table: &'m Table,
    grouping: Grouping,
    merged: bool,
    figures: Vec<Figure>,
    /// Every cell that the figures would tell: universe, conditions, n.
    cells: Vec<(usize, On, u64)>,
    /// Cells with nobody behind them, for the memory.
    open: Vec<(String, u64)>,
    /// The breakdowns of people that they tell of, or that stand behind them.
    of: BTreeSet<Breakdown>,
    /// Why it is withheld, in an evaluator's words.
    withheld: Option<&'static str>,
}

/// What may be published of `measured` under this profile, given what earlier releases of the programme told.
pub fn protect(measured: &Measured, profile: &Profile, history: &History) -> Protected {
    let book = Book::new(measured);
    let rules = Rules { book: &book, profile };
    let past = Past::new(history, &book, profile);
    let groupings = Groupings::new(&rules, &past);
    let mut gate = Gate { book: &book, rules: &rules, past: &past, drafts: Vec::new() };
    for table in &measured.tables {
        let draft = gate.draft(table, &groupings);
        gate.drafts.push(draft);
    }
    gate.spread();
    gate.compare();
    let causes = gate.causes();
    let found = gate.audit(&causes);
    gate.finish(profile, &causes, found)
}

struct Gate<'a, 'm> {
    book: &'a Book<'m>,
    rules: &'a Rules<'a, 'm>,
    past: &'a Past<'a>,
    drafts: Vec<Draft<'m>>,
}

/// How many breakdowns are tried one by one before any is given up: each asks the audit afresh.
const MOST_TRIED: usize = 24;

const SMALL: &str = "a cell or group is below the profile's limit";
const PARTNER: &str = "another table would give it back";
const CHANGED: &str = "too few people came, left or changed since an earlier report";
const AUDIT: &str = "together with what else is shown it would narrow a withheld cell";
const UNREAD: &str = "its cells could not be checked";

impl<'m> Gate<'_, 'm> {
    fn exposure(&self, universe: usize) -> Exposure {
        self.book.measured.universes.get(universe).map_or(Exposure::Persons, |u| u.exposure)
    }

    fn draft(&self, table: &'m Table, groupings: &Groupings<'_, 'm>) -> Draft<'m> {
        let measured = self.book.measured;
        let (grouping, merged) = groupings.of(table);
        let mut figures = figures(measured, table, &grouping);
        let family = measured.families.get(table.family);
        let universe = family.map(|f| f.universe);
        let people = universe.is_some_and(|u| self.exposure(u) != Exposure::Open);
        let mut draft = Draft {
            table,
            grouping,
            merged,
            figures: Vec::new(),
            cells: Vec::new(),
            open: Vec::new(),
            of: BTreeSet::new(),
            withheld: None,
        };
        if people {
            figures.iter_mut().for_each(|f| self.clean(table, &draft.grouping, f));
        }
        let mut cells: BTreeMap<(usize, On), u64> = BTreeMap::new();
        for figure in &figures {
            for cell in told(figure) {
                if !people && self.is_open(&cell.key) {
                    draft.open.push((cell.key.clone(), cell.n));
                    continue;
                }
                match self.book.parse(&cell.key) {
                    Some((universe, on)) => drop(cells.insert((universe, on), cell.n)),
                    // An open universe has nobody behind it, nor has a value that never occurs in a universe of people; what
                    // else cannot be read cannot be checked.
                    None if self.is_open(&cell.key) => draft.open.push((cell.key.clone(), cell.n)),
                    None if cell.n == 0 => {}
                    None => draft.withheld = Some(UNREAD),
                }
            }
            for (universe, on, n) in self.missing(table, figure) {
                cells.insert((universe, on), n);
            }
        }
        if people && let (Some(family), Some(universe)) = (family, universe) {
            for on in self.absent(table, &draft.grouping, family, universe) {
                cells.entry((universe, on)).or_insert(0);
            }
        }
        for ((universe, on), n) in cells {
            let breakdown = match self.exposure(universe) {
                Exposure::Open => {
                    draft.open.push((self.book.key(universe, &on), n));
                    continue;
                }
                Exposure::Persons => Some((universe, on.keys().copied().collect())),
                Exposure::Of(people) => match self.rules.contributors(universe, people, &on) {
                    Behind::Cell(behind) => Some((people, behind.keys().copied().collect())),
                    Behind::Nobody | Behind::NotCounted => None,
                },
            };
            draft.of.extend(breakdown);
            if self.rules.bars(universe, &on, n).is_some() && draft.withheld.is_none() {
                draft.withheld = Some(SMALL);
            }
            draft.cells.push((universe, on, n));
        }
        if matches!(table.formula, Formula::Mean { .. }) && draft.merged && self.merges_scores(table, &draft.grouping) {
            draft.withheld = Some(SMALL);
        }
        draft.figures = figures;
        draft
    }

    fn is_open(&self, key: &str) -> bool {
        let universe = key.split('|').next().unwrap_or(key);
        self.book.measured.universes.iter().any(|u| u.key == universe && u.exposure == Exposure::Open)
    }

    /// A mean has no place for scores put together.
    fn merges_scores(&self, table: &Table, grouping: &Grouping) -> bool {
        super::question(self.book.measured, table)
            .and_then(|q| grouping.dimensions.get(q))
            .is_some_and(|groups| groups.iter().any(|g| g.state == State::Answered && g.members.len() > 1))
    }

    /// Takes from a figure about people what is no cell: notes with numbers of their own, and missing counts that are put
    /// together with others.
    fn clean(&self, table: &Table, grouping: &Grouping, figure: &mut Figure) {
        let told: BTreeSet<u64> = told(figure).map(|c| c.n).collect();
        let open_beside = match table.formula {
            Formula::Ratio { other, .. } => {
                self.book.measured.families.get(other).is_some_and(|f| self.exposure(f.universe) == Exposure::Open)
            }
            _ => false,
        };
        let mut notes = Vec::new();
        for note in std::mem::take(&mut figure.notes) {
            let numbers = note.split(|c: char| !c.is_ascii_digit()).filter(|d| !d.is_empty());
            if open_beside || numbers.map(|d| d.parse::<u64>()).all(|n| n.is_ok_and(|n| told.contains(&n))) {
                notes.push(note);
            } else if note.starts_with("at least") {
                notes.push("at least: not known for some".to_string());
            }
        }
        figure.notes = notes;
        let question = super::question(self.book.measured, table);
        let cover = matches!(table.formula, Formula::CoverShare);
        match question.and_then(|q| grouping.dimensions.get(q)) {
            Some(groups) if !cover => {
                // A state counts only where its values stand in groups of their own.
                let alone = |state: State| {
                    let states = self.value_states(table, question);
                    groups.iter().all(|g| {
                        let all = |s: State| g.members.iter().all(|m| states.get(usize::from(*m)) == Some(&s));
                        let any = g.members.iter().any(|m| states.get(usize::from(*m)) == Some(&state));
                        !any || all(state)
                    })
                };
                let m = &mut figure.missing;
                m.refused = m.refused.filter(|_| alone(State::Refused));
                m.blank = m.blank.filter(|_| alone(State::Blank));
                m.not_asked = m.not_asked.filter(|_| alone(State::NotAsked));
                m.unreadable = m.unreadable.filter(|_| alone(State::Unreadable));
            }
            _ => {
                let guarded =
                    question.is_some_and(|q| self.class(table, q).is_none_or(|c| self.rules.profile.guards(c)));
                let m = &figure.missing;
                let small = [m.refused, m.blank, m.not_asked, m.unreadable]
                    .iter()
                    .flatten()
                    .any(|n| *n < self.rules.profile.cell_least && (guarded || (question.is_none() && *n > 0)));
                if small {
                    figure.missing = Missing::default();
                }
            }
        }
    }

    fn class(&self, table: &Table, position: usize) -> Option<Class> {
        let family = self.book.measured.families.get(table.family)?;
        self.book.measured.dimensions.get(*family.dimensions.get(position)?).map(|d| d.class)
    }

    fn value_states(&self, table: &Table, position: Option<usize>) -> Vec<State> {
        let measured = self.book.measured;
        let dimension = position
            .and_then(|p| measured.families.get(table.family)?.dimensions.get(p))
            .and_then(|d| measured.dimensions.get(*d));
        dimension.map(|d| d.values.iter().map(|v| v.state).collect()).unwrap_or_default()
    }

    /// The missing counts of a figure as cells.
    fn missing(&self, table: &Table, figure: &Figure) -> Vec<(usize, On, u64)> {
        let measured = self.book.measured;
        let mut out = Vec::new();
        if !matches!(table.formula, Formula::Share { .. } | Formula::Mean { .. }) {
            return out;
        }
        let Some(question) = super::question(measured, table) else { return out };
        let Some((universe, on)) = figure.base.as_ref().and_then(|b| self.book.parse(&b.key)) else { return out };
        let code = measured
            .families
            .get(table.family)
            .and_then(|f| f.dimensions.get(question))
            .and_then(|d| measured.dimensions.get(*d))
            .map(|d| d.code.as_str());
        let Some(axis) = code.and_then(|c| self.book.axis(universe, c)) else { return out };
        let m = &figure.missing;
        for (state, n) in [
            (State::Refused, m.refused),
            (State::Blank, m.blank),
            (State::NotAsked, m.not_asked),
            (State::Unreadable, m.unreadable),
        ] {
            let Some(n) = n else { continue };
            let states = self.book.axes(universe).get(axis).map_or(&[][..], |a| a.states.as_slice());
            let values: BTreeSet<u16> =
                states.iter().enumerate().filter(|(_, s)| **s == state).filter_map(|(i, _)| small(i)).collect();
            if !values.is_empty() {
                let mut on = on.clone();
                on.insert(axis, Set::Values(values));
                out.push((universe, on, n));
            }
        }
        out
    }

    /// Cells of a table of shares that have no row since nobody is in them: their absence says zero.
    fn absent(&self, table: &Table, grouping: &Grouping, family: &crate::measure::Family, universe: usize) -> Vec<On> {
        if !matches!(table.formula, Formula::Share { .. }) || table.cut.is_empty() {
            return Vec::new();
        }
        let Some(question) = super::question(self.book.measured, table) else { return Vec::new() };
        let mut all: Vec<On> = vec![On::new()];
        for at in table.cut.iter().copied().chain([question]) {
            let Some(dimension) = family.dimensions.get(at).and_then(|d| self.book.measured.dimensions.get(*d)) else {
                return Vec::new();
            };
            let Some(axis) = self.book.axis(universe, &dimension.code) else { return Vec::new() };
            let Some(groups) = grouping.dimensions.get(at) else { return Vec::new() };
            if all.len().saturating_mul(groups.len()) > 65_536 {
                return Vec::new();
            }
            let codes = self.book.axes(universe).get(axis).map_or(&[][..], |a| a.codes.as_slice());
            let sets: Vec<Set> = groups
                .iter()
                .map(|g| {
                    let own = g.code.split('+').filter_map(|c| codes.iter().position(|o| o == c)).filter_map(small);
                    Set::Values(own.collect())
                })
                .collect();
            all = all
                .iter()
                .flat_map(|on| {
                    sets.iter().map(move |set| {
                        let mut on = on.clone();
                        on.insert(axis, set.clone());
                        on
                    })
                })
                .collect();
        }
        all.retain(|on| self.book.count(universe, on).is_some_and(|c| c.high == 0));
        all
    }

    /// Withholds what would give back what is withheld: finer breakdowns of the same people, and tables that go together.
    fn spread(&mut self) {
        loop {
            let mut gone: BTreeSet<Breakdown> = BTreeSet::new();
            let mut together: BTreeSet<String> = BTreeSet::new();
            for draft in self.drafts.iter().filter(|d| d.withheld.is_some()) {
                gone.extend(self.failing(draft));
                together.extend(draft.table.together.clone());
            }
            let mut changed = false;
            for at in 0..self.drafts.len() {
                let Some(draft) = self.drafts.get(at).filter(|d| d.withheld.is_none()) else { continue };
                let goes = draft.table.together.as_ref().is_some_and(|t| together.contains(t))
                    || draft.of.iter().any(|own| gone.iter().any(|g| self.gives_back(own, g)));
                if let Some(draft) = self.drafts.get_mut(at).filter(|_| goes) {
                    draft.withheld = Some(PARTNER);
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// The breakdowns that a withheld table keeps back: those with a barred cell, else its finest. One that went for the sake of
    /// others keeps back nothing of its own: responses for each hundred visits go with the visits, and the responses stay.
    fn failing(&self, draft: &Draft<'_>) -> BTreeSet<Breakdown> {
        let mut out = BTreeSet::new();
        if draft.withheld.is_some_and(|why| why == PARTNER || why == AUDIT) {
            return out;
        }
        for (universe, on, n) in &draft.cells {
            if self.rules.bars(*universe, on, *n).is_some() {
                match self.exposure(*universe) {
                    Exposure::Open => {}
                    Exposure::Persons => drop(out.insert((*universe, on.keys().copied().collect()))),
                    Exposure::Of(people) => {
                        if let Behind::Cell(behind) = self.rules.contributors(*universe, people, on) {
                            out.insert((people, behind.keys().copied().collect()));
                        }
                    }
                }
            }
        }
        if out.is_empty() {
            let finest = |b: &&Breakdown| !draft.of.iter().any(|o| o.0 == b.0 && o.1.len() > b.1.len());
            out.extend(draft.of.iter().filter(finest).filter(|b| !b.1.is_empty()).cloned());
        }
        out
    }

    /// Whether the cells of `own` add up to those of `gone`: the same axes and perhaps more, a month for a year.
    fn gives_back(&self, own: &Breakdown, gone: &Breakdown) -> bool {
        if own.0 != gone.0 {
            return false;
        }
        let axes = self.book.axes(own.0);
        let code = |a: &usize| axes.get(*a).map_or("", |a| a.code.as_str());
        gone.1.iter().all(|g| own.1.contains(g) || own.1.iter().any(|o| inside(code(o), code(g))))
    }

    /// Withholds what tells too much together with an earlier release.
    fn compare(&mut self) {
        if self.past.is_empty() {
            return;
        }
        let mut barred: BTreeSet<(usize, BTreeSet<usize>)> = BTreeSet::new();
        let mut shown: BTreeMap<(usize, BTreeSet<usize>), BTreeMap<On, u64>> = BTreeMap::new();
        for draft in self.drafts.iter().filter(|d| d.withheld.is_none()) {
            for (universe, on, n) in &draft.cells {
                shown.entry((*universe, on.keys().copied().collect())).or_default().insert(on.clone(), *n);
            }
        }
        for universe in 0..self.book.measured.universes.len() {
            if self.exposure(universe) != Exposure::Open && self.past.bars_universe(self.book, universe) {
                barred.insert((universe, BTreeSet::new()));
            }
        }
        for ((universe, axes), cells) in &shown {
            if self.past.bars_breakdown(self.book, *universe, axes, cells) {
                barred.insert((*universe, axes.clone()));
            }
        }
        let goes: Vec<bool> = self
            .drafts
            .iter()
            .map(|draft| {
                let told = |b: &Breakdown| {
                    draft.cells.iter().any(|(u, on, _)| *u == b.0 && b.1.iter().all(|a| on.contains_key(a)))
                        || draft.of.iter().any(|own| self.gives_back(own, b))
                };
                barred.iter().any(told) || draft.cells.iter().any(|(u, on, _)| self.few_behind_the_change(*u, on))
            })
            .collect();
        for (draft, goes) in self.drafts.iter_mut().zip(goes) {
            if goes && draft.withheld.is_none() {
                draft.withheld = Some(CHANGED);
            }
        }
        self.spread();
    }

    /// Whether a cell of units that belong to people changed by the units of a few people since an earlier release.
    fn few_behind_the_change(&self, universe: usize, on: &On) -> bool {
        let Exposure::Of(people) = self.exposure(universe) else { return false };
        let Behind::Cell(behind) = self.rules.contributors(universe, people, on) else { return false };
        let mut cells: Vec<On> = vec![On::new()];
        for (at, set) in &behind {
            let Set::Values(values) = set else { return true };
            if cells.len().saturating_mul(values.len()) > 4096 {
                return true;
            }
            let with = |on: &On, v: u16| {
                let mut on = on.clone();
                on.insert(*at, Set::Values(BTreeSet::from([v])));
                on
            };
            cells = cells.iter().flat_map(|on| values.iter().map(move |v| with(on, *v))).collect();
        }
        let counted: Vec<(String, u64)> = cells
            .iter()
            .map(|on| (self.book.key(people, on), self.book.count(people, on).map_or(0, |c| c.low)))
            .collect();
        self.past.bars_contributors(&self.book.key(universe, on), &counted)
    }

    /// The cells to be protected: for every breakdown of people that a table tells of or would have told of, each of its
    /// finest cells that a rule bars.
    fn causes(&self) -> Vec<(Breakdown, Cause)> {
        let mut breakdowns: BTreeSet<Breakdown> = BTreeSet::new();
        for draft in &self.drafts {
            breakdowns.extend(draft.of.iter().cloned());
        }
        let mut out = Vec::new();
        for breakdown in breakdowns {
            for cause in self.causes_of(&breakdown) {
                out.push((breakdown.clone(), cause));
            }
        }
        out
    }

    fn causes_of(&self, breakdown: &Breakdown) -> Vec<Cause> {
        let (universe, axes) = breakdown;
        let list = self.book.axes(*universe);
        let profile = self.rules.profile;
        let guarded = |a: &usize| list.get(*a).is_none_or(|x| profile.guards(x.class));
        let plain = |a: &usize| list.get(*a).is_some_and(|x| x.class == Class::Plain);
        let mut cells: BTreeSet<On> = BTreeSet::new();
        if axes.iter().any(guarded) {
            // Zeros too: every combination of values.
            let mut all: Vec<On> = vec![On::new()];
            for at in axes {
                let size = list.get(*at).map_or(0, |a| a.codes.len());
                if all.len().saturating_mul(size) > 65_536 {
                    all.clear();
                    break;
                }
                let one = |on: &On, v: u16| {
                    let mut on = on.clone();
                    on.insert(*at, Set::Values(BTreeSet::from([v])));
                    on
                };
                all = all.iter().flat_map(|on| (0..size).filter_map(small).map(move |v| one(on, v))).collect();
            }
            cells.extend(all);
        }
        // Groups: the people under the plain conditions, and those of them who answered.
        let mut bases: BTreeSet<On> = BTreeSet::new();
        let groups: Vec<usize> = axes.iter().copied().filter(plain).collect();
        let rows: Vec<On> = match self.book.margin(*universe, groups.clone()) {
            Some(margin) => margin
                .keys()
                .map(|values| groups.iter().zip(values).map(|(a, v)| (*a, Set::Values(BTreeSet::from([*v])))).collect())
                .collect(),
            None => Vec::new(),
        };
        for row in rows {
            for at in axes.iter().filter(|a| !plain(a)) {
                let Some(axis) = list.get(*at) else { continue };
                let mut on = row.clone();
                on.insert(*at, if axis.cover { Set::Base(None) } else { Set::Values(axis.answered()) });
                if axes.iter().filter(|a| !plain(a)).count() == 1 {
                    if axis.cover || axis.answered().len() != 1 {
                        bases.insert(on.clone());
                    }
                    cells.insert(on);
                }
            }
            if groups.len() == axes.len() {
                cells.insert(row);
            }
        }
        let mut out = Vec::new();
        for on in cells {
            let Some(count) = self.book.count(*universe, &on) else { continue };
            let n = count.low;
            let base = bases.contains(&on);
            let of_people =
                axes.iter().any(guarded) && !base && on.values().all(|s| matches!(s, Set::Values(v) if v.len() == 1));
            let first = if of_people { n < profile.cell_least } else { (1..profile.group_least).contains(&n) };
            if self.rules.bars(*universe, &on, n).is_none() {
                continue;
            }
            let mut protect = profile.protect;
            if !first {
                // Of a cover, those who have not this value may be the few.
                let Some((whole, rest)) = self.rest_of_cover(*universe, &on, n) else { continue };
                let least = if axes.iter().any(guarded) { 0 } else { 1 };
                if !(least..profile.group_least).contains(&rest) {
                    continue;
                }
                let whole = i64::try_from(whole).unwrap_or(i64::MAX / 4);
                protect = (whole.saturating_sub(protect.1), whole.saturating_sub(protect.0));
            }
            if base {
                protect.0 = protect.0.max(self.least_who_answered(*universe, &on));
            }
            // What an opinion shown whole says of a group of its own: no more of them can be in the cell than hold it.
            let opinion: On = on.iter().filter(|(a, _)| !guarded(a)).map(|(a, s)| (*a, s.clone())).collect();
            if opinion.len() < on.len()
                && opinion.keys().any(|a| !plain(a))
                && let Some(c) = self.book.count(*universe, &opinion)
            {
                protect.1 = protect.1.min(i64::try_from(c.low).unwrap_or(protect.1));
            }
            out.push(Cause {
                key: self.book.key(*universe, &on),
                n: i64::try_from(n).unwrap_or(i64::MAX / 4),
                protect,
            });
        }
        out
    }

    /// How many of a group must have answered, by what the size of the group and the question's own total say together; 0 where
    /// the group is too small to be shown, or is everybody. Few answers in a group bar what they say, and that stays hidden whole; how many of a
    /// group of ten or more did not answer at all is nothing about anyone, and follows from two totals that may be shown. To
    /// hide it too would take a place of its size, or every question by place, out of the report.
    fn least_who_answered(&self, universe: usize, on: &On) -> i64 {
        let axes = self.book.axes(universe);
        let (group, asked): (On, On) = on
            .iter()
            .map(|(a, s)| (*a, s.clone()))
            .partition(|(a, _)| axes.get(*a).is_some_and(|x| x.class == Class::Plain));
        if group.is_empty() {
            return 0;
        }
        let n = |on: &On| self.book.count(universe, on).and_then(|c| i64::try_from(c.low).ok());
        let (Some(all), Some(group), Some(answered)) = (n(&On::new()), n(&group), n(&asked)) else { return 0 };
        if group < i64::try_from(self.rules.profile.group_least).unwrap_or(i64::MAX) {
            return 0;
        }
        group.saturating_add(answered).saturating_sub(all).max(0)
    }

    /// For a cell of one value of a cover: its whole, and how many of that have not this value.
    fn rest_of_cover(&self, universe: usize, on: &On, n: u64) -> Option<(u64, u64)> {
        let (at, Set::Values(_)) = on.first_key_value().filter(|_| on.len() == 1)? else { return None };
        let axis = self.book.axes(universe).get(*at).filter(|a| a.cover)?;
        let base = On::from([(*at, Set::Base(None))]);
        let whole = if axis.class == Class::Plain { On::new() } else { base };
        let whole = self.book.count(universe, &whole)?.low;
        Some((whole, whole.saturating_sub(n)))
    }

    /// Asks the audit of each cause, and withholds the least useful breakdown that shares it until it holds. Gives the
    /// interval left for each cause, in their order.
    fn audit(&mut self, causes: &[(Breakdown, Cause)]) -> Vec<(i64, i64)> {
        let shapes: Vec<Shape> = (0..self.book.measured.universes.len()).map(|u| self.shape(u)).collect();
        let mut found = vec![(0, 0); causes.len()];
        let universes: BTreeSet<usize> = causes.iter().map(|(b, _)| b.0).collect();
        for universe in universes {
            let Some(shape) = shapes.get(universe) else { continue };
            loop {
                let shown = self.shown_keys(universe, &BTreeSet::new());
                let most = self.most(universe, &BTreeSet::new());
                let (of, most) = (shown.iter(), most.iter());
                let audit = Audit::new(shape, of.map(|(k, n)| (k.as_str(), *n)), most.map(|(k, n)| (k.as_str(), *n)));
                let mut breach = None;
                for (slot, (breakdown, cause)) in found.iter_mut().zip(causes).filter(|(_, (b, _))| b.0 == universe) {
                    let (holds, low, high) = audit.holds(cause);
                    *slot = (low, high);
                    if !holds {
                        breach = Some((breakdown, cause, (low, high)));
                        break;
                    }
                }
                let Some((breach, cause, interval)) = breach else { break };
                if !self.give_up(breach, cause, interval, shape) {
                    break;
                }
                self.spread();
            }
        }
        found
    }

    /// The cells shown of a universe, but for those of some tables.
    fn shown_keys(&self, universe: usize, but: &BTreeSet<usize>) -> BTreeMap<String, u64> {
        let mut out = BTreeMap::new();
        for (_, draft) in self.drafts.iter().enumerate().filter(|(at, d)| d.withheld.is_none() && !but.contains(at)) {
            for (of, on, n) in draft.cells.iter().filter(|c| c.0 == universe) {
                out.insert(self.book.key(*of, on), *n);
            }
        }
        out
    }

    /// What is told of how many people of a universe there can be at most, but for what some tables tell: the units that belong to
    /// them, and the wholes they are part of.
    fn most(&self, universe: usize, but: &BTreeSet<usize>) -> Vec<(String, u64)> {
        let mut out = Vec::new();
        let of: Vec<usize> = self.book.measured.subsets.iter().filter(|s| s.0 == universe).map(|s| s.1).collect();
        for (_, draft) in self.drafts.iter().enumerate().filter(|(at, d)| d.withheld.is_none() && !but.contains(at)) {
            for (own, on, n) in &draft.cells {
                if on.is_empty() && of.contains(own) {
                    out.push((self.book.key(universe, on), *n));
                }
                if self.exposure(*own) == Exposure::Of(universe)
                    && let Behind::Cell(behind) = self.rules.contributors(*own, universe, on)
                {
                    out.push((self.book.key(universe, &behind), *n));
                }
            }
        }
        out
    }

    /// Withholds the tables of one breakdown of the people of this cell, so that it can be narrowed less: of the breakdowns that
    /// would do by themselves, the one with which the fewest tables go; else one that does something; else any. Gives whether
    /// there was one. `found` is the cell's interval as it stands.
    fn give_up(&mut self, breach: &Breakdown, cause: &Cause, found: (i64, i64), shape: &Shape) -> bool {
        let axes = self.book.axes(breach.0);
        let code = |a: &usize| axes.get(*a).map_or("", |a| a.code.as_str());
        let plain = |b: &Breakdown| b.1.iter().all(|a| axes.get(*a).is_some_and(|a| a.class == Class::Plain));
        let mut last: BTreeMap<&Breakdown, usize> = BTreeMap::new();
        for (at, draft) in self.drafts.iter().enumerate().filter(|(_, d)| d.withheld.is_none()) {
            last.extend(draft.of.iter().filter(|b| b.0 == breach.0 && !b.1.is_empty()).map(|b| (b, at)));
        }
        let mut candidates: Vec<_> = last
            .into_iter()
            .map(|(own, at)| {
                let near = |o: &usize| breach.1.iter().any(|b| inside(code(o), code(b)) || inside(code(b), code(o)));
                let shares = !own.1.is_disjoint(&breach.1) || own.1.iter().any(near);
                let goes = self.going(own);
                let order = (!shares, goes.len(), std::cmp::Reverse(own.1.len()), !plain(own), std::cmp::Reverse(at));
                (order, own.clone(), goes)
            })
            .collect();
        candidates.sort();
        let mut next: Option<&BTreeSet<usize>> = None;
        for (order, _, goes) in candidates.iter().take(MOST_TRIED) {
            let shown = self.shown_keys(breach.0, goes);
            let most = self.most(breach.0, goes);
            let (of, most) = (shown.iter(), most.iter());
            let audit = Audit::new(shape, of.map(|(k, n)| (k.as_str(), *n)), most.map(|(k, n)| (k.as_str(), *n)));
            let (holds, low, high) = audit.holds(cause);
            if holds {
                next = Some(goes);
                break;
            }
            if !order.0 && (low, high) != found {
                next = next.or(Some(goes));
            }
        }
        let whole = self.going(&(breach.0, BTreeSet::new()));
        let next = next.or(candidates.first().map(|c| &c.2)).unwrap_or(&whole).clone();
        for at in &next {
            if let Some(draft) = self.drafts.get_mut(*at) {
                draft.withheld = Some(AUDIT);
            }
        }
        !next.is_empty()
    }

    /// The tables shown that would give back this breakdown.
    fn going(&self, breakdown: &Breakdown) -> BTreeSet<usize> {
        let shown = self.drafts.iter().enumerate().filter(|(_, d)| d.withheld.is_none());
        shown.filter(|(_, d)| d.of.iter().any(|own| self.gives_back(own, breakdown))).map(|(at, _)| at).collect()
    }

    fn shape(&self, universe: usize) -> Shape {
        let measured = self.book.measured;
        Shape {
            key: measured.universes.get(universe).map(|u| u.key.clone()).unwrap_or_default(),
            year_starts: measured.year_starts,
            axes: self
                .book
                .axes(universe)
                .iter()
                .map(|a| AxisShape { code: a.code.clone(), codes: a.codes.clone(), cover: a.cover })
                .collect(),
        }
    }

    fn finish(self, profile: &Profile, causes: &[(Breakdown, Cause)], found: Vec<(i64, i64)>) -> Protected {
        let measured = self.book.measured;
        let mut out = Protected {
            figures: Vec::new(),
            tables: Vec::new(),
            population: measured.population.clone(),
            audit: super::Audit { profile: profile.name.clone(), ..super::Audit::default() },
            memory: self.memory(),
        };
        for draft in &self.drafts {
            let first = out.figures.len();
            match draft.withheld {
                Some(why) => {
                    out.audit.tables_withheld += 1;
                    out.audit.cells_withheld += draft.cells.len() as u64;
                    out.audit.reasons.push((draft.table.id.clone(), why.to_string()));
                    out.figures.push(self.withheld(draft));
                }
                None => {
                    out.audit.tables_merged += u64::from(draft.merged);
                    out.figures.extend(draft.figures.iter().map(|f| self.shown(draft, f)));
                }
            }
            let merged = draft.withheld.is_none() && draft.merged;
            let mut notes = if draft.withheld.is_some() { Vec::new() } else { draft.table.notes.clone() };
            if merged && self.everyone_is_the_base(draft) {
                notes.push(words::BASE_IS_EVERYONE.to_string());
            }
            out.tables.push(SafeTable {
                id: draft.table.id.clone(),
                measure: draft.table.measure,
                title: draft.table.title.clone(),
                section: draft.table.section,
                chart: draft.table.chart,
                source: draft.table.source.clone(),
                notes,
                figures: (first..out.figures.len()).collect(),
                withheld: draft.withheld.map(|_| words::WITHHELD.to_string()),
                merged: merged.then(|| words::MERGED.to_string()),
            });
        }
        out.audit.cells_shown = out.memory.shown.len() as u64;
        out.audit.first_causes =
            causes.iter().zip(&found).map(|((_, c), (low, high))| (c.key.clone(), *low, *high)).collect();
        out.audit.protect = causes.iter().map(|(_, c)| c.protect).collect();
        out
    }

    /// Whether a group shown holds both answers and ways to have none.
    fn everyone_is_the_base(&self, draft: &Draft<'_>) -> bool {
        let question = super::question(self.book.measured, draft.table);
        let states = self.value_states(draft.table, question);
        question.and_then(|q| draft.grouping.dimensions.get(q)).is_some_and(|groups| {
            groups.iter().any(|g| {
                let answered = |m: &u16| states.get(usize::from(*m)) == Some(&State::Answered);
                g.members.iter().any(answered) && !g.members.iter().all(answered)
            })
        })
    }

    /// A figure that may be published. Values that few people have are told without their codes.
    fn shown(&self, draft: &Draft<'_>, figure: &Figure) -> SafeFigure {
        let mut figure = figure.clone();
        for condition in figure.dimensions.iter_mut().filter(|c| c.value.contains('+')) {
            if self.hides_codes(draft.table, &condition.dimension) {
                // Each group of a table has its own label, so that its own code too names one figure.
                let code = words::code(&condition.label);
                let merged = std::mem::replace(&mut condition.value, code.clone());
                figure.id = figure.id.replace(&merged, &code);
                let cells = [&mut figure.base, &mut figure.numerator].into_iter().flatten().chain(&mut figure.reads);
                cells.for_each(|c| c.key = c.key.replace(&merged, &code));
            }
        }
        SafeFigure { figure }
    }

    /// Whether a dimension's codes would tell which values occur among few people.
    fn hides_codes(&self, table: &Table, code: &str) -> bool {
        let measured = self.book.measured;
        let family = measured.families.get(table.family);
        family
            .into_iter()
            .flat_map(|f| &f.dimensions)
            .filter_map(|d| measured.dimensions.get(*d))
            .any(|d| d.code == code && !d.ordered && words::occurring_only(&d.code, d.class))
    }

    /// The mark of a table that is withheld: it says what was asked, and nothing of the answer.
    fn withheld(&self, draft: &Draft<'_>) -> SafeFigure {
        let measured = self.book.measured;
        let table = draft.table;
        let universe = measured.families.get(table.family).and_then(|f| measured.universes.get(f.universe));
        SafeFigure {
            figure: Figure {
                id: table.id.clone(),
                table: table.id.clone(),
                measure: table.measure,
                title: table.title.clone(),
                universe: universe.map(|u| u.key.clone()).unwrap_or_default(),
                unit: crate::measure::catalogue::measure(table.measure).map(|m| m.unit.to_string()).unwrap_or_default(),
                kind: crate::measure::FigureKind::Actual,
                dimensions: Vec::new(),
                from: universe.and_then(|u| u.from),
                to: universe.and_then(|u| u.to),
                value: None,
                low: None,
                high: None,
                confidence: None,
                method: "",
                decimals: 0,
                base: None,
                base_unit: universe.map_or("", |u| u.unit.1),
                numerator: None,
                effective_base: None,
                design_effect: None,
                missing: Missing::default(),
                reads: Vec::new(),
                status: Status::Withheld,
                reason: words::WITHHELD.to_string(),
                basis: table.basis,
                source: table.source.clone(),
                notes: Vec::new(),
            },
        }
    }

    fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        for draft in self.drafts.iter().filter(|d| d.withheld.is_none()) {
            for (universe, on, n) in &draft.cells {
                memory.shown.insert(self.book.key(*universe, on), *n);
            }
            memory.shown.extend(draft.open.iter().cloned());
        }
        memory.atoms = self.book.atoms();
        memory
    }
}

/// The cells that a figure tells.
fn told(figure: &Figure) -> impl Iterator<Item = &Cell> {
    figure.reads.iter().chain(&figure.base).chain(&figure.numerator)
}

/// Whether a period is part of another: `joined-month` of `joined-quarter` and `joined-year`.
fn inside(short: &str, long: &str) -> bool {
    [("month", "quarter"), ("month", "year"), ("quarter", "year")]
        .iter()
        .any(|(s, l)| matches!((short.strip_suffix(s), long.strip_suffix(l)), (Some(a), Some(b)) if a == b))
}
