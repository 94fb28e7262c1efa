//! A program with all that it starts, ended by their ids.

use std::fs;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Who has not ended by then is killed: n8n lets its runs go on for half a minute.
const STOP_MAX: Duration = Duration::from_secs(40);
const POLL: Duration = Duration::from_millis(50);

/// Nothing of it is left when it is dropped.
pub struct Process(Child);

impl Process {
    pub fn start(mut command: Command) -> Result<Self> {
        Ok(Self(command.spawn().with_context(|| format!("starting {command:?}"))?))
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    pub fn is_alive(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// Asks it to end, as systemd does.
    pub fn stop(mut self) {
        let started = named(tree(self.pid()));
        signal("-TERM", self.pid());
        let start = Instant::now();
        while self.is_alive() && start.elapsed() < STOP_MAX {
            std::thread::sleep(POLL);
        }
        kill(started.into_iter().filter(|(pid, _)| *pid != self.pid()).collect());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.is_alive() {
            kill(named(tree(self.pid())));
            // It is dead; this only lets go of its id.
            let _ = self.0.wait();
        }
    }
}

/// A process and all that it has started and what those have.
pub fn tree(pid: u32) -> Vec<u32> {
    let all: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((pid, parent(pid)?)))
        .collect();
    let mut tree = vec![pid];
    let mut at = 0;
    while let Some(of) = tree.get(at).copied() {
        tree.extend(all.iter().filter(|(_, parent)| *parent == of).map(|(pid, _)| *pid));
        at += 1;
    }
    tree
}

fn parent(pid: u32) -> Option<u32> {
    stat(pid)?.split_whitespace().nth(1)?.parse().ok()
}

/// What Linux says of a process behind its name: its state, its parent, …
fn stat(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(") ")?.1.to_owned())
}

/// When a process began: with its id it is known again, even when the id has gone to another one.
fn began(pid: u32) -> Option<String> {
    stat(pid)?.split_whitespace().nth(19).map(str::to_owned)
}

fn named(pids: Vec<u32>) -> Vec<(u32, String)> {
    pids.into_iter().filter_map(|pid| Some((pid, began(pid)?))).collect()
}

fn kill(processes: Vec<(u32, String)>) {
    for (pid, since) in processes {
        if began(pid).is_some_and(|began| began == since) {
            signal("-KILL", pid);
        }
    }
}

/// One that is gone already is no failure.
fn signal(which: &str, pid: u32) {
    let _ = Command::new("kill").args([which, &pid.to_string()]).output();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell that has started another program and waits for it.
    fn shell(then: &str) -> (Process, u32) {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("sleep 600 & {then}")]);
        let process = Process::start(command).unwrap();
        loop {
            if let [_, started] = tree(process.pid())[..] {
                return (process, started);
            }
            std::thread::yield_now();
        }
    }

    fn runs(pid: u32) -> bool {
        stat(pid).is_some_and(|stat| !stat.starts_with('Z'))
    }

    fn until_gone(pid: u32) {
        while runs(pid) {
            std::thread::yield_now();
        }
    }

    #[test]
    fn what_a_program_has_started_ends_with_it() {
        let (process, started) = shell("wait");
        process.stop();
        until_gone(started);
    }

    #[test]
    fn a_program_that_is_let_go_is_ended_with_what_it_started() {
        let (process, started) = shell("wait");
        drop(process);
        until_gone(started);
    }
}
