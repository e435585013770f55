//! No bytes bring the process down: mutated exports end with a clear verdict, inside their memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use rayon::prelude::*;
use reach::demo;
use reach::ingest;

/// SplitMix64: which mutation is made is fixed by its number.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// Small whole files of every kind that is read, to be mutated.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds = Vec::new();
    for file in demo::files(&demo::Options { seed: 3, people: 12 }).unwrap() {
        if file.name.starts_with("activity") || file.name.starts_with("surveys") {
            let mut bytes = file.bytes;
            if file.name.ends_with(".csv") {
                bytes.truncate(3000);
            }
            seeds.push((file.name, bytes));
        }
    }
    let text = "Date;Count\r\n03/04/2025;1.204\r\n14/04/2025;7\r\n";
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    seeds.push(("utf16.csv", utf16));
    seeds.push(("latin.csv", b"Caf\xe9,Cr\xe8che\n\x93yes\x94,no\n".to_vec()));
    seeds
}

/// Pieces that have broken readers before.
const PIECES: [&[u8]; 18] = [
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc2\xa0",
    b"99999999999999999999",
    b"-1e308",
    b"32/13/0000",
    b"31/02/2025",
    b"=cmd|' /C calc'!A0",
    b"\xf0\x9f\x92\xa9",
];

fn mutate(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(out.len() + 1);
        match dice.below(8) {
            0 => out.truncate(at),
            1 if at < out.len() => out[at] = dice.next() as u8,
            2 if at < out.len() => out[at] ^= 1 << dice.below(8),
            3 => {
                let piece = PIECES[dice.below(PIECES.len())];
                out.splice(at..at, piece.iter().copied());
            }
            4 => {
                let end = (at + dice.below(40)).min(out.len());
                out.drain(at..end);
            }
            5 => {
                let end = (at + dice.below(60)).min(out.len());
                let copy = out[at..end].to_vec();
                let to = dice.below(out.len() + 1);
                out.splice(to..to, copy);
            }
            6 => {
                let fill = vec![PIECES[dice.below(PIECES.len())][0]; dice.below(300)];
                out.splice(at..at, fill);
            }
            _ => {
                for _ in 0..4 {
                    if !out.is_empty() {
                        let at = dice.below(out.len());
                        out[at] = dice.next() as u8;
                    }
                }
            }
        }
    }
    out
}

/// How many mutations: `REACH_MUTATIONS` sets it.
fn how_many(usual: usize) -> usize {
    std::env::var("REACH_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

#[test]
fn mutated_files_are_read_or_refused_in_process() {
    let seeds = seeds();
    let folder = tempfile::tempdir().unwrap();
    let before = crate::ALLOCATOR.allocated();
    // 512 MiB beyond what the process holds already: an allocation over it ends the process, and so the test.
    crate::ALLOCATOR.set_limit(before + (512 << 20)).unwrap();
    (0..how_many(20_000)).into_par_iter().for_each(|number| {
        let mut dice = Dice(number as u64);
        // Workbooks cost a hundred times what a text does, so one in ten is a workbook.
        let workbook = number % 10 == 0;
        let of: Vec<_> = seeds.iter().filter(|(name, _)| name.ends_with(".xlsx") == workbook).collect();
        let (name, bytes) = of[dice.below(of.len())];
        let bytes = mutate(bytes, &mut dice);
        let ending = name.rsplit('.').next().unwrap();
        let path = folder.path().join(format!("{number}.{ending}"));
        std::fs::write(&path, bytes).unwrap();
        let intake = ingest::read_one(&path, "mutated", &ingest::ReadOptions::default());
        for table in &intake.tables {
            for column in &table.columns {
                assert_eq!(column.codes.len(), table.rows, "mutation {number}: a column lost a row");
            }
            // Dates, numbers, options and states are looked at as `inspect` and `init` do.
            std::hint::black_box(reach::clean::look_at(table));
        }
        assert!(
            !intake.tables.is_empty() || intake.problems.stop().is_some(),
            "mutation {number}: neither read nor refused"
        );
        std::fs::remove_file(path).unwrap();
    });
    crate::ALLOCATOR.set_limit(usize::MAX).unwrap();
}

/// Runs mutations `numbers` one after another in a programme of their own; how often each exit code came.
fn through_the_binary(numbers: impl Iterator<Item = usize>) -> BTreeMap<i32, u32> {
    let folder = tempfile::tempdir().unwrap();
    let mut names = Vec::new();
    for file in demo::files(&demo::Options { seed: 3, people: 12 }).unwrap() {
        let path = folder.path().join(file.name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &file.bytes).unwrap();
        if !file.name.ends_with(".md") && !file.name.ends_with(".txt") {
            names.push((file.name, file.bytes));
        }
    }
    let mut codes = BTreeMap::<i32, u32>::new();
    for number in numbers {
        let mut dice = Dice(1_000_000 + number as u64);
        let (name, bytes) = &names[dice.below(names.len())];
        let path: &Path = &folder.path().join(name);
        std::fs::write(path, mutate(bytes, &mut dice)).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_reach"))
            .args(["check", "reach.toml", "--threads", "1"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let code = output.status.code().expect("not ended by a signal");
        assert!(
            [0, 3, 10, 12, 13, 78].contains(&code),
            "mutation {number} of {name} ended with {code}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        *codes.entry(code).or_default() += 1;
        std::fs::write(path, bytes).unwrap();
    }
    codes
}

#[test]
fn mutated_files_end_the_binary_with_a_code_of_the_table() {
    let many = how_many(300).min(1000);
    let halves: Vec<_> = (0..2).into_par_iter().map(|half| through_the_binary((half..many).step_by(2))).collect();
    let mut codes = BTreeMap::<i32, u32>::new();
    for (code, times) in halves.into_iter().flatten() {
        *codes.entry(code).or_default() += times;
    }
    println!("exit codes: {codes:?}");
    assert!(codes.len() > 1, "mutations must reach more than one verdict");
}
