//! The parts of a zip container, each unpacked as it is read: no size that the container declares is believed, and none may be
//! exceeded.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::super::sniff::refuse;
use super::fault::Fault;
use crate::problem::{Place, Problem};

/// The number of entries that a workbook may have: pictures and sheets, generously.
const ENTRIES: usize = 20_000;

/// What kind of workbook a container holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Xlsx,
    Xlsb,
    Ods,
}

/// A zip container in memory.
pub(super) struct Parts<'b> {
    bytes: &'b [u8],
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// From a name in lower case, without a leading slash, to its index.
    names: BTreeMap<String, usize>,
}

/// A name in the container as names are compared.
fn normal(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

impl<'b> Parts<'b> {
    /// Opens a container, and refuses one whose entries say that they unpack to more than `limit` bytes, or to far more than they hold.
    ///
    /// # Errors
    /// [`Exit::Data`](crate::exit::Exit::Data) where it is damaged, too big, or its entries overlap.
    pub fn open(bytes: &'b [u8], shown: &str, limit: u64) -> Result<Self, Problem> {
        let place = Place::file(shown);
        let damaged = || Fault::Damaged.problem(&place);
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        if archive.len() > ENTRIES {
            return Err(Fault::TooBig.problem(&place));
        }
        let mut names = BTreeMap::new();
        for (index, name) in archive.file_names().enumerate() {
            if let Ok(name) = name {
                names.entry(normal(&name)).or_insert(index);
            }
        }
        if archive.has_overlapping_files().unwrap_or(true) {
            return Err(damaged());
        }
        let most = limit.min((64 << 20) + 100 * bytes.len() as u64);
        let mut total = 0u64;
        for (name, &index) in &names {
            if [".xml", ".rels", ".bin"].iter().any(|ending| name.ends_with(ending)) {
                let entry = archive.by_index_raw(index).map_err(|_| damaged())?;
                total = total.saturating_add(entry.size());
            }
        }
        if total > most {
            return Err(Fault::TooBig.problem(&place));
        }
        Ok(Parts { bytes, archive, names })
    }

    /// What kind of workbook this is.
    ///
    /// # Errors
    /// Where it is none, with what to export instead.
    pub fn kind(&self, shown: &str) -> Result<Container, Problem> {
        let has = |name: &str| self.names.contains_key(name);
        let within =
            |folder: &str| self.names.range(folder.to_owned()..).next().is_some_and(|(n, _)| n.starts_with(folder));
        if within("word/") {
            return Err(refuse(shown, "a Word document", "copy its table into a spreadsheet and save that as .xlsx"));
        }
        if within("ppt/") {
            return Err(refuse(shown, "a presentation", "export the table as .csv or .xlsx"));
        }
        if within("index/") && self.names.keys().any(|n| n.ends_with(".iwa")) {
            return Err(refuse(shown, "a Numbers spreadsheet", "export it as .xlsx"));
        }
        if has("content.xml") && has("mimetype") {
            let mut kind = String::new();
            if let Ok(part) = self.part("mimetype") {
                let _ = part.take(200).read_to_string(&mut kind);
            }
            if !kind.trim().starts_with("application/vnd.oasis.opendocument.spreadsheet") {
                return Err(refuse(
                    shown,
                    "an OpenDocument file that is no spreadsheet",
                    "export the table as .ods, .xlsx or .csv",
                ));
            }
            return Ok(Container::Ods);
        }
        if has("xl/workbook.bin") {
            return Ok(Container::Xlsb);
        }
        if !has("[content_types].xml") && !within("xl/") && !has("_rels/.rels") {
            return Err(refuse(shown, "a zip archive", "unpack it and name the files in it"));
        }
        Ok(Container::Xlsx)
    }

    /// Whether the container has a part of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(&normal(name))
    }

    /// A part, to be unpacked from its start.
    ///
    /// # Errors
    /// [`Fault::Damaged`] where there is none; [`Fault::Password`] where it is encrypted.
    pub fn part(&self, name: &str) -> Result<Part<'b>, Fault> {
        let &index = self.names.get(&normal(name)).ok_or(Fault::Damaged)?;
        // A copy shares the directory: only its place in the bytes is its own.
        let mut archive = self.archive.clone();
        let entry = archive.by_index_raw(index).map_err(|_| Fault::Damaged)?;
        if entry.encrypted() {
            return Err(Fault::Password);
        }
        let (method, size, packed, sum) = (entry.compression(), entry.size(), entry.compressed_size(), entry.crc32());
        let start = entry.data_start().and_then(|at| usize::try_from(at).ok()).ok_or(Fault::Damaged)?;
        let end = usize::try_from(packed).ok().and_then(|n| start.checked_add(n)).ok_or(Fault::Damaged)?;
        let packed = self.bytes.get(start..end).ok_or(Fault::Damaged)?;
        let unpack = match method {
            CompressionMethod::Stored => Unpack::Stored(packed),
            CompressionMethod::Deflated => Unpack::Deflated(Box::new(DeflateDecoder::new(packed))),
            _ => return Err(Fault::Damaged),
        };
        Ok(Part { unpack, left: size, sum, crc: Crc::new(), ended: false })
    }
}

enum Unpack<'b> {
    Stored(&'b [u8]),
    Deflated(Box<DeflateDecoder<&'b [u8]>>),
}

/// One part while it is unpacked. An error where it unpacks to more than it says, to less, or to something else.
pub(super) struct Part<'b> {
    unpack: Unpack<'b>,
    left: u64,
    sum: u32,
    crc: Crc,
    ended: bool,
}

impl Read for Part<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.ended || into.is_empty() {
            return Ok(0);
        }
        let n = match &mut self.unpack {
            Unpack::Stored(bytes) => bytes.read(into)?,
            Unpack::Deflated(decoder) => decoder.read(into)?,
        };
        let wrong = |what| std::io::Error::new(std::io::ErrorKind::InvalidData, what);
        if n as u64 > self.left {
            return Err(wrong("a part is longer than it says"));
        }
        self.left -= n as u64;
        self.crc.update(into.get(..n).unwrap_or_default());
        if n == 0 {
            self.ended = true;
            if self.left > 0 || self.crc.sum() != self.sum {
                return Err(wrong("a part is not what it says"));
            }
        }
        Ok(n)
    }
}
