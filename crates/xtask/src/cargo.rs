//! The cargo that called us, called back.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::command::Cmd;
use crate::workspace::Workspace;

pub fn cargo(folder: &Path) -> Cmd {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Settings of the call that started us; they would make cargo build things again.
    Cmd::new(program, folder).env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_PKG_NAME")
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
