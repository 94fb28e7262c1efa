//! The settings that several commands share, by flag or environment.

use crate::budget::Limits;
use crate::{Settings, Traces};
use anyhow::{Context, ensure};
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the data are.
#[derive(clap::Args, Clone)]
pub struct Place {
    /// The data folder; without it, `khlong` in $XDG_DATA_HOME or ~/.local/share.
    #[arg(long, env = "KHLONG_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL database that holds everything but the master key, for several processes; postgres://user:password@host/name.
    #[arg(long, env = "KHLONG_STORE", hide_env_values = true, value_name = "URL")]
    pub store: Option<SecretString>,
    /// The master key, 64 hex digits; without it, the file master.key in the data folder.
    #[arg(long, env = "KHLONG_MASTER_KEY", hide_env_values = true, value_name = "HEX")]
    pub master_key: Option<SecretString>,
    /// Use the data folder even on a network file system.
    #[arg(long, env = "KHLONG_ALLOW_NETWORK_DIR")]
    pub allow_network_dir: bool,
}

impl Place {
    pub fn settings(&self) -> Settings {
        let data = self.data.clone().unwrap_or_else(|| data_folder("khlong"));
        let mut settings = Settings::new(data, "");
        settings.database = self.store.clone();
        settings.master_key = self.master_key.clone();
        settings.allow_network_dir = self.allow_network_dir;
        settings
    }
}

/// What every process is told that works on runs, whether it takes events in or not.
#[derive(clap::Args, Clone)]
pub struct Process {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    outgoing: Outgoing,
    #[command(flatten)]
    poison: Poison,
    #[command(flatten)]
    sharing: Sharing,
    #[command(flatten)]
    buffers: BufferList,
    #[command(flatten)]
    health: Health,
}

impl Process {
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let mut settings = self.place.settings();
        self.outgoing.apply(&mut settings)?;
        self.poison.apply(&mut settings);
        self.sharing.apply(&mut settings);
        self.buffers.apply(&mut settings);
        self.health.apply(&mut settings);
        settings.traces = Traces::from_env()?;
        Ok(settings)
    }
}

/// How calls to other systems are made.
#[derive(clap::Args, Clone, Default)]
pub struct Outgoing {
    /// Let flows call private addresses, such as an ERP in the same network.
    #[arg(long, env = "KHLONG_ALLOW_PRIVATE")]
    pub allow_private: bool,
    /// Certificate authorities to trust besides the public ones, as a PEM file.
    #[arg(long, env = "KHLONG_CA_FILE", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// What flows see as `vars`, as a JSON file.
    #[arg(long, env = "KHLONG_VARS_FILE", value_name = "FILE")]
    pub vars_file: Option<PathBuf>,
    /// The folder below which connections may open SQLite files. Without it they open none.
    #[arg(long, env = "KHLONG_SQLITE_DIR", value_name = "DIR")]
    pub sqlite_dir: Option<PathBuf>,
}

impl Outgoing {
    pub fn apply(&self, settings: &mut Settings) -> anyhow::Result<()> {
        settings.allow_private |= self.allow_private;
        if let Some(file) = &self.ca_file {
            let pem = read_text(file)?;
            let holds_some = pem.contains("-----BEGIN CERTIFICATE-----");
            ensure!(holds_some, "{} holds no certificate in PEM", file.display());
            settings.ca_pem = Some(pem);
        }
        if let Some(file) = &self.vars_file {
            let text = read_text(file)?;
            settings.vars =
                serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
        }
        if let Some(folder) = &self.sqlite_dir {
            ensure!(folder.is_dir(), "{} is not a folder", folder.display());
            let (data, below) = (std::path::absolute(&settings.data)?, folder.canonicalize()?);
            let data = data.canonicalize().unwrap_or(data);
            ensure!(
                !data.starts_with(&below),
                "{} holds Khlong's own data: give SQLite files another folder",
                folder.display()
            );
            catalog::allow_sqlite_below(below);
        }
        Ok(())
    }
}

/// How much one run may take.
#[derive(clap::Args, Clone, Default)]
pub struct RunRoom {
    /// MB of data that one run may hold in memory; a run that needs more fails, and no other. Without it, 32.
    #[arg(long, env = "KHLONG_RUN_MEMORY_MB", value_name = "MB", value_parser = clap::value_parser!(u32).range(1..))]
    pub run_memory_mb: Option<u32>,
    /// MB that one run may put on the disk for what does not fit there. Without it, 1024.
    #[arg(long, env = "KHLONG_RUN_DISK_MB", value_name = "MB")]
    pub run_disk_mb: Option<u32>,
}

impl RunRoom {
    pub fn apply(&self, settings: &mut Settings) {
        settings.run_memory_max = self.run_memory_mb.map(|mb| (mb as usize) << 20);
        settings.run_disk_max = self.run_disk_mb.map(|mb| u64::from(mb) << 20);
    }
}

/// How processes share the work.
#[derive(clap::Args, Clone, Default)]
pub struct Sharing {
    /// Seconds until the work of a process that died or hangs goes to others, 2 to 300. Shorter costs more renewals, and a
    /// process that is slow for so long loses its work. Without it, 15. Only where the store is a database.
    #[arg(long, env = "KHLONG_LEASE_S", value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(2..=300))]
    pub lease_s: Option<u32>,
}

impl Sharing {
    pub fn apply(&self, settings: &mut Settings) {
        settings.lease = self.lease_s.map(|seconds| Duration::from_secs(seconds.into()));
    }
}

/// How much the store may take.
#[derive(clap::Args, Clone, Default)]
pub struct StorageBudget {
    /// GB that the store may take on its disk, such as 20 or 0.5. Near the end the oldest history goes early; at the end
    /// no new events are taken until there is room, while runs go on.
    #[arg(long, env = "KHLONG_STORAGE_MAX", value_name = "GB", value_parser = gigabytes)]
    pub storage_max: Option<u64>,
    /// Keep history as long as the flows say, even if the budget makes the door close for it.
    #[arg(long, env = "KHLONG_STORAGE_KEEP_DAYS")]
    pub storage_keep_days: bool,
}

impl StorageBudget {
    pub fn apply(&self, settings: &mut Settings) {
        settings.budget = Limits { bytes_max: self.storage_max, keeps_days: self.storage_keep_days };
    }
}

fn gigabytes(text: &str) -> Result<u64, String> {
    let bytes = text.trim().parse::<f64>().map(|gigabytes| gigabytes * f64::from(1 << 30));
    match bytes {
        Ok(bytes) if bytes >= 1.0 && bytes < u64::MAX as f64 => Ok(bytes as u64),
        _ => Err("a number of GB above 0, such as 20 or 0.5".into()),
    }
}

/// How long a run that the process dies under is begun again.
#[derive(clap::Args, Clone, Default)]
pub struct Poison {
    /// So many times a run may be at work when the process dies, without getting any further, before it is set aside.
    #[arg(long, env = "KHLONG_POISON_AFTER", value_name = "TIMES", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub poison_after: u32,
}

impl Poison {
    pub fn apply(&self, settings: &mut Settings) {
        settings.poison_after = Some(self.poison_after);
    }
}

/// Message brokers in which events of webhooks may wait.
#[derive(clap::Args, Clone, Default)]
pub struct BufferList {
    /// A message broker in which events of webhooks may wait, such as orders=amqp://user:password@host/vhost; once for each.
    /// In the variable they are parted by spaces.
    #[arg(
        long = "buffer",
        env = "KHLONG_BUFFERS",
        hide_env_values = true,
        value_delimiter = ' ',
        value_name = "NAME=URL"
    )]
    buffers: Vec<SecretString>,
}

impl BufferList {
    pub fn apply(&self, settings: &mut Settings) {
        let given = self.buffers.iter().filter(|one| !one.expose_secret().is_empty());
        settings.buffers = given.cloned().collect();
    }
}

/// How connections are watched.
#[derive(clap::Args, Clone)]
pub struct Health {
    /// How often each connection is tried by itself, such as 15m, 10s at least; off for never.
    #[arg(long, env = "KHLONG_HEALTH_EVERY", value_name = "TIME", default_value = "15m", value_parser = health_every)]
    health_every: Often,
}

/// So often, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Often(Option<Duration>);

impl Health {
    pub fn apply(&self, settings: &mut Settings) {
        settings.health_every = self.health_every.0;
    }
}

fn health_every(text: &str) -> Result<Often, String> {
    if text.trim().eq_ignore_ascii_case("off") {
        return Ok(Often(None));
    }
    match text.trim().parse::<model::Span>() {
        Ok(span) if span >= HEALTH_EVERY_MIN => Ok(Often(Some(Duration::from_millis(span.as_ms())))),
        _ => Err("a time such as 15m, 10s at least, or off".into()),
    }
}

const HEALTH_EVERY_MIN: model::Span = model::Span::from_secs(10);

pub fn read_text(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// The address under which others reach the servers. With a wrong one nobody can sign in, and addresses that end a wait
/// lead nowhere.
pub fn web_address(text: &str) -> Result<String, String> {
    let is_plain = |url: &url::Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && (url.username(), url.password(), url.query(), url.fragment()) == ("", None, None, None)
    };
    match text.parse().is_ok_and(|url| is_plain(&url)) {
        true => Ok(text.to_owned()),
        false => Err("an address such as https://khlong.example.com".into()),
    }
}

/// The usual place for a program's data, or a folder here where there is no home.
pub fn data_folder(name: &str) -> PathBuf {
    let set = |variable| std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")));
    base.unwrap_or_default().join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_can_open_is_taken_for_the_servers_address() {
        for good in ["https://khlong.example.com", "http://10.0.0.5:8686/", "https://example.com/khlong"] {
            assert!(web_address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "khlong.example.com",
            "notaurl",
            "ftp://khlong.example.com",
            "https://",
            "https://a:b@c",
            "https://a/?b",
        ] {
            assert!(web_address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_folder_of_sqlite_files_is_not_where_khlong_keeps_its_own() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let applied = |sqlite_dir: &Path| {
            let outgoing = Outgoing { sqlite_dir: Some(sqlite_dir.to_owned()), ..Outgoing::default() };
            outgoing.apply(&mut Settings::new(&data, ""))
        };
        for wrong in [folder.path(), &folder.path().join("nowhere"), Path::new("/")] {
            assert!(applied(wrong).is_err(), "{}", wrong.display());
        }
        let beside = folder.path().join("sqlite");
        std::fs::create_dir(&beside).expect("made");
        assert!(applied(&beside).is_ok());
        std::fs::create_dir(&data).expect("made");
        assert!(applied(&data).is_err());
    }

    #[test]
    fn how_often_connections_are_tried_is_a_time_or_never() {
        let every = |text| health_every(text).map(|often| often.0.map(|every| every.as_secs()));
        assert_eq!((every("15m"), every("10s"), every("Off")), (Ok(Some(900)), Ok(Some(10)), Ok(None)));
        for bad in ["", "0s", "9s", "15", "never", "-1m"] {
            assert!(every(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_without_certificates_is_not_taken_for_one_with_some() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ca_file = Some(folder.path().join("ca.pem"));
        let applied = |pem: &str| {
            std::fs::write(folder.path().join("ca.pem"), pem).expect("written");
            let outgoing = Outgoing { ca_file: ca_file.clone(), ..Outgoing::default() };
            outgoing.apply(&mut Settings::new(folder.path(), ""))
        };
        assert!(applied("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n").is_ok());
        let refused = applied("root:x:0:0\n").expect_err("refused").to_string();
        assert!(refused.contains("ca.pem holds no certificate"), "{refused}");
    }
}
