//! The closed list of column roles: one table, from which the codebook's parser, `reach help roles` and the privacy page are made.

use std::fmt::Write as _;

use super::{Class, Kind, Role, RoleType, fold, lists};

/// One role as an evaluator writes it.
#[derive(Debug, Clone, Copy)]
pub struct RoleLine {
    pub role: Role,
    /// As written in the codebook's column `is`.
    pub word: &'static str,
    /// What a column with this role holds, in one line.
    pub meaning: &'static str,
    /// The kinds of source whose columns may have it.
    pub kinds: &'static [Kind],
    /// Whether its cells are personal texts: never printed, never kept past `link`.
    pub personal: bool,
    /// How its cells are read when the codebook's `type` is empty.
    pub reading: RoleType,
    /// What else the codebook's `type` may say.
    pub also: &'static [RoleType],
}

use Kind::{Attendance, Counts, People, Sessions, Sites, Survey};

const WITH_PEOPLE: &[Kind] = &[Survey, People, Attendance];
const ALL: &[Kind] = &[Survey, People, Sessions, Attendance, Counts, Sites];

const fn line(
    role: Role,
    word: &'static str,
    meaning: &'static str,
    kinds: &'static [Kind],
    personal: bool,
    reading: RoleType,
    also: &'static [RoleType],
) -> RoleLine {
    RoleLine { role, word, meaning, kinds, personal, reading, also }
}

/// Every role, in the order in which `reach help roles` prints them.
pub const ROLES: [RoleLine; 27] = [
    line(
        Role::Site,
        "site",
        "the place: a library, museum, gallery or venue",
        ALL,
        false,
        RoleType::Text,
        &[RoleType::Choice, RoleType::Id],
    ),
    line(
        Role::Date,
        "date",
        "the day (and time) of the session, visit, response or count",
        &[Survey, Sessions, Attendance, Counts],
        false,
        RoleType::Date,
        &[],
    ),
    line(
        Role::Event,
        "event",
        "the title of an event or group",
        &[Survey, Sessions, Attendance, Counts],
        false,
        RoleType::Text,
        &[RoleType::Choice, RoleType::Id],
    ),
    line(
        Role::Strand,
        "strand",
        "the strand of work a session, response or count belongs to",
        &[Survey, People, Sessions, Attendance, Counts],
        false,
        RoleType::Text,
        &[RoleType::Choice, RoleType::Id],
    ),
    line(
        Role::Session,
        "session",
        "the id of a session, the same in the session log and the registers",
        &[Survey, Sessions, Attendance, Counts],
        false,
        RoleType::Id,
        &[RoleType::Text],
    ),
    line(
        Role::Level,
        "level",
        "the depth of engagement of a session, a level of the programme's ladder",
        &[Sessions, Attendance],
        false,
        RoleType::Text,
        &[RoleType::Choice],
    ),
    line(
        Role::Hours,
        "hours",
        "how long a session lasted, in hours",
        &[Sessions, Attendance],
        false,
        RoleType::Number,
        &[],
    ),
    line(
        Role::Minutes,
        "minutes",
        "how long a session lasted, in minutes",
        &[Sessions, Attendance],
        false,
        RoleType::Number,
        &[],
    ),
    line(Role::Headcount, "headcount", "how many people came to a session", &[Sessions], false, RoleType::Number, &[]),
    line(
        Role::Present,
        "present",
        "whether the person of this row came (yes or no)",
        &[Attendance],
        false,
        RoleType::Choice,
        &[],
    ),
    line(
        Role::Value,
        "value",
        "a count; with the column (months), one per month",
        &[Counts],
        false,
        RoleType::Number,
        &[RoleType::Percent],
    ),
    line(
        Role::Person,
        "person",
        "the id of a person, the same in the registers and the list of people",
        WITH_PEOPLE,
        true,
        RoleType::Id,
        &[RoleType::Text],
    ),
    line(
        Role::Response,
        "response",
        "the id of a response, as the survey platform gives it",
        &[Survey],
        true,
        RoleType::Id,
        &[RoleType::Text],
    ),
    line(Role::Email, "email", "an e-mail address", WITH_PEOPLE, true, RoleType::Text, &[RoleType::Id]),
    line(Role::Phone, "phone", "a telephone number", WITH_PEOPLE, true, RoleType::Text, &[RoleType::Id]),
    line(Role::Name, "name", "a person's name", WITH_PEOPLE, true, RoleType::Text, &[]),
    line(Role::BirthDate, "birth date", "a date of birth", WITH_PEOPLE, true, RoleType::Date, &[]),
    line(
        Role::Postcode,
        "postcode",
        "a postcode; only its district (such as NE1) is ever shown",
        WITH_PEOPLE,
        true,
        RoleType::Text,
        &[RoleType::Id],
    ),
    line(
        Role::Code(1),
        "code 1",
        "part 1 of a self-made code that links two surveys; code 2, code 3 … up to code 9",
        &[Survey, People],
        true,
        RoleType::Text,
        &[RoleType::Id, RoleType::Number, RoleType::Choice],
    ),
    line(Role::Joined, "joined", "the day on which a person joined", &[People], false, RoleType::Date, &[]),
    line(Role::LastSeen, "last seen", "the day on which a person was last seen", &[People], false, RoleType::Date, &[]),
    line(
        Role::ConsentToQuote,
        "consent to quote",
        "whether the person's words may be quoted (yes or no)",
        &[Survey, People],
        false,
        RoleType::Choice,
        &[],
    ),
    line(
        Role::Status,
        "status",
        "the platform's word for a response: complete, partial, preview, test, spam",
        &[Survey],
        false,
        RoleType::Text,
        &[RoleType::Choice],
    ),
    line(
        Role::Finished,
        "finished",
        "whether the response was sent off: yes or no; no means partial",
        &[Survey],
        false,
        RoleType::Choice,
        &[RoleType::Text, RoleType::Number],
    ),
    line(
        Role::Progress,
        "progress",
        "how much of the survey was answered, in per cent; under 100 means partial",
        &[Survey],
        false,
        RoleType::Number,
        &[RoleType::Percent],
    ),
    line(
        Role::Language,
        "language",
        "the language in which a survey was answered",
        &[Survey],
        false,
        RoleType::Text,
        &[RoleType::Choice],
    ),
    line(Role::Duration, "duration", "how long answering took, in seconds", &[Survey], false, RoleType::Number, &[]),
];

impl Role {
    /// The word an evaluator writes for it.
    pub fn word(self) -> String {
        match self {
            Role::Code(n) => format!("code {n}"),
            _ => self.line().map_or_else(String::new, |line| line.word.to_string()),
        }
    }

    /// Its line of [`ROLES`].
    pub fn line(self) -> Option<&'static RoleLine> {
        let key = if matches!(self, Role::Code(_)) { Role::Code(1) } else { self };
        ROLES.iter().find(|line| line.role == key)
    }

    /// Whether its cells are personal texts.
    pub fn personal(self) -> bool {
        self.line().is_none_or(|line| line.personal)
    }

    /// How its cells are read when the codebook does not say.
    pub fn reading(self) -> RoleType {
        self.line().map_or(RoleType::Text, |line| line.reading)
    }
}

/// The role that a codebook's `is` names, if it names one: `Site`, `E-mail` and `date of birth` are understood.
pub fn parse(written: &str) -> Option<Role> {
    let word = fold(written);
    if let Some(line) = ROLES.iter().find(|line| line.word == word && !matches!(line.role, Role::Code(_))) {
        return Some(line.role);
    }
    if let Some(n) = word.strip_prefix("code ").and_then(|n| n.parse::<u8>().ok()).filter(|n| (1..=9).contains(n)) {
        return Some(Role::Code(n));
    }
    SAME.iter().find(|(other, _)| *other == word).map(|(_, role)| *role)
}

/// Other spellings that can mean nothing else.
const SAME: [(&str, Role); 8] = [
    ("e-mail", Role::Email),
    ("e-mail address", Role::Email),
    ("email address", Role::Email),
    ("telephone", Role::Phone),
    ("date of birth", Role::BirthDate),
    ("birthdate", Role::BirthDate),
    ("post code", Role::Postcode),
    ("attended", Role::Present),
];

/// The words of all roles, for "did you mean".
pub fn words() -> impl Iterator<Item = &'static str> + Clone {
    ROLES.iter().map(|line| line.word)
}

/// Short names that usually hold something about a person, with the class they get unless the codebook says otherwise.
/// A name matches when it is one of these, or starts with one of them and a space (`age group`, `swemwbs 1`).
pub const ATTRIBUTES: [(&str, Class); 35] = [
    ("age", Class::AboutYou),
    ("gender", Class::AboutYou),
    ("sex", Class::AboutYou),
    ("ethnic group", Class::AboutYou),
    ("ethnicity", Class::AboutYou),
    ("ethnic", Class::AboutYou),
    ("race", Class::AboutYou),
    ("disability", Class::AboutYou),
    ("disabled", Class::AboutYou),
    ("area", Class::AboutYou),
    ("ward", Class::AboutYou),
    ("neighbourhood", Class::AboutYou),
    ("home", Class::AboutYou),
    ("travelled from", Class::AboutYou),
    ("role", Class::AboutYou),
    ("job", Class::AboutYou),
    ("occupation", Class::AboutYou),
    ("employment", Class::AboutYou),
    ("education", Class::AboutYou),
    ("income", Class::AboutYou),
    ("socio-economic", Class::AboutYou),
    ("member", Class::AboutYou),
    ("membership", Class::AboutYou),
    ("religion", Class::Sensitive),
    ("belief", Class::Sensitive),
    ("sexual orientation", Class::Sensitive),
    ("gender identity", Class::Sensitive),
    ("trans", Class::Sensitive),
    ("health", Class::Sensitive),
    ("wellbeing", Class::Sensitive),
    ("swemwbs", Class::Sensitive),
    ("wemwbs", Class::Sensitive),
    ("ons4", Class::Sensitive),
    ("loneliness", Class::Sensitive),
    ("ucla", Class::Sensitive),
];

/// The class that a question's short name suggests. The longest match decides: `gender identity` before `gender`.
pub fn class_of_name(key: &str) -> Option<Class> {
    ATTRIBUTES
        .iter()
        .filter(|(name, _)| key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
        .max_by_key(|(name, _)| name.len())
        .map(|(_, class)| *class)
}

/// The class that a column's header suggests, as the codebook's word for it: `about you`, `sensitive`, or nothing.
pub fn class_word_of_header(words: &[String]) -> Option<&'static str> {
    let text = words.join(" ");
    let text = if text.starts_with("how old ") { format!("age {text}") } else { text };
    ATTRIBUTES
        .iter()
        .filter(|(name, _)| {
            let name = name.replace('-', " ");
            format!(" {text} ").contains(&format!(" {name} "))
        })
        .map(|(_, class)| *class)
        .max()
        .map(Class::word)
}

/// What `reach help roles` prints.
pub fn help() -> String {
    let mut out = String::new();
    out.push_str("What a column can be: the word to write in the codebook's column `is`\n\n");
    let mut section = |title: &str, personal: bool| {
        let _ = writeln!(out, "{title}");
        for line in ROLES.iter().filter(|line| line.personal == personal) {
            let kinds = if line.kinds.len() == ALL.len() {
                "every kind of source".to_string()
            } else {
                line.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ")
            };
            let _ = writeln!(out, "  {:<17} {}", line.word, line.meaning);
            let _ = writeln!(out, "  {:<17} in: {kinds}; read as {}", "", line.reading.word());
        }
        let _ = writeln!(out);
    };
    section("Roles", false);
    section("Personal roles: never printed, turned into pseudonyms or dropped before anything is counted", true);
    out.push_str(
        "Instead of a role\n\
         \x20 a short name      a question (or an attribute of a person, session or place); its `type` is then required:\n\
         \x20                   choice, choices, scale, number, percent, date, text, free text\n\
         \x20 (ignore)          the column is not used\n\
         \x20 (free text)       the column holds people's own words; it is never printed\n\
         \n\
         Instead of a column's header\n\
         \x20 (months)          every column whose header is a month, such as 2008-04\n\
         \x20 (others)          every column that no other row of the source names\n\
         \n\
         In `options`, between bars: A | B | C\n\
         \x20 (other)           people could write something else\n\
         \x20 (none) …          excludes all other options: (none) None of the above\n\
         \x20 (refused) …       prefers not to say\n\
         \x20 @name             a ready list:\n",
    );
    for list in lists::all() {
        let _ = writeln!(out, "  {:<23} {}", format!("@{}", list.name), list.title);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_its_role() {
        for line in &ROLES {
            assert_eq!(parse(line.word), Some(line.role), "{}", line.word);
            assert_eq!(parse(&line.word.to_uppercase()), Some(line.role));
            assert_eq!(line.role.word(), line.word);
            assert!(!line.kinds.is_empty() && !line.also.contains(&line.reading));
        }
        assert_eq!(parse("code 3"), Some(Role::Code(3)));
        assert_eq!(Role::Code(3).word(), "code 3");
        assert_eq!(parse("code 0"), None);
        assert_eq!(parse("code 10"), None);
        assert_eq!(parse("E-mail"), Some(Role::Email));
        assert_eq!(parse("enjoyed"), None);
    }

    #[test]
    fn no_role_is_listed_twice() {
        for (i, a) in ROLES.iter().enumerate() {
            assert!(ROLES.iter().skip(i + 1).all(|b| a.word != b.word && a.role != b.role), "{}", a.word);
        }
    }

    #[test]
    fn a_short_name_suggests_its_class() {
        assert_eq!(class_of_name("age group"), Some(Class::AboutYou));
        assert_eq!(class_of_name("gender identity"), Some(Class::Sensitive));
        assert_eq!(class_of_name("gender"), Some(Class::AboutYou));
        assert_eq!(class_of_name("agency"), None);
    }
}
