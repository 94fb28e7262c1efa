//! Measuring: the crate `bench` does it, on the release binary.

use anyhow::Result;

use crate::cargo::build_program;
use crate::command::{Cmd, step};
use crate::product::{self, Speed};
use crate::workspace::Workspace;

/// `more` goes to the load generator as it is: its `--help` says what it takes.
pub fn run(workspace: &Workspace, json: bool, seconds: u32, more: &[String]) -> Result<()> {
    let khlong = product::build(workspace, Speed::Release)?;
    let bench = step("compiling the load generator", "first time: 1 to 2 minutes", || {
        build_program(workspace, "bench", "bench", "release")
    })?;
    let bench = Cmd::new(bench, &workspace.root).arg("--khlong").arg(khlong);
    let bench = bench.arg("--seconds").arg(seconds.to_string()).args(more);
    if json { bench.arg("--json").run() } else { bench.run() }
}
