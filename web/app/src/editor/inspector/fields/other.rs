//! Any JSON, one of several, yes or no.

use super::edit::{Edited, Notation, as_text};
use super::editing::{EditFrame, Editing};
use super::text::{area, edited};
use crate::words::{language, words};
use leptos::prelude::*;
use model::{FieldKind, Value};
use ui::FieldIds;

#[component]
pub fn JsonEditor(editing: Editing) -> impl IntoView {
    let Edited { text, wrong } = edited(&editing, Notation::Json);
    let placeholder = match &editing.field.example {
        Value::Null => String::new(),
        example => serde_json::to_string_pretty(example).unwrap_or_default(),
    };
    let fixed = move |ids: FieldIds| area(ids, text, 5, true, placeholder.clone());
    view! { <EditFrame editing wrong fixed/> }
}

#[component]
pub fn ChoiceEditor(editing: Editing) -> impl IntoView {
    let FieldKind::Choice(options) = editing.field.kind.clone() else { return ().into_any() };
    let by_default = as_text(&editing.field.default);
    let held = editing.held;
    let chosen = {
        let by_default = by_default.clone();
        Memo::new(move |_| held.with(|held| held.as_ref().map(as_text)).unwrap_or_else(|| by_default.clone()))
    };
    let options: Vec<(String, String)> =
        options.into_iter().map(|option| (option.value, language().of(&option.title).to_owned())).collect();
    let changed = editing.clone();
    let choose = move |value: String| {
        // What is so without being said is not said.
        let value = (value != by_default && !value.is_empty()).then(|| Value::from(value));
        changed.pick(value);
    };
    let fixed = move |ids: FieldIds| {
        let choose = choose.clone();
        let known = options.clone();
        let unset = Memo::new(move |_| chosen.with(|chosen| known.iter().all(|(value, _)| value != chosen)));
        let option = move |(value, label): (String, String)| {
            let own = value.clone();
            view! { <option value=value prop:selected=move || chosen.with(|chosen| *chosen == own)>{label}</option> }
        };
        view! {
            <select class="kl-input kl-select" id=ids.input data-entry="" aria-describedby=ids.note on:change=move |event| choose(event_target_value(&event))>
                {move || unset.get().then(|| view! { <option value="" prop:selected=true>{words().choose_one}</option> })}
                {options.clone().into_iter().map(option).collect_view()}
            </select>
        }
        .into_any()
    };
    view! { <EditFrame editing fixed/> }.into_any()
}

#[component]
pub fn BoolEditor(editing: Editing) -> impl IntoView {
    let w = words();
    let by_default = editing.field.default == Value::Bool(true);
    let held = editing.held;
    let on = Memo::new(move |_| {
        held.with(|held| held.as_ref().map_or(by_default, |value| *value == Value::Bool(true)))
    });
    let changed = editing.clone();
    let fixed = move |ids: FieldIds| {
        let changed = changed.clone();
        let turn = move |wanted: bool| changed.pick((wanted != by_default).then_some(Value::Bool(wanted)));
        view! {
            <span class="kl-switch">
                <input type="checkbox" role="switch" id=ids.input data-entry="" aria-describedby=ids.note prop:checked=move || on.get() on:change=move |event| turn(event_target_checked(&event))/>
                <span aria-hidden="true">{move || if on.get() { w.yes } else { w.no }}</span>
            </span>
        }
        .into_any()
    };
    view! { <EditFrame editing fixed/> }
}
