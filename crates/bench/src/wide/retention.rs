//! A large day of history goes while events come in.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::flows;
use crate::history::{self, MOVED};
use crate::khlong::Server;
use crate::load::{self, Limit, Order};
use crate::sheet::Sheet;
use crate::sink::{self, Seen};
use crate::wide::Bench;

/// The day is past its time so long after it was made, and is watched for so long before and while it goes: expiry looks
/// when the server starts and a minute later, and the day is due between the two.
const DUE: Duration = Duration::from_secs(40);
const BEFORE: Duration = Duration::from_secs(20);
const GOES: Duration = Duration::from_secs(60);

impl Bench<'_> {
    pub async fn retention(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let installed = self.installed("retention").await?;
        let server = installed.start().await?;
        server.import(&flows::to_an_action(sink)).await?;
        self.work(&server, "bench-w1", &seen, || Order::new("/hooks/bench-w1"), load::CONNECTIONS).await?;
        tokio::time::sleep(MOVED).await;
        server.stop()?;
        let bytes = (self.options.day_gb * f64::from(1 << 30)) as u64;
        let day = history::old_day(&installed, bytes, DUE).await?;
        let of = format!("a day of {} MB, {} runs", day.bytes >> 20, day.runs);
        let server = installed.start().await?;
        longest_pause(&server, &seen, "before a day goes", BEFORE, sheet).await?;
        ensure!(day.is_there(&installed).await?, "the day went too early to be measured");
        longest_pause(&server, &seen, &of, GOES, sheet).await?;
        ensure!(!day.is_there(&installed).await?, "the day has not gone");
        server.stop()
    }
}

/// While many senders wait for answers, nobody gets one for as long as the writer stands still.
async fn longest_pause(
    server: &Server,
    seen: &Seen,
    of: &str,
    length: Duration,
    sheet: &mut Sheet,
) -> Result<()> {
    seen.clear();
    let order = || Order::new("/hooks/bench-w1");
    let outcome = load::post(server.address, Limit::of(length), load::CONNECTIONS, order).await?;
    server.finish("bench-w1").await?;
    sheet.note("retention", of, "accepted", outcome.per_second(), "/s");
    sheet.note("retention", of, "accepted within, 99 of 100", outcome.within_ms(0.99), "ms");
    sheet.note("retention", of, "accepted within, all", outcome.within_ms(1.0), "ms");
    let pause = outcome.longest_pause_ms();
    sheet.note("retention", of, "longest time without an answer", pause, "ms").at_most(50.0);
    Ok(())
}
