//! Qualtrics' names of columns in one spelling, whichever of its exporters wrote them.
//!
//! Where rows and columns were given names of their own, the exporters of 2016 differ: `Q47_orange-ish` and `orange_ish`,
//! `Q44_Q44_1_2` and `Q44_1_2`, `Q40#2_Q40_1_2` and `Q40_1: 2`, `Q49#1_peeling_92` and `peeling: 92`. Names of today stay as they are.

use super::qualtrics_asked::{Key, Named};

/// The code of a column; `None` where it has no name.
pub(super) fn code(named: &Named, key: &Key) -> Option<String> {
    if named.name.is_empty() {
        return None;
    }
    let old = named.id.as_deref().is_some_and(|id| id.contains("QID") && id.contains('-'));
    let code = if old {
        of_insights(&named.name, key)
    } else if named.id.is_none() {
        of_legacy(&named.name)
    } else {
        None
    };
    Some(code.unwrap_or_else(|| named.name.clone()))
}

/// What stands behind a code for the option and the text.
fn end(option: Option<&String>, text: bool) -> String {
    format!("{}{}", option.map_or_else(String::new, |o| format!("_{o}")), if text { "_TEXT" } else { "" })
}

fn of_insights(name: &str, key: &Key) -> Option<String> {
    let short = if key.text { name.strip_suffix("_TEXT").unwrap_or(name) } else { name };
    let path = key.path.join("_");
    if let Some(column) = &key.column {
        let (base, rest) = short.split_once('#')?;
        let rest = rest.strip_prefix(column.as_str())?.strip_prefix('_')?;
        if rest == path {
            return None;
        }
        let (row, tag) = rest.rsplit_once('_').filter(|(row, _)| !row.bytes().all(|b| b.is_ascii_digit()))?;
        let end = end(key.path.get(1), key.text);
        return Some(match row.strip_prefix(base).and_then(|row| row.strip_prefix('_')) {
            Some(row) => format!("{base}#{column}_{row}{end}"),
            None => format!("{}: {tag}{end}", row.replace('-', "_")),
        });
    }
    if let Some(head) = short.strip_suffix(&format!("_{path}")) {
        let (base, again) = head.split_at_checked(head.len() / 2)?;
        return (again.strip_prefix('_') == Some(base)).then(|| format!("{base}_{path}{}", end(None, key.text)));
    }
    let (_, rest) = short.split_once('_').filter(|_| !key.path.is_empty())?;
    Some(format!("{}{}", rest.replace('-', "_"), end(None, key.text)))
}

fn of_legacy(name: &str) -> Option<String> {
    let (row, rest) = name.split_once(": ")?;
    let (base, row) = row.rsplit_once('_')?;
    let column = rest.split('_').next()?;
    let numbers = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    (numbers(row) && numbers(column)).then(|| {
        let option = rest.strip_prefix(column).unwrap_or_default();
        format!("{base}#{column}_{row}{option}")
    })
}
