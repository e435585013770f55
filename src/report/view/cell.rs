//! One figure as it is printed: its number with its unit, or the mark that stands in its place.

use crate::measure::{Condition, Figure, Status};

use super::super::words;

/// Whether the figure's value is a percentage.
pub fn is_percent(figure: &Figure) -> bool {
    matches!(figure.unit.as_str(), "percent" | "per cent" | "%")
}

/// Whether the figure is a share of a base: it has a numerator and is printed with both.
pub fn is_share(figure: &Figure) -> bool {
    is_percent(figure) && figure.base.is_some() && figure.numerator.is_some()
}

/// Whether the number is a least one: some of what it adds up is not known.
pub fn is_least(figure: &Figure) -> bool {
    figure.notes.iter().any(|n| n.starts_with("at least"))
}

/// The number alone, with its unit if that is a sign.
fn value(figure: &Figure, number: f64) -> String {
    let least = if is_least(figure) { words::LEAST } else { "" };
    if is_percent(figure) {
        words::percent(number, figure.decimals)
    } else {
        format!("{least}{}", words::number(number, figure.decimals))
    }
}

/// The figure as it stands in a table or beside a bar.
pub fn shown(figure: &Figure) -> String {
    match (figure.status, figure.value.filter(|v| v.is_finite())) {
        (Status::Withheld, _) => words::WITHHELD.to_owned(),
        (Status::NotApplicable, _) => words::NOT_APPLICABLE.to_owned(),
        (Status::LowBase, Some(v)) => format!("{} {}", value(figure, v), words::LOW),
        (Status::LowBase, None) => words::LOW.to_owned(),
        (Status::Shown, Some(v)) => value(figure, v),
        (Status::NotCollected, _) | (Status::Shown, None) => words::NOT_COLLECTED.to_owned(),
    }
}

/// The number a chart may draw: that of a figure which is shown.
pub fn drawn(figure: &Figure) -> Option<f64> {
    matches!(figure.status, Status::Shown | Status::LowBase).then_some(figure.value).flatten().filter(|v| v.is_finite())
}

/// `28 of 30`, for a share; `30 for 1,234`, for so many of one thing per hundred of another.
pub fn of_base(figure: &Figure) -> String {
    let number = |n: u64| words::number(n as f64, 0);
    match (&figure.numerator, &figure.base) {
        _ if drawn(figure).is_none() => String::new(),
        (Some(part), Some(base)) if is_percent(figure) => format!("{} of {}", number(part.n), number(base.n)),
        (Some(part), Some(base)) if figure.unit.contains("per 100") => {
            format!("{} for {} {}", number(part.n), number(base.n), figure.base_unit)
        }
        (None, Some(base)) if figure.unit.starts_with("points") => {
            format!("{} {}", number(base.n), words::base_unit(base.n, figure.base_unit))
        }
        _ => String::new(),
    }
}

/// The interval: `83% to 98%`.
pub fn interval(figure: &Figure) -> String {
    match (figure.low, figure.high) {
        (Some(low), Some(high)) if drawn(figure).is_some() && low.is_finite() && high.is_finite() => {
            format!("{} to {}", value(figure, low), value(figure, high))
        }
        _ => String::new(),
    }
}

/// The figure's conditions.
pub fn conditions(figure: &Figure) -> &[Condition] {
    &figure.dimensions
}

/// Whether a value stands for what is not known, merged or left over: it is never called the most.
pub fn is_rest(condition: &Condition) -> bool {
    let code = condition.value.as_str();
    code.contains('+') || crate::protect::is_merged_code(code) || is_left_over(condition)
}

/// Whether a value has no place of its own among the others: it comes last.
pub fn is_left_over(condition: &Condition) -> bool {
    let code = condition.value.as_str();
    let known = ["other", "not-known", "unknown", "refused", "blank", "not-asked", "unreadable", "none"];
    known.contains(&code)
}
