//! What the joins find out, gathered: rows set aside in the ledger, flags, problems and joins.

use std::collections::BTreeMap;

use crate::clean::{CleanTable, Cleaned};
use crate::ledger::{Flag, Ledger, Reason, SetAside};
use crate::problem::{Place, Problem, Problems};

use super::Join;

/// The ledger, the problems and the joins of this stage while it runs.
#[derive(Default)]
pub(super) struct Books {
    pub ledger: Ledger,
    pub problems: Problems,
    pub joins: Vec<Join>,
}

impl Books {
    /// Opens the books with what `clean` wrote in them, and hands back its tables.
    pub fn open(cleaned: &mut Cleaned) -> Self {
        Books {
            ledger: std::mem::take(&mut cleaned.ledger),
            problems: std::mem::take(&mut cleaned.problems),
            joins: Vec::new(),
        }
    }

    /// Sets rows of a table aside that counted until now: the ledger and the table change together.
    pub fn set_aside(&mut self, table: &mut CleanTable, rows: &[(u32, Reason)]) {
        let Some(account) = self.ledger.accounts.get_mut(table.account) else { return };
        for &(row, reason) in rows {
            let Some(accepted) = table.accepted.get_mut(row as usize) else { continue };
            if !std::mem::replace(accepted, false) {
                continue;
            }
            account.accepted = account.accepted.saturating_sub(1);
            account.set_aside.push(SetAside { record: table.origin.record(row), reason, also: Vec::new() });
        }
        account.set_aside.sort_by_key(|row| row.record);
    }

    /// Counts `n` more rows of a table under a flag.
    pub fn flag(&mut self, table: &CleanTable, flag: Flag, n: u64) {
        if let Some(account) = self.ledger.accounts.get_mut(table.account)
            && n > 0
        {
            *account.flags.entry(flag).or_default() += n;
        }
    }

    /// Why each row of a table that `clean` set aside does not count, by its spreadsheet row.
    pub fn reasons(&self, table: &CleanTable) -> BTreeMap<u64, Reason> {
        let account = self.ledger.accounts.get(table.account);
        account.map(|a| a.set_aside.iter().map(|row| (row.record, row.reason)).collect()).unwrap_or_default()
    }

    /// The file (and sheet) of a table.
    pub fn place(&self, table: &CleanTable) -> Place {
        match self.ledger.accounts.get(table.account) {
            Some(account) => {
                Place { file: Some(account.file.clone()), sheet: account.sheet.clone(), ..Place::default() }
            }
            None => Place::default(),
        }
    }

    /// Adds something worth knowing, if it concerns anything at all.
    pub fn note(&mut self, problem: Problem) {
        if problem.count > 0 {
            self.problems.push(problem);
        }
    }
}

/// "1 row", "12 rows": `n` with the noun in its number.
pub(super) fn many(n: u64, one: &str, more: &str) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + more.len() + 4);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push(' ');
    out.push_str(if n == 1 { one } else { more });
    out
}

/// "12", "12 and 40", "12, 40, 41 and 6 more": row numbers or labels in a sentence, the first few of them.
pub(super) fn list(items: &[String]) -> String {
    const SHOWN: usize = 8;
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if items.len() <= SHOWN => format!("{} and {last}", first.join(", ")),
        _ => {
            let first: Vec<&str> = items.iter().take(SHOWN - 1).map(String::as_str).collect();
            format!("{} and {} more", first.join(", "), items.len() - first.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_as_english() {
        assert_eq!(many(1, "row", "rows"), "1 row");
        assert_eq!(many(1_234_567, "row", "rows"), "1,234,567 rows");
        let items: Vec<String> = (1..=10).map(|n| n.to_string()).collect();
        assert_eq!(list(&items), "1, 2, 3, 4, 5, 6, 7 and 3 more");
        assert_eq!(list(&items[..3]), "1, 2 and 3");
    }
}
