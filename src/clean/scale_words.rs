//! What the words of an answer say of its step: by ladders of words, by opposites, by degrees of one thing.

use std::collections::BTreeMap;

use crate::spec::lists::{self, WordScale};

/// The rank of one answer in one way to understand all of them. Ranks of one way compare; the numbers mean nothing else.
#[derive(Debug, Clone)]
pub struct Ranked {
    pub rank: i32,
    /// Which wording of its step it is (ladders), or its adverb (opposites).
    wording: Wording,
    pub way: Way,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wording {
    Family(usize),
    /// Text with `{}` where the pole's word stands.
    Frame(String),
    Plain,
}

/// A way to understand answers as steps.
#[derive(Debug, Clone)]
pub enum Way {
    Ladder(&'static WordScale),
    Poles(&'static Pair),
    /// Degrees of one thing, whose words these are.
    Degrees(String),
}

/// Two opposite words.
#[derive(Debug)]
pub struct Pair {
    high: &'static str,
    low: &'static str,
    /// Whether "Very X" and "X" alone are enough to know that there is an opposite side.
    usual: bool,
}

const fn pair(high: &'static str, low: &'static str, usual: bool) -> Pair {
    Pair { high, low, usual }
}

const PAIRS: [Pair; 38] = [
    pair("agree", "disagree", true),
    pair("satisfied", "dissatisfied", true),
    pair("satisfied", "unsatisfied", false),
    pair("likely", "unlikely", true),
    pair("favorably", "unfavorably", true),
    pair("favourably", "unfavourably", true),
    pair("favorable", "unfavorable", true),
    pair("favourable", "unfavourable", true),
    pair("positive", "negative", true),
    pair("positively", "negatively", true),
    pair("easy", "difficult", true),
    pair("easy", "hard", false),
    pair("happy", "unhappy", true),
    pair("comfortable", "uncomfortable", false),
    pair("important", "unimportant", false),
    pair("helpful", "unhelpful", false),
    pair("useful", "useless", false),
    pair("interesting", "boring", false),
    pair("interesting", "uninteresting", false),
    pair("interested", "uninterested", false),
    pair("confident", "unconfident", false),
    pair("safe", "unsafe", false),
    pair("clear", "unclear", false),
    pair("relevant", "irrelevant", false),
    pair("appropriate", "inappropriate", false),
    pair("accessible", "inaccessible", false),
    pair("welcome", "unwelcome", false),
    pair("welcoming", "unwelcoming", false),
    pair("friendly", "unfriendly", false),
    pair("effective", "ineffective", false),
    pair("familiar", "unfamiliar", false),
    pair("pleased", "displeased", false),
    pair("pleasant", "unpleasant", false),
    pair("support", "oppose", true),
    pair("true", "untrue", false),
    pair("true", "false", false),
    pair("optimistic", "pessimistic", false),
    pair("connected", "disconnected", false),
];

/// Adverbs of opposites with their strength.
const STRENGTHS: [(&str, i32); 36] = [
    ("very strongly", 5),
    ("extremely", 5),
    ("completely", 5),
    ("totally", 5),
    ("entirely", 5),
    ("fully", 5),
    ("absolutely", 5),
    ("wholly", 5),
    ("strongly", 4),
    ("very", 4),
    ("highly", 4),
    ("definitely", 4),
    ("a lot", 4),
    ("really", 4),
    ("mostly", 2),
    ("moderately", 2),
    ("generally", 2),
    ("fairly", 2),
    ("quite", 2),
    ("rather", 2),
    ("reasonably", 2),
    ("largely", 2),
    ("mainly", 2),
    ("somewhat", 1),
    ("slightly", 1),
    ("a little", 1),
    ("a little bit", 1),
    ("a bit", 1),
    ("tend to", 1),
    ("partly", 1),
    ("partially", 1),
    ("mildly", 1),
    ("i", 3),
    ("i strongly", 4),
    ("i somewhat", 1),
    ("i tend to", 1),
];

/// Adverbs of degrees with their rank; longer ones before those they begin with.
const DEGREES: [(&str, i32); 34] = [
    ("not at all", 0),
    ("not in the least", 0),
    ("not particularly", 2),
    ("not especially", 2),
    ("not very", 2),
    ("not so", 2),
    ("not really", 2),
    ("not too", 2),
    ("not that", 2),
    ("not", 1),
    ("only slightly", 3),
    ("slightly", 3),
    ("only a little", 3),
    ("a little bit", 3),
    ("a little", 3),
    ("a bit", 3),
    ("minimally", 3),
    ("somewhat", 4),
    ("partly", 4),
    ("moderately", 5),
    ("fairly", 6),
    ("quite", 6),
    ("reasonably", 6),
    ("rather", 6),
    ("mostly", 6),
    ("highly", 8),
    ("strongly", 8),
    ("very", 8),
    ("extremely", 9),
    ("exceptionally", 9),
    ("incredibly", 9),
    ("completely", 10),
    ("totally", 10),
    ("fully", 10),
];

/// The thing itself, without an adverb.
const BARE: i32 = 7;

/// The usual selections of degrees.
const FORMS: [&[i32]; 16] = [
    &[0, 2, 4, 8, 9],
    &[0, 3, 5, 8, 9],
    &[0, 3, 4, 8, 9],
    &[0, 2, 6, 8],
    &[0, 2, 4, 8],
    &[0, 3, 6, 8],
    &[0, 3, 5, 8],
    &[0, 2, 7, 8],
    &[1, 7, 8],
    &[1, 4, 8],
    &[0, 4, 8],
    &[0, 2, 6, 8, 9],
    &[0, 2, 6, 8, 10],
    &[1, 3, 5, 7, 8],
    &[1, 4, 7, 8],
    &[0, 3, 5, 6, 8, 9],
];

/// All ways in which at least some of the answers are steps, each with the rank of every answer; the likelier first.
pub fn ways(words: &[&str]) -> Vec<Vec<Option<Ranked>>> {
    let mut out: Vec<Vec<Option<Ranked>>> = Vec::new();
    let mut add = |ranks: Vec<Option<Ranked>>| {
        if ranks.iter().any(Option::is_some) {
            out.push(ranks);
        }
    };
    for pair in &PAIRS {
        add(words.iter().map(|w| pole(w, pair)).collect());
    }
    for scale in lists::word_scales() {
        add(words.iter().map(|w| step(w, scale)).collect());
    }
    for tail in tails(words) {
        add(words.iter().map(|w| degree(w, &tail)).collect());
    }
    out
}

/// Whether words stand at the high end of what they speak of (`true`), or at the low one.
pub fn polarity(words: &str) -> Option<bool> {
    let by_pole = PAIRS.iter().find_map(|pair| pole(words, pair)).filter(|r| r.rank != 0).map(|r| r.rank > 0);
    let by_step = || {
        lists::word_scales().iter().find_map(|scale| {
            let at = step(words, scale)?.rank;
            let last = i32::try_from(scale.steps.len()).ok()? - 1;
            (at * 2 != last).then_some(at * 2 > last)
        })
    };
    let by_degree = || tails(&[words]).iter().find_map(|tail| degree(words, tail)).map(|r| r.rank >= BARE);
    by_pole.or_else(by_step).or_else(by_degree)
}

fn step(words: &str, scale: &'static WordScale) -> Option<Ranked> {
    scale.folded.iter().enumerate().find_map(|(at, wordings)| {
        let family = wordings.iter().position(|w| w == words)?;
        Some(Ranked { rank: i32::try_from(at).ok()?, wording: Wording::Family(family), way: Way::Ladder(scale) })
    })
}

fn pole(words: &str, pair: &'static Pair) -> Option<Ranked> {
    let at = |rank: i32, frame: String| Ranked { rank, wording: Wording::Frame(frame), way: Way::Poles(pair) };
    if is_neutral(words, pair) {
        return Some(Ranked { rank: 0, wording: Wording::Plain, way: Way::Poles(pair) });
    }
    for (word, sign) in [(pair.low, -1), (pair.high, 1)] {
        if words == word {
            return Some(at(sign * 3, "{}".to_owned()));
        }
        let before = words.strip_suffix(word).and_then(|w| w.strip_suffix(' '));
        if let Some((adverb, strength)) = before.and_then(|b| STRENGTHS.iter().find(|(a, _)| *a == b.trim())) {
            return Some(at(sign * strength, format!("{adverb} {{}}")));
        }
        let after = words.strip_prefix(word).and_then(|w| w.strip_prefix([' ', ',']));
        if let Some((adverb, strength)) = after.and_then(|b| STRENGTHS.iter().find(|(a, _)| *a == b.trim())) {
            return Some(at(sign * strength, format!("{{}} {adverb}")));
        }
    }
    None
}

fn is_neutral(words: &str, pair: &Pair) -> bool {
    let plain = words.replace(['/', '(', ')', ',', '-'], " ");
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if matches!(
        plain.as_str(),
        "neutral" | "neither" | "undecided" | "no opinion either way" | "mixed" | "in the middle"
    ) {
        return true;
    }
    if matches!(plain.as_str(), "not sure" | "unsure") {
        return pair.high == "agree";
    }
    let rest = plain.replace("i neither", "neither").replace("neutral", "");
    let parts: Vec<&str> =
        rest.split_whitespace().filter(|w| !matches!(*w, "neither" | "nor" | "or" | "and")).collect();
    rest.contains("neither")
        && (parts == [pair.high, pair.low]
            || parts == [pair.low, pair.high]
            || (pair.high == "agree" && parts == ["disagree"]))
}

/// The things of which these answers may name degrees.
fn tails(words: &[&str]) -> Vec<String> {
    let mut tallies: BTreeMap<&str, u32> = BTreeMap::new();
    for w in words {
        if let Some((tail, _)) = with_adverb(w) {
            *tallies.entry(tail).or_default() += 1;
        }
    }
    let most = tallies.values().max().copied().unwrap_or(0);
    tallies
        .into_iter()
        .filter(|(tail, n)| {
            *n == most && tail.split(' ').count() <= 4 && !tail.starts_with(|c: char| c.is_ascii_digit())
        })
        .map(|(tail, _)| tail.to_owned())
        .collect()
}

/// What stands behind an adverb of degree, and its rank.
fn with_adverb(words: &str) -> Option<(&str, i32)> {
    if let Some(tail) = words.strip_prefix("not ").and_then(|w| w.strip_suffix(" at all")) {
        return Some((tail, 0));
    }
    DEGREES.iter().find_map(|(adverb, rank)| {
        let tail = words.strip_prefix(adverb)?;
        match tail.strip_prefix(' ') {
            Some(tail) => Some((tail.trim_start(), *rank)),
            None => tail.is_empty().then_some((tail, *rank)),
        }
    })
}

fn degree(words: &str, tail: &str) -> Option<Ranked> {
    let rank = match with_adverb(words) {
        Some((own, rank)) if own == tail => rank,
        _ if words == tail && !tail.is_empty() => BARE,
        _ => return None,
    };
    Some(Ranked { rank, wording: Wording::Plain, way: Way::Degrees(tail.to_owned()) })
}

impl Way {
    /// What the scale is of.
    pub fn name(&self) -> &str {
        match self {
            Way::Ladder(scale) => &scale.name,
            Way::Poles(pair) => pair.high,
            Way::Degrees(tail) if tail.is_empty() => "degree",
            Way::Degrees(tail) => tail,
        }
    }

    /// All steps of the scale of which these were ticked, from the lowest, each with its wording. `None` if they are no scale.
    pub fn complete(&self, ticked: &[i32], known: &[&Ranked]) -> Option<Vec<(i32, String)>> {
        let out = match self {
            Way::Ladder(scale) => ladder(scale, ticked, known),
            Way::Poles(pair) => poles(pair, ticked, known),
            Way::Degrees(tail) => degrees(tail, ticked),
        }?;
        (out.len() >= 3).then_some(out)
    }
}

/// The first form that is just these steps, else the first that has them all, else themselves.
fn form<'a>(forms: impl Iterator<Item = Vec<i32>> + Clone + 'a, ticked: &[i32]) -> Vec<i32> {
    let all = |form: &Vec<i32>| ticked.iter().all(|t| form.contains(t));
    let exact = forms.clone().find(|form| form.len() == ticked.len() && form.len() > 2 && all(form));
    exact.or_else(|| forms.clone().find(|form| all(form))).unwrap_or_else(|| ticked.to_vec())
}

fn ladder(scale: &WordScale, ticked: &[i32], known: &[&Ranked]) -> Option<Vec<(i32, String)>> {
    let needs = scale.needs.iter().all(|n| i32::try_from(*n).is_ok_and(|n| ticked.contains(&n)));
    if ticked.len() < scale.least || !needs {
        return None;
    }
    let steps = |form: &Vec<usize>| form.iter().filter_map(|s| i32::try_from(*s).ok()).collect::<Vec<_>>();
    let chosen = form(scale.forms.iter().map(steps), ticked);
    let mut families: BTreeMap<usize, usize> = BTreeMap::new();
    for ranked in known {
        if let Wording::Family(family) = ranked.wording {
            *families.entry(family).or_default() += 1;
        }
    }
    let family = families.iter().find(|(_, n)| **n * 2 > known.len()).map_or(0, |(family, _)| *family);
    let wording = |at: i32| {
        let step = usize::try_from(at).ok().and_then(|at| scale.steps.get(at))?;
        step.get(family).or_else(|| step.first()).cloned()
    };
    chosen.into_iter().map(|at| Some((at, wording(at)?))).collect()
}

fn poles(pair: &Pair, ticked: &[i32], known: &[&Ranked]) -> Option<Vec<(i32, String)>> {
    let mut strengths: Vec<i32> = ticked.iter().filter(|r| **r != 0).map(|r| r.abs()).collect();
    strengths.sort_unstable();
    strengths.dedup();
    let one_sided = !ticked.iter().any(|r| *r <= 0);
    if one_sided && !pair.usual {
        return None;
    }
    match strengths.as_slice() {
        [] => return None,
        // A bare word alone is no scale.
        [3] if ticked.len() < 2 => return None,
        [4] => strengths.insert(0, 3),
        [5] => strengths.insert(0, 1),
        [1] => strengths.push(4),
        [2] => strengths.push(4),
        _ => {}
    }
    let every = strengths.iter().all(|s| ticked.contains(s) && ticked.contains(&-s));
    let neutral = ticked.contains(&0) || !every;
    let frame = |strength: i32| -> String {
        let observed = known.iter().find_map(|r| match &r.wording {
            Wording::Frame(frame) if r.rank.abs() == strength => Some(frame.clone()),
            _ => None,
        });
        let behind = known.iter().any(|r| matches!(&r.wording, Wording::Frame(f) if f.starts_with("{} ")));
        observed.unwrap_or_else(|| {
            let adverb = match (strength, pair.high) {
                (4, "agree" | "support") => "strongly",
                (4 | 5, _) => "very",
                (2, _) => "fairly",
                (1, _) => "somewhat",
                _ => return "{}".to_owned(),
            };
            if behind { format!("{{}} {adverb}") } else { format!("{adverb} {{}}") }
        })
    };
    let mut out: Vec<(i32, String)> = Vec::new();
    for strength in &strengths {
        let frame = frame(*strength);
        out.push((*strength, capital(&frame.replace("{}", pair.high))));
        out.push((-strength, capital(&frame.replace("{}", pair.low))));
    }
    if neutral {
        out.push((0, format!("Neither {} nor {}", pair.high, pair.low)));
    }
    out.sort_by_key(|(rank, _)| *rank);
    Some(out)
}

fn degrees(tail: &str, ticked: &[i32]) -> Option<Vec<(i32, String)>> {
    if ticked.len() < 2 || ticked == [1, BARE] {
        return None;
    }
    let chosen = form(FORMS.iter().map(|f| f.to_vec()), ticked);
    let long = chosen.contains(&9);
    let wording = |rank: i32| {
        let adverb = match rank {
            0 => "not at all",
            1 => "not",
            2 if long => "not so",
            2 => "not very",
            3 => "slightly",
            4 => "somewhat",
            5 => "moderately",
            6 => "fairly",
            8 => "very",
            9 => "extremely",
            10 => "completely",
            _ => "",
        };
        capital(format!("{adverb} {tail}").trim())
    };
    Some(chosen.into_iter().map(|rank| (rank, wording(rank))).collect())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
