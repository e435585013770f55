//! One list of places over all tables, and which of them the register of places knows.

use std::collections::BTreeMap;

use crate::clean::{Answer, CleanColumn, CleanTable};
use crate::ledger::Flag;
use crate::problem::{Place, Problem};
use crate::spec::{Is, Kind, Role, Selector, Source, Spec, fold};

use super::books::{Books, list, many};
use super::columns;
use super::labels::{Labels, used};
use super::suggest::suggest;
use super::{Join, Site, Suggestion};

/// The places of the programme: those of the register first, in its order, then all others by label.
pub(super) struct Sites {
    pub labels: Labels,
    /// How many of them stand in a register of places; `None` where the spec has none.
    registered: Option<usize>,
}

impl Sites {
    /// All places that rows which count name.
    pub fn gather(tables: &[CleanTable], spec: &Spec, books: &mut Books) -> Self {
        let kind = |table: &&CleanTable| spec.sources.get(table.source).map(|source| source.kind);
        let mut labels = Labels::default();
        let mut registered = None;
        for table in tables.iter().filter(|t| kind(t) == Some(Kind::Sites)) {
            registered = Some(labels.list.len());
            let Some(column) = columns::column(table, Role::Site) else { continue };
            let (values, names) = columns::labels(column);
            let mut twice = Vec::new();
            for row in columns::accepted(table) {
                let Some(name) = columns::of_row(values, column, row).answered().and_then(|i| names.get(i as usize))
                else {
                    continue;
                };
                let before = labels.list.len();
                labels.add(name.clone());
                if labels.list.len() == before {
                    twice.push(table.origin.record(row).to_string());
                }
            }
            registered = Some(labels.list.len());
            books.note(
                Problem::noted(
                    "site-twice",
                    books.place(table).column(column.name.clone()),
                    format!(
                        "{} of the register of places name a place that stands above already (row {})",
                        many(twice.len() as u64, "row", "rows"),
                        list(&twice)
                    ),
                )
                .hint("keep one row per place")
                .count(twice.len() as u64),
            );
        }
        for label in Labels::gather(tables.iter(), Role::Site).list {
            labels.add(label);
        }
        Sites { labels, registered }
    }

    /// The number of the place per code of a column.
    pub fn of(&self, column: &CleanColumn) -> Vec<Answer<u32>> {
        self.labels.of(column)
    }

    /// The list as it leaves this room.
    pub fn into_list(self) -> Vec<Site> {
        let registered = self.registered;
        let known = |number: usize| registered.map(|first| number < first);
        self.labels.list.into_iter().enumerate().map(|(i, label)| Site { label, registered: known(i) }).collect()
    }

    /// For every source that names places, what the register lacks and what the source never names.
    pub fn join(&self, tables: &[CleanTable], spec: &Spec, books: &mut Books) {
        let Some(registered) = self.registered else { return };
        let of_kind = |kind| spec.sources.iter().enumerate().filter(move |(_, source)| source.kind == kind);
        let register: Vec<&str> = of_kind(Kind::Sites).map(|(_, source)| source.name.as_str()).collect();
        let register = register.join(" and ");
        let known: Vec<_> = self.labels.list.iter().take(registered).collect();
        for (index, source) in spec.sources.iter().enumerate().filter(|(_, source)| source.kind != Kind::Sites) {
            let mine = || tables.iter().filter(move |table| table.source == index);
            if !mine().any(|table| columns::column(table, Role::Site).is_some()) {
                continue;
            }
            let mut rows: BTreeMap<u32, u64> = BTreeMap::new();
            for table in mine() {
                let Some(column) = columns::column(table, Role::Site) else { continue };
                let mut unknown = 0;
                for (label, n) in used(table, column).into_iter().filter(|&(_, n)| n > 0) {
                    let Some(number) = self.labels.number(label) else { continue };
                    *rows.entry(number).or_default() += n;
                    unknown += if number as usize >= registered { n } else { 0 };
                }
                books.flag(table, Flag::UnknownSite, unknown);
            }
            let left_rows: u64 = mine().map(|table| columns::accepted(table).len() as u64).sum();
            let matched = |number: &u32| (*number as usize) < registered;
            let label = |number: &u32| self.labels.list.get(*number as usize);
            let join = Join {
                name: format!("{} → {register}", source.name),
                left: source.name.clone(),
                right: register.clone(),
                by: "site".to_owned(),
                left_rows,
                left_matched: rows.iter().filter(|(number, _)| matched(number)).map(|(_, n)| n).sum(),
                left_blank: left_rows.saturating_sub(rows.values().sum()),
                right_rows: registered as u64,
                right_matched: rows.keys().filter(|number| matched(number)).count() as u64,
                left_only: rows
                    .iter()
                    .filter(|(number, _)| !matched(number))
                    .filter_map(|(number, n)| Some((label(number)?.text.clone(), *n)))
                    .collect(),
                right_only: known
                    .iter()
                    .enumerate()
                    .filter(|(number, _)| !rows.contains_key(&(*number as u32)))
                    .map(|(_, label)| (label.text.clone(), 1))
                    .collect(),
                suggestions: rows
                    .keys()
                    .filter(|number| !matched(number))
                    .filter_map(|number| {
                        let written = label(number)?;
                        let (means, why) = suggest(written, &known)?;
                        Some(Suggestion {
                            list: "site".to_owned(),
                            written: written.text.clone(),
                            means: means.text.clone(),
                            why,
                        })
                    })
                    .collect(),
            };
            tell(&join, source, books);
            books.joins.push(join);
        }
    }
}

/// What an evaluator must know of a join with the register of places.
fn tell(join: &Join, source: &Source, books: &mut Books) {
    let names: Vec<String> = join.left_only.iter().map(|(label, _)| label.clone()).collect();
    let rows: u64 = join.left_only.iter().map(|(_, rows)| rows).sum();
    let mut problem = Problem::noted(
        "site-unregistered",
        Place::default(),
        format!(
            "{} of {} ({}) {} not in the register of places ({}): {}",
            many(names.len() as u64, "place", "places"),
            join.left,
            many(rows, "row", "rows"),
            if names.len() == 1 { "is" } else { "are" },
            join.right,
            list(&names)
        ),
    )
    .count(names.len() as u64);
    problem.hint = Some(match join.suggestions.as_slice() {
        [] => "add the place to the register, or say in recodes which place is meant".to_owned(),
        lines => {
            let lines: Vec<String> = lines.iter().map(line).collect();
            format!("if these are the same places, add to recodes: {}", lines.join("; "))
        }
    });
    // A place that is called as its own column is: a second header row among the data.
    let headers = source.columns.iter().filter(|rule| matches!(&rule.is, Is::Role(Role::Site, _)));
    let again = headers.clone().find_map(|rule| match &rule.selector {
        Selector::Named(header) => names.iter().find(|name| fold(name) == fold(header)),
        _ => None,
    });
    if let Some(name) = again {
        problem.hint = Some(format!(
            "“{}” is the column's own header: if the file has a second header row among its data, delete that row",
            name
        ));
    }
    books.note(problem);
    let silent: Vec<String> = join.right_only.iter().map(|(label, _)| label.clone()).collect();
    if source.kind == Kind::Counts {
        books.note(
            Problem::noted(
                "site-without-counts",
                Place::default(),
                format!(
                    "{} of the register ({}) {} no row in {}: {}",
                    many(silent.len() as u64, "place", "places"),
                    join.right,
                    if silent.len() == 1 { "has" } else { "have" },
                    join.left,
                    list(&silent)
                ),
            )
            .count(silent.len() as u64),
        );
    }
}

/// A suggestion as a line of the recodes file.
fn line(suggestion: &Suggestion) -> String {
    let cell = |text: &str| match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    };
    let cells = [&suggestion.list, &suggestion.written, &suggestion.means, &suggestion.why];
    cells.map(|text| cell(text)).join(",")
}
