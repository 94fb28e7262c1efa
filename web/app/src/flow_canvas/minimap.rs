//! The small map in the corner. For the eye and the pointer only: the keyboard has Tab, arrows and "fit".

use super::Shown;
use canvas::{Canvas, Input, Minimap, Point, Rect, Size};
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::PointerEvent;

const MAP: Size = Size::new(164.0, 96.0);

#[component]
pub fn SmallMap(shown: Shown) -> impl IntoView {
    let area = NodeRef::<Div>::new();
    let map = Memo::new(move |_| shown.canvas.with(map_of));
    let go = move |event: &PointerEvent| {
        let Some((map, area)) = map.get_untracked().zip(area.get_untracked()) else { return };
        let bounds = area.get_bounding_client_rect();
        let at =
            Point::new(f64::from(event.client_x()) - bounds.x(), f64::from(event.client_y()) - bounds.y());
        shown.handle(Input::CentreOn(map.on_canvas(at)));
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
    let boxes = move || {
        let map = map.get()?;
        let areas = shown.canvas.with_untracked(|canvas| {
            canvas.scene().nodes.iter().map(|node| (node.id.clone(), node.area)).collect::<Vec<_>>()
        });
        let selected = shown.selected.get();
        let node = |(id, area): (_, Rect)| {
            let on = (selected.as_ref() == Some(&id)).then_some("");
            let Rect { min, size } = map.on_map(area);
            view! { <rect x=min.x y=min.y width=size.width height=size.height rx="2" data-selected=on></rect> }
        };
        Some(areas.into_iter().map(node).collect_view())
    };
    let frame = move || {
        let map = map.get()?;
        let visible = shown.canvas.with(|canvas| canvas.view().visible(canvas.screen()));
        let Rect { min, size } = map.on_map(visible);
        Some(
            view! { <rect class="kl-minimap-frame" x=min.x y=min.y width=size.width height=size.height rx="4"></rect> },
        )
    };
    view! {
        <div class="kl-minimap" node_ref=area aria-hidden="true" on:pointerdown=press on:pointermove=drag>
            <svg viewBox=format!("0 0 {} {}", MAP.width, MAP.height)>{boxes}{frame}</svg>
        </div>
    }
}

fn map_of(canvas: &Canvas) -> Option<Minimap> {
    Minimap::new(canvas.scene(), canvas.view(), canvas.screen(), MAP)
}
