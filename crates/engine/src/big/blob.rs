//! A body that lies in the store's blobs: what an event holds in its place, and how it is read.

use crate::{Error, codec, codes};
use bytes::Bytes;
use model::Value;
use run::doc::StepError;
use run::{Data, Large};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt;
use std::sync::Arc;
use store::{BlobHash, Store};

/// Where a body lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    /// SHA-256, as 64 hex digits.
    pub sha256: String,
    pub bytes: u64,
    pub pieces: u32,
    /// Of a body that is kept as it came. Without one, the blob holds a value's JSON, which is read as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// How it begins, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub beginning: String,
}

impl BlobRef {
    /// What stands in the place of an event's body; nothing where that is a body.
    pub fn of(kept: &Bytes) -> Result<Option<Self>, store::Error> {
        let Some(text) = codec::referred(kept) else { return Ok(None) };
        let read = serde_json::from_slice(&text);
        read.map(Some).map_err(|error| store::Error::Unreadable(error.to_string()))
    }

    pub fn encode(&self) -> Bytes {
        codec::refer(&serde_json::to_vec(self).unwrap_or_default())
    }

    pub fn hash(&self) -> BlobHash {
        let mut hash = BlobHash::default();
        for (byte, digits) in hash.iter_mut().zip(self.sha256.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
        }
        hash
    }
}

pub fn hex(hash: &BlobHash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A long body as a value: a for-each goes through it, and the rest is told what it is.
pub struct Blob {
    pub at: BlobRef,
    facts: Value,
}

impl Blob {
    pub fn data(at: BlobRef) -> Data {
        let facts = json!({"large": true, "bytes": at.bytes, "type": at.content_type, "sha256": at.sha256});
        Data::large(Arc::new(Self { at, facts }))
    }

    pub fn of(data: &Data) -> Option<&Self> {
        data.as_large()?.as_any().downcast_ref()
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Large for Blob {
    fn facts(&self) -> &Value {
        &self.facts
    }

    fn len(&self) -> u64 {
        self.at.bytes
    }

    fn held(&self) -> usize {
        size_of::<Self>() + self.at.beginning.len()
    }

    fn count(&self) -> Option<u64> {
        None
    }

    fn read(&self) -> Option<Bytes> {
        None
    }

    fn beginning(&self) -> Bytes {
        self.at.beginning.clone().into()
    }

    fn elements(self: Arc<Self>) -> Option<Box<dyn Iterator<Item = Data> + Send>> {
        None
    }

    fn as_any(&self) -> &(dyn std::any::Any + Send + Sync) {
        self
    }
}

/// A blob's content, piece by piece.
pub struct Pieces {
    store: Arc<dyn Store>,
    hash: BlobHash,
    next: u32,
    of: u32,
}

impl Pieces {
    pub fn of(store: Arc<dyn Store>, at: &BlobRef) -> Self {
        Self { store, hash: at.hash(), next: 0, of: at.pieces }
    }

    /// Nothing behind the last.
    pub async fn next(&mut self) -> Result<Option<Bytes>, store::Error> {
        if self.next == self.of {
            return Ok(None);
        }
        let gone = || store::Error::Unreadable("a part of a long body is not kept any more".into());
        let piece = self.store.blob_piece(self.hash, self.next).await?.ok_or_else(gone)?;
        self.next += 1;
        let text = codec::decode(&piece).map_err(|error| store::Error::Unreadable(error.to_string()))?;
        Ok(Some(text))
    }

    /// All of it, for what is known to be short enough.
    pub async fn whole(mut self, bytes: u64) -> Result<Bytes, Error> {
        let mut text = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default());
        while let Some(piece) = self.next().await? {
            text.extend_from_slice(&piece);
        }
        Ok(text.into())
    }
}

/// Said of a for-each whose body cannot be read back.
pub fn unread(error: &store::Error) -> StepError {
    codes::error(
        codes::BODY_UNREAD,
        format!("the long body cannot be read: {error}"),
        "Retry the run when the store works again. Where the message says that the body is not kept, send it again.",
    )
}
