//! Earlier releases (P4): what two reports of the same people tell together.
//!
//! The difference of two releases of one universe is itself a result, about the people who came, left or were corrected in
//! between; the profile's rules hold for it as for any other. Of a nightly run with three new people, the table of ages would
//! give three ages to whoever kept yesterday's report. So what changed by fewer people than the profile's `release` rule since
//! any earlier release is withheld until enough have come or gone: a whole universe by its size, else a breakdown by its cells
//! as both releases can be made to tell them.
//!
//! Units that belong to people are looked at through those people too: fifteen attendances more may be three who came. How many
//! people stood behind a cell then is read from the atoms that were kept of that release.
//!
//! The row of one person corrected changes no total: the breakdowns in which it moved are withheld, the rest stays. They come back
//! as soon as enough people have come or gone in every cell that both reports tell, or when values can be put together so that
//! they have. A person taken away changes every total of that universe, which then is withheld until ten have: less would be to
//! say what that person was, since the earlier report cannot be called back. All earlier releases are compared, not the newest
//! alone: whoever kept an old report has it still.
//!
//! To keep the earlier report's figures instead would be as safe and would leave the report whole; this version does not do it.
//! Nothing here compares two universes of different keys (periods that overlap), and net
//! changes are all it sees: one who came and one who left are no change. Things with nobody behind them are never withheld.

use std::collections::{BTreeMap, BTreeSet};

use super::History;
use super::book::{Book, On};
use super::merge::Members;
use super::profile::Profile;
use crate::measure::Exposure;
use crate::measure::key::Key;
use crate::spec::Class;

/// Conditions of a past cell: codes by dimension.
type Conditions = Vec<(String, BTreeSet<String>)>;

/// The cells of earlier releases by universe, ready to be compared.
pub(super) struct Past<'a> {
    profile: &'a Profile,
    releases: Vec<BTreeMap<String, BTreeMap<Conditions, u64>>>,
    /// The same releases: what each showed and what it counted, by the cells' keys.
    told: Vec<Told<'a>>,
}

/// What one release showed, and what it counted.
struct Told<'a> {
    shown: &'a BTreeMap<String, u64>,
    counted: BTreeMap<&'a str, u64>,
}

impl<'a> Past<'a> {
    pub fn new(history: &'a History, book: &Book<'_>, profile: &'a Profile) -> Self {
        let now: BTreeSet<&str> =
            book.measured.universes.iter().filter(|u| u.exposure != Exposure::Open).map(|u| u.key.as_str()).collect();
        let mut releases = Vec::new();
        for release in &history.releases {
            let mut by_universe: BTreeMap<String, BTreeMap<Conditions, u64>> = BTreeMap::new();
            for (key, n) in &release.shown {
                let Some(key) = Key::parse(key).filter(|k| now.contains(k.universe.as_str())) else { continue };
                let on = key.conditions.into_iter().map(|(d, codes)| (d, codes.into_iter().collect())).collect();
                by_universe.entry(key.universe).or_default().insert(on, *n);
            }
            releases.push(by_universe);
        }
        let told = history.releases.iter().map(|r| Told {
            shown: &r.shown,
            counted: r.atoms.values().flatten().map(|(key, n)| (key.as_str(), *n)).collect(),
        });
        Past { profile, releases, told: told.collect() }
    }

    fn few(&self, now: u64, then: u64) -> bool {
        (1..self.profile.release_least).contains(&now.abs_diff(then))
    }

    fn universe<'b>(
        &'b self,
        book: &'b Book<'_>,
        universe: usize,
    ) -> impl Iterator<Item = &'b BTreeMap<Conditions, u64>> {
        let key = book.measured.universes.get(universe).map_or("", |u| u.key.as_str());
        self.releases.iter().filter_map(move |r| r.get(key))
    }

    /// Whether a group of an axis changed by a few since a release that told the same group, as one or in parts. Of kinds of people,
    /// also whether it did not change while the whole did: then nobody who came is of this kind.
    pub fn bars_group(&self, book: &Book<'_>, universe: usize, at: usize, members: &Members, n: u64) -> bool {
        let Some(axis) = book.axes(universe).get(at) else { return true };
        let wanted: BTreeSet<String> =
            members.iter().filter_map(|v| axis.codes.get(usize::from(*v)).cloned()).collect();
        let guarded = self.profile.guards(axis.class);
        let whole = book.count(universe, &On::new()).map(|c| c.low);
        self.universe(book, universe).any(|cells| {
            let moved = guarded && cells.get(&Vec::new()).is_some_and(|then| whole.is_some_and(|now| now != *then));
            let mut parts: Vec<(&BTreeSet<String>, u64)> = cells
                .iter()
                .filter_map(|(on, n)| match on.as_slice() {
                    [(d, codes)] if *d == axis.code && codes.is_subset(&wanted) => Some((codes, *n)),
                    _ => None,
                })
                .collect();
            parts.sort_by_key(|(codes, _)| std::cmp::Reverse(codes.len()));
            let mut seen: BTreeSet<&String> = BTreeSet::new();
            let mut then = 0u64;
            for (codes, n) in parts {
                if codes.iter().all(|c| !seen.contains(c)) {
                    seen.extend(codes);
                    then = then.saturating_add(n);
                }
            }
            !seen.is_empty() && (self.few(n, then) || (moved && n == then && seen.len() == wanted.len()))
        })
    }

    /// Whether the cells of one breakdown tell too much together with those that an earlier release showed of it.
    pub fn bars_breakdown(
        &self,
        book: &Book<'_>,
        universe: usize,
        axes: &BTreeSet<usize>,
        cells: &BTreeMap<On, u64>,
    ) -> bool {
        let list = book.axes(universe);
        let names: Vec<&str> = axes.iter().filter_map(|a| list.get(*a)).map(|a| a.code.as_str()).collect();
        let mut now: BTreeMap<Conditions, u64> = BTreeMap::new();
        for (on, n) in cells {
            if on.keys().eq(axes.iter())
                && let Some(key) = Key::parse(&book.key(universe, on))
            {
                now.insert(key.conditions.into_iter().map(|(d, c)| (d, c.into_iter().collect())).collect(), *n);
            }
        }
        let of_people = book.measured.universes.get(universe).is_some_and(|u| u.exposure == Exposure::Persons);
        let classes: BTreeMap<&str, (Class, bool)> =
            axes.iter().filter_map(|a| list.get(*a)).map(|a| (a.code.as_str(), (a.class, a.cover))).collect();
        let answers: BTreeMap<&str, BTreeSet<&str>> = axes
            .iter()
            .filter_map(|a| list.get(*a))
            .filter(|a| a.class != Class::Plain && !a.cover)
            .map(|a| {
                let codes =
                    a.answered().iter().filter_map(|v| a.codes.get(usize::from(*v))).map(String::as_str).collect();
                (a.code.as_str(), codes)
            })
            .collect();
        self.universe(book, universe).any(|then| {
            let then: BTreeMap<&Conditions, u64> = then
                .iter()
                .filter(|(on, _)| on.iter().map(|(d, _)| d.as_str()).eq(names.iter().copied()))
                .map(|(k, n)| (k, *n))
                .collect();
            if then.is_empty() || now.is_empty() {
                return false;
            }
            let changes = changes(&names, &now, &then);
            if !of_people || classes.values().all(|(c, _)| *c == Class::Plain) {
                return changes.iter().any(|c| self.few(c.now, c.then));
            }
            let few = |n: i128| n != 0 && n.unsigned_abs() < u128::from(self.profile.release_least);
            if classes.values().any(|(c, _)| self.profile.guards(*c)) {
                // A kind of people that gained nobody while others did is told apart as well.
                return changes.iter().any(|c| c.by() != 0)
                    && changes.iter().any(|c| c.by().unsigned_abs() < u128::from(self.profile.release_least));
            }
            // Opinions: how many people changed in each group, and how many of them answered.
            let cover = classes.values().any(|(_, cover)| *cover);
            let mut groups: BTreeMap<Vec<&BTreeSet<String>>, (i128, i128, i128, i128)> = BTreeMap::new();
            for change in &changes {
                let plain = change.on.iter().filter(|(d, _)| classes.get(d).is_some_and(|c| c.0 == Class::Plain));
                let sums = groups.entry(plain.map(|(_, s)| s).collect()).or_default();
                let by = change.by();
                if by > 0 {
                    sums.0 += by
                } else {
                    sums.1 -= by
                }
                sums.2 = sums.2.max(by.abs());
                let answered = |(d, s): &(&str, BTreeSet<String>)| {
                    answers.get(d).is_none_or(|a| s.iter().any(|c| a.contains(c.as_str())))
                };
                if change.on.iter().all(answered) {
                    sums.3 += by;
                }
            }
            groups.values().any(
                |(up, down, most, answered)| {
                    if cover { few(*most) } else { few(*up.max(down)) || few(*answered) }
                },
            )
        })
    }

    /// Whether a whole universe changed by a few since an earlier release that told its size.
    pub fn bars_universe(&self, book: &Book<'_>, universe: usize) -> bool {
        let Some(now) = book.count(universe, &On::new()) else { return false };
        self.universe(book, universe).any(|cells| cells.get(&Vec::new()).is_some_and(|then| self.few(now.low, *then)))
    }

    /// Whether the people behind a cell changed by a few since a release that told it: fifteen attendances more may be three people.
    /// `own` is the cell's key, `behind` the people's by each value that it puts together, with how many they are now.
    pub fn bars_contributors(&self, own: &str, behind: &[(String, u64)]) -> bool {
        self.told.iter().filter(|told| told.shown.contains_key(own)).any(|told| {
            behind.iter().any(|(key, now)| told.counted.get(key.as_str()).is_some_and(|then| self.few(*now, *then)))
        })
    }

    /// Whether any earlier release told anything.
    pub fn is_empty(&self) -> bool {
        self.releases.iter().all(BTreeMap::is_empty)
    }
}

/// A cell as both releases can be made to tell it.
struct Change<'a> {
    on: Vec<(&'a str, BTreeSet<String>)>,
    now: u64,
    then: u64,
}

impl Change<'_> {
    fn by(&self) -> i128 {
        i128::from(self.now) - i128::from(self.then)
    }
}

/// The changes of the finest cells that both releases tell: on each dimension, values that either shows as one are one.
fn changes<'a>(
    names: &[&'a str],
    now: &BTreeMap<Conditions, u64>,
    then: &BTreeMap<&Conditions, u64>,
) -> Vec<Change<'a>> {
    let mut homes: Vec<BTreeMap<String, BTreeSet<String>>> = Vec::new();
    let mut leaves: [Vec<BTreeSet<BTreeSet<String>>>; 2] = [Vec::new(), Vec::new()];
    for at in 0..names.len() {
        let sets = |on: &Conditions| on.get(at).map(|(_, s)| s.clone()).unwrap_or_default();
        let mut joined: Vec<BTreeSet<String>> = Vec::new();
        for (which, list) in [now.keys().map(sets).collect::<BTreeSet<_>>(), then.keys().map(|k| sets(k)).collect()]
            .into_iter()
            .enumerate()
        {
            let leaf: BTreeSet<BTreeSet<String>> =
                list.iter().filter(|s| !list.iter().any(|o| o != *s && o.is_subset(s))).cloned().collect();
            for set in &leaf {
                let mut one = set.clone();
                joined.retain(|other| {
                    let apart = other.is_disjoint(&one);
                    if !apart {
                        one.extend(other.iter().cloned());
                    }
                    apart
                });
                joined.push(one);
            }
            if let Some(side) = leaves.get_mut(which) {
                side.push(leaf);
            }
        }
        homes.push(joined.into_iter().flat_map(|set| set.clone().into_iter().map(move |c| (c, set.clone()))).collect());
    }
    let mut sums: BTreeMap<Vec<BTreeSet<String>>, (u64, u64)> = BTreeMap::new();
    let home = |on: &Conditions, side: usize| -> Option<Vec<BTreeSet<String>>> {
        on.iter()
            .enumerate()
            .map(|(at, (_, set))| {
                let leaf = leaves.get(side).and_then(|l| l.get(at)).is_some_and(|l| l.contains(set));
                leaf.then(|| homes.get(at).zip(set.first()).and_then(|(h, c)| h.get(c)).cloned()).flatten()
            })
            .collect()
    };
    for (on, n) in now {
        if let Some(at) = home(on, 0) {
            let sum = sums.entry(at).or_default();
            sum.0 = sum.0.saturating_add(*n);
        }
    }
    for (on, n) in then {
        if let Some(at) = home(on, 1) {
            let sum = sums.entry(at).or_default();
            sum.1 = sum.1.saturating_add(*n);
        }
    }
    sums.into_iter()
        .map(|(on, (now, then))| Change { on: names.iter().copied().zip(on).collect(), now, then })
        .collect()
}
