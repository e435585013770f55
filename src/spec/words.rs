//! The evaluator's words: finding the one that was meant, and turning a name into a folder or a code.

use super::fold;

/// The longest text that is compared letter by letter; longer ones are no misspelt word.
const LONGEST: usize = 60;

/// The word of `known` that `written` was probably meant to be: compared by [`fold`], a slip of the keyboard or two away.
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = fold(written);
    let length = written.chars().count();
    if length == 0 || length > LONGEST {
        return None;
    }
    let allowed = match length {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &str)> = None;
    for word in known {
        let folded = fold(word);
        let slips = strsim::damerau_levenshtein(&written, &folded);
        // A short word that shares nothing with what was written is no suggestion.
        let near = slips <= allowed && slips * 2 <= length.max(folded.chars().count());
        let inside = length >= 4 && (folded.starts_with(&written) || written.starts_with(&folded));
        let rank = if near {
            slips
        } else if inside {
            allowed + 1
        } else {
            continue;
        };
        if best.is_none_or(|(other, _)| rank < other) {
            best = Some((rank, word));
        }
    }
    best.map(|(_, word)| word)
}

/// "did you mean `x`?", or the list of what is known.
pub fn hint<'a>(written: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match did_you_mean(written, known.clone()) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("known here: {}", list(known)),
    }
}

/// Words joined for a sentence: `a, b, c`.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().collect::<Vec<_>>().join(", ")
}

/// What the evaluator wrote, as it is quoted in a message: one line, at most 60 letters.
pub fn quote(written: &str) -> String {
    let mut line: String = written.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > LONGEST {
        line = line.chars().take(LONGEST - 1).collect::<String>() + "…";
    }
    format!("“{line}”")
}

/// A name as a folder: lower-case ASCII letters, digits and single hyphens; never empty, at most 48 letters.
/// A name without any ASCII letter or digit gets one made from its bytes.
pub fn slug(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::new();
    for c in name.nfkd() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else {
            let divides =
                !c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c) && !matches!(c, '\'' | '’');
            if divides && !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
        }
        if out.len() >= 48 {
            break;
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() {
        let hash = blake3::hash(name.as_bytes()).to_hex();
        format!("programme-{}", hash.chars().take(8).collect::<String>())
    } else {
        out.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_is_understood() {
        let roles = ["session", "site", "date", "person", "headcount", "consent to quote"];
        assert_eq!(did_you_mean("sesion", roles), Some("session"));
        assert_eq!(did_you_mean("Stie", roles), Some("site"));
        assert_eq!(did_you_mean("head count", roles), Some("headcount"));
        assert_eq!(did_you_mean("consent", roles), Some("consent to quote"));
        assert_eq!(did_you_mean("enjoyed", roles), None);
        assert_eq!(did_you_mean("", roles), None);
        assert_eq!(did_you_mean(&"x".repeat(10_000), roles), None);
    }

    #[test]
    fn a_slug_is_a_safe_folder_name() {
        assert_eq!(slug("Newcastle Libraries"), "newcastle-libraries");
        assert_eq!(slug("Harbourside: Making Sense"), "harbourside-making-sense");
        assert_eq!(slug("  Café — «Zürich» / ../x "), "cafe-zurich-x");
        assert_eq!(slug("People's Place"), "peoples-place");
        assert!(slug("博物館").starts_with("programme-"));
        assert!(slug("").starts_with("programme-"));
    }
}
