//! The identities I1–I5 of docs/architecture.md, section 5, checked on every run.

use std::collections::BTreeMap;

use super::build::MOST_ATOMS;
use super::key::Key;
use super::{
    Exposure, Family, Figure, Formula, Group, Measured, State, Table, catalogue, contributors, figures, identity,
};

/// Every identity that does not hold, as sentences without any cell's text; empty when all is well.
pub fn check(measured: &Measured) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, family) in measured.families.iter().enumerate() {
        shape(measured, at, family, &mut wrong);
    }
    if !wrong.is_empty() {
        return wrong;
    }
    margins(measured, &mut wrong);
    covers(measured, &mut wrong);
    people_behind(measured, &mut wrong);
    years_of_people(measured, &mut wrong);
    subsets(measured, &mut wrong);
    rows(measured, &mut wrong);
    recomputed(measured, &mut wrong);
    wrong
}

fn name(measured: &Measured, family: &Family) -> String {
    let codes: Vec<&str> =
        family.dimensions.iter().filter_map(|&d| measured.dimensions.get(d)).map(|d| d.code.as_str()).collect();
    let universe = measured.universes.get(family.universe).map_or("?", |u| u.key.as_str());
    format!("{universe} by [{}]", codes.join(", "))
}

/// Indices point somewhere, atoms are sorted and stand once, and there are not too many.
fn shape(measured: &Measured, at: usize, family: &Family, wrong: &mut Vec<String>) {
    let name = || name(measured, family);
    if measured.universes.get(family.universe).is_none() {
        wrong.push(format!("family {at} has no universe"));
        return;
    }
    let dimensions: Vec<_> = family.dimensions.iter().filter_map(|&d| measured.dimensions.get(d)).collect();
    if dimensions.len() != family.dimensions.len() {
        wrong.push(format!("{}: a dimension does not exist", name()));
        return;
    }
    let last = dimensions.len().saturating_sub(1);
    if dimensions.iter().take(last).any(|d| d.cover) && !dimensions.iter().all(|d| d.cover) {
        wrong.push(format!("{}: a cover before a partition", name()));
    }
    if family.atoms.len() > MOST_ATOMS {
        wrong.push(format!("{}: {} atoms", name(), family.atoms.len()));
    }
    let fits = |values: &[u16]| values.iter().zip(&dimensions).all(|(&v, d)| usize::from(v) < d.values.len());
    if family.atoms.iter().any(|a| a.values.len() != dimensions.len() || !fits(&a.values)) {
        wrong.push(format!("{}: an atom of a value that does not exist", name()));
    }
    if family.atoms.iter().any(|a| a.amounts.len() != family.amounts.len()) {
        wrong.push(format!("{}: an atom without its amounts", name()));
    }
    if family.atoms.windows(2).any(|w| matches!(w, [a, b] if a.values >= b.values)) {
        wrong.push(format!("{}: atoms out of order or twice", name()));
    }
    for atom in family.atoms.iter().filter(|a| !a.clusters.is_empty()) {
        if atom.clusters.iter().map(|c| c.1).sum::<u64>() != atom.n {
            wrong.push(format!("{}: the sessions of an atom do not add up to it", name()));
            return;
        }
    }
}

/// I1: families of one universe agree on the cells they share: the whole, and each partition on its own or in pairs.
fn margins(measured: &Measured, wrong: &mut Vec<String>) {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for family in &measured.families {
        let Some(universe) = measured.universes.get(family.universe) else { continue };
        let partitions: Vec<usize> = (0..family.dimensions.len())
            .filter(|&p| family.dimensions.get(p).and_then(|&d| measured.dimensions.get(d)).is_some_and(|d| !d.cover))
            .collect();
        let mut subsets: Vec<Vec<usize>> = vec![Vec::new()];
        subsets.extend(partitions.iter().map(|&p| vec![p]));
        for (at, &a) in partitions.iter().enumerate() {
            subsets.extend(partitions.iter().skip(at + 1).map(|&b| vec![a, b]));
        }
        let covered = partitions.len() < family.dimensions.len();
        for subset in subsets {
            let mut cells: BTreeMap<String, u64> = BTreeMap::new();
            let mut add = |values: &[u16], n: u64| {
                let mut key = Key::whole(&universe.key);
                for &p in &subset {
                    let dimension = family.dimensions.get(p).and_then(|&d| measured.dimensions.get(d));
                    let value = dimension.and_then(|d| d.values.get(usize::from(*values.get(p)?)));
                    let (dimension, value) = dimension.zip(value)?;
                    key = key.with(&dimension.code, &value.code);
                }
                *cells.entry(key.to_string()).or_default() += n;
                Some(())
            };
            if covered {
                // A cover's atoms overlap, and its base is not the universe (who did not answer is left out): I2 looks at it.
                continue;
            }
            for atom in &family.atoms {
                add(&atom.values, atom.n);
            }
            for (key, n) in cells {
                let before = *seen.entry(key.clone()).or_insert(n);
                if before != n {
                    wrong.push(format!("I1: {key} is {before} in one family and {n} in another"));
                }
            }
        }
    }
}

/// I2: largest member ≤ any ≤ sum of members, and any ≤ base.
fn covers(measured: &Measured, wrong: &mut Vec<String>) {
    for family in &measured.families {
        for total in &family.covers {
            let inside = family.atoms.iter().filter(|a| a.values.starts_with(&total.values));
            let (most, sum) = inside.fold((0u64, 0u64), |(m, s), a| (m.max(a.n), s.saturating_add(a.n)));
            if !(most <= total.any && total.any <= sum && total.any <= total.base) {
                wrong.push(format!("I2: {}: {most} ≤ {} ≤ {sum} does not hold", name(measured, family), total.any));
            }
        }
    }
}

/// I3: no more people than units, and none of both together.
fn people_behind(measured: &Measured, wrong: &mut Vec<String>) {
    for table in &measured.tables {
        let Some(family) = measured.families.get(table.family) else { continue };
        let exposure = measured.universes.get(family.universe).map(|u| u.exposure);
        let covered =
            |(at, &d): (usize, &usize)| !table.cut.contains(&at) && measured.dimensions.get(d).is_some_and(|d| d.cover);
        // Ticks are no units: a table of them has the cells of the table of responses.
        if !matches!(exposure, Some(Exposure::Of(_))) || family.dimensions.iter().enumerate().any(covered) {
            continue;
        }
        let grouping = identity(measured, table.family);
        let mut cells: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
        for atom in &family.atoms {
            let at: Option<Vec<u16>> = table.cut.iter().map(|&c| atom.values.get(c).copied()).collect();
            if let Some(at) = at {
                *cells.entry(at).or_default() += atom.n;
            }
        }
        for (at, n) in cells {
            let conditions: Option<Vec<(usize, &Group)>> = table
                .cut
                .iter()
                .zip(&at)
                .map(|(&c, &v)| Some((c, grouping.dimensions.get(c)?.get(usize::from(v))?)))
                .collect();
            let Some(people) = conditions.and_then(|c| contributors(measured, table.family, &c)) else { continue };
            if people > n || (people == 0) != (n == 0) {
                wrong.push(format!("I3: {}: {people} people behind {n} {}", table.id, unit(measured, family)));
            }
        }
    }
}

fn unit<'a>(measured: &'a Measured, family: &Family) -> &'a str {
    measured.universes.get(family.universe).map_or("units", |u| u.unit.1)
}

/// I4: pairs are no more than the responses of either wave.
fn subsets(measured: &Measured, wrong: &mut Vec<String>) {
    let whole = |universe: usize| -> u64 {
        let family = measured.families.iter().find(|f| f.universe == universe && f.dimensions.is_empty());
        family.map_or(0, |f| f.atoms.iter().map(|a| a.n).sum())
    };
    for &(part, of) in &measured.subsets {
        let key = |u: usize| measured.universes.get(u).map_or("?", |u| u.key.as_str());
        if whole(part) > whole(of) {
            wrong.push(format!("I4: {} of {}, but only {} of {}", whole(part), key(part), whole(of), key(of)));
        }
    }
}

/// I4: of the people of each year, the new and the returning are all.
fn years_of_people(measured: &Measured, wrong: &mut Vec<String>) {
    let by_year = |measure: &str| -> Option<BTreeMap<String, u64>> {
        let table = measured
            .tables
            .iter()
            .find(|t| t.measure == measure && t.together.as_deref() == Some(super::PEOPLE_BY_YEAR))?;
        let figures = figures(measured, table, &identity(measured, table.family));
        let of = |f: Figure| Some((f.dimensions.first()?.value.clone(), f.numerator?.n));
        Some(figures.into_iter().filter(|f| f.numerator.is_some()).filter_map(of).collect())
    };
    let (Some(active), Some(new), Some(returning)) = (
        by_year(catalogue::PEOPLE.code),
        by_year(catalogue::PEOPLE_NEW.code),
        by_year(catalogue::PEOPLE_RETURNING.code),
    ) else {
        return;
    };
    for (year, n) in active.iter().filter(|(y, _)| y.as_str() != "not-known") {
        let sum = new.get(year).unwrap_or(&0) + returning.get(year).unwrap_or(&0);
        if sum != *n {
            wrong.push(format!("I4: {year}: {n} people, but {sum} new and returning"));
        }
    }
}

/// I4: the rows of each source are those accepted and those set aside.
fn rows(measured: &Measured, wrong: &mut Vec<String>) {
    let sum: u64 = measured.ledger.accounts.iter().map(|a| a.rows).sum();
    let whole = |t: &&Table| t.measure == catalogue::ROWS.code && t.cut.is_empty();
    let tables: Vec<&Table> = measured.tables.iter().filter(whole).collect();
    let counted: u64 =
        tables.iter().filter_map(|t| measured.families.get(t.family)).flat_map(|f| &f.atoms).map(|a| a.n).sum();
    if !tables.is_empty() && counted != sum {
        wrong.push(format!("I4: {sum} rows in the ledger, but {counted} in the tables"));
    }
}

/// I5: every figure again, from the cells it reads and the words of its formula alone.
fn recomputed(measured: &Measured, wrong: &mut Vec<String>) {
    let mut ids: BTreeMap<String, ()> = BTreeMap::new();
    for table in &measured.tables {
        let mut said = 0;
        for figure in figures(measured, table, &identity(measured, table.family)) {
            if ids.insert(figure.id.clone(), ()).is_some() {
                wrong.push(format!("two figures are called {}", figure.id));
            }
            if let Some(problem) = again(measured, table, &figure) {
                if said < 3 {
                    wrong.push(format!("I5: {}: {problem}", figure.id));
                }
                said += 1;
            }
        }
    }
}

fn again(measured: &Measured, table: &Table, figure: &Figure) -> Option<String> {
    let value = figure.value?;
    let read = |cell: &super::Cell| figure.reads.contains(cell);
    let expected = match table.formula {
        Formula::Count => figure.numerator.as_ref().filter(|c| read(c)).map(|c| c.n as f64)?,
        Formula::Share { .. } | Formula::CoverShare => {
            let (x, n) = (figure.numerator.as_ref()?, figure.base.as_ref()?);
            if !read(x) || !read(n) {
                return Some("a cell is used that is not among those read".to_string());
            }
            100.0 * x.n as f64 / n.n as f64
        }
        Formula::Ratio { amount: None, .. } => {
            100.0 * figure.numerator.as_ref()?.n as f64 / figure.base.as_ref()?.n as f64
        }
        Formula::Mean { question } => {
            let dimension = measured
                .families
                .get(table.family)
                .and_then(|f| f.dimensions.get(question))
                .and_then(|&d| measured.dimensions.get(d))?;
            let codes: Vec<&str> =
                dimension.values.iter().filter(|v| v.state == State::Answered).map(|v| v.code.as_str()).collect();
            let (mut sum, mut n) = (0.0, 0.0);
            for cell in &figure.reads {
                let key = Key::parse(&cell.key)?;
                let (_, members) = key.conditions.iter().find(|(d, _)| *d == dimension.code)?;
                if let [code] = members.as_slice()
                    && let Some(at) = codes.iter().position(|c| c == code)
                    && (codes.len() > 1 || n == 0.0)
                {
                    sum += (at + 1) as f64 * cell.n as f64;
                    n += cell.n as f64;
                }
            }
            sum / n
        }
        // Sums and ratios to sums are of amounts, which the figure does not carry: the atoms are added up once more.
        Formula::Sum { .. } | Formula::Ratio { .. } => return None,
    };
    ((expected - value).abs() > 1e-9 * expected.abs().max(1.0)).then(|| format!("{value} is shown, {expected} is due"))
}
