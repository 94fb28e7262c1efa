//! The small map in the corner. For the eye and the pointer only: the keyboard has arrows and "fit".

use canvas::{Canvas, Input, Minimap, Point, Rect, Scene, Size};
use leptos::html::Div;
use leptos::prelude::*;
use std::fmt::Write;
use std::time::Duration;
use web_sys::PointerEvent;

const MAP: Size = Size::new(164.0, 96.0);
/// How long it stays after the last move.
const STAYS: Duration = Duration::from_secs(1);

/// Shown while the view moves, and as long as the pointer is on it.
#[component]
pub fn SmallMap(canvas: RwSignal<Canvas>, #[prop(into)] on_input: Callback<Input>) -> impl IntoView {
    let area = NodeRef::<Div>::new();
    let map = Memo::new(move |_| canvas.with(map_of));
    let hovered = RwSignal::new(false);
    let moving = moving(canvas);
    let go = move |event: &PointerEvent| {
        let Some((map, area)) = map.get_untracked().zip(area.get_untracked()) else { return };
        let bounds = area.get_bounding_client_rect();
        let at =
            Point::new(f64::from(event.client_x()) - bounds.x(), f64::from(event.client_y()) - bounds.y());
        on_input.run(Input::CentreOn(map.on_canvas(at)));
    };
    let press = move |event: PointerEvent| {
        event.stop_propagation();
        if let Some(area) = area.get_untracked() {
            let _ = area.set_pointer_capture(event.pointer_id());
        }
        go(&event);
    };
    let drag = move |event: PointerEvent| {
        event.stop_propagation();
        if event.buttons() != 0 {
            go(&event);
        }
    };
    // On the map there is nothing to scroll: the wheel zooms what it shows.
    let zoom = move |event: web_sys::WheelEvent| {
        event.stop_propagation();
        event.prevent_default();
        let screen = canvas.with_untracked(Canvas::screen);
        let at = Point::new(screen.width / 2.0, screen.height / 2.0);
        on_input.run(Input::Wheel { at, by: Point::new(0.0, event.delta_y()), zoom: true });
    };
    let redrawn = Memo::new(move |_| canvas.with(Canvas::redrawn));
    // One path for all nodes, in canvas units: a view that moves changes the group's scale and the frame, and no box.
    let boxes = Memo::new(move |_| {
        redrawn.track();
        canvas.with_untracked(|canvas| outlines(canvas.scene(), |_| true))
    });
    let selection = Memo::new(move |_| canvas.with(|canvas| canvas.selection().clone()));
    let chosen = Memo::new(move |_| {
        redrawn.track();
        let selection = selection.get();
        canvas.with_untracked(|canvas| outlines(canvas.scene(), |node| selection.contains(&node.id)))
    });
    let scale = move || map.get().map(|map| map.svg());
    let frame = Memo::new(move |_| canvas.with(|canvas| canvas.view().visible(canvas.screen())));
    view! {
        <div
            class="kl-minimap"
            node_ref=area
            aria-hidden="true"
            data-shown=move || (moving.get() || hovered.get()).then_some("")
            on:pointerdown=press
            on:pointermove=drag
            on:wheel=zoom
            on:pointerenter=move |_| hovered.set(true)
            on:pointerleave=move |_| hovered.set(false)
        >
            <svg viewBox=format!("0 0 {} {}", MAP.width, MAP.height)>
                <g transform=scale>
                    <path d=move || boxes.get()></path>
                    <path d=move || chosen.get() data-selected=""></path>
                    <rect
                        class="kl-minimap-frame"
                        x=move || frame.get().min.x
                        y=move || frame.get().min.y
                        width=move || frame.get().size.width
                        height=move || frame.get().size.height
                    ></rect>
                </g>
            </svg>
        </div>
    }
}

/// Whether the view has moved within the last moment.
fn moving(canvas: RwSignal<Canvas>) -> RwSignal<bool> {
    let moving = RwSignal::new(false);
    let view = Memo::new(move |_| canvas.with(|canvas| (canvas.view(), canvas.screen())));
    let waiting: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
    Effect::new(move |last: Option<Size>| {
        let (_, screen) = view.get();
        // The first views are how the page opens, and a window that is made larger moves nothing.
        if last == Some(screen) && !screen.is_empty() {
            moving.set(true);
            let hide = set_timeout_with_handle(
                move || {
                    moving.try_set(false);
                },
                STAYS,
            )
            .ok();
            if let Some(before) =
                waiting.try_update_value(|waiting| std::mem::replace(waiting, hide)).flatten()
            {
                before.clear();
            }
        }
        screen
    });
    moving
}

/// Boxes as one path.
fn outlines(scene: &Scene, which: impl Fn(&canvas::PlacedNode) -> bool) -> String {
    let shown = scene.nodes.iter().filter(|node| !node.folded && which(node)).map(|node| node.area);
    shown.fold(String::new(), |mut svg, Rect { min, size }| {
        // Into a text: it cannot fail.
        let _ = write!(
            svg,
            "M{:.0} {:.0}h{:.0}v{:.0}h-{:.0}z",
            min.x, min.y, size.width, size.height, size.width
        );
        svg
    })
}

fn map_of(canvas: &Canvas) -> Option<Minimap> {
    Minimap::new(canvas.scene(), canvas.view(), canvas.screen(), MAP)
}
