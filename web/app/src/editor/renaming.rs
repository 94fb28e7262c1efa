//! A node's name is written where the node is.

use super::desk::Desk;
use crate::flow_canvas::pixels;
use crate::words::{fill, words};
use canvas::{PlacedNode, Rect};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use model::NodeId;

/// On the drawing, over the node.
#[component]
pub fn RenameOnCanvas(desk: Desk) -> impl IntoView {
    let place = move |node: &NodeId| -> Option<Rect> {
        desk.canvas.with(|canvas| canvas.scene().node(node.as_str()).map(|node: &PlacedNode| node.area))
    };
    move || {
        let node = desk.asking.renaming.get().filter(|_| !desk.asking.outline.get())?;
        let area = untrack(|| place(&node))?;
        Some(view! {
            <div class="kl-rename" style:--x=pixels(area.min.x) style:--y=pixels(area.min.y) style:--w=pixels(area.size.width) style:--h=pixels(area.size.height)
                on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation()>
                <RenameField desk node/>
            </div>
        })
    }
}

/// Enter and leaving it keep the name, Escape does not.
#[component]
pub fn RenameField(desk: Desk, node: NodeId) -> impl IntoView {
    let (title, label) = {
        let doc = desk.document();
        let found = doc.node(node.as_str());
        let title = found.map(|node| node.title.clone()).unwrap_or_default();
        (title, found.map(|node| node.label().to_owned()).unwrap_or_default())
    };
    let input = NodeRef::<html::Input>::new();
    input.on_load(move |input| {
        // The name has to be there before it is marked, so that typing replaces it.
        input.set_value(&title);
        let _ = input.focus();
        input.select();
    });
    let id = StoredValue::new(node);
    let end = move |keep: bool| {
        // Gone already: an end by a key takes the focus away, which is an end, too.
        if desk.asking.renaming.try_update(Option::take).flatten().is_none() {
            return;
        }
        let written = input.get_untracked().map(|input| input.value()).filter(|_| keep);
        if let Some((written, node)) = written.zip(id.try_get_value()) {
            desk.does(move |canvas| canvas.rename(&node, &written));
        }
    };
    let key = move |event: KeyboardEvent| {
        let keep = match event.key().as_str() {
            "Enter" if !event.is_composing() => true,
            "Escape" => false,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let node = id.get_value();
        end(keep);
        super::focus_node(node);
    };
    view! {
        <input node_ref=input class="kl-input" type="text" aria-label=fill(words().rename_node, &[&label]) placeholder=label spellcheck="false" on:keydown=key on:blur=move |_| end(true)/>
    }
}
