//! How the rows of a register of attendance lead to a session.

use jiff::civil::Date;

use crate::clean::{CleanColumn, CleanTable};
use crate::ledger::Reason;
use crate::spec::{Role, Source};

use super::attendance::Register;
use super::columns;
use super::sessions::{Found, Lists, SessionIndex, SessionReader};

/// What a row says of its session: the code of its identifier, its date, its place.
type RowKey = (usize, Option<Date>, Option<u32>);

/// How the rows of a register lead to a session.
pub(super) enum Way<'a> {
    /// By identifier, into the log.
    Id { column: &'a CleanColumn, found: Vec<Found> },
    /// By place and date, into the log.
    Place(SessionReader<'a>),
    /// The register is all that is known of its sessions.
    Own { id: Option<(&'a CleanColumn, Vec<Option<&'a str>>)>, reader: SessionReader<'a> },
}

/// The last row's answer: neighbouring rows are mostly of one session.
#[derive(Default)]
pub(super) struct Last {
    place: Option<((u32, Date), Found)>,
    /// Without a log: the number of the identifier of each code, and the session its last row stood for.
    ids: Vec<Option<u32>>,
    own: Option<(RowKey, u32)>,
}

impl<'a> Way<'a> {
    pub fn new(table: &'a CleanTable, source: &Source, sessions: &SessionIndex, lists: &Lists) -> Option<Self> {
        let id = columns::column(table, Role::Session).map(|column| (column, columns::identifiers(column)));
        let has = |role| columns::column(table, role).is_some();
        let reader = SessionReader::new(table, source.date, lists);
        let dated = has(Role::Date) || source.date.is_some();
        match id {
            Some((column, texts)) if sessions.sessions.logged => {
                let found =
                    |text: &Option<&str>| text.map_or(Found::SetAside(Reason::Unreadable), |t| sessions.by_id(t));
                Some(Way::Id { column, found: texts.iter().map(found).collect() })
            }
            None if sessions.sessions.logged => (dated && has(Role::Site)).then_some(Way::Place(reader)),
            None if !dated && !has(Role::Site) => None,
            id => Some(Way::Own { id, reader }),
        }
    }

    pub fn find(&self, row: u32, sessions: &mut SessionIndex, register: &mut Register, last: &mut Last) -> Found {
        match self {
            Way::Id { column, found } => {
                let none = Found::SetAside(Reason::Unreadable);
                found.get(columns::code(column, row)).copied().unwrap_or(none)
            }
            Way::Place(reader) => {
                let (Some(site), Some(date)) = (reader.site(row), reader.date(row)) else {
                    return Found::SetAside(Reason::Unreadable);
                };
                match last.place {
                    Some((key, found)) if key == (site, date) => found,
                    _ => {
                        let found = sessions.by_place(site, date);
                        last.place = Some(((site, date), found));
                        found
                    }
                }
            }
            Way::Own { id, reader } => {
                let code = id.as_ref().map_or(0, |(column, _)| columns::code(column, row));
                let key = (code, reader.date(row), reader.site(row));
                if let Some((known, session)) = last.own
                    && known == key
                {
                    return Found::One(session);
                }
                let id = match id {
                    None => None,
                    Some((_, texts)) => {
                        let Some(text) = texts.get(code).copied().flatten() else {
                            return Found::SetAside(Reason::Unreadable);
                        };
                        if last.ids.len() < texts.len() {
                            last.ids.resize(texts.len(), None);
                        }
                        let mut number = || register.own_id(text);
                        let number = match last.ids.get_mut(code) {
                            Some(known) => *known.get_or_insert_with(number),
                            None => number(),
                        };
                        Some((text, number))
                    }
                };
                let session = register.own(id, row, reader, sessions);
                last.own = Some((key, session));
                Found::One(session)
            }
        }
    }

    /// How many unknown identifiers of the table would be known but for leading zeros.
    pub fn but_for_zeros(&self, table: &CleanTable, sessions: &SessionIndex) -> u64 {
        let Way::Id { column, found } = self else { return 0 };
        let mut used = vec![false; found.len()];
        for row in columns::accepted(table) {
            if let Some(used) = used.get_mut(columns::code(column, row)) {
                *used = true;
            }
        }
        let texts = columns::identifiers(column);
        let near = |(found, text): (&Found, &Option<&str>)| {
            *found == Found::Unknown && text.is_some_and(|text| sessions.but_for_zeros(text))
        };
        found.iter().zip(&texts).zip(used).filter(|&(pair, used)| used && near(pair)).count() as u64
    }
}
