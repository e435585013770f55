//! What a reader is told of protection. No sentence here depends on a count of people.

use crate::measure::State;
use crate::measure::key::slug;
use crate::spec::Class;

/// The mark and reason of everything withheld, whatever the cause.
pub const WITHHELD: &str = "withheld to protect people";

/// Said of a table in which values were put together.
pub const MERGED: &str = "Small groups are put together, so that nobody can be recognised.";

/// Said of a table of what people are in which those who are not known share a group with some who are.
pub const BASE_IS_EVERYONE: &str = "Shares are of everyone asked: people who are not known are part of a group shown.";

/// The public code of values that were put together because few people have them, from their label, such as `(other)`: their own
/// codes would tell which occur. No other code starts with a bracket.
pub(super) fn code(label: &str) -> String {
    format!("({})", slug(label))
}

/// Whether a public code is that of values put together under a label alone.
pub fn is_merged_code(code: &str) -> bool {
    code.starts_with('(')
}

/// The label of values shown as one.
pub(super) fn merged(dimension: &str, values: &[(&str, State)], ordered: bool, guarded: bool) -> String {
    if let [(label, _)] = values {
        return (*label).to_string();
    }
    let known: Vec<&str> = values.iter().filter(|v| v.1 == State::Answered).map(|v| v.0).collect();
    let lost = known.len() < values.len();
    let mut out = match known.as_slice() {
        [] => return "not known or not said".to_string(),
        [one] => (*one).to_string(),
        [first, .., last] if ordered => span(first, last),
        _ if guarded => "other".to_string(),
        several if dimension.starts_with("q:") => format!("other ({})", several.join("; ")),
        several => format!("other ({} {})", several.len(), noun(dimension)),
    };
    if lost {
        out.push_str(" or not known");
    }
    out
}

/// Whether a dimension of what people are has only the values that occur (postcode districts), not a list known beforehand (the
/// options of a question). To name a rare one of these would tell that somebody has it.
pub(super) fn occurring_only(dimension: &str, class: Class) -> bool {
    class != Class::Plain && !dimension.starts_with("q:")
}

fn noun(dimension: &str) -> &'static str {
    match dimension {
        "site" => "places",
        "strand" => "strands",
        "level" => "levels",
        "event" => "events",
        _ => "values",
    }
}

/// "January 2004" and "March 2004" are "January to March 2004".
fn span(first: &str, last: &str) -> String {
    let year = |text: &str| {
        let (_, year) = text.rsplit_once(' ')?;
        (year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit())).then(|| year.to_string())
    };
    // A quarter's own name is a span: "January to March 2004".
    let starts = first.split_once(" to ").map_or(first, |(start, _)| start);
    let ends = last.rsplit_once(" to ").map_or(last, |(_, end)| end);
    match (year(first), year(last)) {
        (Some(a), Some(b)) if a == b => {
            format!("{} to {ends}", starts.strip_suffix(&format!(" {a}")).unwrap_or(starts))
        }
        (Some(a), Some(_)) if !starts.ends_with(&a) => format!("{starts} {a} to {ends}"),
        (Some(_), Some(_)) => format!("{starts} to {ends}"),
        _ => format!("{first} to {last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_what_is_inside_and_never_how_many_people() {
        let a = |l| (l, State::Answered);
        assert_eq!(merged("month", &[a("January 2004"), a("March 2004")], true, false), "January to March 2004");
        assert_eq!(merged("month", &[a("May 2004"), a("May 2005")], true, false), "May 2004 to May 2005");
        let quarters = [a("January to March 2004"), a("April to June 2004")];
        assert_eq!(merged("quarter", &quarters, true, false), "January to June 2004");
        let quarters = [a("October to December 2004"), a("January to March 2005")];
        assert_eq!(merged("quarter", &quarters, true, false), "October 2004 to March 2005");
        assert_eq!(merged("site", &[a("A"), a("B")], false, false), "other (2 places)");
        assert_eq!(
            merged("q:faith", &[a("A"), a("B"), ("blank", State::Blank)], false, false),
            "other (A; B) or not known"
        );
        assert_eq!(merged("district", &[a("NE1"), a("NE2")], false, true), "other");
        assert_eq!(merged("q:x", &[("b", State::Blank), ("r", State::Refused)], false, true), "not known or not said");
    }
}
