//! The release on disk: takes [`Rendered`](crate::report::Rendered), gives [`Release`].
//!
//! Promises: a release is built aside, synced and made current by one rename; a crash at any instant leaves the old release or
//! the new one ([`release`] says how); this room alone writes state and output, every mutating operation numbered ([`disk`]).

use std::path::PathBuf;

pub mod disk;
pub mod manifest;
pub mod release;
pub mod state;

pub use manifest::verify;
pub use release::{Identity, Input, Session, begin};

/// What stands on disk.
#[derive(Debug, Clone)]
pub struct Release {
    /// `000012-3f9a1c2b`.
    pub name: String,
    pub folder: PathBuf,
    /// The link through which it is read.
    pub current: PathBuf,
    /// Whether it was already there (an equal id publishes nothing).
    pub unchanged: bool,
}
