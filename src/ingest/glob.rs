//! Which files a spec's pattern names: `*` and `?` within one folder name, `/` between folders, results sorted by name.

use std::path::{Path, PathBuf};

/// One file that a pattern names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Relative to the spec's folder, with `/`.
    pub name: String,
    pub path: PathBuf,
}

/// Whether a name has a place that stands for other characters.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// The files that `pattern` names under `folder`, sorted by name. A plain name gives itself, whether it exists or not.
/// A pattern leaves out folders, hidden files and the lock files that office programs leave behind (`~$…`).
pub fn find(folder: &Path, pattern: &str) -> Vec<Found> {
    if !is_pattern(pattern) {
        return vec![Found { name: pattern.to_owned(), path: folder.join(pattern) }];
    }
    let segments: Vec<&str> = pattern.split('/').filter(|s| !s.is_empty() && *s != ".").collect();
    let root = if pattern.starts_with('/') {
        Found { name: "/".to_owned(), path: PathBuf::from("/") }
    } else {
        Found { name: String::new(), path: folder.to_owned() }
    };
    let mut level = vec![root];
    for (i, segment) in segments.iter().enumerate() {
        let last = i + 1 == segments.len();
        let mut next = Vec::new();
        for at in &level {
            if !is_pattern(segment) {
                let path = at.path.join(segment);
                if last || path.is_dir() {
                    next.push(Found { name: joined(&at.name, segment), path });
                }
                continue;
            }
            let Ok(entries) = std::fs::read_dir(&at.path) else { continue };
            for entry in entries.flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                if name.starts_with('.') || name.starts_with("~$") || !matches(segment, &name) {
                    continue;
                }
                let is_dir = entry.file_type().is_ok_and(|t| t.is_dir());
                if is_dir != last {
                    next.push(Found { name: joined(&at.name, &name), path: entry.path() });
                }
            }
        }
        next.sort();
        level = next;
    }
    level
}

fn joined(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        "/" => format!("/{name}"),
        _ => format!("{folder}/{name}"),
    }
}

/// Whether `name` fits `pattern`, where `*` stands for any characters and `?` for one. Linear in memory, never recursive.
pub fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&c) if c == '?' || Some(&c) == name.get(n) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((sp, sn)) => {
                    star = Some((sp, sn + 1));
                    p = sp + 1;
                    n = sn + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, name, fits) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.bak", false),
            ("before*.xlsx", "before.xlsx", true),
            ("b?fore*", "bfore", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("?", "é", true),
            ("", "", true),
            ("**", "", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}
