//! A flow goes from looking on to sending, and back, as a person says.

use crate::khlong::{Asker, Khlong, OWNER, PASSWORD, code, sign_in};
use crate::process::KHLONG;
use axum::Router;
use axum::routing::post;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::TcpListener;

const STAGE: &str = "/api/v1/flows/orders/stage";

/// A back office that counts what is written to it.
async fn erp() -> (String, Arc<AtomicU32>) {
    let writes = Arc::new(AtomicU32::new(0));
    let count = writes.clone();
    let write = move || async move {
        count.fetch_add(1, Ordering::SeqCst);
        "{}"
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/orders", listener.local_addr().unwrap());
    let routes = Router::new().route("/orders", post(write));
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (url, writes)
}

fn orders(url: &str, mode: &str) -> String {
    let write = json!({"method": "POST", "url": url, "body": "${input}"});
    let flow = json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "settings": {"order_by": "${trigger.body.id}", "mode": mode},
        "nodes": [
            {"id": "in", "use": "core/webhook", "with": {"path": "orders"}},
            {"id": "erp", "use": "http/request", "with": write},
        ],
        "edges": [{"from": "in", "to": "erp"}],
    });
    flow.to_string()
}

async fn send(khlong: &Khlong, id: u64) -> String {
    let answer = khlong.visitor().post("/hooks/orders", &json!({ "id": id })).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    answer.json::<Value>().await.unwrap()["run"].as_str().unwrap().to_owned()
}

/// The run when it asks somebody.
async fn proposed(khlong: &Khlong, asker: &Asker, run: &str) -> Value {
    let mut changes = khlong.app.engine().watch();
    loop {
        let found = asker.get_json(&api::path::RUN.replace("{id}", run)).await;
        if found["run"]["state"] == "proposed" {
            return found;
        }
        changes.recv().await.unwrap();
    }
}

async fn audited(asker: &Asker, what: &str) -> Vec<String> {
    let audit = asker.get_json(api::path::AUDIT).await;
    let entries = audit["entries"].as_array().unwrap().iter();
    let told = entries.filter(|entry| entry["what"] == what);
    told.map(|entry| format!("{} {}", entry["who"].as_str().unwrap(), entry["on"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_flow_goes_from_observing_to_live_and_back_and_the_trail_says_who_did_it() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let (url, writes) = erp().await;
    assert_eq!(owner.import(&orders(&url, "observe")).await.status(), StatusCode::OK);
    for (mode, sent) in [("observe", 0), ("shadow", 0), ("live", 1), ("shadow", 1)] {
        let answer = owner.put(STAGE, &json!({ "mode": mode })).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.json::<Value>().await.unwrap()["mode"], mode);
        let run = send(&khlong, 1).await;
        assert_eq!(khlong.settled(&owner, &run).await["run"]["state"], "done");
        assert_eq!(writes.load(Ordering::SeqCst), sent, "{mode}");
    }
    let canary = json!({"mode": "canary", "canary": {"keys": ["1042"]}});
    assert_eq!(owner.put(STAGE, &canary).await.status(), StatusCode::OK);
    for (id, sent) in [(1041, 1), (1042, 2)] {
        let run = send(&khlong, id).await;
        khlong.settled(&owner, &run).await;
        assert_eq!(writes.load(Ordering::SeqCst), sent, "{id}");
    }
    assert_eq!(
        audited(&owner, "flow.stage.shadow").await,
        [format!("{OWNER} orders"), format!("{OWNER} orders")]
    );
    assert_eq!(audited(&owner, "flow.stage.canary").await, [format!("{OWNER} orders 0% and 1 keys")]);
}

#[tokio::test]
async fn a_person_says_yes_or_no_to_a_write_and_the_trail_says_why_not() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let (url, writes) = erp().await;
    owner.import(&orders(&url, "assist")).await;
    let (first, second) = (send(&khlong, 1).await, send(&khlong, 2).await);
    let asked = proposed(&khlong, &owner, &first).await;
    let step = asked["steps"].as_array().unwrap().iter().find(|step| step["node"] == "erp").unwrap();
    assert_eq!((&step["state"], &step["input"]["body"]), (&json!("proposed"), &json!({"id": 1})));
    proposed(&khlong, &owner, &second).await;
    let list = owner.get_json(&format!("{}?state=proposed", api::path::RUNS)).await;
    assert_eq!(list["runs"].as_array().unwrap().len(), 2);
    assert_eq!(writes.load(Ordering::SeqCst), 0);

    let decide =
        async |run: &str, body: Value| owner.post(&api::path::RUN_DECIDE.replace("{id}", run), &body).await;
    let yes = json!({"node": "erp", "decision": "approve"});
    assert_eq!(decide(&first, yes.clone()).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(khlong.settled(&owner, &first).await["run"]["state"], "done");
    assert_eq!(code(decide(&first, yes).await).await, (409, "E0412".into()));
    assert_eq!(code(decide(&second, json!({"node": "erp", "decision": "refuse"})).await).await.0, 400);
    let no = json!({"node": "erp", "decision": "refuse", "why": "wrong customer"});
    assert_eq!(decide(&second, no).await.status(), StatusCode::NO_CONTENT);
    let ended = khlong.settled(&owner, &second).await;
    assert_eq!((&ended["run"]["state"], &ended["run"]["error_code"]), (&json!("cancelled"), &json!("E0520")));
    assert_eq!(writes.load(Ordering::SeqCst), 1);
    let refused = audited(&owner, "run.decide.refuse").await;
    assert_eq!(refused, [format!("{OWNER} {second} erp: wrong customer")]);
}

#[tokio::test]
async fn a_canary_that_could_not_tell_its_orders_is_refused_and_going_back_never_is() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let (url, _) = erp().await;
    let without_key = orders(&url, "live").replace(r#""order_by":"${trigger.body.id}","#, "");
    assert_eq!(owner.import(&without_key).await.status(), StatusCode::OK);
    let canary = json!({"mode": "canary", "canary": {"percent": 5}});
    let refused: Value = owner.put(STAGE, &canary).await.json().await.unwrap();
    assert_eq!(refused["problems"][0]["code"], "E0185", "{refused}");
    let nothing = owner.put(STAGE, &json!({"mode": "canary"})).await.json::<Value>().await.unwrap();
    assert_eq!(nothing["problems"][1]["code"], "E0190", "{nothing}");
    assert_eq!(owner.put(STAGE, &json!({"mode": "shadow"})).await.status(), StatusCode::OK);
    let nobody = owner.put("/api/v1/flows/nobody/stage", &json!({"mode": "shadow"})).await;
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_draft_does_not_take_the_stage_back_and_the_command_line_sets_it_with_and_without_a_server() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let (url, _) = erp().await;
    owner.import(&orders(&url, "live")).await;
    let document: Value = serde_json::from_str(&orders(&url, "live")).unwrap();
    let draft = json!({"document": document, "revision": 0, "based_on": 1});
    assert!(owner.put("/api/v1/flows/orders/draft", &draft).await.status().is_success());
    let program = khlong.program(&owner, "editor").await;
    let there = [("KHLONG_URL", khlong.url.clone()), ("KHLONG_TOKEN", program.token().to_owned())];
    assert_eq!(stage(&["orders", "--to", "shadow"], &there).await, "orders: shadow");
    for path in ["/api/v1/flows/orders", "/api/v1/flows/orders/draft"] {
        let found = owner.get_json(path).await;
        assert_eq!(found["document"]["settings"]["mode"], "shadow", "{path}");
    }
    let folder = khlong.stop().await;
    let data = folder.path().display().to_string();
    let said =
        stage(&["orders", "--to", "canary", "--percent", "5", "--key", "1", "--data", &data], &[]).await;
    assert_eq!(said, "orders: canary");
    let khlong = Khlong::start_in(folder, |_| {}).await;
    let visitor = khlong.visitor();
    let answer = visitor.post(api::path::SESSION, &sign_in(PASSWORD)).await;
    let owner = visitor.signed_in(answer).await;
    let found = owner.get_json("/api/v1/flows/orders").await;
    assert_eq!(found["document"]["settings"]["canary"], json!({"percent": 5, "keys": ["1"]}));
    assert_eq!(audited(&owner, "flow.stage.canary").await, ["cli orders 5% and 1 keys"]);
}

async fn stage(args: &[&str], env: &[(&str, String)]) -> String {
    let mut command = tokio::process::Command::new(KHLONG);
    let output = command.args(["flow", "stage"]).args(args).envs(env.iter().cloned()).output().await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{args:?}: {out}{err}");
    out.trim().to_owned()
}

#[tokio::test]
async fn whoever_claims_an_order_by_hand_does_it_alone_and_the_trail_says_so() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let (url, writes) = erp().await;
    let by_two = orders(&url, "live").replace(r#""mode":"live""#, r#""mode":"live","claims":true"#);
    assert_eq!(owner.import(&by_two).await.status(), StatusCode::OK);
    let claims = api::path::FLOW_CLAIMS.replace("{id}", "orders");
    let clerk = khlong.program(&owner, "operator").await;
    assert_eq!(clerk.post(&claims, &json!({"key": "1042"})).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(code(owner.post(&claims, &json!({"key": "1042"})).await).await, (409, "E0445".into()));
    let run = send(&khlong, 1042).await;
    let ended = khlong.settled(&owner, &run).await;
    assert_eq!((&ended["run"]["state"], &ended["run"]["error_code"]), (&json!("cancelled"), &json!("E0522")));
    assert_eq!(writes.load(Ordering::SeqCst), 0);

    let run = send(&khlong, 1043).await;
    khlong.settled(&owner, &run).await;
    assert_eq!(writes.load(Ordering::SeqCst), 1);
    let refused: Value = clerk.post(&claims, &json!({"key": "1043"})).await.json().await.unwrap();
    assert!(refused["message"].as_str().unwrap().contains(&run), "{refused}");
    let listed = owner.get_json(&claims).await;
    assert_eq!(
        (&listed["claims"][0]["key"], listed["claims"].as_array().unwrap().len()),
        (&json!("1042"), 1)
    );
    assert_eq!(owner.get_json(&format!("{claims}?key=1043")).await["claims"][0]["run"], json!(run));

    assert_eq!(clerk.delete(&format!("{claims}?key=1042")).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(clerk.delete(&format!("{claims}?key=1042")).await.status(), StatusCode::NOT_FOUND);
    let run = send(&khlong, 1042).await;
    assert_eq!(khlong.settled(&owner, &run).await["run"]["state"], "done");
    assert_eq!(audited(&owner, "flow.claim").await.len(), 1);
    assert_eq!(audited(&owner, "flow.release_claim").await.len(), 1);
    // A flow that does not look for claims would write all the same.
    owner.import(&orders(&url, "live")).await;
    assert_eq!(code(clerk.post(&claims, &json!({"key": "7"})).await).await.0, 409);
}
