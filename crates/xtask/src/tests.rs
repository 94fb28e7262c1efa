//! All checks, the cheap ones first.

use std::path::PathBuf;

use anyhow::Result;

use testkit_postgres::Cluster;

use crate::browser::Browser;
use crate::cargo::cargo;
use crate::command::{Cmd, step};
use crate::workspace::Workspace;
use crate::{fuzz, servers, tidy, tools, web};

/// What a check looks at. Cargo settles the features of what we depend on for all selected members together, so that
/// another selection is another build of nearly everything: one run has one.
#[derive(Clone, Copy)]
enum Selection {
    /// Cargo's default members: without the crates that draw in a browser, and the tools around them.
    Default,
    Workspace,
}

impl Selection {
    fn of(self, command: Cmd) -> Cmd {
        match self {
            Self::Default => command,
            Self::Workspace => command.arg("--workspace"),
        }
    }
}

/// How long inputs are made by chance; `cargo xtask fuzz` goes on for as long as one likes.
const FUZZ_SECONDS: u64 = 120;

/// The inner loop: everything that needs neither a browser nor its compiler.
pub fn quick(workspace: &Workspace) -> Result<()> {
    tools::rust_components(workspace)?;
    web::make_dist_folder(workspace)?;
    looks(workspace)?;
    step("clippy", "first time: 3 to 6 minutes", || clippy(workspace, Selection::Default))?;
    let services = Services::for_tests(workspace)?;
    step("tests of the crates", "first time: 5 to 10 minutes", || {
        rust_tests(workspace, Selection::Default, &services)
    })?;
    eprintln!("==> all checks of --quick are green; `cargo xtask test` adds the browser");
    Ok(())
}

pub fn all(workspace: &Workspace) -> Result<()> {
    tools::rust_components(workspace)?;
    let browser = Browser::find(workspace)?;
    looks(workspace)?;
    // Before the server is compiled for the first time, because it carries the UI.
    web::build(workspace, crate::product::Speed::Quick)?;
    step("the pure crates in the browser's world", "first time: 1 to 3 minutes", || {
        web::build_pure_crates(workspace)
    })?;
    step("clippy", "first time: 5 to 8 minutes", || clippy(workspace, Selection::Workspace))?;
    let services = Services::for_tests(workspace)?;
    step("tests of the crates", "first time: 20 to 30 minutes", || {
        rust_tests(workspace, Selection::Workspace, &services)
    })?;
    step("examples in the documentation", "seconds", || doc_tests(workspace))?;
    step("inputs made by chance", "2 minutes", || fuzz::run(workspace, FUZZ_SECONDS))?;
    // The tests of the server had it built.
    let khlong = workspace.target.join("debug/khlong");
    step("browser tests", "about 11 minutes", || browser.test(&khlong, &services.servers))?;
    eprintln!("==> all checks are green");
    Ok(())
}

/// What the tests ask beside us.
struct Services {
    /// Ends when this does.
    postgres: Option<Cluster>,
    moto: Option<PathBuf>,
    /// Where those are that npm and PyPI have.
    servers: PathBuf,
}

impl Services {
    fn for_tests(workspace: &Workspace) -> Result<Self> {
        let (moto, servers) = (tools::brokers(workspace)?, servers::install(workspace)?);
        Ok(Self { moto, servers, postgres: tools::postgres(workspace)? })
    }

    fn told(&self, mut test: Cmd) -> Cmd {
        if let Some(server) = &self.postgres {
            test = test.env(testkit_postgres::SERVER, server.url());
        }
        if let Some(program) = &self.moto {
            test = test.env(testkit_brokers::MOTO, program);
        }
        test.env(testkit_servers::FOLDER, &self.servers)
    }
}

fn looks(workspace: &Workspace) -> Result<()> {
    step("formatting", "seconds", || cargo(&workspace.root).args(["fmt", "--all", "--check"]).run())?;
    step("arrows and other habits", "seconds", || tidy::check(workspace))
}

fn clippy(workspace: &Workspace, selection: Selection) -> Result<()> {
    let clippy = cargo(&workspace.root).args(["clippy", "--locked", "--quiet", "--all-targets"]);
    selection.of(clippy).args(["--", "-D", "warnings"]).run()
}

/// nextest is quicker and its report better; installing it would cost more than it saves.
fn rust_tests(workspace: &Workspace, selection: Selection, services: &Services) -> Result<()> {
    let has_nextest = cargo(&workspace.root).args(["nextest", "--version"]).succeeds();
    let test = match has_nextest {
        true => cargo(&workspace.root).args(["nextest", "run", "--locked", "--no-tests=pass"]),
        false => cargo(&workspace.root).args(["test", "--locked", "--no-fail-fast"]),
    };
    let test = selection.of(test);
    let test = if has_nextest { test } else { test.args(["--lib", "--bins", "--tests"]) };
    services.told(test).run()
}

/// nextest leaves these out.
fn doc_tests(workspace: &Workspace) -> Result<()> {
    cargo(&workspace.root).args(["test", "--locked", "--quiet", "--workspace", "--doc"]).run()
}
