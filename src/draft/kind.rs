//! What a file is, and why it is taken for that: by its header first, by its values where the header does not say.

use crate::clean::{Look, Profile};
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
    if p.header.words.len() > 7 {
        return None;
    }
    if p.header.stem.ends_with('?') {
        return asked(p);
    }
    let dated = p.look == Look::Date;
    if p.look == Look::Email || p.header.says(&["email", "mail"]) {
        return Some(Role::Email);
    }
    if dated && (p.header.says(&["birth", "dob", "born"])) {
        return Some(Role::BirthDate);
    }
    if p.look == Look::Postcode || p.header.says(&["postcode", "postal", "zip"]) || p.header.is(&["post code"]) {
        return Some(Role::Postcode);
    }
    if p.header.says(&["phone", "telephone", "tel"]) || p.header.is(&["mobile number"]) {
        return Some(Role::Phone);
    }
    if dated
        && p.header.says(&[
            "joined",
            "added",
            "registered",
            "registration",
            "enrolled",
            "enrolment",
            "created",
            "joining",
        ])
    {
        return Some(Role::Joined);
    }
    if dated && p.header.says(&["last"]) {
        return Some(Role::LastSeen);
    }
    if dated {
        return Some(Role::Date);
    }
    if p.header.is(&[
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
    let id = p.header.says(&["id", "no", "number", "ref", "reference", "code", "barcode"]);
    if p.header.is(&["participant", "person", "member", "participants"]) || (id && p.header.says(&PERSON)) {
        return Some(Role::Person);
    }
    if p.header.is(&["session"])
        || (id && p.header.says(&["session", "event", "activity", "class", "workshop", "booking"]))
    {
        return Some(Role::Session);
    }
    if p.header.is(&["response id", "respondent id", "response", "submission id"])
        || (p.is_unique() && p.header.is(&["respid", "responseid", "respondentid", "caseid", "case id", "urn"]))
    {
        return Some(Role::Response);
    }
    if p.header.says(&["hours", "hrs"]) && number(p) {
        return Some(Role::Hours);
    }
    if p.header.says(&["minutes", "mins"]) && number(p) {
        return Some(Role::Minutes);
    }
    if number(p)
        && p.header.says(&[
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
    if p.header.is(&["present", "attended", "attendance", "came", "present y n"])
        && (p.look.is_closed() || p.look.is_open())
    {
        return Some(Role::Present);
    }
    if p.header.is(&["strand", "programme strand", "project", "stream"]) {
        return Some(Role::Strand);
    }
    if p.header.is(&["level", "level of engagement", "engagement level", "what happened"]) {
        return Some(Role::Level);
    }
    if p.header.says(&["quoted", "quote"]) {
        return Some(Role::ConsentToQuote);
    }
    if p.header.is(&["status", "response status", "completion status"]) {
        return Some(Role::Status);
    }
    if p.header.is(&[
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
    ]) || (p.header.says(&["event"]) && p.header.says(&["title", "name"]))
    {
        return Some(Role::Event);
    }
    let named_place = p.header.says(&PLACE) && p.header.words.len() <= 5;
    if named_place && (p.look.is_closed() || p.look.is_open() || p.look == Look::Empty) && !p.header.asks() {
        return Some(Role::Site);
    }
    None
}

/// Words of headers that ask for the person's own number, beside a word such as "number" or "id".
const PERSON: [&str; 8] = ["participant", "person", "member", "membership", "user", "volunteer", "card", "borrower"];

/// The role of a column that is headed by a question: `Attended?`, `What is your participant number?`.
fn asked(p: &Profile) -> Option<Role> {
    let closed = p.look.is_closed() && p.answers.len() <= 6;
    if closed && matches!(p.header.words.as_slice(), [one] if PRESENT.contains(&one.as_str())) {
        return Some(Role::Present);
    }
    // Nearly everyone gives another one: an identifier, and neither a yes nor an age.
    let own = p.distinct >= 5 && p.distinct * 10 >= p.values.answered * 8;
    let id = p.header.says(&["id", "number", "ref", "reference", "code", "barcode"]);
    let many = p.header.says(&["many", "how"]);
    (own && id && !many && p.header.says(&PERSON) && !matches!(p.look, Look::Date | Look::Email | Look::Percent))
        .then_some(Role::Person)
}

/// Words that head a column saying whether a person came.
const PRESENT: [&str; 4] = ["present", "attended", "attendance", "came"];

fn number(p: &Profile) -> bool {
    matches!(p.look, Look::Number | Look::Empty)
}

/// Decides what a table is.
pub fn decide(table: &Table, profiles: &[Profile]) -> Guess {
    let guess = |kind: Kind, why: String| Guess { kind: Some(kind), why };
    if let Some(parent) = &table.parent {
        let there = parent.sheet.as_ref().or(parent.called.as_ref()).map_or("another table", |name| name.as_str());
        let why = format!("each of its rows belongs to a row of {there}, so that it is no response by itself");
        return Guess { kind: None, why };
    }
    if table.columns.iter().filter(|c| !c.labels.is_empty()).count() >= 2 {
        return guess(Kind::Survey, "a legend tells what the codes of its columns stand for".to_owned());
    }
    if table.platform != "plain" && table.platform != "months" {
        return guess(Kind::Survey, table.reason.clone());
    }
    let months = profiles.iter().filter(|p| p.month.is_some()).count();
    if months >= 3 {
        return guess(Kind::Counts, format!("{months} columns are headed by months"));
    }
    let named: Vec<&Profile> = profiles.iter().filter(|p| !p.header.stem.is_empty()).collect();
    let has = |role: Role| profiles.iter().find(|p| self::role(p) == Some(role));
    let asking: Vec<&&Profile> = named.iter().filter(|p| p.header.asks() && role(p).is_none()).collect();
    let options = profiles.iter().filter(|p| p.part == Part::Option).count();
    let timestamp = profiles
        .iter()
        .any(|p| p.look == Look::Date && p.header.is(&["timestamp", "submitted", "submit date", "completed"]));
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
    let heads = |p: &Profile| format!("“{}”", p.header.stem);
    let (person, session, present) = (has(Role::Person), has(Role::Session), has(Role::Present));
    let date = has(Role::Date);
    if let (Some(person), Some(other)) = (person, session.or(present.and(date)))
        && !person.is_unique()
    {
        return guess(Kind::Attendance, format!("it has {} and {}", heads(person), heads(other)));
    }
    let measured = has(Role::Hours).or(has(Role::Minutes)).or(has(Role::Headcount)).or(has(Role::Level));
    if person.is_none() {
        if let (Some(session), Some(date)) = (session.filter(|s| s.is_unique()), date) {
            return guess(Kind::Sessions, format!("each row has its own {} and a {}", heads(session), heads(date)));
        }
        if let (Some(date), Some(measured)) = (date, measured) {
            return guess(Kind::Sessions, format!("it has {} and {}", heads(date), heads(measured)));
        }
    }
    let register = [Role::Joined, Role::LastSeen, Role::BirthDate, Role::Email, Role::Name]
        .into_iter()
        .find_map(has)
        .or(person.filter(|p| p.is_unique()));
    let site = has(Role::Site);
    let position = profiles
        .iter()
        .find(|p| p.header.is(&["latitude", "lat", "longitude", "easting", "uprn", "address", "opening hours"]));
    if let Some(site) = site.filter(|site| site.is_unique() || site.distinct * 20 >= site.values.answered * 19)
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
