//! Closed answers: a text is an option when it folds to one, or when a recode says which one it means.
//!
//! Never guessed: a near miss is a suggestion for `recodes`. Its text is shown only where it is almost an option's, for then it
//! tells nothing but a typing error.

use std::collections::BTreeMap;

use super::labels::{Recodes, one_line};
use super::states::{self, Kind};
use super::tokens::Missing;
use crate::ingest::Texts;
use crate::spec::{Means, Options, fold};

/// The label of the open option.
pub const OTHER: &str = "Other";

/// How many options a list made from the data may have.
const MOST_MADE: usize = 60;
/// The longest text that may become an option by itself.
const LONGEST_MADE: usize = 120;

/// An option list as answers are matched against it: without the options that mean "prefer not to say".
#[derive(Debug, Clone, Default)]
pub struct Closed {
    /// As printed, in the codebook's order, the open option last.
    pub list: Vec<String>,
    pub exclusive: Vec<usize>,
    /// Index of the open option.
    pub other: Option<usize>,
    /// Folded option → what it stands for.
    by_fold: BTreeMap<String, Matched>,
}

/// What a text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// An index into `Closed::list`.
    Option(usize),
    Refused,
    Blank,
    /// A token of the closed list of missing words.
    Token,
    NotAsked,
    Unreadable,
    /// None of these: an open answer, if the question has one.
    Unknown,
}

impl Closed {
    /// From the codebook's options.
    pub fn new(options: &Options) -> Self {
        let mut out = Closed::default();
        for (at, text) in options.list.iter().enumerate() {
            let folded = fold(text);
            if options.refused.contains(&at) || states::folded(&folded) == Kind::Refused {
                out.by_fold.entry(folded).or_insert(Matched::Refused);
                continue;
            }
            let index = out.list.len();
            out.list.push(text.clone());
            out.by_fold.entry(folded).or_insert(Matched::Option(index));
            if options.exclusive.contains(&at) {
                out.exclusive.push(index);
            }
        }
        if options.other {
            let folded = fold(OTHER);
            let index = match out.by_fold.get(&folded) {
                Some(Matched::Option(index)) => *index,
                _ => {
                    out.list.push(OTHER.to_owned());
                    out.list.len() - 1
                }
            };
            for word in ["other", "other (please specify)", "other, please specify", "other (please state)", "other:"] {
                out.by_fold.entry(word.to_owned()).or_insert(Matched::Option(index));
            }
            out.other = Some(index);
        }
        out
    }

    /// From the answers themselves, where the codebook gives no list: every distinct text, in the order of the alphabet.
    /// `None` if they are too many or too long to be options.
    pub fn made<'a>(columns: impl IntoIterator<Item = (&'a Texts, Missing)>, recodes: &Recodes<'_>) -> Option<Self> {
        let mut spellings: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        let columns: Vec<(&Texts, Missing)> = columns.into_iter().collect();
        let texts = columns.iter().flat_map(|(texts, missing)| texts.iter().map(move |text| (text, missing)));
        for ((_, text, rows), missing) in texts {
            let folded = fold(text);
            let (folded, spelling) = match recodes.means(&folded) {
                Some(Means::Value(value)) => (fold(value), value.clone()),
                Some(_) => continue,
                None if missing.folded(&folded) != Kind::Value => continue,
                None => (folded, one_line(text)),
            };
            if folded.len() > LONGEST_MADE {
                return None;
            }
            *spellings.entry(folded).or_default().entry(spelling).or_default() += u64::from(rows);
            if spellings.len() > MOST_MADE {
                return None;
            }
        }
        let mut out = Closed::default();
        for (folded, written) in spellings {
            let most = written.values().copied().max().unwrap_or(0);
            let Some((text, _)) = written.into_iter().find(|(_, rows)| *rows == most) else { continue };
            out.by_fold.insert(folded, Matched::Option(out.list.len()));
            out.list.push(text);
        }
        Some(out)
    }

    /// Whether a folded text is one of the options.
    pub fn has(&self, folded: &str) -> bool {
        matches!(self.by_fold.get(folded), Some(Matched::Option(_)))
    }

    /// What a text stands for.
    pub fn matched(&self, text: &str, recodes: &Recodes<'_>, missing: &Missing) -> Matched {
        self.matched_folded(&fold(text), recodes, missing)
    }

    /// The same for a folded text.
    pub fn matched_folded(&self, folded: &str, recodes: &Recodes<'_>, missing: &Missing) -> Matched {
        if let Some(&m) = self.by_fold.get(folded) {
            return m;
        }
        match recodes.means(folded) {
            Some(Means::Value(value)) => return self.by_fold.get(&fold(value)).copied().unwrap_or(Matched::Unreadable),
            Some(Means::Refused) => return Matched::Refused,
            Some(Means::Blank) => return Matched::Blank,
            Some(Means::Unreadable | Means::NotSplittable(_)) => return Matched::Unreadable,
            Some(Means::NotAPlace) => return Matched::NotAsked,
            None => {}
        }
        match missing.folded(folded) {
            Kind::Blank => Matched::Blank,
            Kind::Refused => Matched::Refused,
            Kind::NotAsked => Matched::NotAsked,
            Kind::Token => Matched::Token,
            Kind::Error => Matched::Unreadable,
            Kind::Value => Matched::Unknown,
        }
    }

    /// The folded options, longest first, for splitting joined answers.
    pub fn longest_first(&self) -> Vec<(&str, Matched)> {
        let mut out: Vec<(&str, Matched)> = self.by_fold.iter().map(|(k, m)| (k.as_str(), *m)).collect();
        out.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(b.0)));
        out
    }

    /// What to say of a text that is no option: a hint that gives away nothing but options.
    pub fn near(&self, text: &str) -> Near {
        let folded = fold(text);
        if crate::spec::options::eaten(text.trim()) && self.list.iter().any(|o| o.contains('-') || o.contains('–')) {
            return Near::EatenByExcel;
        }
        if folded.len() > 300 {
            return Near::Nothing;
        }
        // "16 to 24" where the option is "16-24".
        if let Some(band) = super::age::band(text)
            && let Some(option) = self.list.iter().find(|o| super::age::band(o) == Some(band))
        {
            return Near::Typing { written: one_line(text), option: option.clone() };
        }
        let mut best: Option<(usize, &String)> = None;
        for option in &self.list {
            let distance = strsim::osa_distance(&folded, &fold(option));
            if is_slip(&folded, &fold(option), distance) && best.is_none_or(|(than, _)| distance < than) {
                best = Some((distance, option));
            }
        }
        if let Some((_, option)) = best {
            return Near::Typing { written: one_line(text), option: option.clone() };
        }
        let begins = self.list.iter().find(|option| {
            let option = fold(option);
            folded
                .strip_prefix(option.as_str())
                .is_some_and(|rest| rest.starts_with([',', ' ', '.', '!', ';', '-', ':']))
        });
        match begins {
            Some(option) => Near::Begins(option.clone()),
            None => Near::Nothing,
        }
    }
}

/// Whether two folded texts differ by a slip of the keyboard only: one letter or, in a long text, two; never a digit, and never
/// the syllable that turns an answer into its opposite.
pub(crate) fn is_slip(text: &str, option: &str, distance: usize) -> bool {
    let most = match option.chars().count() {
        0..=3 => 0,
        4..=9 => 1,
        _ => 2,
    };
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let (shorter, longer) = if text.len() < option.len() { (text, option) } else { (option, text) };
    let opposite = ["un", "in", "im", "ir", "il", "a", "no"]
        .iter()
        .any(|syllable| longer.match_indices(syllable).any(|(at, _)| {
            let (before, after) = (longer.get(..at), longer.get(at + syllable.len()..));
            matches!((before, after), (Some(b), Some(a)) if (b.is_empty() || b.ends_with(' ')) && format!("{b}{a}") == shorter)
        }));
    distance <= most && digits(text) == digits(option) && !opposite
}

/// How a text that is no option stands to the options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Near {
    /// Almost an option: its text may be shown.
    Typing {
        written: String,
        option: String,
    },
    /// Begins like an option and goes on.
    Begins(String),
    /// `14-Oct` where `10-14` was meant.
    EatenByExcel,
    Nothing,
}

/// Yes or no, in the words that exports use.
pub fn yes_no(folded: &str) -> Option<bool> {
    const YES: [&str; 26] = [
        "yes", "y", "true", "1", "x", "✓", "✔", "☑", "✅", "present", "attended", "came", "checked", "ticked",
        "selected", "1.0", "t", "on", "oui", "ja", "si", "sí", "sì", "sim", "ydw", "oes",
    ];
    const NO: [&str; 25] = [
        "no",
        "n",
        "false",
        "0",
        "absent",
        "did not attend",
        "did not come",
        "no show",
        "no-show",
        "not attended",
        "unchecked",
        "not selected",
        "not ticked",
        "0.0",
        "f",
        "off",
        "✗",
        "✘",
        "❌",
        "non",
        "nein",
        "nee",
        "não",
        "nao",
        "nac ydw",
    ];
    if YES.contains(&folded) {
        Some(true)
    } else if NO.contains(&folded) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slips_are_shown_and_suggested() {
        let list =
            ["Very favorably", "16-24", "Yes", "Chemical Engineering", "Library Staff", "Likely"].map(String::from);
        let closed = Closed::new(&Options { list: list.to_vec(), ..Options::default() });
        let option = |text: &str| match closed.near(text) {
            Near::Typing { option, .. } => Some(option),
            _ => None,
        };
        assert_eq!(option("Libary Staff").as_deref(), Some("Library Staff"));
        assert_eq!(option("Very favourably").as_deref(), Some("Very favorably"));
        for other in ["Very unfavorably", "16-25", "Yet", "General Engineering", "Unlikely", "Mary Staff"] {
            assert_eq!(option(other), None, "{other}");
        }
        assert_eq!(closed.near("Yes, with my sister Ann"), Near::Begins("Yes".into()));
        assert_eq!(closed.near("14-Oct"), Near::EatenByExcel);
        assert_eq!(option("16 to 24 years").as_deref(), Some("16-24"));
    }
}
