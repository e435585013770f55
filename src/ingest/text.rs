//! From bytes to text: which encoding, and how that is known.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::exit::Exit;
use crate::problem::{Place, Problem};

/// A file's text. Text that is UTF-8 already is not copied.
pub(super) struct Decoded<'b> {
    pub text: Cow<'b, str>,
    /// The encoding's WHATWG name.
    pub encoding: String,
    /// "byte order mark", "valid UTF-8", "guessed", …
    pub how: String,
    pub problem: Option<Problem>,
}

/// Decodes a whole file; `label` is the spec's word for its encoding, if it has one.
///
/// # Errors
/// [`Exit::Spec`] for an unknown label; [`Exit::Data`] where bytes do not fit the encoding that the spec names.
pub(super) fn decode<'b>(bytes: &'b [u8], label: Option<&str>, shown: &str) -> Result<Decoded<'b>, Problem> {
    if let Some(label) = label {
        return declared(bytes, label, shown);
    }
    let known = |encoding: &'static Encoding, skip: usize, how: &str| {
        let (text, bad) = encoding.decode_without_bom_handling(bytes.get(skip..).unwrap_or_default());
        Decoded {
            text,
            encoding: encoding.name().to_owned(),
            how: how.to_owned(),
            problem: bad.then(|| replaced(shown, encoding.name())),
        }
    };
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Ok(known(UTF_8, 3, "byte order mark"));
    }
    if bytes.starts_with(b"\xff\xfe") {
        return Ok(known(UTF_16LE, 2, "byte order mark"));
    }
    if bytes.starts_with(b"\xfe\xff") {
        return Ok(known(UTF_16BE, 2, "byte order mark"));
    }
    if let Some(encoding) = utf16(bytes.get(..1 << 16).unwrap_or(bytes)) {
        return Ok(known(encoding, 0, "every other byte is zero"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Decoded {
            text: Cow::Borrowed(text),
            encoding: "UTF-8".to_owned(),
            how: "valid UTF-8".to_owned(),
            problem: None,
        });
    }
    if nearly_utf8(bytes) {
        return Ok(known(UTF_8, 0, "nearly all of it is valid UTF-8"));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let high = bytes.iter().filter(|&&b| b >= 0x80).count();
    // A handful of bytes is no evidence for anything but the commonest case: a file saved by Excel in western Europe.
    let encoding = if high < 24 { WINDOWS_1252 } else { guess };
    let (text, bad) = encoding.decode_without_bom_handling(bytes);
    let problem = if bad {
        replaced(shown, encoding.name())
    } else {
        Problem::assumed(
            "encoding-guessed",
            Place::file(shown),
            format!("the text is no UTF-8; it is read as {}", encoding.name()),
        )
        .hint("if letters with accents look wrong, name the encoding in reach.toml, or export the file as UTF-8")
    };
    Ok(Decoded { text, encoding: encoding.name().to_owned(), how: "guessed".to_owned(), problem: Some(problem) })
}

fn declared<'b>(bytes: &'b [u8], label: &str, shown: &str) -> Result<Decoded<'b>, Problem> {
    let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
        return Err(Problem::stops(
            "encoding-unknown",
            Exit::Spec,
            Place::file(shown),
            format!("reach does not know the encoding \"{label}\""),
        )
        .hint("use utf-8, windows-1252 or utf-16le, or leave the line out"));
    };
    let (text, used, bad) = encoding.decode(bytes);
    if bad {
        return Err(Problem::stops(
            "encoding-wrong",
            Exit::Data,
            Place::file(shown),
            format!("the file has bytes that are not {}", used.name()),
        )
        .hint("leave the encoding line out of reach.toml, or export the file again"));
    }
    Ok(Decoded { text, encoding: used.name().to_owned(), how: "declared".to_owned(), problem: None })
}

fn replaced(shown: &str, encoding: &str) -> Problem {
    Problem::assumed(
        "encoding-damaged",
        Place::file(shown),
        format!("some bytes are not {encoding}; they are shown as \u{fffd}"),
    )
    .hint("export the file again as UTF-8")
}

/// UTF-16 without a byte order mark, known by where its zero bytes stand.
pub(super) fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    if head.starts_with(b"\xff\xfe") {
        return Some(UTF_16LE);
    }
    if head.starts_with(b"\xfe\xff") {
        return Some(UTF_16BE);
    }
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let (mut even, mut odd) = (0usize, 0usize);
    for pair in head.chunks_exact(2) {
        even += usize::from(pair.first() == Some(&0));
        odd += usize::from(pair.get(1) == Some(&0));
    }
    if odd * 10 >= pairs * 7 && even * 20 <= pairs {
        Some(UTF_16LE)
    } else if even * 10 >= pairs * 7 && odd * 20 <= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether the text is UTF-8 but for a few damaged bytes: many sequences of several bytes, hardly one wrong.
fn nearly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|&b| b >= 0xc0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    bad > 0 && good >= 20 && bad * 20 <= good
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_by_evidence() {
        let le: Vec<u8> = "Library,Visits\r\nCity,3\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "Library,Visits\r\nCity,3\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, encoding, first) in [
            (&b"\xef\xbb\xbfa,b"[..], "UTF-8", 'a'),
            (&b"caf\xe9,b"[..], "windows-1252", 'c'),
            (&b"\x93quoted\x94"[..], "windows-1252", '\u{201c}'),
            (&le[..], "UTF-16LE", 'L'),
            (&be[..], "UTF-16BE", 'L'),
            ("é,b".as_bytes(), "UTF-8", 'é'),
        ] {
            let decoded = decode(bytes, None, "x").unwrap();
            assert_eq!(decoded.encoding, encoding);
            assert_eq!(decoded.text.chars().next(), Some(first));
        }
    }

    #[test]
    fn a_damaged_byte_does_not_turn_utf8_into_mojibake() {
        let mut bytes = "é".repeat(50).into_bytes();
        bytes.push(0xff);
        let decoded = decode(&bytes, None, "x").unwrap();
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.text.starts_with('é') && decoded.problem.is_some());
    }
}
