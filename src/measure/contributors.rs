//! Who stands behind a cell: the people to whom its units belong.

use super::{Exposure, Family, Group, Measured};

/// The people behind the cell of a family under these conditions (position in the family's dimensions, group): at least so many.
///
/// `None`: nobody stands behind it (an open universe; rows that were set aside). For a universe of persons it is the cell's own n.
/// For units that belong to persons it is the persons' cell under the same conditions; where values of a cover are merged, the
/// largest of their cells, since the same people may be in several. `Some(0)` where the persons are not counted by this cut:
/// nothing is known of them, so nothing may be shown.
pub fn contributors(measured: &Measured, family: usize, conditions: &[(usize, &Group)]) -> Option<u64> {
    let own = measured.families.get(family)?;
    match measured.universes.get(own.universe)?.exposure {
        Exposure::Open => None,
        Exposure::Persons => {
            let wanted: Vec<(usize, Vec<u16>)> = conditions.iter().map(|(p, g)| (*p, g.members.clone())).collect();
            Some(at_least(measured, own, &wanted))
        }
        Exposure::Of(people) => {
            let mut best: Option<u64> = None;
            for other in measured.families.iter().filter(|f| f.universe == people) {
                match translated(measured, own, other, conditions) {
                    Translated::Nobody => return None,
                    Translated::NotCut => {}
                    Translated::To(wanted) => {
                        best = Some(best.unwrap_or(0).max(at_least(measured, other, &wanted)));
                    }
                }
            }
            Some(best.unwrap_or(0))
        }
    }
}

enum Translated {
    /// The persons' family is not cut by these dimensions (or by more, which covers do not allow).
    NotCut,
    /// The persons' dimension has none of these values: units of nobody.
    Nobody,
    To(Vec<(usize, Vec<u16>)>),
}

/// The same conditions in another family, value by value by their codes.
fn translated(measured: &Measured, own: &Family, other: &Family, conditions: &[(usize, &Group)]) -> Translated {
    if other.dimensions.len() != conditions.len() {
        return Translated::NotCut;
    }
    let mut wanted = Vec::new();
    let mut nobody = false;
    for (position, group) in conditions {
        let Some(mine) = own.dimensions.get(*position).and_then(|&d| measured.dimensions.get(d)) else {
            return Translated::NotCut;
        };
        let theirs = other
            .dimensions
            .iter()
            .enumerate()
            .find_map(|(at, &d)| measured.dimensions.get(d).filter(|d| d.code == mine.code).map(|d| (at, d)));
        let Some((at, theirs)) = theirs else { return Translated::NotCut };
        let codes: Vec<&str> =
            group.members.iter().filter_map(|&m| mine.values.get(usize::from(m))).map(|v| v.code.as_str()).collect();
        let values: Vec<u16> =
            (0u16..).zip(&theirs.values).filter(|(_, v)| codes.contains(&v.code.as_str())).map(|(at, _)| at).collect();
        nobody |= values.is_empty();
        wanted.push((at, values));
    }
    if nobody { Translated::Nobody } else { Translated::To(wanted) }
}

/// n of the atoms with these values: their sum, or the largest where they overlap.
fn at_least(measured: &Measured, family: &Family, wanted: &[(usize, Vec<u16>)]) -> u64 {
    let cover = family.dimensions.iter().any(|&d| measured.dimensions.get(d).is_some_and(|d| d.cover));
    let atoms = family
        .atoms
        .iter()
        .filter(|a| wanted.iter().all(|(at, values)| a.values.get(*at).is_some_and(|v| values.contains(v))))
        .map(|a| a.n);
    if !cover {
        return atoms.sum();
    }
    let base: u64 = family.covers.iter().map(|c| c.base).max().unwrap_or(0);
    if wanted.is_empty() { base } else { atoms.max().unwrap_or(0) }
}
