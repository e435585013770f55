//! Attendances, contact hours and the people behind them, from the one walk over the registers.

use super::build::{Builder, Column, Draft, Shown, cover_total, whole};
use super::walk::{Counted, Partial, Plan, count, shards};
use super::{Atom, Basis, CoverTotal, Exposure, Family, Formula, PEOPLE_BY_YEAR, catalogue};
use crate::spec::Kind;

/// The registers, in a reader's words.
fn registers(b: &Builder<'_>) -> String {
    b.titles(Kind::Attendance, "the attendance registers")
}

/// What the walk counts, and where its numbers go.
struct Cuts {
    site: Option<(usize, Column)>,
    strand: Option<(usize, Column)>,
    level: Option<(usize, Column)>,
    /// Year, quarter and month, with their cuts.
    periods: Option<[(usize, Column); 3]>,
    /// Place × year: the cut, and how many years (the last may be "not known").
    site_year: Option<(usize, usize)>,
}

/// Attendances and contact hours by place, strand, level and period, and the people known by the same cuts.
pub(super) fn add(b: &mut Builder<'_>) {
    if b.linked.attendance.person.is_empty() {
        return;
    }
    let (plan, cuts) = plan(b);
    let walked = count(shards(&b.linked.attendance), &plan);
    let people = persons(b, &walked, &cuts);
    attendances(b, &walked, &cuts, people);
}

/// The cells of every session that anybody attended.
fn plan(b: &mut Builder<'_>) -> (Plan, Cuts) {
    let sessions = &b.linked.sessions.sessions;
    let mut attended = vec![false; sessions.len()];
    for &s in &b.linked.attendance.session {
        if let Some(a) = usize::try_from(s).ok().and_then(|s| attended.get_mut(s)) {
            *a = true;
        }
    }
    let used: Vec<usize> = attended.iter().enumerate().filter(|(_, a)| **a).map(|(i, _)| i).collect();
    let of = |i: &usize| sessions.get(*i).cloned().unwrap_or_default();
    let site: Vec<_> = used.iter().map(|i| of(i).site).collect();
    let strand: Vec<_> = used.iter().map(|i| of(i).strand).collect();
    let level: Vec<_> = used.iter().map(|i| of(i).level).collect();
    let dates: Vec<_> = used.iter().map(|i| of(i).date.filter(|&d| b.inside(d))).collect();
    let columns = b.session_columns(&site, &strand, &level);
    let [site, strand, level] = columns.map(|c| Some(c).filter(|c| b.known(c)));
    let periods = b.periods("", &dates, "date not known, or outside the programme");

    let size = |b: &Builder<'_>, c: &Column| b.out.dimensions.get(c.dimension).map_or(0, |d| d.values.len());
    let mut sizes = Vec::new();
    let mut codes: Vec<Vec<u32>> = Vec::new();
    let mut cut = |b: &Builder<'_>, column: Column| {
        sizes.push(size(b, &column));
        codes.push(column.values.iter().map(|&v| u32::from(v)).collect());
        (sizes.len() - 1, column)
    };
    let site = site.map(|c| cut(b, c));
    let strand = strand.map(|c| cut(b, c));
    let level = level.map(|c| cut(b, c));
    let periods = periods.map(|p| p.map(|c| cut(b, c)));
    let site_year = match (&site, &periods) {
        (Some((_, site)), Some([(_, year), ..])) => {
            let (places, years) = (size(b, site), size(b, year));
            if places.saturating_mul(years) > super::build::MOST_ATOMS {
                None
            } else {
                let both = |(&s, &y): (&u16, &u16)| u32::from(s) * u32::try_from(years).unwrap_or(0) + u32::from(y);
                sizes.push(places * years);
                codes.push(site.values.iter().zip(&year.values).map(both).collect());
                Some((sizes.len() - 1, years))
            }
        }
        _ => None,
    };
    let width = sizes.len();
    let mut cells = vec![u32::MAX; sessions.len().saturating_mul(width)];
    for (row, &session) in used.iter().enumerate() {
        for (cut, of) in codes.iter().enumerate() {
            if let (Some(cell), Some(&code)) = (cells.get_mut(session * width + cut), of.get(row)) {
                *cell = code;
            }
        }
    }
    let years = periods.as_ref().map(|[(cut, year), ..]| {
        let values = b.out.dimensions.get(year.dimension).map(|d| d.values.as_slice()).unwrap_or_default();
        (*cut, values.iter().filter(|v| v.state == super::State::Answered).count())
    });
    (Plan { sizes, cells, years }, Cuts { site, strand, level, periods, site_year })
}

/// The universe of people known, with every cut as a cover.
fn persons(b: &mut Builder<'_>, walked: &Partial, cuts: &Cuts) -> usize {
    let key = format!("persons@{}", b.period());
    let source = registers(b);
    let universe = b.universe(key, ("person", "people"), Exposure::Persons, source);
    let all = walked.people;
    let whole = vec![Atom { n: all, ..Atom::default() }];
    let total =
        b.family(Family { universe, dimensions: Vec::new(), atoms: whole, amounts: Vec::new(), covers: Vec::new() });
    if let Some(family) = total {
        people_table(b, &catalogue::PEOPLE, family, "People known to have taken part", None);
    }
    let title = "People known to have taken part";
    let mut covers: Vec<(usize, &Column, String, bool)> = Vec::new();
    for (cut, words) in [(&cuts.site, "place"), (&cuts.strand, "strand"), (&cuts.level, "level")] {
        if let Some((at, column)) = cut {
            covers.push((*at, column, format!("{title}, by {words}"), false));
        }
    }
    if let Some(periods) = &cuts.periods {
        for ((at, column), words) in periods.iter().zip(["year", "quarter", "month"]) {
            covers.push((*at, column, format!("{title}, by {words}"), words == "year"));
        }
    }
    for (at, column, title, by_year) in covers {
        let Some(counted) = walked.cuts.get(at) else { continue };
        let dimension = b.cover_of(column.dimension, None);
        if let Some(family) = cover(b, universe, dimension, &counted.people, cover_total(all, all)) {
            people_table(b, &catalogue::PEOPLE, family, &title, by_year.then_some(PEOPLE_BY_YEAR));
        }
    }
    if let Some([(_, year), ..]) = &cuts.periods {
        for (code, title, counts, any, measure) in [
            ("first-year", "New people, by year", &walked.new, walked.dated, &catalogue::PEOPLE_NEW),
            (
                "returning-year",
                "Returning people, by year",
                &walked.returning,
                walked.returned,
                &catalogue::PEOPLE_RETURNING,
            ),
        ] {
            let dimension = b.cover_of(year.dimension, Some(code));
            if let Some(family) = cover(b, universe, dimension, counts, cover_total(any, all)) {
                people_table(b, measure, family, title, Some(PEOPLE_BY_YEAR));
                let from = super::period::long_date(b.spec.programme.from);
                let note = if code == "first-year" {
                    format!("New means: first attendance in these records, which begin on {from}")
                } else {
                    format!(
                        "Returning means: also came in an earlier year of these records. They begin on {from}, so nobody can \
                         return in their first year"
                    )
                };
                if let Some(table) = b.out.tables.last_mut() {
                    table.notes.push(note);
                }
            }
        }
    }
    if let (Some((at, years)), Some((site_cut, site)), Some([(_, year), ..])) =
        (cuts.site_year, &cuts.site, &cuts.periods)
        && let (Some(counted), Some(by_site)) = (walked.cuts.get(at), walked.cuts.get(*site_cut))
    {
        let dimensions = vec![b.cover_of(site.dimension, None), b.cover_of(year.dimension, None)];
        let atoms = pairs(&counted.people, years, |n, values| Atom { values, n, ..Atom::default() });
        let total =
            |(s, &n): (usize, &u64)| CoverTotal { values: vec![u16::try_from(s).unwrap_or(u16::MAX)], any: n, base: n };
        let covers = by_site.people.iter().enumerate().map(total).collect();
        b.family(Family { universe, dimensions, atoms, amounts: Vec::new(), covers });
    }
    universe
}

fn cover(b: &mut Builder<'_>, universe: usize, dimension: usize, people: &[u64], total: CoverTotal) -> Option<usize> {
    let atom =
        |(at, &n): (usize, &u64)| Atom { values: vec![u16::try_from(at).unwrap_or(u16::MAX)], n, ..Atom::default() };
    let atoms = people.iter().enumerate().map(atom).collect();
    b.family(Family { universe, dimensions: vec![dimension], atoms, amounts: Vec::new(), covers: vec![total] })
}

fn people_table(b: &mut Builder<'_>, measure: &catalogue::Measure, family: usize, title: &str, together: Option<&str>) {
    let cut = if b.out.families.get(family).is_some_and(|f| f.dimensions.is_empty()) { vec![] } else { vec![0] };
    let draft = Draft {
        subject: measure.code.to_string(),
        title: title.to_string(),
        family,
        cut,
        formula: Formula::Count,
        basis: Basis::FullCount,
        source: registers(b),
    };
    b.table(measure, draft).together = together.map(str::to_string);
}

/// The cells of a cut by two dimensions that occur, as atoms.
fn pairs(counts: &[u64], width: usize, atom: impl Fn(u64, Vec<u16>) -> Atom) -> Vec<Atom> {
    let value = |v: usize| u16::try_from(v).unwrap_or(u16::MAX);
    let width = width.max(1);
    let cell = |(at, &n): (usize, &u64)| (n > 0).then(|| atom(n, vec![value(at / width), value(at % width)]));
    counts.iter().enumerate().filter_map(cell).collect()
}

/// The universe of attendances, whose people are `people`.
fn attendances(b: &mut Builder<'_>, walked: &Partial, cuts: &Cuts, people: usize) {
    let key = format!("attendances@{}", b.period());
    let source = registers(b);
    let universe = b.universe(key, ("attendance", "attendances"), Exposure::Of(people), source.clone());
    let timed = walked.timed > 0;
    let total = Atom {
        n: walked.attendances,
        amounts: vec![i128::from(walked.minutes), i128::from(walked.timed)],
        ..Atom::default()
    };
    let mut families: Vec<(Vec<usize>, Vec<Atom>, Shown)> = vec![(Vec::new(), vec![total], vec![(vec![], "")])];
    let one = |at: usize| {
        let counted = walked.cuts.get(at)?;
        let atom = |cell: usize| atom(counted, cell, vec![u16::try_from(cell).unwrap_or(u16::MAX)]);
        Some((0..counted.attendances.len()).filter_map(atom).collect::<Vec<Atom>>())
    };
    for (cut, words) in [(&cuts.site, " by place"), (&cuts.strand, " by strand"), (&cuts.level, " by level")] {
        if let Some((at, column)) = cut
            && let Some(atoms) = one(*at)
        {
            families.push((vec![column.dimension], atoms, vec![(vec![0], words)]));
        }
    }
    if let Some([(_, year), (_, quarter), (month_cut, month)]) = &cuts.periods
        && let Some(months) = one(*month_cut)
    {
        // Every month lies in one quarter and one year: the three are kept together, so that none gives another back.
        let mut outer = std::collections::BTreeMap::new();
        for ((&m, &q), &y) in month.values.iter().zip(&quarter.values).zip(&year.values) {
            outer.insert(m, (y, q));
        }
        let nested = |a: Atom| {
            let m = a.values.first().copied()?;
            let &(y, q) = outer.get(&m)?;
            Some(Atom { values: vec![y, q, m], ..a })
        };
        let mut atoms: Vec<Atom> = months.into_iter().filter_map(nested).collect();
        atoms.sort_by(|a, b| a.values.cmp(&b.values));
        let tables = vec![(vec![0], " by year"), (vec![1], " by quarter"), (vec![2], " by month")];
        families.push((vec![year.dimension, quarter.dimension, month.dimension], atoms, tables));
    }
    if let (Some((at, years)), Some((_, site)), Some([(_, year), ..])) = (cuts.site_year, &cuts.site, &cuts.periods)
        && let Some(counted) = walked.cuts.get(at)
    {
        let value = |v: usize| u16::try_from(v).unwrap_or(u16::MAX);
        let width = years.max(1);
        let cell = |cell: usize| atom(counted, cell, vec![value(cell / width), value(cell % width)]);
        let atoms = (0..counted.attendances.len()).filter_map(cell).collect();
        families.push((vec![site.dimension, year.dimension], atoms, vec![(vec![0, 1], " by place and year")]));
    }
    for (dimensions, atoms, tables) in families {
        let amounts = vec![whole("minutes"), whole("known")];
        let Some(family) = b.family(Family { universe, dimensions, atoms, amounts, covers: Vec::new() }) else {
            continue;
        };
        for (cut, words) in tables {
            let draft = |subject: &str, title: &str, formula: Formula| Draft {
                subject: subject.to_string(),
                title: format!("{title}{words}"),
                family,
                cut: cut.clone(),
                formula,
                basis: Basis::FullCount,
                source: source.clone(),
            };
            b.table(&catalogue::ATTENDANCES, draft("attendances", "Attendances", Formula::Count));
            if timed {
                let formula = Formula::Sum { amount: 0, per: 60 };
                b.table(&catalogue::CONTACT_HOURS, draft("contact-hours", "Contact hours", formula));
            }
        }
    }
}

/// One cell of a cut as an atom with its minutes; `None` where nobody came.
fn atom(counted: &Counted, cell: usize, values: Vec<u16>) -> Option<Atom> {
    let n = *counted.attendances.get(cell)?;
    let minutes = i128::from(counted.minutes.get(cell).copied().unwrap_or(0));
    let known = i128::from(counted.timed.get(cell).copied().unwrap_or(0));
    (n > 0).then(|| Atom { values, n, amounts: vec![minutes, known], ..Atom::default() })
}
