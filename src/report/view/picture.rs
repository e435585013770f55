//! From the figures of a table to the chart that shows them, if one can.

use crate::measure::{Chart, Condition, Figure};

use super::super::chart::{Bar, Bars, ChartData, Panel, Panels, Series, Step, StepKind, Tick, Trend, Waterfall};
use super::super::words::{self, Period};
use super::block::draws_limits;
use super::cell::{drawn, is_least, is_left_over, is_percent, is_rest, is_share, of_base, shown};

/// The most bars of one chart.
pub const BARS: usize = 60;
/// Where there are more places than that, how many of them are drawn: the greatest.
pub const MOST_DRAWN: usize = 20;
/// The most lines of one plot; more are drawn side by side.
const LINES: usize = 4;
/// The most small plots side by side.
const PANELS: usize = 40;
/// The most periods of an axis: two centuries of months.
const PERIODS: usize = 2_400;

/// The chart of a table; `None` where there is nothing to draw or too much.
pub fn picture(chart: Chart, figures: &[&Figure]) -> Option<ChartData> {
    if figures.iter().all(|f| drawn(f).is_none()) {
        return None;
    }
    match chart {
        Chart::Trend => trend(figures),
        // Places by period: one small line for each place.
        Chart::None if figures.iter().any(|f| f.dimensions.len() == 2 && !is_share(f)) && time(figures).is_some() => {
            trend(figures)
        }
        Chart::None => None,
        Chart::Bars | Chart::Distribution => bars(figures).map(ChartData::Bars),
        Chart::Waterfall => waterfall(figures),
    }
}

/// The end of the scale: 100 for percentages that stay under it.
fn full(figures: &[&Figure]) -> Option<f64> {
    let percent = figures.iter().all(|f| is_percent(f));
    (percent && figures.iter().filter_map(|f| drawn(f)).all(|v| v <= 100.0)).then_some(100.0)
}

fn bars(figures: &[&Figure]) -> Option<Bars> {
    let depth = figures.iter().map(|f| f.dimensions.len()).max().unwrap_or(0);
    let mut rows: Vec<&Figure> = figures.iter().copied().filter(|f| f.dimensions.len() == depth).collect();
    if depth == 0 || depth > 2 {
        return None;
    }
    let last = |f: &Figure| f.dimensions.last().map(|c| (c.dimension.clone(), is_rest(c)));
    // Places and strands have no order of their own: the greatest first. Answers and periods keep theirs.
    let nominal = rows
        .iter()
        .all(|f| last(f).is_some_and(|(d, _)| matches!(d.as_str(), "site" | "strand" | "district" | "event")));
    if nominal && depth == 1 {
        let key = |f: &Figure| (last(f).is_some_and(|(_, rest)| rest), drawn(f).is_none());
        rows.sort_by(|a, b| {
            let order = drawn(b).unwrap_or(0.0).total_cmp(&drawn(a).unwrap_or(0.0));
            key(a).cmp(&key(b)).then(order)
        });
        if rows.len() > BARS {
            rows.truncate(MOST_DRAWN);
        }
    }
    if rows.len() > BARS {
        return None;
    }
    let timed = |f: &Figure| f.dimensions.last().is_some_and(|c| Period::of(&c.dimension, &c.value).is_some());
    if depth == 1 && !rows.iter().any(|f| timed(f)) {
        rows.sort_by_key(|f| f.dimensions.last().is_some_and(is_left_over));
    }
    let mut group = String::new();
    let bars = rows
        .iter()
        .map(|f| {
            let heading = if depth == 2 { f.dimensions.first().map(|c| c.label.clone()) } else { None };
            let heading = heading.filter(|h| *h != group);
            if let Some(new) = &heading {
                group.clone_from(new);
            }
            let limits = draws_limits(f.basis);
            Bar {
                group: heading,
                label: f.dimensions.last().map(|c| c.label.clone()).unwrap_or_default(),
                value: drawn(f),
                least: is_least(f),
                low: f.low.filter(|_| limits),
                high: f.high.filter(|_| limits),
                text: shown(f),
                aside: of_base(f),
            }
        })
        .collect();
    Some(Bars { bars, full: full(figures) })
}

/// What a gap in a line is.
pub const NO_FIGURES: &str = "no figures";
pub const TOGETHER: &str = "put together";

/// Whether a period stands for several that were put together.
fn is_together(condition: &Condition) -> bool {
    condition.value.contains('+') || crate::protect::is_merged_code(&condition.value)
}

/// The dimension that is time: (its position, and the period of each figure).
fn time<'a>(figures: &[&'a Figure]) -> Option<(usize, Vec<(Period, &'a Figure)>)> {
    let depth = figures.iter().map(|f| f.dimensions.len()).max().unwrap_or(0);
    (0..depth).rev().find_map(|at| {
        let rows: Option<Vec<(Period, &'a Figure)>> = figures
            .iter()
            .filter(|f| f.dimensions.len() == depth)
            .filter(|f| !f.dimensions.get(at).is_some_and(is_rest))
            .map(|f| f.dimensions.get(at).and_then(|c| Period::of(&c.dimension, &c.value)).map(|p| (p, *f)))
            .collect();
        rows.filter(|r| !r.is_empty()).map(|r| (at, r))
    })
}

fn trend(figures: &[&Figure]) -> Option<ChartData> {
    let Some((at, rows)) = time(figures) else { return bars(figures).map(ChartData::Bars) };
    let depth = figures.iter().map(|f| f.dimensions.len()).max().unwrap_or(0);
    // Periods that were put together have no place of their own on an axis: few are bars, many leave a gap.
    let together = figures.iter().any(|f| f.dimensions.get(at).is_some_and(is_together));
    if together && depth == 1 && figures.len() <= BARS {
        return bars(figures).map(ChartData::Bars);
    }
    let (first, last) = (rows.iter().map(|r| r.0).min()?, rows.iter().map(|r| r.0).max()?);
    let count = last.since(first)? + 1;
    // One period alone is no course of time: its number says it all.
    if count == 1 && depth == 1 {
        return None;
    }
    // Years are few enough to be read as bars with their values.
    if depth == 1 && matches!(first, Period::Year { .. }) && count <= BARS {
        return years(figures, &rows, first, count).map(ChartData::Bars);
    }
    // Years by place are read in the table; a year of which some months are not known would draw a fall that was none.
    if depth == 2 && matches!(first, Period::Year { .. }) {
        return None;
    }
    if depth > 2 || count > PERIODS || rows.iter().any(|r| r.0.since(first).is_none()) {
        return None;
    }
    let mut lines: Vec<(String, Series)> = Vec::new();
    for (period, figure) in &rows {
        let other = figure.dimensions.get(1 - at.min(1)).filter(|_| depth == 2);
        let (code, label) = other.map_or((String::new(), String::new()), |c| (c.value.clone(), c.label.clone()));
        let index = match lines.iter().position(|l| l.0 == code) {
            Some(index) => index,
            None if lines.len() >= PANELS => return None,
            None => {
                lines.push((code, Series { label, values: vec![None; count], named: Vec::new() }));
                lines.len() - 1
            }
        };
        if let Some(slot) = lines.get_mut(index).and_then(|l| l.1.values.get_mut(period.since(first)?)) {
            *slot = drawn(figure);
        }
    }
    let text = |values: &[Option<f64>], period: usize| {
        let value = values.get(period).copied().flatten();
        let found = rows.iter().find(|r| r.0.since(first) == Some(period) && drawn(r.1) == value);
        found.map(|r| shown(r.1)).unwrap_or_default()
    };
    let peak = |values: &[Option<f64>]| {
        let best = values.iter().copied().flatten().fold(f64::NEG_INFINITY, f64::max);
        values.iter().position(|v| *v == Some(best))
    };
    if lines.len() > LINES {
        let panels = lines
            .into_iter()
            .map(|(_, line)| Panel {
                note: match peak(&line.values) {
                    Some(p) => format!("highest: {} in {}", text(&line.values, p), first.later(p).words()),
                    None => words::WITHHELD.to_owned(),
                },
                label: line.label,
                values: line.values,
            })
            .collect();
        let data = Panels { panels, first: first.words(), last: last.words(), full: full(figures) };
        return Some(ChartData::Panels(data));
    }
    let single = lines.len() == 1;
    let mark = |i: usize| if count <= 36 { first.later(i).fine_mark(i == 0) } else { first.later(i).mark() };
    let mut ticks: Vec<Tick> = (0..count).map(|i| Tick { mark: mark(i) }).collect();
    if ticks.iter().all(|t| t.mark.is_empty())
        && let Some(tick) = ticks.first_mut()
    {
        tick.mark = first.words();
    }
    let series = lines
        .into_iter()
        .map(|(_, mut line)| {
            if single && let Some(p) = peak(&line.values) {
                line.named.push((p, format!("{}: {}", first.later(p).words(), text(&line.values, p))));
            }
            line
        })
        .collect();
    let gap = if together { TOGETHER } else { NO_FIGURES };
    Some(ChartData::Trend(Trend { periods: ticks, series, full: full(figures), gap }))
}

/// Years as bars in their order; a year without a figure keeps its place.
fn years(figures: &[&Figure], rows: &[(Period, &Figure)], first: Period, count: usize) -> Option<Bars> {
    let bars = (0..count)
        .map(|i| {
            let found = rows.iter().find(|r| r.0.since(first) == Some(i)).map(|r| r.1);
            Bar {
                group: None,
                label: found
                    .and_then(|f| f.dimensions.first())
                    .map_or_else(|| first.later(i).words(), |c| c.label.clone()),
                value: found.and_then(drawn),
                least: found.is_some_and(is_least),
                low: None,
                high: None,
                text: found.map_or_else(|| words::NOT_COLLECTED.to_owned(), shown),
                aside: found.map(of_base).unwrap_or_default(),
            }
        })
        .collect();
    Some(Bars { bars, full: full(figures) })
}

fn waterfall(figures: &[&Figure]) -> Option<ChartData> {
    let steps: Vec<Step> = figures
        .iter()
        .map(|f| {
            let code = f.dimensions.last().map_or("read", |c| c.value.as_str());
            Step {
                label: match (code, f.dimensions.last()) {
                    ("accepted", _) => "Rows that count".to_owned(),
                    (_, Some(condition)) => words::capital(&condition.label),
                    (_, None) => "Rows read".to_owned(),
                },
                value: drawn(f),
                text: shown(f),
                kind: match code {
                    _ if f.dimensions.is_empty() => StepKind::Whole,
                    "rows" | "read" | "all" => StepKind::Whole,
                    "accepted" | "counted" => StepKind::Left,
                    _ => StepKind::Less,
                },
            }
        })
        .collect();
    let rank = |kind: StepKind| match kind {
        StepKind::Whole => 0,
        StepKind::Less => 1,
        StepKind::Left => 2,
    };
    let mut steps = steps;
    steps.sort_by_key(|s| rank(s.kind));
    let less = steps.iter().any(|s| s.kind == StepKind::Less);
    less.then_some(ChartData::Waterfall(Waterfall { steps }))
}
