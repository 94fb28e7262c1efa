//! Whose credentials a node uses.

use super::fields::edit_text;
use crate::client::client;
use crate::editor::desk::Desk;
use crate::load::Load;
use crate::pages::{ConnectionDialog, Editing};
use crate::shell::specs;
use crate::words::{fill, language, words};
use api::{ConnectionList, path};
use canvas::draft::Stroke;
use leptos::prelude::*;
use model::{FlowDocument, NodeId};
use ui::{Button, ButtonKind, Choice, Icon, Select};

#[component]
pub fn ConnectionField(desk: Desk, node: NodeId, connector: String) -> impl IntoView {
    let w = words();
    let client = client();
    let all = Load::new(move || async move { client.get::<ConnectionList>(path::CONNECTIONS).await });
    let read = {
        let node = node.clone();
        move |doc: &FlowDocument| {
            let chosen = doc.node(node.as_str()).and_then(|node| node.connection.clone());
            chosen.map(|name| name.to_string()).unwrap_or_default()
        }
    };
    let held = desk.of_document(read.clone());
    let system = specs().connectors.get(&connector).map(|spec| language().of(&spec.title).to_owned());
    let (editing, of) = (RwSignal::new(None::<Editing>), StoredValue::new(connector.clone()));
    // The dialog is there from the first time on that it is wanted.
    let is_wanted = RwSignal::new(false);
    let add = move |_| {
        is_wanted.set(true);
        editing.set(Some(Editing::NewOf(of.get_value())));
    };
    let add_words = fill(w.new_connection_to, &[&system.unwrap_or_else(|| connector.clone())]);
    let choices = Memo::new(move |_| {
        let none = Choice::new("", w.connection_none);
        let list = all.get().map(|list| list.connections).unwrap_or_default();
        let own = list.into_iter().filter(|one| one.connector == connector);
        let mut names: Vec<String> = own.map(|one| one.name.to_string()).collect();
        // What is set is shown, also while the others are asked for, without an answer, and when it is gone.
        let held = held.get();
        if !held.is_empty() && !names.contains(&held) {
            names.push(held);
        }
        let named = names.into_iter().map(|name| Choice::new(name.clone(), name));
        std::iter::once(none).chain(named).collect::<Vec<_>>()
    });
    let value = edit_text(desk, None::<Stroke>, read, move |doc, text| {
        if let Some(found) = doc.nodes.iter_mut().find(|one| one.id == node) {
            found.connection = (!text.is_empty()).then(|| text.into());
        }
    });
    // One that is made here is the one that is meant.
    let made = move |name: String| drop(value.try_set(name));
    view! {
        <Select label=w.connection value choices/>
        <div><Button kind=ButtonKind::Quiet icon=Icon::Plus on_click=add>{add_words}</Button></div>
        <Show when=move || is_wanted.get()>
            <ConnectionDialog editing on_saved=move |()| all.refresh() on_made=made/>
        </Show>
    }
}
