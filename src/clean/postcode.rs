//! Postcodes of the United Kingdom: whole, sector or district, however spaced; foreign ones are left as they are.
//!
//! Shapes as in the Royal Mail's Programmers' Guide (A9, A99, A9A, AA9, AA99, AA9A, GIR) with its list of areas. A letter typed
//! for a digit (O for 0) or a digit for a letter is a suggestion, never read.

/// What a text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Postcode {
    /// `NE1 4XJ`
    Whole { outward: String, inward: String },
    /// `NE1 4`
    Sector { outward: String, sector: char },
    /// `NE1`
    District(String),
}

/// The 124 postcode areas, with those of the Crown dependencies and of the forces.
const AREAS: [&str; 125] = [
    "AB", "AL", "B", "BA", "BB", "BD", "BF", "BH", "BL", "BN", "BR", "BS", "BT", "CA", "CB", "CF", "CH", "CM", "CO",
    "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL", "DN", "DT", "DY", "E", "EC", "EH", "EN", "EX", "FK",
    "FY", "G", "GL", "GU", "GY", "HA", "HD", "HG", "HP", "HR", "HS", "HU", "HX", "IG", "IM", "IP", "IV", "JE", "KA",
    "KT", "KW", "KY", "L", "LA", "LD", "LE", "LL", "LN", "LS", "LU", "M", "ME", "MK", "ML", "N", "NE", "NG", "NN",
    "NP", "NR", "NW", "OL", "OX", "PA", "PE", "PH", "PL", "PO", "PR", "RG", "RH", "RM", "S", "SA", "SE", "SG", "SK",
    "SL", "SM", "SN", "SO", "SP", "SR", "SS", "ST", "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW", "UB",
    "W", "WA", "WC", "WD", "WF", "WN", "WR", "WS", "WV", "YO", "ZE",
];

impl Postcode {
    /// As it is written: upper case, one space.
    pub fn text(&self) -> String {
        match self {
            Postcode::Whole { outward, inward } => format!("{outward} {inward}"),
            Postcode::Sector { outward, sector } => format!("{outward} {sector}"),
            Postcode::District(outward) => outward.clone(),
        }
    }
    /// `NE1`
    pub fn district(&self) -> &str {
        match self {
            Postcode::Whole { outward, .. } | Postcode::Sector { outward, .. } | Postcode::District(outward) => outward,
        }
    }
}

/// Reads a postcode of the United Kingdom, whole or in part; `None` for anything else.
pub fn read(text: &str) -> Option<Postcode> {
    let upper: String = text
        .chars()
        .map(|c| {
            if c.is_whitespace() || matches!(c, '\u{a0}' | '\u{feff}' | '\u{200b}' | '.' | '-' | ',') { ' ' } else { c }
        })
        .flat_map(char::to_uppercase)
        .collect();
    let parts: Vec<&str> = upper.split_whitespace().collect();
    let joined = parts.concat();
    if !joined.is_ascii() || !(2..=7).contains(&joined.len()) {
        return None;
    }
    match parts.as_slice() {
        // A sector keeps its space: without it, NE1 1 would be another district (NE11).
        [outward, sector] if sector.len() == 1 && is_outward(outward) => {
            let sector = sector.chars().next().filter(char::is_ascii_digit)?;
            Some(Postcode::Sector { outward: (*outward).to_owned(), sector })
        }
        [outward] if is_outward(outward) => Some(Postcode::District(joined)),
        [outward, inward] if is_outward(outward) && is_inward(inward) => {
            Some(Postcode::Whole { outward: (*outward).to_owned(), inward: (*inward).to_owned() })
        }
        _ => {
            let (outward, inward) = joined.split_at(joined.len().checked_sub(3)?);
            (is_outward(outward) && is_inward(inward))
                .then(|| Postcode::Whole { outward: outward.to_owned(), inward: inward.to_owned() })
        }
    }
}

/// The postcode that was meant where letters and digits that look alike were mistaken for one another (`NEI 4XJ`, `NE1 OAB`);
/// `None` where the text is one already, or still is none.
pub fn meant(text: &str) -> Option<Postcode> {
    if read(text).is_some() {
        return None;
    }
    let code: Vec<char> = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if !(5..=7).contains(&code.len()) {
        return None;
    }
    let digit = |c: char| match c {
        'O' => '0',
        'I' | 'L' => '1',
        'S' => '5',
        'Z' => '2',
        c => c,
    };
    let letter = |c: char| match c {
        '0' => 'O',
        '1' => 'I',
        '5' => 'S',
        '2' => 'Z',
        c => c,
    };
    let at = code.len() - 3;
    let inward: String =
        code.iter().skip(at).enumerate().map(|(i, c)| if i == 0 { digit(*c) } else { letter(*c) }).collect();
    // One or two letters, then digits: both are tried, and only one may come out.
    let mut found: Vec<Postcode> = Vec::new();
    for letters in 1..=2 {
        let outward: String =
            code.iter().take(at).enumerate().map(|(i, c)| if i < letters { letter(*c) } else { digit(*c) }).collect();
        found.extend(read(&format!("{outward} {inward}")).filter(|p| matches!(p, Postcode::Whole { .. })));
    }
    found.dedup();
    match found.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

fn is_inward(text: &str) -> bool {
    // The inward letters never are C, I, K, M, O or V.
    let letter = |b: u8| b.is_ascii_uppercase() && !b"CIKMOV".contains(&b);
    matches!(text.as_bytes(), [digit, a, b] if digit.is_ascii_digit() && letter(*a) && letter(*b))
}

fn is_outward(text: &str) -> bool {
    if text == "GIR" {
        return true;
    }
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let area = text.get(..letters).unwrap_or_default();
    AREAS.contains(&area)
        && match bytes.get(letters..) {
            Some([digit]) => digit.is_ascii_digit(),
            Some([digit, last]) => digit.is_ascii_digit() && last.is_ascii_alphanumeric(),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_whole_and_in_part() {
        for (written, code) in [
            ("NE1 4XJ", Some("NE1 4XJ")),
            ("ne14xj", Some("NE1 4XJ")),
            ("NE146XJ", Some("NE14 6XJ")),
            ("N E1 4XJ", Some("NE1 4XJ")),
            ("NE1\u{a0}4XJ.", Some("NE1 4XJ")),
            ("EC1A1BB", Some("EC1A 1BB")),
            ("M1 1AE", Some("M1 1AE")),
            ("gir 0aa", Some("GIR 0AA")),
            ("NE1 4", Some("NE1 4")),
            ("ne15", Some("NE15")),
            ("W1A", Some("W1A")),
            ("", None),
            ("NE", None),
            ("12345", None),
            ("75001", None),
            ("1012 AB", None),
            ("K1A 0B1", None),
            ("QQ1 1AA", None),
            ("NE1 4XJ UK", None),
            ("É1 4XJ", None),
            ("None", None),
            ("A1", None),
        ] {
            assert_eq!(read(written).map(|p| p.text()).as_deref(), code, "{written}");
        }
    }

    #[test]
    fn likenesses_are_suggestions() {
        for (written, code) in [
            ("NEI 4XJ", Some("NE1 4XJ")),
            ("NE1 OAB", Some("NE1 0AB")),
            ("N1 1AA", None),
            ("S0 1AA", None),
            ("Newcastle", None),
            ("", None),
        ] {
            assert_eq!(meant(written).map(|p| p.text()).as_deref(), code, "{written}");
        }
    }
}
