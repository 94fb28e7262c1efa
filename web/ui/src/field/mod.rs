//! What is filled in. Each part has its label, its hint and, after a refusal, what to mend, tied together for a reader.

mod frame;

pub use frame::{FieldFrame, FieldIds};
use leptos::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Ids only tie a label to its field on the same page, so a counter is enough.
fn next_id() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("kl-field-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextKind {
    #[default]
    Text,
    Email,
    Password,
    Search,
    Url,
    Number,
    /// Digits with a point, which stay as they are typed: the browser's own numbers are binary.
    Decimal,
    /// A day, which the browser offers a calendar for; its value is `2026-11-26`.
    Date,
}

impl TextKind {
    const fn as_str(self) -> &'static str {
        match self {
            TextKind::Text | TextKind::Decimal => "text",
            TextKind::Email => "email",
            TextKind::Password => "password",
            TextKind::Search => "search",
            TextKind::Url => "url",
            TextKind::Number => "number",
            TextKind::Date => "date",
        }
    }
}

#[component]
pub fn TextField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional)] kind: TextKind,
    /// The browser's hint for filling in, such as `current-password`.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional)] label_hidden: bool,
    /// What is in it is chosen, so that the first letter takes its place.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let id = next_id();
    let note = format!("{id}-note");
    let input = NodeRef::<leptos::html::Input>::new();
    if autofocus {
        input.on_load(|element| {
            let _ = element.focus();
            element.select();
        });
    }
    view! {
        <div class="kl-field">
            <label for=id.clone() class:kl-sr=label_hidden data-required=required.then_some("")>{label}</label>
            <input
                node_ref=input
                class="kl-input"
                id=id
                type=kind.as_str()
                inputmode=(kind == TextKind::Decimal).then_some("decimal")
                autocomplete=autocomplete
                placeholder=placeholder
                required=required
                spellcheck="false"
                aria-invalid=move || error.get().is_some().to_string()
                aria-describedby=note.clone()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <Note id=note hint error/>
        </div>
    }
}

#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(default = 6)] rows: u32,
    #[prop(optional)] mono: bool,
) -> impl IntoView {
    let id = next_id();
    let note = format!("{id}-note");
    view! {
        <div class="kl-field">
            <label for=id.clone()>{label}</label>
            <textarea
                class="kl-input kl-input-area"
                class:kl-mono=mono
                id=id
                rows=rows
                placeholder=placeholder
                spellcheck="false"
                aria-invalid=move || error.get().is_some().to_string()
                aria-describedby=note.clone()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
            <Note id=note hint error/>
        </div>
    }
}

/// One entry of a `Select`: its value and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

#[component]
pub fn Select(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    #[prop(optional, into)] hint: String,
    #[prop(optional)] label_hidden: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let id = next_id();
    let note = format!("{id}-note");
    let option = move |choice: Choice| {
        let own = choice.value.clone();
        // The property: a browser reads the attribute no more once a person has picked the option.
        view! { <option value=choice.value prop:selected=move || value.get() == own>{choice.label}</option> }
    };
    view! {
        <div class="kl-field">
            <label for=id.clone() class:kl-sr=label_hidden>{label}</label>
            <select
                class="kl-input kl-select"
                id=id
                aria-describedby=note.clone()
                disabled=move || disabled.get()
                on:change=move |event| value.set(event_target_value(&event))
            >
                {move || choices.get().into_iter().map(option).collect_view()}
            </select>
            <Note id=note hint error=Signal::stored(None)/>
        </div>
    }
}

#[component]
pub fn Switch(
    #[prop(into)] label: String,
    value: RwSignal<bool>,
    #[prop(optional, into)] hint: String,
) -> impl IntoView {
    let note = next_id();
    view! {
        <div class="kl-field">
            <label class="kl-switch">
                <input
                    type="checkbox"
                    role="switch"
                    aria-describedby=note.clone()
                    prop:checked=move || value.get()
                    on:change=move |event| value.set(event_target_checked(&event))
                />
                <span>{label}</span>
            </label>
            <Note id=note hint error=Signal::stored(None)/>
        </div>
    }
}

/// The line under a field: what to mend if there is something, else the hint.
#[component]
fn Note(id: String, hint: String, error: Signal<Option<String>>) -> impl IntoView {
    let text = move || error.get().unwrap_or_else(|| hint.clone());
    view! { <p class="kl-note" id=id data-tone=move || error.get().map(|_| "bad")>{text}</p> }
}
