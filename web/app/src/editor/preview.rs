//! What comes of it, while it is being drawn: each step of a rehearsal, and the value of what is being typed.

use super::desk::Desk;
use super::field::edit_sample;
use crate::pages::Data;
use crate::words::{count, fill, words};
use leptos::prelude::*;
use model::{Family, FlowDocument, NodeId, Value};
use rehearsal::{Came, Rehearsal, Unevaluated, rehearse};
use std::sync::Arc;
use ui::{Pill, TextArea, Tone};

/// Letters of a value beside what is typed; all of it is below.
const SHOWN_LETTERS_MAX: usize = 160;

/// Walks the flow from its first trigger, with that trigger's sample or its operation's example.
pub fn walk(desk: Desk, document: &Arc<FlowDocument>, scripts: &script::Engine) -> Option<Rehearsal> {
    let specs = desk.specs();
    let is_trigger = |node: &&model::Node| {
        !node.disabled && specs.operation(&node.operation).is_some_and(|spec| spec.family == Family::Trigger)
    };
    let trigger = document.nodes.iter().find(is_trigger)?;
    let example = specs.operation(&trigger.operation).map(|spec| spec.example_output.clone());
    let received = received(document.samples.get(&trigger.id).cloned(), example.unwrap_or_default());
    rehearse(document, &specs, scripts, &trigger.id, received, crate::time::now_ms())
}

/// A trigger's sample has the event's head too; an operation's example is the body alone.
fn received(sample: Option<Value>, example: Value) -> Value {
    match sample {
        Some(sample) if sample.get("body").is_some() => sample,
        Some(body) => serde_json::json!({"body": body}),
        None => serde_json::json!({"body": example}),
    }
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

/// What the chosen node got, gave and would send.
#[component]
pub fn StepPreview(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let id = node.clone();
    let steps = Memo::new(move |_| {
        desk.rehearsed.track();
        desk.rehearsal.with(|rehearsal| {
            let rehearsal = rehearsal.as_ref()?;
            let all: Vec<_> = rehearsal.of(&id).cloned().collect();
            Some((all.first().cloned(), all.len(), rehearsal.cut_short))
        })
    });
    let is_trigger = desk
        .canvas
        .with_untracked(|canvas| canvas.scene().node(node.as_str()).is_some_and(|node| node.input.is_none()));
    let sample = is_trigger.then(|| view! { <SampleEditor desk node=node.clone()/> });
    let shown = move || {
        let (first, many, cut_short) = steps.get()?;
        let Some(step) = first else {
            return Some(view! { <p class="kl-muted">{w.preview_not_reached}</p> }.into_any());
        };
        let times = (many > 1).then(|| {
            let more = if cut_short { w.preview_cut_short } else { "" };
            view! { <p class="kl-muted">{count(w.preview_times, many as u64)} " " {more}</p> }
        });
        let came = match step.came {
            Came::Gave(port, value) => {
                view! { <Data label=fill(w.preview_gave, &[&port]) value/> }.into_any()
            }
            Came::WouldSend { fields, example } => view! {
                <p><Pill tone=Tone::Info>{w.preview_not_sent}</Pill></p>
                <Data label=w.preview_would_send value=fields/>
                <Data label=w.preview_example value=example/>
            }
            .into_any(),
            Came::Failed(error) => {
                view! { <p class="kl-callout" data-tone="bad">{error.message} " " {error.advice}</p> }
                    .into_any()
            }
        };
        let input = (!is_trigger).then(|| view! { <Data label=w.input value=step.input/> });
        Some(view! { {times} {came} {input} }.into_any())
    };
    view! {
        <details class="kl-details" open=true><summary>{w.preview}</summary><div class="kl-stack">{sample} {shown}</div></details>
    }
}

/// The event that the rehearsal begins with.
#[component]
fn SampleEditor(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let (text, error) = edit_sample(desk, node);
    view! { <TextArea label=w.sample_event value=text hint=w.sample_hint error rows=6 mono=true/> }
}
