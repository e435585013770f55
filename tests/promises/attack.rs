//! An attack on what is published: it reads only `public/` (and, to know what to aim at, the list of first causes), makes cells of
//! the rows of `figures.csv`, builds the identities I1 to I4 as linear constraints, and asks an LP for the least and the greatest that
//! each withheld cell can be. It shares nothing with the gate but the published forms.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use good_lp::{Expression, Solution, SolverModel, constraint, microlp, variable, variables};
use reach::measure::key::Key;
use reach::measure::{Exposure, Measured, State};

use crate::programme::{Programme, counted};
use crate::protect::gate;

/// A published figure, as the CSVs tell it.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub id: String,
    pub measure: String,
    pub universe: String,
    pub dimensions: Vec<(String, String)>,
    pub value: Option<f64>,
    pub base: Option<u64>,
    /// The column `number` of `tables/*.csv`.
    pub number: Option<u64>,
    pub missing: [Option<u64>; 4],
}

/// A cell withheld as a first cause, and what must stay possible.
pub type Aim = (String, (f64, f64));

const MISSING: [(&str, State); 4] = [
    ("refused", State::Refused),
    ("blank", State::Blank),
    ("not_asked", State::NotAsked),
    ("unreadable", State::Unreadable),
];

/// What anybody knows of the dimensions of one universe: their values, which are answers, and which may overlap.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    pub axes: BTreeMap<String, Axis>,
    /// Universes whose units belong to the people of this one (I3), and whether they do not so but hold them all (I4).
    pub beside: Vec<(String, bool)>,
}

#[derive(Debug, Clone, Default)]
pub struct Axis {
    values: Vec<(String, State)>,
    cover: bool,
}

impl Axis {
    fn all(&self) -> BTreeSet<String> {
        self.values.iter().map(|v| v.0.clone()).collect()
    }
    fn of(&self, state: State) -> BTreeSet<String> {
        self.values.iter().filter(|v| v.1 == state).map(|v| v.0.clone()).collect()
    }
}

/// The shape of every universe, from the lists that the questionnaires, registers and calendars give.
pub fn shapes(measured: &Measured) -> BTreeMap<String, Shape> {
    let mut out: BTreeMap<String, Shape> = BTreeMap::new();
    for family in &measured.families {
        let universe = &measured.universes[family.universe];
        if universe.exposure == Exposure::Open {
            continue;
        }
        let shape = out.entry(universe.key.clone()).or_default();
        for d in family.dimensions.iter().map(|d| &measured.dimensions[*d]) {
            let axis = shape.axes.entry(d.code.clone()).or_default();
            axis.cover = d.cover;
            for v in &d.values {
                if !axis.values.iter().any(|o| o.0 == v.code) {
                    axis.values.push((v.code.clone(), v.state));
                }
            }
        }
    }
    let key = |u: usize| measured.universes[u].key.clone();
    for universe in &measured.universes {
        if let Exposure::Of(people) = universe.exposure
            && let Some(shape) = out.get_mut(&key(people))
        {
            shape.beside.push((universe.key.clone(), false));
        }
    }
    for (part, of) in &measured.subsets {
        out.get_mut(&key(*part)).unwrap().beside.push((key(*of), true));
    }
    out
}

/// The rows of `figures.csv`, with the numbers of `tables/*.csv`.
pub fn read(public: &Path) -> Vec<Row> {
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    for entry in std::fs::read_dir(public.join("tables")).unwrap() {
        let mut reader = csv::Reader::from_path(entry.unwrap().path()).unwrap();
        let headers: Vec<String> =
            reader.headers().unwrap().iter().map(|h| h.trim_start_matches('\u{feff}').into()).collect();
        let at = |name: &str| headers.iter().rposition(|h| h == name).unwrap();
        let (figure, number) = (at("figure"), at("number"));
        for record in reader.records().map(Result::unwrap) {
            if let Ok(n) = record[number].parse() {
                numbers.insert(record[figure].to_string(), n);
            }
        }
    }
    let mut reader = csv::Reader::from_path(public.join("figures.csv")).unwrap();
    let headers: Vec<String> =
        reader.headers().unwrap().iter().map(|h| h.trim_start_matches('\u{feff}').into()).collect();
    let at = |name: &str| headers.iter().position(|h| h == name).unwrap();
    reader
        .records()
        .map(Result::unwrap)
        .map(|r| {
            let text = |name: &str| r[at(name)].to_string();
            Row {
                id: text("figure"),
                measure: text("measure"),
                universe: text("universe"),
                dimensions: (1..=3)
                    .map(|i| (text(&format!("dimension_{i}")), text(&format!("value_{i}"))))
                    .filter(|(d, _)| !d.is_empty())
                    .collect(),
                value: text("value").parse().ok(),
                base: text("base").parse().ok(),
                number: numbers.get(&text("figure")).copied(),
                missing: MISSING.map(|(name, _)| text(name).parse().ok()),
            }
        })
        .collect()
}

/// The same of figures that were not written down.
pub fn rows(out: &reach::protect::Protected) -> Vec<Row> {
    out.figures
        .iter()
        .map(|f| f.get())
        .map(|f| Row {
            id: f.id.clone(),
            measure: f.measure.to_string(),
            universe: f.universe.clone(),
            dimensions: f.dimensions.iter().map(|c| (c.dimension.clone(), c.value.clone())).collect(),
            value: f.value,
            base: f.base.as_ref().map(|b| b.n),
            number: f.numerator.as_ref().map(|c| c.n),
            missing: [f.missing.refused, f.missing.blank, f.missing.not_asked, f.missing.unreadable],
        })
        .collect()
}

pub fn aims(out: &reach::protect::Protected) -> Vec<Aim> {
    let interval = |p: &(i64, i64)| (p.0 as f64, p.1 as f64);
    out.audit.first_causes.iter().zip(&out.audit.protect).map(|(c, p)| (c.0.clone(), interval(p))).collect()
}

/// Which units a published number counts: values by dimension. `*base` stands as itself.
type On = BTreeMap<String, BTreeSet<String>>;

/// The cells that the rows tell, by universe.
pub fn cells(rows: &[Row], shapes: &BTreeMap<String, Shape>) -> BTreeMap<String, BTreeMap<On, u64>> {
    let mut out: BTreeMap<String, BTreeMap<On, u64>> = BTreeMap::new();
    // Which values a table shows by themselves: the rest is what it calls "(other)".
    let mut named: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let table = |id: &str| id.split('/').take(2).collect::<Vec<_>>().join("/");
    for row in rows {
        for (d, v) in &row.dimensions {
            if v != "(other)" {
                named.entry((table(&row.id), d.clone())).or_default().extend(v.split('+').map(str::to_string));
            }
        }
    }
    for row in rows {
        let Some(shape) = shapes.get(&row.universe) else { continue };
        let told = out.entry(row.universe.clone()).or_default();
        let mut on = On::new();
        for (d, v) in &row.dimensions {
            let set = match v.as_str() {
                "(other)" => shape.axes[d].all().difference(&named[&(table(&row.id), d.clone())]).cloned().collect(),
                v => v.split('+').map(str::to_string).collect(),
            };
            on.insert(d.clone(), set);
        }
        match row.measure.as_str() {
            "answers" => {
                let Some((q, _)) = row.dimensions.last() else { continue };
                let Some(base) = row.base else { continue };
                if let Some(value) = row.value {
                    told.insert(on.clone(), (value * base as f64 / 100.0).round() as u64);
                }
                let mut whole = on.clone();
                let axis = &shape.axes[q];
                if axis.cover {
                    whole.insert(q.clone(), BTreeSet::from(["*base".to_string()]));
                } else {
                    // Whoever is in a group shown answered, as the base counts them.
                    let shown: BTreeSet<String> = named[&(table(&row.id), q.clone())].clone();
                    whole.insert(q.clone(), shown);
                    for ((_, state), n) in MISSING.iter().zip(row.missing) {
                        let set = axis.of(*state);
                        if let (Some(n), false) = (n, set.is_empty()) {
                            let mut missing = on.clone();
                            missing.insert(q.clone(), set);
                            told.insert(missing, n);
                        }
                    }
                }
                told.insert(whole, base);
            }
            "responses" | "people" | "people-new" | "people-returning" | "people-list" | "attendances" | "pairs"
            | "rows" => {
                let Some(value) = row.value else { continue };
                told.insert(on, value as u64);
                if let (Some(base), false) = (row.base, row.dimensions.is_empty()) {
                    told.insert(On::new(), base);
                }
            }
            "coverage" | "response-rate" => drop(row.number.map(|n| told.insert(on, n))),
            _ => {}
        }
    }
    out
}

/// The least and the greatest that a cell can be, given these cells of its universe.
pub struct Attack<'a> {
    shape: &'a Shape,
    cells: BTreeMap<On, u64>,
    /// What cells are at most, and whether they are none only if that is none: by units of theirs, and wholes they are part of.
    most: Vec<(On, u64, bool)>,
}

impl<'a> Attack<'a> {
    pub fn new(shape: &'a Shape, universe: &str, told: &BTreeMap<String, BTreeMap<On, u64>>) -> Self {
        let mut attack = Attack { shape, cells: BTreeMap::new(), most: Vec::new() };
        for (on, n) in told.get(universe).into_iter().flatten() {
            attack.cells.insert(attack.months(on), *n);
        }
        for (other, part) in &shape.beside {
            for (on, n) in told.get(other).into_iter().flatten() {
                // Of a part only the whole is known to be inside; fates that no person shares are nobody's.
                let has = |(d, set): (&String, &BTreeSet<String>)| {
                    shape.axes.get(d).is_some_and(|a| set.iter().all(|v| a.values.iter().any(|o| o.0 == *v)))
                };
                if on.iter().all(has) && (on.is_empty() || !part) {
                    attack.most.push((attack.months(on), *n, !part));
                }
            }
        }
        attack
    }

    /// Years and quarters are sets of months, where there are months.
    fn months(&self, on: &On) -> On {
        let mut out = On::new();
        for (d, set) in on {
            let axis = &self.shape.axes[d];
            let prefix = d.strip_suffix("year").or_else(|| d.strip_suffix("quarter"));
            let month = prefix.map(|p| format!("{p}month")).filter(|m| !axis.cover && self.shape.axes.contains_key(m));
            let Some(month) = month else {
                if axis.cover || set.len() < axis.values.len() {
                    out.insert(d.clone(), set.clone());
                }
                continue;
            };
            let inside = |m: &&String| {
                set.iter().any(|long| {
                    if long == *m {
                        return true;
                    }
                    let Some((y, n)) = m.split_once('-') else { return false };
                    let Ok((y, n)) = y.parse::<i32>().and_then(|y| n.parse::<i32>().map(|n| (y, n))) else {
                        return false;
                    };
                    match long.split_once('-') {
                        None => *long == format!("{y}"),
                        Some((ly, q)) if q.starts_with('Q') => {
                            *ly == format!("{y}") && q == format!("Q{}", (n + 2) / 3)
                        }
                        // April to March, as in all programmes here whose year is no calendar year.
                        Some((ly, _)) => *ly == format!("{}", if n >= 4 { y } else { y - 1 }),
                    }
                })
            };
            let all = self.shape.axes[&month].all();
            out.insert(month, all.iter().filter(inside).cloned().collect());
        }
        out
    }

    /// The axes of a joint table in which the cell stands: its own, and one more that is shown crossed with each of them.
    fn tables(&self, on: &On) -> Vec<Vec<String>> {
        let own: Vec<String> = on.keys().cloned().collect();
        let mut out = vec![own.clone()];
        for (other, axis) in &self.shape.axes {
            let crossed =
                |d: &String| self.cells.keys().any(|c| c.len() == 2 && c.contains_key(d) && c.contains_key(other));
            if !own.contains(other) && !axis.cover && !own.is_empty() && own.iter().all(crossed) {
                out.push(own.iter().cloned().chain([other.clone()]).collect());
            }
        }
        out
    }

    pub fn interval(&self, key: &str) -> (f64, f64) {
        let key = Key::parse(key).unwrap();
        let on: On = key.conditions.into_iter().map(|(d, c)| (d, c.into_iter().collect())).collect();
        let on = self.months(&on);
        if let Some(n) = self.cells.get(&on) {
            return (*n as f64, *n as f64);
        }
        let covers = on.keys().filter(|d| self.shape.axes[*d].cover).count();
        if covers == on.len() && covers > 0 && !on.values().any(|s| s.iter().any(|c| c.starts_with('*'))) {
            return self.covers(&on);
        }
        let mut out = (0.0, f64::INFINITY);
        for axes in self.tables(&on) {
            let (low, high) = self.joint(&on, &axes);
            out = (f64::max(out.0, low), f64::min(out.1, high));
        }
        out
    }

    /// Position sets along each axis; a cover is yes (0), no (1) and not in its base (2), for the value aimed at.
    fn local(&self, axis: &str, set: &BTreeSet<String>, aimed: Option<&BTreeSet<String>>) -> Option<BTreeSet<usize>> {
        let shape = &self.shape.axes[axis];
        if !shape.cover {
            return Some((0..shape.values.len()).filter(|i| set.contains(&shape.values[*i].0)).collect());
        }
        let base = set.iter().any(|c| c.starts_with("*base"));
        if base {
            return Some(BTreeSet::from([0, 1]));
        }
        (aimed == Some(set)).then(|| BTreeSet::from([0]))
    }

    fn joint(&self, on: &On, axes: &[String]) -> (f64, f64) {
        let sizes: Vec<usize> =
            axes.iter().map(|a| if self.shape.axes[a].cover { 3 } else { self.shape.axes[a].values.len() }).collect();
        let total: usize = sizes.iter().product();
        if total > 4_000 {
            // Too large to ask: only the cell's own dimensions are, and those are smaller in every programme here.
            assert!(axes.len() > on.len(), "{axes:?}");
            return (0.0, f64::INFINITY);
        }
        let grid = |sets: &On| -> Option<Vec<usize>> {
            let mut at: Vec<usize> = vec![0];
            for (axis, size) in axes.iter().zip(&sizes) {
                let inside = match sets.get(axis) {
                    None => (0..*size).collect(),
                    Some(set) => self.local(axis, set, on.get(axis))?,
                };
                at = at.iter().flat_map(|i| inside.iter().map(move |j| i * size + j)).collect();
            }
            Some(at)
        };
        // What no constraint tells apart is one variable; what the aim covers only in part may be nothing of it.
        let mut sums: Vec<(BTreeSet<usize>, f64)> = Vec::new();
        for (cell, n) in &self.cells {
            if cell.keys().all(|d| axes.contains(d))
                && let Some(at) = grid(cell)
            {
                sums.push((at.into_iter().collect(), *n as f64));
            }
        }
        let mut bounds: Vec<(BTreeSet<usize>, f64, bool)> = Vec::new();
        for (cell, n, theirs) in &self.most {
            if cell.keys().all(|d| axes.contains(d) && !self.shape.axes[d].cover)
                && let Some(at) = grid(cell)
            {
                bounds.push((at.into_iter().collect(), *n as f64, *theirs));
            }
        }
        let aim: BTreeSet<usize> = grid(on).unwrap().into_iter().collect();
        let mut classes: BTreeMap<(Vec<usize>, bool), usize> = BTreeMap::new();
        let class_of: Vec<usize> = (0..total)
            .map(|i| {
                let sets = sums.iter().map(|s| &s.0).chain(bounds.iter().map(|b| &b.0));
                let signature = sets.enumerate().filter(|(_, s)| s.contains(&i)).map(|(at, _)| at).collect();
                let next = classes.len();
                *classes.entry((signature, aim.contains(&i))).or_insert(next)
            })
            .collect();
        let solve = |sign: f64| -> f64 {
            let mut vars = variables!();
            let x: Vec<_> = (0..classes.len()).map(|_| vars.add(variable().min(0))).collect();
            let sum = |of: &BTreeSet<usize>| -> Expression {
                let of: BTreeSet<usize> = of.iter().map(|i| class_of[*i]).collect();
                of.into_iter().map(|c| Expression::from(x[c])).sum()
            };
            let mut problem = vars.minimise(sum(&aim) * sign).using(microlp);
            for (of, n) in &sums {
                problem = problem.with(constraint!(sum(of) == *n));
            }
            for (of, n, theirs) in &bounds {
                problem = problem.with(constraint!(sum(of) <= *n));
                if *theirs && *n > 0.0 {
                    problem = problem.with(constraint!(sum(of) >= 1.0));
                }
            }
            match problem.solve() {
                Ok(solution) => solution.eval(sum(&aim)),
                Err(good_lp::ResolutionError::Unbounded) => f64::INFINITY,
                Err(e) => panic!("what is published contradicts itself: {e} ({axes:?})"),
            }
        };
        (solve(1.0), solve(-1.0))
    }

    /// Cells of covers (I2): a fact with both values is one with either; whoever has a value has it with some value of the other.
    fn covers(&self, on: &On) -> (f64, f64) {
        let axes: Vec<&String> = on.keys().collect();
        let values = |a: &String| -> Vec<String> { self.shape.axes[a].all().into_iter().collect() };
        let mut keys: Vec<On> = vec![On::new()];
        for a in &axes {
            let single = |v: String| On::from([((*a).clone(), BTreeSet::from([v]))]);
            keys.extend(values(a).into_iter().map(single));
        }
        if let [a, b] = axes.as_slice() {
            for v in values(a) {
                for w in values(b) {
                    keys.push(On::from([
                        ((*a).clone(), BTreeSet::from([v.clone()])),
                        ((*b).clone(), BTreeSet::from([w])),
                    ]));
                }
            }
        }
        // Whoever came in a year was new or had come before (I4).
        let years = ["year", "first-year", "returning-year"].map(str::to_string);
        let with_years =
            axes.len() == 1 && years.contains(axes[0]) && years.iter().all(|y| self.shape.axes.contains_key(y));
        let of_year = |axis: &String, v: &String| On::from([(axis.clone(), BTreeSet::from([v.clone()]))]);
        if with_years {
            for axis in &years {
                for v in years.iter().flat_map(|y| self.shape.axes[y].all()) {
                    if !keys.contains(&of_year(axis, &v)) {
                        keys.push(of_year(axis, &v));
                    }
                }
            }
        }
        let question = axes.iter().any(|a| a.starts_with("q:"));
        let whole = |axis: &String| {
            let base = On::from([(axis.clone(), BTreeSet::from(["*base".to_string()]))]);
            self.cells.get(&base).copied()
        };
        let solve = |sign: f64| -> f64 {
            let mut vars = variables!();
            let x: BTreeMap<&On, _> = keys.iter().map(|k| (k, vars.add(variable().min(0)))).collect();
            let mut problem = vars.minimise(sign * x[on]).using(microlp);
            if with_years {
                for v in self.shape.axes[&years[0]].all() {
                    let at = |axis: usize| x[&of_year(&years[axis], &v)];
                    problem = problem.with(constraint!(at(1) + at(2) == at(0)));
                }
            }
            for (key, v) in &x {
                for (_, n, theirs) in self.most.iter().filter(|m| m.0 == **key) {
                    problem = problem.with(constraint!(*v <= *n as f64));
                    if *theirs && *n > 0 {
                        problem = problem.with(constraint!(*v >= 1.0));
                    }
                }
                if let Some(n) = self.cells.get(*key) {
                    problem = problem.with(constraint!(*v == *n as f64));
                }
                for drop in key.keys() {
                    let mut wider = (*key).clone();
                    wider.remove(drop);
                    problem = problem.with(constraint!(*v <= x[&wider]));
                    if key.len() == 1
                        && let Some(base) = whole(drop)
                    {
                        problem = problem.with(constraint!(*v <= base as f64));
                    }
                }
                // Everybody has a place, a month, a year; not everybody ticks an option.
                for a in axes.iter().filter(|a| !key.contains_key(**a) && !question) {
                    let parts: Expression = x
                        .iter()
                        .filter(|(k, _)| {
                            k.len() == key.len() + 1
                                && k.contains_key(*a)
                                && key.iter().all(|(d, s)| k.get(d) == Some(s))
                        })
                        .map(|(_, v)| Expression::from(*v))
                        .sum();
                    // First years and returning years are no facts that everybody has.
                    if !a.contains("first-") && !a.contains("returning-") {
                        problem = problem.with(constraint!(*v <= parts));
                    }
                }
            }
            match problem.solve() {
                Ok(solution) => solution.value(x[on]),
                Err(good_lp::ResolutionError::Unbounded) => f64::INFINITY,
                Err(e) => panic!("what is published contradicts itself: {e} ({axes:?})"),
            }
        };
        (solve(1.0), solve(-1.0))
    }
}

/// The aims that the rows narrow below what must stay possible.
pub fn narrowed(rows: &[Row], aims: &[Aim], shapes: &BTreeMap<String, Shape>) -> Vec<String> {
    let told = cells(rows, shapes);
    let mut attacks: BTreeMap<&String, Attack<'_>> = BTreeMap::new();
    let mut out = Vec::new();
    for (key, (least, most)) in aims {
        let universe = Key::parse(key).unwrap().universe;
        let (universe, shape) = shapes.get_key_value(&universe).unwrap();
        let attack = attacks.entry(universe).or_insert_with(|| Attack::new(shape, universe, &told));
        let (low, high) = attack.interval(key);
        if low > least + 1e-6 || high < most - 1e-6 {
            out.push(format!("{key}: {low}..{high} is narrower than {least}..{most}"));
        }
    }
    out
}

/// The shapes, rows and aims of a programme; and what was measured.
fn programme(seed: u64) -> (Measured, reach::protect::Protected) {
    let measured = Programme::random(seed).measured();
    let out = gate(&measured);
    (measured, out)
}

#[test]
fn nothing_that_is_withheld_can_be_worked_out() {
    let (mut aimed, mut found) = (0, Vec::new());
    for seed in 0..200 {
        let (measured, out) = programme(seed);
        let aims = aims(&out);
        aimed += aims.len();
        found.extend(narrowed(&rows(&out), &aims, &shapes(&measured)).into_iter().map(|f| format!("{seed}: {f}")));
    }
    println!("{aimed} cells aimed at");
    assert!(aimed > 2_000 && found.is_empty(), "{aimed}: {found:#?}");
}

#[test]
fn the_attack_succeeds_when_a_breakdown_is_shown_after_all() {
    let (mut tried, mut missed) = (0, Vec::new());
    for seed in 0..UNWITHHELD {
        let (measured, out) = programme(seed);
        let (aims, shapes) = (aims(&out), shapes(&measured));
        for table in out.tables.iter().filter(|t| t.withheld.is_some()) {
            let plain = measured.tables.iter().find(|t| t.id == table.id).unwrap();
            let universe = &measured.universes[measured.families[plain.family].universe];
            let withheld_for_itself =
                out.audit.reasons.iter().any(|r| r.0 == table.id && r.1.contains("below the profile's limit"));
            // Of nobody there is nothing to protect.
            let nobody = measured.families[plain.family].atoms.iter().all(|a| a.n == 0);
            if universe.exposure == Exposure::Open
                || ["mean-score", "coverage", "contact-hours"].contains(&plain.measure)
                || !withheld_for_itself
                || nobody
            {
                continue;
            }
            // A place where all but a few came is barred for those few; visits there do not tell how many they are. And how many of a
            // group answered may follow from totals: then nothing is left to aim at but the answers, which are no first causes.
            let cut: Vec<&str> = plain
                .cut
                .iter()
                .map(|at| measured.families[plain.family].dimensions[*at])
                .map(|d| measured.dimensions[d].code.as_str())
                .collect();
            let people = match universe.exposure {
                Exposure::Of(people) => &measured.universes[people].key,
                _ => &universe.key,
            };
            let aimed = |(key, (least, most)): &&Aim| {
                let key = Key::parse(key).unwrap();
                let inside = key.conditions.iter().all(|(d, _)| cut.contains(&d.as_str()));
                key.universe == *people
                    && if universe.exposure == Exposure::Persons { least == most } else { inside && *least == 0.0 }
            };
            let few = aims.iter().any(|a| aimed(&a));
            if few == (universe.exposure == Exposure::Persons) {
                continue;
            }
            let mut rows = rows(&out);
            rows.retain(|r| r.id != table.id);
            let grouping = reach::measure::identity(&measured, plain.family);
            rows.extend(reach::measure::figures(&measured, plain, &grouping).iter().map(|f| Row {
                id: f.id.clone(),
                measure: f.measure.to_string(),
                universe: f.universe.clone(),
                dimensions: f.dimensions.iter().map(|c| (c.dimension.clone(), c.value.clone())).collect(),
                value: f.value,
                base: f.base.as_ref().map(|b| b.n),
                number: f.numerator.as_ref().map(|c| c.n),
                missing: [f.missing.refused, f.missing.blank, f.missing.not_asked, f.missing.unreadable],
            }));
            tried += 1;
            if narrowed(&rows, &aims, &shapes).is_empty() {
                missed.push(format!("{seed}: {}", table.id));
            }
        }
    }
    assert!(tried > 50 && missed.is_empty(), "of {tried} can be shown unnoticed: {missed:#?}");
}

/// How many programmes have their withheld tables shown after all.
const UNWITHHELD: u64 = 60;

/// The release of a run of the binary over this folder: what it published, and the cells it aimed to protect.
fn released(folder: &Path) -> (Vec<Row>, Vec<Aim>) {
    let out = tempfile::tempdir().unwrap();
    let spec = folder.join("reach.toml");
    let ran = crate::support::reach(&["run", spec.to_str().unwrap(), "--out", out.path().to_str().unwrap()]);
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    let programme = std::fs::read_dir(out.path()).unwrap().next().unwrap().unwrap().path();
    let current = programme.join("current");
    let mut reader = csv::Reader::from_path(current.join("internal/first-causes.csv")).unwrap();
    let number = |r: &csv::StringRecord, i: usize| r[i].parse::<f64>().unwrap();
    let aims =
        reader.records().map(Result::unwrap).map(|r| (r[0].to_string(), (number(&r, 3), number(&r, 4)))).collect();
    (read(&current.join("public")), aims)
}

#[test]
fn nothing_withheld_of_newcastle_or_the_demo_can_be_worked_out() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    let copy = tempfile::tempdir().unwrap();
    crate::support::copy_tree(&demo, copy.path());
    for folder in [Some(copy), crate::support::newcastle()].into_iter().flatten() {
        let shapes = shapes(&counted(folder.path()));
        let (rows, aims) = released(folder.path());
        println!("{} rows, {} cells aimed at", rows.len(), aims.len());
        assert!(rows.len() > 100 && aims.len() > 50);
        assert_eq!(narrowed(&rows, &aims, &shapes), Vec::<String>::new());
    }
}
