//! Inputs made by chance, for as long as one likes.

use anyhow::Result;

use crate::cargo::cargo;
use crate::workspace::Workspace;

/// All targets side by side, each for so long.
pub fn run(workspace: &Workspace, seconds: u64) -> Result<()> {
    // Of the whole workspace, as the other tests: `-p fuzz` would build nearly everything once more.
    let test =
        cargo(&workspace.root).args(["test", "--locked", "--quiet", "--workspace", "--test", "targets"]);
    test.args(["--", "--nocapture"]).env("KHLONG_FUZZ_SECONDS", seconds.to_string()).run()
}
