#![doc = include_str!("../README.md")]

mod accounts;
mod backup;
mod blob;
mod blobs;
mod checkpoint;
mod commit;
mod config;
mod copied_blobs;
mod copied_days;
mod examine;
mod expire;
mod fault;
mod gates;
mod history;
mod inbox;
mod jobs;
mod journal;
mod manifest;
mod migrate;
mod moving;
mod options;
mod place;
mod queries;
mod reader;
mod restore;
mod row;
mod search;
mod shards;
mod space;
mod store;
mod writer;

pub use crate::store::SqliteStore;
pub use backup::{BackedUp, back_up};
pub use examine::{Examined, examine};
pub use options::{Durability, Options};
pub use restore::restore;
