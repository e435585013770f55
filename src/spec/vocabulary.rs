//! The closed lists of `reach.toml` and the codebook: each word an evaluator may write, and what it means here.

use super::{Class, CountUnit, DateOrder, Kind, RoleType, Sample, Wave, fold};

/// Kinds of source that this version reads.
pub const KINDS: [(&str, Kind); 6] = [
    ("survey", Kind::Survey),
    ("people", Kind::People),
    ("sessions", Kind::Sessions),
    ("attendance", Kind::Attendance),
    ("counts", Kind::Counts),
    ("sites", Kind::Sites),
];

/// Kinds of source that the plan knows and this version does not read.
pub const LATER_KINDS: [&str; 15] = [
    "partners",
    "contacts",
    "volunteers",
    "roles",
    "decisions",
    "self-assessment",
    "communities",
    "funding",
    "quotes",
    "costs",
    "reviews",
    "targets",
    "postcodes",
    "population",
    "weights",
];

/// `sample = "…"`.
pub const SAMPLES: [(&str, Sample); 3] =
    [("random", Sample::Random), ("everyone asked", Sample::EveryoneAsked), ("self-selected", Sample::SelfSelected)];

/// `wave = "…"`.
pub const WAVES: [(&str, Wave); 4] =
    [("before", Wave::Before), ("during", Wave::During), ("after", Wave::After), ("follow-up", Wave::FollowUp)];

/// `unit = "…"` of a `counts` source.
pub const UNITS: [(&str, CountUnit); 2] = [("count", CountUnit::Count), ("percent", CountUnit::Percent)];

/// `dates = "…"`.
pub const ORDERS: [(&str, DateOrder); 3] = [
    ("day month year", DateOrder::DayMonthYear),
    ("month day year", DateOrder::MonthDayYear),
    ("year month day", DateOrder::YearMonthDay),
];

/// `year = "…"`: the month in which the programme's year starts.
pub const MONTHS: [(&str, i8); 12] = [
    ("January", 1),
    ("February", 2),
    ("March", 3),
    ("April", 4),
    ("May", 5),
    ("June", 6),
    ("July", 7),
    ("August", 8),
    ("September", 9),
    ("October", 10),
    ("November", 11),
    ("December", 12),
];

/// The name of a month, 1 to 12; empty for any other number.
pub fn month_name(month: impl TryInto<i8>) -> &'static str {
    let month = month.try_into().unwrap_or(0);
    MONTHS.iter().find(|(_, number)| *number == month).map_or("", |(name, _)| *name)
}

/// `6 April 2016`.
pub fn long_date(date: jiff::civil::Date) -> String {
    format!("{} {} {}", date.day(), month_name(date.month()), date.year())
}

/// The codebook's `class`.
pub const CLASSES: [(&str, Class); 4] = [
    ("opinion", Class::Opinion),
    ("about you", Class::AboutYou),
    ("sensitive", Class::Sensitive),
    ("plain", Class::Plain),
];

/// How a question is answered, as the codebook's `type` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Choice,
    Choices,
    Scale,
    Number,
    Percent,
    Date,
    Text,
    FreeText,
    Id,
}

/// The codebook's `type`.
pub const TYPES: [(&str, Type); 9] = [
    ("choice", Type::Choice),
    ("choices", Type::Choices),
    ("scale", Type::Scale),
    ("number", Type::Number),
    ("percent", Type::Percent),
    ("date", Type::Date),
    ("text", Type::Text),
    ("free text", Type::FreeText),
    ("id", Type::Id),
];

/// Survey platforms and layouts whose name may be written as `platform = "…"`.
pub fn platforms() -> Vec<&'static str> {
    crate::ingest::export::names().to_vec()
}

/// The value whose word was written, compared by `fold` and without regard to hyphens.
pub fn find<T: Copy>(written: &str, list: &[(&str, T)]) -> Option<T> {
    let plain = |text: &str| fold(text).replace(['-', '_', '/'], " ");
    let written = plain(written);
    list.iter().find(|(word, _)| plain(word) == written).map(|(_, value)| *value)
}

/// The word for a value.
fn word<T: Copy + PartialEq>(value: T, list: &[(&'static str, T)]) -> &'static str {
    list.iter().find(|(_, other)| *other == value).map_or("", |(word, _)| word)
}

impl Kind {
    /// As written in `reach.toml`.
    pub fn word(self) -> &'static str {
        word(self, &KINDS)
    }
}

impl Wave {
    /// As written in `reach.toml`.
    pub fn word(self) -> &'static str {
        word(self, &WAVES)
    }
}

impl Sample {
    /// As written in `reach.toml`.
    pub fn word(self) -> &'static str {
        word(self, &SAMPLES)
    }
}

impl Class {
    /// As written in the codebook.
    pub fn word(self) -> &'static str {
        word(self, &CLASSES)
    }
}

impl DateOrder {
    /// As written in `reach.toml`.
    pub fn word(self) -> &'static str {
        word(self, &ORDERS)
    }
}

impl Type {
    /// As written in the codebook.
    pub fn word(self) -> &'static str {
        word(self, &TYPES)
    }
}

impl RoleType {
    /// As written in the codebook.
    pub fn word(self) -> &'static str {
        match self {
            RoleType::Usual => "as usual",
            RoleType::Text => "text",
            RoleType::Id => "id",
            RoleType::Number => "number",
            RoleType::Percent => "percent",
            RoleType::Date => "date",
            RoleType::Choice => "choice",
        }
    }
}
