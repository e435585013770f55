//! The reference data an evaluator names: option lists (`@agree-5`), ladders and outcome frameworks, versioned in `data/reference`.

use std::sync::OnceLock;

use serde::Deserialize;

use super::fold;

/// A ready option list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedList {
    /// As written after `@`.
    pub name: String,
    /// What it is, in one line.
    pub title: String,
    /// The options as an evaluator would write them, `(refused)` and all.
    pub options: Vec<String>,
    /// `about you` or `sensitive`: the class of a question that uses it, unless the codebook says otherwise.
    #[serde(default)]
    pub class: Option<String>,
    /// Whether its options have an order, so that neighbours may be put together ("16-24" with "25-34").
    #[serde(default)]
    pub ordered: bool,
    /// Whether `[scale.NAME] licence` is needed before the list may be used.
    #[serde(default)]
    pub licence: bool,
    /// Where it comes from.
    #[serde(default)]
    pub source: Option<String>,
}

/// A ladder: ordered levels of depth.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    pub name: String,
    pub title: String,
    /// From the least deep to the deepest.
    pub levels: Vec<String>,
}

/// An outcome framework.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    pub name: String,
    pub title: String,
    pub outcomes: Vec<String>,
}

/// A ladder of words by which answers are known as the steps of one scale, whatever the order they were found in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordScale {
    pub name: String,
    /// From the lowest to the highest; each with its wordings, the usual one first. Wordings at one place belong together.
    pub steps: Vec<Vec<String>>,
    /// The wordings folded, for comparing.
    #[serde(skip)]
    pub folded: Vec<Vec<String>>,
    /// The usual selections of steps, the likeliest first.
    #[serde(default)]
    pub forms: Vec<Vec<usize>>,
    /// Steps without which the answers are another question.
    #[serde(default)]
    pub needs: Vec<usize>,
    /// How many different steps must have been ticked.
    #[serde(default = "two")]
    pub least: usize,
}

fn two() -> usize {
    2
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WordScales {
    #[expect(dead_code, reason = "read by people and by the tests of the data")]
    version: String,
    outside: Vec<String>,
    scale: Vec<WordScale>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    #[expect(dead_code, reason = "read by people and by the tests of the data")]
    version: String,
    list: Vec<NamedList>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ladders {
    #[expect(dead_code, reason = "read by people and by the tests of the data")]
    version: String,
    ladder: Vec<Ladder>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frameworks {
    #[expect(dead_code, reason = "read by people and by the tests of the data")]
    version: String,
    framework: Vec<Framework>,
}

/// All ready lists, in the order of the data. A test proves that the embedded data can be read.
pub fn all() -> &'static [NamedList] {
    static LISTS: OnceLock<Vec<NamedList>> = OnceLock::new();
    LISTS.get_or_init(|| {
        toml::from_str::<Lists>(include_str!("../../data/reference/lists.toml")).map(|l| l.list).unwrap_or_default()
    })
}

/// The list written `@name`.
pub fn named(name: &str) -> Option<&'static NamedList> {
    let name = fold(name);
    all().iter().find(|list| list.name == name)
}

fn scales() -> &'static WordScales {
    static SCALES: OnceLock<WordScales> = OnceLock::new();
    SCALES.get_or_init(|| {
        let mut read: WordScales = toml::from_str(include_str!("../../data/reference/scales.toml")).unwrap_or_default();
        for wording in read.outside.iter_mut().chain(read.scale.iter_mut().flat_map(|s| s.steps.iter_mut().flatten())) {
            *wording = wording.replace('’', "'");
        }
        for scale in &mut read.scale {
            scale.folded = scale.steps.iter().map(|step| step.iter().map(|w| fold(w)).collect()).collect();
        }
        read
    })
}

/// The ladders of words by which scales are recognised.
pub fn word_scales() -> &'static [WordScale] {
    &scales().scale
}

/// Ways to have no opinion, folded: never a step of a scale.
pub fn no_opinion() -> &'static [String] {
    &scales().outside
}

/// Whether options have an order by which neighbours may be put together: those of an ordered ready list, or bands that count
/// upwards ("Under 18 | 18 to 29 | 30 and over"). Ways to have no answer are not among `options`.
pub fn ordered(options: &[String]) -> bool {
    let folded: Vec<String> = options.iter().map(|o| fold(o)).collect();
    let is = |list: &NamedList| {
        let own: Vec<String> = list.options.iter().filter(|o| !o.starts_with('(')).map(|o| fold(o)).collect();
        list.ordered && own == folded
    };
    all().iter().any(is) || bands(options)
}

/// Whether every option has numbers, none of them below those of the option before. Two options may be "Room 1" and "Room 2".
fn bands(options: &[String]) -> bool {
    let mut before: Option<(u64, u64)> = None;
    for option in options {
        let numbers: Vec<u64> = option
            .split(|c: char| !c.is_ascii_digit())
            .filter(|d| !d.is_empty())
            .filter_map(|d| d.parse().ok())
            .collect();
        let (Some(first), Some(last)) = (numbers.iter().min(), numbers.iter().max()) else { return false };
        if before.is_some_and(|b| *first < b.1 || *last < b.1 || (*first, *last) == b) {
            return false;
        }
        before = Some((*first, *last));
    }
    options.len() > 2
}

/// All ladders.
pub fn ladders() -> &'static [Ladder] {
    static LADDERS: OnceLock<Vec<Ladder>> = OnceLock::new();
    LADDERS.get_or_init(|| {
        toml::from_str::<Ladders>(include_str!("../../data/reference/ladders.toml"))
            .map(|l| l.ladder)
            .unwrap_or_default()
    })
}

/// The ladder of a checked spec.
pub fn ladder(name: &str) -> Option<&'static Ladder> {
    ladders().iter().find(|ladder| ladder.name == name)
}

/// All outcome frameworks.
pub fn frameworks() -> &'static [Framework] {
    static FRAMEWORKS: OnceLock<Vec<Framework>> = OnceLock::new();
    FRAMEWORKS.get_or_init(|| {
        toml::from_str::<Frameworks>(include_str!("../../data/reference/outcomes.toml"))
            .map(|f| f.framework)
            .unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::options;

    #[test]
    fn the_embedded_data_reads() {
        assert!(all().len() > 20);
        assert_eq!(named("ethnic-group-ew").map(|l| l.options.len()), Some(20));
        assert_eq!(ladder("iap2").map(|l| l.levels.len()), Some(5));
        assert_eq!(frameworks().first().map(|f| f.outcomes.len()), Some(4));
        assert!(word_scales().len() > 20 && no_opinion().len() > 50);
    }

    #[test]
    fn bands_and_scales_have_an_order_and_kinds_have_none() {
        let options = |text: &str| options::parse(text).options;
        let known = |text: &str| {
            let parsed = options(text);
            let missing = |i: &usize| !parsed.refused.contains(i);
            (0..parsed.list.len()).filter(missing).filter_map(|i| parsed.list.get(i).cloned()).collect::<Vec<_>>()
        };
        for text in [
            "@age-uk",
            "@lonely-5",
            "@agree-7",
            "@ons4",
            "Under 18 | 18 to 29 | 30 to 59 | 60 and over",
            "0 | 1-2 | 3+",
        ] {
            assert!(ordered(&known(text)), "{text}");
        }
        for text in [
            "@yes-no",
            "@ethnic-group-ew",
            "@religion-ew",
            "Room 2 | Room 1 | Room 3",
            "16-24 | 25-34 | Other",
            "1 | 2",
        ] {
            assert!(!ordered(&known(text)), "{text}");
        }
    }

    #[test]
    fn every_ladder_of_words_is_whole() {
        for scale in word_scales() {
            let steps = 0..scale.steps.len();
            assert!(scale.steps.iter().all(|s| !s.is_empty()), "{}", scale.name);
            assert!(
                scale.needs.iter().chain(scale.forms.iter().flatten()).all(|s| steps.contains(s)),
                "{}",
                scale.name
            );
            assert!(scale.forms.iter().all(|f| f.windows(2).all(|w| w[0] < w[1])), "{}", scale.name);
            // One wording is one step.
            for (at, step) in scale.steps.iter().enumerate() {
                for word in step {
                    let elsewhere = scale.steps.iter().skip(at + 1).flatten().any(|other| fold(other) == fold(word));
                    assert!(!elsewhere, "{}: {word}", scale.name);
                }
            }
        }
        assert!(no_opinion().iter().all(|w| fold(w) == *w), "{:?}", no_opinion().iter().find(|w| fold(w) != **w));
    }

    #[test]
    fn every_list_is_a_valid_option_list() {
        for list in all() {
            let parsed = options::parse(&format!("@{}", list.name));
            assert!(parsed.wrong.is_empty(), "{}: {:?}", list.name, parsed.wrong);
            assert_eq!(parsed.options.list.len(), list.options.len(), "{}", list.name);
            assert_eq!(fold(&list.name), list.name);
            assert!(list.class.is_none() || parsed.class.is_some(), "{}", list.name);
        }
    }
}
