//! The types on the door of this room: universes, dimensions, families of atoms, tables and figures (docs/architecture.md, section 5).

use jiff::civil::Date;

use crate::ledger::Ledger;
use crate::problem::Problems;
use crate::spec::Class;

/// What was counted, and what is to be shown of it.
#[derive(Debug, Default)]
pub struct Measured {
    pub universes: Vec<Universe>,
    pub dimensions: Vec<Dimension>,
    pub families: Vec<Family>,
    /// Tables in the order of the report.
    pub tables: Vec<Table>,
    pub population: Vec<PopulationFigure>,
    /// (universe, universe): the units of the first are among those of the second (people who answered twice, among the responses
    /// of either time).
    pub subsets: Vec<(usize, usize)>,
    pub as_of: Option<Date>,
    /// The month (1–12) in which the programme's year starts.
    pub year_starts: i8,
    pub ledger: Ledger,
    pub problems: Problems,
}

/// A set of units counted once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Universe {
    /// Canonical text of codes, such as `persons@2025-04-01..2026-03-31` or `responses:visitor`.
    pub key: String,
    /// The unit in words, singular and plural: ("person", "people").
    pub unit: (&'static str, &'static str),
    pub exposure: Exposure,
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Where the numbers come from, in a reader's words (source titles, never file names).
    pub source: String,
}

/// Who stands behind a universe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Its units are persons: its cells are protected.
    Persons,
    /// Its units belong to persons of that universe (an index): the cell of that universe under the same conditions contributes.
    Of(usize),
    /// Nobody stands behind it: never withheld.
    Open,
}

/// A way to split a universe. A partition gives each unit exactly one value; a cover may give it several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// `site`, `strand`, `month`, `q:enjoyed`, …
    pub code: String,
    pub title: String,
    pub values: Vec<Value>,
    /// Neighbouring values may be merged (time, age); otherwise small values go to "other".
    pub ordered: bool,
    pub class: Class,
    /// Whether a unit may have several values (a person's sites, ticked options).
    pub cover: bool,
}

/// One value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The code in keys, figure ids and CSVs: a slug of the label, unique in its dimension; periods as docs/architecture.md, section 5.
    pub code: String,
    pub label: String,
    pub state: State,
}

/// Whether a value is an answer, or one of the ways to have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Answered,
    Refused,
    Blank,
    NotAsked,
    Unreadable,
    /// Not known (a person without a join date, a response without a place).
    NotKnown,
}

/// A universe counted by dimensions printed together.
#[derive(Debug, Clone)]
pub struct Family {
    pub universe: usize,
    /// Indices into `Measured::dimensions`. Only the last may be a cover, or all are: then a cell counts the units that have one
    /// fact with all of these values (persons who came to this place in this year), and its atoms do not add up in any direction.
    pub dimensions: Vec<usize>,
    /// Sorted by `values`; a combination that never occurs has no atom.
    pub atoms: Vec<Atom>,
    /// What `Atom::amounts` are, in their order.
    pub amounts: Vec<AmountKind>,
    /// For a family whose last dimension is a cover: per combination of the other dimensions, the units with any of its values
    /// and all units of the base. Empty for partitions. The options of a multi-select may have been offered to different
    /// respondents (two versions of a form): each atom's amounts then carry its own `base` and missing, by state.
    pub covers: Vec<CoverTotal>,
}

/// The whole behind a cover, under the family's other dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverTotal {
    pub values: Vec<u16>,
    /// Units with at least one value of the cover.
    pub any: u64,
    /// Units that could have one (for a multi-select: those who answered the question).
    pub base: u64,
}

/// One combination of values, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Atom {
    /// A value index per dimension of the family.
    pub values: Vec<u16>,
    pub n: u64,
    /// Sums, as `Family::amounts` says.
    pub amounts: Vec<i128>,
    /// For survey responses with sessions: (session, units), ascending by session. Empty otherwise.
    pub clusters: Vec<(u32, u64)>,
    /// The same for the base of a cover's value (all who were offered the option and answered). Empty for partitions.
    pub base_clusters: Vec<(u32, u64)>,
}

/// A sum carried by a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountKind {
    /// `minutes`, `visits`: the sum itself, always the first. Beside it, counts of the cell's units by what is known of them:
    /// `known`, `refused`, `blank`, `not-asked`, `unreadable`; for the options of a multi-select `base`.
    pub code: String,
    /// The sum is in units of 10^-scale.
    pub scale: u8,
}

/// What is to be shown: a measure over a family, cut by some of its dimensions.
#[derive(Debug, Clone)]
pub struct Table {
    /// `measure/cut`, in codes: `attendances/site`, `answers:visitor:enjoyed/site`. Unique.
    pub id: String,
    /// The measure's code in the catalogue.
    pub measure: &'static str,
    pub title: String,
    pub family: usize,
    /// Positions in the family's dimensions by which rows are cut (a question's own dimension is not one of them).
    pub cut: Vec<usize>,
    pub formula: Formula,
    pub basis: Basis,
    /// Which section of the report it belongs to.
    pub section: Section,
    pub chart: Chart,
    pub source: String,
    pub notes: Vec<String>,
    /// Codes of tables that go with this one: if one is withheld, so are all (years of people, new and returning).
    pub together: Option<String>,
}

/// How a figure is computed from cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// n of the cell.
    Count,
    /// Sum of the amount at this index, divided by `per` (minutes in an hour), not known cells told apart.
    Sum { amount: usize, per: u32 },
    /// 100 × n(value of the dimension at this position) ÷ n(answered), per value: a percentage.
    Share { question: usize },
    /// 100 × n(units with the cover's value) ÷ base, per value: the family's last dimension; percentages that may add up to over 100.
    CoverShare,
    /// Mean of the scores of the ordered dimension at this position (1, 2, 3 …) among the answered.
    Mean { question: usize },
    /// 100 × n of this family's cell ÷ n (or the amount at `amount`) of another family's cell under the same cut.
    Ratio { other: usize, amount: Option<usize> },
}

/// What kind of knowledge a figure rests on: it decides the interval and the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    FullCount,
    RandomSample { population: Option<u64> },
    EveryoneAsked { population: Option<u64> },
    SelfSelected,
}

/// Sections of the report, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    Reach,
    People,
    Depth,
    Voices,
    Coverage,
    Rows,
}

/// How a table is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chart {
    None,
    /// A line over time with gaps where not known.
    Trend,
    /// One bar per value.
    Bars,
    /// One bar per answer, with limits where the basis allows.
    Distribution,
    /// One bar per set of rows: read, set aside by reason, accepted.
    Waterfall,
}

/// Whether a figure was counted or estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FigureKind {
    Actual,
    Estimate,
}

/// A cell: a universe under conditions, and how many units it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Universe key, then sorted `dimension=value` conditions, joined by `|`; a merged value is its member codes joined by `+`.
    pub key: String,
    pub n: u64,
}

/// What becomes of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Shown,
    LowBase,
    Withheld,
    NotApplicable,
    NotCollected,
}

/// Four ways to have no answer, as cells (refused, blank, not asked, unreadable).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    pub refused: Option<u64>,
    pub blank: Option<u64>,
    pub not_asked: Option<u64>,
    pub unreadable: Option<u64>,
}

/// One number with all that makes it honest. Not for publication: `protect` turns it into a `SafeFigure`.
#[derive(Debug, Clone)]
pub struct Figure {
    /// `measure/cut`, then the row's `dimension=value` conditions and for a share its answer: codes, never labels. Unique.
    pub id: String,
    /// The table it stands in (`Table::id`).
    pub table: String,
    pub measure: &'static str,
    pub title: String,
    pub universe: String,
    /// What the value is in: `visits`, `people`, `hours`, `percent` (the value of a share is 0 to 100).
    pub unit: String,
    pub kind: FigureKind,
    /// Up to three: the cut's conditions, then the answer.
    pub dimensions: Vec<Condition>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Such as 0.95.
    pub confidence: Option<f64>,
    /// The interval's method: `wilson`, `wilson-fpc`, `korn-graubard`; empty for none.
    pub method: &'static str,
    pub decimals: u8,
    pub base: Option<Cell>,
    pub base_unit: &'static str,
    pub numerator: Option<Cell>,
    pub effective_base: Option<f64>,
    pub design_effect: Option<f64>,
    pub missing: Missing,
    /// Every cell the number is computed from (base and numerator among them).
    pub reads: Vec<Cell>,
    pub status: Status,
    pub reason: String,
    pub basis: Basis,
    pub source: String,
    pub notes: Vec<String>,
}

/// One `dimension = value` of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub dimension: String,
    pub dimension_title: String,
    /// The value's code.
    pub value: String,
    pub label: String,
}

/// A figure that reads constants of the population only. Another type: nothing turns one into a programme figure.
#[derive(Debug, Clone)]
pub struct PopulationFigure {
    pub id: String,
    pub title: String,
    pub dimension: String,
    pub value_code: String,
    pub label: String,
    pub count: u64,
    pub place: String,
    pub as_at: Option<Date>,
    pub source: String,
}

/// How the values of a family's dimensions are shown together: per dimension of the family, its groups in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    pub dimensions: Vec<Vec<Group>>,
}

/// One or several values of a dimension shown as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The value's code; merged values: member codes joined by `+` (`2004-01+2004-02`).
    pub code: String,
    /// `other (5 places)`, `January to March 2004`.
    pub label: String,
    /// Value indices in the dimension, ascending.
    pub members: Vec<u16>,
    pub state: State,
}
