//! Promise: what the codebook ignores of a register is not read, and nothing else is any different for it.

use std::path::Path;

use proptest::prelude::*;
use reach::ingest::{Intake, ReadOptions, Table, read_one};
use reach::spec::{ColumnRule, Is, Role, RoleType, Selector};

/// Who and which session are wanted, all else is ignored.
fn rules() -> Vec<ColumnRule> {
    let wanted = |name: &str, role| ColumnRule {
        selector: Selector::Named(name.to_owned()),
        is: Is::Role(role, RoleType::Usual),
        missing: None,
        row: 2,
    };
    let others = ColumnRule { selector: Selector::Others, is: Is::Ignore, missing: None, row: 4 };
    vec![wanted("Who", Role::Person), wanted("Session", Role::Session), others]
}

/// The file as it is read whole, and as a register's.
fn both(path: &Path) -> (Intake, Intake) {
    let whole = read_one(path, "register.csv", &ReadOptions::default());
    let register = ReadOptions { rules: Some(rules().into()), ..ReadOptions::default() };
    (whole, read_one(path, "register.csv", &register))
}

/// Every text of a column, row by row, with how often and where first it stands.
fn cells(table: &Table, title: &str) -> Vec<(String, u32, u32)> {
    let column = table.columns.iter().find(|c| c.title() == title).unwrap();
    let texts = &column.texts;
    column.codes.iter().map(|&c| (texts.text(c).to_owned(), texts.rows(c), texts.first_row(c))).collect()
}

/// All but the cells of the ignored columns is the same.
fn agree(text: &str) -> (Intake, Intake) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let (whole, register) = both(file.path());
    assert_eq!(format!("{:?}", whole.problems), format!("{:?}", register.problems));
    assert_eq!(whole.tables.len(), register.tables.len());
    for (a, b) in whole.tables.iter().zip(&register.tables) {
        assert_eq!((a.rows, &a.furniture, &a.faulty), (b.rows, &b.furniture, &b.faulty));
        assert_eq!((a.origin.first, &a.origin.skips), (b.origin.first, &b.origin.skips));
        let heads = |t: &Table| t.columns.iter().map(|c| (c.title(), c.position)).collect::<Vec<_>>();
        assert_eq!(heads(a), heads(b));
        for title in ["Who", "Session"] {
            if heads(a).iter().any(|(t, _)| t == title) {
                assert_eq!(cells(a, title), cells(b, title));
            }
        }
    }
    (whole, register)
}

#[test]
fn an_ignored_column_has_its_header_and_no_cells() {
    let rows: String = (0..2_000).map(|i| format!("P{},S{},{i}\n", i / 7, i % 40)).collect();
    let (whole, register) = agree(&format!("Who,Session,Signed in\n{rows}"));
    let ticket = |i: &Intake| i.tables[0].columns[2].codes.len();
    assert_eq!((ticket(&whole), ticket(&register)), (2_000, 0));
}

/// A line of totals is known by the sums of a column that nobody asked for.
#[test]
fn totals_are_known_by_ignored_columns_too() {
    let rows: String = (0..900).map(|i| format!("P{},S{},{i},2\n", i / 7, i % 40)).collect();
    let sum: u32 = (0..900).sum();
    let (_, register) = agree(&format!("Who,Session,Pence,Cups\n{rows},,{sum},1800\n"));
    assert_eq!(register.tables[0].rows, 900);
    let (_, register) = agree(&format!("Who,Session,Pence,Cups\n{rows},,{sum},1801\n"));
    assert_eq!(register.tables[0].rows, 901);
    let (_, register) = agree(&format!("Who,Session,Pence,Cups\n{rows}All,,{sum},\n\nPrinted by the front desk\n"));
    assert_eq!(register.tables[0].rows, 900);
}

fn line() -> impl Strategy<Value = String> {
    let cell = || {
        prop_oneof![
            6 => "[a-c]{1,2}",
            3 => "[0-9]{1,3}",
            1 => Just(String::new()),
            1 => Just(" ".to_owned()),
            1 => Just("\"q, r\"".to_owned()),
            1 => Just("\"say \"\"so\"\"\"".to_owned()),
            1 => Just("a text that is longer than twenty-three bytes".to_owned()),
            1 => Just("Total".to_owned()),
        ]
    };
    let end = prop_oneof![6 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\n")];
    (proptest::collection::vec(cell(), 1..6), end).prop_map(|(cells, end)| cells.join(",") + end)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    /// Any lines, many of them equal, with a few of other kinds at the end.
    #[test]
    fn nothing_else_is_different(
        body in proptest::collection::vec(line(), 1..5),
        times in 0usize..600,
        end in proptest::collection::vec(line(), 0..5),
    ) {
        let rows: String = (0..times).flat_map(|i| body.get(i % body.len())).map(String::as_str).collect();
        agree(&format!("Who,Session,Fee,By\n{rows}{}", end.concat()));
    }
}
