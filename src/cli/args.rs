//! What may be written on the command line.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use jiff::civil::Date;

use crate::exit::EXITS;

/// Shows, honestly, whom community engagement reaches: survey exports and activity logs in, a report fit for a funder out.
#[derive(Debug, Parser)]
#[command(name = "reach", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Line {
    #[command(subcommand)]
    pub command: Command,
}

/// One command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Draft a spec for a folder of exports: reach.toml, the codebook and the recodes
    Init(Init),
    /// Show what the reader understands of a file; of its cells, closed answers only
    Inspect(Inspect),
    /// Show how every file is understood, and every problem at once; writes nothing
    Check(Check),
    /// Make the report and publish it
    Run(Run),
    /// Write an invented programme into a folder, to try reach on
    Demo(Demo),
    /// Explain a topic, or a command
    Help(Help),
}

/// `reach init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder of your exports; what stands in it is never written over
    pub folder: PathBuf,
    /// Append to the spec in the folder what new files and new columns bring
    #[arg(long)]
    pub add: bool,
    /// Write the codebook and the recodes as CSV instead of .xlsx
    #[arg(long)]
    pub csv: bool,
}

/// `reach inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// The files: CSV, TSV, or workbooks (.xlsx, .xlsb, .xls, .ods)
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How `inspect` tells what it found.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// `reach check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The spec, or the folder it stands in
    #[arg(default_value = "reach.toml")]
    pub spec: PathBuf,
    /// The day the account stands at; without it, the newest date in the data
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// How many threads to use; without it, one per processor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
}

/// `reach run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The spec, or the folder it stands in
    #[arg(default_value = "reach.toml")]
    pub spec: PathBuf,
    /// The day the account stands at; without it, the newest date in the data
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Where reports go; without it, `reports` beside the spec
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Unattended: no progress, and not a word when nothing has changed
    #[arg(long)]
    pub nightly: bool,
    /// One JSON line per event on standard error
    #[arg(long, value_name = "FORMAT")]
    pub log: Option<Log>,
    /// How many threads to use; without it, one per processor. The report is the same
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
}

/// How events are written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Log {
    Json,
}

/// `reach demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder to write into; made where it is missing, never written over
    pub folder: PathBuf,
    /// The seed: equal seeds give equal files
    #[arg(long, value_name = "N", default_value_t = crate::demo::Options::default().seed)]
    pub seed: u64,
    /// How many people take part; each comes about ten times
    #[arg(long, value_name = "N", default_value_t = crate::demo::Options::default().people, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub people: u32,
}

/// `reach help`.
#[derive(Debug, Args)]
pub struct Help {
    /// `roles`, `profiles`, `exit-codes`, or the name of a command
    pub topic: Option<String>,
}

/// A date as the command line wants it.
pub fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "a date is written year-month-day, such as 2026-03-31".to_owned())
}

/// The command line as `clap` knows it, each command with an example and the table of exit codes.
pub fn command() -> clap::Command {
    let exits = exit_table();
    let mut command = Line::command().after_help(exits.clone());
    for (name, example) in EXAMPLES {
        let after = format!("Example:\n{example}\n\n{exits}");
        if command.find_subcommand(name).is_some() {
            command = command.mut_subcommand(name, |sub| sub.after_help(after));
        }
    }
    command
}

/// An example of each command.
const EXAMPLES: [(&str, &str); 6] = [
    ("init", "  reach init exports/\n  reach init exports/ --add     (when new files have come)"),
    ("inspect", "  reach inspect exports/visitors.csv\n  reach inspect exports/*.xlsx --format json"),
    ("check", "  reach check exports/reach.toml"),
    (
        "run",
        "  reach run exports/reach.toml\n  reach run exports/reach.toml --as-of 2026-03-31\n  reach run exports/reach.toml --nightly --log json     (unattended)",
    ),
    ("demo", "  reach demo harbourside/\n  reach run harbourside/reach.toml"),
    ("help", "  reach help roles"),
];

/// The table of exit codes as `--help` shows it: one hanging paragraph per code, at most 80 characters wide.
pub fn exit_table() -> String {
    let mut out = String::from("Exit codes (and what becomes of the report):");
    for line in EXITS {
        out.push_str(&format!("\n  {:>3} ", line.exit.code()));
        let mut width = 6;
        for word in format!("{} ({})", line.when.replace('`', ""), line.release).split(' ') {
            if width + 1 + word.chars().count() > 80 {
                out.push_str("\n      ");
                width = 6;
            }
            out.push(' ');
            out.push_str(word);
            width += 1 + word.chars().count();
        }
    }
    out
}

/// `docs/exit-codes.md`, made from the same list.
pub fn exit_page() -> String {
    let mut out = String::from(
        "# Exit codes\n\n\
         How a run of `reach` ends, and what became of the report. `reach check` exits as `reach run` would, and writes nothing.\n\n\
         | exit | when | release |\n|---|---|---|\n",
    );
    for line in EXITS {
        out.push_str(&format!("| {} | {} | {} |\n", line.exit.code(), line.when, line.release));
    }
    out.push_str(
        "\nWhere the old release stays, `current` points to it as before, every byte of it untouched. Codes from 10 on want a person to \
         look; the messages say at what, and the next run needs no clearing up. (If the disk fails just after a new release was made \
         current, the run ends with 20 and says that the new release stands.)\n\n\
         This page is made from `src/exit.rs` by `UPDATE_DOCS=1 cargo test`.\n",
    );
    out
}
