//! The fields of a node.

use super::connection::ConnectionField;
use super::fields::{FieldEditor, Place, edit_text, is_missing};
use super::mapper::MapperSetup;
use super::node::Opened;
use crate::editor::desk::Desk;
use crate::editor::foreign::fill_call;
use crate::pages::Problems;
use crate::words::{language, words};
use canvas::draft::Stroke;
use leptos::prelude::*;
use model::spec::Need;
use model::{FlowDocument, NodeId};
use ui::Toasts;
use web_sys::ClipboardEvent;

#[component]
pub fn SetupTab(opened: Opened) -> impl IntoView {
    let w = words();
    let maps = opened.maps();
    let Opened { desk, node, spec, .. } = opened.clone();
    let Some(spec) = spec else {
        return view! { <NodeProblems desk node/> }.into_any();
    };
    let about = language().of(&spec.about).to_owned();
    if maps {
        return view! {
            <p class="kl-muted">{about}</p>
            <NodeProblems desk node/>
            <MapperSetup opened/>
        }
        .into_any();
    }
    let (advanced, usual): (Vec<_>, Vec<_>) = spec.fields.iter().cloned().partition(|field| field.advanced);
    let editor = {
        let node = node.clone();
        move |field: model::Field| {
            let place = Place::new(node.clone(), &field.name);
            view! { <FieldEditor desk place field/> }
        }
    };
    let advanced = (!advanced.is_empty()).then(|| {
        view! {
            <details class="kl-details"><summary>{w.more_fields}</summary><div class="kl-stack">{advanced.into_iter().map(&editor).collect_view()}</div></details>
        }
    });
    let connection = (spec.connection != Need::None).then(|| {
        view! { <ConnectionField desk node=node.clone() connector=spec.id.connector().to_owned()/> }
    });
    let nothing = spec.fields.is_empty().then(|| view! { <p class="kl-muted">{w.no_fields}</p> });
    let pasted = {
        let (node, toasts) = (node.clone(), expect_context::<Toasts>());
        let takes = spec.id.as_str() == canvas::curl::OPERATION;
        move |event: ClipboardEvent| {
            let text =
                event.clipboard_data().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
            // The editor for expressions has taken it already.
            if takes && !event.default_prevented() && fill_call(desk, toasts, &node, &text) {
                event.prevent_default();
                event.stop_propagation();
            }
        }
    };
    view! {
        <div class="kl-setup" on:paste=pasted>
            {(!about.is_empty()).then(|| view! { <p class="kl-muted">{about}</p> })}
            <NodeProblems desk node=node.clone()/>
            {connection}
            {nothing}
            {usual.into_iter().map(&editor).collect_view()}
            {advanced}
        </div>
    }
    .into_any()
}

/// What is wrong with the node and does not stand at one of its fields.
#[component]
fn NodeProblems(desk: Desk, node: NodeId) -> impl IntoView {
    let mine = Memo::new(move |_| {
        let all = desk.problems_of(Some(&node));
        all.into_iter()
            .filter(|problem| !problem.at.contains("/with/") && !is_missing(problem))
            .collect::<Vec<_>>()
    });
    move || {
        let problems = mine.get();
        (!problems.is_empty()).then(|| view! { <Problems problems/> })
    }
}

/// What people call the node.
pub fn title(desk: Desk, node: NodeId) -> RwSignal<String> {
    let read = {
        let node = node.clone();
        move |doc: &FlowDocument| doc.node(node.as_str()).map(|node| node.title.clone()).unwrap_or_default()
    };
    let stroke = Stroke::Typing { node: Some(node.clone()), field: "/title".into() };
    edit_text(desk, stroke, read, move |doc, text| {
        if let Some(found) = doc.nodes.iter_mut().find(|one| one.id == node) {
            found.title = text.to_owned();
        }
    })
}
