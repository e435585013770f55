//! The demo: equal seeds give equal bytes; its files have the oddities that its README names.

use reach::demo::{Options, files};

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
