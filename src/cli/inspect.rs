//! `reach inspect`: what the reader understands of files, before any spec speaks of them.

use super::args::{Format, Inspect};
use super::voice::{self, Voice};
use crate::draft::in_words;
use crate::draft::inspect::{self, Inspection};
use crate::exit::Exit;
use crate::ingest::{self, ReadOptions, Sheets};
use crate::problem::Problems;

/// Reads each file and tells what it is.
pub fn inspect(asked: &Inspect) -> Exit {
    let mut voice = Voice::text();
    let options = ReadOptions { sheets: Sheets::All, ..ReadOptions::default() };
    let mut problems = Problems::default();
    let mut files = Vec::new();
    for path in &asked.files {
        let mut intake = ingest::read_one(path, &path.display().to_string(), &options);
        files.append(&mut inspect::see(&intake));
        problems.append(std::mem::take(&mut intake.problems));
    }
    match asked.format {
        Format::Json => match serde_json::to_string_pretty(&Inspection::of(files)) {
            Ok(text) => voice::out(&format!("{text}\n")),
            Err(_) => return Exit::Internal,
        },
        Format::Text => files.iter().for_each(|file| voice::out(&in_words(file))),
    }
    voice.problems(&problems, "reach inspect");
    problems.stop().unwrap_or(Exit::Done)
}
