//! How fast the store is beside the disk under it: `cargo run --profile quick -p store-sqlite --example sqlite_speed [FOLDER]`.
//!
//! The rounds are interleaved and the median counts.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::contract::speed::{Figures, GROUPS, Load, NOW, ROUND};
use store::{Journal, SaveFlow};
use store_sqlite::{Options, SqliteStore};

const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = match std::env::args().nth(1) {
        Some(dir) => tempfile::tempdir_in(dir)?,
        None => tempfile::tempdir_in(".")?,
    };
    let load = Load::new(0);
    let store = open(dir.path()).await?;
    println!("idle: {} MB resident", resident_mb());
    let mut figures = Figures::default();
    for _ in 0..ROUNDS {
        let (meter, count) = (Meter::start(), appends(dir.path())?);
        meter.stop("append 4 kB + fdatasync".into(), count, &mut figures);
        for group in GROUPS {
            let (meter, open) = (Meter::start(), load.accepts(&*store, group).await?);
            meter.stop(Load::name_of_accepts(group), open.len(), &mut figures);
            load.finish(&*store, open).await?;
            let (meter, count) = (Meter::start(), load.lives(&*store, group).await?);
            meter.stop(Load::name_of_lives(group), count, &mut figures);
        }
    }
    figures.print(|us| format!("{us:.0} us of CPU"));
    println!("after the load: {} MB resident", resident_mb());
    expire(&store).await?;
    let size = store::RunQueries::size(&*store).await?;
    println!("file {} MB, log {} MB", size.bytes >> 20, size.wal_bytes >> 20);
    store.close().await;
    drop(store);
    let begin = Instant::now();
    let store = open(dir.path()).await?;
    println!("start with a current file: {:?}", begin.elapsed());
    drop(store);
    Ok(())
}

async fn open(dir: &Path) -> Result<Arc<SqliteStore>, store::Error> {
    SqliteStore::open(Options::new(dir.join("data"))).await
}

fn appends(dir: &Path) -> std::io::Result<usize> {
    let mut file = File::create(dir.join("append"))?;
    let (begin, mut count) = (Instant::now(), 0);
    while begin.elapsed() < ROUND {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(count)
}

async fn expire(store: &SqliteStore) -> Result<(), store::Error> {
    let (id, text) = (model::FlowId::new("speed"), String::from("{}"));
    let save = SaveFlow {
        id,
        name: text.clone(),
        document: text.clone(),
        logic: text.clone(),
        keep_done: 0,
        keep_failed: 0,
        at: NOW,
        by: text,
        over: None,
    };
    store::Flows::save_flow(store, save).await?;
    let (begin, mut gone) = (Instant::now(), 0);
    loop {
        let some = store.expire(NOW + (1 << 40), 10_000).await?;
        gone += some;
        if some == 0 {
            break;
        }
    }
    println!("expired {gone} runs, {:.0}/s", gone as f64 / begin.elapsed().as_secs_f64());
    Ok(())
}

fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}

/// Wall time and this process's CPU time, which other programs on the machine disturb less.
struct Meter {
    begin: Instant,
    cpu: Duration,
}

impl Meter {
    fn start() -> Self {
        Self { begin: Instant::now(), cpu: cpu() }
    }

    /// Notes the rate and the microseconds of CPU for each.
    fn stop(self, name: String, count: usize, figures: &mut Figures<f64>) {
        let (time, cpu) = (self.begin.elapsed(), cpu() - self.cpu);
        figures.note(name, count, time, cpu.as_secs_f64() * 1e6 / count as f64);
    }
}

fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
