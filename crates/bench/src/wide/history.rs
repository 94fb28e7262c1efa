//! A long history behind the same load.

use anyhow::Result;

use crate::flows;
use crate::history::{self, MOVED};
use crate::khlong::Server;
use crate::load::{self, Order};
use crate::sheet::Sheet;
use crate::sink::{self, Seen};
use crate::wide::Bench;

impl Bench<'_> {
    pub async fn history(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let installed = self.installed("history").await?;
        let server = installed.start().await?;
        server.import(&flows::to_an_action(sink)).await?;
        self.with_history(&server, &seen, "no history", sheet).await?;
        tokio::time::sleep(MOVED).await;
        server.stop()?;
        let rows = history::fill(&installed, self.options.history_rows).await?;
        let server = installed.start().await?;
        self.with_history(&server, &seen, &format!("{rows} runs of history"), sheet).await?;
        server.stop()
    }

    async fn with_history(&self, server: &Server, seen: &Seen, of: &str, sheet: &mut Sheet) -> Result<()> {
        let worked =
            self.work(server, "bench-w1", seen, || Order::new("/hooks/bench-w1"), load::CONNECTIONS).await?;
        sheet.note("history", of, "finished", worked.finished_per_s, "/s");
        sheet.note("history", of, "processor time per run", worked.cpu_us_per_run, "µs");
        sheet.note("history", of, "the newest 50 runs", server.list_ms("bench-w1").await?, "ms");
        Ok(())
    }
}
