//! Who takes care of failures, and how one among many is found.

use crate::khlong::{Asker, Khlong, code, hook_flow};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Orders of this flow fail, each with its number as the key.
fn fails(id: &str, path: &str) -> String {
    let flow = hook_flow(id, path).replace("\"script\":\"input\"", "\"script\":\"throw `no postcode`\"");
    let mut flow: Value = serde_json::from_str(&flow).expect("a flow");
    flow["settings"]["order_by"] = json!("${trigger.body.n}");
    flow.to_string()
}

async fn failed(khlong: &Khlong, owner: &Asker, path: &str, n: u64) -> String {
    let answer = khlong.visitor().post(&format!("/hooks/{path}"), &json!({ "n": n })).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let run = answer.json::<Value>().await.unwrap()["run"].as_str().unwrap().to_owned();
    khlong.settled(owner, &run).await;
    run
}

async fn put(owner: &Asker, subject: &str, wanted: Value) -> Value {
    let answer = owner.put(&api::path::CARE.replace("{subject}", subject), &wanted).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

async fn groups(owner: &Asker, query: &str) -> usize {
    let list = owner.get_json(&format!("{}?{query}", api::path::ERRORS)).await;
    list["groups"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_group_is_assigned_put_aside_and_talked_about_and_the_trail_says_by_whom() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&fails("orders", "in")).await;
    let run = failed(&khlong, &owner, "in", 1).await;
    let group = owner.get_json(api::path::ERRORS).await["groups"][0].clone();
    let subject = format!("group-{}", group["fingerprint"].as_str().unwrap());
    let me = owner.get_json(api::path::PEOPLE).await["people"][0]["email"].as_str().unwrap().to_owned();

    let cared = put(&owner, &subject, json!({ "assignee": format!(" {} ", me.to_uppercase()) })).await;
    assert_eq!(cared["care"]["assignee"], json!(me));
    assert_eq!((groups(&owner, "mine=true").await, groups(&owner, "mine=false").await), (1, 1));
    let cared = put(&owner, &subject, json!({ "snooze": { "until_again": true } })).await;
    assert_eq!(cared["care"]["snooze"]["active"], json!(true));
    assert_eq!((groups(&owner, "snoozed=true").await, groups(&owner, "snoozed=false").await), (1, 0));
    assert_eq!(owner.get_json(api::path::ERRORS_COUNT).await, json!({ "groups": 0, "records": 0 }));
    let for_people = async || {
        let today = owner.get_json(api::path::TODAY).await;
        (today["people"]["open"].clone(), today["errors"].as_array().map(Vec::len))
    };
    assert_eq!(for_people().await, (json!(0), Some(0)), "nor does the day's page ask for it");
    // It happens again, and is in sight again.
    failed(&khlong, &owner, "in", 2).await;
    assert_eq!(groups(&owner, "snoozed=false").await, 1);
    assert_eq!(owner.get_json(api::path::ERRORS_COUNT).await, json!({ "groups": 1, "records": 2 }));
    assert_eq!(for_people().await, (json!(2), Some(1)));

    let record = format!("run-{run}");
    let say = api::path::CARE_COMMENTS.replace("{subject}", &record);
    let said: Value = owner.post(&say, &json!({ "body": " ask the shop " })).await.json().await.unwrap();
    assert_eq!(
        (&said["comments"][0]["body"], &said["care"]["comments"]),
        (&json!("ask the shop"), &json!(1))
    );
    let found = owner.get_json(&api::path::INBOX_RECORD.replace("{run}", &run)).await;
    assert_eq!(found["comments"], json!(1));

    let trail = owner.get_json(api::path::AUDIT).await;
    let what: Vec<&str> =
        trail["entries"].as_array().unwrap().iter().filter_map(|e| e["what"].as_str()).collect();
    for change in ["errors.assign", "errors.snooze", "errors.comment"] {
        assert!(what.contains(&change), "{what:?}");
    }
}

#[tokio::test]
async fn care_is_refused_for_what_is_not_there_and_for_what_makes_no_sense() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&fails("orders", "in")).await;
    let run = failed(&khlong, &owner, "in", 1).await;
    let path = |subject: &str| api::path::CARE.replace("{subject}", subject);
    let record = path(&format!("run-{run}"));
    let refused = async |path: &str, wanted: Value| code(owner.put(path, &wanted).await).await.0;
    assert_eq!(refused(&path("group-00000000000000ff"), json!({ "assignee": "" })).await, 404);
    assert_eq!(refused(&path("nothing"), json!({})).await, 404);
    assert_eq!(refused(&record, json!({ "assignee": "nobody@example.com" })).await, 404);
    assert_eq!(refused(&record, json!({ "snooze": { "until_again": true } })).await, 400);
    assert_eq!(refused(&record, json!({ "snooze": { "until": 1 } })).await, 400);
    assert_eq!(refused(&record, json!({ "snooze": {} })).await, 400);
    let viewer = khlong.program(&owner, "viewer").await;
    assert_eq!(code(viewer.put(&record, &json!({ "assignee": "" })).await).await.0, 403);
}

/// The rows of a list, one page behind the other.
async fn all(owner: &Asker, address: &str, rows: &str) -> Vec<Value> {
    let (mut all, mut before) = (Vec::new(), String::new());
    loop {
        let list = owner.get_json(&format!("{address}{before}")).await;
        all.extend(list[rows].as_array().unwrap().iter().cloned());
        let Some(next) = list["next"].as_str() else { return all };
        before = format!("&before={next}");
    }
}

#[tokio::test]
async fn every_failure_of_a_group_and_every_group_is_reached_a_page_at_a_time() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    for flow in ["orders", "refunds", "stock"] {
        owner.import(&fails(flow, flow)).await;
        failed(&khlong, &owner, flow, 1).await;
    }
    for n in 2..=5 {
        failed(&khlong, &owner, "orders", n).await;
    }
    let groups = all(&owner, &format!("{}?open=true&limit=1", api::path::ERRORS), "groups").await;
    let mut flows: Vec<&str> = groups.iter().filter_map(|group| group["flow"].as_str()).collect();
    flows.sort_unstable();
    assert_eq!(flows, ["orders", "refunds", "stock"]);

    let orders = groups.iter().find(|group| group["flow"] == "orders").unwrap();
    let fingerprint = orders["fingerprint"].as_str().unwrap();
    let address = format!("{}?fingerprint={fingerprint}&state=open&limit=2", api::path::INBOX);
    let records = all(&owner, &address, "records").await;
    let keys: Vec<&str> = records.iter().filter_map(|record| record["key"].as_str()).collect();
    assert_eq!(keys, ["5", "4", "3", "2", "1"]);
    assert_eq!(code(owner.get(&format!("{}?before=x", api::path::ERRORS)).await).await.0, 400);
}

#[tokio::test]
async fn a_run_is_found_by_its_key_and_by_when_it_came_and_named_runs_are_retried() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&fails("orders", "in")).await;
    let mut runs = Vec::new();
    for n in [1042, 1043, 2001] {
        runs.push(failed(&khlong, &owner, "in", n).await);
    }
    let count = async |query: &str| {
        let list = owner.get_json(&format!("{}?{query}", api::path::RUNS)).await;
        let counted = owner.get_json(&format!("{}?{query}", api::path::RUNS_COUNT)).await;
        let listed = list["runs"].as_array().unwrap().len();
        assert_eq!(counted, json!({ "count": listed, "more": false }));
        listed
    };
    assert_eq!((count("key=1042").await, count("key=104").await, count("key_start=104").await), (1, 0, 2));
    let first = owner.get_json(&format!("{}?key=1042", api::path::RUNS)).await;
    let at = first["runs"][0]["started_at"].as_i64().unwrap();
    assert_eq!(count(&format!("until={at}")).await, 0);
    assert_eq!(count(&format!("since={at}&state=failed")).await, 3);
    let both = owner.get(&format!("{}?key=1&key_start=1", api::path::RUNS)).await;
    assert_eq!(code(both).await.0, 400);

    owner.import(&hook_flow("orders", "in")).await;
    let wanted = json!({ "action": "retry", "runs": [runs[2], runs[0]] });
    let answer = owner.post(api::path::RUNS_BULK, &wanted).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let job = answer.json::<Value>().await.unwrap();
    let path = api::path::JOB.replace("{id}", job["id"].as_str().unwrap());
    let mut changes = khlong.app.engine().watch();
    let done = loop {
        let found = owner.get_json(&path).await;
        if found["state"] != "working" {
            break found;
        }
        let _ = tokio::time::timeout(std::time::Duration::from_millis(50), changes.recv()).await;
    };
    assert_eq!((&done["done"], &done["refused"]), (&json!(2), &json!(0)));
    let two = json!({ "action": "retry", "runs": [runs[1]], "flow": "orders" });
    assert_eq!(code(owner.post(api::path::RUNS_BULK, &two).await).await.0, 400);
}
