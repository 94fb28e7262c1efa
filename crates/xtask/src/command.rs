//! Other programs: shown before they run, and their failure is ours.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// A command line that is printed when it runs.
pub struct Cmd {
    command: Command,
    shown: String,
}

impl Cmd {
    /// In `folder`, and without input: a question nobody answers must end, not wait.
    pub fn new(program: impl AsRef<OsStr>, folder: &Path) -> Self {
        let mut command = Command::new(&program);
        command.current_dir(folder).stdin(Stdio::null());
        let shown = program.as_ref().to_string_lossy().into_owned();
        Self { command, shown }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown += &format!(" {}", arg.as_ref().to_string_lossy());
        self.command.arg(arg);
        self
    }

    pub fn args<I: IntoIterator<Item: AsRef<OsStr>>>(self, args: I) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn env_remove(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it with its output on ours.
    pub fn run(mut self) -> Result<()> {
        eprintln!("  $ {}", self.shown);
        let status = self.command.status().with_context(|| format!("starting {}", self.shown))?;
        if !status.success() {
            bail!("`{}` ended with {status}; what it printed is above", self.shown);
        }
        Ok(())
    }

    /// Runs it and returns what it wrote to standard output; the rest goes to ours.
    pub fn read(mut self) -> Result<String> {
        let output = self.command.stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("starting {}", self.shown))?;
        if !output.status.success() {
            bail!("{} ended with {}", self.shown, output.status);
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("{} printed something that is not text", self.shown))
    }

    /// Whether it runs and is content; silent.
    pub fn succeeds(mut self) -> bool {
        let status = self.command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    /// Becomes that program: the terminal, its signals and the exit code are then its own.
    #[cfg(unix)]
    pub fn replace_us(mut self) -> Result<()> {
        use std::os::unix::process::CommandExt;
        eprintln!("  $ {}", self.shown);
        Err(self.command.stdin(Stdio::inherit()).exec()).with_context(|| format!("starting {}", self.shown))
    }

    #[cfg(not(unix))]
    pub fn replace_us(mut self) -> Result<()> {
        self.command.stdin(Stdio::inherit());
        self.run()
    }
}

/// Says what a part of the work is and how long it may take, and then how long it took.
pub fn step<T>(what: impl fmt::Display, how_long: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {what} ({how_long})");
    let start = Instant::now();
    let done = work().with_context(|| format!("stopped at: {what}"))?;
    eprintln!("    {what}: {:.1} s", start.elapsed().as_secs_f32());
    Ok(done)
}
