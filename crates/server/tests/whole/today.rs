//! How the day goes, and what happened to one order.

use crate::khlong::{Asker, Khlong};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A flow that takes orders in order of their numbers. What it does with them is `node`.
async fn flow(owner: &Asker, id: &str, node: Value) {
    let flow = json!({
        "khlong": 1, "id": id, "name": id, "settings": { "order_by": "${trigger.body.number}" },
        "nodes": [{ "id": "in", "title": "Order in", "use": "core/webhook", "with": { "path": id } }, node],
        "edges": [{ "from": "in", "to": "do" }],
    });
    let imported = owner.import(&flow.to_string()).await;
    assert_eq!(imported.status(), StatusCode::OK, "{}", imported.text().await.unwrap());
}

/// At the port that it calls nobody listens.
fn failing() -> Value {
    json!({
        "id": "do", "title": "Tell the ERP", "use": "http/request", "retry": { "attempts": 2, "first": "1ms" },
        "with": { "method": "POST", "url": "http://127.0.0.1:9/orders", "body": "${input}" },
    })
}

fn passing() -> Value {
    json!({ "id": "do", "use": "core/script", "with": { "script": "input" } })
}

async fn order(khlong: &Khlong, owner: &Asker, flow: &str, number: &str) -> String {
    let hook = reqwest::Client::new().post(format!("{}/hooks/{flow}", khlong.url));
    let body = json!({ "number": number, "name": format!("#{number}") });
    let started: api::Started = hook.json(&body).send().await.unwrap().json().await.unwrap();
    khlong.settled(owner, &started.run).await;
    started.run
}

fn sum(numbers: &Value) -> u64 {
    numbers.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).sum()
}

#[tokio::test]
async fn the_day_counts_what_ended_and_what_waits_for_a_person() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let nothing = owner.get_json(api::path::TODAY).await;
    assert_eq!(
        (&nothing["flows"], &nothing["order"], &nothing["orders"]),
        (&json!(0), &Value::Null, &Value::Null)
    );
    flow(&owner, "good", passing()).await;
    flow(&owner, "bad", failing()).await;
    order(&khlong, &owner, "good", "1042").await;
    order(&khlong, &owner, "good", "1043").await;
    order(&khlong, &owner, "bad", "1042").await;
    let viewer = khlong.program(&owner, "viewer").await;
    let today = viewer.get_json(api::path::TODAY).await;
    let series = &today["series"];
    assert_eq!((sum(&series["done"]), sum(&series["failed"]), sum(&series["retried"])), (2, 1, 0));
    assert_eq!(today["done"], json!({ "runs": 2, "last_week": null }));
    assert!(today["took"]["median"].as_i64().unwrap() >= 0 && today["took"]["p99"].is_i64());
    assert_eq!(today["people"], json!({ "open": 1, "over_an_hour": 0 }));
    let error = &today["errors"][0];
    assert_eq!((&error["group"]["flow"], &error["group"]["open"]), (&json!("bad"), &json!(1)));
    assert!(error["since"].as_i64().unwrap() > today["since"].as_i64().unwrap());
    assert_eq!((&today["order"], &today["open_runs"]), (&json!("1042"), &json!(0)));
}

#[tokio::test]
async fn a_flow_has_a_series_and_a_spark_of_its_own() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    flow(&owner, "good", passing()).await;
    flow(&owner, "quiet", passing()).await;
    order(&khlong, &owner, "good", "1").await;
    let flows = owner.get_json(api::path::FLOWS).await;
    let sparks: Vec<u64> =
        flows["flows"].as_array().unwrap().iter().map(|flow| sum(&flow["spark"])).collect();
    assert_eq!(sparks, [1, 0]);
    assert_eq!(flows["flows"][0]["spark"].as_array().unwrap().len(), 24);
    let path = api::path::FLOW_SERIES.replace("{id}", "good");
    let series = owner.get_json(&format!("{path}?hours=1")).await;
    assert_eq!(sum(&series["series"]["done"]), 1);
    assert!(
        (12..=14).contains(&series["series"]["done"].as_array().unwrap().len()),
        "an hour, and what is begun"
    );
    assert!(series["took"]["median"].is_i64());
    assert_eq!(
        owner.get(&api::path::FLOW_SERIES.replace("{id}", "none")).await.status(),
        StatusCode::NOT_FOUND
    );
}

async fn story(asker: &Asker, key: &str) -> Value {
    asker.get_json(&format!("{}?key={key}", api::path::ORDER)).await
}

fn told(story: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |event: &Value| format!("{} {}", text(&event["what"]), text(&event["title"]));
    story["events"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn an_order_is_told_over_all_flows_with_who_did_what() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    flow(&owner, "good", passing()).await;
    flow(&owner, "bad", failing()).await;
    order(&khlong, &owner, "good", "1042").await;
    let failed = order(&khlong, &owner, "bad", "1042").await;
    order(&khlong, &owner, "bad", "10420").await;
    let first = story(&owner, "1042").await;
    assert_eq!(
        told(&first),
        ["received Order in", "received Order in", "tried_again Tell the ERP", "failed Tell the ERP"]
    );
    assert_eq!(first["events"][0]["reference"], "#1042");
    assert!(first["events"][3]["fingerprint"].is_string(), "it waits for a person");
    assert_eq!((first["runs"].as_array().unwrap().len(), &first["runs"][0]["id"]), (2, &json!(failed)));
    let retry = owner.post(&api::path::RUN_RETRY.replace("{id}", &failed), &json!({})).await;
    let retried: api::Started = retry.json().await.unwrap();
    khlong.settled(&owner, &retried.run).await;
    let then = story(&owner, "1042").await;
    let again = ["retried Order in", "tried_again Tell the ERP", "failed Tell the ERP"];
    assert_eq!(told(&then)[4..], again);
    assert!(then["events"][3]["fingerprint"].is_null(), "the retry has taken it over");
    assert!(then["events"][6]["fingerprint"].is_string());
    let none = story(&owner, "104").await;
    assert_eq!((told(&none).len(), &none["next"]), (0, &Value::Null));
}

#[tokio::test]
async fn a_story_goes_on_with_older_runs_and_refuses_no_key() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    flow(&owner, "good", passing()).await;
    for _ in 0..25 {
        order(&khlong, &owner, "good", "7").await;
    }
    let newest = story(&owner, "7").await;
    assert_eq!(newest["runs"].as_array().unwrap().len(), 20);
    let next = newest["next"].as_str().unwrap();
    let older = owner.get_json(&format!("{}?key=7&before={next}", api::path::ORDER)).await;
    assert_eq!((older["runs"].as_array().unwrap().len(), &older["next"]), (5, &Value::Null));
    let no_key = owner.get(&format!("{}?key=", api::path::ORDER)).await;
    assert_eq!(no_key.status(), StatusCode::BAD_REQUEST);
}
