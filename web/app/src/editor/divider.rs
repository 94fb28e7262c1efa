//! What stands between two panes: dragged, or moved with the arrows, and remembered by this browser.

use crate::storage;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;

/// Where the pane lies whose size is changed, seen from the divider.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Below,
}

/// What a size is counted in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Of what is around both panes.
    Percent,
    Pixel,
}

/// How large a pane may be.
#[derive(Clone, Copy)]
pub struct Extent {
    /// Under which name the browser remembers it.
    pub kept: &'static str,
    pub side: Side,
    pub unit: Unit,
    pub usual: f64,
    pub least: f64,
    pub most: f64,
}

impl Extent {
    /// As it was left.
    pub fn recall(self) -> RwSignal<f64> {
        let kept = storage::read(self.kept)
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|kept| kept.is_finite());
        RwSignal::new(kept.unwrap_or(self.usual).clamp(self.least, self.most))
    }

    /// What one press of an arrow adds.
    const fn step(self) -> f64 {
        match self.unit {
            Unit::Percent => 2.0,
            Unit::Pixel => 16.0,
        }
    }

    /// The size where a pointer is at this place of what is around both.
    fn at(self, (x, y): (f64, f64), around: &web_sys::DomRect) -> f64 {
        let (size, whole) = match self.side {
            Side::Left => (x - around.left(), around.width()),
            Side::Right => (around.right() - x, around.width()),
            Side::Below => (around.bottom() - y, around.height()),
        };
        match self.unit {
            Unit::Percent => size / whole.max(1.0) * 100.0,
            Unit::Pixel => size,
        }
    }

    fn by_key(self, key: &str) -> Option<f64> {
        match (self.side, key) {
            (Side::Left, "ArrowRight") | (Side::Right, "ArrowLeft") | (Side::Below, "ArrowUp") => {
                Some(self.step())
            }
            (Side::Left, "ArrowLeft") | (Side::Right, "ArrowRight") | (Side::Below, "ArrowDown") => {
                Some(-self.step())
            }
            _ => None,
        }
    }
}

#[component]
pub fn Divider(label: &'static str, value: RwSignal<f64>, extent: Extent) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let set = move |wanted: f64| {
        let wanted = wanted.clamp(extent.least, extent.most);
        value.set(wanted);
        storage::write(extent.kept, &format!("{wanted:.1}"));
    };
    let press = move |event: PointerEvent| {
        event.prevent_default();
        if let Some(element) = element.get_untracked() {
            let _ = element.set_pointer_capture(event.pointer_id());
        }
    };
    let moves = move |event: PointerEvent| {
        let own = element.get_untracked().filter(|own| own.has_pointer_capture(event.pointer_id()));
        if let Some(around) = own.and_then(|own| own.parent_element()) {
            let place = (f64::from(event.client_x()), f64::from(event.client_y()));
            set(extent.at(place, &around.get_bounding_client_rect()));
        }
    };
    let key = move |event: KeyboardEvent| {
        if let Some(by) = extent.by_key(&event.key()) {
            event.prevent_default();
            event.stop_propagation();
            set(value.get_untracked() + by);
        }
    };
    let lies = if extent.side == Side::Below { "horizontal" } else { "vertical" };
    view! {
        <div
            class="kl-divider"
            node_ref=element
            role="separator"
            tabindex="0"
            aria-orientation=lies
            aria-label=label
            aria-valuemin=extent.least.to_string()
            aria-valuemax=extent.most.to_string()
            aria-valuenow=move || format!("{:.0}", value.get())
            on:pointerdown=press
            on:pointermove=moves
            on:keydown=key
            on:dblclick=move |_| set(extent.usual)
        ></div>
    }
}
