//! What one step got and gave.

use super::super::desk::Desk;
use super::super::inspector::fields::edit_sample;
use super::super::inspector::{Board, Values, of_node};
use super::pins;
use super::real::AskButton;
use crate::pages::Data;
use crate::words::{fill, words};
use leptos::prelude::*;
use model::{NodeId, Value};
use rehearsal::{Answer, Came, Step};
use std::sync::Arc;
use ui::{Button, Icon, IconButton, Pill, Tabs, TextArea, Tone};

#[component]
pub fn StepResult(desk: Desk, side: RwSignal<&'static str>) -> impl IntoView {
    let w = words();
    let step = Memo::new(move |_| {
        let at = desk.testing.chosen.get()?;
        desk.testing.record.with(|record| record.as_ref()?.steps.get(at).cloned())
    });
    let tabs = vec![("input", w.input.to_owned()), ("output", w.output.to_owned())];
    // No form is beside it: values are copied from here, or dragged.
    let board = Board::provide();
    let body = move || match step.get() {
        None => view! { <p class="kl-muted">{w.test_choose_step}</p> }.into_any(),
        Some(step) if side.get() == "input" => {
            let (root, value) = (Signal::stored("input".to_owned()), Signal::stored(Arc::new(step.input)));
            view! { <Values look=desk.look label=w.input root value board/> }.into_any()
        }
        Some(step) => view! { <Output desk step board/> }.into_any(),
    };
    view! {
        <div class="kl-test-result">
            <Tabs label=w.test_result tabs=Signal::stored(tabs) selected=side small=true/>
            <div class="kl-stack">{body}</div>
        </div>
    }
}

#[component]
fn Output(desk: Desk, step: Step, board: Board) -> impl IntoView {
    let w = words();
    let node = step.node.clone();
    let pinned = step.pinned;
    let root = Signal::stored(of_node(node.as_str()));
    let values = move |label: String, value: Value| {
        view! { <Values look=desk.look label root value=Signal::stored(Arc::new(value)) board/> }
    };
    let came = match step.came {
        Came::Gave(port, value) => values(fill(w.preview_gave, &[&port]), value).into_any(),
        Came::WouldSend { fields, example } | Came::Answered { fields, answer: Answer::Gives(_, example) } => {
            let label = if pinned { w.test_pinned_answer } else { w.preview_example };
            view! {
                <p><Pill tone=Tone::Info>{w.test_not_sent}</Pill></p>
                <Data label=w.preview_would_send value=fields.clone()/>
                <AskButton desk node=node.clone() fields/>
                {values(label.to_owned(), example)}
            }
            .into_any()
        }
        Came::Failed(error) | Came::Answered { answer: Answer::Refuses(error), .. } => {
            view! { <p class="kl-callout" data-tone="bad"><code>{error.code}</code> " " {error.message} " " {error.advice}</p> }
                .into_any()
        }
    };
    view! { {came} <Pinning desk node/> }
}

/// Holding an output still as a single button, for where there is little room.
#[component]
pub fn PinButton(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let pinned = pins::is_pinned(desk, node.clone());
    let id = StoredValue::new(node);
    let may = id.with_value(|node| pins::may_pin(desk, node));
    may.then(|| {
        view! {
            {move || {
                let label = if pinned.get() { w.test_unpin } else { w.test_pin };
                let press = move |()| id.with_value(|node| pins::toggle_now(desk, node));
                view! { <IconButton icon=Icon::Pin label pressed=pinned on_click=press/> }
            }}
        }
    })
}

/// Holding an output still, and writing it by hand, also where nothing came.
#[component]
pub fn Pinning(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let pinned = pins::is_pinned(desk, node.clone());
    let id = StoredValue::new(node);
    let may = id.with_value(|node| pins::may_pin(desk, node));
    let press = move |_| id.with_value(|node| pins::toggle_now(desk, node));
    let by_hand = move || {
        (!pinned.get()).then(|| {
            let write = move |_| id.with_value(|node| pins::mock(desk, node));
            view! { <Button icon=Icon::Pen on_click=write>{w.test_mock}</Button> }
        })
    };
    let editor = move || {
        pinned.get().then(|| {
            let (text, error) = edit_sample(desk, id.get_value());
            view! {
                <p class="kl-muted">{w.test_pin_warning}</p>
                <TextArea label=w.test_pin_edit value=text error rows=6 mono=true/>
            }
        })
    };
    may.then(|| {
        view! {
            <div class="kl-row">
                {move || {
                    let text = if pinned.get() { w.test_unpin } else { w.test_pin };
                    view! { <Button icon=Icon::Pin on_click=press>{text}</Button> }
                }}
                {by_hand}
            </div>
            {editor}
        }
    })
}
