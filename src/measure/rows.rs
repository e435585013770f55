//! What became of the rows: one universe per source, split by fate.

use std::collections::BTreeMap;

use super::build::{Builder, DimensionKind, Draft};
use super::interval::FEWEST;
use super::{Basis, Exposure, Family, Formula, State, Value, catalogue};
use crate::ledger::Reason;
use crate::spec::Kind;

/// A universe `rows:<source>` for every source that has an account. Rows about people belong to those people, so that how many
/// rows count is not told of fewer people than a count of people would be; rows set aside are nobody counted.
pub(super) fn add(b: &mut Builder<'_>) {
    let sources: Vec<(String, Kind)> = b.spec.sources.iter().map(|s| (s.name.clone(), s.kind)).collect();
    for (source, kind) in sources {
        let mut rows = 0u64;
        let mut fates: BTreeMap<Option<Reason>, u64> = BTreeMap::new();
        let mut found = false;
        for account in b.linked.ledger.accounts.iter().filter(|a| a.source == source) {
            found = true;
            rows += account.rows;
            *fates.entry(None).or_default() += account.accepted;
            for (reason, n) in account.by_reason() {
                *fates.entry(Some(reason)).or_default() += n;
            }
        }
        if !found {
            continue;
        }
        one(b, &source, kind, rows, &fates);
    }
}

fn one(b: &mut Builder<'_>, source: &str, kind: Kind, rows: u64, fates: &BTreeMap<Option<Reason>, u64>) {
    let wave = b.spec.sources.iter().find(|s| s.name == source).and_then(|s| s.wave);
    let own = b.source_title(source);
    // Two waves of a form often have one title.
    let title = match wave.map(|w| w.word()) {
        Some(word) if !own.to_lowercase().contains(word) => format!("{own}, {word}"),
        _ => own,
    };
    let accepted = fates.get(&None).copied().unwrap_or(0);
    let exposure = match people_behind(b, source, kind, accepted) {
        None => Exposure::Open,
        Some(n) => {
            let key = b.subject("people-of-rows", source);
            let people = b.universe(key, ("person", "people"), Exposure::Persons, title.clone());
            let values = vec![fate_value(None)];
            let fate = b.dimension("fate", "What became of it", values, DimensionKind::PLAIN);
            let atoms = super::build::tally(0, &[], |_, _| {});
            let whole = atoms.into_iter().map(|a| super::Atom { n, ..a }).collect();
            let split = vec![super::Atom { values: vec![0], n, ..super::Atom::default() }];
            for (dimensions, atoms) in [(vec![], whole), (vec![fate], split)] {
                b.family(Family { universe: people, dimensions, atoms, amounts: Vec::new(), covers: Vec::new() });
            }
            Exposure::Of(people)
        }
    };
    let key = b.subject("rows", source);
    let universe = b.universe(key.clone(), ("row", "rows"), exposure, title.clone());
    let mut values = Vec::new();
    let mut atoms = Vec::new();
    for (&fate, &n) in fates {
        let at = u16::try_from(values.len()).unwrap_or(u16::MAX);
        values.push(fate_value(fate));
        atoms.push(super::Atom { values: vec![at], n, ..super::Atom::default() });
    }
    let dimension = b.dimension("fate", "What became of it", values, DimensionKind::PLAIN);
    let whole = vec![super::Atom { n: rows, ..super::Atom::default() }];
    let total =
        b.family(Family { universe, dimensions: Vec::new(), atoms: whole, amounts: Vec::new(), covers: Vec::new() });
    let split =
        b.family(Family { universe, dimensions: vec![dimension], atoms, amounts: Vec::new(), covers: Vec::new() });
    for (family, cut, words) in [(total, vec![], "Rows read"), (split, vec![0], "What became of the rows")] {
        let Some(family) = family else { continue };
        b.table(
            &catalogue::ROWS,
            Draft {
                subject: key.clone(),
                title: format!("{words}: {title}"),
                family,
                cut,
                formula: Formula::Count,
                basis: Basis::FullCount,
                source: title.clone(),
            },
        );
    }
}

/// How many people stand behind the accepted rows, at least; `None` where rows are about no person. What the rows are more than
/// the people or attendances counted from them is somebody too: three rows that say who did not come.
fn people_behind(b: &Builder<'_>, source: &str, kind: Kind, accepted: u64) -> Option<u64> {
    let or_rest = |people: u64, rest: u64| if (1..FEWEST).contains(&rest) { people.min(rest) } else { people };
    match kind {
        Kind::Survey => Some(accepted),
        Kind::People => {
            let list = b.linked.lists.iter().find(|l| l.source == source);
            let len = list.map_or(accepted, |l| l.len as u64);
            Some(or_rest(len.min(accepted), accepted.saturating_sub(len)))
        }
        Kind::Attendance => {
            let mut persons: Vec<u32> = b.linked.attendance.person.clone();
            persons.sort_unstable();
            persons.dedup();
            let registers: Vec<&str> =
                b.spec.sources.iter().filter(|s| s.kind == Kind::Attendance).map(|s| s.name.as_str()).collect();
            let accounts = b.linked.ledger.accounts.iter().filter(|a| registers.contains(&a.source.as_str()));
            let rows: u64 = accounts.map(|a| a.accepted).sum();
            let absent = rows.saturating_sub(b.linked.attendance.len() as u64);
            Some(or_rest((persons.len() as u64).min(accepted), absent))
        }
        Kind::Sessions | Kind::Counts | Kind::Sites => None,
    }
}

fn fate_value(fate: Option<Reason>) -> Value {
    let (code, label) = match fate {
        None => ("accepted", "accepted"),
        Some(Reason::Unreadable) => ("set-aside-unreadable", "set aside: could not be read"),
        Some(Reason::Test) => ("set-aside-test", "set aside: test entries"),
        Some(Reason::Spam) => ("set-aside-spam", "set aside: marked as spam"),
        Some(Reason::Rejected) => ("set-aside-rejected", "set aside: rejected by a reviewer"),
        Some(Reason::Erased) => ("set-aside-erased", "set aside: erased on request"),
        Some(Reason::Duplicate) => ("set-aside-duplicate", "set aside: the same entry twice"),
        Some(Reason::ScreenedOut) => ("set-aside-screened-out", "set aside: not among those who were to be asked"),
        Some(Reason::Partial) => ("set-aside-partial", "set aside: not completed"),
        Some(Reason::OutOfPeriod) => ("set-aside-out-of-period", "set aside: outside the programme's dates"),
        Some(Reason::AfterAsOf) => ("set-aside-after-as-of", "set aside: after the day this account stands at"),
        Some(Reason::UnmatchedKey) => ("set-aside-unmatched-key", "set aside: no session of that reference"),
        Some(Reason::Rule) => ("set-aside-rule", "set aside: by a rule of the declaration"),
    };
    Value { code: code.to_string(), label: label.to_string(), state: State::Answered }
}
