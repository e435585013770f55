//! Headers that hold a stem and what stands under it in one text: "stem - option", "stem-row-option".

/// What parts a stem from what follows, the longest first.
pub(super) const DASHES: [&str; 3] = [" - ", " – ", "-"];

/// How long the beginning is that all texts share and that ends with a separator: the stem with its separator. The first
/// separator that any beginning ends with counts; `None` where they share none, or a text would have nothing behind it.
pub(super) fn shared(texts: &[&str], separators: &[&str]) -> Option<usize> {
    let first = texts.first()?;
    let mut common = first.len();
    for text in texts {
        common = first.bytes().zip(text.bytes()).take(common).take_while(|(a, b)| a == b).count();
    }
    while !first.is_char_boundary(common) {
        common -= 1;
    }
    let start = first.get(..common)?;
    separators.iter().find_map(|separator| {
        let at = start.rfind(separator)? + separator.len();
        let ends = |text: &&str| text.get(at..).is_some_and(|rest| !rest.trim().is_empty());
        let stem = start.get(..at - separator.len())?;
        (!stem.trim().is_empty() && texts.iter().all(ends)).then_some(at)
    })
}

/// A text parted at the last separator in it: what stands before and behind.
pub(super) fn last<'t>(text: &'t str, separators: &[&str]) -> Option<(&'t str, &'t str)> {
    separators.iter().find_map(|separator| {
        let (before, behind) = text.rsplit_once(separator)?;
        (!before.trim().is_empty() && !behind.trim().is_empty()).then_some((before, behind))
    })
}

/// A stem without the separator at its end.
pub(super) fn stem(text: &str, separators: &[&str]) -> String {
    let text = text.trim_end();
    let cut = separators.iter().find_map(|separator| text.strip_suffix(separator.trim_end()));
    cut.unwrap_or(text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_that_texts_share() {
        let at = |texts: &[&str]| shared(texts, &DASHES).map(|at| texts[0][..at].to_owned());
        assert_eq!(at(&["How? - Bus", "How? - Train"]).as_deref(), Some("How? - "));
        assert_eq!(at(&["Which co-op? - Bus", "Which co-op? - Bike"]).as_deref(), Some("Which co-op? - "));
        assert_eq!(at(&["Rate it.-A-Like", "Rate it.-A-Dislike", "Rate it.-B-Like"]).as_deref(), Some("Rate it.-"));
        assert_eq!(at(&["How?", "How? - Train"]), None);
        assert_eq!(at(&["Age", "Area"]), None);
        assert_eq!(stem("How? - ", &DASHES), "How?");
        assert_eq!(last("Rate - it - Good", &DASHES), Some(("Rate - it", "Good")));
    }
}
