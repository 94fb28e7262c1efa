//! Small batches to put to a store, each written in one line.

use crate::{
    Accept, Accepted, Batch, Committed, DeadLetter, EventRow, Finish, FlowKey, FlowRow, Ms, Record, Retried,
    RunId, RunRow, SaveFlow, Status, Store, ids,
};
use bytes::Bytes;
use model::{FlowId, NodeId};

pub const DAY: Ms = crate::DAY_MS;
/// The first of January 2026; runs are numbered from here.
pub const START: Ms = 1_767_225_600_000;
pub const FLOW: FlowKey = 1;
/// No runs.
pub const NONE: [i64; 0] = [];

/// The id of the nth run, minted n seconds after the start.
pub fn id(n: i64) -> RunId {
    ids::first_at(at(n))
}

pub fn at(n: i64) -> Ms {
    START + n * 1_000
}

pub fn event(n: i64) -> EventRow {
    EventRow {
        id: id(n),
        flow: FLOW,
        trigger: NodeId::new("paid"),
        received_at: at(n),
        delivery: None,
        head: Bytes::from_static(b"{}"),
        body: Bytes::from(format!("body {n}")),
        sha256: [7; 32],
    }
}

pub fn run(n: i64) -> RunRow {
    RunRow {
        id: id(n),
        flow: FLOW,
        version: 1,
        event: id(n),
        shard: crate::shard_of(-n),
        lane: Some(-n),
        key: Some(format!("order-{n}")),
        lineage: id(n),
        parent: None,
        started_at: at(n),
        deadline: at(n) + DAY,
    }
}

/// The nth event and its run.
pub fn accept(n: i64) -> Accept {
    Accept { event: Some(event(n)), run: run(n), records: Vec::new(), retries: None }
}

pub fn delivered(n: i64, delivery: u8) -> Accept {
    let mut accept = accept(n);
    accept.event.as_mut().expect("it has one").delivery = Some([delivery; 16]);
    accept
}

/// Run n, which is another one of the first event.
pub fn retry(n: i64, of: i64) -> Accept {
    let mut run = run(n);
    (run.event, run.lineage) = (id(of), id(of));
    Accept { event: None, run, records: Vec::new(), retries: None }
}

/// Run n, which retries run `of`, whose event is the first one's.
pub fn retrying(n: i64, of: i64, first: i64) -> Accept {
    Accept { retries: Some(retried(n, of)), ..retry(n, first) }
}

/// What run n says of the run that it retries.
pub fn retried(n: i64, of: i64) -> Retried {
    Retried { run: id(of), at: at(n), who: "somebody".into(), what: "{}".into() }
}

pub fn record(n: i64, seq: u32) -> Record {
    Record { run: id(n), seq, at: at(n), body: Bytes::from(format!("record {seq} of {n}")) }
}

pub fn finish(run: RunRow, status: Status) -> Finish {
    let failed = status == Status::Failed;
    Finish {
        status,
        finished_at: run.started_at + 500,
        steps: 3,
        retried: failed,
        error_node: failed.then(|| NodeId::new("erp")),
        error_code: failed.then(|| "E0207".into()),
        error: failed.then(|| "the shop answered 404 (50% of it)".into()),
        doc: Bytes::from_static(b"what happened"),
        dead: failed.then(|| DeadLetter { fingerprint: 77, doc: Bytes::from_static(b"what a retry needs") }),
        run,
    }
}

pub fn accepts(accepts: impl IntoIterator<Item = Accept>) -> Batch {
    Batch { accepts: accepts.into_iter().collect(), ..Batch::default() }
}

pub fn records(records: impl IntoIterator<Item = Record>) -> Batch {
    Batch { records: records.into_iter().collect(), ..Batch::default() }
}

pub fn finishes(finishes: impl IntoIterator<Item = Finish>) -> Batch {
    Batch { finishes: finishes.into_iter().collect(), ..Batch::default() }
}

pub async fn commit(store: &dyn Store, batch: Batch) -> Vec<Accepted> {
    let Committed { accepts, .. } = store.commit(batch).await.expect("the batch is written");
    accepts
}

/// Accepts run n and ends it.
pub async fn ended(store: &dyn Store, n: i64, status: Status) {
    commit(store, accepts([accept(n)])).await;
    commit(store, finishes([finish(run(n), status)])).await;
}

pub fn flow(name: &str) -> SaveFlow {
    SaveFlow {
        id: FlowId::new(name),
        name: name.to_uppercase(),
        document: format!("{{\"id\": \"{name}\"}}"),
        logic: "{}".into(),
        keep_done: 7 * DAY,
        keep_failed: 30 * DAY,
        at: START,
        by: "somebody".into(),
        over: None,
    }
}

/// The first flow saved in an empty store has the number that `FLOW` says.
pub async fn with_flow(store: &dyn Store) -> FlowRow {
    let saved = store.save_flow(flow("order-to-erp")).await.expect("the flow is saved");
    assert_eq!(saved.key, FLOW);
    saved
}

/// The runs' numbers, in the order given.
pub fn numbers(ids: impl IntoIterator<Item = RunId>) -> Vec<i64> {
    ids.into_iter().map(|id| (ids::time_of(id) - START) / 1_000).collect()
}
