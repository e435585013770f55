//! Microsoft Forms: one header row in a workbook, with the form's own columns first, in the language of whoever exported it.

use super::evidence::{is_moment, mostly};
use super::{Found, IGNORE, Platform, one_row_heads, quoted};
use crate::ingest::layout::{Head, Rec, tidy};
use crate::spec::fold;

/// Microsoft Forms.
pub(super) const PLATFORM: Platform = Platform {
    name: "microsoft-forms",
    title: "Microsoft Forms",
    system: &[
        ("id", Some("response")),
        ("start time", IGNORE),
        ("completion time", Some("date")),
        ("email", Some("email")),
        ("name", Some("name")),
        ("last modified time", IGNORE),
        ("language", Some("language")),
        ("total points", IGNORE),
        ("quiz feedback", IGNORE),
        ("grade posted time", IGNORE),
    ],
    recognise: |platform, records| {
        let (words, reason) = evidence(platform, records)?;
        Some(layout(platform, records, words, reason))
    },
};

/// The form's own columns in one language: id, start time, completion time, e-mail, name, last modified time, language.
type Words = [&'static [&'static str]; 7];

const LANGUAGES: [Words; 14] = [
    [&["id"], &["start time"], &["completion time"], &["email"], &["name"], &["last modified time"], &["language"]],
    [
        &["id"],
        &["startzeit"],
        &["fertigstellungszeit"],
        &["e-mail"],
        &["name"],
        &["zeitpunkt der letzten änderung", "uhrzeit der letzten änderung", "letzte änderung"],
        &["sprache"],
    ],
    [
        &["id"],
        &["heure de début"],
        &["heure de fin"],
        &["adresse de messagerie", "e-mail", "courrier"],
        &["nom"],
        &["heure de la dernière modification", "heure de dernière modification"],
        &["langue"],
    ],
    [
        &["id"],
        &["hora de inicio"],
        &["hora de finalización"],
        &["correo electrónico"],
        &["nombre"],
        &["hora de la última modificación", "hora de última modificación"],
        &["idioma"],
    ],
    [
        &["id"],
        &["begintijd"],
        &["tijd van voltooien"],
        &["e-mail"],
        &["naam"],
        &["tijd van laatste wijziging"],
        &["taal"],
    ],
    [
        &["id"],
        &["ora di inizio"],
        &["ora di completamento"],
        &["posta elettronica", "indirizzo di posta elettronica", "e-mail"],
        &["nome"],
        &["ora dell'ultima modifica", "ora ultima modifica"],
        &["lingua"],
    ],
    [
        &["id"],
        &["hora de início", "hora de início"],
        &["hora de conclusão"],
        &["email", "e-mail"],
        &["nome"],
        &["hora da última modificação", "hora da última alteração"],
        &["idioma"],
    ],
    [
        &["id"],
        &["starttid"],
        &["slutförandetid"],
        &["e-post"],
        &["namn"],
        &["tid för senaste ändring", "tidpunkt för senaste ändring"],
        &["språk"],
    ],
    [
        &["id"],
        &["starttidspunkt"],
        &["fuldførelsestidspunkt", "afslutningstidspunkt"],
        &["mail", "e-mail"],
        &["navn"],
        &["tidspunkt for seneste ændring", "tidspunkt for sidste ændring"],
        &["sprog"],
    ],
    [
        &["id"],
        &["starttidspunkt"],
        &["fullføringstidspunkt"],
        &["e-postadresse", "e-post"],
        &["navn"],
        &["tidspunkt for siste endring"],
        &["språk"],
    ],
    [
        &["id", "identyfikator"],
        &["godzina rozpoczęcia"],
        &["godzina ukończenia"],
        &["adres e-mail", "e-mail"],
        &["nazwa", "imię i nazwisko"],
        &["czas ostatniej modyfikacji", "godzina ostatniej modyfikacji"],
        &["język"],
    ],
    [
        &["id", "tunnus"],
        &["aloitusaika", "alkamisaika"],
        &["valmistumisaika", "päättymisaika"],
        &["sähköposti", "sähköpostiosoite"],
        &["nimi"],
        &["viimeksi muokattu", "viimeisin muokkausaika"],
        &["kieli"],
    ],
    [
        &["id"],
        &["čas zahájení"],
        &["čas dokončení"],
        &["e-mail"],
        &["jméno", "název"],
        &["čas poslední změny"],
        &["jazyk"],
    ],
    [&["id"], &["開始時刻"], &["完了時刻"], &["メール"], &["名前"], &["最終変更時刻"], &["言語"]],
];

/// The roles of the form's own columns.
const ROLES: [Option<&str>; 7] =
    [Some("response"), IGNORE, Some("date"), Some("email"), Some("name"), IGNORE, Some("language")];

/// What proves that Microsoft Forms wrote the table: the times of start and completion, in one language, with one more of its columns.
fn evidence(platform: &Platform, records: &[Rec]) -> Option<(&'static Words, String)> {
    let header = records.first()?;
    let cells: Vec<String> = (0..header.cells.len()).map(|i| fold(header.cell(i))).collect();
    LANGUAGES.iter().find_map(|words| {
        let at: Vec<Option<usize>> =
            words.iter().map(|list| cells.iter().position(|cell| list.contains(&cell.as_str()))).collect();
        let has = |i: usize| at.get(i).copied().flatten();
        let more = [0, 3, 4, 5].iter().filter(|&&i| has(i).is_some()).count();
        let enough = match (has(1), has(2)) {
            (Some(start), Some(end)) => start < end && more >= 1,
            // One of them deleted: then nearly all others must be there.
            (None, Some(_)) | (Some(_), None) => more >= 3,
            (None, None) => false,
        };
        let moments = [has(1), has(2)].into_iter().flatten().all(|i| mostly(records, i, is_moment));
        let seen: Vec<&str> = (0..6).filter_map(has).filter_map(|i| header.cells.get(i)).map(|c| c.trim()).collect();
        let reason = format!("the header has {}, as {} writes it", quoted(&seen), platform.title);
        (enough && moments).then_some((words, reason))
    })
}

/// A table that the spec calls an export of Microsoft Forms, whatever its columns.
pub(super) fn forced(records: &[Rec]) -> Option<Found> {
    let header = records.first()?;
    let cells: Vec<String> = (0..header.cells.len()).map(|i| fold(header.cell(i))).collect();
    let known =
        |words: &&Words| words.iter().filter(|list| cells.iter().any(|cell| list.contains(&cell.as_str()))).count();
    let words = LANGUAGES.iter().rev().max_by_key(known)?;
    Some(layout(&PLATFORM, records, words, "reach.toml says so".to_owned()))
}

/// The columns of a form. The form's own come before its questions: a later "Name" is a question.
fn layout(platform: &Platform, records: &[Rec], words: &Words, reason: String) -> Found {
    let empty = Rec { number: 0, cells: Vec::new() };
    let header = records.first().unwrap_or(&empty);
    let headers: Vec<String> = (0..header.cells.len()).map(|i| tidy(header.cell(i))).collect();
    let mut found = platform.with_system(Found {
        platform: platform.name,
        reason,
        header_rows: 1,
        heads: one_row_heads(header),
        undecided: false,
    });
    let mut questions = false;
    let mut given = [false; 7];
    for (i, head) in found.heads.iter_mut().enumerate() {
        let word = fold(header.cell(i));
        let place = words.iter().position(|list| list.contains(&word.as_str()));
        match place.and_then(|at| Some((given.get_mut(at)?, ROLES.get(at)?))) {
            Some((given, role)) if !*given && !questions => {
                *given = true;
                head.system = *role;
            }
            _ if head.system == IGNORE => {}
            _ => {
                head.system = None;
                questions |= !word.is_empty() && !matches!(word.as_str(), "total points" | "quiz feedback");
            }
        }
    }
    quiz(&headers, &mut found.heads);
    found
}

/// A quiz writes two columns behind each question: its points and a feedback, both named for the question.
fn quiz(headers: &[String], heads: &mut [Head]) {
    let named = |i: usize, question: &str| {
        let header = headers.get(i).map(String::as_str).unwrap_or_default();
        let prefix = header.strip_suffix(question).map(|p| p.trim_end());
        prefix.is_some_and(|p| p.ends_with(['-', '–', '—']) && p.split_whitespace().count() <= 4)
    };
    for (i, question) in headers.iter().enumerate().filter(|(_, q)| !q.is_empty()) {
        if named(i + 1, question) && named(i + 2, question) {
            for head in heads.iter_mut().skip(i + 1).take(2) {
                head.system = IGNORE;
            }
        }
    }
    for (header, head) in headers.iter().zip(heads) {
        if ["points - ", "points – ", "feedback - ", "feedback – "].iter().any(|p| {
            let folded = header.to_lowercase();
            folded.strip_prefix(p).is_some_and(|q| headers.iter().any(|h| h.to_lowercase() == q))
        }) {
            head.system = IGNORE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: &[&[&str]]) -> Option<Found> {
        let records: Vec<Rec> = (1..)
            .zip(rows)
            .map(|(number, r)| Rec { number, cells: r.iter().map(|c| (*c).to_owned()).collect() })
            .collect();
        (PLATFORM.recognise)(&PLATFORM, &records)
    }
    fn roles(found: &Found) -> Vec<Option<&'static str>> {
        found.heads.iter().map(|h| h.system).collect()
    }

    #[test]
    fn forms_in_many_languages() {
        for header in [
            ["Id", "Start time", "Completion time", "Email", "Name", "Last modified time", "Your name?"],
            ["ID", "Startzeit", "Fertigstellungszeit", "E-Mail", "Name", "Zeitpunkt der letzten Änderung", "Frage"],
            [
                "ID",
                "Heure de début",
                "Heure de fin",
                "Adresse de messagerie",
                "Nom",
                "Heure de la dernière modification",
                "Nom",
            ],
            [
                "Id",
                "Hora de inicio",
                "Hora de finalización",
                "Correo electrónico",
                "Nombre",
                "Hora de la última modificación",
                "x",
            ],
            ["ID", "Begintijd", "Tijd van voltooien", "E-mail", "Naam", "Tijd van laatste wijziging", "x"],
            [
                "ID",
                "Starttidspunkt",
                "Fullføringstidspunkt",
                "E-postadresse",
                "Navn",
                "Tidspunkt for siste endring",
                "x",
            ],
            [
                "ID",
                "Godzina rozpoczęcia",
                "Godzina ukończenia",
                "Adres e-mail",
                "Nazwa",
                "Czas ostatniej modyfikacji",
                "x",
            ],
        ] {
            let found = found(&[&header]).unwrap_or_else(|| panic!("{header:?}"));
            let expected = [Some("response"), IGNORE, Some("date"), Some("email"), Some("name"), IGNORE, None];
            assert_eq!(roles(&found), expected, "{header:?}");
        }
    }

    #[test]
    fn dropped_columns_and_logs_of_hours() {
        assert!(
            found(&[&["Start time", "Completion time", "Email", "Q"], &["1/2/24 10:00", "1/2/24 10:01", "", ""]])
                .is_some()
        );
        assert!(found(&[&["ID", "Completion time", "Email", "Name", "Q"]]).is_some());
        assert!(found(&[&["ID", "Completion time", "Room"]]).is_none());
        assert!(found(&[&["ID", "Heure de début", "Heure de fin", "Salle"], &["1", "14:00", "16:00", "A"]]).is_none());
    }

    #[test]
    fn what_a_quiz_adds_is_no_question() {
        let found = found(&[&[
            "ID",
            "Start time",
            "Completion time",
            "Email",
            "Name",
            "Total points",
            "Quiz feedback",
            "Who built it?",
            "Points - Who built it?",
            "Feedback - Who built it?",
            "Wer?",
            "Punkte – Wer?",
            "Feedback – Wer?",
            "Name",
        ]])
        .unwrap();
        let own: Vec<bool> = roles(&found).iter().map(Option::is_some).collect();
        let yes = |n: usize| vec![true; n];
        assert_eq!(own, [yes(7), vec![false], yes(2), vec![false], yes(2), vec![false]].concat());
    }
}
