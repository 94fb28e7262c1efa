#![doc = include_str!("../README.md")]

pub mod codes;
pub mod connection;
pub mod error;
pub mod http;
pub mod lookup;
pub mod nesting;
pub mod operation;

pub use connection::Connection;
pub use error::{Error, Retry};
pub use http::{Http, HttpPolicy};
pub use operation::{
    Action, ActionCx, Body, Catalog, Connector, Delivery, Passed, Passing, Refusal, Request, Webhook, decode,
};
