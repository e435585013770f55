//! Lists of people: registers and membership files, true on the day they were made.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::build::{Builder, Column, Draft, sentence};
use super::key::Codes;
use super::period::long_date;
use super::questions::{self, Asked};
use super::{Basis, Exposure, Formula, State, Value, catalogue};
use crate::clean::shared_dates;
use crate::link::PeopleList;

/// One universe of people per list: how many, by when they joined, by district, by place, and by what the register says of them.
pub(super) fn add(b: &mut Builder<'_>) {
    let linked = b.linked;
    for list in &linked.lists {
        one(b, list);
    }
}

/// First words of attributes that may stand in small letters in the middle of a title.
const COMMON: [&str; 14] = [
    "age",
    "gender",
    "sex",
    "ethnic",
    "ethnicity",
    "disability",
    "disabled",
    "religion",
    "membership",
    "member",
    "ward",
    "type",
    "group",
    "language",
];

/// An attribute as it stands after "by": `age group`, `“How old are you?”`.
fn by_what(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let plain = !text.ends_with('?') && !text.contains('\u{201c}');
    if plain && COMMON.contains(&first.to_lowercase().as_str()) && first.chars().skip(1).all(char::is_lowercase) {
        let mut chars = text.chars();
        return chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect());
    }
    if plain { text.to_owned() } else { format!("\u{201c}{text}\u{201d}") }
}

fn one(b: &mut Builder<'_>, list: &PeopleList) {
    let source = list.title.clone().unwrap_or_else(|| b.source_title(&list.source));
    let subject = b.subject("list", &list.source);
    let universe = b.universe(subject.clone(), ("person", "people"), Exposure::Persons, source.clone());
    if let Some(u) = b.out.universes.get_mut(universe) {
        u.from = None;
        u.to = list.as_at.or(u.to);
    }
    // Those who had left by then are not on the list: it never shows how many joined.
    let people = match list.as_at {
        Some(day) => format!("{}: people active on {}", sentence(&source), long_date(day)),
        None => format!("{}: people on the list", sentence(&source)),
    };
    let table = |b: &mut Builder<'_>, family: Option<usize>, cut: Vec<usize>, words: &str, note: Option<&str>| {
        let Some(family) = family else { return };
        let draft = Draft {
            subject: format!("people-list:{}", subject.strip_prefix("list:").unwrap_or(&subject)),
            title: format!("{people}{words}"),
            family,
            cut,
            formula: Formula::Count,
            basis: Basis::FullCount,
            source: source.clone(),
        };
        let table = b.table(&catalogue::PEOPLE_LIST, draft);
        table.notes.extend(note.map(str::to_string));
    };

    let whole = b.tally(universe, list.len, &[]);
    table(b, whole, vec![], "", None);

    if let Some(joined) = &list.joined {
        let last = list.as_at.or(b.out.as_of).unwrap_or(b.spec.programme.to).max(b.spec.programme.to);
        let sane = |d: &Date| d.year() >= 1900 && *d <= last;
        let dates: Vec<Option<Date>> = joined.iter().map(|a| a.answered().filter(sane)).collect();
        if let Some([year, _, month]) = b.periods("joined", &dates, "date of joining not known") {
            let family = b.tally(universe, list.len, &[&year, &month]);
            let mut note =
                "Only people still on the list are counted: this is not how many joined in a month or year".to_owned();
            let mut by_date = BTreeMap::new();
            for date in dates.iter().flatten() {
                *by_date.entry(*date).or_default() += 1;
            }
            let shared: Vec<String> = shared_dates(&by_date, &b.spec.limits).into_iter().map(long_date).collect();
            if !shared.is_empty() {
                note.push_str(&format!(
                    ". Many have the date {}, which a system seems to have filled in: it says little of when they joined",
                    shared.join(" or ")
                ));
            }
            table(b, family, vec![0], " by year of joining", Some(&note));
            table(b, family, vec![1], " by month of joining", Some(&note));
        }
    }
    if let Some(district) = &list.district {
        let mut codes = Codes::with_states();
        let all: Vec<Value> = list
            .districts
            .iter()
            .map(|l| Value { code: codes.code(&l.text), label: l.text.clone(), state: State::Answered })
            .collect();
        let of: Vec<Option<u32>> = district.iter().map(|a| a.answered()).collect();
        let column = b.labelled("district", "Postcode district", &all, &of, "postcode not known");
        by(b, universe, list.len, &column, |b, f| table(b, f, vec![0], " by postcode district", None));
    }
    if let Some(site) = &list.site {
        let of: Vec<Option<u32>> = site.iter().map(|a| a.answered()).collect();
        let column = b.places(&of);
        by(b, universe, list.len, &column, |b, f| table(b, f, vec![0], " by place", None));
    }
    let mut codes = Codes::new();
    for question in &list.questions {
        let code = codes.code(&question.key);
        let words = format!(" by {}", by_what(&question.text));
        match questions::dimension(b, question, &code) {
            Some(Asked::One { column, .. }) => {
                by(b, universe, list.len, &column, |b, f| table(b, f, vec![0], &words, None));
            }
            Some(Asked::Several { dimension, ticks }) => {
                let family = questions::ticked(universe, list.len, &[], dimension, ticks, None);
                let family = b.family(family);
                table(b, family, vec![0], &words, Some("One person may be counted under several of these"));
            }
            None => {}
        }
    }
}

/// A family by one column, if it says anything, and what to make of it.
fn by(
    b: &mut Builder<'_>,
    universe: usize,
    units: usize,
    column: &Column,
    mut table: impl FnMut(&mut Builder<'_>, Option<usize>),
) {
    if b.known(column) {
        let family = b.tally(universe, units, &[column]);
        table(b, family);
    }
}
