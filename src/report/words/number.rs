//! Numbers as people read them, and as programs do.

/// The number with commas between thousands and this many decimals; empty for what is not finite.
pub fn number(value: f64, decimals: u8) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let fixed = format!("{value:.*}", usize::from(decimals.min(12)));
    let (sign, digits) = match fixed.strip_prefix('-') {
        Some(rest) if rest.bytes().any(|b| matches!(b, b'1'..=b'9')) => ("\u{2212}", rest),
        Some(rest) => ("", rest),
        None => ("", fixed.as_str()),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::with_capacity(fixed.len() + 8);
    out.push_str(sign);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if !part.is_empty() {
        out.push('.');
        out.push_str(part);
    }
    out
}

/// A percentage: `93%`; what is above nothing and would print as nothing is `under 1%`, what is under all and would print as
/// all is `over 99%`.
pub fn percent(value: f64, decimals: u8) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let words = number(value, decimals);
    if decimals == 0 && value > 0.0 && words == "0" {
        return "under 1%".to_owned();
    }
    if decimals == 0 && value < 100.0 && words == "100" {
        return "over 99%".to_owned();
    }
    format!("{words}%")
}

/// The number with at most 12 significant digits and no commas, as a CSV holds it; empty for what is not finite.
pub fn plain(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // Rounded once, to the 12 digits of its scientific form, then written out.
    let Ok(rounded) = format!("{value:.11e}").parse::<f64>() else { return String::new() };
    format!("{rounded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(number(1_234_567.0, 0), "1,234,567");
        assert_eq!(number(999.96, 1), "1,000.0");
        assert_eq!(number(-1234.5, 1), "\u{2212}1,234.5");
        assert_eq!(number(-0.2, 0), "0");
        assert_eq!(number(12.0, 0), "12");
        assert_eq!(number(f64::NAN, 0), "");
    }

    #[test]
    fn a_percentage_never_rounds_to_none_or_all() {
        assert_eq!(percent(0.0, 0), "0%");
        assert_eq!(percent(0.2, 0), "under 1%");
        assert_eq!(percent(99.7, 0), "over 99%");
        assert_eq!(percent(100.0, 0), "100%");
        assert_eq!(percent(93.33, 1), "93.3%");
    }

    #[test]
    fn twelve_digits_and_no_exponent() {
        assert_eq!(plain(1.0 / 3.0), "0.333333333333");
        assert_eq!(plain(2.0e6 / 3.0), "666666.666667");
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(80_752.0), "80752");
        assert_eq!(plain(f64::INFINITY), "");
    }
}
