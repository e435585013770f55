//! From families of atoms to figures: the only way in which a number is computed.
//!
//! `measure` shows every value apart ([`identity`]); `protect` calls [`figures`] again with values merged. A merged value's n is
//! the sum of its atoms, so that both go through the same formulas.

use std::collections::BTreeMap;

use super::catalogue::{self, Measure};
use super::interval;
use super::key::{BASE, Key};
use super::{
    Basis, Cell, Condition, Dimension, Family, Figure, FigureKind, Formula, Group, Grouping, Measured, Missing, State,
    Status, Table, Universe, period,
};

/// Each value of each dimension of a family apart.
pub fn identity(measured: &Measured, family: usize) -> Grouping {
    let dimensions = measured.families.get(family).map(|f| f.dimensions.as_slice()).unwrap_or_default();
    let groups = |&d: &usize| {
        let values = measured.dimensions.get(d).map(|d| d.values.as_slice()).unwrap_or_default();
        let group = |(at, v): (usize, &super::Value)| {
            let members = vec![u16::try_from(at).unwrap_or(u16::MAX)];
            Group { code: v.code.clone(), label: v.label.clone(), members, state: v.state }
        };
        values.iter().enumerate().map(group).collect()
    };
    Grouping { dimensions: dimensions.iter().map(groups).collect() }
}

/// The figures of a table with its family's values shown as `grouping` says, in the order of the groups. A value in no group is
/// not counted. Nothing where the table, its family and the grouping do not fit each other.
pub fn figures(measured: &Measured, table: &Table, grouping: &Grouping) -> Vec<Figure> {
    let Some(view) = View::new(measured, table, grouping) else { return Vec::new() };
    let rows = view.rows();
    match table.formula {
        Formula::Count => view.keys(&rows).iter().map(|at| view.count(at, rows.get(at))).collect(),
        Formula::Sum { amount, per } => {
            view.keys(&rows).iter().map(|at| view.sum(at, rows.get(at), amount, per)).collect()
        }
        Formula::Share { question } => rows.iter().flat_map(|(at, row)| view.shares(at, row, question)).collect(),
        Formula::CoverShare => rows.iter().flat_map(|(at, row)| view.cover_shares(at, row)).collect(),
        Formula::Mean { question } => rows.iter().map(|(at, row)| view.mean(at, row, question)).collect(),
        Formula::Ratio { other, amount } => {
            view.keys(&rows).iter().map(|at| view.ratio(at, rows.get(at), other, amount)).collect()
        }
    }
}

/// A table with all that its figures are computed from.
struct View<'a> {
    measured: &'a Measured,
    table: &'a Table,
    family: &'a Family,
    universe: &'a Universe,
    dimensions: Vec<&'a Dimension>,
    grouping: &'a Grouping,
    measure: &'static Measure,
    /// The position of the question's dimension (the last one of a cover).
    question: Option<usize>,
    /// Per dimension: the group of each value.
    group_of: Vec<Vec<Option<usize>>>,
}

/// Units of one row of the table: one group of each dimension it is cut by.
#[derive(Default)]
struct Row {
    n: u64,
    amounts: Vec<i128>,
    /// Per group of the question's dimension.
    groups: BTreeMap<usize, Tally>,
    /// Per value of the question's dimension.
    values: BTreeMap<u16, Tally>,
}

#[derive(Default)]
struct Tally {
    n: u64,
    amounts: Vec<i128>,
    clusters: BTreeMap<u32, u64>,
    base_clusters: BTreeMap<u32, u64>,
}

impl Tally {
    fn add(&mut self, atom: &super::Atom) {
        self.n += atom.n;
        add_amounts(&mut self.amounts, &atom.amounts);
        for &(cluster, n) in &atom.clusters {
            *self.clusters.entry(cluster).or_default() += n;
        }
        for &(cluster, n) in &atom.base_clusters {
            *self.base_clusters.entry(cluster).or_default() += n;
        }
    }
}

fn add_amounts(to: &mut Vec<i128>, from: &[i128]) {
    if to.len() < from.len() {
        to.resize(from.len(), 0);
    }
    for (to, from) in to.iter_mut().zip(from) {
        *to = to.saturating_add(*from);
    }
}

impl<'a> View<'a> {
    fn new(measured: &'a Measured, table: &'a Table, grouping: &'a Grouping) -> Option<Self> {
        let family = measured.families.get(table.family)?;
        let universe = measured.universes.get(family.universe)?;
        let dimensions: Vec<&Dimension> =
            family.dimensions.iter().map(|&d| measured.dimensions.get(d)).collect::<Option<_>>()?;
        if grouping.dimensions.len() != dimensions.len() || table.cut.iter().any(|&c| c >= dimensions.len()) {
            return None;
        }
        let question = match table.formula {
            Formula::Share { question } | Formula::Mean { question } => Some(question),
            Formula::CoverShare => Some(dimensions.len().checked_sub(1)?),
            _ => None,
        };
        if question.is_some_and(|q| q >= dimensions.len() || table.cut.contains(&q)) {
            return None;
        }
        let group_of = dimensions
            .iter()
            .zip(&grouping.dimensions)
            .map(|(dimension, groups)| {
                let mut of = vec![None; dimension.values.len()];
                for (at, group) in groups.iter().enumerate() {
                    for &member in &group.members {
                        if let Some(slot) = of.get_mut(usize::from(member)) {
                            *slot = Some(at);
                        }
                    }
                }
                of
            })
            .collect();
        let measure = catalogue::measure(table.measure)?;
        Some(View { measured, table, family, universe, dimensions, grouping, measure, question, group_of })
    }

    fn group_at(&self, position: usize, atom: &super::Atom) -> Option<usize> {
        let value = usize::from(*atom.values.get(position)?);
        self.group_of.get(position)?.get(value).copied().flatten()
    }

    fn group(&self, position: usize, at: usize) -> Option<&'a Group> {
        self.grouping.dimensions.get(position)?.get(at)
    }

    /// One pass over the atoms: the rows that have any.
    fn rows(&self) -> BTreeMap<Vec<usize>, Row> {
        let mut rows: BTreeMap<Vec<usize>, Row> = BTreeMap::new();
        for atom in &self.family.atoms {
            let at: Option<Vec<usize>> = self.table.cut.iter().map(|&c| self.group_at(c, atom)).collect();
            let Some(at) = at else { continue };
            let row = rows.entry(at).or_default();
            row.n += atom.n;
            add_amounts(&mut row.amounts, &atom.amounts);
            if let Some(question) = self.question {
                if let Some(group) = self.group_at(question, atom) {
                    row.groups.entry(group).or_default().add(atom);
                }
                if let Some(&value) = atom.values.get(question) {
                    row.values.entry(value).or_default().add(atom);
                }
            }
        }
        rows
    }

    /// The rows to show of a count or sum: every combination of answered groups (a zero is a number), and those of the not
    /// known that occur.
    fn keys(&self, rows: &BTreeMap<Vec<usize>, Row>) -> Vec<Vec<usize>> {
        let mut keys: Vec<Vec<usize>> = vec![Vec::new()];
        for &c in &self.table.cut {
            let groups = self.grouping.dimensions.get(c).map_or(0, Vec::len);
            if keys.len().saturating_mul(groups) > super::build::MOST_ATOMS {
                return rows.keys().cloned().collect();
            }
            keys = keys.iter().flat_map(|k| (0..groups).map(move |g| k.iter().copied().chain([g]).collect())).collect();
        }
        keys.retain(|k| {
            rows.contains_key(k)
                || self
                    .table
                    .cut
                    .iter()
                    .zip(k)
                    .all(|(&c, &g)| self.group(c, g).is_some_and(|g| g.state == State::Answered))
        });
        keys
    }

    fn key(&self, at: &[usize]) -> Key {
        let mut key = Key::whole(&self.universe.key);
        for (&c, &g) in self.table.cut.iter().zip(at) {
            if let (Some(dimension), Some(group)) = (self.dimensions.get(c), self.group(c, g)) {
                key = key.with(&dimension.code, &group.code);
            }
        }
        key
    }

    fn cell(&self, key: Key, n: u64) -> Cell {
        Cell { key: key.to_string(), n }
    }

    fn conditions(&self, at: &[usize]) -> Vec<Condition> {
        let condition = |(&c, &g): (&usize, &usize)| {
            let (dimension, group) = (self.dimensions.get(c)?, self.group(c, g)?);
            Some(Condition {
                dimension: dimension.code.clone(),
                dimension_title: dimension.title.clone(),
                value: group.code.clone(),
                label: group.label.clone(),
            })
        };
        self.table.cut.iter().zip(at).filter_map(condition).collect()
    }

    /// A cover cannot be merged: who has two of its values would be counted twice.
    fn overlaps(&self, at: &[usize]) -> bool {
        self.table.cut.iter().zip(at).any(|(&c, &g)| {
            self.dimensions.get(c).is_some_and(|d| d.cover) && self.group(c, g).is_some_and(|g| g.members.len() > 1)
        })
    }

    /// A figure without a number yet.
    fn blank(&self, conditions: Vec<Condition>) -> Figure {
        let mut id = self.table.id.clone();
        let mut title = self.table.title.clone();
        for (at, c) in conditions.iter().enumerate() {
            id.push_str(&format!("/{}={}", c.dimension, c.value));
            title.push_str(if at == 0 { ": " } else { ", " });
            title.push_str(&c.label);
        }
        let (mut from, mut to) = (self.universe.from, self.universe.to);
        let mut notes = Vec::new();
        for c in &conditions {
            let spans = || c.value.split('+').map(|v| period::span(&c.dimension, v, self.measured.year_starts));
            let all: Option<Vec<_>> = spans().collect();
            if let Some(all) = all.filter(|a| !a.is_empty()) {
                // A year that the programme covers in part is told from and to the days that it covers.
                let last = all.iter().map(|s| s.1).max();
                from = all.iter().map(|s| s.0).min().max(self.universe.from);
                to = [last, self.universe.to].into_iter().flatten().min();
                if let (Some(as_of), Some(first), Some(last)) = (self.measured.as_of, from, to)
                    && first <= as_of
                    && as_of < last
                {
                    to = Some(as_of);
                    notes.push("so far: the period was not over on the day this account stands at".to_string());
                }
            }
        }
        Figure {
            id,
            table: self.table.id.clone(),
            measure: self.table.measure,
            title,
            universe: self.universe.key.clone(),
            unit: self.measure.unit.to_string(),
            kind: match self.table.basis {
                Basis::FullCount | Basis::SelfSelected => FigureKind::Actual,
                Basis::RandomSample { .. } | Basis::EveryoneAsked { .. } => FigureKind::Estimate,
            },
            dimensions: conditions,
            from,
            to,
            value: None,
            low: None,
            high: None,
            confidence: None,
            method: "",
            decimals: self.measure.decimals,
            base: None,
            base_unit: self.universe.unit.1,
            numerator: None,
            effective_base: None,
            design_effect: None,
            missing: Missing::default(),
            reads: Vec::new(),
            status: Status::Shown,
            reason: String::new(),
            basis: self.table.basis,
            source: self.table.source.clone(),
            notes,
        }
    }

    /// n of the whole universe, from the family without dimensions or any partition of it.
    fn whole(&self) -> Option<Cell> {
        let partition = |f: &&Family| {
            f.universe == self.family.universe
                && f.dimensions.iter().all(|&d| self.measured.dimensions.get(d).is_some_and(|d| !d.cover))
        };
        let family = self.measured.families.iter().find(partition)?;
        Some(self.cell(Key::whole(&self.universe.key), family.atoms.iter().map(|a| a.n).sum()))
    }

    fn count(&self, at: &[usize], row: Option<&Row>) -> Figure {
        let mut figure = self.blank(self.conditions(at));
        figure.unit = self.universe.unit.1.to_string();
        let cell = self.cell(self.key(at), row.map_or(0, |r| r.n));
        if !at.is_empty() {
            figure.base = self.whole();
        }
        if self.overlaps(at) {
            return not_applicable(figure, "people or answers of these values overlap and cannot be added up");
        }
        figure.value = Some(cell.n as f64);
        figure.reads = vec![cell.clone()];
        figure.numerator = Some(cell);
        figure
    }

    /// Reads an amount's counts of what is known of a cell's units, by code.
    fn known(&self, amounts: &[i128], code: &str) -> Option<u64> {
        let at = self.family.amounts.iter().position(|a| a.code == code)?;
        u64::try_from(amounts.get(at).copied().unwrap_or(0)).ok()
    }

    fn missing(&self, amounts: &[i128]) -> Missing {
        Missing {
            refused: self.known(amounts, "refused"),
            blank: self.known(amounts, "blank"),
            not_asked: self.known(amounts, "not-asked"),
            unreadable: self.known(amounts, "unreadable"),
        }
    }

    fn sum(&self, at: &[usize], row: Option<&Row>, amount: usize, per: u32) -> Figure {
        let mut figure = self.blank(self.conditions(at));
        let empty = Row::default();
        let row = row.unwrap_or(&empty);
        let Some(kind) = self.family.amounts.get(amount) else {
            return not_applicable(figure, "the sum is not kept for this breakdown");
        };
        if self.measure.unit == catalogue::COUNTS.unit {
            figure.unit = kind.code.clone();
        }
        let cell = self.cell(self.key(at), row.n);
        figure.missing = self.missing(&row.amounts);
        figure.base = Some(cell.clone());
        figure.reads = vec![cell];
        let known = self.known(&row.amounts, "known").unwrap_or(row.n).min(row.n);
        let units = self.universe.unit.1;
        if known == 0 && row.n > 0 {
            figure.status = Status::NotCollected;
            figure.reason = if figure.missing.blank.unwrap_or(0) > 0 {
                "left blank in the log: not known".to_string()
            } else {
                "not recorded".to_string()
            };
            return figure;
        }
        if self.table.measure == catalogue::COUNTS_PERCENT.code && known > 1 {
            return not_applicable(figure, "several percentages for one place and month, which cannot be added up");
        }
        if known < row.n {
            figure.notes.push(format!("at least: not known for {} of {} {units}", row.n - known, row.n));
        }
        let sum = row.amounts.get(amount).copied().unwrap_or(0);
        figure.value = Some(scaled(sum, kind.scale) / f64::from(per.max(1)));
        figure
    }

    /// The answered groups of the question: (position, group).
    fn answered(&self, question: usize) -> Vec<(usize, &'a Group)> {
        let groups = self.grouping.dimensions.get(question).map(Vec::as_slice).unwrap_or_default();
        groups.iter().enumerate().filter(|(_, g)| g.state == State::Answered).collect()
    }

    fn asked(&self, row: &Row, question: usize) -> Missing {
        let n = |state: State| {
            let groups = self.grouping.dimensions.get(question)?;
            let of = groups.iter().enumerate().filter(|(_, g)| g.state == state);
            Some(of.filter_map(|(at, _)| row.groups.get(&at)).map(|t| t.n).sum())
        };
        Missing {
            refused: n(State::Refused),
            blank: n(State::Blank),
            not_asked: n(State::NotAsked),
            unreadable: n(State::Unreadable),
        }
    }

    fn answer(&self, at: &[usize], question: usize, group: &Group) -> Vec<Condition> {
        let mut conditions = self.conditions(at);
        if let Some(dimension) = self.dimensions.get(question) {
            conditions.push(Condition {
                dimension: dimension.code.clone(),
                dimension_title: dimension.title.clone(),
                value: group.code.clone(),
                label: group.label.clone(),
            });
        }
        conditions
    }

    fn code(&self, question: usize) -> &'a str {
        self.dimensions.get(question).map_or("", |d| d.code.as_str())
    }

    fn shares(&self, at: &[usize], row: &Row, question: usize) -> Vec<Figure> {
        let answered = self.answered(question);
        let tally = |g: &usize| row.groups.get(g);
        let base_n: u64 = answered.iter().filter_map(|(g, _)| tally(g)).map(|t| t.n).sum();
        let codes: Vec<&str> = answered.iter().map(|(_, g)| g.code.as_str()).collect();
        let base = self.cell(self.key(at).with(self.code(question), &codes.join("+")), base_n);
        let mut base_clusters = BTreeMap::new();
        for (&c, &n) in answered.iter().filter_map(|(g, _)| tally(g)).flat_map(|t| &t.clusters) {
            *base_clusters.entry(c).or_default() += n;
        }
        let none = Tally::default();
        let figure = |&(g, group): &(usize, &Group)| {
            let tally = tally(&g).unwrap_or(&none);
            let mut figure = self.blank(self.answer(at, question, group));
            figure.missing = self.asked(row, question);
            let numerator = self.cell(self.key(at).with(self.code(question), &group.code), tally.n);
            interval::share(figure, numerator, base.clone(), &tally.clusters, &base_clusters)
        };
        answered.iter().map(figure).collect()
    }

    fn cover_shares(&self, at: &[usize], row: &Row) -> Vec<Figure> {
        let Some(question) = self.question else { return Vec::new() };
        let code = self.code(question);
        let whole = self.cover_base(at);
        let none = Tally::default();
        let mut out = Vec::new();
        for (g, group) in self.answered(question) {
            let tally = row.groups.get(&g).unwrap_or(&none);
            let mut figure = self.blank(self.answer(at, question, group));
            if group.members.len() > 1 {
                out.push(not_applicable(figure, "several answers could be ticked, so these cannot be added up"));
                continue;
            }
            figure.missing = self.missing(&tally.amounts);
            let own = self.known(&tally.amounts, "base").unwrap_or(whole);
            let base = if own == whole { BASE.to_string() } else { format!("{BASE}:{}", group.code) };
            let base = self.cell(self.key(at).with(code, &base), own);
            let numerator = self.cell(self.key(at).with(code, &group.code), tally.n);
            out.push(interval::share(figure, numerator, base, &tally.clusters, &tally.base_clusters));
        }
        out
    }

    /// Units that could have a value of the cover, in this row.
    fn cover_base(&self, at: &[usize]) -> u64 {
        let inside = |values: &[u16]| {
            self.table.cut.iter().zip(at).all(|(&c, &g)| {
                let value = values.get(c).map(|&v| usize::from(v));
                let group = value.and_then(|v| self.group_of.get(c).and_then(|of| of.get(v)).copied().flatten());
                group == Some(g)
            })
        };
        self.family.covers.iter().filter(|c| inside(&c.values)).map(|c| c.base).sum()
    }

    fn mean(&self, at: &[usize], row: &Row, question: usize) -> Figure {
        let mut figure = self.blank(self.conditions(at));
        figure.missing = self.asked(row, question);
        let code = self.code(question);
        let values = self.dimensions.get(question).map(|d| d.values.as_slice()).unwrap_or_default();
        let answered = values.iter().enumerate().filter(|(_, v)| v.state == State::Answered);
        let mut scores: Vec<(u64, &Tally)> = Vec::new();
        let none = Tally::default();
        let mut codes = Vec::new();
        for ((at_value, value), score) in answered.zip(1u64..) {
            let tally = u16::try_from(at_value).ok().and_then(|v| row.values.get(&v)).unwrap_or(&none);
            figure.reads.push(self.cell(self.key(at).with(code, &value.code), tally.n));
            codes.push(value.code.as_str());
            scores.push((score, tally));
        }
        figure.unit = format!("points (1 to {})", scores.len());
        let n = scores.iter().map(|(_, t)| t.n).sum();
        let base = self.cell(self.key(at).with(code, &codes.join("+")), n);
        figure.reads.push(base.clone());
        figure.base = Some(base);
        let counts: Vec<(u64, u64)> = scores.iter().map(|(s, t)| (*s, t.n)).collect();
        let mut clusters: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
        for (score, tally) in &scores {
            for (&c, &k) in &tally.clusters {
                let entry = clusters.entry(c).or_default();
                entry.0 += k;
                entry.1 += score * k;
            }
        }
        interval::mean(figure, &counts, &clusters)
    }

    fn ratio(&self, at: &[usize], row: Option<&Row>, other: usize, amount: Option<usize>) -> Figure {
        let mut figure = self.blank(self.conditions(at));
        let cell = self.cell(self.key(at), row.map_or(0, |r| r.n));
        figure.reads = vec![cell.clone()];
        figure.numerator = Some(cell.clone());
        let Some((whole, n, amounts)) = self.other(at, other) else {
            return not_applicable(figure, "not counted for this breakdown");
        };
        let family = self.measured.families.get(other);
        let unit = family.and_then(|f| self.measured.universes.get(f.universe)).map_or("", |u| u.unit.1);
        let whole = Cell { key: whole.to_string(), n };
        figure.reads.push(whole.clone());
        let divisor = match amount {
            None => {
                figure.base = Some(whole);
                figure.base_unit = unit;
                n as f64
            }
            Some(a) => {
                let kind = family.and_then(|f| f.amounts.get(a));
                // What it is held against is a sum and no cell: the note says it.
                figure.base_unit = "";
                let total = scaled(amounts.get(a).copied().unwrap_or(0), kind.map_or(0, |k| k.scale));
                let what = kind.map_or("", |k| k.code.as_str());
                figure.notes.push(format!("of {total:.0} {what}"));
                let known = family.and_then(|f| f.amounts.iter().position(|k| k.code == "known"));
                let known = known.and_then(|k| amounts.get(k)).and_then(|&k| u64::try_from(k).ok());
                if let Some(known) = known.filter(|&k| k < n) {
                    // More was there than is known, so that the true ratio is lower.
                    figure.notes.push(format!("at most: {what} not known for {} of {n} {unit}", n - known));
                }
                total
            }
        };
        if divisor <= 0.0 {
            return not_applicable(figure, "nothing to divide by");
        }
        let ratio = 100.0 * cell.n as f64 / divisor;
        // Forty forms for a hundred thousand visits are not 0.0 for each hundred.
        figure.decimals = match ratio {
            r if r >= 1.0 => figure.decimals,
            r if r >= 0.1 => figure.decimals.max(2),
            _ => figure.decimals.max(3),
        };
        figure.value = Some(ratio);
        figure
    }

    /// The cell of another family under the same conditions: its key, n and amounts. `None` where that family is not cut so.
    fn other(&self, at: &[usize], other: usize) -> Option<(Key, u64, Vec<i128>)> {
        let family = self.measured.families.get(other)?;
        let mut key = Key::whole(&self.measured.universes.get(family.universe)?.key);
        let mut wanted: Vec<(usize, Vec<u16>)> = Vec::new();
        for (&c, &g) in self.table.cut.iter().zip(at) {
            let (mine, group) = (self.dimensions.get(c)?, self.group(c, g)?);
            let position = family
                .dimensions
                .iter()
                .position(|&d| self.measured.dimensions.get(d).is_some_and(|d| d.code == mine.code))?;
            let theirs = family.dimensions.get(position).and_then(|&d| self.measured.dimensions.get(d))?;
            if theirs.cover && group.members.len() > 1 {
                return None;
            }
            let codes: Vec<&str> = group
                .members
                .iter()
                .filter_map(|&m| mine.values.get(usize::from(m)))
                .map(|v| v.code.as_str())
                .collect();
            // "Dock Road or not known" beside the visits to Dock Road alone would be too high.
            let theirs_has = |code: &&str| theirs.values.iter().any(|v| v.code == **code);
            if codes.len() > 1 && !codes.iter().all(theirs_has) {
                return None;
            }
            let values = theirs.values.iter().enumerate().filter(|(_, v)| codes.contains(&v.code.as_str()));
            wanted.push((position, values.filter_map(|(at, _)| u16::try_from(at).ok()).collect()));
            key = key.with(&mine.code, &group.code);
        }
        let (mut n, mut amounts) = (0u64, vec![0; family.amounts.len()]);
        for atom in &family.atoms {
            if wanted.iter().all(|(p, values)| atom.values.get(*p).is_some_and(|v| values.contains(v))) {
                n += atom.n;
                add_amounts(&mut amounts, &atom.amounts);
            }
        }
        Some((key, n, amounts))
    }
}

fn not_applicable(mut figure: Figure, reason: &str) -> Figure {
    figure.status = Status::NotApplicable;
    figure.value = None;
    figure.reason = reason.to_string();
    figure
}

/// An amount in units of 10^-scale as a number.
fn scaled(sum: i128, scale: u8) -> f64 {
    let mut unit = 1.0;
    for _ in 0..scale {
        unit *= 10.0;
    }
    sum as f64 / unit
}
