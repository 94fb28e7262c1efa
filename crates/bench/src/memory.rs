//! What a process holds and uses, as Linux counts it.

use std::fs;

use anyhow::{Context, Result};

/// Resident now.
pub fn now_mb(pid: u32) -> Result<f64> {
    read(pid, "VmRSS:")
}

/// The most that was resident since the last `forget_peak`.
pub fn peak_mb(pid: u32) -> Result<f64> {
    read(pid, "VmHWM:")
}

pub fn forget_peak(pid: u32) -> Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("resetting the peak of the resident memory")
}

/// Processor time used so far, in microseconds: user's and system's.
pub fn cpu_us(pid: u32) -> Result<u64> {
    Ok(Times::of(pid)?.own_us)
}

/// The same of a process with all whom it started, those that have ended included.
pub fn family_cpu_us(pid: u32) -> Result<u64> {
    let parent = Times::of(pid)?;
    let entries = fs::read_dir("/proc").context("looking for processes")?.flatten();
    let others = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    // Who ends while we look is counted with its parent the next time.
    let children = others.filter_map(|other| Times::of(other).ok()).filter(|times| times.parent == pid);
    let children: u64 = children.map(|child| child.own_us + child.ended_us).sum();
    Ok(parent.own_us + parent.ended_us + children)
}

struct Times {
    parent: u32,
    own_us: u64,
    /// Of its children that have ended.
    ended_us: u64,
}

impl Times {
    /// Linux counts in hundredths of a second.
    fn of(pid: u32) -> Result<Self> {
        let stat =
            fs::read_to_string(format!("/proc/{pid}/stat")).context("reading the times of a process")?;
        let (_, fields) = stat.rsplit_once(')').context("the process has no times")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let number =
            |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
        let us = |user: usize| (number(user) + number(user + 1)) * 10_000;
        Ok(Self { parent: number(1) as u32, own_us: us(11), ended_us: us(13) })
    }
}

fn read(pid: u32, name: &str) -> Result<f64> {
    let status =
        fs::read_to_string(format!("/proc/{pid}/status")).context("reading the memory of the process")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .context("the process has no memory any more")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes / 1_024.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn what_ended_children_used_stays_counted() {
        let busy = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
        let us = std::process::id();
        let before = family_cpu_us(us).unwrap();
        assert!(Command::new("sh").args(["-c", busy]).status().unwrap().success());
        assert!(family_cpu_us(us).unwrap() > before);
    }
}
