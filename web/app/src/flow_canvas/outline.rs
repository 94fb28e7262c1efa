//! The same flow as a list: for readers, for small screens, and for whoever likes lists.

use super::node::GlyphBox;
use super::{Shown, node};
use crate::flow_view::{Glyph, family_name};
use crate::words::{fill, words};
use canvas::{Canvas, PlacedNode};
use leptos::prelude::*;
use model::NodeId;

#[component]
pub fn Outline(shown: Shown) -> impl IntoView {
    let nodes = shown.canvas.with_untracked(|canvas| canvas.scene().nodes.clone());
    let item = move |node: PlacedNode| view! { <OutlineItem node shown/> };
    view! { <ol class="kl-outline" aria-label=words().outline>{nodes.into_iter().map(item).collect_view()}</ol> }
}

#[component]
fn OutlineItem(node: PlacedNode, shown: Shown) -> impl IntoView {
    let id = StoredValue::new(node.id.clone());
    let face = shown.faces.with_value(|faces| faces.get(&node.id).cloned());
    let (glyph, subtitle) =
        face.map(|face| (face.glyph, face.subtitle)).unwrap_or((Glyph::Letter(String::new()), String::new()));
    let selected = move || shown.selected.with(|selected| id.with_value(|id| selected.as_ref() == Some(id)));
    let state = move || id.with_value(|id| node::state_words(shown, id));
    let mark = move || id.with_value(|id| shown.mark(id)).map(|mark| mark.state);
    view! {
        <li>
            <button
                class="kl-outline-item"
                type="button"
                aria-pressed=move || selected().to_string()
                data-state=mark
                on:click=move |_| shown.show(id.get_value())
            >
                <GlyphBox glyph family=family_name(node.family)/>
                <span class="kl-outline-text">
                    <b>{node.label.clone()}</b>
                    <small>{subtitle}</small>
                    <small class="kl-muted">{shown.canvas.with_untracked(|canvas| leads_to(canvas, &node.id))}</small>
                </span>
                {move || state().map(|words| view! { <span class="kl-outline-state">{words}</span> })}
            </button>
        </li>
    }
}

/// "leads to A (paid), B (else)": what the drawing says with its edges.
pub fn leads_to(canvas: &Canvas, from: &NodeId) -> String {
    let scene = canvas.scene();
    let label = |id: &NodeId| scene.node(id.as_str()).map(|node| node.label.clone()).unwrap_or_default();
    let target = |edge: &canvas::PlacedEdge| match edge.from.port.as_str() {
        model::Port::OUT => label(&edge.to),
        port => format!("{} ({port})", label(&edge.to)),
    };
    let targets: Vec<String> =
        scene.edges.iter().filter(|edge| edge.from.node == *from).map(target).collect();
    match targets.is_empty() {
        true => words().ends_here.to_owned(),
        false => fill(words().leads_to, &[&targets.join(", ")]),
    }
}
