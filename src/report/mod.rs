//! From safe figures to bytes: takes [`Protected`] and, for the internal pages, what the run knows of its inputs; gives [`Rendered`].
//!
//! Promises: everything that is public and comes from data is a projection of the same safe figures; renderers know no path and
//! no clock; text that could be markup, script or a formula stays text; the same input gives the same bytes. What reads
//! [`Inside`] gives internal files only: [`internal::files`] cannot name a public one.

pub mod chart;
mod csv;
mod html;
mod internal;
mod public;
mod safe;
mod view;
mod words;

use jiff::civil::Date;

use crate::clean::DateProof;
use crate::ingest::{InputFile, Table};
use crate::link::Join;
use crate::measure::Measured;
use crate::problem::Problems;
use crate::protect::{Memory, Protected};
use crate::spec::Spec;

/// The files of a release as bytes under relative names (with `/`).
#[derive(Debug)]
pub struct Rendered {
    /// Under `public/`.
    pub public: Vec<(String, Vec<u8>)>,
    /// Under `internal/`.
    pub internal: Vec<(String, Vec<u8>)>,
    pub memory: Memory,
}

/// What the internal pages may read beside the safe figures. Of this, `public/` sees the evaluator's own texts only.
#[derive(Debug, Clone, Copy)]
pub struct Inside<'a> {
    pub spec: &'a Spec,
    pub measured: &'a Measured,
    pub joins: &'a [Join],
    pub dates: &'a [DateProof],
    pub files: &'a [InputFile],
    pub tables: &'a [TableFacts],
    pub problems: &'a Problems,
    pub as_of: Option<Date>,
    /// What a reader of page one must know first, as sentences: optional sources that could not be used.
    pub warnings: &'a [String],
}

/// How a table was understood.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TableFacts {
    /// Index into `Spec::sources`.
    pub source: usize,
    /// Index into the files.
    pub file: usize,
    pub sheet: Option<String>,
    pub platform: &'static str,
    pub reason: String,
    pub header_rows: u32,
    pub columns: usize,
    pub rows: usize,
}

impl From<&Table> for TableFacts {
    fn from(table: &Table) -> Self {
        TableFacts {
            source: table.source,
            file: table.file,
            sheet: table.sheet.clone(),
            platform: table.platform,
            reason: table.reason.clone(),
            header_rows: table.header_rows,
            columns: table.columns.len(),
            rows: table.rows,
        }
    }
}

/// A page or chart could not be made: our bug, never the input's fault.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the page {name} could not be filled in: {why}")]
    Template { name: &'static str, why: String },
    #[error(transparent)]
    Chart(#[from] chart::DrawError),
}

/// Makes all files of a release. Every chart and table of the programme is made of the safe figures:
///
/// ```
/// fn show(protected: &mut reach::protect::Protected, figure: reach::protect::SafeFigure) {
///     protected.figures.push(figure);
/// }
/// ```
///
/// A figure of the population is another type, and nothing turns it into one of these:
///
/// ```compile_fail,E0308
/// fn show(protected: &mut reach::protect::Protected, figure: reach::measure::PopulationFigure) {
///     protected.figures.push(figure);
/// }
/// ```
pub fn render(protected: Protected, inside: &Inside<'_>) -> Result<Rendered, RenderError> {
    let public = public::files(&view::Public {
        figures: &protected.figures,
        tables: &protected.tables,
        population: &protected.population,
        texts: public::texts(inside.spec, inside.as_of, inside.warnings),
    })?;
    let internal = internal::files(&protected.audit, inside)?;
    Ok(Rendered { public, internal, memory: protected.memory })
}
