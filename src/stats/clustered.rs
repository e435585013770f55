//! Limits where answers come in clusters (the people of one session) and are more alike within one than between.

use super::special::{beta_quantile, t_quantile};

/// A ratio of sums over clusters, with its linearised standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    pub estimate: f64,
    pub standard_error: f64,
    /// Clusters less one.
    pub degrees_of_freedom: f64,
}

/// Σy ÷ Σn over clusters given as (y, n), in one stratum drawn with replacement. `None` for fewer than two clusters or Σn ≤ 0.
///
/// Taylor linearisation: C ÷ (C − 1) × Σ (y − r·n)² ÷ (Σn)², C the number of clusters.
pub fn ratio(clusters: &[(f64, f64)]) -> Option<Ratio> {
    let count = clusters.len() as f64;
    let (y, n) = clusters.iter().fold((0.0, 0.0), |(y, n), c| (y + c.0, n + c.1));
    if clusters.len() < 2 || n <= 0.0 {
        return None;
    }
    let estimate = y / n;
    let squares = clusters.iter().fold(0.0, |sum, c| {
        let residual = c.0 - estimate * c.1;
        sum + residual * residual
    });
    let variance = count / (count - 1.0) * squares / (n * n);
    Some(Ratio { estimate, standard_error: libm::sqrt(variance), degrees_of_freedom: count - 1.0 })
}

/// Limits by Korn & Graubard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KornGraubard {
    pub low: f64,
    pub high: f64,
    /// p(1 − p) ÷ variance: as many independent answers would be as sure.
    pub effective_n: f64,
    /// n ÷ effective n. Not known where everybody or nobody gave the answer.
    pub design_effect: Option<f64>,
}

/// Korn & Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated from survey
/// data" (Survey Methodology, 1998): Clopper–Pearson limits (as beta quantiles) with the effective number of answers
/// n* = p(1 − p) ÷ v × (t(n − 1) ÷ t(df))² in place of n. `n` counts the rows of the design, `df` are its degrees of freedom.
///
/// Where everybody or nobody gave the answer the variance says nothing, and n stands for the effective number, as the paper has it.
pub fn korn_graubard(p: f64, variance: f64, n: f64, df: f64, level: f64) -> Option<KornGraubard> {
    let alpha = 1.0 - level;
    let known = variance > 0.0 && p > 0.0 && p < 1.0;
    let effective = if known { p * (1.0 - p) / variance } else { n };
    let quantile = |df: f64| t_quantile(1.0 - alpha / 2.0, df);
    let adjustment = quantile(n - 1.0) / quantile(df);
    let star = effective * adjustment * adjustment;
    if !star.is_finite() || star <= 0.0 {
        return None;
    }
    let x = star * p;
    let rest = (star - x).max(0.0);
    Some(KornGraubard {
        low: beta_quantile(alpha / 2.0, x, rest + 1.0),
        high: beta_quantile(1.0 - alpha / 2.0, x + 1.0, rest),
        effective_n: effective,
        design_effect: known.then(|| n / effective),
    })
}

/// The same for clusters given as (answers of this kind, answers), all of one stratum.
pub fn korn_graubard_of_clusters(clusters: &[(f64, f64)], level: f64) -> Option<KornGraubard> {
    let r = ratio(clusters)?;
    let n = clusters.iter().fold(0.0, |sum, c| sum + c.1);
    korn_graubard(r.estimate, r.standard_error * r.standard_error, n, r.degrees_of_freedom, level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_of_one_are_clopper_pearson_on_n_less_one() {
        // 7 of 20 independent answers: v = p(1 − p)/(n − 1), so the effective number is n − 1 and t cancels.
        let clusters: Vec<(f64, f64)> = (0..20).map(|i| (f64::from(u8::from(i < 7)), 1.0)).collect();
        let k = korn_graubard_of_clusters(&clusters, 0.95).unwrap();
        assert!((k.effective_n - 19.0).abs() < 1e-12);
        assert!((k.low - beta_quantile(0.025, 19.0 * 0.35, 19.0 * 0.65 + 1.0)).abs() < 1e-12);
    }

    #[test]
    fn nobody_and_everybody_have_limits_too() {
        let none = korn_graubard_of_clusters(&[(0.0, 4.0); 6], 0.95).unwrap();
        assert_eq!((none.low, none.design_effect), (0.0, None));
        assert!(none.high > 0.0 && none.high < 0.5);
        let all = korn_graubard_of_clusters(&[(4.0, 4.0); 6], 0.95).unwrap();
        assert_eq!(all.high, 1.0);
        assert!((all.low - (1.0 - none.high)).abs() < 1e-9);
        assert!(korn_graubard_of_clusters(&[(1.0, 4.0)], 0.95).is_none());
    }
}
