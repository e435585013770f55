//! What the platform itself says of a response: complete, partial, a preview, a test, spam, rejected …
//!
//! It says so in a column for its status, in one that tells whether the response was sent off, and in one whose blank means that it
//! was not. Nothing else is asked: an ordinary question called "Status" says nothing of its row.

use std::collections::BTreeMap;

use super::states::{self, Kind};
use crate::ingest::{Column, Table};
use crate::spec::{Role, fold};

/// What a platform says of a response. The first that holds, in this order, is what the response is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// Marked as spam by the platform.
    Spam,
    /// Made by the platform, or by its owner, to try the questionnaire.
    Test,
    /// Entered in the questionnaire's preview: a trial, or a paper form that was keyed in.
    Preview,
    /// Looked at by the organisation and refused, or deleted.
    Rejected,
    /// Did not belong to those who were to be asked.
    ScreenedOut,
    /// Came when enough had answered.
    OverQuota,
    /// Not sent off.
    Partial,
    /// Looked at by the organisation and not settled.
    OnHold,
    /// Came from a file, not from a respondent at a screen.
    Imported,
    /// Filled in without a connection.
    Offline,
    /// Sent off.
    Complete,
    /// The platform has a column for it, and its word is none that is known.
    Unknown,
}

impl RowKind {
    /// All, in their order.
    pub const ALL: [RowKind; 12] = [
        RowKind::Spam,
        RowKind::Test,
        RowKind::Preview,
        RowKind::Rejected,
        RowKind::ScreenedOut,
        RowKind::OverQuota,
        RowKind::Partial,
        RowKind::OnHold,
        RowKind::Imported,
        RowKind::Offline,
        RowKind::Complete,
        RowKind::Unknown,
    ];

    fn bit(self) -> u16 {
        RowKind::ALL.iter().position(|kind| *kind == self).map_or(0, |at| 1 << at)
    }

    /// As a person reads it, of several rows.
    pub fn words(self) -> &'static str {
        match self {
            RowKind::Spam => "spam",
            RowKind::Test => "tests",
            RowKind::Preview => "previews",
            RowKind::Rejected => "rejected",
            RowKind::ScreenedOut => "screened out",
            RowKind::OverQuota => "over quota",
            RowKind::Partial => "partial",
            RowKind::OnHold => "on hold",
            RowKind::Imported => "imported",
            RowKind::Offline => "offline",
            RowKind::Complete => "complete",
            RowKind::Unknown => "of unknown status",
        }
    }
}

/// All that a platform says of one response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said(u16);

impl Said {
    fn of(kinds: &[RowKind]) -> Self {
        Said(kinds.iter().fold(0, |bits, kind| bits | kind.bit()))
    }
    /// Whether it says this.
    pub fn has(self, kind: RowKind) -> bool {
        self.0 & kind.bit() != 0
    }
    /// The first that it says; `Unknown` where it says nothing.
    fn kind(self) -> RowKind {
        RowKind::ALL.into_iter().find(|kind| self.has(*kind)).unwrap_or(RowKind::Unknown)
    }
}

/// Words in which a platform says that a response was …, each a run of whole words of the status.
const WORDS: [(&str, RowKind); 65] = [
    ("spam", RowKind::Spam),
    ("test", RowKind::Test),
    ("tests", RowKind::Test),
    ("testing", RowKind::Test),
    ("synthetic", RowKind::Test),
    ("preview", RowKind::Preview),
    ("vorschau", RowKind::Preview),
    ("umfragevorschau", RowKind::Preview),
    ("umfragenvorschau", RowKind::Preview),
    ("aperçu", RowKind::Preview),
    ("vista previa", RowKind::Preview),
    ("anteprima", RowKind::Preview),
    ("voorbeeld", RowKind::Preview),
    ("rejected", RowKind::Rejected),
    ("not approved", RowKind::Rejected),
    ("not validated", RowKind::Rejected),
    ("deleted", RowKind::Rejected),
    ("invalid", RowKind::Rejected),
    ("disqualified", RowKind::ScreenedOut),
    ("screened out", RowKind::ScreenedOut),
    ("screen out", RowKind::ScreenedOut),
    ("screenout", RowKind::ScreenedOut),
    ("terminated", RowKind::ScreenedOut),
    ("over quota", RowKind::OverQuota),
    ("overquota", RowKind::OverQuota),
    ("quota full", RowKind::OverQuota),
    ("quotafull", RowKind::OverQuota),
    ("partial", RowKind::Partial),
    ("partially", RowKind::Partial),
    ("partially complete", RowKind::Partial),
    ("partially completed", RowKind::Partial),
    ("partial complete", RowKind::Partial),
    ("incomplete", RowKind::Partial),
    ("uncompleted", RowKind::Partial),
    ("not complete", RowKind::Partial),
    ("not completed", RowKind::Partial),
    ("not finished", RowKind::Partial),
    ("not submitted", RowKind::Partial),
    ("unfinished", RowKind::Partial),
    ("unsubmitted", RowKind::Partial),
    ("abandoned", RowKind::Partial),
    ("in progress", RowKind::Partial),
    ("started", RowKind::Partial),
    ("saved", RowKind::Partial),
    ("on hold", RowKind::OnHold),
    ("hasissues", RowKind::OnHold),
    ("has issues", RowKind::OnHold),
    ("imported", RowKind::Imported),
    ("reimported", RowKind::Imported),
    ("importiert", RowKind::Imported),
    ("offline", RowKind::Offline),
    ("ip address", RowKind::Complete),
    ("ip-adresse", RowKind::Complete),
    ("adresse ip", RowKind::Complete),
    ("ex", RowKind::Complete),
    ("complete", RowKind::Complete),
    ("completed", RowKind::Complete),
    ("finished", RowKind::Complete),
    ("submitted", RowKind::Complete),
    ("approved", RowKind::Complete),
    ("received", RowKind::Complete),
    ("edited", RowKind::Complete),
    ("validated", RowKind::Complete),
    ("valid", RowKind::Complete),
    ("no status", RowKind::Complete),
];

/// What a folded status says; `None` where no word of it is known. Qualtrics writes numbers where it exports codes: each is a sum of
/// 1 preview, 2 test, 4 imported, 8 spam, 16 offline, 32 employee experience, 128 imported again, 256 synthetic (made by a model).
pub fn status(folded: &str, platform: &str) -> Option<Said> {
    let number = folded.strip_suffix(".0").unwrap_or(folded);
    if platform == "qualtrics"
        && let Ok(code) = number.parse::<u16>()
    {
        const BITS: [(u16, RowKind); 6] = [
            (1, RowKind::Preview),
            (2, RowKind::Test),
            (4, RowKind::Imported),
            (8, RowKind::Spam),
            (16, RowKind::Offline),
            (256, RowKind::Test),
        ];
        let kinds = BITS.iter().filter(|(bit, _)| code & bit != 0).map(|(_, kind)| *kind);
        return (code < 512).then(|| Said::of(&kinds.chain([RowKind::Complete]).collect::<Vec<_>>()));
    }
    // `validation_status_not_approved` and `submitted_via_web` are words between other signs.
    let parts: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let spaced = format!(" {} ", parts.join(" "));
    let mut kinds: Vec<RowKind> = Vec::new();
    for (word, kind) in WORDS {
        if spaced.contains(&format!(" {} ", word.replace('-', " "))) && !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    (!kinds.is_empty()).then(|| Said::of(&kinds))
}

/// Whether a folded text says that the response was sent off, in the languages in which platforms write it.
pub fn finished(folded: &str) -> Option<bool> {
    const YES: [&str; 22] = [
        "true",
        "1",
        "1.0",
        "yes",
        "y",
        "wahr",
        "vrai",
        "verdadero",
        "vero",
        "waar",
        "verdadeiro",
        "sant",
        "sand",
        "tosi",
        "prawda",
        "ja",
        "oui",
        "sí",
        "si",
        "sim",
        "finished",
        "completed",
    ];
    const NO: [&str; 21] = [
        "false",
        "0",
        "0.0",
        "no",
        "n",
        "falsch",
        "faux",
        "falso",
        "onwaar",
        "falskt",
        "falsk",
        "usant",
        "epätosi",
        "fałsz",
        "nein",
        "non",
        "nee",
        "nej",
        "não",
        "unfinished",
        "incomplete",
    ];
    if YES.contains(&folded) {
        Some(true)
    } else if NO.contains(&folded) {
        Some(false)
    } else {
        match status(folded, "") {
            Some(said) if said.has(RowKind::Partial) => Some(false),
            Some(said) if said.kind() == RowKind::Complete => Some(true),
            _ => None,
        }
    }
}

/// Whether a folded text says that all was answered: 100 or more per cent.
fn whole(folded: &str) -> Option<bool> {
    let number = folded.strip_suffix('%').unwrap_or(folded).trim();
    number.parse::<f64>().ok().filter(|n| (0.0..=100.0).contains(n)).map(|n| n >= 100.0)
}

/// The columns of a table in which its platform speaks of the responses.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Columns {
    pub status: Vec<usize>,
    pub finished: Option<usize>,
    pub progress: Option<usize>,
    /// Columns whose blank says that a response was not sent off.
    pub sent: Vec<usize>,
}

impl Columns {
    /// As the codebook and the platform declare them: `bound` are the roles of columns that the codebook names, `free` tells whether
    /// a column that the platform gives a role is not taken for something else.
    pub fn of(table: &Table, bound: impl Iterator<Item = (Role, usize)>, free: impl Fn(usize, Role) -> bool) -> Self {
        let mut out = Columns::default();
        for (role, column) in bound {
            out.take(role, column);
        }
        for (at, column) in table.columns.iter().enumerate() {
            if let Some(role) = column.system.and_then(crate::spec::role::parse)
                && free(at, role)
            {
                out.take(role, at);
            }
            // A column that nobody filled in says nothing: dates of sending can be switched off, or removed before publishing.
            let filled = |c: &Column| c.texts.iter().any(|(_, text, rows)| rows > 0 && is_there(text));
            if column.sent && !column.codes.is_empty() && filled(column) {
                out.sent.push(at);
            }
        }
        out
    }

    fn take(&mut self, role: Role, at: usize) {
        let place = match role {
            // A platform may speak of the response and of its review.
            Role::Status if self.status.contains(&at) => return,
            Role::Status => return self.status.push(at),
            Role::Finished => &mut self.finished,
            Role::Progress => &mut self.progress,
            _ => return,
        };
        place.get_or_insert(at);
    }

    /// Whether the platform says anything at all.
    pub fn any(&self) -> bool {
        !self.status.is_empty() || self.finished.is_some() || self.progress.is_some() || !self.sent.is_empty()
    }
}

fn is_there(text: &str) -> bool {
    !matches!(states::state(text), Kind::Blank | Kind::Token | Kind::NotAsked)
}

/// What the platform says of each row, and how many rows have a status that is no known word.
#[derive(Debug, Default)]
pub struct Rows {
    /// One per row; empty where the platform says nothing of any row.
    pub said: Vec<Said>,
    /// Rows with a word that is not known, and the first of them.
    pub unknown: u64,
    pub first_unknown: Option<u32>,
}

/// Reads the columns. `means` is what a recode says of a status, by its folded text.
pub fn read(table: &Table, columns: &Columns, means: impl Fn(&str) -> Option<String>) -> Rows {
    let mut out = Rows::default();
    if !columns.any() {
        return out;
    }
    out.said = vec![Said::default(); table.rows];
    let mut add = |column: &Column, said: &dyn Fn(&str, &str) -> Option<Said>, tell: bool| {
        let mut unknown = (0u64, None::<u32>);
        let by_code: Vec<Said> = column
            .texts
            .iter()
            .map(|(code, text, rows)| {
                let found = said(&fold(text), text);
                if found.is_none() && tell && rows > 0 && is_there(text) {
                    let first = column.texts.first_row(code);
                    unknown = (unknown.0 + u64::from(rows), Some(unknown.1.map_or(first, |f: u32| f.min(first))));
                }
                found.unwrap_or_default()
            })
            .collect();
        for (row, &code) in out.said.iter_mut().zip(&column.codes) {
            row.0 |= by_code.get(code as usize).map_or(0, |said| said.0);
        }
        unknown
    };
    let get = |at: Option<usize>| at.and_then(|at| table.columns.get(at));
    let mut strange = (0u64, None::<u32>);
    let sent = |whole: bool| Said::of(&[if whole { RowKind::Complete } else { RowKind::Partial }]);
    let reviewed = table.platform.starts_with("kobo") || table.platform.starts_with("odk");
    for column in columns.status.iter().filter_map(|&at| table.columns.get(at)) {
        let unknown = add(
            column,
            &|folded, text| match means(folded) {
                Some(meant) => status(&fold(&meant), table.platform),
                // What was not yet looked at has no word.
                None if reviewed && !is_there(text) => Some(sent(true)),
                None => status(folded, table.platform),
            },
            true,
        );
        strange.0 += unknown.0;
        strange.1 = match (strange.1, unknown.1) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    if let Some(column) = get(columns.finished) {
        add(column, &|folded, _| finished(folded).map(sent), false);
    } else if let Some(column) = get(columns.progress) {
        add(column, &|folded, _| whole(folded).map(sent), false);
    }
    // What the platform calls complete in words was sent off, whatever became of the day on which it was.
    let before: Vec<bool> = out.said.iter().map(|said| said.has(RowKind::Complete)).collect();
    for column in columns.sent.iter().filter_map(|&at| table.columns.get(at)) {
        let there: Vec<bool> = column.texts.iter().map(|(_, text, _)| is_there(text)).collect();
        for ((row, &code), known) in out.said.iter_mut().zip(&column.codes).zip(&before) {
            if !known {
                row.0 |= sent(there.get(code as usize).copied().unwrap_or(false)).0;
            }
        }
    }
    (out.unknown, out.first_unknown) = strange;
    out
}

/// How many rows of a table are complete, partial, previews, tests …, as its platform says; empty where it says nothing.
pub fn row_kinds(table: &Table) -> BTreeMap<RowKind, u64> {
    let mut out = BTreeMap::new();
    for said in read(table, &Columns::of(table, std::iter::empty(), |_, _| true), |_| None).said {
        *out.entry(said.kind()).or_default() += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str, platform: &str) -> RowKind {
        status(&fold(text), platform).map_or(RowKind::Unknown, Said::kind)
    }

    #[test]
    fn words_of_the_platforms() {
        use RowKind::*;
        for (text, platform, is) in [
            ("IP Address", "qualtrics", Complete),
            ("Survey Preview", "qualtrics", Preview),
            ("Survey Test", "qualtrics", Test),
            ("Imported", "qualtrics", Imported),
            ("Spam", "qualtrics", Spam),
            ("Survey Preview Spam", "qualtrics", Spam),
            ("Imported Spam", "qualtrics", Spam),
            ("Offline Response", "qualtrics", Offline),
            ("Offline Survey Preview", "qualtrics", Preview),
            ("EX", "qualtrics", Complete),
            ("0", "qualtrics", Complete),
            ("1", "qualtrics", Preview),
            ("2", "qualtrics", Test),
            ("4", "qualtrics", Imported),
            ("8", "qualtrics", Spam),
            ("9", "qualtrics", Spam),
            ("12", "qualtrics", Spam),
            ("16", "qualtrics", Offline),
            ("17", "qualtrics", Preview),
            ("32", "qualtrics", Complete),
            ("40", "qualtrics", Spam),
            ("48.0", "qualtrics", Offline),
            ("132", "qualtrics", Imported),
            ("256", "qualtrics", Test),
            ("Reimported imported", "qualtrics", Imported),
            ("1000", "qualtrics", Unknown),
            ("1", "plain", Unknown),
            ("Complete", "alchemer", Complete),
            ("Partial", "alchemer", Partial),
            ("Disqualified", "alchemer", ScreenedOut),
            ("Completed", "surveymonkey", Complete),
            ("Over quota", "surveymonkey", OverQuota),
            ("Partially completed", "smartsurvey", Partial),
            ("Not completed", "plain", Partial),
            ("validation_status_approved", "kobo", Complete),
            ("validation_status_not_approved", "kobo", Rejected),
            ("On Hold", "kobo", OnHold),
            ("submitted_via_web", "kobo", Complete),
            ("hasIssues", "odk", OnHold),
            ("rejected", "odk", Rejected),
            ("edited", "odk", Complete),
            ("Aperçu de l'enquête", "qualtrics", Preview),
            ("Member", "plain", Unknown),
        ] {
            assert_eq!(kind(text, platform), is, "{text}");
        }
        assert_eq!(finished("wahr"), Some(true));
        assert_eq!(finished("falso"), Some(false));
        assert_eq!(finished("perhaps"), None);
        assert_eq!((whole("99.5"), whole("100%"), whole("x")), (Some(false), Some(true), None));
    }
}
