//! What `check` says it understood: each source, its files and rows, the order of its dates and what that rests on, the joins, and
//! the limits in force.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::voice::plain;
use crate::clean::{DateProof, Versions};
use crate::ingest::{Format, InputFile};
use crate::ledger::{Account, Furniture, Ledger, Reason, Values};
use crate::link::Join;
use crate::report::TableFacts;
use crate::spec::rows::SETTINGS;
use crate::spec::vocabulary::month_name;
use crate::spec::{Action, Answers, DateOrder, Is, Kind, Source, Spec};

/// What the stages saw, kept for the telling.
#[derive(Debug, Default)]
pub struct Seen {
    pub files: Vec<InputFile>,
    pub tables: Vec<TableFacts>,
    pub ledger: Ledger,
    pub dates: Vec<DateProof>,
    pub versions: Vec<Versions>,
    pub joins: Vec<Join>,
    pub as_of: Option<Date>,
}

/// The whole account as text.
pub fn account(spec: &Spec, seen: &Seen) -> String {
    let programme = &spec.programme;
    let mut out = vec![
        plain(&programme.name),
        format!(
            "  from {} to {}; the account stands at {}; profile {}; years start in {}",
            programme.from,
            programme.to,
            seen.as_of.map_or_else(|| "a day not known yet".to_owned(), |date| date.to_string()),
            programme.profile,
            month_name(programme.year_starts),
        ),
    ];
    for (index, source) in spec.sources.iter().enumerate() {
        of_source(source, index, seen, &mut out);
    }
    seen.versions.iter().for_each(|versions| super::versions::tell(versions, &mut out));
    if !seen.joins.is_empty() {
        out.push("\nJoins".into());
        seen.joins.iter().for_each(|join| of_join(join, &mut out));
    }
    rows(spec, &mut out);
    limits(spec, &mut out);
    out.push(String::new());
    out.join("\n")
}

fn of_source(source: &Source, index: usize, seen: &Seen, out: &mut Vec<String>) {
    let optional = if source.optional { ", optional" } else { "" };
    out.push(format!("\n{}: {}{optional}", plain(&source.name), kind(source.kind)));
    for (number, file) in seen.files.iter().enumerate().filter(|(_, file)| file.source == index) {
        out.push(format!("  {} ({})", plain(&file.name), of_file(file)));
        for table in seen.tables.iter().filter(|table| table.file == number) {
            let sheet = table.sheet.as_deref().map(|s| format!("sheet {}: ", plain(s))).unwrap_or_default();
            out.push(format!(
                "    {sheet}{}, {} ({}); {}, {}",
                table.platform,
                some(table.header_rows.into(), "header row", "header rows"),
                plain(&table.reason),
                some(table.rows as u64, "row", "rows"),
                some(table.columns as u64, "column", "columns"),
            ));
            let mine = |account: &&Account| {
                account.source == source.name && account.file == file.name && account.sheet == table.sheet
            };
            if let Some(account) = seen.ledger.accounts.iter().find(mine) {
                out.push(format!("    {}", of_account(account)));
                out.extend(of_flags(account).map(|flags| format!("    {flags}")));
                out.extend(of_cells(account, source.kind).map(|cells| format!("    {cells}")));
            }
        }
        for proof in seen.dates.iter().filter(|proof| proof.source == source.name && proof.file == file.name) {
            for pattern in &proof.patterns {
                let shown = lettered(&pattern.pattern, pattern.order);
                let order = pattern.order.map_or("order not known", order);
                let assumed = if pattern.assumed { " (assumed)" } else { "" };
                out.push(format!(
                    "    dates in column {}: {} in {}: {order}{assumed}, {}",
                    plain(&proof.column),
                    plain(&shown),
                    some(pattern.rows, "row", "rows"),
                    plain(&pattern.proof),
                ));
            }
        }
    }
    out.extend(of_rows(source).map(|rows| format!("  {rows}")));
    let questions = questions(source);
    if !questions.is_empty() {
        out.push(format!("  questions: {questions}"));
    }
}

/// A date's pattern with the letters of its order: `dd/mm/yyyy hh:mm` for `dd/dd/dddd dd:dd`.
fn lettered(pattern: &str, order: Option<DateOrder>) -> String {
    let Some(order) = order else { return pattern.to_owned() };
    let (date, time) = pattern.split_once(' ').map_or((pattern, ""), |(date, time)| (date, time));
    // A month in words, or a number without parts, says its order by itself.
    let parts: Vec<&str> = date.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let plain = parts.len() == 3 && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b == b'd'));
    if !plain {
        return pattern.to_owned();
    }
    let letters = match order {
        DateOrder::DayMonthYear => ['d', 'm', 'y'],
        DateOrder::MonthDayYear => ['m', 'd', 'y'],
        DateOrder::YearMonthDay => ['y', 'm', 'd'],
    };
    let mut at = 0;
    let mut out = String::with_capacity(pattern.len());
    for c in date.chars() {
        if c == 'd' {
            out.push(letters.get(at).copied().unwrap_or(c));
        } else {
            at += 1;
            out.push(c);
        }
    }
    if !time.is_empty() {
        let clock = time.replacen("dd:dd:dd", "hh:mm:ss", 1).replacen("dd:dd", "hh:mm", 1);
        out.push(' ');
        out.push_str(&clock);
    }
    out
}

fn of_file(file: &InputFile) -> String {
    let mut parts = vec![match file.format {
        Format::Delimited => "text".to_owned(),
        workbook => workbook.words().to_owned(),
    }];
    if let Some((name, how)) = &file.encoding {
        parts.push(format!("{name}, {how}"));
    }
    match file.delimiter {
        Some('\t') => parts.push("separated by tabs".into()),
        Some(c) => parts.push(format!("separated by {c}")),
        None => {}
    }
    parts.join(", ")
}

fn of_account(account: &Account) -> String {
    let mut text = format!("{} of {} count", number(account.accepted), some(account.rows, "row", "rows"));
    let aside = account.by_reason();
    if !aside.is_empty() {
        let list: Vec<String> = aside.iter().map(|(why, n)| format!("{} {}", number(*n), reason(*why))).collect();
        text.push_str(&format!("; set aside: {}", list.join(", ")));
    }
    let furniture: Vec<String> =
        account.furniture.iter().filter(|(_, n)| **n > 0).map(|(what, n)| part(*what, *n)).collect();
    if !furniture.is_empty() {
        text.push_str(&format!("; beside them {}", furniture.join(", ")));
    }
    text
}

/// What is said of the rows that count.
fn of_flags(account: &Account) -> Option<String> {
    let list: Vec<String> = account.flags.iter().map(|(flag, n)| format!("{} {}", number(*n), flag.words())).collect();
    (!list.is_empty()).then(|| format!("flagged, and counted: {}", list.join("; ")))
}

/// What becomes of rows in this source, where the spec says something of its own.
fn of_rows(source: &Source) -> Option<String> {
    let said: Vec<String> = source.rows.unusual().map(|(word, action)| format!("{word}: {}", action.word())).collect();
    (!said.is_empty()).then(|| format!("rows, as the spec says: {}", said.join(", ")))
}

/// The cells that hold no answer: of a log all numbers together, of other files by column. What people
/// answered, and what they left out, is told by the report.
fn of_cells(account: &Account, kind: Kind) -> Option<String> {
    let states = |v: &Values| {
        [(v.blank, "blank"), (v.unreadable, "unreadable"), (v.refused, "refused")]
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{} {what}", number(*n)))
            .collect::<Vec<_>>()
    };
    if kind == Kind::Survey {
        return None;
    }
    if kind == Kind::Counts {
        let mut all = Values::default();
        let numbers = account.values.iter().filter(|v| v.zeros.is_some());
        let columns = numbers.clone().count() as u64;
        for v in numbers {
            all.values += v.values;
            all.blank += v.blank;
            all.unreadable += v.unreadable;
            all.zeros = Some(all.zeros.unwrap_or(0) + v.zeros.unwrap_or(0));
        }
        let mut parts = states(&all);
        parts.push(format!("{} zero", number(all.zeros?)));
        return Some(format!(
            "{} in {}: {}",
            some(all.values, "number", "numbers"),
            some(columns, "column", "columns"),
            parts.join(", ")
        ));
    }
    let columns: Vec<String> = account
        .values
        .iter()
        .filter(|v| v.blank + v.unreadable + v.refused > 0 && v.answered > 0)
        .map(|v| format!("{}: {}", plain(&v.column), states(v).join(", ")))
        .collect();
    let more = columns.len().saturating_sub(8);
    let mut text = columns.into_iter().take(8).collect::<Vec<_>>().join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more columns"));
    }
    (!text.is_empty()).then(|| format!("cells without an answer: {text}"))
}

fn questions(source: &Source) -> String {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for rule in &source.columns {
        if let Is::Question(question) = &rule.is {
            let kind = match &question.answers {
                Answers::Choice(_) => "choice",
                Answers::Choices(_) => "choices",
                Answers::Scale(_) => "scale",
                Answers::Number => "number",
                Answers::Percent => "percent",
                Answers::Date => "date",
                Answers::Text => "text",
                Answers::FreeText => "free text",
            };
            let keys = kinds.entry(kind).or_default();
            if !keys.contains(&question.key.as_str()) {
                keys.push(&question.key);
            }
        }
    }
    let list: Vec<String> =
        kinds.iter().map(|(kind, keys)| format!("{} {kind} ({})", keys.len(), plain(&keys.join(", ")))).collect();
    list.join("; ")
}

fn of_join(join: &Join, out: &mut Vec<String>) {
    out.push(format!(
        "  {} by {}: {} of {} rows matched; on the other side {} of {}",
        plain(&join.name),
        plain(&join.by),
        number(join.left_matched),
        number(join.left_rows),
        number(join.right_matched),
        number(join.right_rows),
    ));
    for (side, list) in [(&join.right, &join.left_only), (&join.left, &join.right_only)] {
        if !list.is_empty() {
            let names: Vec<String> =
                list.iter().map(|(name, rows)| format!("{} ({})", plain(name), number(*rows))).collect();
            out.push(format!("    not in {}: {}", plain(side), names.join(", ")));
        }
    }
    for near in &join.suggestions {
        out.push(format!(
            "    perhaps a line for recodes: {},{},{},  ({})",
            plain(&near.list),
            plain(&near.written),
            plain(&near.means),
            plain(&near.why),
        ));
    }
}

/// What becomes of rows when the spec says nothing.
fn rows(spec: &Spec, out: &mut Vec<String>) {
    if !spec.sources.iter().any(|source| source.kind == Kind::Survey) {
        return;
    }
    let of = |action: Action| {
        let words = SETTINGS.iter().filter(|setting| setting.usual == action).map(|setting| setting.word);
        words.collect::<Vec<_>>().join(", ")
    };
    out.push("\nRows of surveys ([rows] in reach.toml changes it; `reach help rows` tells each rule)".into());
    out.push(format!("  set aside: {}", of(Action::SetAside)));
    out.push(format!("  counted, and flagged: {}", of(Action::Count)));
}

fn limits(spec: &Spec, out: &mut Vec<String>) {
    let limits = &spec.limits;
    out.push("\nLimits in force ([advanced] in reach.toml changes them)".into());
    out.push(format!("  rows set aside as unreadable, at most: {} %", limits.set_aside_share * 100.0));
    out.push(format!("  size of one file, at most: {} bytes", number(limits.file_bytes)));
    out.push(format!(
        "  a date is flagged as filled in by a system from {} rows and {} % of its column",
        number(limits.default_date_rows),
        limits.default_date_share * 100.0
    ));
    if spec.sources.iter().any(|source| source.kind == Kind::Survey) {
        out.push(format!(
            "  a response is flagged as too fast under {} % of the median time, as straight-lined from {} items of a grid,\n    \
             as nearly equal to another of the same minute from {} answers of which all but one agree",
            (limits.too_fast_share * 1000.0).round() / 10.0,
            number(limits.straight_lined_items),
            number(limits.near_duplicate_answers),
        ));
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Survey => "survey",
        Kind::People => "people",
        Kind::Sessions => "sessions",
        Kind::Attendance => "attendance",
        Kind::Counts => "counts",
        Kind::Sites => "sites",
    }
}

fn order(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayMonthYear => "day month year",
        DateOrder::MonthDayYear => "month day year",
        DateOrder::YearMonthDay => "year month day",
    }
}

/// Why a row was set aside, in words that follow a number.
fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Unreadable => "unreadable",
        Reason::Test => "test",
        Reason::Spam => "spam",
        Reason::Rejected => "rejected by a reviewer",
        Reason::Erased => "erased",
        Reason::Duplicate => "duplicate",
        Reason::ScreenedOut => "screened out",
        Reason::Partial => "partial",
        Reason::OutOfPeriod => "out of period",
        Reason::AfterAsOf => "after the account's day",
        Reason::UnmatchedKey => "without the partner it needs",
        Reason::Rule => "by a rule of the spec",
    }
}

/// Records that are no rows, counted.
pub fn part(furniture: Furniture, n: u64) -> String {
    let (one, many) = furniture.words();
    some(n, one, many)
}

/// A number and what it counts.
pub fn some(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A whole number with commas between thousands.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_have_commas_between_thousands() {
        assert_eq!(
            ["0", "999", "1,000", "80,752", "1,234,567"],
            [0, 999, 1000, 80_752, 1_234_567].map(super::number).each_ref().map(String::as_str)
        );
    }
}
