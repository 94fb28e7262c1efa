//! The whole server, asked over its own port.

mod api;
mod backup;
mod budget;
mod buffers;
mod command_line;
mod database;
mod description;
mod door;
mod drafts;
mod gates;
mod khlong;
mod live;
mod long_bodies;
mod moving;
mod operating;
#[path = "../common/mod.rs"]
mod process;
mod refusals;
mod secrets;
mod signing_in;
mod spoken;
mod stopping;
mod traces;
mod watching;
