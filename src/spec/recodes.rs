//! The recodes: what a written value means, for a role or a question.

use std::collections::BTreeMap;

use super::sheet::{Sheet, cell};
use super::{Answers, Is, Means, Options, Recode, Role, Source, fold, lists, options, role, words};
use crate::exit::Exit;
use crate::problem::{Problem, Problems};

/// The columns of a recodes table; the first three are needed. `note` is the evaluator's own, and never read.
pub const COLUMNS: [&str; 6] = ["list", "written", "means", "why", "source", "note"];

/// Roles whose values may be recoded.
const RECODED: [Role; 9] = [
    Role::Site,
    Role::Event,
    Role::Strand,
    Role::Level,
    Role::Present,
    Role::ConsentToQuote,
    Role::Status,
    Role::Finished,
    Role::Language,
];

/// What may stand in brackets under `means`.
const MARKS: [&str; 5] = ["not a place", "not splittable", "refused", "blank", "unreadable"];

/// Reads all rows against the questions of `sources`. `whole`: whether the codebook and reach.toml could be read whole.
pub(super) fn check(
    sheet: &Sheet,
    sources: &[Source],
    ladder: &str,
    whole: bool,
    problems: &mut Problems,
) -> Vec<Recode> {
    let mut out: Vec<Recode> = Vec::new();
    let Some(at) = sheet.columns(COLUMNS, 3, problems) else { return out };
    let questions = questions_of(sources.iter());
    let mut seen: BTreeMap<(String, String, String), (u64, Means)> = BTreeMap::new();
    for (row, cells) in &sheet.rows {
        let [list, written, means, why, of, _] = at.map(|place| cell(cells, place));
        if cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        let mut say = |column: &str, message: String, hint: String| {
            let place = sheet.place(*row).column(column);
            problems.push(Problem::stops("recodes", Exit::Spec, place, message).hint(hint));
        };
        let mut gap = false;
        for (column, value, hint) in [
            ("list", list, "write the role or the question's short name, such as site"),
            ("written", written, "write the value as it stands in the file"),
            ("means", means, "write what it means; or (blank), (refused), (unreadable)"),
        ] {
            if value.is_empty() {
                say(column, format!("the cell {column} is empty"), hint.into());
                gap = true;
            }
        }
        if gap {
            continue;
        }
        let source = sources.iter().find(|source| fold(&source.name) == fold(of));
        if !of.is_empty() && source.is_none() {
            if whole {
                let hint = words::hint(of, sources.iter().map(|source| source.name.as_str()));
                say("source", format!("{} is no source of reach.toml", words::quote(of)), hint);
            }
            continue;
        }
        let role = role::parse(list);
        let key = role.map_or_else(|| fold(list), Role::word);
        // A line for one source is about that source's question.
        let mine = source.map(|source| questions_of(std::iter::once(source)));
        let of_question = mine.as_ref().unwrap_or(&questions).get(&key);
        match role {
            Some(role) if !RECODED.contains(&role) => {
                let known = RECODED.map(|role| role.word()).join(", ");
                say(
                    "list",
                    format!("values of `{key}` cannot be recoded"),
                    format!("recoded are {known} and questions"),
                );
                continue;
            }
            None if of_question.is_none() && whole => {
                let words: Vec<String> =
                    RECODED.iter().map(|role| role.word()).chain(questions.keys().cloned()).collect();
                let hint = words::hint(list, words.iter().map(String::as_str));
                say("list", format!("{} is no role and no question of the codebook", words::quote(list)), hint);
                continue;
            }
            _ => {}
        }
        let Some(means) = meaning(means, role, of_question, ladder, &mut say) else { continue };
        let id = (key.clone(), fold(written), fold(of));
        match seen.get(&id) {
            Some((at, other)) if *other != means => {
                let message = format!("the same value has another meaning in row {at}");
                say("means", message, "delete one of the two rows".into());
                continue;
            }
            Some(_) => continue, // said twice, and the same: nothing to tell
            None => seen.insert(id, (*row, means.clone())),
        };
        let why = if why.is_empty() { None } else { Some(why.to_string()) };
        out.push(Recode {
            list: key,
            source: source.map(|source| source.name.clone()),
            written: written.to_string(),
            means,
            why,
            row: *row,
        });
    }
    out
}

/// Every question's options, by key: `None` where any value may stand.
fn questions_of<'a>(sources: impl Iterator<Item = &'a Source>) -> BTreeMap<String, Vec<Options>> {
    let mut out: BTreeMap<String, Vec<Options>> = BTreeMap::new();
    for rule in sources.flat_map(|source| &source.columns) {
        if let Is::Question(question) = &rule.is {
            let list = out.entry(question.key.clone()).or_default();
            match &question.answers {
                Answers::Choice(options) | Answers::Choices(options) | Answers::Scale(options)
                    if !options.list.is_empty() =>
                {
                    list.push(options.clone());
                }
                _ => {}
            }
        }
    }
    out
}

fn meaning(
    written: &str,
    role: Option<Role>,
    of_question: Option<&Vec<Options>>,
    ladder: &str,
    say: &mut impl FnMut(&str, String, String),
) -> Option<Means> {
    let (mark, rest) = match written.strip_prefix('(').and_then(|text| text.split_once(')')) {
        Some((mark, rest)) => (fold(mark), rest.trim()),
        None => (String::new(), written),
    };
    let closed: Vec<&str> =
        of_question.into_iter().flatten().flat_map(|options| options.list.iter().map(String::as_str)).collect();
    let open = of_question.is_some_and(|lists| lists.is_empty() || lists.iter().any(|options| options.other));
    let option = |text: &str, say: &mut dyn FnMut(&str, String, String)| -> Option<String> {
        if options::eaten(text) {
            let message =
                format!("{} looks like a range that a spreadsheet program turned into a date", words::quote(text));
            say("means", message, "format the column as text and type it again, such as 10-14".into());
            return None;
        }
        let folded = fold(text);
        if let Some(found) = closed.iter().find(|option| fold(option) == folded) {
            return Some((*found).to_string());
        }
        if !closed.is_empty() && (!open || words::did_you_mean(text, closed.iter().copied()).is_some()) {
            let message = format!("{} is none of the question's options in the codebook", words::quote(text));
            say("means", message, words::hint(text, closed.iter().copied()));
            return None;
        }
        Some(text.to_string())
    };
    match mark.as_str() {
        "not a place" if role == Some(Role::Site) => return Some(Means::NotAPlace),
        "not a place" => {
            say("means", "(not a place) is for the list site".into(), "write (blank) or what the value means".into());
            return None;
        }
        "refused" => return Some(Means::Refused),
        "blank" => return Some(Means::Blank),
        "unreadable" => return Some(Means::Unreadable),
        "not splittable" => {
            if of_question.is_none() && role.is_some() {
                say("means", "(not splittable) is for questions".into(), "write what the value means".into());
                return None;
            }
            let parts = options::split(rest);
            if parts.len() < 2 || parts.iter().any(String::is_empty) {
                let hint = "write which options it covers: (not splittable) 55-64 | 65-74 | 75+";
                say("means", "(not splittable) needs two options or more".into(), hint.into());
                return None;
            }
            return parts.iter().map(|part| option(part, say)).collect::<Option<Vec<_>>>().map(Means::NotSplittable);
        }
        _ => {}
    }
    if mark.len() > 3
        && let Some(word) = words::did_you_mean(&mark, MARKS)
    {
        say("means", format!("{} is not a meaning", words::quote(written)), format!("did you mean ({word})?"));
        return None;
    }
    match role {
        Some(Role::Level) => {
            let levels = lists::ladder(ladder).map(|ladder| ladder.levels.as_slice()).unwrap_or_default();
            let found = levels.iter().find(|level| fold(level) == fold(written));
            if found.is_none() {
                let message = format!("{} is no level of the ladder {ladder}", words::quote(written));
                say("means", message, words::hint(written, levels.iter().map(String::as_str)));
            }
            found.map(|level| Means::Value(level.clone()))
        }
        Some(Role::Present | Role::ConsentToQuote | Role::Finished) => match fold(written).as_str() {
            "yes" => Some(Means::Value("Yes".into())),
            "no" => Some(Means::Value("No".into())),
            _ => {
                let message = format!("{} is neither Yes nor No", words::quote(written));
                say("means", message, "write Yes or No (or (blank), (refused))".into());
                None
            }
        },
        Some(_) => Some(Means::Value(written.to_string())),
        None => option(written, say).map(Means::Value),
    }
}
