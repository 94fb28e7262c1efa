//! What a server takes that has nothing to do.

use std::time::Duration;

use anyhow::Result;

use crate::sheet::Sheet;
use crate::wide::Bench;
use crate::{flows, memory, sink};

/// What is done once after a start is done by then.
const SETTLE: Duration = Duration::from_secs(10);
const WATCH: Duration = Duration::from_secs(10);

impl Bench<'_> {
    pub async fn idle(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, _) = sink::start().await?;
        let installed = self.installed("idle").await?;
        let server = installed.start().await?;
        server.import(&flows::to_an_action(sink)).await?;
        tokio::time::sleep(SETTLE).await;
        let (cpu, before) = (server.cpu_us()?, self.spent().await?);
        tokio::time::sleep(WATCH).await;
        let share = |us: u64| us as f64 / WATCH.as_micros() as f64 * 100.0;
        let of = "a live flow";
        sheet.note("idle", of, "processor time", share(server.cpu_us()? - cpu), "%").at_most(0.5);
        sheet.note("idle", of, "memory", memory::now_mb(server.pid())?, "MB").at_most(60.0);
        if let (Some(before), Some(after)) = (before, self.spent().await?) {
            sheet.note(
                "idle",
                of,
                "the database's processor time",
                share(after.cpu_us.saturating_sub(before.cpu_us)),
                "%",
            );
        }
        server.stop()
    }
}
