//! A compound file (OLE2): the streams of an `.xls`, found by name, without believing any size or chain.

use super::fault::Fault;

/// One entry of the directory.
struct Entry {
    name: String,
    /// 2 is a stream, 5 the root.
    kind: u8,
    start: u32,
    size: u64,
}

/// An opened compound file.
pub(super) struct Compound<'b> {
    bytes: &'b [u8],
    /// The size of a sector, as a power of two.
    shift: u32,
    table: Vec<u32>,
    entries: Vec<Entry>,
    /// Streams below this size lie in small sectors.
    cutoff: u64,
    small: Vec<u32>,
}

/// From here on numbers are no sectors.
const NO_SECTOR: u32 = 0xffff_fffa;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]))
}

impl<'b> Compound<'b> {
    /// Reads the directory.
    ///
    /// # Errors
    /// [`Fault::Damaged`].
    pub fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        Self::read(bytes).ok_or(Fault::Damaged)
    }

    fn read(bytes: &'b [u8]) -> Option<Self> {
        let shift = u32::from(u16_at(bytes, 30)?);
        if !(7..=16).contains(&shift) {
            return None;
        }
        let mut file = Compound { bytes, shift, table: Vec::new(), entries: Vec::new(), cutoff: 0, small: Vec::new() };
        file.cutoff = u64::from(u32_at(bytes, 56)?);
        // Which sectors hold the table of chains: the first 109 stand in the header, the others in a chain of their own.
        let mut places: Vec<u32> = words(bytes.get(76..512)?).take_while(|&s| s < NO_SECTOR).collect();
        let mut next = u32_at(bytes, 68)?;
        let mut steps = file.sectors();
        while next < NO_SECTOR && steps > 0 {
            let sector = file.sector(next)?;
            let mut found: Vec<u32> = words(sector).collect();
            next = found.pop()?;
            places.extend(found.into_iter().take_while(|&s| s < NO_SECTOR));
            steps -= 1;
        }
        places.truncate(file.sectors());
        for place in places {
            // A sector that was cut off tells nothing of any chain.
            let Some(sector) = file.sector(place) else { break };
            file.table.extend(words(sector));
        }
        let directory = file.chain(u32_at(bytes, 48)?, u64::MAX)?;
        for entry in directory.chunks_exact(128) {
            let units = usize::from(u16_at(entry, 64)?).saturating_sub(2).min(62);
            let mut name = String::new();
            super::xlsb::utf16_into(entry.get(..units)?, &mut name);
            let size = u64::from(u32_at(entry, 120)?);
            file.entries.push(Entry { name, kind: *entry.get(66)?, start: u32_at(entry, 116)?, size });
        }
        let small = file.chain(u32_at(bytes, 60)?, u64::MAX).unwrap_or_default();
        file.small = words(&small).collect();
        Some(file)
    }

    /// How many sectors the file has room for.
    fn sectors(&self) -> usize {
        self.bytes.len() >> self.shift
    }

    /// A sector; of the last perhaps less.
    fn sector(&self, number: u32) -> Option<&'b [u8]> {
        let start = (usize::try_from(number).ok()? + 1).checked_shl(self.shift)?;
        let end = (start + (1usize << self.shift)).min(self.bytes.len());
        self.bytes.get(start..end).filter(|s| !s.is_empty())
    }

    /// The content of a chain of sectors, at most `size` bytes of it. None where it is broken or runs in a ring.
    fn chain(&self, start: u32, size: u64) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut next = start;
        let mut steps = self.sectors() + 1;
        while next < NO_SECTOR && (out.len() as u64) < size {
            steps = steps.checked_sub(1)?;
            out.extend_from_slice(self.sector(next)?);
            next = *self.table.get(usize::try_from(next).ok()?)?;
        }
        out.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Some(out)
    }

    /// Whether there is a stream of this name.
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| e.name.eq_ignore_ascii_case(name))
    }

    /// The stream of this name.
    ///
    /// # Errors
    /// [`Fault::Damaged`] where there is none, or its chain is broken.
    pub fn stream(&self, name: &str) -> Result<Vec<u8>, Fault> {
        let entry = self.entries.iter().find(|e| e.kind == 2 && e.name.eq_ignore_ascii_case(name));
        let entry = entry.ok_or(Fault::Damaged)?;
        let whole = if entry.size >= self.cutoff {
            self.chain(entry.start, entry.size)
        } else {
            self.small_chain(entry.start, entry.size)
        };
        whole.filter(|bytes| bytes.len() as u64 == entry.size).ok_or(Fault::Damaged)
    }

    /// The content of a chain of small sectors, which lie in the stream of the root.
    fn small_chain(&self, start: u32, size: u64) -> Option<Vec<u8>> {
        let root = self.entries.iter().find(|e| e.kind == 5)?;
        let held = self.chain(root.start, root.size)?;
        let mut out = Vec::new();
        let mut next = start;
        let mut steps = self.small.len() + 1;
        while next < NO_SECTOR && (out.len() as u64) < size {
            steps = steps.checked_sub(1)?;
            let at = usize::try_from(next).ok()?;
            let begin = at.checked_mul(64)?;
            out.extend_from_slice(held.get(begin..(begin + 64).min(held.len()))?);
            next = *self.small.get(at)?;
        }
        out.truncate(usize::try_from(size).ok()?);
        Some(out)
    }
}
