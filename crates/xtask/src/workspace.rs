//! Where things are, and what cargo knows about our packages.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::cargo::cargo;

pub struct Workspace {
    pub root: PathBuf,
    /// Cargo's target folder, wherever the environment puts it.
    pub target: PathBuf,
    pub packages: Vec<Package>,
}

#[derive(Deserialize)]
pub struct Package {
    pub name: String,
    pub manifest_path: PathBuf,
    pub dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
    /// `None` is a normal one, else `dev` or `build`.
    pub kind: Option<String>,
}

impl Package {
    pub fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("."))
    }
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<Package>,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        // Asked when it runs, not when it was compiled: a target folder may serve several clones.
        let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
        let text = cargo(&here).args(["metadata", "--format-version=1", "--no-deps"]).read()?;
        let known: Metadata = serde_json::from_str(&text).context("reading what cargo metadata printed")?;
        Ok(Self { root: known.workspace_root, target: known.target_directory, packages: known.packages })
    }

    /// The browser's half has a target folder of its own: its compiler may be another one.
    pub fn web_target(&self) -> PathBuf {
        self.target.join("web")
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }
}
