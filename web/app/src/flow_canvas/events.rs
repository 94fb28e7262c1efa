//! From the browser's events to the canvas's inputs.

use super::Shown;
use canvas::walk::Direction;
use canvas::{Change, Input, Key, Point, PointerButton, Size};
use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use leptos_use::{use_event_listener, use_resize_observer};
use model::NodeId;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent, WheelEvent};

/// What a wheel that counts lines or pages scrolls per notch, in pixels.
const LINE: f64 = 16.0;
const PAGE: f64 = 400.0;

pub fn attach(area: NodeRef<Section>, shown: Shown, on_open: Callback<NodeId>) {
    use_resize_observer(area, move |entries, _| {
        if let Some(entry) = entries.first() {
            let size = entry.content_rect();
            shown.handle(Input::Resize(Size::new(size.width(), size.height())));
        }
    });
    attach_pointer(area, shown);
    attach_wheel(area, shown);
    attach_keys(area, shown, on_open);
}

fn attach_pointer(area: NodeRef<Section>, shown: Shown) {
    let _ = use_event_listener(area, ev::pointerdown, move |event: PointerEvent| {
        let Some(at) = place(area, &event) else { return };
        let button = match event.button() {
            0 => PointerButton::Main,
            1 => PointerButton::Middle,
            _ => PointerButton::Other,
        };
        if button == PointerButton::Middle {
            // Else the browser starts its own scrolling.
            event.prevent_default();
        }
        // Captured, the gesture goes on outside of the canvas.
        if button != PointerButton::Other
            && let Some(area) = area.get_untracked()
        {
            let _ = area.set_pointer_capture(event.pointer_id());
        }
        let add = event.ctrl_key() || event.meta_key() || event.shift_key();
        shown.handle(Input::Press { pointer: event.pointer_id(), button, at, add });
    });
    let _ = use_event_listener(area, ev::pointermove, move |event: PointerEvent| {
        if let Some(at) = place(area, &event).filter(|_| event.buttons() != 0) {
            shown.handle(Input::Move { pointer: event.pointer_id(), at });
        }
    });
    let _ = use_event_listener(area, ev::pointerup, move |event: PointerEvent| {
        if let Some(at) = place(area, &event) {
            shown.handle(Input::Release { pointer: event.pointer_id(), at });
        }
    });
    let _ = use_event_listener(area, ev::pointercancel, move |_| drop(shown.handle(Input::Interrupt)));
    let _ = use_event_listener(window(), ev::blur, move |_| drop(shown.handle(Input::Interrupt)));
}

fn attach_wheel(area: NodeRef<Section>, shown: Shown) {
    let options = leptos_use::UseEventListenerOptions::default().passive(false);
    let _ = leptos_use::use_event_listener_with_options(
        area,
        ev::wheel,
        move |event: WheelEvent| {
            event.prevent_default();
            let Some(at) = place(area, &event) else { return };
            let unit = match event.delta_mode() {
                WheelEvent::DOM_DELTA_LINE => LINE,
                WheelEvent::DOM_DELTA_PAGE => PAGE,
                _ => 1.0,
            };
            let by = Point::new(event.delta_x(), event.delta_y()) * unit;
            // A pinch on a trackpad arrives as a wheel with Ctrl.
            shown.handle(Input::Wheel { at, by, zoom: event.ctrl_key() || event.meta_key() });
        },
        options,
    );
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
                carry_out(area, change, on_open);
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

fn carry_out(area: NodeRef<Section>, change: Change, on_open: Callback<NodeId>) {
    match change {
        Change::FocusNode(node) => focus(area, &node),
        Change::Open(node) => on_open.run(node),
        // Drawn by the signals; and nothing here edits.
        _ => {}
    }
}

fn focus(area: NodeRef<Section>, node: &NodeId) {
    let Some(area) = area.get_untracked() else { return };
    // An id holds letters, digits, `-` and `_`: nothing that a selector would have to escape.
    let found = area.query_selector(&format!("[data-node=\"{node}\"]")).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
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
        "Escape" => Key::Escape,
        "Enter" => Key::Enter,
        _ => return None,
    })
}

fn node_of(event: &KeyboardEvent) -> Option<NodeId> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target.get_attribute("data-node").map(|id| NodeId::from(id.as_str()))
}

fn is_page(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.tag_name() == "BODY")
}

/// Where an event happened, in pixels from the canvas's upper left corner.
fn place(area: NodeRef<Section>, event: &web_sys::MouseEvent) -> Option<Point> {
    let bounds = area.get_untracked()?.get_bounding_client_rect();
    Some(Point::new(f64::from(event.client_x()) - bounds.x(), f64::from(event.client_y()) - bounds.y()))
}
