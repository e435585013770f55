//! Lists for a spreadsheet: rows set aside, joins with both their sides, and what was withheld first.

use crate::ledger::{Ledger, Reason};
use crate::link::Join;
use crate::protect::Audit;

use super::super::csv::{Cell, Sheet};

/// Why a row does not count, in words.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Unreadable => "unreadable",
        Reason::Test => "test",
        Reason::Spam => "spam",
        Reason::Rejected => "rejected by a reviewer",
        Reason::Erased => "erased",
        Reason::Duplicate => "duplicate",
        Reason::ScreenedOut => "screened out",
        Reason::Partial => "partial",
        Reason::OutOfPeriod => "out of period",
        Reason::AfterAsOf => "after the as-at date",
        Reason::UnmatchedKey => "unmatched key",
        Reason::Rule => "a rule of the spec",
    }
}

/// `set-aside.csv`: each row that does not count, with its reason and what else held of it.
pub fn set_aside(ledger: &Ledger) -> Vec<u8> {
    let mut sheet = Sheet::new(["source", "file", "sheet", "row", "reason", "also"]);
    for account in &ledger.accounts {
        for row in &account.set_aside {
            let also: Vec<&str> = row.also.iter().map(|r| reason(*r)).collect();
            sheet.row([
                Cell::text(&account.source),
                Cell::text(&account.file),
                Cell::text(account.sheet.as_deref().unwrap_or("")),
                Cell::count(Some(row.record)),
                Cell::text(reason(row.reason)),
                Cell::text(&also.join(", ")),
            ]);
        }
    }
    sheet.bytes()
}

/// `flagged.csv`: each row that counts and of which something is said.
pub fn flagged(ledger: &Ledger) -> Vec<u8> {
    let mut sheet = Sheet::new(["source", "file", "sheet", "row", "flag"]);
    for account in &ledger.accounts {
        for (row, flag) in &account.flagged {
            sheet.row([
                Cell::text(&account.source),
                Cell::text(&account.file),
                Cell::text(account.sheet.as_deref().unwrap_or("")),
                Cell::count(Some(*row)),
                Cell::text(flag.words()),
            ]);
        }
    }
    sheet.bytes()
}

/// `joins.csv`: how many rows of each side matched, and the places, strands and levels that did not.
pub fn joins(joins: &[Join]) -> Vec<u8> {
    let mut sheet = Sheet::new(["join", "by", "what", "value", "rows"]);
    for join in joins {
        let mut row = |what: &str, value: &str, rows: Option<u64>| {
            sheet.row([
                Cell::text(&join.name),
                Cell::text(&join.by),
                Cell::text(what),
                Cell::text(value),
                Cell::count(rows),
            ]);
        };
        row(&format!("rows of {}", join.left), "", Some(join.left_rows));
        row(&format!("rows of {} that matched", join.left), "", Some(join.left_matched));
        row(&format!("rows of {} that name none", join.left), "", Some(join.left_blank));
        row(&format!("rows of {}", join.right), "", Some(join.right_rows));
        row(&format!("rows of {} that matched", join.right), "", Some(join.right_matched));
        for (value, rows) in &join.left_only {
            row(&format!("only in {}", join.left), value, Some(*rows));
        }
        for (value, rows) in &join.right_only {
            row(&format!("only in {}", join.right), value, Some(*rows));
        }
        for s in &join.suggestions {
            row("perhaps the same", &format!("{} \u{2192} {} ({})", s.written, s.means, s.why), None);
        }
    }
    sheet.bytes()
}

/// `first-causes.csv`: the cells that a rule withholds by itself, the narrowest interval that an outsider can reach, and the
/// protection interval, which must stay possible.
pub fn first_causes(audit: &Audit) -> Vec<u8> {
    let mut sheet = Sheet::new(["cell", "low", "high", "protect_low", "protect_high"]);
    for ((cell, low, high), protect) in audit.first_causes.iter().zip(&audit.protect) {
        sheet.row([
            Cell::text(cell),
            Cell::whole(*low),
            Cell::whole(*high),
            Cell::whole(protect.0),
            Cell::whole(protect.1),
        ]);
    }
    sheet.bytes()
}
