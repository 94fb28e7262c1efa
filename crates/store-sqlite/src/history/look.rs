//! Looking into days' files: which ones, a bounded number at a time, each question under its deadline.

use super::FileKey;
use crate::fault::Fault;
use crate::place::{self, at};
use crate::reader::{QUESTION_MAX, deadline};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params_from_iter};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use std::collections::VecDeque;
use std::fs;
use std::io::ErrorKind;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{EventId, RunId};

/// Connections that stay open when nobody asks.
const IDLE_MAX: usize = 8;
/// A group may be on its way into the file.
const BUSY: Duration = Duration::from_secs(2);

/// The files of history as they are read.
pub(crate) struct Days {
    folder: PathBuf,
    idle: Mutex<Idle>,
}

#[derive(Default)]
struct Idle {
    connections: VecDeque<(FileKey, SqliteConnection)>,
    /// Counts removals: a connection from before one may be to a file that is gone.
    removals: u64,
}

/// One question, which may look into many files but ends by one deadline.
pub(crate) struct Question<'a> {
    days: &'a Days,
    until: Instant,
}

/// A day's file open for reading.
pub(crate) struct Day<'a> {
    days: &'a Days,
    file: FileKey,
    removals: u64,
    /// `None` only while it is dropped.
    connection: Option<SqliteConnection>,
}

impl Days {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, idle: Mutex::default() }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn ask(&self) -> Question<'_> {
        Question { days: self, until: Instant::now() + QUESTION_MAX }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn close(&self) {
        self.idle().connections.clear();
    }

    /// What all files take on the disk.
    pub(crate) fn bytes(&self) -> u64 {
        place::bytes_in(&self.folder)
    }

    /// Takes the file away. Who is reading it reads on; the disk has its room back when the last one is done.
    pub(super) fn unlink(&self, file: FileKey) -> Result<(), Fault> {
        let path = file.path(&self.folder);
        {
            let mut idle = self.idle();
            idle.removals += 1;
            idle.connections.retain(|(of, _)| *of != file);
        }
        let journal = PathBuf::from(format!("{}-journal", path.display()));
        for path in [path, journal] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(at(&path, "cannot remove", &error).into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn has_run(&self, tx: &Transaction<'_>, run: RunId) -> Result<bool, Fault> {
        for file in files(tx, "first_id <= ?1 AND last_id >= ?1", run)? {
            if let Some(day) = self.open_now(file)?
                && day.prepare("SELECT 1 FROM run_hist WHERE id = ?1")?.exists([run])?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Copies an event and its body into the hot file.
    pub(super) fn bring_event(&self, tx: &Transaction<'_>, event: EventId) -> Result<bool, Fault> {
        for file in files(tx, "first_event <= ?1 AND last_event >= ?1", event)? {
            let Some(day) = self.open_now(file)? else { continue };
            if copy_rows(&day, tx, "event", "id = ?1", event)? > 0 {
                copy_rows(&day, tx, "blob", "kind = 1 AND owner = ?1", event)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// For the writer, which looks seldom and waits for nobody's async runtime.
    fn open_now(&self, file: FileKey) -> Result<Option<Connection>, Fault> {
        let path = file.path(&self.folder);
        if !path.exists() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        Ok(Some(connection))
    }
}

/// Newest first.
fn files(tx: &Transaction<'_>, which: &str, id: i64) -> Result<Vec<FileKey>, Fault> {
    let sql = format!("SELECT DISTINCT file FROM history_part WHERE {which} ORDER BY file DESC");
    let mut ask = tx.prepare_cached(&sql)?;
    let rows = ask.query_map([id], |row| row.get(0).map(FileKey))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn copy_rows(
    from: &Connection,
    to: &Transaction<'_>,
    table: &str,
    which: &str,
    id: i64,
) -> Result<usize, Fault> {
    let mut ask = from.prepare(&format!("SELECT * FROM {table} WHERE {which}"))?;
    let names: Vec<String> = ask.column_names().iter().map(|name| format!("{name:?}")).collect();
    let places = vec!["?"; names.len()].join(", ");
    let sql = format!("INSERT INTO {table} ({}) VALUES ({places}) ON CONFLICT DO NOTHING", names.join(", "));
    let (mut insert, mut count) = (to.prepare_cached(&sql)?, 0);
    let mut rows = ask.query([id])?;
    while let Some(row) = rows.next()? {
        let values = (0..names.len()).map(|n| row.get::<_, Value>(n)).collect::<Result<Vec<_>, _>>()?;
        insert.execute(params_from_iter(values))?;
        count += 1;
    }
    Ok(count)
}

impl<'a> Question<'a> {
    /// Nothing where the file has gone since the hot file was asked.
    pub(crate) async fn open(&self, file: FileKey) -> Result<Option<Day<'a>>, Fault> {
        if Instant::now() >= self.until {
            return Err(store::Error::Deadline.into());
        }
        let (known, removals) = {
            let mut idle = self.days.idle();
            let place = idle.connections.iter().position(|(of, _)| *of == file);
            (place.and_then(|place| idle.connections.remove(place)), idle.removals)
        };
        let mut connection = match known {
            Some((_, connection)) => connection,
            None => {
                let path = file.path(&self.days.folder);
                match connect(&path).await {
                    Ok(connection) => connection,
                    Err(_) if !path.exists() => return Ok(None),
                    Err(error) => return Err(error.into()),
                }
            }
        };
        deadline(&mut connection, self.until).await?;
        Ok(Some(Day { days: self.days, file, removals, connection: Some(connection) }))
    }
}

async fn connect(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY);
    let options =
        options.pragma("query_only", "1").pragma("cache_size", "-500").pragma("temp_store", "MEMORY");
    options.thread_name(|number| format!("store-history-{number}")).connect().await
}

impl Deref for Day<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("it is there until it is dropped")
    }
}

impl DerefMut for Day<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("it is there until it is dropped")
    }
}

impl Drop for Day<'_> {
    fn drop(&mut self) {
        let mut idle = self.days.idle();
        if self.removals != idle.removals {
            return;
        }
        if let Some(connection) = self.connection.take() {
            idle.connections.push_back((self.file, connection));
        }
        if idle.connections.len() > IDLE_MAX {
            idle.connections.pop_front();
        }
    }
}

/// Which files hold runs of a kind, and how far they reach; the one with the newest run first.
pub(crate) async fn files_with(
    hot: &mut SqliteConnection,
    sql: sqlx::QueryBuilder<sqlx::Sqlite>,
) -> Result<Vec<Reach>, Fault> {
    let mut sql = sql;
    let rows: Vec<(i64, RunId, i64)> = sql.build_query_as().fetch_all(hot).await?;
    Ok(rows.into_iter().map(|(file, last, runs)| Reach { file: FileKey(file), last, runs }).collect())
}

pub(crate) struct Reach {
    pub(crate) file: FileKey,
    /// The newest of those runs.
    pub(crate) last: RunId,
    pub(crate) runs: i64,
}

/// The beginning of a question for `files_with`; a condition follows, and `REACH_ORDER`.
pub(crate) const REACH: &str = "SELECT file, max(last_id), sum(runs) FROM history_part WHERE ";
pub(crate) const REACH_ORDER: &str = " GROUP BY file ORDER BY max(last_id) DESC";

pub(crate) fn floor(hot: &Connection) -> Result<RunId, Fault> {
    let last = hot.query_row("SELECT max(last_id) FROM history_part", [], |row| row.get(0)).optional()?;
    Ok(last.flatten().unwrap_or(0))
}
