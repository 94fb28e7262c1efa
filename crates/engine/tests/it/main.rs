//! The engine with a real store, a clock moved by hand, and a target that misbehaves on demand.

mod again;
mod beside;
mod big;
mod blobs;
mod buffers;
mod bulk;
mod calls;
mod cancel;
mod claims;
mod codes;
mod collapse;
mod door;
mod effects;
mod gates;
mod hold;
mod inbox;
mod inspect;
mod maps;
mod order;
mod poison;
mod retry;
mod schedules;
mod scripts;
mod shapes;
mod sources;
mod stages;
mod stops;
mod waits;

use serde_json::{Value, json};

/// A webhook at `in` that knows a delivery by the header `x-delivery`.
fn hook() -> Value {
    json!({"use": "core/webhook", "with": {"path": "in", "delivery_id": "x-delivery"}})
}

/// A write to `to` of what the node gets.
fn send(operation: &str, to: &str) -> Value {
    json!({"use": format!("test/{operation}"), "with": {"to": to, "body": "${input}"}})
}

fn script(text: &str) -> Value {
    json!({"use": "core/script", "with": {"script": text}})
}

/// What runs wait for behind `send` with an answer that is held: that it has arrived.
fn until_called(world: &testkit::World, life: &testkit::Life<'_>, to: &str, times: usize) {
    life.until(&format!("{to} is called"), || world.target.calls_for(to) == times);
}
