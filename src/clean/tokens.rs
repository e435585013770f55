//! Words and codes that stand for "no answer" in one column, each with the evidence for it.
//!
//! Nothing is missing just because it is spelled so: `NA` is Namibia in a column of countries, "None" can be a ticked option, 99
//! can be a count. What is taken for missing is decided per column and said, and the codebook's column `missing` overrides it.

use std::collections::BTreeMap;

use super::labels::one_line;
use super::states::{self, Kind};
use crate::ingest::{Column, Table, Texts};
use crate::spec::{Missing as Declared, MissingAs, fold};

/// What a column's texts are expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// How many: a 99 is ninety-nine.
    Counts,
    Numbers,
    Dates,
    /// Places, strands, titles, ids, names.
    Labels,
    /// Closed answers of a questionnaire.
    Answers,
    /// People's own words: only a blank is no answer.
    Words,
}

/// What is known of a column besides its texts.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub expect: Expect,
    /// The header's text.
    pub header: &'a str,
    /// The platform's name, as `Table::platform`.
    pub platform: &'a str,
    /// Options that are answers whatever they look like ("None", "N/A").
    pub options: &'a [String],
    /// The codebook's word on it: only these are missing.
    pub declared: Option<&'a Declared>,
}

/// What a token was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadAs {
    Blank,
    Refused,
    NotAsked,
    Unreadable,
    /// An answer, though it looks like a token.
    Value,
}

impl ReadAs {
    /// As `inspect` writes it.
    pub fn word(self) -> &'static str {
        match self {
            ReadAs::Blank => "blank",
            ReadAs::Refused => "refused",
            ReadAs::NotAsked => "not-asked",
            ReadAs::Unreadable => "unreadable",
            ReadAs::Value => "value",
        }
    }
}

/// A token found in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFound {
    /// Folded; one of `reach`'s own closed list, a number code, or a word of the codebook.
    pub token: String,
    pub rows: u64,
    pub read_as: ReadAs,
    /// Why, as the end of a sentence.
    pub why: &'static str,
}

/// What each token of one column is read as.
#[derive(Debug, Default, Clone)]
pub struct Missing {
    /// Folded text → what it is; overrides the closed list.
    map: BTreeMap<String, Kind>,
    /// Only the codebook's tokens are missing.
    declared: bool,
}

impl Missing {
    /// Decides for a column.
    pub fn of(texts: &Texts, context: &Context<'_>) -> Self {
        let declared = context.declared.is_some();
        if context.expect == Expect::Words && !declared {
            return Missing::default();
        }
        let map = of(texts, context)
            .into_iter()
            .map(|found| {
                let kind = match found.read_as {
                    ReadAs::Blank => Kind::Token,
                    ReadAs::Refused => Kind::Refused,
                    ReadAs::NotAsked => Kind::NotAsked,
                    ReadAs::Unreadable => Kind::Error,
                    ReadAs::Value => Kind::Value,
                };
                (found.token, kind)
            })
            .collect();
        Missing { map, declared }
    }

    /// Decides for a column of a table, with what the codebook says of it.
    pub(crate) fn in_column(column: &Column, table: &Table, expect: Expect, declared: Option<&Declared>) -> Self {
        let header = column.header.first().map_or("", String::as_str);
        Missing::of(&column.texts, &Context { expect, header, platform: table.platform, options: &[], declared })
    }

    /// Whether only the codebook's tokens are missing.
    pub(crate) fn is_declared(&self) -> bool {
        self.declared
    }

    /// What a text is in this column, before its type is asked.
    pub fn kind(&self, text: &str) -> Kind {
        if self.map.is_empty() && !self.declared { states::state(text) } else { self.folded(&fold(text)) }
    }

    /// The same for a folded text.
    pub fn folded(&self, folded: &str) -> Kind {
        if let Some(kind) = self.map.get(folded) {
            return *kind;
        }
        match states::folded(folded) {
            kind @ (Kind::Blank | Kind::Error | Kind::Value) => kind,
            _ if self.declared => Kind::Value,
            kind => kind,
        }
    }
}

/// Codes that stand for "missing" beside small numbers, and how great the column's other numbers may be for it.
const CODES: [(i64, i64); 8] = [(9, 5), (99, 11), (98, 11), (88, 11), (77, 11), (999, 120), (998, 120), (9999, 1000)];

/// The fewest rows with other numbers that can prove a code.
const ENOUGH: u64 = 10;

/// Every token of a column, in the order of the alphabet, with what it is read as and why.
pub fn of(texts: &Texts, context: &Context<'_>) -> Vec<TokenFound> {
    let mut tallies: BTreeMap<String, u64> = BTreeMap::new();
    let mut two_letters = false;
    let mut numbers: BTreeMap<i64, u64> = BTreeMap::new();
    let numeric = matches!(context.expect, Expect::Numbers | Expect::Counts | Expect::Answers);
    let mut plain_numbers = numeric;
    for (_, text, rows) in texts.iter() {
        let trimmed = text.trim();
        if trimmed.len() > 60 {
            continue;
        }
        let is_na = trimmed.eq_ignore_ascii_case("na");
        let two = trimmed.len() == 2 && trimmed.bytes().all(|b| b.is_ascii_alphabetic());
        let word = is_na || trimmed.eq_ignore_ascii_case("no") || trimmed.eq_ignore_ascii_case("ok");
        let capitals = context.expect == Expect::Labels || trimmed.bytes().all(|b| b.is_ascii_uppercase());
        two_letters |= two && !word && capitals;
        let number = if numeric { trimmed.parse::<i64>().ok() } else { None };
        if let Some(number) = number {
            *numbers.entry(number).or_default() += u64::from(rows);
        }
        let state = states::state(text);
        let interesting = match context.declared {
            Some(declared) => declared.reads(&fold(trimmed)).is_some(),
            None => !matches!(state, Kind::Blank | Kind::Value),
        };
        if interesting {
            *tallies.entry(fold(text)).or_default() += u64::from(rows);
        } else if numeric && number.is_none() && state == Kind::Value && trimmed.parse::<f64>().is_err() {
            plain_numbers = false;
        }
    }
    let options: Vec<String> = context.options.iter().map(|o| fold(o)).collect();
    let countries = asks_country(context.header) || two_letters;
    let mut out: Vec<TokenFound> = tallies
        .into_iter()
        .map(|(token, rows)| {
            let (read_as, why) = match context.declared.and_then(|d| d.reads(&token)) {
                Some(MissingAs::Blank) => (ReadAs::Blank, "the codebook says so"),
                Some(MissingAs::Refused) => (ReadAs::Refused, "the codebook says so"),
                Some(MissingAs::NotAsked) => (ReadAs::NotAsked, "the codebook says so"),
                None => read(&token, context, &options, countries),
            };
            TokenFound { token, rows, read_as, why }
        })
        .collect();
    if context.declared.is_none() && numeric {
        out.extend(codes(&numbers, context.expect, plain_numbers));
        out.sort_by(|a, b| a.token.cmp(&b.token));
    }
    out
}

/// What a word of the closed list is in this column.
fn read(token: &str, context: &Context<'_>, options: &[String], countries: bool) -> (ReadAs, &'static str) {
    if options.iter().any(|o| o == token) {
        return (ReadAs::Value, "it is one of the options");
    }
    let applies = matches!(token, "n/a" | "na" | "n.a." | "n.a");
    match states::folded(token) {
        Kind::Refused => (ReadAs::Refused, "a way to say that one prefers not to answer"),
        Kind::NotAsked => (ReadAs::NotAsked, "a way to say that the question does not apply"),
        Kind::Error => (ReadAs::Unreadable, "an error of a spreadsheet program"),
        _ if context.expect == Expect::Words => (ReadAs::Value, "people's own words"),
        Kind::Token if token == "na" && countries && !matches!(context.expect, Expect::Numbers | Expect::Counts) => {
            (ReadAs::Value, "the column has codes of two letters, and NA is Namibia's")
        }
        Kind::Token if applies && context.platform == "limesurvey" => {
            (ReadAs::NotAsked, "LimeSurvey writes it where a question was not shown")
        }
        Kind::Token if applies && context.platform == "kobotoolbox" => {
            (ReadAs::NotAsked, "KoboToolbox writes it where a question was not shown")
        }
        Kind::Token if applies && context.expect == Expect::Answers => {
            (ReadAs::NotAsked, "beside closed answers it says that the question does not apply")
        }
        Kind::Token => (
            ReadAs::Blank,
            match context.expect {
                Expect::Counts | Expect::Numbers => "it stands among numbers",
                Expect::Dates => "it stands among dates",
                _ => "a usual word for “missing”",
            },
        ),
        _ => (ReadAs::Value, "an answer"),
    }
}

fn asks_country(header: &str) -> bool {
    let folded = fold(header);
    let mut words = folded.split(|c: char| !c.is_alphanumeric());
    words.any(|w| {
        matches!(
            w,
            "country"
                | "countries"
                | "nation"
                | "nationality"
                | "pays"
                | "land"
                | "país"
                | "pais"
                | "paese"
                | "iso"
                | "iso2"
        )
    })
}

/// Number codes that the column's other numbers prove: `-99` where nothing else is negative, 99 beside answers from 1 to 10.
fn codes(numbers: &BTreeMap<i64, u64>, expect: Expect, plain: bool) -> Vec<TokenFound> {
    let is_nines = |n: i64| matches!(n, -9 | -99 | -999 | -9999);
    let negative: Vec<i64> = numbers.keys().copied().filter(|n| *n < 0).collect();
    let mut out: Vec<TokenFound> = Vec::new();
    if negative.iter().all(|n| is_nines(*n)) && numbers.keys().any(|n| *n >= 0) {
        out.extend(negative.iter().filter_map(|n| {
            let rows = *numbers.get(n)?;
            let why = "nothing else in the column is negative";
            Some(TokenFound { token: n.to_string(), rows, read_as: ReadAs::Blank, why })
        }));
    }
    if expect == Expect::Counts || !plain {
        return out;
    }
    // From the greatest down: 999 and 998 may stand side by side.
    let mut rest: BTreeMap<i64, u64> = numbers.iter().filter(|(n, _)| **n >= 0).map(|(n, r)| (*n, *r)).collect();
    let mut taken: Vec<(i64, u64)> = Vec::new();
    while let Some((&most, &rows)) = rest.iter().next_back() {
        let Some((_, bound)) = CODES.iter().find(|(code, _)| *code == most) else { break };
        rest.remove(&most);
        let fits = |r: &BTreeMap<i64, u64>| {
            let small = r.iter().filter(|(n, _)| !CODES.iter().any(|(c, _)| c == *n) || **n <= *bound);
            let enough: u64 = small.clone().map(|(_, rows)| rows).sum();
            let greatest = small.map(|(n, _)| *n).next_back();
            greatest.is_some_and(|g| g <= *bound) && enough >= ENOUGH && r.len() >= 2
        };
        // A single 9 beside 1 to 5 may be a slip; a code comes again.
        if !fits(&rest) || rows < 2 {
            break;
        }
        taken.push((most, rows));
    }
    out.extend(taken.into_iter().map(|(code, rows)| TokenFound {
        token: code.to_string(),
        rows,
        read_as: ReadAs::Blank,
        why: "it stands far above all other numbers of the column, and comes again",
    }));
    out
}

/// A sentence for one: `“n/a” (12): beside closed answers …`. Only tokens of closed lists are ever named here.
pub fn sentence(found: &TokenFound) -> String {
    format!("“{}” ({}), because {}", one_line(&found.token), super::words::grouped(found.rows), found.why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[(&str, u32)]) -> Texts {
        let mut t = Texts::new();
        for (row, (text, rows)) in (0..).zip(list) {
            let code = t.push(text, row);
            (1..*rows).for_each(|_| t.count_one(code));
        }
        t
    }
    fn context(expect: Expect, header: &'static str, platform: &'static str) -> Context<'static> {
        Context { expect, header, platform, options: &[], declared: None }
    }
    fn found(list: &[(&str, u32)], context: &Context<'_>) -> Vec<(String, ReadAs)> {
        of(&texts(list), context).into_iter().map(|t| (t.token, t.read_as)).collect()
    }

    #[test]
    fn a_token_is_missing_only_with_evidence() {
        let labels = context(Expect::Labels, "Site", "");
        assert_eq!(found(&[("NA", 2), ("Walker", 3)], &labels), [("na".into(), ReadAs::Blank)]);
        assert_eq!(found(&[("NA", 2), ("GB", 3)], &labels), [("na".into(), ReadAs::Value)]);
        let country = context(Expect::Labels, "Country", "");
        assert_eq!(found(&[("NA", 2), ("Ghana", 3)], &country), [("na".into(), ReadAs::Value)]);
        assert_eq!(found(&[("None", 2), ("Walker", 3)], &labels), []);
        let answers = context(Expect::Answers, "Why?", "surveymonkey");
        assert_eq!(found(&[("N/A", 2), ("Yes", 3)], &answers), [("n/a".into(), ReadAs::NotAsked)]);
        let options = ["N/A".to_owned(), "None".to_owned()];
        let listed = Context { options: &options, ..answers };
        assert_eq!(found(&[("N/A", 2), ("None", 3)], &listed), [("n/a".into(), ReadAs::Value)]);
        let lime = context(Expect::Labels, "Q1", "limesurvey");
        assert_eq!(found(&[("N/A", 2), ("", 3)], &lime), [("n/a".into(), ReadAs::NotAsked)]);
        let words = context(Expect::Words, "Why?", "");
        assert_eq!(Missing::of(&texts(&[("N/A", 2)]), &words).kind("x"), Kind::Value);
    }

    #[test]
    fn number_codes_are_proved_by_the_other_numbers() {
        let numbers = context(Expect::Numbers, "Score", "");
        let list = [("1", 5), ("3", 9), ("7", 4), ("99", 2), ("-99", 1)];
        assert_eq!(found(&list, &numbers), [("-99".into(), ReadAs::Blank), ("99".into(), ReadAs::Blank)]);
        let counts = context(Expect::Counts, "People", "");
        assert_eq!(found(&list, &counts), [("-99".into(), ReadAs::Blank)]);
        for list in [
            &[("1", 5), ("3", 9), ("99", 1)][..],
            &[("1", 5), ("98", 9), ("40", 8), ("99", 2)],
            &[("1", 1), ("3", 2), ("99", 2)],
            &[("-4", 3), ("3", 20)],
            &[("1", 50), ("blue", 3), ("99", 4)],
        ] {
            assert_eq!(found(list, &numbers), [], "{list:?}");
        }
        assert_eq!(found(&[("25", 9), ("61", 9), ("999", 3), ("998", 2)], &numbers).len(), 2);
        // Twenty people of -99 with negatives beside them are numbers.
        assert_eq!(found(&[("-99", 2), ("-4", 20), ("3", 9)], &numbers), []);
    }

    #[test]
    fn the_codebook_stands_above_all() {
        let declared = Declared::read("-1 | (not asked) 8 | (refused) 9");
        let all = Context { declared: Some(&declared), ..context(Expect::Numbers, "Score", "") };
        let t = texts(&[("-1", 1), ("8", 1), ("9", 1), ("n/a", 1), ("4", 1)]);
        let missing = Missing::of(&t, &all);
        assert_eq!(missing.kind("-1"), Kind::Token);
        assert_eq!(missing.kind("8"), Kind::NotAsked);
        assert_eq!(missing.kind("9"), Kind::Refused);
        assert_eq!(missing.kind("N/A"), Kind::Value);
        assert_eq!(missing.kind(" "), Kind::Blank);
        let none = Declared::read("(none)");
        let all = Context { declared: Some(&none), ..context(Expect::Labels, "Country", "") };
        assert_eq!(Missing::of(&texts(&[("NA", 3)]), &all).kind("NA"), Kind::Value);
    }
}
