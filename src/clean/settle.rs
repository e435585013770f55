//! Which rows count, and what is said of those that do.

use crate::spec::vocabulary::long_date;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::duplicates::{self, Side};
use super::stage::Work;
use super::words::{grouped, have, rows_words};
use super::{Answer, CleanColumn, CleanTable, ColumnValues, last_day};
use super::{flags, patterns, rows};
use crate::exit::Exit;
use crate::ledger::{Account, Flag, Reason, SetAside};
use crate::problem::{Place, Problem, Problems};
use crate::spec::{Action, Held, Kind, Limits, Role, Source, Spec};

/// Which rows count, over all tables of a source.
pub(super) fn settle(works: &mut [Work], spec: &Spec, source: &Source, as_of: Option<Date>, problems: &mut Problems) {
    let (from, to) = (spec.programme.from, spec.programme.to);
    for work in works.iter_mut() {
        for (role, n) in rows::keys(&work.clean, source.kind, &mut work.marks) {
            problems.push(
                Problem::noted(
                    "row-without-key",
                    work.place.clone(),
                    format!("{} no {} that can be read: set aside as unreadable", have(n), role.word()),
                )
                .count(n),
            );
        }
        let dated = matches!(source.kind, Kind::Survey | Kind::Sessions | Kind::Attendance | Kind::Counts);
        if dated {
            rows::period(&work.clean, from, to, as_of, &mut work.marks);
            let has_date = work.clean.columns.iter().any(|c| c.role == Role::Date);
            if let (false, Some(date)) = (has_date, source.date) {
                let reason = if date < from || date > to {
                    Some(Reason::OutOfPeriod)
                } else {
                    as_of.filter(|as_of| date > *as_of).map(|_| Reason::AfterAsOf)
                };
                for row in (0..work.clean.rows).filter(|_| reason.is_some()) {
                    work.marks.add(row, reason.unwrap_or(Reason::OutOfPeriod));
                }
            }
        }
        if source.kind == Kind::Counts {
            months(work, from, to, as_of, problems);
        }
    }
    for work in works.iter_mut() {
        rows::erased(&work.clean, &spec.erased, &mut work.marks);
    }
    let twice = source.rows.action(Held::Reason(Reason::Duplicate)) == Action::SetAside;
    let mut sides: Vec<Side<'_>> = works.iter_mut().map(|w| Side { table: &w.clean, marks: &mut w.marks }).collect();
    let identified = duplicates::duplicates(&mut sides, source.kind, twice);
    for (work, identified) in works.iter_mut().zip(identified) {
        let wide = source.kind == Kind::Counts && work.clean.columns.iter().any(|c| c.month.is_some());
        if wide {
            // A place's line that stands twice in a list of counts is one line.
            for &row in &work.equal {
                work.marks.add(row as usize, Reason::Duplicate);
            }
            work.equal.clear();
        }
        work.equal.retain(|&row| !identified.get(row as usize).copied().unwrap_or(false));
        let equal = std::mem::take(&mut work.equal);
        work.flagged.insert(Flag::EqualRow, equal);
    }
    if source.kind == Kind::Survey {
        too_fast(works, &spec.limits);
        for work in works.iter_mut() {
            let rows = work.account.rows;
            flags::settle(&work.flagged, source, &work.place, rows, &mut work.marks, problems);
        }
    }
}

/// Flags responses that took less than a share of the median time of all that count.
fn too_fast(works: &mut [Work], limits: &Limits) {
    let times: Vec<Option<Vec<Option<f64>>>> = works.iter().map(|work| patterns::durations(&work.clean)).collect();
    let counted = works.iter().zip(&times).flat_map(|(work, times)| {
        let rows = times.iter().flatten().enumerate();
        rows.filter(|(row, _)| work.marks.weight(*row) == 0).filter_map(|(_, seconds)| *seconds)
    });
    let Some(least) = patterns::fastest(counted.collect(), limits) else { return };
    for (work, times) in works.iter_mut().zip(times) {
        let fast = (0u32..).zip(times.into_iter().flatten()).filter(|(_, time)| time.is_some_and(|time| time < least));
        work.flagged.insert(Flag::TooFast, fast.map(|(row, _)| row).collect());
    }
}

/// Months of a wide log outside the programme's period, or not over on the day the account stands at, are no part of it.
fn months(work: &mut Work, from: Date, to: Date, as_of: Option<Date>, problems: &mut Problems) {
    let outside = |c: &CleanColumn| c.month.is_some_and(|first| first > to || last_day(first) < from);
    let later = |c: &CleanColumn| as_of.is_some_and(|as_of| c.month.is_some_and(|first| last_day(first) > as_of));
    let months = |n: u64| if n == 1 { "1 month is".to_owned() } else { format!("{n} months are") };
    let n = work.clean.columns.iter().filter(|c| outside(c)).count() as u64;
    if n > 0 {
        work.clean.columns.retain(|c| !outside(c));
        problems.push(
            Problem::noted(
                "months-outside",
                work.place.clone(),
                format!("{} outside the programme's period, and left out", months(n)),
            )
            .hint("change from and to in [programme] if they should count")
            .count(n),
        );
    }
    let n = work.clean.columns.iter().filter(|c| later(c)).count() as u64;
    if let (Some(as_of), 1..) = (as_of, n) {
        work.clean.columns.retain(|c| !later(c));
        problems.push(
            Problem::noted(
                "months-later",
                work.place.clone(),
                format!("{} not over on {as_of}, the day this account stands at, and left out", months(n)),
            )
            .hint("to count them, leave --as-of out or give a later day")
            .count(n),
        );
    }
}

/// Fills the account from the marks, and says what is to be said of the rows that count.
pub(super) fn finish(work: &mut Work, source: &Source, limits: &Limits, problems: &mut Problems) {
    for (row, reason, also) in work.marks.set_aside() {
        if let Some(accepted) = work.clean.accepted.get_mut(row) {
            *accepted = false;
        }
        let record = work.clean.origin.record(u32::try_from(row).unwrap_or(u32::MAX));
        work.account.set_aside.push(SetAside { record, reason, also });
    }
    work.account.accepted = work.account.rows.saturating_sub(work.account.set_aside.len() as u64);
    let counts = |rows: &[u32], accepted: &[bool]| {
        rows.iter().filter(|&&r| accepted.get(r as usize).copied().unwrap_or(false)).count() as u64
    };
    for (flag, rows) in &work.flagged {
        let n = counts(rows, &work.clean.accepted);
        if n > 0 {
            work.account.flags.insert(*flag, n);
        }
        let accepted = rows.iter().filter(|&&row| work.clean.accepted.get(row as usize) == Some(&true));
        work.account.flagged.extend(accepted.map(|&row| (work.clean.origin.record(row), *flag)));
    }
    work.account.flagged.sort_unstable();
    let equal = work.account.flags.get(&Flag::EqualRow).copied().unwrap_or(0);
    if equal > 0 {
        problems.push(
            Problem::noted(
                "equal-rows",
                work.place.clone(),
                format!(
                    "{} equal to an earlier one in every cell; without an id they are different people and count",
                    if equal == 1 { "1 row is".to_owned() } else { format!("{} rows are", grouped(equal)) }
                ),
            )
            .count(equal),
        );
    }
    if matches!(source.kind, Kind::Survey | Kind::Attendance) {
        let none = without_date(&work.clean);
        if none > 0 {
            work.account.flags.insert(Flag::NoDate, none);
        }
    }
    if source.kind == Kind::People {
        people_dates(work, limits, problems);
    }
}

/// Rows that count although the column of dates says nothing.
fn without_date(table: &CleanTable) -> u64 {
    let Some(column) = table.columns.iter().find(|c| c.role == Role::Date) else { return 0 };
    let ColumnValues::Dates(values) = &column.values else { return 0 };
    let none: Vec<bool> = values.iter().map(|a| !matches!(a, Answer::Answered(_) | Answer::Unreadable)).collect();
    if !none.contains(&true) {
        return 0;
    }
    let rows = column.codes.iter().zip(&table.accepted);
    rows.filter(|(code, accepted)| **accepted && none.get(**code as usize) == Some(&true)).count() as u64
}

/// Join dates that are missing, and dates that so many people share that a system must have filled them in.
fn people_dates(work: &mut Work, limits: &Limits, problems: &mut Problems) {
    let mut flagged: Vec<bool> = Vec::new();
    for column in &work.clean.columns {
        let ColumnValues::Dates(values) = &column.values else { continue };
        let accepted = |row: usize| work.clean.accepted.get(row).copied().unwrap_or(false);
        let mut by_date: BTreeMap<Date, u64> = BTreeMap::new();
        let mut none = 0u64;
        for (_, &code) in column.codes.iter().enumerate().filter(|(row, _)| accepted(*row)) {
            match values.get(code as usize) {
                Some(Answer::Answered(at)) => {
                    *by_date.entry(at.date()).or_default() += 1;
                }
                Some(Answer::Unreadable) | None => {}
                Some(_) => none += 1,
            }
        }
        if column.role == Role::Joined && none > 0 {
            *work.account.flags.entry(Flag::NoDate).or_default() += none;
        }
        for date in &shared_dates(&by_date, limits) {
            let n = by_date.get(date).copied().unwrap_or(0);
            let what =
                if column.role == Role::BirthDate { "one and the same date".to_owned() } else { long_date(*date) };
            let flags = matches!(column.role, Role::Joined | Role::BirthDate);
            problems.push(
                Problem::noted(
                    if flags { "default-date" } else { "shared-date" },
                    work.place.clone().column(column.name.clone()),
                    format!("{} {what}: so many that a system seems to have filled it in", have(n)),
                )
                .count(n),
            );
            if flags {
                flagged.resize(work.clean.rows, false);
                for (row, flag) in flagged.iter_mut().enumerate() {
                    let code = column.codes.get(row).copied().unwrap_or(0);
                    *flag |= accepted(row)
                        && values.get(code as usize).and_then(|a| a.answered()).is_some_and(|at| at.date() == *date);
                }
            }
        }
    }
    let n = flagged.iter().filter(|f| **f).count() as u64;
    if n > 0 {
        work.account.flags.insert(Flag::DefaultDate, n);
    }
}

/// The dates that so many rows share that a system seems to have filled them in, ascending.
pub fn shared_dates(by_date: &BTreeMap<Date, u64>, limits: &Limits) -> Vec<Date> {
    let all: u64 = by_date.values().sum();
    let shared = |n: u64| n >= limits.default_date_rows && n as f64 >= limits.default_date_share * all as f64;
    by_date.iter().filter(|(_, n)| shared(**n)).map(|(date, _)| *date).collect()
}

/// Whether enough of a source's rows could be used.
pub(super) fn outcome(works: &[Work], source: &Source, limits: &Limits, problems: &mut Problems) {
    let mine: Vec<&Account> = works.iter().map(|w| &w.account).collect();
    let rows: u64 = mine.iter().map(|a| a.rows).sum();
    let accepted: u64 = mine.iter().map(|a| a.accepted).sum();
    let unreadable: u64 =
        mine.iter().flat_map(|a| &a.set_aside).filter(|s| s.reason == Reason::Unreadable).count() as u64;
    let place = match mine.as_slice() {
        [one] => Place::file(one.file.clone()),
        _ => Place::default().column(format!("source.{}", source.name)),
    };
    let stop = |code, message: String, hint: &str| Problem::stops(code, Exit::Data, place.clone(), message).hint(hint);
    if accepted == 0 {
        let mut reasons: BTreeMap<Reason, u64> = BTreeMap::new();
        for a in &mine {
            for (reason, n) in a.by_reason() {
                *reasons.entry(reason).or_default() += n;
            }
        }
        let most = reasons.iter().max_by_key(|(reason, n)| (**n, std::cmp::Reverse(**reason))).map(|(r, _)| *r);
        let word = most.and_then(|reason| crate::spec::rows::setting(Held::Reason(reason))).map(|setting| setting.word);
        let hint = match (most, word) {
            (Some(Reason::OutOfPeriod), _) => {
                "compare from and to in [programme] with the dates in the file".to_owned()
            }
            (Some(Reason::Unreadable), _) => "look at the problems of this file's columns first".to_owned(),
            (Some(_), Some(word)) if source.kind == Kind::Survey => {
                format!(
                    "most are set aside as {word}; if they are to count, add to [source.{}]: {word} = \"count\"",
                    source.name
                )
            }
            (Some(_), _) => "the quality page lists each row with its reason".to_owned(),
            (None, _) => "the file has headers only: export it again".to_owned(),
        };
        problems.push(stop(
            "no-rows",
            format!(
                "no row of source `{}` counts: {} read, {} set aside",
                source.name,
                grouped(rows),
                grouped(rows - accepted)
            ),
            &hint,
        ));
    } else if unreadable as f64 > limits.set_aside_share * rows as f64 {
        problems.push(stop(
            "too-many-unreadable",
            format!(
                "{} of {} of source `{}` cannot be read: more than the {}% that may be set aside",
                grouped(unreadable),
                rows_words(rows),
                source.name,
                (limits.set_aside_share * 1000.0).round() / 10.0
            ),
            "look at the problems of this file's columns, or raise set_aside_share in [advanced]",
        ));
    }
}
