#![doc = include_str!("../README.md")]

mod moto;
mod nats;
mod rabbit;
mod server;

pub use moto::Moto;
pub use nats::Nats;
pub use rabbit::Rabbit;

use anyhow::Result;

/// The program of the stand-in for SQS, where it is not on the `PATH`.
pub const MOTO: &str = "KHLONG_TEST_MOTO";

/// A kind of broker.
pub trait Broker: Sized {
    const NAME: &'static str;

    fn is_installed() -> bool;

    fn start() -> Result<Self>;
}

/// Starts a broker. Nothing where it is not installed, unless this is CI.
pub fn here<B: Broker>() -> Option<B> {
    if !B::is_installed() {
        assert!(std::env::var_os("CI").is_none(), "{} is not installed", B::NAME);
        eprintln!("SKIPPED: {} is not installed; `cargo xtask test` installs it", B::NAME);
        return None;
    }
    Some(B::start().expect("the broker starts"))
}
