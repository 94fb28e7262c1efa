//! The small map in the corner. For the eye and the pointer only: the keyboard has Tab, arrows and "fit".

use super::Shown;
use canvas::{Canvas, Input, Minimap, Point, Rect, Size};
use leptos::html::Div;
use leptos::prelude::*;
use model::NodeId;
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
    // Drawn once, in canvas units: a view that moves changes the group's scale and the frame, and no box.
    let boxes = shown.canvas.with_untracked(|canvas| {
        canvas.scene().nodes.iter().map(|node| node_box(node.id.clone(), node.area, shown)).collect_view()
    });
    let scale = move || map.get().map(|map| map.svg());
    let frame = Memo::new(move |_| shown.canvas.with(|canvas| canvas.view().visible(canvas.screen())));
    view! {
        <div class="kl-minimap" node_ref=area aria-hidden="true" on:pointerdown=press on:pointermove=drag>
            <svg viewBox=format!("0 0 {} {}", MAP.width, MAP.height)>
                <g transform=scale>
                    {boxes}
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

fn node_box(id: NodeId, area: Rect, shown: Shown) -> impl IntoView {
    let chosen = move || shown.selected.with(|selected| selected.as_ref() == Some(&id)).then_some("");
    let Rect { min, size } = area;
    view! { <rect x=min.x y=min.y width=size.width height=size.height rx="12" data-selected=chosen></rect> }
}

fn map_of(canvas: &Canvas) -> Option<Minimap> {
    Minimap::new(canvas.scene(), canvas.view(), canvas.screen(), MAP)
}
