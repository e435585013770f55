//! The questions of several tables put together: one answer per row of all of them.

use std::collections::BTreeMap;

use crate::clean::{Answer, CleanQuestion, QuestionAnswers};
use crate::exit::Exit;
use crate::problem::{Place, Problem};
use crate::spec::fold;

use super::Question;
use super::books::Books;

/// The questions of one table, with the rows of it that are kept.
pub(super) struct Part {
    pub questions: Vec<CleanQuestion>,
    pub rows: Vec<u32>,
}

/// The questions of all parts, merged by key in the order in which they first stand; a part without a question was not asked it.
pub(super) fn merge(name: &str, parts: Vec<Part>, books: &mut Books) -> Vec<Question> {
    let mut keys: Vec<String> = Vec::new();
    let mut by_key: BTreeMap<String, Vec<Option<CleanQuestion>>> = BTreeMap::new();
    let count = parts.len();
    let rows: Vec<Vec<u32>> = parts
        .into_iter()
        .enumerate()
        .map(|(at, part)| {
            for question in part.questions {
                let versions = by_key.entry(question.key.clone()).or_insert_with(|| {
                    keys.push(question.key.clone());
                    (0..count).map(|_| None).collect()
                });
                if let Some(version @ None) = versions.get_mut(at) {
                    *version = Some(question);
                }
            }
            part.rows
        })
        .collect();
    keys.into_iter().filter_map(|key| merge_one(name, by_key.remove(&key)?, &rows, books)).collect()
}

fn merge_one(
    name: &str,
    versions: Vec<Option<CleanQuestion>>,
    rows: &[Vec<u32>],
    books: &mut Books,
) -> Option<Question> {
    let first = versions.iter().flatten().next()?;
    let (key, text, class) = (first.key.clone(), first.text.clone(), first.class);
    let class = versions.iter().flatten().map(|q| q.class).max().unwrap_or(class);
    let mut outcome: Vec<String> = Vec::new();
    for written in versions.iter().flatten().flat_map(|q| &q.outcome) {
        if !outcome.contains(written) {
            outcome.push(written.clone());
        }
    }
    if versions.iter().flatten().any(|q| kind(&q.answers) != kind(&first.answers)) {
        books.problems.push(
            Problem::stops(
                "question-types-differ",
                Exit::Spec,
                Place::default(),
                format!(
                    "the question {key} of {name} is answered in one way in one file and in another way in another"
                ),
            )
            .hint("give both the same type in the codebook, or one of them another short name"),
        );
        return None;
    }
    let answers = match &first.answers {
        QuestionAnswers::Choice { .. } => choice(&key, name, &versions, rows, books),
        QuestionAnswers::Choices { .. } => choices(&versions, rows),
        QuestionAnswers::Numbers { .. } => numbers(&versions, rows),
    };
    Some(Question { key, text, class, outcome, answers })
}

fn kind(answers: &QuestionAnswers) -> u8 {
    match answers {
        QuestionAnswers::Choice { ordered: false, .. } => 0,
        QuestionAnswers::Choice { ordered: true, .. } => 1,
        QuestionAnswers::Choices { .. } => 2,
        QuestionAnswers::Numbers { .. } => 3,
    }
}

/// One option list of several: each keeps its order, and an option that only a later list has stands after its neighbour there.
/// With each list's places in it.
fn unite(lists: &[&[String]]) -> (Vec<String>, Vec<Vec<usize>>) {
    let mut all: Vec<(String, String)> = Vec::new();
    for list in lists {
        let mut after = None;
        for option in *list {
            let folded = fold(option);
            after = Some(match all.iter().position(|(_, known)| *known == folded) {
                Some(at) => at,
                None => {
                    let at = after.map_or(if all.is_empty() { 0 } else { all.len() }, |last: usize| last + 1);
                    let at = at.min(all.len());
                    all.insert(at, (option.clone(), folded));
                    at
                }
            });
        }
    }
    let places = |list: &&[String]| -> Vec<usize> {
        list.iter()
            .map(|option| {
                let folded = fold(option);
                all.iter().position(|(_, known)| *known == folded).unwrap_or_default()
            })
            .collect()
    };
    let places = lists.iter().map(places).collect();
    (all.into_iter().map(|(option, _)| option).collect(), places)
}

fn picked<T: Copy>(from: &[Answer<T>], rows: &[u32]) -> impl Iterator<Item = Answer<T>> {
    rows.iter().map(|&row| from.get(row as usize).copied().unwrap_or(Answer::Unreadable))
}

fn choice(
    key: &str,
    name: &str,
    versions: &[Option<CleanQuestion>],
    rows: &[Vec<u32>],
    books: &mut Books,
) -> QuestionAnswers {
    type Chosen<'a> = (&'a [String], &'a [Answer<u16>], bool);
    fn of(version: &Option<CleanQuestion>) -> Option<Chosen<'_>> {
        match version.as_ref().map(|question| &question.answers) {
            Some(QuestionAnswers::Choice { options, rows, ordered }) => Some((options, rows, *ordered)),
            _ => None,
        }
    }
    let lists: Vec<&[String]> = versions.iter().filter_map(of).map(|(options, ..)| options).collect();
    let (options, places) = unite(&lists);
    let ordered = versions.iter().filter_map(of).any(|(.., ordered)| ordered);
    if ordered && lists.iter().any(|list| list.len() != options.len()) {
        books.note(
            Problem::assumed(
                "scales-differ",
                Place::default(),
                format!(
                    "the scale {key} of {name} does not have the same steps in every file: all {} steps are kept in one order",
                    options.len()
                ),
            )
            .hint("give the question the same option list in the codebook for every source"),
        );
    }
    let mut places = places.into_iter();
    let mut merged = Vec::with_capacity(rows.iter().map(Vec::len).sum());
    for (version, rows) in versions.iter().zip(rows) {
        match of(version) {
            Some((_, answers, _)) => {
                let places = places.next().unwrap_or_default();
                merged.extend(picked(answers, rows).map(|answer| match answer {
                    Answer::Answered(option) => match places.get(usize::from(option)) {
                        Some(&place) => Answer::Answered(place as u16),
                        None => Answer::Unreadable,
                    },
                    other => other,
                }));
            }
            None => merged.extend(rows.iter().map(|_| Answer::NotAsked)),
        }
    }
    QuestionAnswers::Choice { options, rows: merged, ordered }
}

fn choices(versions: &[Option<CleanQuestion>], rows: &[Vec<u32>]) -> QuestionAnswers {
    type Offered<'a> = (&'a Vec<String>, &'a Vec<usize>, &'a Vec<Vec<Answer<bool>>>);
    fn of(version: &Option<CleanQuestion>) -> Option<Offered<'_>> {
        match version.as_ref().map(|question| &question.answers) {
            Some(QuestionAnswers::Choices { options, exclusive, ticks }) => Some((options, exclusive, ticks)),
            _ => None,
        }
    }
    let lists: Vec<&[String]> = versions.iter().filter_map(of).map(|(options, ..)| options.as_slice()).collect();
    let (options, places) = unite(&lists);
    let mut exclusive: Vec<usize> = Vec::new();
    for ((_, mine, _), places) in versions.iter().filter_map(of).zip(&places) {
        exclusive.extend(mine.iter().filter_map(|&option| places.get(option)));
    }
    exclusive.sort_unstable();
    exclusive.dedup();
    let mut ticks: Vec<Vec<Answer<bool>>> = vec![Vec::new(); options.len()];
    let mut places = places.iter();
    for (version, rows) in versions.iter().zip(rows) {
        let offered = of(version).map(|(_, _, mine)| (mine, places.next()));
        for (option, merged) in ticks.iter_mut().enumerate() {
            let mine = offered.and_then(|(mine, places)| {
                let at = places?.iter().position(|&place| place == option)?;
                mine.get(at)
            });
            match mine {
                Some(answers) => merged.extend(picked(answers, rows)),
                None => merged.extend(rows.iter().map(|_| Answer::NotAsked)),
            }
        }
    }
    QuestionAnswers::Choices { options, exclusive, ticks }
}

fn numbers(versions: &[Option<CleanQuestion>], rows: &[Vec<u32>]) -> QuestionAnswers {
    let mut merged = Vec::with_capacity(rows.iter().map(Vec::len).sum());
    for (version, rows) in versions.iter().zip(rows) {
        match version.as_ref().map(|question| &question.answers) {
            Some(QuestionAnswers::Numbers { rows: answers }) => merged.extend(picked(answers, rows)),
            _ => merged.extend(rows.iter().map(|_| Answer::NotAsked)),
        }
    }
    QuestionAnswers::Numbers { rows: merged }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Class;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    fn question(key: &str, answers: QuestionAnswers) -> CleanQuestion {
        CleanQuestion { key: key.to_owned(), text: key.to_owned(), class: Class::Opinion, outcome: Vec::new(), answers }
    }

    #[test]
    fn lists_unite_in_their_order() {
        let (a, b) = (texts(&["Fun", "Relaxing", "Other"]), texts(&["fun ", "Calm", "Relaxing", "New"]));
        let (all, places) = unite(&[&a, &b]);
        assert_eq!(all, ["Fun", "Calm", "Relaxing", "New", "Other"]);
        assert_eq!(places, [vec![0, 2, 4], vec![0, 1, 2, 3]]);
    }

    #[test]
    fn what_a_form_never_asked_is_not_asked() {
        let part = |options: &[&str], ticks: Vec<Vec<Answer<bool>>>, rows: &[u32]| Part {
            questions: vec![question(
                "find",
                QuestionAnswers::Choices { options: texts(options), exclusive: vec![], ticks },
            )],
            rows: rows.to_vec(),
        };
        let yes = Answer::Answered(true);
        let no = Answer::Answered(false);
        let mut books = Books::default();
        let merged = merge(
            "groups",
            vec![
                part(&["Enjoyable"], vec![vec![yes, no, Answer::Blank]], &[0, 2]),
                part(&["Enjoyable", "Fun"], vec![vec![yes], vec![no]], &[0]),
                Part { questions: vec![], rows: vec![0] },
            ],
            &mut books,
        );
        let [Question { answers: QuestionAnswers::Choices { options, ticks, .. }, .. }] = merged.as_slice() else {
            panic!("one question");
        };
        assert_eq!(options, &["Enjoyable", "Fun"]);
        assert_eq!(ticks[0], [yes, Answer::Blank, yes, Answer::NotAsked]);
        assert_eq!(ticks[1], [Answer::NotAsked, Answer::NotAsked, no, Answer::NotAsked]);
        assert!(books.problems.list.is_empty());
    }

    #[test]
    fn one_key_of_two_types_is_refused() {
        let part = |answers| Part { questions: vec![question("age", answers)], rows: vec![0] };
        let mut books = Books::default();
        let merged = merge(
            "visitors",
            vec![
                part(QuestionAnswers::Numbers { rows: vec![Answer::Blank] }),
                part(QuestionAnswers::Choice {
                    options: texts(&["Yes"]),
                    rows: vec![Answer::Answered(0)],
                    ordered: false,
                }),
            ],
            &mut books,
        );
        assert!(merged.is_empty());
        assert_eq!(books.problems.stop(), Some(Exit::Spec));
    }
}
