//! The label, the tools and the notes around an input of any kind.

use super::{Note, next_id};
use leptos::prelude::*;

/// What ties an input to the texts around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldIds {
    pub input: String,
    /// For `aria-labelledby`, where the input is a group.
    pub label: String,
    /// For `aria-describedby`.
    pub note: String,
}

#[component]
pub fn FieldFrame(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    /// Beside the label.
    #[prop(optional, into)]
    tools: ViewFn,
    input: impl FnOnce(FieldIds) -> AnyView,
) -> impl IntoView {
    let id = next_id();
    let ids = FieldIds { label: format!("{id}-label"), note: format!("{id}-note"), input: id };
    let (label_id, note, for_input) = (ids.label.clone(), ids.note.clone(), ids.input.clone());
    view! {
        <div class="kl-field" data-wrong=move || error.get().map(|_| "")>
            <div class="kl-field-head">
                <label id=label_id for=for_input data-required=required.then_some("")>{label}</label>
                <span class="kl-spring"></span>
                {tools.run()}
            </div>
            {input(ids)}
            <Note id=note hint error/>
        </div>
    }
}
