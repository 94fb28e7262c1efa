//! How much the store may take, as its users meet it.

use crate::khlong::{Khlong, code, hook_flow};
use bytes::Bytes;
use model::{FlowId, NodeId};
use reqwest::{Response, StatusCode};
use serde_json::json;
use server::budget::Limits;
use std::path::Path;
use std::sync::Arc;
use store::{Accept, Batch, EventRow, Finish, Flows, Journal, Ms, RunRow, SaveFlow, Space, Status, ids};
use store_sqlite::{Options, SqliteStore};

const DAY: Ms = store::DAY_MS;
/// The first of January 2026.
const START: Ms = 1_767_225_600_000;
const LARGE: usize = 16 << 20;

fn budget(bytes_max: u64, keeps_days: bool) -> Limits {
    Limits { bytes_max: Some(bytes_max), keeps_days }
}

async fn send(khlong: &Khlong) -> Response {
    let url = format!("{}/hooks/orders", khlong.url);
    reqwest::Client::new().post(url).json(&json!({ "id": 7 })).send().await.unwrap()
}

async fn text(khlong: &Khlong, path: &str) -> (StatusCode, String) {
    let answer = reqwest::get(format!("{}{path}", khlong.url)).await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_that_is_used_up_closes_the_door_until_there_is_room() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    assert!(owner.import(&hook_flow("orders", "orders")).await.status().is_success());
    let storage = owner.get_json(api::path::STORAGE).await;
    assert_eq!((&storage["level"], &storage["budget_bytes"]), (&json!("fine"), &json!(null)));
    assert_eq!(send(&khlong).await.status(), StatusCode::ACCEPTED);
    let viewer = khlong.program(&owner, "viewer").await;
    let token = viewer.token().to_owned();
    let folder = khlong.stop().await;

    let khlong = Khlong::start_in(folder, |settings| settings.budget = budget(1_000, false)).await;
    let ask = reqwest::Client::new();
    let storage = format!("{}{}", khlong.url, api::path::STORAGE);
    let storage = ask.get(storage).bearer_auth(&token).send().await.unwrap();
    let storage: serde_json::Value = storage.json().await.unwrap();
    assert_eq!((&storage["level"], &storage["budget_bytes"]), (&json!("full"), &json!(1_000)));
    let parts = storage["parts"].as_array().unwrap().iter().map(|part| part["bytes"].as_u64().unwrap());
    assert_eq!(Some(parts.sum::<u64>()), storage["used_bytes"].as_u64());

    let refused = send(&khlong).await;
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(code(refused).await, (503, "E0429".into()));
    let (status, why) = text(&khlong, api::path::READY).await;
    assert!(status == StatusCode::SERVICE_UNAVAILABLE && why.contains("budget"), "{status} {why}");
    let (_, metrics) = text(&khlong, api::path::METRICS).await;
    assert!(metrics.contains("\nkhlong_storage_level 3\n"), "{metrics}");
    let folder = khlong.stop().await;

    let khlong = Khlong::start_in(folder, |settings| settings.budget = budget(1 << 40, false)).await;
    assert_eq!(send(&khlong).await.status(), StatusCode::ACCEPTED);
}

/// One run with a large document on each of two old days. Tells how much is taken.
async fn two_old_days(folder: &Path) -> u64 {
    let store = open(folder).await;
    let kept_long = 3_650 * DAY;
    let save = SaveFlow {
        id: FlowId::new("old"),
        name: "Old".into(),
        document: hook_flow("old", "old"),
        logic: hook_flow("old", "old"),
        keep_done: kept_long,
        keep_failed: kept_long,
        at: START,
        by: "ann".into(),
        over: None,
    };
    let flow = store.save_flow(save).await.unwrap();
    for day in [0, 1] {
        ended(&store, flow.key, flow.version, START + day * DAY).await;
    }
    store.close().await;
    drop(store);
    // Without the log of what was written just now.
    open(folder).await.taken().await.unwrap().bytes()
}

async fn open(folder: &Path) -> Arc<SqliteStore> {
    let mut options = Options::new(folder);
    (options.allow_network_dir, options.archive_after) = (true, std::time::Duration::ZERO);
    SqliteStore::open(options).await.unwrap()
}

async fn ended(store: &Arc<SqliteStore>, flow: i64, version: i64, at: Ms) {
    let id = ids::first_at(at);
    let event = EventRow {
        id,
        flow,
        trigger: NodeId::new("in"),
        received_at: at,
        delivery: None,
        head: Bytes::from_static(b"{}"),
        body: Bytes::from_static(b"{}"),
        sha256: [0; 32],
    };
    let run = RunRow {
        id,
        flow,
        version,
        event: id,
        shard: 0,
        lane: None,
        key: None,
        lineage: id,
        parent: None,
        started_at: at,
        deadline: at + DAY,
    };
    let accept = Accept { event: Some(event), run: run.clone(), records: Vec::new(), retries: None };
    store.commit(Batch { accepts: vec![accept], ..Batch::default() }).await.unwrap();
    let finish = Finish {
        run,
        status: Status::Done,
        finished_at: at + 1,
        steps: 1,
        retried: false,
        error_node: None,
        error_code: None,
        error: None,
        doc: (0..LARGE).map(|n| (n * 31) as u8).collect(),
        dead: None,
    };
    store.commit(Batch { finishes: vec![finish], ..Batch::default() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn near_the_end_of_the_budget_the_oldest_day_goes_early_unless_days_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let taken = two_old_days(folder.path()).await;
    let tight = taken * 100 / 97;

    let khlong = Khlong::start_in(folder, |settings| settings.budget = budget(tight, true)).await;
    let storage = khlong.owner().await.get_json(api::path::STORAGE).await;
    assert_eq!((&storage["level"], &storage["oldest_day"]), (&json!("tight"), &json!("2026-01-01")));
    assert_eq!(storage["next_to_go"], json!(null), "days are kept");
    let (status, note) = text(&khlong, api::path::READY).await;
    assert!(status == StatusCode::OK && note.contains("nearly used up"), "{status} {note}");
    let folder = khlong.stop().await;

    let khlong = Khlong::start_in(folder, |settings| settings.budget = budget(tight, false)).await;
    khlong.app.look_at_budget().await.unwrap();
    let seen = khlong.app.budget().seen().unwrap();
    assert_eq!(seen.taken.oldest_day, Some(START + DAY), "one day was enough");
    assert!(seen.taken.bytes() < taken - LARGE as u64 / 2);
    let totals = khlong.app.store().flow_totals().await.unwrap();
    assert_eq!(totals[0].1.done, 2, "what was counted stays");
}
