//! The whole server, asked over its own port.

mod api;
mod command_line;
mod door;
mod khlong;
mod live;
#[path = "../common/mod.rs"]
mod process;
mod secrets;
mod signing_in;
