//! Programs from PyPI, each in an environment of its own.

use std::path::Path;

use anyhow::Result;

use crate::command::Cmd;
use crate::debian;
use crate::once::{Mark, empty};

const MARK: &str = ".installed-from";

/// Packages with their versions in a folder, once for each state of the list.
pub fn environment(folder: &Path, packages: &[&str], what: &str, how_long: &str) -> Result<()> {
    Mark::new(folder.join(MARK), packages.join("\n")).once(&format!("installing {what}"), how_long, || {
        empty(folder)?;
        let python = || Cmd::new("python3", folder);
        if !python().args(["-c", "import venv, ensurepip"]).succeeds() {
            debian::install(folder, &["python3-venv"])?;
        }
        python().args(["-m", "venv", "."]).run()?;
        let pip = Cmd::new(folder.join("bin/pip"), folder).args(["install", "--quiet"]);
        pip.arg("--disable-pip-version-check").args(packages).run()
    })
}
