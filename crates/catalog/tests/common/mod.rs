//! What the tests of several connectors need: requests at the door, connections, a context to run in.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod erp;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;
use connector::{Action, ActionCx, Catalog, Connection, Delivery, Error, Http, HttpPolicy, Refusal, Request};
use model::Span;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::sync::Arc;

pub const STEP_KEY: &str = "run-7/erp/0";

pub fn connection(connector: &str, fields: Value, secrets: &[(&str, &str)]) -> Connection {
    let secret = |(name, value): &(&str, &str)| ((*name).to_owned(), SecretString::from((*value).to_owned()));
    Connection {
        name: "mine".into(),
        connector: connector.into(),
        fields: object(fields),
        secrets: secrets.iter().map(secret).collect(),
    }
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
}

impl Knock {
    pub fn post(body: impl Into<Bytes>) -> Self {
        Self { method: Method::POST, query: None, headers: HeaderMap::new(), body: body.into() }
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }

    /// Knocks at an operation's door.
    pub fn at(
        &self,
        catalog: &Catalog,
        operation: &str,
        with: Value,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        let request = Request {
            method: &self.method,
            path: "orders",
            query: self.query,
            headers: &self.headers,
            body: &self.body,
        };
        let webhook = catalog.webhook(&operation.into()).unwrap();
        webhook.receive(&request, &object(with), connection)
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
        let policy = HttpPolicy { allow_private: true, body_bytes_max: 10_000, ..HttpPolicy::default() };
        Self {
            http: Http::new(policy).unwrap(),
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
