//! Triggers that ask their system themselves: what has changed since they asked last.

use crate::{Connection, Delivery, Error, Http, Refusal, Request};
use async_trait::async_trait;
use model::{OperationSpec, Span};
use serde_json::{Map, Value};

/// How often a system is asked unless a node says otherwise.
pub const EVERY_DEFAULT: Span = Span::from_secs(5 * 60);
/// The least time between two looks.
pub const EVERY_LEAST: Span = Span::from_secs(10);
/// The name of the field that says how often.
pub const EVERY: &str = "every";

/// What a look at a system is made with.
pub struct PollCx<'a> {
    pub http: &'a Http,
    pub connection: Option<&'a Connection>,
    /// Milliseconds since 1970, when this look began.
    pub now: i64,
    /// How long it may take in all.
    pub timeout: Span,
}

impl<'a> PollCx<'a> {
    /// The connection, where the trigger cannot do without.
    pub fn connection(&self) -> Result<&'a Connection, Error> {
        self.connection.ok_or_else(|| Error::Connection {
            message: "the trigger has no connection".into(),
            advice: "Choose a connection in the node.".into(),
        })
    }
}

/// What one look brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polled {
    /// In the order in which they are to become events. Each has an id, which names the record and its change: what a look
    /// sees that an earlier one saw, too, is the same event.
    pub deliveries: Vec<Delivery>,
    /// Where the next look begins. It is kept once the deliveries are on disk.
    pub cursor: Value,
    /// There is more to fetch at once. A look is bounded; what is left comes with the next.
    pub more: bool,
    /// What keeps back a part of the system while others bring something: it is told all the same. A look that brings
    /// nothing but trouble is an error.
    pub trouble: Option<Error>,
}

/// A trigger that asks its system now and then.
#[async_trait]
pub trait Poll: Send + Sync {
    fn spec(&self) -> OperationSpec;

    /// Asks what has changed. Without a cursor this is the first look of a node: it finds out where the present is and
    /// brings nothing of the past, unless a field says from when on.
    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error>;

    /// Where under `/hooks/` the system may say that there is something to ask for.
    fn path(&self, _with: &Map<String, Value>) -> Option<String> {
        None
    }

    /// The largest body that it says so with.
    fn body_bytes_max(&self) -> u64 {
        256 << 10
    }

    /// Whether somebody who may has said so: the trigger then looks at once. No I/O.
    fn nudged(
        &self,
        _request: &Request<'_>,
        _with: &Map<String, Value>,
        _connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        Err(Refusal::NotSetUp("this trigger is not told of changes".into()))
    }
}

/// How often a node asks.
pub fn every(with: &Map<String, Value>) -> Span {
    let given = with.get(EVERY).and_then(Value::as_str).and_then(|text| text.parse::<Span>().ok());
    given.unwrap_or(EVERY_DEFAULT).max(EVERY_LEAST)
}
