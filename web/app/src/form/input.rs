//! One field of a form, by its kind.

use super::values::{example, is_secret, is_structure};
use crate::words::{language, words};
use leptos::prelude::*;
use model::{Field, FieldKind};
use ui::{Choice, Select, Switch, TextArea, TextField, TextKind};

#[component]
pub fn FieldInput(
    field: Field,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
    is_stored: bool,
) -> impl IntoView {
    let label = language().of(&field.title).to_owned();
    let about = language().of(&field.about).to_owned();
    match &field.kind {
        FieldKind::Choice(choices) => choice(label, about, value, choices),
        FieldKind::Bool => switch(label, about, value),
        FieldKind::Secret => secret(&field, (label, about), value, error, is_stored),
        kind if is_structure(kind) || *kind == FieldKind::LongText || is_secret(&field) => {
            view! { <TextArea label value hint=about error rows=4 mono=true/> }.into_any()
        }
        kind => {
            let kind = match kind {
                FieldKind::Number => TextKind::Number,
                FieldKind::Money(_) => TextKind::Decimal,
                FieldKind::Url => TextKind::Url,
                _ => TextKind::Text,
            };
            view! { <TextField label value kind hint=about error placeholder=example(&field) required=field.required/> }
                .into_any()
        }
    }
}

fn choice(label: String, hint: String, value: RwSignal<String>, choices: &[model::spec::Choice]) -> AnyView {
    let mut choices: Vec<Choice> = choices
        .iter()
        .map(|choice| Choice::new(choice.value.clone(), language().of(&choice.title)))
        .collect();
    // What was given is shown also where it is no choice, or nothing: the list would seem to stand on its first.
    let now = value.get_untracked();
    if choices.iter().all(|choice| choice.value != now) {
        let label = if now.is_empty() { words().choose.to_owned() } else { now.clone() };
        choices.insert(0, Choice::new(now, label));
    }
    view! { <Select label value choices=Signal::stored(choices) hint/> }.into_any()
}

fn switch(label: String, hint: String, value: RwSignal<String>) -> AnyView {
    let on = RwSignal::new(value.get_untracked() == "true");
    Effect::new(move |_| value.set(on.get().to_string()));
    view! { <Switch label value=on hint/> }.into_any()
}

fn secret(
    field: &Field,
    (label, about): (String, String),
    value: RwSignal<String>,
    error: Signal<Option<String>>,
    is_stored: bool,
) -> AnyView {
    let w = words();
    let kept = if is_stored { w.secret_set } else { w.secret_hint };
    let hint = format!("{about} {kept}").trim().to_owned();
    let required = field.required && !is_stored;
    view! { <TextField label value kind=TextKind::Password autocomplete="off" hint error required/> }
        .into_any()
}
