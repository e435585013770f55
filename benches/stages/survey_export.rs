//! A survey export of any size, as a platform writes it: choices, scales, options in a cell and in columns of their own, dates, ids,
//! and people's own words, some of them over several lines. Equal every time.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
    fn one<'w>(&mut self, of: &[&'w str]) -> &'w str {
        of[self.below(of.len() as u64) as usize]
    }
}

const AGREE: [&str; 5] = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"];
const HEARD: [&str; 6] = [
    "Friends or family",
    "Press (newspapers, radio etc)",
    "Social media",
    "A leaflet",
    "Walking past",
    "None of these",
];
const CAME: [&str; 8] =
    ["Exhibitions", "Workshops", "Talks", "The café", "The shop", "Family events", "Research", "Concerts"];
const AGES: [&str; 7] = ["Under 16", "16-24", "25-34", "35-44", "45-59", "60-74", "75+"];
const PLACES: [&str; 12] = [
    "City Library",
    "Discovery Museum",
    "Great North Museum",
    "Hatton Gallery",
    "Laing Art Gallery",
    "Segedunum",
    "South Shields Museum",
    "Shipley Art Gallery",
    "Arbeia",
    "Stephenson Railway Museum",
    "Byker",
    "Fenham",
];
const WORDS: [&str; 24] = [
    "the",
    "staff",
    "were",
    "very",
    "kind",
    "and",
    "my",
    "children",
    "loved",
    "making",
    "things",
    "with",
    "clay",
    "more",
    "seats",
    "please",
    "it",
    "was",
    "a",
    "lovely",
    "afternoon",
    "we",
    "will",
    "return",
];
/// Statements that are agreed with, each in a column of its own.
const STATEMENTS: usize = 12;

/// Writes the programme's files, the export with at least `megabytes` of rows among them; gives how many rows it has.
pub fn write(folder: &Path, megabytes: u64) -> std::io::Result<u64> {
    std::fs::write(
        folder.join("reach.toml"),
        "[programme]\nname    = \"Quayside\"\nfrom    = 2025-04-01\nto      = 2026-03-31\nyear    = \"April\"\n\
         dates   = \"day month year\"\nprofile = \"people-10\"\n\n[source.visitors]\nfiles      = \"visitors.csv\"\n\
         kind       = \"survey\"\ninstrument = \"visitor\"\nsample     = \"self-selected\"\n",
    )?;
    std::fs::write(folder.join("recodes.csv"), "list,written,means,why\n")?;
    let mut book = String::from(
        "source,column,is,type,options,class,outcome,text\nvisitors,Respondent ID,response,,,,,\nvisitors,Start Date,(ignore),,,,,\n\
         visitors,End Date,date,date,,,,\nvisitors,Which place did you visit?,site,,,,,\nvisitors,Email Address,email,,,,,\n\
         visitors,What is your postcode?,postcode,,,,,\n",
    );
    let _ = writeln!(book, "visitors,How old are you?,age,choice,{},,,", AGES.join(" | "));
    let _ = writeln!(book, "visitors,How did you hear of us?,heard,choices,\"{}\",,,", HEARD.join(" | "));
    let _ = writeln!(book, "visitors,What do you come for?,came,choices,{},,,", CAME.join(" | "));
    for n in 1..=STATEMENTS {
        let _ = writeln!(book, "visitors,Statement {n},s{n},scale,{},,,", AGREE.join(" | "));
    }
    book.push_str("visitors,How many came with you?,party,number,,,,\nvisitors,What did you like?,liked,free text,,,,\nvisitors,What could be better?,better,free text,,,,\n");
    std::fs::write(folder.join("codebook.csv"), book)?;

    let mut out = std::io::BufWriter::new(std::fs::File::create(folder.join("visitors.csv"))?);
    let mut stems = String::from(
        "Respondent ID,Start Date,End Date,Which place did you visit?,Email Address,What is your postcode?,How old are you?,How did you hear of us?",
    );
    let mut options = String::from(",,,Response,,Open-Ended Response,Response,Response");
    for (n, option) in CAME.iter().enumerate() {
        stems.push_str(if n == 0 { ",What do you come for?" } else { "," });
        let _ = write!(options, ",{option}");
    }
    for n in 1..=STATEMENTS {
        let _ = write!(stems, ",Statement {n}");
        options.push_str(",Response");
    }
    stems.push_str(",How many came with you?,What did you like?,What could be better?\n");
    options.push_str(",Response,Open-Ended Response,Open-Ended Response\n");
    out.write_all(stems.as_bytes())?;
    out.write_all(options.as_bytes())?;
    let mut dice = Dice(7);
    let (mut written, mut rows) = (0u64, 0u64);
    let mut row = String::new();
    while written < megabytes * 1_000_000 {
        row.clear();
        line(&mut row, rows, &mut dice);
        out.write_all(row.as_bytes())?;
        written += row.len() as u64;
        rows += 1;
    }
    out.flush()?;
    Ok(rows)
}

fn line(row: &mut String, number: u64, dice: &mut Dice) {
    let (day, month) = (1 + dice.below(28), 4 + dice.below(8));
    let (hour, minute) = (9 + dice.below(9), dice.below(50));
    let _ = write!(row, "{},{day:02}/{month:02}/2025 {hour:02}:{minute:02}", 10_000_000 + number);
    let _ = write!(row, ",{day:02}/{month:02}/2025 {hour:02}:{:02},{}", minute + dice.below(9), dice.one(&PLACES));
    match dice.below(5) {
        0 => {
            let _ = write!(row, ",visitor{number}@example.org");
        }
        _ => row.push(','),
    }
    let _ = write!(row, ",NE{} {}AB,{}", 1 + dice.below(40), dice.below(10), dice.one(&AGES));
    row.push_str(",\"");
    let first = dice.below(3) as usize;
    row.push_str(HEARD[first]);
    if dice.below(2) == 0 {
        let _ = write!(row, ", {}", HEARD[first + 1]);
    }
    row.push('"');
    for option in CAME {
        row.push(',');
        if dice.below(4) == 0 {
            row.push_str(option);
        }
    }
    for _ in 0..STATEMENTS {
        row.push(',');
        if dice.below(12) > 0 {
            row.push_str(dice.one(&AGREE));
        }
    }
    let _ = write!(row, ",{}", dice.below(7));
    words(row, dice, 3);
    words(row, dice, 2);
    row.push('\n');
}

/// People's own words, or nothing: two in `of` write something.
fn words(row: &mut String, dice: &mut Dice, of: u64) {
    row.push(',');
    if dice.below(of + 2) >= 2 {
        return;
    }
    row.push('"');
    for n in 0..4 + dice.below(30) {
        row.push_str(match (n, dice.below(25)) {
            (0, _) => "",
            (_, 0) => ", ",
            (_, 1) => "\n",
            (_, 2) => " \"\"so to say\"\" ",
            _ => " ",
        });
        row.push_str(dice.one(&WORDS));
    }
    row.push('"');
}
