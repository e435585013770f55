//! Dates, numbers and states of a column: each line is a cell, looked at as `inspect` and `init` do.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut table = String::from("Response,When\n");
    for (row, line) in text.lines().enumerate().take(2000) {
        table.push_str(&format!("{row},\"{}\"\n", line.replace('"', "\"\"")));
    }
    reach_fuzz::check(&reach_fuzz::read(table.as_bytes()));
});
