//! No workbook of any format brings the process down, hangs it or takes more memory than it may: a corpus of hostile files, written
//! here, each with its verdict.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reach::ingest::{Intake, ReadOptions, Sheets, read_bytes};
use reach::problem::Weight;
use rustix::time::{ClockId, clock_gettime};

use crate::workbook_files::{
    Cell, MAIN, Sheet, compound, in_every_format, ods_of, record8, record12, row12, xls_of, xlsb_of, xlsx_of,
    xlsx_parts, zip, zip_owned,
};

/// That the file is read, with whatever is in it.
const READ: &str = "read";

type Case = (String, Vec<u8>, &'static str);

fn case(name: &str, bytes: Vec<u8>, verdict: &'static str) -> Case {
    (name.to_owned(), bytes, verdict)
}

/// An `.xlsx` of two good rows, in which one part is another.
fn xlsx_with(part: &str, content: &str) -> Vec<u8> {
    let sheet = format!(
        "<worksheet xmlns=\"{MAIN}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>\
         <row r=\"2\"><c r=\"A2\"><v>1</v></c></row></sheetData></worksheet>"
    );
    let mut parts = xlsx_parts(&[("Sheet1", false, sheet)], "<si><t>a</t></si>");
    let found = parts.iter_mut().find(|(name, _)| name == part).unwrap();
    found.1 = content.as_bytes().to_vec();
    zip_owned(&parts)
}

/// Changes the size that the directory of a container declares for a part.
fn declare(mut bytes: Vec<u8>, part: &str, size: u32) -> Vec<u8> {
    let starts: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").collect();
    let entry = starts.into_iter().find(|&at| bytes[at + 46..].starts_with(part.as_bytes())).unwrap();
    bytes[entry + 24..entry + 28].copy_from_slice(&size.to_le_bytes());
    bytes
}

const GOOD: &str = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>";
const SHEET: &str = "xl/worksheets/sheet1.xml";

fn xlsx_cases() -> Vec<Case> {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&c;</a>";
    let sheet = |inside: &str| format!("<worksheet xmlns=\"{MAIN}\">{inside}</worksheet>");
    let inline = |text: &str| {
        xlsx_of(&format!("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>{}", &GOOD[41..]))
    };
    let numbers: String = ["NaN", "INF", "-INF", "1e308", "-1e308", "1e999", "--", "", "1e-400", "0x10"]
        .iter()
        .enumerate()
        .flat_map(|(i, n)| {
            (0..7).map(move |s| (i, s, n)).map(|(i, s, n)| {
                let open = if s == 0 { format!("<row r=\"{}\">", i + 2) } else { String::new() };
                let close = if s == 6 { "</row>" } else { "" };
                format!("{open}<c r=\"{}{}\" s=\"{s}\"><v>{n}</v></c>{close}", char::from(b'A' + s as u8), i + 2)
            })
        })
        .collect();
    let moments: String = [-1.0, 2_958_466.0, 1e10, 1e17, -1e300, 59.0, 60.0, 0.0]
        .iter()
        .enumerate()
        .map(|(i, n)| {
            format!(
                "<row r=\"{0}\"><c r=\"A{0}\" s=\"2\"><v>{n}</v></c><c r=\"B{0}\" s=\"3\"><v>{n}</v></c></row>",
                i + 2
            )
        })
        .collect();
    let many_sheets: String =
        (0..100_000).map(|i| format!("<sheet name=\"s{i}\" sheetId=\"{i}\" r:id=\"s1\"/>")).collect();
    let overlapping = {
        let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in xlsx_parts(&[("Sheet1", false, sheet("<sheetData/>"))], "") {
            out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut out, &bytes).unwrap();
        }
        out.shallow_copy_file(SHEET, "xl/worksheets/sheet2.xml").unwrap();
        out.finish().unwrap().into_inner()
    };
    let merges: String = (0..20_000)
        .map(|i| format!("<mergeCell ref=\"A1:XFD1048576\"/><mergeCell ref=\"B{}:A1\"/>", i % 9 + 1))
        .collect();
    let entries: Vec<(String, Vec<u8>)> = (0..20_001).map(|i| (format!("xl/{i}.xml"), Vec::new())).collect();
    vec![
        case(
            "corners",
            xlsx_of(
                "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>",
            ),
            READ,
        ),
        case(
            "a lying dimension",
            xlsx_with(SHEET, &sheet(&format!("<dimension ref=\"A1:XFD1048576\"/><sheetData>{GOOD}</sheetData>"))),
            READ,
        ),
        case(
            "a dimension that is none",
            xlsx_with(SHEET, &sheet(&format!("<dimension ref=\"??\"/><sheetData>{GOOD}</sheetData>"))),
            READ,
        ),
        case("a part of 4 GB, it says", declare(xlsx_of(GOOD), SHEET, u32::MAX - 1), "workbook-too-big"),
        case("a part that is longer than it says", declare(xlsx_of(GOOD), SHEET, 40), "workbook-damaged"),
        case("a part that is shorter than it says", declare(xlsx_of(GOOD), SHEET, 4000), "workbook-damaged"),
        case(
            "strings that are longer than they say",
            declare(xlsx_of(GOOD), "xl/sharedStrings.xml", 9),
            "workbook-damaged",
        ),
        case("a DOCTYPE in the workbook", xlsx_with("xl/workbook.xml", bomb), "workbook-doctype"),
        case("a DOCTYPE in a sheet", xlsx_with(SHEET, bomb), "workbook-doctype"),
        case("a DOCTYPE in the strings", xlsx_with("xl/sharedStrings.xml", bomb), "workbook-doctype"),
        case("a DOCTYPE in the styles", xlsx_with("xl/styles.xml", bomb), "workbook-doctype"),
        case("a DOCTYPE in the relations", xlsx_with("xl/_rels/workbook.xml.rels", bomb), "workbook-doctype"),
        case("a long cell", inline(&"x".repeat(32_768)), "cell-too-long"),
        case("a huge cell", inline(&"x".repeat(1_000_000)), "cell-too-long"),
        case(
            "a huge number",
            xlsx_of(&format!("<row r=\"1\"><c r=\"A1\"><v>{}</v></c></row>", "9".repeat(1_000_000))),
            "cell-too-long",
        ),
        case(
            "a huge shared string",
            xlsx_with("xl/sharedStrings.xml", &format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1_000_000))),
            "cell-too-long",
        ),
        case(
            "strings without number",
            xlsx_with(
                "xl/sharedStrings.xml",
                &format!("<sst uniqueCount=\"4000000000\"><si><t>a</t></si>{}</sst>", "<si/>".repeat(200_000)),
            ),
            READ,
        ),
        case(
            "a string that is not there",
            xlsx_of("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>"),
            "workbook-damaged",
        ),
        case(
            "a string of a negative number",
            xlsx_of("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>-1</v></c></row>"),
            "workbook-damaged",
        ),
        case("a column beyond the last", xlsx_of("<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>"), "sheet-too-big"),
        case("a column of a million", xlsx_of("<row r=\"1\"><c r=\"BDWGN1\"><v>1</v></c></row>"), "sheet-too-big"),
        case(
            "a hundred thousand cells in a row",
            xlsx_of(&format!("<row r=\"1\">{}</row>", "<c><v>1</v></c>".repeat(100_000))),
            "sheet-too-big",
        ),
        case("a row beyond the last", xlsx_of("<row r=\"1048577\"><c><v>1</v></c></row>"), "sheet-too-big"),
        case(
            "a row number of many digits",
            xlsx_of("<row r=\"99999999999999999999\"><c><v>1</v></c></row>"),
            "workbook-damaged",
        ),
        case("NULs", inline("a&#0;\0\0&#xFFFFFFFF;&#xD800;b"), READ),
        case(
            "rows in no order",
            xlsx_of("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"),
            "workbook-damaged",
        ),
        case("a cell of another row", xlsx_of("<row r=\"1\"><c r=\"A9\"><v>1</v></c></row>"), "workbook-damaged"),
        case(
            "cells in no order",
            xlsx_of(
                "<row r=\"1\"><c r=\"C1\"><v>1</v></c><c r=\"A1\"><v>2</v></c><c r=\"A1\"><v>3</v></c></row><row r=\"2\"><c r=\"B2\"><v>4</v></c></row>",
            ),
            READ,
        ),
        case("numbers that are none", xlsx_of(&format!("{}{numbers}", &GOOD[..GOOD.len() / 2])), "workbook-damaged"),
        case("numbers", xlsx_of(&format!("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>{numbers}")), READ),
        case(
            "moments out of any calendar",
            xlsx_of(&format!("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>{moments}")),
            READ,
        ),
        case(
            "a hundred thousand sheets",
            xlsx_with("xl/workbook.xml", &format!("<workbook><sheets>{many_sheets}</sheets></workbook>")),
            "sheets-too-many",
        ),
        case(
            "merges of everything",
            xlsx_with(SHEET, &sheet(&format!("<sheetData>{GOOD}</sheetData><mergeCells>{merges}</mergeCells>"))),
            READ,
        ),
        case("overlapping entries", overlapping, "workbook-damaged"),
        case("too many entries", zip_owned(&entries), "workbook-too-big"),
        case(
            "a part that is not there",
            xlsx_with(
                "xl/_rels/workbook.xml.rels",
                "<Relationships><Relationship Id=\"s1\" Type=\"/worksheet\" Target=\"../../../etc/passwd\"/></Relationships>",
            ),
            "workbook-damaged",
        ),
        case(
            "a tag without end",
            xlsx_with(SHEET, &format!("<worksheet a=\"{}", "x".repeat(1_200_000))),
            "workbook-damaged",
        ),
        case(
            "depths",
            xlsx_with(SHEET, &sheet(&format!("<sheetData>{GOOD}<row r=\"3\">{}", "<a>".repeat(100_000)))),
            "workbook-damaged",
        ),
        case("no end of the rows", xlsx_with(SHEET, &format!("<worksheet><sheetData>{GOOD}")), "workbook-damaged"),
        case("UTF-16", xlsx_with(SHEET, "\u{feff}<\0w\0>"), "workbook-empty"),
        case(
            "wide columns of one long text",
            {
                let cells: String = (0..16_384).map(|_| "<c t=\"s\"><v>0</v></c>").collect();
                let rows: String = (1..=4).map(|r| format!("<row r=\"{r}\">{cells}</row>")).collect();
                let sheet = sheet(&format!("<sheetData>{rows}</sheetData>"));
                zip_owned(&xlsx_parts(&[("Sheet1", false, sheet)], &format!("<si><t>{}</t></si>", "x".repeat(32_000))))
            },
            "workbook-too-big",
        ),
        case(
            "many rows as wide as can be",
            {
                let rows: String =
                    (2..=4_000).map(|r| format!("<row r=\"{r}\"><c r=\"XFD{r}\"><v>1</v></c></row>")).collect();
                xlsx_of(&format!("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>{rows}"))
            },
            "table-too-big",
        ),
    ]
}

fn ods_cases() -> Vec<Case> {
    let table =
        |rows: &str| ods_of(&format!("<table:table table:name=\"a\" table:style-name=\"ta1\">{rows}</table:table>"));
    let cell = |attributes: &str, text: &str| {
        format!("<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let good = [
        row(&cell("office:value-type=\"string\"", "a")),
        row(&cell("office:value-type=\"float\" office:value=\"1\"", "1")),
    ]
    .concat();
    let most = "2147483647";
    let blank = format!(
        "<table:table-row table:number-rows-repeated=\"{most}\"><table:table-cell table:number-columns-repeated=\"{most}\"/></table:table-row>"
    );
    let values: String = ["NaN", "inf", "1e308", "-1e308", "x", ""]
        .iter()
        .flat_map(|n| {
            ["float", "percentage", "currency"]
                .map(|kind| row(&cell(&format!("office:value-type=\"{kind}\" office:value=\"{n}\""), "1")))
        })
        .collect();
    let odd: String = [
        ("date", "date-value", "99999-99-99T99:99:99"),
        ("date", "date-value", ""),
        ("time", "time-value", "PT99999999999999999999H"),
        ("time", "time-value", "PT"),
        ("time", "time-value", "-P-1DT"),
        ("boolean", "boolean-value", "perhaps"),
    ]
    .iter()
    .map(|(kind, name, value)| {
        row(&cell(&format!("office:value-type=\"{kind}\" office:{name}=\"{value}\""), "as shown"))
    })
    .collect();
    let tables: String =
        (0..100_000).map(|i| format!("<table:table table:name=\"t{i}\"><table:table-row/></table:table>")).collect();
    let full: String = (0..900).map(|i| format!("<table:table table:name=\"t{i}\">{good}</table:table>")).collect();
    vec![
        case("blanks without end", table(&[good.as_str(), &blank, &blank].concat()), READ),
        case("blanks before", table(&[&blank, good.as_str()].concat()), "read|workbook-empty|sheet-too-big"),
        case(
            "a row two thousand million times",
            table(&format!(
                "{good}<table:table-row table:number-rows-repeated=\"{most}\">{}</table:table-row>",
                cell("office:value-type=\"string\"", "x")
            )),
            "read|sheet-too-big|table-too-big|workbook-too-big|workbook-damaged",
        ),
        case(
            "a cell two thousand million times",
            table(&format!(
                "{good}{}",
                row(&cell(&format!("office:value-type=\"string\" table:number-columns-repeated=\"{most}\""), "x"))
            )),
            "read|sheet-too-big|table-too-big|workbook-too-big|workbook-damaged",
        ),
        case(
            "a million full rows",
            table(&format!(
                "{good}<table:table-row table:number-rows-repeated=\"1000000\">{}</table:table-row>",
                cell("office:value-type=\"string\" table:number-columns-repeated=\"16000\"", "x")
            )),
            "read|sheet-too-big|table-too-big|workbook-too-big|workbook-damaged",
        ),
        case(
            "a count that is none",
            table(&format!(
                "{good}<table:table-row table:number-rows-repeated=\"-5\">{}</table:table-row>",
                cell("table:number-columns-repeated=\"x\"", "x")
            )),
            "workbook-damaged",
        ),
        case(
            "spaces without end",
            table(&format!("{good}{}", row(&cell("office:value-type=\"string\"", "<text:s text:c=\"2147483647\"/>x")))),
            "read|cell-too-long|workbook-damaged",
        ),
        case(
            "a huge cell",
            table(&format!("{good}{}", row(&cell("office:value-type=\"string\"", &"x".repeat(1_000_000))))),
            "cell-too-long",
        ),
        case(
            "spans of everything",
            table(&format!(
                "{}{good}",
                row(&cell(
                    &format!("table:number-columns-spanned=\"{most}\" table:number-rows-spanned=\"{most}\""),
                    "x"
                ))
            )),
            READ,
        ),
        case("values that are none", table(&[good.as_str(), &values, &odd].concat()), "read|workbook-damaged"),
        case("a hundred thousand tables", ods_of(&tables), "sheets-too-many"),
        case("many full tables", ods_of(&full), READ),
        case(
            "depths",
            table(&format!("{good}<table:table-row><table:table-cell>{}", "<a>".repeat(100_000))),
            "workbook-damaged",
        ),
        case(
            "a table in a table",
            table(&format!(
                "{good}<table:table-row><table:table-cell><table:table table:name=\"b\">{good}</table:table></table:table-cell></table:table-row>"
            )),
            READ,
        ),
        case(
            "a DOCTYPE",
            zip(&[
                ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
                ("content.xml", b"<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><a/>".to_vec()),
            ]),
            "workbook-doctype",
        ),
        case(
            "another document",
            zip(&[
                ("mimetype", b"application/vnd.oasis.opendocument.text".to_vec()),
                ("content.xml", b"<a/>".to_vec()),
            ]),
            "file-foreign",
        ),
        case(
            "no content",
            zip(&[
                ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
                ("content.xml", Vec::new()),
            ]),
            "workbook-damaged",
        ),
        case("a part of 4 GB, it says", declare(table(&good), "content.xml", u32::MAX - 1), "workbook-too-big"),
        case("a part that is longer than it says", declare(table(&good), "content.xml", 300), "workbook-damaged"),
    ]
}

fn xlsb_cases() -> Vec<Case> {
    let head = |column: u32| [column.to_le_bytes(), [0; 4]].concat();
    let number = |column: u32, n: f64| record12(5, &[head(column), n.to_le_bytes().to_vec()].concat());
    let text = |index: u32| record12(7, &[head(0), index.to_le_bytes().to_vec()].concat());
    let book = |records: &[Vec<u8>]| {
        let part = [record12(145, &[]), row12(0, false), text(0), records.concat(), record12(146, &[])].concat();
        xlsb_of(&[("a", false, part)], &["a"])
    };
    let inline = |units: u32, has: usize| record12(6, &[head(0), units.to_le_bytes().to_vec(), vec![65; has]].concat());
    let merges: Vec<Vec<u8>> =
        (0..100_000).map(|_| record12(176, &[[0; 4], [255; 4], [0; 4], [255; 4]].concat())).collect();
    let sheets: Vec<(&str, bool, Vec<u8>)> = (0..1_200).map(|_| ("s", false, Vec::new())).collect();
    vec![
        case("corners", book(&[row12(1_048_575, false), number(16_383, 1.0)]), READ),
        case(
            "a row beyond the last",
            book(&[row12(1_048_576, false), number(0, 1.0)]),
            "sheet-too-big|workbook-damaged",
        ),
        case(
            "a column beyond the last",
            book(&[row12(1, false), number(u32::MAX, 1.0)]),
            "sheet-too-big|workbook-damaged",
        ),
        case(
            "rows in no order",
            book(&[row12(5, false), number(0, 1.0), row12(2, false), number(0, 1.0)]),
            "read|workbook-damaged|header-only",
        ),
        case("a string that is not there", book(&[row12(1, false), text(9)]), "read|header-only|workbook-damaged"),
        case(
            "numbers that are none",
            book(&[
                row12(1, false),
                number(0, f64::NAN),
                number(1, f64::INFINITY),
                number(2, 1e308),
                number(3, -1e308),
            ]),
            "read|workbook-damaged|header-only",
        ),
        case(
            "a text that is longer than its record",
            book(&[row12(1, false), inline(1 << 31, 10)]),
            "read|header-only|workbook-damaged",
        ),
        case("a long cell", book(&[row12(1, false), inline(32_768, 65_536)]), "cell-too-long|workbook-damaged"),
        case("a huge cell", book(&[row12(1, false), inline(500_000, 1_000_000)]), "cell-too-long|workbook-damaged"),
        case(
            "a record of 256 MB, it says",
            book(&[row12(1, false), vec![7, 0xff, 0xff, 0xff, 0x7f]]),
            "read|header-only|workbook-damaged",
        ),
        case("a record cut short", book(&[row12(1, false), vec![5, 4, 0, 0]]), "read|header-only|workbook-damaged"),
        case("an empty cell record", book(&[row12(1, false), record12(5, &[])]), "read|header-only|workbook-damaged"),
        case(
            "merges of everything",
            xlsb_of(
                &[(
                    "a",
                    false,
                    [
                        record12(145, &[]),
                        row12(0, false),
                        text(0),
                        row12(1, false),
                        number(0, 1.0),
                        record12(146, &[]),
                        merges.concat(),
                    ]
                    .concat(),
                )],
                &["a"],
            ),
            "read|workbook-damaged|header-only",
        ),
        case(
            "cells before any row",
            xlsb_of(&[("a", false, [record12(145, &[]), number(0, 1.0)].concat())], &["a"]),
            "read|workbook-damaged|header-only",
        ),
        case(
            "no end of the rows",
            xlsb_of(&[("a", false, [record12(145, &[]), row12(0, false), text(0)].concat())], &["a"]),
            "read|workbook-damaged|header-only",
        ),
        case("more sheets than are looked at", xlsb_of(&sheets, &["a"]), "sheets-too-many"),
        case("an endless number", book(&[vec![0xff; 4096]]), "read|workbook-damaged|header-only"),
        case(
            "a part of 4 GB, it says",
            declare(book(&[]), "xl/worksheets/sheet1.bin", u32::MAX - 1),
            "workbook-too-big",
        ),
        case(
            "many rows as wide as can be",
            book(&(1..4_000).map(|r| [row12(r, false), number(16_383, 1.0)].concat()).collect::<Vec<_>>()),
            "table-too-big",
        ),
    ]
}

fn xls_cases() -> Vec<Case> {
    let head = |row: u16, column: u16| [row.to_le_bytes(), column.to_le_bytes(), [0; 2]].concat();
    let number =
        |row: u16, column: u16, n: f64| record8(0x0203, &[head(row, column), n.to_le_bytes().to_vec()].concat());
    let text = |index: u32| record8(0x00fd, &[head(0, 0), index.to_le_bytes().to_vec()].concat());
    let table = |count: u32, body: &[u8]| {
        record8(0x00fc, &[count.to_le_bytes().to_vec(), count.to_le_bytes().to_vec(), body.to_vec()].concat())
    };
    let a = table(1, &[1, 0, 0, b'a']);
    let book = |records: &[Vec<u8>]| xls_of(&[("a", false, [text(0), records.concat()].concat())], &a);
    let good = || book(&[number(1, 0, 1.0)]);
    let put = |mut bytes: Vec<u8>, at: usize, n: u32| {
        bytes[at..at + 4].copy_from_slice(&n.to_le_bytes());
        bytes
    };
    let label = |units: u16, has: usize| {
        record8(0x0204, &[head(1, 0), units.to_le_bytes().to_vec(), vec![0], vec![65; has]].concat())
    };
    let more =
        |n: usize| -> Vec<u8> { (0..n).flat_map(|_| record8(0x003c, &[&[0u8][..], &[65; 8000]].concat())).collect() };
    let bof = record8(0x0809, &[0, 6, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let sheets: Vec<(&str, bool, Vec<u8>)> = (0..1_200).map(|_| ("s", false, Vec::new())).collect();
    let merges =
        record8(0x00e5, &[&1000u16.to_le_bytes()[..], &[0, 0, 255, 255, 0, 0, 255, 255].repeat(1000)].concat());
    // The directory's second entry names the stream: where it starts, and its size.
    let entry = |bytes: &[u8]| memchr::memmem::find(bytes, b"W\0o\0r\0k\0b\0o\0o\0k\0").unwrap();
    let stream_size = |n: u32| {
        let bytes = good();
        let at = entry(&bytes) + 120;
        put(bytes, at, n)
    };
    let stream_start = |n: u32| {
        let bytes = good();
        let at = entry(&bytes) + 116;
        put(bytes, at, n)
    };
    vec![
        case("corners", book(&[number(65_535, 255, 1.0)]), READ),
        case("columns that no format has", book(&[number(1, 65_535, 1.0)]), "sheet-too-big"),
        case(
            "cells in no order",
            book(&[number(9, 1, 1.0), number(3, 0, 2.0), number(3, 0, 3.0), number(9, 0, 4.0)]),
            READ,
        ),
        case(
            "a string that is not there",
            book(&[record8(0x00fd, &[head(1, 0), vec![9, 0, 0, 0]].concat())]),
            "header-only|workbook-damaged",
        ),
        case(
            "numbers that are none",
            book(&[number(1, 0, f64::NAN), number(1, 1, f64::INFINITY), number(1, 2, 1e308), number(2, 0, -1e308)]),
            READ,
        ),
        case("a text that is longer than its record", book(&[label(50_000, 10)]), "read|workbook-damaged"),
        case("a long cell", book(&[[label(40_000, 8000), more(4)].concat()]), "read|cell-too-long|workbook-damaged"),
        case(
            "four thousand million strings, it says",
            xls_of(&[("a", false, text(0))], &table(u32::MAX, &[1, 0, 0, b'a'])),
            "header-only",
        ),
        case(
            "a string torn apart by records",
            xls_of(
                &[("a", false, [text(0), number(1, 0, 1.0)].concat())],
                &[table(1, &[4, 0, 0, b'a']), record8(0x003c, &[1, b'b', 0, b'c', 0, b'd', 0])].concat(),
            ),
            READ,
        ),
        case(
            "runs of looks without end",
            xls_of(&[("a", false, text(0))], &table(1, &[1, 0, 8, 255, 255, b'a'])),
            "workbook-damaged",
        ),
        case("many numbers in too few bytes", book(&[record8(0x00bd, &[1, 0, 0, 0, 0, 0])]), "workbook-damaged"),
        case(
            "many numbers beyond the last column",
            book(&[record8(0x00bd, &[&[1, 0, 255, 255][..], &[0; 600]].concat())]),
            "workbook-damaged",
        ),
        case("merges of everything", book(&[number(1, 0, 1.0), merges.clone(), merges]), READ),
        case("sheets in sheets", book(&[bof.repeat(20_000)]), "workbook-damaged"),
        case(
            "a formula's text that never comes",
            book(&[record8(0x0006, &[head(1, 0), vec![0, 0, 0, 0, 0, 0, 255, 255]].concat())]),
            "read|workbook-damaged",
        ),
        case("a formula cut short", book(&[record8(0x0006, &head(1, 0))]), "workbook-damaged"),
        case("more sheets than are looked at", xls_of(&sheets, &[]), "sheets-too-many"),
        case("a stream of 4 GB, it says", stream_size(u32::MAX), "read|workbook-damaged"),
        case("a stream that starts nowhere", stream_start(1_000_000), "workbook-damaged"),
        case("a stream that is the table", stream_start(0), "workbook-damaged"),
        case("a stream in small sectors that are not there", stream_size(4000), "workbook-damaged"),
        case("a directory that starts nowhere", put(good(), 48, 77_777), "workbook-damaged"),
        case("sectors of 2^200 bytes", put(good(), 30, 200), "workbook-damaged"),
        case(
            "a chain that is a ring",
            {
                let bytes = good();
                let start = 512 + 4 * 2;
                put(bytes, start + 4, 2)
            },
            "read|workbook-damaged",
        ),
        case("a table of tables that is a ring", put(put(good(), 68, 0), 72, 1), READ),
        case("an empty stream", compound("Workbook", &[]), "workbook-empty|workbook-damaged"),
        case("Excel 4", compound("Book", &record8(0x0409, &[0, 0, 0x10, 0, 0, 0])), "workbook-damaged"),
        case(
            "a password",
            compound("Workbook", &[record8(0x0809, &[0, 6, 5, 0]), record8(0x002f, &[1; 6])].concat()),
            "workbook-password",
        ),
        case("another document", compound("WordDocument", &[1; 900]), "file-foreign"),
    ]
}

fn all_sheets() -> ReadOptions {
    ReadOptions { sheets: Sheets::All, ..ReadOptions::default() }
}

fn verdict(intake: &Intake) -> &'static str {
    match intake.problems.list.iter().find(|p| p.weight == Weight::Stops) {
        Some(problem) => {
            assert!(problem.hint.is_some(), "{}: what to do is missing", problem.code);
            problem.code
        }
        None => READ,
    }
}

/// Processor time of this thread.
fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

fn corpus() -> Vec<(&'static str, Vec<Case>)> {
    vec![("xlsx", xlsx_cases()), ("ods", ods_cases()), ("xlsb", xlsb_cases()), ("xls", xls_cases())]
}

#[test]
fn each_hostile_workbook_has_its_verdict() {
    crate::support::reader();
    let mut wrong = Vec::new();
    for (format, cases) in corpus() {
        for (name, bytes, expected) in cases {
            // Processor time: other tests run beside this one.
            let start = cpu();
            let found = verdict(&read_bytes(bytes, "hostile", &all_sheets()));
            let took = cpu() - start;
            println!("{format}: {name}: {found}, {took:.1?}");
            if !expected.split('|').any(|one| one == found) || took > Duration::from_secs(10) {
                wrong.push(format!("{format}: {name}: {found} instead of {expected}, {took:.1?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Runs the binary in an address space of what it needs itself, the file, and 512 MiB.
fn in_bounds(path: &Path, bytes: u64) -> (Option<i32>, Duration) {
    let kib = (512 + OWN) * 1024 + 2 * bytes / 1024;
    let start = Instant::now();
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -v {kib}; exec \"$0\" inspect \"$1\" --format json")])
        .arg(env!("CARGO_BIN_EXE_reach"))
        .arg(path)
        .env("MALLOC_ARENA_MAX", "1")
        .env("RAYON_NUM_THREADS", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return (status.code(), start.elapsed());
        }
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            child.wait().unwrap();
            return (None, start.elapsed());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// MiB of address space that the programme takes before it reads a file.
const OWN: u64 = 200;

#[test]
fn each_hostile_workbook_ends_the_binary_in_its_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (format, cases) in corpus() {
        for (number, (name, bytes, _)) in cases.into_iter().enumerate() {
            let path = folder.path().join(format!("{number}.{format}"));
            std::fs::write(&path, &bytes).unwrap();
            let (code, took) = in_bounds(&path, bytes.len() as u64);
            if !matches!(code, Some(0 | 10)) || took > Duration::from_secs(10) {
                wrong.push(format!("{format}: {name}: {code:?} after {took:.1?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_workbook_cut_off_anywhere_is_refused_or_whole() {
    crate::support::reader();
    let cells = (0..40)
        .flat_map(|row| {
            [
                (row, 0, Cell::Text(if row == 0 { "Name" } else { "Library" })),
                (row, 1, Cell::Number(f64::from(row) + 0.5, 0)),
            ]
        })
        .collect();
    let sheet = Sheet { name: "Visits", cells, ..Sheet::default() };
    for (format, bytes) in in_every_format(&[sheet]) {
        let whole = read_bytes(bytes.clone(), "whole", &all_sheets());
        let rows = whole.tables[0].rows;
        assert!(rows >= 39, "{format}");
        for cut in (1..120).map(|n| n * bytes.len() / 120).chain([bytes.len() - 1]) {
            let intake = read_bytes(bytes[..cut].to_vec(), "cut", &all_sheets());
            let refused = intake.problems.list.iter().any(|p| p.weight == Weight::Stops);
            assert!(refused || intake.tables[0].rows == rows, "{format}, cut at {cut} of {}", bytes.len());
        }
    }
}
