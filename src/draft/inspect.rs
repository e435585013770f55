//! What the reader understands of files, before any spec speaks of them: for `reach inspect`, as text or JSON.
//!
//! Types, date orders and states are found from *all* distinct texts of a column, by the same routines that read it in a run. No
//! cell is shown but the options of a closed choice that many rows share. `docs/inspect.md` tells the JSON field by field: names and
//! meanings stay, and what is added is added there.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clean::scale::Scale;
use crate::clean::tokens::TokenFound;
use crate::clean::{
    self, Decimal, Look, OptionOrder, PatternProof, Profile, QuestionSeen as Question, QuestionType, RowKind, States,
};
use crate::ingest::asked::Separator;
use crate::ingest::{Column, Format, InputFile, Intake, Parent, Part, SkippedSheet, Table};
use crate::ledger::Furniture;
use crate::problem::{Problem, Weight};
use crate::spec::{DateOrder, role};

/// The name of the form of the JSON. It changes when a field goes away or changes its meaning, not when one is added.
pub const SCHEMA: &str = "reach-inspect/1";

/// Everything that `reach inspect --format json` writes.
#[derive(Debug, Serialize)]
pub struct Inspection {
    pub schema: &'static str,
    pub files: Vec<FileSeen>,
}

impl Inspection {
    /// What was seen of these files.
    pub fn of(files: Vec<FileSeen>) -> Self {
        Inspection { schema: SCHEMA, files }
    }
}

/// One file.
#[derive(Debug, Serialize)]
pub struct FileSeen {
    pub file: String,
    /// Whether any table of it was read.
    pub read: bool,
    pub bytes: Option<u64>,
    pub blake3: Option<String>,
    pub format: Option<Format>,
    /// The WHATWG name of a text's encoding.
    pub encoding: Option<String>,
    pub encoding_known_by: Option<String>,
    pub delimiter: Option<char>,
    /// Sheets that were not read, and why.
    pub skipped: Vec<SkippedSheet>,
    pub problems: Vec<ProblemSeen>,
    pub tables: Vec<TableSeen>,
}

/// Something to know or to do.
#[derive(Debug, Serialize)]
pub struct ProblemSeen {
    pub code: &'static str,
    /// `stops`, `assumed` or `noted`.
    pub weight: &'static str,
    pub sheet: Option<String>,
    pub row: Option<u64>,
    pub column: Option<String>,
    pub message: String,
    pub hint: Option<String>,
    /// How many rows, cells or sheets it concerns.
    pub count: u64,
}

/// One table: a text file, a sheet of a workbook, or one of several tables on a sheet.
#[derive(Debug, Serialize)]
pub struct TableSeen {
    pub sheet: Option<String>,
    /// Which of several tables of its sheet or file, from 1.
    pub table: Option<u32>,
    /// Where it stands, from its header's first row to its last row: `A3:F20`.
    pub range: String,
    pub platform: &'static str,
    pub reason: String,
    pub header_rows: u32,
    /// The row of the first record below the header, as a spreadsheet program numbers it.
    pub first_row: u64,
    pub rows: u64,
    /// Rows with a structural fault, which no run counts.
    pub faulty_rows: u64,
    /// Records that are no rows, by what they are.
    pub furniture: BTreeMap<Furniture, u64>,
    /// Rows by what the platform says of them; empty where it says nothing.
    pub row_kinds: BTreeMap<RowKind, u64>,
    /// The table whose rows these rows belong to, where a form repeats questions within a response.
    pub parent: Option<Parent>,
    pub questions: Vec<QuestionTold>,
    pub columns: Vec<ColumnSeen>,
}

/// One question.
#[derive(Debug, Serialize)]
pub struct QuestionTold {
    pub stem: String,
    /// The row of a grid of ticks, where each row is a question by itself.
    pub sub_question: Option<String>,
    pub code: Option<String>,
    #[serde(rename = "type")]
    pub kind: QuestionType,
    /// Whether it has a column for each of several rows that are answered alike.
    pub grid: bool,
    /// The letters of the columns that carry its answers.
    pub columns: Vec<String>,
    /// The rows of a grid, or the things put in order, in the order of `columns`.
    pub sub_questions: Vec<String>,
    /// The column that says the same as the columns of options together.
    pub joined: Option<String>,
    /// Columns of open text beside the options.
    pub other: Vec<String>,
    /// Columns of comments under its stem.
    pub comments: Vec<String>,
    /// Rows with any answer to it.
    pub answered: u64,
    pub options: Vec<OptionSeen>,
    pub option_order: OptionOrder,
    /// Answers that are none of `options`: each stands once, or is somebody's own words.
    pub other_answers: u64,
    /// What joins several answers in one cell.
    pub separator: Option<Separator>,
    pub scale: Option<ScaleSeen>,
    /// What `type` rests on.
    pub why: String,
}

/// The scale whose steps a question's options are.
#[derive(Debug, Serialize)]
pub struct ScaleSeen {
    pub id: String,
    /// The ready list with exactly these steps, as the codebook names it.
    pub list: Option<&'static str>,
    /// How many of the options are steps, from the lowest; the others stand outside it.
    pub steps: usize,
    pub reason: String,
}

/// One column.
#[derive(Debug, Serialize)]
pub struct ColumnSeen {
    /// Its letters in a spreadsheet program.
    pub column: String,
    /// The platform's own short name of it.
    pub code: Option<String>,
    pub stem: String,
    pub sub_question: Option<String>,
    pub option: Option<String>,
    pub part: Part,
    /// The place in `questions` of the question it belongs to.
    pub question: Option<usize>,
    /// The role that the platform gives a system column; `(ignore)`: nobody needs it.
    pub role: Option<&'static str>,
    /// Whether its values are one person's own, and no value of it is shown.
    pub personal: bool,
    #[serde(rename = "type")]
    pub kind: Look,
    /// The first day of the month that the header names.
    pub month: Option<String>,
    /// Different answers.
    pub distinct: u64,
    pub dates: Vec<DatesSeen>,
    pub numbers: Option<NumbersTold>,
    /// The answers of a choice, the commonest first; only such as come again.
    pub options: Vec<OptionSeen>,
    /// Answers that are none of `options`.
    pub other_answers: u64,
    /// What a legend beside the table tells its codes to stand for.
    pub labels: Vec<LabelSeen>,
    pub missing_tokens: Vec<TokenSeen>,
    pub values: States,
}

/// A code and what it stands for.
#[derive(Debug, Serialize)]
pub struct LabelSeen {
    pub code: String,
    pub label: String,
}

/// The dates of one pattern.
#[derive(Debug, Serialize)]
pub struct DatesSeen {
    #[serde(flatten)]
    pub proof: PatternProof,
    /// What to write in `reach.toml`, where `order` is null.
    pub write: Option<&'static str>,
}

/// The numbers of a column.
#[derive(Debug, Serialize)]
pub struct NumbersTold {
    /// Cells with the number 0, which is not a blank.
    pub zero: u64,
    /// The smallest and the greatest; null where numbers are about one person.
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// Whether all are whole.
    pub whole: bool,
    /// What was assumed of their commas and points.
    pub assumed: Option<String>,
}

/// A word or code that may stand for "no answer". Its text is of a closed list of `reach`'s own.
#[derive(Debug, Serialize)]
pub struct TokenSeen {
    /// Folded.
    pub token: String,
    pub rows: u64,
    /// `blank`, `refused`, `not-asked`, `unreadable`; or `value`: an answer, though it looks like none.
    #[serde(rename = "as")]
    pub read_as: &'static str,
    /// Why, as the end of a sentence.
    pub why: &'static str,
}

/// An option of a closed choice.
#[derive(Debug, Serialize)]
pub struct OptionSeen {
    pub option: String,
    pub rows: u64,
}

/// What was understood of everything that was read, file by file; a file that was refused stands there with its problems.
pub fn see(intake: &Intake) -> Vec<FileSeen> {
    let tables_of = |index: usize| intake.tables.iter().filter(move |table| table.file == index);
    let mut out: Vec<FileSeen> =
        intake.files.iter().enumerate().map(|(index, file)| file_seen(file, tables_of(index))).collect();
    for problem in &intake.problems.list {
        let name = problem.place.file.clone().unwrap_or_default();
        let at = match out.iter().position(|file| file.file == name) {
            Some(at) => at,
            None => {
                out.push(refused(name));
                out.len() - 1
            }
        };
        if let Some(file) = out.get_mut(at) {
            file.problems.push(problem_seen(problem));
        }
    }
    out
}

fn refused(file: String) -> FileSeen {
    FileSeen {
        file,
        read: false,
        bytes: None,
        blake3: None,
        format: None,
        encoding: None,
        encoding_known_by: None,
        delimiter: None,
        skipped: Vec::new(),
        problems: Vec::new(),
        tables: Vec::new(),
    }
}

fn file_seen<'a>(file: &InputFile, tables: impl Iterator<Item = &'a Table>) -> FileSeen {
    let (encoding, encoding_known_by) = file.encoding.clone().unzip();
    let tables: Vec<TableSeen> = tables.map(table_seen).collect();
    FileSeen {
        read: !tables.is_empty(),
        bytes: Some(file.bytes),
        blake3: Some(file.digest.to_hex().to_string()),
        format: Some(file.format),
        encoding,
        encoding_known_by,
        delimiter: file.delimiter,
        skipped: file.skipped.clone(),
        tables,
        ..refused(file.name.clone())
    }
}

fn problem_seen(problem: &Problem) -> ProblemSeen {
    ProblemSeen {
        code: problem.code,
        weight: match problem.weight {
            Weight::Stops => "stops",
            Weight::Assumed => "assumed",
            Weight::Noted => "noted",
        },
        sheet: problem.place.sheet.clone(),
        row: problem.place.row,
        column: problem.place.column.clone(),
        message: problem.message.clone(),
        hint: problem.hint.clone(),
        count: problem.count,
    }
}

fn table_seen(table: &Table) -> TableSeen {
    let seen = clean::look_at(table);
    let mut question_of: Vec<Option<usize>> = vec![None; table.columns.len()];
    for (at, question) in seen.questions.iter().enumerate() {
        let beside = question.others.iter().chain(&question.comments).chain(question.joined.as_ref());
        for &column in question.columns.iter().chain(beside) {
            if let Some(slot) = question_of.get_mut(column) {
                *slot = Some(at);
            }
        }
    }
    let columns = table.columns.iter().zip(seen.columns).zip(question_of);
    TableSeen {
        sheet: table.sheet.clone(),
        table: table.nth,
        range: table.range.to_string(),
        platform: table.platform,
        reason: table.reason.clone(),
        header_rows: table.header_rows,
        first_row: table.origin.record(0),
        rows: table.rows as u64,
        faulty_rows: table.faulty.len() as u64,
        furniture: table.furniture.iter().copied().collect(),
        row_kinds: clean::row_kinds(table),
        parent: table.parent.clone(),
        questions: seen.questions.into_iter().map(|question| question_told(question, table)).collect(),
        columns: columns.map(|((column, profile), question)| column_seen(column, profile, question)).collect(),
    }
}

fn question_told(question: Question, table: &Table) -> QuestionTold {
    let column = |at: &usize| table.columns.get(*at);
    let named = |list: &[usize]| list.iter().filter_map(column).map(Column::letters).collect::<Vec<_>>();
    let sub_questions = if question.grid {
        question.columns.iter().filter_map(column).map(|c| parts(c).0.unwrap_or_default()).collect()
    } else {
        Vec::new()
    };
    QuestionTold {
        columns: named(&question.columns),
        other: named(&question.others),
        comments: named(&question.comments),
        joined: question.joined.as_ref().and_then(column).map(Column::letters),
        answered: question.answered,
        sub_questions,
        scale: question.scale.as_ref().map(scale_seen),
        options: options(question.options),
        stem: question.stem,
        sub_question: question.row,
        code: question.code,
        kind: question.kind,
        grid: question.grid,
        option_order: question.order,
        other_answers: question.once,
        separator: question.separator,
        why: question.why,
    }
}

fn scale_seen(scale: &Scale) -> ScaleSeen {
    ScaleSeen { id: scale.id.clone(), list: scale.list, steps: scale.levels.len(), reason: scale.reason.clone() }
}

fn options(list: Vec<(String, u64)>) -> Vec<OptionSeen> {
    list.into_iter().map(|(option, rows)| OptionSeen { option, rows }).collect()
}

/// A header's sub-question and its option, where it has them.
fn parts(column: &Column) -> (Option<String>, Option<String>) {
    let rest = column.header.get(1..).unwrap_or_default();
    let named = |list: &[String]| {
        let text = list.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" / ");
        (!text.is_empty()).then_some(text)
    };
    match rest.split_last() {
        Some((last, above)) if column.part == Part::Option => (named(above), Some(last.clone())),
        _ => (named(rest), None),
    }
}

fn column_seen(column: &Column, profile: Profile, question: Option<usize>) -> ColumnSeen {
    let (sub_question, option) = parts(column);
    // The age of the oldest is a fact about one person.
    let own = profile.personal || role::class_word_of_header(&profile.header.words).is_some();
    ColumnSeen {
        column: column.letters(),
        code: column.code.clone(),
        stem: column.header.first().cloned().unwrap_or_default(),
        sub_question,
        option,
        part: column.part,
        question,
        role: column.system,
        personal: profile.personal,
        kind: profile.look,
        month: profile.month.map(|month| month.to_string()),
        distinct: profile.distinct,
        dates: profile.dates.into_iter().map(dates_seen).collect(),
        numbers: profile.numbers.map(|numbers| NumbersTold {
            zero: numbers.zero,
            min: numbers.min.filter(|_| !own).and_then(float),
            max: numbers.max.filter(|_| !own).and_then(float),
            whole: numbers.whole,
            assumed: numbers.assumed,
        }),
        options: options(profile.answers),
        other_answers: profile.once,
        labels: labels(column, profile.personal),
        missing_tokens: profile.tokens.into_iter().map(token_seen).collect(),
        values: profile.values,
    }
}

/// The labels of a column, unless they are about one person.
fn labels(column: &Column, personal: bool) -> Vec<LabelSeen> {
    let told = column.labels.iter().filter(|_| !personal);
    told.map(|(code, label)| LabelSeen { code: code.clone(), label: label.clone() }).collect()
}

fn token_seen(found: TokenFound) -> TokenSeen {
    TokenSeen { token: found.token, rows: found.rows, read_as: found.read_as.word(), why: found.why }
}

fn dates_seen(proof: PatternProof) -> DatesSeen {
    let write = match proof.order {
        None => Some(
            "dates = \"day month year\" (or \"month day year\") in this source's section of reach.toml, or in [programme]",
        ),
        Some(DateOrder::DayMonthYear | DateOrder::MonthDayYear | DateOrder::YearMonthDay) => None,
    };
    DatesSeen { proof, write }
}

/// An exact decimal as the nearest number of JSON.
fn float(d: Decimal) -> Option<f64> {
    format!("{}e-{}", d.digits, d.scale).parse().ok()
}
