//! The district of a postcode: its outward code, all that is kept of it.

/// The outward code (`NE1`, `AB10`, `EC1A`) of a United Kingdom postcode, of a postcode sector or of an outward code alone; `None`
/// if the text is none of these. Shapes as in the Royal Mail's Programmers' Guide: A9, A99, A9A, AA9, AA99, AA9A, and GIR.
pub(super) fn outward(text: &str) -> Option<String> {
    let upper = text.trim().to_uppercase();
    let parts: Vec<&str> = upper.split_whitespace().collect();
    let (out, inner) = match parts.as_slice() {
        [one] => split(one)?,
        [out, inner] => (*out, *inner),
        _ => return None,
    };
    (is_outward(out) && is_inward(inner)).then(|| out.to_owned())
}

/// A postcode written without a space: an outward code alone, else all but the last three characters.
fn split(text: &str) -> Option<(&str, &str)> {
    if is_outward(text) {
        return Some((text, ""));
    }
    let at = text.len().checked_sub(3)?;
    text.is_char_boundary(at).then(|| text.split_at(at)).filter(|(_, inner)| inner.len() == 3 && is_inward(inner))
}

/// A whole inward code (`4XJ`), the sector alone (`4`), or nothing.
fn is_inward(text: &str) -> bool {
    match text.as_bytes() {
        [] => true,
        [digit] => digit.is_ascii_digit(),
        [digit, a, b] => digit.is_ascii_digit() && a.is_ascii_uppercase() && b.is_ascii_uppercase(),
        _ => false,
    }
}

fn is_outward(text: &str) -> bool {
    if text == "GIR" {
        return true;
    }
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    (1..=2).contains(&letters)
        && match bytes.get(letters..) {
            Some([digit]) => digit.is_ascii_digit(),
            Some([digit, last]) => digit.is_ascii_digit() && last.is_ascii_alphanumeric(),
            _ => false,
        }
}

/// How districts are sorted: by area letters, then by number, then by a last letter.
pub(super) fn order(district: &str) -> (String, u32, String) {
    let area: String = district.chars().take_while(char::is_ascii_alphabetic).collect();
    let rest = district.get(area.len()..).unwrap_or_default();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let last = rest.get(digits.len()..).unwrap_or_default().to_owned();
    (area, digits.parse().unwrap_or(0), last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outward_codes() {
        for (written, code) in [
            ("NE1 4XJ", Some("NE1")),
            ("ne14xj", Some("NE1")),
            ("NE14 6XJ", Some("NE14")),
            ("NE146XJ", Some("NE14")),
            ("AB10", Some("AB10")),
            ("AB10 1", Some("AB10")),
            ("NE1", Some("NE1")),
            ("EC1A 1BB", Some("EC1A")),
            ("EC1A1BB", Some("EC1A")),
            ("M1 1AE", Some("M1")),
            ("gir 0aa", Some("GIR")),
            ("", None),
            ("NE", None),
            ("Newcastle", None),
            ("12345", None),
            ("NE1 4XJ UK", None),
            ("NÉ1 4XJ", None),
            ("€€€", None),
        ] {
            assert_eq!(outward(written).as_deref(), code, "{written}");
        }
    }

    #[test]
    fn districts_sort_by_number() {
        let mut districts = vec!["NE10", "NE2", "EC1A", "EC1", "NE1", "E2"];
        districts.sort_by_key(|d| order(d));
        assert_eq!(districts, ["E2", "EC1", "EC1A", "NE1", "NE2", "NE10"]);
    }
}
