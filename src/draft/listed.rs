//! The `options` cell of a draft: a question's answers in their order, as a ready list where one fits, with the marks they need.

use std::collections::BTreeSet;

use crate::clean::{OptionOrder, Profile, QuestionSeen as Question, QuestionType, tokens};
use crate::spec::{fold, lists, options};

/// How a question with a list is answered.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listed {
    pub kind_of_answer: &'static str,
    pub options: String,
    /// Texts that mean "no answer".
    pub missing: String,
    pub note: String,
}

/// The list of a question. `other`: people could write something else.
///
/// `written`: the platform writes what people typed under "Other" into the same cell.
pub fn list(question: &Question, profiles: &[&Profile], other: bool, written: bool) -> Listed {
    let one = if question.kind == QuestionType::Choices { "choices" } else { "choice" };
    let mut out = Listed { kind_of_answer: one, ..Listed::default() };
    let found: Vec<&str> =
        question.options.iter().map(|(text, _)| text.as_str()).filter(|text| !options::eaten(text)).collect();
    if let Some(scale) = &question.scale {
        out.kind_of_answer = "scale";
        out.options = match scale.list {
            Some(name) => format!("@{name}"),
            None => join(scale.levels.iter().map(|level| escaped(&level.text))),
        };
        let refused = scale.outside.iter().filter(|(text, _)| marked(text).starts_with("(refused)"));
        let refused: Vec<String> = refused.map(|(text, _)| marked(text)).collect();
        if !refused.is_empty() && scale.list.is_none() {
            out.options = join([std::mem::take(&mut out.options)].into_iter().chain(refused));
        }
        let outside: Vec<&str> =
            scale.outside.iter().map(|(t, _)| t.as_str()).filter(|t| !marked(t).starts_with("(refused)")).collect();
        out.missing = missing(&outside, profiles, &scale.outside);
        out.note = if outside.is_empty() {
            "from the lowest step to the highest".to_owned()
        } else {
            format!("from the lowest step to the highest; no step of it: {}", outside.join(", "))
        };
        return out;
    }
    out.missing = missing(&[], profiles, &[]);
    let folded: BTreeSet<String> = found.iter().map(|text| fold(text)).collect();
    if !folded.is_empty() && folded.iter().all(|text| matches!(text.as_str(), "yes" | "no")) && !other {
        out.options = "Yes | No".into();
        return out;
    }
    let fits = |list: &&lists::NamedList| {
        let own = options::parse(&format!("@{}", list.name)).options.list;
        let has: BTreeSet<String> = own.iter().map(|text| fold(text)).collect();
        let known = folded.iter().filter(|text| has.contains(*text)).count();
        // Lists of numbers are scales, which only the question can tell.
        let words = has.iter().any(|text| text.chars().any(char::is_alphabetic));
        words && known >= 2 && known == folded.len() && known * 2 + 1 >= has.len()
    };
    if !other && let Some(list) = lists::all().iter().filter(|list| !list.licence).find(fits) {
        out.options = format!("@{}", list.name);
        return out;
    }
    let mut seen = BTreeSet::new();
    // Where people's own words stand in the same cells, an answer of few rows may be what two of them typed alike.
    let typed = (question.separator.is_some() || written) && question.order != OptionOrder::Header;
    let few = |text: &str| {
        typed && question.options.iter().any(|(t, n)| t == text && *n < FEW && *n * 20 < question.answered)
    };
    let rare = found.iter().any(|text| few(text));
    let mut list: Vec<String> = found.iter().filter(|t| !few(t) && seen.insert(fold(t))).map(|t| marked(t)).collect();
    if question.order != OptionOrder::Header {
        // What is no answer of its own kind stands last, the others keep their order.
        list.sort_by_key(|text| match fold(text).as_str() {
            text if text.starts_with("(refused)") => 3,
            text if text.starts_with("(none)") => 2,
            text if text == "other" || text.starts_with("other ") || text.starts_with("other,") => 1,
            _ => 0,
        });
    }
    let open = other || rare || (question.once > 0 && (question.separator.is_some() || written));
    if open {
        // The open option has one name.
        list.retain(|text| !is_other(text));
        list.push("(other)".into());
    }
    out.options = list.join(" | ");
    if list.len() >= 2 && found.iter().all(|text| is_code(text)) {
        out.note = "these are codes: export the answers in full, or write in recodes what each of them means".into();
        return out;
    }
    out.note = match (question.order, open && !question.spread, question.once) {
        (OptionOrder::Header, _, _) => String::new(),
        (_, true, _) if rare => {
            "answers of fewer than 5 people may be their own words and are counted as (other): add those that were options".into()
        }
        (_, true, 1..) => "answers that came once only are counted as (other)".into(),
        (_, false, 1..) => "answers that only one person gave are not listed here: check says how many".into(),
        (OptionOrder::Ascending, _, _) => "from the lowest up".into(),
        _ => "the most frequent first: put them in the order in which they should be printed".into(),
    };
    out
}

/// Below how many rows an answer in a cell that people could type into may be what they typed.
const FEW: u64 = 5;

/// Whether an option is the open one: `Other`, `Other (please specify)`.
fn is_other(text: &str) -> bool {
    let folded = fold(text);
    folded == "other"
        || ["other (", "other:", "other, please", "other please", "other - "]
            .iter()
            .any(|start| folded.starts_with(start))
}

/// Whether an answer is the code of one, as LimeSurvey gives them: `A1`, `SQ001`.
fn is_code(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = text.get(letters..).unwrap_or_default();
    (1..=2).contains(&letters) && (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The `missing` cell: what stands outside a scale, and the words for "missing" that were found.
fn missing(outside: &[&str], profiles: &[&Profile], known: &[(String, u64)]) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut seen: BTreeSet<String> = known.iter().map(|(text, _)| fold(text)).collect();
    for text in outside {
        let folded = fold(text);
        let applies = ["n/a", "not applicable", "does not apply", "unfamiliar", "not relevant"];
        let mark = if applies.iter().any(|word| folded.contains(word)) { "(not asked) " } else { "" };
        out.push(format!("{mark}{}", escaped(text)));
    }
    for token in profiles.iter().flat_map(|p| &p.tokens) {
        let mark = match token.read_as {
            tokens::ReadAs::Blank => "",
            tokens::ReadAs::NotAsked => "(not asked) ",
            tokens::ReadAs::Refused => "(refused) ",
            tokens::ReadAs::Unreadable | tokens::ReadAs::Value => continue,
        };
        if seen.insert(token.token.clone()) {
            out.push(format!("{mark}{}", escaped(&token.token)));
        }
    }
    out.join(" | ")
}

/// The `missing` cell of a column without a list.
pub fn missing_of(profile: &Profile) -> String {
    missing(&[], &[profile], &[])
}

fn join(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(" | ")
}

fn escaped(text: &str) -> String {
    options::escape(text).trim_start_matches('@').to_owned()
}

/// An option with the mark it needs: `(none)` or `(refused)`.
pub fn marked(label: &str) -> String {
    let folded = spaced(&fold(label));
    let text = options::escape(label);
    if matches!(folded.as_str(), "none" | "nothing" | "neither" | "no change")
        || ["none of the", "none of these", "not applicable"].iter().any(|start| folded.starts_with(start))
    {
        return format!("(none) {text}");
    }
    if folded.contains("prefer not to") || folded.contains("rather not say") || folded.contains("not wish to") {
        return format!("(refused) {text}");
    }
    text.trim_start_matches('@').to_string()
}

/// The name of an answer as KoboToolbox and ODK write it, in words: `prefer_not_to_say`.
fn spaced(folded: &str) -> String {
    if folded.contains(' ') { folded.to_owned() } else { folded.replace('_', " ") }
}

/// Whether options are ages in bands: `Under 16 | 16-24 | 25-44 | 65+`.
pub fn age_bands(text: &str) -> bool {
    let list = options::parse(text).options.list;
    let numbers = |option: &str| {
        let folded = fold(option);
        let parts: Vec<u32> = folded.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
        (matches!(parts.as_slice(), [low, high] if low < high && *high <= 120), parts.len() == 1, folded)
    };
    let between = list.iter().filter(|o| numbers(o).0).count();
    let ends = list.iter().filter(|o| {
        let (_, one, folded) = numbers(o);
        let open = [
            "under",
            "over",
            "below",
            "and over",
            "or over",
            "and above",
            "or above",
            "+",
            "older",
            "younger",
            ">",
            "<",
        ];
        one && open.iter().any(|word| folded.contains(word))
    });
    between >= 2 && ends.count() >= 1
}
