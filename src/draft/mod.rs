//! What `reach init` writes: from a folder of exports to a commented `reach.toml`, a codebook and recodes.
//!
//! Takes a folder; gives files as bytes and an account of what each export was taken for and why. Promises: nothing that a person
//! wrote is overwritten; what cannot be known is asked, in a line that begins with `#?` and that `check` repeats; no text of a
//! personal or free-text cell is written: options come from headers, or from values that come again in a column of few values.

mod add;
mod append;
mod book;
mod columns;
pub mod inspect;
mod inspect_text;
mod kind;
mod lines;
mod listed;
mod look;
mod names;
mod survey;
mod toml;
mod twins;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::exit::Exit;
use crate::ingest::Range;
use crate::problem::{Place, Problem, Problems};
use crate::spec::{CODEBOOK_COLUMNS, Kind, RECODES_COLUMNS};
use columns::BookRow;
pub use inspect_text::in_words;

/// How `init` was called.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Append to an existing spec what new files bring.
    pub add: bool,
    /// Write CSV instead of workbooks.
    pub csv: bool,
}

/// What is to be written, and what was found.
#[derive(Debug, Default)]
pub struct Draft {
    /// What each table was taken for, in the order of the files' names.
    pub found: Vec<Found>,
    /// Files to write beside each other in the folder.
    pub files: Vec<DraftFile>,
    /// What a person should know or do, as sentences.
    pub advice: Vec<String>,
}

/// One file to write.
#[derive(Debug, Clone)]
pub struct DraftFile {
    /// Its name in the folder.
    pub name: String,
    pub bytes: Vec<u8>,
    /// Whether it takes the place of one that is there (`--add`, with everything that stood in it); else it must not be there.
    pub replaces: bool,
}

/// What one table was taken for.
#[derive(Debug, Clone)]
pub struct Found {
    pub file: String,
    pub sheet: Option<String>,
    /// Where it stands, if it is one of several tables there.
    pub range: Option<Range>,
    /// `None`: it is asked.
    pub kind: Option<Kind>,
    pub why: String,
    /// The source it became.
    pub source: String,
    pub platform: &'static str,
    pub header_rows: u32,
    pub encoding: Option<String>,
    pub rows: usize,
    pub columns: usize,
    /// Questions and attributes by their type.
    pub questions: BTreeMap<String, usize>,
}

/// Drafts the three files for a folder of exports.
///
/// # Errors
/// The folder is not there or holds nothing that can be read; a spec is there already (without `add`), or is not (with it).
pub fn draft(folder: &Path, options: Options) -> Result<Draft, Problems> {
    let mut problems = Problems::default();
    let shown = folder.display().to_string();
    if !folder.is_dir() {
        problems.push(
            Problem::stops("draft-folder", Exit::Usage, Place::file(shown), "there is no such folder")
                .hint("give the folder in which your exports are"),
        );
        return Err(problems);
    }
    if options.add {
        return add::add(folder, options);
    }
    for name in ["reach.toml", "codebook.xlsx", "codebook.csv", "recodes.xlsx", "recodes.csv"] {
        if folder.join(name).symlink_metadata().is_ok() {
            problems.push(
                Problem::stops("draft-there", Exit::Write, Place::file(name), "the file is there already")
                    .hint("reach init never overwrites; to take in new files: reach init FOLDER --add"),
            );
        }
    }
    if !problems.list.is_empty() {
        return Err(problems);
    }
    let walked = walk::walk(folder);
    let (tables, unread) = look::read(&walked);
    if tables.is_empty() {
        let mut problem =
            Problem::stops("draft-empty", Exit::Missing, Place::file(shown), "no file here can be read as a table")
                .hint("put exports as .csv or .xlsx into the folder");
        if let Some((file, why)) = unread.first() {
            problem = problem.hint(format!("{file}: {why}"));
        }
        problems.push(problem);
        return Err(problems);
    }
    let mut taken = BTreeSet::new();
    let drafted = look::sources(folder, &tables, &mut taken);
    let mut rows: Vec<BookRow> = Vec::new();
    for source in &drafted {
        rows.extend(source.rows.iter().cloned());
    }
    let programme =
        toml::ProgrammeDraft { name: names::title(&folder_name(folder)), period: look::period(&drafted, &tables) };
    let sections: Vec<toml::SourceDraft> = drafted.iter().map(|source| source.section.clone()).collect();
    let mut out = Draft { found: look::found(&drafted, &tables), ..Draft::default() };
    out.files.push(DraftFile {
        name: "reach.toml".into(),
        bytes: toml::whole(&programme, &sections, &unread).into_bytes(),
        replaces: false,
    });
    let recodes = look::recodes(&drafted, &tables);
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.cells().map(str::to_string).to_vec()).collect();
    for (stem, header, rows) in
        [("codebook", CODEBOOK_COLUMNS.as_slice(), cells), ("recodes", &RECODES_COLUMNS[..4], recodes)]
    {
        let header: Vec<String> = header.iter().map(|name| (*name).to_string()).collect();
        let (name, bytes) = if options.csv {
            (format!("{stem}.csv"), book::csv(&header, &rows))
        } else {
            match book::xlsx(stem, &header, &rows) {
                Ok(bytes) => (format!("{stem}.xlsx"), bytes),
                Err(problem) => {
                    problems.push(problem);
                    return Err(problems);
                }
            }
        };
        out.files.push(DraftFile { name, bytes, replaces: false });
    }
    out.advice.extend(unread.iter().map(|(file, why)| format!("{file} is not read: {why}")));
    Ok(out)
}

/// The folder's own name, also of `.` and of `exports/..`.
fn folder_name(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What was found, as `init` prints it.
pub fn account(draft: &Draft) -> String {
    let mut out = String::new();
    for found in &draft.found {
        let sheet = found.sheet.as_ref().map_or(String::new(), |sheet| format!(", sheet {sheet}"));
        let range = found.range.map_or(String::new(), |range| format!(", {range}"));
        let _ = writeln!(out, "{}{sheet}{range}", found.file);
        match found.kind {
            Some(kind) => {
                let _ = writeln!(out, "  {} [{}]: {}", kind.word(), found.source, found.why);
            }
            None => {
                let _ = writeln!(out, "  not known [{}]: {}", found.source, found.why);
            }
        }
        let mut facts = vec![
            count(found.rows, "row"),
            count(found.columns, "column"),
            count(found.header_rows as usize, "header row"),
            found.platform.to_string(),
        ];
        facts.extend(found.encoding.clone());
        if !found.questions.is_empty() {
            let types: Vec<String> = found.questions.iter().map(|(t, n)| format!("{n} {t}")).collect();
            facts.push(format!("drafted as {}", types.join(", ")));
        }
        let _ = writeln!(out, "  {}", facts.join(" · "));
    }
    for advice in &draft.advice {
        let _ = writeln!(out, "{advice}");
    }
    out
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
