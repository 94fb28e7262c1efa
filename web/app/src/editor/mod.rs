//! The editor's page: what a flow is made of on the left, the drawing in the middle, what is set on the right.

pub mod action;
mod asking;
mod brought;
mod clipboard;
mod conflict;
mod connecting;
mod desk;
mod divider;
mod draw;
mod drawing;
mod events;
mod extracting;
mod foreign;
mod from_run;
mod inspector;
pub mod keys;
mod linked;
mod menu;
mod outline;
mod palette;
mod parts;
mod preview;
mod publish;
mod renaming;
mod search;
mod state;
mod testing;
mod unpublish;
mod versions;
mod xrefs;

use crate::client::client;
use crate::commands::{Commands, Door};
use crate::flow_canvas::remember_view;
use crate::focus::{self, focus_on};
use crate::load;
use crate::pages::load_named;
use crate::shell::{specs, title_window};
use crate::time::Ago;
use crate::words::{language, words};
use action::Action;
use api::{Draft, path};
use asking::Said;
use canvas::Canvas;
use canvas::draft::{Inserted, Refusal};
use conflict::Conflict;
use connecting::Connecting;
use desk::{Desk, Told};
use divider::{Divider, Extent, Side, Unit};
use draw::EditCanvas;
pub use events::is_typing;
use inspector::EditInspector;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use model::OperationId;
use outline::EditOutline;
use palette::{OpenPalette, Palette};
use publish::Publish;
use search::FlowSearch;
use state::FlowState;
use ui::{Icon, IconButton};
use unpublish::Unpublish;

/// How wide what is set is beside the drawing.
const BESIDE: Extent = Extent {
    kept: "khlong.pane.inspector",
    side: Side::Right,
    unit: Unit::Pixel,
    usual: 372.0,
    least: 300.0,
    most: 900.0,
};

/// The editor is a piece of its own: whoever looks at runs on a phone does not fetch it.
pub struct EditorRoute;

#[lazy_route]
impl LazyRoute for EditorRoute {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let EditorRoute = this;
        view! { <Editor/> }.into_any()
    }
}

#[component]
fn Editor() -> impl IntoView {
    let (load, _) = load_named::<Draft>(path::FLOW_DRAFT);
    load::draw(load, move |draft| view! { <EditorPage draft=draft.get_untracked()/> })
}

#[component]
fn EditorPage(draft: Draft) -> impl IntoView {
    let w = words();
    let desk = Desk::new(&draft, specs(), client());
    // A link may lead to one node.
    let wanted = use_query_map().with_untracked(|query| query.get("node"));
    if let Some(node) = wanted.filter(|node| draft.document.node(node).is_some()) {
        desk.does(|canvas| canvas.select(Some(node.as_str().into())));
    }
    drawing::fold_again(desk);
    remember_view(desk.canvas, draft.document.id.as_str());
    from_run::take_event(desk);
    let name = Memo::new(move |_| {
        desk.changed.track();
        desk.document().name
    });
    Effect::new(move |_| title_window(&name.get()));
    let (can_undo, can_redo) =
        (step(desk, canvas::draft::Draft::can_undo), step(desk, canvas::draft::Draft::can_redo));
    let id = draft.document.id.to_string();
    versions::adopt(desk);
    keys::listen(desk);
    lead_in(desk);
    let outline = desk.asking.outline;
    let beside = BESIDE.recall();
    view! {
        <header class="kl-top">
            <h1 class="kl-crumb"><A href="/flows">{w.flows}</A><span>"/"</span><A href=format!("/flows/{id}")>{move || name.get()}</A></h1>
            <FlowState desk/>
            <span class="kl-spring"></span>
            <IconButton icon=Icon::List label=w.action_outline pressed=Signal::from(outline) on_click=move |()| Action::Outline.run(desk)/>
            <IconButton icon=Icon::Undo label=w.undo on_click=move |()| drop(desk.does(Canvas::undo)) disabled=Signal::derive(move || !can_undo.get())/>
            <IconButton icon=Icon::Redo label=w.redo on_click=move |()| drop(desk.does(Canvas::redo)) disabled=Signal::derive(move || !can_redo.get())/>
            <testing::TestButton desk/>
            <Publish desk/>
        </header>
        <Conflict desk/>
        <Unpublish desk/>
        <versions::NamePoint desk/>
        <linked::Linked desk/>
        <main class="kl-editor" style:--inspector=move || format!("{}px", beside.get())>
            <Palette desk/>
            <div class="kl-desk">
                <div class="kl-sheet" data-outline=move || outline.get().then_some("")>
                    <EditCanvas desk/>
                    <Show when=move || outline.get()><EditOutline desk/></Show>
                    <FlowSearch desk/>
                    <OpenPalette desk/>
                </div>
                <testing::TestPanel desk/>
            </div>
            <Divider label=w.inspector_wider value=beside extent=BESIDE/>
            <EditInspector desk/>
            <menu::Menu desk/>
        </main>
        <Connecting desk/>
        <Said desk/>
    }
}

fn step(desk: Desk, ask: fn(&canvas::draft::Draft) -> bool) -> Memo<bool> {
    Memo::new(move |_| {
        desk.changed.track();
        desk.canvas.with_untracked(|canvas| canvas.draft().is_some_and(ask))
    })
}

/// The command bar reaches the flow while it is open here.
fn lead_in(desk: Desk) {
    let add = move |operation: OperationId| insert(desk, &operation, events::after_chosen(desk));
    Commands::here().lead_into(Door {
        run: Callback::new(move |action: Action| action.run(desk)),
        can: Callback::new(move |action: Action| action.is_possible(desk)),
        add: Callback::new(add),
    });
}

/// Puts a node in, titled as its operation is called.
fn insert(desk: Desk, operation: &OperationId, place: Inserted) {
    let specs = desk.specs();
    let Some(spec) = specs.operation(operation) else { return };
    let title = language().of(&spec.title).to_owned();
    let changes = desk.does(|canvas| canvas.insert(operation, &title, place));
    for change in changes {
        if let canvas::Change::FocusNode(node) = change {
            focus_node(node);
        }
    }
}

/// Another operation in a node's place, titled as it is called.
fn replace(desk: Desk, node: &model::NodeId, operation: &OperationId) {
    let specs = desk.specs();
    let Some(spec) = specs.operation(operation) else { return };
    let title = language().of(&spec.title).to_owned();
    drop(desk.does(|canvas| canvas.replace(node, operation, &title)));
    focus_node(node.clone());
}

fn focus_node(node: model::NodeId) {
    // Its element is drawn only after this. The list lies over the drawing.
    focus::soon(move || {
        if !focus_on(&format!(".kl-outline [data-node=\"{node}\"]")) {
            crate::flow_canvas::surface::focus(&node);
        }
    });
}

fn told_words(told: Told) -> &'static str {
    match told {
        Told::Refused(why) => refusal_words(why),
    }
}

fn refusal_words(why: Refusal) -> &'static str {
    let w = words();
    match why {
        Refusal::NotThere => w.refused_not_there,
        Refusal::ToItself => w.refused_itself,
        Refusal::IntoTrigger => w.refused_trigger,
        Refusal::Already => w.refused_already,
        Refusal::Circle => w.refused_circle,
        Refusal::OutOfLoop => w.refused_loop,
    }
}

/// When the other one saved, for the note about a conflict.
fn saved_words(theirs: &Draft) -> impl IntoView + use<> {
    let by = theirs.saved_by.clone().unwrap_or_default();
    let at = theirs.saved_at.map(|at| view! { <Ago at/> });
    view! { <b>{by}</b> " " {at} }
}
