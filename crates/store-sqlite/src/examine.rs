//! A look at a store while somebody may work in it: nothing is written, and no lock is taken.

use crate::fault::Fault;
use crate::migrate;
use crate::place::{FILE, Place};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;
use store::{Error, Ms, RunId};

/// A server may be in the middle of a checkpoint.
const BUSY: Duration = Duration::from_secs(10);
/// Faults that are told of; a file with more is damaged just the same.
const FAULTS_MAX: u32 = 5;

/// What a look found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// A process works in the folder.
    pub held: bool,
    /// The tables are those of this release.
    pub current: bool,
    pub sqlite: String,
    /// What SQLite says is wrong with the file; nothing where it was not asked to look.
    pub faults: Vec<String>,
    /// Runs that wait for their turn or are at work, and the oldest of them.
    pub waiting: i64,
    pub oldest_waiting: Option<RunId>,
    /// Runs that are due by now and still parked.
    pub overdue: i64,
    pub newest: Option<RunId>,
}

/// Looks at the store of a data folder. Reading every page takes long with a large file: it is done where asked for.
pub fn examine(data: &Path, every_page: bool, now: Ms) -> Result<Examined, Error> {
    let file = data.join(FILE);
    if !file.exists() {
        return Err(Error::Conflict(format!("there is no store in {}", data.display())));
    }
    let held = Place::is_held(data)?;
    Ok(read(&file, every_page, now).map(|examined| Examined { held, ..examined })?)
}

fn read(file: &Path, every_page: bool, now: Ms) -> Result<Examined, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    let current = migrate::is_current(&connection)?;
    let faults = if every_page { faults(&connection)? } else { Vec::new() };
    let waiting = "SELECT count(*), min(id) FROM run WHERE wake_at IS NULL";
    let (waiting, oldest_waiting) =
        connection.query_row(waiting, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let overdue = "SELECT count(*) FROM run WHERE wake_at <= ?1";
    let overdue = connection.query_row(overdue, [now], |row| row.get(0))?;
    let newest = "SELECT max(id) FROM (SELECT max(id) AS id FROM run UNION ALL SELECT max(id) FROM run_hist
                  UNION ALL SELECT max(event) FROM dedupe)";
    let newest = connection.query_row(newest, [], |row| row.get(0))?;
    let sqlite = rusqlite::version().to_owned();
    Ok(Examined { held: false, current, sqlite, faults, waiting, oldest_waiting, overdue, newest })
}

fn faults(connection: &Connection) -> Result<Vec<String>, Fault> {
    let mut check = connection.prepare(&format!("PRAGMA quick_check({FAULTS_MAX})"))?;
    let said = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(said.into_iter().filter(|fault| fault != "ok").collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, SqliteStore};
    use store::{Flows, RunQueries, Settings};

    #[tokio::test]
    async fn somebody_may_look_while_another_works_and_can_change_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = Options::new(folder.path());
        options.allow_network_dir = true;
        assert!(examine(folder.path(), true, 0).is_err(), "there is nothing to look at");
        let store = SqliteStore::open(options).await.expect("it opens");
        let examined = examine(folder.path(), true, 0).expect("a look");
        assert!(examined.held && examined.current && examined.faults.is_empty(), "{examined:?}");
        let look = SqliteStore::look(folder.path()).expect("a look");
        assert_eq!(look.flows().await.expect("flows").len(), 0);
        look.ping().await.expect("it answers");
        look.set_setting("a", "b").await.expect_err("it cannot be written");
        drop(store);
        assert!(!examine(folder.path(), false, 0).expect("a look").held);
    }
}
