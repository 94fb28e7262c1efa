//! What becomes of a node that fails: how often it is tried, how long it may take, and who takes the error.

use super::fields::{edit_switch, edit_text};
use super::node::Opened;
use crate::editor::desk::Desk;
use crate::pages::Problems;
use crate::words::{fill, words};
use canvas::draft::Stroke;
use leptos::prelude::*;
use model::{Family, FlowDocument, Node, NodeId, OnError, Port, Retry};
use ui::{Switch, TextField, TextKind};

#[component]
pub fn ErrorsTab(opened: Opened) -> impl IntoView {
    let w = words();
    let Opened { desk, node, spec, .. } = opened;
    let family = spec.map(|spec| spec.family);
    let of_node = node.clone();
    let mine = Memo::new(move |_| desk.problems_of(Some(&of_node)));
    let problems = move || {
        let problems = mine.get();
        (!problems.is_empty()).then(|| view! { <Problems problems/> })
    };
    let is_action = family == Some(Family::Action);
    let runs = matches!(family, Some(Family::Action | Family::Transform));
    view! {
        {problems}
        {(family != Some(Family::Trigger)).then(|| view! { <OnErrorText desk node=node.clone()/> })}
        {is_action.then(|| view! { <RetryFields desk node=node.clone()/> })}
        {runs.then(|| view! { <TimeOut desk node/> })}
        {(!runs).then(|| view! { <p class="kl-muted">{w.errors_nothing_to_set}</p> })}
    }
}

/// Who takes the error, as the flow is drawn.
#[component]
fn OnErrorText(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let told = desk.of_document(move |doc| {
        let taken =
            doc.edges.iter().find(|edge| edge.from.node == node && edge.from.port.as_str() == Port::ERROR);
        match (taken, &doc.settings.on_error) {
            (Some(edge), _) => {
                let label = doc.node(edge.to.as_str()).map_or(edge.to.as_str(), Node::label);
                fill(w.on_error_to_edge, &[&label])
            }
            (None, OnError::Flow(flow)) => fill(w.on_error_to_flow, &[flow]),
            (None, OnError::Inbox) => w.on_error_to_inbox.to_owned(),
        }
    });
    view! { <div class="kl-field"><b class="kl-pane-part">{w.on_error}</b><p>{move || told.get()}</p><p class="kl-note">{w.on_error_hint}</p></div> }
}

fn change(doc: &mut FlowDocument, node: &NodeId, what: impl FnOnce(&mut Node)) {
    if let Some(found) = doc.nodes.iter_mut().find(|one| one.id == *node) {
        what(found);
    }
}

fn stroke(node: &NodeId, field: &str) -> Stroke {
    Stroke::Typing { node: Some(node.clone()), field: field.into() }
}

#[component]
fn RetryFields(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let id = node.clone();
    let own = desk.of_document(move |doc| doc.node(id.as_str()).is_some_and(|node| node.retry.is_some()));
    let id = node.clone();
    let turned = edit_switch(own, move |wanted| {
        let id = id.clone();
        desk.does(move |canvas| {
            canvas.change(move |doc| {
                change(doc, &id, |node| node.retry = wanted.then(Retry::default));
            })
        });
    });
    let part = move |label: &'static str,
                     name: &'static str,
                     kind: TextKind,
                     hint: String,
                     read: fn(&Retry) -> String,
                     write: fn(&mut Retry, &str) -> bool| {
        let (reader, writer) = (node.clone(), node.clone());
        let wrong = RwSignal::new(None::<String>);
        let text = edit_text(
            desk,
            stroke(&node, name),
            move |doc| {
                doc.node(reader.as_str()).and_then(|node| node.retry.as_ref().map(read)).unwrap_or_default()
            },
            move |doc, text| {
                change(doc, &writer, |node| {
                    let mut retry = node.retry.clone().unwrap_or_default();
                    let is_read = write(&mut retry, text.trim());
                    wrong.set((!is_read).then(|| w.value_not_span.to_owned()));
                    if is_read {
                        node.retry = Some(retry);
                    }
                });
            },
        );
        view! { <TextField label value=text kind hint error=wrong/> }
    };
    let fields = move || {
        own.get().then(|| {
            view! {
                <div class="kl-stack kl-indented">
                    {part(w.retry_attempts, "/retry/attempts", TextKind::Text, w.retry_attempts_hint.to_owned(), |retry| retry.attempts.to_string(), |retry, text| {
                        let read = text.parse::<u32>().ok().filter(|n| (1..=Retry::ATTEMPTS_MAX).contains(n));
                        read.map(|attempts| retry.attempts = attempts).is_some()
                    })}
                    {part(w.retry_first, "/retry/first", TextKind::Text, w.span_hint.to_owned(), |retry| retry.first.to_string(), |retry, text| text.parse().map(|first| retry.first = first).is_ok())}
                    {part(w.retry_max, "/retry/max", TextKind::Text, w.span_hint.to_owned(), |retry| retry.max.to_string(), |retry, text| text.parse().map(|max| retry.max = max).is_ok())}
                </div>
            }
        })
    };
    let usual = Retry::default();
    let hint = fill(w.retry_usual, &[&usual.attempts, &usual.first, &usual.max]);
    view! { <Switch label=w.retry_own value=turned hint/> {fields} }
}

#[component]
fn TimeOut(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let (reader, writer) = (node.clone(), node.clone());
    let wrong = RwSignal::new(None::<String>);
    let text = edit_text(
        desk,
        stroke(&node, "/timeout"),
        move |doc| {
            let timeout = doc.node(reader.as_str()).and_then(|node| node.timeout);
            timeout.map(|timeout| timeout.to_string()).unwrap_or_default()
        },
        move |doc, text| {
            let text = text.trim();
            let read = if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
            wrong.set(read.is_none().then(|| w.value_not_span.to_owned()));
            if let Some(timeout) = read {
                change(doc, &writer, |node| node.timeout = timeout);
            }
        },
    );
    view! { <TextField label=w.timeout_label value=text hint=w.timeout_hint placeholder="30s" error=wrong/> }
}
