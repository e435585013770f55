//! Who came to which session: the registers of attendance as facts of four numbers.
//!
//! The hot path of this room: registers have millions of rows. Whatever can be known of a code is known before the walk, and
//! the walk over the rows only looks it up.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::clean::{Answer, CleanTable};
use crate::exit::Exit;
use crate::ledger::{Flag, Reason};
use crate::problem::{Place, Problem};
use crate::spec::{Role, Source, fold};

use super::books::{Books, many};
use super::columns;
use super::people::{By, NOBODY, Persons};
use super::sessions::{Found, Lists, SessionIndex, SessionReader, minutes_by_code};
use super::{Attendance, Join};

/// The facts so far, and which table each stretch of them comes from.
#[derive(Default)]
pub(super) struct Register {
    attendance: Attendance,
    /// (index of the table, index of its first fact), in the order of the facts.
    parts: Vec<(usize, usize)>,
    /// Without a session log: the session of an identifier (or none) with a date and a place.
    own: HashMap<(Option<u32>, Option<Date>, Option<u32>), u32>,
    own_ids: HashMap<String, u32>,
}

/// What became of the rows of one source.
#[derive(Default)]
struct Tally {
    rows: u64,
    matched: u64,
    /// Rows of a session that the log lacks, that several sessions fit, or that the log has but does not count.
    unknown: u64,
    several: u64,
    inherited: u64,
    unreadable: u64,
    absent: u64,
    not_said: u64,
    registered: u64,
    /// Distinct unknown identifiers that differ from a known one in leading zeros only.
    zeros: u64,
    sessions: Vec<bool>,
    persons: Vec<bool>,
}

impl Register {
    /// Adds the facts of one source; rows whose session is not known are set aside.
    pub fn add(
        &mut self,
        tables: &mut [CleanTable],
        (number, source): (usize, &Source),
        sessions: &mut SessionIndex,
        persons: &mut Persons,
        lists: &Lists,
        books: &mut Books,
    ) {
        let mut tally = Tally::default();
        let mut by = None;
        for (index, table) in tables.iter_mut().enumerate().filter(|(_, table)| table.source == number) {
            self.parts.push((index, self.attendance.len()));
            let (aside, strangers) = match self.walk(table, source, sessions, persons, lists, &mut tally, &mut by) {
                Ok(found) => found,
                Err(what) => {
                    let problem = Problem::stops("register-without-key", Exit::Spec, books.place(table), what)
                        .hint("name the column in the codebook");
                    books.problems.push(problem);
                    continue;
                }
            };
            books.set_aside(table, &aside);
            if persons.any_register {
                books.flag(table, Flag::Unmatched, strangers);
            }
        }
        if by.is_some() {
            self.attendance.sources.push(source.name.clone());
            tell(&tally, source, sessions, books);
            if persons.any_register {
                join_people(&tally, source, by, persons, books);
            }
        }
    }

    /// One table's facts; gives the rows to set aside, and how many facts have a person whom no register knows.
    #[expect(clippy::too_many_arguments, reason = "the walk reads every list and writes its own")]
    fn walk(
        &mut self,
        table: &CleanTable,
        source: &Source,
        sessions: &mut SessionIndex,
        persons: &mut Persons,
        lists: &Lists,
        tally: &mut Tally,
        by: &mut Option<By>,
    ) -> Result<(Vec<(u32, Reason)>, u64), String> {
        let identities = persons
            .identities(table)
            .ok_or("the register has no column that says who came (person, or e-mail)".to_owned())?;
        by.get_or_insert(identities.by);
        let way = Way::new(table, source, sessions, lists)
            .ok_or("the register has no column that says which session (session, or date and site)".to_owned())?;
        let digests: Vec<_> = match identities.by {
            By::Person => identities.digests,
            // An e-mail that leads to a person of the register is that person; another is a person of its own.
            By::Email => identities.digests.iter().map(|d| d.map(|d| persons.by_email(&d).unwrap_or(d))).collect(),
        };
        let known: Vec<bool> =
            digests.iter().map(|digest| digest.is_some_and(|digest| persons.is_registered(&digest))).collect();
        let mut numbers = vec![NOBODY; digests.len()];
        let present = columns::column(table, Role::Present).map(|column| (column, columns::yes_no(column)));
        let own_minutes = minutes_by_code(table);
        let lengths: Vec<u16> = sessions.sessions.sessions.iter().map(|s| short(s.minutes)).collect();

        let rows = columns::accepted(table);
        tally.rows += rows.len() as u64;
        self.attendance.person.reserve(rows.len());
        self.attendance.session.reserve(rows.len());
        self.attendance.minutes.reserve(rows.len());
        self.attendance.flags.reserve(rows.len());
        let (mut aside, mut strangers) = (Vec::new(), 0);
        let mut last = Last::default();
        for row in rows {
            let code = columns::code(identities.column, row);
            let Some(digest) = digests.get(code).copied().flatten() else {
                tally.unreadable += 1;
                aside.push((row, Reason::Unreadable));
                continue;
            };
            let session = match way.find(row, sessions, self, &mut last) {
                Found::One(session) => session,
                found => {
                    aside.push((row, tally.miss(found)));
                    continue;
                }
            };
            tally.matched += 1;
            mark(&mut tally.sessions, session);
            let registered = known.get(code) == Some(&true);
            tally.registered += u64::from(registered);
            if let Some((column, values)) = present {
                match columns::of_row(values, column, row) {
                    Answer::Answered(true) => {}
                    Answer::Answered(false) => {
                        tally.absent += 1;
                        continue;
                    }
                    _ => {
                        tally.not_said += 1;
                        continue;
                    }
                }
            }
            let number = match numbers.get_mut(code) {
                Some(number) => {
                    if *number == NOBODY {
                        *number = persons.number(digest);
                    }
                    *number
                }
                None => persons.number(digest),
            };
            if registered {
                mark(&mut tally.persons, number);
            } else {
                strangers += 1;
            }
            let own = own_minutes.as_ref().and_then(|(column, minutes)| minutes.get(columns::code(column, row)));
            let minutes = own
                .copied()
                .filter(|&m| m > 0)
                .unwrap_or_else(|| lengths.get(session as usize).copied().unwrap_or_default());
            self.attendance.person.push(number);
            self.attendance.session.push(session);
            self.attendance.minutes.push(minutes);
            self.attendance.flags.push(if persons.any_register && !registered { Attendance::UNREGISTERED } else { 0 });
        }
        tally.zeros += way.but_for_zeros(table, sessions);
        Ok((aside, strangers))
    }

    /// The facts; a (person, session) pair that stands twice is set aside at its second place.
    pub fn close(
        mut self,
        tables: &mut [CleanTable],
        sessions: usize,
        persons: usize,
        books: &mut Books,
    ) -> Attendance {
        let twice = repeated(&self.attendance, sessions, persons);
        if !twice.is_empty() {
            self.remove(&twice, tables, books);
        }
        self.attendance
    }

    /// Takes facts (ascending) out, and sets the rows they came from aside.
    fn remove(&mut self, facts: &[usize], tables: &mut [CleanTable], books: &mut Books) {
        let ends = self.parts.iter().skip(1).map(|&(_, start)| start).chain([self.attendance.len()]);
        for (&(index, start), end) in self.parts.iter().zip(ends) {
            let from = facts.partition_point(|&fact| fact < start);
            let to = facts.partition_point(|&fact| fact < end);
            let (Some(mine), Some(table)) = (facts.get(from..to), tables.get_mut(index)) else { continue };
            if mine.is_empty() {
                continue;
            }
            // The rows that became facts are those that still count and whose person came.
            let present = columns::column(table, Role::Present).map(|column| (column, columns::yes_no(column)));
            let came = |row: &u32| {
                present.is_none_or(|(column, values)| columns::of_row(values, column, *row) == Answer::Answered(true))
            };
            let rows: Vec<u32> = columns::accepted(table).into_iter().filter(came).collect();
            let aside: Vec<(u32, Reason)> =
                mine.iter().filter_map(|fact| rows.get(fact - start)).map(|&row| (row, Reason::Duplicate)).collect();
            let problem = Problem::noted(
                "attendance-twice",
                books.place(table),
                format!(
                    "{} a person at a session where the registers have that person already; each counts once",
                    many(aside.len() as u64, "row has", "rows have")
                ),
            )
            .count(aside.len() as u64);
            books.note(problem);
            books.set_aside(table, &aside);
        }
        let keep = |column: &mut dyn FnMut(usize, usize), len: usize| {
            let (mut next, mut to) = (0, 0);
            for from in 0..len {
                if facts.get(next) == Some(&from) {
                    next += 1;
                } else {
                    column(from, to);
                    to += 1;
                }
            }
            to
        };
        let a = &mut self.attendance;
        let len = a.len();
        let kept = keep(
            &mut |from, to| {
                a.person.swap(from, to);
                a.session.swap(from, to);
                a.minutes.swap(from, to);
                a.flags.swap(from, to);
            },
            len,
        );
        a.person.truncate(kept);
        a.session.truncate(kept);
        a.minutes.truncate(kept);
        a.flags.truncate(kept);
    }

    /// Without a log: the session that a register's own row stands for.
    fn own(&mut self, id: Option<(&str, u32)>, row: u32, reader: &SessionReader, sessions: &mut SessionIndex) -> u32 {
        let (date, site) = (reader.date(row), reader.site(row));
        let key = (id.map(|(_, number)| number), date, site);
        if let Some(&session) = self.own.get(&key) {
            return session;
        }
        let session = sessions.push(reader.row(row));
        self.own.insert(key, session);
        if let Some((text, _)) = id {
            sessions.name(text, session);
        }
        session
    }
}

/// How the rows of a register lead to a session.
enum Way<'a> {
    /// By identifier, into the log.
    Id { column: &'a crate::clean::CleanColumn, found: Vec<Found> },
    /// By place and date, into the log.
    Place(SessionReader<'a>),
    /// The register is all that is known of its sessions.
    Own { id: Option<(&'a crate::clean::CleanColumn, Vec<Option<&'a str>>)>, reader: SessionReader<'a> },
}

/// The last row's answer: neighbouring rows are mostly of one session.
#[derive(Default)]
struct Last {
    place: Option<((u32, Date), Found)>,
    /// Without a log: the number of the identifier of each code, and the session its last row stood for.
    ids: Vec<Option<u32>>,
    own: Option<((usize, Option<Date>, Option<u32>), u32)>,
}

impl<'a> Way<'a> {
    fn new(table: &'a CleanTable, source: &Source, sessions: &SessionIndex, lists: &Lists) -> Option<Self> {
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

    fn find(&self, row: u32, sessions: &mut SessionIndex, register: &mut Register, last: &mut Last) -> Found {
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
                        let next = register.own_ids.len() as u32;
                        let own_ids = &mut register.own_ids;
                        let mut number = || *own_ids.entry(fold(text)).or_insert(next);
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
    fn but_for_zeros(&self, table: &CleanTable, sessions: &SessionIndex) -> u64 {
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

impl Tally {
    /// Why a row whose session does not count is set aside.
    fn miss(&mut self, found: Found) -> Reason {
        match found {
            Found::SetAside(Reason::Unreadable) => {
                self.unreadable += 1;
                Reason::Unreadable
            }
            Found::SetAside(
                reason @ (Reason::Test
                | Reason::Spam
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

fn mark(seen: &mut Vec<bool>, number: u32) {
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

fn short(minutes: Option<u32>) -> u16 {
    minutes.map_or(0, |m| u16::try_from(m).unwrap_or(u16::MAX))
}

/// The facts (ascending) whose pair of person and session stands earlier: a counting sort by session, then one mark per person.
fn repeated(attendance: &Attendance, sessions: usize, persons: usize) -> Vec<usize> {
    let mut starts = vec![0u32; sessions + 1];
    for &session in &attendance.session {
        if let Some(n) = starts.get_mut(session as usize + 1) {
            *n += 1;
        }
    }
    let mut sum = 0;
    for n in &mut starts {
        sum += *n;
        *n = sum;
    }
    let mut order = vec![0u32; attendance.len()];
    for (fact, &session) in attendance.session.iter().enumerate() {
        if let Some(at) = starts.get_mut(session as usize) {
            if let Some(place) = order.get_mut(*at as usize) {
                *place = fact as u32;
            }
            *at += 1;
        }
    }
    let mut seen = vec![NOBODY; persons];
    let mut twice: Vec<usize> = Vec::new();
    for fact in order {
        let fact = fact as usize;
        if let (Some(&session), Some(&person)) = (attendance.session.get(fact), attendance.person.get(fact))
            && let Some(last) = seen.get_mut(person as usize)
        {
            if *last == session {
                twice.push(fact);
            }
            *last = session;
        }
    }
    twice.sort_unstable();
    twice
}

/// What an evaluator must know of a register and the session log.
fn tell(tally: &Tally, source: &Source, sessions: &SessionIndex, books: &mut Books) {
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
                    "{} of {name} belong to a session that {log} lacks; set aside",
                    many(tally.unknown, "row", "rows")
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
                    "{} of {name} fit more than one session of {log}; set aside",
                    many(tally.several, "row", "rows")
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
                    "{} of {name} belong to a session that is set aside in {log}, and are set aside for the same reason",
                    many(tally.inherited, "row", "rows")
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
fn join_people(tally: &Tally, source: &Source, by: Option<By>, persons: &Persons, books: &mut Books) {
    let name = &source.name;
    books.joins.push(Join {
        name: format!("{name} → people"),
        left: name.clone(),
        right: "people".to_owned(),
        by: by.map_or("person", By::word).to_owned(),
        left_rows: tally.rows,
        left_matched: tally.registered,
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
