//! The cargo that called us, called back.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::command::Cmd;
use crate::workspace::Workspace;

pub fn cargo(folder: &Path) -> Cmd {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // What the call that started us told of xtask itself: the build of some crates reads it, and would be done again
    // whenever a shell calls cargo, and once more when we do.
    let told = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let told = told.filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
    told.fold(Cmd::new(program, folder), |command, name| command.env_remove(&name))
}

/// Builds one program and returns its path, which depends on the target folder and the profile.
pub fn build_program(workspace: &Workspace, package: &str, program: &str, profile: &str) -> Result<PathBuf> {
    let build =
        cargo(&workspace.root).args(["build", "--locked", "--message-format=json-render-diagnostics"]);
    let build = build.args(["-p", package, "--bin", program, "--profile", profile]);
    let messages = build.read()?;
    let mut artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Artifact>(line).ok());
    let built =
        artifacts.find_map(|artifact| artifact.executable.filter(|_| artifact.target.name == program));
    built.with_context(|| format!("cargo built {package} but named no program {program}"))
}

#[derive(Deserialize)]
struct Artifact {
    executable: Option<PathBuf>,
    target: Target,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}
