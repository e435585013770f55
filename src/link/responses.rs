//! Responses to questionnaires, with the person, session, place and event behind each where that is known.

use jiff::civil::Date;

use crate::clean::{Answer, CleanTable};
use crate::ledger::Flag;
use crate::problem::{Place, Problem};
use crate::spec::{Role, Sample, Source, Wave, fold};

use super::books::{Books, many};
use super::labels::Labels;
use super::lists::per_row;
use super::people::{By, Digest, Persons};
use super::questions::{self, Part};
use super::sessions::{Found, SessionIndex};
use super::sites::Sites;
use super::{Join, Responses, columns};

/// A set of responses while sources are added to it.
pub(super) struct Group {
    key: Option<(String, Wave)>,
    sample: Sample,
    sources: Vec<String>,
    title: String,
    population: Option<u64>,
    /// The instrument that waves are paired by (the responses' own `instrument` may be the source's name).
    pub instrument: Option<String>,
    len: usize,
    has: Has,
    person: Vec<Option<u32>>,
    session: Vec<Option<u32>>,
    site: Vec<Answer<u32>>,
    event: Vec<Answer<u32>>,
    date: Vec<Option<Date>>,
    parts: Vec<Part>,
    /// By whom waves are paired: the person, else the e-mail's digest. One per response; stays in this room.
    pub identity: Vec<Option<Identity>>,
}

/// Who a response is from, for pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Identity {
    Person(u32),
    Email(Digest),
}

/// Which columns some source of a group has.
#[derive(Default)]
struct Has {
    person: bool,
    session: bool,
    site: bool,
    event: bool,
    date: bool,
}

/// The lists that responses refer to.
pub(super) struct Lists<'a> {
    pub sites: &'a Sites,
    pub events: &'a Labels,
    pub sessions: &'a SessionIndex,
}

/// What became of the rows of one source.
#[derive(Default)]
struct Tally {
    rows: u64,
    by: Option<By>,
    named: u64,
    known: u64,
    session_named: u64,
    session_known: u64,
    several: u64,
    by_place: bool,
    sessions: Vec<u32>,
    persons: Vec<u32>,
}

/// Adds the responses of one source to its group: those with a wave by instrument, wave and sample; others stand alone.
pub(super) fn add(
    groups: &mut Vec<Group>,
    tables: &mut [CleanTable],
    (number, source): (usize, &Source),
    lists: &Lists,
    persons: &mut Persons,
    books: &mut Books,
) {
    let key = source.instrument.clone().zip(source.wave);
    let at = groups.iter().position(|group| key.is_some() && group.key == key && group.sample == source.sample);
    let at = at.unwrap_or_else(|| {
        groups.push(Group::new(key, source));
        groups.len() - 1
    });
    let Some(group) = groups.get_mut(at) else { return };
    if group.sources.is_empty() {
        group.population = source.population;
    } else {
        group.population = group.population.zip(source.population).and_then(|(a, b)| a.checked_add(b));
    }
    group.sources.push(source.name.clone());
    let mut tally = Tally::default();
    for table in tables.iter_mut().filter(|table| table.source == number) {
        group.add(table, source, lists, persons, &mut tally, books);
    }
    tell(&mut tally, source, lists.sessions, persons, books);
}

impl Group {
    fn new(key: Option<(String, Wave)>, source: &Source) -> Self {
        Group {
            key,
            sample: source.sample,
            sources: Vec::new(),
            title: title(source),
            population: None,
            instrument: source.instrument.clone(),
            len: 0,
            has: Has::default(),
            person: Vec::new(),
            session: Vec::new(),
            site: Vec::new(),
            event: Vec::new(),
            date: Vec::new(),
            parts: Vec::new(),
            identity: Vec::new(),
        }
    }

    fn add(
        &mut self,
        table: &mut CleanTable,
        source: &Source,
        lists: &Lists,
        persons: &mut Persons,
        tally: &mut Tally,
        books: &mut Books,
    ) {
        let rows = columns::accepted(table);
        self.len += rows.len();
        tally.rows += rows.len() as u64;
        let site = columns::column(table, Role::Site).map(|column| (column, lists.sites.of(column)));
        let event = columns::column(table, Role::Event).map(|column| (column, lists.events.of(column)));
        let date = columns::column(table, Role::Date).map(|column| (column, columns::dates(column)));
        self.has.site |= site.is_some();
        self.has.event |= event.is_some();
        self.has.date |= date.is_some() || source.date.is_some();
        let mut sites = per_row(&rows, site);
        let mut dates: Vec<Option<Date>> =
            per_row(&rows, date).into_iter().map(|date| date.answered().or(source.date)).collect();
        self.event.extend(per_row(&rows, event));

        // A visitor's response on a day with a workshop is not the workshop's: place and date lead participants alone to a session.
        let by_place = self.instrument.as_deref().is_some_and(|name| fold(name).starts_with("participant"))
            && lists.sessions.sessions.logged;
        let places = by_place.then_some((sites.as_slice(), dates.as_slice()));
        let sessions = find_sessions(table, &rows, places, lists.sessions, tally);
        let strangers = sessions.iter().filter(|found| matches!(found, Some(found) if !matches!(found, Found::One(_))));
        let mut unmatched = strangers.count() as u64;
        self.has.session |= tally.session_known > 0;
        let mut filled = false;
        for ((found, site), date) in sessions.iter().zip(&mut sites).zip(&mut dates) {
            let session = match found {
                Some(Found::One(session)) => Some(*session),
                _ => None,
            };
            self.session.push(session);
            // What a response does not say of itself, its session says for it.
            let Some(session) = session.and_then(|s| lists.sessions.sessions.sessions.get(s as usize)) else {
                continue;
            };
            if site.answered().is_none()
                && let Some(place) = session.site
            {
                *site = Answer::Answered(place);
                filled = true;
            }
            *date = date.or(session.date);
        }
        self.has.site |= filled;
        self.has.date |= dates.iter().any(Option::is_some);
        self.site.extend(sites);
        self.date.extend(dates);

        unmatched += self.find_persons(table, &rows, persons, tally);
        books.flag(table, Flag::Unmatched, unmatched);
        self.parts.push(Part { questions: std::mem::take(&mut table.questions), rows });
    }

    /// Gives each response its person; counts those whose person no register knows.
    fn find_persons(&mut self, table: &CleanTable, rows: &[u32], persons: &mut Persons, tally: &mut Tally) -> u64 {
        let Some(found) = persons.identities(table) else {
            self.person.extend(rows.iter().map(|_| None));
            self.identity.extend(rows.iter().map(|_| None));
            return 0;
        };
        tally.by = Some(found.by);
        let mut strangers = 0;
        for &row in rows {
            let digest = found.digests.get(columns::code(found.column, row)).copied().flatten();
            tally.named += u64::from(digest.is_some());
            let person = match found.by {
                By::Person => digest,
                By::Email => digest.and_then(|email| persons.by_email(&email)),
            };
            let known = person.is_some_and(|person| found.by == By::Email || persons.is_registered(&person));
            tally.known += u64::from(known);
            // An e-mail that no register has is no fault of the row: whoever likes may leave one.
            let missing = found.by == By::Person && digest.is_some() && !known;
            strangers += u64::from(missing && persons.any_register);
            let number = person.map(|person| persons.number(person));
            self.has.person |= number.is_some();
            if let Some(number) = number.filter(|_| known) {
                tally.persons.push(number);
            }
            self.person.push(number);
            self.identity.push(number.map(Identity::Person).or(digest.map(Identity::Email)));
        }
        strangers
    }

    /// The responses as they leave this room. `taken` are the groups before this one that have the same instrument and wave.
    fn close(self, taken: bool, books: &mut Books) -> (Responses, Vec<Option<Identity>>) {
        let alone = || self.sources.first().cloned().unwrap_or_default();
        let (instrument, wave) = match &self.key {
            Some((instrument, wave)) if !taken => (instrument.clone(), Some(*wave)),
            Some((_, wave)) => (alone(), Some(*wave)),
            None => (alone(), None),
        };
        let responses = Responses {
            instrument,
            declared: self.instrument,
            wave,
            title: self.title,
            sample: self.sample,
            population: self.population,
            len: self.len,
            person: self.has.person.then_some(self.person),
            session: self.has.session.then_some(self.session),
            site: self.has.site.then_some(self.site),
            event: self.has.event.then_some(self.event),
            date: self.has.date.then_some(self.date),
            questions: questions::merge(&self.sources.join(" and "), self.parts, books),
            sources: self.sources,
        };
        (responses, self.identity)
    }
}

/// What a reader sees of a survey: its title, else its name as words; with the wave, where neither says it.
fn title(source: &Source) -> String {
    let mut title = source.title.clone().unwrap_or_else(|| {
        let words = source.name.replace(['-', '_'], " ");
        let mut letters = words.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    });
    if let Some(wave) = source.wave.map(super::pairs::wave)
        && !fold(&title).contains(wave)
    {
        title.push_str(", ");
        title.push_str(wave);
    }
    title
}

/// What is needed to pair the waves of an instrument.
pub(super) struct ForPairs {
    pub instrument: Option<String>,
    pub wave: Option<Wave>,
    pub identity: Vec<Option<Identity>>,
}

/// All groups as they leave this room, in the order of their first sources.
pub(super) fn close(groups: Vec<Group>, books: &mut Books) -> (Vec<Responses>, Vec<ForPairs>) {
    let mut keys: Vec<(String, Wave)> = Vec::new();
    let mut out = (Vec::new(), Vec::new());
    for group in groups {
        let taken = group.key.as_ref().is_some_and(|key| keys.contains(key));
        keys.extend(group.key.clone());
        let (instrument, wave) = (group.instrument.clone(), group.key.as_ref().map(|(_, wave)| *wave));
        let (responses, identity) = group.close(taken, books);
        out.0.push(responses);
        out.1.push(ForPairs { instrument, wave, identity });
    }
    out
}

/// The place and the date of each row.
type Places<'a> = (&'a [Answer<u32>], &'a [Option<Date>]);

/// The session of each row: by identifier, else by place and date (if given) where exactly one session fits. `None`: the row names
/// none.
fn find_sessions(
    table: &CleanTable,
    rows: &[u32],
    places: Option<Places<'_>>,
    sessions: &SessionIndex,
    tally: &mut Tally,
) -> Vec<Option<Found>> {
    if sessions.sessions.sessions.is_empty() {
        return vec![None; rows.len()];
    }
    let found: Vec<Option<Found>> = match (columns::column(table, Role::Session), places) {
        (Some(column), _) => {
            let texts = columns::identifiers(column);
            let by_code: Vec<Option<Found>> = texts.iter().map(|t| t.map(|t| sessions.by_id(t))).collect();
            rows.iter().map(|&row| by_code.get(columns::code(column, row)).copied().flatten()).collect()
        }
        (None, Some((sites, dates))) => {
            tally.by_place = true;
            let pair = |(site, date): (&Answer<u32>, &Option<Date>)| site.answered().zip(*date);
            sites.iter().zip(dates).map(|at| pair(at).map(|(site, date)| sessions.by_place(site, date))).collect()
        }
        (None, None) => vec![None; rows.len()],
    };
    for found in found.iter().flatten() {
        tally.session_named += 1;
        match found {
            Found::One(session) => {
                tally.session_known += 1;
                tally.sessions.push(*session);
            }
            Found::Several => tally.several += 1,
            _ => {}
        }
    }
    found
}

fn distinct(list: &mut Vec<u32>) -> u64 {
    list.sort_unstable();
    list.dedup();
    list.len() as u64
}

/// What an evaluator must know of a survey's joins.
fn tell(tally: &mut Tally, source: &Source, sessions: &SessionIndex, persons: &Persons, books: &mut Books) {
    let name = &source.name;
    let join = |right: &str, by: &str, named: u64, [left_matched, right_rows, right_matched]: [u64; 3]| Join {
        name: format!("{name} → {right}"),
        left: name.clone(),
        right: right.to_owned(),
        by: by.to_owned(),
        left_rows: tally.rows,
        left_matched,
        left_blank: tally.rows.saturating_sub(named),
        right_rows,
        right_matched,
        left_only: Vec::new(),
        right_only: Vec::new(),
        suggestions: Vec::new(),
    };
    if let Some(by) = tally.by
        && persons.any_register
    {
        let joined = join(
            "people",
            by.word(),
            tally.named,
            [tally.known, persons.registered(), distinct(&mut tally.persons.clone())],
        );
        books.joins.push(joined);
        let lost = tally.named.saturating_sub(tally.known);
        books.note(
            Problem::noted(
                "response-person-unmatched",
                Place::default(),
                format!(
                    "{} of {name} {}",
                    many(lost, "response", "responses"),
                    match by {
                        By::Person => "name a person whom the register of people lacks",
                        By::Email => "give an e-mail that leads to nobody in the register of people",
                    }
                ),
            )
            .count(lost),
        );
    }
    if tally.session_named == 0 {
        return;
    }
    let by = if tally.by_place { "site and date" } else { "session" };
    let all = sessions.sessions.sessions.len() as u64;
    let joined =
        join("sessions", by, tally.session_named, [tally.session_known, all, distinct(&mut tally.sessions.clone())]);
    books.joins.push(joined);
    let lost = tally.session_named.saturating_sub(tally.session_known + tally.several);
    books.note(
        Problem::noted(
            "response-session-unmatched",
            Place::default(),
            format!(
                "{} of {name} {}; they count as responses, but to no session",
                many(lost, "response", "responses"),
                match tally.by_place {
                    true => "have a place and a date at which no session was",
                    false => "name a session that is not known",
                }
            ),
        )
        .count(lost),
    );
    books.note(
        Problem::noted(
            "response-session-ambiguous",
            Place::default(),
            format!(
                "{} of {name} fit more than one session, and are taken to belong to none",
                many(tally.several, "response", "responses")
            ),
        )
        .count(tally.several),
    );
}
