//! The habits that a machine can watch.

mod arrows;
mod texts;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// Prints everything that is wrong, not only the first.
pub fn check(workspace: &Workspace) -> Result<()> {
    let mut problems = arrows::between_our_crates(workspace);
    problems.extend(arrows::below_pure_crates(workspace)?);
    let found = texts::check(workspace)?;
    problems.extend(found.problems);
    for warning in &found.warnings {
        eprintln!("    worth a look: {warning}");
    }
    for problem in &problems {
        eprintln!("    {problem}");
    }
    match problems.len() {
        0 => Ok(()),
        1 => bail!("tidy: the line above is to be mended"),
        n => bail!("tidy: the {n} lines above are to be mended"),
    }
}
