//! `reach init`: what a folder of exports is taken for, and the three files an evaluator goes on with.

use std::os::unix::fs::PermissionsExt;

use super::args::Init;
use super::voice::{self, Voice};
use crate::draft::{self, DraftFile, Options};
use crate::exit::Exit;
use crate::problem::{Problem, Problems};
use crate::publish::disk::{self, Disk, Stop};

/// Drafts the spec of a folder, or with `--add` appends to the one that stands there.
pub fn init(asked: &Init) -> Exit {
    let mut voice = Voice::text();
    let again = "reach init";
    let draft = match draft::draft(&asked.folder, Options { add: asked.add, csv: asked.csv }) {
        Ok(draft) => draft,
        Err(problems) => {
            voice.problems(&problems, again);
            return problems.stop().unwrap_or(Exit::Internal);
        }
    };
    voice::out(&draft::account(&draft).lines().map(|line| voice::plain(line) + "\n").collect::<String>());
    for file in &draft.files {
        if let Err(problem) = write(asked, file) {
            let exit = problem.exit;
            voice.problems(&Problems { list: vec![problem] }, again);
            return exit;
        }
    }
    if draft.files.is_empty() {
        return Exit::Done;
    }
    let names: Vec<&str> = draft.files.iter().map(|file| file.name.as_str()).collect();
    let book = names.iter().find(|name| name.starts_with("codebook")).copied().unwrap_or("reach.toml");
    voice::line(&format!(
        "Written in {}: {}. Now look through {book} and the questions (#?) in reach.toml, then run: reach check {}",
        asked.folder.display(),
        names.join(", "),
        asked.folder.join("reach.toml").display()
    ));
    Exit::Done
}

/// Writes one file: a new one never over another, an appended one in the place of the one it continues, with its rights.
fn write(asked: &Init, file: &DraftFile) -> Result<(), Problem> {
    let path = asked.folder.join(&file.name);
    if !file.replaces {
        return disk::write_new(&path, &file.bytes);
    }
    let mode = path.symlink_metadata().map_or(0o644, |meta| meta.permissions().mode() & 0o777);
    Disk::new(Stop::default()).replace(&path, mode, &file.bytes)
}
