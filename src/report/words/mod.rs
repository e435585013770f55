//! The sentences of the report in one place: plain UK English, that says no more than the numbers carry.
//!
//! One group before and after "changed"; nothing was "caused"; who chose to answer speaks for "those who answered"; no word of
//! significance anywhere.

mod finding;
mod methods;
mod number;
mod period;

pub use finding::finding;
pub use methods::{basis, marks, method, profile};
pub use number::{number, percent, plain};
pub use period::{Period, between, date};

/// What stands in place of a number that is withheld.
pub const WITHHELD: &str = "[c]";
/// Beside a number with a low base, or in place of one.
pub const LOW: &str = "[low]";
/// In place of a number that nobody collected.
pub const NOT_COLLECTED: &str = "[x]";
/// Before a number that is at least so high: some of what it adds up is not known.
pub const LEAST: &str = "\u{2265}";
/// In place of a number that makes no sense here.
pub const NOT_APPLICABLE: &str = "[z]";

/// The unit of a base after its number. Units are given in the plural.
pub fn base_unit(count: u64, unit: &str) -> String {
    match (count, unit) {
        (_, "") => "who answered".to_owned(),
        (1, "people") => "person".to_owned(),
        (1, "responses") => "response".to_owned(),
        _ => unit.to_owned(),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// Sentences put after each other, each with a full stop unless it has its own end.
pub fn sentences(parts: &[String]) -> String {
    let mut out = String::new();
    for part in parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(part);
        if !part.ends_with(['.', '?', '!', '…']) {
            out.push('.');
        }
    }
    out
}

/// The text with its first letter a capital.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}
