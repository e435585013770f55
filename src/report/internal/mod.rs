//! The files under `internal/`: for the evaluator and the data protection officer. They read all that the run knows of its
//! inputs; they hold no personal or free text, and they are personal data in law all the same.

mod lists;
mod quality;

use crate::protect::Audit;

use super::{Inside, RenderError};

/// Every internal file, in a fixed order.
pub fn files(audit: &Audit, inside: &Inside<'_>) -> Result<Vec<(String, Vec<u8>)>, RenderError> {
    Ok(vec![
        ("quality.html".to_owned(), quality::page(audit, inside)?.into_bytes()),
        ("set-aside.csv".to_owned(), lists::set_aside(&inside.measured.ledger)),
        ("flagged.csv".to_owned(), lists::flagged(&inside.measured.ledger)),
        ("joins.csv".to_owned(), lists::joins(inside.joins)),
        ("first-causes.csv".to_owned(), lists::first_causes(audit)),
    ])
}
