//! PostgreSQL's programs, and how a server is stopped.

use anyhow::{Context, Result};
use std::path::PathBuf;

/// Where Debian has them; they are not on its `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Whether a server can be started here.
pub fn are_installed() -> bool {
    program("initdb").is_ok()
}

/// The newest that is installed.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin").join(name)))
        })
        .filter(|(_, path)| path.exists())
        .collect();
    found.sort();
    if let Some((_, path)) = found.pop() {
        return Ok(path);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.exists());
    found.with_context(|| {
        format!("there is no {name}: install Debian's package postgresql, or run `cargo xtask test`")
    })
}

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kill {
    /// Its connections are cut and it ends in order.
    Fast,
    /// As a crash does: the next start has to recover.
    Immediate,
}

impl Kill {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Immediate => "immediate",
        }
    }
}
