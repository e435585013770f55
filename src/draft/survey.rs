//! From the questions of a questionnaire to rows of the codebook.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{BookRow, Context, roles_of, row};
use super::listed::{self, age_bands};
use super::look::Seen;
use super::names;
use crate::clean::{Decimal, Look, Profile, QuestionSeen as Question, QuestionType};
use crate::ingest::{Column, Part, Table};
use crate::spec::role::{self as roles, class_word_of_header};
use crate::spec::vocabulary::Type;
use crate::spec::{self, Fit, Headed, Kind, Names, Role, Selector, fold};

/// What the rows of one source are drafted from.
struct Draft<'a> {
    source: &'a str,
    table: &'a Table,
    profiles: &'a [Profile],
    names: Vec<Names>,
    /// In how many columns' names each name stands.
    uses: BTreeMap<String, usize>,
    /// Roles that the platform's own columns have.
    systems: BTreeSet<String>,
    roles: BTreeMap<usize, Role>,
    out: Vec<BookRow>,
    /// Stems of options in columns → the row of their question: a stem may come again further right.
    stems: BTreeMap<String, usize>,
}

/// Rows for a questionnaire.
pub fn rows(source: &str, seen: &Seen, context: &Context, taken: &mut BTreeSet<String>) -> Vec<BookRow> {
    let (table, profiles) = (&seen.table, seen.profiles.as_slice());
    let names = spec::names(table.columns.iter().map(Headed::from));
    let mut draft = Draft {
        source,
        table,
        profiles,
        uses: uses(&names),
        names,
        systems: table
            .columns
            .iter()
            .filter_map(|c| c.system)
            .filter(|word| roles::parse(word).is_some())
            .map(str::to_string)
            .collect(),
        roles: roles_of(Kind::Survey, profiles, context),
        out: Vec::new(),
        stems: BTreeMap::new(),
    };
    let mut first: BTreeMap<usize, &Question> = BTreeMap::new();
    for question in &seen.questions {
        if let Some(&at) = question.columns.first() {
            first.insert(at, question);
        }
    }
    for (at, column) in table.columns.iter().enumerate() {
        if let Some(word) = column.system {
            draft.system(at, column, word);
        } else if let Some(question) = first.get(&at) {
            draft.question(question, taken);
        }
    }
    for question in &seen.questions {
        draft.beside(question);
    }
    draft.out
}

impl Draft<'_> {
    /// The closest name of a column that names no other.
    fn name(&self, at: usize) -> Option<String> {
        let column = self.table.columns.get(at)?;
        let title = column.title();
        let only = |name: &str| self.uses.get(&fold(name)) == Some(&1);
        if !title.is_empty() && !is_own_word(&title) && only(&title) {
            return Some(title);
        }
        let before = self.table.columns.iter().take(at);
        let again = before.filter(|c| fold(&c.title()) == fold(&title)).count() + 1;
        let own = if title.is_empty() || is_own_word(&title) {
            format!("(column {})", column.letters())
        } else {
            format!("{title} ({again})")
        };
        match &column.code {
            _ if only(&own) => Some(own),
            Some(code) if only(code) => Some(code.clone()),
            // The first of several with one header: what names it names the others too, that are named more closely.
            _ if again == 1 && !title.is_empty() => Some(title),
            _ => None,
        }
    }

    /// The name of the columns of a question that are its options: their stem, where it names no answers of another question.
    fn stem(&self, question: &Question) -> Option<String> {
        if question.row.is_some() || question.stem.is_empty() || is_own_word(&question.stem) {
            return None;
        }
        let belongs = |at: usize| {
            question.columns.contains(&at)
                || question.others.contains(&at)
                || question.comments.contains(&at)
                || question.joined == Some(at)
        };
        let number = question.columns.first().and_then(|&at| self.table.columns.get(at)).map(|c| c.question);
        let stems =
            self.table.columns.iter().filter(|c| c.header.first().is_some_and(|h| fold(h) == fold(&question.stem)));
        let mut before: Vec<u32> = stems.map(|c| c.question).collect();
        before.dedup();
        let nth = before.iter().position(|q| Some(*q) == number).unwrap_or(0) + 1;
        [question.stem.clone(), format!("{} ({nth})", question.stem)].into_iter().find(|name| {
            let selector = Selector::Named(name.clone());
            let fits: Vec<Option<Fit>> = self.names.iter().map(|names| selector.fit(names)).collect();
            let whole = question.columns.iter().all(|&at| fits.get(at).is_some_and(Option::is_some));
            whole && fits.iter().enumerate().all(|(at, fit)| fit.is_none() || belongs(at))
        })
    }

    /// A column that the platform writes of its own.
    fn system(&mut self, at: usize, column: &Column, word: &str) {
        if let Some(name) = self.name(at) {
            let mut with_role = row(self.source, &name, word);
            if column.header.first().is_none_or(String::is_empty) {
                with_role.note = "a column without a header".into();
            }
            self.out.push(with_role);
        }
    }

    fn question(&mut self, question: &Question, taken: &mut BTreeSet<String>) {
        let profiles: Vec<&Profile> = question.columns.iter().filter_map(|&at| self.profiles.get(at)).collect();
        if question.spread {
            self.options(question, &profiles, taken);
            return;
        }
        for (&at, p) in question.columns.iter().zip(&profiles) {
            let Some(column) = self.table.columns.get(at) else { continue };
            let Some(name) = self.name(at) else { continue };
            if p.look == Look::Empty && column.title().is_empty() {
                continue; // neither a header nor a cell: nobody's
            }
            if let Some(role) = self.roles.get(&at)
                && !self.systems.contains(&role.word())
            {
                let mut with_role = row(self.source, &name, role.word());
                if *role == Role::Event {
                    with_role.note =
                        "if the title also names the place, add a second row with site and write its places in recodes"
                            .into();
                }
                self.out.push(with_role);
                continue;
            }
            if p.look == Look::Time || (p.look == Look::Date && self.systems.contains("date")) {
                self.out.push(row(self.source, &name, "(ignore)"));
                continue;
            }
            let heading = column.header.iter().rev().find(|h| !h.is_empty()).cloned().unwrap_or_default();
            let mut out = row(self.source, &name, names::question(&heading, taken));
            taken.insert(out.is.clone());
            out.class = class_word_of_header(&p.header.words).unwrap_or_default().into();
            if column.header.len() > 1 {
                out.text = column.header.iter().filter(|h| !h.is_empty()).cloned().collect::<Vec<_>>().join(": ");
                let own = crate::clean::Header::of(&heading);
                out.class = class_word_of_header(&own.words).unwrap_or(out.class.as_str()).to_owned();
            }
            let written = matches!(self.table.platform, "google-forms" | "microsoft-forms");
            answer(&mut out, question, p, (!question.others.is_empty(), written));
            if out.class.is_empty() && age_bands(&out.options) {
                out.class = "about you".into();
            }
            self.out.push(out);
        }
    }

    /// A question with a column for each option.
    fn options(&mut self, question: &Question, profiles: &[&Profile], taken: &mut BTreeSet<String>) {
        let folded = fold(&question.stem);
        let listed = listed::list(question, profiles, !question.others.is_empty(), false);
        if let (None, Some(known)) = (&question.row, self.stems.get(&folded).and_then(|&at| self.out.get_mut(at))) {
            // A stem that comes again with other options goes on with its question.
            let has = |text: &str| spec::options::parse(text).options.list;
            let (old, new) = (has(&known.options), has(&listed.options));
            if new.iter().all(|option| !old.iter().any(|o| fold(o) == fold(option)))
                && known.kind_of_answer == "choices"
            {
                known.options = [known.options.trim_end_matches(" | (other)"), &listed.options].join(" | ");
                return;
            }
        }
        let heading = question.row.as_deref().unwrap_or(&question.stem);
        let mut out = row(self.source, "", names::question(heading, taken));
        taken.insert(out.is.clone());
        let words = profiles.first().map(|p| p.header.words.as_slice()).unwrap_or_default();
        out.class = class_word_of_header(words).unwrap_or_default().into();
        out.kind_of_answer = listed.kind_of_answer.into();
        out.options = listed.options;
        out.missing = listed.missing;
        out.note = listed.note;
        if let Some(below) = &question.row {
            out.text = format!("{}: {below}", question.stem);
        }
        if out.class.is_empty() && age_bands(&out.options) {
            out.class = "about you".into();
        }
        match self.stem(question) {
            Some(stem) => {
                out.column = stem;
                self.stems.entry(folded).or_insert(self.out.len());
                self.out.push(out);
            }
            // Where no name takes them together, each column has a row, and rows with one short name are one question.
            None => {
                for &at in &question.columns {
                    let Some(column) = self.name(at) else { continue };
                    let next = BookRow { source: out.source.clone(), column, is: out.is.clone(), ..BookRow::default() };
                    let first = !self.out.iter().any(|r| r.is == out.is);
                    let column = next.column.clone();
                    self.out.push(if first { BookRow { column, ..out.clone() } } else { next });
                }
            }
        }
    }

    /// Columns of open text beside a question that do not stand under its stem.
    fn beside(&mut self, question: &Question) {
        for &at in question.others.iter().chain(&question.comments).chain(question.joined.as_ref()) {
            let Some(column) = self.table.columns.get(at) else { continue };
            let under = column.header.first().is_some_and(|h| fold(h) == fold(&question.stem));
            let open = matches!(column.part, Part::Comment | Part::OtherText | Part::Joined);
            let named =
                |names: &Names| self.out.iter().any(|row| Selector::Named(row.column.clone()).fit(names).is_some());
            if (under && open) || (question.joined == Some(at) && self.names.get(at).is_some_and(named)) {
                continue; // belongs to the question of its stem
            }
            let Some(name) = self.name(at) else { continue };
            let is = if question.joined == Some(at) { "(ignore)" } else { "(free text)" };
            let mut beside = row(self.source, &name, is);
            beside.note = if is == "(ignore)" {
                "says the same as the columns of the options".into()
            } else {
                format!("people's own words beside “{}”", question.stem)
            };
            // Beside its question, not at the end.
            let before = question.columns.last().copied().unwrap_or(at);
            let place = self
                .name(before)
                .and_then(|n| self.out.iter().rposition(|r| r.column == n || r.column == question.stem));
            let place = place.map_or(self.out.len(), |place| place + 1);
            for known in self.stems.values_mut().filter(|known| **known >= place) {
                *known += 1;
            }
            self.out.insert(place.min(self.out.len()), beside);
        }
    }
}

/// In how many columns' names each name stands.
fn uses(names: &[Names]) -> BTreeMap<String, usize> {
    let mut out: BTreeMap<String, usize> = BTreeMap::new();
    for names in names {
        let mut own: Vec<&str> = names.of_column().collect();
        own.sort_unstable();
        own.dedup();
        for name in own {
            *out.entry(name.to_owned()).or_default() += 1;
        }
    }
    out
}

/// Whether a header reads like one of reach's own words in brackets.
fn is_own_word(header: &str) -> bool {
    let folded = fold(header);
    let inner = folded.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    inner.is_some_and(|inner| spec::words::did_you_mean(inner, ["months", "others"]).is_some())
}

/// How a question in one column is answered. `other`, `written`: as [`listed::list`] has them.
fn answer(out: &mut BookRow, question: &Question, p: &Profile, (other, written): (bool, bool)) {
    let where_from =
        p.header.words.first().is_some_and(|w| w == "where") || p.header.says(&["travel", "live", "postcode"]);
    let about_you = |out: &mut BookRow| {
        if out.class.is_empty() {
            out.class = "about you".into();
        }
    };
    let ignore = |out: &mut BookRow, note: &str| {
        out.is = "(ignore)".into();
        out.class.clear();
        out.text.clear();
        out.note = note.into();
    };
    match question.kind {
        _ if p.look == Look::Empty && !question.grid => ignore(out, "the column is empty"),
        QuestionType::Empty => ignore(out, "the column is empty"),
        QuestionType::Email | QuestionType::Postcode | QuestionType::Time => ignore(out, ""),
        QuestionType::Choice | QuestionType::Choices | QuestionType::Scale if where_from && !question.grid => {
            out.kind_of_answer = Type::Text.word().into();
            about_you(out);
        }
        QuestionType::Choice | QuestionType::Choices | QuestionType::Scale => {
            let listed = listed::list(question, &[p], other, written);
            out.kind_of_answer = listed.kind_of_answer.into();
            out.options = listed.options;
            out.missing = listed.missing;
            out.note = listed.note;
        }
        QuestionType::Ranking if question.separator.is_some() => {
            ignore(out, "things put in order in one cell, which reach does not read");
        }
        QuestionType::Ranking => {
            out.kind_of_answer = Type::Number.word().into();
            out.note = "a place in an order: 1 is the first".into();
        }
        QuestionType::Number => number(out, question, p),
        QuestionType::Percent => out.kind_of_answer = Type::Percent.word().into(),
        QuestionType::Date => out.kind_of_answer = Type::Date.word().into(),
        QuestionType::Id | QuestionType::Text => {
            let short = p.part != Part::Open && (where_from || p.personal || question.kind == QuestionType::Id);
            out.kind_of_answer = if short { Type::Text } else { Type::FreeText }.word().into();
            if where_from || p.personal {
                about_you(out);
            }
        }
    }
}

/// A question answered by a number: a scale, where its numbers are those of one.
fn number(out: &mut BookRow, question: &Question, p: &Profile) {
    let numbers = p.numbers.as_ref();
    let bound = |d: Option<Decimal>| d.filter(|d| d.scale == 0).map_or(-1, |d| d.digits);
    let (mut low, mut high) = numbers.map_or((-1, -1), |n| (bound(n.min), bound(n.max)));
    // The rows of a grid share their scale: one of them may lack its ends.
    for value in question.options.iter().filter_map(|(text, _)| text.parse::<i64>().ok()).filter(|_| question.grid) {
        (low, high) = (low.min(value), high.max(value));
    }
    let several = numbers.is_some_and(|n| n.whole && (n.distinct >= 3 || question.grid));
    let amount = p.header.says(&["many", "age", "year", "years", "old", "number", "long", "hours", "minutes", "times"]);
    out.missing = listed::missing_of(p);
    if several && !amount && low >= 1 && high == 5 {
        (out.kind_of_answer, out.options) = ("scale".into(), "@1-to-5".into());
        out.note = "taken for a scale: 5 is read as the most".into();
    } else if several && !amount && low >= 0 && high == 10 {
        (out.kind_of_answer, out.options) = ("scale".into(), "@0-to-10".into());
        out.note = "taken for a scale: 10 is read as the most".into();
    } else {
        out.kind_of_answer = Type::Number.word().into();
    }
}
