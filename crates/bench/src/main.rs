#![doc = include_str!("../README.md")]

mod flows;
mod history;
mod http1;
mod items;
mod khlong;
mod limits;
mod load;
mod memory;
mod report;
mod scenes;
mod sink;
mod wide;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand, ValueEnum};
use tokio::task::LocalSet;
use wide::Bench;

/// Measures this machine, and Khlong on it.
#[derive(Parser)]
struct Options {
    /// The program to measure.
    #[arg(long)]
    khlong: Option<PathBuf>,
    /// How long each load runs.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Only these scenes, parted by commas; without it the usual ones.
    #[arg(long, value_delimiter = ',', value_name = "SCENES")]
    only: Vec<Scene>,
    /// The deepest queue to measure.
    #[arg(long, default_value_t = 1_000_000, value_name = "RUNS")]
    depth_max: u32,
    /// How long a history to make.
    #[arg(long, default_value_t = 10_000_000, value_name = "RUNS")]
    history_rows: i64,
    /// How large the day is that goes.
    #[arg(long, default_value_t = 2.0, value_name = "GB")]
    day_gb: f64,
    /// An empty store to measure on, such as `postgres://…`; a folder of SQLite without it.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// `khlong worker` processes beside the server; they need a store that can be shared.
    #[arg(long, default_value_t = 0, value_name = "COUNT", requires = "store")]
    workers: usize,
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
}

impl Options {
    fn wants(&self, scene: Scene) -> bool {
        self.only.contains(&scene) || self.only.is_empty() && scene == Scene::Usual
    }

    fn length(&self) -> Duration {
        Duration::from_secs(u64::from(self.seconds.max(1)))
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
    let program = options.khlong.clone().context("--khlong names the program to measure")?;
    let folder = tempfile::tempdir().context("making a data folder")?;
    let mut figures = scenes::limits(folder.path(), options.length()).await?;
    let bench = Bench { options, program, folder: folder.path() };
    if options.wants(Scene::Usual) {
        figures = scenes::measure(&bench.installed("data"), options.length(), figures).await?;
    }
    let sheet = bench.measure().await?;
    if options.wants(Scene::Usual) {
        report::print(&figures);
    }
    report::print_sheet(&sheet);
    if options.json {
        let usual = options.wants(Scene::Usual);
        let mut object = if usual { report::json(&figures) } else { report::limits_json(&figures) };
        object["scenes"] = sheet.json();
        println!("{object}");
    }
    Ok(())
}
