//! The scenes, each on a store of its own, and the load that most of them share.

mod depth;
mod history;
mod idle;
mod items;
mod keys;
mod latency;
mod payload;
mod processes;
mod restart;
mod retention;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::khlong::{Installed, Server};
use crate::load::{self, Limit, Order};
use crate::report::Results;
use crate::sheet::Sheet;
use crate::sink::Seen;
use crate::store::{Kind, Postgres, Spent};
use crate::{Options, Scene, scenes};

pub struct Bench<'a> {
    pub options: &'a Options,
    pub program: &'a Path,
    pub folder: &'a Path,
    /// Where stores are databases and not folders.
    pub postgres: Option<&'a Postgres>,
}

/// What a load came to.
pub struct Worked {
    pub accepted_per_s: f64,
    pub finished_per_s: f64,
    pub cpu_us_per_run: f64,
    /// What the database server spent meanwhile; nothing where there is none.
    pub database_us_per_run: f64,
    pub wal_bytes_per_run: f64,
    pub lost: u64,
    pub doubled: u64,
}

impl Bench<'_> {
    /// All scenes that are wanted. One that fails is noted, and the others go on.
    pub async fn measure(&self) -> Results {
        let mut results = Results { kind: self.kind(), figures: None, sheet: Sheet::default() };
        let wanted = |scene: &&Scene| self.options.wants(**scene) && scene.is_possible_on(self.kind());
        for scene in Scene::value_variants().iter().filter(wanted) {
            eprintln!("==> {} on {}", scene.name(), self.kind().name());
            if let Err(error) = self.scene(*scene, &mut results).await {
                eprintln!("    {} is not measured: {error:#}", scene.name());
                results.sheet.broken.push((*scene, format!("{error:#}")));
            }
        }
        results
    }

    async fn scene(&self, scene: Scene, results: &mut Results) -> Result<()> {
        let sheet = &mut results.sheet;
        match scene {
            Scene::Usual => {
                let installed = self.installed("usual").await?;
                results.figures = Some(scenes::measure(&installed, self.options.length()).await?);
                Ok(())
            }
            Scene::Keys => self.keys(sheet).await,
            Scene::Depth => self.depth(sheet).await,
            Scene::History => self.history(sheet).await,
            Scene::Payload => self.payload(sheet).await,
            Scene::Items => self.items(sheet).await,
            Scene::Retention => self.retention(sheet).await,
            Scene::Latency => self.latency(sheet).await,
            Scene::Restart => self.restart(sheet).await,
            Scene::Idle => self.idle(sheet).await,
            Scene::Fifo => self.fifo(sheet).await,
            Scene::Processes => self.processes(sheet).await,
        }
    }

    fn kind(&self) -> Kind {
        if self.postgres.is_some() { Kind::Postgres } else { Kind::Sqlite }
    }

    pub async fn spent(&self) -> Result<Option<Spent>> {
        match self.postgres {
            Some(postgres) => postgres.spent().await.map(Some),
            None => Ok(None),
        }
    }

    /// A folder or a database of its own, so that no scene finds what another one left.
    pub async fn installed(&self, name: &str) -> Result<Installed> {
        let database = match self.postgres {
            Some(postgres) => Some(postgres.database().await?),
            None => None,
        };
        let data: PathBuf = self.folder.join(format!("{name}-on-{}", self.kind().word()));
        std::fs::create_dir_all(&data).context("making a data folder")?;
        Ok(Installed::new(self.program.to_owned(), data, database))
    }

    /// A load for the usual time, and what it cost until its last run ended.
    pub async fn work(
        &self,
        server: &Server,
        flow: &str,
        seen: &Seen,
        order: impl Fn() -> Order,
        connections: usize,
    ) -> Result<Worked> {
        load::post(server.address, Limit::of(self.options.length() / 5), connections, &order).await?;
        let before = server.finish(flow).await?;
        seen.clear();
        let (spent, cpu, start) = (self.spent().await?, server.cpu_us()?, Instant::now());
        let outcome =
            load::post(server.address, Limit::of(self.options.length()), connections, &order).await?;
        let runs = (server.finish(flow).await? - before) as f64;
        let seconds = start.elapsed().as_secs_f64();
        let per_run = |spent: f64| spent / runs.max(1.0);
        let cpu_us_per_run = per_run((server.cpu_us()? - cpu) as f64);
        let (database_us, wal_bytes) = match (spent, self.spent().await?) {
            (Some(before), Some(now)) => {
                (now.cpu_us.saturating_sub(before.cpu_us), now.wal_bytes - before.wal_bytes)
            }
            _ => (0, 0),
        };
        Ok(Worked {
            accepted_per_s: outcome.per_second(),
            finished_per_s: runs / seconds,
            cpu_us_per_run,
            database_us_per_run: per_run(database_us as f64),
            wal_bytes_per_run: per_run(wal_bytes as f64),
            lost: seen.missing(&outcome.answered),
            doubled: seen.doubled(),
        })
    }
}
