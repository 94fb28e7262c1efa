//! The drawing that is worked on. Each node and edge follows its own part of the canvas, so a drag moves what it moves and
//! leaves the rest alone.

use super::desk::Desk;
use super::events;
use crate::flow_canvas::surface::by_keyboard;
use crate::flow_canvas::{GlyphBox, ZoomBar, body_tint, pixels, rectangle};
use crate::flow_view::{Face, face, family_name};
use crate::words::{fill, language, words};
use canvas::{Canvas, Gesture, Input, PlacedEdge, PlacedNode, Point, Rect};
use leptos::html::Section;
use leptos::prelude::*;
use model::{Edge, NodeId};
use ui::{Icon, IconButton};

#[component]
pub fn EditCanvas(desk: Desk) -> impl IntoView {
    let w = words();
    let area = NodeRef::<Section>::new();
    events::attach(area, desk);
    let canvas = desk.canvas;
    let view_of = Memo::new(move |_| canvas.with(Canvas::view));
    let grabbing = Memo::new(move |_| canvas.with(Canvas::is_grabbing));
    let x = move || format!("{:.2}px", view_of.get().offset.x);
    let y = move || format!("{:.2}px", view_of.get().offset.y);
    let zoom = move || format!("{:.4}", view_of.get().zoom);
    let ids = Memo::new(move |_| {
        desk.changed.track();
        canvas.with_untracked(|canvas| {
            canvas.scene().nodes.iter().map(|node| node.id.clone()).collect::<Vec<_>>()
        })
    });
    let edges = Memo::new(move |_| {
        desk.changed.track();
        canvas.with_untracked(|canvas| canvas.scene().edges.iter().map(PlacedEdge::edge).collect::<Vec<_>>())
    });
    let bodies = Memo::new(move |_| canvas.with(|canvas| canvas.scene().bodies.clone()));
    let empty = Memo::new(move |_| ids.with(Vec::is_empty));
    view! {
        <section
            class="kl-canvas"
            node_ref=area
            aria-label=w.canvas
            aria-description=w.editor_help
            data-editing=""
            data-grabbing=move || grabbing.get().then_some("")
            style:--vx=x
            style:--vy=y
            style:--vz=zoom
        >
            <div class="kl-canvas-layer" style:--vx=x style:--vy=y style:--vz=zoom>
                {move || bodies.get().into_iter().map(body_tint).collect_view()}
                <svg class="kl-edges" aria-hidden="true">
                    <For each=move || edges.get() key=|edge| (edge.from.to_string(), edge.to.clone()) let:edge>
                        <EdgeLine desk edge/>
                    </For>
                    <Wire desk/>
                </svg>
                <For each=move || ids.get() key=NodeId::clone let:id><EditNode desk id/></For>
                <BoxFrame desk/>
            </div>
            <Show when=move || empty.get()>
                <div class="kl-canvas-empty"><p>{w.editor_empty}</p></div>
            </Show>
            <ZoomBar view=view_of on_key=move |key| drop(desk.handle(Input::Key(key)))>
                <IconButton icon=Icon::Tidy label=w.tidy_up on_click=move |()| drop(desk.does(Canvas::tidy))/>
            </ZoomBar>
            <p class="kl-canvas-told" role="status">{move || desk.told.get().map(super::told_words)}</p>
        </section>
    }
}

/// What of a node is drawn from the document.
fn face_of(desk: Desk, id: &NodeId) -> Option<Face> {
    let specs = desk.specs();
    desk.canvas.with_untracked(|canvas| {
        let node = canvas.draft()?.doc().node(id.as_str())?;
        Some(face(node, &specs, language()))
    })
}

#[component]
fn EditNode(desk: Desk, id: NodeId) -> impl IntoView {
    let w = words();
    let id = StoredValue::new(id);
    let placed = Memo::new(move |last: Option<&Option<PlacedNode>>| {
        let now = desk.canvas.with(|canvas| id.with_value(|id| canvas.scene().node(id.as_str()).cloned()));
        // For the moment between its removal and that of its element.
        now.or_else(|| last.cloned().flatten())
    });
    let look = Memo::new(move |last: Option<&Option<Face>>| {
        desk.changed.track();
        id.with_value(|id| face_of(desk, id)).or_else(|| last.cloned().flatten())
    });
    let chosen =
        Memo::new(move |_| desk.canvas.with(|canvas| id.with_value(|id| canvas.selection().contains(id))));
    let wrong = Memo::new(move |_| {
        let mine = id.with_value(|id| desk.problems_of(Some(id)));
        let errors = mine.iter().filter(|problem| problem.is_error()).count();
        (errors, mine.len() - errors)
    });
    let target = Memo::new(move |_| {
        desk.canvas.with(|canvas| match canvas.gesture() {
            Gesture::Wiring { over: Some(over), .. } if id.with_value(|id| over.node == *id) => {
                Some(if over.refusal.is_none() { "yes" } else { "no" })
            }
            _ => None,
        })
    });
    let area = move || placed.get().map(|node| node.area).unwrap_or_default();
    let family = move || family_name(placed.get().and_then(|node| node.family));
    let label = move || placed.get().map(|node| node.label).unwrap_or_default();
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
    let badge = move || {
        let (errors, warnings) = wrong.get();
        let (state, count, text) = match (errors, warnings) {
            (0, 0) => return None,
            (0, warnings) => ("warning", warnings, w.warnings),
            (errors, _) => ("error", errors, w.problems),
        };
        let text = crate::words::count(text, count as u64);
        Some(
            view! { <span class="kl-node-problem" data-kind=state title=text.clone()><span class="kl-sr">{text.clone()}</span><span aria-hidden="true">"!"</span></span> },
        )
    };
    view! {
        <div
            class="kl-node"
            role="button"
            tabindex="0"
            data-node=id.get_value().to_string()
            data-family=family
            data-target=move || target.get()
            data-disabled=move || placed.get().is_some_and(|node| node.disabled).then_some("")
            data-wrong=move || (wrong.get().0 > 0).then_some("")
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
            {badge}
        </div>
    }
}

fn port(kind: &'static str, name: String, named: bool, at: Point) -> impl IntoView {
    let title = (kind != "in").then(|| fill(words().port_named, &[&name]));
    view! {
        <span class="kl-port" data-kind=kind title=title style:--x=pixels(at.x) style:--y=pixels(at.y)></span>
        {named.then(|| view! { <span class="kl-port-name" aria-hidden="true" style:--x=pixels(at.x) style:--y=pixels(at.y)>{name}</span> })}
    }
}

#[component]
fn EdgeLine(desk: Desk, edge: Edge) -> impl IntoView {
    let edge = StoredValue::new(edge);
    let drawn = Memo::new(move |last: Option<&Option<PlacedEdge>>| {
        let now = desk.canvas.with(|canvas| {
            edge.with_value(|edge| canvas.scene().edges.iter().find(|placed| placed.is(edge)).cloned())
        });
        now.or_else(|| last.cloned().flatten())
    });
    let chosen = Memo::new(move |_| {
        desk.canvas.with(|canvas| edge.with_value(|edge| canvas.selection().edge() == Some(edge)))
    });
    let held = Memo::new(move |_| {
        desk.canvas.with(|canvas| {
            edge.with_value(|edge| match canvas.gesture() {
                Gesture::Wiring { loose, .. } => (loose.as_ref() == Some(edge)).then_some("loose"),
                Gesture::Moving { into, .. } => (into.as_ref() == Some(edge)).then_some("parting"),
                _ => None,
            })
        })
    });
    view! {
        <path
            d=move || drawn.get().map(|edge| edge.curve.svg())
            data-error=move || drawn.get().is_some_and(|edge| edge.is_error()).then_some("")
            data-chosen=move || chosen.get().then_some("")
            data-held=move || held.get()
        ></path>
    }
}

/// The edge in hand.
#[component]
fn Wire(desk: Desk) -> impl IntoView {
    let wire = Memo::new(move |_| {
        desk.canvas.with(|canvas| {
            let Gesture::Wiring { from, to, over, .. } = canvas.gesture() else { return None };
            let node = canvas.scene().node(from.node.as_str())?;
            let start = node.ports.iter().find(|port| port.port == from.port)?;
            let snapped = over.as_ref().filter(|over| over.refusal.is_none());
            let input = snapped.and_then(|over| canvas.scene().node(over.node.as_str())?.input);
            let end = input.unwrap_or(*to);
            let curve = if start.is_error() {
                canvas::Curve::downward(start.at, end)
            } else {
                canvas::Curve::sideways(start.at, end)
            };
            let refused = over.as_ref().is_some_and(|over| over.refusal.is_some());
            Some((curve.svg(), refused))
        })
    });
    move || {
        wire.get().map(
            |(svg, refused)| view! { <path class="kl-wire" d=svg data-refused=refused.then_some("")></path> },
        )
    }
}

#[component]
fn BoxFrame(desk: Desk) -> impl IntoView {
    let frame = Memo::new(move |_| {
        desk.canvas.with(|canvas| match canvas.gesture() {
            Gesture::Boxing { from, to, .. } => Some(Rect::from_corners(*from, *to)),
            _ => None,
        })
    });
    move || frame.get().map(|frame| rectangle("kl-canvas-box", frame))
}
