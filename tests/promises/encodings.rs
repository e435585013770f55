//! Promise: a table says the same whatever it is encoded in, however its lines end, and whatever stands between its cells.

use encoding_rs::{Encoding, ISO_8859_15, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
use reach::ingest::{Intake, ReadOptions, read_bytes};
use reach::problem::Weight;

fn read(bytes: impl Into<Vec<u8>>) -> Intake {
    read_bytes(bytes.into(), "file.csv", &ReadOptions::default())
}

/// Headers and cells of the only table.
fn cells(intake: &Intake) -> Vec<Vec<String>> {
    assert!(intake.problems.list.iter().all(|p| p.weight != Weight::Stops), "{:?}", intake.problems.list);
    let table = &intake.tables[0];
    let mut out = vec![table.columns.iter().map(|c| c.header[0].clone()).collect::<Vec<_>>()];
    for row in 0..table.rows {
        out.push(table.columns.iter().map(|c| c.texts.text(c.codes[row]).to_owned()).collect());
    }
    out
}

fn codes(intake: &Intake) -> Vec<&'static str> {
    intake.problems.list.iter().map(|p| p.code).collect()
}

fn said(intake: &Intake) -> (&str, &str) {
    let (encoding, how) = intake.files[0].encoding.as_ref().unwrap();
    (encoding, how)
}

const TABLE: &str =
    "Name,Said,Paid\nZoë,\"“It’s, well… a café”\",£5\nRenée,Very good – thank you,£10\nJosé,We’ll be back,£3\n";

fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost, "the text has characters that {} lacks", encoding.name());
    bytes.into_owned()
}

fn sixteen(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to).collect()
}

#[test]
fn one_table_in_ten_encodings() {
    let expected = cells(&read(TABLE));
    let mac: Vec<u8> = TABLE
        .chars()
        .map(|c| (0..=255u8).find(|&b| MACINTOSH.decode_without_bom_handling(&[b]).0.starts_with(c)).unwrap_or(b'?'))
        .collect();
    let marked = format!("\u{feff}{TABLE}");
    for (bytes, encoding, how) in [
        (TABLE.as_bytes().to_vec(), "UTF-8", "valid UTF-8"),
        (marked.as_bytes().to_vec(), "UTF-8", "byte order mark"),
        (format!("\u{feff}{marked}").into_bytes(), "UTF-8", "byte order mark"),
        (sixteen(&marked, u16::to_le_bytes), "UTF-16LE", "byte order mark"),
        (sixteen(&marked, u16::to_be_bytes), "UTF-16BE", "byte order mark"),
        (sixteen(TABLE, u16::to_le_bytes), "UTF-16LE", "every other byte is zero"),
        (sixteen(TABLE, u16::to_be_bytes), "UTF-16BE", "every other byte is zero"),
        (encoded(WINDOWS_1252, TABLE), "windows-1252", "guessed"),
        (mac.clone(), "macintosh", "guessed"),
        (mac.iter().map(|&b| if b == b'\n' { b'\r' } else { b }).collect(), "macintosh", "guessed"),
    ] {
        let intake = read(bytes);
        assert_eq!(cells(&intake), expected, "{encoding}, {how}");
        assert_eq!(said(&intake), (encoding, how));
    }
}

#[test]
fn other_alphabets() {
    let polish =
        "Imię,Odpowiedź\nŁukasz,było świetnie\nMałgorzata,wszystko się podobało\nPaweł,więcej zajęć dla młodzieży\n";
    let russian = "Имя,Ответ\nАнна,Очень понравилось\nИван,Спасибо музею\n";
    let french = "Nom,Avis,Prix\nAnne,un chef-d’œuvre,5 €\nJean,le cœur du musée,10 €\n".replace('’', "'");
    for (encoding, text) in [(WINDOWS_1250, polish), (WINDOWS_1251, russian), (ISO_8859_15, french.as_str())] {
        let intake = read(encoded(encoding, text));
        assert_eq!(said(&intake).0, encoding.name());
        assert_eq!(cells(&intake), cells(&read(text)));
        assert_eq!(codes(&intake), ["encoding-guessed"], "a guess is said");
    }
}

#[test]
fn the_spec_has_the_last_word_on_the_encoding() {
    let options = ReadOptions { encoding: Some("macintosh".to_owned()), ..ReadOptions::default() };
    let intake = read_bytes(b"Name,N\nRen\x8e,1\nZo\x91,2\n".to_vec(), "file.csv", &options);
    assert_eq!(cells(&intake)[1][0], "René");
    assert_eq!(said(&intake), ("macintosh", "declared"));
    assert!(codes(&intake).is_empty());
}

#[test]
fn one_table_however_its_lines_end_and_its_cells_are_parted() {
    let plain = "id,said,n\n1,yes; no,\"1,5\"\n2,\"a | b\",\"2,5\"\n3,c,\"3,5\"\n";
    let expected = cells(&read(plain));
    let variants = [
        plain.replace('\n', "\r\n"),
        plain.replace('\n', "\r"),
        plain.replacen('\n', "\r\n", 2),
        plain.trim_end().to_owned(),
        format!("{plain}\u{1a}"),
        format!("sep=,\r\n{plain}"),
        plain
            .replace(",", ", ")
            .replace("1, 5", "1,5")
            .replace("2, 5", "2,5")
            .replace("3, 5", "3,5")
            .replace("id, said, n", "id,said,n"),
        "'id','said','n'\n'1','yes; no','1,5'\n'2','a | b','2,5'\n'3','c','3,5'\n".to_owned(),
        "id;said;n\n1;\"yes; no\";1,5\n2;a | b;2,5\n3;c;3,5\n".to_owned(),
        "id\tsaid\tn\n1\tyes; no\t1,5\n2\ta | b\t2,5\n3\tc\t3,5\n".to_owned(),
        "id|said|n\n1|yes; no|1,5\n2|\"a | b\"|2,5\n3|c|3,5\n".to_owned(),
        "\"sep=|\"\nid|said|n\n1|yes; no|1,5\n2|\"a | b\"|2,5\n3|c|3,5\n".to_owned(),
        "\"id\"\t\"said\"\t\"n\"\n\"1\"\t\"yes; no\"\t\"1,5\"\n\"2\"\t\"a | b\"\t\"2,5\"\n\"3\"\t\"c\"\t\"3,5\"\n"
            .to_owned(),
        format!("\u{c}{}", plain.replace("3,c", "\u{c}3,c")),
    ];
    for text in variants {
        let trimmed: Vec<Vec<String>> =
            cells(&read(text.as_str())).iter().map(|row| row.iter().map(|c| c.trim().to_owned()).collect()).collect();
        assert_eq!(trimmed, expected, "{text:?}");
    }
}

#[test]
fn files_put_together_and_marks_inside_cells_do_no_harm() {
    let intake = read("\u{feff}\"id\",\"said\"\n\"1\",\"yes\"\n\u{feff}\"2\",\"\u{feff}no\"\n\"3\",\"no\"\n");
    let cells = cells(&intake);
    assert_eq!((cells[0][0].as_str(), cells[2][0].as_str()), ("id", "2"));
    assert_eq!(cells[2][1], "\u{feff}no", "a cell's own characters are kept");
}

#[test]
fn what_is_odd_in_a_text_is_said_with_its_row() {
    for (bytes, code, row) in [
        (b"a,b\n1,x\n2,y\0z\n".to_vec(), "zero-bytes", Some(3)),
        (b"a,b\n1,x\n2,y\x02\n".to_vec(), "control-characters", Some(3)),
        ("a,b\n1,x\n2,cafÃ©\n".as_bytes().to_vec(), "encoding-twice", Some(3)),
        (
            "a,b\n1,é è à\n2,caf".to_owned().into_bytes().into_iter().chain(*b"\xe9\n").collect(),
            "encoding-damaged",
            Some(3),
        ),
        (b"a,b\n1,x\n2,5\" pipe\n".to_vec(), "bare-quote", Some(3)),
        (b"a,b\n1,x\n2,\"yes\" he said\n".to_vec(), "stray-quote", Some(3)),
        (b"a,b\n1,x\n2,y\n\0\0\0\0\0\0\0\0".to_vec(), "file-cut", None),
        ("a,b\n1,é\n2,é".as_bytes()[..12].to_vec(), "file-cut", None),
        (b"a,b,c\n1,x,\n2,y,z\n3,x,\n4,x,\n5,y\n6,y,z\n7,y,z\n".to_vec(), "row-faulty", Some(6)),
        (b"a,b,c\n1,x\n2,y,z\n3,x\n4,x,z\n5,y\n".to_vec(), "rows-short", Some(2)),
    ] {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let intake = read(bytes);
        let problem = intake.problems.list.iter().find(|p| p.code == code);
        let problem = problem.unwrap_or_else(|| panic!("{shown:?}: {:?}", intake.problems.list));
        assert_eq!(problem.place.row, row, "{shown:?}");
        assert!(
            !problem.message.contains("pipe") && !problem.message.contains("he said"),
            "no text of a cell is shown"
        );
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let long = format!("a,b\n1,x\n2,{}\n", "y".repeat((1 << 20) + 1));
    let wide = format!("{}\n{}\n", "a,".repeat(20_000) + "z", "1,".repeat(20_000) + "2");
    for (text, code, place) in [
        (long.as_str(), "cell-too-long", (Some(3), Some("B"))),
        (wide.as_str(), "too-many-columns", (None, None)),
        ("a,b\n1,\"x\n2,y\n", "quote-unclosed", (Some(2), None)),
        (
            "Name      Visits  Date\nCity      12      03/04\nWest End  3       04/04\nEast      8       05/04\n",
            "columns-by-spaces",
            (None, None),
        ),
        ("a,b\n1,2,3\n4,5,6\n7,8,9\n", "header-short", (Some(1), None)),
    ] {
        let intake = read(text);
        let problem = intake.problems.list.iter().find(|p| p.weight == Weight::Stops).unwrap();
        assert_eq!((problem.code, problem.place.row, problem.place.column.as_deref()), (code, place.0, place.1));
        assert!(problem.hint.is_some());
    }
}

#[test]
fn a_row_of_a_million_separators_takes_no_more_than_its_size() {
    let text = format!("a,b\n1,2\n{}\n3,4\n", ",".repeat(4_000_000));
    let before = crate::ALLOCATOR.allocated();
    let intake = read(text);
    assert!(crate::ALLOCATOR.allocated() < before + (512 << 20));
    assert_eq!(intake.tables[0].rows, 2);
}

#[test]
fn indexes_and_trailing_separators_shift_nothing() {
    // pandas writes its index under a blank header.
    let index = read(",name,said\n0,Ann,yes\n1,Bob,no\n");
    assert_eq!(cells(&index)[1], ["0", "Ann", "yes"]);
    // Excel ends every row with a separator, and the header not.
    let trailing = read("name,said\nAnn,yes,\nBob,no,\n");
    assert_eq!(cells(&trailing)[1], ["Ann", "yes"]);
    assert!(trailing.tables[0].faulty.is_empty());
    // A separator inside a text, not quoted: the row is set aside, even where its last cell is blank.
    let rows = "Ann,yes,no,\n".repeat(30);
    let unquoted = read(format!("name,said,more,last\n{rows}Bob,yes, of course,no,\n"));
    assert_eq!(unquoted.tables[0].faulty, [(30, "the row has more cells than the header")]);
}
