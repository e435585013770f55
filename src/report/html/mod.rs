//! Pages: templates filled in with every text escaped, and the style allowed by its hash alone.

mod fill;
mod page;

pub use fill::{csp_hash, fill};
pub use page::{Pictures, report};
