//! Data to look at and to take from: what it is made of, as a table, as a tree, or as JSON. Never more of it at once than a
//! page can carry.

mod find;
mod schema;
mod table;

use crate::json_tree::rows::{Row, Show, rows_among};
use crate::{CopyButton, Icon, Picture, Tabs};
pub use find::Found;
use leptos::ev::DragEvent;
use leptos::prelude::*;
pub use schema::schema;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
pub use table::{Table, table};

/// How many rows are drawn before "more" is asked for, and how much JSON text.
const ROWS_STEP: usize = 100;
const TEXT_BYTES_STEP: usize = 20_000;

/// The words around the data.
#[derive(Clone, Debug)]
pub struct DataWords {
    pub label: String,
    pub schema: &'static str,
    pub table: &'static str,
    pub tree: &'static str,
    pub json: &'static str,
    pub search: &'static str,
    pub nothing_found: &'static str,
    pub more: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub actions: &'static str,
    pub items: fn(usize) -> String,
    pub fields: fn(usize) -> String,
}

/// What can be done with a part of the data, drawn below its row; it is handed the part's JSON pointer.
pub type RowActions = Arc<dyn Fn(String) -> AnyView + Send + Sync>;

#[derive(Clone, Copy)]
struct Looked {
    value: Signal<Arc<Value>>,
    words: StoredValue<DataWords>,
    text: RwSignal<String>,
    /// The row whose actions are open.
    opened: RwSignal<Option<String>>,
    on_drag: Option<Callback<(DragEvent, String)>>,
    actions: StoredValue<Option<RowActions>>,
}

#[component]
pub fn DataView(
    #[prop(into)] value: Signal<Arc<Value>>,
    words: DataWords,
    /// `schema`, `table`, `tree` or `json`.
    shown: RwSignal<&'static str>,
    /// A row is dragged: puts into the drag what it stands for.
    #[prop(optional)]
    on_drag: Option<Callback<(DragEvent, String)>>,
    #[prop(optional)] actions: Option<RowActions>,
) -> impl IntoView {
    let tabs =
        vec![("schema", words.schema), ("table", words.table), ("tree", words.tree), ("json", words.json)];
    let tabs = tabs.into_iter().map(|(name, words)| (name, words.to_owned())).collect::<Vec<_>>();
    let (label, copy, copied, search) = (words.label.clone(), words.copy, words.copied, words.search);
    let looked = Looked {
        value,
        words: StoredValue::new(words),
        text: RwSignal::new(String::new()),
        opened: RwSignal::new(None),
        on_drag,
        actions: StoredValue::new(actions),
    };
    // Written out only when somebody looks at it or copies it.
    let json = Memo::new(move |_| serde_json::to_string_pretty(&*value.get()).unwrap_or_default());
    let body = move || match shown.get() {
        "json" => view! { <JsonText looked text=json/> }.into_any(),
        "table" => view! { <TableView looked/> }.into_any(),
        "tree" => view! { <Rows looked of=value/> }.into_any(),
        _ => view! { <Rows looked of=Memo::new(move |_| Arc::new(schema(&value.get())))/> }.into_any(),
    };
    view! {
        <section class="kl-json kl-data" aria-label=label.clone()>
            <header class="kl-json-head">
                <Tabs label=label.clone() tabs=Signal::stored(tabs) selected=shown small=true/>
                <span class="kl-spring"></span>
                <CopyButton text=json label=copy done=copied/>
            </header>
            <Show when=move || shown.get() != "json">
                <div class="kl-data-search">
                    <Picture icon=Icon::Search/>
                    <input class="kl-input" type="search" placeholder=search aria-label=search prop:value=move || looked.text.get() on:input=move |event| looked.text.set(event_target_value(&event))/>
                </div>
            </Show>
            {body}
        </section>
    }
}

#[component]
fn Rows(looked: Looked, #[prop(into)] of: Signal<Arc<Value>>) -> impl IntoView {
    let folded = RwSignal::new(HashSet::<String>::new());
    let limit = RwSignal::new(ROWS_STEP);
    let cut = Memo::new(move |_| {
        let value = of.get();
        let found = looked.text.with(|text| (!text.trim().is_empty()).then(|| find::find(&value, text)));
        folded.with(|folded| rows_among(&value, folded, found.as_ref(), limit.get()))
    });
    let toggle = move |path: &str| {
        folded.update(|folded| {
            if !folded.remove(path) {
                folded.insert(path.to_owned());
            }
        });
    };
    let row = move |row: Row| view! { <DataRow looked row on_toggle=move |path: String| toggle(&path)/> };
    view! {
        <ul class="kl-tree">{move || cut.with(|(rows, _)| rows.iter().cloned().map(row).collect_view())}</ul>
        {move || cut.with(|(rows, _)| rows.is_empty()).then(|| view! { <p class="kl-data-nothing">{looked.words.with_value(|words| words.nothing_found)}</p> })}
        {move || cut.with(|(_, more)| *more).then(|| more(looked, move || limit.update(|n| *n += ROWS_STEP * 5)))}
    }
}

#[component]
fn DataRow(looked: Looked, row: Row, #[prop(into)] on_toggle: Callback<String>) -> impl IntoView {
    let words = looked.words.get_value();
    let path = StoredValue::new(row.path.clone());
    let shown = match row.show {
        // Of a schema's list one entry is left: the list itself knows how many there are.
        Show::List(n) => (words.items)(looked.value.with(|value| entries(value, &row.path)).unwrap_or(n)),
        Show::Object(n) => (words.fields)(n),
        Show::Scalar(text) => text,
    };
    let name = match row.open {
        Some(open) => view! { <button class="kl-tree-name" type="button" aria-expanded=open.to_string() on:click=move |_| on_toggle.run(path.get_value())>{row.name.clone()}</button> }
        .into_any(),
        None => view! { <span class="kl-tree-name">{row.name.clone()}</span> }.into_any(),
    };
    view! {
        <li class="kl-tree-row" style:--depth=row.depth.to_string() draggable=looked.on_drag.map(|_| "true") on:dragstart=move |event| dragged(looked, event, path)>
            {name}
            <span class="kl-tree-value" data-kind=row.kind>{shown}</span>
            <MoreButton looked path name=row.name/>
        </li>
        <Opened looked path/>
    }
}

fn entries(value: &Value, path: &str) -> Option<usize> {
    value.pointer(path)?.as_array().map(Vec::len)
}

fn dragged(looked: Looked, event: DragEvent, path: StoredValue<String>) {
    if let Some(on_drag) = looked.on_drag {
        on_drag.run((event, path.get_value()));
    }
}

#[component]
fn MoreButton(looked: Looked, path: StoredValue<String>, name: String) -> impl IntoView {
    let is_open = move || looked.opened.with(|opened| path.with_value(|path| opened.as_ref() == Some(path)));
    let toggle = move |_| {
        let next = (!is_open()).then(|| path.get_value());
        looked.opened.set(next);
    };
    let label = looked.words.with_value(|words| format!("{}: {name}", words.actions));
    looked.actions.with_value(Option::is_some).then(|| {
        view! { <button class="kl-data-more" type="button" title=label.clone() aria-label=label aria-expanded=move || is_open().to_string() on:click=toggle>"⋯"</button> }
    })
}

#[component]
fn Opened(looked: Looked, path: StoredValue<String>) -> impl IntoView {
    move || {
        let is_open = looked.opened.with(|opened| path.with_value(|path| opened.as_ref() == Some(path)));
        let actions = looked.actions.get_value().filter(|_| is_open)?;
        Some(view! { <li class="kl-data-actions">{actions(path.get_value())}</li> })
    }
}

#[component]
fn TableView(looked: Looked) -> impl IntoView {
    let limit = RwSignal::new(ROWS_STEP);
    let cut = Memo::new(move |_| {
        looked.value.with(|value| looked.text.with(|text| table(value, text, limit.get())))
    });
    let row = move |row: table::TableRow| {
        let path = StoredValue::new(row.path);
        let cell = |cell: Option<String>| view! { <td>{cell}</td> };
        let width = (row.cells.len() + 2).to_string();
        let is_open =
            move || looked.opened.with(|opened| path.with_value(|path| opened.as_ref() == Some(path)));
        view! {
            <tr draggable=looked.on_drag.map(|_| "true") on:dragstart=move |event| dragged(looked, event, path)>
                <th scope="row">{row.name.clone()}</th>{row.cells.into_iter().map(cell).collect_view()}
                <td><MoreButton looked path name=row.name/></td>
            </tr>
            <Show when=is_open><tr><td colspan=width.clone()><ul class="kl-bare"><Opened looked path/></ul></td></tr></Show>
        }
    };
    view! {
        <div class="kl-data-table" tabindex="0" role="region" aria-label=looked.words.with_value(|words| words.table)>
            <table>
                {move || cut.with(|table| (!table.columns.is_empty()).then(|| view! { <thead><tr><th></th>{table.columns.iter().map(|name| view! { <th scope="col">{name.clone()}</th> }).collect_view()}<th></th></tr></thead> }))}
                <tbody>{move || cut.with(|table| table.rows.iter().cloned().map(row).collect_view())}</tbody>
            </table>
        </div>
        {move || cut.with(|table| table.rows.is_empty()).then(|| view! { <p class="kl-data-nothing">{looked.words.with_value(|words| words.nothing_found)}</p> })}
        {move || cut.with(|table| table.more).then(|| more(looked, move || limit.update(|n| *n += ROWS_STEP * 5)))}
    }
}

#[component]
fn JsonText(looked: Looked, text: Memo<String>) -> impl IntoView {
    let limit = RwSignal::new(TEXT_BYTES_STEP);
    let shown = move || text.with(|text| text[..text.floor_char_boundary(limit.get())].to_owned());
    let rest = move || text.with(|text| text.len() > limit.get());
    view! {
        <pre class="kl-json-text" tabindex="0">{shown}</pre>
        {move || rest().then(|| more(looked, move || limit.update(|n| *n += TEXT_BYTES_STEP * 5)))}
    }
}

fn more(looked: Looked, ask: impl Fn() + 'static) -> impl IntoView {
    view! { <button class="kl-more" type="button" on:click=move |_| ask()>{looked.words.with_value(|words| words.more)}</button> }
}
