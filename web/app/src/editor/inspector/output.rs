//! What came of a node in the rehearsal.

use super::data::Values;
use super::expression::of_node;
use super::item::{ItemPicker, picked};
use super::node::Opened;
use crate::editor::preview::SampleEditor;
use crate::editor::testing::{AskButton, PinButton, Pinning};
use crate::words::{count, fill, words};
use leptos::prelude::*;
use model::Value;
use rehearsal::{Answer, Came, Step};
use std::sync::Arc;
use ui::{Pill, Tone};

#[component]
pub fn OutputPane(opened: Opened) -> impl IntoView {
    let w = words();
    let is_trigger = opened.is_trigger();
    let Opened { desk, node, .. } = opened.clone();
    let id = node.clone();
    let steps = Memo::new(move |_| {
        desk.rehearsed.track();
        desk.rehearsal.with(|rehearsal| {
            let rehearsal = rehearsal.as_ref()?;
            let all: Vec<_> = rehearsal.of(&id).cloned().collect();
            Some((all, rehearsal.cut_short))
        })
    });
    let shown = move || {
        let (all, cut_short) = steps.get()?;
        let Some(step) = picked(desk, &all) else {
            return Some(view! { <p class="kl-muted">{w.preview_not_reached}</p> }.into_any());
        };
        let times = (all.len() > 1).then(|| {
            let more = if cut_short { w.preview_cut_short } else { "" };
            view! { <p class="kl-muted">{count(w.preview_times, all.len() as u64)} " " {more}</p> }
        });
        Some(view! { {times} <Came opened=opened.clone() step/> }.into_any())
    };
    // A trigger's example is its event; any other output can be held still or written by hand.
    let example = match is_trigger {
        true => view! { <div class="kl-pane-tools"><PinButton desk node=node.clone()/></div> <SampleEditor desk node=node.clone()/> }.into_any(),
        false => view! { <Pinning desk node=node.clone()/> }.into_any(),
    };
    view! { <div class="kl-stack">{example} <ItemPicker desk node/> {shown}</div> }
}

#[component]
fn Came(opened: Opened, step: Step) -> impl IntoView {
    let w = words();
    let Opened { desk, node, board, .. } = opened;
    let root = Signal::stored(of_node(node.as_str()));
    let label = if step.pinned { w.test_pinned_answer } else { w.preview_example };
    let values = move |label: String, value: Value| {
        view! { <h3 class="kl-pane-part">{label.clone()}</h3><Values look=desk.look label root value=Signal::stored(Arc::new(value)) board/> }
    };
    match step.came {
        Came::Gave(port, value) => values(fill(w.preview_gave, &[&port]), value).into_any(),
        Came::WouldSend { fields, example }
        | Came::Answered { fields, answer: Answer::Gives(_, example) } => view! {
            <p><Pill tone=Tone::Info>{w.preview_not_sent}</Pill></p>
            {values(w.preview_would_send.to_owned(), fields.clone())}
            <AskButton desk node=node.clone() fields/>
            {values(label.to_owned(), example)}
        }
        .into_any(),
        Came::Failed(error) | Came::Answered { answer: Answer::Refuses(error), .. } => {
            view! { <p class="kl-callout" data-tone="bad">{error.message} " " {error.advice}</p> }.into_any()
        }
    }
}
