#![doc = include_str!("../README.md")]

mod cluster;
#[cfg(feature = "database")]
mod database;
mod programs;

pub use cluster::Cluster;
#[cfg(feature = "database")]
pub use database::Database;
pub use programs::{Kill, are_installed};

/// The server that tests use, where somebody has started one: `postgres://user:password@host:port/database`.
pub const SERVER: &str = "KHLONG_TEST_POSTGRES";
