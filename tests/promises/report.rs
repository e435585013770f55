//! What is published says only what safe figures say; text stays text; the same input gives the same bytes.

use jiff::civil::{Date, date};
use reach::clean::{Answer, Decimal, Label, QuestionAnswers};
use reach::ledger::{Account, Reason, SetAside};
use reach::link::{CountCell, Counts, Join, Linked, Month, Question, Responses, Site, Suggestion};
use reach::problem::{Place, Problem, Problems};
use reach::report::{Inside, Rendered, render};
use reach::spec::{Class, CountUnit, Sample, Spec, Wave, fold};

/// Labels that try to be something else.
const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "</title></svg><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"http://example.org\")",
    "\" onload=\"alert(1)",
    "{{ 7*7 }} {% raw %}",
    "a\u{0}b\u{202e}c\u{b}\u{ffff}",
    "]]><!-- & --> &lt;b&gt;",
    "@SUM(1+1)|cmd",
];
const PLAIN: [&str; 8] = [
    "City",
    "Gosforth",
    "West End",
    "Byker",
    "Walker",
    "Kenton",
    "High Heaton",
    "A place whose name is so long that no label could hold it in one line",
];

fn label(text: &str) -> Label {
    Label { text: text.into(), folded: fold(text) }
}

fn spec(name: &str) -> Spec {
    let folder = tempfile::tempdir().unwrap();
    let toml = format!(
        "[programme]\nname = {}\nfrom = 2008-04-01\nto = 2012-03-31\nyear = \"April\"\n\
         [source.visits]\nfiles = \"v.csv\"\nkind = \"counts\"\ncounts = \"visits\"\n\
         [source.form]\nfiles = \"f.csv\"\nkind = \"survey\"\ninstrument = \"visitor\"\nsample = \"self-selected\"\n",
        serde_json::to_string(name).unwrap()
    );
    std::fs::write(folder.path().join("reach.toml"), toml).unwrap();
    let book = "source,column,is,type,options,class,outcome,text\nvisits,Library,site,,,,,\nvisits,(months),value,number,,,,\nform,a,date,date,,,,\n";
    std::fs::write(folder.path().join("codebook.csv"), book).unwrap();
    std::fs::write(folder.path().join("recodes.csv"), "list,written,means,why\n").unwrap();
    reach::spec::load(&folder.path().join("reach.toml")).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn months() -> Vec<Date> {
    (0..48i16).map(|m| date(2008 + (m + 3) / 12, ((m + 3) % 12 + 1) as i8, 1)).collect()
}

fn linked(labels: &[&str]) -> Linked {
    let gap = |m: usize| (26..36).contains(&m);
    let mut cells = Vec::new();
    for (s, _) in labels.iter().enumerate() {
        for (m, first) in months().into_iter().enumerate().filter(|(m, _)| !gap(*m)) {
            let n = (s as i64 + 1) * 731 * ((m as i64 * 7919) % 23 + 20) % 40_000;
            let value =
                if (s + m) % 37 == 5 { Answer::Blank } else { Answer::Answered(Decimal { digits: n, scale: 0 }) };
            cells.push(CountCell { site: Some(s as u32), month: first, value });
        }
    }
    let months = months().into_iter().enumerate().map(|(m, first)| Month { first, present: !gap(m) }).collect();
    let options: Vec<String> = labels.iter().map(|l| (*l).to_owned()).collect();
    let rows = (0..64u16)
        .map(|i| match i % 13 {
            0 => Answer::Blank,
            1 => Answer::Refused,
            _ => Answer::Answered((i * i / 7) % 5),
        })
        .collect();
    let ticks = (0..options.len())
        .map(|o| {
            (0..64usize)
                .map(|r| if r % 17 == 3 { Answer::Blank } else { Answer::Answered((r * (o + 3)) % 5 < 2) })
                .collect()
        })
        .collect();
    let question = |key: &str, text: &str, answers| Question {
        key: key.into(),
        text: text.into(),
        class: Class::Opinion,
        outcome: Vec::new(),
        answers,
    };
    Linked {
        counts: vec![Counts { source: "visits".into(), what: "visits".into(), unit: CountUnit::Count, cells, months }],
        sites: labels.iter().map(|l| Site { label: label(l), registered: Some(true) }).collect(),
        responses: vec![Responses {
            sources: vec!["form".into()],
            instrument: "visitor".into(),
            declared: Some("visitor".into()),
            wave: Some(Wave::After),
            title: labels[0].into(),
            sample: Sample::SelfSelected,
            population: None,
            len: 64,
            person: None,
            session: None,
            site: None,
            event: None,
            date: None,
            questions: vec![
                question(
                    "enjoyed",
                    labels[1],
                    QuestionAnswers::Choice { options: options.clone(), rows, ordered: false },
                ),
                question("heard", labels[2], QuestionAnswers::Choices { options, exclusive: vec![], ticks }),
            ],
        }],
        joins: vec![Join {
            name: "visits \u{2192} sites".into(),
            left: "visits".into(),
            right: "sites".into(),
            by: "site".into(),
            left_rows: 9,
            left_matched: 7,
            left_blank: 1,
            right_rows: 8,
            right_matched: 7,
            left_only: vec![(labels[3].into(), 2)],
            right_only: vec![(labels[4].into(), 1)],
            suggestions: vec![Suggestion {
                list: "site".into(),
                written: labels[3].into(),
                means: labels[4].into(),
                why: "one word less".into(),
            }],
        }],
        ledger: reach::ledger::Ledger {
            accounts: vec![
                Account {
                    source: "visits".into(),
                    file: "v.csv".into(),
                    records: 9,
                    rows: 8,
                    accepted: 8,
                    furniture: [(reach::ledger::Furniture::Header, 1)].into(),
                    ..Account::default()
                },
                Account {
                    source: "form".into(),
                    file: labels[5].into(),
                    records: 70,
                    rows: 70,
                    accepted: 64,
                    set_aside: (0..6u64)
                        .map(|r| SetAside {
                            record: r + 2,
                            reason: if r < 4 { Reason::Test } else { Reason::Duplicate },
                            also: vec![Reason::Partial],
                        })
                        .collect(),
                    ..Account::default()
                },
            ],
        },
        as_of: Some(date(2012, 3, 31)),
        ..Linked::default()
    }
}

fn rendered(labels: &[&str]) -> Rendered {
    let spec = spec(labels[0]);
    let linked = linked(labels);
    let measured = reach::measure::measure(&linked, &spec);
    let protected = protected(&measured, &spec);
    let mut problems = Problems::default();
    problems
        .push(Problem::assumed("date-assumed", Place::file(labels[6]), "the order of 12 dates was assumed").count(12));
    let inside = Inside {
        spec: &spec,
        measured: &measured,
        joins: &linked.joins,
        dates: &[],
        files: &[],
        tables: &[],
        problems: &problems,
        as_of: linked.as_of,
        warnings: &[],
    };
    render(protected, &inside).unwrap()
}

fn protected(measured: &reach::measure::Measured, spec: &Spec) -> reach::protect::Protected {
    let profile = reach::protect::Profile::named(&spec.programme.profile).unwrap();
    reach::protect::protect(measured, &profile, &reach::protect::History::default())
}

/// With `REACH_SHOW_REPORT=folder` the files are written there to be looked at.
fn show(name: &str, rendered: &Rendered) {
    let Some(folder) = std::env::var_os("REACH_SHOW_REPORT") else { return };
    for (part, files) in [("public", &rendered.public), ("internal", &rendered.internal)] {
        for (file, bytes) in files {
            let path = std::path::Path::new(&folder).join(name).join(part).join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
}

fn text<'a>(rendered: &'a Rendered, name: &str) -> &'a str {
    let all = rendered.public.iter().chain(&rendered.internal);
    let (_, bytes) = all.into_iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no {name}"));
    std::str::from_utf8(bytes).unwrap()
}

/// The elements of markup in their order, each with the names of its attributes; checks that it is well formed. Void HTML
/// elements need no end; everything else does.
fn elements(markup: &str) -> Vec<String> {
    const VOID: [&str; 4] = ["meta", "br", "img", "link"];
    let (mut out, mut open): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        let (before, tail) = rest.split_at(at);
        assert!(!before.contains('>') || open.last().is_some_and(|e| e == "style"), "a bare > in {before:?}");
        entities(before, open.last().is_some_and(|e| e == "style"));
        if let Some(doctype) = tail.strip_prefix("<!DOCTYPE html>") {
            rest = doctype;
            continue;
        }
        if let Some(end) = tail.strip_prefix("</") {
            let (name, after) = end.split_once('>').unwrap();
            assert_eq!(open.pop().as_deref(), Some(name), "ends what was not open");
            rest = after;
            continue;
        }
        // The tag ends at the first > outside quotes.
        let mut quoted = false;
        let close = tail
            .char_indices()
            .find(|(_, c)| {
                quoted ^= *c == '"';
                *c == '>' && !quoted
            })
            .unwrap()
            .0;
        let tag = &tail[1..close];
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |t| (t, true));
        let name: String = tag.chars().take_while(|c| !c.is_whitespace()).collect();
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "a tag named {name:?}");
        let mut shape = name.clone();
        let mut attributes = &tag[name.len()..];
        while let Some(eq) = attributes.find('=') {
            let key = attributes[..eq].trim();
            // An attribute without a value may stand before one with.
            assert!(
                key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == ' '),
                "an attribute named {key:?}"
            );
            shape.push_str(&format!(" {key}"));
            let value = attributes[eq + 1..].strip_prefix('"').unwrap_or_else(|| panic!("unquoted in {tag:?}"));
            let (value, after) = value.split_once('"').unwrap();
            assert!(!value.contains('<'), "markup in an attribute: {value:?}");
            entities(value, false);
            attributes = after;
        }
        shape.push_str(attributes.trim_end());
        out.push(shape);
        if !closed && !VOID.contains(&name.as_str()) {
            open.push(name);
        }
        rest = &tail[close + 1..];
    }
    assert!(open.is_empty(), "left open: {open:?}");
    out
}

/// Every & starts an entity, and no character is one that XML forbids.
fn entities(text: &str, style: bool) {
    for (at, _) in text.match_indices('&').filter(|_| !style) {
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#"];
        assert!(known.iter().any(|k| text[at..].starts_with(k)), "a bare & in {text:?}");
    }
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || u32::from(c) & 0xfffe == 0xfffe), "{text:?}");
}

#[test]
fn hostile_texts_change_no_element() {
    let (plain, hostile) = (rendered(&PLAIN), rendered(&HOSTILE));
    show("plain", &plain);
    show("hostile", &hostile);
    for page in ["report.html", "quality.html"] {
        let shape = |r: &Rendered| -> Vec<String> {
            // How many lines a label takes is a matter of its length.
            elements(text(r, page)).into_iter().filter(|e| !e.starts_with("text ")).collect()
        };
        let (a, b) = (shape(&plain), shape(&hostile));
        assert_eq!(a.len(), b.len(), "{page}");
        for (a, b) in a.iter().zip(&b) {
            assert_eq!(a, b, "{page}");
        }
        let all = text(&hostile, page);
        assert!(!all.contains("<script") && !all.contains("onerror=alert(1)>"), "{page}");
        assert!(page != "report.html" || all.contains("{{ 7*7 }}"), "a template in a text stays text");
    }
    for (name, bytes) in hostile.public.iter().filter(|(n, _)| n.ends_with(".svg")) {
        let svg = std::str::from_utf8(bytes).unwrap();
        let shapes = elements(svg);
        assert!(
            shapes.iter().all(|e| !e.starts_with("script") && !e.starts_with("img") && !e.contains(" on")),
            "{name}"
        );
    }
}

#[test]
fn no_cell_of_a_csv_is_a_formula() {
    let hostile = rendered(&HOSTILE);
    let mut seen = 0;
    for (name, bytes) in hostile.public.iter().chain(&hostile.internal).filter(|(n, _)| n.ends_with(".csv")) {
        let text = std::str::from_utf8(bytes).unwrap().strip_prefix('\u{feff}').unwrap();
        assert!(text.ends_with("\r\n"), "{name}");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        for record in reader.records() {
            for cell in record.unwrap_or_else(|e| panic!("{name}: {e}")).iter() {
                let number = cell.parse::<f64>().is_ok();
                assert!(number || !cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: {cell:?}");
                seen += usize::from(cell.starts_with("'=") || cell.starts_with("'@"));
            }
        }
    }
    assert!(seen > 10, "the fixture has formulas");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (a, b) = (rendered(&PLAIN), rendered(&PLAIN));
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| rendered(&PLAIN));
    for other in [&b, &single] {
        assert_eq!(a.public, other.public);
        assert_eq!(a.internal, other.internal);
    }
}

#[test]
fn file_names_are_safe_and_each_is_used_once() {
    for labels in [&PLAIN, &HOSTILE] {
        let rendered = rendered(labels);
        let mut seen = std::collections::BTreeSet::new();
        for (name, _) in &rendered.public {
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            assert!(["", "tables", "charts"].contains(&folder), "{name}");
            let (stem, ending) = file.split_once('.').unwrap();
            assert!(["html", "csv", "svg"].contains(&ending), "{name}");
            assert!(stem.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
            assert!(seen.insert(name.to_lowercase()), "{name} twice");
        }
    }
}

/// All numbers in a text, without commas.
fn numbers(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut number = String::new();
    for c in text.chars().chain([' ']) {
        match c {
            '0'..='9' => number.push(c),
            ',' | '.' if !number.is_empty() => number.push(c),
            _ => {
                let own = std::mem::take(&mut number);
                let own = own.trim_end_matches([',', '.']).replace(',', "");
                if !own.is_empty() {
                    out.push(own);
                }
            }
        }
    }
    out
}

/// The visible text of markup.
fn visible(markup: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in markup.split("</style>").nth(1).unwrap_or(markup).chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[test]
fn every_number_a_reader_sees_is_a_safe_figure_s() {
    let spec = spec(PLAIN[0]);
    let linked = linked(&PLAIN);
    let measured = reach::measure::measure(&linked, &spec);
    let safe = protected(&measured, &spec);
    // What figures say: values and limits as printed, bases, numerators, missing counts, periods, labels, notes.
    let mut known: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
    for f in safe.figures.iter().map(reach::protect::SafeFigure::get) {
        for v in [f.value, f.low, f.high].into_iter().flatten() {
            for decimals in 0..=2usize {
                known.insert(format!("{v:.decimals$}"));
            }
        }
        let cells = [&f.base, &f.numerator].into_iter().flatten().map(|c| c.n);
        let missing = [f.missing.refused, f.missing.blank, f.missing.not_asked, f.missing.unreadable];
        known.extend(cells.chain(missing.into_iter().flatten()).map(|n| n.to_string()));
        let words = f.dimensions.iter().map(|c| c.label.clone()).chain(f.notes.clone()).chain([f.title.clone()]);
        known.extend(words.flat_map(|w| numbers(&w)));
        let dates = [f.from, f.to].into_iter().flatten();
        known.extend(dates.flat_map(|d| [d.year().to_string(), d.day().to_string()]));
    }
    // Beside figures: the axis of the charts (a scale, no result), the sentences of the page itself.
    let rendered = rendered(&PLAIN);
    let page = text(&rendered, "report.html");
    let (page, _) = page.split_once("<section id=\"protection\"").unwrap();
    let mut plain = String::new();
    for (i, part) in page.split("<svg").enumerate() {
        plain.push_str(if i == 0 { part } else { part.split_once("</svg>").unwrap().1 });
    }
    known.extend(["95", "100"].map(str::to_owned));
    let strange: Vec<String> = numbers(&visible(&plain)).into_iter().filter(|n| !known.contains(n)).collect();
    assert_eq!(strange, Vec::<String>::new(), "numbers that are no figure's");
    assert!(known.len() > 200);
}

#[test]
fn the_page_is_one_file_without_script_and_allows_its_own_style_alone() {
    use sha2::Digest as _;
    let rendered = rendered(&PLAIN);
    for page in ["report.html", "quality.html"] {
        let page = text(&rendered, page);
        let (_, style) = page.split_once("<style>").unwrap();
        let (style, _) = style.split_once("</style>").unwrap();
        let hash = sha2::Sha256::digest(style.as_bytes());
        // Base64 by the shell's definition: checked against the policy in the page.
        let policy = page.split_once("'sha256-").unwrap().1.split_once('\'').unwrap().0;
        let decoded = base64(policy);
        assert_eq!(decoded, hash.to_vec());
        assert!(page.contains("default-src 'none'"));
        for loaded in ["<script", " src=", "url(", "@import", " style=\"", "javascript:"] {
            assert!(!page.contains(loaded), "{loaded}");
        }
    }
}

fn base64(text: &str) -> Vec<u8> {
    let value = |b: u8| match b {
        b'A'..=b'Z' => u32::from(b - b'A'),
        b'a'..=b'z' => u32::from(b - b'a') + 26,
        b'0'..=b'9' => u32::from(b - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    for chunk in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = chunk.iter().fold(0, |a, b| a << 6 | value(*b)) << (6 * (4 - chunk.len()));
        out.extend(bits.to_be_bytes()[1..].iter().take(chunk.len() - 1).copied());
    }
    out
}

#[test]
fn the_page_can_be_read_without_seeing_it() {
    let rendered = rendered(&PLAIN);
    let page = text(&rendered, "report.html");
    assert!(page.contains("<html lang=\"en-GB\">") && page.contains("class=\"skip\" href=\"#main\""));
    // Headings go down one step at a time, from one h1.
    let levels: Vec<u8> = page
        .match_indices("<h")
        .filter_map(|(at, _)| page.as_bytes().get(at + 2).copied())
        .filter(u8::is_ascii_digit)
        .map(|b| b - b'0')
        .collect();
    assert_eq!(levels.iter().filter(|l| **l == 1).count(), 1);
    let mut deepest = 2;
    for level in levels.iter().skip_while(|l| **l == 2) {
        assert!(*level <= deepest + 1, "h{level} after h{deepest}");
        deepest = *level;
    }
    // Every chart is named and described; every id is there once; every table has a caption and headings with a scope.
    let ids: Vec<&str> = page.split(" id=\"").skip(1).map(|t| t.split('"').next().unwrap()).collect();
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len(), "an id twice");
    for svg in page.split("<svg").skip(1) {
        assert!(svg.contains("role=\"img\"") && svg.contains("<title id=") && svg.contains("<desc id="));
        let labels = svg.split("aria-labelledby=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(labels.split(' ').all(|id| ids.contains(&id)));
    }
    for table in page.split("<table").skip(1) {
        assert!(table.contains("<caption>") && !table.split("</table>").next().unwrap().contains("<th>"));
    }
    for anchor in page.split("href=\"#").skip(1).map(|t| t.split('"').next().unwrap()) {
        assert!(ids.contains(&anchor), "#{anchor} leads nowhere");
    }
    assert!(page.contains("no figures") && page.contains("[x]"), "a gap is said");
    let glance = page.split("<section id=\"glance\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(glance.contains("64 of 70 rows count"), "rows set aside are said on page one");
}

#[test]
fn a_month_without_figures_breaks_the_line_and_keeps_its_place() {
    let rendered = rendered(&PLAIN);
    let svg = text(&rendered, "charts/counts-visits-month.svg");
    assert_eq!(svg.matches("<polyline").count(), 2, "one line before the gap, one after it");
    insta::assert_snapshot!("month", svg.replace("><", ">\n<"));
}

#[test]
fn figures_csv_has_the_columns_of_the_plan() {
    let rendered = rendered(&PLAIN);
    let header = text(&rendered, "figures.csv").lines().next().unwrap().trim_start_matches('\u{feff}');
    assert_eq!(
        header,
        "figure,measure,title,universe,unit,kind,dimension_1,value_1,dimension_2,value_2,dimension_3,value_3,from,to,value,low,\
         high,confidence,method,decimals,base,base_unit,effective_base,design_effect,refused,blank,not_asked,unreadable,status,\
         reason,basis,source,notes"
    );
}

#[test]
fn a_withheld_figure_has_no_number_in_any_file() {
    // Six people answered: nothing may be said of them.
    let labels = ["A", "B", "C", "D", "E", "F", "G", "H"];
    let spec = spec("Few");
    let mut linked = linked(&labels);
    let few = &mut linked.responses[0];
    few.len = 6;
    for question in &mut few.questions {
        match &mut question.answers {
            QuestionAnswers::Choice { rows, .. } => rows.truncate(6),
            QuestionAnswers::Choices { ticks, .. } => ticks.iter_mut().for_each(|t| t.truncate(6)),
            QuestionAnswers::Numbers { .. } => {}
        }
    }
    linked.ledger.accounts.truncate(1);
    let measured = reach::measure::measure(&linked, &spec);
    let problems = Problems::default();
    let inside = Inside {
        spec: &spec,
        measured: &measured,
        joins: &[],
        dates: &[],
        files: &[],
        tables: &[],
        problems: &problems,
        as_of: linked.as_of,
        warnings: &[],
    };
    let rendered = render(protected(&measured, &spec), &inside).unwrap();
    show("few", &rendered);
    let csv = text(&rendered, "figures.csv");
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let mut withheld = 0;
    for record in reader.records() {
        let record = record.unwrap();
        if record.get(at("status")) == Some("withheld") {
            withheld += 1;
            for column in
                ["value", "low", "high", "base", "effective_base", "refused", "blank", "not_asked", "unreadable"]
            {
                assert_eq!(record.get(at(column)), Some(""), "{column}");
            }
        }
    }
    assert!(withheld > 0);
    assert!(text(&rendered, "report.html").contains("[c]"));
}
