//! What happened at Harbourside Museums: people, sessions and who came to what, before anybody wrote it down.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Options;
use super::dice::Dice;
use super::words::{SITES, STRANDS};

/// The two years of the programme, April to March.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Year {
    First,
    Second,
}

/// One session as it really was.
#[derive(Debug, Clone)]
pub struct Session {
    pub date: Date,
    pub site: usize,
    pub strand: usize,
    /// Which of the strand's kinds of session.
    pub what: usize,
    /// Half hours.
    pub half_hours: u64,
}

/// One person as they really are.
#[derive(Debug, Clone)]
pub struct Person {
    /// The strand they mostly come to.
    pub strand: usize,
    pub site: usize,
    pub age: usize,
    /// The first day on which they could come.
    pub from: Date,
    /// Attendances they would make if a session is always near.
    pub keen: u64,
}

/// The invented programme.
#[derive(Debug)]
pub struct World {
    pub seed: u64,
    pub people: Vec<Person>,
    pub sessions: Vec<Session>,
    /// Sessions of each (strand, site), by date.
    by_group: Vec<Vec<u32>>,
}

/// First day of the programme.
pub const FROM: Date = Date::constant(2024, 4, 1);

impl World {
    /// Makes the programme that `options` fixes.
    pub fn new(options: &Options) -> Self {
        let mut dice = Dice::new(options.seed, 1);
        // A session a fortnight for each strand at about 420 people; more sessions, and larger ones, as people grow.
        let rounds = u64::from(options.people).div_ceil(2500).max(1);
        let mut sessions = Vec::new();
        for fortnight in 0..52_i32 {
            for (strand, (_, _, half_hours)) in STRANDS.iter().enumerate() {
                for _ in 0..rounds {
                    if dice.chance(60) {
                        continue;
                    }
                    let day = fortnight * 14 + dice.below(14) as i32;
                    let date = FROM.checked_add(day.days()).unwrap_or(FROM);
                    let site = match strand {
                        0 => dice.pick(&[60, 40, 0]),
                        1 => dice.pick(&[20, 70, 10]),
                        2 => dice.pick(&[10, 20, 70]),
                        _ => dice.pick(&[34, 33, 33]),
                    };
                    let what = dice.pick(&[60, 25, 15]);
                    sessions.push(Session { date, site, strand, what, half_hours: half_hours + dice.below(2) });
                }
            }
        }
        sessions.sort_by_key(|s| (s.date, s.strand, s.site, s.what));
        let mut by_group = vec![Vec::new(); STRANDS.len() * SITES.len()];
        for (index, s) in sessions.iter().enumerate() {
            by_group[s.strand * SITES.len() + s.site].push(index as u32);
        }
        let mut dice = Dice::new(options.seed, 2);
        let people = (0..options.people)
            .map(|_| {
                let strand = dice.pick(&[30, 28, 22, 20]);
                let site = match strand {
                    0 => dice.pick(&[60, 40, 0]),
                    1 => dice.pick(&[20, 70, 10]),
                    2 => dice.pick(&[10, 20, 70]),
                    _ => dice.pick(&[34, 33, 33]),
                };
                let age = match strand {
                    1 => dice.pick(&[70, 20, 5, 3, 2, 0, 0]),
                    2 => dice.pick(&[0, 2, 4, 8, 18, 34, 34]),
                    _ => dice.pick(&[10, 18, 20, 18, 16, 12, 6]),
                };
                let late = if dice.chance(450) { 0 } else { dice.below(640) as i32 };
                Person {
                    strand,
                    site,
                    age,
                    from: FROM.checked_add(late.days()).unwrap_or(FROM),
                    keen: [1, 3, 7, 14, 26, 52][dice.pick(&[20, 16, 18, 18, 18, 10])] + dice.below(3),
                }
            })
            .collect();
        World { seed: options.seed, people, sessions, by_group }
    }

    /// The sessions that one person came to, by date.
    pub fn attended(&self, person: usize) -> Vec<u32> {
        let who = &self.people[person];
        let mut dice = Dice::new(self.seed, 1_000_003 + person as u64);
        let mut out = Vec::new();
        for _ in 0..who.keen {
            // Mostly the usual group at the usual site; now and then another one.
            let (strand, site) = match dice.pick(&[82, 12, 6]) {
                0 => (who.strand, who.site),
                1 => (who.strand, dice.below(SITES.len() as u64) as usize),
                _ => (dice.below(STRANDS.len() as u64) as usize, who.site),
            };
            let group = &self.by_group[strand * SITES.len() + site];
            let open = group.partition_point(|&s| self.sessions[s as usize].date < who.from);
            let choice = &group[open..];
            if choice.is_empty() {
                continue;
            }
            // People come in runs: the nearer to their first day, the likelier.
            let reach = (choice.len() as u64).min(5 + who.keen * 3);
            out.push(choice[dice.below(reach) as usize]);
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// A session's reference in the log: `S24-0001`.
    pub fn session_ref(&self, session: usize) -> String {
        let year = self.sessions[session].date.year() % 100;
        format!("S{year:02}-{:04}", session + 1)
    }

    /// A participant's number on the card: `HM-00017`.
    pub fn person_ref(person: usize) -> String {
        format!("HM-{:05}", person + 1)
    }
}

/// The programme year of a date.
pub fn year_of(date: Date) -> Year {
    if date < Date::constant(2025, 4, 1) { Year::First } else { Year::Second }
}
