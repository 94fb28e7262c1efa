//! Processes that work beside the server, and what each run costs them and the database.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use testkit_postgres::Database;

use crate::load::{self, Order};
use crate::sheet::Sheet;
use crate::wide::Bench;
use crate::{flows, sink, store};

const BESIDE: [usize; 4] = [0, 1, 2, 4];
/// By then every process has its share of the runs, or something is wrong.
const DEALT_OUT_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(200);

impl Bench<'_> {
    pub async fn processes(&self, sheet: &mut Sheet) -> Result<()> {
        for beside in BESIDE {
            let (sink, seen) = sink::start().await?;
            let installed = self.installed(&format!("processes-{beside}")).await?;
            let database = installed.database.as_ref().context("they need a store that they can share")?;
            let server = installed.start_beside(beside).await?;
            server.import(&flows::to_an_action(sink)).await?;
            dealt_out(database, beside + 1).await?;
            let order = || Order::new("/hooks/bench-w1");
            let worked = self.work(&server, "bench-w1", &seen, order, load::CONNECTIONS).await?;
            let runs = server.finish("bench-w1").await?.max(1) as f64;
            // With its connections closed the database has counted all they did.
            server.stop()?;
            let dead = store::dead_tuples(database).await? as f64 / runs;
            let of = &match beside {
                0 => "the server alone".to_owned(),
                1 => "and 1 worker".to_owned(),
                _ => format!("and {beside} workers"),
            };
            sheet.note("processes", of, "accepted", worked.accepted_per_s, "/s").at_least(8_000.0);
            sheet.note("processes", of, "finished", worked.finished_per_s, "/s").at_least(2_000.0);
            sheet.note("processes", of, "our processor time per run", worked.cpu_us_per_run, "µs");
            sheet.note("processes", of, "the database's", worked.database_us_per_run, "µs");
            sheet.note("processes", of, "WAL per run", worked.wal_bytes_per_run / 1_000.0, "kB").at_most(4.0);
            sheet.note("processes", of, "dead tuples per run", dead, "").at_most(1.1);
            sheet.note("processes", of, "lost", worked.lost as f64, "").at_most(0.0);
            sheet.note("processes", of, "doubled", worked.doubled as f64, "").at_most(0.0);
        }
        Ok(())
    }
}

/// Waits until so many processes hold shards, all of them and each as many as the next.
async fn dealt_out(database: &Database, processes: usize) -> Result<()> {
    let mut connection = database.connect().await?;
    let sql = "SELECT count(*) FROM (
                   SELECT owner, count(*) AS shards FROM shard GROUP BY owner
               ) AS held WHERE owner IS NOT NULL AND shards <= (SELECT count(*) FROM shard) / $1 + 1";
    let start = Instant::now();
    loop {
        let content: i64 = sqlx::query_scalar(sql).bind(processes as i64).fetch_one(&mut connection).await?;
        if content == processes as i64 {
            return Ok(());
        }
        ensure!(start.elapsed() < DEALT_OUT_WITHIN, "{content} of {processes} processes hold their share");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
