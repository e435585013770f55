//! The statistician's room: pure functions on numbers and slices, with no frames, no input or output and no clock.
