//! PostgreSQL's programs, and who runs them.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where Debian has them; they are not on its `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Who may be asked to run a server for root.
const USERS: [&str; 2] = ["postgres", "nobody"];

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

/// Whom a server runs as.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Us,
    Other { user: u32, group: u32 },
}

impl Who {
    pub(crate) fn find() -> Result<Self> {
        if number(&["-u"])? != 0 {
            return Ok(Self::Us);
        }
        let known = USERS.into_iter().find(|user| number(&["-u", user]).is_ok());
        let Some(name) = known else {
            bail!("PostgreSQL refuses to be root, and there is no user postgres or nobody");
        };
        Ok(Self::Other { user: number(&["-u", name])?, group: number(&["-g", name])? })
    }

    /// Gives them a file or a folder.
    pub(crate) fn own(self, path: &Path) -> Result<()> {
        if let Self::Other { user, group } = self {
            std::os::unix::fs::chown(path, Some(user), Some(group))?;
        }
        Ok(())
    }

    pub(crate) fn command(self, program: &Path) -> Command {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(program);
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group);
        }
        // Neither our folder, which they may not enter, nor our terminal's signals.
        command.current_dir("/").process_group(0).stdin(Stdio::null());
        command
    }
}

fn number(args: &[&str]) -> Result<u32> {
    let output = Command::new("id").args(args).stderr(Stdio::null()).output().context("running id")?;
    if !output.status.success() {
        bail!("id {} failed", args.join(" "));
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
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
