//! A store in memory that answers every question of the contract in the plainest way there is.
//!
//! It is what the real stores are compared with, and what simulations run on. Nothing about it is fast or bounded.
//! Clones are the same store, so a test "opens it again" by keeping one.

mod accounts;
mod alerts;
mod blobs;
mod care;
mod claims;
mod commit;
mod config;
mod drafts;
mod gates;
mod inbox;
mod jobs;
mod outside;
mod runs;
mod shards;
mod slots;
mod xrefs;

use crate::care::Subject;
use crate::{
    AuditEntry, BlobHash, BlobUse, EventId, EventRow, Fingerprint, Finish, FlowKey, FlowRow, FlowTotals,
    GateRow, JobRow, Ms, Record, RetryRow, RunId, RunRow, SealedConnection, Session, SlotKey, Token, User,
    VersionKey, VersionRow,
};
use bytes::Bytes;
use model::{ConnectionName, FlowId, NodeId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<State>>);

#[derive(Clone, Default)]
struct State {
    flows: BTreeMap<FlowKey, KeptFlow>,
    versions: BTreeMap<VersionKey, VersionRow>,
    drafts: BTreeMap<FlowId, drafts::Kept>,
    points: BTreeMap<(FlowId, u32), crate::PointRow>,
    connections: BTreeMap<ConnectionName, SealedConnection>,
    gates: BTreeMap<ConnectionName, GateRow>,
    schedules: BTreeMap<(FlowKey, NodeId), Ms>,
    settings: BTreeMap<String, String>,
    events: BTreeMap<EventId, EventRow>,
    /// By the delivery's hash, its flow and its trigger.
    deliveries: BTreeMap<([u8; 16], FlowKey, NodeId), EventId>,
    open: BTreeMap<RunId, Open>,
    ended: BTreeMap<RunId, Finish>,
    inbox: BTreeMap<RunId, inbox::Kept>,
    failures: BTreeMap<Fingerprint, inbox::Failures>,
    cares: BTreeMap<Subject, care::Kept>,
    /// By the run that is retried.
    retries: BTreeMap<RunId, RetryRow>,
    jobs: BTreeMap<i64, JobRow>,
    totals: BTreeMap<FlowKey, FlowTotals>,
    /// By day since 1970, flow and outcome.
    days: BTreeMap<(i64, FlowKey, i16), u64>,
    slots: BTreeMap<SlotKey, u64>,
    users: BTreeMap<String, User>,
    sessions: BTreeMap<[u8; 32], Session>,
    tokens: BTreeMap<String, Token>,
    audit: Vec<AuditEntry>,
    xrefs: BTreeMap<crate::XrefPlace, crate::XrefRow>,
    claims: BTreeMap<i64, crate::ClaimRow>,
    cursors: BTreeMap<(FlowKey, NodeId), String>,
    renewals: BTreeMap<ConnectionName, Ms>,
    health: BTreeMap<ConnectionName, crate::HealthRow>,
    connectors: BTreeMap<String, crate::ConnectorRow>,
    alerts: BTreeMap<String, crate::AlertRow>,
    blobs: BTreeMap<BlobHash, blobs::KeptBlob>,
    blob_uses: BTreeSet<BlobUse>,
    uploads: BTreeMap<i64, Vec<Bytes>>,
}

/// A deleted flow stays, without being there for anybody who asks.
#[derive(Clone)]
struct KeptFlow {
    row: FlowRow,
    deleted: bool,
    keep_done: Ms,
    keep_failed: Ms,
}

#[derive(Clone)]
struct Open {
    run: RunRow,
    wake_at: Option<Ms>,
    records: BTreeMap<u32, Record>,
    crashes: u32,
}

impl MemoryStore {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
