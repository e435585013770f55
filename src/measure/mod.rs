//! Counting: takes [`Linked`](crate::link::Linked), gives [`Measured`]: universes, families of atoms, and the tables to be made of them.
//!
//! Promises: facts are counted in one sharded walk whose partial results merge in any order; every figure is recomputed from the
//! cells it reads by its measure's formula; the identities I1–I5 are checked on every run. A measure is declared once, in
//! `catalogue.rs`.

mod attendance;
mod build;
pub mod catalogue;
mod check;
mod contributors;
mod counts;
mod coverage;
mod figures;
mod interval;
pub mod key;
mod lists;
pub mod period;
mod questions;
mod respondents;
mod responses;
mod rows;
mod sessions;
mod types;
pub mod walk;

pub use check::check;
pub use contributors::contributors;
pub use figures::{figures, identity};
pub use interval::{FEW, FEWEST};
pub use types::*;

use crate::link::Linked;
use crate::spec::Spec;

/// The tables that show the years of people, new and returning: all of them or none.
pub const PEOPLE_BY_YEAR: &str = "people-by-year";

/// Counts everything that `linked` knows, for every table of the report.
pub fn measure(linked: &Linked, spec: &Spec) -> Measured {
    let mut b = build::Builder::new(linked, spec);
    counts::add(&mut b);
    attendance::add(&mut b);
    sessions::add(&mut b);
    lists::add(&mut b);
    let universes = responses::add(&mut b);
    coverage::add(&mut b, &universes);
    rows::add(&mut b);
    b.out
}
