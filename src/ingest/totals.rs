//! Totals, subtotals, percentages of totals and averages among a table's rows: known by their sums, or by their label and their place.

use super::dictionary::{Builder, blank_text};
use super::evidence::number;
use super::layout::tidy;
use crate::ledger::Furniture;

/// Rows that hold totals.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// Rows (0-based) in their order, what each is, and how that is known.
    pub rows: Vec<(usize, Furniture, &'static str)>,
    /// Rows labelled as totals that are kept: their numbers are not the sums of those above.
    pub doubtful: Vec<usize>,
    /// Whether it hangs on the sum of a column of which only the end was kept.
    pub unsure: bool,
}

/// Labels of a totals row, as a whole cell, in small letters.
const TOTAL: [&str; 22] = [
    "total",
    "totals",
    "grand total",
    "grand totals",
    "overall total",
    "overall",
    "sum",
    "sums",
    "all",
    "total all",
    "sub total",
    "sub totals",
    "subtotal",
    "subtotals",
    "sub-total",
    "sub-totals",
    "gesamt",
    "summe",
    "totale",
    "totaal",
    "total général",
    "tot",
];

/// Labels of a row of averages.
const AVERAGE: [&str; 6] = ["average", "averages", "mean", "avg", "avg.", "monthly average"];

/// The most rows of a table whose rows are looked at one by one where no label speaks.
const FEW: usize = 20_000;

/// The most numbers of one row that are held against sums.
const NUMBERS: usize = 64;

/// The most rows of a table of which columns are added up.
const MANY: usize = 1_000_000;

const LABELLED_SUMS: &str = "it is labelled so, and its numbers are the sums of those above";
const LABELLED: &str = "it is labelled so";
const SUMS: &str = "its numbers are the sums of those above";
const SUMS_BELOW: &str = "its numbers are the sums of those below";
const LABELLED_BELOW: &str = "it is labelled so, and its numbers are the sums of those below";
const PERCENT: &str = "it is labelled as shares of the total";
const MEANS: &str = "it is labelled so, and its numbers are the averages of those above";

/// How a label speaks of totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    None,
    /// "Total", "Subtotal", "City total".
    Plain,
    /// "All", "Overall", "All libraries": words that have a meaning of their own elsewhere.
    Loose,
    /// "% of total".
    Share,
    Average,
}

fn label_of(text: &str) -> Label {
    if text.len() > 80 {
        return Label::None;
    }
    let label = tidy(text).to_lowercase();
    let label = label.trim_end_matches([':', '.']).trim();
    let said = label.contains("total");
    let share = ["% of", "percent", "share of", "proportion of"].iter().any(|w| label.starts_with(w)) || label == "%";
    if share && (said || label == "%" || label.starts_with("percentage")) {
        Label::Share
    } else if AVERAGE.contains(&label) || label.starts_with("average ") {
        Label::Average
    } else if TOTAL.contains(&label) {
        if said { Label::Plain } else { Label::Loose }
    } else if label.starts_with("total ")
        || label.starts_with("grand total")
        || label.ends_with(" total")
        || label.ends_with(" totals")
    {
        if label.len() <= 48 { Label::Plain } else { Label::None }
    } else if label.starts_with("all ") && label.len() <= 32 {
        Label::Loose
    } else {
        Label::None
    }
}

/// Whether a text begins a row of totals.
pub(super) fn is_label(text: &str) -> bool {
    label_of(text) != Label::None
}

/// Finds the rows of totals among the first `rows` rows; `gap(row)` says whether a blank record stands before a row.
pub(super) fn find(columns: &[Builder], rows: usize, gap: impl Fn(usize) -> bool) -> Totals {
    let mut search = Search {
        columns,
        rows,
        sums: (0..columns.len()).map(|_| None).collect(),
        whole: Vec::new(),
        out: Totals::default(),
    };
    if rows < 2 || columns.is_empty() {
        return search.out;
    }
    search.inside(&gap);
    search.end();
    search.settle(&gap);
    search.top();
    search.out.rows.sort_unstable_by_key(|&(row, ..)| row);
    search.out.doubtful.retain(|row| search.out.rows.iter().all(|(r, ..)| r != row));
    search.out
}

struct Search<'a> {
    columns: &'a [Builder],
    rows: usize,
    /// Sums of the numbers above each row, for columns that were asked for.
    sums: Vec<Option<Vec<f64>>>,
    /// Totals that sum up everything above them.
    whole: Vec<usize>,
    out: Totals,
}

/// What a row says.
struct Line {
    label: Label,
    /// Cells with a number.
    numbers: Vec<(usize, f64)>,
    /// Cells with anything else.
    texts: usize,
}

impl Search<'_> {
    fn line(&self, row: usize) -> Line {
        let cells: Vec<(usize, &str)> =
            self.columns.iter().map(|c| c.text(row)).enumerate().filter(|(_, t)| !blank_text(t)).collect();
        let numbers: Vec<(usize, f64)> = cells.iter().filter_map(|&(c, t)| number(t).map(|n| (c, n))).collect();
        let texts = cells.len() - numbers.len();
        // A label stands left of the numbers: what follows an id or a score is an answer.
        let names = cells.iter().take(3).take_while(|(_, t)| number(t).is_none());
        let label = names.map(|(_, t)| label_of(t)).find(|l| *l != Label::None).unwrap_or(Label::None);
        Line { label: if cells.len() >= 2 { label } else { Label::None }, numbers, texts }
    }

    fn is_marked(&self, row: usize) -> bool {
        self.out.rows.iter().any(|&(r, ..)| r == row)
    }

    /// The sum of a column's numbers from one row up to another, without those of totals.
    fn sum(&mut self, column: usize, from: usize, to: usize) -> f64 {
        let Some(builder) = self.columns.get(column) else { return 0.0 };
        let (codes, texts) = builder.parts();
        let values = || -> Vec<f64> { texts.iter().map(|(_, t, _)| number(t).unwrap_or(0.0)).collect() };
        let all = if self.rows > FEW {
            let values = values();
            let said = codes.iter().take(to).skip(from);
            said.filter_map(|code| values.get(code as usize)).sum::<f64>()
        } else {
            let Some(slot) = self.sums.get_mut(column) else { return 0.0 };
            let sums = slot.get_or_insert_with(|| {
                let (values, mut total) = (values(), 0.0);
                let above = codes.iter().map(|code| {
                    total += values.get(code as usize).copied().unwrap_or(0.0);
                    total
                });
                std::iter::once(0.0).chain(above).collect()
            });
            let at = |row: usize| sums.get(row).or(sums.last()).copied().unwrap_or(0.0);
            at(to) - at(from)
        };
        let totals = self.out.rows.iter().filter(|&&(row, ..)| (from..to).contains(&row));
        all - totals.map(|&(row, ..)| number(builder.text(row)).unwrap_or(0.0)).sum::<f64>()
    }

    /// How many of the numbers are the sums of those from one row up to another, and how many of them are not; zeros tell nothing.
    /// At most `misses` and one more are counted that are not.
    fn matches(&mut self, numbers: &[(usize, f64)], from: usize, to: usize, misses: usize) -> (usize, usize) {
        let (mut equal, mut other) = (0, 0);
        for &(c, total) in numbers.iter().take(NUMBERS) {
            if self.columns.get(c).is_none_or(|column| !column.is_whole()) {
                continue;
            }
            let sum = self.sum(c, from, to);
            if sum.abs() < 1e-9 && total.abs() < 1e-9 {
                continue;
            }
            // Whole numbers that were rounded one by one miss their sum by a little.
            let rounding = if total.abs() > 1000.0 * (to - from) as f64 { 0.5 * (to - from) as f64 } else { 0.0 };
            let near = (sum - total).abs() <= (1e-6 * total.abs().max(1.0)).max(rounding) && sum.abs() > 1e-9;
            equal += usize::from(near);
            other += usize::from(!near);
            if other > misses {
                break;
            }
        }
        (equal, other)
    }

    fn unknown(&self, numbers: &[(usize, f64)]) -> usize {
        numbers.iter().filter(|(c, _)| self.columns.get(*c).is_some_and(|column| !column.is_whole())).count()
    }

    /// Rows that a label or their blank name makes candidates, in their order.
    fn candidates(&self) -> Vec<usize> {
        let mut out: Vec<usize> = Vec::new();
        for column in self.columns.iter().filter(|c| c.is_whole()).take(4) {
            let (codes, texts) = column.parts();
            // A column of so many names is no column of labels.
            if texts.len() > 200_000 {
                continue;
            }
            let small = self.rows <= FEW;
            let speaks: Vec<bool> =
                texts.iter().map(|(_, t, _)| (small && blank_text(t)) || (may_label(t) && is_label(t))).collect();
            if speaks.contains(&true) {
                let said = |code: u32| speaks.get(code as usize).copied().unwrap_or(false);
                out.extend(
                    codes.iter().take(self.rows).enumerate().filter(|(_, code)| said(*code)).map(|(row, _)| row),
                );
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Totals and subtotals between rows, with the blocks above them.
    fn inside(&mut self, gap: &impl Fn(usize) -> bool) {
        if self.rows > MANY {
            return;
        }
        let candidates = self.candidates();
        // Where so many rows could be totals, their labels and blanks name none.
        if candidates.len() > if self.rows > FEW { 50 } else { 1000 } {
            return;
        }
        let mut starts: Vec<usize> = vec![0];
        let mut last_gap = 0;
        let mut seen = 0;
        for row in candidates.into_iter().filter(|&row| row > 0) {
            if let Some(found) = (seen + 1..=row).rev().find(|&r| r < row && gap(r)) {
                last_gap = found;
            }
            seen = row;
            let line = self.line(row);
            if line.numbers.is_empty() {
                continue;
            }
            let labelled = matches!(line.label, Label::Plain | Label::Loose);
            let bare = line.label == Label::None && line.texts == 0 && line.numbers.len() >= 3;
            if !labelled && !bare {
                continue;
            }
            let mut from: Vec<usize> = starts.iter().rev().take(20).copied().collect();
            if !from.contains(&last_gap) {
                from.push(last_gap);
            }
            let block = from.into_iter().filter(|&f| f < row).find(|&f| {
                let (equal, other) = self.matches(&line.numbers, f, row, NUMBERS);
                let strong = equal > 1 || line.numbers.iter().any(|(_, n)| n.abs() >= 10.0);
                match line.label {
                    Label::Plain => equal > 0 && equal >= other,
                    Label::Loose => equal > 0 && other == 0 && row - f > 1 && strong,
                    _ => equal >= 3 && other == 0 && row - f > 1,
                }
            });
            match block {
                Some(from) => {
                    self.out.rows.push((row, Furniture::Subtotal, if labelled { LABELLED_SUMS } else { SUMS }));
                    if from == 0 {
                        self.whole.push(row);
                    }
                    starts.push(row + 1);
                }
                None if line.label == Label::Plain && line.texts <= 1 => self.out.doubtful.push(row),
                None => {}
            }
        }
    }

    /// What sums up the whole table, with nothing but totals below, is its total and no subtotal.
    fn settle(&mut self, gap: &impl Fn(usize) -> bool) {
        let end = (0..self.rows).rev().find(|&row| !self.is_marked(row)).map_or(0, |row| row + 1);
        for at in 0..self.out.rows.len() {
            let Some(&(row, kind, how)) = self.out.rows.get(at) else { continue };
            // The only one, labelled so, sums up a table below which others are listed apart.
            let apart = self.out.rows.len() == 1 && self.whole.contains(&row) && row + 1 < self.rows && gap(row + 1);
            if kind == Furniture::Subtotal && apart && is_whole_label(self.columns, row) {
                if let Some(mark) = self.out.rows.get_mut(at) {
                    *mark = (row, Furniture::Total, how);
                }
                continue;
            }
            if kind != Furniture::Subtotal || row < end {
                continue;
            }
            let line = self.line(row);
            let (equal, other) = self.matches(&line.numbers, 0, end, NUMBERS);
            let whole = (equal > 0 && equal >= other) || self.whole.contains(&row);
            if let (true, Some(mark)) = (whole, self.out.rows.get_mut(at)) {
                *mark = (row, Furniture::Total, how);
            }
        }
    }

    /// Totals, shares and averages at the end.
    fn end(&mut self) {
        // Where labelled rows at the end begin.
        let mut body = self.rows;
        while body > 1 && self.rows - body < 4 && (self.is_marked(body - 1) || self.line(body - 1).label != Label::None)
        {
            body -= 1;
        }
        for row in (body.min(self.rows - 1)..self.rows).rev() {
            if self.is_marked(row) {
                continue;
            }
            let Some(how) = self.is_last(row, body) else { return };
            self.out.rows.push((row, Furniture::Total, how));
        }
    }

    /// Whether a row, with nothing but totals below it, holds totals.
    fn is_last(&mut self, row: usize, body: usize) -> Option<&'static str> {
        let line = self.line(row);
        if line.numbers.is_empty() || row > MANY && line.label == Label::None {
            return None;
        }
        let unknown = self.unknown(&line.numbers);
        match line.label {
            Label::Plain | Label::Loose => {
                // A label that is a word of its own meaning elsewhere ("All", "Overall") needs the sums as well.
                let (equal, _) = self.matches(&line.numbers, 0, row, NUMBERS);
                self.out.unsure |= equal == 0 && unknown > 0;
                if equal > 0 {
                    Some(LABELLED_SUMS)
                } else {
                    (line.label == Label::Plain && line.texts <= 1).then_some(LABELLED)
                }
            }
            Label::Share => (line.texts <= 1).then_some(PERCENT),
            Label::Average => {
                let rows = (0..body).filter(|&r| !self.is_marked(r)).count();
                let near = line.numbers.iter().any(|&(c, mean)| {
                    let sum = self.sum(c, 0, body);
                    let filled = self.columns.get(c).map_or(0, |col| {
                        (0..body).filter(|&r| !self.is_marked(r) && number(col.text(r)).is_some()).count()
                    });
                    sum.abs() > 1e-9
                        && [rows, filled].iter().any(|&n| {
                            n > 0 && (sum / n as f64 - mean).abs() <= 0.51_f64.min(0.01 * mean.abs().max(1.0)).max(1e-6)
                        })
                });
                (near && line.texts <= 1).then_some(MEANS)
            }
            Label::None => {
                let needed = if line.texts == 0 { 2 } else { 3 };
                let enough = row >= 3 && (line.numbers.len() >= needed || (line.texts == 0 && row >= 5));
                if !enough || line.texts > 1 {
                    return None;
                }
                let (equal, other) = self.matches(&line.numbers, 0, row, 0);
                self.out.unsure |= unknown > 0 && equal + unknown == line.numbers.len();
                (equal == line.numbers.len().min(NUMBERS) && other == 0).then_some(SUMS)
            }
        }
    }

    /// A total above the rows that it sums up.
    fn top(&mut self) {
        if self.rows < 3 || self.rows > MANY || self.is_marked(0) {
            return;
        }
        let line = self.line(0);
        if line.numbers.is_empty() || (line.label == Label::None && (self.rows > FEW || line.numbers.len() < 3)) {
            return;
        }
        // Where nothing stands below, there is nothing to sum up.
        let told: Vec<(usize, f64)> = line
            .numbers
            .iter()
            .copied()
            .take(NUMBERS)
            .filter(|&(c, _)| self.sum(c, 1, self.rows).abs() > 1e-9)
            .collect();
        let (equal, other) = self.matches(&told, 1, self.rows, NUMBERS);
        let how = match line.label {
            Label::Plain if equal > 0 && equal >= other => Some(LABELLED_BELOW),
            Label::Loose if equal > 0 && other == 0 => Some(LABELLED_BELOW),
            Label::None if equal >= 3 && self.rows >= 4 => {
                // Shares of it beside its numbers are no sums.
                let shares = told.iter().filter(|&&(c, n)| self.is_share(c, n)).count();
                (other <= shares && self.is_greatest(&told)).then_some(SUMS_BELOW)
            }
            Label::Plain if told.is_empty() || other > 0 => {
                self.out.doubtful.push(0);
                None
            }
            _ => None,
        };
        if let Some(how) = how {
            self.out.rows.push((0, Furniture::Total, how));
        }
    }

    /// Whether a column holds shares: percentages, or parts of one.
    fn is_share(&self, column: usize, own: f64) -> bool {
        let Some(column) = self.columns.get(column) else { return false };
        let mut texts = column.parts().1.iter().filter(|(_, t, _)| !blank_text(t));
        (0.0..=1.5).contains(&own) || texts.all(|(_, t, _)| t.trim_end().ends_with('%'))
    }

    /// Whether the sums are of more than small counts, which come together by chance.
    fn is_greatest(&self, numbers: &[(usize, f64)]) -> bool {
        numbers.iter().filter(|(_, n)| n.abs() >= 10.0).count() >= 2
    }
}

/// Whether a row is labelled as the total of everything.
fn is_whole_label(columns: &[Builder], row: usize) -> bool {
    let label = columns.iter().map(|c| c.text(row)).find(|t| !blank_text(t)).map(|t| tidy(t).to_lowercase());
    label
        .is_some_and(|l| matches!(l.trim_end_matches([':', '.']), "total" | "totals" | "grand total" | "overall total"))
}

/// A first look at a text, which costs little: whether it could be the label of a total.
fn may_label(text: &str) -> bool {
    const BEGIN: [&[u8]; 9] = [b"all", b"over", b"sum", b"aver", b"mean", b"avg", b"ges", b"monthly", b"%"];
    let text = text.trim_start().as_bytes();
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    text.len() <= 80
        && (BEGIN.iter().any(|word| begins(word))
            || begins(b"perc")
            || begins(b"share")
            || begins(b"prop")
            || text.windows(3).any(|w| w.eq_ignore_ascii_case(b"tot")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(rows: &[&[&str]]) -> Vec<Builder> {
        let width = rows.iter().map(|r| r.len()).max().unwrap_or(0);
        let mut out: Vec<Builder> = (0..width).map(|_| Builder::new(0)).collect();
        for row in rows {
            for (i, column) in out.iter_mut().enumerate() {
                column.push(row.get(i).copied().unwrap_or("").as_bytes());
            }
        }
        out
    }

    fn kinds(rows: &[&[&str]]) -> Vec<(usize, Furniture)> {
        find(&columns(rows), rows.len(), |_| false).rows.into_iter().map(|(row, kind, _)| (row, kind)).collect()
    }

    #[test]
    fn at_the_end_by_label_and_by_sum() {
        use Furniture::Total;
        assert_eq!(kinds(&[&["City", "3", "4"], &["West", "1", "2"], &["Total", "4", "6"]]), [(2, Total)]);
        assert_eq!(kinds(&[&["City", "3", "4"], &["West", "1", "2"], &["All", "9", "9"]]), []);
        assert_eq!(kinds(&[&["a", "3", "4"], &["b", "1", "2"], &["c", "1", "1"], &["", "5", "7"]]), [(3, Total)]);
        assert_eq!(kinds(&[&["Yes", "all"], &["No", "all"], &["Yes", "all"]]), []);
        assert_eq!(
            kinds(&[&["a", "30"], &["b", "70"], &["Total", "100"], &["% of total", "100%"], &["Average", "50"]]),
            [(2, Total), (3, Total), (4, Total)]
        );
    }

    #[test]
    fn subtotals_with_the_blocks_above_them() {
        use Furniture::{Subtotal, Total};
        let rows: [&[&str]; 7] = [
            &["a", "3", "4"],
            &["b", "1", "2"],
            &["North total", "4", "6"],
            &["c", "5", "5"],
            &["d", "1", "1"],
            &["South total", "6", "6"],
            &["Grand total", "10", "12"],
        ];
        assert_eq!(kinds(&rows), [(2, Subtotal), (5, Subtotal), (6, Total)]);
        let blank: [&[&str]; 6] = [
            &["a", "3", "4", "1"],
            &["b", "1", "2", "2"],
            &["", "4", "6", "3"],
            &["c", "5", "5", "5"],
            &["d", "1", "1", "9"],
            &["e", "1", "2", "3"],
        ];
        assert_eq!(kinds(&blank), [(2, Subtotal)]);
    }

    #[test]
    fn at_the_top() {
        let rows: [&[&str]; 4] =
            [&["All libraries", "60", "9"], &["a", "30", "4"], &["b", "20", "3"], &["c", "10", "2"]];
        assert_eq!(kinds(&rows), [(0, Furniture::Total)]);
        let country: [&[&str]; 4] =
            [&["Land", "60", "90", "12"], &["a", "30", "40", "4"], &["b", "20", "30", "4"], &["c", "10", "20", "4"]];
        assert_eq!(kinds(&country), [(0, Furniture::Total)]);
    }

    #[test]
    fn answers_are_no_totals() {
        let survey: [&[&str]; 4] =
            [&["101", "5", "Total"], &["102", "4", "all"], &["103", "3", "Total nonsense"], &["104", "1", "Total"]];
        let found = find(&columns(&survey), 4, |_| false);
        assert!(found.rows.is_empty(), "{found:?}");
    }
}
