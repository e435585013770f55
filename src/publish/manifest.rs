//! What a release says of itself: `manifest.json` in `public/` and in `internal/`, and whether a release still is what it says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::disk;
use super::release::{Identity, Input};
use super::state::Secret;
use crate::spec::Spec;

/// The name of a manifest in its folder.
pub const MANIFEST: &str = "manifest.json";

/// Manifests are small; whatever is larger is not ours.
const LIMIT: u64 = 64 << 20;

/// One folder of a release, described. Nothing in it depends on the clock or on where the folder lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `000012-3f9a1c2b`.
    pub release: String,
    /// 64 hexadecimal digits; the last part of the release's name is their beginning.
    pub id: String,
    pub sequence: u64,
    pub as_of: Option<String>,
    pub profile: String,
    /// The name of the programme's key.
    pub key: String,
    pub program: String,
    /// How `digest`s of inputs and spec were made: `blake3`, or `blake3-keyed` with a key derived from the programme's, so that
    /// nobody who lacks it can confirm a guess about the data.
    pub digests: String,
    pub inputs: Vec<SourceFile>,
    /// `reach.toml`, the codebook and the recodes.
    pub spec: Vec<SpecFile>,
    /// Every file of the folder but the manifest itself.
    pub files: Vec<Listed>,
}

/// An input file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    pub source: String,
    pub file: String,
    pub digest: String,
}

/// A file of the spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecFile {
    pub file: String,
    pub digest: String,
}

/// A published file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Relative to the manifest's folder, with `/`.
    pub name: String,
    pub bytes: u64,
    pub blake3: String,
}

/// Which of the two folders a manifest is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Public,
    Internal,
}

impl Manifest {
    /// The manifest of one folder, its files listed by name.
    pub fn new(
        name: &str,
        sequence: u64,
        identity: &Identity,
        secret: &Secret,
        side: Side,
        files: &[(String, Vec<u8>)],
    ) -> Self {
        let keyed = secret.for_digests();
        let digest = |hash: &blake3::Hash| match side {
            Side::Internal => hash.to_hex().to_string(),
            Side::Public => blake3::keyed_hash(&keyed, hash.as_bytes()).to_hex().to_string(),
        };
        let files: BTreeMap<&str, &[u8]> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        Manifest {
            release: name.to_owned(),
            id: identity.hex(),
            sequence,
            as_of: identity.as_of.map(|date| date.to_string()),
            profile: identity.profile.clone(),
            key: secret.id(),
            program: identity.program.clone(),
            digests: if side == Side::Public { "blake3-keyed".into() } else { "blake3".into() },
            inputs: identity
                .inputs
                .iter()
                .map(|Input { source, file, digest: hash }| SourceFile {
                    source: source.clone(),
                    file: inside(file),
                    digest: digest(hash),
                })
                .collect(),
            spec: identity
                .texts
                .iter()
                .map(|(file, hash)| SpecFile { file: inside(file), digest: digest(hash) })
                .collect(),
            files: files
                .iter()
                .map(|(name, bytes)| Listed {
                    name: (*name).to_owned(),
                    bytes: bytes.len() as u64,
                    blake3: blake3::hash(bytes).to_hex().to_string(),
                })
                .collect(),
        }
    }

    /// As written: indented JSON with a line end.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The manifest of this folder, if it has one that can be read.
    pub fn read(folder: &Path) -> Option<Manifest> {
        let bytes = disk::read(&folder.join(MANIFEST), LIMIT).ok()??;
        serde_json::from_slice(&bytes).ok()
    }
}

/// A file's name without the path to the folder it was asked from: a manifest says nothing of the machine.
fn inside(name: &str) -> String {
    if Path::new(name).is_absolute() { name.rsplit('/').next().unwrap_or_default().to_owned() } else { name.to_owned() }
}

/// The inputs and texts of a run as the identity wants them.
pub fn inputs(spec: &Spec, files: &[crate::ingest::InputFile]) -> Vec<Input> {
    files
        .iter()
        .map(|file| Input {
            source: spec.sources.get(file.source).map(|s| s.name.clone()).unwrap_or_default(),
            file: file.name.clone(),
            digest: file.digest,
        })
        .collect()
}

/// What is not as a release's manifests say, as sentences; empty when the release is whole.
pub fn verify(release: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut heads = Vec::new();
    for side in ["public", "internal"] {
        let folder = release.join(side);
        let Some(manifest) = Manifest::read(&folder) else {
            wrong.push(format!("{side}/{MANIFEST} is missing or cannot be read"));
            continue;
        };
        let mut listed: BTreeMap<String, &Listed> = manifest.files.iter().map(|f| (f.name.clone(), f)).collect();
        for name in names(&folder, side, &mut wrong) {
            if name == MANIFEST {
                continue;
            }
            let Some(file) = listed.remove(&name) else {
                wrong.push(format!("{side}/{name} is not in the manifest"));
                continue;
            };
            match disk::digest(&folder.join(&name)) {
                Ok((bytes, hash)) if bytes == file.bytes && hash.to_hex().as_str() == file.blake3 => {}
                Ok(_) => wrong.push(format!("{side}/{name} was changed")),
                Err(_) => wrong.push(format!("{side}/{name} cannot be read")),
            }
        }
        wrong.extend(listed.keys().map(|name| format!("{side}/{name} is missing")));
        heads.push((manifest.release, manifest.id));
    }
    if heads.windows(2).any(|pair| pair.first() != pair.last()) {
        wrong.push("the two manifests speak of different releases".to_owned());
    }
    let stands_in = release.file_name().map(|n| n.to_string_lossy().into_owned());
    if heads.iter().any(|(name, _)| Some(name) != stands_in.as_ref()) {
        wrong.push("the folder is not named as its manifest says".to_owned());
    }
    wrong.sort();
    wrong
}

/// Every file under a folder, by name, in order; links and other things that are no files are said to be wrong.
fn names(folder: &Path, side: &str, wrong: &mut Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(under) = open.pop() {
        let Ok(entries) = fs::read_dir(folder.join(&under)) else {
            wrong.push(format!("{side}/{under} cannot be read"));
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let name = if under.is_empty() { name } else { format!("{under}/{name}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(name),
                Ok(kind) if kind.is_file() => found.push(name),
                _ => wrong.push(format!("{side}/{name} is no file")),
            }
        }
    }
    found.sort();
    found
}
