//! Edges for the keyboard. Those out of the node at which Tab comes in are stops behind it: by name, chosen when they get the
//! focus, and from each arrows lead to its ends and to the next one.

use super::super::desk::Desk;
use super::board::Board;
use crate::flow_canvas::pixels;
use crate::flow_canvas::surface::by_keyboard;
use crate::focus::soon;
use crate::words::{fill, words};
use canvas::Canvas;
use leptos::prelude::*;
use model::{Edge, NodeId, Port};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

#[component]
pub fn EdgeStops(board: Board, entry: Memo<Option<NodeId>>) -> impl IntoView {
    let edges = Memo::new(move |_| {
        board.redrawn.track();
        let node = entry.get();
        let ways_out =
            |node: &NodeId| board.desk.canvas.with_untracked(|canvas| canvas.scene().ways_out(node));
        node.as_ref().map(ways_out).unwrap_or_default()
    });
    view! {
        <For each=move || edges.get() key=|edge| (edge.from.clone(), edge.to.clone()) let:edge>
            <EdgeStop board edge/>
        </For>
    }
}

#[component]
fn EdgeStop(board: Board, edge: Edge) -> impl IntoView {
    let desk = board.desk;
    let name = key_of(&edge);
    let edge = StoredValue::new(edge);
    // Few are drawn, so each asks whenever anything lies elsewhere.
    let middle = Memo::new(move |last: Option<&canvas::Point>| {
        board.redrawn.track();
        board.laid.track();
        let placed = desk.canvas.with_untracked(|canvas| {
            edge.with_value(|edge| canvas.scene().edge(edge).map(|placed| placed.curve.middle()))
        });
        // For the moment between its removal and that of its element, it stays where it was.
        placed.or(last.copied()).unwrap_or_default()
    });
    let label = Memo::new(move |_| {
        board.redrawn.track();
        desk.canvas.with_untracked(|canvas| edge.with_value(|edge| label_of(canvas, edge)))
    });
    let chosen =
        Memo::new(move |_| board.selection.with(|all| edge.with_value(|edge| all.edge() == Some(edge))));
    view! {
        <div
            class="kl-edge-stop"
            role="button"
            tabindex="0"
            aria-haspopup="menu"
            aria-label=move || label.get()
            aria-pressed=move || chosen.get().to_string()
            data-edge=name
            style:--x=move || pixels(middle.get().x)
            style:--y=move || pixels(middle.get().y)
            on:focus=move |event| {
                if by_keyboard(&event) {
                    desk.does(|canvas| edge.with_value(|edge| canvas.focus_edge(edge)));
                }
            }
        ></div>
    }
}

/// "Edge from Order created to Script": what it is called by a reader. A way out that has a name of its own is named.
fn label_of(canvas: &Canvas, edge: &Edge) -> String {
    let label =
        |id: &NodeId| canvas.scene().node(id.as_str()).map(|node| node.label.clone()).unwrap_or_default();
    let from = match edge.from.port.as_str() {
        Port::OUT => label(&edge.from.node),
        port => format!("{} ({port})", label(&edge.from.node)),
    };
    fill(words().part_edge, &[&from, &label(&edge.to)])
}

fn key_of(edge: &Edge) -> String {
    format!("{} > {}", edge.from, edge.to)
}

/// The edge that has the focus, if it is one.
pub fn edge_of(desk: Desk, element: &Element) -> Option<Edge> {
    let name = element.get_attribute("data-edge")?;
    desk.canvas.with_untracked(|canvas| {
        canvas.scene().edges.iter().map(canvas::PlacedEdge::edge).find(|edge| key_of(edge) == name)
    })
}

/// Gives an edge the focus, once it is drawn.
pub fn focus_edge(edge: &Edge) {
    let name = key_of(edge);
    soon(move || {
        // Compared rather than selected by: the name of a way out may hold anything.
        let Ok(all) = document().query_selector_all(".kl-edge-stop") else { return };
        let stops = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<HtmlElement>().ok());
        let mut stops = stops.filter(|stop| stop.get_attribute("data-edge").as_ref() == Some(&name));
        if let Some(stop) = stops.next() {
            let _ = stop.focus();
        }
    });
}
