//! Rows that are the same record: an identity is needed for that. Rows that are equal without one are different people.

use hashbrown::HashMap;

use super::rows::Marks;
use super::{CleanColumn, CleanTable, ColumnValues};
use crate::ingest::Table;
use crate::ledger::Reason;
use crate::spec::{Kind as SourceKind, Role};

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
/// each row has an identity at all (empty: every row has). Responses are set aside only where the spec does not let them count.
pub fn duplicates(sides: &mut [Side<'_>], kind: SourceKind, aside: bool) -> Vec<Vec<bool>> {
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
            if aside { mark(sides, &identities) } else { identified(&identities) }
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
    identified(identities)
}

fn identified(identities: &[Vec<Vec<Identity>>]) -> Vec<Vec<bool>> {
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
