//! Logs of counts by place and month: blank is not zero, and a month without any column is still a month.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::build::{Builder, DimensionKind, Draft, MOST_ATOMS, occurring, sentence, whole};
use super::period::{Periods, month_number};
use super::{AmountKind, Atom, Basis, Exposure, Family, Formula, catalogue};
use crate::clean::Answer;
use crate::link::Counts;
use crate::spec::CountUnit;

/// One universe per source: its units are place-months, each with the amount counted, or the way in which it is not known.
pub(super) fn add(b: &mut Builder<'_>) {
    let linked = b.linked;
    for counts in &linked.counts {
        one(b, counts);
    }
}

/// The sum in units of 10^-scale; place-months known, refused, blank, not asked, unreadable.
const AMOUNTS: usize = 6;

fn one(b: &mut Builder<'_>, counts: &Counts) {
    let title = b.source_title(&counts.source);
    let (from, to) = (month_number(b.spec.programme.from), month_number(b.spec.programme.to));
    let inside = |d: Date| (from..=to).contains(&month_number(d));
    let months = counts.months.iter().map(|m| m.first).chain(counts.cells.iter().map(|c| c.month));
    let Some(periods) = Periods::covering(months.filter(|&d| inside(d)), b.out.year_starts) else { return };
    let scale = counts.cells.iter().filter_map(|c| c.value.answered()).map(|d| d.scale).max().unwrap_or(0).min(9);

    let places: Vec<Option<u32>> = counts.cells.iter().filter(|c| inside(c.month)).map(|c| c.site).collect();
    let has_places = places.iter().any(Option::is_some);
    let (site_values, map) = occurring(&b.sites, places.iter().copied(), "place not known");
    let unknown = u16::try_from(map.len()).unwrap_or(u16::MAX);
    let n_months = periods.len();
    let subject = b.subject("counts", &counts.source);
    let universe = b.universe(subject.clone(), ("place-month", "place-months"), Exposure::Open, title.clone());
    let n_sites = site_values.len();
    let site = b.dimension("site", "Place", site_values, DimensionKind::PLAIN);
    let year = b.dimension("year", "Year", periods.year_values(), DimensionKind::ORDERED);
    let month = b.dimension("month", "Month", periods.month_values(), DimensionKind::ORDERED);
    if n_sites.saturating_mul(n_months) > MOST_ATOMS {
        b.refuse(universe, &[site, month], n_sites.saturating_mul(n_months));
        return;
    }

    // Every place in every month of the span has a cell, so that a month without a column is a gap and no shorter axis.
    let mut cells: BTreeMap<(u16, u16), Atom> = BTreeMap::new();
    for s in 0..u16::try_from(n_sites).unwrap_or(u16::MAX) {
        for date in periods.months() {
            let Some(m) = periods.month(date) else { continue };
            let values = vec![s, periods.year(date).unwrap_or(0), m];
            cells.insert((s, m), Atom { values, amounts: vec![0; AMOUNTS], ..Atom::default() });
        }
    }
    for cell in counts.cells.iter().filter(|c| inside(c.month)) {
        let s = cell.site.and_then(|s| map.get(&s).copied()).unwrap_or(unknown);
        let Some(atom) = periods.month(cell.month).and_then(|m| cells.get_mut(&(s, m))) else { continue };
        atom.n += 1;
        let state = match cell.value {
            Answer::Answered(value) => {
                if let Some(sum) = atom.amounts.first_mut() {
                    *sum = sum.saturating_add(rescaled(value.digits, value.scale, scale));
                }
                1
            }
            Answer::Refused => 2,
            Answer::Blank => 3,
            Answer::NotAsked => 4,
            Answer::Unreadable => 5,
        };
        if let Some(n) = atom.amounts.get_mut(state) {
            *n += 1;
        }
    }
    for atom in cells.values_mut().filter(|a| a.n == 0) {
        atom.n = 1;
        if let Some(n) = atom.amounts.get_mut(4) {
            *n = 1;
        }
    }

    let mut amounts = vec![AmountKind { code: counts.what.clone(), scale }];
    amounts.extend(["known", "refused", "blank", "not-asked", "unreadable"].map(whole));
    let family = Family {
        universe,
        dimensions: vec![site, year, month],
        atoms: cells.into_values().collect(),
        amounts,
        covers: Vec::new(),
    };
    let Some(family) = b.family(family) else { return };

    let what = sentence(&counts.what);
    let percent = counts.unit == CountUnit::Percent;
    let cuts: &[(&[usize], &str)] = match (percent, has_places) {
        (true, true) => &[(&[0, 2], " by place and month")],
        (true, false) => &[(&[2], " by month")],
        (false, true) => &[
            (&[], ""),
            (&[0], " by place"),
            (&[1], " by year"),
            (&[2], " by month"),
            (&[0, 1], " by place and year"),
            (&[0, 2], " by place and month"),
        ],
        (false, false) => &[(&[], ""), (&[1], " by year"), (&[2], " by month")],
    };
    let measure = if percent { &catalogue::COUNTS_PERCENT } else { &catalogue::COUNTS };
    for (cut, words) in cuts {
        b.table(
            measure,
            Draft {
                subject: subject.clone(),
                title: format!("{what}{words}"),
                family,
                cut: cut.to_vec(),
                formula: Formula::Sum { amount: 0, per: 1 },
                basis: Basis::FullCount,
                source: title.clone(),
            },
        );
    }
}

/// A decimal in units of 10^-`scale`; digits beyond are rounded half away from zero (no log has them).
fn rescaled(digits: i64, from: u8, to: u8) -> i128 {
    let mut value = i128::from(digits);
    for _ in from..to {
        value = value.saturating_mul(10);
    }
    for step in to..from {
        let half = if step + 1 == from { 5 * value.signum() } else { 0 };
        value = (value + half) / 10;
    }
    value
}
