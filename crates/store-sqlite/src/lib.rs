#![doc = include_str!("../README.md")]

mod accounts;
mod backup;
mod blob;
mod checkpoint;
mod commit;
mod config;
mod expire;
mod fault;
mod journal;
mod migrate;
mod options;
mod place;
mod queries;
mod reader;
mod row;
mod shards;
mod store;
mod writer;

pub use crate::store::SqliteStore;
pub use options::{Durability, Options};
