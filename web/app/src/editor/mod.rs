//! The editor's page: what a flow is made of on the left, the drawing in the middle, what is set on the right.

mod desk;
mod draw;
mod events;
mod field;
mod inspector;
mod palette;
mod preview;
mod publish;

use crate::client::client;
use crate::flow_canvas::INSPECTOR;
use crate::load;
use crate::pages::load_named;
use crate::shell::{specs, title_window};
use crate::time::Ago;
use crate::words::{fill, language, words};
use api::{Draft, path};
use canvas::Canvas;
use canvas::draft::{Inserted, Refusal};
use desk::{Desk, Saving, Told};
use draw::EditCanvas;
use inspector::EditInspector;
use leptos::prelude::*;
use leptos_router::components::A;
use model::OperationId;
use palette::Palette;
use publish::{Conflict, Publish};
use ui::{Icon, IconButton, Pill, Tone};
use wasm_bindgen::JsCast;

#[component]
pub fn Editor() -> impl IntoView {
    let (load, _) = load_named::<Draft>(path::FLOW_DRAFT);
    load::draw(load, move |draft| view! { <EditorPage draft=draft.get_untracked()/> })
}

#[component]
fn EditorPage(draft: Draft) -> impl IntoView {
    let w = words();
    let desk = Desk::new(&draft, specs(), client());
    let name = Memo::new(move |_| {
        desk.changed.track();
        desk.document().name
    });
    Effect::new(move |_| title_window(&name.get()));
    let (can_undo, can_redo) =
        (step(desk, canvas::draft::Draft::can_undo), step(desk, canvas::draft::Draft::can_redo));
    let id = draft.document.id.to_string();
    let live = move || match desk.live.get() {
        Some(version) => {
            view! { <Pill tone=Tone::Good dot=true>{fill(w.flow_live, &[&version])}</Pill> }.into_any()
        }
        None => view! { <Pill tone=Tone::Mute>{w.never_published}</Pill> }.into_any(),
    };
    view! {
        <header class="kl-top">
            <h1 class="kl-crumb"><A href="/flows">{w.flows}</A><span>"/"</span><A href=format!("/flows/{id}")>{move || name.get()}</A></h1>
            {live}
            <SavedState desk/>
            <span class="kl-spring"></span>
            <IconButton icon=Icon::Undo label=w.undo on_click=move |()| drop(desk.does(Canvas::undo)) disabled=Signal::derive(move || !can_undo.get())/>
            <IconButton icon=Icon::Redo label=w.redo on_click=move |()| drop(desk.does(Canvas::redo)) disabled=Signal::derive(move || !can_redo.get())/>
            <Publish desk/>
        </header>
        <Conflict desk/>
        <main class="kl-editor">
            <Palette desk/>
            <EditCanvas desk/>
            <EditInspector desk/>
        </main>
    }
}

fn step(desk: Desk, ask: fn(&canvas::draft::Draft) -> bool) -> Memo<bool> {
    Memo::new(move |_| {
        desk.changed.track();
        desk.canvas.with_untracked(|canvas| canvas.draft().is_some_and(ask))
    })
}

/// Whether what is drawn is safe.
#[component]
fn SavedState(desk: Desk) -> impl IntoView {
    let w = words();
    move || {
        let (tone, text) = match desk.saving.get() {
            Saving::Saved if desk.revision() == 0 => return None,
            Saving::Saved => (Tone::Mute, w.draft_saved),
            Saving::Unsaved => (Tone::Mute, w.draft_saving),
            Saving::Offline => (Tone::Warn, w.draft_offline),
            Saving::Overtaken => (Tone::Bad, w.draft_overtaken),
            Saving::Refused(_) => (Tone::Bad, w.draft_refused),
        };
        Some(view! { <span role="status"><Pill tone>{text}</Pill></span> })
    }
}

/// Puts a node in, titled as its operation is called.
fn insert(desk: Desk, operation: &OperationId, place: Inserted) {
    let specs = desk.specs();
    let Some(spec) = specs.operation(operation) else { return };
    let title = language().of(&spec.title).to_owned();
    let changes = desk.does(|canvas| canvas.insert(operation, &title, place));
    for change in changes {
        if let canvas::Change::FocusNode(node) = change {
            focus_node(node);
        }
    }
}

fn focus_node(node: model::NodeId) {
    // Its element is drawn only after this.
    request_animation_frame(move || crate::flow_canvas::surface::focus(&node));
}

fn focus_inspector() {
    let first = format!("#{INSPECTOR} input, #{INSPECTOR} textarea, #{INSPECTOR} select");
    let found = document().query_selector(&first).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

fn told_words(told: Told) -> &'static str {
    match told {
        Told::Refused(why) => refusal_words(why),
    }
}

fn refusal_words(why: Refusal) -> &'static str {
    let w = words();
    match why {
        Refusal::NotThere => w.refused_not_there,
        Refusal::ToItself => w.refused_itself,
        Refusal::IntoTrigger => w.refused_trigger,
        Refusal::Already => w.refused_already,
        Refusal::Circle => w.refused_circle,
        Refusal::OutOfLoop => w.refused_loop,
    }
}

/// When the other one saved, for the note about a conflict.
fn saved_words(theirs: &Draft) -> impl IntoView + use<> {
    let by = theirs.saved_by.clone().unwrap_or_default();
    let at = theirs.saved_at.map(|at| view! { <Ago at/> });
    view! { <b>{by}</b> " " {at} }
}
