//! A body on its way into the store's blobs, a piece at a time.

use super::blob::{BlobRef, hex};
use crate::core::Core;
use crate::{codec, failpoint};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{BlobRow, Error};

/// Content of one piece, before it is packed: what a reader holds at once.
pub const PIECE_BYTES: usize = 256 << 10;
/// How much of a body is kept beside its event, for people.
const BEGINNING_BYTES: usize = 512;

/// Gives up what it has uploaded when it is dropped before the end.
pub struct Upload {
    core: Arc<Core>,
    id: i64,
    hash: Sha256,
    piece: Vec<u8>,
    pieces: u32,
    bytes: u64,
    stored: u64,
    beginning: Vec<u8>,
    sealed: bool,
}

impl Upload {
    pub fn begin(core: &Arc<Core>) -> Self {
        Self {
            core: core.clone(),
            id: core.ids.mint(core.clock.now()),
            hash: Sha256::new(),
            piece: Vec::new(),
            pieces: 0,
            bytes: 0,
            stored: 0,
            beginning: Vec::new(),
            sealed: false,
        }
    }

    pub async fn put(&mut self, mut part: &[u8]) -> Result<(), Error> {
        self.hash.update(part);
        self.bytes += part.len() as u64;
        let begins = part.len().min(BEGINNING_BYTES - self.beginning.len());
        self.beginning.extend_from_slice(&part[..begins]);
        while !part.is_empty() {
            let (now, later) = part.split_at(part.len().min(PIECE_BYTES - self.piece.len()));
            self.piece.extend_from_slice(now);
            part = later;
            if self.piece.len() == PIECE_BYTES {
                self.send().await?;
            }
        }
        Ok(())
    }

    async fn send(&mut self) -> Result<(), Error> {
        let packed = codec::encode(&self.piece);
        self.piece.clear();
        self.stored += packed.len() as u64;
        self.core.store.put_piece(self.id, self.pieces, packed).await?;
        self.pieces += 1;
        failpoint::reach("blob.piece");
        Ok(())
    }

    /// On disk as a whole when this returns; an event that is committed within the hour keeps it there.
    pub async fn seal(mut self, content_type: Option<String>) -> Result<BlobRef, Error> {
        if !self.piece.is_empty() {
            self.send().await?;
        }
        let hash = std::mem::take(&mut self.hash).finalize().into();
        let row = BlobRow { hash, bytes: self.bytes, stored: self.stored, pieces: self.pieces };
        self.core.store.seal_blob(self.id, row, self.core.clock.now()).await?;
        self.sealed = true;
        failpoint::reach("blob.sealed");
        Ok(BlobRef {
            sha256: hex(&hash),
            bytes: self.bytes,
            // Another release may have cut the same content otherwise.
            pieces: self.core.store.blob(hash).await?.map_or(self.pieces, |kept| kept.pieces),
            content_type,
            beginning: String::from_utf8_lossy(&self.beginning).into_owned(),
        })
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let given_up = !self.sealed && self.pieces > 0;
        if let (true, Ok(runtime)) = (given_up, tokio::runtime::Handle::try_current()) {
            let (store, id) = (self.core.store.clone(), self.id);
            // What this cannot remove is swept.
            runtime.spawn(async move { store.drop_upload(id).await.ok() });
        }
    }
}

/// Puts a body that is at hand into a blob.
pub async fn stow(core: &Arc<Core>, text: &Bytes) -> Result<BlobRef, Error> {
    let mut upload = Upload::begin(core);
    upload.put(text).await?;
    upload.seal(None).await
}
