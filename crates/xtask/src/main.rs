#![doc = include_str!("../README.md")]

mod bench;
mod browser;
mod cargo;
mod command;
mod debian;
mod docs;
mod fuzz;
mod npm;
mod once;
mod peers;
mod product;
mod python;
mod servers;
mod tests;
mod tidy;
mod toolchain;
mod tools;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use product::Speed;
use workspace::Workspace;

/// Builds, runs, checks and measures Khlong.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Options {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and start the demo (first time: up to 15 minutes on two cores; then seconds)
    Run {
        /// Arguments for `khlong demo`, after `--`
        #[arg(last = true)]
        demo: Vec<String>,
    },
    /// Build the release binary with the web UI in it; the last line is its path (first time: about 20 minutes)
    Build,
    /// Install what the tests need and run them all (first time: up to an hour on two cores; then minutes)
    Test {
        /// Only formatting, arrows, clippy and the tests of the crates: nothing of the browser
        #[arg(long)]
        quick: bool,
    },
    /// Install the servers that tests start, which `test` does too (first time: about 5 minutes)
    Servers,
    /// Build the web UI into `web/dist` (first time: about 5 minutes)
    Web(WebOptions),
    /// Check the arrows between crates and the other habits a machine can watch (seconds)
    Tidy,
    /// Write the documents again that are generated from the code
    Docs,
    /// Put inputs made by chance to whatever reads what others send: flow files, scripts, requests
    Fuzz {
        /// For how long, after the build
        #[arg(long, default_value_t = 120)]
        seconds: u64,
    },
    /// Measure this machine and Khlong on it (after the release build: about 3 minutes)
    Bench(bench::Options),
}

#[derive(Args)]
struct WebOptions {
    /// Small: what goes into a release
    #[arg(long, conflicts_with = "quick")]
    release: bool,
    /// Built fast: what the demo and the tests use (the default)
    #[arg(long)]
    quick: bool,
}

impl WebOptions {
    fn speed(&self) -> Speed {
        if self.release { Speed::Release } else { Speed::Quick }
    }
}

fn main() -> ExitCode {
    match run(Options::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The causes in one line each; a backtrace of xtask itself helps nobody.
            eprintln!("\nfailed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Run { demo } => product::run_demo(&workspace, &demo),
        Task::Build => product::build_release(&workspace),
        Task::Test { quick: true } => tests::quick(&workspace),
        Task::Test { quick: false } => tests::all(&workspace),
        Task::Servers => servers::install_all(&workspace),
        Task::Web(options) => web::build(&workspace, options.speed()),
        Task::Tidy => tidy::check(&workspace),
        Task::Docs => docs::update(&workspace),
        Task::Fuzz { seconds } => fuzz::run(&workspace, seconds),
        Task::Bench(options) => bench::run(&workspace, &options),
    }
}
