//! What is said of a column once it is read: what was assumed, what could not be read, and what to do next.

use super::bind::BoundRole;
use super::cluster::{Cluster, Other};
use super::dates::Proved;
use super::labels::Labels;
use super::numbers::Numbers;
use super::personal::Personal;
use super::states::Tokens;
use super::words::{grouped, have, names, rows_words};
use crate::exit::Exit;
use crate::ingest::Table;
use crate::problem::{Place, Problem, Problems};
use crate::spec::Role;
use crate::spec::vocabulary::month_name;

fn first(table: &Table, row: Option<u32>, place: &Place) -> Place {
    match row {
        Some(row) => place.clone().row(table.origin.record(row)),
        None => place.clone(),
    }
}

fn tokens(tokens: &Tokens, here: &Place, problems: &mut Problems) {
    if tokens.rows() > 0 {
        problems.push(
            Problem::assumed(
                "missing-token",
                here.clone(),
                format!("read as blank in {}: {}", rows_words(tokens.rows()), tokens.sentence()),
            )
            .hint("if one of these is a value, say in recodes what it means")
            .count(tokens.rows()),
        );
    }
}

/// Says what was read of a column of numbers.
pub(super) fn numbers(read: &Numbers, table: &Table, here: &Place, problems: &mut Problems) {
    tokens(&read.tokens, here, problems);
    if read.shortened > 0 {
        problems.push(
            Problem::noted(
                "number-shortened",
                here.clone(),
                format!(
                    "{} a number that a spreadsheet program shortened (1.0E+11): its digits are lost",
                    have(read.shortened)
                ),
            )
            .hint("export the file again without opening it in Excel")
            .count(read.shortened),
        );
    }
    for (written, rows) in &read.unusual {
        problems.push(
            Problem::assumed("number-unusual", here.clone(), format!("{} {}", have(*rows), written.words()))
                .hint("if that is wrong, write the numbers out")
                .count(*rows),
        );
    }
    for (odd, (rows, row)) in &read.odd {
        let (what, hint) = odd.words();
        problems.push(
            Problem::noted(
                "number-odd",
                first(table, Some(*row), here),
                format!("{} {what}; counted as unreadable", have(*rows)),
            )
            .hint(hint)
            .count(*rows),
        );
    }
    let odd: u64 = read.odd.values().map(|(rows, _)| rows).sum();
    let other = read.unreadable.saturating_sub(read.shortened + odd);
    if other > 0 {
        problems.push(
            Problem::noted(
                "number-unreadable",
                first(table, read.first_unreadable, here),
                format!("{} no number that can be read here; counted as unreadable, not as zero", have(other)),
            )
            .hint("look at the first of these rows; leave the cell empty where the number is not known")
            .count(other),
        );
    }
}

pub(super) fn labels(read: &Labels, bound: &BoundRole, table: &Table, here: &Place, problems: &mut Problems) {
    tokens(&read.tokens, here, problems);
    if read.unmapped > 0 {
        problems.push(
            Problem::noted(
                "place-not-told",
                first(table, read.first_unmapped, here),
                format!("{} a title for which recodes name no place", have(read.unmapped)),
            )
            .hint("add a line to recodes: site, the title as written, the place; or (not a place)")
            .count(read.unmapped),
        );
    }
    if read.unreadable > 0 && bound.role != Role::Site {
        problems.push(
            Problem::noted(
                "text-unreadable",
                first(table, read.first_unreadable, here),
                format!("{} a text that cannot be read", have(read.unreadable)),
            )
            .count(read.unreadable),
        );
    }
}

pub(super) fn personal(read: &Personal, role: Role, table: &Table, here: &Place, problems: &mut Problems) {
    tokens(&read.tokens, here, problems);
    if read.shortened > 0 {
        problems.push(
            Problem::noted(
                "id-shortened",
                first(table, read.first_unreadable, here),
                format!(
                    "{} an id that a spreadsheet program shortened (1.0E+11): its digits are lost",
                    have(read.shortened)
                ),
            )
            .hint("export the file again without opening it in Excel")
            .count(read.shortened),
        );
    }
    if read.alike > 0 {
        problems.push(
            Problem::noted(
                "postcode-look-alike",
                here.clone(),
                format!(
                    "{} a postcode that is one only if a letter is read as the digit it looks like, or a digit as a letter (O and 0, I and 1); kept as written",
                    have(read.alike)
                ),
            )
            .hint("correct these postcodes in the file")
            .count(read.alike),
        );
    }
    let other = read.unreadable.saturating_sub(read.shortened);
    if other > 0 {
        problems.push(
            Problem::noted(
                "text-unreadable",
                first(table, read.first_unreadable, here),
                format!("{} no {} that can be read", have(other), role.word()),
            )
            .count(other),
        );
    }
}

pub(super) fn dates(proved: &Proved, role: Role, table: &Table, here: &Place, problems: &mut Problems) {
    for pattern in proved.patterns.iter().filter(|p| p.assumed && !p.pattern.contains("day number")) {
        problems.push(
            Problem::assumed(
                "date-order-assumed",
                here.clone(),
                format!("{} dates written {}: {}", grouped(pattern.rows), pattern.pattern, pattern.proof),
            )
            .hint("if that is wrong, write `dates = \"month day year\"` (or \"day month year\") in this source's section of reach.toml")
            .count(pattern.rows),
        );
    }
    if proved.serials > 0 {
        problems.push(
            Problem::assumed(
                "date-serial",
                here.clone(),
                format!("{} a bare day number of Excel (such as 42403), read as its date", have(proved.serials)),
            )
            .hint("if these are no dates, export the file again with dates written out")
            .count(proved.serials),
        );
    }
    if proved.undecided > 0 {
        let what = match proved.example {
            // A date of birth is personal: only that it can be read in two ways is said.
            Some((a, b)) if role != Role::BirthDate => {
                format!("{} dates that could be {a} {} or {b} {}", have(proved.undecided), month_name(b), month_name(a))
            }
            _ => format!("{} dates whose day and month could be either way round", have(proved.undecided)),
        };
        problems.push(
            Problem::stops("date-undecided", Exit::Data, here.clone(), what)
                .hint("write `dates = \"day month year\"` (or \"month day year\") in [programme], or in this source's section")
                .count(proved.undecided),
        );
    }
    if proved.mixed > 0 {
        let proof = proved.patterns.iter().find(|p| p.order.is_none()).map_or("", |p| p.proof.as_str());
        problems.push(
            Problem::stops(
                "date-mixed",
                Exit::Data,
                here.clone(),
                format!("{} dates in two orders at once: {proof}", have(proved.mixed)),
            )
            .hint("write which order holds as `dates` in this source's section of reach.toml; dates that do not fit it are then counted as unreadable")
            .count(proved.mixed),
        );
    }
    if proved.tokens > 0 {
        problems.push(
            Problem::assumed(
                "missing-token",
                here.clone(),
                format!("{} a word for “missing” in place of a date; read as blank", have(proved.tokens)),
            )
            .count(proved.tokens),
        );
    }
    if let Some(sentence) = &proved.contradicted {
        problems.push(
            Problem::assumed("date-siblings", here.clone(), sentence.clone()).hint(
                "if one of the files was re-saved with its dates turned round, export it again; or give the two files a source each",
            ),
        );
    }
    if proved.switched_off > 0 {
        problems.push(
            Problem::assumed(
                "date-switched-off",
                here.clone(),
                format!(
                    "{} the 1 January 1980 that LimeSurvey writes where a survey keeps no dates; read as not asked",
                    have(proved.switched_off)
                ),
            )
            .count(proved.switched_off),
        );
    }
    for (year, rows, row) in &proved.yearless {
        problems.push(
            Problem::assumed(
                "date-without-year",
                first(table, Some(*row), here),
                format!(
                    "{} a date in the year {year}, far from all others: a program fills it in where no year was typed; counted as unreadable",
                    have(*rows)
                ),
            )
            .hint("type the year in these rows")
            .count(*rows),
        );
    }
    for (partial, (rows, row)) in &proved.partial {
        problems.push(
            Problem::noted(
                "date-partial",
                first(table, Some(*row), here),
                format!("{} {} where a day is needed; counted as unreadable", names(*rows), partial.words()),
            )
            .hint("write the day, such as 3 April 2024; of several days the first")
            .count(*rows),
        );
    }
    let told = proved.yearless.iter().map(|(_, rows, _)| rows).sum::<u64>()
        + proved.partial.values().map(|(rows, _)| rows).sum::<u64>();
    let other = proved.unreadable.saturating_sub(told);
    if other > 0 {
        problems.push(
            Problem::noted(
                "date-unreadable",
                first(table, proved.first_unreadable, here),
                format!("{} no date that can be read", have(other)),
            )
            .hint("look at the first of these rows: write the date as 3 April 2024 or 2024-04-03")
            .count(other),
        );
    }
}

/// The most suggestions that are printed for one column.
const MOST: usize = 12;

/// Suggests lines for `recodes` where labels or answers made from the data may be spellings of one.
pub(super) fn spellings(list: &str, clusters: &[Cluster], here: &Place, problems: &mut Problems) {
    let all: Vec<(&Cluster, &Other)> = clusters.iter().flat_map(|c| c.others.iter().map(move |o| (c, o))).collect();
    for (cluster, other) in all.iter().take(MOST) {
        problems.push(
            Problem::noted(
                "spelling-variant",
                here.clone(),
                format!(
                    "{} “{}”, which may be “{}”: {}",
                    super::words::say(other.rows),
                    other.written,
                    cluster.keep,
                    other.why
                ),
            )
            .hint(format!(
                "if they are one, add this line to recodes:  {list},{},{},",
                super::words::cell(&other.written),
                super::words::cell(&cluster.keep)
            ))
            .count(other.rows),
        );
    }
    if let Some(more @ 1..) = all.len().checked_sub(MOST) {
        problems.push(Problem::noted(
            "spelling-variant",
            here.clone(),
            format!("{more} more spellings may be one with others"),
        ));
    }
}
