//! What is in a node: its operation, its connection, its fields; or, with no node chosen, the flow's own settings.

use super::source::SourceCard;
use super::value::FieldValue;
use crate::flow_canvas::{GlyphBox, INSPECTOR, Shown};
use crate::flow_view::{Glyph, family_name, family_words, glyph};
use crate::load::Load;
use crate::shell::specs;
use crate::time::{date_time, span};
use crate::words::{fill, language, words};
use api::FlowDetail;
use leptos::prelude::*;
use model::{Collapse, Field, FieldKind, Node, NodeId, OnError, Priority, Value};
use std::sync::Arc;
use ui::{CopyButton, Icon, IconButton, Pill, Tone};

#[component]
pub fn Inspector(flow: Signal<FlowDetail>, load: Load<FlowDetail>, shown: Shown) -> impl IntoView {
    let body = move || match shown.selected.get() {
        Some(node) => view! { <NodeSetUp flow load shown node/> }.into_any(),
        None => view! { <FlowSetUp flow/> }.into_any(),
    };
    view! { <aside class="kl-inspector" id=INSPECTOR tabindex="-1" aria-label=words().setup aria-live="off">{body}</aside> }
}

#[component]
pub fn InspectorHead(
    glyph: Glyph,
    family: &'static str,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    shown: Option<Shown>,
) -> impl IntoView {
    view! {
        <header class="kl-inspector-head">
            <GlyphBox glyph family/>
            <div class="kl-inspector-title"><h2>{title}</h2><p>{text}</p></div>
            {shown.map(|shown| view! { <IconButton icon=Icon::Cross label=words().close on_click=move |()| shown.unselect()/> })}
        </header>
    }
}

#[component]
fn NodeSetUp(flow: Signal<FlowDetail>, load: Load<FlowDetail>, shown: Shown, node: NodeId) -> impl IntoView {
    let found = flow.with_untracked(|flow| flow.document.node(node.as_str()).cloned());
    let webhook = flow.with_untracked(|flow| {
        flow.webhooks.iter().find(|hook| hook.node == node).map(|hook| hook.url.clone())
    });
    let next = flow.with_untracked(|flow| {
        flow.schedules.iter().find(|schedule| schedule.node == node).and_then(|schedule| schedule.next_at)
    });
    found.map(|node| {
        view! {
            <NodeHead node=node.clone() shown/>
            <div class="kl-inspector-body">
                {webhook.map(|url| view! { <WebhookAddress url/> })}
                <SourceCard flow load node=node.id.clone()/>
                {next.map(|at| view! { <p class="kl-muted">{fill(words().next_at, &[&date_time(at)])}</p> })}
                <NodeFields node/>
            </div>
        }
    })
}

#[component]
pub fn NodeHead(node: Node, shown: Shown) -> impl IntoView {
    let specs = specs();
    let spec = specs.operation(&node.operation);
    let family = spec.map(|spec| spec.family);
    let operation =
        spec.map_or_else(|| node.operation.to_string(), |spec| language().of(&spec.title).to_owned());
    let text = format!("{}, {operation}", family_words(family, words()));
    view! { <InspectorHead glyph=glyph(&node.operation, &specs) family=family_name(family) title=node.label() text shown=Some(shown)/> }
}

#[component]
fn WebhookAddress(url: String) -> impl IntoView {
    let w = words();
    view! {
        <div class="kl-field">
            <span class="kl-label">{w.webhook_url}</span>
            <div class="kl-copyable"><code>{url.clone()}</code><CopyButton text=Signal::stored(url) label=w.copy done=w.copied/></div>
            <p class="kl-note">{w.webhook_hint}</p>
        </div>
    }
}

/// A node's fields in the order of its spec; what the spec does not know comes last, because it is in the file.
#[component]
pub fn NodeFields(node: Node) -> impl IntoView {
    let w = words();
    let specs = specs();
    let spec = specs.operation(&node.operation).cloned();
    let known: Vec<Field> = spec.as_ref().map(|spec| spec.fields.clone()).unwrap_or_default();
    let unknown = node.with.iter().filter(|(name, _)| !known.iter().any(|field| field.name == **name));
    let unknown: Vec<_> = unknown.map(|(name, value)| extra_field(name, value)).collect();
    let nothing = known.is_empty() && unknown.is_empty();
    let fields = known.into_iter().filter_map(|field| set_field(field, &node.with)).collect_view();
    let facts = node_facts(&node);
    view! {
        {spec.map(|spec| language().of(&spec.about).to_owned()).filter(|about| !about.is_empty()).map(|about| view! { <p class="kl-muted">{about}</p> })}
        {(!node.note.is_empty()).then(|| view! { <p class="kl-callout" data-tone="warn">{node.note.clone()}</p> })}
        {node.disabled.then(|| view! { <Pill tone=Tone::Warn>{w.disabled}</Pill> })}
        {nothing.then(|| view! { <p class="kl-muted">{w.no_fields}</p> })}
        {fields}
        {unknown}
        <Facts facts/>
    }
}

/// One field as it is set; a field left at its default is shown only where people look for it.
fn set_field(field: Field, with: &serde_json::Map<String, Value>) -> Option<impl IntoView + use<>> {
    let set = with.get(&field.name).cloned();
    if set.is_none() && (field.advanced || field.default.is_null()) && !field.required {
        return None;
    }
    let by_default = set.is_none();
    let value = set.unwrap_or_else(|| field.default.clone());
    let title = language().of(&field.title).to_owned();
    Some(view! {
        <div class="kl-field" data-default=by_default.then_some("")>
            <span class="kl-label">{title.clone()}</span>
            <FieldValue kind=field.kind.clone() value label=title/>
        </div>
    })
}

fn extra_field(name: &str, value: &Value) -> impl IntoView + use<> {
    view! {
        <div class="kl-field">
            <span class="kl-label">{name.to_owned()}</span>
            <FieldValue kind=FieldKind::Json value=value.clone() label=name.to_owned()/>
        </div>
    }
}

fn node_facts(node: &Node) -> Vec<(&'static str, String)> {
    let w = words();
    let retry = node.retry.as_ref().map(|retry| {
        (w.retry_label, fill(w.retry_rule, &[&retry.attempts, &span(retry.first, w), &span(retry.max, w)]))
    });
    let facts = [
        node.connection.as_ref().map(|connection| (w.connection, connection.to_string())),
        retry,
        node.timeout.map(|timeout| (w.timeout_label, span(timeout, w))),
        Some((w.operation, node.operation.to_string())),
        Some((w.node_id, node.id.to_string())),
    ];
    facts.into_iter().flatten().collect()
}

#[component]
pub fn Facts(facts: Vec<(&'static str, String)>) -> impl IntoView {
    let fact = |(name, value): (&'static str, String)| view! { <dt>{name}</dt> <dd>{value}</dd> };
    view! { <dl class="kl-facts">{facts.into_iter().map(fact).collect_view()}</dl> }
}

#[component]
fn FlowSetUp(flow: Signal<FlowDetail>) -> impl IntoView {
    let w = words();
    let (document, webhooks) =
        flow.with_untracked(|flow| (Arc::new(flow.document.clone()), flow.webhooks.clone()));
    let settings = &document.settings;
    let on_error = match &settings.on_error {
        OnError::Inbox => w.on_error_inbox.to_owned(),
        OnError::Flow(id) => id.to_string(),
    };
    let priority = match settings.priority {
        Priority::Low => w.priority_low,
        Priority::Normal => w.priority_normal,
        Priority::High => w.priority_high,
    };
    let mut facts = vec![
        (w.node_id, document.id.to_string()),
        (w.concurrency, settings.concurrency.to_string()),
        (w.key_concurrency, settings.key_concurrency.to_string()),
        (w.priority, priority.to_owned()),
        (w.timeout_label, span(settings.timeout, w)),
        (w.on_error, on_error),
        (w.keep_done, span(settings.keep.done, w)),
        (w.keep_failed, span(settings.keep.failed, w)),
    ];
    if settings.collapse == Some(Collapse::Newest) {
        let quiet = settings.collapse_after.map(|after| fill(w.collapse_newest_after, &[&span(after, w)]));
        facts.push((w.collapse, quiet.unwrap_or_else(|| w.collapse_newest.to_owned())));
    }
    if let Some(buffer) = &settings.accept_into {
        facts.push((w.accept_into, buffer.clone()));
    }
    let order = settings.order_by.clone().map(|order| {
        view! {
            <div class="kl-field">
                <span class="kl-label">{w.order_by}</span>
                <FieldValue kind=FieldKind::Text value=Value::String(order) label=w.order_by.to_owned()/>
            </div>
        }
    });
    view! {
        <InspectorHead glyph=Glyph::Icon(Icon::Flows) family="action" title=document.name.clone() text=w.settings_of_flow shown=None/>
        <div class="kl-inspector-body">
            <p class="kl-muted">{w.select_node}</p>
            {webhooks.into_iter().map(|hook| view! { <WebhookAddress url=hook.url/> }).collect_view()}
            {order}
            <Facts facts/>
        </div>
    }
}
