//! What became of each part of an n8n workflow, grouped.

use crate::words::{Language, count, fill, language, words};
use leptos::prelude::*;
use leptos_router::components::A;
use n8n::{Item, Kind, Report};

/// `flow` is there once the draft is: then each part leads to its node.
#[component]
pub fn ReportList(report: Report, flow: Option<String>) -> impl IntoView {
    let w = words();
    let person = report.of(Kind::Person).count() as u64;
    let groups = [Kind::Person, Kind::Translated, Kind::Carried].into_iter().filter_map(|kind| {
        let items: Vec<Item> = report.of(kind).cloned().collect();
        (!items.is_empty()).then(|| group(kind, items, flow.clone()))
    });
    view! {
        <p class="kl-note">{w.import_n8n_text} " " {match person {
            0 => w.import_n8n_whole.to_owned(),
            some => count(w.import_n8n_person, some),
        }}</p>
        <div class="kl-import-report">{groups.collect_view()}</div>
    }
}

fn group(kind: Kind, items: Vec<Item>, flow: Option<String>) -> impl IntoView {
    let w = words();
    let title = match kind {
        Kind::Carried => w.report_carried,
        Kind::Translated => w.report_translated,
        Kind::Person => w.report_person,
    };
    let title = fill(title, &[&items.len()]);
    let thai = language() == Language::Thai;
    let row = move |item: Item| {
        let name = item.place.clone();
        let place = match (&flow, &item.node) {
            (Some(flow), Some(node)) => {
                let at = format!("/flows/{flow}/edit?node={node}");
                view! { <A href=at>{name}</A> }.into_any()
            }
            _ => view! { <b>{name}</b> }.into_any(),
        };
        let todo = item.todo(thai);
        view! {
            <li>
                <p>{place} " " {item.what(thai)}</p>
                {(!todo.is_empty()).then(|| view! { <p class="kl-muted">{todo}</p> })}
            </li>
        }
    };
    view! {
        <details class="kl-import-group" data-kind={format!("{kind:?}").to_lowercase()} open={kind == Kind::Person}>
            <summary>{title}</summary>
            <ul>{items.into_iter().map(row).collect_view()}</ul>
        </details>
    }
}
