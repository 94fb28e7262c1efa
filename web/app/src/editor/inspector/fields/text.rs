//! Texts, with chips for the expressions in them, and whatever else is one line: numbers, addresses, lengths of time.

use super::edit::{Edited, Notation, as_text, edit_value};
use super::editing::{EditFrame, Editing};
use super::line::{Chipped, LineInput};
use leptos::prelude::*;
use model::template::{Part, parts};
use model::{Field, FieldKind, Value};
use ui::FieldIds;

#[component]
pub fn TextEditor(editing: Editing) -> impl IntoView {
    let notation = if editing.field.kind == FieldKind::Number { Notation::Number } else { Notation::Text };
    let Edited { text, wrong } = edited(&editing, notation);
    let kind = editing.field.kind.clone();
    let placeholder = placeholder(&editing.field);
    let fixed = move |ids: FieldIds| match kind {
        FieldKind::LongText => area(ids, text, 4, false, placeholder.clone()),
        _ => chipped(Some(ids.input), Some(ids.note), text, placeholder.clone(), ""),
    };
    view! { <EditFrame editing wrong fixed/> }
}

/// What stands for the empty field: what is so without being said, or what could be.
pub fn placeholder(field: &Field) -> String {
    match (&field.default, &field.example) {
        (Value::Null, example) => as_text(example),
        (default, _) => as_text(default),
    }
}

pub fn edited(editing: &Editing, notation: Notation) -> Edited {
    let place = editing.place.clone();
    edit_value(editing.desk, notation, editing.place.stroke(), editing.held, move |doc, value| {
        place.set(doc, value)
    })
}

pub fn area(ids: FieldIds, text: RwSignal<String>, rows: u32, mono: bool, placeholder: String) -> AnyView {
    view! {
        <textarea
            class="kl-input kl-input-area"
            class:kl-mono=mono
            id=ids.input
            rows=rows
            placeholder=placeholder
            spellcheck="false"
            data-entry=""
            aria-describedby=ids.note
            prop:value=move || text.get()
            on:input=move |event| text.set(event_target_value(&event))
        ></textarea>
    }
    .into_any()
}

/// One line. Where nobody types in it, each expression stands as a chip in its place.
///
/// A line that is the field itself has an id; one that is a part of it has a name.
pub fn chipped(
    id: Option<String>,
    note: Option<String>,
    text: RwSignal<String>,
    placeholder: String,
    name: &'static str,
) -> AnyView {
    let is_field = id.is_some();
    view! {
        <Chipped shown=move || text.with(|text| chips(text))>
            <LineInput
                text
                typed=move |typed: String| text.set(typed)
                placeholder
                attr:id=id
                attr:data-entry=is_field.then_some("")
                attr:aria-label=(!is_field).then_some(name)
                attr:aria-describedby=note
            />
        </Chipped>
    }
    .into_any()
}

/// A text with a chip for each expression in it; nothing where there is none.
pub fn chips(text: &str) -> Option<Vec<AnyView>> {
    let parts =
        parts(text).ok().filter(|parts| parts.iter().any(|part| matches!(part, Part::Expression(_))))?;
    let piece = |part: Part<'_>| match part {
        Part::Text(text) => view! { <span>{text.to_owned()}</span> }.into_any(),
        Part::Expression(source) => view! { <span class="kl-chip">{source.to_owned()}</span> }.into_any(),
    };
    Some(parts.into_iter().map(piece).collect())
}
