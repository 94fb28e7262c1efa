//! Nodes and edges as elements.

use super::Shown;
use super::surface::by_keyboard;
use crate::flow_view::{Glyph, family_name};
use crate::words::words;
use canvas::{Input, PlacedEdge, PlacedNode, PlacedPort, Point};
use leptos::ev::FocusEvent;
use leptos::prelude::*;
use model::{Edge, NodeId, Port};
use ui::Picture;

#[component]
pub fn NodeBox(id: NodeId, shown: Shown) -> impl IntoView {
    let placed = shown.canvas.with_untracked(|canvas| canvas.scene().node(id.as_str()).cloned());
    placed.map(|node| view! { <Placed node shown/> })
}

#[component]
fn Placed(node: PlacedNode, shown: Shown) -> impl IntoView {
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
    let kind = if port.is_error() { "error" } else { "out" };
    view! { {dot(port.at, origin, kind)} {port_name(kind, port.port.to_string(), port.named, at)} }
}

/// The name of a way out: always there where there are several, else while the node is looked at.
pub fn port_name(kind: &'static str, name: String, named: bool, at: Point) -> impl IntoView {
    let quiet = (!named).then(|| name.clone());
    view! { <span class="kl-port-name" aria-hidden="true" data-kind=kind data-quiet=quiet style:--x=pixels(at.x) style:--y=pixels(at.y)>{named.then_some(name)}</span> }
}

fn dot(at: Point, origin: Point, kind: &'static str) -> impl IntoView {
    let at = at - origin;
    view! { <span class="kl-port" data-kind=kind style:--x=pixels(at.x) style:--y=pixels(at.y)></span> }
}

/// What an edge ends with: drawn once, and shown by every line of the picture. Its tip lies before the port's dot.
pub fn arrowhead() -> impl IntoView {
    view! {
        <defs>
            <marker id="kl-arrow" viewBox="0 0 8 8" refX="14.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
                <polygon class="kl-arrow" points="0,0.5 8,4 0,7.5"></polygon>
            </marker>
        </defs>
    }
}

#[component]
pub fn EdgeLine(edge: Edge, shown: Shown, redrawn: Memo<u64>) -> impl IntoView {
    let svg = {
        let edge = edge.clone();
        Memo::new(move |_| {
            redrawn.track();
            placed_edge(shown, &edge, |placed| placed.curve.svg())
        })
    };
    let error = edge.from.port.as_str() == Port::ERROR;
    let told = told(shown, &edge);
    let taken = Memo::new(move |_| taken(shown, &edge));
    view! { <path d=move || svg.get() data-error=error.then_some("") data-taken=move || taken.get() data-diff=told></path> }
}

#[component]
pub fn EdgeCount(edge: Edge, shown: Shown, redrawn: Memo<u64>) -> impl IntoView {
    let at = {
        let edge = edge.clone();
        Memo::new(move |_| {
            redrawn.track();
            placed_edge(shown, &edge, |placed| placed.curve.middle()).unwrap_or_default()
        })
    };
    let count = Memo::new(move |_| count(shown, &edge).filter(|n| *n > 0));
    move || {
        count.get().map(|n| {
            view! { <span class="kl-edge-count" style:--x=move || pixels(at.get().x) style:--y=move || pixels(at.get().y)>{n.to_string()}</span> }
        })
    }
}

fn placed_edge<T>(shown: Shown, edge: &Edge, what: impl FnOnce(&PlacedEdge) -> T) -> Option<T> {
    shown.canvas.with_untracked(|canvas| canvas.scene().edge(edge).map(what))
}

/// Whether a run went along an edge, and whether what it led to failed; nothing while no run is shown.
fn taken(shown: Shown, edge: &Edge) -> Option<&'static str> {
    let fails = || shown.mark(&edge.to).is_some_and(|mark| mark.state == "failed");
    count(shown, edge).map(|n| match n {
        0 => "no",
        _ if fails() => "failed",
        _ => "yes",
    })
}

/// How many values went along an edge; nothing while no run is shown.
fn count(shown: Shown, edge: &Edge) -> Option<u64> {
    let key: (NodeId, Port, NodeId) = (edge.from.node.clone(), edge.from.port.clone(), edge.to.clone());
    shown.marks.with(|marks| marks.as_ref().map(|marks| marks.edges.get(&key).copied().unwrap_or(0)))
}

/// What else is told of an edge.
fn told(shown: Shown, edge: &Edge) -> Option<&'static str> {
    let key: (NodeId, Port, NodeId) = (edge.from.node.clone(), edge.from.port.clone(), edge.to.clone());
    shown.marks.with_untracked(|marks| marks.as_ref()?.told.get(&key).copied())
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
