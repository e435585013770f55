//! What is said of rows: by the survey platform, and by how they were answered. A flag sets nothing aside unless the spec says so.

use std::collections::{BTreeMap, BTreeSet};

use super::bind::Binding;
use super::labels::Recodes;
use super::rows::Marks;
use super::status::{self, RowKind};
use super::words::have;
use crate::ingest::{Column, Table};
use crate::ledger::{Flag, Reason};
use crate::problem::{Place, Problem, Problems};
use crate::spec::{Action, CellRule, Fit, Headed, Held, Means, Role, Selector, Source, Spec, fold, names};

/// Rows by what is said of them, ascending.
pub type Flagged = BTreeMap<Flag, Vec<u32>>;

/// Why a response does not count because of what its platform says.
const REASONS: [(RowKind, Reason); 6] = [
    (RowKind::Test, Reason::Test),
    (RowKind::Spam, Reason::Spam),
    (RowKind::Rejected, Reason::Rejected),
    (RowKind::ScreenedOut, Reason::ScreenedOut),
    (RowKind::OverQuota, Reason::ScreenedOut),
    (RowKind::Partial, Reason::Partial),
];

const FLAGS: [(RowKind, Flag); 2] = [(RowKind::Preview, Flag::Preview), (RowKind::OnHold, Flag::OnHold)];

/// What the platform says of the responses of a table.
#[expect(clippy::too_many_arguments, reason = "one table's surroundings, each borrowed apart")]
pub fn by_platform(
    table: &Table,
    binding: &Binding,
    spec: &Spec,
    source: &Source,
    place: &Place,
    marks: &mut Marks,
    flagged: &mut Flagged,
    problems: &mut Problems,
) {
    let asked = |at: usize| binding.questions.iter().any(|q| q.columns.contains(&at) || q.open.contains(&at));
    let other = |at: usize, role: Role| binding.roles.iter().any(|b| b.column == at && b.role != role);
    // What the codebook takes for something else is that.
    let free = |at: usize, role: Role| !asked(at) && !other(at, role);
    let columns = status::Columns::of(table, binding.roles.iter().map(|b| (b.role, b.column)), free);
    let recodes = Recodes::of_source(&spec.recodes, &Role::Status.word(), &source.name);
    let means = |folded: &str| match recodes.means(folded) {
        Some(Means::Value(value)) => Some(value.clone()),
        _ => None,
    };
    let rows = status::read(table, &columns, means);
    for (row, said) in rows.said.iter().enumerate() {
        for (_, reason) in REASONS.iter().filter(|(kind, _)| said.has(*kind)) {
            if source.rows.action(Held::Reason(*reason)) == Action::SetAside {
                marks.add(row, *reason);
            }
        }
        for (_, flag) in FLAGS.iter().filter(|(kind, _)| said.has(*kind)) {
            flagged.entry(*flag).or_default().push(u32::try_from(row).unwrap_or(u32::MAX));
        }
    }
    for (flag, rows) in doubts(table) {
        flagged.entry(flag).or_default().extend(rows);
    }
    if rows.unknown > 0 {
        let first = rows.first_unknown.map(|row| table.origin.record(row));
        let column = columns.status.first().and_then(|&at| table.columns.get(at)).map(super::words::column_name);
        let place = column.map_or_else(|| place.clone(), |name| place.clone().column(name));
        problems.push(
            Problem::assumed(
                "status-unknown",
                first.map_or_else(|| place.clone(), |row| place.clone().row(row)),
                format!("{} a status that reach does not know; counted as complete", have(rows.unknown)),
            )
            .hint("say in recodes what it means: status, the word as written, and complete, partial, preview, test or spam")
            .count(rows.unknown),
        );
    }
}

/// What Qualtrics' own columns make doubtful: the column, from or under which number it does (`true` always does), and of what.
const DOUBTS: [(&str, Doubt, Flag); 6] = [
    ("q_relevantidduplicate", Doubt::Yes, Flag::LikelyDuplicate),
    ("q_relevantidduplicatescore", Doubt::From(75.0), Flag::LikelyDuplicate),
    ("q_duplicaterespondent", Doubt::Yes, Flag::LikelyDuplicate),
    ("q_ballotboxstuffing", Doubt::Yes, Flag::LikelyDuplicate),
    ("q_relevantidfraudscore", Doubt::From(30.0), Flag::LikelyBot),
    ("q_recaptchascore", Doubt::Under(0.5), Flag::LikelyBot),
];

#[derive(Clone, Copy)]
enum Doubt {
    Yes,
    From(f64),
    Under(f64),
}

/// Rows that the platform's own columns make doubtful.
fn doubts(table: &Table) -> Flagged {
    let mut out = Flagged::new();
    let mut add = |flag: Flag, column: &Column, holds: &dyn Fn(&str) -> bool| {
        let by_code: Vec<bool> = column.texts.iter().map(|(_, text, _)| holds(text.trim())).collect();
        let rows = (0u32..).zip(&column.codes).filter(|(_, code)| by_code.get(**code as usize) == Some(&true));
        out.entry(flag).or_default().extend(rows.map(|(row, _)| row));
    };
    for column in &table.columns {
        let named =
            |word: &str| column.code.iter().chain(&column.header).any(|name| name.trim().eq_ignore_ascii_case(word));
        if table.platform == "qualtrics" {
            for (_, doubt, flag) in DOUBTS.iter().filter(|(word, _, _)| named(word)) {
                let number = |text: &str| text.parse::<f64>().ok();
                add(*flag, column, &|text| match doubt {
                    Doubt::Yes => super::status::finished(&fold(text)) == Some(true),
                    Doubt::From(least) => number(text).is_some_and(|n| n >= *least),
                    Doubt::Under(most) => number(text).is_some_and(|n| n < *most),
                });
            }
        }
    }
    for column in table.columns.iter().filter(|c| table.platform == "typeform" && c.header.len() == 1) {
        if column.header.iter().any(|name| fold(name) == "network id") {
            let mut seen: BTreeSet<u32> = BTreeSet::new();
            let blank: Vec<bool> = column.texts.iter().map(|(_, text, _)| text.trim().is_empty()).collect();
            let rows = (0u32..).zip(&column.codes);
            let again = rows.filter(|(_, code)| blank.get(**code as usize) == Some(&false) && !seen.insert(**code));
            out.entry(Flag::SharedNetwork).or_default().extend(again.map(|(row, _)| row));
        }
    }
    for rows in out.values_mut() {
        rows.sort_unstable();
        rows.dedup();
    }
    out
}

/// The columns of a table that a rule looks at: named as the codebook names them.
pub fn looked_at(table: &Table, rule: &CellRule) -> Vec<usize> {
    let selector = Selector::Named(rule.column.clone());
    let fits: Vec<Option<Fit>> =
        names(table.columns.iter().map(Headed::from)).iter().map(|names| selector.fit(names)).collect();
    let best = fits.iter().flatten().max().copied();
    let code = fold(&rule.column);
    let holds = |at: &usize| match best {
        Some(_) => fits.get(*at).copied().flatten() == best,
        None => table.columns.get(*at).and_then(|c| c.code.as_deref()).is_some_and(|own| fold(own) == code),
    };
    (0..table.columns.len()).filter(holds).collect()
}

/// Sets rows aside by what one of their cells says, as the source's own rules want it.
pub fn by_rules(table: &Table, source: &Source, place: &Place, marks: &mut Marks, problems: &mut Problems) {
    for rule in &source.rows.set_aside {
        let blank = |text: &str| fold(text).is_empty();
        let texts: BTreeSet<String> = rule.texts.iter().map(|text| fold(text)).collect();
        let meant = |text: &str| texts.contains(&fold(text)) || (blank(text) && texts.contains("(blank)"));
        let mut rows: BTreeSet<usize> = BTreeSet::new();
        for column in looked_at(table, rule).into_iter().filter_map(|at| table.columns.get(at)) {
            let holds: Vec<bool> = column.texts.iter().map(|(_, text, _)| meant(text) != rule.not).collect();
            let hit = column.codes.iter().enumerate().filter(|(_, code)| holds.get(**code as usize) == Some(&true));
            rows.extend(hit.map(|(row, _)| row));
        }
        rows.iter().for_each(|&row| marks.add(row, Reason::Rule));
        let n = rows.len() as u64;
        if n > 0 {
            let why = rule.why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
            problems.push(
                Problem::noted(
                    "row-rule",
                    place.clone().column(rule.column.clone()),
                    format!("{} set aside by a rule of the spec{why}", super::words::rows_words(n)),
                )
                .count(n),
            );
        }
    }
}

/// Sets aside what the spec wants set aside of the rows that are flagged, and asks about previews.
pub fn settle(
    flagged: &Flagged,
    source: &Source,
    place: &Place,
    table_rows: u64,
    marks: &mut Marks,
    problems: &mut Problems,
) {
    for (flag, rows) in flagged.iter().filter(|(_, rows)| !rows.is_empty()) {
        let held = Held::Flag(*flag);
        let Some(setting) = crate::spec::rows::setting(held) else { continue };
        let counted = rows.iter().filter(|&&row| marks.weight(row as usize) == 0).count() as u64;
        if counted == 0 {
            continue;
        }
        match source.rows.chosen(held) {
            Some(Action::SetAside) => {
                rows.iter().for_each(|&row| marks.add(row as usize, Reason::Rule));
                problems.push(
                    Problem::noted(
                        "flag-set-aside",
                        place.clone(),
                        format!("{} set aside, as the spec says of {}: they {}", super::words::rows_words(counted), setting.word, setting.rule),
                    )
                    .count(counted),
                );
            }
            None if *flag == Flag::Preview => problems.push(
                Problem::assumed(
                    "preview-asked",
                    place.clone(),
                    format!(
                        "{counted} of {} survey previews, and counted: real paper forms are keyed in that way, but so are trials",
                        if table_rows == 1 { "1 row is".to_owned() } else { format!("{} rows are", super::words::grouped(table_rows)) }
                    ),
                )
                .hint(format!("say which they are in [source.{}]: preview = \"count\", or preview = \"set aside\"", source.name))
                .count(counted),
            ),
            _ => {}
        }
    }
}
