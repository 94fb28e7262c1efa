//! Nodes and edges as elements.

use super::Shown;
use super::surface::by_keyboard;
use crate::flow_view::{Glyph, family_name};
use crate::words::words;
use canvas::{Input, PlacedEdge, PlacedNode, PlacedPort, Point};
use leptos::ev::FocusEvent;
use leptos::prelude::*;
use model::{NodeId, Port};
use ui::Picture;

#[component]
pub fn NodeBox(node: PlacedNode, shown: Shown) -> impl IntoView {
    let id = StoredValue::new(node.id.clone());
    let mark = Memo::new(move |_| id.with_value(|id| shown.mark(id)));
    let selected =
        Memo::new(move |_| shown.selected.with(|selected| id.with_value(|id| selected.as_ref() == Some(id))));
    let face = shown.faces.with_value(|faces| faces.get(&node.id).cloned());
    let (glyph, subtitle) =
        face.map(|face| (face.glyph, face.subtitle)).unwrap_or((Glyph::Letter(String::new()), String::new()));
    // The sign in the corner is for the eye; a reader hears the word.
    let state = move || {
        let mark = mark.get()?;
        Some(view! {
            <span class="kl-sr">{mark.words}</span>
            <span class="kl-node-mark" aria-hidden="true">{mark.badge}</span>
        })
    };
    // A click focuses the node too; only the keyboard's focus moves the view, or the node would leave the pointer.
    let focus = move |event: FocusEvent| {
        if by_keyboard(&event) {
            shown.handle(Input::Focus(id.get_value()));
        }
    };
    let origin = node.area.min;
    view! {
        <div
            class="kl-node"
            role="button"
            tabindex="0"
            data-node=node.id.to_string()
            data-family=family_name(node.family)
            data-state=move || mark.get().map(|mark| mark.state)
            data-disabled=node.disabled.then_some("")
            aria-pressed=move || selected.get().to_string()
            style:--x=pixels(origin.x)
            style:--y=pixels(origin.y)
            style:--w=pixels(node.area.size.width)
            style:--h=pixels(node.area.size.height)
            on:focus=focus
        >
            <GlyphBox glyph family=family_name(node.family)/>
            <div class="kl-node-text">
                <b>{node.label.clone()}</b>
                <small>{subtitle}</small>
            </div>
            {node.input.map(|at| dot(at, origin, "in"))}
            {node.ports.iter().map(|port| port_view(port, origin)).collect_view()}
            {state}
        </div>
    }
}

#[component]
pub fn GlyphBox(glyph: Glyph, family: &'static str) -> impl IntoView {
    let picture = match glyph {
        Glyph::Icon(icon) => view! { <Picture icon/> }.into_any(),
        Glyph::Letter(letter) => letter.into_any(),
    };
    view! { <span class="kl-glyph" data-family=family aria-hidden="true">{picture}</span> }
}

fn port_view(port: &PlacedPort, origin: Point) -> impl IntoView + use<> {
    let at = port.at - origin;
    let name = port.named.then(|| {
        view! { <span class="kl-port-name" aria-hidden="true" style:--x=pixels(at.x) style:--y=pixels(at.y)>{port.port.to_string()}</span> }
    });
    view! { {dot(port.at, origin, if port.is_error() { "error" } else { "out" })} {name} }
}

fn dot(at: Point, origin: Point, kind: &'static str) -> impl IntoView {
    let at = at - origin;
    view! { <span class="kl-port" data-kind=kind style:--x=pixels(at.x) style:--y=pixels(at.y)></span> }
}

#[component]
pub fn Edges(edges: Vec<PlacedEdge>, shown: Shown) -> impl IntoView {
    let line = move |edge: PlacedEdge| {
        let (svg, error) = (edge.curve.svg(), edge.is_error());
        let taken = Memo::new(move |_| count(shown, &edge).map(|n| n > 0));
        let taken = move || taken.get().map(|taken| if taken { "yes" } else { "no" });
        view! { <path d=svg data-error=error.then_some("") data-taken=taken></path> }
    };
    view! { <svg class="kl-edges" aria-hidden="true">{edges.into_iter().map(line).collect_view()}</svg> }
}

#[component]
pub fn EdgeCounts(edges: Vec<PlacedEdge>, shown: Shown) -> impl IntoView {
    let label = move |edge: PlacedEdge| {
        let at = edge.curve.middle();
        let count = Memo::new(move |_| count(shown, &edge).filter(|n| *n > 0));
        move || {
            count.get().map(|n| {
                view! { <span class="kl-edge-count" style:--x=pixels(at.x) style:--y=pixels(at.y)>{n.to_string()}</span> }
            })
        }
    };
    edges.into_iter().map(label).collect_view()
}

/// How many values went along an edge; nothing while no run is shown.
fn count(shown: Shown, edge: &PlacedEdge) -> Option<u64> {
    let key: (NodeId, Port, NodeId) = (edge.from.node.clone(), edge.from.port.clone(), edge.to.clone());
    shown.marks.with(|marks| marks.as_ref().map(|marks| marks.edges.get(&key).copied().unwrap_or(0)))
}

pub fn pixels(length: f64) -> String {
    format!("{length:.1}px")
}

/// The state of a node in words, where a run is shown; else its family's name.
pub fn state_words(shown: Shown, id: &NodeId) -> Option<String> {
    shown
        .mark(id)
        .map(|mark| mark.words)
        .or_else(|| shown.marks.with(Option::is_some).then(|| words().state_pending.to_owned()))
}
