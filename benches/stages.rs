//! What each stage costs: `cargo bench --bench stages -- [--people N] [--runs N]`, or of a survey export
//! `cargo bench --bench stages -- --survey MEGABYTES [--runs N]`.
//!
//! Makes the demo for that many people in a temporary folder and prints, from one process: the processor time of a bare `csv` pass
//! over the attendance registers; that of reading and cleaning the same files, and their ratio; then each stage of the whole run
//! with its share of the time. Medians of the runs. Quote the ratios: absolute times belong to one machine.
#![allow(
    clippy::allow_attributes,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark writes its own inputs and stops at the first fault"
)]

#[path = "stages/survey_export.rs"]
mod survey_export;

use std::path::{Path, PathBuf};
use std::time::Instant;

use reach::protect::{History, Profile};
use reach::{clean, demo, ingest, link, measure, protect, report, spec};
use rustix::time::{ClockId, clock_gettime};

/// Processor seconds of this process, all threads.
fn cpu() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// (processor seconds, wall seconds) of a piece of work, and its result.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, f64, T) {
    let (c, w) = (cpu(), Instant::now());
    let out = work();
    (cpu() - c, w.elapsed().as_secs_f64(), out)
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// The most memory this process ever held, in MiB (Linux).
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

fn write_demo(folder: &Path, people: u32) -> Vec<PathBuf> {
    let mut registers = Vec::new();
    for file in demo::files(&demo::Options { people, ..Default::default() }).unwrap() {
        let path = folder.join(file.name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &file.bytes).unwrap();
        if file.name.contains("register") {
            registers.push(path);
        }
    }
    registers
}

/// A pass over files that does nothing with their fields: how many there are.
fn bare_pass(paths: &[PathBuf]) -> usize {
    let mut fields = 0;
    for path in paths {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap();
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).unwrap() {
            fields += record.len();
        }
    }
    std::hint::black_box(fields)
}

/// Reading and cleaning a survey export of so many megabytes, against a bare pass; and the memory it takes, against its size.
fn survey(megabytes: u32, runs: u32) {
    let folder = tempfile::tempdir().unwrap();
    let rows = survey_export::write(folder.path(), u64::from(megabytes)).unwrap();
    let path = folder.path().join("visitors.csv");
    let size = std::fs::metadata(&path).unwrap().len() as f64 / f64::from(1 << 20);
    println!("a survey export of {size:.0} MiB, {rows} rows; {runs} runs");
    let spec = spec::load(&folder.path().join("reach.toml")).expect("the spec is right");
    let (mut bare, mut reading, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..runs {
        let before = peak();
        let (read, _, intake) = timed(|| ingest::read(&spec));
        let held = peak();
        assert_eq!(intake.tables.first().map(|t| t.rows as u64), Some(rows), "{:?}", intake.problems.list);
        let (cleaned, _, out) = timed(|| clean::clean(intake, &spec, None));
        if run == 0 {
            println!(
                "memory before {before:.0} MiB, after reading {held:.0} MiB ({:.2} x the file), after cleaning {:.0} MiB ({:.2} x)",
                held / size,
                peak(),
                peak() / size
            );
            for problem in out.problems.list.iter().take(12) {
                println!("  {}: {}", problem.place, problem.message);
            }
        }
        drop(out);
        reading.push(read);
        ours.push(read + cleaned);
        bare.push(timed(|| bare_pass(std::slice::from_ref(&path))).0);
    }
    let (bare, ours, reading) = (median(bare), median(ours), median(reading));
    println!("bare csv pass        {bare:8.3} s cpu");
    println!("reading              {reading:8.3} s cpu   {:.2} x", reading / bare);
    println!("reading and cleaning {ours:8.3} s cpu   {:.2} x", ours / bare);
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, usual: u32| {
        let at = arguments.iter().position(|a| a == name);
        at.and_then(|i| arguments.get(i + 1)).and_then(|n| n.parse().ok()).unwrap_or(usual)
    };
    let (people, runs) = (number("--people", 100_000), number("--runs", 5));
    if let megabytes @ 1.. = number("--survey", 0) {
        return survey(megabytes, runs);
    }
    let folder = tempfile::tempdir().unwrap();
    let registers = write_demo(folder.path(), people);
    let bytes: u64 = registers.iter().map(|p| std::fs::metadata(p).unwrap().len()).sum();
    println!("{people} people; attendance registers of {:.0} MB; {runs} runs", bytes as f64 / 1e6);

    let whole = spec::load(&folder.path().join("reach.toml")).expect("the demo's spec is right");
    let mut only = whole.clone();
    only.sources.retain(|s| s.kind == spec::Kind::Attendance);

    let (mut bare, mut ours, mut reading) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        bare.push(timed(|| bare_pass(&registers)).0);
        let (read, _, intake) = timed(|| ingest::read(&only));
        let (cleaned, _, _) = timed(|| std::hint::black_box(clean::clean(intake, &only, None)));
        reading.push(read);
        ours.push(read + cleaned);
    }
    let (bare, ours, reading) = (median(bare), median(ours), median(reading));
    println!("bare csv pass        {bare:8.3} s cpu");
    println!("reading              {reading:8.3} s cpu   {:.2} x", reading / bare);
    println!("reading and cleaning {ours:8.3} s cpu   {:.2} x", ours / bare);

    let key = link::Key::from_bytes([7; 32]);
    let profile = Profile::named(&whole.programme.profile).expect("the demo names a known profile");
    let names = ["read", "clean", "link", "measure", "protect", "report"];
    let mut stages: Vec<Vec<(f64, f64)>> = vec![Vec::new(); names.len()];
    for _ in 0..runs {
        let (c, w, intake) = timed(|| ingest::read(&whole));
        stages[0].push((c, w));
        let files = intake.files.clone();
        let tables: Vec<_> = intake.tables.iter().map(report::TableFacts::from).collect();
        let (c, w, cleaned) = timed(|| clean::clean(intake, &whole, None));
        stages[1].push((c, w));
        let (c, w, linked) = timed(|| link::link(cleaned, &whole, &key));
        stages[2].push((c, w));
        let (c, w, measured) = timed(|| measure::measure(&linked, &whole));
        stages[3].push((c, w));
        let (c, w, protected) = timed(|| protect::protect(&measured, &profile, &History::default()));
        stages[4].push((c, w));
        let inside = report::Inside {
            spec: &whole,
            measured: &measured,
            joins: &linked.joins,
            dates: &linked.dates,
            files: &files,
            tables: &tables,
            problems: &linked.problems,
            as_of: linked.as_of,
            warnings: &[],
        };
        let (c, w, _) = timed(|| report::render(protected, &inside).is_ok());
        stages[5].push((c, w));
    }
    let per_stage: Vec<(f64, f64)> = stages
        .iter()
        .map(|s| (median(s.iter().map(|x| x.0).collect()), median(s.iter().map(|x| x.1).collect())))
        .collect();
    let total: f64 = per_stage.iter().map(|s| s.0).sum();
    println!("\nstage        cpu s   wall s   share");
    for (name, (c, w)) in names.iter().zip(&per_stage) {
        println!("{name:<9} {c:8.3} {w:8.3}   {:4.0} %", 100.0 * c / total);
    }
    println!("all       {total:8.3} {:8.3}", per_stage.iter().map(|s| s.1).sum::<f64>());
    println!("peak memory {:.0} MiB", peak());
}
