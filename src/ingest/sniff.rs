//! What a file is by its first bytes, never by its name; and what to export instead of one that cannot be read.

use crate::exit::Exit;
use crate::problem::{Place, Problem};

/// What a file's first bytes say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// A zip container: a workbook perhaps.
    Zip,
    /// An OLE2 container: an old workbook, or an encrypted new one.
    Ole,
    Text,
}

/// A kind of file that is not read: how it starts, what it is, what to do.
struct Foreign {
    magic: &'static [u8],
    what: &'static str,
    hint: &'static str,
}

const AS_CSV: &str = "export the table as .csv or .xlsx";
const SPSS: &str = "export it from SPSS as .csv or .xlsx, with value labels";
const UNPACK: &str = "unpack it first";
const SAVE: &str = "open it in a spreadsheet program and save it as .xlsx";

const fn kind(magic: &'static [u8], what: &'static str, hint: &'static str) -> Foreign {
    Foreign { magic, what, hint }
}

/// Kinds that are refused, by their first bytes.
const FOREIGN: [Foreign; 58] = [
    kind(b"$FL2", "an SPSS file", SPSS),
    kind(b"$FL3", "an SPSS file", SPSS),
    kind(b"ASCII SPSS PORT FILE", "an SPSS portable file", SPSS),
    kind(b"<stata_dta>", "a Stata file", "export it from Stata as .csv (export delimited)"),
    kind(b"HEADER RECORD*******", "a SAS file", "export it from SAS as .csv"),
    kind(b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60", "a SAS file", "export it from SAS as .csv"),
    kind(b"RDX2\n", "an R file", "export it from R with write.csv"),
    kind(b"RDX3\n", "an R file", "export it from R with write.csv"),
    kind(b"RDA2\n", "an R file", "export it from R with write.csv"),
    kind(b"RDA3\n", "an R file", "export it from R with write.csv"),
    kind(b"MATLAB 5.0 MAT-file", "a Matlab file", AS_CSV),
    kind(b"%PDF", "a PDF document", "export the table behind it as .csv or .xlsx"),
    kind(b"%!PS", "a PostScript document", "export the table behind it as .csv or .xlsx"),
    kind(b"\x89PNG", "a picture", AS_CSV),
    kind(b"\xff\xd8\xff", "a picture", AS_CSV),
    kind(b"GIF8", "a picture", AS_CSV),
    kind(b"II*\0", "a picture", AS_CSV),
    kind(b"MM\0*", "a picture", AS_CSV),
    kind(b"\0\0\x01\0", "a picture", AS_CSV),
    kind(b"<svg", "a picture", AS_CSV),
    kind(b"\x1f\x8b", "a compressed file", UNPACK),
    kind(b"BZh", "a compressed file", UNPACK),
    kind(b"\xfd7zXZ\0", "a compressed file", UNPACK),
    kind(b"7z\xbc\xaf\x27\x1c", "a compressed archive", UNPACK),
    kind(b"Rar!", "a compressed archive", UNPACK),
    kind(b"\x28\xb5\x2f\xfd", "a compressed file", UNPACK),
    kind(b"PAR1", "a Parquet file", AS_CSV),
    kind(b"ARROW1", "an Arrow file", AS_CSV),
    kind(b"FEA1", "a Feather file", AS_CSV),
    kind(b"Obj\x01", "an Avro file", AS_CSV),
    kind(b"\x89HDF", "an HDF5 file", AS_CSV),
    kind(b"SQLite format 3\0", "a database", AS_CSV),
    kind(b"\0\x01\0\0Standard", "an Access database", AS_CSV),
    kind(b"{\\rtf", "a text document", AS_CSV),
    kind(b"\x7fELF", "a program", AS_CSV),
    kind(b"MZ\x90\0", "a program", AS_CSV),
    kind(b"\x09\0\x04\0", "a workbook of Excel 2", SAVE),
    kind(b"\x09\x02\x06\0", "a workbook of Excel 3", SAVE),
    kind(b"\x09\x04\x06\0", "a workbook of Excel 4", SAVE),
    kind(b"\0\0\x1a\0", "a Lotus workbook", SAVE),
    kind(
        b"\0\x05\x16\x07",
        "a side file of a Mac, without a table",
        "name the file without the ._ in front, and leave this one out",
    ),
    kind(b"\0\0\0\x01Bud1", "a side file of a Mac, without a table", "leave it out"),
    kind(b"L\0\0\0\x01\x14\x02\0", "a shortcut to a file", "put the file itself there"),
    kind(b"[InternetShortcut]", "a shortcut to a web page", "download the export itself"),
    kind(b"version https://git-lfs", "a pointer of Git LFS to a file", "fetch the file itself (git lfs pull)"),
    kind(b"BEGIN:VCARD", "a list of contacts (vCard)", AS_CSV),
    kind(b"BEGIN:VCALENDAR", "a calendar", AS_CSV),
    kind(b"<!doctype html", "a web page (HTML)", SIGNED_IN),
    kind(b"<html", "a web page (HTML)", SIGNED_IN),
    kind(b"<head", "a web page (HTML)", SIGNED_IN),
    kind(b"<body", "a web page (HTML)", SIGNED_IN),
    kind(b"<meta", "a web page (HTML)", SIGNED_IN),
    kind(b"<style", "a web page (HTML)", SIGNED_IN),
    kind(b"<table", "a web page (HTML)", SIGNED_IN),
    kind(b"<div", "a web page (HTML)", SIGNED_IN),
    kind(b"<script", "a web page (HTML)", SIGNED_IN),
    kind(b"<!--", "a web page (HTML)", SIGNED_IN),
    kind(b"<?xml", "an XML file", SAVE),
];

const SIGNED_IN: &str = "if it is the export, open it in a spreadsheet program and save it as .xlsx; if it asks to sign in, export again while signed in";

/// Decides by the first bytes of a file.
///
/// # Errors
/// [`Exit::Data`] with what to export instead.
pub(super) fn looks(head: &[u8], shown: &str) -> Result<Looks, Problem> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return match document(head) {
            Some(what) => Err(refuse(shown, what, "copy its table into a spreadsheet and save that as .xlsx")),
            None => Ok(Looks::Zip),
        };
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(Looks::Ole);
    }
    // What is told by its first words may be written in two bytes a character, and after a mark or blank lines.
    let narrow: Vec<u8>;
    let mut text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if super::text::utf16(head).is_some() {
        narrow = head.iter().copied().filter(|b| (1..0x80).contains(b)).collect();
        text = &narrow;
    }
    let text = text.trim_ascii_start();
    if let Some((what, hint)) = written(text, shown) {
        return Err(refuse(shown, what, hint));
    }
    for foreign in &FOREIGN {
        let begins =
            |bytes: &[u8]| bytes.get(..foreign.magic.len()).is_some_and(|b| b.eq_ignore_ascii_case(foreign.magic));
        let in_words = foreign.magic.iter().all(|b| (b' '..0x7f).contains(b))
            && (foreign.magic.len() > 4 || foreign.magic.starts_with(b"%"));
        // Four letters alone could be the name of a column: PAR1, PAR2, …
        let column = foreign.magic.len() <= 4
            && foreign.magic.iter().all(u8::is_ascii_alphanumeric)
            && !head.iter().take(256).any(|b| b.is_ascii_control() && !b.is_ascii_whitespace());
        if begins(head) && !column || ((in_words || foreign.magic.first() == Some(&b'<')) && begins(text)) {
            let what = match foreign.what {
                "a web page (HTML)" if workbook_name(shown) => "a web page (HTML) that is named like a workbook",
                what => what,
            };
            return Err(refuse(shown, what, foreign.hint));
        }
    }
    if let Some(what) = film_or_picture(head) {
        return Err(refuse(shown, what, AS_CSV));
    }
    if matches!(head, [0x69..=0x73, 1 | 2, 1, 0, ..]) {
        return Err(refuse(shown, "a Stata file", "export it from Stata as .csv (export delimited)"));
    }
    if binary(head) {
        return Err(refuse(shown, "a binary file that reach does not know", AS_CSV));
    }
    Ok(Looks::Text)
}

/// Files of words that are no table: what such a file is, and what to do.
fn written(text: &[u8], shown: &str) -> Option<(&'static str, &'static str)> {
    let start = text.get(..4096).unwrap_or(text);
    let has = |words: &[u8]| memchr::memmem::find(start, words).is_some();
    let name = shown.rsplit('/').next().unwrap_or(shown);
    if text.starts_with(b"<?xml") {
        if has(b"urn:schemas-microsoft-com:office:spreadsheet") || has(b"Excel.Sheet") {
            return Some(("an XML Spreadsheet of Excel 2003", SAVE));
        }
        if has(b"opendocument:xmlns:office") {
            return Some(("a flat OpenDocument file", SAVE));
        }
        if has(b"<html") || has(b"<!DOCTYPE html") {
            return Some(("a web page (HTML)", SIGNED_IN));
        }
    }
    let squeezed: Vec<u8> = start.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(64).collect();
    let object = |s: &[u8]| s.starts_with(b"{\"") && memchr::memmem::find(s, b"\":").is_some();
    if object(&squeezed)
        || squeezed.strip_prefix(b"[").is_some_and(|s| object(s) || s.starts_with(b"[\"") || s.starts_with(b"[["))
    {
        if has(b"\"doc_id\"") {
            return Some(("a pointer to a Google sheet", "open the sheet and download it as .xlsx or .csv"));
        }
        return Some(("a JSON file", AS_CSV));
    }
    const MAIL: [&[u8]; 5] = [b"Received:", b"Return-Path:", b"Delivered-To:", b"MIME-Version:", b"From:"];
    if MAIL.iter().any(|m| text.starts_with(m)) && has(b"MIME-Version:") {
        if has(b"multipart/related") {
            return Some(("a web page in one file (MHTML)", SAVE));
        }
        return Some(("an e-mail", "save the file that is attached to it"));
    }
    if name.starts_with(".~lock.") || (text.starts_with(b",") && has(b"file:///") && text.len() < 1024) {
        return Some((
            "the mark of LibreOffice that a file is open",
            "close the file in LibreOffice and name the file itself",
        ));
    }
    if name.starts_with("~$") {
        return Some(("the mark of Office that a file is open", "close the file in Excel and name the file itself"));
    }
    None
}

/// Whether a name ends like a workbook's.
fn workbook_name(shown: &str) -> bool {
    let ending = shown.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "xls" | "xlsx" | "xlsb" | "xlsm" | "ods")
}

/// A document of OpenDocument that is no spreadsheet, or a book: such a zip container begins with its name.
fn document(head: &[u8]) -> Option<&'static str> {
    let kind = head.get(30..)?.strip_prefix(b"mimetypeapplication/")?;
    let opendocument = |what: &[u8]| kind.strip_prefix(b"vnd.oasis.opendocument.").is_some_and(|k| k.starts_with(what));
    if opendocument(b"text") {
        Some("an OpenDocument text (.odt)")
    } else if opendocument(b"presentation") || opendocument(b"graphics") {
        Some("an OpenDocument presentation or drawing")
    } else if kind.starts_with(b"epub") {
        Some("a book")
    } else {
        None
    }
}

/// Pictures and films that are told by bytes further on.
fn film_or_picture(head: &[u8]) -> Option<&'static str> {
    let at = |from: usize, bytes: &[u8]| head.get(from..from + bytes.len()) == Some(bytes);
    if at(4, b"ftyp") {
        let picture = [&b"heic"[..], b"heix", b"hevc", b"mif1", b"avif"].iter().any(|brand| at(8, brand));
        return Some(if picture { "a picture" } else { "a film" });
    }
    if at(0, b"RIFF") && at(8, b"WEBP") || at(0, b"BM") && at(6, &[0; 4]) {
        return Some("a picture");
    }
    None
}

/// The refusal of a file that is something else.
pub(super) fn refuse(shown: &str, what: &str, hint: &str) -> Problem {
    Problem::stops(
        "file-foreign",
        Exit::Data,
        Place::file(shown),
        format!("this is {what}, not a table of text or a workbook"),
    )
    .hint(hint)
}

/// Whether bytes are neither text in one of the encodings that are read, nor nearly so.
fn binary(head: &[u8]) -> bool {
    if super::text::utf16(head).is_some() {
        return false;
    }
    // A file that was not written to its end has zeros there, and text may have a few of them anywhere.
    let filled = head.iter().rposition(|&b| b != 0).map_or(0, |at| at + 1);
    let head = head.get(..filled).unwrap_or(head);
    let zeros = head.iter().filter(|&&b| b == 0).count();
    let controls =
        head.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a)).count();
    (zeros > 4 && zeros * 50 > head.len()) || controls * 10 > head.len()
}

/// What to say of an OLE2 container that is no workbook, whose whole content is `bytes`; nothing of one that may be a workbook.
pub(super) fn ole_foreign(bytes: &[u8], shown: &str) -> Option<Problem> {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(bytes, &wide).is_some()
    };
    if has("EncryptedPackage") {
        let message = "the workbook is protected by a password";
        let problem = Problem::stops("workbook-password", Exit::Data, Place::file(shown), message);
        return Some(problem.hint(
            "remove the password (File, Info, Protect Workbook, Encrypt with Password: leave it empty) and save it again",
        ));
    }
    if has("Workbook") || has("Book") {
        return None;
    }
    Some(if has("WordDocument") {
        refuse(shown, "a Word document", "copy its table into a spreadsheet and save that as .xlsx")
    } else if has("PowerPoint Document") {
        refuse(shown, "a presentation", AS_CSV)
    } else if has("__properties_version1.0") {
        refuse(shown, "an e-mail", "save the file that is attached to it")
    } else {
        refuse(shown, "an Office document of before 2007 that is no workbook", AS_CSV)
    })
}
