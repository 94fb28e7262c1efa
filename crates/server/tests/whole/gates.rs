//! A connection whose system does not answer, as people see it.

use crate::khlong::{Asker, Khlong};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A flow over the connection `erp`, behind which nobody listens. A run tries once.
async fn to_nowhere(owner: &Asker) {
    owner.connect("erp", "http", json!({ "base_url": "http://127.0.0.1:9" }), json!({})).await;
    let flow = json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "nodes": [
            { "id": "in", "use": "core/manual" },
            { "id": "send", "use": "http/request", "connection": "erp", "retry": { "attempts": 1 },
              "with": { "method": "POST", "url": "/orders", "body": "${input}" } },
        ],
        "edges": [{ "from": "in", "to": "send" }],
    });
    let imported = owner.import(&flow.to_string()).await;
    assert_eq!(imported.status(), StatusCode::OK, "{}", imported.text().await.unwrap());
}

async fn start(owner: &Asker) -> String {
    let path = api::path::FLOW_RUNS.replace("{id}", "orders");
    let started: api::Started = owner.post(&path, &json!({ "input": {} })).await.json().await.unwrap();
    started.run
}

async fn erp(asker: &Asker) -> Value {
    let list = asker.get_json(api::path::CONNECTIONS).await;
    list["connections"][0].clone()
}

#[tokio::test]
async fn a_connection_that_is_paused_is_seen_everywhere_and_an_operator_lets_it_go_on() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    to_nowhere(&owner).await;
    assert_eq!(erp(&owner).await.get("blocked"), None);
    for _ in 0..5 {
        let run = start(&owner).await;
        assert_eq!(khlong.settled(&owner, &run).await["run"]["state"], "failed");
    }
    let waits = start(&owner).await;
    let mut changes = khlong.app.engine().watch();
    let step = loop {
        let run = owner.get_json(&api::path::RUN.replace("{id}", &waits)).await;
        let step = run["steps"].as_array().and_then(|steps| steps.iter().find(|step| step["node"] == "send"));
        match step.filter(|step| step.get("blocked").is_some()) {
            Some(step) => break step.clone(),
            None => drop(changes.recv().await),
        }
    };
    assert_eq!((&step["state"], &step["blocked"]["why"]), (&json!("waiting"), &json!("breaker")));
    assert_eq!((&step["blocked"]["connection"], step.get("attempts")), (&json!("erp"), None));

    let (viewer, operator) =
        (khlong.program(&owner, "viewer").await, khlong.program(&owner, "operator").await);
    // The store is told by a task of its own.
    let known = loop {
        let known = erp(&viewer).await;
        match known.get("blocked") {
            Some(_) => break known,
            None => tokio::task::yield_now().await,
        }
    };
    let blocked = &known["blocked"];
    assert_eq!(
        (&blocked["why"], &known["waiting"], &blocked["trials"]),
        (&json!("breaker"), &json!(1), &json!(0))
    );
    assert_eq!(blocked["until"].as_i64().unwrap() - blocked["since"].as_i64().unwrap(), 10_000);
    assert!(blocked["error"].as_str().unwrap().contains("127.0.0.1:9"), "{blocked}");
    let metrics = viewer.get(api::path::METRICS).await.text().await.unwrap();
    assert!(metrics.contains("khlong_connection_blocked{connection=\"erp\"} 1"), "{metrics}");
    assert!(metrics.contains("khlong_connection_waiting{connection=\"erp\"} 1"), "{metrics}");

    let unblock = api::path::CONNECTION_UNBLOCK.replace("{name}", "erp");
    assert_eq!(viewer.post(&unblock, &json!({})).await.status(), StatusCode::FORBIDDEN);
    let nobody = api::path::CONNECTION_UNBLOCK.replace("{name}", "nobody");
    assert_eq!(operator.post(&nobody, &json!({})).await.status(), StatusCode::NOT_FOUND);
    let answer = operator.post(&unblock, &json!({})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.json::<Value>().await.unwrap().get("blocked"), None);
    // It goes on at once, and finds nobody.
    assert_eq!(khlong.settled(&owner, &waits).await["run"]["state"], "failed");
    let trail = owner.get_json(api::path::AUDIT).await;
    assert_eq!(
        (&trail["entries"][0]["what"], &trail["entries"][0]["on"]),
        (&json!("connection.unblock"), &json!("erp"))
    );
}

#[tokio::test]
async fn a_rate_that_nobody_can_read_is_refused_and_says_how_one_is_written() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let path = api::path::CONNECTION.replace("{name}", "erp");
    let with = |rate: Value| json!({ "connector": "http", "fields": { "base_url": "http://127.0.0.1:9", "rate": rate } });
    let refused = owner.put(&path, &with(json!("2/s"))).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().await.unwrap().contains("\\\"calls\\\": 2"));
    let rate = json!({ "calls": 2, "per": "1s", "burst": 40 });
    assert_eq!(owner.put(&path, &with(rate.clone())).await.status(), StatusCode::OK);
    assert_eq!(erp(&owner).await["rate"], rate);
}
