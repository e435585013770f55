//! Writes small workbooks of all four formats, byte by byte: the same book in each, or one that no spreadsheet program would write.

use std::io::{Cursor, Write};

use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// What stands in a cell.
#[derive(Debug, Clone)]
pub enum Cell {
    Text(&'static str),
    /// A number, and which of [`FORMATS`] shows it.
    Number(f64, usize),
    Truth(bool),
    /// Excel's number of an error, and how it is written.
    Error(u8, &'static str),
    /// A formula with its stored result, if it has one.
    Formula(Option<f64>),
}

/// Number formats: their code, and what OpenDocument calls such a value.
pub const FORMATS: [(&str, &str); 7] = [
    ("General", "float"),
    ("0.0%", "percentage"),
    ("yyyy-mm-dd", "date"),
    ("[h]:mm", "time"),
    ("#,##0.00 \"€\"", "currency"),
    ("hh:mm:ss", "time"),
    ("dd/mm/yyyy hh:mm", "date"),
];

/// One sheet of cells: row and column from 0.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub name: &'static str,
    pub hidden: bool,
    pub cells: Vec<(u32, u32, Cell)>,
    pub hidden_rows: Vec<u32>,
    pub hidden_columns: Vec<u32>,
    /// First and last row, first and last column.
    pub merges: Vec<(u32, u32, u32, u32)>,
}

/// The bytes of the sheets in each format, with the format's name.
pub fn in_every_format(sheets: &[Sheet]) -> [(&'static str, Vec<u8>); 4] {
    [("xlsx", xlsx(sheets)), ("xlsb", xlsb(sheets)), ("xls", xls(sheets)), ("ods", ods(sheets))]
}

/// A zip container of these parts.
pub fn zip(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        // What is long is not packed: packing costs more than all the rest of a test.
        let method = if bytes.len() > 1 << 16 { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        out.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn rows(sheet: &Sheet) -> Vec<(u32, Vec<(u32, &Cell)>)> {
    let mut cells: Vec<&(u32, u32, Cell)> = sheet.cells.iter().collect();
    cells.sort_by_key(|(row, column, _)| (*row, *column));
    let mut out: Vec<(u32, Vec<(u32, &Cell)>)> = Vec::new();
    for (row, column, cell) in cells {
        match out.last_mut() {
            Some((last, cells)) if last == row => cells.push((*column, cell)),
            _ => out.push((*row, vec![(*column, cell)])),
        }
    }
    out
}

pub fn letters(column: u32) -> String {
    let (mut n, mut out) = (column + 1, String::new());
    while n > 0 {
        out.insert(0, char::from(b'A' + ((n - 1) % 26) as u8));
        n = (n - 1) / 26;
    }
    out
}

fn address(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), row + 1)
}

pub const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A part of relations, each an id, the last word of its type and a target.
fn relations(of: &[(&str, &str, String)], namespace: &str) -> Vec<u8> {
    let lines: String = of
        .iter()
        .map(|(id, kind, target)| {
            format!("<Relationship Id=\"{id}\" Type=\"{namespace}/{kind}\" Target=\"{target}\"/>")
        })
        .collect();
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{lines}</Relationships>"
    )
    .into_bytes()
}

/// The parts of an `.xlsx` with these sheets' XML, whose shared strings are `strings`.
pub fn xlsx_parts(sheets: &[(&str, bool, String)], strings: &str) -> Vec<(String, Vec<u8>)> {
    let listed: String = sheets
        .iter()
        .enumerate()
        .map(|(i, (name, hidden, _))| {
            let state = if *hidden { " state=\"hidden\"" } else { "" };
            format!("<sheet name=\"{name}\" sheetId=\"{0}\"{state} r:id=\"s{0}\"/>", i + 1)
        })
        .collect();
    let formats: String = FORMATS
        .iter()
        .enumerate()
        .skip(1)
        .map(|(i, (code, _))| {
            format!("<numFmt numFmtId=\"{}\" formatCode=\"{}\"/>", 163 + i, code.replace('"', "&quot;"))
        })
        .collect();
    let styles: String =
        (0..FORMATS.len()).map(|i| format!("<xf numFmtId=\"{}\"/>", if i == 0 { 0 } else { 163 + i })).collect();
    let mut related: Vec<(String, &str, String)> =
        (1..=sheets.len()).map(|i| (format!("s{i}"), "worksheet", format!("worksheets/sheet{i}.xml"))).collect();
    related.push(("styles".into(), "styles", "styles.xml".into()));
    related.push(("strings".into(), "sharedStrings", "sharedStrings.xml".into()));
    let related: Vec<(&str, &str, String)> = related.iter().map(|(a, b, c)| (a.as_str(), *b, c.clone())).collect();
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), b"<Types/>".to_vec()),
        ("_rels/.rels".to_owned(), relations(&[("a", "officeDocument", "xl/workbook.xml".into())], RELATIONS)),
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{listed}</sheets></workbook>")
                .into_bytes(),
        ),
        ("xl/_rels/workbook.xml.rels".to_owned(), relations(&related, RELATIONS)),
        (
            "xl/styles.xml".to_owned(),
            format!("<styleSheet><numFmts>{formats}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>").into_bytes(),
        ),
        ("xl/sharedStrings.xml".to_owned(), format!("<sst>{strings}</sst>").into_bytes()),
    ];
    for (i, (_, _, xml)) in sheets.iter().enumerate() {
        parts.push((format!("xl/worksheets/sheet{}.xml", i + 1), xml.clone().into_bytes()));
    }
    parts
}

/// A container of parts with names of their own.
pub fn zip_owned(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let parts: Vec<(&str, Vec<u8>)> = parts.iter().map(|(n, b)| (n.as_str(), b.clone())).collect();
    zip(&parts)
}

/// An `.xlsx` with one sheet of this XML between `sheetData` tags.
pub fn xlsx_of(rows: &str) -> Vec<u8> {
    let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    zip_owned(&xlsx_parts(&[("Sheet1", false, sheet)], "<si><t>a</t></si>"))
}

fn xlsx(sheets: &[Sheet]) -> Vec<u8> {
    let mut strings = String::new();
    let mut count = 0;
    let mut written = Vec::new();
    for sheet in sheets {
        let mut xml = String::new();
        for (row, cells) in rows(sheet) {
            let hidden = if sheet.hidden_rows.contains(&row) { " hidden=\"1\"" } else { "" };
            xml.push_str(&format!("<row r=\"{}\"{hidden}>", row + 1));
            for (column, cell) in cells {
                let at = address(row, column);
                xml.push_str(&match cell {
                    Cell::Text(text) => {
                        strings.push_str(&format!("<si><t xml:space=\"preserve\">{text}</t></si>"));
                        count += 1;
                        format!("<c r=\"{at}\" t=\"s\"><v>{}</v></c>", count - 1)
                    }
                    Cell::Number(n, format) => format!("<c r=\"{at}\" s=\"{format}\"><v>{n}</v></c>"),
                    Cell::Truth(yes) => format!("<c r=\"{at}\" t=\"b\"><v>{}</v></c>", u8::from(*yes)),
                    Cell::Error(_, text) => format!("<c r=\"{at}\" t=\"e\"><v>{text}</v></c>"),
                    Cell::Formula(Some(n)) => format!("<c r=\"{at}\"><f>A1</f><v>{n}</v></c>"),
                    Cell::Formula(None) => format!("<c r=\"{at}\"><f>A1</f></c>"),
                });
            }
            xml.push_str("</row>");
        }
        let columns: String = sheet
            .hidden_columns
            .iter()
            .map(|c| format!("<col min=\"{0}\" max=\"{0}\" hidden=\"1\"/>", c + 1))
            .collect();
        let columns = if columns.is_empty() { columns } else { format!("<cols>{columns}</cols>") };
        let merges: String = sheet
            .merges
            .iter()
            .map(|(a, b, c, d)| format!("<mergeCell ref=\"{}:{}\"/>", address(*a, *c), address(*b, *d)))
            .collect();
        let merges = if merges.is_empty() { merges } else { format!("<mergeCells>{merges}</mergeCells>") };
        let whole = format!("<worksheet xmlns=\"{MAIN}\">{columns}<sheetData>{xml}</sheetData>{merges}</worksheet>");
        written.push((sheet.name, sheet.hidden, whole));
    }
    zip_owned(&xlsx_parts(&written, &strings))
}

/// The days from 1899-12-30 to a date, turned around.
fn iso(serial: f64) -> String {
    let day = jiff::civil::date(1899, 12, 30).checked_add(jiff::Span::new().days(serial.floor() as i64)).unwrap();
    let seconds = ((serial - serial.floor()) * 86_400.0).round() as i64;
    format!("{day}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// An `.ods` with this between the spreadsheet's tags, and the styles `ta1` (shown) and `ta2` (hidden).
pub fn ods_of(tables: &str) -> Vec<u8> {
    let styles: String = [("ta1", "true"), ("ta2", "false")]
        .iter()
        .map(|(name, shown)| {
            format!("<style:style style:name=\"{name}\" style:family=\"table\"><style:table-properties table:display=\"{shown}\"/></style:style>")
        })
        .collect();
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
        ("META-INF/manifest.xml", b"<manifest:manifest/>".to_vec()),
        ("content.xml", content.into_bytes()),
    ])
}

fn ods(sheets: &[Sheet]) -> Vec<u8> {
    let mut tables = String::new();
    for sheet in sheets {
        let mut xml = String::new();
        for column in 0..20 {
            let hidden = if sheet.hidden_columns.contains(&column) { " table:visibility=\"collapse\"" } else { "" };
            xml.push_str(&format!("<table:table-column{hidden}/>"));
        }
        let mut next = 0;
        for (row, cells) in rows(sheet) {
            if row > next {
                xml.push_str(&format!(
                    "<table:table-row table:number-rows-repeated=\"{}\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>",
                    row - next
                ));
            }
            next = row + 1;
            let hidden = if sheet.hidden_rows.contains(&row) { " table:visibility=\"collapse\"" } else { "" };
            xml.push_str(&format!("<table:table-row{hidden}>"));
            let mut at = 0;
            for (column, cell) in cells {
                if column > at {
                    xml.push_str(&format!("<table:table-cell table:number-columns-repeated=\"{}\"/>", column - at));
                }
                at = column + 1;
                let span = sheet.merges.iter().find(|(a, _, c, _)| (*a, *c) == (row, column));
                let span = span.map_or(String::new(), |(a, b, c, d)| {
                    format!(
                        " table:number-rows-spanned=\"{}\" table:number-columns-spanned=\"{}\"",
                        b - a + 1,
                        d - c + 1
                    )
                });
                let (attributes, text) = match cell {
                    Cell::Text(text) => ("office:value-type=\"string\"".to_owned(), (*text).to_owned()),
                    Cell::Number(n, format) => {
                        let kind = FORMATS[*format].1;
                        let value = match kind {
                            "date" => format!("office:date-value=\"{}\"", iso(*n)),
                            "time" => {
                                let seconds = (n * 86_400.0).round() as i64;
                                let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
                                format!("office:time-value=\"PT{hours:02}H{minutes:02}M{:02}S\"", seconds % 60)
                            }
                            _ => format!("office:value=\"{n}\""),
                        };
                        (format!("office:value-type=\"{kind}\" {value}"), "as shown".to_owned())
                    }
                    Cell::Truth(yes) => {
                        (format!("office:value-type=\"boolean\" office:boolean-value=\"{yes}\""), "WAHR".to_owned())
                    }
                    Cell::Error(_, text) => (
                        "office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"".to_owned(),
                        (*text).to_owned(),
                    ),
                    Cell::Formula(Some(n)) => (
                        format!("table:formula=\"of:=A1\" office:value-type=\"float\" office:value=\"{n}\""),
                        n.to_string(),
                    ),
                    Cell::Formula(None) => ("table:formula=\"of:=A1\"".to_owned(), String::new()),
                };
                let text = if text.is_empty() { text } else { format!("<text:p>{text}</text:p>") };
                xml.push_str(&format!("<table:table-cell{span} {attributes}>{text}</table:table-cell>"));
            }
            xml.push_str("</table:table-row>");
        }
        xml.push_str(
            "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
        );
        let style = if sheet.hidden { "ta2" } else { "ta1" };
        tables.push_str(&format!(
            "<table:table table:name=\"{}\" table:style-name=\"{style}\">{xml}</table:table>",
            sheet.name
        ));
    }
    ods_of(&tables)
}

/// One record of an `.xlsb`.
pub fn record12(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if kind < 0x80 {
        out.push(kind as u8);
    } else {
        out.extend([kind as u8 & 0x7f | 0x80, (kind >> 7) as u8]);
    }
    let mut size = body.len();
    loop {
        let byte = (size & 0x7f) as u8;
        size >>= 7;
        out.push(if size > 0 { byte | 0x80 } else { byte });
        if size == 0 {
            break;
        }
    }
    out.extend(body);
    out
}

fn wide12(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut out = (units.len() as u32).to_le_bytes().to_vec();
    out.extend(units.into_iter().flat_map(u16::to_le_bytes));
    out
}

fn bytes(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// An `.xlsb` with these sheets, each the records of its part.
pub fn xlsb_of(sheets: &[(&str, bool, Vec<u8>)], strings: &[&str]) -> Vec<u8> {
    let mut book = Vec::new();
    for (i, (name, hidden, _)) in sheets.iter().enumerate() {
        let body = bytes(&[
            &u32::from(*hidden).to_le_bytes(),
            &(i as u32 + 1).to_le_bytes(),
            &wide12(&format!("s{}", i + 1)),
            &wide12(name),
        ]);
        book.extend(record12(156, &body));
    }
    // The sheets' end, how it is calculated, the book's end.
    book.extend([record12(144, &[]), record12(157, &[0; 26]), record12(132, &[])].concat());
    let mut styles = record12(615, &(FORMATS.len() as u32 - 1).to_le_bytes());
    for (i, (code, _)) in FORMATS.iter().enumerate().skip(1) {
        styles.extend(record12(44, &bytes(&[&(163 + i as u16).to_le_bytes(), &wide12(code)])));
    }
    styles.extend(record12(616, &[]));
    styles.extend(record12(617, &(FORMATS.len() as u32).to_le_bytes()));
    for i in 0..FORMATS.len() as u16 {
        let id = if i == 0 { 0 } else { 163 + i };
        styles.extend(record12(47, &bytes(&[&[0, 0], &id.to_le_bytes(), &[0; 12]])));
    }
    styles.extend(record12(618, &[]));
    let mut table = record12(159, &[(strings.len() as u32).to_le_bytes(); 2].concat());
    for text in strings {
        table.extend(record12(19, &bytes(&[&[0], &wide12(text)])));
    }
    let mut related: Vec<(String, &str, String)> =
        (1..=sheets.len()).map(|i| (format!("s{i}"), "worksheet", format!("worksheets/sheet{i}.bin"))).collect();
    related.push(("styles".into(), "styles", "styles.bin".into()));
    related.push(("strings".into(), "sharedStrings", "sharedStrings.bin".into()));
    let related: Vec<(&str, &str, String)> = related.iter().map(|(a, b, c)| (a.as_str(), *b, c.clone())).collect();
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), b"<Types/>".to_vec()),
        ("_rels/.rels".to_owned(), relations(&[("a", "officeDocument", "xl/workbook.bin".into())], RELATIONS)),
        ("xl/workbook.bin".to_owned(), book),
        ("xl/_rels/workbook.bin.rels".to_owned(), relations(&related, RELATIONS)),
        ("xl/styles.bin".to_owned(), styles),
        ("xl/sharedStrings.bin".to_owned(), table),
    ];
    for (i, (_, _, part)) in sheets.iter().enumerate() {
        let part = bytes(&[&record12(129, &[]), &record12(148, &[0; 16]), part]);
        parts.push((format!("xl/worksheets/sheet{}.bin", i + 1), part));
    }
    zip_owned(&parts)
}

/// The header of a row of an `.xlsb`.
pub fn row12(row: u32, hidden: bool) -> Vec<u8> {
    record12(0, &bytes(&[&row.to_le_bytes(), &[0; 7], &[if hidden { 0x10 } else { 0 }], &[0; 5]]))
}

fn xlsb(sheets: &[Sheet]) -> Vec<u8> {
    let mut strings = Vec::new();
    let mut written = Vec::new();
    for sheet in sheets {
        let mut part = Vec::new();
        if !sheet.hidden_columns.is_empty() {
            part.extend(record12(390, &[]));
            for column in &sheet.hidden_columns {
                let at = column.to_le_bytes();
                part.extend(record12(60, &bytes(&[&at, &at, &[0; 8], &1u16.to_le_bytes()])));
            }
            part.extend(record12(391, &[]));
        }
        part.extend(record12(145, &[]));
        for (row, cells) in rows(sheet) {
            part.extend(row12(row, sheet.hidden_rows.contains(&row)));
            for (column, cell) in cells {
                let head = |format: usize| bytes(&[&column.to_le_bytes(), &(format as u32).to_le_bytes()]);
                part.extend(match cell {
                    Cell::Text(text) => {
                        strings.push(*text);
                        record12(7, &bytes(&[&head(0), &(strings.len() as u32 - 1).to_le_bytes()]))
                    }
                    Cell::Number(n, format) if n.fract() == 0.0 && n.abs() < 1e8 => {
                        record12(2, &bytes(&[&head(*format), &((*n as i32) << 2 | 2).to_le_bytes()]))
                    }
                    Cell::Number(n, format) => record12(5, &bytes(&[&head(*format), &n.to_le_bytes()])),
                    Cell::Truth(yes) => record12(4, &bytes(&[&head(0), &[u8::from(*yes)]])),
                    Cell::Error(code, _) => record12(3, &bytes(&[&head(0), &[*code]])),
                    Cell::Formula(Some(n)) => record12(9, &bytes(&[&head(0), &n.to_le_bytes(), &[0; 10]])),
                    Cell::Formula(None) => record12(1, &head(0)),
                });
            }
        }
        part.extend(record12(146, &[]));
        for (a, b, c, d) in &sheet.merges {
            let body: Vec<u8> = [a, b, c, d].iter().flat_map(|n| n.to_le_bytes()).collect();
            part.extend(record12(176, &body));
        }
        written.push((sheet.name, sheet.hidden, part));
    }
    xlsb_of(&written, &strings)
}

/// One record of an `.xls`.
pub fn record8(kind: u16, body: &[u8]) -> Vec<u8> {
    bytes(&[&kind.to_le_bytes(), &(body.len() as u16).to_le_bytes(), body])
}

/// A compound file with one stream, in sectors of 512 bytes.
pub fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut stream = stream.to_vec();
    // Below this size it would lie in small sectors.
    stream.resize(stream.len().max(4096).next_multiple_of(512), 0);
    let sectors = stream.len() / 512;
    // The table's own sectors, then the directory, then the stream.
    let tables = (sectors + 1 + sectors / 100 + 2).div_ceil(128);
    let mut table: Vec<u32> = vec![0xffff_fffd; tables];
    table.push(0xffff_fffe);
    for i in 1..sectors {
        table.push((tables + 1 + i) as u32);
    }
    table.push(0xffff_fffe);
    table.resize(tables * 128, 0xffff_ffff);
    let mut head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    head.resize(24, 0);
    for n in [0x3eu16, 3, 0xfffe, 9, 6] {
        head.extend(n.to_le_bytes());
    }
    head.resize(44, 0);
    for n in [tables as u32, tables as u32, 0, 4096, 0xffff_fffe, 0, 0xffff_fffe, 0] {
        head.extend(n.to_le_bytes());
    }
    for i in 0..109u32 {
        head.extend(if (i as usize) < tables { i } else { 0xffff_ffff }.to_le_bytes());
    }
    let entry = |name: &str, kind: u8, start: u32, size: u32| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u16 + 2;
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        entry.resize(116, 0);
        entry.extend(start.to_le_bytes());
        entry.extend(size.to_le_bytes());
        entry.resize(128, 0);
        entry
    };
    let mut out = head;
    out.extend(table.iter().flat_map(|n| n.to_le_bytes()));
    out.extend(entry("Root Entry", 5, 0xffff_fffe, 0));
    out.extend(entry(name, 2, tables as u32 + 1, stream.len() as u32));
    out.extend([0; 256]);
    out.extend(stream);
    out
}

fn wide8(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut out = (units.len() as u16).to_le_bytes().to_vec();
    out.push(1);
    out.extend(units.into_iter().flat_map(u16::to_le_bytes));
    out
}

/// An `.xls` with these sheets, each the records between its first and its last; the shared strings are records, too.
pub fn xls_of(sheets: &[(&str, bool, Vec<u8>)], strings: &[u8]) -> Vec<u8> {
    let bof = |kind: u16| record8(0x0809, &bytes(&[&0x0600u16.to_le_bytes(), &kind.to_le_bytes(), &[0; 12]]));
    let mut globals = bof(5);
    for (i, (code, _)) in FORMATS.iter().enumerate().skip(1) {
        globals.extend(record8(0x041e, &bytes(&[&(163 + i as u16).to_le_bytes(), &wide8(code)])));
    }
    for i in 0..FORMATS.len() as u16 {
        let id = if i == 0 { 0 } else { 163 + i };
        globals.extend(record8(0x00e0, &bytes(&[&[0, 0], &id.to_le_bytes(), &[0; 16]])));
    }
    let listed: usize = sheets.iter().map(|(name, ..)| 4 + 8 + 2 * name.encode_utf16().count()).sum();
    let mut place = globals.len() + listed + strings.len() + 4;
    let mut bodies = Vec::new();
    for (name, hidden, records) in sheets {
        let units: Vec<u16> = name.encode_utf16().collect();
        let name: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
        let head = bytes(&[&(place as u32).to_le_bytes(), &[u8::from(*hidden), 0, units.len() as u8, 1], &name]);
        globals.extend(record8(0x0085, &head));
        let body = bytes(&[&bof(0x10), records, &record8(0x000a, &[])]);
        place += body.len();
        bodies.extend(body);
    }
    globals.extend(strings);
    globals.extend(record8(0x000a, &[]));
    globals.extend(bodies);
    compound("Workbook", &globals)
}

fn xls(sheets: &[Sheet]) -> Vec<u8> {
    let mut strings: Vec<&str> = Vec::new();
    let mut written = Vec::new();
    for sheet in sheets {
        let mut part = Vec::new();
        for column in &sheet.hidden_columns {
            let at = (*column as u16).to_le_bytes();
            part.extend(record8(0x007d, &bytes(&[&at, &at, &[0; 4], &1u16.to_le_bytes(), &[0; 2]])));
        }
        for row in &sheet.hidden_rows {
            part.extend(record8(0x0208, &bytes(&[&(*row as u16).to_le_bytes(), &[0; 10], &[0x20, 0, 0, 0]])));
        }
        for (row, cells) in rows(sheet) {
            for (column, cell) in cells {
                let head = |format: usize| {
                    bytes(&[
                        &(row as u16).to_le_bytes(),
                        &(column as u16).to_le_bytes(),
                        &(format as u16).to_le_bytes(),
                    ])
                };
                part.extend(match cell {
                    Cell::Text(text) => {
                        strings.push(text);
                        record8(0x00fd, &bytes(&[&head(0), &(strings.len() as u32 - 1).to_le_bytes()]))
                    }
                    Cell::Number(n, format) if n.fract() == 0.0 && n.abs() < 1e8 => {
                        record8(0x027e, &bytes(&[&head(*format), &((*n as i32) << 2 | 2).to_le_bytes()]))
                    }
                    Cell::Number(n, format) => record8(0x0203, &bytes(&[&head(*format), &n.to_le_bytes()])),
                    Cell::Truth(yes) => record8(0x0205, &bytes(&[&head(0), &[u8::from(*yes), 0]])),
                    Cell::Error(code, _) => record8(0x0205, &bytes(&[&head(0), &[*code, 1]])),
                    Cell::Formula(Some(n)) => record8(0x0006, &bytes(&[&head(0), &n.to_le_bytes(), &[0; 8]])),
                    Cell::Formula(None) => record8(0x0201, &head(0)),
                });
            }
        }
        if !sheet.merges.is_empty() {
            let mut body = (sheet.merges.len() as u16).to_le_bytes().to_vec();
            for (a, b, c, d) in &sheet.merges {
                body.extend([a, b, c, d].iter().flat_map(|n| (**n as u16).to_le_bytes()));
            }
            part.extend(record8(0x00e5, &body));
        }
        written.push((sheet.name, sheet.hidden, part));
    }
    let mut body = bytes(&[&(strings.len() as u32).to_le_bytes(), &(strings.len() as u32).to_le_bytes()]);
    for text in &strings {
        body.extend(wide8(text));
    }
    xls_of(&written, &record8(0x00fc, &body))
}
