//! Joins lose no row unseen, merge no two people, and let no personal text through.

use jiff::civil::{Date, DateTime, date};
use proptest::prelude::*;
use reach::clean::{
    Answer, CleanColumn, CleanQuestion, CleanTable, Cleaned, ColumnValues, Decimal, Label, PersonalText,
    QuestionAnswers,
};
use reach::exit::Exit;
use reach::ingest::Origin;
use reach::ledger::{Account, Reason, SetAside};
use reach::link::{Key, Linked, link};
use reach::spec::{Class, CountUnit, Kind, Role, Source, Spec, Wave, fold};

/// Inputs by hand: tables with typed columns, and the ledger that belongs to them.
struct World {
    template: Source,
    spec: Spec,
    cleaned: Cleaned,
}

/// An empty programme of the year 2025, as the program itself reads it.
fn world() -> World {
    static EMPTY: std::sync::LazyLock<Spec> = std::sync::LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let toml = "[programme]\nname = \"Test\"\nfrom = 2025-01-01\nto = 2025-12-31\nyear = \"January\"\n\
                    [source.x]\nfiles = \"x.csv\"\nkind = \"survey\"\ninstrument = \"visitor\"\nsample = \"self-selected\"\n";
        std::fs::write(folder.path().join("reach.toml"), toml).unwrap();
        std::fs::write(
            folder.path().join("codebook.csv"),
            "source,column,is,type,options,class,outcome,text\nx,a,date,date,,,,\n",
        )
        .unwrap();
        std::fs::write(folder.path().join("recodes.csv"), "list,written,means,why\n").unwrap();
        reach::spec::load(&folder.path().join("reach.toml")).unwrap_or_else(|found| panic!("{found:#?}"))
    });
    let mut spec = EMPTY.clone();
    spec.sources.clear();
    World { template: EMPTY.sources[0].clone(), spec, cleaned: Cleaned::default() }
}

impl World {
    fn source(&mut self, name: &str, kind: Kind) -> &mut Source {
        let template = self.template.clone();
        self.spec.sources.push(Source { name: name.into(), kind, instrument: None, columns: vec![], ..template });
        self.spec.sources.last_mut().unwrap()
    }

    /// A table of the last source.
    fn table(&mut self, rows: usize, columns: Vec<CleanColumn>) -> &mut CleanTable {
        let source = self.spec.sources.len() - 1;
        let account = self.cleaned.ledger.accounts.len();
        self.cleaned.ledger.accounts.push(Account {
            source: self.spec.sources[source].name.clone(),
            file: format!("{}-{account}.csv", self.spec.sources[source].name),
            records: rows as u64,
            rows: rows as u64,
            accepted: rows as u64,
            ..Account::default()
        });
        self.cleaned.tables.push(CleanTable {
            source,
            file: account,
            account,
            rows,
            accepted: vec![true; rows],
            origin: Origin { first: 2, skips: Vec::new() },
            columns,
            questions: Vec::new(),
        });
        self.cleaned.tables.last_mut().unwrap()
    }

    /// Sets a row of the last table aside, as `clean` would.
    fn set_aside(&mut self, row: usize, reason: Reason) {
        let table = self.cleaned.tables.last_mut().unwrap();
        table.accepted[row] = false;
        let account = &mut self.cleaned.ledger.accounts[table.account];
        account.accepted -= 1;
        account.set_aside.push(SetAside { record: table.origin.record(row as u32), reason, also: vec![] });
    }

    fn link(self) -> Linked {
        let linked = link(self.cleaned, &self.spec, &key());
        assert_eq!(linked.ledger.check(), Vec::<String>::new());
        linked
    }
}

fn key() -> Key {
    Key::from_bytes([1; 32])
}

/// Codes by first appearance, and the distinct texts.
fn tokens<'a>(cells: &[&'a str]) -> (Vec<u32>, Vec<&'a str>) {
    let mut distinct: Vec<&str> = Vec::new();
    let codes = cells
        .iter()
        .map(|cell| match distinct.iter().position(|d| d == cell) {
            Some(at) => at as u32,
            None => {
                distinct.push(cell);
                distinct.len() as u32 - 1
            }
        })
        .collect();
    (codes, distinct)
}

fn column<T>(
    role: Role,
    cells: &[&str],
    values: impl Fn(Vec<&str>) -> T,
    wrap: impl Fn(T) -> ColumnValues,
) -> CleanColumn {
    let (codes, distinct) = tokens(cells);
    CleanColumn { role, name: format!("A ({role:?})"), codes, values: wrap(values(distinct)), month: None }
}

fn ids(role: Role, cells: &[&str]) -> CleanColumn {
    let (codes, distinct) = tokens(cells);
    let mut texts = PersonalText::new();
    let values = distinct
        .iter()
        .map(|text| if text.is_empty() { Answer::Blank } else { Answer::Answered(texts.push(text)) })
        .collect();
    CleanColumn {
        role,
        name: format!("A ({role:?})"),
        codes,
        values: ColumnValues::Personal(values, texts),
        month: None,
    }
}

fn labels(role: Role, cells: &[&str]) -> CleanColumn {
    let (codes, distinct) = tokens(cells);
    let labels = distinct.iter().map(|text| Label { text: (*text).into(), folded: fold(text) }).collect();
    let values = (0..distinct.len() as u32)
        .map(|i| if distinct[i as usize].is_empty() { Answer::Blank } else { Answer::Answered(i) })
        .collect();
    CleanColumn {
        role,
        name: format!("B ({role:?})"),
        codes,
        values: ColumnValues::Labels(values, labels),
        month: None,
    }
}

fn dates(role: Role, cells: &[&str]) -> CleanColumn {
    let read = |cell: &&str| cell.parse::<Date>().map_or(Answer::Blank, |d| Answer::Answered(DateTime::from(d)));
    column(role, cells, |distinct| distinct.iter().map(read).collect(), ColumnValues::Dates)
}

fn numbers(role: Role, cells: &[&str]) -> CleanColumn {
    let read = |cell: &&str| {
        let scale = cell.split_once('.').map_or(0, |(_, part)| part.len() as u8);
        cell.replace('.', "").parse().map_or(Answer::Blank, |digits| Answer::Answered(Decimal { digits, scale }))
    };
    column(role, cells, |distinct| distinct.iter().map(read).collect(), ColumnValues::Numbers)
}

fn yes_no(cells: &[&str]) -> CleanColumn {
    let read = |cell: &&str| match *cell {
        "Yes" => Answer::Answered(true),
        "No" => Answer::Answered(false),
        _ => Answer::Blank,
    };
    column(Role::Present, cells, |distinct| distinct.iter().map(read).collect(), ColumnValues::YesNo)
}

fn month(first: Date, cells: &[&str]) -> CleanColumn {
    CleanColumn { month: Some(first), ..numbers(Role::Value, cells) }
}

fn question(key: &str, options: &[&str], rows: &[&str]) -> CleanQuestion {
    let read = |cell: &&str| match options.iter().position(|option| option == cell) {
        Some(at) => Answer::Answered(at as u16),
        None => Answer::Blank,
    };
    CleanQuestion {
        key: key.into(),
        text: key.into(),
        class: Class::Opinion,
        outcome: vec![],
        answers: QuestionAnswers::Choice {
            options: options.iter().map(|o| (*o).into()).collect(),
            rows: rows.iter().map(read).collect(),
            ordered: false,
        },
    }
}

fn said(linked: &Linked, code: &str) -> Option<(String, u64)> {
    linked.problems.list.iter().find(|p| p.code == code).map(|p| (p.message.clone(), p.count))
}

/// A log of three sessions, and a register with an unknown one, an absence, a person of no register, and small letters.
fn register() -> World {
    let mut w = world();
    w.source("register", Kind::Attendance);
    w.table(
        7,
        vec![
            ids(Role::Person, &["P1", "p1", "P2", "P9", "P3", "P1", ""]),
            ids(Role::Session, &["S1", "S2", "s 1", "S1", "S3", "S7", "S1"]),
            yes_no(&["Yes", "Yes", "Yes", "Yes", "No", "Yes", "Yes"]),
        ],
    );
    w.source("log", Kind::Sessions);
    w.table(
        4,
        vec![
            ids(Role::Session, &["S1", "S2", "S3", "S0"]),
            dates(Role::Date, &["2025-05-01", "2025-05-02", "2025-05-03", "2024-05-01"]),
            labels(Role::Site, &["City", "City", "Walker", "City"]),
            numbers(Role::Hours, &["1.5", "", "2", "1"]),
        ],
    );
    w.set_aside(3, Reason::OutOfPeriod);
    w.source("people", Kind::People);
    w.table(4, vec![ids(Role::Person, &["P1", "P2", "P3", "P4"]), ids(Role::Postcode, &["NE1 4XJ", "NE10", "x", ""])]);
    w
}

#[test]
fn a_register_becomes_facts_and_the_rest_is_accounted_for() {
    let linked = register().link();
    assert_eq!(linked.attendance.person, [0, 0, 1, 2]);
    assert_eq!(linked.attendance.session, [0, 1, 0, 0]);
    assert_eq!(linked.attendance.minutes, [90, 0, 90, 90]);
    assert_eq!(linked.attendance.flags, [0, 0, 0, 1]);
    assert!(linked.sessions.logged);
    assert_eq!(linked.sessions.sessions.len(), 3);
    let account = &linked.ledger.accounts[0];
    assert_eq!(account.accepted, 5);
    let aside: Vec<_> = account.set_aside.iter().map(|row| (row.record, row.reason)).collect();
    assert_eq!(aside, [(7, Reason::UnmatchedKey), (8, Reason::Unreadable)]);
    assert_eq!(said(&linked, "attendance-unmatched").unwrap().1, 1);
    assert_eq!(said(&linked, "attendance-absent").unwrap().1, 1);
    assert_eq!(said(&linked, "person-unregistered").unwrap().1, 1);
    let join = linked.joins.iter().find(|j| j.name == "register → sessions").unwrap();
    assert_eq!((join.left_rows, join.left_matched, join.left_blank), (7, 5, 1));
    assert_eq!((join.right_rows, join.right_matched), (3, 3));
    let join = linked.joins.iter().find(|j| j.name == "register → people").unwrap();
    assert_eq!((join.left_rows, join.left_matched, join.right_rows, join.right_matched), (7, 4, 4, 2));
    // P1, P2 and P9 came; P3 and P4 are known by the list only.
    assert_eq!(linked.people.pseudonyms.len(), 5);
    let list = &linked.lists[0];
    assert!(list.identified);
    assert_eq!(list.persons, [0, 1, 3, 4]);
    assert_eq!(
        list.district.as_deref().unwrap(),
        [Answer::Answered(0), Answer::Answered(1), Answer::Unreadable, Answer::Blank]
    );
    assert_eq!(list.districts.iter().map(|d| d.text.as_str()).collect::<Vec<_>>(), ["NE1", "NE10"]);
}

#[test]
fn an_attendance_of_a_session_out_of_the_period_is_out_of_the_period() {
    let mut w = register();
    w.source("second", Kind::Attendance);
    w.table(1, vec![ids(Role::Person, &["P1"]), ids(Role::Session, &["S0"])]);
    let linked = w.link();
    let account = linked.ledger.accounts.last().unwrap();
    assert_eq!(account.set_aside[0].reason, Reason::OutOfPeriod);
    assert_eq!(account.accepted, 0);
}

#[test]
fn the_same_attendance_in_two_registers_counts_once() {
    let mut w = register();
    w.source("second", Kind::Attendance);
    w.table(
        3,
        vec![
            ids(Role::Person, &["P9", "P3", "P2"]),
            ids(Role::Session, &["S2", "S2", "S1"]),
            yes_no(&["No", "Yes", "Yes"]),
        ],
    );
    let linked = w.link();
    assert_eq!(linked.attendance.person.len(), 5);
    let account = linked.ledger.accounts.last().unwrap();
    assert_eq!(account.set_aside.iter().map(|r| (r.record, r.reason)).collect::<Vec<_>>(), [(4, Reason::Duplicate)]);
    let mut pairs: Vec<_> = linked.attendance.person.iter().zip(&linked.attendance.session).collect();
    pairs.sort_unstable();
    pairs.dedup();
    assert_eq!(pairs.len(), 5);
}

#[test]
fn two_sessions_with_one_identifier_are_refused_with_their_rows() {
    let mut w = world();
    w.source("log", Kind::Sessions);
    w.table(3, vec![ids(Role::Session, &["S1", "S2", "S1"])]);
    let linked = w.link();
    assert_eq!(linked.problems.stop(), Some(Exit::Data));
    let (message, _) = said(&linked, "session-twice").unwrap();
    assert!(message.ends_with("rows 2 and 4"), "{message}");
}

#[test]
fn identifiers_that_a_register_tells_apart_stay_apart() {
    let mut w = world();
    w.source("people", Kind::People);
    w.table(2, vec![ids(Role::Person, &["ab", "AB"])]);
    w.source("register", Kind::Attendance);
    w.table(2, vec![ids(Role::Person, &["AB", "ab"]), dates(Role::Date, &["2025-05-01", "2025-05-01"])]);
    let linked = w.link();
    assert_eq!(linked.people.pseudonyms.len(), 2);
    assert_eq!(linked.attendance.person, [1, 0]);
    assert!(!linked.sessions.logged);
    assert_eq!(linked.sessions.sessions.len(), 1);
}

#[test]
fn an_e_mail_leads_to_a_person_only_through_a_register_that_has_both() {
    let mut w = world();
    w.source("people", Kind::People);
    w.table(
        4,
        vec![
            ids(Role::Person, &["P1", "P2", "P3", "P4"]),
            ids(Role::Email, &["a@x.org", "shared@x.org", "shared@x.org", ""]),
        ],
    );
    let survey = w.source("visitors", Kind::Survey);
    survey.instrument = Some("visitor".into());
    w.table(4, vec![ids(Role::Email, &["A@x.org", "shared@x.org", "new@x.org", ""])]);
    let linked = w.link();
    assert_eq!(linked.responses[0].person.as_deref().unwrap(), [Some(0), None, None, None]);
    assert_eq!(linked.people.pseudonyms.len(), 4);
    assert_eq!(said(&linked, "e-mail-shared").unwrap().1, 1);
    assert_eq!(said(&linked, "response-person-unmatched").unwrap().1, 2);
}

#[test]
fn rows_without_an_identity_are_different_people() {
    let mut w = world();
    w.source("members", Kind::People).as_at = Some(date(2025, 6, 1));
    w.table(3, vec![ids(Role::Postcode, &["NE1", "NE1", "NE1"]), labels(Role::Site, &["CITY", "CITY", "City"])]);
    let linked = w.link();
    let list = &linked.lists[0];
    assert_eq!((list.identified, list.len, list.persons.len()), (false, 3, 0));
    assert_eq!(list.district.as_deref().unwrap(), [Answer::Answered(0); 3]);
    assert_eq!(linked.sites.len(), 1);
    assert_eq!((linked.sites[0].label.text.as_str(), linked.sites[0].registered), ("City", None));
    assert!(linked.people.pseudonyms.is_empty());
}

#[test]
fn places_join_the_register_with_suggestions_both_ways() {
    let mut w = world();
    w.source("visits", Kind::Counts).counts = Some("visits".into());
    w.table(
        4,
        vec![
            labels(Role::Site, &["Cruddas Park", "CITY", "Jesmond", "BIPC"]),
            month(date(2025, 1, 1), &["1", "2", "3", "0"]),
            month(date(2025, 4, 1), &["", "2", "3", "4"]),
        ],
    );
    w.source("libraries", Kind::Sites);
    w.table(3, vec![labels(Role::Site, &["City", "Cruddas", "Walker"])]);
    let linked = w.link();
    let sites: Vec<_> = linked.sites.iter().map(|s| (s.label.text.as_str(), s.registered.unwrap())).collect();
    assert_eq!(
        sites,
        [
            ("City", true),
            ("Cruddas", true),
            ("Walker", true),
            ("BIPC", false),
            ("Cruddas Park", false),
            ("Jesmond", false)
        ]
    );
    let join = &linked.joins[0];
    assert_eq!((join.left_rows, join.left_matched, join.right_rows, join.right_matched), (4, 1, 3, 1));
    assert_eq!(join.left_only, [("BIPC".into(), 1), ("Cruddas Park".into(), 1), ("Jesmond".into(), 1)]);
    assert_eq!(join.right_only, [("Cruddas".into(), 1), ("Walker".into(), 1)]);
    let [only] = join.suggestions.as_slice() else { panic!("one suggestion: {:?}", join.suggestions) };
    assert_eq!((only.list.as_str(), only.written.as_str(), only.means.as_str()), ("site", "Cruddas Park", "Cruddas"));
    // A blank is not zero, and the months between are gaps.
    let counts = &linked.counts[0];
    let months: Vec<_> = counts.months.iter().map(|m| (m.first.month(), m.present)).collect();
    assert_eq!(months, [(1, true), (2, false), (3, false), (4, true)]);
    let cell = |site, m| counts.cells.iter().find(|c| c.site == Some(site) && c.month.month() == m).unwrap().value;
    assert_eq!(cell(4, 4), Answer::Blank);
    assert_eq!(cell(3, 1), Answer::Answered(Decimal { digits: 0, scale: 0 }));
    assert_eq!(counts.cells.len(), 8);
}

#[test]
fn a_month_in_two_files_is_refused_and_rows_of_one_place_are_added() {
    let mut w = world();
    w.source("visits", Kind::Counts);
    w.table(2, vec![labels(Role::Site, &["City", "city"]), month(date(2025, 1, 1), &["1.5", "2"])]);
    let linked = w.link();
    assert_eq!(linked.counts[0].cells[0].value, Answer::Answered(Decimal { digits: 35, scale: 1 }));
    assert_eq!(said(&linked, "count-added").unwrap().1, 1);

    let mut w = world();
    w.source("visits", Kind::Counts);
    w.table(1, vec![labels(Role::Site, &["City"]), month(date(2025, 1, 1), &["1"])]);
    w.table(1, vec![labels(Role::Site, &["City"]), month(date(2025, 1, 1), &["2"])]);
    assert_eq!(w.link().problems.stop(), Some(Exit::Data));

    let mut w = world();
    w.source("share", Kind::Counts).unit = CountUnit::Percent;
    w.table(2, vec![labels(Role::Site, &["City", "city"]), month(date(2025, 1, 1), &["40", "20"])]);
    assert_eq!(w.link().problems.stop(), Some(Exit::Data));

    let mut w = world();
    w.source("visits", Kind::Counts);
    w.table(
        3,
        vec![
            labels(Role::Site, &["City", "City", "City"]),
            dates(Role::Date, &["2025-03-01", "2025-03-09", "2026-01-01"]),
            numbers(Role::Value, &["4", "6", "9"]),
        ],
    );
    let linked = w.link();
    assert_eq!(linked.counts[0].cells.len(), 1);
    assert_eq!(linked.counts[0].cells[0].value, Answer::Answered(Decimal { digits: 10, scale: 0 }));
    assert_eq!(said(&linked, "count-outside").unwrap().1, 1);
}

/// Two waves of one instrument, and a log that responses join by place and date.
fn waves() -> World {
    let mut w = world();
    w.source("log", Kind::Sessions);
    w.table(
        3,
        vec![
            dates(Role::Date, &["2025-05-01", "2025-05-02", "2025-05-02"]),
            labels(Role::Site, &["City", "City", "City"]),
        ],
    );
    let before = w.source("before", Kind::Survey);
    (before.instrument, before.wave) = (Some("participant".into()), Some(Wave::Before));
    let table = w.table(
        4,
        vec![
            ids(Role::Email, &["a@x.org", "b@x.org", "b@x.org", "d@x.org"]),
            dates(Role::Date, &["2025-05-01", "2025-05-02", "2025-05-03", ""]),
            labels(Role::Site, &["City", "City", "City", "City"]),
        ],
    );
    table.questions.push(question("say", &["Low", "High"], &["Low", "High", "", "Low"]));
    let after = w.source("after", Kind::Survey);
    (after.instrument, after.wave) = (Some("participant".into()), Some(Wave::After));
    let table = w.table(3, vec![ids(Role::Email, &["B@x.org", "A@x.org", "e@x.org"])]);
    table.questions.push(question("say", &["Low", "Middle", "High"], &["Low", "Middle", "High"]));
    w
}

#[test]
fn waves_are_paired_by_person_and_never_guessed() {
    let linked = waves().link();
    assert_eq!(linked.responses.len(), 2);
    let pairs = &linked.pairs[0];
    assert_eq!((pairs.of, pairs.first, pairs.second), ((0, 1), Wave::Before, Wave::After));
    assert_eq!(pairs.matched, [(0, 1)]);
    assert_eq!(said(&linked, "pair-ambiguous").unwrap().1, 1);
    // Without a register of people, an e-mail in a survey makes no person.
    assert!(linked.people.pseudonyms.is_empty());
    let before = &linked.responses[0];
    assert_eq!((before.instrument.as_str(), before.wave), ("participant", Some(Wave::Before)));
    assert_eq!(before.session.as_deref().unwrap(), [Some(0), None, None, None]);
    assert_eq!(said(&linked, "response-session-ambiguous").unwrap().1, 1);
    assert_eq!(said(&linked, "response-session-unmatched").unwrap().1, 1);
}

#[test]
fn a_visitor_on_the_day_of_a_session_was_not_at_the_session() {
    let mut w = waves();
    w.spec.sources.iter_mut().for_each(|source| source.instrument = source.instrument.take().map(|_| "visitor".into()));
    let linked = w.link();
    assert!(linked.responses[0].session.is_none());
    assert!(said(&linked, "response-session-ambiguous").is_none());
}

#[test]
fn sources_without_a_wave_stand_alone_and_tables_of_one_source_come_together() {
    let mut w = world();
    for name in ["groups", "work-club"] {
        w.source(name, Kind::Survey).instrument = Some("participant".into());
        let table = w.table(2, vec![]);
        table.questions.push(question("find", &["Fun", "Calm"], &["Fun", ""]));
        let table = w.table(2, vec![]);
        table.questions.push(question("again", &["Yes"], &["Yes", "Yes"]));
        w.set_aside(1, Reason::Test);
    }
    let linked = w.link();
    let names: Vec<_> = linked.responses.iter().map(|r| (r.instrument.as_str(), r.title.as_str(), r.len)).collect();
    assert_eq!(names, [("groups", "Groups", 3), ("work-club", "Work club", 3)]);
    let QuestionAnswers::Choice { rows, .. } = &linked.responses[0].questions[0].answers else { panic!("a choice") };
    assert_eq!(rows, &[Answer::Answered(0), Answer::Blank, Answer::NotAsked]);
    let QuestionAnswers::Choice { rows, .. } = &linked.responses[0].questions[1].answers else { panic!("a choice") };
    assert_eq!(rows, &[Answer::NotAsked, Answer::NotAsked, Answer::Answered(0)]);
}

#[test]
fn no_personal_text_passes() {
    for linked in [register().link(), waves().link()] {
        let text = format!("{linked:?}").to_lowercase();
        for token in ["p9", "\"s7\"", "4xj", "@x.org", "p1"] {
            assert!(!text.contains(token), "{token}");
        }
    }
}

#[test]
fn another_key_gives_other_pseudonyms_and_the_same_facts() {
    let one = register().link();
    let w = register();
    let other = link(w.cleaned, &w.spec, &Key::from_bytes([2; 32]));
    assert_eq!(one.attendance.person, other.attendance.person);
    assert_ne!(one.people.pseudonyms, other.people.pseudonyms);
}

/// An attendance row as drawn: person, session, present.
type Drawn = (u8, u8, Option<bool>);

fn drawn(rows: &[Drawn], logged: bool) -> Linked {
    let mut w = world();
    let person: Vec<String> =
        rows.iter().map(|(p, ..)| if *p == 0 { String::new() } else { format!("P{p}") }).collect();
    let session: Vec<String> =
        rows.iter().map(|(_, s, _)| if *s == 0 { String::new() } else { format!("S{s}") }).collect();
    let present: Vec<&str> = rows.iter().map(|(.., p)| p.map_or("", |p| if p { "Yes" } else { "No" })).collect();
    let texts = |list: &'_ [String]| list.iter().map(|t| t.as_str().to_owned()).collect::<Vec<_>>();
    let (person, session) = (texts(&person), texts(&session));
    let person: Vec<&str> = person.iter().map(String::as_str).collect();
    let session: Vec<&str> = session.iter().map(String::as_str).collect();
    let half = rows.len() / 2;
    for (name, range) in [("a", 0..half), ("b", half..rows.len())] {
        w.source(name, Kind::Attendance);
        w.table(
            range.len(),
            vec![
                ids(Role::Person, &person[range.clone()]),
                ids(Role::Session, &session[range.clone()]),
                yes_no(&present[range]),
            ],
        );
    }
    if logged {
        w.source("log", Kind::Sessions);
        w.table(3, vec![ids(Role::Session, &["S1", "S2", "S3"])]);
        w.set_aside(2, Reason::OutOfPeriod);
    }
    w.link()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Every row is a fact, an absence, or set aside; every pair stands once; and the counts are those of a plain count.
    #[test]
    fn no_attendance_is_lost(
        rows in prop::collection::vec((0u8..6, 0u8..6, prop::option::weighted(0.9, any::<bool>())), 0..60),
        logged in any::<bool>(),
    ) {
        let linked = drawn(&rows, logged);
        let set_aside: usize = linked.ledger.accounts.iter().map(|a| a.set_aside.len()).sum();
        let known = |s: u8| s != 0 && (!logged || s <= 2);
        let absent = rows.iter().filter(|(p, s, present)| *p != 0 && known(*s) && *present != Some(true)).count();
        let log_aside = usize::from(logged);
        prop_assert_eq!(linked.attendance.len() + absent + set_aside - log_aside, rows.len());
        let mut plain: Vec<(u8, u8)> = rows
            .iter()
            .filter(|(p, s, present)| *p != 0 && known(*s) && *present == Some(true))
            .map(|(p, s, _)| (*p, *s))
            .collect();
        plain.sort_unstable();
        plain.dedup();
        prop_assert_eq!(linked.attendance.len(), plain.len());
        let mut people: Vec<u8> = plain.iter().map(|(p, _)| *p).collect();
        people.sort_unstable();
        people.dedup();
        prop_assert_eq!(linked.people.pseudonyms.len(), people.len());
    }

    /// Rows in another order give the same counts.
    #[test]
    fn the_order_of_rows_changes_no_count(
        (rows, mixed) in prop::collection::vec((0u8..6, 0u8..6, prop::option::of(any::<bool>())), 0..40)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let (one, other) = (drawn(&rows, true), drawn(&mixed, true));
        prop_assert_eq!(one.attendance.len(), other.attendance.len());
        prop_assert_eq!(one.people.pseudonyms.len(), other.people.pseudonyms.len());
        let visits = |linked: &Linked| {
            let mut n = vec![0; linked.sessions.sessions.len()];
            linked.attendance.session.iter().for_each(|&s| n[s as usize] += 1);
            n
        };
        prop_assert_eq!(visits(&one), visits(&other));
        let reasons = |linked: &Linked| {
            let mut all: Vec<Reason> = linked.ledger.accounts.iter().flat_map(|a| &a.set_aside).map(|r| r.reason).collect();
            all.sort_unstable();
            all
        };
        prop_assert_eq!(reasons(&one), reasons(&other));
    }
}

/// Newcastle Libraries through every stage up to this one.
fn newcastle(change: impl Fn(&mut Spec)) -> Option<Linked> {
    let folder = crate::support::newcastle()?;
    let mut spec = reach::spec::load(&folder.path().join("reach.toml")).unwrap_or_else(|found| panic!("{found:#?}"));
    change(&mut spec);
    let cleaned = reach::clean::clean(reach::ingest::read(&spec), &spec, None);
    assert_eq!(cleaned.problems.stop(), None, "{:#?}", cleaned.problems.list);
    let linked = link(cleaned, &spec, &key());
    assert_eq!(linked.problems.stop(), None, "{:#?}", linked.problems.list);
    assert_eq!(linked.ledger.check(), Vec::<String>::new());
    Some(linked)
}

const LIBRARIES: [&str; 13] = [
    "Blakelaw",
    "City",
    "Cruddas",
    "Denton Burn",
    "East End",
    "Fenham",
    "Gosforth",
    "High Heaton",
    "Kenton",
    "Newburn",
    "Outer West",
    "Walker",
    "West End",
];

#[test]
fn newcastles_places_are_those_of_the_register_and_seven_that_it_lacks() {
    let Some(linked) = newcastle(|_| {}) else { return };
    let registered: Vec<&str> =
        linked.sites.iter().filter(|s| s.registered == Some(true)).map(|s| s.label.text.as_str()).collect();
    assert_eq!(registered, LIBRARIES);
    let logs = ["visits → libraries", "enquiries → libraries", "computers → libraries"];
    let logs: Vec<_> = linked.joins.iter().filter(|j| logs.contains(&j.name.as_str())).collect();
    let mut unknown: Vec<&str> = logs.iter().flat_map(|j| &j.left_only).map(|(label, _)| label.as_str()).collect();
    unknown.sort_unstable();
    unknown.dedup();
    assert_eq!(unknown, ["BIPC", "Dinnington", "Fawdon", "Jesmond", "Mobile", "Moorside", "Newbiggin Hall"]);
    assert!(logs.iter().all(|j| j.suggestions.is_empty() && j.right_matched == 13));

    let without = |spec: &mut Spec| spec.recodes.retain(|recode| recode.written != "Cruddas Park");
    let Some(linked) = newcastle(without) else { return };
    for join in linked.joins.iter().filter(|j| j.right == "libraries" && j.left != "members") {
        let lacks = join.left_only.iter().any(|(label, _)| label == "Cruddas Park");
        let near: Vec<_> = join.suggestions.iter().map(|s| (s.written.as_str(), s.means.as_str())).collect();
        assert_eq!(near, if lacks { vec![("Cruddas Park", "Cruddas")] } else { vec![] }, "{}", join.name);
        assert_eq!(lacks, ["visits", "enquiries", "computers"].contains(&join.left.as_str()), "{}", join.name);
    }
}

#[test]
fn newcastles_numbers_come_through() {
    let Some(linked) = newcastle(|_| {}) else { return };
    let members = &linked.lists[0];
    assert_eq!((members.len, members.identified), (80_752, false));
    let joined = members.joined.as_ref().unwrap();
    assert_eq!(joined.iter().filter(|j| j.answered().is_none()).count(), 256);
    assert_eq!(joined.iter().filter(|j| j.answered() == Some(date(1996, 8, 25))).count(), 4_374);
    let district = members.district.as_ref().unwrap();
    assert_eq!(district.iter().filter(|d| **d == Answer::Unreadable).count(), 13);
    assert!(members.districts.iter().all(|d| d.text.len() <= 4));
    let responses: Vec<_> = linked.responses.iter().map(|r| (r.instrument.as_str(), r.len)).collect();
    assert_eq!(responses, [("children", 30), ("groups", 47), ("work-club", 28), ("data-day", 12)]);
    // The other form of the groups never offered "Fun": its ten people are no part of the base.
    let find = linked.responses[1].questions.iter().find(|q| q.key == "find").unwrap();
    let QuestionAnswers::Choices { options, ticks, .. } = &find.answers else { panic!("several choices") };
    let fun = &ticks[options.iter().position(|o| o == "Fun").unwrap()];
    assert_eq!(fun.iter().filter(|t| **t == Answer::NotAsked).count(), 10);

    // Blanks, zeros and the sum, by `csv` alone.
    let folder = crate::support::newcastle().unwrap();
    let mut reader = csv::Reader::from_path(folder.path().join("activity/newcastle-monthly-visits.csv")).unwrap();
    let months: Vec<String> = reader.headers().unwrap().iter().skip(1).map(str::to_owned).collect();
    let inside = |month: &str| {
        let (year, month) = month.split_once('-').unwrap();
        let month = date(year.parse().unwrap(), month.parse().unwrap(), 1);
        date(2008, 4, 1) <= month && month <= date(2025, 3, 31)
    };
    let (mut cells, mut blank, mut sum) = (0, 0, 0);
    for record in reader.records() {
        for (month, cell) in months.iter().zip(record.unwrap().iter().skip(1)) {
            if inside(month) {
                cells += 1;
                blank += usize::from(cell.trim().is_empty());
                sum += cell.trim().replace(',', "").parse().unwrap_or(0i64);
            }
        }
    }
    let visits = &linked.counts[0];
    assert_eq!(visits.cells.len(), cells);
    assert_eq!(visits.cells.iter().filter(|c| c.value == Answer::Blank).count(), blank);
    assert_eq!(visits.cells.iter().filter_map(|c| c.value.answered()).map(|d| d.digits).sum::<i64>(), sum);
    assert!(visits.cells.iter().all(|c| c.value.answered().is_none_or(|d| d.scale == 0)));
    let gaps: Vec<_> = visits.months.iter().filter(|m| !m.present).map(|m| m.first).collect();
    assert_eq!((gaps.len(), gaps[0], gaps[9]), (10, date(2020, 6, 1), date(2021, 3, 1)));
}
