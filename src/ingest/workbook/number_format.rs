//! What a number format shows of a number: a percentage, a date, a duration, or the number.

/// How a number is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shown {
    #[default]
    Number,
    /// Hundredfold, with a sign.
    Percent,
    /// A date, a time of day, or both.
    Moment,
    /// Hours that run on beyond 24 (`[h]:mm`).
    Duration,
    /// Whole, with zeros before it up to so many digits (`00000`): an identifier, a postal code.
    Padded(u8),
}

/// What a format shows that every spreadsheet program has built in, by its number.
pub(super) fn built_in(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Moment,
        46 => Shown::Duration,
        _ => Shown::Number,
    }
}

/// What a format of the workbook's own shows, by its code. A date decides by the code's first section, a percent sign by any.
pub(super) fn of_code(code: &str) -> Shown {
    let mut chars = code.chars();
    let (mut first, mut percent) = (true, false);
    let mut found = Shown::Number;
    while let Some(c) = chars.next() {
        match c {
            '\\' | '_' | '*' => {
                chars.next();
            }
            '"' => {
                for c in chars.by_ref() {
                    if c == '"' {
                        break;
                    }
                }
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|&c| c != ']').collect();
                let lower = inside.to_ascii_lowercase();
                let runs_on = ['h', 'm', 's'].iter().any(|&unit| !lower.is_empty() && lower.chars().all(|c| c == unit));
                if first && runs_on && found == Shown::Number {
                    found = Shown::Duration;
                }
            }
            ';' => first = false,
            '%' => percent = true,
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' if first && found == Shown::Number => {
                found = Shown::Moment;
            }
            // "General" has an e, an exponent too; an e that is a year stands beside a month or a day.
            'G' | 'g' if code.get(code.len() - chars.as_str().len() - 1..).is_some_and(general) => {
                chars.nth(5);
            }
            _ => {}
        }
    }
    match found {
        Shown::Number if percent => Shown::Percent,
        Shown::Number => padded(code),
        shown => shown,
    }
}

/// Whether a code goes on with the word "General".
fn general(rest: &str) -> bool {
    rest.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("general"))
}

/// A code of zeros alone.
fn padded(code: &str) -> Shown {
    let zeros = code.len();
    if (2..=15).contains(&zeros) && code.bytes().all(|b| b == b'0') {
        Shown::Padded(u8::try_from(zeros).unwrap_or(0))
    } else {
        Shown::Number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for (code, shown) in [
            ("General", Shown::Number),
            ("0.00", Shown::Number),
            ("#,##0.00 [$CHF]", Shown::Number),
            ("[$£-809]#,##0.00", Shown::Number),
            ("[Red]0.00;[Blue]-0.00", Shown::Number),
            ("\"$\"#,##0_);[Red](\"$\"#,##0)", Shown::Number),
            ("0.00%", Shown::Percent),
            ("0%;[Red]-0%", Shown::Percent),
            ("0\"%\"", Shown::Number),
            ("0\\%", Shown::Number),
            ("0*%", Shown::Number),
            ("dd/mm/yyyy", Shown::Moment),
            ("yyyy\\-mm\\-dd\\ hh:mm:ss\\ \"UTC\"", Shown::Moment),
            ("[$-409]d\\-mmm\\-yy;@", Shown::Moment),
            ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", Shown::Moment),
            ("h:mm AM/PM", Shown::Moment),
            ("mm:ss.0", Shown::Moment),
            ("[h]:mm:ss", Shown::Duration),
            ("[mm]:ss", Shown::Duration),
            ("[s].000", Shown::Duration),
            ("[Blue]\\+[h]:mm;[Red]\\-[h]:mm;[Green][h]:mm", Shown::Duration),
            ("#,##0.00\\ _M\"H\"_);[Red]#,##0.00\\ _M\"S\"_)", Shown::Number),
            ("#,##0*y", Shown::Number),
            ("0.00E+00", Shown::Number),
            ("00000", Shown::Padded(5)),
            ("0", Shown::Number),
            ("@", Shown::Number),
            ("General\" days\"", Shown::Number),
            ("\"Y: \"0.00\"m\";\"Y: \"-0.00\"m\"", Shown::Number),
            ("", Shown::Number),
            ("[", Shown::Number),
            ("\"", Shown::Number),
        ] {
            assert_eq!(of_code(code), shown, "{code}");
        }
    }
}
