//! Everything this crate knows of Khlong's command line and API.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::http1;
use crate::load::Order;
use crate::memory;

/// How often a state is asked for.
const POLL: Duration = Duration::from_millis(5);
/// A list is asked for so often.
const LISTS: usize = 21;
/// What is not there by then will not come.
const PATIENCE: Duration = Duration::from_secs(180);

/// Where it is, and on which folder it works.
pub struct Installed {
    pub program: PathBuf,
    pub data: PathBuf,
    /// Where the server keeps what it keeps; in the folder without it.
    pub store: Option<String>,
    /// Processes that work beside the server.
    pub workers: usize,
}

/// A server under way.
pub struct Server {
    process: Child,
    workers: Vec<Child>,
    pub address: SocketAddr,
    token: String,
}

impl Installed {
    /// Starts it on a free port, which it prints.
    pub fn start(&self) -> Result<Server> {
        let token = self.make_token()?;
        let mut process = self.command(0).stdout(Stdio::piped()).spawn().context("starting khlong")?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).with_context(|| format!("khlong printed: {line}"))?;
        let url = said["url"].as_str().with_context(|| format!("khlong printed no url: {line}"))?;
        let address = url.trim_start_matches("http://").trim_end_matches('/').parse()?;
        let workers = (0..self.workers).map(|_| self.start_worker()).collect::<Result<_>>()?;
        Ok(Server { process, workers, address, token })
    }

    /// Ready when it says where it is.
    fn start_worker(&self) -> Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(["worker", "--json"]).stdout(Stdio::piped());
        let mut worker = self.settle(command).spawn().context("starting a worker")?;
        let mut line = String::new();
        BufReader::new(worker.stdout.take().context("no output")?).read_line(&mut line)?;
        ensure!(!line.is_empty(), "a worker ended before it was ready");
        Ok(worker)
    }

    /// Only while no server runs: the data folder has one owner.
    fn make_token(&self) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.args(["token", "create", "--name", "bench", "--role", "owner", "--data"]).arg(&self.data);
        command.args(self.store.iter().flat_map(|url| ["--store", url]));
        let output = command.stderr(Stdio::inherit()).output().context("making an API token")?;
        ensure!(output.status.success(), "making an API token ended with {}", output.status);
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Seconds from the start of the process to the first accepted event.
    pub async fn start_until_accepted(&self, path: &str) -> Result<f64> {
        let port = free_port()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut order = Order::new(path);
        let start = Instant::now();
        let mut process = self.command(port).stdout(Stdio::null()).spawn()?;
        while !was_accepted(address, order.numbered(0)).await {
            if start.elapsed() > PATIENCE {
                process.kill()?;
                bail!("khlong accepted nothing within {PATIENCE:?}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let seconds = start.elapsed().as_secs_f64();
        terminate(process)?;
        Ok(seconds)
    }

    fn command(&self, port: u16) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["serve", "--json", "--port", &port.to_string()]);
        self.settle(command)
    }

    fn settle(&self, mut command: Command) -> Command {
        command.arg("--data").arg(&self.data).args(self.store.iter().flat_map(|url| ["--store", url]));
        // The sink is on this machine.
        command.env("KHLONG_ALLOW_PRIVATE", "true").env("KHLONG_LOG", "warn").stdin(Stdio::null());
        command
    }
}

impl Server {
    pub fn pid(&self) -> u32 {
        self.process.id()
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
        self.workers.iter().map(Child::id).chain([self.pid()]).map(memory::cpu_us).sum()
    }

    pub fn stop(self) -> Result<()> {
        self.workers.into_iter().try_for_each(terminate)?;
        terminate(self.process)
    }

    /// Ends it without ado: what it has left to do is thrown away.
    pub fn kill(mut self) -> Result<()> {
        for process in self.workers.iter_mut().chain([&mut self.process]) {
            process.kill()?;
            process.wait()?;
        }
        Ok(())
    }

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

/// Asks it to end, as systemd does.
fn terminate(mut process: Child) -> Result<()> {
    Command::new("kill").args(["-TERM", &process.id().to_string()]).status().context("stopping khlong")?;
    process.wait().context("waiting for khlong to stop")?;
    Ok(())
}
