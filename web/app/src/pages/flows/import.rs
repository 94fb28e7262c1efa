//! A flow file comes in: chosen, dropped or pasted, and checked while it lies there.

use super::Problems;
use crate::client::{Error, client};
use crate::errors::{ErrorWords, Told};
use crate::scripts;
use crate::shell::specs;
use crate::words::{fill, language, words};
use api::{ConnectionList, FlowList, Imported, path};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use model::{FlowDocument, Problem, Surroundings};
use ui::{Button, ButtonKind, Dialog, Icon, Picture, TextArea, Toasts, Tone};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, File, HtmlInputElement};

#[component]
pub fn ImportDialog(open: RwSignal<bool>, #[prop(into)] on_imported: Callback<()>) -> impl IntoView {
    let w = words();
    view! {
        <Dialog open title=w.import_flow.to_owned() close=w.close wide=true>
            <ImportForm open on_imported/>
        </Dialog>
    }
}

#[component]
fn ImportForm(open: RwSignal<bool>, on_imported: Callback<()>) -> impl IntoView {
    let w = words();
    let form = Form::new();
    let (client, navigate) = (client(), use_navigate());
    let toasts = expect_context::<Toasts>();
    let import = move |_| {
        let navigate = navigate.clone();
        form.busy.set(true);
        form.refused.set(None);
        leptos::task::spawn_local(async move {
            let answer = client.post_text::<Imported>(path::FLOWS, form.text.get_untracked()).await;
            form.busy.try_set(false);
            match answer {
                Ok(imported) => {
                    toasts.push(Tone::Good, news(&imported));
                    open.try_set(false);
                    on_imported.try_run(());
                    navigate(&format!("/flows/{}", imported.id), Default::default());
                }
                Err(error) => drop(form.refused.try_set(Some(error))),
            }
        });
    };
    let importable = Signal::derive(move || {
        form.checked.with(|checked| checked.as_ref().is_some_and(Check::is_importable))
    });
    view! {
        <div class="kl-stack">
            <DropArea form/>
            <TextArea label=w.flow_json value=form.text rows=7 mono=true placeholder="{ \"khlong\": 1, … }"/>
            <div aria-live="polite">{move || form.checked.get().map(|check| verdict(check, form))}</div>
            <div role="alert">{move || form.refused.get().map(refusal)}</div>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.cancel}</Button>
                <Button kind=ButtonKind::Primary busy=form.busy disabled=Signal::derive(move || !importable.get()) on_click=import>{w.import}</Button>
            </div>
        </div>
    }
}

#[derive(Clone, Copy)]
struct Form {
    text: RwSignal<String>,
    /// Why a file could not be taken.
    trouble: RwSignal<Option<String>>,
    checked: Memo<Option<Check>>,
    refused: RwSignal<Option<Error>>,
    busy: RwSignal<bool>,
    /// The flows that exist, to say whether this is a new one.
    flows: RwSignal<Vec<(model::FlowId, u32)>>,
}

impl Form {
    fn new() -> Self {
        let text = RwSignal::new(String::new());
        let surroundings = RwSignal::new(Surroundings::default());
        let flows = RwSignal::new(Vec::new());
        let (specs, scripts) = (specs(), scripts::engine());
        let checked = Memo::new(move |_| {
            text.with(|text| surroundings.with(|around| Check::of(text, &specs, around, &scripts)))
        });
        let client = client();
        leptos::task::spawn_local(async move {
            // Without an answer the check knows less; the server checks again anyway.
            if let Ok(list) = client.get::<ConnectionList>(path::CONNECTIONS).await {
                let known =
                    list.connections.into_iter().map(|connection| (connection.name, connection.connector));
                surroundings.try_set(Surroundings {
                    connections_known: true,
                    connections: known.collect(),
                    ..Surroundings::default()
                });
            }
            if let Ok(list) = client.get::<FlowList>(path::FLOWS).await {
                flows.try_set(list.flows.into_iter().map(|flow| (flow.id, flow.version)).collect());
            }
        });
        Self {
            text,
            trouble: RwSignal::new(None),
            checked,
            refused: RwSignal::new(None),
            busy: RwSignal::new(false),
            flows,
        }
    }

    fn take(self, file: File) {
        self.trouble.set(None);
        self.refused.set(None);
        if file.size() > model::DOCUMENT_BYTES_MAX as f64 {
            self.trouble.set(Some(fill(words().file_too_large, &[&(model::DOCUMENT_BYTES_MAX >> 20)])));
            return;
        }
        leptos::task::spawn_local(async move {
            match JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string()) {
                Some(text) => drop(self.text.try_set(text)),
                None => drop(self.trouble.try_set(Some(words().file_unreadable.to_owned()))),
            }
        });
    }
}

/// What the validator says about a text; nothing for an empty one.
#[derive(Clone, Debug, PartialEq)]
struct Check {
    document: Option<FlowDocument>,
    problems: Vec<Problem>,
}

impl Check {
    fn of(text: &str, specs: &model::Specs, around: &Surroundings, scripts: &script::Engine) -> Option<Self> {
        if text.trim().is_empty() {
            return None;
        }
        let (document, problems) = model::check(text.as_bytes(), specs, |_| around.clone(), scripts);
        Some(Self { document, problems })
    }

    fn is_importable(&self) -> bool {
        self.document.is_some() && !self.problems.iter().any(Problem::is_error)
    }
}

fn verdict(check: Check, form: Form) -> impl IntoView {
    let w = words();
    let existing = check.document.as_ref().and_then(|document| {
        form.flows
            .with(|flows| flows.iter().find(|(id, _)| *id == document.id).map(|(_, version)| version + 1))
    });
    let good = check.is_importable();
    let name = check.document.map(|document| document.name).unwrap_or_default();
    let problems = check.problems;
    view! {
        {good.then(|| view! {
            <p class="kl-callout" data-tone="good"><Picture icon=Icon::Check/><span>
                <b>{name}</b> " " {w.no_problems}
                {existing.map(|version| view! { <br/>{fill(w.flow_exists, &[&version])} })}
            </span></p>
        })}
        {(!problems.is_empty()).then(|| view! { <Problems problems=Signal::stored(problems)/> })}
    }
}

fn refusal(error: Error) -> impl IntoView {
    let problems = error.problems().to_vec();
    let told = Told::refused(language(), &error);
    view! {
        <div class="kl-callout kl-error" data-tone="bad"><Picture icon=Icon::Warning/><div><p><b>{words().server_says}</b></p><ErrorWords told/></div></div>
        {(!problems.is_empty()).then(|| view! { <Problems problems=Signal::stored(problems)/> })}
    }
}

fn news(imported: &Imported) -> String {
    match imported.changed || imported.created {
        true => fill(words().imported_version, &[&imported.version]),
        false => words().imported_unchanged.to_owned(),
    }
}

#[component]
fn DropArea(form: Form) -> impl IntoView {
    let w = words();
    let over = RwSignal::new(false);
    let picker = NodeRef::<leptos::html::Input>::new();
    let drop_file = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0))
        {
            form.take(file);
        }
    };
    let choose = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(file) = input.as_ref().and_then(|input| input.files()).and_then(|files| files.get(0)) {
            form.take(file);
        }
        // The same file, mended, can be chosen again.
        if let Some(input) = input {
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
            on:drop=drop_file
        >
            <Picture icon=Icon::Upload/>
            <p>{w.import_text}</p>
            <Button on_click=pick>{w.choose_file}</Button>
            <input class="kl-sr" node_ref=picker type="file" accept=".json,application/json" tabindex="-1" aria-hidden="true" on:change=choose/>
            {move || form.trouble.get().map(|text| view! { <p class="kl-note" data-tone="bad" role="alert">{text}</p> })}
        </div>
    }
}
