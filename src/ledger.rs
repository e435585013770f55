//! The ledger: one entry per record of every file, so that no row is ever lost unseen.
//!
//! For every table `records = furniture + rows` and `rows = accepted + Σ set aside`; for every column
//! `values = answered + refused + blank + not asked + unreadable`. [`Ledger::check`] holds a run to it.

use std::collections::BTreeMap;

/// A record that is no row of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Furniture {
    /// A row that names the columns.
    Header,
    /// A title or note above the header.
    Title,
    Blank,
    /// Totals, or percentages of them, at the top or the bottom of a table.
    Total,
    /// A note below a table or between its rows; a line for a signature.
    Footnote,
    /// Totals of some of the rows, between them.
    Subtotal,
    /// A label alone above the rows that it groups.
    Section,
    /// The header again, further down.
    RepeatedHeader,
    /// What a printer puts between pages: form feeds, page numbers, the title again.
    PageBreak,
    /// A line of dashes or the like.
    Separator,
}

impl Furniture {
    /// What a row may be taken for, and the words by which the spec says that it is a row (`keep = "totals"`).
    pub const TAKEN_FOR: [(&'static str, Furniture); 7] = [
        ("totals", Furniture::Total),
        ("subtotals", Furniture::Subtotal),
        ("footnotes", Furniture::Footnote),
        ("headings", Furniture::Section),
        ("repeated headers", Furniture::RepeatedHeader),
        ("page breaks", Furniture::PageBreak),
        ("separators", Furniture::Separator),
    ];

    /// What one such record is called, and several.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Furniture::Header => ("header row", "header rows"),
            Furniture::Title => ("title row", "title rows"),
            Furniture::Blank => ("blank row", "blank rows"),
            Furniture::Total => ("totals row", "totals rows"),
            Furniture::Footnote => ("footnote", "footnotes"),
            Furniture::Subtotal => ("subtotals row", "subtotals rows"),
            Furniture::Section => ("section heading", "section headings"),
            Furniture::RepeatedHeader => ("repeated header row", "repeated header rows"),
            Furniture::PageBreak => ("line of print between pages", "lines of print between pages"),
            Furniture::Separator => ("separator row", "separator rows"),
        }
    }
}

/// Why a row does not count. The first that holds, in this order, sets it aside; what else held is a flag beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    Unreadable,
    Test,
    Spam,
    /// Looked at by the organisation, on the platform, and refused or deleted.
    Rejected,
    Erased,
    Duplicate,
    /// Did not belong to those who were to be asked, or came when enough had answered.
    ScreenedOut,
    Partial,
    OutOfPeriod,
    AfterAsOf,
    UnmatchedKey,
    Rule,
}

/// What is said of a row that still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// Equal in every cell to an earlier row, without an identity: a different person.
    EqualRow,
    /// A date shared by so many rows that a system seems to have filled it in.
    DefaultDate,
    /// The survey platform says that this was a preview.
    Preview,
    /// A reviewer has not settled it yet.
    OnHold,
    /// Answered in less than a third of the time that half of all needed.
    TooFast,
    /// Gave one and the same answer to all of many items of a grid.
    StraightLined,
    /// Differs from another response of the same minute in one answer.
    NearDuplicate,
    /// The survey platform says that this person may have answered before.
    LikelyDuplicate,
    /// The survey platform says that this may have been no person.
    LikelyBot,
    /// Came from the same network as an earlier one: a household, a school, or the same person.
    SharedNetwork,
    /// An answer that excludes all others was ticked together with another one.
    Contradiction,
    /// A date is missing where one was expected.
    NoDate,
    /// A place that the register of places lacks.
    UnknownSite,
    /// A session, person or response that another source does not know.
    Unmatched,
}

impl Flag {
    /// What is said of the rows, in words that follow their number.
    pub fn words(self) -> &'static str {
        match self {
            Flag::EqualRow => "equal to an earlier row, without an identity: a different person",
            Flag::DefaultDate => "a date that a system seems to have filled in",
            Flag::Preview => "a preview, says the survey platform",
            Flag::OnHold => "on hold: a reviewer has not settled it",
            Flag::TooFast => "answered very fast",
            Flag::StraightLined => "the same answer all the way down",
            Flag::NearDuplicate => "nearly equal to another row",
            Flag::LikelyDuplicate => "perhaps a second answer of one person, says the survey platform",
            Flag::LikelyBot => "perhaps no person, says the survey platform",
            Flag::SharedNetwork => "from the same network as an earlier one",
            Flag::Contradiction => "an answer that excludes all others beside another one",
            Flag::NoDate => "no date where one was expected",
            Flag::UnknownSite => "a place that the register of places lacks",
            Flag::Unmatched => "known to no other source",
        }
    }
}

/// A row that does not count, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The row as a spreadsheet program numbers it, from 1.
    pub record: u64,
    pub reason: Reason,
    /// What else held of it.
    pub also: Vec<Reason>,
}

/// The cells of one column, counted by what they say.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Values {
    pub column: String,
    pub values: u64,
    pub answered: u64,
    pub refused: u64,
    pub blank: u64,
    pub not_asked: u64,
    pub unreadable: u64,
    /// Of the answered, those that are zero; `None` where the column holds no numbers. A blank is no zero.
    pub zeros: Option<u64>,
}

/// The account of one table: a CSV file, or one sheet of a workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The source's name in the spec.
    pub source: String,
    /// The file's name relative to the folder of `reach.toml`.
    pub file: String,
    pub sheet: Option<String>,
    pub records: u64,
    pub furniture: BTreeMap<Furniture, u64>,
    pub rows: u64,
    pub accepted: u64,
    pub set_aside: Vec<SetAside>,
    pub flags: BTreeMap<Flag, u64>,
    /// The rows behind those flags that are said of single rows: (the row as a spreadsheet program numbers it, the flag).
    pub flagged: Vec<(u64, Flag)>,
    pub values: Vec<Values>,
}

impl Account {
    /// Rows set aside, by reason.
    pub fn by_reason(&self) -> BTreeMap<Reason, u64> {
        let mut out = BTreeMap::new();
        for row in &self.set_aside {
            *out.entry(row.reason).or_default() += 1;
        }
        out
    }
}

/// The accounts of all tables of a run, in the order of the spec's sources and of the file names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    pub accounts: Vec<Account>,
}

impl Ledger {
    /// Every identity that does not hold, as sentences; empty when the ledger balances.
    pub fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for a in &self.accounts {
            let name = || match &a.sheet {
                Some(sheet) => format!("{} (sheet {sheet})", a.file),
                None => a.file.clone(),
            };
            let furniture: u64 = a.furniture.values().sum();
            if a.records != furniture + a.rows {
                wrong.push(format!("{}: {} records, but {furniture} furniture and {} rows", name(), a.records, a.rows));
            }
            if a.rows != a.accepted + a.set_aside.len() as u64 {
                wrong.push(format!(
                    "{}: {} rows, but {} accepted and {} set aside",
                    name(),
                    a.rows,
                    a.accepted,
                    a.set_aside.len()
                ));
            }
            for v in &a.values {
                if v.values != v.answered + v.refused + v.blank + v.not_asked + v.unreadable {
                    wrong.push(format!("{}: the cells of column {} do not add up", name(), v.column));
                }
            }
        }
        wrong
    }
}
