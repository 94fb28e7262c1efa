//! The drawing that is worked on. Each node and edge follows its own part of the canvas, so a drag moves what it moves and
//! leaves the rest alone; of a large flow only what can be seen is drawn.

mod around;
mod board;
mod edge;
mod gesture;
mod node;
mod offer;
mod stop;

use super::desk::Desk;
use super::events;
use crate::flow_canvas::{SmallMap, ZoomBar, arrowhead, body_tint};
use crate::words::words;
pub use around::focus_note;
use around::{Groups, Notes};
use board::Board;
use canvas::{Canvas, Input};
use edge::{EdgeCount, EdgeInFront, EdgeLine};
use gesture::{BoxFrame, Line};
use leptos::html::Section;
use leptos::prelude::*;
use model::NodeId;
use node::EditNode;
use offer::Offers;
use stop::EdgeStops;
pub use stop::{edge_of, focus_edge};
use ui::{Icon, IconButton};

#[component]
pub fn EditCanvas(desk: Desk) -> impl IntoView {
    let w = words();
    let area = NodeRef::<Section>::new();
    events::attach(area, desk);
    let board = Board::new(desk);
    let grabbing = Memo::new(move |_| desk.canvas.with(Canvas::is_grabbing));
    let view = board.view;
    let x = move || format!("{:.2}px", view.get().offset.x);
    let y = move || format!("{:.2}px", view.get().offset.y);
    let zoom = move || format!("{:.4}", view.get().zoom);
    let bodies = Memo::new(move |_| {
        board.laid.track();
        desk.canvas.with_untracked(|canvas| canvas.scene().bodies.clone())
    });
    let nodes = board.drawn_nodes();
    let edges = board.drawn_edges();
    let entry = board.entry(nodes);
    let empty = Memo::new(move |_| {
        board.redrawn.track();
        desk.canvas.with_untracked(|canvas| canvas.scene().bounds().is_none())
    });
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
                <Notes board/>
                <Groups board/>
                {move || bodies.get().into_iter().map(body_tint).collect_view()}
                <svg class="kl-edges" aria-hidden="true" marker-end="url(#kl-arrow)">
                    {arrowhead()}
                    <For each=move || edges.get() key=|edge| (edge.from.clone(), edge.to.clone()) let:edge>
                        <EdgeLine board edge/>
                    </For>
                    <EdgeInFront board/>
                    <Line desk/>
                </svg>
                <For each=move || edges.get() key=|edge| (edge.from.clone(), edge.to.clone()) let:edge>
                    <EdgeCount board edge/>
                </For>
                <For each=move || nodes.get() key=NodeId::clone let:id><EditNode board id entry/></For>
                <EdgeStops board entry/>
                <BoxFrame desk/>
                <super::renaming::RenameOnCanvas desk/>
            </div>
            <Offers board/>
            <Show when=move || empty.get()>
                <div class="kl-canvas-empty"><p>{w.editor_empty}</p></div>
            </Show>
            <ZoomBar view=view on_key=move |key| drop(desk.handle(Input::Key(key)))>
                <IconButton icon=Icon::Tidy label=w.tidy_up on_click=move |()| drop(desk.does(Canvas::tidy))/>
            </ZoomBar>
            <SmallMap canvas=desk.canvas on_input=move |input| drop(desk.handle(input))/>
            <Told board/>
        </section>
    }
}

/// Why an edge may not lead to where it is held, or why the last one was refused.
#[component]
fn Told(board: Board) -> impl IntoView {
    let told = move || {
        let why = board.over.with(|over| over.as_ref().and_then(|(_, why)| *why));
        why.map(super::refusal_words).or_else(|| board.desk.told.get().map(super::told_words))
    };
    view! { <p class="kl-canvas-told" role="status">{told}</p> }
}
