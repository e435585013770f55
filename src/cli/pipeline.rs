//! The stages in their order, with a look at problems and signals between them.

use std::time::Instant;

use jiff::civil::Date;

use super::account::Seen;
use super::voice::Voice;
use crate::clean::{self, Cleaned};
use crate::exit::Exit;
use crate::ingest;
use crate::link::{self, Key};
use crate::measure;
use crate::problem::{Place, Problem, Problems};
use crate::protect::{self, History, Profile};
use crate::publish::disk::Stop;
use crate::report::{self, Rendered, TableFacts};
use crate::spec::Spec;

/// A run of the stages between the spec and the release.
pub struct Pipeline<'a> {
    spec: &'a Spec,
    voice: &'a Voice,
    stop: &'a Stop,
    pub problems: Problems,
    pub seen: Seen,
}

/// How many steps the progress bar has.
pub const STEPS: u64 = 7;

impl<'a> Pipeline<'a> {
    /// A run that has not begun.
    pub fn new(spec: &'a Spec, voice: &'a Voice, stop: &'a Stop) -> Self {
        Pipeline { spec, voice, stop, problems: spec.notes.clone(), seen: Seen::default() }
    }

    /// Reads and cleans. `None` where a problem stops the run; it is among the problems.
    ///
    /// Files that could not be read do not keep the others from being cleaned: an evaluator is told everything at once.
    pub fn prepare(&mut self, as_of: Option<Date>) -> Option<Cleaned> {
        let mut intake = self.timed("read", "Reading the files", || ingest::read(self.spec));
        self.problems.append(std::mem::take(&mut intake.problems));
        self.heed()?;
        self.seen.files = intake.files.clone();
        self.seen.tables = intake.tables.iter().map(TableFacts::from).collect();
        let mut cleaned =
            self.timed("clean", "Proving dates, reading answers", || clean::clean(intake, self.spec, as_of));
        self.problems.append(std::mem::take(&mut cleaned.problems));
        self.seen.ledger = cleaned.ledger.clone();
        self.seen.dates = cleaned.dates.clone();
        self.seen.versions = cleaned.versions.clone();
        self.seen.as_of = cleaned.as_of;
        self.go_on()?;
        Some(cleaned)
    }

    /// Links, measures, protects and renders. `None` where a problem stops the run.
    pub fn finish(&mut self, cleaned: Cleaned, key: &Key, history: &History) -> Option<Rendered> {
        let mut linked =
            self.timed("link", "Joining people, sessions and places", || link::link(cleaned, self.spec, key));
        self.problems.append(std::mem::take(&mut linked.problems));
        self.seen.ledger = linked.ledger.clone();
        self.seen.joins = linked.joins.clone();
        self.balance(linked.ledger.check());
        self.go_on()?;

        let mut measured = self.timed("measure", "Counting", || measure::measure(&linked, self.spec));
        self.problems.append(std::mem::take(&mut measured.problems));
        self.balance(measured.ledger.check());
        self.balance(measure::check(&measured));
        self.go_on()?;

        let Some(profile) = Profile::named(&self.spec.programme.profile) else {
            self.problems.push(Problem::stops(
                "profile-unknown",
                Exit::Spec,
                Place::default().column("programme.profile"),
                "there is no profile of this name",
            ));
            return None;
        };
        let protected = self.timed("protect", "Protecting people", || protect::protect(&measured, &profile, history));
        self.go_on()?;
        let warnings = self.warnings();
        let inside = report::Inside {
            spec: self.spec,
            measured: &measured,
            joins: &linked.joins,
            dates: &linked.dates,
            files: &self.seen.files,
            tables: &self.seen.tables,
            problems: &self.problems,
            as_of: measured.as_of,
            warnings: &warnings,
        };
        let rendered = self.timed("report", "Writing the report", || report::render(protected, &inside));
        match rendered {
            Ok(rendered) => {
                self.go_on()?;
                Some(rendered)
            }
            Err(error) => {
                self.problems.push(Problem::stops(
                    "report-unmade",
                    Exit::Internal,
                    Place::default(),
                    error.to_string(),
                ));
                None
            }
        }
    }

    /// What page one must say: optional sources that could not be used, by name and without any detail of a file.
    fn warnings(&self) -> Vec<String> {
        let used = |index: usize| self.seen.files.iter().any(|file| file.source == index);
        let lost = self.spec.sources.iter().enumerate().filter(|(index, source)| source.optional && !used(*index));
        lost.map(|(_, source)| {
            format!("The source {} could not be used for this report.", source.title.as_deref().unwrap_or(&source.name))
        })
        .collect()
    }

    fn timed<T>(&self, stage: &'static str, words: &'static str, work: impl FnOnce() -> T) -> T {
        self.voice.begins(words);
        #[expect(clippy::disallowed_methods, reason = "the clock is read in `cli`, and shown in no report")]
        let began = Instant::now();
        let out = work();
        self.voice.ended(stage, began.elapsed().as_secs_f64());
        out
    }

    fn balance(&mut self, wrong: Vec<String>) {
        for sentence in wrong {
            self.problems.push(
                Problem::stops("does-not-balance", Exit::Internal, Place::default(), sentence)
                    .hint("this is a fault of the program: please report it"),
            );
        }
    }

    /// Whether nobody asked to stop.
    fn heed(&mut self) -> Option<()> {
        match self.stop.asked() {
            Some(problem) => {
                self.problems.push(problem);
                None
            }
            None => Some(()),
        }
    }

    /// Whether neither a problem nor a signal stops the run.
    fn go_on(&mut self) -> Option<()> {
        self.heed()?;
        self.problems.stop().is_none().then_some(())
    }
}
