//! How wide a text is, and where it breaks.

use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// The families a browser tries, in order. The embedded font is registered under this name, so that plotters writes it out.
pub const FAMILY: &str =
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif";

/// plotters draws a font of size s with s ÷ 1.24 pixels to the em.
pub const PER_EM: f64 = 1.24;

/// The embedded font measures by its height (1.362 em); the widest usual system font (DejaVu Sans) is a sixth wider than it.
const WIDER: f64 = 1.362 / PER_EM * 1.17;

/// Makes the embedded font known, once. `false` if plotters would not take it.
pub fn ready() -> bool {
    static READY: OnceLock<bool> = OnceLock::new();
    *READY.get_or_init(|| register_font(FAMILY, FontStyle::Normal, ttf_noto_sans::REGULAR).is_ok())
}

/// The font at a size in pixels to the em.
pub fn font(size: f64, bold: bool) -> FontDesc<'static> {
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    FontDesc::new(FontFamily::Name(FAMILY), size * PER_EM, style)
}

/// How many pixels a text takes, on the safe side.
pub fn width(text: &str, size: f64, bold: bool) -> i32 {
    let plain = match (ready(), font(size, false).box_size(text)) {
        (true, Ok((w, _))) => f64::from(w),
        // Only if the font is not there, and then nothing is drawn: six tenths of an em per character.
        _ => text.chars().count() as f64 * size * 0.6,
    };
    let factor = if bold { WIDER * 1.08 } else { WIDER };
    libm::ceil(plain * factor) as i32
}

/// The text in lines no wider than `room`. Words that are wider by themselves are broken; nothing is left out.
pub fn wrap(text: &str, size: f64, bold: bool, room: i32) -> Vec<String> {
    let room = room.max(24);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let tried = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&tried, size, bold) <= room {
            line = tried;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for part in break_word(word, size, bold, room) {
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = part;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// A word in pieces that fit.
fn break_word(word: &str, size: f64, bold: bool, room: i32) -> Vec<String> {
    if width(word, size, bold) <= room {
        return vec![word.to_owned()];
    }
    let (mut parts, mut part) = (Vec::new(), String::new());
    for c in word.chars() {
        part.push(c);
        if width(&part, size, bold) > room && part.chars().count() > 1 {
            part.pop();
            parts.push(std::mem::replace(&mut part, c.to_string()));
        }
    }
    parts.push(part);
    parts
}
