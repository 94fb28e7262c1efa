//! A process on a free port, in a folder of its own, which ends with us.

use anyhow::{Context, Result, bail};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Far longer than the slowest start on a busy machine.
const START_MAX: Duration = Duration::from_secs(120);

/// A folder, and the processes that work in it. Both are gone when this is dropped, or our process ends.
pub struct Home {
    pub dir: PathBuf,
    pids: Vec<u32>,
    keeper: Child,
}

impl Home {
    pub fn new(name: &str) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix(&format!("khlong-{name}-")).tempdir()?.keep();
        std::fs::write(dir.join("pids"), "")?;
        // The shell's own `kill` may not know of groups; what is being killed may still write.
        let script = r#"
            cat >/dev/null
            for pid in $(cat "$1/pids"); do env kill -9 -- "-$pid"; done
            rm -rf "$1" || { sleep 1; rm -rf "$1"; }"#;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script, "keeper"]).arg(&dir).current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let keeper = command.spawn().context("starting the keeper")?;
        Ok(Self { dir, pids: Vec::new(), keeper })
    }

    /// Starts a process in a group of its own, with its output in a file.
    pub fn spawn(&mut self, command: &mut Command) -> Result<Child> {
        let log = std::fs::File::options().create(true).append(true).open(self.dir.join("log"))?;
        command.current_dir(&self.dir).process_group(0).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().with_context(|| format!("starting {command:?}"))?;
        self.pids.push(child.id());
        self.note()?;
        Ok(child)
    }

    /// As when the power of the process goes: its whole group, at once.
    pub fn kill(&mut self, child: &mut Child) -> Result<()> {
        let group = format!("-{}", child.id());
        Command::new("kill").args(["-9", "--", &group]).status().context("running kill")?;
        child.wait()?;
        self.pids.retain(|pid| *pid != child.id());
        self.note()
    }

    fn note(&self) -> Result<()> {
        let pids: Vec<String> = self.pids.iter().map(u32::to_string).collect();
        Ok(std::fs::write(self.dir.join("pids"), pids.join(" "))?)
    }

    /// Waits until somebody listens at a port.
    pub fn wait_for(&self, port: u16, child: &mut Child) -> Result<()> {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = child.try_wait()? {
                bail!("it ended with {status}: {}", self.log());
            }
            if start.elapsed() > START_MAX {
                bail!("it does not listen: {}", self.log());
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        Ok(())
    }

    /// What its processes have printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_started_ends_with_its_home_and_leaves_nothing() {
        let mut home = Home::new("test").expect("a folder");
        let mut asleep = home.spawn(Command::new("sleep").arg("600")).expect("it starts");
        let mut killed = home.spawn(Command::new("sleep").arg("600")).expect("it starts");
        home.kill(&mut killed).expect("it is killed");
        let dir = home.dir.clone();
        drop(home);
        assert!(!asleep.wait().expect("it ends").success());
        assert!(!dir.exists());
    }
}
