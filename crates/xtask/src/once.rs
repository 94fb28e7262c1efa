//! What is made once for each state of what it is made from.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::step;

/// A file that says what something was made from; it is written when all is done.
pub struct Mark {
    file: PathBuf,
    wanted: String,
}

impl Mark {
    pub fn new(file: PathBuf, wanted: String) -> Self {
        Self { file, wanted }
    }

    /// Makes it, unless it was made from the same.
    pub fn once(&self, what: &str, how_long: &str, make: impl FnOnce() -> Result<()>) -> Result<()> {
        if fs::read_to_string(&self.file).is_ok_and(|made_from| made_from == self.wanted) {
            return Ok(());
        }
        step(what, how_long, make)?;
        fs::write(&self.file, &self.wanted).with_context(|| format!("writing {}", self.file.display()))
    }
}

/// The text of those files that there are, one after the other.
pub fn texts(folder: &Path, files: &[&str]) -> Result<String> {
    let files = files.iter().map(|file| folder.join(file)).filter(|file| file.exists());
    files
        .map(|file| fs::read_to_string(&file).with_context(|| format!("reading {}", file.display())))
        .collect()
}

/// Copies those files that there are.
pub fn copy(from: &Path, to: &Path, files: &[&str]) -> Result<()> {
    for file in files.iter().filter(|file| from.join(file).exists()) {
        fs::copy(from.join(file), to.join(file)).with_context(|| format!("copying {file}"))?;
    }
    Ok(())
}

/// An empty folder, whatever was there.
pub fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))
}
