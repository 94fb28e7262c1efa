//! Flows whose events wait in a broker, with real brokers, which are killed, and a real server, which is killed too.

use crate::khlong::{Asker, Khlong, code};
use crate::process::{KHLONG, Process, text};
use reqwest::{Response, StatusCode, header};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use testkit_brokers::{Nats, Rabbit, here};
use testkit_postgres::{Cluster, Database, Kill};

const AGAIN: Duration = Duration::from_millis(20);

fn flow(buffer: &str) -> String {
    json!({
        "khlong": 1, "id": "orders", "name": "Orders",
        "settings": { "accept_into": buffer, "order_by": "${trigger.body.key}" },
        "nodes": [
            { "id": "in", "use": "core/webhook", "with": { "path": "orders", "delivery_id": "x-delivery" } },
            { "id": "map", "use": "core/script", "with": { "script": "input" } },
        ],
        "edges": [{ "from": "in", "to": "map" }],
    })
    .to_string()
}

async fn imported(asker: &Asker) {
    let answer = asker.import(&flow("orders")).await;
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
}

async fn send(url: &str, n: u64) -> Response {
    let request = reqwest::Client::new().post(format!("{url}/hooks/orders"));
    let request = request.header("content-type", "application/json").header("x-delivery", format!("d{n}"));
    // Ten keys.
    request.body(json!({ "n": n, "key": n % 10 }).to_string()).send().await.unwrap()
}

async fn sent(url: &str, n: u64) {
    let answer = send(url, n).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED, "{}", answer.text().await.unwrap());
    let told: Value = answer.json().await.unwrap();
    assert_eq!(told, json!({ "buffer": "orders", "delivery": format!("d{n}") }));
}

/// Sends until it is accepted, as a shop does.
async fn sent_in_the_end(url: &str, n: u64) {
    while send(url, n).await.status() != StatusCode::ACCEPTED {
        tokio::time::sleep(AGAIN).await;
    }
}

async fn totals(asker: &Asker) -> Value {
    asker.get_json(api::path::FLOWS).await["flows"][0]["totals"].clone()
}

async fn all_done(asker: &Asker, count: u64) {
    while totals(asker).await["done"].as_u64().unwrap_or_default() < count {
        tokio::time::sleep(AGAIN).await;
    }
}

/// Each number came once, and those of one key in their order.
async fn each_came_once(asker: &Asker, count: u64) {
    let list = format!("{}?limit=200", api::path::RUNS);
    let runs = asker.get_json(&list).await["runs"].as_array().unwrap().clone();
    let mut came = Vec::new();
    // The newest come first.
    for run in runs.iter().rev() {
        let found = asker.get_json(&api::path::RUN.replace("{id}", text(run, "id"))).await;
        came.push(found["trigger"]["body"]["n"].as_u64().unwrap());
    }
    assert_eq!(came.len() as u64, count);
    assert_eq!(came.iter().copied().collect::<BTreeSet<_>>(), (0..count).collect());
    for key in 0..10 {
        assert!(came.iter().filter(|n| *n % 10 == key).is_sorted(), "key {key}: {came:?}");
    }
}

fn at(url: &str) -> Vec<SecretString> {
    vec![format!("orders={url}").into()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_acknowledged_when_rabbitmq_has_confirmed_it_and_not_before() {
    let Some(mut rabbit) = here::<Rabbit>() else { return };
    let url = rabbit.url("");
    let khlong = Khlong::start_in(tempfile::tempdir().unwrap(), |settings| settings.buffers = at(&url)).await;
    let owner = khlong.owner().await;
    imported(&owner).await;
    for n in 0..20 {
        sent_in_the_end(&khlong.url, n).await;
    }
    all_done(&owner, 20).await;
    tokio::task::block_in_place(|| rabbit.settle()).unwrap();

    tokio::task::block_in_place(|| rabbit.kill()).unwrap();
    let refused = send(&khlong.url, 20).await;
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(code(refused).await, (503, "E0428".into()));
    // Who asks whether events can be taken is told of the store.
    assert_eq!(khlong.visitor().get(api::path::READY).await.status(), StatusCode::OK);

    tokio::task::block_in_place(|| rabbit.start_again()).unwrap();
    for n in 20..40 {
        sent_in_the_end(&khlong.url, n).await;
    }
    all_done(&owner, 40).await;
    each_came_once(&owner, 40).await;
    let metrics = owner.get(api::path::METRICS).await.text().await.unwrap();
    assert!(
        metrics.contains("khlong_buffer_events_total{buffer=\"orders\",outcome=\"buried\"} 0"),
        "{metrics}"
    );
    khlong.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_acknowledged_while_the_database_is_down_and_each_comes_once_when_it_is_up() {
    let Some(nats) = here::<Nats>() else { return };
    let cluster = Cluster::start().unwrap();
    let database = Database::create_on(&cluster.url()).await.unwrap();
    let khlong = Khlong::start_in(tempfile::tempdir().unwrap(), |settings| {
        settings.database = Some(database.url().into());
        settings.buffers = at(&nats.url(""));
    });
    let khlong = khlong.await;
    let owner = khlong.owner().await;
    imported(&owner).await;
    let program = khlong.program(&owner, "viewer").await;
    sent_in_the_end(&khlong.url, 0).await;
    all_done(&program, 1).await;

    tokio::task::block_in_place(|| cluster.stop(Kill::Immediate)).unwrap();
    for n in 1..60 {
        sent(&khlong.url, n).await;
    }
    tokio::task::block_in_place(|| cluster.start_again()).unwrap();
    while program.get(api::path::FLOWS).await.status() != StatusCode::OK {
        tokio::time::sleep(AGAIN).await;
    }
    all_done(&program, 60).await;
    each_came_once(&program, 60).await;
    khlong.stop().await;
}

fn khlong(args: &[&str], data: &Path) -> std::process::Output {
    let mut command = Command::new(KHLONG);
    command.args(args).env("KHLONG_DATA", data).env("KHLONG_ALLOW_NETWORK_DIR", "true").output().unwrap()
}

fn said(output: &std::process::Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

/// A data folder with the flow, and a token to ask a server on it with.
fn prepared(data: &Path) -> String {
    let file = data.join("orders.json");
    std::fs::write(&file, flow("orders")).unwrap();
    let imported = khlong(&["import", file.to_str().unwrap()], data);
    assert!(imported.status.success(), "{}", said(&imported));
    let created = khlong(&["token", "create", "--name", "test", "--role", "viewer"], data);
    assert!(created.status.success(), "{}", said(&created));
    String::from_utf8(created.stdout).unwrap().trim().to_owned()
}

fn serve(data: &Path, buffer: &str, variables: &[(&str, &str)]) -> (Process, String) {
    let data = data.to_str().unwrap();
    let args = ["serve", "--json", "--port", "0", "--data", data, "--allow-network-dir"];
    let buffers = format!("orders={buffer}");
    let mut process =
        Process::spawn_with(&args, &[&[("KHLONG_BUFFERS", buffers.as_str())], variables].concat());
    let ready = process.ready().expect("khlong is ready");
    (process, text(&ready, "url").to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_between_commit_and_answer_loses_and_doubles_nothing() {
    let Some(nats) = here::<Nats>() else { return };
    let folder = tempfile::tempdir().unwrap();
    let token = prepared(folder.path());
    let buffer = nats.url("again_after_s=2");
    let mut confirmed = BTreeSet::new();
    let mut n = 0;
    // After each number of draws, and at the door after the broker's word and before the sender's answer.
    for place in ["drawn:1", "drawn:3", "buffered:4"] {
        let (mut process, url) = serve(folder.path(), &buffer, &[("KHLONG_DIE_AT", place)]);
        while process.0.try_wait().unwrap().is_none() {
            let request = reqwest::Client::new().post(format!("{url}/hooks/orders"));
            let request = request.header("content-type", "application/json");
            let request = request.header("x-delivery", format!("d{n}"));
            let body = json!({ "n": n, "key": n % 10 }).to_string();
            if request.body(body).send().await.is_ok_and(|answer| answer.status() == StatusCode::ACCEPTED) {
                confirmed.insert(n);
            }
            n += 1;
        }
    }
    assert!(!confirmed.is_empty());
    let (_process, url) = serve(folder.path(), &buffer, &[]);
    let asker = Asker::with_token(&url, &token);
    // What was sent last is a delivery that came before: nothing follows it.
    let last = *confirmed.last().unwrap();
    sent_in_the_end(&url, last).await;
    let list = format!("{}?limit=200", api::path::RUNS);
    let mut came = Vec::new();
    while !confirmed.iter().all(|n| came.contains(n)) {
        tokio::time::sleep(AGAIN).await;
        came.clear();
        for run in asker.get_json(&list).await["runs"].as_array().unwrap() {
            let found = asker.get_json(&api::path::RUN.replace("{id}", text(run, "id"))).await;
            came.push(found["trigger"]["body"]["n"].as_u64().unwrap());
        }
    }
    let once: BTreeSet<u64> = came.iter().copied().collect();
    assert_eq!(once.len(), came.len(), "doubled: {came:?}");
}

#[tokio::test]
async fn a_flow_that_names_a_buffer_nobody_set_up_is_refused() {
    let khlong = Khlong::start_in(tempfile::tempdir().unwrap(), |settings| {
        settings.buffers = at("amqp://ann:secret@127.0.0.1:1/");
    });
    let khlong = khlong.await;
    let owner = khlong.owner().await;
    let answer = owner.import(&flow("oders")).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told: Value = answer.json().await.unwrap();
    assert_eq!(told["problems"][0]["code"], "E0189");
    assert!(told["problems"][0]["advice"].as_str().unwrap().contains("orders"), "{told}");
    // A broker that is away keeps nobody from publishing.
    imported(&owner).await;
    assert_eq!(code(send(&khlong.url, 1).await).await, (503, "E0428".into()));
    khlong.stop().await;
}

#[test]
fn a_broker_is_told_of_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    for address in [
        "orders=amqp://ann:oolong@127.0.0.1:1/",
        "orders=nats://ann:oolong@127.0.0.1:1",
        "amqp://ann:oolong@h:p",
    ] {
        for command in [&["doctor"][..], &["serve", "--port", "nothing"], &["serve", "--help"]] {
            let told = said(&khlong(&[command, &["--buffer", address]].concat(), folder.path()));
            assert!(!told.contains("oolong"), "{told}");
            let speaks = address.starts_with("orders=") && command[0] == "doctor";
            assert!(!speaks || told.contains("buffer orders"), "{told}");
        }
    }
}
