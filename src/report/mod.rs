//! From safe figures to bytes: takes [`Protected`](crate::protect::Protected), gives [`Rendered`].
//!
//! Promises: everything that is public and comes from data is a projection of the same safe figures; renderers know no path and
//! no clock; text that could be markup, script or a formula stays text.

use crate::protect::Memory;

/// The files of a release as bytes under relative names (with `/`).
#[derive(Debug)]
pub struct Rendered {
    /// Under `public/`.
    pub public: Vec<(String, Vec<u8>)>,
    /// Under `internal/`.
    pub internal: Vec<(String, Vec<u8>)>,
    pub memory: Memory,
}
