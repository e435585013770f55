//! The title of a chart: what it shows, in words, from the very figures that it draws.

use crate::measure::{Chart, FEW, Figure, Status};

use super::super::view::{drawn, is_least, is_percent, is_rest, is_share, of_base, shown};
use super::{Period, capital, list};

/// A finding, and what the picture shows for those who do not see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub title: String,
    pub alt: String,
}

/// The finding of a table. `title` is what was asked or counted.
pub fn finding(title: &str, chart: Chart, figures: &[&Figure]) -> Finding {
    let depth = figures.iter().map(|f| f.dimensions.len()).max().unwrap_or(0);
    let seen: Vec<&Figure> =
        figures.iter().copied().filter(|f| f.dimensions.len() == depth && drawn(f).is_some()).collect();
    if seen.is_empty() {
        let few = !figures.is_empty() && figures.iter().all(|f| f.status == Status::LowBase);
        let why = if few { "too few answers for anything to be shown" } else { "nothing can be shown" };
        let title = after(title, why);
        return Finding { alt: format!("{title}."), title };
    }
    let said = match (chart, depth) {
        (Chart::Waterfall, _) => rows(title, figures),
        (_, 0) => seen.first().map(|f| format!("{title}: {}", shown(f))),
        (Chart::Trend, 1) => {
            let whole = seen.len() == figures.len() && !seen.iter().any(|f| f.dimensions.iter().any(is_rest));
            over_time(title, &seen, whole)
        }
        (Chart::Distribution, 1) => answers(title, &seen),
        (_, 1) => most(title, &seen),
        (_, 2) => {
            // What is missing, or only known to be at least so high, could be higher still.
            let all = figures.iter().filter(|f| f.dimensions.len() == depth).count();
            pair(title, &seen, seen.len() == all && !seen.iter().any(|f| is_least(f)))
        }
        _ => None,
    };
    let finding = said.unwrap_or_else(|| title.to_owned());
    let alt = alt(&finding, chart, depth, figures, &seen);
    Finding { title: finding, alt }
}

/// What is said of a title, after it: a question mark or dots stand for the colon.
fn after(title: &str, said: &str) -> String {
    if title.ends_with(['?', '!', '.', '…', ':']) { format!("{title} {said}") } else { format!("{title}: {said}") }
}

/// The label of a figure's last condition.
fn label(figure: &Figure) -> &str {
    figure.dimensions.last().map_or("", |c| c.label.as_str())
}

/// The figures with the greatest (or least) value among those that stand for one known value. Nothing where neighbours that were
/// put together outdo them all: any of these might be the greatest.
fn extreme<'a>(figures: &[&'a Figure], greatest: bool) -> Vec<&'a Figure> {
    let known: Vec<&Figure> = figures.iter().copied().filter(|f| !f.dimensions.last().is_some_and(is_rest)).collect();
    let values = known.iter().filter_map(|f| drawn(f));
    let best = if greatest { values.fold(f64::NEG_INFINITY, f64::max) } else { values.fold(f64::INFINITY, f64::min) };
    let outdone = |f: &&&Figure| {
        let rest = f.dimensions.last().filter(|c| is_rest(c) && c.value.contains(['+', '(']));
        rest.is_some_and(|c| !c.label.starts_with("other") && !c.label.starts_with("not known"))
            && drawn(f).is_some_and(|v| v > best)
    };
    if greatest && figures.iter().any(|f| outdone(&f)) {
        return Vec::new();
    }
    // What prints the same is a tie to a reader.
    let printed = known.iter().find(|f| drawn(f) == Some(best)).filter(|f| !is_share(f)).map(|f| shown(f));
    known.into_iter().filter(|f| drawn(f) == Some(best) || printed.as_ref().is_some_and(|p| shown(f) == *p)).collect()
}

/// Highest and lowest of a run of periods.
fn over_time(title: &str, figures: &[&Figure], whole: bool) -> Option<String> {
    let (top, bottom) = (extreme(figures, true), extreme(figures, false));
    let (high, low) = (top.first()?, bottom.first()?);
    if figures.len() < 2 || drawn(high) == drawn(low) {
        return Some(format!("{title}: {} in {}", shown(high), label(high)));
    }
    let at = |found: &[&Figure]| match found {
        [one] => label(one).to_owned(),
        [first, ..] => format!("{} and other times", label(first)),
        [] => String::new(),
    };
    // Where some numbers are missing, put together or only known to be at least so high, nobody can say which is the lowest.
    let least = figures.iter().any(|f| is_least(f));
    let missing = !whole && !figures.iter().any(|f| f.dimensions.iter().any(is_rest));
    if let ([first, second], true) = (figures, whole) {
        let said = |f: &Figure| format!("{} in {}", shown(f), label(f));
        return Some(format!("{title}: {}, {}", said(first), said(second)));
    }
    if !whole || least {
        let highest = if least || missing { "highest count" } else { "highest" };
        return Some(format!("{title}: {highest} in {} ({})", at(&top), shown(high)));
    }
    Some(format!("{title}: highest in {} ({}), lowest in {} ({})", at(&top), shown(high), at(&bottom), shown(low)))
}

/// The greatest of several values.
fn most(title: &str, figures: &[&Figure]) -> Option<String> {
    let top = extreme(figures, true);
    let first = top.first()?;
    // Of numbers that are at most so high nobody can say which is the highest.
    let most = |f: &Figure| f.notes.iter().any(|n| n.starts_with("at most"));
    if top.len() > 2 || figures.len() < 2 || figures.iter().any(|f| most(f)) {
        return None;
    }
    let names: Vec<String> = top.iter().map(|f| label(f).to_owned()).collect();
    let unit: &str = &first.unit;
    let dimension = first.dimensions.last().map_or("", |c| c.dimension.as_str());
    if is_percent(first) {
        return Some(format!("{title}: highest at {} ({})", list(&names), shown(first)));
    }
    if Period::of(dimension, first.dimensions.last().map_or("", |c| c.value.as_str())).is_some() {
        return Some(format!("{title}: most in {} ({})", list(&names), shown(first)));
    }
    let of_things = ["counts", "attendances", "headcount", "sessions", "contact-hours"].contains(&first.measure);
    if matches!(dimension, "site" | "strand") && of_things {
        let unit = if first.measure == "contact-hours" { "contact hours" } else { unit };
        // What is not known of the others could change their order.
        let counted = if figures.iter().any(|f| is_least(f)) { " counted" } else { "" };
        return Some(format!("{} had the most {unit}{counted}: {}", list(&names), shown(first)));
    }
    let word = if dimension == "site" { "at" } else { "for" };
    // What is not known of the others could change their order.
    let most = if figures.iter().any(|f| is_least(f)) { "most counted" } else { "most" };
    Some(format!("{title}: {most} {word} {} ({})", list(&names), shown(first)))
}

/// The greatest of a cross table of counts.
fn pair(title: &str, figures: &[&Figure], whole: bool) -> Option<String> {
    let counts: Vec<&Figure> =
        figures.iter().copied().filter(|f| !is_percent(f) && !f.dimensions.iter().any(is_rest)).collect();
    let top = extreme(&counts, true);
    let ([one], true) = (top.as_slice(), counts.len() > 2) else { return None };
    let labels: Vec<&str> = one.dimensions.iter().map(|c| c.label.as_str()).collect();
    let highest = if whole { "highest" } else { "highest count" };
    Some(format!("{title}: {highest} for {} ({})", labels.join(", "), shown(one)))
}

/// What most of those who answered said.
fn answers(title: &str, figures: &[&Figure]) -> Option<String> {
    let top = extreme(figures, true);
    let first = top.first()?;
    if !is_share(first) {
        return most(title, figures);
    }
    if top.len() > 2 || drawn(first) == Some(0.0) {
        return None;
    }
    let names: Vec<String> = top.iter().map(|f| format!("\u{201c}{}\u{201d}", label(f))).collect();
    let each = if top.len() > 1 { " each" } else { "" };
    let said = if is_ticked(first) { "ticked" } else { "said" };
    let who = match (&first.numerator, &first.base) {
        // Of few people the number says more than a percentage.
        (Some(part), Some(base)) if base.n < FEW => format!("{} of the {} who answered", part.n, base.n),
        _ => format!("{} of those who answered", shown_share(first)),
    };
    Some(after(title, &format!("{who} {said} {}{each}", list(&names))))
}

/// Whether several answers could be ticked: the base is then a cover's.
fn is_ticked(figure: &Figure) -> bool {
    figure.base.as_ref().is_some_and(|b| b.key.contains("=*base"))
}

/// `93% (28 of 30)`.
fn shown_share(figure: &Figure) -> String {
    let base = of_base(figure);
    if base.is_empty() { shown(figure) } else { format!("{} ({base})", shown(figure)) }
}

/// How many rows counted.
fn rows(title: &str, figures: &[&Figure]) -> Option<String> {
    let find = |codes: &[&str]| {
        figures
            .iter()
            .copied()
            .find(|f| f.dimensions.last().is_some_and(|c| codes.contains(&c.value.as_str())) && drawn(f).is_some())
    };
    let accepted = find(&["accepted", "counted"])?;
    let whole = find(&["rows", "read", "all"])
        .or_else(|| figures.iter().copied().find(|f| f.dimensions.is_empty() && drawn(f).is_some()));
    match whole {
        Some(all) if drawn(all) == drawn(accepted) => Some(format!("{title}: all {} rows count", shown(all))),
        Some(all) => Some(format!("{title}: {} of {} rows count", shown(accepted), shown(all))),
        None => Some(format!("{title}: {} rows count", shown(accepted))),
    }
}

/// The picture in words: its kind, the finding, and the values while they are few.
fn alt(finding: &str, chart: Chart, depth: usize, figures: &[&Figure], seen: &[&Figure]) -> String {
    let kind = match chart {
        Chart::Trend => "Line over time",
        Chart::Waterfall => "Bars from all rows to those that count",
        _ => "Bar chart",
    };
    let mut out = format!("{kind}. {finding}.");
    let own: Vec<&&Figure> = figures.iter().filter(|f| f.dimensions.len() == depth).collect();
    if depth == 1 && own.len() <= 8 {
        let values: Vec<String> = own.iter().map(|f| format!("{} {}", label(f), shown_share(f))).collect();
        out.push_str(&format!(" {}.", capital(&values.join("; "))));
    }
    if own.len() > seen.len() {
        out.push_str(" Some values are not shown; the table says which.");
    }
    out
}
