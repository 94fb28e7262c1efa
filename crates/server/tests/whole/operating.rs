//! What an operator does when things go wrong: hold a flow, look into the inbox, retry many.

use crate::khlong::{Asker, Khlong, code, hook_flow};
use crate::process::KHLONG;
use reqwest::StatusCode;
use serde_json::{Value, json};

fn fails(id: &str, path: &str) -> String {
    hook_flow(id, path).replace("\"script\":\"input\"", "\"script\":\"throw `no postcode`\"")
}

async fn send(khlong: &Khlong, path: &str, n: u64) -> String {
    let answer = khlong.visitor().post(&format!("/hooks/{path}"), &json!({ "n": n })).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    answer.json::<Value>().await.unwrap()["run"].as_str().unwrap().to_owned()
}

async fn done(khlong: &Khlong, owner: &Asker, job: &Value) -> Value {
    let path = api::path::JOB.replace("{id}", job["id"].as_str().unwrap());
    let mut changes = khlong.app.engine().watch();
    loop {
        let found = owner.get_json(&path).await;
        if found["state"] != "working" {
            return found;
        }
        let _ = tokio::time::timeout(std::time::Duration::from_millis(50), changes.recv()).await;
    }
}

#[tokio::test]
async fn a_held_flow_takes_events_and_shows_that_they_wait() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&hook_flow("orders", "in")).await;
    let state = api::path::FLOW_STATE.replace("{id}", "orders");
    let held: Value = owner.put(&state, &json!({ "state": "held" })).await.json().await.unwrap();
    assert_eq!(held["state"], "held");
    let run = send(&khlong, "in", 1).await;
    let list = owner.get_json(&format!("{}?state=held", api::path::RUNS)).await;
    assert_eq!((&list["runs"][0]["id"], &list["runs"][0]["state"]), (&json!(run), &json!("held")));
    assert_eq!(owner.get_json(&format!("{}?state=queued", api::path::RUNS)).await["runs"], json!([]));
    let metrics = owner.get(api::path::METRICS).await.text().await.unwrap();
    assert!(metrics.contains("khlong_held_runs{flow=\"orders\"} 1"), "{metrics}");
    owner.put(&state, &json!({ "state": "live" })).await;
    assert_eq!(khlong.settled(&owner, &run).await["run"]["state"], "done");
}

#[tokio::test]
async fn a_record_of_the_inbox_is_ignored_taken_up_and_closed_by_its_retry() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&fails("orders", "in")).await;
    let run = send(&khlong, "in", 1).await;
    khlong.settled(&owner, &run).await;
    let list = owner.get_json(&format!("{}?flow=orders&state=open&text=postcode", api::path::INBOX)).await;
    let record = &list["records"][0];
    assert_eq!(
        (&record["run"], &record["node"], &record["state"]),
        (&json!(run), &json!("map"), &json!("open"))
    );
    let set = api::path::INBOX_STATE.replace("{run}", &run);
    let ignored = owner.put(&set, &json!({ "state": "ignored", "reason": "a test order" })).await;
    let ignored: Value = ignored.json().await.unwrap();
    assert_eq!((&ignored["state"], &ignored["reason"]), (&json!("ignored"), &json!("a test order")));
    assert!(ignored["changed_by"].as_str().is_some_and(|who| !who.is_empty()));
    let open = owner.get_json(&format!("{}?state=open", api::path::INBOX)).await;
    assert_eq!(open["records"], json!([]));
    for state in ["resolved", "open"] {
        let set: Value = owner.put(&set, &json!({ "state": state })).await.json().await.unwrap();
        assert_eq!(set["state"], state);
    }
    owner.import(&hook_flow("orders", "in")).await;
    let retry = owner.post(&api::path::RUN_RETRY.replace("{id}", &run), &json!({})).await;
    let again = retry.json::<Value>().await.unwrap()["run"].as_str().unwrap().to_owned();
    khlong.settled(&owner, &again).await;
    let record = owner.get_json(&api::path::INBOX_RECORD.replace("{run}", &run)).await;
    assert_eq!((&record["state"], &record["retried_by"]), (&json!("resolved"), &json!(again)));
    assert_eq!(code(owner.put(&set, &json!({ "state": "open" })).await).await, (409, "E0441".into()));
    let trail = owner.get_json(api::path::AUDIT).await;
    let what: Vec<&str> =
        trail["entries"].as_array().unwrap().iter().filter_map(|e| e["what"].as_str()).collect();
    for change in ["inbox.ignore", "inbox.resolve", "inbox.reopen"] {
        assert!(what.contains(&change), "{what:?}");
    }
    let viewer = khlong.program(&owner, "viewer").await;
    assert_eq!(code(viewer.put(&set, &json!({ "state": "ignored" })).await).await, (403, "E0403".into()));
}

#[tokio::test]
async fn many_runs_are_retried_by_one_request_and_each_names_the_one_it_retries() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    owner.import(&fails("orders", "in")).await;
    let mut runs = Vec::new();
    for n in 0..5 {
        runs.push(send(&khlong, "in", n).await);
    }
    for run in &runs {
        khlong.settled(&owner, run).await;
    }
    owner.import(&hook_flow("orders", "in")).await;
    let group = owner.get_json(api::path::ERRORS).await["groups"][0].clone();
    let nothing = owner.post(api::path::RUNS_BULK, &json!({ "action": "retry" })).await;
    assert_eq!(code(nothing).await, (400, "E0410".into()));
    let wanted = json!({ "action": "retry", "flow": "orders", "fingerprint": group["fingerprint"] });
    let answer = owner.post(api::path::RUNS_BULK, &wanted).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let job = done(&khlong, &owner, &answer.json().await.unwrap()).await;
    assert_eq!(
        (&job["state"], &job["total"], &job["done"], &job["refused"]),
        (&json!("done"), &json!(5), &json!(5), &json!(0))
    );
    let record = owner.get_json(&api::path::INBOX_RECORD.replace("{run}", &runs[0])).await;
    let again = record["retried_by"].as_str().expect("it was retried").to_owned();
    let detail = khlong.settled(&owner, &again).await;
    assert_eq!((&detail["run"]["state"], &detail["run"]["retry_of"]), (&json!("done"), &json!(runs[0])));
    // A run that went well is begun anew, and names the one it began from, too.
    let anew = owner.post(&api::path::RUN_RETRY.replace("{id}", &again), &json!({ "as_new": true })).await;
    let anew = anew.json::<Value>().await.unwrap()["run"].as_str().unwrap().to_owned();
    let detail = khlong.settled(&owner, &anew).await;
    assert_eq!(detail["run"]["retry_of"], json!(runs[0]));
    let cancel = api::path::JOB_CANCEL.replace("{id}", job["id"].as_str().unwrap());
    assert_eq!(code(owner.post(&cancel, &json!({})).await).await, (409, "E0409".into()));
    assert_eq!(owner.get_json(api::path::JOBS).await["jobs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_command_line_holds_looks_and_retries() {
    let khlong = Khlong::start().await;
    let owner = khlong.owner().await;
    let operator = khlong.program(&owner, "editor").await;
    owner.import(&fails("orders", "in")).await;
    let run = send(&khlong, "in", 1).await;
    khlong.settled(&owner, &run).await;
    let (url, token) = (khlong.url.clone(), operator.token().to_owned());
    let ask = async |args: &[&str]| {
        let output = tokio::process::Command::new(KHLONG)
            .args(args)
            .env("KHLONG_URL", &url)
            .env("KHLONG_TOKEN", &token)
            .output()
            .await
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{args:?}: {out}{err}");
        out.into_owned()
    };
    assert!(ask(&["inbox", "list"]).await.contains(&run));
    assert!(ask(&["inbox", "ignore", &run, "--reason", "a test"]).await.contains("ignored"));
    assert_eq!(ask(&["inbox", "list"]).await.trim(), "none");
    ask(&["inbox", "reopen", &run]).await;
    owner.import(&hook_flow("orders", "in")).await;
    assert_eq!(ask(&["flow", "hold", "orders"]).await.trim(), "orders: held");
    assert_eq!(ask(&["flow", "release", "orders"]).await.trim(), "orders: live");
    let told = ask(&["runs", "retry", "--flow", "orders", "--wait"]).await;
    assert!(told.contains("done  1 of 1 done, 0 refused"), "{told}");
    assert!(ask(&["jobs", "list"]).await.contains("retry  done"));
}
