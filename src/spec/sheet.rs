//! The codebook and the recodes as rows of text, read by the same reader as any export.

use std::path::Path;

use super::words;
use crate::exit::Exit;
use crate::ingest::{ReadOptions, read_one};
use crate::problem::{Place, Problem, Problems, Weight};

/// The greatest size of a codebook or recodes file in bytes.
const LARGEST: u64 = 64 << 20;

/// A small table with a header: the codebook or the recodes.
pub(super) struct Sheet {
    /// The file's name.
    pub name: String,
    pub digest: blake3::Hash,
    /// The header's cells, in their order.
    pub header: Vec<String>,
    /// The columns' letters: `A`, `B` …
    pub letters: Vec<String>,
    /// The row as a spreadsheet program numbers it, and its cells, as many as the header has.
    pub rows: Vec<(u64, Vec<String>)>,
    /// For a CSV: its separator and encoding.
    pub delimiter: char,
    pub encoding: String,
}

/// Reads the table `stem.csv` or `stem.xlsx` in `folder`: `None` where neither stands there or it cannot be read.
pub(super) fn find(folder: &Path, stem: &str, problems: &mut Problems) -> Option<Sheet> {
    let names = [format!("{stem}.xlsx"), format!("{stem}.csv")];
    let there: Vec<&String> = names.iter().filter(|name| folder.join(name).symlink_metadata().is_ok()).collect();
    match there.as_slice() {
        [] => None,
        [name] => read(&folder.join(name), name, problems),
        _ => {
            problems.push(
                Problem::stops(
                    "spec-two-files",
                    Exit::Spec,
                    Place::file(&names[1]),
                    format!("there are two: {} and {}", names[0], names[1]),
                )
                .hint(format!(
                    "keep the one you edit and delete or rename the other (if you are not sure, look which was saved last: often {})",
                    names[0]
                )),
            );
            None
        }
    }
}

/// Reads a table with a header.
pub(super) fn read(path: &Path, name: &str, problems: &mut Problems) -> Option<Sheet> {
    let options = ReadOptions { form: true, file_bytes: LARGEST, ..ReadOptions::default() };
    let intake = read_one(path, name, &options);
    for mut problem in intake.problems.list {
        if problem.weight == Weight::Stops {
            problem.exit = Exit::Spec;
            problems.push(problem);
        }
    }
    let (file, table) = (intake.files.first()?, intake.tables.first()?);
    for (row, what) in &table.faulty {
        problems.push(
            Problem::stops("spec-row", Exit::Spec, Place::file(name).row(table.origin.record(*row)), *what)
                .hint("a text with a comma stands in quotation marks; the .xlsx form avoids this"),
        );
    }
    let header: Vec<String> = table.columns.iter().map(|column| column.title()).collect();
    let letters = table.columns.iter().map(|column| column.letters()).collect();
    let rows = (0..table.rows)
        .filter_map(|row| {
            let row = u32::try_from(row).ok()?;
            let cells = table.columns.iter().map(|column| {
                let code = column.codes.get(row as usize).copied();
                code.map(|code| column.texts.text(code).trim().to_string()).unwrap_or_default()
            });
            Some((table.origin.record(row), cells.collect()))
        })
        .collect();
    let delimiter = file.delimiter.unwrap_or(',');
    let encoding = file.encoding.as_ref().map_or_else(|| "UTF-8".to_string(), |(name, _)| name.clone());
    Some(Sheet { name: name.to_string(), digest: file.digest, header, letters, rows, delimiter, encoding })
}

impl Sheet {
    /// Finds the columns named in `known` by their headers; says which headers nobody knows and which of the first
    /// `needed` are missing. Gives each column's place in a row.
    pub fn columns<const N: usize>(
        &self,
        known: [&'static str; N],
        needed: usize,
        problems: &mut Problems,
    ) -> Option<[Option<usize>; N]> {
        let mut places = [None; N];
        for (at, header) in self.header.iter().enumerate() {
            let folded = super::fold(header);
            if folded.is_empty() {
                if let Some((row, _)) = self.rows.iter().find(|(_, cells)| cells.get(at).is_some_and(|c| !c.is_empty()))
                {
                    problems.push(
                        Problem::stops("spec-column", Exit::Spec, self.place(*row), "a cell stands under no header")
                            .hint("move it into its column, or give the column the header note"),
                    );
                }
                continue;
            }
            match known.iter().position(|name| *name == folded) {
                Some(which) => {
                    if let Some(place) = places.get_mut(which) {
                        if place.is_some() {
                            problems.push(
                                Problem::stops(
                                    "spec-column",
                                    Exit::Spec,
                                    Place::file(&self.name).column(header),
                                    "this column stands twice",
                                )
                                .hint("delete one of the two"),
                            );
                        }
                        *place = Some(at);
                    }
                }
                None => problems.push(
                    Problem::stops(
                        "spec-column",
                        Exit::Spec,
                        Place::file(&self.name),
                        format!("{} is not a column of this table", words::quote(header)),
                    )
                    .hint(words::hint(header, known)),
                ),
            }
        }
        let missing: Vec<&str> = known
            .iter()
            .take(needed)
            .zip(&places)
            .filter(|(_, place)| place.is_none())
            .map(|(name, _)| *name)
            .collect();
        if missing.is_empty() {
            return Some(places);
        }
        problems.push(
            Problem::stops(
                "spec-column",
                Exit::Spec,
                Place::file(&self.name),
                format!("the first row does not name the column {}", words::list(missing)),
            )
            .hint(format!("its first row is: {}", known.join(","))),
        );
        None
    }

    /// A row of the table.
    pub fn place(&self, row: u64) -> Place {
        Place::file(&self.name).row(row)
    }
}

/// A cell of a row, empty where the table lacks the column.
pub(super) fn cell(cells: &[String], place: Option<usize>) -> &str {
    place.and_then(|at| cells.get(at)).map_or("", String::as_str)
}
