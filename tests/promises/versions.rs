//! Promise: what the files and waves of a questionnaire ask differently is told, and no question is taken for another one in silence.

use reach::clean::{Cleaned, Difference, Versions, clean};
use reach::exit::Exit;
use reach::ingest::{Column, Format, InputFile, Intake, Origin, Table, Texts};
use reach::problem::{Problem, Weight};

use crate::support::{Programme, reach};

const HEAD: &str = "[programme]\nname = \"P\"\nfrom = 2024-01-01\nto = 2024-12-31\n";
const ONE: &str = "[source.s]\nfiles = \"s*.csv\"\nkind = \"survey\"\nsample = \"self-selected\"\ndate = 2024-05-01\n";

/// A programme with this spec, its files on disk.
fn programme(toml: &str, codebook: &str, files: &[(&str, &str)]) -> Programme {
    let p = Programme::empty();
    p.write("reach.toml", &format!("{HEAD}{toml}"));
    p.write("codebook.csv", &format!("source,column,is,type,options,class,outcome,text\n{codebook}"));
    for (name, content) in files {
        p.write(name, content);
    }
    p
}

fn read(toml: &str, codebook: &str, files: &[(&str, &str)]) -> Cleaned {
    let p = programme(toml, codebook, files);
    let spec = reach::spec::load(&p.file("reach.toml")).unwrap();
    clean(reach::ingest::read(&spec), &spec, None)
}

/// Cleans tables of columns (code, text, cells), as a platform with codes gives them: one table for each file of the source.
fn coded(codebook: &str, tables: &[&[(&str, &str, &[&str])]]) -> Cleaned {
    let p = programme(ONE, codebook, &[]);
    let spec = reach::spec::load(&p.file("reach.toml")).unwrap();
    let mut intake = Intake::default();
    for (file, columns) in tables.iter().enumerate() {
        intake.files.push(InputFile {
            name: format!("s{file}.csv"),
            source: 0,
            bytes: 0,
            digest: blake3::hash(b""),
            format: Format::Delimited,
            encoding: None,
            delimiter: Some(','),
            skipped: Vec::new(),
        });
        let columns: Vec<Column> = columns
            .iter()
            .zip(0u32..)
            .map(|((code, text, cells), position)| {
                let mut texts = Texts::new();
                let codes = (0u32..).zip(*cells).map(|(row, cell)| texts.push(cell, row)).collect();
                let header = vec![(*text).to_owned()];
                Column { header, code: Some((*code).to_owned()), position, codes, texts, ..Column::default() }
            })
            .collect();
        intake.tables.push(Table {
            file,
            platform: "qualtrics",
            header_rows: 3,
            rows: columns.first().map_or(0, |c| c.codes.len()),
            columns,
            origin: Origin { first: 4, skips: Vec::new() },
            ..Table::default()
        });
    }
    clean(intake, &spec, None)
}

fn only(c: &Cleaned) -> &Versions {
    assert_eq!(c.versions.len(), 1);
    &c.versions[0]
}
fn problem<'a>(c: &'a Cleaned, code: &str) -> Option<&'a Problem> {
    c.problems.list.iter().find(|p| p.code == code)
}

#[test]
fn files_of_one_survey_are_compared_and_alike_files_are_one_version() {
    let book = "s,Did you enjoy it?,enjoyed,choice,Yes | No,,,\ns,Did you enjoy the day?,enjoyed,,,,,\n\
                s,Will you come again?,again,choice,Yes | No,,,\ns,Age,age,choice,16-24 | 25-64 | 65+,about you,,\n\
                s,How was the café?,cafe,choice,Good | Poor,,,\n";
    let rows = |ages: [&str; 2]| {
        (0..40).map(|n| format!("Yes,{},{}\n", if n % 2 == 0 { "Yes" } else { "No" }, ages[n % 2])).collect::<String>()
    };
    let first = format!("Did you enjoy it?,Will you come again?,Age\n{}", rows(["16-24", "25-64"]));
    let second = format!("Age,Did you enjoy it?,Will you come again?\n{}", "16-24,Yes,No\n".repeat(30));
    let third = format!(
        "Did you enjoy the day?,Will you come again?,Age,How was the café?,Anything else?\n{}",
        rows(["16-24", "65+"]).replace('\n', ",Good,fine\n")
    );
    let c = read(ONE, book, &[("s1.csv", &first), ("s2.csv", &second), ("s3.csv", &third)]);
    assert_eq!(c.problems.stop(), None, "{:?}", c.problems.list);
    let v = only(&c);
    // The order of columns makes no version.
    assert_eq!(v.versions.iter().map(|v| v.files.join("+")).collect::<Vec<_>>(), ["s1.csv+s2.csv", "s3.csv"]);
    let text = |text: &str| text.to_owned();
    let words = Difference::Words {
        question: text("enjoyed"),
        texts: vec![(text("Did you enjoy it?"), vec![0]), (text("Did you enjoy the day?"), vec![1])],
    };
    assert_eq!(
        v.differences,
        [
            Difference::Asked { question: text("cafe"), versions: vec![1] },
            Difference::Chosen { question: text("age"), option: text("25-64"), nobody: vec![1] },
            Difference::Chosen { question: text("age"), option: text("65+"), nobody: vec![0] },
            words,
            Difference::Column { header: text("Anything else?"), versions: vec![1] },
        ]
    );
    assert_eq!(v.same, 1);
}

#[test]
fn waves_are_compared_and_check_tells_it() {
    let toml = "[source.before]\nfiles = \"before.csv\"\nkind = \"survey\"\nsample = \"self-selected\"\ninstrument = \"participant\"\nwave = \"before\"\ndate = 2024-02-01\n\
                [source.after]\nfiles = \"after.csv\"\nkind = \"survey\"\nsample = \"self-selected\"\ninstrument = \"participant\"\nwave = \"after\"\ndate = 2024-05-01\n";
    let book = "before,I feel able to decide,say,scale,@agree-5,,,\nbefore,Hopes?,hopes,free text,,,,\n\
                after,I feel able to take decisions,say,scale,@agree-5,,,\nafter,Would you come again?,again,choice,Yes | No,,,\n";
    let p = programme(
        toml,
        book,
        &[
            ("before.csv", "I feel able to decide,Hopes?\nAgree,much\nDisagree,\n"),
            ("after.csv", "I feel able to take decisions,Would you come again?\nAgree,Yes\nStrongly agree,No\n"),
        ],
    );
    let told = reach(&["check", &p.spec()]);
    assert_eq!(told.exit, Some(0), "{}", told.stderr);
    for line in [
        "Versions of the questionnaire participant",
        "1  before.csv (before, before; 2 rows)",
        "2  after.csv (after, after; 2 rows)",
        "asked only in 1: hopes",
        "asked only in 2: again",
        "say in other words: in 1 “I feel able to decide”; in 2 “I feel able to take decisions”",
        "the same in all: 0 questions",
    ] {
        assert!(told.stdout.contains(line), "{line}\n{}", told.stdout);
    }
    // Sources of an instrument without waves are questionnaires of their own.
    let apart = toml.replace("wave = \"before\"\n", "").replace("wave = \"after\"\n", "");
    p.write("reach.toml", &format!("{HEAD}{apart}"));
    let told = reach(&["check", &p.spec()]);
    assert!(!told.stdout.contains("Versions of"), "{}", told.stdout);
}

const YES: &[&str] = &["Yes", "No", "yes"];

#[test]
fn a_code_that_was_given_to_another_question_is_asked() {
    let (enjoy, age) = ("Did you enjoy the event?", "How old were you on your last birthday?");
    // The codebook names the question by its code: both texts would be one question.
    let by_code = "s,Q5,enjoyed,choice,Yes | No,,,\n";
    let files: [&[(&str, &str, &[&str])]; 2] = [&[("Q5", enjoy, YES)], &[("Q5", age, YES)]];
    let c = coded(by_code, &files);
    let asked = problem(&c, "code-reused").unwrap();
    assert_eq!((asked.weight, asked.exit), (Weight::Stops, Exit::Data));
    assert!(asked.message.contains(enjoy) && asked.message.contains(age), "{}", asked.message);
    // Both named as one: so be it. Both named apart: so be it, and it is told.
    let one = format!("s,{enjoy},enjoyed,choice,Yes | No,,,\ns,{age},enjoyed,,,,,\n");
    let c = coded(&one, &files);
    assert!(problem(&c, "code-reused").is_none() && c.problems.stop().is_none(), "{:?}", c.problems.list);
    let apart = format!("s,{enjoy},enjoyed,choice,Yes | No,,,\ns,{age},old,choice,Yes | No,,,\n");
    let c = coded(&apart, &files);
    assert!(problem(&c, "code-reused").is_none() && c.problems.stop().is_none());
    let kept =
        |d: &Difference| matches!(d, Difference::Code { code, questions } if code == "Q5" && questions.len() == 2);
    assert!(only(&c).differences.iter().any(kept), "{:?}", only(&c).differences);
    // Only the one is named: nothing is merged, and it is asked.
    let c = coded(&format!("s,{enjoy},enjoyed,choice,Yes | No,,,\n"), &files);
    let asked = problem(&c, "code-reused").unwrap();
    assert_eq!((asked.weight, asked.exit), (Weight::Assumed, Exit::Done));
}

#[test]
fn a_code_with_other_words_is_taken_for_one_question_and_said() {
    let (a, b) = ("Did you enjoy the event?", "Did you enjoy the event today?");
    let files: [&[(&str, &str, &[&str])]; 2] = [&[("Q5", a, YES)], &[("Q5", b, YES)]];
    let c = coded("s,Q5,enjoyed,choice,Yes | No,,,\n", &files);
    assert_eq!(problem(&c, "question-reworded").unwrap().weight, Weight::Assumed);
    assert_eq!(c.tables.iter().filter(|t| t.questions.iter().any(|q| q.key == "enjoyed")).count(), 2);
    let c = coded(&format!("s,{a},enjoyed,choice,Yes | No,,,\n"), &files);
    let said = problem(&c, "question-reworded").unwrap();
    assert!(said.hint.as_deref().unwrap().contains(&format!("{b},enjoyed")), "{said:?}");
}

#[test]
fn parts_of_a_question_are_named_by_its_code() {
    let parts: &[(&str, &str, &[&str])] = &[
        ("Q3_1", "Press", &["Press", ""]),
        ("Q3_2", "Friends", &["", "Friends"]),
        ("Q31", "Other thing", &["x", "y"]),
    ];
    let c = coded("s,Q3,heard,choices,Press | Friends,,,\n", &[parts]);
    assert_eq!(c.tables[0].questions.len(), 1);
    let uncovered = problem(&c, "column-not-in-codebook").unwrap();
    assert_eq!(uncovered.count, 1, "{}", uncovered.message);
}

#[test]
fn answers_that_fit_no_option_in_one_file_are_told() {
    let book = "s,Q5,enjoyed,choice,Yes | No,,,\n";
    let labels = format!("Q5\n{}", "Yes\nNo\n".repeat(10));
    let numbers = format!("Q5\n{}", "1\n2\n3\n4\n".repeat(5));
    let c = read(ONE, book, &[("s1.csv", &labels), ("s2.csv", &numbers)]);
    let said = problem(&c, "question-changed").unwrap();
    assert_eq!((said.place.file.as_deref(), said.count), (Some("s2.csv"), 20));
    let c = read(ONE, book, &[("s1.csv", &labels), ("s2.csv", &labels)]);
    assert!(problem(&c, "question-changed").is_none());
}
