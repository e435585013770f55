//! The command line: arguments in, an exit status out. The clock is read here and nowhere else.

/// Runs the command that the process's arguments name.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(crate::exit::Exit::Usage.code())
}
