//! Filling an empty store.

use super::{Body, goes_by_rows, is_unfinished};
use crate::blob;
use crate::fault::Fault;
use crate::history::{Ended, FileKey};
use crate::store::SqliteStore;
use async_trait::async_trait;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{ToSql, Transaction, params_from_iter};
use std::collections::HashMap;
use store::moving::{BlobTaker, Cell, Page, Pages, Row, TABLES, Taking, UNFINISHED, is_of_blobs, not_empty};
use store::{Error, RunId};

pub(super) struct Filling<'a> {
    store: &'a SqliteStore,
    /// The last run of each lane.
    lanes: HashMap<i64, RunId>,
    blobs: BlobTaker,
}

impl<'a> Filling<'a> {
    pub(super) async fn begin(store: &'a SqliteStore) -> Result<Self, Error> {
        let files = store.write(clear).await?;
        store.archiver.remove(files).await?;
        Ok(Self { store, lanes: HashMap::new(), blobs: BlobTaker::default() })
    }

    /// Runs of a lane go by their numbers here. Where several doors took them in, their turns may say otherwise.
    fn check_lanes(&mut self, page: &Page) -> Result<(), Error> {
        for row in &page.rows {
            let number = |column| page.cell(row, column).and_then(Cell::int);
            let (Some(run), Some(lane)) = (number("id"), number("lane")) else { continue };
            if let Some(before) = self.lanes.insert(lane, run).filter(|before| *before > run) {
                return Err(Error::Conflict(format!(
                    "the runs {before} and {run} of one ordering key came in the other order than their numbers, and \
                     a store in a folder would turn them round: let them end where they are, and export again"
                )));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Pages for Filling<'_> {
    async fn page(&mut self, page: Page) -> Result<(), Error> {
        let table = page.table;
        if is_of_blobs(table) {
            return self.blobs.take(self.store, page).await;
        }
        if table.name == "run" {
            self.check_lanes(&page)?;
        }
        let work = move |writer: &mut crate::writer::Writer| {
            writer.write_knowing(|tx, ended| insert(tx, ended, &page))
        };
        self.store.writer.call(work).await?;
        // The hot file stays small.
        if table.name == "run_hist" {
            self.store.archiver.move_all().await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Taking for Filling<'_> {
    async fn end(self: Box<Self>) -> Result<(), Error> {
        let done = |tx: &Transaction<'_>| {
            tx.execute("DELETE FROM setting WHERE name = ?1", [UNFINISHED])?;
            Ok(())
        };
        self.store.write(done).await
    }
}

/// Makes way for an import, and tells which files of history were left of an earlier one.
fn clear(tx: &Transaction<'_>) -> Result<Vec<FileKey>, Fault> {
    if !is_unfinished(tx)? && holds_something(tx)? {
        return Err(not_empty().into());
    }
    for table in TABLES.iter().filter(|table| goes_by_rows(table)) {
        tx.execute(&format!("DELETE FROM \"{}\"", table.name), [])?;
    }
    tx.execute("DELETE FROM blob", [])?;
    // Their files have no row then, and go with the next start.
    tx.execute("DELETE FROM kept_blob", [])?;
    tx.execute("INSERT INTO setting (name, value) VALUES (?1, '')", [UNFINISHED])?;
    let mut ask = tx.prepare("SELECT file FROM history_file UNION SELECT file FROM history_part")?;
    let files = ask.query_map([], |row| row.get(0).map(FileKey))?;
    Ok(files.collect::<Result<_, _>>()?)
}

/// Settings are there as soon as a server has been started, and are no reason to refuse.
fn holds_something(tx: &Transaction<'_>) -> Result<bool, Fault> {
    for table in
        TABLES.iter().filter(|table| goes_by_rows(table) && !["setting", "session"].contains(&table.name))
    {
        if tx.prepare(&format!("SELECT 1 FROM \"{}\" LIMIT 1", table.name))?.exists([])? {
            return Ok(true);
        }
    }
    Ok(tx.prepare("SELECT 1 FROM history_part LIMIT 1")?.exists([])?)
}

fn insert(tx: &Transaction<'_>, ended: &Ended, page: &Page) -> Result<(), Fault> {
    let table = page.table;
    let places = vec!["?"; table.columns.len()].join(", ");
    let sql = format!("INSERT INTO \"{}\" ({}) VALUES ({places})", table.name, table.quoted());
    let (mut insert, body) = (tx.prepare_cached(&sql)?, Body::of(table));
    for row in &page.rows {
        if table.name == "run_hist" {
            bring_event(tx, ended, page, row)?;
        }
        let lies_apart = |place: usize, cell: &Cell| {
            let (Some(body), Cell::Bytes(bytes)) = (&body, cell) else { return false };
            body.column == place && blob::inline(bytes).is_none()
        };
        let cells = row.iter().enumerate();
        let values =
            cells.map(|(place, cell)| Bound(if lies_apart(place, cell) { &Cell::Null } else { cell }));
        insert.execute(params_from_iter(values))?;
        if let Some(body) = &body
            && let Cell::Bytes(bytes) = &row[body.column]
        {
            let (owner, seq) = body.owner(row);
            blob::put(tx, owner, body.kind, seq, bytes)?;
        }
    }
    Ok(())
}

/// A run takes its event along to its day's file. The event may have moved with an earlier run by now.
fn bring_event(tx: &Transaction<'_>, ended: &Ended, page: &Page, row: &Row) -> Result<(), Fault> {
    let number = |column| page.cell(row, column).and_then(Cell::int);
    let (Some(run), Some(event)) = (number("id"), number("event")) else { return Ok(()) };
    if run == event || tx.prepare_cached("SELECT 1 FROM event WHERE id = ?1")?.exists([event])? {
        return Ok(());
    }
    ended.bring_event(tx, event).map(drop)
}

struct Bound<'a>(&'a Cell);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Null => ToSqlOutput::Owned(Value::Null),
            Cell::Int(number) => (*number).into(),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}
