//! The activity files of the demo: as staff keep them, oddities and all.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::dice::Dice;
use super::words::{AGES, FIRST, LAST, SITES, STRANDS};
use super::world::{World, Year, year_of};

/// Collects the records of one CSV file.
pub(super) struct Csv {
    writer: csv::Writer<Vec<u8>>,
}

impl Csv {
    /// An empty file with this line end.
    pub(super) fn new(terminator: csv::Terminator) -> Self {
        Csv { writer: csv::WriterBuilder::new().flexible(true).terminator(terminator).from_writer(Vec::new()) }
    }
    /// Adds a record.
    pub(super) fn record<S: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = S>) {
        // Writing into memory cannot fail, and the writer is flexible about lengths.
        let _ = self.writer.write_record(cells);
    }
    /// The file's bytes.
    pub(super) fn bytes(self) -> Vec<u8> {
        self.writer.into_inner().unwrap_or_default()
    }
}

/// A workbook whose bytes do not depend on the day it is written.
pub(super) fn workbook() -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let day = ExcelDateTime::from_ymd(2026, 4, 20)?;
    book.set_properties(&DocProperties::new().set_author("Harbourside Museums (invented)").set_creation_datetime(&day));
    Ok(book)
}

/// `03/05/2024`.
pub(super) fn day_month_year(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// The register of places.
pub(super) fn sites() -> Vec<u8> {
    let mut csv = Csv::new(csv::Terminator::CRLF);
    csv.record(["Site", "Kind", "Step-free"]);
    for (index, (name, _)) in SITES.iter().enumerate() {
        csv.record([*name, ["Gallery", "Museum", "Museum and archive"][index], ["Yes", "Yes", "Ground floor"][index]]);
    }
    csv.bytes()
}

/// Door counts: one column per month, whose headers change their form when a new officer took over.
pub(super) fn headcounts(world: &World) -> Vec<u8> {
    let mut dice = Dice::new(world.seed, 11);
    let mut csv = Csv::new(csv::Terminator::CRLF);
    let months: Vec<(i16, i8)> = (0..24).map(|m| (2024 + (m + 3) / 12, ((m + 3) % 12 + 1) as i8)).collect();
    let mut header = vec!["Site".to_owned()];
    // Nobody counted in December 2024: the month has no column at all.
    let counted = |&&(year, month): &&(i16, i8)| !(year == 2024 && month == 12);
    header.extend(months.iter().filter(counted).map(|&(year, month)| match year {
        2024 => format!("{year}-{month:02}"),
        _ => format!("{year}-{month}"),
    }));
    csv.record(&header);
    for (site, (name, written)) in SITES.iter().enumerate() {
        let mut record = vec![if site == 2 { (*written).to_owned() } else { (*name).to_owned() }];
        for &(year, month) in months.iter().filter(counted) {
            let season = [70, 72, 85, 100, 108, 112, 110, 118, 96, 90, 84, 66][month as usize - 1];
            let count = [21, 14, 9][site] * season + dice.below(180);
            record.push(match (site, year, month) {
                // Closed for the roof: a true zero, twice. The counter broke: not known.
                (2, 2025, 1 | 2) => "0".into(),
                (1, 2025, 6) => String::new(),
                (0, _, _) if count >= 1000 => format!("{},{:03}", count / 1000, count % 1000),
                _ => count.to_string(),
            });
        }
        csv.record(&record);
    }
    csv.bytes()
}

/// The session log: a workbook with a title and a note above the table, a totals row and a footnote under it.
pub(super) fn sessions(world: &World) -> Result<Vec<u8>, XlsxError> {
    let mut dice = Dice::new(world.seed, 12);
    let mut book = workbook()?;
    let bold = Format::new().set_bold();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = book.add_worksheet();
    sheet.set_name("Sessions")?;
    sheet.write_with_format(0, 0, "Harbourside Museums: engagement sessions, April 2024 to March 2026", &bold)?;
    sheet.write(1, 0, "One row per session. Ask Learning before you add a column.")?;
    for (column, header) in ["Ref", "Date", "Venue", "Strand", "What happened", "Hours", "Led by"].iter().enumerate() {
        sheet.write_with_format(3, column as u16, *header, &bold)?;
    }
    let mut hours = 0;
    for (index, s) in world.sessions.iter().enumerate() {
        let row = 4 + index as u32;
        sheet.write(row, 0, world.session_ref(index))?;
        let cell = ExcelDateTime::from_ymd(s.date.year() as u16, s.date.month() as u8, s.date.day() as u8)?;
        match index {
            // Two dates were typed as text.
            17 | 90 => sheet.write(row, 1, day_month_year(s.date))?,
            _ => sheet.write_with_format(row, 1, &cell, &date)?,
        };
        let (name, variant) = SITES[s.site];
        sheet.write(row, 2, if dice.chance(40) && s.site < 2 { variant } else { name })?;
        sheet.write(row, 3, STRANDS[s.strand].0)?;
        let what = STRANDS[s.strand].1[s.what];
        sheet.write(row, 4, if dice.chance(30) { what.to_lowercase() } else { what.to_owned() })?;
        // A few sessions have no length.
        if index % 61 != 60 {
            sheet.write(row, 5, s.half_hours as f64 / 2.0)?;
            hours += s.half_hours;
        }
        sheet.write(row, 6, format!("{} {}", dice.one(&FIRST), dice.one(&LAST)))?;
    }
    let end = 4 + world.sessions.len() as u32;
    sheet.write_with_format(end, 0, "Total", &bold)?;
    sheet.write_with_format(end, 5, hours as f64 / 2.0, &bold)?;
    sheet.write(end + 2, 0, "Hours are the time on site, without setting up.")?;
    sheet.set_column_width(2, 20)?;
    sheet.set_column_width(4, 20)?;
    let notes = book.add_worksheet();
    notes.set_name("Old codes")?;
    notes.write(0, 0, "not used any more")?;
    notes.set_hidden(true);
    book.save_to_buffer()
}

/// The register of participants.
pub(super) fn participants(world: &World) -> Vec<u8> {
    let mut csv = Csv::new(csv::Terminator::CRLF);
    csv.record([
        "Participant",
        "Name",
        "E-mail",
        "Date of birth",
        "Postcode",
        "Age group",
        "Joined",
        "Happy to be quoted?",
    ]);
    for (index, person) in world.people.iter().enumerate() {
        let mut dice = Dice::new(world.seed, 2_000_003 + index as u64);
        let first = dice.one(&FIRST);
        let last = dice.one(&LAST);
        let id = World::person_ref(index);
        let mut email = format!("{}.{}{}@mail.example", first.to_lowercase(), last.to_lowercase(), index + 1);
        if dice.chance(50) {
            email = email.to_uppercase();
        }
        let years = [17, 26, 36, 46, 56, 66, 77][person.age] + dice.below(7) as i16;
        let born = format!("{:02}/{:02}/{:04}", dice.below(28) + 1, dice.below(12) + 1, 2024 - years);
        let postcode =
            format!("QV{} {}{}{}", dice.below(9) + 1, dice.below(9) + 1, letter(&mut dice), letter(&mut dice));
        let age = match dice.pick(&[880, 30, 40, 30, 20]) {
            0 => AGES[person.age].to_owned(),
            1 => AGES[person.age].replace('-', " to "),
            2 => "Prefer not to say".to_owned(),
            3 => String::new(),
            _ => format!(" {}\u{a0}", AGES[person.age]),
        };
        let record = [
            id,
            format!("{first} {last}"),
            if dice.chance(60) { String::new() } else { email },
            if dice.chance(40) { String::new() } else { born },
            match dice.pick(&[900, 50, 50]) {
                0 => postcode,
                1 => postcode.to_lowercase().replace(' ', ""),
                _ => String::new(),
            },
            age,
            day_month_year(person.from),
            (*dice.one(&["Yes", "No", "Yes", ""])).to_owned(),
        ];
        csv.record(&record);
        // Card number 31 was entered twice.
        if index == 30 {
            csv.record(&record);
        }
    }
    csv.bytes()
}

fn letter(dice: &mut Dice) -> char {
    char::from(b'A' + dice.below(26) as u8)
}

/// The attendance register of one year: a line per person and session.
pub(super) fn register(world: &World, year: Year) -> Vec<u8> {
    let mut csv = Csv::new(csv::Terminator::Any(b'\n'));
    csv.record(["Participant", "Session", "Present", "Signed in", "Recorded by"]);
    let mut written = 0_u64;
    for person in 0..world.people.len() {
        let mut dice = Dice::new(world.seed, 3_000_017 + person as u64);
        let id = World::person_ref(person);
        for session in world.attended(person) {
            let s = &world.sessions[session as usize];
            if year_of(s.date) != year {
                continue;
            }
            let mut session_ref = world.session_ref(session as usize);
            let present = ["Yes", "yes", "Y", "No"][dice.pick(&[930, 20, 10, 40])];
            let signed = match present {
                "No" => String::new(),
                _ => format!("{} {:02}:{:02}", day_month_year(s.date), 10 + dice.below(8), dice.below(60)),
            };
            let clerk = ["front desk", "J. Holtby", "tablet 2"][dice.pick(&[60, 25, 15])];
            written += 1;
            match written {
                // A reference typed by hand, one that no log knows, a session cut off.
                400 => session_ref = session_ref.to_lowercase(),
                700 | 1300 => session_ref = "S24-9999".to_owned(),
                1100 => session_ref.clear(),
                _ => {}
            }
            let record = [id.as_str(), &session_ref, present, &signed, clerk];
            csv.record(record);
            // The tablet sent some lines twice.
            if written.is_multiple_of(997) {
                csv.record(record);
            }
        }
    }
    csv.bytes()
}
