//! What a file is, and why it is taken for that: by its header first, by its values where the header does not say.

use super::profile::{Look, Profile};
use crate::ingest::{Part, Table};
use crate::spec::{Kind, Role};

/// What a file is taken for.
#[derive(Debug, Clone)]
pub struct Guess {
    /// `None`: nobody can tell.
    pub kind: Option<Kind>,
    /// Why, as the end of a sentence: "because …".
    pub why: String,
}

/// Words that head a column of places.
pub const PLACE: [&str; 15] = [
    "site",
    "library",
    "libraries",
    "branch",
    "museum",
    "venue",
    "location",
    "place",
    "centre",
    "center",
    "gallery",
    "building",
    "where",
    "hub",
    "house",
];

/// Words that head a column of places in a questionnaire too, where “location” may be the respondent's own.
pub const PLACE_ASKED: [&str; 7] = ["site", "library", "branch", "museum", "venue", "gallery", "hub"];

/// The role that a column's header names by itself, whatever the file is.
pub fn role(p: &Profile) -> Option<Role> {
    if p.words.len() > 7 {
        return None;
    }
    if p.stem.ends_with('?') {
        return asked(p);
    }
    let dated = p.look == Look::Date;
    if p.look == Look::Email || p.says(&["email", "mail"]) {
        return Some(Role::Email);
    }
    if dated && (p.says(&["birth", "dob", "born"])) {
        return Some(Role::BirthDate);
    }
    if p.look == Look::Postcode || p.says(&["postcode", "postal", "zip"]) || p.is(&["post code"]) {
        return Some(Role::Postcode);
    }
    if p.says(&["phone", "telephone", "tel"]) || p.is(&["mobile number"]) {
        return Some(Role::Phone);
    }
    if dated
        && p.says(&["joined", "added", "registered", "registration", "enrolled", "enrolment", "created", "joining"])
    {
        return Some(Role::Joined);
    }
    if dated && p.says(&["last"]) {
        return Some(Role::LastSeen);
    }
    if dated {
        return Some(Role::Date);
    }
    if p.is(&[
        "name",
        "full name",
        "first name",
        "last name",
        "surname",
        "forename",
        "family name",
        "given name",
        "participant name",
        "your name",
    ]) {
        return Some(Role::Name);
    }
    let id = p.says(&["id", "no", "number", "ref", "reference", "code", "barcode"]);
    if p.is(&["participant", "person", "member", "participants"]) || (id && p.says(&PERSON)) {
        return Some(Role::Person);
    }
    if p.is(&["session"]) || (id && p.says(&["session", "event", "activity", "class", "workshop", "booking"])) {
        return Some(Role::Session);
    }
    if p.is(&["response id", "respondent id", "response", "submission id"]) {
        return Some(Role::Response);
    }
    if p.says(&["hours", "hrs"]) && number(p) {
        return Some(Role::Hours);
    }
    if p.says(&["minutes", "mins"]) && number(p) {
        return Some(Role::Minutes);
    }
    if number(p)
        && p.says(&[
            "headcount",
            "attendees",
            "attendance",
            "attended",
            "attending",
            "participants",
            "audience",
            "people",
        ])
    {
        return Some(Role::Headcount);
    }
    if p.is(&["present", "attended", "attendance", "came", "present y n"])
        && matches!(p.look, Look::Closed | Look::Texts)
    {
        return Some(Role::Present);
    }
    if p.is(&["strand", "programme strand", "project", "stream"]) {
        return Some(Role::Strand);
    }
    if p.is(&["level", "level of engagement", "engagement level", "what happened"]) {
        return Some(Role::Level);
    }
    if p.says(&["quoted", "quote"]) {
        return Some(Role::ConsentToQuote);
    }
    if p.is(&["status", "response status", "completion status"]) {
        return Some(Role::Status);
    }
    if p.is(&[
        "event",
        "event title",
        "event name",
        "activity",
        "activity name",
        "title",
        "group",
        "workshop",
        "course",
        "session title",
    ]) || (p.says(&["event"]) && p.says(&["title", "name"]))
    {
        return Some(Role::Event);
    }
    let named_place = p.says(&PLACE) && p.words.len() <= 5;
    if named_place && matches!(p.look, Look::Closed | Look::Texts | Look::Blank) && !p.asks() {
        return Some(Role::Site);
    }
    None
}

/// Words of headers that ask for the person's own number, beside a word such as "number" or "id".
const PERSON: [&str; 8] = ["participant", "person", "member", "membership", "user", "volunteer", "card", "borrower"];

/// The role of a column that is headed by a question: `Attended?`, `What is your participant number?`.
fn asked(p: &Profile) -> Option<Role> {
    let closed = p.look == Look::Closed && p.values.len() <= 6;
    if closed && matches!(p.words.as_slice(), [one] if PRESENT.contains(&one.as_str())) {
        return Some(Role::Present);
    }
    // Nearly everyone gives another one: an identifier, and neither a yes nor an age.
    let own = p.distinct >= 5 && p.distinct as u64 * 10 >= p.filled * 8;
    let id = p.says(&["id", "number", "ref", "reference", "code", "barcode"]);
    let many = p.says(&["many", "how"]);
    (own && id && !many && p.says(&PERSON) && !matches!(p.look, Look::Date | Look::Email | Look::Percent))
        .then_some(Role::Person)
}

/// Words that head a column saying whether a person came.
const PRESENT: [&str; 4] = ["present", "attended", "attendance", "came"];

fn number(p: &Profile) -> bool {
    matches!(p.look, Look::Number | Look::Blank)
}

/// Decides what a table is.
pub fn decide(table: &Table, profiles: &[Profile]) -> Guess {
    let guess = |kind: Kind, why: String| Guess { kind: Some(kind), why };
    if table.platform != "plain" && table.platform != "months" {
        return guess(Kind::Survey, table.reason.clone());
    }
    let months = profiles.iter().filter(|p| p.look == Look::Month).count();
    if months >= 3 {
        return guess(Kind::Counts, format!("{months} columns are headed by months"));
    }
    let named: Vec<&Profile> = profiles.iter().filter(|p| !p.stem.is_empty()).collect();
    let has = |role: Role| profiles.iter().find(|p| self::role(p) == Some(role));
    let asking: Vec<&&Profile> = named.iter().filter(|p| p.asks() && role(p).is_none()).collect();
    let options = profiles.iter().filter(|p| p.part == Part::Option).count();
    let timestamp =
        profiles.iter().any(|p| p.look == Look::Date && p.is(&["timestamp", "submitted", "submit date", "completed"]));
    if (asking.len() >= 2 && asking.len() * 4 >= named.len())
        || (asking.len() * 3 >= named.len().max(1) && !asking.is_empty())
        || options > 1
        || timestamp
    {
        let why = if asking.is_empty() {
            "it has a time stamp and answers".to_string()
        } else {
            format!("{} of {} headers are worded as questions", asking.len(), named.len())
        };
        return guess(Kind::Survey, why);
    }
    let heads = |p: &Profile| format!("“{}”", p.stem);
    let (person, session, present) = (has(Role::Person), has(Role::Session), has(Role::Present));
    let date = has(Role::Date);
    if let (Some(person), Some(other)) = (person, session.or(present.and(date)))
        && !person.unique()
    {
        return guess(Kind::Attendance, format!("it has {} and {}", heads(person), heads(other)));
    }
    let measured = has(Role::Hours).or(has(Role::Minutes)).or(has(Role::Headcount)).or(has(Role::Level));
    if person.is_none() {
        if let (Some(session), Some(date)) = (session.filter(|s| s.unique()), date) {
            return guess(Kind::Sessions, format!("each row has its own {} and a {}", heads(session), heads(date)));
        }
        if let (Some(date), Some(measured)) = (date, measured) {
            return guess(Kind::Sessions, format!("it has {} and {}", heads(date), heads(measured)));
        }
    }
    let register = [Role::Joined, Role::LastSeen, Role::BirthDate, Role::Email, Role::Name]
        .into_iter()
        .find_map(has)
        .or(person.filter(|p| p.unique()));
    let site = has(Role::Site);
    let position = profiles
        .iter()
        .find(|p| p.is(&["latitude", "lat", "longitude", "easting", "uprn", "address", "opening hours"]));
    if let Some(site) = site.filter(|site| site.unique() || site.distinct as u64 * 20 >= site.filled * 19)
        && table.rows <= 5_000
        && has(Role::Joined).is_none()
        && date.is_none()
    {
        let why = match position {
            Some(p) => format!("each row is another {} with its {}", heads(site), heads(p)),
            None => format!("each row is another {}", heads(site)),
        };
        return guess(Kind::Sites, why);
    }
    if let Some(sign) = register {
        return guess(Kind::People, format!("it has {} and neither sessions nor questions", heads(sign)));
    }
    let numbers = profiles.iter().find(|p| p.look == Look::Number && role(p) != Some(Role::Session));
    if let (Some(when), Some(numbers)) = (date, numbers)
        && site.is_some()
    {
        return guess(Kind::Counts, format!("it has a place, {} and the number {}", heads(when), heads(numbers)));
    }
    Guess { kind: None, why: "its columns do not say what it is".into() }
}
