//! Long bodies.

use super::{MemoryStore, State};
use crate::{BLOB_GRACE, BLOBS_MAX, BlobHash, BlobRow, Blobs, Error, Ms, blobs, ids};
use async_trait::async_trait;
use bytes::Bytes;

#[derive(Clone)]
pub(super) struct KeptBlob {
    row: BlobRow,
    pieces: Vec<Bytes>,
    touched_at: Ms,
}

#[async_trait]
impl Blobs for MemoryStore {
    async fn put_piece(&self, upload: i64, n: u32, piece: Bytes) -> Result<(), Error> {
        let mut state = self.state();
        let pieces = state.uploads.entry(upload).or_default();
        if pieces.len() == n as usize {
            pieces.push(piece);
        }
        Ok(())
    }

    async fn seal_blob(&self, upload: i64, blob: BlobRow, now: Ms) -> Result<(), Error> {
        let mut state = self.state();
        let pieces = state.uploads.remove(&upload).unwrap_or_default();
        if let Some(kept) = state.blobs.get_mut(&blob.hash) {
            kept.touched_at = kept.touched_at.max(now);
            return Ok(());
        }
        if pieces.len() != blob.pieces as usize {
            return Err(blobs::not_whole());
        }
        state.blobs.insert(blob.hash, KeptBlob { row: blob, pieces, touched_at: now });
        Ok(())
    }

    async fn drop_upload(&self, upload: i64) -> Result<(), Error> {
        self.state().uploads.remove(&upload);
        Ok(())
    }

    async fn blob(&self, hash: BlobHash) -> Result<Option<BlobRow>, Error> {
        Ok(self.state().blobs.get(&hash).map(|kept| kept.row))
    }

    async fn blob_piece(&self, hash: BlobHash, n: u32) -> Result<Option<Bytes>, Error> {
        let state = self.state();
        Ok(state.blobs.get(&hash).and_then(|kept| kept.pieces.get(n as usize)).cloned())
    }

    async fn blobs(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<BlobRow>, Error> {
        let state = self.state();
        let rows = state.blobs.values().map(|kept| kept.row);
        Ok(rows.filter(|row| after.is_none_or(|after| row.hash > after)).take(limit.min(BLOBS_MAX)).collect())
    }

    async fn sweep_blobs(&self, now: Ms) -> Result<usize, Error> {
        let mut state = self.state();
        let (kept, gone): (Vec<_>, Vec<_>) =
            state.blob_uses.iter().copied().partition(|one| state.needs_blob(one.owner));
        for one in gone {
            if let Some(blob) = state.blobs.get_mut(&one.blob) {
                blob.touched_at = blob.touched_at.max(now);
            }
        }
        let before = state.blobs.len();
        state.blobs.retain(|hash, blob| {
            blob.touched_at >= now - BLOB_GRACE || kept.iter().any(|one| one.blob == *hash)
        });
        state.uploads.retain(|upload, _| *upload >= ids::first_at(now - BLOB_GRACE));
        state.blob_uses = kept.into_iter().collect();
        Ok(before - state.blobs.len())
    }
}

impl State {
    fn needs_blob(&self, owner: i64) -> bool {
        self.events.contains_key(&owner) || self.inbox.get(&owner).is_some_and(|kept| kept.keeps_doc())
    }
}
