//! A hundred thousand runs are open when the process is killed, and go on when it is started again.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::flows;
use crate::load::{self, Limit, Order};
use crate::sheet::Sheet;
use crate::sink::{self, Seen};
use crate::store::Kind;
use crate::wide::Bench;

const OPEN: usize = 100_000;
const FILL_MAX: Duration = Duration::from_secs(120);
/// Who waited for an answer when the process died has noticed by then.
const SILENCE: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(120);

impl Bench<'_> {
    pub async fn restart(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let installed = self.installed("restart").await?;
        let server = installed.start().await?;
        server.import(&flows::patient("bench-restart", sink)).await?;
        seen.hold();
        let limit = Limit::of(FILL_MAX).to(OPEN);
        let order = || Order::small("/hooks/bench-restart");
        let open = load::post(server.address, limit, load::CONNECTIONS, order).await?;
        server.kill();
        seen.release();
        tokio::time::sleep(SILENCE).await;
        let (server, first_step) = tokio::try_join!(installed.start(), goes_on(&seen))?;
        let first_step = first_step - server.began;
        let of = &format!("{} open runs", open.answered.len());
        // Another process may still be alive and hold the runs: a lease has to end before they are taken over.
        let most = if self.kind() == Kind::Postgres { 18.0 } else { 3.0 };
        sheet.note("restart", of, "until ready", server.ready_after.as_secs_f64(), "s").at_most(most);
        sheet.note("restart", of, "until the first step", first_step.as_secs_f64(), "s").at_most(most);
        server.finish("bench-restart").await?;
        sheet.note("restart", of, "until the last run ended", server.began.elapsed().as_secs_f64(), "s");
        sheet.note("restart", of, "lost", seen.missing(&open.answered) as f64, "").at_most(0.0);
        server.stop()
    }
}

/// When the target has answered the next order.
async fn goes_on(seen: &Seen) -> Result<Instant> {
    let (start, before) = (Instant::now(), seen.count());
    while seen.count() == before {
        ensure!(start.elapsed() < PATIENCE, "no run went on within {PATIENCE:?}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(Instant::now())
}
