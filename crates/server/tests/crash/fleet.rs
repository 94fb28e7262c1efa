//! Several servers and workers on one PostgreSQL database, or a server with its own folder, and everything that may happen
//! to them.

use crate::desk::Desk;
use crate::process::{KHLONG, Process, text};
use crate::set_clock::SetClock;
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
    /// Where its members live by another clock than the machine's.
    pub clock: Option<SetClock>,
    token: String,
    folder: tempfile::TempDir,
    shared: Option<Shared>,
}

/// What several processes share.
struct Shared {
    // Before the server it is on.
    database: Database,
    cluster: Arc<Cluster>,
}

/// Where everything is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Folder,
    Database,
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
        let mut fleet = Self::furnish(Some(Shared { database, cluster }), duties, chance);
        fleet.open().await;
        fleet
    }

    /// One with a store of either kind that nobody works on yet: a server with its folder, or two servers and a worker.
    pub async fn of(kept: Kept, chance: &mut Chance) -> Self {
        match kept {
            Kept::Folder => Self::furnish(None, &[Duty::Serve], chance),
            Kept::Database => {
                let cluster = Arc::new(Cluster::start().unwrap());
                let database = Database::create_on(&cluster.url()).await.unwrap();
                let duties = [Duty::Serve, Duty::Serve, Duty::Work];
                Self::furnish(Some(Shared { database, cluster }), &duties, chance)
            }
        }
    }

    /// Makes a token, and starts everybody.
    pub async fn open(&mut self) {
        self.token = self.make_token();
        self.raise(None).await;
    }

    fn furnish(shared: Option<Shared>, duties: &[Duty], chance: &mut Chance) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let member = |duty: &Duty| Member {
            duty: *duty,
            port: free_port(chance),
            url: String::new(),
            process: None,
            still_until: None,
        };
        let members = duties.iter().map(member).collect();
        Self { members, blows: Blows::default(), clock: None, token: String::new(), folder, shared }
    }

    /// Whoever has a token of another store that this one was made of.
    pub fn go_on_as(&mut self, other: &Self) {
        self.token.clone_from(&other.token);
    }

    /// Where the data are, and the long bodies of a server with its own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
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

    /// A command on the store.
    pub fn khlong(&self) -> Command {
        let mut command = Command::new(KHLONG);
        command.env("KHLONG_MASTER_KEY", MASTER_KEY).env("KHLONG_DATA", self.folder.path());
        command.envs(self.shared.iter().map(|shared| ("KHLONG_STORE", shared.database.url())));
        command.envs(self.clock.iter().flat_map(SetClock::variables));
        command
    }

    fn shared(&self) -> &Shared {
        self.shared.as_ref().expect("it has a database")
    }

    /// A number that the database answers.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.shared().database.count(sql).await.unwrap()
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
            let is_known = !self.members[at].url.is_empty();
            if is_early && is_known {
                self.members[at].process = Some(self.spawn(at, named));
                continue;
            }
            let is_ready = self.revive(at, named).await;
            assert!(is_ready || chance.is_some(), "it starts");
        }
    }

    /// Starts one that is dead; false where it has died again, at the named place, before it was ready.
    pub async fn revive(&mut self, at: usize, named: Option<String>) -> bool {
        let mut process = self.spawn(at, named);
        let (process, ready) = tokio::task::spawn_blocking(move || {
            let ready = process.ready();
            (process, ready)
        })
        .await
        .unwrap();
        let member = &mut self.members[at];
        member.process = Some(process);
        let is_ready = ready.is_some();
        if let Some(ready) = ready {
            member.url = text(&ready, "url").to_owned();
        }
        is_ready
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

    /// Whether one has died by itself, at its place.
    pub fn has_died(&mut self, at: usize) -> bool {
        self.members[at].process.is_some() && !self.members[at].is_up()
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
        if self.shared().database.as_operator(cut.to_owned()).await.is_ok() {
            self.blows.cuts += 1;
        }
    }

    pub async fn crash_database(&mut self, how: Kill) {
        let cluster = self.shared().cluster.clone();
        let again = move || cluster.stop(how).and_then(|()| cluster.start_again());
        tokio::task::spawn_blocking(again).await.unwrap().unwrap();
        self.blows.crashes += 1;
    }

    /// Where it has ended by itself. One that is still there is stopped first.
    pub async fn start_database_again(&mut self) {
        let cluster = self.shared().cluster.clone();
        let again = move || {
            cluster.stop(Kill::Immediate).ok();
            cluster.start_again()
        };
        tokio::task::spawn_blocking(again).await.unwrap().unwrap();
    }

    /// One thing or another happens.
    pub async fn blow(&mut self, chance: &mut Chance) {
        match chance.below(30) {
            0..4 => {
                let at = chance.below(self.members.len() as u64) as usize;
                self.hold_still(at, chance.up_to(STILL_MAX));
            }
            _ => self.strike(chance).await,
        }
    }

    /// The same without anybody being held still.
    pub async fn strike(&mut self, chance: &mut Chance) {
        match chance.below(26) {
            0 => self.crash_database(Kill::Immediate).await,
            1 => self.crash_database(Kill::Fast).await,
            2..5 => self.cut_connections().await,
            5 => (0..self.members.len()).for_each(|at| self.kill(at)),
            _ => self.kill(chance.below(self.members.len() as u64) as usize),
        }
    }
}

/// Sends a signal.
pub fn tell(pid: Option<u32>, signal: &str) {
    let Some(pid) = pid else { return };
    let told = Command::new("kill").arg(format!("-{signal}")).arg(pid.to_string()).status();
    assert!(told.unwrap().success(), "{pid} takes {signal}");
}
