//! Every figure is what plain loops over the facts say, with its base, its missing answers and its limits; the identities hold.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use proptest::prelude::*;
use reach::clean::{Answer, Decimal, Label, QuestionAnswers};
use reach::ledger::{Account, Reason, SetAside};
use reach::link::{
    Attendance, CountCell, Counts, Linked, Month, PeopleList, Question, Responses, Session, Sessions, Site,
};
use reach::measure::{
    Exposure, Figure, Group, Measured, State, Status, check, contributors, figures, identity, measure,
};
use reach::spec::{Class, CountUnit, Sample, Spec, fold};

/// A programme from April 2024 to March 2026 whose years start in April.
fn spec() -> Spec {
    static SPEC: std::sync::LazyLock<Spec> = std::sync::LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let toml = "[programme]\nname = \"Test\"\nfrom = 2024-04-01\nto = 2026-03-31\nyear = \"April\"\n\
                    [source.forms]\nfiles = \"x.csv\"\nkind = \"survey\"\ninstrument = \"visitor\"\nsample = \"random\"\n";
        std::fs::write(folder.path().join("reach.toml"), toml).unwrap();
        let codebook = "source,column,is,type,options,class,outcome,text\nforms,a,date,date,,,,\n";
        std::fs::write(folder.path().join("codebook.csv"), codebook).unwrap();
        std::fs::write(folder.path().join("recodes.csv"), "list,written,means,why\n").unwrap();
        reach::spec::load(&folder.path().join("reach.toml")).unwrap_or_else(|found| panic!("{found:#?}"))
    });
    SPEC.clone()
}

fn label(text: &str) -> Label {
    Label { text: text.into(), folded: fold(text) }
}

fn sites(names: &[&str]) -> Vec<Site> {
    names.iter().map(|n| Site { label: label(n), registered: None }).collect()
}

/// All figures of a run by their ids, after the identities were found to hold.
fn all(linked: &Linked) -> (Measured, BTreeMap<String, Figure>) {
    let measured = measure(linked, &spec());
    assert_eq!(check(&measured), Vec::<String>::new());
    let mut out = BTreeMap::new();
    for table in &measured.tables {
        for figure in figures(&measured, table, &identity(&measured, table.family)) {
            assert!(figure.id.starts_with(&table.id));
            assert!(out.insert(figure.id.clone(), figure).is_none());
        }
    }
    (measured, out)
}

fn value(figures: &BTreeMap<String, Figure>, id: &str) -> Option<f64> {
    figures.get(id).unwrap_or_else(|| panic!("no figure {id} among {:#?}", figures.keys())).value
}

fn year(date: Date) -> &'static str {
    if date < date_of(2025, 4) { "2024-25" } else { "2025-26" }
}

fn date_of(year: i16, month: i8) -> Date {
    date(year, month, 1)
}

/// Sessions in both years, some without a place, a date or a length, and who came to them.
fn attended() -> impl Strategy<Value = Linked> {
    let session = (
        proptest::option::weighted(0.9, 0i32..24),
        proptest::option::weighted(0.9, 0u32..3),
        proptest::option::of(0u32..2),
        0u16..3,
    );
    (proptest::collection::vec(session, 1..8)).prop_flat_map(|sessions| {
        let n = sessions.len() as u32;
        (Just(sessions), proptest::collection::btree_set((0u32..15, 0..n), 1..50)).prop_map(|(sessions, facts)| {
            let mut linked = Linked { sites: sites(&["Central", "Dock Road", "Café"]), ..Linked::default() };
            linked.strands = vec![label("Making"), label("Talking")];
            linked.sessions = Sessions {
                logged: true,
                sessions: sessions
                    .iter()
                    .map(|&(month, site, strand, hours)| Session {
                        date: month.map(|m| date(2024 + ((m + 3) / 12) as i16, ((m + 3) % 12 + 1) as i8, 15)),
                        site,
                        strand,
                        minutes: Some(u32::from(hours) * 60),
                        ..Session::default()
                    })
                    .collect(),
            };
            let mut attendance = Attendance { sources: vec!["register".into()], ..Attendance::default() };
            for (person, session) in facts {
                attendance.person.push(person);
                attendance.session.push(session);
                attendance.minutes.push(sessions[session as usize].3 * 60);
                attendance.flags.push(0);
            }
            linked.attendance = attendance;
            linked
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The second implementation: loops and sets, no walk, no families.
    #[test]
    fn attendances_people_and_hours_are_what_plain_loops_say(linked in attended()) {
        let (_, figures) = all(&linked);
        let facts: Vec<(u32, &Session, u16)> = (0..linked.attendance.len())
            .map(|i| {
                let session = &linked.sessions.sessions[linked.attendance.session[i] as usize];
                (linked.attendance.person[i], session, linked.attendance.minutes[i])
            })
            .collect();
        let count = |keep: &dyn Fn(&Session) -> bool| facts.iter().filter(|f| keep(f.1)).count() as f64;
        let people = |keep: &dyn Fn(&Session) -> bool| {
            facts.iter().filter(|f| keep(f.1)).map(|f| f.0).collect::<BTreeSet<_>>().len() as f64
        };
        let hours = |keep: &dyn Fn(&Session) -> bool| {
            let known: Vec<u16> = facts.iter().filter(|f| keep(f.1) && f.2 > 0).map(|f| f.2).collect();
            (!known.is_empty()).then(|| known.iter().map(|&m| f64::from(m)).sum::<f64>() / 60.0)
        };
        let any_hours = facts.iter().any(|f| f.2 > 0);

        let whole = |_: &Session| true;
        prop_assert_eq!(value(&figures, "attendances/total"), Some(count(&whole)));
        prop_assert_eq!(value(&figures, "people/total"), Some(people(&whole)));
        if any_hours {
            prop_assert_eq!(value(&figures, "contact-hours/total"), hours(&whole));
        }
        for (site, code) in [(0, "central"), (1, "dock-road"), (2, "cafe")] {
            let here = move |s: &Session| s.site == Some(site);
            if count(&here) == 0.0 {
                continue;
            }
            prop_assert_eq!(value(&figures, &format!("attendances/site/site={code}")), Some(count(&here)));
            prop_assert_eq!(value(&figures, &format!("people/site/site={code}")), Some(people(&here)));
            if any_hours {
                prop_assert_eq!(value(&figures, &format!("contact-hours/site/site={code}")), hours(&here));
            }
            for y in ["2024-25", "2025-26"] {
                let both = move |s: &Session| here(s) && s.date.is_some_and(|d| year(d) == y);
                if count(&both) > 0.0 {
                    let id = format!("attendances/site,year/site={code}/year={y}");
                    prop_assert_eq!(value(&figures, &id), Some(count(&both)));
                }
            }
        }
        let mut first: BTreeMap<u32, &str> = BTreeMap::new();
        for (person, session, _) in &facts {
            if let Some(d) = session.date {
                let y = first.entry(*person).or_insert(year(d));
                *y = (*y).min(year(d));
            }
        }
        let dated = |s: &Session| s.date.is_some();
        for y in facts.iter().filter_map(|f| f.1.date).map(year).collect::<BTreeSet<_>>() {
            let then = move |s: &Session| s.date.is_some_and(|d| year(d) == y);
            let new = first.values().filter(|f| **f == y).count() as f64;
            prop_assert_eq!(value(&figures, &format!("attendances/year/year={y}")), Some(count(&then)));
            prop_assert_eq!(value(&figures, &format!("people/year/year={y}")), Some(people(&then)));
            prop_assert_eq!(value(&figures, &format!("people-new/first-year/first-year={y}")), Some(new));
            let id = format!("people-returning/returning-year/returning-year={y}");
            prop_assert_eq!(value(&figures, &id), Some(people(&then) - new));
        }
        if count(&dated) > 0.0 {
            let by_month = figures.values().filter(|f| f.id.starts_with("attendances/month/"));
            prop_assert_eq!(by_month.map(|f| f.value.unwrap()).sum::<f64>(), count(&whole));
        }
        let sessions = figures.values().filter(|f| f.id.starts_with("sessions/site/"));
        if linked.sessions.sessions.iter().any(|s| s.site.is_some()) {
            prop_assert_eq!(sessions.map(|f| f.value.unwrap()).sum::<f64>(), linked.sessions.sessions.len() as f64);
        }
    }

    /// The order of the facts and the numbers of threads do not matter.
    #[test]
    fn the_order_of_facts_changes_nothing(linked in attended(), by in 1usize..7) {
        let once = format!("{:?}", measure(&linked, &spec()));
        let mut turned = linked;
        let n = turned.attendance.person.len();
        let by = by % n;
        turned.attendance.person.rotate_left(by);
        turned.attendance.session.rotate_left(by);
        turned.attendance.minutes.rotate_left(by);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        prop_assert_eq!(once, pool.install(|| format!("{:?}", measure(&turned, &spec()))));
    }

    /// A merged value of a partition is the sum of its atoms, and the people behind it are at least those behind each part.
    #[test]
    fn merged_values_are_sums(linked in attended()) {
        let measured = measure(&linked, &spec());
        let table = measured.tables.iter().find(|t| t.id == "attendances/month");
        prop_assume!(table.is_some());
        let table = table.unwrap();
        let apart = identity(&measured, table.family);
        let mut merged = apart.clone();
        let months: Vec<Group> = merged.dimensions[2].drain(..).filter(|g| g.state == State::Answered).collect();
        let rest: Vec<Group> = apart.dimensions[2].iter().filter(|g| g.state != State::Answered).cloned().collect();
        let one = Group {
            code: months.iter().map(|g| g.code.clone()).collect::<Vec<_>>().join("+"),
            label: "all months".into(),
            members: months.iter().flat_map(|g| g.members.clone()).collect(),
            state: State::Answered,
        };
        merged.dimensions[2] = [one.clone()].into_iter().chain(rest).collect();
        let before = figures(&measured, table, &apart);
        let after = figures(&measured, table, &merged);
        let sum = |f: &[Figure]| f.iter().filter_map(|f| f.value).sum::<f64>();
        prop_assert_eq!(sum(&before), sum(&after));
        prop_assert!(after[0].id.contains(&one.code));
        let behind = contributors(&measured, table.family, &[(2, &one)]).unwrap();
        for month in &months {
            prop_assert!(behind >= contributors(&measured, table.family, &[(2, month)]).unwrap());
        }
        prop_assert!(behind as f64 <= after[0].value.unwrap());
        // Covers do not add up: a merged one has no number.
        if let Some(table) = measured.tables.iter().find(|t| t.id == "people/month") {
            let mut merged = identity(&measured, table.family);
            if merged.dimensions[0].len() > 1 {
                merged.dimensions[0] = vec![Group { members: vec![0, 1], ..one }];
                let figures = figures(&measured, table, &merged);
                prop_assert_eq!((figures[0].value, figures[0].status), (None, Status::NotApplicable));
            }
        }
    }
}

fn counted() -> Linked {
    let month = |m: i8| date_of(2024, m);
    let known = |digits, scale| Answer::Answered(Decimal { digits, scale });
    let cell = |site, m, value| CountCell { site: Some(site), month: month(m), value };
    Linked {
        sites: sites(&["Central", "Dock Road"]),
        counts: vec![
            Counts {
                source: "door".into(),
                what: "visits".into(),
                unit: CountUnit::Count,
                cells: vec![
                    cell(0, 4, known(120, 0)),
                    cell(1, 4, known(305, 1)),
                    cell(0, 5, known(0, 0)),
                    cell(1, 5, Answer::Blank),
                    cell(0, 7, Answer::Blank),
                    cell(1, 7, Answer::Blank),
                ],
                months: (4..=7).map(|m| Month { first: month(m), present: m != 6 }).collect(),
            },
            Counts {
                source: "screens".into(),
                what: "computer use".into(),
                unit: CountUnit::Percent,
                cells: vec![cell(0, 4, known(39, 0)), cell(1, 4, known(61, 0))],
                months: vec![Month { first: month(4), present: true }],
            },
        ],
        ..Linked::default()
    }
}

#[test]
fn a_blank_is_no_zero_and_a_missing_month_is_a_gap() {
    let (measured, figures) = all(&counted());
    let get = |id: &str| figures.get(id).unwrap_or_else(|| panic!("no {id}"));
    let april = get("counts:door/month/month=2024-04");
    assert_eq!((april.value, april.unit.as_str()), (Some(150.5), "visits"));
    assert_eq!((april.from, april.to), (Some(date(2024, 4, 1)), Some(date(2024, 4, 30))));
    let may = get("counts:door/month/month=2024-05");
    assert_eq!((may.value, may.missing.blank), (Some(0.0), Some(1)));
    assert!(may.notes[0].starts_with("at least: not known for 1 of 2 place-months"), "{:?}", may.notes);
    let june = get("counts:door/month/month=2024-06");
    assert_eq!((june.value, june.status, june.missing.not_asked), (None, Status::NotCollected, Some(2)));
    let july = get("counts:door/month/month=2024-07");
    assert_eq!((july.value, july.status, july.missing.blank), (None, Status::NotCollected, Some(2)));
    let zero = get("counts:door/site,month/site=central/month=2024-05");
    assert_eq!((zero.value, zero.status), (Some(0.0), Status::Shown));
    let year = get("counts:door/site,year/site=central/year=2024-25");
    assert_eq!((year.value, year.missing.blank, year.missing.not_asked), (Some(120.0), Some(1), Some(1)));
    assert_eq!((year.from, year.to), (Some(date(2024, 4, 1)), Some(date(2025, 3, 31))));
    assert!(year.notes.iter().all(|n| !n.starts_with("so far")));
    let mut early = counted();
    early.as_of = Some(date(2024, 7, 31));
    let (_, sofar) = all(&early);
    let year = &sofar["counts:door/site,year/site=central/year=2024-25"];
    assert_eq!((year.from, year.to), (Some(date(2024, 4, 1)), Some(date(2024, 7, 31))));
    assert!(year.notes.iter().any(|n| n.starts_with("so far")), "{:?}", year.notes);
    assert_eq!(sofar["counts:door/month/month=2024-07"].notes, Vec::<String>::new());
    assert_eq!(get("counts:door/total").value, Some(150.5));
    assert_eq!(get("counts:screens/site,month/site=dock-road/month=2024-04").value, Some(61.0));
    let screens: Vec<&str> =
        measured.tables.iter().map(|t| t.id.as_str()).filter(|t| t.starts_with("counts:screens")).collect();
    assert_eq!(screens, ["counts:screens/site,month"], "percentages are never added up");
}

/// Thirty-six responses at two places in six sessions; two versions of a form, the second without "Fun".
fn surveyed(sample: Sample, population: Option<u64>, with_sessions: bool) -> Linked {
    let n = 36usize;
    let enjoyed = (0..n)
        .map(|i| match i {
            0 => Answer::Refused,
            1 => Answer::Blank,
            2 => Answer::NotAsked,
            3 => Answer::Unreadable,
            i if i % 4 == 0 => Answer::Answered(1),
            _ => Answer::Answered(0),
        })
        .collect();
    let offered = |i: usize| i < 20;
    let fun = (0..n).map(|i| if offered(i) { Answer::Answered(i % 2 == 0) } else { Answer::NotAsked }).collect();
    let calm = (0..n).map(|i| Answer::Answered(i % 3 == 0)).collect();
    let question = |key: &str, answers| Question {
        key: key.into(),
        text: format!("{key}?"),
        class: Class::Opinion,
        outcome: vec![],
        answers,
    };
    let scale: Vec<String> = ["disagree", "neither", "agree"].map(String::from).to_vec();
    Linked {
        sites: sites(&["Central", "Dock Road"]),
        sessions: Sessions { sessions: vec![Session::default(); 6], logged: true },
        responses: vec![Responses {
            sources: vec!["forms".into()],
            instrument: "visitor".into(),
            declared: Some("visitor".into()),
            wave: None,
            title: "forms".into(),
            sample,
            population,
            len: n,
            person: None,
            session: with_sessions.then(|| (0..n).map(|i| Some((i % 6) as u32)).collect()),
            site: Some(
                (0..n).map(|i| if i == 35 { Answer::Blank } else { Answer::Answered((i % 2) as u32) }).collect(),
            ),
            event: None,
            date: Some((0..n).map(|i| Some(date(2024, 5, 1 + (i % 28) as i8))).collect()),
            questions: vec![
                question(
                    "enjoyed",
                    QuestionAnswers::Choice { options: vec!["Yes".into(), "No".into()], rows: enjoyed, ordered: false },
                ),
                question(
                    "find it",
                    QuestionAnswers::Choices {
                        options: vec!["Fun".into(), "Calm".into()],
                        exclusive: vec![],
                        ticks: vec![fun, calm],
                    },
                ),
                question(
                    "say",
                    QuestionAnswers::Choice {
                        options: scale,
                        rows: (0..n).map(|i| Answer::Answered((i % 3) as u16)).collect(),
                        ordered: true,
                    },
                ),
            ],
        }],
        ..Linked::default()
    }
}

#[test]
fn a_share_has_its_base_its_missing_and_its_limits() {
    let (_, figures) = all(&surveyed(Sample::Random, None, false));
    let yes = &figures["answers:visitor:enjoyed/total/q:enjoyed=yes"];
    assert_eq!((yes.numerator.as_ref().unwrap().n, yes.base.as_ref().unwrap().n), (24, 32));
    assert_eq!(yes.base.as_ref().unwrap().key, "responses:visitor|q:enjoyed=yes+no");
    assert_eq!((yes.value, yes.unit.as_str(), yes.method), (Some(75.0), "percent", "wilson"));
    let m = &yes.missing;
    assert_eq!((m.refused, m.blank, m.not_asked, m.unreadable), (Some(1), Some(1), Some(1), Some(1)));
    let (low, high) = reach::stats::proportion::wilson(24.0, 32.0, None, 0.95);
    assert_eq!((yes.low, yes.high), (Some(100.0 * low), Some(100.0 * high)));

    // "Fun" was offered to twenty, "Calm" to all: each has its own base.
    let fun = &figures["answers:visitor:find-it/total/q:find-it=fun"];
    assert_eq!((fun.value, fun.base.as_ref().unwrap().n, fun.missing.not_asked), (Some(50.0), 20, Some(16)));
    assert_eq!(fun.status, Status::LowBase);
    let calm = &figures["answers:visitor:find-it/total/q:find-it=calm"];
    assert_eq!((calm.base.as_ref().unwrap().n, calm.status), (36, Status::Shown));

    let mean = &figures["mean-score:visitor:say/total"];
    assert_eq!((mean.value, mean.method, mean.unit.as_str()), (Some(2.0), "t", "points (1 to 3)"));

    // By place: 17 or 18 answers are few, one answer from an unknown place is none.
    assert_eq!(figures["answers:visitor:say/site/site=central/q:say=agree"].status, Status::LowBase);
    let alone = &figures["answers:visitor:say/site/site=not-known/q:say=agree"];
    assert_eq!((alone.value, alone.status), (None, Status::LowBase));
    assert_eq!(figures["responses:visitor/month/month=2024-05"].value, Some(36.0));
}

#[test]
fn the_basis_decides_the_limits() {
    let id = "answers:visitor:enjoyed/total/q:enjoyed=yes";
    let get = |sample, population, sessions| all(&surveyed(sample, population, sessions)).1[id].clone();
    assert_eq!(get(Sample::Random, Some(400), false).method, "wilson-fpc");
    let chosen = get(Sample::SelfSelected, Some(400), false);
    assert_eq!(chosen.method, "wilson");
    assert!(chosen.notes.iter().any(|n| n.contains("as if they were a random sample")));
    let everyone = get(Sample::EveryoneAsked, Some(32), false);
    assert_eq!((everyone.low, everyone.high), (Some(75.0), Some(75.0)));
    let clustered = get(Sample::Random, None, true);
    assert_eq!(clustered.method, "korn-graubard");
    let (n, effect) = (clustered.effective_base.unwrap(), clustered.design_effect.unwrap());
    assert!((n * effect - 32.0).abs() < 1e-9);
}

#[test]
fn a_list_of_people_is_never_called_new_members() {
    let joined =
        (0..40).map(|i| if i < 3 { Answer::Blank } else { Answer::Answered(date(2015, 1 + (i % 5) as i8, 2)) });
    let linked = Linked {
        lists: vec![PeopleList {
            source: "members".into(),
            title: Some("Library members".into()),
            identified: false,
            as_at: Some(date(2016, 4, 6)),
            len: 40,
            persons: vec![],
            joined: Some(joined.collect()),
            site: None,
            district: Some((0..40).map(|i| Answer::Answered(i % 2)).collect()),
            districts: vec![label("NE1"), label("NE2")],
            questions: vec![],
        }],
        ..Linked::default()
    };
    let (measured, figures) = all(&linked);
    let table = measured.tables.iter().find(|t| t.id == "people-list:members/joined-month").unwrap();
    assert_eq!(table.title, "Library members: people active on 6 April 2016 by month of joining");
    assert!(!measured.tables.iter().any(|t| t.title.to_lowercase().contains("new")));
    assert_eq!(figures["people-list:members/joined-month/joined-month=not-known"].value, Some(3.0));
    assert_eq!(figures["people-list:members/joined-year/joined-year=2014-15"].value, Some(21.0));
    assert_eq!(figures["people-list:members/district/district=ne1"].value, Some(20.0));
    assert_eq!(figures["people-list:members/total"].to, Some(date(2016, 4, 6)));
}

#[test]
fn rows_are_accepted_or_set_aside_and_belong_to_people() {
    let mut linked = surveyed(Sample::Random, None, false);
    let aside = |record, reason| SetAside { record, reason, also: vec![] };
    linked.ledger.accounts.push(Account {
        source: "forms".into(),
        file: "x.csv".into(),
        records: 40,
        rows: 39,
        accepted: 36,
        set_aside: vec![aside(3, Reason::Test), aside(4, Reason::Test), aside(9, Reason::Duplicate)],
        ..Account::default()
    });
    let (measured, figures) = all(&linked);
    assert_eq!(figures["rows:forms/total"].value, Some(39.0));
    assert_eq!(figures["rows:forms/fate/fate=accepted"].value, Some(36.0));
    assert_eq!(figures["rows:forms/fate/fate=set-aside-test"].value, Some(2.0));
    let table = measured.tables.iter().find(|t| t.id == "rows:forms/fate").unwrap();
    let universe = &measured.universes[measured.families[table.family].universe];
    assert!(matches!(universe.exposure, Exposure::Of(_)));
    let groups = &identity(&measured, table.family).dimensions[0];
    assert_eq!(contributors(&measured, table.family, &[(0, &groups[0])]), Some(36));
    assert_eq!(
        contributors(&measured, table.family, &[(0, &groups[1])]),
        None,
        "nobody counted is behind a row set aside"
    );
}

/// The check is no formality: each kind of damage is told.
#[test]
fn damage_is_found() {
    let mut linked = surveyed(Sample::Random, None, true);
    linked.attendance = Attendance {
        person: vec![1, 1, 2],
        session: vec![0, 1, 1],
        minutes: vec![60, 60, 60],
        flags: vec![0; 3],
        sources: vec![],
    };
    linked.sessions.sessions[0] = Session { date: Some(date(2024, 5, 1)), site: Some(0), ..Session::default() };
    linked.sessions.sessions[1] = Session { date: Some(date(2025, 5, 1)), site: Some(1), ..Session::default() };
    let whole = measure(&linked, &spec());
    assert_eq!(check(&whole), Vec::<String>::new());
    let damaged = |change: &dyn Fn(&mut Measured)| {
        let mut measured = measure(&linked, &spec());
        change(&mut measured);
        check(&measured).join("; ")
    };
    let family = |m: &Measured, id: &str| m.tables.iter().find(|t| t.id == id).unwrap().family;
    assert!(
        damaged(&|m| {
            let f = family(m, "attendances/site");
            m.families[f].atoms[0].n += 1
        })
        .contains("I1")
    );
    assert!(
        damaged(&|m| {
            let f = family(m, "answers:visitor:find-it/total");
            m.families[f].covers[0].any = 99
        })
        .contains("I2")
    );
    assert!(
        damaged(&|m| {
            let f = family(m, "people/total");
            m.families[f].atoms[0].n = 9
        })
        .contains("I3")
    );
    assert!(
        damaged(&|m| {
            let f = family(m, "people-new/first-year");
            m.families[f].atoms[0].n += 1
        })
        .contains("I4")
    );
    assert!(
        damaged(&|m| {
            let f = family(m, "attendances/site");
            m.families[f].atoms[0].values[0] = 7
        })
        .contains("does not exist")
    );
}

#[test]
fn coverage_holds_responses_against_visits_and_attendances() {
    let mut linked = surveyed(Sample::Random, None, false);
    linked.counts = counted().counts;
    let (_, found) = all(&linked);
    let total = &found["coverage:visitor:visits/total"];
    assert_eq!(total.value, Some(100.0 * 36.0 / 150.5));
    assert!(total.notes.iter().any(|n| n.contains("not known for")), "{:?}", total.notes);
    assert_eq!(found["coverage:visitor:visits/site/site=central"].value, Some(100.0 * 18.0 / 120.0));

    // Without a date of any answer, the visits of two years say nothing about them.
    linked.responses[0].date = None;
    assert!(!all(&linked).1.keys().any(|id| id.starts_with("coverage")));

    linked.responses[0].instrument = "participant".into();
    linked.responses[0].declared = Some("participant".into());
    linked.attendance = Attendance {
        person: vec![1, 1, 2],
        session: vec![0, 1, 1],
        minutes: vec![0, 0, 0],
        flags: vec![0; 3],
        sources: vec![],
    };
    linked.sessions.sessions = vec![Session::default(); 2];
    let (_, found) = all(&linked);
    assert_eq!(found["coverage:participant:attendances/total"].value, Some(1200.0));
    assert!(!found.keys().any(|id| id.starts_with("contact-hours")), "no length is known");
}

/// Thirty-six responses of twelve people are twelve people, in every cell.
#[test]
fn who_answers_often_is_still_one_person() {
    let mut linked = surveyed(Sample::Random, None, false);
    let whole = measure(&linked, &spec());
    let universe = whole.universes.iter().find(|u| u.key == "responses:visitor").unwrap();
    assert_eq!(universe.exposure, Exposure::Persons, "nobody is known to have answered twice");

    linked.responses[0].person = Some((0..36).map(|i| (i < 34).then_some(i as u32 % 10)).collect());
    let (measured, _) = all(&linked);
    let table = measured.tables.iter().find(|t| t.id == "responses:visitor/total").unwrap();
    assert_eq!(contributors(&measured, table.family, &[]), Some(12));
    let table = measured.tables.iter().find(|t| t.id == "answers:visitor:say/site").unwrap();
    let groups = identity(&measured, table.family);
    for (site, people) in [(0, 6), (1, 5)] {
        let behind = contributors(&measured, table.family, &[(0, &groups.dimensions[0][site])]);
        assert_eq!(behind, Some(people), "even responses are of even people, and one of somebody unknown");
    }
}

/// Levels stand in the order of their ladder, other levels behind them.
#[test]
fn levels_stand_in_the_order_of_the_ladder() {
    let mut linked = Linked { levels: ["involve", "hosted", "inform"].map(label).to_vec(), ..Linked::default() };
    let session = |level| Session { level: Some(level), ..Session::default() };
    linked.sessions = Sessions { sessions: vec![session(0), session(1), session(2), session(2)], logged: true };
    let measured = measure(&linked, &spec());
    let table = measured.tables.iter().find(|t| t.id == "sessions/level").unwrap();
    let figures = figures(&measured, table, &identity(&measured, table.family));
    let said: Vec<(&str, f64)> = figures.iter().map(|f| (f.dimensions[0].value.as_str(), f.value.unwrap())).collect();
    assert_eq!(said, [("inform", 2.0), ("involve", 1.0), ("hosted", 1.0)]);
}
