//! Promise: a file that is no table is told by what it is, whatever it is called, and what to export instead is said.

use std::path::Path;

use reach::exit::Exit;
use reach::ingest::{ReadOptions, read_bytes, read_one};
use reach::problem::{Problem, Weight};

fn refused(intake: &reach::ingest::Intake) -> Option<&Problem> {
    intake.problems.list.iter().find(|p| p.weight == Weight::Stops)
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A container of before 2007 with streams of these names.
fn ole(streams: &[&str]) -> Vec<u8> {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(1024, 0);
    for stream in streams {
        bytes.extend(wide(stream));
        bytes.resize(bytes.len().next_multiple_of(128), 0);
    }
    bytes
}

#[test]
fn each_kind_is_named_with_what_to_export_instead() {
    let padded = |start: &[u8]| [start, &[0, 1, 2, 3, 0, 0, 200, 0]].concat();
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("a.sav", padded(b"$FL2@(#) SPSS DATA FILE"), "SPSS", "value labels"),
        ("a.zsav", padded(b"$FL3@(#) SPSS DATA FILE"), "SPSS", "value labels"),
        ("a.por", [b"ASCII SPSS PORT FILE ".repeat(5), b"00000-0000".to_vec()].concat(), "SPSS", "value labels"),
        ("a.dta", b"<stata_dta><header><release>118".to_vec(), "Stata", ".csv"),
        ("a.dta", padded(b"\x72\x02\x01\x00"), "Stata", ".csv"),
        ("a.sas7bdat", padded(b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14\x11\xcf"), "SAS", ".csv"),
        ("a.xpt", b"HEADER RECORD*******LIBRARY HEADER RECORD".to_vec(), "SAS", ".csv"),
        ("a.rda", padded(b"RDX3\nX\n"), "R file", "write.csv"),
        ("a.rds", padded(b"\x1f\x8b\x08"), "compressed", "unpack"),
        ("a.parquet", padded(b"PAR1"), "Parquet", ".csv"),
        ("a.pdf", b"%PDF-1.7\n".to_vec(), "PDF", ".csv"),
        ("a.csv", b"\n\n%PDF-1.7\n".to_vec(), "PDF", ".csv"),
        ("a.heic", padded(b"\0\0\0\x18ftypheic"), "picture", ".csv"),
        ("a.webp", padded(b"RIFF\x10\0\0\0WEBPVP8 "), "picture", ".csv"),
        ("a.bmp", padded(b"BM\x36\0\0\0\0\0\0\0"), "picture", ".csv"),
        ("a.jpg", padded(b"\xff\xd8\xff\xe0"), "picture", ".csv"),
        ("a.mp4", padded(b"\0\0\0\x18ftypmp42"), "film", ".csv"),
        ("a.doc", ole(&["Root Entry", "WordDocument"]), "Word", ".xlsx"),
        ("a.msg", ole(&["Root Entry", "__properties_version1.0"]), "e-mail", "attached"),
        ("a.xlsx", ole(&["EncryptedPackage"]), "password", "remove"),
        ("a.eml", b"Received: from x\r\nMIME-Version: 1.0\r\n\r\nhello".to_vec(), "e-mail", "attached"),
        ("a.xls", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n".to_vec(), "MHTML", ".xlsx"),
        ("a.xls", b"<html xmlns:o=\"urn:x\"><table><tr><td>1".to_vec(), "named like a workbook", ".xlsx"),
        ("a.csv", b"\r\n<!DOCTYPE HTML><html><body>Sign in".to_vec(), "web page", "signed in"),
        ("a.xls", wide("\u{feff}<table><tr><td>Date</td></tr></table>"), "named like a workbook", ".xlsx"),
        (
            "a.xls",
            b"<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook".to_vec(),
            "XML Spreadsheet",
            ".xlsx",
        ),
        ("a.xml", b"<?xml version=\"1.0\"?><a/>".to_vec(), "XML", ".xlsx"),
        ("a.json", b"{ \"responses\" : [ { \"id\": 1 } ] }".to_vec(), "JSON", ".csv"),
        ("a.json", b"[\n  {\n \"id\": 1 } ]".to_vec(), "JSON", ".csv"),
        ("a.jsonl", b"{\"id\":1}\n{\"id\":2}\n".to_vec(), "JSON", ".csv"),
        ("a.gsheet", b"{\"url\":\"x\",\"doc_id\":\"y\"}".to_vec(), "Google", "download"),
        (".~lock.visits.csv#", b",ann,desk,03.04.2025 10:00,file:///home/ann/.config;".to_vec(), "LibreOffice", "close"),
        ("~$visits.xlsx", [&[3u8][..], b"Ann", &[b' '; 50]].concat(), "Office", "close"),
        ("._visits.csv", padded(b"\0\x05\x16\x07\0\x02\0\0Mac OS X"), "Mac", "._"),
        ("visits.lnk", padded(b"L\0\0\0\x01\x14\x02\0"), "shortcut", "itself"),
        ("visits.csv", b"version https://git-lfs.github.com/spec/v1\n".to_vec(), "Git LFS", "fetch"),
        ("a.odt", padded(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0mimetypeapplication/vnd.oasis.opendocument.textPK"), "OpenDocument text", ".xlsx"),
        ("a.bin", (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect(), "binary", ".csv"),
        ("a.csv", b"\xff\xfe\0\0a\0\0\0".to_vec(), "UTF-32", "UTF-8"),
    ];
    for (name, bytes, what, hint) in cases {
        let intake = read_bytes(bytes, name, &ReadOptions::default());
        let problem = refused(&intake).unwrap_or_else(|| panic!("{name} ({what}) was not refused"));
        assert_eq!(problem.exit, Exit::Data, "{name}");
        assert!(problem.message.contains(what), "{name}: {}", problem.message);
        assert!(problem.hint.as_deref().is_some_and(|h| h.contains(hint)), "{name}: {:?}", problem.hint);
    }
}

#[test]
fn a_zip_archive_is_to_be_unpacked() {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("survey.csv", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(b"a,b\n1,2\n").unwrap();
    let bytes = archive.finish().unwrap().into_inner();
    let intake = read_bytes(bytes, "survey.zip", &ReadOptions::default());
    assert!(refused(&intake).unwrap().hint.as_deref().unwrap().contains("unpack"));
}

#[test]
fn columns_that_are_named_like_the_start_of_such_files_are_columns() {
    for header in
        ["PAR1,PAR2", "BM,Count", "GIF8,x", "MZ,NZ", "[Q1] How?,[Q2] Why?", "From: which library?,To?", "RDX3,y"]
    {
        let intake = read_bytes(format!("{header}\n1,2\n3,4\n").into_bytes(), "a.csv", &ReadOptions::default());
        assert!(refused(&intake).is_none(), "{header}: {:?}", intake.problems.list);
        assert_eq!(intake.tables[0].rows, 2, "{header}");
    }
}

#[test]
fn what_is_no_regular_file_is_never_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let read = |path: &Path| read_one(path, "file.csv", &ReadOptions::default());
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    std::fs::write(at("real.csv"), "a,b\n1,2\n").unwrap();
    std::os::unix::fs::symlink(at("real.csv"), at("link.csv")).unwrap();
    std::os::unix::fs::symlink("/nowhere/at/all", at("dangling.csv")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    for (path, words) in [
        (at("pipe"), "pipe"),
        (at("link.csv"), "link"),
        (at("dangling.csv"), "link"),
        (at("socket"), "socket"),
        (folder.path().to_path_buf(), "folder"),
        ("/dev/zero".into(), "device"),
        ("/dev/null".into(), "device"),
    ] {
        let intake = read(&path);
        let problem = refused(&intake).unwrap();
        assert!(problem.message.contains(words), "{words}: {}", problem.message);
        assert_eq!(problem.exit, Exit::Data);
    }
    let intake = read(Path::new("https://example.org/survey.csv"));
    assert_eq!(refused(&intake).map(|p| (p.code, p.exit)), Some(("file-web-address", Exit::Spec)));
    assert_eq!(refused(&read(&at("absent.csv"))).map(|p| p.exit), Some(Exit::Missing));
}

#[test]
fn a_file_that_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shut.csv");
    std::fs::write(&path, "a,b\n1,2\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let intake = read_one(&path, "shut.csv", &ReadOptions::default());
    assert_eq!(refused(&intake).map(|p| p.code), Some("file-forbidden"));
}
