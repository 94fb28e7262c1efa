//! Moves committed pages from the log into the file, mostly on a second thread.
//!
//! In-line checkpoints make one commit in a few hundred slow; a second thread alone never lets the log start over while
//! commits keep coming (it grew by 120 MB/s). So the thread does the bulk, and the writer itself finishes the short
//! tail between two commits from time to time, after which the log begins again at its start.

use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use store::Error;

pub(crate) const PAGE_BYTES: u32 = 4096;
/// The second thread starts at 4 MB of log.
const PAGES_BACKGROUND: u32 = (4 << 20) / PAGE_BYTES;
/// The writer does the rest each time the log has grown by 64 MB.
const PAGES_TAIL: u32 = (64 << 20) / PAGE_BYTES;
/// A log this long means that some reader never ends.
const PAGES_ALARM: u32 = (512 << 20) / PAGE_BYTES;
/// Between two background checkpoints, so that each has something to do.
const PAUSE: Duration = Duration::from_millis(30);
/// No long log for this long means that the burst is over.
const QUIET: Duration = Duration::from_secs(1);
const CACHE_KIB: i64 = 1 << 10;

pub(crate) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    failed: Arc<OnceLock<String>>,
    thread: Option<JoinHandle<()>>,
    /// How long the log was when the writer last did the tail.
    tail_at: u32,
    alarmed: bool,
}

impl Checkpoints {
    pub(crate) fn start(file: &Path) -> Result<Self, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Io(format!("cannot start checkpoints: {error}"));
        let connection = connect(file).map_err(|error| failed(&error))?;
        let (wake, woken) = sync_channel(1);
        let report = Arc::new(OnceLock::new());
        let failed_there = report.clone();
        let work = move || run(&connection, &woken, &failed_there);
        let thread = thread::Builder::new().name("store-checkpoint".into()).spawn(work);
        let thread = thread.map_err(|error| failed(&error))?;
        Ok(Self { wake: Some(wake), failed: report, thread: Some(thread), tail_at: 0, alarmed: false })
    }

    /// Why no more may be written: a checkpoint whose sync failed may seem to succeed the next time, and would then
    /// let go of the log.
    pub(crate) fn failed(&self) -> Option<&str> {
        self.failed.get().map(String::as_str)
    }

    /// Called by the writer with the length of the log after its commit.
    pub(crate) fn after_commit(&mut self, writer: &Connection, pages: u32) {
        if pages < self.tail_at {
            self.tail_at = 0; // the log began again
        }
        if pages >= PAGES_BACKGROUND
            && let Some(wake) = &self.wake
        {
            let _ = wake.try_send(()); // full: it is awake already
        }
        if pages - self.tail_at >= PAGES_TAIL {
            self.tail_at = pages;
            passive(writer, &self.failed);
            self.alarm(pages);
        }
    }

    fn alarm(&mut self, pages: u32) {
        let stuck = pages >= PAGES_ALARM;
        if stuck && !self.alarmed {
            tracing::warn!(
                bytes = u64::from(pages) * u64::from(PAGE_BYTES),
                "the store's log only grows: a reader never ends"
            );
        }
        self.alarmed = stuck;
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(connection)
}

/// Sleeps until the writer has something for it: an idle store costs nothing.
fn run(connection: &Connection, woken: &Receiver<()>, failed: &OnceLock<String>) {
    while woken.recv().is_ok() {
        loop {
            passive(connection, failed);
            thread::sleep(PAUSE);
            match woken.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => break truncate(connection, failed),
            }
        }
    }
}

fn passive(connection: &Connection, failed: &OnceLock<String>) {
    checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)", failed);
}

/// After a burst, so that the next start has no log to read. It gives way to whoever is reading or writing.
fn truncate(connection: &Connection, failed: &OnceLock<String>) {
    checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)", failed);
}

/// What it cannot move now, for a reader, another checkpoint or a full disk, stays in the log and is as safe there.
fn checkpoint(connection: &Connection, sql: &str, failed: &OnceLock<String>) {
    let done = connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i64>(0)));
    let Err(error) = done else { return };
    if matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    ) {
        return;
    }
    let _ = failed.set(format!("a checkpoint failed: {error}"));
}
