//! NATS JetStream.

use crate::common::*;
use async_nats::ConnectOptions;
use connector::{Connection, Drawing, Fate};
use model::{EffectRule, Span};
use serde_json::{Value, json};
use testkit_brokers::{Nats, here};

struct Server {
    nats: Nats,
    connection: Connection,
    password: String,
}

fn server() -> Option<Server> {
    let nats: Nats = here()?;
    let url = nats.url("");
    let (login, place) = url.trim_start_matches("nats://").trim_end_matches('?').split_once('@')?;
    let (user, password) = login.split_once(':')?;
    let (host, port) = place.split_once(':')?;
    let fields = json!({"host": host, "port": port, "tls": false, "username": user});
    let connection = connection("nats", fields, &[("password", password)]);
    Some(Server { connection, password: password.to_owned(), nats })
}

impl Server {
    async fn makes_stream(&self, name: &str, subject: &str) {
        let fields = &self.connection.fields;
        let place = format!(
            "{}:{}",
            fields["host"].as_str().expect("a host"),
            fields["port"].as_str().expect("a port")
        );
        let options = ConnectOptions::new().user_and_password("khlong".into(), self.password.clone());
        let client = options.connect(place).await.expect("connected");
        let config = json!({"name": name, "subjects": [subject], "storage": "file"}).to_string();
        let answer =
            client.request(format!("$JS.API.STREAM.CREATE.{name}"), config.into()).await.expect("made");
        assert!(!String::from_utf8_lossy(&answer.payload).contains("\"error\""), "{answer:?}");
    }

    async fn hears(&self) -> Box<dyn Drawing> {
        let with = json!({
            "stream": "orders", "consumer": "khlong", "from": "all", "back_after": "200ms", "dead_subject": "dead.orders",
        });
        open("nats/received", &self.connection, with).await.expect("it listens")
    }
}

async fn publish(doing: &Doing, server: &Server, key: &str, body: Value) -> Value {
    let input = json!({"subject": "orders.created", "body": body, "headers": {"Shop": "chiang-mai"}});
    doing.run(&server.connection, key, input).await.expect("acknowledged")
}

#[tokio::test]
async fn what_is_published_is_received_and_gone_when_it_is_taken() {
    let Some(server) = server() else { return };
    server.makes_stream("orders", "orders.>").await;
    let found = test(&server.connection).await.expect("it is there");
    assert!(found.ends_with("1 streams"), "{found}");
    let doing = doing("nats/publish");
    let kept = publish(&doing, &server, "k", json!({"id": 9_007_199_254_740_993_i64})).await;
    assert_eq!(kept, json!({"stream": "orders", "sequence": 1, "duplicate": false}));
    let mut hearing = server.hears().await;
    let came = drawn(&mut *hearing, 1).await;
    assert_eq!(bodies(&came), [json!({"id": 9_007_199_254_740_993_i64})]);
    assert_eq!(id(&came[0]).as_deref(), Some("orders-1"));
    let head = &came[0].delivery.as_ref().expect("an event").head;
    assert_eq!(
        (&head["subject"], &head["headers"]["Shop"]),
        (&json!("orders.created"), &json!("chiang-mai"))
    );
    hearing.settle(all(&came, Fate::Taken)).await.expect("acknowledged");
    nothing(&mut *server.hears().await).await;
}

#[tokio::test]
async fn a_step_that_is_sent_again_is_in_the_stream_once() {
    let Some(server) = server() else { return };
    server.makes_stream("orders", "orders.>").await;
    let doing = doing("nats/publish");
    assert_eq!(doing.action().effect(&json!({})), EffectRule::Idempotent);
    publish(&doing, &server, "run-7/publish", json!(1)).await;
    let again = publish(&doing, &server, "run-7/publish", json!(1)).await;
    assert_eq!(again, json!({"stream": "orders", "sequence": 1, "duplicate": true}));
}

#[tokio::test]
async fn what_was_given_back_comes_again_and_counts_how_often() {
    let Some(server) = server() else { return };
    server.makes_stream("orders", "orders.>").await;
    publish(&doing("nats/publish"), &server, "k", json!(1)).await;
    let mut hearing = server.hears().await;
    let came = drawn(&mut *hearing, 1).await;
    hearing.settle(all(&came, Fate::Back)).await.expect("given back");
    drop(hearing);
    let mut hearing = server.hears().await;
    let again = drawn(&mut *hearing, 1).await;
    assert_eq!(id(&again[0]), id(&came[0]));
    assert_eq!(again[0].delivery.as_ref().expect("an event").head["times"], 2);
}

#[tokio::test]
async fn what_can_never_be_an_event_lies_under_the_subject_of_the_dead() {
    let Some(server) = server() else { return };
    server.makes_stream("orders", "orders.>").await;
    server.makes_stream("dead", "dead.>").await;
    publish(&doing("nats/publish"), &server, "k", json!("no event")).await;
    let mut hearing = server.hears().await;
    let came = drawn(&mut *hearing, 1).await;
    hearing.settle(all(&came, Fate::Buried)).await.expect("buried");
    nothing(&mut *hearing).await;
    let with = json!({"stream": "dead", "consumer": "khlong", "from": "all"});
    let mut dead = open("nats/received", &server.connection, with).await.expect("it listens");
    let lies = drawn(&mut *dead, 1).await;
    assert_eq!(bodies(&lies), [json!("no event")]);
    assert_eq!(
        lies[0].delivery.as_ref().expect("an event").head["headers"]["Khlong-Subject"],
        "orders.created"
    );
}

#[tokio::test]
async fn a_subject_that_no_stream_keeps_is_refused_and_so_is_a_stream_that_is_not_there() {
    let Some(server) = server() else { return };
    let input = json!({"subject": "nowhere", "body": 1});
    let error = doing("nats/publish").run(&server.connection, "k", input).await.expect_err("no stream");
    assert_eq!((error.code(), error.may_have_happened()), ("E0308", false), "{error}");
    let with = json!({"stream": "none", "consumer": "khlong"});
    let error = open("nats/received", &server.connection, with).await.map(drop).expect_err("no stream");
    assert!(error.code() == "E0308" && error.to_string().contains("stream not found"), "{error}");
}

#[tokio::test]
async fn a_server_that_was_killed_is_found_again_with_what_it_acknowledged() {
    let Some(mut server) = server() else { return };
    server.makes_stream("orders", "orders.>").await;
    let doing = doing("nats/publish");
    publish(&doing, &server, "one", json!(1)).await;
    let mut hearing = server.hears().await;
    server.nats.kill().expect("it is killed");
    in_the_end(async || hearing.draw(10, Span::from_ms(100)).await.err().ok_or("still there")).await;
    let input = json!({"subject": "orders.created", "body": 2});
    doing.run(&server.connection, "two", input.clone()).await.expect_err("it is away");
    server.nats.start_again().expect("it starts again");
    in_the_end(async || doing.run(&server.connection, "two", input.clone()).await).await;
    let with = json!({"stream": "orders", "consumer": "other", "from": "all"});
    let mut hearing =
        in_the_end(async || open("nats/received", &server.connection, with.clone()).await).await;
    assert_eq!(bodies(&drawn(&mut *hearing, 2).await), [json!(1), json!(2)]);
}

#[tokio::test]
async fn a_wrong_password_and_a_wrong_port_for_tls_are_said_without_the_secret() {
    let Some(server) = server() else { return };
    let mut wrong = server.connection.clone();
    wrong.secrets.insert("password".into(), "not-this-one".into());
    is_the_connection_s_fault(&test(&wrong).await.expect_err("refused"), "not-this-one", "sign-in");
    let mut tls = server.connection.clone();
    tls.fields.insert("tls".into(), true.into());
    let error = test(&tls).await.expect_err("no TLS there");
    assert!(!format!("{error:?}").contains(&server.password), "{error:?}");
    assert_eq!(error.code(), "E0302", "{error}");
}
