//! The sections of `reach.toml`, judged: `[programme]`, `[source.…]`, `[scale.…]` and `[advanced]`.

use super::file::{At, Section, Sink, Value};
use super::vocabulary::{self as vocab, find};
use super::{CountUnit, DateOrder, Kind, Limits, Programme, Sample, Source, fold, lists, rows, words};
use crate::ingest::Range;
use crate::ledger::Furniture;
use crate::problem::Problem;

/// What of `reach.toml` could be read, right or wrong.
pub(super) struct Declared {
    pub programme: Option<Programme>,
    pub sources: Vec<Source>,
    /// All names of sources, with their kind where it is known: also of those that have faults.
    pub names: Vec<(String, Option<Kind>)>,
    pub limits: Limits,
    /// `[rows] erased`: the list of those who are erased, with its line.
    pub erased: Option<At<String>>,
    /// `[scale.NAME] licence`: name and line of text.
    pub scales: Vec<(String, String)>,
}

/// Settings of the plan that this version does not read, with what to do.
const LATER: [(&str, &str); 6] = [
    ("weights", "remove the section: results are shown unweighted in this version"),
    ("view", "remove the section: one report holds everything in this version"),
    ("views", "remove the section: one report holds everything in this version"),
    ("costs", "remove the section"),
    ("rules", "remove the section"),
    ("source_line", "remove the line"),
];

/// Judges the whole file.
pub(super) fn check(root: &Section, sink: &Sink<'_>) -> Declared {
    let programme = match root.section("programme", sink) {
        Some(section) => programme(section, sink),
        None => {
            if !root.has("programme") {
                let hint = "add [programme] with name, from and to; `reach init FOLDER` writes a whole file";
                sink.wrong("spec-programme", 0, "programme", "there is no section [programme]", hint);
            }
            None
        }
    };
    let mut out = Declared {
        programme,
        sources: Vec::new(),
        names: Vec::new(),
        limits: Limits::default(),
        erased: None,
        scales: Vec::new(),
    };
    match root.section("source", sink) {
        Some(sections) => {
            for entry in &sections.entries {
                let Value::Section(section) = &entry.value.value else {
                    let key = sections.key(&entry.key);
                    let hint = "each source has a name of its own, such as [source.visits]";
                    sink.wrong("spec-value", entry.line, &key, "this setting belongs to no source", hint);
                    continue;
                };
                source_name(&entry.key, entry.line, sink);
                let kind = kind(section, sink);
                out.names.push((entry.key.clone(), kind));
                if let Some(source) = source(&entry.key, section, kind, sink) {
                    out.sources.push(source);
                }
            }
        }
        None => {
            if !root.has("source") {
                let hint = "answer the questions (#?) in reach.toml, or add a section such as [source.visits] with files and kind for each export";
                sink.wrong("spec-sources", 0, "source", "no source is declared", hint);
            }
        }
    }
    if let Some(sections) = root.section("scale", sink) {
        for entry in &sections.entries {
            scale(&entry.key, entry.line, &entry.value.value, sink, &mut out.scales);
        }
    }
    if let Some(section) = root.section("advanced", sink) {
        out.limits = advanced(section, sink);
    }
    if let Some(section) = root.section("rows", sink) {
        let rules = rows::read(section, None, sink);
        out.sources.iter_mut().for_each(|source| source.rows.over(&rules));
        out.erased = section.text("erased", sink).filter(|file| relative(file, "erased", section, sink));
        section.finish(sink, &LATER);
    }
    root.finish(sink, &LATER);
    out
}

fn programme(section: &Section, sink: &Sink<'_>) -> Option<Programme> {
    let needed = |key: &str, example: &str| {
        if !section.has(key) {
            let message = format!("[programme] lacks {key}");
            sink.wrong("spec-needed", section.line, &section.key(key), message, format!("add the line: {example}"));
        }
    };
    needed("name", "name = \"Our programme\"");
    needed("from", "from = 2025-04-01");
    needed("to", "to = 2026-03-31");
    let name = section.text("name", sink);
    let from = section.date("from", sink);
    let to = section.date("to", sink);
    if let (Some(from), Some(to)) = (&from, &to)
        && to.value < from.value
    {
        let message = format!("the programme ends ({}) before it starts ({})", to.value, from.value);
        sink.wrong("spec-period", to.line, &section.key("to"), message, "check the years of from and to");
    }
    let organisation = section.text("organisation", sink).map(|text| text.value);
    let year_starts = word(section, "year", &vocab::MONTHS, sink).unwrap_or(1);
    let dates = word(section, "dates", &vocab::ORDERS, sink);
    let profile = named(section, "profile", "people-10", crate::protect::names().into_iter(), sink);
    let ladder = named(section, "ladder", "iap2", lists::ladders().iter().map(|l| l.name.as_str()), sink);
    let outcomes = named(section, "outcomes", "our-museum", lists::frameworks().iter().map(|f| f.name.as_str()), sink);
    section.finish(sink, &LATER);
    let name = name?.value;
    Some(Programme {
        slug: words::slug(&name),
        name,
        organisation,
        from: from?.value,
        to: to?.value,
        year_starts,
        dates,
        profile,
        ladder,
        outcomes,
    })
}

/// A word of a closed list.
fn word<T: Copy>(section: &Section, key: &'static str, list: &[(&str, T)], sink: &Sink<'_>) -> Option<T> {
    let text = section.text(key, sink)?;
    let found = find(&text.value, list);
    if found.is_none() {
        let message = format!("{} is none of the words for {key}", words::quote(&text.value));
        let known = list.iter().map(|(word, _)| *word);
        sink.wrong("spec-word", text.line, &section.key(key), message, words::hint(&text.value, known));
    }
    found
}

/// A name of the reference data, in its own spelling.
fn named<'a>(
    section: &Section,
    key: &'static str,
    usual: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    sink: &Sink<'_>,
) -> String {
    let Some(text) = section.text(key, sink) else { return usual.to_string() };
    let plain = |text: &str| fold(text).replace(' ', "-");
    match known.clone().find(|name| plain(name) == plain(&text.value)) {
        Some(name) => name.to_string(),
        None => {
            let message = format!("there is no {key} called {}", words::quote(&text.value));
            sink.wrong("spec-word", text.line, &section.key(key), message, words::hint(&text.value, known));
            usual.to_string()
        }
    }
}

/// A source's name is a code: it stands in the codebook, in figure ids and in file names.
fn source_name(name: &str, line: u64, sink: &Sink<'_>) {
    let fine = !name.is_empty()
        && name.len() <= 40
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !fine {
        sink.wrong(
            "spec-source-name",
            line,
            &format!("source.{name}"),
            format!("{} cannot be the name of a source", words::quote(name)),
            format!("use small letters a–z, digits and hyphens, such as [source.{}]", words::slug(name)),
        );
    }
}

fn kind(section: &Section, sink: &Sink<'_>) -> Option<Kind> {
    const READS: &str = "reads survey, people, sessions, attendance, counts and sites in this version";
    if !section.has("kind") {
        let message = format!("[{}] lacks kind", section.path);
        let hint = format!("add the line: kind = \"survey\" (reach {READS})");
        sink.wrong("spec-needed", section.line, &section.key("kind"), message, hint);
    }
    let text = section.text("kind", sink)?;
    let found = find(&text.value, &vocab::KINDS);
    if found.is_none() {
        let key = section.key("kind");
        let plain = fold(&text.value).replace(' ', "-");
        if vocab::LATER_KINDS.contains(&plain.as_str()) {
            let message = format!("reach does not read the kind {} yet: it {READS}", words::quote(&text.value));
            sink.wrong("spec-later", text.line, &key, message, format!("remove [{}] for now", section.path));
        } else {
            let message = format!("{} is no kind of source: reach {READS}", words::quote(&text.value));
            let known = vocab::KINDS.iter().map(|(word, _)| *word);
            sink.wrong("spec-word", text.line, &key, message, words::hint(&text.value, known));
        }
    }
    found
}

/// Which settings only some kinds have.
const ONLY: [(&str, &[Kind]); 8] = [
    ("instrument", &[Kind::Survey]),
    ("wave", &[Kind::Survey]),
    ("sample", &[Kind::Survey]),
    ("population", &[Kind::Survey]),
    ("date", &[Kind::Survey, Kind::Attendance]),
    ("as_at", &[Kind::People]),
    ("counts", &[Kind::Counts]),
    ("unit", &[Kind::Counts]),
];

fn source(name: &str, section: &Section, kind: Option<Kind>, sink: &Sink<'_>) -> Option<Source> {
    if !section.has("files") {
        let message = format!("[{}] lacks files", section.path);
        let hint = "add the line: files = \"folder/name.csv\" (or a pattern such as \"folder/*.csv\")";
        sink.wrong("spec-needed", section.line, &section.key("files"), message, hint);
    }
    let files = section.texts("files", sink).map(|list| {
        let good = list.value.iter().filter(|file| relative(file, "files", section, sink));
        good.map(|file| tidy(&file.value)).collect::<Vec<_>>()
    });
    let title = section.text("title", sink).map(|text| text.value);
    let sheet = section.text("sheet", sink).map(|text| text.value);
    let table = section.whole("table", 1, sink).and_then(|at| u32::try_from(at.value).ok());
    let range = range(section, sink);
    let keep = keep(section, sink);
    let instrument = section.text("instrument", sink).map(|text| text.value);
    let wave = word(section, "wave", &vocab::WAVES, sink);
    let sample = word(section, "sample", &vocab::SAMPLES, sink);
    let population = section.whole("population", 1, sink).map(|at| at.value);
    let date = section.date("date", sink).map(|at| at.value);
    let as_at = section.date("as_at", sink).map(|at| at.value);
    let counts = section.text("counts", sink).map(|text| text.value);
    let unit = word(section, "unit", &vocab::UNITS, sink);
    let optional = section.yes("optional", sink).is_some_and(|at| at.value);
    let platform = platform(section, sink);
    let header_rows = section.whole("header_rows", 0, sink).and_then(|at| {
        let rows = u32::try_from(at.value).ok().filter(|rows| *rows <= 20);
        if rows.is_none() {
            let message = "no table has more than 20 header rows";
            sink.wrong("spec-value", at.line, &section.key("header_rows"), message, "count the rows above the data");
        }
        rows
    });
    let encoding = encoding(section, sink);
    let dates: Option<DateOrder> = word(section, "dates", &vocab::ORDERS, sink);
    let rows = rows::read_source(section, kind, sink);
    section.finish(sink, &LATER);

    let kind = kind?;
    for (key, kinds) in ONLY.iter().filter(|(key, kinds)| section.has(key) && !kinds.contains(&kind)) {
        let for_kinds = kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ");
        let message = format!("{key} is a setting for {for_kinds}, and this source is of kind {}", kind.word());
        sink.wrong("spec-key", section.line_of(key), &section.key(key), message, "remove the line, or mend the kind");
    }
    if kind == Kind::Survey && wave.is_some() && !section.has("instrument") {
        let message = format!("[{}] has a wave and no instrument", section.path);
        let hint = "add the line: instrument = \"participant\"; waves of one instrument are compared with each other";
        sink.wrong("spec-needed", section.line_of("wave"), &section.key("instrument"), message, hint);
    }
    if kind == Kind::Survey && sample.is_none() && !section.has("sample") {
        let message = format!("[{}] does not say who was asked: read as self-selected", section.path);
        sink.push(
            Problem::assumed("sample-assumed", sink.place(section.line, &section.key("sample")), message)
                .hint("add the line: sample = \"self-selected\" (or \"random\", \"everyone asked\")"),
        );
    }
    if kind == Kind::Counts && !section.has("counts") {
        let message = format!("[{}] does not say what is counted: read as {}", section.path, words::quote(name));
        sink.push(
            Problem::assumed("counts-assumed", sink.place(section.line, &section.key("counts")), message)
                .hint(format!("add the line: counts = \"{}\"", name.replace('-', " "))),
        );
    }
    Some(Source {
        name: name.to_string(),
        title,
        kind,
        files: files.filter(|files| !files.is_empty())?,
        sheet,
        table,
        range,
        keep,
        instrument,
        wave,
        sample: sample.unwrap_or(Sample::SelfSelected),
        population,
        date,
        as_at,
        counts: if kind == Kind::Counts { counts.or_else(|| Some(name.replace('-', " "))) } else { None },
        unit: unit.unwrap_or(CountUnit::Count),
        optional,
        platform,
        header_rows,
        encoding,
        dates,
        rows,
        columns: Vec::new(),
    })
}

/// `range = "A3:F20"`: the cells that are read.
fn range(section: &Section, sink: &Sink<'_>) -> Option<Range> {
    let text = section.text("range", sink)?;
    if section.has("table") {
        let message = "a source has table or range, not both: the range says which cells are read";
        sink.wrong("spec-key", text.line, &section.key("range"), message, "remove one of the two lines");
    }
    let range = Range::parse(&text.value);
    if range.is_none() {
        let message = format!("{} is not a range of cells", words::quote(&text.value));
        let hint = "write the first and the last cell, as a spreadsheet shows them: range = \"A3:F20\"; or without an end: range = \"A3:F\"";
        sink.wrong("spec-value", text.line, &section.key("range"), message, hint);
    }
    range
}

/// `keep = "totals"`, or several: what would be taken for no row.
fn keep(section: &Section, sink: &Sink<'_>) -> Vec<Furniture> {
    let words = Furniture::TAKEN_FOR.map(|(word, _)| word);
    let mut out = Vec::new();
    for text in section.texts("keep", sink).map(|list| list.value).unwrap_or_default() {
        match Furniture::TAKEN_FOR.iter().find(|(word, _)| *word == fold(&text.value)) {
            Some((_, kind)) => out.push(*kind),
            None => {
                let message = format!("{} is nothing that rows are taken for", words::quote(&text.value));
                let hint = words::hint(&text.value, words.iter().copied());
                sink.wrong("spec-value", text.line, &section.key("keep"), message, hint);
            }
        }
    }
    out
}

/// Whether a file name is one that can be opened; says so where it is not.
fn relative(file: &At<String>, key: &str, section: &Section, sink: &Sink<'_>) -> bool {
    let wrong = |message: &str, hint: &str| {
        sink.wrong("spec-files", file.line, &section.key(key), message, hint);
        false
    };
    if file.value.contains("://") {
        return wrong(
            "this is a web address, and reach never uses the network",
            "download the file into the folder and name it here",
        );
    }
    if file.value.contains('\\') {
        return wrong("folders are divided by \\", "write / between folders: surveys/before.xlsx");
    }
    if file.value.chars().any(char::is_control) {
        return wrong("the file's name has a letter that cannot be printed", "type the name again");
    }
    true
}

/// `./a//b` as `a/b`.
fn tidy(file: &str) -> String {
    let parts: Vec<&str> = file.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let joined = parts.join("/");
    if file.starts_with('/') { format!("/{joined}") } else { joined }
}

fn platform(section: &Section, sink: &Sink<'_>) -> Option<String> {
    let text = section.text("platform", sink)?;
    let squeezed = |text: &str| fold(text).replace([' ', '-', '_'], "");
    let platforms = vocab::platforms();
    let found = platforms.iter().find(|name| squeezed(name) == squeezed(&text.value));
    if found.is_none() {
        let message = format!("{} is no platform that reach knows", words::quote(&text.value));
        let hint = words::hint(&text.value, platforms.iter().copied());
        sink.wrong("spec-word", text.line, &section.key("platform"), message, hint);
    }
    found.map(|name| name.to_string())
}

fn encoding(section: &Section, sink: &Sink<'_>) -> Option<String> {
    let text = section.text("encoding", sink)?;
    match encoding_rs::Encoding::for_label(text.value.as_bytes()) {
        Some(encoding) => Some(encoding.name().to_string()),
        None => {
            let message = format!("{} is no encoding that reach knows", words::quote(&text.value));
            let hint = "write utf-8, windows-1252 or utf-16le, or remove the line: reach looks by itself";
            sink.wrong("spec-word", text.line, &section.key("encoding"), message, hint);
            None
        }
    }
}

fn scale(name: &str, line: u64, value: &Value, sink: &Sink<'_>, scales: &mut Vec<(String, String)>) {
    let key = format!("scale.{name}");
    let Value::Section(section) = value else {
        let hint = format!("write [{key}] and below it: licence = \"…\"");
        sink.wrong("spec-value", line, &key, "this setting belongs to no scale", hint);
        return;
    };
    if lists::named(name).is_none() {
        let message = format!("{} is no scale that reach knows", words::quote(name));
        let known = lists::all().iter().filter(|list| list.licence).map(|list| list.name.as_str());
        sink.wrong("spec-word", line, &key, message, words::hint(name, known));
    }
    if let Some(licence) = section.text("licence", sink) {
        scales.push((fold(name), licence.value));
    }
    section.finish(sink, &LATER);
}

fn advanced(section: &Section, sink: &Sink<'_>) -> Limits {
    let usual = Limits::default();
    let limits = Limits {
        set_aside_share: section.share("set_aside_share", sink).map_or(usual.set_aside_share, |at| at.value),
        file_bytes: section.whole("file_bytes", 1, sink).map_or(usual.file_bytes, |at| at.value),
        default_date_rows: section.whole("default_date_rows", 2, sink).map_or(usual.default_date_rows, |at| at.value),
        default_date_share: section.share("default_date_share", sink).map_or(usual.default_date_share, |at| at.value),
        too_fast_share: section.share("too_fast_share", sink).map_or(usual.too_fast_share, |at| at.value),
        straight_lined_items: section
            .whole("straight_lined_items", 3, sink)
            .map_or(usual.straight_lined_items, |at| at.value),
        near_duplicate_answers: section
            .whole("near_duplicate_answers", 3, sink)
            .map_or(usual.near_duplicate_answers, |at| at.value),
    };
    section.finish(sink, &LATER);
    limits
}
