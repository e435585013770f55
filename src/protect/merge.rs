//! Putting values together, so that a breakdown with a small group can still be shown.
//!
//! Neighbours where the values have an order, periods first inside the longer period they belong to; otherwise the smallest
//! into “other”. Ways to have no answer are put together first. One grouping is made for each dimension of a universe and used by
//! all its tables, so that no two tables cut the same people across each other.

use std::collections::BTreeSet;

use super::book::Axis;
use crate::measure::State;

/// Values shown as one, ascending.
pub(super) type Members = BTreeSet<u16>;

/// Groups of the values of an axis for which `fits` holds, in the order of the values; `None` if nothing but the whole would do.
///
/// `n` is the count of each value; `segments`, when given, are sets of values that no group may cross.
pub(super) fn groups(
    axis: &Axis,
    n: &[u64],
    segments: Option<&[Members]>,
    fits: &dyn Fn(&Members) -> bool,
) -> Option<Vec<Members>> {
    let whole = [axis.all()];
    let mut out = Vec::new();
    for segment in segments.unwrap_or(&whole) {
        out.extend(inside(axis, n, segment, fits)?);
    }
    // What was put together stands behind what stands alone, and the ways to have no answer behind both.
    let answered = axis.answered();
    out.sort_by_key(|g| (g.is_disjoint(&answered), !axis.ordered && g.len() > 1, g.clone()));
    let told_apart = out.iter().filter(|g| !g.is_disjoint(&answered)).count();
    (told_apart > 1 || answered.len() <= 1).then_some(out)
}

fn sum(n: &[u64], members: &Members) -> u64 {
    members.iter().filter_map(|v| n.get(usize::from(*v))).fold(0, |a, b| a.saturating_add(*b))
}

fn inside(axis: &Axis, n: &[u64], segment: &Members, fits: &dyn Fn(&Members) -> bool) -> Option<Vec<Members>> {
    let answered = |v: &u16| axis.states.get(usize::from(*v)) == Some(&State::Answered);
    let mut known: Vec<Members> = segment.iter().filter(|v| answered(v)).map(|v| Members::from([*v])).collect();
    let mut missing: Vec<Members> = segment.iter().filter(|v| !answered(v)).map(|v| Members::from([*v])).collect();
    if missing.iter().any(|m| !fits(m)) {
        missing = vec![missing.into_iter().flatten().collect()];
    }
    let lost = match missing.first() {
        Some(all) if !fits(all) => missing.pop(),
        _ => None,
    };
    if axis.ordered {
        neighbours(&mut known, n, fits)?
    } else {
        other(&mut known, n, fits)?
    }
    if let Some(lost) = lost {
        // Too few are not known to stand alone: they join “other”, or else the smallest group that has people.
        let at = (0..known.len()).min_by_key(|i| {
            let (n, alone) = known.get(*i).map_or((0, true), |k| (sum(n, k), k.len() == 1));
            (!axis.ordered && alone, n == 0, n, *i)
        });
        let group = at.and_then(|at| known.get_mut(at))?;
        group.extend(lost);
        if !fits(group) {
            return None;
        }
    }
    known.extend(missing);
    known.iter().all(fits).then_some(known)
}

/// Merges neighbours until every group fits: the smallest group that does not, with the smaller of its neighbours.
fn neighbours(groups: &mut Vec<Members>, n: &[u64], fits: &dyn Fn(&Members) -> bool) -> Option<()> {
    loop {
        let worst = (0..groups.len())
            .filter(|i| groups.get(*i).is_some_and(|g| !fits(g)))
            .min_by_key(|i| (groups.get(*i).map_or(0, |g| sum(n, g)), *i));
        let Some(at) = worst else { return Some(()) };
        let near = [at.checked_sub(1), Some(at + 1)];
        let with = near
            .into_iter()
            .flatten()
            .filter(|i| *i < groups.len())
            .min_by_key(|i| (groups.get(*i).map_or(0, |g| sum(n, g)), *i))?;
        let taken = groups.remove(at.max(with));
        groups.get_mut(at.min(with))?.extend(taken);
    }
}

/// Puts what does not fit into one group, and the smallest of the rest with it until that fits.
fn other(groups: &mut Vec<Members>, n: &[u64], fits: &dyn Fn(&Members) -> bool) -> Option<()> {
    let (mut stay, small): (Vec<Members>, Vec<Members>) = std::mem::take(groups).into_iter().partition(fits);
    let mut pool: Members = small.into_iter().flatten().collect();
    while !(pool.is_empty() || pool.len() > 1 && fits(&pool)) {
        let at = (0..stay.len()).min_by_key(|i| (stay.get(*i).map_or(0, |g| sum(n, g)), *i))?;
        pool.extend(stay.remove(at));
    }
    *groups = stay;
    if !pool.is_empty() {
        groups.push(pool);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Class;
    use proptest::prelude::*;

    fn axis(ordered: bool, answered: usize, missing: usize) -> Axis {
        let mut states = vec![State::Answered; answered];
        states.extend(std::iter::repeat_n(State::Blank, missing));
        Axis {
            code: "d".into(),
            codes: (0..states.len()).map(|i| format!("v{i}")).collect(),
            states,
            ordered,
            class: Class::Plain,
            cover: false,
        }
    }

    fn shown(axis: &Axis, n: &[u64]) -> Option<Vec<Vec<u16>>> {
        let fits = |m: &Members| {
            let n = sum(n, m);
            n == 0 || n >= 10
        };
        groups(axis, n, None, &fits).map(|g| g.into_iter().map(|m| m.into_iter().collect()).collect())
    }

    #[test]
    fn small_groups_join_a_neighbour_or_other() {
        assert_eq!(shown(&axis(true, 4, 0), &[20, 3, 12, 40]), Some(vec![vec![0], vec![1, 2], vec![3]]));
        assert_eq!(shown(&axis(false, 4, 0), &[20, 3, 12, 4]), Some(vec![vec![0], vec![1, 2, 3]]));
        assert_eq!(shown(&axis(false, 3, 0), &[20, 0, 12]), Some(vec![vec![0], vec![1], vec![2]]));
        assert_eq!(shown(&axis(false, 2, 0), &[20, 3]), None);
        assert_eq!(shown(&axis(false, 2, 2), &[20, 30, 4, 2]), Some(vec![vec![1], vec![0, 2, 3]]));
        assert_eq!(shown(&axis(true, 3, 1), &[4, 3, 8, 20]), None);
    }

    proptest! {
        #[test]
        fn groups_fit_and_hold_every_value_once(
            ordered: bool,
            n in proptest::collection::vec(prop_oneof![0u64..12, 0u64..60], 1..12),
            missing in 0usize..3,
        ) {
            let axis = axis(ordered, n.len().saturating_sub(missing).max(1), n.len() - n.len().saturating_sub(missing).max(1));
            if let Some(groups) = shown(&axis, &n) {
                let mut all: Vec<u16> = groups.iter().flatten().copied().collect();
                all.sort_unstable();
                prop_assert_eq!(all, (0..n.len() as u16).collect::<Vec<_>>());
                for g in groups {
                    let n = sum(&n, &g.iter().copied().collect());
                    prop_assert!(n == 0 || n >= 10);
                }
            }
        }
    }
}
