//! From the browser's events to what the canvas is asked to do.

use super::desk::{Desk, Wanted};
use crate::flow_canvas::surface::{self, Moves, element_of, is_page, node_of, place};
use canvas::draft::Inserted;
use canvas::draft::edits::Gap;
use canvas::walk::Direction;
use canvas::{Canvas, Change, Input, Key, Point, Way};
use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use leptos_use::use_event_listener;
use model::NodeId;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// An arrow with Ctrl moves what is chosen by so much, and with Shift as well by so much more.
const NUDGE: f64 = 20.0;
const NUDGE_FAR: f64 = 100.0;

pub fn attach(area: NodeRef<Section>, desk: Desk) {
    surface::attach(area, Moves::All, move |input| desk.handle(input));
    attach_keys(area, desk);
    attach_clipboard(desk);
    attach_drop(area, desk);
}

fn attach_keys(area: NodeRef<Section>, desk: Desk) {
    let _ = use_event_listener(window(), ev::keydown, move |event: KeyboardEvent| {
        if is_typing(&event) {
            return;
        }
        let node = node_of(&event);
        let on_canvas = node.is_some() || is_page(&event) || is_in(area, &event);
        if !on_canvas {
            return;
        }
        let changes = match act(desk, &event, node) {
            Some(changes) => changes,
            None => return,
        };
        event.prevent_default();
        for change in changes {
            if let Change::FocusNode(node) = change {
                super::focus_node(node);
            }
        }
    });
    let _ = use_event_listener(window(), ev::keyup, move |event: KeyboardEvent| {
        if event.key() == " " {
            desk.handle(Input::Space(false));
        }
    });
}

/// What a key means; nothing where it means nothing here.
fn act(desk: Desk, event: &KeyboardEvent, node: Option<NodeId>) -> Option<Vec<Change>> {
    let (control, shift, alt) = (event.ctrl_key() || event.meta_key(), event.shift_key(), event.alt_key());
    // Keys mean the node that has the focus, also where a click elsewhere has chosen another or none.
    let on_node = || {
        if let Some(node) = node.clone() {
            desk.handle(Input::Focus(node));
        }
    };
    let key = event.key();
    Some(match (key.as_str(), control, shift, alt) {
        ("z" | "Z", true, false, false) => desk.does(Canvas::undo),
        ("z" | "Z", true, true, false) | ("y", true, false, false) => desk.does(Canvas::redo),
        ("a", true, false, false) => desk.does(Canvas::select_all),
        ("d", true, false, false) => desk.does(Canvas::duplicate),
        ("Delete" | "Backspace", false, false, false) => desk.does(|canvas| canvas.remove(Gap::Open)),
        ("Delete" | "Backspace", true, false, false) => desk.does(|canvas| canvas.remove(Gap::Closed)),
        ("d" | "D", false, false, false) => desk.does(Canvas::toggle),
        ("T", false, true, true) => desk.does(Canvas::tidy),
        ("n" | "N" | "/", false, false, false) => {
            desk.wanted.set(Some(Wanted { place: after_chosen(desk) }));
            Vec::new()
        }
        ("ArrowLeft", false, true, false) => desk.does(|canvas| canvas.select_along(Way::Upstream)),
        ("ArrowRight", false, true, false) => desk.does(|canvas| canvas.select_along(Way::Downstream)),
        ("ArrowLeft", true, far, false) => nudge(desk, -1.0, 0.0, far),
        ("ArrowRight", true, far, false) => nudge(desk, 1.0, 0.0, far),
        ("ArrowUp", true, far, false) => nudge(desk, 0.0, -1.0, far),
        ("ArrowDown", true, far, false) => nudge(desk, 0.0, 1.0, far),
        (arrow @ ("ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown"), false, false, false) => {
            on_node();
            let direction = match arrow {
                "ArrowLeft" => Direction::Back,
                "ArrowRight" => Direction::Forward,
                "ArrowUp" => Direction::Up,
                _ => Direction::Down,
            };
            desk.handle(Input::Key(Key::Arrow(direction)))
        }
        ("Enter" | "F2", false, false, false) if node.is_some() => {
            on_node();
            super::focus_inspector();
            Vec::new()
        }
        ("Escape", false, false, false) => desk.handle(Input::Key(Key::Escape)),
        (" ", false, false, false) => desk.handle(Input::Space(true)),
        ("+" | "=", false, _, false) => desk.handle(Input::Key(Key::ZoomIn)),
        ("-" | "_", false, _, false) => desk.handle(Input::Key(Key::ZoomOut)),
        ("0", false, false, false) => desk.handle(Input::Key(Key::ZoomReset)),
        ("1", false, false, false) => desk.handle(Input::Key(Key::Fit)),
        ("s", true, false, false) => {
            desk.save();
            Vec::new()
        }
        _ => return None,
    })
}

fn nudge(desk: Desk, x: f64, y: f64, far: bool) -> Vec<Change> {
    let by = if far { NUDGE_FAR } else { NUDGE };
    desk.does(|canvas| canvas.nudge(Point::new(x * by, y * by)))
}

/// Where a node comes in for which no place was pointed at: behind the chosen one, or in the middle of what is looked at.
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
                let seen = canvas.view().visible(canvas.screen());
                let half = Point::new(canvas::NODE_WIDTH / 2.0, canvas::NODE_HEIGHT / 2.0);
                Inserted::Alone(canvas::draft::edits::on_grid(seen.centre() - half))
            }
        }
    })
}

fn attach_clipboard(desk: Desk) {
    let text_of = |event: &web_sys::ClipboardEvent| event.clipboard_data();
    let _ = use_event_listener(window(), ev::copy, move |event: web_sys::ClipboardEvent| {
        let copied =
            desk.canvas.with_untracked(Canvas::copy).filter(|_| !is_typing(&event) && nothing_marked());
        if let Some((copied, data)) = copied.zip(text_of(&event)) {
            let _ = data.set_data("text/plain", &copied);
            event.prevent_default();
        }
    });
    let _ = use_event_listener(window(), ev::cut, move |event: web_sys::ClipboardEvent| {
        if is_typing(&event) || !nothing_marked() {
            return;
        }
        let cut = desk.canvas.try_update(Canvas::cut).flatten();
        if let Some(((copied, _), data)) = cut.zip(text_of(&event)) {
            let _ = data.set_data("text/plain", &copied);
            event.prevent_default();
        }
    });
    let _ = use_event_listener(window(), ev::paste, move |event: web_sys::ClipboardEvent| {
        if is_typing(&event) {
            return;
        }
        let text = text_of(&event).and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
        let seen = desk.canvas.with_untracked(|canvas| canvas.view().visible(canvas.screen()).centre());
        let pasted = desk.canvas.try_update(|canvas| canvas.paste(&text, Some(seen)));
        if matches!(pasted, Some(Ok(_))) {
            event.prevent_default();
        }
    });
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

fn nothing_marked() -> bool {
    let marked = window().get_selection().ok().flatten();
    marked.is_none_or(|marked| marked.is_collapsed())
}

fn is_typing(event: &web_sys::Event) -> bool {
    element_of(event).is_some_and(|target| {
        matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || target.closest("dialog[open], [contenteditable]").ok().flatten().is_some()
    })
}

fn is_in(area: NodeRef<Section>, event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    area.get_untracked().is_some_and(|area| area.contains(target.as_ref()))
}
