//! The only place that changes the file system: numbered operations on a [`Disk`].
//!
//! Every operation that changes something is counted before it is done, so that a test can kill the process or fill the disk
//! at each of them in turn (`REACH_FAULT=kill@N`, in debug builds only; see CONTRIBUTING). Every error becomes a
//! [`Problem`] that ends the run with [`Exit::Write`]. A signal is noticed before an operation, never within one, and no longer
//! once [`Disk::commit`] was called.

#![expect(clippy::disallowed_methods, reason = "this is the room that may write")]

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::exit::Exit;
use crate::problem::{Place, Problem};

/// How the names of unfinished files and folders begin. Whatever has such a name was left by a run that was cut short.
pub const TEMP: &str = ".reach-tmp-";

/// Whether someone asked the program to stop: the number of the signal that came, or 0.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicUsize>);

impl Stop {
    /// The flag itself, for a signal handler to write the signal's number into.
    pub fn flag(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.0)
    }

    /// The problem that ends the run, if a signal came.
    pub fn asked(&self) -> Option<Problem> {
        let (exit, what) = match self.0.load(Ordering::SeqCst) {
            0 => return None,
            2 => (Exit::Interrupted, "the run was interrupted before anything was published"),
            _ => (Exit::Terminated, "the run was told to end before anything was published"),
        };
        Some(Problem::stops("stopped", exit, Place::default(), what))
    }
}

/// What a test makes of one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The process dies at this operation, as if by a power cut; a write is torn in two.
    Kill(u64),
    /// From this operation on nothing more fits on the disk; only removing still works.
    Full(u64),
    /// The process is told to end (SIGTERM) just before this operation.
    Stop(u64),
    /// The program fails of itself (a panic) at this operation.
    Panic(u64),
}

impl Fault {
    /// What `REACH_FAULT` asks for; nothing in a release build.
    fn from_environment() -> Option<Fault> {
        if !cfg!(debug_assertions) {
            return None;
        }
        let text = std::env::var("REACH_FAULT").ok()?;
        let (what, at) = text.split_once('@')?;
        let at = at.parse().ok()?;
        match what {
            "kill" => Some(Fault::Kill(at)),
            "full" => Some(Fault::Full(at)),
            "stop" => Some(Fault::Stop(at)),
            "panic" => Some(Fault::Panic(at)),
            _ => None,
        }
    }
}

/// A kind of operation, for messages and for what a full disk still allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Grow,
    Shrink,
}

/// The file system as this run changes it.
#[derive(Debug)]
pub struct Disk {
    done: Cell<u64>,
    fault: Option<Fault>,
    stop: Stop,
    committing: Cell<bool>,
}

impl Disk {
    /// A disk that gives up when `stop` says so.
    pub fn new(stop: Stop) -> Self {
        Disk { done: Cell::new(0), fault: Fault::from_environment(), stop, committing: Cell::new(false) }
    }

    /// How many operations have been begun.
    pub fn operations(&self) -> u64 {
        self.done.get()
    }

    /// From here on the release is being made current: signals are no longer heeded.
    pub fn commit(&self) {
        self.committing.set(true);
    }

    /// Makes one folder with at most these permissions.
    pub fn make_folder(&self, path: &Path, mode: u32) -> Result<(), Problem> {
        self.step(Kind::Grow, "make the folder", path)?;
        fs::DirBuilder::new().mode(mode).create(path).map_err(|e| failed("make the folder", path, &e))
    }

    /// Makes a folder and those above it where they are missing, and waits until the disk holds their names.
    pub fn make_folders(&self, path: &Path, mode: u32) -> Result<(), Problem> {
        let mut missing = Vec::new();
        let mut at = path;
        while !at.as_os_str().is_empty() && !at.exists() {
            missing.push(at);
            match at.parent() {
                Some(parent) => at = parent,
                None => break,
            }
        }
        missing.iter().rev().try_for_each(|folder| {
            self.make_folder(folder, mode)?;
            self.sync_parent(folder)
        })
    }

    /// Writes a new file and waits until the disk holds it: three operations. Fails where something of that name stands.
    pub fn write_new(&self, path: &Path, mode: u32, bytes: &[u8]) -> Result<(), Problem> {
        self.step(Kind::Grow, "create", path)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(path)
            .map_err(|e| failed("create", path, &e))?;
        self.write(&mut file, path, bytes)?;
        self.sync(&file, path)
    }

    /// Replaces a file whole: written aside under a temporary name, then renamed over it. The folder is synced.
    pub fn replace(&self, path: &Path, mode: u32, bytes: &[u8]) -> Result<(), Problem> {
        let aside = beside(path);
        self.remove(&aside)?;
        self.write_new(&aside, mode, bytes)?;
        self.rename(&aside, path)?;
        self.sync_parent(path)
    }

    /// Appends to a file after its first `keep` bytes (what stands behind them was torn), and waits until the disk holds it.
    pub fn append(&self, path: &Path, mode: u32, keep: u64, bytes: &[u8]) -> Result<(), Problem> {
        self.step(Kind::Grow, "open", path)?;
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(mode)
            .custom_flags(no_follow())
            .open(path)
            .map_err(|e| failed("open", path, &e))?;
        let length = file.metadata().map_err(|e| failed("look at", path, &e))?.len();
        if length > keep {
            self.step(Kind::Shrink, "shorten", path)?;
            file.set_len(keep).map_err(|e| failed("shorten", path, &e))?;
        }
        self.write(&mut file, path, bytes)?;
        self.sync(&file, path)?;
        if length == 0 { self.sync_parent(path) } else { Ok(()) }
    }

    fn write(&self, file: &mut File, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
        if let Some(Fault::Kill(at) | Fault::Full(at)) = self.fault
            && at == self.done.get() + 1
        {
            // A torn write is the worst that a crash can leave.
            let _ = file.write_all(bytes.get(..bytes.len() / 2).unwrap_or_default());
        }
        self.step(Kind::Grow, "write", path)?;
        file.write_all(bytes).map_err(|e| failed("write", path, &e))
    }

    fn sync(&self, file: &File, path: &Path) -> Result<(), Problem> {
        self.step(Kind::Grow, "finish writing", path)?;
        file.sync_all().map_err(|e| failed("finish writing", path, &e))
    }

    /// Waits until the disk holds the names in a folder.
    pub fn sync_folder(&self, path: &Path) -> Result<(), Problem> {
        self.step(Kind::Grow, "finish writing", path)?;
        File::open(path).and_then(|folder| folder.sync_all()).map_err(|e| failed("finish writing", path, &e))
    }

    fn sync_parent(&self, path: &Path) -> Result<(), Problem> {
        match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => self.sync_folder(parent),
            _ => self.sync_folder(Path::new(".")),
        }
    }

    /// Gives a file or folder another name, replacing a file or link of that name.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<(), Problem> {
        self.step(Kind::Grow, "rename", from)?;
        fs::rename(from, to).map_err(|e| failed("write", to, &e))
    }

    /// Makes `at` a relative link to `target`, replacing a link of that name in one step.
    pub fn point(&self, at: &Path, target: &Path) -> Result<(), Problem> {
        let aside = beside(at);
        self.remove(&aside)?;
        self.step(Kind::Grow, "make the link", at)?;
        std::os::unix::fs::symlink(target, &aside).map_err(|e| failed("make the link", at, &e))?;
        self.rename(&aside, at)
    }

    /// Removes a file or link, if it is there.
    pub fn remove(&self, path: &Path) -> Result<(), Problem> {
        if fs::symlink_metadata(path).is_err() {
            return Ok(());
        }
        self.step(Kind::Shrink, "remove", path)?;
        fs::remove_file(path).map_err(|e| failed("remove", path, &e))
    }

    /// Removes whatever has this name: a file, a link (never what it points to) or a folder with all that is in it.
    pub fn remove_tree(&self, path: &Path) -> Result<(), Problem> {
        match fs::symlink_metadata(path) {
            Ok(about) if about.is_dir() => {
                self.step(Kind::Shrink, "remove", path)?;
                fs::remove_dir_all(path).map_err(|e| failed("remove", path, &e))
            }
            Ok(_) => self.remove(path),
            Err(_) => Ok(()),
        }
    }

    /// Narrows a file's or folder's permissions.
    pub fn narrow(&self, path: &Path, mode: u32) -> Result<(), Problem> {
        use std::os::unix::fs::PermissionsExt;
        self.step(Kind::Shrink, "set the permissions of", path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .map_err(|e| failed("set the permissions of", path, &e))
    }

    /// Opens (or creates) a file to be locked. The file stays: a lock is what the system holds on it, and ends with the process.
    pub fn open_lock(&self, path: &Path, mode: u32) -> Result<File, Problem> {
        self.step(Kind::Grow, "create", path)?;
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(mode)
            .custom_flags(no_follow())
            .open(path)
            .map_err(|e| failed("create", path, &e))
    }

    /// Counts an operation and lets a signal or an arranged fault come before it.
    fn step(&self, kind: Kind, action: &str, path: &Path) -> Result<(), Problem> {
        let number = self.done.get() + 1;
        self.done.set(number);
        if self.fault == Some(Fault::Stop(number)) {
            self.tell_to_end();
        }
        if !self.committing.get()
            && let Some(problem) = self.stop.asked()
        {
            return Err(problem);
        }
        match self.fault {
            Some(Fault::Kill(at)) if at == number => {
                let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
                Ok(())
            }
            #[expect(clippy::panic, reason = "asked for by a test, in debug builds only")]
            Some(Fault::Panic(at)) if at == number => panic!("what a panic says may be personal"),
            Some(Fault::Full(at)) if number >= at && kind == Kind::Grow => {
                Err(failed(action, path, &io::Error::from(io::ErrorKind::StorageFull)))
            }
            _ => Ok(()),
        }
    }

    /// Sends this process the signal, and waits until it was noticed, whichever thread the system gives it to.
    fn tell_to_end(&self) {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM);
        for _ in 0..2000 {
            if self.stop.asked().is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }

    /// Heeds no signal while `work` puts things back in order.
    pub fn undisturbed<T>(&self, work: impl FnOnce(&Disk) -> T) -> T {
        let before = self.committing.replace(true);
        let out = work(self);
        self.committing.set(before);
        out
    }
}

/// Writes a file that a person asked for, making the folders above it; never over one that is there.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(exists_already(path));
    }
    let disk = Disk::new(Stop::default());
    if let Some(parent) = path.parent() {
        disk.make_folders(parent, 0o755)?;
    }
    let written = disk.write_new(path, 0o644, bytes);
    if written.is_err() {
        // Half a spreadsheet would be taken for a whole one; it is ours, since it could only be created where nothing was.
        let _ = disk.remove(path);
    }
    written
}

/// What is said of a file that stands where a new one was to be written.
pub fn exists_already(path: &Path) -> Problem {
    Problem::stops(
        "exists-already",
        Exit::Write,
        Place::file(path.display().to_string()),
        "there is already a file of this name, and it is never overwritten",
    )
    .hint("rename or move that file, or choose another folder")
}

/// A file without a name, for what does not fit in memory: nobody else can open it, and it is gone when the process ends,
/// however it ends.
pub fn temp() -> Result<File, Problem> {
    tempfile::tempfile().map_err(|e| failed("create", &std::env::temp_dir(), &e))
}

/// A whole state file, or `None` where there is none. Never follows a link in its place, never reads more than `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Problem> {
    let file = match OpenOptions::new().read(true).custom_flags(no_follow()).open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed("read", path, &e)),
    };
    let about = file.metadata().map_err(|e| failed("read", path, &e))?;
    if !about.is_file() || about.len() > limit {
        let what = if about.is_file() { "is too large to be ours" } else { "is not a file" };
        return Err(Problem::stops("state-unreadable", Exit::Write, Place::file(path.display().to_string()), what));
    }
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).map_err(|e| failed("read", path, &e))?;
    Ok(Some(bytes))
}

/// The BLAKE3 digest and the size of a file that is a file and no link.
pub fn digest(path: &Path) -> Result<(u64, blake3::Hash), Problem> {
    let file =
        OpenOptions::new().read(true).custom_flags(no_follow()).open(path).map_err(|e| failed("read", path, &e))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).map_err(|e| failed("read", path, &e))?;
    Ok((hasher.count(), hasher.finalize()))
}

/// Opens a folder to be locked.
pub fn open_folder(path: &Path) -> Option<File> {
    OpenOptions::new().read(true).custom_flags(no_follow()).open(path).ok()
}

/// The names in a folder that begin as our temporary ones do, sorted.
pub fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with(TEMP)))
        .collect();
    found.sort();
    found
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{TEMP}{name}"))
}

fn no_follow() -> i32 {
    // Without NONBLOCK, opening a pipe that stands in a file's place would wait for ever.
    (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC).bits().cast_signed()
}

/// What an error of the system means for the reader.
fn failed(action: &str, path: &Path, error: &io::Error) -> Problem {
    let (why, hint) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ("the disk is full", "free some space and run again; the report that was published before is untouched")
        }
        io::ErrorKind::PermissionDenied => {
            ("permission was refused", "ask for permission to write there, or choose another folder with --out")
        }
        io::ErrorKind::ReadOnlyFilesystem => ("the disk is read-only", "choose another folder with --out"),
        io::ErrorKind::NotADirectory => ("a file stands where a folder is needed", "move that file away"),
        io::ErrorKind::AlreadyExists => ("something of that name is already there", "move it away and run again"),
        _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            ("a link stands in its place", "remove the link; reach follows none")
        }
        _ => ("", "check that the disk is well and run again"),
    };
    let why = if why.is_empty() { error.to_string() } else { why.to_owned() };
    Problem::stops(
        "cannot-write",
        Exit::Write,
        Place::file(path.display().to_string()),
        format!("could not {action} it: {why}"),
    )
    .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/codebook.csv");
        write_new(&path, b"mine").unwrap();
        let refused = write_new(&path, b"yours").unwrap_err();
        assert_eq!(refused.code, "exists-already");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }

    #[test]
    fn appending_cuts_a_torn_tail_and_keeps_what_was_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        fs::write(&path, "one\ntw").unwrap();
        Disk::new(Stop::default()).append(&path, 0o600, 4, b"two\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn a_signal_stops_the_next_operation_but_not_once_committing() {
        let folder = tempfile::tempdir().unwrap();
        let stop = Stop::default();
        let disk = Disk::new(stop.clone());
        stop.flag().store(15, Ordering::SeqCst);
        let refused = disk.make_folder(&folder.path().join("a"), 0o755).unwrap_err();
        assert_eq!(refused.exit, Exit::Terminated);
        disk.commit();
        disk.make_folder(&folder.path().join("a"), 0o755).unwrap();
    }

    #[test]
    fn a_link_is_replaced_and_never_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (outside, link) = (folder.path().join("outside"), folder.path().join("link"));
        fs::write(&outside, "kept").unwrap();
        std::os::unix::fs::symlink(&outside, &link).unwrap();
        assert!(read(&link, 100).is_err());
        let disk = Disk::new(Stop::default());
        disk.replace(&link, 0o600, b"new").unwrap();
        assert_eq!(fs::read_to_string(&outside).unwrap(), "kept");
        assert_eq!(read(&link, 100).unwrap().unwrap(), b"new");
    }
}
