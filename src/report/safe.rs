//! Text from outside made harmless for what it goes into: markup, file names, spreadsheets.

/// The text without characters that no document may hold or that turn a line around: control characters become spaces;
/// direction overrides, byte order marks and non-characters go.
pub fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200e}' | '\u{200f}' => {}
            '\u{fdd0}'..='\u{fdef}' => {}
            c if u32::from(c) & 0xfffe == 0xfffe => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The text with the five characters of markup written out, for XML text and attributes.
pub fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in scrub(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The longest file name made of a table's code, without its ending.
const NAME: usize = 80;

/// A code as a file name or an element's id: lower-case ASCII letters, digits and hyphens, starting with a letter.
/// Two codes may give one name: see [`Names`].
pub fn slug(code: &str) -> String {
    let mut out = String::new();
    for c in code.chars() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'A'..='Z' => out.push(c.to_ascii_lowercase()),
            _ if out.is_empty() || out.ends_with('-') => {}
            _ => out.push('-'),
        }
    }
    while out.ends_with('-') {
        out.pop();
    }
    // Windows keeps some names for devices, whatever the ending.
    let device =
        matches!(out.as_str(), "con" | "prn" | "aux" | "nul") || out.starts_with("com") || out.starts_with("lpt");
    if !out.starts_with(|c: char| c.is_ascii_lowercase()) || (device && out.len() <= 4) {
        out.insert_str(0, "t-");
    }
    out
}

/// Gives each code a name of its own, the same in every run: what would be too long or taken carries a piece of its code's hash.
#[derive(Debug, Default)]
pub struct Names {
    taken: std::collections::BTreeSet<String>,
}

impl Names {
    /// The name of a code.
    pub fn name(&mut self, code: &str) -> String {
        let plain = slug(code);
        if plain.len() <= NAME && self.taken.insert(plain.clone()) {
            return plain;
        }
        let hash = blake3::hash(code.as_bytes()).to_hex();
        let head: String = plain.chars().take(NAME - 9).collect();
        let mut name = format!("{head}-{}", hash.chars().take(8).collect::<String>());
        while !self.taken.insert(name.clone()) {
            name.push('x');
        }
        name
    }
}

/// A text as a cell of a CSV file that no spreadsheet program takes for a formula: one that starts (after blanks) with
/// `=`, `+`, `-`, `@` or one of their wide forms gets an apostrophe before it.
pub fn cell(text: &str) -> String {
    let clean = scrub(text);
    match clean.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{clean}"),
        _ => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_to_be_text() {
        for bad in ["=1+1", " =1", "+44", "-2", "@SUM(A1)", "\t=cmd|' /C calc'!A0", "\r@x", "＝1"] {
            assert!(cell(bad).starts_with('\''), "{bad:?}");
        }
        assert_eq!(cell("City Library"), "City Library");
        assert_eq!(cell("2020-21"), "2020-21");
    }

    #[test]
    fn names_are_safe_and_unique() {
        let mut names = Names::default();
        assert_eq!(names.name("visits/site+month"), "visits-site-month");
        let second = names.name("visits/site month");
        assert!(second.starts_with("visits-site-month-") && second.len() == 26);
        for hostile in ["../../etc/passwd", "CON", "", "ÄÖ", "a\u{0}b", &"x".repeat(300)] {
            let name = names.name(hostile);
            assert!(name.len() <= NAME && name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
        }
    }

    #[test]
    fn nothing_invisible_or_forbidden_remains() {
        assert_eq!(scrub("a\u{0}b\u{202e}c\u{ffff}d\u{b}e"), "a bcd e");
        assert_eq!(markup("<b a='\"&'>"), "&lt;b a=&#39;&quot;&amp;&#39;&gt;");
    }
}
