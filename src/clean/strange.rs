//! What is said of texts that are none of their question's options: typing, longer answers, ranges eaten by Excel, tokens.

use std::collections::BTreeMap;

use super::choices::{Closed, Near};
use super::questions::Plan;
use super::states::Tokens;
use crate::ingest::Table;
use crate::problem::{Place, Problem, Problems};

/// Texts of one question that are none of its options.
#[derive(Default)]
pub(super) struct Strange {
    typing: BTreeMap<(String, String), u64>,
    begins: BTreeMap<String, (u64, u32)>,
    eaten: u64,
    /// Rows that cover several options, as the recodes say.
    pub(super) several: u64,
    other: u64,
    first: Option<u32>,
    pub(super) tokens: Tokens,
    /// Words that say that the question does not apply.
    passed: Tokens,
}

impl Strange {
    /// Counts `rows` rows of a text that is no option.
    pub(super) fn add(&mut self, closed: &Closed, text: &str, rows: u64, first: u32) {
        match closed.near(text) {
            Near::Typing { written, option } => *self.typing.entry((written, option)).or_default() += rows,
            Near::Begins(option) => {
                let at = self.begins.entry(option).or_insert((0, first));
                *at = (at.0 + rows, at.1.min(first));
            }
            Near::EatenByExcel => self.eaten += rows,
            Near::Nothing => {
                self.other += rows;
                self.first = Some(self.first.map_or(first, |f| f.min(first)));
            }
        }
    }

    /// Counts `rows` rows of a word that says that the question does not apply.
    pub(super) fn not_asked(&mut self, text: &str, rows: u64) {
        self.passed.add(text, rows);
    }

    /// Rows whose text is none of the options, whatever else it may be.
    pub(super) fn unknown(&self) -> u64 {
        self.other
            + self.eaten
            + self.typing.values().sum::<u64>()
            + self.begins.values().map(|(rows, _)| rows).sum::<u64>()
    }

    /// Says all of it.
    pub(super) fn tell(self, plan: &Plan<'_>, table: &Table, place: &Place, problems: &mut Problems) {
        let key = &plan.question.key;
        for ((written, option), rows) in self.typing {
            problems.push(
                Problem::noted(
                    "answer-near-miss",
                    place.clone(),
                    format!(
                        "{} “{written}”, which is no option of `{key}`; counted as unreadable",
                        super::words::say(rows)
                    ),
                )
                .hint(format!(
                    "if it means “{option}”, add this line to recodes:  {key},{},{},",
                    super::words::cell(&written),
                    super::words::cell(&option)
                ))
                .count(rows),
            );
        }
        for (option, (rows, first)) in self.begins {
            problems.push(
                Problem::noted(
                    "answer-longer-than-option",
                    place.clone().row(table.origin.record(first)),
                    format!(
                        "{} to `{key}`: begins like the option “{option}” and goes on; counted as unreadable",
                        super::words::answers_words(rows)
                    ),
                )
                .hint(format!("if they mean “{option}”, add a line to recodes: {key}, the text as written, {option}"))
                .count(rows),
            );
        }
        if self.eaten > 0 {
            problems.push(
                Problem::noted(
                    "answer-eaten-by-excel",
                    place.clone(),
                    format!(
                        "{} to `{key}`: a range (10-14) that a spreadsheet program turned into a date (14-Oct)",
                        super::words::answers_words(self.eaten)
                    ),
                )
                .hint("export the file again without opening it in Excel, or say in recodes what each means")
                .count(self.eaten),
            );
        }
        if self.several > 0 {
            problems.push(
                Problem::noted(
                    "answer-not-splittable",
                    place.clone(),
                    format!(
                        "{} to `{key}`: each covers several options, as the recodes say, and cannot be divided; counted as unreadable",
                        super::words::answers_words(self.several)
                    ),
                )
                .hint("they are in no option's share; to count them, give the question an option that covers them, and recode the others to it too")
                .count(self.several),
            );
        }
        if self.other > 0 {
            let place = match self.first {
                Some(first) => place.clone().row(table.origin.record(first)),
                None => place.clone(),
            };
            problems.push(
                Problem::noted(
                    "answer-unknown",
                    place,
                    format!(
                        "{} to `{key}`: none of its options; counted as unreadable",
                        super::words::answers_words(self.other)
                    ),
                )
                .hint("add the missing options, or (other), to the codebook; or say in recodes what they mean")
                .count(self.other),
            );
        }
        if self.passed.rows() > 0 {
            problems.push(
                Problem::assumed(
                    "missing-token",
                    place.clone(),
                    format!(
                        "{} to `{key}`: read as not asked, because the question did not apply: {}",
                        super::words::answers_words(self.passed.rows()),
                        self.passed.sentence()
                    ),
                )
                .hint("if it is an answer, add it to the options in the codebook; the column `missing` there overrides this")
                .count(self.passed.rows()),
            );
        }
        if self.tokens.rows() > 0 {
            problems.push(
                Problem::assumed(
                    "missing-token",
                    place.clone(),
                    format!(
                        "{} to `{key}`: read as blank: {}",
                        super::words::answers_words(self.tokens.rows()),
                        self.tokens.sentence()
                    ),
                )
                .hint("if one of these is an answer, add it to the options in the codebook")
                .count(self.tokens.rows()),
            );
        }
    }
}
