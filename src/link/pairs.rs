//! Matched responses of two waves of one instrument: one person, one response before, one after.

use std::collections::BTreeMap;

use crate::problem::{Place, Problem};
use crate::spec::Wave;

use super::books::{Books, many};
use super::responses::{ForPairs, Identity};
use super::{Join, Pairs};

/// The pairs of every two waves of every instrument, matched by person, else by e-mail. A person with two responses in one wave
/// is not guessed at: all of them stay unmatched, and are counted.
pub(super) fn gather(groups: &[ForPairs], books: &mut Books) -> Vec<Pairs> {
    let mut pairs = Vec::new();
    for (a, before) in groups.iter().enumerate() {
        for (b, after) in groups.iter().enumerate() {
            let (Some(instrument), Some(first), Some(second)) = (&before.instrument, before.wave, after.wave) else {
                continue;
            };
            if after.instrument.as_ref() != Some(instrument) || first >= second {
                continue;
            }
            let (mut left, mut right) = (Side::new(before), Side::new(after));
            if left.named == 0 || right.named == 0 {
                continue;
            }
            let matched = left.only.iter().filter_map(|(who, l)| Some((*l, *right.only.get(who)?))).collect();
            let (left_name, right_name) = (wave(first), wave(second));
            let matched = sorted(matched);
            let ambiguous = left.ambiguous(&mut right);
            books.joins.push(Join {
                name: format!("{instrument}: {left_name} → {right_name}"),
                left: format!("{instrument} {left_name}"),
                right: format!("{instrument} {right_name}"),
                by: "person or e-mail".to_owned(),
                left_rows: before.identity.len() as u64,
                left_matched: matched.len() as u64,
                left_blank: before.identity.iter().filter(|who| who.is_none()).count() as u64,
                right_rows: after.identity.len() as u64,
                right_matched: matched.len() as u64,
                left_only: Vec::new(),
                right_only: Vec::new(),
                suggestions: Vec::new(),
            });
            books.note(
                Problem::noted(
                    "pair-ambiguous",
                    Place::default(),
                    format!(
                        "{} more than one response to {instrument} {left_name} or {right_name}, and {} not compared",
                        many(ambiguous, "person has", "people have"),
                        if ambiguous == 1 { "is" } else { "are" }
                    ),
                )
                .hint("remove the responses that do not count, or mark them as test")
                .count(ambiguous),
            );
            pairs.push(Pairs { instrument: instrument.clone(), of: (a, b), first, second, matched });
        }
    }
    pairs
}

/// One wave's responses by whom they are from.
struct Side {
    named: usize,
    only: BTreeMap<Identity, u32>,
    several: BTreeMap<Identity, ()>,
}

impl Side {
    fn new(group: &ForPairs) -> Self {
        let mut side = Side { named: 0, only: BTreeMap::new(), several: BTreeMap::new() };
        for (response, who) in group.identity.iter().enumerate() {
            let Some(who) = *who else { continue };
            side.named += 1;
            if side.several.contains_key(&who) {
                continue;
            }
            if side.only.insert(who, response as u32).is_some() {
                side.only.remove(&who);
                side.several.insert(who, ());
            }
        }
        side
    }

    /// People with several responses on one side and at least one on the other.
    fn ambiguous(&mut self, other: &mut Side) -> u64 {
        let meets = |who: &Identity, side: &Side| side.only.contains_key(who) || side.several.contains_key(who);
        let mut all: Vec<&Identity> = self.several.keys().filter(|who| meets(who, other)).collect();
        all.extend(other.several.keys().filter(|who| self.only.contains_key(who)));
        all.len() as u64
    }
}

fn sorted(mut pairs: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    pairs.sort_unstable();
    pairs
}

/// The wave in a sentence.
pub(super) fn wave(wave: Wave) -> &'static str {
    match wave {
        Wave::Before => "before",
        Wave::During => "during",
        Wave::After => "after",
        Wave::FollowUp => "follow-up",
    }
}
