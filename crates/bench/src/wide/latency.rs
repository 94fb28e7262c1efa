//! How long one order takes while there is little else to do.

use std::time::Duration;

use anyhow::Result;

use crate::flows;
use crate::khlong::Server;
use crate::load::{self, Limit, Order, Outcome, within_ms};
use crate::sheet::Sheet;
use crate::sink::{self, Seen};
use crate::wide::Bench;

const FLOW: &str = "bench-w1";
const FEW_PER_S: u32 = 100;
const SOME_PER_S: u32 = 1_000;
const WARM_UP: Duration = Duration::from_secs(2);

impl Bench<'_> {
    pub async fn latency(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let installed = self.installed("latency").await?;
        let server = installed.start().await?;
        server.import(&flows::to_an_action(sink)).await?;
        steady(&server, &seen, FEW_PER_S, WARM_UP).await?;
        let few = steady(&server, &seen, FEW_PER_S, self.options.length()).await?;
        let took = seen.after_us(&few);
        let of = "100 orders/s";
        sheet
            .note("latency", of, "at the target within, half of them", within_ms(&took, 0.5), "ms")
            .at_most(3.0);
        sheet
            .note("latency", of, "at the target within, 99 of 100", within_ms(&took, 0.99), "ms")
            .at_most(15.0);
        sheet.note("latency", of, "accepted within, 99 of 100", few.within_ms(0.99), "ms");
        let some = steady(&server, &seen, SOME_PER_S, self.options.length()).await?;
        let took = seen.after_us(&some);
        let of = "1,000 orders/s";
        sheet.note("latency", of, "at the target within, half of them", within_ms(&took, 0.5), "ms");
        sheet.note("latency", of, "at the target within, 99 of 100", within_ms(&took, 0.99), "ms");
        sheet.note("latency", of, "accepted within, 99 of 100", some.within_ms(0.99), "ms").at_most(10.0);
        server.stop()
    }
}

async fn steady(server: &Server, seen: &Seen, per_second: u32, length: Duration) -> Result<Outcome> {
    seen.clear();
    let limit = Limit::of(length).at(per_second);
    let outcome =
        load::post(server.address, limit, load::CONNECTIONS, || Order::new("/hooks/bench-w1")).await?;
    server.finish(FLOW).await?;
    Ok(outcome)
}
