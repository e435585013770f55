//! Questions of several columns: options that are ticked, rows of a grid, things put in order.

use std::collections::BTreeSet;

use super::{Answer, Closed, How, again, cells, is_date, is_number, of_cells, trim};
use crate::ingest::dictionary::blank_text;
use crate::ingest::{Column, Table};
use crate::spec::fold;

/// Rows with a tick from which on it counts that none ever has two.
const ENOUGH: u64 = 20;
/// The most answers that the rows of a grid share.
const ANSWERS: usize = 40;

/// Options with a column each: several ticks or one, counted row by row.
pub(super) fn of_options(table: &Table, options: &[usize]) -> (How, String) {
    let columns: Vec<&Column> = options.iter().filter_map(|&at| table.columns.get(at)).collect();
    let mut ticks = vec![0u16; table.rows];
    let mut closed = Closed::default();
    for column in &columns {
        let ticked: Vec<bool> = column.texts.iter().map(|(_, text, _)| is_tick(text)).collect();
        let mut rows = 0;
        for (count, &code) in ticks.iter_mut().zip(&column.codes) {
            let here = ticked.get(code as usize) == Some(&true);
            *count += u16::from(here);
            rows += u64::from(here);
        }
        let text = column.header.last().cloned().unwrap_or_default();
        closed.options.push(Answer { text, rows });
    }
    let answered = ticks.iter().filter(|&&n| n > 0).count() as u64;
    let several = ticks.iter().filter(|&&n| n > 1).count() as u64;
    let chosen = closed.options.iter().filter(|o| o.rows > 0).count();
    let stem = columns.first().and_then(|c| c.header.first()).map(|h| fold(h)).unwrap_or_default();
    let all = ["all that apply", "all which apply", "as many as", "more than one"].iter().any(|w| stem.contains(w));
    if answered == 0 {
        return (How::Ticked(closed), "there is a column for each option, and nothing is ticked".to_owned());
    }
    if several > 0 {
        let why = format!("there is a column for each option, and {several} of {answered} rows tick more than one");
        return (How::Ticked(closed), why);
    }
    if all || chosen < 2 || !(answered >= ENOUGH || (answered >= 3 && yes_or_no(&closed))) {
        let why = if all {
            "there is a column for each option, and the question allows several".to_owned()
        } else {
            format!(
                "there is a column for each option; {answered} rows are too few to tell whether one may tick several"
            )
        };
        return (How::Ticked(closed), why);
    }
    let why = format!("there is a column for each option, but none of {answered} rows ticks more than one");
    (How::Spread(closed), why)
}

fn yes_or_no(closed: &Closed) -> bool {
    closed.options.iter().take(2).map(|o| fold(&o.text)).eq(["yes".to_owned(), "no".to_owned()])
}

/// Whether a cell of an option's column ticks it: anything but nothing and the words for "not ticked".
fn is_tick(text: &str) -> bool {
    let text = trim(text);
    if blank_text(text) {
        return false;
    }
    if text.len() > 24 {
        return true;
    }
    !matches!(
        fold(text).as_str(),
        "0" | "0.0" | "no" | "n" | "false" | "not selected" | "unchecked" | "not ticked" | "n/a" | "-99" | "na"
    )
}

/// Rows of a grid, ranks, or numbers and texts with a column for each.
pub(super) fn of_rows(table: &Table, rows: &[usize], spaced: bool) -> (How, String) {
    let columns: Vec<&Column> = rows.iter().filter_map(|&at| table.columns.get(at)).collect();
    let all = cells(&columns);
    if all.is_empty() {
        return (How::Blank, "nothing stands in its columns".to_owned());
    }
    if let Some(places) = ranked(table, &columns) {
        let why = format!("its columns hold 1 to {places}, and no row holds a place twice");
        return (How::Ranked { places }, why);
    }
    let total: u64 = all.iter().map(|(_, n)| n).sum();
    let share = |is: fn(&str) -> bool| all.iter().filter(|(text, _)| is(text)).map(|(_, n)| n).sum::<u64>();
    if share(is_date) * 10 >= total * 9 {
        return (How::Date, "nearly every cell is a date".to_owned());
    }
    let few = few_answers(&all);
    if share(is_number) * 10 >= total * 9 {
        // Small whole numbers: the points of a scale, no amounts.
        let point = |o: &Answer| o.text.parse::<u32>().is_ok_and(|n| n <= 11);
        let points = few.as_ref().is_some_and(|c| c.options.iter().all(point) && c.other == 0);
        return match few {
            Some(closed) if points => {
                (How::Grid(None, closed), "its rows share one set of numbered answers".to_owned())
            }
            _ => (How::Number, "nearly every cell is a number".to_owned()),
        };
    }
    match of_cells(&all, spaced) {
        (How::Joined(by, closed), why) => (How::Grid(Some(by), closed), why),
        (How::One(closed), _) => (How::Grid(None, closed), "its rows share one set of answers".to_owned()),
        (How::Text, why) => match few {
            Some(closed) => (How::Grid(None, closed), "its rows share one set of answers".to_owned()),
            None => (How::Text, why),
        },
        other => other,
    }
}

/// The shared answers of a grid: few, whatever their length, and nearly all cells hold one of them.
fn few_answers(cells: &[(&str, u64)]) -> Option<Closed> {
    if let Some(closed) = again(cells) {
        return Some(closed);
    }
    let distinct: BTreeSet<String> = cells.iter().take(ANSWERS + 1).map(|(text, _)| fold(text)).collect();
    let rows: u64 = cells.iter().map(|(_, n)| n).sum();
    let fits = distinct.len() <= ANSWERS && cells.len() <= ANSWERS && rows >= 3 * distinct.len() as u64;
    let options =
        || cells.iter().filter(|(_, n)| *n >= 2).map(|(text, n)| Answer { text: (*text).to_owned(), rows: *n });
    fits.then(|| {
        let options: Vec<Answer> = options().collect();
        let other = rows - options.iter().map(|o| o.rows).sum::<u64>();
        Closed { options, other }
    })
}

/// How many places there are, where columns hold 1 to k, each row at most once each, and enough rows hold several.
fn ranked(table: &Table, columns: &[&Column]) -> Option<usize> {
    let k = columns.len();
    if !(2..=60).contains(&k) {
        return None;
    }
    let mut seen = vec![0u64; table.rows];
    let mut held = 0u64;
    for column in columns {
        let mut places = Vec::with_capacity(column.texts.len());
        for (_, text, _) in column.texts.iter() {
            let text = trim(text);
            let place = match text.parse::<usize>() {
                _ if blank_text(text) => 0,
                Ok(place) if (1..=k).contains(&place) => place,
                _ => return None,
            };
            places.push(place);
        }
        for (row, &code) in seen.iter_mut().zip(&column.codes) {
            let place = places.get(code as usize).copied().unwrap_or(0);
            if place > 0 {
                held |= 1 << place;
                if *row & (1 << place) != 0 {
                    return None;
                }
                *row |= 1 << place;
            }
        }
    }
    // Two answers of a grid may differ by chance in a few rows; a permutation of many is none.
    let several = seen.iter().filter(|row| row.count_ones() >= 2).count();
    let whole = (1..=k).all(|place| held & (1 << place) != 0) || held.count_ones() as usize + 1 >= k;
    let enough = if k >= 4 { 3 } else { 6 };
    (several >= enough && whole).then_some(k)
}
