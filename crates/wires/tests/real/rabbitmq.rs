//! RabbitMQ.

use crate::common::*;
use connector::{Connection, Drawing, Fate, Retry};
use lapin::types::AMQPValue;
use links::amqp::{table, text};
use model::EffectRule;
use serde_json::{Value, json};
use testkit_brokers::{Rabbit, here};

struct Server {
    rabbit: Rabbit,
    connection: Connection,
    password: String,
}

fn server() -> Option<Server> {
    let rabbit: Rabbit = here()?;
    let url = rabbit.url("");
    let (login, place) = url.trim_start_matches("amqp://").trim_end_matches('?').split_once('@')?;
    let (user, password) = login.split_once(':')?;
    let (host, port) = place.split_once(':')?;
    let fields = json!({"host": host, "port": port, "tls": false, "username": user});
    let connection = connection("rabbitmq", fields, &[("password", password)]);
    Some(Server { connection, password: password.to_owned(), rabbit })
}

impl Server {
    async fn hears(&self, queue: &str) -> Box<dyn Drawing> {
        let with = json!({"queue": queue, "make_queue": true, "prefetch": 4, "back_after": "200ms"});
        open("rabbitmq/received", &self.connection, with).await.expect("it listens")
    }
}

async fn publish(doing: &Doing, server: &Server, queue: &str, body: Value) {
    let input = json!({"routing_key": queue, "body": body, "headers": {"shop": "chiang-mai"}});
    let output = doing.run(&server.connection, &format!("run-7/{body}"), input).await.expect("confirmed");
    assert!(output["message_id"].is_string());
}

#[tokio::test]
async fn what_is_published_is_received_and_gone_when_it_is_taken() {
    let Some(server) = server() else { return };
    assert!(test(&server.connection).await.expect("it is there").contains("virtual host /"));
    let mut hearing = server.hears("orders").await;
    let doing = doing("rabbitmq/publish");
    publish(&doing, &server, "orders", json!({"id": 9_007_199_254_740_993_i64})).await;
    let input =
        json!({"routing_key": "orders", "body": "สวัสดี", "content_type": "text/plain", "message_id": "m-2"});
    doing.run(&server.connection, "k", input).await.expect("confirmed");

    let came = drawn(&mut *hearing, 2).await;
    assert_eq!(bodies(&came), [json!({"id": 9_007_199_254_740_993_i64}), json!("สวัสดี")]);
    assert_eq!(id(&came[0]).as_deref(), Some("run-7/{\"id\":9007199254740993}"));
    assert_eq!(id(&came[1]).as_deref(), Some("m-2"));
    let head = &came[0].delivery.as_ref().expect("an event").head;
    assert_eq!(head["headers"]["shop"], "chiang-mai");
    assert_eq!((&head["queue"], &head["routing_key"]), (&json!("orders"), &json!("orders")));

    hearing.settle(all(&came, Fate::Taken)).await.expect("answered");
    drop(hearing);
    nothing(&mut *server.hears("orders").await).await;
}

#[tokio::test]
async fn what_nobody_answered_for_comes_again_with_the_next_session() {
    let Some(server) = server() else { return };
    let mut hearing = server.hears("orders").await;
    publish(&doing("rabbitmq/publish"), &server, "orders", json!(1)).await;
    let came = drawn(&mut *hearing, 1).await;
    drop(hearing);
    let mut hearing = server.hears("orders").await;
    let again = drawn(&mut *hearing, 1).await;
    assert_eq!(bodies(&again), bodies(&came));
    assert_eq!(again[0].delivery.as_ref().expect("an event").head["redelivered"], true);
}

#[tokio::test]
async fn what_is_given_back_waits_here_and_comes_again_in_the_same_session() {
    let Some(server) = server() else { return };
    let mut hearing = server.hears("orders").await;
    publish(&doing("rabbitmq/publish"), &server, "orders", json!(1)).await;
    let came = drawn(&mut *hearing, 1).await;
    hearing.settle(all(&came, Fate::Back)).await.expect("it waits");
    let again = drawn(&mut *hearing, 1).await;
    assert_eq!(again, came, "the broker was not asked again");
    hearing.settle(all(&again, Fate::Taken)).await.expect("answered");
    drop(hearing);
    nothing(&mut *server.hears("orders").await).await;
}

#[tokio::test]
async fn what_can_never_be_an_event_lies_with_the_dead() {
    let Some(server) = server() else { return };
    let mut hearing = server.hears("orders").await;
    let input = json!({"routing_key": "orders", "body": "{", "content_type": "text/plain"});
    doing("rabbitmq/publish").run(&server.connection, "k", input).await.expect("confirmed");
    let came = drawn(&mut *hearing, 1).await;
    hearing.settle(all(&came, Fate::Buried)).await.expect("rejected");
    let with = json!({"queue": "orders-dead"});
    let mut dead =
        open("rabbitmq/received", &server.connection, with).await.expect("there is a queue of the dead");
    assert_eq!(bodies(&drawn(&mut *dead, 1).await), [json!("{")]);
}

#[tokio::test]
async fn a_message_that_no_queue_takes_is_refused_and_the_next_goes_well() {
    let Some(server) = server() else { return };
    let doing = doing("rabbitmq/publish");
    let _hearing = server.hears("orders").await;
    let nowhere = json!({"routing_key": "nowhere", "body": 1});
    let error = doing.run(&server.connection, "k", nowhere).await.expect_err("unroutable");
    assert_eq!((error.code(), error.may_have_happened()), ("E0308", false), "{error}");
    let no_exchange = json!({"exchange": "none", "routing_key": "orders", "body": 1});
    let error = doing.run(&server.connection, "k", no_exchange).await.expect_err("no such exchange");
    assert_eq!(error.code(), "E0308", "{error}");
    publish(&doing, &server, "orders", json!(2)).await;
}

#[tokio::test]
async fn a_queue_that_is_full_is_tried_again_until_there_is_room() {
    let Some(server) = server() else { return };
    let doing = doing("rabbitmq/publish");
    let full = by_hand(&server, "full").await;
    publish(&doing, &server, "full", json!(1)).await;
    let input = json!({"routing_key": "full", "body": 2});
    let error = doing.run(&server.connection, "k", input.clone()).await.expect_err("there is no room");
    assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, false), "{error}");
    full.queue_purge("full".into(), Default::default()).await.expect("emptied");
    doing.run(&server.connection, "k", input).await.expect("there is room");
}

/// A queue of one message, made by another program.
async fn by_hand(server: &Server, queue: &str) -> lapin::Channel {
    let connection = lapin::Connection::connect(&server.rabbit.url(""), Default::default()).await;
    let channel = connection.expect("it is there").create_channel().await.expect("a channel");
    let limits = [("x-max-length", AMQPValue::LongInt(1)), ("x-overflow", text("reject-publish"))];
    channel.queue_declare(queue.into(), Default::default(), table(limits)).await.expect("a queue");
    channel
}

#[tokio::test]
async fn a_refused_message_takes_no_other_with_it() {
    let Some(server) = server() else { return };
    let doing = doing("rabbitmq/publish");
    let _hearing = server.hears("orders").await;
    let no_exchange = json!({"exchange": "none", "routing_key": "orders", "body": 1});
    for _ in 0..20 {
        let refused = doing.run(&server.connection, "k", no_exchange.clone());
        let taken = doing.run(&server.connection, "k", json!({"routing_key": "orders", "body": 1}));
        let (refused, taken) = futures::future::join(refused, taken).await;
        assert_eq!(refused.expect_err("no such exchange").code(), "E0308");
        taken.expect("confirmed");
    }
}

#[tokio::test]
async fn a_broker_that_was_killed_is_found_again_with_what_it_confirmed() {
    let Some(mut server) = server() else { return };
    let doing = doing("rabbitmq/publish");
    let mut hearing = server.hears("orders").await;
    publish(&doing, &server, "orders", json!(1)).await;
    server.rabbit.settle().expect("its queues are on disk");
    server.rabbit.kill().expect("it is killed");
    // What had arrived before may still be drawn; after it the session is over.
    if let Ok(came) = hearing.draw(1, model::Span::from_secs(60)).await {
        assert_eq!(bodies(&came), [json!(1)]);
        hearing.draw(1, model::Span::from_secs(60)).await.expect_err("the session is over");
    }
    let input = json!({"routing_key": "orders", "body": 2});
    doing.run(&server.connection, "k", input.clone()).await.expect_err("it is away");
    server.rabbit.start_again().expect("it starts again");
    in_the_end(async || doing.run(&server.connection, "k", input.clone()).await).await;
    let with = json!({"queue": "orders"});
    let mut hearing =
        in_the_end(async || open("rabbitmq/received", &server.connection, with.clone()).await).await;
    assert!(bodies(&drawn(&mut *hearing, 2).await).contains(&json!(1)));
}

#[tokio::test]
async fn a_wrong_password_and_a_wrong_port_for_tls_are_said_without_the_secret() {
    let Some(server) = server() else { return };
    let mut wrong = server.connection.clone();
    wrong.secrets.insert("password".into(), "not-this-one".into());
    is_the_connection_s_fault(&test(&wrong).await.expect_err("refused"), "not-this-one", "sign-in");
    let input = json!({"routing_key": "orders", "body": 1});
    let error = doing("rabbitmq/publish").run(&wrong, "k", input).await.expect_err("refused");
    is_the_connection_s_fault(&error, "not-this-one", "sign-in");

    let mut tls = server.connection.clone();
    tls.fields.insert("tls".into(), true.into());
    is_the_connection_s_fault(&test(&tls).await.expect_err("no TLS there"), &server.password, "TLS");

    let mut vhost = server.connection.clone();
    vhost.fields.insert("vhost".into(), "elsewhere".into());
    is_the_connection_s_fault(
        &test(&vhost).await.expect_err("no such vhost"),
        &server.password,
        "virtual host",
    );
}

#[test]
fn whether_a_lost_answer_is_for_a_person_is_said_in_the_node() {
    let doing = doing("rabbitmq/publish");
    assert_eq!(doing.action().effect(&json!({})), EffectRule::Ask);
    assert_eq!(doing.action().effect(&json!({"repeats": "send"})), EffectRule::Idempotent);
}

#[tokio::test]
async fn a_company_s_own_authority_is_trusted_where_the_connection_names_it() {
    let fields = json!({"host": "localhost", "tls": true, "username": "khlong"});
    let connection = connection("rabbitmq", fields, &[("password", "oolong")]);
    trusts_an_authority_of_its_own(connection, |fields, port| {
        drop(fields.insert("port".into(), port.into()))
    })
    .await;
}
