//! Everything this crate knows of Khlong's command line and API.

use std::cell::OnceCell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use testkit_postgres::Database;

use crate::load::Order;
use crate::process::Process;
use crate::{http1, memory, store};

/// How often a state is asked for.
const POLL: Duration = Duration::from_millis(5);
/// A list is asked for so often.
const LISTS: usize = 21;
/// What is not there by then will not come.
const PATIENCE: Duration = Duration::from_secs(180);

/// Where it is, and on which folder it works. What it keeps goes with this.
pub struct Installed {
    program: PathBuf,
    pub data: PathBuf,
    /// Where the server keeps what it keeps; in the folder without it.
    pub database: Option<Database>,
    token: OnceCell<String>,
}

/// A server under way.
pub struct Server {
    process: Process,
    workers: Vec<Process>,
    pub address: SocketAddr,
    /// When its process was started.
    pub began: Instant,
    /// From then until it took requests.
    pub ready_after: Duration,
    token: String,
}

impl Installed {
    pub fn new(program: PathBuf, data: PathBuf, database: Option<Database>) -> Self {
        Self { program, data, database, token: OnceCell::new() }
    }

    /// Starts it on a free port, which it prints.
    pub async fn start(&self) -> Result<Server> {
        self.start_beside(0).await
    }

    /// And so many processes that work beside it; they need a store that can be shared.
    pub async fn start_beside(&self, workers: usize) -> Result<Server> {
        let token = self.token()?;
        let began = Instant::now();
        let (process, said) = Process::ready(self.command("serve", 0)).await?;
        let ready_after = began.elapsed();
        let url = said["url"].as_str().with_context(|| format!("khlong printed no url: {said}"))?;
        let address = url.trim_start_matches("http://").trim_end_matches('/').parse()?;
        let mut server = Server { process, workers: Vec::new(), address, began, ready_after, token };
        for _ in 0..workers {
            let (worker, _) = Process::ready(self.command("worker", 0)).await?;
            server.workers.push(worker);
        }
        Ok(server)
    }

    /// Made before the first start: the data folder has one owner.
    fn token(&self) -> Result<String> {
        if let Some(token) = self.token.get() {
            return Ok(token.clone());
        }
        let mut command = Command::new(&self.program);
        command.args(["token", "create", "--name", "bench", "--role", "owner"]);
        let output = self.settle(command).stderr(Stdio::inherit()).output().context("making an API token")?;
        ensure!(output.status.success(), "making an API token ended with {}", output.status);
        let token = String::from_utf8(output.stdout)?.trim().to_owned();
        Ok(self.token.get_or_init(|| token).clone())
    }

    /// What all that it keeps takes.
    pub async fn disk_mb(&self) -> Result<f64> {
        let database = match &self.database {
            Some(database) => store::size_mb(database).await?,
            None => 0.0,
        };
        Ok(database + bytes(&self.data) as f64 / f64::from(1 << 20))
    }

    /// Seconds from the start of the process to the first accepted event.
    pub async fn start_until_accepted(&self, path: &str) -> Result<f64> {
        let port = free_port()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut order = Order::new(path);
        let start = Instant::now();
        let process = Process::silent(self.command("serve", port))?;
        while !was_accepted(address, order.numbered(0)).await {
            ensure!(start.elapsed() < PATIENCE, "khlong accepted nothing within {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let seconds = start.elapsed().as_secs_f64();
        process.terminate()?;
        Ok(seconds)
    }

    fn command(&self, duty: &str, port: u16) -> Command {
        let mut command = Command::new(&self.program);
        command.args([duty, "--json", "--port", &port.to_string()]);
        self.settle(command)
    }

    fn settle(&self, mut command: Command) -> Command {
        command.arg("--data").arg(&self.data);
        if let Some(database) = &self.database {
            command.args(["--store", &database.url()]);
        }
        // The sink is on this machine.
        command.env("KHLONG_ALLOW_PRIVATE", "true").env("KHLONG_LOG", "warn").stdin(Stdio::null());
        command
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.data).ok();
    }
}

impl Server {
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub async fn import(&self, flow: &Value) -> Result<()> {
        let body = serde_json::to_vec(flow)?;
        let (status, answer) = self.call("POST", "/api/v1/flows", &body).await?;
        ensure!((200..300).contains(&status), "importing {}: {status} {answer}", flow["id"]);
        self.go_live(flow["id"].as_str().unwrap_or_default()).await
    }

    async fn go_live(&self, flow: &str) -> Result<()> {
        let body = serde_json::to_vec(&json!({"state": "live"}))?;
        let (status, answer) = self.call("PUT", &format!("/api/v1/flows/{flow}/state"), &body).await?;
        ensure!((200..300).contains(&status), "making {flow} live: {status} {answer}");
        Ok(())
    }

    /// Waits until no run of the flow is open, and says how many are done.
    pub async fn finish(&self, flow: &str) -> Result<u64> {
        let start = Instant::now();
        loop {
            let (_, detail) = self.call("GET", &format!("/api/v1/flows/{flow}"), b"").await?;
            let totals = &detail["summary"]["totals"];
            let count = |name: &str| {
                totals[name].as_u64().with_context(|| format!("{flow} has no total {name}: {detail}"))
            };
            ensure!(count("failed")? == 0, "{} runs of {flow} failed", totals["failed"]);
            if count("open")? == 0 {
                return count("done");
            }
            ensure!(start.elapsed() < PATIENCE, "{} runs of {flow} are still open", totals["open"]);
            tokio::time::sleep(POLL).await;
        }
    }

    /// Starts a run by hand and waits for its end; seconds from the request on, and the run's id.
    pub async fn run_to_the_end(&self, flow: &str, input: &Value) -> Result<(f64, String)> {
        let body = serde_json::to_vec(&json!({"input": input}))?;
        let start = Instant::now();
        let (status, answer) = self.call("POST", &format!("/api/v1/flows/{flow}/runs"), &body).await?;
        ensure!((200..300).contains(&status), "starting {flow}: {status} {answer}");
        let id = answer["run"].as_str().context("a started run has no id")?;
        loop {
            let (_, list) = self.call("GET", &format!("/api/v1/runs?flow={flow}&limit=1"), b"").await?;
            let run = &list["runs"][0];
            match run["state"].as_str() {
                Some("done") if run["id"] == id => return Ok((start.elapsed().as_secs_f64(), id.to_owned())),
                Some("failed" | "cancelled") => bail!("{flow} ended with {}", run["error"]),
                _ => {}
            }
            ensure!(start.elapsed() < PATIENCE, "{flow} did not end: {run}");
            tokio::time::sleep(POLL).await;
        }
    }

    /// What a step of a run gave on.
    pub async fn output(&self, run: &str, node: &str) -> Result<Value> {
        let (_, detail) = self.call("GET", &format!("/api/v1/runs/{run}"), b"").await?;
        let steps = detail["steps"].as_array().context("a run has no steps")?;
        let step =
            steps.iter().find(|step| step["node"] == node).with_context(|| format!("{run} has no {node}"))?;
        Ok(step["output"].clone())
    }

    /// How long the newest runs of a flow take to be listed, in milliseconds: the median of some.
    pub async fn list_ms(&self, flow: &str) -> Result<f64> {
        let mut times = Vec::new();
        for _ in 0..LISTS {
            let start = Instant::now();
            let (status, _) = self.call("GET", &format!("/api/v1/runs?flow={flow}&limit=50"), b"").await?;
            ensure!(status == 200, "listing the runs of {flow}: {status}");
            times.push(start.elapsed().as_secs_f64() * 1_000.0);
        }
        times.sort_by(f64::total_cmp);
        Ok(times[LISTS / 2])
    }

    /// Processor time of all its processes so far, in microseconds. A database's is not in it.
    pub fn cpu_us(&self) -> Result<u64> {
        self.workers.iter().map(Process::pid).chain([self.pid()]).map(memory::cpu_us).sum()
    }

    pub fn stop(self) -> Result<()> {
        self.workers.into_iter().try_for_each(Process::terminate)?;
        self.process.terminate()
    }

    /// Ends it without ado, as `kill -9` does: what it has left to do is left.
    pub fn kill(self) {}

    async fn call(&self, method: &str, path: &str, body: &[u8]) -> Result<(u16, Value)> {
        let bearer = format!("Bearer {}", self.token);
        let request = http1::request(method, path, &[("authorization", &bearer)], body);
        http1::call(self.address, &request).await
    }
}

async fn was_accepted(address: SocketAddr, order: &[u8]) -> bool {
    http1::call(address, order).await.is_ok_and(|(status, _)| (200..300).contains(&status))
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => bytes(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.map(of).sum()
}
