//! `init --add`: what new files and new columns bring, appended to the spec that stands there; nothing a person wrote is touched.

use std::collections::BTreeSet;
use std::path::Path;

use super::columns::BookRow;
use super::look::{self, Drafted, Seen};
use super::{Draft, DraftFile, Options, append, book, columns, names, toml, walk};
use crate::exit::Exit;
use crate::ingest::{Part, glob, open};
use crate::problem::{Place, Problem, Problems};
use crate::spec::{CODEBOOK_COLUMNS, Kind, Outline, fold, outline};

/// Drafts what is to be appended.
///
/// # Errors
/// There is no spec, or `reach.toml` has faults: they are mended first.
pub fn add(folder: &Path, options: Options) -> Result<Draft, Problems> {
    let spec = outline(folder)?;
    let walked = walk::walk(folder);
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut old: Vec<(usize, Seen)> = Vec::new();
    for (at, source) in spec.sources.iter().enumerate() {
        for pattern in &source.files {
            for found in glob::find(folder, pattern) {
                if known.insert(found.name.clone()) || source.sheet.is_some() || source.table.is_some() {
                    let seen = look::one(&found.name, &found.path).unwrap_or_default().0;
                    let of_sheet = |s: &Seen| {
                        (source.sheet.is_none() || s.table.sheet.is_none() || s.table.sheet == source.sheet)
                            && (source.table.is_none() || s.table.nth.is_none() || s.table.nth == source.table)
                    };
                    old.extend(seen.into_iter().filter(of_sheet).map(|s| (at, s)));
                }
            }
        }
    }
    let mut out = Draft::default();
    let mut rows = new_columns(&spec, &old);
    let fresh = walk::Walked {
        files: walked.files.into_iter().filter(|(name, _)| !known.contains(name)).collect(),
        unread: walked.unread,
    };
    let (seen, unread) = look::read(&fresh);
    // A file with the columns of a source that is there belongs to that source.
    let (mut strangers, mut siblings) = (Vec::new(), Vec::new());
    for s in seen {
        match sibling(&spec, &s) {
            Some(name) => siblings.push((s.file.name.clone(), name)),
            None => strangers.push(s),
        }
    }
    let mut taken: BTreeSet<String> = spec.names.iter().map(|(name, _)| name.clone()).collect();
    let drafted = look::sources(folder, &strangers, &mut taken);
    for source in &drafted {
        rows.extend(source.rows.iter().cloned());
    }
    out.found = look::found(&drafted, &strangers);
    for (file, source) in siblings {
        out.advice.push(format!("{file} has the columns of [source.{source}]: add it to its files in reach.toml"));
    }
    out.advice.extend(unread.iter().map(|(file, why)| format!("{file} is not read: {why}")));
    let not_said: Vec<(String, String)> =
        unread.into_iter().filter(|(file, _)| !spec.text.contains(file.as_str())).collect();
    if !drafted.is_empty() || !not_said.is_empty() {
        out.files.push(append_toml(folder, &spec, &drafted, &not_said)?);
    }
    if rows.is_empty() {
        if out.files.is_empty() && out.advice.is_empty() {
            out.advice.push("There is nothing new: every file and every column is in the spec.".into());
        }
        return Ok(out);
    }
    out.advice.push(format!(
        "{} appended to the codebook{}",
        super::count(rows.len(), "row"),
        match sources_of(&rows).as_slice() {
            [] => String::new(),
            names => format!(" (for {})", names.join(", ")),
        }
    ));
    out.files.push(append_book(folder, &spec, &rows, options)?);
    Ok(out)
}

fn sources_of(rows: &[BookRow]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in rows {
        if !names.contains(&row.source) {
            names.push(row.source.clone());
        }
    }
    names
}

/// Headers of one source that the codebook names, folded; whether it has `(others)` and `(months)`.
fn covered(spec: &Outline, source: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut columns, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for row in spec.rows.iter().filter(|row| fold(&row.source) == source) {
        columns.insert(fold(&row.column));
        keys.insert(fold(&row.is));
    }
    (columns, keys)
}

/// Rows for columns of known files that the codebook does not name.
fn new_columns(spec: &Outline, old: &[(usize, Seen)]) -> Vec<BookRow> {
    let mut out: Vec<BookRow> = Vec::new();
    let context = look::context_of(old.iter().map(|(_, seen)| seen));
    for (at, seen) in old {
        let Some(source) = spec.sources.get(*at) else { continue };
        let (mut columns, mut keys) = covered(spec, &source.name);
        for row in out.iter().filter(|row| row.source == source.name) {
            columns.insert(fold(&row.column));
            keys.insert(row.is.clone());
        }
        if columns.contains("(others)") {
            continue;
        }
        let drafted = columns::rows(&source.name, source.kind, seen, &context, &mut keys);
        let whole = columns.is_empty();
        out.extend(drafted.into_iter().filter(|row| {
            let named = columns.contains(&fold(&row.column));
            let system = seen.table.columns.iter().any(|c| c.system.is_some() && fold(&c.title()) == fold(&row.column));
            !named && (whole || !(row.column == "(others)" || (system && source.kind == Kind::Survey)))
        }));
    }
    out
}

/// The source whose codebook rows name every column of a new file.
fn sibling(spec: &Outline, seen: &Seen) -> Option<String> {
    let stems: BTreeSet<String> = seen
        .profiles
        .iter()
        .zip(&seen.table.columns)
        .filter(|(p, _)| !matches!(p.part, Part::Comment | Part::OtherText | Part::Joined) && !p.header.stem.is_empty())
        // A row of a grid has a row of the codebook to itself, under its stem and its own header.
        .map(|(p, column)| {
            let whole = p.part == Part::Row || (p.part == Part::Whole && column.header.len() > 1);
            fold(&if whole { column.title() } else { p.header.stem.clone() })
        })
        .collect();
    if stems.len() < 2 {
        return None;
    }
    if let Some(name) = next_counts(spec, seen) {
        return Some(name);
    }
    spec.sources
        .iter()
        .find(|source| {
            let (columns, _) = covered(spec, &source.name);
            let named = stems.iter().filter(|stem| columns.contains(*stem)).count();
            // Every named column is there, and nearly all of the file's columns are named.
            let all_there =
                columns.iter().filter(|column| !column.starts_with('(')).all(|column| stems.contains(column));
            source.kind != Kind::Counts
                && named >= 2
                && all_there
                && (named * 10 >= stems.len() * 9 || columns.contains("(others)"))
        })
        .map(|source| source.name.clone())
}

/// The source of counts by month that a new file goes on with: the same column of places, other months, and a file name that says
/// all the words of the source's.
fn next_counts(spec: &Outline, seen: &Seen) -> Option<String> {
    if !seen.profiles.iter().any(|p| p.month.is_some()) {
        return None;
    }
    let plain: Vec<String> = seen
        .profiles
        .iter()
        .filter(|p| p.month.is_none() && !p.header.stem.is_empty())
        .map(|p| fold(&p.header.stem))
        .collect();
    let said = names::file_words(&seen.file.name);
    spec.sources
        .iter()
        .filter(|source| {
            let (columns, _) = covered(spec, &source.name);
            source.kind == Kind::Counts
                && columns.contains("(months)")
                && columns.iter().filter(|c| !c.starts_with('(')).all(|c| plain.contains(c))
                && plain.iter().all(|stem| columns.contains(stem) || columns.contains("(others)"))
                && source.name.split('-').all(|word| said.iter().any(|s| s == word))
        })
        .max_by_key(|source| source.name.len())
        .map(|source| source.name.clone())
}

/// `reach.toml` with new sections at its end.
fn append_toml(
    folder: &Path,
    spec: &Outline,
    drafted: &[Drafted],
    unread: &[(String, String)],
) -> Result<DraftFile, Problems> {
    let mut bytes = raw(folder, "reach.toml")?;
    let mut text = String::new();
    for source in drafted {
        text.push('\n');
        text.push_str(&toml::section(&source.section));
    }
    text.push_str(&toml::not_read(unread));
    if !bytes.ends_with(b"\n") {
        text.insert(0, '\n');
    }
    if spec.text.contains("\r\n") {
        text = text.replace('\n', "\r\n");
    }
    bytes.extend(text.into_bytes());
    Ok(DraftFile { name: "reach.toml".into(), bytes, replaces: true })
}

/// The codebook with new rows at its end, in its own form.
fn append_book(folder: &Path, spec: &Outline, rows: &[BookRow], options: Options) -> Result<DraftFile, Problems> {
    let Some(name) = &spec.codebook else {
        // No codebook yet: a whole one.
        let header: Vec<String> = CODEBOOK_COLUMNS.iter().map(|name| (*name).to_string()).collect();
        let cells: Vec<Vec<String>> = rows.iter().map(|row| row.cells().map(str::to_string).to_vec()).collect();
        let (name, bytes) = if options.csv {
            ("codebook.csv", book::csv(&header, &cells))
        } else {
            ("codebook.xlsx", book::xlsx("codebook", &header, &cells).map_err(one)?)
        };
        return Ok(DraftFile { name: name.into(), bytes, replaces: false });
    };
    let place = |title: &String| CODEBOOK_COLUMNS.iter().position(|known| *known == fold(title));
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let own = row.cells();
            spec.header
                .iter()
                .map(|title| place(title).and_then(|at| own.get(at)).map_or(String::new(), |c| c.to_string()))
                .collect()
        })
        .collect();
    if name.ends_with(".csv") {
        let mut bytes = raw(folder, name)?;
        if !bytes.ends_with(b"\n") {
            bytes.extend(b"\r\n");
        }
        let lines = book::lines(cells.iter().map(Vec::as_slice), u8::try_from(spec.delimiter).unwrap_or(b','));
        let encoding = encoding_rs::Encoding::for_label(spec.encoding.as_bytes()).unwrap_or(encoding_rs::UTF_8);
        let text = String::from_utf8_lossy(&lines).into_owned();
        let (encoded, used, lost) = encoding.encode(&text);
        if lost || used != encoding {
            return Err(one(Problem::stops(
                "draft-encoding",
                Exit::Spec,
                Place::file(name),
                format!("the new rows have letters that this file's encoding ({}) cannot hold", encoding.name()),
            )
            .hint("save the codebook as .xlsx, delete the .csv, and run this again")));
        }
        bytes.extend_from_slice(&encoded);
        return Ok(DraftFile { name: name.clone(), bytes, replaces: true });
    }
    let Some(bytes) = append::rows(&raw(folder, name)?, &spec.letters, &cells) else {
        return Err(one(Problem::stops(
            "draft-workbook",
            Exit::Spec,
            Place::file(name),
            "rows cannot be appended to this workbook",
        )
        .hint(
            "it must have one sheet only: move other sheets into a workbook of their own, or save the codebook as .csv",
        )));
    };
    Ok(DraftFile { name: name.clone(), bytes, replaces: true })
}

/// A file as it stands, byte by byte.
fn raw(folder: &Path, name: &str) -> Result<Vec<u8>, Problems> {
    open::read_file(&folder.join(name), name, 64 << 20, |_| None).map(|opened| opened.bytes).map_err(one)
}

fn one(problem: Problem) -> Problems {
    Problems { list: vec![problem] }
}
