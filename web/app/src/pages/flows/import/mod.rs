//! Flow files come in: chosen, dropped or pasted, several at once, and checked while they lie there.

mod batch;
mod report;
mod row;

use crate::fetching::{FetchLink, is_link};
use crate::words::{count, words};
use batch::{Batch, Becomes, Entry, Found, Stands};
use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use leptos_use::use_event_listener;
use row::EntryRow;
use ui::{Button, ButtonKind, Dialog, Icon, Picture, TextArea, Toasts, Tone};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DragEvent, File, FileList, HtmlInputElement};

#[component]
pub fn ImportDialog(open: RwSignal<bool>, #[prop(into)] on_imported: Callback<()>) -> impl IntoView {
    let w = words();
    let pasted = RwSignal::new(String::new());
    // A flow that is pasted onto the page, or a link to one, opens the dialog with itself in it.
    let _ = use_event_listener(window(), ev::paste, move |event: ClipboardEvent| {
        let text =
            event.clipboard_data().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
        if !open.get_untracked() && !is_typing(&event) && (looks_like_a_flow(&text) || is_link(&text)) {
            event.prevent_default();
            pasted.set(text);
            open.set(true);
        }
    });
    Effect::new(move || {
        if !open.get() {
            pasted.set(String::new());
        }
    });
    view! {
        <Dialog open title=w.import_flow.to_owned() close=w.close wide=true>
            <ImportForm open pasted=pasted.get_untracked() on_imported/>
        </Dialog>
    }
}

fn is_typing(event: &ClipboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

fn looks_like_a_flow(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && text.contains("\"nodes\"")
}

#[component]
fn ImportForm(
    open: RwSignal<bool>,
    pasted: String,
    #[prop(into)] on_imported: Callback<()>,
) -> impl IntoView {
    let w = words();
    let batch = Batch::new();
    let text = RwSignal::new(pasted);
    let link = Memo::new(move |_| text.with(|text| is_link(text).then(|| text.clone())));
    Effect::new(move |_| {
        batch.take_typed(if link.with(Option::is_none) { text.get() } else { String::new() })
    });
    // What it leads to takes the link's place, and is checked as if it had been pasted.
    let fetch = move || {
        link.get().map(|url| view! { <FetchLink url on_text=move |fetched: String| text.set(fetched)/> })
    };
    let navigate = use_navigate();
    let toasts = expect_context::<Toasts>();
    let import = move |_| {
        let navigate = navigate.clone();
        leptos::task::spawn_local(async move {
            let only = batch.import().await;
            on_imported.try_run(());
            if let Some(at) = only {
                let news = batch.entries.try_with_untracked(|entries| {
                    match entries.first().map(|entry| &entry.stands) {
                        Some(Stands::Done { news, .. }) => news.clone(),
                        _ => String::new(),
                    }
                });
                toasts.push(Tone::Good, news.unwrap_or_default());
                open.try_set(false);
                navigate(&at, Default::default());
            }
        });
    };
    let ready = Memo::new(move |_| {
        batch.entries.with(|entries| entries.iter().filter(|entry| entry.can_go()).count())
    });
    let label = move || match ready.get() {
        0 | 1 => w.import.to_owned(),
        many => count(w.import_many, many as u64),
    };
    view! {
        <div class="kl-stack">
            <DropArea batch/>
            <TextArea label=w.flow_json value=text rows=4 mono=true placeholder="{ \"khlong\": 1, … }"/>
            {fetch}
            <ul class="kl-import-list" aria-live="polite" aria-label=w.import_found>
                <For each=move || batch.entries.get() key=|entry| (entry.key, entry_state(entry)) let:entry>
                    <EntryRow entry batch/>
                </For>
            </ul>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.close}</Button>
                <Button kind=ButtonKind::Primary busy=batch.busy disabled=Signal::derive(move || ready.get() == 0) on_click=import>{label}</Button>
            </div>
        </div>
    }
}

/// What a row is drawn anew for.
fn entry_state(entry: &Entry) -> (u8, Option<Becomes>, usize) {
    let stands = match entry.stands {
        Stands::Waiting => 0,
        Stands::Busy => 1,
        Stands::Done { .. } => 2,
        Stands::Refused(_) => 3,
    };
    match &entry.found {
        Found::Flow { problems, becomes, .. } => (stands, Some(*becomes), problems.len()),
        _ => (stands, None, 0),
    }
}

#[component]
fn DropArea(batch: Batch) -> impl IntoView {
    let w = words();
    let over = RwSignal::new(false);
    let picker = NodeRef::<leptos::html::Input>::new();
    let drop_files = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        batch.take_files(files_of(event.data_transfer().and_then(|data| data.files())));
    };
    let choose = move |event: ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            batch.take_files(files_of(input.files()));
            // The same file, mended, can be chosen again.
            input.set_value("");
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
            on:drop=drop_files
        >
            <Picture icon=Icon::Upload/>
            <p>{w.import_text}</p>
            <Button on_click=pick>{w.choose_files}</Button>
            <input class="kl-sr" node_ref=picker type="file" multiple=true accept=".json,application/json" tabindex="-1" aria-hidden="true" on:change=choose/>
        </div>
    }
}

fn files_of(list: Option<FileList>) -> Vec<File> {
    let list = list.as_ref();
    list.map(|list| (0..list.length()).filter_map(|at| list.get(at)).collect()).unwrap_or_default()
}
