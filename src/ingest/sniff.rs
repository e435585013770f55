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

/// Kinds that are refused, by their first bytes.
const FOREIGN: [Foreign; 28] = [
    Foreign { magic: b"$FL2", what: "an SPSS file", hint: "export it from SPSS as .csv or .xlsx, with value labels" },
    Foreign { magic: b"$FL3", what: "an SPSS file", hint: "export it from SPSS as .csv or .xlsx, with value labels" },
    Foreign { magic: b"%PDF", what: "a PDF document", hint: "export the table behind it as .csv or .xlsx" },
    Foreign { magic: b"\x89PNG", what: "a picture", hint: AS_CSV },
    Foreign { magic: b"\xff\xd8\xff", what: "a picture", hint: AS_CSV },
    Foreign { magic: b"GIF8", what: "a picture", hint: AS_CSV },
    Foreign { magic: b"II*\0", what: "a picture", hint: AS_CSV },
    Foreign { magic: b"MM\0*", what: "a picture", hint: AS_CSV },
    Foreign { magic: b"\x1f\x8b", what: "a compressed file", hint: "unpack it first" },
    Foreign { magic: b"BZh9", what: "a compressed file", hint: "unpack it first" },
    Foreign { magic: b"\xfd7zXZ\0", what: "a compressed file", hint: "unpack it first" },
    Foreign { magic: b"7z\xbc\xaf\x27\x1c", what: "a compressed archive", hint: "unpack it first" },
    Foreign { magic: b"Rar!", what: "a compressed archive", hint: "unpack it first" },
    Foreign { magic: b"\x28\xb5\x2f\xfd", what: "a compressed file", hint: "unpack it first" },
    Foreign { magic: b"PAR1", what: "a Parquet file", hint: AS_CSV },
    Foreign { magic: b"ARROW1", what: "an Arrow file", hint: AS_CSV },
    Foreign { magic: b"SQLite format 3\0", what: "a database", hint: AS_CSV },
    Foreign { magic: b"\0\x01\0\0Standard", what: "an Access database", hint: AS_CSV },
    Foreign { magic: b"{\\rtf", what: "a text document", hint: AS_CSV },
    Foreign { magic: b"<stata_dta>", what: "a Stata file", hint: AS_CSV },
    Foreign { magic: b"HEADER RECORD*******", what: "a SAS file", hint: AS_CSV },
    Foreign { magic: b"RDX3", what: "an R file", hint: AS_CSV },
    Foreign { magic: b"\x7fELF", what: "a program", hint: AS_CSV },
    Foreign { magic: b"MZ\x90\0", what: "a program", hint: AS_CSV },
    Foreign {
        magic: b"<!doctype html",
        what: "a web page, perhaps a sign-in page saved in the export's place",
        hint: "export the file again while signed in",
    },
    Foreign { magic: b"<html", what: "a web page", hint: "open it in a spreadsheet program and save it as .xlsx" },
    Foreign { magic: b"<?xml", what: "an XML file", hint: "open it in a spreadsheet program and save it as .xlsx" },
    Foreign { magic: b"[{\"", what: "a JSON file", hint: AS_CSV },
];

/// Decides by the first bytes of a file.
///
/// # Errors
/// [`Exit::Data`] with what to export instead.
pub(super) fn looks(head: &[u8], shown: &str) -> Result<Looks, Problem> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Looks::Zip);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(Looks::Ole);
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = text.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
    let text = text.get(start..).unwrap_or(text);
    for foreign in &FOREIGN {
        let begins =
            |bytes: &[u8]| bytes.get(..foreign.magic.len()).is_some_and(|b| b.eq_ignore_ascii_case(foreign.magic));
        if begins(head) || (foreign.magic.first() == Some(&b'<') && begins(text)) {
            return Err(refuse(shown, foreign.what, foreign.hint));
        }
    }
    if binary(head) {
        return Err(refuse(shown, "a binary file that reach does not know", AS_CSV));
    }
    Ok(Looks::Text)
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
    let zeros = head.iter().filter(|&&b| b == 0).count();
    let controls =
        head.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a)).count();
    zeros * 50 > head.len() || controls * 10 > head.len()
}

/// What to say of an OLE2 container, whose whole content is `bytes`.
pub(super) fn ole(bytes: &[u8], shown: &str) -> Problem {
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memchr::memmem::find(bytes, &encrypted).is_some() {
        return Problem::stops(
            "workbook-password",
            Exit::Data,
            Place::file(shown),
            "the workbook is protected by a password",
        )
        .hint("remove the password (File, Info, Protect Workbook, Encrypt with Password: leave it empty) and save it again");
    }
    refuse(
        shown,
        "an old Excel workbook (.xls) or another Office document of before 2007",
        "open it and save it as .xlsx",
    )
}
