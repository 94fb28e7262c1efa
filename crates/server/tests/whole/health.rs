//! Connections that are tried by themselves, what of them ends, and who uses them.

use crate::khlong::{A_MOMENT, Asker, Khlong, code, hook_flow};
use crate::process::KHLONG;
use axum::Router;
use axum::http::StatusCode as Status;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// A system that answers with the status that it is told.
struct System {
    url: String,
    status: Arc<AtomicU16>,
    asked: Arc<AtomicUsize>,
}

impl System {
    async fn start() -> Self {
        let (status, asked) = (Arc::new(AtomicU16::new(200)), Arc::<AtomicUsize>::default());
        let (says, counts) = (status.clone(), asked.clone());
        let answer = move || async move {
            counts.fetch_add(1, Ordering::SeqCst);
            (Status::from_u16(says.load(Ordering::SeqCst)).unwrap(), "the key S3CRET-KEY is not mine")
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, status, asked }
    }

    fn says(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    async fn connect(&self, owner: &Asker, name: &str, mut fields: Value) {
        fields["base_url"] = json!(self.url);
        fields["auth"] = json!("bearer");
        owner.connect(name, "http", fields, json!({ "token": "S3CRET-KEY" })).await;
    }
}

async fn often() -> Khlong {
    let often = |settings: &mut server::Settings| settings.health_every = Some(Duration::from_millis(50));
    Khlong::start_in(tempfile::tempdir().unwrap(), often).await
}

async fn shown(asker: &Asker, name: &str) -> Value {
    asker.get_json(&api::path::CONNECTION.replace("{name}", name)).await
}

/// Its health, as soon as it is as wanted.
async fn until(asker: &Asker, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let health = shown(asker, name).await["health"].clone();
        if wanted(&health) {
            return health;
        }
        tokio::time::sleep(A_MOMENT).await;
    }
}

async fn metrics(asker: &Asker) -> String {
    asker.get(api::path::METRICS).await.text().await.unwrap()
}

#[tokio::test]
async fn a_connection_is_tried_by_itself_and_says_since_when_it_does_not_work() {
    let (khlong, system) = (often().await, System::start().await);
    let owner = khlong.owner().await;
    system.connect(&owner, "erp", json!({ "test_url": format!("{}/me", system.url) })).await;
    system.connect(&owner, "untried", json!({})).await;
    let works = until(&owner, "erp", |health| health["ok"] == true).await;
    let again = until(&owner, "erp", |health| health["checked_at"] != works["checked_at"]).await;
    assert_eq!(again["since"], works["since"], "it has worked all the time");
    assert!(metrics(&owner).await.contains("khlong_connection_up{connection=\"erp\"} 1"));

    system.says(401);
    let broken = until(&owner, "erp", |health| health["ok"] == false).await;
    let message = broken["message"].as_str().unwrap();
    assert!(
        !broken["advice"].as_str().unwrap().is_empty() && !broken.to_string().contains("S3CRET"),
        "{broken}"
    );
    assert!(!message.is_empty());
    assert!(broken["since"].as_i64() > works["since"].as_i64());
    assert!(metrics(&owner).await.contains("khlong_connection_up{connection=\"erp\"} 0"));
    system.says(200);
    until(&owner, "erp", |health| health["ok"] == true).await;

    // Without a test address nobody is asked, and nobody is told that it works.
    assert_eq!(shown(&owner, "untried").await.get("health"), None);
    // A change begins anew: what was found before says nothing of it.
    let khlong = Khlong::start_in(khlong.stop().await, |_| {}).await;
    let owner = Asker::with_token(&khlong.url, &owner_token(&khlong).await);
    assert_eq!(shown(&owner, "erp").await["health"]["ok"], true, "it is known after a restart");
    let asked = system.asked.load(Ordering::SeqCst);
    system.connect(&owner, "erp", json!({ "test_url": format!("{}/you", system.url) })).await;
    assert_eq!(shown(&owner, "erp").await.get("health"), None);
    assert_eq!(system.asked.load(Ordering::SeqCst), asked, "and where it is turned off nobody asks");
    // Whoever presses Test knows it, and so does everybody else.
    let tested = owner.post(&api::path::CONNECTION_TEST.replace("{name}", "erp"), &json!({})).await;
    assert_eq!(tested.json::<Value>().await.unwrap()["ok"], true);
    assert_eq!(shown(&owner, "erp").await["health"]["ok"], true);
}

/// A token in a store that has an owner already.
async fn owner_token(khlong: &Khlong) -> String {
    let visitor = khlong.visitor();
    let answer = visitor.post(api::path::SESSION, &crate::khlong::sign_in(crate::khlong::PASSWORD)).await;
    let owner = visitor.signed_in(answer).await;
    khlong.program(&owner, "owner").await.token().to_owned()
}

#[tokio::test]
async fn a_budget_that_is_spent_is_left_to_the_flows() {
    let (khlong, system) = (often().await, System::start().await);
    let owner = khlong.owner().await;
    let test_url = json!({ "test_url": format!("{}/me", system.url), "rate": { "calls": 1, "per": "1d" } });
    system.connect(&owner, "erp", test_url).await;
    until(&owner, "erp", |health| health["ok"] == true).await;
    // One call a day, and it is made: every other connection is tried many times meanwhile.
    system.connect(&owner, "other", json!({ "test_url": format!("{}/me", system.url) })).await;
    let other = until(&owner, "other", |health| health["ok"] == true).await;
    until(&owner, "other", |health| {
        health["checked_at"].as_i64() > other["checked_at"].as_i64().map(|at| at + 500)
    })
    .await;
    let tried = shown(&owner, "erp").await;
    assert!(tried["health"]["checked_at"].as_i64() < other["checked_at"].as_i64(), "{tried}");
    assert_eq!(tried["waiting"], 0, "and it stands in nobody's way");
}

#[tokio::test]
async fn a_key_that_ends_soon_is_told_of_everywhere() {
    let (khlong, system) = (Khlong::start().await, System::start().await);
    let owner = khlong.owner().await;
    system.connect(&owner, "soon", json!({ "expires": "2020-02-29" })).await;
    system.connect(&owner, "late", json!({ "expires": "2999-01-01" })).await;
    system.connect(&owner, "never", json!({})).await;
    let soon = shown(&owner, "soon").await["expires"].clone();
    assert_eq!(
        (&soon["kind"], &soon["at"], &soon["near"]),
        (&json!("key"), &json!(1_582_934_400_000_i64), &json!(true))
    );
    assert_eq!(shown(&owner, "late").await["expires"]["near"], false);
    assert_eq!(shown(&owner, "never").await.get("expires"), None);
    let metric = "khlong_connection_expires_timestamp_seconds{connection=\"soon\"} 1582934400";
    assert!(metrics(&owner).await.contains(metric));
    let path = api::path::CONNECTION.replace("{name}", "soon");
    let wrong = json!({ "connector": "http", "fields": { "base_url": system.url, "expires": "29.2.2020" } });
    assert_eq!(code(owner.put(&path, &wrong).await).await, (422, "E0414".into()));

    let folder = khlong.stop().await;
    let mut doctor = Command::new(KHLONG);
    doctor.args(["doctor", "--json", "--port", "0", "--allow-network-dir", "--data"]).arg(folder.path());
    let said: Value = serde_json::from_slice(&doctor.output().unwrap().stdout).unwrap();
    let of_expiry = |finding: &&Value| finding["check"] == "expiry";
    let findings: Vec<&Value> = said["findings"].as_array().unwrap().iter().filter(of_expiry).collect();
    assert_eq!(findings.len(), 1, "{said}");
    assert_eq!(findings[0]["level"], "bad");
    assert_eq!(findings[0]["what"], "connection soon: the key ended on 2020-02-29");
}

fn flow(id: &str, name: &str, nodes: &[&str]) -> Value {
    let mut flow: Value = serde_json::from_str(&hook_flow(id, id)).unwrap();
    flow["name"] = json!(name);
    for node in nodes {
        let call = json!({ "id": node, "use": "http/request", "connection": "erp", "with": { "url": "/x" } });
        flow["nodes"].as_array_mut().unwrap().push(call);
        flow["edges"].as_array_mut().unwrap().push(json!({ "from": "map", "to": node }));
    }
    flow
}

#[tokio::test]
async fn a_connection_says_which_flows_use_it_and_stays_while_published_ones_do() {
    let (khlong, system) = (Khlong::start().await, System::start().await);
    let owner = khlong.owner().await;
    system.connect(&owner, "erp", json!({})).await;
    assert_eq!(shown(&owner, "erp").await["used_by"], json!([]));
    for (id, name, nodes) in
        [("b", "Stock", &["ask", "tell"][..]), ("a", "Prices", &["ask"][..]), ("c", "None", &[])]
    {
        let imported = owner.import(&flow(id, name, nodes).to_string()).await;
        assert_eq!(imported.status(), StatusCode::OK, "{}", imported.text().await.unwrap());
    }
    let published = json!([
        { "flow": "a", "name": "Prices", "nodes": ["ask"], "draft": false },
        { "flow": "b", "name": "Stock", "nodes": ["ask", "tell"], "draft": false },
    ]);
    // What is published here is known at once.
    let list = owner.get_json(api::path::CONNECTIONS).await;
    assert_eq!(list["connections"][0]["used_by"], published);
    assert_eq!(list["connections"][0]["used_by_total"], 2);

    let refused = owner.delete(&api::path::CONNECTION.replace("{name}", "erp")).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(refused.text().await.unwrap().contains("is used by a, b"));

    let draft = json!({ "document": flow("c", "None", &["ask"]), "revision": 0, "based_on": 1 });
    let saved = owner.put(&api::path::FLOW_DRAFT.replace("{id}", "c"), &draft).await;
    assert_eq!(saved.status(), StatusCode::OK);
    for id in ["a", "b"] {
        assert_eq!(owner.delete(&api::path::FLOW.replace("{id}", id)).await.status(), StatusCode::NO_CONTENT);
    }
    let drafts = json!([{ "flow": "c", "name": "None", "nodes": ["ask"], "draft": true }]);
    assert_eq!(shown(&owner, "erp").await["used_by"], drafts);
    let deleted = owner.delete(&api::path::CONNECTION.replace("{name}", "erp")).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT, "a draft is nothing that runs");
}
