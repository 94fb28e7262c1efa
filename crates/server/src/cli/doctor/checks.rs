//! What the doctor looks at, from the disk upwards.

use super::Args;
use super::health;
use super::report::Report;
use crate::budget::{Level, Limits, megabytes};
use crate::cli::client;
use crate::imported::ImportedConnectors;
use crate::vault::{KEY_FILE, Vault};
use crate::{Settings, flows, wire};
use connector::Catalog;
use engine::{Clock, SystemClock};
use model::{FlowDocument, Surroundings};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use store::ids::{EPOCH_MS, time_of};
use store::{FlowState, Ms, RunId, Settings as _, Space, Store, moving};
use store_sqlite::{Examined, SqliteStore};

/// Below this much free disk the doctor warns.
const FREE_BYTES_MIN: u64 = 1 << 30;
/// A log larger than this is not being worked into the file.
const LOG_BYTES_MAX: u64 = 1 << 30;
/// A file larger than this is read as a whole only where that is asked for.
const EVERY_PAGE_MAX: u64 = 4 << 30;
/// Events that wait longer than this, and schedules that are so late, are told of.
const LATE_MS: Ms = 10 * 60_000;
/// The newest run may be so far ahead of the clock.
const AHEAD_MS: Ms = 5_000;

const DAMAGED: &str = "Stop the server, keep a copy of the folder, and restore the latest backup: khlong restore. Where the \
    first start or an import was broken off, begin that anew.";
const UNFINISHED: &str = "khlong import --all FILE, with the same file.";

pub async fn all(args: &Args, report: &mut Report) {
    let mut settings = args.place.settings();
    report.good("version", format!("khlong {}", env!("CARGO_PKG_VERSION")));
    if let Err(error) = args.outgoing.apply(&mut settings) {
        report.bad("settings", format!("{error:#}"), "Correct the file that is named.");
    }
    args.budget.apply(&mut settings);
    args.buffers.apply(&mut settings);
    let now = SystemClock.now();
    buffers(&settings, report).await;
    files(&settings.data, report);
    let opened = match settings.database {
        Some(_) => in_database(&settings, now, report).await,
        None => in_folder(args, &settings, now, report).await,
    };
    let Some((store, held)) = opened else { return };
    disk(&*store, report).await;
    accounts(&*store, report).await;
    schedules(&*store, held, now, report).await;
    if let Some(vault) = secrets(&settings, &store, report).await {
        let Some(catalog) = catalog_of(&*store, report).await else { return };
        check_flows(&*store, &catalog, &vault, &settings, report).await;
        health::expiries(&catalog, &vault, now, report);
        health::tried(&*store, &vault, now, report).await;
        if args.connections {
            connections(&settings, &catalog, &vault, report).await;
        }
    }
}

/// The store for further questions, and whether a server works in the folder.
type Opened = Option<(Arc<dyn Store>, bool)>;

async fn in_folder(args: &Args, settings: &Settings, now: Ms, report: &mut Report) -> Opened {
    let size = std::fs::metadata(settings.data.join(store_sqlite::FILE)).map_or(0, |file| file.len());
    let every_page = args.deep || size <= EVERY_PAGE_MAX;
    let examined = match store_sqlite::examine(&settings.data, every_page, now) {
        Ok(examined) => examined,
        Err(error) if !store_sqlite::is_store(&settings.data) => {
            report.bad("store", error, "Give the folder with --data; `khlong serve` makes a new one.");
            return None;
        }
        Err(error) => {
            // Never that a new one be made: this one holds somebody's events.
            report.bad("store", error, DAMAGED);
            return None;
        }
    };
    integrity(&settings.data, &examined, every_page, report);
    clock(examined.newest, now, report);
    server(args.port, &examined, report).await;
    queue(&examined, now, report);
    if !examined.current {
        // Questions to tables of another release would only fail.
        return None;
    }
    match SqliteStore::look(&settings.data) {
        Ok(store) => {
            if unfinished(&store, report).await {
                // Of what is not whole nothing else is worth telling.
                return None;
            }
            budget(&settings.budget, &*store, report).await;
            Some((store, examined.held))
        }
        Err(error) => {
            report.bad("store", error, "Look at the folder's permissions.");
            None
        }
    }
}

/// A database looks after its own files; who works on it is not asked.
async fn in_database(settings: &Settings, now: Ms, report: &mut Report) -> Opened {
    let storage = match settings.open_store().await {
        Ok(storage) => storage,
        Err(error) => {
            let broken_off = error.root_cause().to_string() == moving::unfinished().to_string();
            let advice =
                if broken_off { UNFINISHED } else { "Look whether the database runs, and at --store." };
            report.bad("store", format!("{error:#}"), advice);
            return None;
        }
    };
    report.good("store", format!("the store in {} opens", storage.place()));
    budget(&settings.budget, storage.space(), report).await;
    let store = storage.store();
    match store.last_id().await {
        Ok(newest) => clock(Some(newest), now, report),
        Err(error) => report.bad("clock", error, "Look at the database."),
    }
    Some((store, false))
}

/// The brokers that were named: what their flows accept stands or falls with them.
async fn buffers(settings: &Settings, report: &mut Report) {
    const ADVICE: &str =
        "Look whether the broker runs, and at --buffer. Flows that accept into it answer 503 until it does.";
    let buffers = match brokers::open_all(&settings.buffers) {
        Ok(buffers) => buffers,
        Err(error) => return report.bad("buffers", error, "Correct --buffer, or KHLONG_BUFFERS."),
    };
    for (name, buffer) in buffers.iter() {
        match buffer.check().await {
            Ok(said) => report.good("buffers", format!("buffer {name}: {said}")),
            Err(error) => report.bad("buffers", format!("buffer {name}: {error}"), ADVICE),
        }
        if let Ok(Some(dead @ 1..)) = buffer.depth().await.map(|depth| depth.dead) {
            let what = format!("buffer {name}: {dead} events lie with the dead");
            report.odd("buffers", what, "Look at them in the broker: each says why it was no use.");
        }
    }
}

/// Nobody else may read the key, or the data.
fn files(data: &Path, report: &mut Report) {
    let mut fine = true;
    for name in [KEY_FILE, store_sqlite::FILE] {
        let path = data.join(name);
        let Ok(meta) = std::fs::metadata(&path) else { continue };
        let mode = meta.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            fine = false;
            let what = format!("others on this machine can read {} (mode {mode:o})", path.display());
            report.bad("files", what, format!("chmod 600 {}", path.display()));
        }
    }
    if fine {
        report.good("files", "only their owner can read the key and the data");
    }
}

fn integrity(data: &Path, examined: &Examined, every_page: bool, report: &mut Report) {
    let place = data.display();
    match examined.faults.first() {
        Some(fault) => {
            report.bad("store", format!("the store in {place} is damaged: {fault}"), DAMAGED);
        }
        None if every_page => {
            report.good("store", format!("the store in {place} is sound (SQLite {})", examined.sqlite))
        }
        None => {
            let what = format!("the store in {place} opens; it is large, and not every page was read");
            report.odd("store", what, "Run `khlong doctor --deep` at a quiet hour.");
        }
    }
    if !examined.current {
        let advice = "Start this release once with `khlong serve`, or use the release that made it.";
        report.bad("release", "the store's tables are those of another release", advice);
    }
}

/// Ids carry their time: a clock that went back makes new runs wait behind old ones in every list.
fn clock(newest: Option<RunId>, now: Ms, report: &mut Report) {
    if now < EPOCH_MS {
        return report.bad("clock", "the clock stands before 2024", "Set it: timedatectl set-ntp true.");
    }
    let ahead = newest.map_or(0, |run| time_of(run) - now);
    if ahead > AHEAD_MS {
        let what = format!("the newest run is {} s ahead of this machine's clock", ahead / 1_000);
        let advice = "The clock was set back, or was wrong: set it by NTP (timedatectl set-ntp true).";
        return report.bad("clock", what, advice);
    }
    report.good("clock", "the clock is not behind what is in the store");
}

async fn server(port: u16, examined: &Examined, report: &mut Report) {
    if !examined.held {
        return match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => report.good("server", "no server runs; its port is free"),
            Err(error) => {
                let what =
                    format!("no server works in this folder, and port {port} cannot be taken: {error}");
                report.odd(
                    "server",
                    what,
                    "Start it with another --port, or end the program that has this one.",
                );
            }
        };
    }
    let url = format!("http://127.0.0.1:{port}{}", api::path::READY);
    let answer = match client::http() {
        Ok(http) => http.get(&url).send().await,
        Err(error) => return report.bad("server", format!("{error:#}"), "Correct the settings."),
    };
    match answer {
        Ok(answer) if answer.status.is_success() => report.good("server", "a server runs and takes events"),
        Ok(answer) => {
            let why = answer.text().unwrap_or_default().trim().to_owned();
            let advice = "Mend what it names; senders are told to come back until then.";
            report.bad("server", format!("a server runs and takes no events: {why}"), advice);
        }
        Err(error) => {
            let what = format!("a process works in this folder and does not answer at port {port}: {error}");
            report.odd("server", what, "Give its port with --port; if that is right, look into its log.");
        }
    }
}

fn queue(examined: &Examined, now: Ms, report: &mut Report) {
    let Examined { waiting, oldest_waiting, overdue, held, .. } = examined;
    let age = oldest_waiting.map_or(0, |run| now - time_of(run));
    if !held && *waiting > 0 {
        return report.good("queue", format!("{waiting} runs go on when a server starts"));
    }
    if age > LATE_MS {
        let what = format!("{waiting} runs wait or are at work, the oldest for {} minutes", age / 60_000);
        let advice =
            "Look at the runs that are open: a target may be down, or a flow's concurrency too small.";
        return report.odd("queue", what, advice);
    }
    report.good("queue", format!("{waiting} runs wait or are at work, {overdue} are due"));
}

async fn disk(store: &dyn Store, report: &mut Report) {
    let size = match store.size().await {
        Ok(size) => size,
        Err(error) => return report.bad("disk", error, "Look at the disk."),
    };
    let (data, free) = (size.bytes >> 20, size.free_disk_bytes >> 20);
    if size.free_disk_bytes < FREE_BYTES_MIN {
        let advice = "Make room, or keep runs for a shorter time in the flows' settings.";
        report.bad("disk", format!("only {free} MB free on the disk"), advice);
    } else if size.free_disk_bytes == u64::MAX {
        // A database's disk is another machine's.
        report.good("disk", format!("{data} MB of data"));
    } else {
        report.good("disk", format!("{data} MB of data, {free} MB free"));
    }
    if size.wal_bytes > LOG_BYTES_MAX {
        let what = format!("the store's log has {} MB", size.wal_bytes >> 20);
        report.odd("disk", what, "End programs that read the file for long; a restart works the log in.");
    }
}

/// A database of which this is true does not open at all.
async fn unfinished(store: &SqliteStore, report: &mut Report) -> bool {
    let is_so = matches!(store.setting(moving::UNFINISHED).await, Ok(Some(_)));
    if is_so {
        report.bad("import", moving::unfinished(), UNFINISHED);
    }
    is_so
}

/// What is taken by kind, and how near the end of the budget that is.
async fn budget(limits: &Limits, space: &dyn Space, report: &mut Report) {
    let taken = match space.taken().await {
        Ok(taken) => taken,
        Err(error) => return report.bad("storage", error, "Look at the store."),
    };
    let parts: Vec<_> =
        taken.parts.iter().map(|(kind, bytes)| format!("{kind} {} MB", megabytes(*bytes))).collect();
    let used = format!("{} MB taken ({})", megabytes(taken.bytes()), parts.join(", "));
    let Some(most) = limits.bytes_max else {
        return report.good("storage", format!("{used}; no budget is set (KHLONG_STORAGE_MAX)"));
    };
    let what = format!("{used} of a budget of {} MB", megabytes(most));
    const ADVICE: &str = "Raise --storage-max, or keep runs for a shorter time in the flows' settings.";
    match limits.level(taken.bytes()) {
        Level::Fine => report.good("storage", what),
        Level::Near | Level::Tight => report.odd("storage", what, ADVICE),
        Level::Full => report.bad("storage", format!("{what}: no new events are taken"), ADVICE),
    }
}

async fn accounts(store: &dyn Store, report: &mut Report) {
    match store.users().await {
        Ok(users) if users.is_empty() => {
            report.bad("accounts", "nobody has an account yet", "Open the web page and create the owner.")
        }
        Ok(users) => report.good("accounts", format!("{} accounts", users.len())),
        Err(error) => report.bad("accounts", error, "Look at the store."),
    }
}

async fn schedules(store: &dyn Store, held: bool, now: Ms, report: &mut Report) {
    let (rows, times) = match (store.flows().await, store.schedules().await) {
        (Ok(rows), Ok(times)) => (rows, times),
        (Err(error), _) | (_, Err(error)) => return report.bad("schedules", error, "Look at the store."),
    };
    let live = rows.iter().filter(|row| row.state == FlowState::Live);
    let late = live.filter(|row| times.iter().any(|((flow, _), at)| *flow == row.key && *at < now - LATE_MS));
    let late: Vec<&str> = late.map(|row| row.id.as_str()).collect();
    match (late.is_empty(), held) {
        (true, _) => report.good("schedules", "no schedule is late"),
        (false, false) => {
            let what = format!("schedules are late, and no server was seen: {}", late.join(", "));
            report.odd(
                "schedules",
                what,
                "They are made up for at the next start, as each one's catch-up says.",
            );
        }
        (false, true) => {
            let what = format!("schedules are late although a server runs: {}", late.join(", "));
            report.bad("schedules", what, "Look into the server's log for these flows; is its clock right?");
        }
    }
}

async fn secrets(settings: &Settings, store: &Arc<dyn Store>, report: &mut Report) -> Option<Vault> {
    const ADVICE: &str = "Give the key that the data folder was made with: its file, or KHLONG_MASTER_KEY.";
    let from_file = settings.master_key.is_none();
    if from_file && !settings.data.join(KEY_FILE).exists() {
        report.bad("secrets", "there is no master key", ADVICE);
        return None;
    }
    let opened = match settings.master_key() {
        Ok(master) => Vault::open(store.clone(), &master, model::Value::Null).await,
        Err(error) => Err(error),
    };
    match opened {
        Ok(vault) => {
            report.good("secrets", "the secrets of all connections can be opened");
            Some(vault)
        }
        Err(error) => {
            report.bad("secrets", error, ADVICE);
            None
        }
    }
}

/// What is built in and what was imported.
async fn catalog_of(store: &dyn Store, report: &mut Report) -> Option<Arc<Catalog>> {
    match ImportedConnectors::read(store).await {
        Ok(connectors) => Some(connectors.now()),
        Err(error) => {
            report.bad("connectors", error, "Look at the store.");
            None
        }
    }
}

async fn check_flows(
    store: &dyn Store,
    catalog: &Catalog,
    vault: &Vault,
    settings: &Settings,
    report: &mut Report,
) {
    let rows = match store.flows().await {
        Ok(rows) => rows,
        Err(error) => return report.bad("flows", error, "Look at the store."),
    };
    let scripts = crate::cli::files::scripts();
    // A doctor who was told of none does not know which there are.
    let buffers = brokers::open_all(&settings.buffers).ok().filter(|_| !settings.buffers.is_empty());
    let buffers = buffers.map(|buffers| buffers.names().map(str::to_owned).collect());
    let mut documents: Vec<FlowDocument> = Vec::new();
    for row in &rows {
        match wire::document(row) {
            Ok(document) => documents.push(document),
            Err(_) => {
                report.bad("flows", format!("flow {} cannot be read", row.id), "Import its file again.")
            }
        }
    }
    for document in &documents {
        let others = documents.iter().filter(|other| other.id != document.id);
        let around = Surroundings {
            connections_known: true,
            connections: vault.connectors(),
            paths: flows::paths(catalog, others),
            buffers: buffers.clone(),
        };
        let mut problems = model::validate(document, catalog.specs(), &around, &scripts);
        problems.extend(flows::unknown_zones(document, catalog.specs()));
        match problems.iter().find(|problem| problem.is_error()) {
            None => report.good("flows", format!("flow {}", document.id)),
            Some(problem) => report.bad("flows", format!("flow {}: {problem}", document.id), &problem.advice),
        }
    }
}

async fn connections(settings: &Settings, catalog: &Catalog, vault: &Vault, report: &mut Report) {
    let http = match settings.http() {
        Ok(http) => http,
        Err(error) => return report.bad("connections", format!("{error:#}"), "Correct the settings."),
    };
    for (name, (held, _)) in vault.list() {
        let Some(connector) = catalog.connector(&held.connector) else { continue };
        let tried = match http.over(&held) {
            Ok(http) => connector.test(&http, &held).await,
            Err(error) => Err(error),
        };
        match held.concealed_trial(tried) {
            Ok(said) => report.good("connections", format!("connection {name}: {said}")),
            Err(error) => report.bad("connections", format!("connection {name}: {error}"), error.advice()),
        }
    }
}
