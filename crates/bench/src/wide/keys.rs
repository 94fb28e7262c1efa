//! Ordering keys: one run at a time for each.

use anyhow::Result;

use crate::load::{self, Order};
use crate::sheet::Sheet;
use crate::wide::Bench;
use crate::{flows, sink};

const KEYS: [u32; 3] = [10, 1_000, 100_000];

impl Bench<'_> {
    pub async fn keys(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let installed = self.installed("keys").await?;
        let server = installed.start().await?;
        for keys in KEYS {
            let flow = format!("bench-keys-{keys}");
            server.import(&flows::in_order(&flow, keys, sink)).await?;
            let worked = self
                .work(&server, &flow, &seen, || Order::small(&format!("/hooks/{flow}")), load::CONNECTIONS)
                .await?;
            let of = format!("{keys} keys");
            sheet.note("keys", &of, "accepted", worked.accepted_per_s, "/s");
            sheet.note("keys", &of, "finished", worked.finished_per_s, "/s");
            sheet.note("keys", &of, "processor time per run", worked.cpu_us_per_run, "µs");
        }
        server.stop()
    }
}
