//! How a release comes to stand, so that a crash at any instant leaves the old one or the new one.
//!
//! A run holds the programme's lock and does, in this order:
//!
//! 1. *Build.* Every file is written under `releases/.reach-tmp-NAME/`, each file and each folder synced.
//! 2. *Announce.* `.reach/pending` (the history line to be, and where) and `.reach/atoms/NAME`, each written aside, synced and renamed.
//! 3. *Place.* `releases/.reach-tmp-NAME` becomes `releases/NAME`; the folder is synced.
//! 4. *Point.* A link `.reach-tmp-current -> releases/NAME` is renamed over `current`: the one rename that publishes; synced.
//! 5. *Settle.* The line is appended to `.reach/history.jsonl` and synced; `.reach/pending` is removed.
//!
//! The next run mends whatever was cut short, before it reads the history: it removes what has a temporary name of ours; and if
//! `.reach/pending` is there, then either `current` points at that release, so step 5 is done again (it changes nothing if the line is
//! there already), or it does not, so the release never was public: its folder is given a temporary name and removed, its atoms and
//! the announcement go. So its number is free again, and the same inputs give the same release as if nothing had happened. Where the
//! folder of releases is gone altogether, the announced release counts as published: what may have been seen is remembered.
//!
//! Signals are heeded until step 2 begins. If the disk fails after step 4, the new release stands, whole; the message says so, and the
//! next run does what is left.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::Release;
use super::disk::{self, Disk, Stop, TEMP};
use super::manifest::{MANIFEST, Manifest, Side, verify};
use super::state::{Entry, Pending, State, is_release_name};
use crate::exit::Exit;
use crate::ingest::InputFile;
use crate::problem::{Place, Problem};
use crate::report::Rendered;
use crate::spec::Spec;

/// A programme's output folder and state, held by this run.
#[derive(Debug)]
pub struct Session {
    disk: Disk,
    pub state: State,
    /// `<out>/<slug>`.
    home: PathBuf,
    /// As `pending` names it.
    home_in_state: PathBuf,
    _lock: Option<File>,
}

/// One input, by what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The source's name in the spec.
    pub source: String,
    pub file: String,
    pub digest: blake3::Hash,
}

/// All that a release depends on. Equal identities are one release.
#[derive(Debug, Clone)]
pub struct Identity {
    id: blake3::Hash,
    pub as_of: Option<Date>,
    pub profile: String,
    pub program: String,
    pub inputs: Vec<Input>,
    pub texts: Vec<(String, blake3::Hash)>,
}

impl Identity {
    /// The id as 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        self.id.to_hex().to_string()
    }
}

/// Takes the programme's lock, mends what an interrupted run left, and reads key and history.
pub fn begin(spec: &Spec, out: Option<&Path>, stop: Stop) -> Result<Session, Problem> {
    let disk = Disk::new(stop);
    let spec_folder = folder_of(spec);
    let home = usable(spec, out)?;
    let state = State::open(spec_folder, &disk)?;
    let lock = lock_folder(&home)?;
    let home_in_state = name_of_home(&home, spec_folder);
    let mut session = Session { disk, state, home, home_in_state, _lock: lock };
    session.mend(spec_folder)?;
    session.state.remember()?;
    Ok(session)
}

/// The folder of the spec, never an empty path.
pub fn folder_of(spec: &Spec) -> &Path {
    if spec.folder.as_os_str().is_empty() { Path::new(".") } else { &spec.folder }
}

/// Where a programme's releases stand or would stand, if nothing is there that is not ours. Writes nothing.
pub fn usable(spec: &Spec, out: Option<&Path>) -> Result<PathBuf, Problem> {
    let out = out.map_or_else(|| folder_of(spec).join("reports"), Path::to_path_buf);
    let home = out.join(&spec.programme.slug);
    for folder in [&out, &home, &home.join("releases")] {
        real_folder(folder)?;
    }
    current(&home)?;
    Ok(home)
}

impl Session {
    fn mend(&mut self, spec_folder: &Path) -> Result<(), Problem> {
        let releases = self.home.join("releases");
        for left in disk::leftovers(&self.home).into_iter().chain(disk::leftovers(&releases)) {
            self.disk.remove_tree(&left)?;
        }
        let Some(pending) = self.state.pending()? else { return Ok(()) };
        if is_current(&pending, spec_folder) {
            return self.state.settle(&self.disk, &pending.entry);
        }
        let releases = spec_folder.join(&pending.home).join("releases");
        let never_public = releases.join(&pending.entry.release);
        let aside = releases.join(format!("{TEMP}{}", pending.entry.release));
        self.take_back(&never_public, &aside, &pending.entry)
    }

    /// What a release of these inputs would be.
    pub fn identify(&self, spec: &Spec, files: &[InputFile], as_of: Option<Date>) -> Identity {
        let inputs = super::manifest::inputs(spec, files);
        let program = format!("reach {}", env!("CARGO_PKG_VERSION"));
        let mut hasher = blake3::Hasher::new_keyed(&self.state.secret.for_digests());
        let mut part = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        part(b"reach release 1");
        part(program.as_bytes());
        part(self.state.secret.id().as_bytes());
        part(spec.programme.profile.as_bytes());
        part(as_of.map(|date| date.to_string()).unwrap_or_default().as_bytes());
        part(&(spec.texts.len() as u64).to_le_bytes());
        for (_, hash) in &spec.texts {
            part(hash.as_bytes());
        }
        part(&(inputs.len() as u64).to_le_bytes());
        for input in &inputs {
            part(input.source.as_bytes());
            part(input.digest.as_bytes());
        }
        Identity {
            id: hasher.finalize(),
            as_of,
            profile: spec.programme.profile.clone(),
            program,
            inputs,
            texts: spec.texts.clone(),
        }
    }

    /// The current release, if it is this one and whole.
    pub fn unchanged(&self, identity: &Identity) -> Result<Option<Release>, Problem> {
        let Some(name) = current(&self.home)? else { return Ok(None) };
        let folder = self.home.join("releases").join(&name);
        let same = Manifest::read(&folder.join("public")).is_some_and(|manifest| manifest.id == identity.hex());
        Ok((same && verify(&folder).is_empty()).then(|| self.release(name, true)))
    }

    /// Publishes: builds the release aside and makes it current. An equal identity to the current release publishes nothing.
    pub fn publish(&mut self, identity: &Identity, rendered: &Rendered) -> Result<Release, Problem> {
        if let Some(release) = self.unchanged(identity)? {
            return Ok(release);
        }
        let sequence = self.next_sequence();
        let name = format!("{sequence:06}-{}", identity.hex().get(..8).unwrap_or_default());
        let releases = self.home.join("releases");
        let aside = releases.join(format!("{TEMP}{name}"));
        if let Err(problem) = self.build(&aside, &name, sequence, identity, rendered) {
            // What cannot be removed now is removed by the next run: its name says that it is ours.
            let _ = self.disk.undisturbed(|disk| disk.remove_tree(&aside));
            return Err(problem);
        }
        let pending = Pending {
            home: self.home_in_state.clone(),
            entry: Entry {
                release: name.clone(),
                id: identity.hex(),
                sequence,
                as_of: identity.as_of.map(|date| date.to_string()),
                profile: identity.profile.clone(),
                key: self.state.secret.id(),
                shown: rendered.memory.shown.clone(),
            },
        };
        self.disk.commit();
        let placed = self
            .state
            .announce(&self.disk, &pending, &rendered.memory)
            .and_then(|()| self.disk.rename(&aside, &releases.join(&name)))
            .and_then(|()| self.disk.sync_folder(&releases))
            .and_then(|()| self.disk.point(&self.home.join("current"), &Path::new("releases").join(&name)));
        if let Err(problem) = placed {
            // As far as it goes; what is left has a name of ours or is named in `pending`, and the next run removes it.
            let _ = self.disk.remove(&self.home.join(format!("{TEMP}current")));
            let _ = self.take_back(&releases.join(&name), &aside, &pending.entry);
            return Err(problem);
        }
        let settled = self.disk.sync_folder(&self.home).and_then(|()| self.state.settle(&self.disk, &pending.entry));
        match settled {
            Ok(()) => Ok(self.release(name, false)),
            Err(mut problem) => {
                problem.message =
                    format!("the new report is in place and whole, but reach could not note it: {}", problem.message);
                problem.hint =
                    Some("free some space or check the disk, then run again: the next run finishes the note".into());
                Err(problem)
            }
        }
    }

    /// Removes a release that never was current, then its announcement: in this order, so that what stands is always named.
    fn take_back(&self, placed: &Path, aside: &Path, entry: &Entry) -> Result<(), Problem> {
        if fs::symlink_metadata(placed).is_ok_and(|about| about.is_dir()) {
            self.disk.rename(placed, aside)?;
        }
        self.disk.remove_tree(aside)?;
        self.state.withdraw(&self.disk, entry)
    }

    fn build(
        &self,
        aside: &Path,
        name: &str,
        sequence: u64,
        identity: &Identity,
        rendered: &Rendered,
    ) -> Result<(), Problem> {
        self.disk.make_folders(&self.home.join("releases"), 0o755)?;
        self.disk.make_folder(aside, 0o755)?;
        let sides = [
            (Side::Public, "public", 0o755, 0o644, &rendered.public),
            (Side::Internal, "internal", 0o700, 0o600, &rendered.internal),
        ];
        for (side, folder, folder_mode, file_mode, files) in sides {
            let root = aside.join(folder);
            let mut folders = vec![root.clone()];
            self.disk.make_folder(&root, folder_mode)?;
            for (file, bytes) in files {
                if !is_plain(file) {
                    return Err(our_fault(format!("a file of the report has a name that cannot be used: {file}")));
                }
                let mut at = root.clone();
                let mut parts = file.split('/').peekable();
                while let Some(part) = parts.next() {
                    at.push(part);
                    if parts.peek().is_some() && !folders.contains(&at) {
                        self.disk.make_folder(&at, folder_mode)?;
                        folders.push(at.clone());
                    }
                }
                self.disk.write_new(&at, file_mode, bytes)?;
            }
            let manifest = Manifest::new(name, sequence, identity, &self.state.secret, side, files);
            let bytes = manifest.to_bytes().map_err(|_| our_fault("the manifest could not be written".into()))?;
            self.disk.write_new(&root.join(MANIFEST), file_mode, &bytes)?;
            for folder in folders.iter().rev() {
                self.disk.sync_folder(folder)?;
            }
        }
        self.disk.sync_folder(aside)
    }

    fn next_sequence(&self) -> u64 {
        let standing = fs::read_dir(self.home.join("releases")).into_iter().flatten().flatten().filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_release_name(&name) { name.split_once('-').and_then(|(n, _)| n.parse::<u64>().ok()) } else { None }
        });
        standing.max().unwrap_or(0).max(self.state.last_sequence()).saturating_add(1)
    }

    fn release(&self, name: String, unchanged: bool) -> Release {
        let folder = self.home.join("releases").join(&name);
        Release { name, folder, current: self.home.join("current"), unchanged }
    }

    /// How many operations on the disk this run has begun.
    pub fn operations(&self) -> u64 {
        self.disk.operations()
    }
}

/// The release that `current` points to, if any. A `current` that is no link of ours is refused.
pub fn current(home: &Path) -> Result<Option<String>, Problem> {
    let path = home.join("current");
    let Ok(about) = fs::symlink_metadata(&path) else { return Ok(None) };
    let refuse = |what: &str| {
        Err(Problem::stops("current-not-ours", Exit::Write, Place::file(path.display().to_string()), what.to_owned())
            .hint("move it away; reach makes its own link of that name and follows no other"))
    };
    if !about.is_symlink() {
        return refuse("should be a link to the newest report, but is a real file or folder");
    }
    let target = fs::read_link(&path).unwrap_or_default();
    let name = target.strip_prefix("releases").ok().and_then(Path::to_str).map(str::to_owned);
    match name {
        Some(name) if is_release_name(&name) => {
            let stands = fs::symlink_metadata(home.join("releases").join(&name)).is_ok_and(|a| a.is_dir());
            Ok(stands.then_some(name))
        }
        _ => refuse("points to something that is no report of this programme"),
    }
}

/// Whether an announced release was made current. Where its folder is gone, it counts as if it was.
pub fn is_current(pending: &Pending, spec_folder: &Path) -> bool {
    let home = spec_folder.join(&pending.home);
    match fs::read_link(home.join("current")) {
        Ok(target) => target == Path::new("releases").join(&pending.entry.release),
        Err(_) => !home.join("releases").is_dir(),
    }
}

/// A folder that is there must be a folder and no link.
fn real_folder(path: &Path) -> Result<(), Problem> {
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_symlink() => Err(Problem::stops(
            "out-is-link",
            Exit::Write,
            Place::file(path.display().to_string()),
            "the folder for reports is a link, and reach follows none when it writes",
        )
        .hint("give the folder itself with --out")),
        Ok(about) if !about.is_dir() => Err(Problem::stops(
            "out-is-file",
            Exit::Write,
            Place::file(path.display().to_string()),
            "a file stands where the folder for reports should be",
        )
        .hint("move that file away, or choose another folder with --out")),
        _ => Ok(()),
    }
}

/// Holds the output folder too, where the file system can: two programmes may share one name and one folder of reports.
fn lock_folder(home: &Path) -> Result<Option<File>, Problem> {
    let Some(folder) = disk::open_folder(home) else { return Ok(None) };
    match folder.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Problem::stops(
            "locked",
            Exit::Locked,
            Place::file(home.display().to_string()),
            "another run is writing reports into this folder",
        )
        .hint("wait until it has ended, then run again; nothing was changed")),
        _ => Ok(Some(folder)),
    }
}

/// The folder of releases as `pending` names it: relative where it lies beside the state, so that both can be moved together.
fn name_of_home(home: &Path, spec_folder: &Path) -> PathBuf {
    match home.strip_prefix(spec_folder) {
        Ok(inside) => inside.to_path_buf(),
        Err(_) => std::path::absolute(home).unwrap_or_else(|_| home.to_path_buf()),
    }
}

/// A relative name with `/`, no part of which leads elsewhere.
fn is_plain(name: &str) -> bool {
    name != MANIFEST
        && name.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && !part.contains(|c: char| c == '\\' || c == '\0' || c.is_control())
        })
}

fn our_fault(message: String) -> Problem {
    Problem::stops("release-unfit", Exit::Internal, Place::default(), message)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests look at what was written")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::protect::Memory;
    use crate::spec::{Limits, Programme};

    fn spec(folder: &Path) -> Spec {
        Spec {
            file: folder.join("reach.toml"),
            folder: folder.to_path_buf(),
            programme: Programme {
                name: "Harbourside".into(),
                slug: "harbourside".into(),
                organisation: None,
                from: jiff::civil::date(2025, 4, 1),
                to: jiff::civil::date(2026, 3, 31),
                year_starts: 4,
                dates: None,
                profile: "people-10".into(),
                ladder: "iap2".into(),
                outcomes: "our-museum".into(),
            },
            sources: Vec::new(),
            recodes: Vec::new(),
            erased: Vec::new(),
            limits: Limits::default(),
            scales: Vec::new(),
            texts: vec![("reach.toml".into(), blake3::hash(b"text"))],
            notes: crate::problem::Problems::default(),
        }
    }

    fn rendered(what: &str) -> Rendered {
        Rendered {
            public: vec![
                ("report.html".into(), what.as_bytes().to_vec()),
                ("tables/a.csv".into(), b"a".to_vec()),
                ("tables/b.csv".into(), b"b".to_vec()),
            ],
            internal: vec![("quality.html".into(), what.as_bytes().to_vec())],
            memory: Memory { shown: [("persons".to_owned(), 12)].into(), atoms: vec![("persons".into(), vec![])] },
        }
    }

    fn as_of(day: i8) -> Option<Date> {
        Some(jiff::civil::date(2026, 3, day))
    }

    fn run(folder: &Path, day: i8) -> Result<Release, Problem> {
        let spec = spec(folder);
        let mut session = begin(&spec, None, Stop::default())?;
        let identity = session.identify(&spec, &[], as_of(day));
        session.publish(&identity, &rendered(&format!("day {day}")))
    }

    #[test]
    fn a_release_is_whole_numbered_and_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let first = run(folder.path(), 1).unwrap();
        assert!(first.name.starts_with("000001-") && !first.unchanged);
        let second = run(folder.path(), 2).unwrap();
        assert!(second.name.starts_with("000002-"));
        assert_eq!(verify(&first.folder), Vec::<String>::new());
        assert_eq!(verify(&second.folder), Vec::<String>::new());
        assert_eq!(fs::read_to_string(second.current.join("public/report.html")).unwrap(), "day 2");
        let mode = fs::metadata(second.folder.join("internal")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let session = begin(&spec(folder.path()), None, Stop::default()).unwrap();
        let sequences: Vec<u64> = session.state.history.releases.iter().map(|r| r.sequence).collect();
        assert_eq!(sequences, [1, 2]);
        assert_eq!(session.state.history.releases[1].as_of, as_of(2));
    }

    #[test]
    fn an_equal_release_publishes_nothing_unless_it_was_tampered_with() {
        let folder = tempfile::tempdir().unwrap();
        let first = run(folder.path(), 1).unwrap();
        assert!(run(folder.path(), 1).unwrap().unchanged);
        fs::write(first.folder.join("public/report.html"), "better numbers").unwrap();
        assert_eq!(verify(&first.folder), ["public/report.html was changed"]);
        let again = run(folder.path(), 1).unwrap();
        assert!(!again.unchanged && again.name.starts_with("000002-"));
    }

    #[test]
    fn verify_names_what_is_missing_added_linked_or_moved() {
        let folder = tempfile::tempdir().unwrap();
        let release = run(folder.path(), 1).unwrap().folder;
        fs::remove_file(release.join("public/tables/a.csv")).unwrap();
        std::os::unix::fs::symlink("b.csv", release.join("public/tables/a.csv")).unwrap();
        fs::write(release.join("internal/note.txt"), "x").unwrap();
        assert_eq!(
            verify(&release),
            [
                "internal/note.txt is not in the manifest",
                "public/tables/a.csv is missing",
                "public/tables/a.csv is no file"
            ]
        );
        let moved = release.with_file_name("000009-00000000");
        fs::rename(&release, &moved).unwrap();
        assert!(verify(&moved).iter().any(|w| w.contains("not named as its manifest says")));
    }

    #[test]
    fn what_is_not_ours_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("reports/harbourside");
        fs::create_dir_all(home.join("current")).unwrap();
        fs::write(home.join("current/mine.txt"), "mine").unwrap();
        let refused = run(folder.path(), 1).unwrap_err();
        assert_eq!((refused.code, refused.exit), ("current-not-ours", Exit::Write));
        assert_eq!(fs::read_to_string(home.join("current/mine.txt")).unwrap(), "mine");

        let other = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path(), other.path().join("reports")).unwrap();
        assert_eq!(run(other.path(), 1).unwrap_err().code, "out-is-link");

        let third = tempfile::tempdir().unwrap();
        fs::create_dir_all(third.path().join("reports/harbourside")).unwrap();
        std::os::unix::fs::symlink("/etc", third.path().join("reports/harbourside/current")).unwrap();
        assert_eq!(run(third.path(), 1).unwrap_err().code, "current-not-ours");
    }

    #[test]
    fn leftovers_of_ours_go_and_other_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        let releases = folder.path().join("reports/harbourside/releases");
        fs::create_dir_all(releases.join(".reach-tmp-000001-00000000/public")).unwrap();
        fs::write(releases.join("notes.txt"), "mine").unwrap();
        run(folder.path(), 1).unwrap();
        assert!(!releases.join(".reach-tmp-000001-00000000").exists());
        assert!(releases.join("notes.txt").exists());
    }

    #[test]
    fn names_that_lead_elsewhere_are_never_written() {
        for name in ["../x", "/etc/x", "a//b", "a/./b", "a/../b", "", "manifest.json", ".hidden", "a\\b", "a\nb"] {
            assert!(!is_plain(name), "{name}");
        }
        assert!(is_plain("tables/visits by site.csv"));
    }

    #[test]
    fn the_public_manifest_confirms_no_guess_about_the_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let release = run(folder.path(), 1).unwrap().folder;
        let plain = blake3::hash(b"text").to_hex().to_string();
        assert!(fs::read_to_string(release.join("internal/manifest.json")).unwrap().contains(&plain));
        assert!(!fs::read_to_string(release.join("public/manifest.json")).unwrap().contains(&plain));
    }
}
