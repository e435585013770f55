//! The `reach` command: arguments to the library, the library's answer to an exit status.

fn main() -> std::process::ExitCode {
    reach::cli::main()
}
