//! The drafted `reach.toml`, with a comment on every setting and a question (`#?`) wherever a person must decide.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::spec::Kind;

/// What is written of the programme.
#[derive(Debug)]
pub struct ProgrammeDraft {
    pub name: String,
    /// The first and last day that the files speak of, where any could be read.
    pub period: Option<(Date, Date)>,
}

/// What is written of one source.
#[derive(Debug, Clone)]
pub struct SourceDraft {
    pub name: String,
    /// One file, several, or one pattern.
    pub files: Vec<String>,
    pub sheet: Option<String>,
    /// Which of the tables of its sheet or file, where there are several.
    pub table: Option<u32>,
    /// `None`: it is asked.
    pub kind: Option<Kind>,
    pub why: String,
    /// What is counted, and whether it is a percentage (`counts`).
    pub counts: Option<(String, bool)>,
    /// `before` or `after`, by the file's name, and which other source is its counterpart.
    pub wave: Option<(&'static str, String)>,
    /// Whether the file has a column of dates (surveys) or of ids (people).
    pub has_date: bool,
    pub has_person: bool,
    /// A day that the file's name holds.
    pub day: Option<Date>,
}

/// A text as TOML writes it.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text inside a comment: one line.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The whole file.
pub fn whole(programme: &ProgrammeDraft, sources: &[SourceDraft], unread: &[(String, String)]) -> String {
    let mut out = String::from(
        "# Drafted by `reach init`. Everything here is yours to change; docs/spec.md explains each setting.\n\
         # A line that begins with #? is a question: answer it, then delete the line. After a change, run:  reach check\n\n",
    );
    out.push_str("[programme]\n");
    out.push_str(if programme.period.is_some() {
        "#? Are the name and the first and last day right? They come from the folder's name and the dates in the files.\n"
    } else {
        "#? What is the programme called, and what are its first and last day? No file says.\n"
    });
    let (from, to) = programme.period.unwrap_or((jiff::civil::date(2000, 1, 1), jiff::civil::date(2099, 12, 31)));
    let _ = writeln!(out, "name    = {}", quoted(&programme.name));
    let _ = writeln!(out, "from    = {from}");
    let _ = writeln!(out, "to      = {to}");
    out.push_str(
        "# year  = \"April\"              # if your years run from April to March\n\
         # dates = \"day month year\"     # the order of dates, where a column does not prove its own\n\
         profile = \"people-10\"          # what may be published: no result on fewer than 10 people\n",
    );
    for source in sources {
        out.push('\n');
        out.push_str(&section(source));
    }
    out.push_str(&not_read(unread));
    out
}

/// Files that could not be read, as comments.
pub fn not_read(unread: &[(String, String)]) -> String {
    let mut out = String::new();
    if !unread.is_empty() {
        out.push('\n');
    }
    for (file, why) in unread {
        let _ = writeln!(out, "# not read: {} ({})", comment(file), comment(why));
    }
    out
}

/// One source.
pub fn section(source: &SourceDraft) -> String {
    let mut out = String::new();
    let files = match source.files.as_slice() {
        [one] => quoted(one),
        many => format!("[{}]", many.iter().map(|file| quoted(file)).collect::<Vec<_>>().join(", ")),
    };
    let Some(kind) = source.kind else {
        let shown = source.files.first().map(String::as_str).unwrap_or_default();
        let _ = writeln!(out, "#? What is {}? {}.", comment(shown), comment(&capital(&source.why)));
        out.push_str(
            "# If it belongs here: take the # off the next lines, write its kind (survey, people, sessions, attendance, counts or\n\
             # sites) and run `reach init --add`, which drafts its rows of the codebook. If not: delete these lines.\n",
        );
        let _ = writeln!(out, "# [source.{}]", source.name);
        let _ = writeln!(out, "# files = {files}");
        if let Some(sheet) = &source.sheet {
            let _ = writeln!(out, "# sheet = {}", quoted(sheet));
        }
        if let Some(table) = source.table {
            let _ = writeln!(out, "# table = {table}");
        }
        out.push_str("# kind  = \"\"\n");
        return out;
    };
    let _ = writeln!(out, "# Taken for {}: {}.", kind.word(), comment(&source.why));
    let _ = writeln!(out, "[source.{}]", source.name);
    let _ = writeln!(out, "files = {files}");
    if let Some(sheet) = &source.sheet {
        let _ = writeln!(out, "sheet = {}", quoted(sheet));
    }
    if let Some(table) = source.table {
        let _ = writeln!(out, "table = {table}   # of the tables that stand there, counted from the top");
    }
    let _ = writeln!(out, "kind  = {}", quoted(kind.word()));
    match kind {
        Kind::Counts => {
            if let Some((what, percent)) = &source.counts {
                let _ =
                    writeln!(out, "counts = {}   # what is counted; an empty month is not known, 0 is 0", quoted(what));
                if *percent {
                    out.push_str("unit  = \"percent\"   # shown for each place, never added up\n");
                }
            }
        }
        Kind::People => {
            if !source.has_person {
                out.push_str("# no column is an id: each row is taken for one person\n");
            }
            match source.day {
                Some(day) => {
                    let _ = writeln!(out, "as_at = {day}   # the day on which the list was true, by the file's name");
                }
                None => out.push_str("# as_at = 2026-03-31   # the day on which the list was true\n"),
            }
        }
        Kind::Survey => {
            out.push_str(
                "# title = \"Visitor survey\"        # what readers see instead of the name\n\
                 # sample = \"self-selected\"        # who was asked: \"random\", \"everyone asked\" or \"self-selected\"\n",
            );
            match &source.wave {
                Some((wave, other)) => {
                    let _ = writeln!(
                        out,
                        "#? Is this the survey {wave}, and [source.{other}] the other one, of the same people? Then take the # off the next lines."
                    );
                    let _ = writeln!(out, "# instrument = \"participant\"\n# wave = \"{wave}\"");
                }
                None => {
                    out.push_str("# instrument = \"participant\"      # or \"visitor\": whose questionnaire it is\n")
                }
            }
            if !source.has_date {
                match source.day {
                    Some(day) => {
                        let _ = writeln!(out, "date  = {day}   # the file has no dates; this is the day in its name");
                    }
                    None => out.push_str(
                        "# date = 2026-03-31              # the file has no dates: the day of all its answers\n",
                    ),
                }
            }
        }
        Kind::Sessions | Kind::Attendance | Kind::Sites => {}
    }
    out
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
