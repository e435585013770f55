//! Headcounts by place and month: wide logs with a column per month, long ones with a date per row.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::clean::{Answer, CleanTable, ColumnValues, Decimal};
use crate::exit::Exit;
use crate::problem::Problem;
use crate::spec::{CountUnit, Role, Source, Spec};

use super::books::{Books, list, many};
use super::sites::Sites;
use super::{CountCell, Counts, Month, columns};

/// A place and the first day of a month.
type Key = (Option<u32>, Date);

/// What is known of one place in one month, while tables are added.
struct Cell {
    value: Answer<Decimal>,
    /// The last table and row that gave a value.
    table: usize,
    record: u64,
    parts: u32,
    unknown: u32,
}

/// What was found on the way.
#[derive(Default)]
struct Found {
    cells: BTreeMap<Key, Cell>,
    months: BTreeMap<Date, ()>,
    outside: u64,
    twice: Vec<String>,
    added: u64,
}

/// The counts of one source.
pub(super) fn gather(
    tables: &[CleanTable],
    (number, source): (usize, &Source),
    spec: &Spec,
    sites: &Sites,
    books: &mut Books,
) -> Counts {
    let within = |month: Date| month.last_of_month() >= spec.programme.from && month <= spec.programme.to;
    let mut found = Found::default();
    for (index, table) in tables.iter().enumerate().filter(|(_, table)| table.source == number) {
        let site = columns::column(table, Role::Site).map(|column| (column, sites.of(column)));
        let site = |row| site.as_ref().and_then(|(column, values)| columns::of_row(values, column, row).answered());
        let rows = columns::accepted(table);
        for column in table.columns.iter().filter(|column| column.role == Role::Value) {
            let ColumnValues::Numbers(values) = &column.values else { continue };
            let Some(month) = column.month.map(|date| date.first_of_month()) else { continue };
            if !within(month) {
                found.outside += rows.len() as u64;
                continue;
            }
            found.months.insert(month, ());
            for &row in &rows {
                let value = columns::of_row(values, column, row);
                found.add(source.unit, (site(row), month), value, index, table.origin.record(row), false);
            }
        }
        let value = columns::column(table, Role::Value).map(|column| (column, columns::numbers(column)));
        let date = columns::column(table, Role::Date).map(|column| (column, columns::dates(column)));
        let Some((value, values)) = value else { continue };
        for &row in &rows {
            let date = date.as_ref().and_then(|(column, dates)| columns::of_row(dates, column, row).answered());
            let Some(date) = date.or(source.date) else { continue };
            let month = date.first_of_month();
            if !within(month) {
                found.outside += 1;
                continue;
            }
            found.months.insert(month, ());
            let value = columns::of_row(values, value, row);
            found.add(source.unit, (site(row), month), value, index, table.origin.record(row), true);
        }
    }
    tell(&found, source, books);
    Counts {
        source: source.name.clone(),
        what: source.counts.clone().unwrap_or_else(|| source.name.clone()),
        unit: source.unit,
        months: calendar(&found.months),
        cells: found
            .cells
            .into_iter()
            .map(|((site, month), cell)| CountCell { site, month, value: cell.value })
            .collect(),
    }
}

impl Found {
    fn add(&mut self, unit: CountUnit, key: Key, value: Answer<Decimal>, table: usize, record: u64, long: bool) {
        let Some(cell) = self.cells.get_mut(&key) else {
            let unknown = u32::from(value.answered().is_none());
            self.cells.insert(key, Cell { value, table, record, parts: 1, unknown });
            return;
        };
        cell.parts += 1;
        let (Some(old), Some(new)) = (cell.value.answered(), value.answered()) else {
            cell.unknown += 1;
            if cell.value.answered().is_none() {
                cell.value = value;
            }
            return;
        };
        // Rows of one file are parts of one month (days; places that recodes make one). Two files with one month, or two
        // percentages, cannot both be true.
        let addable = unit == CountUnit::Count && (cell.table == table) && (long || cell.record != record);
        match add(old, new).filter(|_| addable && key.0.is_some()) {
            Some(sum) => {
                self.added += u64::from(!long);
                cell.value = Answer::Answered(sum);
                cell.record = record;
            }
            // Cells without a place are added up nowhere: each file's row may have one.
            None if key.0.is_none() => {}
            None => {
                self.twice.push(format!("rows {} and {record} for {}", cell.record, month(key.1)));
            }
        }
    }
}

/// The sum of two decimals, at the finer scale.
fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    let scale = a.scale.max(b.scale);
    let at = |d: Decimal| d.digits.checked_mul(10i64.checked_pow(u32::from(scale - d.scale))?);
    Some(Decimal { digits: at(a)?.checked_add(at(b)?)?, scale })
}

fn month(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// Every month from the first to the last, and whether a file has it.
fn calendar(present: &BTreeMap<Date, ()>) -> Vec<Month> {
    let (Some((&first, ())), Some((&last, ()))) = (present.first_key_value(), present.last_key_value()) else {
        return Vec::new();
    };
    let mut months = Vec::new();
    let mut at = first;
    while at <= last {
        months.push(Month { first: at, present: present.contains_key(&at) });
        let Ok(next) = at.last_of_month().tomorrow() else { break };
        at = next;
    }
    months
}

fn tell(found: &Found, source: &Source, books: &mut Books) {
    let place = || crate::problem::Place::default();
    let name = &source.name;
    if !found.twice.is_empty() {
        books.problems.push(
            Problem::stops(
                "count-twice",
                Exit::Data,
                place(),
                format!(
                    "{name} has two numbers for one place and month, {}: {}",
                    many(found.twice.len() as u64, "time", "times"),
                    list(&found.twice)
                ),
            )
            .hint("keep the number that is right, and delete the other; two files must not cover the same month")
            .count(found.twice.len() as u64),
        );
    }
    books.note(
        Problem::assumed(
            "count-added",
            place(),
            format!(
                "{} of {name} stand in several rows for one place; they are added up",
                many(found.added, "monthly number", "monthly numbers")
            ),
        )
        .hint("if they are the same visits counted twice, delete one of the rows")
        .count(found.added),
    );
    let partly = found.cells.values().filter(|c| c.value.answered().is_some() && c.unknown > 0).count() as u64;
    books.note(
        Problem::noted(
            "count-partly-known",
            place(),
            format!(
                "{} of {name} have a row without a number; the sum is of what is known",
                many(partly, "monthly number", "monthly numbers")
            ),
        )
        .count(partly),
    );
    books.note(
        Problem::noted(
            "count-outside",
            place(),
            format!(
                "{} of {name} {} outside the programme's period; not counted",
                many(found.outside, "cell", "cells"),
                if found.outside == 1 { "is" } else { "are" }
            ),
        )
        .hint("to count them, change from or to in reach.toml")
        .count(found.outside),
    );
    let months = calendar(&found.months);
    let gaps = months.iter().filter(|month| !month.present).count() as u64;
    let missing: Vec<String> = months.iter().filter(|m| !m.present).map(|m| month(m.first)).collect();
    books.note(
        Problem::noted(
            "month-missing",
            place(),
            format!("{name} has no column or row for {}: {}", many(gaps, "month", "months"), list(&missing)),
        )
        .count(gaps),
    );
}
