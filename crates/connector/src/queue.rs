//! Triggers that a broker hands messages to. A message is answered for when its event is on disk, and not before.

use crate::{Connection, Delivery, Error};
use async_trait::async_trait;
use model::{OperationSpec, Span};
use serde_json::{Map, Value};

/// A message, and what it is called towards the broker.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub receipt: Receipt,
    /// What it brings, or why it can never be an event; it is buried then, where somebody finds it.
    pub delivery: Result<Delivery, String>,
}

/// What a message is called towards its broker, as long as the session lasts that brought it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Receipt(pub String);

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its event is on disk.
    Taken,
    /// It is to come again, later.
    Back,
    /// It can never be an event: to where the dead lie, or away where the broker has no such place.
    Buried,
}

/// A trigger that a broker hands messages to.
#[async_trait]
pub trait Queue: Send + Sync {
    fn spec(&self) -> OperationSpec;

    /// Begins to listen. Nothing is made at the broker but what the node's fields say.
    async fn open(
        &self,
        connection: &Connection,
        with: &Map<String, Value>,
    ) -> Result<Box<dyn Drawing>, Error>;
}

/// A session with a broker. What it handed out and nobody answered for comes again when it ends.
#[async_trait]
pub trait Drawing: Send {
    /// Waits so long for messages and gives at most so many. Cancelling it loses none.
    async fn draw(&mut self, most: usize, wait: Span) -> Result<Vec<Message>, Error>;

    /// Says what became of messages. An error ends the session; what was not said of a message then comes again.
    async fn settle(&mut self, fates: Vec<(Receipt, Fate)>) -> Result<(), Error>;
}
