//! A remark for people, whether the node is on, and what can be done with it.

use super::connect::Connect;
use super::fields::{edit_switch, edit_text};
use super::node::Opened;
use crate::editor::action::Action;
use crate::words::words;
use canvas::Canvas;
use canvas::draft::Stroke;
use leptos::prelude::*;
use model::FlowDocument;
use ui::{Button, ButtonKind, Icon, Switch, TextArea};

#[component]
pub fn NotesTab(opened: Opened) -> impl IntoView {
    let w = words();
    let Opened { desk, node, .. } = opened;
    let id = StoredValue::new(node.clone());
    let read = {
        let node = node.clone();
        move |doc: &FlowDocument| doc.node(node.as_str()).map(|node| node.note.clone()).unwrap_or_default()
    };
    let stroke = Stroke::Typing { node: Some(node.clone()), field: "/note".into() };
    let note = edit_text(desk, stroke, read, move |doc, text| {
        if let Some(found) = doc.nodes.iter_mut().find(|one| one.id == node) {
            found.note = text.to_owned();
        }
    });
    let off = desk
        .of_document(move |doc| id.with_value(|id| doc.node(id.as_str()).is_some_and(|node| node.disabled)));
    let disabled = edit_switch(off, move |_| drop(desk.does(Canvas::toggle)));
    view! {
        <TextArea label=w.node_note value=note rows=4/>
        <Switch label=w.node_off value=disabled hint=w.disabled/>
        <Connect desk node=id.get_value()/>
        <div class="kl-row">
            <Button icon=Icon::Copy on_click=move |_| drop(desk.does(Canvas::duplicate))>{w.duplicate}</Button>
            <Button kind=ButtonKind::Danger icon=Icon::Bin on_click=move |_| Action::Delete.run(desk)>{w.delete}</Button>
        </div>
        <p class="kl-muted">{w.node_id}": "<code>{id.get_value().to_string()}</code></p>
    }
}
