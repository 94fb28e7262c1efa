//! Where the document comes from: a file, an address, or what somebody pastes.

use super::state::{Importing, Source};
use crate::words::words;
use leptos::ev;
use leptos::prelude::*;
use ui::{Button, ButtonKind, Icon, Picture, TextArea, TextField, TextKind};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

/// Folds to one line once a document was given.
#[component]
pub fn SourceCard(importing: Importing) -> impl IntoView {
    let w = words();
    let given = move || importing.source.with(|source| source.as_ref().map(Source::name));
    view! {
        <section class="kl-card kl-stack">
            {move || match given() {
                Some(name) => view! {
                    <div class="kl-api-source">
                        <Picture icon=Icon::Upload/>
                        <b>{name}</b>
                        <Button on_click=move |_| importing.begin_anew()>{w.api_another}</Button>
                    </div>
                }
                .into_any(),
                None => view! { <Ways importing/> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Ways(importing: Importing) -> impl IntoView {
    let w = words();
    let (url, text) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let by_address = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let url = url.get_untracked().trim().to_owned();
        if !url.is_empty() {
            importing.take(Source::Address(url));
        }
    };
    let by_text = move |_| {
        let text = text.get_untracked();
        if !text.trim().is_empty() {
            importing.take(Source::Text { name: words().api_pasted.to_owned(), text: text.into() });
        }
    };
    view! {
        <DropArea importing/>
        <form class="kl-api-url" on:submit=by_address>
            <TextField label=w.api_url value=url kind=TextKind::Url placeholder="https://api.example.com/openapi.json" hint=w.api_url_hint/>
            <Button submit=true icon=Icon::Download>{w.api_fetch}</Button>
        </form>
        <details class="kl-details">
            <summary>{w.api_paste}</summary>
            <div class="kl-stack">
                <TextArea label=w.api_paste value=text rows=8 mono=true placeholder="openapi: 3.0.3 …"/>
                <div class="kl-row"><Button on_click=by_text>{w.api_read}</Button></div>
            </div>
        </details>
    }
}

#[component]
fn DropArea(importing: Importing) -> impl IntoView {
    let w = words();
    let over = RwSignal::new(false);
    let picker = NodeRef::<leptos::html::Input>::new();
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(file) = first(event.data_transfer().and_then(|data| data.files())) {
            importing.take_file(file);
        }
    };
    let chosen = move |event: ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(file) = input.and_then(|input| first(input.files())) {
            importing.take_file(file);
        }
    };
    let pick = move |_| {
        if let Some(picker) = picker.get_untracked() {
            picker.click();
        }
    };
    view! {
        <div
            class="kl-drop"
            data-over=move || over.get().then_some("")
            on:dragover=move |event| { event.prevent_default(); over.set(true); }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <Picture icon=Icon::Upload/>
            <p>{w.api_drop}</p>
            <Button kind=ButtonKind::Primary on_click=pick>{w.api_choose_file}</Button>
            <input class="kl-sr" node_ref=picker type="file" accept=".json,.yaml,.yml,application/json,application/yaml" tabindex="-1" aria-hidden="true" on:change=chosen/>
        </div>
    }
}

fn first(list: Option<FileList>) -> Option<File> {
    list?.get(0)
}
