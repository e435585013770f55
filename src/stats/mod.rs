//! The statistician's room: pure functions on numbers and slices, with no frames, no input or output and no clock.
//!
//! Sums run in the order of the slice and every transcendental function is `libm`'s, so that equal inputs give equal bits on
//! every machine. Each function names the definition it follows; those that R has agree with it to 1e-9 relative.

pub mod clustered;
pub mod mean;
pub mod proportion;
pub mod special;
