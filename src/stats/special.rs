//! Distributions: the incomplete beta function and its inverse, and quantiles of the normal and of Student's t.

use std::f64::consts::{PI, SQRT_2};

/// ln Γ(x) for x > 0.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// P(Z ≤ z) for a standard normal Z.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The z with P(Z ≤ z) = p; infinite at 0 and 1, NaN outside.
///
/// Abramowitz & Stegun 26.2.23 as a start, then Halley's steps on the exact function.
pub fn normal_quantile(p: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    let t = libm::sqrt(-2.0 * libm::log(p));
    let above = 2.515517 + t * (0.802853 + t * 0.010328);
    let below = 1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308));
    let mut z = above / below - t;
    for _ in 0..4 {
        let density = libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * PI);
        if density <= 0.0 {
            break;
        }
        let error = (normal_cdf(z) - p) / density;
        z -= error / (1.0 + 0.5 * z * error);
    }
    z
}

/// The error of Stirling's formula for ln Γ(n + 1), for n > 0: Loader, "Fast and accurate computation of binomial
/// probabilities" (2000).
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - 0.5 * libm::log(2.0 * PI);
    }
    let s = 1.0 / (n * n);
    (1.0 / 12.0 - s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s * (1.0 / 1188.0))))) / n
}

/// Loader's deviance x·ln(x / m) + m − x, without cancellation where x is near m.
fn deviance(x: f64, m: f64) -> f64 {
    let d = x - m;
    if d.abs() < 0.1 * (x + m) {
        let v = d / (x + m);
        let mut sum = d * v;
        let mut term = 2.0 * x * v;
        let square = v * v;
        for j in 1..1000 {
            term *= square;
            let next = sum + term / f64::from(2 * j + 1);
            if next == sum {
                break;
            }
            sum = next;
        }
        return sum;
    }
    x * libm::log(x / m) + m - x
}

/// x^a (1 − x)^b ÷ B(a, b), with y = 1 − x given exactly.
fn beta_prefix(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let exponent = stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
    libm::exp(exponent) * libm::sqrt(a * b / (2.0 * PI * n))
}

/// The continued fraction of the incomplete beta function (Numerical analysis classic; DLMF 8.17.22), by Lentz's method.
fn beta_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    // 1 − (a + b)·x ÷ (a + 1), without cancellation where x is near 1.
    let mut d = 1.0 / guard((1.0 - b + (a + b) * y) / (a + 1.0));
    let mut h = d;
    for m in 1..200_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    h
}

/// The lower and the upper tail of Beta(a, b) at x, with y = 1 − x given exactly.
fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let prefix = beta_prefix(a, b, x, y);
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = prefix * beta_fraction(a, b, x, y) / a;
        (lower, 1.0 - lower)
    } else {
        let upper = prefix * beta_fraction(b, a, y, x) / b;
        (1.0 - upper, upper)
    }
}

/// P(X ≤ x) for X ~ Beta(a, b), a, b > 0: the regularised incomplete beta function.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if x.is_nan() || !(a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    let x = x.clamp(0.0, 1.0);
    beta_tails(a, b, x, 1.0 - x).0
}

/// The x with P(X ≤ x) = p for X ~ Beta(a, b). A shape of 0 puts all weight on that end: Beta(0, b) is 0, Beta(a, 0) is 1.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) || !(a >= 0.0 && b >= 0.0) || a + b == 0.0 {
        return f64::NAN;
    }
    if a == 0.0 {
        return 0.0;
    }
    if b == 0.0 {
        return 1.0;
    }
    beta_quantile_pair(p, 1.0 - p, a, b).0
}

/// The quantile x at p and 1 − x, each with full relative precision; q = 1 − p.
fn beta_quantile_pair(p: f64, q: f64, a: f64, b: f64) -> (f64, f64) {
    if p <= 0.0 {
        return (0.0, 1.0);
    }
    if q <= 0.0 {
        return (1.0, 0.0);
    }
    if beta_tails(a, b, 0.5, 0.5).0 >= p {
        let x = lower_root(p, q, a, b);
        (x, 1.0 - x)
    } else {
        let y = lower_root(q, p, b, a);
        (1.0 - y, y)
    }
}

/// The root of P(X ≤ x) = p in (0, ½]: Newton's steps on ln P in ln x, kept inside a shrinking bracket.
fn lower_root(p: f64, q: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (-745.0_f64, libm::log(0.5));
    // Near 0 the function is x^a ÷ (a B(a, b)): a start that is exact for tiny roots.
    let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let mut u = ((libm::log(p) + libm::log(a) + ln_beta) / a).clamp(low, high);
    for _ in 0..200 {
        let x = libm::exp(u);
        let (lower, upper) = beta_tails(a, b, x, 1.0 - x);
        // Whichever tail is smaller carries the information.
        let error = if p < 0.5 { lower - p } else { q - upper };
        if error == 0.0 {
            return x;
        }
        if error < 0.0 {
            low = u
        } else {
            high = u
        }
        let slope = beta_prefix(a, b, x, 1.0 - x) / (1.0 - x);
        let log_slope = if lower > 0.0 { slope / lower } else { f64::NAN };
        // On the log scale where the tail is small, on the plain one otherwise.
        let step =
            if p < 0.1 && log_slope > 0.0 { (libm::log(lower) - libm::log(p)) / log_slope } else { error / slope };
        let next = u - step;
        let next = if step.is_finite() && next > low && next < high { next } else { 0.5 * (low + high) };
        if (next - u).abs() <= 1e-16 * u.abs().max(1.0) {
            return libm::exp(next);
        }
        u = next;
    }
    libm::exp(u)
}

/// P(T ≤ t) for Student's t on `df` degrees of freedom (> 0, may be fractional).
pub fn t_cdf(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df.is_infinite() {
        return normal_cdf(t);
    }
    let square = t * t;
    if df > 1e7 {
        // Abramowitz & Stegun 26.7.8: off by less than 1e-14 here.
        return normal_cdf(t * (1.0 - 0.25 / df) / libm::sqrt(1.0 + 0.5 * square / df));
    }
    let tail = if square.is_infinite() {
        0.0
    } else {
        0.5 * beta_tails(0.5 * df, 0.5, df / (df + square), square / (df + square)).0
    };
    if t < 0.0 { tail } else { 1.0 - tail }
}

/// The t with P(T ≤ t) = p for Student's t on `df` degrees of freedom.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if p.is_nan() || df.is_nan() || df <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p > 0.5 {
        return -t_quantile_lower(1.0 - p, p, df);
    }
    t_quantile_lower(p, 1.0 - p, df)
}

/// The quantile at p ≤ ½, q = 1 − p.
fn t_quantile_lower(p: f64, q: f64, df: f64) -> f64 {
    if df > 1e7 {
        // Cornish–Fisher; the next term is below 1e-21.
        let z = normal_quantile(p);
        if df.is_infinite() || z.is_infinite() {
            return z;
        }
        let s = z * z;
        return z + z * (s + 1.0) / (4.0 * df) + z * (s * (5.0 * s + 16.0) + 3.0) / (96.0 * df * df);
    }
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    // P(T² > t²) = 2p is the lower tail of Beta(df/2, ½) at df ÷ (df + t²).
    let (x, y) = beta_quantile_pair(2.0 * p, q - p, 0.5 * df, 0.5);
    -libm::sqrt(df * y / x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, rel: f64) {
        assert!((got - want).abs() <= rel * want.abs() + 1e-300, "{got} is not {want}");
    }

    #[test]
    fn known_values() {
        close(normal_quantile(0.975), 1.959963984540054, 1e-15);
        close(t_quantile(0.975, 1.0), 12.706204736174698, 1e-13);
        close(t_quantile(0.975, 10.0), 2.228138851986274, 1e-14);
        close(t_quantile(0.75, 2.0), 0.816496580927726, 1e-14);
        close(beta_quantile(0.5, 1.0, 1.0), 0.5, 1e-15);
        // Beta(a, 1) is x^a.
        close(beta_quantile(0.025, 7.0, 1.0), libm::pow(0.025, 1.0 / 7.0), 1e-13);
        close(beta_cdf(0.3, 1.0, 4.0), 1.0 - 0.7 * 0.7 * 0.7 * 0.7, 1e-14);
        assert_eq!(beta_quantile(0.3, 0.0, 2.0), 0.0);
        assert_eq!(beta_quantile(0.3, 2.0, 0.0), 1.0);
        assert!(
            beta_quantile(1.2, 2.0, 1.0).is_nan() && t_quantile(0.5, -1.0).is_nan() && normal_quantile(-0.1).is_nan()
        );
    }

    proptest::proptest! {
        #[test]
        fn a_quantile_inverts_its_distribution(p in 1e-6f64..0.999_999, a in 0.05f64..500.0, b in 0.05f64..500.0) {
            let x = beta_quantile(p, a, b);
            // Where the density is finite in x the way back is exact; at an end x itself has no more digits.
            if x > 1e-12 && x < 1.0 - 1e-6 {
                close(beta_cdf(x, a, b), p, 1e-8);
            }
        }
        #[test]
        fn t_is_symmetric_and_monotone(p in 1e-9f64..0.5, df in 0.3f64..1e9) {
            let t = t_quantile(p, df);
            close(t_cdf(t, df), p, 1e-8);
            proptest::prop_assert!(t <= 0.0);
        }
    }
}
