//! All checks, the cheap ones first.

use std::path::PathBuf;

use anyhow::Result;

use testkit_postgres::Cluster;

use crate::browser::Browser;
use crate::cargo::{build_program, cargo};
use crate::command::{Cmd, step};
use crate::workspace::Workspace;
use crate::{fuzz, servers, tidy, tools, web};

/// Members that the default selection leaves out: what runs in a browser, and the tools around it.
const APART: [&str; 4] = ["ui", "app", "web-pack", "bench"];

/// How long inputs are made by chance; `cargo xtask fuzz` goes on for as long as one likes.
const FUZZ_SECONDS: u64 = 120;

/// The inner loop: everything that needs neither a browser nor its compiler.
pub fn quick(workspace: &Workspace) -> Result<()> {
    tools::rust_components(workspace)?;
    web::make_dist_folder(workspace)?;
    looks(workspace)?;
    step("clippy", "first time: 3 to 6 minutes", || clippy(workspace, &[]))?;
    let services = Services::for_tests(workspace)?;
    step("tests of the crates", "first time: 5 to 10 minutes", || rust_tests(workspace, &[], &services))?;
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
    let apart = apart(workspace);
    step("clippy", "first time: 3 to 6 minutes", || clippy(workspace, &[]))?;
    step("clippy of the web UI and the tools", "first time: 2 to 4 minutes", || clippy(workspace, &apart))?;
    let services = Services::for_tests(workspace)?;
    step("tests of the crates", "first time: 6 to 15 minutes", || rust_tests(workspace, &[], &services))?;
    step("examples in the documentation", "about a minute", || doc_tests(workspace))?;
    step("inputs made by chance", "2 minutes", || fuzz::run(workspace, FUZZ_SECONDS))?;
    step("tests of the web UI and the tools", "first time: 3 to 6 minutes", || {
        rust_tests(workspace, &apart, &services)
    })?;
    let khlong = step("the server for the browser tests", "up to a minute", || {
        build_program(workspace, "server", "khlong", "dev")
    })?;
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

fn apart(workspace: &Workspace) -> Vec<&'static str> {
    APART.into_iter().filter(|name| workspace.package(name).is_some()).collect()
}

/// Empty means cargo's default members.
fn select(command: Cmd, packages: &[&str]) -> Cmd {
    packages.iter().fold(command, |command, package| command.args(["-p", package]))
}

fn clippy(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let clippy = cargo(&workspace.root).args(["clippy", "--locked", "--quiet", "--all-targets"]);
    select(clippy, packages).args(["--", "-D", "warnings"]).run()
}

/// nextest is quicker and its report better; installing it would cost more than it saves.
fn rust_tests(workspace: &Workspace, packages: &[&str], services: &Services) -> Result<()> {
    let has_nextest = cargo(&workspace.root).args(["nextest", "--version"]).succeeds();
    let test = match has_nextest {
        true => cargo(&workspace.root).args(["nextest", "run", "--locked", "--no-tests=pass"]),
        false => cargo(&workspace.root).args(["test", "--locked", "--no-fail-fast"]),
    };
    let test = select(test, packages);
    let test = if has_nextest { test } else { test.args(["--lib", "--bins", "--tests"]) };
    services.told(test).run()
}

/// nextest leaves these out.
fn doc_tests(workspace: &Workspace) -> Result<()> {
    cargo(&workspace.root).args(["test", "--locked", "--quiet", "--doc"]).run()
}
