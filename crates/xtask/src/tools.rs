//! What the machine must have, and installing it when it is missing.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use testkit_brokers::{Moto, Nats, Rabbit, Server};
use testkit_postgres::Cluster;

use crate::command::{Cmd, step};
use crate::workspace::Workspace;
use crate::{debian, python};

/// The oldest Node of Playwright and of esbuild.
const NODE_MAJOR_VERSION_MIN: u32 = 18;

/// The browser of the tests.
pub fn chromium(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("KHLONG_CHROMIUM") {
        return Ok(path.into());
    }
    let path = PathBuf::from("/usr/bin/chromium");
    if !path.exists() {
        step("installing Chromium", "1 to 3 minutes", || debian::install(&workspace.root, &["chromium"]))?;
    }
    if !path.exists() {
        bail!("there is no {}: name a Chromium in KHLONG_CHROMIUM", path.display());
    }
    Ok(path)
}

/// The database server that all tests share; it ends with what is returned. Nothing where somebody named one.
pub fn postgres(workspace: &Workspace) -> Result<Option<Cluster>> {
    if std::env::var_os(testkit_postgres::SERVER).is_some() {
        return Ok(None);
    }
    postgres_programs(workspace)?;
    step("a PostgreSQL for the tests", "seconds", Cluster::start).map(Some)
}

/// What a database server is started with.
pub fn postgres_programs(workspace: &Workspace) -> Result<()> {
    if testkit_postgres::are_installed() {
        return Ok(());
    }
    step("installing PostgreSQL", "about a minute", || debian::install(&workspace.root, &["postgresql"]))
}

/// The stand-in for SQS and S3: its version is written here and nowhere else.
const MOTO: [&str; 4] = ["moto[s3,sqs]==5.2.1", "flask==3.1.3", "flask-cors==6.0.2", "werkzeug==3.1.8"];

/// The brokers that tests start and kill. Gives the program of the stand-in for SQS and S3 where it had to be installed.
pub fn brokers(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if !Rabbit::is_installed() || !Nats::is_installed() {
        let packages = [("rabbitmq-server", Some("rabbitmq-server")), ("nats-server", Some("nats-server"))];
        step("installing RabbitMQ and NATS", "a minute or two", || {
            debian::install_without_services(&workspace.root, &packages)
        })?;
    }
    if Moto::is_installed() {
        return Ok(None);
    }
    let folder = workspace.target.join("moto");
    python::environment(&folder, &MOTO, "moto, the stand-in for SQS and S3", "a minute or two")?;
    Ok(Some(folder.join("bin/moto_server")))
}

/// The npm packages of a project; once for each state of its lock file.
pub fn npm_packages(project: &Path, whose: &str) -> Result<()> {
    check_node(project)?;
    let lock = std::fs::read(project.join("package-lock.json"))?;
    let seen = project.join("node_modules/.installed-from.json");
    if std::fs::read(&seen).is_ok_and(|seen| seen == lock) {
        return Ok(());
    }
    step(format!("installing the npm packages of {whose}"), "up to a minute", || {
        let npm = Cmd::new("npm", project).args(["ci", "--no-audit", "--no-fund", "--prefer-offline"]);
        // The browser is Debian's.
        npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").run()
    })?;
    Ok(std::fs::write(seen, lock)?)
}

/// Node and npm, installed where there are none.
pub fn check_node(folder: &Path) -> Result<()> {
    let has_npm = Cmd::new("npm", folder).arg("--version").succeeds();
    if !has_npm || node_version(folder).is_none() {
        step("installing Node.js", "up to a minute", || debian::install(folder, &["nodejs", "npm"]))?;
    }
    let version = Cmd::new("node", folder).arg("--version").read().unwrap_or_default();
    match node_version(folder) {
        Some(major) if major >= NODE_MAJOR_VERSION_MIN => Ok(()),
        Some(_) => {
            bail!("node {} is too old: Node {NODE_MAJOR_VERSION_MIN} or newer is needed", version.trim())
        }
        None => bail!("Node {NODE_MAJOR_VERSION_MIN} or newer is needed, with npm on the PATH"),
    }
}

fn node_version(folder: &Path) -> Option<u32> {
    let version = Cmd::new("node", folder).arg("--version").read().ok()?;
    version.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Formatting and clippy are parts of rustup's default profile, but not of its minimal one.
pub fn rust_components(workspace: &Workspace) -> Result<()> {
    let has = |tool: &str| Cmd::new("cargo", &workspace.root).args([tool, "--version"]).succeeds();
    if has("fmt") && has("clippy") {
        return Ok(());
    }
    Cmd::new("rustup", &workspace.root).args(["component", "add", "rustfmt", "clippy"]).run()
}
