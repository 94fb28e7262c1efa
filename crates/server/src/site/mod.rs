//! The web UI: files built into the binary, and the headers that keep browsers strict.

mod files;
mod headers;

pub use files::{accepts, page};
pub use headers::{harden, harden_api};
