//! Promise: each layout of each survey platform is told by its header, with questions, rows, options, open texts and roles; also
//! where columns or header rows were deleted; and no platform takes another's table, or a plain one.

use reach::ingest::Table;

use crate::survey_exports::{cells, lines, read, shape};

/// Qualtrics of today: name, text, import id of every column, and what four people answered, in words.
const QUALTRICS: [(&str, &str, &str, [&str; 4]); 33] = [
    (
        "StartDate",
        "Start Date",
        "startDate",
        ["2025-05-01 10:00:00", "2025-05-02 10:00:00", "2025-05-03 10:00:00", "2025-05-04 10:00:00"],
    ),
    (
        "EndDate",
        "End Date",
        "endDate",
        ["2025-05-01 10:09:00", "2025-05-02 10:09:00", "2025-05-03 10:09:00", "2025-05-04 10:09:00"],
    ),
    ("Status", "Response Type", "status", ["IP Address", "Survey Preview", "IP Address", "IP Address"]),
    ("IPAddress", "IP Address", "ipAddress", ["10.0.0.1", "", "10.0.0.2", "10.0.0.3"]),
    ("Progress", "Progress", "progress", ["100", "100", "40", "100"]),
    ("Duration (in seconds)", "Duration (in seconds)", "duration", ["540", "31", "22", "411"]),
    ("Finished", "Finished", "finished", ["True", "True", "False", "True"]),
    (
        "RecordedDate",
        "Recorded Date",
        "recordedDate",
        ["2025-05-01 10:09:01", "2025-05-02 10:09:01", "2025-05-10 10:00:00", "2025-05-04 10:09:01"],
    ),
    (
        "ResponseId",
        "Response ID",
        "_recordId",
        ["R_1aaaaaaaaaaaaaa", "R_1aaaaaaaaaaaaab", "R_1aaaaaaaaaaaaac", "R_1aaaaaaaaaaaaad"],
    ),
    ("RecipientEmail", "Recipient Email", "recipientEmail", ["", "", "", ""]),
    ("ExternalReference", "External Data Reference", "externalDataReference", ["", "", "", ""]),
    (
        "DistributionChannel",
        "Distribution Channel",
        "distributionChannel",
        ["anonymous", "preview", "anonymous", "anonymous"],
    ),
    ("UserLanguage", "User Language", "userLanguage", ["EN-GB", "EN-GB", "CY", "EN-GB"]),
    ("Q1", "How did you come - by what? - Selected Choice", "QID1", ["Bus", "Other:", "Bus", "Car"]),
    ("Q1_5_TEXT", "How did you come - by what? - Other: - Text", "QID1_5_TEXT", ["", "on a llama", "", ""]),
    ("Q2_1", "Why today? - Selected Choice - The show", "QID2_1", ["The show", "", "The show", ""]),
    ("Q2_2", "Why today? - Selected Choice - Coffee & cake", "QID2_2", ["", "Coffee & cake", "Coffee & cake", ""]),
    ("Q2_9", "Why today? - Selected Choice - Other (say)", "QID2_9", ["", "Other (say)", "", ""]),
    ("Q2_9_TEXT", "Why today? - Other (say) - Text", "QID2_9_TEXT", ["", "the rain", "", ""]),
    ("Q3_1", "Please rate - Welcome", "QID3_1", ["Good", "Fair", "", "Good"]),
    ("Q3_2", "Please rate - Shop", "QID3_2", ["Fair", "Fair", "", "Poor"]),
    ("Q4#1_1", "Rooms - Seen - Hall", "QID4#1_1", ["Yes", "No", "", "Yes"]),
    ("Q4#1_2", "Rooms - Seen - Attic", "QID4#1_2", ["No", "No", "", "Yes"]),
    ("Q4#2_1", "Rooms - Liked - Hall", "QID4#2_1", ["A lot", "A bit", "", "A bit"]),
    ("Q4#2_2", "Rooms - Liked - Attic", "QID4#2_2", ["A bit", "A bit", "", "A lot"]),
    ("Q5", "Anything else?", "QID5_TEXT", ["yes", "no", "", "yes"]),
    ("1_Q6", "Hall - Would you return?", "1_QID6", ["Yes", "Yes", "", "No"]),
    ("2_Q6", "Attic - Would you return?", "2_QID6", ["No", "Yes", "", "No"]),
    ("Q7_First Click", "Timing - First Click", "QID7_FIRST_CLICK", ["1.2", "0.4", "", "2.2"]),
    ("Q7_Page Submit", "Timing - Page Submit", "QID7_PAGE_SUBMIT", ["9.2", "2.4", "", "8.2"]),
    ("Q2_DO_1", "Why today? - Display Order - The show", "QID2_DO_1", ["1", "2", "1", "2"]),
    ("Branch", "Branch", "Branch", ["Baltic", "Baltic", "Harbour", "Harbour"]),
    ("Q_RecaptchaScore", "Q_RecaptchaScore", "Q_RecaptchaScore", ["0.9", "1", "0.2", "0.9"]),
];

const ASKED: [&str; 13] = [
    "How did you come - by what? [whole]",
    "How did you come - by what? / Other: [othertext]",
    "Why today? / The show [option]",
    "Why today? / Coffee & cake [option]",
    "Why today? / Other (say) [option]",
    "Why today? / Other (say) [othertext]",
    "Please rate / Welcome [row]",
    "Please rate / Shop [row]",
    "Rooms: Seen / Hall [row]",
    "Rooms: Seen / Attic [row]",
    "Rooms: Liked / Hall [row]",
    "Rooms: Liked / Attic [row]",
    "Anything else? [open]",
];

/// The file as it is exported, or with header rows left out.
fn qualtrics(rows: &[usize]) -> Vec<Vec<String>> {
    let header = |row: usize| -> Vec<String> {
        let cell = |(name, text, id, _): &(&str, &str, &str, [&str; 4])| match row {
            0 => (*name).to_owned(),
            1 => (*text).to_owned(),
            _ => format!("{{\"ImportId\":\"{id}\"}}"),
        };
        QUALTRICS.iter().map(cell).collect()
    };
    let mut out: Vec<Vec<String>> = rows.iter().map(|&row| header(row)).collect();
    out.extend((0..4).map(|n| QUALTRICS.iter().map(|(.., cells)| cells[n].to_owned()).collect::<Vec<_>>()));
    out
}

fn joined(rows: &[Vec<String>], separator: char) -> String {
    let cell = |c: &String| {
        if c.contains([separator, '"', '\n']) { format!("\"{}\"", c.replace('"', "\"\"")) } else { c.clone() }
    };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(&separator.to_string());
    rows.iter().map(|row| line(row) + "\r\n").collect()
}

/// Lines without codes, of the columns from the first question on.
fn asked(table: &Table) -> Vec<String> {
    let code = |c: &reach::ingest::Column| c.code.as_ref().map_or(0, |code| code.len() + 2);
    lines(table).iter().zip(&table.columns).map(|(line, c)| line[code(c)..].to_owned()).skip(13).collect()
}

/// What the platform says of the rows: "partial 1".
fn kinds(table: &Table) -> Vec<String> {
    let mut out: Vec<String> =
        reach::clean::row_kinds(table).into_iter().map(|(kind, rows)| format!("{} {rows}", kind.words())).collect();
    out.sort();
    out
}

#[test]
fn qualtrics_with_all_its_rows_and_with_some_deleted() {
    let whole = read(joined(&qualtrics(&[0, 1, 2]), ','));
    assert_eq!(shape(&whole), ("qualtrics", 3, 4, 4));
    let roles: Vec<Option<&str>> = whole.columns.iter().take(13).map(|c| c.system).collect();
    let ignore = Some("(ignore)");
    assert_eq!(
        roles,
        [
            ignore,
            ignore,
            Some("status"),
            ignore,
            Some("progress"),
            Some("duration"),
            Some("finished"),
            Some("date"),
            Some("response"),
            Some("email"),
            ignore,
            ignore,
            Some("language")
        ]
    );
    assert_eq!(asked(&whole)[..13], ASKED);
    assert_eq!(kinds(&whole), ["complete 2", "partial 1", "previews 1"]);
    assert_eq!(
        asked(&whole)[13..],
        [
            "Hall - Would you return? [whole]",
            "Attic - Would you return? [whole]",
            "Q7_First Click [whole] = (ignore)",
            "Q7_Page Submit [whole] = (ignore)",
            "Q2_DO_1 [whole] = (ignore)",
            "Branch [whole]",
            "Q_RecaptchaScore [whole] = (ignore)",
        ]
    );
    let codes: Vec<&str> = whole.columns.iter().map(|c| c.code.as_deref().unwrap()).collect();
    assert_eq!(codes, QUALTRICS.map(|q| q.0));
    // Tab-separated, as Excel is offered it.
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(joined(&qualtrics(&[0, 1, 2]), '\t').encode_utf16().flat_map(u16::to_le_bytes));
    let tabs = read(utf16);
    assert_eq!((shape(&tabs), lines(&tabs)), (shape(&whole), lines(&whole)));
    // The import ids deleted; the texts deleted; both; the names and the ids.
    let two = read(joined(&qualtrics(&[0, 1]), ','));
    assert_eq!(shape(&two), ("qualtrics", 2, 4, 3));
    let expected: Vec<String> = ASKED.iter().map(|l| l.replace("[open]", "[whole]")).collect();
    assert_eq!(asked(&two)[..13], expected);
    let ids = read(joined(&qualtrics(&[0, 2]), ','));
    assert_eq!(shape(&ids), ("qualtrics", 2, 4, 3));
    let one = read(joined(&qualtrics(&[0]), ','));
    assert_eq!(shape(&one), ("qualtrics", 1, 4, 2));
    for table in [&ids, &one] {
        assert_eq!(
            asked(table)[..8],
            [
                "Q1 [whole]",
                "Q1 / 5_TEXT [othertext]",
                "Q2 / The show [option]",
                "Q2 / Coffee & cake [option]",
                "Q2 / Other (say) [option]",
                "Q2 / 9_TEXT [othertext]",
                "Q3 / 1 [row]",
                "Q3 / 2 [row]",
            ]
            .map(|l| if table.header_rows == 2 {
                l.replace("Q1 ", "QID1 ").replace("Q2 ", "QID2 ").replace("Q3 ", "QID3 ")
            } else {
                l.to_owned()
            })
        );
    }
    let texts = read(joined(&qualtrics(&[1]), ','));
    assert_eq!(shape(&texts), ("qualtrics", 1, 4, 2));
    assert_eq!(texts.columns[7].system, Some("date"));
}

#[test]
fn qualtrics_in_numbers_and_saved_again_by_excel() {
    let mut rows = qualtrics(&[0, 1, 2]);
    for (n, row) in rows.iter_mut().skip(3).enumerate() {
        for cell in row[15..18].iter_mut().filter(|cell| !cell.is_empty()) {
            *cell = "1".to_owned();
        }
        (row[19], row[20]) = (["1", "2", "", "1"][n].to_owned(), ["2", "2", "", "5"][n].to_owned());
        row[0] = format!("0{}/05/2025 10:00", n + 1);
    }
    let table = read(joined(&rows, ';'));
    assert_eq!(shape(&table), ("qualtrics", 3, 4, 4));
    assert_eq!(asked(&table)[..8], ASKED[..8]);
    // Few columns left, names as R writes them.
    let table = read(
        "ResponseId,start_date,RecordedDate,Duration..in.seconds.,Q3_1,Q3_2\nR_1,2025-01-02,2025-01-02,30,4,5\nR_2,2025-01-02,2025-01-02,31,2,1\n",
    );
    assert_eq!(shape(&table), ("qualtrics", 1, 2, 2));
    assert_eq!(table.columns[3].system, Some("duration"));
    assert_eq!(lines(&table)[4..], ["Q3_1: Q3 / 1 [row]", "Q3_2: Q3 / 2 [row]"]);
}

const LIME_SYSTEM: [&str; 10] =
    ["id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp", "ipaddr", "refurl"];
const LIME_TEXTS: [&str; 10] = [
    "Response ID",
    "Date submitted",
    "Last page",
    "Start language",
    "Seed",
    "Access code",
    "Date started",
    "Date last action",
    "IP address",
    "Referrer URL",
];

/// Code, text, and cells of four people: in codes and in words.
const LIME: [(&str, &str, [&str; 4], [&str; 4]); 13] = [
    ("Q1", "How old are you?", ["A1", "A2", "A1", ""], ["Under 25", "25 or over", "Under 25", "N/A"]),
    ("Q2[SQ001]", "Which did you see? [Paintings]", ["Y", "", "Y", ""], ["Yes", "No", "Yes", "N/A"]),
    ("Q2[SQ002]", "Which did you see? [Coins [old]]", ["", "Y", "", ""], ["No", "Yes", "No", "N/A"]),
    ("Q2[other]", "Which did you see? [Other]", ["", "the loo", "", ""], ["", "the loo", "", "N/A"]),
    ("Q3[SQ001]", "How were they? [Staff]", ["A1", "A2", "A3", ""], ["Good", "Fair", "Poor", "N/A"]),
    ("Q3[SQ002]", "How were they? [Signs]", ["A2", "A2", "A1", ""], ["Fair", "Fair", "Good", "N/A"]),
    ("Q4[SQ001_SQ002]", "Hours there? [Monday][Hall]", ["3", "12", "4", ""], ["3", "12", "4", ""]),
    ("Q4[SQ001_SQ003]", "Hours there? [Monday][Attic]", ["5", "2", "4", ""], ["5", "2", "4", ""]),
    ("Q5[SQ001]", "Tick and say [Art]", ["Y", "", "", ""], ["Yes", "No", "No", "N/A"]),
    ("Q5[SQ001comment]", "Tick and say [Art][Comment]", ["bold", "", "", ""], ["bold", "", "", ""]),
    ("Q6", "How did you come?", ["A1", "-oth-", "A1", ""], ["Bus", "Other", "Bus", "N/A"]),
    ("Q6[other]", "How did you come? [Other]", ["", "on a llama", "", ""], ["", "on a llama", "", ""]),
    ("Q7", "Anything else?", ["no", "", "", ""], ["no", "", "", ""]),
];

fn lime(headings: usize, dates: bool) -> String {
    let mut rows: Vec<Vec<String>> = vec![Vec::new()];
    for (code, text) in LIME_SYSTEM.iter().zip(LIME_TEXTS) {
        rows[0].push([(*code).to_owned(), text.to_owned(), format!("{code}. {text}")][headings].clone());
    }
    for (code, text, ..) in LIME {
        rows[0].push([code.to_owned(), text.to_owned(), format!("{code}. {text}")][headings].clone());
    }
    rows[0].push(["interviewtime", "Total time", "interviewtime. Total time"][headings].to_owned());
    rows[0].push(["groupTime12", "Group time: About you", "groupTime12. Group time: About you"][headings].to_owned());
    for n in 0..4 {
        let sent = if n == 3 {
            String::new()
        } else if dates {
            format!("2025-06-0{} 09:00:00", n + 1)
        } else {
            "1980-01-01 00:00:00".to_owned()
        };
        let mut row =
            vec![format!("{}", 11 + n), sent, "4".to_owned(), "en".to_owned(), "99".to_owned(), String::new()];
        row.extend([format!("2025-06-0{} 08:50:00", n + 1), format!("2025-06-0{} 09:00:00", n + 1)]);
        row.extend([String::new(), String::new()]);
        row.extend(LIME.iter().map(|(_, _, codes, words)| if headings == 0 { codes[n] } else { words[n] }.to_owned()));
        row.extend(["310.5".to_owned(), "20.1".to_owned()]);
        rows.push(row);
    }
    // As its CsvWriter does: a byte order mark, every cell in quotes, semicolons, a blank last line.
    let line = |row: &Vec<String>| row.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(";") + "\r\n";
    format!("\u{feff}{}\r\n", rows.iter().map(line).collect::<String>())
}

#[test]
fn limesurvey_by_codes_by_texts_and_by_both() {
    let expected = [
        "How old are you? [whole]",
        "Which did you see? / Paintings [option]",
        "Which did you see? / Coins [old] [option]",
        "Which did you see? / Other [othertext]",
        "How were they? / Staff [row]",
        "How were they? / Signs [row]",
        "Hours there? / Monday / Hall [row]",
        "Hours there? / Monday / Attic [row]",
        "Tick and say / Art [option]",
        "Tick and say / Art / Comment [comment]",
        "How did you come? [whole]",
        "How did you come? / Other [othertext]",
        "Anything else? [whole]",
    ];
    for headings in 0..3 {
        let table = read(lime(headings, true));
        assert_eq!(shape(&table), ("limesurvey", 1, 4, 2), "{}", table.reason);
        assert_eq!(kinds(&table), ["complete 3", "partial 1"]);
        let roles: Vec<Option<&str>> = table.columns.iter().take(10).map(|c| c.system).collect();
        let ignore = Some("(ignore)");
        assert_eq!(roles[..4], [Some("response"), Some("date"), ignore, Some("language")]);
        assert_eq!(roles[4..], [ignore; 6]);
        assert_eq!(table.columns.iter().map(|c| c.sent).collect::<Vec<_>>()[..3], [false, true, false]);
        assert_eq!((table.columns[23].system, table.columns[24].system), (Some("duration"), ignore));
        let found = &lines(&table)[10..23];
        match headings {
            0 => {
                assert_eq!(found[1], "Q2[SQ001]: Q2 / SQ001 [option]");
                assert_eq!(found[3], "Q2[other]: Q2 / other [othertext]");
                assert_eq!(found[4], "Q3[SQ001]: Q3 / SQ001 [row]");
                assert_eq!(found[9], "Q5[SQ001comment]: Q5 / SQ001comment [comment]");
            }
            1 => assert_eq!(found, expected),
            _ => {
                let coded: Vec<String> =
                    LIME.iter().zip(expected).map(|(l, line)| format!("{}: {line}", l.0)).collect();
                assert_eq!(found, coded);
            }
        }
    }
    // Dates switched off: they say what was sent off, and nothing of when.
    let table = read(lime(0, false));
    assert!(table.reason.contains("1980-01-01"), "{}", table.reason);
    assert_eq!((table.columns[1].system, table.columns[1].sent), (Some("(ignore)"), true));
    assert_eq!(table.columns[7].system, Some("date"));
    // Its own columns deleted: the codes are enough.
    let text: String = lime(0, true)
        .trim_start_matches('\u{feff}')
        .lines()
        .map(|l| l.split(';').skip(10).collect::<Vec<_>>().join(";") + "\n")
        .collect();
    assert_eq!(read(text).platform, "limesurvey");
    // Nothing but codes of several beginnings before the texts.
    let headers = "socio1. Where?,socio2. Age?,edu1. Degree?,edu2. Subject?,paper1. Published?,tool1. Which?,tool2. System?,job1. Title?";
    let table = read(format!("{headers}\nUK,4,a,b,c,d,e,f\nUK,5,a,b,c,d,e,f\n"));
    assert_eq!(table.platform, "limesurvey");
    assert_eq!(lines(&table)[2], "edu1: Degree? [whole]");
    let numbered = "Q1. Where?,Q2. Age?,Q3. Degree?,Q4. Subject?,Q5. Published?,Q6. Which?,Q7. System?,Q8. Title?";
    assert_eq!(read(format!("{numbered}\nUK,4,a,b,c,d,e,f\nUK,5,a,b,c,d,e,f\n")).platform, "plain");
    // In German.
    let table = read(
        "Antwort ID,Datum Abgeschickt,Letzte Seite,Start-Sprache,Alter\n1,2025-01-02 10:00:00,3,de,44\n2,,1,de,\n",
    );
    assert_eq!((table.platform, table.columns[1].sent), ("limesurvey", true));
}

#[test]
fn alchemer_with_options_before_their_stem() {
    let table = read(
        "\"Response ID\",\"Time Started\",\"Date Submitted\",\"Status\",\"Contact ID\",\"Language\",\"Referer\",\"Longitude\",\"Country\",\
         \"Art &amp; craft:What did you see?\",\"Coins:What did you see?\",\"Other - Write In:What did you see?\",\
         \"Staff:How were they?\",\"Signs:How were they?\",\"Country\",\"Comments:Why?\",\"Idea #1:What next?\",\"Idea #2:What next?\"\n\
         1,2025-01-02 10:00:00,2025-01-02 10:05:00,Complete,,English,,1.2,UK,Art & craft,,,Good,Fair,France,,tea,cake\n\
         2,2025-01-02 11:00:00,2025-01-02 11:05:00,Partial,,English,,1.2,UK,,Coins,a cat,Fair,Fair,Spain,,beer,\n\
         3,2025-01-02 12:00:00,2025-01-02 12:05:00,Complete,,English,,1.2,UK,Art & craft,Coins,,Good,Poor,Italy,,wine,bread\n",
    );
    assert_eq!(shape(&table), ("alchemer", 1, 3, 2));
    let roles: Vec<Option<&str>> = table.columns.iter().map(|c| c.system).collect();
    let ignore = Some("(ignore)");
    assert_eq!(
        roles[..9],
        [Some("response"), ignore, Some("date"), Some("status"), ignore, Some("language"), ignore, ignore, ignore]
    );
    assert_eq!(
        lines(&table)[9..],
        [
            "What did you see? / Art & craft [option]",
            "What did you see? / Coins [option]",
            "What did you see? / Other - Write In [othertext]",
            "How were they? / Staff [row]",
            "How were they? / Signs [row]",
            "Country [whole]",
            "Comments:Why? [whole]",
            "What next? / Idea #1 [row]",
            "What next? / Idea #2 [row]",
        ]
    );
    // Its own columns deleted.
    let table = read("How?,Other - Write In:How?,A:Which?,B:Which?\nBus,,A,\nOther - Write In,llama,,B\nBus,,A,B\n");
    assert_eq!(table.platform, "alchemer");
    assert_eq!(
        lines(&table),
        ["How? [whole]", "How? / Other - Write In [othertext]", "Which? / A [option]", "Which? / B [option]"]
    );
}

#[test]
fn typeform_names_its_options_and_not_their_question() {
    let head = "#,\"Hello {{field:0af1}},\nhow was it?\",Paintings,Coins,None of these,Tea,Cake,Other,How did you come?,Other,Shall we write?";
    let rows = [
        "x1,Good,Paintings,Coins,,Tea,,,Bus,,1",
        "x2,Good,Paintings,,,,Cake,milk,,llama,0",
        "x3,Fair,,Coins,,Tea,Cake,,Bus,,1",
        "x4,Fair,,,None of these,Tea,,,Car,,",
    ];
    let file = |end: &str, cells: &str| -> String {
        std::iter::once(format!("{head},{end}"))
            .chain(rows.iter().map(|r| format!("{r},{cells}")))
            .map(|l| l + "\n")
            .collect()
    };
    let old =
        read(file("Start Date (UTC),Submit Date (UTC),Network ID", "2025-01-02 10:00:00,2025-01-02 10:05:00,abc"));
    assert_eq!(shape(&old), ("typeform", 1, 4, 2));
    let expected = [
        "# [whole] = response",
        "Hello {{field:0af1}}, how was it? [whole]",
        "Paintings / Coins / None of these / Paintings [option]",
        "Paintings / Coins / None of these / Coins [option]",
        "Paintings / Coins / None of these / None of these [option]",
        "Tea / Cake / Tea [option]",
        "Tea / Cake / Cake [option]",
        "Tea / Cake / Other [othertext]",
        "How did you come? [whole]",
        "How did you come? / Other [othertext]",
        "Shall we write? [whole]",
    ];
    assert_eq!(lines(&old)[..11], expected);
    assert_eq!((old.columns[12].system, old.columns[13].system), (Some("date"), Some("(ignore)")));
    let new = read(file(
        "Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),Network ID,Tags,Ending",
        "completed,2025-01-02 10:00:00,,2025-01-02 10:05:00,abc,,End",
    ));
    assert_eq!(lines(&new)[..11], expected);
    assert_eq!((new.columns[11].system, new.columns[14].system), (Some("status"), Some("date")));
}

#[test]
fn smartsurvey_has_two_further_rows() {
    let text = "UserID,UserNo,Name,Email,IP Address,Unique ID,Started,Ended,Tracking,How old are you?,Which did you see?,,,How were they?,,Tell us more\n\
                ,,,,,,,,,,Art,Coins,Other (please specify),Staff,Signs,\n\
                ,,,,,,,,,Answer,,,,Answer,Answer,Open-Ended Response\n\
                91,1,,,10.0.0.1,aa1,13/05/2025 10:00:00,13/05/2025 10:09:00,web,16-24,Art,,,Good,Fair,fine\n\
                92,2,,,10.0.0.1,aa2,13/05/2025 11:00:00,,web,25+,Art,Coins,a cat,Fair,Fair,\n\
                93,3,,,10.0.0.1,aa3,14/05/2025 11:00:00,14/05/2025 11:09:00,web,25+,,Coins,,Poor,Good,\n";
    let table = read(text);
    assert_eq!(shape(&table), ("smartsurvey", 3, 3, 4));
    let roles: Vec<Option<&str>> = table.columns.iter().take(9).map(|c| c.system).collect();
    let ignore = Some("(ignore)");
    assert_eq!(
        roles,
        [Some("response"), ignore, Some("name"), Some("email"), ignore, ignore, ignore, Some("date"), ignore]
    );
    assert_eq!(
        lines(&table)[9..],
        [
            "How old are you? [whole]",
            "Which did you see? / Art [option]",
            "Which did you see? / Coins [option]",
            "Which did you see? / Other (please specify) [othertext]",
            "How were they? / Staff [row]",
            "How were they? / Signs [row]",
            "Tell us more [open]",
        ]
    );
    assert_eq!(cells(&table.columns[9]), ["16-24", "25+", "25+"]);
    // Who has no moment of the end did not reach it.
    assert_eq!(table.columns.iter().filter(|c| c.sent).map(|c| c.header[0].as_str()).collect::<Vec<_>>(), ["Ended"]);
    assert_eq!(kinds(&table), ["complete 2", "partial 1"]);
}

#[test]
fn jisc_online_surveys_by_number() {
    let table = read(
        "Unique Response Number,1. How old are you?,2. How did you come?,2.a. If you selected Other please specify:,\
         3.1. Please rate - Staff,3.2. Please rate - Signs,4. Anything else?,Completion time\n\
         356806-356797-33882794,16-24,Other,llama,Good,Fair,no,13/05/2025 10:00\n\
         356806-356797-33882795,25+,Bus,,Fair,Fair,,13/05/2025 11:00\n\
         356806-356797-33882796,25+,Bus,,Poor,Good,,14/05/2025 11:00\n",
    );
    assert_eq!(shape(&table), ("jisc", 1, 3, 2));
    assert_eq!(
        lines(&table),
        [
            "Unique Response Number [whole] = response",
            "1: How old are you? [whole]",
            "2: How did you come? [whole]",
            "2.a: How did you come? / If you selected Other please specify: [othertext]",
            "3.1: Please rate / Staff [row]",
            "3.2: Please rate / Signs [row]",
            "4: Anything else? [whole]",
            "Completion time [whole] = date",
        ]
    );
    let table = read("URN,Q1,Q2_1,Q2_2,Q2_a\n3568-3567-8827,2,1,,\n3568-3567-8828,1,,1,x\n3568-3567-8829,1,1,1,\n");
    assert_eq!(table.platform, "jisc");
    assert_eq!(lines(&table)[2..], ["Q2_1: Q2 / 1 [option]", "Q2_2: Q2 / 2 [option]", "Q2_a: Q2 / a [othertext]"]);
}

#[test]
fn snap_has_variables_of_its_own() {
    let table = read(
        "ID.name,ID.date,ID.completed,ID.format,Q1,Q2.1,Q2.2,Q3\n1,13/05/2025,1,web,Yes,1,,fine\n2,14/05/2025,0,web,No,,1,\n",
    );
    assert_eq!(shape(&table), ("snap", 1, 2, 2));
    assert_eq!(
        lines(&table),
        [
            "ID.name: ID.name [whole] = response",
            "ID.date: ID.date [whole] = date",
            "ID.completed: ID.completed [whole] = finished",
            "ID.format: ID.format [whole] = (ignore)",
            "Q1: Q1 [whole]",
            "Q2.1: Q2 / 1 [option]",
            "Q2.2: Q2 / 2 [option]",
            "Q3: Q3 [whole]",
        ]
    );
}

#[test]
fn plain_logs_and_registers_stay_plain() {
    for text in [
        "ID,Name,Email,Status,Start date,End date\n1,Ann,a@example.org,active,2025-01-02,2025-02-02\n2,Bob,b@example.org,left,2025-01-03,2025-02-02\n",
        "Session,Started,Ended,Library,Headcount\nS1,10:00,11:00,City,4\nS2,10:00,11:00,East,7\n",
        "URN,School,Q1,Q2\n123456,Hill,4,5\n123457,Dale,3,4\n",
        "UserID,Name,Email,Visits\n1,Ann,a@example.org,3\n2,Bob,b@example.org,4\n",
        "Response,Date,Library,How was it?\n1,2025-01-02,City,Good\n2,2025-01-03,East,Poor\n",
        "#,Library,Visits\n1,City,40\n2,East,50\n3,West,12\n",
        "Language,Status,Finished,Progress\nEnglish,open,yes,10\nWelsh,open,no,20\n",
        "Time,Ratio 1:2,Ratio 1:3,Other\n10:00,4,5,x\n11:00,3,4,y\n",
        "V1,V2,V3,V4\n1,2,3,4\n2,3,4,5\n3,4,5,6\n",
        "id,seed,token,Age\n1,22,a,44\n2,33,b,55\n",
        "Rank,Name [maiden],Town [old],County [old]\n1,A,B,C\n2,D,E,F\n",
    ] {
        let table = read(text);
        assert_eq!((table.platform, table.header_rows), ("plain", 1), "{text}{}", table.reason);
    }
}

#[test]
fn qualtrics_of_2016_with_text_beside_choices_and_cells_that_were_seen() {
    let columns = [
        ("StartDate", "StartDate", "startDate", ["2016-07-20 12:49:25"; 3]),
        ("ResponseID", "ResponseID", "responseId", ["R_1", "R_2", "R_3"]),
        ("one", "Which - of these?", "QID1", ["2", "1", "2"]),
        ("one_TEXT", "Which - of these?", "QID1-TEXT", ["", "a llama", ""]),
        ("q3_vol_1", "Please tick.-Self-made", "QID3-1", ["1", "-99", "1"]),
        ("q3_vol_2", "Please tick.-Bought", "QID3-2", ["-99", "1", "1"]),
        ("q3_vol_2_TEXT", "Please tick.-Bought", "QID3-2-TEXT", ["", "a cake", ""]),
        ("q1_rec_q1_rec_1_1", "How recently?-Kiwi-This week", "QID4-1-1", ["1", "", "1"]),
        ("q1_rec_q1_rec_2_1", "How recently?-Lime-This week", "QID4-2-1", ["1", "1", ""]),
        ("Q12#1_1_-1", "Text-Column-Statement 1-Answer", "QID12#1-1-1", ["0", "3", "2"]),
        ("Q12#1_2_-1", "Text-Column-Statement 2-Answer", "QID12#1-2-1", ["1", "3", "2"]),
    ];
    let row = |cell: &dyn Fn(usize) -> String| (0..columns.len()).map(cell).collect::<Vec<String>>();
    let mut rows = vec![
        row(&|i| columns[i].0.to_owned()),
        row(&|i| columns[i].1.to_owned()),
        row(&|i| format!("{{'ImportId': '{}'}}", columns[i].2)),
    ];
    rows.extend((0..3).map(|n| row(&|i| columns[i].3[n].to_owned())));
    let table = read(joined(&rows, ','));
    assert_eq!(shape(&table), ("qualtrics", 3, 3, 4));
    assert_eq!(
        lines(&table)[2..],
        [
            "one: Which - of these? [whole]",
            "one_TEXT: Which - of these? / Text [othertext]",
            "q3_vol_1: Please tick. / Self-made [option]",
            "q3_vol_2: Please tick. / Bought [option]",
            "q3_vol_2_TEXT: Please tick. / Bought [othertext]",
            "q1_rec_1_1: How recently? / Kiwi / This week [option]",
            "q1_rec_2_1: How recently? / Lime / This week [option]",
            "Q12#1_1_-1: Text-Column / Statement 1 / Answer [row]",
            "Q12#1_2_-1: Text-Column / Statement 2 / Answer [row]",
        ]
    );
}
