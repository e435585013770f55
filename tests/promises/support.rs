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
