//! The flows of the simulated world. Whatever they write says which delivery it is for.

use model::FlowDocument;
use serde_json::{Value, json};
use testkit::{flow, with_settings};

/// Webhooks, and the effects that a run has when it goes well.
pub const HOOKS: [(&str, &[&str]); 6] = [
    ("orders", &["a", "b"]),
    ("waits", &["a", "b"]),
    ("each", &["c0", "c1", "c2"]),
    ("asks", &["a"]),
    ("calls", &["called", "b"]),
    ("sides", &["a", "b", "c"]),
];
/// Runs of these that fail start the flow `errors`.
pub const WITH_ERROR_FLOW: [&str; 2] = ["orders", "sides"];
pub const CLOCK_EVERY_MIN: i64 = 10;

pub fn all() -> Vec<FlowDocument> {
    vec![
        hooked("orders", json!({"a": send("probe", "a"), "b": send("idempotent", "b")}), "in -> a -> b"),
        hooked(
            "waits",
            json!({"a": send("idempotent", "a"), "night": {"use": "core/wait", "with": {"for": "30m"}},
                   "b": send("probe", "b")}),
            "in -> a -> night -> b",
        ),
        hooked(
            "each",
            json!({"each": {"use": "core/for_each", "with": {"items": "${input.lines}", "parallel": 2}},
                   "c": send("idempotent", "c${index}")}),
            "in -> each; each.item -> c",
        ),
        hooked("asks", json!({"a": send("ask", "a")}), "in -> a"),
        hooked(
            "calls",
            json!({"call": {"use": "core/call", "with": {"flow": "child", "input": "${trigger.body}"}},
                   "b": send("idempotent", "b")}),
            "in -> call -> b",
        ),
        hooked(
            "sides",
            json!({"a": send("probe", "a"), "b": send("idempotent", "b"), "all": "core/merge",
                   "c": send("idempotent", "c")}),
            "in -> a -> all; in -> b -> all; all -> c",
        ),
        patient(flow("child", json!({"in": "core/called", "x": send("probe", "called")}), "in -> x")),
        patient(flow(
            "errors",
            json!({"in": "core/called", "x": effect("idempotent", "note", "error ${trigger.body.run}")}),
            "in -> x",
        )),
        patient(flow("clock", json!({"in": every_ten_minutes(), "x": tick()}), "in -> x")),
    ]
}

fn hooked(id: &str, mut nodes: Value, edges: &str) -> FlowDocument {
    nodes["in"] = json!({"use": "core/webhook", "with": {"path": id, "delivery_id": "x-delivery"}});
    let on_error = if WITH_ERROR_FLOW.contains(&id) { "flow:errors" } else { "inbox" };
    let settings = json!({"order_by": "${trigger.body.key}", "timeout": "30d", "on_error": on_error});
    with_settings(flow(id, nodes, edges), settings)
}

/// Nothing ends for lack of time: what may be called lost is told by hand.
fn patient(flow: FlowDocument) -> FlowDocument {
    with_settings(flow, json!({"timeout": "30d"}))
}

fn send(rule: &str, to: &str) -> Value {
    effect(rule, to, "${trigger.body.d}")
}

fn tick() -> Value {
    effect("idempotent", "tick", "tick ${trigger.body.at}")
}

fn effect(rule: &str, to: &str, delivery: &str) -> Value {
    json!({"use": format!("far/{rule}"), "with": {"to": to, "d": delivery}})
}

fn every_ten_minutes() -> Value {
    let cron = format!("*/{CLOCK_EVERY_MIN} * * * *");
    json!({"use": "core/schedule", "with": {"cron": cron, "catch_up": "all"}})
}
