//! Long bodies, kept once each under the hash of what they hold, in pieces that are read one by one.

use crate::{Error, EventId, Ms, RunId};
use async_trait::async_trait;
use bytes::Bytes;

/// SHA-256 of the content.
pub type BlobHash = [u8; 32];

/// An upload that has taken longer than this has been given up, and a blob without a use may go after it: whoever
/// sealed it has had its time to commit a use.
pub const BLOB_GRACE: Ms = 60 * 60_000;
/// Uses that one sweep looks at, and blobs and uploads that it removes.
pub const SWEPT_MAX: usize = 1_000;
/// Most blobs that one question lists.
pub const BLOBS_MAX: usize = 1_000;

/// What is known of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobRow {
    pub hash: BlobHash,
    /// Of the content.
    pub bytes: u64,
    /// Of the pieces as they are kept.
    pub stored: u64,
    pub pieces: u32,
}

/// Who needs a blob: the event whose body it is, or the failed run whose record in the inbox holds that event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlobUse {
    /// An `EventId`, or the `RunId` of the inbox's record.
    pub owner: i64,
    pub blob: BlobHash,
}

impl BlobUse {
    pub fn of_event(owner: EventId, blob: BlobHash) -> Self {
        Self { owner, blob }
    }

    pub fn of_record(owner: RunId, blob: BlobHash) -> Self {
        Self { owner, blob }
    }
}

/// What somebody is told who seals an upload that lacks a piece, or is not there any more.
pub fn not_whole() -> Error {
    Error::Conflict("the upload is not whole".into())
}

#[async_trait]
pub trait Blobs: Send + Sync {
    /// Adds the next piece of an upload, counted from 0. `upload` is an id that nothing else has. Pieces are opaque, and
    /// not on disk before `seal_blob`.
    async fn put_piece(&self, upload: i64, n: u32, piece: Bytes) -> Result<(), Error>;

    /// Makes a blob of an upload, and returns when it is on disk. Where its content is known already, that is kept
    /// and the upload goes. A batch that is committed within `BLOB_GRACE` can say who uses it.
    async fn seal_blob(&self, upload: i64, blob: BlobRow, now: Ms) -> Result<(), Error>;

    /// Gives an upload up. What a crash leaves of one is swept.
    async fn drop_upload(&self, upload: i64) -> Result<(), Error>;

    async fn blob(&self, hash: BlobHash) -> Result<Option<BlobRow>, Error>;

    /// Nothing where there is no such piece, or no such blob any more.
    async fn blob_piece(&self, hash: BlobHash, n: u32) -> Result<Option<Bytes>, Error>;

    /// The blobs after this one, in order of their hashes.
    async fn blobs(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<BlobRow>, Error>;

    /// Removes uses whose owner is gone, blobs that have had no use for `BLOB_GRACE`, and uploads that never ended; tells
    /// how many blobs went. Bounded by `SWEPT_MAX`, and goes on where it stopped.
    async fn sweep_blobs(&self, now: Ms) -> Result<usize, Error>;
}
