//! From the columns of a table to rows of the codebook.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::{PLACE_ASKED, role};
use super::names;
use crate::clean::{Decimal, Look, Profile};
use crate::ingest::{Part, Table};
use crate::spec::role::{self as roles, class_word_of_header};
use crate::spec::vocabulary::Type;
use crate::spec::{Kind, Role, fold, lists, options, words};

/// One row of the codebook, as it will be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookRow {
    pub source: String,
    pub column: String,
    pub is: String,
    pub kind_of_answer: String,
    pub options: String,
    pub class: String,
    /// Texts that mean "no answer" in this column: `-99 | (not asked) N/A`.
    pub missing: String,
    pub note: String,
}

impl BookRow {
    /// The cells in the order of `spec::CODEBOOK_COLUMNS`.
    pub fn cells(&self) -> [&str; 10] {
        let start = [&self.source, &self.column, &self.is, &self.kind_of_answer, &self.options, &self.class];
        let [source, column, is, kind_of_answer, options, class] = start.map(String::as_str);
        [source, column, is, kind_of_answer, options, class, "", "", &self.missing, &self.note]
    }
}

/// What a draft knows of all files when it looks at one.
#[derive(Debug, Default)]
pub struct Context {
    /// Names of places found in site registers and logs, folded, without words such as "library".
    pub places: BTreeSet<String>,
}

/// A place's name without the words that only say what kind of place it is.
pub fn place_name(text: &str) -> String {
    let folded = fold(text);
    let kept: Vec<&str> = folded
        .split(' ')
        .filter(|w| !matches!(*w, "library" | "libraries" | "museum" | "branch" | "centre" | "the" | "gallery"))
        .collect();
    if kept.is_empty() { folded } else { kept.join(" ") }
}

/// Drafts the rows of one source. `taken` holds the short names that the source has already.
pub fn rows(
    source: &str,
    kind: Kind,
    table: &Table,
    profiles: &[Profile],
    context: &Context,
    taken: &mut BTreeSet<String>,
) -> Vec<BookRow> {
    let mut out = match kind {
        Kind::Survey => survey(source, table, profiles, context, taken),
        _ => log(source, kind, profiles, context, taken),
    };
    // Columns with one header cannot be told apart in a codebook: the first row speaks for all of them.
    let mut named = BTreeSet::new();
    out.retain(|row| named.insert(fold(&row.column)));
    for row in &mut out {
        // An option list that reach could not read back is not written: the evaluator writes it.
        let listed = matches!(row.kind_of_answer.as_str(), "choice" | "choices" | "scale");
        let open = row.kind_of_answer == "choice" && matches!(kind, Kind::Sites | Kind::Sessions);
        if !options::parse(&row.options).wrong.is_empty() || (listed && row.options.is_empty() && !open) {
            row.options.clear();
            row.kind_of_answer = Type::Text.word().into();
            row.note = "could not be drafted: write its options and the type choice, choices or scale".into();
        }
    }
    out
}

fn row(source: &str, column: &str, is: impl Into<String>) -> BookRow {
    BookRow { source: source.into(), column: column.into(), is: is.into(), ..BookRow::default() }
}

/// Whether a header cannot be named in a codebook: none at all, or one that looks like reach's own words in brackets.
fn unnamed(stem: &str) -> bool {
    let folded = fold(stem);
    let inner = folded.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    folded.is_empty() || inner.is_some_and(|inner| words::did_you_mean(inner, ["months", "others"]).is_some())
}

/// Whether a column's values are places that other files know.
fn known_places(p: &Profile, context: &Context) -> bool {
    if !p.look.is_closed() || context.places.is_empty() {
        return false;
    }
    let known = p.answers.iter().filter(|(text, _)| context.places.contains(&place_name(text))).count();
    known > 0 && known * 2 >= p.answers.len()
}

/// Roles in the order in which they are given where two columns could have one.
fn roles_of(kind: Kind, profiles: &[Profile], context: &Context) -> BTreeMap<usize, Role> {
    let mut out: BTreeMap<usize, Role> = BTreeMap::new();
    let mut given: BTreeSet<Role> = BTreeSet::new();
    let allowed = |role: Role| role.line().is_some_and(|line| line.kinds.contains(&kind));
    for (at, p) in profiles.iter().enumerate() {
        if known_places(p, context) && given.insert(Role::Site) {
            out.insert(at, Role::Site);
        }
    }
    for (at, p) in profiles.iter().enumerate() {
        if out.contains_key(&at) || p.month.is_some() {
            continue;
        }
        let found = match (role(p), kind) {
            (Some(Role::Headcount), Kind::Counts) => None,
            (Some(Role::Site), Kind::Survey) if !p.header.says(&PLACE_ASKED) => None,
            (Some(Role::Name), Kind::Sites) => Some(Role::Site),
            (Some(Role::Date), Kind::People) => Some(Role::Joined),
            (Some(role), _) if !allowed(role) => None,
            (None, Kind::Sessions) if p.is_unique() && p.header.is(&["ref", "id", "reference", "no", "number"]) => {
                Some(Role::Session)
            }
            (None, Kind::People) if p.is_unique() && p.header.is(&["id", "ref", "no", "number"]) => Some(Role::Person),
            (found, _) => found,
        };
        if let Some(role) = found
            && (given.insert(role) || role == Role::Name)
        {
            out.insert(at, role);
        }
    }
    out
}

/// Rows for everything that is not a survey.
fn log(
    source: &str,
    kind: Kind,
    profiles: &[Profile],
    context: &Context,
    taken: &mut BTreeSet<String>,
) -> Vec<BookRow> {
    let mut out = Vec::new();
    let mut roles = roles_of(kind, profiles, context);
    let months = profiles.iter().any(|p| p.month.is_some());
    let months_in_percent = profiles.iter().any(|p| p.month.is_some() && is_percent(p));
    if matches!(kind, Kind::Sites | Kind::Counts) && !roles.values().any(|role| *role == Role::Site) {
        // The first column of words names the places, whatever it is headed by.
        if let Some(at) = profiles.iter().position(|p| p.look.is_open() || p.look.is_closed()) {
            roles.insert(at, Role::Site);
        }
    }
    let mut value_given = false;
    let mut rest = false;
    let mut unused: Vec<&str> = Vec::new();
    for (at, p) in profiles.iter().enumerate() {
        if p.month.is_some() && kind == Kind::Counts {
            if !value_given {
                value_given = true;
                let mut value = row(source, "(months)", "value");
                value.kind_of_answer = if months_in_percent { "percent" } else { "number" }.into();
                out.push(value);
            }
            continue;
        }
        if unnamed(&p.header.stem) || p.month.is_some() {
            rest = true;
            continue;
        }
        if let Some(role) = roles.get(&at) {
            let mut with_role = row(source, &p.header.stem, role.word());
            if matches!(role, Role::Date | Role::Joined | Role::LastSeen | Role::BirthDate) {
                with_role.kind_of_answer = "date".into();
            }
            out.push(with_role);
            continue;
        }
        if kind == Kind::Counts && !months && !value_given && matches!(p.look, Look::Number | Look::Percent) {
            value_given = true;
            let mut value = row(source, &p.header.stem, "value");
            value.kind_of_answer = if p.look == Look::Percent { "percent" } else { "number" }.into();
            out.push(value);
            continue;
        }
        if let Some(attribute) = attribute(source, kind, p, taken) {
            out.push(attribute);
        } else {
            rest = true;
            unused.push(&p.header.stem);
        }
    }
    if rest {
        let mut others = row(source, "(others)", "(ignore)");
        let more = unused.len().saturating_sub(UNUSED);
        unused.truncate(UNUSED);
        if !unused.is_empty() {
            let end = if more > 0 { format!(" and {more} more") } else { String::new() };
            others.note = format!("not used: {}{end}", unused.join(", "));
        }
        out.push(others);
    }
    out
}

/// How many of the columns that are not used a note names.
const UNUSED: usize = 10;

/// Whether most numbers of a column carry a percent sign.
pub fn is_percent(p: &Profile) -> bool {
    p.numbers.as_ref().is_some_and(|n| n.percent)
}

/// A column of few values as an attribute of a person, session or place.
fn attribute(source: &str, kind: Kind, p: &Profile, taken: &mut BTreeSet<String>) -> Option<BookRow> {
    if !p.look.is_closed() || p.answers.len() < 2 || p.personal || matches!(kind, Kind::Counts | Kind::Attendance) {
        return None;
    }
    let key = names::question(&p.header.stem, taken);
    taken.insert(key.clone());
    let mut out = row(source, &p.header.stem, key);
    let closed = closed(p);
    out.kind_of_answer = closed.kind_of_answer.into();
    out.options = closed.options;
    out.class = class_word_of_header(&p.header.words).unwrap_or_default().into();
    if matches!(kind, Kind::Sites | Kind::Sessions) && !out.options.starts_with('@') {
        out.options.clear(); // whatever the file has: nobody stands behind it
    }
    Some(out)
}

/// Rows for a questionnaire.
fn survey(
    source: &str,
    table: &Table,
    profiles: &[Profile],
    context: &Context,
    taken: &mut BTreeSet<String>,
) -> Vec<BookRow> {
    let mut out = Vec::new();
    let mut rest = false;
    let roles = roles_of(Kind::Survey, profiles, context);
    let systems: BTreeSet<String> = table
        .columns
        .iter()
        .filter_map(|c| c.system)
        .filter(|word| roles::parse(word).is_some())
        .map(str::to_string)
        .collect();
    // A stem may come again further right: all its options are one question.
    let mut done: BTreeSet<String> = BTreeSet::new();
    for (at, p) in profiles.iter().enumerate() {
        let Some(column) = table.columns.get(at) else { continue };
        if unnamed(&p.header.stem) {
            rest |= p.values.answered > 0;
            continue;
        }
        if let Some(word) = column.system {
            out.push(row(source, &p.header.stem, word));
            continue;
        }
        if matches!(p.part, Part::Comment | Part::OtherText | Part::Joined) {
            continue; // belongs to the question of its stem
        }
        let folded = fold(&p.header.stem);
        let grid = matches!(p.part, Part::Whole | Part::Row) && column.header.len() > 1;
        let name = if grid { column.title() } else { p.header.stem.clone() };
        if !done.insert(if grid { fold(&name) } else { folded.clone() }) {
            continue;
        }
        if let Some(role) = roles.get(&at)
            && !systems.contains(&role.word())
            && p.part != Part::Option
        {
            let mut with_role = row(source, &name, role.word());
            if *role == Role::Event {
                with_role.note =
                    "if the title also names the place, add a second row with site and write its places in recodes"
                        .into();
            }
            out.push(with_role);
            continue;
        }
        if p.look == Look::Time || (p.look == Look::Date && systems.contains("date")) {
            out.push(row(source, &name, "(ignore)"));
            continue;
        }
        let heading = if grid { column.header.last().cloned().unwrap_or_default() } else { p.header.stem.clone() };
        let key = names::question(&heading, taken);
        taken.insert(key.clone());
        let mut question = row(source, &name, key);
        question.class = class_word_of_header(&p.header.words).unwrap_or_default().into();
        if p.part == Part::Option {
            question.kind_of_answer = "choices".into();
            question.options = ticked(table, &folded);
        } else {
            answer(&mut question, p);
        }
        if question.class.is_empty() && age_bands(&question.options) {
            question.class = "about you".into();
        }
        out.push(question);
    }
    if rest {
        out.push(row(source, "(others)", "(ignore)"));
    }
    out
}

/// Whether options are ages in bands: `Under 16 | 16-24 | 25-44 | 65+`.
fn age_bands(text: &str) -> bool {
    let list = options::parse(text).options.list;
    let numbers = |option: &str| {
        let folded = fold(option);
        let parts: Vec<u32> = folded.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
        (matches!(parts.as_slice(), [low, high] if low < high && *high <= 120), parts.len() == 1, folded)
    };
    let between = list.iter().filter(|o| numbers(o).0).count();
    let ends = list.iter().filter(|o| {
        let (_, one, folded) = numbers(o);
        let open = ["under", "over", "below", "and over", "or over", "and above", "or above", "+", "older", "younger"];
        one && open.iter().any(|word| folded.contains(word))
    });
    between >= 2 && ends.count() >= 1
}

/// The options of a stem, from the header, in its order; with `(other)` where an open text stands beside them.
fn ticked(table: &Table, stem: &str) -> String {
    let mut list: Vec<String> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut other = false;
    for column in table.columns.iter().filter(|c| c.header.first().is_some_and(|h| fold(h) == stem)) {
        match (column.part, column.header.get(1)) {
            (Part::Option, Some(label)) if !label.is_empty() && seen.insert(fold(label)) => list.push(marked(label)),
            (Part::OtherText, _) => other = true,
            _ => {}
        }
    }
    if other {
        list.push("(other)".into());
    }
    list.join(" | ")
}

/// An option with the mark it needs: `(none)` or `(refused)`.
fn marked(label: &str) -> String {
    let folded = fold(label);
    let text = options::escape(label);
    if matches!(folded.as_str(), "none" | "nothing" | "neither" | "no change")
        || ["none of the", "none of these", "not applicable"].iter().any(|start| folded.starts_with(start))
    {
        return format!("(none) {text}");
    }
    if folded.contains("prefer not to") || folded.contains("rather not say") {
        return format!("(refused) {text}");
    }
    text.trim_start_matches('@').to_string()
}

/// How a question in one column is answered.
fn answer(out: &mut BookRow, p: &Profile) {
    let where_from =
        p.header.words.first().is_some_and(|w| w == "where") || p.header.says(&["travel", "live", "postcode"]);
    if p.part == Part::Open || p.look.is_open() {
        let kind_of_answer =
            if (where_from || p.personal) && p.part != Part::Open { Type::Text } else { Type::FreeText };
        out.kind_of_answer = kind_of_answer.word().into();
        if out.class.is_empty() && where_from {
            out.class = "about you".into();
        }
        return;
    }
    match p.look {
        Look::Empty => {
            out.is = "(ignore)".into();
            out.class.clear();
            out.note = "the column is empty".into();
        }
        Look::Date => out.kind_of_answer = "date".into(),
        Look::Percent => out.kind_of_answer = "percent".into(),
        Look::Email | Look::Postcode | Look::Time | Look::Month => {
            out.is = "(ignore)".into();
            out.class.clear();
        }
        Look::Number => {
            let bound = |d: Option<Decimal>| d.filter(|d| d.scale == 0).map_or(-1, |d| d.digits);
            let (low, high) = p.numbers.as_ref().map_or((-1, -1), |n| (bound(n.min), bound(n.max)));
            let whole = p.numbers.as_ref().is_some_and(|n| n.whole && n.distinct >= 3);
            let scale = whole && !p.header.says(&["many", "age", "year", "old", "number"]);
            if scale && low >= 1 && high == 5 {
                (out.kind_of_answer, out.options) = ("scale".into(), "@1-to-5".into());
                out.note = "taken for a scale: 5 is read as the most".into();
            } else if scale && low >= 0 && high == 10 {
                (out.kind_of_answer, out.options) = ("scale".into(), "@0-to-10".into());
                out.note = "taken for a scale: 10 is read as the most".into();
            } else {
                out.kind_of_answer = "number".into();
            }
        }
        Look::YesNo | Look::Choice | Look::Choices if where_from => {
            out.kind_of_answer = "text".into();
            if out.class.is_empty() {
                out.class = "about you".into();
            }
        }
        Look::YesNo | Look::Choice | Look::Choices | Look::Option | Look::Text | Look::Id => {
            let closed = closed(p);
            out.kind_of_answer = closed.kind_of_answer.into();
            out.options = closed.options;
            out.note = closed.note.into();
        }
    }
}

/// A closed list as found.
struct ClosedList {
    kind_of_answer: &'static str,
    options: String,
    note: &'static str,
}

/// Names of ready lists that are ordered from the least to the most.
const SCALES: [&str; 6] = ["agree-", "satisfied-", "likely-", "quality-", "often-", "lonely-"];

/// The options of a column of few values: a ready list where it fits, else its repeated values.
fn closed(p: &Profile) -> ClosedList {
    let found: Vec<String> =
        p.answers.iter().map(|(text, _)| text.clone()).filter(|text| !options::eaten(text)).collect();
    let folded: BTreeSet<String> = found.iter().map(|text| fold(text)).collect();
    let one = if p.joined.is_some() { "choices" } else { "choice" };
    if folded.iter().all(|text| matches!(text.as_str(), "yes" | "no")) && !folded.is_empty() {
        return ClosedList { kind_of_answer: one, options: "Yes | No".into(), note: "" };
    }
    let fits = |list: &&lists::NamedList| {
        let has: BTreeSet<String> =
            options::parse(&format!("@{}", list.name)).options.list.iter().map(|text| fold(text)).collect();
        let known = folded.iter().filter(|text| has.contains(*text)).count();
        known >= 2 && known == folded.len() && known * 2 + 1 >= has.len()
    };
    if let Some(list) = lists::all().iter().filter(|list| !list.licence).find(fits) {
        let scale = SCALES.iter().any(|start| list.name.starts_with(start)) && p.joined.is_none();
        return ClosedList {
            kind_of_answer: if scale { "scale" } else { one },
            options: format!("@{}", list.name),
            note: "",
        };
    }
    if let Some(scale) = ranked(&found)
        && p.joined.is_none()
    {
        return scale;
    }
    let mut list = found;
    list.sort_by_key(|text| order(text));
    let others = p.joined.is_some() && p.once > 0;
    let note = if others {
        "answers that came once only are counted as (other)"
    } else if p.distinct > list.len() as u64 {
        "answers that only one person gave are not listed here: check says how many"
    } else {
        "in the order in which they should be printed"
    };
    ClosedList {
        kind_of_answer: one,
        options: {
            let mut options: Vec<String> = list.iter().map(|text| marked(text)).collect();
            if others {
                options.push("(other)".into());
            }
            options.join(" | ")
        },
        note,
    }
}

/// Words that go from the least to the most, in the form in which many questionnaires write them.
const RANKS: [&[&str]; 4] = [
    &[
        "terrible",
        "very poor",
        "very bad",
        "poor",
        "bad",
        "below average",
        "fair",
        "average",
        "ok",
        "okay",
        "satisfactory",
        "good",
        "very good",
        "excellent",
        "outstanding",
    ],
    &[
        "not at all",
        "not really",
        "not much",
        "a little",
        "a bit",
        "somewhat",
        "quite",
        "quite a bit",
        "a lot",
        "very much",
    ],
    &[
        "much worse",
        "worse",
        "a little worse",
        "about the same",
        "the same",
        "a little better",
        "better",
        "much better",
    ],
    &["very unsure", "unsure", "neutral", "quite confident", "confident", "very confident"],
];

/// Options that all stand in one of the lists of ranks, as a scale in its order.
fn ranked(found: &[String]) -> Option<ClosedList> {
    let refused = |text: &str| marked(text).starts_with("(refused)");
    let own: Vec<&String> = found.iter().filter(|text| !refused(text)).collect();
    let (list, at) = RANKS.iter().find_map(|ranks| {
        let at: Option<Vec<usize>> = own.iter().map(|text| ranks.iter().position(|r| *r == fold(text))).collect();
        at.filter(|at| at.len() >= 3).map(|at| (own.clone(), at))
    })?;
    let mut placed: Vec<(usize, &String)> = at.into_iter().zip(list).collect();
    placed.sort();
    let ends = found.iter().filter(|text| refused(text)).map(|text| marked(text));
    let options: Vec<String> = placed.iter().map(|(_, text)| options::escape(text)).chain(ends).collect();
    Some(ClosedList {
        kind_of_answer: "scale",
        options: options.join(" | "),
        note: "from the lowest to the highest: correct the order, or add a step that nobody chose",
    })
}

/// The order of options that are no ready list: yes first, no last, numbers and ages by their size, all else by its letters.
fn order(text: &str) -> (u8, u64, String) {
    let folded = fold(text);
    let first = folded.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty()).unwrap_or_default().to_string();
    let number: Option<u64> = {
        let digits: String =
            folded.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).take(9).collect();
        digits.parse().ok()
    };
    let under = u64::from(!folded.starts_with("under") && !folded.starts_with("less"));
    match first.as_str() {
        "yes" => (0, folded.len() as u64, folded),
        "no" | "not" | "never" => (3, folded.len() as u64, folded),
        _ if folded.contains("prefer not") => (9, 0, folded),
        "other" | "none" => (8, 0, folded),
        _ => match number {
            Some(n) => (1, n.saturating_mul(2).saturating_add(under), folded),
            None => (2, 0, folded),
        },
    }
}
