//! Connections, triggers and actions as the engine uses them.

use connector::{
    Action, ActionCx, Body, Catalog, Connection, Drawing, Error, Fate, Http, HttpPolicy, Message, PollCx,
    Polled, Receipt,
};
use model::{OperationId, Span};
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// Far longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub fn catalog() -> Catalog {
    Catalog::new(wires::parts())
}

pub fn http() -> Http {
    Http::new(HttpPolicy { allow_private: true, ..HttpPolicy::default() }).expect("a client")
}

pub fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().expect("an object")
}

pub fn connection(connector: &str, fields: Value, secrets: &[(&str, &str)]) -> Connection {
    let secrets: BTreeMap<String, SecretString> =
        secrets.iter().map(|(name, secret)| ((*name).into(), SecretString::from(*secret))).collect();
    Connection::new("mine".into(), connector.into(), object(fields), secrets)
}

pub async fn test(connection: &Connection) -> Result<String, Error> {
    let catalog = catalog();
    let connector = catalog.connector(&connection.connector).expect("a connector").clone();
    assert!(!connector.speaks_http());
    connector.test(&http(), connection).await
}

pub async fn open(operation: &str, connection: &Connection, with: Value) -> Result<Box<dyn Drawing>, Error> {
    let catalog = catalog();
    let queue = catalog.queue(&OperationId::from(operation)).expect("a trigger").clone();
    queue.open(connection, &object(with)).await
}

/// One action, and the connections that it keeps.
pub struct Doing(Catalog, OperationId);

pub fn doing(operation: &str) -> Doing {
    Doing(catalog(), OperationId::from(operation))
}

impl Doing {
    pub fn action(&self) -> &dyn Action {
        &**self.0.action(&self.1).expect("an action")
    }

    pub async fn run(&self, connection: &Connection, key: &str, input: Value) -> Result<Value, Error> {
        let http = http();
        let connection = Some(connection);
        let cx = ActionCx { http: &http, connection, step_key: key, timeout: Span::from_secs(30) };
        self.action().run(&cx, input).await
    }

    /// Whether it was done already.
    pub async fn probe(&self, connection: &Connection, input: Value) -> Result<Option<Value>, Error> {
        let http = http();
        let connection = Some(connection);
        let cx = ActionCx { http: &http, connection, step_key: "k", timeout: Span::from_secs(30) };
        self.action().probe(&cx, input).await
    }
}

/// One trigger that asks, and the connections that it keeps.
pub struct Looking(Catalog, OperationId);

pub fn looking(operation: &str) -> Looking {
    Looking(catalog(), OperationId::from(operation))
}

impl Looking {
    pub async fn look(
        &self,
        connection: &Connection,
        with: Value,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let http = http();
        let (connection, now) = (Some(connection), http.source().now());
        let cx = PollCx { http: &http, connection, now, timeout: Span::from_secs(60) };
        let poll = self.0.poll(&self.1).expect("a trigger").clone();
        poll.poll(&cx, &object(with), cursor).await
    }
}

/// Draws until there are so many.
pub async fn drawn(drawing: &mut dyn Drawing, count: usize) -> Vec<Message> {
    let drawing = async {
        let mut messages = Vec::new();
        while messages.len() < count {
            messages
                .extend(drawing.draw(count - messages.len(), Span::from_secs(1)).await.expect("messages"));
        }
        messages
    };
    tokio::time::timeout(PATIENCE, drawing).await.expect("they come")
}

/// Nothing is there at this moment.
pub async fn nothing(drawing: &mut dyn Drawing) {
    assert_eq!(drawing.draw(10, Span::from_ms(300)).await, Ok(Vec::new()));
}

pub fn bodies(messages: &[Message]) -> Vec<Value> {
    let body = |message: &Message| message.delivery.clone().expect("an event").body;
    messages.iter().map(body).map(Body::into_value).collect()
}

pub fn id(message: &Message) -> Option<String> {
    message.delivery.clone().expect("an event").id
}

pub fn all(messages: &[Message], fate: Fate) -> Vec<(Receipt, Fate)> {
    messages.iter().map(|message| (message.receipt.clone(), fate)).collect()
}

/// Tries until it goes well: what was away comes back at its own pace.
pub async fn in_the_end<T, E: std::fmt::Debug>(mut attempt: impl AsyncFnMut() -> Result<T, E>) -> T {
    let mut last = None;
    let trying = async {
        loop {
            match attempt().await {
                Ok(done) => return done,
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let done = tokio::time::timeout(PATIENCE, trying).await;
    done.unwrap_or_else(|_| panic!("it does not come back: {last:?}"))
}

/// It is the connection that has to be mended, and no secret is told.
#[track_caller]
pub fn is_the_connection_s_fault(error: &Error, secret: &str, said: &str) {
    assert_eq!(error.code(), "E0302", "{error}");
    assert!(error.to_string().contains(said), "{error}");
    assert!(!format!("{error:?} {}", error.advice()).contains(secret), "{error:?}");
}

/// Somebody else's server with TLS: trusted by its own authority only. What it then does not understand is another matter.
pub async fn trusts_an_authority_of_its_own(
    mut connection: Connection,
    at: impl Fn(&mut Map<String, Value>, u16),
) {
    let Some(stranger) = testkit_servers::here::<testkit_servers::Mosquitto>() else { return };
    at(&mut connection.fields, stranger.tls_port());
    let error = test(&connection).await.expect_err("nobody vouches for it");
    assert!(error.code() == "E0302" && error.to_string().contains("certificate"), "{error}");
    let authority = stranger.authority().expect("an authority");
    connection.fields.insert("ca_pem".into(), authority.into());
    let error = test(&connection).await.expect_err("it speaks MQTT");
    assert_ne!(error.code(), "E0302", "{error}");
}
