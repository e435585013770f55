//! The reader of delimited text: any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // What begins like a container belongs to another target.
    if !bytes.starts_with(b"PK") && !bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        reach_fuzz::check(&reach_fuzz::read(bytes));
    }
});
