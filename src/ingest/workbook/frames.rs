//! What the child process that reads a workbook tells its parent: frames of a kind, a length and so many bytes.

use std::io::{Read, Write};

use super::fault::{CELL_CHARACTERS, Fault};
use super::stream::{Kind, Sheet, Visible};

/// The longest frame: a cell, generously.
const LONGEST: usize = 8 * CELL_CHARACTERS;

/// One thing that is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Why the workbook cannot be read at all.
    Fault(Fault),
    /// A sheet of the workbook; they come first.
    Sheet(Sheet),
    /// The sheets are all told.
    Listed,
    /// What follows belongs to the next sheet of cells, the number of which is told.
    Begin(u32),
    /// Merged cells: first and last row, first and last column.
    Merge([u32; 4]),
    /// A cell that says something: row, column, text.
    Cell(u32, u32, String),
    /// The sheet was told to its end.
    End,
    /// The sheet cannot be read on.
    Broken,
}

impl Frame {
    /// Writes the frame.
    ///
    /// # Errors
    /// Where nobody listens.
    pub fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let mut body = Vec::new();
        let tag = match self {
            Frame::Fault(fault) => {
                body.push(match fault {
                    Fault::Password => 1,
                    Fault::TooBig => 2,
                    Fault::TooManySheets(_) => 3,
                    _ => 0,
                });
                b'F'
            }
            Frame::Sheet(sheet) => {
                body.push(match sheet.visible {
                    Visible::Yes => 0,
                    Visible::Hidden => 1,
                    Visible::VeryHidden => 2,
                });
                body.push(match sheet.kind {
                    Kind::Cells => 0,
                    Kind::Chart => 1,
                    Kind::Dialog => 2,
                    Kind::Macros => 3,
                });
                body.push(u8::from(sheet.data != Some(false)));
                body.extend(sheet.name.as_bytes());
                b'S'
            }
            Frame::Listed => b'L',
            Frame::Begin(index) => {
                body.extend(index.to_le_bytes());
                b'B'
            }
            Frame::Merge(ends) => {
                body.extend(ends.iter().flat_map(|n| n.to_le_bytes()));
                b'M'
            }
            Frame::Cell(row, column, text) => {
                body.extend(row.to_le_bytes());
                body.extend(column.to_le_bytes());
                body.extend(text.as_bytes());
                b'C'
            }
            Frame::End => b'E',
            Frame::Broken => b'X',
        };
        out.write_all(&[tag])?;
        out.write_all(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes())?;
        out.write_all(&body)
    }

    /// Reads a frame; `None` where no whole one follows, or it is none.
    pub fn read(from: &mut impl Read) -> Option<Frame> {
        let mut head = [0u8; 5];
        from.read_exact(&mut head).ok()?;
        let [tag, a, b, c, d] = head;
        let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok().filter(|&n| n <= LONGEST)?;
        let mut body = vec![0u8; length];
        from.read_exact(&mut body).ok()?;
        let number = |at: usize| Some(u32::from_le_bytes(body.get(at..at + 4)?.try_into().ok()?));
        let text = |at: usize| std::str::from_utf8(body.get(at..)?).ok().map(str::to_owned);
        Some(match tag {
            b'F' => Frame::Fault(match body.first()? {
                1 => Fault::Password,
                2 => Fault::TooBig,
                3 => Fault::TooManySheets(super::fault::SHEETS + 1),
                _ => Fault::Damaged,
            }),
            b'S' => {
                let visible = match body.first()? {
                    0 => Visible::Yes,
                    1 => Visible::Hidden,
                    _ => Visible::VeryHidden,
                };
                let kind = match body.get(1)? {
                    0 => Kind::Cells,
                    1 => Kind::Chart,
                    2 => Kind::Dialog,
                    _ => Kind::Macros,
                };
                Frame::Sheet(Sheet { name: text(3)?, kind, visible, pivot: false, data: Some(*body.get(2)? != 0) })
            }
            b'L' => Frame::Listed,
            b'B' => Frame::Begin(number(0)?),
            b'M' => Frame::Merge([number(0)?, number(4)?, number(8)?, number(12)?]),
            b'C' => Frame::Cell(number(0)?, number(4)?, text(8)?),
            b'E' => Frame::End,
            b'X' => Frame::Broken,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let sheet =
            Sheet { name: "a b".into(), kind: Kind::Chart, visible: Visible::Hidden, pivot: false, data: Some(true) };
        let frames = [
            Frame::Fault(Fault::Password),
            Frame::Sheet(sheet),
            Frame::Listed,
            Frame::Begin(7),
            Frame::Merge([1, 2, 3, 4]),
            Frame::Cell(5, 6, "Café".into()),
            Frame::End,
            Frame::Broken,
        ];
        let mut bytes = Vec::new();
        frames.iter().for_each(|frame| frame.write(&mut bytes).unwrap());
        let mut rest = bytes.as_slice();
        for frame in frames {
            assert_eq!(Frame::read(&mut rest), Some(frame));
        }
        assert_eq!(Frame::read(&mut rest), None);
        assert_eq!(Frame::read(&mut &b"C\xff\xff\xff\xff"[..]), None, "a length is not believed");
    }
}
