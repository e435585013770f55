//! One table of the report with all that stands around it.

use serde::Serialize;

use crate::measure::{Basis, Chart, Figure, FigureKind, Section, catalogue};
use crate::protect::SafeTable;

use super::super::chart::ChartData;
use super::super::words;
use super::Card;
use super::cell::{drawn, interval, is_least, is_percent, is_share, of_base, shown};
use super::grid::{self, Grid};
use super::picture;

/// A finding with its picture, its table and its small print.
#[derive(Debug, Clone, Serialize)]
pub struct Block {
    /// The table's code as an element id and file name.
    pub id: String,
    /// What was asked or counted.
    pub question: String,
    /// The finding in words.
    pub title: String,
    /// Question, unit and base.
    pub subtitle: String,
    /// What the picture shows, in words.
    pub alt: String,
    pub source: String,
    pub notes: Vec<String>,
    pub withheld: Option<String>,
    pub merged: Option<String>,
    /// The universe's name, by which answers are grouped.
    pub group: String,
    #[serde(skip)]
    pub chart: Option<ChartData>,
    pub table: Option<Grid>,
    /// The same broken down further, without pictures of their own.
    pub more: Vec<More>,
    /// Why the page has no table: it is too long.
    pub long: bool,
    /// Whether no value can be shown.
    #[serde(skip)]
    pub empty: bool,
    /// For a mean score by itself: it in words, to stand under its question.
    #[serde(skip)]
    pub mean: Option<String>,
    /// The measure's code.
    #[serde(skip)]
    pub measure: &'static str,
    /// Whether another block of the same measure says the same with a picture: its numbers then stand under that one.
    #[serde(skip)]
    pub minor: bool,
    /// The codes of its dimensions.
    #[serde(skip)]
    pub by: Vec<String>,
    /// What those who answered stand for, said once for all questions of a form.
    #[serde(skip)]
    pub basis: &'static str,
    /// For a table of one figure without conditions.
    #[serde(skip)]
    pub tile: Option<Card>,
    /// Whether that figure may stand on page one.
    #[serde(skip)]
    pub headline: bool,
}

/// A breakdown of a block's question.
#[derive(Debug, Clone, Serialize)]
pub struct More {
    pub id: String,
    /// `By place`.
    pub name: String,
    pub question: String,
    pub notes: Vec<String>,
    pub withheld: Option<String>,
    pub merged: Option<String>,
    pub table: Option<Grid>,
    pub long: bool,
    /// Whether no value can be shown.
    pub empty: bool,
}

impl Block {
    /// Takes a breakdown of this block's question in; gives it back if it is none, or has a picture of its own.
    pub fn take_in(&mut self, other: Block) -> Option<Block> {
        let part = |rest: &&str| rest.starts_with(", by ") || rest.starts_with(": mean score");
        let Some(name) = other.question.strip_prefix(&self.question).filter(part) else {
            return Some(other);
        };
        if let Some(mean) = other.mean {
            self.notes.push(mean);
            return None;
        }
        if other.chart.is_some() || other.tile.is_some() || self.tile.is_some() {
            return Some(other);
        }
        let name = name.to_owned();
        self.add(other, &name);
        None
    }

    /// What is counted, without what it is broken down by.
    pub fn stem(&self) -> &str {
        self.question.rsplit_once(" by ").map_or(self.question.as_str(), |(stem, _)| stem.trim_end_matches(','))
    }

    /// Takes the numbers of another block in, under a name, without its picture.
    pub fn add(&mut self, other: Block, name: &str) {
        let own: Vec<String> = other.notes.iter().filter(|n| !self.notes.contains(n)).cloned().collect();
        self.more.push(More {
            name: words::capital(name.trim_start_matches([',', ':', ' '])),
            notes: own,
            empty: other.empty,
            id: other.id,
            question: other.question,
            withheld: other.withheld,
            merged: other.merged,
            table: other.table,
            long: other.long,
        });
    }
}

/// Makes the block of a table. `id` is its name in files and on the page; `period` the programme's, which goes without saying.
pub fn block(table: &SafeTable, figures: &[&Figure], id: String, period: &str) -> Block {
    let single = table.withheld.is_none()
        && table.section != Section::Rows
        && matches!(figures, [one] if one.dimensions.is_empty());
    let question = question(table);
    let mut finding = words::finding(&question, table.chart, figures);
    if table.withheld.is_some() {
        finding.title.clone_from(&question);
    }
    let picture = if table.withheld.is_some() { None } else { picture::picture(table.chart, figures) };
    let (grid, long) = match grid::grid(&question, figures) {
        // Where all rows count there is nothing to draw or to list.
        _ if table.chart == Chart::Waterfall && picture.is_none() => (None, false),
        _ if figures.iter().all(|f| drawn(f).is_none()) => (None, false),
        grid::Made::Grid(grid) => (Some(grid), false),
        grid::Made::TooLong => (None, true),
        grid::Made::Nothing => (None, false),
    };
    let longest = figures.iter().max_by_key(|f| f.dimensions.len());
    let by: Vec<String> = longest.map_or_else(Vec::new, |f| f.dimensions.iter().map(|c| c.dimension.clone()).collect());
    let minor = match by.as_slice() {
        [one] => one == "quarter" || (picture.is_none() && is_period(one) && figures.len() == 1),
        [_, _] => picture.is_none(),
        _ => false,
    };
    let tile = if single { figures.first().map(|f| tile(table, f, period)) } else { None };
    let subtitle = subtitle(table, figures, picture.as_ref(), period, &finding.title);
    Block {
        id,
        question,
        title: finding.title,
        subtitle,
        alt: finding.alt,
        source: if table.chart == Chart::Waterfall { String::new() } else { table.source.clone() },
        notes: notes(table, figures, picture.as_ref()),
        withheld: table.withheld.clone(),
        merged: table.merged.clone(),
        group: table.source.clone(),
        measure: table.measure,
        minor: minor && table.withheld.is_none(),
        by,
        chart: picture,
        table: grid,
        more: Vec::new(),
        mean: if single { figures.first().and_then(|f| mean(f)) } else { None },
        empty: figures.iter().all(|f| drawn(f).is_none()),
        basis: figures.iter().find(|f| is_share(f)).map_or("", |f| words::basis(f.basis)),
        long,
        headline: figures.first().is_some_and(|f| drawn(f).is_some()),
        tile,
    }
}

/// Whether a dimension is a period of the calendar.
pub fn is_period(code: &str) -> bool {
    matches!(code, "year" | "quarter" | "month")
}

/// One number by itself.
fn tile(table: &SafeTable, figure: &Figure, period: &str) -> Card {
    let unknown = figure.notes.iter().filter_map(|n| n.strip_prefix("at least: ")).map(str::to_owned);
    let mut base: Vec<String> = std::iter::once(of_base(figure)).chain(unknown).collect();
    base.push(words::between(figure.from, figure.to));
    base.push(table.source.clone());
    // The programme's own period stands on the cover.
    base.retain(|t| !t.is_empty() && !table.title.starts_with(t.as_str()) && t != period);
    Card {
        least: is_least(figure),
        value: shown(figure).trim_start_matches(words::LEAST).to_owned(),
        label: table.title.clone(),
        kind: match figure.kind {
            FigureKind::Actual => "counted",
            FigureKind::Estimate => "estimated",
        },
        base: base.join(" · "),
    }
}

/// `Mean score: 4.10 points (1 to 5); 328 responses; 95% interval 4.00 to 4.20.`
fn mean(figure: &Figure) -> Option<String> {
    if figure.measure != catalogue::MEAN_SCORE.code {
        return None;
    }
    let score = if drawn(figure).is_some() { format!("{} {}", shown(figure), figure.unit) } else { shown(figure) };
    let mut parts = vec![format!("Mean score: {score}"), of_base(figure)];
    let limits = interval(figure);
    if !limits.is_empty() {
        let level = words::number(figure.confidence.unwrap_or(0.95) * 100.0, 0);
        let basis = if draws_limits(figure.basis) { "" } else { ", as if a random sample" };
        parts.push(format!("{level}% interval {limits}{basis}"));
    }
    parts.retain(|p| !p.is_empty());
    Some(format!("{}.", parts.join("; ")))
}

/// What was asked or counted, without the form's name: it stands above all its questions, and in the source line.
fn question(table: &SafeTable) -> String {
    match table.section {
        Section::Rows => table.source.clone(),
        Section::Voices => {
            let own = table.title.strip_prefix(&table.source).and_then(|rest| rest.strip_prefix(": "));
            words::capital(own.unwrap_or(&table.title))
        }
        _ => table.title.clone(),
    }
}

/// Question, unit and base in one line.
fn subtitle(table: &SafeTable, figures: &[&Figure], picture: Option<&ChartData>, period: &str, title: &str) -> String {
    if table.chart == Chart::Waterfall {
        return String::new();
    }
    // What the finding says already needs no second line.
    let mut parts = vec![question(table)];
    parts.retain(|question| !title.starts_with(question.as_str()));
    let seen: Vec<&&Figure> = figures.iter().filter(|f| drawn(f).is_some()).collect();
    let Some(first) = seen.first() else { return words::sentences(&parts) };
    if is_share(first) {
        let bases: std::collections::BTreeSet<u64> = seen.iter().filter_map(|f| f.base.as_ref()).map(|b| b.n).collect();
        match (bases.len(), bases.first()) {
            (1, Some(n)) => {
                let unit = words::base_unit(*n, first.base_unit);
                parts.push(format!("Percentage of {} {unit}", words::number(*n as f64, 0)));
            }
            _ => parts.push("Percentage; the base stands beside each".to_owned()),
        }
    } else if is_percent(first) {
        parts.push("Percentage".to_owned());
    } else if !table.title.to_lowercase().contains(&first.unit.to_lowercase()) {
        parts.push(words::capital(&first.unit));
    }
    let own = words::between(first.from, first.to);
    let same = seen.iter().all(|f| f.from == first.from && f.to == first.to);
    if same && own != period && !figures.iter().any(|f| is_share(f)) {
        parts.push(words::capital(&own));
    }
    match picture {
        Some(ChartData::Panels(panels)) => {
            parts.push("Each line has its own scale, from zero".to_owned());
            if panels.panels.iter().any(|p| p.values.iter().any(Option::is_none)) {
                parts.push("Shaded: no figures".to_owned());
            }
        }
        Some(ChartData::Trend(trend)) if trend.series.iter().any(|s| s.values.iter().any(Option::is_none)) => {
            parts.push(match trend.gap {
                picture::TOGETHER => "Shaded: periods put together, to be found in the table".to_owned(),
                gap => format!("Shaded: {gap}"),
            });
        }
        Some(ChartData::Bars(bars)) if bars.bars.len() == picture::MOST_DRAWN && figures.len() > picture::BARS => {
            parts.push(format!("The {} greatest are drawn", bars.bars.len()));
        }
        _ => {}
    }
    words::sentences(&parts)
}

/// The table's notes, those of its figures, and what the basis and low bases ask to be said; each once.
fn notes(table: &SafeTable, figures: &[&Figure], picture: Option<&ChartData>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut say = |note: String| {
        let end = if note.ends_with(['.', '?', '!']) { "" } else { "." };
        let note = format!("{}{end}", words::capital(note.trim()));
        if note.len() > 1 && !out.contains(&note) {
            out.push(note);
        }
    };
    table.notes.iter().cloned().for_each(&mut say);
    // What only some figures say (how much is not known of each) stands in figures.csv; the marks say that it is there.
    // The basis is said once, above all questions of the form.
    let told = |n: &&String| {
        let basis = n.starts_with("people chose to answer") || n.starts_with("everyone was asked;");
        !basis && (figures.len() == 1 || !n.starts_with("at least"))
    };
    let mut own: std::collections::BTreeMap<&String, usize> = std::collections::BTreeMap::new();
    for note in figures.iter().flat_map(|f| &f.notes).filter(told) {
        *own.entry(note).or_default() += 1;
    }
    let few = own.len() <= 2;
    own.into_iter().filter(|(_, n)| few || *n >= figures.len()).map(|(note, _)| note.clone()).for_each(&mut say);
    if figures.iter().any(|f| drawn(f).is_some() && is_least(f)) {
        let paler = match picture {
            Some(ChartData::Bars(b))
                if b.bars.iter().any(|b| b.least) && b.bars.iter().any(|b| !b.least && b.value.is_some()) =>
            {
                " The paler bars are such numbers."
            }
            _ => "",
        };
        say(format!("{} means at least: some of what is added up is not known.{paler}", words::LEAST));
    }
    if let Some(missing) = missing(figures) {
        say(missing);
    }
    out
}

/// Who is not in the base, where all figures of the table say the same.
fn missing(figures: &[&Figure]) -> Option<String> {
    let shares: Vec<&&Figure> = figures.iter().filter(|f| drawn(f).is_some() && is_share(f)).collect();
    let first = shares.first()?;
    if shares.iter().any(|f| f.missing != first.missing) {
        return None;
    }
    let m = &first.missing;
    let parts: Vec<String> = [
        (m.blank, "left it blank"),
        (m.refused, "preferred not to say"),
        (m.not_asked, "were not asked"),
        (m.unreadable, "gave an answer that could not be read"),
    ]
    .into_iter()
    .filter_map(|(n, what)| n.filter(|n| *n > 0).map(|n| format!("{} {what}", words::number(n as f64, 0))))
    .collect();
    (!parts.is_empty()).then(|| format!("Not in the base: {}.", words::list(&parts)))
}

/// Whether limits may be drawn: not for those who chose to answer.
pub fn draws_limits(basis: Basis) -> bool {
    !matches!(basis, Basis::SelfSelected)
}
