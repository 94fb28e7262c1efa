//! A source on its way to a field: by the pointer, and let go where the pointer is then.

use super::state::Mapper;
use canvas::mapper::SourceRow;
use leptos::ev::{self, KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos_use::use_event_listener;

/// Pixels that a pointer moves before it drags.
const DRAG_LEAST: f64 = 5.0;
/// As near to the rim of the fields they move along, by so many pixels each time.
const RIM: f64 = 40.0;
const RIM_STEP: i32 = 9;

#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    pub source: SourceRow,
    pub x: f64,
    pub y: f64,
    /// The field that it would go to.
    pub over: Option<String>,
}

#[derive(Clone)]
struct Pressed {
    source: SourceRow,
    x: f64,
    y: f64,
    pointer: i32,
}

#[derive(Clone, Copy)]
pub struct Drag {
    pub held: RwSignal<Option<Held>>,
    pressed: StoredValue<Option<Pressed>>,
}

impl Drag {
    pub fn new() -> Self {
        Self { held: RwSignal::new(None), pressed: StoredValue::new(None) }
    }

    /// A finger scrolls; it chooses a source with one touch and its field with another.
    pub fn press(self, event: &PointerEvent, source: SourceRow) {
        if event.button() == 0 && event.pointer_type() != "touch" {
            let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
            self.pressed.set_value(Some(Pressed { source, x, y, pointer: event.pointer_id() }));
        }
    }

    fn end(self) -> Option<Held> {
        self.pressed.set_value(None);
        let held = self.held.get_untracked();
        if held.is_some() {
            self.held.set(None);
        }
        held
    }
}

/// Follows the pointer for as long as the mapper is open.
pub fn attach(mapper: Mapper) {
    let drag = mapper.drag;
    let _ = use_event_listener(window(), ev::pointermove, move |event: PointerEvent| moved(mapper, &event));
    let _ = use_event_listener(window(), ev::pointerup, move |event: PointerEvent| {
        if drag.end_of(&event).is_some_and(|held| let_go(mapper, &held, &event)) {
            event.prevent_default();
        }
    });
    let _ = use_event_listener(window(), ev::pointercancel, move |_: PointerEvent| drop(drag.end()));
    let _ = use_event_listener(window(), ev::keydown, move |event: KeyboardEvent| {
        if event.key() == "Escape" && drag.end().is_some() {
            event.prevent_default();
        }
    });
}

impl Drag {
    fn end_of(self, event: &PointerEvent) -> Option<Held> {
        let is_mine = self
            .pressed
            .with_value(|pressed| pressed.as_ref().is_some_and(|one| one.pointer == event.pointer_id()));
        is_mine.then(|| self.end()).flatten()
    }
}

fn moved(mapper: Mapper, event: &PointerEvent) {
    let drag = mapper.drag;
    let Some(pressed) = drag.pressed.get_value().filter(|pressed| pressed.pointer == event.pointer_id())
    else {
        return;
    };
    // It was let go outside of the window.
    if event.buttons() == 0 {
        return drop(drag.end());
    }
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    let begun = drag.held.with_untracked(Option::is_some);
    if !begun && (x - pressed.x).hypot(y - pressed.y) < DRAG_LEAST {
        return;
    }
    drag.held.set(Some(Held { source: pressed.source, x, y, over: target_at(x, y) }));
    if !begun {
        pass_time(mapper);
    }
}

/// Where it was let go counts, not where it was seen last.
fn let_go(mapper: Mapper, held: &Held, event: &PointerEvent) -> bool {
    let target = target_at(f64::from(event.client_x()), f64::from(event.client_y()));
    target.is_some_and(|target| mapper.assign(&target, &held.source))
}

/// The field whose line is at this place of the window.
fn target_at(x: f64, y: f64) -> Option<String> {
    let found = document().element_from_point(x as f32, y as f32)?;
    found.closest("[data-mapper-target]").ok()??.get_attribute("data-mapper-target")
}

/// At the rim of the fields they move along, also while the pointer stands still.
fn pass_time(mapper: Mapper) {
    request_animation_frame(move || {
        let Some(Some(held)) = mapper.drag.held.try_get_untracked() else { return };
        if let Some(area) = document().query_selector(".kl-mapper-targets").ok().flatten()
            && let Some(by) = rim(&area, &held)
        {
            area.set_scroll_top(area.scroll_top() + by);
            let over = target_at(held.x, held.y);
            if over != held.over {
                mapper.drag.held.set(Some(Held { over, ..held }));
            }
        }
        pass_time(mapper);
    });
}

fn rim(area: &web_sys::Element, held: &Held) -> Option<i32> {
    let place = area.get_bounding_client_rect();
    let beside = held.x < place.left() || held.x > place.right();
    match (beside, held.y - place.top(), place.bottom() - held.y) {
        (true, ..) => None,
        (_, above, _) if above < RIM => Some(-RIM_STEP),
        (_, _, below) if below < RIM => Some(RIM_STEP),
        _ => None,
    }
}

/// What is dragged, beside the pointer.
#[component]
pub fn Ghost(drag: Drag) -> impl IntoView {
    move || {
        drag.held.get().map(|held| {
            view! {
                <div class="kl-mapper-ghost" aria-hidden="true" style:--x=format!("{}px", held.x) style:--y=format!("{}px", held.y)>
                    {held.source.path}
                </div>
            }
        })
    }
}
