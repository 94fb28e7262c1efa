//! One node that can be worked on.

use super::super::desk::Desk;
use super::super::testing;
use super::board::Board;
use crate::flow_canvas::surface::by_keyboard;
use crate::flow_canvas::{GlyphBox, pixels, port_name};
use crate::flow_view::{Face, face, family_name};
use crate::words::{count, fill, language, words};
use canvas::{Input, Point};
use leptos::prelude::*;
use model::NodeId;

/// What of a node is drawn from the document.
fn face_of(desk: Desk, id: &NodeId) -> Option<Face> {
    let specs = desk.specs();
    desk.canvas.with_untracked(|canvas| {
        let node = canvas.draft()?.doc().node(id.as_str())?;
        Some(face(node, &specs, language()))
    })
}

#[component]
pub fn EditNode(
    board: Board,
    id: NodeId,
    /// The one at which Tab comes in.
    entry: Memo<Option<NodeId>>,
) -> impl IntoView {
    let desk = board.desk;
    let placed = {
        let node = id.clone();
        board.of_node(id.clone(), move |canvas| canvas.scene().node(node.as_str()).cloned())
    };
    let id = StoredValue::new(id);
    let look = Memo::new(move |last: Option<&Option<Face>>| {
        desk.changed.track();
        id.with_value(|id| face_of(desk, id)).or_else(|| last.cloned().flatten())
    });
    let chosen = Memo::new(move |_| board.selection.with(|all| id.with_value(|id| all.contains(id))));
    let is_entry = Memo::new(move |_| entry.with(|entry| id.with_value(|id| entry.as_ref() == Some(id))));
    let target = Memo::new(move |_| id.with_value(|id| target(board, id)));
    let area = move || placed.with(|node| node.as_ref().map(|node| node.area).unwrap_or_default());
    let family = move || family_name(placed.with(|node| node.as_ref().and_then(|node| node.family)));
    let label = move || placed.with(|node| node.as_ref().map(|node| node.label.clone()).unwrap_or_default());
    let disabled = move || placed.with(|node| node.as_ref().is_some_and(|node| node.disabled));
    let ports = Memo::new(move |_| {
        placed.with(|node| {
            let Some(node) = node else { return Vec::new() };
            let own = node.ports.iter().map(|port| {
                let kind = if port.is_error() { "error" } else { "out" };
                (kind, port.port.to_string(), port.named, port.at - node.area.min)
            });
            let input = node.input.map(|at| ("in", String::new(), false, at - node.area.min));
            input.into_iter().chain(own).collect::<Vec<_>>()
        })
    });
    let wrong = Memo::new(move |_| id.with_value(|id| board.wrong.with(|all| all.get(id).copied())));
    view! {
        <div
            class="kl-node"
            role="button"
            tabindex=move || if is_entry.get() { "0" } else { "-1" }
            aria-haspopup="menu"
            data-node=id.get_value().to_string()
            data-family=family
            data-target=move || target.get()
            data-disabled=move || disabled().then_some("")
            data-wrong=move || wrong.get().is_some_and(|(errors, _)| errors > 0).then_some("")
            data-state=move || id.with_value(|id| testing::standing_name(desk, id))
            aria-pressed=move || chosen.get().to_string()
            style:--x=move || pixels(area().min.x)
            style:--y=move || pixels(area().min.y)
            style:--w=move || pixels(area().size.width)
            style:--h=move || pixels(area().size.height)
            on:focus=move |event| if by_keyboard(&event) { drop(desk.handle(Input::Focus(id.get_value()))) }
        >
            {move || look.get().map(|look| view! { <GlyphBox glyph=look.glyph family=family_name(look.family)/> })}
            <div class="kl-node-text">
                <b>{label}</b>
                <small>{move || look.get().map(|look| look.subtitle)}</small>
            </div>
            {move || ports.get().into_iter().map(|(kind, name, named, at)| port(kind, name, named, at)).collect_view()}
            {move || wrong.get().map(badge)}
            <testing::NodeMark desk node=id.get_value()/>
            <testing::NodePin desk node=id.get_value()/>
        </div>
    }
}

/// What a node is to an edge in hand.
fn target(board: Board, id: &NodeId) -> Option<&'static str> {
    let below =
        board.over.with(|over| over.as_ref().filter(|(node, _)| node == id).map(|(_, why)| why.is_none()));
    match below {
        Some(true) => Some("yes"),
        Some(false) => Some("no"),
        None => board.refused.with(|refused| refused.contains_key(id).then_some("refused")),
    }
}

/// How many errors and warnings there are.
fn badge((errors, warnings): (usize, usize)) -> impl IntoView {
    let w = words();
    let (state, text) = match errors {
        0 => ("warning", count(w.warnings, warnings as u64)),
        errors => ("error", count(w.problems, errors as u64)),
    };
    view! {
        <span class="kl-node-problem" data-kind=state title=text.clone()><span class="kl-sr">{text.clone()}</span><span aria-hidden="true">"!"</span></span>
    }
}

fn port(kind: &'static str, name: String, named: bool, at: Point) -> impl IntoView {
    let title = (kind != "in").then(|| fill(words().port_named, &[&name]));
    view! {
        <span class="kl-port" data-kind=kind title=title style:--x=pixels(at.x) style:--y=pixels(at.y)></span>
        {(kind != "in").then(|| port_name(kind, name, named, at))}
    }
}
