#![doc = include_str!("../README.md")]

mod mariadb;
mod tls;

pub use mariadb::MariaDb;
pub use testkit_process::{Server, here};
