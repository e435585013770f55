//! The same person at the same session twice: found without hashing, for registers have millions of rows.
//!
//! Rows are grouped by session (sessions are few, and a register mostly stands in their order); within a group each person is
//! stamped, one random write per row. A person marked present and one marked absent are two different lines.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::duplicates::{NONE, Side, codes, intern, per_row, seconds};
use crate::ledger::Reason;
use crate::spec::Role;

/// Yes, no, not told.
const STATES: u32 = 3;

/// Where a row's person (with the mark of presence) and its session are found.
struct Keys<'a> {
    people: Numbered<'a>,
    present: Option<Numbered<'a>>,
    session: Session<'a>,
    rows: usize,
}

/// Codes per row, numbers per code.
#[derive(Default, Clone, Copy)]
struct Numbered<'a> {
    codes: &'a [u32],
    numbers: &'a [u32],
}

impl<'a> Numbered<'a> {
    fn of(side: &'a Side<'_>, role: Role, numbers: &'a [Option<Vec<u32>>], at: usize) -> Option<Self> {
        let column = codes(side.table, role)?;
        Some(Numbered { codes: &column.codes, numbers: numbers.get(at)?.as_ref()? })
    }
    #[inline]
    fn get(&self, row: usize) -> u32 {
        self.codes.get(row).and_then(|&code| self.numbers.get(code as usize)).copied().unwrap_or(NONE)
    }
}

enum Session<'a> {
    Column(Numbered<'a>),
    /// Without a session's id: one number per row for date, place and event together.
    Rows(&'a [u32]),
}

impl Keys<'_> {
    #[inline]
    fn person(&self, row: usize) -> u32 {
        let person = self.people.get(row);
        match (&self.present, person) {
            (_, NONE) => NONE,
            (None, person) => person,
            (Some(present), person) => person.saturating_mul(STATES).saturating_add(present.get(row).min(STATES - 1)),
        }
    }
    #[inline]
    fn session(&self, row: usize) -> u32 {
        match &self.session {
            Session::Column(column) => column.get(row),
            Session::Rows(rows) => rows.get(row).copied().unwrap_or(NONE),
        }
    }
}

/// Marks the rows that repeat a person at a session, over all files of a source.
pub fn mark(sides: &mut [Side<'_>]) {
    let persons = intern(sides, Role::Person);
    let present = intern(sides, Role::Present);
    let by_id = sides.iter().any(|s| codes(s.table, Role::Session).is_some());
    let sessions = if by_id { intern(sides, Role::Session) } else { Vec::new() };
    let (together, made) = if by_id { (Vec::new(), 0) } else { dated(sides) };
    let most = |lists: &[Option<Vec<u32>>]| {
        lists.iter().flatten().flatten().filter(|&&v| v != NONE).max().map_or(0, |&v| v as usize + 1)
    };
    let width = if by_id { most(&sessions) } else { made };
    let marked = present.iter().any(Option::is_some);
    let height = most(&persons).saturating_mul(if marked { STATES as usize } else { 1 });
    if width == 0 || height == 0 {
        return;
    }
    let mut order: Vec<(u32, usize, usize)> = Vec::new();
    let again = {
        let none: &[u32] = &[];
        let keys: Vec<Keys<'_>> = sides
            .iter()
            .enumerate()
            .map(|(at, side)| Keys {
                people: Numbered::of(side, Role::Person, &persons, at).unwrap_or_default(),
                present: marked.then(|| Numbered::of(side, Role::Present, &present, at).unwrap_or_default()),
                session: if by_id {
                    Session::Column(Numbered::of(side, Role::Session, &sessions, at).unwrap_or_default())
                } else {
                    Session::Rows(together.get(at).map_or(none, Vec::as_slice))
                },
                rows: side.table.rows,
            })
            .collect();
        let repeated = repeated(&keys, width, height);
        if repeated.is_empty() {
            return;
        }
        // Most people stand once everywhere: only the others' rows are looked up.
        let mut involved = vec![false; height];
        for &(person, _) in &repeated {
            if let Some(slot) = involved.get_mut(person as usize) {
                *slot = true;
            }
        }
        for (at, (side, keys)) in sides.iter().zip(&keys).enumerate() {
            for row in 0..keys.rows {
                let person = keys.person(row);
                if involved.get(person as usize) == Some(&true) && repeated.contains(&(person, keys.session(row))) {
                    order.push((side.marks.weight(row), at, row));
                }
            }
        }
        // Of equal lines the first against which the least speaks stays.
        order.sort_unstable();
        let mut seen: BTreeSet<(u32, u32)> = BTreeSet::new();
        order.retain(|&(_, at, row)| keys.get(at).is_some_and(|k| !seen.insert((k.person(row), k.session(row)))));
        order
    };
    for (_, at, row) in again {
        if let Some(side) = sides.get_mut(at) {
            side.marks.add(row, Reason::Duplicate);
        }
    }
}

/// For registers without a session's id: one number per row for date and time, place and event together; `NONE` without a date.
fn dated(sides: &[Side<'_>]) -> (Vec<Vec<u32>>, usize) {
    let sites = intern(sides, Role::Site);
    let events = intern(sides, Role::Event);
    let mut known: HashMap<(i64, u32, u32), u32, foldhash::fast::FixedState> = HashMap::with_hasher(Default::default());
    let all = sides
        .iter()
        .enumerate()
        .map(|(at, side)| {
            let of = |role, list: &[Option<Vec<u32>>]| per_row(side.table, role, list.get(at).and_then(Option::as_ref));
            let (site, event, date) = (of(Role::Site, &sites), of(Role::Event, &events), seconds(side.table));
            let get =
                |list: &Option<Vec<u32>>, row: usize| list.as_ref().and_then(|l| l.get(row)).copied().unwrap_or(NONE);
            (0..side.table.rows)
                .map(|row| match date.as_ref().and_then(|d| d.get(row).copied().flatten()) {
                    Some(when) => {
                        let next = known.len() as u32;
                        *known.entry((when, get(&site, row), get(&event, row))).or_insert(next)
                    }
                    None => NONE,
                })
                .collect()
        })
        .collect();
    (all, known.len())
}

type Pairs = hashbrown::HashSet<(u32, u32), foldhash::fast::FixedState>;

/// The pairs that stand more than once.
fn repeated(keys: &[Keys<'_>], width: usize, height: usize) -> Pairs {
    let mut repeated = Pairs::with_hasher(foldhash::fast::FixedState::default());
    let mut stamp: Vec<u32> = vec![NONE; height];
    let mut visit = |person: u32, session: u32| {
        if session == NONE {
            return;
        }
        if let Some(slot) = stamp.get_mut(person as usize) {
            if *slot == session {
                repeated.insert((person, session));
            }
            *slot = session;
        }
    };
    if is_grouped(keys, width) {
        for k in keys {
            for row in 0..k.rows {
                visit(k.person(row), k.session(row));
            }
        }
        return repeated;
    }
    // A counting sort by session.
    let mut starts: Vec<usize> = vec![0; width + 1];
    for k in keys {
        for row in 0..k.rows {
            if let Some(slot) = starts.get_mut((k.session(row) as usize).saturating_add(1)) {
                *slot += 1;
            }
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut people: Vec<u32> = vec![NONE; sum];
    let mut next = starts.clone();
    for k in keys {
        for row in 0..k.rows {
            if let Some(at) = next.get_mut(k.session(row) as usize) {
                if let Some(slot) = people.get_mut(*at) {
                    *slot = k.person(row);
                }
                *at += 1;
            }
        }
    }
    for (session, ends) in (0u32..).zip(starts.windows(2)) {
        for &person in people.get(ends[0]..ends[1]).unwrap_or(&[]) {
            visit(person, session);
        }
    }
    repeated
}

/// Whether the rows of every session stand together.
fn is_grouped(keys: &[Keys<'_>], width: usize) -> bool {
    let mut begun = vec![false; width];
    let mut last = NONE;
    for k in keys {
        for row in 0..k.rows {
            let session = k.session(row);
            if session == last || session == NONE {
                continue;
            }
            match begun.get_mut(session as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return false,
            }
            last = session;
        }
    }
    true
}
