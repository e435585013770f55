//! The same inputs give the same bytes: whatever the threads, the time zone, the locale, the order in which files were made, their
//! modification times, and where the folder lies.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::support;

/// Every file of a release by its name in it.
type Files = BTreeMap<String, Vec<u8>>;

/// How one run differs from another.
#[derive(Default)]
struct Variant<'a> {
    threads: &'a str,
    zone: &'a str,
    locale: &'a str,
    /// Inputs are made in reverse order, with other modification times.
    reversed: bool,
    /// The folder lies deeper, under a name with spaces and letters beyond ASCII.
    moved: bool,
    /// (from, to) names relative to the folder.
    renamed: &'a [(&'a str, &'a str)],
    /// The programme's key is this byte 32 times (0: the demo's own key, or 7).
    key: u8,
}

/// The files of a folder and of those below, by name, sorted.
fn tree(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push((path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned(), path)),
            }
        }
    }
    found.sort();
    found
}

/// Runs a programme of `from` as `variant` says, in a folder of its own; gives the release.
fn release(from: &Path, variant: &Variant<'_>) -> Files {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join(if variant.moved { "tief er/größer/Ünïcode" } else { "here" });
    let mut files = tree(from);
    files.retain(|(name, _)| !support::MADE_BY_RUNS.iter().any(|made| name.starts_with(&format!("{made}/"))));
    if variant.reversed {
        files.reverse();
    }
    for (age, (name, path)) in files.iter().enumerate() {
        let name = variant.renamed.iter().find(|(old, _)| old == name).map_or(name.as_str(), |(_, new)| new);
        let target = folder.join(name);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(path, &target).unwrap();
        if variant.reversed {
            let then = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 * (age as u64 * 37 + 1));
            fs::File::options().write(true).open(&target).unwrap().set_modified(then).unwrap();
        }
    }
    let state = folder.join(".reach");
    let demo_key = folder.join("worthless-demo-key.txt");
    if variant.key != 0 && demo_key.exists() {
        fs::remove_file(&demo_key).unwrap();
    }
    if !demo_key.exists() {
        let key = if variant.key == 0 { 7 } else { variant.key };
        fs::create_dir(&state).unwrap();
        fs::set_permissions(&state, fs::Permissions::from_mode(0o700)).unwrap();
        fs::write(state.join("key"), [key; 32]).unwrap();
        fs::set_permissions(state.join("key"), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let out = folder.join("reports");
    let spec = folder.join("reach.toml");
    let mut args = vec!["run", spec.to_str().unwrap(), "--out", out.to_str().unwrap()];
    if !variant.threads.is_empty() {
        args.extend(["--threads", variant.threads]);
    }
    let mut command = support::command(&args);
    if !variant.zone.is_empty() {
        command.env("TZ", variant.zone);
    }
    if !variant.locale.is_empty() {
        command.env("LC_ALL", variant.locale).env("LANG", variant.locale);
    }
    let ran = support::finish(&mut command);
    assert_eq!(ran.exit, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let [programme] = fs::read_dir(&out).unwrap().map(|e| e.unwrap().path()).collect::<Vec<_>>().try_into().unwrap();
    let current = fs::canonicalize(programme.join("current")).unwrap();
    let mut files: Files = tree(&current).into_iter().map(|(name, path)| (name, fs::read(path).unwrap())).collect();
    let name = current.file_name().unwrap().to_str().unwrap().to_owned();
    files.insert("(name of the release)".into(), name.into_bytes());
    files
}

/// The names of files that differ, or that only one release has.
fn differing(one: &Files, other: &Files) -> Vec<String> {
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort();
    names.dedup();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

fn same_bytes(from: &Path) {
    let first = release(from, &Variant::default());
    assert!(first.keys().any(|name| name == "public/figures.csv"), "{:?}", first.keys());
    for variant in [
        Variant { threads: "1", zone: "Pacific/Auckland", locale: "C", ..Variant::default() },
        Variant { threads: "2", zone: "America/Los_Angeles", locale: "de_DE.UTF-8", ..Variant::default() },
        Variant { threads: "8", locale: "tr_TR.UTF-8", reversed: true, moved: true, ..Variant::default() },
    ] {
        let other = release(from, &variant);
        let wrong = differing(&first, &other);
        assert!(
            wrong.is_empty(),
            "threads {}, zone {}, locale {}: {wrong:?}",
            variant.threads,
            variant.zone,
            variant.locale
        );
    }
}

#[test]
fn the_demo_gives_the_same_bytes_everywhere() {
    same_bytes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo"));
}

#[test]
fn newcastle_gives_the_same_bytes_everywhere() {
    let Some(folder) = support::newcastle() else { return };
    same_bytes(folder.path());
}

/// Names of input files stand in `internal/` and in manifests only.
#[test]
fn renamed_files_of_one_pattern_change_no_public_byte() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    let first = release(&from, &Variant::default());
    let renamed = [
        ("activity/register-2024-25.csv", "activity/register-one.csv"),
        ("activity/register-2025-26.csv", "activity/register-two.csv"),
    ];
    let other = release(&from, &Variant { renamed: &renamed, ..Variant::default() });
    let may = |name: &String| name.starts_with("internal/") || name.ends_with("manifest.json") || name.starts_with('(');
    let wrong: Vec<String> = differing(&first, &other).into_iter().filter(|name| !may(name)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    for (name, bytes) in first.iter().chain(&other).filter(|(name, _)| !may(name)) {
        for file in ["register-2024-25", "register-2025-26", "register-one", "register-two"] {
            assert!(!String::from_utf8_lossy(bytes).contains(file), "{name} names {file}");
        }
    }
}

/// The key makes pseudonyms, and nothing else that a reader sees.
#[test]
fn another_key_changes_no_number() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    let [one, other] = [1, 2].map(|key| release(&from, &Variant { key, ..Variant::default() }));
    let public = |name: &String| name.starts_with("public/") && !name.ends_with("manifest.json");
    let wrong: Vec<String> = differing(&one, &other).into_iter().filter(public).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
