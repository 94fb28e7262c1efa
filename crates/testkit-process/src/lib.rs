#![doc = include_str!("../README.md")]

mod find;
mod home;
pub mod http;
mod who;

pub use find::{free_port, program, run, secret, write};
pub use home::Home;
pub use who::{Who, is_root};

use anyhow::Result;

/// Another process may take a port between looking for a free one and using it.
const TRIES: usize = 3;

/// A kind of server.
pub trait Server: Sized {
    const NAME: &'static str;

    fn is_installed() -> bool;

    /// One try, on ports that are free when it begins.
    fn start() -> Result<Self>;
}

/// Starts a server. Nothing where it is not installed, unless this is CI.
pub fn here<S: Server>() -> Option<S> {
    here_with(S::start)
}

/// The same, in another way than the usual one.
pub fn here_with<S: Server>(start: impl Fn() -> Result<S>) -> Option<S> {
    if !S::is_installed() {
        assert!(std::env::var_os("CI").is_none(), "{} is not installed", S::NAME);
        eprintln!("SKIPPED: {} is not installed; `cargo xtask test` installs it", S::NAME);
        return None;
    }
    let started = (1..TRIES).fold(start(), |tried, _| tried.or_else(|_| start()));
    Some(started.unwrap_or_else(|error| panic!("{} does not start: {error:#}", S::NAME)))
}
