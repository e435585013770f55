//! The survey exports of the demo: a SurveyMonkey CSV of visitors, and two Microsoft Forms workbooks of participants.

use jiff::ToSpan;
use rust_xlsxwriter::{ExcelDateTime, Format, XlsxError};

use super::dice::Dice;
use super::files::{Csv, workbook};
use super::words::{AGES, AGREE, FIRST, HEARD, LAST, LIKED, REMARKS, SITES};
use super::world::{FROM, World};

/// The two waves of the participants' survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wave {
    Before,
    After,
}

/// What SurveyMonkey writes over its own columns.
const METADATA: [&str; 9] = [
    "Respondent ID",
    "Collector ID",
    "Start Date",
    "End Date",
    "IP Address",
    "Email Address",
    "First Name",
    "Last Name",
    "Custom Data 1",
];

/// The visitor survey as SurveyMonkey exports it: two header rows, one column per option of a multi-select.
pub(super) fn visitors(world: &World) -> Vec<u8> {
    let mut csv = Csv::new(csv::Terminator::CRLF);
    let mut stems: Vec<String> = METADATA.iter().map(|&s| s.to_owned()).collect();
    let mut parts = vec![String::new(); METADATA.len()];
    let mut question = |stem: &str, options: &[&str]| {
        for (index, option) in options.iter().enumerate() {
            stems.push(if index == 0 { stem.to_owned() } else { String::new() });
            parts.push((*option).to_owned());
        }
    };
    question("Which of our museums are you in today?", &["Response"]);
    question("Is this your first visit to this museum?", &["Response"]);
    let mut heard = HEARD.to_vec();
    heard.push("Other (please specify)");
    question("How did you hear about us? (tick all that apply)", &heard);
    question("I felt welcome here today", &["Response"]);
    question("This museum tells stories of people like me", &["Response"]);
    question("What did you like best?", &["Open-Ended Response"]);
    question("Which age group are you in?", &["Response"]);
    csv.record(&stems);
    csv.record(&parts);

    let count = (world.people.len() as u64 * 8 / 10).clamp(40, 20_000);
    for index in 0..count {
        let mut dice = Dice::new(world.seed, 4_000_037 + index);
        let day = FROM.checked_add((dice.below(729) as i32).days()).unwrap_or(FROM);
        // The account was set to American dates.
        let (hour, minute) = (10 + dice.below(7), dice.below(60));
        let clock = |minute: u64| {
            let hour12 = if hour > 12 { hour - 12 } else { hour };
            format!(
                "{:02}/{:02}/{} {:02}:{:02}:00 {}",
                day.month(),
                day.day(),
                day.year(),
                hour12,
                minute,
                if hour >= 12 { "PM" } else { "AM" }
            )
        };
        let mut record = vec![
            (118_700_000_000_u64 + index * 7919).to_string(),
            "4310077".to_owned(),
            clock(minute / 2),
            clock(minute / 2 + 6),
            format!("203.0.113.{}", dice.below(254) + 1),
            match dice.chance(120) {
                true => format!("{}.{}@post.example", dice.one(&FIRST).to_lowercase(), index),
                false => String::new(),
            },
            String::new(),
            String::new(),
            match index {
                // Two rows are the designer's own tests.
                3 | 200 => "test".to_owned(),
                _ => String::new(),
            },
        ];
        let site = dice.pick(&[52, 30, 18]);
        record.push(match dice.pick(&[885, 40, 75]) {
            0 => SITES[site].0.to_owned(),
            1 => SITES[site].1.to_owned(),
            _ => String::new(),
        });
        record.push(["Yes", "No", "", "N/A"][dice.pick(&[46, 50, 3, 1])].to_owned());
        let answered = !dice.chance(40);
        for (option, text) in HEARD.iter().enumerate() {
            let ticked = answered && dice.chance([420, 160, 310, 60, 240, 90][option]);
            record.push(if ticked { (*text).to_owned() } else { String::new() });
        }
        record.push(if answered && dice.chance(50) { "a man on the ferry".to_owned() } else { String::new() });
        record.push(agree(&mut dice, &[2, 4, 12, 44, 38]));
        record.push(agree(&mut dice, &[9, 17, 28, 30, 16]));
        record.push(if dice.chance(450) { format!("{} ({})", dice.one(&LIKED), index + 1) } else { String::new() });
        record.push(match dice.pick(&[900, 60, 40]) {
            0 => AGES[dice.pick(&[14, 17, 19, 16, 15, 12, 7])].to_owned(),
            1 => "Prefer not to say".to_owned(),
            _ => String::new(),
        });
        csv.record(&record);
        // The collector sent one response twice; one visitor's card was keyed in without an answer.
        if index == 57 {
            csv.record(&record);
        }
    }
    csv.bytes()
}

/// A level of agreement, now and then left out or written in another way.
fn agree(dice: &mut Dice, weights: &[u64]) -> String {
    let level = AGREE[dice.pick(weights)];
    match dice.pick(&[940, 25, 15, 20]) {
        0 => level.to_owned(),
        1 => level.to_lowercase(),
        2 => format!("{level}\u{a0}"),
        _ => String::new(),
    }
}

/// One wave of the participants' survey as Microsoft Forms exports it.
pub(super) fn participants(world: &World, wave: Wave) -> Result<Vec<u8>, XlsxError> {
    let mut book = workbook()?;
    let stamp = Format::new().set_num_format("m/d/yy h:mm:ss");
    let sheet = book.add_worksheet();
    sheet.set_name("Sheet1")?;
    let decide = match wave {
        Wave::Before => "I feel confident to take part in decisions here",
        Wave::After => "I feel confident taking part in decisions here",
    };
    let mut headers = vec![
        "ID",
        "Start time",
        "Completion time",
        "Email",
        "Name",
        "Your participant number",
        decide,
        "I have a say in what this museum does",
    ];
    match wave {
        Wave::Before => headers.push("Which age group are you in?"),
        Wave::After => headers.extend([
            "What did you do with us? (tick all that apply)",
            "Did we act on what your group decided?",
            "Anything you want to tell us?",
        ]),
    }
    for (column, header) in headers.iter().enumerate() {
        sheet.write(0, column as u16, *header)?;
    }
    let mut row = 1;
    for (index, person) in world.people.iter().enumerate() {
        let mut dice = Dice::new(world.seed, 5_000_011 + index as u64);
        let attended = world.attended(index);
        let (Some(&first), Some(&last)) = (attended.first(), attended.last()) else { continue };
        let answers_before = dice.chance(430);
        let answers_after = dice.chance(if answers_before { 620 } else { 180 }) && attended.len() >= 2;
        let lift = u64::from(wave == Wave::After && dice.chance(550));
        if !(if wave == Wave::Before { answers_before } else { answers_after }) || row > 20_000 {
            continue;
        }
        let day = world.sessions[if wave == Wave::Before { first } else { last } as usize].date;
        let time = |minute: u64| {
            ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)?.and_hms(10, minute as u8, 0)
        };
        let minute = dice.below(50);
        // Microsoft Forms counts from 1 but skips deleted responses.
        sheet.write(row, 0, f64::from(row + 1))?;
        sheet.write_with_format(row, 1, &time(minute)?, &stamp)?;
        sheet.write_with_format(row, 2, &time(minute + 7)?, &stamp)?;
        sheet.write(row, 3, "anonymous")?;
        let mut number = World::person_ref(index);
        match dice.pick(&[900, 50, 30, 20]) {
            0 => {}
            1 => number = number.to_lowercase(),
            2 => number = format!(" {number} "),
            _ => number.clear(),
        }
        if !number.is_empty() {
            sheet.write(row, 5, number)?;
        }
        for column in [6_u16, 7] {
            let base = if column == 6 { [10, 22, 30, 28, 10] } else { [18, 28, 28, 20, 6] };
            let level = (dice.pick(&base) as u64 + lift).min(4) as usize;
            if !dice.chance(25) {
                sheet.write(row, column, AGREE[level])?;
            }
        }
        match wave {
            Wave::Before => {
                let age = match dice.pick(&[900, 50, 50]) {
                    0 => AGES[person.age],
                    1 => "Prefer not to say",
                    _ => "",
                };
                if !age.is_empty() {
                    sheet.write(row, 8, age)?;
                }
            }
            Wave::After => {
                let mut did = String::new();
                for (option, chance) in [
                    ("Talked, listened or told a story", 620),
                    ("Made something", 540),
                    ("Helped to plan, choose or decide", 300),
                    ("Led a session", 70),
                ] {
                    if dice.chance(chance) {
                        did.push_str(option);
                        did.push(';');
                    }
                }
                if !did.is_empty() {
                    sheet.write(row, 8, did)?;
                }
                let acted = ["Yes", "Partly", "No", "I don't know", ""][dice.pick(&[38, 27, 12, 18, 5])];
                if !acted.is_empty() {
                    sheet.write(row, 9, acted)?;
                }
                if dice.chance(350) {
                    sheet.write(row, 10, format!("{} {} {}", dice.one(&REMARKS), dice.one(&LAST), index + 1))?;
                }
            }
        }
        row += 1;
    }
    book.save_to_buffer()
}
