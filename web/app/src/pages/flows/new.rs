//! A flow that is begun from nothing: its name, and then the editor.

use super::super::act;
use crate::client::{client, path as fill_path};
use crate::words::words;
use api::{SaveDraft, SavedDraft, path};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use model::{DOCUMENT_VERSION, FlowDocument, FlowId, Settings};
use ui::{Button, ButtonKind, TextField};

/// Characters of an id that is made of a name.
const ID_LETTERS_MAX: usize = 40;

#[component]
pub fn NewFlowForm() -> impl IntoView {
    let w = words();
    let (client, navigate) = (client(), use_navigate());
    let (name, busy, error) =
        (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(None::<String>));
    let create = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked().trim().to_owned();
        if name.is_empty() {
            return error.set(Some(w.value_required.to_owned()));
        }
        let id = id_of(&name, crate::time::now_ms());
        let document = empty(id.clone(), name);
        let (path, body) =
            (fill_path(path::FLOW_DRAFT, id.as_str()), SaveDraft { document, revision: 0, based_on: 0 });
        let navigate = navigate.clone();
        act(busy, async move { client.put::<SavedDraft>(&path, &body).await }, move |_| {
            navigate(&format!("/flows/{id}/edit"), Default::default());
        });
    };
    view! {
        <form class="kl-begin" on:submit=create>
            <TextField label=w.flow_name value=name error hint=w.new_flow_text required=true autofocus=true/>
            <Button kind=ButtonKind::Primary submit=true busy>{w.create}</Button>
        </form>
    }
}

fn empty(id: FlowId, name: String) -> FlowDocument {
    FlowDocument {
        khlong: DOCUMENT_VERSION,
        id,
        name,
        settings: Settings::default(),
        nodes: Vec::new(),
        edges: Vec::new(),
        folder: Default::default(),
        tags: Default::default(),
        layout: Default::default(),
        notes: Vec::new(),
        groups: Vec::new(),
        samples: Default::default(),
    }
}

/// A permanent id to be read: of the name's letters where it has Latin ones, with the time so that no two are the same.
pub fn id_of(name: &str, now: i64) -> FlowId {
    let plain = name.to_lowercase();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut stem: String = words.collect::<Vec<_>>().join("-");
    stem.truncate(ID_LETTERS_MAX);
    let stem = if stem.is_empty() { "flow".to_owned() } else { stem };
    FlowId::from(format!("{stem}-{:x}", now.rem_euclid(1 << 32)).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_what_can_be_read_in_a_name() {
        assert_eq!(id_of("New order → ERP", 255).as_str(), "new-order-erp-ff");
        assert_eq!(id_of("คำสั่งซื้อใหม่", 16).as_str(), "flow-10");
    }
}
