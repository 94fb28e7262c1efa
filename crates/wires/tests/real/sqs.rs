//! SQS, by a stand-in for it that others wrote.

use crate::common::*;
use connector::{Connection, Error, Fate};
use model::EffectRule;
use serde_json::{Value, json};
use testkit_brokers::{Moto, here};

struct Server {
    moto: Moto,
    connection: Connection,
    endpoint: String,
}

const SECRET: &str = "wJalrXUtnFEMI-example";

fn server() -> Option<Server> {
    let moto: Moto = here()?;
    let endpoint = moto.bucket("unused").expect("it answers");
    let fields = json!({"region": "us-east-1", "access_key_id": "AKIAEXAMPLE", "endpoint": endpoint});
    let connection = connection("sqs", fields, &[("secret_access_key", SECRET)]);
    Some(Server { connection, endpoint, moto })
}

impl Server {
    /// Makes a queue, and one for its dead.
    fn queue(&self, name: &str, fifo: bool) -> String {
        self.moto.queue(name, fifo, "").expect("a queue");
        let end = if fifo { ".fifo" } else { "" };
        format!("{}/123456789012/{name}{end}", self.endpoint)
    }

    async fn send(&self, input: Value, key: &str) -> Result<Value, Error> {
        doing("sqs/send").run(&self.connection, key, input).await
    }

    async fn hears(&self, queue: &str) -> Box<dyn connector::Drawing> {
        let with = json!({"queue_url": queue, "hidden_for": "2s", "back_after": "1s"});
        open("sqs/received", &self.connection, with).await.expect("it listens")
    }
}

#[tokio::test]
async fn what_is_sent_is_received_and_gone_when_it_is_taken() {
    let Some(server) = server() else { return };
    let queue = server.queue("orders", false);
    let found = test(&server.connection).await.expect("it is there");
    assert!(found.contains("2 queues"), "{found}");
    let body = json!({"id": 9_007_199_254_740_993_i64});
    let input = json!({"queue_url": queue, "body": body, "attributes": {"shop": "chiang-mai"}});
    let sent = server.send(input, "k").await.expect("an id");
    let mut hearing = server.hears(&queue).await;
    let came = drawn(&mut *hearing, 1).await;
    assert_eq!(bodies(&came), [body]);
    assert_eq!(id(&came[0]).as_deref(), sent["message_id"].as_str());
    assert_eq!(came[0].delivery.as_ref().expect("an event").head["attributes"]["shop"], "chiang-mai");
    hearing.settle(all(&came, Fate::Taken)).await.expect("deleted");
    nothing(&mut *server.hears(&queue).await).await;
}

#[tokio::test]
async fn what_nobody_answered_for_and_what_was_given_back_comes_again() {
    let Some(server) = server() else { return };
    let queue = server.queue("orders", false);
    server.send(json!({"queue_url": queue, "body": "one"}), "k").await.expect("an id");
    let mut hearing = server.hears(&queue).await;
    let came = drawn(&mut *hearing, 1).await;
    drop(hearing);
    let mut hearing = server.hears(&queue).await;
    let again = drawn(&mut *hearing, 1).await;
    assert_eq!(id(&again[0]), id(&came[0]), "the same message, when its time was up");
    hearing.settle(all(&again, Fate::Back)).await.expect("hidden");
    let third = drawn(&mut *hearing, 1).await;
    assert_eq!(id(&third[0]), id(&came[0]));
}

#[tokio::test]
async fn a_fifo_queue_keeps_a_repeat_of_a_step_once_and_groups_in_order() {
    let Some(server) = server() else { return };
    let queue = server.queue("orders", true);
    let input = |body: i64| json!({"queue_url": queue, "body": body, "group": "SHOPIFY-1001"});
    assert_eq!(doing("sqs/send").action().effect(&input(1)), EffectRule::Idempotent);
    for (body, key) in [(1, "run-1"), (1, "run-1"), (2, "run-2")] {
        assert!(server.send(input(body), key).await.expect("an id")["sequence_number"].is_string());
    }
    let mut hearing = server.hears(&queue).await;
    let came = drawn(&mut *hearing, 2).await;
    assert_eq!(bodies(&came), [json!(1), json!(2)]);
    assert_eq!(came[0].delivery.as_ref().expect("an event").head["group"], "SHOPIFY-1001");
    hearing.settle(all(&came, Fate::Taken)).await.expect("deleted");
    nothing(&mut *hearing).await;
}

#[tokio::test]
async fn what_can_never_be_an_event_lies_in_the_queue_of_the_redrive_policy() {
    let Some(server) = server() else { return };
    let (queue, dead) = (server.queue("orders", false), server.queue("lost", false));
    server.moto.redrive("orders", "lost").expect("a redrive policy");
    server.send(json!({"queue_url": queue, "body": "not an event"}), "k").await.expect("an id");
    let mut hearing = server.hears(&queue).await;
    let came = drawn(&mut *hearing, 1).await;
    hearing.settle(all(&came, Fate::Buried)).await.expect("buried");
    let mut dead = server.hears(&dead).await;
    assert_eq!(bodies(&drawn(&mut *dead, 1).await), [json!("not an event")]);
    nothing(&mut *hearing).await;
}

#[tokio::test]
async fn what_the_queue_refuses_is_said() {
    let Some(server) = server() else { return };
    let none = format!("{}/123456789012/none", server.endpoint);
    let error = server.send(json!({"queue_url": none, "body": 1}), "k").await.expect_err("no such queue");
    assert_eq!((error.code(), error.may_have_happened()), ("E0308", false), "{error}");
    let with = json!({"queue_url": none});
    let error = open("sqs/received", &server.connection, with).await.map(drop).expect_err("no such queue");
    assert_eq!(error.code(), "E0308", "{error}");
    let large = "ก".repeat(400_000);
    let queue = server.queue("orders", false);
    let error = server.send(json!({"queue_url": queue, "body": large}), "k").await.expect_err("too large");
    assert_eq!(error.code(), "E0301", "{error}");
}

#[tokio::test]
async fn a_service_that_is_away_and_a_wrong_tls_are_said_without_the_secret() {
    let Some(mut server) = server() else { return };
    let queue = server.queue("orders", false);
    let mut tls = server.connection.clone();
    tls.fields.insert("endpoint".into(), server.endpoint.replace("http:", "https:").into());
    is_the_connection_s_fault(&test(&tls).await.expect_err("no TLS there"), SECRET, "TLS");
    server.moto.kill().expect("it is killed");
    let error = server.send(json!({"queue_url": queue, "body": 1}), "k").await.expect_err("it is away");
    assert_eq!((error.code(), error.may_have_happened()), ("E0303", false), "{error}");
    assert!(!format!("{error:?}").contains(SECRET));
}

#[tokio::test]
async fn a_company_s_own_authority_is_trusted_where_the_connection_names_it() {
    let fields = json!({"region": "us-east-1", "access_key_id": "AKIAEXAMPLE"});
    let connection = connection("sqs", fields, &[("secret_access_key", SECRET)]);
    let at = |fields: &mut serde_json::Map<String, Value>, port| {
        fields.insert("endpoint".into(), format!("https://localhost:{port}").into());
    };
    trusts_an_authority_of_its_own(connection, at).await;
}
