//! Calling a GraphQL API: one address, the connection's sign-in and headers, a document with its variables.

use super::failure::{self, Told};
use crate::http::authorize::authorize;
use crate::http::with_headers;
use crate::unchanged::nothing_done;
use connector::{ActionCx, Connection, Error, Http, PollCx};
use model::Span;
use serde_json::{Map, Value, json};

/// How long a person waits for a test or a choice.
pub const ASK_TIMEOUT: Span = Span::from_secs(20);
/// Newer servers say by the first type which errors are the API's; older ones know the second only.
const TYPES: &str = "application/graphql-response+json, application/json;q=0.9";

pub struct Api<'a> {
    http: &'a Http,
    connection: &'a Connection,
    url: &'a str,
    timeout: Span,
}

/// What is asked.
pub struct Question<'a> {
    pub document: &'a str,
    pub variables: &'a Map<String, Value>,
    /// Which of the document's operations, where it has several.
    pub name: &'a str,
}

impl<'a> Api<'a> {
    pub fn of(http: &'a Http, connection: &'a Connection, timeout: Span) -> Result<Self, Error> {
        Ok(Self { http, connection, url: connection.need("base_url")?, timeout })
    }

    pub fn open(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::of(cx.http, cx.connection()?, cx.timeout)
    }

    pub fn look(cx: &PollCx<'a>) -> Result<Self, Error> {
        let connection = cx.connection.ok_or_else(|| Error::Connection {
            message: "the trigger has no connection to an API".into(),
            advice: "Choose a connection in the node.".into(),
        })?;
        Self::of(cx.http, connection, cx.timeout)
    }

    /// Asks, with a key in a header where one is named.
    pub async fn send(&self, question: &Question<'_>, key: Option<(&str, &str)>) -> Result<Told, Error> {
        let mut body = json!({"query": question.document, "variables": question.variables});
        if let (false, Some(body)) = (question.name.is_empty(), body.as_object_mut()) {
            body.insert("operationName".into(), question.name.into());
        }
        let call = self.http.post(self.url).timeout(self.timeout).header("accept", TYPES);
        let call = with_headers(call, self.connection);
        let call = match key {
            Some((header, key)) => call.header(header, key),
            None => call,
        };
        failure::read(authorize(call, self.connection)?.json(&body).send().await?)
    }

    /// Asks without changing anything.
    pub async fn read(&self, question: &Question<'_>) -> Result<Told, Error> {
        self.send(question, None).await.map_err(nothing_done)
    }

    /// The same for what is useless unless it is whole.
    pub async fn read_whole(&self, question: &Question<'_>) -> Result<Told, Error> {
        let told = self.read(question).await?;
        match told.errors.is_empty() {
            true => Ok(told),
            false => Err(failure::refused(&told.host, &told.said())),
        }
    }
}
