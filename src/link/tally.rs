//! What a register of attendance leaves to say: rows matched, set aside, and people whom no register knows.

use crate::ledger::Reason;
use crate::problem::{Place, Problem};
use crate::spec::Source;

use super::Join;
use super::books::{Books, many};
use super::people::{By, Persons};
use super::sessions::{Found, SessionIndex};

/// What became of the rows of one source.
#[derive(Default)]
pub(super) struct Tally {
    pub rows: u64,
    pub matched: u64,
    /// Rows of a session that the log lacks, that several sessions fit, or that the log has but does not count.
    pub unknown: u64,
    pub several: u64,
    pub inherited: u64,
    pub unreadable: u64,
    pub absent: u64,
    pub not_said: u64,
    pub registered: u64,
    /// Distinct unknown identifiers that differ from a known one in leading zeros only.
    pub zeros: u64,
    pub sessions: Vec<bool>,
    pub persons: Vec<bool>,
}

impl Tally {
    /// Why a row whose session does not count is set aside.
    pub fn miss(&mut self, found: Found) -> Reason {
        match found {
            Found::SetAside(Reason::Unreadable) => {
                self.unreadable += 1;
                Reason::Unreadable
            }
            Found::SetAside(
                reason @ (Reason::Test
                | Reason::Spam
                | Reason::Rejected
                | Reason::Erased
                | Reason::OutOfPeriod
                | Reason::AfterAsOf
                | Reason::Rule),
            ) => {
                self.inherited += 1;
                reason
            }
            Found::Several => {
                self.several += 1;
                Reason::UnmatchedKey
            }
            _ => {
                self.unknown += 1;
                Reason::UnmatchedKey
            }
        }
    }
}

pub(super) fn mark(seen: &mut Vec<bool>, number: u32) {
    let at = number as usize;
    if seen.len() <= at {
        seen.resize(at + 1, false);
    }
    if let Some(seen) = seen.get_mut(at) {
        *seen = true;
    }
}

fn count(seen: &[bool]) -> u64 {
    seen.iter().filter(|&&seen| seen).count() as u64
}

/// What an evaluator must know of a register and the session log.
pub(super) fn tell(tally: &Tally, source: &Source, sessions: &SessionIndex, books: &mut Books) {
    let place = Place::default;
    let name = &source.name;
    let log = "the session log";
    if sessions.sessions.logged {
        books.joins.push(Join {
            name: format!("{name} → sessions"),
            left: name.clone(),
            right: "sessions".to_owned(),
            by: "session".to_owned(),
            left_rows: tally.rows,
            left_matched: tally.matched,
            left_blank: tally.unreadable,
            right_rows: sessions.sessions.sessions.len() as u64,
            right_matched: count(&tally.sessions),
            left_only: Vec::new(),
            right_only: Vec::new(),
            suggestions: Vec::new(),
        });
        let mut hint = "add the session to the log, or correct its identifier in the register".to_owned();
        if tally.zeros > 0 {
            hint = format!(
                "{} from one in the log in leading zeros only: give them the same zeros in both files",
                many(tally.zeros, "identifier differs", "identifiers differ")
            );
        }
        books.note(
            Problem::noted(
                "attendance-unmatched",
                place(),
                format!(
                    "{} to a session that {log} lacks; set aside",
                    many(tally.unknown, &format!("row of {name} belongs"), &format!("rows of {name} belong"))
                ),
            )
            .hint(hint)
            .count(tally.unknown),
        );
        books.note(
            Problem::noted(
                "attendance-ambiguous",
                place(),
                format!(
                    "{} more than one session of {log}; set aside",
                    many(tally.several, &format!("row of {name} fits"), &format!("rows of {name} fit"))
                ),
            )
            .hint("give each session an identifier, and the register a column with it")
            .count(tally.several),
        );
        books.note(
            Problem::noted(
                "attendance-of-set-aside",
                place(),
                format!(
                    "{} to a session that is set aside in {log}: set aside for the same reason",
                    many(tally.inherited, &format!("row of {name} belongs"), &format!("rows of {name} belong"))
                ),
            )
            .count(tally.inherited),
        );
        let empty = (sessions.sessions.sessions.len() as u64).saturating_sub(count(&tally.sessions));
        books.note(
            Problem::noted(
                "session-without-attendance",
                place(),
                format!("{} of {log} no row in {name}", many(empty, "session has", "sessions have")),
            )
            .count(empty),
        );
    }
    books.note(
        Problem::noted(
            "attendance-unreadable",
            place(),
            format!(
                "{} of {name} do not say who came, or to which session; set aside",
                many(tally.unreadable, "row", "rows")
            ),
        )
        .count(tally.unreadable),
    );
    books.note(
        Problem::noted(
            "attendance-absent",
            place(),
            format!("{} of {name} say that the person did not come: no attendance", many(tally.absent, "row", "rows")),
        )
        .count(tally.absent),
    );
    books.note(
        Problem::noted(
            "attendance-not-said",
            place(),
            format!(
                "{} of {name} do not say whether the person came: not counted as an attendance",
                many(tally.not_said, "row", "rows")
            ),
        )
        .hint("write Yes or No in the column that says who was present")
        .count(tally.not_said),
    );
}

/// What an evaluator must know of a register of attendance and the register of people.
pub(super) fn join_people(tally: &Tally, source: &Source, by: Option<By>, persons: &Persons, books: &mut Books) {
    let name = &source.name;
    books.joins.push(Join {
        name: format!("{name} → people"),
        left: name.clone(),
        right: "people".to_owned(),
        by: by.map_or("person", By::word).to_owned(),
        left_rows: tally.rows,
        left_matched: tally.registered,
        left_blank: tally.unreadable,
        right_rows: persons.registered(),
        right_matched: count(&tally.persons),
        left_only: Vec::new(),
        right_only: Vec::new(),
        suggestions: Vec::new(),
    });
    let strangers = tally.matched.saturating_sub(tally.registered);
    books.note(
        Problem::noted(
            "person-unregistered",
            Place::default(),
            format!(
                "{} of {name} a person whom the register of people lacks; they count as people, without what the register \
                 says of people",
                many(strangers, "row has", "rows have")
            ),
        )
        .hint("add these people to the register, or correct their identifiers")
        .count(strangers),
    );
}

/// How long sessions are: lengths that no session has are said.
pub(super) fn check_lengths(sessions: &SessionIndex, books: &mut Books) {
    const DAY: u32 = 24 * 60;
    let long = sessions.sessions.sessions.iter().filter(|s| s.minutes.is_some_and(|m| m > DAY)).count() as u64;
    books.note(
        Problem::noted(
            "session-length",
            Place::default(),
            format!("{} longer than a day", many(long, "session is", "sessions are")),
        )
        .hint("check whether its hours column is in minutes")
        .count(long),
    );
}
