//! Several answers joined in one cell: what separates them and which answers there are, decided on all distinct texts of a column.
//!
//! A comma alone proves nothing: sentences, names and options have commas too. What proves is company: a part that comes again
//! beside other parts, or alone, is an answer of its own; a part that stands only behind one and the same other is the second half of
//! an answer with a comma in it. Words that people typed themselves give themselves away by their spelling.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, Closed};
use crate::spec::fold;
use evidence::Evidence;

mod evidence;

/// What stands between the answers of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Separator {
    /// `;`, with or without a space, often behind the last answer too (Microsoft Forms, Google's own CSV).
    Semicolon,
    /// `|`
    Bar,
    /// A new line.
    Line,
    /// A comma without a space behind it (Qualtrics).
    Comma,
    /// A comma and a space (Google Sheets).
    CommaSpace,
    /// A space (KoboToolbox, ODK).
    Space,
}

impl Separator {
    /// As a person reads it.
    pub fn words(self) -> &'static str {
        match self {
            Separator::Semicolon => "a semicolon",
            Separator::Bar => "a vertical bar",
            Separator::Line => "a new line",
            Separator::Comma => "a comma without a space",
            Separator::CommaSpace => "a comma and a space",
            Separator::Space => "a space",
        }
    }

    /// As it stands between two parts of one answer.
    fn text(self) -> &'static str {
        match self {
            Separator::Semicolon => "; ",
            Separator::Bar => " | ",
            Separator::Line | Separator::Space => " ",
            Separator::Comma => ",",
            Separator::CommaSpace => ", ",
        }
    }

    /// Whether a separator stands at `at` of `text`, and how many bytes it has.
    fn at(self, text: &str, at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let next = rest.chars().nth(1);
        match (self, rest.chars().next()?) {
            (Separator::Semicolon, ';') | (Separator::Bar, '|') | (Separator::Line, '\n') => Some(1),
            (Separator::Line, '\r') if next == Some('\n') => Some(2),
            (Separator::Comma, ',') if !next.is_some_and(char::is_whitespace) => Some(1),
            (Separator::CommaSpace, ',') if next == Some(' ') => Some(2),
            (Separator::Space, ' ') => Some(1),
            _ => None,
        }
    }

    /// The parts of a text, as they stand, not divided inside brackets that are closed again.
    pub fn parts(self, text: &str) -> Vec<&str> {
        let closing = text.matches(')').count();
        let balanced = closing > 0 && closing == text.matches('(').count();
        let (mut out, mut start, mut depth, mut skip) = (Vec::new(), 0, 0u32, 0);
        for (at, c) in text.char_indices() {
            if at < skip {
                continue;
            }
            match c {
                '(' if balanced => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0
                && let Some(bytes) = self.at(text, at)
            {
                out.push(text.get(start..at).unwrap_or_default());
                (start, skip) = (at + bytes, at + bytes);
            }
        }
        out.push(text.get(start..).unwrap_or_default());
        // Typeform ends each line but the last with a comma.
        let end = if self == Separator::Line { ',' } else { ' ' };
        out.into_iter().map(|part| part.trim().trim_end_matches(end)).filter(|part| !part.is_empty()).collect()
    }
}

/// How the cells of a column are divided into answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    pub separator: Separator,
    /// The answers that come again, in the order of their first appearance, and how many answers are none of these.
    pub closed: Closed,
    /// Whether every cell holds all answers, so that their order is the answer.
    pub ordered: bool,
    /// What it rests on, as the end of a sentence.
    pub why: String,
}

/// The most different parts that are looked at: no list of options with its own words beside it has more.
const PARTS: usize = 20_000;
/// The most options, and the longest in letters.
const OPTIONS: usize = 80;
const LONGEST: usize = 160;

/// Decides whether the cells (text, rows) hold several answers each. `spaced`: the platform joins answers by a space.
pub fn split(cells: &[(&str, u64)], spaced: bool) -> Option<Split> {
    const ORDER: [Separator; 5] =
        [Separator::Semicolon, Separator::Bar, Separator::Line, Separator::Comma, Separator::CommaSpace];
    if spaced {
        return attempt(cells, Separator::Space);
    }
    let found = ORDER.into_iter().find_map(|separator| attempt(cells, separator));
    found.or_else(|| coded(cells).then(|| attempt(cells, Separator::Space)).flatten())
}

/// Whether every cell is made of code words (`park_run library`) or numbers, as only a program joins them.
fn coded(cells: &[(&str, u64)]) -> bool {
    let word = |w: &str| {
        w.contains('_') && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            || (w.len() <= 3 && w.bytes().all(|b| b.is_ascii_digit()))
    };
    !cells.is_empty() && cells.iter().all(|(text, _)| text.split(' ').all(word))
}

/// One separator's hypothesis.
fn attempt(cells: &[(&str, u64)], separator: Separator) -> Option<Split> {
    let rows: u64 = cells.iter().map(|(_, n)| n).sum();
    let trailing: u64 = cells.iter().filter(|(text, _)| text.ends_with(';')).map(|(_, n)| n).sum();
    let ends = separator == Separator::Semicolon && trailing * 2 > rows;
    let joined = |text: &str| (0..text.len()).any(|at| text.is_char_boundary(at) && separator.at(text, at).is_some());
    if rows == 0 || !(ends || cells.iter().any(|(text, _)| joined(text))) {
        return None;
    }
    let atoms = Atoms::of(cells, separator)?;
    if (separator == Separator::Comma && atoms.are_decimals()) || atoms.are_coordinates() {
        return None;
    }
    // A form that joins by semicolons puts none inside an answer.
    let glued = if matches!(separator, Separator::Space | Separator::Semicolon) {
        vec![false; atoms.list.len()]
    } else {
        atoms.glued()
    };
    Phrases::of(&atoms, &glued, cells, separator).judge(separator, ends, cells, atoms.odd())
}

/// One part as it is told from others.
struct Atom {
    /// As it is spelled first, and in how many rows it is spelled so.
    first: String,
    alike: u64,
    rows: u64,
    before: Neighbour,
    /// Whether it ends a text somewhere.
    last: bool,
}

/// What stands before a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    Unseen,
    /// Always this part.
    One(u32),
    /// It begins a text, or stands behind different parts.
    Several,
}

/// All parts of a column, and each text as parts.
struct Atoms {
    list: Vec<Atom>,
    texts: Vec<Vec<u32>>,
}

impl Atoms {
    fn of(cells: &[(&str, u64)], separator: Separator) -> Option<Atoms> {
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let mut out = Atoms { list: Vec::new(), texts: Vec::with_capacity(cells.len()) };
        for (text, rows) in cells {
            let mut ids = Vec::new();
            let mut before = None;
            for part in separator.parts(text) {
                let folded = fold(part);
                let next = u32::try_from(out.list.len()).ok()?;
                let id = *known.entry(folded).or_insert(next);
                if id == next {
                    if out.list.len() >= PARTS {
                        return None;
                    }
                    let first = part.split_whitespace().collect::<Vec<_>>().join(" ");
                    let before = Neighbour::Unseen;
                    out.list.push(Atom { first, alike: 0, rows: 0, before, last: false });
                }
                let atom = out.list.get_mut(id as usize)?;
                atom.rows += rows;
                if part.split_whitespace().eq(atom.first.split_whitespace()) {
                    atom.alike += rows;
                }
                atom.before = match (before, atom.before) {
                    (Some(b), Neighbour::Unseen) => Neighbour::One(b),
                    (Some(b), Neighbour::One(same)) if b == same => Neighbour::One(b),
                    _ => Neighbour::Several,
                };
                before = Some(id);
                ids.push(id);
            }
            if let Some(atom) = ids.last().and_then(|&id| out.list.get_mut(id as usize)) {
                atom.last = true;
            }
            out.texts.push(ids);
        }
        Some(out)
    }

    /// Whether commas may be those of decimals: nothing but digits, never more than one comma.
    fn are_decimals(&self) -> bool {
        let digits = |a: &Atom| a.first.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'%'));
        self.list.iter().all(digits) && self.texts.iter().all(|ids| ids.len() <= 2)
    }

    /// Whether the parts are numbers with spaces between them: the points of a line or area.
    fn are_coordinates(&self) -> bool {
        let points = |a: &&Atom| {
            a.first.contains(' ') && a.first.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b' '))
        };
        self.list.iter().filter(points).count() * 2 > self.list.len()
    }

    /// Rows in which a part is not spelled as it usually is.
    fn odd(&self) -> u64 {
        self.list.iter().map(|a| a.alike.min(a.rows - a.alike)).sum()
    }

    /// Which parts belong to the part before them: they stand behind it alone, and either begin in lower case where answers begin
    /// with a capital, or nothing but such parts ever stands behind it.
    fn glued(&self) -> Vec<bool> {
        let lower = |a: &Atom| a.first.chars().next().is_some_and(char::is_lowercase);
        let (mut capital, mut begun) = (0usize, 0usize);
        for atom in self.texts.iter().filter_map(|t| t.first()).filter_map(|&id| self.list.get(id as usize)) {
            begun += 1;
            capital += usize::from(!lower(atom));
        }
        let capitals = capital * 10 >= begun * 9;
        // Whether something that stands elsewhere too follows a part.
        let mut freed = vec![false; self.list.len()];
        for pair in self.texts.iter().flat_map(|ids| ids.windows(2)) {
            let [x, y] = pair else { continue };
            let bound = self.list.get(*y as usize).is_some_and(|y| y.before == Neighbour::One(*x));
            if let (false, Some(freed)) = (bound, freed.get_mut(*x as usize)) {
                *freed = true;
            }
        }
        let glue = |atom: &Atom| {
            let Neighbour::One(before) = atom.before else { return false };
            let Some(head) = self.list.get(before as usize) else { return false };
            let alone = head.last || freed.get(before as usize) == Some(&true);
            if capitals && lower(atom) && (atom.rows >= 2 || !alone) {
                return true;
            }
            !alone && (head.rows >= 5 || head.rows == 1)
        };
        self.list.iter().map(glue).collect()
    }
}

/// An answer, of one part or several.
struct Phrase {
    text: String,
    rows: u64,
    /// In how many different texts it stands.
    texts: u64,
    alone: bool,
}

impl Phrase {
    /// Whether it is shown to be an answer of its own: of more than one row, and alone or in different company.
    fn stands(&self) -> bool {
        self.rows >= 2 && (self.alone || self.texts >= 2)
    }
}

/// All answers of a column, and each text as answers.
struct Phrases {
    list: Vec<Phrase>,
    texts: Vec<Vec<u32>>,
}

impl Phrases {
    fn of(atoms: &Atoms, glued: &[bool], cells: &[(&str, u64)], separator: Separator) -> Phrases {
        let mut known: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
        let mut out = Phrases { list: Vec::new(), texts: Vec::with_capacity(cells.len()) };
        for (ids, (_, rows)) in atoms.texts.iter().zip(cells) {
            let mut runs: Vec<Vec<u32>> = Vec::new();
            for &id in ids {
                match runs.last_mut() {
                    Some(run) if glued.get(id as usize) == Some(&true) => run.push(id),
                    _ => runs.push(vec![id]),
                }
            }
            let alone = runs.len() == 1;
            let mut text = Vec::with_capacity(runs.len());
            for run in runs {
                let next = out.list.len() as u32;
                let id = match known.get(&run) {
                    Some(&id) => id,
                    None => {
                        let parts = run.iter().filter_map(|&id| atoms.list.get(id as usize));
                        let text = parts.map(|a| a.first.as_str()).collect::<Vec<_>>().join(separator.text());
                        out.list.push(Phrase { text, rows: 0, texts: 0, alone: false });
                        known.insert(run, next);
                        next
                    }
                };
                if let Some(phrase) = out.list.get_mut(id as usize) {
                    phrase.rows += rows;
                    phrase.texts += u64::from(!text.contains(&id));
                    phrase.alone |= alone;
                }
                text.push(id);
            }
            out.texts.push(text);
        }
        out
    }

    fn phrase(&self, id: u32) -> Option<&Phrase> {
        self.list.get(id as usize)
    }

    /// Whether at least three different texts all hold the same three answers or more, each once.
    fn is_ordered(&self) -> bool {
        let sorted = |ids: &Vec<u32>| {
            let mut ids = ids.clone();
            ids.sort_unstable();
            ids
        };
        let mut texts = self.texts.iter().filter(|ids| !ids.is_empty());
        let Some(first) = texts.next().map(sorted) else { return false };
        let distinct = first.windows(2).all(|pair| pair.first() != pair.last());
        first.len() >= 3 && distinct && self.texts.len() >= 3 && texts.all(|ids| sorted(ids) == first)
    }

    /// Weighs the evidence.
    fn judge(&self, separator: Separator, ends: bool, cells: &[(&str, u64)], odd: u64) -> Option<Split> {
        let mut e = Evidence { odd, ..Evidence::default() };
        let mut order: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for (ids, (_, rows)) in self.texts.iter().zip(cells) {
            e.rows += rows;
            let stands = |id: &u32| self.phrase(*id).is_some_and(Phrase::stands);
            let known = ids.iter().filter(|id| stands(id)).count() as u64;
            e.all += rows * ids.len() as u64;
            e.covered += rows * known;
            e.clean += u64::from(known == ids.len() as u64);
            if ids.len() < 2 {
                continue;
            }
            e.several += rows;
            e.several_texts += 1;
            e.several_parts += ids.len() as u64;
            e.several_known += known;
            let own: BTreeSet<u32> = ids.iter().copied().collect();
            e.twice += if own.len() < ids.len() { *rows } else { 0 };
            for (at, &a) in ids.iter().enumerate().filter(|(_, id)| stands(id)).take(OPTIONS) {
                for &b in ids.iter().skip(at + 1).filter(|id| stands(id)).take(OPTIONS) {
                    *order.entry((a, b)).or_default() += rows;
                }
            }
        }
        for (&(a, b), &n) in &order {
            e.ordered += n;
            e.disordered += if a < b { n.min(order.get(&(b, a)).copied().unwrap_or(0)) } else { 0 };
        }
        let options: Vec<&Phrase> = self.list.iter().filter(|p| p.stands()).collect();
        e.options = options.len() as u64;
        e.not_alone = options.iter().filter(|p| !p.alone).map(|p| p.rows).sum();
        if options.len() > OPTIONS || options.iter().any(|p| p.text.chars().count() > LONGEST || p.text.contains('@')) {
            return None;
        }
        let why = e.proves(separator, ends)?;
        let options = options.iter().map(|p| Answer { text: p.text.clone(), rows: p.rows }).collect();
        let ordered = self.is_ordered();
        Some(Split { separator, closed: Closed { options, other: e.all - e.covered }, ordered, why })
    }
}

#[cfg(test)]
mod tests;
