//! Inputs made by chance, for as long as one likes.

use anyhow::Result;

use crate::cargo::cargo;
use crate::workspace::Workspace;

/// All targets side by side, each for so long.
pub fn run(workspace: &Workspace, seconds: u64) -> Result<()> {
    let test =
        cargo(&workspace.root).args(["test", "--locked", "--quiet", "-p", "fuzz", "--test", "targets"]);
    test.args(["--", "--nocapture"]).env("KHLONG_FUZZ_SECONDS", seconds.to_string()).run()
}
