//! Dates, numbers and states of a column: each line is a cell, looked at as `inspect` and `init` do.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let column = reach_fuzz::column("Date", text.lines().take(2000));
    std::hint::black_box(reach::clean::profile(&column));
});
