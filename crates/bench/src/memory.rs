//! What a process holds, as Linux counts it.

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
