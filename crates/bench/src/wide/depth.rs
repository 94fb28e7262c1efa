//! Runs that wait, and how fast they are worked off.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;

use crate::load::{self, Limit, Order};
use crate::sheet::Sheet;
use crate::sink::{self, Seen};
use crate::wide::Bench;
use crate::{flows, memory};

const FLOW: &str = "bench-depth";
/// How many runs wait when the target begins to answer.
const DEPTHS: [u32; 3] = [2_000, 100_000, 1_000_000];
/// How long the working off of a deep queue is watched; the rest is thrown away with its store.
const WATCH: Duration = Duration::from_secs(10);
/// A queue that is not filled by then is measured as deep as it is.
const FILL_MAX: Duration = Duration::from_secs(240);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const KEYS: u32 = 1_000;
const QUEUED_PER_KEY: u32 = 100;
const FIFO_WATCH: Duration = Duration::from_secs(60);

/// A queue that was filled and then watched.
struct WorkedOff {
    depth: usize,
    per_second: f64,
    cpu_us_per_run: f64,
    full_mb: f64,
}

impl Bench<'_> {
    pub async fn depth(&self, sheet: &mut Sheet) -> Result<()> {
        for depth in DEPTHS.into_iter().filter(|depth| *depth <= self.options.depth_max) {
            let (sink, seen) = sink::start().await?;
            let worked = self.work_off(&flows::patient(FLOW, sink), &seen, depth, WATCH).await?;
            note("depth", &format!("{} runs wait", worked.depth), &worked, sheet);
        }
        Ok(())
    }

    /// The same with runs that wait for one another, to the last.
    pub async fn fifo(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let flow = flows::patient_in_order(FLOW, KEYS, sink);
        let worked = self.work_off(&flow, &seen, KEYS * QUEUED_PER_KEY, FIFO_WATCH).await?;
        note("fifo", &format!("{} runs wait for {KEYS} keys", worked.depth), &worked, sheet);
        Ok(())
    }

    async fn work_off(&self, flow: &Value, seen: &Seen, depth: u32, watch: Duration) -> Result<WorkedOff> {
        let installed = self.installed(&format!("depth-{depth}")).await?;
        let server = installed.start().await?;
        server.import(flow).await?;
        seen.hold();
        let limit = Limit::of(FILL_MAX).to(depth as usize);
        let order = || Order::small(&format!("/hooks/{FLOW}"));
        let filled = load::post(server.address, limit, load::CONNECTIONS, order).await?;
        let full_mb = memory::now_mb(server.pid())?;
        let (before, cpu) = (seen.count(), server.cpu_us()?);
        let start = Instant::now();
        seen.release();
        while start.elapsed() < watch && seen.count() < filled.answered.len() as u64 {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let (seconds, runs) = (start.elapsed().as_secs_f64(), (seen.count() - before) as f64);
        let cpu_us_per_run = (server.cpu_us()? - cpu) as f64 / runs.max(1.0);
        server.kill();
        Ok(WorkedOff { depth: filled.answered.len(), per_second: runs / seconds, cpu_us_per_run, full_mb })
    }
}

fn note(scene: &'static str, of: &str, worked: &WorkedOff, sheet: &mut Sheet) {
    let rate = sheet.note(scene, of, "worked off", worked.per_second, "/s");
    if scene == "fifo" {
        rate.at_least(5_000.0);
    }
    sheet.note(scene, of, "processor time per run", worked.cpu_us_per_run, "µs");
    sheet.note(scene, of, "memory", worked.full_mb, "MB");
}
