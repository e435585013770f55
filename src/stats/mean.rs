//! Means of scores, with Student's t limits.

use super::special::t_quantile;

/// A mean with its spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    pub n: f64,
    pub mean: f64,
    /// Σ(x − mean)² ÷ (n − 1); 0 for fewer than two values.
    pub variance: f64,
}

/// The summary of values given as (value, how many have it), two passes in the order given.
pub fn weighted_by_count(values: &[(f64, f64)]) -> Summary {
    let (sum, n) = values.iter().fold((0.0, 0.0), |(sum, n), v| (sum + v.0 * v.1, n + v.1));
    if n <= 0.0 {
        return Summary { n: 0.0, mean: f64::NAN, variance: 0.0 };
    }
    let mean = sum / n;
    let squares = values.iter().fold(0.0, |sum, v| sum + v.1 * (v.0 - mean) * (v.0 - mean));
    Summary { n, mean, variance: if n > 1.0 { squares / (n - 1.0) } else { 0.0 } }
}

/// mean ± t(n − 1) × √(variance ÷ n × (1 − n ÷ N)), N the finite population if there is one. `None` for fewer than two values.
pub fn t_interval(summary: &Summary, population: Option<f64>, level: f64) -> Option<(f64, f64)> {
    let n = summary.n;
    if n < 2.0 {
        return None;
    }
    let left = population.map_or(1.0, |all| (1.0 - n / all).max(0.0));
    let half = t_quantile(0.5 + level / 2.0, n - 1.0) * libm::sqrt(summary.variance / n * left);
    Some((summary.mean - half, summary.mean + half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden() {
        // R: t.test(c(1, 2, 2, 3, 5))
        let s = weighted_by_count(&[(1.0, 1.0), (2.0, 2.0), (3.0, 1.0), (5.0, 1.0)]);
        assert!((s.mean - 2.6).abs() < 1e-15 && (s.variance - 2.3).abs() < 1e-14);
        let (low, high) = t_interval(&s, None, 0.95).unwrap();
        let half = 2.7764451051977934 * libm::sqrt(2.3 / 5.0);
        assert!((low - (2.6 - half)).abs() < 1e-12 && (high - (2.6 + half)).abs() < 1e-12);
        assert_eq!(t_interval(&s, Some(5.0), 0.95), Some((2.6, 2.6)));
        assert!(t_interval(&weighted_by_count(&[(3.0, 1.0)]), None, 0.95).is_none());
    }
}
