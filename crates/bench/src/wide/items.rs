//! For-eaches of a thousand to a million elements, and files of 200 MB.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::khlong::{Installed, Server};
use crate::sheet::Sheet;
use crate::wide::Bench;
use crate::{flows, http1, memory, sink};

/// Elements whose body is a script alone.
const COUNTS: [(&str, u32); 4] = [
    ("1,000 items", 1_000),
    ("10,000 items", 10_000),
    ("100,000 items", 100_000),
    ("1,000,000 items", 1_000_000),
];
const WITH_ACTION: u32 = 10_000;
/// Rows of a file of 200 MB.
const ROWS: u32 = 1_000_000;
const ROW_BYTES: usize = 200;
/// What was freed after the last measurement goes back to the system.
const SETTLE: Duration = Duration::from_secs(2);

impl Bench<'_> {
    pub async fn items(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let installed = self.installed("items").await?;
        let server = installed.start().await?;
        server.import(&flows::over_each_row("bench-rows", "csv")).await?;
        server.import(&flows::over_each_row("bench-list", "json")).await?;
        server.import(&flows::over_each_row_to_an_action("bench-rows-send", sink)).await?;
        for (of, count) in COUNTS {
            let body = flows::table(count, 0);
            pass(&server, &installed, "bench-rows", "text/csv", (of, &body), sheet).await?;
        }
        let before = seen.count();
        let of = "10,000 items with a call";
        let body = flows::table(WITH_ACTION, 0);
        pass(&server, &installed, "bench-rows-send", "text/csv", (of, &body), sheet).await?;
        ensure!(seen.count() - before == u64::from(WITH_ACTION) && seen.doubled() == 0, "each is sent once");
        let body = flows::table(ROWS, ROW_BYTES);
        pass(&server, &installed, "bench-rows", "text/csv", ("200 MB of CSV", &body), sheet).await?;
        let body = flows::list(ROWS, ROW_BYTES);
        pass(&server, &installed, "bench-list", "application/json", ("200 MB of JSON", &body), sheet).await?;
        server.stop()
    }
}

/// Sends one body, and waits for the end of its run.
async fn pass(
    server: &Server,
    installed: &Installed,
    flow: &str,
    content_type: &str,
    (of, body): (&str, &[u8]),
    sheet: &mut Sheet,
) -> Result<()> {
    tokio::time::sleep(SETTLE).await;
    let (held, disk) = (memory::now_mb(server.pid())?, installed.disk_mb().await?);
    let done = server.finish(flow).await?;
    memory::forget_peak(server.pid())?;
    let start = Instant::now();
    let request = http1::request("POST", &format!("/hooks/{flow}"), &[("content-type", content_type)], body);
    let (status, answer) = http1::call(server.address, &request).await?;
    ensure!(status == 202, "{flow}: {status} {answer}");
    let taken = start.elapsed().as_secs_f64();
    ensure!(server.finish(flow).await? == done + 1, "the run is done");
    sheet.note("items", of, "taken in", taken, "s");
    sheet.note("items", of, "in all", start.elapsed().as_secs_f64(), "s");
    sheet.note("items", of, "memory beyond what was held", memory::peak_mb(server.pid())? - held, "MB");
    sheet.note("items", of, "disk", installed.disk_mb().await? - disk, "MB");
    Ok(())
}
