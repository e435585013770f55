//! What bases, marks, profiles and measures mean.

use crate::measure::{Basis, catalogue};
use crate::protect::Profile;

use super::super::view::Definition;

/// What a basis lets one say.
pub fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::FullCount => "",
        Basis::RandomSample { .. } => {
            "A random sample was asked. The lines across the bars are 95% intervals, made so that they hold the figure for \
             everybody 95 times in 100."
        }
        Basis::EveryoneAsked { .. } => {
            "Everyone was asked, and some did not answer. The lines across the bars are 95% intervals; they hold if those who \
             did not answer are like those who did."
        }
        Basis::SelfSelected => {
            "People chose for themselves whether to answer. These figures speak of those who answered, and of nobody else."
        }
    }
}

/// The marks that stand in place of numbers, or beside them.
pub fn marks() -> Vec<Definition> {
    let mark = |term: &str, meaning: &str| Definition { term: term.to_owned(), meaning: meaning.to_owned() };
    vec![
        mark(super::WITHHELD, "withheld so that nobody can be recognised, from this number or from others beside it"),
        mark(
            super::LOW,
            "a low base: too few people answered for the number to be firm, or for a number to be given at all",
        ),
        mark(super::NOT_COLLECTED, "nobody collected this number"),
        mark(super::LEAST, "at least: some of what is added up here is not known; figures.csv says how much"),
        mark(super::NOT_APPLICABLE, "the number would make no sense here"),
    ]
}

/// The rules of a profile in a reader's words.
pub fn profile(name: &str) -> Vec<String> {
    Profile::named(name).map_or_else(Vec::new, |p| p.rules())
}

/// A measure's name and definition for the appendix.
pub fn method(code: &str) -> Option<(&'static str, String)> {
    let m = catalogue::measure(code)?;
    let how = [("Worked out as: ", m.formula), ("Base: ", m.base), ("Rests on: ", m.basis)];
    let how: Vec<String> = how.iter().map(|(name, what)| format!("{name}{what}")).collect();
    Some((m.title, super::sentences(&[m.definition.to_owned(), super::sentences(&how)])))
}
