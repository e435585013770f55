//! Horizontal bars from zero, each with its value in words; with limits where the basis allows them.

use super::canvas::{
    Anchor, BLUE, Canvas, DARK, DrawError, Frame, INK, LEADING, PALE, QUIET, RULE, SIZE, TRACK, Type, WHITE, sheet,
};
use super::{drawable, text};
use plotters::style::RGBColor;

/// Bars for the values of one dimension, in the order in which they are given.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    pub bars: Vec<Bar>,
    /// The end of the scale where it is fixed (100 for percentages); otherwise the greatest value or limit.
    pub full: Option<f64>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// A heading that this bar and those after it stand under.
    pub group: Option<String>,
    pub label: String,
    /// `None`: withheld or not known; `text` says which.
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Whether the value is at least so high: drawn paler.
    pub least: bool,
    /// The value as printed: `93%`, `12,345`, `[c]`.
    pub text: String,
    /// What stands quietly beside it: `28 of 30`.
    pub aside: String,
}

const THICK: i32 = 18;
const GAP: i32 = 12;

/// One bar with its label in lines and its place on the sheet.
struct Laid<'a> {
    bar: &'a Bar,
    label: Vec<String>,
    heading: Vec<String>,
    y: i32,
}

/// Draws them: labels at the left, or above the bars where there is little room.
pub fn draw(bars: &Bars, frame: &Frame) -> Result<String, DrawError> {
    let narrow = frame.width < 560;
    let limits = |b: &Bar| drawable(b.low).zip(drawable(b.high)).filter(|(l, h)| l <= h);
    let greatest =
        bars.bars.iter().flat_map(|b| [drawable(b.value), limits(b).map(|l| l.1)]).flatten().fold(0.0, f64::max);
    let full = bars.full.filter(|f| f.is_finite() && *f > 0.0).unwrap_or(greatest);

    let words = |b: &Bar| {
        let aside = if b.aside.is_empty() { 0 } else { 8 + text::width(&b.aside, SIZE, false) };
        text::width(&b.text, SIZE, true) + aside
    };
    let value_room = bars.bars.iter().map(words).max().unwrap_or(0);
    // Where nothing is complete there is nothing to set apart.
    let mixed = bars.bars.iter().any(|b| !b.least && drawable(b.value).is_some());
    let longest = bars.bars.iter().map(|b| text::width(&b.label, SIZE, false)).max().unwrap_or(0);
    let label_room = if narrow { frame.width } else { longest.min(frame.width * 38 / 100) };
    let left = if narrow { 0 } else { label_room + 12 };
    let bar_room = if narrow { frame.width - 2 } else { (frame.width - left - value_room - 12).max(60) };

    let mut laid = Vec::with_capacity(bars.bars.len());
    let mut y = 4;
    for bar in &bars.bars {
        let heading = bar.group.as_ref().map_or(Vec::new(), |g| text::wrap(g, SIZE, true, frame.width));
        if !heading.is_empty() {
            y += if y > 4 { 10 } else { 0 };
        }
        let room = if narrow { frame.width - words(bar) - 12 } else { label_room };
        let label = text::wrap(&bar.label, SIZE, false, room);
        let own = label.len() as i32 * LEADING;
        let start = y + heading.len() as i32 * LEADING + if heading.is_empty() { 0 } else { 6 };
        // Above a bar that is not there, a label needs no room for it.
        let thick = if bars.full.is_some() || drawable(bar.value).is_some() { THICK } else { 0 };
        y = start + GAP + if narrow { own + thick } else { own.max(THICK) };
        laid.push(Laid { bar, label, heading, y: start });
    }
    let height = (y - GAP + 4).max(24);

    sheet(frame, height, |canvas| {
        for row in &laid {
            let mut y = row.y - row.heading.len() as i32 * LEADING - if row.heading.is_empty() { 0 } else { 6 };
            for line in &row.heading {
                canvas.text(0, y + LEADING / 2, Type::new(SIZE, INK).bold(), line)?;
                y += LEADING;
            }
            let lines = row.label.len() as i32 * LEADING;
            let whole = if narrow { lines } else { lines.max(THICK) };
            let first = row.y + (whole - lines) / 2 + LEADING / 2;
            let look = Type::new(SIZE, INK);
            for (i, line) in row.label.iter().enumerate() {
                let at = first + i as i32 * LEADING;
                if narrow {
                    canvas.text(0, at, look, line)?;
                } else {
                    canvas.text(label_room, at, look.anchor(Anchor::End), line)?;
                }
            }
            let top = if narrow { row.y + lines } else { row.y + (whole - THICK) / 2 };
            let colour = if row.bar.least && mixed { PALE } else { BLUE };
            one(canvas, row.bar, limits(row.bar), (left, top), (bar_room, full, bars.full.is_some()), colour)?;
            if narrow {
                value(canvas, row.bar, frame.width, row.y + LEADING / 2, Anchor::End)?;
            } else if bars.full.is_some() {
                value(canvas, row.bar, left + bar_room + 12, top + THICK / 2, Anchor::Start)?;
            } else {
                let end = limits(row.bar).map_or(0.0, |l| l.1).max(drawable(row.bar.value).unwrap_or(0.0));
                value(canvas, row.bar, left + length(end, full, bar_room) + 8, top + THICK / 2, Anchor::Start)?;
            }
        }
        if !narrow && bars.full.is_none() && !laid.is_empty() {
            canvas.line((left, 0), (left, height), RULE, 1)?;
        }
        Ok(())
    })
}

/// How long a bar is: at least two pixels if there is anything.
fn length(value: f64, full: f64, room: i32) -> i32 {
    if full <= 0.0 || value <= 0.0 {
        return 0;
    }
    let share = (value / full).clamp(0.0, 1.0);
    (libm::round(share * f64::from(room)) as i32).max(2)
}

/// The bar itself with its track and its limits.
fn one(
    canvas: &mut Canvas<'_>,
    bar: &Bar,
    limits: Option<(f64, f64)>,
    at: (i32, i32),
    scale: (i32, f64, bool),
    colour: RGBColor,
) -> Result<(), DrawError> {
    let ((x, y), (room, full, track)) = (at, scale);
    if track {
        canvas.rect(x, y, room, THICK, TRACK)?;
    }
    let Some(value) = drawable(bar.value) else { return Ok(()) };
    let long = length(value, full, room);
    if long > 0 {
        canvas.rect(x, y, long, THICK, colour)?;
    }
    if let Some((low, high)) = limits {
        let (from, to, mid) = (x + length(low, full, room), x + length(high, full, room), y + THICK / 2);
        // A white edge keeps the line visible on the bar as well as beside it.
        canvas.line((from - 1, mid), (to + 1, mid), WHITE, 6)?;
        for end in [from, to] {
            canvas.line((end, mid - 6), (end, mid + 6), WHITE, 6)?;
        }
        canvas.line((from, mid), (to, mid), DARK, 2)?;
        for end in [from, to] {
            canvas.line((end, mid - 5), (end, mid + 5), DARK, 2)?;
        }
    }
    Ok(())
}

/// The value in words and what stands beside it.
fn value(canvas: &mut Canvas<'_>, bar: &Bar, x: i32, y: i32, anchor: Anchor) -> Result<(), DrawError> {
    let strong = Type::new(SIZE, if bar.value.is_some() { INK } else { QUIET }).bold().anchor(anchor);
    let quiet = Type::new(SIZE, QUIET).anchor(anchor);
    match anchor {
        Anchor::End => {
            let aside = if bar.aside.is_empty() { 0 } else { text::width(&bar.aside, SIZE, false) + 8 };
            canvas.text(x, y, quiet, &bar.aside)?;
            canvas.text(x - aside, y, strong, &bar.text)
        }
        _ => {
            canvas.text(x, y, strong, &bar.text)?;
            canvas.text(x + text::width(&bar.text, SIZE, true) + 8, y, quiet, &bar.aside)
        }
    }
}
