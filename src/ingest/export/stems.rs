//! Two header rows: question stems, blank over their continuation cells, above option labels (SurveyMonkey and its re-saved kin).
//!
//! Re-saving leaves its marks: pandas writes `Unnamed: 3` over a continuation cell, or repeats the stem there; Excel's tables write
//! `Column3`, R `X.3`. All of these are blank headers.

use super::Found;
use crate::ingest::Part;
use crate::ingest::layout::{Head, Rec, tidy};
use crate::spec::fold;

/// Labels of the second row that stand for "the answer is in this column", in the languages in which they are met.
const RESPONSE: [&str; 9] =
    ["response", "antwort", "réponse", "respuesta", "resposta", "risposta", "antwoord", "svar", "odpowiedź"];

/// The same, for people's own words.
const OPEN: [&str; 9] = [
    "open-ended response",
    "open ended response",
    "offene antwort",
    "réponse ouverte",
    "respuesta abierta",
    "resposta aberta",
    "risposta aperta",
    "open antwoord",
    "fritt svar",
];

/// How the open text beside options is labelled.
const OTHER: [&str; 14] = [
    "other (please",
    "other, please",
    "other please",
    "other - please",
    "other - write in",
    "other (specify",
    "other, specify",
    "sonstige",
    "andere (bitte",
    "autre (veuillez",
    "otro (especifi",
    "outro (especifi",
    "altro (specific",
    "anders (",
];

/// Whether a folded label stands for "the answer is in this column".
pub(super) fn is_response(label: &str) -> bool {
    RESPONSE.contains(&label) || is_open(label)
}

/// Whether a folded label stands for people's own words.
pub(super) fn is_open(label: &str) -> bool {
    OPEN.contains(&label)
}

/// Whether a folded label is that of the open text beside options.
pub(super) fn is_other(label: &str) -> bool {
    OTHER.iter().any(|start| label.starts_with(start))
}

/// Whether a header is a name that a program gave to a blank one: `Unnamed: 3`, `Column3`, `...3`, `X.3`, `__EMPTY_2`.
pub(super) fn is_placeholder(header: &str) -> bool {
    let header = header.trim();
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    if let Some(rest) = header.strip_prefix("Unnamed: ").or_else(|| header.strip_prefix("Unnamed:_")) {
        return number(rest.split('_').next().unwrap_or_default());
    }
    ["Column", "...", "X.", "__EMPTY_"].iter().any(|start| header.strip_prefix(start).is_some_and(number))
        || matches!(header, "X" | "__EMPTY")
}

/// The two rows as they were meant: no placeholders, no stem repeated over its own continuation cells.
pub(super) struct Band {
    /// One per column; blank over a continuation cell.
    pub stems: Vec<String>,
    pub labels: Vec<String>,
    /// Whether the first column is a row number that a program wrote.
    pub index: bool,
    /// The first name that a program gave to a blank header.
    pub mangled: Option<String>,
}

impl Band {
    /// Reads the first two records.
    pub fn of(records: &[Rec]) -> Self {
        let empty = Rec { number: 0, cells: Vec::new() };
        let (top, below) = (records.first().unwrap_or(&empty), records.get(1).unwrap_or(&empty));
        let width = top.cells.len().max(below.cells.len());
        let mut mangled: Option<String> = None;
        let mut read = |rec: &Rec, i: usize| {
            let text = tidy(rec.cell(i));
            if is_placeholder(&text) {
                mangled.get_or_insert(text);
                return String::new();
            }
            text
        };
        let mut stems: Vec<String> = Vec::with_capacity(width);
        let mut labels: Vec<String> = Vec::with_capacity(width);
        for i in 0..width {
            stems.push(read(top, i));
            labels.push(read(below, i));
        }
        let index = stems.first().is_some_and(String::is_empty) && counts_rows(records);
        if let (true, Some(first)) = (index, labels.first_mut()) {
            first.clear();
        }
        // A stem that is written again over its own options: the same text, with another label below.
        let mut left = String::new();
        for (stem, label) in stems.iter_mut().zip(&labels) {
            if stem.is_empty() {
                continue;
            }
            if *stem == left && !label.is_empty() && !is_response(&fold(label)) {
                stem.clear();
            } else {
                left.clone_from(stem);
            }
        }
        if mangled.is_some() {
            undouble(&mut stems);
        }
        Band { stems, labels, index, mangled }
    }

    /// Columns with a label and no stem of their own.
    pub fn continued(&self) -> Vec<usize> {
        let blank = |i: &usize| self.stems.get(*i).is_some_and(String::is_empty);
        (1..self.labels.len()).filter(|i| blank(i) && self.labels.get(*i).is_some_and(|l| !l.is_empty())).collect()
    }
}

/// Whether the first column counts the records below the first: 0, 1, 2 …
fn counts_rows(records: &[Rec]) -> bool {
    let numbers: Vec<Option<usize>> = records.iter().skip(1).map(|r| r.cell(0).parse().ok()).collect();
    let first = numbers.first().copied().flatten();
    numbers.len() >= 3 && first.is_some_and(|f| f <= 1 && numbers.iter().zip(f..).all(|(n, i)| *n == Some(i)))
}

/// Takes off the `.1`, `.2` by which pandas tells equal headers apart.
fn undouble(stems: &mut [String]) {
    let mut seen: Vec<String> = Vec::new();
    for stem in stems {
        let base = stem.rsplit_once('.').filter(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if let Some((base, _)) = base
            && seen.iter().any(|s| s == base)
        {
            *stem = base.to_owned();
        }
        seen.push(stem.clone());
    }
}

/// Two header rows without a word of any platform: options under stems, known by cells that repeat the label above them. Columns
/// that say the same in every row are no options, and the record below the header is then a row of data.
pub(in crate::ingest) fn options_under_stems(records: &[Rec]) -> Option<Found> {
    let below = records.get(1)?;
    let continued = Band::of(records).continued();
    if continued.len() < 2 {
        return None;
    }
    let (mut filled, mut equal, mut gaps, mut open) = (0usize, 0usize, 0usize, 0usize);
    for &i in &continued {
        let label = fold(&tidy(below.cell(i)));
        let cells = records.iter().skip(2).map(|rec| rec.cell(i));
        let (mut own, mut blank) = (0, 0);
        for cell in cells {
            if cell.is_empty() {
                blank += 1;
            } else {
                filled += 1;
                own += usize::from(fold(&tidy(cell)) == label);
            }
        }
        equal += own;
        open += usize::from(own > 0 && blank > 0);
        gaps += blank;
    }
    if equal < 5 || equal * 10 < filled * 6 || open == 0 || gaps * 8 < filled {
        return None;
    }
    let reason = "the cells repeat the labels of a second header row under stems".to_owned();
    Some(two_rows(records, "stems-over-options", reason))
}

/// The columns of a table with a row of stems over a row of labels.
pub(in crate::ingest) fn two_rows(records: &[Rec], platform: &'static str, reason: String) -> Found {
    let band = Band::of(records);
    let heads = heads(&band);
    Found { platform, reason, header_rows: 2, heads, undecided: true }
}

/// What the two rows say of each column.
pub(super) fn heads(band: &Band) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::with_capacity(band.stems.len());
    let mut stem = String::new();
    let mut stem_at = 0;
    let mut first_response = false;
    for (i, (own, label)) in band.stems.iter().zip(&band.labels).enumerate() {
        if !own.is_empty() || label.is_empty() {
            stem.clone_from(own);
            stem_at = i;
        }
        let folded = fold(label);
        let response = is_response(&folded);
        if stem_at == i {
            first_response = response;
        }
        let (header, part) = if stem.is_empty() {
            (vec![label.clone()], Part::Whole)
        } else if label.is_empty() || (response && stem_at == i) {
            (vec![stem.clone()], if is_open(&folded) { Part::Open } else { Part::Whole })
        } else if is_other(&folded) {
            (vec![stem.clone(), label.clone()], Part::OtherText)
        } else if first_response {
            (vec![stem.clone(), label.clone()], Part::Comment)
        } else {
            (vec![stem.clone(), label.clone()], Part::Option)
        };
        let system = if band.index && i == 0 { super::IGNORE } else { None };
        heads.push(Head { header, part, stem: stem_at, system, ..Head::default() });
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recs(rows: &[&[&str]]) -> Vec<Rec> {
        let cells = |row: &[&str]| row.iter().map(|c| (*c).to_owned()).collect();
        rows.iter().zip(1..).map(|(row, number)| Rec { number, cells: cells(row) }).collect()
    }

    #[test]
    fn blank_headers_under_other_names() {
        for name in ["Unnamed: 3", "Unnamed: 0_level_1", "Column12", "...4", "X.7", "X", "__EMPTY", "__EMPTY_1"] {
            assert!(is_placeholder(name), "{name}");
        }
        for name in ["Unnamed", "Column", "Columns", "X1", "V1", "Field", "", "Unnamed: gallery"] {
            assert!(!is_placeholder(name), "{name}");
        }
    }

    #[test]
    fn a_band_that_pandas_wrote() {
        let rows = recs(&[
            &["Unnamed: 0", "How?", "Unnamed: 2", "How?.1", "Where?"],
            &["0", "Bus", "Train", "Car", "Response"],
            &["1", "Bus", "", "", "x"],
            &["2", "", "Train", "", "y"],
        ]);
        let band = Band::of(&rows);
        assert!(band.index);
        assert_eq!(band.stems, ["", "How?", "", "How?", "Where?"]);
        assert_eq!(band.labels, ["", "Bus", "Train", "Car", "Response"]);
        // A header of two levels, written with the stem over each option.
        let rows = recs(&[&["Id", "How?", "How?"], &["Unnamed: 0_level_1", "Bus", "Train"]]);
        assert_eq!(Band::of(&rows).stems, ["Id", "How?", ""]);
    }

    #[test]
    fn rows_longer_than_their_header_are_no_options() {
        let mut rows: Vec<Vec<&str>> = vec![vec!["a", "b"], vec!["1", "2", "x", "y"]];
        rows.extend((0..8).map(|_| vec!["3", "4", "x", "y"]));
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        assert!(options_under_stems(&recs(&rows)).is_none());
    }
}
