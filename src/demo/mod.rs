//! The demo: two years of Harbourside Museums, invented whole, as the exports and logs that an evaluator would really hold.
//!
//! Takes a seed and a number of people; gives files as bytes under relative names. Nobody in it exists: e-mail addresses end in
//! `.example`, postcodes use districts that are not in use. The oddities are listed in the README that is written beside them.
//! Equal seed and number give equal bytes on every machine.

mod dice;
mod files;
mod surveys;
mod words;
mod world;

pub use world::World;

use crate::publish::state::{DEMO_KEY_FILE, DEMO_KEY_TEXT};

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub seed: u64,
    /// How many people attend; each about ten times.
    pub people: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options { seed: 7, people: 420 }
    }
}

/// One file of the demo.
pub struct DemoFile {
    /// Relative to the demo's folder, with `/`.
    pub name: &'static str,
    pub bytes: Vec<u8>,
}

/// All files of the demo, spec and README among them.
///
/// # Errors
/// Only if a workbook cannot be put together, which would be a bug.
pub fn files(options: &Options) -> Result<Vec<DemoFile>, rust_xlsxwriter::XlsxError> {
    let world = World::new(options);
    let text = |name, text: &str| DemoFile { name, bytes: text.as_bytes().to_vec() };
    Ok(vec![
        text("README.md", include_str!("templates/README.md")),
        text("reach.toml", include_str!("templates/reach.toml")),
        text("codebook.csv", include_str!("templates/codebook.csv")),
        text("recodes.csv", include_str!("templates/recodes.csv")),
        text(DEMO_KEY_FILE, DEMO_KEY_TEXT),
        DemoFile { name: "activity/sites.csv", bytes: files::sites() },
        DemoFile { name: "activity/headcounts.csv", bytes: files::headcounts(&world) },
        DemoFile { name: "activity/sessions.xlsx", bytes: files::sessions(&world)? },
        DemoFile { name: "activity/participants.csv", bytes: files::participants(&world) },
        DemoFile { name: "activity/register-2024-25.csv", bytes: files::register(&world, world::Year::First) },
        DemoFile { name: "activity/register-2025-26.csv", bytes: files::register(&world, world::Year::Second) },
        DemoFile { name: "surveys/visitors.csv", bytes: surveys::visitors(&world) },
        DemoFile { name: "surveys/before.xlsx", bytes: surveys::participants(&world, surveys::Wave::Before)? },
        DemoFile { name: "surveys/after.xlsx", bytes: surveys::participants(&world, surveys::Wave::After)? },
    ])
}
