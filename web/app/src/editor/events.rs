//! From the browser's events to what the canvas is asked to do.

use super::action::Action;
use super::desk::Desk;
use crate::flow_canvas::surface::{self, Moves, element_of, place};
use crate::later::with_page;
use canvas::draft::Inserted;
use canvas::{Point, Under};
use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use leptos_use::use_event_listener;

pub fn attach(area: NodeRef<Section>, desk: Desk) {
    surface::attach(area, Moves::All, move |input| desk.handle(input));
    attach_opening(area, desk);
    super::clipboard::attach(desk);
    super::drawing::attach(area, desk);
    super::menu::attach(area, desk);
    attach_drop(area, desk);
}

/// A double click opens what it is on, with Ctrl the flow that it calls. The canvas holds the pointer, so the place says what
/// is meant.
fn attach_opening(area: NodeRef<Section>, desk: Desk) {
    let open = move |event: web_sys::MouseEvent| {
        let Some(at) = place(area, &event) else { return };
        let under = desk.canvas.with_untracked(|canvas| canvas.under(at, false)).unwrap_or_default();
        let under = match under {
            Under::Port(port) => Under::Node(port.node),
            Under::Node(_) | Under::Note(..) | Under::Group(_) => under,
            Under::Edge(_) | Under::EdgeEnd(_) | Under::Nothing => return,
        };
        desk.does(|canvas| {
            // Just this, also where it is one of several.
            canvas.select(None);
            canvas.choose_under(&under)
        });
        let further = (event.ctrl_key() || event.meta_key()) && Action::OpenCalled.is_possible(desk);
        if further { Action::OpenCalled.run(desk) } else { Action::Open.run(desk) }
    };
    let _ = use_event_listener(area, ev::dblclick, with_page(open));
}

/// Where a node comes in: behind the chosen one or into the chosen edge, else where a menu was asked for it, else in the
/// middle of what is looked at.
pub fn after_chosen(desk: Desk) -> Inserted {
    desk.canvas.with_untracked(|canvas| {
        let behind = canvas.selected().and_then(|node| {
            let port = canvas.scene().node(node.as_str())?.ports.first()?.port.clone();
            Some(model::PortRef { node: node.clone(), port })
        });
        match (canvas.selection().edge(), behind) {
            (Some(edge), _) => Inserted::Into(edge.clone()),
            (None, Some(from)) => Inserted::Behind(from, None),
            (None, None) => {
                let asked = desk.drawing.asked().map(|at| canvas.view().to_canvas(at));
                let middle = asked.unwrap_or_else(|| canvas.view().visible(canvas.screen()).centre());
                let half = Point::new(canvas::NODE_WIDTH / 2.0, canvas::NODE_HEIGHT / 2.0);
                Inserted::Alone(canvas::draft::edits::on_grid(middle - half))
            }
        }
    })
}

/// What the palette puts into a drag.
pub const DRAGGED: &str = "application/x-khlong-operation";

fn attach_drop(area: NodeRef<Section>, desk: Desk) {
    let _ = use_event_listener(area, ev::dragover, move |event: web_sys::DragEvent| event.prevent_default());
    let _ = use_event_listener(area, ev::drop, move |event: web_sys::DragEvent| {
        event.prevent_default();
        let operation =
            event.data_transfer().and_then(|data| data.get_data(DRAGGED).ok()).unwrap_or_default();
        let Some(at) = place(area, &event).filter(|_| !operation.is_empty()) else { return };
        let point = desk.canvas.with_untracked(|canvas| canvas.view().to_canvas(at));
        let edge =
            desk.canvas.with_untracked(|canvas| canvas.scene().edge_at(point).map(canvas::PlacedEdge::edge));
        let half = Point::new(canvas::NODE_WIDTH / 2.0, canvas::NODE_HEIGHT / 2.0);
        let place = match edge {
            Some(edge) => Inserted::Into(edge),
            None => Inserted::Alone(canvas::draft::edits::on_grid(point - half)),
        };
        super::insert(desk, &operation.as_str().into(), place);
    });
}

pub fn is_typing(event: &web_sys::Event) -> bool {
    element_of(event).is_some_and(|target| {
        matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || target.closest("dialog[open], [contenteditable], [data-typing]").ok().flatten().is_some()
    })
}
