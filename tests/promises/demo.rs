//! The demo: equal seeds give equal bytes; its files have the oddities that its README names.

use reach::demo::{Options, files};

use crate::support;

#[test]
fn equal_options_give_equal_bytes_and_other_seeds_others() {
    let one = files(&Options::default()).unwrap();
    let two = files(&Options::default()).unwrap();
    let other = files(&Options { seed: 8, ..Options::default() }).unwrap();
    let mut differing = 0;
    for ((a, b), c) in one.iter().zip(&two).zip(&other) {
        assert_eq!(a.name, b.name);
        assert!(a.bytes == b.bytes, "{} differs between two runs", a.name);
        differing += u32::from(a.bytes != c.bytes);
    }
    assert!(differing >= 7, "another seed must give another programme");
}

#[test]
fn the_demo_is_small_and_attendances_grow_with_people() {
    let small = files(&Options::default()).unwrap();
    assert!(small.iter().map(|f| f.bytes.len()).sum::<usize>() < 2_000_000);
    let rows = |files: &[reach::demo::DemoFile]| -> usize {
        files
            .iter()
            .filter(|f| f.name.starts_with("activity/register"))
            .map(|f| f.bytes.iter().filter(|&&b| b == b'\n').count() - 1)
            .sum()
    };
    let per_person = |people| rows(&files(&Options { seed: 7, people }).unwrap()) as f64 / f64::from(people);
    assert!((6.0..14.0).contains(&per_person(420)), "{}", per_person(420));
    assert!((6.0..14.0).contains(&per_person(4200)), "{}", per_person(4200));
}

/// `data/demo` is what `reach demo` writes with its defaults. `UPDATE_DOCS=1` rewrites it.
#[test]
fn the_committed_demo_is_current() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    for file in files(&Options::default()).unwrap() {
        let path = folder.join(file.name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &file.bytes).unwrap();
        }
        let stands = std::fs::read(&path).unwrap_or_default();
        assert!(
            stands == file.bytes,
            "data/demo/{} is not what `reach demo` writes (UPDATE_DOCS=1 cargo test rewrites it)",
            file.name
        );
    }
}

/// `reports/demo` is what a run of the committed demo publishes: its page, its figures, its tables. `UPDATE_DOCS=1` rewrites it.
#[test]
fn a_run_reproduces_the_committed_report() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    for file in files(&Options::default()).unwrap() {
        let path = folder.path().join(file.name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &file.bytes).unwrap();
    }
    let ran = support::reach(&["run", folder.path().join("reach.toml").to_str().unwrap()]);
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    let page = std::path::PathBuf::from(ran.stdout.trim());
    let public = page.parent().unwrap();
    let committed = root.join("reports/demo");
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    if update {
        let _ = std::fs::remove_dir_all(&committed);
    }
    let mut names = Vec::new();
    let mut folders = vec![public.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                names.push(path.strip_prefix(public).unwrap().to_path_buf())
            }
        }
    }
    names.sort();
    // The pictures: a few of each kind stand for all.
    let pictures = [
        "counts-headcounts-month.svg",
        "attendances-site.svg",
        "answers-visitors-heard-total.svg",
        "answers-participant-after-say-total.svg",
        "rows-register-fate.svg",
    ];
    names.retain(|name| !name.starts_with("charts") || pictures.iter().any(|p| name.ends_with(p)));
    assert!(names.iter().filter(|n| n.starts_with("charts")).count() == pictures.len(), "the chosen charts exist");
    for name in &names {
        let made = std::fs::read(public.join(name)).unwrap();
        let path = committed.join(name);
        if update {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        let stands = std::fs::read(&path).unwrap_or_default();
        assert!(
            stands == made,
            "reports/demo/{} is not what a run publishes (UPDATE_DOCS=1 cargo test rewrites it)",
            name.display()
        );
    }
}
