//! Which of a document's operations are wanted.

use super::changes::Changes;
use super::state::Importing;
use crate::fuzzy;
use crate::words::{fill, language, words};
use api::ConnectorPreview;
use leptos::prelude::*;
use model::OperationSpec;
use std::sync::Arc;
use ui::{Button, ButtonKind, Pill, TextField, TextKind, Tone};

/// Rows that are drawn before somebody asks for more.
const ROWS: usize = 100;

/// A line of the list.
#[derive(Clone, PartialEq)]
struct Row {
    /// The part of its id behind the slash.
    name: String,
    method: String,
    path: String,
    title: String,
    about: String,
}

impl Row {
    fn new(spec: &OperationSpec, preview: &ConnectorPreview) -> Self {
        let call = preview.calls.get(spec.id.as_str()).map(String::as_str).unwrap_or_default();
        let (method, path) = call.split_once(' ').unwrap_or(("", call));
        Row {
            name: spec.id.operation().to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            title: language().of(&spec.title).to_owned(),
            about: language().of(&spec.about).to_owned(),
        }
    }
}

#[component]
pub fn OperationsCard(
    importing: Importing,
    shown: Arc<ConnectorPreview>,
    changes: Memo<Changes>,
) -> impl IntoView {
    let w = words();
    let rows =
        StoredValue::new(shown.operations.iter().map(|spec| Row::new(spec, &shown)).collect::<Vec<_>>());
    let all = shown.operations.len();
    let (searched, drawn) = (RwSignal::new(String::new()), RwSignal::new(ROWS));
    let found = Memo::new(move |_| {
        let text = |row: &Row| {
            (row.title.clone(), format!("{} {} {} {}", row.method, row.path, row.name, row.about))
        };
        searched.with(|searched| rows.with_value(|rows| fuzzy::best(searched, rows.iter().cloned(), text)))
    });
    let some = move || found.with(|found| found.iter().take(drawn.get()).cloned().collect::<Vec<_>>());
    let more = move || found.with(|found| found.len().saturating_sub(drawn.get()));
    // What is searched for is chosen or left out, and nothing else.
    let set_all = move |wanted: bool| {
        let names: Vec<String> =
            found.with_untracked(|found| found.iter().map(|row| row.name.clone()).collect());
        importing.chosen.update(|chosen| {
            for name in names {
                match wanted {
                    true => drop(chosen.insert(name)),
                    false => drop(chosen.remove(&name)),
                }
            }
        });
    };
    let counted = move || fill(w.api_chosen, &[&importing.chosen.with(|chosen| chosen.len()), &all]);
    view! {
        <section class="kl-card">
            <h2>{w.api_which}</h2>
            <div class="kl-api-tools">
                <TextField label=w.api_search label_hidden=true value=searched kind=TextKind::Search placeholder=w.api_search/>
                <span class="kl-muted" role="status">{counted}</span>
                <Button kind=ButtonKind::Quiet on_click=move |_| set_all(true)>{w.api_all}</Button>
                <Button kind=ButtonKind::Quiet on_click=move |_| set_all(false)>{w.api_none}</Button>
            </div>
            <ul class="kl-api-operations" aria-label=w.api_which>
                <For each=some key=|row| row.name.clone() let:row><OperationRow importing row id=shown.spec.id.clone() changes/></For>
            </ul>
            {move || found.with(Vec::is_empty).then(|| view! { <p class="kl-muted">{w.api_search_none}</p> })}
            {move || Some(more()).filter(|more| *more > 0).map(|more| {
                let text = fill(w.api_show_more, &[&more.min(ROWS)]);
                view! { <Button kind=ButtonKind::Quiet on_click=move |_| drawn.update(|drawn| *drawn += ROWS)>{text}</Button> }
            })}
        </section>
    }
}

#[component]
fn OperationRow(importing: Importing, row: Row, id: String, changes: Memo<Changes>) -> impl IntoView {
    let w = words();
    let (name, own) = (row.name.clone(), row.name.clone());
    let is_chosen = move || importing.chosen.with(|chosen| chosen.contains(&name));
    let turn = move |event| {
        let (wanted, own) = (event_target_checked(&event), own.clone());
        importing.chosen.update(|chosen| match wanted {
            true => drop(chosen.insert(own)),
            false => drop(chosen.remove(&own)),
        });
    };
    let operation = model::OperationId::from(format!("{id}/{}", row.name).as_str());
    let mark = move || {
        let (tone, text) = changes.with(|changes| match () {
            () if !importing.is_known() => None,
            () if changes.added.contains(&operation) => Some((Tone::Good, w.api_new)),
            () if changes.changed.contains_key(&operation) => Some((Tone::Info, w.api_changed)),
            () => None,
        })?;
        Some(view! { <Pill tone>{text}</Pill> })
    };
    let method = row.method.clone();
    view! {
        <li>
            <label class="kl-api-operation" title=row.about>
                <input class="kl-check" type="checkbox" prop:checked=is_chosen on:change=turn/>
                <span class="kl-method" data-method=method.clone()>{method.clone()}</span>
                <span><b>{row.title}</b><code>{row.path}</code></span>
                {mark}
            </label>
        </li>
    }
}
