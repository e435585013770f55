//! What is wrong with an input, what was assumed of it, and what must be asked: collected through a stage and shown all at once.

use std::fmt;

use crate::exit::Exit;

/// Where something stands, in the words of a person with the file open in a spreadsheet program.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, relative to the folder of `reach.toml` (or as given on the command line).
    pub file: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The row as a spreadsheet program numbers it, from 1.
    pub row: Option<u64>,
    /// The column: its letters and header, such as `C (Date)`; or a key of the TOML file.
    pub column: Option<String>,
}

impl Place {
    /// The place "in this file".
    pub fn file(name: impl Into<String>) -> Self {
        Place { file: Some(name.into()), ..Place::default() }
    }
    /// The same place, narrowed to a sheet.
    pub fn sheet(mut self, name: impl Into<String>) -> Self {
        self.sheet = Some(name.into());
        self
    }
    /// The same place, narrowed to a row (1-based, as a spreadsheet shows it).
    pub fn row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }
    /// The same place, narrowed to a column.
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            parts.push(file.clone());
        }
        if let Some(sheet) = &self.sheet {
            parts.push(format!("sheet {sheet}"));
        }
        // A table has rows and columns, a text such as reach.toml has lines and settings.
        let text = self.file.as_ref().is_some_and(|file| file.ends_with(".toml"));
        if let Some(row) = self.row {
            parts.push(if text { format!("line {row}") } else { format!("row {row}") });
        }
        if let Some(column) = &self.column {
            parts.push(if text { column.clone() } else { format!("column {column}") });
        }
        f.write_str(&parts.join(", "))
    }
}

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// The run cannot go on: `Problem::exit` says how it ends.
    Stops,
    /// A choice was made that could be another one; it is printed, and the spec can override it.
    Assumed,
    /// Worth knowing; nothing has to be done.
    Noted,
}

/// One thing to tell the evaluator. Never holds the text of a personal or free-text cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable short code such as `date-undecided`, by which problems are grouped and documented.
    pub code: &'static str,
    pub weight: Weight,
    /// How the run ends because of it (`Exit::Done` unless `weight` is `Stops`).
    pub exit: Exit,
    pub place: Place,
    /// What is so, as a sentence without a full stop.
    pub message: String,
    /// The one thing to do next.
    pub hint: Option<String>,
    /// How many rows, cells or files it concerns.
    pub count: u64,
}

impl Problem {
    /// A problem that stops the run with `exit`.
    pub fn stops(code: &'static str, exit: Exit, place: Place, message: impl Into<String>) -> Self {
        Problem { code, weight: Weight::Stops, exit, place, message: message.into(), hint: None, count: 1 }
    }
    /// A choice the program made.
    pub fn assumed(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Problem {
            code,
            weight: Weight::Assumed,
            exit: Exit::Done,
            place,
            message: message.into(),
            hint: None,
            count: 1,
        }
    }
    /// Something worth knowing.
    pub fn noted(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Problem { code, weight: Weight::Noted, exit: Exit::Done, place, message: message.into(), hint: None, count: 1 }
    }
    /// The same problem with the one thing to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    /// The same problem, said of `count` rows, cells or files.
    pub fn count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }
}

/// The problems of a run, in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    pub list: Vec<Problem>,
}

impl Problems {
    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.list.push(problem);
    }
    /// Adds all of another list.
    pub fn append(&mut self, other: Problems) {
        self.list.extend(other.list);
    }
    /// How the run must end, if any of these stops it: spec errors before data errors, then by exit code.
    pub fn stop(&self) -> Option<Exit> {
        let stops = || self.list.iter().filter(|p| p.weight == Weight::Stops).map(|p| p.exit);
        if stops().any(|e| e == Exit::Spec) { Some(Exit::Spec) } else { stops().min() }
    }
}
