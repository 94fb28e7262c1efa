//! The whole server, asked over its own port.

mod api;
mod asking;
mod backup;
mod budget;
mod buffers;
mod care;
mod command_line;
mod connectors;
mod database;
mod description;
mod door;
mod drafts;
mod fetching;
mod finding;
mod gates;
mod health;
mod khlong;
mod labels;
mod live;
mod long_bodies;
mod lookups;
mod moving;
mod oauth;
mod operating;
#[path = "../common/mod.rs"]
mod process;
mod refusals;
mod secrets;
mod signing_in;
mod spoken;
mod stopping;
mod templates;
mod today;
mod traces;
mod watching;
mod xrefs;
