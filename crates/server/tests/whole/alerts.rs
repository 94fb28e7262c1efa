//! People are told of what is wrong, once, and once more when it is over.

use crate::khlong::{A_MOMENT, Asker, Khlong, PASSWORD, code, hook_flow, sign_in};
use crate::process::KHLONG;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode as Status};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use testkit_postgres::Database;
use tokio::net::TcpListener;

/// Whoever is told: it keeps what comes, and answers with the status that it is told.
#[derive(Clone)]
struct Desk {
    url: String,
    status: Arc<AtomicU16>,
    told: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Desk {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let desk = Self { url, status: Arc::new(AtomicU16::new(200)), told: Arc::default() };
        let keeps = desk.clone();
        let answer = move |headers: HeaderMap, body: Bytes| async move {
            let key = headers.get("idempotency-key").map_or("", |key| key.to_str().unwrap()).to_owned();
            keeps.told.lock().unwrap().push((key, serde_json::from_slice(&body).unwrap()));
            let status = Status::from_u16(keeps.status.load(Ordering::SeqCst)).unwrap();
            (status, "the key S3CRET-KEY is not mine")
        };
        let routes = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        desk
    }

    async fn connect(&self, owner: &Asker, name: &str) {
        let fields = json!({ "base_url": self.url, "auth": "bearer" });
        owner.connect(name, "http", fields, json!({ "token": "S3CRET-KEY" })).await;
    }

    fn told(&self) -> Vec<Value> {
        self.told.lock().unwrap().iter().map(|(_, told)| told.clone()).collect()
    }

    fn occasions(&self) -> Vec<String> {
        self.told().iter().map(|told| told["occasion"].as_str().unwrap().to_owned()).collect()
    }

    /// Has rules looked at until it has been told so often.
    async fn until_told(&self, times: usize, askers: &[&Asker]) {
        while self.told().len() < times {
            for asker in askers {
                put(asker, "orders-fail", &rule()).await;
            }
            tokio::time::sleep(A_MOMENT).await;
        }
    }
}

fn rule() -> Value {
    json!({
        "name": "Orders fail",
        "when": { "failure_rate": { "flow": "orders", "percent": 50, "minutes": 30, "runs_min": 3 } },
        "to": [{ "connection": "desk", "to": "/alarm" }],
        "calm_minutes": 0,
    })
}

async fn put(asker: &Asker, id: &str, rule: &Value) -> Value {
    let answer = asker.put(&path(api::path::ALERT, id), rule).await;
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn path(path: &str, id: &str) -> String {
    path.replace("{id}", id)
}

/// Orders of this flow fail that say so.
fn orders() -> String {
    hook_flow("orders", "in")
        .replace("\"script\":\"input\"", "\"script\":\"if input.bad { throw `no`; } input\"")
}

/// Of several servers any may work on it: only a look tells when it is through.
async fn order(khlong: &Khlong, owner: &Asker, bad: bool) {
    let answer = khlong.visitor().post("/hooks/in", &json!({ "bad": bad })).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let run = answer.json::<Value>().await.unwrap()["run"].as_str().unwrap().to_owned();
    let ended = |found: &Value| matches!(found["run"]["state"].as_str(), Some("done" | "failed"));
    while !ended(&owner.get_json(&path(api::path::RUN, &run)).await) {
        tokio::time::sleep(A_MOMENT).await;
    }
}

async fn shown(asker: &Asker) -> Value {
    asker.get_json(&path(api::path::ALERT, "orders-fail")).await
}

async fn audited(owner: &Asker) -> Vec<String> {
    let trail = owner.get_json(api::path::AUDIT).await;
    let what =
        trail["entries"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap().to_owned());
    what.collect()
}

/// The owner of a store that has one.
async fn owner_again(khlong: &Khlong) -> Asker {
    let visitor = khlong.visitor();
    let answer = visitor.post(api::path::SESSION, &sign_in(PASSWORD)).await;
    visitor.signed_in(answer).await
}

#[tokio::test]
async fn orders_that_fail_are_told_once_over_a_restart_and_once_more_when_it_is_over() {
    let (khlong, desk) = (Khlong::start().await, Desk::start().await);
    let owner = khlong.owner().await;
    owner.import(&orders()).await;
    desk.connect(&owner, "desk").await;
    put(&owner, "orders-fail", &rule()).await;
    for _ in 0..3 {
        order(&khlong, &owner, true).await;
    }
    desk.until_told(1, &[&owner]).await;
    let told = desk.told()[0].clone();
    assert_eq!(
        (&told["alert"], &told["occasion"], &told["drill"]),
        (&json!("orders-fail"), &json!("begun"), &json!(false))
    );
    let text = told["text"].as_str().unwrap();
    assert!(
        text.starts_with("[Khlong] Orders fail\n- orders: 3 of 3 runs failed within 30 minutes"),
        "{text}"
    );
    assert!(text.ends_with(&format!("{}/flows/orders", khlong.url)), "{text}");
    let key = desk.told.lock().unwrap()[0].0.clone();
    assert!(key.starts_with("alert-orders-fail-"), "{key}");

    let khlong = Khlong::start_in(khlong.stop().await, |_| {}).await;
    let owner = owner_again(&khlong).await;
    let stands = shown(&owner).await;
    assert_eq!(stands["troubles"][0]["subject"], "orders");
    assert_eq!((&stands["told"][0]["ok"], &stands["untold"]), (&json!(true), &json!(0)), "{stands}");
    put(&owner, "orders-fail", &rule()).await;
    let operator = khlong.program(&owner, "operator").await;
    let cared = operator.post(&path(api::path::ALERT_ACKNOWLEDGE, "orders-fail"), &json!({})).await;
    assert_eq!(cared.status(), StatusCode::OK);
    assert_eq!(shown(&owner).await["troubles"][0]["acknowledged"]["by"], "token:operator");
    let again = operator.post(&path(api::path::ALERT_ACKNOWLEDGE, "orders-fail"), &json!({})).await;
    assert_eq!(code(again).await, (409, "E0409".into()), "somebody takes care of it already");

    for _ in 0..4 {
        order(&khlong, &owner, false).await;
    }
    desk.until_told(2, &[&owner]).await;
    assert_eq!(desk.occasions(), ["begun", "over"], "and nothing in between");
    while shown(&owner).await["untold"] != 0 {
        tokio::time::sleep(A_MOMENT).await;
    }
    assert_eq!(shown(&owner).await["troubles"], json!([]));
    let trail = audited(&owner).await;
    for what in ["alert.save", "alert.acknowledge"] {
        assert!(trail.iter().any(|one| one == what), "{trail:?}");
    }
}

#[tokio::test]
async fn a_drill_says_of_itself_that_it_is_one_and_tells_what_came_of_it_without_secrets() {
    let (khlong, desk, broken) = (Khlong::start().await, Desk::start().await, Desk::start().await);
    let owner = khlong.owner().await;
    owner.import(&orders()).await;
    desk.connect(&owner, "desk").await;
    broken.connect(&owner, "broken").await;
    broken.status.store(500, Ordering::SeqCst);
    let mut both = rule();
    both["to"] = json!([{ "connection": "desk" }, { "connection": "broken", "to": "/alarm" }]);
    both["language"] = json!("th");
    put(&owner, "orders-fail", &both).await;
    let editor = khlong.program(&owner, "editor").await;
    let drill = editor.post(&path(api::path::ALERT_DRILL, "orders-fail"), &json!({})).await;
    let drill: Value = drill.json().await.unwrap();
    let told = &desk.told()[0];
    assert_eq!((&told["occasion"], &told["drill"]), (&json!("drill"), &json!(true)));
    assert!(told["text"].as_str().unwrap().contains("นี่คือการซ้อม"), "{told}");
    assert_eq!((&drill["told"][0]["connection"], &drill["told"][0]["ok"]), (&json!("desk"), &json!(true)));
    let failed = &drill["told"][1];
    assert_eq!((&failed["connection"], &failed["ok"]), (&json!("broken"), &json!(false)));
    assert!(failed["message"].as_str().unwrap().contains("answered 500"), "{failed}");
    assert!(!drill.to_string().contains("S3CRET"), "{drill}");
    assert_eq!(shown(&owner).await["told"], json!([]), "the rule stands as it stood");
    assert!(audited(&owner).await.contains(&"alert.drill".to_owned()));
}

#[tokio::test]
async fn viewers_see_alerts_operators_take_care_and_editors_change_them() {
    let (khlong, desk) = (Khlong::start().await, Desk::start().await);
    let owner = khlong.owner().await;
    owner.import(&orders()).await;
    desk.connect(&owner, "desk").await;
    let [viewer, operator, editor] = [
        khlong.program(&owner, "viewer").await,
        khlong.program(&owner, "operator").await,
        khlong.program(&owner, "editor").await,
    ];
    let (alert, ack) =
        (path(api::path::ALERT, "orders-fail"), path(api::path::ALERT_ACKNOWLEDGE, "orders-fail"));
    for asker in [&viewer, &operator] {
        assert_eq!(code(asker.put(&alert, &rule()).await).await, (403, "E0403".into()));
    }
    put(&editor, "orders-fail", &rule()).await;
    assert_eq!(viewer.get_json(api::path::ALERTS).await["alerts"][0]["rule"]["name"], "Orders fail");
    assert_eq!(code(viewer.post(&ack, &json!({})).await).await, (403, "E0403".into()));
    assert_eq!(code(operator.post(&ack, &json!({})).await).await, (409, "E0409".into()), "nothing is wrong");
    let drill = path(api::path::ALERT_DRILL, "orders-fail");
    assert_eq!(code(operator.post(&drill, &json!({})).await).await, (403, "E0403".into()));
    assert_eq!(code(operator.delete(&alert).await).await, (403, "E0403".into()));
    let in_use = editor.delete(&api::path::CONNECTION.replace("{name}", "desk")).await;
    assert_eq!(in_use.status(), StatusCode::CONFLICT);
    assert!(in_use.text().await.unwrap().contains("alert orders-fail"));
    assert_eq!(editor.delete(&alert).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(code(editor.delete(&alert).await).await, (404, "E0404".into()));
}

#[tokio::test]
async fn a_rule_that_could_tell_nobody_or_of_nothing_is_refused() {
    let (khlong, desk) = (Khlong::start().await, Desk::start().await);
    let owner = khlong.owner().await;
    owner.import(&orders()).await;
    desk.connect(&owner, "desk").await;
    owner
        .connect("line", "line", json!({}), json!({ "channel_access_token": "t", "client_secret": "s" }))
        .await;
    let to = |connection: &str, to: Value| json!({ "to": [{ "connection": connection, "to": to }] });
    for (change, named) in [
        (json!({ "when": { "quiet": { "flow": "gone", "minutes": 5 } } }), "there is no flow"),
        (json!({ "when": { "connection_broken": { "connection": "gone" } } }), "there is no connection"),
        (to("gone", Value::Null), "there is no connection"),
        (to("line", Value::Null), "a user's, group's or room's id"),
        (to("desk", json!("https://elsewhere.example")), "is a path"),
        (to("desk", json!("//elsewhere.example")), "is a path"),
        (json!({ "to": [] }), "`to`"),
    ] {
        let mut wanted = rule();
        wanted.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = owner.put(&path(api::path::ALERT, "orders-fail"), &wanted).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{change}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], "E0450");
        assert!(body["message"].as_str().unwrap().contains(named), "{body}");
    }
    assert_eq!(owner.get_json(api::path::ALERTS).await, json!({ "alerts": [] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_on_one_database_one_tells() {
    let database = Database::create().await.unwrap();
    let (desk, url) = (Desk::start().await, database.url());
    let on_it = |settings: &mut server::Settings| settings.database = Some(url.clone().into());
    let first = Khlong::start_in(tempfile::tempdir().unwrap(), on_it).await;
    let owner = first.owner().await;
    // Both open the same secrets.
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(first.folder.path().join("master.key"), other.path().join("master.key")).unwrap();
    let second = Khlong::start_in(other, on_it).await;
    let other = owner_again(&second).await;
    owner.import(&orders()).await;
    desk.connect(&owner, "desk").await;
    while other.get(&api::path::CONNECTION.replace("{name}", "desk")).await.status() != StatusCode::OK {
        tokio::time::sleep(A_MOMENT).await;
    }
    put(&owner, "orders-fail", &rule()).await;
    for _ in 0..3 {
        order(&first, &owner, true).await;
    }
    desk.until_told(1, &[&owner, &other]).await;
    for _ in 0..4 {
        order(&first, &owner, false).await;
    }
    desk.until_told(2, &[&owner, &other]).await;
    assert_eq!(desk.occasions(), ["begun", "over"]);
}

/// What a command says, and whether it went well.
async fn shell(khlong: &Khlong, asker: &Asker, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(KHLONG);
    command.arg("alerts").args(args).env("KHLONG_URL", &khlong.url).env("KHLONG_TOKEN", asker.token());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_are_listed_taken_care_of_and_tried_from_a_shell() {
    let (khlong, desk) = (Khlong::start().await, Desk::start().await);
    let owner = khlong.owner().await;
    let editor = khlong.program(&owner, "editor").await;
    owner.import(&orders()).await;
    desk.connect(&owner, "desk").await;
    put(&owner, "orders-fail", &rule()).await;
    assert_eq!(shell(&khlong, &editor, &["list"]).await, (true, "orders-fail  well  Orders fail\n".into()));
    assert_eq!(
        shell(&khlong, &editor, &["drill", "orders-fail"]).await,
        (true, "desk /alarm: it arrived\n".into())
    );
    for _ in 0..3 {
        order(&khlong, &owner, true).await;
    }
    desk.until_told(2, &[&owner]).await;
    let wrong = "orders-fail  WRONG  Orders fail\n  - orders: 3 of 3 runs failed within 30 minutes";
    assert_eq!(shell(&khlong, &editor, &["list"]).await, (true, format!("{wrong}\n")));
    let cared = format!("{wrong}  (taken care of by token:editor)\n");
    assert_eq!(shell(&khlong, &editor, &["ack", "orders-fail"]).await, (true, cared));
    assert!(
        !shell(&khlong, &editor, &["ack", "orders-fail"]).await.0,
        "there is nothing more to take care of"
    );
    desk.status.store(500, Ordering::SeqCst);
    let (went_well, said) = shell(&khlong, &editor, &["drill", "orders-fail"]).await;
    assert!(!went_well && said.starts_with("desk /alarm: "), "{said}");
}
