#![doc = include_str!("../README.md")]

pub mod app;
pub mod auth;
mod bodies;
pub mod budget;
pub mod cli;
pub mod codes;
pub mod demo;
mod endpoints;
mod failure;
mod flows;
mod hooks;
mod imported;
mod links;
mod listening;
mod live;
mod lookups;
mod metrics;
mod moving;
mod numbered;
mod overview;
mod presence;
mod room;
mod series;
mod serve;
mod site;
mod sockets;
mod storage;
mod story;
mod traces;
mod undivided;
pub mod vault;
mod wire;

pub use app::{App, Settings};
pub use endpoints::openapi;
pub use serve::{Duty, Listening, Server};
pub use traces::Traces;
