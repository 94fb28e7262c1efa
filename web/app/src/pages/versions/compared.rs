//! What is different between the chosen version and another one: drawn, in words, and as text.

use super::drawing::Drawing;
use super::json::JsonDiff;
use super::told::Told;
use super::{Documents, Which};
use crate::client::Error;
use crate::errors::Told as ErrorTold;
use crate::shell::specs;
use crate::words::{language, words};
use canvas::compare::changes;
use leptos::prelude::*;
use leptos_router::components::A;
use model::FlowDocument;
use std::sync::Arc;
use ui::{Choice, Failed, Icon, Picture, Select, Spinner, Tabs};

#[component]
pub fn Comparison(documents: Documents, chosen: RwSignal<Which>, flow: String) -> impl IntoView {
    let w = words();
    let with = RwSignal::new(String::new());
    // Another choice is compared with the version before it.
    Effect::new(move |_| {
        let other = documents.before(chosen.get()).unwrap_or(chosen.get_untracked());
        with.set(other.to_string());
    });
    let other = Memo::new(move |_| with.get().parse::<Which>().unwrap_or(Which::Draft));
    let choice = |(which, name): (Which, String)| Choice::new(which.to_string(), name);
    let choices: Vec<Choice> = documents.names.get_value().into_iter().map(choice).collect();
    let id = StoredValue::new(flow);
    let fetch = move || documents.fetch(id.get_value(), vec![chosen.get(), other.get()]);
    Effect::new(move |_| fetch());
    let error = Memo::new(move |_| documents.error(other.get()).or_else(|| documents.error(chosen.get())));
    let pair = Memo::new(move |_| Some((documents.get(other.get())?, documents.get(chosen.get())?)));
    let side = RwSignal::new("canvas");
    let tabs = vec![
        ("canvas", w.canvas.to_owned()),
        ("words", w.version_words.to_owned()),
        ("json", w.version_json.to_owned()),
    ];
    let restore = move || {
        let which = chosen.get();
        (which != Which::Draft).then(|| {
            let href = format!("/flows/{}/edit?take={which}", id.get_value());
            view! { <A href attr:class="kl-button"><Picture icon=Icon::Undo/>{w.version_restore}</A> }
        })
    };
    view! {
        <section class="kl-compare" aria-label=w.version_compare>
            <header class="kl-compare-head">
                <h2>{move || documents.name(chosen.get())}</h2>
                <Select label=w.version_compare value=with choices=Signal::stored(choices)/>
                <Tabs label=w.version_compare tabs=Signal::stored(tabs) selected=side small=true/>
                <span class="kl-spring"></span>
                {restore}
            </header>
            {move || match (pair.get(), error.get()) {
                (Some((before, after)), _) => side_of(side.get(), documents, before, after),
                (None, Some(error)) => failed(&error, fetch),
                (None, None) => view! { <div class="kl-middle"><Spinner label=w.loading/></div> }.into_any(),
            }}
        </section>
    }
}

fn side_of(side: &str, documents: Documents, before: Arc<FlowDocument>, after: Arc<FlowDocument>) -> AnyView {
    match side {
        "json" => view! { <JsonDiff before after/> }.into_any(),
        "words" => {
            let changes = changes(&before.logic(), &after.logic());
            view! { <Told changes before after specs=specs() language=language()/> }.into_any()
        }
        _ => {
            let drawn = Arc::new(documents.draft.with_value(|draft| draft.document.clone()));
            view! { <Drawing before after drawn/> }.into_any()
        }
    }
}

fn failed(error: &Error, fetch: impl Fn() + Send + Sync + 'static) -> AnyView {
    let w = words();
    let told = ErrorTold::refused(language(), error);
    view! { <Failed title=w.went_wrong text=told.text() detail=told.detail again=w.try_again on_again=move |()| fetch()/> }.into_any()
}
