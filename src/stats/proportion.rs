//! Limits for a proportion of independent answers.

use super::special::normal_quantile;

/// Wilson's limits (1927) for x of n at confidence `level`, between 0 and 1.
///
/// With a finite `population` N from which n were drawn, n counts as n·(N − 1) ÷ (N − n): the variance of sampling without
/// replacement. Everyone drawn: no width. `n` may be an effective number. NaN for n ≤ 0.
pub fn wilson(x: f64, n: f64, population: Option<f64>, level: f64) -> (f64, f64) {
    if n.is_nan() || n <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    let p = x / n;
    let size = match population {
        Some(all) if all <= n => return (p, p),
        Some(all) => n * (all - 1.0) / (all - n),
        None => n,
    };
    let z = normal_quantile(0.5 + level / 2.0);
    let z2 = z * z / size;
    let centre = (p + z2 / 2.0) / (1.0 + z2);
    let half = libm::sqrt(z2 * (p * (1.0 - p) + z2 / 4.0)) / (1.0 + z2);
    let low = if x <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if x >= n { 1.0 } else { (centre + half).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, want: f64) {
        assert!((got - want).abs() < 5e-5, "{got} is not {want}");
    }

    /// Worked in four digits in the field's literature.
    #[test]
    fn golden() {
        for (x, n, low, high) in
            [(7., 8., 0.5291, 0.9776), (0., 12., 0., 0.2425), (12., 12., 0.7575, 1.), (22., 40., 0.3983, 0.6929)]
        {
            let (l, h) = wilson(x, n, None, 0.95);
            near(l, low);
            near(h, high);
        }
        let (l, h) = wilson(190.0, 380.0, None, 0.95);
        assert!(((h - l) / 2.0 - 0.05).abs() < 5e-4);
    }

    /// 12 of 15: the standard error shrinks by 0.4629, as for a sample of 12 ÷ 0.4629².
    #[test]
    fn a_finite_population_shrinks_the_width() {
        let factor = libm::sqrt(3.0 / 14.0);
        near(factor, 0.4629);
        assert_eq!(wilson(6.0, 12.0, Some(15.0), 0.95), wilson(28.0, 56.0, None, 0.95));
        assert_eq!(wilson(6.0, 12.0, Some(12.0), 0.95), (0.5, 0.5));
        assert!(wilson(1.0, 0.0, None, 0.95).0.is_nan());
    }

    proptest::proptest! {
        #[test]
        fn limits_hold_the_share(n in 1u32..5_000, x in 0u32..5_000, more in 0u32..5_000) {
            let x = x.min(n);
            let (x, n) = (f64::from(x), f64::from(n));
            let p = x / n;
            let (l, h) = wilson(x, n, None, 0.95);
            proptest::prop_assert!(0.0 <= l && l <= p && p <= h && h <= 1.0);
            let (fl, fh) = wilson(x, n, Some(n + f64::from(more)), 0.95);
            proptest::prop_assert!(fh - fl <= h - l + 1e-12);
        }
    }
}
