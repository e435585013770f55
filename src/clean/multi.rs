//! Answers of which several may be ticked: one column per option, or all of them joined in one cell.
//!
//! A joined cell is divided among the options without a rest where that is possible, else by the longest option that fits, never by
//! a bare comma, so that "Press (newspapers, radio etc)" stays whole; a cell that can be divided in two ways is told. What separates
//! the answers (`;`, a line break, `|`, `,`, or a space between names) is decided on all texts of the column.

use std::collections::BTreeMap;

use super::choices::{Closed, Matched, yes_no};
use super::labels::Recodes;
use super::states::Kind;
use super::tokens::Missing;
use crate::ingest::{Column, Texts};
use crate::spec::fold;

/// What one cell of a joined column says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Joined {
    /// Indices of options, ascending.
    pub ticked: Vec<usize>,
    pub refused: bool,
    pub not_asked: bool,
    pub blank: bool,
    /// Pieces that are no option and no open answer.
    pub unknown: u64,
    /// Pieces that are no option and were taken for the open answer.
    pub open: u64,
    /// The cell can be divided among the options in more than one way; the longest options were taken.
    pub ambiguous: bool,
}

/// What a joined column is split against.
struct Against<'a> {
    closed: &'a Closed,
    /// Folded options, and what recodes say is one, the longest first.
    options: Vec<(String, Matched)>,
    recodes: &'a Recodes<'a>,
    missing: &'a Missing,
}

/// The longest cell whose every division is looked at.
const LONGEST: usize = 4096;

/// Splits every distinct text of a joined column. What separates the answers is the sign that leaves the fewest pieces over.
pub fn split_all(texts: &Texts, closed: &Closed, recodes: &Recodes<'_>, missing: &Missing) -> Vec<Joined> {
    let mut options: Vec<(String, Matched)> =
        closed.longest_first().into_iter().map(|(text, m)| (text.to_owned(), m)).collect();
    options.extend(
        recodes.values().map(|(written, _)| (written.to_owned(), closed.matched_folded(written, recodes, missing))),
    );
    options.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    options.dedup_by(|a, b| a.0 == b.0);
    options.retain(|(text, _)| !text.is_empty());
    let spaced = options.iter().any(|(text, _)| text.contains(' ')) || closed.other.is_some();
    let against = Against { closed, options, recodes, missing };
    let has = |c: char| texts.iter().any(|(_, text, _)| text.contains(c));
    let mut separators: Vec<char> = if has(';') || has('\n') { vec![';'] } else { Vec::new() };
    separators.extend(has('|').then_some('|'));
    separators.push(',');
    // The names of options that forms for fieldwork join by spaces have none themselves.
    if !spaced && has(' ') && !has(',') && !has(';') {
        separators.push(' ');
    }
    let mut best: Option<(u64, Vec<Joined>)> = None;
    for separator in separators {
        let cells: Vec<Joined> = texts.iter().map(|(_, text, _)| split(text, separator, &against)).collect();
        let left: u64 = cells
            .iter()
            .zip(0u32..)
            .map(|(j, code)| (j.unknown + j.open).saturating_mul(u64::from(texts.rows(code))))
            .sum();
        match &mut best {
            Some((least, kept)) if *least == left => {
                // Two signs that both explain a cell, and differently.
                for (mine, other) in kept.iter_mut().zip(&cells) {
                    mine.ambiguous |=
                        other.open == 0 && other.unknown == 0 && mine.unknown == 0 && mine.ticked != other.ticked;
                }
            }
            Some((least, _)) if *least < left => {}
            _ => best = Some((left, cells)),
        }
    }
    best.map(|(_, cells)| cells).unwrap_or_default()
}

fn split(text: &str, separator: char, against: &Against<'_>) -> Joined {
    let mut out = Joined::default();
    let folded = fold(text);
    // Whole cells first: an option, a recode, a word for "missing".
    match against.closed.matched_folded(&folded, against.recodes, against.missing) {
        Matched::Option(at) => {
            out.ticked.push(at);
            out.ambiguous = ways(&folded, separator, against).0 > 1;
            return out;
        }
        Matched::Refused => {
            out.refused = true;
            return out;
        }
        Matched::NotAsked => {
            out.not_asked = true;
            return out;
        }
        Matched::Blank | Matched::Token => {
            out.blank = true;
            return out;
        }
        Matched::Unreadable => {
            out.unknown = 1;
            return out;
        }
        Matched::Unknown => {}
    }
    out = pieces(&folded, separator, against);
    // A line break joins answers too, unless it stands inside an option.
    if out.unknown + out.open > 0 && text.contains(['\n', '\r']) {
        let broken = pieces(&fold(&text.replace(['\n', '\r'], &separator.to_string())), separator, against);
        if broken.unknown + broken.open < out.unknown + out.open
            || !broken.ticked.is_empty() && broken.unknown <= out.unknown
        {
            out = broken;
        }
    }
    out.ticked.sort_unstable();
    out.ticked.dedup();
    out.blank = out.ticked.is_empty() && !out.refused && out.unknown == 0;
    out
}

fn trim(text: &str, separator: char) -> &str {
    text.trim_start_matches([separator, ' '])
}

/// What is left of `rest` behind an option that it begins with; `None` if the option does not end there.
fn behind<'t>(rest: &'t str, option: &str, separator: char) -> Option<&'t str> {
    let tail = rest.strip_prefix(option)?;
    let spaced = tail.trim_start();
    (spaced.is_empty() || spaced.starts_with(separator) || (separator == ' ' && tail.starts_with(' ')))
        .then(|| trim(tail, separator))
}

/// In how many ways a text can be divided among the options without a rest (0, 1, or 2 for more), and per place where an option may
/// begin, counted from the end, whether what follows can be.
fn ways(folded: &str, separator: char, against: &Against<'_>) -> (u8, BTreeMap<usize, u8>) {
    let mut known: BTreeMap<usize, u8> = BTreeMap::from([(0, 1)]);
    let compound = against.options.iter().any(|(text, _)| text.contains(separator));
    if !compound || folded.len() > LONGEST {
        return (0, known);
    }
    // Places as what is left behind them, from the end to the beginning.
    let mut left: Vec<usize> = folded
        .match_indices(separator)
        .filter_map(|(at, s)| folded.get(at + s.len()..))
        .map(|t| trim(t, separator).len())
        .collect();
    left.push(trim(folded, separator).len());
    left.sort_unstable();
    left.dedup();
    for length in left.into_iter().filter(|l| *l > 0) {
        let Some(rest) = folded.get(folded.len() - length..) else { continue };
        let mut count = 0u8;
        for (option, _) in &against.options {
            if let Some(tail) = behind(rest, option, separator) {
                count = count.saturating_add(known.get(&tail.len()).copied().unwrap_or(0)).min(2);
            }
        }
        known.insert(length, count);
    }
    (known.get(&trim(folded, separator).len()).copied().unwrap_or(0), known)
}

/// Divides a folded text: among the options without a rest where that is possible, else by the longest option that fits.
fn pieces(folded: &str, separator: char, against: &Against<'_>) -> Joined {
    let mut out = Joined::default();
    let (ways, known) = ways(folded, separator, against);
    out.ambiguous = ways > 1;
    let mut rest = trim(folded, separator);
    while !rest.is_empty() {
        let fits = against.options.iter().find_map(|(option, m)| {
            let tail = behind(rest, option, separator)?;
            (ways == 0 || known.get(&tail.len()).copied().unwrap_or(0) > 0).then_some((*m, tail))
        });
        if let Some((m, tail)) = fits {
            match m {
                Matched::Option(at) => out.ticked.push(at),
                Matched::Refused => out.refused = true,
                Matched::Blank | Matched::Token | Matched::NotAsked => {}
                _ => out.unknown += 1,
            }
            rest = tail;
            continue;
        }
        let end = rest.find(separator).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        match against.closed.matched_folded(piece.trim(), against.recodes, against.missing) {
            Matched::Option(at) => out.ticked.push(at),
            Matched::Refused => out.refused = true,
            Matched::Blank | Matched::Token | Matched::NotAsked => {}
            Matched::Unreadable => out.unknown += 1,
            Matched::Unknown => match against.closed.other {
                Some(other) => {
                    out.ticked.push(other);
                    out.open += 1;
                }
                None => out.unknown += 1,
            },
        }
        rest = trim(tail, separator);
    }
    out
}

/// What a cell of an option's own column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Ticked,
    /// Said to be not ticked (`0`, `No`), which a blank does not say.
    NotTicked,
    Blank,
    Refused,
    NotAsked,
    Unreadable,
}

/// Reads every distinct text of an option's column: the option's text or a usual mark is a tick; so is the only text that the
/// whole column has, whatever it is (options are renamed, and exported as numbers).
pub fn marks(texts: &Texts, option: usize, closed: &Closed, recodes: &Recodes<'_>, missing: &Missing) -> Vec<Mark> {
    let filled = texts.iter().filter(|(_, text, _)| missing.kind(text) == Kind::Value).map(|(_, text, _)| fold(text));
    let mut distinct: Vec<String> = filled.collect();
    distinct.sort_unstable();
    distinct.dedup();
    let alone = distinct.len() == 1;
    texts
        .iter()
        .map(|(_, text, _)| {
            let folded = fold(text);
            match closed.matched_folded(&folded, recodes, missing) {
                Matched::Option(at) if at == option => Mark::Ticked,
                Matched::Blank | Matched::Token => Mark::Blank,
                Matched::Refused => Mark::Refused,
                Matched::NotAsked => Mark::NotAsked,
                Matched::Unreadable => Mark::Unreadable,
                Matched::Option(_) => Mark::Unreadable,
                Matched::Unknown => match yes_no(&folded) {
                    Some(true) => Mark::Ticked,
                    Some(false) => Mark::NotTicked,
                    None if alone => Mark::Ticked,
                    None => Mark::Unreadable,
                },
            }
        })
        .collect()
}

/// The option that a column of its own stands for, by the last part of its header, or by what stands in brackets or after a dash.
pub fn option_of(column: &Column, closed: &Closed, recodes: &Recodes<'_>) -> Option<usize> {
    let last = column.header.iter().rev().find(|h| !h.is_empty())?;
    let plain = Missing::default();
    let is = |text: &str| match closed.matched(text, recodes, &plain) {
        Matched::Option(at) => Some(at),
        _ => None,
    };
    if let Some(at) = is(last) {
        return Some(at);
    }
    let bracket = last.rfind('[').and_then(|at| last.get(at + 1..)).map(|t| t.trim_end_matches(']'));
    if let Some(at) = bracket.and_then(is) {
        return Some(at);
    }
    // "How did you hear? - Flyer", "heard: Flyer", "heard/Flyer": the longest end that is an option.
    last.char_indices()
        .filter(|(_, c)| matches!(c, '-' | '–' | ':' | '/' | '?' | '.'))
        .find_map(|(at, c)| last.get(at + c.len_utf8()..).and_then(is))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Options;

    fn closed() -> Closed {
        let list = [
            "Library Staff",
            "Press (newspapers, radio etc)",
            "Press",
            "Friends / Family",
            "None of these",
            "Prefer not to say",
        ];
        Closed::new(&Options {
            list: list.iter().map(|s| (*s).to_owned()).collect(),
            exclusive: vec![4],
            other: true,
            refused: vec![5],
        })
    }
    fn texts(list: &[&str]) -> Texts {
        let mut t = Texts::new();
        for (row, text) in (0..).zip(list) {
            t.push(text, row);
        }
        t
    }

    #[test]
    fn the_longest_option_wins_over_commas() {
        let recodes = Recodes::of(&[], "heard");
        let t = texts(&[
            "Press (newspapers, radio etc), Library Staff",
            "Press, Friends / Family",
            "Library Staff, my neighbour",
            "Prefer not to say",
            "",
            "Press (newspapers, radio etc)",
        ]);
        let ticked: Vec<Vec<usize>> =
            split_all(&t, &closed(), &recodes, &Missing::default()).into_iter().map(|j| j.ticked).collect();
        assert_eq!(ticked, [vec![0, 1], vec![2, 3], vec![0, 5], vec![], vec![], vec![1]]);
    }

    #[test]
    fn forms_joins_with_semicolons() {
        let recodes = Recodes::of(&[], "heard");
        let t = texts(&["Press;Library Staff;", "Friends / Family;a, b, c;", "Press"]);
        let ticked: Vec<Vec<usize>> =
            split_all(&t, &closed(), &recodes, &Missing::default()).into_iter().map(|j| j.ticked).collect();
        assert_eq!(ticked, [vec![0, 2], vec![3, 5], vec![2]]);
    }

    #[test]
    fn options_made_of_one_another() {
        let list = ["Music", "Art", "Music, Art", "Art, Dance", "Dance"].map(str::to_owned).to_vec();
        let closed = Closed::new(&Options { list, ..Options::default() });
        let recodes = Recodes::of(&[], "heard");
        let split = |text: &str| split_all(&texts(&[text]), &closed, &recodes, &Missing::default()).remove(0);
        // "Music, Art" then "Dance", or "Music" then "Art, Dance": both are told, the longest taken.
        let cell = split("Music, Art, Dance");
        assert!(cell.ambiguous);
        assert_eq!(cell.unknown, 0);
        assert!(!split("Dance, Music").ambiguous);
        // The longest option alone would leave a rest.
        let list = ["A, B", "A", "B, C"].map(str::to_owned).to_vec();
        let closed = Closed::new(&Options { list, ..Options::default() });
        let cell = split_all(&texts(&["A, B, C"]), &closed, &recodes, &Missing::default()).remove(0);
        assert_eq!((cell.ticked, cell.unknown, cell.ambiguous), (vec![1, 2], 0, false));
    }

    #[test]
    fn other_signs_between_answers() {
        let list = ["red", "green", "blue"].map(str::to_owned).to_vec();
        let closed = Closed::new(&Options { list, ..Options::default() });
        let recodes = Recodes::of(&[], "colour");
        for text in ["red blue", "red|blue", "red\nblue", "blue;red;", "red, blue,", "Red ; Blue", "red, red, blue"] {
            let cell = split_all(&texts(&[text]), &closed, &recodes, &Missing::default()).remove(0);
            assert_eq!((cell.ticked, cell.unknown), (vec![0, 2], 0), "{text:?}");
        }
    }

    /// Joining any of the options with any of the signs and dividing them again gives the same options, or is told.
    #[test]
    fn what_is_joined_is_divided_again() {
        use proptest::prelude::*;
        let option = "[a-d][a-d ,;/()&.]{0,8}[a-d).]";
        let list = proptest::collection::vec(option, 1..6);
        let signs = prop_oneof![Just(", "), Just(","), Just(";"), Just("; "), Just("\n"), Just("|")];
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        runner
            .run(&(list, any::<u8>(), signs, any::<bool>()), |(list, chosen, sign, trailing)| {
                let mut folded = std::collections::BTreeSet::new();
                let list: Vec<String> = list.into_iter().filter(|o| folded.insert(fold(o))).collect();
                let closed = Closed::new(&Options { list: list.clone(), ..Options::default() });
                let want: Vec<usize> = (0..list.len()).filter(|at| chosen & (1 << at) != 0).collect();
                let mut text = want.iter().map(|at| list[*at].as_str()).collect::<Vec<_>>().join(sign);
                if trailing {
                    text.push_str(sign);
                }
                let recodes = Recodes::of(&[], "q");
                let got = split_all(&texts(&[&text]), &closed, &recodes, &Missing::default()).remove(0);
                prop_assert!(got.ticked == want || got.ambiguous, "{list:?} {text:?} {got:?}");
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn marks_of_an_option_column() {
        let recodes = Recodes::of(&[], "heard");
        let read = |list: &[&str]| marks(&texts(list), 0, &closed(), &recodes, &Missing::default());
        assert_eq!(read(&["Library staff", ""]), [Mark::Ticked, Mark::Blank]);
        assert_eq!(read(&["1", "0"]), [Mark::Ticked, Mark::NotTicked]);
        assert_eq!(read(&["0", ""]), [Mark::NotTicked, Mark::Blank]);
        assert_eq!(read(&["Our staff", ""]), [Mark::Ticked, Mark::Blank]);
        assert_eq!(read(&["Our staff", "Staff!"]), [Mark::Unreadable, Mark::Unreadable]);
        assert_eq!(read(&["Press"]), [Mark::Unreadable]);
    }
}
