//! From all rows that were read to those that count: one bar per step, each starting where the one before ended.

use super::canvas::{Anchor, BLUE, DARK, DrawError, Frame, INK, LEADING, ORANGE, QUIET, RULE, SIZE, Type, sheet};
use super::{drawable, text};

/// The steps in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub label: String,
    pub value: Option<f64>,
    /// The value as printed.
    pub text: String,
    pub kind: StepKind,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Everything there is.
    Whole,
    /// Taken off.
    Less,
    /// What is left.
    Left,
}

const THICK: i32 = 20;
const GAP: i32 = 10;

/// Draws them.
pub fn draw(waterfall: &Waterfall, frame: &Frame) -> Result<String, DrawError> {
    let narrow = frame.width < 560;
    let full = waterfall.steps.iter().filter_map(|s| drawable(s.value)).fold(0.0, f64::max);
    let value_room = waterfall.steps.iter().map(|s| text::width(&s.text, SIZE, true)).max().unwrap_or(0) + 8;
    let longest = waterfall.steps.iter().map(|s| text::width(&s.label, SIZE, false)).max().unwrap_or(0);
    let label_room = if narrow { frame.width - value_room } else { longest.min(frame.width * 38 / 100) };
    let left = if narrow { 0 } else { label_room + 12 };
    let room = (frame.width - left - if narrow { 2 } else { value_room }).max(60);
    let labels: Vec<Vec<String>> =
        waterfall.steps.iter().map(|s| text::wrap(&s.label, SIZE, false, label_room)).collect();
    let tall = |lines: usize| {
        let own = lines as i32 * LEADING;
        if narrow { own + THICK } else { own.max(THICK) }
    };
    let height = labels.iter().map(|l| tall(l.len()) + GAP).sum::<i32>().max(24);
    let long = |value: f64| {
        let share = if full > 0.0 { (value / full).clamp(0.0, 1.0) } else { 0.0 };
        libm::round(share * f64::from(room)) as i32
    };

    sheet(frame, height, |canvas| {
        let (mut y, mut rest) = (0, full);
        for (step, label) in waterfall.steps.iter().zip(&labels) {
            let whole = tall(label.len());
            let lines = label.len() as i32 * LEADING;
            let first = if narrow { y } else { y + (whole - lines) / 2 } + LEADING / 2;
            for (i, line) in label.iter().enumerate() {
                let (x, anchor) = if narrow { (0, Anchor::Start) } else { (label_room, Anchor::End) };
                canvas.text(x, first + i as i32 * LEADING, Type::new(SIZE, INK).anchor(anchor), line)?;
            }
            let top = if narrow { y + lines } else { y + (whole - THICK) / 2 };
            let value = drawable(step.value);
            let (from, to, colour) = match (value, step.kind) {
                (Some(v), StepKind::Less) => {
                    let (to, from) = (long(rest), long(rest - v));
                    rest = (rest - v).max(0.0);
                    (from.min(to - 2).max(0), to, ORANGE)
                }
                (Some(v), StepKind::Whole) => (0, long(v), DARK),
                (Some(v), StepKind::Left) => (0, long(v), BLUE),
                (None, _) => (0, 0, DARK),
            };
            if value.is_some_and(|v| v > 0.0) {
                canvas.rect(left + from, top, (to - from).max(2), THICK, colour)?;
            }
            let look = Type::new(SIZE, if value.is_some() { INK } else { QUIET }).bold();
            if narrow {
                canvas.text(frame.width, y + LEADING / 2, look.anchor(Anchor::End), &step.text)?;
            } else {
                canvas.text(left + to + 8, top + THICK / 2, look, &step.text)?;
            }
            y += whole + GAP;
        }
        if !narrow {
            canvas.line((left, 0), (left, height - GAP / 2), RULE, 1)?;
        }
        Ok(())
    })
}
