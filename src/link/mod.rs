//! Joins by declared roles: takes [`Cleaned`], gives [`Linked`], facts as codes and integers.
//!
//! Promises: persons are pseudonyms (HMAC-SHA-256) from here on and personal texts end here; every join says what did not match on
//! either side; fan-out is refused unless declared; a near miss is suggested as a line for `recodes`, never applied; a row that this
//! stage sets aside leaves the accepted rows of the ledger and joins those set aside, so that the ledger balances as before.
//!
//! Places, sessions and the registers of people are gathered first, wherever they stand in the spec; then every source in the spec's
//! order, so that a person's number is that of the first appearance (surveys come last: they may name sessions that a register of attendance made).

mod attendance;
mod books;
mod columns;
mod counts;
mod door;
mod key;
mod labels;
mod lists;
mod pairs;
mod people;
mod postcode;
mod questions;
mod responses;
mod sessions;
mod sites;
mod suggest;
mod tally;
mod way;

pub use door::*;
pub use key::Key;

use crate::clean::Cleaned;
use crate::spec::{Kind, Role, Spec};

use attendance::Register;
use books::Books;
use labels::Labels;
use people::Persons;
use sessions::SessionIndex;
use sites::Sites;

/// Joins all inputs by their declared roles.
///
/// What stops the run (two sessions with one identifier, a month counted twice) is among `Linked::problems`, each with its exit
/// status; the ledger balances in any case.
pub fn link(mut cleaned: Cleaned, spec: &Spec, key: &Key) -> Linked {
    let mut books = Books::open(&mut cleaned);
    let mut tables = cleaned.tables;
    tables.sort_by_key(|table| table.source);

    let sites = Sites::gather(&tables, spec, &mut books);
    sites.join(&tables, spec, &mut books);
    let strands = Labels::gather(tables.iter(), Role::Strand);
    let levels = Labels::gather(tables.iter(), Role::Level);
    let events = Labels::gather(tables.iter(), Role::Event);
    let places = sessions::Lists { sites: &sites, strands: &strands, levels: &levels };
    let mut sessions = SessionIndex::gather(&tables, spec, &places, &mut books);
    let mut persons = Persons::open(&tables, spec, key, &mut books);

    let mut register = Register::default();
    let (mut lists, mut counts, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    // Without a log, the registers of attendance say which sessions there were: read them before the surveys that name sessions.
    let numbered = || spec.sources.iter().enumerate();
    for source in numbered().filter(|(_, source)| source.kind != Kind::Survey) {
        match source.1.kind {
            Kind::People => lists.push(lists::gather(&mut tables, source, &sites, &mut persons, &mut books)),
            Kind::Attendance => {
                register.add(&mut tables, source, &mut sessions, &mut persons, &places, &mut books);
            }
            Kind::Counts => counts.push(counts::gather(&tables, source, spec, &sites, &mut books)),
            Kind::Survey | Kind::Sessions | Kind::Sites => {}
        }
    }
    if !sessions.sessions.logged {
        sessions.index_places();
    }
    for source in numbered().filter(|(_, source)| source.kind == Kind::Survey) {
        let known = responses::Lists { sites: &sites, events: &events, sessions: &sessions };
        responses::add(&mut groups, &mut tables, source, &known, &mut persons, &mut books);
    }
    tally::check_lengths(&sessions, &mut books);
    let attendance = register.close(&mut tables, sessions.sessions.sessions.len(), persons.len(), &mut books);
    let (responses, waves) = responses::close(groups, &mut books);
    let pairs = pairs::gather(&waves, &mut books);
    Linked {
        people: persons.into_people(),
        lists,
        sessions: sessions.sessions,
        attendance,
        responses,
        counts,
        sites: sites.into_list(),
        strands: strands.list,
        levels: levels.list,
        events: events.list,
        pairs,
        joins: books.joins,
        problems: books.problems,
        ledger: books.ledger,
        dates: cleaned.dates,
        as_of: cleaned.as_of,
    }
}
