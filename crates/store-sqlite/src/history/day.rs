//! One day's file as it is written.

use super::FileKey;
use crate::Durability;
use crate::checkpoint::PAGE_BYTES;
use crate::fault::Fault;
use crate::place::{self, at};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;
use store::{EventId, RunId};

/// A question may be reading the file; it ends by its deadline.
const BUSY: Duration = Duration::from_secs(5);
const CACHE_KIB: i64 = 4 << 10;
const STATEMENTS_MAX: usize = 32;
/// What moves with a run, in the shape that the hot file gives it.
const TABLES: [&str; 3] = ["run_hist", "event", "blob"];

/// Open for writing, with the hot file beside it.
pub(super) struct DayFile {
    pub(super) key: FileKey,
    connection: Connection,
    copies: Copies,
}

/// A row of `history_part`.
pub(super) struct PartRow(pub(super) Vec<rusqlite::types::Value>);

pub(super) const PART: &str =
    "flow, status, runs, first_id, last_id, first_event, last_event, first_later, last_later, last_finished";
pub(super) const PART_COLUMNS: usize = 10;

/// What the hot file has to be told about the day's file.
pub(super) struct Written {
    pub(super) writes: i64,
    pub(super) parts: Vec<PartRow>,
}

impl DayFile {
    pub(super) fn open(
        folder: &Path,
        key: FileKey,
        hot: &Path,
        durability: Durability,
    ) -> Result<Self, Fault> {
        let path = key.path(folder);
        if !path.exists() {
            let make =
                place::private(&path).and_then(|file| file.sync_all()).and_then(|()| place::sync_dir(folder));
            make.map_err(|error| at(&path, "cannot make", &error))?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags)?;
        set_up(&connection, durability)?;
        connection.execute("ATTACH ?1 AS hot", [hot.to_string_lossy()])?;
        connection
            .execute_batch("CREATE TEMP TABLE moving (run INTEGER PRIMARY KEY, event INTEGER NOT NULL)")?;
        follow(&connection)?;
        let copies = Copies::new(&connection)?;
        Ok(Self { key, connection, copies })
    }

    /// Takes over these runs from the hot file. They are on disk here when this returns.
    pub(super) fn take(&mut self, runs: &[(RunId, EventId)]) -> Result<Written, Fault> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        tx.execute("DELETE FROM moving", [])?;
        {
            let mut insert = tx.prepare_cached("INSERT INTO moving (run, event) VALUES (?1, ?2)")?;
            runs.iter().try_for_each(|run| insert.execute(*run).map(drop))?;
        }
        for sql in self.copies.all() {
            tx.prepare_cached(sql)?.execute([])?;
        }
        tx.execute("UPDATE file SET writes = writes + 1", [])?;
        let written = written(
            &tx,
            "(flow, status) IN (SELECT flow, status FROM hot.run_hist WHERE id IN (SELECT run FROM moving))",
        )?;
        tx.execute("DELETE FROM moving", [])?;
        tx.commit()?;
        Ok(written)
    }

    /// All that the hot file should know.
    pub(super) fn written(&self) -> Result<Written, Fault> {
        written(&self.connection, "1")
    }
}

fn set_up(connection: &Connection, durability: Durability) -> Result<(), Fault> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    // Runs come in the order of their ids, so nearly all is appended: a rollback journal holds a few old pages where a
    // log would hold everything twice, and a closed day is one plain file. TRUNCATE, because it syncs the end of the
    // journal: a journal that comes back after a power cut would undo what the hot file has let go of.
    connection.pragma_update(None, "journal_mode", "TRUNCATE")?;
    connection.pragma_update(None, "synchronous", crate::writer::sync_word(durability))?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "mmap_size", 0)?;
    Ok(())
}

/// Gives the file the tables of the hot file, and the columns that these have got since.
fn follow(connection: &Connection) -> Result<(), Fault> {
    for table in TABLES {
        let ours = columns(connection, "main", table)?;
        if ours.is_empty() {
            make(connection, table)?;
            continue;
        }
        for (name, declared) in columns(connection, "hot", table)? {
            if !ours.iter().any(|(known, _)| *known == name) {
                connection
                    .execute_batch(&format!("ALTER TABLE main.{table} ADD COLUMN {name:?} {declared}"))?;
            }
        }
    }
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS main.file (writes INTEGER NOT NULL) STRICT;
         INSERT INTO main.file (writes) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM main.file);
         CREATE TABLE IF NOT EXISTS main.part (
             flow INTEGER NOT NULL, status INTEGER NOT NULL, runs INTEGER NOT NULL,
             first_id INTEGER NOT NULL, last_id INTEGER NOT NULL,
             first_event INTEGER NOT NULL, last_event INTEGER NOT NULL,
             first_later INTEGER, last_later INTEGER, last_finished INTEGER NOT NULL,
             PRIMARY KEY (flow, status)) STRICT, WITHOUT ROWID;",
    )?;
    Ok(())
}

/// Tables and indexes are written down without the name of their database, so the same words make them here.
fn make(connection: &Connection, table: &str) -> Result<(), Fault> {
    let sql =
        "SELECT sql FROM hot.sqlite_schema WHERE tbl_name = ?1 AND sql IS NOT NULL ORDER BY type DESC, name";
    let mut ask = connection.prepare(sql)?;
    let texts = ask.query_map([table], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    texts.iter().try_for_each(|text| connection.execute_batch(text))?;
    Ok(())
}

/// Names, and types with the value that rows from before have.
fn columns(connection: &Connection, database: &str, table: &str) -> Result<Vec<(String, String)>, Fault> {
    let sql =
        "SELECT name, type || ifnull(iif(\"notnull\", ' NOT NULL', '') || ' DEFAULT ' || dflt_value, '')
               FROM pragma_table_info(?1, ?2) ORDER BY cid";
    let mut ask = connection.prepare(sql)?;
    let rows = ask.query_map([table, database], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The statements that copy, put together once.
struct Copies(Vec<String>);

impl Copies {
    fn new(connection: &Connection) -> Result<Self, Fault> {
        let list = |table| -> Result<String, Fault> {
            let names = columns(connection, "hot", table)?.into_iter().map(|(name, _)| format!("{name:?}"));
            Ok(names.collect::<Vec<_>>().join(", "))
        };
        let [runs, events, blobs] = [list(TABLES[0])?, list(TABLES[1])?, list(TABLES[2])?];
        let copy = |table: &str, columns: &str, which: &str| {
            format!(
                "INSERT OR REPLACE INTO main.{table} ({columns}) SELECT {columns} FROM hot.{table} WHERE {which}"
            )
        };
        Ok(Self(vec![
            COUNT_NEW.into(),
            copy("run_hist", &runs, "id IN (SELECT run FROM moving)"),
            copy("event", &events, "id IN (SELECT event FROM moving)"),
            copy("blob", &blobs, "kind = 2 AND owner IN (SELECT run FROM moving)"),
            copy("blob", &blobs, "kind = 1 AND owner IN (SELECT event FROM moving)"),
        ]))
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// Before the copy, so that what is copied a second time is not counted twice.
const COUNT_NEW: &str = "
    INSERT INTO main.part (flow, status, runs, first_id, last_id, first_event, last_event, first_later, last_later, last_finished)
    SELECT flow, status, count(*), min(id), max(id), min(event), max(event),
           min(iif(id <> event, event, NULL)), max(iif(id <> event, event, NULL)), max(finished_at)
    FROM hot.run_hist AS h
    WHERE id IN (SELECT run FROM moving) AND NOT EXISTS (SELECT 1 FROM main.run_hist AS known WHERE known.id = h.id)
    GROUP BY flow, status
    ON CONFLICT DO UPDATE SET
        runs = runs + excluded.runs,
        first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id),
        first_event = min(first_event, excluded.first_event), last_event = max(last_event, excluded.last_event),
        first_later = min(ifnull(first_later, excluded.first_later), ifnull(excluded.first_later, first_later)),
        last_later = max(ifnull(last_later, excluded.last_later), ifnull(excluded.last_later, last_later)),
        last_finished = max(last_finished, excluded.last_finished)";

fn written(connection: &Connection, which: &str) -> Result<Written, Fault> {
    let writes = connection.query_row("SELECT writes FROM main.file", [], |row| row.get(0))?;
    let mut ask = connection.prepare_cached(&format!("SELECT {PART} FROM main.part WHERE {which}"))?;
    let rows = ask
        .query_map([], |row| (0..PART_COLUMNS).map(|n| row.get(n)).collect::<Result<_, _>>().map(PartRow))?;
    let parts = rows.collect::<Result<_, _>>()?;
    Ok(Written { writes, parts })
}
