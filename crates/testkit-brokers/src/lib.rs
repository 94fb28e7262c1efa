#![doc = include_str!("../README.md")]

mod moto;
mod nats;
mod rabbit;

pub use moto::Moto;
pub use nats::Nats;
pub use rabbit::Rabbit;
pub use testkit_process::{Server, here};

/// The program of the stand-in for SQS and S3, where it is not on the `PATH`.
pub const MOTO: &str = "KHLONG_TEST_MOTO";
