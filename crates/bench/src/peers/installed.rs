//! Where the others are, and how one of them is started and waited for.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::process::Process;
use super::work::Peer;
use crate::http1;
use crate::load::{FIRST_NUMBER, Order};

/// Who does not do the work by then will not.
const START_MAX: Duration = Duration::from_secs(180);
/// n8n takes requests before it can answer them.
const TRY_MAX: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(100);
/// So much of what a program said is shown when it does not start.
const SAID_LINES: usize = 20;
/// What stands in the flow files for the sink's address.
const SINK: &str = "SINK";

/// The folder in which each has one of its own.
pub struct Installed<'a> {
    pub folder: &'a Path,
}

/// One that is ready.
pub struct Running {
    process: Process,
    address: SocketAddr,
    hooks: &'static str,
    paths: &'static [&'static str],
}

impl Installed<'_> {
    pub fn version(&self, package: &str) -> Result<String> {
        let file = self.package(package).join("package.json");
        let text = fs::read_to_string(&file).with_context(|| {
            format!("reading {}: `cargo xtask bench --peers` installs it", file.display())
        })?;
        let known: Value = serde_json::from_str(&text)?;
        Ok(known["version"].as_str().unwrap_or("of no version").to_owned())
    }

    /// A script of a package, with nothing of the user's own settings: `home` is all that it knows.
    pub fn script(&self, package: &str, script: &str, home: &Path) -> Result<Command> {
        let node = self.node();
        // n8n starts a second Node, by its name.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(node.clone()).chain(std::env::split_paths(&path)))?;
        let mut command = Command::new(node.join("node"));
        command.arg(self.package(package).join(script)).current_dir(home).stdin(Stdio::null());
        command.env_clear().env("HOME", home).env("PATH", path);
        Ok(command)
    }

    fn package(&self, package: &str) -> PathBuf {
        self.folder.join(package).join("node_modules").join(package)
    }

    /// The folder of the Node that all of them run on.
    fn node(&self) -> PathBuf {
        let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
        self.folder.join(format!("node/node_modules/node-linux-{processor}/bin"))
    }
}

/// Starts what answers under `hooks`, and waits until it does the work of w2.
pub async fn start(
    mut command: Command,
    said: &Path,
    address: SocketAddr,
    (hooks, paths): (&'static str, &'static [&'static str]),
) -> Result<Running> {
    write_to(&mut command, said)?;
    let mut running = Running { process: Process::start(command)?, address, hooks, paths };
    match running.until_ready().await {
        Ok(()) => Ok(running),
        Err(error) => Err(error.context(format!("it said last:\n{}", last_lines(said)))),
    }
}

/// Runs a command to its end.
pub fn run(mut command: Command, said: &Path) -> Result<()> {
    write_to(&mut command, said)?;
    let status = command.status().context("starting a command of a peer")?;
    ensure!(status.success(), "{command:?} ended with {status}, and said last:\n{}", last_lines(said));
    Ok(())
}

fn write_to(command: &mut Command, said: &Path) -> Result<()> {
    let file = File::options().create(true).append(true).open(said).context("making a log")?;
    command.stdout(file.try_clone()?).stderr(file);
    Ok(())
}

fn last_lines(said: &Path) -> String {
    let text = fs::read_to_string(said).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SAID_LINES)..].join("\n")
}

/// The flow file with the sink's address in it.
pub fn write_flows(flows: &str, sink: SocketAddr, file: &Path) -> Result<()> {
    fs::write(file, flows.replace(SINK, &sink.to_string())).context("writing a flow file")
}

pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

impl Running {
    pub fn peer(&self) -> Peer {
        Peer { pid: self.process.pid(), address: self.address, hooks: self.hooks, paths: self.paths }
    }

    pub fn stop(self) {
        self.process.stop();
    }

    /// An answer is not enough: it must be what the flow makes of the order.
    async fn until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        let mut order = Order::new(&self.peer().path("bench-w2"));
        loop {
            let answer = http1::call(self.address, order.numbered(0));
            if let Ok(Ok((_, answer))) = tokio::time::timeout(TRY_MAX, answer).await
                && answer["ref"] == FIRST_NUMBER
            {
                return Ok(());
            }
            ensure!(self.process.is_alive(), "it has ended before it was ready");
            ensure!(start.elapsed() < START_MAX, "it was not ready within {START_MAX:?}");
            tokio::time::sleep(POLL).await;
        }
    }
}
