//! From the path of `reach.toml` to a checked [`Spec`], or every problem of the three files at once.

use std::path::Path;

use super::{Is, Kind, Role, Selector, Source, Spec, check, codebook, file, recodes, sheet};
use crate::exit::Exit;
use crate::ingest::open;
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
                    complete(source, &sheet.name, &mut problems);
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
    match declared.programme {
        Some(programme) if problems.stop().is_none() => Ok(Spec {
            file: path,
            folder,
            programme,
            sources,
            recodes: list,
            limits: declared.limits,
            scales: declared.scales,
            texts,
            notes: problems,
        }),
        _ => Err(problems),
    }
}

/// Says what a source of its kind cannot do without.
fn complete(source: &Source, book: &str, problems: &mut Problems) {
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
