//! What a test begins with.

use super::super::desk::Desk;
use super::{Testing, pins};
use api::RunDetail;
use leptos::prelude::*;
use model::{Family, FlowDocument, NodeId, Specs, Value};

/// The flow's triggers that are not switched off, in the order of the document.
pub fn triggers(doc: &FlowDocument, specs: &Specs) -> Vec<NodeId> {
    let is_trigger = |node: &&model::Node| {
        !node.disabled && specs.operation(&node.operation).is_some_and(|spec| spec.family == Family::Trigger)
    };
    doc.nodes.iter().filter(is_trigger).map(|node| node.id.clone()).collect()
}

/// The trigger that somebody has chosen, or the first.
pub fn trigger(testing: Testing, doc: &FlowDocument, specs: &Specs) -> Option<NodeId> {
    let all = triggers(doc, specs);
    let chosen = testing.trigger.get_untracked();
    chosen.filter(|chosen| all.contains(chosen)).or_else(|| all.into_iter().next())
}

/// What a trigger receives in a test: its sample, or its operation's example.
pub fn received(doc: &FlowDocument, specs: &Specs, trigger: &NodeId) -> Value {
    let operation = doc.node(trigger.as_str()).and_then(|node| specs.operation(&node.operation));
    match doc.samples.get(trigger).cloned() {
        Some(sample) => whole(sample),
        None => serde_json::json!({"body": operation.map(|spec| spec.example_output.clone())}),
    }
}

/// An event with its head: what has none is a body alone.
fn whole(event: Value) -> Value {
    if event.get("body").is_some() { event } else { serde_json::json!({"body": event}) }
}

/// Makes the event of a run the sample of its trigger, or of the flow's own where that one is gone: one change that can be
/// taken back. Nothing where the flow has no trigger.
pub fn adopt(desk: Desk, run: RunDetail) -> Option<NodeId> {
    let (doc, specs) = (desk.document(), desk.specs());
    let all = triggers(&doc, &specs);
    let own = Some(run.trigger_node).filter(|node| all.contains(node));
    let trigger = own.or_else(|| trigger(desk.testing, &doc, &specs))?;
    pins::pin(desk, &trigger, whole(run.trigger));
    desk.testing.trigger.set(Some(trigger.clone()));
    Some(trigger)
}
