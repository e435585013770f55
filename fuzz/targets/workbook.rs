//! The reader of workbooks: a sound one in which a part is replaced by any bytes. The first byte says which.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&which, content)) = bytes.split_first() else { return };
    let mut parts = reach_fuzz::parts().to_vec();
    match parts.get_mut(which as usize) {
        Some((_, part)) => *part = content.to_vec(),
        None => return,
    }
    reach_fuzz::check(&reach_fuzz::read(&reach_fuzz::packed(&parts)));
});
