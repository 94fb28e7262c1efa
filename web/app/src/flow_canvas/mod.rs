//! The canvas drawn with Leptos. What to draw and what a gesture means is decided in the crate `canvas`; here events are
//! handed in and the answers are put on the screen.

mod events;
mod minimap;
mod node;
mod outline;
pub mod surface;
mod work;

use crate::flow_view::Face;
use crate::storage;
use crate::words::words;
use canvas::{Canvas, Change, Input, Key, Rect, Scene, Viewport};
use leptos::html::Section;
use leptos::prelude::*;
use minimap::SmallMap;
use model::{NodeId, Port};
use node::{EdgeCounts, Edges, NodeBox};
pub use node::{GlyphBox, pixels};
use outline::Outline;
use std::collections::HashMap;
use std::sync::Arc;
use ui::{Icon, IconButton};
pub use work::{INSPECTOR, Work};

/// What a run has made of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The state as an attribute, and in words.
    pub state: &'static str,
    pub words: String,
    /// What stands in the node's corner: a tick and how often.
    pub badge: String,
}

/// What a run has made of a flow; nothing while the flow itself is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    pub nodes: HashMap<NodeId, Mark>,
    /// How many values went along each edge.
    pub edges: HashMap<(NodeId, Port, NodeId), u64>,
}

/// The flow on show: a cheap handle shared by the canvas, the outline and the inspector.
#[derive(Clone, Copy)]
pub struct Shown {
    pub canvas: RwSignal<Canvas>,
    pub selected: Memo<Option<NodeId>>,
    pub faces: StoredValue<HashMap<NodeId, Face>>,
    pub marks: Signal<Option<Arc<Marks>>>,
}

impl Shown {
    pub fn new(scene: Scene, faces: HashMap<NodeId, Face>, marks: Signal<Option<Arc<Marks>>>) -> Self {
        let canvas = RwSignal::new(Canvas::new(scene));
        let selected = Memo::new(move |_| canvas.with(|canvas| canvas.selected().cloned()));
        Self { canvas, selected, faces: StoredValue::new(faces), marks }
    }

    pub fn view(self) -> Signal<Viewport> {
        Memo::new(move |_| self.canvas.with(Canvas::view)).into()
    }

    /// Selects a node and brings it into view.
    pub fn show(self, node: NodeId) {
        self.handle(Input::Focus(node));
    }

    /// Looks at the part of the flow that was looked at last time, and keeps it for the next.
    pub fn remember_view(self, flow: &str) {
        let key = format!("{}{flow}", storage::VIEW);
        if let Some(view) = storage::recall(&key).and_then(|text| Viewport::from_text(&text)) {
            self.canvas.update(|canvas| canvas.return_to(view));
        }
        let keep = move || {
            let view = self.canvas.try_with_untracked(Canvas::chosen_view).flatten();
            storage::keep(&key, &view.map(|view| view.to_string()).unwrap_or_default());
        };
        // Going to another page of Khlong, and away from it.
        let leave = keep.clone();
        let _ = leptos_use::use_event_listener(window(), leptos::ev::pagehide, move |_| leave());
        on_cleanup(keep);
    }

    pub fn unselect(self) {
        self.canvas.update(|canvas| drop(canvas.select(None)));
    }

    fn handle(self, input: Input) -> Vec<Change> {
        self.canvas.try_update(|canvas| canvas.handle(input)).unwrap_or_default()
    }

    fn mark(self, node: &NodeId) -> Option<Mark> {
        self.marks.with(|marks| marks.as_ref().and_then(|marks| marks.nodes.get(node).cloned()))
    }
}

#[component]
fn FlowCanvas(shown: Shown, on_open: Callback<NodeId>) -> impl IntoView {
    let area = NodeRef::<Section>::new();
    let view = shown.view();
    let grabbing = Memo::new(move |_| shown.canvas.with(Canvas::is_grabbing));
    events::attach(area, shown, on_open);
    let Scene { nodes, edges, bodies, .. } = shown.canvas.with_untracked(|canvas| canvas.scene().clone());
    let (x, y) =
        (move || format!("{:.2}px", view.get().offset.x), move || format!("{:.2}px", view.get().offset.y));
    let zoom = move || format!("{:.4}", view.get().zoom);
    // The properties are not inherited (see the style sheet), so both the dots and the layer get them.
    view! {
        <section
            class="kl-canvas"
            node_ref=area
            aria-label=words().canvas
            aria-description=words().canvas_help
            data-grabbing=move || grabbing.get().then_some("")
            style:--vx=x
            style:--vy=y
            style:--vz=zoom
        >
            <div class="kl-canvas-layer" style:--vx=x style:--vy=y style:--vz=zoom>
                {bodies.into_iter().map(body_tint).collect_view()}
                <Edges edges=edges.clone() shown/>
                <EdgeCounts edges shown/>
                {nodes.into_iter().map(|node| view! { <NodeBox node shown/> }).collect_view()}
            </div>
            <ZoomBar view on_key=move |key| drop(shown.handle(Input::Key(key)))/>
            <SmallMap shown/>
        </section>
    }
}

/// What runs once per item.
pub fn body_tint(body: Rect) -> impl IntoView {
    rectangle("kl-body-tint", body)
}

pub fn rectangle(class: &'static str, area: Rect) -> impl IntoView {
    view! {
        <div
            class=class
            style:--x=pixels(area.min.x)
            style:--y=pixels(area.min.y)
            style:--w=pixels(area.size.width)
            style:--h=pixels(area.size.height)
        ></div>
    }
}

/// The buttons in the canvas's corner; what it can do beyond looking comes behind them.
#[component]
pub fn ZoomBar(
    #[prop(into)] view: Signal<Viewport>,
    #[prop(into)] on_key: Callback<Key>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let w = words();
    view! {
        // A press here is not a press on the canvas below.
        <div class="kl-zoom" on:pointerdown=|event| event.stop_propagation()>
            <IconButton icon=Icon::Minus label=w.zoom_out on_click=move |()| on_key.run(Key::ZoomOut)/>
            <button class="kl-button kl-zoom-level" type="button" data-kind="quiet" title=w.zoom_reset on:click=move |_| on_key.run(Key::ZoomReset)>
                {move || format!("{:.0}%", view.get().zoom * 100.0)}
            </button>
            <IconButton icon=Icon::Plus label=w.zoom_in on_click=move |()| on_key.run(Key::ZoomIn)/>
            <IconButton icon=Icon::Fit label=w.zoom_fit on_click=move |()| on_key.run(Key::Fit)/>
            {children.map(|children| children())}
        </div>
    }
}
