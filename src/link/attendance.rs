//! Who came to which session: the registers of attendance as facts of four numbers.
//!
//! The hot path of this room: registers have millions of rows. Whatever can be known of a code is known before the walk, and
//! the walk over the rows only looks it up.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::clean::{Answer, CleanTable};
use crate::exit::Exit;
use crate::ledger::{Flag, Reason};
use crate::problem::Problem;
use crate::spec::{Role, Source};

use super::Attendance;
use super::books::{Books, many};
use super::columns;
use super::people::{By, NOBODY, Persons};
use super::sessions::{Found, Lists, SessionIndex, SessionReader, minutes_by_code};
use super::tally::{Tally, join_people, mark, tell};
use super::way::{Last, Way};

/// The key of a session that only a register knows: the number of its identifier, its date, its place.
type OwnKey = (Option<u32>, Option<Date>, Option<u32>);

/// The facts so far, and which table each stretch of them comes from.
#[derive(Default)]
pub(super) struct Register {
    attendance: Attendance,
    /// (index of the table, index of its first fact), in the order of the facts.
    parts: Vec<(usize, usize)>,
    /// Without a session log: the session of an identifier (or none) with a date and a place.
    own: HashMap<OwnKey, u32>,
    own_ids: HashMap<String, u32>,
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

    /// Without a log: the number of a register's own identifier.
    pub(super) fn own_id(&mut self, text: &str) -> u32 {
        let next = self.own_ids.len() as u32;
        *self.own_ids.entry(columns::identity(text)).or_insert(next)
    }

    /// Without a log: the session that a register's own row stands for.
    pub(super) fn own(
        &mut self,
        id: Option<(&str, u32)>,
        row: u32,
        reader: &SessionReader,
        sessions: &mut SessionIndex,
    ) -> u32 {
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
