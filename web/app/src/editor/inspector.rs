//! What is in the chosen node, to be set; or, with none chosen, what is set for the flow.

use super::desk::Desk;
use super::field::{FieldEditor, edit_switch, edit_text};
use crate::client::client;
use crate::flow_canvas::INSPECTOR;
use crate::flow_view::{family_name, family_words, glyph};
use crate::load::Load;
use crate::pages::Problems;
use crate::words::{fill, language, words};
use api::{ConnectionList, path};
use canvas::Canvas;
use canvas::draft::Stroke;
use leptos::prelude::*;
use model::spec::Need;
use model::{Edge, FlowDocument, NodeId, OperationSpec, Value};
use ui::{Button, ButtonKind, Choice, Icon, Select, Switch, TextArea, TextField, TextKind};

#[component]
pub fn EditInspector(desk: Desk) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        desk.canvas.with(|canvas| {
            let selection = canvas.selection();
            (canvas.selected().cloned(), selection.edge().cloned(), selection.nodes().len())
        })
    });
    let body = move || match chosen.get() {
        (Some(node), ..) => view! { <NodeEditor desk node/> }.into_any(),
        (None, Some(edge), _) => view! { <EdgeEditor desk edge/> }.into_any(),
        (None, None, many) if many > 1 => view! { <SeveralEditor desk many/> }.into_any(),
        _ => view! { <FlowEditor desk/> }.into_any(),
    };
    view! { <aside class="kl-inspector" id=INSPECTOR tabindex="-1" aria-label=words().setup aria-live="off">{body}</aside> }
}

#[component]
fn NodeEditor(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let operation = {
        let node = node.clone();
        desk.of_document(move |doc| doc.node(node.as_str()).map(|node| node.operation.clone()))
    };
    let id = StoredValue::new(node);
    // Drawn anew only for another operation: what is being typed keeps its focus.
    move || {
        let operation = operation.get()?;
        let spec = desk.specs().operation(&operation).cloned();
        let family = spec.as_ref().map(|spec| spec.family);
        let title =
            spec.as_ref().map_or_else(|| operation.to_string(), |spec| language().of(&spec.title).to_owned());
        let about = spec.as_ref().map(|spec| language().of(&spec.about).to_owned()).unwrap_or_default();
        let fields = spec.as_ref().map(|spec| view! { <Fields desk node=id.get_value() spec=spec.clone()/> });
        Some(view! {
            <header class="kl-inspector-head">
                <crate::flow_canvas::GlyphBox glyph=glyph(&operation, &desk.specs()) family=family_name(family)/>
                <div class="kl-inspector-title"><h2>{title}</h2><p>{family_words(family, w)}</p></div>
            </header>
            <div class="kl-inspector-body">
                {(!about.is_empty()).then(|| view! { <p class="kl-muted">{about}</p> })}
                <NodeProblems desk node=id.get_value()/>
                <Title desk node=id.get_value()/>
                {fields}
                <super::preview::StepPreview desk node=id.get_value()/>
                <NodeFoot desk node=id.get_value()/>
            </div>
        })
    }
}

#[component]
fn NodeProblems(desk: Desk, node: NodeId) -> impl IntoView {
    let mine = Memo::new(move |_| desk.problems_of(Some(&node)));
    move || {
        let problems = mine.get();
        (!problems.is_empty()).then(|| view! { <Problems problems/> })
    }
}

#[component]
fn Title(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let read = {
        let node = node.clone();
        move |doc: &FlowDocument| doc.node(node.as_str()).map(|node| node.title.clone()).unwrap_or_default()
    };
    let stroke = Stroke::Typing { node: Some(node.clone()), field: "/title".into() };
    let text = edit_text(desk, stroke, read, move |doc, text| {
        if let Some(found) = doc.nodes.iter_mut().find(|one| one.id == node) {
            found.title = text.to_owned();
        }
    });
    view! { <TextField label=w.node_title value=text/> }
}

#[component]
fn Fields(desk: Desk, node: NodeId, spec: OperationSpec) -> impl IntoView {
    let w = words();
    let (advanced, usual): (Vec<_>, Vec<_>) = spec.fields.iter().cloned().partition(|field| field.advanced);
    let editor = |field: model::Field| view! { <FieldEditor desk node=node.clone() field/> };
    let advanced = (!advanced.is_empty()).then(|| {
        view! {
            <details class="kl-details"><summary>{w.more_fields}</summary><div class="kl-stack">{advanced.into_iter().map(editor).collect_view()}</div></details>
        }
    });
    let connection = (spec.connection != Need::None).then(|| {
        view! { <ConnectionField desk node=node.clone() connector=spec.id.connector().to_owned()/> }
    });
    let nothing = spec.fields.is_empty().then(|| view! { <p class="kl-muted">{w.no_fields}</p> });
    view! { {connection} {nothing} {usual.into_iter().map(editor).collect_view()} {advanced} }
}

/// Whose credentials the node uses.
#[component]
fn ConnectionField(desk: Desk, node: NodeId, connector: String) -> impl IntoView {
    let w = words();
    let client = client();
    let all = Load::new(move || async move { client.get::<ConnectionList>(path::CONNECTIONS).await });
    let choices = Signal::derive(move || {
        let none = Choice::new("", w.connection_none);
        let list = all.get().map(|list| list.connections).unwrap_or_default();
        let own = list.into_iter().filter(|one| one.connector == connector);
        std::iter::once(none)
            .chain(own.map(|one| Choice::new(one.name.to_string(), one.name.to_string())))
            .collect::<Vec<_>>()
    });
    let read = {
        let node = node.clone();
        move |doc: &FlowDocument| {
            let chosen = doc.node(node.as_str()).and_then(|node| node.connection.clone());
            chosen.map(|name| name.to_string()).unwrap_or_default()
        }
    };
    let stroke = Stroke::Typing { node: Some(node.clone()), field: "/connection".into() };
    let value = edit_text(desk, stroke, read, move |doc, text| {
        if let Some(found) = doc.nodes.iter_mut().find(|one| one.id == node) {
            found.connection = (!text.is_empty()).then(|| text.into());
        }
    });
    view! { <Select label=w.connection value choices/> }
}

/// The remark, the switch, and what can be done with the node.
#[component]
fn NodeFoot(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let id = StoredValue::new(node.clone());
    let read = {
        let node = node.clone();
        move |doc: &FlowDocument| doc.node(node.as_str()).map(|node| node.note.clone()).unwrap_or_default()
    };
    let stroke = Stroke::Typing { node: Some(node.clone()), field: "/note".into() };
    let note = edit_text(desk, stroke, read, move |doc, text| {
        if let Some(found) = doc.nodes.iter_mut().find(|one| one.id == node) {
            found.note = text.to_owned();
        }
    });
    let off = desk
        .of_document(move |doc| id.with_value(|id| doc.node(id.as_str()).is_some_and(|node| node.disabled)));
    let disabled = edit_switch(off, move |_| drop(desk.does(Canvas::toggle)));
    view! {
        <TextArea label=w.node_note value=note rows=2/>
        <Switch label=w.node_off value=disabled hint=w.disabled/>
        <Connect desk node=id.get_value()/>
        <div class="kl-row">
            <Button icon=Icon::Copy on_click=move |_| drop(desk.does(Canvas::duplicate))>{w.duplicate}</Button>
            <Button kind=ButtonKind::Danger icon=Icon::Bin on_click=move |_| drop(desk.does(|canvas| canvas.remove(canvas::draft::edits::Gap::Open)))>{w.delete}</Button>
        </div>
        <p class="kl-muted">{w.node_id}": "<code>{id.get_value().to_string()}</code></p>
    }
}

/// Drawing an edge without a pointer: a way out, and a node from a list that says why the others cannot be chosen.
#[component]
fn Connect(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let ports = {
        let node = node.clone();
        Memo::new(move |_| {
            desk.changed.track();
            desk.canvas.with_untracked(|canvas| {
                let placed = canvas.scene().node(node.as_str());
                placed
                    .map(|placed| placed.ports.iter().map(|port| port.port.clone()).collect::<Vec<_>>())
                    .unwrap_or_default()
            })
        })
    };
    let first = ports.with_untracked(|ports| ports.first().map(ToString::to_string)).unwrap_or_default();
    let (from, to) = (RwSignal::new(first), RwSignal::new(String::new()));
    let port_choices = Signal::derive(move || {
        ports
            .get()
            .into_iter()
            .map(|port| Choice::new(port.to_string(), port.to_string()))
            .collect::<Vec<_>>()
    });
    let id = StoredValue::new(node);
    let source = move || model::PortRef { node: id.get_value(), port: from.get().as_str().into() };
    let targets = Signal::derive(move || {
        desk.changed.track();
        let source = source();
        let label = |canvas: &Canvas, node: &NodeId| {
            canvas.scene().node(node.as_str()).map(|node| node.label.clone()).unwrap_or_default()
        };
        let choice = |canvas: &Canvas, (node, refusal): (NodeId, Option<canvas::draft::Refusal>)| {
            let name = label(canvas, &node);
            match refusal {
                None => Choice::new(node.to_string(), name),
                Some(why) => {
                    Choice::new(format!("!{node}"), format!("{name} ({})", super::refusal_words(why)))
                }
            }
        };
        let all = desk.canvas.with_untracked(|canvas| {
            canvas.targets(&source).into_iter().map(|target| choice(canvas, target)).collect::<Vec<_>>()
        });
        std::iter::once(Choice::new("", w.connect_choose)).chain(all).collect::<Vec<_>>()
    });
    let connect = move |_| {
        let target = to.get_untracked();
        if target.is_empty() || target.starts_with('!') {
            return;
        }
        let source = model::PortRef { node: id.get_value(), port: from.get_untracked().as_str().into() };
        desk.does(|canvas| canvas.connect(source, target.as_str().into()).unwrap_or_default());
        to.set(String::new());
    };
    let has_ports = move || ports.with(|ports| !ports.is_empty());
    view! {
        <Show when=has_ports>
            <details class="kl-details"><summary>{w.connect}</summary>
                <div class="kl-stack">
                    <Select label=w.connect_from value=from choices=port_choices/>
                    <Select label=w.connect_to value=to choices=targets/>
                    <Button icon=Icon::Plus on_click=connect>{w.connect}</Button>
                </div>
            </details>
        </Show>
    }
}

#[component]
fn EdgeEditor(desk: Desk, edge: Edge) -> impl IntoView {
    let w = words();
    let label = |node: &NodeId| {
        desk.canvas
            .with_untracked(|canvas| canvas.scene().node(node.as_str()).map(|node| node.label.clone()))
            .unwrap_or_default()
    };
    let text = fill(w.edge_leads, &[&label(&edge.from.node), &edge.from.port, &label(&edge.to)]);
    view! {
        <header class="kl-inspector-head"><div class="kl-inspector-title"><h2>{w.edge}</h2><p>{text}</p></div></header>
        <div class="kl-inspector-body">
            <Button kind=ButtonKind::Danger icon=Icon::Bin on_click=move |_| drop(desk.does(|canvas| canvas.remove(canvas::draft::edits::Gap::Open)))>{w.delete}</Button>
        </div>
    }
}

#[component]
fn SeveralEditor(desk: Desk, many: usize) -> impl IntoView {
    let w = words();
    let button = |icon, text, kind, what: fn(&mut Canvas) -> Vec<canvas::Change>| {
        view! { <Button kind icon on_click=move |_| drop(desk.does(what))>{text}</Button> }
    };
    view! {
        <header class="kl-inspector-head"><div class="kl-inspector-title"><h2>{fill(w.nodes_chosen, &[&many])}</h2></div></header>
        <div class="kl-inspector-body">
            {button(Icon::Copy, w.duplicate, ButtonKind::Plain, Canvas::duplicate)}
            {button(Icon::Skip, w.toggle_off, ButtonKind::Plain, Canvas::toggle)}
            {button(Icon::Tidy, w.tidy_up, ButtonKind::Plain, Canvas::tidy)}
            {button(Icon::Bin, w.delete, ButtonKind::Danger, |canvas| canvas.remove(canvas::draft::edits::Gap::Open))}
        </div>
    }
}

#[component]
fn FlowEditor(desk: Desk) -> impl IntoView {
    let w = words();
    let typing = |field: &str| Stroke::Typing { node: None, field: field.into() };
    let name =
        edit_text(desk, typing("/name"), |doc| doc.name.clone(), |doc, text| doc.name = text.to_owned());
    let order = edit_text(
        desk,
        typing("/settings/order_by"),
        |doc| doc.settings.order_by.clone().unwrap_or_default(),
        |doc, text| doc.settings.order_by = (!text.is_empty()).then(|| text.to_owned()),
    );
    let concurrency = edit_text(
        desk,
        typing("/settings/concurrency"),
        |doc| doc.settings.concurrency.to_string(),
        |doc, text| doc.settings.concurrency = text.parse().unwrap_or(doc.settings.concurrency),
    );
    let timeout = edit_text(
        desk,
        typing("/settings/timeout"),
        |doc| doc.settings.timeout.to_string(),
        |doc, text| doc.settings.timeout = text.parse().unwrap_or(doc.settings.timeout),
    );
    let priority = edit_text(
        desk,
        typing("/settings/priority"),
        |doc| {
            serde_json::to_value(doc.settings.priority)
                .ok()
                .and_then(|text| text.as_str().map(str::to_owned))
                .unwrap_or_default()
        },
        |doc, text| doc.settings.priority = serde_json::from_value(Value::from(text)).unwrap_or_default(),
    );
    let shadow = desk.of_document(|doc| doc.settings.mode == model::Mode::Shadow);
    let is_shadow = edit_switch(shadow, move |wanted| {
        let mode = if wanted { model::Mode::Shadow } else { model::Mode::Live };
        let settings = desk.document().settings;
        desk.does(move |canvas| canvas.settings(model::Settings { mode, ..settings }));
    });
    let priorities = vec![
        Choice::new("low", w.priority_low),
        Choice::new("normal", w.priority_normal),
        Choice::new("high", w.priority_high),
    ];
    let mine = Memo::new(move |_| desk.problems.get());
    view! {
        <header class="kl-inspector-head"><div class="kl-inspector-title"><h2>{w.settings_of_flow}</h2><p>{w.select_node}</p></div></header>
        <div class="kl-inspector-body">
            {move || { let problems = mine.get(); (!problems.is_empty()).then(|| view! { <Problems problems/> }) }}
            <TextField label=w.flow_name value=name/>
            <TextField label=w.order_by value=order hint=w.order_by_hint placeholder="${trigger.body.id}"/>
            <TextField label=w.concurrency value=concurrency kind=TextKind::Number/>
            <TextField label=w.timeout_label value=timeout placeholder="10m"/>
            <Select label=w.priority value=priority choices=Signal::stored(priorities)/>
            <Switch label=w.mode_shadow value=is_shadow/>
        </div>
    }
}
