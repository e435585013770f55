//! Tables that belong to one another: what a form repeats within a response stands in a table of its own (KoboToolbox: other
//! sheets, ODK: other files), whose rows name the row that they belong to.

use std::collections::HashSet;

use super::read::ReadFile;
use super::{Column, InputFile, Parent, SkippedSheet, SkippedWhy, Table, legend};
use crate::problem::{Place, Problem, Problems};
use crate::spec::fold;

/// Columns by which a table of repeats names a row of another table, and the column there.
const LINKS: [(&str, &str, &str); 2] = [("kobotoolbox", "_parent_index", "_index"), ("odk", "parent_key", "key")];
/// The longest name of a sheet; longer names of groups are cut.
const SHEET_NAME: usize = 31;

/// Finds the parents of the tables of one file, or of files that lie together, and what each finds there. Nothing is joined.
pub(crate) fn relate(files: &[InputFile], tables: &mut [Table]) -> Problems {
    let mut problems = Problems::default();
    for child in 0..tables.len() {
        let Some(found) = tables.get(child).and_then(|table| parent_of(files, tables, table)) else { continue };
        let Some(table) = tables.get_mut(child) else { continue };
        if table.parent.as_ref() == Some(&found) {
            continue;
        }
        if let Some(message) = words(&found, table.rows) {
            let mut place = Place::file(files.get(table.file).map_or("", |f| f.name.as_str()));
            if let Some(sheet) = &table.sheet {
                place = place.sheet(sheet.clone());
            }
            problems.push(Problem::noted("repeated-group", place, message).count(found.without_parent.max(1)));
        }
        table.parent = Some(found);
    }
    problems
}

/// What is said of a table of repeats.
fn words(parent: &Parent, rows: usize) -> Option<String> {
    let (file, there) = (parent.file.as_ref()?, parent.sheet.as_ref());
    let there = there.map_or_else(|| file.clone(), |sheet| format!("the sheet {sheet}"));
    let mut out = format!("each row belongs to a row of {there}, which it names in {}", parent.column);
    if parent.without_parent > 0 {
        out.push_str(&format!("; {} of {rows} rows name none that is there", parent.without_parent));
    }
    if parent.without_child > 0 {
        out.push_str(&format!("; {} rows there have none here", parent.without_child));
    }
    Some(out)
}

/// A column that the platform writes of its own, by its folded header; R puts an X before a line.
fn own<'t>(table: &'t Table, word: &str) -> Option<&'t Column> {
    table.columns.iter().filter(|c| c.system.is_some()).find(|c| {
        let header = c.header.first().map(|h| fold(h)).unwrap_or_default();
        header == word || header.strip_prefix('x') == Some(word)
    })
}

/// The parent of a table of repeats; `None` for any other table.
fn parent_of(files: &[InputFile], tables: &[Table], child: &Table) -> Option<Parent> {
    let (platform, link, key) = LINKS.iter().find(|(platform, _, _)| *platform == child.platform)?;
    let column = own(child, link)?;
    let called = own(child, "_parent_table_name").and_then(|c| {
        c.texts.iter().filter(|(_, text, _)| !text.trim().is_empty()).max_by_key(|(_, _, n)| *n).map(|t| t.1.to_owned())
    });
    let mut out = Parent {
        called: called.clone(),
        column: column.title(),
        without_parent: child.rows as u64,
        ..Parent::default()
    };
    let candidates = tables.iter().filter(|t| {
        t.platform == *platform && !std::ptr::eq(*t, child) && (*platform == "odk" || t.file == child.file)
    });
    let cut = |name: &str| fold(name).chars().take(SHEET_NAME).collect::<String>();
    let named = |t: &Table| called.as_ref().is_some_and(|c| t.sheet.as_ref().is_some_and(|s| cut(s) == cut(c)));
    let best = candidates
        .filter_map(|t| Some((t, found(column, own(t, key)?))))
        .filter(|(t, hit)| hit.rows > 0 || named(t))
        .max_by_key(|(t, hit)| (named(t), hit.rows, own(t, link).is_none()));
    if let Some((table, hit)) = best {
        out.file = files.get(table.file).map(|f| f.name.clone());
        out.sheet.clone_from(&table.sheet);
        out.without_parent = (child.rows as u64).saturating_sub(hit.rows);
        out.without_child = (table.rows as u64).saturating_sub(hit.parents);
    }
    Some(out)
}

/// How many rows of a link find their key, and how many keys are found.
struct Hit {
    rows: u64,
    parents: u64,
}

fn found(link: &Column, key: &Column) -> Hit {
    let set = |column: &Column| -> HashSet<String, foldhash::fast::FixedState> {
        let texts = column.texts.iter().filter(|(_, text, rows)| *rows > 0 && !text.trim().is_empty());
        texts.map(|(_, text, _)| text.trim().to_owned()).collect()
    };
    let (links, keys) = (set(link), set(key));
    let count = |column: &Column, other: &HashSet<String, _>| -> u64 {
        column.texts.iter().filter(|(_, text, _)| other.contains(text.trim())).map(|(_, _, n)| u64::from(n)).sum()
    };
    Hit { rows: count(link, &keys), parents: count(key, &links) }
}

/// Of a workbook with several sheets of data the one that all others belong to: they hold what its responses repeat, or the legend
/// of its codes. The file with that table alone; `None` where it cannot be told.
pub(super) fn main_table(mut all: ReadFile, shown: &str) -> Option<ReadFile> {
    let main = |table: &Table| table.parent.is_none();
    if all.problems.stop().is_some() || all.tables.iter().filter(|t| main(t)).count() != 1 {
        return None;
    }
    let file = all.file.as_mut()?;
    let (kept, others): (Vec<Table>, Vec<Table>) = all.tables.into_iter().partition(main);
    let sheet = kept.first()?.sheet.clone()?;
    let names: Vec<String> = others.iter().filter_map(|t| t.sheet.clone()).collect();
    if !names.is_empty() {
        all.problems.list.retain(|p| p.code != "repeated-group");
        all.problems.push(
            Problem::assumed(
                "sheet-main",
                Place::file(shown).sheet(sheet),
                format!(
                    "this sheet is read; {}, and {} not read",
                    match names.as_slice() {
                        [one] => format!("the sheet {one} holds what its responses repeat"),
                        many => format!("the sheets {} hold what its responses repeat", many.join(", ")),
                    },
                    if names.len() == 1 { "is" } else { "are" }
                ),
            )
            .hint("to read another sheet, name it in reach.toml")
            .count(names.len() as u64),
        );
    }
    file.skipped.extend(names.into_iter().map(|sheet| SkippedSheet { sheet, why: SkippedWhy::Repeats }));
    all.tables = kept;
    Some(all)
}

/// What the tables of one file are to one another.
pub(super) fn within(read: &mut ReadFile) {
    let Some(file) = read.file.as_mut() else { return };
    legend::apply(file, &mut read.tables, &mut read.problems);
    let problems = relate(std::slice::from_ref(file), &mut read.tables);
    read.problems.append(problems);
}
