//! Which rows count. Every row keeps all the reasons that hold of it; the first in the order of [`Reason`] sets it aside, the
//! others stay beside it.

use hashbrown::HashMap;
use jiff::civil::{Date, DateTime};

use super::states::{self, Kind};
use super::{Answer, CleanColumn, CleanTable, ColumnValues};
use crate::ingest::{Table, Texts};
use crate::ledger::Reason;
use crate::spec::{Kind as SourceKind, Role, fold};

/// All reasons, in their order.
pub const REASONS: [Reason; 10] = [
    Reason::Unreadable,
    Reason::Test,
    Reason::Spam,
    Reason::Erased,
    Reason::Duplicate,
    Reason::Partial,
    Reason::OutOfPeriod,
    Reason::AfterAsOf,
    Reason::UnmatchedKey,
    Reason::Rule,
];

fn bit(reason: Reason) -> u16 {
    REASONS.iter().position(|r| *r == reason).map_or(0, |at| 1 << at)
}

/// The reasons that hold of each row of a table; nothing is kept while none holds.
#[derive(Debug, Default)]
pub struct Marks {
    rows: usize,
    bits: Vec<u16>,
}

impl Marks {
    /// None holds of any of `rows` rows.
    pub fn new(rows: usize) -> Self {
        Marks { rows, bits: Vec::new() }
    }
    /// One holds of this row.
    pub fn add(&mut self, row: usize, reason: Reason) {
        self.bits.resize(self.rows, 0);
        if let Some(bits) = self.bits.get_mut(row) {
            *bits |= bit(reason);
        }
    }
    /// One holds of every row whose code says so.
    pub fn add_by_code(&mut self, codes: &[u32], holds: &[bool], reason: Reason) {
        if !holds.contains(&true) {
            return;
        }
        self.bits.resize(self.rows, 0);
        let bit = bit(reason);
        for (bits, &code) in self.bits.iter_mut().zip(codes) {
            if holds.get(code as usize).copied().unwrap_or(false) {
                *bits |= bit;
            }
        }
    }
    /// How much speaks against a row: 0 nothing, then the later its first reason stands in the order, the less.
    pub(super) fn weight(&self, row: usize) -> u32 {
        match self.bits.get(row) {
            None | Some(0) => 0,
            Some(bits) => 16 - bits.trailing_zeros(),
        }
    }
    /// The rows of which a reason holds: (row, the reason that sets it aside, the others).
    pub fn set_aside(&self) -> impl Iterator<Item = (usize, Reason, Vec<Reason>)> {
        self.bits.iter().enumerate().filter(|(_, bits)| **bits != 0).filter_map(|(row, &bits)| {
            let mut all = REASONS.iter().copied().filter(move |r| bits & bit(*r) != 0);
            let first = all.next()?;
            Some((row, first, all.collect()))
        })
    }
}

/// Per code, whether its text holds of `what`.
fn by_text(texts: &Texts, what: impl Fn(&str) -> bool) -> Vec<bool> {
    texts.iter().map(|(_, text, _)| states::state(text) == Kind::Value && what(&fold(text))).collect()
}

const TESTS: [&str; 9] =
    ["test", "tests", "testing", "test test", "test response", "test row", "test entry", "a test", "test only"];

/// Whether a folded text says that its row is a test.
fn is_test(text: &str) -> bool {
    TESTS.contains(&text)
        || matches!(
            text,
            "test@test.com" | "test@test.co.uk" | "test@test.org" | "test@example.com" | "test@example.org"
        )
}

/// What the platform's status words, and names and places that are nothing but "test", say of rows. Gives the rows of previews.
pub fn status(table: &Table, column: usize, role: Role, marks: &mut Marks) -> u64 {
    let Some(column) = table.columns.get(column) else { return 0 };
    if role != Role::Status {
        if matches!(role, Role::Name | Role::Email | Role::Person | Role::Event | Role::Site | Role::Response) {
            // Every text of a long register is looked at: only those that begin so are folded.
            let begins = |t: &str| t.len() <= 24 && t.trim_start().starts_with(['t', 'T', 'a', 'A']);
            let tests: Vec<bool> = column.texts.iter().map(|(_, t, _)| begins(t) && is_test(&fold(t))).collect();
            marks.add_by_code(&column.codes, &tests, Reason::Test);
        }
        return 0;
    }
    let has = |words: &'static [&'static str]| {
        by_text(&column.texts, |text| text.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word)))
    };
    marks.add_by_code(&column.codes, &has(&["test", "testing"]), Reason::Test);
    marks.add_by_code(&column.codes, &has(&["spam"]), Reason::Spam);
    marks.add_by_code(
        &column.codes,
        &has(&["partial", "partially", "incomplete", "disqualified", "abandoned", "unfinished"]),
        Reason::Partial,
    );
    let previews = has(&["preview"]);
    column
        .texts
        .iter()
        .filter(|(code, _, _)| previews.get(*code as usize) == Some(&true))
        .map(|(_, _, rows)| u64::from(rows))
        .sum()
}

/// Per code, whether its value is of this state.
fn unreadable(values: &ColumnValues, blank_too: bool) -> Vec<bool> {
    fn of<T: Copy>(list: &[Answer<T>], blank_too: bool) -> Vec<bool> {
        list.iter()
            .map(|a| match a {
                Answer::Unreadable => true,
                Answer::Blank | Answer::Refused | Answer::NotAsked => blank_too,
                Answer::Answered(_) => false,
            })
            .collect()
    }
    match values {
        ColumnValues::Dates(list) => of(list, blank_too),
        ColumnValues::Numbers(list) => of(list, blank_too),
        ColumnValues::Personal(list, _) | ColumnValues::Labels(list, _) => of(list, blank_too),
        ColumnValues::YesNo(list) => of(list, blank_too),
    }
}

/// Rows whose key (person, session, site, date) cannot be read, or is missing where a row of this kind is nothing without it.
/// Gives (role, rows) for what was missing.
pub fn keys(table: &CleanTable, kind: SourceKind, marks: &mut Marks) -> Vec<(Role, u64)> {
    let has = |role| table.columns.iter().any(|c| c.role == role);
    let mut missing = Vec::new();
    for column in &table.columns {
        if !matches!(column.role, Role::Person | Role::Session | Role::Site | Role::Date) {
            continue;
        }
        let needed = match (kind, column.role) {
            (SourceKind::Attendance, Role::Person | Role::Session) => true,
            (SourceKind::Attendance, Role::Date | Role::Site) => !has(Role::Session),
            (SourceKind::Sessions, Role::Session | Role::Date) => true,
            (SourceKind::People, Role::Person) => true,
            (SourceKind::Counts, Role::Site | Role::Date) | (SourceKind::Sites, Role::Site) => true,
            _ => false,
        };
        let holds = unreadable(&column.values, needed);
        if holds.contains(&true) {
            let rows = column.codes.iter().filter(|&&c| holds.get(c as usize) == Some(&true)).count() as u64;
            if rows > 0 {
                missing.push((column.role, rows));
            }
        }
        marks.add_by_code(&column.codes, &holds, Reason::Unreadable);
    }
    missing
}

/// Rows dated outside the programme's period, or after the day the account stands at.
pub fn period(table: &CleanTable, from: Date, to: Date, as_of: Option<Date>, marks: &mut Marks) {
    let Some(column) = table.columns.iter().find(|c| c.role == Role::Date) else { return };
    let ColumnValues::Dates(values) = &column.values else { return };
    let day = |a: &Answer<DateTime>| a.answered().map(|at| at.date());
    let out: Vec<bool> = values.iter().map(|a| day(a).is_some_and(|d| d < from || d > to)).collect();
    marks.add_by_code(&column.codes, &out, Reason::OutOfPeriod);
    if let Some(as_of) = as_of {
        let after: Vec<bool> = values.iter().map(|a| day(a).is_some_and(|d| d > as_of)).collect();
        marks.add_by_code(&column.codes, &after, Reason::AfterAsOf);
    }
}

/// The table of one source, for finding duplicates across its files.
pub struct Side<'a> {
    pub table: &'a CleanTable,
    pub marks: &'a mut Marks,
}

/// No number: the text is missing or cannot be read.
pub(super) const NONE: u32 = u32::MAX;

/// Equal texts of a role in all tables of a source get one number; per table, one number per code.
pub(super) fn intern(sides: &[Side<'_>], role: Role) -> Vec<Option<Vec<u32>>> {
    let alone = sides.len() == 1;
    let distinct = |side: &Side<'_>| match codes(side.table, role).map(|c| &c.values) {
        Some(ColumnValues::Personal(_, texts)) => texts.len(),
        _ => 0,
    };
    let room = if alone { 0 } else { sides.iter().map(distinct).max().unwrap_or(0) };
    let mut seen: HashMap<&str, u32, foldhash::fast::FixedState> =
        HashMap::with_capacity_and_hasher(room, Default::default());
    sides
        .iter()
        .map(|side| {
            let column = side.table.columns.iter().find(|c| c.role == role)?;
            Some(match &column.values {
                ColumnValues::Personal(values, _) if alone => {
                    values.iter().map(|v| v.answered().unwrap_or(NONE)).collect()
                }
                ColumnValues::Personal(values, texts) => values
                    .iter()
                    .map(|v| {
                        v.answered().map_or(NONE, |at| {
                            let next = seen.len() as u32;
                            *seen.entry(texts.expose(at)).or_insert(next)
                        })
                    })
                    .collect(),
                ColumnValues::Labels(values, labels) => values
                    .iter()
                    .map(|v| {
                        v.answered().and_then(|at| labels.get(at as usize)).map_or(NONE, |label| {
                            let next = seen.len() as u32;
                            *seen.entry(label.folded.as_str()).or_insert(next)
                        })
                    })
                    .collect(),
                ColumnValues::YesNo(values) => values.iter().map(|v| v.answered().map_or(2, u32::from)).collect(),
                _ => vec![NONE; column.codes.len()],
            })
        })
        .collect()
}

pub(super) fn codes(table: &CleanTable, role: Role) -> Option<&CleanColumn> {
    table.columns.iter().find(|c| c.role == role)
}

/// One number per row from one number per code.
pub(super) fn per_row(table: &CleanTable, role: Role, numbers: Option<&Vec<u32>>) -> Option<Vec<u32>> {
    let column = codes(table, role)?;
    let numbers = numbers?;
    Some(column.codes.iter().map(|&c| numbers.get(c as usize).copied().unwrap_or(NONE)).collect())
}

/// The second of a row's date, as a number.
pub(super) fn seconds(table: &CleanTable) -> Option<Vec<Option<i64>>> {
    let column = codes(table, Role::Date)?;
    let ColumnValues::Dates(values) = &column.values else { return None };
    let by_code: Vec<Option<i64>> = values
        .iter()
        .map(|a| {
            a.answered().map(|at| {
                let days = i64::from(
                    at.date().since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).map_or(0, |s| s.get_days()),
                );
                days * 86_400 + i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second())
            })
        })
        .collect();
    Some(column.codes.iter().map(|&c| by_code.get(c as usize).copied().flatten()).collect())
}

/// What identifies a row of a survey or list, in order of strength; rows sharing one of them are the same record.
type Identity = (u8, u32, i64);

/// Marks duplicates among the tables of one source: rows with the same identity as one that counts. Gives, per table, whether
/// each row has an identity at all (empty: every row has).
pub fn duplicates(sides: &mut [Side<'_>], kind: SourceKind) -> Vec<Vec<bool>> {
    match kind {
        SourceKind::Attendance => {
            super::pairs::mark(sides);
            vec![Vec::new(); sides.len()]
        }
        SourceKind::Survey => {
            let ids = intern(sides, Role::Response);
            let emails = intern(sides, Role::Email);
            let several = sides.len() > 1;
            let mut identities: Vec<Vec<Vec<Identity>>> = Vec::new();
            for (n, side) in sides.iter().enumerate() {
                let id = per_row(side.table, Role::Response, ids.get(n).and_then(Option::as_ref));
                let email = per_row(side.table, Role::Email, emails.get(n).and_then(Option::as_ref));
                let at = seconds(side.table);
                let long = long_ids(side.table);
                identities.push(
                    (0..side.table.rows)
                        .map(|row| {
                            let at = at.as_ref().and_then(|a| a.get(row).copied().flatten());
                            let mut out = Vec::new();
                            if let Some(&id) = id.as_ref().and_then(|i| i.get(row)).filter(|&&id| id != NONE) {
                                // Short ids count anew in every form: between files they need the time too.
                                out.push((1, id, n as i64));
                                if several && long.get(row).copied().unwrap_or(false) {
                                    out.push((2, id, 0));
                                } else if let (true, Some(at)) = (several, at) {
                                    out.push((3, id, at));
                                }
                            } else if let (Some(&email), Some(at)) =
                                (email.as_ref().and_then(|e| e.get(row)).filter(|&&e| e != NONE), at)
                            {
                                out.push((4, email, at));
                            }
                            out
                        })
                        .collect(),
                );
            }
            mark(sides, &identities)
        }
        SourceKind::People | SourceKind::Sessions | SourceKind::Sites => {
            let role = match kind {
                SourceKind::People => Role::Person,
                SourceKind::Sessions => Role::Session,
                _ => Role::Site,
            };
            let ids = intern(sides, role);
            let identities: Vec<Vec<Vec<Identity>>> = sides
                .iter()
                .enumerate()
                .map(|(n, side)| match per_row(side.table, role, ids.get(n).and_then(Option::as_ref)) {
                    Some(ids) => {
                        ids.into_iter().map(|id| if id == NONE { Vec::new() } else { vec![(1, id, 0)] }).collect()
                    }
                    None => vec![Vec::new(); side.table.rows],
                })
                .collect();
            mark(sides, &identities)
        }
        SourceKind::Counts => sides.iter().map(|s| vec![false; s.table.rows]).collect(),
    }
}

/// Per row, whether its response id is long enough to be given once in the world of its platform.
fn long_ids(table: &CleanTable) -> Vec<bool> {
    let Some(column) = codes(table, Role::Response) else { return Vec::new() };
    let ColumnValues::Personal(values, texts) = &column.values else { return Vec::new() };
    let long: Vec<bool> = values.iter().map(|v| v.answered().is_some_and(|at| texts.expose(at).len() >= 8)).collect();
    column.codes.iter().map(|&c| long.get(c as usize).copied().unwrap_or(false)).collect()
}

fn mark(sides: &mut [Side<'_>], identities: &[Vec<Vec<Identity>>]) -> Vec<Vec<bool>> {
    let mut seen: HashMap<Identity, (), foldhash::fast::FixedState> = HashMap::with_hasher(Default::default());
    let mut order: Vec<(u32, usize, usize)> = Vec::new();
    for (n, (side, rows)) in sides.iter().zip(identities).enumerate() {
        let with = rows.iter().enumerate().filter(|(_, ids)| !ids.is_empty());
        order.extend(with.map(|(row, _)| (side.marks.weight(row), n, row)));
    }
    // Of equal records the first against which the least speaks stays, whatever the order of the rows.
    order.sort_unstable();
    for (_, n, row) in order {
        let (Some(side), Some(ids)) = (sides.get_mut(n), identities.get(n).and_then(|rows| rows.get(row))) else {
            continue;
        };
        if ids.iter().any(|id| seen.contains_key(id)) {
            side.marks.add(row, Reason::Duplicate);
        }
        seen.extend(ids.iter().map(|&id| (id, ())));
    }
    identities.iter().map(|rows| rows.iter().map(|ids| !ids.is_empty()).collect()).collect()
}

/// Rows equal in every cell to an earlier row, as read: the extra copies, ascending.
pub fn equal_rows(table: &Table) -> Vec<u32> {
    let mut hashes: Vec<(u64, u32)> = (0..table.rows as u32).map(|row| (0xcbf2_9ce4_8422_2325, row)).collect();
    for column in &table.columns {
        for ((hash, _), &code) in hashes.iter_mut().zip(&column.codes) {
            *hash = (*hash ^ u64::from(code)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        }
    }
    hashes.sort_unstable();
    let same = |a: u32, b: u32| table.columns.iter().all(|c| c.codes.get(a as usize) == c.codes.get(b as usize));
    let mut out = Vec::new();
    for run in hashes.chunk_by(|a, b| a.0 == b.0) {
        let mut firsts: Vec<u32> = Vec::new();
        for &(_, row) in run {
            if firsts.iter().any(|&first| same(first, row)) {
                out.push(row);
            } else {
                firsts.push(row);
            }
        }
    }
    out.sort_unstable();
    out
}
