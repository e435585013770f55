//! Lists of people: registers with identifiers, and files in which each row is one person.

use std::collections::BTreeMap;

use crate::clean::{Answer, CleanTable, Label};
use crate::ledger::Reason;
use crate::problem::Problem;
use crate::spec::{Role, Source, fold};

use super::books::{Books, many};
use super::people::{Digest, Persons};
use super::questions::{self, Part};
use super::sites::Sites;
use super::{PeopleList, columns, postcode};

/// The list of one source.
pub(super) fn gather(
    tables: &mut [CleanTable],
    (number, source): (usize, &Source),
    sites: &Sites,
    persons: &mut Persons,
    books: &mut Books,
) -> PeopleList {
    let mine = |table: &&mut CleanTable| table.source == number;
    let mut list = PeopleList {
        source: source.name.clone(),
        title: source.title.clone(),
        identified: false,
        as_at: source.as_at,
        len: 0,
        persons: Vec::new(),
        joined: None,
        site: None,
        district: None,
        districts: Vec::new(),
        questions: Vec::new(),
    };
    list.identified = tables.iter_mut().filter(mine).any(|table| columns::column(table, Role::Person).is_some());
    if list.identified {
        for table in tables.iter_mut().filter(mine) {
            identify(table, &mut list, persons, books);
        }
    }
    let tables: Vec<&mut CleanTable> = tables.iter_mut().filter(mine).collect();
    let has = |role| tables.iter().any(|table| columns::column(table, role).is_some());
    let mut joined = has(Role::Joined).then(Vec::new);
    let mut site = has(Role::Site).then(Vec::new);
    let mut district = has(Role::Postcode).then(Vec::new);
    let mut districts = Districts::default();
    let mut parts = Vec::new();
    for table in tables {
        let rows = columns::accepted(table);
        list.len += rows.len();
        if let Some(joined) = &mut joined {
            let column = columns::column(table, Role::Joined).map(|column| (column, columns::dates(column)));
            joined.extend(per_row(&rows, column));
        }
        if let Some(site) = &mut site {
            let column = columns::column(table, Role::Site).map(|column| (column, sites.of(column)));
            site.extend(per_row(&rows, column));
        }
        if let Some(district) = &mut district {
            let column = columns::column(table, Role::Postcode).map(|column| (column, districts.of(column)));
            let before = district.len();
            district.extend(per_row(&rows, column));
            let fresh = district.get(before..).unwrap_or_default();
            let unreadable = fresh.iter().filter(|answer| **answer == Answer::Unreadable).count() as u64;
            let place = match columns::column(table, Role::Postcode) {
                Some(column) => books.place(table).column(column.name.clone()),
                None => books.place(table),
            };
            books.note(
                Problem::noted(
                    "postcode-unreadable",
                    place,
                    format!(
                        "{} no United Kingdom postcode or postcode district; counted as unreadable",
                        many(unreadable, "cell has", "cells have")
                    ),
                )
                .count(unreadable),
            );
        }
        parts.push(Part { questions: std::mem::take(&mut table.questions), rows });
    }
    if let Some(district) = &mut district {
        list.districts = districts.sort(district);
    }
    list.joined = joined;
    list.site = site;
    list.district = district;
    list.questions = questions::merge(&source.name, parts, books);
    list
}

/// Gives each accepted row of a register its person; a row without an identifier, or with one that stands above, is set aside.
fn identify(table: &mut CleanTable, list: &mut PeopleList, persons: &mut Persons, books: &mut Books) {
    let of_codes = persons.of_register(table).unwrap_or_default();
    let column = columns::column(table, Role::Person);
    let of = |row| of_codes.get(columns::code(column?, row)).copied().flatten();
    let digests: Vec<Option<Digest>> = columns::accepted(table).into_iter().map(of).collect();
    let mut aside = Vec::new();
    let mut standing = vec![false; persons.len()];
    for &person in &list.persons {
        if let Some(stands) = standing.get_mut(person as usize) {
            *stands = true;
        }
    }
    let (mut without, mut twice) = (0, 0);
    for (row, digest) in columns::accepted(table).into_iter().zip(digests) {
        let Some(digest) = digest else {
            without += 1;
            aside.push((row, Reason::Unreadable));
            continue;
        };
        let number = persons.number(digest);
        if standing.len() <= number as usize {
            standing.resize(number as usize + 1, false);
        }
        match standing.get_mut(number as usize) {
            Some(stands @ false) => {
                *stands = true;
                list.persons.push(number);
            }
            _ => {
                twice += 1;
                aside.push((row, Reason::Duplicate));
            }
        }
    }
    let name = &list.source;
    books.note(
        Problem::noted(
            "person-without-id",
            books.place(table),
            format!("{} of {name} no identifier; set aside", many(without, "row has", "rows have")),
        )
        .hint("give every person of the register an identifier")
        .count(without),
    );
    books.note(
        Problem::noted(
            "person-twice",
            books.place(table),
            format!("{} of {name} a person who stands above already; set aside", many(twice, "row has", "rows have")),
        )
        .count(twice),
    );
    books.set_aside(table, &aside);
}

/// The answers of some rows from answers per code; a table without the column was not asked.
pub(super) fn per_row<T: Copy>(
    rows: &[u32],
    column: Option<(&crate::clean::CleanColumn, Vec<Answer<T>>)>,
) -> Vec<Answer<T>> {
    match column {
        Some((column, values)) => rows.iter().map(|&row| columns::of_row(&values, column, row)).collect(),
        None => vec![Answer::NotAsked; rows.len()],
    }
}

/// Postcode districts in the order in which they are met.
#[derive(Default)]
struct Districts {
    list: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Districts {
    /// The district per code of a postcode column.
    fn of(&mut self, column: &crate::clean::CleanColumn) -> Vec<Answer<u32>> {
        let Some((values, texts)) = columns::personal(column) else { return Vec::new() };
        values
            .iter()
            .map(|value| match value {
                Answer::Answered(text) if (*text as usize) < texts.len() => {
                    match postcode::outward(texts.expose(*text)) {
                        Some(district) => Answer::Answered(self.number(district)),
                        None => Answer::Unreadable,
                    }
                }
                Answer::Answered(_) | Answer::Unreadable => Answer::Unreadable,
                Answer::Refused => Answer::Refused,
                Answer::Blank => Answer::Blank,
                Answer::NotAsked => Answer::NotAsked,
            })
            .collect()
    }

    fn number(&mut self, district: String) -> u32 {
        let next = self.list.len() as u32;
        let number = *self.numbers.entry(district.clone()).or_insert(next);
        if number == next {
            self.list.push(district);
        }
        number
    }

    /// The districts that entries have, sorted by area and number; the entries' numbers follow.
    fn sort(self, entries: &mut [Answer<u32>]) -> Vec<Label> {
        let mut used = vec![false; self.list.len()];
        for district in entries.iter().filter_map(|answer| answer.answered()) {
            if let Some(used) = used.get_mut(district as usize) {
                *used = true;
            }
        }
        let mut order: Vec<(usize, &String)> =
            self.list.iter().enumerate().filter(|(i, _)| used.get(*i) == Some(&true)).collect();
        order.sort_by_cached_key(|(_, district)| postcode::order(district));
        let mut new = vec![0u32; self.list.len()];
        for (to, (from, _)) in order.iter().enumerate() {
            if let Some(new) = new.get_mut(*from) {
                *new = to as u32;
            }
        }
        for entry in entries {
            *entry = entry.map(|district| new.get(district as usize).copied().unwrap_or_default());
        }
        order.into_iter().map(|(_, district)| Label { text: district.clone(), folded: fold(district) }).collect()
    }
}
