//! Documents that the code knows better: written by the tests that otherwise refuse a stale one.

use anyhow::Result;

use crate::cargo::cargo;
use crate::command::step;
use crate::workspace::Workspace;

/// Packages with a test target `docs` that compares, or with `UPDATE=1` writes, what is generated.
const TARGET: &str = "docs";

pub fn update(workspace: &Workspace) -> Result<()> {
    crate::web::make_dist_folder(workspace)?;
    for package in workspace.packages.iter().filter(|package| package.folder().join("tests/docs.rs").exists())
    {
        step(format!("documents of {}", package.name), "first time: minutes", || {
            let test =
                cargo(&workspace.root).args(["test", "--quiet", "-p", &package.name, "--test", TARGET]);
            test.env("UPDATE", "1").run()
        })?;
    }
    Ok(())
}
