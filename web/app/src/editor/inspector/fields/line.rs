//! The input of one line: with what it stands for shown in its place, or with values to pick from.

use leptos::prelude::*;
use ui::FieldIds;

/// The input alone. An id, a name or a key is set on it by whoever draws it.
#[component]
pub fn LineInput(
    #[prop(into)] text: Signal<String>,
    #[prop(into)] typed: Callback<String>,
    #[prop(optional, into)] placeholder: String,
) -> impl IntoView {
    view! {
        <input
            class="kl-input"
            type="text"
            autocomplete="off"
            spellcheck="false"
            placeholder=placeholder
            prop:value=move || text.get()
            on:input=move |event| typed.run(event_target_value(&event))
        />
    }
}

/// An input that shows something else in its place, while nobody types in it. A reader hears what is in the input.
#[component]
pub fn Chipped(#[prop(into)] shown: ViewFn, children: Children) -> impl IntoView {
    view! {
        <div class="kl-chipped">
            {children()}
            <div class="kl-chips" aria-hidden="true">{move || shown.run()}</div>
        </div>
    }
}

/// A line that is the input of a field, with values to pick from, each with its name.
#[component]
pub fn ListedLine(
    ids: FieldIds,
    #[prop(into)] text: Signal<String>,
    #[prop(into)] typed: Callback<String>,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional, into)] wrong: Signal<bool>,
) -> impl IntoView {
    let list = format!("{}-list", ids.input);
    let option = |(value, label): (String, String)| view! { <option value=value>{label}</option> };
    view! {
        <LineInput
            text
            typed
            placeholder
            attr:id=ids.input
            attr:list=list.clone()
            attr:data-entry=""
            attr:aria-describedby=ids.note
            attr:aria-invalid=move || wrong.get().to_string()
        />
        <datalist id=list>{move || options.get().into_iter().map(option).collect_view()}</datalist>
    }
}
