//! A private server.

use crate::programs::{Kill, program};
use anyhow::{Context, Result, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use testkit_process::Who;

const USER: &str = "khlong";
/// PostgreSQL refuses to be root; who may be asked to run it then.
const USERS: [&str; 2] = ["postgres", "nobody"];
/// Another process may take the port between looking for a free one and using it.
const TRIES: usize = 5;

/// A server that ends when this is dropped, or its process does.
pub struct Cluster {
    dir: PathBuf,
    who: Who,
    port: u16,
    password: String,
    keeper: Child,
}

impl Cluster {
    pub fn start() -> Result<Self> {
        Self::start_in(&std::env::temp_dir(), "")
    }

    /// In a folder, with lines of postgresql.conf that count more than the usual ones.
    pub fn start_in(folder: &Path, settings: &str) -> Result<Self> {
        let who = Who::other_than_root(&USERS)?;
        let dir = tempfile::Builder::new().prefix("khlong-postgres-").tempdir_in(folder)?;
        who.own(dir.path())?;
        let password = uuid::Uuid::new_v4().simple().to_string();
        initialise(who, dir.path(), &password, settings)?;
        // From here on the keeper removes it.
        let dir = dir.keep();
        let keeper = keeper(who, &dir)?;
        let mut cluster = Self { dir, who, port: 0, password, keeper };
        for _ in 0..TRIES {
            cluster.port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            if cluster.control(&["start"]).is_ok() {
                return Ok(cluster);
            }
        }
        let log = std::fs::read_to_string(cluster.dir.join("log")).unwrap_or_default();
        bail!("PostgreSQL does not start: {log}");
    }

    /// For a user who may do everything.
    pub fn url(&self) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/postgres", self.password, self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process whose children all others are, as long as it runs.
    pub fn pid(&self) -> Result<u32> {
        let file = self.dir.join("data/postmaster.pid");
        let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        text.lines().next().unwrap_or_default().trim().parse().context("its number is in the first line")
    }

    pub fn stop(&self, how: Kill) -> Result<()> {
        self.control(&["stop", "-m", how.word()])
    }

    /// Starts it again, on the same port.
    pub fn start_again(&self) -> Result<()> {
        self.control(&["start"])
    }

    fn control(&self, what: &[&str]) -> Result<()> {
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=", self.port);
        let mut command = self.who.command(&program("pg_ctl")?);
        command.arg("-D").arg(self.dir.join("data")).arg("-l").arg(self.dir.join("log"));
        command.args(["-w", "-s", "-o", &options]).args(what).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().context("running pg_ctl")?;
        if !status.success() {
            bail!("pg_ctl {} ended with {status}", what.join(" "));
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().ok();
    }
}

fn initialise(who: Who, dir: &Path, password: &str, more: &str) -> Result<()> {
    let file = dir.join("password");
    std::fs::write(&file, password)?;
    who.own(&file)?;
    let mut command = who.command(&program("initdb")?);
    command.arg("-D").arg(dir.join("data")).arg("--pwfile").arg(&file).args(["-U", USER]);
    command.args(["--no-sync", "--auth=password", "--encoding=UTF8", "--locale=C"]);
    let output = command.output().context("running initdb")?;
    std::fs::remove_file(&file)?;
    if !output.status.success() {
        bail!("initdb ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let settings =
        "max_connections = 300\nshared_buffers = 128MB\nmax_wal_size = 2GB\nlog_min_messages = fatal\n";
    let file = dir.join("data/postgresql.conf");
    let before = std::fs::read_to_string(&file)?;
    Ok(std::fs::write(&file, before + settings + more)?)
}

/// Waits for the end of its input, which comes with the end of this process at the latest, and cleans up.
fn keeper(who: Who, dir: &Path) -> Result<Child> {
    let script = r#"cat >/dev/null; "$1" -D "$2/data" -m immediate stop; rm -rf "$2""#;
    let mut command = who.command(Path::new("/bin/sh"));
    command.args(["-c", script, "keeper"]).arg(program("pg_ctl")?).arg(dir);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().context("starting the server's keeper")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_stops_starts_again_and_leaves_nothing() {
        let cluster = Cluster::start().expect("it starts");
        assert!(Path::new(&format!("/proc/{}", cluster.pid().expect("it runs"))).exists());
        let answers = || std::net::TcpStream::connect(("127.0.0.1", cluster.port())).is_ok();
        assert!(answers());
        cluster.stop(Kill::Immediate).expect("it stops");
        assert!(!answers());
        cluster.start_again().expect("it starts again");
        assert!(answers());
        let (dir, port) = (cluster.dir.clone(), cluster.port());
        drop(cluster);
        assert!(!dir.exists());
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
