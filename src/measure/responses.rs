//! What people said: responses by place, event and month, and the answers to every question.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::build::{Builder, Column, Cuts, Draft, sentence, tally};
use super::key::{Codes, slug};
use super::questions::{self, Asked};
use super::respondents::Respondents;
use super::{Basis, Exposure, Family, Formula, catalogue};
use crate::link::Responses;
use crate::spec::{Sample, Wave};

/// The word for a wave, in codes.
pub(super) fn wave_code(wave: Wave) -> &'static str {
    match wave {
        Wave::Before => "before",
        Wave::During => "during",
        Wave::After => "after",
        Wave::FollowUp => "follow-up",
    }
}

/// One universe per instrument and wave. Gives the universe of each, in the order of `Linked::responses`.
pub(super) fn add(b: &mut Builder<'_>) -> Vec<usize> {
    let linked = b.linked;
    linked.responses.iter().map(|r| one(b, r)).collect()
}

/// What a reader sees for a set of responses: its title; for a source without one, its name with a capital and spaces.
pub(super) fn title(b: &Builder<'_>, responses: &Responses) -> String {
    if b.spec.sources.iter().any(|s| s.name == responses.title) {
        b.source_title(&responses.title)
    } else {
        sentence(&responses.title)
    }
}

fn one(b: &mut Builder<'_>, responses: &Responses) -> usize {
    let name = match responses.wave {
        Some(wave) => format!("{}:{}", slug(&responses.instrument), wave_code(wave)),
        None => slug(&responses.instrument),
    };
    let subject = b.unique(format!("responses:{name}"));
    let name = subject.strip_prefix("responses:").unwrap_or(&name).to_string();
    let source = title(b, responses);
    let people = Respondents::of(b, responses, &name, &source);
    let exposure = people.as_ref().map_or(Exposure::Persons, |p| Exposure::Of(p.universe));
    let universe = b.universe(subject.clone(), ("response", "responses"), exposure, source.clone());

    let sessions = &b.linked.sessions.sessions;
    let session = |i: usize| {
        let s = responses.session.as_ref().and_then(|s| s.get(i).copied().flatten())?;
        sessions.get(usize::try_from(s).ok()?)
    };
    let units = responses.len;
    let site: Vec<Option<u32>> = (0..units)
        .map(|i| {
            let own = responses.site.as_ref().and_then(|s| s.get(i)).and_then(|a| a.answered());
            own.or_else(|| session(i).and_then(|s| s.site))
        })
        .collect();
    let dates: Vec<Option<Date>> = (0..units)
        .map(|i| {
            let own = responses.date.as_ref().and_then(|d| d.get(i).copied().flatten());
            own.or_else(|| session(i).and_then(|s| s.date)).filter(|&d| b.inside(d))
        })
        .collect();
    let event: Vec<Option<u32>> =
        (0..units).map(|i| responses.event.as_ref().and_then(|e| e.get(i)).and_then(|a| a.answered())).collect();
    let clusters = clusters(responses);

    let draft = |subject: &str, title: String, family: usize, cut: Vec<usize>, formula: Formula, basis: Basis| Draft {
        subject: subject.to_string(),
        title,
        family,
        cut,
        formula,
        basis,
        source: source.clone(),
    };
    let site = Some(b.places(&site)).filter(|c| b.known(c));
    let events = b.events.clone();
    let event = Some(b.labelled("event", "Event", &events, &event, "event not known")).filter(|c| b.known(c));
    let periods = b.periods("", &dates, "date not known, or outside the programme");

    let title = format!("{source}: responses");
    let mut cuts: Cuts = vec![(vec![], vec![(vec![], "")])];
    for (column, words) in [(&site, ", by place"), (&event, ", by event")] {
        cuts.extend(column.iter().map(|c| (vec![c], vec![(vec![0], words)])));
    }
    if let Some([year, _, month]) = &periods {
        cuts.push((vec![year, month], vec![(vec![0], ", by year"), (vec![1], ", by month")]));
    }
    for (columns, tables) in cuts {
        let Some(family) = b.tally(universe, units, &columns) else { continue };
        for (cut, words) in tables {
            if let Some(people) = &people {
                let of: Vec<&Column> = cut.iter().filter_map(|&c| columns.get(c).copied()).collect();
                people.by(b, &of);
            }
            let title = format!("{title}{words}");
            b.table(&catalogue::RESPONSES, draft(&subject, title, family, cut, Formula::Count, Basis::FullCount));
        }
    }

    let basis = match responses.sample {
        Sample::Random => Basis::RandomSample { population: responses.population },
        Sample::EveryoneAsked => Basis::EveryoneAsked { population: responses.population },
        Sample::SelfSelected => Basis::SelfSelected,
    };
    let mut codes = Codes::new();
    for question in &responses.questions {
        let code = codes.code(&question.key);
        let Some(asked) = questions::dimension(b, question, &code) else { continue };
        let subject = format!("answers:{name}:{code}");
        let cuts: Vec<Vec<&Column>> = [vec![]].into_iter().chain(site.iter().map(|s| vec![s])).collect();
        for columns in cuts {
            let words = if columns.is_empty() { "" } else { ", by place" };
            let title = format!("{source}: {}{words}", question.text);
            let cut: Vec<usize> = (0..columns.len()).collect();
            match &asked {
                Asked::One { column, ordered } => {
                    let Some(family) = answered(b, universe, units, &columns, column, clusters.as_deref()) else {
                        continue;
                    };
                    if let Some(people) = &people {
                        let of: Vec<&Column> = columns.iter().copied().chain([column]).collect();
                        people.by(b, &of);
                    }
                    let position = columns.len();
                    let formula = Formula::Share { question: position };
                    b.table(&catalogue::ANSWERS, draft(&subject, title, family, cut.clone(), formula, basis));
                    if *ordered {
                        let formula = Formula::Mean { question: position };
                        let subject = format!("mean-score:{name}:{code}");
                        let title = format!("{source}: {}: mean score{words}", question.text);
                        b.table(&catalogue::MEAN_SCORE, draft(&subject, title, family, cut, formula, basis));
                    }
                }
                Asked::Several { dimension, ticks } => {
                    let family = questions::ticked(universe, units, &columns, *dimension, ticks, clusters.as_deref());
                    let Some(family) = b.family(family) else { continue };
                    if let Some(people) = &people {
                        people.ticked(b, &columns, *dimension, ticks);
                    }
                    let formula = Formula::CoverShare;
                    let table = b.table(&catalogue::ANSWERS, draft(&subject, title, family, cut, formula, basis));
                    table
                        .notes
                        .push("Several answers could be ticked, so the shares may add up to more than 100%".into());
                }
            }
        }
    }
    universe
}

/// The session of each response, as its cluster; a response without a session is a cluster of its own. `None` without sessions.
fn clusters(responses: &Responses) -> Option<Vec<u32>> {
    let sessions = responses.session.as_ref()?;
    let known: std::collections::BTreeSet<u32> = sessions.iter().flatten().copied().collect();
    if known.is_empty() {
        return None;
    }
    let mut next = known.last().copied().unwrap_or(0);
    let mut own = || {
        next = next.saturating_add(1);
        next
    };
    Some((0..responses.len).map(|i| sessions.get(i).copied().flatten().unwrap_or_else(&mut own)).collect())
}

fn answered(
    b: &mut Builder<'_>,
    universe: usize,
    units: usize,
    columns: &[&Column],
    question: &Column,
    clusters: Option<&[u32]>,
) -> Option<usize> {
    let all: Vec<&Column> = columns.iter().copied().chain([question]).collect();
    let mut of: BTreeMap<Vec<u16>, BTreeMap<u32, u64>> = BTreeMap::new();
    let mut atoms = tally(units, &all, |unit, atom| {
        if let Some(&c) = clusters.and_then(|c| c.get(unit)) {
            if !of.contains_key(&atom.values) {
                of.insert(atom.values.clone(), BTreeMap::new());
            }
            if let Some(counts) = of.get_mut(&atom.values) {
                *counts.entry(c).or_default() += 1;
            }
        }
    });
    for atom in &mut atoms {
        atom.clusters = of.remove(&atom.values).unwrap_or_default().into_iter().collect();
    }
    let dimensions = all.iter().map(|c| c.dimension).collect();
    b.family(Family { universe, dimensions, atoms, amounts: Vec::new(), covers: Vec::new() })
}
