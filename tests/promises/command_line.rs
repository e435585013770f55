//! The command line keeps its word: exit codes, help, the demo.

use crate::support::{page_is_true, reach};

#[test]
fn the_page_of_exit_codes_is_made_from_the_program() {
    page_is_true("docs/exit-codes.md", &reach::cli::args::exit_page());
}

#[test]
fn the_page_on_privacy_is_made_from_the_program() {
    page_is_true("docs/privacy.md", &reach::cli::privacy::page());
}

#[test]
fn a_wrong_command_line_ends_with_64_and_writes_nothing_to_standard_output() {
    for args in [&["fly"][..], &["demo"], &["demo", "x", "--seed", "many"], &["help", "nonsense"], &[]] {
        let ran = reach(args);
        assert_eq!(ran.exit, Some(64), "{args:?}");
        assert_eq!(ran.stdout, "", "{args:?}");
        assert!(!ran.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn each_command_s_help_has_an_example_and_the_exit_codes() {
    let general = reach(&["--help"]);
    assert_eq!(general.exit, Some(0));
    let commands: Vec<String> = general
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    assert!(commands.contains(&"demo".to_owned()), "{commands:?}");
    for command in commands {
        for ran in [reach(&[&command, "--help"]), reach(&["help", &command])] {
            assert_eq!(ran.exit, Some(0), "{command}");
            assert!(ran.stdout.contains("Example:"), "{command}");
            for line in reach::exit::EXITS {
                assert!(ran.stdout.contains(&format!("{:>3}  ", line.exit.code())), "{command}: {}", line.exit.code());
            }
        }
    }
}

#[test]
fn the_demo_is_written_once_and_never_over_anything() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("a/harbourside");
    let target = target.to_str().unwrap();
    let ran = reach(&["demo", target, "--people", "40"]);
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    let spec = std::fs::read(folder.path().join("a/harbourside/reach.toml")).unwrap();
    std::fs::remove_file(folder.path().join("a/harbourside/codebook.csv")).unwrap();
    let again = reach(&["demo", target, "--people", "41"]);
    assert_eq!(again.exit, Some(20));
    assert!(again.stderr.contains("never overwritten"), "{}", again.stderr);
    assert!(
        !folder.path().join("a/harbourside/codebook.csv").exists(),
        "nothing is written if something stands in the way"
    );
    assert_eq!(std::fs::read(folder.path().join("a/harbourside/reach.toml")).unwrap(), spec);
}

#[test]
fn inspect_tells_what_a_file_is_and_shows_no_cell() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    std::fs::write(&path, "Name,E-mail,Joined\nZebedee Quux,zebedee@example.org,03/04/2025\nAda Onyx,,17/04/2025\n")
        .unwrap();
    let path = path.to_str().unwrap();
    for args in [&["inspect", path][..], &["inspect", path, "--format", "json"]] {
        let ran = reach(args);
        assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
        assert!(ran.stdout.contains("dd/dd/dddd") && ran.stdout.contains("E-mail"), "{}", ran.stdout);
        for secret in ["Zebedee", "zebedee", "Onyx", "2025"] {
            assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{secret}: {}", ran.stdout);
        }
    }
    let json: serde_json::Value = serde_json::from_str(&reach(&["inspect", path, "--format", "json"]).stdout).unwrap();
    assert_eq!(json["files"][0]["tables"][0]["rows"], 2);
    assert_eq!(json["files"][0]["tables"][0]["columns"][1]["values"]["blank"], 1);
    assert_eq!(reach(&["inspect", "/nowhere.csv"]).exit, Some(13));
}

#[test]
fn init_drafts_a_spec_that_runs_overwrites_nothing_and_adds_what_is_new() {
    let programme = crate::support::Programme::new();
    for name in ["reach.toml", "codebook.csv", "recodes.csv"] {
        std::fs::remove_file(programme.file(name)).unwrap();
    }
    let folder = programme.folder().to_str().unwrap();
    let ran = reach(&["init", folder, "--csv"]);
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("visits.csv") && ran.stdout.contains("counts"), "{}", ran.stdout);
    let checked = reach(&["check", folder]);
    assert_eq!(checked.exit, Some(0), "{}", checked.stderr);

    let spec = std::fs::read_to_string(programme.file("reach.toml")).unwrap();
    let again = reach(&["init", folder]);
    assert_eq!(again.exit, Some(20), "{}", again.stderr);
    assert!(!programme.file("codebook.xlsx").exists());
    assert_eq!(std::fs::read_to_string(programme.file("reach.toml")).unwrap(), spec);

    programme.write("reach.toml", &format!("{spec}# a note of mine\n"));
    programme.write("enquiries.csv", "Library,2025-04,2025-05\nBaltic,12,9\nHarbour,3,\n");
    let added = reach(&["init", folder, "--add"]);
    assert_eq!(added.exit, Some(0), "{}", added.stderr);
    let grown = std::fs::read_to_string(programme.file("reach.toml")).unwrap();
    assert!(grown.contains("# a note of mine") && grown.contains("enquiries.csv"), "{grown}");
    let checked = reach(&["check", folder]);
    assert_eq!(checked.exit, Some(0), "{}", checked.stderr);
    assert!(checked.stdout.contains("enquiries.csv"), "{}", checked.stdout);
}
