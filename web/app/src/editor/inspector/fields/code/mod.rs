//! Scripts and expressions, written with suggestions and with mistakes shown at their place.

pub mod js;
mod suggest;

use super::edit::{Edited, Notation};
use super::editing::{EditFrame, Editing};
use super::text::edited;
use crate::editor::inspector::sources::{Source, position, sources};
use crate::words::words;
use js::Handle;
use leptos::html;
use leptos::prelude::*;
use model::Value;
use serde::Serialize;
use serde_json::Map;
use suggest::suggest;
use ui::FieldIds;
use wasm_bindgen::prelude::*;

/// A mistake at its place, as the editor shows it.
#[derive(Serialize)]
struct Mistake {
    line: usize,
    column: usize,
    message: String,
}

/// What an editor of code is about.
#[derive(Clone)]
pub struct Code {
    pub label: String,
    pub placeholder: &'static str,
    /// A short expression, else a whole script.
    pub short: bool,
    pub text: RwSignal<String>,
}

#[component]
pub fn CodeEditor(editing: Editing) -> impl IntoView {
    let Edited { text, wrong } = edited(&editing, Notation::Text);
    let own = StoredValue::new(editing.clone());
    let fixed = move |ids: FieldIds| {
        let editing = own.get_value();
        let code = Code { label: editing.title(), placeholder: "", short: false, text };
        view! { <CodeInput editing code ids/> }.into_any()
    };
    view! { <EditFrame editing=editing.clone() wrong fixed/> <Took editing/> }
}

/// Until the editor's file is there, and where it cannot be had, a plain input stands in its place.
#[component]
pub fn CodeInput(editing: Editing, code: Code, ids: FieldIds) -> impl IntoView {
    let (host, plain) = (NodeRef::<html::Div>::new(), NodeRef::<html::Textarea>::new());
    let ready = RwSignal::new(false);
    let handle = StoredValue::new_local(None::<Handle>);
    let kept = StoredValue::new_local(Vec::<JsValue>::new());
    let text = code.text;
    let scope = sources(editing.desk, editing.place.node.clone());
    let short = code.short;
    let options = {
        let code = code.clone();
        move || options(&editing, &code, scope)
    };
    Effect::new(move |started: Option<bool>| {
        let Some(host) = host.get().filter(|_| started != Some(true)) else { return started == Some(true) };
        let (options, closures) = options();
        kept.set_value(closures);
        leptos::task::spawn_local(async move {
            let Some(opened) = js::open(&host, &options).await else { return };
            let active = document().active_element();
            let plain = plain.try_get_untracked().flatten();
            let typing = plain.filter(|plain| plain.is_same_node(active.as_deref()));
            let typing_at = typing.map(|plain| plain.selection_start().ok().flatten().unwrap_or_default());
            // Whoever looked at it may have gone on meanwhile.
            if ready.try_set(true).is_some() {
                opened.destroy();
                return;
            }
            opened.set(&text.get_untracked());
            // The plain input goes, and would take the focus with it: not even the next letter shall be lost.
            if let Some(at) = typing_at {
                opened.go_to(at);
                let _ = host.remove_attribute("hidden");
                opened.focus();
            }
            handle.try_set_value(Some(opened));
        });
        true
    });
    Effect::new(move |_| {
        let text = text.get();
        handle.with_value(|handle| {
            if let Some(handle) = handle {
                handle.set(&text);
            }
        });
    });
    on_cleanup(move || {
        handle.try_update_value(|handle| {
            if let Some(handle) = handle.take() {
                handle.destroy();
            }
        });
    });
    let entry = move || ready.get().then_some("");
    let rows = if short { "1" } else { "12" };
    view! {
        <div class="kl-code-input" node_ref=host data-typing="" data-entry=entry data-short=short.then_some("") hidden=move || !ready.get()></div>
        <Show when=move || !ready.get()>
            <textarea
                node_ref=plain
                class="kl-input kl-input-area kl-mono"
                id=ids.input.clone()
                rows=rows
                spellcheck="false"
                data-entry=""
                aria-describedby=ids.note.clone()
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
        </Show>
    }
}

/// What the editor is told and asks, and the closures that it asks by.
fn options(editing: &Editing, code: &Code, scope: Memo<Option<Vec<Source>>>) -> (JsValue, Vec<JsValue>) {
    let text = code.text;
    let functions = script::functions();
    let complete = Closure::<dyn Fn(String) -> String>::new(move |before: String| {
        let scope = scope.try_get_untracked().flatten().map(scope_of).unwrap_or_default();
        serde_json::to_string(&suggest(&before, &scope, &functions)).unwrap_or_default()
    });
    let (asked, short) = (editing.clone(), code.short);
    let check = Closure::<dyn Fn(String) -> String>::new(move |source: String| {
        serde_json::to_string(&mistakes(&asked, &source, short)).unwrap_or_default()
    });
    let changed = Closure::<dyn Fn(String)>::new(move |typed: String| {
        text.try_set(typed);
    });
    let closures = vec![complete.into_js_value(), check.into_js_value(), changed.into_js_value()];
    let options = js_sys::Object::new();
    let set = |name: &str, value: &JsValue| drop(js_sys::Reflect::set(&options, &name.into(), value));
    set("text", &text.get_untracked().into());
    set("label", &code.label.as_str().into());
    set("placeholder", &code.placeholder.into());
    set("short", &code.short.into());
    for (name, closure) in ["complete", "check", "changed"].into_iter().zip(&closures) {
        set(name, closure);
    }
    (options.into(), closures)
}

/// The names in scope, each list as one entry that has the fields of all.
fn scope_of(sources: Vec<Source>) -> Map<String, Value> {
    let mut scope = Map::new();
    let mut nodes = Map::new();
    for source in sources {
        let shape = ui::schema(&source.value);
        match source.node {
            Some(node) => drop(nodes.insert(node.to_string(), shape)),
            None => drop(scope.insert(source.root, shape)),
        }
    }
    scope.insert("nodes".into(), nodes.into());
    scope.insert("vars".into(), Value::Object(Map::new()));
    scope.insert("run".into(), serde_json::json!({"id": 1, "key": "", "flow": "", "now": ""}));
    scope
}

/// What does not compile; and of a script, what goes wrong when it runs on the example.
fn mistakes(editing: &Editing, source: &str, short: bool) -> Vec<Mistake> {
    if source.trim().is_empty() {
        return Vec::new();
    }
    let desk = editing.desk;
    let Some(compiled) = desk.scripts(|scripts| scripts.check(source)) else { return Vec::new() };
    let wrong = compiled.err().or_else(|| {
        let place = (!short).then(|| position(desk, &editing.place.node)).flatten()?;
        desk.rehearsal
            .try_with_untracked(|rehearsal| rehearsal.as_ref()?.try_script(place, source)?.err())
            .flatten()
    });
    wrong
        .map(|wrong| Mistake { line: wrong.line, column: wrong.column, message: wrong.message })
        .into_iter()
        .collect()
}

/// How long the script took on the example, where it ran.
#[component]
pub fn Took(editing: Editing) -> impl IntoView {
    let w = words();
    let desk = editing.desk;
    let node = editing.place.node.clone();
    let held = editing.held;
    let took = Memo::new(move |_| {
        desk.rehearsed.track();
        let source = held.get()?.as_str()?.to_owned();
        let place = position(desk, &node)?;
        let start = window().performance()?.now();
        let ran = desk
            .rehearsal
            .with_untracked(|rehearsal| rehearsal.as_ref()?.try_script(place, &source))?
            .is_ok();
        let took = window().performance()?.now() - start;
        ran.then(|| format!("{took:.1}"))
    });
    move || {
        took.get().map(|took| view! { <p class="kl-note" data-tone="good">{crate::words::fill(w.script_took, &[&took])}</p> })
    }
}
