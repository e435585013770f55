//! What Qualtrics' names, texts and import ids say of each column: which question it belongs to, and what of it it is.
//!
//! An import id names its question (`QID11#1_2_1`: the question, its column in a side-by-side, the row, the option). Without ids
//! (the legacy exporter, rows that were deleted) neighbours are one question where their names share a beginning, or their texts do.

use std::collections::BTreeMap;

use super::IGNORE;
use super::label::{self, last, shared};
use super::qualtrics::own;
use super::qualtrics_code::code;
use crate::ingest::Part;
use crate::ingest::layout::Head;

/// What the header rows say of one column.
pub(super) struct Named {
    /// The first row: `Q3_1`.
    pub name: String,
    /// The second row: "stem - option".
    pub text: String,
    /// The third row: `QID3_1`.
    pub id: Option<String>,
}

/// A column's place in its question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Key {
    /// The question: `QID11`, with the round of a loop before it; or what its columns' names begin with.
    pub base: String,
    /// The column of a side-by-side.
    pub column: Option<String>,
    /// Row, option.
    pub path: Vec<String>,
    /// Whether people write in it.
    pub text: bool,
    /// Whether it comes from an import id.
    pub sure: bool,
    /// Whether it says how the question was shown, or how long it was looked at.
    pub meta: bool,
}

/// Suffixes of columns that hold no answers: order of display, clicks, the browser, an uploaded file, what text analysis found.
const META: [&str; 22] = [
    "DO",
    "FIRST",
    "LAST",
    "PAGE",
    "CLICK",
    "First Click",
    "Last Click",
    "Page Submit",
    "Click Count",
    "BROWSER",
    "Browser",
    "VERSION",
    "Version",
    "OS",
    "Operating System",
    "RESOLUTION",
    "Resolution",
    "FILE",
    "Id",
    "Name",
    "Size",
    "Type",
];

/// Reads an import id.
fn of_id(id: &str) -> Option<Key> {
    let at = id.find("QID")?;
    let rest = id.get(at + 3..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, mut rest) = (rest.get(..digits)?, rest.get(digits..)?);
    let mut key = Key { base: format!("{}QID{number}", id.get(..at)?), sure: true, ..Key::default() };
    if let Some(behind) = rest.strip_prefix('#') {
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        key.column = behind.get(..digits).map(str::to_owned);
        rest = behind.get(digits..)?;
    }
    for part in rest.split(['_', '-']).filter(|p| !p.is_empty()) {
        let found = ["Topics", "Sentiment", "Polarity", "Actionability", "Effort", "Emotion"];
        match part {
            "TEXT" => key.text = true,
            _ if META.contains(&part) || (part.len() > 12 && found.iter().any(|f| part.contains(f))) => key.meta = true,
            _ => key.path.push(part.to_owned()),
        }
    }
    Some(key)
}

/// Reads a name, where there is no import id.
fn of_name(name: &str, text: &str) -> Key {
    let mut key = Key::default();
    let short = match name.strip_suffix("_TEXT") {
        Some(short) => {
            key.text = true;
            short
        }
        None => name,
    };
    let behind = |text: &str| last(text, &label::DASHES).map(|(_, end)| end.trim().to_owned()).unwrap_or_default();
    let clicks = ["First Click", "Last Click", "Page Submit", "Click Count"];
    key.meta = short.contains("_DO_")
        || short.ends_with("_DO")
        || clicks.iter().any(|c| short.ends_with(&format!("_{c}")) || behind(text) == *c)
        || [" - Topics", " - Parent Topics", " - Sentiment", " - Sentiment Score"].iter().any(|t| name.ends_with(t));
    if let Some((base, rest)) = short.split_once('#')
        && let Some((column, rows)) = rest.split_once('_')
        && column.bytes().all(|b| b.is_ascii_digit())
    {
        key.base = base.to_owned();
        key.column = Some(column.to_owned());
        key.path = rows.split('_').map(str::to_owned).collect();
        return key;
    }
    if let Some((row, rest)) = short.split_once(": ") {
        let mut parts = rest.split('_').map(str::to_owned);
        key.column = parts.next();
        key.path = std::iter::once(row.to_owned()).chain(parts).collect();
        return key;
    }
    let mut base = short;
    while let Some((before, number)) = base.rsplit_once('_')
        && !before.is_empty()
        && is_number(number)
        && key.path.len() < 2
    {
        key.path.insert(0, number.to_owned());
        base = before;
    }
    key.base = base.to_owned();
    key
}

/// Whether part of a path numbers a row or an option; `x7` is one that was carried forward.
fn is_number(part: &str) -> bool {
    let digits = part.strip_prefix('x').unwrap_or(part);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// What the header says of each column; `system` are the roles of Qualtrics' own columns.
pub(super) fn heads(named: &[Named], system: &[Option<&'static str>]) -> Vec<Head> {
    let keys: Vec<Key> =
        named.iter().map(|n| n.id.as_deref().and_then(of_id).unwrap_or_else(|| of_name(&n.name, &n.text))).collect();
    // Between stem and option stands " - ", and with the exporters of before 2017 a bare dash.
    let ids = || named.iter().filter_map(|n| n.id.as_deref()).filter(|id| id.contains("QID"));
    let old = if ids().any(|id| id.contains(['-', '_'])) {
        ids().any(|id| id.contains('-')) && !ids().any(|id| id.contains('_'))
    } else {
        !named.iter().any(|n| n.text.contains(" - "))
    };
    let dashes: &[&str] = if old { &["-"] } else { &[" - ", " – "] };
    let mut beside: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (n, key) in named.iter().zip(&keys).filter(|(_, key)| key.column.is_some() && !key.base.is_empty()) {
        beside.entry(&key.base).or_default().push(&n.text);
    }
    let asked = beside.into_iter().map(|(base, texts)| (base, shared(&texts, dashes))).collect();
    let mut out: Vec<Head> = Vec::with_capacity(named.len());
    let mut at = 0;
    while let (Some(n), Some(key)) = (named.get(at), keys.get(at)) {
        let role = system.get(at).copied().flatten();
        let embedded = n.id.as_deref().is_some_and(|id| !id.contains("QID"));
        if role.is_some() || embedded || key.meta {
            out.push(own(n, at, role.or(if key.meta { IGNORE } else { None })));
            at += 1;
            continue;
        }
        let mut to = at + 1;
        while to < named.len() && system.get(to).copied().flatten().is_none() && together(named, &keys, to, dashes) {
            to += 1;
        }
        let group = Group { named, keys: &keys, asked: &asked, from: at, to, dashes };
        group.heads(&mut out);
        at = to;
    }
    out
}

/// The most columns of a grid that are parted into rows and options.
const WIDEST: usize = 2_000;

/// Whether a column belongs to the question of the one to its left.
fn together(named: &[Named], keys: &[Key], at: usize, dashes: &[&str]) -> bool {
    let (Some(left), Some(here)) = (at.checked_sub(1).and_then(|l| named.get(l)), named.get(at)) else { return false };
    let (Some(a), Some(b)) = (keys.get(at - 1), keys.get(at)) else { return false };
    if b.meta || here.id.as_deref().is_some_and(|id| !id.contains("QID")) || a.sure != b.sure || a.column != b.column {
        return false;
    }
    if a.sure {
        return a.base == b.base;
    }
    let text = |n: &Named| n.text.strip_suffix(" - Selected Choice").map_or_else(|| n.text.clone(), str::to_owned);
    let (ta, tb) = (text(left), text(here));
    let same = |length: usize| {
        tb.starts_with(&ta) && tb.len() > ta.len()
            || shared(&[&left.text, &here.text], dashes).is_some_and(|at| at > length)
    };
    if !a.base.is_empty() && a.base == b.base && (!b.path.is_empty() || b.text) {
        return (ta.is_empty() && tb.is_empty()) || same(0);
    }
    // Rows and options that were given names of their own: only the text tells, and a short one may be chance.
    let plain = |key: &Key| key.base.strip_prefix('Q').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    let own_names = !plain(a) && !plain(b) && (a.base != b.base || a.base.is_empty());
    own_names && shared(&[&left.text, &here.text], dashes).is_some_and(|at| at >= 20)
}

/// The columns of one question.
struct Group<'a> {
    named: &'a [Named],
    keys: &'a [Key],
    /// How long the text is that all columns of a side-by-side share.
    asked: &'a BTreeMap<&'a str, Option<usize>>,
    from: usize,
    to: usize,
    dashes: &'a [&'a str],
}

impl Group<'_> {
    fn key(&self, at: usize) -> Option<&Key> {
        self.keys.get(at)
    }

    /// A column's text without what says that it holds the choice, or the text beside it.
    fn text(&self, at: usize) -> &str {
        let text = self.named.get(at).map_or("", |n| n.text.as_str());
        let written = self.key(at).is_some_and(|k| k.text);
        let text = match written {
            true => {
                ["- Text", "-TEXT", "-Text", "- TEXT"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text)
            }
            false => text.strip_suffix("- Selected Choice").unwrap_or(text),
        };
        text.trim_end()
    }

    /// How deep a column lies in its question: 0 the question itself, 1 rows or options, 2 options of rows.
    fn depth(&self) -> usize {
        let keys = || (self.from..self.to).filter_map(|at| self.key(at));
        let path = |k: &Key| k.path.len();
        let several = keys().any(|k| keys().next().is_some_and(|first| first.base != k.base));
        let longest = keys().filter(|k| !k.text || several || k.column.is_some()).map(path).max().unwrap_or(0);
        let numbered = keys().all(|k| k.sure || k.column.is_some() || k.path.iter().all(|p| is_number(p)));
        if several && longest == 1 {
            2
        } else if numbered {
            longest.min(2)
        } else {
            1
        }
    }

    /// What tells one row of a grid of options from another.
    fn row(&self, at: usize) -> (&str, Option<&String>) {
        self.key(at).map_or(("", None), |k| {
            if k.path.len() >= 2 || k.column.is_some() { ("", k.path.first()) } else { (k.base.as_str(), None) }
        })
    }

    fn head(&self, header: Vec<String>, part: Part, at: usize) -> Head {
        let code = self.named.get(at).zip(self.key(at)).and_then(|(n, key)| code(n, key));
        Head { header, code, part, stem: self.from, ..Head::default() }
    }

    fn heads(&self, out: &mut Vec<Head>) {
        let texts: Vec<&str> = (self.from..self.to).map(|at| self.text(at)).collect();
        if texts.iter().all(|t| t.is_empty()) {
            return self.by_names(out);
        }
        let all = self.from..self.to;
        if all.len() == 1 {
            return out.push(self.alone(texts.first().copied().unwrap_or_default()));
        }
        // The column of the choice itself has the stem and nothing behind it.
        let one = self
            .keys
            .get(self.from..self.to)
            .is_some_and(|keys| keys.iter().all(|k| keys.first().is_some_and(|first| first.base == k.base)));
        let whole: Vec<bool> =
            all.clone().map(|at| one && self.key(at).is_some_and(|k| k.path.is_empty() && !k.text)).collect();
        let chosen = whole.iter().position(|w| *w).and_then(|i| texts.get(i)).copied();
        let under: Vec<&str> = texts.iter().zip(&whole).filter(|(_, w)| !**w).map(|(t, _)| *t).collect();
        let length = match chosen {
            Some(stem) if under.iter().all(|t| t.starts_with(stem)) => Some(stem.len()),
            _ => shared(&under, self.dashes),
        };
        let Some(length) = length else {
            for (at, text) in all.zip(&texts) {
                out.push(self.head(vec![strip_choice(text).to_owned()], Part::Whole, at));
            }
            return;
        };
        let start = under.first().and_then(|t| t.get(..length)).unwrap_or_default();
        let stem = self.stem(start);
        let written = all.clone().all(|at| self.key(at).is_some_and(|k| k.text));
        let deep = self.depth() == 2 && self.to - self.from <= WIDEST;
        for ((at, text), whole) in all.zip(&texts).zip(&whole) {
            if *whole {
                out.push(self.head(vec![stem.clone()], Part::Whole, at));
                continue;
            }
            let rest = without_choice(text.get(length..).unwrap_or_default());
            let open = self.key(at).is_some_and(|k| k.text);
            let (mut header, part) =
                (vec![stem.clone()], if open && !written { Part::OtherText } else { Part::Option });
            match deep.then(|| self.parted(at, length)).flatten() {
                Some((row, option)) => header.extend([row, option]),
                // The elder exporters give the text beside a choice the text of the choice.
                None => header.push(if rest.is_empty() { "Text".to_owned() } else { rest.to_owned() }),
            }
            let part = if written { Part::Row } else { part };
            out.push(self.head(header, part, at));
        }
    }

    /// A question of one column: a choice, a number, a text; or the only option or row there is.
    fn alone(&self, text: &str) -> Head {
        let at = self.from;
        let Some(key) = self.key(at) else { return self.head(vec![text.to_owned()], Part::Whole, at) };
        let parts =
            if key.path.is_empty() || (!key.sure && key.column.is_none()) { None } else { last(text, self.dashes) };
        match parts {
            Some((stem, rest)) => {
                let part = if key.text { Part::OtherText } else { Part::Option };
                self.head(vec![self.stem(stem), rest.trim().to_owned()], part, at)
            }
            None => {
                // A text entry by itself, where the exporter says so in a way that its elder twin does as well or not at all.
                let open = key.text
                    && self.named.get(at).and_then(|n| n.id.as_deref()).is_some_and(|id| id.ends_with("_TEXT"));
                self.head(vec![strip_choice(text).to_owned()], if open { Part::Open } else { Part::Whole }, at)
            }
        }
    }

    /// Row and option of a column whose text goes on with both at `length`.
    fn parted(&self, at: usize, length: usize) -> Option<(String, String)> {
        let own = self.row(at);
        let rest = |i: usize| self.text(i).get(length..).unwrap_or_default();
        let row: Vec<&str> = (self.from..self.to).filter(|&i| self.row(i) == own).map(rest).collect();
        let text = rest(at);
        let cut = if row.len() > 1 { shared(&row, self.dashes) } else { None };
        match cut {
            Some(cut) => {
                Some((label::stem(text.get(..cut)?, self.dashes), without_choice(text.get(cut..)?).to_owned()))
            }
            None => last(text, self.dashes).map(|(row, option)| (row.trim().to_owned(), option.trim().to_owned())),
        }
    }

    /// The stem, with the heading of a side-by-side's column behind it: "stem: heading".
    fn stem(&self, start: &str) -> String {
        let stem = strip_choice(&label::stem(start, self.dashes)).to_owned();
        // The legacy exporter sets a colon itself.
        if let Some((asked, heading)) = stem.rsplit_once(" : ") {
            return format!("{}: {heading}", asked.trim_end());
        }
        let Some(key) = self.key(self.from).filter(|k| k.column.is_some() && !k.base.is_empty()) else { return stem };
        match self.asked.get(key.base.as_str()).copied().flatten() {
            Some(length) if length < start.len() => {
                let heading = label::stem(start.get(length..).unwrap_or_default(), self.dashes);
                let asked = label::stem(start.get(..length).unwrap_or_default(), self.dashes);
                if heading.is_empty() { stem } else { format!("{asked}: {heading}") }
            }
            _ => stem,
        }
    }

    /// Without texts the names are all there is: `Q3` over `1`, `2`.
    fn by_names(&self, out: &mut Vec<Head>) {
        let alone = self.to - self.from == 1;
        for at in self.from..self.to {
            let Some((n, key)) = self.named.get(at).zip(self.key(at)) else { continue };
            let base = match &key.column {
                Some(column) => format!("{}#{column}", key.base),
                None => key.base.clone(),
            };
            let rest = key.path.join("_");
            let head = match (alone, key.text, rest.is_empty()) {
                (true, ..) => self.head(vec![n.name.clone()], Part::Whole, at),
                (_, true, _) => self.head(
                    vec![base, format!("{rest}_TEXT").trim_start_matches('_').to_owned()],
                    Part::OtherText,
                    at,
                ),
                (_, _, true) => self.head(vec![base], Part::Whole, at),
                _ => self.head(vec![base, rest], Part::Option, at),
            };
            out.push(head);
        }
    }
}

/// A stem without the words that mark the column of the choice.
fn strip_choice(text: &str) -> &str {
    text.strip_suffix("- Selected Choice").map_or(text, str::trim_end)
}

/// What stands behind a stem, without the words that mark the options of a choice.
fn without_choice(rest: &str) -> &str {
    let rest = rest.trim().trim_start_matches("- ").trim_start();
    rest.strip_prefix("Selected Choice - ").unwrap_or(rest).trim()
}
