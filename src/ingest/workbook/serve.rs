//! The child process that reads a workbook with calamine: bytes on standard input, [`Frame`]s on standard output.
//!
//! calamine keeps a whole `.xls` or `.ods` in memory, and a failed allocation ends its process: this one, under its own limit, and not
//! the run.

use std::io::{BufWriter, Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use calamine::{Data, DataRef, Ods, OdsError, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError};
use rustix::process::{Resource, Rlimit, setrlimit};

use super::fault::{CELL_CHARACTERS, Fault, SHEETS};
use super::frames::Frame;
use super::stream::{Kind, Sheet, Visible};
use super::value;
use crate::ingest::dictionary::blank_text;

/// The first argument of the child; the second is the format, the third how many bytes of memory it may take.
pub(super) const ARGUMENT: &str = "--serve-workbook";

/// Serves as the child, where the arguments say so; `None` where they do not.
pub fn serve(mut arguments: impl Iterator<Item = String>) -> Option<ExitCode> {
    if arguments.next()? != ARGUMENT {
        return None;
    }
    let (format, room) = (arguments.next(), arguments.next().and_then(|n| n.parse::<u64>().ok()));
    let (Some(format), Some(room)) = (format, room) else { return Some(ExitCode::FAILURE) };
    // No cell may reach a terminal, a log or a core dump.
    std::panic::set_hook(Box::new(|_| {}));
    let limit = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    if limit(Resource::Core, 0).is_err() || limit(Resource::As, room).is_err() {
        return Some(ExitCode::FAILURE);
    }
    let done = catch_unwind(AssertUnwindSafe(|| tell(&format))).unwrap_or(Err(()));
    Some(if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads the workbook and tells everything.
fn tell(format: &str) -> Result<(), ()> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(drop)?;
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let bytes = Cursor::new(bytes);
    let told = match format {
        "xls" => match Xls::new(bytes) {
            Ok(book) => whole(book, |book, name| book.merge_cells_by_sheet_name(name).unwrap_or_default(), &mut out),
            Err(error) => {
                refuse(if matches!(error, XlsError::Password) { Fault::Password } else { Fault::Damaged }, &mut out)
            }
        },
        "ods" => match Ods::new(bytes) {
            Ok(book) => whole(book, |_, _| Vec::new(), &mut out),
            Err(error) => refuse(
                match error {
                    OdsError::Password => Fault::Password,
                    OdsError::CellLimitExceeded { .. } => Fault::TooBig,
                    _ => Fault::Damaged,
                },
                &mut out,
            ),
        },
        "xlsb" => match Xlsb::new(bytes) {
            Ok(book) => streamed(book, &mut out),
            Err(error) => {
                refuse(if matches!(error, XlsbError::Password) { Fault::Password } else { Fault::Damaged }, &mut out)
            }
        },
        _ => return Err(()),
    };
    told.and_then(|()| out.flush()).map_err(drop)
}

fn refuse(fault: Fault, out: &mut impl Write) -> std::io::Result<()> {
    Frame::Fault(fault).write(out)
}

/// The sheets as the workbook lists them, not yet knowing which have data.
fn listed(sheets: &[calamine::Sheet]) -> Vec<Sheet> {
    let sheet = |s: &calamine::Sheet| Sheet {
        name: s.name.clone(),
        kind: match s.typ {
            SheetType::WorkSheet => Kind::Cells,
            SheetType::ChartSheet => Kind::Chart,
            SheetType::DialogSheet => Kind::Dialog,
            _ => Kind::Macros,
        },
        visible: match s.visible {
            SheetVisible::Visible => Visible::Yes,
            SheetVisible::Hidden => Visible::Hidden,
            SheetVisible::VeryHidden => Visible::VeryHidden,
        },
        pivot: false,
        data: Some(true),
    };
    sheets.iter().map(sheet).collect()
}

fn tell_sheets(sheets: &[Sheet], out: &mut impl Write) -> std::io::Result<()> {
    sheets.iter().try_for_each(|sheet| Frame::Sheet(sheet.clone()).write(out))?;
    Frame::Listed.write(out)?;
    out.flush()
}

/// A workbook that lies in memory as a whole.
fn whole<R: Reader<Cursor<Vec<u8>>>>(
    mut book: R,
    merges: impl Fn(&mut R, &str) -> Vec<calamine::Dimensions>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let mut sheets = listed(book.sheets_metadata());
    if sheets.len() > SHEETS {
        return refuse(Fault::TooManySheets(sheets.len()), out);
    }
    for sheet in sheets.iter_mut().filter(|s| s.kind == Kind::Cells) {
        sheet.data = Some(match book.worksheet_range(&sheet.name) {
            Ok(range) => range.used_cells().any(|(_, _, data)| !blank_text(&text(data))),
            Err(_) => true,
        });
    }
    tell_sheets(&sheets, out)?;
    for (index, sheet) in (0u32..).zip(&sheets).filter(|(_, s)| s.kind == Kind::Cells && s.data == Some(true)) {
        Frame::Begin(index).write(out)?;
        let Ok(range) = book.worksheet_range(&sheet.name) else {
            Frame::Broken.write(out)?;
            continue;
        };
        for merge in merges(&mut book, &sheet.name) {
            Frame::Merge([merge.start.0, merge.end.0, merge.start.1, merge.end.1]).write(out)?;
        }
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            let place =
                |from: u32, n: usize| u32::try_from(n).ok().and_then(|n| from.checked_add(n)).unwrap_or(u32::MAX);
            cell(place(top, row), place(left, column), text(data), out)?;
        }
        Frame::End.write(out)?;
    }
    Ok(())
}

/// A workbook whose sheets are read cell by cell.
fn streamed(mut book: Xlsb<Cursor<Vec<u8>>>, out: &mut impl Write) -> std::io::Result<()> {
    let mut sheets = listed(book.sheets_metadata());
    if sheets.len() > SHEETS {
        return refuse(Fault::TooManySheets(sheets.len()), out);
    }
    for sheet in sheets.iter_mut().filter(|s| s.kind == Kind::Cells) {
        let Ok(mut reader) = book.worksheet_cells_reader(&sheet.name) else { continue };
        sheet.data = Some(loop {
            match reader.next_cell() {
                Ok(Some(found)) if blank_text(&text(&Data::from(found.get_value().clone()))) => {}
                Ok(None) => break false,
                _ => break true,
            }
        });
    }
    tell_sheets(&sheets, out)?;
    for (index, sheet) in (0u32..).zip(&sheets).filter(|(_, s)| s.kind == Kind::Cells && s.data == Some(true)) {
        Frame::Begin(index).write(out)?;
        let Ok(mut reader) = book.worksheet_cells_reader(&sheet.name) else {
            Frame::Broken.write(out)?;
            continue;
        };
        let end = loop {
            match reader.next_cell() {
                Ok(Some(found)) => {
                    let (row, column) = found.get_position();
                    let value: &DataRef<'_> = found.get_value();
                    cell(row, column, text(&Data::from(value.clone())), out)?;
                }
                Ok(None) => break Frame::End,
                Err(_) => break Frame::Broken,
            }
        };
        end.write(out)?;
    }
    Ok(())
}

/// Tells a cell that says something; of a text longer than a cell may be, enough to tell.
fn cell(row: u32, column: u32, mut text: String, out: &mut impl Write) -> std::io::Result<()> {
    if blank_text(&text) {
        return Ok(());
    }
    if let Some((end, _)) = text.char_indices().nth(CELL_CHARACTERS + 1) {
        text.truncate(end);
    }
    Frame::Cell(row, column, text).write(out)
}

/// A value as the text that its reader would see.
fn text(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::String(text) => text.replace("\r\n", "\n").replace('\r', "\n"),
        Data::Int(n) => n.to_string(),
        Data::Float(n) => value::finite(*n),
        Data::Bool(yes) => value::truth(*yes).to_owned(),
        Data::DateTime(moment) if moment.is_duration() => value::duration(moment.as_f64()),
        Data::DateTime(moment) if !(0.0..2_958_466.0).contains(&moment.as_f64()) => value::finite(moment.as_f64()),
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let time = format!("{hour:02}:{minute:02}:{second:02}");
            match (moment.as_f64() < 1.0, time.as_str()) {
                (_, "00:00:00") => format!("{year:04}-{month:02}-{day:02}"),
                (true, _) => time,
                (false, _) => format!("{year:04}-{month:02}-{day:02}T{time}"),
            }
        }
        Data::DateTimeIso(text) => value::iso_moment(text).to_owned(),
        Data::DurationIso(text) => value::iso_duration(text).unwrap_or_else(|| text.clone()),
        Data::Error(error) => error.to_string(),
    }
}
