//! Header finding: small tables of words that headers of survey platforms are made of. A byte is a word, a cell's end or a row's.
#![no_main]

const WORDS: [&str; 40] = [
    "Respondent ID", "Collector ID", "Start Date", "End Date", "Response", "Open-Ended Response", "Other (please specify)",
    "ID", "Start time", "Completion time", "Email", "Name", "Timestamp", "Horodateur", "id", "submitdate", "lastpage",
    "Q1[SQ001]", "Q1[other]", "StartDate", "ResponseId", "Finished", "{\"ImportId\":\"QID1\"}", "_id", "_uuid", "KEY",
    "PARENT_KEY", "group/question", "#", "Network ID", "2025-04", "2025-05", "03/04/2025", "14/04/2025 10:00", "Yes", "No",
    "3", "Total", "Which of these?", "Note: by hand",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut text = String::new();
    for &byte in bytes.iter().take(4096) {
        match byte {
            0..40 => text.push_str(WORDS[usize::from(byte)]),
            40..48 => text.push(' '),
            48..58 => text.push(char::from(byte)),
            58..100 => text.push('\n'),
            _ => text.push(','),
        }
    }
    reach_fuzz::check(&reach_fuzz::read(text.as_bytes()));
});
