//! A process of Khlong's that is measured.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

/// Killed when dropped, so that a scene that fails leaves nobody behind.
pub struct Process(Child);

impl Process {
    /// Waits for the line of JSON that it prints when it is ready. The sink goes on meanwhile.
    pub async fn ready(mut command: Command) -> Result<(Self, Value)> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("starting khlong")?;
        let output = child.stdout.take();
        let process = Self(child);
        let mut output = BufReader::new(output.context("no output")?);
        let read = move || -> std::io::Result<String> {
            let mut line = String::new();
            output.read_line(&mut line)?;
            Ok(line)
        };
        let line = tokio::task::spawn_blocking(read).await??;
        let said = serde_json::from_str(&line).with_context(|| format!("khlong printed: {line}"))?;
        Ok((process, said))
    }

    pub fn silent(mut command: Command) -> Result<Self> {
        Ok(Self(command.stdout(Stdio::null()).spawn().context("starting khlong")?))
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Asks it to end, as systemd does.
    pub fn terminate(mut self) -> Result<()> {
        let pid = self.pid().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().context("stopping khlong")?;
        self.0.wait().context("waiting for khlong to stop")?;
        Ok(())
    }
}

impl Drop for Process {
    /// One that has ended already is not looked for again.
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
