//! Outputs that are held still while one builds: the document's samples.

use super::super::desk::Desk;
use crate::words::words;
use leptos::prelude::*;
use model::{Family, NodeId, Value};
use rehearsal::{can_pin, shorten};
use ui::Tone;

/// A sample is part of the document, which is saved as one works.
const SAMPLE_BYTES_MAX: usize = 256 << 10;

pub fn is_pinned(desk: Desk, node: NodeId) -> Memo<bool> {
    desk.of_document(move |doc| doc.samples.contains_key(&node))
}

/// Whether what a node gives can be pinned.
pub fn may_pin(desk: Desk, node: &NodeId) -> bool {
    let specs = desk.specs();
    desk.canvas.with_untracked(|canvas| {
        let node = canvas.draft().and_then(|draft| draft.doc().node(node.as_str()));
        node.and_then(|node| specs.operation(&node.operation)).is_some_and(can_pin)
    })
}

/// Pins what a node gave in the last test, or lets it go.
pub fn toggle(desk: Desk, node: &NodeId) {
    let pinned = desk.document().samples.contains_key(node);
    if pinned {
        let node = node.clone();
        drop(desk.does(move |canvas| canvas.sample(&node, None)));
    } else if let Some(value) = given(desk, node).filter(|_| may_pin(desk, node)) {
        pin(desk, node, value);
    }
}

/// The same, where there may have been no test yet: the rehearsal that always goes on has the output, too.
pub fn toggle_now(desk: Desk, node: &NodeId) {
    let pinned = desk.document().samples.contains_key(node);
    let rehearsed = desk.rehearsal.with_untracked(|rehearsal| {
        let step = rehearsal.as_ref()?.of(node).next()?;
        step.came.gave().cloned()
    });
    match rehearsed.filter(|_| !pinned && given(desk, node).is_none()) {
        Some(value) => pin(desk, node, value),
        None => toggle(desk, node),
    }
}

/// Pins something to be written over by hand: what the node gave, else its operation's example.
pub fn mock(desk: Desk, node: &NodeId) {
    toggle_now(desk, node);
    let (doc, specs) = (desk.document(), desk.specs());
    if doc.samples.contains_key(node) {
        return;
    }
    let spec = doc.node(node.as_str()).and_then(|node| specs.operation(&node.operation));
    let example = spec.map(|spec| spec.example_output.clone()).filter(|example| !example.is_null());
    pin(desk, node, example.unwrap_or_else(|| Value::Object(Default::default())));
}

/// What a node gave, as its sample is written.
fn given(desk: Desk, node: &NodeId) -> Option<Value> {
    let is_trigger = {
        let (doc, specs) = (desk.document(), desk.specs());
        let spec = doc.node(node.as_str()).and_then(|node| specs.operation(&node.operation));
        spec.is_some_and(|spec| spec.family == Family::Trigger)
    };
    desk.testing.record.with_untracked(|record| {
        let step = record.as_ref()?.of(node).next()?;
        if is_trigger { Some(step.input.clone()) } else { step.came.gave().cloned() }
    })
}

/// Pins a value. One that is too long for a document is pinned with the first elements of its lists, and that is told.
pub fn pin(desk: Desk, node: &NodeId, value: Value) {
    let (value, cut) = shorten(value, SAMPLE_BYTES_MAX);
    let node = node.clone();
    desk.does(move |canvas| canvas.sample(&node, Some(value)));
    if cut {
        desk.toasts.push(Tone::Warn, words().test_pin_cut);
    }
}
