//! Several tables on one sheet or in one text file: below each other between blank rows, or side by side between blank columns.
//!
//! A block is a table of its own where it has a header of its own above values of its own. A blank row between rows of the same
//! columns, a blank column between columns of the same rows, and a header that is told again do not part a table.

use std::collections::BTreeSet;

use super::band;
use super::evidence::{self, Seems};
use super::layout::{COLUMNS, Merge, Rec, tidy};
use super::range::Range;
use super::read::{ReadOptions, Sheets};
use crate::exit::Exit;
use crate::problem::{Place, Problem};
use crate::spec::fold;

/// The most records that are held to look for several tables among them.
pub(super) const HELD: usize = 5_000;

/// The most cells of them.
pub(super) const HELD_CELLS: usize = 400_000;

/// One of several tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Its records, with what stands above its header.
    pub records: (usize, usize),
    /// Its columns, both ends inside.
    pub columns: (usize, usize),
    /// From its header to its last record.
    pub range: Range,
}

/// The tables among records; of fewer than two, none.
pub(super) fn find(records: &[Rec]) -> Vec<Block> {
    let width = records.iter().map(Rec::width).max().unwrap_or(0);
    if records.len() < 4 || !(2..=COLUMNS).contains(&width) {
        return Vec::new();
    }
    let mut out = Vec::new();
    let sides = sides(records, width);
    for columns in sides {
        out.extend(stacked(records, columns));
    }
    if out.len() < 2 {
        return Vec::new();
    }
    out
}

/// Which of the tables are read.
///
/// # Errors
/// Where there are several and the spec names none, or one that is not there.
pub(super) fn choose(blocks: &[Block], options: &ReadOptions, place: &Place) -> Result<Vec<usize>, Problem> {
    let count = blocks.len().max(1);
    let what = if place.sheet.is_some() { "sheet" } else { "file" };
    let listed: Vec<String> = (1..).zip(blocks).map(|(n, b)| format!("{n} is {}", b.range)).collect();
    match options.table {
        Some(n) if n as usize <= count => Ok(vec![n as usize - 1]),
        Some(n) => {
            let many = if count == 1 { "1 table".to_owned() } else { format!("{count} tables") };
            let message = format!("reach.toml asks for table {n}, and the {what} has {many}");
            let hint = if blocks.is_empty() {
                "leave the table line out of reach.toml, or name the cells: range = \"A3:F20\"".to_owned()
            } else {
                format!("name one of them: {}", listed.join(", "))
            };
            Err(Problem::stops("table-missing", Exit::Spec, place.clone(), message).hint(hint))
        }
        None if options.sheets == Sheets::All || blocks.is_empty() => Ok((0..count).collect()),
        None => Err(Problem::stops(
            "table-undecided",
            Exit::Data,
            place.clone(),
            format!("the {what} has {count} tables, and reach.toml does not say which is meant"),
        )
        .hint(format!(
            "name one in reach.toml, such as table = 1: {}; if they are one table, name its cells: range = \"A1:F\"",
            listed.join(", ")
        ))),
    }
}

/// The records of a block, with its columns alone, and what of the merged cells lies in it.
pub(super) fn cut(records: &[Rec], merges: &[Merge], block: &Block) -> (Vec<Rec>, Vec<Merge>) {
    let (from, to) = block.columns;
    let own = records.get(block.records.0..=block.records.1).unwrap_or_default();
    let recs = own.iter().map(|r| narrowed(r, from, to)).filter(|r| r.fill() > 0).collect();
    let rows = (own.first().map_or(0, |r| r.number), own.last().map_or(0, |r| r.number));
    let inside = |m: &&Merge| {
        m.columns.0 as usize >= from && m.columns.0 as usize <= to && m.rows.0 >= rows.0 && m.rows.0 <= rows.1
    };
    let moved = |m: &Merge| Merge {
        rows: m.rows,
        columns: (m.columns.0 - from as u32, (m.columns.1.min(to as u32)) - from as u32),
    };
    (recs, merges.iter().filter(inside).map(moved).collect())
}

/// A record's cells in some columns only.
fn narrowed(rec: &Rec, from: usize, to: usize) -> Rec {
    let end = (to + 1).min(rec.cells.len());
    Rec { number: rec.number, cells: rec.cells.get(from..end).unwrap_or_default().to_vec() }
}

/// The stretches of columns that are tables side by side; one stretch where they are not.
fn sides(records: &[Rec], width: usize) -> Vec<(usize, usize)> {
    let mut occupied = vec![false; width];
    for rec in records {
        for (c, seen) in occupied.iter_mut().enumerate() {
            *seen |= !rec.cell(c).is_empty();
        }
    }
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    for c in (0..width).filter(|&c| occupied.get(c) == Some(&true)) {
        match stretches.last_mut() {
            Some((_, to)) if *to + 1 == c => *to = c,
            _ => stretches.push((c, c)),
        }
    }
    let all = (0, width - 1);
    if stretches.len() < 2 || stretches.len() > 12 {
        return vec![all];
    }
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut sides: Vec<Side> = Vec::new();
    for (from, to) in stretches {
        let own: Vec<Rec> = records.iter().map(|r| narrowed(r, from, to)).filter(|r| r.fill() > 0).collect();
        match (side(&own), sides.last()) {
            (Some(side), last) if last.is_none_or(|l| l.is_apart(&side)) && (last.is_some() || out.is_empty()) => {
                out.push((from, to));
                sides.push(side);
            }
            (_, _) => match out.last_mut() {
                Some(last) => last.1 = to,
                None => out.push((from, to)),
            },
        }
    }
    if sides.len() < 2 || out.len() != sides.len() { vec![all] } else { out }
}

/// A table in a stretch of columns.
struct Side {
    header: u64,
    last: u64,
    labels: Vec<String>,
    titled: bool,
    /// Whether its first column has a name of its own in every row.
    keyed: bool,
}

impl Side {
    /// Whether two tables side by side are not one with a blank column in it.
    fn is_apart(&self, right: &Side) -> bool {
        if !self.keyed || !right.keyed {
            return false;
        }
        let again = right.labels.iter().filter(|l| !l.is_empty() && self.labels.contains(l)).count();
        self.header != right.header || self.last != right.last || again >= 2 || (self.titled && right.titled)
    }
}

fn side(own: &[Rec]) -> Option<Side> {
    let at = head(own)?;
    let header = own.get(at)?;
    let rows = own.get(at + 1..)?;
    let keys: Vec<String> = rows.iter().map(|r| fold(r.cell(0))).filter(|t| !t.is_empty()).collect();
    let different: BTreeSet<&String> = keys.iter().collect();
    let texts = keys.iter().filter(|k| evidence::seems(k) != Seems::Number).count();
    Some(Side {
        header: header.number,
        last: own.last()?.number,
        labels: (0..header.cells.len()).map(|c| fold(header.cell(c))).collect(),
        titled: at > 0,
        keyed: rows.len() >= 2
            && header.fill() >= 2
            && !header.cell(0).is_empty()
            && keys.len() == rows.len()
            && texts * 10 >= keys.len() * 8
            && different.len() * 10 >= keys.len() * 9,
    })
}

/// The tables below each other in a stretch of columns.
fn stacked(records: &[Rec], (from, to): (usize, usize)) -> Vec<Block> {
    let own: Vec<(usize, Rec)> =
        records.iter().enumerate().map(|(i, r)| (i, narrowed(r, from, to))).filter(|(_, r)| r.fill() > 0).collect();
    // Where each stretch of records without a blank one between begins.
    let starts: Vec<usize> = (0..own.len())
        .filter(|&i| i == 0 || own.get(i).zip(own.get(i - 1)).is_some_and(|((_, a), (_, b))| a.number > b.number + 1))
        .collect();
    if starts.len() > 400 {
        return whole(&own, (from, to));
    }
    let mut tables: Vec<Start> = Vec::new();
    // Where what belongs to the next table begins: titles with a blank row below them.
    let mut pending: Option<usize> = None;
    for (n, &start) in starts.iter().enumerate() {
        let end = starts.get(n + 1).copied().unwrap_or(own.len());
        let part: Vec<Rec> = own.get(start..end).unwrap_or_default().iter().map(|(_, r)| copied(r)).collect();
        let Some(at) = head(&part) else {
            let title = part.len() <= 3 && part.iter().all(|r| r.fill() == 1) && !tables.is_empty();
            pending = if title { pending.or(Some(start)) } else { None };
            if tables.is_empty() {
                pending = Some(pending.unwrap_or(0));
            }
            continue;
        };
        let begin = pending.take().unwrap_or(start);
        let labels = part.get(at).map(labels).unwrap_or_default();
        let titles: BTreeSet<String> = own
            .get(begin..start + at)
            .unwrap_or_default()
            .iter()
            .flat_map(|(_, r)| r.cells.iter().map(|c| fold(&tidy(c))).filter(|t| !t.is_empty()).collect::<Vec<_>>())
            .collect();
        let again = tables.last().is_some_and(|last: &Start| {
            let same = alike(&last.labels, &labels);
            // The same names under another title are another table; under the same one, or none, they are told again.
            same && (titles.is_empty() || last.titles.is_empty() || titles.iter().any(|t| last.titles.contains(t)))
        });
        if !again {
            // Pairs of words and days above the first table are words about it.
            if let [only] = tables.as_slice()
                && is_preamble(own.get(only.head..start).unwrap_or_default())
            {
                tables.clear();
            }
            let begin = if tables.is_empty() { 0 } else { begin };
            tables.push(Start { begin, head: start + at, labels, titles });
        }
    }
    if tables.len() < 2 {
        return whole(&own, (from, to));
    }
    let ends: Vec<usize> = tables.iter().skip(1).map(|t| t.begin).chain([own.len()]).collect();
    tables.iter().zip(ends).filter_map(|(t, end)| block(&own, t.begin, t.head, end, (from, to))).collect()
}

/// Whether records are words about a table: a few pairs of a label and a value of its own kind.
fn is_preamble(own: &[(usize, Rec)]) -> bool {
    let recs: Vec<Rec> = own.iter().map(|(_, r)| copied(r)).collect();
    let pairs = recs.iter().all(|r| r.fill() <= 2);
    let said = recs.iter().filter(|r| r.cell(0).ends_with(':')).count() * 2 > recs.len();
    let days = recs.iter().any(|r| r.cells.iter().any(|c| evidence::seems(c) == Seems::Date));
    recs.len() <= 8 && pairs && (said || days)
}

/// The table that begins at a header.
struct Start {
    begin: usize,
    head: usize,
    labels: Vec<(usize, String)>,
    titles: BTreeSet<String>,
}

fn block(own: &[(usize, Rec)], begin: usize, head: usize, end: usize, columns: (usize, usize)) -> Option<Block> {
    let (first, _) = own.get(begin)?;
    let (last, rec) = own.get(end.checked_sub(1)?)?;
    let row = own.get(head)?.1.number;
    let width = own.get(head..end)?.iter().map(|(_, r)| r.width()).max().unwrap_or(1).max(1);
    let left = own.get(head..end)?.iter().filter_map(|(_, r)| r.cells.iter().position(|c| !tidy(c).is_empty())).min();
    let left = columns.0 + left.unwrap_or(0);
    let range = Range { rows: (row, rec.number), columns: (left as u32, (columns.0 + width - 1) as u32) };
    Some(Block { records: (*first, *last), columns, range })
}

/// The stretch of columns as one table.
fn whole(own: &[(usize, Rec)], columns: (usize, usize)) -> Vec<Block> {
    let recs: Vec<Rec> = own.iter().take(super::layout::PREVIEW).map(|(_, r)| copied(r)).collect();
    let head = head(&recs).unwrap_or(0);
    block(own, 0, head, own.len(), columns).into_iter().collect()
}

fn copied(rec: &Rec) -> Rec {
    Rec { number: rec.number, cells: rec.cells.clone() }
}

fn labels(rec: &Rec) -> Vec<(usize, String)> {
    (0..rec.cells.len()).map(|c| (c, fold(rec.cell(c)))).filter(|(_, t)| !t.is_empty()).collect()
}

/// Whether two headers name nearly the same columns at the same places.
fn alike(one: &[(usize, String)], other: &[(usize, String)]) -> bool {
    let same = one.iter().filter(|label| other.contains(label)).count();
    same * 10 >= one.len().max(other.len()) * 8
}

/// The index of a header with rows below it: names above values, of which it has none itself.
fn head(part: &[Rec]) -> Option<usize> {
    (0..part.len().saturating_sub(1).min(6)).find(|&i| {
        let Some(rec) = part.get(i) else { return false };
        if rec.fill() < 2 || !band::is_names(part, i) || !band::titles_above(part, i) {
            return false;
        }
        let below = part.get(i + 1..).unwrap_or_default();
        if below.len() < 2 && rec.fill() < 3 {
            return false;
        }
        let kinds = band::typed_columns(below);
        let typed = kinds.iter().enumerate().filter(|(c, k)| k.is_some() && !rec.cell(*c).is_empty()).count();
        let values = kinds
            .iter()
            .enumerate()
            .filter(|(c, k)| {
                k.is_some_and(|k| evidence::seems(rec.cell(*c)) == k && !evidence::is_period(rec.cell(*c)))
            })
            .count();
        let names = band::contrast(part, i);
        names > 0 && values == 0 && names * 2 >= typed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records of lines, their cells between bars; an empty line is a blank record.
    fn records(lines: &[&str]) -> Vec<Rec> {
        (1u64..)
            .zip(lines)
            .map(|(number, line)| Rec { number, cells: line.split('|').map(|c| c.trim().to_owned()).collect() })
            .filter(|r| r.fill() > 0)
            .collect()
    }

    fn ranges(lines: &[&str]) -> Vec<String> {
        find(&records(lines)).iter().map(|b| b.range.to_string()).collect()
    }

    #[test]
    fn below_each_other() {
        let two = ["Visits", "Library|April|May", "City|3|4", "West|1|2", "", "Staff|Hours", "Ann|12", "Bob|14"];
        assert_eq!(ranges(&two), ["A2:C4", "A6:B8"]);
        // The same columns under another title.
        let years =
            ["2023", "Library|Visits", "City|3", "West|1", "", "2024", "", "Library|Visits", "City|3", "West|2"];
        assert_eq!(ranges(&years), ["A2:B4", "A8:B10"]);
    }

    #[test]
    fn side_by_side() {
        let two = ["Library|Visits||Group|Members", "City|3||Knitting|12", "West|1||Chess|4", "East|2||"];
        assert_eq!(ranges(&two), ["A1:B4", "D1:E3"]);
        let lower =
            ["Library|Visits||", "City|3||Group|Members", "West|1||Chess|4", "East|2||Go|7", "North|4||Bridge|3"];
        assert_eq!(ranges(&lower), ["A1:B5", "D2:E5"]);
    }

    #[test]
    fn one_table_stays_one() {
        for lines in [
            // A gap, totals and a note below it.
            &["Library|Visits", "City|3", "West|1", "", "East|2", "", "Total|6", "", "Source: counters"][..],
            // A header told again.
            &["Library|Visits", "City|3", "West|1", "", "Library|Visits", "East|2"],
            // A blank column before the totals, and before notes of the same rows.
            &["Library|May|June||Total", "City|3|4||7", "West|1|2||3"],
            &["Name|Age||Town|Visits", "Ann|34||Gateshead|3", "Bob|45||Newcastle|1", "Cal|23||Gateshead|2"],
            // Words about the table, a blank row, the table.
            &["Report|Visits", "Date|03/04/2025", "", "Library|Visits", "City|3", "West|1"],
            // Closed all year.
            &["Library|May|June", "City|3|4", "", "West|closed|closed", "East|3|4"],
        ] {
            assert_eq!(ranges(lines), Vec::<String>::new(), "{lines:?}");
        }
    }
}
