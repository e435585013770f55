//! A release is complete or not there at all, wherever a run is cut short.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::{Programme, command, finish, reach, reach_with_fault};

/// Every file under a folder by its relative name; links as where they point.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(at) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&at) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            let about = path.symlink_metadata().unwrap();
            if about.is_symlink() {
                found.insert(name, path.read_link().unwrap().to_string_lossy().into_owned().into_bytes());
            } else if about.is_dir() {
                found.insert(format!("{name}/"), Vec::new());
                open.push(path);
            } else {
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The bytes of everything that a programme keeps and shows, but the key and the lock.
fn stand(programme: &Programme) -> BTreeMap<String, Vec<u8>> {
    let mut all = tree(&programme.home());
    all.extend(tree(&programme.folder().join(".reach")).into_iter().filter(|(name, _)| name != "key"));
    all
}

/// The release that `current` points to, proved whole.
fn current(programme: &Programme) -> Option<PathBuf> {
    let target = programme.home().join("current").read_link().ok()?;
    let release = programme.home().join(target);
    assert_eq!(reach::publish::verify(&release), Vec::<String>::new(), "{}", release.display());
    Some(release)
}

/// A programme with a key of its own, the same in every copy.
fn with_key() -> Programme {
    let programme = Programme::new();
    let state = programme.folder().join(".reach");
    std::fs::create_dir(&state).unwrap();
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::write(state.join("key"), [42; 32]).unwrap();
    std::fs::set_permissions(state.join("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    programme
}

/// A copy of a programme as it stands, permissions and links kept.
fn copy_of(programme: &Programme) -> Programme {
    let copy = Programme::empty();
    let from = format!("{}/.", programme.folder().display());
    let done = std::process::Command::new("cp").args(["-a", &from]).arg(copy.folder()).status().unwrap();
    assert!(done.success());
    copy
}

/// Runs the sweep: `fault` at every `step`th operation until none is hit; after each, what stands must be whole, and the next run must
/// bring what an undisturbed run brings.
fn sweep(fault: &str, step: usize, template: &Programme) -> u64 {
    let golden = &golden(template);
    for at in (1..).step_by(step) {
        let programme = copy_of(template);
        let before = current(&programme);
        let before_bytes = before.as_ref().map(|release| tree(release));
        let ran = reach_with_fault(&["run", &programme.spec()], &format!("{fault}@{at}"));
        if ran.exit == Some(0) {
            // Past the last operation; a signal is no longer heeded once the release is being made current.
            assert_eq!(&stand(&programme), golden, "undisturbed");
            return at - 1;
        }
        match fault {
            "stop" => {
                assert_eq!(ran.exit, Some(143), "{fault}@{at}: {}", ran.stderr);
                assert_eq!(before, current(&programme), "{fault}@{at}: the old release");
                let left: Vec<String> =
                    stand(&programme).into_keys().filter(|name| name.contains(".reach-tmp")).collect();
                assert!(left.is_empty(), "{fault}@{at}: {left:?}");
            }
            "panic" => {
                assert_eq!(ran.exit, Some(21), "{fault}@{at}: {}", ran.stderr);
                assert!(!ran.stderr.contains("personal"), "{fault}@{at}: {}", ran.stderr);
                assert!(ran.stderr.contains("src/publish/disk.rs"), "{fault}@{at}: {}", ran.stderr);
            }
            "kill" => assert_eq!(ran.signal, Some(9), "{fault}@{at}: {}", ran.stderr),
            _ => {
                assert_eq!(ran.exit, Some(20), "{fault}@{at}: {}", ran.stderr);
                assert!(ran.stderr.contains("disk is full"), "{fault}@{at}: {}", ran.stderr);
            }
        }
        let after = current(&programme);
        match (&before, &after) {
            (Some(old), Some(new)) if old == new => {
                assert_eq!(Some(tree(new)), before_bytes, "{fault}@{at}: the old release")
            }
            (Some(_), None) => panic!("{fault}@{at}: the old release is gone"),
            _ => {}
        }
        if fault == "full" && before != after {
            assert!(ran.stderr.contains("the new report is in place"), "{fault}@{at}: {}", ran.stderr);
        }
        let next = reach(&["run", &programme.spec()]);
        assert_eq!(next.exit, Some(0), "after {fault}@{at}: {}", next.stderr);
        current(&programme).unwrap();
        let now = stand(&programme);
        let names = |all: &BTreeMap<String, Vec<u8>>| all.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&now), names(golden), "after {fault}@{at}");
        assert!(&now == golden, "after {fault}@{at}: bytes differ");
    }
    unreachable!()
}

/// What an undisturbed run brings.
fn golden(template: &Programme) -> BTreeMap<String, Vec<u8>> {
    let programme = copy_of(template);
    let ran = reach(&["run", &programme.spec()]);
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    stand(&programme)
}

/// A programme whose first release stands, and whose data have changed since.
fn second_quarter() -> Programme {
    let programme = with_key();
    let ran = reach(&["run", &programme.spec()]);
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    programme.edit("visits.csv", |text| text.replace("1204", "1304"));
    programme
}

#[test]
fn a_crash_at_any_operation_leaves_the_old_release_or_the_new_one() {
    let first = sweep("kill", 1, &with_key());
    assert!(first > 30, "only {first} operations were tried");
    let second = sweep("kill", 1, &second_quarter());
    assert!(second > 30, "only {second} operations were tried");
}

#[test]
fn a_full_disk_at_any_operation_leaves_the_old_release_or_the_new_one() {
    let first = sweep("full", 1, &with_key());
    assert!(first > 30, "only {first} operations were tried");
    let second = sweep("full", 1, &second_quarter());
    assert!(second > 30, "only {second} operations were tried");
}

#[test]
fn a_request_to_end_before_any_operation_leaves_nothing_half_done() {
    let tried = sweep("stop", 3, &second_quarter());
    assert!(tried > 20, "only {tried} operations were tried");
}

#[test]
fn a_fault_of_our_own_says_where_and_never_what_and_leaves_the_old_release_or_the_new_one() {
    let tried = sweep("panic", 3, &second_quarter());
    assert!(tried > 30, "only {tried} operations were tried");
}

#[test]
fn a_crash_while_the_key_is_made_leaves_no_half_key() {
    for at in 1..12 {
        let programme = Programme::new();
        let ran = reach_with_fault(&["run", &programme.spec()], &format!("kill@{at}"));
        assert_eq!(ran.signal, Some(9));
        let next = reach(&["run", &programme.spec()]);
        assert_eq!(next.exit, Some(0), "after kill@{at}: {}", next.stderr);
        let key = programme.folder().join(".reach/key");
        assert_eq!(std::fs::read(&key).unwrap().len(), 32);
        assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn an_equal_run_publishes_nothing_and_says_so() {
    let programme = with_key();
    let first = reach(&["run", &programme.spec()]);
    assert_eq!(first.exit, Some(0), "{}", first.stderr);
    let path = programme.home().join("current/public/report.html");
    assert_eq!(first.stdout, format!("{}\n", path.display()));
    assert!(path.is_file());
    let before = stand(&programme);
    let again = reach(&["run", &programme.spec()]);
    assert_eq!(again.exit, Some(0));
    assert!(again.stderr.contains("Nothing has changed"), "{}", again.stderr);
    assert_eq!(stand(&programme), before);
    let night = reach(&["run", &programme.spec(), "--nightly"]);
    assert_eq!((night.exit, night.stdout.as_str(), night.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn check_writes_nothing() {
    let programme = Programme::new();
    let before = tree(programme.folder());
    let ran = reach(&["check", &programme.spec()]);
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    assert_eq!(tree(programme.folder()), before);
    assert!(ran.stdout.contains("visits: counts"), "{}", ran.stdout);
}

#[test]
fn a_second_run_while_one_holds_the_lock_ends_with_11() {
    let programme = with_key();
    assert_eq!(reach(&["run", &programme.spec()]).exit, Some(0));
    let before = stand(&programme);
    let lock = std::fs::File::open(programme.folder().join(".reach/lock")).unwrap();
    lock.lock().unwrap();
    programme.edit("visits.csv", |text| text.replace("1204", "1304"));
    let ran = reach(&["run", &programme.spec()]);
    assert_eq!(ran.exit, Some(11), "{}", ran.stderr);
    assert!(ran.stderr.contains("another run of this programme is under way"), "{}", ran.stderr);
    assert_eq!(stand(&programme), before);
    // Not by closing it: a process that another test is just starting may hold a copy for a moment.
    lock.unlock().unwrap();
    assert_eq!(reach(&["run", &programme.spec()]).exit, Some(0));
}

#[test]
fn events_are_json_lines_with_codes_and_places_only() {
    let programme = with_key();
    let ran = reach(&["run", &programme.spec(), "--log", "json"]);
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    let mut events = Vec::new();
    for line in ran.stderr.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert!(event.get("timestamp").is_none() && event.get("message").is_none(), "{line}");
        events.push(event["event"].as_str().unwrap().to_owned());
    }
    for wanted in ["stage", "published"] {
        assert!(events.iter().any(|event| event == wanted), "{wanted} is not among {events:?}");
    }
}

#[test]
fn a_folder_of_reports_elsewhere_has_its_releases_and_the_state_stays() {
    let programme = with_key();
    let out = tempfile::tempdir().unwrap();
    let ran = finish(command(&["run", &programme.spec(), "--out", out.path().to_str().unwrap()]).current_dir("/"));
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    assert!(out.path().join("quayside/current/public/report.html").is_file());
    assert!(!programme.folder().join("reports").exists());
    let link = out.path().join("link");
    std::os::unix::fs::symlink(out.path(), &link).unwrap();
    let refused = reach(&["run", &programme.spec(), "--out", link.to_str().unwrap()]);
    assert_eq!(refused.exit, Some(20), "{}", refused.stderr);
}
