#![doc = include_str!("../README.md")]

mod action;
mod catalog;
pub mod codes;
mod conceal;
pub mod connection;
mod digest;
pub mod error;
pub mod expiry;
pub mod file;
pub mod http;
pub mod lookup;
pub mod nesting;
pub mod oauth2;
pub mod operation;
pub mod poll;
pub mod queue;
pub mod sign_in;
pub mod source;
pub mod transport;

pub use catalog::{Catalog, LiveCatalog, Parts};
pub use connection::Connection;
pub use digest::digest;
pub use error::{Error, Retry};
pub use file::File;
pub use http::{Http, HttpPolicy};
pub use operation::{
    Action, ActionCx, Body, Connector, Delivery, Passed, Passing, Refusal, Request, Webhook, decode,
};
pub use poll::{Poll, PollCx, Polled};
pub use queue::{Drawing, Fate, Message, Queue, Receipt};

// What `action!` writes down where it is used.
#[doc(hidden)]
pub use {async_trait::async_trait as __async_trait, model as __model, serde_json as __serde_json};
