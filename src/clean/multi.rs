//! Answers of which several may be ticked: one column per option, or all of them joined in one cell.
//!
//! A joined cell is split by the longest option that fits, never by a bare comma, so that "Press (newspapers, radio etc)" stays
//! whole; what separates the answers (`;` or `,`) is decided on all texts of the column.

use super::choices::{Closed, Matched, yes_no};
use super::labels::Recodes;
use super::states::{self, Kind};
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
}

/// Splits every distinct text of a joined column.
pub fn split_all(texts: &Texts, closed: &Closed, recodes: &Recodes<'_>) -> Vec<Joined> {
    let options = closed.longest_first();
    let by = |separator: char| -> Vec<Joined> {
        texts.iter().map(|(_, text, _)| split(text, separator, closed, &options, recodes)).collect()
    };
    let semicolons = texts.iter().any(|(_, text, _)| text.contains(';'));
    if !semicolons {
        return by(',');
    }
    let unknown = |all: &[Joined]| -> u64 {
        all.iter().zip(0u32..).map(|(j, code)| j.unknown.saturating_mul(u64::from(texts.rows(code)))).sum()
    };
    let (with, without) = (by(';'), by(','));
    if unknown(&with) <= unknown(&without) { with } else { without }
}

fn split(text: &str, separator: char, closed: &Closed, options: &[(&str, Matched)], recodes: &Recodes<'_>) -> Joined {
    let mut out = Joined::default();
    // Whole cells first: an option, a recode, a word for "missing".
    match closed.matched(text, recodes) {
        Matched::Option(at) => {
            out.ticked.push(at);
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
    let lines = text.replace(['\n', '\r'], &separator.to_string());
    let folded = fold(&lines);
    let mut rest = folded.as_str();
    let ends = |tail: &str| {
        let tail = tail.trim_start();
        tail.is_empty() || tail.starts_with(separator)
    };
    loop {
        rest = rest.trim_start_matches([separator, ' ']);
        if rest.is_empty() {
            break;
        }
        let fits = options.iter().find_map(|(option, m)| {
            rest.strip_prefix(option).filter(|tail| !option.is_empty() && ends(tail)).map(|tail| (*m, tail))
        });
        if let Some((m, tail)) = fits {
            match m {
                Matched::Option(at) => out.ticked.push(at),
                Matched::Refused => out.refused = true,
                _ => out.unknown += 1,
            }
            rest = tail;
            continue;
        }
        let end = rest.find(separator).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        match closed.matched_folded(piece.trim(), recodes) {
            Matched::Option(at) => out.ticked.push(at),
            Matched::Refused => out.refused = true,
            Matched::Blank | Matched::Token | Matched::NotAsked => {}
            Matched::Unreadable => out.unknown += 1,
            Matched::Unknown => match closed.other {
                Some(other) => out.ticked.push(other),
                None => out.unknown += 1,
            },
        }
        rest = tail;
    }
    out.ticked.sort_unstable();
    out.ticked.dedup();
    out.blank = out.ticked.is_empty() && !out.refused && out.unknown == 0;
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
pub fn marks(texts: &Texts, option: usize, closed: &Closed, recodes: &Recodes<'_>) -> Vec<Mark> {
    let filled = texts.iter().filter(|(_, text, _)| states::state(text) == Kind::Value).map(|(_, text, _)| fold(text));
    let mut distinct: Vec<String> = filled.collect();
    distinct.sort_unstable();
    distinct.dedup();
    let alone = distinct.len() == 1;
    texts
        .iter()
        .map(|(_, text, _)| {
            let folded = fold(text);
            match closed.matched_folded(&folded, recodes) {
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
    let is = |text: &str| match closed.matched(text, recodes) {
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
        let ticked: Vec<Vec<usize>> = split_all(&t, &closed(), &recodes).into_iter().map(|j| j.ticked).collect();
        assert_eq!(ticked, [vec![0, 1], vec![2, 3], vec![0, 5], vec![], vec![], vec![1]]);
    }

    #[test]
    fn forms_joins_with_semicolons() {
        let recodes = Recodes::of(&[], "heard");
        let t = texts(&["Press;Library Staff;", "Friends / Family;a, b, c;", "Press"]);
        let ticked: Vec<Vec<usize>> = split_all(&t, &closed(), &recodes).into_iter().map(|j| j.ticked).collect();
        assert_eq!(ticked, [vec![0, 2], vec![3, 5], vec![2]]);
    }

    #[test]
    fn marks_of_an_option_column() {
        let recodes = Recodes::of(&[], "heard");
        let read = |list: &[&str]| marks(&texts(list), 0, &closed(), &recodes);
        assert_eq!(read(&["Library staff", ""]), [Mark::Ticked, Mark::Blank]);
        assert_eq!(read(&["1", "0"]), [Mark::Ticked, Mark::NotTicked]);
        assert_eq!(read(&["0", ""]), [Mark::NotTicked, Mark::Blank]);
        assert_eq!(read(&["Our staff", ""]), [Mark::Ticked, Mark::Blank]);
        assert_eq!(read(&["Our staff", "Staff!"]), [Mark::Unreadable, Mark::Unreadable]);
        assert_eq!(read(&["Press"]), [Mark::Unreadable]);
    }
}
