//! Headers and labels as people read them: survey platforms write some with HTML tags and entities (`&amp;`, `<strong>Like</strong>`).

use std::borrow::Cow;

/// Tags that platforms leave in texts. Anything else between angle brackets stays: `< 18` and `<name>` are no markup.
const TAGS: [&str; 38] = [
    "a",
    "abbr",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "html",
    "i",
    "img",
    "label",
    "li",
    "ol",
    "o:p",
    "p",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tr",
    "u",
    "ul",
];

/// Entities by name, but for those of letters with accents ([`accented`]).
const NAMED: [(&str, char); 44] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("hellip", '…'),
    ("bull", '•'),
    ("middot", '·'),
    ("pound", '£'),
    ("euro", '€'),
    ("cent", '¢'),
    ("yen", '¥'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("deg", '°'),
    ("plusmn", '±'),
    ("times", '×'),
    ("divide", '÷'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("frac34", '¾'),
    ("iexcl", '¡'),
    ("iquest", '¿'),
    ("szlig", 'ß'),
    ("aelig", 'æ'),
    ("AElig", 'Æ'),
    ("oslash", 'ø'),
    ("Oslash", 'Ø'),
    ("shy", '\u{ad}'),
];

/// A text without HTML tags and with its entities decoded, those that were escaped twice too. A line break tag and the end of a
/// paragraph are a space. Texts without either are given back as they are.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&']) {
        return Cow::Borrowed(text);
    }
    let mut out = entities(&without_tags(text));
    if out.contains('&') {
        out = entities(&out);
    }
    Cow::Owned(out)
}

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        match tag(from) {
            Some((length, breaks)) => {
                if breaks {
                    out.push(' ');
                }
                rest = from.get(length..).unwrap_or_default();
            }
            None => {
                out.push('<');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// How long the tag (or comment) is that a text begins with, and whether it ends a line.
fn tag(text: &str) -> Option<(usize, bool)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.find("-->").map(|end| (end + 7, false));
    }
    let inner = text.strip_prefix('<')?;
    let end = inner.find('>')?;
    let inside = inner.get(..end)?.trim_start_matches('/');
    let name = inside.split(|c: char| c.is_whitespace() || c == '/').next()?.to_ascii_lowercase();
    if !TAGS.contains(&name.as_str()) || inside.contains('<') {
        return None;
    }
    let breaks = matches!(name.as_str(), "br" | "p" | "div" | "li" | "td" | "tr" | "hr" | "h1" | "h2" | "h3" | "h4");
    Some((end + 2, breaks))
}

fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.bytes().take(12).position(|b| b == b';');
        match end.and_then(|end| from.get(1..end)).and_then(decoded) {
            Some(c) => {
                out.push(c);
                rest = end.and_then(|end| from.get(end + 1..)).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// The character of an entity: its name, `#8217` or `#x2019`.
fn decoded(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control() || c.is_whitespace());
    }
    NAMED.iter().find(|(n, _)| *n == name).map(|(_, c)| *c).or_else(|| accented(name))
}

/// A letter with an accent: `eacute`, `Uuml`, `ccedil`.
fn accented(name: &str) -> Option<char> {
    const ACCENTS: [(&str, &str, &str); 6] = [
        ("grave", "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        ("acute", "aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
        ("circ", "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        ("tilde", "anoANO", "ãñõÃÑÕ"),
        ("uml", "aeiouyAEIOU", "äëïöüÿÄËÏÖÜ"),
        ("cedil", "cC", "çÇ"),
    ];
    let mut chars = name.chars();
    let letter = chars.next()?;
    let accent = chars.as_str();
    let (_, plain, with) = ACCENTS.iter().find(|(a, _, _)| *a == accent)?;
    plain.chars().zip(with.chars()).find(|(p, _)| *p == letter).map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_as_people_read_them() {
        for (written, read) in [
            ("Arts &amp; Crafts", "Arts & Crafts"),
            ("today&#39;s visit", "today's visit"),
            ("today&rsquo;s caf&eacute;", "today’s café"),
            ("a&amp;nbsp;b", "a b"),
            ("<strong>Like</strong>", "Like"),
            ("One<br />two<br>three", "One two three"),
            ("<p style=\"x\">Please</p>", " Please "),
            ("&lt;18", "<18"),
            ("< 18", "< 18"),
            ("Under <name> & over", "Under <name> & over"),
            ("R&D; more", "R&D; more"),
            ("5 < 6 > 4", "5 < 6 > 4"),
            ("&#x2019;&bogus;&", "’&bogus;&"),
        ] {
            assert_eq!(plain(written), read);
        }
        assert!(matches!(plain("no markup"), Cow::Borrowed(_)));
    }
}
