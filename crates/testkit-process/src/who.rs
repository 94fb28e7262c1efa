//! Whom a server runs as.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// Us, or somebody else where we are root and the server refuses to be.
#[derive(Clone, Copy)]
pub struct Who {
    user: u32,
    group: u32,
    is_other: bool,
}

impl Who {
    pub fn us() -> Result<Self> {
        Ok(Self { user: number(&["-u"])?, group: number(&["-g"])?, is_other: false })
    }

    /// As root, the first of these users that there is.
    pub fn other_than_root(users: &[&str]) -> Result<Self> {
        let us = Self::us()?;
        if us.user != 0 {
            return Ok(us);
        }
        let known = users.iter().find(|user| number(&["-u", user]).is_ok());
        let Some(name) = known else {
            bail!("it refuses to be root, and there is no user {}", users.join(" or "));
        };
        Ok(Self { user: number(&["-u", name])?, group: number(&["-g", name])?, is_other: true })
    }

    pub fn user(self) -> u32 {
        self.user
    }

    pub fn group(self) -> u32 {
        self.group
    }

    pub fn user_name(self) -> Result<String> {
        id(&["-un", &self.user.to_string()])
    }

    pub fn group_name(self) -> Result<String> {
        // Some groups have no name that a user's number leads to; a user's own one has.
        id(&["-gn", &self.user.to_string()])
    }

    /// Gives them a file or a folder.
    pub fn own(self, path: &Path) -> Result<()> {
        if self.is_other {
            std::os::unix::fs::chown(path, Some(self.user), Some(self.group))
                .with_context(|| format!("giving {} away", path.display()))?;
        }
        Ok(())
    }

    pub fn command(self, program: &Path) -> Command {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(program);
        if self.is_other {
            command.uid(self.user).gid(self.group);
        }
        // Neither our folder, which they may not enter, nor our terminal's signals.
        command.current_dir("/").process_group(0).stdin(Stdio::null());
        command
    }
}

/// Whether we are root.
pub fn is_root() -> Result<bool> {
    Ok(number(&["-u"])? == 0)
}

fn number(args: &[&str]) -> Result<u32> {
    Ok(id(args)?.parse()?)
}

fn id(args: &[&str]) -> Result<String> {
    let output = Command::new("id").args(args).stderr(Stdio::null()).output().context("running id")?;
    if !output.status.success() {
        bail!("id {} failed", args.join(" "));
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
