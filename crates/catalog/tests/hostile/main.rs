//! Every connector that speaks HTTP against servers that misbehave: every action, trigger, look-up, sign-in and trial, each with its
//! spec's own example and a complete connection.
//!
//! Whatever a server does, nobody panics, an error says which system it is about and what to do, its class is right (again, later,
//! never), what may have been done is never called undone, and no secret of the connection is said by anybody or goes elsewhere.

mod answers;
mod bounds;
mod calls;
mod connections;
mod elsewhere;
mod judge;
mod reading;
#[path = "../systems/common/rsa.rs"]
mod rsa;
mod secrets;
mod server;
