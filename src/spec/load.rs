//! From the path of `reach.toml` to a checked [`Spec`], or every problem of the three files at once.

use std::path::Path;

use super::{Is, Kind, Role, Selector, Source, Spec, check, codebook, file, recodes, sheet, words};
use crate::exit::Exit;
use crate::ingest::{Texts, open};
use crate::problem::{Place, Problem, Problems};

/// The greatest size of `reach.toml` in bytes.
const LARGEST: u64 = 4 << 20;

/// Reads `reach.toml` (or the folder it stands in), the codebook and the recodes beside it.
///
/// # Errors
/// All problems of the three files, in the order of the files; at least one of them stops the run with [`Exit::Spec`].
pub fn load(path: &Path) -> Result<Spec, Problems> {
    let path = if path.is_dir() { path.join("reach.toml") } else { path.to_path_buf() };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => Path::new(".").to_path_buf(),
    };
    let name = path.file_name().map_or_else(|| "reach.toml".into(), |name| name.to_string_lossy().into_owned());
    let mut problems = Problems::default();

    let (text, digest) = match open::read_text_file(&path, &name, LARGEST) {
        Ok((text, digest)) => (text, digest),
        Err(mut problem) => {
            if problem.exit == Exit::Missing {
                problem.message = "the file is not there".into();
                problem.hint = Some(match problem.hint.take().filter(|hint| hint.starts_with("did you mean")) {
                    Some(hint) => format!("{hint} Else run: reach init FOLDER"),
                    None => "run: reach init FOLDER, with the folder of your exports".into(),
                });
                problem.code = "spec-missing";
            }
            problem.exit = Exit::Spec;
            problems.push(problem);
            return Err(problems);
        }
    };
    let sink = file::Sink::new(&name);
    let (root, whole) = file::parse(&text, &sink);
    let declared = check::check(&root, &sink);
    problems.append(sink.problems.into_inner());
    questions(&text, &name, &mut problems);

    let toml_name = name.clone();
    let mut texts = vec![(name, digest)];
    let outcomes = declared.programme.as_ref().map_or("our-museum", |p| p.outcomes.as_str()).to_string();
    let ladder = declared.programme.as_ref().map_or("iap2", |p| p.ladder.as_str()).to_string();
    let mut sources = declared.sources;

    let before = problems.list.len();
    let book = sheet::find(&folder, "codebook", &mut problems);
    let book_whole;
    match book {
        Some(sheet) => {
            texts.push((sheet.name.clone(), sheet.digest));
            let known =
                codebook::Known { sources: &declared.names, whole, outcomes: &outcomes, licensed: &declared.scales };
            let rules = codebook::check(&sheet, &known, &mut problems);
            for ((name, _), rules) in declared.names.iter().zip(rules) {
                if let Some(source) = sources.iter_mut().find(|source| source.name == *name) {
                    source.columns = rules;
                }
            }
            let faultless = problems.list.iter().skip(before).all(|p| p.exit != Exit::Spec);
            book_whole = whole && faultless;
            if faultless {
                for source in &sources {
                    complete(source, &toml_name, &sheet.name, &mut problems);
                }
                alike(&sources, &sheet.name, &mut problems);
            }
        }
        None => {
            if problems.list.len() == before {
                problems.push(
                    Problem::stops(
                        "spec-codebook",
                        Exit::Spec,
                        Place::file("codebook.xlsx"),
                        "there is no codebook.xlsx or codebook.csv beside reach.toml",
                    )
                    .hint(
                        "run: reach init FOLDER, which drafts one; or `reach init --add` beside an existing reach.toml",
                    ),
                );
            }
            book_whole = false;
        }
    }
    let mut list = Vec::new();
    if let Some(sheet) = sheet::find(&folder, "recodes", &mut problems) {
        texts.push((sheet.name.clone(), sheet.digest));
        list = recodes::check(&sheet, &sources, &ladder, book_whole, &mut problems);
    }
    let erased = match &declared.erased {
        Some(file) => erased(&folder, &file.value, &mut texts, &mut problems),
        None => Vec::new(),
    };
    match declared.programme {
        Some(programme) if problems.stop().is_none() => Ok(Spec {
            file: path,
            folder,
            programme,
            sources,
            recodes: list,
            limits: declared.limits,
            erased,
            scales: declared.scales,
            texts,
            notes: problems,
        }),
        _ => Err(problems),
    }
}

/// The list of those who are erased: a column for each kind of id. No id is ever repeated.
fn erased(
    folder: &Path,
    name: &str,
    texts: &mut Vec<(String, blake3::Hash)>,
    problems: &mut Problems,
) -> Vec<(Role, Texts)> {
    const COLUMNS: [&str; 4] = ["person", "response", "email", "note"];
    const ROLES: [Role; 3] = [Role::Person, Role::Response, Role::Email];
    let Some(sheet) = sheet::read(&folder.join(name), name, problems) else { return Vec::new() };
    texts.push((sheet.name.clone(), sheet.digest));
    let Some(at) = sheet.columns(COLUMNS, 0, problems) else { return Vec::new() };
    let [person, response, email, _] = at;
    let mut out = Vec::new();
    for (role, place) in ROLES.into_iter().zip([person, response, email]).filter(|(_, place)| place.is_some()) {
        let mut ids = Texts::new();
        for (row, cells) in &sheet.rows {
            let id = sheet::cell(cells, place);
            if !id.is_empty() {
                ids.push(id, u32::try_from(*row).unwrap_or(u32::MAX));
            }
        }
        out.push((role, ids));
    }
    if out.is_empty() {
        let place = Place::file(name);
        problems.push(
            Problem::stops("spec-erased", Exit::Spec, place, "the list of those who are erased names no kind of id")
                .hint("its first row has one or more of: person, response, email"),
        );
    }
    out
}

/// Repeats what `init` asked, line by line (`#? …`), until a person has answered and deleted it.
fn questions(text: &str, name: &str, problems: &mut Problems) {
    for (row, line) in (1u64..).zip(text.lines()) {
        if let Some(question) = line.trim_start().strip_prefix("#?").map(str::trim).filter(|q| !q.is_empty()) {
            problems.push(
                Problem::noted("spec-question", Place::file(name).row(row), question.trim_end_matches('.'))
                    .hint("answer it there, then delete the line that begins with #?"),
            );
        }
    }
}

/// What `init --add` must know of a spec: what it declares, and how its codebook is written.
#[derive(Debug, Default)]
pub struct Outline {
    /// The text of `reach.toml`.
    pub text: String,
    pub sources: Vec<Source>,
    /// All names of sources, with their kind where it is known.
    pub names: Vec<(String, Option<Kind>)>,
    /// The codebook's file name, if there is one.
    pub codebook: Option<String>,
    /// Its header, as written, and the letters of its columns.
    pub header: Vec<String>,
    pub letters: Vec<String>,
    /// What its rows name.
    pub rows: Vec<OutlineRow>,
    /// For a CSV: its separator and encoding.
    pub delimiter: char,
    pub encoding: String,
}

/// One row of a codebook, as far as `init --add` must know it.
#[derive(Debug, Clone)]
pub struct OutlineRow {
    pub source: String,
    pub column: String,
    pub is: String,
}

/// Reads `reach.toml` and the codebook of a folder without asking whether they fit together.
///
/// # Errors
/// `reach.toml` is not there, or it or the codebook's header has faults.
pub fn outline(folder: &Path) -> Result<Outline, Problems> {
    let mut problems = Problems::default();
    let (text, _) = match open::read_text_file(&folder.join("reach.toml"), "reach.toml", LARGEST) {
        Ok(read) => read,
        Err(mut problem) => {
            if problem.exit == Exit::Missing {
                problem.hint = Some("run reach init FOLDER without --add, which drafts one".into());
            }
            problem.exit = Exit::Spec;
            problems.push(problem);
            return Err(problems);
        }
    };
    let sink = file::Sink::new("reach.toml");
    let (root, _) = file::parse(&text, &sink);
    let declared = check::check(&root, &sink);
    problems.append(sink.problems.into_inner());
    let mut out = Outline {
        text,
        sources: declared.sources,
        names: declared.names,
        delimiter: ',',
        encoding: "UTF-8".into(),
        ..Outline::default()
    };
    if let Some(sheet) = sheet::find(folder, "codebook", &mut problems)
        && let Some(at) = sheet.columns(codebook::COLUMNS, 3, &mut problems)
    {
        for (_, cells) in &sheet.rows {
            let [source, column, is, ..] = at.map(|place| sheet::cell(cells, place).to_string());
            out.rows.push(OutlineRow { source, column, is });
        }
        out.delimiter = sheet.delimiter;
        out.encoding = sheet.encoding;
        out.letters = sheet.letters;
        out.header = sheet.header;
        out.codebook = Some(sheet.name);
    }
    if problems.stop().is_some() { Err(problems) } else { Ok(out) }
}

/// Says what a source of its kind cannot do without.
fn complete(source: &Source, toml: &str, book: &str, problems: &mut Problems) {
    let mut say = |code: &'static str, message: String, hint: &str| {
        problems.push(Problem::stops(code, Exit::Spec, Place::file(book), message).hint(hint));
    };
    if source.columns.is_empty() {
        let message = format!("the source {} has no row in the codebook", source.name);
        say("codebook-none", message, "run: reach init --add, which drafts its rows");
        return;
    }
    let has = |wanted: Role| source.columns.iter().any(|rule| matches!(rule.is, Is::Role(role, _) if role == wanted));
    let months = source.columns.iter().any(|rule| rule.selector == Selector::Months);
    let lacks =
        |what: &str| format!("the source {} ({}) has no column for its {what}", source.name, source.kind.word());
    match source.kind {
        Kind::Counts => {
            if !has(Role::Value) {
                say(
                    "codebook-needs",
                    lacks("numbers"),
                    "give the column of numbers the role value; one column per month is (months),value",
                );
            } else if !months && !has(Role::Date) && !has(Role::Session) {
                say("codebook-needs", lacks("date"), "give a column the role date, or use (months)");
            }
        }
        Kind::Sites => {
            if !has(Role::Site) {
                say("codebook-needs", lacks("places"), "give the column with the places' names the role site");
            }
        }
        Kind::Sessions => {
            if !has(Role::Session) && !has(Role::Date) {
                say("codebook-needs", lacks("sessions"), "give a column the role session (its id) or date");
            }
        }
        Kind::Attendance => {
            if !has(Role::Session) && !has(Role::Date) && source.date.is_none() {
                say("codebook-needs", lacks("session"), "give a column the role session, or date (and site)");
            }
            let identity = [Role::Person, Role::Email, Role::Name].into_iter().any(has);
            if !identity {
                say("codebook-needs", lacks("person"), "give the column with the person's id the role person");
            }
        }
        Kind::People | Kind::Survey => {}
    }
    let keys = || {
        source.columns.iter().filter_map(|rule| match &rule.is {
            Is::Question(question) => Some(question.key.as_str()),
            _ => None,
        })
    };
    for name in source.rows.reverse.iter().filter(|name| !keys().any(|key| key == name.as_str())) {
        let place = Place::file(toml).column(format!("source.{}.reverse", source.name));
        let message = format!("{} is no question of this source in the codebook", words::quote(name));
        problems.push(Problem::stops("spec-word", Exit::Spec, place, message).hint(words::hint(name, keys())));
    }
    asks(source, toml, problems);
}

/// What the spec leaves open and a person could say, with what is done until then.
fn asks(source: &Source, toml: &str, problems: &mut Problems) {
    let has = |wanted: Role| source.columns.iter().any(|rule| matches!(rule.is, Is::Role(role, _) if role == wanted));
    let mut ask = |code: &'static str, key: &str, message: String, hint: &str| {
        let place = Place::file(toml).column(format!("source.{}.{key}", source.name));
        problems.push(Problem::assumed(code, place, message).hint(hint));
    };
    if source.kind == Kind::People && source.as_at.is_none() && !has(Role::Person) && !has(Role::Email) {
        ask(
            "as-at-open",
            "as_at",
            format!("[source.{}] does not say on which day this list of people was true", source.name),
            "add the line: as_at = 2026-03-31, with that day",
        );
    }
    // A survey without dates of its own may still name its session or carry the platform's dates, which only the file shows.
    if source.kind == Kind::Survey && source.date.is_none() && !has(Role::Date) && !has(Role::Session) {
        ask(
            "survey-date-open",
            "date",
            format!("no column of [source.{}] is declared as its date, and the spec gives no day", source.name),
            "give a column the role date in the codebook, or add the line: date = 2026-03-31; else its answers belong to no month",
        );
    }
}

/// Waves of one instrument are compared, so a question must be answered in the same way in all of them.
fn alike(sources: &[Source], book: &str, problems: &mut Problems) {
    let mut first: Vec<(&Source, u64, &super::Question)> = Vec::new();
    for source in sources.iter().filter(|source| source.instrument.is_some()) {
        let mut own: Vec<(&Source, u64, &super::Question)> = Vec::new();
        for rule in &source.columns {
            let Is::Question(question) = &rule.is else { continue };
            let other = first.iter().find(|(other, _, q)| {
                q.key == question.key && other.instrument == source.instrument && other.name != source.name
            });
            match other {
                None => own.push((source, rule.row, question)),
                Some((other, row, q)) => {
                    let differs = if std::mem::discriminant(&q.answers) != std::mem::discriminant(&question.answers) {
                        "type"
                    } else if matches!(q.answers, super::Answers::Scale(_)) && q.answers != question.answers {
                        "scale"
                    } else if q.class != question.class {
                        "class"
                    } else {
                        continue;
                    };
                    problems.push(
                        Problem::stops(
                            "codebook-disagrees",
                            Exit::Spec,
                            Place::file(book).row(rule.row),
                            format!(
                                "`{}` has another {differs} than in row {row} (source {}), and both are one question of the same instrument",
                                question.key, other.name
                            ),
                        )
                        .hint("write the same in both rows, or give one of them another short name"),
                    );
                }
            }
        }
        first.append(&mut own);
    }
}
