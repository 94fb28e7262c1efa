//! What comes of it, while it is being drawn: each step of a rehearsal, and the value of what is being typed.

use super::desk::Desk;
use super::inspector::fields::edit_sample;
use super::testing::{Addresses, received, triggers};
use crate::words::words;
use leptos::prelude::*;
use model::{FlowDocument, NodeId, Value};
use rehearsal::{Bounds, Rehearsal, Unevaluated, rehearse_within};
use std::sync::Arc;
use ui::{TextArea, Tone};

/// Letters of a value beside what is typed; all of it is below.
const SHOWN_LETTERS_MAX: usize = 160;

/// Walks the flow from its first trigger, with that trigger's sample or its operation's example.
pub fn walk(desk: Desk, document: &Arc<FlowDocument>, scripts: &script::Engine) -> Option<Rehearsal> {
    let specs = desk.specs();
    let trigger = triggers(document, &specs).into_iter().next()?;
    let received = received(document, &specs, &trigger);
    let item = desk.look.item.get_untracked();
    let known = desk.xrefs.known();
    let bounds = Bounds { item: &item, references: Some(&known), ..Bounds::default() };
    rehearse_within(document, &specs, scripts, &trigger, received, crate::time::now_ms(), &bounds)
}

/// The value of a field that holds expressions, as its step would see it; nothing for one that is as it stands there.
#[component]
pub fn FieldPreview(desk: Desk, node: NodeId, text: Signal<Option<Value>>) -> impl IntoView {
    let w = words();
    let shown = Memo::new(move |_| {
        let value = text.get().filter(holds_expression)?;
        desk.rehearsed.track();
        let place = desk.canvas.with_untracked(|canvas| {
            canvas.draft().and_then(|draft| draft.doc().nodes.iter().position(|one| one.id == node))
        })?;
        desk.rehearsal.with(|rehearsal| {
            Some(match rehearsal.as_ref()?.render(place, &value) {
                Ok(value) => (Tone::Good, cut(&value.to_string())),
                Err(Unevaluated::NotReached) => (Tone::Mute, w.preview_not_reached.to_owned()),
                Err(Unevaluated::Wrong(why)) => (Tone::Bad, why),
            })
        })
    });
    move || {
        shown.get().map(|(tone, text)| {
            let tone = match tone {
                Tone::Good => "good",
                Tone::Bad => "bad",
                _ => "mute",
            };
            view! { <output class="kl-preview" data-tone=tone>{text}</output> }
        })
    }
}

fn holds_expression(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("${"),
        Value::Array(entries) => entries.iter().any(holds_expression),
        Value::Object(fields) => fields.values().any(holds_expression),
        _ => false,
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_LETTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The event that the rehearsal begins with.
#[component]
pub fn SampleEditor(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let (text, error) = edit_sample(desk, node.clone());
    view! {
        <Addresses desk node/>
        <TextArea label=w.sample_event value=text hint=w.sample_hint error rows=6 mono=true/>
    }
}
