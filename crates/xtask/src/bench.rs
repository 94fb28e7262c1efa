//! Measuring: the crate `bench` does it, on the release binary.

use anyhow::Result;
use clap::Args;

use crate::browser;
use crate::cargo::build_program;
use crate::command::{Cmd, step};
use crate::peers;
use crate::product::{self, Speed};
use crate::tools;
use crate::workspace::Workspace;

#[derive(Args)]
pub struct Options {
    /// Print one JSON object as the last line
    #[arg(long)]
    json: bool,
    /// How long each of the loads runs [default: 10]
    #[arg(long)]
    seconds: Option<u32>,
    /// Only these scenes, parted by commas: the README of crates/bench says which there are
    #[arg(long, value_name = "SCENES")]
    only: Option<String>,
    /// On PostgreSQL instead of SQLite; it is installed if need be, and started for this alone
    #[arg(long)]
    postgres: bool,
    /// Every scene, or those of `--only`, on SQLite and then on PostgreSQL
    #[arg(long, conflicts_with = "postgres")]
    all: bool,
    /// Instead of that: the same work done by Khlong, Node-RED and n8n, which it installs (first time: 10 to 20 minutes more; then about 8 in all)
    #[arg(long, conflicts_with_all = ["only", "postgres", "all", "short"])]
    peers: bool,
    /// Instead of that: how much a browser fetches, how soon a page is there, and how a large flow moves (after the release
    /// build about 2 minutes)
    #[arg(long, conflicts_with_all = ["only", "postgres", "all", "short", "peers"])]
    browser: bool,
    /// Shorter loads, shallower queues, less history
    #[arg(long)]
    short: bool,
    /// More for the load generator, after `--`; its `--help` says what
    #[arg(last = true)]
    more: Vec<String>,
}

impl Options {
    fn for_the_load_generator(&self) -> Vec<String> {
        let mut all = Vec::new();
        let seconds = self.seconds.map(|seconds| seconds.to_string());
        for (name, value) in [("--seconds", &seconds), ("--only", &self.only)] {
            all.extend(value.iter().flat_map(|value| [name.to_owned(), value.clone()]));
        }
        let flags = [
            ("--json", self.json),
            ("--postgres", self.postgres),
            ("--all", self.all),
            ("--short", self.short),
        ];
        all.extend(flags.into_iter().filter(|(_, said)| *said).map(|(name, _)| name.to_owned()));
        all.extend(self.more.iter().cloned());
        all
    }
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.postgres || options.all {
        tools::postgres_programs(workspace)?;
    }
    let khlong = product::build(workspace, Speed::Release)?;
    if options.browser {
        return browser::measure(workspace, &khlong);
    }
    let bench = step("compiling the load generator", "first time: 1 to 2 minutes", || {
        build_program(workspace, "bench", "bench", "release")
    })?;
    let mut bench = Cmd::new(bench, &workspace.root).arg("--khlong").arg(khlong);
    if options.peers {
        bench = bench.arg("--peers").arg(peers::install(workspace)?);
    }
    bench.args(options.for_the_load_generator()).run()
}
