//! Bad input: a clear message, its exit code, and the old release untouched.

use crate::support::{Programme, Ran, reach};

/// Publishes, spoils something, runs again: gives how that run ended, having proved that the report of before still stands.
fn spoiled(spoil: impl FnOnce(&Programme)) -> Ran {
    let programme = Programme::new();
    let first = reach(&["run", &programme.spec()]);
    assert_eq!(first.exit, Some(0), "{}", first.stderr);
    let before = programme.home().join("current").read_link().unwrap();
    spoil(&programme);
    let ran = reach(&["run", &programme.spec()]);
    let after = programme.home().join("current").read_link().unwrap();
    assert_eq!(before, after, "the old release stays current");
    let release = programme.home().join(after);
    assert_eq!(reach::publish::verify(&release), Vec::<String>::new());
    assert_eq!(ran.stdout, "", "nothing to pipe");
    assert!(ran.stderr.contains("Nothing was published"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    let checked = reach(&["check", &programme.spec()]);
    assert_eq!(checked.exit, ran.exit, "check exits as run does: {}", checked.stderr);
    ran
}

#[track_caller]
fn says(ran: &Ran, exit: i32, words: &[&str]) {
    assert_eq!(ran.exit, Some(exit), "{}", ran.stderr);
    for word in words {
        assert!(ran.stderr.contains(word), "{word:?} is not in:\n{}", ran.stderr);
    }
    assert!(ran.stderr.contains('→'), "the one thing to do is missing:\n{}", ran.stderr);
}

#[test]
fn a_missing_file() {
    says(&spoiled(|p| std::fs::remove_file(p.file("visits.csv")).unwrap()), 13, &["visits.csv"]);
}

#[test]
fn an_empty_file() {
    says(&spoiled(|p| p.write("visits.csv", "")), 10, &["visits.csv", "empty"]);
}

#[test]
fn a_header_and_no_rows() {
    says(&spoiled(|p| p.edit("visits.csv", |t| format!("{}\n", t.lines().next().unwrap()))), 10, &["visits.csv"]);
}

#[test]
fn a_binary_file() {
    let spoil = |p: &Programme| {
        let bytes: Vec<u8> = (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        std::fs::write(p.file("visits.csv"), bytes).unwrap();
    };
    says(&spoiled(spoil), 10, &["visits.csv"]);
}

#[test]
fn a_column_that_the_codebook_names_and_the_file_lacks() {
    says(
        &spoiled(|p| p.edit("codebook.csv", |t| t.replace("visitors,Enjoyed?", "visitors,Enjoyd?"))),
        78,
        &["Enjoyd?"],
    );
}

#[test]
fn a_misspelt_key_in_the_spec() {
    says(
        &spoiled(|p| p.edit("reach.toml", |t| t.replace("kind   = \"counts\"", "knid   = \"counts\""))),
        78,
        &["knid", "kind"],
    );
}

#[test]
fn an_unclosed_quote() {
    says(&spoiled(|p| p.edit("visitors.csv", |t| t.replacen("Yes", "\"Yes", 1))), 10, &["visitors.csv", "quot"]);
}

#[test]
fn rows_longer_than_their_header() {
    let spoil = |p: &Programme| {
        p.edit("visitors.csv", |text| {
            let row = |(n, line): (usize, &str)| {
                if n % 5 == 1 { format!("{line},{n},more {n}\n") } else { format!("{line}\n") }
            };
            text.lines().enumerate().map(row).collect()
        });
    };
    says(&spoiled(spoil), 10, &["visitors.csv"]);
}

#[test]
fn dates_that_could_be_read_two_ways() {
    let spoil = |p: &Programme| {
        p.edit("reach.toml", |t| t.replace("dates", "# dates"));
        p.edit("visitors.csv", |t| {
            t.lines()
                .enumerate()
                .map(|(n, line)| {
                    match line.split_once(',').and_then(|(id, rest)| Some((id, rest.split_once(',')?.1))) {
                        Some((id, rest)) if n > 0 => format!("{id},0{}/0{}/2025,{rest}\n", 5 + n % 3, 6 + n % 2),
                        _ => format!("{line}\n"),
                    }
                })
                .collect()
        });
    };
    says(&spoiled(spoil), 10, &["visitors.csv", "Date"]);
}

#[test]
fn a_workbook_behind_a_password() {
    let Some(samples) = crate::support::samples() else { return };
    let spoil = |p: &Programme| {
        std::fs::copy(samples.join("excel/password-protected.xlsx"), p.file("visits.xlsx")).unwrap();
        p.edit("reach.toml", |t| t.replace("visits.csv", "visits.xlsx"));
    };
    says(&spoiled(spoil), 10, &["visits.xlsx", "password"]);
}

#[test]
fn a_folder_a_dangling_link_and_a_pipe_in_place_of_a_file() {
    let replace = |with: fn(&std::path::Path)| {
        spoiled(move |p| {
            std::fs::remove_file(p.file("visits.csv")).unwrap();
            with(&p.file("visits.csv"));
        })
    };
    says(&replace(|path| std::fs::create_dir(path).unwrap()), 10, &["visits.csv", "folder"]);
    says(&replace(|path| std::os::unix::fs::symlink("/nowhere/at/all", path).unwrap()), 10, &["visits.csv", "link"]);
    let pipe = |path: &std::path::Path| {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    says(&replace(pipe), 10, &["visits.csv", "pipe"]);
}

#[test]
fn an_optional_source_that_is_missing_is_said_and_the_rest_is_published() {
    let programme = Programme::new();
    programme.edit("reach.toml", |t| t.replace("counts = \"visits\"", "counts = \"visits\"\noptional = true"));
    std::fs::remove_file(programme.file("visits.csv")).unwrap();
    let ran = reach(&["run", &programme.spec()]);
    assert_eq!(ran.exit, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("visits"), "{}", ran.stderr);
    assert!(programme.home().join("current/public/report.html").is_file());
}

#[test]
fn no_spec_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let ran = reach(&["run", folder.path().join("reach.toml").to_str().unwrap()]);
    assert!(matches!(ran.exit, Some(13 | 78)), "{:?} {}", ran.exit, ran.stderr);
    assert!(!folder.path().join(".reach").exists(), "nothing is made where there is no programme");
}
