//! Everything in this store as plain rows, and back.

mod give;
mod take;

use crate::blob::Kind;
use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use give::Giver;
use rusqlite::{Connection, OptionalExtension};
use store::Error;
use store::moving::{Moving, Pages, Table, Taking, UNFINISHED, give_blobs, is_of_blobs};
use take::Filling;
use tokio::sync::mpsc;

/// Pages on their way from the thread that reads to whoever gets them.
const PAGES_MAX: usize = 1;

#[async_trait]
impl Moving for SqliteStore {
    /// Nobody else works here: the folder is locked. What has ended moves to its days first, so that it is in one place.
    async fn give(&self, to: &mut dyn Pages) -> Result<(), Error> {
        self.archiver.move_all().await?;
        give_blobs(self, to).await?;
        let (hot, folder) = (self.place.file(), self.days.folder().to_owned());
        let (send, mut pages) = mpsc::channel(PAGES_MAX);
        let read = move || Giver::open(&hot, folder, send)?.give();
        let reading = tokio::task::spawn_blocking(read);
        let mut handed: Result<(), Error> = Ok(());
        while let Some(page) = pages.recv().await {
            handed = to.page(page).await;
            if handed.is_err() {
                break;
            }
        }
        drop(pages);
        let read: Result<(), Fault> =
            reading.await.map_err(|_| Error::Unavailable("the reading was broken off".into()))?;
        handed?;
        Ok(read?)
    }

    fn takes(&self, table: &Table) -> bool {
        is_here(table)
    }

    async fn begin(&self) -> Result<Box<dyn Taking + '_>, Error> {
        Ok(Box::new(Filling::begin(self).await?))
    }
}

/// Long bodies go by themselves.
fn goes_by_rows(table: &Table) -> bool {
    is_here(table) && !is_of_blobs(table)
}

/// What only processes that share a store tell each other has no place in one that one process has for itself.
fn is_here(table: &Table) -> bool {
    table.name != "control"
}

/// The column that may lie in `blob`: whose it is, and the columns that say so.
struct Body {
    column: usize,
    kind: Kind,
    owner: usize,
    seq: Option<usize>,
}

impl Body {
    fn of(table: &Table) -> Option<Self> {
        let (column, kind, owner, seq) = match table.name {
            "event" => ("body", Kind::Event, "id", None),
            "journal" => ("body", Kind::Record, "run", Some("seq")),
            "run_hist" => ("doc", Kind::Doc, "id", None),
            "inbox" => ("doc", Kind::Letter, "run", None),
            _ => return None,
        };
        let (column, owner) = (table.place(column)?, table.place(owner)?);
        Some(Self { column, kind, owner, seq: seq.and_then(|seq| table.place(seq)) })
    }

    fn owner(&self, row: &store::moving::Row) -> (i64, u32) {
        let number = |place: usize| row.get(place).and_then(|cell| cell.int()).unwrap_or_default();
        (number(self.owner), self.seq.map_or(0, number) as u32)
    }
}

/// Whether an import was begun here and has not come to its end.
pub(crate) fn is_unfinished(connection: &Connection) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM setting WHERE name = ?1";
    Ok(connection.query_row(sql, [UNFINISHED], |_| Ok(())).optional()?.is_some())
}
