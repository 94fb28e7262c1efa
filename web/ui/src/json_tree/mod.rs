//! Data to look at: as a tree whose branches fold, or as JSON, and never more of it at once than a page can carry.

pub(crate) mod rows;

use crate::{CopyButton, Tabs};
use leptos::prelude::*;
pub use rows::{Row, Show, rows};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;

/// How many rows are drawn before "more" is asked for, and how much JSON text.
const ROWS_STEP: usize = 100;
const TEXT_BYTES_STEP: usize = 20_000;

/// The words around a tree.
#[derive(Clone, Debug)]
pub struct JsonWords {
    pub label: String,
    pub tree: String,
    pub json: String,
    pub more: String,
    pub copy: String,
    pub copied: String,
    pub items: fn(usize) -> String,
    pub fields: fn(usize) -> String,
}

#[component]
pub fn JsonTree(value: Arc<Value>, words: JsonWords) -> impl IntoView {
    let shown = RwSignal::new("tree");
    let tabs = vec![("tree", words.tree.clone()), ("json", words.json.clone())];
    // Written out only when somebody looks at it or copies it: most values are looked at as a tree.
    let whole = value.clone();
    let text = Memo::new(move |_| serde_json::to_string_pretty(&*whole).unwrap_or_default());
    let (label, copy, copied) = (words.label.clone(), words.copy.clone(), words.copied.clone());
    let body = move || match shown.get() {
        "json" => view! { <JsonText text more=words.more.clone()/> }.into_any(),
        _ => view! { <Tree value=value.clone() words=words.clone()/> }.into_any(),
    };
    view! {
        <section class="kl-json" aria-label=label.clone()>
            <header class="kl-json-head">
                <h3>{label.clone()}</h3>
                <span class="kl-spring"></span>
                <CopyButton text=text label=copy done=copied/>
                <Tabs label=label.clone() tabs=Signal::stored(tabs) selected=shown small=true/>
            </header>
            {body}
        </section>
    }
}

#[component]
fn Tree(value: Arc<Value>, words: JsonWords) -> impl IntoView {
    let folded = RwSignal::new(HashSet::<String>::new());
    let limit = RwSignal::new(ROWS_STEP);
    let more = words.more.clone();
    let cut = Memo::new(move |_| folded.with(|folded| rows(&value, folded, limit.get())));
    let row = move |row: Row| {
        let path = row.path.clone();
        let toggle = move |_| {
            let path = path.clone();
            folded.update(|folded| {
                if !folded.remove(&path) {
                    folded.insert(path);
                }
            });
        };
        view! { <TreeRow row words=words.clone() on_toggle=toggle/> }
    };
    view! {
        <ul class="kl-tree">{move || cut.with(|(rows, _)| rows.iter().cloned().map(&row).collect_view())}</ul>
        {move || cut.with(|(_, rest)| *rest).then(|| {
            view! { <button class="kl-more" type="button" on:click=move |_| limit.update(|n| *n += ROWS_STEP * 5)>{more.clone()}</button> }
        })}
    }
}

#[component]
fn TreeRow(
    row: Row,
    words: JsonWords,
    #[prop(into)] on_toggle: Callback<leptos::ev::MouseEvent>,
) -> impl IntoView {
    let depth = row.depth.to_string();
    let shown = match row.show {
        Show::List(n) => (words.items)(n),
        Show::Object(n) => (words.fields)(n),
        Show::Scalar(text) => text,
    };
    let name = match row.open {
        Some(open) => view! {
            <button class="kl-tree-name" type="button" aria-expanded=open.to_string() on:click=move |event| on_toggle.run(event)>{row.name}</button>
        }
        .into_any(),
        None => view! { <span class="kl-tree-name">{row.name}</span> }.into_any(),
    };
    view! {
        <li class="kl-tree-row" style:--depth=depth>
            {name}
            <span class="kl-tree-value" data-kind=row.kind>{shown}</span>
        </li>
    }
}

#[component]
fn JsonText(text: Memo<String>, more: String) -> impl IntoView {
    let limit = RwSignal::new(TEXT_BYTES_STEP);
    let shown = move || text.with(|text| text[..text.floor_char_boundary(limit.get())].to_owned());
    let rest = move || text.with(|text| text.len() > limit.get());
    view! {
        <pre class="kl-json-text" tabindex="0">{shown}</pre>
        {move || rest().then(|| {
            view! { <button class="kl-more" type="button" on:click=move |_| limit.update(|n| *n += TEXT_BYTES_STEP * 5)>{more.clone()}</button> }
        })}
    }
}
