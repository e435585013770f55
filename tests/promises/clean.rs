//! Promise: every column is read as a whole, every row is accounted for, and nothing is guessed in silence.

use std::path::Path;

use reach::clean::{Answer, CleanTable, Cleaned, ColumnValues, QuestionAnswers, clean};
use reach::ledger::{Account, Flag, Reason};
use reach::problem::{Problem, Weight};
use reach::spec::{Role, Spec};

use crate::support::newcastle;

/// Reads and cleans what the spec in this folder declares; the ledger must balance.
fn cleaned(folder: &Path) -> (Spec, Cleaned) {
    let spec = reach::spec::load(&folder.join("reach.toml")).unwrap();
    let cleaned = clean(reach::ingest::read(&spec), &spec, None);
    assert_eq!(cleaned.ledger.check(), Vec::<String>::new());
    (spec, cleaned)
}

/// Cleans a programme of one source, written as files of these names and contents.
pub fn programme(toml: &str, codebook: &str, recodes: &str, files: &[(&str, &str)]) -> Cleaned {
    let folder = tempfile::tempdir().unwrap();
    let head = "[programme]\nname = \"P\"\nfrom = 2024-01-01\nto = 2024-12-31\n";
    std::fs::write(folder.path().join("reach.toml"), format!("{head}{toml}")).unwrap();
    std::fs::write(
        folder.path().join("codebook.csv"),
        format!("source,column,is,type,options,class,outcome,text\n{codebook}"),
    )
    .unwrap();
    std::fs::write(folder.path().join("recodes.csv"), format!("list,written,means,why\n{recodes}")).unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    cleaned(folder.path()).1
}

pub fn account<'a>(c: &'a Cleaned, file: &str) -> &'a Account {
    c.ledger.accounts.iter().find(|a| a.file.ends_with(file)).unwrap()
}
pub fn table<'a>(c: &'a Cleaned, file: &str) -> &'a CleanTable {
    let at = c.ledger.accounts.iter().position(|a| a.file.ends_with(file)).unwrap();
    c.tables.iter().find(|t| t.account == at).unwrap()
}
pub fn problem<'a>(c: &'a Cleaned, code: &str) -> Option<&'a Problem> {
    c.problems.list.iter().find(|p| p.code == code)
}
fn blanks(a: &Account) -> u64 {
    a.values.iter().map(|v| v.blank).sum()
}
fn zeros(t: &CleanTable) -> usize {
    let zero = |c: &reach::clean::CleanColumn| match &c.values {
        ColumnValues::Numbers(v) => {
            c.codes.iter().filter(|&&code| v[code as usize].answered().is_some_and(|d| d.digits == 0)).count()
        }
        _ => 0,
    };
    t.columns.iter().map(zero).sum()
}
pub fn choice<'a>(t: &'a CleanTable, key: &str) -> (&'a [String], &'a [Answer<u16>]) {
    match &t.questions.iter().find(|q| q.key == key).unwrap().answers {
        QuestionAnswers::Choice { options, rows, .. } => (options, rows),
        other => panic!("{key}: {other:?}"),
    }
}
pub fn ticks<'a>(t: &'a CleanTable, key: &str, option: &str) -> &'a [Answer<bool>] {
    match &t.questions.iter().find(|q| q.key == key).unwrap().answers {
        QuestionAnswers::Choices { options, ticks, .. } => &ticks[options.iter().position(|o| o == option).unwrap()],
        other => panic!("{key}: {other:?}"),
    }
}

#[test]
fn newcastle_is_read_to_the_last_cell() {
    let Some(folder) = newcastle() else { return };
    let (_, c) = cleaned(folder.path());
    assert!(c.problems.list.iter().all(|p| p.weight != Weight::Stops), "{:?}", c.problems.list);
    for (file, rows, columns, blank, zero) in [
        ("monthly-visits.csv", 19, 194, 918, 22),
        ("monthly-enquiries.csv", 20, 194, 987, 33),
        ("monthly-computer-use-percent.csv", 19, 194, 832, 45),
    ] {
        let (a, t) = (account(&c, file), table(&c, file));
        assert_eq!((a.rows, a.accepted), (rows, rows), "{file}");
        assert_eq!(t.columns.iter().filter(|c| c.month.is_some()).count(), columns, "{file}");
        assert_eq!((blanks(a), zeros(t)), (blank, zero), "{file}");
        assert_eq!(a.values.iter().map(|v| v.unreadable).sum::<u64>(), 0, "{file}");
    }
    for (file, rows, equal) in [
        ("current-libraries.csv", 13, 0),
        ("members-postcode.csv", 80_752, 261),
        ("childrens-event-long.csv", 30, 2),
        ("group-session.csv", 10, 0),
        ("reading-groups-city.csv", 37, 1),
        ("work-club-branches.csv", 28, 3),
        ("datamorphosis-cp1252.csv", 12, 0),
    ] {
        let a = account(&c, file);
        assert_eq!((a.rows, a.accepted), (rows, rows), "{file}");
        assert_eq!(a.flags.get(&Flag::EqualRow).copied().unwrap_or(0), equal, "{file}");
    }
    let members = account(&c, "members-postcode.csv");
    assert_eq!(members.flags.get(&Flag::DefaultDate), Some(&4374));
    assert_eq!(members.flags.get(&Flag::NoDate), Some(&256));
    assert_eq!(c.as_of, Some(jiff::civil::date(2024, 8, 31)));
}

#[test]
fn newcastle_dates_are_proved_pattern_by_pattern() {
    let Some(folder) = newcastle() else { return };
    // Without the programme's word on dates: the columns prove their own order.
    let toml = std::fs::read_to_string(folder.path().join("reach.toml")).unwrap();
    let without: String = toml.lines().filter(|l| !l.starts_with("dates")).map(|l| format!("{l}\n")).collect();
    std::fs::write(folder.path().join("reach.toml"), without).unwrap();
    let (_, c) = cleaned(folder.path());
    let added = c.dates.iter().find(|d| d.column.contains("Date Added")).unwrap();
    let got: Vec<_> = added.patterns.iter().map(|p| (p.pattern.as_str(), p.rows, p.order, p.assumed)).collect();
    let day_first = Some(reach::spec::DateOrder::DayMonthYear);
    assert_eq!(got, [("dd/dd/dddd", 50_581, day_first, false), ("dd/dd/dd", 29_915, day_first, false)]);
    assert_eq!(added.patterns[0].proof, "50,581 rows have a first part over 12");
    assert!(added.patterns[1].proof.contains("if the month came first"), "{}", added.patterns[1].proof);
    let t = table(&c, "members-postcode.csv");
    let joined = t.columns.iter().find(|c| c.role == Role::Joined).unwrap();
    let ColumnValues::Dates(days) = &joined.values else { panic!() };
    assert!(days.iter().filter_map(|d| d.answered()).all(|d| d.date() <= jiff::civil::date(2016, 4, 6)));
}

#[test]
fn the_two_group_forms_ask_what_they_ask() {
    let Some(folder) = newcastle() else { return };
    let (_, c) = cleaned(folder.path());
    let (session, reading) = (table(&c, "group-session.csv"), table(&c, "reading-groups-city.csv"));
    let not_asked = |list: &[Answer<bool>]| list.iter().all(|a| *a == Answer::NotAsked);
    let yes = |list: &[Answer<bool>]| list.iter().filter(|a| **a == Answer::Answered(true)).count();
    assert!(not_asked(ticks(session, "find", "Fun")) && !not_asked(ticks(reading, "find", "Fun")));
    assert!(not_asked(ticks(reading, "find", "Enjoyable")));
    assert_eq!(yes(ticks(reading, "find", "Fun")), 26);
    // Nobody ticked it: a column of zeros, not a missing one.
    assert_eq!(yes(ticks(reading, "find", "None of the above")), 0);
    assert!(ticks(reading, "find", "None of the above").iter().all(|a| *a == Answer::Answered(false)));
    assert!(not_asked(ticks(session, "helped", "Meet new people")));
    assert!(choice(session, "informed").1.iter().all(|a| *a == Answer::NotAsked));
    // Both headers of `continue` are one question.
    assert_eq!(choice(session, "continue").1.len() + choice(reading, "continue").1.len(), 47);
    assert!(choice(reading, "continue").1.iter().all(|a| *a == Answer::Answered(0)));
    let heard = ticks(table(&c, "childrens-event-long.csv"), "heard", "Press (newspapers, radio etc)");
    assert_eq!((yes(heard), heard.iter().filter(|a| **a == Answer::Blank).count()), (0, 5));
    let other = ticks(table(&c, "childrens-event-long.csv"), "heard", "Other");
    assert_eq!(yes(other), 2);
}

#[test]
fn recodes_are_applied_and_suggested_but_never_guessed() {
    let Some(folder) = newcastle() else { return };
    let (_, c) = cleaned(folder.path());
    let day = table(&c, "datamorphosis-cp1252.csv");
    let count = |key: &str, a: Answer<u16>| choice(day, key).1.iter().filter(|x| **x == a).count();
    assert_eq!((count("enjoyed", Answer::Answered(0)), count("enjoyed", Answer::Unreadable)), (11, 1));
    assert_eq!((count("again", Answer::Answered(0)), count("again", Answer::Answered(1))), (11, 1));
    assert_eq!(count("worked on", Answer::Unreadable), 2);
    let longer = problem(&c, "answer-longer-than-option").unwrap();
    assert_eq!(longer.count, 1);
    // Nobody's own words are repeated.
    for p in &c.problems.list {
        let said = format!("{} {:?}", p.message, p.hint);
        assert!(!said.contains("atmosphere") && !said.contains("infographics"), "{said}");
    }
}

const SURVEY: &str = "[source.s]\nfiles = \"s*.csv\"\nkind = \"survey\"\n";

#[test]
fn a_date_that_proves_nothing_is_asked() {
    let files = [("s.csv", "When,OK\n03/04/2024,Yes\n05/06/2024,No\n07/07/2024,Yes\n")];
    let book = "s,When,date,date,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let c = programme(SURVEY, book, "", &files);
    let asked = problem(&c, "date-undecided").unwrap();
    assert_eq!((asked.weight, asked.exit, asked.count), (Weight::Stops, reach::exit::Exit::Data, 2));
    assert_eq!(asked.message, "2 rows have dates that could be 5 June or 6 May");
    let c = programme(&format!("{SURVEY}dates = \"month day year\"\n"), book, "", &files);
    assert_eq!(c.problems.stop(), None);
    assert_eq!(c.as_of, Some(jiff::civil::date(2024, 7, 7)));
    // A sibling file proves the same column.
    let c = programme(SURVEY, book, "", &[files[0], ("s2.csv", "When,OK\n04/25/2024,Yes\n")]);
    assert_eq!(c.problems.stop(), None);
    assert!(c.dates[0].patterns[0].proof.contains("second part over 12"));
    // Siblings that contradict each other prove nothing for a third.
    let c = programme(
        SURVEY,
        book,
        "",
        &[files[0], ("s2.csv", "When,OK\n04/25/2024,Yes\n"), ("s3.csv", "When,OK\n25/04/2024,Yes\n")],
    );
    assert!(problem(&c, "date-undecided").is_some());
}

#[test]
fn a_column_with_two_orders_is_asked_and_then_read_as_told() {
    let files = [("s.csv", "When,OK\n13/04/2024,Yes\n14/04/2024,Yes\n04/25/2024,No\n")];
    let book = "s,When,date,date,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let c = programme(SURVEY, book, "", &files);
    let mixed = problem(&c, "date-mixed").unwrap();
    assert!(
        mixed.message.contains("2 rows have a first part over 12 and 1 row has a second part over 12"),
        "{}",
        mixed.message
    );
    let c = programme(
        &format!("{SURVEY}dates = \"day month year\"\n[advanced]\nset_aside_share = 0.5\n"),
        book,
        "",
        &files,
    );
    assert_eq!(c.problems.stop(), None, "{:?}", c.problems.list);
    assert_eq!(account(&c, "s.csv").by_reason(), [(Reason::Unreadable, 1)].into());
}

#[test]
fn a_column_that_is_in_no_file_is_named_with_the_nearest() {
    let c =
        programme(SURVEY, "s,Did you enjoy it,ok,choice,Yes | No,,,\n", "", &[("s.csv", "Did you enjoy it?\nYes\n")]);
    let missing = problem(&c, "column-missing").unwrap();
    assert_eq!(missing.exit, reach::exit::Exit::Spec);
    assert_eq!(missing.place.row, Some(2));
    assert!(missing.hint.as_deref().unwrap().contains("Did you enjoy it?"));
    assert_eq!(c.problems.stop(), Some(reach::exit::Exit::Spec));
}

#[test]
fn rows_are_set_aside_by_the_first_reason_that_holds() {
    let csv = "ID,When,Status,OK\n\
        1000000001,2024-03-01 10:00,Complete,Yes\n\
        1000000001,2024-03-01 10:00,Complete,Yes\n\
        1000000002,2024-03-02 10:00,Test,Yes\n\
        1000000003,2023-03-02 10:00,Complete,No\n\
        1000000004,2024-03-03 10:00,Partial,No\n\
        1000000005,2024-03-03 10:00,Survey Preview,No\n\
        1000000006,2024-03-04 10:00,Complete,\n\
        1000000007,soon,Spam,No\n\
        1000000008,2023-03-02 10:00,Test,Yes\n";
    let book = "s,ID,response,id,,,,\ns,When,date,date,,,,\ns,Status,status,,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let c = programme(&format!("{SURVEY}[advanced]\nset_aside_share = 0.5\n"), book, "", &[("s.csv", csv)]);
    let a = account(&c, "s.csv");
    let got: Vec<_> = a.set_aside.iter().map(|s| (s.record, s.reason, s.also.clone())).collect();
    assert_eq!(
        got,
        [
            (3, Reason::Duplicate, vec![]),
            (4, Reason::Test, vec![]),
            (5, Reason::OutOfPeriod, vec![]),
            (6, Reason::Partial, vec![]),
            (8, Reason::Partial, vec![]),
            (9, Reason::Unreadable, vec![Reason::Spam]),
            (10, Reason::Test, vec![Reason::OutOfPeriod]),
        ]
    );
    assert_eq!(a.flags.get(&Flag::Preview), Some(&1));
    assert_eq!(c.as_of, Some(jiff::civil::date(2024, 3, 3)));
}

#[test]
fn joined_answers_and_refusals() {
    let csv = "No,Heard,Age\n1,Press;Library Staff;,16-24\n2,my friend;Press;,Prefer not to say\n3,None of these;Press;,25-34\n4,,\n5,Prefer not to say,N/A\n";
    let book = "s,No,(ignore),,,,,\ns,Heard,heard,choices,Press | Library Staff | (none) None of these | (refused) Prefer not to say | (other),,,\n\
                s,Age,age,choice,16-24 | 25-34 | (refused) Prefer not to say,about you,,\n";
    let c = programme(SURVEY, book, "", &[("s.csv", csv)]);
    let t = table(&c, "s.csv");
    use Answer::{Answered, Blank, Refused};
    assert_eq!(ticks(t, "heard", "Press"), [Answered(true), Answered(true), Answered(true), Blank, Refused]);
    assert_eq!(ticks(t, "heard", "Other"), [Answered(false), Answered(true), Answered(false), Blank, Refused]);
    let (options, rows) = choice(t, "age");
    assert_eq!(options, ["16-24", "25-34"]);
    assert_eq!(rows, [Answered(0), Refused, Answered(1), Blank, Answer::NotAsked]);
    assert_eq!(account(&c, "s.csv").flags.get(&Flag::Contradiction), Some(&1));
    assert!(problem(&c, "missing-token").unwrap().message.contains("“n/a” (1)"));
}

#[test]
fn the_same_person_at_the_same_session_counts_once() {
    let toml = "[source.r]\nfiles = \"list*.csv\"\nkind = \"attendance\"\n";
    let book = "r,Who,person,id,,,,\nr,Session,session,id,,,,\n";
    let one = "Who,Session\n7,A\n8,A\n7,B\n8,B\n7,A\n";
    let two = "Who,Session\n9,C\n8,B\n,C\n";
    let c = programme(
        &format!("{toml}[advanced]\nset_aside_share = 0.5\n"),
        book,
        "",
        &[("list1.csv", one), ("list2.csv", two)],
    );
    assert_eq!(account(&c, "list1.csv").set_aside.iter().map(|s| s.record).collect::<Vec<_>>(), [6]);
    let second: Vec<_> = account(&c, "list2.csv").set_aside.iter().map(|s| (s.record, s.reason)).collect();
    assert_eq!(second, [(3, Reason::Duplicate), (4, Reason::Unreadable)]);
}

#[test]
fn too_many_unreadable_rows_hold_the_run() {
    let toml = "[source.r]\nfiles = \"r.csv\"\nkind = \"attendance\"\n";
    let book = "r,Who,person,id,,,,\nr,Session,session,id,,,,\n";
    let c = programme(toml, book, "", &[("r.csv", "Who,Session\n7,A\n,A\n")]);
    assert!(problem(&c, "too-many-unreadable").is_some());
    assert_eq!(c.problems.stop(), Some(reach::exit::Exit::Data));
    let c = programme(&format!("{toml}optional = true\n"), book, "", &[("r.csv", "Who,Session\n7,A\n,A\n")]);
    assert_eq!(c.problems.stop(), None);
    assert_eq!(problem(&c, "optional-source").unwrap().exit, reach::exit::Exit::DoneWithoutOptional);
    assert!(c.tables.is_empty());
}

#[test]
fn a_register_with_marks_and_one_without_ids_of_sessions() {
    let toml = "[source.r]\nfiles = \"list*.csv\"\nkind = \"attendance\"\n[advanced]\nset_aside_share = 0.9\n";
    let marked = "r,Who,person,id,,,,\nr,Session,session,id,,,,\nr,Came,present,choice,Yes | No,,,\n";
    let csv = "Who,Session,Came\n7,A,Yes\n7,A,No\n8,B,Yes\n7,A,yes\n8,B,\n8,B,Y\n";
    let c = programme(toml, marked, "", &[("list.csv", csv)]);
    assert_eq!(account(&c, "list.csv").set_aside.iter().map(|s| s.record).collect::<Vec<_>>(), [5, 7]);
    let dated = "r,Who,person,id,,,,\nr,When,date,date,,,,\nr,Where,site,,,,,\n";
    let csv =
        "Who,When,Where\n7,2024-03-01,City\n7,2024-03-02,City\n7,1 March 2024,CITY\n7,2024-03-01,Walker\n7,,City\n";
    let c = programme(toml, dated, "", &[("list.csv", csv)]);
    let got: Vec<_> = account(&c, "list.csv").set_aside.iter().map(|s| (s.record, s.reason)).collect();
    assert_eq!(got, [(4, Reason::Duplicate), (6, Reason::Unreadable)]);
}

#[test]
fn proved_dates_of_an_older_system_are_no_measure_for_newer_ones() {
    // The year-first dates end in March; the others go on to October, and no part is over 12.
    let csv =
        "When,OK\n2024-03-01,Yes\n2024-03-05,Yes\n03/09/2024,Yes\n05/10/2024,Yes\n04/09/2024,Yes\n11/10/2024,No\n";
    let book = "s,When,date,date,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let c = programme(SURVEY, book, "", &[("s.csv", csv)]);
    assert!(problem(&c, "date-undecided").is_some(), "{:?}", c.dates);
}

#[test]
fn what_the_spec_says_of_a_source_stands_before_an_assumption() {
    let csv = "When,OK\n25/04/2024,Yes\n26/04/2024,No\n03/04/24,Yes\n05/04/24,No\n";
    let book = "s,When,date,date,,,,\ns,OK,ok,choice,Yes | No,,,\n";
    let c = programme(SURVEY, book, "", &[("s.csv", csv)]);
    let short = |c: &Cleaned| c.dates[0].patterns.iter().find(|p| p.pattern == "dd/dd/dd").unwrap().clone();
    assert!(!short(&c).assumed && short(&c).proof.contains("if the month came first"), "{:?}", short(&c));
    // A day that both orders keep near the proved ones is only assumed to be written like them.
    let csv = "When,OK\n25/04/2024,Yes\n26/04/2024,No\n05/04/24,No\n04/05/24,No\n";
    let c = programme(SURVEY, book, "", &[("s.csv", csv)]);
    assert!(short(&c).assumed && problem(&c, "date-order-assumed").is_some());
    let c = programme(&format!("{SURVEY}dates = \"month day year\"\n"), book, "", &[("s.csv", csv)]);
    assert_eq!((short(&c).assumed, short(&c).order), (false, Some(reach::spec::DateOrder::MonthDayYear)));
}

#[test]
fn a_recode_can_hold_for_one_source() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "reach.toml",
        "[programme]\nname = \"P\"\nfrom = 2024-01-01\nto = 2024-12-31\n[source.old]\nfiles = \"old.csv\"\nkind = \"survey\"\n\
         [source.new]\nfiles = \"new.csv\"\nkind = \"survey\"\n",
    );
    write(
        "codebook.csv",
        "source,column,is,type,options,class,outcome,text\nold,Rate,rate,choice,Good | Poor,,,\nnew,Rate,rate,choice,Good | Poor,,,\n",
    );
    // The scale was turned round in the new form; a third line holds wherever no source says otherwise.
    let recodes = "list,written,means,why,source\nrate,1,Good,,old\nrate,2,Poor,,old\nrate,1,Poor,turned round,new\nrate,2,Good,,new\nrate,9,(blank),,\n";
    write("recodes.csv", recodes);
    write("old.csv", "Rate\n1\n2\n9\n1\n");
    write("new.csv", "Rate\n1\n2\n9\n1\n");
    let (_, c) = cleaned(folder.path());
    use Answer::{Answered, Blank};
    assert_eq!(choice(table(&c, "old.csv"), "rate").1, [Answered(0), Answered(1), Blank, Answered(0)]);
    assert_eq!(choice(table(&c, "new.csv"), "rate").1, [Answered(1), Answered(0), Blank, Answered(1)]);
    for wrong in ["rate,1,Good,,older\n", "rate,1,Good,,old\nrate,1,Poor,,old\n", "rate,1,Middling,,old\n"] {
        write("recodes.csv", &format!("list,written,means,why,source\n{wrong}"));
        let told = reach::spec::load(&folder.path().join("reach.toml")).unwrap_err();
        assert_eq!(told.stop(), Some(reach::exit::Exit::Spec), "{wrong}");
    }
}

#[test]
fn an_answer_that_covers_several_options_is_in_none_of_them_and_said() {
    let book = "s,Age,age,choice,55-64 | 65-74 | 75+,about you,,\n";
    let c = programme(
        SURVEY,
        book,
        "age,55+,(not splittable) 55-64 | 65-74 | 75+,older form\n",
        &[("s.csv", "Age\n55+\n65-74\n55+\n")],
    );
    assert_eq!(choice(table(&c, "s.csv"), "age").1, [Answer::Unreadable, Answer::Answered(1), Answer::Unreadable]);
    assert_eq!(problem(&c, "answer-not-splittable").unwrap().count, 2);
}
