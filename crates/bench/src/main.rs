#![doc = include_str!("../README.md")]

mod flows;
mod history;
mod http1;
mod khlong;
mod limits;
mod load;
mod memory;
mod peers;
mod process;
mod report;
mod scenes;
mod sheet;
mod sink;
mod store;
mod wide;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use store::{Kind, Postgres};
use tokio::task::LocalSet;
use wide::Bench;

/// Measures this machine, and Khlong on it.
#[derive(Parser)]
struct Options {
    /// The program to measure.
    #[arg(long)]
    khlong: Option<PathBuf>,
    /// How long each load runs.
    #[arg(long, default_value_t = 10, default_value_if("short", "true", "3"))]
    seconds: u32,
    /// Only these scenes, parted by commas; without it the usual ones.
    #[arg(long, value_delimiter = ',', value_name = "SCENES")]
    only: Vec<Scene>,
    /// Shorter loads, shallower queues and a smaller history, unless said otherwise.
    #[arg(long)]
    short: bool,
    /// The deepest queue to measure.
    #[arg(long, default_value_t = 1_000_000, value_name = "RUNS")]
    #[arg(default_value_if("short", "true", "100000"))]
    depth_max: u32,
    /// How long a history to make.
    #[arg(long, default_value_t = 10_000_000, value_name = "RUNS")]
    #[arg(default_value_if("short", "true", "1000000"))]
    history_rows: i64,
    /// How large the day is that goes.
    #[arg(long, default_value_t = 2.0, value_name = "GB")]
    #[arg(default_value_if("short", "true", "0.5"))]
    day_gb: f64,
    /// On a PostgreSQL that is started for it, and not on SQLite.
    #[arg(long)]
    postgres: bool,
    /// Every scene, or those of `--only`, on SQLite and then on PostgreSQL.
    #[arg(long, conflicts_with = "postgres")]
    all: bool,
    /// Instead of scenes: Khlong, Node-RED and n8n do the same work. `cargo xtask bench --peers` installs them here.
    #[arg(long, value_name = "FOLDER")]
    peers: Option<PathBuf>,
    /// Print one JSON object as the last line.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scene {
    /// The loads w1, w2 and w3, memory and the start.
    Usual,
    /// 10, 1,000 and 100,000 ordering keys.
    Keys,
    /// 2,000, 100,000 and 1,000,000 runs that wait.
    Depth,
    /// No ended runs, and ten million.
    History,
    /// Bodies of 1 KB, 100 KB and 5 MB.
    Payload,
    /// For-eaches of 1,000 to 1,000,000 elements, and files of 200 MB.
    Items,
    /// A large day of history goes while events come in.
    Retention,
    /// How long one order takes, at 100 and at 1,000 a second.
    Latency,
    /// 100,000 open runs, and the process is killed.
    Restart,
    /// What a server takes that has nothing to do.
    Idle,
    /// 100 runs wait for each of 1,000 ordering keys.
    Fifo,
    /// 0, 1, 2 and 4 workers beside the server; they need PostgreSQL.
    Processes,
}

impl Options {
    fn wants(&self, scene: Scene) -> bool {
        self.only.contains(&scene) || self.only.is_empty() && (self.all || scene == Scene::Usual)
    }

    fn stores(&self) -> &'static [Kind] {
        match (self.all, self.postgres) {
            (true, _) => &[Kind::Sqlite, Kind::Postgres],
            (_, true) => &[Kind::Postgres],
            _ => &[Kind::Sqlite],
        }
    }

    fn check(&self) -> Result<()> {
        let alone = self.only.contains(&Scene::Processes) && self.stores() == [Kind::Sqlite];
        ensure!(!alone, "processes can only share PostgreSQL: add --postgres");
        Ok(())
    }

    fn length(&self) -> Duration {
        Duration::from_secs(u64::from(self.seconds.max(1)))
    }
}

impl Scene {
    fn is_possible_on(self, kind: Kind) -> bool {
        self != Self::Processes || kind == Kind::Postgres
    }

    /// As `--only` has it.
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

#[derive(Subcommand)]
enum Part {
    /// The handler without a store, as a process of its own.
    #[command(hide = true)]
    Bare,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<()> {
    if let Some(Part::Bare) = options.part {
        return limits::serve_bare();
    }
    // One thread for load and sink together: a second one would take the other core from what is measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(LocalSet::new().run_until(measure(&options)))
}

async fn measure(options: &Options) -> Result<()> {
    if let Some(folder) = &options.peers {
        return peers::measure(options, folder).await;
    }
    options.check()?;
    let program = options.khlong.clone().context("--khlong names the program to measure")?;
    let folder = tempfile::tempdir().context("making a data folder")?;
    let postgres = options.stores().contains(&Kind::Postgres).then(Postgres::start).transpose()?;
    let limits = limits::measure(folder.path(), options.length(), postgres.as_ref()).await?;
    let mut results = Vec::new();
    for kind in options.stores() {
        let postgres = postgres.as_ref().filter(|_| *kind == Kind::Postgres);
        let bench = Bench { options, program: &program, folder: folder.path(), postgres };
        results.push(bench.measure().await);
    }
    report::print(&limits, &results);
    if options.json {
        println!("{}", report::json(&limits, &results));
    }
    let broken: usize = results.iter().map(|results| results.sheet.broken.len()).sum();
    ensure!(broken == 0, "{broken} scenes could not be measured: the table says why");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Options {
        Options::parse_from(line.split(' '))
    }

    #[test]
    fn everything_is_measured_on_both_stores() {
        let all = options("bench --all");
        assert!(Scene::value_variants().iter().all(|scene| all.wants(*scene)));
        assert!(all.stores() == [Kind::Sqlite, Kind::Postgres] && all.check().is_ok());
        let one = options("bench --all --only keys,processes");
        assert!(one.wants(Scene::Keys) && !one.wants(Scene::Usual) && one.check().is_ok());
    }

    #[test]
    fn what_is_said_counts_more_than_short() {
        let short = options("bench --short --depth-max 500000");
        assert_eq!((short.seconds, short.depth_max, short.history_rows), (3, 500_000, 1_000_000));
        assert_eq!(options("bench").depth_max, 1_000_000);
    }

    #[test]
    fn several_processes_need_a_store_that_they_can_share() {
        assert!(options("bench --only processes").check().is_err());
        assert!(options("bench --only processes --postgres").check().is_ok());
    }
}
