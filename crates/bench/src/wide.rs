//! What must not get slower when there is more of it: keys, runs that wait, history, bytes, processes.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::flows;
use crate::history;
use crate::khlong::{Installed, Server};
use crate::load::{self, Limit, Order};
use crate::memory;
use crate::sink::{self, Seen};
use crate::{Options, Scene};

const KEYS: [u32; 3] = [10, 1_000, 100_000];
/// How many runs wait when the target begins to answer.
const DEPTHS: [u32; 3] = [2_000, 100_000, 1_000_000];
/// How long the working off of a deep queue is watched; the rest is thrown away with its folder.
const WATCH: Duration = Duration::from_secs(10);
/// A queue that is not filled by then is measured as deep as it is.
const FILL_MAX: Duration = Duration::from_secs(240);
/// After this, ended runs have moved to where the history is.
const MOVED: Duration = Duration::from_secs(20);
/// A large day is past its time so long after it was made, and is watched for so long before and while it goes.
const DUE: Duration = Duration::from_secs(40);
const BEFORE: Duration = Duration::from_secs(20);
const GOES: Duration = Duration::from_secs(60);
/// Bytes of a body, and over how many connections such bodies come.
const PAYLOADS: [(&str, usize, usize); 3] =
    [("1 KB", 1_000, 64), ("100 KB", 100_000, 32), ("5 MB", 5_000_000, 4)];

/// One figure of one scene.
pub struct Measured {
    pub scene: &'static str,
    /// Such as `100,000 keys`.
    pub of: String,
    pub what: &'static str,
    pub value: f64,
    pub unit: &'static str,
}

/// Where scenes put their figures.
#[derive(Default)]
pub struct Sheet(pub Vec<Measured>);

impl Sheet {
    pub fn note(
        &mut self,
        scene: &'static str,
        of: &str,
        what: &'static str,
        value: f64,
        unit: &'static str,
    ) {
        eprintln!("    {of}: {what} {value:.1} {unit}");
        self.0.push(Measured { scene, of: of.to_owned(), what, value, unit });
    }

    pub fn json(&self) -> Value {
        let row = |row: &Measured| {
            let value = (row.value * 1_000.0).round() / 1_000.0;
            json!({"scene": row.scene, "of": row.of, "what": row.what, "value": value, "unit": row.unit})
        };
        self.0.iter().map(row).collect()
    }
}

pub struct Bench<'a> {
    pub options: &'a Options,
    pub program: PathBuf,
    pub folder: &'a Path,
}

/// What a load came to.
struct Worked {
    accepted_per_s: f64,
    finished_per_s: f64,
    cpu_us_per_run: f64,
}

impl Bench<'_> {
    pub async fn measure(&self) -> Result<Sheet> {
        let mut sheet = Sheet::default();
        if self.options.wants(Scene::Keys) {
            eprintln!("==> ordering keys");
            self.keys(&mut sheet).await?;
        }
        // What these two leave behind goes with its folder; in a database the next scene would find it.
        let alone = self.options.store.is_none();
        for scene in [Scene::Depth, Scene::History, Scene::Retention] {
            if self.options.wants(scene) && !alone {
                eprintln!(
                    "==> depth, history and retention are measured with SQLite only: leave out --store"
                );
            }
        }
        if alone && self.options.wants(Scene::Depth) {
            eprintln!("==> runs that wait");
            self.depth(&mut sheet).await?;
        }
        if alone && self.options.wants(Scene::History) {
            eprintln!("==> history");
            self.history(&mut sheet).await?;
        }
        if alone && self.options.wants(Scene::Retention) {
            eprintln!("==> a day of history goes");
            self.retention(&mut sheet).await?;
        }
        if self.options.wants(Scene::Payload) {
            eprintln!("==> bytes of a body");
            self.payload(&mut sheet).await?;
        }
        if self.options.wants(Scene::Items) {
            eprintln!("==> long lists and files");
            self.items(&mut sheet).await?;
        }
        Ok(sheet)
    }

    /// A folder of its own, so that no scene finds what another one left.
    pub fn installed(&self, name: &str) -> Installed {
        let (program, data) = (self.program.clone(), self.folder.join(name));
        let Options { store, workers, .. } = self.options;
        Installed { program, data, store: store.clone(), workers: *workers }
    }

    async fn keys(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let server = self.installed("keys").start()?;
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

    async fn depth(&self, sheet: &mut Sheet) -> Result<()> {
        for depth in DEPTHS.into_iter().filter(|depth| *depth <= self.options.depth_max) {
            let (sink, seen) = sink::start().await?;
            let installed = self.installed(&format!("depth-{depth}"));
            let server = installed.start()?;
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
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let (seconds, runs) = (start.elapsed().as_secs_f64(), (seen.count() - before) as f64);
            let cpu = (server.cpu_us()? - cpu) as f64;
            sheet.note("depth", &of, "worked off", runs / seconds, "/s");
            sheet.note("depth", &of, "processor time per run", cpu / runs.max(1.0), "µs");
            sheet.note("depth", &of, "memory", full_mb, "MB");
            server.kill()?;
            std::fs::remove_dir_all(&installed.data).context("removing a deep queue")?;
        }
        Ok(())
    }

    async fn history(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let installed = self.installed("history");
        let mut server = installed.start()?;
        server.import(&flows::to_an_action(sink)).await?;
        self.with_history(&server, &seen, "no history", sheet).await?;
        // Ended runs move to their day's file a while after their end.
        tokio::time::sleep(MOVED).await;
        server.stop()?;
        let wanted = self.options.history_rows;
        let rows = match history::fill(&installed.data, wanted) {
            Ok(rows) => rows,
            Err(error) => {
                eprintln!("    not measured with a history: {error:#}");
                return Ok(());
            }
        };
        server = installed.start()?;
        self.with_history(&server, &seen, &format!("{rows} runs of history"), sheet).await?;
        server.stop()?;
        std::fs::remove_dir_all(&installed.data).context("removing the history")
    }

    async fn with_history(&self, server: &Server, seen: &Seen, of: &str, sheet: &mut Sheet) -> Result<()> {
        let worked =
            self.work(server, "bench-w1", seen, || Order::new("/hooks/bench-w1"), load::CONNECTIONS).await?;
        sheet.note("history", of, "finished", worked.finished_per_s, "/s");
        sheet.note("history", of, "processor time per run", worked.cpu_us_per_run, "µs");
        sheet.note("history", of, "the newest 50 runs", server.list_ms("bench-w1").await?, "ms");
        Ok(())
    }

    /// Expiry looks when the server starts and a minute later: the day is due between the two.
    async fn retention(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let installed = self.installed("retention");
        let server = installed.start()?;
        server.import(&flows::to_an_action(sink)).await?;
        self.work(&server, "bench-w1", &seen, || Order::new("/hooks/bench-w1"), load::CONNECTIONS).await?;
        tokio::time::sleep(MOVED).await;
        server.stop()?;
        history::fill_to(&installed.data, (self.options.day_gb * f64::from(1 << 30)) as u64)?;
        let day = history::age(&installed.data, DUE)?;
        let of = format!("a day of {} MB, {} runs", day.bytes >> 20, day.runs);
        let server = installed.start()?;
        self.longest_pause(&server, &seen, "before a day goes", BEFORE, sheet).await?;
        ensure!(day.file.exists(), "the day went too early to be measured");
        self.longest_pause(&server, &seen, &of, GOES, sheet).await?;
        ensure!(!day.file.exists(), "the day has not gone");
        server.stop()?;
        std::fs::remove_dir_all(&installed.data).context("removing the history")
    }

    /// While many senders wait for answers, nobody gets one for as long as the writer stands still.
    async fn longest_pause(
        &self,
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
        sheet.note("retention", of, "longest time without an answer", outcome.longest_pause_ms(), "ms");
        Ok(())
    }

    async fn payload(&self, sheet: &mut Sheet) -> Result<()> {
        let (sink, seen) = sink::start().await?;
        let server = self.installed("payload").start()?;
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

    /// A load for the usual time, and what it cost until its last run ended.
    async fn work(
        &self,
        server: &Server,
        flow: &str,
        seen: &Seen,
        order: impl Fn() -> Order,
        connections: usize,
    ) -> Result<Worked> {
        seen.clear();
        load::post(server.address, Limit::of(self.options.length() / 5), connections, &order).await?;
        let before = server.finish(flow).await?;
        let (start, cpu) = (Instant::now(), server.cpu_us()?);
        let outcome =
            load::post(server.address, Limit::of(self.options.length()), connections, &order).await?;
        let runs = (server.finish(flow).await? - before) as f64;
        let seconds = start.elapsed().as_secs_f64();
        let cpu = (server.cpu_us()? - cpu) as f64;
        Ok(Worked {
            accepted_per_s: outcome.per_second(),
            finished_per_s: runs / seconds,
            cpu_us_per_run: cpu / runs.max(1.0),
        })
    }
}
