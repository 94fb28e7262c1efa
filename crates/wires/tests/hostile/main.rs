//! Every connector of this crate against servers that do not speak its language, or never come to an end.

mod server;

use connector::{ActionCx, Catalog, Connection, Error, Http, HttpPolicy, PollCx};
use futures::{StreamExt, stream};
use model::{Field, FieldKind, Span};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use server::{Manner, Server};
use std::time::Duration;
use tokio::time::timeout;

/// What a server may get rid of in one call before it is left: what sockets hold, and a packet that is the longest there is.
const READ_MAX: u64 = 16 << 20;
/// Longer than anything here waits for an answer.
const PATIENCE: Duration = Duration::from_secs(300);

fn secret(name: &str) -> String {
    format!("s3cret-{name}-7f3a9c2e")
}

/// A complete connection, whose every host is the given one.
fn complete(catalog: &Catalog, id: &str, port: u16, encrypted: bool) -> Connection {
    let spec = catalog.specs().connectors[id].connection.as_ref().expect("a connection");
    let value = |field: &Field| -> Option<Value> {
        match field.name.as_str() {
            "ca_pem" => None,
            "tls" => Some(encrypted.into()),
            name if name.ends_with("_security") => Some(if encrypted { "tls" } else { "none" }.into()),
            name if name == "host" || name.ends_with("_host") => Some("127.0.0.1".into()),
            "brokers" => Some(format!("127.0.0.1:{port}").into()),
            name if name == "port" || name.ends_with("_port") => Some(port.into()),
            _ if field.kind == FieldKind::Url => Some(format!("http://127.0.0.1:{port}/1/orders").into()),
            _ if matches!(field.kind, FieldKind::Secret | FieldKind::Rate) => None,
            _ if field.example.is_null() => field.required.then(|| "shop".into()),
            _ => Some(field.example.clone()),
        }
    };
    let fields = spec.fields.iter().filter_map(|field| Some((field.name.clone(), value(field)?))).collect();
    let secrets = spec.fields.iter().filter(|field| field.kind == FieldKind::Secret);
    let secrets = secrets.filter(|field| !is_another_way(id, &field.name));
    let secrets = secrets.map(|field| (field.name.clone(), SecretString::from(secret(&field.name))));
    Connection::new("mine".into(), id.into(), fields, secrets.collect())
}

/// What is entered in place of a password.
fn is_another_way(id: &str, name: &str) -> bool {
    matches!((id, name), ("nats", "credentials" | "token"))
}

/// Everything that can be tried with a connection, one after the other: the trial itself, its actions, and its triggers.
async fn everything(catalog: &Catalog, connection: &Connection) -> Vec<(String, Result<(), Error>)> {
    let id = connection.connector.as_str();
    let http = Http::new(HttpPolicy { allow_private: true, ..HttpPolicy::default() }).expect("a client");
    let mut ended = Vec::new();
    let tried = timeout(PATIENCE, catalog.connector(id).expect("it").test(&http, connection)).await;
    ended.push((format!("{id} test"), tried.unwrap_or_else(|_| panic!("a trial of {id} ends")).map(drop)));
    let own = |operation: &&model::OperationId| operation.as_str().split('/').next() == Some(id);
    for operation in catalog.specs().operations.keys().filter(own) {
        let with: Map<String, Value> =
            catalog.specs().operations[operation].example.as_object().cloned().unwrap_or_default();
        if let Some(action) = catalog.action(operation) {
            let cx = ActionCx {
                http: &http,
                connection: Some(connection),
                step_key: "k",
                timeout: Span::from_secs(5),
            };
            let ran = timeout(PATIENCE, action.run(&cx, with.clone().into())).await;
            ended.push((operation.to_string(), ran.unwrap_or_else(|_| panic!("{operation} ends")).map(drop)));
        }
        if let Some(queue) = catalog.queue(operation) {
            let opened = timeout(PATIENCE, async {
                let mut drawing = queue.open(connection, &with).await?;
                drawing.draw(1, Span::from_secs(1)).await.map(drop)
            });
            ended.push((
                operation.to_string(),
                opened.await.unwrap_or_else(|_| panic!("{operation} gives up")),
            ));
        }
    }
    ended
}

fn complaints(connection: &Connection, ended: Vec<(String, Result<(), Error>)>) -> Vec<String> {
    let secrets: Vec<&str> = connection.secrets.values().map(|secret| secret.expose_secret()).collect();
    let judge = |(name, result): (String, Result<(), Error>)| {
        let error = match result {
            Ok(()) => return Some(format!("{name} went well")),
            Err(error) => error,
        };
        let said = format!("{error} {error:?} {}", error.advice());
        let wrong = match () {
            () if secrets.iter().any(|secret| said.contains(secret)) => "says a secret",
            () if !said.contains("127.0.0.1") => "does not say whom it is about",
            () if error.may_have_happened() => "is in doubt before anything was handed over",
            () if error.advice().is_empty() => "says nothing of what to do",
            () => return None,
        };
        Some(format!("{name} {wrong}: {error:?}"))
    };
    ended.into_iter().filter_map(judge).collect()
}

async fn all_meet(manner: Manner) {
    meet(manner, 32).await;
}

async fn meet(manner: Manner, at_once: usize) {
    let catalog = Catalog::new(wires::parts());
    let ids = catalog.specs().connectors.keys().filter(|id| !NOT_ONE_SOCKET.contains(&id.as_str()));
    let met =
        ids.flat_map(|id| [false, true].map(|encrypted| complaints_of(&catalog, id, encrypted, manner)));
    let wrong: Vec<Vec<String>> = stream::iter(met).buffer_unordered(at_once).collect().await;
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "{manner:?}: {} complaints:\n{}", wrong.len(), wrong.join("\n"));
}

async fn complaints_of(catalog: &Catalog, id: &str, encrypted: bool, manner: Manner) -> Vec<String> {
    let server = Server::start(manner).await;
    let connection = complete(catalog, id, server.port, encrypted);
    let ended = everything(catalog, &connection).await;
    let read_max = READ_MAX * ended.len() as u64;
    let mut wrong = complaints(&connection, ended);
    if server.written() > read_max && !reads_on(id, manner) {
        wrong.push(format!("{id} read {} bytes of a greeting", server.written()));
    }
    wrong
}

const OF_IMAP: &[u8] = b"* OK still here\r\n";

/// For the few seconds that connecting may take: the client of NATS reads a first line of any length, and that of IMAP hears
/// news that nobody asked for and keeps none of it.
fn reads_on(id: &str, manner: Manner) -> bool {
    id == "nats" || id == "email" && matches!(manner, Manner::Endless(OF_IMAP))
}

#[tokio::test]
async fn a_trigger_without_a_connection_says_so_in_the_same_words_everywhere() {
    let catalog = Catalog::new(wires::parts());
    let http = Http::new(HttpPolicy::default()).expect("a client");
    let cx = PollCx { http: &http, connection: None, now: 0, timeout: Span::from_secs(5) };
    let wanted = cx.connection().expect_err("there is none");
    for (operation, spec) in &catalog.specs().operations {
        let Some(poll) = catalog.poll(operation) else { continue };
        let with = spec.example.as_object().cloned().unwrap_or_default();
        assert_eq!(poll.poll(&cx, &with, None).await, Err(wanted.clone()), "{operation}");
    }
}

/// Speaks HTTP by a client of its vendor's; is a file.
const NOT_ONE_SOCKET: [&str; 2] = ["sqs", "sqlite"];

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_up_at_once_is_one_that_cannot_be_reached() {
    all_meet(Manner::Closed).await;
}

/// On a clock that jumps to whoever waits, so one after the other.
#[tokio::test(start_paused = true)]
async fn a_server_of_another_kind_is_told_apart_before_anything_is_handed_over() {
    meet(Manner::Says(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"), 1)
        .await;
    meet(Manner::Says(b"220 ftp.example.com FTP server ready\r\n"), 1).await;
    meet(Manner::Says(b"SSH-2.0-OpenSSH_9.6\r\n"), 1).await;
    meet(Manner::Says(b"\x00\xff\xfe\x01\x80\x00\x00\x00\x7f\xff\xff\xff\x00\x00\x00\x00"), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_without_an_end_fills_no_memory() {
    all_meet(Manner::Endless(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")).await;
    all_meet(Manner::Endless(b"220-mail.example.com welcomes you\r\n")).await;
    all_meet(Manner::Endless(OF_IMAP)).await;
}

/// On the same clock.
#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_or_next_to_nothing_is_given_up() {
    meet(Manner::Silent, 1).await;
    meet(Manner::Drips, 1).await;
}
