//! `reach init` writes what can be read back without an edit, asks what it cannot know, and never writes over anything.

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;
use reach::draft::{self, Draft, Options};
use reach::exit::Exit;
use reach::problem::{Problems, Weight};
use reach::spec::{self, CountUnit, Is, Kind, Role, Spec};

use crate::support;

fn told(problems: &Problems) -> String {
    let mut out = String::new();
    for p in &problems.list {
        writeln!(out, "{}: {} — {}", p.place, p.message, p.hint.as_deref().unwrap_or("")).unwrap();
    }
    out
}

/// Drafts and writes the files as the command does.
fn init(folder: &Path, options: Options) -> Draft {
    let draft = draft::draft(folder, options).map_err(|p| told(&p)).unwrap();
    for file in &draft.files {
        assert_eq!(folder.join(&file.name).exists(), file.replaces, "{}", file.name);
        std::fs::write(folder.join(&file.name), &file.bytes).unwrap();
    }
    draft
}

fn load(folder: &Path) -> Spec {
    spec::load(folder).map_err(|p| told(&p)).unwrap()
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn newcastle_is_drafted_without_an_edit() {
    let Some(samples) = support::samples() else { return };
    for csv in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        support::copy_tree(&samples.join("newcastle"), folder.path());
        let draft = init(folder.path(), Options { csv, ..Options::default() });
        let found: Vec<_> = draft
            .found
            .iter()
            .map(|f| (f.source.as_str(), f.kind.unwrap(), f.rows, f.header_rows, f.platform))
            .collect();
        assert_eq!(
            found,
            [
                ("active-members-postcode", Kind::People, 80_752, 1, "plain"),
                ("current-libraries", Kind::Sites, 13, 1, "plain"),
                ("computer-use", Kind::Counts, 19, 1, "months"),
                ("enquiries", Kind::Counts, 20, 1, "months"),
                ("visits", Kind::Counts, 19, 1, "months"),
                ("childrens-event-long", Kind::Survey, 30, 2, "surveymonkey"),
                ("datamorphosis-cp1252", Kind::Survey, 12, 1, "plain"),
                ("group-session", Kind::Survey, 10, 2, "surveymonkey"),
                ("reading-groups-city", Kind::Survey, 37, 2, "surveymonkey"),
                ("work-club-branches", Kind::Survey, 28, 2, "surveymonkey"),
            ]
        );
        let spec = load(folder.path());
        assert_eq!(
            (spec.programme.from.to_string(), spec.programme.to.to_string()),
            ("2008-04-01".into(), "2025-03-31".into())
        );
        let units: Vec<_> = spec
            .sources
            .iter()
            .filter(|s| s.kind == Kind::Counts)
            .map(|s| (s.counts.clone().unwrap(), s.unit))
            .collect();
        assert_eq!(
            units,
            [
                ("computer use".to_string(), CountUnit::Percent),
                ("enquiries".to_string(), CountUnit::Count),
                ("visits".to_string(), CountUnit::Count),
            ]
        );
        let book: Vec<(&str, String)> = spec
            .sources
            .iter()
            .flat_map(|s| s.columns.iter().map(|rule| (s.name.as_str(), rule)))
            .map(|(source, rule)| {
                let is = match &rule.is {
                    Is::Role(role, _) => role.word(),
                    Is::Question(q) => format!("{:?}", q.answers),
                    Is::Ignore => "-".into(),
                    Is::FreeText => "free".into(),
                };
                (source, is)
            })
            .collect();
        let roles = |source: &str| -> Vec<&str> {
            let of = book
                .iter()
                .filter(|(s, is)| *s == source && !is.contains(['(', '{']) && is != "FreeText" && is != "Text");
            of.map(|(_, is)| is.as_str()).collect()
        };
        assert_eq!(roles("active-members-postcode"), ["postcode", "site", "joined", "last seen", "-"]);
        assert_eq!(roles("visits"), ["site", "value"]);
        assert_eq!(roles("work-club-branches"), ["site"]);
        assert_eq!(roles("childrens-event-long"), ["event"]);
        let find = book.iter().find(|(s, is)| *s == "work-club-branches" && is.contains("Helpful")).unwrap();
        assert!(find.1.contains("exclusive: [5]") && find.1.starts_with("Choices"), "{}", find.1);
        let heard = book.iter().find(|(_, is)| is.contains("Social network (e.g. twitter, facebook)")).unwrap();
        assert!(heard.1.contains("other: true"));
        // What it cannot know it asks.
        let asked = told(&spec.notes);
        for word in ["who was asked", "list of people was true", "name and the first and last day", "gives no day"] {
            assert!(asked.contains(word), "{word}:\n{asked}");
        }
        assert!(spec.notes.list.iter().all(|p| p.weight != Weight::Stops));
        // And it never writes over what stands there.
        let again = draft::draft(folder.path(), Options::default()).expect_err("written twice");
        assert!(told(&again).contains("--add"));
        assert_eq!(again.stop(), Some(Exit::Write));
    }
}

#[test]
fn a_draft_of_the_demo_finds_every_kind() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    let folder = tempfile::tempdir().unwrap();
    for part in ["activity", "surveys"] {
        support::copy_tree(&demo.join(part), &folder.path().join(part));
    }
    let draft = init(folder.path(), Options::default());
    let mut kinds: Vec<(String, Option<Kind>)> = draft.found.iter().map(|f| (f.file.clone(), f.kind)).collect();
    kinds.dedup_by_key(|(_, kind)| *kind);
    let spec = load(folder.path());
    for kind in [Kind::Survey, Kind::People, Kind::Sessions, Kind::Attendance, Kind::Counts, Kind::Sites] {
        assert!(spec.sources.iter().any(|s| s.kind == kind), "{kind:?}: {}", draft::account(&draft));
    }
    let source = |kind: Kind| spec.sources.iter().find(|s| s.kind == kind).unwrap();
    let roles = |kind: Kind| -> Vec<Role> {
        source(kind)
            .columns
            .iter()
            .filter_map(|r| if let Is::Role(role, _) = r.is { Some(role) } else { None })
            .collect()
    };
    assert!(roles(Kind::Attendance).contains(&Role::Person) && roles(Kind::Attendance).contains(&Role::Session));
    assert!(roles(Kind::People).contains(&Role::Person) && roles(Kind::People).contains(&Role::Email));
    assert!(roles(Kind::Sessions).contains(&Role::Session) && roles(Kind::Sessions).contains(&Role::Date));
    // Registers of several periods are one source.
    assert_eq!(source(Kind::Attendance).files.len(), 1, "{:?}", source(Kind::Attendance).files);
}

#[test]
fn all_samples_are_drafted_and_read_back() {
    let Some(samples) = support::samples() else { return };
    for part in [
        "google-forms",
        "limesurvey",
        "activity",
        "typeform",
        "odk",
        "surveymonkey",
        "alchemer",
        "excel",
        "qualtrics",
        "encodings",
    ] {
        let folder = tempfile::tempdir().unwrap();
        support::copy_tree(&samples.join(part), folder.path());
        let draft = init(folder.path(), Options::default());
        assert!(!draft.found.is_empty(), "{part}");
        if draft.found.iter().any(|f| f.kind.is_some()) {
            load(folder.path());
        }
    }
}

const VISITORS: &str = "How did you hear of us?,Did you enjoy it?,What did you like?,Your name
Friends,Yes,the canary-1 puppets,Ann Canary-2
Friends,Yes,canary-3,Bob Canary-4
Poster,No,all canary-5,Cy Canary-6
Poster,Yes,nothing canary-7,Di Canary-8
Friends,canary-9 maybe,x,Ed Canary-10
Friends,No,y,Flo Canary-11
Poster,Yes,z,Gus Canary-12
";

#[test]
fn no_personal_or_free_text_is_drafted() {
    let folder = folder_with(&[
        ("visitors.csv", VISITORS),
        (
            "people.csv",
            "Member no,Full name,E-mail,Joined,Staff\n1,Canary A,canary@a.org,01/02/2024,Canary S\n2,Canary B,canary@b.org,13/02/2024,Canary S\n",
        ),
    ]);
    let draft = init(folder.path(), Options { csv: true, ..Options::default() });
    for file in &draft.files {
        let text = String::from_utf8(file.bytes.clone()).unwrap().to_lowercase();
        assert!(!text.contains("canary"), "{}: {text}", file.name);
    }
    assert!(!draft::account(&draft).to_lowercase().contains("canary"));
    let spec = load(folder.path());
    let people = spec.sources.iter().find(|s| s.kind == Kind::People).unwrap();
    assert!(people.columns.iter().any(|r| matches!(r.is, Is::Role(Role::Person, _))));
    let visitors = spec.sources.iter().find(|s| s.kind == Kind::Survey).unwrap();
    assert!(
        visitors
            .columns
            .iter()
            .any(|r| matches!(&r.is, Is::Question(q) if q.answers.options().is_some_and(|o| o.list == ["Yes", "No"])))
    );
}

#[test]
fn what_is_not_known_is_asked_and_can_be_answered() {
    let folder = folder_with(&[("odd.csv", "a,b\n1,2\n3,4\n"), ("visitors.csv", VISITORS), ("old.numbers", "x")]);
    let draft = init(folder.path(), Options { csv: true, ..Options::default() });
    assert!(draft.found.iter().any(|f| f.kind.is_none()));
    assert!(draft::account(&draft).contains("old.numbers is not read"));
    assert!(told(&load(folder.path()).notes).contains("What is odd.csv?"));
    // The evaluator answers: the section without its #, a kind; --add drafts the rows.
    let toml = std::fs::read_to_string(folder.path().join("reach.toml")).unwrap();
    let toml =
        toml.replace("# [source.odd]\n# files", "[source.odd]\nfiles").replace("# kind  = \"\"", "kind = \"people\"");
    std::fs::write(folder.path().join("reach.toml"), &toml).unwrap();
    let book = std::fs::read(folder.path().join("codebook.csv")).unwrap();
    let added = init(folder.path(), Options { add: true, ..Options::default() });
    assert!(added.files.iter().all(|f| f.name == "codebook.csv" && f.bytes.starts_with(&book)));
    assert!(load(folder.path()).sources.iter().any(|s| s.name == "odd" && !s.columns.is_empty()));
}

/// The parts of a workbook as text, by name.
fn parts(workbook: &[u8]) -> Vec<(String, String)> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

#[test]
fn adding_touches_nothing_a_person_wrote() {
    for csv in [false, true] {
        let folder = folder_with(&[("visitors.csv", VISITORS)]);
        init(folder.path(), Options { csv, ..Options::default() });
        let nothing = draft::draft(folder.path(), Options { add: true, csv }).unwrap();
        assert!(nothing.files.is_empty() && draft::account(&nothing).contains("nothing new"));
        // A person edits; then a new question comes into the old file, and a new file.
        let path = folder.path().join("reach.toml");
        let toml = std::fs::read_to_string(&path).unwrap() + "\n# my own line\n";
        std::fs::write(&path, &toml).unwrap();
        let before = load(folder.path());
        let wider: String = VISITORS
            .lines()
            .enumerate()
            .map(|(i, line)| format!("{line},{}\n", if i == 0 { "Will you come again?" } else { "Yes" }))
            .collect();
        std::fs::write(folder.path().join("visitors.csv"), wider).unwrap();
        std::fs::write(folder.path().join("visits.csv"), "Library,2024-01,2024-02,2024-03\nA,1,2,3\nB,,5,6\n").unwrap();
        let book = folder.path().join(if csv { "codebook.csv" } else { "codebook.xlsx" });
        let kept = std::fs::read(&book).unwrap();
        let added = init(folder.path(), Options { add: true, csv });
        if csv {
            assert!(std::fs::read(&book).unwrap().starts_with(&kept));
        } else {
            // Formats, widths and lists stay as they were; the sheet's old rows too.
            let (old, new) = (parts(&kept), parts(&std::fs::read(&book).unwrap()));
            assert_eq!(old.len(), new.len());
            for ((name, a), (other, b)) in old.iter().zip(&new) {
                assert_eq!(name, other);
                if name.starts_with("xl/worksheets/") {
                    let rows = |text: &str| {
                        text.split("<sheetData>").nth(1).unwrap().split("</sheetData>").next().unwrap().to_string()
                    };
                    assert!(rows(b).starts_with(&rows(a)) && rows(b).len() > rows(a).len());
                } else {
                    assert_eq!(a, b, "{name}");
                }
            }
        }
        assert_eq!(added.found.len(), 1, "{}", draft::account(&added));
        assert!(std::fs::read_to_string(&path).unwrap().starts_with(&toml));
        let after = load(folder.path());
        assert_eq!(after.sources.len(), 2);
        let old = &after.sources[0].columns;
        assert_eq!(old.len(), before.sources[0].columns.len() + 1);
        for (a, b) in old.iter().zip(&before.sources[0].columns) {
            assert_eq!((format!("{:?}", a.is), a.row), (format!("{:?}", b.is), b.row));
        }
        // The next quarter of the same survey belongs to the source that is there.
        std::fs::copy(folder.path().join("visitors.csv"), folder.path().join("spring.csv")).unwrap();
        let next = draft::draft(folder.path(), Options { add: true, csv }).unwrap();
        assert!(
            draft::account(&next).contains("spring.csv has the columns of [source.visitors]"),
            "{}",
            draft::account(&next)
        );
        assert!(next.files.is_empty());
    }
}

#[test]
fn a_workbook_codebook_keeps_what_excel_would_break() {
    let rows: String = (0..12).map(|i| format!("{},x{i}\n", ["10-14", "15-19", "20-24"][i % 3])).collect();
    let folder = folder_with(&[("ages.csv", &format!("How old are you?,What did you like?\n{rows}"))]);
    init(folder.path(), Options::default());
    let spec = load(folder.path());
    let options = spec.sources[0].columns.iter().find_map(|r| match &r.is {
        Is::Question(q) => q.answers.options().map(|o| o.list.clone()),
        _ => None,
    });
    assert_eq!(options.unwrap(), ["10-14", "15-19", "20-24"]);
    let first = draft::draft(folder_with(&[("ages.csv", &rows)]).path(), Options::default());
    drop(first);
    let twice = |_| {
        let folder = folder_with(&[("ages.csv", &format!("How old are you?,What did you like?\n{rows}"))]);
        draft::draft(folder.path(), Options::default()).unwrap().files.remove(1).bytes
    };
    assert!(twice(0) == twice(1), "the same folder gives the same bytes");
}

fn cells() -> impl Strategy<Value = String> {
    const CELLS: [&str; 40] = [
        "",
        "",
        "Yes",
        "No",
        "Date",
        "Site",
        "Library",
        "2008-04",
        "2023-1",
        "12%",
        "13/02/2012",
        "8:45:00",
        "a | b",
        "||",
        "(other)",
        "(othr)",
        "(none)",
        "(months)",
        "@agree-5",
        "@x",
        "Agree",
        "Strongly agree",
        "14-Oct",
        "1.0E+11",
        "=1+1",
        "session",
        "sesion",
        "E-mail",
        "a@b.org",
        "NE1 4XF",
        "x;y;",
        "Other (please specify)",
        "Response",
        "What do you think?",
        "Do you...",
        "é\u{a0}",
        "Participant",
        "Joined",
        "name",
        "\u{feff}",
    ];
    prop_oneof![8 => proptest::sample::select(CELLS.to_vec()).prop_map(str::to_string), 1 => "\\PC{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever a table holds, its draft can be read back without an edit.
    #[test]
    fn every_draft_reads_back(width in 1usize..6, rows in proptest::collection::vec(proptest::collection::vec(cells(), 6), 1..12), csv in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = csv::Writer::from_path(folder.path().join("table.csv")).unwrap();
        for row in &rows {
            writer.write_record(&row[..width]).unwrap();
        }
        writer.flush().unwrap();
        if let Ok(draft) = draft::draft(folder.path(), Options { csv, ..Options::default() }) {
            for file in &draft.files {
                std::fs::write(folder.path().join(&file.name), &file.bytes).unwrap();
            }
            if draft.found.iter().any(|f| f.kind.is_some()) {
                let loaded = spec::load(folder.path());
                prop_assert!(loaded.is_ok(), "{}\n{}", told(&loaded.unwrap_err()), draft::account(&draft));
            }
        }
    }
}

/// The two commands a new user types: both end well, on exports nobody here made, without an edit between them.
#[test]
fn init_then_check_ends_well_on_newcastle() {
    let Some(samples) = support::samples() else { return };
    let folder = tempfile::tempdir().unwrap();
    support::copy_tree(&samples.join("newcastle"), folder.path());
    let at = folder.path().to_str().unwrap();
    let drafted = support::reach(&["init", at]);
    assert_eq!(drafted.exit, Some(0), "{}", drafted.stderr);
    assert!(drafted.stdout.contains("counts [visits]: 194 columns are headed by months"), "{}", drafted.stdout);
    let spec = folder.path().join("reach.toml");
    let checked = support::reach(&["check", spec.to_str().unwrap()]);
    assert_eq!(checked.exit, Some(0), "{}", checked.stderr);
    for sentence in [
        "80,752 of 80,752 rows count",
        "surveymonkey, 2 header rows",
        "925 rows would lie before",
        "site,Cruddas Park,Cruddas",
        "4,374 rows have 25 August 1996",
    ] {
        assert!(
            format!("{}{}", checked.stdout, checked.stderr).contains(sentence),
            "{sentence}:\n{}\n{}",
            checked.stdout,
            checked.stderr
        );
    }
    let again = support::reach(&["init", at]);
    assert_eq!(again.exit, Some(20), "{}", again.stderr);
    assert!(again.stderr.contains("--add"));
    let added = support::reach(&["init", at, "--add"]);
    assert_eq!(added.exit, Some(0), "{}", added.stderr);
    assert!(added.stdout.contains("nothing new"), "{}", added.stdout);
}
