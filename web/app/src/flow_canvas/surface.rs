//! What a drawing of a flow takes from the browser, whether it is looked at or worked on: its size, pointers and the wheel.

use crate::focus::focus_on;
use canvas::{Change, Input, Point, PointerButton, Size, With};
use leptos::ev::{self, FocusEvent};
use leptos::html::Section;
use leptos::prelude::*;
use leptos_use::{use_event_listener, use_resize_observer};
use model::NodeId;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent, WheelEvent};

/// What a wheel that counts lines or pages scrolls per notch, in pixels.
const LINE: f64 = 16.0;
const PAGE: f64 = 400.0;

/// Which movements of a pointer are handed on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    Pressed,
    /// Without a button, too: an edge that was begun with a click follows the pointer.
    All,
}

pub fn attach(
    area: NodeRef<Section>,
    moves: Moves,
    handle: impl Fn(Input) -> Vec<Change> + Copy + Send + Sync + 'static,
) {
    use_resize_observer(area, move |entries, _| {
        if let Some(entry) = entries.first() {
            let size = entry.content_rect();
            handle(Input::Resize(Size::new(size.width(), size.height())));
        }
    });
    attach_pointer(area, moves, handle);
    attach_wheel(area, handle);
}

fn attach_pointer(
    area: NodeRef<Section>,
    moves: Moves,
    handle: impl Fn(Input) -> Vec<Change> + Copy + 'static,
) {
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
        let with = With {
            shift: event.shift_key(),
            control: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
            touch: event.pointer_type() == "touch",
        };
        handle(Input::Press { pointer: event.pointer_id(), button, at, with });
    });
    let _ = use_event_listener(area, ev::pointermove, move |event: PointerEvent| {
        if moves == Moves::Pressed && event.buttons() == 0 {
            return;
        }
        if let Some(at) = place(area, &event) {
            handle(Input::Move { pointer: event.pointer_id(), at });
        }
    });
    let _ = use_event_listener(area, ev::pointerup, move |event: PointerEvent| {
        if let Some(at) = place(area, &event) {
            handle(Input::Release { pointer: event.pointer_id(), at });
        }
    });
    let _ = use_event_listener(area, ev::pointerleave, move |_| drop(handle(Input::Leave)));
    let _ = use_event_listener(area, ev::pointercancel, move |_| drop(handle(Input::Interrupt)));
    let _ = use_event_listener(window(), ev::blur, move |_| drop(handle(Input::Interrupt)));
}

fn attach_wheel(area: NodeRef<Section>, handle: impl Fn(Input) -> Vec<Change> + Copy + 'static) {
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
            handle(Input::Wheel { at, by, zoom: event.ctrl_key() || event.meta_key() });
        },
        options,
    );
}

/// Where an event happened, in pixels from the canvas's upper left corner.
pub fn place(area: NodeRef<Section>, event: &web_sys::MouseEvent) -> Option<Point> {
    let bounds = area.get_untracked()?.get_bounding_client_rect();
    Some(Point::new(f64::from(event.client_x()) - bounds.x(), f64::from(event.client_y()) - bounds.y()))
}

pub fn element_of(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

pub fn node_of(event: &KeyboardEvent) -> Option<NodeId> {
    element_of(event)?.get_attribute("data-node").map(|id| NodeId::from(id.as_str()))
}

/// Whether nothing of the page has the focus. A click where nothing takes it gives it to what is around all pages.
pub fn is_page(event: &KeyboardEvent) -> bool {
    element_of(event).is_some_and(|target| target.matches("body, #content").unwrap_or(false))
}

pub fn by_keyboard(event: &FocusEvent) -> bool {
    element_of(event).is_some_and(|target| target.matches(":focus-visible").unwrap_or(false))
}

/// Whether what has the focus has it from the keyboard.
pub fn is_by_keyboard() -> bool {
    document().active_element().is_some_and(|active| active.matches(":focus-visible").unwrap_or(false))
}

/// Gives the focus to the node on the page. A page draws one flow, so its canvas need not be named.
pub fn focus(node: &NodeId) {
    // An id holds letters, digits, `-` and `_`: nothing that a selector would have to escape.
    focus_on(&format!("[data-node=\"{node}\"]"));
}
