//! Every input as text: takes the checked [`Spec`], gives [`Intake`], text tables as dictionary columns.
//!
//! Promises: files are opened by [`open`] alone (limits; links, devices and `://` refused); every cell is read as text;
//! a cell's origin is computed from its table's [`Origin`], never stored per cell; no byte of any file brings the process down.

pub mod asked;
mod band;
mod blocks;
mod codes;
mod delimited;
mod delimiter;
mod dictionary;
mod evidence;
pub(crate) mod export;
mod furniture;
pub(crate) mod glob;
mod held;
mod layout;
mod legacy;
pub mod legend;
mod markup;
mod notes;
pub mod open;
mod ragged;
mod range;
mod read;
mod related;
mod said;
mod scan;
mod sheet;
mod sniff;
mod table;
mod text;
mod text_rows;
mod totals;
mod workbook;

use std::fmt;

use crate::ledger::Furniture;
use crate::problem::Problems;

pub use range::Range;
pub use read::{ReadOptions, Sheets, read, read_bytes, read_one};
pub use workbook::{read_workbooks_with, serve as serve_workbook};

/// All inputs of a run, or of one `inspect`.
#[derive(Debug, Default)]
pub struct Intake {
    /// In the order of the spec's sources, then of the file names.
    pub files: Vec<InputFile>,
    pub tables: Vec<Table>,
    pub problems: Problems,
}

/// One file that was read.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Relative to the spec's folder, with `/`; or as given on the command line.
    pub name: String,
    /// Index into `Spec::sources` (0 for `inspect`).
    pub source: usize,
    pub bytes: u64,
    pub digest: blake3::Hash,
    /// `csv`, `xlsx`, …
    pub format: Format,
    /// For text files: the encoding's WHATWG name, and how it is known ("byte order mark", "valid UTF-8", "guessed").
    pub encoding: Option<(String, String)>,
    /// For text files: the field separator.
    pub delimiter: Option<char>,
    /// For workbooks: the sheets that were not read, in their order.
    pub skipped: Vec<SkippedSheet>,
}

/// A sheet of a workbook that was not read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SkippedSheet {
    pub sheet: String,
    pub why: SkippedWhy,
}

/// Why a sheet was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkippedWhy {
    /// Hidden, so that only `sheet = "…"` in the spec reads it.
    Hidden,
    /// Hidden so that a spreadsheet program does not list it.
    VeryHidden,
    /// A chart, a macro or a dialogue: no sheet of cells.
    NoCells,
    /// No cell says anything.
    Empty,
    /// It cannot be read, as the problems say.
    Unreadable,
    /// A legend of the codes of another sheet, which was read with that one.
    Legend,
    /// What the responses of another sheet repeat, which was read alone.
    Repeats,
    /// The spec names another sheet.
    NotNamed,
}

impl SkippedWhy {
    /// As a person reads it.
    pub fn words(self) -> &'static str {
        match self {
            SkippedWhy::Hidden => "hidden",
            SkippedWhy::VeryHidden => "hidden so that no spreadsheet program lists it",
            SkippedWhy::NoCells => "a chart or another sheet without cells",
            SkippedWhy::Empty => "empty",
            SkippedWhy::Unreadable => "cannot be read",
            SkippedWhy::Legend => "the legend of another sheet's codes",
            SkippedWhy::Repeats => "what the responses of another sheet repeat",
            SkippedWhy::NotNamed => "the spec names another sheet",
        }
    }
}

/// File formats that this version reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    Delimited,
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

impl Format {
    /// As a person reads it.
    pub fn words(self) -> &'static str {
        match self {
            Format::Delimited => "delimited text",
            Format::Xlsx => "workbook (.xlsx)",
            Format::Xlsb => "workbook (.xlsb)",
            Format::Xls => "workbook (.xls)",
            Format::Ods => "workbook (.ods)",
        }
    }
}

/// One table of text: a delimited file, a sheet of a workbook, or one of several tables in them.
#[derive(Debug, Default)]
pub struct Table {
    /// Index into `Spec::sources` (0 for `inspect`).
    pub source: usize,
    /// Index into `Intake::files`.
    pub file: usize,
    pub sheet: Option<String>,
    /// Where it stands, from its header's first row to its last row.
    pub range: Range,
    /// Which of the tables of its file or sheet it is, from 1, where there are several.
    pub nth: Option<u32>,
    /// The survey platform or layout: `surveymonkey`, `microsoft-forms`, `plain`, …
    pub platform: &'static str,
    /// Why that platform was recognised, as a sentence.
    pub reason: String,
    /// How many records are headers; 0 where the rows stand under no names, and the columns are called by their letters.
    pub header_rows: u32,
    pub columns: Vec<Column>,
    pub rows: usize,
    pub origin: Origin,
    /// Records that are no rows, counted by what they are.
    pub furniture: Vec<(Furniture, u64)>,
    /// Rows that have a structural fault, with what it is (a row longer than its header). Set aside as unreadable.
    pub faulty: Vec<(u32, &'static str)>,
    /// The table whose rows these rows belong to, where a form repeats questions within a response.
    pub parent: Option<Parent>,
}

/// The table whose rows another table's rows belong to, as KoboToolbox and ODK export what is repeated within a response.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Parent {
    /// What the rows themselves call it, where they do.
    pub called: Option<String>,
    /// The column whose cells name the row there.
    pub column: String,
    /// Where it was found: the file, and the sheet.
    pub file: Option<String>,
    pub sheet: Option<String>,
    /// Rows here that name no row there.
    pub without_parent: u64,
    /// Rows there that no row here names.
    pub without_child: u64,
}

/// From a table's row number (0-based, data rows only) to the row that a spreadsheet program shows (1-based).
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The spreadsheet row of data row 0, if nothing lay between.
    pub first: u64,
    /// Data rows before which furniture stands, ascending, each with how many records in all were skipped up to and including there.
    pub skips: Vec<(u32, u64)>,
}

impl Origin {
    /// The spreadsheet row (1-based) of data row `row`.
    pub fn record(&self, row: u32) -> u64 {
        let at = self.skips.partition_point(|&(before, _)| before <= row);
        let skipped = if at == 0 { 0 } else { self.skips[at - 1].1 };
        self.first + u64::from(row) + skipped
    }
}

/// One column of a table: a code per row, and the distinct texts the codes stand for.
#[derive(Default)]
pub struct Column {
    /// The header from stem to option: one element for a plain header, two for a stem over a row or an option, three for a stem
    /// over a row over an option. Texts are trimmed; a blank header is an empty string.
    pub header: Vec<String>,
    /// The platform's own short name of the column, where it gives one beside the text: Qualtrics' `Q3_1`, LimeSurvey's `Q1[SQ001]`,
    /// the path of a Kobo question.
    pub code: Option<String>,
    /// The role this platform gives to the column (a system column), as the word of the role list, if any.
    pub system: Option<&'static str>,
    /// Whether a blank here says that the response was never sent off (LimeSurvey's `submitdate`): the row is partial.
    pub sent: bool,
    /// What the column is of its question: a ticked option, a row of a grid, open text.
    pub part: Part,
    /// The question that the column belongs to: columns of one table with equal numbers are one question. The position of the
    /// question's first column.
    pub question: u32,
    /// 0-based position in the sheet: 0 is column A.
    pub position: u32,
    /// One code per row, an index into `texts`. None, and no texts, for a column of a register that the codebook ignores: it is not read.
    pub codes: Vec<u32>,
    pub texts: Texts,
    /// What the codes in the cells stand for, as a legend beside the table tells: code and label, in its order. Never applied by itself.
    pub labels: Vec<(String, String)>,
    /// The question's wording, where a legend beside the table tells it.
    pub wording: Option<String>,
}

/// What the layout says of a column of a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// A column that is a question by itself (or a plain column).
    #[default]
    Whole,
    /// A row of a grid or a thing to be ranked: `header[1]` is the row; a cell is an answer.
    Row,
    /// One option of a question that has a column for each: the last header is the option; a cell is the option's text (or a mark)
    /// or blank.
    Option,
    /// All ticked options joined in one cell, beside the options' own columns, which say the same.
    Joined,
    /// The open text beside options ("Other (please specify)").
    OtherText,
    /// A question by itself that is answered in people's own words, as the platform says ("Open-Ended Response").
    Open,
    /// A comment under a question's stem ("If yes, can you tell us more?").
    Comment,
}

impl Column {
    /// The column's letters as a spreadsheet program shows them: 0 is `A`, 26 is `AA`.
    pub fn letters(&self) -> String {
        letters(self.position)
    }
    /// The header's last non-blank part under its stem, as one line.
    pub fn title(&self) -> String {
        self.header.iter().filter(|h| !h.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" / ")
    }
}

/// A column's letters: 0 is `A`, 26 is `AA`.
pub(crate) fn letters(position: u32) -> String {
    let (mut n, mut out) = (u64::from(position) + 1, Vec::new());
    while n > 0 {
        out.push(b'A' + ((n - 1) % 26) as u8);
        n = (n - 1) / 26;
    }
    out.iter().rev().map(|&b| char::from(b)).collect()
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column {} ({} rows, {} distinct)", self.letters(), self.codes.len(), self.texts.len())
    }
}

/// Distinct cell texts in the order of their first appearance, with how often and where first each stands.
/// Has no `Debug` or `Display` that prints a text: any of them may be personal.
#[derive(Default, Clone)]
pub struct Texts {
    bytes: String,
    ends: Vec<usize>,
    /// Rows that have this text.
    counts: Vec<u32>,
    /// The first row (0-based data row) that has it.
    first: Vec<u32>,
}

impl Texts {
    /// An empty list.
    pub fn new() -> Self {
        Texts::default()
    }
    /// Appends a text that is not in the list yet; gives its code.
    pub fn push(&mut self, text: &str, row: u32) -> u32 {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        self.counts.push(1);
        self.first.push(row);
        (self.ends.len() - 1) as u32
    }
    /// Counts one more row with this code.
    pub fn count_one(&mut self, code: u32) {
        self.counts[code as usize] += 1;
    }
    /// Counts the rows of every text anew from the rows' codes.
    fn recount(&mut self, codes: &[u32]) {
        self.counts.fill(0);
        // Run by run: equal codes stand together, and a sum that waits for itself is slow.
        let mut rest = codes;
        while let [code, ..] = rest {
            let run = rest.iter().take_while(|other| *other == code).count();
            if let Some(count) = self.counts.get_mut(*code as usize) {
                *count += run as u32;
            }
            rest = rest.get(run..).unwrap_or_default();
        }
    }
    /// Forgets the texts that first stand in `row` or below; they are the last of the list.
    fn forget_from(&mut self, row: u32) {
        let keep = self.first.partition_point(|&first| first < row);
        self.first.truncate(keep);
        self.counts.truncate(keep);
        self.ends.truncate(keep);
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }
    /// How many bytes they take.
    fn taken(&self) -> u64 {
        (self.bytes.len() + self.ends.len() * 2 * size_of::<usize>()) as u64
    }
    /// How many distinct texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// The text of a code, exactly as it stood in the cell.
    pub fn text(&self, code: u32) -> &str {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.bytes[start..self.ends[code]]
    }
    /// How many rows have it.
    pub fn rows(&self, code: u32) -> u32 {
        self.counts[code as usize]
    }
    /// The first row (0-based data row) that has it.
    pub fn first_row(&self, code: u32) -> u32 {
        self.first[code as usize]
    }
    /// (code, text, rows) of every distinct text, in the order of first appearance.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str, u32)> {
        (0..self.ends.len() as u32).map(|c| (c, self.text(c), self.counts[c as usize]))
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({} distinct)", self.len())
    }
}
