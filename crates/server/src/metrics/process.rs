//! What the operating system says of this process, where it does; the names are those of Prometheus' own clients.

use super::text::Text;
use std::fs;

pub fn render(text: &mut Text) {
    if let Some(bytes) = resident_bytes() {
        text.gauge("process_resident_memory_bytes", "Memory of this process.").value(bytes);
    }
    if let Some(times) = Times::read() {
        let about = "Processor time of this process, in user and system mode.";
        text.counter("process_cpu_seconds_total", about).value(times.cpu_s);
        let about = "When this process started, in seconds since 1970.";
        text.gauge("process_start_time_seconds", about).value(times.started_at_s);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        text.gauge("process_open_fds", "Files and connections that this process has open.")
            .value(open.count());
    }
}

fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

struct Times {
    cpu_s: f64,
    started_at_s: f64,
}

impl Times {
    fn read() -> Option<Self> {
        let per_second = rustix::param::clock_ticks_per_second() as f64;
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The second field, the program's name, may hold anything; what follows its bracket is plain.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
        let kernel = fs::read_to_string("/proc/stat").ok()?;
        let booted_at: f64 =
            kernel.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
        Some(Self {
            cpu_s: (ticks(11)? + ticks(12)?) / per_second,
            started_at_s: booted_at + ticks(19)? / per_second,
        })
    }
}
