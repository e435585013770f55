//! The versions of a questionnaire: what the files of one survey, or of its waves, ask differently.
//!
//! Files with the same headers are one version. Questions of several versions are matched by the codebook: rows with one short name
//! are one question, however it is worded in each. What differs is told; where a platform's code was given to another question, and
//! the codebook names only one of the two, it is asked.

use std::collections::{BTreeMap, BTreeSet};

use super::bind::Binding;
use super::labels::one_line;
use super::states::{self, Kind as State};
use super::words::{cell, grouped};
use super::{Answer, CleanTable, QuestionAnswers};
use crate::exit::Exit;
use crate::ingest::{Column, Intake, Part, Table};
use crate::ledger::Ledger;
use crate::problem::{Place, Problem, Problems};
use crate::spec::{Answers, Headed, Is, Kind, Question, Source, Spec, Wave, fold, names};

/// One questionnaire in all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The instrument's name, or the source's.
    pub instrument: String,
    pub versions: Vec<Version>,
    /// Questions that are asked alike in all.
    pub same: u64,
    pub differences: Vec<Difference>,
}

/// Files with the same headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub source: String,
    pub wave: Option<Wave>,
    pub files: Vec<String>,
    pub rows: u64,
}

/// What is not the same in all versions. `versions` count from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A question of the codebook is asked in these only.
    Asked { question: String, versions: Vec<usize> },
    /// An option has a column of its own in these only.
    Offered { question: String, option: String, versions: Vec<usize> },
    /// An option that many chose in some version, and nobody in these.
    Chosen { question: String, option: String, nobody: Vec<usize> },
    /// A question is worded differently.
    Words { question: String, texts: Vec<(String, Vec<usize>)> },
    /// A code of the platform stands for different questions, which the codebook keeps apart.
    Code { code: String, questions: Vec<(String, Vec<usize>)> },
    /// A column that no row of the codebook names stands in these only.
    Column { header: String, versions: Vec<usize> },
}

/// The fewest answers to a question in a version of which it is told that nobody chose an option.
const FOR_NOBODY: u64 = 20;

/// A version with the tables that have it.
struct Member<'a> {
    source: &'a Source,
    /// With, for each column, whether a row of the codebook names it by its text.
    tables: Vec<(&'a Table, &'a Binding, Vec<bool>)>,
    /// A file of it, for messages.
    place: Place,
}

/// Compares the files of every survey, and the waves of every instrument.
pub fn compare(intake: &Intake, spec: &Spec, bindings: &[Binding]) -> (Vec<Versions>, Problems) {
    let mut problems = Problems::default();
    let mut groups: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    let surveys = || spec.sources.iter().enumerate().filter(|(_, source)| source.kind == Kind::Survey);
    for (at, source) in surveys() {
        // Only waves belong together: other sources of an instrument are questionnaires of their own.
        let key = match (&source.instrument, source.wave) {
            (Some(name), Some(_)) => {
                let same = |s: &Source| s.wave.is_some() && s.instrument.as_ref().map(|n| fold(n)) == Some(fold(name));
                (surveys().find(|(_, s)| same(s)).map_or(at, |(first, _)| first), name.clone())
            }
            _ => (at, source.title.clone().unwrap_or_else(|| source.name.clone())),
        };
        groups.entry(key).or_default().push(at);
    }
    let mut out = Vec::new();
    for ((_, instrument), sources) in groups {
        let members = members(intake, spec, bindings, &sources);
        if members.len() < 2 {
            continue;
        }
        let mut differences = Vec::new();
        let same = questions(&members, &mut differences);
        codes(&members, &mut differences, &mut problems);
        columns(&members, &mut differences);
        differences.sort();
        let versions = members
            .iter()
            .map(|m| Version {
                source: m.source.name.clone(),
                wave: m.source.wave,
                files: m.tables.iter().map(|(t, ..)| named(intake, t)).collect(),
                rows: m.tables.iter().map(|(t, ..)| t.rows as u64).sum(),
            })
            .collect();
        out.push(Versions { instrument, versions, same, differences });
    }
    (out, problems)
}

fn named(intake: &Intake, table: &Table) -> String {
    let file = intake.files.get(table.file).map_or("", |f| f.name.as_str());
    match &table.sheet {
        Some(sheet) => format!("{file} (sheet {sheet})"),
        None => file.to_owned(),
    }
}

fn members<'a>(intake: &'a Intake, spec: &'a Spec, bindings: &'a [Binding], sources: &[usize]) -> Vec<Member<'a>> {
    let mut out: Vec<Member<'a>> = Vec::new();
    let mut seen: BTreeMap<(usize, Vec<String>), usize> = BTreeMap::new();
    for (table, binding) in intake.tables.iter().zip(bindings).filter(|(table, _)| sources.contains(&table.source)) {
        let Some(source) = spec.sources.get(table.source) else { continue };
        let mut headers: Vec<String> = table.columns.iter().map(|c| fold(&c.title())).collect();
        headers.sort_unstable();
        let at = *seen.entry((table.source, headers)).or_insert_with(|| {
            out.push(Member { source, tables: Vec::new(), place: super::words::place(intake, table) });
            out.len() - 1
        });
        if let Some(member) = out.get_mut(at) {
            member.tables.push((table, binding, by_text(source, table)));
        }
    }
    out
}

/// For each column, whether a row of the codebook names it by its text.
fn by_text(source: &Source, table: &Table) -> Vec<bool> {
    let names = names(table.columns.iter().map(Headed::from));
    names.iter().map(|names| source.columns.iter().any(|rule| rule.selector.fit(names).is_some())).collect()
}

/// The columns of a question in a version, with those of people's own words beside them.
fn of_question<'a>(member: &Member<'a>, key: &str) -> Vec<&'a Column> {
    let mut out = Vec::new();
    for (table, binding, _) in &member.tables {
        for bound in &binding.questions {
            let Some(Is::Question(question)) = member.source.columns.get(bound.rule).map(|rule| &rule.is) else {
                continue;
            };
            if question.key == key {
                out.extend(bound.columns.iter().filter_map(|&c| table.columns.get(c)));
            }
        }
    }
    out
}

/// Compares the questions of the codebook; gives how many are asked alike in all versions.
fn questions(members: &[Member<'_>], out: &mut Vec<Difference>) -> u64 {
    let mut keys: Vec<&Question> = Vec::new();
    for rule in members.iter().flat_map(|m| &m.source.columns) {
        if let Is::Question(question) = &rule.is
            && !keys.iter().any(|known| known.key == question.key)
        {
            keys.push(question);
        }
    }
    let mut same = 0;
    for question in keys {
        let columns: Vec<Vec<&Column>> = members.iter().map(|m| of_question(m, &question.key)).collect();
        let asked: Vec<usize> =
            (0..members.len()).filter(|&at| columns.get(at).is_some_and(|c| !c.is_empty())).collect();
        if asked.is_empty() {
            continue;
        }
        let before = out.len();
        if asked.len() < members.len() {
            out.push(Difference::Asked { question: question.key.clone(), versions: asked.clone() });
        }
        words(question, &columns, &asked, out);
        offered(question, &columns, &asked, out);
        chosen(question, &columns, &asked, out);
        same += u64::from(out.len() == before);
    }
    same
}

/// Which versions have each of several texts, where not all have the same.
fn spread(texts: &BTreeMap<String, (String, BTreeSet<usize>)>, asked: &[usize]) -> Vec<(String, Vec<usize>)> {
    let partly = texts.values().filter(|(_, versions)| versions.len() < asked.len());
    let mut out: Vec<(String, Vec<usize>)> =
        partly.map(|(text, versions)| (text.clone(), versions.iter().copied().collect())).collect();
    out.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    out
}

fn words(question: &Question, columns: &[Vec<&Column>], asked: &[usize], out: &mut Vec<Difference>) {
    let mut texts: BTreeMap<String, (String, BTreeSet<usize>)> = BTreeMap::new();
    for &at in asked {
        for column in columns.get(at).into_iter().flatten() {
            let stem = column.header.iter().find(|h| !h.is_empty()).map_or("", String::as_str);
            texts.entry(fold(stem)).or_insert_with(|| (one_line(stem), BTreeSet::new())).1.insert(at);
        }
    }
    let texts = spread(&texts, asked);
    if !texts.is_empty() {
        out.push(Difference::Words { question: question.key.clone(), texts });
    }
}

fn offered(question: &Question, columns: &[Vec<&Column>], asked: &[usize], out: &mut Vec<Difference>) {
    let own = |column: &&&Column| column.part == Part::Option && column.header.len() > 1;
    if !asked.iter().all(|&at| columns.get(at).is_some_and(|c| c.iter().any(|c| own(&c)))) {
        return;
    }
    let mut options: BTreeMap<String, (String, BTreeSet<usize>)> = BTreeMap::new();
    for &at in asked {
        for column in columns.get(at).into_iter().flatten().filter(own) {
            let option = column.header.last().map_or("", String::as_str);
            options.entry(fold(option)).or_insert_with(|| (one_line(option), BTreeSet::new())).1.insert(at);
        }
    }
    for (option, versions) in spread(&options, asked) {
        out.push(Difference::Offered { question: question.key.clone(), option, versions });
    }
}

/// Options that at least a twentieth chose in one version and nobody in another: they may not have been offered there.
fn chosen(question: &Question, columns: &[Vec<&Column>], asked: &[usize], out: &mut Vec<Difference>) {
    let (Answers::Choice(options) | Answers::Scale(options)) = &question.answers else { return };
    let counted: Vec<(usize, u64, BTreeMap<String, u64>)> = asked
        .iter()
        .map(|&at| {
            let mut by_text: BTreeMap<String, u64> = BTreeMap::new();
            let mut all = 0;
            for column in columns.get(at).into_iter().flatten() {
                for (_, text, rows) in column.texts.iter().filter(|(_, t, _)| states::state(t) == State::Value) {
                    *by_text.entry(fold(text)).or_default() += u64::from(rows);
                    all += u64::from(rows);
                }
            }
            (at, all, by_text)
        })
        .filter(|(_, all, _)| *all >= FOR_NOBODY)
        .collect();
    for option in &options.list {
        let folded = fold(option);
        let n = |by_text: &BTreeMap<String, u64>| by_text.get(&folded).copied().unwrap_or(0);
        let nobody: Vec<usize> = counted.iter().filter(|(_, _, t)| n(t) == 0).map(|(at, _, _)| *at).collect();
        let many = counted.iter().any(|(_, all, t)| n(t) * 20 >= *all && n(t) > 0);
        if many && !nobody.is_empty() {
            out.push(Difference::Chosen { question: question.key.clone(), option: option.clone(), nobody });
        }
    }
}

/// What the codebook makes of a column: its question, or its role.
fn meaning(member: &Member<'_>, binding: &Binding, at: usize) -> Option<String> {
    let question = binding.questions.iter().find(|q| q.columns.contains(&at) || q.open.contains(&at));
    let key = question.and_then(|q| member.source.columns.get(q.rule)).and_then(|rule| match &rule.is {
        Is::Question(question) => Some(question.key.clone()),
        _ => None,
    });
    key.or_else(|| binding.roles.iter().find(|b| b.column == at).map(|b| b.role.word()))
}

/// One wording under a code.
struct Wording {
    text: String,
    versions: BTreeSet<usize>,
    meaning: Option<String>,
    by_text: bool,
    /// Where it stands first.
    place: Place,
}

/// Compares what stands under each of the platform's codes.
fn codes(members: &[Member<'_>], out: &mut Vec<Difference>, problems: &mut Problems) {
    let mut codes: BTreeMap<&str, BTreeMap<String, Wording>> = BTreeMap::new();
    for (version, member) in members.iter().enumerate() {
        for (table, binding, spoken) in &member.tables {
            for (at, column) in table.columns.iter().enumerate().filter(|(_, c)| c.system.is_none()) {
                let Some(code) = column.code.as_deref() else { continue };
                let stem = column.header.iter().find(|h| !h.is_empty()).map_or("", String::as_str);
                if fold(stem) == fold(code) {
                    continue; // without a text the code says nothing of the question
                }
                let (meaning, by_text) = (meaning(member, binding, at), spoken.get(at) == Some(&true));
                let wording = codes.entry(code).or_default().entry(fold(stem)).or_insert_with(|| Wording {
                    text: one_line(stem),
                    versions: BTreeSet::new(),
                    meaning,
                    by_text,
                    place: member.place.clone().column(super::words::column_name(column)),
                });
                wording.versions.insert(version);
            }
        }
    }
    // The parts of one question have codes of their own: it is told of once.
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for (code, wordings) in codes.iter().filter(|(_, wordings)| wordings.len() > 1) {
        let all: Vec<&Wording> = wordings.values().collect();
        // The wording that the codebook speaks of.
        let named = all.iter().find(|w| w.by_text && w.meaning.is_some());
        let Some(known) = named.or_else(|| all.iter().find(|w| w.meaning.is_some())) else { continue };
        for other in all.iter().filter(|w| w.text != known.text) {
            if !told.insert((known.text.clone(), other.text.clone())) {
                continue;
            }
            let question = known.meaning.clone().unwrap_or_default();
            if other.by_text {
                if other.meaning != known.meaning {
                    let of = |w: &Wording| {
                        (
                            w.meaning.clone().unwrap_or_else(|| "(ignore)".to_owned()),
                            w.versions.iter().copied().collect(),
                        )
                    };
                    out.push(Difference::Code { code: (*code).to_owned(), questions: vec![of(known), of(other)] });
                }
            } else {
                problems.push(ask(code, &question, known, other));
            }
        }
    }
}

/// What is to be asked of a code whose other wording the codebook does not name.
fn ask(code: &str, question: &str, known: &Wording, other: &Wording) -> Problem {
    let same = alike(&known.text, &other.text);
    let both = format!("“{}” in one file and “{}” in another", known.text, other.text);
    let line = |is: &str| format!("{},{is}", cell(&other.text));
    let place = other.place.clone();
    match (&other.meaning, same) {
        // Bound by its code alone, to the same question.
        (Some(_), true) => Problem::assumed(
            "question-reworded",
            place,
            format!("the code {code} is {both}: taken for one question, `{question}`"),
        )
        .hint(format!("to settle it, add a codebook row with this column and short name: {}", line(question))),
        (Some(_), false) => Problem::stops(
            "code-reused",
            Exit::Data,
            place,
            format!("the code {code} is {both}: is that still `{question}`, or another question?"),
        )
        .hint(format!(
            "name both texts in the codebook: with the short name {question} if it is the same question ({}), else with another",
            line(question)
        )),
        (None, true) => Problem::assumed(
            "question-reworded",
            place,
            format!("the code {code} is {both}, which the codebook does not name: its answers are left out of `{question}`"),
        )
        .hint(format!("if it is the same question, add a codebook row with this column and short name: {}", line(question))),
        (None, false) => Problem::assumed(
            "code-reused",
            place,
            format!("the code {code} is {both}: it seems to have been given to another question, and is not counted as `{question}`"),
        )
        .hint(format!("name it in the codebook: as a question of its own, or, if it is the same one, as {}", line(question))),
    }
}

/// Whether two wordings seem to be of one question.
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (fold(a), fold(b));
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let (x, y) = (words(&a), words(&b));
    let (both, either) = (x.intersection(&y).count(), x.union(&y).count());
    if either > 0 && both * 10 >= either * 6 {
        return true;
    }
    a.len().max(b.len()) <= 400 && strsim::normalized_damerau_levenshtein(&a, &b) >= 0.7
}

/// Columns that no row of the codebook names, and that not all versions have.
fn columns(members: &[Member<'_>], out: &mut Vec<Difference>) {
    let mut headers: BTreeMap<String, (String, BTreeSet<usize>)> = BTreeMap::new();
    for (version, member) in members.iter().enumerate() {
        for (table, binding, spoken) in &member.tables {
            for (at, column) in table.columns.iter().enumerate().filter(|(_, c)| c.system.is_none()) {
                let stem = column.header.iter().find(|h| !h.is_empty()).map_or("", String::as_str);
                if stem.is_empty() || spoken.get(at) == Some(&true) || meaning(member, binding, at).is_some() {
                    continue;
                }
                headers.entry(fold(stem)).or_insert_with(|| (one_line(stem), BTreeSet::new())).1.insert(version);
            }
        }
    }
    let all: Vec<usize> = (0..members.len()).collect();
    for (header, versions) in spread(&headers, &all) {
        out.push(Difference::Column { header, versions });
    }
}

/// A table with how many answers to a question are read, and how many are none of its options.
type Fitting<'a> = (&'a CleanTable, u64, u64);

/// Questions whose answers fit their options in one file and mostly do not in another: another question, or another coding of it.
pub fn misfits(tables: &[CleanTable], spec: &Spec, ledger: &Ledger) -> Problems {
    let mut problems = Problems::default();
    let mut by_key: BTreeMap<(usize, &str), Vec<Fitting<'_>>> = BTreeMap::new();
    for table in tables {
        for question in &table.questions {
            let (answered, strange) = match &question.answers {
                QuestionAnswers::Choice { rows, .. } => count(rows, &table.accepted),
                QuestionAnswers::Numbers { rows } => count(rows, &table.accepted),
                QuestionAnswers::Choices { ticks, .. } => {
                    ticks.first().map_or((0, 0), |rows| count(rows, &table.accepted))
                }
            };
            by_key.entry((table.source, &question.key)).or_default().push((table, answered, strange));
        }
    }
    for ((source, key), files) in by_key {
        let fits = |answered: u64, strange: u64| answered + strange >= 10 && strange * 10 <= answered + strange;
        if !files.iter().any(|(_, answered, strange)| fits(*answered, *strange)) {
            continue;
        }
        for (table, answered, strange) in files {
            let all = answered + strange;
            if all < 10 || strange * 2 <= all {
                continue;
            }
            let account = ledger.accounts.get(table.account);
            let mut place = Place::file(account.map_or("", |a| a.file.as_str()));
            if let Some(sheet) = account.and_then(|a| a.sheet.as_ref()) {
                place = place.sheet(sheet.clone());
            }
            let name = spec.sources.get(source).map_or("", |s| s.name.as_str());
            problems.push(
                Problem::assumed(
                    "question-changed",
                    place,
                    format!(
                        "{} of {} answers to `{key}` fit it here, and other files of `{name}` do: another question, or other codes for its answers",
                        if answered == 0 { "none".to_owned() } else { grouped(answered) },
                        grouped(all)
                    ),
                )
                .hint("compare the files: give the question of this file another short name in the codebook, or say in recodes what its answers mean")
                .count(strange),
            );
        }
    }
    problems
}

/// Answered and unreadable among the rows that count.
fn count<T: Copy>(rows: &[Answer<T>], accepted: &[bool]) -> (u64, u64) {
    let mut out = (0, 0);
    for (answer, _) in rows.iter().zip(accepted).filter(|(_, accepted)| **accepted) {
        match answer {
            Answer::Answered(_) => out.0 += 1,
            Answer::Unreadable => out.1 += 1,
            _ => {}
        }
    }
    out
}
