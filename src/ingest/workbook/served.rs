//! A workbook that is read in a child process of the same binary (`serve`), under limits of memory and time: `.xls`, `.ods`, `.xlsb`.

use std::cell::RefCell;
use std::io::{BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;
use std::time::Duration;

use super::super::sheet::SheetRow;
use super::fault::{Fault, SHEETS};
use super::frames::Frame;
use super::serve::ARGUMENT;
use super::stream::{Said, Sheet, Source};
use super::xlsx_rows::fits;
use crate::ingest::Format;

/// How long the child may say nothing: with what stands around it, no file takes ten seconds to be given up.
const PATIENCE: Duration = Duration::from_secs(8);

/// The binary that reads workbooks, where the running programme is another one.
static READER: OnceLock<PathBuf> = OnceLock::new();

/// Names the `reach` binary whose child processes read `.xls`, `.ods` and `.xlsb`: for programmes that use the library and are not that
/// binary. What was named first stays.
pub fn read_workbooks_with(binary: impl Into<PathBuf>) {
    let _ = READER.set(binary.into());
}

/// The binary to start.
fn binary() -> Option<PathBuf> {
    let own = std::env::current_exe().ok();
    let own = own.filter(|path| path.file_stem().is_some_and(|stem| stem == "reach"));
    READER.get().cloned().or(own)
}

/// How many bytes of address space the child may take for a file of so many bytes.
fn room(format: Format, bytes: usize) -> u64 {
    match format {
        // What calamine streams; beside it stand the file and the programme itself.
        Format::Xlsb => (640 << 20) + 2 * bytes as u64,
        _ => 2 << 30,
    }
}

/// An opened workbook.
pub(super) struct Book {
    pub format: Format,
    pub sheets: Vec<Sheet>,
    child: RefCell<Talk>,
}

/// The child and what it says.
struct Talk {
    child: Child,
    frames: BufReader<Chunks>,
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the child writes, as it comes: an error where nothing comes for too long.
struct Chunks {
    from: Receiver<Vec<u8>>,
    here: Vec<u8>,
    at: usize,
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at >= self.here.len() {
            match self.from.recv_timeout(PATIENCE) {
                Ok(chunk) => (self.here, self.at) = (chunk, 0),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return Ok(0),
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => return Err(std::io::ErrorKind::TimedOut.into()),
            }
        }
        let n = self.here.get(self.at..).unwrap_or_default().read(into)?;
        self.at += n;
        Ok(n)
    }
}

/// Hands on what the child writes until it ends, or nobody listens.
fn hand_on(mut from: ChildStdout, to: &std::sync::mpsc::SyncSender<Vec<u8>>) {
    let mut chunk = vec![0u8; 1 << 16];
    while let Ok(n) = from.read(&mut chunk) {
        if n == 0 || to.send(chunk.get(..n).unwrap_or_default().to_vec()).is_err() {
            return;
        }
    }
}

impl Book {
    /// Starts the child, gives it the file and learns its sheets.
    ///
    /// # Errors
    /// What the child says of the file; [`Fault::Served`] where it ended in any other way, or said nothing for too long.
    pub fn open<'scope>(bytes: &'scope [u8], format: Format, scope: &'scope Scope<'scope, '_>) -> Result<Self, Fault> {
        let name = match format {
            Format::Xls => "xls",
            Format::Ods => "ods",
            _ => "xlsb",
        };
        let mut command = Command::new(binary().ok_or(Fault::NoReader)?);
        command.args([ARGUMENT, name, &room(format, bytes.len()).to_string()]);
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|_| Fault::NoReader)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (to, from) = sync_channel(16);
        let frames = BufReader::with_capacity(1 << 16, Chunks { from, here: Vec::new(), at: 0 });
        let mut talk = Talk { child, frames };
        let (Some(mut input), Some(output)) = (input, output) else { return Err(Fault::Served) };
        scope.spawn(move || {
            // A child that ended does not listen.
            let _ = input.write_all(bytes);
        });
        scope.spawn(move || hand_on(output, &to));
        let mut sheets = Vec::new();
        loop {
            match Frame::read(&mut talk.frames).ok_or(Fault::Served)? {
                Frame::Fault(fault) => return Err(fault),
                Frame::Sheet(sheet) if sheets.len() < SHEETS => sheets.push(sheet),
                Frame::Listed => return Ok(Book { format, sheets, child: RefCell::new(talk) }),
                _ => return Err(Fault::Served),
            }
        }
    }

    /// The rows of a sheet. Sheets are asked for in their order.
    ///
    /// # Errors
    /// [`Fault::Served`] where the child does not get there.
    pub fn rows(&self, sheet: usize) -> Result<Rows<'_>, Fault> {
        let mut rows = Rows { book: self, ahead: None, said: Said::default(), done: false };
        if self.sheets.get(sheet).is_some_and(|s| s.data == Some(false)) {
            rows.done = true;
            return Ok(rows);
        }
        loop {
            match self.frame()? {
                Frame::Begin(index) if index as usize == sheet => return Ok(rows),
                Frame::Begin(index) if index as usize > sheet => return Err(Fault::Served),
                _ => {}
            }
        }
    }

    fn frame(&self) -> Result<Frame, Fault> {
        Frame::read(&mut self.child.borrow_mut().frames).ok_or(Fault::Served)
    }
}

/// The rows of a sheet as the child tells them.
pub(super) struct Rows<'a> {
    book: &'a Book,
    /// The first cell of the next row.
    ahead: Option<(u32, u32, String)>,
    said: Said,
    done: bool,
}

impl Source for Rows<'_> {
    fn row(&mut self, into: &mut SheetRow) -> Result<Option<u32>, Fault> {
        let mut current = None;
        loop {
            let (row, column, text) = match self.ahead.take() {
                Some(cell) => cell,
                None if self.done => return Ok(current),
                None => match self.book.frame()? {
                    Frame::Cell(row, column, text) => (row, column, text),
                    Frame::Merge([top, bottom, left, right]) => {
                        self.said.merge((top, bottom), (left, right));
                        continue;
                    }
                    Frame::End => {
                        self.done = true;
                        return Ok(current);
                    }
                    Frame::Broken => return Err(Fault::Damaged),
                    _ => return Err(Fault::Served),
                },
            };
            if current.is_some_and(|current| current != row) {
                self.ahead = Some((row, column, text));
                return Ok(current);
            }
            current = Some(row);
            fits(&text, row, column)?;
            into.push(column, &text);
            if into.is_full() {
                return Err(Fault::TooBig);
            }
        }
    }

    fn said(&mut self) -> &mut Said {
        &mut self.said
    }
}
