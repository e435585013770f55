//! Reads every file of a folder, decides what each is, and brings together what belongs together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::{Date, date};

use super::Found;
use super::columns::{self, BookRow, Context};
use super::kind::{self, Guess};
use super::names;
use super::toml::SourceDraft;
use super::twins;
use super::walk::Walked;
use crate::clean::states::{self, Kind as State};
use crate::clean::{self, Look, Profile, QuestionSeen, TableProfile};
use crate::ingest::export::month_of_headers;
use crate::ingest::{InputFile, ReadOptions, Sheets, Table, glob, legend, read_one};
use crate::problem::Weight;
use crate::spec::{Kind, Role, fold, vocabulary};

/// A table with what was seen in it.
pub struct Seen {
    pub file: InputFile,
    pub table: Table,
    pub profiles: Vec<Profile>,
    pub questions: Vec<QuestionSeen>,
    pub guess: Guess,
}

/// A source as drafted.
pub struct Drafted {
    pub section: SourceDraft,
    pub rows: Vec<BookRow>,
    /// Indices of its tables.
    pub tables: Vec<usize>,
}

/// Reads all files; the second list names those that could not be read, with what to do.
/// A survey that was exported twice is taken once.
pub fn read(walked: &Walked) -> (Vec<Seen>, Vec<(String, String)>) {
    let mut unread: Vec<(String, String)> =
        walked.unread.iter().map(|(file, why)| (file.clone(), (*why).to_string())).collect();
    let mut out = Vec::new();
    for (name, path) in &walked.files {
        match one(name, path) {
            Ok((mut seen, odd)) => {
                out.append(&mut seen);
                unread.extend(odd);
            }
            Err(why) => unread.push((name.clone(), why)),
        }
    }
    legends(&mut out, &mut unread);
    let twins = twins::find(&out);
    let name = |at: usize| out.get(at).map(|s: &Seen| s.file.name.clone()).unwrap_or_default();
    for (&twin, &first) in &twins {
        let rows = out.get(twin).map_or(0, |s| s.table.rows);
        let same = format!(
            "the same {rows} responses stand in {}, which is taken; keep the one you will go on with",
            name(first)
        );
        unread.push((name(twin), same));
    }
    let mut at = 0..;
    out.retain(|_| at.next().is_some_and(|at| !twins.contains_key(&at)));
    unread.sort();
    (out, unread)
}

/// Legends in files beside the coded data: their labels go to the data, and they are no source.
fn legends(seen: &mut Vec<Seen>, unread: &mut Vec<(String, String)>) {
    let used = legend::give(&mut seen.iter_mut().map(|s| &mut s.table).collect::<Vec<_>>());
    for found in &used {
        let of = seen.get(found.data).map(|s| s.file.name.clone()).unwrap_or_default();
        if let Some(data) = seen.get_mut(found.data) {
            let TableProfile { columns, questions } = clean::look_at(&data.table);
            data.guess = kind::decide(&data.table, &columns);
            (data.profiles, data.questions) = (columns, questions);
        }
        let name = seen.get(found.legend).map(|s| s.file.name.clone()).unwrap_or_default();
        unread.push((name, format!("it tells what the codes of {of} stand for, and was read with it")));
    }
    let mut at = 0;
    seen.retain(|_| {
        at += 1;
        !used.iter().any(|found| found.legend + 1 == at)
    });
}

/// The tables of one file, and what of it could not be read.
type Read = (Vec<Seen>, Vec<(String, String)>);

/// Reads one file: every visible sheet that has data. What of it cannot be read is named with what to do.
pub fn one(name: &str, path: &Path) -> Result<Read, String> {
    let intake = read_one(path, name, &ReadOptions { sheets: Sheets::All, ..ReadOptions::default() });
    let mut odd = Vec::new();
    for problem in intake.problems.list.iter().filter(|problem| problem.weight == Weight::Stops) {
        let hint = problem.hint.as_ref().map_or(String::new(), |hint| format!("; {hint}"));
        let why = format!("{}{hint}", problem.message);
        if intake.tables.is_empty() {
            return Err(why);
        }
        odd.push((problem.place.sheet.as_ref().map_or(name.to_owned(), |sheet| format!("{name}, sheet {sheet}")), why));
    }
    let several = intake.tables.iter().any(|t| t.sheet != intake.tables.first().and_then(|first| first.sheet.clone()));
    let mut out = Vec::new();
    for mut table in intake.tables {
        let Some(file) = intake.files.get(table.file) else { continue };
        if !several {
            table.sheet = None; // the only sheet with data needs no name
        }
        let TableProfile { columns: profiles, questions } = clean::look_at(&table);
        let guess = kind::decide(&table, &profiles);
        out.push(Seen { file: file.clone(), table, profiles, questions, guess });
    }
    if out.is_empty() { Err("it has no rows".into()) } else { Ok((out, odd)) }
}

/// Brings tables together to sources and drafts their rows. `taken`: names of sources that exist.
pub fn sources(folder: &Path, seen: &[Seen], taken: &mut BTreeSet<String>) -> Vec<Drafted> {
    let files: Vec<String> = seen.iter().map(|s| s.file.name.clone()).collect();
    let common = names::common_words(&files);
    let context = context(seen);
    let mut out: Vec<Drafted> = Vec::new();
    for group in groups(seen) {
        let Some(first) = group.first().and_then(|&at| seen.get(at)) else { continue };
        let files: Vec<String> = group.iter().filter_map(|&at| seen.get(at)).map(|s| s.file.name.clone()).collect();
        let name = names::source(&first.file.name, first.table.sheet.as_deref(), &common, taken);
        let percent =
            first.profiles.iter().any(|p| columns::is_percent(p) && (p.month.is_some() || p.look == Look::Percent));
        let has = |role: Role| first.profiles.iter().any(|p| kind::role(p) == Some(role));
        let system = |word: &str| first.table.columns.iter().any(|c| c.system == Some(word));
        let kind = first.guess.kind;
        let section = SourceDraft {
            name: name.clone(),
            files: pattern(folder, files),
            sheet: first.table.sheet.clone(),
            table: first.table.nth,
            kind,
            why: first.guess.why.clone(),
            counts: (kind == Some(Kind::Counts)).then(|| (names::counted(&first.file.name, &common), percent)),
            wave: None,
            has_date: has(Role::Date) || system("date"),
            has_person: has(Role::Person) || has(Role::Email),
            day: names::day_in(&first.file.name),
        };
        let mut short = BTreeSet::new();
        let mut rows = kind.map_or_else(Vec::new, |kind| columns::rows(&name, kind, first, &context, &mut short));
        labelled(&mut rows, first);
        out.push(Drafted { section, rows, tables: group });
    }
    waves(seen, &mut out);
    out
}

/// The mark of a label that is no answer: `Some("")` for a word that only says "missing".
fn no_answer(label: &str) -> Option<&'static str> {
    match states::state(label) {
        State::Refused => Some("(refused) "),
        State::NotAsked => Some("(not asked) "),
        State::Token | State::Blank => Some(""),
        State::Value | State::Error => None,
    }
}

/// Codes that a legend calls no answer are said in the codebook, where codes of numbers alone would be guessed.
fn labelled(rows: &mut [BookRow], seen: &Seen) {
    for column in seen.table.columns.iter().filter(|c| !c.labels.is_empty()) {
        let title = fold(&column.title());
        let Some(row) = rows.iter_mut().find(|row| fold(&row.column) == title && !row.options.is_empty()) else {
            continue;
        };
        let codes = column.labels.iter().filter_map(|(code, label)| Some(format!("{}{code}", no_answer(label)?)));
        row.missing = codes.collect::<Vec<_>>().join(" | ");
        if let Some(wording) = &column.wording {
            row.text.clone_from(wording);
        }
    }
}

/// What a legend says of codes, as rows of the recodes.
pub fn recodes(drafted: &[Drafted], seen: &[Seen]) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    let mut told = BTreeSet::new();
    for source in drafted {
        let columns = source.tables.iter().filter_map(|&at| seen.get(at)).flat_map(|s| &s.table.columns);
        for column in columns.filter(|c| !c.labels.is_empty()) {
            let title = fold(&column.title());
            let Some(row) = source.rows.iter().find(|row| fold(&row.column) == title && !row.options.is_empty()) else {
                continue;
            };
            for (code, label) in column.labels.iter().filter(|(_, label)| no_answer(label).is_none()) {
                if told.insert((row.is.clone(), fold(code))) {
                    let why = "from the legend beside the data".to_owned();
                    out.push(vec![row.is.clone(), code.clone(), label.clone(), why]);
                }
            }
        }
    }
    out
}

/// The places that registers and logs name.
fn context(seen: &[Seen]) -> Context {
    context_of(seen.iter())
}

/// The places that registers and logs among these tables name.
pub fn context_of<'a>(seen: impl Iterator<Item = &'a Seen>) -> Context {
    let mut places = BTreeSet::new();
    for s in seen.filter(|s| matches!(s.guess.kind, Some(Kind::Sites | Kind::Counts))) {
        let column = s
            .profiles
            .iter()
            .position(|p| kind::role(p) == Some(Role::Site))
            .or_else(|| s.profiles.iter().position(|p| p.look.is_open() || p.look.is_closed()))
            .and_then(|at| s.table.columns.get(at));
        if let Some(column) = column {
            places.extend(
                column.texts.iter().take(5_000).map(|(_, text, _)| columns::place_name(text)).filter(|p| !p.is_empty()),
            );
        }
    }
    Context { places }
}

/// Tables of one source: the same questionnaire or register in files whose names differ in numbers only.
fn groups(seen: &[Seen]) -> Vec<Vec<usize>> {
    let mut keys: BTreeMap<(String, Vec<String>), usize> = BTreeMap::new();
    let mut out: Vec<Vec<usize>> = Vec::new();
    for (at, s) in seen.iter().enumerate() {
        let joins = matches!(s.guess.kind, Some(Kind::Survey | Kind::Attendance | Kind::Sessions))
            && s.table.sheet.is_none()
            && s.table.nth.is_none();
        if !joins {
            out.push(vec![at]);
            continue;
        }
        let header: Vec<String> = s.table.columns.iter().map(|column| fold(&column.title())).collect();
        match keys.get(&(without_numbers(&s.file.name), header.clone())).and_then(|&group| out.get_mut(group)) {
            Some(group) => group.push(at),
            None => {
                keys.insert((without_numbers(&s.file.name), header), out.len());
                out.push(vec![at]);
            }
        }
    }
    out
}

/// A file's name with every run of digits, months and quarters as `#`.
fn without_numbers(name: &str) -> String {
    const SEASONS: [&str; 5] = ["spring", "summer", "autumn", "fall", "winter"];
    let lower = name.to_lowercase();
    let mut out = String::new();
    for part in lower.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let rest = part.get(word.len()..).unwrap_or_default();
        let period = SEASONS.contains(&word)
            || vocabulary::month_of(word).is_some()
            || word.strip_prefix('q').is_some_and(|n| n.len() == 1)
            || (!word.is_empty() && word.chars().all(|c| c.is_ascii_digit()));
        out.push_str(if period { "#" } else { word });
        out.push_str(rest);
    }
    while out.contains("#-#") || out.contains("#_#") || out.contains("# #") {
        out = out.replace("#-#", "#").replace("#_#", "#").replace("# #", "#");
    }
    out
}

/// One pattern for several files, where it names them all and nothing else.
fn pattern(folder: &Path, files: Vec<String>) -> Vec<String> {
    let (Some(first), true) = (files.first(), files.len() > 1) else { return files };
    let starts = |n: usize| first.get(..n).is_some_and(|start| files.iter().all(|f| f.starts_with(start)));
    let ends =
        |n: usize| first.get(first.len().saturating_sub(n)..).is_some_and(|end| files.iter().all(|f| f.ends_with(end)));
    let prefix = (0..=first.len()).rev().find(|&n| starts(n)).unwrap_or(0);
    let shortest = files.iter().map(String::len).min().unwrap_or(0);
    let suffix = (0..=shortest.saturating_sub(prefix)).rev().find(|&n| ends(n)).unwrap_or(0);
    let (Some(start), Some(end)) = (first.get(..prefix), first.get(first.len() - suffix..)) else { return files };
    if end.contains('/') || start.contains(['*', '?']) || end.contains(['*', '?']) {
        return files;
    }
    let wide = format!("{start}*{end}");
    let named: Vec<String> = glob::find(folder, &wide).into_iter().map(|found| found.name).collect();
    if named == files { vec![wide] } else { files }
}

/// Surveys whose names say before and after, and that share most of their questions.
fn waves(seen: &[Seen], drafted: &mut [Drafted]) {
    const BEFORE: [&str; 5] = ["before", "pre", "baseline", "start", "entry"];
    const AFTER: [&str; 5] = ["after", "post", "end", "exit", "final"];
    let wave_of = |d: &Drafted| -> Option<&'static str> {
        if d.section.kind != Some(Kind::Survey) {
            return None;
        }
        let words = d.section.files.first().map(|file| names::file_words(file)).unwrap_or_default();
        let says = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
        if says(&BEFORE) {
            Some("before")
        } else if says(&AFTER) {
            Some("after")
        } else {
            None
        }
    };
    let stems = |d: &Drafted| -> BTreeSet<String> {
        let tables = d.tables.iter().filter_map(|&at| seen.get(at));
        tables.flat_map(|s| s.profiles.iter().map(|p| fold(&p.header.stem))).filter(|stem| !stem.is_empty()).collect()
    };
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (a, before) in drafted.iter().enumerate().filter(|(_, d)| wave_of(d) == Some("before")) {
        for (b, after) in drafted.iter().enumerate().filter(|(_, d)| wave_of(d) == Some("after")) {
            let (x, y) = (stems(before), stems(after));
            if x.intersection(&y).count() * 2 >= x.len().min(y.len()).max(1) {
                pairs.push((a, b));
            }
        }
    }
    for (a, b) in pairs {
        let name = |at: usize| drafted.get(at).map(|d| d.section.name.clone()).unwrap_or_default();
        let (first, second) = (name(a), name(b));
        if let Some(d) = drafted.get_mut(a) {
            d.section.wave = Some(("before", second));
        }
        if let Some(d) = drafted.get_mut(b) {
            d.section.wave = Some(("after", first));
        }
    }
}

/// The first and last day that the files speak of: months of logs, years of sessions, registers and surveys.
pub fn period(drafted: &[Drafted], seen: &[Seen]) -> Option<(Date, Date)> {
    let mut days: Vec<(Date, Date)> = Vec::new();
    for source in drafted {
        for s in source.tables.iter().filter_map(|&at| seen.get(at)) {
            for (p, column) in s.profiles.iter().zip(&s.table.columns) {
                if p.month.is_some()
                    && let Some(first) = month_of_headers(&column.header)
                {
                    days.push((first, first.last_of_month()));
                }
                let dated = p.look == Look::Date
                    && matches!(s.guess.kind, Some(Kind::Survey | Kind::Sessions | Kind::Attendance | Kind::Counts))
                    && (kind::role(p) == Some(Role::Date) || column.system == Some("date"));
                if dated {
                    days.extend(
                        column
                            .texts
                            .iter()
                            .filter_map(|(_, text, _)| year(text))
                            .filter_map(|year| Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))),
                    );
                }
            }
        }
        days.extend(source.section.day.map(|day| (day, day)));
    }
    days.retain(|(first, last)| *first >= date(1950, 1, 1) && *last <= date(2100, 12, 31));
    let first = days.iter().map(|(first, _)| *first).min()?;
    let last = days.iter().map(|(_, last)| *last).max()?;
    Some((first, last))
}

/// The year of a written date, where it has four digits.
fn year(text: &str) -> Option<i16> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|part| part.len() == 4)
        .find_map(|part| part.parse::<i16>().ok().filter(|year| (1900..=2100).contains(year)))
}

/// What was found, table by table, in the order of the files.
pub fn found(drafted: &[Drafted], seen: &[Seen]) -> Vec<Found> {
    let mut out: Vec<(usize, Found)> = Vec::new();
    for source in drafted {
        let mut questions: BTreeMap<String, usize> = BTreeMap::new();
        for row in source
            .rows
            .iter()
            .filter(|row| !row.kind_of_answer.is_empty() && crate::spec::role::parse(&row.is).is_none())
        {
            *questions.entry(row.kind_of_answer.clone()).or_default() += 1;
        }
        for &at in &source.tables {
            let Some(s) = seen.get(at) else { continue };
            out.push((
                at,
                Found {
                    file: s.file.name.clone(),
                    sheet: s.table.sheet.clone(),
                    range: s.table.nth.map(|_| s.table.range),
                    kind: s.guess.kind,
                    why: s.guess.why.clone(),
                    source: source.section.name.clone(),
                    platform: s.table.platform,
                    header_rows: s.table.header_rows,
                    encoding: s.file.encoding.as_ref().map(|(name, _)| name.clone()),
                    rows: s.table.rows,
                    columns: s.table.columns.len(),
                    questions: questions.clone(),
                },
            ));
        }
    }
    out.sort_by_key(|(at, _)| *at);
    out.into_iter().map(|(_, found)| found).collect()
}
