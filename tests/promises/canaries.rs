//! No personal value leaves: every personal and free-text cell of the demo is searched for in all that a run writes anywhere,
//! whether it succeeds, fails at a stage, or is killed.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use aho_corasick::AhoCorasick;
use calamine::{Data, Reader, Xlsx};

/// A copy of the demo in a folder of its own, with the text of each of its personal cells.
struct Marked {
    folder: tempfile::TempDir,
    /// Where the process is told to put temporary files.
    temp: tempfile::TempDir,
    inputs: BTreeSet<PathBuf>,
    canaries: Vec<String>,
}

fn marked() -> Marked {
    let folder = tempfile::tempdir().unwrap();
    let mut inputs = BTreeSet::new();
    let mut canaries = BTreeSet::new();
    for file in reach::demo::files(&reach::demo::Options::default()).unwrap() {
        let path = folder.path().join(file.name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &file.bytes).unwrap();
        collect(file.name, &file.bytes, &mut canaries);
        inputs.insert(path);
    }
    // Each is long enough to be nobody else's text.
    canaries.retain(|c| c.chars().count() >= 6);
    assert!(canaries.len() > 3000, "only {} personal texts were found in the demo", canaries.len());
    Marked { folder, temp: tempfile::tempdir().unwrap(), inputs, canaries: canaries.into_iter().collect() }
}

/// The personal columns of each file: what a reader of the outputs must never meet.
fn collect(name: &str, bytes: &[u8], into: &mut BTreeSet<String>) {
    let personal: &[&str] = match name {
        "activity/participants.csv" => &["Participant", "Name", "E-mail", "Date of birth", "Postcode"],
        "activity/register-2024-25.csv" | "activity/register-2025-26.csv" => &["Participant", "Signed in"],
        "surveys/visitors.csv" => {
            &["Respondent ID", "IP Address", "Email Address", "What did you like best?", "Other (please specify)"]
        }
        "surveys/before.xlsx" => &["Your participant number"],
        "surveys/after.xlsx" => &["Your participant number", "Anything you want to tell us?"],
        "activity/sessions.xlsx" => &["Led by"],
        _ => return,
    };
    let rows: Vec<Vec<String>> = if name.ends_with(".csv") {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    } else {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        let text = |cell: &Data| match cell {
            Data::String(s) => s.clone(),
            other => other.to_string(),
        };
        sheet.rows().map(|r| r.iter().map(text).collect()).collect()
    };
    let mut columns: Vec<usize> = Vec::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            if personal.contains(&cell.as_str()) && !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    assert_eq!(columns.len(), personal.len(), "{name}: the personal columns are there");
    for row in &rows {
        for &column in &columns {
            let Some(cell) = row.get(column) else { continue };
            if personal.contains(&cell.as_str()) || cell.trim().is_empty() {
                continue;
            }
            into.insert(cell.trim().to_owned());
            into.insert(cell.trim().to_lowercase());
            // Dates of birth and signing in, in another order.
            if let [day, month, year] = cell.split(['/', ' ']).take(3).collect::<Vec<_>>()[..]
                && year.len() == 4
                && name.contains("participants")
            {
                into.insert(format!("{year}-{month}-{day}"));
            }
            // A postcode without its space.
            if cell.len() <= 8 && cell.starts_with("QV") {
                into.insert(cell.replace(' ', ""));
            }
        }
    }
}

impl Marked {
    fn run(&self, arguments: &[&str], fault: Option<&str>) -> std::process::Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reach"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("TMPDIR", self.temp.path())
            .env_remove("REACH_FAULT");
        if let Some(fault) = fault {
            command.env("REACH_FAULT", fault);
        }
        command.output().unwrap()
    }

    /// Every byte that came out, by where.
    fn search(&self, output: &std::process::Output, what: &str) {
        let finder = AhoCorasick::new(&self.canaries).unwrap();
        let look = |bytes: &[u8], place: &str| {
            if let Some(hit) = finder.find(bytes) {
                let canary = &self.canaries[hit.pattern().as_usize()];
                panic!("{what}: {place} holds the personal text {canary:?}");
            }
        };
        look(&output.stdout, "stdout");
        look(&output.stderr, "stderr");
        let mut files = 0;
        for root in [self.folder.path(), self.temp.path()] {
            walk(root, &mut |path| {
                if self.inputs.contains(path) {
                    return;
                }
                files += 1;
                let place = path.display().to_string();
                look(place.as_bytes(), "a file name");
                let bytes = std::fs::read(path).unwrap();
                look(&bytes, &place);
                if let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(&bytes)) {
                    for part in 0..archive.len() {
                        let mut inflated = Vec::new();
                        archive.by_index(part).unwrap().read_to_end(&mut inflated).unwrap();
                        look(&inflated, &place);
                    }
                }
            });
        }
        println!("{what}: {files} files hold none of {} personal texts", self.canaries.len());
    }

    fn edit(&self, name: &str, change: impl FnOnce(String) -> String) {
        let path = self.folder.path().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, change(text)).unwrap();
    }
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let kind = std::fs::symlink_metadata(&path).unwrap();
        if kind.is_dir() {
            walk(&path, visit);
        } else if kind.is_file() {
            visit(&path);
        }
    }
}

#[test]
fn a_run_that_succeeds_shows_no_personal_text() {
    let demo = marked();
    let output = demo.run(&["run", "reach.toml"], None);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    demo.search(&output, "run");
    for arguments in
        [&["check", "reach.toml"][..], &["run", "reach.toml", "--log", "json", "--as-of", "2025-12-31"][..]]
    {
        let output = demo.run(arguments, None);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        demo.search(&output, &arguments.join(" "));
    }
}

#[test]
fn looking_at_files_shows_no_personal_text() {
    let demo = marked();
    let inputs: Vec<String> = demo
        .inputs
        .iter()
        .filter(|p| p.components().any(|c| c.as_os_str() == "activity" || c.as_os_str() == "surveys"))
        .map(|p| p.display().to_string())
        .collect();
    for format in [&[][..], &["--format", "json"][..]] {
        let arguments: Vec<&str> =
            ["inspect"].into_iter().chain(format.iter().copied()).chain(inputs.iter().map(String::as_str)).collect();
        let output = demo.run(&arguments, None);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        demo.search(&output, "inspect");
    }
    for name in ["reach.toml", "codebook.csv", "recodes.csv"] {
        std::fs::remove_file(demo.folder.path().join(name)).unwrap();
    }
    let output = demo.run(&["init", "."], None);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    demo.search(&output, "init");
}

#[test]
fn a_run_that_fails_at_any_stage_shows_no_personal_text() {
    type Change = fn(&Marked);
    let faults: [(&str, i32, Change); 6] = [
        ("spec", 78, |d| d.edit("codebook.csv", |t| t.replace("register,Session,session", "register,Sesion,sesion"))),
        ("bind", 78, |d| {
            d.edit("codebook.csv", |t| t.replace("participants,Name,name", "participants,Full name,name"))
        }),
        ("ingest", 10, |d| d.edit("activity/participants.csv", |t| t.replacen("HM-00200,", "HM-00200,\"", 1))),
        ("missing", 13, |d| std::fs::remove_file(d.folder.path().join("surveys/after.xlsx")).unwrap()),
        ("clean", 10, |d| {
            // Every date of joining could be read in two ways, and nothing else proves the order.
            d.edit("activity/participants.csv", |t| {
                let mut out = String::new();
                for (row, line) in t.lines().enumerate() {
                    let cells: Vec<&str> = line.split(',').collect();
                    let mut cells: Vec<String> = cells.iter().map(|c| (*c).to_owned()).collect();
                    if row > 0 && cells.len() == 8 {
                        cells[6] = format!("0{}/0{}/2024", row % 9 + 1, row % 8 + 1);
                    }
                    out.push_str(&cells.join(","));
                    out.push_str("\r\n");
                }
                out
            });
            d.edit("reach.toml", |t| t.lines().filter(|l| !l.starts_with("dates")).collect::<Vec<_>>().join("\n"));
        }),
        ("publish", 20, |_| {}),
    ];
    for (stage, exit, change) in faults {
        let demo = marked();
        change(&demo);
        let fault = (stage == "publish").then_some("full@9");
        let output = demo.run(&["run", "reach.toml"], fault);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(exit), "{stage}: {said}");
        demo.search(&output, stage);
    }
}

#[test]
fn a_run_that_is_killed_shows_no_personal_text() {
    for at in [1, 5, 20, 60] {
        let demo = marked();
        let output = demo.run(&["run", "reach.toml"], Some(&format!("kill@{at}")));
        assert_eq!(output.status.code(), None, "killed at operation {at}");
        demo.search(&output, &format!("killed at operation {at}"));
    }
}
