#![doc = include_str!("../README.md")]

mod compare;
mod config;
mod decimal;
mod error;
mod findings;
pub mod moment;
mod row;
mod sort;
mod take;

pub use compare::{Compare, Unknown, Verdict, spell};
pub use config::{Config, Field, MEMORY_BYTES_MAX, Side, Times};
pub use decimal::Decimal;
pub use error::{Error, Fault};
pub use findings::{Counts, Finding, Findings, Kind, Seen};
pub use row::{Difference, KEPT_BYTES_MAX, Row};
pub use take::Audit;
