//! Which files of cases are meant by the paths that somebody names.

use super::ENDING;
use anyhow::{Context, bail, ensure};
use std::path::{Path, PathBuf};

/// Who names a folder means that of some flows, not a whole disk.
const ENTRIES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 16;

/// The files of cases at the paths, of each path in order of their names.
pub(super) fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let found = below(path)?;
            ensure!(!found.is_empty(), "there is no file *{ENDING} in {}", path.display());
            files.extend(found);
        } else {
            files.push(beside(path)?);
        }
    }
    Ok(files)
}

/// A file of cases is itself meant, a flow file the cases beside it.
fn beside(path: &Path) -> anyhow::Result<PathBuf> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if name.ends_with(ENDING) {
        return Ok(path.to_owned());
    }
    let Some(flow) = name.strip_suffix(".json") else {
        bail!("{} is neither a file of cases (*{ENDING}) nor a flow (*.json)", path.display());
    };
    Ok(path.with_file_name(format!("{flow}{ENDING}")))
}

fn below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut found, mut seen) = (Vec::new(), 0);
    let mut left = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = left.pop() {
        let entries = folder.read_dir().with_context(|| format!("reading {}", folder.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
            seen += 1;
            ensure!(
                seen <= ENTRIES_MAX,
                "{} has more than {ENTRIES_MAX} entries: name a folder in it",
                folder.display()
            );
            let name = entry.file_name();
            let name = name.to_str().unwrap_or_default();
            // A link may lead back up; what is hidden is not meant.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !name.starts_with('.') && depth < DEPTH_MAX {
                left.push((entry.path(), depth + 1));
            } else if !is_folder && name.ends_with(ENDING) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}
