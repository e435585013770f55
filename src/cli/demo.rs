//! `reach demo`: an invented programme, written into a folder.

use super::args::Demo;
use super::voice::{self, Voice};
use crate::exit::Exit;
use crate::problem::{Place, Problem, Problems};
use crate::publish::disk;

/// Writes the demo, or says what stands in its way before anything is written.
pub fn demo(asked: &Demo) -> Exit {
    let mut voice = Voice::text();
    let mut problems = Problems::default();
    match crate::demo::files(&crate::demo::Options { seed: asked.seed, people: asked.people }) {
        Ok(files) => {
            for file in files.iter().filter(|file| asked.folder.join(file.name).symlink_metadata().is_ok()) {
                problems.push(disk::exists_already(&asked.folder.join(file.name)));
            }
            if problems.list.is_empty() {
                for file in &files {
                    if let Err(problem) = disk::write_new(&asked.folder.join(file.name), &file.bytes) {
                        problems.push(problem);
                        break;
                    }
                }
            }
        }
        Err(_) => problems.push(Problem::stops(
            "demo-unmade",
            Exit::Internal,
            Place::default(),
            "a workbook of the demo could not be made",
        )),
    }
    voice.problems(&problems, "reach demo");
    if let Some(exit) = problems.stop() {
        return exit;
    }
    let spec = asked.folder.join("reach.toml");
    voice::line(&format!("The demo stands in {}. Now: reach run {}", asked.folder.display(), spec.display()));
    Exit::Done
}
