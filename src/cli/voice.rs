//! What a person, a pipe or a log is told.
//!
//! Standard output carries only what may be piped. All else goes to standard error: as text, readable without colour; as one JSON
//! line per event with `--log json`; and short with `--nightly`. The text of a message may name a place or a strand, which
//! docs/architecture.md allows on a terminal and forbids in a log: so a JSON line and a night run name the problem's code and place only.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::exit::Exit;
use crate::problem::{Problem, Problems, Weight};

/// How the program speaks in this run.
#[derive(Debug)]
pub struct Voice {
    manner: Manner,
    colour: bool,
    bar: Option<ProgressBar>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Text,
    Nightly,
    Json,
}

/// Whether standard error carries JSON lines, for a panic in any thread.
static JSON: AtomicBool = AtomicBool::new(false);

/// Says where the program met something it cannot explain; never what the panic said, which could hold data.
pub fn panicked(at: &str) {
    if JSON.load(Ordering::SeqCst) {
        tracing::error!(event = "panic", at);
    } else {
        line(&format!(
            "reach met something it cannot explain, at {at}. This is a fault of the program, not of your files. \
             The report that was published before is untouched. Please report it with this line."
        ));
    }
}

/// How many entries of a long group are shown.
const SHOWN: usize = 5;

impl Voice {
    /// A voice for a person at a terminal or reading a file.
    pub fn text() -> Self {
        let terminal = std::io::stderr().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
            || std::env::var_os("TERM").is_some_and(|v| v == "dumb");
        Voice { manner: Manner::Text, colour: terminal && !plain, bar: None }
    }

    /// A voice for an unattended run.
    pub fn nightly() -> Self {
        Voice { manner: Manner::Nightly, colour: false, bar: None }
    }

    /// A voice of JSON lines.
    pub fn json() -> Self {
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .without_time()
            .with_target(false)
            .with_current_span(false)
            .with_span_list(false)
            .with_writer(std::io::stderr)
            .finish();
        let _ = tracing::subscriber::set_global_default(subscriber);
        JSON.store(true, Ordering::SeqCst);
        Voice { manner: Manner::Json, colour: false, bar: None }
    }

    /// Shows one progress bar of `steps` steps, if somebody is watching.
    pub fn watch(&mut self, steps: u64) {
        if self.manner == Manner::Text && std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(steps);
            if let Ok(style) = ProgressStyle::with_template("{bar:24} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            self.bar = Some(bar);
        }
    }

    /// A stage begins: what is being done, in a reader's words.
    pub fn begins(&self, words: &'static str) {
        if let Some(bar) = &self.bar {
            bar.set_message(words);
        }
    }

    /// A stage has ended.
    pub fn ended(&self, stage: &'static str, seconds: f64) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        if self.manner == Manner::Json {
            tracing::info!(event = "stage", stage, seconds);
        }
    }

    /// The bar goes, if there was one.
    pub fn rest(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Says how the command ended: a line of text, or an event of this name with the release's name.
    pub fn closes(&mut self, event: &'static str, exit: Exit, release: &str, words: &str) {
        self.rest();
        match self.manner {
            Manner::Json => tracing::info!(event, exit = exit.code(), release),
            Manner::Nightly | Manner::Text => line(&plain(words)),
        }
    }

    /// Whether this is an unattended run.
    pub fn is_nightly(&self) -> bool {
        self.manner == Manner::Nightly
    }

    /// Says everything that was found, grouped, the commonest first. `again` is what shows the words after a night run.
    pub fn problems(&mut self, problems: &Problems, again: &str) {
        self.rest();
        if problems.list.is_empty() {
            return;
        }
        match self.manner {
            Manner::Json => problems.list.iter().for_each(event),
            Manner::Nightly => {
                let mut any = false;
                for problem in problems.list.iter().filter(|p| p.weight == Weight::Stops || p.exit.code() != 0) {
                    line(&plain(&format!("{}: {} ({})", problem.code, place(problem), problem.count)));
                    any = true;
                }
                if any {
                    line(&format!("For what this means and what to do: {}", plain(again)));
                }
            }
            Manner::Text => {
                for (weight, title, colour) in [
                    (Weight::Noted, "Worth knowing", "36"),
                    (Weight::Assumed, "Assumed (a line in the spec overrides it)", "33"),
                    (Weight::Stops, "This stops the run", "31"),
                ] {
                    let of_weight: Vec<&Problem> = problems.list.iter().filter(|p| p.weight == weight).collect();
                    if !of_weight.is_empty() {
                        line(&format!("\n{}", self.paint(title, &format!("1;{colour}"))));
                        for text in grouped(&of_weight) {
                            line(&text);
                        }
                    }
                }
                line("");
            }
        }
    }

    fn paint(&self, text: &str, code: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Problems of one weight as lines: grouped by code, the commonest first, each with its places and the one thing to do.
fn grouped(problems: &[&Problem]) -> Vec<String> {
    let mut groups: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
    for problem in problems {
        groups.entry(problem.code).or_default().push(problem);
    }
    let mut groups: Vec<(u64, &str, Vec<&Problem>)> = groups
        .into_iter()
        .map(|(code, list)| (list.iter().fold(0u64, |sum, p| sum.saturating_add(p.count)), code, list))
        .collect();
    groups.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));

    let mut out = Vec::new();
    for (_, code, list) in groups {
        let Some(first) = list.first() else { continue };
        // "And 1 more" would take the line of that one.
        let shown = if list.len() == SHOWN + 1 { list.len() } else { SHOWN };
        let same = list.len() > 1 && list.iter().all(|p| p.message == first.message);
        if list.len() == 1 {
            out.push(format!("  {}  [{code}]", sentence(first)));
        } else if same {
            out.push(format!("  {}, in {} places  [{code}]", plain(&first.message), list.len()));
            out.extend(list.iter().take(shown).map(|p| format!("      {}", place(p))));
        } else {
            out.push(format!("  In {} places  [{code}]", list.len()));
            out.extend(list.iter().take(shown).map(|p| format!("      {}", sentence(p))));
        }
        if list.len() > shown {
            out.push(format!("      and {} more", list.len() - shown));
        }
        let mut hints: Vec<&str> = Vec::new();
        for hint in list.iter().take(shown).filter_map(|p| p.hint.as_deref()) {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
        out.extend(hints.iter().map(|hint| format!("      → {}", plain(hint))));
    }
    out
}

fn sentence(problem: &Problem) -> String {
    let at = place(problem);
    if at.is_empty() { plain(&problem.message) } else { format!("{at}: {}", plain(&problem.message)) }
}

fn place(problem: &Problem) -> String {
    plain(&problem.place.to_string())
}

fn event(problem: &Problem) {
    let (code, count, exit) = (problem.code, problem.count, problem.exit.code());
    let at = &problem.place;
    let (file, sheet, row, column) = (at.file.as_deref(), at.sheet.as_deref(), at.row, at.column.as_deref());
    match problem.weight {
        Weight::Stops => tracing::error!(event = "problem", code, exit, count, file, sheet, row, column),
        Weight::Assumed => tracing::warn!(event = "assumed", code, count, file, sheet, row, column),
        Weight::Noted => tracing::info!(event = "noted", code, exit, count, file, sheet, row, column),
    }
}

/// A text that cannot steer a terminal: control and direction characters become visible marks.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            c if c.is_control() => '\u{fffd}',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// One line on standard error. A reader who is gone is no fault of the run.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Text on standard output, for a reader or a pipe.
pub fn out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Place;

    #[test]
    fn the_commonest_kind_comes_first_and_long_lists_are_cut() {
        let mut list: Vec<Problem> = (1..=9)
            .map(|row| Problem::stops("code-row", Exit::Spec, Place::file("codebook.csv").row(row), "no such role"))
            .collect();
        list.push(Problem::stops("date", Exit::Data, Place::file("a.csv"), "two readings").count(40).hint("say which"));
        let lines = grouped(&list.iter().collect::<Vec<_>>());
        assert_eq!(lines[0], "  a.csv: two readings  [date]");
        assert_eq!(lines[1], "      → say which");
        assert_eq!(lines[2], "  no such role, in 9 places  [code-row]");
        assert_eq!(lines[3], "      codebook.csv, row 1");
        assert_eq!(lines.last().unwrap(), "      and 4 more");
    }

    #[test]
    fn a_file_name_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
