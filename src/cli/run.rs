//! `reach run` and `reach check`: the whole way, with and without publishing.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::account;
use super::args::{Check, Run};
use super::pipeline::{Pipeline, STEPS};
use super::signals;
use super::voice::{self, Voice};
use crate::exit::{EXITS, Exit};
use crate::link::Key;
use crate::problem::{Place, Problem, Problems};
use crate::publish::release::{self, folder_of};
use crate::publish::{self, Release, state};
use crate::spec::{self, Spec};

/// Runs everything and publishes.
pub fn run(asked: &Run) -> Exit {
    let mut voice = match asked.log {
        Some(_) => Voice::json(),
        None if asked.nightly => Voice::nightly(),
        None => Voice::text(),
    };
    let file = spec_file(&asked.spec);
    let again = format!("reach check {}", file.display());
    let mut problems = Problems::default();
    let release = publishing(asked, &file, &mut voice, &mut problems);
    let exit = match (&release, problems.stop()) {
        (Some(_), _) => without_optional(&problems),
        (None, Some(exit)) => exit,
        (None, None) => Exit::Internal,
    };
    match release {
        Some(release) if release.unchanged => {
            if !asked.nightly {
                let words = format!("Nothing has changed since release {}; nothing was published.", release.name);
                voice.closes("unchanged", Exit::Done, &release.name, &words);
                voice::out(&format!("{}\n", report_file(&release).display()));
            }
            Exit::Done
        }
        Some(release) => {
            voice.problems(&problems, &again);
            let path = report_file(&release);
            // Where both go to one terminal the path stands once, on the line below.
            let at = if std::io::stdout().is_terminal() { String::new() } else { format!(" {}", path.display()) };
            let words = format!("Published {}. Open in a browser:{at}", release.name);
            voice.closes("published", exit, &release.name, &words);
            voice::out(&format!("{}\n", path.display()));
            exit
        }
        None => {
            voice.problems(&problems, &again);
            closing(
                &mut voice,
                exit,
                "Nothing was published, and the report of before (if there is one) is untouched.",
            );
            exit
        }
    }
}

fn publishing(asked: &Run, file: &Path, voice: &mut Voice, problems: &mut Problems) -> Option<Release> {
    let stop = signals::listen();
    let spec = take(spec::load(file), problems)?;
    let mut session = match publish::begin(&spec, asked.out.as_deref(), stop.clone()) {
        Ok(session) => session,
        Err(problem) => {
            problems.append(spec.notes);
            problems.push(problem);
            return None;
        }
    };
    voice.watch(STEPS);
    let mut pipeline = Pipeline::new(&spec, voice, &stop);
    if session.state.secret.demo {
        pipeline.problems.push(demo_key());
    }
    let release = (|| {
        let cleaned = pipeline.prepare(asked.as_of)?;
        let identity = session.identify(&spec, &pipeline.seen.files, cleaned.as_of);
        let done = match session.unchanged(&identity) {
            Ok(Some(release)) => Ok(release),
            Ok(None) => {
                let key = Key::from_bytes(session.state.secret.bytes());
                let rendered = pipeline.finish(cleaned, &key, &session.state.history)?;
                session.publish(&identity, &rendered)
            }
            Err(problem) => Err(problem),
        };
        done.map_err(|problem| pipeline.problems.push(problem)).ok()
    })();
    problems.append(std::mem::take(&mut pipeline.problems));
    voice.rest();
    release
}

/// Does everything but publish, and tells what was understood.
pub fn check(asked: &Check) -> Exit {
    let mut voice = Voice::text();
    let file = spec_file(&asked.spec);
    let mut problems = Problems::default();
    checking(asked, &file, &mut voice, &mut problems);
    voice.problems(&problems, "");
    let exit = problems.stop().unwrap_or_else(|| without_optional(&problems));
    let words =
        if problems.stop().is_some() { "A run would publish nothing." } else { "A run would publish a report." };
    closing(&mut voice, exit, words);
    exit
}

fn checking(asked: &Check, file: &Path, voice: &mut Voice, problems: &mut Problems) {
    let stop = signals::listen();
    let Some(spec) = take(spec::load(file), problems) else { return };
    let found = release::usable(&spec, None).and_then(|_| state::peek(folder_of(&spec)));
    let (secret, history) = match found {
        Ok(found) => found,
        Err(problem) => {
            problems.append(spec.notes);
            problems.push(problem);
            return;
        }
    };
    voice.watch(STEPS);
    let mut pipeline = Pipeline::new(&spec, voice, &stop);
    if secret.demo {
        pipeline.problems.push(demo_key());
    }
    if let Some(cleaned) = pipeline.prepare(asked.as_of) {
        let _ = pipeline.finish(cleaned, &Key::from_bytes(secret.bytes()), &history);
    }
    problems.append(std::mem::take(&mut pipeline.problems));
    let text = account::account(&spec, &pipeline.seen);
    voice.rest();
    voice::out(&text);
}

fn take(loaded: Result<Spec, Problems>, problems: &mut Problems) -> Option<Spec> {
    match loaded {
        Ok(spec) => Some(spec),
        Err(found) => {
            problems.append(found);
            None
        }
    }
}

/// The spec's file, where its folder was named.
fn spec_file(asked: &Path) -> PathBuf {
    if asked.is_dir() { asked.join("reach.toml") } else { asked.to_path_buf() }
}

/// The page to open, as a browser wants it: from the root.
fn report_file(release: &Release) -> PathBuf {
    let path = release.current.join("public").join("report.html");
    std::path::absolute(&path).unwrap_or(path)
}

fn without_optional(problems: &Problems) -> Exit {
    if problems.list.iter().any(|p| p.exit == Exit::DoneWithoutOptional) {
        Exit::DoneWithoutOptional
    } else {
        Exit::Done
    }
}

fn demo_key() -> Problem {
    Problem::noted(
        "demo-key",
        Place::file(state::DEMO_KEY_FILE),
        "this folder uses the demo's key, which everyone has: for invented people only",
    )
}

fn closing(voice: &mut Voice, exit: Exit, words: &str) {
    let when = EXITS.iter().find(|line| line.exit == exit).map(|line| line.when.replace('`', "")).unwrap_or_default();
    match exit {
        Exit::Done => voice.closes("ended", exit, "", words),
        _ => voice.closes("ended", exit, "", &format!("{words} Exit {}: {when}.", exit.code())),
    }
}
