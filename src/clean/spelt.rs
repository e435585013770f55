//! English words for numbers: `twelve`, `fifty-nine`, `a hundred and twenty`; and for decades of a life: `fifties`.

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [(&str, &str, u16); 8] = [
    ("twenty", "twenties", 20),
    ("thirty", "thirties", 30),
    ("forty", "forties", 40),
    ("fifty", "fifties", 50),
    ("sixty", "sixties", 60),
    ("seventy", "seventies", 70),
    ("eighty", "eighties", 80),
    ("ninety", "nineties", 90),
];

/// The number that a folded text spells, 0 to 9,999; `None` for anything else. "A dozen" is 12; "a couple" is not a number.
pub fn number(folded: &str) -> Option<u32> {
    if folded.len() > 60 || folded.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let words: Vec<&str> = folded.split([' ', '-']).filter(|w| !w.is_empty() && *w != "and").collect();
    match words.as_slice() {
        [] => return None,
        ["dozen"] | ["a" | "one", "dozen"] => return Some(12),
        _ => {}
    }
    let (mut total, mut part, mut last) = (0u32, 0u32, u32::MAX);
    let mut seen = false;
    for word in words {
        if let Some(n) = SMALL.iter().position(|w| *w == word).and_then(|n| u32::try_from(n).ok()) {
            // "twenty zero" and "two three" are no numbers.
            if seen && (last < 20 || n == 0 || (last < 100 && n > 9)) {
                return None;
            }
            part += n;
            last = n;
        } else if let Some((_, _, n)) = TENS.iter().find(|(w, _, _)| *w == word) {
            if seen && last < 100 {
                return None;
            }
            part += u32::from(*n);
            last = u32::from(*n);
        } else if word == "hundred" || word == "thousand" {
            let times = if word == "hundred" { 100 } else { 1000 };
            if (seen && (part == 0 || part > 9)) || (times == 1000 && total > 0) {
                return None;
            }
            let n = part.max(1) * times;
            if times == 1000 {
                total = n;
                part = 0;
            } else {
                part = n;
            }
            last = times;
        } else if word == "a" && !seen {
            continue;
        } else {
            return None;
        }
        seen = true;
    }
    seen.then_some(total + part)
}

/// The first year of a decade of a life: `fifties` is 50.
pub fn decade(folded: &str) -> Option<u16> {
    TENS.iter().find(|(_, w, _)| *w == folded).map(|(_, _, n)| *n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (text, n) in [
            ("twelve", 12),
            ("zero", 0),
            ("fifty-nine", 59),
            ("twenty one", 21),
            ("a hundred and twenty", 120),
            ("one hundred", 100),
            ("two thousand and three", 2003),
            ("nine hundred ninety-nine", 999),
            ("a dozen", 12),
        ] {
            assert_eq!(number(text), Some(n), "{text}");
        }
        for text in [
            "",
            "a",
            "and",
            "none",
            "two three",
            "twenty zero",
            "one or two",
            "someone",
            "ten people",
            "ten twenty",
            "12",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
