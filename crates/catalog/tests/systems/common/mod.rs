//! What the tests of several connectors need: requests at the door, connections, a context to run in.
#![allow(dead_code, reason = "two test binaries share it, and each uses its part")]

pub mod erp;
pub mod fake;
pub mod parcel;
pub mod rsa;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;
use connector::sign_in::{Grant, Tokens};
use connector::source::Source;
use connector::{
    Action, ActionCx, Catalog, Connection, Delivery, Error, Http, HttpPolicy, PollCx, Polled, Refusal,
    Request,
};
use model::Span;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::sync::Arc;

pub const STEP_KEY: &str = "run-7/erp/0";

pub fn connection(connector: &str, fields: Value, secrets: &[(&str, &str)]) -> Connection {
    let secret = |(name, value): &(&str, &str)| ((*name).to_owned(), SecretString::from((*value).to_owned()));
    Connection::new("mine".into(), connector.into(), object(fields), secrets.iter().map(secret).collect())
}

pub fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// A request at the door.
pub struct Knock {
    pub method: Method,
    pub query: Option<&'static str>,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub at: i64,
}

impl Knock {
    pub fn post(body: impl Into<Bytes>) -> Self {
        Self { method: Method::POST, query: None, headers: HeaderMap::new(), body: body.into(), at: 0 }
    }

    /// When it comes.
    pub fn at_ms(mut self, at: i64) -> Self {
        self.at = at;
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }

    /// Says to a trigger that asks that there is something to ask for.
    pub fn nudges(
        &self,
        catalog: &Catalog,
        operation: &str,
        with: Value,
        connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        let poll = catalog.poll(&operation.into()).unwrap();
        poll.nudged(&self.request(), &object(with), connection)
    }

    fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            path: "orders",
            query: self.query,
            headers: &self.headers,
            body: &self.body,
            at: self.at,
        }
    }

    /// Knocks at an operation's door.
    pub fn at(
        &self,
        catalog: &Catalog,
        operation: &str,
        with: Value,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        let webhook = catalog.webhook(&operation.into()).unwrap();
        webhook.receive(&self.request(), &object(with), connection)
    }
}

/// Runs and probes an action as the engine does.
pub struct Runner {
    pub http: Http,
    pub action: Arc<dyn Action>,
    pub connection: Option<Connection>,
}

impl Runner {
    pub fn new(operation: &str, connection: Option<Connection>) -> Self {
        Self {
            http: http(10_000),
            action: catalog::all().action(&operation.into()).unwrap().clone(),
            connection,
        }
    }

    fn cx(&self, timeout: Span) -> ActionCx<'_> {
        ActionCx { http: &self.http, connection: self.connection.as_ref(), step_key: STEP_KEY, timeout }
    }

    pub async fn run(&self, input: Value) -> Result<Value, Error> {
        self.action.run(&self.cx(Span::from_secs(30)), input).await
    }

    pub async fn run_within(&self, timeout: Span, input: Value) -> Result<Value, Error> {
        self.action.run(&self.cx(timeout), input).await
    }

    pub async fn probe(&self, input: Value) -> Result<Option<Value>, Error> {
        self.action.probe(&self.cx(Span::from_secs(30)), input).await
    }
}

/// A client for stand-ins.
pub fn http(body_bytes_max: u64) -> Http {
    let policy = HttpPolicy { allow_private: true, body_bytes_max, ..HttpPolicy::default() };
    Http::new(policy).unwrap()
}

/// The same, at a certain time and with a certain nonce.
pub fn http_at(now: i64) -> Http {
    http(1 << 20).with_source(Source::fixed(now, [7; 16]))
}

/// Looks once, as the engine does.
pub async fn look(
    http: &Http,
    operation: &str,
    with: Value,
    connection: &Connection,
    cursor: Option<&Value>,
) -> Result<Polled, Error> {
    let poll = catalog::all().poll(&operation.into()).unwrap().clone();
    let now = http.source().now();
    let cx = PollCx { http, connection: Some(connection), now, timeout: Span::from_secs(30) };
    poll.poll(&cx, &object(with), cursor).await
}

/// Gets tokens for a connection and keeps them in it, as the vault does.
/// The record and the version that an event is of.
pub fn name(delivery: &Delivery) -> &str {
    let id = delivery.id.as_deref().unwrap();
    id.rsplit_once('#').map_or(id, |(name, _)| name)
}

pub fn names(polled: &Polled) -> Vec<&str> {
    polled.deliveries.iter().map(name).collect()
}

pub async fn sign_in(http: &Http, connection: &mut Connection, grant: Grant<'_>) -> Result<Tokens, Error> {
    let connector = catalog::all().connector(&connection.connector).unwrap().clone();
    let tokens = connector.tokens(http, connection, &grant).await?;
    connection.tokens = Some(tokens.clone());
    Ok(tokens)
}
