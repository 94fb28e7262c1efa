#![doc = include_str!("../README.md")]

pub mod amqp;
pub mod jetstream;
mod link;
pub mod sqs;

pub use link::Link;
