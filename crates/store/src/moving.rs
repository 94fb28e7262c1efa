//! Everything that a store holds, as plain rows, so that it can move to a store of another kind.
//!
//! `TABLES` is what moves, in the words that both stores share; a store's test holds its tables against it, so that
//! nothing that is remembered can be forgotten here.

use crate::{BLOBS_MAX, BlobRow, Blobs, Error};
use async_trait::async_trait;

/// Rows go in pages, so that memory has a bound: a page holds so much and one row more.
pub const PAGE_BYTES: usize = 4 << 20;
pub const PAGE_ROWS: usize = 1_000;

/// A setting of a store whose import has not come to its end.
pub const UNFINISHED: &str = "import.unfinished";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Int,
    Text,
    Bytes,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// One cell for each column of the table, in order.
pub type Row = Vec<Cell>;

/// Some rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub table: &'static Table,
    pub rows: Vec<Row>,
    bytes: usize,
}

use Kind::{Bytes, Int, Text};

/// In the order in which they go. The events of open runs come before these, and those of runs that have ended in pages
/// between theirs, so that an event is there when the first run that refers to it comes.
pub const TABLES: &[Table] = &[
    Table { name: "setting", columns: &[("name", Text), ("value", Text)] },
    Table {
        name: "flow",
        columns: &[
            ("key", Int),
            ("id", Text),
            ("name", Text),
            ("state", Int),
            ("version", Int),
            ("version_number", Int),
            ("document", Text),
            ("keep_done", Int),
            ("keep_failed", Int),
            ("created_at", Int),
            ("updated_at", Int),
            ("deleted_at", Int),
        ],
    },
    Table {
        name: "version",
        columns: &[
            ("key", Int),
            ("flow", Int),
            ("number", Int),
            ("logic", Text),
            ("created_at", Int),
            ("created_by", Text),
        ],
    },
    Table {
        name: "draft",
        columns: &[
            ("flow", Text),
            ("document", Text),
            ("based_on", Int),
            ("revision", Int),
            ("saved_at", Int),
            ("saved_by", Text),
        ],
    },
    Table {
        name: "draft_point",
        columns: &[
            ("flow", Text),
            ("number", Int),
            ("name", Text),
            ("document", Text),
            ("created_at", Int),
            ("created_by", Text),
        ],
    },
    Table {
        name: "connection",
        columns: &[
            ("name", Text),
            ("connector", Text),
            ("fields", Text),
            ("secrets", Bytes),
            ("updated_at", Int),
        ],
    },
    Table {
        name: "gate",
        columns: &[
            ("connection", Text),
            ("spent_until", Int),
            ("held_until", Int),
            ("open_since", Int),
            ("trials", Int),
            ("next_trial_at", Int),
            ("error", Text),
        ],
    },
    Table {
        name: "xref",
        columns: &[
            ("entity", Text),
            ("system", Text),
            ("external", Text),
            ("own", Text),
            ("changed_at", Int),
            ("changed_by", Text),
        ],
    },
    Table {
        name: "claim",
        columns: &[("lane", Int), ("flow", Int), ("key", Text), ("run", Int), ("who", Text), ("at", Int)],
    },
    Table { name: "asked", columns: &[("flow", Int), ("node", Text), ("cursor", Text)] },
    Table {
        name: "connector",
        columns: &[("id", Text), ("document", Text), ("changed_at", Int), ("changed_by", Text)],
    },
    Table {
        name: "alert",
        columns: &[
            ("id", Text),
            ("rule", Text),
            ("state", Text),
            ("revision", Int),
            ("changed_at", Int),
            ("changed_by", Text),
        ],
    },
    Table { name: "schedule", columns: &[("flow", Int), ("node", Text), ("next_at", Int)] },
    Table {
        name: "user",
        columns: &[
            ("id", Text),
            ("email", Text),
            ("name", Text),
            ("role", Int),
            ("password_hash", Text),
            ("created_at", Int),
        ],
    },
    Table { name: "session", columns: &[("id_hash", Bytes), ("data", Bytes), ("expires_at", Int)] },
    Table {
        name: "token",
        columns: &[
            ("id", Text),
            ("name", Text),
            ("hash", Bytes),
            ("role", Int),
            ("created_at", Int),
            ("created_by", Text),
            ("last_used_at", Int),
        ],
    },
    Table {
        name: "audit",
        columns: &[("n", Int), ("at", Int), ("who", Text), ("what", Text), ("target", Text)],
    },
    Table {
        name: "flow_total",
        columns: &[
            ("flow", Int),
            ("open", Int),
            ("done", Int),
            ("failed", Int),
            ("cancelled", Int),
            ("last_run_at", Int),
            ("last_status", Int),
        ],
    },
    Table { name: "flow_day", columns: &[("day", Int), ("flow", Int), ("status", Int), ("runs", Int)] },
    Table {
        name: "flow_slot",
        columns: &[
            ("slot", Int),
            ("flow", Int),
            ("status", Int),
            ("retried", Int),
            ("band", Int),
            ("runs", Int),
        ],
    },
    Table {
        name: "dedupe",
        columns: &[("event", Int), ("flow", Int), ("trigger", Text), ("delivery", Bytes)],
    },
    Table {
        name: "inbox",
        columns: &[
            ("run", Int),
            ("flow", Int),
            ("origin", Int),
            ("fingerprint", Int),
            ("at", Int),
            ("key", Text),
            ("node", Text),
            ("code", Text),
            ("message", Text),
            ("state", Int),
            ("changed_at", Int),
            ("changed_by", Text),
            ("reason", Text),
            ("doc", Bytes),
        ],
    },
    Table {
        name: "error_group",
        columns: &[
            ("fingerprint", Int),
            ("flow", Int),
            ("node", Text),
            ("code", Text),
            ("message", Text),
            ("runs", Int),
            ("open", Int),
            ("first_at", Int),
            ("last_at", Int),
        ],
    },
    Table {
        name: "care",
        columns: &[
            ("kind", Int),
            ("subject", Int),
            ("assignee", Text),
            ("snoozed_at", Int),
            ("snoozed_until", Int),
        ],
    },
    Table {
        name: "care_comment",
        columns: &[("kind", Int), ("subject", Int), ("n", Int), ("at", Int), ("who", Text), ("body", Text)],
    },
    Table {
        name: "retry",
        columns: &[
            ("run", Int),
            ("by_run", Int),
            ("origin", Int),
            ("at", Int),
            ("who", Text),
            ("what", Text),
        ],
    },
    Table {
        name: "job",
        columns: &[
            ("id", Int),
            ("at", Int),
            ("who", Text),
            ("what", Text),
            ("state", Int),
            ("progress", Text),
            ("changed_at", Int),
            ("changed_by", Text),
        ],
    },
    Table { name: "crash", columns: &[("run", Int), ("times", Int)] },
    // Long bodies: the pieces of each, and then what it is.
    Table { name: "blob_piece", columns: &[("n", Int), ("data", Bytes)] },
    Table {
        name: "kept_blob",
        columns: &[("hash", Bytes), ("bytes", Int), ("stored", Int), ("pieces", Int)],
    },
    Table { name: "blob_use", columns: &[("owner", Int), ("blob", Bytes)] },
    Table {
        name: "event",
        columns: &[
            ("id", Int),
            ("flow", Int),
            ("trigger", Text),
            ("received_at", Int),
            ("delivery", Bytes),
            ("sha256", Bytes),
            ("head", Bytes),
            ("body", Bytes),
        ],
    },
    // Open ones, in the order of their turns: the order says what their numbers may not.
    Table {
        name: "run",
        columns: &[
            ("id", Int),
            ("flow", Int),
            ("version", Int),
            ("event", Int),
            ("shard", Int),
            ("lane", Int),
            ("key", Text),
            ("lineage", Int),
            ("parent", Int),
            ("parent_step", Text),
            ("started_at", Int),
            ("deadline", Int),
            ("wake_at", Int),
        ],
    },
    // Of open runs.
    Table { name: "journal", columns: &[("run", Int), ("seq", Int), ("at", Int), ("body", Bytes)] },
    // What a run was told by another process and has not heard yet. Only stores that processes share have any.
    Table {
        name: "control",
        columns: &[("id", Int), ("run", Int), ("shard", Int), ("at", Int), ("body", Bytes)],
    },
    Table {
        name: "run_hist",
        columns: &[
            ("id", Int),
            ("flow", Int),
            ("version", Int),
            ("event", Int),
            ("status", Int),
            ("key", Text),
            ("lineage", Int),
            ("started_at", Int),
            ("finished_at", Int),
            ("steps", Int),
            ("error_node", Text),
            ("error_code", Text),
            ("error", Text),
            ("doc", Bytes),
        ],
    },
];

/// Whoever gets pages.
#[async_trait]
pub trait Pages: Send {
    async fn page(&mut self, page: Page) -> Result<(), Error>;
}

/// A store that is being filled.
#[async_trait]
pub trait Taking: Pages {
    /// All has come: from now on the store can be opened.
    async fn end(self: Box<Self>) -> Result<(), Error>;
}

/// A store that gives all it holds away, and takes all that another one held.
#[async_trait]
pub trait Moving: Send + Sync {
    /// Hands out every row once. `Conflict` while other processes work on the store.
    async fn give(&self, to: &mut dyn Pages) -> Result<(), Error>;

    /// Whether the store has a place for such rows.
    fn takes(&self, table: &Table) -> bool;

    /// Begins to fill the store. `Conflict` where it holds something, unless that is of an import that was broken off: this
    /// goes, and all begins anew. Until the end, whoever opens the store is told `unfinished`.
    async fn begin(&self) -> Result<Box<dyn Taking + '_>, Error>;
}

/// Tables that go by the questions of `Blobs`, because stores keep long bodies in ways of their own.
pub fn is_of_blobs(table: &Table) -> bool {
    matches!(table.name, "blob_piece" | "kept_blob")
}

/// Hands out all long bodies.
pub async fn give_blobs(blobs: &dyn Blobs, to: &mut dyn Pages) -> Result<(), Error> {
    let mut after = None;
    loop {
        let some = blobs.blobs(after, BLOBS_MAX).await?;
        for blob in &some {
            give_blob(blobs, blob, to).await?;
        }
        match some.last() {
            Some(last) => after = Some(last.hash),
            None => return Ok(()),
        }
    }
}

async fn give_blob(blobs: &dyn Blobs, blob: &BlobRow, to: &mut dyn Pages) -> Result<(), Error> {
    let mut page = Page::of("blob_piece")?;
    for n in 0..blob.pieces {
        let missing = || Error::Unreadable(format!("piece {n} of a long body is missing"));
        let data = blobs.blob_piece(blob.hash, n).await?.ok_or_else(missing)?;
        page.push(vec![Cell::Int(n.into()), Cell::Bytes(data.into())]);
        if page.is_full() {
            to.page(page.take()).await?;
        }
    }
    if !page.rows.is_empty() {
        to.page(page).await?;
    }
    let mut page = Page::of("kept_blob")?;
    let numbers = [blob.bytes, blob.stored, blob.pieces.into()].map(|number| Cell::Int(number as i64));
    page.push([Cell::Bytes(blob.hash.to_vec())].into_iter().chain(numbers).collect());
    to.page(page).await
}

/// Long bodies as they come in.
#[derive(Debug, Default)]
pub struct BlobTaker {
    /// The number of the one under way. Nothing else has such small ones.
    upload: i64,
}

impl BlobTaker {
    /// Whoever sealed a blob has its time to say that it is used: nobody will, so that time is long over.
    pub async fn take(&mut self, blobs: &dyn Blobs, page: Page) -> Result<(), Error> {
        let is_piece = page.table.name == "blob_piece";
        for row in page.rows {
            match (is_piece, &row[..]) {
                (true, [Cell::Int(n), Cell::Bytes(data)]) => {
                    blobs.put_piece(self.upload, *n as u32, data.clone().into()).await?;
                }
                (false, [Cell::Bytes(hash), Cell::Int(bytes), Cell::Int(stored), Cell::Int(pieces)]) => {
                    let hash =
                        hash[..].try_into().map_err(|_| Error::Unreadable("a hash is not one".into()))?;
                    let (bytes, stored, pieces) = (*bytes as u64, *stored as u64, *pieces as u32);
                    blobs.seal_blob(self.upload, BlobRow { hash, bytes, stored, pieces }, 0).await?;
                    self.upload += 1;
                }
                _ => return Err(Error::Unreadable("a long body is not as it should be".into())),
            }
        }
        Ok(())
    }
}

/// What somebody is told who opens a store that was not filled to its end.
pub fn unfinished() -> Error {
    let what = "an import into this store was broken off, and what it holds is not whole: run \
                `khlong import --all` again, which begins anew";
    Error::Conflict(what.into())
}

/// What somebody is told who would fill a store that is in use.
pub fn not_empty() -> Error {
    Error::Conflict("the store is not empty: `khlong import --all` fills a new one".into())
}

pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

impl Table {
    /// The place of a column.
    pub fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|(name, _)| *name == column)
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|(name, _)| *name)
    }

    /// Its columns as SQL has them.
    pub fn quoted(&self) -> String {
        self.names().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }
}

impl Cell {
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether it may stand in a column of this kind.
    pub fn is(&self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Null, _) | (Self::Int(_), Int) | (Self::Text(_), Text) | (Self::Bytes(_), Bytes)
        )
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Null => 1,
            Self::Int(_) => 9,
            Self::Text(text) => text.len() + 5,
            Self::Bytes(bytes) => bytes.len() + 5,
        }
    }
}

impl Page {
    pub fn new(table: &'static Table) -> Self {
        Self { table, rows: Vec::new(), bytes: 0 }
    }

    pub fn of(name: &str) -> Result<Self, Error> {
        let unknown = || Error::Unreadable(format!("there is no table {name}"));
        table(name).map(Self::new).ok_or_else(unknown)
    }

    pub fn push(&mut self, row: Row) {
        self.bytes += row.iter().map(Cell::bytes).sum::<usize>();
        self.rows.push(row);
    }

    pub fn is_full(&self) -> bool {
        self.bytes >= PAGE_BYTES || self.rows.len() >= PAGE_ROWS
    }

    /// What is in it, leaving it empty.
    pub fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new(self.table))
    }

    /// The column of a row, by name.
    pub fn cell<'a>(&self, row: &'a Row, column: &str) -> Option<&'a Cell> {
        row.get(self.table.place(column)?)
    }
}
