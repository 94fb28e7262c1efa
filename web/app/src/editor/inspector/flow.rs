//! What is set for the flow as a whole.

use super::fields::{edit_switch, edit_text};
use crate::editor::desk::Desk;
use crate::pages::Problems;
use crate::words::words;
use canvas::draft::Stroke;
use leptos::prelude::*;
use model::{Value, labels};
use ui::{Choice, Select, Switch, TextField, TextKind};

#[component]
pub fn FlowEditor(desk: Desk) -> impl IntoView {
    let w = words();
    let typing = |field: &str| Stroke::Typing { node: None, field: field.into() };
    let name =
        edit_text(desk, typing("/name"), |doc| doc.name.clone(), |doc, text| doc.name = text.to_owned());
    let folder = edit_text(
        desk,
        typing("/folder"),
        |doc| doc.folder.clone(),
        |doc, text| doc.folder = labels::tidy_folder(text),
    );
    let tags = edit_text(
        desk,
        typing("/tags"),
        |doc| doc.tags.join(", "),
        |doc, text| doc.tags = labels::tidy_tags(text),
    );
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
        None::<Stroke>,
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
            <TextField label=w.folder value=folder hint=w.folder_hint placeholder="Shop/Orders"/>
            <TextField label=w.tags value=tags hint=w.tags_hint/>
            <TextField label=w.order_by value=order hint=w.order_by_hint placeholder="${trigger.body.id}"/>
            <TextField label=w.concurrency value=concurrency kind=TextKind::Number/>
            <TextField label=w.timeout_label value=timeout placeholder="10m"/>
            <Select label=w.priority value=priority choices=Signal::stored(priorities)/>
            <Switch label=w.mode_shadow value=is_shadow/>
        </div>
    }
}
