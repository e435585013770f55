//! Dated activities: from the session log, or without one from the registers of attendance themselves.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::clean::{Answer, CleanColumn, CleanTable};
use crate::exit::Exit;
use crate::ledger::Reason;
use crate::problem::Problem;
use crate::spec::{Kind, Role, Spec};

use super::books::{Books, list, many};
use super::columns;
use super::labels::Labels;
use super::sites::Sites;
use super::{Session, Sessions};

/// What a written session identifier, or a place with a date, leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// This session.
    One(u32),
    /// More than one session: not guessed.
    Several,
    /// A session of the log that does not count, for this reason.
    SetAside(Reason),
    Unknown,
}

/// The sessions with the ways to find one.
#[derive(Default)]
pub(super) struct SessionIndex {
    pub sessions: Sessions,
    /// Identifiers exactly as written, then folded (case and spaces).
    exact: HashMap<String, Found>,
    folded: HashMap<String, Found>,
    places: HashMap<(u32, Date), Found>,
    /// Folded identifiers without leading zeros, to count near misses.
    bare: HashMap<String, u32>,
}

/// The label lists that sessions refer to.
pub(super) struct Lists<'a> {
    pub sites: &'a Sites,
    pub strands: &'a Labels,
    pub levels: &'a Labels,
}

impl SessionIndex {
    /// The sessions of the log, if the spec has one.
    pub fn gather(tables: &[CleanTable], spec: &Spec, lists: &Lists, books: &mut Books) -> Self {
        let mut index = SessionIndex::default();
        // Which row each identifier was first seen in, to name both rows of a conflict.
        let mut first: HashMap<String, (usize, u64)> = HashMap::new();
        for (number, source) in spec.sources.iter().enumerate() {
            if source.kind != Kind::Sessions {
                continue;
            }
            index.sessions.logged = true;
            for table in tables.iter().filter(|table| table.source == number) {
                index.add_log(table, source.date, lists, &mut first, books);
            }
        }
        index.index_places();
        index
    }

    fn add_log(
        &mut self,
        table: &CleanTable,
        date: Option<Date>,
        lists: &Lists,
        first: &mut HashMap<String, (usize, u64)>,
        books: &mut Books,
    ) {
        let reader = SessionReader::new(table, date, lists);
        let column = columns::column(table, Role::Session);
        let ids = column.map(columns::identifiers).unwrap_or_default();
        let reasons = books.reasons(table);
        let mut conflicts = Vec::new();
        for row in 0..table.rows as u32 {
            let id = column.and_then(|c| ids.get(columns::code(c, row)).copied().flatten());
            let record = table.origin.record(row);
            if table.accepted.get(row as usize) != Some(&true) {
                if let (Some(id), Some(&reason)) = (id, reasons.get(&record)) {
                    self.exact.entry(id.to_owned()).or_insert(Found::SetAside(reason));
                    self.folded.entry(columns::identity(id)).or_insert(Found::SetAside(reason));
                }
                continue;
            }
            let session = self.push(reader.row(row));
            let Some(id) = id else { continue };
            match self.exact.get(id) {
                Some(Found::One(_) | Found::Several) => {
                    conflicts.push(match first.get(id) {
                        Some(&(account, above)) if account == table.account => format!("rows {above} and {record}"),
                        Some(&(account, above)) => {
                            let file = books.ledger.accounts.get(account).map_or("", |a| a.file.as_str());
                            format!("row {record} and row {above} of {file}")
                        }
                        None => format!("row {record}"),
                    });
                    continue;
                }
                _ => self.exact.insert(id.to_owned(), Found::One(session)),
            };
            first.insert(id.to_owned(), (table.account, record));
            let folded = columns::identity(id);
            let found = match self.folded.get(&folded) {
                Some(Found::One(_) | Found::Several) => Found::Several,
                _ => Found::One(session),
            };
            self.bare.insert(folded.trim_start_matches('0').to_owned(), session);
            self.folded.insert(folded, found);
        }
        if !conflicts.is_empty() {
            let place = books.place(table);
            let place = match column {
                Some(column) => place.column(column.name.clone()),
                None => place,
            };
            books.problems.push(
                Problem::stops(
                    "session-twice",
                    Exit::Data,
                    place,
                    format!(
                        "{} the identifier of another session, so an attendance would count for both: {}",
                        many(conflicts.len() as u64, "session has", "sessions have"),
                        list(&conflicts)
                    ),
                )
                .hint("give each session its own identifier in the log, or remove the row that is not a session")
                .count(conflicts.len() as u64),
            );
        }
    }

    /// Adds a session; gives its number.
    pub fn push(&mut self, session: Session) -> u32 {
        self.sessions.sessions.push(session);
        (self.sessions.sessions.len() - 1) as u32
    }

    /// Makes sessions findable by place and date.
    pub fn index_places(&mut self) {
        for (number, session) in self.sessions.sessions.iter().enumerate() {
            if let (Some(site), Some(date)) = (session.site, session.date) {
                self.places
                    .entry((site, date))
                    .and_modify(|found| *found = Found::Several)
                    .or_insert(Found::One(number as u32));
            }
        }
    }

    /// The session of an identifier: exactly as written, else but for case and spaces.
    pub fn by_id(&self, id: &str) -> Found {
        match self.exact.get(id) {
            Some(found) => *found,
            None => self.folded.get(&columns::identity(id)).copied().unwrap_or(Found::Unknown),
        }
    }

    /// Whether a session's identifier differs from this one in leading zeros only.
    pub fn but_for_zeros(&self, id: &str) -> bool {
        self.bare.contains_key(columns::identity(id).trim_start_matches('0'))
    }

    /// The only session at a place on a date.
    pub fn by_place(&self, site: u32, date: Date) -> Found {
        self.places.get(&(site, date)).copied().unwrap_or(Found::Unknown)
    }

    /// Lets an identifier of a register without a log find its session.
    pub fn name(&mut self, id: &str, session: u32) {
        let found = |known: Option<&Found>| match known {
            None => Found::One(session),
            Some(Found::One(other)) if *other == session => Found::One(session),
            Some(_) => Found::Several,
        };
        let exact = found(self.exact.get(id));
        self.exact.insert(id.to_owned(), exact);
        let folded = columns::identity(id);
        let near = found(self.folded.get(&folded));
        self.folded.insert(folded, near);
    }
}

/// Reads a session out of a row of a log, or of a register that carries its own sessions.
pub(super) struct SessionReader<'a> {
    default_date: Option<Date>,
    dates: PerCode<'a, Date>,
    sites: PerCode<'a, u32>,
    strands: PerCode<'a, u32>,
    levels: PerCode<'a, u32>,
    minutes: PerCode<'a, u32>,
    hours: PerCode<'a, u32>,
    headcounts: PerCode<'a, u32>,
}

/// A column with a value per code, if the table has it.
struct PerCode<'a, T>(Option<(&'a CleanColumn, Vec<Answer<T>>)>);

impl<'a, T: Copy> PerCode<'a, T> {
    fn new(table: &'a CleanTable, role: Role, read: impl Fn(&CleanColumn) -> Vec<Answer<T>>) -> Self {
        PerCode(columns::column(table, role).map(|column| (column, read(column))))
    }
    fn get(&self, row: u32) -> Option<T> {
        let (column, values) = self.0.as_ref()?;
        columns::of_row(values, column, row).answered()
    }
}

impl<'a> SessionReader<'a> {
    pub fn new(table: &'a CleanTable, default_date: Option<Date>, lists: &Lists) -> Self {
        let number = |factor| {
            move |column: &CleanColumn| {
                let whole = |v| columns::times(v, factor).and_then(|n| u32::try_from(n).ok());
                columns::numbers(column)
                    .iter()
                    .map(|&v| v.answered().and_then(whole).map_or(Answer::Unreadable, Answer::Answered))
                    .collect()
            }
        };
        SessionReader {
            default_date,
            dates: PerCode::new(table, Role::Date, columns::dates),
            sites: PerCode::new(table, Role::Site, |c| lists.sites.of(c)),
            strands: PerCode::new(table, Role::Strand, |c| lists.strands.of(c)),
            levels: PerCode::new(table, Role::Level, |c| lists.levels.of(c)),
            minutes: PerCode::new(table, Role::Minutes, number(1)),
            hours: PerCode::new(table, Role::Hours, number(60)),
            headcounts: PerCode::new(table, Role::Headcount, number(1)),
        }
    }

    pub fn date(&self, row: u32) -> Option<Date> {
        self.dates.get(row).or(self.default_date)
    }

    pub fn site(&self, row: u32) -> Option<u32> {
        self.sites.get(row)
    }

    pub fn row(&self, row: u32) -> Session {
        Session {
            date: self.date(row),
            site: self.site(row),
            strand: self.strands.get(row),
            level: self.levels.get(row),
            minutes: self.minutes.get(row).or_else(|| self.hours.get(row)),
            headcount: self.headcounts.get(row),
        }
    }
}

/// A register's own minutes or hours column, with the minutes per code (0: not known).
pub(super) fn minutes_by_code(table: &CleanTable) -> Option<(&CleanColumn, Vec<u16>)> {
    [(Role::Minutes, 1), (Role::Hours, 60)].into_iter().find_map(|(role, factor)| {
        let column = columns::column(table, role)?;
        let short = |value: Answer<_>| {
            let minutes = value.answered().and_then(|v| columns::times(v, factor)).unwrap_or(0);
            u16::try_from(minutes.max(0)).unwrap_or(u16::MAX)
        };
        Some((column, columns::numbers(column).iter().map(|&v| short(v)).collect()))
    })
}
