//! Reading it all, on a thread of its own.

use super::{Body, goes_by_rows};
use crate::blob;
use crate::fault::Fault;
use crate::history::FileKey;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Params};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use store::moving::{Cell, Page, Row, TABLES, Table, UNFINISHED};
use store::{Error, EventId, RunId};
use tokio::sync::mpsc;

/// Runs of a day whose events go before them.
const CHUNK: i64 = 500;
/// Days' files that stay open to look into.
const OPEN_MAX: usize = 8;

pub(super) struct Giver {
    hot: Connection,
    folder: PathBuf,
    pages: mpsc::Sender<Page>,
    /// The one used last comes last.
    open: VecDeque<(FileKey, Connection)>,
    reaches: Vec<Reach>,
}

/// The events in a day's file: of all its runs, and of those that are not the first of their event.
#[derive(Clone, Copy)]
struct Reach {
    file: FileKey,
    all: (EventId, EventId),
    later: Option<(EventId, EventId)>,
}

impl Giver {
    pub(super) fn open(hot: &Path, folder: PathBuf, pages: mpsc::Sender<Page>) -> Result<Self, Fault> {
        let hot = look_into(hot)?;
        let reaches = reaches(&hot)?;
        Ok(Self { hot, folder, pages, open: VecDeque::new(), reaches })
    }

    pub(super) fn give(mut self) -> Result<(), Fault> {
        for table in TABLES.iter().filter(|table| goes_by_rows(table) && table.name != "run_hist") {
            let which = if table.name == "setting" {
                format!("WHERE name <> '{UNFINISHED}' ORDER BY 1")
            } else {
                "ORDER BY 1, 2".into()
            };
            rows(&self.hot, table, &which, [], &self.pages)?;
        }
        (0..self.reaches.len()).try_for_each(|place| self.day(self.reaches[place].file))
    }

    fn day(&mut self, file: FileKey) -> Result<(), Fault> {
        let (mut after, mut events) = (i64::MIN, Page::of("event")?);
        let (event_table, run_table) = (events.table, Page::of("run_hist")?.table);
        loop {
            let runs = self.runs(file, after)?;
            let Some((last, _)) = runs.last().copied() else { return Ok(()) };
            for (run, event) in runs {
                if self.comes_here_first(file, run, event)? {
                    let day = self.file(file)?;
                    each_row(day, event_table, "WHERE id = ?1", [event], |row| {
                        events.push(row);
                        Ok(())
                    })?;
                }
                if events.is_full() {
                    send(&self.pages, events.take())?;
                }
            }
            send(&self.pages, events.take())?;
            let pages = self.pages.clone();
            let which = "WHERE id > ?1 AND id <= ?2 ORDER BY id";
            rows(self.file(file)?, run_table, which, [after, last], &pages)?;
            after = last;
        }
    }

    fn runs(&mut self, file: FileKey, after: RunId) -> Result<Vec<(RunId, EventId)>, Fault> {
        let day = self.file(file)?;
        let mut ask =
            day.prepare_cached("SELECT id, event FROM run_hist WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let rows = ask.query_map([after, CHUNK], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// An event lies in each file that has a run of it, and beside the open runs. It is given once: with the first of these.
    fn comes_here_first(&mut self, file: FileKey, run: RunId, event: EventId) -> Result<bool, Fault> {
        let is_first_run = run == event;
        let before = "SELECT 1 FROM run_hist WHERE id = ?1 AND ?1 <> ?2
                      UNION ALL SELECT 1 FROM run_hist WHERE event = ?1 AND id <> event AND id < ?2";
        if !is_first_run && self.file(file)?.prepare_cached(before)?.exists([event, run])? {
            return Ok(false);
        }
        if has_event(&self.hot, event)? {
            return Ok(false);
        }
        let covers = |(first, last): (EventId, EventId)| first <= event && event <= last;
        let may_have = |reach: &&Reach| {
            reach.file < file
                && if is_first_run { reach.later.is_some_and(covers) } else { covers(reach.all) }
        };
        let earlier: Vec<FileKey> = self.reaches.iter().filter(may_have).map(|reach| reach.file).collect();
        for file in earlier {
            if has_event(self.file(file)?, event)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn file(&mut self, file: FileKey) -> Result<&Connection, Fault> {
        match self.open.iter().position(|(of, _)| *of == file) {
            Some(place) if place + 1 < self.open.len() => {
                let held = self.open.remove(place);
                self.open.extend(held);
            }
            Some(_) => {}
            None => {
                self.open.push_back((file, look_into(&file.path(&self.folder))?));
                if self.open.len() > OPEN_MAX {
                    self.open.pop_front();
                }
            }
        }
        self.open.back().map(|(_, connection)| connection).ok_or_else(|| Fault::unreadable("no file is open"))
    }
}

fn look_into(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

fn reaches(hot: &Connection) -> Result<Vec<Reach>, Fault> {
    let sql = "SELECT file, min(first_event), max(last_event), min(first_later), max(last_later)
               FROM history_part GROUP BY file ORDER BY file";
    let mut ask = hot.prepare(sql)?;
    let rows = ask.query_map([], |row| {
        let (first, last): (Option<EventId>, Option<EventId>) = (row.get(3)?, row.get(4)?);
        Ok(Reach { file: FileKey(row.get(0)?), all: (row.get(1)?, row.get(2)?), later: first.zip(last) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn has_event(connection: &Connection, event: EventId) -> Result<bool, Fault> {
    Ok(connection.prepare_cached("SELECT 1 FROM event WHERE id = ?1")?.exists([event])?)
}

fn send(pages: &mpsc::Sender<Page>, page: Page) -> Result<(), Fault> {
    if page.rows.is_empty() {
        return Ok(());
    }
    // Whoever got them has had enough, and says why himself.
    pages.blocking_send(page).map_err(|_| Error::Unavailable("nobody takes the rows".into()).into())
}

fn rows(
    connection: &Connection,
    table: &'static Table,
    which: &str,
    params: impl Params,
    pages: &mpsc::Sender<Page>,
) -> Result<(), Fault> {
    let mut page = Page::new(table);
    each_row(connection, table, which, params, |row| {
        page.push(row);
        if page.is_full() { send(pages, page.take()) } else { Ok(()) }
    })?;
    send(pages, page)
}

/// Bodies that lie in parts are put together.
fn each_row(
    connection: &Connection,
    table: &'static Table,
    which: &str,
    params: impl Params,
    mut each: impl FnMut(Row) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let body = Body::of(table);
    let sql = format!("SELECT {} FROM \"{}\" {which}", table.quoted(), table.name);
    let mut ask = connection.prepare_cached(&sql)?;
    let mut rows = ask.query(params)?;
    while let Some(held) = rows.next()? {
        let cells = (0..table.columns.len()).map(|place| cell(held.get_ref(place)?));
        let mut row = cells.collect::<Result<Row, Fault>>()?;
        if let Some(body) = &body
            && row[body.column] == Cell::Null
        {
            let (owner, seq) = body.owner(&row);
            row[body.column] = Cell::Bytes(blob::whole(connection, owner, body.kind, seq)?);
        }
        each(row)?;
    }
    Ok(())
}

fn cell(value: ValueRef<'_>) -> Result<Cell, Fault> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8(text.to_vec()).map_err(Fault::unreadable)?),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(Fault::unreadable("a number with a fraction")),
    })
}
