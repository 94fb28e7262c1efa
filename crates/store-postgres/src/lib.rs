#![doc = include_str!("../README.md")]

mod accounts;
mod alerts;
mod batch;
mod blobs;
mod care;
mod claims;
mod commit;
mod config;
mod days;
mod drafts;
mod expire;
mod fault;
mod gates;
mod hints;
mod inbox;
mod jobs;
mod journal;
mod migrate;
mod moving;
mod options;
mod outside;
mod queries;
mod row;
mod search;
mod shards;
mod slots;
mod space;
mod store;
mod text;
mod totals;
mod trim;
mod writer;
mod xrefs;

pub use crate::store::PostgresStore;
pub use options::Options;
