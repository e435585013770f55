//! Near misses: which registered label a written one may mean. A suggestion is never applied by itself.

use crate::clean::Label;

/// Words that many places share, so that they tell none apart.
const COMMON: [&str; 18] = [
    "library",
    "libraries",
    "museum",
    "museums",
    "gallery",
    "galleries",
    "centre",
    "center",
    "hall",
    "house",
    "community",
    "branch",
    "site",
    "the",
    "at",
    "of",
    "and",
    "&",
];

/// The one label of `known` that `written` may mean, with why; `None` if there is none, or more than one equally near.
pub(super) fn suggest<'a>(written: &Label, known: &[&'a Label]) -> Option<(&'a Label, String)> {
    let left = words(&written.folded);
    let mut best: Option<(u8, &Label, Near)> = None;
    let mut alone = true;
    for &label in known.iter().filter(|label| label.folded != written.folded) {
        let Some(near) = near(&left, &words(&label.folded)) else { continue };
        let rank = near.rank();
        match &best {
            Some((least, ..)) if *least < rank => {}
            Some((least, ..)) if *least == rank => alone = false,
            _ => {
                best = Some((rank, label, near));
                alone = true;
            }
        }
    }
    let (_, label, near) = best?;
    alone.then(|| (label, near.why()))
}

/// How two labels are near each other, the nearest first.
enum Near {
    Punctuation,
    CommonWord,
    Letters(usize),
    Begins,
    Begun,
    Contains,
}

impl Near {
    fn rank(&self) -> u8 {
        match self {
            Near::Punctuation => 0,
            Near::CommonWord => 1,
            Near::Letters(letters) => 1 + (*letters).min(8) as u8,
            Near::Begins | Near::Begun => 20,
            Near::Contains => 21,
        }
    }
    fn why(&self) -> String {
        match self {
            Near::Punctuation => "the same but for spaces or punctuation".to_owned(),
            Near::CommonWord => "the same but for a common word".to_owned(),
            Near::Letters(1) => "one letter differs".to_owned(),
            Near::Letters(letters) => format!("{letters} letters differ"),
            Near::Begins => "begins with the register's name".to_owned(),
            Near::Begun => "the beginning of the register's name".to_owned(),
            Near::Contains => "contains the register's name".to_owned(),
        }
    }
}

/// The words of a folded label, without punctuation.
fn words(folded: &str) -> Vec<&str> {
    folded.split(|c: char| !c.is_alphanumeric() && c != '&').filter(|word| !word.is_empty()).collect()
}

fn near(left: &[&str], right: &[&str]) -> Option<Near> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    let (joined_left, joined_right) = (left.concat(), right.concat());
    if joined_left == joined_right {
        return Some(Near::Punctuation);
    }
    let telling = |words: &[&str]| -> Vec<String> {
        words.iter().filter(|word| !COMMON.contains(word)).map(|word| (*word).to_owned()).collect()
    };
    let (core_left, core_right) = (telling(left), telling(right));
    if !core_left.is_empty() && core_left == core_right {
        return Some(Near::CommonWord);
    }
    // A digit is no slip of the pen: Room 1 is not Room 2.
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let length = joined_left.chars().count().min(joined_right.chars().count());
    if length >= 5 && digits(&joined_left) == digits(&joined_right) {
        let apart = strsim::osa_distance(&joined_left, &joined_right);
        if apart <= if length >= 9 { 2 } else { 1 } {
            return Some(Near::Letters(apart));
        }
    }
    // Whole names inside one another, if what they share tells places apart.
    if core_left.is_empty() || core_right.is_empty() {
        return None;
    }
    let long = |words: &[&str]| words.concat().chars().count() >= 4;
    if left.starts_with(right) && long(right) {
        return Some(Near::Begins);
    }
    if right.starts_with(left) && long(left) {
        return Some(Near::Begun);
    }
    if long(right) && left.windows(right.len()).any(|part| part == right) {
        return Some(Near::Contains);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str) -> Label {
        Label { text: text.to_owned(), folded: crate::spec::fold(text) }
    }

    fn means(written: &str, register: &[&str]) -> Option<String> {
        let known: Vec<Label> = register.iter().map(|text| label(text)).collect();
        let known: Vec<&Label> = known.iter().collect();
        suggest(&label(written), &known).map(|(label, _)| label.text.clone())
    }

    const NEWCASTLE: [&str; 13] = [
        "Blakelaw",
        "City",
        "Cruddas",
        "Denton Burn",
        "Fenham",
        "Gosforth",
        "High Heaton",
        "Kenton",
        "Newburn",
        "Outer West",
        "Walker",
        "West End",
        "East End",
    ];

    #[test]
    fn near_misses_of_the_register() {
        for (written, meant) in [
            ("Cruddas Park", "Cruddas"),
            ("City Library", "City"),
            ("OUTER WEST LIBRARY", "Outer West"),
            ("Harbour-side", "Harbourside"),
            ("Harboursde", "Harbourside"),
            ("SRC Crafts Fenham 30.8.11", "Fenham"),
            ("Half term crafts West End 25.10.11", "West End"),
        ] {
            let mut register = NEWCASTLE.to_vec();
            register.push("Harbourside");
            assert_eq!(means(written, &register).as_deref(), Some(meant), "{written}");
        }
    }

    #[test]
    fn places_of_their_own_are_left_alone() {
        for written in ["Dinnington", "Fawdon", "Jesmond", "Mobile", "Moorside", "Newbiggin Hall", "BIPC", "Walter"] {
            let found = means(written, &NEWCASTLE);
            assert_eq!(found.is_some(), written == "Walter", "{written} {found:?}");
        }
        assert_eq!(means("Room 1", &["Room 2"]), None);
        assert_eq!(means("Library", &["City Library"]), None);
    }

    #[test]
    fn two_equally_near_are_no_suggestion() {
        assert_eq!(means("Marton", &["Barton", "Carton"]), None);
        assert_eq!(means("West", &["West End", "West Park"]), None);
    }
}
