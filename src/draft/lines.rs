//! Lines of a terminal of 100 columns: wrapped, cut, and with nothing in them that could steer it.

/// The greatest width of a line, in characters.
pub const WIDTH: usize = 100;

/// A text of at most `width` characters, its end replaced by `…` where it is longer.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(width.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// Breaks a text into lines no wider than the page: `first` spaces before the first, `next` before the others.
pub fn wrap(text: &str, first: usize, next: usize, out: &mut Vec<String>) {
    let mut lines = Vec::new();
    // The first line is measured as the others are, and moved after.
    wrap_to(text, WIDTH - first.max(next), &mut lines);
    for (at, line) in lines.into_iter().enumerate() {
        out.push(format!("{}{line}", " ".repeat(if at == 0 { first } else { next })));
    }
}

/// Breaks a text into lines of at most `width` characters; a longer word is cut.
pub fn wrap_to(text: &str, width: usize, out: &mut Vec<String>) {
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word = cut(word, width);
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            out.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    out.push(line);
}

/// A text that cannot steer a terminal, on one line.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' | '\r' | '\u{a0}' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// `1 row`, `1,204 rows`.
pub fn some(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A whole number with commas between thousands.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_to_the_page() {
        let mut out = Vec::new();
        wrap(&"word ".repeat(60), 10, 12, &mut out);
        wrap(&"x".repeat(300), 2, 4, &mut out);
        assert!(out.iter().all(|line| line.chars().count() <= WIDTH));
        assert!(out.iter().any(|line| line.starts_with("            word")));
        assert_eq!((number(1_234_567).as_str(), some(1, "row", "rows").as_str()), ("1,234,567", "1 row"));
    }
}
