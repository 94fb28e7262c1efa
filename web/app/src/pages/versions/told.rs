//! Changes in words.

use crate::words::{Language, count, fill, words};
use canvas::compare::{Changes, Kind, NodeChange};
use leptos::prelude::*;
use model::{FlowDocument, OperationSpec, Specs};
use std::sync::Arc;

/// "2 nodes changed, 1 edge changed".
pub fn in_short(changes: &Changes) -> String {
    let w = words();
    let of = |is: fn(&Kind) -> bool| changes.nodes.iter().filter(|change| is(&change.kind)).count();
    let edges = changes.edges_added.len() + changes.edges_removed.len();
    let parts = [
        (w.diff_nodes_added, of(|kind| *kind == Kind::Added)),
        (w.diff_nodes_removed, of(|kind| *kind == Kind::Removed)),
        (w.diff_nodes_changed, of(|kind| matches!(kind, Kind::Changed(_)))),
        (w.diff_edges, edges),
        (w.diff_settings, changes.flow.len()),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(_, many)| *many > 0)
        .map(|(text, many)| count(text, many as u64))
        .collect();
    if told.is_empty() { w.version_same.to_owned() } else { told.join(", ") }
}

/// What people call one thing of a node: `title`, or `with/script`.
pub fn what_words(spec: Option<&OperationSpec>, what: &str, language: Language) -> String {
    let w = language.words();
    match what {
        "title" => w.node_title.to_owned(),
        "note" => w.node_note.to_owned(),
        "disabled" => w.node_off.to_owned(),
        "connection" => w.connection.to_owned(),
        other => {
            let name = other.strip_prefix("with/").unwrap_or(other);
            let (name, line) = name.split_once('/').unwrap_or((name, ""));
            let field = spec.and_then(|spec| spec.find_field(name));
            let title = field.map_or_else(|| name.to_owned(), |field| language.of(&field.title).to_owned());
            if line.is_empty() { title } else { format!("{title}: {line}") }
        }
    }
}

/// Every change as a line.
#[component]
pub fn Told(
    changes: Changes,
    before: Arc<FlowDocument>,
    after: Arc<FlowDocument>,
    specs: Arc<Specs>,
    language: Language,
) -> impl IntoView {
    let w = words();
    let title = {
        let (before, after) = (before.clone(), after.clone());
        move |id: &str| {
            let id = id.split('.').next().unwrap_or(id);
            let node = after.node(id).or_else(|| before.node(id));
            node.map_or_else(|| id.to_owned(), |node| node.label().to_owned())
        }
    };
    let node = |change: &NodeChange| {
        let found = after.node(change.node.as_str()).or_else(|| before.node(change.node.as_str()));
        let spec = found.and_then(|node| specs.operation(&node.operation));
        let (kind, text, what) = match &change.kind {
            Kind::Added => ("added", w.diff_added, String::new()),
            Kind::Removed => ("removed", w.diff_removed, String::new()),
            Kind::Changed(what) => {
                let what: Vec<String> = what.iter().map(|what| what_words(spec, what, language)).collect();
                ("changed", w.diff_changed, what.join(", "))
            }
        };
        view! { <li data-diff=kind><b>{change.label.clone()}</b> " " <span>{text}</span> " " <small>{what}</small></li> }
    };
    let nodes = changes.nodes.iter().map(node).collect_view();
    let edge = |kind: &'static str, text: &'static str, (from, to): &(String, model::NodeId)| {
        view! { <li data-diff=kind>{fill(text, &[&title(from), &title(to.as_str())])}</li> }
    };
    let added = changes.edges_added.iter().map(|one| edge("added", w.diff_edge_added, one)).collect_view();
    let removed =
        changes.edges_removed.iter().map(|one| edge("removed", w.diff_edge_removed, one)).collect_view();
    let flow = changes
        .flow
        .iter()
        .map(|name| view! { <li data-diff="changed">{fill(w.part_setting, &[&name.trim_start_matches("settings/")])}</li> })
        .collect_view();
    let nothing = (changes.count() == 0).then(|| view! { <p class="kl-muted">{w.version_same}</p> });
    view! { <div class="kl-diff-words">{nothing}<ul>{nodes}{added}{removed}{flow}</ul></div> }
}
