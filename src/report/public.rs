//! The files under `public/`: made of safe figures and the evaluator's own texts, and of nothing else.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::spec::{Kind, Sample, Source, Spec, Wave};

use super::chart::{self, Frame, NARROW, WIDE};
use super::html::{self, Pictures};
use super::view::{self, Block, Public, SourceText, Texts};
use super::{RenderError, csv, words};

/// The evaluator's own texts, as far as a reader may see them: no file name.
pub fn texts(spec: &Spec, as_of: Option<Date>, warnings: &[String]) -> Texts {
    Texts {
        programme: spec.programme.name.clone(),
        organisation: spec.programme.organisation.clone(),
        from: Some(spec.programme.from),
        to: Some(spec.programme.to),
        as_of,
        profile: spec.programme.profile.clone(),
        sources: spec.sources.iter().map(source).collect(),
        warnings: warnings.to_vec(),
    }
}

/// A source in a reader's words.
fn source(source: &Source) -> SourceText {
    let mut what = vec![match source.kind {
        Kind::Survey => match &source.instrument {
            Some(instrument) => format!("a questionnaire ({instrument})"),
            None => "a questionnaire".to_owned(),
        },
        Kind::People => "a list of people".to_owned(),
        Kind::Sessions => "a log of sessions".to_owned(),
        Kind::Attendance => "attendance registers".to_owned(),
        Kind::Counts => match &source.counts {
            Some(counts) => format!("counts of {counts} by place and period"),
            None => "counts by place and period".to_owned(),
        },
        Kind::Sites => "the register of places".to_owned(),
    }];
    if source.kind == Kind::Survey {
        what.extend(source.wave.map(|w| {
            let when = match w {
                Wave::Before => "filled in before taking part",
                Wave::During => "filled in while taking part",
                Wave::After => "filled in after taking part",
                Wave::FollowUp => "filled in some time later",
            };
            when.to_owned()
        }));
        what.push(
            match source.sample {
                Sample::Random => "a random sample was asked",
                Sample::EveryoneAsked => "everyone was asked",
                Sample::SelfSelected => "people chose whether to answer",
            }
            .to_owned(),
        );
    }
    what.extend(source.as_at.map(|d| format!("as it stood on {}", words::date(d))));
    let title = source.title.clone().unwrap_or_else(|| words::capital(&source.name.replace(['-', '_'], " ")));
    // Two waves of a form often have one title.
    let title = match source.wave.map(Wave::word) {
        Some(word) if !title.to_lowercase().contains(word) => format!("{title}, {word}"),
        _ => title,
    };
    SourceText { title, what: words::capital(&what.join("; ")) + "." }
}

/// One chart in its three forms.
struct Drawn {
    id: String,
    wide: String,
    small: String,
    alone: String,
}

fn draw(block: &Block) -> Result<Option<Drawn>, chart::DrawError> {
    let Some(data) = &block.chart else { return Ok(None) };
    let frame = |width: i32, part: &str| Frame {
        width,
        id: format!("c-{}-{part}", block.id),
        title: block.title.clone(),
        description: block.alt.clone(),
        alone: None,
    };
    let source = if block.source.is_empty() { String::new() } else { format!("Source: {}", block.source) };
    let alone = Frame { alone: Some((block.subtitle.clone(), source)), ..frame(WIDE, "s") };
    Ok(Some(Drawn {
        id: block.id.clone(),
        wide: chart::draw(data, &frame(WIDE, "w"))?,
        small: chart::draw(data, &frame(NARROW, "n"))?,
        alone: chart::draw(data, &alone)?,
    }))
}

/// Every public file, in a fixed order.
pub fn files(public: &Public<'_>) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    let page = view::page(public);
    let blocks: Vec<&Block> = page.sections.iter().flat_map(|s| &s.groups).flat_map(|g| &g.blocks).collect();
    let drawn: Vec<Drawn> =
        blocks.par_iter().map(|b| draw(b)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let mut files = Vec::new();
    let mut pictures = Pictures::default();
    for chart in drawn {
        files.push((format!("charts/{}.svg", chart.id), chart.alone.into_bytes()));
        pictures.add(&chart.id, chart.wide, chart.small);
    }
    files.insert(0, ("report.html".to_owned(), html::report(&page, pictures)?.into_bytes()));
    files.insert(1, ("figures.csv".to_owned(), csv::figures(public.figures)));
    files.insert(2, ("population.csv".to_owned(), csv::population(public.population)));
    let names = view::names(public.tables);
    for (table, name) in public.tables.iter().zip(names) {
        files.push((format!("tables/{name}.csv"), csv::table(table, public.figures)));
    }
    Ok(files)
}
