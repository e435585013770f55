//! The workbench on which `Measured` is put together: universes, dimensions, families and tables, each under one number.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::catalogue::Measure;
use super::key::{Codes, slug};
use super::period::Periods;
use super::{
    AmountKind, Atom, Basis, Chart, CoverTotal, Dimension, Exposure, Family, Formula, Measured, State, Table, Universe,
    Value,
};
use crate::clean::Label;
use crate::exit::Exit;
use crate::link::Linked;
use crate::problem::{Place, Problem};
use crate::spec::{Class, Kind, Spec};

/// The most atoms a family may have (docs/architecture.md, section 5).
pub(super) const MOST_ATOMS: usize = 65_536;

/// `Measured` in the making.
pub(super) struct Builder<'a> {
    pub linked: &'a Linked,
    pub spec: &'a Spec,
    pub out: Measured,
    pub sites: Vec<Value>,
    pub strands: Vec<Value>,
    pub levels: Vec<Value>,
    pub events: Vec<Value>,
    /// Where each level of `Linked::levels` stands in `levels`: the ladder's order, others behind it.
    pub level_order: Vec<u32>,
    subjects: BTreeSet<String>,
}

/// One value of a dimension for each unit of a universe.
pub(super) struct Column {
    pub dimension: usize,
    pub values: Vec<u16>,
}

/// The tables of one family: which of its dimensions each is cut by, and the words for that behind the title.
pub(super) type Shown = Vec<(Vec<usize>, &'static str)>;

/// The families to make of some columns, with their tables.
pub(super) type Cuts<'c> = Vec<(Vec<&'c Column>, Shown)>;

/// A table about to be made: what it has beside its measure.
pub(super) struct Draft {
    /// `measure[:subject]`; the cut is appended.
    pub subject: String,
    pub title: String,
    pub family: usize,
    pub cut: Vec<usize>,
    pub formula: Formula,
    pub basis: Basis,
    pub source: String,
}

impl<'a> Builder<'a> {
    pub fn new(linked: &'a Linked, spec: &'a Spec) -> Self {
        let out = Measured {
            as_of: linked.as_of,
            year_starts: spec.programme.year_starts,
            ledger: linked.ledger.clone(),
            ..Measured::default()
        };
        let labels = |list: &mut dyn Iterator<Item = &Label>| {
            let mut codes = Codes::with_states();
            list.map(|l| Value { code: codes.code(&l.text), label: l.text.clone(), state: State::Answered }).collect()
        };
        let (levels, level_order) = by_ladder(&linked.levels, &spec.programme.ladder);
        Builder {
            linked,
            spec,
            out,
            sites: labels(&mut linked.sites.iter().map(|s| &s.label)),
            strands: labels(&mut linked.strands.iter()),
            levels: labels(&mut levels.into_iter())
                .into_iter()
                .map(|level| Value { label: sentence(&level.label), ..level })
                .collect(),
            events: labels(&mut linked.events.iter()),
            level_order,
            subjects: BTreeSet::new(),
        }
    }

    /// What a reader sees instead of a source's name: its title, else the name with a capital and spaces.
    pub fn source_title(&self, name: &str) -> String {
        let given = self.spec.sources.iter().find(|s| s.name == name).and_then(|s| s.title.clone());
        given.unwrap_or_else(|| sentence(&name.replace(['-', '_'], " ")))
    }

    /// A code for a source or instrument under `prefix`, unique in this run: `counts:visits`.
    pub fn subject(&mut self, prefix: &str, name: &str) -> String {
        self.unique(format!("{prefix}:{}", slug(name)))
    }

    /// The same text, with `-2`, `-3` … where it was given out before.
    pub fn unique(&mut self, stem: String) -> String {
        let mut subject = stem.clone();
        let mut n = 2u64;
        while !self.subjects.insert(subject.clone()) {
            subject = format!("{stem}-{n}");
            n += 1;
        }
        subject
    }

    /// The family of a universe by exactly these dimensions.
    pub fn family_by(&self, universe: usize, codes: &[&str]) -> Option<usize> {
        let is = |d: &usize, code: &str| self.out.dimensions.get(*d).is_some_and(|d| d.code == code);
        self.out.families.iter().position(|f| {
            f.universe == universe
                && f.dimensions.len() == codes.len()
                && f.dimensions.iter().zip(codes).all(|(d, code)| is(d, code))
        })
    }

    /// The programme's dates, as they stand in keys.
    pub fn period(&self) -> String {
        format!("{}..{}", self.spec.programme.from, self.spec.programme.to)
    }

    /// Whether a day is in the programme.
    pub fn inside(&self, date: Date) -> bool {
        (self.spec.programme.from..=self.spec.programme.to).contains(&date)
    }

    pub fn universe(
        &mut self,
        key: String,
        unit: (&'static str, &'static str),
        exposure: Exposure,
        source: String,
    ) -> usize {
        let (from, to) = (Some(self.spec.programme.from), Some(self.spec.programme.to));
        self.out.universes.push(Universe { key, unit, exposure, from, to, source });
        self.out.universes.len() - 1
    }

    /// The number of this dimension; an equal one made before is used again.
    pub fn dimension(&mut self, code: &str, title: &str, values: Vec<Value>, kind: DimensionKind) -> usize {
        let (ordered, class, cover) = (kind.ordered, kind.class, kind.cover);
        let made = Dimension { code: code.to_string(), title: title.to_string(), values, ordered, class, cover };
        if let Some(at) = self.out.dimensions.iter().position(|d| *d == made) {
            return at;
        }
        self.out.dimensions.push(made);
        self.out.dimensions.len() - 1
    }

    /// Adds a family; one with too many atoms is refused, its cuts named.
    pub fn family(&mut self, family: Family) -> Option<usize> {
        if family.atoms.len() > MOST_ATOMS {
            self.refuse(family.universe, &family.dimensions, family.atoms.len());
            return None;
        }
        self.out.families.push(family);
        Some(self.out.families.len() - 1)
    }

    /// Says that a breakdown is too fine to be made.
    pub fn refuse(&mut self, universe: usize, dimensions: &[usize], atoms: usize) {
        let what = self.out.universes.get(universe).map(|u| u.source.clone()).unwrap_or_default();
        let cuts: Vec<&str> =
            dimensions.iter().filter_map(|&d| self.out.dimensions.get(d)).map(|d| d.title.as_str()).collect();
        let problem = Problem::stops(
            "too-many-cells",
            Exit::Spec,
            Place::default(),
            format!(
                "{what} by {} would be {atoms} cells; at most {MOST_ATOMS} can be kept apart and protected",
                cuts.join(" and ")
            ),
        )
        .hint("give fewer different values (by lines of recodes), or leave one of these columns out with (ignore)");
        self.out.problems.push(problem);
    }

    pub fn table(&mut self, measure: &Measure, draft: Draft) -> &mut Table {
        let cut_code = {
            let family = self.out.families.get(draft.family);
            let code = |&at: &usize| {
                let d = family.and_then(|f| f.dimensions.get(at)).and_then(|&d| self.out.dimensions.get(d));
                d.map_or("", |d| d.code.as_str())
            };
            let codes: Vec<&str> = draft.cut.iter().map(code).collect();
            if codes.is_empty() { "total".to_string() } else { codes.join(",") }
        };
        let time =
            cut_code.rsplit(',').next().is_some_and(|c| ["month", "quarter", "year"].iter().any(|p| c.ends_with(p)));
        let chart = match (measure.chart, draft.cut.len(), time) {
            (Chart::Waterfall, ..) if draft.cut.is_empty() => Chart::None,
            (Chart::Bars | Chart::Trend, 0, _) => Chart::None,
            (Chart::Bars, 1, true) => Chart::Trend,
            (Chart::Bars, 2.., _) => Chart::None,
            (Chart::Distribution, 1.., _) => Chart::None,
            (chart, ..) => chart,
        };
        let at = self.out.tables.len();
        self.out.tables.push(Table {
            id: format!("{}/{cut_code}", draft.subject),
            measure: measure.code,
            title: draft.title,
            family: draft.family,
            cut: draft.cut,
            formula: draft.formula,
            basis: draft.basis,
            section: measure.section,
            chart,
            source: draft.source,
            notes: Vec::new(),
            together: None,
        });
        &mut self.out.tables[at]
    }

    /// Places of units as a column: the places that occur, and "not known" if it occurs.
    pub fn places(&mut self, of: &[Option<u32>]) -> Column {
        let values = self.sites.clone();
        self.labelled("site", "Place", &values, of, "place not known")
    }

    /// A column of labels (places, strands, levels, events): those that occur, in their order, then "not known".
    pub fn labelled(&mut self, code: &str, title: &str, all: &[Value], of: &[Option<u32>], unknown: &str) -> Column {
        let (values, map) = occurring(all, of.iter().copied(), unknown);
        let last = u16::try_from(values.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let kind = match code {
            "level" => DimensionKind::ORDERED,
            // Where people live is what they are: a district that occurs at all says that somebody lives there.
            "district" => DimensionKind { class: Class::AboutYou, ..DimensionKind::PLAIN },
            _ => DimensionKind::PLAIN,
        };
        let dimension = self.dimension(code, title, values, kind);
        let value = |o: &Option<u32>| o.and_then(|o| map.get(&o).copied()).unwrap_or(last);
        Column { dimension, values: of.iter().map(value).collect() }
    }

    /// Year, quarter and month of units as columns, over all periods that occur and those between. `None` when no unit is dated.
    pub fn periods(&mut self, prefix: &str, of: &[Option<Date>], unknown_as: &str) -> Option<[Column; 3]> {
        let periods = Periods::covering(of.iter().flatten().copied(), self.out.year_starts)?;
        let unknown = of.iter().any(Option::is_none);
        let mut column = |code: &str, title: &str, mut values: Vec<Value>, at: &dyn Fn(Date) -> Option<u16>| {
            let last = u16::try_from(values.len()).unwrap_or(u16::MAX);
            if unknown {
                values.push(not_known(unknown_as));
            }
            let code = if prefix.is_empty() { code.to_string() } else { format!("{prefix}-{code}") };
            let dimension = self.dimension(&code, title, values, DimensionKind::ORDERED);
            Column { dimension, values: of.iter().map(|d| d.and_then(at).unwrap_or(last)).collect() }
        };
        Some([
            column("year", "Year", periods.year_values(), &|d| periods.year(d)),
            column("quarter", "Quarter", periods.quarter_values(), &|d| periods.quarter(d)),
            column("month", "Month", periods.month_values(), &|d| periods.month(d)),
        ])
    }

    /// The same dimension as a cover; under another code, only its known values.
    pub fn cover_of(&mut self, dimension: usize, code: Option<&str>) -> usize {
        let Some(of) = self.out.dimensions.get(dimension).cloned() else { return dimension };
        let kind = DimensionKind { ordered: of.ordered, class: of.class, cover: true };
        match code {
            None => self.dimension(&of.code, &of.title, of.values, kind),
            Some(code) => {
                let known = of.values.into_iter().filter(|v| v.state == State::Answered).collect();
                self.dimension(code, &of.title, known, kind)
            }
        }
    }

    /// The titles of all sources of a kind, or other words where there is none.
    pub fn titles(&self, kind: Kind, otherwise: &str) -> String {
        let of = self.spec.sources.iter().filter(|s| s.kind == kind).map(|s| self.source_title(&s.name));
        let titles: Vec<String> = of.collect();
        if titles.is_empty() { otherwise.to_string() } else { titles.join("; ") }
    }

    /// A family of units by these columns, one atom for each combination that occurs.
    pub fn tally(&mut self, universe: usize, units: usize, columns: &[&Column]) -> Option<usize> {
        let atoms = tally(units, columns, |_, _| {});
        let dimensions = columns.iter().map(|c| c.dimension).collect();
        self.family(Family { universe, dimensions, atoms, amounts: Vec::new(), covers: Vec::new() })
    }
}

/// The labels of levels in the order of the ladder, and where each one went.
fn by_ladder<'l>(levels: &'l [Label], ladder: &str) -> (Vec<&'l Label>, Vec<u32>) {
    let steps = crate::spec::lists::ladder(ladder).map(|l| l.levels.as_slice()).unwrap_or_default();
    let rank = |label: &Label| steps.iter().position(|s| crate::spec::fold(s) == label.folded).unwrap_or(steps.len());
    let mut order: Vec<usize> = (0..levels.len()).collect();
    order.sort_by_key(|&i| levels.get(i).map(rank));
    let mut place = vec![0; levels.len()];
    for (at, &level) in (0u32..).zip(&order) {
        if let Some(slot) = place.get_mut(level) {
            *slot = at;
        }
    }
    (order.iter().filter_map(|&i| levels.get(i)).collect(), place)
}

/// What kind of dimension to make.
#[derive(Clone, Copy)]
pub(super) struct DimensionKind {
    pub ordered: bool,
    pub class: Class,
    pub cover: bool,
}

impl DimensionKind {
    pub const PLAIN: Self = DimensionKind { ordered: false, class: Class::Plain, cover: false };
    pub const ORDERED: Self = DimensionKind { ordered: true, ..Self::PLAIN };
    /// The same as a cover.
    pub fn cover(self) -> Self {
        DimensionKind { cover: true, ..self }
    }
}

/// Counts units by the combination of their values; `more` may add amounts and clusters of a unit to its atom.
pub(super) fn tally(units: usize, columns: &[&Column], mut more: impl FnMut(usize, &mut Atom)) -> Vec<Atom> {
    let mut atoms: BTreeMap<Vec<u16>, Atom> = BTreeMap::new();
    let mut values = Vec::new();
    for unit in 0..units {
        values.clear();
        values.extend(columns.iter().map(|c| c.values.get(unit).copied().unwrap_or(u16::MAX)));
        if !atoms.contains_key(&values) {
            atoms.insert(values.clone(), Atom { values: values.clone(), ..Atom::default() });
        }
        if let Some(atom) = atoms.get_mut(&values) {
            atom.n += 1;
            more(unit, atom);
        }
    }
    if columns.is_empty() && atoms.is_empty() {
        return vec![Atom::default()];
    }
    atoms.into_values().collect()
}

/// The labels that occur, with "not known" behind them where some are, and where each one now stands.
pub(super) fn occurring(
    all: &[Value],
    of: impl Iterator<Item = Option<u32>>,
    unknown: &str,
) -> (Vec<Value>, BTreeMap<u32, u16>) {
    let mut used: BTreeMap<u32, u16> = BTreeMap::new();
    let mut any_unknown = false;
    for o in of {
        match o.filter(|&o| usize::try_from(o).is_ok_and(|o| o < all.len())) {
            Some(o) => drop(used.entry(o).or_default()),
            None => any_unknown = true,
        }
    }
    let mut values = Vec::new();
    for (&o, at) in &mut used {
        *at = u16::try_from(values.len()).unwrap_or(u16::MAX);
        values.extend(usize::try_from(o).ok().and_then(|o| all.get(o)).cloned());
    }
    if any_unknown {
        values.push(not_known(unknown));
    }
    (values, used)
}

/// The value of units of which it is not known.
pub(super) fn not_known(label: &str) -> Value {
    Value { code: "not-known".to_string(), label: label.to_string(), state: State::NotKnown }
}

/// An amount of whole things.
pub(super) fn whole(code: &str) -> AmountKind {
    AmountKind { code: code.to_string(), scale: 0 }
}

/// The whole behind a cover without other dimensions.
pub(super) fn cover_total(any: u64, base: u64) -> CoverTotal {
    CoverTotal { values: Vec::new(), any, base }
}

/// With a capital.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
