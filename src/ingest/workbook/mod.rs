//! Workbooks (`.xlsx`, `.xlsb`, `.xls`, `.ods`): which sheets are read, and their rows as text.
//!
//! Takes a file's bytes, gives the tables of its sheets; a sheet's rows come one after another through one door ([`stream::Source`]).
//! `.xlsx` has a reader of its own (`xlsx`), because in its one pass it also finds what calamine's cells reader does not give together:
//! number formats, merged cells, hidden rows, formulas without a stored result, and how much was really unpacked. `.xls`, `.ods` and
//! `.xlsb` are read by calamine in a child process of the same binary (`served`, `serve`), under limits of memory and time.
//!
//! Promises: nothing is allocated by a size that the file declares; what is kept of a file takes at most [`ROOM`] more bytes than the
//! file; a DOCTYPE, a cell beyond Excel's greatest sheet, a text longer than a cell may be, a part that unpacks to something else
//! than it says are refused; a library's panic is a file that cannot be read.

mod book;
mod fault;
mod fence;
mod frames;
mod notes;
mod number_format;
mod parts;
mod serve;
mod served;
mod stream;
mod strings;
mod value;
mod xlsx;
mod xlsx_rows;
mod xml;

use super::open::Opened;
use super::read::{ReadFile, ReadOptions, Sheets};
use super::sniff::Looks;
use super::{Format, InputFile, SkippedSheet, SkippedWhy, Table, sheet};
use crate::exit::Exit;
use crate::problem::{Place, Problem, Problems};
use crate::spec::fold;
use book::Book;
use fault::Fault;
pub use serve::serve;
pub use served::read_workbooks_with;
use stream::{Kind, Rows, Sheet, Visible};

/// How many bytes beyond the file's own size may be kept of a workbook.
const ROOM: usize = 400 << 20;

/// Reads an opened workbook.
pub(super) fn read(opened: &Opened, looks: Looks, shown: &str, options: &ReadOptions) -> ReadFile {
    let read = fence::fenced(|| {
        std::thread::scope(|scope| {
            let room = ROOM + opened.bytes.len();
            let mut reading = Reading {
                book: Book::open(&opened.bytes, looks, shown, options.file_bytes, room, scope)?,
                place: Place::file(shown),
                options,
                room: 0,
                problems: Problems::default(),
                skipped: Vec::new(),
            };
            reading.room = room.saturating_sub(reading.book.taken()) as u64;
            let tables = reading.tables();
            let file = InputFile {
                name: shown.to_owned(),
                source: 0,
                bytes: opened.bytes.len() as u64,
                digest: opened.digest,
                format: reading.book.format(),
                encoding: None,
                delimiter: None,
                skipped: reading.skipped,
            };
            let mut problems = reading.problems;
            let tables = tables.unwrap_or_else(|problem| {
                problems.push(problem);
                Vec::new()
            });
            Ok(ReadFile { file: Some(file), tables, problems })
        })
    });
    match read {
        Some(Ok(read)) => read,
        Some(Err(problem)) => ReadFile::refused(problem),
        None => ReadFile::refused(Fault::Damaged.problem(&Place::file(shown))),
    }
}

/// A workbook that is being read.
struct Reading<'r> {
    book: Book<'r>,
    place: Place,
    options: &'r ReadOptions,
    /// How many bytes its tables may still take.
    room: u64,
    problems: Problems,
    skipped: Vec<SkippedSheet>,
}

impl Reading<'_> {
    /// The tables of the sheets that are asked for.
    fn tables(&mut self) -> Result<Vec<Table>, Problem> {
        let sheets = self.book.sheets().to_vec();
        let wanted = self.wanted(&sheets)?;
        let take = if self.options.form { 1 } else { wanted.len() };
        let mut out = Vec::new();
        let mut unread = Vec::new();
        for &index in wanted.iter().take(take) {
            let Some(sheet) = sheets.get(index) else { continue };
            match self.sheet(index, sheet) {
                Ok(found) => out.extend(found),
                // A sheet that cannot be read does not hide the others from `inspect`.
                Err(problem) if self.options.sheets == Sheets::All => {
                    self.problems.push(problem);
                    unread.push(index);
                }
                Err(problem) => return Err(problem),
            }
        }
        for (index, sheet) in sheets.iter().enumerate() {
            let why = match (sheet.kind, sheet.visible) {
                _ if unread.contains(&index) => SkippedWhy::Unreadable,
                _ if wanted.contains(&index) => continue,
                (Kind::Chart | Kind::Dialog | Kind::Macros, _) => SkippedWhy::NoCells,
                (Kind::Cells, Visible::Hidden) => SkippedWhy::Hidden,
                (Kind::Cells, Visible::VeryHidden) => SkippedWhy::VeryHidden,
                (Kind::Cells, Visible::Yes) if matches!(self.options.sheets, Sheets::Named(_)) => SkippedWhy::NotNamed,
                (Kind::Cells, Visible::Yes) => SkippedWhy::Empty,
            };
            self.skipped.push(SkippedSheet { sheet: sheet.name.clone(), why });
        }
        if wanted.is_empty() {
            return Err(Problem::stops(
                "workbook-empty",
                Exit::Data,
                self.place.clone(),
                "no visible sheet of the workbook has any data",
            )
            .hint("save the sheet with the data in it, and not hidden"));
        }
        Ok(out)
    }

    /// Which sheets are to be read, by their index.
    fn wanted(&mut self, sheets: &[Sheet]) -> Result<Vec<usize>, Problem> {
        let cells: Vec<usize> =
            (0..sheets.len()).filter(|&i| sheets.get(i).is_some_and(|s| s.kind == Kind::Cells)).collect();
        let name_of = |i: usize| sheets.get(i).map_or("", |s| s.name.as_str());
        let is_visible = |i: usize| sheets.get(i).is_some_and(|s| s.visible == Visible::Yes);
        if let Sheets::Named(name) = &self.options.sheets {
            let found = (0..sheets.len())
                .find(|&i| name_of(i) == name)
                .or_else(|| (0..sheets.len()).find(|&i| fold(name_of(i)) == fold(name)));
            let visible: Vec<&str> = cells.iter().filter(|&&i| is_visible(i)).map(|&i| name_of(i)).collect();
            let message = match found {
                Some(index) if cells.contains(&index) => return Ok(vec![index]),
                Some(_) => format!("the sheet \"{name}\" is a chart or another sheet without cells"),
                None => format!("the workbook has no sheet \"{name}\""),
            };
            return Err(Problem::stops("sheet-missing", Exit::Spec, self.place.clone(), message)
                .hint(format!("its sheets are {}", listed(&visible))));
        }
        let mut full = Vec::new();
        for &index in cells.iter().filter(|&&i| is_visible(i)) {
            let data = match sheets.get(index).and_then(|s| s.data) {
                Some(data) => data,
                // One sheet alone is looked at when it is read.
                None if self.options.sheets != Sheets::All && cells.len() == 1 => true,
                None => self.has_data(index, name_of(index))?,
            };
            if data {
                full.push(index);
            }
        }
        let hidden: Vec<&str> = cells.iter().filter(|&&i| !is_visible(i)).map(|&i| name_of(i)).collect();
        if self.options.sheets == Sheets::TheOne && full.len() > 1 && !self.options.form {
            let names: Vec<&str> = full.iter().map(|&i| name_of(i)).collect();
            return Err(Problem::stops(
                "sheet-undecided",
                Exit::Data,
                self.place.clone(),
                format!("the workbook has {} sheets with data", full.len()),
            )
            .hint(format!(
                "name one in reach.toml, such as sheet = \"{}\"; they are {}",
                names.first().unwrap_or(&""),
                listed(&names)
            )));
        }
        if !hidden.is_empty() {
            self.problems.push(
                Problem::noted(
                    "sheets-hidden",
                    self.place.clone(),
                    format!(
                        "{} not read: {}",
                        if hidden.len() == 1 {
                            "1 hidden sheet is".to_owned()
                        } else {
                            format!("{} hidden sheets are", hidden.len())
                        },
                        listed(&hidden)
                    ),
                )
                .hint("to read a hidden sheet, name it in reach.toml")
                .count(hidden.len() as u64),
            );
        }
        Ok(full)
    }

    /// Whether any cell of a sheet says something. A sheet that cannot be read is left to its reading.
    fn has_data(&mut self, index: usize, name: &str) -> Result<bool, Problem> {
        let place = self.place.clone().sheet(name);
        let all = self.options.sheets == Sheets::All;
        let looked = match self.book.rows(index) {
            Ok(source) => Rows::new(source, &place, self.room).say_something(),
            Err(fault) => Err(fault.problem(&place)),
        };
        if all { Ok(looked.unwrap_or(true)) } else { looked }
    }

    /// Reads one sheet.
    fn sheet(&mut self, index: usize, sheet: &Sheet) -> Result<Vec<Table>, Problem> {
        let place = self.place.clone().sheet(sheet.name.clone());
        let source = self.book.rows(index).map_err(|fault| fault.problem(&place))?;
        let mut rows = Rows::new(source, &place, self.room);
        let tables = sheet::tables(&mut rows, &sheet.name, &place, self.options, &mut self.problems)?;
        if !self.options.form {
            notes::say(sheet, &rows.said(), &tables, &place, &mut self.problems);
            if self.book.format() != Format::Xlsx {
                notes::fractions(&tables, &place, &mut self.problems);
            }
        }
        let taken: u64 =
            tables.iter().flat_map(|t| &t.columns).map(|c| c.codes.len() as u64 * 4 + c.texts.taken()).sum();
        self.room = self.room.saturating_sub(taken);
        Ok(tables)
    }
}

/// Names in double quotes; of many only the first.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    let mut out: Vec<String> = names.iter().take(MOST).map(|n| format!("\"{n}\"")).collect();
    if names.len() > MOST {
        out.push(format!("and {} more", names.len() - MOST));
    }
    out.join(", ")
}
