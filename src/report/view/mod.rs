//! What the public pages say: takes safe figures and the evaluator's own words, gives sections of blocks, each with its finding,
//! its picture, its table and its marks. No renderer looks at a figure by itself.

mod block;
mod cell;
mod grid;
mod picture;

use jiff::civil::Date;
use serde::Serialize;

use crate::measure::{Figure, PopulationFigure, Section, catalogue};
use crate::protect::{SafeFigure, SafeTable};

use super::safe::Names;
use super::words;

pub use block::Block;
pub use cell::{drawn, is_least, is_percent, is_rest, is_share, of_base, shown};

/// All that public pages are made of. Nothing else of a run can be reached from here.
pub struct Public<'a> {
    pub figures: &'a [SafeFigure],
    pub tables: &'a [SafeTable],
    pub population: &'a [PopulationFigure],
    pub texts: Texts,
}

/// The evaluator's own texts, as given.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    pub programme: String,
    pub organisation: Option<String>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub as_of: Option<Date>,
    /// The disclosure profile's name.
    pub profile: String,
    pub sources: Vec<SourceText>,
    /// What a reader must know first: optional sources that could not be used.
    pub warnings: Vec<String>,
}

/// A source as a reader sees it: never a file name.
#[derive(Debug, Clone, Serialize)]
pub struct SourceText {
    pub title: String,
    /// What it is, in words.
    pub what: String,
}

/// The report as its pages show it.
#[derive(Debug, Serialize)]
pub struct Page {
    pub programme: String,
    pub organisation: Option<String>,
    pub period: String,
    pub as_at: String,
    pub cards: Vec<Card>,
    /// Sources of which not every row counts, each with how many do.
    pub set_aside: Vec<String>,
    pub sections: Vec<SectionView>,
    pub protection: Protection,
    pub methods: Vec<Definition>,
    pub sources: Vec<SourceText>,
    pub population: Vec<PopulationRow>,
    pub marks: Vec<Definition>,
    pub warnings: Vec<String>,
}

/// A headline figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// Whether the number is at least so high.
    pub least: bool,
    pub value: String,
    pub label: String,
    /// `counted` or `estimated`.
    pub kind: &'static str,
    /// Its base, period or source.
    pub base: String,
}

/// One section of the report.
#[derive(Debug, Serialize)]
pub struct SectionView {
    pub id: &'static str,
    pub title: &'static str,
    pub intro: &'static str,
    pub tiles: Vec<Card>,
    pub groups: Vec<GroupView>,
}

/// Blocks under one sub-heading (an instrument and wave), or without one.
#[derive(Debug, Serialize)]
pub struct GroupView {
    pub title: Option<String>,
    /// What those who answered stand for.
    pub intro: &'static str,
    pub blocks: Vec<Block>,
}

/// How people are protected.
#[derive(Debug, Serialize)]
pub struct Protection {
    pub profile: String,
    pub rules: Vec<String>,
    /// What was withheld or put together.
    pub withheld: Vec<Told>,
    pub merged: Vec<Told>,
}

/// What was done to some tables.
#[derive(Debug, Serialize)]
pub struct Told {
    pub what: String,
    pub tables: Vec<String>,
}

/// A term and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Definition {
    pub term: String,
    pub meaning: String,
}

/// A published count of the population: context, never a result of the programme.
#[derive(Debug, Serialize)]
pub struct PopulationRow {
    pub title: String,
    pub label: String,
    pub count: String,
    pub place: String,
    pub as_at: String,
    pub source: String,
}

/// The most headline figures on page one.
const CARDS: usize = 6;

/// (section, id, title, what stands under the title).
const SECTIONS: [(Section, &str, &str, &str); 6] = [
    (
        Section::Reach,
        "reach",
        "Reach",
        "Visits and attendances count each time somebody came; they are not a number of different people.",
    ),
    (Section::People, "people", "People", "People who are known by a register, each counted once."),
    (Section::Depth, "depth", "Sessions and depth", "What was offered, and for how long people took part."),
    (
        Section::Voices,
        "voices",
        "What people said",
        "Answers to the questions of each form. Percentages leave out those who were not asked, left the question blank or \
         preferred not to say; how many they are stands beside each table.",
    ),
    (
        Section::Coverage,
        "coverage",
        "How many answered",
        "Forms filled in, compared with attendances: how much of what took place the answers can speak for.",
    ),
    (
        Section::Rows,
        "rows",
        "How the rows were counted",
        "Every row of every file either counts or is set aside for a stated reason; none is lost.",
    ),
];

/// The names of tables in files and on the page, in their order.
pub fn names(tables: &[SafeTable]) -> Vec<String> {
    let mut names = Names::default();
    tables.iter().map(|t| names.name(&t.id)).collect()
}

/// The figures of a table's block. How many rows were read and what became of them are two tables and one block: the second
/// starts with the first, which has none of its own.
fn own_figures<'a>(public: &Public<'a>, table: &SafeTable) -> Option<Vec<&'a Figure>> {
    let of = |t: &SafeTable| -> Vec<&'a Figure> {
        t.figures.iter().filter_map(|&i| public.figures.get(i)).map(SafeFigure::get).collect()
    };
    let own = of(table);
    if table.section != Section::Rows {
        return Some(own);
    }
    let universe = own.first().map(|f| f.universe.as_str());
    let whole = own.iter().all(|f| f.dimensions.is_empty());
    let others = public.tables.iter().filter(|t| t.section == Section::Rows && t.id != table.id).map(of);
    let mut twins = others.filter(|o| o.first().map(|f| f.universe.as_str()) == universe);
    if whole {
        return twins.next().is_none().then_some(own);
    }
    let total = twins.flatten().filter(|f| f.dimensions.is_empty());
    Some(total.chain(own.iter().copied()).collect())
}

/// Makes the report's content.
pub fn page(public: &Public<'_>) -> Page {
    let texts = &public.texts;
    let period = words::between(texts.from, texts.to);
    let named = public.tables.iter().zip(names(public.tables));
    let blocks: Vec<(Section, Block)> = named
        .filter_map(|(t, name)| {
            own_figures(public, t).map(|figures| (t.section, block::block(t, &figures, name, &period)))
        })
        .collect();
    let cards = cards(&blocks);
    let mut sections = Vec::new();
    for (section, id, title, intro) in SECTIONS {
        let mut view = SectionView { id, title, intro, tiles: Vec::new(), groups: Vec::new() };
        let folds = matches!(section, Section::Reach | Section::People | Section::Depth);
        // Of a form, the one year in which all answered.
        let folded = |b: &Block| b.minor && (folds || b.by.len() == 1);
        let own = || blocks.iter().filter(|(s, _)| *s == section).map(|(_, b)| b);
        for block in own().filter(|b| !folded(b)) {
            match &block.tile {
                Some(tile) if block.mean.is_none() => view.tiles.push(tile.clone()),
                _ => {
                    let voices = section == Section::Voices;
                    let heading = voices.then(|| block.group.clone());
                    if view.groups.last().is_none_or(|g| g.title != heading) {
                        view.groups.push(GroupView { title: heading, intro: "", blocks: Vec::new() });
                    }
                    let Some(group) = view.groups.last_mut() else { continue };
                    if voices && group.intro.is_empty() {
                        group.intro = block.basis;
                    }
                    let own =
                        match group.blocks.iter_mut().rev().find(|b| voices && block.question.starts_with(&b.question))
                        {
                            Some(parent) => parent.take_in(block.clone()),
                            None => Some(block.clone()),
                        };
                    group.blocks.extend(own);
                }
            }
        }
        // Where all of them stand on the top of the page, they are not said again.
        if view.tiles.iter().all(|tile| cards.contains(tile)) {
            view.tiles.clear();
        }
        for block in own().filter(|b| folded(b)) {
            fold_in(&mut view.groups, block.clone());
        }
        if !view.tiles.is_empty() || !view.groups.is_empty() {
            sections.push(view);
        }
    }
    let rows = blocks.iter().filter(|(s, b)| *s == Section::Rows && b.chart.is_some());
    let set_aside = rows.map(|(_, b)| b.title.clone()).collect();
    Page {
        programme: texts.programme.clone(),
        organisation: texts.organisation.clone(),
        period,
        as_at: texts.as_of.map(words::date).unwrap_or_default(),
        cards,
        set_aside,
        sections,
        protection: protection(public),
        methods: definitions(public),
        sources: texts.sources.clone(),
        population: public.population.iter().map(population).collect(),
        marks: words::marks(),
        warnings: texts.warnings.clone(),
    }
}

/// Puts a block that needs no picture of its own under the one that says the same with a picture: quarters under years, places by
/// year under places.
fn fold_in(groups: &mut Vec<GroupView>, block: Block) {
    let periods = block.by.len() == 1;
    let alike = |b: &Block| {
        let first = b.by.first().map(String::as_str);
        let same =
            if periods { first.is_some_and(block::is_period) } else { first == block.by.first().map(String::as_str) };
        b.group == block.group && b.stem() == block.stem() && b.by.len() == 1 && same
    };
    let name = block.question.rsplit_once(" by ").map(|(_, what)| format!("by {what}"));
    let parent = groups.iter_mut().flat_map(|g| &mut g.blocks).find(|b| alike(b));
    match (parent, name) {
        (Some(parent), Some(name)) => parent.add(block, &name),
        _ => match groups.last_mut() {
            Some(group) => group.blocks.push(block),
            None => groups.push(GroupView { title: None, intro: "", blocks: vec![block] }),
        },
    }
}

/// What stands on top of the page, in this order; one figure of each measure before a second of any.
const HEADLINES: [&catalogue::Measure; 8] = [
    &catalogue::COUNTS,
    &catalogue::ATTENDANCES,
    &catalogue::HEADCOUNT,
    &catalogue::PEOPLE,
    &catalogue::CONTACT_HOURS,
    &catalogue::SESSIONS,
    &catalogue::RESPONSES,
    &catalogue::PEOPLE_LIST,
];

/// Headline figures: totals of reach, people, depth and voices.
fn cards(blocks: &[(Section, Block)]) -> Vec<Card> {
    let of = |measure: &'static str| {
        blocks
            .iter()
            .map(|(_, b)| b)
            .filter(move |b| b.measure == measure && b.headline && b.mean.is_none())
            .filter_map(|b| b.tile.clone())
    };
    let mut taken: Vec<(usize, usize, Card)> = Vec::new();
    for round in 0..CARDS {
        for (rank, measure) in HEADLINES.iter().enumerate() {
            if let Some(card) = of(measure.code).nth(round)
                && taken.len() < CARDS
            {
                taken.push((rank, round, card));
            }
        }
    }
    taken.sort_by_key(|(rank, round, _)| (*rank, *round));
    taken.into_iter().map(|(_, _, card)| card).collect()
}

/// The profile in words, and what it did to this release.
fn protection(public: &Public<'_>) -> Protection {
    let told = |pick: fn(&SafeTable) -> Option<&String>| {
        let mut out: Vec<Told> = Vec::new();
        for (table, what) in public.tables.iter().filter_map(|t| pick(t).map(|what| (t, what))) {
            match out.iter_mut().find(|told| told.what == *what) {
                Some(told) => told.tables.push(table.title.clone()),
                None => out.push(Told { what: what.clone(), tables: vec![table.title.clone()] }),
            }
        }
        out
    };
    Protection {
        profile: public.texts.profile.clone(),
        rules: words::profile(&public.texts.profile),
        withheld: told(|t| t.withheld.as_ref()),
        merged: told(|t| t.merged.as_ref()),
    }
}

/// The definition of each measure that the report shows, once.
fn definitions(public: &Public<'_>) -> Vec<Definition> {
    let mut out: Vec<Definition> = Vec::new();
    for table in public.tables {
        if let Some((term, meaning)) = words::method(table.measure) {
            let definition = Definition { term: term.to_owned(), meaning };
            if !out.contains(&definition) {
                out.push(definition);
            }
        }
    }
    out
}

fn population(figure: &PopulationFigure) -> PopulationRow {
    PopulationRow {
        title: figure.title.clone(),
        label: figure.label.clone(),
        count: words::number(figure.count as f64, 0),
        place: figure.place.clone(),
        as_at: figure.as_at.map(words::date).unwrap_or_default(),
        source: figure.source.clone(),
    }
}
