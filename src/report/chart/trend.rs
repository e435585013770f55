//! Lines over time. Every period from the first to the last stands on the axis; one without a number breaks the line.

use super::canvas::{
    Anchor, BLUE, Canvas, DARK, DrawError, Frame, INK, ORANGE, QUIET, RULE, SMALL, TRACK, TURQUOISE, Type, WHITE, sheet,
};
use super::{drawable, text};
use plotters::style::RGBColor;

/// One to four lines over the same periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// Every period in order, none left out.
    pub periods: Vec<Tick>,
    pub series: Vec<Series>,
    /// The end of the scale where it is fixed (100 for percentages).
    pub full: Option<f64>,
    /// What is written into a gap that has room.
    pub gap: &'static str,
}

/// A period on the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// What is written under it where a new year (or the only period) starts; empty otherwise.
    pub mark: String,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub label: String,
    /// One per period; `None` breaks the line.
    pub values: Vec<Option<f64>>,
    /// Points that are named on the line: (period, text).
    pub named: Vec<(usize, String)>,
}

const COLOURS: [RGBColor; 4] = [BLUE, ORANGE, TURQUOISE, DARK];

/// Round steps for an axis from zero that holds `greatest`: (step, number of steps).
pub fn steps(greatest: f64) -> (f64, u32) {
    if !(greatest.is_finite() && greatest > 0.0) {
        return (1.0, 1);
    }
    let rough = greatest / 4.0;
    let mut unit = 1.0;
    while unit * 10.0 <= rough {
        unit *= 10.0;
    }
    while unit > rough && unit > 1e-9 {
        unit /= 10.0;
    }
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|m| m * unit).find(|s| *s >= rough).unwrap_or(unit * 10.0);
    (step, libm::ceil(greatest / step - 1e-9).max(1.0) as u32)
}

/// A number on an axis.
pub fn axis_number(value: f64) -> String {
    let decimals = if value == libm::floor(value) { 0 } else { 1 };
    super::super::words::number(value, decimals)
}

/// Runs of periods that have no number in any line: (first, one past the last).
fn gaps(trend: &Trend) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for i in 0..trend.periods.len() {
        let known = trend.series.iter().any(|s| drawable(s.values.get(i).copied().flatten()).is_some());
        if known {
            continue;
        }
        match out.last_mut() {
            Some(run) if run.1 == i => run.1 = i + 1,
            _ => out.push((i, i + 1)),
        }
    }
    out
}

/// Where periods and values stand on the sheet.
struct Scale {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    periods: usize,
    end: f64,
}

impl Scale {
    fn x(&self, period: f64) -> i32 {
        let room = f64::from(self.right - self.left);
        self.left + libm::round((period + 0.5) / self.periods.max(1) as f64 * room) as i32
    }
    fn edge(&self, period: usize) -> i32 {
        self.x(period as f64 - 0.5)
    }
    fn y(&self, value: f64) -> i32 {
        let share = if self.end > 0.0 { (value / self.end).clamp(0.0, 1.0) } else { 0.0 };
        self.bottom - libm::round(share * f64::from(self.bottom - self.top)) as i32
    }
}

/// Draws the lines with an axis from zero.
pub fn draw(trend: &Trend, frame: &Frame) -> Result<String, DrawError> {
    let narrow = frame.width < 560;
    let values = trend.series.iter().flat_map(|s| s.values.iter().copied().filter_map(drawable));
    let greatest = values.fold(0.0, f64::max);
    let (step, count) = match trend.full.filter(|f| f.is_finite() && *f > 0.0) {
        Some(full) => (full / 4.0, 4),
        None => steps(greatest),
    };
    let end = step * f64::from(count);
    let numbers: Vec<(f64, String)> = (0..=count).map(|i| step * f64::from(i)).map(|v| (v, axis_number(v))).collect();
    let left = numbers.iter().map(|(_, t)| text::width(t, SMALL, false)).max().unwrap_or(0) + 8;
    let keys = if trend.series.len() > 1 { legend(trend, frame.width) } else { Vec::new() };
    let key_height = keys.iter().map(|k| k.1 + 22).max().unwrap_or(0);
    let top = key_height + 26;
    let plot = if narrow { 190 } else { 250 };
    let scale = Scale { left, right: frame.width - 8, top, bottom: top + plot, periods: trend.periods.len(), end };
    let height = scale.bottom + 30;

    sheet(frame, height, |canvas| {
        for (i, (x, y, _)) in keys.iter().map(|k| (k.0, k.1, ())).enumerate() {
            let (Some(series), Some(colour)) = (trend.series.get(i), COLOURS.get(i)) else { continue };
            canvas.rect(x, y + 7, 18, 4, *colour)?;
            canvas.text(x + 24, y + 9, Type::new(SMALL, INK), &series.label)?;
        }
        for (from, to) in gaps(trend) {
            let (a, b) = (scale.edge(from), scale.edge(to));
            canvas.rect(a, scale.top, (b - a).max(1), scale.bottom - scale.top, TRACK)?;
        }
        for (value, words) in &numbers {
            let y = scale.y(*value);
            canvas.line((left, y), (scale.right, y), if *value == 0.0 { QUIET } else { RULE }, 1)?;
            canvas.text(left - 6, y, Type::new(SMALL, QUIET).anchor(Anchor::End), words)?;
        }
        for (from, to) in gaps(trend) {
            let (a, b) = (scale.edge(from), scale.edge(to));
            let words = trend.gap;
            if b - a > text::width(words, SMALL, false) + 4 {
                let look = Type::new(SMALL, QUIET).anchor(Anchor::Middle);
                canvas.text((a + b) / 2, (scale.top + scale.bottom) / 2, look, words)?;
            }
        }
        axis(canvas, trend, &scale)?;
        for (series, colour) in trend.series.iter().zip(COLOURS) {
            line(canvas, &series.values, &scale, colour, 2)?;
        }
        for (series, colour) in trend.series.iter().zip(COLOURS) {
            named(canvas, series, &scale, colour)?;
        }
        Ok(())
    })
}

/// Where the key of each line stands: (x, y), wrapped to the width.
fn legend(trend: &Trend, width: i32) -> Vec<(i32, i32)> {
    let (mut x, mut y, mut out) = (0, 0, Vec::new());
    for series in trend.series.iter().take(COLOURS.len()) {
        let own = 24 + text::width(&series.label, SMALL, false) + 18;
        if x > 0 && x + own > width {
            (x, y) = (0, y + 20);
        }
        out.push((x, y));
        x += own;
    }
    out
}

/// Marks under the axis, as many as have room.
fn axis(canvas: &mut Canvas<'_>, trend: &Trend, scale: &Scale) -> Result<(), DrawError> {
    let mut free = i32::MIN;
    for (i, tick) in trend.periods.iter().enumerate().filter(|(_, t)| !t.mark.is_empty()) {
        let (x, own) = (scale.edge(i), text::width(&tick.mark, SMALL, false));
        canvas.line((x, scale.bottom), (x, scale.bottom + 5), QUIET, 1)?;
        let start = x.min(scale.right + 8 - own);
        if start < free {
            continue;
        }
        canvas.text(start, scale.bottom + 15, Type::new(SMALL, QUIET), &tick.mark)?;
        free = start + own + 10;
    }
    Ok(())
}

/// One line, broken where a value is missing; a value between two gaps is a dot.
fn line(
    canvas: &mut Canvas<'_>,
    values: &[Option<f64>],
    scale: &Scale,
    colour: RGBColor,
    width: u32,
) -> Result<(), DrawError> {
    let mut run: Vec<(i32, i32)> = Vec::new();
    for i in 0..=values.len() {
        match values.get(i).copied().flatten().and_then(|v| drawable(Some(v))) {
            Some(v) => run.push((scale.x(i as f64), scale.y(v))),
            None => {
                match run.as_slice() {
                    [] => {}
                    [one] => canvas.dot(*one, width + 1, colour)?,
                    many => canvas.path(many, colour, width)?,
                }
                run.clear();
            }
        }
    }
    Ok(())
}

/// Points with their words, kept inside the plot.
fn named(canvas: &mut Canvas<'_>, series: &Series, scale: &Scale, colour: RGBColor) -> Result<(), DrawError> {
    for (period, words) in &series.named {
        let Some(value) = series.values.get(*period).copied().flatten().and_then(|v| drawable(Some(v))) else {
            continue;
        };
        let (x, y) = (scale.x(*period as f64), scale.y(value));
        let own = text::width(words, SMALL, true);
        let start = (x - own / 2).clamp(scale.left, (scale.right - own).max(scale.left));
        canvas.rect(start - 2, y - 23, own + 4, 17, WHITE)?;
        canvas.dot((x, y), 6, WHITE)?;
        canvas.dot((x, y), 4, colour)?;
        canvas.text(start, y - 14, Type::new(SMALL, INK).bold(), words)?;
    }
    Ok(())
}

/// A small line without an axis, for [`super::panels`]: from zero to `end` in the given box.
pub fn small(
    canvas: &mut Canvas<'_>,
    values: &[Option<f64>],
    at: (i32, i32, i32, i32),
    end: f64,
) -> Result<(), DrawError> {
    let (x, y, w, h) = at;
    let scale = Scale { left: x, right: x + w, top: y, bottom: y + h, periods: values.len(), end };
    let mut from = None;
    for i in 0..=values.len() {
        let known = values.get(i).is_none_or(|v| drawable(*v).is_some());
        match (known, from) {
            (false, None) => from = Some(i),
            (true, Some(start)) => {
                let (a, b) = (scale.edge(start), scale.edge(i));
                canvas.rect(a, y, (b - a).max(1), h, TRACK)?;
                from = None;
            }
            _ => {}
        }
    }
    canvas.line((x, y + h), (x + w, y + h), QUIET, 1)?;
    line(canvas, values, &scale, BLUE, 1)
}
