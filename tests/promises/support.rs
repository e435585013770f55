//! What several promises need: where the samples are, and how the binary is run.

use std::path::{Path, PathBuf};

/// The folder of real exports, or `None` (with a printed notice) where it is absent.
pub fn samples() -> Option<PathBuf> {
    reader();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: ../shared/samples is not here");
        None
    }
}

/// Names the binary whose child processes read `.xls`, `.ods` and `.xlsb`: this one is the tests'.
pub fn reader() {
    reach::ingest::read_workbooks_with(env!("CARGO_BIN_EXE_reach"));
}

/// A folder of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// What a run leaves beside the inputs: not to be copied with them (the README's first command runs in `data/demo` itself).
pub const MADE_BY_RUNS: [&str; 2] = [".reach", "reports"];

/// Copies the regular files of a folder, folder by folder, following no link and leaving out what runs made.
pub fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if MADE_BY_RUNS.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let kind = entry.file_type().unwrap();
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            copy_tree(&entry.path(), &target);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// A temporary folder with the Newcastle samples and the spec of `tests/fixtures/newcastle` beside them; `None` without samples.
pub fn newcastle() -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    copy_tree(&samples()?.join("newcastle"), folder.path());
    copy_tree(&fixture("newcastle"), folder.path());
    Some(folder)
}

/// How a run of the binary ended.
pub struct Ran {
    /// The exit status, or `None` where a signal ended it.
    pub exit: Option<i32>,
    pub signal: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The `reach` binary, ready to be given arguments: no colour, no fault, no locale of the machine.
pub fn command(args: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_reach"));
    command.args(args).env_remove("REACH_FAULT").env("NO_COLOR", "1").env("RUST_BACKTRACE", "0");
    command
}

/// Runs `reach` with these arguments.
pub fn reach(args: &[&str]) -> Ran {
    finish(&mut command(args))
}

/// Runs `reach` with these arguments and the N-th file operation arranged to fail: `kill@3`, `full@3`.
pub fn reach_with_fault(args: &[&str], fault: &str) -> Ran {
    finish(command(args).env("REACH_FAULT", fault))
}

/// Runs a prepared command to its end.
pub fn finish(command: &mut std::process::Command) -> Ran {
    use std::os::unix::process::ExitStatusExt;
    let output = command.output().unwrap();
    Ran {
        exit: output.status.code(),
        signal: output.status.signal(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Compares a generated page with the committed one, or with `UPDATE_DOCS=1` rewrites it.
pub fn page_is_true(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "{name} is out of date: run UPDATE_DOCS=1 cargo test and look at the difference");
}

/// A small programme of three sources in a temporary folder: monthly visits, a register of places, a visitor survey.
pub struct Programme {
    folder: tempfile::TempDir,
}

impl Programme {
    /// A folder without anything in it.
    pub fn empty() -> Self {
        // In memory where the system offers it: the sweeps over every file operation sync many thousand small files.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Programme { folder: folder.unwrap() }
    }

    /// Written anew, equal every time.
    pub fn new() -> Self {
        let programme = Programme::empty();
        programme.write(
            "reach.toml",
            "[programme]\nname    = \"Quayside\"\nfrom    = 2025-04-01\nto      = 2026-03-31\nyear    = \"April\"\n\
             dates   = \"day month year\"\nprofile = \"people-10\"\n\n\
             [source.libraries]\nfiles = \"libraries.csv\"\nkind  = \"sites\"\n\n\
             [source.visits]\nfiles  = \"visits.csv\"\nkind   = \"counts\"\ncounts = \"visits\"\n\n\
             [source.visitors]\nfiles      = \"visitors.csv\"\nkind       = \"survey\"\ninstrument = \"visitor\"\n\
             sample     = \"self-selected\"\n",
        );
        programme.write(
            "codebook.csv",
            "source,column,is,type,options,class,outcome,text\nlibraries,Library,site,,,,,\nvisits,Library,site,,,,,\n\
             visits,(months),value,number,,,,\nvisitors,Response,response,id,,,,\nvisitors,Date,date,date,,,,\n\
             visitors,Library,site,,,,,\nvisitors,Enjoyed?,enjoyed,choice,Yes | No,,,\n",
        );
        programme.write("recodes.csv", "list,written,means,why\n");
        programme.write("libraries.csv", "Library\nBaltic\nHarbour\n");
        programme.write("visits.csv", "Library,2025-04,2025-05,2025-06\nBaltic,1204,998,1011\nHarbour,230,,251\n");
        let mut answers = String::from("Response,Date,Library,Enjoyed?\n");
        for n in 1..=40 {
            let library = if n % 3 == 0 { "Harbour" } else { "Baltic" };
            let enjoyed = if n % 7 == 0 { "No" } else { "Yes" };
            answers.push_str(&format!("{},{:02}/{:02}/2025,{library},{enjoyed}\n", 1000 + n, 1 + n % 28, 4 + n % 3));
        }
        programme.write("visitors.csv", &answers);
        programme
    }

    /// The folder of `reach.toml`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The path of `reach.toml`, as an argument.
    pub fn spec(&self) -> String {
        self.file("reach.toml").to_str().unwrap().to_owned()
    }

    /// Where its releases stand.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("reports/quayside")
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).unwrap();
    }

    /// Changes a text file; a change that changes nothing is a mistake of the test.
    pub fn edit(&self, name: &str, change: impl FnOnce(&str) -> String) {
        let before = std::fs::read_to_string(self.file(name)).unwrap();
        let after = change(&before);
        assert_ne!(before, after, "{name} was not changed");
        self.write(name, &after);
    }
}
