//! Promise: which responses count is never decided in silence. What the platform says of a response, how it was answered and what the
//! spec says of both is counted, printed, and can be decided otherwise.

use std::collections::BTreeMap;

use reach::clean::{Cleaned, RowKind, clean, row_kinds};
use reach::exit::Exit;
use reach::ledger::{Account, Flag, Reason};
use reach::problem::{Problem, Problems, Weight};

use crate::support::{Programme, reach, samples};

const SURVEY: &str = "[source.s]\nfiles = \"s*.csv\"\nkind = \"survey\"\nsample = \"self-selected\"\n";

/// Reads a programme of these files; a fault of the spec is given as it is told.
fn read(toml: &str, codebook: &str, recodes: &str, files: &[(&str, &str)]) -> Result<Cleaned, Problems> {
    let p = Programme::empty();
    p.write("reach.toml", &format!("[programme]\nname = \"P\"\nfrom = 2024-01-01\nto = 2024-12-31\n{toml}"));
    p.write("codebook.csv", &format!("source,column,is,type,options,class,outcome,text\n{codebook}"));
    p.write("recodes.csv", &format!("list,written,means,why\n{recodes}"));
    for (name, content) in files {
        p.write(name, content);
    }
    let spec = reach::spec::load(&p.file("reach.toml"))?;
    let cleaned = clean(reach::ingest::read(&spec), &spec, None);
    assert_eq!(cleaned.ledger.check(), Vec::<String>::new());
    Ok(cleaned)
}
fn one(c: &Cleaned) -> &Account {
    assert_eq!(c.ledger.accounts.len(), 1);
    &c.ledger.accounts[0]
}
fn problem<'a>(c: &'a Cleaned, code: &str) -> Option<&'a Problem> {
    c.problems.list.iter().find(|p| p.code == code)
}

#[test]
fn partial_responses_of_a_real_export_are_set_aside_and_can_count() {
    let Some(folder) = samples() else { return };
    let bytes = std::fs::read(folder.join("alchemer/jupyter-2015-surveyexport-partials.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(bytes.as_slice());
    let records: Vec<csv::StringRecord> = rows.records().map(|r| r.unwrap()).collect();
    let status = |r: &csv::StringRecord, word: &str| r.get(2) == Some(word);
    let partial = records.iter().filter(|r| status(r, "Partial")).count();
    let answers = |r: &csv::StringRecord| r.iter().skip(3).any(|cell| !cell.trim().is_empty());
    let silent = records.iter().filter(|r| !answers(r)).count();
    let options: std::collections::BTreeSet<&str> =
        records.iter().filter_map(|r| r.get(5)).filter(|c| !c.is_empty()).collect();
    let options: Vec<&str> = options.into_iter().collect();

    let p = Programme::empty();
    let toml = "[programme]\nname = \"Notebooks\"\nfrom = 2015-12-01\nto = 2016-01-31\n\n\
                [source.web]\nfiles = \"web.csv\"\nkind = \"survey\"\nsample = \"self-selected\"\n";
    p.write("reach.toml", toml);
    p.write(
        "codebook.csv",
        &format!(
            "source,column,is,type,options,class,outcome,text\nweb,Date Submitted,date,date,,,,\nweb,Time Started,(ignore),,,,,\n\
             web,Status,status,,,,,\nweb,Roughly how long have you been using Jupyter Notebook?,long,choice,{},,,\n\
             web,(others),(free text),,,,,\n",
            options.join(" | ")
        ),
    );
    std::fs::write(p.file("web.csv"), &bytes).unwrap();
    assert_eq!((records.len(), partial), (1706, 927));
    let told = reach(&["check", &p.spec()]);
    assert_eq!(told.exit, Some(0), "{}", told.stderr);
    let aside = records.iter().filter(|r| status(r, "Partial") || !answers(r)).count();
    let counted = 1706 - aside;
    assert!(
        told.stdout.contains(&format!("{counted} of 1,706 rows count; set aside: {aside} partial")),
        "{}",
        told.stdout
    );

    p.write("reach.toml", &format!("{toml}partial = \"count\"\n"));
    let told = reach(&["check", &p.spec()]);
    assert_eq!(told.exit, Some(0), "{}", told.stderr);
    let all = grouped(1706 - silent);
    assert!(told.stdout.contains(&format!("{all} of 1,706 rows count")), "{}", told.stdout);
    assert!(told.stdout.contains("rows, as the spec says: partial: count"), "{}", told.stdout);
}

#[test]
fn every_reason_can_be_decided_otherwise() {
    let csv = "ID,Status,OK\n1,Complete,Yes\n2,Test,Yes\n3,Spam,Yes\n4,Partial,No\n5,Disqualified,No\n6,Over quota,No\n\
               7,Not approved,No\n8,On hold,Yes\n9,Survey Preview,No\n10,Imported,Yes\n10,Imported,Yes\n11,Complete,\n12,Fertig,Yes\n";
    let book = "s,ID,response,id,,,,\ns,Status,status,,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let usual = read(SURVEY, book, "", &[("s.csv", csv)]).unwrap();
    let expected: BTreeMap<Reason, u64> = [
        (Reason::Test, 1),
        (Reason::Spam, 1),
        (Reason::Rejected, 1),
        (Reason::Duplicate, 1),
        (Reason::ScreenedOut, 2),
        (Reason::Partial, 2),
    ]
    .into();
    assert_eq!(one(&usual).by_reason(), expected);
    assert_eq!(one(&usual).flags.get(&Flag::OnHold), Some(&1));
    // A preview counts, and is asked about.
    let asked = problem(&usual, "preview-asked").unwrap();
    assert_eq!((asked.weight, asked.count, asked.exit), (Weight::Assumed, 1, Exit::Done));
    assert!(asked.message.starts_with("1 of 13 rows are survey previews"), "{}", asked.message);
    assert!(asked.hint.as_deref().unwrap().contains("preview = \"count\""));
    // A word that nobody knows is told, and a recode says what it means.
    assert_eq!(problem(&usual, "status-unknown").unwrap().count, 1);
    let told = read(SURVEY, book, "status,Fertig,complete,\n", &[("s.csv", csv)]).unwrap();
    assert!(problem(&told, "status-unknown").is_none());
    let told = read(SURVEY, book, "status,Fertig,partial,\n", &[("s.csv", csv)]).unwrap();
    assert_eq!(one(&told).by_reason().get(&Reason::Partial), Some(&3));

    for (setting, reason) in [
        ("test", Reason::Test),
        ("spam", Reason::Spam),
        ("rejected", Reason::Rejected),
        ("duplicate", Reason::Duplicate),
        ("screened_out", Reason::ScreenedOut),
    ] {
        for toml in [format!("{SURVEY}{setting} = \"count\"\n"), format!("{SURVEY}[rows]\n{setting} = \"count\"\n")] {
            let c = read(&toml, book, "", &[("s.csv", csv)]).unwrap();
            let mut without = expected.clone();
            without.remove(&reason);
            assert_eq!(one(&c).by_reason(), without, "{toml}");
        }
    }
    let c = read(&format!("{SURVEY}partial = \"count\"\n"), book, "", &[("s.csv", csv)]).unwrap();
    assert_eq!(one(&c).by_reason().get(&Reason::Partial), Some(&1), "the row without an answer");
    let c =
        read(&format!("{SURVEY}partial = \"count\"\nunanswered = \"count\"\n"), book, "", &[("s.csv", csv)]).unwrap();
    assert_eq!(one(&c).by_reason().get(&Reason::Partial), None);
    // The source's own word holds before that for all.
    let both = format!("{SURVEY}preview = \"count\"\n[rows]\npreview = \"set aside\"\n");
    let c = read(&both, book, "", &[("s.csv", csv)]).unwrap();
    assert!(problem(&c, "preview-asked").is_none() && one(&c).by_reason() == expected);
    let c = read(&format!("{SURVEY}[rows]\npreview = \"set aside\"\n"), book, "", &[("s.csv", csv)]).unwrap();
    assert_eq!((one(&c).by_reason().get(&Reason::Rule), one(&c).flags.get(&Flag::Preview)), (Some(&1), None));
    assert_eq!(problem(&c, "flag-set-aside").unwrap().count, 1);
}

#[test]
fn where_no_row_counts_the_way_out_is_named() {
    let book = "s,ID,response,id,,,,\ns,Status,status,,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let csv = "ID,Status,OK\n1,Survey Test,Yes\n2,Survey Test,Yes\n3,Partial,No\n";
    let c = read(SURVEY, book, "", &[("s.csv", csv)]).unwrap();
    let told = problem(&c, "no-rows").unwrap();
    assert_eq!(told.exit, Exit::Data);
    assert!(told.hint.as_deref().unwrap().contains("test = \"count\""), "{told:?}");
}

#[test]
fn a_question_called_status_says_nothing_of_its_row() {
    let csv = "ID,Status,OK\n1,Partial,Yes\n2,Test,Yes\n3,Spam,Yes\n";
    let book = "s,ID,response,id,,,,\ns,Status,marital,choice,Partial | Test | Spam,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let c = read(SURVEY, book, "", &[("s.csv", csv)]).unwrap();
    assert_eq!(one(&c).accepted, 3);
}

#[test]
fn what_was_not_sent_off_is_partial() {
    let book = "s,Done,finished,,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    for (yes, no) in [("True", "False"), ("1", "0"), ("Wahr", "Falsch"), ("Oui", "Non"), ("Completed", "Incomplete")] {
        let csv = format!("Done,OK\n{yes},Yes\n{no},Yes\n{no},No\n");
        let c = read(SURVEY, book, "", &[("s.csv", &csv)]).unwrap();
        assert_eq!(one(&c).by_reason(), [(Reason::Partial, 2)].into(), "{yes} {no}");
    }
    let book = "s,How far,progress,,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let c = read(SURVEY, book, "", &[("s.csv", "How far,OK\n100,Yes\n99,Yes\n12,No\n")]).unwrap();
    assert_eq!(one(&c).by_reason(), [(Reason::Partial, 2)].into());
}

/// A table as a platform gives it, without any codebook.
fn table(columns: &[(&str, Option<&'static str>, bool, &[&str])]) -> reach::ingest::Table {
    let columns = columns
        .iter()
        .zip(0u32..)
        .map(|((header, system, sent, cells), position)| {
            let mut texts = reach::ingest::Texts::new();
            let codes = (0u32..).zip(*cells).map(|(row, cell)| texts.push(cell, row)).collect();
            let header = vec![(*header).to_owned()];
            reach::ingest::Column { header, system: *system, sent: *sent, position, codes, texts, ..Default::default() }
        })
        .collect::<Vec<_>>();
    let rows = columns.first().map_or(0, |c: &reach::ingest::Column| c.codes.len());
    reach::ingest::Table { platform: "qualtrics", header_rows: 1, columns, rows, ..Default::default() }
}

#[test]
fn inspect_counts_rows_by_kind() {
    use RowKind::*;
    let status: &[&str] = &["0", "1", "8", "9", "0", "2", "4", "4"];
    let finished: &[&str] = &["1", "1", "1", "1", "0", "1", "1", "0"];
    let kinds = |columns: &[_]| row_kinds(&table(columns));
    let both = kinds(&[("Status", Some("status"), false, status), ("Finished", Some("finished"), false, finished)]);
    assert_eq!(both, [(Spam, 2), (Test, 1), (Preview, 1), (Partial, 2), (Imported, 1), (Complete, 1)].into());
    // A column that is no system column says nothing, whatever it is called.
    assert_eq!(kinds(&[("Status", None, false, status)]), BTreeMap::new());
    let sent = kinds(&[("submitdate", Some("date"), true, &["2024-03-01 10:00:00", "", "2024-03-02 11:00:00"])]);
    assert_eq!(sent, [(Partial, 1), (Complete, 2)].into());
    // What the platform calls complete is so without the day of sending, too.
    let word: &[&str] = &["Complete", "Partial", ""];
    let day: &[&str] = &["", "", "2024-03-01"];
    let both = kinds(&[("Status", Some("status"), false, word), ("Ended", Some("date"), true, day)]);
    assert_eq!(both, [(Partial, 1), (Complete, 2)].into());
    // Dates that were removed before publishing do not make every response partial.
    assert_eq!(kinds(&[("submitdate", Some("date"), true, &["", "", ""])]), BTreeMap::new());
}

#[test]
fn who_is_to_be_erased_is_erased_everywhere_and_named_nowhere() {
    let csv = "ID,Mail,OK\n0012,a@example.org,Yes\n13,B.Person@Example.org,Yes\n14,c@example.net,No\n";
    let book = "s,ID,response,id,,,,\ns,Mail,email,,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let toml = format!("{SURVEY}[rows]\nerased = \"erased.csv\"\n");
    let list = "response,email,note\n0012,,asked in May\n,b.person@example.org,\n";
    let c = read(&toml, book, "", &[("s.csv", csv), ("erased.csv", list)]).unwrap();
    assert_eq!(one(&c).by_reason(), [(Reason::Erased, 2)].into());
    let said = format!("{:?}", c.problems.list);
    assert!(!said.contains("person@") && !said.contains("0012"), "{said}");
    for (list, says) in [("who\n13\n", "spec-column"), ("note\nx\n", "spec-erased")] {
        let told = read(&toml, book, "", &[("s.csv", csv), ("erased.csv", list)]).unwrap_err();
        assert_eq!(told.stop(), Some(Exit::Spec));
        assert!(told.list.iter().any(|p| p.code == says), "{told:?}");
    }
    let told = read(&toml, book, "", &[("s.csv", csv)]).unwrap_err();
    assert_eq!(told.stop(), Some(Exit::Spec), "a list that is not there is no empty list");
}

#[test]
fn a_rule_of_the_spec_sets_rows_aside() {
    let csv = "ID,Venue,OK\n1,Head office,Yes\n2,HEAD OFFICE ,No\n3,Baltic,Yes\n4,,No\n5,Harbour,No\n";
    let book = "s,ID,response,id,,,,\ns,Venue,site,,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    for (rule, n) in [
        ("{ column = \"venue\", is = \"Head office\", why = \"staff\" }", 2),
        ("{ column = \"Venue\", is = [\"Head office\", \"Baltic\"] }", 3),
        ("{ column = \"Venue\", is = \"(blank)\" }", 1),
        ("{ column = \"Venue\", is_not = [\"Baltic\", \"Harbour\"] }", 3),
        ("{ column = \"Venue\", is = \"Baltic\" }, { column = \"OK\", is = \"No\" }", 4),
    ] {
        let c = read(&format!("{SURVEY}set_aside = [{rule}]\n"), book, "", &[("s.csv", csv)]).unwrap();
        assert_eq!(one(&c).by_reason().get(&Reason::Rule), Some(&n), "{rule}");
    }
    let c = read(&format!("{SURVEY}set_aside = [{{ column = \"Venu\", is = \"x\" }}]\n"), book, "", &[("s.csv", csv)]);
    assert_eq!(c.unwrap().problems.stop(), Some(Exit::Spec));
    for wrong in [
        "[\"Venue\"]",
        "[{ is = \"x\" }]",
        "[{ column = \"Venue\" }]",
        "[{ column = \"Venue\", was = \"x\", is = \"y\" }]",
    ] {
        let told = read(&format!("{SURVEY}set_aside = {wrong}\n"), book, "", &[("s.csv", csv)]).unwrap_err();
        assert_eq!(told.stop(), Some(Exit::Spec), "{wrong}");
    }
    for wrong in ["partial = \"drop\"\n", "partial = true\n", "previews = \"count\"\n", "reverse = [\"nothing\"]\n"] {
        let told = read(&format!("{SURVEY}{wrong}"), book, "", &[("s.csv", csv)]).unwrap_err();
        assert_eq!(told.stop(), Some(Exit::Spec), "{wrong}");
    }
}

#[test]
fn a_register_is_looked_at_by_rules_in_columns_that_the_codebook_ignores() {
    let toml =
        "[source.r]\nfiles = \"r.csv\"\nkind = \"attendance\"\nset_aside = [{ column = \"Kind\", is = \"staff\" }]\n";
    let book = "r,Who,person,id,,,,\nr,Session,session,id,,,,\nr,(others),(ignore),,,,,\n";
    let c = read(toml, book, "", &[("r.csv", "Who,Session,Kind\n7,A,visitor\n8,A,staff\n9,A,\n")]).unwrap();
    assert_eq!(one(&c).by_reason(), [(Reason::Rule, 1)].into());
    let told = read(
        &toml.replace("set_aside = [{ column = \"Kind\", is = \"staff\" }]", "partial = \"count\""),
        book,
        "",
        &[],
    );
    assert_eq!(told.unwrap_err().stop(), Some(Exit::Spec), "a setting for surveys only");
}

#[test]
fn very_fast_responses_are_flagged() {
    let book = "s,ID,response,id,,,,\ns,Seconds,duration,number,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let rows = |times: &[u32]| {
        let lines = times.iter().enumerate().map(|(n, s)| format!("{n},{s},Yes\n"));
        format!("ID,Seconds,OK\n{}", lines.collect::<String>())
    };
    // The median is 300: 99 is under a third of it, 100 is not.
    let mut times = vec![300; 19];
    times.extend([99, 100, 5]);
    let c = read(SURVEY, book, "", &[("s.csv", &rows(&times))]).unwrap();
    assert_eq!((one(&c).flags.get(&Flag::TooFast), one(&c).accepted), (Some(&2), 22));
    let c = read(&format!("{SURVEY}too_fast = \"set aside\"\n"), book, "", &[("s.csv", &rows(&times))]).unwrap();
    assert_eq!(one(&c).by_reason(), [(Reason::Rule, 2)].into());
    let c =
        read(&format!("{SURVEY}[advanced]\ntoo_fast_share = 0.5\n"), book, "", &[("s.csv", &rows(&times))]).unwrap();
    assert_eq!(one(&c).flags.get(&Flag::TooFast), Some(&3));
    // Of a few responses no median is taken.
    let c = read(SURVEY, book, "", &[("s.csv", &rows(&times[10..]))]).unwrap();
    assert_eq!(one(&c).flags.get(&Flag::TooFast), None);
}

#[test]
fn the_same_answer_all_the_way_down_is_flagged() {
    let items = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let book: String = items.iter().map(|i| format!("s,{i},item {i},scale,@agree-5,,,\n")).collect();
    let line = |answers: [&str; 8]| format!("{}\n", answers.join(","));
    let mut varied = ["Agree"; 8];
    varied[3] = "Disagree";
    let mut gap = ["Agree"; 8];
    gap[3] = "";
    let csv = format!(
        "{}\n{}{}{}{}{}",
        items.join(","),
        line(["Agree"; 8]),
        line(["agree "; 8]),
        line(varied),
        line(gap),
        line(["Neither agree nor disagree"; 8])
    );
    let c = read(SURVEY, &book, "", &[("s.csv", &csv)]).unwrap();
    assert_eq!(one(&c).flags.get(&Flag::StraightLined), Some(&3), "{:?}", c.problems.list);
    // With an item that is worded the other way round the middle contradicts nothing.
    let c = read(&format!("{SURVEY}reverse = \"item c\"\n"), &book, "", &[("s.csv", &csv)]).unwrap();
    assert_eq!(one(&c).flags.get(&Flag::StraightLined), Some(&2));
    let c = read(&format!("{SURVEY}[advanced]\nstraight_lined_items = 9\n"), &book, "", &[("s.csv", &csv)]).unwrap();
    assert_eq!(one(&c).flags.get(&Flag::StraightLined), None);
}

#[test]
fn almost_the_same_response_within_a_minute_is_flagged() {
    let items = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let mut book = String::from("s,When,date,date,,,,\ns,ID,response,id,,,,\n");
    book.extend(items.iter().map(|i| format!("s,{i},item {i},choice,x | y | z,,,\n")));
    let csv = "ID,When,a,b,c,d,e,f,g,h\n\
               1,2024-03-01 10:00:10,x,y,x,y,x,y,x,y\n\
               2,2024-03-01 10:00:50,x,y,x,y,x,y,x,z\n\
               3,2024-03-01 10:01:09,x,y,x,y,x,y,z,z\n\
               4,2024-03-01 10:05:00,x,y,x,y,x,y,x,y\n\
               5,2024-03-02,x,y,x,y,x,y,x,y\n\
               6,2024-03-02,x,y,x,y,x,y,x,y\n";
    let c = read(SURVEY, &book, "", &[("s.csv", csv)]).unwrap();
    // 2 differs from 1 in one answer, 3 from 2; 4 came later; of days without a time nothing is known.
    assert_eq!(one(&c).flags.get(&Flag::NearDuplicate), Some(&2), "{:?}", one(&c).flags);
    assert_eq!(one(&c).accepted, 6);
}

#[test]
fn the_account_says_what_becomes_of_rows() {
    let p = Programme::new();
    let told = reach(&["check", &p.spec()]);
    assert!(told.stdout.contains("set aside: test, spam, rejected"), "{}", told.stdout);
    assert!(told.stdout.contains("counted, and flagged: preview"), "{}", told.stdout);
    let help = reach(&["help", "rows"]);
    assert_eq!((help.exit, help.stdout), (Some(0), reach::spec::rows::help()));
}

/// 1706 as `1,706`.
fn grouped(n: usize) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}

#[test]
fn platforms_say_it_in_their_own_columns() {
    // No role is given to any column: the platform is recognised, and what it says of its responses holds.
    let smart = "UserID,UserNo,Name,Email,IP Address,Unique ID,Started,Ended,Tracking,Did you enjoy it?\n,,,,,,,,,Answer\n\
                 101,1,,,,a,01/05/2024 10:00:00,01/05/2024 10:05:00,,Yes\n102,2,,,,b,02/05/2024 10:00:00,,,No\n\
                 103,3,,,,c,13/05/2024 10:00:00,13/05/2024 10:05:00,,No\n";
    let lime = "\"id\",\"submitdate\",\"lastpage\",\"startlanguage\",\"seed\",\"Q1\"\n\"1\",\"2024-05-01 10:00:00\",\"3\",\"en\",\"77\",\"Yes\"\n\
                \"2\",\"\",\"1\",\"en\",\"78\",\"No\"\n\"3\",\"2024-05-02 10:00:00\",\"3\",\"en\",\"79\",\"No\"\n";
    let qualtrics = "StartDate,EndDate,Status,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,Q1\n\
        Start Date,End Date,Response Type,Progress,Duration (in seconds),Finished,Recorded Date,Response ID,Did you enjoy it?\n\
        \"{\"\"ImportId\"\":\"\"startDate\"\"}\",\"{\"\"ImportId\"\":\"\"endDate\"\"}\",\"{\"\"ImportId\"\":\"\"status\"\"}\",\"{\"\"ImportId\"\":\"\"progress\"\"}\",\"{\"\"ImportId\"\":\"\"duration\"\"}\",\"{\"\"ImportId\"\":\"\"finished\"\"}\",\"{\"\"ImportId\"\":\"\"recordedDate\"\"}\",\"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\"\n\
        2024-05-01 10:00:00,2024-05-01 10:05:00,IP Address,100,300,True,2024-05-01 10:05:01,R_1aaaaaaaaaaaaa,Yes\n\
        2024-05-01 11:00:00,2024-05-01 11:05:00,Survey Preview,100,300,True,2024-05-01 11:05:01,R_2aaaaaaaaaaaaa,Yes\n\
        2024-05-01 12:00:00,2024-05-01 12:05:00,IP Address,40,300,False,2024-05-01 12:05:01,R_3aaaaaaaaaaaaa,No\n";
    for (name, text, question, partial, previews) in [
        ("smartsurvey", smart, "Did you enjoy it?", 1, None),
        ("limesurvey", lime, "Q1", 1, None),
        ("qualtrics", qualtrics, "Did you enjoy it?", 1, Some(&1)),
    ] {
        let book = format!("s,{question},ok,choice,Yes | No,,,\n");
        let c = read(SURVEY, &book, "", &[("s.csv", text)]).unwrap();
        assert_eq!(c.problems.stop(), None, "{name}: {:?}", c.problems.list);
        assert_eq!(one(&c).by_reason(), [(Reason::Partial, partial)].into(), "{name}: {:?}", c.problems.list);
        assert_eq!(one(&c).flags.get(&Flag::Preview), previews, "{name}");
    }
}

/// A programme with a second survey in this file, required or optional.
fn with_extra(file: &str, bytes: &[u8], optional: bool) -> Programme {
    let p = Programme::new();
    let line = if optional { "optional = true\n" } else { "" };
    p.edit("reach.toml", |t| {
        format!("{t}\n[source.extra]\nfiles = \"{file}\"\nkind = \"survey\"\nsample = \"self-selected\"\ndate = 2025-05-01\n{line}")
    });
    p.edit("codebook.csv", |t| format!("{t}extra,A,a,choice,x | y,,,\nextra,(others),(ignore),,,,,\n"));
    std::fs::write(p.file(file), bytes).unwrap();
    p
}

#[test]
fn a_source_that_cannot_be_used_holds_the_run_unless_it_is_optional() {
    let mut cases: Vec<(&str, Vec<u8>)> = vec![
        ("extra.csv", b"$FL2@(#) SPSS DATA FILE".repeat(20).to_vec()),
        ("extra.csv", b"A,B\n\"x,1\ny,2\n".to_vec()),
        ("extra.csv", b"A\n".to_vec()),
        ("extra.xlsx", b"PK\x03\x04 and nothing more".to_vec()),
        ("extra.ods", b"PK\x03\x04 and nothing more".to_vec()),
        ("extra.xlsb", b"PK\x03\x04 and nothing more".to_vec()),
        ("extra.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing more".to_vec()),
    ];
    if let Some(folder) = samples() {
        for kind in ["xlsx", "xls", "ods"] {
            let bytes = std::fs::read(folder.join(format!("excel/password-protected.{kind}"))).unwrap();
            cases.push(match kind {
                "xlsx" => ("extra.xlsx", bytes),
                "xls" => ("extra.xls", bytes),
                _ => ("extra.ods", bytes),
            });
        }
    }
    for (file, bytes) in cases {
        let required = reach(&["check", &with_extra(file, &bytes, false).spec()]);
        assert_eq!(required.exit, Some(10), "{file}: {}", required.stderr);
        let p = with_extra(file, &bytes, true);
        let left_out = reach(&["check", &p.spec()]);
        assert_eq!(left_out.exit, Some(3), "{file}: {}", left_out.stderr);
        assert!(left_out.stderr.contains("extra"), "{file}: {}", left_out.stderr);
    }
    let p = with_extra("extra.xlsx", b"PK\x03\x04 and nothing more", true);
    let ran = reach(&["run", &p.spec()]);
    assert_eq!(ran.exit, Some(3), "{}", ran.stderr);
    let page = std::fs::read_to_string(p.home().join("current/public/report.html")).unwrap();
    assert!(page.contains("The source extra could not be used for this report."));
}

#[test]
fn flagged_rows_are_listed_for_those_who_may_see_them() {
    let p = Programme::new();
    p.edit("codebook.csv", |t| format!("{t}visitors,Status,status,,,,,\n"));
    p.edit("visitors.csv", |t| {
        let word = |n: usize| {
            if n == 0 {
                "Status"
            } else if n % 10 == 3 {
                "Survey Preview"
            } else {
                "Complete"
            }
        };
        t.lines().enumerate().map(|(n, line)| format!("{line},{}\n", word(n))).collect()
    });
    assert_eq!(reach(&["run", &p.spec()]).exit, Some(0));
    let inside = p.home().join("current/internal");
    let list = std::fs::read_to_string(inside.join("flagged.csv")).unwrap();
    let rows: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
    assert_eq!(rows, ["4", "14", "24", "34"], "{list}");
    let page = std::fs::read_to_string(inside.join("quality.html")).unwrap();
    assert!(page.contains("a preview, says the survey platform"));
}

#[test]
fn a_new_spelling_on_a_later_night_is_listed_and_not_guessed() {
    let p = Programme::new();
    assert_eq!(reach(&["run", &p.spec()]).exit, Some(0));
    // The next night two people wrote the place and the answer in another way.
    p.edit("visitors.csv", |t| format!("{t}2001,02/05/2025,Harbor,Yess\n2002,03/05/2025,Harbor,Yes\n"));
    for command in ["check", "run"] {
        let told = reach(&[command, &p.spec()]);
        assert_eq!(told.exit, Some(0), "{}", told.stderr);
        // Too short to say what was meant: where it stands, and no text of it.
        assert!(told.stderr.contains("1 answer to `enjoyed`: none of its options"), "{command}: {}", told.stderr);
        assert!(!told.stderr.contains("Yess"), "{command}: {}", told.stderr);
        assert!(told.stderr.contains("Harbor"), "{command}: {}", told.stderr);
    }
    let spec = reach::spec::load(&p.file("reach.toml")).unwrap();
    let c = clean(reach::ingest::read(&spec), &spec, None);
    let visitors = c.ledger.accounts.iter().find(|a| a.file == "visitors.csv").unwrap();
    let unreadable: u64 = visitors.values.iter().map(|v| v.unreadable).sum();
    assert_eq!((visitors.accepted, unreadable), (42, 1));
}

#[test]
fn a_question_none_of_whose_answers_is_an_option_stops_and_names_the_codebooks_row() {
    let rows: String = (0..12).map(|i| format!("2024-05-{:02},{}\n", i + 1, i % 2)).collect();
    let file = format!("Date,Been before?\n{rows}");
    let book = "s,Date,date,date,,,,\ns,Been before?,before,choice,Yes | No,,,\n";
    let c = read(SURVEY, book, "", &[("s.csv", &file)]).unwrap();
    let told = problem(&c, "no-answer-fits").expect("twelve answers, none of them an option");
    assert_eq!((told.weight, told.exit, told.count), (Weight::Stops, Exit::Spec, 12));
    assert!(told.hint.as_deref().is_some_and(|hint| hint.contains("row 3")), "{:?}", told.hint);
    // One that fits shows that the list is the question's: the others are said, and the run goes on.
    let c = read(SURVEY, book, "", &[("s.csv", &format!("{file}2024-06-01,Yes\n"))]).unwrap();
    assert!(problem(&c, "no-answer-fits").is_none() && problem(&c, "answer-unknown").is_some());
    // So does a line of recodes.
    let c = read(SURVEY, book, "before,1,Yes,\nbefore,0,No,\n", &[("s.csv", &file)]).unwrap();
    assert!(problem(&c, "no-answer-fits").is_none() && problem(&c, "answer-unknown").is_none());
}
