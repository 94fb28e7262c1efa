//! The one input that says where a field's value comes from.

use super::state::{Mapper, name_of};
use super::walk::{focus_source, step};
use crate::editor::inspector::fields::{Chipped, LineInput, chips};
use crate::words::words;
use canvas::mapper::{TargetRow, value_of};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::Value;

#[component]
pub fn SourceInput(
    mapper: Mapper,
    row: Memo<TargetRow>,
    id: String,
    /// The ids of what is said about it.
    notes: String,
    wrong: Signal<bool>,
) -> impl IntoView {
    let w = words();
    let target = StoredValue::new(row.with_untracked(|row| row.target.clone()));
    let held = Memo::new(move |_| row.with(|row| row.source.clone().unwrap_or_default()));
    let wants = move || row.with_untracked(|row| row.kind);
    let text = RwSignal::new(held.get_untracked());
    // By hand: the text is empty too, for a moment, when a source is put here and the focus goes on to the next.
    let is_emptied = StoredValue::new(false);
    // What is typed stays as it is typed while it means what is held.
    Effect::new(move |_| {
        let held = held.get();
        if text.with_untracked(|text| value_of(text, wants()) != value_of(&held, wants())) {
            is_emptied.set_value(false);
            text.set(held);
        }
    });
    let typed = move |typed: String| {
        // A source in hand would be put over what is typed.
        mapper.chosen.set(None);
        // Somebody about to write another source does not mean to lose what hangs on the line.
        if !typed.trim().is_empty() {
            target.with_value(|target| mapper.type_source(target, &typed));
        }
        is_emptied.set_value(typed.trim().is_empty());
        text.set(typed);
    };
    // A browser says so of an input that is taken away, too, when nothing of what it knew is there any more.
    let left = move |_| {
        let is_held = || held.try_with_untracked(|held| !held.is_empty()) == Some(true);
        if is_emptied.try_get_value() == Some(true) && is_held() {
            target.try_with_value(|target| mapper.clear(target));
        }
        is_emptied.try_set_value(false);
    };
    let key = move |event: KeyboardEvent| {
        let done = match event.key().as_str() {
            "Enter" => mapper.chosen.get_untracked().is_some_and(|source| {
                target.with_value(|target| mapper.assign(target, &source));
                focus_source(&source.path)
            }),
            "ArrowDown" => target.with_value(|target| step(target, true)),
            "ArrowUp" => target.with_value(|target| step(target, false)),
            _ => false,
        };
        if done {
            event.prevent_default();
        }
    };
    let shown = move || match text.with(|text| value_of(text, wants())) {
        Value::String(text) => chips(&text),
        _ => None,
    };
    view! {
        <Chipped shown>
            <LineInput
                text
                typed
                placeholder=w.mapper_source_hint
                attr:id=id
                attr:data-mapper-input=target.get_value()
                attr:aria-label=move || row.with(name_of)
                attr:aria-required=move || row.with(|row| row.required).to_string()
                attr:aria-invalid=move || wrong.get().to_string()
                attr:aria-describedby=notes
                on:blur=left
                on:keydown=key
            />
        </Chipped>
    }
}
