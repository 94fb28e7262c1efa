//! Drafts: saved while somebody draws, never lost to somebody else, published when they are right.

use crate::khlong::{Khlong, code, hook_flow};
use reqwest::StatusCode;
use serde_json::{Value, json};

fn flow(id: &str, name: &str) -> Value {
    let mut flow: Value = serde_json::from_str(&hook_flow(id, id)).expect("it is JSON");
    flow["name"] = json!(name);
    flow
}

fn save(document: &Value, revision: i64) -> Value {
    json!({"document": document, "revision": revision, "based_on": 0})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_flow_is_drawn_saved_and_published() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let (draft, publish) = ("/api/v1/flows/orders/draft", "/api/v1/flows/orders/publish");
    assert_eq!(owner.get(draft).await.status(), StatusCode::NOT_FOUND);

    let mut half = flow("orders", "Orders");
    half["edges"] = json!([{"from": "in", "to": "nowhere"}]);
    let saved: Value = owner.put(draft, &save(&half, 0)).await.json().await.expect("it is saved");
    assert_eq!(saved["revision"], 1);
    assert!(!saved["problems"].as_array().expect("a list").is_empty(), "what is wrong is said");
    let refused = owner.post(publish, &json!({"revision": 1})).await;
    assert_eq!(code(refused).await, (422, "E0411".into()));
    let kept = owner.get_json(draft).await;
    assert_eq!(
        (&kept["document"]["edges"], &kept["live"]),
        (&half["edges"], &json!(null)),
        "nothing is lost by that"
    );
    let list = owner.get_json(api::path::FLOWS).await;
    assert_eq!(
        (list["flows"].as_array().map(Vec::len), &list["drafts"][0]["name"]),
        (Some(0), &json!("Orders"))
    );

    assert!(owner.put(draft, &save(&flow("orders", "Orders"), 1)).await.status().is_success());
    let published = owner.post(publish, &json!({"revision": 2})).await;
    assert_eq!(published.status(), StatusCode::OK);
    let now = owner.get_json(draft).await;
    assert_eq!((&now["revision"], &now["based_on"], &now["live"]), (&json!(0), &json!(1), &json!(1)));
    let list = owner.get_json(api::path::FLOWS).await;
    assert_eq!((&list["flows"][0]["id"], &list["drafts"]), (&json!("orders"), &json!([])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_editors_the_second_is_told_and_overwrites_nothing() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let draft = "/api/v1/flows/orders/draft";
    assert!(owner.put(draft, &save(&flow("orders", "One"), 0)).await.status().is_success());
    let late = owner.put(draft, &save(&flow("orders", "Two"), 0)).await;
    assert_eq!(code(late).await, (409, "E0442".into()));
    assert_eq!(owner.get_json(draft).await["document"]["name"], "One");
    let late = owner.post("/api/v1/flows/orders/publish", &json!({"revision": 7})).await;
    assert_eq!(code(late).await, (409, "E0442".into()));
    let gone = owner.delete(&format!("{draft}?revision=1")).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    let late = owner.put(draft, &save(&flow("orders", "Late"), 1)).await;
    assert_eq!(code(late).await, (409, "E0442".into()), "it was discarded meanwhile");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_that_knows_nothing_of_the_live_version_replaces_it_only_when_that_is_said() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let (draft, publish) = ("/api/v1/flows/orders/draft", "/api/v1/flows/orders/publish");
    assert!(owner.post(api::path::FLOWS, &flow("orders", "First")).await.status().is_success());
    let mine = json!({"document": flow("orders", "Mine"), "revision": 0, "based_on": 1});
    assert!(owner.put(draft, &mine).await.status().is_success());
    assert!(owner.post(api::path::FLOWS, &flow("orders", "Second")).await.status().is_success());

    let refused = owner.post(publish, &json!({"revision": 1})).await;
    assert_eq!(code(refused).await, (409, "E0443".into()));
    let of_another = owner.post(publish, &json!({"revision": 1, "over": 1})).await;
    assert_eq!(code(of_another).await, (409, "E0443".into()), "that is not the one that is live");
    let kept = owner.get_json(draft).await;
    assert_eq!((&kept["document"]["name"], &kept["live"]), (&json!("Mine"), &json!(2)));

    let published = owner.post(publish, &json!({"revision": 1, "over": 2})).await;
    assert_eq!(published.status(), StatusCode::OK);
    assert_eq!(owner.get_json(draft).await["live"], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_version_can_be_looked_at() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    for name in ["One", "Two"] {
        let text = flow("orders", name).to_string();
        assert!(owner.import(&text).await.status().is_success());
    }
    let versions = owner.get_json("/api/v1/flows/orders/versions").await;
    let numbers: Vec<_> = versions["versions"].as_array().expect("a list").iter().collect();
    assert_eq!((numbers.len(), &numbers[0]["number"], &numbers[0]["live"]), (2, &json!(2), &json!(true)));
    assert_eq!(owner.get_json("/api/v1/flows/orders/versions/1").await["name"], "One");
    assert_eq!(owner.get("/api/v1/flows/orders/versions/3").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_of_its_own_flow_and_saved_by_an_editor() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let draft = "/api/v1/flows/orders/draft";
    assert_eq!(owner.put(draft, &save(&flow("other", "Other"), 0)).await.status(), StatusCode::BAD_REQUEST);
    let taken = owner.put("/api/v1/flows/check/draft", &save(&flow("check", "Check"), 0)).await;
    assert_eq!(code(taken).await, (400, "E0410".into()));
    let viewer = khlong.program(&owner, "viewer").await;
    assert_eq!(viewer.put(draft, &save(&flow("orders", "One"), 0)).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_draft_keeps_the_list_of_flows_from_being_read() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let draft = "/api/v1/flows/orders/draft";
    let mut never = save(&flow("orders", "One"), 0);
    never["based_on"] = json!(u32::MAX);
    assert_eq!(code(owner.put(draft, &never).await).await, (400, "E0410".into()));
    assert!(owner.put(draft, &save(&flow("orders", &"ก".repeat(9_999)), 0)).await.status().is_success());
    let list = owner.get_json(api::path::FLOWS).await;
    assert_eq!(list["drafts"][0]["name"], json!("ก".repeat(200)));
}

fn listen(path: &str) -> Value {
    json!({"node": {"id": "in", "use": "core/webhook", "with": {"path": path}}})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_event_is_kept_for_the_one_who_waits_and_starts_no_run() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    let test = format!("{}/hooks-test/orders", khlong.url);
    let send = || {
        reqwest::Client::new()
            .post(&test)
            .header("content-type", "application/json")
            .body("{\"n\": 7}")
            .send()
    };
    assert_eq!(code(send().await.expect("sent")).await, (404, "E0421".into()), "nobody waits yet");

    let at = "/api/v1/flows/orders/listen";
    let waiting: Value = owner.post(at, &listen("orders")).await.json().await.expect("it waits");
    assert_eq!((&waiting["url"], &waiting["event"]), (&json!(test), &json!(null)));
    assert!(waiting["left_ms"].as_i64().is_some_and(|left| left > 100_000 && left <= 120_000), "{waiting}");
    assert_eq!(send().await.expect("sent").status(), StatusCode::ACCEPTED);
    let heard = owner.get_json(at).await;
    assert_eq!(heard["event"]["body"], json!({"n": 7}), "{heard}");
    assert_eq!(code(send().await.expect("sent")).await.0, 404, "one event is taken");
    assert_eq!(owner.get_json("/api/v1/runs?flow=orders").await["runs"], json!([]));

    assert_eq!(owner.delete(at).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(owner.get(at).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_event_is_checked_as_the_triggers_own_address_checks_it() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let refused =
        owner.post("/api/v1/flows/f/listen", &json!({"node": {"id": "in", "use": "core/manual"}})).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "it has no address");
    assert!(owner.post("/api/v1/flows/f/listen", &listen("only-post")).await.status().is_success());
    let test = format!("{}/hooks-test/only-post", khlong.url);
    let wrong = reqwest::Client::new().delete(&test).send().await.expect("sent");
    assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
    let long = reqwest::Client::new().post(&test).body(vec![b'1'; 2 << 20]).send().await.expect("sent");
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(owner.get_json("/api/v1/flows/f/listen").await["event"], json!(null), "still waiting");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_windows_of_the_editor_know_of_one_another() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let at = "/api/v1/flows/orders/editing";
    let first: Value = owner.post(at, &json!({"window": "w1"})).await.json().await.expect("said");
    assert_eq!(first["others"], json!([]));
    let second: Value = owner.post(at, &json!({"window": "w2"})).await.json().await.expect("said");
    assert_eq!(second["others"].as_array().map(Vec::len), Some(1), "{second}");
    assert!(owner.post(at, &json!({"window": "w1", "leaving": true})).await.status().is_success());
    let alone: Value = owner.post(at, &json!({"window": "w2"})).await.json().await.expect("said");
    assert_eq!(alone["others"], json!([]));
    assert_eq!(owner.post(at, &json!({"window": "no such/name"})).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_kept_under_a_name_and_found_among_the_versions() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "orders")).await;
    let points = "/api/v1/flows/orders/points";
    let keep = |name: &str| json!({"name": name, "document": flow("orders", "Half done")});
    let kept: Value = owner.post(points, &keep(" before VAT ")).await.json().await.expect("it is kept");
    assert_eq!((&kept["number"], &kept["name"]), (&json!(1), &json!("before VAT")));
    assert_eq!(owner.post(points, &keep("  ")).await.status(), StatusCode::BAD_REQUEST);
    let other = json!({"name": "x", "document": flow("another", "Another")});
    assert_eq!(owner.post(points, &other).await.status(), StatusCode::BAD_REQUEST);
    let list = owner.get_json("/api/v1/flows/orders/versions").await;
    assert_eq!(
        (list["points"].as_array().map(Vec::len), &list["points"][0]["name"]),
        (Some(1), &json!("before VAT"))
    );
    assert_eq!(owner.get_json(&format!("{points}/1")).await["name"], "Half done");
    assert_eq!(owner.get(&format!("{points}/2")).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_that_was_never_published_has_no_versions_yet() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let versions = "/api/v1/flows/orders/versions";
    assert_eq!(owner.get(versions).await.status(), StatusCode::NOT_FOUND);
    let draft = "/api/v1/flows/orders/draft";
    assert!(owner.put(draft, &save(&flow("orders", "Half"), 0)).await.status().is_success());
    assert_eq!(owner.get_json(versions).await["versions"], json!([]));
    let hooks = &owner.get_json(draft).await["hooks"];
    assert_eq!(hooks[0]["test_url"], json!(format!("{}/hooks-test/orders", khlong.url)), "{hooks}");
}
