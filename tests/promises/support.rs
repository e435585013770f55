//! What several promises need: where the samples are, and how the binary is run.

use std::path::{Path, PathBuf};

/// The folder of real exports, or `None` (with a printed notice) where it is absent.
pub fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: ../shared/samples is not here");
        None
    }
}

/// A folder of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Copies the regular files of a folder, folder by folder, following no link.
pub fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            copy_tree(&entry.path(), &target);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// A temporary folder with the Newcastle samples and the spec of `tests/fixtures/newcastle` beside them; `None` without samples.
pub fn newcastle() -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    copy_tree(&samples()?.join("newcastle"), folder.path());
    copy_tree(&fixture("newcastle"), folder.path());
    Some(folder)
}
