#![doc = include_str!("../README.md")]

mod flows;
mod http1;
mod khlong;
mod limits;
mod load;
mod memory;
mod report;
mod scenes;
mod sink;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// Measures this machine, and Khlong on it.
#[derive(Parser)]
struct Options {
    /// The program to measure.
    #[arg(long)]
    khlong: Option<PathBuf>,
    /// How long each load runs.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Print one JSON object as the last line.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    part: Option<Part>,
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
    let khlong = options.khlong.context("--khlong names the program to measure")?;
    let length = Duration::from_secs(u64::from(options.seconds.max(1)));
    // One thread for load and sink together: a second one would take the other core from what is measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let figures = runtime.block_on(scenes::measure(&khlong, length))?;
    report::print(&figures);
    if options.json {
        println!("{}", report::json(&figures));
    }
    Ok(())
}
