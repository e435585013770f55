//! The only place where a user's file is opened: a regular file, of a bounded size, read whole.
//!
//! A link, folder, pipe or device in a file's place is refused by what the opened file *is*, not by what its name was a
//! moment before: the file is opened without following a link and without waiting, and looked at afterwards.

use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::exit::Exit;
use crate::problem::{Place, Problem};

/// The whole content of one regular file.
pub struct Opened {
    pub bytes: Vec<u8>,
    pub digest: blake3::Hash,
}

impl Opened {
    /// Content that lies in memory.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let digest = blake3::hash(&bytes);
        Opened { bytes, digest }
    }
}

/// How many bytes are looked at before the rest of a file is read.
pub(super) const HEAD: usize = 1 << 16;

/// Reads the file at `path`, which messages call `shown`.
///
/// # Errors
/// [`Exit::Missing`] where nothing stands there; [`Exit::Data`] where it is no readable regular file, is empty or greater than
/// `limit` bytes, or where `refuse` says of its first bytes why such a file cannot be read; [`Exit::Spec`] for a web address.
pub fn read_file(
    path: &Path,
    shown: &str,
    limit: u64,
    refuse: impl FnOnce(&[u8]) -> Option<Problem>,
) -> Result<Opened, Problem> {
    let place = || Place::file(shown);
    let stop = |code, message: &str| Problem::stops(code, Exit::Data, place(), message);
    if shown.contains("://") || path.to_str().is_some_and(|p| p.contains("://")) {
        return Err(Problem::stops("file-web-address", Exit::Spec, place(), "this is a web address, not a file")
            .hint("download the file into a folder and give its name; reach never uses a network"));
    }
    let mut file = open_regular(path, shown)?;
    let size = file.metadata().map(|m| m.len()).unwrap_or(0);
    if size > limit {
        return Err(too_big(shown, size, limit));
    }
    let unreadable = |_| {
        stop("file-unreadable", "the file cannot be read to its end").hint("copy the file again and check the disk")
    };
    let mut bytes = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.is_empty() {
        return Err(empty(shown));
    }
    if let Some(problem) = refuse(&bytes) {
        return Err(problem);
    }
    let rest = usize::try_from(size).unwrap_or(usize::MAX).saturating_sub(bytes.len());
    if bytes.try_reserve_exact(rest.saturating_add(1)).is_err() {
        return Err(stop("file-too-big", "the file is greater than the memory of this machine")
            .hint("split the file, or use a machine with more memory"));
    }
    let more = limit.saturating_sub(bytes.len() as u64).saturating_add(1);
    file.take(more).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(too_big(shown, bytes.len() as u64, limit));
    }
    Ok(Opened::new(bytes))
}

/// Whether content of this size may be read.
pub(super) fn check(bytes: &[u8], shown: &str, limit: u64) -> Result<(), Problem> {
    match bytes.len() as u64 {
        0 => Err(empty(shown)),
        size if size > limit => Err(too_big(shown, size, limit)),
        _ => Ok(()),
    }
}

fn empty(shown: &str) -> Problem {
    Problem::stops("file-empty", Exit::Data, Place::file(shown), "the file is empty").hint("export it again")
}

fn too_big(shown: &str, size: u64, limit: u64) -> Problem {
    let message = format!("the file has {size} bytes, more than the limit of {limit}");
    Problem::stops("file-too-big", Exit::Data, Place::file(shown), message)
        .hint("split the file, or raise file_bytes under [advanced] in reach.toml")
}

/// Reads a small UTF-8 text such as `reach.toml`.
///
/// # Errors
/// As [`read_file`], and [`Exit::Spec`] where it is not UTF-8 text.
pub fn read_text_file(path: &Path, shown: &str, limit: u64) -> Result<(String, blake3::Hash), Problem> {
    let opened = read_file(path, shown, limit, |_| None)?;
    let bytes = match opened.bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => opened.bytes,
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok((text, opened.digest)),
        Err(e) => {
            let good = e.utf8_error().valid_up_to();
            let line = e.as_bytes().iter().take(good).filter(|&&b| b == b'\n').count() as u64 + 1;
            Err(Problem::stops("text-not-utf8", Exit::Spec, Place::file(shown).row(line), "this is not UTF-8 text")
                .hint("save it again as UTF-8 text"))
        }
    }
}

/// Opens a regular file without following a link and without waiting for a pipe.
fn open_regular(path: &Path, shown: &str) -> Result<File, Problem> {
    let place = || Place::file(shown);
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(fd) => File::from(fd),
        Err(Errno::NOENT | Errno::NOTDIR) => return Err(missing(path, shown)),
        Err(Errno::LOOP) => return Err(link(path, shown)),
        Err(Errno::ACCESS | Errno::PERM) => {
            return Err(Problem::stops("file-forbidden", Exit::Data, place(), "this user may not read the file")
                .hint("give the user that runs reach the right to read it"));
        }
        Err(error) => {
            let what = path.symlink_metadata().ok().and_then(|m| not_a_file(&m));
            return Err(match what {
                Some(what) => irregular(shown, what),
                None => Problem::stops(
                    "file-unreadable",
                    Exit::Data,
                    place(),
                    format!("the file cannot be opened ({})", std::io::Error::from(error).kind()),
                )
                .hint("check the disk and the file's rights"),
            });
        }
    };
    match file.metadata() {
        Ok(meta) if meta.is_file() => Ok(file),
        Ok(meta) => Err(irregular(shown, not_a_file(&meta).unwrap_or("no regular file"))),
        Err(_) => Err(Problem::stops("file-unreadable", Exit::Data, place(), "the file cannot be looked at")
            .hint("check the disk and the file's rights")),
    }
}

/// What stands in a file's place, if it is no regular file.
fn not_a_file(meta: &Metadata) -> Option<&'static str> {
    let kind = meta.file_type();
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("a folder")
    } else if kind.is_symlink() {
        Some("a link")
    } else if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}

fn irregular(shown: &str, what: &str) -> Problem {
    let hint = match what {
        "a folder" => "name the files in it, such as folder/*.csv",
        _ => "put the file itself there",
    };
    Problem::stops("file-irregular", Exit::Data, Place::file(shown), format!("this is {what}, not a file")).hint(hint)
}

fn link(path: &Path, shown: &str) -> Problem {
    let message = if path.exists() {
        "this is a link to another place, which reach does not follow"
    } else {
        "this is a link to a file that is not there"
    };
    Problem::stops("file-link", Exit::Data, Place::file(shown), message).hint("put the file itself in the link's place")
}

/// Nothing stands at `path`; the hint names a neighbour with a like name, if there is one.
fn missing(path: &Path, shown: &str) -> Problem {
    let problem = Problem::stops("file-missing", Exit::Missing, Place::file(shown), "the file is not there");
    match neighbour(path) {
        Some(name) => problem.hint(format!("did you mean {name}?")),
        None => problem.hint("put the file there, or mend its name in reach.toml"),
    }
}

/// The name in the same folder that is most like the one asked for.
fn neighbour(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?.to_lowercase();
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut best: Option<(f64, String)> = None;
    for entry in std::fs::read_dir(folder).ok()?.take(10_000).flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let score = strsim::jaro_winkler(&wanted, &name.to_lowercase());
        let better = match &best {
            None => true,
            Some((s, n)) => score > *s || (score == *s && name < *n),
        };
        if score >= 0.85 && better {
            best = Some((score, name));
        }
    }
    best.map(|(_, name)| name)
}
