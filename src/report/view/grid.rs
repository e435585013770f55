//! A table for a page: what stands in its head, its rows and its cells.

use serde::Serialize;

use crate::measure::{Basis, Figure};

use super::super::words::{self, Period};
use super::cell::{conditions, drawn, interval, is_left_over, is_percent, is_share, of_base, shown};

/// The most cells of a table on a page; longer ones are in their CSV file only.
const CELLS: usize = 640;
/// More figures than this make no table, however they are laid out: two centuries of months.
const MOST: usize = 2_400;
/// The most columns.
const COLUMNS: usize = 20;

/// A table as it is printed. The first column of each row is its heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grid {
    pub caption: String,
    pub head: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub head: String,
    pub cells: Vec<String>,
}

/// What became of a table's figures.
pub enum Made {
    Grid(Grid),
    TooLong,
    Nothing,
}

/// Lays figures out: one dimension down; two across; more in a list.
pub fn grid(title: &str, figures: &[&Figure]) -> Made {
    let depth = figures.iter().map(|f| f.dimensions.len()).max().unwrap_or(0);
    if figures.is_empty() {
        return Made::Nothing;
    }
    if figures.len() > MOST {
        return Made::TooLong;
    }
    let made = match depth {
        0 | 1 => years(figures).or_else(|| Some(list(figures, 1))),
        2 => cross(figures).or_else(|| Some(list(figures, 2))),
        deep => Some(list(figures, deep)),
    };
    match made {
        Some((head, rows)) if rows.len() * head.len() <= CELLS => {
            Made::Grid(Grid { caption: title.to_owned(), head, rows })
        }
        _ => Made::TooLong,
    }
}

type Laid = (Vec<String>, Vec<Row>);

/// The heading of the dimension at a position.
fn heading(figures: &[&Figure], position: usize) -> String {
    let title = figures.iter().find_map(|f| f.dimensions.get(position)).map(|c| c.dimension_title.as_str());
    title.map_or_else(|| "All".to_owned(), words::capital)
}

/// One figure to a row, with its base and its interval where there are any.
fn list(figures: &[&Figure], depth: usize) -> Laid {
    let percent = figures.iter().any(|f| is_percent(f));
    let bases = figures.iter().any(|f| !of_base(f).is_empty());
    let limits = figures.iter().any(|f| !interval(f).is_empty());
    let mut head: Vec<String> = (0..depth).map(|i| heading(figures, i)).collect();
    let unit = figures.first().map_or("", |f| f.unit.as_str());
    head.push(if percent { "Percentage".to_owned() } else { words::capital(unit) });
    if bases {
        head.push("Number and base".to_owned());
    }
    if limits {
        let chosen = figures.iter().any(|f| matches!(f.basis, Basis::SelfSelected));
        let percent = figures.iter().find_map(|f| f.confidence).map_or(95.0, |c| c * 100.0);
        let name = format!("{}% interval", words::number(percent, 0));
        head.push(if chosen { format!("{name}, as if a random sample") } else { name });
    }
    // What is left over comes last, as in the chart.
    let mut figures: Vec<&Figure> = figures.to_vec();
    figures.sort_by_key(|f| f.dimensions.first().is_some_and(is_left_over));
    let rows = figures
        .iter()
        .map(|f| {
            let label = |i: usize| conditions(f).get(i).map_or_else(|| "All".to_owned(), |c| c.label.clone());
            let mut cells: Vec<String> = (1..depth).map(label).collect();
            cells.push(shown(f));
            if bases {
                cells.push(of_base(f));
            }
            if limits {
                cells.push(interval(f));
            }
            Row { head: label(0), cells }
        })
        .collect();
    (head, rows)
}

/// Distinct values of a dimension in the order of their first appearance: (code, label).
fn values(figures: &[&Figure], position: usize) -> Vec<(String, String)> {
    let mut seen = std::collections::BTreeSet::new();
    let mut out = Vec::new();
    for condition in figures.iter().filter_map(|f| f.dimensions.get(position)) {
        if seen.insert(condition.value.as_str()) {
            out.push((condition.value.clone(), condition.label.clone(), is_left_over(condition)));
        }
    }
    out.sort_by_key(|v| v.2);
    out.into_iter().map(|(code, label, _)| (code, label)).collect()
}

/// Two dimensions as a cross table, the one with fewer values across.
fn cross(figures: &[&Figure]) -> Option<Laid> {
    let (first, second) = (values(figures, 0), values(figures, 1));
    let (down, across, turned) = if second.len() < COLUMNS {
        (first, second, false)
    } else if first.len() < COLUMNS {
        (second, first, true)
    } else {
        return None;
    };
    let (row_at, column_at) = if turned { (1, 0) } else { (0, 1) };
    let find = |row: Option<&str>, column: Option<&str>| {
        let code = |f: &Figure, at: usize| f.dimensions.get(at).map(|c| c.value.clone());
        figures.iter().find(|f| code(f, row_at).as_deref() == row && code(f, column_at).as_deref() == column)
    };
    // Where every share of a row has one base, it stands once in a column of its own; else beside each percentage.
    let one_base = |row: &str| {
        let own = across.iter().filter_map(|(c, _)| find(Some(row), Some(c))).filter(|f| drawn(f).is_some());
        let bases: std::collections::BTreeSet<u64> = own.filter_map(|f| f.base.as_ref().map(|b| b.n)).collect();
        (bases.len() <= 1).then(|| bases.first().map_or(String::new(), |n| words::number(*n as f64, 0)))
    };
    let percent = figures.iter().any(|f| is_share(f));
    let shared = percent && down.iter().all(|(code, _)| one_base(code).is_some());
    let mut head = vec![heading(figures, row_at)];
    head.extend(across.iter().map(|(_, label)| label.clone()));
    if shared {
        head.push("Base".to_owned());
    }
    let cell = |figure: Option<&&Figure>| match figure {
        None => words::NOT_COLLECTED.to_owned(),
        Some(f) if percent && !shared && drawn(f).is_some() => format!("{} ({})", shown(f), of_base(f)),
        Some(f) => shown(f),
    };
    let rows = down
        .iter()
        .map(|(code, label)| {
            let mut cells: Vec<String> = across.iter().map(|(c, _)| cell(find(Some(code), Some(c)))).collect();
            if shared {
                cells.push(one_base(code).unwrap_or_default());
            }
            Row { head: label.clone(), cells }
        })
        .collect();
    Some((head, rows))
}

/// Many months of one dimension as years by months; a month without a figure is marked as not collected.
fn years(figures: &[&Figure]) -> Option<Laid> {
    if figures.len() <= 24 || figures.iter().any(|f| is_share(f)) {
        return None;
    }
    let mut months = std::collections::BTreeMap::new();
    for figure in figures {
        let condition = figure.dimensions.first()?;
        match Period::of(&condition.dimension, &condition.value)? {
            Period::Month(m) => months.insert(m, shown(figure)),
            _ => return None,
        };
    }
    let (first, last) = (*months.first_key_value()?.0, *months.last_key_value()?.0);
    let short = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut head = vec!["Year".to_owned()];
    head.extend(short.map(str::to_owned));
    let rows = (first.div_euclid(12)..=last.div_euclid(12))
        .map(|year| {
            let cell = |m: i32| match months.get(&m) {
                Some(text) => text.clone(),
                None if m < first || m > last => String::new(),
                None => words::NOT_COLLECTED.to_owned(),
            };
            Row { head: year.to_string(), cells: (0..12).map(|m| cell(year * 12 + m)).collect() }
        })
        .collect();
    Some((head, rows))
}
