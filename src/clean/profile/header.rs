//! What a header says of its column, before any cell is looked at.

use crate::spec::fold;

/// A header in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The question, or the whole header: its first part.
    pub stem: String,
    /// Its letters and digits, folded, word by word.
    pub words: Vec<String>,
}

/// Words of a short header whose values are about one person: never shown, never drafted as options.
const PERSONAL: [&str; 36] = [
    "name",
    "names",
    "forename",
    "surname",
    "firstname",
    "lastname",
    "username",
    "user",
    "who",
    "by",
    "staff",
    "leader",
    "led",
    "facilitator",
    "officer",
    "worker",
    "guardian",
    "parent",
    "carer",
    "teacher",
    "author",
    "person",
    "participant",
    "email",
    "mail",
    "phone",
    "mobile",
    "telephone",
    "address",
    "contact",
    "ip",
    "birth",
    "dob",
    "initials",
    "signature",
    "school",
];

/// Words that say that a name, address or contact is that of a thing or place, or that people are put into kinds.
const THINGS: [&str; 33] = [
    "library",
    "libraries",
    "branch",
    "museum",
    "gallery",
    "venue",
    "site",
    "centre",
    "center",
    "building",
    "hub",
    "location",
    "event",
    "session",
    "activity",
    "group",
    "course",
    "workshop",
    "class",
    "programme",
    "project",
    "organisation",
    "organization",
    "company",
    "product",
    "type",
    "kind",
    "role",
    "category",
    "status",
    "strand",
    "team",
    "department",
];

/// Words of a header of any length that ask for what is one person's own.
const ASKED: [&str; 17] = [
    "your name",
    "full name",
    "first name",
    "last name",
    "family name",
    "child's name",
    "surname",
    "date of birth",
    "birth date",
    "phone number",
    "telephone number",
    "mobile number",
    "home address",
    "postal address",
    "street address",
    "e-mail address",
    "email address",
];

/// Words for a place on the map that is nobody's but the answerer's.
const POSITION: [&str; 6] = ["latitude", "longitude", "gps", "geolocation", "altitude", "coordinates"];

impl Header {
    /// The header of a column whose first part is `stem`.
    pub fn of(stem: &str) -> Self {
        let words =
            fold(stem).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect();
        Header { stem: stem.to_owned(), words }
    }
    /// Whether it has one of these words.
    pub fn says(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }
    /// Whether it is exactly one of these, folded.
    pub fn is(&self, headers: &[&str]) -> bool {
        headers.contains(&self.words.join(" ").as_str())
    }
    /// Whether it is worded as a question or statement rather than as a name of a column.
    pub fn asks(&self) -> bool {
        let stem = self.stem.trim_end();
        stem.ends_with('?')
            || stem.ends_with("...")
            || stem.ends_with('…')
            || stem.contains("? ")
            || self.words.len() >= 6
    }
    /// Whether it names an id, reference or number of somebody or something.
    pub fn is_id(&self) -> bool {
        let words = ["id", "ids", "ref", "reference", "barcode", "uuid", "guid", "urn", "token", "key", "ip"];
        self.words.len() <= 4 && self.says(&words)
    }
    /// Whether the values under it are about one person, and never to be shown.
    pub fn is_personal(&self) -> bool {
        let folded = fold(&self.stem);
        (self.words.len() <= 4 && self.says(&PERSONAL) && !self.says(&THINGS))
            || ASKED.iter().any(|words| folded.contains(words))
            || self.says(&POSITION)
            || self.is_postal()
    }
    /// Whether it asks for a postcode.
    pub fn is_postal(&self) -> bool {
        self.says(&["postcode", "postcodes", "zip", "zipcode"])
            || [["post", "code"], ["postal", "code"]].iter().any(|two| self.words.windows(2).any(|w| w == two))
    }
    /// Whether it speaks of a day.
    pub fn is_dated(&self) -> bool {
        self.says(&[
            "date",
            "day",
            "when",
            "started",
            "completed",
            "submitted",
            "time",
            "joined",
            "timestamp",
            "startdate",
            "enddate",
            "submitdate",
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_ask_for_what_is_ones_own() {
        for stem in
            ["First name", "What is your full name, please?", "Staff", "E-mail", "Your postcode", "Zip", "IP Address"]
        {
            assert!(Header::of(stem).is_personal(), "{stem}");
        }
        for stem in [
            "How did you hear of us?",
            "Library Name",
            "User type",
            "Who did you come with today, if anybody?",
            "Library",
            "Age",
        ] {
            assert!(!Header::of(stem).is_personal(), "{stem}");
        }
        assert!(Header::of("Respondent ID").is_id() && !Header::of("Did you bring any id with you today?").is_id());
    }
}
