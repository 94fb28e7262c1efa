//! The programs that Khlong is measured beside, installed from npm as their users install them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{Cmd, step};
use crate::tools::apt_install;
use crate::workspace::Workspace;

/// What a project is of: both files, and which of them there are is part of the state.
const FILES: [&str; 2] = ["package.json", "package-lock.json"];
/// Written when an installation is complete.
const MARK: &str = ".installed-from";

/// Each in a folder of its own below the target folder: once for each state of its files.
pub fn install(workspace: &Workspace) -> Result<PathBuf> {
    let peers = Peers { workspace, folder: workspace.target.join("peers") };
    peers.install("node", "up to a minute", |_| Ok(()))?;
    peers.install("node-red", "up to a minute", |_| Ok(()))?;
    peers.install("n8n", "5 to 15 minutes, 3 GB", |n8n| peers.compile_sqlite(n8n))?;
    Ok(peers.folder)
}

struct Peers<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
}

impl Peers<'_> {
    fn install(&self, name: &str, how_long: &str, then: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        let (from, to) = (self.workspace.path("crates/bench/peers").join(name), self.folder.join(name));
        let wanted = read(&from)?;
        if fs::read_to_string(to.join(MARK)).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        step(format!("installing {name} to be measured beside"), how_long, || {
            if to.exists() {
                fs::remove_dir_all(&to).with_context(|| format!("removing {}", to.display()))?;
            }
            fs::create_dir_all(&to).with_context(|| format!("making {}", to.display()))?;
            let locked = from.join(FILES[1]).exists();
            for file in FILES.iter().filter(|file| from.join(file).exists()) {
                fs::copy(from.join(file), to.join(file))?;
            }
            // Their scripts would fetch programs that no work here needs, or tell somebody of the installation.
            let npm = self.npm(&to)?.arg(if locked { "ci" } else { "install" });
            npm.args(["--ignore-scripts", "--loglevel=error", "--no-audit", "--no-fund", "--prefer-offline"])
                .run()?;
            then(&to)
        })?;
        Ok(fs::write(to.join(MARK), wanted)?)
    }

    /// Its driver for SQLite is the only part of n8n that has to be compiled where nothing but packages is fetched.
    fn compile_sqlite(&self, n8n: &Path) -> Result<()> {
        let has = |tool: &str| Cmd::new(tool, n8n).arg("--version").succeeds();
        if !(has("g++") && has("make") && has("python3")) {
            apt_install(n8n, &["g++", "make", "python3"])?;
        }
        self.npm(n8n)?.args(["rebuild", "--loglevel=error", "sqlite3"]).run()?;
        if !n8n.join("node_modules/sqlite3/build/Release/node_sqlite3.node").exists() {
            bail!("n8n's driver for SQLite was not compiled; what npm printed is above");
        }
        Ok(())
    }

    /// npm on the Node that will run what it installs, with that one's headers.
    fn npm(&self, folder: &Path) -> Result<Cmd> {
        let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
        let node = self.folder.join(format!("node/node_modules/node-linux-{processor}"));
        let npm = Cmd::new("npm", folder).env("npm_config_nodedir", &node);
        // Else a compiled one is looked for on the network first.
        let npm = npm.env("npm_config_build_from_source", "true");
        Ok(npm.env("PATH", first_in_path(&node.join("bin"))?))
    }
}

fn first_in_path(folder: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}

fn read(project: &Path) -> Result<String> {
    let files = FILES.iter().map(|file| project.join(file)).filter(|file| file.exists());
    files
        .map(|file| fs::read_to_string(&file).with_context(|| format!("reading {}", file.display())))
        .collect()
}
