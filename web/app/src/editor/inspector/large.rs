//! The chosen node in the whole window: what it is given, what is set, and what comes of it, side by side.

use super::data::InputPane;
use super::errors::ErrorsTab;
use super::left_field;
use super::mapper::MapperPanes;
use super::node::{Head, Opened, opened};
use super::notes::NotesTab;
use super::output::OutputPane;
use super::setup::SetupTab;
use crate::editor::desk::Desk;
use crate::editor::divider::{Divider, Extent, Side, Unit};
use crate::focus::soon;
use crate::words::{fill, words};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use model::graph::Graph;
use model::{Node, NodeId};
use ui::{Icon, Picture, Tabs};
use wasm_bindgen::JsCast;

const fn pane(kept: &'static str, side: Side) -> Extent {
    Extent { kept, side, unit: Unit::Percent, usual: 30.0, least: 14.0, most: 42.0 }
}

pub const LEFT: Extent = pane("khlong.pane.left", Side::Left);
const RIGHT: Extent = pane("khlong.pane.right", Side::Right);

#[component]
pub fn LargeView(desk: Desk, node: Memo<Option<NodeId>>) -> impl IntoView {
    let w = words();
    let large = desk.look.large;
    let dialog = NodeRef::<html::Dialog>::new();
    // A dialog that closes gives the focus back to where it was, and a node that gets it is chosen: somebody may have gone on
    // to another one meanwhile.
    let last = StoredValue::new(None::<NodeId>);
    let leave = move || last.set_value(node.get_untracked());
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (large.get(), dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => {
                leave();
                dialog.close();
            }
            _ => {}
        }
    });
    let closed = move |_| {
        large.set(false);
        if let Some(node) = last.try_get_value().flatten() {
            let chosen = node.clone();
            desk.does(move |canvas| canvas.select(Some(chosen)));
            crate::editor::focus_node(node);
        }
    };
    let body = move || {
        let node = large.get().then(|| node.get()).flatten()?;
        Some(opened(desk, node, |opened| view! { <Panes opened/> }))
    };
    view! { <dialog class="kl-large" node_ref=dialog aria-label=w.setup on:keydown=move |event: KeyboardEvent| if event.key() == "Escape" { leave() } on:focusout=move |_| left_field(desk) on:close=closed>{body}</dialog> }
}

#[component]
fn Panes(opened: Opened) -> impl IntoView {
    let body = match opened.maps() {
        true => view! { <MapperPanes opened=opened.clone()/> }.into_any(),
        false => view! { <NodePanes opened=opened.clone()/> }.into_any(),
    };
    view! {
        <div class="kl-large-top">
            <Neighbours desk=opened.desk node=opened.node.clone() way=Way::Before/>
            <Head opened=opened.clone()/>
            <Neighbours desk=opened.desk node=opened.node way=Way::After/>
        </div>
        {body}
    }
}

#[component]
fn NodePanes(opened: Opened) -> impl IntoView {
    let w = words();
    let Opened { desk, node, board, .. } = opened.clone();
    let is_trigger = opened.is_trigger();
    let (left, right) = (LEFT.recall(), RIGHT.recall());
    let tab = RwSignal::new("setup");
    let tabs: Vec<_> = [("setup", w.setup), ("errors", w.errors), ("notes", w.notes)]
        .map(|(name, words)| (name, words.to_owned()))
        .into();
    let rest = {
        let opened = opened.clone();
        move || match tab.get() {
            "errors" => view! { <ErrorsTab opened=opened.clone()/> }.into_any(),
            "notes" => view! { <NotesTab opened=opened.clone()/> }.into_any(),
            _ => ().into_any(),
        }
    };
    let is_setup = move || tab.get() == "setup";
    let input = (!is_trigger).then(|| {
        view! {
            <section class="kl-pane" aria-label=w.input><h2 class="kl-pane-head">{w.input}</h2><div class="kl-pane-body"><InputPane desk node=node.clone() board/></div></section>
            <Divider label=w.pane_wider value=left extent=LEFT/>
        }
    });
    view! {
        <div class="kl-panes" data-trigger=is_trigger.then_some("") style:--left=move || format!("{}%", left.get()) style:--right=move || format!("{}%", right.get())>
            {input}
            <section class="kl-pane" aria-label=w.setup>
                <Tabs label=w.inspector_tabs tabs=Signal::stored(tabs) selected=tab/>
                <div class="kl-pane-body kl-inspector-body" hidden=move || !is_setup()><SetupTab opened=opened.clone()/></div>
                <div class="kl-pane-body kl-inspector-body" hidden=is_setup>{rest}</div>
            </section>
            <Divider label=w.pane_wider value=right extent=RIGHT/>
            <section class="kl-pane" aria-label=w.output><h2 class="kl-pane-head">{w.output}</h2><div class="kl-pane-body"><OutputPane opened/></div></section>
        </div>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Before,
    After,
}

/// The nodes one edge away, to go on there without closing.
#[component]
fn Neighbours(desk: Desk, node: NodeId, way: Way) -> impl IntoView {
    let w = words();
    let near = Memo::new(move |_| {
        desk.changed.track();
        let doc = desk.document();
        let graph = Graph::new(&doc, &desk.specs());
        let Some(at) = graph.find(node.as_str()) else { return Vec::new() };
        let mut near: Vec<usize> = match way {
            Way::Before => graph.in_edges(at).map(|edge| edge.from).collect(),
            Way::After => graph.all_out_edges(at).iter().map(|edge| edge.to).collect(),
        };
        near.dedup();
        let named = |at: usize| {
            let id = graph.id(at).clone();
            let label =
                doc.node(id.as_str()).map_or_else(|| id.to_string(), |node| Node::label(node).to_owned());
            (id, label)
        };
        near.into_iter().map(named).collect::<Vec<_>>()
    });
    let go = move |id: NodeId| {
        desk.does(move |canvas| canvas.select(Some(id)));
        keep_focus();
    };
    let (icon, name) = match way {
        Way::Before => (Icon::Back, w.neighbour_before),
        Way::After => (Icon::Next, w.neighbour_after),
    };
    let button = move |(id, label): (NodeId, String)| {
        view! { <button class="kl-neighbour" type="button" title=label.clone() aria-label=fill(name, &[&label]) on:click=move |_| go(id.clone())><Picture icon/><span>{label.clone()}</span></button> }
    };
    view! { <nav class="kl-neighbours" data-way=if way == Way::Before { "before" } else { "after" }>{move || near.get().into_iter().map(button).collect_view()}</nav> }
}

/// The button that was pressed is gone with its node: the window keeps the focus.
fn keep_focus() {
    soon(|| {
        let dialog =
            document().query_selector(".kl-large .kl-neighbour, .kl-large .kl-title-input").ok().flatten();
        if let Some(element) = dialog.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}
