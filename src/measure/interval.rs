//! How sure a share or a mean is: the basis decides whether it has limits, and which.

use std::collections::BTreeMap;

use super::{Basis, Cell, Figure, Status};
use crate::stats::{clustered, mean as means, proportion};

/// Fewer answers than this make no share and no mean.
pub const FEWEST: u64 = 10;
/// Fewer answers than this make a share or a mean with a warning.
pub const FEW: u64 = 30;
/// Limits take sessions as clusters from this many on.
const FEWEST_SESSIONS: usize = 5;
const LEVEL: f64 = 0.95;

/// 100 × numerator ÷ base, with limits as the figure's basis has them. `clusters`, `base_clusters`: units of either by session.
pub(super) fn share(
    mut figure: Figure,
    numerator: Cell,
    base: Cell,
    clusters: &BTreeMap<u32, u64>,
    base_clusters: &BTreeMap<u32, u64>,
) -> Figure {
    let (x, n) = (numerator.n.min(base.n), base.n);
    figure.reads = vec![numerator.clone(), base.clone()];
    figure.numerator = Some(numerator);
    figure.base = Some(base);
    if !enough(&mut figure, n) {
        return figure;
    }
    figure.value = Some(100.0 * x as f64 / n as f64);
    let Some(population) = sampled(&mut figure, n) else { return figure };
    if base_clusters.len() >= FEWEST_SESSIONS {
        let pairs: Vec<(f64, f64)> =
            base_clusters.iter().map(|(c, &n)| (clusters.get(c).copied().unwrap_or(0) as f64, n as f64)).collect();
        if let Some(k) = clustered::korn_graubard_of_clusters(&pairs, LEVEL) {
            figure.effective_base = Some(k.effective_n);
            figure.design_effect = k.design_effect;
            limits(&mut figure, "korn-graubard", 100.0 * k.low, 100.0 * k.high);
            return figure;
        }
    } else if !base_clusters.is_empty() {
        figure.notes.push("fewer than five sessions: the limits take the answers as independent of each other".into());
    }
    let (low, high) = proportion::wilson(x as f64, n as f64, population.map(|p| p as f64), LEVEL);
    limits(&mut figure, if population.is_some() { "wilson-fpc" } else { "wilson" }, 100.0 * low, 100.0 * high);
    figure
}

/// The mean of scores, each with how many have it; `clusters`: (units, sum of scores) by session.
pub(super) fn mean(mut figure: Figure, scores: &[(u64, u64)], clusters: &BTreeMap<u32, (u64, u64)>) -> Figure {
    let n: u64 = scores.iter().map(|s| s.1).sum();
    if !enough(&mut figure, n) {
        return figure;
    }
    let values: Vec<(f64, f64)> = scores.iter().map(|&(s, k)| (s as f64, k as f64)).collect();
    let summary = means::weighted_by_count(&values);
    figure.value = Some(summary.mean);
    let Some(population) = sampled(&mut figure, n) else { return figure };
    if clusters.len() >= FEWEST_SESSIONS {
        let pairs: Vec<(f64, f64)> = clusters.values().map(|&(k, sum)| (sum as f64, k as f64)).collect();
        if let Some(c) = clustered::ratio(&pairs) {
            let half = c.standard_error * crate::stats::special::t_quantile(0.5 + LEVEL / 2.0, c.degrees_of_freedom);
            let simple = summary.variance / n as f64;
            if simple > 0.0 {
                let effect = c.standard_error * c.standard_error / simple;
                figure.design_effect = Some(effect);
                figure.effective_base = (effect > 0.0).then(|| n as f64 / effect);
            }
            limits(&mut figure, "t-clustered", c.estimate - half, c.estimate + half);
            return figure;
        }
    }
    if let Some((low, high)) = means::t_interval(&summary, population.map(|p| p as f64), LEVEL) {
        limits(&mut figure, if population.is_some() { "t-fpc" } else { "t" }, low, high);
    }
    figure
}

/// Whether the base carries a share at all; says so in the figure where it does not, or barely.
fn enough(figure: &mut Figure, n: u64) -> bool {
    if n == 0 {
        figure.status = Status::NotApplicable;
        figure.reason = "nobody was asked and answered".to_string();
        return false;
    }
    if n < FEWEST {
        figure.status = Status::LowBase;
        figure.reason = format!("fewer than {FEWEST} answers");
        return false;
    }
    if n < FEW {
        figure.status = Status::LowBase;
        // In words: the gate lets no note pass with a number that is no cell.
        figure.notes.push("fewer than thirty answers: read with care".to_string());
    }
    true
}

/// What the basis says of limits: none, or those of a sample (of a known population). The outer `None` is "no limits".
#[expect(clippy::option_option, reason = "no limits; limits without a population; limits with one")]
fn sampled(figure: &mut Figure, n: u64) -> Option<Option<u64>> {
    let population = match figure.basis {
        Basis::FullCount => return None,
        Basis::RandomSample { population } => population,
        Basis::EveryoneAsked { population } => {
            figure
                .notes
                .push("everyone was asked; the limits hold if those who did not answer are like those who did".into());
            population
        }
        Basis::SelfSelected => {
            figure.notes.push("people chose to answer; limits are as if they were a random sample".into());
            None
        }
    };
    if population.is_some_and(|p| p < n) {
        figure.notes.push("more answers than the stated population: limits take no account of it".into());
        return Some(None);
    }
    Some(population)
}

fn limits(figure: &mut Figure, method: &'static str, low: f64, high: f64) {
    if low.is_finite() && high.is_finite() {
        figure.method = method;
        figure.confidence = Some(LEVEL);
        figure.low = Some(low);
        figure.high = Some(high);
    }
}
