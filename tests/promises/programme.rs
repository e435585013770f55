//! Small random programmes, counted as `measure` would count them: what the tests of protection share.

use reach::measure::{
    AmountKind, Atom, Basis, Chart, CoverTotal, Dimension, Exposure, Family, Formula, Measured, Section, State, Table,
    Universe, Value,
};
use reach::spec::Class;

/// A small generator of numbers: the same for a seed on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below.max(1)
    }
    /// A value of 0..n by weights that fall off, so that small groups occur.
    pub fn skewed(&mut self, n: usize) -> usize {
        let mut at = 0;
        while at + 1 < n && self.roll(100) < 45 {
            at += 1;
        }
        at
    }
}

/// One respondent.
#[derive(Clone)]
pub struct Respondent {
    pub site: usize,
    pub month: usize,
    pub enjoyed: usize,
    pub age: usize,
    pub faith: usize,
    pub mood: usize,
    /// Ticked options; `None`: not answered.
    pub heard: Option<Vec<bool>>,
}

/// One person with attendances (site, month).
pub type Person = Vec<(usize, usize)>;

/// What a programme is made of.
#[derive(Clone)]
pub struct Programme {
    pub sites: usize,
    pub months: usize,
    pub respondents: Vec<Respondent>,
    pub people: Vec<Person>,
}

const OPTIONS: usize = 3;

/// A question's values: its answers and the four ways to have none.
fn answers(n: usize) -> Vec<Value> {
    let mut out: Vec<Value> =
        (0..n).map(|i| value(&format!("a{i}"), &format!("Answer {i}"), State::Answered)).collect();
    out.push(value("refused", "prefer not to say", State::Refused));
    out.push(value("blank", "left blank", State::Blank));
    out.push(value("not-asked", "not asked", State::NotAsked));
    out.push(value("unreadable", "unreadable", State::Unreadable));
    out
}

fn value(code: &str, label: &str, state: State) -> Value {
    Value { code: code.into(), label: label.into(), state }
}

impl Programme {
    pub fn random(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let sites = 1 + dice.roll(5) as usize;
        let months = 1 + dice.roll(18) as usize;
        let respondents = [6, 12, 30, 60, 150][dice.roll(5) as usize] + dice.roll(20);
        let missing = dice.roll(3) * 7;
        let answer = |dice: &mut Dice, n: usize| {
            if dice.roll(100) < missing { n + dice.roll(2) as usize } else { dice.skewed(n) }
        };
        let respondents = (0..respondents)
            .map(|_| Respondent {
                site: dice.skewed(sites),
                month: dice.roll(months as u64) as usize,
                enjoyed: answer(&mut dice, 3),
                age: answer(&mut dice, 5),
                faith: answer(&mut dice, 4),
                mood: answer(&mut dice, 3),
                heard: (dice.roll(10) > 0).then(|| (0..OPTIONS).map(|o| dice.roll(2 + 4 * o as u64) == 0).collect()),
            })
            .collect();
        let people = (0..dice.roll(120))
            .map(|_| (0..=dice.skewed(5)).map(|_| (dice.skewed(sites), dice.roll(months as u64) as usize)).collect())
            .collect();
        Programme { sites, months, respondents, people }
    }

    /// As `measure` would have it.
    pub fn measured(&self) -> Measured {
        let mut m = Measured { year_starts: 1, ..Measured::default() };
        let universe = |key: &str, unit, exposure| Universe {
            key: key.into(),
            unit,
            exposure,
            from: None,
            to: None,
            source: "Made up".into(),
        };
        m.universes.push(universe("responses:visitor", ("response", "responses"), Exposure::Persons));
        m.universes.push(universe("persons", ("person", "people"), Exposure::Persons));
        m.universes.push(universe("attendances", ("attendance", "attendances"), Exposure::Of(1)));
        let mut dimension = |code: &str, values: Vec<Value>, ordered, class, cover| {
            m.dimensions.push(Dimension { code: code.into(), title: code.into(), values, ordered, class, cover });
            m.dimensions.len() - 1
        };
        let places: Vec<Value> =
            (0..self.sites).map(|i| value(&format!("s{i}"), &format!("Place {i}"), State::Answered)).collect();
        let month = |i: usize| format!("{}-{:02}", 2023 + i / 12, i % 12 + 1);
        let months: Vec<Value> = (0..self.months).map(|i| value(&month(i), &month(i), State::Answered)).collect();
        let years: Vec<Value> = (0..self.months.div_ceil(12))
            .map(|i| value(&format!("{}", 2023 + i), &format!("{}", 2023 + i), State::Answered))
            .collect();
        let site = dimension("site", places.clone(), false, Class::Plain, false);
        let month_d = dimension("month", months.clone(), true, Class::Plain, false);
        let year_d = dimension("year", years.clone(), true, Class::Plain, false);
        let enjoyed = dimension("q:enjoyed", answers(3), false, Class::Opinion, false);
        let age = dimension("q:age", answers(5), true, Class::AboutYou, false);
        let faith = dimension("q:faith", answers(4), false, Class::Sensitive, false);
        let mood = dimension("q:mood", answers(3), true, Class::Sensitive, false);
        let heard = dimension("q:heard", answers(OPTIONS)[..OPTIONS].to_vec(), false, Class::Opinion, true);
        let site_c = dimension("site", places, false, Class::Plain, true);
        let month_c = dimension("month", months, true, Class::Plain, true);
        let year_c = dimension("year", years, true, Class::Plain, true);

        type Of<'a> = &'a dyn Fn(&Respondent) -> usize;
        let columns: Vec<(usize, Of<'_>)> = vec![
            (site, &|r| r.site),
            (month_d, &|r| r.month),
            (year_d, &|r| r.month / 12),
            (enjoyed, &|r| r.enjoyed),
            (age, &|r| r.age),
            (faith, &|r| r.faith),
            (mood, &|r| r.mood),
        ];
        let of = |d: usize| columns.iter().find(|c| c.0 == d).unwrap().1;
        let mut families: Vec<Family> = Vec::new();
        let mut partition = |dims: &[usize]| {
            let units = self.respondents.iter().map(|r| dims.iter().map(|d| of(*d)(r) as u16).collect::<Vec<_>>());
            families.push(family(0, dims, units));
            families.len() - 1
        };
        let total = partition(&[]);
        let by_site = partition(&[site]);
        let by_month = partition(&[month_d]);
        let by_year = partition(&[year_d]);
        let mut asked = Vec::new();
        for q in [enjoyed, age, faith, mood] {
            asked.push((q, partition(&[q]), partition(&[site, q])));
        }
        let age_enjoyed = partition(&[age, enjoyed]);
        // A multi-select, alone and by place.
        for dims in [vec![heard], vec![site, heard]] {
            let plain: Vec<usize> = dims[..dims.len() - 1].to_vec();
            let mut units = Vec::new();
            let mut covers: std::collections::BTreeMap<Vec<u16>, (u64, u64)> = Default::default();
            for r in &self.respondents {
                let at: Vec<u16> = plain.iter().map(|d| of(*d)(r) as u16).collect();
                let Some(ticked) = &r.heard else { continue };
                let cover = covers.entry(at.clone()).or_default();
                cover.1 += 1;
                cover.0 += u64::from(ticked.iter().any(|t| *t));
                for (o, _) in ticked.iter().enumerate().filter(|(_, t)| **t) {
                    units.push(at.iter().copied().chain([o as u16]).collect());
                }
            }
            let mut f = family(0, &dims, units.into_iter());
            f.covers = covers.into_iter().map(|(values, (any, base))| CoverTotal { values, any, base }).collect();
            families.push(f);
        }
        let (heard_f, heard_site) = (families.len() - 2, families.len() - 1);
        // People by covers, and their attendances.
        let n = self.people.len() as u64;
        families.push(family(1, &[], self.people.iter().map(|_| Vec::new())));
        let people = families.len() - 1;
        type Fact<'a> = &'a dyn Fn(&(usize, usize)) -> Vec<u16>;
        let cuts: [(Vec<usize>, Vec<usize>, Fact<'_>); 4] = [
            (vec![site_c], vec![site], &|f| vec![f.0 as u16]),
            (vec![month_c], vec![month_d], &|f| vec![f.1 as u16]),
            (vec![year_c], vec![year_d], &|f| vec![(f.1 / 12) as u16]),
            (vec![site_c, year_c], vec![site, year_d], &|f| vec![f.0 as u16, (f.1 / 12) as u16]),
        ];
        let mut people_by = Vec::new();
        let mut came_by = Vec::new();
        families.push(attendances(family(2, &[], self.people.iter().flatten().map(|_| Vec::new()))));
        let came = families.len() - 1;
        for (covers, dims, fact) in &cuts {
            let distinct = self.people.iter().flat_map(|p| {
                let mut of: Vec<Vec<u16>> = p.iter().map(fact).collect();
                of.sort();
                of.dedup();
                of
            });
            let mut f = family(1, covers, distinct);
            if covers.len() == 1 {
                f.covers = vec![CoverTotal { values: Vec::new(), any: n, base: n }];
            }
            families.push(f);
            people_by.push(families.len() - 1);
            families.push(attendances(family(2, dims, self.people.iter().flatten().map(fact))));
            came_by.push(families.len() - 1);
        }
        m.families = families;

        let mut table = |id: &str, measure: &'static str, family, cut: Vec<usize>, formula, together: Option<&str>| {
            m.tables.push(Table {
                id: id.into(),
                measure,
                title: id.into(),
                family,
                cut,
                formula,
                basis: Basis::SelfSelected,
                section: Section::Voices,
                chart: Chart::None,
                source: "Made up".into(),
                notes: Vec::new(),
                together: together.map(str::to_string),
            });
        };
        use Formula::{Count, CoverShare, Mean, Ratio, Share, Sum};
        table("attendances/total", "attendances", came, vec![], Count, None);
        for (i, name) in ["site", "month", "year", "site,year"].into_iter().enumerate() {
            let cut: Vec<usize> = (0..name.split(',').count()).collect();
            table(&format!("attendances/{name}"), "attendances", came_by[i], cut.clone(), Count, None);
            table(
                &format!("people/{name}"),
                "people",
                people_by[i],
                cut.clone(),
                Count,
                (name == "year").then_some("years"),
            );
            table(&format!("contact-hours/{name}"), "contact-hours", came_by[i], cut, Sum { amount: 0, per: 60 }, None);
        }
        table("people/total", "people", people, vec![], Count, None);
        table("responses:visitor/total", "responses", total, vec![], Count, None);
        table("responses:visitor/site", "responses", by_site, vec![0], Count, None);
        table("responses:visitor/year", "responses", by_year, vec![0], Count, None);
        table("responses:visitor/month", "responses", by_month, vec![0], Count, None);
        for (q, alone, crossed) in asked {
            let code = &m.dimensions[q].code.clone()[2..];
            table(&format!("answers:{code}/total"), "answers", alone, vec![], Share { question: 0 }, None);
            table(&format!("answers:{code}/site"), "answers", crossed, vec![0], Share { question: 1 }, None);
            if code == "mood" {
                table("mean-score:mood/total", "mean-score", alone, vec![], Mean { question: 0 }, None);
            }
        }
        table("answers:enjoyed/age", "answers", age_enjoyed, vec![0], Share { question: 1 }, None);
        table("answers:heard/total", "answers", heard_f, vec![], CoverShare, None);
        table("answers:heard/site", "answers", heard_site, vec![0], CoverShare, None);
        table("coverage/site", "coverage", by_site, vec![0], Ratio { other: came_by[0], amount: None }, None);
        m
    }
}

fn family(universe: usize, dimensions: &[usize], units: impl Iterator<Item = Vec<u16>>) -> Family {
    let mut atoms: std::collections::BTreeMap<Vec<u16>, u64> = Default::default();
    if dimensions.is_empty() {
        atoms.insert(Vec::new(), 0);
    }
    for unit in units {
        *atoms.entry(unit).or_default() += 1;
    }
    Family {
        universe,
        dimensions: dimensions.to_vec(),
        atoms: atoms.into_iter().map(|(values, n)| Atom { values, n, ..Atom::default() }).collect(),
        amounts: Vec::new(),
        covers: Vec::new(),
    }
}

/// Ninety minutes each.
fn attendances(mut family: Family) -> Family {
    family.amounts = vec![AmountKind { code: "minutes".into(), scale: 0 }];
    for atom in &mut family.atoms {
        atom.amounts = vec![i128::from(atom.n) * 90];
    }
    family
}

/// What the spec in this folder declares, read, joined and counted.
pub fn counted(folder: &std::path::Path) -> Measured {
    let spec = reach::spec::load(&folder.join("reach.toml")).unwrap_or_else(|found| panic!("{found:#?}"));
    let cleaned = reach::clean::clean(reach::ingest::read(&spec), &spec, None);
    let linked = reach::link::link(cleaned, &spec, &reach::link::Key::from_bytes([7; 32]));
    reach::measure::measure(&linked, &spec)
}
