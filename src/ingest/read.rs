//! Which files are read, and how: the sources of a spec side by side, or one file by itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::open::Opened;
use super::sniff::{self, Looks};
use super::{InputFile, Intake, Range, Table, delimited, glob, open, related, workbook};
use crate::exit::Exit;
use crate::ledger::Furniture;
use crate::problem::{Place, Problem, Problems, Weight};
use crate::spec::{ColumnRule, Kind, Limits, Source, Spec};

/// How a file is read where its own evidence is not to decide.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Which sheets of a workbook.
    pub sheets: Sheets,
    /// The survey platform, where detection is overridden.
    pub platform: Option<String>,
    /// The number of header rows, where detection is overridden.
    pub header_rows: Option<u32>,
    /// A WHATWG label, where detection is overridden.
    pub encoding: Option<String>,
    /// What would be taken for no row and is one here.
    pub keep: Vec<Furniture>,
    /// Which of several tables, from 1.
    pub table: Option<u32>,
    /// The cells that are read, where others stand around them.
    pub range: Option<Range>,
    /// The greatest size in bytes.
    pub file_bytes: u64,
    /// A form of our own (codebook, recodes): the first row that is not blank is the header, every other row is data.
    /// No titles, totals, footnotes or platforms are looked for.
    pub form: bool,
    /// The codebook's rows, where the columns that they ignore need not be read.
    pub rules: Option<Arc<[ColumnRule]>>,
}

/// Which sheets of a workbook are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheets {
    /// The one visible sheet that has data; several are asked about.
    TheOne,
    /// The sheet of this name.
    Named(String),
    /// Every visible sheet that has data (`inspect`, `init`).
    All,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            sheets: Sheets::TheOne,
            platform: None,
            header_rows: None,
            encoding: None,
            keep: Vec::new(),
            table: None,
            range: None,
            file_bytes: Limits::default().file_bytes,
            form: false,
            rules: None,
        }
    }
}

/// What one file came to.
pub(super) struct ReadFile {
    pub file: Option<InputFile>,
    pub tables: Vec<Table>,
    pub problems: Problems,
}

impl ReadFile {
    /// What a file that cannot be read comes to.
    pub fn refused(problem: Problem) -> Self {
        ReadFile { file: None, tables: Vec::new(), problems: Problems { list: vec![problem] } }
    }
}

/// Reads one file that no spec speaks of: for `inspect`, the codebook, the recodes. Messages call it `shown_name`.
pub fn read_one(path: &Path, shown_name: &str, options: &ReadOptions) -> Intake {
    let mut intake = Intake::default();
    take_in(&mut intake, 0, read_path(path, shown_name, options));
    intake
}

/// Reads every file of every source, side by side; the result is in the order of the spec's sources, then of file names.
/// A source that is `optional = true` and cannot be read is noted under the code `optional-source`; any other stops.
pub fn read(spec: &Spec) -> Intake {
    let mut jobs: Vec<(usize, String, PathBuf, ReadOptions)> = Vec::new();
    let mut early: Vec<(usize, Problem)> = Vec::new();
    for (index, source) in spec.sources.iter().enumerate() {
        let options = options_of(source, &spec.limits);
        let mut seen: Vec<String> = Vec::new();
        for pattern in &source.files {
            let found = glob::find(&spec.folder, pattern);
            if found.is_empty() {
                early.push((
                    index,
                    Problem::stops(
                        "file-missing",
                        Exit::Missing,
                        Place::file(pattern.clone()),
                        format!("no file fits this pattern of the source {}", source.name),
                    )
                    .hint("put the files there, or mend the pattern in reach.toml"),
                ));
            }
            for one in found {
                if !seen.contains(&one.name) {
                    seen.push(one.name.clone());
                    jobs.push((index, one.name, one.path, options.clone()));
                }
            }
        }
    }
    let done: Vec<(usize, ReadFile)> =
        jobs.par_iter().map(|(index, name, path, options)| (*index, read_path(path, name, options))).collect();

    let mut intake = Intake::default();
    let mut done = done.into_iter().peekable();
    for (index, source) in spec.sources.iter().enumerate() {
        let mut part = Intake::default();
        for (_, problem) in early.iter().filter(|(i, _)| *i == index) {
            part.problems.push(problem.clone());
        }
        while let Some((_, file)) = done.next_if(|(i, _)| *i == index) {
            take_in(&mut part, index, file);
        }
        if source.optional && part.problems.stop().is_some() {
            for problem in &mut part.problems.list {
                if problem.weight == Weight::Stops {
                    problem.weight = Weight::Noted;
                    problem.message = format!("the optional source {} is left out: {}", source.name, problem.message);
                    problem.code = "optional-source";
                    problem.exit = Exit::DoneWithoutOptional;
                }
            }
            part.files.clear();
            part.tables.clear();
        }
        let before = intake.files.len();
        intake.files.append(&mut part.files);
        for mut table in part.tables {
            table.file += before;
            intake.tables.push(table);
        }
        intake.problems.append(part.problems);
    }
    let problems = related::relate(&intake.files, &mut intake.tables);
    intake.problems.append(problems);
    intake
}

fn options_of(source: &Source, limits: &Limits) -> ReadOptions {
    ReadOptions {
        sheets: source.sheet.clone().map_or(Sheets::TheOne, Sheets::Named),
        platform: source.platform.clone(),
        header_rows: source.header_rows,
        encoding: source.encoding.clone(),
        keep: source.keep.clone(),
        table: source.table,
        range: source.range,
        file_bytes: limits.file_bytes,
        form: false,
        // Elsewhere rows that are equal in every cell are told of, so that every cell is read.
        rules: (source.kind == Kind::Attendance).then(|| read_columns(source)),
    }
}

/// The codebook's rows, and the columns that the source's own rules look at.
fn read_columns(source: &Source) -> Arc<[ColumnRule]> {
    let looked = source.rows.set_aside.iter().map(|rule| ColumnRule {
        selector: crate::spec::Selector::Named(rule.column.clone()),
        is: crate::spec::Is::FreeText,
        missing: None,
        row: 0,
    });
    source.columns.iter().cloned().chain(looked).collect()
}

fn take_in(intake: &mut Intake, source: usize, read: ReadFile) {
    let at = intake.files.len();
    if let Some(mut file) = read.file {
        file.source = source;
        intake.files.push(file);
        for mut table in read.tables {
            table.source = source;
            table.file = at;
            intake.tables.push(table);
        }
    }
    intake.problems.append(read.problems);
}

/// Reads the content of a file that lies in memory, as [`read_one`] would read it from a disk.
pub fn read_bytes(bytes: Vec<u8>, shown_name: &str, options: &ReadOptions) -> Intake {
    let mut intake = Intake::default();
    let looks = open::check(&bytes, shown_name, options.file_bytes)
        .and_then(|()| sniff::looks(bytes.get(..open::HEAD).unwrap_or(&bytes), shown_name));
    let part = match looks {
        Ok(looks) => read_opened(Opened::new(bytes), looks, shown_name, options),
        Err(problem) => ReadFile::refused(problem),
    };
    take_in(&mut intake, 0, part);
    intake
}

/// Reads one file, whatever it is.
fn read_path(path: &Path, shown: &str, options: &ReadOptions) -> ReadFile {
    let mut looks = Looks::Text;
    let opened = open::read_file(path, shown, options.file_bytes, |head| match sniff::looks(head, shown) {
        Ok(found) => {
            looks = found;
            None
        }
        Err(problem) => Some(problem),
    });
    match opened {
        Ok(opened) => read_opened(opened, looks, shown, options),
        Err(problem) => ReadFile::refused(problem),
    }
}

/// Reads what a file's first bytes say it is, and tells what its tables are to one another.
fn read_opened(opened: Opened, looks: Looks, shown: &str, options: &ReadOptions) -> ReadFile {
    if looks == Looks::Text {
        let mut read = delimited::read(opened, shown, options);
        if !options.form {
            related::within(&mut read);
        }
        return read;
    }
    let opened = &opened;
    let mut read = workbook::read(opened, looks, shown, options);
    if options.form {
        return read;
    }
    related::within(&mut read);
    if options.sheets == Sheets::TheOne && read.problems.list.iter().any(|p| p.code == "sheet-undecided") {
        // Several sheets: all of them may belong to one.
        let mut all = workbook::read(opened, looks, shown, &ReadOptions { sheets: Sheets::All, ..options.clone() });
        related::within(&mut all);
        return related::main_table(all, shown).unwrap_or(read);
    }
    read
}
