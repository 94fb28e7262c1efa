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

/// Processor time used so far, in microseconds: user's and system's. Linux counts it in hundredths of a second.
pub fn cpu_us(pid: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("reading the times of the process")?;
    let (_, fields) = stat.rsplit_once(')').context("the process has no times")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    Ok((ticks(11) + ticks(12)) * 10_000)
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
