//! A list whose entries have fields of their own.

use super::editing::{EditFrame, Editing};
use super::{FieldEditor, JsonEditor};
use crate::words::{fill, words};
use leptos::prelude::*;
use model::{FieldKind, Value};
use serde_json::Map;
use ui::{Button, Icon, IconButton};

#[component]
pub fn ListEditor(editing: Editing) -> impl IntoView {
    let FieldKind::List(fields) = editing.field.kind.clone() else { return ().into_any() };
    let held = editing.held;
    // Entries that are computed as a whole have no fields to show.
    let as_json = held.with_untracked(|held| {
        held.as_ref().and_then(Value::as_array).is_some_and(|entries| !entries.iter().all(Value::is_object))
    });
    if as_json {
        return view! { <JsonEditor editing/> }.into_any();
    }
    let fields = StoredValue::new(fields);
    let own = StoredValue::new(editing.clone());
    let fixed = move |ids: ui::FieldIds| {
        let count =
            Memo::new(move |_| held.with(|held| held.as_ref().and_then(Value::as_array).map_or(0, Vec::len)));
        let add = move |_| change(&own.get_value(), |entries| entries.push(Value::Object(Map::new())));
        view! {
            <div class="kl-list" role="group" id=ids.input aria-labelledby=ids.label aria-describedby=ids.note>
                <For each=move || 0..count.get() key=|index| *index let:index><Entry own fields count index/></For>
                <div><Button icon=Icon::Plus on_click=add>{words().list_add}</Button></div>
            </div>
        }
        .into_any()
    };
    view! { <EditFrame editing fixed/> }.into_any()
}

/// Changes the list as one step.
fn change(editing: &Editing, what: impl FnOnce(&mut Vec<Value>)) {
    let mut entries = match editing.held.get_untracked() {
        Some(Value::Array(entries)) => entries,
        _ => Vec::new(),
    };
    what(&mut entries);
    editing.pick((!entries.is_empty()).then_some(Value::Array(entries)));
}

#[component]
fn Entry(
    own: StoredValue<Editing>,
    fields: StoredValue<Vec<model::Field>>,
    count: Memo<usize>,
    index: usize,
) -> impl IntoView {
    let w = words();
    let number = index + 1;
    let (desk, place) = own.with_value(|own| (own.desk, own.place.step(index)));
    let editors = fields.with_value(|fields| {
        let editor = |field: &model::Field| {
            let place = place.step(&field.name);
            view! { <FieldEditor desk place field=field.clone()/> }.into_any()
        };
        fields.iter().map(editor).collect_view()
    });
    let swap = move |with: usize| {
        change(&own.get_value(), |entries| {
            if index < entries.len() && with < entries.len() {
                entries.swap(index, with);
            }
        })
    };
    let remove = move |()| {
        change(&own.get_value(), |entries| {
            if index < entries.len() {
                entries.remove(index);
            }
        })
    };
    view! {
        <fieldset class="kl-list-entry">
            <legend>{number}</legend>
            <div class="kl-list-tools">
                <IconButton icon=Icon::Up label=fill(w.list_up, &[&number]) on_click=move |()| swap(index.saturating_sub(1)) disabled=Signal::stored(index == 0)/>
                <IconButton icon=Icon::Down label=fill(w.list_down, &[&number]) on_click=move |()| swap(index + 1) disabled=Signal::derive(move || index + 1 >= count.get())/>
                <IconButton icon=Icon::Bin label=fill(w.list_remove, &[&number]) on_click=remove/>
            </div>
            {editors}
        </fieldset>
    }
}
