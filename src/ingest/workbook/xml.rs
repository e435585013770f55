//! XML as it comes, in tokens that lie in one small buffer: nothing is built, nothing is believed, and no token may be long.
//!
//! Names are told without their prefix (`x:row` is a `row`), attributes with it on demand. A DOCTYPE is refused. Text comes in
//! pieces, its references resolved by [`plain`].

use std::borrow::Cow;
use std::io::Read;

use memchr::{memchr, memchr3, memmem};

use super::fault::Fault;

/// How much is read at once.
const CHUNK: usize = 1 << 16;

/// How long a piece of text is at least, where more follows.
const PIECE: usize = 1 << 12;

/// The longest tag, comment or instruction.
const TAG: usize = 1 << 18;

/// One token.
#[derive(Debug)]
pub(super) enum Token<'a> {
    /// A start tag; an empty element is one too, with [`Tag::empty`], and no end follows.
    Start(Tag<'a>),
    /// An end tag's name.
    End(&'a [u8]),
    /// A piece of text, references not resolved.
    Text(&'a [u8]),
    /// A piece of text that has no references.
    Verbatim(&'a [u8]),
    /// The end of the document.
    Done,
}

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// Its name without a prefix.
    pub name: &'a [u8],
    attributes: &'a [u8],
    pub empty: bool,
}

impl<'a> Tag<'a> {
    /// The attributes' names, with prefixes, and raw values, as they come.
    #[inline]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }

    /// The value of the attribute with this name; a prefix counts only where `name` has one.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let whole = name.contains(':');
        let found =
            self.attributes().find(|(n, _)| if whole { *n == name.as_bytes() } else { local(n) == name.as_bytes() });
        found.map(|(_, value)| plain(value))
    }

    /// Whether the attribute says yes.
    pub fn is(&self, name: &str) -> bool {
        self.get(name).is_some_and(|v| matches!(v.as_ref(), "1" | "true" | "on"))
    }
}

/// What iterates over a tag's attributes.
pub(super) struct Attributes<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let start = self.rest.iter().position(|b| !b.is_ascii_whitespace())?;
        let rest = self.rest.get(start..)?;
        let equals = memchr(b'=', rest)?;
        let name = rest.get(..equals)?.trim_ascii_end();
        let after = rest.get(equals + 1..)?.trim_ascii_start();
        let (&quote, value) = after.split_first()?;
        if quote != b'"' && quote != b'\'' {
            return None;
        }
        let end = memchr(quote, value)?;
        self.rest = value.get(end + 1..)?;
        Some((name, value.get(..end)?))
    }
}

/// A name without its prefix.
#[inline]
fn local(name: &[u8]) -> &[u8] {
    match memchr(b':', name) {
        Some(at) => name.get(at + 1..).unwrap_or_default(),
        None => name,
    }
}

/// Raw text with its references resolved; what is no UTF-8 becomes U+FFFD, an unknown reference stays as it is.
pub(super) fn plain(raw: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(raw);
    if memchr(b'&', raw).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest: &str = &text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let end = rest.bytes().take(12).position(|b| b == b';');
        match end.and_then(|end| Some((end, character(rest.get(1..end)?)?))) {
            Some((end, c)) => {
                out.push(c);
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that a reference stands for.
fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let code = name.strip_prefix('#')?;
            let code = match code.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// A document that is read token by token.
pub(super) struct Xml<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
    /// Whether the source has no more.
    drained: bool,
}

impl<R: Read> Xml<R> {
    /// A document from its start.
    ///
    /// # Errors
    /// [`Fault::Damaged`] where it is not in UTF-8.
    pub fn new(source: R) -> Result<Self, Fault> {
        let mut xml = Xml { source, buffer: Vec::with_capacity(2 * CHUNK), at: 0, drained: false };
        while xml.buffer.len() < 3 && xml.more()? {}
        if xml.buffer.starts_with(b"\xef\xbb\xbf") {
            xml.at = 3;
        }
        if xml.buffer.starts_with(b"\xff\xfe") || xml.buffer.starts_with(b"\xfe\xff") {
            return Err(Fault::Damaged);
        }
        Ok(xml)
    }

    /// Reads on; `false` at the end. What was read and not yet given stays.
    fn more(&mut self) -> Result<bool, Fault> {
        if self.drained {
            return Ok(false);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        self.buffer.resize(before + CHUNK, 0);
        let n = self.source.read(self.buffer.get_mut(before..).unwrap_or_default())?;
        self.buffer.truncate(before + n);
        self.drained = n == 0;
        Ok(n > 0)
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// Where the tag ends that begins here: after its `>`, which may stand in quotes before.
    #[inline]
    fn tag_end(&mut self) -> Result<usize, Fault> {
        let mut from = 1;
        loop {
            let rest = self.rest();
            let mut at = from;
            let mut open = None;
            while let Some(found) = rest.get(at..).and_then(|r| memchr3(b'>', b'"', b'\'', r)) {
                let here = at + found;
                match rest.get(here) {
                    Some(b'>') => return Ok(here + 1),
                    Some(&quote) => match rest.get(here + 1..).and_then(|r| memchr(quote, r)) {
                        Some(close) => at = here + 1 + close + 1,
                        None => {
                            open = Some(here);
                            break;
                        }
                    },
                    None => break,
                }
            }
            // What was looked at need not be looked at again, but for a quote that is open.
            from = open.unwrap_or(if at > from { at } else { from });
            self.grow()?;
        }
    }

    /// Where `needle` ends, from here.
    fn end_of(&mut self, needle: &[u8]) -> Result<usize, Fault> {
        loop {
            if let Some(at) = memmem::find(self.rest(), needle) {
                return Ok(at + needle.len());
            }
            self.grow()?;
        }
    }

    /// Reads on inside a tag.
    fn grow(&mut self) -> Result<(), Fault> {
        if self.rest().len() > TAG || !self.more()? { Err(Fault::Damaged) } else { Ok(()) }
    }

    /// The next token.
    ///
    /// # Errors
    /// [`Fault::Damaged`] where the document ends inside a tag, or a tag has no end; [`Fault::Doctype`].
    #[inline]
    pub fn next(&mut self) -> Result<Token<'_>, Fault> {
        loop {
            let Some(&first) = self.buffer.get(self.at) else {
                if self.more()? {
                    continue;
                }
                return Ok(Token::Done);
            };
            if first != b'<' {
                return self.text();
            }
            while self.buffer.len() - self.at < 9 && self.more()? {}
            match self.buffer.get(self.at + 1) {
                Some(b'/') => {
                    let end = self.tag_end()?;
                    let start = self.at;
                    self.at += end;
                    let name = self.buffer.get(start + 2..self.at - 1).unwrap_or_default().trim_ascii_end();
                    return Ok(Token::End(local(name)));
                }
                Some(b'!') => {
                    if self.rest().starts_with(b"<!--") {
                        self.skip(b"-->")?;
                    } else if self.rest().starts_with(b"<![CDATA[") {
                        let end = self.end_of(b"]]>")?;
                        let start = self.at;
                        self.at += end;
                        return Ok(Token::Verbatim(self.buffer.get(start + 9..self.at - 3).unwrap_or_default()));
                    } else if self.rest().get(..9).is_some_and(|r| r.eq_ignore_ascii_case(b"<!DOCTYPE")) {
                        return Err(Fault::Doctype);
                    } else {
                        return Err(Fault::Damaged);
                    }
                }
                Some(b'?') => self.skip(b"?>")?,
                _ => {
                    let end = self.tag_end()?;
                    let start = self.at;
                    self.at += end;
                    let inner = self.buffer.get(start + 1..self.at - 1).unwrap_or_default();
                    let (inner, empty) = match inner.strip_suffix(b"/") {
                        Some(inner) => (inner, true),
                        None => (inner, false),
                    };
                    let split = inner.iter().position(u8::is_ascii_whitespace).unwrap_or(inner.len());
                    let (name, attributes) = inner.split_at_checked(split).unwrap_or((inner, &[]));
                    return Ok(Token::Start(Tag { name: local(name), attributes, empty }));
                }
            }
        }
    }

    /// Passes over what ends with `needle`, however long it is.
    fn skip(&mut self, needle: &[u8]) -> Result<(), Fault> {
        loop {
            if let Some(at) = memmem::find(self.rest(), needle) {
                self.at += at + needle.len();
                return Ok(());
            }
            self.at = self.buffer.len().saturating_sub(needle.len() - 1).max(self.at);
            if !self.more()? {
                return Err(Fault::Damaged);
            }
        }
    }

    /// A piece of text, which ends neither inside a reference nor inside a character.
    #[inline]
    fn text(&mut self) -> Result<Token<'_>, Fault> {
        let end = loop {
            match memchr(b'<', self.rest()) {
                Some(end) => break end,
                None if self.drained => break self.rest().len(),
                None if self.rest().len() >= PIECE => break self.seam(),
                None => {
                    self.more()?;
                }
            }
        };
        let start = self.at;
        self.at += end;
        Ok(Token::Text(self.buffer.get(start..self.at).unwrap_or_default()))
    }

    /// A place near the end of the buffer where a piece of text may end.
    fn seam(&self) -> usize {
        let rest = self.rest();
        let mut end = rest.len();
        if let Some(tail) = rest.get(end.saturating_sub(12)..)
            && let Some(at) = memchr::memrchr(b'&', tail)
        {
            end = end.saturating_sub(12) + at;
        }
        while end > 0 && rest.get(end).is_some_and(|b| b & 0xc0 == 0x80) {
            end -= 1;
        }
        if end == rest.len() {
            // The last character may be cut.
            let from = (1..=4.min(end)).find(|n| rest.get(end - n).is_some_and(|b| b & 0xc0 != 0x80)).unwrap_or(0);
            end -= from;
        }
        if end == 0 { rest.len() } else { end }
    }

    /// Passes over everything inside the element whose start tag was just given, its end tag too.
    ///
    /// # Errors
    /// As [`Xml::next`]; [`Fault::Damaged`] where the document ends before.
    pub fn pass(&mut self) -> Result<(), Fault> {
        let mut depth = 1u32;
        while depth > 0 {
            match self.next()? {
                Token::Start(tag) if !tag.empty => depth = depth.saturating_add(1),
                Token::End(_) => depth -= 1,
                Token::Done => return Err(Fault::Damaged),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, to reach every seam.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            match (self.0.split_first(), into.first_mut()) {
                (Some((&byte, rest)), Some(place)) => {
                    *place = byte;
                    self.0 = rest;
                    Ok(1)
                }
                _ => Ok(0),
            }
        }
    }

    fn told<R: Read>(source: R) -> Result<String, Fault> {
        let mut xml = Xml::new(source)?;
        let mut out = String::new();
        let mut text = String::new();
        loop {
            let token = xml.next()?;
            if !matches!(token, Token::Text(_) | Token::Verbatim(_)) && !text.is_empty() {
                out.push_str(&format!("[{text}]"));
                text.clear();
            }
            match token {
                Token::Start(tag) => {
                    let name = String::from_utf8_lossy(tag.name).into_owned();
                    let attributes: Vec<String> = tag
                        .attributes()
                        .map(|(n, v)| format!(" {}={}", String::from_utf8_lossy(n), plain(v)))
                        .collect();
                    out.push_str(&format!("<{name}{}{}>", attributes.concat(), if tag.empty { "/" } else { "" }));
                }
                Token::End(name) => out.push_str(&format!("</{}>", String::from_utf8_lossy(name))),
                Token::Text(raw) => text.push_str(&plain(raw)),
                Token::Verbatim(raw) => text.push_str(&String::from_utf8_lossy(raw)),
                Token::Done => return Ok(out),
            }
        }
    }

    #[test]
    fn tokens_are_the_same_however_the_bytes_come() {
        for (document, expected) in [
            ("<?xml version='1.0'?><a b='1>2' c=\"&lt;&#65;\"/>", "<a b=1>2 c=<A/>"),
            ("<x:a><x:b r = 'A1' >t&amp;u &#xe9; é</x:b ></x:a>", "<a><b r=A1>[t&u é é]</b></a>"),
            ("<a><!-- <b> -->1<![CDATA[<&>]]>2</a>", "<a>[1<&>2]</a>"),
            ("\u{feff}<a>&unknown; & 100%</a>", "<a>[&unknown; & 100%]</a>"),
        ] {
            assert_eq!(told(document.as_bytes()).unwrap(), expected);
            assert_eq!(told(Drip(document.as_bytes())).unwrap(), expected, "byte by byte");
        }
    }

    #[test]
    fn what_is_refused() {
        for (document, fault) in [
            (&b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"[..], Fault::Doctype),
            (b"<a b='", Fault::Damaged),
            (b"<!-- ", Fault::Damaged),
            (b"\xff\xfe<\0a\0", Fault::Damaged),
        ] {
            assert_eq!(told(document).unwrap_err(), fault);
        }
        let long = format!("<a b='{}'/>", "x".repeat(3 * TAG));
        assert_eq!(told(long.as_bytes()).unwrap_err(), Fault::Damaged);
    }
}
