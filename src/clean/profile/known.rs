//! Answers that one row only gives and that are nobody's own words all the same: steps of the scale that the others are, bands of
//! age among bands of age, yes or no, codes (`A1`) among codes.

use std::collections::BTreeMap;

use crate::clean::states::{self, Kind};
use crate::clean::{age, choices, labels, scale};
use crate::ingest::Table;
use crate::ingest::asked::{Answer, Asked, Closed, How};
use crate::spec::fold;

/// Takes such answers into the question's list, so that none of its options is told as ticked by nobody.
pub(super) fn take_in(table: &Table, asked: &mut Asked) {
    let (How::One(closed) | How::Grid(None, closed)) = &mut asked.how else { return };
    if closed.other == 0 || closed.options.is_empty() {
        return;
    }
    let mut rows: BTreeMap<String, (String, u64)> = BTreeMap::new();
    for (_, text, n) in asked.columns.iter().filter_map(|&at| table.columns.get(at)).flat_map(|c| c.texts.iter()) {
        if states::state(text) == Kind::Value {
            rows.entry(fold(text)).or_insert_with(|| (labels::one_line(text), 0)).1 += u64::from(n);
        }
    }
    for option in &closed.options {
        rows.remove(&fold(&option.text));
    }
    let is = kind_of(closed);
    for (folded, (text, n)) in rows {
        if is(&folded, &text) {
            closed.other = closed.other.saturating_sub(n);
            closed.options.push(Answer { text, rows: n });
        }
    }
}

/// Whether a text is an answer of the kind that the options of a list are.
fn kind_of(closed: &Closed) -> impl Fn(&str, &str) -> bool + use<> {
    let said: Vec<&Answer> = closed.options.iter().filter(|o| states::state(&o.text) == Kind::Value).collect();
    let given: Vec<(&str, u64)> = said.iter().map(|o| (o.text.as_str(), o.rows)).collect();
    let texts: Vec<&str> = given.iter().map(|(text, _)| *text).collect();
    let steps: Vec<String> =
        scale::recognise(&given).map(|s| s.levels.iter().map(|l| fold(&l.text)).collect()).unwrap_or_default();
    let bands = age::bands(&texts).is_some();
    let yes_no = !texts.is_empty() && texts.iter().all(|t| choices::yes_no(&fold(t)).is_some());
    // The numbers of answers, each behind the same letters: `A1`, `A2`.
    let prefix = texts.first().and_then(|first| code(first)).map(str::to_owned);
    let coded = prefix.is_some() && texts.iter().all(|text| code(text) == prefix.as_deref());
    move |folded, text| {
        steps.iter().any(|step| step == folded)
            || (bands && age::band(text).is_some())
            || (yes_no && choices::yes_no(folded).is_some())
            || (coded && code(text) == prefix.as_deref())
    }
}

/// The letters before the number of an answer's code: `A` of `A12`, nothing of `3`; `None` for what is no such code.
fn code(text: &str) -> Option<&str> {
    let at = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at(at);
    let short = letters.len() <= 2 && (1..=2).contains(&digits.len());
    (short && letters.bytes().all(|b| b.is_ascii_uppercase()) && digits.bytes().all(|b| b.is_ascii_digit()))
        .then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_one_row_counts_where_it_is_nobodys_own_words() {
        let is = |options: &[&str], text: &str| {
            let options = options.iter().map(|o| Answer { text: (*o).to_owned(), rows: 4 }).collect();
            kind_of(&Closed { options, other: 1 })(&fold(text), text)
        };
        assert!(is(&["Satisfied", "Very satisfied", "Dissatisfied"], "Very dissatisfied"));
        assert!(!is(&["Satisfied", "Very satisfied", "Dissatisfied"], "My name is Ann"));
        assert!(is(&["16-24", "25-44"], "65 and over") && !is(&["16-24", "25-44"], "forty, like my sister"));
        assert!(is(&["Yes"], "No") && !is(&["Yes", "No"], "Yes, with Ann"));
        assert!(is(&["A2", "A3"], "A1") && !is(&["A2", "A3"], "B1") && is(&["2", "3"], "1"));
        assert!(!is(&["Red", "Blue"], "Green"));
    }
}
