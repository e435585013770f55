//! Which rows count. Every row keeps all the reasons that hold of it; the first in the order of [`Reason`] sets it aside, the
//! others stay beside it.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};

use super::{Answer, CleanTable, ColumnValues};
use crate::ingest::{Table, Texts};
use crate::ledger::Reason;
use crate::spec::{Kind as SourceKind, Role, fold};

/// All reasons, in their order.
pub const REASONS: [Reason; 12] = [
    Reason::Unreadable,
    Reason::Test,
    Reason::Spam,
    Reason::Rejected,
    Reason::Erased,
    Reason::Duplicate,
    Reason::ScreenedOut,
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

/// Rows whose name, e-mail, id, event or place is nothing but "test".
pub fn tests(table: &Table, column: usize, role: Role, marks: &mut Marks) {
    let Some(column) = table.columns.get(column) else { return };
    if matches!(role, Role::Name | Role::Email | Role::Person | Role::Event | Role::Site | Role::Response) {
        // Every text of a long register is looked at: only those that begin so are folded.
        let begins = |t: &str| t.len() <= 24 && t.trim_start().starts_with(['t', 'T', 'a', 'A']);
        let tests: Vec<bool> = column.texts.iter().map(|(_, t, _)| begins(t) && is_test(&fold(t))).collect();
        marks.add_by_code(&column.codes, &tests, Reason::Test);
    }
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

/// Rows of those who are to be erased: their ids, responses and e-mails as the spec lists them, compared as everywhere else.
pub fn erased(table: &CleanTable, erased: &[(Role, Texts)], marks: &mut Marks) {
    for (role, ids) in erased {
        let ids = super::personal::read(ids, *role, &super::tokens::Missing::default()).texts;
        let ids: BTreeSet<&str> = (0..ids.len() as u32).map(|at| ids.expose(at)).collect();
        for column in table.columns.iter().filter(|column| column.role == *role) {
            let ColumnValues::Personal(values, texts) = &column.values else { continue };
            let named = |a: &Answer<u32>| a.answered().is_some_and(|at| ids.contains(texts.expose(at)));
            let holds: Vec<bool> = values.iter().map(named).collect();
            marks.add_by_code(&column.codes, &holds, Reason::Erased);
        }
    }
}
