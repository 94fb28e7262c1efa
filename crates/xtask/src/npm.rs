//! Programs from npm, each in a folder of its own below the target folder, and the Node.js that they run on.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::Cmd;
use crate::once::{Mark, copy, empty, texts};
use crate::tools::check_node;
use crate::workspace::Workspace;

/// What a project is of: both files, and which of them there are is part of the state.
const FILES: [&str; 2] = ["package.json", "package-lock.json"];
const MARK: &str = ".installed-from";

/// The Node.js of npm's own packages, since Debian's is older than what some programs ask for. Its folder.
pub fn node(workspace: &Workspace) -> Result<PathBuf> {
    let peers = workspace.target.join("peers");
    let from = workspace.path("crates/bench/peers/node");
    Npm::of(peers.clone()).install("Node.js", &from, "node", "up to a minute", |_| Ok(()))?;
    Ok(Npm::of(peers).node)
}

/// npm on the Node that will run what it installs.
pub struct Npm {
    /// Where projects are put.
    folder: PathBuf,
    node: PathBuf,
}

impl Npm {
    /// Into the folder that the Node is in, too.
    fn of(peers: PathBuf) -> Self {
        let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
        let node = peers.join(format!("node/node_modules/node-linux-{processor}"));
        Self { folder: peers, node }
    }

    pub fn with(node: PathBuf, folder: PathBuf) -> Self {
        Self { folder, node }
    }

    /// A project, once for each state of its files; `then` is given where it is.
    pub fn install(
        &self,
        what: &str,
        from: &Path,
        name: &str,
        how_long: &str,
        then: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let to = self.folder.join(name);
        Mark::new(to.join(MARK), texts(from, &FILES)?).once(
            &format!("installing {what}"),
            how_long,
            || {
                check_node(from)?;
                empty(&to)?;
                copy(from, &to, &FILES)?;
                let locked = from.join(FILES[1]).exists();
                // Their scripts would fetch programs that no work here needs, or tell somebody of the installation.
                let npm = self.run(&to)?.arg(if locked { "ci" } else { "install" });
                npm.args([
                    "--ignore-scripts",
                    "--loglevel=error",
                    "--no-audit",
                    "--no-fund",
                    "--prefer-offline",
                ])
                .run()?;
                then(&to)
            },
        )?;
        Ok(to)
    }

    /// With the Node's headers, for what is compiled.
    pub fn run(&self, folder: &Path) -> Result<Cmd> {
        let npm = Cmd::new("npm", folder).env("npm_config_nodedir", &self.node);
        // Else a compiled one is looked for on the network first.
        let npm = npm.env("npm_config_build_from_source", "true");
        Ok(npm.env("PATH", first_in_path(&self.node.join("bin"))?))
    }
}

fn first_in_path(folder: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("a PATH with it in front")
}
