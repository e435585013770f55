//! What becomes of rows of which something holds: `[rows]`, and the same settings of one source.
//!
//! Each setting is declared once, in [`SETTINGS`]: its word, what it is about, what is done when nobody says anything, and the rule by
//! which it is found. The parser, `reach help rows`, the account of `check` and the docs are made of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::file::{Section, Sink};
use super::vocabulary::find;
use super::{Kind, words};
use crate::ledger::{Flag, Reason};

/// What is done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    Count,
    SetAside,
}

/// The words for it.
const ACTIONS: [(&str, Action); 2] = [("count", Action::Count), ("set aside", Action::SetAside)];

impl Action {
    /// As written in `reach.toml`.
    pub fn word(self) -> &'static str {
        match self {
            Action::Count => "count",
            Action::SetAside => "set aside",
        }
    }
}

/// What holds of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    /// A reason to set it aside.
    Reason(Reason),
    /// No question of the codebook was answered.
    Unanswered,
    /// Something to be said of it.
    Flag(Flag),
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// As written in `reach.toml`.
    pub word: &'static str,
    pub held: Held,
    /// What is done when the spec does not say.
    pub usual: Action,
    /// How it is found, after "rows that".
    pub rule: &'static str,
}

const fn aside(word: &'static str, held: Held, rule: &'static str) -> Setting {
    Setting { word, held, usual: Action::SetAside, rule }
}

const fn said(word: &'static str, flag: Flag, rule: &'static str) -> Setting {
    Setting { word, held: Held::Flag(flag), usual: Action::Count, rule }
}

/// All settings, in the order in which `reach help rows` prints them.
pub const SETTINGS: [Setting; 17] = [
    aside(
        "test",
        Held::Reason(Reason::Test),
        "the platform calls a test, or whose name, e-mail, id, event or place is nothing but “test”",
    ),
    aside("spam", Held::Reason(Reason::Spam), "the platform calls spam"),
    aside(
        "rejected",
        Held::Reason(Reason::Rejected),
        "a reviewer refused or deleted on the platform (Kobo: not approved; ODK: rejected)",
    ),
    aside(
        "duplicate",
        Held::Reason(Reason::Duplicate),
        "have the id of another row, or without ids its e-mail and time",
    ),
    aside(
        "screened_out",
        Held::Reason(Reason::ScreenedOut),
        "the platform calls disqualified, screened out or over quota",
    ),
    aside("partial", Held::Reason(Reason::Partial), "the platform says were not sent off"),
    aside("unanswered", Held::Unanswered, "answer no question of the codebook"),
    said("preview", Flag::Preview, "the platform calls a survey preview; real paper forms are keyed in that way"),
    said("on_hold", Flag::OnHold, "a reviewer has not settled (Kobo: on hold; ODK: has issues)"),
    said("too_fast", Flag::TooFast, "took less than a third of the median time; needs a duration, and 20 responses"),
    said(
        "straight_lined",
        Flag::StraightLined,
        "give one and the same answer to all items of a grid, 8 or more; an honest answer can do so",
    ),
    said(
        "near_duplicate",
        Flag::NearDuplicate,
        "were sent within a minute of another and differ from it in one of 8 or more answers at most (stricter than the 85% of Kuriakose and Robbins, 2016)",
    ),
    said(
        "equal",
        Flag::EqualRow,
        "equal an earlier row in every cell, without an id: different people who answered alike",
    ),
    said(
        "likely_duplicate",
        Flag::LikelyDuplicate,
        "Qualtrics takes for a second answer (Q_RelevantIDDuplicate, Q_RelevantIDDuplicateScore from 75, Q_DuplicateRespondent, Q_BallotBoxStuffing)",
    ),
    said(
        "likely_bot",
        Flag::LikelyBot,
        "Qualtrics takes for no person (Q_RecaptchaScore under 0.5, Q_RelevantIDFraudScore from 30)",
    ),
    said(
        "shared_network",
        Flag::SharedNetwork,
        "have the network id of an earlier row (Typeform): a household, a school, or the same person",
    ),
    said("contradiction", Flag::Contradiction, "tick an option that excludes all others together with another one"),
];

/// What the spec says of a source's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowRules {
    /// What is written, by the setting's word.
    chosen: BTreeMap<&'static str, Action>,
    /// `set_aside = [{ … }]`: rows that a cell's text sets aside.
    pub set_aside: Vec<CellRule>,
    /// Short names of questions whose wording is the other way round.
    pub reverse: Vec<String>,
}

/// Rows are set aside by what one column says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRule {
    /// The column's header.
    pub column: String,
    /// The texts, or those that are not to be; `(blank)` is an empty cell.
    pub texts: Vec<String>,
    /// Whether rows with any other text are meant (`is_not`).
    pub not: bool,
    pub why: Option<String>,
    /// The line in `reach.toml`.
    pub line: u64,
}

impl RowRules {
    /// What is done with a row of which this holds; a setting that nobody wrote does as usual.
    pub fn action(&self, held: Held) -> Action {
        let setting = SETTINGS.iter().find(|setting| setting.held == held);
        self.chosen(held).or(setting.map(|setting| setting.usual)).unwrap_or(match held {
            Held::Flag(_) => Action::Count,
            Held::Reason(_) | Held::Unanswered => Action::SetAside,
        })
    }
    /// What the spec says, if it says anything.
    pub fn chosen(&self, held: Held) -> Option<Action> {
        let setting = SETTINGS.iter().find(|setting| setting.held == held)?;
        self.chosen.get(setting.word).copied()
    }
    /// The settings of `general` wherever these say nothing.
    pub(super) fn over(&mut self, general: &RowRules) {
        for (word, action) in &general.chosen {
            self.chosen.entry(word).or_insert(*action);
        }
    }
    /// What is written otherwise than usual, for the account of `check`.
    pub fn unusual(&self) -> impl Iterator<Item = (&'static str, Action)> {
        SETTINGS.iter().filter_map(|setting| {
            let action = *self.chosen.get(setting.word)?;
            (action != setting.usual).then_some((setting.word, action))
        })
    }
}

/// The setting of something that holds.
pub fn setting(held: Held) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.held == held)
}

/// Reads the settings of a section. Of a source that is no survey only `test` is asked.
pub(super) fn read(section: &Section, kind: Option<Kind>, sink: &Sink<'_>) -> RowRules {
    let mut out = RowRules::default();
    for setting in &SETTINGS {
        let Some(text) = section.text(setting.word, sink) else { continue };
        let key = section.key(setting.word);
        if kind.is_some_and(|kind| kind != Kind::Survey) && setting.word != "test" {
            let kind = kind.map_or("", Kind::word);
            let message = format!("{} is a setting for survey, and this source is of kind {kind}", setting.word);
            sink.wrong("spec-key", text.line, &key, message, "remove the line");
            continue;
        }
        match find(&text.value, &ACTIONS) {
            Some(action) => {
                out.chosen.insert(setting.word, action);
            }
            None => {
                let message = format!("{} is no answer to {}", words::quote(&text.value), setting.word);
                let hint = format!("write {0} = \"count\" or {0} = \"set aside\"", setting.word);
                sink.wrong("spec-word", text.line, &key, message, hint);
            }
        }
    }
    out
}

/// Reads `set_aside = [{ column = "…", is = "…", why = "…" }]` and `reverse = […]` of a source.
pub(super) fn read_source(section: &Section, kind: Option<Kind>, sink: &Sink<'_>) -> RowRules {
    let mut out = read(section, kind, sink);
    let expected = "write set_aside = [{ column = \"Venue\", is = \"Head office\", why = \"staff\" }]";
    for rule in section.sections("set_aside", expected, sink) {
        let column = rule.text("column", sink);
        let is = rule.texts("is", sink);
        let is_not = rule.texts("is_not", sink);
        let why = rule.text("why", sink).map(|text| text.value);
        rule.finish(sink, &[]);
        let (texts, not) = match (is, is_not) {
            (Some(texts), None) => (texts, false),
            (None, Some(texts)) => (texts, true),
            (None, None) if rule.has("is") || rule.has("is_not") => continue,
            _ => {
                let message = "a rule needs either is or is_not";
                sink.wrong("spec-needed", rule.line, &section.key("set_aside"), message, expected);
                continue;
            }
        };
        let Some(column) = column else {
            if !rule.has("column") {
                sink.wrong("spec-needed", rule.line, &section.key("set_aside"), "a rule needs a column", expected);
            }
            continue;
        };
        let texts = texts.value.into_iter().map(|text| text.value).collect();
        out.set_aside.push(CellRule { column: column.value, texts, not, why, line: rule.line });
    }
    if let Some(list) = section.texts("reverse", sink) {
        out.reverse = list.value.iter().map(|text| super::fold(&text.value)).collect();
    }
    out
}

/// What `reach help rows` prints.
pub fn help() -> String {
    let mut out = String::from(
        "What becomes of a row: in [rows] of reach.toml for all surveys, or in one source\n\n\
         A setting is \"count\" or \"set aside\", such as  partial = \"count\"\n\n",
    );
    for (action, title) in [
        (Action::SetAside, "Set aside, unless the spec says \"count\": rows that"),
        (Action::Count, "Counted and flagged, unless the spec says \"set aside\": rows that"),
    ] {
        let _ = writeln!(out, "{title}");
        for setting in SETTINGS.iter().filter(|setting| setting.usual == action) {
            for (at, line) in wrapped(setting.rule, 78).into_iter().enumerate() {
                let word = if at == 0 { setting.word } else { "" };
                let _ = writeln!(out, "  {word:<17} {line}");
            }
        }
        let _ = writeln!(out);
    }
    out.push_str(
        "Always set aside: rows that\n\
         \x20 unreadable        have no person, session, place or date that can be read where they need one\n\
         \x20 erased            are named in the list  erased = \"erased.csv\"  of [rows]: its columns are\n\
         \x20                   person, response or email, with the ids as they stand in your files\n\
         \x20 out of period     are dated before `from` or after `to` of [programme]\n\
         \x20 after as-of       are dated after the day of --as-of\n\
         \x20 unmatched key     are attendances of a session that no list of sessions has\n\
         \x20 rule              a source's own rule names:\n\
         \x20                   set_aside = [{ column = \"Venue\", is = \"Head office\", why = \"staff\" }]\n\
         \x20                   (is_not = [\"A\", \"B\"] names all others; \"(blank)\" is an empty cell)\n",
    );
    out
}

/// A text in lines of at most `width` characters, broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_one_word_for_one_thing() {
        for (at, one) in SETTINGS.iter().enumerate() {
            assert!(SETTINGS.iter().skip(at + 1).all(|other| other.word != one.word && other.held != one.held));
            assert_eq!(RowRules::default().action(one.held), one.usual);
            assert!(help().contains(one.word));
        }
        assert_eq!(RowRules::default().chosen(Held::Flag(Flag::Preview)), None);
    }
}
