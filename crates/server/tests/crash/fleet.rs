//! Several servers and workers on one PostgreSQL database, and everything that may happen to them.

use crate::desk::Desk;
use crate::process::{KHLONG, Process, text};
use crate::{Chance, EARLY, NEVER_POISON, free_port, some_place};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit_postgres::{Cluster, Database, Kill};

/// So that work is taken over within seconds; `khlong serve --lease-s` is everybody's.
pub const LEASE: Duration = Duration::from_secs(2);
/// A process is held still for longer than its lease, and then so much more.
const STILL_MAX: Duration = Duration::from_secs(2);
const MASTER_KEY: &str = "5f1c0d7a9e3b48260c4d6e8f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";

/// What happened to them so far.
#[derive(Debug, Default)]
pub struct Blows {
    pub kills: u64,
    pub stills: u64,
    pub cuts: u64,
    pub crashes: u64,
}

pub struct Fleet {
    pub members: Vec<Member>,
    pub blows: Blows,
    token: String,
    folder: tempfile::TempDir,
    // Before the server it is on.
    database: Database,
    cluster: Arc<Cluster>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    Serve,
    Work,
}

pub struct Member {
    duty: Duty,
    port: String,
    pub url: String,
    process: Option<Process>,
    /// Held still until then.
    still_until: Option<Instant>,
}

impl Member {
    fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(|process| process.0.id())
    }

    fn is_up(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| process.0.try_wait().is_ok_and(|ended| ended.is_none()))
    }
}

impl Fleet {
    /// All of them, ready.
    pub async fn start(duties: &[Duty], chance: &mut Chance) -> Self {
        Self::start_on(&std::env::temp_dir(), "", duties, chance).await
    }

    /// The same, with the database in a folder and with settings of its own.
    pub async fn start_on(folder: &Path, settings: &str, duties: &[Duty], chance: &mut Chance) -> Self {
        let cluster = Arc::new(Cluster::start_in(folder, settings).unwrap());
        let database = Database::create_on(&cluster.url()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let member = |duty: &Duty| Member {
            duty: *duty,
            port: free_port(chance),
            url: String::new(),
            process: None,
            still_until: None,
        };
        let members = duties.iter().map(member).collect();
        let token = String::new();
        let mut fleet = Self { members, blows: Blows::default(), token, folder, database, cluster };
        fleet.token = fleet.make_token();
        fleet.raise(None).await;
        fleet
    }

    /// One for each server.
    pub fn desks(&self) -> Vec<Desk> {
        let servers = self.members.iter().filter(|member| member.duty == Duty::Serve);
        servers.map(|server| Desk::new(&server.url, &self.token)).collect()
    }

    pub fn pid(&self, at: usize) -> Option<u32> {
        self.members[at].pid()
    }

    fn make_token(&self) -> String {
        let mut create = self.khlong();
        create.args(["token", "create", "--name", "test", "--role", "owner"]);
        let created = create.output().unwrap();
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
        String::from_utf8(created.stdout).unwrap().trim().to_owned()
    }

    fn khlong(&self) -> Command {
        let mut command = Command::new(KHLONG);
        command.env("KHLONG_STORE", self.database.url()).env("KHLONG_MASTER_KEY", MASTER_KEY);
        command.env("KHLONG_DATA", self.folder.path());
        command
    }

    fn spawn(&self, at: usize, named: Option<String>) -> Process {
        let member = &self.members[at];
        let mut command = self.khlong();
        let duty = if member.duty == Duty::Serve { "serve" } else { "worker" };
        command.args([
            duty,
            "--port",
            &member.port,
            "--json",
            "--allow-private",
            "--lease-s",
            &LEASE.as_secs().to_string(),
        ]);
        command.env("KHLONG_POISON_AFTER", NEVER_POISON);
        command.envs(named.map(|place| ("KHLONG_DIE_AT", place)));
        Process::of(command)
    }

    /// Starts those that are not there, and waits until each is ready or has died again. With chance, some are to die by
    /// themselves at a named place, and some are not waited for.
    pub async fn raise(&mut self, mut chance: Option<&mut Chance>) {
        for at in 0..self.members.len() {
            if self.members[at].is_up() {
                continue;
            }
            let named = chance.as_mut().and_then(|chance| some_place(chance));
            let is_early = chance.as_mut().is_some_and(|chance| chance.below(EARLY) == 0);
            let mut process = self.spawn(at, named);
            let is_known = !self.members[at].url.is_empty();
            if is_early && is_known {
                self.members[at].process = Some(process);
                continue;
            }
            let (process, ready) = tokio::task::spawn_blocking(move || {
                let ready = process.ready();
                (process, ready)
            })
            .await
            .unwrap();
            assert!(ready.is_some() || chance.is_some(), "it starts");
            let member = &mut self.members[at];
            member.process = Some(process);
            if let Some(ready) = ready {
                member.url = text(&ready, "url").to_owned();
            }
        }
    }

    /// Whoever was held still for long enough goes on.
    pub fn thaw_due(&mut self) {
        for member in &mut self.members {
            if member.still_until.is_some_and(|until| until <= Instant::now()) {
                member.still_until = None;
                tell(member.pid(), "CONT");
            }
        }
    }

    pub fn thaw_all(&mut self) {
        self.members
            .iter_mut()
            .for_each(|member| member.still_until = member.still_until.map(|_| Instant::now()));
        self.thaw_due();
    }

    pub fn kill(&mut self, at: usize) {
        let member = &mut self.members[at];
        member.still_until = None;
        if let Some(mut process) = member.process.take() {
            process.kill();
            self.blows.kills += 1;
        }
    }

    /// Stopped as a machine that hangs: it knows of nothing, and goes on where it was.
    pub fn hold_still(&mut self, at: usize, more: Duration) {
        let member = &mut self.members[at];
        if member.still_until.is_none() && member.is_up() {
            tell(member.pid(), "STOP");
            member.still_until = Some(Instant::now() + LEASE + more);
            self.blows.stills += 1;
        }
    }

    pub async fn cut_connections(&mut self) {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'khlong'";
        // It may be crashing just now.
        if self.database.as_operator(cut.to_owned()).await.is_ok() {
            self.blows.cuts += 1;
        }
    }

    pub async fn crash_database(&mut self, how: Kill) {
        let cluster = self.cluster.clone();
        let again = move || cluster.stop(how).and_then(|()| cluster.start_again());
        tokio::task::spawn_blocking(again).await.unwrap().unwrap();
        self.blows.crashes += 1;
    }

    /// Where it has ended by itself. One that is still there is stopped first.
    pub async fn start_database_again(&mut self) {
        let cluster = self.cluster.clone();
        let again = move || {
            cluster.stop(Kill::Immediate).ok();
            cluster.start_again()
        };
        tokio::task::spawn_blocking(again).await.unwrap().unwrap();
    }

    /// One thing or another happens.
    pub async fn blow(&mut self, chance: &mut Chance) {
        let at = chance.below(self.members.len() as u64) as usize;
        match chance.below(30) {
            0 => self.crash_database(Kill::Immediate).await,
            1 => self.crash_database(Kill::Fast).await,
            2..5 => self.cut_connections().await,
            5..9 => self.hold_still(at, chance.up_to(STILL_MAX)),
            9 => (0..self.members.len()).for_each(|at| self.kill(at)),
            _ => self.kill(at),
        }
    }
}

/// Sends a signal.
pub fn tell(pid: Option<u32>, signal: &str) {
    let Some(pid) = pid else { return };
    let told = Command::new("kill").arg(format!("-{signal}")).arg(pid.to_string()).status();
    assert!(told.unwrap().success(), "{pid} takes {signal}");
}
