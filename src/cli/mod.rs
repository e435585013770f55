//! The command line: arguments in, an exit status out. The clock is read here and nowhere else.
//!
//! Promises: standard output carries only what may be piped; a panic anywhere ends with exit 21 and says where it was, never what
//! it said (that could hold data); a signal ends the run between two steps, with nothing half done.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::FromArgMatches;

use crate::exit::Exit;
use args::{Command, Line};

mod account;
pub mod args;
mod demo;
mod help;
mod init;
mod inspect;
mod pipeline;
pub mod privacy;
mod run;
mod signals;
mod versions;
pub mod voice;

/// Runs the command that the process's arguments name.
pub fn main() -> ExitCode {
    // A child that reads a workbook for another process does nothing else.
    if let Some(ended) = crate::ingest::serve_workbook(std::env::args_os().skip(1).filter_map(|a| a.into_string().ok()))
    {
        return ended;
    }
    let line = match args::command().try_get_matches().and_then(|matches| Line::from_arg_matches(&matches)) {
        Ok(line) => line,
        Err(error) => {
            let _ = error.print();
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            return ExitCode::from(exit.code());
        }
    };
    panic::set_hook(Box::new(|info| {
        let at = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        voice::panicked(&at);
    }));
    let exit = panic::catch_unwind(AssertUnwindSafe(|| obey(&line.command))).unwrap_or(Exit::Internal);
    ExitCode::from(exit.code())
}

fn obey(command: &Command) -> Exit {
    match command {
        Command::Init(asked) => init::init(asked),
        Command::Inspect(asked) => inspect::inspect(asked),
        Command::Check(asked) => {
            threads(asked.threads);
            run::check(asked)
        }
        Command::Run(asked) => {
            threads(asked.threads);
            run::run(asked)
        }
        Command::Demo(asked) => demo::demo(asked),
        Command::Help(asked) => help::help(asked),
    }
}

/// Sizes the one pool of threads. Should it stand already, its size is as good as any: no byte depends on it.
fn threads(asked: Option<u16>) {
    if let Some(threads) = asked {
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    }
}
