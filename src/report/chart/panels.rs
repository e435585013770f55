//! Small lines side by side, one per place, for breakdowns too long for one plot. Each has its own scale from zero.

use super::canvas::{DrawError, Frame, INK, LEADING, QUIET, SMALL, Type, sheet};
use super::{drawable, text, trend};

/// One small line per value, over the same periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Panels {
    pub panels: Vec<Panel>,
    /// What stands under the first and the last period.
    pub first: String,
    pub last: String,
    /// The end of every scale where it is fixed (100 for percentages).
    pub full: Option<f64>,
}

/// One small line.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub label: String,
    pub values: Vec<Option<f64>>,
    /// What its highest point is: `highest: 12,345 in July 2010`; or that it is withheld.
    pub note: String,
}

const PLOT: i32 = 56;

/// Draws them in three columns, or one where there is little room.
pub fn draw(panels: &Panels, frame: &Frame) -> Result<String, DrawError> {
    let columns: i32 = if frame.width < 560 { 1 } else { 3 };
    let gap = 24;
    let own = (frame.width - gap * (columns - 1)) / columns;
    let words: Vec<(Vec<String>, Vec<String>)> = panels
        .panels
        .iter()
        .map(|p| (text::wrap(&p.label, SMALL + 1.0, true, own), text::wrap(&p.note, SMALL, false, own)))
        .collect();
    // Panels of one row stand on one line: each row is as high as its wordiest panel.
    let rows: Vec<i32> = words
        .chunks(columns as usize)
        .map(|row| row.iter().map(|(l, n)| (l.len() + n.len()) as i32 * LEADING).max().unwrap_or(0))
        .collect();
    let height = (rows.iter().map(|h| h + PLOT + 40).sum::<i32>() - 16).max(24);

    sheet(frame, height, |canvas| {
        let mut top = 0;
        for ((row, own_words), head) in
            panels.panels.chunks(columns as usize).zip(words.chunks(columns as usize)).zip(&rows)
        {
            for (column, (panel, (label, note))) in row.iter().zip(own_words).enumerate() {
                let x = column as i32 * (own + gap);
                let mut y = top + LEADING / 2;
                for line in label {
                    canvas.text(x, y, Type::new(SMALL + 1.0, INK).bold(), line)?;
                    y += LEADING;
                }
                for line in note {
                    canvas.text(x, y, Type::new(SMALL, QUIET), line)?;
                    y += LEADING;
                }
                let greatest = panel.values.iter().copied().filter_map(drawable).fold(0.0, f64::max);
                let end = panels.full.filter(|f| f.is_finite()).unwrap_or(greatest);
                trend::small(canvas, &panel.values, (x, top + head + 4, own, PLOT), end)?;
                let under = top + head + PLOT + 14;
                canvas.text(x, under, Type::new(SMALL - 1.0, QUIET), &panels.first)?;
                let look = Type::new(SMALL - 1.0, QUIET).anchor(super::canvas::Anchor::End);
                canvas.text(x + own, under, look, &panels.last)?;
            }
            top += head + PLOT + 40;
        }
        Ok(())
    })
}
