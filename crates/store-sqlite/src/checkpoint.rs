//! Moves committed pages from the log into the file, mostly on a second thread.
//!
//! In-line checkpoints make one commit in a few hundred slow; a second thread alone never lets the log start over while
//! commits keep coming (it grew by 120 MB/s). So the thread does the bulk, and the writer itself finishes the short
//! tail between two commits from time to time, after which the log begins again at its start, if nobody is reading it just
//! then. Where somebody is, or the thread is in the middle of its share, the writer tries again soon.

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
/// From 64 MB on the writer does the rest, again and again, until the log has begun anew.
const PAGES_TAIL: u32 = (64 << 20) / PAGE_BYTES;
const PAGES_AGAIN: u32 = (4 << 20) / PAGE_BYTES;
/// A log this long means that some reader never ends.
const PAGES_ALARM: u32 = (512 << 20) / PAGE_BYTES;
/// Between two background checkpoints, so that each has something to do.
const PAUSE: Duration = Duration::from_millis(30);
/// No long log for this long means that the burst is over.
const QUIET: Duration = Duration::from_secs(1);
/// While somebody keeps the log from being cut off, it is tried again after longer and longer pauses, up to this.
const QUIET_MAX: Duration = Duration::from_secs(60);
const CACHE_KIB: i64 = 1 << 10;

pub(crate) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    failed: Arc<OnceLock<String>>,
    thread: Option<JoinHandle<()>>,
    /// How long the log was when the writer last tried to do the tail.
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
        if pages >= PAGES_TAIL && pages - self.tail_at >= PAGES_AGAIN {
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
        let mut quiet = QUIET;
        passive(connection, failed);
        loop {
            match woken.recv_timeout(quiet) {
                Ok(()) => {
                    quiet = QUIET;
                    passive(connection, failed);
                    thread::sleep(PAUSE);
                }
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) if truncate(connection, failed) => break,
                Err(RecvTimeoutError::Timeout) => quiet = (quiet * 2).min(QUIET_MAX),
            }
        }
    }
}

fn passive(connection: &Connection, failed: &OnceLock<String>) {
    checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)", failed);
}

/// After a burst, so that the next start has no log to read and the disk has its room back. It gives way to whoever is
/// reading or writing, and says whether it got its way.
fn truncate(connection: &Connection, failed: &OnceLock<String>) -> bool {
    checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)", failed)
}

/// What it cannot move now, for a reader, another checkpoint or a full disk, stays in the log and is as safe there. Says
/// whether nobody was in the way.
fn checkpoint(connection: &Connection, sql: &str, failed: &OnceLock<String>) -> bool {
    let done = connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i64>(0)));
    match done {
        Ok(busy) => busy == 0,
        Err(error)
            if matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ) =>
        {
            false
        }
        Err(error) => {
            let _ = failed.set(format!("a checkpoint failed: {error}"));
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_a_reader_keeps_is_cut_off_when_the_reader_has_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.db");
        let writer = Connection::open(&file).expect("it opens");
        writer.pragma_update(None, "journal_mode", "WAL").expect("set");
        writer.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").expect("written");
        let log = || std::fs::metadata(folder.path().join("a.db-wal")).expect("there is a log").len();
        let (checkpoints, failed) = (connect(&file).expect("it opens"), OnceLock::new());
        let reader = Connection::open(&file).expect("it opens");
        reader.execute_batch("BEGIN; SELECT * FROM t").expect("it reads");
        writer.execute_batch("INSERT INTO t VALUES (2)").expect("written");
        assert!(!truncate(&checkpoints, &failed) && log() > 0, "a reader is in the way");
        reader.execute_batch("END").expect("it ends");
        assert!(truncate(&checkpoints, &failed) && log() == 0);
        assert_eq!(failed.get(), None);
    }
}
