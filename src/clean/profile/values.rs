//! The dates and the numbers of a column, read with the proofs that a run makes.

use jiff::civil::Date;

use super::{Look, NumbersSeen, PIVOT, Profile, States, Tally};
use crate::clean::dates::{Around, Member, prove};
use crate::clean::numbers::{self, Wanted};
use crate::clean::tokens::Missing;
use crate::clean::written::take_apart;
use crate::clean::{Answer, Decimal, PatternProof};
use crate::ingest::Column;

/// The orders of a column of dates as far as the column itself proves them. Dates whose order must be asked are answers: they can
/// be read as soon as it is told.
pub(super) fn read_dates(out: &mut Profile, column: &Column) {
    let around = Around {
        pivot: PIVOT,
        bound: None::<Date>,
        declared_here: None,
        declared: None,
        months: true,
        births: out.header.says(&["birth", "born", "dob"]),
    };
    let Some(proved) =
        prove(&[Member { file: "", texts: &column.texts, codes: &column.codes, missing: &Missing::default() }], around)
            .pop()
    else {
        return;
    };
    out.values = States::default();
    for (code, text, rows) in column.texts.iter() {
        let answer = match proved.values.get(code as usize) {
            Some(Answer::Answered(_)) => Answer::Answered(()),
            Some(Answer::Refused) => Answer::Refused,
            Some(Answer::Blank) => Answer::Blank,
            Some(Answer::NotAsked) => Answer::NotAsked,
            Some(Answer::Unreadable) | None if is_undecided(text, &proved.patterns) => Answer::Answered(()),
            Some(Answer::Unreadable) | None => Answer::Unreadable,
        };
        out.values.add(&answer, u64::from(rows));
    }
    out.dates = proved.patterns;
}

/// Whether a text is a date of a pattern whose order is not known.
fn is_undecided(text: &str, patterns: &[PatternProof]) -> bool {
    patterns.iter().any(|p| p.order.is_none())
        && take_apart(text).is_some_and(|w| matches!(w.day, crate::clean::written::Day::Open { .. }))
}

/// The numbers of a column, in the style that all of them together prove.
pub(super) fn read_numbers(out: &mut Profile, column: &Column, missing: &Missing, tally: &Tally) {
    let percent = column.texts.iter().any(|(_, text, _)| text.contains('%'));
    let wanted = if percent { Wanted::Percent } else { Wanted::Number };
    let reading = numbers::decide([&column.texts], wanted);
    let read = numbers::read(&column.texts, wanted, &reading, missing);
    out.values = States::default();
    let mut distinct: Vec<Decimal> = Vec::new();
    for ((_, _, rows), answer) in column.texts.iter().zip(&read.values) {
        out.values.add(answer, u64::from(rows));
        distinct.extend(answer.answered());
    }
    distinct.sort_by(|a, b| compare(*a, *b));
    distinct.dedup();
    let signed: u64 = tally.iter().filter(|(text, _)| text.contains('%')).map(|(_, rows)| rows).sum();
    out.numbers = Some(NumbersSeen {
        zero: read.zero,
        min: distinct.first().copied(),
        max: distinct.last().copied(),
        whole: distinct.iter().all(|d| d.scale == 0),
        percent: signed * 2 > out.values.answered,
        distinct: distinct.len() as u64,
        assumed: match reading.style {
            Some(_) => reading.assumed,
            None => Some("the comma and the point are both used as decimal sign".to_owned()),
        },
    });
    if percent && out.look == Look::Month {
        out.look = Look::Percent;
    }
}

/// The order of two exact decimals by their size.
fn compare(a: Decimal, b: Decimal) -> std::cmp::Ordering {
    let raised = |d: Decimal, to: u8| i128::from(d.digits) * 10i128.pow(u32::from(to.saturating_sub(d.scale).min(18)));
    let scale = a.scale.max(b.scale);
    raised(a, scale).cmp(&raised(b, scale))
}
