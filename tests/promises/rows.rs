//! Promise: no row is lost unseen. Whatever the tables hold, the ledger balances, and the order of rows decides nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;
use reach::clean::{Cleaned, clean};
use reach::ingest::{Column, Format, InputFile, Intake, Origin, Part, Table, Texts};
use reach::ledger::{Account, Furniture, Reason};
use reach::spec::Spec;

/// A column of these cells.
fn column(header: Vec<String>, system: Option<&'static str>, part: Part, position: u32, cells: &[&str]) -> Column {
    let mut texts = Texts::new();
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    let codes = (0u32..)
        .zip(cells)
        .map(|(row, cell)| match known.get(cell) {
            Some(&code) => {
                texts.count_one(code);
                code
            }
            None => {
                let code = texts.push(cell, row);
                known.insert(cell, code);
                code
            }
        })
        .collect();
    Column { header, system, part, question: position, position, codes, texts, ..Column::default() }
}

/// The same intake with the rows of one table as `order` names them.
fn reordered(intake: &Intake, which: usize, order: &[usize]) -> Intake {
    let mut out = Intake { files: intake.files.clone(), ..Intake::default() };
    for (at, table) in intake.tables.iter().enumerate() {
        let all: Vec<usize> = (0..table.rows).collect();
        let order = if at == which { order } else { &all };
        let columns = table
            .columns
            .iter()
            .map(|c| {
                let cells: Vec<&str> = order.iter().map(|&row| c.texts.text(c.codes[row])).collect();
                column(c.header.clone(), c.system, c.part, c.position, &cells)
            })
            .collect();
        let faulty = table
            .faulty
            .iter()
            .filter_map(|&(row, why)| Some((order.iter().position(|&o| o == row as usize)? as u32, why)))
            .collect();
        out.tables.push(Table {
            columns,
            faulty,
            sheet: table.sheet.clone(),
            reason: table.reason.clone(),
            furniture: table.furniture.clone(),
            origin: table.origin.clone(),
            rows: order.len(),
            parent: table.parent.clone(),
            ..*table
        });
    }
    out
}

/// Rows, accepted and each reason of one table.
fn sums(account: &Account) -> (u64, u64, BTreeMap<Reason, u64>) {
    (account.rows, account.accepted, account.by_reason())
}

/// Numbers that are the same on every run.
fn draws(seed: u64, n: usize, below: usize) -> Vec<usize> {
    let mut state = seed;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        })
        .collect()
}

const CELLS: [&str; 34] = [
    "",
    " ",
    "1",
    "2",
    "3",
    "12.0",
    "1.0E+11",
    "Yes",
    "no",
    "YES ",
    "Maybe",
    "N/A",
    "-",
    "Prefer not to say",
    "2024-03-01",
    "2024-03-02 10:00",
    "03/04/2024",
    "25/12/2024",
    "12/25/24",
    "4 March 2024",
    "42403",
    "1,234",
    "1.234",
    "12,5",
    "39%",
    "-99",
    "#REF!",
    "a@b.org",
    "test",
    "Press (newspapers, radio etc); Library Staff;",
    "Press, my friend",
    "\u{feff}\u{a0}",
    "=1+1",
    "None of these",
];

const SPECS: [(&str, &str, usize); 5] = [
    (
        "[source.s]\nfiles = \"*.csv\"\nkind = \"survey\"\n",
        "s,A,response,id,,,,\ns,B,date,date,,,,\ns,C,email,,,,,\ns,D,ok,choice,Yes | No,,,\n\
         s,E,heard,choices,\"Press (newspapers, radio etc) | Press | Library Staff | (none) None of these | (other)\",,,\ns,F,score,number,,,,\n",
        6,
    ),
    (
        "[source.s]\nfiles = \"*.csv\"\nkind = \"attendance\"\n",
        "s,A,person,id,,,,\ns,B,session,id,,,,\ns,C,present,choice,Yes | No,,,\ns,D,date,date,,,,\n",
        4,
    ),
    (
        "[source.s]\nfiles = \"*.csv\"\nkind = \"people\"\n",
        "s,A,person,id,,,,\ns,B,joined,date,,,,\ns,C,postcode,,,,,\n",
        3,
    ),
    (
        "[source.s]\nfiles = \"*.csv\"\nkind = \"sessions\"\n",
        "s,A,session,id,,,,\ns,B,date,date,,,,\ns,C,site,,,,,\ns,D,hours,number,,,,\n",
        4,
    ),
    (
        "[source.s]\nfiles = \"*.csv\"\nkind = \"counts\"\ncounts = \"visits\"\n",
        "s,A,site,,,,,\ns,B,date,date,,,,\ns,C,value,number,,,,\n",
        3,
    ),
];

fn spec(which: usize) -> Spec {
    let (toml, book, _) = SPECS[which];
    let folder = tempfile::tempdir().unwrap();
    let head = "[programme]\nname = \"P\"\nfrom = 2024-01-01\nto = 2024-12-31\n";
    std::fs::write(folder.path().join("reach.toml"), format!("{head}{toml}")).unwrap();
    std::fs::write(
        folder.path().join("codebook.csv"),
        format!("source,column,is,type,options,class,outcome,text\n{book}"),
    )
    .unwrap();
    std::fs::write(
        folder.path().join("recodes.csv"),
        "list,written,means,why\nsite,Yes,Here,\nsite,no,(not a place),\n",
    )
    .unwrap();
    reach::spec::load(&folder.path().join("reach.toml")).unwrap()
}

fn table(width: usize, file: usize, rows: &[Vec<usize>]) -> Table {
    let columns = (0..width)
        .map(|at| {
            let cells: Vec<&str> = rows.iter().map(|row| CELLS[row[at] % CELLS.len()]).collect();
            column(vec![char::from(b'A' + at as u8).to_string()], None, Part::Whole, at as u32, &cells)
        })
        .collect();
    Table {
        file,
        platform: "plain",
        header_rows: 1,
        columns,
        rows: rows.len(),
        origin: Origin { first: 2, skips: Vec::new() },
        furniture: vec![(Furniture::Header, 1)],
        faulty: if rows.len() > 3 { vec![(1, "the row is longer than its header")] } else { Vec::new() },
        ..Table::default()
    }
}

fn intake(which: usize, tables: &[Vec<Vec<usize>>]) -> Intake {
    let file = |n: usize| InputFile {
        name: format!("f{n}.csv"),
        source: 0,
        bytes: 0,
        digest: blake3::hash(b""),
        format: Format::Delimited,
        encoding: None,
        skipped: Vec::new(),
        delimiter: Some(','),
    };
    Intake {
        files: (0..tables.len()).map(file).collect(),
        tables: tables.iter().enumerate().map(|(n, rows)| table(SPECS[which].2, n, rows)).collect(),
        ..Intake::default()
    }
}

fn tables() -> impl Strategy<Value = (usize, Vec<Vec<Vec<usize>>>)> {
    let row = proptest::collection::vec(0usize..CELLS.len(), 6);
    let rows = proptest::collection::vec(row, 1..12);
    (0usize..SPECS.len(), proptest::collection::vec(rows, 1..3))
}

/// What was decided of whole columns, and how many rows fell to each reason.
fn decisions(c: &Cleaned) -> String {
    let mut problems: Vec<(&str, String, u64)> =
        c.problems.list.iter().map(|p| (p.code, p.message.clone(), p.count)).collect();
    problems.sort();
    // Of two records of one id that differ, the first stays: what is said of the rows that count may then depend on the order.
    let twice = c.ledger.accounts.iter().any(|a| a.by_reason().contains_key(&Reason::Duplicate));
    let said = c.ledger.accounts.iter().map(|a| (!twice).then(|| (a.flags.clone(), c.as_of))).collect::<Vec<_>>();
    let sums: Vec<_> = c.ledger.accounts.iter().map(|a| (sums(a), a.values.clone())).collect();
    format!("{:?} {sums:?} {problems:?} {said:?}", c.dates)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_balances_whatever_the_tables_hold((which, rows) in tables()) {
        let spec = spec(which);
        let c = clean(intake(which, &rows), &spec, None);
        prop_assert_eq!(c.ledger.check(), Vec::<String>::new());
        for t in &c.tables {
            let accepted = t.accepted.iter().filter(|a| **a).count() as u64;
            prop_assert_eq!(accepted, c.ledger.accounts[t.account].accepted);
            for column in &t.columns {
                prop_assert_eq!(column.codes.len(), t.rows);
            }
        }
        for a in &c.ledger.accounts {
            for v in &a.values {
                prop_assert_eq!(v.values, a.rows);
            }
        }
    }

    #[test]
    fn the_order_of_rows_decides_nothing((which, rows) in tables(), seed in 0u64..1000) {
        let spec = spec(which);
        let whole = intake(which, &rows);
        let mut order: Vec<usize> = (0..rows[0].len()).collect();
        for (at, with) in draws(seed, order.len(), order.len()).into_iter().enumerate() {
            order.swap(at, with);
        }
        let mixed = reordered(&whole, 0, &order);
        prop_assert_eq!(decisions(&clean(whole, &spec, None)), decisions(&clean(mixed, &spec, None)));
    }

    #[test]
    fn a_proved_order_never_contradicts_a_date_of_its_pattern((_, rows) in tables()) {
        let spec = spec(0);
        let whole = intake(0, &rows);
        let cells: Vec<String> =
            whole.tables.iter().flat_map(|t| { let c = &t.columns[1]; c.codes.iter().map(|&code| c.texts.text(code).to_owned()) }).collect();
        let c = clean(whole, &spec, None);
        for p in c.dates.iter().flat_map(|d| &d.patterns).filter(|p| p.pattern == "dd/dd/dddd" && !p.assumed) {
            match p.order {
                Some(reach::spec::DateOrder::DayMonthYear) => prop_assert!(cells.iter().any(|c| c.starts_with("25/12"))),
                Some(reach::spec::DateOrder::MonthDayYear) => prop_assert!(!cells.iter().any(|c| c.starts_with("25/12"))),
                _ => {}
            }
        }
    }
}
