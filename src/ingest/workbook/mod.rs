//! Workbooks (`.xlsx`), streamed cell by cell: which sheets are read, and their rows.
//!
//! Nothing is allocated by a size that the file declares: the container is measured by unpacking it once (`container`), and rows
//! are kept as they come. calamine, which reads the XML, is fenced: a panic inside it is a file that cannot be read.

use std::cell::Cell;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::dictionary::blank_text;
use super::layout::Merge;
use super::open::Opened;
use super::read::{ReadFile, ReadOptions, Sheets};
use super::sheet::{self, SheetRow, SheetRows};
use super::{Format, InputFile, SkippedSheet, SkippedWhy, Table};
use crate::exit::Exit;
use crate::problem::{Place, Problem, Problems};
use crate::spec::fold;
use cell_text::CellText;

mod cell_text;
mod container;

type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Reads an opened workbook.
pub(super) fn read(opened: &Opened, shown: &str, options: &ReadOptions) -> ReadFile {
    let mut problems = Problems::default();
    if let Err(problem) = container::check(&opened.bytes, shown, options.file_bytes) {
        problems.push(problem);
        return ReadFile { file: None, tables: Vec::new(), problems };
    }
    let mut file = InputFile {
        name: shown.to_owned(),
        source: 0,
        bytes: opened.bytes.len() as u64,
        digest: opened.digest,
        format: Format::Xlsx,
        encoding: None,
        delimiter: None,
        skipped: Vec::new(),
    };
    let read = fenced(|| {
        let mut notes = Problems::default();
        let mut skipped = Vec::new();
        let tables = sheets(&opened.bytes, shown, options, &mut notes, &mut skipped);
        (tables, notes, skipped)
    });
    let tables = match read {
        Some((tables, notes, skipped)) => {
            problems.append(notes);
            file.skipped = skipped;
            tables
        }
        None => Err(damaged(&Place::file(shown))),
    };
    match tables {
        Ok(tables) => ReadFile { file: Some(file), tables, problems },
        Err(problem) => {
            problems.push(problem);
            ReadFile { file: Some(file), tables: Vec::new(), problems }
        }
    }
}

/// Runs `work`; `None` if it panics, which is then not printed.
fn fenced<T>(work: impl FnOnce() -> T) -> Option<T> {
    thread_local! {
        static QUIET: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    let was = QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work)).ok();
    QUIET.set(was);
    done
}

fn damaged(place: &Place) -> Problem {
    Problem::stops("workbook-damaged", Exit::Data, place.clone(), "the workbook is damaged and cannot be read")
        .hint("open it in a spreadsheet program and save it again as .xlsx")
}

fn trouble(error: &XlsxError, place: &Place) -> Problem {
    match error {
        XlsxError::Password => {
            Problem::stops("workbook-password", Exit::Data, place.clone(), "the workbook is protected by a password")
                .hint("remove the password and save it again")
        }
        _ => damaged(place),
    }
}

/// The tables of the sheets that are asked for.
fn sheets(
    bytes: &[u8],
    shown: &str,
    options: &ReadOptions,
    problems: &mut Problems,
    skipped: &mut Vec<SkippedSheet>,
) -> Result<Vec<Table>, Problem> {
    let place = Place::file(shown);
    let mut workbook: Workbook<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| trouble(&e, &place))?;
    let all: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| (s.name.clone(), s.visible == SheetVisible::Visible))
        .collect();
    let visible: Vec<String> = all.iter().filter(|(_, v)| *v).map(|(n, _)| n.clone()).collect();
    let wanted: Vec<String> = match &options.sheets {
        Sheets::Named(name) => {
            let found = all.iter().find(|(n, _)| n == name).or_else(|| all.iter().find(|(n, _)| fold(n) == fold(name)));
            match found {
                Some((name, _)) => vec![name.clone()],
                None => {
                    return Err(Problem::stops(
                        "sheet-missing",
                        Exit::Spec,
                        place,
                        format!("the workbook has no sheet \"{name}\""),
                    )
                    .hint(format!("its sheets are {}", listed(&visible))));
                }
            }
        }
        Sheets::TheOne | Sheets::All => {
            let mut full = Vec::new();
            for name in &visible {
                if has_data(&mut workbook, name, &place)? {
                    full.push(name.clone());
                }
            }
            full
        }
    };
    if options.sheets == Sheets::TheOne && wanted.len() > 1 && !options.form {
        return Err(Problem::stops(
            "sheet-undecided",
            Exit::Data,
            place,
            format!("the workbook has {} sheets with data", wanted.len()),
        )
        .hint(format!(
            "name one in reach.toml, such as sheet = \"{}\"; they are {}",
            wanted[0],
            listed(&wanted)
        )));
    }
    let hidden = all.len() - visible.len();
    if hidden > 0 && !matches!(options.sheets, Sheets::Named(_)) {
        problems.push(
            Problem::noted(
                "sheets-hidden",
                place.clone(),
                format!(
                    "{} not read",
                    if hidden == 1 { "1 hidden sheet is".to_owned() } else { format!("{hidden} hidden sheets are") }
                ),
            )
            .hint("to read a hidden sheet, name it in reach.toml")
            .count(hidden as u64),
        );
    }
    let take = if options.form { 1 } else { wanted.len() };
    let mut out = Vec::new();
    let mut unread: Vec<String> = Vec::new();
    for name in wanted.iter().take(take) {
        let place = place.clone().sheet(name.clone());
        match tables(&mut workbook, name, &place, options, problems) {
            Ok(found) => out.extend(found),
            // A sheet that cannot be read does not hide the others from `inspect`.
            Err(problem) if options.sheets == Sheets::All => {
                problems.push(problem);
                unread.push(name.clone());
            }
            Err(problem) => return Err(problem),
        }
    }
    for sheet in workbook.sheets_metadata() {
        let why = match (sheet.typ, sheet.visible) {
            _ if unread.contains(&sheet.name) => SkippedWhy::Unreadable,
            _ if wanted.contains(&sheet.name) => continue,
            (SheetType::WorkSheet, SheetVisible::Visible) if matches!(options.sheets, Sheets::Named(_)) => {
                SkippedWhy::NotNamed
            }
            (SheetType::WorkSheet, SheetVisible::Visible) => SkippedWhy::Empty,
            (SheetType::WorkSheet, SheetVisible::Hidden) => SkippedWhy::Hidden,
            (SheetType::WorkSheet, SheetVisible::VeryHidden) => SkippedWhy::VeryHidden,
            _ => SkippedWhy::NoCells,
        };
        skipped.push(SkippedSheet { sheet: sheet.name.clone(), why });
    }
    if wanted.is_empty() {
        return Err(Problem::stops(
            "workbook-empty",
            Exit::Data,
            place,
            "no visible sheet of the workbook has any data",
        )
        .hint("save the sheet with the data in it, and not hidden"));
    }
    Ok(out)
}

/// Names in double quotes; of many only the first.
fn listed(names: &[String]) -> String {
    const MOST: usize = 12;
    let mut out: Vec<String> = names.iter().take(MOST).map(|n| format!("\"{n}\"")).collect();
    if names.len() > MOST {
        out.push(format!("and {} more", names.len() - MOST));
    }
    out.join(", ")
}

/// Whether any cell of a sheet says something.
fn has_data(workbook: &mut Workbook<'_>, name: &str, place: &Place) -> Result<bool, Problem> {
    let place = place.clone().sheet(name.to_owned());
    let texts = CellText::new(workbook);
    let mut reader = workbook.worksheet_cells_reader(name).map_err(|e| trouble(&e, &place))?;
    while let Some(cell) = reader.next_cell().map_err(|e| trouble(&e, &place))? {
        if !blank_text(&texts.of(cell.get_value(), false)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows of one sheet, as they come.
struct RowStream<'a, 'b> {
    reader: calamine::XlsxCellReader<'a, Cursor<&'b [u8]>>,
    texts: CellText,
    percent: Vec<bool>,
    /// The first cell of the next row, read already.
    ahead: Option<(u32, u32, String)>,
    /// Whether the sheet's end was seen: the reader must not be asked again.
    done: bool,
    /// The last row that was begun.
    row: Option<u32>,
    cells: u64,
    place: Place,
}

impl SheetRows for RowStream<'_, '_> {
    fn next(&mut self, into: &mut SheetRow) -> Result<bool, Problem> {
        into.clear();
        let mut cells: Vec<(u32, String)> = Vec::new();
        let mut row = None;
        loop {
            let (r, c, text) = match self.ahead.take() {
                Some(cell) => cell,
                None => match self.cell()? {
                    Some(cell) => cell,
                    None => break,
                },
            };
            match row {
                None if self.row.is_some_and(|last| r <= last) => return Err(damaged(&self.place)),
                None => row = Some(r),
                Some(current) if current != r => {
                    self.ahead = Some((r, c, text));
                    break;
                }
                Some(_) => {}
            }
            cells.push((c, text));
        }
        let Some(row) = row else { return Ok(false) };
        self.row = Some(row);
        self.cells += cells.len() as u64;
        cells.sort_by_key(|&(c, _)| c);
        cells.iter().for_each(|(c, text)| into.push(*c, text));
        into.number = u64::from(row) + 1;
        Ok(true)
    }

    fn merges(&mut self) -> Result<Vec<Merge>, Problem> {
        Ok(Vec::new())
    }

    fn cells(&self) -> u64 {
        self.cells
    }
}

impl RowStream<'_, '_> {
    /// The next cell that is not blank.
    fn cell(&mut self) -> Result<Option<(u32, u32, String)>, Problem> {
        while !self.done {
            let next = self.reader.next_cell_with_style_id().map_err(|e| trouble(&e, &self.place))?;
            let Some((cell, style)) = next else {
                self.done = true;
                break;
            };
            let (row, column) = cell.get_position();
            let percent = self.percent.get(style).copied().unwrap_or(false);
            let text = self.texts.of(cell.get_value(), percent);
            if !blank_text(&text) {
                return Ok(Some((row, column, text.into_owned())));
            }
        }
        Ok(None)
    }
}

/// Reads the tables of one sheet.
fn tables(
    workbook: &mut Workbook<'_>,
    name: &str,
    place: &Place,
    options: &ReadOptions,
    problems: &mut Problems,
) -> Result<Vec<Table>, Problem> {
    let texts = CellText::new(workbook);
    let reader = workbook.worksheet_cells_reader(name).map_err(|e| trouble(&e, place))?;
    let percent = cell_text::percents(reader.styles());
    let mut stream =
        RowStream { reader, texts, percent, ahead: None, done: false, row: None, cells: 0, place: place.clone() };
    sheet::tables(&mut stream, name, place, options, problems)
}
