//! From the browser's events to the canvas's inputs.

use super::Shown;
use super::surface::{self, Moves, focus, is_page, node_of};
use crate::focus::soon;
use canvas::walk::Direction;
use canvas::{Change, Input, Key};
use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use leptos_use::use_event_listener;
use model::NodeId;
use web_sys::KeyboardEvent;

pub fn attach(area: NodeRef<Section>, shown: Shown, on_open: Callback<NodeId>) {
    surface::attach(area, Moves::Pressed, move |input| shown.handle(input));
    attach_keys(area, shown, on_open);
}

fn attach_keys(area: NodeRef<Section>, shown: Shown, on_open: Callback<NodeId>) {
    let _ = use_event_listener(area, ev::keydown, move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let node = node_of(&event);
        if event.key() == " " && node.is_some() {
            event.prevent_default();
            shown.handle(Input::Space(true));
        } else if let Some(key) = key(&event).filter(|key| *key != Key::Enter || node.is_some()) {
            event.prevent_default();
            // Keys mean the node that has the focus, also where a click elsewhere has chosen another or none.
            if let Some(node) = node.filter(|_| matches!(key, Key::Arrow(_) | Key::Enter)) {
                shown.handle(Input::Focus(node));
            }
            for change in shown.handle(Input::Key(key)) {
                carry_out(change, on_open);
            }
        }
    });
    // The space bar pans wherever the focus is, as long as nothing is being typed and no button would be pressed.
    let _ = use_event_listener(window(), ev::keydown, move |event: KeyboardEvent| {
        if event.key() == " " && is_page(&event) {
            event.prevent_default();
            shown.handle(Input::Space(true));
        }
    });
    let _ = use_event_listener(window(), ev::keyup, move |event: KeyboardEvent| {
        if event.key() == " " {
            shown.handle(Input::Space(false));
        }
    });
}

fn carry_out(change: Change, on_open: Callback<NodeId>) {
    match change {
        // Its element may be drawn only after this.
        Change::FocusNode(node) => soon(move || focus(&node)),
        Change::Open(node) => on_open.run(node),
        // Drawn by the signals; and nothing here edits.
        _ => {}
    }
}

fn key(event: &KeyboardEvent) -> Option<Key> {
    Some(match event.key().as_str() {
        "ArrowLeft" => Key::Arrow(Direction::Back),
        "ArrowRight" => Key::Arrow(Direction::Forward),
        "ArrowUp" => Key::Arrow(Direction::Up),
        "ArrowDown" => Key::Arrow(Direction::Down),
        "+" | "=" => Key::ZoomIn,
        "-" | "_" => Key::ZoomOut,
        "0" => Key::ZoomReset,
        "1" => Key::Fit,
        "z" | "Z" | "ผ" => Key::Magnify,
        "Escape" => Key::Escape,
        "Enter" => Key::Enter,
        _ => return None,
    })
}
