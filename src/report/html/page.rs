//! `report.html`: one file that holds everything, with no script.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::super::RenderError;
use super::super::view::Page;
use super::fill::{csp_hash, fill};

const TEMPLATE: &str = include_str!("report.html");
const STYLE: &str = include_str!("style.css");

/// Charts by the id of their block, each at its two widths.
#[derive(Debug, Default)]
pub struct Pictures {
    pictures: BTreeMap<String, Value>,
}

impl Pictures {
    /// Adds a chart, as it was drawn by [`crate::report::chart`]: markup whose texts are escaped.
    pub fn add(&mut self, id: &str, wide: String, small: String) {
        let picture = context! { wide => Value::from_safe_string(wide), small => Value::from_safe_string(small) };
        self.pictures.insert(id.to_owned(), picture);
    }
}

/// The page.
pub fn report(page: &Page, pictures: Pictures) -> Result<String, RenderError> {
    let style = STYLE.trim();
    fill(
        "report.html",
        TEMPLATE,
        context! {
            page => Value::from(Serde(page)),
            pictures => Value::from(pictures.pictures),
            style => Value::from_safe_string(style.to_owned()),
            style_hash => Value::from_safe_string(csp_hash(style)),
        },
    )
}
