//! A sheet to draw on, and the frame around a plot.

use plotters::backend::DrawingBackend;
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, RGBColor, ShapeStyle, TextStyle};

use super::super::safe;
use super::text;

/// Colours of the Government Analysis Function's palette, and greys.
pub const BLUE: RGBColor = RGBColor(0x12, 0x43, 0x6D);
/// A paler blue, for what is not complete.
pub const PALE: RGBColor = RGBColor(0x6B, 0x8D, 0xAE);
pub const TURQUOISE: RGBColor = RGBColor(0x28, 0xA1, 0x97);
pub const ORANGE: RGBColor = RGBColor(0xF4, 0x6A, 0x25);
pub const DARK: RGBColor = RGBColor(0x3D, 0x3D, 0x3D);
pub const INK: RGBColor = RGBColor(0x1C, 0x24, 0x2C);
pub const QUIET: RGBColor = RGBColor(0x52, 0x5C, 0x66);
pub const RULE: RGBColor = RGBColor(0xC4, 0xCB, 0xD3);
pub const TRACK: RGBColor = RGBColor(0xEB, 0xEF, 0xF3);
pub const WHITE: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);

/// Size of labels, in pixels.
pub const SIZE: f64 = 14.0;
/// Size of what stands on an axis.
pub const SMALL: f64 = 12.0;
/// From one line of a label to the next.
pub const LEADING: i32 = 18;

/// Something kept the chart from being drawn: the font could not be registered, or the drawing library failed. Our bug.
#[derive(Debug, thiserror::Error)]
#[error("a chart could not be drawn: {0}")]
pub struct DrawError(pub String);

/// What stands around the plot.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// In pixels.
    pub width: i32,
    /// Unique on the page; letters, digits, hyphens.
    pub id: String,
    /// The finding in words.
    pub title: String,
    /// What the picture shows, for those who do not see it.
    pub description: String,
    /// For a chart that stands alone: question, unit and base; and the source line. The title is drawn too.
    pub alone: Option<(String, String)>,
}

/// Where a text stands beside its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// The look of a text.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    pub size: f64,
    pub colour: RGBColor,
    pub bold: bool,
    pub anchor: Anchor,
}

impl Type {
    pub fn new(size: f64, colour: RGBColor) -> Self {
        Type { size, colour, bold: false, anchor: Anchor::Start }
    }
    pub fn bold(self) -> Self {
        Type { bold: true, ..self }
    }
    pub fn anchor(self, anchor: Anchor) -> Self {
        Type { anchor, ..self }
    }
}

/// A sheet of whole pixels, shifted by the frame's margin and by what it wrote above the plot.
pub struct Canvas<'a> {
    backend: SVGBackend<'a>,
    left: i32,
    top: i32,
}

type Drawn = Result<(), DrawError>;

fn failed(error: impl std::fmt::Display) -> DrawError {
    DrawError(error.to_string())
}

impl Canvas<'_> {
    /// A filled rectangle; drawn at least one pixel wide where `w` is positive.
    pub fn rect(&mut self, x: i32, y: i32, w: i32, h: i32, colour: RGBColor) -> Drawn {
        let (x, y) = (x + self.left, y + self.top);
        self.backend.draw_rect((x, y), (x + w, y + h), &colour, true).map_err(failed)
    }
    /// A straight line.
    pub fn line(&mut self, from: (i32, i32), to: (i32, i32), colour: RGBColor, width: u32) -> Drawn {
        let style: ShapeStyle = colour.stroke_width(width);
        let (from, to) = ((from.0 + self.left, from.1 + self.top), (to.0 + self.left, to.1 + self.top));
        self.backend.draw_line(from, to, &style).map_err(failed)
    }
    /// A line through points.
    pub fn path(&mut self, points: &[(i32, i32)], colour: RGBColor, width: u32) -> Drawn {
        let (style, left, top): (ShapeStyle, i32, i32) = (colour.stroke_width(width), self.left, self.top);
        self.backend.draw_path(points.iter().map(|&(x, y)| (x + left, y + top)), &style).map_err(failed)
    }
    /// A filled dot.
    pub fn dot(&mut self, at: (i32, i32), radius: u32, colour: RGBColor) -> Drawn {
        self.backend.draw_circle((at.0 + self.left, at.1 + self.top), radius, &colour, true).map_err(failed)
    }
    /// One line of text, vertically centred on `y`.
    pub fn text(&mut self, x: i32, y: i32, look: Type, words: &str) -> Drawn {
        let words = safe::scrub(words);
        if words.trim().is_empty() {
            return Ok(());
        }
        let horizontal = match look.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = TextStyle {
            font: text::font(look.size, look.bold),
            color: look.colour.to_backend_color(),
            pos: Pos::new(horizontal, VPos::Center),
        };
        self.backend.draw_text(&words, &style, (x + self.left, y + self.top)).map_err(failed)
    }
}

/// Draws a plot of `height` pixels within the frame; gives the finished `<svg>` element.
pub fn sheet(frame: &Frame, height: i32, plot: impl FnOnce(&mut Canvas<'_>) -> Drawn) -> Result<String, DrawError> {
    if !text::ready() {
        return Err(DrawError("the embedded font was not accepted".to_owned()));
    }
    let (edge, room) = (if frame.alone.is_some() { 20 } else { 0 }, frame.width);
    let wide = frame.width + 2 * edge;
    let above: Vec<(Type, String)> = match &frame.alone {
        None => Vec::new(),
        Some((subtitle, _)) => {
            let (title, sub) = (Type::new(19.0, INK).bold(), Type::new(SIZE, QUIET));
            let lines = |look: Type, words: &str| {
                text::wrap(words, look.size, look.bold, room).into_iter().map(move |l| (look, l)).collect::<Vec<_>>()
            };
            let subtitle = if subtitle.is_empty() { Vec::new() } else { lines(sub, subtitle) };
            [lines(title, &frame.title), subtitle].concat()
        }
    };
    let below: Vec<String> = match &frame.alone {
        None => Vec::new(),
        Some((_, source)) => text::wrap(source, SMALL, false, room),
    };
    let step = |look: &Type| if look.size > SIZE { 26 } else { 20 };
    let head: i32 = if above.is_empty() { 0 } else { 28 + above.iter().map(|(look, _)| step(look)).sum::<i32>() };
    let foot: i32 = if below.is_empty() { 0 } else { 20 + 17 * below.len() as i32 };
    let whole = (head + height + foot).max(1);

    let mut svg = String::new();
    {
        let backend = SVGBackend::with_string(&mut svg, (wide.max(1) as u32, whole as u32));
        let mut canvas = Canvas { backend, left: 0, top: 0 };
        if frame.alone.is_some() {
            canvas.rect(0, 0, wide, whole, WHITE)?;
        }
        canvas.left = edge;
        let mut y = 26;
        for (look, line) in &above {
            canvas.text(0, y, *look, line)?;
            y += step(look);
        }
        canvas.top = head;
        plot(&mut canvas)?;
        let mut y = height + 16;
        for line in &below {
            canvas.text(0, y, Type::new(SMALL, QUIET), line)?;
            y += 17;
        }
        canvas.backend.present().map_err(failed)?;
    }
    Ok(finish(&svg, frame, wide, whole))
}

/// The root element with its name and description, and the font said once instead of on every text.
fn finish(svg: &str, frame: &Frame, width: i32, height: i32) -> String {
    let body = svg.split_once(">\n").map_or("", |(_, body)| body);
    let family = safe::markup(text::FAMILY);
    let body = body
        .replace(&format!(" font-family=\"{}\"", text::FAMILY.replace('\'', "&apos;")), "")
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "")
        .replace("\n</text>", "</text>")
        .replace(">\n", ">");
    // A text's own line break stands right after its opening tag: taken out above with the others.
    let size = if frame.alone.is_some() { format!(" width=\"{width}\" height=\"{height}\"") } else { String::new() };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {height}\"{size} role=\"img\" \
         aria-labelledby=\"{id}-t {id}-d\" font-family=\"{family}\"><title id=\"{id}-t\">{title}</title>\
         <desc id=\"{id}-d\">{description}</desc>{body}</svg>\n",
        w = width,
        id = frame.id,
        title = safe::markup(&frame.title),
        description = safe::markup(&frame.description),
        body = body.trim_end().trim_end_matches("</svg>"),
    )
}
