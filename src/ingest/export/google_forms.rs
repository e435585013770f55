//! Google Forms: one header row behind a moment, grids as `Stem [Row]`, several answers in one cell.

use super::evidence::{asks, bracketed, has_seconds, is_moment, mostly};
use super::{Found, IGNORE, Platform, one_row_heads};
use crate::ingest::Part;
use crate::ingest::layout::{Head, Rec, tidy};
use crate::spec::fold;

/// Google Forms.
pub(super) const PLATFORM: Platform = Platform {
    name: "google-forms",
    title: "Google Forms",
    system: &[
        ("email address", Some("email")),
        ("email", Some("email")),
        ("username", Some("email")),
        ("adresse e-mail", Some("email")),
        ("nom d'utilisateur", Some("email")),
        ("e-mail-adresse", Some("email")),
        ("nutzername", Some("email")),
        ("dirección de correo electrónico", Some("email")),
        ("nombre de usuario", Some("email")),
        ("indirizzo email", Some("email")),
        ("nome utente", Some("email")),
        ("endereço de e-mail", Some("email")),
        ("nome de usuário", Some("email")),
        ("e-mailadres", Some("email")),
        ("gebruikersnaam", Some("email")),
        ("e-postadress", Some("email")),
        ("e-mailadresse", Some("email")),
        ("adres e-mail", Some("email")),
        ("score", IGNORE),
        ("total score", IGNORE),
        ("puntuación", IGNORE),
        ("punteggio", IGNORE),
        ("pontuação", IGNORE),
        ("punktzahl", IGNORE),
    ],
    recognise: |platform, records| {
        let (at, why) = evidence(platform, records)?;
        Some(layout(platform, records, Some(at), why))
    },
};

/// The first column's header where it is a word for "timestamp" that other programs write too.
const COMMON: [&str; 3] = ["timestamp", "zeitstempel", "cap waktu"];

/// The first column's header in the other languages of Google Forms.
const STAMPS: [&str; 31] = [
    "horodateur",
    "marca temporal",
    "informazioni cronologiche",
    "carimbo de data/hora",
    "tijdstempel",
    "tidsstempel",
    "tidstämpel",
    "tidsmerke",
    "aikaleima",
    "sygnatura czasowa",
    "časová značka",
    "časová pečiatka",
    "időbélyeg",
    "marcaj de timp",
    "marcă temporală",
    "zaman damgası",
    "отметка времени",
    "позначка часу",
    "клеймо за време",
    "χρονική σήμανση",
    "marca de temps",
    "vremenska oznaka",
    "časovni žig",
    "laiko žyma",
    "ajatempel",
    "dấu thời gian",
    "タイムスタンプ",
    "时间戳记",
    "時間戳記",
    "타임스탬프",
    "חותמת זמן",
];

/// Names of the sheet into which Google Forms writes, without their number.
const SHEETS: [&str; 10] = [
    "form responses",
    "réponses au formulaire",
    "formularantworten",
    "respuestas de formulario",
    "risposte del modulo",
    "respostas ao formulário",
    "formulierreacties",
    "formulärsvar",
    "formularsvar",
    "odpowiedzi w formularzu",
];

/// A table on a sheet that has the name Google Forms gives it.
pub(super) fn on_its_sheet(sheet: &str, records: &[Rec]) -> Option<Found> {
    let folded = fold(sheet);
    let name = folded.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let at = stamp(records)?;
    let why = "the sheet has the name that Google Forms gives it, and the first column holds moments".to_owned();
    SHEETS.contains(&name).then(|| layout(&PLATFORM, records, Some(at), why))
}

/// A table that the spec calls an export of Google Forms, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    let at = stamp(records);
    records.first()?;
    Some(layout(&PLATFORM, records, at, "reach.toml says so".to_owned()))
}

/// The position of the column of moments: one of the first three, whose header is a word for "timestamp".
fn stamp(records: &[Rec]) -> Option<usize> {
    let header = records.first()?;
    (0..header.cells.len().min(3)).find(|&i| {
        let word = fold(header.cell(i));
        let known = COMMON.contains(&word.as_str()) || STAMPS.contains(&word.as_str());
        known && mostly(records, i, is_moment)
    })
}

/// What proves that Google Forms wrote the table: a column of moments alone does not, logs have one too.
fn evidence(platform: &Platform, records: &[Rec]) -> Option<(usize, String)> {
    let at = stamp(records)?;
    let header = records.first()?;
    let headers: Vec<String> = (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect();
    let word = headers.get(at)?;
    let rest = || headers.iter().enumerate().filter(|(i, h)| *i != at && !h.is_empty()).map(|(_, h)| h);
    let local = STAMPS.contains(&fold(word).as_str());
    let seconds = mostly(records, at, has_seconds);
    // As Google Forms itself writes it: 2022/11/08 2:03:11 PM GMT+1.
    let own = records.len() > 1
        && mostly(records, at, |text| {
            let (date, zone) =
                (text.split(' ').next().unwrap_or_default(), text.rsplit(' ').next().unwrap_or_default());
            date.matches('/').count() == 2
                && zone.starts_with(|c: char| c.is_ascii_uppercase())
                && text.split(' ').count() >= 3
        })
        && mostly(records, at, |text| !text.ends_with('M'));
    let address =
        rest().take(2).any(|h| platform.system.iter().any(|(w, role)| *role == Some("email") && *w == fold(h)));
    let grid = rest().filter(|h| bracketed(h).is_some()).count() >= 2;
    let questions = rest().filter(|h| asks(h)).count();
    let begins = format!("the header begins with \"{word}\" above moments");
    // Excel takes the seconds away when it saves a CSV again.
    let timed = own || seconds || grid || address || questions >= 2;
    if rest().next().is_none() || !timed {
        return None;
    }
    let why = if own {
        format!("{begins} as Google Forms writes them")
    } else if grid {
        format!("{begins}, and grids stand as \"Stem [Row]\"")
    } else if questions >= 1 {
        format!("{begins}, and questions follow")
    } else if address {
        format!("{begins}, and an e-mail address follows")
    } else if local {
        begins
    } else {
        return None;
    };
    Some((at, why))
}

/// The columns of a form.
fn layout(platform: &Platform, records: &[Rec], stamp: Option<usize>, reason: String) -> Found {
    let empty = Rec { number: 0, cells: Vec::new() };
    let header = records.first().unwrap_or(&empty);
    let headers: Vec<String> = (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect();
    let mut heads = one_row_heads(header);
    grids(&headers, &mut heads);
    for (i, head) in heads.iter_mut().enumerate() {
        let text = headers.get(i).map(String::as_str).unwrap_or_default();
        if stamp == Some(i) {
            head.system = Some("date");
        } else if quiz(text, &headers) {
            *head = Head { system: IGNORE, ..Head::plain(text.to_owned(), i) };
        }
    }
    let found = Found { platform: platform.name, reason, header_rows: 1, heads, undecided: false };
    // Form owners ask for an e-mail too: only what stands beside the moment is Google's.
    let after = stamp.map_or(0, |at| at + 3);
    let before: Vec<Option<&'static str>> = found.heads.iter().map(|h| h.system).collect();
    let mut found = platform.with_system(found);
    for (i, head) in found.heads.iter_mut().enumerate().skip(after) {
        head.system = before.get(i).copied().flatten();
    }
    found
}

/// Whether a header is what a quiz adds to a question: `Q [Score]`, `Q [Feedback]`.
fn quiz(text: &str, headers: &[String]) -> bool {
    let Some((stem, what)) = bracketed(text) else { return false };
    matches!(fold(what).as_str(), "score" | "feedback") && headers.iter().any(|h| fold(h) == fold(stem))
}

/// Neighbours with one stem before their brackets are the rows of a grid.
fn grids(headers: &[String], heads: &mut [Head]) {
    let stem_of = |i: usize| {
        headers
            .get(i)
            .filter(|h| !quiz(h, headers))
            .and_then(|h| bracketed(h))
            .map(|(stem, row)| (fold(stem), stem, row))
    };
    let mut from = 0;
    while from < headers.len() {
        let Some((key, stem, _)) = stem_of(from) else {
            from += 1;
            continue;
        };
        let to =
            (from + 1..headers.len()).find(|&i| stem_of(i).is_none_or(|(k, _, _)| k != key)).unwrap_or(headers.len());
        if to - from >= 2 {
            for i in from..to {
                if let (Some(head), Some((_, _, row))) = (heads.get_mut(i), stem_of(i)) {
                    let header = vec![stem.to_owned(), row.to_owned()];
                    *head = Head { header, part: Part::Row, stem: from, ..Head::default() };
                }
            }
        }
        from = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(rows: &[&[&str]]) -> Vec<Rec> {
        (1..).zip(rows).map(|(number, r)| Rec { number, cells: r.iter().map(|c| (*c).to_owned()).collect() }).collect()
    }
    fn found(rows: &[&[&str]]) -> Option<Found> {
        (PLATFORM.recognise)(&PLATFORM, &records(rows))
    }

    #[test]
    fn a_moment_alone_makes_no_form() {
        assert!(found(&[&["Timestamp", "Door", "Count"], &["11/8/2022 14:03:11", "West", "4"]]).is_none());
        assert!(found(&[&["Timestamp", "How was it?"], &["yesterday", "Good"]]).is_none());
        assert!(found(&[&["Timestamp"], &["11/8/2022 14:03:11"]]).is_none());
        let saved = [&["Timestamp", "How was it?", "Which?"][..], &["11/8/2022 14:03", "Good", "Tea"][..]];
        assert!(found(&saved).is_some());
        assert!(found(&[&["Timestamp", "Any visitor?", "Count"], &["11/8/2022 14:03", "yes", "4"]]).is_none());
        let form = found(&[&["Timestamp", "How was it?"], &["11/8/2022 14:03:11", "Good"]]).unwrap();
        assert_eq!(form.heads[0].system, Some("date"));
        assert!(found(&[&["Horodateur", "Note"], &["08/11/2022 14:03:11", "5"]]).is_some());
        assert!(found(&[&["Timestamp", "Note"], &["2022/11/08 2:03:11 PM GMT+1", "5"]]).is_some());
        assert!(found(&[&["Timestamp", "Username", "Note"], &["2022-11-08 14:03:11.120", "a@b.org", "5"]]).is_some());
    }

    #[test]
    fn a_sheet_of_its_name_needs_no_question() {
        let rows = records(&[&["Timestamp", "Library"], &["2022-11-08 14:03:11", "West"]]);
        assert!(on_its_sheet("Form Responses 1", &rows).is_some());
        assert!(on_its_sheet("Sheet1", &rows).is_none());
    }

    #[test]
    fn grids_and_quizzes() {
        let header: &[&str] = &[
            "Timestamp",
            "Username",
            "Total score",
            "How was [the tour]",
            "How was [the tea]",
            " [Butterfinger]",
            " [Snickers]",
            "Who built it?",
            "Who built it? [Score]",
            "Who built it? [Feedback]",
            "Age [years]",
            "Email Address",
        ];
        let form = found(&[header, &["11/8/2022 14:03:11"; 12]]).unwrap();
        let parts: Vec<_> = form.heads.iter().map(|h| (h.header.len(), h.part, h.stem, h.system)).collect();
        assert_eq!(parts[1], (1, Part::Whole, 1, Some("email")));
        assert_eq!(parts[2], (1, Part::Whole, 2, IGNORE));
        assert_eq!((parts[3], parts[4]), ((2, Part::Row, 3, None), (2, Part::Row, 3, None)));
        assert_eq!(form.heads[6].header, ["", "Snickers"]);
        assert_eq!((parts[8].3, parts[9].3), (IGNORE, IGNORE));
        assert_eq!(parts[10], (1, Part::Whole, 10, None));
        assert_eq!(parts[11], (1, Part::Whole, 11, None));
    }
}
