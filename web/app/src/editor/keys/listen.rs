//! The one listener of the editor.

use super::{Hit, Keys, Place, Row, pressed};
use crate::editor::desk::Desk;
use crate::editor::draw::edge_of;
use crate::editor::events::is_typing;
use crate::flow_canvas::surface::{element_of, is_page, node_of};
use crate::later::with_page;
use canvas::{Canvas, Input, Viewport};
use leptos::ev;
use leptos::prelude::*;
use leptos_use::use_event_listener;
use model::Edge;
use web_sys::KeyboardEvent;

/// A bar that is held longer pans, in milliseconds.
const SHORT_PRESS: f64 = 300.0;
/// Where keys for the drawing count: the outline shows the same.
const DRAWING: &str = ".kl-canvas, .kl-outline";
/// What does something by itself when Enter or the space bar is pressed on it.
const CONTROLS: &str = "button, a, summary, [role=tab], [role=separator]";

/// The space bar is down.
#[derive(Clone, Copy)]
struct Held {
    since: f64,
    view: Viewport,
}

pub fn listen(desk: Desk) {
    let keys = Keys::here();
    let held = StoredValue::new(None::<Held>);
    let _ = use_event_listener(
        window(),
        ev::keydown,
        with_page(move |event: KeyboardEvent| {
            let Some(key) = pressed(&event).filter(|_| !event.default_prevented()) else { return };
            if key == "Space" {
                return press_space(desk, &event, held);
            }
            match keys.hit(&key) {
                Hit::This(row) if counts(desk, row, &event) => {
                    event.prevent_default();
                    perform(desk, row, &event);
                }
                Hit::Begins if !is_typing(&event) => event.prevent_default(),
                Hit::This(_) | Hit::Begins | Hit::Nothing => {}
            }
        }),
    );
    let _ = use_event_listener(
        window(),
        ev::keyup,
        with_page(move |event: KeyboardEvent| {
            if event.key() != " " {
                return;
            }
            let view = desk.canvas.try_with_untracked(Canvas::view);
            desk.handle(Input::Space(false));
            // Pressed for a moment, it is a key like any other.
            let was = held.try_update_value(Option::take).flatten();
            let short =
                was.filter(|was| event.time_stamp() - was.since < SHORT_PRESS && view == Some(was.view));
            if let (Some(_), Hit::This(row)) = (short, keys.hit("Space")) {
                perform(desk, row, &event);
            }
        }),
    );
}

fn press_space(desk: Desk, event: &KeyboardEvent, held: StoredValue<Option<Held>>) {
    if is_typing(event) || !is_on_drawing(event) || is_on_control(event) {
        return;
    }
    event.prevent_default();
    if !event.repeat() {
        let view = desk.canvas.with_untracked(Canvas::view);
        held.set_value(Some(Held { since: event.time_stamp(), view }));
    }
    desk.handle(Input::Space(true));
}

fn counts(desk: Desk, row: &Row, event: &KeyboardEvent) -> bool {
    match row.place {
        // The shell listens for these.
        Place::Everywhere => false,
        Place::Typing => !is_asking(),
        Place::Editor => !is_typing(event),
        Place::Drawing => !is_typing(event) && is_on_drawing(event),
        Place::Node => !is_typing(event) && (node_of(event).is_some() || edge_at(desk, event).is_some()),
    }
}

/// Keys mean the node or the edge that has the focus, also where a click elsewhere has chosen another or none.
fn perform(desk: Desk, row: &Row, event: &KeyboardEvent) {
    if let Some(node) = node_of(event) {
        desk.handle(Input::Focus(node));
    } else if let Some(edge) = edge_at(desk, event) {
        desk.does(|canvas| canvas.focus_edge(&edge));
    }
    let mut meant = std::iter::once(row.action).chain(row.action.otherwise());
    if let Some(action) = meant.find(|action| action.is_possible(desk)) {
        action.run(desk);
    }
}

fn edge_at(desk: Desk, event: &KeyboardEvent) -> Option<Edge> {
    edge_of(desk, &element_of(event)?)
}

fn is_on_drawing(event: &KeyboardEvent) -> bool {
    is_page(event) || is_within(event, DRAWING)
}

fn is_on_control(event: &KeyboardEvent) -> bool {
    node_of(event).is_none() && is_within(event, CONTROLS)
}

fn is_within(event: &KeyboardEvent, selector: &str) -> bool {
    element_of(event).is_some_and(|target| target.closest(selector).ok().flatten().is_some())
}

/// Whether a question lies over the page.
fn is_asking() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}
