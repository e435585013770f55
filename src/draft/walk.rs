//! Which files of a folder could be inputs: those of formats that reach reads, in the order of their names.

use std::path::{Path, PathBuf};

/// How deep folders may lie in each other, and how many entries are looked at.
const DEEPEST: usize = 8;
const MOST: usize = 20_000;

/// Formats that this version reads.
const READ: [&str; 11] = ["csv", "tsv", "txt", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "xlt", "ods"];

/// Formats that hold data and that this version does not read, with what to do.
const UNREAD: [(&str, &str); 6] = [
    ("numbers", "export it as .xlsx"),
    ("sav", "export it from SPSS as CSV or .xlsx with labels"),
    ("json", "export it as CSV or .xlsx"),
    ("xml", "export it as CSV or .xlsx"),
    ("zip", "unpack it first"),
    ("gz", "unpack it first"),
];

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Walked {
    /// Name relative to the folder, with `/`, and path; sorted by name.
    pub files: Vec<(String, PathBuf)>,
    /// Data files that are not read, with what to do.
    pub unread: Vec<(String, &'static str)>,
}

/// Walks a folder. Hidden entries, links, earlier reports and reach's own files are left out.
pub fn walk(folder: &Path) -> Walked {
    let mut out = Walked::default();
    let mut open = vec![(String::new(), folder.to_path_buf(), 0usize)];
    let mut seen = 0;
    while let Some((prefix, path, depth)) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&path) else { continue };
        for entry in entries.flatten() {
            seen += 1;
            if seen > MOST {
                break;
            }
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') || name.starts_with("~$") || name.chars().any(|c| c.is_control() || c == '\\') {
                continue;
            }
            let shown = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            if kind.is_dir() {
                if depth < DEEPEST && !(depth == 0 && name == "reports") {
                    open.push((shown, entry.path(), depth + 1));
                }
            } else if kind.is_file() {
                let lower = name.to_lowercase();
                let (stem, extension) = lower.rsplit_once('.').unwrap_or((&lower, ""));
                let ours = depth == 0 && matches!(stem, "codebook" | "recodes");
                let readme = extension == "txt" && (stem.starts_with("readme") || stem.contains("licen"));
                if ours || readme {
                    continue;
                }
                if READ.contains(&extension) {
                    out.files.push((shown, entry.path()));
                } else if let Some((_, instead)) = UNREAD.iter().find(|(other, _)| *other == extension) {
                    out.unread.push((shown, instead));
                }
            }
        }
    }
    out.files.sort();
    out.unread.sort();
    out
}
