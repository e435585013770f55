//! From bytes to text: which encoding, how that is known, and what in the text is no text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::legacy;
use crate::exit::Exit;
use crate::problem::{Place, Problem};

/// A file's text. Text that is UTF-8 already is not copied.
pub(super) struct Decoded<'b> {
    pub text: Cow<'b, str>,
    /// The encoding's WHATWG name.
    pub encoding: String,
    /// "byte order mark", "valid UTF-8", "guessed", …
    pub how: String,
    pub notes: Vec<Note>,
}

/// Something to be said of the text, and where: a byte of it, by which the row is found.
pub(super) struct Note {
    pub problem: Problem,
    pub at: Option<usize>,
}

impl From<Problem> for Note {
    fn from(problem: Problem) -> Self {
        Note { problem, at: None }
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Decodes a whole file; `label` is the spec's word for its encoding, if it has one.
///
/// # Errors
/// [`Exit::Spec`] for an unknown label; [`Exit::Data`] where bytes do not fit the encoding that the spec names, and for UTF-32.
pub(super) fn decode<'b>(bytes: &'b [u8], label: Option<&str>, shown: &str) -> Result<Decoded<'b>, Problem> {
    let mut decoded = match label {
        Some(label) => declared(bytes, label, shown)?,
        None => undeclared(bytes, shown)?,
    };
    decoded.ends(shown);
    decoded.controls(shown);
    decoded.twice(shown);
    Ok(decoded)
}

impl<'b> Decoded<'b> {
    fn new(text: Cow<'b, str>, encoding: &str, how: &str) -> Self {
        Decoded { text, encoding: encoding.to_owned(), how: how.to_owned(), notes: Vec::new() }
    }

    fn with(mut self, note: Option<impl Into<Note>>) -> Self {
        self.notes.extend(note.map(Into::into));
        self
    }

    /// Keeps a part of the text.
    fn keep(&mut self, from: usize, to: usize) {
        match &mut self.text {
            Cow::Borrowed(text) => *text = text.get(from..to).unwrap_or_default(),
            Cow::Owned(text) => {
                text.truncate(to);
                text.drain(..from);
            }
        }
    }

    /// Takes byte order marks off the start, and what old programs and unfinished copies leave at the end.
    fn ends(&mut self, shown: &str) {
        let from = self.text.len() - self.text.trim_start_matches('\u{feff}').len();
        let end = self.text.trim_end_matches(['\0', '\u{1a}']).len().max(from);
        let zeros = self.text.get(end..).unwrap_or_default().bytes().filter(|&b| b == 0).count();
        if zeros > 0 {
            let message = format!(
                "the file ends in {zeros} zero {}, as a file does that was not written to its end; rows may be missing",
                if zeros == 1 { "byte" } else { "bytes" }
            );
            self.notes.push(cut(shown, message).into());
        }
        if from > 0 || end < self.text.len() {
            self.keep(from, end);
        }
    }

    /// Takes zero bytes out of the text, and says of other control characters that they are there.
    fn controls(&mut self, shown: &str) {
        if !has_controls(self.text.as_bytes()) {
            return;
        }
        let zeros = memchr::memchr_iter(0, self.text.as_bytes()).count();
        if let Some(at) = memchr::memchr(0, self.text.as_bytes()) {
            let message = format!("the text has {}; they are left out", several(zeros, "zero byte"));
            let problem = Problem::assumed("zero-bytes", Place::file(shown), message)
                .hint("export the file again if it looks damaged")
                .count(zeros as u64);
            self.notes.push(Note { problem, at: Some(at) });
            self.text = Cow::Owned(self.text.replace('\0', ""));
        }
        let is = |b: &u8| is_control(*b) && !matches!(b, b'\0' | 0x0b | 0x0c);
        let others = self.text.bytes().filter(is).count();
        if others > 0 {
            let at = self.text.bytes().position(|b| is(&b));
            let message =
                format!("the text has {} that no one can see; they are kept", several(others, "control character"));
            let problem = Problem::noted("control-characters", Place::file(shown), message).count(others as u64);
            self.notes.push(Note { problem, at });
        }
    }

    /// Says so where letters were encoded twice: `Ã©` for `é`. Nothing is changed, since no program can know where to stop.
    fn twice(&mut self, shown: &str) {
        let bytes = self.text.as_bytes();
        let Some(places) = twice_encoded(bytes) else { return };
        let message = format!(
            "{} been encoded twice, as \u{ab}Ã©\u{bb} for \u{ab}é\u{bb}; they are read as they stand",
            match places.count {
                1 => "1 character has".to_owned(),
                n => format!("{n} characters have"),
            }
        );
        let problem = Problem::assumed("encoding-twice", Place::file(shown), message)
            .hint("export the file again as UTF-8 and do not save it with another program before reach reads it")
            .count(places.count);
        self.notes.push(Note { problem, at: Some(places.first) });
    }
}

/// "1 byte", "2 bytes".
fn several(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn undeclared<'b>(bytes: &'b [u8], shown: &str) -> Result<Decoded<'b>, Problem> {
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Err(Problem::stops("encoding-unknown", Exit::Data, Place::file(shown), "the text is UTF-32")
            .hint("export it as UTF-8"));
    }
    let marked = |encoding| sixteen(bytes.get(2..).unwrap_or_default(), encoding, "byte order mark", shown);
    if bytes.starts_with(b"\xff\xfe") {
        return marked(UTF_16LE);
    }
    if bytes.starts_with(b"\xfe\xff") {
        return marked(UTF_16BE);
    }
    if let Some(encoding) = utf16(bytes.get(..1 << 16).unwrap_or(bytes)) {
        return sixteen(bytes, encoding, "every other byte is zero", shown);
    }
    let (text, how) = match bytes.strip_prefix(BOM) {
        Some(rest) => (rest, "byte order mark"),
        None => (bytes, "valid UTF-8"),
    };
    let error = match std::str::from_utf8(text) {
        Ok(text) => return Ok(Decoded::new(Cow::Borrowed(text), UTF_8.name(), how)),
        Err(error) => error,
    };
    let how = if text.len() < bytes.len() { how } else { "nearly all of it is valid UTF-8" };
    let census = Census::of(text);
    // The last character was cut: there is no telling this from a last byte of another encoding but by the others.
    if error.error_len().is_none() && (census.good > 0 || text.len() < bytes.len()) {
        let whole = text.get(..error.valid_up_to()).and_then(|t| std::str::from_utf8(t).ok()).unwrap_or_default();
        let note = cut(shown, "the file ends in the middle of a character; rows may be missing");
        return Ok(Decoded::new(Cow::Borrowed(whole), UTF_8.name(), how).with(Some(note)));
    }
    if census.is_utf8() {
        let (text, note) = mended(text, shown);
        return Ok(Decoded::new(Cow::Owned(text), UTF_8.name(), how).with(note));
    }
    let guess = legacy::guess(text);
    let (decoded, bad) = guess.encoding.decode_without_bom_handling(text);
    let name = guess.encoding.name();
    let note = if bad { replaced(shown, name) } else { guessed(shown, &guess) };
    Ok(Decoded::new(decoded, name, "guessed").with(Some(note)))
}

fn declared<'b>(bytes: &'b [u8], label: &str, shown: &str) -> Result<Decoded<'b>, Problem> {
    let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
        return Err(Problem::stops(
            "encoding-unknown",
            Exit::Spec,
            Place::file(shown),
            format!("reach does not know the encoding \"{label}\""),
        )
        .hint("use utf-8, windows-1252, macintosh or utf-16le, or leave the line out"));
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
    Ok(Decoded::new(text, used.name(), "declared"))
}

/// Text of two bytes a character, as most of it is.
fn sixteen<'b>(bytes: &'b [u8], encoding: &'static Encoding, how: &str, shown: &str) -> Result<Decoded<'b>, Problem> {
    // A byte lost or added on the way turns all that follows into other characters.
    if bytes.chunks_exact(64).any(|window| utf16(window).is_some_and(|other| other != encoding)) {
        return Err(Problem::stops(
            "encoding-damaged",
            Exit::Data,
            Place::file(shown),
            format!("the text is {}, but a byte of it was lost or added on the way", encoding.name()),
        )
        .hint("copy the file again, or export it again as UTF-8"));
    }
    let whole = bytes.len() - bytes.len() % 2;
    let (text, bad) = encoding.decode_without_bom_handling(bytes.get(..whole).unwrap_or_default());
    let odd =
        (whole < bytes.len()).then(|| cut(shown, "the file ends in the middle of a character; rows may be missing"));
    Ok(Decoded::new(text, encoding.name(), how).with(odd).with(bad.then(|| replaced(shown, encoding.name()))))
}

/// What is said of a file that was not written or copied to its end.
pub(super) fn cut(shown: &str, message: impl Into<String>) -> Problem {
    Problem::assumed("file-cut", Place::file(shown), message)
        .hint("compare its rows with the export's own count, or export it again")
}

fn replaced(shown: &str, encoding: &str) -> Problem {
    Problem::assumed(
        "encoding-damaged",
        Place::file(shown),
        format!("some bytes are not {encoding}; they are shown as \u{fffd}"),
    )
    .hint("export the file again as UTF-8")
}

fn guessed(shown: &str, guess: &legacy::Guess) -> Problem {
    let name = guess.encoding.name();
    let mut message = format!(
        "the text is no UTF-8; it is read as {name}, in which {} of {} beyond ASCII fit where they stand",
        guess.fit,
        several(usize::try_from(guess.bytes).unwrap_or(usize::MAX), "character")
    );
    if let Some((rival, fit)) = guess.rival {
        message.push_str(&format!(" (as {}: {fit})", rival.name()));
    }
    Problem::assumed("encoding-guessed", Place::file(shown), message)
        .hint("if letters with accents look wrong, name the encoding in reach.toml, or export the file as UTF-8")
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

/// How much of a text is UTF-8.
#[derive(Default)]
struct Census {
    /// Sequences of several bytes, and those among them that western texts have.
    good: usize,
    western: usize,
    bad: usize,
}

impl Census {
    fn of(bytes: &[u8]) -> Self {
        let mut census = Census::default();
        for chunk in bytes.utf8_chunks() {
            let valid = chunk.valid().as_bytes();
            census.good += valid.iter().filter(|&&b| b >= 0xc0).count();
            census.western += valid.iter().filter(|&&b| matches!(b, 0xc2 | 0xc3 | 0xc5 | 0xe2)).count();
            census.bad += usize::from(!chunk.invalid().is_empty());
        }
        census
    }

    /// Whether it is UTF-8 but for stray bytes: in no other encoding do so many bytes fall into its sequences.
    fn is_utf8(&self) -> bool {
        (self.good >= 20 && self.bad * 20 <= self.good) || (self.western >= 3 && self.western >= self.bad)
    }
}

/// UTF-8 text with stray bytes: a lone one between characters of ASCII is read as Windows-1252, in which it was pasted there.
fn mended(bytes: &[u8], shown: &str) -> (String, Option<Note>) {
    let mut text = String::with_capacity(bytes.len() + 16);
    let (mut read, mut lost, mut first) = (0usize, 0usize, None);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        text.push_str(chunk.valid());
        let bad = chunk.invalid();
        if bad.is_empty() {
            continue;
        }
        first = first.or(Some(text.len()));
        let before = chunk.valid().bytes().next_back().is_none_or(|b| b < 0x80);
        let after = chunks.peek().is_none_or(|next| next.valid().bytes().next().is_some_and(|b| b < 0x80));
        let western = match bad {
            // The first bytes of letters that were cut, and bytes that Windows-1252 does not have.
            [0xc2 | 0xc3 | 0x81 | 0x8d | 0x8f | 0x90 | 0x9d] => None,
            [_] if before && after => Some(WINDOWS_1252.decode_without_bom_handling(bad).0),
            _ => None,
        };
        match western {
            Some(character) => {
                read += 1;
                text.push_str(&character);
            }
            None => {
                lost += 1;
                text.push('\u{fffd}');
            }
        }
    }
    let mut parts = Vec::new();
    if read > 0 {
        parts.push(format!(
            "{} read as windows-1252",
            if read == 1 { "1 is".to_owned() } else { format!("{read} are") }
        ));
    }
    if lost > 0 {
        parts.push(format!("{} shown as \u{fffd}", if lost == 1 { "1 is".to_owned() } else { format!("{lost} are") }));
    }
    let message = format!("{} not UTF-8, as the rest is: {}", several(read + lost, "byte"), parts.join(", "));
    let problem = Problem::assumed("encoding-damaged", Place::file(shown), message)
        .hint("look at that row, or export the file again as UTF-8")
        .count((read + lost) as u64);
    (text, Some(Note { problem, at: first }))
}

/// Where letters were encoded twice.
struct Twice {
    count: u64,
    first: usize,
}

/// Finds characters of UTF-8 that were taken for Windows-1252 and encoded once more.
fn twice_encoded(bytes: &[u8]) -> Option<Twice> {
    let mut found = Twice { count: 0, first: usize::MAX };
    let mut add = |at: usize| {
        found.count += 1;
        found.first = found.first.min(at);
    };
    // `Ã` or `Â` before what a second byte of UTF-8 looks like in Windows-1252: no letter of ASCII, no small letter with an accent.
    for lead in [&b"\xc3\x83"[..], b"\xc3\x82"] {
        for at in memchr::memmem::find_iter(bytes, lead) {
            let rest = bytes.get(at + 2..).unwrap_or_default();
            let second = matches!(rest, [0xc2, 0x80..=0xbf, ..] | [0xe2, 0x80 | 0x82 | 0x84, ..])
                || matches!(
                    rest,
                    [0xc5, 0x92 | 0x93 | 0xa0 | 0xa1 | 0xb8 | 0xbd | 0xbe, ..]
                        | [0xc6, 0x92, ..]
                        | [0xcb, 0x86 | 0x9c, ..]
                );
            if second {
                add(at);
            }
        }
    }
    // `â€™` and its like.
    for lead in [&b"\xc3\xa2\xe2\x82\xac"[..], b"\xc3\xa2\xc2\x80"] {
        memchr::memmem::find_iter(bytes, lead).for_each(&mut add);
    }
    (found.count > 0).then_some(found)
}

fn is_control(b: u8) -> bool {
    (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f
}

/// Whether there is any control character but tabs and line ends: many bytes at a time.
fn has_controls(bytes: &[u8]) -> bool {
    bytes.chunks(128).any(|chunk| chunk.iter().fold(0u8, |any, &b| any | u8::from(is_control(b))) != 0)
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
        assert!(decoded.text.starts_with('é') && !decoded.notes.is_empty());
    }

    fn codes(bytes: &[u8]) -> (String, Vec<&'static str>) {
        let decoded = decode(bytes, None, "x").unwrap();
        (decoded.text.into_owned(), decoded.notes.iter().map(|n| n.problem.code).collect())
    }

    #[test]
    fn marks_at_the_start_and_at_the_end() {
        assert_eq!(codes(b"\xef\xbb\xbf\xef\xbb\xbfa,b\n\x1a"), ("a,b\n".to_owned(), vec![]));
        assert_eq!(codes(b"a,b\n1,2\n\0\0\0\0"), ("a,b\n1,2\n".to_owned(), vec!["file-cut"]));
        assert_eq!(codes(b"a,b\n1\0,2\n"), ("a,b\n1,2\n".to_owned(), vec!["zero-bytes"]));
        assert_eq!(codes("a,é\n1,é".as_bytes().get(..8).unwrap()), ("a,é\n1,".to_owned(), vec!["file-cut"]));
        let le: Vec<u8> = "\u{feff}Library,Visits".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(codes(&le[..le.len() - 1]), ("Library,Visit".to_owned(), vec!["file-cut"]));
    }

    #[test]
    fn a_byte_too_many_in_utf16_is_damage() {
        let mut le: Vec<u8> =
            "\u{feff}Library,Visits\r\n".repeat(20).encode_utf16().flat_map(u16::to_le_bytes).collect();
        le.insert(301, b'"');
        assert_eq!(decode(&le, None, "x").err().map(|p| p.code), Some("encoding-damaged"));
    }

    #[test]
    fn stray_bytes_among_utf8_are_read_and_said() {
        let mut bytes = "café, thé, déjà, “yes”\n".as_bytes().to_vec();
        bytes.extend_from_slice(b"caf\xe9,don\x92t,\xc3,\xe2\x80 x\n");
        let (text, codes) = codes(&bytes);
        assert!(text.ends_with("café,don’t,\u{fffd},\u{fffd} x\n"), "{text}");
        assert_eq!(codes, ["encoding-damaged"]);
    }

    #[test]
    fn letters_encoded_twice_are_said() {
        assert_eq!(codes("cafÃ©,donâ€™t,Â£5\n".as_bytes()).1, ["encoding-twice"]);
        assert_eq!(decode("cafÃ©,donâ€™t,Â£5\n".as_bytes(), None, "x").unwrap().notes[0].problem.count, 3);
        assert!(codes("SÃO PAULO, Âge, €5, “ok”\n".as_bytes()).1.is_empty());
    }
}
