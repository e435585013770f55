//! `quality.html`: what was read and how it was understood, what became of each row and cell, what did not join, what was
//! assumed, and what was withheld.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use crate::ingest::InputFile;
use crate::ledger::{Account, Values};
use crate::link::Join;
use crate::problem::{Problem, Weight};
use crate::protect::Audit;
use crate::spec::{DateOrder, Kind};

use super::super::html::{csp_hash, fill};
use super::super::words::{self, number};
use super::super::{Inside, RenderError};
use super::lists::reason;

const TEMPLATE: &str = include_str!("quality.html");
const STYLE: &str = include_str!("../html/style.css");

#[derive(Serialize)]
struct FileRow {
    source: String,
    kind: &'static str,
    file: String,
    sheet: String,
    size: String,
    format: &'static str,
    encoding: String,
    delimiter: &'static str,
    platform: String,
    reason: String,
    headers: String,
    columns: String,
    rows: String,
}

#[derive(Serialize)]
struct DateRow {
    source: String,
    file: String,
    column: String,
    pattern: String,
    rows: String,
    order: &'static str,
    proof: String,
    assumed: bool,
}

#[derive(Serialize)]
struct AccountView {
    name: String,
    records: String,
    furniture: Vec<(&'static str, String)>,
    rows: String,
    accepted: String,
    set_aside: Vec<(&'static str, String)>,
    flags: Vec<(&'static str, String)>,
    values: Vec<[String; 7]>,
}

#[derive(Serialize)]
struct JoinView {
    name: String,
    by: String,
    sides: [[String; 3]; 2],
    /// How many rows of the left name nothing to join by; empty for none.
    none: String,
    left: String,
    right: String,
    left_only: Vec<(String, String)>,
    right_only: Vec<(String, String)>,
    recodes: Vec<String>,
    more: u64,
}

#[derive(Serialize)]
struct ProblemView {
    weight: &'static str,
    place: String,
    message: String,
    hint: String,
    count: String,
}

/// The page.
pub fn page(audit: &Audit, inside: &Inside<'_>) -> Result<String, RenderError> {
    let style = STYLE.trim();
    let whole = |n: u64| number(n as f64, 0);
    let audit_rows = [
        ("Profile", audit.profile.clone()),
        ("Cells shown", whole(audit.cells_shown)),
        ("Cells withheld", whole(audit.cells_withheld)),
        ("Tables withheld whole", whole(audit.tables_withheld)),
        ("Tables with merged values", whole(audit.tables_merged)),
        ("Cells withheld as a first cause", whole(audit.first_causes.len() as u64)),
    ];
    let accounts: Vec<AccountView> = inside.measured.ledger.accounts.iter().map(account).collect();
    fill(
        "quality.html",
        TEMPLATE,
        context! {
            style => Value::from_safe_string(style.to_owned()),
            style_hash => Value::from_safe_string(csp_hash(style)),
            programme => inside.spec.programme.name.as_str(),
            as_at => inside.as_of.map(words::date),
            files => Value::from(Serde(files(inside))),
            dates => Value::from(Serde(dates(inside))),
            accounts => Value::from(Serde(accounts)),
            joins => Value::from(Serde(inside.joins.iter().map(join).collect::<Vec<_>>())),
            problems => Value::from(Serde(problems(inside))),
            audit => Value::from(Serde(audit_rows)),
        },
    )
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Survey => "survey",
        Kind::People => "people",
        Kind::Sessions => "sessions",
        Kind::Attendance => "attendance",
        Kind::Counts => "counts",
        Kind::Sites => "sites",
    }
}

/// One row for each table; a file of which no table was read has one too.
fn files(inside: &Inside<'_>) -> Vec<FileRow> {
    let mut out = Vec::new();
    for (index, file) in inside.files.iter().enumerate() {
        let source = inside.spec.sources.get(file.source);
        let base = |file: &InputFile| FileRow {
            source: source.map(|s| s.name.clone()).unwrap_or_default(),
            kind: source.map_or("", |s| kind(s.kind)),
            file: file.name.clone(),
            sheet: String::new(),
            size: number(file.bytes as f64, 0),
            format: file.format.words(),
            encoding: file.encoding.as_ref().map_or(String::new(), |(name, how)| format!("{name} ({how})")),
            delimiter: match file.delimiter {
                Some(',') => "comma",
                Some(';') => "semicolon",
                Some('\t') => "tab",
                Some('|') => "bar",
                Some(_) => "other",
                None => "",
            },
            platform: String::new(),
            reason: String::new(),
            headers: String::new(),
            columns: String::new(),
            rows: String::new(),
        };
        let before = out.len();
        for table in inside.tables.iter().filter(|t| t.file == index) {
            out.push(FileRow {
                sheet: table.sheet.clone().unwrap_or_default(),
                platform: table.platform.to_owned(),
                reason: table.reason.clone(),
                headers: table.header_rows.to_string(),
                columns: number(table.columns as f64, 0),
                rows: number(table.rows as f64, 0),
                ..base(file)
            });
        }
        if out.len() == before {
            out.push(base(file));
        }
    }
    out
}

fn dates(inside: &Inside<'_>) -> Vec<DateRow> {
    let row = |d: &crate::clean::DateProof, p: &crate::clean::PatternProof| DateRow {
        source: d.source.clone(),
        file: d.file.clone(),
        column: d.column.clone(),
        pattern: p.pattern.clone(),
        rows: number(p.rows as f64, 0),
        order: match p.order {
            Some(DateOrder::DayMonthYear) => "day month year",
            Some(DateOrder::MonthDayYear) => "month day year",
            Some(DateOrder::YearMonthDay) => "year month day",
            None => "undecided",
        },
        proof: p.proof.clone(),
        assumed: p.assumed,
    };
    inside.dates.iter().flat_map(|d| d.patterns.iter().map(move |p| row(d, p))).collect()
}

fn account(a: &Account) -> AccountView {
    let whole = |n: u64| number(n as f64, 0);
    let value = |v: &Values| {
        let counts = [v.values, v.answered, v.refused, v.blank, v.not_asked, v.unreadable].map(whole);
        let [values, answered, refused, blank, not_asked, unreadable] = counts;
        [v.column.clone(), values, answered, refused, blank, not_asked, unreadable]
    };
    AccountView {
        name: match &a.sheet {
            Some(sheet) => format!("{}: {} (sheet {sheet})", a.source, a.file),
            None => format!("{}: {}", a.source, a.file),
        },
        records: whole(a.records),
        furniture: a.furniture.iter().map(|(k, n)| (k.words().1, whole(*n))).collect(),
        rows: whole(a.rows),
        accepted: whole(a.accepted),
        set_aside: a.by_reason().into_iter().map(|(r, n)| (reason(r), whole(n))).collect(),
        flags: a.flags.iter().map(|(f, n)| (f.words(), whole(*n))).collect(),
        values: a.values.iter().map(value).collect(),
    }
}

/// The most values of one side of a join that the page lists; `joins.csv` has them all.
const SHOWN: usize = 60;

fn join(j: &Join) -> JoinView {
    let whole = |n: u64| number(n as f64, 0);
    let side = |name: &str, rows: u64, matched: u64| [name.to_owned(), whole(rows), whole(matched)];
    let only = |list: &[(String, u64)]| list.iter().take(SHOWN).map(|(v, n)| (v.clone(), whole(*n))).collect();
    let more = j.left_only.len().saturating_sub(SHOWN) + j.right_only.len().saturating_sub(SHOWN);
    JoinView {
        name: j.name.clone(),
        by: j.by.clone(),
        sides: [side(&j.left, j.left_rows, j.left_matched), side(&j.right, j.right_rows, j.right_matched)],
        none: if j.left_blank > 0 { whole(j.left_blank) } else { String::new() },
        left: j.left.clone(),
        right: j.right.clone(),
        left_only: only(&j.left_only),
        right_only: only(&j.right_only),
        recodes: j.suggestions.iter().map(|s| recode(&[&s.list, &s.written, &s.means, &s.why])).collect(),
        more: more as u64,
    }
}

/// A line of `recodes.csv`, ready to be pasted.
fn recode(fields: &[&str]) -> String {
    let field = |text: &&str| {
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            (*text).to_owned()
        }
    };
    fields.iter().map(field).collect::<Vec<_>>().join(",")
}

/// Problems by code, the weightiest and then the commonest first.
fn problems(inside: &Inside<'_>) -> Vec<(&'static str, Vec<ProblemView>)> {
    let mut all: Vec<&Problem> =
        inside.problems.list.iter().chain(&inside.spec.notes.list).chain(&inside.measured.problems.list).collect();
    let mut seen: Vec<&Problem> = Vec::with_capacity(all.len());
    all.retain(|p| {
        let new = !seen.contains(p);
        if new {
            seen.push(p);
        }
        new
    });
    let mut groups: Vec<(&'static str, Vec<&Problem>)> = Vec::new();
    for problem in all {
        match groups.iter_mut().find(|g| g.0 == problem.code) {
            Some(group) => group.1.push(problem),
            None => groups.push((problem.code, vec![problem])),
        }
    }
    groups.sort_by_key(|(code, list)| {
        let weight = list.iter().map(|p| p.weight).min();
        (weight, std::cmp::Reverse(list.iter().map(|p| p.count).sum::<u64>()), *code)
    });
    let view = |p: &&Problem| ProblemView {
        weight: match p.weight {
            Weight::Stops => "stops the run",
            Weight::Assumed => "assumed",
            Weight::Noted => "noted",
        },
        place: p.place.to_string(),
        message: p.message.clone(),
        hint: words::capital(&p.hint.clone().unwrap_or_default()),
        count: number(p.count as f64, 0),
    };
    groups.into_iter().map(|(code, list)| (code, list.iter().map(view).collect())).collect()
}
