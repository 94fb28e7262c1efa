//! One node beside the drawing: its head, and a tab for each of its sides.

use super::board::Board;
use super::data::InputPane;
use super::errors::ErrorsTab;
use super::notes::NotesTab;
use super::output::OutputPane;
use super::setup::SetupTab;
use crate::editor::desk::Desk;
use crate::flow_view::{family_name, family_words, glyph};
use crate::words::{language, words};
use leptos::prelude::*;
use model::{Family, Field, FieldKind, NodeId, OperationSpec};
use ui::{Icon, IconButton, Tabs};

/// A node as it is looked at; drawn anew only for another operation, so that what is being typed keeps its focus.
#[derive(Clone)]
pub struct Opened {
    pub desk: Desk,
    pub node: NodeId,
    pub spec: Option<OperationSpec>,
    pub board: Board,
}

impl Opened {
    pub fn is_trigger(&self) -> bool {
        self.spec.as_ref().is_some_and(|spec| spec.family == Family::Trigger)
    }

    /// Whether it is set up by mapping fields.
    pub fn maps(&self) -> bool {
        let is_mapping = |field: &Field| field.kind == FieldKind::Mapping;
        self.spec.as_ref().is_some_and(|spec| spec.fields.iter().any(is_mapping))
    }
}

/// Draws a node by `body`, for as long as it has this operation.
pub fn opened<T: IntoView + 'static>(
    desk: Desk,
    node: NodeId,
    body: impl Fn(Opened) -> T + Send + 'static,
) -> impl Fn() -> Option<T> {
    let id = node.clone();
    let operation = desk.of_document(move |doc| doc.node(id.as_str()).map(|node| node.operation.clone()));
    move || {
        let operation = operation.get()?;
        let spec = desk.specs().operation(&operation).cloned();
        Some(body(Opened { desk, node: node.clone(), spec, board: Board::provide() }))
    }
}

#[component]
pub fn NodePanel(desk: Desk, node: NodeId) -> impl IntoView {
    opened(desk, node, |opened| view! { <Panel opened/> })
}

#[component]
fn Panel(opened: Opened) -> impl IntoView {
    let w = words();
    let tab = opened.desk.look.tab;
    let is_trigger = opened.is_trigger();
    let tabs = [
        Some(("setup", w.setup)),
        (!is_trigger).then_some(("input", w.input)),
        Some(("output", w.output)),
        Some(("errors", w.errors)),
        Some(("notes", w.notes)),
    ];
    let tabs: Vec<_> = tabs.into_iter().flatten().map(|(name, words)| (name, words.to_owned())).collect();
    let shown = Memo::new(move |_| match tab.get() {
        "input" if is_trigger => "setup",
        tab => tab,
    });
    let rest = {
        let opened = StoredValue::new(opened.clone());
        move || {
            let opened = opened.get_value();
            let (desk, node, board) = (opened.desk, opened.node.clone(), opened.board);
            match shown.get() {
                "input" => view! { <InputPane desk node board/> }.into_any(),
                "output" => view! { <OutputPane opened/> }.into_any(),
                "errors" => view! { <ErrorsTab opened/> }.into_any(),
                "notes" => view! { <NotesTab opened/> }.into_any(),
                _ => ().into_any(),
            }
        }
    };
    let is_setup = move || shown.get() == "setup";
    view! {
        <Head opened=opened.clone()/>
        <Tabs label=w.inspector_tabs tabs=Signal::stored(tabs) selected=tab/>
        // Kept while another tab is looked at: values are put into its fields from there.
        <div class="kl-inspector-body" hidden=move || !is_setup()><SetupTab opened=opened.clone()/><OutputPane opened=opened.clone()/></div>
        <div class="kl-inspector-body" hidden=is_setup>{rest}</div>
    }
}

/// The picture, the title to be changed, and what the node does.
#[component]
pub fn Head(opened: Opened) -> impl IntoView {
    let w = words();
    let Opened { desk, node, spec, .. } = opened;
    let family = spec.as_ref().map(|spec| spec.family);
    let operation = desk.document().node(node.as_str()).map(|node| node.operation.clone());
    let picture = operation.clone().map(|operation| view! { <crate::flow_canvas::GlyphBox glyph=glyph(&operation, &desk.specs()) family=family_name(family)/> });
    let title = spec
        .as_ref()
        .map(|spec| language().of(&spec.title).to_owned())
        .or_else(|| operation.map(|operation| operation.to_string()));
    let text = super::setup::title(desk, node);
    let large = desk.look.large;
    let toggle = move || {
        let (icon, label) = if large.get() { (Icon::Cross, w.close) } else { (Icon::Fit, w.open_large) };
        view! { <IconButton icon label on_click=move |()| large.update(|large| *large = !*large)/> }
    };
    view! {
        <header class="kl-inspector-head">
            {picture}
            <div class="kl-inspector-title">
                <input class="kl-title-input" aria-label=w.node_title placeholder=title.clone() prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))/>
                <p>{title} " · " {family_words(family, w)}</p>
            </div>
            {toggle}
        </header>
    }
}
