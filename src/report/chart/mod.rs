//! Charts as SVG: takes plain rows and points, gives text; knows nothing of figures, files or pages.
//!
//! Promises: labels are wrapped, never cut; bars start at zero; a missing month breaks the line and stays on the axis; numbers
//! that are not finite are not drawn; text stays text. Drawn with plotters as a backend, measured with an embedded font.

mod bars;
mod canvas;
mod panels;
mod text;
mod trend;
mod waterfall;

pub use bars::{Bar, Bars};
pub use canvas::{DrawError, Frame};
pub use panels::{Panel, Panels};
pub use trend::{Series, Tick, Trend};
pub use waterfall::{Step, StepKind, Waterfall};

/// What a chart shows.
#[derive(Debug, Clone, PartialEq)]
pub enum ChartData {
    Bars(Bars),
    Trend(Trend),
    Panels(Panels),
    Waterfall(Waterfall),
}

/// The width at which a chart is drawn for a page on a desk, in pixels.
pub const WIDE: i32 = 760;
/// The width at which it is drawn for a telephone.
pub const NARROW: i32 = 340;

/// The chart as one `<svg>` element. `frame` says how wide, and what stands around the plot.
pub fn draw(data: &ChartData, frame: &Frame) -> Result<String, DrawError> {
    match data {
        ChartData::Bars(bars) => bars::draw(bars, frame),
        ChartData::Trend(trend) => trend::draw(trend, frame),
        ChartData::Panels(panels) => panels::draw(panels, frame),
        ChartData::Waterfall(waterfall) => waterfall::draw(waterfall, frame),
    }
}

/// A number as a bar may have it: finite and not negative, or none.
fn drawable(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite() && *v >= 0.0)
}
