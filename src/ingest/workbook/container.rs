//! A zip container measured before anything trusts it: what kind of file it holds, how much it really unpacks to, and whether a
//! number that its XML declares fits its size.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::super::sniff::refuse;
use crate::exit::Exit;
use crate::problem::{Place, Problem};

/// The number of entries that an Excel workbook may have: pictures and sheets, generously.
const ENTRIES: usize = 20_000;

/// Checks that a zip container is a workbook that can be read without trusting its own numbers.
///
/// # Errors
/// [`Exit::Data`] where it is something else, unpacks to more than `limit` bytes or to far more than it holds, or is damaged.
pub(super) fn check(bytes: &[u8], shown: &str, limit: u64) -> Result<(), Problem> {
    let damaged = || {
        Problem::stops("workbook-damaged", Exit::Data, Place::file(shown), "the workbook is damaged or was cut off")
            .hint("copy or export it again; if it opens in a spreadsheet program, save it again as .xlsx")
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if archive.len() > ENTRIES {
        return Err(bomb(shown));
    }
    let names: Vec<String> = archive.file_names().filter_map(Result::ok).map(|n| normal(&n)).collect();
    kind(&names, shown)?;
    let most = limit.min((256 << 20) + 200 * bytes.len() as u64);
    let mut total = 0u64;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|_| damaged())?;
        let name = entry.name().map(|n| normal(&n)).unwrap_or_default();
        if !(name.ends_with(".xml") || name.ends_with(".rels")) {
            continue;
        }
        let (size, declared) = measure(&mut entry, most.saturating_sub(total)).map_err(|_| damaged())?;
        total += size;
        if total >= most {
            return Err(bomb(shown));
        }
        if declared > size {
            return Err(damaged());
        }
    }
    Ok(())
}

/// A name in the container as the reader of workbooks compares it.
fn normal(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

fn bomb(shown: &str) -> Problem {
    Problem::stops(
        "workbook-too-big",
        Exit::Data,
        Place::file(shown),
        "the workbook unpacks to more than reach will hold",
    )
    .hint("save the sheet with the data in it as a workbook of its own")
}

fn kind(names: &[String], shown: &str) -> Result<(), Problem> {
    let has = |name: &str| names.iter().any(|n| n == name);
    let within = |folder: &str| names.iter().any(|n| n.starts_with(folder));
    if has("xl/workbook.bin") {
        return Err(refuse(shown, "a binary Excel workbook (.xlsb)", "open it and save it as .xlsx"));
    }
    if has("mimetype") && has("content.xml") {
        return Err(refuse(shown, "an OpenDocument file (.ods)", "open it and save it as .xlsx"));
    }
    if within("word/") {
        return Err(refuse(shown, "a Word document", "copy its table into a spreadsheet and save that as .xlsx"));
    }
    if within("ppt/") {
        return Err(refuse(shown, "a presentation", "export the table as .csv or .xlsx"));
    }
    if within("index/") && names.iter().any(|n| n.ends_with(".iwa")) {
        return Err(refuse(shown, "a Numbers spreadsheet", "export it as .xlsx"));
    }
    if !has("[content_types].xml") && !within("xl/") && !has("_rels/.rels") {
        return Err(refuse(shown, "a zip archive", "unpack it and name the files in it"));
    }
    Ok(())
}

/// Unpacks an entry to nowhere: its true size (at most `most`), and the greatest `uniqueCount` that it declares.
fn measure(entry: &mut impl Read, most: u64) -> std::io::Result<(u64, u64)> {
    const NEEDLE: &[u8] = b"uniqueCount";
    const KEEP: usize = 64;
    let mut entry = entry.take(most);
    let mut window: Vec<u8> = Vec::with_capacity((1 << 16) + KEEP);
    let mut chunk = vec![0u8; 1 << 16];
    let (mut size, mut declared) = (0u64, 0u64);
    loop {
        let n = entry.read(&mut chunk)?;
        let end = n == 0;
        size += n as u64;
        window.extend_from_slice(chunk.get(..n).unwrap_or_default());
        for at in memchr::memmem::find_iter(&window, NEEDLE) {
            let rest = window.get(at + NEEDLE.len()..).unwrap_or_default();
            declared = declared.max(number(rest));
        }
        if end {
            return Ok((size, declared));
        }
        let keep = window.len().min(KEEP);
        window.drain(..window.len() - keep);
    }
}

/// The number in ` = "123"`; more digits than a count can have are the greatest number.
fn number(rest: &[u8]) -> u64 {
    let text: String = rest.iter().take(48).map(|&b| char::from(b)).collect();
    let digits: String = text
        .trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '"' | '\'' | '+'))
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) }
}
