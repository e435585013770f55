//! Figures as CSV: UTF-8 with a byte order mark, CRLF, one header row; numbers with 12 significant digits and no commas. A
//! figure that is withheld has no value, limit, base or count. Texts that a spreadsheet could run are told to be text.

use crate::measure::{Basis, Figure, FigureKind, PopulationFigure, Status};
use crate::protect::{SafeFigure, SafeTable};

use super::safe;
use super::words::plain;

/// The columns of `figures.csv`.
pub const FIGURES: [&str; 33] = [
    "figure",
    "measure",
    "title",
    "universe",
    "unit",
    "kind",
    "dimension_1",
    "value_1",
    "dimension_2",
    "value_2",
    "dimension_3",
    "value_3",
    "from",
    "to",
    "value",
    "low",
    "high",
    "confidence",
    "method",
    "decimals",
    "base",
    "base_unit",
    "effective_base",
    "design_effect",
    "refused",
    "blank",
    "not_asked",
    "unreadable",
    "status",
    "reason",
    "basis",
    "source",
    "notes",
];

/// The columns of `population.csv`.
pub const POPULATION: [&str; 8] = ["figure", "title", "dimension", "value", "count", "place", "as_at", "source"];

/// A CSV file in the making.
pub struct Sheet {
    text: String,
}

impl Sheet {
    /// A file with its header row.
    pub fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        let mut sheet = Sheet { text: "\u{feff}".to_owned() };
        sheet.row(header.into_iter().map(Cell::text));
        sheet
    }
    /// One more row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        for (i, cell) in cells.into_iter().enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            let text = cell.0;
            let quoted = text.contains([',', '"', '\n', '\r', ';']) || text.starts_with(' ') || text.ends_with(' ');
            if quoted {
                self.text.push('"');
                self.text.push_str(&text.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(&text);
            }
        }
        self.text.push_str("\r\n");
    }
    /// The file's bytes.
    pub fn bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

/// One cell, safe to open in a spreadsheet.
pub struct Cell(String);

impl Cell {
    /// Text from anywhere.
    pub fn text(text: &str) -> Cell {
        Cell(safe::cell(text))
    }
    /// A number; empty where there is none.
    pub fn number(value: Option<f64>) -> Cell {
        Cell(value.map(plain).unwrap_or_default())
    }
    /// A count; empty where there is none.
    pub fn count(value: Option<u64>) -> Cell {
        Cell(value.map(|v| v.to_string()).unwrap_or_default())
    }
    /// A whole number that may be negative.
    pub fn whole(value: i64) -> Cell {
        Cell(value.to_string())
    }
    /// A date as `2025-01-31`.
    pub fn date(value: Option<jiff::civil::Date>) -> Cell {
        Cell(value.map(|d| d.to_string()).unwrap_or_default())
    }
}

/// The status in words.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Shown => "shown",
        Status::LowBase => "low base",
        Status::Withheld => "withheld",
        Status::NotApplicable => "not applicable",
        Status::NotCollected => "not collected",
    }
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::FullCount => "full count",
        Basis::RandomSample { .. } => "random sample",
        Basis::EveryoneAsked { .. } => "everyone asked",
        Basis::SelfSelected => "self-selected",
    }
}

fn kind(kind: FigureKind) -> &'static str {
    match kind {
        FigureKind::Actual => "actual",
        FigureKind::Estimate => "estimate",
    }
}

/// `figures.csv`: every figure, in the order of the report.
pub fn figures(figures: &[SafeFigure]) -> Vec<u8> {
    let mut sheet = Sheet::new(FIGURES);
    for figure in figures.iter().map(SafeFigure::get) {
        let open = figure.status != Status::Withheld;
        let number = |v: Option<f64>| Cell::number(v.filter(|_| open));
        let count = |v: Option<u64>| Cell::count(v.filter(|_| open));
        let mut row = vec![
            Cell::text(&figure.id),
            Cell::text(figure.measure),
            Cell::text(&figure.title),
            Cell::text(&figure.universe),
            Cell::text(&figure.unit),
            Cell::text(kind(figure.kind)),
        ];
        for i in 0..3 {
            let condition = figure.dimensions.get(i);
            row.push(Cell::text(condition.map_or("", |c| c.dimension.as_str())));
            row.push(Cell::text(condition.map_or("", |c| c.value.as_str())));
        }
        row.extend([
            Cell::date(figure.from),
            Cell::date(figure.to),
            number(figure.value),
            number(figure.low),
            number(figure.high),
            number(figure.confidence),
            Cell::text(if open { figure.method } else { "" }),
            Cell::count(Some(u64::from(figure.decimals))),
            count(figure.base.as_ref().map(|b| b.n)),
            Cell::text(figure.base_unit),
            number(figure.effective_base),
            number(figure.design_effect),
            count(figure.missing.refused),
            count(figure.missing.blank),
            count(figure.missing.not_asked),
            count(figure.missing.unreadable),
            Cell::text(status(figure.status)),
            Cell::text(&figure.reason),
            Cell::text(basis(figure.basis)),
            Cell::text(&figure.source),
            Cell::text(&figure.notes.join(" | ")),
        ]);
        sheet.row(row);
    }
    sheet.bytes()
}

/// `population.csv`: published counts of the population.
pub fn population(figures: &[PopulationFigure]) -> Vec<u8> {
    let mut sheet = Sheet::new(POPULATION);
    for figure in figures {
        sheet.row([
            Cell::text(&figure.id),
            Cell::text(&figure.title),
            Cell::text(&figure.dimension),
            Cell::text(&figure.label),
            Cell::count(Some(figure.count)),
            Cell::text(&figure.place),
            Cell::date(figure.as_at),
            Cell::text(&figure.source),
        ]);
    }
    sheet.bytes()
}

/// `tables/<name>.csv`: the figures of one table with their labels, one to a row.
pub fn table(table: &SafeTable, figures: &[SafeFigure]) -> Vec<u8> {
    let own: Vec<&Figure> = table.figures.iter().filter_map(|&i| figures.get(i)).map(SafeFigure::get).collect();
    let depth = own.iter().map(|f| f.dimensions.len()).max().unwrap_or(0);
    let title = |i: usize| own.iter().find_map(|f| f.dimensions.get(i)).map_or("", |c| c.dimension_title.as_str());
    let titles: Vec<&str> = (0..depth).map(title).collect();
    let fixed = ["value", "unit", "number", "base", "low", "high", "status", "figure"];
    let mut sheet = Sheet::new(titles.into_iter().chain(fixed));
    for figure in own {
        let open = figure.status != Status::Withheld;
        let mut row: Vec<Cell> =
            (0..depth).map(|i| Cell::text(figure.dimensions.get(i).map_or("All", |c| c.label.as_str()))).collect();
        row.extend([
            Cell::number(figure.value.filter(|_| open)),
            Cell::text(&figure.unit),
            Cell::count(figure.numerator.as_ref().map(|c| c.n).filter(|_| open)),
            Cell::count(figure.base.as_ref().map(|c| c.n).filter(|_| open)),
            Cell::number(figure.low.filter(|_| open)),
            Cell::number(figure.high.filter(|_| open)),
            Cell::text(status(figure.status)),
            Cell::text(&figure.id),
        ]);
        sheet.row(row);
    }
    sheet.bytes()
}
