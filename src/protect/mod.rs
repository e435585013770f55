//! The gate: takes [`Measured`](crate::measure::Measured), a profile, the key and the history; gives [`Protected`].
//!
//! Promises: this room alone constructs a [`SafeFigure`]; a figure is shown only if every cell it reads, its base and their
//! contributors may be shown (P1); what is withheld has no value, limit, base or count; an audit that shares only the key
//! grammar checks that no withheld cell can be narrowed below its protection interval (P3).

//!
//! `rules` says which cells a profile keeps back by themselves; `merge` and `grouping` put small values together; `history`
//! and `hold` look at earlier releases; `gate` decides table by table and asks `audit` until nothing more has to go.

mod audit;
mod book;
mod gate;
mod grouping;
mod history;
mod merge;
mod profile;
mod rules;
mod words;

use std::collections::BTreeMap;

pub use gate::protect;
pub use profile::{Opinions, Profile, class_word, help, names};
pub use words::{BASE_IS_EVERYONE, MERGED, WITHHELD, is_merged_code};

use crate::measure::{Chart, Figure, Formula, Measured, PopulationFigure, Section, Table};

/// What may be published.
#[derive(Debug)]
pub struct Protected {
    pub figures: Vec<SafeFigure>,
    /// Tables in the order of the report; each names its figures.
    pub tables: Vec<SafeTable>,
    pub population: Vec<PopulationFigure>,
    pub audit: Audit,
    /// Opened by `publish` alone.
    pub memory: Memory,
}

/// A figure that may be published, or the mark that it is withheld. Only `protect` can make one.
///
/// ```compile_fail,E0451
/// fn forge(figure: reach::measure::Figure) -> reach::protect::SafeFigure {
///     reach::protect::SafeFigure { figure }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct SafeFigure {
    figure: Figure,
}

impl SafeFigure {
    /// All that may be read of it. A withheld figure has no value, limit, base, numerator, reads or missing counts.
    pub fn get(&self) -> &Figure {
        &self.figure
    }
}

/// A table of safe figures.
#[derive(Debug, Clone)]
pub struct SafeTable {
    pub id: String,
    pub measure: &'static str,
    pub title: String,
    pub section: Section,
    pub chart: Chart,
    pub source: String,
    pub notes: Vec<String>,
    /// Indices into `Protected::figures`.
    pub figures: Vec<usize>,
    /// Why the table is withheld as a whole, in a reader's words.
    pub withheld: Option<String>,
    /// What was merged, in a reader's words.
    pub merged: Option<String>,
}

/// What the audit looked at.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    pub profile: String,
    pub cells_shown: u64,
    pub cells_withheld: u64,
    pub tables_withheld: u64,
    pub tables_merged: u64,
    /// First causes and the least interval an outsider can reach: (cell key, low, high). For `internal/` only.
    pub first_causes: Vec<(String, i64, i64)>,
    /// For each of `first_causes` what must stay possible: its protection interval.
    pub protect: Vec<(i64, i64)>,
    /// Tables that are withheld, by id, and why, in an evaluator's words. For `internal/` only.
    pub reasons: Vec<(String, String)>,
}

/// What later releases are compared with. Opened by `publish` alone.
#[derive(Default)]
pub struct Memory {
    /// n of every shown cell by its key.
    pub shown: BTreeMap<String, u64>,
    /// For `.reach/atoms/`: by family key (universe and dimensions), every atom of people by its cell's key, shown or not.
    pub atoms: Vec<(String, Vec<(String, u64)>)>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Memory({} cells, {} families)", self.shown.len(), self.atoms.len())
    }
}

/// What earlier releases of this programme showed. Read by `publish` before the run.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub releases: Vec<PastRelease>,
}

/// One earlier release.
#[derive(Debug, Clone)]
pub struct PastRelease {
    pub id: String,
    pub sequence: u64,
    pub as_of: Option<jiff::civil::Date>,
    pub profile: String,
    /// n of every cell it showed.
    pub shown: BTreeMap<String, u64>,
    /// Its atoms, if still kept.
    pub atoms: BTreeMap<String, BTreeMap<String, u64>>,
}

/// The position, in its family's dimensions, of the question whose answers a table counts.
fn question(measured: &Measured, table: &Table) -> Option<usize> {
    match table.formula {
        Formula::Share { question } | Formula::Mean { question } => Some(question),
        Formula::CoverShare => measured.families.get(table.family)?.dimensions.len().checked_sub(1),
        Formula::Count | Formula::Sum { .. } | Formula::Ratio { .. } => None,
    }
}
