//! The codebook and recodes as files: `.xlsx` with cells formatted as text, or CSV with a byte order mark and CRLF.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError,
};

use crate::exit::Exit;
use crate::problem::{Place, Problem};
use crate::spec::vocabulary;

/// Widths of the columns by their header, in characters.
const WIDTHS: [(&str, f64); 13] = [
    ("source", 18.0),
    ("column", 52.0),
    ("is", 24.0),
    ("type", 11.0),
    ("options", 60.0),
    ("class", 11.0),
    ("outcome", 20.0),
    ("text", 40.0),
    ("note", 44.0),
    ("list", 18.0),
    ("written", 44.0),
    ("means", 36.0),
    ("why", 36.0),
];

/// How far down the drop-down lists of `type` and `class` reach.
const LISTS_TO: u32 = 5_000;

/// A table as a workbook with one sheet. The same table gives the same bytes.
///
/// # Errors
/// [`Exit::Internal`]: the table is larger than a sheet can be.
pub fn xlsx(name: &str, header: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>, Problem> {
    workbook(name, header, rows).map_err(|_| {
        Problem::stops("draft-unmade", Exit::Internal, Place::file(name), "this workbook could not be made")
            .hint("run it again with --csv")
    })
}

fn workbook(name: &str, header: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let text = Format::new().set_num_format("@").set_align(FormatAlign::Top);
    let wrapped = text.clone().set_text_wrap();
    let bold = Format::new().set_num_format("@").set_bold().set_background_color("#E7E6E6");
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, title) in (0u16..).zip(header) {
        let width = WIDTHS.iter().find(|(known, _)| known == title).map_or(20.0, |(_, width)| *width);
        sheet.set_column_width(at, width)?;
        // Whatever is typed later stays text too: no 14-Oct, no lost zeros.
        sheet.set_column_format(at, if width >= 40.0 { &wrapped } else { &text })?;
        sheet.write_string_with_format(0, at, title, &bold)?;
        let words: Option<Vec<&str>> = match title.as_str() {
            "type" => Some(vocabulary::TYPES.iter().map(|(word, _)| *word).collect()),
            "class" => Some(vocabulary::CLASSES.iter().map(|(word, _)| *word).collect()),
            _ => None,
        };
        if let Some(words) = words {
            let list =
                DataValidation::new().allow_list_strings(&words)?.set_error_style(DataValidationErrorStyle::Warning);
            sheet.add_data_validation(1, at, LISTS_TO, at, &list)?;
        }
    }
    for (down, row) in (1u32..).zip(rows) {
        for (at, cell) in (0u16..).zip(row) {
            if !cell.is_empty() {
                let wide = header.get(usize::from(at)).and_then(|h| WIDTHS.iter().find(|(known, _)| known == h));
                let format = if wide.is_some_and(|(_, width)| *width >= 40.0) { &wrapped } else { &text };
                let cell: String = cell.chars().take(32_767).collect();
                sheet.write_string_with_format(down, at, &cell, format)?;
            }
        }
    }
    book.save_to_buffer()
}

/// A table as CSV that spreadsheet programs open as UTF-8.
pub fn csv(header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = "\u{feff}".as_bytes().to_vec();
    out.extend(lines(std::iter::once(header).chain(rows.iter().map(Vec::as_slice)), b','));
    out
}

/// Rows as delimited text with CRLF.
pub fn lines<'a>(rows: impl Iterator<Item = &'a [String]>, delimiter: u8) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(::csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail.
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}
