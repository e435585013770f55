//! The codes of a column's rows while it is read, each in as many bytes as the greatest of them needs: most columns of a survey have
//! few distinct texts, and a code must not take more room than the cell did in the file.

/// A code per row.
pub(super) enum Codes {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Codes {
    /// No codes, with room for about `rows` small ones.
    pub fn with_room(rows: usize) -> Self {
        let mut codes = Vec::new();
        // A hint, not a need: a guess that is too great for the memory is no reason to stop.
        let _ = codes.try_reserve(rows);
        Codes::One(codes)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Codes::One(codes) => codes.len(),
            Codes::Two(codes) => codes.len(),
            Codes::Four(codes) => codes.len(),
        }
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> u64 {
        let each = match self {
            Codes::One(_) => 1,
            Codes::Two(_) => 2,
            Codes::Four(_) => 4,
        };
        each * self.len() as u64
    }

    /// The code of a row.
    pub fn get(&self, row: usize) -> Option<u32> {
        match self {
            Codes::One(codes) => codes.get(row).map(|&c| u32::from(c)),
            Codes::Two(codes) => codes.get(row).map(|&c| u32::from(c)),
            Codes::Four(codes) => codes.get(row).copied(),
        }
    }

    /// The codes from the top.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let (one, two, four): (&[u8], &[u16], &[u32]) = match self {
            Codes::One(codes) => (codes, &[], &[]),
            Codes::Two(codes) => (&[], codes, &[]),
            Codes::Four(codes) => (&[], &[], codes),
        };
        one.iter().map(|&c| u32::from(c)).chain(two.iter().map(|&c| u32::from(c))).chain(four.iter().copied())
    }

    /// Appends the codes of some rows.
    #[inline]
    pub fn append(&mut self, more: &[u32]) {
        self.widen(more.iter().copied().max().unwrap_or(0));
        match self {
            Codes::One(codes) => codes.extend(more.iter().map(|&c| c as u8)),
            Codes::Two(codes) => codes.extend(more.iter().map(|&c| c as u16)),
            Codes::Four(codes) => codes.extend_from_slice(more),
        }
    }

    /// Appends one code for a number of rows.
    pub fn repeat(&mut self, code: u32, rows: usize) {
        self.widen(code);
        match self {
            Codes::One(codes) => codes.extend(std::iter::repeat_n(code as u8, rows)),
            Codes::Two(codes) => codes.extend(std::iter::repeat_n(code as u16, rows)),
            Codes::Four(codes) => codes.extend(std::iter::repeat_n(code, rows)),
        }
    }

    /// Keeps the first rows.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Codes::One(codes) => codes.truncate(rows),
            Codes::Two(codes) => codes.truncate(rows),
            Codes::Four(codes) => codes.truncate(rows),
        }
    }

    /// All codes, in four bytes each.
    pub fn whole(self) -> Vec<u32> {
        match self {
            Codes::Four(mut codes) => {
                codes.shrink_to_fit();
                codes
            }
            narrow => narrow.iter().collect(),
        }
    }

    /// Makes room for a code.
    #[inline]
    fn widen(&mut self, code: u32) {
        match self {
            Codes::One(codes) if code > u32::from(u8::MAX) => {
                *self = if code <= u32::from(u16::MAX) {
                    Codes::Two(codes.iter().map(|&c| u16::from(c)).collect())
                } else {
                    Codes::Four(codes.iter().map(|&c| u32::from(c)).collect())
                };
            }
            Codes::Two(codes) if code > u32::from(u16::MAX) => {
                *self = Codes::Four(codes.iter().map(|&c| u32::from(c)).collect());
            }
            _ => {}
        }
    }
}

impl FromIterator<u32> for Codes {
    fn from_iter<I: IntoIterator<Item = u32>>(codes: I) -> Self {
        let mut out = Codes::with_room(0);
        codes.into_iter().for_each(|code| out.repeat(code, 1));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_any_size_come_out_as_they_went_in() {
        for top in [200u32, 255, 256, 65_535, 65_536, u32::MAX] {
            let all = [0, 7, top, 3, top.min(300)];
            let mut codes = Codes::with_room(2);
            codes.append(&all[..2]);
            codes.repeat(all[2], 1);
            codes.append(&all[3..]);
            assert_eq!(codes.iter().collect::<Vec<_>>(), all);
            assert_eq!((codes.len(), codes.get(2), codes.get(9)), (5, Some(top), None));
            assert_eq!(all.iter().copied().collect::<Codes>().whole(), all);
            codes.truncate(2);
            assert_eq!(codes.whole(), all[..2]);
        }
    }
}
