//! Sessions, and the headcounts of the session log.

use super::build::{Builder, Column, Cuts, Draft, tally, whole};
use super::{Basis, Exposure, Family, Formula, State, catalogue};
use crate::spec::Kind;

/// How many sessions there were, by place, strand, level and period; nobody stands behind a session.
pub(super) fn add(b: &mut Builder<'_>) {
    let sessions = &b.linked.sessions.sessions;
    if sessions.is_empty() {
        return;
    }
    let source = if b.linked.sessions.logged {
        b.titles(Kind::Sessions, "the session log")
    } else {
        b.titles(Kind::Attendance, "the attendance registers")
    };
    let key = format!("sessions@{}", b.period());
    let universe = b.universe(key, ("session", "sessions"), Exposure::Open, source.clone());
    let headcounts: Vec<Option<u32>> = sessions.iter().map(|s| s.headcount).collect();
    let counted = headcounts.iter().any(Option::is_some);

    let site: Vec<_> = sessions.iter().map(|s| s.site).collect();
    let strand: Vec<_> = sessions.iter().map(|s| s.strand).collect();
    let level: Vec<_> = sessions.iter().map(|s| s.level).collect();
    let dates: Vec<_> = sessions.iter().map(|s| s.date.filter(|&d| b.inside(d))).collect();
    let [site, strand, level] = b.session_columns(&site, &strand, &level);
    let periods = b.periods("", &dates, "date not known, or outside the programme");

    let mut cuts: Cuts = vec![(vec![], vec![(vec![], "")])];
    for (column, words) in [(&site, " by place"), (&strand, " by strand"), (&level, " by level")] {
        if b.known(column) {
            cuts.push((vec![column], vec![(vec![0], words)]));
        }
    }
    if let Some([year, quarter, month]) = &periods {
        let tables = vec![(vec![0], " by year"), (vec![1], " by quarter"), (vec![2], " by month")];
        cuts.push((vec![year, quarter, month], tables));
    }
    for (columns, tables) in cuts {
        let mut atoms = tally(sessions.len(), &columns, |unit, atom| {
            atom.amounts.resize(2, 0);
            if let (Some(Some(n)), [sum, known]) = (headcounts.get(unit), atom.amounts.as_mut_slice()) {
                *sum += i128::from(*n);
                *known += 1;
            }
        });
        for atom in &mut atoms {
            atom.amounts.resize(2, 0);
        }
        let dimensions = columns.iter().map(|c| c.dimension).collect();
        let amounts = vec![whole("headcount"), whole("known")];
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
            b.table(&catalogue::SESSIONS, draft("sessions", "Sessions", Formula::Count));
            if counted {
                let formula = Formula::Sum { amount: 0, per: 1 };
                b.table(&catalogue::HEADCOUNT, draft("headcount", "Attendances by headcount", formula));
            }
        }
    }
}

impl Builder<'_> {
    /// Place, strand and level of sessions as columns.
    pub(super) fn session_columns(
        &mut self,
        site: &[Option<u32>],
        strand: &[Option<u32>],
        level: &[Option<u32>],
    ) -> [Column; 3] {
        let (strands, levels) = (self.strands.clone(), self.levels.clone());
        let place = |l: u32| usize::try_from(l).ok().and_then(|l| self.level_order.get(l)).copied();
        let level: Vec<Option<u32>> = level.iter().map(|l| l.and_then(place)).collect();
        [
            self.places(site),
            self.labelled("strand", "Strand", &strands, strand, "strand not known"),
            self.labelled("level", "Level", &levels, &level, "level not known"),
        ]
    }

    /// Whether a column says anything at all: one of its values is known.
    pub(super) fn known(&self, column: &Column) -> bool {
        let dimension = self.out.dimensions.get(column.dimension);
        dimension.is_some_and(|d| d.values.iter().any(|v| v.state == State::Answered))
    }
}
