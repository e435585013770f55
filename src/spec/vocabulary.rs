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

/// The months in other languages, without accents and ligatures: French, German, Spanish, Italian, Dutch, Portuguese, Welsh.
const FOREIGN_MONTHS: [(&str, i8); 78] = [
    ("janvier", 1),
    ("fevrier", 2),
    ("mars", 3),
    ("avril", 4),
    ("mai", 5),
    ("juin", 6),
    ("juillet", 7),
    ("aout", 8),
    ("septembre", 9),
    ("octobre", 10),
    ("novembre", 11),
    ("decembre", 12),
    ("januar", 1),
    ("janner", 1),
    ("jaenner", 1),
    ("februar", 2),
    ("marz", 3),
    ("maerz", 3),
    ("juni", 6),
    ("juli", 7),
    ("oktober", 10),
    ("dezember", 12),
    ("enero", 1),
    ("febrero", 2),
    ("marzo", 3),
    ("abril", 4),
    ("mayo", 5),
    ("junio", 6),
    ("julio", 7),
    ("agosto", 8),
    ("septiembre", 9),
    ("setiembre", 9),
    ("octubre", 10),
    ("noviembre", 11),
    ("diciembre", 12),
    ("gennaio", 1),
    ("febbraio", 2),
    ("aprile", 4),
    ("maggio", 5),
    ("giugno", 6),
    ("luglio", 7),
    ("settembre", 9),
    ("ottobre", 10),
    ("dicembre", 12),
    ("januari", 1),
    ("februari", 2),
    ("maart", 3),
    ("mrt", 3),
    ("mei", 5),
    ("augustus", 8),
    ("janeiro", 1),
    ("fevereiro", 2),
    ("marco", 3),
    ("maio", 5),
    ("junho", 6),
    ("julho", 7),
    ("setembro", 9),
    ("outubro", 10),
    ("novembro", 11),
    ("dezembro", 12),
    ("ionawr", 1),
    ("chwefror", 2),
    ("mawrth", 3),
    ("ebrill", 4),
    ("mehefin", 6),
    ("gorffennaf", 7),
    ("awst", 8),
    ("medi", 9),
    ("hydref", 10),
    ("tachwedd", 11),
    ("rhagfyr", 12),
    ("juil", 7),
    ("janv", 1),
    ("fevr", 2),
    ("sept", 9),
    ("gorff", 7),
    ("tach", 11),
    ("rhag", 12),
];

/// A word in lower case without accents: `Août` is `aout`.
pub fn unaccented(word: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The month (1 to 12) that a word names: in English or one of the languages beside it, whole or cut to its first three letters
/// (`Sept` and its like too). `None` for any other word.
pub fn month_of(word: &str) -> Option<i8> {
    if !(3..=24).contains(&word.len()) {
        return None;
    }
    let word = unaccented(word.trim_end_matches('.'));
    let cut = word.len() == 3;
    let names = |name: &str| {
        if cut {
            name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(&word))
        } else {
            name.eq_ignore_ascii_case(&word)
        }
    };
    MONTHS
        .iter()
        .find(|(name, _)| names(name))
        .or_else(|| {
            // Three letters that begin several foreign months name none: "jui".
            let mut found = FOREIGN_MONTHS.iter().filter(|(name, _)| names(name));
            let first = found.next()?;
            found.all(|(_, other)| *other == first.1).then_some(first)
        })
        .map(|(_, month)| *month)
}

/// Names of the days of the week, without accents.
const WEEKDAYS: [&str; 44] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "lunes",
    "martes",
    "miercoles",
    "jueves",
    "viernes",
    "sabado",
    "domingo",
    "lunedi",
    "martedi",
    "mercoledi",
    "giovedi",
    "venerdi",
    "sabato",
    "domenica",
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
    "llun",
    "gwener",
];

/// Whether a word names a day of the week, whole or (in English) cut to three letters or more.
pub fn is_weekday(word: &str) -> bool {
    let word = unaccented(word.trim_end_matches('.'));
    let english = WEEKDAYS.iter().take(7).any(|d| word.len() >= 3 && d.starts_with(&word));
    english || WEEKDAYS.contains(&word.as_str())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_in_many_languages() {
        for (word, month) in [
            ("Jan", 1),
            ("january", 1),
            ("Sept", 9),
            ("SEP", 9),
            ("août", 8),
            ("Févr.", 2),
            ("März", 3),
            ("Mär", 3),
            ("mai", 5),
            ("okt", 10),
            ("dez", 12),
            ("ene", 1),
            ("abr", 4),
            ("ago", 8),
            ("gen", 1),
            ("giu", 6),
            ("lug", 7),
            ("ott", 10),
            ("mrt", 3),
            ("março", 3),
            ("out", 10),
            ("Hydref", 10),
            ("Mai", 5),
        ] {
            assert_eq!(month_of(word), Some(month), "{word}");
        }
        for word in ["", "ma", "jui", "janu", "marc", "mayor", "decem", "season", "sat"] {
            assert_eq!(month_of(word), None, "{word}");
        }
        assert!(is_weekday("Weds") || is_weekday("Wed"));
        assert!(is_weekday("mercredi") && is_weekday("Tues") && !is_weekday("mon ami"));
    }
}
