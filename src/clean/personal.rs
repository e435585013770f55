//! Identifiers, e-mails, names and postcodes: normalised for matching, kept in [`PersonalText`], never printed.

use std::hash::BuildHasher;

use hashbrown::HashTable;

use super::numbers::is_shortened;
use super::postcode;
use super::states::{Kind, Tokens};
use super::tokens::Missing;
use super::{Answer, PersonalText};
use crate::ingest::Texts;
use crate::spec::Role;

/// The same word in the languages of Microsoft Forms.
const ANONYMOUS: [&str; 12] = [
    "anonymous",
    "anonym",
    "anonyme",
    "anónimo",
    "anônimo",
    "anônima",
    "anonimo",
    "anoniem",
    "anonimowy",
    "anonyymi",
    "anonymní",
    "匿名",
];

/// A column of personal texts.
#[derive(Debug, Default)]
pub struct Personal {
    /// One per code: an index into `texts`; equal texts after normalising have one index.
    pub values: Vec<Answer<u32>>,
    pub texts: PersonalText,
    pub tokens: Tokens,
    pub unreadable: u64,
    pub first_unreadable: Option<u32>,
    /// Rows whose id a spreadsheet program shortened (`1.0E+11`): the digits are lost.
    pub shortened: u64,
    /// Rows whose postcode is one only if letters and digits that look alike are changed.
    pub alike: u64,
}

/// Normalises every distinct text of a column with this role.
pub fn read(texts: &Texts, role: Role, missing: &Missing) -> Personal {
    let mut out = Personal { values: Vec::with_capacity(texts.len()), ..Personal::default() };
    let mut index = Index::default();
    for (code, text, rows) in texts.iter() {
        if is_plain(text, role) && !missing.is_declared() {
            out.values.push(Answer::Answered(index.add_unseen(text, &mut out.texts)));
            continue;
        }
        let answer = match missing.kind(text) {
            Kind::Blank => Answer::Blank,
            Kind::Refused => Answer::Refused,
            Kind::NotAsked => Answer::NotAsked,
            Kind::Token => {
                out.tokens.add(text, u64::from(rows));
                Answer::Blank
            }
            Kind::Error => Answer::Unreadable,
            // What Microsoft Forms writes where it was not to ask who answers.
            Kind::Value if role == Role::Email && ANONYMOUS.contains(&text.trim().to_lowercase().as_str()) => {
                Answer::NotAsked
            }
            Kind::Value if role == Role::Postcode && postcode::meant(text).is_some() => {
                out.alike += u64::from(rows);
                Answer::Answered(index.find_or_add(&super::labels::one_line(text), &mut out.texts))
            }
            Kind::Value => match normal(text, role) {
                Some(normal) => Answer::Answered(index.find_or_add(&normal, &mut out.texts)),
                None => Answer::Unreadable,
            },
        };
        if answer == Answer::Unreadable {
            out.unreadable += u64::from(rows);
            out.shortened += if is_shortened(text) { u64::from(rows) } else { 0 };
            let first = texts.first_row(code);
            out.first_unreadable = Some(out.first_unreadable.map_or(first, |f| f.min(first)));
        }
        out.values.push(answer);
    }
    out
}

/// Where normalised texts are found again. Made only when a text comes out other than it went in: texts of a column differ, so
/// that as long as none is changed there is nothing to find. Registers have a million ids, and mostly each as it should be.
#[derive(Default)]
struct Index {
    table: Option<HashTable<u32>>,
    hasher: foldhash::fast::FixedState,
}

impl Index {
    /// Adds a text that is normal as it is, and so differs from all others that are.
    fn add_unseen(&mut self, text: &str, texts: &mut PersonalText) -> u32 {
        match self.table {
            None => texts.push(text),
            Some(_) => self.find_or_add(text, texts),
        }
    }

    fn find_or_add(&mut self, normal: &str, texts: &mut PersonalText) -> u32 {
        let hasher = &self.hasher;
        let table = self.table.get_or_insert_with(|| {
            let mut table = HashTable::with_capacity(texts.len());
            for at in 0..texts.len() as u32 {
                table.insert_unique(hasher.hash_one(texts.expose(at)), at, |&at| hasher.hash_one(texts.expose(at)));
            }
            table
        });
        let hash = hasher.hash_one(normal);
        if let Some(&at) = table.find(hash, |&at| texts.expose(at) == normal) {
            return at;
        }
        let at = texts.push(normal);
        table.insert_unique(hash, at, |&at| hasher.hash_one(texts.expose(at)));
        at
    }
}

/// Whether a text is an id that stays as it is: letters, digits and dashes, one digit at least, which no word for "missing" has,
/// and a sign that no shortened number has.
fn is_plain(text: &str, role: Role) -> bool {
    if !matches!(role, Role::Person | Role::Session | Role::Response) {
        return false;
    }
    let (mut digit, mut letter, mut exponent) = (false, false, false);
    for b in text.bytes() {
        match b {
            b'0'..=b'9' => digit = true,
            b'-' => {}
            b'e' | b'E' => exponent = true,
            b'a'..=b'z' | b'A'..=b'Z' => letter = true,
            _ => return false,
        }
    }
    digit && (letter || !exponent) && text.len() <= 48
}

/// The text as it is compared; `None` for what cannot be one.
fn normal(text: &str, role: Role) -> Option<String> {
    let trimmed = super::labels::one_line(text);
    match role {
        Role::Email => email(&trimmed),
        Role::Postcode => {
            if let Some(code) = postcode::read(&trimmed) {
                return Some(code.text());
            }
            // What has the shape of one under an area that does not exist is compared like one; a foreign code stays as it is.
            let code: String = trimmed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
            if code.is_empty() { None } else { Some(spaced(&code).unwrap_or(trimmed)) }
        }
        Role::Phone => {
            let digits: String = trimmed.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
            (digits.len() >= 5).then_some(digits)
        }
        Role::Name | Role::Code(_) => Some(crate::spec::fold(&trimmed)),
        // An id that Excel stored as a number comes back as 12.0.
        _ if is_shortened(&trimmed) => None,
        _ => Some(whole(&trimmed).to_owned()),
    }
}

/// A whole number without the zeros that a spreadsheet program put behind a point.
fn whole(id: &str) -> &str {
    match id.split_once('.') {
        Some((whole, zeros))
            if !whole.is_empty()
                && !zeros.is_empty()
                && whole.bytes().all(|b| b.is_ascii_digit())
                && zeros.bytes().all(|b| b == b'0') =>
        {
            whole
        }
        _ => id,
    }
}

/// An e-mail address as it is compared: `Ann Other <Ann.Other@Example.org>` and `mailto:ann.other@example.org.` are one. Providers'
/// own rules (dots, plus signs) are not applied: they are not everybody's.
fn email(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let inner = match (lower.rfind('<'), lower.rfind('>')) {
        (Some(from), Some(to)) => lower.get(from + 1..to).unwrap_or(&lower),
        _ => &lower,
    };
    let inner = inner.trim().trim_start_matches("mailto:");
    let inner = inner.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '"' | '\'' | '<' | '>' | '(' | ')')
    });
    let (name, host) = inner.split_once('@')?;
    let (name, host) = (name.trim_end(), host.trim_start());
    let whole = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    (whole(name) && whole(host)).then(|| format!("{name}@{host}"))
}

/// What has the shape of a full UK postcode with its space before the last three signs, of a sector or of an outward code; `None`
/// for any other code.
fn spaced(code: &str) -> Option<String> {
    let bytes = code.as_bytes();
    if !code.is_ascii() || !bytes.first().is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let full = (5..=7).contains(&bytes.len())
        && matches!(bytes, [.., d, a, b] if d.is_ascii_digit() && a.is_ascii_alphabetic() && b.is_ascii_alphabetic());
    if full {
        let (outward, inward) = code.split_at(code.len() - 3);
        return Some(format!("{outward} {inward}"));
    }
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let outward =
        (1..=2).contains(&letters) && matches!(bytes.get(letters..), Some([d] | [d, _]) if d.is_ascii_digit());
    outward.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, role: Role) -> Option<String> {
        let mut t = Texts::new();
        t.push(text, 0);
        let p = read(&t, role, &Missing::default());
        p.values.first().and_then(|v| v.answered()).map(|i| p.texts.expose(i).to_owned())
    }

    #[test]
    fn a_text_that_is_changed_is_found_among_those_that_are_not() {
        let mut texts = Texts::new();
        for text in ["HM-1", "HM-2", " HM-1", "HM-3", "7", "7.0", "HM-3 ", "n/a", "2.0E+05", "HM-4"] {
            texts.push(text, 0);
        }
        let read = read(&texts, Role::Person, &Missing::default());
        let at: Vec<Option<u32>> = read.values.iter().map(|v| v.answered()).collect();
        let seven = at[4];
        assert_eq!(at, [Some(0), Some(1), Some(0), Some(2), seven, seven, Some(2), None, None, Some(4)]);
        assert_eq!((read.texts.len(), read.unreadable), (5, 1));
    }

    #[test]
    fn texts_are_normalised_by_role() {
        for (text, role, normal) in [
            (" A.B@Example.ORG ", Role::Email, Some("a.b@example.org")),
            ("anonymous", Role::Email, None),
            ("Ann Other <A.B@example.org>", Role::Email, Some("a.b@example.org")),
            ("mailto:a.b@example.org.", Role::Email, Some("a.b@example.org")),
            ("a.b @ example.org;", Role::Email, Some("a.b@example.org")),
            ("a@b.org; c@d.org", Role::Email, None),
            ("@example.org", Role::Email, None),
            ("75001", Role::Postcode, Some("75001")),
            ("1012 ab", Role::Postcode, Some("1012 ab")),
            ("qx1 4ab", Role::Postcode, Some("QX1 4AB")),
            ("NE1 OAB", Role::Postcode, Some("NE1 OAB")),
            ("ne1 4ab", Role::Postcode, Some("NE1 4AB")),
            ("NE14AB", Role::Postcode, Some("NE1 4AB")),
            ("ne15", Role::Postcode, Some("NE15")),
            ("ne1  5", Role::Postcode, Some("NE1 5")),
            ("12.0", Role::Person, Some("12")),
            ("0012", Role::Person, Some("0012")),
            ("1.5", Role::Person, Some("1.5")),
            ("5.37919E+09", Role::Person, None),
            ("N/A", Role::Person, None),
            ("M", Role::Code(1), Some("m")),
        ] {
            assert_eq!(one(text, role).as_deref(), normal, "{text}");
        }
    }
}
