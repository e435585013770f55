//! What is protected is people: nothing under the profile's limits is shown, and what is withheld tells nothing (P1).

use std::collections::BTreeSet;

use proptest::prelude::*;
use reach::measure::key::Key;
use reach::measure::{Exposure, Measured, Status};
use reach::protect::{History, Profile, Protected, protect};
use reach::spec::Class;

use crate::programme::Programme;

fn people_10() -> Profile {
    Profile::named("people-10").unwrap()
}

pub fn gate(measured: &Measured) -> Protected {
    protect(measured, &people_10(), &History::default())
}

/// The class of a dimension, by its code.
fn class(measured: &Measured, code: &str) -> Class {
    measured.dimensions.iter().find(|d| d.code == code).map(|d| d.class).unwrap()
}

/// Whether a place or period of this cell has nobody at all: then every kind of people there is known to be none.
fn nobody_there(measured: &Measured, key: &Key) -> bool {
    key.conditions.iter().any(|(d, codes)| {
        measured.families.iter().filter(|f| measured.universes[f.universe].key == key.universe).any(|f| {
            match f.dimensions[..] {
                [only] if measured.dimensions[only].code == *d && measured.dimensions[only].class == Class::Plain => {
                    let code = |v: u16| &measured.dimensions[only].values[usize::from(v)].code;
                    f.atoms.iter().filter(|a| codes.contains(code(a.values[0]))).all(|a| a.n == 0)
                }
                _ => false,
            }
        })
    })
}

fn exposure(measured: &Measured, key: &str) -> Exposure {
    measured.universes.iter().find(|u| u.key == key).map(|u| u.exposure).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_small_cell_of_people_is_shown(seed: u64) {
        let measured = Programme::random(seed).measured();
        let out = gate(&measured);
        for (key, n) in &out.memory.shown {
            let key = Key::parse(key).unwrap();
            if exposure(&measured, &key.universe) != Exposure::Persons {
                continue;
            }
            let classes: BTreeSet<Class> = key.conditions.iter().map(|(d, _)| class(&measured, d)).collect();
            if classes.contains(&Class::AboutYou) || classes.contains(&Class::Sensitive) {
                prop_assert!(*n >= 10 || (*n == 0 && nobody_there(&measured, &key)), "{key}: {n}");
            } else if !classes.contains(&Class::Opinion) {
                prop_assert!(*n >= 10 || (*n == 0 && !key.conditions.is_empty()), "{key}: {n}");
            }
        }
        for figure in out.figures.iter().map(|f| f.get()) {
            let people = exposure(&measured, &figure.universe) != Exposure::Open;
            if let (true, true, Some(base)) = (people, figure.value.is_some(), &figure.base) {
                prop_assert!(base.n >= 10 || (base.n == 0 && figure.value == Some(0.0)), "{}: base {}", figure.id, base.n);
            }
        }
    }

    #[test]
    fn what_is_withheld_tells_nothing(seed: u64) {
        let measured = Programme::random(seed).measured();
        let out = gate(&measured);
        prop_assert_eq!(out.tables.len(), measured.tables.len());
        for table in &out.tables {
            let figures: Vec<_> = table.figures.iter().map(|i| out.figures[*i].get()).collect();
            prop_assert!(figures.iter().all(|f| f.table == table.id));
            let Some(reason) = &table.withheld else {
                prop_assert!(figures.iter().all(|f| f.status != Status::Withheld));
                continue;
            };
            prop_assert_eq!(reason, reach::protect::WITHHELD);
            prop_assert!(table.notes.is_empty() && table.merged.is_none());
            let [f] = figures.as_slice() else { panic!("one mark for a withheld table") };
            prop_assert_eq!(f.status, Status::Withheld);
            prop_assert_eq!(&f.reason, reason);
            prop_assert!(f.value.is_none() && f.low.is_none() && f.high.is_none() && f.confidence.is_none());
            prop_assert!(f.base.is_none() && f.numerator.is_none() && f.reads.is_empty() && f.dimensions.is_empty());
            prop_assert!(f.effective_base.is_none() && f.design_effect.is_none() && f.notes.is_empty());
            prop_assert!(f.missing == reach::measure::Missing::default());
        }
    }

    /// Values put together under one label lose their codes: each group still has one of its own.
    #[test]
    fn no_two_figures_share_an_id(seed: u64) {
        let measured = Programme::random(seed).measured();
        let mut seen = BTreeSet::new();
        for figure in gate(&measured).figures {
            prop_assert!(seen.insert(figure.get().id.clone()), "{} stands twice", figure.get().id);
        }
    }

    /// 19 who answered afterwards and 15 of them before as well would tell of four.
    #[test]
    fn who_answered_one_time_only_is_a_group(seed: u64) {
        let measured = Programme::random(seed).measured();
        let out = gate(&measured);
        let whole = |universe: usize| out.memory.shown.get(&measured.universes[universe].key).copied();
        for (part, of) in &measured.subsets {
            if let (Some(part), Some(of)) = (whole(*part), whole(*of)) {
                prop_assert!(part == of || part + 10 <= of, "{part} of {of}");
            }
        }
    }

    #[test]
    fn the_same_counts_pass_the_gate_in_the_same_way(seed: u64) {
        let measured = Programme::random(seed).measured();
        let (a, b) = (gate(&measured), gate(&measured));
        prop_assert_eq!(format!("{:?}{:?}", a.figures, a.tables), format!("{:?}{:?}", b.figures, b.tables));
        prop_assert_eq!(a.memory.shown, b.memory.shown);
        prop_assert_eq!(a.audit.first_causes, b.audit.first_causes);
    }

    #[test]
    fn every_first_cause_keeps_its_interval(seed: u64) {
        let measured = Programme::random(seed).measured();
        let out = gate(&measured);
        prop_assert_eq!(out.audit.first_causes.len(), out.audit.protect.len());
        for ((key, low, high), (least, most)) in out.audit.first_causes.iter().zip(&out.audit.protect) {
            prop_assert!(low <= least && high >= most, "{key}: {low}..{high}");
        }
    }
}

#[test]
fn a_programme_of_some_size_keeps_most_of_its_report() {
    let mut shown = 0;
    let mut all = 0;
    for seed in 0..40 {
        let out = gate(&Programme::random(seed).measured());
        shown += out.tables.iter().filter(|t| t.withheld.is_none()).count();
        all += out.tables.len();
    }
    println!("{shown} of {all} tables");
    assert!(shown * 3 > all, "{shown} of {all} tables are shown");
}

/// A visitor survey at four places: 150, 90, 64 and 12 people, of whom `silent` at the last did not say whether they enjoyed it.
fn visitors(silent: usize) -> Measured {
    let mut programme = Programme { sites: 4, months: 1, respondents: Vec::new(), people: Vec::new() };
    for (site, n) in [150, 90, 64, 12].into_iter().enumerate() {
        programme.respondents.extend((0..n).map(|i| crate::programme::Respondent {
            site,
            month: 0,
            enjoyed: if site == 3 && i < silent { 4 } else { i % 3 },
            age: i % 5,
            faith: i % 4,
            mood: i % 3,
            heard: (site < 3 || i >= silent).then(|| vec![i % 2 == 0, i % 3 == 0, i % 4 == 0]),
        }));
    }
    programme.measured()
}

#[test]
fn a_question_that_few_answered_in_one_place_takes_no_other_answers_by_place_with_it() {
    for silent in 0..=4 {
        let out = gate(&visitors(silent));
        let gone: Vec<&str> = out.tables.iter().filter(|t| t.withheld.is_some()).map(|t| t.id.as_str()).collect();
        let few = silent > 2;
        for (id, withheld) in [
            ("responses:visitor/site", false),
            ("answers:age/site", true),
            ("answers:enjoyed/site", few),
            ("answers:heard/site", few),
            ("answers:enjoyed/total", false),
            ("answers:age/total", false),
        ] {
            assert_eq!(gone.contains(&id), withheld, "{silent} silent: {id} in {gone:?}");
        }
    }
}

#[test]
fn the_memory_keeps_every_atom_of_people_and_nothing_that_has_nobody_behind_it() {
    let measured = visitors(3);
    let out = gate(&measured);
    let of = |family: &str| -> std::collections::BTreeMap<String, u64> {
        out.memory.atoms.iter().find(|(key, _)| key == family).unwrap().1.iter().cloned().collect()
    };
    assert_eq!(of("responses:visitor|")["responses:visitor"], 316);
    let by_place = of("responses:visitor|site,q:enjoyed");
    assert_eq!(by_place.values().sum::<u64>(), 316);
    assert_eq!(by_place["responses:visitor|q:enjoyed=blank|site=s3"], 3);
    let ticked = of("responses:visitor|site,q:heard");
    assert_eq!(ticked["responses:visitor|q:heard=*base|site=s3"], 9);
    assert_eq!(ticked["responses:visitor|q:heard=a0|site=s3"], 4);
    assert!(out.memory.atoms.windows(2).all(|w| w[0].0 < w[1].0));
    let open = measured.universes.iter().filter(|u| u.exposure == Exposure::Open);
    for universe in open {
        assert!(out.memory.atoms.iter().all(|(key, _)| !key.starts_with(&format!("{}|", universe.key))));
    }
}
