//! What an evaluator declares is read whole or refused whole: every fault of the three files at once, each with its place and a hint.

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;
use reach::exit::Exit;
use reach::problem::{Problems, Weight};
use reach::spec::{self, Answers, Class, Is, Kind, Means, Role, Selector, Spec};

use crate::support;

const TOML: &str = r#"
[programme]
name = "Our place"
from = 2025-04-01
to   = "2026-03-31"

[source.visits]
files  = "visits.csv"
kind   = "counts"
counts = "visits"

[source.visitors]
files      = ["a.csv", "surveys/b*.csv"]
kind       = "survey"
instrument = "visitor"
sample     = "everyone asked"
"#;
const BOOK: &str = "source,column,is,type,options,class,outcome,text
visits,Library,site,,,,,
visits,(months),value,number,,,,
visitors,Which site?,site,,,,,
visitors,Did you enjoy it?,enjoyed,choice,Yes | No,,,
visitors,(others),(free text),,,,,
";
const RECODES: &str = "list,written,means,why
site,Centre,City,
enjoyed,\"Yes, lots\",Yes,our reading
";

/// Loads a spec written from three texts; an empty text is no file.
fn load(toml: &str, book: &str, recodes: &str) -> Result<Spec, Problems> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), toml, book, recodes);
    spec::load(&folder.path().join("reach.toml"))
}

fn write(folder: &Path, toml: &str, book: &str, recodes: &str) {
    for (name, text) in [("reach.toml", toml), ("codebook.csv", book), ("recodes.csv", recodes)] {
        if !text.is_empty() {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
}

/// The problems as an evaluator reads them, one per line: place, message, hint.
fn told(problems: &Problems) -> String {
    let mut out = String::new();
    for p in &problems.list {
        writeln!(out, "{}: {} — {}", p.place, p.message, p.hint.as_deref().unwrap_or("")).unwrap();
    }
    out
}

/// The problems of a spec that must be refused.
fn refused(toml: &str, book: &str, recodes: &str) -> String {
    let problems = load(toml, book, recodes).expect_err("this spec is wrong");
    assert_eq!(problems.stop(), Some(Exit::Spec));
    for p in problems.list.iter().filter(|p| p.weight == Weight::Stops) {
        assert_eq!(p.exit, Exit::Spec, "{}", p.message);
        assert!(p.place.file.is_some() && p.hint.is_some(), "{}", p.message);
    }
    told(&problems)
}

#[test]
fn the_newcastle_spec_is_read_beside_its_files() {
    let Some(folder) = support::newcastle() else { return };
    let spec = spec::load(&folder.path().join("reach.toml")).map_err(|p| told(&p)).unwrap();
    assert_eq!(spec.programme.slug, "newcastle-libraries");
    assert_eq!(spec.programme.year_starts, 4);
    assert_eq!(spec.sources.len(), 9);
    for source in &spec.sources {
        for file in &source.files {
            assert!(spec.folder.join(file).is_file(), "{file}");
        }
    }
    let source = |name: &str| spec.sources.iter().find(|s| s.name == name).unwrap();
    assert_eq!(source("visits").columns[1].selector, Selector::Months);
    assert_eq!(source("members").as_at.unwrap().to_string(), "2016-04-06");
    assert_eq!(source("groups").files.len(), 2);
    let question = |source_name: &str, key: &str| {
        let found = source(source_name).columns.iter().find_map(|rule| match &rule.is {
            Is::Question(q) if q.key == key => Some(q.clone()),
            _ => None,
        });
        found.unwrap()
    };
    let Answers::Choices(heard) = question("children", "heard").answers else { panic!("choices") };
    assert_eq!(heard.list[1], "Social network (e.g. twitter, facebook)");
    assert_eq!((heard.list.len(), heard.other), (7, true));
    let Answers::Choices(find) = question("groups", "find").answers else { panic!("choices") };
    assert_eq!((find.list.len(), find.exclusive.as_slice()), (10, &[9][..]));
    assert_eq!(question("children", "member").class, Class::AboutYou);
    assert_eq!(question("libraries", "kind of library").class, Class::Plain);
    assert_eq!(spec.recodes.len(), 15);
    assert_eq!(spec.recodes.iter().filter(|r| r.means == Means::NotAPlace).count(), 1);
    assert_eq!(
        spec.texts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["reach.toml", "codebook.csv", "recodes.csv"]
    );
    assert!(spec.notes.list.iter().all(|note| note.weight == Weight::Assumed));
}

#[test]
fn the_harbourside_example_is_read() {
    let spec = spec::load(&support::fixture("harbourside")).map_err(|p| told(&p)).unwrap();
    assert_eq!(spec.sources.len(), 5);
    assert_eq!(spec.scales, [("swemwbs".to_string(), "registered 2025-08-12".to_string())]);
    let before = &spec.sources[0];
    assert_eq!((before.kind, before.name.as_str()), (Kind::Survey, "before"));
    assert!(before.columns.iter().any(|rule| matches!(rule.is, Is::Role(Role::Code(2), _))));
    let wellbeing = before.columns.iter().find_map(|rule| match &rule.is {
        Is::Question(q) if q.key == "swemwbs 1" => Some(q),
        _ => None,
    });
    assert_eq!(wellbeing.unwrap().class, Class::Sensitive);
    assert!(spec.recodes.iter().any(|r| matches!(&r.means, Means::NotSplittable(list) if list.len() == 3)));
}

#[test]
fn the_demo_is_read_without_an_assumption() {
    let spec = spec::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo")).map_err(|p| told(&p)).unwrap();
    assert_eq!(told(&spec.notes), "");
}

#[test]
fn a_small_spec_is_read_in_every_form() {
    let spec = load(TOML, BOOK, RECODES).map_err(|p| told(&p)).unwrap();
    assert_eq!(spec.programme.to.to_string(), "2026-03-31");
    assert_eq!((spec.programme.year_starts, spec.programme.profile.as_str()), (1, "people-10"));
    assert_eq!(spec.sources[1].files, ["a.csv", "surveys/b*.csv"]);
    // Saved by Notepad and by Excel: byte order marks, CRLF, semicolons, blank rows, capitals.
    let book = format!("\u{feff}{}\r\n,,,,,,,\r\n", BOOK.replace('\n', "\r\n").replace("site", " Site "));
    let other = load(&format!("\u{feff}{}", TOML.replace('\n', "\r\n")), &book, RECODES).map_err(|p| told(&p)).unwrap();
    assert_eq!(other.sources[0].columns.len(), 2);
    assert_ne!(spec.texts[1].1, other.texts[1].1);
    assert!(load(TOML, BOOK, "").unwrap().recodes.is_empty());
}

#[test]
fn all_faults_of_all_three_files_are_told_at_once() {
    let toml = TOML.replace("kind   = \"counts\"", "kind   = \"count\"").replace("sample  ", "sampel  ")
        + "[advanced]\nset_aside_share = 7\n[weights]\nrake = [\"age\"]\n[source.costs]\nfiles = \"c.csv\"\nkind = \"costs\"\n";
    let book = BOOK.replace("Which site?,site", "Which site?,stie").replace("choice,Yes", "choise,Yes")
        + "visiters,A,site,,,,,\n";
    let told = refused(&toml, &book, "list,written,means\nsite,A,\n");
    for (place, word) in [
        ("reach.toml, line 9, source.visits.kind", "did you mean `counts`?"),
        ("source.visitors.sampel", "did you mean `sample`?"),
        ("advanced.set_aside_share", "between 0 and 1"),
        ("weights", "this version"),
        ("source.costs.kind", "does not read the kind “costs” yet"),
        ("codebook.csv, row 4, column is", "did you mean the role `site`?"),
        ("codebook.csv, row 5, column type", "did you mean `choice`?"),
        ("codebook.csv, row 7, column source", "did you mean `visitors`?"),
        ("recodes.csv, row 2, column means", "is empty"),
    ] {
        let line = told.lines().find(|line| line.contains(place) && line.contains(word));
        assert!(line.is_some(), "nothing says {word} at {place}:\n{told}");
    }
}

#[test]
fn each_fault_is_refused_with_what_to_do() {
    let toml = |from: &str, to: &str| {
        assert!(TOML.contains(from), "{from}");
        refused(&TOML.replace(from, to), BOOK, RECODES)
    };
    assert!(toml("from = 2025-04-01", "from = 2027-04-01").contains("before it starts"));
    assert!(toml("from = 2025-04-01", "from = \"1 April\"").contains("year-month-day"));
    assert!(toml("from = 2025-04-01", "").contains("lacks from"));
    assert!(toml("\"visits.csv\"", "\"https://example.org/visits.csv\"").contains("web address"));
    assert!(toml("\"visits.csv\"", "'activity\\visits.csv'").contains("write / between folders"));
    assert!(toml("\"visits.csv\"", "[]").contains("files"));
    assert!(toml("counts = \"visits\"", "counts = \"visits\"\nwave = \"before\"").contains("setting for survey"));
    assert!(toml("sample  ", "wave=\"befor\"\nsample  ").contains("did you mean `before`?"));
    assert!(toml("[source.visits]", "[source.\"My Visits\"]").contains("small letters"));
    assert!(toml("[programme]", "[program]").contains("did you mean `programme`?"));
    assert!(toml("name = ", "profile = \"people10\"\nname = ").contains("people-10"));
    assert!(toml("name = ", "name ").contains("this line cannot be read"));

    let book = |from: &str, to: &str| {
        assert!(BOOK.contains(from), "{from}");
        refused(TOML, &BOOK.replace(from, to), RECODES)
    };
    assert!(book("source,column,is", "source,colunm,is").contains("did you mean `column`?"));
    assert!(book("choice,Yes | No", "choice,").contains("needs its options"));
    assert!(book("choice,Yes | No", "choice,@agre-5").contains("agree-5"));
    assert!(book("choice,Yes | No", "scale,@swemwbs").contains("[scale.swemwbs]"));
    assert!(book("choice,Yes | No", "choice,10-14 | 14-Oct").contains("spreadsheet program"));
    assert!(book("Yes | No,,,", "Yes | No,privat,,").contains("is no class"));
    assert!(book("Yes | No,,,", "Yes | No,,capabilty building,").contains("did you mean `capability-building`?"));
    assert!(book("enjoyed,choice", "sesion,id").contains("did you mean the role `session`?"));
    assert!(book("enjoyed,choice,Yes | No", "headcuont,number,").contains("headcount"));
    assert!(book("enjoyed,choice,Yes | No", "headcount,,").contains("stands in sources of kind sessions"));
    assert!(book("(others),(free text)", "(other),(free text)").contains("did you mean (others)?"));
    assert!(book("(others),(free text)", "(others),(ignored)").contains("did you mean `(ignore)`?"));
    assert!(book("visits,(months),value,number,,,,\n", "").contains("no column for its numbers"));
    assert!(book("visitors,(others)", "visitors,Did you enjoy it?").contains("already stands in row 5"));
    assert!(refused(TOML, "", RECODES).contains("no codebook.xlsx or codebook.csv"));

    let recodes = |row: &str| refused(TOML, BOOK, &format!("{RECODES}{row}\n"));
    assert!(recodes("stie,A,B,").contains("did you mean `site`?"));
    assert!(recodes("enjoyed,Yep,Yess,").contains("did you mean `Yes`?"));
    assert!(recodes("site,Centre,Town,").contains("another meaning in row 2"));
    assert!(recodes("enjoyed,x,(not a place),").contains("for the list site"));
    assert!(recodes("enjoyed,x,(refussed),").contains("did you mean (refused)?"));
    assert!(recodes("email,x,y,").contains("cannot be recoded"));
}

#[test]
fn two_forms_of_one_table_are_not_guessed_between() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), TOML, BOOK, RECODES);
    std::fs::write(folder.path().join("codebook.xlsx"), b"PK").unwrap();
    let problems = spec::load(folder.path()).expect_err("two codebooks");
    assert!(told(&problems).contains("codebook.xlsx and codebook.csv"));
}

#[test]
fn a_missing_spec_points_to_init() {
    let folder = tempfile::tempdir().unwrap();
    let problems = spec::load(&folder.path().join("reach.toml")).expect_err("nothing there");
    assert_eq!(problems.stop(), Some(Exit::Spec));
    assert!(told(&problems).contains("reach init"));
}

#[test]
fn rows_of_one_short_name_are_one_question() {
    let book = format!("{BOOK}visitors,And today?,enjoyed,,,,,\n");
    let spec = load(TOML, &book, RECODES).map_err(|p| told(&p)).unwrap();
    let lists: Vec<_> = spec.sources[1]
        .columns
        .iter()
        .filter_map(|rule| match &rule.is {
            Is::Question(q) => Some(&q.answers),
            _ => None,
        })
        .collect();
    assert_eq!(lists.len(), 2);
    assert_eq!(lists[0], lists[1]);
    let other = format!("{BOOK}visitors,And today?,enjoyed,choice,Yes | Maybe,,,\n");
    assert!(refused(TOML, &other, RECODES).contains("another options"));
}

#[test]
fn the_reference_prints_the_roles_as_the_program_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/spec.md");
    let mut page = std::fs::read_to_string(&path).unwrap();
    let roles = spec::role::help();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let start = page.find("```text\nWhat a column can be").unwrap() + "```text\n".len();
        let end = start + page[start..].find("```\n").unwrap();
        page.replace_range(start..end, &roles);
        std::fs::write(&path, &page).unwrap();
    }
    assert!(page.contains(&roles), "docs/spec.md differs from `reach help roles`: run UPDATE_DOCS=1 cargo test");
    let rows = spec::rows::help();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let start = page.find("`reach help rows`; a test keeps it true -->\n```text\n").unwrap();
        let start = start + page[start..].find("```text\n").unwrap() + "```text\n".len();
        let end = start + page[start..].find("```\n").unwrap();
        page.replace_range(start..end, &rows);
        std::fs::write(&path, &page).unwrap();
    }
    assert!(page.contains(&rows), "docs/spec.md differs from `reach help rows`: run UPDATE_DOCS=1 cargo test");
    for name in spec::CODEBOOK_COLUMNS.iter().chain(&spec::RECODES_COLUMNS) {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn what_was_assumed_is_said() {
    let spec = load(&TOML.replace("sample     = \"everyone asked\"", ""), BOOK, RECODES).unwrap();
    assert!(told(&spec.notes).contains("self-selected"));
    let book = BOOK.replace("enjoyed,choice,Yes | No,", "ethnic group,choice,Yes | No,opinion");
    let spec = load(TOML, &book, "").unwrap();
    assert!(told(&spec.notes).contains("about you"));
}

/// Texts made of the pieces that these files are made of, so that more than the first check is reached.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: [&str; 44] = [
        "[programme]",
        "[source.a]",
        "[source.",
        "]",
        "name",
        "=",
        "\"",
        "files",
        "kind",
        "\"survey\"",
        "from",
        "2025-04-01",
        "9999-99-99",
        "\n",
        "\n",
        "\r\n",
        ",",
        ",",
        ";",
        "\t",
        "source,column,is,type,options,class,outcome,text\n",
        "a",
        "visits",
        "visitors",
        "site",
        "(months)",
        "(others)",
        "(",
        ")",
        "|",
        "||",
        "@agree-5",
        "@",
        "(none)",
        "(other)",
        "choice",
        "scale",
        "list,written,means,why\n",
        "(not splittable)",
        "\u{feff}",
        "é",
        "\u{0}",
        "[[x]]",
        "{a={b=[1,2]}}",
    ];
    prop_oneof![
        proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..40).prop_map(|parts| parts.concat()),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever the three files hold, loading gives a spec or says why not.
    #[test]
    fn no_text_brings_it_down(toml in pieces(), book in pieces(), recodes in pieces(), which in 0u8..8) {
        let pick = |bit: u8, broken: &str, good: &str| if which & bit == 0 { broken.to_string() } else { format!("{good}{broken}") };
        let result = load(&pick(1, &toml, TOML), &pick(2, &book, BOOK), &pick(4, &recodes, RECODES));
        if let Err(problems) = result {
            prop_assert_eq!(problems.stop(), Some(Exit::Spec));
        }
    }

    /// A byte changed anywhere is never a crash, and never another exit than that of a wrong spec.
    #[test]
    fn no_changed_byte_brings_it_down(file in 0usize..3, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), TOML, BOOK, RECODES);
        let path = folder.path().join(["reach.toml", "codebook.csv", "recodes.csv"][file]);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        std::fs::write(&path, &bytes).unwrap();
        if let Err(problems) = spec::load(folder.path()) {
            prop_assert_eq!(problems.stop(), Some(Exit::Spec));
        }
    }
}
