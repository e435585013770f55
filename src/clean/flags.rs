//! What is said of rows: by the survey platform, and by how they were answered. A flag sets nothing aside unless the spec says so.

use std::collections::BTreeMap;

use super::bind::Binding;
use super::labels::Recodes;
use super::rows::Marks;
use super::status::{self, RowKind};
use super::words::have;
use crate::ingest::Table;
use crate::ledger::{Flag, Reason};
use crate::problem::{Place, Problem, Problems};
use crate::spec::{Means, Role, Spec};

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
pub fn by_platform(
    table: &Table,
    binding: &Binding,
    spec: &Spec,
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
    let recodes = Recodes::of(&spec.recodes, &Role::Status.word());
    let means = |folded: &str| match recodes.means(folded) {
        Some(Means::Value(value)) => Some(value.clone()),
        _ => None,
    };
    let rows = status::read(table, &columns, means);
    for (row, said) in rows.said.iter().enumerate() {
        for (_, reason) in REASONS.iter().filter(|(kind, _)| said.has(*kind)) {
            marks.add(row, *reason);
        }
        for (_, flag) in FLAGS.iter().filter(|(kind, _)| said.has(*kind)) {
            flagged.entry(*flag).or_default().push(u32::try_from(row).unwrap_or(u32::MAX));
        }
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
