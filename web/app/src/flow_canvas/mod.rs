//! The canvas drawn with Leptos. What to draw and what a gesture means is decided in the crate `canvas`; here events are
//! handed in and the answers are put on the screen.

pub mod around;
mod events;
pub mod folds;
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
pub use minimap::SmallMap;
use model::{Edge, GroupId, NodeId, Port};
use node::{EdgeCount, EdgeLine, NodeBox};
pub use node::{GlyphBox, arrowhead, pixels, port_name};
use outline::Outline;
pub use outline::leads_to;
use std::collections::HashMap;
use std::sync::Arc;
use ui::{Icon, IconButton, Toolbar};
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
    /// What else is told of an edge, such as that it is new.
    pub told: HashMap<(NodeId, Port, NodeId), &'static str>,
}

/// The flow on show: a cheap handle shared by the canvas, the outline and the inspector.
#[derive(Clone, Copy)]
pub struct Shown {
    pub canvas: RwSignal<Canvas>,
    pub selected: Memo<Option<NodeId>>,
    pub faces: StoredValue<HashMap<NodeId, Face>>,
    /// The flow for which it is remembered what is folded; nothing where it is forgotten.
    folds_of: StoredValue<Option<String>>,
    pub marks: Signal<Option<Arc<Marks>>>,
}

impl Shown {
    pub fn new(scene: Scene, faces: HashMap<NodeId, Face>, marks: Signal<Option<Arc<Marks>>>) -> Self {
        let canvas = RwSignal::new(Canvas::new(scene));
        let selected = Memo::new(move |_| canvas.with(|canvas| canvas.selected().cloned()));
        Self { canvas, selected, faces: StoredValue::new(faces), folds_of: StoredValue::new(None), marks }
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
        remember_view(self.canvas, flow);
    }

    /// Folds what this person has folded in the flow, here or in the editor.
    pub fn remember_folds(self, flow: &str) {
        self.folds_of.set_value(Some(flow.to_owned()));
        let folded = folds::recall(flow);
        self.canvas.update(|canvas| drop(canvas.fold(&folded, true)));
    }

    fn fold(self, group: GroupId, folded: bool) {
        self.canvas.update(|canvas| drop(canvas.fold(&[group].into(), folded)));
        if let Some(flow) = self.folds_of.get_value() {
            self.canvas.with_untracked(|canvas| folds::keep(&flow, canvas.folded()));
        }
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

/// Looks at the part of a flow that was looked at last time, and keeps it for the next.
pub fn remember_view(canvas: RwSignal<Canvas>, flow: &str) {
    let key = format!("{}{flow}", storage::VIEW);
    if let Some(view) = storage::recall(&key).and_then(|text| Viewport::from_text(&text)) {
        canvas.update(|canvas| canvas.return_to(view));
    }
    let keep = move || {
        let view = canvas.try_with_untracked(Canvas::chosen_view).flatten();
        storage::keep(&key, &view.map(|view| view.to_string()).unwrap_or_default());
    };
    // Going to another page of Khlong, and away from it.
    let leave = keep.clone();
    let _ = leptos_use::use_event_listener(window(), leptos::ev::pagehide, move |_| leave());
    on_cleanup(keep);
}

#[component]
pub fn FlowCanvas(shown: Shown, on_open: Callback<NodeId>) -> impl IntoView {
    let area = NodeRef::<Section>::new();
    let view = shown.view();
    let grabbing = Memo::new(move |_| shown.canvas.with(Canvas::is_grabbing));
    events::attach(area, shown, on_open);
    let notes = shown.canvas.with_untracked(|canvas| canvas.scene().notes.clone());
    // Another scene comes of folding a group.
    let redrawn = Memo::new(move |_| shown.canvas.with(Canvas::redrawn));
    let bodies = Memo::new(move |_| {
        redrawn.track();
        shown.canvas.with_untracked(|canvas| canvas.scene().bodies.clone())
    });
    // Of a large flow only what can be seen is drawn.
    let seen = Memo::new(move |_| shown.canvas.with(Canvas::seen));
    let nodes = Memo::new(move |_| {
        shown.selected.track();
        redrawn.track();
        let seen = seen.get();
        shown.canvas.with_untracked(|canvas| canvas.drawn_nodes(seen))
    });
    let edges = Memo::new(move |_| {
        redrawn.track();
        let seen = seen.get();
        shown.canvas.with_untracked(|canvas| canvas.drawn_edges(seen))
    });
    let edge_key = |edge: &Edge| (edge.from.clone(), edge.to.clone());
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
                {notes.into_iter().map(around::note).collect_view()}
                <around::Groups shown redrawn/>
                {move || bodies.get().into_iter().map(body_tint).collect_view()}
                <svg class="kl-edges" aria-hidden="true" marker-end="url(#kl-arrow)">
                    {arrowhead()}
                    <For each=move || edges.get() key=edge_key let:edge><EdgeLine edge shown redrawn/></For>
                </svg>
                <For each=move || edges.get() key=edge_key let:edge><EdgeCount edge shown redrawn/></For>
                <For each=move || nodes.get() key=NodeId::clone let:id><NodeBox id shown/></For>
            </div>
            <ZoomBar view on_key=move |key| drop(shown.handle(Input::Key(key)))/>
            <SmallMap canvas=shown.canvas on_input=move |input| drop(shown.handle(input))/>
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
        <Toolbar label=w.zoom class="kl-zoom" on:pointerdown=|event| event.stop_propagation()>
            <IconButton icon=Icon::Minus label=w.zoom_out on_click=move |()| on_key.run(Key::ZoomOut)/>
            <button class="kl-button kl-zoom-level" type="button" data-kind="quiet" title=w.zoom_reset on:click=move |_| on_key.run(Key::ZoomReset)>
                {move || format!("{:.0}%", view.get().zoom * 100.0)}
            </button>
            <IconButton icon=Icon::Plus label=w.zoom_in on_click=move |()| on_key.run(Key::ZoomIn)/>
            <IconButton icon=Icon::Fit label=w.zoom_fit on_click=move |()| on_key.run(Key::Fit)/>
            {children.map(|children| children())}
        </Toolbar>
    }
}
