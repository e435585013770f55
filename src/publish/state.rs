//! What a programme keeps between runs: the folder `.reach/` beside `reach.toml`.
//!
//! [`FILES`] says what is in it.
//!
//! The folder is personal data in law and stays 0700.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::disk::{self, Disk};
use crate::exit::Exit;
use crate::problem::{Place, Problem};
use crate::protect::{History, Memory, PastRelease};

/// What stands in `.reach/`, and what it is: for `docs/privacy.md`.
pub const FILES: [(&str, &str); 5] = [
    (
        "key",
        "32 random bytes under which persons become pseudonyms; made by the first run, 0600, refused when others may read it",
    ),
    ("lock", "empty; held by the system while a run is under way, so never left behind"),
    (
        "history.jsonl",
        "one line per published release: its number, day, profile, the key's short name, and the count of every cell it showed",
    ),
    ("atoms/<release>", "the counts behind a release, shown or not, with which later releases are compared"),
    (
        "pending",
        "only for a moment, or after a crash: the line of `history.jsonl` for a release that is just being made current",
    ),
];

/// The file that marks a folder as the demo, so that everyone's run of it gives the same bytes.
pub const DEMO_KEY_FILE: &str = "worthless-demo-key.txt";

/// What [`DEMO_KEY_FILE`] says, word for word. The key of such a folder is a hash of this text and protects nobody.
pub const DEMO_KEY_TEXT: &str = "This is the key of reach's demo. Everyone has it, so it protects nobody.\n\
    Its people are invented. Delete this file before you put data of real people into this folder.\n";

/// State files are ours and modest; whatever is larger is not ours.
const LIMIT: u64 = 1 << 30;

/// The programme's key, and whether it is the demo's.
#[derive(Clone)]
pub struct Secret {
    bytes: [u8; 32],
    /// Whether it is the demo's key, which protects nobody.
    pub demo: bool,
}

impl Secret {
    /// The bytes, for [`crate::link`] alone.
    pub fn bytes(&self) -> [u8; 32] {
        self.bytes
    }

    /// A short public name of the key, from which nothing of it can be computed.
    pub fn id(&self) -> String {
        let derived = blake3::derive_key("reach 2026 key id", &self.bytes);
        derived.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// A key for hashes that are published: nobody without the programme's key can confirm a guess of what was hashed.
    pub fn for_digests(&self) -> [u8; 32] {
        blake3::derive_key("reach 2026 release digests", &self.bytes)
    }

    /// A key that nothing will remember, for a look at the data that publishes nothing.
    pub fn passing() -> Result<Self, Problem> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| no_randomness())?;
        Ok(Secret { bytes, demo: false })
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One line of `history.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// `000012-3f9a1c2b`.
    pub release: String,
    pub id: String,
    pub sequence: u64,
    /// Year, month, day with hyphens.
    pub as_of: Option<String>,
    pub profile: String,
    pub key: String,
    /// n of every cell it showed.
    pub shown: BTreeMap<String, u64>,
}

/// A release that is just being made current, or was when the run was cut short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The programme's folder of releases: relative to the folder of `reach.toml` where it lies in it.
    pub home: PathBuf,
    pub entry: Entry,
}

/// One family's line in `atoms/<release>`.
#[derive(Serialize, Deserialize)]
struct FamilyLine {
    family: String,
    atoms: Vec<(String, u64)>,
}

/// `.reach/` of one programme, locked.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    pub secret: Secret,
    pub history: History,
    record: Record,
    /// Keeps the lock until the run ends.
    _lock: File,
}

/// `history.jsonl` as read.
#[derive(Debug, Default)]
struct Record {
    entries: Vec<Entry>,
    /// How many of its bytes are whole lines.
    keep: u64,
    /// Whether the last whole line lacks its line end.
    open: bool,
}

impl State {
    /// Locks `.reach/` in `spec_folder`, making it where it is missing, and mends what an interrupted run left.
    pub fn open(spec_folder: &Path, disk: &Disk) -> Result<State, Problem> {
        let folder = spec_folder.join(".reach");
        match fs::symlink_metadata(&folder) {
            Err(_) => disk.make_folders(&folder, 0o700)?,
            Ok(about) if !about.is_dir() => {
                return Err(not_ours(&folder, "is a link or a file, where reach keeps its folder"));
            }
            Ok(about) if about.permissions().mode() & 0o077 != 0 => disk.narrow(&folder, 0o700)?,
            Ok(_) => {}
        }
        let lock = disk.open_lock(&folder.join("lock"), 0o600)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy(&folder)),
            Err(TryLockError::Error(e)) => {
                return Err(not_ours(&folder.join("lock"), &format!("cannot be locked: {e}")));
            }
        }
        let atoms = folder.join("atoms");
        for left in disk::leftovers(&folder).into_iter().chain(disk::leftovers(&atoms)) {
            disk.remove_tree(&left)?;
        }
        let secret = match read_secret(spec_folder)? {
            Some(secret) => secret,
            None => {
                let secret = Secret::passing()?;
                disk.replace(&folder.join("key"), 0o600, &secret.bytes)?;
                secret
            }
        };
        if fs::symlink_metadata(&atoms).is_err() {
            disk.make_folders(&atoms, 0o700)?;
        }
        let record = read_record(&folder)?;
        Ok(State { history: History::default(), folder, secret, record, _lock: lock })
    }

    /// The release that a cut-short run was making current, if there is one.
    pub fn pending(&self) -> Result<Option<Pending>, Problem> {
        read_pending(&self.folder)
    }

    /// Notes, before a release is made current, that it is about to be, and keeps its atoms.
    pub fn announce(&self, disk: &Disk, pending: &Pending, memory: &Memory) -> Result<(), Problem> {
        let mut note = serde_json::to_vec(pending).map_err(unwritable)?;
        note.push(b'\n');
        disk.replace(&self.folder.join("pending"), 0o600, &note)?;
        let mut lines = Vec::new();
        for (family, atoms) in &memory.atoms {
            let line = FamilyLine { family: family.clone(), atoms: atoms.clone() };
            serde_json::to_writer(&mut lines, &line).map_err(unwritable)?;
            lines.push(b'\n');
        }
        disk.replace(&self.folder.join("atoms").join(&pending.entry.release), 0o600, &lines)
    }

    /// The announced release is current: appends it to the history.
    pub fn settle(&mut self, disk: &Disk, entry: &Entry) -> Result<(), Problem> {
        if !self.record.entries.iter().any(|known| known.release == entry.release) {
            let mut line = Vec::new();
            if self.record.open {
                line.push(b'\n');
            }
            serde_json::to_writer(&mut line, entry).map_err(unwritable)?;
            line.push(b'\n');
            disk.append(&self.folder.join("history.jsonl"), 0o600, self.record.keep, &line)?;
            self.record.keep = self.record.keep.saturating_add(line.len() as u64);
            self.record.open = false;
            self.record.entries.push(entry.clone());
        }
        disk.remove(&self.folder.join("pending"))
    }

    /// The announced release was never current: forgets it.
    pub fn withdraw(&self, disk: &Disk, entry: &Entry) -> Result<(), Problem> {
        if is_release_name(&entry.release) {
            disk.remove(&self.folder.join("atoms").join(&entry.release))?;
        }
        disk.remove(&self.folder.join("pending"))
    }

    /// Reads the history, once nothing is pending any more.
    pub fn remember(&mut self) -> Result<(), Problem> {
        self.history = with_atoms(&self.folder, &self.record.entries)?;
        Ok(())
    }

    /// The highest sequence number ever published.
    pub fn last_sequence(&self) -> u64 {
        self.record.entries.iter().map(|e| e.sequence).max().unwrap_or(0)
    }
}

/// The history for a look at the data that publishes nothing: no lock, nothing made, nothing mended.
/// A release that is announced counts as published, which is the careful reading.
pub fn peek(spec_folder: &Path) -> Result<(Secret, History), Problem> {
    let folder = spec_folder.join(".reach");
    let secret = match read_secret(spec_folder)? {
        Some(secret) => secret,
        None => Secret::passing()?,
    };
    let mut entries = read_record(&folder)?.entries;
    if let Some(pending) = read_pending(&folder)?
        && super::release::is_current(&pending, spec_folder)
        && !entries.iter().any(|e| e.release == pending.entry.release)
    {
        entries.push(pending.entry);
    }
    Ok((secret, with_atoms(&folder, &entries)?))
}

/// Whether a text is the name of a release: six digits or more, a hyphen, eight hexadecimal digits.
pub fn is_release_name(name: &str) -> bool {
    name.split_once('-').is_some_and(|(sequence, id)| {
        (6..=20).contains(&sequence.len())
            && sequence.bytes().all(|b| b.is_ascii_digit())
            && id.len() == 8
            && id.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

fn read_secret(spec_folder: &Path) -> Result<Option<Secret>, Problem> {
    let path = spec_folder.join(".reach").join("key");
    if let Ok(about) = fs::symlink_metadata(&path) {
        if about.is_file() && about.permissions().mode() & 0o077 != 0 {
            return Err(not_ours(&path, "can be read by other people, so it protects nobody")
                .hint(format!("take their permission away: chmod 600 {}", path.display())));
        }
        let bytes = disk::read(&path, 4096)?.unwrap_or_default();
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| {
            not_ours(&path, "is not a key: it should have 32 bytes")
                .hint("restore it from a backup; without it people of earlier releases cannot be recognised")
        })?;
        return Ok(Some(Secret { bytes, demo: false }));
    }
    let marker = spec_folder.join(DEMO_KEY_FILE);
    match disk::read(&marker, 4096)? {
        None => Ok(None),
        Some(text) if text.trim_ascii() == DEMO_KEY_TEXT.trim_ascii().as_bytes() => {
            Ok(Some(Secret { bytes: *blake3::hash(DEMO_KEY_TEXT.as_bytes()).as_bytes(), demo: true }))
        }
        Some(_) => Err(not_ours(&marker, "was changed").hint("delete it; the next run makes a key of its own")),
    }
}

fn read_record(folder: &Path) -> Result<Record, Problem> {
    let path = folder.join("history.jsonl");
    let Some(bytes) = disk::read(&path, LIMIT)? else { return Ok(Record::default()) };
    let mut record = Record::default();
    let mut start = 0;
    let mut number = 0;
    while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
        number += 1;
        let length = memchr::memchr(b'\n', rest);
        let line = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        let end = start + line.len() + usize::from(length.is_some());
        match serde_json::from_slice::<Entry>(line) {
            Ok(entry) => {
                record.entries.push(entry);
                record.keep = end as u64;
                record.open = length.is_none();
            }
            // A torn last line is what a crash while appending leaves; `pending` still has it.
            Err(_) if end == bytes.len() => break,
            Err(_) => {
                let mut problem = unreadable(&path);
                problem.place.row = Some(number);
                return Err(problem);
            }
        }
        start = end;
    }
    Ok(record)
}

fn read_pending(folder: &Path) -> Result<Option<Pending>, Problem> {
    let path = folder.join("pending");
    let Some(bytes) = disk::read(&path, LIMIT)? else { return Ok(None) };
    match serde_json::from_slice::<Pending>(&bytes) {
        Ok(pending) if is_release_name(&pending.entry.release) => Ok(Some(pending)),
        _ => Err(unreadable(&path)),
    }
}

fn with_atoms(folder: &Path, entries: &[Entry]) -> Result<History, Problem> {
    let mut releases = Vec::new();
    for entry in entries {
        let mut atoms: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        if is_release_name(&entry.release) {
            let path = folder.join("atoms").join(&entry.release);
            for line in disk::read(&path, LIMIT)?.unwrap_or_default().split(|&b| b == b'\n').filter(|l| !l.is_empty()) {
                let line: FamilyLine = serde_json::from_slice(line).map_err(|_| unreadable(&path))?;
                atoms.entry(line.family).or_default().extend(line.atoms);
            }
        }
        releases.push(PastRelease {
            id: entry.id.clone(),
            sequence: entry.sequence,
            as_of: entry.as_of.as_deref().and_then(|date| date.parse::<Date>().ok()),
            profile: entry.profile.clone(),
            shown: entry.shown.clone(),
            atoms,
        });
    }
    Ok(History { releases })
}

fn not_ours(path: &Path, what: &str) -> Problem {
    Problem::stops("state-unusable", Exit::Write, Place::file(path.display().to_string()), what.to_owned())
}

fn busy(folder: &Path) -> Problem {
    Problem::stops(
        "locked",
        Exit::Locked,
        Place::file(folder.display().to_string()),
        "another run of this programme is under way",
    )
    .hint("wait until it has ended, then run again; nothing was changed")
}

fn unreadable(path: &Path) -> Problem {
    Problem::stops(
        "history-unreadable",
        Exit::Disclosure,
        Place::file(path.display().to_string()),
        "what earlier reports showed cannot be read, so a new one cannot be compared with them",
    )
    .hint("restore the folder .reach from a backup")
}

fn no_randomness() -> Problem {
    Problem::stops("no-randomness", Exit::Write, Place::default(), "the system gave no random bytes for a key")
}

fn unwritable(_: serde_json::Error) -> Problem {
    Problem::stops("state-unwritable", Exit::Internal, Place::default(), "the history could not be put into words")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests write their own inputs")]
mod tests {
    use super::*;
    use crate::publish::disk::Stop;

    fn entry(sequence: u64) -> Entry {
        Entry {
            release: format!("{sequence:06}-3f9a1c2b"),
            id: "3f9a1c2b".repeat(8),
            sequence,
            as_of: Some("2026-03-31".into()),
            profile: "people-10".into(),
            key: "00112233".into(),
            shown: BTreeMap::from([("persons".to_owned(), 120 + sequence)]),
        }
    }

    fn disk() -> Disk {
        Disk::new(Stop::default())
    }

    #[test]
    fn the_first_run_makes_a_key_that_only_its_owner_reads_and_the_next_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = State::open(folder.path(), &disk()).unwrap().secret.bytes();
        let path = folder.path().join(".reach/key");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(folder.path().join(".reach")).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(State::open(folder.path(), &disk()).unwrap().secret.bytes(), first);
        assert_ne!(first, [0; 32]);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = State::open(folder.path(), &disk()).unwrap_err();
        assert_eq!((refused.code, refused.exit), ("state-unusable", Exit::Write));
    }

    #[test]
    fn a_key_of_another_length_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".reach")).unwrap();
        let path = folder.path().join(".reach/key");
        fs::write(&path, [7; 31]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(State::open(folder.path(), &disk()).is_err());
        assert_eq!(fs::read(&path).unwrap(), [7; 31]);
    }

    #[test]
    fn two_runs_at_once_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let first = State::open(folder.path(), &disk()).unwrap();
        assert_eq!(State::open(folder.path(), &disk()).unwrap_err().exit, Exit::Locked);
        drop(first);
        State::open(folder.path(), &disk()).unwrap();
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_the_next_append_mends_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::open(folder.path(), &disk()).unwrap();
        state.settle(&disk(), &entry(1)).unwrap();
        state.settle(&disk(), &entry(2)).unwrap();
        drop(state);
        let path = folder.path().join(".reach/history.jsonl");
        let whole = fs::read(&path).unwrap();
        for cut in 1..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let mut state = State::open(folder.path(), &disk()).unwrap();
            state.settle(&disk(), &entry(1)).unwrap();
            state.settle(&disk(), &entry(2)).unwrap();
            state.remember().unwrap();
            assert_eq!(state.history.releases.len(), 2, "cut after {cut} bytes");
            drop(state);
            assert_eq!(fs::read(&path).unwrap().trim_ascii_end(), whole.trim_ascii_end(), "cut after {cut} bytes");
        }
    }

    #[test]
    fn a_broken_line_in_the_middle_holds_the_gate() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::open(folder.path(), &disk()).unwrap();
        state.settle(&disk(), &entry(1)).unwrap();
        drop(state);
        let path = folder.path().join(".reach/history.jsonl");
        let line = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{{\n{line}")).unwrap();
        assert_eq!(State::open(folder.path(), &disk()).unwrap_err().exit, Exit::Disclosure);
    }

    #[test]
    fn only_the_demo_s_own_text_stands_for_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let marker = folder.path().join(DEMO_KEY_FILE);
        fs::write(&marker, DEMO_KEY_TEXT.replace('\n', "\r\n").replace("\r\n", "\n")).unwrap();
        let (secret, _) = peek(folder.path()).unwrap();
        assert!(secret.demo);
        assert_eq!(State::open(folder.path(), &disk()).unwrap().secret.bytes(), secret.bytes());
        assert!(!folder.path().join(".reach/key").exists());
        fs::write(&marker, "my own key").unwrap();
        assert!(peek(folder.path()).is_err());
    }

    #[test]
    fn atoms_come_back_as_they_were_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::open(folder.path(), &disk()).unwrap();
        let memory = Memory {
            shown: entry(1).shown,
            atoms: vec![("persons|site".into(), vec![("site=a".into(), 12), ("site=b".into(), 3)])],
        };
        let pending = Pending { home: "reports/x".into(), entry: entry(1) };
        state.announce(&disk(), &pending, &memory).unwrap();
        assert_eq!(state.pending().unwrap(), Some(pending.clone()));
        state.settle(&disk(), &pending.entry).unwrap();
        state.remember().unwrap();
        assert_eq!(state.pending().unwrap(), None);
        assert_eq!(state.history.releases[0].atoms["persons|site"]["site=b"], 3);
        assert_eq!(state.history.releases[0].shown["persons"], 121);
    }
}
