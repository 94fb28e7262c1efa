//! The traits of connectors and of most of their operations.

use crate::{Connection, Error, Http, lookup, sign_in};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method};
use model::{ConnectorSpec, EffectRule, OperationSpec, Span};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

/// What an action is handed besides its input.
pub struct ActionCx<'a> {
    pub http: &'a Http,
    pub connection: Option<&'a Connection>,
    /// The same for every attempt at this step, also after a crash: the key that makes a repeat harmless.
    pub step_key: &'a str,
    /// How long this attempt may take; the engine drops the call then.
    pub timeout: Span,
}

/// An operation with an effect on another system.
#[async_trait]
pub trait Action: Send + Sync {
    fn spec(&self) -> OperationSpec;

    /// What to do when a call's outcome is unknown; by default what the spec says, whatever the input.
    fn effect(&self, _input: &Value) -> EffectRule {
        self.spec().effect.unwrap_or(EffectRule::Ask)
    }

    /// How long the target may still be working on a call whose answer was lost. A probe waits that long first.
    fn settle(&self, _connection: Option<&Connection>) -> Span {
        Span::from_ms(0)
    }

    /// Whether fields fit the operation, without doing anything.
    fn check(&self, _input: Value) -> Result<(), Error> {
        Ok(())
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error>;

    /// For `EffectRule::Probe`: the output that `run` would have given if the work is done, else nothing.
    async fn probe(&self, _cx: &ActionCx<'_>, _input: Value) -> Result<Option<Value>, Error> {
        Ok(None)
    }
}

impl<'a> ActionCx<'a> {
    /// The connection, where the operation cannot do without.
    pub fn connection(&self) -> Result<&'a Connection, Error> {
        self.connection.ok_or_else(|| Error::Connection {
            message: "the node has no connection".into(),
            advice: "Choose a connection in the node.".into(),
        })
    }
}

/// Decodes an operation's fields into its typed input.
pub fn decode<I: DeserializeOwned>(input: Value) -> Result<I, Error> {
    serde_json::from_value(input).map_err(|error| Error::Input {
        message: format!("a field does not fit: {error}"),
        advice: "Open the node and correct the field.".into(),
    })
}

/// A request at the door, untouched.
pub struct Request<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    pub query: Option<&'a str>,
    pub headers: &'a HeaderMap,
    pub body: &'a Bytes,
    /// When it came, in milliseconds since 1970.
    pub at: i64,
}

/// What an accepted request brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The sender's id for this delivery: the same id again is the same event.
    pub id: Option<String>,
    /// What nodes see as the trigger's output and as `trigger.body`.
    pub body: Body,
    /// The rest of `trigger`: method, query, and the headers worth keeping (never credentials or signatures).
    pub head: Map<String, Value>,
}

/// What came in a request.
#[derive(Clone, Debug)]
pub enum Body {
    /// JSON that is known to be well-formed. It is opened where somebody looks inside: most of what arrives in a rush
    /// waits for its turn first, and closed it takes a tenth of the memory.
    Json(Bytes),
    Value(Value),
}

impl Body {
    /// Checks JSON without opening it.
    pub fn json(text: &Bytes) -> Result<Self, serde_json::Error> {
        // The check looks neither at UTF-8 nor at escaped surrogates; opening does.
        if std::str::from_utf8(text).is_err() || text.windows(2).any(|two| two == b"\\u") {
            return serde_json::from_slice(text).map(Self::Value);
        }
        serde_json::from_slice::<IgnoredAny>(text).map(|_| Self::Json(text.clone()))
    }

    /// Reads a few of its fields.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        match self {
            Self::Json(text) => serde_json::from_slice(text).ok(),
            Self::Value(value) => T::deserialize(value).ok(),
        }
    }

    /// Opens it.
    pub fn value(&mut self) -> &Value {
        if let Self::Json(text) = self {
            *self = Self::Value(serde_json::from_slice(text).unwrap_or(Value::Null));
        }
        match self {
            Self::Value(value) => value,
            Self::Json(_) => &Value::Null,
        }
    }

    pub fn into_value(self) -> Value {
        match self {
            Self::Json(text) => serde_json::from_slice(&text).unwrap_or(Value::Null),
            Self::Value(value) => value,
        }
    }
}

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.clone().into_value() == other.clone().into_value()
    }
}

/// A body that is too long to be held, as a trigger sees it pass.
pub trait Passing: Send {
    /// Takes the next part. A refusal ends it: what is wrong with the beginning does not get better.
    fn pass(&mut self, part: &[u8]) -> Result<(), Refusal>;

    /// Everything has passed.
    fn end(self: Box<Self>) -> Result<Passed, Refusal>;
}

/// What an accepted request brings besides its long body, which is kept as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Passed {
    /// As in `Delivery`.
    pub id: Option<String>,
    pub head: Map<String, Value>,
    pub content_type: String,
}

/// Why a request is not an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 401: a credential or signature is missing or wrong. Says no more than that to the sender.
    #[error("the signature or credentials are missing or wrong")]
    Unauthorized,
    /// 405
    #[error("this address takes {allowed}")]
    Method { allowed: String },
    /// 413
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// 400
    #[error("{0}")]
    Malformed(String),
    /// 500 for the sender; an administrator must mend the connection.
    #[error("{0}")]
    NotSetUp(String),
    /// 200 without an event: the sender talks about something this trigger is not for.
    #[error("{0}")]
    Ignored(String),
    /// 200 without an event: there is something to ask for, and the trigger asks at once (see [`crate::Poll`]).
    #[error("the trigger looks what has changed")]
    Look,
    /// 200 with these words and without an event: what a sender wants to hear back before it sends anything.
    #[error("the sender is answered")]
    Say(String),
}

/// A trigger that answers requests under `/hooks/`.
pub trait Webhook: Send + Sync {
    fn spec(&self) -> OperationSpec;

    /// The path under `/hooks/` that a node with these fields listens at: the one that a flow is checked by.
    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        self.spec().fields.iter().find_map(|field| field.path(with)).map(str::to_owned)
    }

    /// The largest body this node takes; checked before anything is read.
    fn body_bytes_max(&self, with: &Map<String, Value>) -> u64;

    /// Checks a request on its raw bytes and reads it. No I/O: the answer is due within milliseconds.
    fn receive(
        &self,
        request: &Request<'_>,
        with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal>;

    /// The same for a body that is too long to be held, which `request` comes without; nothing where this trigger takes
    /// no such body.
    fn receive_long(
        &self,
        _request: &Request<'_>,
        _with: &Map<String, Value>,
        _connection: Option<&Connection>,
    ) -> Result<Option<Box<dyn Passing>>, Refusal> {
        Ok(None)
    }

    /// What a sender that was believed is answered with, where it takes only words of its own as "received" and would
    /// send again otherwise; nothing where any success will do.
    fn answer(&self) -> Option<Value> {
        None
    }
}

/// A system that operations belong to.
#[async_trait]
pub trait Connector: Send + Sync {
    fn spec(&self) -> ConnectorSpec;

    /// Whether its calls are HTTP: then a connection may name a proxy, and certificates.
    fn speaks_http(&self) -> bool {
        true
    }

    /// How a connection comes to the tokens that its calls carry; nothing where what people entered is enough.
    fn token_rule(&self, _connection: &Connection) -> sign_in::TokenRule {
        sign_in::TokenRule::None
    }

    /// Where a person's browser is sent to consent.
    fn consent_url(
        &self,
        connection: &Connection,
        _consent: &sign_in::Consent<'_>,
    ) -> Result<url::Url, Error> {
        Err(sign_in::not_offered(&connection.connector))
    }

    /// The same for a connector that has to ask first where that is.
    async fn find_consent_url(
        &self,
        _http: &Http,
        connection: &Connection,
        consent: &sign_in::Consent<'_>,
    ) -> Result<url::Url, Error> {
        self.consent_url(connection, consent)
    }

    /// Gets tokens: at first by what a sign-in brought or by the connection's own keys, later by those there are.
    ///
    /// Called by one at a time for each connection, over all processes. What it gives is kept before it is used.
    async fn tokens(
        &self,
        _http: &Http,
        connection: &Connection,
        _grant: &sign_in::Grant<'_>,
    ) -> Result<sign_in::Tokens, Error> {
        Err(sign_in::not_offered(&connection.connector))
    }

    /// Whether `test` asks the system, for a connection like this: else nobody knows whether it works.
    fn can_test(&self, _connection: &Connection) -> bool {
        true
    }

    /// Tries a connection without changing anything there; the text says what was found, such as the company's name.
    async fn test(&self, _http: &Http, _connection: &Connection) -> Result<String, Error> {
        Ok(String::new())
    }

    /// The kinds of records that can be looked up.
    fn lookups(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// One page of records, without changing anything there. A kind that is not among `lookups` is refused.
    async fn look_up(
        &self,
        _http: &Http,
        _connection: &Connection,
        wanted: &lookup::Wanted,
    ) -> Result<lookup::Page, Error> {
        Err(lookup::unknown(&wanted.kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_taken_closed_only_if_it_can_be_opened() {
        let texts: [&[u8]; 12] = [
            br#"{"id":9007199254740993,"price":10.50,"lines":[{}]}"#,
            br#""\u0e2a\ud83d\ude00""#,
            br#""\ud83d""#,
            br#"{"a":"\udc00"}"#,
            b"\"\xff\"",
            b"{\"\xc3\x28\":1}",
            b"\"a\nb\"",
            b"1e999",
            b"-",
            b"[1,]",
            b"{} {}",
            b"",
        ];
        for text in texts {
            let text = Bytes::from_static(text);
            let opened = serde_json::from_slice::<Value>(&text).ok();
            assert_eq!(Body::json(&text).ok().map(Body::into_value), opened, "{text:?}");
        }
    }
}
