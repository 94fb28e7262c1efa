//! Runs that wait, and how fast they are worked off.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::load::{self, Limit, Order};
use crate::sheet::Sheet;
use crate::wide::Bench;
use crate::{flows, memory, sink};

/// How many runs wait when the target begins to answer.
const DEPTHS: [u32; 3] = [2_000, 100_000, 1_000_000];
/// How long the working off of a deep queue is watched; the rest is thrown away with its store.
const WATCH: Duration = Duration::from_secs(10);
/// A queue that is not filled by then is measured as deep as it is.
const FILL_MAX: Duration = Duration::from_secs(240);
const LOOK_EVERY: Duration = Duration::from_millis(20);

impl Bench<'_> {
    pub async fn depth(&self, sheet: &mut Sheet) -> Result<()> {
        for depth in DEPTHS.into_iter().filter(|depth| *depth <= self.options.depth_max) {
            let (sink, seen) = sink::start().await?;
            let installed = self.installed(&format!("depth-{depth}")).await?;
            let server = installed.start().await?;
            server.import(&flows::patient("bench-depth", sink)).await?;
            seen.hold();
            let limit = Limit { length: FILL_MAX, count: depth as usize };
            let order = || Order::small("/hooks/bench-depth");
            let filled = load::post(server.address, limit, load::CONNECTIONS, order).await?;
            let full_mb = memory::now_mb(server.pid())?;
            let of = format!("{} runs wait", filled.answered.len());
            let (before, cpu) = (seen.count(), server.cpu_us()?);
            let start = Instant::now();
            seen.release();
            while start.elapsed() < WATCH && seen.count() < u64::from(depth) {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            let (seconds, runs) = (start.elapsed().as_secs_f64(), (seen.count() - before) as f64);
            let cpu = (server.cpu_us()? - cpu) as f64;
            sheet.note("depth", &of, "worked off", runs / seconds, "/s");
            sheet.note("depth", &of, "processor time per run", cpu / runs.max(1.0), "µs");
            sheet.note("depth", &of, "memory", full_mb, "MB");
            server.kill();
        }
        Ok(())
    }
}
