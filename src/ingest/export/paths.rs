//! Columns named by paths, as KoboToolbox and ODK write them: `group/question`, and a column for each option of a
//! `question/option` beside the one that joins them all.

use crate::ingest::Part;
use crate::ingest::layout::{Head, Rec};
use crate::spec::fold;

use super::evidence::below;

/// A head for each header: options under the column that joins them, or under their common path where that column was left out.
pub(super) fn heads(headers: &[String], records: &[Rec]) -> Vec<Head> {
    let mut out: Vec<Head> = headers.iter().enumerate().map(|(i, h)| Head::plain(h.clone(), i)).collect();
    let mut at = 0;
    while at < headers.len() {
        let (from, to) = joined(headers, records, at).or_else(|| split_only(headers, records, at)).unwrap_or((at, at));
        if from < to {
            let stem = headers.get(from).map(|h| h.as_str()).unwrap_or_default();
            let stem = if from == at { parent(stem).unwrap_or_default() } else { headers.get(at).map_or("", |h| h) };
            for i in from..to {
                let option = headers.get(i).and_then(|h| h.get(stem.len() + 1..)).unwrap_or_default();
                if let Some(head) = out.get_mut(i) {
                    let header = vec![stem.to_owned(), option.trim().to_owned()];
                    *head = Head { header, part: Part::Option, stem: at, ..Head::default() };
                }
            }
            if let (true, Some(head)) = (from > at, out.get_mut(at)) {
                head.part = Part::Joined;
            }
        }
        at = to.max(at + 1);
    }
    out
}

/// The options behind the column that joins them: neighbours whose names begin with its name, with nothing but ticks below.
fn joined(headers: &[String], records: &[Rec], at: usize) -> Option<(usize, usize)> {
    let name = headers.get(at).filter(|h| !h.is_empty())?;
    let under = |h: &String| h.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('/') && rest.len() > 1);
    let to = (at + 1..headers.len()).find(|&i| !headers.get(i).is_some_and(under)).unwrap_or(headers.len());
    let found = to > at + 1 && (at + 1..to).all(|i| all_ticks(records, i));
    found.then_some((at + 1, to))
}

/// Neighbours under one path with nothing but ticks below, and enough of them that counts of a group are not taken for ticks.
fn split_only(headers: &[String], records: &[Rec], at: usize) -> Option<(usize, usize)> {
    let path = parent(headers.get(at)?)?;
    let under = |h: &String| parent(h) == Some(path);
    let to = (at + 1..headers.len()).find(|&i| !headers.get(i).is_some_and(under)).unwrap_or(headers.len());
    let words = |i: usize| below(records, 1, i, |t| matches!(fold(t).as_str(), "true" | "false"));
    let said =
        (at..to).all(|i| matches!(words(i), (filled, held) if filled == held)) && (at..to).any(|i| words(i).0 > 0);
    let ticks = (at..to).all(|i| all_ticks(records, i));
    let enough = (at..to).all(|i| words(i).0 >= 8) && to - at >= 3;
    (to - at >= 2 && ticks && (said || enough)).then_some((at, to))
}

/// The path of a name without its last step.
fn parent(name: &str) -> Option<&str> {
    name.rsplit_once('/')
        .map(|(path, last)| (path, last.trim()))
        .filter(|(p, l)| !p.is_empty() && !l.is_empty())
        .map(|(p, _)| p)
}

fn all_ticks(records: &[Rec], column: usize) -> bool {
    // A row of HXL tags may stand below the header.
    let tick = |text: &str| {
        text.starts_with('#')
            || matches!(fold(text).as_str(), "1" | "0" | "1.0" | "0.0" | "true" | "false" | "n/a" | "yes" | "no")
    };
    let (filled, held) = below(records, 1, column, tick);
    filled == held
}

/// Takes the groups off names such as `household/members/age`, where what remains is told apart; the whole name becomes the code.
pub(super) fn without_groups(heads: &mut [Head]) {
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let mut ends: Vec<(String, usize)> =
        heads.iter().filter_map(|h| h.header.first().map(|name| (last(name), h.stem))).collect();
    ends.sort_unstable();
    ends.dedup();
    let alone = |end: &str| ends.iter().filter(|(e, _)| e == end).count() == 1;
    for head in heads.iter_mut() {
        let Some(name) = head.header.first_mut() else { continue };
        let end = last(name);
        if end.len() < name.len() && is_code(name) && alone(&end) {
            let option = head.header.get(1).map_or(String::new(), |option| format!("/{option}"));
            let name = head.header.first_mut();
            if let Some(name) = name {
                head.code = Some(format!("{name}{option}"));
                *name = end;
            }
        }
    }
}

/// Whether every step of a path is a name as forms have them, not a label.
fn is_code(path: &str) -> bool {
    path.split('/').all(|step| {
        step.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && step.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(rows: &[&[&str]]) -> Vec<(String, Part, usize)> {
        let records: Vec<Rec> = (1..)
            .zip(rows)
            .map(|(number, r)| Rec { number, cells: r.iter().map(|c| (*c).to_owned()).collect() })
            .collect();
        let headers: Vec<String> = records[0].cells.clone();
        let mut heads = heads(&headers, &records);
        without_groups(&mut heads);
        heads.into_iter().map(|h| (h.header.join(" > "), h.part, h.stem)).collect()
    }
    fn is(header: &str, part: Part, stem: usize) -> (String, Part, usize) {
        (header.to_owned(), part, stem)
    }

    #[test]
    fn options_stand_under_the_column_that_joins_them() {
        let found = seen(&[
            &["a/age", "a/why", "a/why/fun", "a/why/art", "b/n"],
            &["4", "fun", "1", "0", "x"],
            &["5", "", "", "", ""],
        ]);
        assert_eq!(
            found,
            [
                is("age", Part::Whole, 0),
                is("why", Part::Joined, 1),
                is("why > fun", Part::Option, 1),
                is("why > art", Part::Option, 1),
                is("n", Part::Whole, 4),
            ]
        );
        let labels = seen(&[&["Why/how?", "Why/how?/For fun", "Why/how?/Other"], &["For fun", "1", "0"]]);
        assert_eq!(labels[1], is("Why/how? > For fun", Part::Option, 0));
    }

    #[test]
    fn split_options_alone_and_counts() {
        let found = seen(&[&["q/why/fun", "q/why/art", "q/n"], &["True", "False", "3"], &["False", "False", "2"]]);
        assert_eq!(found[1], is("why > art", Part::Option, 0));
        let counts = seen(&[&["hh/boys", "hh/girls", "hh/men"], &["1", "0", "1"], &["0", "1", "1"]]);
        assert!(counts.iter().all(|c| c.1 == Part::Whole));
        let twice = seen(&[&["a/age", "b/age"], &["1", "2"]]);
        assert_eq!(twice[0].0, "a/age");
    }
}
