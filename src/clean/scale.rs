//! Answers that are the steps of one scale: "Strongly agree" and its neighbours, in common wordings and orders.
//!
//! Known are the ladders of words of `data/reference/scales.toml` (in several languages), opposites by their grammar ("Very
//! satisfied … Very dissatisfied"), degrees of one thing ("Not at all useful … Extremely useful"), numbers with labelled ends
//! and stars. Steps that nobody ticked are kept; "Don't know" and its like stand outside; a misspelt step is a suggestion.

use std::collections::{BTreeMap, BTreeSet};

use super::labels::one_line;
use super::scale_words::{self, Ranked};
use super::states::{self, Kind};
use crate::spec::{fold, lists};

/// The share of rows (one in so many) that may be none of the steps: an answer written by hand.
const STRANGE: u64 = 20;
/// The most different answers that can be a scale with what stands outside it.
const MOST: usize = 40;
/// The longest text that can be a step.
const LONGEST: usize = 80;

/// A scale, recognised from its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// What it is called: the ready list's name (`agree-5`), or its kind and number of steps (`satisfied-4`).
    pub id: String,
    /// The ready list (`@agree-5`) that has exactly these steps.
    pub list: Option<&'static str>,
    /// All steps from the lowest to the highest, as written in the data where they were.
    pub levels: Vec<Level>,
    /// Answers that are no step, as written: "Don't know", "Not applicable", "Prefer not to say".
    pub outside: Vec<(String, u64)>,
    /// Answers that are almost a step, or another wording of one that is there: suggestions for recodes.
    pub misspelt: Vec<Misspelt>,
    /// Rows with anything else.
    pub strange: u64,
    /// The numbers in the texts run against their meaning: `1 = Strongly agree`.
    pub falling: bool,
    /// How it was recognised, as a sentence.
    pub reason: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    pub text: String,
    pub rows: u64,
}

/// A suggestion: what was written, and the index of the step it seems to mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misspelt {
    pub written: String,
    pub level: usize,
    pub rows: u64,
}

/// An answer, with the number that may stand before or behind its words.
#[derive(Debug, Clone)]
struct Said {
    text: String,
    /// Folded, without number, face and final stop.
    words: String,
    number: Option<i64>,
    rows: u64,
}

/// Recognises the scale whose steps these answers (with their rows) are. `None` for answers of another kind, plain numbers among
/// them: what a column of numbers is, only its question can tell.
pub fn recognise(values: &[(&str, u64)]) -> Option<Scale> {
    // The names of answers in KoboToolbox and ODK: `strongly_agree`.
    let named =
        values.iter().any(|(text, _)| text.contains('_')) && values.iter().all(|(text, _)| !text.trim().contains(' '));
    if !named {
        return in_words(values);
    }
    let spaced: Vec<String> = values.iter().map(|(text, _)| text.replace('_', " ")).collect();
    let words: Vec<(&str, u64)> = spaced.iter().zip(values).map(|(text, (_, rows))| (text.as_str(), *rows)).collect();
    let mut found = in_words(&words)?;
    let written: BTreeMap<String, &str> =
        spaced.iter().zip(values).map(|(text, (own, _))| (fold(text), *own)).collect();
    let own = |text: &mut String| match written.get(&fold(text)) {
        Some(own) => (*own).clone_into(text),
        None => *text = fold(text).replace(' ', "_"),
    };
    found.levels.iter_mut().for_each(|level| own(&mut level.text));
    found.outside.iter_mut().for_each(|(text, _)| own(text));
    found.misspelt.iter_mut().for_each(|m| own(&mut m.written));
    // A ready list has the steps in words, which these names are not.
    found.list = None;
    Some(found)
}

/// The same for answers that are written in words.
fn in_words(values: &[(&str, u64)]) -> Option<Scale> {
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for (text, rows) in values {
        let folded = fold(text);
        if folded.is_empty() {
            continue;
        }
        if folded.chars().count() > LONGEST || said.len() >= MOST {
            return None;
        }
        let entry =
            said.entry(folded.clone()).or_insert_with(|| Said { rows: 0, ..take_apart(&one_line(text), &folded) });
        entry.rows += rows;
    }
    let said: Vec<Said> = said.into_values().collect();
    let (outside, inside): (Vec<&Said>, Vec<&Said>) = said.iter().partition(|s| is_outside(s));
    if inside.is_empty() {
        return None;
    }
    let mut found = numbered(&inside).or_else(|| worded(&inside, &outside))?;
    let steps: BTreeSet<String> = found.levels.iter().map(|l| fold(&l.text)).collect();
    found.outside =
        outside.iter().filter(|s| !steps.contains(&fold(&s.text))).map(|s| (s.text.clone(), s.rows)).collect();
    found.outside.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Some(found)
}

/// Whether options stand from the highest step to the lowest ("Strongly agree | … | Strongly disagree"); `None` if they are no
/// scale that is known, or in no order.
pub fn falls(options: &[String]) -> Option<bool> {
    let said: Vec<Said> = options.iter().map(|o| take_apart(&one_line(o), &fold(o))).collect();
    let inside: Vec<&Said> = said.iter().filter(|s| !is_outside(s) || is_neutral_too(s)).collect();
    let ranks = ranked(&inside).into_iter().find(|r| r.iter().all(Option::is_some))?;
    let ranks: Vec<i32> = ranks.into_iter().flatten().map(|r| r.rank).collect();
    if ranks.len() < 3 {
        return None;
    }
    let (rises, falls) = (ranks.windows(2).all(|w| w[0] < w[1]), ranks.windows(2).all(|w| w[0] > w[1]));
    (rises || falls).then_some(falls)
}

/// Takes the number off a labelled step (`1 - Not at all`, `Very much (5)`), and stars for what they count.
fn take_apart(text: &str, folded: &str) -> Said {
    let said = |words: &str, number: Option<i64>| Said {
        text: text.to_owned(),
        words: words.trim().trim_end_matches(['.', '!']).trim().to_owned(),
        number,
        rows: 0,
    };
    if let Some(stars) = stars(folded) {
        return said("", Some(stars));
    }
    let plain: String = folded.chars().filter(|c| *c != '\u{fe0f}' && *c != '\u{200d}').collect();
    let digits = plain.trim_start_matches('(').chars().take_while(char::is_ascii_digit).count();
    let after = plain.trim_start_matches('(').get(digits..).unwrap_or_default();
    let letters = |t: &str| t.chars().any(char::is_alphabetic);
    if (1..=3).contains(&digits) {
        let number = plain.trim_start_matches('(').get(..digits).and_then(|d| d.parse().ok());
        if after.trim().is_empty() {
            return said("", number);
        }
        let rest = after.trim_start_matches([' ', ')']);
        let rest = rest.strip_prefix(['-', ':', '.', '=', '(', '/']).map_or_else(
            // "5) Very much" has its bracket taken already; "5 people" is no labelled five.
            || if after.starts_with(')') { Some(rest) } else { None },
            |rest| Some(rest.trim_end_matches(')')),
        );
        if let Some(rest) = rest.map(str::trim).filter(|r| letters(r) && !r.starts_with(|c: char| c.is_ascii_digit())) {
            return said(rest, number);
        }
    }
    let tail = plain.trim_end_matches([')', ']']);
    let digits = tail.chars().rev().take_while(char::is_ascii_digit).count();
    if (1..=2).contains(&digits) {
        let (words, number) = tail.split_at(tail.len() - digits);
        let before = words.trim_end();
        if let Some(words) = before.strip_suffix(['(', '[', '-', '=', ':']).filter(|w| letters(w)) {
            return said(words, number.parse().ok());
        }
    }
    // A face beside words only decorates them.
    if letters(&plain) {
        let words: String = plain.chars().filter(|c| c.is_alphanumeric() || c.is_ascii() || matches!(c, '’')).collect();
        return said(&words, None);
    }
    said(&plain, None)
}

/// `★★★☆☆`, `⭐⭐⭐`, `3 stars`, `3 out of 5`.
fn stars(folded: &str) -> Option<i64> {
    let full = folded.chars().filter(|c| matches!(c, '★' | '⭐' | '🌟')).count();
    let only = folded.chars().all(|c| matches!(c, '★' | '⭐' | '🌟' | '☆' | '\u{fe0f}' | ' '));
    if full > 0 && only {
        return i64::try_from(full).ok();
    }
    let (number, rest) = folded.split_once(' ')?;
    let counts = matches!(rest, "star" | "stars" | "out of 5" | "out of 10" | "/ 5" | "/ 10" | "points" | "point");
    if counts && number.len() <= 2 { number.parse().ok() } else { None }
}

fn is_outside(said: &Said) -> bool {
    let folded = fold(&said.text);
    let list = lists::no_opinion();
    let is = |text: &str| {
        list.iter().any(|w| w == text) || matches!(states::folded(text), Kind::Refused | Kind::NotAsked | Kind::Token)
    };
    is(&folded) || is(&said.words) || folded.ends_with("(n/a)")
}

/// "Not sure" can be the middle of a scale.
fn is_neutral_too(said: &Said) -> bool {
    matches!(said.words.as_str(), "not sure" | "unsure" | "i'm not sure")
}

/// Numbers of which some are labelled: `1 - Not at all`, `2`, `3`, `4`, `5 - Very much`; and stars.
fn numbered(inside: &[&Said]) -> Option<Scale> {
    if inside.iter().any(|s| s.number.is_none()) {
        return None;
    }
    let labelled: Vec<&&Said> = inside.iter().filter(|s| !s.words.is_empty()).collect();
    let starred = inside.iter().all(|s| fold(&s.text).chars().any(|c| c == 's' || !c.is_ascii()) && s.words.is_empty());
    if labelled.is_empty() && !starred {
        return None;
    }
    // Where every step has words, these tell the order.
    if labelled.len() == inside.len()
        && let Some(scale) = worded(inside, &[])
    {
        return Some(scale);
    }
    let mut by_number: BTreeMap<i64, Vec<&Said>> = BTreeMap::new();
    for s in inside {
        by_number.entry(s.number?).or_default().push(s);
    }
    let (least, most) = (*by_number.keys().next()?, *by_number.keys().next_back()?);
    // Scales begin at 0 or 1; stars end at five.
    let from = if least == 0 { 0 } else { least.min(1) };
    let to = match (starred, most) {
        (true, ..=5) => 5,
        _ => most,
    };
    if !(1..=10).contains(&(to - from)) {
        return None;
    }
    let falling = labelled.iter().any(|s| {
        let low = s.number == Some(from);
        let high = s.number == Some(to);
        let meaning = scale_words::polarity(&s.words);
        (low && meaning == Some(true)) || (high && meaning == Some(false))
    });
    let mut levels = Vec::new();
    let mut misspelt = Vec::new();
    let numbers: Vec<i64> = if falling { (from..=to).rev().collect() } else { (from..=to).collect() };
    for number in numbers {
        let mut texts = by_number.get(&number).cloned().unwrap_or_default();
        texts.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.text.cmp(&b.text)));
        let at = levels.len();
        let first = texts.first();
        levels.push(Level {
            text: first.map_or_else(|| number.to_string(), |s| s.text.clone()),
            rows: first.map_or(0, |s| s.rows),
        });
        misspelt.extend(texts.iter().skip(1).map(|s| Misspelt { written: s.text.clone(), level: at, rows: s.rows }));
    }
    let reason = if starred {
        "the answers are stars".to_owned()
    } else {
        format!("numbers from {from} to {to}, {} of them with words", labelled.len())
    };
    Some(finish(format!("{from}-to-{to}"), levels, misspelt, 0, falling, reason))
}

/// The rank of every answer, per way to understand them all; the likeliest way first.
fn ranked(inside: &[&Said]) -> Vec<Vec<Option<Ranked>>> {
    let words: Vec<&str> = inside.iter().map(|s| s.words.as_str()).collect();
    scale_words::ways(&words)
}

/// A way to understand the answers, weighed.
struct Tried {
    scale: Scale,
    strange: u64,
    misspelt: u64,
}

fn worded(inside: &[&Said], outside: &[&Said]) -> Option<Scale> {
    let mut best: Option<Tried> = None;
    // "Not sure" is tried as the middle first, where no other answer is.
    let with: Vec<&Said> = inside.iter().chain(outside.iter().filter(|s| is_neutral_too(s))).copied().collect();
    let groups: Vec<&[&Said]> = if with.len() > inside.len() { vec![&with, inside] } else { vec![inside] };
    for (at, group) in groups.iter().enumerate() {
        for ranks in ranked(group) {
            let Some(tried) = build(group, &ranks, at == 0 && groups.len() > 1) else { continue };
            let better = best.as_ref().is_none_or(|b| (tried.strange, tried.misspelt) < (b.strange, b.misspelt));
            if better {
                best = Some(tried);
            }
        }
    }
    best.map(|b| b.scale)
}

fn build(inside: &[&Said], ranks: &[Option<Ranked>], middle: bool) -> Option<Tried> {
    let mut by_rank: BTreeMap<i32, Vec<&Said>> = BTreeMap::new();
    let mut unranked: Vec<&Said> = Vec::new();
    for (said, rank) in inside.iter().zip(ranks) {
        match rank {
            Some(rank) => by_rank.entry(rank.rank).or_default().push(said),
            None => unranked.push(said),
        }
    }
    // "Not sure" beside a middle of its own stands outside.
    if middle && by_rank.values().any(|s| s.len() > 1 && s.iter().any(|s| is_neutral_too(s))) {
        return None;
    }
    let known: Vec<&Ranked> = ranks.iter().flatten().collect();
    let way = &known.first()?.way;
    let steps = way.complete(&by_rank.keys().copied().collect::<Vec<_>>(), &known)?;
    let total: u64 = inside.iter().map(|s| s.rows).sum();
    let mut levels = Vec::new();
    let mut misspelt: Vec<Misspelt> = Vec::new();
    for (rank, wording) in &steps {
        let mut texts = by_rank.get(rank).cloned().unwrap_or_default();
        texts.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.text.cmp(&b.text)));
        let first = texts.first();
        misspelt.extend(texts.iter().skip(1).map(|s| Misspelt {
            written: s.text.clone(),
            level: levels.len(),
            rows: s.rows,
        }));
        levels.push(Level {
            text: first.map_or_else(|| wording.clone(), |s| s.text.clone()),
            rows: first.map_or(0, |s| s.rows),
        });
    }
    let mut strange = 0;
    for said in unranked {
        let near = steps.iter().enumerate().find(|(at, (_, wording))| {
            let level = levels.get(*at).map(|l| fold(&l.text)).unwrap_or_default();
            [fold(wording), level]
                .iter()
                .any(|step| super::choices::is_slip(&said.words, step, strsim::osa_distance(&said.words, step)))
        });
        match near {
            Some((level, _)) => misspelt.push(Misspelt { written: said.text.clone(), level, rows: said.rows }),
            None => strange += said.rows,
        }
    }
    if strange.saturating_mul(STRANGE) > total || (strange > 0 && by_rank.len() < 3) {
        return None;
    }
    // Numbers beside the words, against their meaning.
    let numbers: Vec<i64> = by_rank.values().filter_map(|s| s.first().and_then(|s| s.number)).collect();
    let falling = numbers.len() > 1 && numbers.windows(2).all(|w| w[0] > w[1]);
    let slips = misspelt.iter().map(|m| m.rows).sum();
    let reason = format!("{} of {} steps of “{}”", by_rank.len(), levels.len(), way.name());
    let id = format!("{}-{}", way.name().replace(' ', "-"), levels.len());
    Some(Tried { scale: finish(id, levels, misspelt, strange, falling, reason), strange, misspelt: slips })
}

fn finish(
    id: String,
    levels: Vec<Level>,
    misspelt: Vec<Misspelt>,
    strange: u64,
    falling: bool,
    reason: String,
) -> Scale {
    let folded: Vec<String> = levels.iter().map(|l| fold(&l.text)).collect();
    let list = lists::all().iter().find(|list| {
        list.ordered
            && list.class.is_none()
            && !list.licence
            && list.options.len() == folded.len()
            && list.options.iter().zip(&folded).all(|(o, f)| fold(o) == *f)
    });
    Scale {
        id: list.map_or(id, |l| l.name.clone()),
        list: list.map(|l| l.name.as_str()),
        levels,
        outside: Vec::new(),
        misspelt,
        strange,
        falling,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(values: &[&str]) -> Option<Scale> {
        recognise(&values.iter().map(|v| (*v, 3)).collect::<Vec<_>>())
    }
    fn levels(values: &[&str]) -> Vec<String> {
        scale(values).map(|s| s.levels.into_iter().map(|l| l.text).collect()).unwrap_or_default()
    }

    #[test]
    fn common_wordings_in_any_order() {
        for (values, id, want) in [
            (
                &["Agree", "Strongly agree", "Disagree"][..],
                "agree-5",
                &["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"][..],
            ),
            (
                &["Strongly agree", "Somewhat agree", "Neither agree nor disagree"],
                "agree-5",
                &[
                    "Strongly disagree",
                    "Somewhat disagree",
                    "Neither agree nor disagree",
                    "Somewhat agree",
                    "Strongly agree",
                ],
            ),
            (
                &["Neutral", "Agree strongly", "Agree", "Disagree"],
                "agree-5",
                &["Disagree strongly", "Disagree", "Neutral", "Agree", "Agree strongly"],
            ),
            (
                &["Very satisfied", "Satisfied", "Very dissatisfied"],
                "satisfied-5",
                &[
                    "Very dissatisfied",
                    "Dissatisfied",
                    "Neither satisfied nor dissatisfied",
                    "Satisfied",
                    "Very satisfied",
                ],
            ),
            (
                &["Extremely useful", "Very useful", "Not so useful"],
                "useful-5",
                &["Not at all useful", "Not so useful", "Somewhat useful", "Very useful", "Extremely useful"],
            ),
            (&["Often", "Never"], "often-5", &["Never", "Rarely", "Sometimes", "Often", "Always"]),
            (&["Good", "Very good"], "quality-5", &["Very poor", "Poor", "Fair", "Good", "Very good"]),
            (&["Good", "Excellent"], "quality-5", &["Poor", "Fair", "Good", "Very good", "Excellent"]),
            (&["Partly", "Yes", "No"], "yes-partly-no-3", &["No", "Partly", "Yes"]),
            (
                &["Much better", "The same"],
                "change-5",
                &["Much worse", "A little worse", "The same", "A little better", "Much better"],
            ),
            (
                &["Weekly", "Daily", "Monthly", "First visit"],
                "visits-4",
                &["First visit", "Monthly", "Weekly", "Daily"],
            ),
            (
                &["Helemaal mee eens", "Mee eens", "Neutraal"],
                "agree-nl-5",
                &["Helemaal mee oneens", "Mee oneens", "Neutraal", "Mee eens", "Helemaal mee eens"],
            ),
            (&["🙂", "😐", "😀"], "faces-5", &["😡", "🙁", "😐", "🙂", "😀"]),
            (&["★★★☆☆", "★★★★★"], "1-to-5", &["1", "2", "★★★☆☆", "4", "★★★★★"]),
            (&["1 - Not at all", "3", "5 - Very much"], "1-to-5", &["1 - Not at all", "2", "3", "4", "5 - Very much"]),
            (&["\u{feff}1 (None at all)", "2", "4"], "1-to-4", &["1 (None at all)", "2", "3", "4"]),
            (
                &["Very confident", "Not at all confident", "Fairly confident"],
                "confident-4",
                &["Not at all confident", "Not very confident", "Fairly confident", "Very confident"],
            ),
        ] {
            let found = scale(values).unwrap_or_else(|| panic!("{values:?}"));
            assert_eq!((found.id.as_str(), levels(values)), (id, want.iter().map(|s| (*s).to_owned()).collect()));
        }
    }

    #[test]
    fn ready_lists_are_named() {
        assert_eq!(scale(&["Agree", "Strongly disagree"]).and_then(|s| s.list), Some("agree-5"));
        assert_eq!(scale(&["Always", "Rarely"]).and_then(|s| s.list), Some("often-5"));
        assert_eq!(scale(&["Very likely", "Unlikely"]).and_then(|s| s.list), Some("likely-5"));
        assert_eq!(scale(&["Neutral", "Strongly disagree"]).and_then(|s| s.list), None);
    }

    #[test]
    fn what_is_no_step_stands_outside() {
        let s = scale(&["Agree", "Strongly agree", "Don’t know", "N/A", "Prefer not to say"]).unwrap();
        assert_eq!(s.levels.len(), 5);
        assert_eq!(
            s.outside.iter().map(|(t, _)| t.as_str()).collect::<Vec<_>>(),
            ["Don’t know", "N/A", "Prefer not to say"]
        );
        // Not sure is the middle where nothing else is, and outside where something is.
        assert_eq!(levels(&["Agree", "Disagree", "Not sure"]), ["Disagree", "Not sure", "Agree"]);
        let s = scale(&["Strongly agree", "Disagree", "Neutral", "Not sure"]).unwrap();
        assert_eq!((s.levels.len(), s.outside.len()), (5, 1));
    }

    #[test]
    fn slips_are_suggestions() {
        let s = scale(&["Strongly agree", "Strongly agreee", "Strongley disagree", "Agree"]).unwrap();
        let meant: Vec<(&str, &str)> =
            s.misspelt.iter().map(|m| (m.written.as_str(), s.levels[m.level].text.as_str())).collect();
        assert_eq!(meant, [("Strongley disagree", "Strongly disagree"), ("Strongly agreee", "Strongly agree")]);
    }

    #[test]
    fn numbers_against_their_meaning_are_seen() {
        let s = scale(&["1 = Strongly agree", "2 = Agree", "5 = Strongly disagree"]).unwrap();
        assert!(s.falling);
        assert_eq!(s.levels.last().map(|l| l.text.as_str()), Some("1 = Strongly agree"));
        let s = scale(&["1 - Very satisfied", "2", "5 - Very dissatisfied"]).unwrap();
        assert!(s.falling);
        assert_eq!(s.levels.first().map(|l| l.text.as_str()), Some("5 - Very dissatisfied"));
        let options = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(falls(&options(&["Strongly agree", "Agree", "Neither", "Disagree"])), Some(true));
        assert_eq!(falls(&options(&["Never", "Sometimes", "Always", "Don't know"])), Some(false));
        assert_eq!(falls(&options(&["Agree", "Never", "Blue"])), None);
    }

    #[test]
    fn other_answers_are_no_scale() {
        for values in [
            &["Yes", "No"][..],
            &["1", "2", "3"],
            &["Red", "Blue"],
            &["Good", "Blue", "Green"],
            &["2-3 people", "1-2 people"],
            &["Library", "Very good", "Poor"],
            &["Male", "Female", "Prefer not to say"],
            &["Don't know", "N/A"],
            &["16-24", "25-34"],
            &["Yes", "No", "Maybe"],
            &[""],
        ] {
            assert_eq!(scale(values), None, "{values:?}");
        }
    }
}
