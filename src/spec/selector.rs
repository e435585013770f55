//! Which columns the rows of a codebook speak of, by their headers.

use super::{ColumnRule, Is, Selector, fold};

/// How closely a selector names a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Stem,
    Whole,
}

impl Selector {
    /// How closely this names the column under `header` (from stem to option), if it does.
    pub fn fit(&self, header: &[String]) -> Option<Fit> {
        let Selector::Named(name) = self else { return None };
        let name = fold(name);
        let parts: Vec<&str> = header.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        if fold(&parts.join(" / ")) == name {
            return Some(Fit::Whole);
        }
        parts.first().filter(|stem| fold(stem) == name).map(|_| Fit::Stem)
    }
}

/// Whether nothing but "ignore" is said of the column under `header`, so that its cells need not be read.
pub fn unread(rules: &[ColumnRule], header: &[String]) -> bool {
    let fits: Vec<(&ColumnRule, Fit)> =
        rules.iter().filter_map(|rule| rule.selector.fit(header).map(|fit| (rule, fit))).collect();
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
        let header = |text: &str| vec![text.to_owned()];
        let rules = [named("Who", person.clone()), named("Clerk", Is::Ignore), rule(Selector::Others, Is::Ignore)];
        assert!(!unread(&rules, &header("who")));
        assert!(unread(&rules, &header("Clerk")));
        assert!(unread(&rules, &header("Anything else")));
        let months = [rule(Selector::Months, person.clone()), rule(Selector::Others, Is::Ignore)];
        assert!(!unread(&months, &header("2024-04")));
        // The whole header is named more closely than its stem.
        let two = vec!["Who".to_owned(), "Clerk".to_owned()];
        assert!(unread(&[named("Who", person.clone()), named("Who / Clerk", Is::Ignore)], &two));
        assert!(!unread(&[named("Who", person), named("Clerk", Is::Ignore)], &two));
    }
}
