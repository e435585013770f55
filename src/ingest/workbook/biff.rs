//! The records of an `.xls` stream, and texts that run on over several of them.

use super::fault::{CELL_CHARACTERS, Fault};

/// The type of a record that continues the one before.
const CONTINUE: u16 = 0x003c;

/// One record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub kind: u16,
    pub body: &'a [u8],
}

/// Records, one after another.
#[derive(Debug, Clone)]
pub(super) struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    /// The records of a stream from a place on.
    pub fn new(stream: &'a [u8], at: usize) -> Self {
        Records { stream, at }
    }

    /// Where the next record begins.
    pub fn place(&self) -> usize {
        self.at
    }

    /// The next record; none where the stream ends, or ends inside one.
    pub fn next(&mut self) -> Option<Record<'a>> {
        let head: [u8; 4] = self.stream.get(self.at..self.at.checked_add(4)?)?.try_into().ok()?;
        let [a, b, c, d] = head;
        let start = self.at + 4;
        let end = start + usize::from(u16::from_le_bytes([c, d]));
        let body = self.stream.get(start..end)?;
        self.at = end;
        Some(Record { kind: u16::from_le_bytes([a, b]), body })
    }

    /// The content of a record that was just given, with what continues it.
    pub fn segments(&mut self, first: Record<'a>) -> Segments<'a> {
        let mut more = Vec::new();
        loop {
            let mut ahead = self.clone();
            match ahead.next() {
                Some(record) if record.kind == CONTINUE => {
                    more.push(record.body);
                    *self = ahead;
                }
                _ => break,
            }
        }
        more.reverse();
        Segments { here: first.body, more }
    }
}

/// The content of a record and of those that continue it.
#[derive(Debug)]
pub(super) struct Segments<'a> {
    here: &'a [u8],
    /// The others, the next one last.
    more: Vec<&'a [u8]>,
}

impl<'a> Segments<'a> {
    /// Whether there is something in this segment, having gone on to the next where it is used up.
    fn go_on(&mut self) -> bool {
        while self.here.is_empty() {
            match self.more.pop() {
                Some(next) => self.here = next,
                None => return false,
            }
        }
        true
    }

    fn u8(&mut self) -> Result<u8, Fault> {
        if !self.go_on() {
            return Err(Fault::Damaged);
        }
        let (&byte, rest) = self.here.split_first().ok_or(Fault::Damaged)?;
        self.here = rest;
        Ok(byte)
    }

    /// Two bytes as a number.
    pub fn u16(&mut self) -> Result<u16, Fault> {
        Ok(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    /// Four bytes as a number.
    pub fn u32(&mut self) -> Result<u32, Fault> {
        Ok(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    /// Passes over so many bytes.
    fn pass(&mut self, mut n: usize) -> Result<(), Fault> {
        while n > 0 {
            if !self.go_on() {
                return Err(Fault::Damaged);
            }
            let step = n.min(self.here.len());
            self.here = self.here.get(step..).unwrap_or_default();
            n -= step;
        }
        Ok(())
    }

    /// Writes a text of so many UTF-16 units: its flags say how wide they are, which of them have looks of their own, and how it is
    /// pronounced. Where it runs on in the next record, that begins with flags again.
    pub fn text(&mut self, units: usize, out: &mut String) -> Result<(), Fault> {
        let flags = self.u8()?;
        let runs = if flags & 8 != 0 { usize::from(self.u16()?) } else { 0 };
        let spoken = if flags & 4 != 0 { self.u32()? as usize } else { 0 };
        let mut wide = flags & 1 == 1;
        let mut left = units;
        let begin = out.len();
        let mut pending: Vec<u16> = Vec::new();
        while left > 0 {
            if self.here.is_empty() {
                if !self.go_on() {
                    return Err(Fault::Damaged);
                }
                wide = self.u8()? & 1 == 1;
            }
            let width = if wide { 2 } else { 1 };
            let n = left.min(self.here.len() / width);
            if n == 0 {
                return if self.here.is_empty() { continue } else { Err(Fault::Damaged) };
            }
            let (bytes, rest) = self.here.split_at_checked(n * width).ok_or(Fault::Damaged)?;
            self.here = rest;
            left -= n;
            if out.len() - begin > 8 * CELL_CHARACTERS {
                continue;
            }
            // A pair of units may be torn apart by the end of a record.
            if wide {
                pending.extend(bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
            } else {
                pending.extend(bytes.iter().map(|&b| u16::from(b)));
            }
        }
        out.extend(char::decode_utf16(pending).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        self.pass(4 * runs)?;
        self.pass(spoken)
    }
}
