//! Two reports of the same people tell no more together than each by itself (P4), from the files to the published tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use reach::measure::Exposure;
use reach::protect::{History, PastRelease, Profile, protect};
use reach::spec::Class;

use crate::attack;
use crate::programme::{Dice, Programme, Respondent, counted};
use crate::support::{copy_tree, reach};

/// A copy of the demo, with nothing remembered.
struct Demo {
    folder: tempfile::TempDir,
}

impl Demo {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["activity", "surveys"] {
            copy_tree(&Self::committed().join(part), &folder.path().join(part));
        }
        for file in ["reach.toml", "codebook.csv", "recodes.csv", "worthless-demo-key.txt"] {
            std::fs::copy(Self::committed().join(file), folder.path().join(file)).unwrap();
        }
        Demo { folder }
    }

    fn committed() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo")
    }

    fn append(&self, file: &str, lines: &str) {
        let path = self.folder.path().join(file);
        let before = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{}\n{lines}", before.trim_end())).unwrap();
    }

    /// `n` people more, each at five sessions.
    fn join(&self, from: usize, n: usize) {
        let bands = [("06/04/1976", "45-54"), ("06/06/1994", "25-34"), ("06/06/1964", "55-64")];
        let (mut people, mut came) = (String::new(), String::new());
        for i in from..from + n {
            let (born, band) = bands[i % 3];
            people.push_str(&format!("HM-9{i:04},Made Up,new{i}@mail.example,{born},QV9 6CY,{band},03/11/2025,Yes\n"));
            for session in ["S25-0106", "S25-0119", "S25-0112", "S25-0128", "S25-0110"] {
                came.push_str(&format!("HM-9{i:04},{session},Yes,30/04/2025 17:15,front desk\n"));
            }
        }
        self.append("activity/participants.csv", &people);
        self.append("activity/register-2025-26.csv", &came);
    }

    /// Runs; gives what is published now.
    fn run(&self) -> Vec<attack::Row> {
        self.run_as_of(None)
    }

    fn run_as_of(&self, as_of: Option<&str>) -> Vec<attack::Row> {
        let (spec, out) = (self.folder.path().join("reach.toml"), self.folder.path().join("out"));
        let mut args = vec!["run", spec.to_str().unwrap(), "--out", out.to_str().unwrap()];
        args.extend(as_of.iter().flat_map(|day| ["--as-of", day]));
        let ran = reach(&args);
        assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
        attack::read(&self.home().join("current/public"))
    }

    fn home(&self) -> PathBuf {
        std::fs::read_dir(self.folder.path().join("out")).unwrap().next().unwrap().unwrap().path()
    }

    fn releases(&self) -> usize {
        std::fs::read_dir(self.home().join("releases")).unwrap().count()
    }

    /// Cells of people, or of what belongs to people, that both reports tell and that differ by a few.
    fn few(&self, a: &[attack::Row], b: &[attack::Row]) -> Vec<String> {
        let measured = counted(self.folder.path());
        let shapes = attack::shapes(&measured);
        let (a, b) = (attack::cells(a, &shapes), attack::cells(b, &shapes));
        let opinions: BTreeSet<&str> =
            measured.dimensions.iter().filter(|d| d.class == Class::Opinion).map(|d| d.code.as_str()).collect();
        let mut out = Vec::new();
        for universe in measured.universes.iter().filter(|u| u.exposure != Exposure::Open) {
            let none = BTreeMap::new();
            let then = a.get(&universe.key).unwrap_or(&none);
            for (on, now) in b.get(&universe.key).unwrap_or(&none) {
                // How a few more opinions fall is shown with their base, which must have changed by more.
                let base = on.iter().all(|(d, set)| !opinions.contains(d.as_str()) || set.len() > 1);
                if let Some(then) = then.get(on).filter(|_| base)
                    && (1..10).contains(&now.abs_diff(*then))
                {
                    out.push(format!("{} {on:?}: {then}, then {now}", universe.key));
                }
            }
        }
        out
    }
}

/// All that tells of the people of the register.
const OF_PEOPLE: [&str; 8] = [
    "people/total",
    "people/site",
    "people-list:participants/total",
    "people-list:participants/q:age",
    "attendances/total",
    "attendances/site",
    "contact-hours/total",
    "rows:register/total",
];

fn values(rows: &[attack::Row], table: &str) -> usize {
    rows.iter().filter(|r| (r.id == table || r.id.starts_with(&format!("{table}/"))) && r.value.is_some()).count()
}

#[test]
fn three_people_more_cannot_be_had_by_subtraction_and_thirty_are_shown() {
    let demo = Demo::new();
    let first = demo.run();
    for table in OF_PEOPLE {
        assert!(values(&first, table) > 0, "{table} is not in the first report");
    }
    // The same again publishes nothing.
    demo.run();
    assert_eq!(demo.releases(), 1);

    demo.join(0, 3);
    let second = demo.run();
    assert_eq!(demo.releases(), 2);
    assert_eq!(demo.few(&first, &second), Vec::<String>::new());
    for table in OF_PEOPLE {
        assert_eq!(values(&second, table), 0, "{table} tells of three people by subtraction");
    }
    // What has nothing to do with them stays.
    for table in ["responses:visitors/site", "answers:visitors:welcome/site", "counts:headcounts/site", "sessions/site"]
    {
        assert!(values(&second, table) > 0, "{table} is withheld for the sake of people it does not count");
    }

    demo.join(3, 30);
    let third = demo.run();
    for table in OF_PEOPLE {
        assert!(values(&third, table) > 0, "{table} is still withheld after thirty more");
    }
    for before in [&first, &second] {
        assert_eq!(demo.few(before, &third), Vec::<String>::new());
    }
}

#[test]
fn a_correction_of_one_row_withholds_the_breakdown_that_changed_and_keeps_the_rest() {
    let demo = Demo::new();
    let first = demo.run();
    let path = demo.folder.path().join("activity/participants.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen(",QV9 6CY,45-54,", ",QV9 6CY,25-34,", 1)).unwrap();
    let second = demo.run();
    assert_eq!(demo.few(&first, &second), Vec::<String>::new());
    assert_eq!(demo.releases(), 2);
    let gone: BTreeSet<String> = first
        .iter()
        .map(|r| r.id.split('/').take(2).collect::<Vec<_>>().join("/"))
        .filter(|table| values(&first, table) > 0 && values(&second, table) == 0)
        .filter(|table| table != "people-list:participants/q:age")
        .collect();
    assert_eq!(gone, BTreeSet::new());
}

#[test]
fn a_report_of_another_day_tells_no_few_either() {
    let demo = Demo::new();
    let first = demo.run_as_of(Some("2026-03-31"));
    let second = demo.run_as_of(Some("2026-03-20"));
    assert_eq!(demo.few(&first, &second), Vec::<String>::new());
}

#[test]
fn a_report_that_remembers_nothing_would_tell_of_the_three() {
    let demo = Demo::new();
    let first = demo.run();
    demo.join(0, 3);
    std::fs::remove_dir_all(demo.folder.path().join(".reach")).unwrap();
    let second = demo.run();
    assert!(demo.few(&first, &second).len() > 5);
}

#[test]
fn whatever_few_come_or_go_no_cell_of_two_releases_differs_by_them() {
    let (mut compared, mut kept) = (0, 0);
    for seed in 0..120 {
        let mut programme = Programme::random(seed);
        let first = gate_with(&programme, &History::default());
        let history = History {
            releases: vec![PastRelease {
                id: "1".into(),
                sequence: 1,
                as_of: None,
                profile: "people-10".into(),
                shown: first.memory.shown.clone(),
                atoms: first.memory.atoms.iter().map(|(f, a)| (f.clone(), a.iter().cloned().collect())).collect(),
            }],
        };
        let mut dice = Dice::new(seed ^ 0xfeed);
        let more = Programme::random(seed.wrapping_add(1_000));
        match dice.roll(4) {
            0 => {
                let n = 1 + dice.roll(12) as usize;
                let fits = |r: &&Respondent| r.site < programme.sites && r.month < programme.months;
                let new: Vec<Respondent> = more.respondents.iter().filter(fits).take(n).cloned().collect();
                programme.respondents.extend(new);
            }
            1 => {
                let n = 1 + dice.roll(12) as usize;
                let new: Vec<_> = (0..n).map(|i| vec![(i % programme.sites, 0), (0, i % programme.months)]).collect();
                programme.people.extend(new);
            }
            2 => drop(programme.respondents.pop()),
            _ => {
                let at = dice.roll(programme.respondents.len() as u64) as usize;
                programme.respondents[at].age = (programme.respondents[at].age + 1) % 5;
                programme.respondents[at].site = (programme.respondents[at].site + 1) % programme.sites;
            }
        }
        let second = gate_with(&programme, &history);
        kept += second.tables.iter().filter(|t| t.withheld.is_none()).count();
        for (key, now) in &second.memory.shown {
            let Some(then) =
                first.memory.shown.get(key).filter(|_| !key.contains("q:enjoyed") && !key.contains("q:heard"))
            else {
                continue;
            };
            compared += 1;
            assert!(!(1..10).contains(&now.abs_diff(*then)), "{seed}: {key}: {then}, then {now}");
        }
    }
    println!("{compared} cells compared, {kept} tables kept");
    assert!(compared > 500 && kept > 200, "{compared}, {kept}");
}

fn gate_with(programme: &Programme, history: &History) -> reach::protect::Protected {
    protect(&programme.measured(), &Profile::named("people-10").unwrap(), history)
}
