//! A real browser at the real program: the tests of the pages, and what is measured there.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::command::{Cmd, step};
use crate::tools;
use crate::workspace::Workspace;

/// Chromium, and what drives it.
pub struct Browser {
    chromium: PathBuf,
    e2e: PathBuf,
}

impl Browser {
    /// Installs what is missing.
    pub fn find(workspace: &Workspace) -> Result<Self> {
        let e2e = workspace.path("tests/e2e");
        let chromium = tools::chromium(workspace)?;
        tools::npm_packages(&e2e, "the browser tests")?;
        Ok(Self { chromium, e2e })
    }

    /// `servers` is where those are that some specs start beside the program.
    pub fn test(&self, khlong: &Path, servers: &Path) -> Result<()> {
        self.playwright(khlong).env(testkit_servers::FOLDER, servers).run()
    }

    fn playwright(&self, khlong: &Path) -> Cmd {
        let playwright = Cmd::new("npx", &self.e2e).args(["--no-install", "playwright", "test"]);
        playwright.env("KHLONG_BIN", khlong).env("KHLONG_CHROMIUM", &self.chromium)
    }
}

/// Prints figures; it fails only where a page does not come at all.
pub fn measure(workspace: &Workspace, khlong: &Path) -> Result<()> {
    let browser = Browser::find(workspace)?;
    step("measuring in the browser", "about 2 minutes", || {
        browser.playwright(khlong).args(["--config", "measure.config.ts"]).run()
    })
}
