//! From the columns of a table to rows of the codebook.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::{PLACE_ASKED, role};
use super::look::Seen;
use super::{listed, names, survey};
use crate::clean::{Look, Profile};
use crate::spec::role::class_word_of_header;
use crate::spec::vocabulary::Type;
use crate::spec::{Kind, Role, fold, options, words};

/// One row of the codebook, as it will be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookRow {
    pub source: String,
    pub column: String,
    pub is: String,
    pub kind_of_answer: String,
    pub options: String,
    pub class: String,
    /// What readers see instead of the header.
    pub text: String,
    /// Texts that mean "no answer" in this column: `-99 | (not asked) N/A`.
    pub missing: String,
    pub note: String,
}

impl BookRow {
    /// The cells in the order of `spec::CODEBOOK_COLUMNS`.
    pub fn cells(&self) -> [&str; 10] {
        let start = [&self.source, &self.column, &self.is, &self.kind_of_answer, &self.options, &self.class];
        let [source, column, is, kind_of_answer, options, class] = start.map(String::as_str);
        [source, column, is, kind_of_answer, options, class, "", &self.text, &self.missing, &self.note]
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
pub fn rows(source: &str, kind: Kind, seen: &Seen, context: &Context, taken: &mut BTreeSet<String>) -> Vec<BookRow> {
    let mut out = match kind {
        Kind::Survey => survey::rows(source, seen, context, taken),
        _ => log(source, kind, seen, context, taken),
    };
    // Columns with one header cannot be told apart in a codebook: the first row speaks for all of them.
    let mut named = BTreeSet::new();
    out.retain(|row| named.insert(fold(&row.column)));
    for row in &mut out {
        // An option list that reach could not read back is not written: the evaluator writes it.
        let closed = matches!(row.kind_of_answer.as_str(), "choice" | "choices" | "scale");
        let open = row.kind_of_answer == "choice" && matches!(kind, Kind::Sites | Kind::Sessions);
        if !options::parse(&row.options).wrong.is_empty() || (closed && row.options.is_empty() && !open) {
            row.options.clear();
            row.missing.clear();
            row.kind_of_answer = Type::Text.word().into();
            row.note = "could not be drafted: write its options and the type choice, choices or scale".into();
        }
    }
    out
}

/// A row that says what one column is.
pub fn row(source: &str, column: &str, is: impl Into<String>) -> BookRow {
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
pub fn roles_of(kind: Kind, profiles: &[Profile], context: &Context) -> BTreeMap<usize, Role> {
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
            // A column "Session" whose values come again holds titles: an id stands once in a log of sessions.
            (Some(Role::Session), Kind::Sessions) if !p.is_unique() => Some(Role::Event),
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
fn log(source: &str, kind: Kind, seen: &Seen, context: &Context, taken: &mut BTreeSet<String>) -> Vec<BookRow> {
    let profiles = seen.profiles.as_slice();
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
        if let Some(attribute) = attribute(source, kind, seen, at, taken) {
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
fn attribute(source: &str, kind: Kind, seen: &Seen, at: usize, taken: &mut BTreeSet<String>) -> Option<BookRow> {
    let p = seen.profiles.get(at)?;
    let question = seen.questions.iter().find(|q| q.columns == [at])?;
    if !p.look.is_closed()
        || question.options.len() < 2
        || p.personal
        || p.header.says(&["completed", "notes", "comments"])
        || matches!(kind, Kind::Counts | Kind::Attendance)
    {
        return None;
    }
    let key = names::question(&p.header.stem, taken);
    taken.insert(key.clone());
    let mut out = row(source, &p.header.stem, key);
    let listed = listed::list(question, &[p], false, false);
    out.kind_of_answer = if listed.kind_of_answer == "scale" { "choice" } else { listed.kind_of_answer }.into();
    out.options = listed.options;
    out.missing = listed.missing;
    out.class = class_word_of_header(&p.header.words).unwrap_or_default().into();
    if matches!(kind, Kind::Sites | Kind::Sessions) && !out.options.starts_with('@') {
        out.options.clear(); // whatever the file has: nobody stands behind it
    }
    Some(out)
}
