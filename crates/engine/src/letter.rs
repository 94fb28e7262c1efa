//! What the inbox keeps of a failed run: enough to retry it when the history has let go of it.

use crate::big::BlobRef;
use crate::{Error, codec, door};
use bytes::Bytes;
use model::{NodeId, Value};
use run::{Data, Event};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{EventId, EventRow, FlowKey, RunId, VersionKey, ids};

/// Larger events are not kept twice: such a run can be retried for as long as the history keeps it.
const TRIGGER_BYTES_MAX: usize = 4 << 20;

#[derive(Serialize, Deserialize)]
pub struct Letter<V = Value> {
    pub version: VersionKey,
    pub event: EventId,
    pub lineage: RunId,
    pub trigger_node: NodeId,
    /// What the trigger received, as nodes see it.
    pub trigger: V,
    /// Where its body lies, if not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<BlobRef>,
    /// What a retry must not do again.
    pub events: Vec<Event>,
}

impl Letter<Data> {
    /// Nothing where the event is too large.
    pub fn encode(&self) -> Bytes {
        if self.trigger.is_larger(TRIGGER_BYTES_MAX) {
            return Bytes::new();
        }
        codec::encode(&serde_json::to_vec(self).unwrap_or_default())
    }
}

impl Letter {
    /// Nothing where it was not kept.
    pub fn decode(kept: &Bytes) -> Result<Option<Self>, Error> {
        if kept.is_empty() {
            return Ok(None);
        }
        let text = codec::decode(kept).map_err(|error| store::Error::Unreadable(error.to_string()))?;
        let read = serde_json::from_slice(&text);
        Ok(Some(read.map_err(|error| store::Error::Unreadable(error.to_string()))?))
    }

    /// The event as it was, to be put back. It is known by its id: its delivery has been answered long ago.
    pub fn event_row(&self, flow: FlowKey) -> EventRow {
        let mut head = self.trigger.as_object().cloned().unwrap_or_default();
        let body = head.remove(door::BODY).unwrap_or_default();
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let (body, sha256) = match &self.blob {
            Some(blob) => (blob.encode(), blob.hash()),
            None => (codec::encode(&body), Sha256::digest(&body).into()),
        };
        EventRow {
            id: self.event,
            flow,
            trigger: self.trigger_node.clone(),
            received_at: ids::time_of(self.event),
            delivery: None,
            head: codec::encode(&serde_json::to_vec(&head).unwrap_or_default()),
            sha256,
            body,
        }
    }
}
