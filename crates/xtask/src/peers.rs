//! The programs that Khlong is measured beside, installed from npm as their users install them.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::command::Cmd;
use crate::debian;
use crate::npm::{self, Npm};
use crate::workspace::Workspace;

/// Each in a folder of its own below the target folder: once for each state of its files.
pub fn install(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("peers");
    let npm = Npm::with(npm::node(workspace)?, folder.clone());
    let from = |name: &str| workspace.path("crates/bench/peers").join(name);
    let red = "Node-RED to be measured beside";
    npm.install(red, &from("node-red"), "node-red", "up to a minute", |_| Ok(()))?;
    let compile = |n8n: &Path| compile_sqlite(&npm, n8n);
    npm.install("n8n to be measured beside", &from("n8n"), "n8n", "5 to 15 minutes, 3 GB", compile)?;
    Ok(folder)
}

/// Its driver for SQLite is the only part of n8n that has to be compiled where nothing but packages is fetched.
fn compile_sqlite(npm: &Npm, n8n: &Path) -> Result<()> {
    let has = |tool: &str| Cmd::new(tool, n8n).arg("--version").succeeds();
    if !(has("g++") && has("make") && has("python3")) {
        debian::install(n8n, &["g++", "make", "python3"])?;
    }
    npm.run(n8n)?.args(["rebuild", "--loglevel=error", "sqlite3"]).run()?;
    if !n8n.join("node_modules/sqlite3/build/Release/node_sqlite3.node").exists() {
        bail!("n8n's driver for SQLite was not compiled; what npm printed is above");
    }
    Ok(())
}
