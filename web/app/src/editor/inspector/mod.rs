//! What is in the chosen node, to be set; or, with none chosen, what is set for the flow.

mod around;
mod board;
mod connect;
mod connection;
mod data;
mod errors;
mod expression;
pub mod fields;
mod flow;
mod item;
mod large;
mod mapper;
mod node;
mod notes;
mod other;
mod output;
mod setup;
mod sources;

use super::desk::Desk;
use super::parts::leave_setup;
use crate::flow_canvas::INSPECTOR;
use crate::words::words;
use around::{GroupEditor, NoteEditor, chosen_group};
pub use board::Board;
use canvas::Canvas;
pub use data::Values;
pub use expression::of_node;
use flow::FlowEditor;
use large::LargeView;
use leptos::prelude::*;
use node::NodePanel;
use other::{EdgeEditor, SeveralEditor};

/// How the inspector is looked at: kept while the page is open, whatever node is chosen.
#[derive(Clone, Copy)]
pub struct Look {
    /// The chosen node fills the window, with its input and output beside it.
    pub large: RwSignal<bool>,
    /// `setup`, `input`, `output`, `errors` or `notes`.
    pub tab: RwSignal<&'static str>,
    /// How data is shown: `schema`, `table`, `tree` or `json`.
    pub data: RwSignal<&'static str>,
    /// The element of a for-each, outermost first, from which nodes in it are looked at; the first where nothing is said.
    pub item: RwSignal<Vec<u32>>,
}

impl Look {
    pub fn new() -> Self {
        Self {
            large: RwSignal::new(false),
            tab: RwSignal::new("setup"),
            data: RwSignal::new("schema"),
            item: RwSignal::new(Vec::new()),
        }
    }
}

#[component]
pub fn EditInspector(desk: Desk) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        desk.canvas.with(|canvas| {
            let selection = canvas.selection();
            (canvas.selected().cloned(), selection.edge().cloned(), selection.len())
        })
    });
    let large = desk.look.large;
    Effect::new(move |_| {
        // Nothing is left to be shown large.
        if chosen.with(|(node, ..)| node.is_none()) {
            large.set(false);
        }
    });
    let note = Memo::new(move |_| desk.canvas.with(|canvas| canvas.selection().only_note().cloned()));
    let group = chosen_group(desk);
    let body = move || match chosen.get() {
        // One editor of a node is enough.
        (Some(_), ..) if large.get() => ().into_any(),
        (Some(node), ..) => view! { <NodePanel desk node/> }.into_any(),
        (None, Some(edge), _) => view! { <EdgeEditor desk edge/> }.into_any(),
        _ if note.with(Option::is_some) => {
            note.get().map(|note| view! { <NoteEditor desk note/> }).into_any()
        }
        _ if group.with(Option::is_some) => {
            group.get().map(|group| view! { <GroupEditor desk group/> }).into_any()
        }
        (None, None, many) if many > 1 => view! { <SeveralEditor desk many/> }.into_any(),
        _ => view! { <FlowEditor desk/> }.into_any(),
    };
    let node = Memo::new(move |_| chosen.with(|(node, ..)| node.clone()));
    view! {
        <aside class="kl-inspector" id=INSPECTOR tabindex="-1" aria-label=words().setup aria-description=words().setup_keys aria-live="off" on:keydown=move |event| leave_setup(desk, &event) on:focusout=move |_| left_field(desk)>{body}</aside>
        <LargeView desk node/>
    }
}

/// What is typed next is taken back by itself, also in the field that was left. Nothing that is drawn follows from it.
fn left_field(desk: Desk) {
    desk.canvas.try_update_untracked(Canvas::lift);
}
