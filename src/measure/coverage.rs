//! How far the surveys reach: responses beside attendances, visits and people known, and the pairs of before and after.

use super::build::{Builder, Draft};
use super::key::slug;
use super::responses::{title, wave_code};
use super::{Basis, Exposure, Formula, catalogue};
use crate::spec::CountUnit;

/// Coverage of every instrument for which there is something to hold it against. `universes`: those of the responses.
pub(super) fn add(b: &mut Builder<'_>, universes: &[usize]) {
    let linked = b.linked;
    for (responses, &universe) in linked.responses.iter().zip(universes) {
        let subject = b.out.universes.get(universe).map(|u| u.key.clone()).unwrap_or_default();
        let source = title(b, responses);
        let name = subject.strip_prefix("responses:").unwrap_or(&subject).to_string();
        if responses.declared.as_deref().is_some_and(|i| slug(i).starts_with("visitor")) {
            // Visits of the whole log beside responses of no known time would say nothing.
            if responses.date.as_ref().is_some_and(|d| d.iter().any(Option::is_some)) {
                for counts in linked.counts.iter().filter(|c| c.unit == CountUnit::Count) {
                    let what = counts.what.clone();
                    if what.contains("visit") {
                        let over = format!("counts:{}", slug(&counts.source));
                        ratio(b, universe, &name, &over, Some(0), &what, &source);
                    }
                }
            }
        } else if responses.wave.is_some() {
            let over = format!("persons@{}", b.period());
            ratio(b, universe, &name, &over, None, "people known", &source);
        } else {
            let over = format!("attendances@{}", b.period());
            ratio(b, universe, &name, &over, None, "attendances", &source);
        }
    }
    pairs(b, universes);
}

/// Responses for each 100 of the other universe, in all and by place.
fn ratio(
    b: &mut Builder<'_>,
    universe: usize,
    name: &str,
    over: &str,
    amount: Option<usize>,
    what: &str,
    source: &str,
) {
    let Some(other) = b.out.universes.iter().position(|u| u.key == over) else { return };
    let people = over.starts_with("persons@");
    let measure = if people { &catalogue::RESPONSE_RATE } else { &catalogue::COVERAGE };
    let cuts: &[&[&str]] = if people { &[&[]] } else { &[&[], &["site"]] };
    for cut in cuts {
        let Some(family) = b.family_by(universe, cut) else { continue };
        // A log of counts keeps place, year and month together.
        let Some(other) =
            b.family_by(other, cut).or_else(|| amount.and_then(|_| b.family_by(other, &["site", "year", "month"])))
        else {
            continue;
        };
        let words = if cut.is_empty() { "" } else { ", by place" };
        let over_code = slug(what);
        b.table(
            measure,
            Draft {
                subject: format!("{}:{name}:{over_code}", measure.code),
                title: format!("{source}: responses for each 100 {what}{words}"),
                family,
                cut: (0..cut.len()).collect(),
                formula: Formula::Ratio { other, amount },
                basis: Basis::FullCount,
                source: source.to_string(),
            },
        );
    }
}

/// People who answered two waves.
fn pairs(b: &mut Builder<'_>, universes: &[usize]) {
    let linked = b.linked;
    for pairs in &linked.pairs {
        let (first, second) = (wave_code(pairs.first), wave_code(pairs.second));
        let key = b.unique(format!("pairs:{}:{first}:{second}", slug(&pairs.instrument)));
        let source = match (linked.responses.get(pairs.of.0), linked.responses.get(pairs.of.1)) {
            (Some(a), Some(b_)) => format!("{}; {}", title(b, a), title(b, b_)),
            _ => pairs.instrument.clone(),
        };
        let universe = b.universe(key.clone(), ("person", "people"), Exposure::Persons, source.clone());
        for &responses in [universes.get(pairs.of.0), universes.get(pairs.of.1)].into_iter().flatten() {
            b.out.subsets.push((universe, responses));
        }
        let Some(family) = b.tally(universe, pairs.matched.len(), &[]) else { continue };
        b.table(
            &catalogue::PAIRS,
            Draft {
                subject: key,
                title: format!("People who answered {first} and {second}"),
                family,
                cut: Vec::new(),
                formula: Formula::Count,
                basis: Basis::FullCount,
                source,
            },
        );
    }
}
