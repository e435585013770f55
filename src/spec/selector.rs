//! Which columns the rows of a codebook speak of: by their headers, and by names that tell columns with one header apart. (The
//! platform's own short names speak of what no header names: `clean::bind`.)

use std::collections::BTreeMap;

use super::{ColumnRule, Is, Selector, fold};
use crate::ingest::{Column, letters};

/// How closely a selector names a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The stem that several columns share.
    Stem,
    /// `Stem (2)`: the second question under this stem.
    OwnStem,
    Whole,
    /// `Header (2)`: the second column under this header; `(column C)`: one without a header, or with one in brackets.
    Own,
}

/// The names by which a codebook can speak of one column of a table, folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    stem: String,
    whole: String,
    code: Option<String>,
    own_stem: Option<String>,
    own: Option<String>,
}

impl Names {
    /// The names that speak of this column alone, unless another has one of them too.
    pub fn of_column(&self) -> impl Iterator<Item = &str> {
        [Some(&self.whole), self.code.as_ref(), self.own.as_ref()].into_iter().flatten().map(String::as_str)
    }
}

/// What is known of a column before its cells are read.
#[derive(Debug, Clone, Copy)]
pub struct Headed<'a> {
    /// From stem to option.
    pub header: &'a [String],
    /// The platform's own short name.
    pub code: Option<&'a str>,
    /// The position of its question's first column.
    pub question: u32,
    /// 0-based position in the sheet.
    pub position: u32,
}

impl<'a> From<&'a Column> for Headed<'a> {
    fn from(column: &'a Column) -> Self {
        let code = column.code.as_deref();
        Headed { header: &column.header, code, question: column.question, position: column.position }
    }
}

/// The names of all columns of a table.
pub fn names<'a>(columns: impl IntoIterator<Item = Headed<'a>>) -> Vec<Names> {
    let columns: Vec<Headed<'a>> = columns.into_iter().collect();
    let mut out: Vec<Names> = Vec::with_capacity(columns.len());
    let mut wholes: BTreeMap<String, u32> = BTreeMap::new();
    let mut stems: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for column in &columns {
        let parts: Vec<&str> = column.header.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let whole = fold(&parts.join(" / "));
        let stem = parts.first().map(|stem| fold(stem)).unwrap_or_default();
        let nth = wholes.entry(whole.clone()).or_insert(0);
        *nth += 1;
        let questions = stems.entry(stem.clone()).or_default();
        if questions.last() != Some(&column.question) && !questions.contains(&column.question) {
            questions.push(column.question);
        }
        let of = questions.iter().position(|q| *q == column.question).unwrap_or(0) + 1;
        // A header in brackets may read like a word of reach's own.
        let unnamed = whole.is_empty() || (whole.starts_with('(') && whole.ends_with(')'));
        let own = match (unnamed, *nth) {
            (true, _) => Some(format!("(column {})", letters(column.position).to_lowercase())),
            (false, 2..) => Some(format!("{whole} ({nth})")),
            (false, _) => None,
        };
        let own_stem = (of > 1 && !stem.is_empty()).then(|| format!("{stem} ({of})"));
        out.push(Names { stem, whole, code: column.code.map(fold).filter(|c| !c.is_empty()), own_stem, own });
    }
    // A column that is really headed "Other (2)" has that name to itself.
    for names in &mut out {
        names.own = names.own.take().filter(|own| !wholes.contains_key(own));
        names.own_stem = names.own_stem.take().filter(|own| !wholes.contains_key(own) && !stems.contains_key(own));
    }
    out
}

impl Selector {
    /// How closely this names a column, if it does.
    pub fn fit(&self, names: &Names) -> Option<Fit> {
        let Selector::Named(name) = self else { return None };
        let name = fold(name);
        let is = |other: &Option<String>| other.as_ref() == Some(&name);
        if is(&names.own) {
            Some(Fit::Own)
        } else if names.whole == name && !name.is_empty() {
            Some(Fit::Whole)
        } else if is(&names.own_stem) {
            Some(Fit::OwnStem)
        } else {
            (names.stem == name && !name.is_empty()).then_some(Fit::Stem)
        }
    }
}

/// Whether nothing but "ignore" is said of a column, so that its cells need not be read.
pub fn unread(rules: &[ColumnRule], names: &Names) -> bool {
    let fits: Vec<(&ColumnRule, Fit)> =
        rules.iter().filter_map(|rule| rule.selector.fit(names).map(|fit| (rule, fit))).collect();
    let ignored = |rule: &ColumnRule| matches!(rule.is, Is::Ignore);
    if let Some(best) = fits.iter().map(|&(_, fit)| fit).max() {
        return fits.iter().filter(|&&(_, fit)| fit == best).all(|(rule, _)| ignored(rule));
    }
    // What no row names: a column of months may be among `(months)`.
    let left = |rule: &&ColumnRule| !matches!(rule.selector, Selector::Named(_));
    rules.iter().filter(left).all(ignored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Role, RoleType};

    fn rule(selector: Selector, is: Is) -> ColumnRule {
        ColumnRule { selector, is, missing: None, row: 2 }
    }

    #[test]
    fn only_what_is_ignored_goes_unread() {
        let person = Is::Role(Role::Person, RoleType::Usual);
        let named = |name: &str, is| rule(Selector::Named(name.to_owned()), is);
        let one = |header: &[String]| {
            names([Headed { header, code: None, question: 0, position: 0 }]).pop().unwrap_or_default()
        };
        let header = |text: &str| one(&[text.to_owned()]);
        let rules = [named("Who", person.clone()), named("Clerk", Is::Ignore), rule(Selector::Others, Is::Ignore)];
        assert!(!unread(&rules, &header("who")));
        assert!(unread(&rules, &header("Clerk")));
        assert!(unread(&rules, &header("Anything else")));
        let months = [rule(Selector::Months, person.clone()), rule(Selector::Others, Is::Ignore)];
        assert!(!unread(&months, &header("2024-04")));
        // The whole header is named more closely than its stem.
        let two = one(&["Who".to_owned(), "Clerk".to_owned()]);
        assert!(unread(&[named("Who", person.clone()), named("Who / Clerk", Is::Ignore)], &two));
        assert!(!unread(&[named("Who", person), named("Clerk", Is::Ignore)], &two));
    }

    #[test]
    fn columns_with_one_header_can_be_told_apart() {
        let headers = ["Other", "Why?", "Other", "", "Why? (2)", "Why?"].map(|h| vec![h.to_owned()]);
        let columns = headers.iter().zip(0u32..);
        let all = names(columns.map(|(header, at)| Headed {
            header,
            code: (at == 1).then_some("Q2"),
            question: at,
            position: at,
        }));
        let fits = |name: &str| -> Vec<(usize, Fit)> {
            let selector = Selector::Named(name.to_owned());
            all.iter().enumerate().filter_map(|(at, names)| selector.fit(names).map(|fit| (at, fit))).collect()
        };
        assert_eq!(fits("other"), [(0, Fit::Whole), (2, Fit::Whole)]);
        assert_eq!(fits("Other (2)"), [(2, Fit::Own)]);
        assert_eq!(fits("(column D)"), [(3, Fit::Own)]);
        // A header that reads like such a name is that column's own.
        assert_eq!(fits("Why? (2)"), [(4, Fit::Whole)]);
        assert_eq!(all.iter().filter(|n| n.of_column().any(|name| name == "q2")).count(), 1);
        let bracketed = ["(other)".to_owned()];
        let all = names([Headed { header: &bracketed, code: None, question: 0, position: 1 }]);
        assert_eq!(Selector::Named("(column B)".into()).fit(&all[0]), Some(Fit::Own));
        let two = [["Days", "Mon"], ["Days", "Tue"], ["Days", "Mon"]].map(|h| h.map(str::to_owned).to_vec());
        let all = names(two.iter().zip([0, 0, 2]).map(|(header, question)| Headed {
            header,
            code: None,
            question,
            position: 0,
        }));
        let second = Selector::Named("Days (2)".into());
        assert_eq!(all.iter().map(|n| second.fit(n)).collect::<Vec<_>>(), [None, None, Some(Fit::OwnStem)]);
    }
}
