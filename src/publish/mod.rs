//! The release on disk: takes [`Rendered`](crate::report::Rendered), gives [`Release`].
//!
//! Promises: a release is built aside, synced and made current by one rename; a crash at any instant leaves the old release or
//! the new one; this room alone writes state and output, every mutating operation numbered.

use std::path::PathBuf;

/// What stands on disk.
#[derive(Debug, Clone)]
pub struct Release {
    /// `000012-3f9a1c2b`.
    pub name: String,
    pub folder: PathBuf,
    /// Whether it was already there (an equal id publishes nothing).
    pub unchanged: bool,
}
