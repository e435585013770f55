//! The shared strings of a workbook: one long text and where each ends.

use super::fault::Fault;

/// Strings by number.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
    /// How many bytes they may take together.
    room: usize,
}

impl Strings {
    /// None, with room for so many bytes.
    pub fn new(room: usize) -> Self {
        Strings { room, ..Strings::default() }
    }

    /// The text of the string that is being read, to be written at its end.
    pub fn open(&mut self) -> &mut String {
        &mut self.text
    }

    /// Where the string that is being read begins.
    pub fn start(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Ends the string that is being read.
    ///
    /// # Errors
    /// [`Fault::TooBig`] where there is no more room.
    pub fn close(&mut self) -> Result<(), Fault> {
        self.ends.push(self.text.len());
        if self.taken() > self.room { Err(Fault::TooBig) } else { Ok(()) }
    }

    /// How many bytes they take.
    pub fn taken(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<usize>()
    }

    /// The string with a number.
    #[inline]
    pub fn get(&self, index: usize) -> Option<&str> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(index)?)
    }
}

/// Undoes how Excel writes characters that XML cannot hold (`_x000D_`) in what stands from `start` on; ends of lines become `\n`.
pub(super) fn unescape(text: &mut String, start: usize) {
    let Some(tail) = text.get(start..) else { return };
    let escaped = memchr::memmem::find(tail.as_bytes(), b"_x").is_some();
    if !escaped && memchr::memchr(b'\r', tail.as_bytes()).is_none() {
        return;
    }
    let mut units: Vec<u16> = Vec::new();
    let mut out = String::with_capacity(tail.len());
    let mut rest = tail;
    while let Some(c) = rest.chars().next() {
        let code = rest.strip_prefix("_x").and_then(|r| r.get(..5)).filter(|r| r.ends_with('_'));
        let code = code.and_then(|r| r.get(..4)).filter(|r| r.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|hex| u16::from_str_radix(hex, 16).ok()) {
            Some(unit) => {
                units.push(unit);
                rest = rest.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str(&String::from_utf16_lossy(&units));
                units.clear();
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out.push_str(&String::from_utf16_lossy(&units));
    let out = out.replace("\r\n", "\n").replace('\r', "\n");
    text.truncate(start);
    text.push_str(&out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_excel() {
        for (raw, text) in [
            ("a_x000D_\nb", "a\nb"),
            ("_xD83D__xDCF7_", "\u{1f4f7}"),
            ("_x005F_x000D_", "_x000D_"),
            ("plain _x text_", "plain _x text_"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("_x00", "_x00"),
        ] {
            let mut out = "kept".to_owned();
            out.push_str(raw);
            unescape(&mut out, 4);
            assert_eq!(out, format!("kept{text}"));
        }
    }

    #[test]
    fn strings_by_number() {
        let mut strings = Strings::new(60);
        for text in ["a", "", "bc"] {
            strings.open().push_str(text);
            strings.close().unwrap();
        }
        let got: Vec<Option<&str>> = (0..4).map(|i| strings.get(i)).collect();
        assert_eq!(got, [Some("a"), Some(""), Some("bc"), None]);
        strings.open().push_str(&"x".repeat(60));
        assert_eq!(strings.close(), Err(Fault::TooBig));
    }
}
