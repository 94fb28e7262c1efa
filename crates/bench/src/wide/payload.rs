//! Bytes of a body.

use anyhow::Result;

use crate::load::Order;
use crate::sheet::Sheet;
use crate::wide::Bench;
use crate::{flows, memory, sink};

/// Bytes of a body, and over how many connections such bodies come.
const PAYLOADS: [(&str, usize, usize); 3] =
    [("1 KB", 1_000, 64), ("100 KB", 100_000, 32), ("5 MB", 5_000_000, 4)];

impl Bench<'_> {
    pub async fn payload(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let installed = self.installed("payload").await?;
        let server = installed.start().await?;
        server.import(&flows::of_any_size("bench-payload", sink)).await?;
        for (of, bytes, connections) in PAYLOADS {
            let order = || Order::of_bytes("/hooks/bench-payload", bytes);
            memory::forget_peak(server.pid())?;
            let worked = self.work(&server, "bench-payload", &seen, order, connections).await?;
            sheet.note("payload", of, "accepted", worked.accepted_per_s, "/s");
            sheet.note("payload", of, "finished", worked.finished_per_s, "/s");
            sheet.note("payload", of, "processor time per run", worked.cpu_us_per_run, "µs");
            sheet.note("payload", of, "peak memory", memory::peak_mb(server.pid())?, "MB");
        }
        server.stop()
    }
}
