//! MQTT, by mosquitto.

use crate::common::*;
use connector::{Connection, Drawing, Fate};
use model::{EffectRule, Span};
use serde_json::{Value, json};
use testkit_servers::{Mosquitto, here};

struct Server {
    mosquitto: Mosquitto,
    connection: Connection,
}

fn server() -> Option<Server> {
    let mosquitto: Mosquitto = here()?;
    let fields = json!({
        "host": "localhost", "port": mosquitto.tls_port(), "tls": true,
        "ca_pem": mosquitto.authority().expect("an authority"), "username": mosquitto.user(),
    });
    let connection = connection("mqtt", fields, &[("password", mosquitto.password())]);
    Some(Server { connection, mosquitto })
}

impl Server {
    async fn hears(&self) -> Box<dyn Drawing> {
        let with = json!({"topic": "scales/+/weight", "client_id": "khlong-scales", "back_after": "200ms"});
        open("mqtt/received", &self.connection, with).await.expect("it listens")
    }
}

async fn publish(doing: &Doing, server: &Server, key: &str, body: Value) -> Value {
    let input = json!({"topic": "scales/1/weight", "body": body});
    doing.run(&server.connection, key, input).await.expect("acknowledged")
}

#[tokio::test]
async fn what_is_published_is_received_over_tls_and_gone_when_it_is_taken() {
    let Some(server) = server() else { return };
    assert!(test(&server.connection).await.expect("it is there").contains("lets this user in"));
    let doing = doing("mqtt/publish");
    let unheard = publish(&doing, &server, "k0", json!(0)).await;
    assert_eq!(unheard, json!({"event_id": "k0", "subscribers": false}));
    let mut hearing = server.hears().await;
    let sent = publish(&doing, &server, "k1", json!({"grams": 9_007_199_254_740_993_i64})).await;
    assert_eq!(sent, json!({"event_id": "k1", "subscribers": true}));
    let text = json!({"topic": "scales/2/weight", "body": "หนัก", "content_type": "text/plain"});
    doing.run(&server.connection, "k2", text).await.expect("acknowledged");
    let came = drawn(&mut *hearing, 2).await;
    assert_eq!(bodies(&came), [json!({"grams": 9_007_199_254_740_993_i64}), json!("หนัก")]);
    assert_eq!(id(&came[0]).as_deref(), Some("k1"));
    assert_eq!(came[1].delivery.as_ref().expect("an event").head["topic"], "scales/2/weight");
    hearing.settle(all(&came, Fate::Taken)).await.expect("acknowledged");
    // One after them is the next: those before are gone from the session.
    publish(&doing, &server, "k3", json!(3)).await;
    assert_eq!(bodies(&drawn(&mut *hearing, 1).await), [json!(3)]);
}

#[tokio::test]
async fn what_nobody_answered_for_comes_again_and_so_does_what_came_meanwhile() {
    let Some(server) = server() else { return };
    let doing = doing("mqtt/publish");
    let mut hearing = server.hears().await;
    publish(&doing, &server, "k1", json!(1)).await;
    drawn(&mut *hearing, 1).await;
    drop(hearing);
    publish(&doing, &server, "k2", json!(2)).await;
    let mut hearing = server.hears().await;
    let came = drawn(&mut *hearing, 2).await;
    assert_eq!(bodies(&came), [json!(1), json!(2)]);
    assert_eq!(came[0].delivery.as_ref().expect("an event").head["redelivered"], true);
}

#[tokio::test]
async fn what_is_given_back_waits_here_and_comes_again_in_the_same_session() {
    let Some(server) = server() else { return };
    let mut hearing = server.hears().await;
    publish(&doing("mqtt/publish"), &server, "k", json!(1)).await;
    let came = drawn(&mut *hearing, 1).await;
    hearing.settle(all(&came, Fate::Back)).await.expect("it waits");
    assert_eq!(drawn(&mut *hearing, 1).await, came);
}

#[tokio::test]
async fn the_last_value_of_a_topic_is_no_event() {
    let Some(server) = server() else { return };
    let doing = doing("mqtt/publish");
    let kept = json!({"topic": "scales/1/weight", "body": 1, "retain": true});
    doing.run(&server.connection, "k1", kept).await.expect("acknowledged");
    let mut hearing = server.hears().await;
    publish(&doing, &server, "k2", json!(2)).await;
    assert_eq!(bodies(&drawn(&mut *hearing, 1).await), [json!(2)]);
}

#[tokio::test]
async fn many_messages_at_once_are_each_told_of_their_own() {
    let Some(server) = server() else { return };
    let doing = doing("mqtt/publish");
    let keys: Vec<String> = (0..50).map(|n| format!("k{n}")).collect();
    let sends = keys.iter().map(|key| publish(&doing, &server, key, json!(key)));
    for (sent, key) in futures::future::join_all(sends).await.into_iter().zip(&keys) {
        assert_eq!(sent["event_id"], json!(key));
    }
}

#[tokio::test]
async fn a_broker_that_was_killed_is_found_again() {
    let Some(mut server) = server() else { return };
    let doing = doing("mqtt/publish");
    let mut hearing = server.hears().await;
    publish(&doing, &server, "k1", json!(1)).await;
    let came = drawn(&mut *hearing, 1).await;
    hearing.settle(all(&came, Fate::Taken)).await.expect("acknowledged");
    server.mosquitto.kill().expect("it is killed");
    in_the_end(async || hearing.draw(10, Span::from_ms(100)).await.err().ok_or("still there")).await;
    let input = json!({"topic": "scales/1/weight", "body": 2});
    doing.run(&server.connection, "k2", input).await.expect_err("it is away");
    server.mosquitto.start_again().expect("it starts again");
    let mut hearing = server.hears().await;
    let input = json!({"topic": "scales/1/weight", "body": 3});
    in_the_end(async || doing.run(&server.connection, "k3", input.clone()).await).await;
    assert!(bodies(&drawn(&mut *hearing, 1).await).contains(&json!(3)));
}

#[tokio::test]
async fn a_wrong_password_and_a_certificate_nobody_vouches_for_are_said_without_the_secret() {
    let Some(server) = server() else { return };
    let mut wrong = server.connection.clone();
    wrong.secrets.insert("password".into(), "not-this-one".into());
    is_the_connection_s_fault(&test(&wrong).await.expect_err("refused"), "not-this-one", "sign-in");
    let mut stranger = server.connection.clone();
    stranger.fields.remove("ca_pem");
    let error = test(&stranger).await.expect_err("not trusted");
    is_the_connection_s_fault(&error, server.mosquitto.password(), "certificate");
    let mut plain = server.connection.clone();
    plain.fields.insert("port".into(), server.mosquitto.port().into());
    let error = test(&plain).await.expect_err("no TLS there");
    assert!(!format!("{error:?}").contains(server.mosquitto.password()), "{error:?}");
}

#[test]
fn whether_a_lost_answer_is_for_a_person_is_said_in_the_node() {
    let doing = doing("mqtt/publish");
    assert_eq!(doing.action().effect(&json!({})), EffectRule::Ask);
    assert_eq!(doing.action().effect(&json!({"repeats": "send"})), EffectRule::Idempotent);
}
