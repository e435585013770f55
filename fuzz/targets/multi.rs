//! Questions of which several options may be ticked: the first line lists the options (`|` between them), the others are answers.
#![no_main]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use reach::{clean, ingest, spec};

/// A survey of one question, with these options.
fn survey(folder: &Path, options: &str) -> Option<spec::Spec> {
    let quoted = options.replace('"', "\"\"");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).ok();
    write(
        "reach.toml",
        "[programme]\nname = \"P\"\nfrom = 2025-04-01\nto = 2026-03-31\nyear = \"April\"\nprofile = \"people-10\"\n\n\
         [source.visitors]\nfiles = \"visitors.csv\"\nkind = \"survey\"\ninstrument = \"visitor\"\nsample = \"self-selected\"\n",
    )?;
    write(
        "codebook.csv",
        &format!(
            "source,column,is,type,options,class,outcome,text\nvisitors,Response,response,id,,,,\n\
             visitors,How?,how,choices,\"{quoted}\",,,\n"
        ),
    )?;
    write("recodes.csv", "list,written,means,why\n")?;
    write("visitors.csv", "Response,How?\n1,x\n")?;
    spec::load(&folder.join("reach.toml")).ok()
}

/// The same, remembered: most changes are to the answers.
fn remembered(options: &str) -> Option<Rc<spec::Spec>> {
    thread_local!(static KNOWN: RefCell<BTreeMap<String, Option<Rc<spec::Spec>>>> = const { RefCell::new(BTreeMap::new()) });
    KNOWN.with_borrow_mut(|known| {
        if let Some(spec) = known.get(options) {
            return spec.clone();
        }
        if known.len() >= 4096 {
            known.clear();
        }
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        let spec = survey(folder.path(), options).map(Rc::new);
        known.insert(options.to_owned(), spec.clone());
        spec
    })
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (options, answers) = text.split_once('\n').unwrap_or((text, ""));
    let Some(spec) = remembered(options) else { return };
    let mut table = String::from("Response,How?\n");
    for (row, answer) in answers.lines().enumerate().take(500) {
        table.push_str(&format!("{row},\"{}\"\n", answer.replace('"', "\"\"")));
    }
    let intake = ingest::read_bytes(table.into_bytes(), "visitors.csv", &ingest::ReadOptions::default());
    let rows: u64 = intake.tables.iter().map(|t| t.rows as u64).sum();
    let cleaned = clean::clean(intake, &spec, None);
    assert!(cleaned.tables.iter().all(|t| t.rows as u64 <= rows));
});
