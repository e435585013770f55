//! LimeSurvey: one header row of codes (`Q1[SQ001]`), of texts ("Stem [Option]"), or of both ("Q1[SQ001]. Stem [Option]").

use std::collections::BTreeSet;

use super::{Found, IGNORE, Platform};
use crate::ingest::Part;
use crate::ingest::layout::{Head, Rec, tidy};
use crate::spec::fold;

/// LimeSurvey. Its own columns are found by code or by text in `OWN`.
pub(super) const PLATFORM: Platform = Platform {
    name: "limesurvey",
    title: "LimeSurvey",
    system: &[],
    recognise: |platform, records| recognise(platform, records),
};

/// A column of LimeSurvey's own.
struct Own {
    code: &'static str,
    /// As it is headed in full, in the languages in which it is met, folded.
    texts: &'static [&'static str],
    role: Option<&'static str>,
    /// Whether no other platform has a column of this code or text.
    particular: bool,
}

const OWN: [Own; 15] = [
    Own {
        code: "id",
        texts: &[
            "response id",
            "antwort id",
            "antwort-id",
            "id de la réponse",
            "id de respuesta",
            "antwoord-id",
            "antwoord id",
        ],
        role: Some("response"),
        particular: false,
    },
    Own {
        code: "submitdate",
        texts: &[
            "date submitted",
            "datum abgeschickt",
            "date de soumission",
            "fecha de envío",
            "datum ingezonden",
            "datum verzonden",
        ],
        role: Some("date"),
        particular: true,
    },
    Own {
        code: "lastpage",
        texts: &["last page", "letzte seite", "dernière page", "última página", "laatste pagina"],
        role: IGNORE,
        particular: true,
    },
    Own {
        code: "startlanguage",
        texts: &[
            "start language",
            "start-sprache",
            "langue de départ",
            "lenguaje inicial",
            "idioma inicial",
            "starttaal",
            "begintaal",
        ],
        role: Some("language"),
        particular: true,
    },
    Own {
        code: "seed",
        texts: &["seed", "zufallsstartwert", "graine", "semilla", "tête de série"],
        role: IGNORE,
        particular: false,
    },
    Own {
        code: "token",
        texts: &["token", "access code", "zugangscode", "code d'accès", "código de acceso", "toegangscode"],
        role: IGNORE,
        particular: false,
    },
    Own {
        code: "startdate",
        texts: &["date started", "datum gestartet", "date de lancement", "fecha de inicio", "startdatum"],
        role: IGNORE,
        particular: false,
    },
    Own {
        code: "datestamp",
        texts: &[
            "date last action",
            "datum letzte aktivität",
            "date de la dernière action",
            "fecha de la última acción",
            "datum laatste actie",
        ],
        role: IGNORE,
        particular: true,
    },
    Own {
        code: "ipaddr",
        texts: &["ip address", "ip-adresse", "adresse ip", "dirección ip", "ip-adres"],
        role: IGNORE,
        particular: false,
    },
    Own {
        code: "refurl",
        texts: &["referrer url", "url der weiterleitung", "url de référence", "url de referencia", "verwijzende url"],
        role: IGNORE,
        particular: true,
    },
    Own { code: "interviewtime", texts: &["total time", "gesamtzeit"], role: Some("duration"), particular: false },
    Own { code: "firstname", texts: &["first name"], role: Some("name"), particular: false },
    Own { code: "lastname", texts: &["last name"], role: Some("name"), particular: false },
    Own { code: "email", texts: &["email address"], role: Some("email"), particular: false },
    Own { code: "completed", texts: &["completed"], role: IGNORE, particular: false },
];

/// How the columns are headed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Headings {
    Codes,
    Texts,
    Both,
}

/// A header taken apart.
#[derive(Default)]
struct Cell {
    /// The question's code.
    base: String,
    /// What stands in the code's brackets.
    subs: Vec<String>,
    /// The text without its brackets, and what stands in them.
    stem: String,
    labels: Vec<String>,
}

fn recognise(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let cells = cells(records);
    let own: Vec<Option<(&Own, Headings)>> = cells.iter().map(|c| own_column(c)).collect();
    let particular: Vec<&str> = own
        .iter()
        .zip(&cells)
        .filter(|(o, _)| o.as_ref().is_some_and(|(o, _)| o.particular))
        .map(|(_, c)| c.as_str())
        .collect();
    let coded = cells.iter().filter(|c| with_code(c).is_some_and(|(code, _)| code.contains('['))).count();
    let codes = cells.iter().filter(|c| is_code(c) && c.contains('[')).count();
    let usual =
        cells.iter().any(|c| ["[SQ0", "[other]", "comment]", "[1]"].iter().any(|sub| is_code(c) && c.contains(sub)));
    let variables = are_variables(&cells);
    let headings = match own.iter().flatten().map(|(_, h)| *h).next() {
        Some(headings) if particular.len() >= 2 => headings,
        _ if coded >= 3 || variables => Headings::Both,
        _ if codes >= 3 && usual => Headings::Codes,
        _ => return None,
    };
    let reason = if particular.len() >= 2 {
        let first: Vec<&str> = particular.iter().take(2).copied().collect();
        format!("the header has {}, as LimeSurvey writes it", super::quoted(&first))
    } else if headings == Headings::Both && coded < 3 {
        "nearly every header begins with the code of its question, of several beginnings, as LimeSurvey writes code and text".to_owned()
    } else if headings == Headings::Both {
        format!(
            "{coded} headers begin with the code of a question and of its part in brackets, as LimeSurvey writes them"
        )
    } else {
        format!(
            "{codes} headers are the code of a question with that of its part in brackets, as LimeSurvey writes them"
        )
    };
    Some(layout(platform, records, headings, reason))
}

/// A table that the spec calls an export of LimeSurvey, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    records.first()?;
    let cells = cells(records);
    let headings = if cells.iter().any(|c| with_code(c).is_some_and(|(code, _)| code.contains('['))) {
        Headings::Both
    } else if cells.iter().any(|c| is_code(c) && c.contains('[')) {
        Headings::Codes
    } else {
        Headings::Texts
    };
    Some(layout(&PLATFORM, records, headings, "reach.toml says so".to_owned()))
}

fn cells(records: &[Rec]) -> Vec<String> {
    records.first().map_or_else(Vec::new, |header| (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect())
}

fn layout(platform: &Platform, records: &[Rec], headings: Headings, reason: String) -> Found {
    let cells = cells(records);
    let own: Vec<Option<(&Own, Headings)>> = cells.iter().map(|c| own_column(c)).collect();
    let submitted = own.iter().position(|o| o.as_ref().is_some_and(|(o, _)| o.code == "submitdate"));
    let (mut reason, mut dates) = (reason, submitted.is_some());
    if let Some(at) = submitted {
        let mut days = records.iter().skip(1).map(|r| r.cell(at)).filter(|c| !c.is_empty()).peekable();
        if days.peek().is_some() && days.all(|c| c.starts_with("1980-01-01") || c.starts_with("01/01/1980")) {
            reason.push_str("; its dates are switched off (1980-01-01), so that they only say what was sent off");
            dates = false;
        }
    }
    let parsed: Vec<Option<Cell>> =
        cells.iter().zip(&own).map(|(c, own)| own.is_none().then(|| taken_apart(c, headings))).collect();
    let base = |c: &'_ String| -> usize { with_code(c).map_or(c.len(), |(code, _)| code.len()) };
    let bases: BTreeSet<&str> = cells.iter().filter_map(|c| c.get(..base(c))?.split('[').next()).collect();
    let timing: Vec<bool> = cells.iter().map(|c| is_timing(c, &bases)).collect();
    let mut heads: Vec<Head> = Vec::with_capacity(cells.len());
    let mut seen: Vec<&str> = Vec::new();
    let mut from = 0;
    while from < cells.len() {
        let Some(text) = cells.get(from) else { break };
        if let Some((own, _)) = own.get(from).and_then(Option::as_ref)
            && !seen.contains(&own.code)
        {
            seen.push(own.code);
            let role = match own.code {
                "submitdate" if !dates => IGNORE,
                "datestamp" if !dates => Some("date"),
                _ => own.role,
            };
            let sent = own.code == "submitdate";
            let code = (headings != Headings::Texts).then(|| own.code.to_owned());
            heads.push(Head { system: role, sent, code, ..Head::plain(shown(text), from) });
            from += 1;
            continue;
        }
        if timing.get(from) == Some(&true) {
            heads.push(Head { system: IGNORE, ..Head::plain(text.clone(), from) });
            from += 1;
            continue;
        }
        let key = |i: usize| {
            parsed.get(i).and_then(Option::as_ref).map(|c| if headings == Headings::Texts { &c.stem } else { &c.base })
        };
        let mut to = from + 1;
        while to < cells.len()
            && key(from).is_some()
            && key(to) == key(from)
            && timing.get(to) == Some(&false)
            && (headings != Headings::Texts
                || parsed.get(to).and_then(Option::as_ref).is_some_and(|c| !c.labels.is_empty()))
        {
            to += 1;
        }
        for at in from..to {
            let text = cells.get(at).cloned().unwrap_or_default();
            heads.push(match parsed.get(at).and_then(Option::as_ref) {
                Some(cell) => head(cell, &text, headings, from, to - from),
                None => Head::plain(text, at),
            });
        }
        from = to;
    }
    Found { platform: platform.name, reason, header_rows: 1, heads, undecided: true }
}

/// Whether nearly all headers begin with a code, and the codes with several words: `socio1. …`, `edu2. …`. One beginning alone
/// (`Q1. …`) is how people number questions themselves.
fn are_variables(cells: &[String]) -> bool {
    let filled = cells.iter().filter(|c| !c.is_empty()).count();
    let codes: Vec<&str> = cells.iter().filter_map(|c| with_code(c)).map(|(code, _)| code).collect();
    let numbered = codes.iter().filter(|code| code.bytes().any(|b| b.is_ascii_digit())).count();
    let mut words: Vec<&str> =
        codes.iter().filter_map(|code| code.split(|c: char| c.is_ascii_digit()).next()).collect();
    words.retain(|word| word.len() >= 3);
    words.sort_unstable();
    words.dedup();
    filled >= 8 && numbered * 10 >= filled * 8 && words.len() >= 4
}

/// A column of LimeSurvey's own, by its code, by its text, or by both.
fn own_column(cell: &str) -> Option<(&'static Own, Headings)> {
    if let Some(own) = OWN.iter().find(|own| own.code == cell) {
        return Some((own, Headings::Codes));
    }
    if let Some((code, _)) = with_code(cell)
        && let Some(own) = OWN.iter().find(|own| own.code == code)
    {
        return Some((own, Headings::Both));
    }
    let folded = fold(cell);
    OWN.iter().find(|own| own.texts.contains(&folded.as_str())).map(|own| (own, Headings::Texts))
}

/// Whether a header is a time that LimeSurvey took: of all, of a group, of a question.
fn is_timing(cell: &str, bases: &BTreeSet<&str>) -> bool {
    let (code, text) = with_code(cell).unwrap_or((cell, cell));
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    code.strip_prefix("groupTime").or_else(|| code.strip_prefix("grouptime")).is_some_and(number)
        || code.strip_suffix("Time").is_some_and(|base| base.len() >= 2 && bases.contains(base))
        || ["Group time: ", "Question time: "].iter().any(|start| text.starts_with(start))
}

/// A header without its code.
fn shown(cell: &str) -> String {
    match with_code(cell) {
        Some((_, text)) if !text.is_empty() => text.to_owned(),
        _ => cell.to_owned(),
    }
}

/// Whether a text is a code: letters, digits and `_`, a letter first, with codes of parts in brackets behind it.
fn is_code(text: &str) -> bool {
    let (base, mut rest) = text.split_at(text.find('[').unwrap_or(text.len()));
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !word(base) || !base.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    while let Some(inner) = rest.strip_prefix('[') {
        let Some((sub, behind)) = inner.split_once(']') else { return false };
        if !word(sub) {
            return false;
        }
        rest = behind;
    }
    rest.is_empty()
}

/// The code and the text of "Q1[SQ001]. Stem [Option]".
fn with_code(cell: &str) -> Option<(&str, &str)> {
    let (code, text) = match cell.split_once(". ") {
        Some(parts) => parts,
        None => (cell.strip_suffix('.')?, ""),
    };
    is_code(code).then_some((code, text))
}

fn taken_apart(cell: &str, headings: Headings) -> Cell {
    let (code, text) = match headings {
        Headings::Both => with_code(cell).unwrap_or(("", cell)),
        Headings::Codes => (cell, ""),
        Headings::Texts => ("", cell),
    };
    let mut out = Cell::default();
    match code.split_once('[') {
        Some((base, subs)) => {
            out.base = base.to_owned();
            out.subs = subs.trim_end_matches(']').split("][").map(str::to_owned).collect();
        }
        // As R and SPSS have to write it: `Q1_SQ001`, `Q1.SQ001.`.
        None => match code.split_once("_SQ").or_else(|| code.split_once(".SQ")) {
            Some((base, sub)) => {
                out.base = base.to_owned();
                out.subs = vec![format!("SQ{}", sub.trim_end_matches('.'))];
            }
            None => match code.strip_suffix("_other").or_else(|| code.strip_suffix(".other.")) {
                Some(base) => {
                    out.base = base.to_owned();
                    out.subs = vec!["other".to_owned()];
                }
                None => out.base = code.to_owned(),
            },
        },
    }
    let most = match headings {
        Headings::Texts => 2,
        _ => out
            .subs
            .iter()
            .map(|s| 1 + s.matches('_').count() + usize::from(s.ends_with("comment")))
            .sum::<usize>()
            .min(2),
    };
    let (stem, labels) = brackets(text, most);
    out.stem = stem;
    out.labels = labels;
    if out.base.is_empty() && headings != Headings::Texts {
        out.base.clone_from(&out.stem);
    }
    out
}

/// A text without the brackets at its end, and what stands in them: at most `most`, one within another counting as one.
fn brackets(text: &str, most: usize) -> (String, Vec<String>) {
    let mut rest = text.trim_end();
    let mut labels: Vec<String> = Vec::new();
    while labels.len() < most && rest.ends_with(']') {
        let mut depth = 0usize;
        let open = rest.char_indices().rev().find(|(_, c)| {
            match c {
                ']' => depth += 1,
                '[' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        let Some((at, _)) = open.filter(|_| depth == 0) else {
            // A bracket that is never opened: the label begins at the first that is.
            if let Some((before, label)) = rest.split_once(" [").filter(|_| labels.is_empty()) {
                labels.push(label.trim_end_matches(']').trim().to_owned());
                rest = before.trim_end();
            }
            break;
        };
        let (before, label) = rest.split_at(at);
        labels.insert(0, label.get(1..label.len() - 1).unwrap_or_default().trim().to_owned());
        let touching = before.ends_with(']');
        rest = before.trim_end();
        if !touching {
            break;
        }
    }
    (rest.to_owned(), labels)
}

/// What a column of a question is; `from` is the question's first column, `columns` how many it has.
fn head(cell: &Cell, text: &str, headings: Headings, from: usize, columns: usize) -> Head {
    let stem = if cell.stem.is_empty() { cell.base.clone() } else { cell.stem.clone() };
    let code = (headings != Headings::Texts).then(|| with_code(text).map_or(text, |(code, _)| code).to_owned());
    let sub = cell.subs.last().map_or("", String::as_str);
    let mut labels: Vec<String> = cell.labels.iter().filter(|l| !l.is_empty()).cloned().collect();
    if cell.labels.is_empty() {
        labels = cell.subs.clone();
    }
    let last = labels.last().map(|l| fold(l)).unwrap_or_default();
    let other = sub == "other"
        || (headings == Headings::Texts
            && matches!(last.as_str(), "other" | "sonstiges" | "autre" | "otro" | "anders"));
    let comment = sub.strip_suffix("comment").is_some()
        || (headings == Headings::Texts
            && matches!(last.as_str(), "comment" | "kommentar" | "commentaire" | "comentario"));
    let part = if labels.is_empty() {
        Part::Whole
    } else if other {
        Part::OtherText
    } else if comment {
        Part::Comment
    } else {
        Part::Option
    };
    let system = if sub == "filecount" { IGNORE } else { None };
    let mut header = vec![stem];
    header.extend(labels);
    // The one part of a question without a label is the question.
    if part == Part::Option && columns == 1 && cell.labels.iter().all(String::is_empty) && headings == Headings::Both {
        header.truncate(1);
        return Head { header, code, system, stem: from, ..Head::default() };
    }
    Head { header, code, system, part, stem: from, ..Head::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_at_the_end_of_a_text() {
        let read = |text: &str, most| {
            let (stem, labels) = brackets(text, most);
            (stem, labels)
        };
        let of =
            |stem: &str, labels: &[&str]| (stem.to_owned(), labels.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>());
        assert_eq!(read("How? [Bus]", 2), of("How?", &["Bus"]));
        assert_eq!(read("How often? [Bus][Monday]", 2), of("How often?", &["Bus", "Monday"]));
        assert_eq!(read("[How happy with [your work]]", 1), of("", &["How happy with [your work]"]));
        assert_eq!(read("Your age? []", 1), of("Your age?", &[""]));
        assert_eq!(read("How? [tick]", 0), of("How? [tick]", &[]));
        assert_eq!(read("How? a]", 1), of("How? a]", &[]));
    }

    #[test]
    fn codes_are_told_from_texts() {
        for code in ["Q1", "Q1[SQ001]", "Q1[SQ001_SQ002]", "Q1[SQ001][1]", "G01Q02[other]"] {
            assert!(is_code(code), "{code}");
        }
        for text in ["1", "Q1 [SQ001]", "Q1[]", "How?", "Q1[a b]", ""] {
            assert!(!is_code(text), "{text}");
        }
        assert_eq!(with_code("Q1[SQ001]. How? [Bus]"), Some(("Q1[SQ001]", "How? [Bus]")));
        assert_eq!(with_code("Mr. Smith"), Some(("Mr", "Smith")));
        assert_eq!(with_code("1. How?"), None);
    }
}
